//! The lists of the contract, and what is observed.

use super::layout::{Cell, Page};
use super::numbers::{self, capital, listed, number, percent, several, spaced};
use super::words::Words;
use crate::contract::{Axis, AxisKind, ByMember, Combine, Contract, Measure, MeasureKind, Missing};
use crate::num::Exact;
use crate::source::{Json, Kind};

/// The members of a list, one line each.
pub fn member_lines(words: &Words<'_>, axis: &Axis) -> Vec<String> {
    let parent = axis.parent.map(|parent| words.contract.axis(parent));
    let line = |cells: Vec<Cell>| {
        let texts: Vec<String> = cells.iter().map(|cell| cell.text().to_string()).collect();
        let more: Vec<&str> = texts[1..].iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        if more.is_empty() { texts[0].clone() } else { format!("{}: {}", texts[0], more.join(", ")) }
    };
    members(axis, parent).into_iter().map(line).collect()
}

/// The lists whose members the contract names.
pub fn lists(words: &Words<'_>, page: &mut Page) {
    let declared: Vec<&Axis> =
        words.contract.axes.iter().filter(|axis| axis.kind == AxisKind::Declared).collect();
    if declared.is_empty() {
        return;
    }
    page.heading("Lists");
    for axis in declared {
        let titled = axis.members.iter().any(|member| member.title.is_some());
        page.gap();
        let names: Vec<String> = axis.members.iter().map(|member| spaced(&member.id)).collect();
        let called = capital(&spaced(&axis.id));
        if !titled && axis.parent.is_none() {
            page.entry("", &format!("{called}: {}.", listed(&names, "and")));
            continue;
        }
        let parent = axis.parent.map(|parent| words.contract.axis(parent));
        let within = parent.map_or_else(String::new, |parent| format!(", within {}", spaced(&parent.id)));
        page.paragraph(&format!("{called}{within}:"));
        page.table(2, &[String::new(), String::new(), String::new()], &members(axis, parent));
    }
}

fn members(axis: &Axis, parent: Option<&Axis>) -> Vec<Vec<Cell>> {
    let above = |index: Option<i32>| {
        let index = usize::try_from(index?).ok()?;
        parent?.members.get(index).map(|member| format!("in {}", spaced(&member.id)))
    };
    let row = |member: &crate::contract::Member| {
        let title = member.title.clone().unwrap_or_default();
        [spaced(&member.id), title, above(member.parent).unwrap_or_default()].map(Cell::Text).to_vec()
    };
    axis.members.iter().map(row).collect()
}

/// What is observed, measure by measure.
pub fn measures(words: &Words<'_>, page: &mut Page) {
    if words.contract.measures.is_empty() {
        return;
    }
    page.heading("What is observed");
    page.paragraph(
        "A value outside its limits is refused. Where nothing else is said, a missing value leaves the data \
         incomplete.",
    );
    page.gap();
    for measure in &words.contract.measures {
        page.entry("- ", &sentences(words, measure).join(" "));
    }
}

/// What is observed under a measure, and what is done with it, one sentence each.
pub fn sentences(words: &Words<'_>, measure: &Measure) -> Vec<String> {
    let start = capital(&words.entry(&measure.name, measure.title.as_deref()));
    let mut sentences = vec![format!("{start}: {}.", observed(words, measure))];
    sentences.extend(admissible(measure));
    sentences.extend(combined(measure.combine));
    sentences.extend(missing(measure, words.contract));
    sentences.extend(
        measure
            .carried_from
            .as_ref()
            .map(|carried| format!("It is what {} came to in the period before.", spaced(&carried.quantity))),
    );
    sentences.extend(
        measure
            .rounded
            .as_ref()
            .map(|to| format!("It counts as published, rounded to a multiple of {}.", value(measure, to))),
    );
    if measure.earlier > 0 {
        let periods = several(measure.earlier, measure.per.word());
        sentences.push(format!("Up to {periods} before the term may be supplied."));
    }
    sentences.extend(better(&measure.described.better));
    sentences.extend(outcome_of(&measure.described.sector));
    sentences.extend(known(words, measure));
    sentences
}

fn observed(words: &Words<'_>, measure: &Measure) -> String {
    let of = |unit: String| if unit.is_empty() { String::new() } else { format!(" of {unit}") };
    let what = match measure.kind {
        MeasureKind::Count => format!("a count{}", of(words.unit(&measure.unit))),
        MeasureKind::Money => format!("an amount in {}", words.unit(&measure.unit)),
        MeasureKind::Ratio => format!("a ratio{}, numerator over denominator", of(words.unit(&measure.unit))),
        MeasureKind::Number => "a number as reported".to_string(),
        MeasureKind::Flag => "yes or no".to_string(),
        MeasureKind::Code(axis) => format!("a member of the list “{}”", words.axis(axis)),
    };
    let each = words.each(&measure.by);
    let each = if each.is_empty() { each } else { format!(", for {each}") };
    format!("{what}{each}, {}", numbers::often(measure.per))
}

