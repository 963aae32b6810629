//! Exact numbers against big rationals, rounding against its definition in whole numbers, splits
//! against all possible splits, and the calendar against a count of its days.

use carepact::calendar::{Calendar, Date, Period, PeriodKind, days_in_month};
use carepact::num::{Division, Residue, apportion};
use carepact::{Exact, Mode};
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::compare::big;
use crate::generate::run::config;

const MODES: [Mode; 6] =
    [Mode::HalfAway, Mode::HalfUp, Mode::HalfEven, Mode::Down, Mode::Floor, Mode::Ceiling];

/// Whole numbers, those at which machine integers end among them.
fn whole() -> impl Strategy<Value = i128> {
    let ends = [0, 1, -1, 2, 12, 100].map(i128::from);
    let i64_ends = [i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 1].map(i128::from);
    let u32_ends =
        [i128::from(u32::MAX), i128::from(i64::MAX) + 1, i128::from(u64::MAX), i128::MAX, i128::MIN];
    prop_oneof![
        3 => -1000i128..1000,
        2 => proptest::sample::select([&ends[..], &i64_ends[..], &u32_ends[..]].concat()),
        2 => any::<i64>().prop_map(i128::from),
        1 => any::<i128>(),
    ]
}

fn fraction() -> impl Strategy<Value = (i128, i128)> {
    (whole(), whole().prop_filter("a denominator", |d| *d != 0))
}

fn both((n, d): (i128, i128)) -> (Exact, BigRational) {
    (Exact::ratio(n, d).expect("not 0"), BigRational::new(BigInt::from(n), BigInt::from(d)))
}

/// The multiple of a quantum, from the whole numbers below and above and the mode's own words.
fn rounded(x: &BigRational, quantum: &BigRational, mode: Mode) -> BigRational {
    let multiple = x / quantum;
    let (n, d) = (multiple.numer().clone(), multiple.denom().clone());
    let below = n.div_floor(&d);
    let above = -((-n.clone()).div_floor(&d));
    // Twice the distance to the number below, in parts of the denominator, against a whole step.
    let twice: BigInt = (n.clone() - &below * &d) * 2;
    let nearest = |tie: &BigInt| match twice.cmp(&d) {
        std::cmp::Ordering::Less => below.clone(),
        std::cmp::Ordering::Greater => above.clone(),
        std::cmp::Ordering::Equal => tie.clone(),
    };
    let chosen = match mode {
        Mode::Floor => below.clone(),
        Mode::Ceiling => above.clone(),
        Mode::Down => {
            if n.is_negative() {
                above.clone()
            } else {
                below.clone()
            }
        }
        Mode::HalfUp => nearest(&above),
        Mode::HalfAway => nearest(if n.is_negative() { &below } else { &above }),
        Mode::HalfEven => nearest(if below.is_even() { &below } else { &above }),
    };
    BigRational::from_integer(chosen) * quantum
}

proptest! {
    #![proptest_config(config(2000))]

    #[test]
    fn exact_numbers_are_rationals(a in fraction(), b in fraction()) {
        let ((a, ra), (b, rb)) = (both(a), both(b));
        prop_assert_eq!(big(&a), ra.clone());
        prop_assert_eq!(big(&(&a + &b)), &ra + &rb);
        prop_assert_eq!(big(&(&a - &b)), &ra - &rb);
        prop_assert_eq!(big(&(&a * &b)), &ra * &rb);
        prop_assert_eq!(big(&-&a), -ra.clone());
        prop_assert_eq!(big(&a.abs()), ra.abs());
        prop_assert_eq!(big(&a.floor()), ra.floor());
        prop_assert_eq!(a.is_whole(), ra.is_integer());
        prop_assert_eq!(i64::from(a.sign()), i64::from(ra.is_positive()) - i64::from(ra.is_negative()));
        prop_assert_eq!(a.cmp(&b), ra.cmp(&rb));
        prop_assert_eq!(a == b, ra == rb);
        match a.checked_div(&b) {
            Some(quotient) => {
                prop_assert_eq!(big(&quotient), &ra / &rb);
                // The same number by another way is the same number, however it is kept.
                prop_assert_eq!(&quotient * &b, a.clone());
            }
            None => prop_assert!(rb.is_zero()),
        }
        prop_assert_eq!(&(&a + &b) - &b, a.clone());
        let step = a.common_step(&b);
        for x in [&a, &b] {
            prop_assert!(step.is_zero() && x.is_zero() || x.checked_div(&step).is_some_and(|n| n.is_whole()));
        }
    }

    #[test]
    fn rounding_follows_the_words_of_the_mode(x in fraction(), q in fraction(), small in -40i128..40) {
        let (x, rx) = both(x);
        let (q, rq) = (both(q).0.abs(), both(q).1.abs());
        prop_assume!(!rq.is_zero());
        let halves = Exact::ratio(small, 4).expect("a fraction");
        for mode in MODES {
            prop_assert_eq!(big(&x.rounded(&q, mode)), rounded(&rx, &rq, mode), "{:?}", mode);
            let one = BigRational::one();
            prop_assert_eq!(big(&halves.rounded(&Exact::ONE, mode)), rounded(&big(&halves), &one, mode));
        }
    }

    #[test]
    fn decimals_are_read_as_they_are_printed(n in any::<i64>(), places in 0u32..9) {
        let value = Exact::scaled(i128::from(n), places);
        prop_assert_eq!(Exact::parse(&value.to_string()), Ok(value.clone()));
        prop_assert_eq!(Exact::parse(&value.plain(places as usize)), Ok(value.clone()));
        prop_assert_eq!(Exact::parse(&value.grouped(places as usize).replace(',', "")), Ok(value));
    }
}

