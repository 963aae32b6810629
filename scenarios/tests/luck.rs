//! Luck against hand arithmetic, against the figures that Harbourside was designed with, and against
//! sums over all counts that are written out here.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::sync::OnceLock;

use carepact::{Contract, Exact, Facts, Model, Observations, Request};
use carepact_scenarios::luck::{Enough, LineLuck, Luck, Rates, Settings, luck};

/// A contract of one year between `icb` and `trust`, with one measure and one clause.
fn contract(measure: &str, clause: &str) -> Model {
    let text = format!(
        r#"{{ "carepact": 1, "contract": "small", "title": "Small", "synthetic": true, "currency": "GBP",
          "rounding": {{ "mode": "half_away", "residue": "largest_remainder" }},
          "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
          "parties": [{{ "id": "icb", "role": "commissioner" }}, {{ "id": "trust", "role": "provider" }}],
          "measures": {{ {measure} }}, "clauses": {{ {clause} }} }}"#
    );
    Contract::parse(&text).unwrap().compile().unwrap()
}

const SEEN: &str = r#""seen": { "kind": "ratio", "per": "year", "range": [0, 1],
    "denominator_range": [1, 1000000], "better": "higher" }"#;

/// The share of people seen, and what is paid for it.
fn seen(amount: &str) -> Model {
    let clause = format!(
        r#""bonus": {{ "kind": "incentive", "from": "icb", "to": "trust", "per": "year", "amount": "{amount}" }}"#
    );
    contract(SEEN, &clause)
}

fn bound(model: &Model, observations: &Observations) -> Facts {
    model.bind(observations, &Request::default()).unwrap()
}

fn counted(model: &Model, numerator: &str, denominator: &str) -> Facts {
    let mut observations = Observations::new();
    observations.add_ratio("seen", "2026/27", &[], numerator, denominator);
    bound(model, &observations)
}

fn of(model: &Model, facts: &Facts) -> Luck {
    luck(model, facts, &Rates::default(), &Settings::default()).unwrap()
}

fn table(model: &Model, headings: &[&str], rows: &[&[&str]]) -> Rates {
    try_table(model, headings, rows).unwrap()
}

fn try_table(model: &Model, headings: &[&str], rows: &[&[&str]]) -> Result<Rates, Vec<String>> {
    let own = |cells: &[&str]| cells.iter().map(ToString::to_string).collect::<Vec<_>>();
    let rows: Vec<_> = rows.iter().enumerate().map(|(i, row)| (i + 2, own(row))).collect();
    let mut rates = Rates::default();
    match rates.add_table(model.contract(), "rates.csv", &own(headings), &rows) {
        Ok(()) => Ok(rates),
        Err(problems) => Err(problems.into_iter().map(|problem| problem.found).collect()),
    }
}

fn exactly(odds: Option<&carepact_scenarios::luck::Odds>) -> f64 {
    odds.unwrap().exact.unwrap().0
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}");
}

fn exact(text: &str) -> Exact {
    Exact::parse(text).unwrap()
}

static LN_FACTORIALS: OnceLock<Vec<f64>> = OnceLock::new();

/// The chance that at least `least` and at most `most` of n are seen, term by term.
fn binomial(n: u64, p: f64, least: u64, most: u64) -> f64 {
    let ln_factorials = LN_FACTORIALS.get_or_init(|| {
        let sums = (1..5000).scan(0.0, |sum, i| {
            *sum += f64::from(i).ln();
            Some(*sum)
        });
        [0.0].into_iter().chain(sums).collect()
    });
    let ln_factorial = |n: u64| ln_factorials[usize::try_from(n).unwrap()];
    let term = |k: u64| {
        let ways = ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
        (ways + k as f64 * p.ln() + (n - k) as f64 * (1.0 - p).ln()).exp()
    };
    (least..=most.min(n)).map(term).sum()
}

