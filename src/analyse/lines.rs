//! Which lines concern whom: the lines of each clause, and what each party receives and pays under each.
//!
//! A contract has many lines, and each finding is about a few of them.

use std::collections::BTreeMap;

use super::subject::Subject;
use crate::calendar::{Period, PeriodKind};
use crate::contract::Contract;
use crate::num::Exact;
use crate::plan::{LineSpec, NodeId, PartSpec, Plan};

/// What a line comes to for somebody: when it is assessed, and its signed amounts.
#[derive(Debug, Clone)]
struct Entry {
    period: Period,
    year: Option<Period>,
    terms: Vec<(Exact, NodeId)>,
}

/// The live lines of a contract.
#[derive(Debug, Clone)]
pub struct Lines {
    of_clause: BTreeMap<String, Vec<Entry>>,
    /// By party and clause.
    of_party: BTreeMap<String, BTreeMap<String, Vec<Entry>>>,
    /// The clauses under which each party receives or pays, in the order of the contract.
    clauses: BTreeMap<String, Vec<String>>,
}

impl Lines {
    /// The live lines of a contract.
    pub fn new(contract: &Contract, plan: &Plan) -> Lines {
        let mut lines =
            Lines { of_clause: BTreeMap::new(), of_party: BTreeMap::new(), clauses: BTreeMap::new() };
        for line in plan.lines().iter().filter(|line| line.status == "live") {
            let period = line.period.0;
            let year = contract.calendar.enclosing(period, PeriodKind::Year);
            let whole = Entry { period, year, terms: vec![(Exact::ONE, line.amount)] };
            within(&mut lines.of_clause, &line.clause).push(whole);
            let concerned = line.parts.iter().flat_map(|part| [&part.payer, &part.payee]);
            let mut concerned: Vec<&String> = concerned.collect();
            concerned.sort();
            concerned.dedup();
            for party in concerned {
                let terms = net_of_line(line, party);
                if !terms.is_empty() {
                    let clauses = within(&mut lines.of_party, party);
                    within(clauses, &line.clause).push(Entry { period, year, terms });
                }
            }
        }
        let all = || contract.clauses.iter().map(|clause| &clause.id);
        for (party, known) in &lines.of_party {
            let own = all().filter(|clause| known.contains_key(*clause)).cloned();
            lines.clauses.insert(party.clone(), own.collect());
        }
        lines
    }

    /// The clauses under which a party receives or pays, in the order of the contract.
    pub fn clauses_of(&self, party: &str) -> impl Iterator<Item = &str> {
        self.clauses.get(party).into_iter().flatten().map(String::as_str)
    }

    /// The nodes that a subject adds up in a period.
    pub fn terms(&self, contract: &Contract, subject: &Subject, period: Period) -> Vec<(Exact, NodeId)> {
        let of_party = |party: &str| self.of_party.get(party);
        let entries: Vec<&Entry> = match subject {
            Subject::Party(party) => {
                of_party(party).into_iter().flat_map(BTreeMap::values).flatten().collect()
            }
            Subject::Clause(clause) => self.of_clause.get(clause).into_iter().flatten().collect(),
            Subject::Stake { clause, party } => {
                of_party(party).and_then(|clauses| clauses.get(clause)).into_iter().flatten().collect()
            }
        };
        let counts = |entry: &&Entry| match period.kind {
            PeriodKind::Year => entry.year == Some(period),
            PeriodKind::Term | PeriodKind::Quarter | PeriodKind::Month => {
                contract.calendar.contains(period, entry.period)
            }
        };
        entries.into_iter().filter(counts).flat_map(|entry| entry.terms.iter().cloned()).collect()
    }
}

/// What stands under a name.
fn within<'n, T: Default>(all: &'n mut BTreeMap<String, T>, name: &str) -> &'n mut T {
    if !all.contains_key(name) {
        all.insert(name.to_string(), T::default());
    }
    all.get_mut(name).expect("it was put there")
}

/// What a party receives less what it pays by a line.
pub(super) fn net_of_line(line: &LineSpec, party: &str) -> Vec<(Exact, NodeId)> {
    let sign = |part: &PartSpec| i64::from(part.payee == party) - i64::from(part.payer == party);
    let signs: Vec<i64> = line.parts.iter().map(sign).collect();
    // The parts of a line come to its amount: odd pennies cancel for who pays or receives them all.
    if let Some(first) = signs.first()
        && signs.iter().all(|sign| sign == first)
    {
        return if *first == 0 { Vec::new() } else { vec![(Exact::from(*first), line.amount)] };
    }
    let parts = line.parts.iter().zip(&signs).filter(|(_, sign)| **sign != 0);
    parts.map(|(part, sign)| (Exact::from(*sign), part.amount)).collect()
}
