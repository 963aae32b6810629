//! Which periods a statement is for.

use super::Request;
use super::resolve::Resolved;
use crate::calendar::{Period, PeriodKind};
use crate::contract::Contract;
use crate::plan::FigureSpec;
use crate::source::{Diagnostic, Location, catalogue};

/// The periods that are stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// A line is stated when its period lies within one of these.
    pub periods: Vec<Period>,
    /// Their keys.
    pub keys: Vec<String>,
}

impl Selection {
    /// The period asked for, or the contract years that have data (the term when all have).
    pub(super) fn of(
        contract: &Contract,
        request: &Request,
        resolved: &Resolved,
        problems: &mut Vec<Diagnostic>,
    ) -> Selection {
        let calendar = &contract.calendar;
        let mut refuse = |found: String| {
            let years: Vec<String> =
                calendar.all(PeriodKind::Year).iter().map(|year| calendar.key(*year)).collect();
            let remedy = format!(
                "ask for a period of the term: {}, a quarter or month in them, or term",
                years.join(", ")
            );
            problems.push(Diagnostic {
                code: &catalogue::UNKNOWN_PERIOD,
                location: Location::Request,
                found,
                remedy,
            });
        };
        let periods = match &request.period {
            Some(key) => match calendar.period(key).filter(|period| calendar.in_term(*period)) {
                Some(period) => vec![period],
                None => {
                    refuse(format!("`{key}` is no period of this contract"));
                    Vec::new()
                }
            },
            None => {
                let years = calendar.all(PeriodKind::Year);
                let has_data =
                    |year: &&Period| resolved.periods.iter().any(|period| calendar.contains(**year, *period));
                let with_data: Vec<Period> = years.iter().filter(has_data).copied().collect();
                let whole_term = resolved.periods.contains(&Period::TERM) || with_data == years;
                if whole_term || resolved.periods.is_empty() { vec![Period::TERM] } else { with_data }
            }
        };
        let keys = periods.iter().map(|period| calendar.key(*period)).collect();
        Selection { periods, keys }
    }

    /// True when a figure of this period is stated; one without a period always is.
    pub fn states_figure(&self, contract: &Contract, figure: &FigureSpec) -> bool {
        figure.period.as_ref().is_none_or(|(period, _)| self.states(contract, *period))
    }

    /// True when a line of this period is stated.
    pub fn states(&self, contract: &Contract, period: Period) -> bool {
        self.periods.iter().any(|selected| contract.calendar.contains(*selected, period))
    }
}
