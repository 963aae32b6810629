//! Quantiles of counts by an expansion about the normal distribution, where it leaves no doubt.
//!
//! A count is a smooth number rounded to whole ones; the cumulants of that number are those of the
//! count with Sheppard's corrections. The Cornish–Fisher expansion (Abramowitz and Stegun 26.2.49) of
//! these gives the number to terms of the fourth order. Where it comes nearer to a boundary between
//! two counts than a multiple of its last terms, it gives nothing, and the count is added up instead.

use crate::chance::Counts;
use crate::quantile::normal_score;

/// Least standard deviation for which the expansion is tried.
const DEVIATION_MIN: f64 = 6.0;

/// Greatest skewness for which it is tried.
const SKEWNESS_MAX: f64 = 0.4;

/// Furthest normal score for which it is tried.
const SCORE_MAX: f64 = 5.0;

/// How many times its last terms the expansion must stay away from a boundary.
const CAUTION: f64 = 30.0;

/// What it must stay away in any case: more than the floats themselves are off.
const LEAST_DISTANCE: f64 = 1e-7;

/// Mean and cumulants from the second to the sixth.
fn cumulants(counts: Counts) -> (f64, [f64; 5]) {
    // A negative binomial is a binomial with p below 0: its pq is below 0 too.
    let (mean, pq, skew) = match counts {
        Counts::Binomial { n, p } => (n as f64 * p, p * (1.0 - p), 1.0 - 2.0 * p),
        Counts::Poisson { mean } => (mean, 0.0, 1.0),
        Counts::NegativeBinomial { mean, over } => (mean, -(over - 1.0) * over, 2.0 * over - 1.0),
    };
    let variance = match counts {
        Counts::Binomial { p, .. } => mean * (1.0 - p),
        Counts::Poisson { .. } => mean,
        Counts::NegativeBinomial { over, .. } => mean * over,
    };
    let of = [1.0, skew, 1.0 - 6.0 * pq, skew * (1.0 - 12.0 * pq), 1.0 - 30.0 * pq * (1.0 - 4.0 * pq)];
    (mean, of.map(|factor| factor * variance))
}

/// The least count that the share `u` of all draws does not exceed, where the expansion is certain.
pub fn expanded(counts: Counts, u: f64) -> Option<u64> {
    let (mean, [two, three, four, five, six]) = cumulants(counts);
    let (two, four, six) = (two - 1.0 / 12.0, four + 1.0 / 120.0, six - 1.0 / 252.0);
    if two < DEVIATION_MIN * DEVIATION_MIN {
        return None;
    }
    let deviation = two.sqrt();
    let (a, b) = (three / (two * deviation), four / (two * two));
    let (c, d) = (five / (two * two * deviation), six / (two * two * two));
    let z = normal_score(u);
    if a.abs() > SKEWNESS_MAX || z.abs() > SCORE_MAX {
        return None;
    }
    let s = z * z;
    let first = a * (s - 1.0) / 6.0;
    let second = z * (b * (s - 3.0) / 24.0 - a * a * (2.0 * s - 5.0) / 36.0);
    let third = c * ((s - 6.0) * s + 3.0) / 120.0 - a * b * ((s - 5.0) * s + 2.0) / 24.0
        + a * a * a * ((12.0 * s - 53.0) * s + 17.0) / 324.0;
    let fourth = z
        * (d * ((s - 10.0) * s + 15.0) / 720.0
            - b * b * ((3.0 * s - 24.0) * s + 29.0) / 384.0
            - a * c * ((2.0 * s - 17.0) * s + 21.0) / 180.0
            + a * a * b * ((14.0 * s - 103.0) * s + 107.0) / 288.0
            - a * a * a * a * ((252.0 * s - 1688.0) * s + 1511.0) / 7776.0);
    let number = mean + deviation * (z + first + second + third + fourth);
    let upper = number - 0.5;
    let count = upper.ceil();
    // The next order is smaller than the last by the skewness or so, but either may pass through 0.
    let scale = (s * s + 1.0) * (a.abs().powi(4) + b.abs().powi(2) + d.abs()) / 100.0;
    let caution = deviation * (CAUTION * fourth.abs()).max(scale) + LEAST_DISTANCE;
    let distance = (count - upper).min(upper - (count - 1.0));
    (distance > caution && count >= 0.0).then_some(count as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::Stream;

    /// Wherever the expansion is certain it is what the sum says.
    #[test]
    fn the_expansion_agrees_with_the_sum() {
        let mut certain = 0;
        let mut u = vec![0.0; 400];
        let mut shapes = Vec::new();
        for (n, p) in [(310, 0.83), (640, 0.5), (790, 0.763), (4_400, 0.084), (32_670, 0.863), (1_150, 0.03)]
        {
            shapes.push(Counts::Binomial { n, p });
        }
        for mean in [37.0, 40.3, 150.0, 7_875.2, 120_000.0] {
            shapes.push(Counts::Poisson { mean });
            for over in [1.1, 2.0, 4.0, 21.0] {
                shapes.push(Counts::NegativeBinomial { mean, over });
            }
        }
        for (seed, counts) in (0..).zip(&shapes) {
            Stream::new(seed, "u").fill(0, &mut u);
            u[..4].copy_from_slice(&[1e-6, 1.0 - 1e-6, 1e-4, 1.0 - 1e-4]);
            let table = counts.table();
            for u in &u {
                if let Some(count) = expanded(*counts, *u) {
                    certain += 1;
                    assert_eq!(count, table.at(*u), "{counts:?} at {u}");
                }
                assert_eq!(counts.at(*u), table.at(*u), "{counts:?} at {u}");
            }
        }
        assert!(certain * 10 > shapes.len() * u.len() * 7, "{certain} of {}", shapes.len() * u.len());
    }

    /// Boundaries between two counts are where the sum must decide.
    #[test]
    fn boundaries_are_left_to_the_sum() {
        for counts in [Counts::Binomial { n: 4_320, p: 0.83 }, Counts::Poisson { mean: 900.0 }] {
            let table = counts.table();
            let (first, last) = table.ends();
            for k in first..last {
                let below = table.below(k);
                for u in [below * (1.0 - 1e-12), below, below + 1e-13] {
                    if (1e-9..0.999_999_999).contains(&u) {
                        assert_eq!(counts.at(u), table.at(u), "{counts:?} at {u}");
                    }
                }
            }
        }
    }
}
