//! Curves in words, from the bands, points or slices as they are written.

use super::layout::Page;
use super::numbers::{capital, listed, number, spaced};
use super::words::Words;
use crate::contract::{AxisId, Curve};
use crate::num::Exact;
use crate::source::Json;

/// All curves.
pub fn curves(words: &Words<'_>, page: &mut Page) {
    if words.contract.curves.is_empty() {
        return;
    }
    page.heading("Curves");
    for curve in &words.contract.curves {
        let Some(json) = words.contract.document.root().get("curves").and_then(|c| c.get(&curve.name)) else {
            continue;
        };
        let start = capital(&words.entry(&curve.name, curve.title.as_deref()));
        page.entry("- ", &format!("{start}:"));
        match json.get("each") {
            None => body(words, curve, json, page),
            Some(each) => each_body(words, (each, &curve.by), &[], &mut |of, json| {
                page.entry("  ", &format!("For {}:", listed(of, "and")));
                body(words, curve, json, page);
            }),
        }
    }
}

/// A curve, one line for each band, slice or set of points.
pub fn lines(words: &Words<'_>, curve: &Curve) -> Vec<String> {
    let json = words.contract.document.root().get("curves").and_then(|curves| curves.get(&curve.name));
    let Some(json) = json else { return Vec::new() };
    let mut lines = Vec::new();
    let mut add = |of: &[String], json: &Json| {
        let of = if of.is_empty() { String::new() } else { format!("for {}, ", listed(of, "and")) };
        lines.extend(in_lines(words, curve, json).into_iter().map(|line| format!("{of}{line}")));
    };
    match json.get("each") {
        None => add(&[], json),
        Some(each) => each_body(words, (each, &curve.by), &[], &mut add),
    }
    lines
}

/// The curves by member, whatever the depth of nesting.
fn each_body(
    words: &Words<'_>,
    (json, by): (&Json, &[AxisId]),
    of: &[String],
    done: &mut dyn FnMut(&[String], &Json),
) {
    let Some((axis, inner)) = by.split_first() else {
        done(of, json);
        return;
    };
    let members = words.contract.members(*axis);
    let listed =
        json.items().iter().zip(members).map(|(item, m)| (words.contract.member_name(*axis, m), item));
    let named = json.members().iter().map(|(name, item)| (name.clone(), item));
    for (name, item) in named.chain(listed) {
        each_body(words, (item, inner), &[of, &[spaced(&name)]].concat(), done);
    }
}

fn body(words: &Words<'_>, curve: &Curve, json: &Json, page: &mut Page) {
    let lines = in_lines(words, curve, json);
    for (i, line) in lines.iter().enumerate() {
        let end = if i + 1 == lines.len() { "." } else { ";" };
        page.entry("    ", &format!("{line}{end}"));
    }
}

fn in_lines(words: &Words<'_>, curve: &Curve, json: &Json) -> Vec<String> {
    if let Some(bands) = json.get("bands") {
        bands.members().iter().map(|(band, value)| in_band(words, curve, band, value)).collect()
    } else if let Some(points) = json.get("points") {
        vec![through(words, curve, points, json.get("outside").and_then(Json::text))]
    } else {
        let slices = json.get("slices").map_or(&[][..], Json::members);
        let mirror = json.get("mirror").is_some_and(|mirror| mirror.to_string() == "true");
        let mut lines: Vec<String> =
            slices.iter().map(|(slice, rate)| in_slice(words, curve, slice, rate)).collect();
        if mirror {
            lines.push("below zero the same in mirror image: losses as gains".to_string());
        }
        lines
    }
}

fn in_band(words: &Words<'_>, curve: &Curve, band: &str, value: &Json) -> String {
    let bounds = bounds(words, curve, band);
    match value.items() {
        [first, last] => {
            let (first, last) = (result(words, curve, first), result(words, curve, last));
            format!("{bounds}: a straight line, {first} at the start and {last} at the end")
        }
        _ => format!("{bounds}: {}", result(words, curve, value)),
    }
}

fn in_slice(words: &Words<'_>, curve: &Curve, slice: &str, rate: &Json) -> String {
    let from = if slice.starts_with(|c: char| c.is_ascii_digit() || c == '-') { "from " } else { "" };
    let rate = match &curve.gives {
        None => plain(rate),
        Some(gives) => match (exact(rate), gives.times(&curve.of.inverse())) {
            (Some(x), Some((unit, _))) => words.quantity(&x, &unit),
            (Some(_) | None, _) => plain(rate),
        },
    };
    format!("of the part {from}{}: {rate}", bounds(words, curve, slice))
}

fn through(words: &Words<'_>, curve: &Curve, points: &Json, outside: Option<&str>) -> String {
    let at = points.items().iter().filter_map(|point| {
        let [x, y] = point.items() else { return None };
        Some(format!("{} at {}", result(words, curve, y), bounds(words, curve, x.number_text()?)))
    });
    let beyond = match outside {
        Some("hold") => "; beyond the first and the last point their value holds",
        Some("extend") => "; beyond the first and the last point the lines run on",
        Some(_) | None => "",
    };
    format!("{}, straight lines between{beyond}", listed(&at.collect::<Vec<_>>(), "and"))
}

/// The words of a band or slice, its numbers grouped and the unit after the last.
fn bounds(words: &Words<'_>, curve: &Curve, text: &str) -> String {
    let in_money = curve.of.to_string() == words.contract.currency;
    let word = |word: &str| match Exact::parse(word) {
        Ok(x) if in_money => words.money(&x),
        Ok(x) if !word.ends_with('%') => number(&x),
        Ok(_) | Err(_) => word.replace('-', "−"),
    };
    let said: Vec<String> = text.split_whitespace().map(word).collect();
    let unit = if in_money { String::new() } else { words.unit(&curve.of) };
    [said.join(" "), unit].join(" ").trim_end().to_string()
}

fn result(words: &Words<'_>, curve: &Curve, json: &Json) -> String {
    match (&curve.gives, exact(json)) {
        (Some(unit), Some(x)) if !unit.is_pure() => words.quantity(&x, unit),
        (Some(_) | None, _) => plain(json),
    }
}

/// A pure number as it is written: a percentage stays one.
fn plain(json: &Json) -> String {
    let text = json.number_text().unwrap_or_default();
    match exact(json) {
        Some(x) if !text.ends_with('%') => number(&x),
        Some(_) | None => text.replace('-', "−"),
    }
}

fn exact(json: &Json) -> Option<Exact> {
    Exact::parse(json.number_text()?).ok()
}
