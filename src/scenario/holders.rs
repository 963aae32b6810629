//! The holders of a party that is many, as the baseline names them: each has observations of its own.

use std::collections::BTreeSet;

use crate::bind::{Facts, Source};
use crate::contract::{Contract, Measure};
use crate::observe::{Observations, Row};
use crate::plan::{FactSpec, Plan};
use crate::source::{Diagnostic, Location, catalogue};

/// The axis of holders, and their names in the order of the data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Holders {
    /// The id of the party that is many; nothing where there is none.
    axis: Option<String>,
    names: Vec<String>,
}

impl Holders {
    /// Those that a baseline names.
    pub fn of(contract: &Contract, observations: &Observations) -> Holders {
        let Some(axis) = contract.holder_axis() else { return Holders::default() };
        let axis = contract.axis(axis).id.clone();
        let mut seen = BTreeSet::new();
        let mut names = Vec::new();
        for name in observations.rows().iter().filter_map(|row| row.member(&axis)) {
            if seen.insert(name) {
                names.push(name.to_string());
            }
        }
        Holders { axis: Some(axis), names }
    }

    /// What is said where a party is many and nobody is named.
    pub fn lacking(&self) -> Option<Diagnostic> {
        let axis = self.axis.as_ref().filter(|_| self.names.is_empty())?;
        Some(Diagnostic {
            code: &catalogue::SCENARIO_HOLDERS,
            location: Location::Request,
            found: format!("the baseline names no `{axis}`"),
            remedy: format!("add rows with a column `{axis}` to the baseline; whoever it names is simulated"),
        })
    }

    /// True for the name of a holder.
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// The axis of holders.
    pub fn axis(&self) -> Option<&str> {
        self.axis.as_deref()
    }

    /// A fact as an observation of each holder, the holder among its members where the measure has
    /// them; of a fact that is not by the holder just itself.
    pub fn specs(&self, contract: &Contract, spec: &FactSpec) -> Vec<FactSpec> {
        let measure = contract.measures.iter().find(|measure| measure.name == spec.measure);
        let (Some(axis), true) = (&self.axis, spec.by_holder) else { return vec![spec.clone()] };
        let place = measure.map_or(0, |measure| place(contract, measure)).min(spec.members.len());
        let of = |name: &String| {
            let mut own = spec.clone();
            own.members.insert(place, (axis.clone(), name.clone()));
            own
        };
        self.names.iter().map(of).collect()
    }
}

/// How many members of a measure stand before the holder.
fn place(contract: &Contract, measure: &Measure) -> usize {
    let holder = contract.holder_axis();
    measure.by.iter().position(|axis| Some(*axis) == holder).unwrap_or(0)
}

/// The first row of each holder of whom no fact is observed: without it the holder would not be there.
pub(super) fn named_alone(axis: Option<&str>, facts: &Facts, plan: &Plan, rows: &[Row]) -> Vec<(usize, Row)> {
    let Some(axis) = axis else { return Vec::new() };
    let is_observed = |source: &Source| match source {
        Source::Row { .. } => true,
        Source::Missing | Source::Unneeded => false,
    };
    let mut alone = Vec::new();
    for (index, lane) in facts.lanes.iter().enumerate() {
        let own = lane.sources.iter().zip(plan.facts()).filter(|(_, spec)| spec.by_holder);
        if own.into_iter().any(|(source, _)| is_observed(source)) {
            continue;
        }
        let named = rows.iter().find(|row| row.member(axis) == lane.holder.as_deref());
        alone.extend(named.map(|row| (index, row.clone())));
    }
    alone
}
