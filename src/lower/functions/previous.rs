//! `previous(x)` and `previous(x, n)`: x one or n of its periods earlier, absent before the first.

use super::super::{Lowered, Lowering, Value};
use super::{Arguments, Call, Function};
use crate::formula::Kind;
use crate::source::catalogue;

/// `previous(x)`, `previous(x, n)`
pub static PREVIOUS: Function = Function {
    name: "previous",
    usage: "previous(x) or previous(x, n)",
    count: (1, 2),
    arguments: Arguments::Formulas,
    meaning: "x one or n of its periods earlier; absent before the first",
    lower: previous,
};

fn previous(this: &mut Lowering<'_>, call: &Call<'_>) -> Lowered<Value> {
    let x = &call.arguments[0];
    let count = match call.arguments.get(1).map(|n| (&n.kind, n)) {
        None => 1,
        Some((Kind::Number { value, .. }, n)) => {
            match value.to_i64().and_then(|n| i32::try_from(n).ok()).filter(|n| (1..=1000).contains(n)) {
                Some(count) => count,
                None => {
                    let found = format!("`{n}` periods");
                    return this.refuse(
                        &catalogue::ARGUMENTS,
                        (call.at.0, n),
                        found,
                        "write a whole number from 1",
                    );
                }
            }
        }
        Some((_, n)) => {
            return this.refuse(
                &catalogue::ARGUMENTS,
                (call.at.0, n),
                "a number of periods that is not written out",
                "write a whole number from 1",
            );
        }
    };
    let Some(current) = call.context.period() else {
        return this.refuse(&catalogue::PERIOD_MISMATCH, call.at, "there is no period here", "say `per`");
    };
    // Its own period, or the current one when that is longer.
    let own = this.survey.formula(x).finest.unwrap_or(current.kind).max(current.kind);
    let period = this.contract().calendar.enclosing(current, own).unwrap_or(current).earlier(count);
    let in_term = this.contract().calendar.in_term(period);
    let mentions = this.survey.formula(x).mentions_period;
    if !in_term && mentions {
        return Ok(this.absent(call.at, call.context));
    }
    this.lower(call.at.0, x, &call.context.in_period(Some(period)))
}
