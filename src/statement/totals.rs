//! Totals of a statement, postings, and control totals that must be zero.

use std::collections::BTreeMap;

use super::{LineType, Statement, StatementLine};
use crate::num::Exact;

/// What a party receives and pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyTotal {
    /// The party.
    pub party: String,
    /// Its name for people.
    pub name: String,
    /// Received, of lines that flow to it (a negative line flows back).
    pub received: Exact,
    /// Paid.
    pub paid: Exact,
}

impl PartyTotal {
    /// Received less paid.
    pub fn net(&self) -> Exact {
        &self.received - &self.paid
    }
}

/// What a clause comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseTotal {
    /// The clause.
    pub clause: String,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: &'static str,
    /// Whether its lines count.
    pub status: &'static str,
    /// Entitlement from payer to payee.
    pub entitlement: Exact,
    /// Paid on account.
    pub on_account: Exact,
    /// Still to settle.
    pub settlement: Exact,
}

/// What flows between a prime and another party, one clause at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PositionLine {
    /// The other party.
    pub other: String,
    /// The clause.
    pub clause: String,
    /// True when it only passes through.
    pub passes_through: bool,
    /// What the prime receives from the other party; negative when it pays.
    pub amount: Exact,
}

/// A posting to a party's account with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// The number of the line.
    pub line: usize,
    /// Whose account.
    pub party: String,
    /// With whom.
    pub other: String,
    /// Received; negative when paid.
    pub amount: Exact,
}

/// A control total, which is zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// What it adds up.
    pub what: &'static str,
    /// Zero.
    pub amount: Exact,
}

impl Statement<'_> {
    fn payable(&self) -> impl Iterator<Item = &StatementLine> {
        self.lines.iter().filter(|line| line.live && line.payable)
    }

    /// What each party receives and pays, in the order of the contract; of entitlements, so that
    /// payments on account do not count twice.
    pub fn party_totals(&self) -> Vec<PartyTotal> {
        let zero = |party: &crate::contract::Party| PartyTotal {
            party: party.id.clone(),
            name: party.name.clone(),
            received: Exact::ZERO,
            paid: Exact::ZERO,
        };
        let mut totals: Vec<PartyTotal> = self.model.contract.parties.iter().map(zero).collect();
        for line in self.payable() {
            for total in &mut totals {
                if total.party == line.payee {
                    total.received = &total.received + &line.amount;
                }
                if total.party == line.payer {
                    total.paid = &total.paid + &line.amount;
                }
            }
        }
        totals
    }

    /// What each clause comes to, in the order of the contract.
    pub fn clause_totals(&self) -> Vec<ClauseTotal> {
        let mut totals: Vec<ClauseTotal> = Vec::new();
        for line in &self.lines {
            let known =
                totals.iter().position(|total| total.clause == line.clause && total.status == line.status);
            let index = known.unwrap_or_else(|| {
                totals.push(ClauseTotal {
                    clause: line.clause.clone(),
                    title: line.title.clone(),
                    kind: line.kind,
                    status: line.status,
                    entitlement: Exact::ZERO,
                    on_account: Exact::ZERO,
                    settlement: Exact::ZERO,
                });
                totals.len() - 1
            });
            let total = &mut totals[index];
            let sum = match line.line_type {
                LineType::Entitlement => &mut total.entitlement,
                LineType::OnAccount => &mut total.on_account,
                LineType::Settlement => &mut total.settlement,
            };
            *sum = &*sum + &line.amount;
        }
        totals
    }

    /// The parties that hold the contract for others: prime providers and prime contractors.
    pub fn primes(&self) -> Vec<String> {
        let prime = |role: &String| role == "prime_provider" || role == "prime_contractor";
        let parties = self.model.contract.parties.iter();
        parties.filter(|party| party.role.as_ref().is_some_and(prime)).map(|party| party.id.clone()).collect()
    }

    /// What flows through a party's hands, by clause and other party: what it receives and pays
    /// on its own account, and what it passes on for others.
    pub fn position(&self, party: &str) -> Vec<PositionLine> {
        let mut sums: BTreeMap<(usize, usize, bool), Exact> = BTreeMap::new();
        let contract = &self.model.contract;
        let party_index =
            |name: &str| contract.parties.iter().position(|known| known.id == name).unwrap_or(0);
        let clause_index =
            |name: &str| contract.clauses.iter().position(|known| known.id == name).unwrap_or(0);
        let mut note = |line: &StatementLine, other: &str, through: bool, sign: i64| {
            let key = (clause_index(&line.clause), party_index(other), through);
            let sum = sums.entry(key).or_insert(Exact::ZERO);
            *sum = &*sum + &(&line.amount * &Exact::from(sign));
        };
        for line in self.payable() {
            let in_between =
                line.through.as_deref() == Some(party) && line.payer != party && line.payee != party;
            if in_between {
                note(line, &line.payer, true, 1);
                note(line, &line.payee, true, -1);
            } else if line.payee == party {
                note(line, &line.payer, false, 1);
            } else if line.payer == party {
                note(line, &line.payee, false, -1);
            }
        }
        let named = sums.into_iter().map(|((clause, other, passes_through), amount)| PositionLine {
            other: contract.parties[other].id.clone(),
            clause: contract.clauses[clause].id.clone(),
            passes_through,
            amount,
        });
        named.collect()
    }

    /// Double-entry postings of all payable lines; a line through a prime posts from payer to
    /// prime and from prime to payee.
    pub fn postings(&self) -> Vec<Posting> {
        let mut postings = Vec::new();
        for line in self.payable() {
            let mut legs = vec![(line.payer.clone(), line.payee.clone())];
            if let Some(prime) =
                line.through.as_ref().filter(|prime| **prime != line.payer && **prime != line.payee)
            {
                legs = vec![(line.payer.clone(), prime.clone()), (prime.clone(), line.payee.clone())];
            }
            for (payer, payee) in legs {
                let amount = line.amount.clone();
                postings.push(Posting {
                    line: line.number,
                    party: payee.clone(),
                    other: payer.clone(),
                    amount,
                });
                postings.push(Posting {
                    line: line.number,
                    party: payer,
                    other: payee,
                    amount: -&line.amount,
                });
            }
        }
        postings
    }

    /// Totals that must be zero.
    pub fn controls(&self) -> Vec<Control> {
        let of = |line_type: LineType| -> Exact {
            let with_instalments = self.lines.iter().filter(|line| line.live && !self.is_paid_directly(line));
            with_instalments.filter(|line| line.line_type == line_type).map(|line| &line.amount).sum()
        };
        let unsettled = &(&of(LineType::Entitlement) - &of(LineType::OnAccount)) - &of(LineType::Settlement);
        let nets: Exact = self.party_totals().iter().map(PartyTotal::net).sum();
        let postings: Exact = self.postings().iter().map(|posting| &posting.amount).sum();
        vec![
            Control { what: "received less paid, over all parties", amount: nets },
            Control { what: "entitlements less on account less settlements", amount: unsettled },
            Control { what: "postings", amount: postings },
        ]
    }

    fn is_paid_directly(&self, line: &StatementLine) -> bool {
        !self.model.plan.lines()[line.spec].on_account
    }
}
