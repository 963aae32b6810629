//! Ends of exposures that are attained to the penny: those of the Harbourside designs against figures worked
//! out by hand, and small contracts against all of their data gone through one by one.

mod common;

use carepact::analyse::{Analysis, Budget, End, Exposure, Subject, periods};
use carepact::{Exact, Model};
use common::{compile, text};

fn party(id: &str) -> Subject {
    Subject::Party(id.to_string())
}

fn clause(id: &str) -> Subject {
    Subject::Clause(id.to_string())
}

/// Every end of a contract: attained, by data that evaluate to it as a whole.
fn attained(name: &str) -> Vec<Exposure> {
    let model = compile(name, &text(name));
    let analysis = model.analysis(Budget::default());
    let exposures = analysis.exposures();
    for exposure in &exposures {
        let terms = analysis.terms(&exposure.subject, exposure.period.0);
        for end in [&exposure.least, &exposure.most] {
            let comes_to = analysis.value(&terms, &analysis.data(end, None));
            let of = format!("{name}: {:?} in {}", exposure.subject, exposure.period.1);
            assert_eq!(
                (comes_to.plain(2), end.found.plain(2)),
                (end.bound.plain(2), end.bound.plain(2)),
                "{of}"
            );
            assert!(end.is_attained() && !end.spent, "{of}");
        }
    }
    exposures
}

fn ends(exposures: &[Exposure], subject: &Subject, period: &str) -> (String, String) {
    let same = |known: &&Exposure| known.subject == *subject && known.period.1 == period;
    let found = exposures.iter().find(same).expect("an exposure");
    (found.least.bound.plain(2), found.most.bound.plain(2))
}

#[test]
fn every_end_of_the_prime_provider_is_attained() {
    let exposures = attained("contracts/harbourside/prime-provider.json");
    // A month of the council's sub-contract for 400,000 people in each segment: 75 × 400,000 = 30,000,000,
    // 110 ÷ 12 × 400,000 = 3,666,666.67 and 5 ÷ 12 × 400,000 = 166,666.67, which is 33,833,333.33 as a whole;
    // twelve of them. What it earns back by both of its outcomes is what was withheld: 1.5 % and 1.5 % of
    // one amount, halved, of which one part is rounded and the other is what that leaves.
    assert_eq!(ends(&exposures, &party("lbh"), "2026/27"), ("0.00".into(), "405999999.96".into()));
    // Losses are half of what lies between 2 % and 6 % of the budget, at most 2 %; spending ends at
    // 200,000,000. The worst budget is that of which it is 106 %: 188,679,245 on a grid of 2.50, of which
    // 2 % are 3,773,584.90; one step above, half of 200,000,000 − 1.02 × 188,679,247.50 is 3,773,583.78.
    // Gains end at 2 % of 400,000 × (4,300 + 800 + 470 + 40) = 2,244,000,000.
    let emergency = ends(&exposures, &clause("emergency_share"), "2026/27");
    assert_eq!(emergency, ("-3773584.90".into(), "44880000.00".into()));
    // Nobody on the list: all sanctions come back, 12 × (1,970 × 1,000 + 1,998 × 250) = 29,634,000, and 2.5 %
    // of the 3,150,000 that the sub-contract is below 0.
    assert_eq!(ends(&exposures, &clause("sanctions_cap"), "2027/28").1, "29712750.00");
}

#[test]
fn every_end_of_the_alliance_is_attained() {
    let exposures = attained("contracts/harbourside/alliance.json");
    // One person in each segment: 96 % of 15,304 are 14,691.84; less 2.5 % of 15,304 as sanctions, 382.60,
    // and 2 % of 4,300 + 800 + 470 + 40 as a loss, 112.20. 45.14 % of 14,197.04 are 6,408.54.
    assert_eq!(ends(&exposures, &party("sba"), "2026/27").0, "6408.54");
    // 400,000 in each: 6,121,600,000, all that is withheld earned, and a gain of 44,880,000; 45.14 % of it.
    assert_eq!(ends(&exposures, &party("sba"), "2026/27").1, "2783549072.00");
}

#[test]
fn every_end_of_the_smaller_designs_is_attained() {
    attained("contracts/harbourside/year-of-care.json");
    attained("contracts/harbourside/small-population.json");
}

/// A contract of one year between a commissioner and three trusts, with these measures and clauses.
fn model(residue: &str, measures: &str, clauses: &str) -> Model {
    let text = format!(
        r#"{{ "carepact": 1, "contract": "small", "title": "Small", "synthetic": true, "currency": "GBP",
        "rounding": {{ "mode": "half_away", "residue": "{residue}" }},
        "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
        "parties": [{{ "id": "icb", "role": "commissioner" }}, {{ "id": "one", "role": "provider" }},
          {{ "id": "two", "role": "provider" }}, {{ "id": "three", "role": "provider" }}],
        "measures": {{ {measures} }}, "clauses": {{ {clauses} }} }}"#
    );
    compile("small", &text)
}

