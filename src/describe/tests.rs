//! The sentences that a contract manager reads, for a small contract and for Harbourside.

use super::functions::{AGGREGATES, FUNCTIONS, PERIOD};
use super::words::Words;
use super::{areas, describe, sector_table};
use crate::calendar::PeriodKind;
use crate::contract::{Contract, RESERVED, Written, read};
use crate::formula;
use crate::source::{Document, Place};

const SMALL: &str = r#"{ "carepact": 1, "contract": "small", "title": "A small contract", "synthetic": true,
  "currency": "GBP", "rounding": { "mode": "half_away", "residue": "last" },
  "term": ["2026-04-01", "2029-03-31"], "year_starts": "04-01",
  "parties": [
    { "id": "icb", "name": "Northshore ICB", "role": "commissioner" },
    { "id": "pot", "name": "The pot", "role": "pool" },
    { "id": "emh", "name": "Estuary", "role": "prime_provider", "sector": "mental_health" },
    { "id": "sba", "name": "St Bride's", "role": "sub_contractor", "sector": "acute" } ],
  "axes": { "segment": ["frail", "other"], "indicator": [
    { "id": "C01", "title": "Full physical health check, severe mental illness" },
    { "id": "C03", "title": "Liaison psychiatry" }] },
  "measures": {
    "registered": { "title": "People on the list", "kind": "count", "unit": "person", "by": ["segment"],
      "per": "quarter", "combine": "mean", "range": [0, 400000], "lag_months": 1 },
    "outcome": { "kind": "ratio", "by": ["indicator"], "per": "year", "range": [0, 1],
      "denominator_range": [1, 50000], "better": { "C01": "higher", "C03": "lower" }, "missing": "absent",
      "sector": { "C01": "physical", "C03": "mental" }, "areas": { "C01": [2, 4], "C03": [7] } },
    "cost": { "kind": "money", "unit": "GBP", "per": "year", "range": [0, 90000000], "better": "lower" } },
  "tables": {
    "price": { "unit": "GBP/person/year", "by": ["segment"], "values": [11400, "77.6"] },
    "uplift": { "by": ["year"], "values": { "2026/27": "0%", "2027/28..": "2.15%" } },
    "held": { "by": ["indicator", "party"], "else": 0, "sum": "100%",
      "values": { "C01": { "emh": "60%", "sba": "40%" }, "C03": { "sba": "100%" } } },
    "fee": "3150000 GBP/year" },
  "curves": {
    "corridor": { "slices": { "0% to 2%": "0%", "above 2%": "50%" }, "mirror": true },
    "steps": { "of": "GBP", "bands": { "below 5000": 0, "from 5000": "10%" } },
    "line": { "points": [[80, 0], [90, 1000]], "outside": "hold" } },
  "quantities": {
    "grown": { "per": "year", "is": "(previous(grown) else price) * (1 + uplift)" },
    "good": "if outcome is C01 then 1 else 0" },
  "clauses": {
    "core": { "kind": "capitation", "title": "Payment per person", "ref": "Schedule 3", "from": "icb",
      "to": "emh",
      "per": "month", "lines": ["segment"], "cumulative": "year",
      "amount": "sum(registered * price * months over month to date)",
      "on_account": { "each": "month", "amount": "price[frail] * months", "day": 15 },
      "settles": { "after_months": 2, "data": "freeze" } },
    "outcomes": { "kind": "incentive", "from": "icb", "to": { "shares": "held" }, "through": "emh",
      "per": "year",
      "lines": ["indicator"], "amount": "GBP 1000 * (score(outcome, 60%, 75%) else 0)" },
    "shared": { "kind": "gain_share", "from": "icb", "to": "pot", "per": "year",
      "status": { "2026/27": "shadow", "2027/28..": "live" }, "amount": "corridor(GBP 500 - cost, GBP 500)" },
    "pay_out": { "kind": "flow_down", "from": "pot", "to": { "emh": "50%", "sba": "50%" }, "per": "year",
      "amount": "net(pot, shared)", "active": ["2026/27", "2026/27"], "round": 1 } },
  "groups": { "all_money": ["core", "outcomes"] } }"#;

const HARBOURSIDE: &str = include_str!("../../contracts/harbourside/prime-provider.json");

