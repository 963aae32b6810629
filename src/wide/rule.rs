//! What one column of a wide table observes.

use std::collections::BTreeMap;

use super::{axes_of, measure, period_key, texts};
use crate::contract::shape::Reports;
use crate::contract::{Contract, Measure, MeasureKind};
use crate::num::Exact;
use crate::source::{Json, Place, catalogue};

/// The part of an observation that a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Value,
    Numerator,
    Denominator,
}

impl Part {
    pub fn of_word(word: &str) -> Option<Part> {
        match word {
            "value" => Some(Part::Value),
            "numerator" => Some(Part::Numerator),
            "denominator" => Some(Part::Denominator),
            _ => None,
        }
    }
}

/// What a column observes. With a placeholder it stands for a column of each member.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    /// The heading, with `{axis}` where a member stands.
    pub heading: String,
    pub measure: String,
    /// True when each holder has its own.
    pub by_holder: bool,
    pub part: Part,
    /// Axis and member.
    pub members: Vec<(String, String)>,
    pub period: String,
    pub codes: BTreeMap<String, String>,
    pub times: Option<Exact>,
    pub strip: Vec<String>,
    /// The axis of the placeholder, and what may stand for it with the member it means.
    pub placeholder: Option<(String, Vec<(String, String)>)>,
    /// True where some tables do not have the column.
    pub optional: bool,
    pub place: Place,
}

impl Rule {
    /// Reads a column of a mapping.
    pub fn read(
        contract: &Contract,
        (heading, column): (&str, &Json),
        root: &Json,
        period: Option<&str>,
        reports: &mut Reports,
    ) -> Option<Rule> {
        let place = column.key_place();
        let name = column.get("measure").unwrap_or(column);
        let measure = measure(contract, name.text().unwrap_or_default(), &name.place, reports)?;
        let mut members = Vec::new();
        for (axis, member) in column.get("members").map_or(&[][..], Json::members) {
            let id = member.text().unwrap_or_default();
            let known = contract.axis_named(axis).and_then(|axis| contract.member_named(axis, id));
            if known.is_none() {
                let found = format!("there is no member `{id}` of an axis `{axis}`");
                reports.add(&catalogue::UNKNOWN_KEY, &member.place, found, "name an axis and a member of it");
                return None;
            }
            members.push((axis.clone(), id.to_string()));
        }
        let placeholder = placeholder(contract, (heading, &place), root, reports).ok()?;
        members.extend(placeholder.iter().map(|(axis, _)| (axis.clone(), String::new())));
        let part = column.get("part").and_then(Json::text).and_then(Part::of_word).unwrap_or(Part::Value);
        let period = column.get("period").and_then(Json::text).or(period);
        let named = (heading.to_string(), members, part);
        let rule = Rule::new(contract, measure, named, period, &place, reports)?;
        let codes = column.get("codes").map_or(&[][..], Json::members);
        Some(Rule {
            codes: codes
                .iter()
                .map(|(cell, means)| (cell.clone(), means.text().unwrap_or_default().to_string()))
                .collect(),
            times: column.get("times").and_then(Json::number_text).and_then(|text| Exact::parse(text).ok()),
            strip: [texts(root.get("strip")), texts(column.get("strip"))].concat(),
            placeholder,
            optional: column.get("optional").is_some_and(|flag| flag.to_string() == "true"),
            ..rule
        })
    }

    /// A rule without more than it must have; its members are those of the measure.
    pub fn new(
        contract: &Contract,
        measure: &Measure,
        (heading, members, part): (String, Vec<(String, String)>, Part),
        period: Option<&str>,
        place: &Place,
        reports: &mut Reports,
    ) -> Option<Rule> {
        let axes = axes_of(contract, measure);
        let lacking: Vec<&str> =
            axes.iter().copied().filter(|axis| !members.iter().any(|(known, _)| known == axis)).collect();
        let foreign = members.iter().find(|(axis, _)| !axes.contains(&axis.as_str()));
        if let Some((axis, _)) = foreign {
            let found = format!("`{}` is not by `{axis}`", measure.name);
            reports.add(&catalogue::DATA_FORMAT, place, found, "take the member out");
            return None;
        }
        if !lacking.is_empty() {
            let found = format!("the column `{heading}` does not say which {}", lacking.join(" and "));
            let remedy = format!("write {{{}}} in the heading, or name the member", lacking[0]);
            reports.add(&catalogue::DATA_FORMAT, place, found, remedy);
            return None;
        }
        if (measure.kind == MeasureKind::Ratio) != (part != Part::Value) {
            let found = format!("the column `{heading}` is the wrong part of `{}`", measure.name);
            let remedy =
                "a ratio has a column for its numerator and one for its denominator; others have a value";
            reports.add(&catalogue::DATA_FORMAT, place, found, remedy);
            return None;
        }
        Some(Rule {
            period: period_key(contract, measure, period, place, reports)?,
            heading,
            measure: measure.name.clone(),
            by_holder: axes.len() < measure.by.len(),
            part,
            members,
            codes: BTreeMap::new(),
            times: None,
            strip: Vec::new(),
            placeholder: None,
            optional: false,
            place: place.clone(),
        })
    }

    /// The headings that the rule stands for, with the members of each.
    pub fn headings(&self) -> Vec<(String, Vec<(String, String)>)> {
        let Some((axis, names)) = &self.placeholder else {
            return vec![(self.heading.clone(), self.members.clone())];
        };
        let each = names.iter().map(|(name, member)| {
            let heading = self.heading.replace(&format!("{{{axis}}}"), name);
            let members = self.members.iter().map(|(known, own)| {
                (known.clone(), if known == axis { member.clone() } else { own.clone() })
            });
            (heading, members.collect())
        });
        each.collect()
    }
}

type Placeholder = Option<(String, Vec<(String, String)>)>;

/// The axis in braces in a heading, and the texts that may stand for it.
fn placeholder(
    contract: &Contract,
    (heading, place): (&str, &Place),
    root: &Json,
    reports: &mut Reports,
) -> Result<Placeholder, ()> {
    let inner = heading.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map(|(axis, _)| axis);
    let Some(name) = inner else { return Ok(None) };
    let Some(axis) = contract.axis_named(name) else {
        let found = format!("there is no axis `{name}`");
        reports.add(&catalogue::UNKNOWN_KEY, place, found, "name an axis of the contract between the braces");
        return Err(());
    };
    let aliases = root.get("members").map_or(&[][..], Json::members);
    let mut names: Vec<(String, String)> = Vec::new();
    for (alias, member) in aliases {
        let id = member.text().unwrap_or_default();
        if contract.member_named(axis, id).is_some() {
            names.push((alias.clone(), id.to_string()));
        }
    }
    for member in &contract.axis(axis).members {
        names.push((member.id.clone(), member.id.clone()));
    }
    Ok(Some((name.to_string(), names)))
}
