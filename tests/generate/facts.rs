//! Admissible values for the facts of a plan, ends of ranges among them.

use std::collections::BTreeMap;

use carepact::contract::MeasureKind;
use carepact::num::Range;
use carepact::plan::{FactSpec, Lacking, Part};
use carepact::{Exact, Model};

use super::tape::Numbers;

/// A fact without its part: what one observation gives together.
type Observation<'p> = (&'p str, i32, &'p [(String, String)]);

fn observation(spec: &FactSpec) -> Observation<'_> {
    (&spec.measure, spec.period.0.index, &spec.members)
}

fn below(numbers: &mut Numbers, n: i64) -> Exact {
    Exact::from(i64::try_from(numbers.below(u64::try_from(n).unwrap_or(0))).expect("below n"))
}

/// A value of a range, on its grid; in some cases an end.
fn value(range: &Range, numbers: &mut Numbers) -> Exact {
    let grid = range.step.clone().filter(|step| !step.is_zero());
    let Some(grid) = grid else {
        let width = &range.most - &range.least;
        let parts = below(numbers, 8).checked_div(&Exact::from(7)).expect("7 is not 0");
        return &range.least + &(&width * &parts);
    };
    let steps = |x: &Exact| x.checked_div(&grid).expect("a grid is above 0");
    let first = -&(-&steps(&range.least)).floor();
    let count = (&steps(&range.most).floor() - &first).to_i64().expect("a count of steps");
    let chosen = match numbers.below(6) {
        0 => Exact::ZERO,
        1 => Exact::from(count),
        _ => below(numbers, count + 1),
    };
    &(&first + &chosen) * &grid
}

/// One admissible value for each fact of a plan. A numerator follows its denominator.
pub fn sample(model: &Model, numbers: &mut Numbers) -> Vec<Exact> {
    let facts = model.plan().facts();
    let mut given: BTreeMap<Observation<'_>, bool> = BTreeMap::new();
    let mut denominators: BTreeMap<Observation<'_>, Exact> = BTreeMap::new();
    for spec in facts {
        match spec.part {
            Part::Given => drop(given.insert(observation(spec), numbers.below(3) > 0)),
            Part::Denominator => {
                denominators.insert(observation(spec), value(&spec.range, numbers));
            }
            Part::Value | Part::Numerator => {}
        }
    }
    let each = facts.iter().map(|spec| {
        let there = given.get(&observation(spec)).copied().unwrap_or(true);
        match (spec.part, &spec.lacking) {
            (Part::Given, _) => Exact::from(i64::from(there)),
            (Part::Denominator, _) => denominators[&observation(spec)].clone(),
            (Part::Numerator, _) => match denominators.get(&observation(spec)) {
                Some(denominator) => numerator(model, spec, denominator, numbers),
                None => value(&spec.range, numbers),
            },
            (Part::Value, Lacking::Counts(instead)) if numbers.below(6) == 0 => instead.clone(),
            (Part::Value, _) => value(&spec.range, numbers),
        }
    });
    each.collect()
}

/// Admissible facts of up to six holders, or of the one lane of a contract without them; what is not
/// by the holder is the same for all.
pub fn lanes(model: &Model, numbers: &mut Numbers) -> Vec<Vec<Exact>> {
    let count = if model.contract().has_holders() { 1 + numbers.below(6) } else { 1 };
    let mut lanes: Vec<Vec<Exact>> = (0..count).map(|_| sample(model, numbers)).collect();
    share_common(model, &mut lanes);
    lanes
}

pub fn share_common(model: &Model, lanes: &mut [Vec<Exact>]) {
    let Some((first, others)) = lanes.split_first_mut() else { return };
    for lane in others {
        for (index, spec) in model.plan().facts().iter().enumerate() {
            if !spec.by_holder {
                lane[index] = first[index].clone();
            }
        }
    }
}

fn numerator(model: &Model, spec: &FactSpec, denominator: &Exact, numbers: &mut Numbers) -> Exact {
    let measure = model.contract().measures.iter().find(|measure| measure.name == spec.measure);
    let measure = measure.expect("a fact has a measure");
    let (least, most) = &measure.range;
    let range = Range { least: least * denominator, most: most * denominator, step: measure.step.clone() };
    value(&range, numbers)
}

/// True for people or items counted: the facts that promises speak of.
pub fn is_count(model: &Model, spec: &FactSpec) -> bool {
    let measure = model.contract().measures.iter().find(|measure| measure.name == spec.measure);
    measure.is_some_and(|measure| measure.kind == MeasureKind::Count) && spec.part == Part::Value
}

/// The same facts, every count of every holder as large or larger.
pub fn risen(model: &Model, lanes: &[Vec<Exact>], numbers: &mut Numbers) -> Vec<Vec<Exact>> {
    let mut risen: Vec<Vec<Exact>> = lanes.iter().map(|lane| risen_lane(model, lane, numbers)).collect();
    share_common(model, &mut risen);
    risen
}

fn risen_lane(model: &Model, facts: &[Exact], numbers: &mut Numbers) -> Vec<Exact> {
    let rise = |(spec, fact): (&FactSpec, &Exact)| {
        if !is_count(model, spec) || numbers.below(4) == 0 {
            return fact.clone();
        }
        value(&Range { least: fact.clone(), ..spec.range.clone() }, numbers)
    };
    model.plan().facts().iter().zip(facts).map(rise).collect()
}
