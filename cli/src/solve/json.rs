//! The answer of a search as JSON for tools.

use carepact::Exact;
use carepact_scenarios::luck::Probability;
use carepact_scenarios::solve::{Crossing, Measured, Probe, Value as Found};
use serde_json::{Value, json};

use super::arguments::SolveArguments;
use super::find::Answered;

/// Everything.
pub fn json(arguments: &SolveArguments, answered: &Answered) -> Value {
    let said = |value: &Exact| answered.parameter.said(value);
    let value = |value: &Found| value_json(answered, value);
    let probe =
        |probe: &Probe| json!({ "at": said(&probe.at), "measured": value(&probe.value), "met": probe.met });
    let crossing = |crossing: &Crossing| {
        let (from, to) = &crossing.between;
        let between = [from, to].map(|end| end.as_ref().map(said));
        json!({ "answer": said(&crossing.answer), "measured": value(&crossing.value),
            "other": said(&crossing.other), "between": between })
    };
    let grid = &answered.grid;
    json!({
        "contract": answered.model.contract().id,
        "parameter": answered.parameter.path,
        "now": said(&answered.parameter.value),
        "condition": answered.condition.text,
        "bracket": [said(&grid.low), said(&grid.at(grid.steps))],
        "step": said(&grid.step),
        "count": (!answered.condition.is_of_luck()).then_some(arguments.draws.count),
        "seed": (!answered.condition.is_of_luck()).then_some(arguments.draws.seed),
        "answers": answered.solution.crossings.iter().map(crossing).collect::<Vec<_>>(),
        "one_way": answered.solution.one_way,
        "base": answered.base.as_ref().map(value),
        "looked_at": answered.solution.probes.iter().map(probe).collect::<Vec<_>>(),
    })
}

/// The number and the ends of its interval, as texts: chances from 0 to 1, amounts of money.
fn value_json(answered: &Answered, value: &Found) -> Value {
    let [estimate, low, high] = plain(answered, value);
    json!({ "is": estimate, "from": low, "to": high })
}

/// The number and the ends of its interval as tools read them.
pub fn plain(answered: &Answered, value: &Found) -> [String; 3] {
    if matches!(answered.condition.measured, Measured::Chance(_)) {
        value.chances().map(Probability::plain)
    } else {
        let places = answered.model.contract().minor_places;
        value.amounts(places).map(|amount| amount.plain(usize::try_from(places).unwrap_or(2)))
    }
}
