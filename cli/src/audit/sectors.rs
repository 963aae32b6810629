//! Who holds money on whose outcomes, and the areas of integration that nobody is paid for.

use std::collections::{BTreeMap, BTreeSet};

use carepact::Exact;
use carepact::analyse::Findings;
use carepact::describe::areas;

use super::money;
use crate::table::{Column, Table};

/// The table by party and sector of the outcome, then what nobody is paid for.
pub fn text(findings: &Findings<'_>) -> String {
    let unpaid = unpaid(findings).map_or_else(String::new, |words| format!("\n{words}\n"));
    format!("{}{unpaid}", table(findings).text())
}

/// For each party and sector, the outcomes that move it and by how much.
pub fn table(findings: &Findings<'_>) -> Table {
    let model = findings.analysis.model;
    let contract = model.contract();
    let mut cells: BTreeMap<(usize, String), (BTreeSet<String>, Exact)> = BTreeMap::new();
    for payoff in &findings.payoffs {
        let sector = payoff.outcome.sector.clone().unwrap_or_else(|| "not said".to_string());
        for incentive in &payoff.incentives {
            let moved = payoff.moves(&incentive.party);
            let party = contract.parties.iter().position(|known| known.id == incentive.party);
            let Some(party) = party.filter(|_| moved.sign() > 0) else { continue };
            let (names, sum) = cells.entry((party, sector.clone())).or_default();
            names.insert(payoff.outcome.name());
            *sum = &*sum + &moved;
        }
    }
    let mut table = Table::new(&[Column::Left, Column::Left, Column::Left, Column::Right, Column::Cut]);
    table.row(["", "delivers", "outcomes", "moved", ""]);
    let mut last = None;
    for ((party, sector), (names, moved)) in &cells {
        let known = &contract.parties[*party];
        let own = known.sector.clone().unwrap_or_default().replace('_', " ");
        let [name, own] = if last == Some(*party) { Default::default() } else { [known.id.clone(), own] };
        let names = names.iter().cloned().collect::<Vec<_>>().join(", ");
        table.cells(vec![name, own, sector.clone(), money(model, moved), names]);
        last = Some(*party);
    }
    table
}

/// Areas of integration without money on them, where the contract names areas at all.
pub fn unpaid(findings: &Findings<'_>) -> Option<String> {
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
