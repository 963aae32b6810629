//! Counts of whole amounts in buckets of stated relative width, for quantiles whose memory does not
//! grow with the number of scenarios.
//!
//! Amounts below 2,048 units (pence) have a bucket each; above, every doubling is divided into 2,048
//! equal buckets, so a bucket is never wider than 1/2048 of the amounts in it. A bucket keeps how many
//! amounts fell into it, their sum, and the least and greatest of them. So an amount that many
//! scenarios share, such as a cap, is told exactly where its bucket holds nothing else. Two counts
//! are put together by adding their buckets: the result does not depend on any order.

use std::ops::Range;

/// Buckets of each doubling, and amounts that have a bucket each: 2^11.
const FINE_BITS: u32 = 11;

/// Buckets that are kept together.
const PAGE: i32 = 32;

/// The amounts of one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// How many.
    pub count: u64,
    /// Their sum.
    pub sum: i128,
    /// The least.
    pub least: i64,
    /// The greatest.
    pub most: i64,
}

const EMPTY: Bucket = Bucket { count: 0, sum: 0, least: i64::MAX, most: i64::MIN };

/// Buckets that some amount fell into, in pages made when they are needed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Buckets {
    first_page: i32,
    pages: Vec<Option<Box<[Bucket; PAGE as usize]>>>,
}

/// The number of the bucket of an amount; greater amounts never have a lesser one.
fn number_of(amount: i64) -> i32 {
    let size = amount.unsigned_abs();
    let bits = u64::BITS - size.leading_zeros();
    let number = if bits <= FINE_BITS {
        size
    } else {
        let shift = bits - FINE_BITS - 1;
        (u64::from(shift) << FINE_BITS) + (size >> shift)
    };
    let number = i32::try_from(number).expect("a bucket of a machine integer");
    if amount < 0 { -number } else { number }
}

impl Bucket {
    fn add(&mut self, other: &Bucket) {
        self.count += other.count;
        self.sum += other.sum;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
    }

    /// The amount at a place among those of the bucket, counted from 1: evenly between the ends.
    fn at(&self, place: u64) -> i64 {
        if self.count <= 1 || self.least == self.most {
            return if place >= self.count { self.most } else { self.least };
        }
        let width = i128::from(self.most) - i128::from(self.least);
        let step = width * i128::from(place - 1) / i128::from(self.count - 1);
        i64::try_from(i128::from(self.least) + step).expect("between two machine integers")
    }

    /// The sum of the least `count` of them, as near as the bucket tells.
    fn sum_of_least(&self, count: u64) -> i128 {
        if count >= self.count {
            return self.sum;
        }
        let count = i128::from(count);
        // Between that many of the least, and the mean of all: half of the way.
        (i128::from(self.least) * count + self.sum * count / i128::from(self.count)) / 2
    }
}

impl Buckets {
    /// Adds an amount.
    pub fn add(&mut self, amount: i64) {
        let one = Bucket { count: 1, sum: i128::from(amount), least: amount, most: amount };
        self.put(number_of(amount), &one);
    }

    /// Adds what was counted before, bucket by bucket.
    pub fn put(&mut self, number: i32, bucket: &Bucket) {
        let page = number.div_euclid(PAGE);
        if self.pages.is_empty() {
            self.first_page = page;
        }
        if page < self.first_page {
            let more = usize::try_from(self.first_page - page).expect("above 0");
            self.pages.splice(0..0, std::iter::repeat_n(None, more));
            self.first_page = page;
        }
        let index = usize::try_from(page - self.first_page).expect("not below the first");
        if index >= self.pages.len() {
            self.pages.resize(index + 1, None);
        }
        let page = self.pages[index].get_or_insert_with(|| Box::new([EMPTY; PAGE as usize]));
        page[usize::try_from(number.rem_euclid(PAGE)).expect("not below 0")].add(bucket);
    }

    /// Adds other counts.
    pub fn add_all(&mut self, other: &Buckets) {
        for (number, bucket) in other.filled() {
            self.put(number, bucket);
        }
    }

    /// The buckets that hold something, with their numbers, from the least amounts on.
    pub fn filled(&self) -> impl Iterator<Item = (i32, &Bucket)> {
        let first = self.first_page;
        self.pages.iter().zip(first..).flat_map(|(page, at)| {
            let buckets = page.as_deref().map_or(&[][..], |page| &page[..]);
            let numbers: Range<i32> = at * PAGE..(at + 1) * PAGE;
            numbers.zip(buckets).filter(|(_, bucket)| bucket.count > 0)
        })
    }

