//! What is known of one amount over many scenarios: integers only, so that neither order nor division
//! of the work shows.

use carepact::{Exact, Mode};
use num_bigint::BigInt;

use crate::buckets::Buckets;

/// The least or greatest amount, and the first scenario that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extreme {
    /// The amount in units.
    pub amount: i64,
    /// The number of the scenario.
    pub scenario: u64,
}

/// One amount over many scenarios, in whole units (pence).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    pub(crate) count: u64,
    pub(crate) sum: i128,
    pub(crate) squares: i128,
    pub(crate) least: Option<Extreme>,
    pub(crate) most: Option<Extreme>,
    pub(crate) buckets: Buckets,
}

impl Summary {
    /// Adds the amounts of neighbouring scenarios, the first of which is `first`.
    pub fn add(&mut self, first: u64, amounts: &[i64]) {
        let (Some(least), Some(most)) = (amounts.iter().min(), amounts.iter().max()) else { return };
        let count = amounts.len() as u64;
        self.count += count;
        if least == most {
            let amount = i128::from(*least);
            self.sum += amount * i128::from(count);
            self.squares += amount * amount * i128::from(count);
            self.buckets.add_many(*least, count);
        } else {
            self.sum += amounts.iter().map(|amount| i128::from(*amount)).sum::<i128>();
            self.squares +=
                amounts.iter().map(|amount| i128::from(*amount) * i128::from(*amount)).sum::<i128>();
            amounts.iter().for_each(|amount| self.buckets.add(*amount));
        }
        let scenario = |of: &i64| {
            let place = amounts.iter().position(|amount| amount == of).unwrap_or(0);
            Some(Extreme { amount: *of, scenario: first + place as u64 })
        };
        let (low, high) = (scenario(least), scenario(most));
        self.ends(low, high);
    }

    /// Adds amounts without what percentiles are made of, which takes less memory.
    pub fn add_without_percentiles(&mut self, first: u64, amounts: &[i64]) {
        for (place, amount) in amounts.iter().enumerate() {
            self.count += 1;
            self.sum += i128::from(*amount);
            self.squares += i128::from(*amount) * i128::from(*amount);
            let end = Some(Extreme { amount: *amount, scenario: first + place as u64 });
            self.ends(end, end);
        }
    }

    /// True when percentiles and tails are known.
    pub fn has_percentiles(&self) -> bool {
        self.buckets.filled().next().is_some()
    }

    /// Takes further extremes into account; of equal ones the first scenario counts.
    fn ends(&mut self, low: Option<Extreme>, high: Option<Extreme>) {
        self.least = self.least.into_iter().chain(low).min_by_key(|end| (end.amount, end.scenario));
        let most = self.most.into_iter().chain(high);
        self.most = most.min_by_key(|end| (std::cmp::Reverse(end.amount), end.scenario));
    }

    /// Adds other scenarios.
    pub fn merge(&mut self, other: &Summary) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
        self.ends(other.least, other.most);
        self.buckets.add_all(&other.buckets);
    }

    /// How many scenarios.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The sum over all scenarios.
    pub fn sum(&self) -> i128 {
        self.sum
    }

    /// The least amount.
    pub fn least(&self) -> Option<Extreme> {
        self.least
    }

    /// The greatest amount.
    pub fn most(&self) -> Option<Extreme> {
        self.most
    }

    /// True when it is the same in all scenarios.
    pub fn is_constant(&self) -> bool {
        self.least.map(|end| end.amount) == self.most.map(|end| end.amount)
    }

    /// The mean, to the nearest unit.
    pub fn mean(&self) -> i64 {
        nearest(self.sum, self.count)
    }

    /// The standard deviation (dividing by one less than the count), to the unit below; 0 of one
    /// scenario.
    pub fn deviation(&self) -> i64 {
        if self.count < 2 {
            return 0;
        }
        let n = BigInt::from(self.count);
        let spread = BigInt::from(self.squares) * &n - BigInt::from(self.sum) * BigInt::from(self.sum);
        let variance: BigInt = spread / (&n * (&n - BigInt::from(1)));
        i64::try_from(variance.sqrt()).unwrap_or(i64::MAX)
    }

    /// The least amount that this share of all scenarios does not exceed: exact where its bucket holds
    /// one amount, otherwise within 1/2048 of it.
    pub fn percentile(&self, share: &Exact) -> i64 {
        self.buckets.at(places(share, self.count))
    }

    /// The mean of the least share of all scenarios, to the nearest unit.
    pub fn mean_of_least(&self, share: &Exact) -> i64 {
        let count = places(share, self.count);
        nearest(self.buckets.sum_of_least(count), count)
    }

    /// The mean of the greatest share of all scenarios, to the nearest unit.
    pub fn mean_of_greatest(&self, share: &Exact) -> i64 {
        let count = places(share, self.count);
        nearest(self.buckets.sum_of_greatest(count), count)
    }
}

/// How many of `count` a share is, rounded up, at least one.
fn places(share: &Exact, count: u64) -> u64 {
    let exact = share * &Exact::ratio(i128::from(count), 1).unwrap_or(Exact::ZERO);
    let places = exact.rounded(&Exact::ONE, Mode::Ceiling).to_i64();
    places.and_then(|places| u64::try_from(places).ok()).unwrap_or(count).clamp(1, count.max(1))
}

/// A quotient to the nearest unit, half away from zero; 0 of none.
fn nearest(sum: i128, count: u64) -> i64 {
    if count == 0 {
        return 0;
    }
    let count = i128::from(count);
    let size = (2 * sum.abs() + count) / (2 * count);
    i64::try_from(if sum < 0 { -size } else { size }).expect("a mean of machine integers")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(amounts: &[i64]) -> Summary {
        let mut summary = Summary::default();
        summary.add(0, amounts);
        summary
    }

    #[test]
    fn mean_and_deviation_by_hand() {
        // Mean 5; squares of the differences 9, 1, 1, 1, 0, 0, 4, 16, together 32; 32 / 7 = 4.57,
        // whose root is 2.13.
        let summary = summary(&[200, 400, 400, 400, 500, 500, 700, 900]);
        assert_eq!((summary.mean(), summary.deviation()), (500, 213));
        assert_eq!((summary.least().unwrap().scenario, summary.most().unwrap().scenario), (0, 7));
    }

    #[test]
    fn means_round_half_away_from_zero() {
        assert_eq!((summary(&[1, 2]).mean(), summary(&[-1, -2]).mean()), (2, -2));
        assert_eq!(summary(&[5]).deviation(), 0);
    }

    #[test]
    fn percentiles_and_tails_by_hand() {
        let ten = summary(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
        let share = |text: &str| Exact::parse(text).unwrap();
        assert_eq!(ten.percentile(&share("5%")), 10);
        assert_eq!(ten.percentile(&share("25%")), 30);
        assert_eq!(ten.percentile(&share("50%")), 50);
        assert_eq!(ten.percentile(&share("95%")), 100);
        assert_eq!(ten.mean_of_least(&share("20%")), 15);
        assert_eq!(ten.mean_of_greatest(&share("30%")), 90);
    }

    #[test]
    fn the_first_of_equal_extremes_counts_in_any_order() {
        let (mut one, mut other) = (Summary::default(), Summary::default());
        one.add(10, &[7, 3]);
        other.add(0, &[3, 7]);
        let mut sum = one.clone();
        sum.merge(&other);
        other.merge(&one);
        assert_eq!(sum, other);
        assert_eq!(sum.least().unwrap().scenario, 0);
        assert_eq!(sum.most().unwrap().scenario, 1);
    }
}
