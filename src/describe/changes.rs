//! What is changed from one contract to another, in the words of `describe`: entry by entry, and in an
//! entry line by line. Notes and sources are left out: they move no money.

use std::collections::BTreeSet;

use super::words::Words;
use super::{agreed, clauses, curves, head, observed, quantities};
use crate::contract::{AxisKind, Contract};
use crate::source::{Json, Kind, Place};

/// How an entry of the one contract stands to that of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Only the second has it.
    Added,
    /// Only the first has it.
    Removed,
    /// They say different things.
    Changed,
    /// They are written differently and say the same in words.
    Rewritten,
}

impl Standing {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Added => "added",
            Standing::Removed => "removed",
            Standing::Changed => "changed",
            Standing::Rewritten => "rewritten",
        }
    }
}

/// A line that differs: what it was, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// In the first contract.
    pub before: Option<String>,
    /// In the second.
    pub after: Option<String>,
}

/// A change of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What the entry is: `clause`, `table`, `measure`.
    pub section: &'static str,
    /// Its name in the contract; empty for the head.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// How it is changed.
    pub standing: Standing,
    /// Where it stands in the first contract.
    pub before: Option<Place>,
    /// Where it stands in the second.
    pub after: Option<Place>,
    /// What differs, or all of an entry that is added or removed.
    pub lines: Vec<Line>,
}

/// An entry of a contract in lines.
struct Entry {
    section: &'static str,
    id: String,
    title: String,
    place: Place,
    /// As it is written, without notes.
    written: String,
    lines: Vec<String>,
}

/// All changes, in the order of the second contract; what is removed comes where it stood.
pub fn changes(before: &Contract, after: &Contract) -> Vec<Change> {
    let (before, after) = (entries(before), entries(after));
    let mut found = Vec::new();
    for section in SECTIONS {
        let of = |entries: &[Entry]| -> Vec<usize> {
            (0..entries.len()).filter(|index| entries[*index].section == section).collect()
        };
        let known: Vec<(usize, &Entry)> = of(&before).into_iter().map(|at| (at, &before[at])).collect();
        let mut seen = BTreeSet::new();
        for entry in of(&after).into_iter().map(|at| &after[at]) {
            match known.iter().find(|(_, own)| own.id == entry.id) {
                Some((at, own)) => {
                    seen.insert(*at);
                    found.extend(between(own, entry));
                }
                None => found.push(alone(entry, Standing::Added)),
            }
        }
        let gone = known.iter().filter(|(at, _)| !seen.contains(at));
        found.extend(gone.map(|(_, own)| alone(own, Standing::Removed)));
    }
    found
}

const SECTIONS: [&str; 9] =
    ["head", "party", "list", "measure", "table", "curve", "quantity", "clause", "group"];

fn between(before: &Entry, after: &Entry) -> Option<Change> {
    let mut lines = differing(&before.lines, &after.lines);
    if before.title != after.title {
        lines.insert(0, Line { before: Some(before.title.clone()), after: Some(after.title.clone()) });
    }
    let standing = match (lines.is_empty(), before.written == after.written) {
        (true, true) => return None,
        (true, false) => Standing::Rewritten,
        (false, _) => Standing::Changed,
    };
    Some(Change {
        section: after.section,
        id: after.id.clone(),
        title: after.title.clone(),
        standing,
        before: Some(before.place.clone()),
        after: Some(after.place.clone()),
        lines,
    })
}

fn alone(entry: &Entry, standing: Standing) -> Change {
    let is_added = standing == Standing::Added;
    let line = |text: &String| {
        let text = Some(text.clone());
        if is_added { Line { before: None, after: text } } else { Line { before: text, after: None } }
    };
    let place = Some(entry.place.clone());
    let (before, after) = if is_added { (None, place) } else { (place, None) };
    let lines = entry.lines.iter().map(line).collect();
    Change {
        section: entry.section,
        id: entry.id.clone(),
        title: entry.title.clone(),
        standing,
        before,
        after,
        lines,
    }
}

