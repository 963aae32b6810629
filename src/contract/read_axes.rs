//! Reads parties and axes.

use super::fields;
use super::model::{Axis, AxisId, AxisKind, Contract, Member, Party, PartyId};
use super::read::check_name;
use super::shape::{Reports, conform};
use crate::calendar::PeriodKind;
use crate::source::{Json, catalogue, did_you_mean};

/// Most members of all axes together.
pub const MEMBERS_MAX: usize = 20_000;

fn text_of(json: &Json, field: &str) -> Option<String> {
    json.get(field).and_then(Json::text).map(str::to_string)
}

/// Reads the parties.
pub fn parties(root: &Json, contract: &mut Contract, reports: &mut Reports) {
    for json in root.get("parties").map_or(&[][..], Json::items) {
        if !conform(json, &fields::PARTY, &mut Reports::default()) {
            continue;
        }
        let id = text_of(json, "id").unwrap_or_default();
        check_name(&id, &json.place, reports);
        if contract.party_named(&id).is_some() {
            let found = format!("the party `{id}` is declared twice");
            reports.add(&catalogue::DUPLICATE_NAME, &json.place, found, "rename one of them");
            continue;
        }
        let many = json.get("many").is_some_and(|many| many.to_string() == "true");
        if many && contract.parties.iter().any(|party| party.many) {
            let found = format!("`{id}` is a second party that is many");
            reports.add(&catalogue::HOLDERS, &json.place, found, "keep one party that is many");
            continue;
        }
        contract.parties.push(Party {
            name: text_of(json, "name").or_else(|| text_of(json, "title")).unwrap_or_else(|| id.clone()),
            role: text_of(json, "role"),
            sector: text_of(json, "sector"),
            many,
            recovers_tax: json.get("recovers_tax").is_none_or(|flag| flag.to_string() == "true"),
            id,
        });
    }
}

/// Reads the axes, after those of periods and parties.
pub fn axes(root: &Json, contract: &mut Contract, reports: &mut Reports) {
    for kind in PeriodKind::ALL {
        let id = kind.word().to_string();
        contract.axes.push(Axis { id, kind: AxisKind::Period(kind), members: Vec::new(), parent: None });
    }
    let member =
        |party: &Party| Member { id: party.id.clone(), title: Some(party.name.clone()), parent: None };
    // Members of the axis `party` are all parties in order, so that their indices agree.
    let members = contract.parties.iter().map(member).collect::<Vec<_>>();
    debug_assert_eq!(contract.axes.len(), Contract::PARTY_AXIS.0, "the axis of parties has a fixed place");
    contract.axes.push(Axis { id: "party".into(), kind: AxisKind::Party, members, parent: None });
    if let Some(many) = contract.parties.iter().position(|party| party.many) {
        let id = contract.parties[many].id.clone();
        let kind = AxisKind::Holder(PartyId(many));
        contract.axes.push(Axis { id, kind, members: Vec::new(), parent: None });
    }
    let declared = root.get("axes").map_or(&[][..], Json::members);
    for (name, json) in declared {
        declare(name, json, contract, reports);
    }
    for (name, json) in declared {
        place_within(name, json, contract, reports);
    }
    let count: usize = contract.axes.iter().map(|axis| axis.members.len()).sum();
    if count > MEMBERS_MAX {
        let found = format!("{count} members of axes");
        reports.add(&catalogue::LIMIT, &root.place, found, format!("keep them under {MEMBERS_MAX}"));
    }
}

fn member_list(json: &Json) -> &[Json] {
    json.get("members").map_or_else(|| json.items(), Json::items)
}

