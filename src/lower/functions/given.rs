//! `given(x)`: 1 if x is there, 0 if it is absent.

use super::super::{Lowered, Lowering, Measured, There, Value};
use super::{Arguments, Call, Function};

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
    let values = call.values(this)?;
    let origin = this.origin(call.at, &Measured::pure(), call.context);
    let node = this.given(&values[0], origin);
    Ok(Value::flag(node, There::always()))
}
