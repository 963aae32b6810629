//! Statistics over holders between the stages of a batch: what one stage reads of each lane, and what
//! it hands to the stages after it, as columns of whole numbers wherever there is a grid.

use super::lane::{Bounds, Lanes, Op};
use super::number::Number;
use crate::evaluate::Statistics;
use crate::num::{Exact, Range};
use crate::plan::{Plan, StatisticId};

/// Where whole numbers are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    /// The same on every lane.
    Always(i64),
    /// In a column of results of the stage.
    Column(usize),
}

/// What a statistic reads of each lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operand {
    /// Whole numbers of a unit, which is above 0.
    Whole { at: Numbers, unit: Exact, bounds: Bounds },
    /// Two columns, the second above 0: their quotient times a unit above 0.
    Quotient { n: usize, d: usize, unit: Exact, bounds: (Bounds, Bounds) },
    /// An exact number, by its place among those that the stage evaluates exactly.
    Exact { place: usize },
}

/// How the values of a statistic are handed to later stages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Handed {
    /// The same in every scenario and for every holder.
    Known(Exact),
    /// A column of whole numbers of a unit.
    Whole { unit: Exact, bounds: Bounds },
    /// Two columns, the second above 0: their quotient times a unit.
    Quotient { unit: Exact, bounds: (Bounds, Bounds) },
    /// A column of places in a table of exact numbers: there is no grid.
    Exact,
}

impl Handed {
    /// How many columns it takes.
    pub(super) fn columns(&self) -> usize {
        match self {
            Handed::Known(_) => 0,
            Handed::Whole { .. } | Handed::Exact => 1,
            Handed::Quotient { .. } => 2,
        }
    }

    /// The statistic on lanes, its columns from `column` on; nothing where there is no grid.
    pub(super) fn number(&self, column: usize, lanes: &mut Lanes) -> Option<Number> {
        match self {
            Handed::Known(value) => Some(Number::Known(value.clone())),
            Handed::Whole { unit, bounds } => {
                let lane = lanes.given(Op::Input(column), *bounds);
                Some(Number::Whole { lane, unit: unit.clone() })
            }
            Handed::Quotient { unit, bounds } => {
                let n = lanes.given(Op::Input(column), bounds.0);
                let d = lanes.given(Op::Input(column + 1), bounds.1);
                Some(Number::Quotient { n, d, unit: unit.clone() })
            }
            Handed::Exact => None,
        }
    }

    /// The exact value on a lane.
    pub(super) fn value(&self, column: usize, number: &dyn Fn(usize) -> i64, table: &[Exact]) -> Exact {
        match self {
            Handed::Known(value) => value.clone(),
            Handed::Whole { unit, .. } => unit * &Exact::from(number(column)),
            Handed::Quotient { unit, .. } => {
                let quotient = Exact::from(number(column)).checked_div(&Exact::from(number(column + 1)));
                unit * &quotient.expect("a denominator is above 0")
            }
            Handed::Exact => table[usize::try_from(number(column)).expect("a place in the table")].clone(),
        }
    }
}

/// The statistics that earlier stages have worked out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Given {
    /// How each is handed on, and its first column, counted after those of the facts.
    each: Vec<Option<(Handed, usize)>>,
    /// What each can be, as far as the plan or the facts tell.
    ranges: Vec<Option<Range>>,
    /// How many columns they take.
    pub(super) columns: usize,
}

impl Given {
    /// None of so many statistics.
    pub(super) fn none(count: usize) -> Given {
        Given { each: vec![None; count], ranges: vec![None; count], columns: 0 }
    }

    /// Adds a statistic and what it can be; its first column.
    pub(super) fn add(&mut self, statistic: StatisticId, handed: Handed, range: Range) -> usize {
        let first = self.columns;
        self.columns += handed.columns();
        self.each[statistic.0 as usize] = Some((handed, first));
        self.ranges[statistic.0 as usize] = Some(range);
        first
    }

    /// How a statistic is handed on, and its first column.
    pub(super) fn of(&self, statistic: StatisticId) -> Option<&(Handed, usize)> {
        self.each.get(statistic.0 as usize)?.as_ref()
    }

    /// What a statistic can be.
    pub(super) fn range_of(&self, statistic: StatisticId) -> Option<&Range> {
        self.ranges.get(statistic.0 as usize)?.as_ref()
    }

    /// Those that are the same in every scenario.
    pub(super) fn known(&self, plan: &Plan) -> Statistics {
        let mut known = Statistics::unneeded(plan.statistics().len());
        for (index, given) in self.each.iter().enumerate() {
            if let Some((Handed::Known(value), _)) = given {
                known.set(StatisticId(u32::try_from(index).unwrap_or(u32::MAX)), value.clone());
            }
        }
        known
    }
}
