//! Generated contracts read as a batch: the amounts of all lines are those of the exact reading.

use std::collections::BTreeMap;

use carepact::batch::{Batch, Known, Mismatch};
use carepact::num::Range;
use carepact::plan::FactSpec;
use carepact::{Exact, Model};
use proptest::prelude::*;

use crate::common::batch::{
    all_amounts, amounts, compiled, compiled_of_holders, differences, differences_of_holders, results,
    results_of_holders,
};
use crate::generate::facts::{sample, share_common};
use crate::generate::run::{accepted, config};
use crate::generate::tape::Numbers;
use crate::generate::{Case, cases, cases_with_holders};

const SCENARIOS: usize = 10;

/// Measure, period and members: what one observation gives together.
type Observation<'m> = (&'m str, i32, &'m [(String, String)]);

/// Makes what some observations say the same in all scenarios, and what is known of each fact: agreed,
/// between its least and its most, or anything the contract admits.
fn known(model: &Model, scenarios: &mut [Vec<Exact>], numbers: &mut Numbers) -> Vec<Known> {
    let mut ways: BTreeMap<Observation<'_>, u64> = BTreeMap::new();
    let facts = model.plan().facts().iter().enumerate();
    facts
        .map(|(index, spec)| {
            let observation = (spec.measure.as_str(), spec.period.0.index, spec.members.as_slice());
            let way = *ways.entry(observation).or_insert_with(|| numbers.below(6));
            if way == 0 {
                let agreed = scenarios[0][index].clone();
                scenarios.iter_mut().for_each(|facts| facts[index] = agreed.clone());
                return Known::Fixed(agreed);
            }
            let values: Vec<Exact> = scenarios.iter().map(|facts| facts[index].clone()).collect();
            let ends = if way < 4 { spec.range.clone() } else { Range::hull(&values) };
            Known::Varies(Range { step: Some(step(spec, &values)), ..ends })
        })
        .collect()
}

/// The step of a fact; without one, that of the values it has.
fn step(spec: &FactSpec, values: &[Exact]) -> Exact {
    spec.range.step.clone().filter(|step| !step.is_zero()).unwrap_or_else(|| {
        let step = values.iter().fold(spec.range.least.clone(), |step, value| step.common_step(value));
        if step.is_zero() { Exact::ONE } else { step }
    })
}

/// The facts of scenarios in whole steps, a column for each input.
fn columns(batch: &Batch<'_>, scenarios: &[Vec<Exact>]) -> Vec<Vec<i64>> {
    let steps = |value: &Exact, step: &Exact| value.checked_div(step).filter(Exact::is_whole);
    let column = |input: &carepact::batch::Input| {
        let values = scenarios.iter().map(|facts| &facts[input.fact.0 as usize]);
        values.map(|value| steps(value, &input.step).and_then(|n| n.to_i64()).expect("whole")).collect()
    };
    batch.inputs().iter().map(column).collect()
}

/// Numbers between the ends of each input, whatever the others are.
fn anything(batch: &Batch<'_>, numbers: &mut Numbers) -> Vec<Vec<i64>> {
    let mut within = |least: i64, most: i64| match numbers.below(4) {
        0 => least,
        1 => most,
        _ => least.saturating_add_unsigned(numbers.below(most.abs_diff(least).saturating_add(1))),
    };
    let column =
        |input: &carepact::batch::Input| (0..SCENARIOS).map(|_| within(input.least, input.most)).collect();
    batch.inputs().iter().map(column).collect()
}

fn check(case: &Case) -> Result<(), TestCaseError> {
    let model = accepted(case)?;
    let mut numbers = Numbers(case.seed);
    let mut scenarios: Vec<Vec<Exact>> = (0..SCENARIOS).map(|_| sample(&model, &mut numbers)).collect();
    let known = known(&model, &mut scenarios, &mut numbers);
    let mut nodes = amounts(&model);
    let batch = compiled(&model, &known, &mut nodes);
    let batch = batch.map_err(|problem| TestCaseError::fail(problem.to_string()))?;
    let count = |columns: &[Vec<i64>]| columns.first().map_or(1, Vec::len);
    let held = |columns: &[Vec<i64>], results: &[Vec<i64>]| {
        let of = (&model, known.as_slice(), nodes.as_slice());
        let found = differences(of, &batch, (columns, results), 0..count(columns));
        if found.is_empty() { Ok(()) } else { Err(TestCaseError::fail(found.join("\n"))) }
    };
    let admissible = columns(&batch, &scenarios);
    let found = results(&batch, &admissible).map_err(|problem| TestCaseError::fail(problem.to_string()))?;
    held(&admissible, &found)?;
    // Facts that the contract does not admit together are refused, or make no difference.
    let any = anything(&batch, &mut numbers);
    match results(&batch, &any) {
        Ok(found) => held(&any, &found),
        Err(Mismatch::Ratio { .. }) => Ok(()),
        Err(problem) => Err(TestCaseError::fail(problem.to_string())),
    }
}

/// Facts of so many holders; what is not by the holder is the same for all of them.
fn of_holders(model: &Model, holders: usize, numbers: &mut Numbers) -> Vec<Vec<Exact>> {
    let mut lanes: Vec<Vec<Exact>> = (0..holders).map(|_| sample(model, numbers)).collect();
    share_common(model, &mut lanes);
    lanes
}

fn check_holders(case: &Case) -> Result<(), TestCaseError> {
    let model = accepted(case)?;
    prop_assume!(model.contract().has_holders());
    let mut numbers = Numbers(case.seed);
    let holders = usize::try_from(1 + numbers.below(6)).expect("few");
    let lanes = (0..SCENARIOS).flat_map(|_| of_holders(&model, holders, &mut numbers));
    let mut lanes: Vec<Vec<Exact>> = lanes.collect();
    let known = known(&model, &mut lanes, &mut numbers);
    let mut nodes = all_amounts(&model);
    let failed = |problem: &dyn std::fmt::Display| TestCaseError::fail(problem.to_string());
    let batch =
        compiled_of_holders((&model, holders), &known, &mut nodes).map_err(|problem| failed(&problem))?;
    let scenarios: Vec<Vec<Vec<Exact>>> = lanes.chunks(holders).map(<[Vec<Exact>]>::to_vec).collect();
    let found = results_of_holders(&batch, &scenarios).map_err(|problem| failed(&problem))?;
    let found = differences_of_holders((&model, &nodes), &batch, (&scenarios, &found));
    prop_assert!(found.is_empty(), "{} holders\n{}", holders, found.join("\n"));
    Ok(())
}

proptest! {
    #![proptest_config(config(250))]

    #[test]
    fn a_batch_of_holders_finds_what_the_exact_reading_finds(case in cases_with_holders()) {
        check_holders(&case)?;
    }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn a_batch_finds_what_the_exact_reading_finds(case in cases()) {
        check(&case)?;
    }
}

proptest! {
    #![proptest_config(config(50))]

    #[test]
    fn a_batch_of_lines_beside_holders_does_so_too(case in cases_with_holders()) {
        check(&case)?;
    }
}
