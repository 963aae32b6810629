//! Reads quantities, clauses and groups.

use std::collections::BTreeMap;

use super::fields;
use super::kinds;
use super::model::{
    ByYear, Clause, ClauseId, Contract, Flow, Group, Instalment, Named, OnAccount, PartyId, Quantity,
    Settles, Side, Status,
};
use super::read::{residue_rule, written};
use super::read_axes::{axis_list, party_reference};
use super::shape::{Reports, conform, period_word};
use crate::calendar::{Period, PeriodKind};
use crate::num::Exact;
use crate::source::{Json, Kind, catalogue, did_you_mean};
use crate::unit::Unit;

fn title(json: &Json) -> Option<String> {
    json.get("title").and_then(Json::text).map(str::to_string)
}

/// Reads the quantities.
pub fn quantities(root: &Json, contract: &mut Contract, reports: &mut Reports) {
    for (name, json) in root.get("quantities").map_or(&[][..], Json::members) {
        if !conform(json, &fields::QUANTITY, &mut Reports::default()) {
            continue;
        }
        let formula = json.get("is").unwrap_or(json);
        let Some((is, by)) = written(formula).zip(axis_list(json.get("by"), contract, reports)) else {
            continue;
        };
        contract.names.insert(name.clone(), Named::Quantity(contract.quantities.len()));
        contract.quantities.push(Quantity {
            name: name.clone(),
            title: title(json),
            is,
            per: period_word(json.get("per")),
            by,
            unit: json.get("unit").and_then(Json::text).and_then(Unit::parse),
        });
    }
}

/// Reads the clauses.
pub fn clauses(root: &Json, contract: &mut Contract, reports: &mut Reports) {
    let declared: Vec<&(String, Json)> = root
        .get("clauses")
        .map_or(&[][..], Json::members)
        .iter()
        .filter(|(_, json)| conform(json, &fields::CLAUSE, &mut Reports::default()))
        .collect();
    let mut read = Vec::new();
    for (name, json) in declared {
        if let Some(clause) = clause(name, json, contract, reports) {
            contract.flows.insert(name.clone(), Flow::Clause(ClauseId(contract.clauses.len())));
            contract.clauses.push(clause);
            read.push(json);
        }
    }
    for (index, json) in read.into_iter().enumerate() {
        let Some(deduct) = json.get("settles").and_then(|settles| settles.get("deduct_from")) else {
            continue;
        };
        let target = match deduct.text().and_then(|name| contract.flows.get(name)) {
            Some(Flow::Clause(id)) => Some(*id),
            Some(Flow::Group(_) | Flow::Broken) | None => {
                let found = format!("there is no clause `{}`", deduct.text().unwrap_or_default());
                reports.add(&catalogue::UNKNOWN_NAME, &deduct.place, found, "name a clause");
                None
            }
        };
        if let Some(settles) = &mut contract.clauses[index].settles {
            settles.deduct_from = target;
        }
    }
}

fn clause(name: &str, json: &Json, contract: &Contract, reports: &mut Reports) -> Option<Clause> {
    let from = side(json.get("from")?, contract, reports);
    let to = side(json.get("to")?, contract, reports);
    let lines = axis_list(json.get("lines"), contract, reports);
    let per = period_word(json.get("per"))?;
    let (from, to, lines) = (from?, to?, lines?);
    check_lines(json, &lines, contract, reports)?;
    if !matches!((&from, &to), (Side::Party(_), _) | (_, Side::Party(_))) {
        let found = "both sides of the clause are split";
        let remedy = "let one side be a single party, or write two clauses";
        reports.add(&catalogue::SPLIT_FORM, &json.place, found, remedy);
        return None;
    }
    let through = match json.get("through") {
        Some(through) => Some(party_reference(through, contract, reports)?),
        None => None,
    };
    let round = match json.get("round").and_then(Json::number_text).map(Exact::parse) {
        Some(Ok(quantum)) if quantum.sign() > 0 => Some(quantum),
        Some(_) => {
            reports.add(
                &catalogue::BAD_NUMBER,
                &json.get("round")?.place,
                "a quantum that is not above 0",
                "write 1 for whole pounds",
            );
            None
        }
        None => None,
    };
    let cumulative = period_word(json.get("cumulative"));
    let on_account = json.get("on_account").and_then(|terms| on_account(terms, per, reports));
    Some(Clause {
        id: name.to_string(),
        title: title(json),
        kind: kinds::find(json.get("kind")?.text()?)?,
        from,
        to,
        through,
        per,
        amount: written(json.get("amount")?)?,
        when: json.get("when").and_then(written),
        lines,
        round,
        cumulative,
        residue: json.get("residue").and_then(|rule| residue_rule(rule, contract, reports)),
        on_account,
        settles: json.get("settles").map(settles),
        active: json.get("active").and_then(|active| active_periods(active, per, contract, reports)),
        status: json.get("status").map_or(ByYear::All(Status::Live), |json| status(json, contract, reports)),
        place: json.place.clone(),
    })
}

