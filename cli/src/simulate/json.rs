//! A simulation for tools.

use carepact_scenarios::{Extreme, Holder, Key, Period, Summary};
use serde_json::{Map, Value, json};

use super::csv::loss_of;
use super::report::Report;

/// The simulation as JSON. Amounts are texts, so that no reader makes floats of them.
pub fn json(report: &Report) -> Value {
    let labels = report.labels();
    let several = labels.years.len() != 1;
    let amounts = report.simulation.amounts();
    let shown = amounts.filter(|(key, _)| several || key.period != Period::All);
    let ranges = report.simulation.ranges().iter().map(|range| json!([range.start, range.end]));
    let touched =
        report.simulation.clamped().iter().filter(|(_, clamped)| clamped.raised + clamped.lowered > 0);
    let touched = touched.map(
        |(name, clamped)| json!({ "drawn": name, "raised": clamped.raised, "lowered": clamped.lowered }),
    );
    json!({
        "contract": labels.contract,
        "title": labels.title,
        "currency": labels.currency,
        "years": labels.years,
        "provenance": report.provenance.json(),
        "seed": report.simulation.seed(),
        "scenarios": { "asked": report.asked, "done": report.simulation.count(), "ranges": ranges.collect::<Vec<_>>() },
        "tail": report.tail.to_string(),
        "amounts": shown.map(|(key, summary)| amount(report, key, summary)).collect::<Vec<_>>(),
        "holders": report.simulation.holders().iter().map(|each| holder(report, each)).collect::<Vec<_>>(),
        "conditions": report.simulation.broken().iter()
            .map(|(id, count)| json!({ "condition": id, "does_not_hold": count })).collect::<Vec<_>>(),
        "brought_into_range": touched.collect::<Vec<_>>(),
    })
}

fn end(report: &Report, end: Option<Extreme>) -> Value {
    end.map_or(Value::Null, |end| json!({ "amount": report.plain(end.amount), "scenario": end.scenario }))
}

fn percentiles(report: &Report, summary: &Summary) -> Map<String, Value> {
    if !summary.has_percentiles() {
        return Map::new();
    }
    let shares = report.percentiles.iter().zip(report.percentiles(summary));
    shares.map(|(share, units)| (share.to_string(), json!(report.plain(units)))).collect()
}

fn holder(report: &Report, holder: &Holder) -> Value {
    let summary = &holder.summary;
    json!({
        "holder": holder.name,
        "mean": report.plain(summary.mean()), "standard_deviation": report.plain(summary.deviation()),
        "percentiles": percentiles(report, summary),
        "least": end(report, summary.least()), "greatest": end(report, summary.most()),
    })
}

fn amount(report: &Report, key: &Key, summary: &Summary) -> Value {
    let plain = |units: i64| report.plain(units);
    let loss = loss_of(report, key).map(|loss| {
        json!({ "threshold": loss.stated.to_string(), "budget": loss.is_budget, "scenarios": loss.count })
    });
    json!({
        "party": key.party, "clause": key.clause,
        "year": match &key.period { Period::Year(_) => Some(report.period(&key.period)), Period::All => None },
        "mean": plain(summary.mean()), "standard_deviation": plain(summary.deviation()),
        "percentiles": percentiles(report, summary),
        "mean_of_least": plain(summary.mean_of_least(&report.tail)),
        "mean_of_greatest": plain(summary.mean_of_greatest(&report.tail)),
        "least": end(report, summary.least()), "greatest": end(report, summary.most()), "loss": loss,
    })
}
