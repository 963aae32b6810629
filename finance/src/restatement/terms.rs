//! Terms that differ between two versions of a contract: the values of two documents, place by place, and
//! a document with one of them changed.

use carepact::Model;
use carepact::source::{Document, Json, Kind};

use super::{Change, ChangeKind};

/// A term that differs.
#[derive(Debug, Clone)]
pub(super) struct TermChange {
    pub change: Change,
    path: Vec<String>,
    earlier: Option<Json>,
    later: Option<Json>,
}

/// A value that differs: its path, and the value in both.
type Differing = (Vec<String>, Option<Json>, Option<Json>);

/// All terms that differ, in the order of the later document.
pub(super) fn changes(earlier: &Document, later: &Document) -> Vec<TermChange> {
    let mut found = Vec::new();
    compare(earlier.root(), later.root(), &mut Vec::new(), &mut found);
    let change = |(path, before, after): Differing| {
        let place =
            after.as_ref().map(|value| (value, later)).or(before.as_ref().map(|value| (value, earlier)));
        let pointer = place.map_or(String::new(), |(value, _)| value.place.pointer.to_string());
        let line = place.map_or(1, |(value, document)| value.place.line_column(document.text()).0);
        let shown = |value: &Option<Json>| value.as_ref().map_or("not there".to_string(), brief);
        let what = format!("{pointer} (line {line})");
        let change = Change { kind: ChangeKind::Term, what, earlier: shown(&before), later: shown(&after) };
        TermChange { change, path, earlier: before, later: after }
    };
    found.into_iter().map(change).collect()
}

fn compare(earlier: &Json, later: &Json, path: &mut Vec<String>, found: &mut Vec<Differing>) {
    let mut step = |key: &str, before: Option<&Json>, after: Option<&Json>| {
        path.push(key.to_string());
        match (before, after) {
            (Some(before), Some(after)) => compare(before, after, path, found),
            (None, None) => {}
            (before, after) => found.push((path.clone(), before.cloned(), after.cloned())),
        }
        path.pop();
    };
    match (&earlier.kind, &later.kind) {
        (Kind::Object(before), Kind::Object(after)) => {
            for (key, value) in after {
                step(key, earlier.get(key), Some(value));
            }
            for (key, value) in before.iter().filter(|(key, _)| later.get(key).is_none()) {
                step(key, Some(value), None);
            }
        }
        (Kind::List(before), Kind::List(after)) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                step(&index.to_string(), Some(before), Some(after));
            }
        }
        (_, _) if earlier.to_string() != later.to_string() => {
            found.push((path.clone(), Some(earlier.clone()), Some(later.clone())));
        }
        (_, _) => {}
    }
}

/// Longest value that is shown in full.
const SHOWN_MAX: usize = 60;

fn brief(value: &Json) -> String {
    let text = value.to_string();
    if text.chars().count() <= SHOWN_MAX {
        return text;
    }
    let start: String = text.chars().take(SHOWN_MAX).collect();
    format!("{start}…")
}

impl TermChange {
    /// A document with this change made, or taken back where `back` says so; nothing when it is no
    /// contract then.
    pub fn made(&self, document: &Document, back: bool) -> Option<Model> {
        made(&[self], document, back)
    }
}

/// A document with several changes made, or taken back.
pub(super) fn made(changes: &[&TermChange], document: &Document, back: bool) -> Option<Model> {
    let mut root = document.root().clone();
    for change in changes {
        let value = if back { &change.earlier } else { &change.later };
        put(&mut root, &change.path, value.as_ref());
    }
    carepact::check(&root.to_string()).model
}

/// Puts a value at a path, in the place of what is there; nothing takes it away.
fn put(root: &mut Json, path: &[String], value: Option<&Json>) {
    let Some((key, rest)) = path.split_first() else {
        if let Some(value) = value {
            *root = value.clone();
        }
        return;
    };
    match &mut root.kind {
        Kind::Object(members) => {
            let place = members.iter().position(|(known, _)| known == key);
            match (place, value) {
                (Some(place), None) if rest.is_empty() => {
                    members.remove(place);
                }
                (Some(place), _) => put(&mut members[place].1, rest, value),
                (None, Some(value)) if rest.is_empty() => members.push((key.clone(), value.clone())),
                (None, _) => {}
            }
        }
        Kind::List(items) => {
            if let Some(item) = key.parse().ok().and_then(|index: usize| items.get_mut(index)) {
                put(item, rest, value);
            }
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_found_made_and_taken_back() {
        let read = |text: &str| Document::parse(text).unwrap();
        let earlier = read(r#"{"a": {"x": "4%", "y": 1}, "b": [1, 2]}"#);
        let later = read(r#"{"a": {"x": "5%", "z": {"n": 1.50}}, "b": [1, 3]}"#);
        let found = changes(&earlier, &later);
        let said: Vec<[&str; 3]> = found
            .iter()
            .map(|term| [&*term.change.what, &*term.change.earlier, &*term.change.later])
            .collect();
        let due = [
            ["/a/x (line 1)", "\"4%\"", "\"5%\""],
            ["/a/z (line 1)", "not there", "{\"n\": 1.50}"],
            ["/a/y (line 1)", "1", "not there"],
            ["/b/1 (line 1)", "2", "3"],
        ];
        assert_eq!(said, due);
        let mut root = earlier.root().clone();
        for term in &found {
            put(&mut root, &term.path, term.later.as_ref());
        }
        assert_eq!(root.to_string(), later.root().to_string());
    }
}
