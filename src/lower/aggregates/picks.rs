//! `first` and `last`.

use super::super::operators::At;
use super::super::{Context, Lowered, Lowering, Value};
use super::{Aggregate, Item, Items, Options};
use crate::source::catalogue;

/// `first(x over axis)`
pub static FIRST: Aggregate = Aggregate {
    name: "first",
    meaning: "the first in order; absent of nothing",
    of_holders: false,
    options: Options::None,
    lower: first,
};
/// `last(x over axis)`
pub static LAST: Aggregate = Aggregate {
    name: "last",
    meaning: "the last in order; absent of nothing",
    of_holders: false,
    options: Options::None,
    lower: last,
};

fn first(this: &mut Lowering<'_>, at: At<'_>, items: &Items, context: &Context) -> Lowered<Value> {
    pick(this, at, items, &items.each.iter().collect::<Vec<_>>(), context)
}

fn last(this: &mut Lowering<'_>, at: At<'_>, items: &Items, context: &Context) -> Lowered<Value> {
    pick(this, at, items, &items.each.iter().rev().collect::<Vec<_>>(), context)
}

/// The first in an order of the items that counts; absent where one that counts is.
fn pick(
    this: &mut Lowering<'_>,
    at: At<'_>,
    items: &Items,
    order: &[&Item],
    context: &Context,
) -> Lowered<Value> {
    if items.holders.is_some() {
        let found = format!("`{}` over holders, who have no order", at.1);
        return this.refuse(&catalogue::HOLDERS, at, found, "take min, max or a percentile");
    }
    let mut chosen = this.absent(at, context);
    let origin = this.origin(at, &chosen.unit, context);
    let all = this.items_there(items, origin);
    for item in order.iter().rev() {
        chosen = match item.counts {
            None => item.value.clone(),
            Some(counts) => {
                let flag = Value::flag(counts, super::super::There::always());
                this.select(at, &flag, item.value.clone(), chosen, context)?
            }
        };
    }
    Ok(Value { there: chosen.there.and(&all), ..chosen })
}
