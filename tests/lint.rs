//! Warnings on a design: for each rule a smallest pair of contracts, one that trips it and one that does
//! not; what the good and the bad contract of Harbourside trip, listed by hand; and the figures of overlap
//! and dilution by hand.

mod common;

use carepact::analyse::Budget;
use carepact::lint::{Review, Warning, review};
use carepact::source::rules;
use carepact::{Exact, Model, Request};
use common::{amount, compile, observations, text};

/// What differs between small contracts. Each clause list begins with a fee, so that the trust has income.
#[derive(Clone, Copy)]
struct Parts {
    term_ends: &'static str,
    parties: &'static str,
    axes: &'static str,
    measures: &'static str,
    tables: &'static str,
    clauses: &'static str,
    more: &'static str,
}

const DISPUTES: &str = r#""disputes": "within ten days; what is not contested is paid""#;
const TRUST: &str = r#"{ "id": "icb", "role": "commissioner" }, { "id": "trust", "role": "provider" }"#;
const PRIME: &str = r#"{ "id": "icb", "role": "commissioner" }, { "id": "trust", "role": "prime_contractor" },
    { "id": "sub", "role": "sub_contractor" }"#;
const PARTS: Parts = Parts {
    term_ends: "2027-03-31",
    parties: TRUST,
    axes: "",
    measures: "",
    tables: "",
    clauses: "",
    more: DISPUTES,
};

fn model(parts: &Parts) -> Model {
    let Parts { term_ends, parties, axes, measures, tables, clauses, more } = parts;
    let more = if more.is_empty() { String::new() } else { format!(", {more}") };
    let text = format!(
        r#"{{ "carepact": 1, "contract": "small", "title": "Small", "synthetic": true, "currency": "GBP",
        "rounding": {{ "mode": "half_away", "residue": "largest_remainder" }},
        "term": ["2026-04-01", "{term_ends}"], "year_starts": "04-01", "parties": [{parties}],
        "axes": {{ {axes} }}, "measures": {{ {measures} }}, "tables": {{ {tables} }},
        "clauses": {{ {clauses} }}{more} }}"#
    );
    compile("small", &text)
}

fn reviewed(model: &Model, data: &str) -> Review {
    let facts = (!data.is_empty()).then(|| {
        let data = observations("data", data);
        model.bind(&data, &Request::default()).expect("complete data")
    });
    review(&model.audit(facts.as_ref(), Budget::default()))
}

/// The rules that nobody has explained.
fn open(review: &Review) -> Vec<&'static str> {
    review.open().map(|warning| warning.rule.name).collect()
}

/// A rule with a contract that trips it alone, and one that trips nothing.
struct Pair {
    rule: &'static str,
    trips: Parts,
    fine: Parts,
    data: &'static str,
}

const FALLS: &str = r#""falls": { "kind": "count", "unit": "admission", "per": "year", "range": [0, 1000],
    "better": "lower", "missing": "refuse" }"#;
const RATE: &str = r#""rate": { "kind": "number", "per": "year", "range": [0, 1], "step": "0.01",
    "better": "higher", "missing": "refuse" }"#;
const PEOPLE: &str = r#""people": { "kind": "count", "unit": "person", "per": "year", "range": [0, 200000], "missing": "refuse" }"#;
const CORE: &str = r#""core": { "kind": "capitation", "from": "icb", "to": "trust", "per": "year",
    "amount": "people * price * months" }"#;

