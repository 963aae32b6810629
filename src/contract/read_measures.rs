//! Reads measures.

use std::collections::BTreeMap;

use super::fields;
use super::model::{
    AxisId, ByMember, Carried, Combine, Contract, Described, Measure, MeasureKind, Missing, Named,
};
use super::read_axes::{axis_list, axis_reference};
use super::shape::{Reports, conform, period_word};
use crate::calendar::PeriodKind;
use crate::num::Exact;
use crate::source::{Json, Kind, catalogue};
use crate::unit::Unit;

/// Reads the measures.
pub fn measures(root: &Json, contract: &mut Contract, reports: &mut Reports) {
    for (name, json) in root.get("measures").map_or(&[][..], Json::members) {
        if !conform(json, &fields::MEASURE, &mut Reports::default()) {
            continue;
        }
        if let Some(measure) = measure(name, json, contract, reports) {
            contract.names.insert(name.clone(), Named::Measure(contract.measures.len()));
            contract.measures.push(measure);
        }
    }
}

fn number(json: &Json) -> Option<Exact> {
    Exact::parse(json.number_text()?).ok()
}

fn measure(name: &str, json: &Json, contract: &Contract, reports: &mut Reports) -> Option<Measure> {
    let kind = measure_kind(json, contract, reports)?;
    let by = axis_list(json.get("by"), contract, reports)?;
    for (axis, item) in by.iter().zip(json.get("by").map_or(&[][..], Json::items)) {
        if contract.period_kind(*axis).is_some() {
            let found = "a measure is not by a period".to_string();
            reports.add(&catalogue::UNKNOWN_KEY, &item.place, found, "say `per` instead");
            return None;
        }
    }
    let per = period_word(json.get("per")).unwrap_or(PeriodKind::Year);
    let range = value_range(json, kind, contract, reports)?;
    let denominator_range = match (kind, pair(json, "denominator_range", reports)) {
        (MeasureKind::Ratio, None) => return missing(json, "denominator_range", reports),
        (_, range) => range.unwrap_or((Exact::ONE, Exact::ONE)),
    };
    if denominator_range.0.sign() < 0 || (kind == MeasureKind::Ratio && denominator_range.1.sign() <= 0) {
        let found = "a denominator that can be negative, or is always 0";
        reports.add(&catalogue::BAD_NUMBER, &json.place, found, "write a range of possible denominators");
        return None;
    }
    let step = json.get("step").and_then(number).or_else(|| default_step(kind, contract));
    if step.as_ref().is_some_and(|step| step.sign() <= 0) {
        reports.add(
            &catalogue::BAD_NUMBER,
            &json.place,
            "a step that is not above 0",
            "write a step above 0",
        );
        return None;
    }
    let unit = measure_unit(json, kind, contract);
    let Some(unit) = unit else { return missing(json, "unit", reports) };
    check_money_unit(json, kind, contract, reports);
    check_fields(json, kind, reports);
    if let Some(rounded) = json.get("rounded").filter(|quantum| number(quantum).is_none_or(|q| q.sign() <= 0))
    {
        let found = "a quantum that is not above 0";
        reports.add(&catalogue::BAD_NUMBER, &rounded.place, found, "write a quantum such as \"1%\"");
        return None;
    }
    let missing = missing_rule(json, kind, &range, contract, reports)?;
    let combine = combine_rule(json, kind, reports);
    Some(Measure {
        name: name.to_string(),
        title: json.get("title").and_then(Json::text).map(str::to_string),
        kind,
        unit,
        by,
        per,
        combine,
        range,
        denominator_range,
        step,
        missing,
        rounded: json.get("rounded").and_then(number).filter(|quantum| quantum.sign() > 0),
        earlier: json.get("earlier").and_then(Json::number_text).and_then(|n| n.parse().ok()).unwrap_or(0),
        carried_from: carried(json),
        described: described(json, contract, reports),
        place: json.key_place(),
    })
}

fn measure_unit(json: &Json, kind: MeasureKind, contract: &Contract) -> Option<Unit> {
    match kind {
        MeasureKind::Count => Unit::parse(json.get("unit").and_then(Json::text).unwrap_or_default()),
        // Money, or a price such as GBP/person/year.
        MeasureKind::Money => {
            let unit = json.get("unit").and_then(Json::text).and_then(Unit::parse);
            let unit = unit.filter(|unit| unit.power(&contract.currency) == 1);
            Some(unit.unwrap_or_else(|| Unit::base(&contract.currency)))
        }
        MeasureKind::Ratio => {
            json.get("of").and_then(Json::text).map_or_else(|| Some(Unit::pure()), Unit::parse)
        }
        MeasureKind::Number | MeasureKind::Flag | MeasureKind::Code(_) => Some(Unit::pure()),
    }
}

