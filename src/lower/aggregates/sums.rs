//! `sum` and `count`.

use super::super::operators::At;
use super::super::{Context, Lowered, Lowering, Measured, Value};
use super::{Aggregate, Item};
use crate::num::Exact;

/// `sum(x over axis)`
pub static SUM: Aggregate = Aggregate { name: "sum", meaning: "the sum; 0 of nothing", lower: sum };

/// `count(flag over axis)`
pub static COUNT: Aggregate =
    Aggregate { name: "count", meaning: "how many of the flags are true; 0 of nothing", lower: count };

fn sum(this: &mut Lowering<'_>, at: At<'_>, items: &[Item], context: &Context) -> Lowered<Value> {
    let unit = this.items_unit(at, items)?;
    let origin = this.origin(at, &unit, context);
    let there = this.items_there(items, origin);
    let terms: Vec<_> =
        items.iter().map(|item| (Exact::ONE, this.item_or(item, Exact::ZERO, origin))).collect();
    let node = this.builder().linear(&terms, Exact::ZERO, origin);
    Ok(Value { node, there, unit, flag: false })
}

fn count(this: &mut Lowering<'_>, at: At<'_>, items: &[Item], context: &Context) -> Lowered<Value> {
    this.items_are_flags(at, items)?;
    let value = sum(this, at, items, context)?;
    Ok(Value { unit: Measured::pure(), ..value })
}
