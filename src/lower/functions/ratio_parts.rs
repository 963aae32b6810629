//! `numerator(m)` and `denominator(m)` of a ratio measure; in a longer period their sums.

use super::super::{Lowered, Lowering, Measured, There, Value};
use super::{Arguments, Call, Function};
use crate::contract::Combine;
use crate::num::Exact;
use crate::plan::Part;
use crate::source::catalogue;

/// `numerator(m)`
pub static NUMERATOR: Function = Function {
    name: "numerator",
    usage: "numerator(m)",
    count: (1, 1),
    arguments: Arguments::Formulas,
    meaning: "the numerator of a ratio measure",
    lower: |this, call| part(this, call, Part::Numerator),
};

/// `denominator(m)`
pub static DENOMINATOR: Function = Function {
    name: "denominator",
    usage: "denominator(m)",
    count: (1, 1),
    arguments: Arguments::Formulas,
    meaning: "the denominator of a ratio measure",
    lower: |this, call| part(this, call, Part::Denominator),
};

fn part(this: &mut Lowering<'_>, call: &Call<'_>, part: Part) -> Lowered<Value> {
    let argument = &call.arguments[0];
    let contract = this.contract();
    let Some(index) = this.ratio_named(argument) else {
        let found = format!("`{argument}` is not the name of a ratio");
        return this.refuse(
            &catalogue::ARGUMENTS,
            (call.at.0, argument),
            found,
            "name a measure of kind ratio",
        );
    };
    let measure = &contract.measures[index];
    this.used.insert(measure.name.clone());
    let members = this.members_of(call.at, &measure.by, call.context)?;
    let periods = this.periods_of(call.at, measure, call.context)?;
    if periods.len() > 1 && measure.combine != Some(Combine::Pooled) {
        let found = format!(
            "`{argument}` is not pooled, so that its parts in a longer period are not those of its value"
        );
        let remedy = "read it in its own period, or say `\"combine\": \"pooled\"`";
        return this.refuse(&catalogue::PERIOD_MISMATCH, (call.at.0, argument), found, remedy);
    }
    let unit = Measured::In(measure.unit.clone());
    let origin = this.origin(call.at, &unit, call.context);
    let mut there = There::always();
    let mut terms = Vec::new();
    for period in periods {
        let parts = this.ratio_parts(index, period, members.clone(), call.at, call.context);
        there = there.and(&parts.there);
        terms.push((Exact::ONE, if part == Part::Numerator { parts.numerator } else { parts.denominator }));
    }
    let node = match terms[..] {
        [(_, only)] => only,
        [..] => this.builder().linear(&terms, Exact::ZERO, origin),
    };
    Ok(Value { there, ..Value::new(node, unit) })
}
