//! Findings as JSON for tools: amounts are text, exact to the last digit.

use carepact::analyse::{AtStake, End, Exposure, Findings, OfHolders, Payoff, Subject, Verdict};
use carepact::plan::{FactSpec, Part};
use serde_json::{Value, json};

/// All findings.
pub fn json(findings: &Findings<'_>) -> Value {
    let model = findings.analysis.model;
    let incomes = findings
        .incomes
        .iter()
        .map(|income| json!({ "party": income.party, "amount": income.amount.to_string() }));
    json!({
        "contract": model.contract().id,
        "period": findings.period.1,
        "has_baseline": findings.has_baseline,
        "many": findings.analysis.many().map(|party| &party.id),
        "holder": findings.analysis.holders.own(),
        "holders": findings.holders.as_ref().map(|of| holders(findings, of)),
        "exposures": findings.exposures.iter().map(|known| exposure(findings, known)).collect::<Vec<_>>(),
        "incomes": incomes.collect::<Vec<_>>(),
        "at_stake": findings.at_stake.iter().map(|known| at_stake(findings, known)).collect::<Vec<_>>(),
        "design": super::warnings::json(&carepact::lint::review(findings), findings),
        "payoffs": findings.payoffs.iter().map(payoff).collect::<Vec<_>>(),
    })
}

/// Of what something is said.
pub fn subject(subject: &Subject) -> Value {
    match subject {
        Subject::Party(party) => json!({ "party": party }),
        Subject::Clause(clause) => json!({ "clause": clause }),
        Subject::Stake { clause, party } => json!({ "clause": clause, "party": party }),
    }
}

fn exposure(findings: &Findings<'_>, exposure: &Exposure) -> Value {
    let specs = findings.analysis.model.plan().facts();
    json!({
        "of": subject(&exposure.subject),
        "period": exposure.period.1,
        "least": end(specs, &exposure.least),
        "most": end(specs, &exposure.most),
    })
}

/// An end with its witness: the observations that the sum rests on.
pub fn end(specs: &[FactSpec], end: &End) -> Value {
    let observed = end.witness.iter().map(|(fact, value)| {
        let spec = &specs[fact.0 as usize];
        let part = match spec.part {
            Part::Value => "value",
            Part::Numerator => "numerator",
            Part::Denominator => "denominator",
            Part::Given => "given",
        };
        let members: Vec<&String> = spec.members.iter().map(|(_, member)| member).collect();
        let value = value.to_string();
        json!({ "measure": spec.measure, "period": spec.period.1, "members": members, part: value })
    });
    json!({
        "bound": end.bound.to_string(),
        "attained": end.is_attained(),
        "found": end.found.to_string(),
        "budget_spent": end.spent,
        "witness": observed.collect::<Vec<_>>(),
    })
}

fn holders(findings: &Findings<'_>, of: &OfHolders) -> Value {
    let specs = findings.analysis.model.plan().facts();
    let each = of.each.iter().map(|stake| {
        json!({
            "holder": stake.holder, "income": stake.income.amount.to_string(),
            "is_paid_for_services": stake.income.is_of_services, "stands": stake.stands.to_string(),
            "least": end(specs, &stake.least), "most": end(specs, &stake.most),
            "amount": stake.amount().to_string(),
            "share_of_income": stake.share.as_ref().map(ToString::to_string),
        })
    });
    let together = of.together.iter().map(|known| {
        json!({
            "clause": known.clause, "stands": known.stands.to_string(), "least": known.least.to_string(),
            "most": known.most.to_string(), "attained": known.attained,
        })
    });
    json!({
        "party": of.party, "count": of.count, "each": each.collect::<Vec<_>>(),
        "together": together.collect::<Vec<_>>(), "meet": of.meet,
    })
}

fn at_stake(findings: &Findings<'_>, stake: &AtStake) -> Value {
    json!({
        "party": stake.party,
        "clause": stake.clause,
        "least": stake.exposure.least.bound.to_string(),
        "most": stake.exposure.most.bound.to_string(),
        "attained": stake.exposure.least.is_attained() && stake.exposure.most.is_attained(),
        "amount": stake.amount().to_string(),
        "share_of_income": stake.share.as_ref().map(|share| share.to_string()),
        "period": findings.period.1,
    })
}

fn verdict(verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Proven { rounding } => json!({ "verdict": "proven", "rounding": rounding.to_string() }),
        Verdict::Refuted { worse, better, lost } => json!({
            "verdict": "refuted", "worse": worse.to_string(), "better": better.to_string(), "lost": lost.to_string(),
        }),
        Verdict::HarmlessBeside { least, most } => json!({
            "verdict": "undecided", "least_for_a_unit": least.to_string(), "most_for_a_unit": most.to_string(),
        }),
    }
}

fn payoff(payoff: &Payoff) -> Value {
    let outcome = &payoff.outcome;
    let incentives = payoff.incentives.iter().map(|incentive| {
        json!({
            "party": incentive.party, "least": incentive.least.to_string(), "most": incentive.most.to_string(),
            "now": incentive.now.to_string(), "better_never_costs": verdict(&incentive.verdict),
        })
    });
    let cliffs = payoff.cliffs.iter().map(|cliff| {
        let gains = cliff.gains.iter().map(|(party, gain)| json!({ "party": party, "gain": gain.to_string() }));
        json!({ "at": cliff.at.to_string(), "away": cliff.away.to_string(), "gains": gains.collect::<Vec<_>>() })
    });
    let zones = payoff.dead_zones.iter().map(|zone| {
        json!({ "from": zone.from.to_string(), "to": zone.to.to_string(), "holds_data": zone.holds_data })
    });
    json!({
        "measure": outcome.measure, "members": outcome.members, "period": outcome.period,
        "now": payoff.now.to_string(), "unit": outcome.unit.to_string(), "unit_words": outcome.unit_words, "sector": outcome.sector,
        "better": if outcome.better > 0 { "higher" } else { "lower" },
        "incentives": incentives.collect::<Vec<_>>(),
        "cliffs": cliffs.collect::<Vec<_>>(),
        "dead_zones": zones.collect::<Vec<_>>(),
        "exact": payoff.curve.is_exact,
    })
}
