//! Warnings on a design: for each rule a smallest pair of contracts, one that trips it and one that does
//! not (`pairs.rs`); silences; the figures of overlap and dilution by hand; and what the good and the bad
//! contract of Harbourside trip, listed by hand (`shipped.rs`).

#[path = "../common/mod.rs"]
mod common;
mod pairs;
mod shipped;

use carepact::analyse::Budget;
use carepact::lint::{Review, Warning, review};
use carepact::source::rules;
use carepact::{Model, Request};
use common::{amount, compile, observations};
use pairs::{Pair, paid, pairs};

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