#[test]
fn four_people_and_an_even_chance() {
    // Of four, each seen or not with an even chance, three or four are seen in 5 of 16 years.
    let model = seen("if seen >= 75% then GBP 1000 else GBP 0");
    let found = of(&model, &counted(&model, "2", "4"));
    let line = &found.lines[0];
    near(exactly(line.paid_unchanged.as_ref()), 5.0 / 16.0);
    assert_eq!(
        (&line.baseline, line.starts.as_ref().unwrap(), line.target.as_ref().unwrap()),
        (&exact("50%"), &exact("75%"), &exact("75%"))
    );
    // Half of the way: 62.5 %; not paid with at most two: 1 − p³(4 − 3p), with p = 5/8.
    let p = 0.625f64;
    near(exactly(line.unpaid_improved.as_ref()), 1.0 - p.powi(3) * (4.0 - 3.0 * p));
    assert!(line.fined_on_target.is_none());
    // 5/16 of £1,000, and its deviation √(5/16 · 11/16) of £1,000 = £463.51, at 62.5 %: √(q(1 − q)).
    assert_eq!(line.money.unchanged.plain(2), "312.50");
    let q = p.powi(3) * (4.0 - 3.0 * p);
    assert_eq!(line.money.by_chance.plain(2), format!("{:.2}", 1000.0 * (q * (1.0 - q)).sqrt()));
}

/// Paid £1,000 from three quarters on, and £500 to the best of all.
const OF_MANY: &str = r#"{ "carepact": 1, "contract": "many", "title": "Many", "synthetic": true, "currency": "GBP",
  "rounding": { "mode": "half_away", "residue": "last" }, "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
  "parties": [{ "id": "payer", "role": "commissioner" }, { "id": "practice", "many": true, "role": "provider" }],
  "measures": { "met": { "kind": "ratio", "by": ["practice"], "per": "year", "combine": "pooled", "range": [0, 1],
    "denominator_range": [1, 1000], "better": "higher" } },
  "clauses": {
    "bonus": { "kind": "incentive", "from": "payer", "to": "practice", "per": "year",
      "amount": "if met >= 75% then GBP 1000 else GBP 0" },
    "best": { "kind": "incentive", "from": "payer", "to": "practice", "per": "year",
      "amount": "if rank(met over practice) <= 1 then GBP 500 else GBP 0" } } }"#;

#[test]
fn of_many_holders_one_is_looked_at() {
    let model = Contract::parse(OF_MANY).unwrap().compile().unwrap();
    let mut observations = Observations::new();
    for (holder, numerator, denominator) in [("A1", "2", "4"), ("A2", "200", "400")] {
        observations.add_ratio("met", "2026/27", &[("practice", holder)], numerator, denominator);
    }
    let facts = bound(&model, &observations);
    let of = |holder: &str| {
        let settings = Settings { holder: Some(holder.to_string()), ..Settings::default() };
        luck(&model, &facts, &Rates::default(), &settings)
    };
    let small = of("A1").unwrap();
    assert_eq!(small.lines.iter().map(|line| line.line.as_str()).collect::<Vec<_>>(), ["bonus:2026/27:A1"]);
    // Three or four of four with an even chance: 5 of 16.
    near(exactly(small.lines[0].paid_unchanged.as_ref()), 5.0 / 16.0);
    // Three hundred of four hundred, ten standard deviations away.
    assert!(exactly(of("A2").unwrap().lines[0].paid_unchanged.as_ref()) < 1e-20);
    // The best of all is not for one figure to decide.
    let figures = ["met 2026/27", "met 2026/27 of each other `practice`"].map(str::to_string);
    assert_eq!((small.several.len(), &small.several[0].figures[..]), (1, &figures[..]));
    let refused = |found: Result<Luck, carepact::Problems>| found.unwrap_err().0.remove(0);
    assert!(refused(of("A3")).found.contains("`A3`"));
}

