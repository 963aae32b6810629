//! The batch reading against the exact one: every line of every shipped contract, for facts drawn
//! over all that the contract admits and crowded at its ends.

mod common;

use carepact::batch::{Columns, Known, Mismatch, NotPossible, Tiers};
use carepact::num::Range;
use carepact::plan::{FactSpec, NodeId, Part, PlanNodes};
use carepact::{Exact, Model};
use common::batch::{
    Numbers, all_amounts, amounts, compiled, compiled_of_holders, differences, differences_of_holders, drawn,
    results, results_of_holders, varies,
};
use common::{compile, contracts, text};

/// Compares `count` scenarios of a contract; how many numbers are rounded in which tier. Lines that are too
/// large over all that the contract admits are held against each other for facts as they may be observed.
fn compare(name: &str, model: &Model, count: usize) -> Tiers {
    let (tiers, wide) = compare_lines(name, (model, amounts(model)), count, &varies);
    if !wide.is_empty() {
        println!("{name}: {} too large over all that is admitted", wide.len());
        let (_, missing) = compare_lines(name, (model, wide), count, &varies_little);
        assert!(missing.is_empty(), "{name}: {missing:?} have no grid");
    }
    tiers
}

/// The same for some lines and facts; those that are left out.
fn compare_lines(
    name: &str,
    (model, mut nodes): (&Model, Vec<NodeId>),
    count: usize,
    varies: &dyn Fn(&FactSpec) -> Known,
) -> (Tiers, Vec<NodeId>) {
    let known: Vec<Known> = model.plan().facts().iter().map(varies).collect();
    let all = nodes.clone();
    let batch = compiled(model, &known, &mut nodes).unwrap_or_else(|problem| panic!("{name}: {problem}"));
    let columns = drawn(model, batch.inputs(), &mut Numbers(7), count);
    let found = results(&batch, &columns).unwrap_or_else(|problem| panic!("{name}: {problem}"));
    let differences = differences((model, &known, &nodes), &batch, (&columns, &found), 0..count);
    assert!(differences.is_empty(), "{name}: {}", differences.join("\n"));
    (batch.tiers(), all.into_iter().filter(|node| !nodes.contains(node)).collect())
}

/// A fact that takes values of a hundredth of its range, from a fifth of it on.
fn varies_little(spec: &FactSpec) -> Known {
    let width = &spec.range.most - &spec.range.least;
    let part = |of: i64| width.checked_div(&Exact::from(of)).expect("it is not 0");
    let own = spec.range.step.clone().filter(|step| !step.is_zero());
    let step = own.unwrap_or_else(|| spec.range.least.common_step(&part(700)));
    if step.is_zero() {
        return Known::Fixed(spec.range.least.clone());
    }
    let on_grid = |value: &Exact| value.rounded(&step, carepact::Mode::Floor);
    let least = on_grid(&(&spec.range.least + &part(5))).greater(&spec.range.least).clone();
    let most = on_grid(&(&least + &part(100))).greater(&(&least + &step)).lesser(&spec.range.most).clone();
    Known::Varies(Range { least, most, step: Some(step) })
}

fn shipped(name: &str) -> Model {
    compile(name, &text(name))
}

#[test]
fn the_benchmark_is_equal() {
    let tiers = compare("benchmark", &shipped("contracts/benchmark/benchmark.json"), 200);
    println!("{tiers:?}");
}

#[test]
fn harbourside_is_equal() {
    let tiers = compare("harbourside", &shipped("contracts/harbourside/prime-provider.json"), 20);
    println!("{tiers:?}");
}

#[test]
fn all_contracts_are_equal() {
    for name in contracts() {
        let Some(model) = carepact::check(&text(&name)).model else { continue };
        // Large plans are slow in the exact reading.
        if model.plan().nodes().len() > 6_000 {
            continue;
        }
        let tiers = compare(&name, &model, 2);
        println!("{name}: {tiers:?}");
    }
}

/// Compares scenarios of a contract for many holders; how many numbers of a lane are rounded in which
/// tier. Lines that are too large over all that the contract admits as in `compare`.
fn compare_holders(name: &str, model: &Model, holders: usize, count: usize) -> Tiers {
    let of = (holders, count);
    let (tiers, wide) = compare_lines_of_holders(name, (model, all_amounts(model)), of, &varies);
    if !wide.is_empty() {
        println!("{name}: {} of holders too large over all that is admitted", wide.len());
        let (_, missing) = compare_lines_of_holders(name, (model, wide), of, &varies_little);
        assert!(missing.is_empty(), "{name}: {missing:?} have no grid");
    }
    tiers
}