/// The least and most of a subject over all of the data, of which each fact takes whole steps of its range.
fn by_all_data(analysis: &Analysis<'_>, terms: &[(Exact, carepact::plan::NodeId)]) -> (Exact, Exact) {
    let facts = analysis.model.plan().facts();
    let mut all = vec![Vec::new()];
    for fact in facts {
        let step = fact.range.step.clone().expect("a grid");
        let mut longer = Vec::new();
        for known in &all {
            let mut value = fact.range.least.clone();
            while value <= fact.range.most {
                longer.push([known.as_slice(), std::slice::from_ref(&value)].concat());
                value = &value + &step;
            }
        }
        all = longer;
    }
    let values: Vec<Exact> = all.iter().map(|data| analysis.value(terms, data)).collect();
    (values.iter().min().expect("data").clone(), values.iter().max().expect("data").clone())
}

/// Both ends of a subject are those of all of the data, and attained.
fn is_as_all_data_say(model: &Model, subject: &Subject) {
    let analysis = model.analysis(Budget::default());
    let year = periods(model.contract()).remove(0);
    let terms = analysis.terms(subject, year.0);
    let (least, most) = by_all_data(&analysis, &terms);
    let exposure = analysis.exposure(subject, &year, (analysis.variables.all(), None));
    let end = |end: &End| (end.bound.plain(4), end.found.plain(4));
    assert_eq!(end(&exposure.least), (least.plain(4), least.plain(4)), "the least of {subject:?}");
    assert_eq!(end(&exposure.most), (most.plain(4), most.plain(4)), "the most of {subject:?}");
}

fn count(name: &str, most: u32) -> String {
    format!(
        r#""{name}": {{ "kind": "number", "per": "year", "range": [0, {most}], "combine": "mean", "step": 1 }}"#
    )
}

#[test]
fn odd_pennies_that_come_and_go_are_bounded_to_the_penny() {
    // 7p a person among three, and a clause that takes a fifth of all of it back from the third.
    let clauses = r#"
        "pay": { "kind": "payment", "from": "icb", "to": { "one": "40%", "two": "40%", "three": "20%" }, "per": "year",
          "amount": "GBP 0.07 * people" },
        "back": { "kind": "payment", "from": "three", "to": "icb", "per": "year", "amount": "20% * paid(pay)" }"#;
    for residue in ["last", "largest_remainder", "largest_share"] {
        let model = model(residue, &count("people", 150), clauses);
        for id in ["one", "two", "three", "icb"] {
            is_as_all_data_say(&model, &party(id));
        }
    }
}

#[test]
fn people_who_only_count_together_are_bounded_through_their_number() {
    // A corridor around a budget of 3 and 5 pounds a person beside spending.
    let measures = [count("young", 12), count("old", 12), count("spent", 110)].join(", ");
    let clauses = r#"
        "gain": { "kind": "gain_share", "from": "icb", "to": "one", "per": "year",
          "amount": "min(max(GBP 3 * young + GBP 5 * old - GBP 1 * spent, -(GBP 10.01)), GBP 0.3 * young + GBP 0.5 * old) / 3" }"#;
    let model = model("last", &measures, clauses);
    is_as_all_data_say(&model, &clause("gain"));
    is_as_all_data_say(&model, &party("icb"));
}

#[test]
fn what_a_cap_gives_back_cancels_within_a_total_that_is_shared_out() {
    // 11.11 for each of two kinds of breach, never more than 50 together, out of 100 that three share.
    let measures = [count("late", 9), count("lost", 9)]
        .join(", ")
        .replace("\"step\"", "\"better\": \"lower\", \"step\"");
    let clauses = r#"
        "core": { "kind": "block", "from": "icb", "to": "one", "per": "year", "amount": "GBP 100" },
        "fines": { "kind": "penalty", "from": "one", "to": "icb", "per": "year",
          "amount": "GBP 11.11 * (late + lost)" },
        "cap": { "kind": "limit", "from": "icb", "to": "one", "per": "year", "amount": "max(GBP 0, paid(fines) - GBP 50.005)" },
        "onward": { "kind": "flow_down", "from": "one", "to": { "two": "33%", "three": "67%" }, "per": "year",
          "amount": "paid(core) - paid(fines) + paid(cap)" }"#;
    for residue in ["last", "largest_remainder"] {
        let model = model(residue, &measures, clauses);
        for id in ["one", "two", "three"] {
            is_as_all_data_say(&model, &party(id));
        }
    }
}

#[test]
fn an_amount_that_is_best_inside_a_list_is_found_beside_roundings_of_months() {
    // A third of a pound for each of the people, paid in parts that are rounded, and taken back beyond 40.
    let clauses = r#"
        "pay": { "kind": "payment", "from": "icb", "to": "one", "per": "month", "cumulative": "year",
          "amount": "sum(GBP 1 / 36 * people over month to date)" },
        "back": { "kind": "limit", "from": "one", "to": "icb", "per": "year",
          "amount": "max(GBP 0, 2 * (paid(pay) - GBP 40))" }"#;
    let model = model("last", &count("people", 200), clauses);
    is_as_all_data_say(&model, &party("one"));
}