/// Pairs about what parties can lose.
fn borne() -> Vec<Pair> {
    let charge =
        |clauses| Parts { measures: FALLS, tables: r#""rate": "100 GBP/admission""#, clauses, ..PARTS };
    let prime = |measures, clauses| Parts { parties: PRIME, measures, clauses, ..PARTS };
    vec![
        // 100 for each of up to 1,000 admissions, to the end; or no more than 50,000.
        Pair {
            rule: "uncapped-penalty",
            trips: charge(
                r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 10000000" },
                "charge": { "kind": "penalty", "from": "trust", "to": "icb", "per": "year", "amount": "falls * rate" }"#,
            ),
            fine: charge(
                r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 10000000" },
                "charge": { "kind": "penalty", "from": "trust", "to": "icb", "per": "year",
                    "amount": "min(falls * rate, GBP 50000)" }"#,
            ),
            data: "",
        },
        // A cap of 90,000 for a trust that earns 80,000; or of 40,000.
        Pair {
            rule: "cap-looser-than-income",
            trips: charge(
                r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 80000" },
                "charge": { "kind": "penalty", "from": "trust", "to": "icb", "per": "year",
                    "amount": "min(falls * rate, GBP 90000)" }"#,
            ),
            fine: charge(
                r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 80000" },
                "charge": { "kind": "penalty", "from": "trust", "to": "icb", "per": "year",
                    "amount": "min(falls * rate, GBP 40000)" }"#,
            ),
            data: "",
        },
        // 100,000 on an income of 400,000 (25 %), and nothing on the 600,000 of the sub-contractor; or 40 % of
        // it, 10 % of the income of either.
        Pair {
            rule: "risk-kept-by-prime",
            trips: prime(
                RATE,
                r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 1000000" },
                "down": { "kind": "flow_down", "from": "trust", "to": "sub", "per": "year", "amount": "GBP 600000" },
                "pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 100000 * rate" }"#,
            ),
            fine: prime(
                RATE,
                r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 1000000" },
                "down": { "kind": "flow_down", "from": "trust", "to": "sub", "per": "year", "amount": "GBP 600000" },
                "pay": { "kind": "incentive", "from": "icb", "to": { "trust": "40%", "sub": "60%" }, "per": "year",
                    "amount": "GBP 100000 * rate" }"#,
            ),
            data: "",
        },
        Pair {
            rule: "irrecoverable-tax",
            trips: Parts {
                parties: r#"{ "id": "icb", "role": "commissioner" }, { "id": "sub", "role": "sub_contractor" },
                    { "id": "trust", "role": "prime_contractor", "recovers_tax": false }"#,
                ..prime("", DOWN)
            },
            fine: Parts {
                parties: r#"{ "id": "icb", "role": "commissioner" }, { "id": "sub", "role": "sub_contractor" },
                    { "id": "trust", "role": "prime_contractor", "recovers_tax": true }"#,
                ..prime("", DOWN)
            },
            data: "",
        },
        // Never more than 90,000 people; or up to 200,000.
        Pair {
            rule: "cohort-too-small",
            trips: Parts {
                measures: r#""people": { "kind": "count", "unit": "person", "per": "year", "range": [0, 90000],
                    "missing": "refuse" }"#,
                tables: r#""price": "100 GBP/person/year""#,
                clauses: CORE,
                ..PARTS
            },
            fine: Parts {
                measures: PEOPLE,
                tables: r#""price": "100 GBP/person/year""#,
                clauses: CORE,
                ..PARTS
            },
            data: "",
        },
    ]
}

const DOWN: &str = r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 1000000" },
    "down": { "kind": "flow_down", "from": "trust", "to": "sub", "per": "year", "amount": "GBP 600000" }"#;

