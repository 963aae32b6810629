//! The benchmark contract's specification: its generator of scenarios, and every line and payment
//! recomputed in integer pence as the specification words it.

use std::collections::BTreeMap;

use carepact::batch::{Known, Output};
use carepact::num::Range;
use carepact::{Exact, Model};

/// The contract.
pub const CONTRACT: &str = "contracts/benchmark/benchmark.json";
/// Numbers of a scenario.
pub const FIELDS: usize = 32;

/// Value `field` of scenario `s`: splitmix64 over the index, scaled into the range.
pub fn generated(s: u64, field: usize, (lo, hi): (u64, u64)) -> u64 {
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

/// The least and the most of a number of a scenario.
pub fn range(field: usize) -> (u64, u64) {
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

/// All numbers of a scenario.
pub fn scenario(s: u64) -> Vec<i128> {
    (0..FIELDS).map(|field| i128::from(generated(s, field, range(field)))).collect()
}

/// Nearest whole number of a fraction, ties away from zero.
fn r2(n: i128, d: i128) -> i128 {
    let size = (2 * n.abs() + d) / (2 * d);
    if n < 0 { -size } else { size }
}

/// The names of the figures that are recomputed, in their order.
pub fn names() -> Vec<String> {
    let numbered = |name: &str, count: usize, digits: usize| {
        (1..=count).map(|n| format!("{name}{n:0digits$}")).collect::<Vec<_>>()
    };
    let totals = [
        "contract_value",
        "outcome_pool",
        "earned_total",
        "cross_X1",
        "cross_X2",
        "penalty_raw",
        "penalty",
        "gain_loss",
        "net",
        "total",
    ];
    [
        numbered("cap_S", 6, 1),
        numbered("earned_I", 20, 2),
        numbered("base_P", 8, 1),
        numbered("pay_P", 8, 1),
        totals.map(String::from).to_vec(),
    ]
    .concat()
}

/// Every line and payment in pence, as the specification words them, in the order of their names.
pub fn recomputed(x: &[i128]) -> Vec<i128> {
    let caps: Vec<i128> = (0..6).map(|s| r2(x[s] * SEGMENTS[s].1 * SEGMENTS[s].2, 10_000)).collect();
    let v: i128 = caps.iter().sum();
    let pool = r2(v * 5, 100);
    let earned = INDICATORS.iter().enumerate().map(|(i, (w, t, g))| {
        let (w, t, g) = (i128::from(*w), i128::from(*t), i128::from(*g));
        let (mut n, mut d) = (x[6 + i] - t, g - t);
        if d < 0 {
            (n, d) = (-n, -d);
        }
        r2(pool * w * n.clamp(0, d), 10_000 * d)
    });
    let earned: Vec<i128> = earned.collect();
    let earned_total: i128 = earned.iter().sum();
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
    bases[0] += net - bases.iter().sum::<i128>();
    let mut pays = bases.clone();
    pays[0] += x2;
    pays[1] += x1;
    let totals = vec![v, pool, earned_total, x1, x2, raw, penalty, gain, net, net + x1 + x2];
    [caps, earned, bases, pays, totals].concat()
}

/// The figures that a line of the contract counts for, and whether it is added or taken away.
pub fn counts_for(clause: &str, member: &str, payee: &str) -> Vec<(String, i128)> {
    let figures: &[(&str, i128)] = match clause {
        "capitation" => &[("cap_", 1), ("contract_value", 1), ("net", 1)],
        "withheld" => &[("outcome_pool", 1), ("net", -1)],
        "outcomes" => &[("earned_", 1), ("earned_total", 1), ("net", 1)],
        "sanctions" => &[("penalty_raw", 1), ("penalty", 1), ("net", -1)],
        "sanctions_cap" => &[("penalty", -1), ("net", 1)],
        "gain_share" => &[("gain_loss", 1), ("net", 1)],
        "pay_out" => &[("base_", 1), ("pay_", 1), ("total", 1)],
        "physical_health" => &[("cross_X1", 1), ("pay_", 1), ("total", 1)],
        "liaison_1h" => &[("cross_X2", 1), ("pay_", 1), ("total", 1)],
        other => panic!("the benchmark has no clause {other}"),
    };
    let named = |name: &str| match name {
        "cap_" | "earned_" => format!("{name}{member}"),
        "base_" | "pay_" => format!("{name}{payee}"),
        _ => name.to_string(),
    };
    figures.iter().map(|(name, sign)| (named(name), *sign)).collect()
}

/// The field of a scenario that a fact of the contract takes.
pub fn field(measure: &str, members: &[(String, String)]) -> usize {
    let number = || -> usize {
        let digits: String = members[0].1.chars().filter(char::is_ascii_digit).collect();
        digits.parse().expect("a member has a number")
    };
    match measure {
        "members" => number() - 1,
        "result" => 5 + number(),
        "health_check" => 26,
        "liaison" => 27,
        "breaches" => 27 + number(),
        "cost" => 31,
        other => panic!("the benchmark has no measure {other}"),
    }
}

/// What the generator draws of each fact, and its field.
pub fn known(model: &Model) -> (Vec<Known>, Vec<usize>) {
    let facts = model.plan().facts().iter();
    let fields: Vec<usize> = facts.map(|spec| field(&spec.measure, &spec.members)).collect();
    let known = fields.iter().map(|field| {
        let (least, most) = range(*field);
        let places = match field {
            6..28 => 4,
            31 => 2,
            _ => 0,
        };
        let value = |n: u64| Exact::scaled(n.into(), places);
        Known::Varies(Range { least: value(least), most: value(most), step: Some(value(1)) })
    });
    (known.collect(), fields)
}

/// An output for each of some figures.
pub fn outputs(model: &Model, names: &[String]) -> Vec<Output> {
    let mut terms: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for line in model.plan().lines() {
        let member = line.members.first().map_or("", |(_, member, _)| member.as_str());
        for part in &line.parts {
            for (name, sign) in counts_for(&line.clause, member, &part.payee) {
                terms.entry(name).or_default().push((Exact::scaled(sign, 0), part.amount));
            }
        }
    }
    names.iter().map(|name| Output { terms: terms[name].clone() }).collect()
}
