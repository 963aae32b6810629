//! Of what a finding is: a party's net income, a clause, what one party gains or loses by a clause; in a
//! year, or in the term. A subject is a sum of lines that count.

use super::lines::net_of_line;
use crate::calendar::{Period, PeriodKind};
use crate::contract::Contract;
use crate::num::Exact;
use crate::plan::{LineSpec, NodeId};

/// Whose money it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// What a party receives less what it pays, under all clauses.
    Party(String),
    /// What a clause comes to, from its payers to its payees.
    Clause(String),
    /// What a party receives less what it pays under one clause.
    Stake {
        /// The clause.
        clause: String,
        /// The party.
        party: String,
    },
}

/// A line counts in a period when it is live and assessed in it.
pub(super) fn counts(contract: &Contract, line: &LineSpec, period: Period) -> bool {
    line.status == "live" && contract.calendar.contains(period, line.period.0)
}

impl Subject {
    /// The nodes of a line that it adds up.
    pub(super) fn of_line(&self, line: &LineSpec) -> Vec<(Exact, NodeId)> {
        match self {
            Subject::Party(party) => net_of_line(line, party),
            Subject::Stake { clause, party } if line.clause == *clause => net_of_line(line, party),
            Subject::Clause(clause) if line.clause == *clause => vec![(Exact::ONE, line.amount)],
            Subject::Stake { .. } | Subject::Clause(_) => Vec::new(),
        }
    }
}

/// Contract years, then the term where it is longer.
pub fn periods(contract: &Contract) -> Vec<(Period, String)> {
    let mut periods = contract.calendar.all(PeriodKind::Year);
    if periods.len() > 1 {
        periods.push(Period::TERM);
    }
    periods.into_iter().map(|period| (period, contract.calendar.key(period))).collect()
}

/// Every party and every clause, in the order of the contract.
pub fn subjects(contract: &Contract) -> Vec<Subject> {
    let parties = contract.parties.iter().map(|party| Subject::Party(party.id.clone()));
    let clauses = contract.clauses.iter().map(|clause| Subject::Clause(clause.id.clone()));
    parties.chain(clauses).collect()
}
