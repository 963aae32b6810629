//! What the analysis claims of generated contracts, held against sampled data: no admissible data
//! leave a bound, a witness comes to what is claimed, no node moves otherwise than its response
//! says, and what is proven harmless is.

use carepact::analyse::{Analysis, Beside, Budget, Exposure, Source, Subject, Verdict, periods};
use carepact::bind::Lane;
use carepact::plan::{FactId, NodeId, PlanNodes};
use carepact::{Exact, Model};
use proptest::prelude::*;

use crate::generate::facts::{lanes as sampled, sample};
use crate::generate::run::{accepted, config, values};
use crate::generate::tape::Numbers;
use crate::generate::{cases, cases_with_holders};

const SMALL: Budget = Budget { nodes: 1_500 };

fn check_bounds(
    analysis: &Analysis<'_>,
    found: &[Exposure],
    numbers: &mut Numbers,
) -> Result<(), TestCaseError> {
    let model = analysis.model;
    for all in values(model, &sampled(model, numbers)) {
        for exposure in found {
            let terms = analysis.terms(&exposure.subject, exposure.period.0);
            let value: Exact = terms.iter().map(|(factor, node)| factor * all.of(*node)).sum();
            let (least, most) = (&exposure.least.bound, &exposure.most.bound);
            prop_assert!(
                *least <= value && value <= *most,
                "{:?} is {value}, not from {least} to {most}",
                exposure.subject
            );
        }
    }
    Ok(())
}

/// A witness is admissible, and states what is claimed of it.
fn check_witnesses(analysis: &Analysis<'_>, found: &[Exposure]) -> Result<(), TestCaseError> {
    let model = analysis.model;
    for exposure in found {
        for end in [&exposure.least, &exposure.most] {
            let data = analysis.data(end, None);
            for (spec, value) in model.plan().facts().iter().zip(&data) {
                let range = &spec.range;
                prop_assert!(range.least <= *value && *value <= range.most, "{spec:?} is {value}");
            }
            let Subject::Party(party) = &exposure.subject else { continue };
            let facts = analysis.bound(&data, &exposure.period);
            let statement = model.evaluate(&facts);
            let known = statement.totals().parties().iter().find(|known| known.party == *party);
            prop_assert_eq!(
                &known.expect("a party of the contract").net(),
                &end.found,
                "{:?}",
                exposure.period
            );
        }
    }
    Ok(())
}

/// Whatever outcomes all holders of some data have, none nets more or less than its stake says, nor do all of
/// them together.
fn check_holders(model: &Model, numbers: &mut Numbers) -> Result<(), TestCaseError> {
    let (analysis, lanes) = (model.analysis(SMALL), sampled(model, numbers));
    let year = periods(model.contract()).remove(0);
    let mut facts = analysis.bound(&lanes[0], &year);
    let named = lanes.iter().enumerate().map(|(index, values)| Lane {
        holder: Some(format!("H{index}")),
        values: values.clone(),
        ..facts.lanes[0].clone()
    });
    facts.lanes = named.collect();
    let findings = model.audit(Some(&facts), SMALL);
    let Some(of) = &findings.holders else { return Ok(()) };
    let terms = analysis.terms(&Subject::Party(of.party.clone()), findings.period.0);
    let together = of.together.last().expect("all clauses together");
    for _ in 0..8 {
        let moved: Vec<Vec<Exact>> =
            lanes.iter().map(|lane| with_other_outcomes(&analysis, lane, numbers)).collect();
        let mut sum = Exact::ZERO;
        for (values, stake) in values(model, &moved).iter().zip(&of.each) {
            let net: Exact = terms.iter().map(|(factor, node)| factor * values.of(*node)).sum();
            let (least, most) = (&stake.least.bound, &stake.most.bound);
            prop_assert!(*least <= net && net <= *most, "{} nets {net}, not {least} to {most}", stake.holder);
            sum = &sum + &net;
        }
        prop_assert!(together.least <= sum && sum <= together.most, "{sum} of all, not {together:?}");
    }
    Ok(())
}

/// Facts in which each outcome is at one of its ends, or as it was.
fn with_other_outcomes(analysis: &Analysis<'_>, lane: &[Exact], numbers: &mut Numbers) -> Vec<Exact> {
    let variables = analysis.variables.beside(lane, &|spec| analysis.is_outcome(spec));
    let mut facts = lane.to_vec();
    for variable in variables.iter().filter(|variable| variable.range.single().is_none()) {
        let end = match numbers.below(3) {
            0 => &variable.range.least,
            1 => &variable.range.most,
            _ => continue,
        };
        facts = analysis.variables.with(&facts, (variable.source, end));
    }
    facts
}

