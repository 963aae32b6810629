//! Who holds money on whose outcomes, and the areas of integration that nobody is paid for.

use std::collections::{BTreeMap, BTreeSet};

use carepact::Exact;
use carepact::analyse::{Findings, Outcome, Subject};
use carepact::describe::areas;

use super::money;
use crate::table::{Column, PAGE, Table, wrapped};

/// The table by party and sector of the outcome, then what nobody is paid for.
pub fn text(findings: &Findings<'_>) -> String {
    let unpaid = unpaid(findings);
    let unpaid = unpaid.map_or_else(String::new, |words| format!("\n{}\n", wrapped(&words, PAGE, 0)));
    format!("{}{unpaid}", table(findings).text())
}

/// For each party and sector, the outcomes that move it, and by how much all of them together do while
/// those of other sectors stay.
pub fn table(findings: &Findings<'_>) -> Table {
    let model = findings.analysis.model;
    let contract = model.contract();
    let mut cells: BTreeMap<(usize, String), BTreeMap<String, &Outcome>> = BTreeMap::new();
    for payoff in &findings.payoffs {
        let sector = payoff.outcome.sector.clone().unwrap_or_else(|| "not said".to_string());
        for incentive in &payoff.incentives {
            let party = contract.parties.iter().position(|known| known.id == incentive.party);
            let Some(party) = party.filter(|_| payoff.moves(&incentive.party).sign() > 0) else { continue };
            let outcomes = cells.entry((party, sector.clone())).or_default();
            outcomes.insert(payoff.outcome.name(), &payoff.outcome);
        }
    }
    let mut table = Table::new(&[Column::Left, Column::Left, Column::Left, Column::Right, Column::Flow]);
    table.row(["", "delivers", "outcomes", "moved", ""]);
    let mut last = None;
    for ((party, sector), outcomes) in &cells {
        let known = &contract.parties[*party];
        let own = known.sector.clone().unwrap_or_default().replace('_', " ");
        let [name, own] = if last == Some(*party) { Default::default() } else { [known.id.clone(), own] };
        let names = outcomes.keys().cloned().collect::<Vec<_>>().join(", ");
        let moved = moved(findings, &known.id, outcomes);
        table.cells(vec![name, own, sector.clone(), money(model, &moved), names]);
        last = Some(*party);
    }
    table
}

/// The most less the least that a party can come to while some outcomes move and all else stays.
fn moved(findings: &Findings<'_>, party: &str, outcomes: &BTreeMap<String, &Outcome>) -> Exact {
    let analysis = &findings.analysis;
    let variables = analysis.variables.beside(&findings.facts, &|spec| {
        analysis.is_outcome(spec)
            && outcomes.values().any(|outcome| {
                let members = spec.members.iter().map(|(_, member)| member);
                spec.measure == outcome.measure && members.eq(&outcome.members)
            })
    });
    let subject = Subject::Party(party.to_string());
    let exposure = analysis.exposure(&subject, &findings.period, (&variables, Some(&findings.facts)));
    &exposure.most.bound - &exposure.least.bound
}

/// Sectors and areas of integration without money on them, where the contract names any.
pub fn unpaid(findings: &Findings<'_>) -> Option<String> {
    let said: Vec<String> =
        [unpaid_sectors(findings), unpaid_areas(findings)].into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// Sectors of outcomes that move money of nobody who delivers care, where the contract names sectors.
fn unpaid_sectors(findings: &Findings<'_>) -> Option<String> {
    let analysis = &findings.analysis;
    let outcomes = analysis.outcomes(analysis.variables.all());
    let named: BTreeSet<&String> = outcomes.iter().filter_map(|outcome| outcome.sector.as_ref()).collect();
    let paid: BTreeSet<&String> = findings
        .payoffs
        .iter()
        .filter(|payoff| payoff.incentives.iter().any(|paid| payoff.moves(&paid.party).sign() > 0))
        .filter_map(|payoff| payoff.outcome.sector.as_ref())
        .collect();
    let without: Vec<&str> = named.difference(&paid).map(|sector| sector.as_str()).collect();
    (!without.is_empty())
        .then(|| format!("Nobody is paid for outcomes of these sectors: {}.", without.join(", ")))
}

fn unpaid_areas(findings: &Findings<'_>) -> Option<String> {
    let all = areas(findings.analysis.model.contract());
    if all.iter().all(|area| !area.observed) {
        return None;
    }
    let without = all.iter().filter(|area| area.covers.is_empty());
    let names: Vec<String> = without.map(|area| format!("{} {}", area.number, area.name)).collect();
    Some(match &names[..] {
        [] => "Each of the ten areas of integration has money on it.".to_string(),
        names => format!("Nobody is paid for these areas of integration: {}.", names.join("; ")),
    })
}
