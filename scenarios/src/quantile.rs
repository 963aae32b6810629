//! Quantiles of continuous distributions: the value below which a share of all draws lies.

use carepact::Exact;
use carepact::scenario::Distribution;
use num_traits::ToPrimitive;
use statrs::distribution::{Beta, ContinuousCDF, LogNormal, Normal, Triangular};

use crate::interval::Interval;
use crate::stream::LEAST;

/// The nearest float of an exact number.
pub fn float(exact: &Exact) -> f64 {
    let (n, d) = exact.parts();
    // Both are brought below 2^1000, where the quotient is as near as its parts are.
    let shift = n.bits().max(d.bits()).saturating_sub(1000);
    let of = |n: num_bigint::BigInt| (n >> shift).to_f64().unwrap_or(0.0);
    of(n) / of(d)
}

/// A distribution that can be drawn from.
#[derive(Debug, Clone)]
pub enum Quantile {
    /// One value.
    Fixed(f64),
    /// From the first to the second.
    Uniform(f64, f64),
    /// The triangular distribution.
    Triangular(Triangular),
    /// Mean and standard deviation.
    Normal(f64, f64),
    /// The lognormal distribution.
    Lognormal(LogNormal),
    /// A beta distribution, its least value and its width.
    Beta(Beta, f64, f64),
    /// 1 with this chance.
    Happens(f64),
}

impl Quantile {
    /// The quantiles of a distribution; nothing where its parameters are beyond what floats hold.
    pub fn new(distribution: &Distribution) -> Option<Quantile> {
        Some(match distribution {
            Distribution::Fixed(value) => Quantile::Fixed(float(value)),
            Distribution::Uniform { least, most } => Quantile::Uniform(float(least), float(most)),
            Distribution::Triangular { least, mode, most } => {
                Quantile::Triangular(Triangular::new(float(least), float(most), float(mode)).ok()?)
            }
            Distribution::Normal { mean, sd } => Quantile::Normal(float(mean), float(sd)),
            Distribution::Lognormal { mean, sd } => {
                let (mean, sd) = (float(mean), float(sd));
                // Of the logarithm, so that the number itself has the mean and the deviation.
                let variance = (1.0 + (sd / mean) * (sd / mean)).ln();
                Quantile::Lognormal(LogNormal::new(mean.ln() - variance / 2.0, variance.sqrt()).ok()?)
            }
            Distribution::Beta { alpha, beta, least, most } => {
                let (least, most) = (float(least), float(most));
                Quantile::Beta(Beta::new(float(alpha), float(beta)).ok()?, least, most - least)
            }
            Distribution::Happens(chance) => Quantile::Happens(float(chance)),
        })
    }

    /// The value below which the share `u` lies.
    pub fn at(&self, u: f64) -> f64 {
        match self {
            Quantile::Fixed(value) => *value,
            Quantile::Uniform(least, most) => least + (most - least) * u,
            Quantile::Triangular(triangular) => triangular.inverse_cdf(u),
            Quantile::Normal(mean, sd) => mean + sd * normal_score(u),
            Quantile::Lognormal(lognormal) => lognormal.inverse_cdf(u),
            Quantile::Beta(beta, least, width) => least + width * beta.inverse_cdf(u),
            Quantile::Happens(chance) => f64::from(u8::from(u > 1.0 - chance)),
        }
    }

    /// All values that it can take.
    pub fn interval(&self) -> Interval {
        Interval::hull(&[self.at(LEAST), self.at(1.0 - LEAST)])
    }
}

/// The standard normal distribution.
fn standard() -> Normal {
    Normal::standard()
}

/// The normal score of a share.
pub fn normal_score(u: f64) -> f64 {
    standard().inverse_cdf(u)
}

/// The share below a normal score, strictly between 0 and 1.
pub fn share_below(score: f64) -> f64 {
    standard().cdf(score).clamp(LEAST, 1.0 - LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(distribution: &Distribution, u: f64) -> f64 {
        Quantile::new(distribution).unwrap().at(u)
    }

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    fn is_near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-9 * wanted.abs().max(1.0), "{found}, not {wanted}");
    }

    /// Normal scores as tables print them, to fifteen digits.
    #[test]
    fn normal_scores_are_those_of_the_tables() {
        for (u, score) in [(0.975, 1.959963984540054), (0.95, 1.644853626951473), (0.5, 0.0)] {
            assert!((normal_score(u) - score).abs() < 1e-12, "{u}");
            assert!((normal_score(1.0 - u) + score).abs() < 1e-12, "{u}");
            // statrs gives the normal share to ten digits or so, which is more than a copula needs.
            assert!((share_below(score) - u).abs() < 1e-9, "{score}");
        }
        is_near(at(&Distribution::Normal { mean: exact("10"), sd: exact("2") }, 0.975), 13.919927969080108);
    }

    #[test]
    fn quantiles_by_hand() {
        let (least, mode, most) = (exact("0"), exact("1"), exact("4"));
        // A quarter lies below the mode, and (4 − x)² / 12 above x.
        let triangular = Distribution::Triangular { least: least.clone(), mode, most: most.clone() };
        is_near(at(&triangular, 0.25), 1.0);
        is_near(at(&triangular, 1.0 - 1.0 / 12.0), 3.0);
        is_near(at(&Distribution::Uniform { least: least.clone(), most: most.clone() }, 0.3), 1.2);
        // Of Beta(2, 3) 11/16 lie below the middle.
        let (alpha, beta) = (exact("2"), exact("3"));
        is_near(at(&Distribution::Beta { alpha, beta, least, most }, 11.0 / 16.0), 2.0);
        // The median of a lognormal is its mean over the root of 1 + (sd / mean)².
        let lognormal = Distribution::Lognormal { mean: exact("100"), sd: exact("100") };
        is_near(at(&lognormal, 0.5), 100.0 / 2f64.sqrt());
        let happens = Distribution::Happens(exact("20%"));
        assert_eq!((at(&happens, 0.79), at(&happens, 0.81)), (0.0, 1.0));
        assert_eq!(at(&Distribution::Fixed(exact("2.5")), 0.4), 2.5);
    }

    #[test]
    fn floats_are_near_their_numbers() {
        assert_eq!(float(&Exact::ratio(1, 3).unwrap()), 1.0 / 3.0);
        assert_eq!(float(&Exact::ratio(-5, 2).unwrap()), -2.5);
        let huge = (0..40).fold(Exact::ONE, |product, _| &product * &exact("9999999999.5"));
        let ratio = huge.checked_div(&(&huge + &Exact::ONE)).unwrap();
        is_near(float(&ratio), 1.0);
    }
}
