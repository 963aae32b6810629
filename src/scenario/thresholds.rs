//! Cost bases and budgets: what each party is held against, by year.

use super::names::Names;
use super::prepared::Threshold;
use super::read::ScenarioFile;
use super::spread::number;
use crate::calendar::{Period, PeriodKind};
use crate::contract::Contract;
use crate::contract::shape::Reports;
use crate::num::Exact;
use crate::source::catalogue::SCENARIO_THRESHOLD;
use crate::source::{Json, did_you_mean};

/// The thresholds of a file, by party and year; those of parties that only the other contract has are
/// left out.
pub(super) fn thresholds(names: &Names<'_>, file: &ScenarioFile, reports: &mut Reports) -> Vec<Threshold> {
    let mut all: Vec<Threshold> = Vec::new();
    for (field, is_budget) in [("cost_base", false), ("budget", true)] {
        for (party, json) in file.document.root().get(field).map_or(&[][..], Json::members) {
            if names.contract.party_named(party).is_none() {
                unknown(names, party, json, reports);
                continue;
            }
            for (year, amount) in by_year(names.contract, json, reports) {
                let least = if is_budget { -&amount } else { amount };
                if all.iter().any(|known| known.party == *party && known.year == year) {
                    let found = format!("`{party}` has a cost base and a budget, or two of a year");
                    reports.add(&SCENARIO_THRESHOLD, &json.key_place(), found, "keep one for each year");
                    break;
                }
                all.push(Threshold { party: party.clone(), year, least, is_budget });
            }
        }
    }
    all
}

fn unknown(names: &Names<'_>, party: &str, json: &Json, reports: &mut Reports) {
    if names.is_party_elsewhere(party) {
        return;
    }
    let known = names.contract.parties.iter().map(|party| party.id.as_str());
    let remedy = did_you_mean(party, known)
        .map_or_else(|| "name a party of the contract".to_string(), |near| format!("did you mean `{near}`?"));
    let found = format!("there is no party `{party}`");
    reports.add(&SCENARIO_THRESHOLD, &json.key_place(), found, remedy);
}

/// One amount for all years, or one for each that is named.
fn by_year(contract: &Contract, json: &Json, reports: &mut Reports) -> Vec<(Period, Exact)> {
    let mut found = Vec::new();
    if json.number_text().is_some() {
        if let Some(amount) = amount(json, reports) {
            found.extend(
                contract.calendar.all(PeriodKind::Year).into_iter().map(|year| (year, amount.clone())),
            );
        }
        return found;
    }
    let years = Contract::period_axis(PeriodKind::Year);
    let mut leaf = |key: Vec<i32>, value: &Json, reports: &mut Reports| {
        if let (Some(amount), [index]) = (amount(value, reports), &key[..]) {
            found.push((Period { kind: PeriodKind::Year, index: *index }, amount));
        }
    };
    crate::contract::nested(json, &[years], Vec::new(), contract, reports, &mut leaf);
    found
}

fn amount(json: &Json, reports: &mut Reports) -> Option<Exact> {
    let found = number(Some(json)).filter(|amount| amount.sign() >= 0);
    if found.is_none() {
        let remedy = "write an amount such as 78800000; what a party pays goes under `budget`";
        reports.add(&SCENARIO_THRESHOLD, &json.place, format!("{} is no amount", json), remedy);
    }
    found
}
