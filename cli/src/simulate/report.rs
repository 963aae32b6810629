//! A simulation with what it rests on and how it is shown.

use std::ops::Range;

use carepact::Exact;
use carepact_scenarios::{Labels, Period, Simulation, Summary};
use serde_json::json;

use super::holders::Holders;
use super::provenance::Provenance;
use super::run;
use crate::answer::grouped;

/// A simulation to be shown.
#[derive(Debug, Clone)]
pub struct Report {
    /// The numbers.
    pub simulation: Simulation,
    /// What they rest on.
    pub provenance: Provenance,
    /// The scenarios that were asked for.
    pub asked: u64,
    /// Percentiles as shares.
    pub percentiles: Vec<Exact>,
    /// The share of scenarios that is a tail.
    pub tail: Exact,
}

impl Report {
    /// The names of its amounts.
    pub fn labels(&self) -> &Labels {
        self.simulation.labels()
    }

    /// The holders of a party that is many.
    pub fn holders(&self) -> Holders<'_> {
        let rows = self.simulation.holders().iter();
        Holders {
            labels: self.labels(),
            unit: &self.labels().unit,
            percentiles: &self.percentiles,
            rows: rows.map(|holder| (holder.name.as_str(), &holder.summary)).collect(),
        }
    }

    /// What is said when it was stopped before its end.
    pub fn stopped(&self) -> Option<String> {
        run::stopped(self.simulation.count(), self.asked)
    }

    /// The simulation as it is saved.
    pub fn saved(&self) -> String {
        let saved = json!({ "provenance": self.provenance.json(), "simulation": self.simulation.to_json() });
        format!("{saved}\n")
    }

    /// The periods for which there are amounts: years, and all of them where there are several.
    pub fn periods(&self) -> Vec<Period> {
        let years = self.labels().years.len();
        let all = (years != 1).then_some(Period::All);
        (0..years).map(Period::Year).chain(all).collect()
    }

    /// All that is simulated.
    pub fn whole(&self) -> Period {
        if self.labels().years.len() == 1 { Period::Year(0) } else { Period::All }
    }

    /// What a period is called.
    pub fn period(&self, period: &Period) -> String {
        match period {
            Period::Year(place) => self.labels().years[*place].clone(),
            Period::All => "all years".to_string(),
        }
    }

    /// An amount in the currency as tools read it.
    pub fn plain(&self, units: i64) -> String {
        self.labels().amount(units).plain(usize::try_from(self.labels().places).unwrap_or(2))
    }

    /// The percentiles of an amount.
    pub fn percentiles(&self, summary: &Summary) -> Vec<i64> {
        self.percentiles.iter().map(|share| summary.percentile(share)).collect()
    }
}

/// A count with its thousands separated.
pub fn many(count: u64) -> String {
    usize::try_from(count).map_or_else(|_| count.to_string(), grouped)
}

/// `0 to 9,999`, and further ranges.
pub fn numbers(ranges: &[Range<u64>]) -> String {
    let of = |range: &Range<u64>| format!("{} to {}", many(range.start), many(range.end - 1));
    ranges.iter().map(of).collect::<Vec<_>>().join(", ")
}