fn compare_lines_of_holders(
    name: &str,
    (model, mut nodes): (&Model, Vec<NodeId>),
    (holders, count): (usize, usize),
    varies: &dyn Fn(&FactSpec) -> Known,
) -> (Tiers, Vec<NodeId>) {
    let known: Vec<Known> = model.plan().facts().iter().map(varies).collect();
    let all = nodes.clone();
    let batch = compiled_of_holders((model, holders), &known, &mut nodes);
    let batch = batch.unwrap_or_else(|problem| panic!("{name}: {problem}"));
    let mut numbers = Numbers(11);
    let columns = drawn(model, batch.inputs(), &mut numbers, count * holders);
    let facts = |lane: usize| -> Vec<Exact> {
        let fixed = known.iter().map(|known| match known {
            Known::Fixed(value) => value.clone(),
            Known::Varies(_) => Exact::ZERO,
        });
        let mut facts: Vec<Exact> = fixed.collect();
        for (input, column) in batch.inputs().iter().zip(&columns) {
            // What holders share is that of the first of them.
            let lane = if batch.is_by_holder(input) { lane } else { lane - lane % holders };
            facts[input.fact.0 as usize] = &Exact::from(column[lane]) * &input.step;
        }
        facts
    };
    let lanes: Vec<Vec<Exact>> = (0..count * holders).map(facts).collect();
    let scenarios: Vec<Vec<Vec<Exact>>> = lanes.chunks(holders).map(<[Vec<Exact>]>::to_vec).collect();
    let found = results_of_holders(&batch, &scenarios).unwrap_or_else(|problem| panic!("{name}: {problem}"));
    let differences = differences_of_holders((model, &nodes), &batch, (&scenarios, &found));
    assert!(differences.is_empty(), "{name}: {}", differences.join("\n"));
    (batch.tiers(), all.into_iter().filter(|node| !nodes.contains(node)).collect())
}

#[test]
fn all_contracts_for_many_holders_are_equal() {
    let mut count = 0;
    for name in contracts() {
        let Some(model) = carepact::check(&text(&name)).model else { continue };
        if !model.contract().has_holders() || model.plan().nodes().len() > 6_000 {
            continue;
        }
        let tiers = compare_holders(&name, &model, 7, 3);
        println!("{name}: {} statistics, {tiers:?}", model.plan().statistics().len());
        count += 1;
    }
    assert!(count > 20, "{count} contracts for many holders");
}

/// Three practices share £100.00 by their lists where their rate is at least the mean of all rates: a
/// mean of quotients, which has no grid.
#[test]
fn holders_meet_in_stages_by_hand() {
    let contract = r#"{ "carepact": 1, "contract": "small", "title": "Small", "synthetic": true, "currency": "GBP",
        "rounding": { "mode": "half_away", "residue": "largest_remainder" },
        "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
        "parties": [{ "id": "payer", "role": "commissioner" }, { "id": "p", "many": true, "role": "provider" }],
        "measures": {
            "seen": { "kind": "ratio", "by": ["p"], "per": "year", "combine": "pooled", "range": [0, 1],
                "denominator_range": [1, 64], "step": 1 },
            "list": { "kind": "count", "unit": "person", "by": ["p"], "per": "year", "range": [0, 1000] } },
        "quantities": { "usual": "mean(seen over p)", "counts": "if seen >= usual then list else 0 * list" },
        "clauses": {
            "shared": { "kind": "payment", "from": "payer", "to": { "weights": "counts", "among": "p" }, "per": "year",
                "amount": "GBP 100" } } }"#;
    let model = compile("small", contract);
    let facts = model.plan().facts();
    let known: Vec<Known> = facts.iter().map(varies).collect();
    let mut nodes = all_amounts(&model);
    let batch = compiled_of_holders((&model, 3), &known, &mut nodes).expect("a batch");
    // Rates of 1/3, 1/2 and 2/3: the mean is 1/2 to the last digit, so the second counts. 20 : 10.
    let holder = |seen: (i64, i64), list: i64| -> Vec<Exact> {
        let value = |spec: &carepact::plan::FactSpec| match spec.part {
            Part::Numerator => seen.0,
            Part::Denominator => seen.1,
            Part::Value | Part::Given => list,
        };
        facts.iter().map(|spec| Exact::from(value(spec))).collect()
    };
    let scenarios = [
        vec![holder((1, 3), 5), holder((1, 2), 20), holder((2, 3), 10)],
        // 21/64 is less than 1/3, so that the mean falls and the second stays; 100 : 200.
        vec![holder((21, 64), 500), holder((1, 2), 100), holder((2, 3), 200)],
        // All are alike: £33.34, £33.33, £33.33.
        vec![holder((2, 4), 7), holder((1, 2), 7), holder((32, 64), 7)],
    ];
    let found = results_of_holders(&batch, &scenarios).expect("admissible facts");
    let pence: Vec<Exact> = found[0].iter().map(|n| &Exact::from(*n) * &batch.units()[0]).collect();
    let wanted = [0, 6_667, 3_333, 0, 3_333, 6_667, 3_334, 3_333, 3_333].map(penny);
    assert_eq!((nodes.len(), pence), (1, wanted.to_vec()));
}

