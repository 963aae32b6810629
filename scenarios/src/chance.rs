//! Chance: the quantiles of counts with a given true level.
//!
//! A count is found by adding up probabilities themselves, each got from its neighbour, from the
//! most likely count outwards; those on either side of the median are added from their own end, so
//! that the rarest counts are as exact as the likeliest. What cannot be reached by a draw is left out.
//! Where the level differs from scenario to scenario a table of each would take too long: an expansion
//! then tells the count, and the sum decides wherever the expansion comes near to a boundary.

use crate::expansion::expanded;

/// A distribution of counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Counts {
    /// How many of `n` count, each with chance `p`.
    Binomial {
        /// How many there are.
        n: u64,
        /// The chance of each.
        p: f64,
    },
    /// Rare events with this mean.
    Poisson {
        /// The mean, and the variance.
        mean: f64,
    },
    /// Rare events in clusters.
    NegativeBinomial {
        /// The mean.
        mean: f64,
        /// The variance over the mean, above 1.
        over: f64,
    },
}

/// Probabilities below this part of the greatest are never reached: a draw lies between 2^-53 and
/// 1 - 2^-53, and the greatest is at least 2^-53 itself for all counts that are admitted.
const NEGLIGIBLE: f64 = 1e-22;

/// Counts from the first on, with what lies below and above.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    first: u64,
    /// The chance of this count or less, up to the median.
    below: Vec<f64>,
    /// For counts after those: the chance of more than this count.
    above: Vec<f64>,
}

/// Greatest standard deviation of counts: a table holds some twenty times as many.
const DEVIATION_MAX: f64 = 1e6;
/// The chances of all counts that can be reached, from the most likely outwards, and the first of them.
/// `step_up` is the chance of the next count over that of one; 0 after the last.
pub(crate) fn chances_about(mode: u64, step_up: &dyn Fn(u64) -> f64) -> (u64, Vec<f64>) {
    let mut down = Vec::new();
    let (mut k, mut weight) = (mode, 1.0);
    while k > 0 {
        weight /= step_up(k - 1);
        if weight < NEGLIGIBLE {
            break;
        }
        down.push(weight);
        k -= 1;
    }
    let first = mode - down.len() as u64;
    down.reverse();
    let mut all = down;
    all.push(1.0);
    let (mut k, mut weight) = (mode, 1.0);
    loop {
        weight *= step_up(k);
        if weight < NEGLIGIBLE {
            break;
        }
        all.push(weight);
        k += 1;
    }
    // From the smallest to the greatest on both sides, so that nothing small is lost.
    let at = (mode - first) as usize;
    let sum = all[..at].iter().sum::<f64>() + all[at..].iter().rev().sum::<f64>();
    for weight in &mut all {
        *weight /= sum;
    }
    (first, all)
}

impl Counts {
    /// True when a table of them is not too long to be made.
    pub fn can_be_drawn(self) -> bool {
        let variance = match self {
            Counts::Binomial { n, p } => n as f64 * p * (1.0 - p),
            Counts::Poisson { mean } => mean,
            Counts::NegativeBinomial { mean, over } => mean * over,
        };
        variance <= DEVIATION_MAX * DEVIATION_MAX
    }

    /// The only count, when there is one.
    pub fn single(self) -> Option<u64> {
        match self {
            Counts::Binomial { n, p } if p >= 1.0 => Some(n),
            Counts::Binomial { p, .. } if p <= 0.0 => Some(0),
            Counts::Binomial { n: 0, .. } => Some(0),
            Counts::Poisson { mean } | Counts::NegativeBinomial { mean, .. } if mean <= 0.0 => Some(0),
            Counts::Binomial { .. } | Counts::Poisson { .. } | Counts::NegativeBinomial { .. } => None,
        }
    }

    /// The most likely count.
    fn mode(self) -> u64 {
        match self {
            Counts::Binomial { n, p } => (((n as f64 + 1.0) * p).floor() as u64).min(n),
            Counts::Poisson { mean } => mean.floor() as u64,
            Counts::NegativeBinomial { mean, over } => {
                let r = mean / (over - 1.0);
                if r <= 1.0 { 0 } else { ((r - 1.0) * (over - 1.0)).floor() as u64 }
            }
        }
    }

