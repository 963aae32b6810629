//! `min`, `max`, `all` and `any`.

use super::super::operators::At;
use super::super::{Context, Lowered, Lowering, Value};
use super::{Aggregate, Items, Options};
use crate::num::Exact;
use crate::plan::{NodeId, OriginId, Pick};

/// `min(x over axis)`
pub static MIN: Aggregate = Aggregate {
    name: "min",
    meaning: "the least; absent of nothing",
    of_holders: false,
    options: Options::None,
    lower: min,
};
/// `max(x over axis)`
pub static MAX: Aggregate = Aggregate {
    name: "max",
    meaning: "the greatest; absent of nothing",
    of_holders: false,
    options: Options::None,
    lower: max,
};
/// `all(flag over axis)`
pub static ALL: Aggregate = Aggregate {
    name: "all",
    meaning: "1 where all are true; 1 of nothing",
    of_holders: false,
    options: Options::None,
    lower: all,
};
/// `any(flag over axis)`
pub static ANY: Aggregate = Aggregate {
    name: "any",
    meaning: "1 where one is true; 0 of nothing",
    of_holders: false,
    options: Options::None,
    lower: any,
};

fn min(this: &mut Lowering<'_>, at: At<'_>, items: &Items, context: &Context) -> Lowered<Value> {
    extreme(this, at, items, context, Pick::Least)
}

fn max(this: &mut Lowering<'_>, at: At<'_>, items: &Items, context: &Context) -> Lowered<Value> {
    extreme(this, at, items, context, Pick::Greatest)
}

fn all(this: &mut Lowering<'_>, at: At<'_>, items: &Items, context: &Context) -> Lowered<Value> {
    flags(this, at, items, context, Pick::Least)
}

fn any(this: &mut Lowering<'_>, at: At<'_>, items: &Items, context: &Context) -> Lowered<Value> {
    flags(this, at, items, context, Pick::Greatest)
}

fn extreme(
    this: &mut Lowering<'_>,
    at: At<'_>,
    items: &Items,
    context: &Context,
    pick: Pick,
) -> Lowered<Value> {
    let unit = this.items_unit(at, items)?;
    let origin = this.origin(at, &unit, context);
    let there = this.items_there(items, origin).and(&this.some_item(items, origin));
    // What does not count must not be picked: it stands at the far end of all values.
    let ends = items.each.iter().map(|item| {
        let range = this.builder().range(item.value.node);
        if pick == Pick::Least { range.most.clone() } else { range.least.clone() }
    });
    let far = if pick == Pick::Least { ends.max() } else { ends.min() }.unwrap_or(Exact::ZERO);
    let far = if this.keeps_terms() { beyond(&far, pick) } else { far };
    let node = picked(this, items, &far, pick, origin);
    let flag = !items.each.is_empty() && items.each.iter().all(|item| item.value.flag);
    Ok(Value { node, there, unit, flag })
}

/// Further off than the far end, where agreed numbers may be changed.
fn beyond(far: &Exact, pick: Pick) -> Exact {
    let more = &Exact::from(1_000) * &(&far.abs() + &Exact::ONE);
    if pick == Pick::Least { far + &more } else { far - &more }
}

fn flags(
    this: &mut Lowering<'_>,
    at: At<'_>,
    items: &Items,
    context: &Context,
    pick: Pick,
) -> Lowered<Value> {
    this.items_are_flags(at, items)?;
    let unit = this.items_unit(at, items)?;
    let origin = this.origin(at, &unit, context);
    let there = this.items_there(items, origin);
    let neutral = Exact::from(i64::from(pick == Pick::Least));
    Ok(Value::flag(picked(this, items, &neutral, pick, origin), there))
}

fn picked(this: &mut Lowering<'_>, items: &Items, neutral: &Exact, pick: Pick, origin: OriginId) -> NodeId {
    let nodes: Vec<NodeId> =
        items.each.iter().map(|item| this.item_or(item, neutral.clone(), origin)).collect();
    match nodes[..] {
        [] => this.builder().constant_node(neutral.clone(), origin),
        [..] => this.extreme_of(items, pick, &nodes, origin),
    }
}
