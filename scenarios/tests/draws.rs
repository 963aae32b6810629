//! Draws against known moments and quantiles, and correlations near those asked for.

mod common;

use carepact::{Problems, Request};
use carepact_scenarios::{Counts, Scenarios};
use common::{CLINICS, baseline, column, file, model, moments, scenarios};
use statrs::distribution::{Binomial, DiscreteCDF, NegativeBinomial, Poisson};

const MANY: usize = 20_000;

/// Draws of `late` with this entry.
fn late(entry: &str) -> Vec<i64> {
    let model = model(CLINICS);
    let scenarios = scenarios(&model, &format!(r#"{{ "measure": "late", {entry} }}"#), "");
    column(&scenarios, 11, MANY, "late", "")
}

/// Holds mean and deviation against known ones, within five standard errors or so.
fn holds(entry: &str, mean: f64, sd: f64) {
    let (found_mean, found_sd) = moments(&late(entry));
    let error = sd / (MANY as f64).sqrt();
    assert!((found_mean - mean).abs() < 5.0 * error, "{entry}: mean {found_mean}, not {mean}");
    assert!((found_sd - sd).abs() < 8.0 * error, "{entry}: deviation {found_sd}, not {sd}");
}

#[test]
fn levels_have_the_moments_of_their_distributions() {
    holds(r#""level": { "uniform": { "least": 1000, "most": 3000 } }"#, 2000.0, 2000.0 / 12f64.sqrt());
    // (a + b + c) / 3; sqrt((a² + b² + c² − ab − ac − bc) / 18) with 1000, 2000, 4000.
    holds(
        r#""level": { "triangular": { "least": 1000, "mode": 2000, "most": 4000 } }"#,
        7000.0 / 3.0,
        (7e6f64 / 18.0).sqrt(),
    );
    holds(r#""level": { "normal": { "mean": 2000, "sd": 300 } }"#, 2000.0, 300.0);
    holds(r#""level": { "lognormal": { "mean": 2000, "sd": 300 } }"#, 2000.0, 300.0);
    // Beta(2, 3): mean 2/5, variance 6 / (25 × 6), stretched from 1,000 to 3,000.
    holds(
        r#""level": { "beta": { "alpha": 2, "beta": 3, "least": 1000, "most": 3000 } }"#,
        1800.0,
        2000.0 * 0.2,
    );
    // Twice the baseline of 20, and 500 more than it.
    holds(
        r#""level": { "uniform": { "least": 100, "most": 150 }, "relative": "times" }"#,
        2500.0,
        1000.0 / 12f64.sqrt(),
    );
    holds(r#""level": { "normal": { "mean": 500, "sd": 90 }, "relative": "plus" }"#, 520.0, 90.0);
}

#[test]
fn chance_has_the_moments_of_its_distribution() {
    holds(r#""level": { "fixed": 900 }, "chance": "poisson""#, 900.0, 30.0);
    holds(r#""level": { "fixed": 900 }, "chance": "negative_binomial", "overdispersion": 4"#, 900.0, 60.0);
    holds(r#""level": { "fixed": "36%" }, "chance": "binomial", "trials": 2500"#, 900.0, 24.0);
    // A level that varies adds its own variance: 900 + 40².
    holds(r#""level": { "normal": { "mean": 900, "sd": 40 } }, "chance": "poisson""#, 900.0, 50.0);
    // p varies with 2 %: 2,500 (p q − 0.02²) + 2,500² × 0.02² = 576 − 1 + 2,500.
    holds(
        r#""level": { "normal": { "mean": "36%", "sd": "2%" } }, "chance": "binomial", "trials": 2500"#,
        900.0,
        3075f64.sqrt(),
    );
}

/// Sums of exact binomial chances, as shares of 10²⁰: C(20, k) 3^k 7^(20−k).
#[test]
fn binomial_quantiles_are_exact() {
    let mut sum = 0u128;
    let whole = 10u128.pow(20);
    let mut choose = 1u128;
    for k in 0..=20u32 {
        let before = sum;
        sum += choose * 3u128.pow(k) * 7u128.pow(20 - k);
        choose = choose * u128::from(20 - k) / u128::from(k + 1);
        let counts = Counts::Binomial { n: 20, p: 0.3 };
        let (low, high) = (before as f64 / whole as f64, sum as f64 / whole as f64);
        for u in [low + (high - low) * 1e-3, (low + high) / 2.0, high - (high - low) * 1e-3] {
            if u > 0.0 && 1.0 - u > 1e-12 {
                assert_eq!(counts.at(u), u64::from(k), "u = {u}");
            }
        }
    }
    assert_eq!(sum, whole);
}

/// Mean 4 and variance 8 is r = 4, p = 1/2: C(k + 3, 3) / 2^(k + 4).
#[test]
fn negative_binomial_quantiles_are_exact() {
    let counts = Counts::NegativeBinomial { mean: 4.0, over: 2.0 };
    let mut below = 0.0;
    for k in 0..30u64 {
        let choose = (k + 1) * (k + 2) * (k + 3) / 6;
        let chance = choose as f64 / 2f64.powi(k as i32 + 4);
        assert_eq!(counts.at(below + chance / 2.0), k);
        assert_eq!(counts.table().at(below + chance * 0.999), k);
        below += chance;
    }
}

/// e⁻³ = 0.0497870683678639, and e⁻³ (1 + 3 + 9/2 + 27/6) = 0.647231888782231.
#[test]
fn poisson_quantiles_are_exact() {
    let counts = Counts::Poisson { mean: 3.0 };
    assert_eq!((counts.at(0.049_787_068_367_863), counts.at(0.049_787_068_367_865)), (0, 1));
    assert_eq!((counts.at(0.647_231_888_782_23), counts.at(0.647_231_888_782_24)), (3, 4));
}

/// Large counts against another method: statrs sums nothing, but uses incomplete beta and gamma.
#[test]
fn quantiles_of_large_counts_agree_with_another_method() {
    let close = |below: f64, u: f64, above: f64| below < u + 1e-9 && u - 1e-9 < above;
    let binomial = Binomial::new(0.863, 32_670).unwrap();
    let poisson = Poisson::new(7_875.0).unwrap();
    // r = mean / (over − 1), p = 1 / over.
    let negative = NegativeBinomial::new(28_194.0 / 20.0, 1.0 / 21.0).unwrap();
    for u in [1e-6, 0.001, 0.05, 0.31, 0.5, 0.77, 0.95, 0.9999] {
        let k = Counts::Binomial { n: 32_670, p: 0.863 }.at(u);
        assert!(close(binomial.cdf(k - 1), u, binomial.cdf(k)), "binomial {u}: {k}");
        let k = Counts::Poisson { mean: 7_875.0 }.at(u);
        assert!(close(poisson.cdf(k - 1), u, poisson.cdf(k)), "poisson {u}: {k}");
        let k = Counts::NegativeBinomial { mean: 28_194.0, over: 21.0 }.at(u);
        assert!(close(negative.cdf(k - 1), u, negative.cdf(k)), "negative binomial {u}: {k}");
    }
}

#[test]
fn certain_counts_are_certain() {
    assert_eq!(Counts::Binomial { n: 50, p: 1.0 }.at(0.3), 50);
    assert_eq!(Counts::Binomial { n: 50, p: 0.0 }.at(0.99), 0);
    assert_eq!(Counts::Poisson { mean: 0.0 }.at(0.99), 0);
    assert_eq!(Counts::NegativeBinomial { mean: 0.0, over: 2.0 }.table().at(0.5), 0);
}

/// Ranks of a column, the mean rank for equals.
fn ranks(column: &[i64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..column.len()).collect();
    order.sort_by_key(|place| column[*place]);
    let mut ranks = vec![0.0; column.len()];
    let mut from = 0;
    while from < order.len() {
        let same = order[from..].iter().take_while(|place| column[**place] == column[order[from]]).count();
        for place in &order[from..from + same] {
            ranks[*place] = from as f64 + (same as f64 - 1.0) / 2.0;
        }
        from += same;
    }
    ranks
}

fn rank_correlation(a: &[i64], b: &[i64]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let sum = |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum() };
    sum(&a, &b) / (sum(&a, &a) * sum(&b, &b)).sqrt()
}

#[test]
fn rank_correlations_are_near_those_asked_for() {
    let model = model(CLINICS);
    let draws = r#"
      { "measure": "visits", "level": { "normal": { "mean": 2000, "sd": 400 } } },
      { "measure": "late", "level": { "lognormal": { "mean": 2000, "sd": 900 } } }"#;
    let more = r#", "rank_correlation": [
      { "between": ["visits:north", "visits:south"], "is": "0.7" },
      { "between": ["visits:south", "late"], "is": "-0.5" }]"#;
    let scenarios = scenarios(&model, draws, more);
    let of = |measure: &str, member: &str| column(&scenarios, 8, MANY, measure, member);
    let (north, south, late) = (of("visits", "north"), of("visits", "south"), of("late", ""));
    // The standard error is about 1 / sqrt(20,000), 0.007.
    assert!((rank_correlation(&north, &south) - 0.7).abs() < 0.02);
    assert!((rank_correlation(&south, &late) + 0.5).abs() < 0.03);
    assert!(rank_correlation(&north, &late).abs() < 0.03);
    let (mean, sd) = moments(&late);
    assert!((mean - 2000.0).abs() < 35.0 && (sd - 900.0).abs() < 60.0, "{mean}, {sd}");
}

#[test]
fn correlations_that_do_not_fit_together_are_refused() {
    let model = model(CLINICS);
    let text = r#"{ "title": "Circle", "draws": [
      { "measure": "visits", "level": { "normal": { "mean": 2000, "sd": 400 } } },
      { "measure": "late", "level": { "normal": { "mean": 20, "sd": 4 } } }],
      "rank_correlation": [
        { "between": ["visits:north", "visits:south"], "is": "0.9" },
        { "between": ["visits:south", "late"], "is": "0.9" },
        { "between": ["visits:north", "late"], "is": "-0.9" }] }"#;
    let refused = Scenarios::new(&model, &file(text), &baseline(), &Request::default(), None);
    let Err(Problems(problems)) = refused else { panic!("it was taken") };
    assert_eq!(problems[0].code.name, "scenario-correlation");
}

#[test]
fn a_level_is_drawn_anew_for_what_each_names() {
    let model = model(CLINICS);
    let of = |each: &str| {
        let draws = format!(
            r#"{{ "measure": "visits", "level": {{ "uniform": {{ "least": 500, "most": 4000 }} }}{each} }}"#
        );
        let scenarios = scenarios(&model, &draws, "");
        let column = |site: &str| column(&scenarios, 1, 50, "visits", site);
        (column("north"), column("south"))
    };
    let (north, south) = of("");
    assert!(north != south);
    let (north, south) = of(r#", "each": ["year"]"#);
    assert_eq!(north, south);
    let (north, south) = of(r#", "each": ["site"]"#);
    assert!(north != south);
}

#[test]
fn a_shock_moves_all_that_it_names() {
    let model = model(CLINICS);
    let more = r#", "shocks": { "flood": { "draw": { "happens": "30%" }, "each": "year", "moves": [
      { "measure": "visits", "for": ["north"], "times": "-25%" }, { "measure": "late", "plus": 30 }] } }"#;
    let draws = r#"{ "measure": "seen", "chance": "binomial" }"#;
    let scenarios = scenarios(&model, draws, more);
    let (north, late) =
        (column(&scenarios, 2, 1000, "visits", "north"), column(&scenarios, 2, 1000, "late", ""));
    let floods = late.iter().filter(|late| **late == 50).count();
    assert!((240..360).contains(&floods), "{floods}");
    let together = north.iter().zip(&late).all(|pair| matches!(pair, (1200, 20) | (900, 50)));
    assert!(together);
}
