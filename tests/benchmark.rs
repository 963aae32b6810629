//! The benchmark contract: scenarios from the specification's integer generator, each line and
//! payment recomputed here in integer pence as the specification words it, and – where the test
//! data are present beside the repository – the published 1,000 scenarios and 36 edge rows.

mod common;

use std::collections::BTreeMap;
use std::path::PathBuf;

use carepact::statement::{LineType, Statement};
use carepact::{Exact, Model, Observations, Request};
use common::{compile, text};

const CONTRACT: &str = "contracts/benchmark/benchmark.json";
const FIELDS: usize = 32;

/// Value `field` of scenario `s`: splitmix64 over the index, scaled into the range.
fn generated(s: u64, field: usize, (lo, hi): (u64, u64)) -> u64 {
    let index = 32 * s + field as u64;
    let mut z = 20_260_101u64.wrapping_add((index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    lo + (((z >> 34) * (hi - lo + 1)) >> 30)
}

/// Weight, threshold and target of the indicators in hundredths of a percent, from the specification.
const INDICATORS: [(u64, u64, u64); 20] = [
    (500, 3500, 5500),
    (700, 4200, 6500),
    (600, 3000, 4200),
    (650, 6000, 8000),
    (800, 1200, 800),
    (600, 1650, 1250),
    (450, 4200, 5300),
    (500, 7500, 8800),
    (350, 2500, 4500),
    (550, 7000, 8000),
    (600, 7600, 9500),
    (550, 900, 350),
    (450, 4400, 5200),
    (300, 7000, 9500),
    (350, 5000, 6000),
    (400, 6000, 6670),
    (400, 7200, 8500),
    (450, 8400, 9500),
    (450, 260, 190),
    (350, 4000, 4700),
];

/// Members at plan, price in pence, weight in ten-thousandths.
const SEGMENTS: [(u64, i128, i128); 6] = [
    (210_000, 31_245, 10_000),
    (85_000, 26_890, 10_325),
    (62_000, 114_530, 9_875),
    (9_500, 398_075, 11_040),
    (4_200, 441_260, 10_615),
    (14_300, 612_015, 10_250),
];

fn range(field: usize) -> (u64, u64) {
    match field {
        0..6 => (SEGMENTS[field].0 * 9 / 10, SEGMENTS[field].0 * 11 / 10),
        6..26 => {
            let (_, t, g) = INDICATORS[field - 6];
            let w = g.abs_diff(t) / 2;
            (t.min(g).saturating_sub(w), (t.max(g) + w).min(10_000))
        }
        26 => (5_000, 9_500),
        27 => (6_000, 10_000),
        28 => (0, 12_000),
        29 => (0, 5_000),
        30 => (0, 1_200),
        _ => (27_500_000_000, 34_500_000_000),
    }
}

fn scenario(s: u64) -> Vec<i128> {
    (0..FIELDS).map(|field| i128::from(generated(s, field, range(field)))).collect()
}

/// Nearest whole number of a fraction, ties away from zero.
fn r2(n: i128, d: i128) -> i128 {
    let size = (2 * n.abs() + d) / (2 * d);
    if n < 0 { -size } else { size }
}

/// Every line and payment in pence, as the specification words them.
fn recomputed(x: &[i128]) -> BTreeMap<String, i128> {
    let mut out = BTreeMap::new();
    let caps: Vec<i128> = (0..6).map(|s| r2(x[s] * SEGMENTS[s].1 * SEGMENTS[s].2, 10_000)).collect();
    let v: i128 = caps.iter().sum();
    let pool = r2(v * 5, 100);
    let mut earned_total = 0;
    for (i, (w, t, g)) in INDICATORS.iter().map(|(w, t, g)| (*w as i128, *t as i128, *g as i128)).enumerate()
    {
        let (mut n, mut d) = (x[6 + i] - t, g - t);
        if d < 0 {
            (n, d) = (-n, -d);
        }
        let earned = r2(pool * w * n.clamp(0, d), 10_000 * d);
        earned_total += earned;
        out.insert(format!("earned_I{:02}", i + 1), earned);
    }
    let x1 = r2(v * 4 * (x[26] - 6_000).clamp(0, 2_500), 1_000 * 2_500);
    let x2 = r2(v * 3 * (x[27] - 7_000).clamp(0, 2_500), 1_000 * 2_500);
    let raw = 20_000 * x[28] + 100_000 * x[29] + 500_000 * x[30];
    let penalty = raw.min(r2(v * 25, 1_000));
    let d = v - x[31];
    let a = d.abs() * 100;
    // In hundredths of a penny: half of what lies between 2 and 6 %, four fifths beyond, at most 5 %.
    let share = 50 * (a.min(6 * v) - 2 * v).max(0) + 80 * (a - 6 * v).max(0);
    let gain = d.signum() * r2(share.min(500 * v), 10_000);
    let net = v - pool + earned_total - penalty + gain;
    let shares = [4312, 1387, 1123, 958, 871, 694, 432, 223];
    let mut bases: Vec<i128> = shares.iter().map(|share| r2(net * share, 10_000)).collect();
    let residue = net - bases.iter().sum::<i128>();
    bases[0] += residue;
    for (s, cap) in caps.iter().enumerate() {
        out.insert(format!("cap_S{}", s + 1), *cap);
    }
    for (j, base) in bases.iter().enumerate() {
        out.insert(format!("base_P{}", j + 1), *base);
        let extra = if j == 0 {
            x2
        } else if j == 1 {
            x1
        } else {
            0
        };
        out.insert(format!("pay_P{}", j + 1), base + extra);
    }
    for (name, value) in [
        ("contract_value", v),
        ("outcome_pool", pool),
        ("earned_total", earned_total),
        ("cross_X1", x1),
        ("cross_X2", x2),
        ("penalty_raw", raw),
        ("penalty", penalty),
        ("gain_loss", gain),
        ("net", net),
        ("total", net + x1 + x2),
    ] {
        out.insert(name.to_string(), value);
    }
    out
}

fn decimal(value: i128, places: u32) -> String {
    Exact::scaled(value, places).to_string()
}

fn facts_of(x: &[i128]) -> Observations {
    let mut observations = Observations::new();
    let year = "2026/27";
    for (s, members) in x[..6].iter().enumerate() {
        observations.add_value("members", year, &[("segment", &format!("S{}", s + 1))], &members.to_string());
    }
    for i in 0..20 {
        let indicator = format!("I{:02}", i + 1);
        observations.add_value("result", year, &[("indicator", &indicator)], &decimal(x[6 + i], 4));
    }
    observations.add_value("health_check", year, &[], &decimal(x[26], 4));
    observations.add_value("liaison", year, &[], &decimal(x[27], 4));
    for b in 0..3 {
        observations.add_value(
            "breaches",
            year,
            &[("breach", &format!("B{}", b + 1))],
            &x[28 + b].to_string(),
        );
    }
    observations.add_value("cost", year, &[], &decimal(x[31], 2));
    observations
}

/// The same figures from the statement, in pence.
fn stated(statement: &Statement<'_>) -> BTreeMap<String, i128> {
    let mut out: BTreeMap<String, i128> = BTreeMap::new();
    let mut add = |name: String, pence: i128| *out.entry(name).or_insert(0) += pence;
    for line in statement.lines().iter().filter(|line| line.line_type == LineType::Entitlement) {
        let pence: i128 = line.amount.plain(2).replace('.', "").parse().expect("pence");
        let member = line.members.first().map_or("", |(_, member, _)| member.as_str());
        match line.clause.as_str() {
            "capitation" => {
                add(format!("cap_{member}"), pence);
                add("contract_value".into(), pence);
                add("net".into(), pence);
            }
            "withheld" => {
                add("outcome_pool".into(), pence);
                add("net".into(), -pence);
            }
            "outcomes" => {
                add(format!("earned_{member}"), pence);
                add("earned_total".into(), pence);
                add("net".into(), pence);
            }
            "sanctions" | "sanctions_cap" => {
                let sign = if line.clause == "sanctions" { 1 } else { -1 };
                if sign > 0 {
                    add("penalty_raw".into(), pence);
                }
                add("penalty".into(), sign * pence);
                add("net".into(), -sign * pence);
            }
            "gain_share" => {
                add("gain_loss".into(), pence);
                add("net".into(), pence);
            }
            "pay_out" => {
                add(format!("base_{}", line.payee), pence);
                add(format!("pay_{}", line.payee), pence);
                add("total".into(), pence);
            }
            "physical_health" | "liaison_1h" => {
                let name = if line.clause == "physical_health" { "cross_X1" } else { "cross_X2" };
                add(name.into(), pence);
                add(format!("pay_{}", line.payee), pence);
                add("total".into(), pence);
            }
            other => panic!("the benchmark has no clause {other}"),
        }
    }
    out
}

fn state(model: &Model, x: &[i128]) -> BTreeMap<String, i128> {
    let facts = model.bind(&facts_of(x), &Request::default()).unwrap_or_else(|problems| panic!("{problems}"));
    stated(&model.evaluate(&facts))
}

#[test]
fn the_generator_gives_the_scenario_of_the_specification() {
    let expected = "228814,79440,65148,10016,4233,14275,5649,5957,2982,6105,886,1299,5396,7531,3613,6591,9410,961,\
                    5173,9855,5728,6088,7498,8986,243,4632,9046,9109,2760,297,1001,33541900831";
    let got: Vec<String> = scenario(0).iter().map(ToString::to_string).collect();
    assert_eq!(got.join(","), expected);
}

#[test]
fn a_thousand_scenarios_are_equal_to_the_penny() {
    let model = compile(CONTRACT, &text(CONTRACT));
    for s in 0..1_000 {
        let x = scenario(s);
        assert_eq!(state(&model, &x), recomputed(&x), "scenario {s}");
    }
}

/// Test data that are not part of the project.
fn shared(name: &str) -> Option<PathBuf> {
    let file = common::path("../shared/bench").join(name);
    file.exists().then_some(file)
}

fn published(scenarios: &str, expected: &str, model: &Model) -> Option<usize> {
    let (Some(scenarios), Some(expected)) = (shared(scenarios), shared(expected)) else { return None };
    let mut inputs = csv::Reader::from_path(scenarios).expect("scenarios");
    let mut results = csv::Reader::from_path(expected).expect("results");
    let headings = results.headers().expect("a header").clone();
    let mut rows = 0;
    for (input, result) in inputs.records().zip(results.records()) {
        let (input, result) = (input.expect("a row"), result.expect("a row"));
        let x: Vec<i128> = input
            .iter()
            .skip(input.len() - FIELDS)
            .map(|cell| cell.parse().expect("a whole number"))
            .collect();
        let got = state(model, &x);
        for (heading, cell) in headings.iter().zip(result.iter()) {
            let pence = || cell.replace('.', "").parse::<i128>().expect("pounds with two decimals");
            match got.get(heading) {
                Some(value) => assert_eq!(*value, pence(), "row {rows}, {heading}"),
                None => assert!(
                    ["scenario", "residue", "label", "case"].contains(&heading),
                    "{heading} is compared"
                ),
            }
        }
        rows += 1;
    }
    Some(rows)
}

#[test]
fn the_published_results_are_equal_to_the_penny() {
    let contract = text(CONTRACT);
    // Two edge rows lie beyond the ranges that the contract admits; only the ranges are widened.
    let wide =
        contract.replace("[0, 400000]", "[0, 10000000]").replace("[0, 400000000]", "[0, 100000000000]");
    let (model, wide) = (compile(CONTRACT, &contract), compile(CONTRACT, &wide));
    match (
        published("scenarios_1000.csv", "expected.csv", &model),
        published("scenarios_edges.csv", "expected_edges.csv", &wide),
    ) {
        (Some(scenarios), Some(edges)) => assert_eq!((scenarios, edges), (1_000, 36)),
        _ => println!("SKIPPED: the published results are not present beside the repository"),
    }
}
