//! Of what a finding is: a party's net income, a clause, what one party gains or loses by a clause; in a
//! year, or in the term. A subject is a sum of lines that count.

use crate::calendar::{Period, PeriodKind};
use crate::contract::Contract;
use crate::num::Exact;
use crate::plan::{Form, Forms, LineSpec, NodeId, PartSpec, Plan};

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

/// What a party receives less what it pays under one line.
fn of_line(line: &LineSpec, party: &str) -> Vec<(Exact, NodeId)> {
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

/// What a party receives less what it pays under the lines that `wanted` names.
pub fn net(plan: &Plan, party: &str, wanted: &dyn Fn(&LineSpec) -> bool) -> Vec<(Exact, NodeId)> {
    plan.lines().iter().filter(|line| wanted(line)).flat_map(|line| of_line(line, party)).collect()
}

impl Subject {
    /// The nodes of a line that it adds up.
    pub fn of_line(&self, line: &LineSpec) -> Vec<(Exact, NodeId)> {
        match self {
            Subject::Party(party) => of_line(line, party),
            Subject::Stake { clause, party } if line.clause == *clause => of_line(line, party),
            Subject::Clause(clause) if line.clause == *clause => vec![(Exact::ONE, line.amount)],
            Subject::Stake { .. } | Subject::Clause(_) => Vec::new(),
        }
    }

    /// The nodes that it adds up in a period.
    pub fn terms(&self, contract: &Contract, plan: &Plan, period: Period) -> Vec<(Exact, NodeId)> {
        let counted = plan.lines().iter().filter(|line| counts(contract, line, period));
        counted.flat_map(|line| self.of_line(line)).collect()
    }

    /// The sum in a period.
    pub fn sum(&self, contract: &Contract, plan: &Plan, forms: &Forms, period: Period) -> Form {
        Form::of(&self.terms(contract, plan, period), &Exact::ZERO, forms.all())
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
