//! Which change moved which line, by trial: each change alone on the earlier side, and each taken back
//! alone from the later one.

use std::collections::BTreeMap;

use carepact::{Exact, Facts, Model};

use super::data::{self, DataChange};
use super::terms::{self, TermChange};
use super::{Amounts, Change, ChangeKind, Key, Version, amounts, differences};

/// Most evaluations of a holder for one restatement.
const TRIALS_MAX: usize = 4_000;

/// Most terms that are tried one by one, each of which compiles the contract twice.
const TERMS_MAX: usize = 100;

/// The lines that a change moved, and by how much when it is made alone.
type Moved = BTreeMap<Key, Option<Exact>>;

type Side<'s> = (Version<'s>, &'s Facts, &'s Amounts);

/// The facts of the step between: the data of one side under the contract of the other.
enum Between {
    /// The later data under the earlier contract: data change first, then terms.
    Data(Facts),
    /// The earlier data under the later contract: terms change first, then data.
    Terms(Facts),
    /// Neither can be stated.
    None,
}

/// Every change with the lines that it moved.
pub(super) fn causes(earlier: Side<'_>, later: Side<'_>) -> Vec<(Change, Moved)> {
    let (before, after) = (earlier.0, later.0);
    let terms = terms::changes(&before.model.contract().document, &after.model.contract().document);
    if terms.is_empty() {
        return of_data(after.model, (earlier.1, earlier.2), (later.1, later.2));
    }
    match between(before, after) {
        Between::Data(facts) => {
            let stated = amounts(before.model, &facts);
            let mut found = of_data(before.model, (earlier.1, earlier.2), (&facts, &stated));
            found.extend(of_terms(&terms, (before.model, &stated), (after.model, later.2), &after));
            found
        }
        Between::Terms(facts) => {
            let stated = amounts(after.model, &facts);
            let mut found = of_terms(&terms, (before.model, earlier.2), (after.model, &stated), &before);
            found.extend(of_data(after.model, (&facts, &stated), (later.1, later.2)));
            found
        }
        Between::None => {
            let all = Moved::from_iter(differences(earlier.2, later.2).into_keys().map(|key| (key, None)));
            let mut found: Vec<_> = terms.into_iter().map(|term| (term.change, all.clone())).collect();
            found.push((other_data(), all));
            found
        }
    }
}

fn between(before: Version<'_>, after: Version<'_>) -> Between {
    if let Ok(facts) = before.model.bind(after.observations, after.request) {
        return Between::Data(facts);
    }
    after.model.bind(before.observations, before.request).map_or(Between::None, Between::Terms)
}

/// Data that cannot be told apart figure by figure.
fn other_data() -> Change {
    Change {
        kind: ChangeKind::Data,
        what: "the data as a whole".to_string(),
        earlier: "of the earlier version".to_string(),
        later: "of this version".to_string(),
    }
}

/// What changes of data moved, under one contract.
fn of_data(model: &Model, earlier: (&Facts, &Amounts), later: (&Facts, &Amounts)) -> Vec<(Change, Moved)> {
    let total = differences(earlier.1, later.1);
    let Some(changes) = data::changes(model, earlier.0, later.0) else {
        return vec![(other_data(), total.into_keys().map(|key| (key, None)).collect())];
    };
    let most = (TRIALS_MAX / (2 * earlier.0.lanes.len().max(1))).max(1);
    let changes = data::together(changes, most);
    if let [only] = &changes[..] {
        // What changed alone made all of the difference.
        let moved = total.into_iter().map(|(key, difference)| (key, Some(difference)));
        return vec![(only.change.clone(), moved.collect())];
    }
    let trial = |change: &DataChange| {
        let made = amounts(model, &change.made(earlier.0, later.0, false));
        let taken_back = amounts(model, &change.made(later.0, earlier.0, true));
        moved(differences(earlier.1, &made), &differences(&taken_back, later.1), &total)
    };
    changes.into_iter().map(|change| (change.change.clone(), trial(&change))).collect()
}

/// What changes of terms moved, with the same data.
fn of_terms(
    terms: &[TermChange],
    earlier: (&Model, &Amounts),
    later: (&Model, &Amounts),
    data: &Version<'_>,
) -> Vec<(Change, Moved)> {
    let total = differences(earlier.1, later.1);
    let stated = |model: Option<Model>| {
        let model = model?;
        let facts = model.bind(data.observations, data.request).ok()?;
        Some(amounts(&model, &facts))
    };
    let documents = (&earlier.0.contract().document, &later.0.contract().document);
    let mut found = Vec::new();
    // Terms that make no contract alone stand or fall together.
    let mut joint = Vec::new();
    for term in terms {
        let tried = terms.len() <= TERMS_MAX;
        let made = tried.then(|| stated(term.made(documents.0, false))).flatten();
        let taken_back = tried.then(|| stated(term.made(documents.1, true))).flatten();
        if made.is_none() && taken_back.is_none() {
            joint.push(term);
            continue;
        }
        let forwards = made.as_ref().map(|made| differences(earlier.1, made));
        let backwards = taken_back.map_or_else(Amounts::new, |before| differences(&before, later.1));
        let moves = match forwards {
            Some(forwards) => moved(forwards, &backwards, &total),
            None => {
                backwards.into_keys().filter(|key| total.contains_key(key)).map(|key| (key, None)).collect()
            }
        };
        found.push((term.change.clone(), moves));
    }
    if !joint.is_empty() {
        let made = stated(terms::made(&joint, documents.0, false));
        let moves: Amounts = made.map_or_else(|| total.clone(), |made| differences(earlier.1, &made));
        let moves: Moved =
            moves.into_keys().filter(|key| total.contains_key(key)).map(|key| (key, None)).collect();
        found.extend(joint.into_iter().map(|term| (term.change.clone(), moves.clone())));
    }
    found
}

/// Lines that a change moves alone or whose taking back moves them, of those that differ in all.
fn moved(alone: Amounts, taken_back: &Amounts, total: &Amounts) -> Moved {
    let mut moved: Moved = taken_back.keys().map(|key| (key.clone(), Some(Exact::ZERO))).collect();
    moved.extend(alone.into_iter().map(|(key, difference)| (key, Some(difference))));
    moved.retain(|key, _| total.contains_key(key));
    moved
}