    /// The chance of `k + 1` over that of `k`.
    fn step_up(self, k: u64) -> f64 {
        let at = k as f64;
        match self {
            Counts::Binomial { n, p } => (n as f64 - at) / (at + 1.0) * (p / (1.0 - p)),
            Counts::Poisson { mean } => mean / (at + 1.0),
            Counts::NegativeBinomial { mean, over } => {
                (at + mean / (over - 1.0)) / (at + 1.0) * ((over - 1.0) / over)
            }
        }
    }

    /// The chances of all counts that can be reached, and the first of them.
    pub(crate) fn chances(self) -> (u64, Vec<f64>) {
        match self.single() {
            Some(single) => (single, vec![1.0]),
            None => chances_about(self.mode(), &|k| self.step_up(k)),
        }
    }

    /// A table of all its counts, for many draws.
    pub fn table(self) -> Table {
        if let Some(single) = self.single() {
            return Table { first: single, below: Vec::new(), above: vec![0.0] };
        }
        let (first, chances) = self.chances();
        let mut below = Vec::new();
        let mut sum = 0.0;
        for chance in &chances {
            sum += chance;
            if sum > 0.5 {
                break;
            }
            below.push(sum);
        }
        let mut above = Vec::new();
        let mut sum = 0.0;
        for chance in chances[below.len()..].iter().rev() {
            above.push(sum);
            sum += chance;
        }
        above.reverse();
        Table { first, below, above }
    }

    /// The least count that at least the share `u` of all draws does not exceed.
    pub fn at(self, u: f64) -> u64 {
        if let Some(single) = self.single() {
            return single;
        }
        expanded(self, u).or_else(|| self.few(u)).unwrap_or_else(|| self.table().at(u))
    }

    /// Adds up from 0 where that is short; nothing where it is not, or in the utmost tail.
    fn few(self, u: f64) -> Option<u64> {
        let (mean, none) = match self {
            Counts::Binomial { n, p } if p > 0.5 => {
                // Those that do not count are fewer: the least count is the most of them.
                let rest = Counts::Binomial { n, p: 1.0 - p };
                return rest.few_above(1.0 - u).map(|without| n - without);
            }
            Counts::Binomial { n, p } => (n as f64 * p, n as f64 * (-p).ln_1p()),
            Counts::Poisson { mean } => (mean, -mean),
            Counts::NegativeBinomial { mean, over } => (mean, -mean / (over - 1.0) * over.ln()),
        };
        let is_short = mean <= FEW && none > LOGARITHM_LEAST && (UTMOST..1.0 - UTMOST).contains(&u);
        is_short.then(|| self.added_up(none.exp(), |sum| sum >= u))
    }

    /// The least count whose share is above `u`.
    fn few_above(self, u: f64) -> Option<u64> {
        let Counts::Binomial { n, p } = self else { return None };
        let none = n as f64 * (-p).ln_1p();
        let is_short = n as f64 * p <= FEW && none > LOGARITHM_LEAST && (UTMOST..1.0 - UTMOST).contains(&u);
        is_short.then(|| self.added_up(none.exp(), |sum| sum > u))
    }

    fn added_up(self, none: f64, reached: impl Fn(f64) -> bool) -> u64 {
        let (mut k, mut chance, mut sum) = (0, none, none);
        while !reached(sum) && chance > 0.0 {
            chance *= self.step_up(k);
            sum += chance;
            k += 1;
        }
        k
    }
}

/// Means up to which counts are added up from 0.
const FEW: f64 = 150.0;

/// The least logarithm of the chance of 0 for that.
const LOGARITHM_LEAST: f64 = -600.0;

/// Shares nearer to 0 or 1 are left to the table, which adds from both ends.
const UTMOST: f64 = 1e-9;

impl Table {
    /// The least count that at least the share `u` of all draws does not exceed.
    pub fn at(&self, u: f64) -> u64 {
        let place = match self.below.last() {
            Some(last) if u <= *last => self.below.partition_point(|below| *below < u),
            Some(_) | None => {
                let rest = 1.0 - u;
                self.below.len() + self.above.partition_point(|above| *above > rest)
            }
        };
        self.first + place.min(self.below.len() + self.above.len() - 1) as u64
    }

    /// The least and the greatest count that can be drawn.
    pub fn ends(&self) -> (u64, u64) {
        (self.first, self.first + (self.below.len() + self.above.len() - 1) as u64)
    }

    /// The chance of a count or less.
    #[cfg(test)]
    pub fn below(&self, count: u64) -> f64 {
        let place = (count - self.first) as usize;
        let upper = || 1.0 - self.above[place - self.below.len()];
        self.below.get(place).copied().unwrap_or_else(upper)
    }
}
