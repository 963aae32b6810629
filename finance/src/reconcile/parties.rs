//! Parties under every name that a ledger may use.

use std::collections::BTreeMap;

use carepact::contract::Contract;

use super::cells::clean;

/// A party, by its place.
pub type PartyNumber = u32;

/// The parties of a contract, its holders among them.
#[derive(Debug, Clone, Default)]
pub struct Parties {
    ids: Vec<String>,
    titles: Vec<String>,
    known: BTreeMap<String, PartyNumber>,
}

impl Parties {
    /// The parties of a contract, under id, name and codes.
    pub fn of(contract: &Contract) -> Parties {
        let mut parties = Parties::default();
        for party in &contract.parties {
            let number = parties.add(&party.id);
            parties.titles[number as usize].clone_from(&party.name);
            parties.alias(&party.name, number);
        }
        let declared = contract.document.root().get("parties");
        for party in declared.map_or(&[][..], |parties| parties.items()) {
            let id = party.get("id").and_then(|id| id.text()).and_then(|id| parties.find(id));
            let codes = party.get("codes").map_or(&[][..], |codes| codes.items());
            for code in codes.iter().filter_map(|code| code.text()) {
                id.into_iter().for_each(|id| parties.alias(code, id));
            }
        }
        parties
    }

    /// The number of a party, a new one when there is none of this id.
    pub fn add(&mut self, id: &str) -> PartyNumber {
        if let Some(number) = self.find(id) {
            return number;
        }
        let number = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.ids.push(id.to_string());
        self.titles.push(id.to_string());
        self.known.insert(key(id), number);
        number
    }

    /// Lets a party go under another name; a name that is taken stays with whom it has.
    pub fn alias(&mut self, name: &str, number: PartyNumber) {
        self.known.entry(key(name)).or_insert(number);
    }

    /// The party of this id, name or code. A provider code may still have its old ending `00`.
    pub fn find(&self, name: &str) -> Option<PartyNumber> {
        let name = key(name);
        let short = || self.known.get(name.strip_suffix("00").filter(|code| code.len() >= 3)?);
        self.known.get(&name).or_else(short).copied()
    }

    /// The id of a party.
    pub fn id(&self, number: PartyNumber) -> &str {
        self.ids.get(number as usize).map_or("", String::as_str)
    }

    /// The name of a party for people.
    pub fn title(&self, number: PartyNumber) -> &str {
        self.titles.get(number as usize).map_or("", String::as_str)
    }

    /// The ids of all.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.iter().map(String::as_str)
    }
}

fn key(name: &str) -> String {
    clean(name).split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
