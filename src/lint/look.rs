//! What all rules ask: whose lines count, which clauses an outcome moves, and how money is written.

use std::collections::{BTreeMap, BTreeSet};

use super::Warning;
use crate::analyse::{Analysis, Findings, Payoff, Variable};
use crate::contract::{Clause, Contract, Measure, Party};
use crate::num::{Exact, Mode};
use crate::plan::{LineSpec, NodeId, Plan};
use crate::source::{Place, Rule};

/// A contract that is looked at, and what was found of it.
pub struct Look<'f> {
    /// What was found.
    pub findings: &'f Findings<'f>,
    /// The contract.
    pub contract: &'f Contract,
    /// Its plan.
    pub plan: &'f Plan,
    /// The live lines of which a node is an amount, of the line or of a part, by their place in the plan.
    with: BTreeMap<NodeId, Vec<usize>>,
    /// The live lines of each clause, in the order of the plan.
    of_clause: BTreeMap<&'f str, Vec<&'f LineSpec>>,
    clauses: BTreeMap<&'f str, &'f Clause>,
    measures: BTreeMap<&'f str, &'f Measure>,
    /// Parties of which a payment for services in the period that is looked at moves with data.
    moving_incomes: BTreeSet<&'f str>,
}

impl<'f> Look<'f> {
    /// Looks at what was found.
    pub fn new(findings: &'f Findings<'f>) -> Look<'f> {
        let model = findings.analysis.model;
        let (contract, plan) = (model.contract(), model.plan());
        let mut with: BTreeMap<NodeId, Vec<usize>> = BTreeMap::new();
        let mut of_clause: BTreeMap<&str, Vec<&LineSpec>> = BTreeMap::new();
        for (place, line) in plan.lines().iter().enumerate().filter(|(_, line)| line.status == "live") {
            let amounts: BTreeSet<NodeId> =
                line.parts.iter().map(|part| part.amount).chain([line.amount]).collect();
            amounts.into_iter().for_each(|amount| with.entry(amount).or_default().push(place));
            of_clause.entry(line.clause.as_str()).or_default().push(line);
        }
        let clauses = contract.clauses.iter().map(|clause| (clause.id.as_str(), clause)).collect();
        let measures = contract.measures.iter().map(|measure| (measure.name.as_str(), measure)).collect();
        let moving_incomes = BTreeSet::new();
        let mut look = Look { findings, contract, plan, with, of_clause, clauses, measures, moving_incomes };
        let for_services = look.lines().filter(|line| look.pays_for_services(line));
        let moving = for_services.flat_map(|line| &line.parts).filter(|part| !look.is_fixed(part.amount));
        look.moving_incomes = moving.flat_map(|part| [part.payer.as_str(), part.payee.as_str()]).collect();
        look
    }

    /// The analysis.
    pub fn analysis(&self) -> &'f Analysis<'f> {
        &self.findings.analysis
    }

    /// A warning about some clauses; the first of them is its place.
    pub fn about_clauses(
        &self,
        rule: &'static Rule,
        clauses: Vec<String>,
        of: Vec<String>,
        found: String,
    ) -> Warning {
        let place = clauses.first().and_then(|id| self.clause(id)).map(|clause| clause.place.clone());
        let place = self.key(place.unwrap_or_else(Place::start));
        Warning { rule, of, clauses, place, found, silenced: None }
    }

    /// A warning about something else.
    pub fn about(&self, rule: &'static Rule, place: Place, of: Vec<String>, found: String) -> Warning {
        Warning { rule, of, clauses: Vec::new(), place, found, silenced: None }
    }

    /// The place of a whole object marks its first character alone.
    fn key(&self, place: Place) -> Place {
        Place { length: 1, ..place }
    }

    /// The place of a field of the contract; the start of the document where it is not given.
    pub fn place_of(&self, field: &str) -> Place {
        let value = self.contract.document.root().get(field);
        value.map_or_else(Place::start, crate::source::Json::key_place)
    }

    /// The place of a party.
    pub fn party_place(&self, id: &str) -> Place {
        let index = self.contract.parties.iter().position(|party| party.id == id);
        let parties =
            self.contract.document.root().get("parties").map_or(&[][..], crate::source::Json::items);
        let place = index.and_then(|index| parties.get(index)).map(|party| party.place.clone());
        self.key(place.unwrap_or_else(Place::start))
    }

    /// A clause by its name.
    pub fn clause(&self, id: &str) -> Option<&'f Clause> {
        self.clauses.get(id).copied()
    }

    /// A measure by its name.
    pub fn measure(&self, name: &str) -> Option<&'f Measure> {
        self.measures.get(name).copied()
    }

    /// The parties that deliver care, or arrange that others do: neither who commissions nor a pool.
    pub fn delivering(&self) -> impl Iterator<Item = &'f Party> {
        self.contract.parties.iter().filter(|party| delivers(party))
    }

    /// True for a party that commissions.
    pub fn commissions(&self, id: &str) -> bool {
        let party = self.contract.parties.iter().find(|party| party.id == id);
        party.is_some_and(|party| party.role.as_deref() == Some("commissioner"))
    }

    /// The lines that count in any period.
    pub fn live_lines(&self) -> impl Iterator<Item = &'f LineSpec> {
        self.plan.lines().iter().filter(|line| line.status == "live")
    }

    /// Those of them that are of a clause.
    pub fn live_lines_of(&self, clause: &str) -> &[&'f LineSpec] {
        self.of_clause.get(clause).map_or(&[], Vec::as_slice)
    }

    /// The lines that count in the period that is looked at.
    pub fn lines(&self) -> impl Iterator<Item = &'f LineSpec> {
        let (contract, period) = (self.contract, self.findings.period.0);
        self.live_lines().filter(move |line| contract.calendar.contains(period, line.period.0))
    }

    /// True for a line of a clause that pays for services as such.
    pub fn pays_for_services(&self, line: &LineSpec) -> bool {
        self.clause(&line.clause).is_some_and(|clause| clause.kind.pays_for_services)
    }

    /// True for a node that no data move.
    pub fn is_fixed(&self, node: NodeId) -> bool {
        self.plan.node(node).range.single().is_some()
    }

    /// The live lines of which some nodes are amounts, of the line or of a part, in the order of the plan.
    pub fn live_lines_with(&self, nodes: &[NodeId]) -> Vec<&'f LineSpec> {
        let places = nodes.iter().filter_map(|node| self.with.get(node)).flatten();
        let places: BTreeSet<usize> = places.copied().collect();
        places.into_iter().map(|place| &self.plan.lines()[place]).collect()
    }

    /// Those of them that count in the period that is looked at.
    pub fn lines_with(&self, nodes: &[NodeId]) -> Vec<&'f LineSpec> {
        let (calendar, period) = (&self.contract.calendar, self.findings.period.0);
        let mut lines = self.live_lines_with(nodes);
        lines.retain(|line| calendar.contains(period, line.period.0));
        lines
    }

    /// All nodes that read a variable.
    pub fn moved_by(&self, variable: &Variable) -> Vec<NodeId> {
        self.analysis().readers.dependents(&[variable.node], &|_| true)
    }

    /// The clauses whose money follows outcomes and moves with some variables, in order.
    pub fn clauses_moved(&self, payoffs: &[&Payoff]) -> Vec<String> {
        let mut clauses: Vec<String> = Vec::new();
        for payoff in payoffs {
            let moved = self.moved_by(&payoff.outcome.variable);
            let lines = self.lines_with(&moved);
            for line in lines.into_iter().filter(|line| moved.binary_search(&line.amount).is_ok()) {
                let follows = self.clause(&line.clause).is_some_and(|clause| clause.kind.follows_outcomes);
                if follows && !clauses.contains(&line.clause) {
                    clauses.push(line.clause.clone());
                }
            }
        }
        clauses
    }

    /// The income of a party for services: beside data, or where no data move it. The middle of every
    /// range is no income that a loss could be held against.
    pub fn income(&self, party: &str) -> Option<Exact> {
        if !self.findings.has_baseline && self.moving_incomes.contains(party) {
            return None;
        }
        let income = self.findings.incomes.iter().find(|income| income.party == party);
        income.map(|income| income.amount.clone())
    }

    /// Money to the minor unit, with the currency.
    pub fn money(&self, amount: &Exact) -> String {
        let places = self.contract.minor_places;
        let rounded = amount.rounded(&Exact::scaled(1, places), Mode::HalfAway);
        format!("{} {}", rounded.grouped(places as usize), self.contract.currency)
    }

    /// Beside what it was looked at, in words.
    pub fn beside(&self) -> String {
        match self.findings.has_baseline {
            true => format!("beside the data of {}", self.findings.period.1),
            false => format!("beside the middle of every range in {}", self.findings.period.1),
        }
    }
}

/// True for a party that delivers care, or arranges that others do.
pub fn delivers(party: &Party) -> bool {
    !matches!(party.role.as_deref(), Some("commissioner" | "pool"))
}

/// A share as a percentage, with two places.
pub fn percent(share: &Exact) -> String {
    let hundredfold = share * &Exact::from(100);
    format!("{} %", hundredfold.rounded(&Exact::scaled(1, 2), Mode::HalfAway).grouped(2))
}

/// Most names that are written out; a warning has all of them for tools.
const NAMES_MAX: usize = 8;

/// Names in quotation marks, `a`, `b` and `c`; of many the first.
pub fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    if quoted.len() > NAMES_MAX {
        let rest = quoted.len() - NAMES_MAX + 1;
        return format!("{} and {rest} more", quoted[..NAMES_MAX - 1].join(", "));
    }
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.join(""),
    }
}

/// The names by which an outcome can be meant: its members and its measure.
pub fn names_of(payoff: &Payoff) -> Vec<String> {
    let outcome = &payoff.outcome;
    outcome.members.iter().cloned().chain([outcome.measure.clone()]).collect()
}
