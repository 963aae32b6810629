//! Several payments for one claim, and sums of some of several lines or payments.

use std::collections::BTreeMap;

use super::claim::Grouping;
use super::{How, Matcher, pair_of, period_code};

/// Most lines or payments between two parties in a period of which some are tried together.
pub const SUBSET_LINES_MAX: usize = 16;

/// Most of them that are tried together: 14,876 sums of up to six of sixteen.
pub const SUBSET_SIZE_MAX: usize = 6;

/// How payments are put together.
#[derive(Clone, Copy)]
enum Together {
    Reference,
    Day,
    Period,
}

impl Matcher<'_> {
    /// Payments of one reference, day or period that come to a claim.
    pub(super) fn several_payments(&mut self) {
        let groupings = [Grouping::Single].into_iter().chain(Grouping::SEVERAL);
        for grouping in groupings {
            for together in [Together::Reference, Together::Day, Together::Period] {
                self.several_by(grouping, together);
            }
        }
    }

    fn several_by(&mut self, grouping: Grouping, together: Together) {
        let mut groups: BTreeMap<(u64, i64, i32, &str), Vec<u32>> = BTreeMap::new();
        for (at, payment) in self.open_payments() {
            let (day, reference) = match together {
                Together::Reference => (0, &*payment.reference),
                Together::Day => (payment.date.0, ""),
                Together::Period => (0, ""),
            };
            let vague =
                payment.period.is_none() || matches!(together, Together::Reference) && reference.is_empty();
            if !vague {
                let key =
                    (pair_of(payment.payer, payment.payee), period_code(payment.period), day, reference);
                groups.entry(key).or_default().push(at);
            }
        }
        groups.retain(|_, payments| payments.len() > 1);
        if groups.is_empty() {
            return;
        }
        let claims = self.claims(grouping);
        let mut places: Vec<((u64, i64, i64), usize, bool)> = Vec::new();
        for (at, claim) in claims.list.iter().enumerate() {
            let period = period_code(claim.period);
            places.push(((claim.pair, period, claim.amount), at, false));
            if claim.expected != claim.amount {
                places.push(((claim.pair, period, claim.expected), at, true));
            }
        }
        places.sort_unstable();
        for ((pair, period, ..), payments) in groups {
            let sum: i64 = payments.iter().map(|at| self.paid_amount(*at as usize)).sum();
            let key = (pair, period, sum);
            let first = places.partition_point(|place| place.0 < key);
            let fitting = places[first..].iter().take_while(|place| place.0 == key);
            let open =
                |at: usize| claims.lines(&claims.list[at]).iter().all(|line| self.due_open[*line as usize]);
            let found = fitting.map(|place| (place.1, place.2)).find(|(at, _)| open(*at));
            if let Some((at, as_expected)) = found.filter(|_| sum != 0) {
                self.close(claims.lines(&claims.list[at]).to_vec(), payments, How::Payments, as_expected);
            }
        }
    }

    /// Some lines that come to one payment, and some payments that come to one line, between two parties in a
    /// period.
    pub(super) fn some_of_several(&mut self) {
        let mut groups: BTreeMap<(u64, i64), (Vec<u32>, Vec<u32>)> = BTreeMap::new();
        for (at, payment) in self.open_payments() {
            if payment.period.is_some() {
                let key = (pair_of(payment.payer, payment.payee), period_code(payment.period));
                groups.entry(key).or_default().1.push(at);
            }
        }
        for (at, due) in self.open_dues() {
            let key = (pair_of(due.payer, due.payee), period_code(Some(due.period)));
            if let Some((dues, _)) = groups.get_mut(&key) {
                dues.push(at);
            }
        }
        for (dues, payments) in groups.into_values() {
            if dues.is_empty() || (dues.len() == 1 && payments.len() == 1) {
                continue;
            }
            if dues.len() > SUBSET_LINES_MAX || payments.len() > SUBSET_LINES_MAX {
                self.matching.not_searched += 1;
                continue;
            }
            self.lines_of_each(&dues, &payments);
            self.payments_of_each(&dues, &payments);
        }
    }

    fn lines_of_each(&mut self, dues: &[u32], payments: &[u32]) {
        for payment in payments {
            let sum = self.paid_amount(*payment as usize);
            for as_expected in [false, true] {
                let open: Vec<u32> = dues.iter().copied().filter(|at| self.due_open[*at as usize]).collect();
                let amount = |at: &u32| match as_expected {
                    false => self.due_amount(*at as usize),
                    true => self.due_expected(*at as usize),
                };
                let amounts: Vec<i64> = open.iter().map(amount).collect();
                if self.payment_open[*payment as usize]
                    && let Some(some) = some(&amounts, sum)
                {
                    let lines = some.into_iter().map(|at| open[at]).collect();
                    self.close(lines, vec![*payment], How::Lines, as_expected);
                }
            }
        }
    }

    fn payments_of_each(&mut self, dues: &[u32], payments: &[u32]) {
        for due in dues.iter().copied().filter(|at| self.due_open[*at as usize]).collect::<Vec<_>>() {
            let sums = [(self.due_amount(due as usize), false), (self.due_expected(due as usize), true)];
            for (sum, as_expected) in sums {
                let open: Vec<u32> =
                    payments.iter().copied().filter(|at| self.payment_open[*at as usize]).collect();
                let amounts: Vec<i64> = open.iter().map(|at| self.paid_amount(*at as usize)).collect();
                if self.due_open[due as usize]
                    && let Some(some) = some(&amounts, sum)
                {
                    let payments = some.into_iter().map(|at| open[at]).collect();
                    self.close(vec![due], payments, How::Payments, as_expected);
                }
            }
        }
    }
}

/// Two or more of the amounts that come to the sum: as few as possible, of as few the first.
fn some(amounts: &[i64], sum: i64) -> Option<Vec<usize>> {
    if sum == 0 {
        return None;
    }
    (2..=SUBSET_SIZE_MAX.min(amounts.len())).find_map(|size| {
        let mut chosen = Vec::new();
        chosen_from(amounts, (0, size), sum, &mut chosen).then_some(chosen)
    })
}

fn chosen_from(amounts: &[i64], (from, left): (usize, usize), sum: i64, chosen: &mut Vec<usize>) -> bool {
    if left == 0 {
        return sum == 0;
    }
    for at in from..amounts.len() {
        chosen.push(at);
        if chosen_from(amounts, (at + 1, left - 1), sum - amounts[at], chosen) {
            return true;
        }
        chosen.pop();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_few_as_possible_come_to_a_sum() {
        // 10 is 3 + 7 as well as 1 + 2 + 7; two are fewer.
        assert_eq!(some(&[1, 2, 3, 7, 20], 10), Some(vec![2, 3]));
        assert_eq!(some(&[1, 2, 4, 8], 16), None);
        assert_eq!(some(&[25, -10], 15), Some(vec![0, 1]));
        assert_eq!(some(&[10, 3], 10), None, "one alone was tried before");
    }
}
