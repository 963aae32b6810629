//! Wide tables: one row for each holder of a party that is many, one column for each figure, as
//! published tables are laid out.
//!
//! A mapping says which measure each column observes. Headings with `{axis}` in them stand for a
//! column of each member: `"{indicator} Performance Rate": "result"`. Without a mapping, headings
//! are those of the contract: `list`, `register:dementia`, `achieved:MH003:numerator`.

pub mod fields;
mod rule;
mod table;

use std::collections::BTreeSet;

use crate::calendar::Period;
use crate::contract::shape::{Reports, conform};
use crate::contract::{AxisKind, Contract, Measure, Named};
use crate::source::{Diagnostic, Document, Json, Place, Problems, catalogue, did_you_mean};
use rule::{Part, Rule};
pub use table::WideTable;

/// Which measure each column of a wide table observes.
#[derive(Debug, Clone)]
pub struct Mapping<'c> {
    contract: &'c Contract,
    /// The holder's axis.
    holder: String,
    rules: Vec<Rule>,
    /// True when headings are those of the contract, and no rules are written.
    plain: bool,
    period: Option<String>,
    missing: Vec<String>,
}

/// A mapping, or why there is none.
pub type Read<'c> = Result<Mapping<'c>, Box<Unread>>;

/// Why a mapping could not be read, and its document.
#[derive(Debug)]
pub struct Unread {
    /// The document.
    pub document: Document,
    /// What is wrong with it.
    pub problems: Problems,
}

fn unread(document: Document, problems: Vec<Diagnostic>) -> Box<Unread> {
    Box::new(Unread { document, problems: Problems(problems) })
}

impl<'c> Mapping<'c> {
    /// The mapping of tables whose headings are those of the contract. `period` is the one that
    /// they are of, where the term has several.
    ///
    /// # Errors
    /// When the contract has no party that is many.
    pub fn plain(contract: &'c Contract, period: Option<&str>) -> Read<'c> {
        let mut reports = Reports::default();
        let holder = holder(contract, &Place::start(), &mut reports);
        holder
            .map(|holder| Mapping {
                contract,
                holder,
                rules: Vec::new(),
                plain: true,
                period: period.map(str::to_string),
                missing: Vec::new(),
            })
            .ok_or_else(|| unread(Document::unread(""), reports.0))
    }

    /// Reads a mapping for a contract. `period` is the one that the tables are of, where the
    /// mapping says none and the term has several.
    ///
    /// # Errors
    /// Every problem of form and of names, with its place.
    pub fn parse(contract: &'c Contract, text: &str, period: Option<&str>) -> Read<'c> {
        let document = Document::parse(text).map_err(|problems| unread(Document::unread(text), problems))?;
        let mut reports = Reports::default();
        let mapping = read(contract, document.root(), period, &mut reports);
        match mapping {
            Some(mapping) if !reports.has_error() => Ok(mapping),
            Some(_) | None => Err(unread(document, reports.0)),
        }
    }
}

fn holder(contract: &Contract, place: &Place, reports: &mut Reports) -> Option<String> {
    let axis = contract.holder_axis().map(|axis| contract.axis(axis).id.clone());
    if axis.is_none() {
        let found = "a table with a row for each holder, and a contract without a party that is many";
        let remedy = "say `\"many\": true` of a party, or give the data row by row";
        reports.add(&catalogue::HOLDERS, place, found, remedy);
    }
    axis
}

fn read<'c>(
    contract: &'c Contract,
    root: &Json,
    period: Option<&str>,
    reports: &mut Reports,
) -> Option<Mapping<'c>> {
    if !conform(root, &fields::MAPPING, reports) {
        return None;
    }
    let holder = holder(contract, &root.place, reports)?;
    let period = root.get("period").and_then(Json::text).or(period).map(str::to_string);
    let mut rules = Vec::new();
    for (heading, column) in root.get("columns").map_or(&[][..], Json::members) {
        rules.extend(Rule::read(contract, (heading, column), root, period.as_deref(), reports));
    }
    let missing = texts(root.get("missing"));
    Some(Mapping { contract, holder, rules, plain: false, period, missing })
}

fn texts(list: Option<&Json>) -> Vec<String> {
    list.map_or(&[][..], Json::items).iter().filter_map(Json::text).map(str::to_string).collect()
}

/// The measure with a name, or a report.
fn measure<'c>(
    contract: &'c Contract,
    name: &str,
    place: &Place,
    reports: &mut Reports,
) -> Option<&'c Measure> {
    if let Some(Named::Measure(index)) = contract.names.get(name) {
        return Some(&contract.measures[*index]);
    }
    let known = contract.measures.iter().map(|measure| measure.name.as_str());
    let remedy = did_you_mean(name, known).map_or_else(
        || "name a measure of the contract".to_string(),
        |near| format!("did you mean `{near}`?"),
    );
    reports.add(&catalogue::DATA_UNKNOWN, place, format!("there is no measure `{name}`"), remedy);
    None
}

/// The key of the period that a column of a measure is of: the one asked for, or the only one.
fn period_key(
    contract: &Contract,
    measure: &Measure,
    asked: Option<&str>,
    place: &Place,
    reports: &mut Reports,
) -> Option<String> {
    let calendar = &contract.calendar;
    let all: Vec<Period> = calendar.all(measure.per);
    let fits = asked.filter(|key| calendar.period(key).is_some_and(|period| period.kind == measure.per));
    match (fits, &all[..]) {
        (Some(key), _) => Some(key.to_string()),
        (None, [only]) => Some(calendar.key(*only)),
        (None, _) => {
            let per = measure.per.word();
            let found = format!("the table does not say of which {per} `{}` is", measure.name);
            let example = all.first().map_or(String::new(), |period| calendar.key(*period));
            let remedy = format!("write \"period\": \"{example}\", or the {per} you mean");
            reports.add(&catalogue::PERIOD_NEEDED, place, found, remedy);
            None
        }
    }
}

/// Axes of a measure other than the holder's, by name.
fn axes_of<'c>(contract: &'c Contract, measure: &Measure) -> Vec<&'c str> {
    let declared = measure.by.iter().map(|axis| contract.axis(*axis));
    declared.filter(|axis| !matches!(axis.kind, AxisKind::Holder(_))).map(|axis| axis.id.as_str()).collect()
}

/// The rule of a heading of the contract: `measure:member…:part`.
fn plain_rule(
    contract: &Contract,
    heading: &str,
    period: Option<&str>,
    reports: &mut Reports,
) -> Option<Rule> {
    let place = Place::start();
    let mut words = heading.split(':').map(str::trim);
    let measure = measure(contract, words.next().unwrap_or_default(), &place, reports)?;
    let mut members = Vec::new();
    let mut part = Part::Value;
    let mut open: BTreeSet<&str> = axes_of(contract, measure).into_iter().collect();
    for word in words {
        let axis = open.iter().copied().find(|axis| {
            contract.axis_named(axis).is_some_and(|axis| contract.member_named(axis, word).is_some())
        });
        match (axis, Part::of_word(word)) {
            (Some(axis), _) => {
                open.remove(axis);
                members.push((axis.to_string(), word.to_string()));
            }
            (None, Some(named)) => part = named,
            (None, None) => {
                let found = format!("`{word}` in the heading `{heading}` is no member of `{}`", measure.name);
                reports.add(
                    &catalogue::DATA_UNKNOWN,
                    &place,
                    found,
                    "name a member, or numerator or denominator",
                );
                return None;
            }
        }
    }
    Rule::new(contract, measure, (heading.to_string(), members, part), period, &place, reports)
}
