//! What the good and the bad contract of Harbourside trip, listed by hand with the reasons.

use carepact::Exact;
use carepact::lint::{Review, Warning};
use carepact::source::rules;

use super::common::{amount, compile, text};
use super::{open, reviewed};

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

/// Without data the income of Harbourside's parties is not known, so no share of it is judged.
#[test]
fn shares_of_an_income_that_is_not_known_are_not_judged() {
    let found = reviewed(&compile(GOOD.0, &text(GOOD.0)), "");
    let names: Vec<&str> = found.warnings.iter().map(|warning| warning.rule.name).collect();
    assert!(!names.contains(&"diluted-indicator"), "{names:?}");
    assert!(found.worth.iter().all(|worth| worth.share.is_none()));
    assert_eq!(open(&found), [""; 0]);
}
