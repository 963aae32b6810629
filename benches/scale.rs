//! A contract of a hundred thousand nodes: compiled, bound in range, audited without splitting.
//!
//! `cargo bench --bench scale` prints the time of each, beside the time of one exact evaluation of the
//! same plan in the same run; `cargo bench --bench scale -- 20` takes another number of providers.
//! Memory is handed out as it is in the command.

#![allow(clippy::float_arithmetic, reason = "seconds and ratios, no money")]

use std::time::Instant;

use carepact::analyse::Budget;
use carepact::{Contract, Model};
use serde_json::{Map, Value, json};

/// That of the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Providers that give a plan of a little over 100,000 nodes.
const PROVIDERS: usize = 60;
const INDICATORS: usize = 20;
const PASSES: usize = 5;

/// A contract for five years: each provider is paid by head, month and outcome, fined and capped, and
/// shares gains and losses.
fn contract(providers: usize) -> String {
    let mut parties = vec![json!({ "id": "icb", "role": "commissioner" })];
    let (mut measures, mut clauses) = (Map::new(), Map::new());
    for index in 0..providers {
        let own = format!("p{index:02}");
        parties.push(json!({ "id": own, "role": "provider" }));
        for (name, measure) in measures_of(&own) {
            measures.insert(name, measure);
        }
        for (name, clause) in clauses_of(&own) {
            clauses.insert(name, clause);
        }
    }
    let indicators = (0..INDICATORS).map(|index| format!("i{index:02}"));
    let rows: Map<String, Value> =
        indicators.clone().map(|indicator| (indicator, json!(["5%", "35%", "55%"]))).collect();
    let indicators: Vec<Value> = indicators.map(|indicator| json!({ "id": indicator })).collect();
    json!({
        "carepact": 1, "contract": "scale", "title": "Many providers", "synthetic": true, "currency": "GBP",
        "rounding": { "mode": "half_away", "residue": "largest_remainder" },
        "term": ["2026-04-01", "2031-03-31"], "year_starts": "04-01",
        "parties": parties, "axes": { "indicator": indicators }, "measures": measures,
        "tables": {
            "price": "142.37 GBP/person/year", "pool": "120000 GBP", "fine": "200 GBP/breach",
            "schedule": { "by": ["indicator"], "columns": ["weight", "floor", "target"],
                "sum": { "weight": "100%" }, "rows": rows } },
        "curves": { "risk": { "mirror": true,
            "slices": { "0% to 2%": "0%", "2% to 6%": "50%", "above 6%": "80%" } } },
        "clauses": clauses
    })
    .to_string()
}

fn measures_of(own: &str) -> [(String, Value); 4] {
    [
        ("people", json!({ "kind": "count", "unit": "person", "per": "month", "range": [0, 400_000] })),
        (
            "result",
            json!({ "kind": "number", "by": ["indicator"], "per": "quarter", "range": [0, 1],
            "step": "0.0001", "better": "higher" }),
        ),
        (
            "breaches",
            json!({ "kind": "count", "unit": "breach", "per": "month", "range": [0, 1000],
            "better": "lower" }),
        ),
        (
            "cost",
            json!({ "kind": "money", "unit": "GBP", "per": "year", "range": [0, 400_000_000],
            "better": "lower" }),
        ),
    ]
    .map(|(name, measure)| (format!("{name}_{own}"), measure))
}

fn clauses_of(own: &str) -> [(String, Value); 5] {
    let clause = |kind: &str, (from, to): (&str, &str), per: &str, amount: String| json!({ "kind": kind, "from": from, "to": to, "per": per, "amount": amount });
    let core = format!("paid(core_{own})");
    let mut outcomes = clause(
        "incentive",
        ("icb", own),
        "quarter",
        format!("pool * schedule.weight * score(result_{own}, schedule.floor, schedule.target)"),
    );
    outcomes["lines"] = json!(["indicator"]);
    [
        ("core", clause("capitation", ("icb", own), "month", format!("people_{own} * price * months"))),
        ("outcomes", outcomes),
        ("fines", clause("penalty", (own, "icb"), "month", format!("breaches_{own} * fine"))),
        (
            "fines_cap",
            clause(
                "limit",
                ("icb", own),
                "year",
                format!("max(0, paid(fines_{own}) - round(2.5% * {core} to 0.01))"),
            ),
        ),
        (
            "share",
            clause(
                "gain_share",
                ("icb", own),
                "year",
                format!("clamp(risk({core} - cost_{own}, {core}), -5% * {core}, 5% * {core})"),
            ),
        ),
    ]
    .map(|(name, clause)| (format!("{name}_{own}"), clause))
}

/// The median time of a few passes, in seconds, and what the last one gave.
fn timed<T>(mut pass: impl FnMut() -> T) -> (f64, T) {
    let mut times = Vec::new();
    let mut given = None;
    for _ in 0..PASSES {
        // What the pass before gave is dropped before the clock runs.
        drop(given.take());
        let begun = Instant::now();
        given = Some(pass());
        times.push(begun.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    (times[PASSES / 2], given.expect("there are passes"))
}

fn main() {
    let providers = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(PROVIDERS);
    let text = contract(providers);
    let compile = || -> Model { Contract::parse(&text).and_then(Contract::compile).expect("a contract") };
    let (compiled, model) = timed(compile);
    let (nodes, facts) = (model.plan().nodes_in_order().count(), model.plan().facts().len());
    println!("{providers} providers: {nodes} nodes, {facts} facts, {} lines", model.plan().lines().len());
    let analysis = model.analysis(Budget { nodes: 0 });
    let (middle, _) = analysis.beside(None);
    let terms: Vec<_> = model.plan().lines().iter().map(|line| (carepact::Exact::ONE, line.amount)).collect();
    let (evaluated, _) = timed(|| analysis.value(&terms, &middle));
    let say = |what: &str, seconds: f64| {
        println!("  {what:<44} {:>8.3} s  {:>7.1} × one evaluation", seconds, seconds / evaluated);
    };
    say("one exact evaluation", evaluated);
    say("parse, check and compile", compiled);
    let (exposed, _) = timed(|| model.analysis(Budget { nodes: 0 }).exposures());
    say("least and most of each party and clause", exposed);
    let (audited, findings) = timed(|| model.audit(None, Budget { nodes: 0 }));
    say("all findings, without splitting", audited);
    say("compile and audit", compiled + audited);
    println!("  {} exposures, {} outcomes", findings.exposures.len(), findings.payoffs.len());
}
