//! What is claimed of a change of contract, held against sampled data: a generated contract with other
//! amounts in some clauses comes to no more and no less beyond the first than the bounds say, and the
//! witness of each bound comes to what is claimed.

use carepact::analyse::{Budget, Comparison, Subject, periods, subjects};
use carepact::plan::FactSpec;
use carepact::{Exact, Model};
use proptest::prelude::*;
use serde_json::Value;

use crate::generate::facts::sample;
use crate::generate::run::{accepted, config, values};
use crate::generate::tape::Numbers;
use crate::generate::{Case, cases};

const SMALL: Budget = Budget { nodes: 1_000 };

/// The contract with other amounts in some of its clauses; nothing where it is refused then.
fn changed(case: &Case) -> Option<Model> {
    let mut contract: Value = serde_json::from_str(&case.contract).ok()?;
    let clauses = contract.get_mut("clauses")?.as_object_mut()?;
    for (index, clause) in clauses.values_mut().enumerate() {
        let amount = clause.get("amount")?.as_str()?.to_string();
        let other = match (case.seed >> (3 * (index % 16))) % 6 {
            0 => format!("({amount}) * 1.5"),
            1 => format!("min({amount}, 500)"),
            2 => format!("max(0, ({amount}) - 100)"),
            3 => format!("round(({amount}) / 3 to 0.01)"),
            _ => continue,
        };
        clause["amount"] = Value::String(other);
    }
    carepact::check(&contract.to_string()).model
}

/// Of facts of both contracts, those of one, in its order.
fn own(model: &Model, joined: &[FactSpec], facts: &[Exact]) -> Vec<Exact> {
    let key =
        |spec: &FactSpec| (spec.measure.clone(), spec.period.1.clone(), spec.members.clone(), spec.part);
    let each = model.plan().facts().iter().map(|spec| {
        let at = joined.iter().position(|other| key(other) == key(spec)).expect("it is among those of both");
        facts[at].clone()
    });
    each.collect()
}

/// What a subject comes to in a period, of one holder alone.
fn amount(model: &Model, facts: Vec<Exact>, (subject, period): (&Subject, &str)) -> Exact {
    let all = values(model, &[facts]).remove(0);
    let known = periods(model.contract()).into_iter().find(|(_, key)| key == period);
    let (period, _) = known.expect("both have the same years");
    let terms = model.analysis(SMALL).terms(subject, period);
    terms.iter().map(|(factor, node)| factor * all.of(*node)).sum()
}

fn check_change(case: &Case) -> Result<(), TestCaseError> {
    let one = accepted(case)?;
    let Some(other) = changed(case) else { return Err(TestCaseError::reject("refused")) };
    let comparison = Comparison::new(&one, &other).expect("one currency, small plans");
    prop_assert!(comparison.apart.is_empty(), "{:?}", comparison.apart);
    let effects = comparison.effects(SMALL);
    let joined = comparison.joined().plan().facts();
    let analysis = comparison.joined().analysis(SMALL);
    let change = |facts: &[Exact], of: (&Subject, &str)| {
        let after = amount(&other, own(&other, joined, facts), of);
        &after - &amount(&one, own(&one, joined, facts), of)
    };
    let mut numbers = Numbers(case.seed);
    let sampled: Vec<Vec<Exact>> = (0..3).map(|_| sample(comparison.joined(), &mut numbers)).collect();
    for subject in subjects(one.contract()) {
        for (_, period) in periods(one.contract()) {
            let effect = effects.iter().find(|effect| effect.subject == subject && effect.period == period);
            for facts in &sampled {
                let found = change(facts, (&subject, &period));
                let (least, most) = effect.map_or((Exact::ZERO, Exact::ZERO), |effect| {
                    (effect.least.bound.clone(), effect.most.bound.clone())
                });
                let within = least <= found && found <= most;
                prop_assert!(within, "{subject:?}, {period}: {found}, not from {least} to {most}");
            }
            for end in effect.iter().flat_map(|effect| [&effect.least, &effect.most]) {
                let data = analysis.data(end, None);
                prop_assert_eq!(&change(&data, (&subject, &period)), &end.found);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn no_data_lead_beyond_the_bounds_of_a_change(case in cases()) {
        check_change(&case)?;
    }
}
