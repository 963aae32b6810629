//! `min`, `max`, `abs` and `clamp`.

use super::super::{Lowered, Lowering, Value};
use super::{Arguments, Call, Function};
use crate::num::Exact;
use crate::plan::Pick;

/// `min(x, y, …)`
pub static MIN: Function = Function {
    name: "min",
    usage: "min(x, y, …)",
    count: (1, 100),
    arguments: Arguments::Formulas,
    meaning: "the least of its arguments",
    lower: |this, call| extreme(this, call, Pick::Least),
};

/// `max(x, y, …)`
pub static MAX: Function = Function {
    name: "max",
    usage: "max(x, y, …)",
    count: (1, 100),
    arguments: Arguments::Formulas,
    meaning: "the greatest of its arguments",
    lower: |this, call| extreme(this, call, Pick::Greatest),
};

/// `abs(x)`
pub static ABS: Function = Function {
    name: "abs",
    usage: "abs(x)",
    count: (1, 1),
    arguments: Arguments::Formulas,
    meaning: "the number without its sign",
    lower: abs,
};

/// `clamp(x, least, most)`
pub static CLAMP: Function = Function {
    name: "clamp",
    usage: "clamp(x, least, most)",
    count: (3, 3),
    arguments: Arguments::Formulas,
    meaning: "x, but not below the least and not above the most",
    lower: clamp,
};

fn extreme(this: &mut Lowering<'_>, call: &Call<'_>, pick: Pick) -> Lowered<Value> {
    let values = call.values(this)?;
    this.extreme(call.at, pick, &values, call.context)
}

fn abs(this: &mut Lowering<'_>, call: &Call<'_>) -> Lowered<Value> {
    let values = call.values(this)?;
    let x = &values[0];
    let origin = this.origin(call.at, &x.unit, call.context);
    let negative = this.builder().scaled(Exact::from(-1), x.node, origin);
    let node = this.builder().extreme(Pick::Greatest, &[x.node, negative], origin);
    Ok(Value { node, flag: false, ..x.clone() })
}

fn clamp(this: &mut Lowering<'_>, call: &Call<'_>) -> Lowered<Value> {
    let values = call.values(this)?;
    let [x, least, most] = [0, 1, 2].map(|i| values[i].clone());
    // The most comes last: it holds even where the limits cross.
    let raised = this.extreme(call.at, Pick::Greatest, &[x, least], call.context)?;
    this.extreme(call.at, Pick::Least, &[raised, most], call.context)
}
