//! Differences split by cause: by hand, in any order of the file, and exactly.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod ledger;

use carepact::{AsOf, Contract, Model, Observations};
use carepact_finance::attribution::{Attribution, Cause, Causes, Ground, attribute};
use ledger::Draw;

const HEAD: &str = r#""carepact": 1, "contract": "c", "title": "C", "synthetic": true, "currency": "GBP",
  "rounding": { "mode": "half_away", "residue": "last" }, "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
  "parties": [{ "id": "icb", "role": "commissioner" }, { "id": "trust", "role": "provider" },
    { "id": "gps", "role": "provider" }]"#;

const MEASURES: [&str; 3] = [
    r#""people": { "kind": "count", "unit": "person", "per": "year", "range": [0, 100000] }"#,
    r#""visits": { "kind": "count", "unit": "visit", "per": "year", "range": [0, 100000] }"#,
    r#""seen": { "kind": "ratio", "per": "year", "range": [0, 1], "denominator_range": [1, 1000],
      "better": "higher" }"#,
];

const CLAUSES: [&str; 4] = [
    r#""core": { "kind": "capitation", "from": "icb", "to": "trust", "per": "year", "amount": "people * price" }"#,
    r#""visiting": { "kind": "activity", "from": "icb", "to": { "shares": "parts" }, "per": "year",
      "amount": "visits * fee" }"#,
    r#""bonus": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year",
      "amount": "seen * paid(core) * tenth" }"#,
    r#""share": { "kind": "incentive", "from": "trust", "to": "gps", "per": "year",
      "amount": "if seen >= 50% then paid(bonus) * third else people * price * tenth" }"#,
];

