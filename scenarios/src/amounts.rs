//! Which amounts a simulation adds up: what each party receives net and what each clause moves, by
//! contract year and together.

use std::collections::{BTreeMap, BTreeSet};

use carepact::batch::Output;
use carepact::calendar::PeriodKind;
use carepact::plan::{LineSpec, NodeId};
use carepact::{Exact, Facts, Model};

/// When an amount counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Period {
    /// A contract year, by its place among those that are simulated.
    Year(usize),
    /// All that is simulated.
    All,
}

/// What an amount is: of a party, what it receives less what it pays; of a clause without a party,
/// what its payers pay.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The party.
    pub party: Option<String>,
    /// The clause; all clauses when there is none.
    pub clause: Option<String>,
    /// When.
    pub period: Period,
}

impl Key {
    /// True for what a party receives net, of all clauses, in all that is simulated.
    pub fn is_party(&self, party: &str) -> bool {
        self.party.as_deref() == Some(party) && self.clause.is_none() && self.period == Period::All
    }
}

/// The amounts of a contract: outputs of the plan, and sums of them.
#[derive(Debug, Clone)]
pub struct Amounts {
    /// Contract years that are simulated, by key.
    pub years: Vec<String>,
    /// Whether each of them is simulated as a whole, so that it can be held against a year's costs.
    pub whole: Vec<bool>,
    /// What is worked out.
    pub outputs: Vec<Output>,
    /// For each output whether it is of a holder, so that all of them are added up.
    pub by_holder: Vec<bool>,
    /// The output that is what a holder receives net, in all that is simulated.
    pub of_holder: Option<usize>,
    /// Each amount, and the outputs that it is the sum of.
    pub keys: Vec<(Key, Vec<usize>)>,
    /// What the contract says must hold of the data: its id, and the outputs that are its value and
    /// whether it is there, which are 0 or not.
    pub conditions: Vec<(String, usize, Option<usize>)>,
}

/// Terms of outputs by party (none for the clause itself), clause, year, and whether they are of a holder.
type Of = (Option<usize>, usize, Option<usize>, bool);
type Terms = BTreeMap<Of, Vec<(Exact, NodeId)>>;

impl Amounts {
    /// The amounts of the live lines that are stated.
    pub fn new(model: &Model, facts: &Facts) -> Amounts {
        let contract = model.contract();
        let calendar = &contract.calendar;
        let stated =
            |line: &&LineSpec| line.status == "live" && facts.selection.states(contract, line.period.0);
        let lines: Vec<&LineSpec> = model.plan().lines().iter().filter(stated).collect();
        let year_of = |line: &LineSpec| calendar.enclosing(line.period.0, PeriodKind::Year);
        let years: BTreeSet<_> = lines.iter().filter_map(|line| year_of(line)).collect();
        let years: Vec<_> = years.into_iter().collect();
        let place =
            |line: &LineSpec| year_of(line).and_then(|year| years.iter().position(|known| *known == year));
        let party = |name: &str| contract.parties.iter().position(|party| party.id == name);
        let mut terms = Terms::new();
        for line in lines {
            let clause = contract.clauses.iter().position(|clause| clause.id == line.clause).unwrap_or(0);
            let mut add = |party: Option<usize>, factor: i64, amount: NodeId| {
                let terms = terms.entry((party, clause, place(line), line.by_holder)).or_default();
                terms.push((Exact::from(factor), amount));
            };
            for part in line.parts.iter().filter(|part| part.payer != part.payee) {
                add(party(&part.payee), 1, part.amount);
                add(party(&part.payer), -1, part.amount);
                add(None, 1, part.amount);
            }
        }
        let keys = keys(model, &terms, years.len());
        let mut by_holder: Vec<bool> = terms.keys().map(|(.., by_holder)| *by_holder).collect();
        let many = contract.parties.iter().position(|party| party.many);
        let own = terms.iter().filter(|((party, _, _, by_holder), _)| *by_holder && *party == many);
        let own: Vec<(Exact, NodeId)> = own.flat_map(|(_, terms)| terms.iter().cloned()).collect();
        let mut outputs: Vec<Output> = terms.into_values().map(|terms| Output { terms }).collect();
        let of_holder = many.filter(|_| !own.is_empty()).map(|_| {
            outputs.push(Output { terms: own });
            outputs.len() - 1
        });
        let conditions = model.plan().conditions().iter();
        let conditions = conditions.filter(|condition| facts.selection.states_figure(contract, condition));
        let mut add = |node: NodeId| {
            outputs.push(Output { terms: vec![(Exact::ONE, node)] });
            outputs.len() - 1
        };
        let conditions = conditions
            .map(|condition| (condition.id.clone(), add(condition.value), condition.given.map(&mut add)));
        let conditions = conditions.collect();
        let whole = years.iter().map(|year| facts.selection.states(contract, *year)).collect();
        let years = years.into_iter().map(|year| calendar.key(year)).collect();
        by_holder.resize(outputs.len(), true);
        Amounts { years, whole, outputs, by_holder, of_holder, keys, conditions }
    }

    /// Where an amount stands among the keys.
    pub fn place(&self, party: Option<&str>, clause: Option<&str>, period: &Period) -> Option<usize> {
        self.keys.iter().position(|(key, _)| {
            key.party.as_deref() == party && key.clause.as_deref() == clause && key.period == *period
        })
    }
}

/// For each party its sum and its clauses, then for each clause; each by year and together.
fn keys(model: &Model, terms: &Terms, years: usize) -> Vec<(Key, Vec<usize>)> {
    let contract = model.contract();
    let places: Vec<Of> = terms.keys().copied().collect();
    let mut keys = Vec::new();
    let mut add = |party: Option<usize>, clause: Option<usize>| {
        let is_meant = |of: &Of| of.0 == party && clause.is_none_or(|clause| of.1 == clause);
        let periods = (0..years).map(Period::Year).chain([Period::All]);
        for period in periods {
            let in_period = |year: Option<usize>| match &period {
                Period::Year(place) => year == Some(*place),
                Period::All => true,
            };
            let own = places.iter().enumerate().filter(|(_, of)| is_meant(of) && in_period(of.2));
            let own: Vec<usize> = own.map(|(place, _)| place).collect();
            if !own.is_empty() {
                let party = party.map(|party| contract.parties[party].id.clone());
                let clause = clause.map(|clause| contract.clauses[clause].id.clone());
                keys.push((Key { party, clause, period }, own));
            }
        }
    };
    for party in 0..contract.parties.len() {
        add(Some(party), None);
        for clause in 0..contract.clauses.len() {
            add(Some(party), Some(clause));
        }
    }
    for clause in 0..contract.clauses.len() {
        add(None, Some(clause));
    }
    keys
}
