//! Reads a contract: the form of every part first, then what each name stands for.
//!
//! All problems are reported; a part that cannot be read leaves its name behind as broken, so
//! that what refers to it is not reported as well.

use std::collections::BTreeMap;

use super::fields;
use super::model::{Contract, Flow, Named, Origin, ResidueRule};
use super::shape::{Reports, conform};
use super::{read_axes, read_clauses, read_curves, read_measures, read_silences, read_tables};
use crate::calendar::{Calendar, Date};
use crate::formula::{self, WORDS};
use crate::num::Mode;
use crate::source::{Diagnostic, Document, Json, Place, catalogue};

/// Names that formulas use for themselves: functions, and words for the current period.
pub const RESERVED: [&str; 30] = [
    "min",
    "max",
    "abs",
    "clamp",
    "round",
    "floor",
    "ceiling",
    "score",
    "given",
    "numerator",
    "denominator",
    "previous",
    "paid",
    "net",
    "sum",
    "count",
    "any",
    "mean",
    "first",
    "last",
    "pooled",
    "median",
    "rank",
    "percentile",
    "months",
    "days",
    "years_by_days",
    "month_number",
    "year_number",
    "party",
];

/// Columns of observation files; no axis or member may be called so.
pub const COLUMNS: [&str; 6] = ["measure", "period", "numerator", "denominator", "submission", "note"];

/// What was read, and the problems found on the way.
pub fn read(document: Document) -> (Option<Contract>, Vec<Diagnostic>) {
    let mut reports = Reports::default();
    let root = document.root().clone();
    let whole = conform(&root, &fields::CONTRACT, &mut reports);
    let head = if head_is_readable(&root) { read_head(&root, document, &mut reports) } else { None };
    let Some(mut contract) = head else { return (None, reports.0) };
    read_axes::parties(&root, &mut contract, &mut reports);
    read_axes::axes(&root, &mut contract, &mut reports);
    contract.residue = root
        .get("rounding")
        .and_then(|rounding| rounding.get("residue"))
        .and_then(|residue| residue_rule(residue, &contract, &mut reports))
        .unwrap_or(ResidueRule::LargestRemainder);
    declare_names(&root, &mut contract, &mut reports);
    read_measures::measures(&root, &mut contract, &mut reports);
    read_tables::tables(&root, &mut contract, &mut reports);
    read_curves::curves(&root, &mut contract, &mut reports);
    read_clauses::quantities(&root, &mut contract, &mut reports);
    read_clauses::clauses(&root, &mut contract, &mut reports);
    read_clauses::groups(&root, &mut contract, &mut reports);
    read_silences::silences(&root, &mut contract, &mut reports);
    debug_assert!(whole || reports.has_error(), "an unreadable form is reported");
    (Some(contract), reports.0)
}

/// True when the fields that everything else needs are there and of the right form.
fn head_is_readable(root: &Json) -> bool {
    let mut ignored = Reports::default();
    ["currency", "rounding", "term", "year_starts"].iter().all(|name| {
        let field = fields::CONTRACT.fields().iter().find(|field| field.name == *name);
        let value = root.get(name);
        value.zip(field).is_some_and(|(value, field)| conform(value, field.shape, &mut ignored))
    })
}

/// Invented, published, or from memory; one of them must be said.
fn read_origin(root: &Json, reports: &mut Reports) -> Origin {
    let synthetic = root.get("synthetic").filter(|flag| flag.to_string() == "true");
    let published = root.get("published").and_then(Json::text);
    match (synthetic, published, root.get("remembered")) {
        (Some(_), None, None) => Origin::Synthetic,
        (None, Some(place), _) => Origin::Published(place.to_string()),
        (None, None, Some(_)) => Origin::Remembered,
        (synthetic, ..) => {
            let found = match (synthetic, root.get("synthetic")) {
                (Some(_), _) if published.is_some() => "both `synthetic` and `published`",
                (Some(_), _) => "both `synthetic` and `remembered`",
                (None, Some(_)) => "`synthetic` is given and not true",
                (None, None) => "neither `synthetic` nor `published`",
            };
            let remedy = "write `\"synthetic\": true` for an invented contract, or `\"published\": \"where\"`, \
                          or `\"remembered\": \"what\"` where it is from memory";
            reports.add(&catalogue::MISSING_FIELD, &root.place, found, remedy);
            Origin::Synthetic
        }
    }
}

fn read_head(root: &Json, document: Document, reports: &mut Reports) -> Option<Contract> {
    let text = |name: &str| root.get(name).and_then(Json::text).unwrap_or_default().to_string();
    let origin = read_origin(root, reports);
    let calendar = read_calendar(root, reports)?;
    let currency = root.get("currency")?;
    let code = currency.text()?.to_string();
    if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
        let found = format!("`{code}` is not a currency code");
        reports.add(&catalogue::UNKNOWN_WORD, &currency.place, found, "write the ISO 4217 code, such as GBP");
    }
    let mode = root.get("rounding")?.get("mode").and_then(Json::text).map_or(Mode::HalfAway, mode_of);
    Some(Contract {
        document,
        id: text("contract"),
        title: text("title"),
        origin,
        remembered: root.get("remembered").and_then(Json::text).map(str::to_string),
        minor_places: minor_places(&code),
        currency: code,
        mode,
        residue: ResidueRule::LargestRemainder,
        calendar,
        parties: Vec::new(),
        axes: Vec::new(),
        measures: Vec::new(),
        tables: Vec::new(),
        curves: Vec::new(),
        quantities: Vec::new(),
        clauses: Vec::new(),
        groups: Vec::new(),
        disputes: root.get("disputes").and_then(Json::text).map(str::to_string),
        silences: Vec::new(),
        names: BTreeMap::new(),
        flows: BTreeMap::new(),
    })
}