/// The contract with its measures, tables and clauses in an order.
fn contract((price, fee): (i64, i64), order: usize) -> Model {
    let tables = [
        format!(r#""price": "{price} GBP/person""#),
        format!(r#""fee": "{fee} GBP/visit""#),
        r#""tenth": "10%", "third": "33.33%""#.to_string(),
        r#""parts": { "by": ["party"], "values": { "trust": "70%", "gps": "30%" }, "else": 0, "sum": "100%" }"#.into(),
    ];
    let turned = |parts: &[&str]| {
        let mut parts = parts.to_vec();
        let count = parts.len();
        parts.rotate_left(order % count);
        if order >= parts.len() {
            parts.reverse();
        }
        parts.join(",\n")
    };
    let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
    let text = format!(
        "{{ {HEAD},\n\"measures\": {{ {} }},\n\"tables\": {{ {} }},\n\"clauses\": {{ {} }} }}",
        turned(&MEASURES),
        turned(&tables),
        turned(&CLAUSES)
    );
    Contract::parse(&text).unwrap().compile().unwrap()
}

/// Observations with a submission for each row.
fn observed(rows: &[[&str; 4]]) -> Observations {
    let headings =
        ["measure", "period", "value", "numerator", "denominator", "submission"].map(str::to_string);
    let mut observations = Observations::new();
    for (at, [measure, value, share, submission]) in rows.iter().enumerate() {
        let (numerator, denominator) = share.split_once('/').unwrap_or(("", ""));
        let row = [measure, "2026/27", value, numerator, denominator, submission].map(str::to_string);
        observations.add_table("data", &headings, [(at + 2, &row[..])]);
    }
    observations
}

fn split(expected: (&Model, &Observations), actual: (&Model, &Observations)) -> Attribution {
    let ground = |(model, observations)| Ground { model, observations, as_of: AsOf::Freeze };
    attribute((ground(expected), ground(actual)), &Causes::default(), Some("2026/27")).unwrap()
}

fn parts(attribution: &Attribution, line: &str, payee: &str) -> [i64; 4] {
    let found = attribution.lines.iter().find(|(key, _)| key.0 == line && key.2 == payee);
    found.unwrap().1.parts
}

fn plan(people: &str, visits: &str, seen: &str) -> Observations {
    observed(&[["people", people, "", ""], ["visits", visits, "", ""], ["seen", "", seen, ""]])
}

#[test]
fn two_factors_share_what_they_do_together() {
    // 100 people at £10, then 110 at £12: £1,000 and £1,320. People add 10 × £10 or 10 × £12, on average
    // £110; the price adds 100 × £2 or 110 × £2, on average £210.
    let (before, now) = (contract((10, 1), 0), contract((12, 1), 0));
    let found = split((&before, &plan("100", "0", "0/1")), (&now, &plan("110", "0", "0/1")));
    assert_eq!(found.changed, [Cause::Population, Cause::Price]);
    assert_eq!(parts(&found, "core:2026/27", "trust"), [11_000, 21_000, 0, 0]);
}

#[test]
fn three_factors_by_hand() {
    // The bonus is a tenth of seen × people × price. Before 1/2 × 100 × 10, now 1 × 110 × 12: £50 and £132.
    // With s = 1/2 → 1, n = 100 → 110, p = 10 → 12, each averaged over the others' corners, the corners with
    // both others as they were or both changed weighing a third, the two between a sixth: seen 1/2 · (1000/3
    // + 1100/6 + 1200/6 + 1320/3)/10 … = 1/2 · 1156.667/10 = £57.8333… people 10 · (5/3 + 6/6 + 10/6 +
    // 12/3)/10 … = 10 · 8.3333/10 = £8.3333… price 2 · (50/3 + 55/6 + 100/6 + 110/3)/10 = 2 · 79.1667/10 =
    // £15.8333… Together £82.00. Rounded down they are a penny short, which goes to the largest remainder, of
    // equal ones the first.
    let (before, now) = (contract((10, 1), 0), contract((12, 1), 0));
    let found = split((&before, &plan("100", "0", "1/2")), (&now, &plan("110", "0", "2/2")));
    assert_eq!(parts(&found, "bonus:2026/27", "trust"), [834, 1583, 5783, 0]);
}

#[test]
fn a_figure_that_was_reported_before_is_restated() {
    let model = contract((10, 1), 0);
    let flex = [["people", "100", "", ""], ["visits", "40", "", "flex"], ["seen", "", "0/1", ""]];
    let both = [flex[0], flex[1], ["visits", "50", "", "freeze"], flex[2]];
    // Paid on flex: ten more visits at £1, of which the trust has 70 %.
    let found = split((&model, &observed(&flex)), (&model, &observed(&both)));
    assert_eq!(parts(&found, "visiting:2026/27", "trust"), [0, 0, 0, 700]);
    // Paid on a plan of 30: ten visits more were done, and ten more reported later.
    let found = split((&model, &plan("100", "30", "0/1")), (&model, &observed(&both)));
    assert_eq!(parts(&found, "visiting:2026/27", "trust"), [0, 0, 700, 700]);
    assert_eq!(parts(&found, "visiting:2026/27", "gps"), [0, 0, 300, 300]);
}

#[test]
fn a_figure_without_an_expected_value_changes_nothing() {
    let model = contract((10, 1), 0);
    let found = split((&model, &observed(&[["people", "90", "", ""]])), (&model, &plan("100", "40", "1/2")));
    assert_eq!((found.unplanned, found.changed.clone()), (2, vec![Cause::Population]));
    assert_eq!(parts(&found, "core:2026/27", "trust"), [10_000, 0, 0, 0]);
    assert_eq!(parts(&found, "visiting:2026/27", "trust"), [0; 4]);
}

#[test]
fn a_measure_can_be_given_another_cause() {
    let model = contract((10, 1), 0);
    let mut causes = Causes::default();
    causes.add(model.contract(), "people=performance").unwrap();
    let (before, now) = (plan("100", "0", "0/1"), plan("110", "0", "0/1"));
    let ground = |observations| Ground { model: &model, observations, as_of: AsOf::Freeze };
    let found = attribute((ground(&before), ground(&now)), &causes, None).unwrap();
    assert_eq!(parts(&found, "core:2026/27", "trust"), [0, 0, 10_000, 0]);
    assert!(causes.add(model.contract(), "peeple=population").unwrap_err().remedy.contains("`people`"));
    assert!(causes.add(model.contract(), "people=luck").is_err());
}

/// Figures before and now, and the prices of both.
fn drawn(seed: u64) -> ([i64; 4], Observations, Observations) {
    let mut draw = Draw(seed);
    let mut below = |limit: u64| i64::try_from(draw.below(limit)).unwrap();
    let prices = [1 + below(50), 1 + below(50), 1 + below(50), 1 + below(50)];
    let mut side = |submission: &str| {
        let (people, visits, seen) =
            (below(1000).to_string(), below(1000).to_string(), format!("{}/7", below(8)));
        [["people", &people, "", submission], ["visits", &visits, "", ""], ["seen", "", &seen, ""]]
            .map(|row| row.map(str::to_string))
    };
    let (before, now, later) = (side("flex"), side("flex"), side("freeze"));
    let texts = |rows: &[[String; 4]]| {
        let rows: Vec<[&str; 4]> = rows.iter().map(|row| row.each_ref().map(String::as_str)).collect();
        observed(&rows)
    };
    let with_later = [now.to_vec(), vec![later[0].clone()]].concat();
    (prices, texts(&before), texts(&with_later))
}

#[test]
fn parts_come_to_the_difference_and_no_order_matters() {
    let mut causes = 0;
    for seed in 0..60 {
        let (prices, before, now) = drawn(seed);
        let of = |order: usize| {
            let models = (contract((prices[0], prices[1]), order), contract((prices[2], prices[3]), order));
            split((&models.0, &before), (&models.1, &now))
        };
        let plain = |found: &Attribution| {
            found
                .lines
                .iter()
                .map(|(key, change)| (key.clone(), change.expected, change.actual, change.parts))
                .collect::<Vec<_>>()
        };
        let first = plain(&of(0));
        assert_eq!(first.len(), 5);
        for (key, expected, actual, parts) in &first {
            assert_eq!(parts.iter().sum::<i64>(), actual - expected, "{key:?}, seed {seed}");
            causes += parts.iter().filter(|part| **part != 0).count();
        }
        for order in 1..7 {
            assert_eq!(plain(&of(order)), first, "seed {seed}, order {order}");
        }
    }
    assert!(causes > 500, "the draws change amounts: {causes}");
}