fn exacts(numbers: &[i64]) -> Vec<Exact> {
    numbers.iter().copied().map(Exact::from).collect()
}

/// Every way to split a small whole total into whole parts.
fn all_splits(total: i64, parts: usize) -> Vec<Vec<i64>> {
    if parts == 1 {
        return vec![vec![total]];
    }
    let first =
        |n: i64| all_splits(total - n, parts - 1).into_iter().map(move |rest| [&[n], &rest[..]].concat());
    (0..=total).flat_map(first).collect()
}

/// The split nearest to the quotas; of equally near ones that which gives more to those first.
fn nearest_split(total: i64, quotas: &[Exact]) -> Vec<Exact> {
    let distance = |split: &Vec<i64>| -> Exact {
        let off = split.iter().zip(quotas).map(|(part, quota)| quota - &Exact::from(*part));
        off.map(|off| &off * &off).sum()
    };
    let mut all = all_splits(total, quotas.len());
    all.sort_by(|a, b| distance(a).cmp(&distance(b)).then_with(|| b.cmp(a)));
    exacts(&all[0])
}

/// Quotas within limits, one limit after the other: share out, and where the limits that are
/// passed ask for more than they give, hold those below; otherwise those above.
fn filled(total: &Exact, weights: &[Exact], limits: &[(Exact, Exact)]) -> Vec<Exact> {
    let mut held: Vec<Option<Exact>> = vec![None; weights.len()];
    loop {
        let fixed: Exact = held.iter().flatten().sum();
        let open: Exact = weights.iter().zip(&held).filter(|(_, held)| held.is_none()).map(|(w, _)| w).sum();
        let rest = total - &fixed;
        let free = |weight: &Exact| (&rest * weight).checked_div(&open).unwrap_or(Exact::ZERO);
        let quotas: Vec<Exact> =
            weights.iter().zip(&held).map(|(w, held)| held.clone().unwrap_or_else(|| free(w))).collect();
        let over: Exact =
            quotas.iter().zip(limits).map(|(q, (_, most))| (q - most).greater(&Exact::ZERO).clone()).sum();
        let under: Exact =
            quotas.iter().zip(limits).map(|(q, (least, _))| (least - q).greater(&Exact::ZERO).clone()).sum();
        if over.is_zero() && under.is_zero() {
            return quotas;
        }
        for ((quota, (least, most)), held) in quotas.iter().zip(limits).zip(&mut held) {
            if over >= under && quota > most {
                *held = Some(most.clone());
            } else if under >= over && quota < least {
                *held = Some(least.clone());
            }
        }
    }
}

fn residues(parts: usize) -> impl Strategy<Value = Residue> {
    prop_oneof![
        3 => Just(Residue::LargestRemainder),
        1 => Just(Residue::LargestShare),
        1 => Just(Residue::Last),
        1 => (0..parts).prop_map(Residue::Part),
    ]
}