/// Lines that are not in both; those that begin alike, up to a colon, belong together.
fn differing(before: &[String], after: &[String]) -> Vec<Line> {
    let label = |line: &str| line.split_once(": ").map(|(label, _)| label.to_string());
    let mut gone: Vec<&String> = before.iter().filter(|line| !after.contains(line)).collect();
    let mut found = Vec::new();
    for line in after.iter().filter(|line| !before.contains(line)) {
        let own = label(line);
        let same = gone.iter().position(|other| own.is_some() && label(other) == own);
        let before = same.map(|at| gone.remove(at).clone());
        found.push(Line { before, after: Some(line.clone()) });
    }
    // What has no fellow by its beginning is paired when it is the only one left on either side.
    let lonely: Vec<usize> = (0..found.len()).filter(|at| found[*at].before.is_none()).collect();
    if let ([only], [at]) = (&gone[..], &lonely[..]) {
        found[*at].before = Some((*only).clone());
        return found;
    }
    found.extend(gone.into_iter().map(|line| Line { before: Some(line.clone()), after: None }));
    found
}

/// All entries, section by section, each in the order of the contract.
fn entries(contract: &Contract) -> Vec<Entry> {
    let words = Words::new(contract);
    let root = contract.document.root();
    let json = |section: &str, id: &str| -> Option<&Json> {
        let section = root.get(section)?;
        let named = section.items().iter().find(|item| item.get("id").and_then(Json::text) == Some(id));
        named.or_else(|| section.get(id))
    };
    let entry = |section: &'static str, (field, id): (&str, &str), title: String, lines: Vec<String>| {
        let json = json(field, id);
        let place = json.map_or_else(Place::start, Json::key_place);
        let written = json.map_or_else(String::new, without_notes);
        Entry { section, id: id.to_string(), title, place, written, lines }
    };
    let mut all = vec![Entry {
        section: "head",
        id: String::new(),
        title: "the contract as a whole".to_string(),
        place: Place::start(),
        written: String::new(),
        lines: vec![
            format!("Title: {}", contract.title),
            format!("Term: {}", head::term(contract)),
            format!("Money: {}", head::rounding(&words)),
        ],
    }];
    for party in &contract.parties {
        let said = |word: &Option<String>| word.as_deref().unwrap_or("none").replace('_', " ");
        let lines = vec![
            format!("Role: {}", said(&party.role)),
            format!("Sector: {}", said(&party.sector)),
            format!("Written for one of many: {}", if party.many { "yes" } else { "no" }),
        ];
        all.push(entry("party", ("parties", &party.id), party.name.clone(), lines));
    }
    for axis in contract.axes.iter().filter(|axis| axis.kind == AxisKind::Declared) {
        let lines = observed::member_lines(&words, axis);
        all.push(entry("list", ("axes", &axis.id), axis.id.replace('_', " "), lines));
    }
    for measure in &contract.measures {
        let lines = observed::sentences(&words, measure);
        all.push(entry("measure", ("measures", &measure.name), words.name(&measure.name), lines));
    }
    for table in &contract.tables {
        let lines = agreed::lines(&words, table);
        all.push(entry("table", ("tables", &table.name), words.name(&table.name), lines));
    }
    for curve in &contract.curves {
        let lines = curves::lines(&words, curve);
        all.push(entry("curve", ("curves", &curve.name), words.name(&curve.name), lines));
    }
    for quantity in &contract.quantities {
        let lines = vec![quantities::sentence(&words, quantity)];
        all.push(entry("quantity", ("quantities", &quantity.name), words.name(&quantity.name), lines));
    }
    for clause in &contract.clauses {
        let lines = clauses::lines(&words, clause);
        all.push(entry("clause", ("clauses", &clause.id), clauses::heading(&words, clause), lines));
    }
    for group in &contract.groups {
        let lines = vec![clauses::members(&words, group)];
        all.push(entry("group", ("groups", &group.id), words.flow(&group.id), lines));
    }
    all
}

/// A value as it is written, but for what only explains it.
fn without_notes(json: &Json) -> String {
    match &json.kind {
        Kind::Object(members) => {
            let kept = members.iter().filter(|(name, _)| !matches!(name.as_str(), "note" | "source"));
            let kept = kept.map(|(name, value)| format!("{name}:{}", without_notes(value)));
            format!("{{{}}}", kept.collect::<Vec<_>>().join(","))
        }
        Kind::List(items) => {
            let items: Vec<String> = items.iter().map(without_notes).collect();
            format!("[{}]", items.join(","))
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => json.to_string(),
    }
}
