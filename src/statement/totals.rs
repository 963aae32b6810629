//! Totals of a statement, postings, and control totals that must be zero.

use std::collections::{BTreeMap, BTreeSet};

use super::{DataStatus, LineType, Statement, StatementLine};
use crate::Model;
use crate::contract::{Contract, Party};
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
    /// Who pays.
    pub payers: BTreeSet<String>,
    /// Who is paid.
    pub payees: BTreeSet<String>,
    /// True when it has payments on account or settlements.
    pub pays_on_account: bool,
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

/// Totals of statements: they can be added up part by part, such as holder by holder.
#[derive(Debug, Clone)]
pub struct Totals<'m> {
    model: &'m Model,
    parties: Vec<PartyTotal>,
    clauses: Vec<ClauseTotal>,
    /// By prime, clause, other party, and whether it only passes through.
    positions: BTreeMap<(usize, usize, usize, bool), Exact>,
    unsettled: Exact,
    postings: Exact,
    lines: BTreeMap<DataStatus, usize>,
}

impl<'m> Totals<'m> {
    /// Nothing yet.
    pub fn new(model: &'m Model) -> Totals<'m> {
        let zero = |party: &Party| PartyTotal {
            party: party.id.clone(),
            name: party.name.clone(),
            received: Exact::ZERO,
            paid: Exact::ZERO,
        };
        Totals {
            model,
            parties: model.contract.parties.iter().map(zero).collect(),
            clauses: Vec::new(),
            positions: BTreeMap::new(),
            unsettled: Exact::ZERO,
            postings: Exact::ZERO,
            lines: BTreeMap::new(),
        }
    }

    /// The model that they are totals of.
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// The totals of lines.
    pub(super) fn of(model: &'m Model, lines: &[StatementLine]) -> Totals<'m> {
        let mut totals = Totals::new(model);
        totals.add_lines(lines);
        totals
    }

    /// Adds other totals of the same contract, such as those of further holders.
    pub fn add(&mut self, other: &Totals<'_>) {
        for (total, added) in self.parties.iter_mut().zip(&other.parties) {
            total.received = &total.received + &added.received;
            total.paid = &total.paid + &added.paid;
        }
        for added in &other.clauses {
            self.clause(&added.clause, added.status, || added.empty()).add(added);
        }
        for (key, added) in &other.positions {
            let sum = self.positions.entry(*key).or_insert(Exact::ZERO);
            *sum = &*sum + added;
        }
        for (status, lines) in &other.lines {
            *self.lines.entry(*status).or_default() += lines;
        }
        self.unsettled = &self.unsettled + &other.unsettled;
        self.postings = &self.postings + &other.postings;
    }

    fn add_lines(&mut self, lines: &[StatementLine]) {
        for line in lines {
            *self.lines.entry(line.data).or_default() += 1;
            self.add_to_clause(line);
            if line.live && line.payable {
                self.add_to_parties(line);
                self.add_to_positions(line);
                let posted: Exact = line.postings().iter().map(|posting| &posting.amount).sum();
                self.postings = &self.postings + &posted;
            }
            if line.live && self.model.plan.lines()[line.spec].on_account {
                self.unsettled = match line.line_type {
                    LineType::Entitlement => &self.unsettled + &line.amount,
                    LineType::OnAccount | LineType::Settlement => &self.unsettled - &line.amount,
                };
            }
        }
    }

    fn add_to_clause(&mut self, line: &StatementLine) {
        let total = self.clause(&line.clause, line.status, || ClauseTotal::of(line));
        for (parties, party) in [(&mut total.payers, &line.payer), (&mut total.payees, &line.payee)] {
            if !parties.contains(party) {
                parties.insert(party.clone());
            }
        }
        total.pays_on_account |= line.line_type != LineType::Entitlement;
        let sum = match line.line_type {
            LineType::Entitlement => &mut total.entitlement,
            LineType::OnAccount => &mut total.on_account,
            LineType::Settlement => &mut total.settlement,
        };
        *sum = &*sum + &line.amount;
    }

    /// The total of a clause with one status, a new one where there is none.
    fn clause(&mut self, clause: &str, status: &str, new: impl FnOnce() -> ClauseTotal) -> &mut ClauseTotal {
        let same = |total: &ClauseTotal| total.clause == clause && total.status == status;
        let index = self.clauses.iter().position(same).unwrap_or_else(|| {
            self.clauses.push(new());
            self.clauses.len() - 1
        });
        &mut self.clauses[index]
    }

    fn add_to_parties(&mut self, line: &StatementLine) {
        for total in &mut self.parties {
            if total.party == line.payee {
                total.received = &total.received + &line.amount;
            }
            if total.party == line.payer {
                total.paid = &total.paid + &line.amount;
            }
        }
    }

    fn add_to_positions(&mut self, line: &StatementLine) {
        let contract = &self.model.contract;
        let party_index =
            |name: &str| contract.parties.iter().position(|known| known.id == name).unwrap_or(0);
        let clause = contract.clauses.iter().position(|known| known.id == line.clause).unwrap_or(0);
        for prime in primes(contract) {
            let mut note = |other: &str, through: bool, sign: i64| {
                let key = (party_index(prime), clause, party_index(other), through);
                let sum = self.positions.entry(key).or_insert(Exact::ZERO);
                *sum = &*sum + &(&line.amount * &Exact::from(sign));
            };
            let in_between =
                line.through.as_deref() == Some(prime) && line.payer != prime && line.payee != prime;
            if in_between {
                note(&line.payer, true, 1);
                note(&line.payee, true, -1);
            } else if line.payee == prime {
                note(&line.payer, false, 1);
            } else if line.payer == prime {
                note(&line.payee, false, -1);
            }
        }
    }

    /// What each party receives and pays, in the order of the contract; of entitlements, so that
    /// payments on account do not count twice.
    pub fn parties(&self) -> &[PartyTotal] {
        &self.parties
    }

    /// What each clause comes to, in the order of the contract.
    pub fn clauses(&self) -> Vec<&ClauseTotal> {
        let place = |total: &&ClauseTotal| {
            self.model.contract.clauses.iter().position(|clause| clause.id == total.clause)
        };
        let mut clauses: Vec<&ClauseTotal> = self.clauses.iter().collect();
        clauses.sort_by_key(place);
        clauses
    }

    /// The parties that hold the contract for others: prime providers and prime contractors.
    pub fn primes(&self) -> Vec<&'m str> {
        primes(&self.model.contract).collect()
    }

    /// What flows through a party's hands, by clause and other party: what it receives and pays
    /// on its own account, and what it passes on for others.
    pub fn position(&self, prime: &str) -> Vec<PositionLine> {
        let contract = &self.model.contract;
        let own = self.positions.iter().filter(|((party, ..), _)| contract.parties[*party].id == prime);
        let named = own.map(|((_, clause, other, passes_through), amount)| PositionLine {
            other: contract.parties[*other].id.clone(),
            clause: contract.clauses[*clause].id.clone(),
            passes_through: *passes_through,
            amount: amount.clone(),
        });
        named.collect()
    }

    /// Totals that must be zero.
    pub fn controls(&self) -> Vec<Control> {
        let nets: Exact = self.parties.iter().map(PartyTotal::net).sum();
        vec![
            Control { what: "received less paid, over all parties", amount: nets },
            Control { what: "entitlements less on account less settlements", amount: self.unsettled.clone() },
            Control { what: "postings", amount: self.postings.clone() },
        ]
    }

    /// How many lines rest on data of each status.
    pub fn lines(&self) -> &BTreeMap<DataStatus, usize> {
        &self.lines
    }
}

fn primes(contract: &Contract) -> impl Iterator<Item = &str> {
    let prime = |party: &&Party| matches!(party.role.as_deref(), Some("prime_provider" | "prime_contractor"));
    contract.parties.iter().filter(prime).map(|party| party.id.as_str())
}

impl ClauseTotal {
    fn of(line: &StatementLine) -> ClauseTotal {
        ClauseTotal {
            clause: line.clause.clone(),
            title: line.title.clone(),
            kind: line.kind,
            status: line.status,
            entitlement: Exact::ZERO,
            on_account: Exact::ZERO,
            settlement: Exact::ZERO,
            payers: BTreeSet::new(),
            payees: BTreeSet::new(),
            pays_on_account: false,
        }
    }

