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