fn check_lines(
    json: &Json,
    lines: &[super::model::AxisId],
    contract: &Contract,
    reports: &mut Reports,
) -> Option<()> {
    use super::model::AxisKind;
    for (axis, item) in lines.iter().zip(json.get("lines").map_or(&[][..], Json::items)) {
        if contract.axis(*axis).kind != AxisKind::Declared {
            let found = format!("lines by `{}`", contract.axis(*axis).id);
            let remedy = "lines are by axes of the contract; use `per` for periods and `each` for parties";
            reports.add(&catalogue::UNKNOWN_KEY, &item.place, found, remedy);
            return None;
        }
    }
    Some(())
}

fn side(json: &Json, contract: &Contract, reports: &mut Reports) -> Option<Side> {
    if json.text().is_some() {
        return party_reference(json, contract, reports).map(Side::Party);
    }
    if let Some(name) = json.get("shares") {
        return share_table(name, contract, reports);
    }
    if let Some(weights) = json.get("weights") {
        let between = match json.get("between").map(Json::items) {
            None => None,
            Some([least, most]) => written(least).zip(written(most)).map(Box::new),
            Some(_) => {
                reports.add(
                    &catalogue::WRONG_TYPE,
                    &json.place,
                    "`between` without two limits",
                    "write [least, most]",
                );
                return None;
            }
        };
        let among = party_list(json.get("among")?, contract, reports)?;
        return Some(Side::Weights { weights: Box::new(written(weights)?), among, between });
    }
    if let Some(each) = json.get("each") {
        return party_list(each, contract, reports).map(Side::Each);
    }
    fixed_shares(json, contract, reports)
}

fn share_table(name: &Json, contract: &Contract, reports: &mut Reports) -> Option<Side> {
    let text = name.text()?;
    match contract.names.get(text) {
        Some(Named::Table(index)) => {
            let table = &contract.tables[*index];
            if table.by.contains(&Contract::PARTY_AXIS) && table.columns.len() == 1 {
                return Some(Side::ShareTable(*index));
            }
            let found = format!("the table `{text}` has no shares by `party`");
            reports.add(
                &catalogue::SPLIT_FORM,
                &name.place,
                found,
                "name a table with values by the axis party",
            );
        }
        Some(Named::Broken) => {}
        Some(Named::Measure(_) | Named::Curve(_) | Named::Quantity(_)) | None => {
            reports.add(
                &catalogue::UNKNOWN_NAME,
                &name.place,
                format!("there is no table `{text}`"),
                "name a table of shares",
            );
        }
    }
    None
}

fn party_list(json: &Json, contract: &Contract, reports: &mut Reports) -> Option<Vec<PartyId>> {
    if let Some(word) = json.text() {
        let with_role = |party: &&PartyId| contract.party(**party).role.as_deref() == Some(word);
        let all: Vec<PartyId> = (0..contract.parties.len()).map(PartyId).collect();
        let parties: Vec<PartyId> = all.iter().filter(with_role).copied().collect();
        if !parties.is_empty() {
            return Some(parties);
        }
        return party_reference(json, contract, reports).map(|party| vec![party]);
    }
    let parties: Vec<PartyId> =
        json.items().iter().filter_map(|item| party_reference(item, contract, reports)).collect();
    if parties.is_empty() && json.items().is_empty() {
        reports.add(&catalogue::SPLIT_FORM, &json.place, "no parties", "list at least one party");
    }
    (parties.len() == json.items().len() && !parties.is_empty()).then_some(parties)
}

fn fixed_shares(json: &Json, contract: &Contract, reports: &mut Reports) -> Option<Side> {
    let mut shares: Vec<(PartyId, Exact)> = Vec::new();
    for (name, value) in json.members() {
        let Some(party) = contract.party_named(name) else {
            let known = contract.parties.iter().map(|party| party.id.as_str());
            let remedy = did_you_mean(name, known).map_or_else(
                || "name parties of the contract".to_string(),
                |near| format!("did you mean `{near}`?"),
            );
            reports.add(
                &catalogue::UNKNOWN_NAME,
                &value.place,
                format!("there is no party `{name}`"),
                remedy,
            );
            return None;
        };
        shares.push((party, Exact::parse(value.number_text()?).ok()?));
    }
    // Objects have no order: ties follow the order of the parties.
    shares.sort_by_key(|(party, _)| *party);
    let total: Exact = shares.iter().map(|(_, share)| share).sum();
    if total != Exact::ONE || shares.iter().any(|(_, share)| share.sign() < 0) {
        let found = format!("the shares come to {}%", &total * &Exact::from(100));
        reports.add(&catalogue::SPLIT_SUM, &json.place, found, "let them come to 100%, none below 0");
        return None;
    }
    Some(Side::Shares(shares))
}