/// Most months of a term.
pub const TERM_MONTHS_MAX: i32 = 600;

fn read_calendar(root: &Json, reports: &mut Reports) -> Option<Calendar> {
    let term = root.get("term")?;
    let dates: Vec<Date> = term.items().iter().filter_map(|day| Date::parse(day.text()?)).collect();
    let starts = root.get("year_starts")?;
    let start_month = starts.text()?.strip_suffix("-01").filter(|month| month.len() == 2);
    let start_month =
        start_month.and_then(|month| month.parse().ok()).filter(|month| (1..=12).contains(month));
    if start_month.is_none() {
        let found = format!("contract years cannot start on `{}`", starts.text()?);
        reports.add(
            &catalogue::BAD_DATE,
            &starts.place,
            found,
            "write the first of a month, such as \"04-01\"",
        );
    }
    match dates[..] {
        [first, last] if first <= last => {
            let months = (last.year - first.year) * 12;
            if months > TERM_MONTHS_MAX {
                let found = format!("a term of about {months} months");
                reports.add(
                    &catalogue::LIMIT,
                    &term.place,
                    found,
                    format!("keep it under {TERM_MONTHS_MAX} months"),
                );
                return None;
            }
            Some(Calendar { first, last, start_month: start_month? })
        }
        _ => {
            let remedy = "write the first and the last day, such as [\"2026-04-01\", \"2031-03-31\"]";
            reports.add(
                &catalogue::BAD_DATE,
                &term.place,
                "the term does not run from a day to a later one",
                remedy,
            );
            None
        }
    }
}

fn mode_of(word: &str) -> Mode {
    match word {
        "half_up" => Mode::HalfUp,
        "half_even" => Mode::HalfEven,
        "down" => Mode::Down,
        _ => Mode::HalfAway,
    }
}

/// Decimal places of a currency's minor unit (ISO 4217).
fn minor_places(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// Reads a residue rule: a word, or the name of a party.
pub fn residue_rule(json: &Json, contract: &Contract, reports: &mut Reports) -> Option<ResidueRule> {
    let text = json.text()?;
    match text {
        "largest_remainder" => Some(ResidueRule::LargestRemainder),
        "largest_share" => Some(ResidueRule::LargestShare),
        "last" => Some(ResidueRule::Last),
        _ => match contract.party_named(text) {
            Some(party) => Some(ResidueRule::Party(party)),
            None => {
                let remedy = "write largest_remainder, largest_share, last or the id of a party";
                reports.add(
                    &catalogue::UNKNOWN_NAME,
                    &json.place,
                    format!("the residue rule `{text}`"),
                    remedy,
                );
                None
            }
        },
    }
}

/// Reports a name that cannot be read, or that the language or the data files keep for themselves.
pub fn check_name(name: &str, place: &Place, reports: &mut Reports) {
    if WORDS.contains(&name) || RESERVED.contains(&name) || COLUMNS.contains(&name) {
        let found = format!("`{name}` is a word of the language or a column of data files");
        reports.add(&catalogue::BAD_NAME, place, found, "choose another name");
    } else {
        check_letters(name, place, reports);
    }
}

/// Reports a name that cannot be read.
pub fn check_letters(name: &str, place: &Place, reports: &mut Reports) {
    let letters = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !letters || name.len() > 80 {
        let found = format!("`{}` is not a name", name.chars().take(80).collect::<String>());
        reports.add(
            &catalogue::BAD_NAME,
            place,
            found,
            "use letters, digits and underscores, a letter first",
        );
    }
}

/// Notes every declared name before anything is read, so that order does not matter.
fn declare_names(root: &Json, contract: &mut Contract, reports: &mut Reports) {
    for section in ["measures", "tables", "curves", "quantities"] {
        for (name, value) in root.get(section).map_or(&[][..], Json::members) {
            check_name(name, &value.key_place(), reports);
            if *name == contract.currency {
                reports.add(
                    &catalogue::BAD_NAME,
                    &value.place,
                    format!("`{name}` is the currency"),
                    "choose another name",
                );
            }
            if contract.names.insert(name.clone(), Named::Broken).is_some() {
                let found = format!(
                    "`{name}` is declared more than once among measures, tables, curves and quantities"
                );
                reports.add(&catalogue::DUPLICATE_NAME, &value.key_place(), found, "rename one of them");
            }
        }
    }
    for section in ["clauses", "groups"] {
        for (name, value) in root.get(section).map_or(&[][..], Json::members) {
            check_name(name, &value.key_place(), reports);
            if contract.flows.insert(name.clone(), Flow::Broken).is_some() {
                let found = format!("`{name}` names both a clause and a group");
                reports.add(&catalogue::DUPLICATE_NAME, &value.key_place(), found, "rename one of them");
            }
        }
    }
}

/// Reads a formula whose form has been checked.
pub fn written(json: &Json) -> Option<super::model::Written> {
    let text = json.number_text()?.to_string();
    let mut place = json.place.clone();
    if matches!(json.kind, crate::source::Kind::Number(_)) {
        // A number stands without quotation marks, so its first character is the formula's first.
        place.at = place.at.saturating_sub(1);
    }
    Some(super::model::Written { formula: formula::parse(&text).ok()?, text, place })
}
