//! `first` and `last`.

use super::super::operators::At;
use super::super::{Context, Lowered, Lowering, Value};
use super::{Aggregate, Item};

/// `first(x over axis)`
pub static FIRST: Aggregate =
    Aggregate { name: "first", meaning: "the first in order; absent of nothing", lower: first };
/// `last(x over axis)`
pub static LAST: Aggregate =
    Aggregate { name: "last", meaning: "the last in order; absent of nothing", lower: last };

fn first(this: &mut Lowering<'_>, at: At<'_>, items: &[Item], context: &Context) -> Lowered<Value> {
    pick(this, at, items, &items.iter().collect::<Vec<_>>(), context)
}

fn last(this: &mut Lowering<'_>, at: At<'_>, items: &[Item], context: &Context) -> Lowered<Value> {
    pick(this, at, items, &items.iter().rev().collect::<Vec<_>>(), context)
}

/// The first in an order of the items that counts; absent where one that counts is.
fn pick(
    this: &mut Lowering<'_>,
    at: At<'_>,
    items: &[Item],
    order: &[&Item],
    context: &Context,
) -> Lowered<Value> {
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