#[test]
fn of_many_holders_each_is_as_if_it_was_looked_at_alone() {
    // A3 is like A1, so that one of them is worked out; A2 has the same true rate over more people, and
    // A4 another one, of nobody.
    let model = Contract::parse(OF_MANY).unwrap().compile().unwrap();
    let mut observations = Observations::new();
    for (holder, numerator, denominator) in
        [("A1", "2", "4"), ("A2", "20", "40"), ("A3", "2", "4"), ("A4", "0", "9")]
    {
        observations.add_ratio("met", "2026/27", &[("practice", holder)], numerator, denominator);
    }
    let facts = bound(&model, &observations);
    let all = of(&model, &facts);
    let alone: Vec<LineLuck> = ["A1", "A2", "A3", "A4"]
        .into_iter()
        .flat_map(|holder| {
            let settings = Settings { holder: Some(holder.to_string()), ..Settings::default() };
            luck(&model, &facts, &Rates::default(), &settings).unwrap().lines
        })
        .collect();
    assert_eq!(all.lines, alone);
    assert_eq!((all.lines.len(), all.several.len(), all.unknown.len()), (4, 1, 0));
    let holders: Vec<_> = all.lines.iter().map(|line| line.holder.as_deref().unwrap()).collect();
    assert_eq!(holders, ["A1", "A2", "A3", "A4"]);
    // Thirty or more of forty with an even chance.
    near(exactly(all.lines[1].paid_unchanged.as_ref()), binomial(40, 0.5, 30, 40));
    near(exactly(all.lines[2].paid_unchanged.as_ref()), 5.0 / 16.0);
    assert_eq!(exactly(all.lines[3].paid_unchanged.as_ref()), 0.0);
    // By chance alone, at 62.5 % of four (twice) and of forty, and at half of 75 % of nine; independent.
    let deviation = |people: u64, p: f64| {
        let paid = binomial(people, p, (3 * people).div_ceil(4), people);
        1000.0 * (paid * (1.0 - paid)).sqrt()
    };
    let variances = [(4, 0.625), (40, 0.625), (4, 0.625), (9, 0.375)];
    let variance: f64 = variances.into_iter().map(|(people, p)| deviation(people, p).powi(2)).sum();
    let by_chance: f64 = all.risks(2)[0].by_chance.plain(2).parse().unwrap();
    assert!((by_chance - variance.sqrt()).abs() < 0.01, "{by_chance}, expected {}", variance.sqrt());
    // The greatest of all is what `solve` holds against a limit.
    near(all.worst(|line| line.paid_unchanged.as_ref()).unwrap().0, 5.0 / 16.0);
}

#[test]
fn a_floor_itself_pays_nothing() {
    // Paid above the floor of one half: three or four of four. On average half of £1,000 in 4 of 16
    // years and all of it in one.
    let model = seen("GBP 1000 * score(seen, 50%, 100%)");
    let found = of(&model, &counted(&model, "2", "4"));
    near(exactly(found.lines[0].paid_unchanged.as_ref()), 5.0 / 16.0);
    assert_eq!(found.lines[0].money.unchanged.plain(2), "187.50");
    assert_eq!(found.lines[0].target.as_ref().unwrap(), &exact("100%"));
    // The true rate is the floor: it is half the time, however many are counted.
    assert_eq!(found.lines[0].paid_unchanged.as_ref().unwrap().enough, Enough::None);
}

