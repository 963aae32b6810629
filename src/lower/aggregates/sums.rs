//! `sum` and `count`.

use super::super::operators::At;
use super::super::{Context, Lowered, Lowering, Measured, Value};
use super::{Aggregate, Items, Options};
use crate::num::Exact;

/// `sum(x over axis)`
pub static SUM: Aggregate = Aggregate {
    name: "sum",
    meaning: "the sum; 0 of nothing",
    of_holders: false,
    options: Options::None,
    lower: sum,
};

/// `count(flag over axis)`
pub static COUNT: Aggregate = Aggregate {
    name: "count",
    meaning: "how many of the flags are true; 0 of nothing",
    of_holders: false,
    options: Options::None,
    lower: count,
};

fn sum(this: &mut Lowering<'_>, at: At<'_>, items: &Items, context: &Context) -> Lowered<Value> {
    let unit = this.items_unit(at, items)?;
    let origin = this.origin(at, &unit, context);
    let there = this.items_there(items, origin);
    let nodes: Vec<_> = items.each.iter().map(|item| this.item_or(item, Exact::ZERO, origin)).collect();
    let node = this.sum_of(items, &nodes, Exact::ZERO, origin);
    Ok(Value { node, there, unit, flag: false })
}

fn count(this: &mut Lowering<'_>, at: At<'_>, items: &Items, context: &Context) -> Lowered<Value> {
    this.items_are_flags(at, items)?;
    let value = sum(this, at, items, context)?;
    Ok(Value { unit: Measured::pure(), ..value })
}