/// A contract with one clause, to be read as a batch.
struct Small {
    measures: &'static str,
    mode: &'static str,
    to: &'static str,
    amount: &'static str,
}

impl Small {
    fn model(&self) -> Model {
        let Small { measures, mode, to, amount } = self;
        let contract = format!(
            r#"{{ "carepact": 1, "contract": "small", "title": "Small", "synthetic": true, "currency": "GBP",
                "rounding": {{ "mode": "{mode}", "residue": "largest_remainder" }},
                "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
                "parties": [{{ "id": "payer", "role": "commissioner" }}, {{ "id": "a", "role": "provider" }},
                    {{ "id": "b", "role": "provider" }}, {{ "id": "c", "role": "provider" }}],
                "measures": {{ {measures} }},
                "clauses": {{ "pays": {{ "kind": "payment", "from": "payer", "to": {to}, "per": "year",
                    "amount": "{amount}" }} }} }}"#
        );
        compile("small", &contract)
    }

    /// Facts of a scenario in whole steps, and the pence of each payee; how many are rounded in which tier.
    fn pays<const F: usize, const P: usize>(&self, scenarios: &[([i64; F], [i64; P])]) -> Tiers {
        let model = self.model();
        let known: Vec<Known> = model.plan().facts().iter().map(varies).collect();
        let mut nodes = amounts(&model);
        let batch = compiled(&model, &known, &mut nodes).expect("a batch");
        assert_eq!((batch.inputs().len(), nodes.len()), (F, P), "facts and payees");
        let column = |fact: usize| scenarios.iter().map(|(facts, _)| facts[fact]).collect();
        let columns: Vec<Vec<i64>> = (0..F).map(column).collect();
        let found = results(&batch, &columns).expect("admissible facts");
        for (payee, unit) in batch.units().iter().enumerate() {
            for (scenario, (facts, pence)) in scenarios.iter().enumerate() {
                let amount = &Exact::from(found[payee][scenario]) * unit;
                assert_eq!(amount, Exact::scaled(pence[payee].into(), 2), "{facts:?}, payee {payee}");
            }
        }
        batch.tiers()
    }
}

const HALF_AWAY: &str = "half_away";
const TO_A: &str = r#""a""#;

#[test]
fn half_pennies_are_certified() {
    let measures = r#""contacts": { "kind": "number", "per": "year", "range": [-2000, 2000], "step": 1 }"#;
    let small = Small { measures, mode: HALF_AWAY, to: TO_A, amount: "contacts * GBP 0.005" };
    // 0.5p, 1p, 1.5p, 999.5p and their opposites: ties away from zero.
    let tiers = small.pays(&[
        ([1], [1]),
        ([2], [1]),
        ([3], [2]),
        ([1_999], [1_000]),
        ([0], [0]),
        ([-1], [-1]),
        ([-1_999], [-1_000]),
    ]);
    assert_eq!(tiers, Tiers { certified: 1, ..Tiers::default() });
}

const MET: &str = r#""met": { "kind": "ratio", "per": "year", "combine": "pooled", "range": [0, 1],
    "denominator_range": [1, 64], "step": 1 }"#;

