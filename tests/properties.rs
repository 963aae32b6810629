//! Properties that hold for every contract and all data, tried on generated ones.
//!
//! The engine states what the oracle states; money is conserved; months add up to the year; what
//! is proved before any data holds for all data; what is printed is read again as it was; objects
//! have no order; units are safe. Numbers, splits and the calendar have properties of their own.
//!
//! A failure prints the smallest contract that still fails, its data, and the period stated.
//! `PROPTEST_CASES=10000 cargo test --test properties` tries more, new ones in every run.

#[path = "generate/absence.rs"]
mod absence;
#[path = "generate/analysed.rs"]
mod analysed;
#[path = "generate/batched.rs"]
mod batched;
#[path = "generate/changed.rs"]
mod changed;
mod common;
#[path = "oracle/compare.rs"]
mod compare;
#[path = "generate/found.rs"]
mod found;
mod generate;
#[path = "generate/numbers.rs"]
mod numbers;
#[path = "generate/parts.rs"]
mod parts;
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
use compare::both;
use generate::run::{accepted, bound, config, lanes, values};
use generate::{Case, cases, cases_with_holders};
use proptest::prelude::*;

/// Holds lines and figures of the engine against those of the oracle.
fn check_against_oracle(case: &Case) -> Result<(), TestCaseError> {
    let model = accepted(case)?;
    let facts = bound(&model, case);
    let (own, wanted) = both(&model.evaluate(&facts), slow::stated(&case.contract, &case.data, &case.period));
    prop_assert_eq!(own, wanted);
    Ok(())
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn the_engine_states_what_the_oracle_states(case in cases()) {
        check_against_oracle(&case)?;
    }
}

proptest! {
    #![proptest_config(config(250))]

    #[test]
    fn of_holders_too_the_engine_states_what_the_oracle_states(case in cases_with_holders()) {
        check_against_oracle(&case)?;
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
        let all = values(&model, &lanes(&facts));
        for line in model.plan().lines().iter().filter(|line| is_stated(&model, &facts, line)) {
            for all in &all {
                let amounts = line.parts.iter().map(|part| all.of(part.amount));
                prop_assert_eq!(&amounts.sum::<Exact>(), all.of(line.amount), "{}", &line.id);
            }
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
        let all = values(&model, &lanes(&facts)).remove(0);
        let mut sums: BTreeMap<(String, String, Option<Period>), Exact> = BTreeMap::new();
        for line in model.plan().lines() {
            let clause = clause_of(&model, line);
            let Some(window) = clause.cumulative.filter(|_| !is_weighted(clause)) else { continue };
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

/// True where a line is what its parts come to: some of it may stay with the payer.
fn is_weighted(clause: &Clause) -> bool {
    [&clause.from, &clause.to].iter().any(|side| matches!(side, Side::Weights { .. }))
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

#[test]
fn contracts_with_holders_have_all_forms() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::new(config(1));
    let strategy = cases_with_holders();
    let mut met: BTreeMap<&str, usize> = FORMS.iter().map(|form| (*form, 0)).collect();
    for _ in 0..400 {
        let case = strategy.new_tree(&mut runner).expect("a case").current();
        if carepact::check(&case.contract).model.is_some() {
            met.iter_mut().for_each(|(form, met)| *met += usize::from(has_form(&case.contract, form)));
        }
    }
    println!("{met:?}");
    let rare: Vec<&str> = met.into_iter().filter(|(_, met)| *met < 4).map(|(form, _)| form).collect();
    assert!(rare.is_empty(), "hardly any accepted contract has {rare:?}");
}

/// What stands in one entry of generated contracts, piece by piece; H is the party that is many.
const FORMS: [&str; 30] = [
    "sum(…over H",
    "count(…over H",
    "all(…over H",
    "any(…over H",
    "mean(…over H",
    "min(…over H",
    "max(…over H",
    "median(…over H",
    "rank(…over H",
    "pooled(…over H",
    "lower)",
    "upper)",
    "average)",
    "linear)",
    "over H within m",
    "over H within of_holders",
    "over H within q",
    "over H where",
    "over H where given(",
    "over H…over H",
    "over H…\"shown\"",
    "\"weights\"…\"H\"",
    "\"weights\"…\"H\"…\"between\"",
    "\"weights\"…[\"H\"]…\"residue\"",
    "\"money\", \"unit\": \"…/person",
    "if…> 0 then…/",
    "if not…= 0 then…/",
    "if given(…then",
    "where…> 0)",
    "\"when\"…> 0…\"amount\"…/",
];

/// True when one entry of a contract has all pieces of a form, one after the other.
fn has_form(contract: &str, form: &str) -> bool {
    let many = contract.split("\"many\"").next().and_then(|head| head.rsplit("{ \"id\": \"").next());
    let many = many.and_then(|rest| rest.split('"').next()).unwrap_or("H");
    let has = |line: &str| {
        let line = line.replace(many, "H");
        let mut rest = line.as_str();
        form.split('…').all(|piece| {
            let found = rest.find(piece);
            rest = found.map_or(rest, |at| &rest[at + piece.len()..]);
            found.is_some()
        })
    };
    contract.lines().any(has)
}