fn declare(name: &str, json: &Json, contract: &mut Contract, reports: &mut Reports) {
    check_name(name, &json.key_place(), reports);
    if contract.axis_named(name).is_some() || contract.party_named(name).is_some() {
        let found = format!("`{name}` is already the name of an axis or a party");
        reports.add(&catalogue::DUPLICATE_NAME, &json.place, found, "choose another name");
        return;
    }
    let mut members: Vec<Member> = Vec::new();
    if conform(json, &fields::AXIS, &mut Reports::default()) {
        for item in member_list(json) {
            let Some(id) = item.text().map(str::to_string).or_else(|| text_of(item, "id")) else { continue };
            check_name(&id, &item.place, reports);
            if members.iter().any(|member| member.id == id) {
                let found = format!("the member `{id}` stands twice in the axis `{name}`");
                reports.add(&catalogue::DUPLICATE_NAME, &item.place, found, "keep one");
                continue;
            }
            members.push(Member { id, title: text_of(item, "title"), parent: None });
        }
        if members.is_empty() {
            let found = format!("the axis `{name}` has no members");
            reports.add(&catalogue::MISSING_FIELD, &json.place, found, "list its members");
        }
    }
    contract.axes.push(Axis { id: name.to_string(), kind: AxisKind::Declared, members, parent: None });
}

fn place_within(name: &str, json: &Json, contract: &mut Contract, reports: &mut Reports) {
    let Some(AxisId(index)) = contract.axis_named(name) else { return };
    let Some(within) = json.get("within") else { return };
    let parent = axis_reference(within, contract, reports).filter(|parent| {
        let declared = contract.axis(*parent).kind == AxisKind::Declared;
        let circle = contract.lies_within(*parent, AxisId(index));
        if !declared || circle {
            let found = format!("`{name}` cannot lie within `{}`", contract.axis(*parent).id);
            reports.add(&catalogue::UNKNOWN_NAME, &within.place, found, "name another axis of the contract");
        }
        declared && !circle
    });
    let Some(parent) = parent else { return };
    contract.axes[index].parent = Some(parent);
    for (i, item) in member_list(json).iter().enumerate() {
        let above = item.get("in").and_then(Json::text).and_then(|id| contract.member_named(parent, id));
        if above.is_none() {
            let found = format!("this member of `{name}` is in no member of `{}`", contract.axis(parent).id);
            let remedy = "write { \"id\": …, \"in\": … } with a member of the axis above";
            reports.add(&catalogue::UNKNOWN_KEY, &item.place, found, remedy);
        }
        if let Some(member) = contract.axes[index].members.get_mut(i) {
            member.parent = above;
        }
    }
}

/// The axis that a text names, or a report.
pub fn axis_reference(json: &Json, contract: &Contract, reports: &mut Reports) -> Option<AxisId> {
    let name = json.text()?;
    let axis = contract.axis_named(name);
    if axis.is_none() {
        let known = contract.axes.iter().map(|axis| axis.id.as_str());
        let remedy = did_you_mean(name, known)
            .map_or_else(|| "declare it under `axes`".to_string(), |near| format!("did you mean `{near}`?"));
        reports.add(&catalogue::UNKNOWN_NAME, &json.place, format!("there is no axis `{name}`"), remedy);
    }
    axis
}

/// The axes that a list names, or nothing when one is unknown.
pub fn axis_list(json: Option<&Json>, contract: &Contract, reports: &mut Reports) -> Option<Vec<AxisId>> {
    let items = json.map_or(&[][..], Json::items);
    let axes: Vec<AxisId> = items.iter().filter_map(|item| axis_reference(item, contract, reports)).collect();
    for (i, axis) in axes.iter().enumerate() {
        if axes[..i].contains(axis) {
            let found = format!("the axis `{}` stands twice", contract.axis(*axis).id);
            reports.add(&catalogue::DUPLICATE_NAME, &items[i].place, found, "keep one");
            return None;
        }
    }
    (axes.len() == items.len()).then_some(axes)
}

/// The party that a text names, or a report.
pub fn party_reference(json: &Json, contract: &Contract, reports: &mut Reports) -> Option<PartyId> {
    let name = json.text()?;
    let party = contract.party_named(name);
    if party.is_none() {
        let known = contract.parties.iter().map(|party| party.id.as_str());
        let remedy = did_you_mean(name, known).map_or_else(
            || "declare it under `parties`".to_string(),
            |near| format!("did you mean `{near}`?"),
        );
        reports.add(&catalogue::UNKNOWN_NAME, &json.place, format!("there is no party `{name}`"), remedy);
    }
    party
}
