//! What chance does to a figure whose true rate does not change.
//!
//! A figure is a count over a size: 529 of 1,150 people, 44 breaches in a month. Tails are added up from
//! the chances of the counts in them, so that none is a difference of large numbers.
//!
//! Four trials with an even chance give 0 to 4 with 1, 4, 6, 4, 1 sixteenths.

use statrs::function::erf::{erfc, erfc_inv};

use crate::chance::{Counts, chances_about};

/// How a count comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// So many of a number of people, each with the same chance: binomial.
    Share,
    /// Events that come one by one: Poisson.
    Events,
    /// A cost of many people: normal, by the variation of the cost of one.
    Cost,
}

impl Law {
    /// The word that reports use.
    pub fn word(self) -> &'static str {
        match self {
            Law::Share => "binomial",
            Law::Events => "poisson",
            Law::Cost => "cost",
        }
    }
}

/// A figure under chance: its law, its true rate, and the size it is counted over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// How it comes about.
    pub law: Law,
    /// The true rate: count over size, or the cost.
    pub rate: f64,
    /// People, cases, or times the present size.
    pub size: f64,
    /// Variance over that of the law, 1 where events are independent; of a cost the standard
    /// deviation of the cost of one person over its mean.
    pub spread: f64,
}

impl Chance {
    /// The standard deviation of count over size.
    pub fn deviation(&self) -> f64 {
        let Chance { law, rate, size, spread } = *self;
        match law {
            Law::Share => (spread * rate * (1.0 - rate) / size).sqrt(),
            Law::Events => (spread * rate / size).sqrt(),
            Law::Cost => rate * spread / size.sqrt(),
        }
    }

    /// The chance of a figure beyond a value, by the normal approximation: no account is taken of
    /// counts being whole.
    pub fn normal_beyond(&self, value: f64, above: bool) -> f64 {
        let z = (value - self.rate) / self.deviation();
        if z.is_nan() {
            return 0.0;
        }
        0.5 * erfc(if above { z } else { -z } / std::f64::consts::SQRT_2)
    }

    /// The counts that chance can give; nothing for a cost, which is no count.
    pub fn counts(&self) -> Option<Likely> {
        let Chance { law, rate: p, size, spread: over } = *self;
        let (n, mean) = (size as u64, p * size);
        let counts = match law {
            Law::Cost => return None,
            Law::Share if over > 1.0 && n > 1 && p > 0.0 && p < 1.0 => {
                let (first, chances) = shared_luck(n, p, over);
                return Some(Likely { first, chances });
            }
            Law::Share => Counts::Binomial { n, p },
            Law::Events if over > 1.0 => Counts::NegativeBinomial { mean, over },
            Law::Events => Counts::Poisson { mean },
        };
        let (first, chances) = counts.chances();
        Some(Likely { first, chances })
    }
}

/// The beta-binomial: people share their luck, so that the variance is `over` times that of the binomial.
fn shared_luck(n: u64, p: f64, over: f64) -> (u64, Vec<f64>) {
    let of = n as f64;
    // How much of their luck they share; all of it where so few cannot vary more.
    let shared = ((over - 1.0) / (of - 1.0)).min(0.999_999);
    let (alpha, beta) = (p * (1.0 - shared) / shared, (1.0 - p) * (1.0 - shared) / shared);
    chances_about(((of * p) as u64).min(n), &|k| {
        let (at, left) = (k as f64, n.saturating_sub(k) as f64);
        if left < 1.0 { 0.0 } else { left * (at + alpha) / ((at + 1.0) * (left - 1.0 + beta)) }
    })
}

/// Chances of counts, from the first that is at all likely on.
#[derive(Debug, Clone, PartialEq)]
pub struct Likely {
    first: u64,
    chances: Vec<f64>,
}

impl Likely {
    /// Counts with their chances.
    pub fn iter(&self) -> impl Iterator<Item = (u64, f64)> {
        (self.first..).zip(self.chances.iter().copied())
    }

    /// The chance of at least this count.
    pub fn at_least(&self, count: u64) -> f64 {
        let from = usize::try_from(count.saturating_sub(self.first)).unwrap_or(usize::MAX);
        self.chances.get(from..).map_or(0.0, |tail| tail.iter().rev().sum())
    }

    /// The chance of at most this count.
    pub fn at_most(&self, count: u64) -> f64 {
        let Some(last) = count.checked_sub(self.first) else { return 0.0 };
        let last = usize::try_from(last).unwrap_or(usize::MAX).min(self.chances.len() - 1);
        self.chances[..=last].iter().sum()
    }
}

/// How many standard deviations from the mean a normal figure lies that this share of figures is
/// below.
pub fn normal_at(share: f64) -> f64 {
    -std::f64::consts::SQRT_2 * erfc_inv(2.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1e-300), "{found} {expected}");
    }

    fn chance(law: Law, rate: f64, size: f64, spread: f64) -> Chance {
        Chance { law, rate, size, spread }
    }

    #[test]
    fn four_even_trials_are_sixteenths() {
        let counts = chance(Law::Share, 0.5, 4.0, 1.0).counts().unwrap();
        for (count, (n, p)) in [1.0, 4.0, 6.0, 4.0, 1.0].into_iter().zip(counts.iter()) {
            near(p, count / 16.0);
            assert!(n <= 4);
        }
        near(counts.at_least(3), 5.0 / 16.0);
        near(counts.at_most(0), 1.0 / 16.0);
        assert_eq!((counts.at_least(5), counts.at_least(0)), (0.0, 1.0));
    }

    #[test]
    fn small_tails_are_accurate() {
        let counts = chance(Law::Share, 0.1, 30.0, 1.0).counts().unwrap();
        near(
            counts.at_least(15),
            (15..=30).map(|n| choose(30, n) * 0.1f64.powi(n) * 0.9f64.powi(30 - n)).sum(),
        );
    }

    fn choose(n: i32, k: i32) -> f64 {
        (1..=k).map(|i| f64::from(n - k + i) / f64::from(i)).product()
    }

    #[test]
    fn events_without_any_are_e_to_the_minus_mean() {
        near(chance(Law::Events, 2.0, 1.0, 1.0).counts().unwrap().at_most(0), (-2f64).exp());
        // Variance twice the mean: negative binomial with r = 2 and q = 1/2, so (1/2)² without any.
        near(chance(Law::Events, 2.0, 1.0, 2.0).counts().unwrap().at_most(0), 0.25);
    }

    #[test]
    fn shared_luck_has_the_stated_variance() {
        for law in [Law::Share, Law::Events] {
            for spread in [1.0, 2.5] {
                let chance = chance(law, 0.3, 200.0, spread);
                let counts = chance.counts().unwrap();
                let mean: f64 = counts.iter().map(|(n, p)| n as f64 * p).sum();
                let variance: f64 = counts.iter().map(|(n, p)| (n as f64 - mean).powi(2) * p).sum();
                assert!((mean - 60.0).abs() < 1e-9, "{mean}");
                assert!((variance.sqrt() / 200.0 - chance.deviation()).abs() < 1e-9, "{variance}");
            }
        }
    }

    #[test]
    fn rates_of_nothing_and_all_are_certain() {
        assert_eq!(chance(Law::Share, 0.0, 9.0, 1.0).counts().unwrap().at_most(0), 1.0);
        assert_eq!(chance(Law::Share, 1.0, 9.0, 1.0).counts().unwrap().at_least(9), 1.0);
    }
}