fn carried(json: &Json) -> Option<Carried> {
    let name = json.get("carried_from")?;
    Some(Carried { quantity: name.text()?.to_string(), place: name.place.clone() })
}

fn missing<T>(json: &Json, field: &str, reports: &mut Reports) -> Option<T> {
    let found = format!("the field `{field}` is missing for a measure of this kind");
    reports.add(&catalogue::MISSING_FIELD, &json.place, found, format!("add `{field}`"));
    None
}

fn measure_kind(json: &Json, contract: &Contract, reports: &mut Reports) -> Option<MeasureKind> {
    Some(match json.get("kind").and_then(Json::text)? {
        "count" => MeasureKind::Count,
        "money" => MeasureKind::Money,
        "ratio" => MeasureKind::Ratio,
        "flag" => MeasureKind::Flag,
        "code" => match json.get("axis") {
            Some(axis) => MeasureKind::Code(code_axis(axis, contract, reports)?),
            None => return missing(json, "axis", reports),
        },
        _ => MeasureKind::Number,
    })
}

/// An axis whose members are written in the contract.
fn code_axis(json: &Json, contract: &Contract, reports: &mut Reports) -> Option<AxisId> {
    let axis = axis_reference(json, contract, reports)?;
    if contract.axis(axis).members.is_empty() {
        let found = format!("the members of `{}` are no codes", contract.axis(axis).id);
        reports.add(&catalogue::UNKNOWN_NAME, &json.place, found, "name an axis declared under `axes`");
        return None;
    }
    Some(axis)
}

/// Reports fields that mean nothing for a measure of this kind.
fn check_fields(json: &Json, kind: MeasureKind, reports: &mut Reports) {
    let ratio = kind == MeasureKind::Ratio;
    let code = matches!(kind, MeasureKind::Code(_));
    let allowed = [
        ("of", ratio),
        ("denominator_range", ratio),
        ("axis", code),
        ("range", !code && kind != MeasureKind::Flag),
    ];
    for (field, allowed) in allowed {
        if let (Some(value), false) = (json.get(field), allowed) {
            let found = format!("`{field}` of a measure of this kind");
            reports.add(
                &catalogue::UNKNOWN_FIELD,
                &value.place,
                found,
                "take it out, or choose another kind",
            );
        }
    }
}

fn pair(json: &Json, field: &str, reports: &mut Reports) -> Option<(Exact, Exact)> {
    let list = json.get(field)?;
    match list.items() {
        [least, most] => match (number(least)?, number(most)?) {
            (least, most) if least <= most => Some((least, most)),
            _ => {
                reports.add(
                    &catalogue::BAD_NUMBER,
                    &list.place,
                    "the least is above the most",
                    "write [least, most]",
                );
                None
            }
        },
        _ => {
            let found = format!("{} numbers", list.items().len());
            reports.add(&catalogue::WRONG_TYPE, &list.place, found, "write [least, most]");
            None
        }
    }
}

fn value_range(
    json: &Json,
    kind: MeasureKind,
    contract: &Contract,
    reports: &mut Reports,
) -> Option<(Exact, Exact)> {
    match kind {
        MeasureKind::Flag => Some((Exact::ZERO, Exact::ONE)),
        MeasureKind::Code(axis) => {
            let last = i64::try_from(contract.axis(axis).members.len()).unwrap_or(1) - 1;
            Some((Exact::ZERO, Exact::from(last.max(0))))
        }
        MeasureKind::Count | MeasureKind::Money | MeasureKind::Ratio | MeasureKind::Number => {
            if json.get("range").is_none() {
                return missing(json, "range", reports);
            }
            pair(json, "range", reports)
        }
    }
}

fn default_step(kind: MeasureKind, contract: &Contract) -> Option<Exact> {
    match kind {
        MeasureKind::Count | MeasureKind::Flag | MeasureKind::Code(_) => Some(Exact::ONE),
        MeasureKind::Money => Some(Exact::scaled(1, contract.minor_places)),
        MeasureKind::Ratio | MeasureKind::Number => None,
    }
}

fn check_money_unit(json: &Json, kind: MeasureKind, contract: &Contract, reports: &mut Reports) {
    let Some(unit) = json.get("unit") else { return };
    let text = unit.text().unwrap_or_default();
    let takes_unit = match kind {
        MeasureKind::Count => true,
        MeasureKind::Money => Unit::parse(text).is_some_and(|unit| unit.power(&contract.currency) == 1),
        MeasureKind::Ratio | MeasureKind::Number | MeasureKind::Flag | MeasureKind::Code(_) => false,
    };
    if !takes_unit {
        let found = format!("the unit `{text}` of a measure of this kind");
        let remedy = format!(
            "money is in {0}, or a price such as {0}/person; ratios, numbers, flags and codes have no unit",
            contract.currency
        );
        reports.add(&catalogue::BAD_UNIT, &unit.place, found, remedy);
    }
}