/// Weights that are not all 0, with a residue rule for as many parts.
fn weights() -> impl Strategy<Value = (Vec<i64>, Residue)> {
    let not_all_zero = |weights: &Vec<i64>| weights.iter().any(|weight| *weight > 0);
    let weights = vec(0i64..8, 1..5).prop_filter("some weight", not_all_zero);
    weights.prop_flat_map(|weights| {
        let parts = weights.len();
        (Just(weights), residues(parts))
    })
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn parts_are_the_nearest_to_their_quotas((weights, residue) in weights(), total in 0i64..13, mode in 0usize..4) {
        let weights = exacts(&weights);
        let quantum = Exact::ONE;
        let division = Division { weights: &weights, limits: None, quantum: &quantum, mode: MODES[mode], residue };
        let whole = Exact::from(total);
        let parts = apportion(&whole, &division);
        let sum: Exact = weights.iter().sum();
        let quota = |weight: &Exact| (&whole * weight).checked_div(&sum).expect("some weight");
        let quotas: Vec<Exact> = weights.iter().map(quota).collect();
        prop_assert_eq!(parts.iter().sum::<Exact>(), whole.clone());
        let largest = weights.iter().max().and_then(|most| weights.iter().position(|weight| weight == most));
        let taker = match residue {
            Residue::LargestRemainder => None,
            Residue::LargestShare => largest,
            Residue::Last => weights.iter().rposition(|weight| !weight.is_zero()),
            Residue::Part(part) => Some(part),
        };
        match taker {
            None => prop_assert_eq!(&parts, &nearest_split(total, &quotas)),
            Some(taker) => for (i, (part, quota)) in parts.iter().zip(&quotas).enumerate() {
                prop_assert!(i == taker || *part == quota.rounded(&quantum, MODES[mode]), "{parts:?}");
            },
        }
        let opposite: Vec<Exact> = parts.iter().map(|part| -part).collect();
        prop_assert_eq!(apportion(&-&whole, &division), opposite);
    }

    #[test]
    fn limits_are_kept_and_the_rest_is_pro_rata(
        (weights, residue) in weights(),
        ends in vec((0i64..30, 0i64..60), 4),
        total in 0i64..200,
    ) {
        let limits: Vec<(Exact, Exact)> =
            ends.iter().take(weights.len()).map(|(a, b)| (Exact::from(*a), Exact::from(a + b))).collect();
        let weights = exacts(&weights.iter().map(|weight| weight + 1).collect::<Vec<_>>());
        let least: Exact = limits.iter().map(|(least, _)| least).sum();
        let most: Exact = limits.iter().map(|(_, most)| most).sum();
        let quantum = Exact::scaled(1, 2);
        let division =
            Division { weights: &weights, limits: Some(&limits), quantum: &quantum, mode: Mode::HalfAway, residue };
        let wanted = Exact::from(total);
        let parts = apportion(&wanted, &division);
        let reached = wanted.greater(&least).lesser(&most).clone();
        prop_assert_eq!(parts.iter().sum::<Exact>(), reached.clone());
        let quotas = filled(&reached, &weights, &limits);
        let slack = &quantum * &Exact::from(i64::try_from(weights.len()).expect("few"));
        for (part, quota) in parts.iter().zip(&quotas) {
            prop_assert!((part - quota).abs() <= slack, "{parts:?} for {quotas:?}");
        }
    }
}

fn calendars() -> impl Strategy<Value = Calendar> {
    let days = (2023i32..2030, 1u32..=12, 1u32..=31, 0i32..30, 1u32..=31, 1u32..=12);
    days.prop_map(|(year, month, day, months, last_day, start_month)| {
        let end = year * 12 + i32::try_from(month).expect("a month") - 1 + months;
        let (last_year, last_month) =
            (end.div_euclid(12), u32::try_from(end.rem_euclid(12) + 1).expect("a month"));
        let first = Date { year, month, day: day.min(days_in_month(year, month)) };
        let last = Date {
            year: last_year,
            month: last_month,
            day: last_day.min(days_in_month(last_year, last_month)),
        };
        Calendar { first, last: last.max(first), start_month }
    })
}

/// The day after.
fn next(date: Date) -> Date {
    match date {
        Date { year, month, day } if day < days_in_month(year, month) => Date { year, month, day: day + 1 },
        Date { year, month: 12, .. } => Date { year: year + 1, month: 1, day: 1 },
        Date { year, month, .. } => Date { year, month: month + 1, day: 1 },
    }
}

/// The calendar month of a day, as its key.
fn month_key(date: Date) -> String {
    format!("{:04}-{:02}", date.year, date.month)
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn periods_divide_the_term(calendar in calendars()) {
        let mut days: Vec<Date> = vec![calendar.first];
        while days[days.len() - 1] < calendar.last {
            days.push(next(days[days.len() - 1]));
        }
        let count = |n: usize| Exact::from(i64::try_from(n).expect("days"));
        prop_assert_eq!(calendar.days(Period::TERM), count(days.len()));
        for month in calendar.all(PeriodKind::Month) {
            let inside = days.iter().filter(|day| month_key(**day) == calendar.key(month)).count();
            prop_assert_eq!(calendar.days(month), count(inside));
        }
        for kind in PeriodKind::ALL {
            let all = calendar.all(kind);
            for (measure, name) in [
                (Calendar::days as fn(&Calendar, Period) -> Exact, "days"),
                (Calendar::months, "months"),
                (Calendar::years_by_days, "years"),
            ] {
                let parts: Exact = all.iter().map(|period| measure(&calendar, *period)).sum();
                prop_assert_eq!(parts, measure(&calendar, Period::TERM), "{} of {:?}", name, kind);
            }
            for period in all {
                prop_assert_eq!(calendar.period(&calendar.key(period)), Some(period));
                prop_assert!(calendar.in_term(period));
                for longer in PeriodKind::ALL.into_iter().filter(|longer| *longer >= kind) {
                    let outer = calendar.enclosing(period, longer).expect("a longer period");
                    prop_assert!(calendar.within(outer, kind).contains(&period));
                    prop_assert!(calendar.contains(outer, period));
                }
                prop_assert!((1..=12).contains(&calendar.month_number(period)) || kind == PeriodKind::Term);
            }
        }
    }
}
