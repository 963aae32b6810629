//! Shipped contracts with parts changed: values swapped, copied, removed, numbers and texts
//! replaced. What still compiles is bound to invented observations and evaluated.
//!
//! Invariants: no panic; a model or an error; control totals of a statement are zero.

#![no_main]

#[path = "shared.rs"]
mod shared;

use carepact::check;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use shared::{Bytes, CONTRACTS, balances, invented};

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes(data);
    let text = CONTRACTS[bytes.below(CONTRACTS.len())];
    let mut document: Value = serde_json::from_str(text).expect("a shipped contract is JSON");
    for _ in 0..1 + bytes.below(4) {
        change(&mut document, &mut bytes);
    }
    let text = document.to_string();
    let checked = check(&text);
    for problem in &checked.problems {
        assert!(!problem.text("fuzz.json", checked.document.as_ref()).is_empty());
    }
    let refused = checked.problems.iter().any(|problem| problem.is_error());
    assert_eq!(checked.model.is_none(), refused, "a model, or an error that says why there is none");
    if let Some(model) = checked.model
        && model.plan().facts().len() < 5_000
    {
        let observations = invented(&model, &mut bytes);
        if let Ok(facts) = model.bind(&observations, &carepact::Request::default()) {
            balances(&model.evaluate(&facts));
        }
    }
});

/// Changes one value somewhere below.
fn change(document: &mut Value, bytes: &mut Bytes<'_>) {
    let copied = pick(document, bytes).clone();
    let words = words(document);
    let target = pick(document, bytes);
    match bytes.below(9) {
        0 => *target = copied,
        1 => *target = Value::from(bytes.number()),
        2 => *target = Value::from(words[bytes.below(words.len())].clone()),
        3 => *target = Value::from(bytes.text()),
        4 => remove(target, bytes),
        5 => rename(target, bytes, &words),
        6 => splice(target, bytes, &words),
        7 => {
            if let Value::Array(list) = target {
                list.push(copied);
            } else if let Value::Object(members) = target {
                members.insert(words[bytes.below(words.len())].clone(), copied);
            }
        }
        _ => *target = serde_json::json!([copied]),
    }
}

/// A value somewhere in a document, the root among them.
fn pick<'v>(value: &'v mut Value, bytes: &mut Bytes<'_>) -> &'v mut Value {
    let count = match value {
        Value::Array(list) => list.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    };
    if count == 0 || bytes.below(8) == 0 {
        return value;
    }
    let at = bytes.below(count);
    match value {
        Value::Array(list) => pick(&mut list[at], bytes),
        Value::Object(members) => pick(members.values_mut().nth(at).expect("a member"), bytes),
        other => other,
    }
}

fn remove(target: &mut Value, bytes: &mut Bytes<'_>) {
    match target {
        Value::Array(list) if !list.is_empty() => {
            list.remove(bytes.below(list.len()));
        }
        Value::Object(members) if !members.is_empty() => {
            let key = members.keys().nth(bytes.below(members.len())).cloned();
            members.remove(&key.unwrap_or_default());
        }
        other => *other = Value::Null,
    }
}

fn rename(target: &mut Value, bytes: &mut Bytes<'_>, words: &[String]) {
    if let Value::Object(members) = target
        && !members.is_empty()
    {
        let key = members.keys().nth(bytes.below(members.len())).cloned().unwrap_or_default();
        let value = members.remove(&key).unwrap_or(Value::Null);
        members.insert(words[bytes.below(words.len())].clone(), value);
    }
}

/// Puts a word, a number or a part of a formula into a text.
fn splice(target: &mut Value, bytes: &mut Bytes<'_>, words: &[String]) {
    const PARTS: [&str; 24] = [
        " + ",
        " - ",
        " * ",
        " / ",
        "(",
        ")",
        " else 0",
        " over month",
        "sum(",
        "max(0, ",
        "previous(",
        "paid(",
        "net(",
        " to date",
        " where ",
        "if 1 > 0 then ",
        " within all",
        "given(",
        "round(",
        " to 0.01)",
        "[",
        "]",
        "%",
        ", ",
    ];
    let Value::String(text) = target else { return };
    let mut at = bytes.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    match bytes.below(3) {
        0 => text.insert_str(at, PARTS[bytes.below(PARTS.len())]),
        1 => text.insert_str(at, &words[bytes.below(words.len())]),
        _ => text.truncate(at),
    }
}

/// Every key and every text of a document.
fn words(value: &Value) -> Vec<String> {
    let mut words = vec!["party".to_string(), "month".to_string(), "GBP".to_string()];
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => words.push(text.clone()),
            Value::Array(list) => open.extend(list),
            Value::Object(members) => {
                words.extend(members.keys().cloned());
                open.extend(members.values());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    words
}
