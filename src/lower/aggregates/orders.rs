//! `median`, `percentile` and `rank` over the holders of a party that is many.

use super::super::operators::At;
use super::super::{Context, Lowered, Lowering, Measured, Value};
use super::{Aggregate, Items, Options};
use crate::formula::{Formula, Kind};
use crate::num::Exact;
use crate::plan::{Percentile, Summary};
use crate::source::catalogue;

/// `median(x over holders)`
pub static MEDIAN: Aggregate = Aggregate {
    name: "median",
    meaning: "over holders: the middle value, half way between the two in the middle; absent of nothing",
    of_holders: true,
    options: Options::None,
    lower: median,
};

/// `percentile(x over holders, 75%, upper)`
pub static PERCENTILE: Aggregate = Aggregate {
    name: "percentile",
    meaning: "over holders: percentile(x over h, 75%, upper) with k = 75 % of n values in order; where k is \
              whole the k-th (`lower`), the one after (`upper`) or between them (`average`), else the one at \
              the next place; `linear` as spreadsheets do; absent of nothing",
    of_holders: true,
    options: Options::Percentile,
    lower: percentile,
};

/// `rank(x over holders)`
pub static RANK: Aggregate = Aggregate {
    name: "rank",
    meaning: "over holders: the place of the holder, 1 for the largest, the same for equal values; absent where \
              it does not count",
    of_holders: true,
    options: Options::None,
    lower: rank,
};

fn median(this: &mut Lowering<'_>, at: At<'_>, items: &Items, context: &Context) -> Lowered<Value> {
    let half = Exact::ratio(1, 2).unwrap_or(Exact::ZERO);
    let summary = Summary::Percentile { share: half, method: Percentile::Average };
    ordered(this, at, items, context, summary)
}

fn percentile(this: &mut Lowering<'_>, at: At<'_>, items: &Items, context: &Context) -> Lowered<Value> {
    let (share, method) = match &items.options[..] {
        [share, method] => (share_of(share), method_of(method)),
        _ => (None, None),
    };
    let (Some(share), Some(method)) = (share, method) else {
        let found = format!("`{}` without a share and a method", at.1);
        let remedy = "write percentile(x over h, 75%, upper): a share from 0% to 100%, and lower, upper, average \
                      or linear";
        return this.refuse(&catalogue::ARGUMENTS, at, found, remedy);
    };
    ordered(this, at, items, context, Summary::Percentile { share, method })
}

fn share_of(formula: &Formula) -> Option<Exact> {
    let Kind::Number { value, .. } = &formula.kind else { return None };
    (Exact::ZERO..=Exact::ONE).contains(value).then(|| value.clone())
}

fn method_of(formula: &Formula) -> Option<Percentile> {
    let name = formula.plain_name()?;
    Percentile::WORDS.iter().find(|(word, _)| *word == name).map(|(_, method)| *method)
}

/// A value of the holders in order: absent where one that counts is, or where none counts.
fn ordered(
    this: &mut Lowering<'_>,
    at: At<'_>,
    items: &Items,
    context: &Context,
    summary: Summary,
) -> Lowered<Value> {
    let unit = this.items_unit(at, items)?;
    let (Some(holders), [item]) = (items.holders, &items.each[..]) else {
        return Ok(this.absent(at, context));
    };
    let origin = this.origin(at, &unit, context);
    let there = this.items_there(items, origin).and(&this.some_item(items, origin));
    let node = this.summarised(summary, (item.value.node, item.counts), holders, origin);
    Ok(Value { node, there, unit, flag: false })
}

fn rank(this: &mut Lowering<'_>, at: At<'_>, items: &Items, context: &Context) -> Lowered<Value> {
    let (Some(holders), [item]) = (items.holders, &items.each[..]) else {
        return Ok(this.absent(at, context));
    };
    let origin = this.origin(at, &Measured::pure(), context);
    let mut there = this.items_there(items, origin);
    if let Some(counts) = item.counts {
        there = there.and(&super::super::There::when(counts));
    }
    let node = this.summarised(Summary::Rank, (item.value.node, item.counts), holders, origin);
    Ok(Value { node, there, unit: Measured::pure(), flag: false })
}
