//! The plan: one straight-line program that every reading of a contract walks.
//!
//! Knows nodes, not clauses: a reading that needs to know a kind of clause is in the wrong place.
//! What a contract's lines are is a list of node numbers with names beside it.

mod builder;
mod compact;
mod direction;
mod line;
mod node;
mod print;
mod range;

pub use builder::{Builder, LimitReached, NODES_MAX, VALUE_BITS_MAX};
pub use direction::{Direction, depends, directions};
pub use line::{Instalment, LineSpec, PartSpec};
pub use node::{FactId, FactSpec, Lacking, Node, NodeId, Op, Origin, OriginId, Part, Pick, Split, SplitId};

/// A compiled contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    nodes: Vec<Node>,
    origins: Vec<Origin>,
    facts: Vec<FactSpec>,
    splits: Vec<Split>,
    lines: Vec<LineSpec>,
}

/// Nodes and splits, of a plan or of one under construction.
pub trait PlanNodes {
    /// The nodes in order.
    fn nodes(&self) -> &[Node];
    /// A split.
    fn split(&self, split: SplitId) -> &Split;
}

impl PlanNodes for Plan {
    fn nodes(&self) -> &[Node] {
        &self.nodes
    }
    fn split(&self, split: SplitId) -> &Split {
        &self.splits[split.0 as usize]
    }
}

impl PlanNodes for Builder {
    fn nodes(&self) -> &[Node] {
        &self.nodes
    }
    fn split(&self, split: SplitId) -> &Split {
        &self.splits[split.0 as usize]
    }
}

impl Plan {
    /// What a builder built, with the lines of the contract.
    pub fn new(builder: Builder, lines: Vec<LineSpec>) -> Plan {
        let Builder { nodes, origins, facts, splits, .. } = builder;
        let mut plan = Plan { nodes, origins, facts, splits, lines }.compacted();
        let by_holder = depends(&plan, &|fact| plan.facts[fact.0 as usize].by_holder);
        for line in &mut plan.lines {
            line.by_holder |= line.nodes().iter().any(|node| by_holder[node.index()]);
        }
        plan
    }

    /// The observed numbers.
    pub fn facts(&self) -> &[FactSpec] {
        &self.facts
    }

    /// The lines of the contract.
    pub fn lines(&self) -> &[LineSpec] {
        &self.lines
    }

    /// The nodes in order.
    pub fn nodes_in_order(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter()
    }

    /// All splits.
    pub fn splits(&self) -> &[Split] {
        &self.splits
    }

    /// Where a node came from.
    pub fn origin(&self, node: NodeId) -> &Origin {
        &self.origins[self.nodes[node.index()].origin.0 as usize]
    }

    /// A node.
    pub fn node(&self, node: NodeId) -> &Node {
        &self.nodes[node.index()]
    }

    /// The nodes that a node reads, those of a split included.
    pub fn operands(&self, node: NodeId) -> Vec<NodeId> {
        match &self.node(node).op {
            Op::Share(split, _) => self.split(*split).operands(),
            op @ (Op::Const(_)
            | Op::Fact(_)
            | Op::Linear { .. }
            | Op::Product(..)
            | Op::Ratio(..)
            | Op::Piecewise(..)
            | Op::Extreme(..)
            | Op::Select { .. }
            | Op::Round { .. }) => op.operands(),
        }
    }

    /// For each node whether one of `roots` depends on it.
    pub fn needed_by(&self, roots: impl IntoIterator<Item = NodeId>) -> Vec<bool> {
        let mut needed = vec![false; self.nodes.len()];
        for root in roots {
            needed[root.index()] = true;
        }
        for index in (0..needed.len()).rev() {
            if needed[index] {
                for operand in self.operands(NodeId(u32::try_from(index).expect("nodes are limited"))) {
                    needed[operand.index()] = true;
                }
            }
        }
        needed
    }
}
