//! What the names of a contract are called in sentences.
//!
//! A short title is used in place of a name; otherwise the name itself, its underscores as spaces. Two
//! things are never called the same.

use std::collections::BTreeMap;

use super::numbers::{self, small, spaced};
use crate::calendar::{Period, PeriodKind};
use crate::contract::{AxisId, AxisKind, Clause, ClauseId, Contract, Named, PartyId};
use crate::num::Exact;
use crate::source::Json;
use crate::unit::Unit;

/// Longest title used in place of a name.
const TITLE: usize = 24;

/// Longest title of a member used in place of its name.
const MEMBER: usize = 32;

/// A contract, and what its names are called.
#[derive(Debug)]
pub struct Words<'a> {
    /// The contract.
    pub contract: &'a Contract,
    names: BTreeMap<String, String>,
}

impl<'a> Words<'a> {
    /// Finds what names are called.
    pub fn new(contract: &'a Contract) -> Words<'a> {
        let called = |(name, named): (&String, &Named)| {
            let title = title_of(contract, *named).filter(|title| short(title));
            (name.clone(), title.map_or_else(|| spaced(name), small))
        };
        let mut names: BTreeMap<String, String> = contract.names.iter().map(called).collect();
        let mut uses: BTreeMap<String, usize> = BTreeMap::new();
        for name in names.values() {
            *uses.entry(name.clone()).or_insert(0) += 1;
        }
        for (name, called) in &mut names {
            if uses.get(called).is_some_and(|uses| *uses > 1) {
                *called = spaced(name);
            }
        }
        Words { contract, names }
    }

    /// What a measure, table, curve or quantity is called.
    pub fn name(&self, name: &str) -> String {
        self.names.get(name).cloned().unwrap_or_else(|| spaced(name))
    }

    /// What starts the entry of a declared name: what it is called, its name when that differs, and a
    /// title too long to be called by.
    pub fn entry(&self, name: &str, title: Option<&str>) -> String {
        let called = self.name(name);
        let own = if called == spaced(name) { String::new() } else { format!(" (“{}”)", spaced(name)) };
        let title = title.filter(|title| small(title) != called);
        let title = title.map_or_else(String::new, |title| format!(" ({})", small(title)));
        format!("{called}{own}{title}")
    }

    /// The name of a clause or group, in quotation marks.
    pub fn flow(&self, name: &str) -> String {
        format!("“{}”", spaced(name))
    }

    /// The name of a clause, in quotation marks.
    pub fn clause(&self, id: ClauseId) -> String {
        self.flow(&self.contract.clauses[id.0].id)
    }

    /// A party by the name that a formula gives it.
    pub fn party_named(&self, name: &str) -> String {
        if name == "party" {
            return "the party".to_string();
        }
        self.contract.party_named(name).map_or_else(|| spaced(name), |party| self.party(party))
    }

    /// A party.
    pub fn party(&self, id: PartyId) -> String {
        let party = self.contract.party(id);
        if party.many {
            format!("each {}", small(&party.name))
        } else if party.name.starts_with("The ") {
            small(&party.name)
        } else {
            party.name.clone()
        }
    }

    /// Parties.
    pub fn parties(&self, ids: &[PartyId], joining: &str) -> String {
        let names: Vec<String> = ids.iter().map(|id| self.party(*id)).collect();
        numbers::listed(&names, joining)
    }

    /// An axis, as one of its members is called.
    pub fn axis(&self, id: AxisId) -> String {
        let axis = self.contract.axis(id);
        match axis.kind {
            AxisKind::Holder(party) => small(&self.contract.party(party).name),
            AxisKind::Period(_) | AxisKind::Party | AxisKind::Declared => spaced(&axis.id),
        }
    }

    /// Axes, as `each segment and each year`; empty without any.
    pub fn each(&self, axes: &[AxisId]) -> String {
        let names: Vec<String> = axes.iter().map(|axis| format!("each {}", self.axis(*axis))).collect();
        numbers::listed(&names, "and")
    }

    /// A member in a table: its title when all titles of the axis are short, otherwise its name.
    pub fn member(&self, axis: AxisId, member: i32) -> String {
        let members = &self.contract.axis(axis).members;
        let found = usize::try_from(member).ok().and_then(|i| members.get(i));
        let declared = self.contract.axis(axis).kind == AxisKind::Declared;
        let titled =
            declared && members.iter().all(|m| m.title.as_ref().is_some_and(|t| t.chars().count() <= MEMBER));
        match found.and_then(|member| member.title.clone()).filter(|_| titled) {
            Some(title) => title,
            None if self.contract.period_kind(axis).is_some() => self.contract.member_name(axis, member),
            None => spaced(&self.contract.member_name(axis, member)),
        }
    }

    /// A run of periods of one kind.
    pub fn run(&self, kind: PeriodKind, first: i32, last: i32) -> String {
        let key = |index| self.contract.calendar.key(Period { kind, index });
        if first == last { key(first) } else { format!("{} to {}", key(first), key(last)) }
    }

    /// Money in the currency of the contract.
    pub fn money(&self, x: &Exact) -> String {
        numbers::money(x, &self.contract.currency)
    }

    /// A unit for the head of a column.
    pub fn unit(&self, unit: &Unit) -> String {
        numbers::unit(unit, &self.contract.currency)
    }

    /// A number with its unit.
    pub fn quantity(&self, x: &Exact, unit: &Unit) -> String {
        numbers::quantity(x, unit, &self.contract.currency)
    }

    /// A value of the document that the typed contract does not keep.
    pub fn written(&self, section: &str, name: &str, field: &str) -> Option<&'a Json> {
        self.contract.document.root().get(section)?.get(name)?.get(field)
    }

    /// The paragraph that a clause comes from.
    pub fn reference(&self, clause: &Clause) -> Option<&'a str> {
        self.written("clauses", &clause.id, "ref").and_then(Json::text)
    }
}

fn title_of(contract: &Contract, named: Named) -> Option<&str> {
    match named {
        Named::Measure(i) => contract.measures[i].title.as_deref(),
        Named::Table(i) => contract.tables[i].title.as_deref(),
        Named::Curve(i) => contract.curves[i].title.as_deref(),
        Named::Quantity(i) => contract.quantities[i].title.as_deref(),
        Named::Broken => None,
    }
}

/// True for a title that can stand in a formula.
fn short(title: &str) -> bool {
    title.chars().count() <= TITLE
        && title.starts_with(char::is_alphabetic)
        && title.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '\'' | '’'))
}