#[test]
fn a_ratio_is_rounded_by_its_remainder() {
    let small = Small { measures: MET, mode: HALF_AWAY, to: TO_A, amount: "GBP 10 * met" };
    // Thirds of 1,000p are 333⅓p and 666⅔p; sixteenths 62.5p and 187.5p; 64ths 15.625p and 984.375p.
    let scenarios = [
        ([1, 3], [333]),
        ([2, 3], [667]),
        ([1, 16], [63]),
        ([3, 16], [188]),
        ([1, 64], [16]),
        ([63, 64], [984]),
        ([0, 7], [0]),
    ];
    assert_eq!(small.pays(&scenarios), Tiers { remainder: 1, ..Tiers::default() });
    let even = Small { mode: "half_even", ..small };
    // 62.5p goes to 62p, 187.5p to 188p.
    let scenarios = [([1, 16], [62]), ([3, 16], [188]), ([2, 3], [667])];
    assert_eq!(even.pays(&scenarios), Tiers { remainder: 1, ..Tiers::default() });
}

const FACTORS: &str = r#""balance": { "kind": "money", "unit": "GBP", "per": "year", "range": [-BALANCE, BALANCE] },
    "factor": { "kind": "number", "per": "year", "range": [0, 1], "step": "STEP" }"#;

/// Measures of which the product has so many whole numbers.
fn factors(balance: &str, step: &str) -> &'static str {
    FACTORS.replace("BALANCE", balance).replace("STEP", step).leak()
}

#[test]
fn products_beyond_floats_are_pairs_with_a_remainder() {
    // Up to 2 · 10¹¹ pence in millionths: 2 · 10¹⁷ is beyond 2⁵³.
    let measures = factors("2000000000", "0.000001");
    let small = Small { measures, mode: HALF_AWAY, to: TO_A, amount: "balance * factor" };
    let tiers = small.pays(&[
        // Half of 100,000,000,001p is 50,000,000,000.5p.
        ([100_000_000_001, 500_000], [50_000_000_001]),
        ([-100_000_000_001, 500_000], [-50_000_000_001]),
        // One millionth more and less of it: 50,000,000,000.5 ∓ 100,000.000001.
        ([100_000_000_001, 499_999], [49_999_900_000]),
        ([100_000_000_001, 500_001], [50_000_100_001]),
        // 199,999,999,999p less a millionth of it, 199,999.999999p: 199,999,799,999.000001p.
        ([199_999_999_999, 999_999], [199_999_799_999]),
        ([199_999_999_999, 0], [0]),
    ]);
    assert_eq!(tiers, Tiers { remainder: 1, ..Tiers::default() });
}

