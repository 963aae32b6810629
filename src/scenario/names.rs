//! Names of a scenario file held against a contract, and against another that the same scenarios are
//! of: what only the other knows is passed over, so that two designs can be compared.

use super::holders::Holders;
use super::read::Word;
use crate::contract::shape::Reports;
use crate::contract::{Contract, Measure, Named};
use crate::source::{catalogue, did_you_mean};

/// The contract, and the other one.
pub(super) struct Names<'c> {
    pub contract: &'c Contract,
    pub elsewhere: Option<&'c Contract>,
    pub holders: &'c Holders,
}

impl<'c> Names<'c> {
    /// The measure of a name; one that is nowhere is reported.
    pub fn measure(&self, (name, place): &Word, reports: &mut Reports) -> Option<&'c Measure> {
        if let Some(found) = measure_of(self.contract, name) {
            return Some(found);
        }
        if self.elsewhere.and_then(|other| measure_of(other, name)).is_none() {
            let known = self.contract.measures.iter().map(|measure| measure.name.as_str());
            let remedy = did_you_mean(name, known).map_or_else(
                || "name a measure of the contract, or take it out".to_string(),
                |near| format!("did you mean `{near}`?"),
            );
            let found = format!("there is no measure `{name}`");
            reports.add(&catalogue::UNKNOWN_NAME, place, found, remedy);
        }
        None
    }

    /// True when the other contract has a party of this name.
    pub fn is_party_elsewhere(&self, name: &str) -> bool {
        self.elsewhere.is_some_and(|other| other.party_named(name).is_some())
    }

    /// True when the other contract has a member of this name, or such a period.
    pub fn is_member_elsewhere(&self, name: &str) -> bool {
        self.elsewhere.is_some_and(|other| {
            let axes = 0..other.axes.len();
            axes.map(crate::contract::AxisId).any(|axis| other.member_named(axis, name).is_some())
        })
    }
}

fn measure_of<'c>(contract: &'c Contract, name: &str) -> Option<&'c Measure> {
    match contract.names.get(name)? {
        Named::Measure(index) => Some(&contract.measures[*index]),
        Named::Table(_) | Named::Curve(_) | Named::Quantity(_) | Named::Broken => None,
    }
}