/// Pairs about what is paid for.
fn paid() -> Vec<Pair> {
    let of_rate = |clauses| Parts { measures: RATE, clauses, ..PARTS };
    let at_half = r#""rate": { "kind": "number", "per": "year", "range": [0, 1], "step": "0.01", "better": "higher",
        "missing": "refuse", "baseline": "50%" }"#;
    let areas = |areas| Parts { measures: areas, clauses: PAY, ..PARTS };
    let visits = |measures| Parts {
        measures,
        tables: r#""rate": "10 GBP/patient", "listed": "1000 patient""#,
        clauses: r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 1000000" },
            "seen_pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year", "amount": "seen * rate" },
            "late_pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year",
                "amount": "(listed - late) * rate" }"#,
        ..PARTS
    };
    vec![
        // From 40 % to 60 %, at a baseline of 50 % half of it is earned; from 50 % nothing is.
        Pair {
            rule: "paid-for-standing-still",
            trips: Parts {
                measures: at_half,
                ..of_rate(
                    r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 100000" },
                    "pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year",
                        "amount": "GBP 1000 * score(rate, 40%, 60%)" }"#,
                )
            },
            fine: Parts {
                measures: at_half,
                ..of_rate(
                    r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 100000" },
                    "pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year",
                        "amount": "GBP 1000 * score(rate, 50%, 60%)" }"#,
                )
            },
            data: "",
        },
        Pair {
            rule: "overlap",
            trips: visits(
                r#""seen": { "kind": "count", "unit": "patient", "per": "year", "range": [0, 1000], "better": "higher",
                    "missing": "refuse", "events": ["visit"] },
                "late": { "kind": "count", "unit": "patient", "per": "year", "range": [0, 1000], "better": "lower",
                    "missing": "refuse", "events": ["visit"] }"#,
            ),
            fine: visits(
                r#""seen": { "kind": "count", "unit": "patient", "per": "year", "range": [0, 1000], "better": "higher",
                    "missing": "refuse", "events": ["visit"] },
                "late": { "kind": "count", "unit": "patient", "per": "year", "range": [0, 1000], "better": "lower",
                    "missing": "refuse", "events": ["call"] }"#,
            ),
            data: "",
        },
        // 2,400 of 1,000,000 is 0.24 %; 2,500 is 0.25 %, and enough.
        Pair {
            rule: "diluted-indicator",
            trips: of_rate(
                r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 1000000" },
                "pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 2400 * rate" }"#,
            ),
            fine: of_rate(
                r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 1000000" },
                "pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 2500 * rate" }"#,
            ),
            data: "",
        },
        // A guarantee of 600 that gives way pound for pound up to 60 %; or by half of what is earned.
        Pair {
            rule: "muted-clause",
            trips: of_rate(
                r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 100000" },
                "pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 1000 * rate" },
                "least": { "kind": "limit", "from": "icb", "to": "trust", "per": "year",
                    "amount": "max(GBP 0, GBP 600 - paid(pay))" }"#,
            ),
            fine: of_rate(
                r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 100000" },
                "pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 1000 * rate" },
                "least": { "kind": "limit", "from": "icb", "to": "trust", "per": "year",
                    "amount": "max(GBP 0, GBP 600 - 50% * paid(pay))" }"#,
            ),
            data: "",
        },
        Pair {
            rule: "unassigned-area",
            trips: areas(
                r#""rate": { "kind": "number", "per": "year", "range": [0, 1], "step": "0.01", "better": "higher",
                    "missing": "refuse", "areas": [1, 2, 3, 4, 5, 6, 7, 8, 9] }"#,
            ),
            fine: areas(
                r#""rate": { "kind": "number", "per": "year", "range": [0, 1], "step": "0.01", "better": "higher",
                    "missing": "refuse", "areas": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }"#,
            ),
            data: "",
        },
    ]
}

const PAY: &str = r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 100000" },
    "pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 1000 * rate" }"#;

/// Pairs about prices, and the same rules beside data.
fn prices() -> Vec<Pair> {
    let price = |tables| Parts {
        axes: r#""segment": ["old", "young"]"#,
        measures: r#""people": { "kind": "count", "unit": "person", "by": ["segment"], "per": "year",
            "range": [0, 200000], "missing": "refuse" }"#,
        tables,
        clauses: r#""core": { "kind": "capitation", "from": "icb", "to": "trust", "per": "year", "lines": ["segment"],
            "amount": "people * price * months" }"#,
        ..PARTS
    };
    let savings = |tables| Parts {
        term_ends: "2029-03-31",
        tables,
        clauses: r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 100000" },
            "taken": { "kind": "adjustment", "from": "trust", "to": "icb", "per": "year", "amount": "savings" }"#,
        ..PARTS
    };
    let half = "measure,period,value\nrate,2026/27,0.5\n";
    vec![
        Pair {
            rule: "price-below-cost",
            trips: price(
                r#""price": { "unit": "GBP/person/year", "by": ["segment"], "values": [10, 5], "costed": [11, 5] }"#,
            ),
            fine: price(
                r#""price": { "unit": "GBP/person/year", "by": ["segment"], "values": [10, 5], "costed": [10, 4] }"#,
            ),
            data: "",
        },
        // 600 of 1,000 in the first of three years; or 400.
        Pair {
            rule: "savings-front-loaded",
            trips: savings(
                r#""savings": { "unit": "GBP", "by": ["year"], "values": { "2026/27": 600, "2027/28..": 200 } }"#,
            ),
            fine: savings(
                r#""savings": { "unit": "GBP", "by": ["year"], "values": { "2026/27": 400, "2027/28..": 300 } }"#,
            ),
            data: "",
        },
        // Up to 200,000 people are admitted, and 54,000 are there; or it is not paid for people.
        Pair {
            rule: "cohort-too-small",
            trips: Parts {
                measures: PEOPLE,
                tables: r#""price": "100 GBP/person/year""#,
                clauses: CORE,
                ..PARTS
            },
            fine: Parts {
                measures: PEOPLE,
                tables: r#""price": "100 GBP/person""#,
                clauses: r#""core": { "kind": "activity", "from": "icb", "to": "trust", "per": "year",
                    "amount": "people * price" }"#,
                ..PARTS
            },
            data: "measure,period,value\npeople,2026/27,54000\n",
        },
        // Where no baseline is declared, the data are it: at 50 % half of it is earned, at the floor nothing.
        Pair {
            rule: "paid-for-standing-still",
            trips: Parts { measures: RATE, clauses: PAY, ..PARTS },
            fine: Parts {
                measures: RATE,
                clauses: r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 100000" },
                    "pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year",
                        "amount": "GBP 1000 * score(rate, 50%, 100%)" }"#,
                ..PARTS
            },
            data: half,
        },
    ]
}

