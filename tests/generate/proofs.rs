//! What is proved of a plan before any data holds for sampled data: ranges, grids, directions and
//! the promises of kinds.

use carepact::contract::kinds::Promise;
use carepact::evaluate::Values;
use carepact::plan::{Direction, PlanNodes, directions};
use carepact::{Exact, Model};
use proptest::prelude::*;

use crate::generate::facts::{is_count, lanes as sampled, risen};
use crate::generate::run::{accepted, bound, config, lanes, values};
use crate::generate::tape::Numbers;
use crate::generate::{Case, cases};

/// The line of a node in the text of the plan.
fn shown(model: &Model, index: usize) -> String {
    model.plan().to_string().lines().nth(index).unwrap_or_default().trim().to_string()
}

/// Holds every node against what is known of its values.
fn check_ranges(model: &Model, lanes: &[Vec<Exact>]) -> Result<(), TestCaseError> {
    values(model, lanes).iter().try_for_each(|all| check_lane(model, all))
}

fn check_lane(model: &Model, all: &Values) -> Result<(), TestCaseError> {
    for (index, node) in model.plan().nodes().iter().enumerate() {
        let id = carepact::plan::NodeId(u32::try_from(index).expect("few nodes"));
        let (value, range) = (all.of(id), &node.range);
        let inside = range.least <= *value && *value <= range.most;
        let on_grid = range.step.as_ref().is_none_or(|step| {
            if step.is_zero() {
                value.is_zero()
            } else {
                value.checked_div(step).is_some_and(|n| n.is_whole())
            }
        });
        if !(inside && on_grid) {
            return Err(TestCaseError::fail(format!(
                "{} is {value:?}, not in {range:?}",
                shown(model, index)
            )));
        }
    }
    Ok(())
}

/// Holds the directions of nodes against their values before and after counts rose.
fn check_directions(
    model: &Model,
    known: &[Direction],
    before: &Values,
    after: &Values,
) -> Result<(), TestCaseError> {
    for (index, direction) in known.iter().enumerate() {
        let id = carepact::plan::NodeId(u32::try_from(index).expect("few nodes"));
        let (before, after) = (before.of(id), after.of(id));
        let holds = match direction {
            Direction::Flat => before == after,
            Direction::Rises => before <= after,
            Direction::Falls => before >= after,
            Direction::Mixed => true,
        };
        let what = || shown(model, index);
        prop_assert!(holds, "{} {direction:?}: {before:?} then {after:?}", what());
    }
    Ok(())
}

/// Holds lines against the promises of their kinds: before and after counts rose, and for other data.
fn check_promises(
    model: &Model,
    before: &Values,
    after: &Values,
    other: &Values,
) -> Result<(), TestCaseError> {
    for line in model.plan().lines() {
        let clause = model.contract().clauses.iter().find(|clause| clause.id == line.clause);
        let promises = clause.expect("a line has a clause").kind.promises;
        let [before, after, other] = [before, after, other].map(|values| values.of(line.exact));
        if promises.contains(&Promise::NeverNegative) {
            prop_assert!(before.sign() >= 0, "{} is {before}", line.id);
        }
        if promises.contains(&Promise::RisesWithCounts) {
            prop_assert!(before <= after, "{} is {before}, then {after}", line.id);
        }
        if promises.contains(&Promise::NoMeasure) {
            prop_assert_eq!(before, other, "{}", &line.id);
        }
    }
    Ok(())
}

fn seeded(case: &Case) -> Numbers {
    Numbers(case.seed | 1)
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn every_value_lies_in_its_range_and_on_its_grid(case in cases()) {
        let model = accepted(&case)?;
        check_ranges(&model, &lanes(&bound(&model, &Case { period: "term".to_string(), ..case.clone() })))?;
        let mut numbers = seeded(&case);
        for _ in 0..4 {
            check_ranges(&model, &sampled(&model, &mut numbers))?;
        }
    }

    #[test]
    fn what_is_said_to_rise_never_falls(case in cases()) {
        let model = accepted(&case)?;
        let plan = model.plan();
        let known = directions(plan, &|fact| is_count(&model, &plan.facts()[fact.0 as usize]));
        let mut numbers = seeded(&case);
        for _ in 0..4 {
            let fewer = sampled(&model, &mut numbers);
            let more = risen(&model, &fewer, &mut numbers);
            for (before, after) in values(&model, &fewer).iter().zip(&values(&model, &more)) {
                check_directions(&model, &known, before, after)?;
            }
        }
    }

    #[test]
    fn kinds_keep_their_promises(case in cases()) {
        let model = accepted(&case)?;
        let mut numbers = seeded(&case);
        for _ in 0..4 {
            let fewer = sampled(&model, &mut numbers);
            let more = risen(&model, &fewer, &mut numbers);
            let other = values(&model, &sampled(&model, &mut numbers)).remove(0);
            for (before, after) in values(&model, &fewer).iter().zip(&values(&model, &more)) {
                check_promises(&model, before, after, &other)?;
            }
        }
    }
}
