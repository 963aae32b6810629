//! What the next period needs: figures that measures carry, as observations of that period.

use super::basis::Stated;
use super::columns::{Column, Columns};
use crate::Model;
use crate::bind::Facts;
use crate::calendar::Period;
use crate::contract::{AxisKind, Measure};
use crate::evaluate::{Statistics, Workers};
use crate::num::Exact;
use crate::plan::FigureSpec;

/// An observation of the next period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedForward {
    /// The measure.
    pub measure: String,
    /// The key of its period: the one after the figure's.
    pub period: String,
    /// Axis and member.
    pub members: Vec<(String, String)>,
    /// The holder, where the measure is by holder.
    pub holder: Option<String>,
    /// The exact value.
    pub value: Exact,
}

/// The figures of the last stated period that measures carry into the next.
#[derive(Debug, Clone)]
pub struct Carried<'m> {
    model: &'m Model,
    facts: &'m Facts,
    columns: Columns<'m>,
}

impl Model {
    /// The figures of the last stated period that measures carry into the next.
    pub fn carried<'m>(&'m self, facts: &'m Facts) -> Carried<'m> {
        let figures = Stated::of(self, facts).figures;
        let last = |figure: &&FigureSpec| {
            let same = figures.iter().filter(|other| other.quantity == figure.quantity);
            same.filter_map(|other| other.period.as_ref()).map(|(period, _)| *period).max()
        };
        let carried = figures.iter().copied().filter(|figure| figure.carried_by.is_some());
        let of_last = carried
            .filter(|figure| last(figure) == figure.period.as_ref().map(|(period, _)| *period))
            .map(Column::of_figure);
        Carried { model: self, facts, columns: Columns::of(self, facts, of_last.collect()) }
    }
}

impl<'m> Carried<'m> {
    /// True when no measure carries a figure of a stated period.
    pub fn is_empty(&self) -> bool {
        self.columns.columns().is_empty()
    }

    /// The names of the axes that the observations are by, in the order of the contract.
    pub fn axes(&self) -> Vec<&'m str> {
        let by = |axis: &str| {
            let figures = self.columns.columns().iter().filter_map(Column::figure);
            figures.flat_map(|figure| &figure.members).any(|(known, _, _)| known == axis)
        };
        self.model.contract.axes.iter().map(|axis| axis.id.as_str()).filter(|axis| by(axis)).collect()
    }

    /// Works out the statistics behind the figures, over all holders.
    pub fn statistics(&self, workers: Workers<'_>) -> Statistics {
        self.columns.statistics(workers)
    }

    /// The observations that a holder, by its place in the facts, carries forward; with the first
    /// of them those that are no holder's. A figure that is absent leaves none.
    pub fn observations(&self, statistics: &Statistics, holder: usize) -> Vec<CarriedForward> {
        let own = self.facts.lanes[holder].holder.as_deref();
        let row = self.columns.row(statistics, holder);
        let each = self.columns.columns().iter().filter_map(Column::figure).zip(row);
        let observations = each.filter_map(|(figure, value)| {
            let measure = self.measure(figure)?;
            let by_holder = measure.by.iter().any(|axis| self.is_of_holders(axis.0));
            let stated_here = if by_holder { own.is_some() } else { holder == 0 };
            let (period, _) = figure.period.as_ref().filter(|_| stated_here)?;
            Some(CarriedForward {
                measure: measure.name.clone(),
                period: self.model.contract.calendar.key(next(*period)),
                members: figure
                    .members
                    .iter()
                    .map(|(axis, member, _)| (axis.clone(), member.clone()))
                    .collect(),
                holder: own.filter(|_| by_holder).map(str::to_string),
                value: value?,
            })
        });
        observations.collect()
    }

    fn measure(&self, figure: &FigureSpec) -> Option<&'m Measure> {
        self.model.contract.measures.iter().find(|measure| Some(&measure.name) == figure.carried_by.as_ref())
    }

    fn is_of_holders(&self, axis: usize) -> bool {
        matches!(self.model.contract.axes[axis].kind, AxisKind::Holder(_))
    }
}

fn next(period: Period) -> Period {
    period.earlier(-1)
}