/// Pairs about whether a contract can be worked.
fn worked() -> Vec<Pair> {
    let lag = r#""rate": { "kind": "number", "per": "year", "range": [0, 1], "step": "0.01", "better": "higher",
        "missing": "refuse", "lag_months": 3 }"#;
    let seen = |measures, clauses| Parts { measures, clauses, ..PARTS };
    let of_seen = r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 100000" },
        "pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 1000 * seen" }"#;
    let from_one = r#""seen": { "kind": "ratio", "per": "year", "range": [0, 1], "denominator_range": [1, 1000],
        "better": "higher", "missing": "refuse" }"#;
    vec![
        Pair {
            rule: "due-before-data",
            trips: Parts {
                measures: lag,
                clauses: r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 100000" },
                    "pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year",
                        "amount": "GBP 1000 * rate", "settles": { "after_months": 2 } }"#,
                ..PARTS
            },
            fine: Parts {
                measures: lag,
                clauses: r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 100000" },
                    "pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year",
                        "amount": "GBP 1000 * rate", "settles": { "after_months": 3 } }"#,
                ..PARTS
            },
            data: "",
        },
        Pair {
            rule: "no-minimum-denominator",
            trips: seen(from_one, of_seen),
            fine: seen(
                r#""seen": { "kind": "ratio", "per": "year", "range": [0, 1], "denominator_range": [20, 1000],
                    "better": "higher", "missing": "refuse" }"#,
                of_seen,
            ),
            data: "",
        },
        // The rule can be in the formula: the plan shows that over fewer than 20 nothing moves.
        Pair {
            rule: "no-minimum-denominator",
            trips: seen(
                from_one,
                r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 100000" },
                "pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year",
                    "amount": "GBP 1000 * (if denominator(seen) >= 19 then seen else 0)" }"#,
            ),
            fine: seen(
                from_one,
                r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 100000" },
                "pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year",
                    "amount": "GBP 1000 * (if denominator(seen) >= 20 then seen else 0)" }"#,
            ),
            data: "",
        },
        Pair {
            rule: "no-missing-data-rule",
            trips: Parts {
                measures: r#""rate": { "kind": "number", "per": "year", "range": [0, 1], "step": "0.01", "better": "higher" }"#,
                clauses: PAY,
                ..PARTS
            },
            fine: Parts { measures: RATE, clauses: PAY, ..PARTS },
            data: "",
        },
        Pair {
            rule: "no-dispute-rule",
            trips: Parts { measures: RATE, clauses: PAY, more: "", ..PARTS },
            fine: Parts { measures: RATE, clauses: PAY, ..PARTS },
            data: "",
        },
        Pair {
            rule: "idle-silence",
            trips: Parts {
                measures: RATE,
                clauses: PAY,
                more: r#""disputes": "by the directors", "silenced": { "no-dispute-rule": "an earlier draft had none" }"#,
                ..PARTS
            },
            fine: Parts {
                measures: RATE,
                clauses: PAY,
                more: r#""silenced": { "no-dispute-rule": "the framework agreement has one" }"#,
                ..PARTS
            },
            data: "",
        },
    ]
}

fn pairs() -> Vec<Pair> {
    [borne(), paid(), prices(), worked()].into_iter().flatten().collect()
}

#[test]
fn each_rule_is_tripped_by_one_of_a_pair_and_alone() {
    for Pair { rule, trips, fine, data } in pairs() {
        assert_eq!(open(&reviewed(&model(&trips), data)), [rule], "{rule}: trips");
        assert_eq!(open(&reviewed(&model(&fine), data)), [""; 0], "{rule}: fine");
    }
}

#[test]
fn each_rule_has_a_pair() {
    let pairs = pairs();
    for rule in rules::ALL {
        assert!(pairs.iter().any(|pair| pair.rule == rule.name), "{} has no pair", rule.name);
        for words in [rule.rule, rule.reason, rule.source, rule.remedy] {
            assert!(
                !words.is_empty() && !words.ends_with('.') && !words.contains("  "),
                "{}: {words}",
                rule.name
            );
        }
    }
}

