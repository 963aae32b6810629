//! `mean`.

use super::super::operators::At;
use super::super::{Context, Lowered, Lowering, Value};
use super::{Aggregate, Items, Options, find};

/// `mean(x over axis)`
pub static MEAN: Aggregate = Aggregate {
    name: "mean",
    meaning: "the sum over the number; absent of nothing",
    of_holders: false,
    options: Options::None,
    lower: mean,
};

fn mean(this: &mut Lowering<'_>, at: At<'_>, items: &Items, context: &Context) -> Lowered<Value> {
    let sum = find("sum").expect("sum is an aggregate");
    let total = (sum.lower)(this, at, items, context)?;
    let origin = this.origin(at, &total.unit, context);
    let count = this.item_count(items, origin);
    let node = this.builder().ratio(total.node, count, origin);
    let some = this.some_item(items, origin);
    Ok(Value { node, there: total.there.and(&some), ..total })
}