    /// The same clause without any line.
    fn empty(&self) -> ClauseTotal {
        let none = || Exact::ZERO;
        ClauseTotal { entitlement: none(), on_account: none(), settlement: none(), ..self.clone() }
    }

    fn add(&mut self, other: &ClauseTotal) {
        self.entitlement = &self.entitlement + &other.entitlement;
        self.on_account = &self.on_account + &other.on_account;
        self.settlement = &self.settlement + &other.settlement;
        for (parties, added) in [(&mut self.payers, &other.payers), (&mut self.payees, &other.payees)] {
            if !added.is_subset(parties) {
                parties.extend(added.iter().cloned());
            }
        }
        self.pays_on_account |= other.pays_on_account;
    }
}

impl StatementLine {
    /// Double-entry postings of the line; through a prime, from payer to prime and from prime to
    /// payee.
    pub fn postings(&self) -> Vec<Posting> {
        let mut legs = vec![(&self.payer, &self.payee)];
        if let Some(prime) =
            self.through.as_ref().filter(|prime| **prime != self.payer && **prime != self.payee)
        {
            legs = vec![(&self.payer, prime), (prime, &self.payee)];
        }
        let posting = |party: &String, other: &String, amount: Exact| Posting {
            line: self.number,
            party: party.clone(),
            other: other.clone(),
            amount,
        };
        let both = legs.into_iter().flat_map(|(payer, payee)| {
            [posting(payee, payer, self.amount.clone()), posting(payer, payee, -&self.amount)]
        });
        both.collect()
    }
}

impl<'m> Statement<'m> {
    /// The totals of its lines.
    pub fn totals(&self) -> &Totals<'m> {
        &self.totals
    }

    /// Double-entry postings of all payable lines.
    pub fn postings(&self) -> Vec<Posting> {
        let payable = self.lines.iter().filter(|line| line.live && line.payable);
        payable.flat_map(StatementLine::postings).collect()
    }
}