#[test]
fn a_silence_means_what_it_names_and_is_listed_with_its_reason() {
    let more =
        |more| Parts { measures: FALLS_AND_DELAYS, tables: RATES, clauses: TWO_CHARGES, more, ..PARTS };
    let disputes = DISPUTES.to_string();
    // Without a silence both charges are named.
    assert_eq!(open(&reviewed(&model(&more(DISPUTES)), "")), ["uncapped-penalty"; 2]);
    // A silence of one measure leaves the other.
    let one: &'static str = Box::leak(
        format!(r#"{disputes}, "silenced": {{ "uncapped-penalty:falls": "agreed by the board" }}"#)
            .into_boxed_str(),
    );
    let found = reviewed(&model(&more(one)), "");
    assert_eq!(open(&found), ["uncapped-penalty"]);
    let explained: Vec<(&Warning, &str)> = found.explained().collect();
    assert_eq!(explained.len(), 1);
    assert_eq!((explained[0].0.clauses[0].as_str(), explained[0].1), ("falls_charge", "agreed by the board"));
    // A silence of the rule means both.
    let both: &'static str =
        Box::leak(format!(r#"{disputes}, "silenced": {{ "uncapped-penalty": "agreed" }}"#).into_boxed_str());
    let found = reviewed(&model(&more(both)), "");
    assert_eq!((open(&found).len(), found.explained().count()), (0, 2));
}

const FALLS_AND_DELAYS: &str = r#""falls": { "kind": "count", "unit": "admission", "per": "year", "range": [0, 1000],
    "better": "lower", "missing": "refuse" }, "delays": { "kind": "count", "unit": "day", "per": "year",
    "range": [0, 1000], "better": "lower", "missing": "refuse" }"#;
const RATES: &str = r#""rate": "100 GBP/admission", "a_day": "100 GBP/day""#;
const TWO_CHARGES: &str = r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year",
    "amount": "GBP 10000000" },
    "falls_charge": { "kind": "penalty", "from": "trust", "to": "icb", "per": "year", "amount": "falls * rate" },
    "delay_charge": { "kind": "penalty", "from": "trust", "to": "icb", "per": "year", "amount": "delays * a_day" }"#;

#[test]
fn effective_numbers_by_hand() {
    // Worth 10,000 each: 20,000² / (2 × 10,000²) = 2.
    let visits = paid().swap_remove(1).trips;
    let found = reviewed(&model(&visits), "");
    let number = |review: &Review| review.concentrations.last().expect("one for all").effective.clone();
    assert_eq!((number(&found), found.worth.len()), (amount("2"), 2));
    // Worth 30,000 and 10,000: 40,000² / (30,000² + 10,000²) = 1.6.
    let clauses = r#""fee": { "kind": "block", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 1000000" },
        "seen_pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year", "amount": "3 * seen * rate" },
        "late_pay": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year", "amount": "(listed - late) * rate" }"#;
    let found = reviewed(&model(&Parts { clauses, ..visits }), "");
    assert_eq!(number(&found), amount("1.6"));
    // One more seen pays 30, one late fewer 10: 40 for one visit.
    assert_eq!(found.overlaps[0].together(), (amount("40"), amount("40")));
}

const GOOD: (&str, &str) = ("contracts/harbourside/prime-provider.json", "fixtures/harbourside/2026-27.csv");
const BAD: (&str, &str) = ("contracts/harbourside/bad.json", "fixtures/harbourside/bad-2026-27.csv");

fn shipped((contract, data): (&str, &str)) -> Review {
    reviewed(&compile(contract, &text(contract)), &text(data))
}

/// A rule, the clause that it is at (none for the contract), and a name of what it was found of.
fn at(warning: &Warning) -> (&'static str, String, String) {
    let clause = warning.clauses.first().cloned().unwrap_or_default();
    (warning.rule.name, clause, warning.of.first().cloned().unwrap_or_default())
}

