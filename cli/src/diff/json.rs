//! What changed, as JSON for tools: amounts are text, exact to the last digit.

use carepact::analyse::{Effect, Moved};
use carepact::describe::Change;
use serde_json::{Value, json};

use super::{Found, place};
use crate::audit::json::{end, subject};

/// Everything.
pub fn json(found: &Found<'_>) -> Value {
    let stated = found.stated.iter().map(|(period, moved)| {
        json!({ "period": period, "amounts": moved.iter().map(moved_json).collect::<Vec<_>>() })
    });
    json!({
        "before": found.before.1.contract().id,
        "after": found.after.1.contract().id,
        "changes": found.changes.iter().map(|change| change_json(found, change)).collect::<Vec<_>>(),
        "stated": stated.collect::<Vec<_>>(),
        "bounds": found.effects.iter().map(|effect| effect_json(found, effect)).collect::<Vec<_>>(),
        "measures_apart": found.comparison.apart,
    })
}

fn change_json(found: &Found<'_>, change: &Change) -> Value {
    let lines = change.lines.iter().map(|line| json!({ "before": line.before, "after": line.after }));
    json!({
        "section": change.section, "id": change.id, "title": change.title, "standing": change.standing.word(),
        "place_before": change.before.as_ref().map(|at| place(found.before, at)),
        "place_after": change.after.as_ref().map(|at| place(found.after, at)),
        "lines": lines.collect::<Vec<_>>(),
    })
}

fn moved_json(moved: &Moved) -> Value {
    json!({
        "of": subject(&moved.subject),
        "before": moved.before.to_string(),
        "after": moved.after.to_string(),
        "change": (&moved.after - &moved.before).to_string(),
    })
}

fn effect_json(found: &Found<'_>, effect: &Effect) -> Value {
    let specs = found.comparison.joined().plan().facts();
    json!({
        "of": subject(&effect.subject),
        "period": effect.period,
        "least": end(specs, &effect.least),
        "most": end(specs, &effect.most),
    })
}