fn missing_rule(
    json: &Json,
    kind: MeasureKind,
    range: &(Exact, Exact),
    contract: &Contract,
    reports: &mut Reports,
) -> Option<Missing> {
    let Some(rule) = json.get("missing") else { return Some(Missing::Refuse) };
    let text = rule.number_text().unwrap_or_default();
    let value = match (text, kind) {
        ("refuse", _) => return Some(Missing::Refuse),
        ("absent", _) => return Some(Missing::Absent),
        (member, MeasureKind::Code(axis)) => {
            contract.member_named(axis, member).map(|m| Exact::from(i64::from(m)))
        }
        (number, _) => Exact::parse(number).ok(),
    };
    match value {
        Some(value) if (&range.0..=&range.1).contains(&&value) && on_grid(json, kind, &value, contract) => {
            Some(Missing::Value(value))
        }
        Some(_) | None => {
            let found = format!("`{text}` cannot count instead of a missing value");
            let remedy = "write refuse, absent, or a value within the range and on the grid";
            reports.add(&catalogue::BAD_NUMBER, &rule.place, found, remedy);
            None
        }
    }
}

/// True when a value lies on the grid of the measure.
fn on_grid(json: &Json, kind: MeasureKind, value: &Exact, contract: &Contract) -> bool {
    if kind == MeasureKind::Ratio {
        return true;
    }
    let step = json.get("step").and_then(number).or_else(|| default_step(kind, contract));
    step.is_none_or(|step| value.checked_div(&step).is_some_and(|multiple| multiple.is_whole()))
}

fn combine_rule(json: &Json, kind: MeasureKind, reports: &mut Reports) -> Option<Combine> {
    let word = json.get("combine")?;
    let combine = word.text().and_then(Combine::of_word)?;
    if matches!(kind, MeasureKind::Code(_)) && !matches!(combine, Combine::First | Combine::Last) {
        let found = format!("`{}` of codes, which are no numbers", word.text().unwrap_or_default());
        reports.add(&catalogue::UNKNOWN_WORD, &word.place, found, "write first or last");
        return None;
    }
    if (combine == Combine::Pooled) != (kind == MeasureKind::Ratio)
        && (combine == Combine::Pooled || combine == Combine::Sum)
    {
        let found = format!("`{}` for a measure of this kind", word.text().unwrap_or_default());
        reports.add(&catalogue::UNKNOWN_WORD, &word.place, found, "ratios are pooled, other measures summed");
        return None;
    }
    Some(combine)
}

fn described(json: &Json, contract: &Contract, reports: &mut Reports) -> Described {
    let areas =
        |value: &Json| Some(value.items().iter().filter_map(|n| n.number_text()?.parse().ok()).collect());
    let text = |value: &Json| value.text().map(str::to_string);
    let months = |value: &Json| value.number_text()?.parse().ok();
    let events =
        |value: &Json| Some(value.items().iter().filter_map(|n| n.text().map(str::to_string)).collect());
    Described {
        better: by_member(json, "better", &text, contract, reports),
        sector: by_member(json, "sector", &text, contract, reports),
        areas: by_member(json, "areas", &areas, contract, reports),
        lag_months: by_member(json, "lag_months", &months, contract, reports),
        baseline: by_member(json, "baseline", &number, contract, reports),
        events: by_member(json, "events", &events, contract, reports),
    }
}

/// One value for all, or one by member of an axis of the measure.
fn by_member<T>(
    json: &Json,
    field: &str,
    read: &dyn Fn(&Json) -> Option<T>,
    contract: &Contract,
    reports: &mut Reports,
) -> ByMember<T> {
    let Some(value) = json.get(field) else { return ByMember::None };
    if !matches!(value.kind, Kind::Object(_)) {
        return read(value).map_or(ByMember::None, ByMember::All);
    }
    let axes = axis_list(json.get("by"), contract, &mut Reports::default()).unwrap_or_default();
    let mut each = BTreeMap::new();
    for (member, value) in value.members() {
        if !axes.iter().any(|axis| contract.member_named(*axis, member).is_some()) {
            let found = format!("`{member}` is no member of an axis of this measure");
            reports.add(&catalogue::UNKNOWN_KEY, &value.place, found, "name a member of an axis under `by`");
        }
        each.extend(read(value).map(|value| (member.clone(), value)));
    }
    ByMember::Each(each)
}
