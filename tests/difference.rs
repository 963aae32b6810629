//! Two contracts compared, held against changes worked out by hand: small contracts of one commissioner
//! and one trust, and Harbourside with more held back.

mod common;

use carepact::analyse::{Budget, Comparison, Effect, Subject};
use carepact::describe::{Standing, changes};
use carepact::{Exact, Model, Request};
use common::{amount, compile, observations, text};

const HARBOURSIDE: &str = "contracts/harbourside/prime-provider.json";
const DATA: &str = "fixtures/harbourside/2026-27.csv";

/// A contract of one year about people, from 0 to 1,000, and a share from 0 to 1 in steps of 0.01.
fn model(tables: &str, clauses: &str) -> Model {
    let text = format!(
        r#"{{ "carepact": 1, "contract": "small", "title": "Small", "synthetic": true, "currency": "GBP",
        "rounding": {{ "mode": "half_away", "residue": "largest_remainder" }},
        "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
        "parties": [{{ "id": "icb", "role": "commissioner" }}, {{ "id": "trust", "role": "provider" }},
          {{ "id": "home", "role": "sub_contractor" }}],
        "measures": {{
          "people": {{ "kind": "count", "unit": "person", "per": "year", "range": [0, 1000] }},
          "rate": {{ "kind": "number", "per": "year", "range": [0, 1], "step": "0.01", "better": "higher" }} }},
        {tables}
        "clauses": {{ {clauses} }} }}"#
    );
    compile("small", &text)
}

