//! What people call the amounts of a simulation: kept beside its numbers, so that a saved one can be
//! printed without its contract.

use carepact::{Exact, Model};

use crate::scenarios::Scenarios;

/// The names of a contract that a report needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// The id of the contract.
    pub contract: String,
    /// Its title.
    pub contract_title: String,
    /// What the scenarios are.
    pub title: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Decimal places of amounts.
    pub places: u32,
    /// What a whole unit stands for.
    pub unit: Exact,
    /// Contract years that are simulated, by key.
    pub years: Vec<String>,
    /// Parties: id, name for people, and whether it is a commissioner.
    pub parties: Vec<(String, String, bool)>,
    /// The id of the party that is many.
    pub many: Option<String>,
    /// Clauses: id and title for people.
    pub clauses: Vec<(String, String)>,
}

impl Labels {
    /// The labels of scenarios.
    pub fn new(scenarios: &Scenarios<'_>) -> Labels {
        let model: &Model = scenarios.model();
        let contract = model.contract();
        let pays = |role: &Option<String>| role.as_deref() == Some("commissioner");
        let parties =
            contract.parties.iter().map(|party| (party.id.clone(), party.name.clone(), pays(&party.role)));
        let title = |title: &Option<String>, id: &str| title.clone().unwrap_or_else(|| id.to_string());
        let clauses = contract.clauses.iter();
        Labels {
            contract: contract.id.clone(),
            contract_title: contract.title.clone(),
            title: scenarios.prepared().title.clone(),
            currency: contract.currency.clone(),
            places: contract.minor_places,
            unit: scenarios.unit().clone(),
            years: scenarios.years().to_vec(),
            parties: parties.collect(),
            many: contract.parties.iter().find(|party| party.many).map(|party| party.id.clone()),
            clauses: clauses.map(|clause| (clause.id.clone(), title(&clause.title, &clause.id))).collect(),
        }
    }

    /// An amount of whole units.
    pub fn amount(&self, units: i64) -> Exact {
        &self.unit * &Exact::from(units)
    }
}
