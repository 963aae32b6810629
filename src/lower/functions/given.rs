//! `given(x)`: 1 if x is there, 0 if it is absent.

use super::super::{Lowered, Lowering, Measured, There, Value};
use super::{Arguments, Call, Function};
use crate::contract::{MeasureKind, Named};
use crate::formula::Formula;

/// `given(x)`
pub static GIVEN: Function = Function {
    name: "given",
    usage: "given(x)",
    count: (1, 1),
    arguments: Arguments::Formulas,
    meaning: "1 if x is there, 0 if it is absent",
    lower: given,
};

fn given(this: &mut Lowering<'_>, call: &Call<'_>) -> Lowered<Value> {
    let value = match this.code_named(&call.arguments[0]) {
        Some(code) => this.measure((call.at.0, &call.arguments[0]), code, call.context)?,
        None => call.values(this)?.remove(0),
    };
    let origin = this.origin(call.at, &Measured::pure(), call.context);
    let node = this.given(&value, origin);
    Ok(Value::flag(node, There::always()))
}

impl Lowering<'_> {
    /// The measure of kind code that a formula names: it is no number, but it can be missing.
    fn code_named(&mut self, formula: &Formula) -> Option<usize> {
        let Some(Named::Measure(index)) = self.contract().names.get(formula.plain_name()?) else {
            return None;
        };
        let measure = &self.contract().measures[*index];
        self.used.insert(measure.name.clone());
        matches!(measure.kind, MeasureKind::Code(_)).then_some(*index)
    }
}