fn priced(price: &str) -> Model {
    model(
        &format!(r#""tables": {{ "price": "{price} GBP/person/year" }},"#),
        r#""core": { "kind": "capitation", "from": "icb", "to": "trust", "per": "year", "amount": "people * price * months" },
        "bonus": { "kind": "gain_share", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 100 * rate" }"#,
    )
}

fn paying(formula: &str) -> Model {
    let clause = format!(
        r#""pay": {{ "kind": "gain_share", "from": "icb", "to": "trust", "per": "year", "amount": "{formula}" }}"#
    );
    model(r#""tables": { "price": "10 GBP/person" },"#, &clause)
}

fn exact(text: &str) -> Exact {
    Exact::parse(text).expect("a number")
}

fn effects(one: &Model, other: &Model) -> Vec<Effect> {
    Comparison::new(one, other).expect("they can be compared").effects(Budget::default())
}

fn party(effects: &[Effect], party: &str) -> Option<(Exact, Exact, bool)> {
    let own = effects.iter().find(|effect| effect.subject == Subject::Party(party.to_string()))?;
    let attained = own.least.is_attained() && own.most.is_attained();
    Some((own.least.bound.clone(), own.most.bound.clone(), attained))
}

#[test]
fn a_higher_price_gains_by_the_people_there_are() {
    // 2 more for each of 0 to 1,000 people; the bonus is the same in both and cancels.
    let found = effects(&priced("10"), &priced("12"));
    assert_eq!(party(&found, "trust"), Some((amount("0"), amount("2000"), true)));
    assert_eq!(party(&found, "icb"), Some((amount("-2000"), amount("0"), true)));
    assert_eq!(party(&found, "home"), None, "who is in no clause is not moved");
    assert!(!found.iter().any(|effect| effect.subject == Subject::Clause("bonus".to_string())));
    assert!(effects(&priced("10"), &priced("10")).is_empty(), "the same contract changes nothing");
}

#[test]
fn a_cap_that_moves_gains_above_the_old_one() {
    // 10 a person, at most 5,000, then at most 6,200: the same up to 500 people, 1,200 more from 620 on.
    let (one, other) = (paying("min(people * price, 5000)"), paying("min(people * price, 6200)"));
    let found = effects(&one, &other);
    assert_eq!(party(&found, "trust"), Some((amount("0"), amount("1200"), true)));
    let back = effects(&other, &one);
    assert_eq!(party(&back, "trust"), Some((amount("-1200"), amount("0"), true)));
}

#[test]
fn a_floor_that_moves_loses_most_at_the_new_one() {
    // 10,000 from 60 % to 80 %, then from 70 % to 80 %. At 70 % it was 5,000 and is nothing; below 60 % and
    // from 80 % on nothing changes.
    let (one, other) =
        (paying("GBP 10000 * score(rate, 60%, 80%)"), paying("GBP 10000 * score(rate, 70%, 80%)"));
    assert_eq!(party(&effects(&one, &other), "trust"), Some((amount("-5000"), amount("0"), true)));
}

#[test]
fn a_factor_in_common_is_taken_out() {
    // 5 % instead of 4 % of 10 a person, times the rate: 0.1 a person, so 0 to 100; with ranges alone the
    // difference would lie from −400 to 500.
    let (one, other) = (paying("4% * people * price * rate"), paying("5% * people * price * rate"));
    let found = effects(&one, &other);
    let (least, most, _) = party(&found, "trust").expect("it moves");
    // Two roundings to the penny lie no more than a penny apart.
    assert!(least >= amount("-0.01") && most <= amount("100.01"), "{least} to {most}");
    let own = found.iter().find(|effect| effect.subject == Subject::Party("trust".to_string()));
    assert_eq!(own.map(|effect| effect.most.found.clone()), Some(amount("100")));
}

#[test]
fn a_clause_that_only_one_of_them_has_is_its_own_exposure() {
    let one = paying("people * price");
    let other = model(
        r#""tables": { "price": "10 GBP/person" },"#,
        r#""pay": { "kind": "gain_share", "from": "icb", "to": "trust", "per": "year", "amount": "people * price" },
        "home_care": { "kind": "activity", "from": "icb", "to": "home", "per": "year", "amount": "people * price" }"#,
    );
    let found = effects(&one, &other);
    assert_eq!(party(&found, "home"), Some((amount("0"), amount("10000"), true)));
    assert_eq!(party(&found, "trust"), None);
    let words = changes(one.contract(), other.contract());
    assert_eq!(words.len(), 1, "{words:?}");
    assert_eq!((words[0].section, words[0].id.as_str()), ("clause", "home_care"));
    assert_eq!((words[0].standing, words[0].before.clone()), (Standing::Added, None));
}

#[test]
fn what_one_of_them_refuses_to_miss_is_not_missing() {
    // Without a rate the second contract pays as for 100 %; but the first refuses such data, so nothing
    // that both admit is paid differently. Where neither refuses, 0 becomes 1,000 without a rate.
    let refusing = paying("GBP 1000 * rate");
    let without = |counts: &str| {
        let text = refusing.contract().document.text();
        let text = text.replace("GBP 1000 * rate", &format!("GBP 1000 * (rate else {counts})"));
        let may_miss = r#""better": "higher", "missing": "absent""#;
        compile("missing", &text.replace(r#""better": "higher""#, may_miss))
    };
    let (generous, strict) = (without("1"), without("0"));
    assert_eq!(party(&effects(&refusing, &generous), "trust"), None);
    assert_eq!(party(&effects(&generous, &refusing), "trust"), None);
    assert_eq!(party(&effects(&strict, &generous), "trust"), Some((amount("0"), amount("1000"), true)));
}

#[test]
fn a_measure_of_another_kind_varies_on_its_own() {
    let one = paying("people * price");
    let text = one.contract().document.text().replace(
        r#""per": "year", "range": [0, 1000]"#,
        r#""per": "month", "combine": "sum", "range": [0, 100]"#,
    );
    let other = compile("monthly", &text);
    let comparison = Comparison::new(&one, &other).expect("they can be compared");
    assert_eq!(comparison.apart, ["people"]);
    // Up to 12 × 100 people where there were up to 1,000: −10,000 to 12,000 when they are not the same.
    let found = comparison.effects(Budget::default());
    assert_eq!(party(&found, "trust"), Some((amount("-10000"), amount("12000"), true)));
}

#[test]
fn more_held_back_in_harbourside_is_lost_and_in_part_earned_again() {
    let before = text(HARBOURSIDE);
    let after = before.replace(r#"{ "2026/27": "4%","#, r#"{ "2026/27": "5%","#);
    let (one, other) = (compile(HARBOURSIDE, &before), compile("more held back", &after));
    let words = changes(one.contract(), other.contract());
    assert_eq!(words.len(), 1, "{words:?}");
    assert_eq!((words[0].section, words[0].id.as_str()), ("table", "withheld_share"));
    let line = &words[0].lines[0];
    assert_eq!((line.before.as_deref(), line.after.as_deref()), (Some("2026/27: 4%"), Some("2026/27: 5%")));
    let facts = [&one, &other].map(|model| {
        model.bind(&observations(DATA, &text(DATA)), &Request::default()).expect("the data of the first year")
    });
    let comparison = Comparison::new(&one, &other).expect("they can be compared");
    let moved = comparison.stated(&one.evaluate(&facts[0]), &other.evaluate(&facts[1]));
    let of = |subject: &Subject| {
        let own = moved.iter().find(|moved| moved.subject == *subject).expect("it is stated");
        &own.after - &own.before
    };
    let clause = |id: &str| of(&Subject::Clause(id.to_string()));
    // README: 12,477,600.00 becomes 15,597,000.00, and 7,020,909.43 becomes 8,776,136.81.
    assert_eq!(clause("withheld"), amount("3119400"));
    assert_eq!(clause("outcomes"), amount("1755227.38"));
    // The commissioner keeps what is held back and not earned again: 3,119,400.00 − 1,755,227.38.
    assert_eq!(of(&Subject::Party("icb".to_string())), amount("1364172.62"));
    // Over all admissible data one per cent of what is paid per person can be more held back.
    let analysis = one.analysis(Budget::default());
    let year = carepact::analyse::periods(one.contract()).remove(0);
    let core = Subject::Clause("core".to_string());
    let core = analysis.exposure(&core, &year, (analysis.variables.all(), None)).most.bound;
    let effects = comparison.effects(Budget::default());
    let first_year = |id: &str| {
        let subject = Subject::Clause(id.to_string());
        effects.iter().find(|effect| effect.subject == subject && effect.period == "2026/27")
    };
    let withheld = first_year("withheld").expect("it moves");
    assert_eq!(withheld.most.bound, &core * &exact("0.01"));
    assert!(withheld.most.is_attained() && withheld.least.is_attained());
    // At most all of it is earned again; fourteen outcomes and twelve months are rounded to the penny.
    let outcomes = first_year("outcomes").expect("it moves");
    assert_eq!(outcomes.most.found, withheld.most.bound);
    assert!(&outcomes.most.bound - &outcomes.most.found < amount("0.30"));
    assert!(first_year("core").is_none() && first_year("sub_contracts").is_none());
    // Sub-contractors give up a quarter more: 9,108,648.00 − 7,286,918.40.
    assert_eq!(clause("withheld_from_partners"), amount("1821729.60"));
}

#[test]
fn a_quantity_that_only_passes_a_number_on_changes_nothing() {
    let plain = paying("GBP 100 * score(rate, 60%, 80%)");
    let through = model(
        r#""tables": { "price": "10 GBP/person" }, "quantities": { "half": "rate / 2", "result": "half * 2" },"#,
        r#""pay": { "kind": "gain_share", "from": "icb", "to": "trust", "per": "year",
          "amount": "GBP 100 * score(result, 60%, 80%)" }"#,
    );
    assert_eq!(effects(&plain, &through), []);
}

#[test]
fn an_indicator_that_is_measured_otherwise_moves_no_more_than_it_is_worth() {
    // In the alliance bed days (C05, 15 % of the outcome money) are counted per person; all else is the same.
    // At 400,000 people in each segment the money is 244,864,000, and the list is 1,600,000 of 300,000: bed
    // days of 95 %, too many before, are 17.8 % after, and all of 36,729,600 is earned.
    let one = compile(HARBOURSIDE, &text(HARBOURSIDE));
    let alliance = "contracts/harbourside/alliance.json";
    let other = compile(alliance, &text(alliance));
    let little = Budget { nodes: 500 };
    let found = Comparison::new(&one, &other).expect("they can be compared").effects(little);
    let own = |effect: &&Effect| {
        effect.subject == Subject::Clause("outcomes".to_string()) && effect.period == "2026/27"
    };
    let outcomes = found.iter().find(own).expect("it moves");
    assert_eq!((outcomes.most.bound.clone(), outcomes.most.is_attained()), (amount("36729600"), true));
    assert!(outcomes.least.bound >= amount("-36729600"));
    // No party moves by more than the most that it can net in one contract less the least in the other.
    let exposures = [&one, &other].map(|model| model.analysis(little).exposures());
    for party in ["sba", "emh", "gpc", "lbh", "vcs", "amb"] {
        let [before, after] = exposures.each_ref().map(|found| {
            let own = |known: &&carepact::analyse::Exposure| {
                known.subject == Subject::Party(party.to_string()) && known.period.1 == "2026/27"
            };
            found.iter().find(own).expect("a party of both")
        });
        let own = |effect: &&Effect| {
            effect.subject == Subject::Party(party.to_string()) && effect.period == "2026/27"
        };
        let moved = found.iter().find(own).expect("it moves");
        assert!(moved.most.bound <= &after.most.bound - &before.least.bound, "{party}");
        assert!(moved.least.bound >= &after.least.bound - &before.most.bound, "{party}");
    }
}
