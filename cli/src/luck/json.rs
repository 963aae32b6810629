//! Luck as JSON for tools.

use carepact::Exact;
use carepact_scenarios::luck::{LineLuck, Odds, Probability, Risk, Settings, Several, Unknown};
use serde_json::{Map, Value, json};

use super::collected::Collected;
use super::holders::{Chance, OfHolders, Summed};
use super::{Question, enough, plain_rate};
use crate::commands::Prepared;

/// Everything.
pub fn json(prepared: &Prepared, settings: &Settings, found: Collected) -> Value {
    let contract = prepared.model.contract();
    let places = usize::try_from(contract.minor_places).unwrap_or(2);
    let several = |several: &Several| json!({ "line": several.line, "figures": several.figures });
    let unknown = |unknown: &Unknown| {
        let (figure, remedy) = (&unknown.figure.name, unknown.figure.remedy);
        json!({ "line": unknown.line, "figure": figure, "remedy": remedy })
    };
    let risk = |risk: &Risk| {
        json!({ "party": risk.party, "clause": risk.clause, "by_chance": risk.by_chance.plain(places),
            "by_performance": risk.by_performance.plain(places) })
    };
    let mut all = json!({
        "contract": contract.id,
        "currency": contract.currency,
        "periods": prepared.facts.selection.keys,
        "improvement": plain_rate(&settings.improvement),
        "acceptable": plain_rate(&settings.acceptable),
        "risks": found.risks.list(contract.minor_places).iter().map(risk).collect::<Vec<_>>(),
        "several": found.luck.several.iter().map(several).collect::<Vec<_>>(),
        "unknown": found.luck.unknown.iter().map(unknown).collect::<Vec<_>>(),
    });
    if let Some(holders) = &found.holders {
        all["holders"] = json!(holders.count());
        all["summary"] = holders.all().iter().map(|row| summed(holders, row)).collect();
    }
    all["lines"] = Value::Array(found.json);
    all
}

/// What the holders of a party have, summed up.
fn summed(holders: &OfHolders, row: &Summed) -> Value {
    let sum = holders.sum(row);
    let (clause, members, party) = row.key();
    let chance = |of: &Chance<'_>| json!({ "holder": of.holder, "chance": number(&of.chance.plain()) });
    json!({ "question": row.question.name(), "clause": clause, "members": members, "party": party,
        "periods": row.periods, "holders": sum.count, "least": chance(&sum.least),
        "median": number(&sum.median.plain()), "greatest": chance(&sum.greatest), "too_likely": sum.too_likely })
}

/// A line of a party, and of a holder of it.
pub fn line_json(line: &LineLuck, places: usize) -> Value {
    let rate = |rate: Option<&Exact>| rate.map(plain_rate);
    let money = |amount: Option<&Exact>| amount.map(|amount| amount.plain(places));
    let members: Map<String, Value> =
        line.members.iter().map(|(axis, member, _)| (axis.clone(), json!(member))).collect();
    let mut value = json!({
        "line": line.line, "clause": line.clause, "period": line.period, "members": members, "party": line.party,
        "figure": line.figure.name(), "law": line.figure.law.word(), "counted": rate(line.figure.counted.as_ref()),
        "baseline": plain_rate(&line.baseline), "starts": rate(line.starts.as_ref()),
        "fines": rate(line.fines.as_ref()), "met": rate(line.met.as_ref()),
        "target": rate(line.target.as_ref()), "improved": rate(line.improved.as_ref()),
        "money": { "unchanged": money(Some(&line.money.unchanged)), "improved": money(line.money.improved.as_ref()),
            "on_target": money(line.money.on_target.as_ref()), "by_chance": money(Some(&line.money.by_chance)),
            "by_performance": money(line.money.by_performance.as_ref()) },
    });
    if let Some(holder) = &line.holder {
        value["holder"] = json!(holder);
    }
    for question in Question::ALL {
        value[question.name()] = question.of(line).map_or(Value::Null, odds_json);
    }
    value
}

fn odds_json(odds: &Odds) -> Value {
    let chance = |chance: Option<Probability>| chance.map(|chance| number(&chance.plain()));
    json!({ "exactly": chance(odds.exact), "roughly": chance(odds.normal), "enough": number(&enough(odds.enough)),
        "too_likely": odds.too_likely })
}

/// A number as it is written, or the word that stands in its place.
fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}