#[test]
fn enough_is_held_against_every_number() {
    for (model, rate, floor, reached) in [
        (seen("if seen >= 60% then GBP 1 else GBP 0"), "0.5", 60, true),
        (seen("if seen > 60% then GBP 1 else GBP 0"), "0.5", 60, false),
        (seen("if seen >= 12% then GBP 1 else GBP 0"), "0.08", 12, true),
        (seen("if seen > 97% then GBP 1 else GBP 0"), "0.9", 97, false),
    ] {
        let rates = table(&model, &["measure", "baseline"], &[&["seen", rate]]);
        let facts = counted(&model, "30", "100");
        let found = luck(&model, &facts, &rates, &Settings::default()).unwrap();
        let p: f64 = rate.parse().unwrap();
        let chance = |n: u64| {
            let at_floor = n * floor;
            let least = if reached { at_floor.div_ceil(100) } else { at_floor / 100 + 1 };
            binomial(n, p, least, n)
        };
        let odds = found.lines[0].paid_unchanged.as_ref().unwrap();
        near(odds.exact.unwrap().0, chance(100));
        let last = (1..800).rev().find(|n| chance(*n) >= 0.05).unwrap();
        assert_eq!(odds.enough, Enough::From(last + 1), "{rate} {floor}");
    }
}

#[test]
fn enough_for_an_improvement_is_held_against_every_number() {
    let model = seen("GBP 1000 * score(seen, 50%, 80%)");
    let facts = counted(&model, "50", "100");
    let found = of(&model, &facts);
    // Half of the way from 50 % to 80 %: 65 %. Not paid with at most half of them.
    let chance = |n: u64| binomial(n, 0.65, 0, n / 2);
    let odds = found.lines[0].unpaid_improved.as_ref().unwrap();
    near(odds.exact.unwrap().0, chance(100));
    let last = (1..400).rev().find(|n| chance(*n) >= 0.05).unwrap();
    assert_eq!(odds.enough, Enough::From(last + 1));
}

#[test]
fn what_goes_up_and_down_is_added_up_and_not_searched() {
    let model = seen("if seen >= 40% and seen <= 60% then GBP 1000 else GBP 0");
    let odds = of(&model, &counted(&model, "2", "4")).lines[0].paid_unchanged.clone().unwrap();
    near(odds.exact.unwrap().0, 6.0 / 16.0);
    assert_eq!((odds.normal, odds.enough), (None, Enough::NotOneWay));
}

const BREACHES: &str = r#""breaches": { "kind": "count", "unit": "breach", "per": "year", "range": [0, 1000],
    "better": "lower" }"#;

fn fines() -> (Model, Facts) {
    let clause = r#""fines": { "kind": "penalty", "from": "trust", "to": "icb", "per": "year",
        "amount": "max(0, breaches - 2) * 100" }"#;
    let model = contract(&BREACHES.replace("\"unit\": \"breach\"", "\"unit\": \"GBP\""), clause);
    let mut observations = Observations::new();
    observations.add_value("breaches", "2026/27", &[], "5");
    let facts = bound(&model, &observations);
    (model, facts)
}

#[test]
fn fines_for_bad_luck() {
    let (model, facts) = fines();
    let found = of(&model, &facts);
    let line = &found.lines[0];
    assert_eq!(line.met.as_ref().unwrap(), &exact("2"));
    // More than two events where two are expected: 1 − e⁻²(1 + 2 + 2).
    near(exactly(line.fined_on_target.as_ref()), 1.0 - 5.0 * (-2f64).exp());
    assert!(line.paid_unchanged.is_none() && line.unpaid_improved.is_none());
    assert_eq!(line.fined_on_target.as_ref().unwrap().enough, Enough::None);
    // A target of 1 leaves room: more than two where one is expected.
    let rates = table(&model, &["measure", "target"], &[&["breaches", "1"]]);
    let found = luck(&model, &facts, &rates, &Settings::default()).unwrap();
    near(exactly(found.lines[0].fined_on_target.as_ref()), 1.0 - 2.5 * (-1f64).exp());
    // Hundredths of the present size, by sums over all counts of events: the last at which more
    // than twice the expected number comes in 5 % of years.
    let chance = |hundredths: u64| {
        let mean = hundredths as f64 / 100.0;
        let (mut term, mut below) = ((-mean).exp(), 0.0);
        for n in 0..=(2 * hundredths / 100) {
            below += term;
            term *= mean / (n + 1) as f64;
        }
        1.0 - below
    };
    let last = (1..3000).rev().find(|size| chance(*size) >= 0.05).unwrap();
    assert_eq!(found.lines[0].fined_on_target.as_ref().unwrap().enough, Enough::From(last + 1));
}