fn on_account(json: &Json, per: PeriodKind, reports: &mut Reports) -> Option<OnAccount> {
    let each = period_word(json.get("each"))?;
    if each > per {
        let found = format!("instalments each {} for a result each {}", each.word(), per.word());
        reports.add(
            &catalogue::PERIOD_MISMATCH,
            &json.place,
            found,
            "pay instalments at least as often as results",
        );
        return None;
    }
    let instalment = match (json.get("amount"), json.get("total")) {
        (Some(amount), None) => Instalment::Amount(written(amount)?),
        (None, Some(total)) => Instalment::Total(written(total)?),
        _ => {
            let found = "not just one of `amount` and `total`";
            reports.add(
                &catalogue::MISSING_FIELD,
                &json.place,
                found,
                "give the amount of each instalment, or the total",
            );
            return None;
        }
    };
    let day = json.get("day").and_then(Json::number_text).and_then(|day| day.parse().ok());
    Some(OnAccount { each, instalment, day })
}

fn settles(json: &Json) -> Settles {
    Settles {
        after_months: json
            .get("after_months")
            .and_then(Json::number_text)
            .and_then(|n| n.parse().ok())
            .unwrap_or(0),
        data: json.get("data").and_then(Json::text).map(str::to_string),
        deduct_from: None,
    }
}

fn active_periods(
    json: &Json,
    per: PeriodKind,
    contract: &Contract,
    reports: &mut Reports,
) -> Option<(Period, Period)> {
    let period = |item: &Json| contract.calendar.period(item.text()?).filter(|period| period.kind == per);
    if let [first, last] = json.items()
        && let (Some(first), Some(last)) = (period(first), period(last))
        && first <= last
    {
        return Some((first, last));
    }
    let found = format!("`active` is not a first and a last {}", per.word());
    let example = contract.calendar.all(per).first().map_or(String::new(), |p| contract.calendar.key(*p));
    reports.add(
        &catalogue::UNKNOWN_KEY,
        &json.place,
        found,
        format!("write two periods such as \"{example}\""),
    );
    None
}

fn status(json: &Json, contract: &Contract, reports: &mut Reports) -> ByYear<Status> {
    let word = |json: &Json| match json.text() {
        Some("shadow") => Status::Shadow,
        Some("reporting") => Status::Reporting,
        Some(_) | None => Status::Live,
    };
    if !matches!(json.kind, Kind::Object(_)) {
        return ByYear::All(word(json));
    }
    let axis = Contract::period_axis(PeriodKind::Year);
    let mut years = BTreeMap::new();
    let mut leaf = |key: Vec<i32>, value: &Json, _: &mut Reports| {
        years.extend(key.first().map(|year| (*year, word(value))));
    };
    super::read_tables::nested(json, &[axis], Vec::new(), contract, reports, &mut leaf);
    ByYear::Each(years)
}

/// Reads the groups; a group may hold groups, in any order of the document.
pub fn groups(root: &Json, contract: &mut Contract, reports: &mut Reports) {
    let declared = root.get("groups").map_or(&[][..], Json::members);
    for (name, json) in declared {
        let mut path = vec![name.as_str()];
        let Some(mut clauses) = group_clauses(json, declared, &mut path, contract, reports) else { continue };
        clauses.sort();
        clauses.dedup();
        contract.flows.insert(name.clone(), Flow::Group(contract.groups.len()));
        contract.groups.push(Group { id: name.clone(), clauses });
    }
}

fn group_clauses<'a>(
    json: &'a Json,
    declared: &'a [(String, Json)],
    path: &mut Vec<&'a str>,
    contract: &Contract,
    reports: &mut Reports,
) -> Option<Vec<ClauseId>> {
    let mut clauses = Vec::new();
    for item in json.items() {
        let name = item.text()?;
        if let Some(Flow::Clause(id)) = contract.flows.get(name) {
            clauses.push(*id);
        } else if let Some((inner, value)) = declared.iter().find(|(group, _)| group == name) {
            if path.contains(&inner.as_str()) {
                let found = format!("the group holds itself: {} → {name}", path.join(" → "));
                reports.add(&catalogue::CIRCLE, &item.place, found, "take one of them out");
                return None;
            }
            path.push(inner);
            // Sorted at once, so that groups of groups do not multiply.
            clauses.extend(group_clauses(value, declared, path, contract, reports)?);
            clauses.sort();
            clauses.dedup();
            path.pop();
        } else if !contract.flows.contains_key(name) {
            let remedy = did_you_mean(name, contract.flows.keys().map(String::as_str)).map_or_else(
                || "name clauses or groups".to_string(),
                |near| format!("did you mean `{near}`?"),
            );
            reports.add(
                &catalogue::UNKNOWN_NAME,
                &item.place,
                format!("there is no clause or group `{name}`"),
                remedy,
            );
            return None;
        }
    }
    Some(clauses)
}