/// Every node moves as its response says when one variable rises.
fn check_responses(analysis: &Analysis<'_>, numbers: &mut Numbers) -> Result<(), TestCaseError> {
    let (model, variables) = (analysis.model, analysis.variables.all());
    if variables.is_empty() {
        return Ok(());
    }
    let count = u64::try_from(variables.len()).expect("few variables");
    let variable = &variables[usize::try_from(numbers.below(count)).expect("an index")];
    let sampled = sample(model, numbers);
    let ids = (0..sampled.len()).map(|index| FactId(u32::try_from(index).expect("few facts")));
    let all: Vec<_> = ids.map(Source::Fact).zip(sampled.iter().cloned()).collect();
    let before = analysis.variables.facts(&all, &sampled, true);
    let all_before = values(model, std::slice::from_ref(&before)).remove(0);
    let after = &variable.range.most;
    let risen = analysis.variables.with(&before, (variable.source, after));
    if analysis.variables.facts(&[(variable.source, after.clone())], &before, true) != risen {
        // Beside these data a numerator, or a denominator, cannot rise so far.
        return Ok(());
    }
    let all_after = values(model, &[risen]).remove(0);
    let rise = after - all_before.of(variable.node);
    if rise.sign() <= 0 {
        return Ok(());
    }
    // What stands before the variable, such as the numerator of a ratio, does not follow it.
    for index in variable.node.index()..model.plan().nodes().len() {
        let node = NodeId(u32::try_from(index).expect("few nodes"));
        let (least, most) = analysis.response(&[(Exact::ONE, node)], variable).of_rise(&rise);
        let moved = all_after.of(node) - all_before.of(node);
        prop_assert!(
            least <= moved && moved <= most,
            "node {index} moves by {moved}, not by {least} to {most}: {:?}",
            model.plan().node(node).op
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn no_admissible_data_leave_a_bound(case in cases(), seed in any::<u64>()) {
        let model = accepted(&case)?;
        let analysis = model.analysis(SMALL);
        let found = analysis.exposures();
        check_witnesses(&analysis, &found)?;
        let mut numbers = Numbers(seed);
        for _ in 0..20 {
            check_bounds(&analysis, &found, &mut numbers)?;
        }
    }

    #[test]
    fn no_holder_leaves_a_bound(case in cases_with_holders(), seed in any::<u64>()) {
        let model = accepted(&case)?;
        let analysis = model.analysis(SMALL);
        let found = analysis.exposures();
        let mut numbers = Numbers(seed);
        for _ in 0..10 {
            check_bounds(&analysis, &found, &mut numbers)?;
        }
    }

    #[test]
    fn outcomes_lead_no_holder_beyond_its_stake(case in cases_with_holders(), seed in any::<u64>()) {
        let model = accepted(&case)?;
        let mut numbers = Numbers(seed);
        check_holders(&model, &mut numbers)?;
    }

    #[test]
    fn nodes_move_as_their_responses_say(case in cases(), seed in any::<u64>()) {
        let model = accepted(&case)?;
        let analysis = model.analysis(SMALL);
        let mut numbers = Numbers(seed);
        for _ in 0..6 {
            check_responses(&analysis, &mut numbers)?;
        }
    }

    #[test]
    fn what_is_proven_harmless_is(case in cases(), seed in any::<u64>()) {
        let model = accepted(&case)?;
        let analysis = model.analysis(SMALL);
        let mut numbers = Numbers(seed);
        let period = periods(model.contract()).pop().expect("a contract has a year");
        let facts = sample(&model, &mut numbers);
        for payoff in analysis.payoffs(Beside { facts: &facts, period: period.0 }) {
            for incentive in &payoff.incentives {
                let terms = Subject::Party(incentive.party.clone());
                let terms = analysis.terms(&terms, period.0);
                let net = |facts: &[Exact], at: &Exact| {
                    analysis.value(&terms, &analysis.variables.with(facts, (payoff.outcome.variable.source, at)))
                };
                match &incentive.verdict {
                    Verdict::Proven { rounding } => {
                        let other = sample(&model, &mut numbers);
                        let range = &payoff.outcome.variable.range;
                        let (low, high) = (net(&other, &range.least), net(&other, &range.most));
                        let gain = &(&high - &low) * &Exact::from(payoff.outcome.better);
                        prop_assert!(gain >= -rounding, "{} loses {gain}", incentive.party);
                    }
                    Verdict::Refuted { worse, better, lost } => {
                        let gain = &net(&facts, better) - &net(&facts, worse);
                        prop_assert_eq!(-&gain, lost.clone());
                    }
                    Verdict::HarmlessBeside { .. } => {}
                }
            }
        }
    }
}
