//! What the contract rewards: money at risk by sector, and the ten areas of integration.

use std::collections::BTreeSet;

use super::areas::{Area, Cover, areas};
use super::layout::{Cell, Page};
use super::numbers::{capital, listed, spaced};
use super::observed::{sector_rank, sector_words};
use super::risk::{AtRisk, sector_table};
use super::words::Words;
use crate::contract::{ClauseId, PartyId, fields};

/// Pairs of sectors that integration asks about: who should hold money on whose outcomes.
const CROSSING: [(&str, &str); 2] = [("mental_health", "physical"), ("acute", "mental")];

/// Which sector holds money at risk on which sector's outcomes.
pub fn sectors(words: &Words<'_>, page: &mut Page) {
    page.heading("Which sector holds money at risk on whose outcomes");
    let table = sector_table(words.contract);
    if table.is_empty() {
        page.paragraph("Nobody: no money follows an outcome.");
        return;
    }
    let mut columns: Vec<Option<&str>> = table.iter().map(|cell| cell.outcome_sector.as_deref()).collect();
    columns.sort_by_key(|sector| (sector.is_none(), sector.map(sector_rank)));
    columns.dedup();
    let head = columns.iter().map(|sector| match sector {
        Some("both") => "On both".to_string(),
        Some(word) => format!("On {}", sector_words(word)),
        None => "On outcomes whose sector is not given".to_string(),
    });
    let head: Vec<String> = [String::from("Held by")].into_iter().chain(head).collect();
    let mut rows = Vec::new();
    for (called, sector) in held_by(words) {
        let cells = columns.iter().map(|column| {
            let of = table
                .iter()
                .filter(|cell| cell.holder_sector == sector && cell.outcome_sector.as_deref() == *column);
            let cells: Vec<String> = of.map(|cell| named(words, cell.clause, &cell.members)).collect();
            Cell::Text(if cells.is_empty() { "–".to_string() } else { cells.join("; ") })
        });
        rows.push([Cell::Text(called)].into_iter().chain(cells).collect());
    }
    page.table(0, &head, &rows);
    page.gap();
    for line in crossings(&table, words) {
        page.paragraph(&line);
    }
}

/// The sectors of the parties, in the order of the language, and parties without one.
fn held_by(words: &Words<'_>) -> Vec<(String, Option<String>)> {
    let parties = || {
        let able = |role: Option<&str>| role != Some("commissioner") && role != Some("pool");
        words.contract.parties.iter().filter(move |party| able(party.role.as_deref()))
    };
    let present = |sector: &&&str| parties().any(|party| party.sector.as_deref() == Some(**sector));
    let mut rows: Vec<(String, Option<String>)> = fields::SECTORS
        .iter()
        .filter(present)
        .map(|sector| (capital(&spaced(sector)), Some((*sector).to_string())))
        .collect();
    let without: Vec<&str> =
        parties().filter(|party| party.sector.is_none()).map(|party| party.name.as_str()).collect();
    if !without.is_empty() {
        rows.push((format!("{} (no sector given)", listed(&without, "and")), None));
    }
    rows
}

/// A clause with the members that are meant.
fn named(words: &Words<'_>, clause: ClauseId, members: &[String]) -> String {
    let name = words.clause(clause);
    let members: Vec<String> = members.iter().filter(|m| !m.is_empty()).map(|m| spaced(m)).collect();
    if members.is_empty() { name } else { format!("{name} ({})", members.join(", ")) }
}

/// Sentences on the pairs that integration asks about, for the sectors that take part.
fn crossings(table: &[AtRisk], words: &Words<'_>) -> Vec<String> {
    if table.iter().all(|cell| cell.outcome_sector.is_none()) {
        return vec!["The measures do not say whose outcomes they are.".to_string()];
    }
    let takes_part =
        |sector: &str| words.contract.parties.iter().any(|party| party.sector.as_deref() == Some(sector));
    let sentence = |(holder, outcome): &(&str, &str)| {
        let sector = capital(&spaced(holder));
        let held: Vec<String> = table
            .iter()
            .filter(|cell| {
                let covers = cell.outcome_sector.as_deref() == Some(outcome)
                    || cell.outcome_sector.as_deref() == Some("both");
                cell.holder_sector.as_deref() == Some(holder) && covers
            })
            .map(|cell| words.clause(cell.clause))
            .collect();
        let mut clauses: Vec<String> = Vec::new();
        for name in held {
            if !clauses.contains(&name) {
                clauses.push(name);
            }
        }
        let whose = sector_words(outcome);
        if clauses.is_empty() {
            format!("{sector} providers hold no money at risk on {whose} outcomes.")
        } else {
            format!(
                "{sector} providers hold money at risk on {whose} outcomes, under {}.",
                listed(&clauses, "and")
            )
        }
    };
    CROSSING.iter().filter(|(holder, _)| takes_part(holder)).map(sentence).collect()
}

/// The ten areas: what covers each, and those for which nobody is paid.
pub fn ten_areas(words: &Words<'_>, page: &mut Page) {
    page.heading("The ten areas of integrated care");
    let all = areas(words.contract);
    let rows: Vec<Vec<Cell>> = all
        .iter()
        .map(|area| {
            vec![
                Cell::Number(area.number.to_string()),
                Cell::Text(area.name.to_string()),
                Cell::Text(covered_by(words, area)),
                Cell::Text(held(words, area)),
            ]
        })
        .collect();
    if all.iter().any(|area| area.observed) {
        page.table(0, &["", "Area", "Paid under", "Held by"].map(String::from), &rows);
        page.gap();
    }
    page.paragraph(&summary(&all));
}

fn covered_by(words: &Words<'_>, area: &Area) -> String {
    if area.covers.is_empty() {
        return if area.observed { "nothing, though it is observed" } else { "nothing" }.to_string();
    }
    let mut clauses: Vec<(ClauseId, Vec<String>)> = Vec::new();
    for Cover { clause, member, .. } in &area.covers {
        match clauses.iter_mut().find(|(found, _)| found == clause) {
            Some((_, members)) => members.push(member.clone()),
            None => clauses.push((*clause, vec![member.clone()])),
        }
    }
    let named: Vec<String> = clauses.iter().map(|(clause, members)| named(words, *clause, members)).collect();
    named.join("; ")
}

/// The parties by the short names of the section on parties.
fn held(words: &Words<'_>, area: &Area) -> String {
    let holders: BTreeSet<PartyId> = area.covers.iter().flat_map(|cover| cover.holders.clone()).collect();
    let names: Vec<&str> = holders.iter().map(|party| words.contract.party(*party).id.as_str()).collect();
    if names.is_empty() { "nobody".to_string() } else { listed(&names, "and") }
}

fn summary(all: &[Area]) -> String {
    let unpaid: Vec<String> = all
        .iter()
        .filter(|area| area.covers.is_empty())
        .map(|area| format!("{} (area {})", area.name, area.number))
        .collect();
    if unpaid.is_empty() {
        "Money follows all ten areas.".to_string()
    } else if unpaid.len() < all.len() {
        format!("Nobody is paid for {}.", listed(&unpaid, "or"))
    } else if all.iter().any(|area| area.observed) {
        "Nobody is paid for any of the ten areas.".to_string()
    } else {
        "No measure names one of the ten areas, so nobody is paid for any of them.".to_string()
    }
}