#[test]
fn results_that_may_not_fit_into_32_bits_are_refused() {
    let run = |balance: &str, out: &mut [i32]| {
        let measures = factors(balance, "0.1");
        let model = Small { measures, mode: HALF_AWAY, to: TO_A, amount: "balance * factor" }.model();
        let known: Vec<Known> = model.plan().facts().iter().map(varies).collect();
        let batch = compiled(&model, &known, &mut amounts(&model)).expect("a batch");
        let columns: [&[i32]; 2] = [&[-15], &[7]];
        batch.run(&Columns::new(&columns).expect("two columns"), [out])
    };
    // Up to 2,147,483,600p fits into 32 bits; seven tenths of -15p are -10.5p, which go away from zero.
    let mut out = [0];
    assert_eq!((run("21474836", &mut out), out), (Ok(()), [-11]));
    // 2,147,483,700p does not, whatever the facts at hand are.
    match run("21474837", &mut out) {
        Err(Mismatch::Room { output: 0, least, most }) => {
            assert!(least <= -2_147_483_700 && most >= 2_147_483_700, "{least} to {most}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(out, [-11]);
}

#[test]
fn amounts_beyond_quotients_of_floats_are_wide() {
    // Up to 9 · 10¹⁵ pence in tenths: the quotient is beyond 2⁴⁸.
    let measures = factors("90000000000000", "0.1");
    let small = Small { measures, mode: HALF_AWAY, to: TO_A, amount: "balance * factor" };
    let tiers = small.pays(&[
        // Half of 8,999,999,999,999,999p is 4,499,999,999,999,999.5p.
        ([8_999_999_999_999_999, 5], [4_500_000_000_000_000]),
        ([-8_999_999_999_999_999, 5], [-4_500_000_000_000_000]),
        // Three tenths of 8,999,999,999,999,998p are 2,699,999,999,999,999.4p.
        ([8_999_999_999_999_998, 3], [2_699_999_999_999_999]),
        ([1, 4], [0]),
    ]);
    assert_eq!(tiers, Tiers { wide: 1, ..Tiers::default() });
}

const CONTACTS: &str = r#""contacts": { "kind": "count", "unit": "contact", "by": ["party"], "per": "year",
    "range": [0, 10] }"#;

#[test]
fn largest_remainders_are_wide() {
    let to = r#"{ "weights": "contacts", "among": ["a", "b", "c"] }"#;
    let small = Small { measures: CONTACTS, mode: HALF_AWAY, to, amount: "GBP 0.10" };
    // 10p by 6 : 6 : 2 is 4.28p, 4.28p, 1.43p, the odd penny to the last; by 1 : 1 : 1 to the first.
    let scenarios =
        [([6, 6, 2], [4, 4, 2]), ([1, 1, 1], [4, 3, 3]), ([0, 5, 5], [0, 5, 5]), ([0, 0, 0], [0, 0, 0])];
    assert_eq!(small.pays(&scenarios), Tiers { wide: 3, ..Tiers::default() });
}

#[test]
fn shares_within_limits_are_exact_rationals() {
    let to = r#"{ "weights": "contacts", "among": ["a", "b", "c"], "between": ["10%", "60%"] }"#;
    let small = Small { measures: CONTACTS, mode: HALF_AWAY, to, amount: "GBP 1.00" };
    // 8 : 1 : 1 is held to 60p, the rest in halves; 10 : 10 : 0 gives the third its 10p.
    let scenarios = [([8, 1, 1], [60, 20, 20]), ([10, 10, 0], [45, 45, 10]), ([1, 1, 2], [25, 25, 50])];
    assert_eq!(small.pays(&scenarios), Tiers { exact: 3, ..Tiers::default() });
}

/// Two whole numbers from 0 to 10, of which a payment is made.
fn two_numbers() -> Model {
    let measures = r#""x": { "kind": "number", "per": "year", "range": [0, 10], "step": 1 },
        "y": { "kind": "number", "per": "year", "range": [0, 10], "step": 1 }"#;
    Small { measures, mode: HALF_AWAY, to: TO_A, amount: "x * y * GBP 0.01" }.model()
}

fn range(least: &str, most: &str, step: &str) -> Known {
    let number = |text: &str| Exact::parse(text).expect("a number");
    Known::Varies(Range { least: number(least), most: number(most), step: Some(number(step)) })
}

#[test]
fn what_the_contract_does_not_admit_is_refused() {
    let model = two_numbers();
    let refused = |x: Known| {
        let compiled = compiled(&model, &[x, range("0", "10", "1")], &mut amounts(&model));
        assert!(matches!(compiled, Err(NotPossible::NotAdmitted { .. })), "{compiled:?}");
    };
    refused(Known::Fixed(Exact::from(1_000_000)));
    refused(range("0", "11", "1"));
    refused(range("-1", "10", "1"));
    // Neither grid of steps holds the other.
    refused(range("0", "9", "1.5"));
}

#[test]
fn values_between_two_steps_are_refused() {
    let model = two_numbers();
    let finer = [range("0", "10", "0.001"), range("0", "10", "1")];
    let batch = compiled(&model, &finer, &mut amounts(&model)).unwrap();
    let found = |x: i64| results(&batch, &[vec![2_000, x], vec![3, 4]]);
    // 2 · 3p and 5 · 4p; 1.5 is no whole number.
    let pence = |result: i64| &Exact::from(result) * &batch.units()[0];
    assert_eq!(found(5_000).unwrap()[0].iter().map(|n| pence(*n)).collect::<Vec<_>>(), [6, 20].map(penny));
    assert_eq!(found(1_500), Err(Mismatch::OffGrid { column: 0, scenario: 1 }));
}

fn penny(count: i64) -> Exact {
    Exact::scaled(count.into(), 2)
}

#[test]
fn a_column_begins_at_the_first_admitted_step() {
    let model = two_numbers();
    let batch =
        compiled(&model, &[range("0.5", "9.5", "1"), range("0", "10", "1")], &mut amounts(&model)).unwrap();
    assert_eq!((batch.inputs()[0].least, batch.inputs()[0].most), (1, 9));
}
