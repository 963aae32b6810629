//! Properties that hold for every contract and all data, tried on generated ones.
//!
//! The engine states what the oracle states; money is conserved; months add up to the year; what
//! is proved before any data holds for all data; what is printed is read again as it was; objects
//! have no order; units are safe. Numbers, splits and the calendar have properties of their own.
//!
//! A failure prints the smallest contract that still fails, its data, and the period stated.
//! `PROPTEST_CASES=10000 cargo test --test properties` tries more, new ones in every run.

mod common;
#[path = "generate/found.rs"]
mod found;
mod generate;
#[path = "generate/numbers.rs"]
mod numbers;
#[path = "generate/proofs.rs"]
mod proofs;
#[path = "oracle/mod.rs"]
mod slow;
#[path = "generate/texts.rs"]
mod texts;

use std::collections::BTreeMap;

use carepact::calendar::Period;
use carepact::contract::{Clause, Side};
use carepact::plan::LineSpec;
use carepact::statement::{LineType, PartyTotal};
use carepact::{Exact, Model};
use generate::run::{Flows, accepted, bound, config, show, stated, values};
use generate::{Case, cases};
use num_traits::Zero;
use proptest::prelude::*;

fn expected(case: &Case) -> BTreeMap<String, Flows> {
    let lines = slow::lines(&case.contract, &case.data, &case.period).into_iter().map(|line| {
        let mut flows = Flows::new();
        for (payer, payee, amount) in line.parts {
            *flows.entry(format!("{payer} to {payee}")).or_default() += amount;
        }
        // Instalments of a line that does not count are not paid.
        for (period, amount) in line.instalments.into_iter().filter(|_| line.live) {
            *flows.entry(format!("on account {period}")).or_default() += amount;
        }
        flows.retain(|_, amount| !amount.is_zero());
        (line.id, flows)
    });
    lines.collect()
}

/// Where the engine states once what is the same for every holder, so does the oracle now.
fn once(own: &BTreeMap<String, Flows>, mut wanted: BTreeMap<String, Flows>) -> BTreeMap<String, Flows> {
    for id in own.keys() {
        let of_holder = |line: &String| line.strip_prefix(id).is_some_and(|rest| rest.starts_with(":h"));
        let lines: Vec<String> = wanted.keys().filter(|line| of_holder(line)).cloned().collect();
        let flows: Vec<Flows> = lines.iter().map(|line| wanted[line].clone()).collect();
        if let [first, ..] = &flows[..]
            && flows.iter().all(|flow| flow == first)
        {
            wanted.retain(|line, _| !lines.contains(line));
            wanted.insert(id.clone(), first.clone());
        }
    }
    wanted
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn the_engine_states_what_the_oracle_states(case in cases()) {
        let model = accepted(&case)?;
        let facts = bound(&model, &case);
        let own = stated(&model.evaluate(&facts));
        let wanted = once(&own, expected(&case));
        prop_assert_eq!(show(&own), show(&wanted));
    }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn money_is_conserved(case in cases()) {
        let model = accepted(&case)?;
        let facts = bound(&model, &case);
        let statement = model.evaluate(&facts);
        for control in statement.totals().controls() {
            prop_assert!(control.amount.is_zero(), "{} is {}", control.what, control.amount);
        }
        let net: Exact = statement.totals().parties().iter().map(PartyTotal::net).sum();
        prop_assert!(net.is_zero(), "all parties together keep {net}");
        let mut postings: BTreeMap<usize, Exact> = BTreeMap::new();
        for posting in statement.postings() {
            let sum = postings.entry(posting.line).or_insert(Exact::ZERO);
            *sum = &*sum + &posting.amount;
        }
        prop_assert!(postings.values().all(Exact::is_zero), "{postings:?}");
        let all = values(&model, &facts.lanes[0].values);
        for line in model.plan().lines().iter().filter(|line| is_stated(&model, &facts, line)) {
            let amounts = line.parts.iter().map(|part| all.of(part.amount));
            prop_assert_eq!(&amounts.sum::<Exact>(), all.of(line.amount), "{}", &line.id);
            let own = |kind: LineType| {
                let own = statement.lines().iter().filter(|stated| stated.line_type == kind);
                let prefix = format!("{}:", line.id);
                let same = own.filter(|stated| stated.id == line.id || stated.id.starts_with(&prefix));
                same.map(|stated| &stated.amount).sum::<Exact>()
            };
            if line.on_account && line.status == "live" {
                let paid = &own(LineType::OnAccount) + &own(LineType::Settlement);
                prop_assert_eq!(paid, own(LineType::Entitlement), "{}", &line.id);
            }
        }
    }

    #[test]
    fn lines_of_a_cumulative_clause_add_up(case in cases()) {
        let model = accepted(&case)?;
        let facts = bound(&model, &Case { period: "term".to_string(), ..case.clone() });
        let all = values(&model, &facts.lanes[0].values);
        let mut sums: BTreeMap<(String, String, Option<Period>), Exact> = BTreeMap::new();
        for line in model.plan().lines() {
            let clause = clause_of(&model, line);
            let Some(window) = clause.cumulative.filter(|_| !is_limited(clause)) else { continue };
            let window = model.contract().calendar.enclosing(line.period.0, window);
            let key = (clause.id.clone(), format!("{:?}", line.members), window);
            let sum = sums.entry(key).or_insert(Exact::ZERO);
            *sum = &*sum + all.of(line.amount);
            let contract = model.contract();
            let to_date = all.of(line.exact).rounded(&contract.quantum(clause), contract.mode);
            prop_assert_eq!(&*sum, &to_date, "up to {}", &line.id);
        }
        prop_assume!(!sums.is_empty());
    }

    #[test]
    fn every_line_is_explained(case in cases()) {
        let model = accepted(&case)?;
        let facts = bound(&model, &case);
        let statement = model.evaluate(&facts);
        for line in statement.lines() {
            let why = statement.explain(&line.id).map_err(|problems| TestCaseError::fail(problems.to_string()))?;
            prop_assert!(!why.text().is_empty(), "{}", &line.id);
        }
    }
}

fn is_stated(model: &Model, facts: &carepact::Facts, line: &LineSpec) -> bool {
    facts.selection.states(model.contract(), line.period.0)
}

fn clause_of<'m>(model: &'m Model, line: &LineSpec) -> &'m Clause {
    let mut clauses = model.contract().clauses.iter();
    clauses.find(|clause| clause.id == line.clause).expect("a line has a clause")
}

fn is_limited(clause: &Clause) -> bool {
    [&clause.from, &clause.to].iter().any(|side| matches!(side, Side::Weights { between: Some(_), .. }))
}

#[test]
fn most_contracts_are_accepted() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::new(config(1));
    let strategy = cases();
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut count, all) = (0, 200);
    for _ in 0..all {
        let case = strategy.new_tree(&mut runner).expect("a case").current();
        let checked = carepact::check(&case.contract);
        count += usize::from(checked.model.is_none());
        for problem in checked.problems.iter().filter(|problem| problem.is_error()) {
            *refused.entry(problem.code.name).or_default() += 1;
        }
    }
    println!("{count} of {all} contracts refused: {refused:?}");
    assert!(count * 100 < 40 * all, "{count} of {all} contracts were refused: {refused:?}");
}
