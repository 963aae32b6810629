//! What an aggregate runs over: the members of an axis, each with a node of its own, or the holders
//! of a party, whose one node is summed up over all of them.

use super::super::operators::At;
use super::super::{Context, Lowered, Lowering, Measured, There, Value, measures};
use crate::formula::Formula;
use crate::num::Exact;
use crate::plan::{NodeId, OriginId, Pick, Statistic, Summary};

/// One member's value, and the flag that says whether it counts.
#[derive(Debug, Clone)]
pub struct Item {
    /// The value.
    pub value: Value,
    /// 1 where it counts; always when there is none.
    pub counts: Option<NodeId>,
}

impl Item {
    /// An item that always counts.
    pub fn all(value: Value) -> Item {
        Item { value, counts: None }
    }
}

/// That an aggregate runs over holders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holders {
    /// Only holders with the same value here are taken together.
    pub group: Option<NodeId>,
}

/// What an aggregate runs over.
#[derive(Debug, Clone)]
pub struct Items {
    /// One for each member that can count; of holders at most one, which stands for each of them.
    pub each: Vec<Item>,
    /// Set when it runs over holders.
    pub holders: Option<Holders>,
    /// What stands after the axis.
    pub options: Vec<Formula>,
}

impl Items {
    /// Members that always count.
    pub fn all(values: impl IntoIterator<Item = Value>) -> Items {
        Items { each: values.into_iter().map(Item::all).collect(), holders: None, options: Vec::new() }
    }
}

impl Lowering<'_> {
    /// A summary of one node over holders.
    pub(super) fn summarised(
        &mut self,
        summary: Summary,
        (value, counts): (NodeId, Option<NodeId>),
        holders: Holders,
        origin: OriginId,
    ) -> NodeId {
        self.builder.statistic(Statistic { summary, value, counts, group: holders.group }, origin)
    }

    /// The sum of a node of each item.
    pub(super) fn sum_of(
        &mut self,
        items: &Items,
        nodes: &[NodeId],
        constant: Exact,
        origin: OriginId,
    ) -> NodeId {
        let terms: Vec<(Exact, NodeId)> = match items.holders {
            None => nodes.iter().map(|node| (Exact::ONE, *node)).collect(),
            Some(holders) => nodes
                .iter()
                .map(|node| (Exact::ONE, self.summarised(Summary::Sum, (*node, None), holders, origin)))
                .collect(),
        };
        match &terms[..] {
            [(_, only)] if items.holders.is_some() && constant.is_zero() => *only,
            terms => self.builder.linear(terms, constant, origin),
        }
    }

    /// The least or greatest of a node of each item; there is at least one.
    pub(super) fn extreme_of(
        &mut self,
        items: &Items,
        pick: Pick,
        nodes: &[NodeId],
        origin: OriginId,
    ) -> NodeId {
        match (items.holders, nodes) {
            (Some(holders), [only]) => {
                let summary = if pick == Pick::Least { Summary::Least } else { Summary::Greatest };
                self.summarised(summary, (*only, None), holders, origin)
            }
            (Some(_) | None, _) => self.builder.extreme(pick, nodes, origin),
        }
    }

    /// Where all items that count are there.
    pub(super) fn items_there(&mut self, items: &Items, origin: OriginId) -> There {
        let mut there = There::always();
        for item in &items.each {
            let own = match item.counts {
                None => item.value.there.clone(),
                Some(counts) => {
                    let needed = self.there_under(&item.value, counts, true);
                    if needed.is_always() {
                        continue;
                    }
                    let needed = self.conjunction(&needed, origin);
                    let one = self.builder.constant_node(Exact::ONE, origin);
                    There::when(self.builder.select(counts, needed, one, origin))
                }
            };
            there = there.and(&own);
        }
        if items.holders.is_none() || there.is_always() {
            return there;
        }
        let own = self.conjunction(&there, origin);
        There::when(self.extreme_of(items, Pick::Least, &[own], origin))
    }

    /// The value of an item where it counts, and a neutral one where it does not.
    pub(super) fn item_or(&mut self, item: &Item, neutral: Exact, origin: OriginId) -> NodeId {
        match item.counts {
            None => item.value.node,
            Some(counts) => {
                let neutral = self.builder.constant_node(neutral, origin);
                self.builder.select(counts, item.value.node, neutral, origin)
            }
        }
    }

    /// How many items count.
    pub(super) fn item_count(&mut self, items: &Items, origin: OriginId) -> NodeId {
        if items.holders.is_some() {
            let one = self.builder.constant_node(Exact::ONE, origin);
            let nodes: Vec<NodeId> = items.each.iter().map(|item| item.counts.unwrap_or(one)).collect();
            return self.sum_of(items, &nodes, Exact::ZERO, origin);
        }
        let always = items.each.iter().filter(|item| item.counts.is_none()).count();
        let counts: Vec<NodeId> = items.each.iter().filter_map(|item| item.counts).collect();
        self.sum_of(items, &counts, Exact::from(i64::try_from(always).unwrap_or(i64::MAX)), origin)
    }

    /// There where at least one item counts.
    pub(super) fn some_item(&mut self, items: &Items, origin: OriginId) -> There {
        if items.each.iter().any(|item| item.counts.is_none()) {
            return There::always();
        }
        let flags: Vec<NodeId> = items.each.iter().filter_map(|item| item.counts).collect();
        match flags[..] {
            [] => There::when(self.builder.constant_node(Exact::ZERO, origin)),
            [..] => There::when(self.extreme_of(items, Pick::Greatest, &flags, origin)),
        }
    }

    /// The unit that all items share.
    pub(super) fn items_unit(&mut self, at: At<'_>, items: &Items) -> Lowered<Measured> {
        self.unit_of_all(at, &items.each.iter().map(|item| &item.value).collect::<Vec<_>>())
    }

    /// Demands that all items are flags.
    pub(super) fn items_are_flags(&mut self, at: At<'_>, items: &Items) -> Lowered<()> {
        items.each.iter().try_for_each(|item| self.demand_flag(at, &item.value))
    }

    /// The parts of a ratio, each added up over all holders.
    pub(super) fn over_all(
        &mut self,
        part: &measures::Observed,
        holders: Holders,
        at: At<'_>,
        context: &Context,
    ) -> measures::Observed {
        let origin = self.origin(at, &Measured::pure(), context);
        let mut sum = |node: NodeId| self.summarised(Summary::Sum, (node, None), holders, origin);
        let (numerator, denominator) = (sum(part.numerator), sum(part.denominator));
        let own = Value { there: part.there.clone(), ..Value::new(part.numerator, Measured::pure()) };
        let items = Items { holders: Some(holders), ..Items::all([own]) };
        measures::Observed { numerator, denominator, there: self.items_there(&items, origin) }
    }
}