fn contract(text: &str) -> Contract {
    let (contract, problems) = read(Document::parse(text).unwrap());
    assert!(problems.is_empty(), "{problems:?}");
    contract.unwrap()
}

/// The text with every run of white space as one space.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_says(text: &str, sentences: &[&str]) {
    let said = flat(text);
    for sentence in sentences {
        assert!(said.contains(&flat(sentence)), "missing: {sentence}\n\n{text}");
    }
}

#[test]
fn every_function_has_words() {
    let own_form = ["round", "floor", "ceiling", "party"];
    for name in RESERVED.into_iter().filter(|name| !own_form.contains(name)) {
        let function = FUNCTIONS.iter().chain(&AGGREGATES).any(|words| words.function == name);
        assert!(function || PERIOD.iter().any(|(word, _)| *word == name), "no words for `{name}`");
    }
}

#[test]
fn formulas_are_said_without_ambiguity() {
    let contract = contract(SMALL);
    let words = Words::new(&contract);
    let table = [
        ("a_b * (c - d) / e", "a b × (c − d) ÷ e"),
        ("a - (b - c)", "a − (b − c)"),
        ("max(0, a - b) * c", "(the greater of 0 and a − b) × c"),
        ("min(a, max(b, c))", "the lesser of a and the greater of b and c"),
        ("max(min(a, b), c)", "the greater of (the lesser of a and b) and c"),
        ("clamp(a + b, -5%, GBP 2500.5)", "a + b, but at least −5% and at most £2,500.50"),
        ("2 * clamp(a, 0, 1)", "2 × (a, but at least 0 and at most 1)"),
        ("-a * b", "−a × b"),
        (
            "if a >= 2 and not b then c else d else 0",
            "if a is at least 2 and not b: c; otherwise d, or 0 where that is missing",
        ),
        ("(a or b) and c", "(a or b) and c"),
        ("a and b or c", "(a and b) or c"),
        ("previous(grown)", "grown of the year before"),
        ("previous(registered, 2)", "people on the list as it was 2 quarters before"),
        ("given(outcome)", "there is a value for outcome"),
        (
            "paid(all_money) - net(party, core)",
            "what is paid under “all money” − (what the party receives less what it pays under “core”)",
        ),
        ("net(sba, core)", "what St Bride's receives less what it pays under “core”"),
        ("sum(a + b over segment) * 2", "(the sum of (a + b) over all segments) × 2"),
        ("sum(a over month to date)", "the sum of a over the months of the contract year to date"),
        ("sum(a over month to date within term)", "the sum of a over the months of the term to date"),
        ("sum(a over month)", "the sum of a over the months of the quarter"),
        (
            "count(a > 1 over indicator) >= 3",
            "(the number of indicators for which a is above 1) is at least 3",
        ),
        (
            "mean(a over indicator within segment where given(a))",
            "the mean of a over the indicators of the segment where there is a value for a",
        ),
        ("percentile(a over segment, 75%, upper)", "the 75% percentile (upper) of a over all segments"),
        ("round(a * b to 1)", "(a × b) rounded to a whole number"),
        ("floor(a to 0.1%)", "a rounded down to 0.1%"),
        ("corridor(a, b)", "the curve corridor, its bounds taken as shares of b, at a"),
        ("price[frail] * held.share", "price for frail × held share"),
    ];
    for (text, expected) in table {
        let parsed = formula::parse(text).unwrap();
        let written = Written { formula: parsed, text: text.into(), place: Place::start() };
        assert_eq!(words.formula(&written, Some(PeriodKind::Quarter)), expected, "{text}");
    }
}

#[test]
fn the_head_and_what_is_observed_are_said() {
    let text = describe(&contract(SMALL));
    assert_says(
        &text,
        &[
            "SYNTHETIC: this contract is invented.",
            "It runs from 1 April 2026 to 31 March 2029: 3 contract years, 2026/27 to 2028/29, beginning \
             on 1 April.",
            "Every amount is rounded to the penny, ties away from zero; odd pennies go to the last party \
             with a share.",
            "Estuary emh prime provider mental health",
            "The pot is a pool: it passes on all it receives.",
            "- People on the list (“registered”): a count of people, for each segment, every quarter. \
             Between 0 and \
             400,000. Over a longer period their mean is taken. It is known 1 month after the quarter.",
            "- Outcome: a ratio, numerator over denominator, for each indicator, every year. Between 0% \
             and 100%, \
             its denominator between 1 and 50,000. It may be missing: it then has no value. Higher is \
              better; for \
             C03 lower is. It is an outcome of physical health for C01; of mental health for C03.",
        ],
    );
}

