//! A simulation for spreadsheets: one row for each amount.

use carepact_scenarios::{Key, Loss, Period, Summary};

use super::layout::percent;
use super::report::Report;
use crate::statement::csv::rows;

/// The simulation as CSV.
pub fn csv(report: &Report) -> String {
    let holders = report.simulation.holders();
    let of_holder = (!holders.is_empty()).then_some("holder");
    let fixed =
        ["party"].into_iter().chain(of_holder).chain(["clause", "year", "mean", "standard_deviation"]);
    let mut headings: Vec<String> = fixed.map(str::to_string).collect();
    let named =
        report.percentiles.iter().map(|share| format!("percentile_{}", percent(share).replace(" %", "")));
    headings.extend(named);
    let rest = [
        "mean_of_least",
        "mean_of_greatest",
        "least",
        "least_scenario",
        "greatest",
        "greatest_scenario",
        "threshold",
        "losses",
        "scenarios",
        "seed",
        "contract_sha256",
        "scenarios_sha256",
        "data_sha256",
        "version",
    ];
    headings.extend(rest.iter().map(|heading| (*heading).to_string()));
    let amounts = report.simulation.amounts();
    let several = report.labels().years.len() != 1;
    let shown = amounts.filter(|(key, _)| several || key.period != Period::All);
    let cells = shown.map(|(key, summary)| row(report, (key, None), summary));
    let many = Key { party: report.labels().many.clone(), clause: None, period: report.whole() };
    let of_holders = holders.iter().map(|each| row(report, (&many, Some(&each.name)), &each.summary));
    let cells = cells.chain(of_holders);
    String::from_utf8_lossy(&rows([headings].into_iter().chain(cells))).into_owned()
}

fn row(report: &Report, (key, holder): (&Key, Option<&String>), summary: &Summary) -> Vec<String> {
    let amount = |units: i64| report.plain(units);
    let mut cells = vec![key.party.clone().unwrap_or_default()];
    if !report.simulation.holders().is_empty() {
        cells.push(holder.cloned().unwrap_or_default());
    }
    cells.extend([
        key.clause.clone().unwrap_or_default(),
        report.period(&key.period),
        amount(summary.mean()),
        amount(summary.deviation()),
    ]);
    if summary.has_percentiles() {
        cells.extend(report.percentiles(summary).into_iter().map(amount));
        cells.push(amount(summary.mean_of_least(&report.tail)));
        cells.push(amount(summary.mean_of_greatest(&report.tail)));
    } else {
        cells.extend(vec![String::new(); report.percentiles.len() + 2]);
    }
    for end in [summary.least(), summary.most()] {
        cells.push(end.map_or(String::new(), |end| amount(end.amount)));
        cells.push(end.map_or(String::new(), |end| end.scenario.to_string()));
    }
    let loss = loss_of(report, key).filter(|_| holder.is_none());
    cells.push(loss.map_or(String::new(), |loss| loss.stated.to_string()));
    cells.push(loss.map_or(String::new(), |loss| loss.count.to_string()));
    let provenance = &report.provenance;
    cells.extend([summary.count().to_string(), report.simulation.seed().to_string()]);
    cells.extend(
        [&provenance.contract, &provenance.scenarios, &provenance.data, &provenance.version]
            .map(Clone::clone),
    );
    cells
}

/// What a party is held against for this amount.
pub fn loss_of<'r>(report: &'r Report, key: &Key) -> Option<&'r Loss> {
    let is_meant = |loss: &&Loss| {
        key.clause.is_none() && key.party.as_deref() == Some(&loss.party) && key.period == loss.period
    };
    report.simulation.losses().iter().find(is_meant)
}