    /// The amount at a place from the least, counted from 1; 0 when there is none.
    pub fn at(&self, place: u64) -> i64 {
        let mut before = 0;
        for (_, bucket) in self.filled() {
            if before + bucket.count >= place {
                return bucket.at(place - before);
            }
            before += bucket.count;
        }
        0
    }

    /// The sum of the least amounts.
    pub fn sum_of_least(&self, count: u64) -> i128 {
        let mut left = count;
        let mut sum = 0;
        for (_, bucket) in self.filled() {
            let taken = left.min(bucket.count);
            sum += bucket.sum_of_least(taken);
            left -= taken;
            if left == 0 {
                break;
            }
        }
        sum
    }

    /// The sum of the greatest amounts.
    pub fn sum_of_greatest(&self, count: u64) -> i128 {
        let all: Vec<&Bucket> = self.filled().map(|(_, bucket)| bucket).collect();
        let mut left = count;
        let mut sum = 0;
        for bucket in all.into_iter().rev() {
            let taken = left.min(bucket.count);
            sum += bucket.sum - bucket.sum_of_least(bucket.count - taken);
            left -= taken;
            if left == 0 {
                break;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_narrow_and_in_order() {
        let mut amounts: Vec<i64> = (0..5_000).collect();
        amounts.extend((0..62).flat_map(|bits| [(1i64 << bits) - 1, 1 << bits, (1 << bits) + 1]));
        amounts.push(i64::MAX);
        amounts.sort_unstable();
        for pair in amounts.windows(2) {
            assert!(number_of(pair[0]) <= number_of(pair[1]), "{pair:?}");
            assert!(number_of(-pair[0]) >= number_of(-pair[1]), "{pair:?}");
        }
        assert_eq!((number_of(2047), number_of(2048), number_of(2049)), (2047, 2048, 2049));
        // 1,000,000 lies between 2^19 and 2^20: a bucket holds 2^19 / 2^11 = 256 amounts.
        let first = 1_000_000 / 256 * 256;
        assert_eq!(number_of(first), number_of(first + 255));
        assert_eq!(number_of(first) + 1, number_of(first + 256));
        assert_eq!(number_of(first) - 1, number_of(first - 1));
    }

    #[test]
    fn quantiles_are_as_near_as_a_bucket_is_wide() {
        let mut amounts: Vec<i64> = (0..20_000i64).map(|i| (i * 7_919 % 20_011) * 613 - 3_000_000).collect();
        let mut buckets = Buckets::default();
        for amount in &amounts {
            buckets.add(*amount);
        }
        amounts.sort_unstable();
        for place in [1, 2, 500, 1_000, 9_999, 10_000, 19_999, 20_000] {
            let exact = amounts[place - 1];
            let off = (buckets.at(place as u64) - exact).abs();
            assert!(off <= exact.abs() / 2048 + 1, "{place}: {exact} is off by {off}");
            let sum: i128 = amounts[..place].iter().map(|amount| i128::from(*amount)).sum();
            let off = (buckets.sum_of_least(place as u64) - sum).abs();
            assert!(off <= i128::from(exact.abs()), "{place}: the sum {sum} is off by {off}");
            let sum: i128 = amounts[20_000 - place..].iter().map(|amount| i128::from(*amount)).sum();
            let edge = i128::from(amounts[20_000 - place].abs());
            let off = (buckets.sum_of_greatest(place as u64) - sum).abs();
            assert!(off <= edge, "{place}: the sum {sum} is off by {off}");
        }
    }

    #[test]
    fn an_amount_alone_in_its_bucket_is_exact() {
        let mut buckets = Buckets::default();
        for _ in 0..100 {
            buckets.add(187_164_000);
        }
        buckets.add(5);
        assert_eq!((buckets.at(1), buckets.at(2), buckets.at(101)), (5, 187_164_000, 187_164_000));
        assert_eq!(buckets.sum_of_least(51), 5 + 50 * 187_164_000);
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let mut whole = Buckets::default();
        let mut parts = [Buckets::default(), Buckets::default()];
        for i in 0..10_000i64 {
            let amount = (i * i * 37) % 1_000_003 - 400_000;
            whole.add(amount);
            parts[usize::from(i % 3 == 0)].add(amount);
        }
        let [mut sum, other] = parts;
        sum.add_all(&other);
        assert!(sum.filled().eq(whole.filled()));
    }
}
