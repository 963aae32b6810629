//! The nodes of the plan. Operands point only backwards, so order is evaluation order and a
//! circle cannot be built.
//!
//! The kinds are closed: every reading matches on all of them, without a wildcard arm.

use std::sync::Arc;

use super::statistic::StatisticId;
use crate::calendar::Period;
use crate::num::{Exact, Mode, Piecewise, Range, Residue};
use crate::source::Place;

/// Index of a node in its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Index of an observed number among the facts of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FactId(pub u32);

/// Index of a split among the splits of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SplitId(pub u32);

/// Which end of several values is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pick {
    /// The least.
    Least,
    /// The greatest.
    Greatest,
}

/// What a node computes from earlier ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// An exact number of the contract.
    Const(Exact),
    /// One observed number.
    Fact(FactId),
    /// The sum of constant × node, plus a constant.
    Linear {
        /// Factors and nodes.
        terms: Vec<(Exact, NodeId)>,
        /// What is added.
        constant: Exact,
    },
    /// The product of two nodes.
    Product(NodeId, NodeId),
    /// The first over the second; 0 where the second is 0, which a companion tells apart.
    Ratio(NodeId, NodeId),
    /// A broken line of a node.
    Piecewise(NodeId, Arc<Piecewise>),
    /// The least or greatest of at least one node.
    Extreme(Pick, Vec<NodeId>),
    /// One of two nodes, by a flag.
    Select {
        /// 1 or 0.
        condition: NodeId,
        /// Where it is 1.
        then: NodeId,
        /// Where it is 0.
        otherwise: NodeId,
    },
    /// A node rounded to a multiple of a quantum.
    Round {
        /// What is rounded.
        x: NodeId,
        /// The quantum, above 0.
        quantum: Exact,
        /// What a tie does.
        mode: Mode,
    },
    /// A part of a total that is split by weights.
    Share(SplitId, usize),
    /// A statistic over all holders.
    Statistic(StatisticId),
}

impl Op {
    /// The nodes it reads directly, except those of a split or a statistic.
    pub fn operands(&self) -> Vec<NodeId> {
        let mut operands = Vec::new();
        self.each_operand(&mut |node| operands.push(node));
        operands
    }

    /// Visits the nodes it reads directly, except those of a split or a statistic.
    pub fn each_operand(&self, visit: &mut dyn FnMut(NodeId)) {
        match self {
            Op::Const(_) | Op::Fact(_) | Op::Share(..) | Op::Statistic(_) => {}
            Op::Linear { terms, .. } => terms.iter().for_each(|(_, node)| visit(*node)),
            Op::Product(x, y) | Op::Ratio(x, y) => [*x, *y].into_iter().for_each(visit),
            Op::Piecewise(x, _) | Op::Round { x, .. } => visit(*x),
            Op::Extreme(_, of) => of.iter().copied().for_each(visit),
            Op::Select { condition, then, otherwise } => {
                [*condition, *then, *otherwise].into_iter().for_each(visit);
            }
        }
    }
}

/// A total and how it is split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// A multiple of the quantum.
    pub total: NodeId,
    /// One for each part.
    pub weights: Vec<NodeId>,
    /// Least and most of each part.
    pub limits: Option<Vec<(NodeId, NodeId)>>,
    /// Parts are multiples of it.
    pub quantum: Exact,
    /// Mode of the parts that are rounded one by one.
    pub mode: Mode,
    /// Who takes the rest.
    pub residue: Residue,
}

impl Split {
    /// The nodes it reads.
    pub fn operands(&self) -> Vec<NodeId> {
        let mut operands = Vec::new();
        self.each_operand(&mut |node| operands.push(node));
        operands
    }

    /// Visits the nodes it reads.
    pub fn each_operand(&self, visit: &mut dyn FnMut(NodeId)) {
        let limits = self.limits.iter().flatten().flat_map(|(least, most)| [*least, *most]);
        [self.total].into_iter().chain(self.weights.iter().copied()).chain(limits).for_each(visit);
    }
}

/// Which part of an observation a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The value.
    Value,
    /// The numerator of a ratio.
    Numerator,
    /// The denominator of a ratio.
    Denominator,
    /// 1 when there is an observation, 0 when there is none.
    Given,
}

/// What counts when an observation is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lacking {
    /// The data are incomplete.
    Refused,
    /// The fact `Given` says so, and this admissible number stands in without being used.
    Told(Exact),
    /// This value counts.
    Counts(Exact),
}

/// A number that the contract agrees, by where it is written: in the reading that keeps such numbers
/// apart, so that they can be changed without the contract.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreed {
    /// A cell of a table, by the places of table and column; without members it counts for all others.
    Cell {
        /// Which table.
        table: usize,
        /// Which of its columns.
        column: usize,
        /// Members of the table's axes.
        members: Option<Vec<i32>>,
    },
    /// A number in a formula, by the place of the formula and of the number in it.
    Number {
        /// The JSON Pointer of the formula.
        pointer: Arc<str>,
        /// The first byte of the number.
        at: usize,
    },
    /// A fixed share of a clause's amount, by the place of the clause and that of the party.
    Share {
        /// The JSON Pointer of the clause.
        pointer: Arc<str>,
        /// Which party.
        party: usize,
    },
}

/// One observed number: which one, and what it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactSpec {
    /// The measure.
    pub measure: String,
    /// The period that it counts for, and its key.
    pub period: (Period, String),
    /// Axis and member, by name, in the order of the measure.
    pub members: Vec<(String, String)>,
    /// True when each holder has its own.
    pub by_holder: bool,
    /// Which part of the observation.
    pub part: Part,
    /// What counts when there is none.
    pub lacking: Lacking,
    /// The values that are admitted.
    pub range: Range,
    /// Members that a code may name, in order; empty for other measures.
    pub codes: Vec<String>,
    /// Where the contract agrees it; nothing for what is observed.
    pub agreed: Option<Agreed>,
}

/// Where a node came from: what it is in the field's words, and its place in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// What it is: the name or formula as written.
    pub what: Arc<str>,
    /// The period and members it is for.
    pub context: Arc<str>,
    /// Its unit, as text; empty for pure numbers.
    pub unit: Arc<str>,
    /// Its place in the document.
    pub place: Place,
}

/// Index of an origin in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OriginId(pub u32);

/// A node: what it computes, where it came from, and what is known of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it computes.
    pub op: Op,
    /// Where it came from.
    pub origin: OriginId,
    /// All values it can take, for any admissible data.
    pub range: Range,
}
