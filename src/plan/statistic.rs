//! Statistics over all holders of a party that is many: what is taken of a node of each of them.
//!
//! A statistic is worked out once every holder has the nodes it reads, and then stands in the plan
//! like any other number. The plan stays that of one holder; statistics are the only place where
//! holders meet.

use super::node::NodeId;
use super::range::{part_range, part_slack};
use crate::num::{Exact, Mode, Range, Residue};

/// Most holders of a party that is many.
pub const HOLDERS_MAX: usize = 100_000;

/// Index of a statistic among the statistics of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatisticId(pub u32);

/// Which of `n` ordered values a percentile is, with k = share × n.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Percentile {
    /// The k-th where k is whole, else the one at the next place.
    Lower,
    /// The one after the k-th where k is whole, else the one at the next place.
    Upper,
    /// Half way between the two where k is whole, else the one at the next place.
    Average,
    /// At place 1 + share × (n − 1), straight between neighbours, as spreadsheets do.
    Linear,
}

impl Percentile {
    /// All methods with their words.
    pub const WORDS: [(&'static str, Percentile); 4] = [
        ("lower", Percentile::Lower),
        ("upper", Percentile::Upper),
        ("average", Percentile::Average),
        ("linear", Percentile::Linear),
    ];

    /// The word of the method.
    pub fn word(self) -> &'static str {
        Percentile::WORDS.iter().find(|(_, method)| *method == self).map_or("", |(word, _)| word)
    }
}

/// What is taken of the values of all holders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Summary {
    /// Their sum.
    Sum,
    /// The least.
    Least,
    /// The greatest.
    Greatest,
    /// The value that a share of them do not exceed.
    Percentile {
        /// From 0 to 1.
        share: Exact,
        /// Which value where the place is not whole, or is.
        method: Percentile,
    },
    /// The place of the holder: 1 for the largest value, the same for equal ones.
    Rank,
    /// The holder's part of a total that is the same for all, with the values as weights.
    Part {
        /// A multiple of the quantum.
        total: NodeId,
        /// Least and most of the holder's part.
        limits: Option<(NodeId, NodeId)>,
        /// Parts are multiples of it.
        quantum: Exact,
        /// Mode of the parts that are rounded one by one.
        mode: Mode,
        /// Who takes the rest; never a named part.
        residue: Residue,
    },
}

/// A summary of a node over the holders that count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistic {
    /// What is taken.
    pub summary: Summary,
    /// The node of each holder.
    pub value: NodeId,
    /// 1 for holders that count; all count when there is none.
    pub counts: Option<NodeId>,
    /// Only holders with the same value here are taken together; all when there is none.
    pub group: Option<NodeId>,
}

impl Statistic {
    /// The nodes it reads, of every holder.
    pub fn operands(&self) -> Vec<NodeId> {
        let mut operands = vec![self.value];
        operands.extend(self.counts);
        operands.extend(self.group);
        if let Summary::Part { total, limits, .. } = &self.summary {
            operands.push(*total);
            operands.extend(limits.iter().flat_map(|(least, most)| [*least, *most]));
        }
        operands
    }

    /// The nodes of one holder that show where it stands: nothing where all holders meet in one number.
    pub fn own_operands(&self) -> Vec<NodeId> {
        if self.differs() { self.operands() } else { Vec::new() }
    }

    /// The nodes it reads, to be renumbered.
    pub(super) fn operands_mut(&mut self) -> Vec<&mut NodeId> {
        let mut operands = vec![&mut self.value];
        operands.extend(&mut self.counts);
        operands.extend(&mut self.group);
        if let Summary::Part { total, limits, .. } = &mut self.summary {
            operands.push(total);
            operands.extend(limits.iter_mut().flat_map(|(least, most)| [least, most]));
        }
        operands
    }

    /// True when it is worked out for each holder or peer group, so that it may differ.
    pub fn differs(&self) -> bool {
        self.is_of_each() || self.group.is_some()
    }

    /// True when it is of one holder among all, not of all of them.
    pub fn is_of_each(&self) -> bool {
        match self.summary {
            Summary::Rank | Summary::Part { .. } => true,
            Summary::Sum | Summary::Least | Summary::Greatest | Summary::Percentile { .. } => false,
        }
    }

    /// All values it can take, from the ranges of what it reads; 0 where no holder counts.
    pub(super) fn range(&self, of: &dyn Fn(NodeId) -> Range) -> Range {
        self.range_over(HOLDERS_MAX, of)
    }

    /// The same over so many holders.
    pub(crate) fn range_over(&self, holders: usize, of: &dyn Fn(NodeId) -> Range) -> Range {
        let value = of(self.value);
        let zero = Range::point(&Exact::ZERO);
        let most_holders = Exact::from(i64::try_from(holders).unwrap_or(i64::MAX));
        match &self.summary {
            Summary::Sum => Range {
                least: &value.least.lesser(&Exact::ZERO).clone() * &most_holders,
                most: &value.most.greater(&Exact::ZERO).clone() * &most_holders,
                step: value.step,
            },
            Summary::Least | Summary::Greatest => value,
            Summary::Percentile { method: Percentile::Lower | Percentile::Upper, .. } => value.join(&zero),
            Summary::Percentile { method: Percentile::Average | Percentile::Linear, .. } => {
                Range { step: None, ..value.join(&zero) }
            }
            Summary::Rank => Range { least: Exact::ZERO, most: most_holders, step: Some(Exact::ONE) },
            Summary::Part { total, limits, quantum, residue, .. } => {
                let limits = limits.map(|(least, most)| (of(least), of(most)));
                let limits = limits.as_ref().map(|(least, most)| (least, most));
                part_range(&of(*total), limits, &part_slack(*residue, holders, quantum), quantum)
            }
        }
    }
}
