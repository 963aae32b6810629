//! For each rule a smallest contract that trips it alone, and one beside it that trips nothing.

use super::{PARTS, PRIME, Parts};

/// A rule with a contract that trips it alone, and one that trips nothing.
pub struct Pair {
    /// The rule.
    pub rule: &'static str,
    /// Trips it alone.
    pub trips: Parts,
    /// Trips nothing.
    pub fine: Parts,
    /// Observations beside which they are looked at; none where it is empty.
    pub data: &'static str,
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
pub fn paid() -> Vec<Pair> {
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

/// A pair for each rule.
pub fn pairs() -> Vec<Pair> {
    [borne(), paid(), prices(), worked()].into_iter().flatten().collect()
}