#[test]
fn what_never_happens_needs_no_number() {
    let (model, facts) = fines();
    let rates = table(&model, &["measure", "target"], &[&["breaches", "0"]]);
    let found = luck(&model, &facts, &rates, &Settings::default()).unwrap();
    let odds = found.lines[0].fined_on_target.as_ref().unwrap();
    assert_eq!((odds.exact.unwrap().0, odds.enough), (0.0, Enough::From(1)));
}

#[test]
fn events_that_come_together_vary_more() {
    let (model, facts) = fines();
    let headings = ["measure", "target", "overdispersion"];
    let rates = table(&model, &headings, &[&["breaches", "2", "2"]]);
    let found = luck(&model, &facts, &rates, &Settings::default()).unwrap();
    // Negative binomial of mean 2 and variance 4, r = 2 and q = 1/2: 1/4, 2/8, 3/16 for 0, 1, 2.
    near(exactly(found.lines[0].fined_on_target.as_ref()), 1.0 - 11.0 / 16.0);
}

#[test]
fn a_share_without_its_denominator_says_what_is_needed() {
    let measure = r#""seen": { "kind": "number", "per": "year", "range": [0, 1], "better": "higher" }"#;
    let clause = r#""bonus": { "kind": "incentive", "from": "icb", "to": "trust", "per": "year",
        "amount": "if seen >= 75% then GBP 1000 else GBP 0" }"#;
    let model = contract(measure, clause);
    let mut observations = Observations::new();
    observations.add_value("seen", "2026/27", &[], "50%");
    let facts = bound(&model, &observations);
    let found = of(&model, &facts);
    assert!(found.lines.is_empty() && found.unknown[0].figure.remedy.contains("denominator"));
    let rates = table(&model, &["measure", "denominator"], &[&["seen", "4"]]);
    let found = luck(&model, &facts, &rates, &Settings::default()).unwrap();
    near(exactly(found.lines[0].paid_unchanged.as_ref()), 5.0 / 16.0);
}

#[test]
fn tables_of_rates_are_refused_with_all_their_problems() {
    let model = seen("if seen >= 75% then GBP 1000 else GBP 0");
    let found = try_table(&model, &["measure", "floor"], &[]).unwrap_err();
    assert_eq!(found, ["`floor` is no column of rates"]);
    let rows: [&[&str]; 3] = [&["seen", "half", ""], &["hidden", "1", ""], &["seen", "50%", "gamma"]];
    let found = try_table(&model, &["measure", "baseline", "law"], &rows).unwrap_err();
    let expected =
        ["`half` is no rate", "`hidden` is no measure of the contract", "`gamma` is no law of counts"];
    assert_eq!(found, expected);
    let rates =
        table(&model, &["measure", "period"], &[&["seen", ""], &["seen", "2026/27"], &["seen", "2030"]]);
    let facts = counted(&model, "2", "4");
    let found = luck(&model, &facts, &rates, &Settings::default()).unwrap_err();
    let found: Vec<&str> = found.0.iter().map(|problem| problem.found.as_str()).collect();
    let expected = ["an earlier row speaks of the same figure", "no stated line rests on this figure"];
    assert_eq!(found, expected);
}

/// Harbourside as it was designed: baseline rates, and the denominators of its first year.
fn harbourside() -> &'static Luck {
    static LUCK: OnceLock<Luck> = OnceLock::new();
    LUCK.get_or_init(work_out_harbourside)
}