/// Values between which data are accepted, as percentages where they are shares.
fn admissible(measure: &Measure) -> Option<String> {
    let (least, most) = &measure.range;
    let default = match measure.kind {
        MeasureKind::Count => Some(Exact::ONE),
        MeasureKind::Money => Some(Exact::scaled(1, 2)),
        MeasureKind::Ratio => Some(Exact::ONE),
        MeasureKind::Number => None,
        MeasureKind::Flag | MeasureKind::Code(_) => return None,
    };
    let mut text = format!("Between {} and {}", value(measure, least), value(measure, most));
    if measure.kind == MeasureKind::Ratio {
        let (least, most) = &measure.denominator_range;
        text.push_str(&format!(", its denominator between {} and {}", number(least), number(most)));
    }
    if let Some(step) = measure.step.as_ref().filter(|step| default.as_ref() != Some(*step)) {
        text.push_str(&format!(", in steps of {}", value(measure, step)));
    }
    Some(format!("{text}."))
}

fn value(measure: &Measure, x: &Exact) -> String {
    let share = measure.range.0.sign() >= 0 && measure.range.1 <= Exact::ONE;
    match measure.kind {
        MeasureKind::Ratio => percent(x),
        MeasureKind::Number if share => percent(x),
        MeasureKind::Money => numbers::quantity(x, &measure.unit, &measure.unit.to_string()),
        MeasureKind::Flag => if x.is_zero() { "“no”" } else { "“yes”" }.to_string(),
        MeasureKind::Count | MeasureKind::Number | MeasureKind::Code(_) => number(x),
    }
}

fn combined(combine: Option<Combine>) -> Option<String> {
    let how = match combine? {
        Combine::Sum => "they are added up",
        Combine::Mean => "their mean is taken",
        Combine::First => "the first counts",
        Combine::Last => "the last counts",
        Combine::Min => "the least counts",
        Combine::Max => "the greatest counts",
        Combine::Pooled => "all numerators are taken over all denominators",
    };
    Some(format!("Over a longer period {how}."))
}

fn missing(measure: &Measure, contract: &Contract) -> Option<String> {
    match (&measure.missing, measure.kind) {
        (Missing::Refuse, _) => None,
        (Missing::Absent, _) => Some("It may be missing: it then has no value.".to_string()),
        (Missing::Value(member), MeasureKind::Code(axis)) => {
            let member = member.to_i64().and_then(|member| i32::try_from(member).ok()).unwrap_or(0);
            let name = contract.member_name(axis, member);
            Some(format!("It may be missing: {name} then counts instead."))
        }
        (Missing::Value(x), _) => {
            Some(format!("It may be missing: {} then counts instead.", value(measure, x)))
        }
    }
}

fn better(better: &ByMember<String>) -> Option<String> {
    match better {
        ByMember::None => None,
        ByMember::All(word) => Some(format!("{} is better.", capital(word))),
        ByMember::Each(words) => {
            let of = |word: &str| {
                let named = words.iter().filter(|(_, found)| *found == word);
                named.map(|(member, _)| spaced(member)).collect::<Vec<_>>()
            };
            let (mut usual, mut other) = (("higher", of("higher")), ("lower", of("lower")));
            if other.1.len() > usual.1.len() {
                (usual, other) = (other, usual);
            }
            let except = if other.1.is_empty() {
                String::new()
            } else {
                format!("; for {} {} is", listed(&other.1, "and"), other.0)
            };
            Some(format!("{} is better{except}.", capital(usual.0)))
        }
    }
}

fn outcome_of(sector: &ByMember<String>) -> Option<String> {
    match sector {
        ByMember::None => None,
        ByMember::All(word) => Some(format!("It is an outcome of {}.", sector_words(word))),
        ByMember::Each(words) => {
            let mut sectors: Vec<&String> = words.values().collect();
            sectors.sort_by_key(|word| sector_rank(word));
            sectors.dedup();
            let parts = sectors.into_iter().map(|sector| {
                let members = words.iter().filter(|(_, found)| *found == sector);
                let names: Vec<String> = members.map(|(member, _)| spaced(member)).collect();
                format!("{} for {}", sector_words(sector), listed(&names, "and"))
            });
            Some(format!("It is an outcome of {}.", parts.collect::<Vec<_>>().join("; of ")))
        }
    }
}

/// The order of outcome sectors: physical, mental, both, any other word.
pub fn sector_rank(word: &str) -> (usize, String) {
    let known = ["physical", "mental", "both"];
    (known.iter().position(|sector| *sector == word).unwrap_or(known.len()), word.to_string())
}

/// Whose outcome it is, in words.
pub fn sector_words(word: &str) -> String {
    match word {
        "physical" => "physical health".to_string(),
        "mental" => "mental health".to_string(),
        "both" => "both physical and mental health".to_string(),
        _ => spaced(word),
    }
}

fn known(words: &Words<'_>, measure: &Measure) -> Option<String> {
    let lag = words.written("measures", &measure.name, "lag_months")?;
    let after = |json: &Json| {
        let months: i32 = json.number_text()?.parse().ok()?;
        Some(if months == 0 {
            format!("at the end of the {}", measure.per.word())
        } else {
            format!("{} after the {}", several(months, "month"), measure.per.word())
        })
    };
    match &lag.kind {
        Kind::Object(members) => {
            let parts =
                members.iter().filter_map(|(name, lag)| Some(format!("{} {}", spaced(name), after(lag)?)));
            Some(format!("Known: {}.", parts.collect::<Vec<_>>().join("; ")))
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) | Kind::List(_) => {
            Some(format!("It is known {}.", after(lag)?))
        }
    }
}
