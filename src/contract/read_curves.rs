//! Reads curves.

use std::collections::BTreeMap;

use super::curve::Body;
use super::fields;
use super::model::AxisId;
use super::model::{Contract, Curve, Named};
use super::read_axes::axis_list;
use super::read_tables::{combinations, few_enough, nested, not_by_holder};
use super::shape::{Reports, Shape, conform};
use crate::source::{Json, catalogue};
use crate::unit::Unit;

static BODY: Shape = Shape::Object(&fields::CURVE_BODY);

/// Reads the curves.
pub fn curves(root: &Json, contract: &mut Contract, reports: &mut Reports) {
    for (name, json) in root.get("curves").map_or(&[][..], Json::members) {
        if !conform(json, &fields::CURVE, &mut Reports::default()) {
            continue;
        }
        if let Some(curve) = curve(name, json, contract, reports) {
            contract.names.insert(name.clone(), Named::Curve(contract.curves.len()));
            contract.curves.push(curve);
        }
    }
}

fn curve(name: &str, json: &Json, contract: &Contract, reports: &mut Reports) -> Option<Curve> {
    let by = axis_list(json.get("by"), contract, reports)?;
    if !few_enough(&by, &json.place, contract, reports) || !not_by_holder(&by, &json.place, contract, reports)
    {
        return None;
    }
    check_fields(json, &by, reports);
    let mut bodies = BTreeMap::new();
    if by.is_empty() {
        bodies.extend(body(json, reports).map(|body| (Vec::new(), body)));
    } else {
        let Some(each) = json.get("each") else {
            let found = "`by` without `each`";
            reports.add(
                &catalogue::MISSING_FIELD,
                &json.place,
                found,
                "give a curve for each member under `each`",
            );
            return None;
        };
        let mut leaf = |key: Vec<i32>, value: &Json, reports: &mut Reports| {
            if conform(value, &BODY, reports) {
                bodies.extend(body(value, reports).map(|body| (key, body)));
            }
        };
        nested(each, &by, Vec::new(), contract, reports, &mut leaf);
        if combinations(&by, contract).iter().any(|key| !bodies.contains_key(key)) {
            let found = "not every member has a curve";
            reports.add(&catalogue::TABLE_INCOMPLETE, &each.place, found, "give a curve for each member");
            return None;
        }
    }
    let unit = |field: &str| json.get(field).and_then(Json::text).and_then(Unit::parse);
    (!bodies.is_empty()).then(|| Curve {
        name: name.to_string(),
        title: json.get("title").and_then(Json::text).map(str::to_string),
        of: unit("of").unwrap_or_default(),
        gives: unit("gives"),
        by,
        bodies,
        place: json.key_place(),
    })
}

/// Reports fields that mean nothing beside the form of the body.
fn check_fields(json: &Json, by: &[AxisId], reports: &mut Reports) {
    let pairs = [("mirror", "slices"), ("outside", "points")];
    for (field, form) in pairs {
        if let (Some(value), None) = (json.get(field), json.get(form).or(json.get("each"))) {
            let found = format!("`{field}` of a curve without {form}");
            reports.add(&catalogue::UNKNOWN_FIELD, &value.place, found, "take it out");
        }
    }
    if let (Some(value), true) = (json.get("each"), by.is_empty()) {
        reports.add(
            &catalogue::UNKNOWN_FIELD,
            &value.place,
            "`each` without `by`",
            "say `by`, or give one curve",
        );
    }
}

fn body(json: &Json, reports: &mut Reports) -> Option<Body> {
    match Body::read(json) {
        Ok(body) => Some(body),
        Err(error) => {
            let parts = ["bands", "slices", "points"].iter().filter_map(|form| json.get(form));
            let keyed = parts.flat_map(Json::members).find(|(key, _)| Some(key) == error.key.as_ref());
            let place = keyed.map_or(&json.place, |(_, value)| &value.place);
            let code = if error.overlap { &catalogue::CURVE_OVERLAP } else { &catalogue::CURVE_FORM };
            reports.add(code, place, error.found, error.remedy);
            None
        }
    }
}
