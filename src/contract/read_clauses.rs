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
use super::read_tables::few_enough;
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
            must_hold: json.get("must_hold").and_then(Json::text).map(str::to_string),
            shown: json.get("shown").is_some_and(|shown| shown.to_string() == "true"),
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
    if let Some(empty) = root.get("clauses").filter(|clauses| clauses.members().is_empty()) {
        reports.add(
            &catalogue::MISSING_FIELD,
            &empty.place,
            "there are no clauses",
            "write who pays whom how much",
        );
    }
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
    if !few_enough(&lines, &json.get("lines").unwrap_or(json).place, contract, reports) {
        return None;
    }
    if !matches!((&from, &to), (Side::Party(_), _) | (_, Side::Party(_))) {
        let found = "both sides of the clause are split";
        let remedy = "let one side be a single party, or write two clauses";
        reports.add(&catalogue::SPLIT_FORM, &json.place, found, remedy);
        return None;
    }
    check_sides(json, &from, &to, contract, reports)?;
    let through = match json.get("through") {
        Some(through) => Some(party_reference(through, contract, reports)?),
        None => None,
    };
    let round = match json.get("round").and_then(Json::number_text).map(Exact::parse) {
        Some(Ok(quantum)) if is_multiple_of_minor(&quantum, contract) => Some(quantum),
        Some(_) => {
            reports.add(
                &catalogue::BAD_NUMBER,
                &json.get("round")?.place,
                "a quantum that is not a multiple of the minor unit",
                "write 1 for whole units of the currency",
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

fn is_multiple_of_minor(quantum: &Exact, contract: &Contract) -> bool {
    let minor = Exact::scaled(1, contract.minor_places);
    quantum.sign() > 0 && quantum.checked_div(&minor).is_some_and(|multiple| multiple.is_whole())
}

/// Reports a party that would pay itself.
fn check_sides(
    json: &Json,
    from: &Side,
    to: &Side,
    contract: &Contract,
    reports: &mut Reports,
) -> Option<()> {
    let payees = contract.parties_of(to);
    let both = contract.parties_of(from).into_iter().find(|party| payees.contains(party));
    if let Some(party) = both {
        let found = format!("`{}` would pay itself", contract.party(party).id);
        reports.add(&catalogue::SPLIT_FORM, &json.place, found, "let payer and payee be different parties");
        return None;
    }
    Some(())
}

fn check_lines(
    json: &Json,
    lines: &[super::model::AxisId],
    contract: &Contract,
    reports: &mut Reports,
) -> Option<()> {
    use super::model::AxisKind;
    let items = json.get("lines").map_or(&[][..], Json::items);
    for (axis, item) in lines.iter().zip(items) {
        let inside = lines.iter().find(|other| *other != axis && contract.lies_within(**other, *axis));
        if let Some(inner) = inside {
            let (outer, inner) = (&contract.axis(*axis).id, &contract.axis(*inner).id);
            let found = format!("lines by `{outer}` and by `{inner}`, which lies within it");
            let remedy = format!("name `{inner}` alone: it says which {outer}");
            reports.add(&catalogue::AXIS_WITHIN, &item.place, found, remedy);
            return None;
        }
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
    for (i, party) in parties.iter().enumerate() {
        if parties[..i].contains(party) {
            let found = format!("the party `{}` stands twice", contract.party(*party).id);
            reports.add(&catalogue::DUPLICATE_NAME, &json.place, found, "keep one");
            return None;
        }
    }
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
        let below = shares.iter().find(|(_, share)| share.sign() < 0);
        let found = match below {
            Some((party, _)) => format!("the share of `{}` is below 0", contract.party(*party).id),
            None => format!("the shares come to {}%", &total * &Exact::from(100)),
        };
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
        && contract.calendar.in_term(first)
        && contract.calendar.in_term(last)
    {
        return Some((first, last));
    }
    let found = format!("`active` is not a first and a last {} of the term", per.word());
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
    let mut reader = GroupReader { declared, known: BTreeMap::new(), path: Vec::new() };
    for (name, json) in declared {
        let Some(clauses) = reader.clauses(name, json, contract, reports) else { continue };
        contract.flows.insert(name.clone(), Flow::Group(contract.groups.len()));
        contract.groups.push(Group { id: name.clone(), clauses });
    }
}

struct GroupReader<'a> {
    declared: &'a [(String, Json)],
    /// Groups that were read, or could not be.
    known: BTreeMap<&'a str, Option<Vec<ClauseId>>>,
    path: Vec<&'a str>,
}

impl<'a> GroupReader<'a> {
    /// The clauses of a group, each group read once.
    fn clauses(
        &mut self,
        name: &'a str,
        json: &'a Json,
        contract: &Contract,
        reports: &mut Reports,
    ) -> Option<Vec<ClauseId>> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        if self.path.contains(&name) {
            let found = format!("the group holds itself: {} → {name}", self.path.join(" → "));
            reports.add(&catalogue::CIRCLE, &json.place, found, "take one of them out");
            return None;
        }
        if self.path.len() > 100 {
            reports.add(&catalogue::LIMIT, &json.place, "groups more than 100 deep", "list the clauses");
            return None;
        }
        self.path.push(name);
        let mut clauses = Some(Vec::new());
        for item in json.items() {
            let part = self.item(item, contract, reports);
            clauses = clauses.zip(part).map(|(clauses, part)| [clauses, part].concat());
        }
        self.path.pop();
        if let Some(clauses) = &mut clauses {
            clauses.sort();
            clauses.dedup();
        }
        self.known.insert(name, clauses.clone());
        clauses
    }

    fn item(&mut self, item: &'a Json, contract: &Contract, reports: &mut Reports) -> Option<Vec<ClauseId>> {
        let name = item.text()?;
        if let Some(Flow::Clause(id)) = contract.flows.get(name) {
            return Some(vec![*id]);
        }
        if let Some((inner, value)) = self.declared.iter().find(|(group, _)| group == name) {
            return self.clauses(inner, value, contract, reports);
        }
        if !contract.flows.contains_key(name) {
            let remedy = did_you_mean(name, contract.flows.keys().map(String::as_str)).map_or_else(
                || "name clauses or groups".to_string(),
                |near| format!("did you mean `{near}`?"),
            );
            let found = format!("there is no clause or group `{name}`");
            reports.add(&catalogue::UNKNOWN_NAME, &item.place, found, remedy);
        }
        None
    }
}
