//! Nodes under construction of which equal ones are one node.

use std::collections::BTreeMap;

use super::Builder;
use super::node::{NodeId, Op, OriginId, Split, SplitId};
use crate::num::Range;

/// A builder, and its nodes by what they are, so that an equal one is found.
#[derive(Debug)]
pub(super) struct Distinct {
    pub builder: Builder,
    known: BTreeMap<(u8, Vec<NodeId>), Vec<NodeId>>,
}

impl Distinct {
    /// What is built on a builder that has no nodes yet.
    pub fn new(builder: Builder) -> Distinct {
        Distinct { builder, known: BTreeMap::new() }
    }

    /// A node that computes this, and is known to lie in a range: one that is there, or a new one.
    pub fn node(&mut self, op: Op, range: Option<&Range>, origin: OriginId) -> NodeId {
        let key = (kind(&op), op.operands());
        let equal = self.known.get(&key).into_iter().flatten();
        let node = match equal.copied().find(|known| *self.builder.op(*known) == op) {
            Some(known) => known,
            None => {
                let node = self.builder.push(op, origin);
                self.known.entry(key).or_default().push(node);
                node
            }
        };
        if let Some(range) = range {
            self.meet(node, range);
        }
        node
    }

    /// Notes what else is known of a node's values.
    pub fn meet(&mut self, node: NodeId, range: &Range) {
        let own = &mut self.builder.nodes[node.index()].range;
        *own = own.meet(range);
    }

    /// A split: one that is there, or a new one.
    pub fn split(&mut self, split: Split) -> SplitId {
        SplitId(position_or_push(&mut self.builder.splits, split))
    }
}

/// Where something stands in a list; at its end, where it did not stand there yet.
pub(super) fn position_or_push<T: PartialEq>(all: &mut Vec<T>, own: T) -> u32 {
    let at = all.iter().position(|known| *known == own).unwrap_or_else(|| {
        all.push(own);
        all.len() - 1
    });
    u32::try_from(at).expect("fewer than nodes")
}

/// Kinds of nodes, told apart before they are compared.
fn kind(op: &Op) -> u8 {
    match op {
        Op::Const(_) => 0,
        Op::Fact(_) => 1,
        Op::Linear { .. } => 2,
        Op::Product(..) => 3,
        Op::Ratio(..) => 4,
        Op::Piecewise(..) => 5,
        Op::Extreme(..) => 6,
        Op::Select { .. } => 7,
        Op::Round { .. } => 8,
        Op::Share(..) => 9,
        Op::Statistic(_) => 10,
    }
}