fn work_out_harbourside() -> Luck {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../");
    let read = |file: &str| std::fs::read_to_string(format!("{root}{file}")).unwrap();
    let model =
        Contract::parse(&read("contracts/harbourside/prime-provider.json")).unwrap().compile().unwrap();
    let cells = |text: &str| -> Vec<Vec<String>> {
        text.lines().map(|line| line.split(',').map(str::to_string).collect()).collect()
    };
    let rows = cells(&read("fixtures/harbourside/2026-27.csv"));
    let mut observations = Observations::new();
    let numbered = rows[1..].iter().enumerate().map(|(i, row)| (i + 2, row.as_slice()));
    observations.add_table("2026-27.csv", &rows[0], numbered);
    let rows = cells(&read("fixtures/harbourside/baseline-rates.csv"));
    let numbered: Vec<_> = rows[1..].iter().cloned().enumerate().map(|(i, row)| (i + 2, row)).collect();
    let mut rates = Rates::default();
    rates.add_table(model.contract(), "baseline-rates.csv", &rows[0], &numbered).unwrap();
    luck(&model, &bound(&model, &observations), &rates, &Settings::default()).unwrap()
}

fn indicator<'l>(luck: &'l Luck, id: &str) -> &'l LineLuck {
    luck.lines.iter().find(|line| line.line == format!("outcomes:2026/27:{id}")).unwrap()
}

/// The chances of the design, which were worked out by the normal approximation; beside them the
/// exact ones, term by term.
#[test]
fn harbourside_pays_for_standing_still_as_it_was_designed_to() {
    let luck = harbourside();
    let paid = |id: &str| indicator(luck, id).paid_unchanged.clone().unwrap();
    for (id, percent) in
        [("C09", "96.3 %"), ("C07", "8.6 %"), ("C10", "9.7 %"), ("C02", "< 0.1 %"), ("C04", "< 0.1 %")]
    {
        assert_eq!(paid(id).normal.unwrap().percent(), percent, "{id}");
    }
    // Paid above the floor: 0.46 × 1,150 = 529, 0.075 × 4,400 = 330, 0.63 × 1,150 = 724.5.
    near(paid("C07").exact.unwrap().0, binomial(1150, 0.44, 530, 1150));
    near(paid("C10").exact.unwrap().0, binomial(4400, 0.07, 331, 4400));
    near(paid("C09").exact.unwrap().0, binomial(1150, 0.655, 725, 1150));
    assert_eq!(paid("C09").enough, Enough::None);
    let last = (1..3000).rev().find(|n| binomial(*n, 0.44, n * 46 / 100 + 1, *n) >= 0.05).unwrap();
    assert_eq!(paid("C07").enough, Enough::From(last + 1));
}

/// Five times the mean as the deviation of one person's cost, 300,000 people: 0.9 % of the whole.
#[test]
fn costs_vary_with_the_population() {
    let luck = harbourside();
    let line = luck.lines.iter().find(|line| line.clause == "emergency_share").unwrap();
    let odds = line.fined_on_target.as_ref().unwrap();
    assert!(odds.exact.is_none());
    // 2 % is 2.19 standard deviations of 5/√300,000: 1.42 % beyond. 5 % lie beyond 1.6449, so people
    // are (1.6449 × 5 ÷ 0.02)² = 169,097.
    assert_eq!(odds.normal.unwrap().percent(), "1.4 %");
    assert_eq!(odds.enough, Enough::From(169_097));
}

#[test]
fn lines_of_several_figures_are_left_to_simulation() {
    let luck = harbourside();
    let of = |clause: &str| luck.several.iter().filter(|line| line.clause == clause).count();
    assert_eq!((of("sanctions_cap"), of("council_floor")), (4, 1));
    // A line has an answer for each party that it pays.
    let c01: Vec<&str> = luck
        .lines
        .iter()
        .filter(|line| line.line == "outcomes:2026/27:C01")
        .map(|line| line.party.as_str())
        .collect();
    assert_eq!(c01, ["emh", "gpc"]);
}