#[test]
fn agreed_numbers_are_said() {
    let text = describe(&contract(SMALL));
    assert_says(&text, &["- Fee: £3,150,000 per year.", "Segment £ per person per year", "other 77.60"]);
    assert!(text.contains("    2026/27                0%\n    2027/28 to 2028/29  2.15%\n"), "{text}");
    assert!(text.contains("    C01        60%   40%\n    C03          –  100%\n"), "{text}");
    assert_says(
        &text,
        &[
            "for each indicator the numbers of all parties add up to 100%:",
            "of the part from 0% to 2%: 0%; of the part above 2%: 50%; below zero the same in mirror image",
            "below £5,000: 0; from £5,000: 10%.",
            "0 at 80 and 1,000 at 90, straight lines between; beyond the first and the last point their \
             value holds.",
            "- Grown, each year: (grown of the year before, or price where that is missing) × (1 + uplift).",
        ],
    );
}

#[test]
fn clauses_are_said() {
    assert_says(
        &describe(&contract(SMALL)),
        &[
            "1. Payment per person (“core”; Schedule 3) Capitation: an amount per head of a defined \
             population.",
            "Northshore ICB pays Estuary. It is assessed every month, with a line for each segment.",
            "To date: the amount is that of the contract year to date",
            "On account: every month, on the 15th of the month: price for frail × months.",
            "Settled: 2 months after the month, on the final submission of data (freeze).",
            "Proved: the amount is never negative and never falls as the people or items counted rise.",
            "Northshore ICB pays Estuary and St Bride's, each by its share in the table “held”, through \
             Estuary.",
            "Amount: £1,000 × (the score of outcome (0 at 60%, 1 at 75%), or 0 where that is missing).",
            "Status: 2026/27 in shadow: worked out and shown, but not paid; 2027/28 to 2028/29 live.",
            "The pot pays Estuary (50%) and St Bride's (50%). It is assessed every year.",
            "If the amount is negative, it is paid the other way.",
            "Rounding: to £1 instead.",
            "In force: only in 2026/27.",
            "- “all money”: core and outcomes.",
        ],
    );
}

#[test]
fn money_at_risk_is_laid_out_by_sector() {
    let contract = contract(SMALL);
    let row = |at: &super::AtRisk| {
        let holder = at.holder_sector.clone().unwrap_or_default();
        let outcome = at.outcome_sector.clone().unwrap_or_default();
        format!("{holder}>{outcome}:{} {}", contract.clauses[at.clause.0].id, at.members.join(","))
    };
    // The pool stands for its members; cost has no sector; only the acute trust holds C03.
    assert_eq!(
        sector_table(&contract).iter().map(row).collect::<Vec<_>>(),
        [
            "acute>physical:outcomes C01",
            "acute>mental:outcomes C03",
            "acute>:shared ",
            "mental_health>physical:outcomes C01",
            "mental_health>:shared ",
        ]
    );
    assert_says(
        &describe(&contract),
        &[
            "Mental health providers hold money at risk on physical health outcomes, under “outcomes”.",
            "Nobody is paid for mental health in public-health programmes (area 1), persistent",
        ],
    );
}

#[test]
fn areas_are_covered_or_nobody_is_paid() {
    let covered = |text: &str| -> Vec<i64> {
        let areas = areas(&contract(text));
        areas.iter().filter(|area| !area.covers.is_empty()).map(|area| area.number).collect()
    };
    assert_eq!(covered(SMALL), [2, 4, 7]);
    assert_eq!(covered(HARBOURSIDE), (1..=10).collect::<Vec<i64>>());
    let unpaid = SMALL.replace("incentive", "payment");
    assert_eq!(covered(&unpaid), [0; 0]);
    assert_says(&describe(&contract(&unpaid)), &["nothing, though it is observed"]);
}

#[test]
fn the_same_contract_gives_the_same_lines_of_readable_width() {
    let text = describe(&contract(HARBOURSIDE));
    assert_eq!(text, describe(&contract(HARBOURSIDE)));
    for line in text.lines() {
        assert!(line.chars().count() <= 100 && line == line.trim_end(), "{line}");
    }
}