fn list(rows: &[(&'static str, &str, &str)]) -> Vec<(&'static str, String, String)> {
    rows.iter().map(|(rule, clause, of)| (*rule, clause.to_string(), of.to_string())).collect()
}

#[test]
fn the_bad_contract_trips_each_rule_that_it_was_written_for() {
    let expected = list(&[
        // The smallest party is charged for every fall; the prime bears all of every overspending.
        ("uncapped-penalty", "falls_charge", "vol"),
        ("uncapped-penalty", "emergency_share", "llp"),
        // Delays can cost 80 million, and the trust earns 72.
        ("cap-looser-than-income", "delays", "act"),
        // Sub-contracts are fixed fees.
        ("risk-kept-by-prime", "", "llp"),
        ("irrecoverable-tax", "", "llp"),
        // 54,000 people over 65.
        ("cohort-too-small", "core", "llp"),
        // 65.5 % before, a floor of 63 %.
        ("paid-for-standing-still", "outcomes", "B01"),
        // 7,800 against 8,100, and 950 against 985.
        ("price-below-cost", "", "price"),
        // 15 of 18 million in two of five years.
        ("savings-front-loaded", "savings_taken", ""),
        // Due after one month, known after nine.
        ("due-before-data", "outcomes", "outcome"),
        // Who is seen within the hour is also counted as waiting.
        ("overlap", "outcomes", "patient_in_ae"),
        // 0.05 % of what is held back; and what is left of the payment for waiters, 60,000 of 72 million.
        ("diluted-indicator", "outcomes", "B03"),
        ("diluted-indicator", "waiting_payment", "long_waits"),
        // Beyond 500 waiters all of it is taken back.
        ("muted-clause", "waiting_limit", "long_waits"),
        // Areas 6, 7 and 10 have money on them.
        ("unassigned-area", "", "1"),
        ("no-minimum-denominator", "", "B01"),
        ("no-missing-data-rule", "", "registered"),
        ("no-dispute-rule", "", ""),
        ("idle-silence", "volunteers", "uncapped-penalty"),
    ]);
    let found = shipped(BAD);
    assert_eq!(found.warnings.iter().map(at).collect::<Vec<_>>(), expected);
    assert_eq!(found.explained().count(), 0);
    for rule in rules::ALL {
        assert!(expected.iter().any(|(name, ..)| *name == rule.name), "{} is not tripped", rule.name);
    }
}

#[test]
fn the_good_contract_trips_nothing_that_it_does_not_explain() {
    let found = shipped(GOOD);
    assert_eq!(open(&found), [""; 0]);
    let expected = list(&[
        // A teaching point: 65.5 % before, a floor of 63 %.
        ("paid-for-standing-still", "outcomes", "C09"),
        // Teaching points: the same patients in A&E.
        ("overlap", "outcomes", "mental_health_patient_in_ae"),
        ("overlap", "outcomes", "over_12_hours_in_ae"),
        // Small shares beside a larger one of another party.
        ("diluted-indicator", "outcomes", "C06"),
        ("diluted-indicator", "outcomes", "C10"),
        ("diluted-indicator", "outcomes", "C12"),
        ("diluted-indicator", "outcomes", "C14"),
        // The cap on sanctions, and the guarantee of the council.
        ("muted-clause", "sanctions_cap", "ed_12h"),
        ("muted-clause", "council_floor", "C11"),
        ("muted-clause", "council_floor", "C13"),
    ]);
    assert_eq!(found.warnings.iter().map(at).collect::<Vec<_>>(), expected);
    // (65.5 − 63) / 3.7 of 499,104.00.
    assert!(
        found.warnings[0].found.contains("337,232.43 GBP of 499,104.00 GBP"),
        "{}",
        found.warnings[0].found
    );
}

#[test]
fn what_one_patient_in_ae_is_worth() {
    let found = shipped(GOOD);
    let overlap = &found.overlaps[0];
    let outcomes: Vec<&str> = overlap.outcomes.iter().map(|pay| pay.outcome.as_str()).collect();
    assert_eq!(outcomes, ["outcome C03", "outcome C04", "outcome C08"]);
    // The money of the outcome over the patients between floor and target: 20 % of 4,320, 6 % of 4,800, 15 % of 790.
    let each = |money: &str, share: &str, people: &str| {
        amount(money).checked_div(&(&amount(share) * &amount(people))).expect("not over zero")
    };
    let by_hand =
        [each("1372536", "20%", "4320"), each("1247760", "6%", "4800"), each("873432", "15%", "790")];
    let now: Vec<Exact> = overlap.outcomes.iter().map(|pay| pay.together().0).collect();
    assert_eq!(now, by_hand);
    assert_eq!(overlap.together().1, by_hand.iter().sum::<Exact>());
    // The breach of twelve hours: 4,332.50 as C04, and 1,000.00 as a sanction.
    assert_eq!(found.overlaps[1].together().0, amount("5332.50"));
}
