//! What amounts that agree have left: pennies, other periods, doubles, wrong signs and parties, other
//! amounts.

use std::collections::BTreeMap;

use super::claim::{Claim, Grouping};
use super::index::LOOKED_AT_MAX;
use super::pass::{NEAR_DAYS, Sought, SoughtAmount, SoughtParty, SoughtPeriod};
use super::{How, Matcher, pair_of, period_code};
use crate::reconcile::payments::Payment;

/// A payment that may be repeated: parties, amount, stated period.
type Twin = (u64, i64, i64);

fn groupings() -> impl Iterator<Item = Grouping> {
    [Grouping::Single].into_iter().chain(Grouping::SEVERAL)
}

impl Matcher<'_> {
    /// Amounts that differ by a few pennies.
    pub(super) fn within_tolerance(&mut self) {
        if self.tolerance <= 0 {
            return;
        }
        for grouping in groupings() {
            self.prune();
            let open = self.open_payments();
            let entry = |(at, payment): (u32, &Payment)| {
                (pair_of(payment.payer, payment.payee), self.paid_amount(at as usize), at)
            };
            let mut entries: Vec<(u64, i64, u32)> = open.map(entry).collect();
            entries.sort_unstable();
            let claims = self.claims(grouping);
            for claim in &claims.list {
                for (amount, as_expected) in [(claim.amount, false), (claim.expected, true)] {
                    let lines = claims.lines(claim);
                    if amount == 0 || !lines.iter().all(|at| self.due_open[*at as usize]) {
                        continue;
                    }
                    if let Some(payment) = self.nearest_amount(&entries, claim, amount) {
                        self.close(lines.to_vec(), vec![payment], How::Tolerance, as_expected);
                    }
                }
            }
        }
    }

    fn nearest_amount(&self, entries: &[(u64, i64, u32)], claim: &Claim, amount: i64) -> Option<u32> {
        let first =
            entries.partition_point(|entry| (entry.0, entry.1) < (claim.pair, amount - self.tolerance));
        let near = entries[first..].iter().take(LOOKED_AT_MAX);
        let near = near.take_while(|entry| (entry.0, entry.1) <= (claim.pair, amount + self.tolerance));
        let fitting = near.filter(|entry| {
            let payment = &self.payments[entry.2 as usize];
            let fits = match payment.period {
                Some(period) => claim.period == Some(period) || self.fits(payment, claim),
                None => payment.date.0.abs_diff(claim.day) <= NEAR_DAYS,
            };
            fits && self.payment_open[entry.2 as usize] && entry.1 != amount
        });
        let distance = |entry: &&(u64, i64, u32)| {
            let days = self.payments[entry.2 as usize].date.0.abs_diff(claim.day);
            (entry.1.abs_diff(amount), days, entry.2)
        };
        fitting.min_by_key(distance).map(|entry| entry.2)
    }

    /// Amounts of another period, paid within so many days of the day on which a line is due. A payment that
    /// may as well repeat one that is matched is taken only when it was paid nearer to this line's day than
    /// to that one's.
    pub(super) fn other_period(&mut self, days: u32) {
        let twins = self.twins();
        for grouping in groupings() {
            for amount in [SoughtAmount::Due, SoughtAmount::Expected] {
                let sought = Sought {
                    amount,
                    period: SoughtPeriod::Any,
                    party: SoughtParty::Same,
                    how: How::OtherPeriod,
                };
                let payments = self.payments;
                let key = |at: u32| {
                    let payment = &payments[at as usize];
                    let amount = super::amount_between(payment.payer, payment.payee, payment.amount);
                    (pair_of(payment.payer, payment.payee), amount, period_code(payment.period))
                };
                let nearer = |at: u32, claim: &Claim| {
                    let date = payments[at as usize].date.0;
                    let (twin, apart) = (twins.get(&key(at)), date.abs_diff(claim.day));
                    apart <= days && twin.is_none_or(|(day, _)| apart < date.abs_diff(*day))
                };
                self.pass_where(grouping, sought, &nearer);
            }
        }
    }

    /// For each payment that is matched on its own the day it was for, and its match.
    fn twins(&self) -> BTreeMap<Twin, (i32, u32)> {
        let mut twins = BTreeMap::new();
        for (number, found) in (0..).zip(&self.matching.matches) {
            if let ([payment], Some(due)) = (&found.payments[..], found.dues.first()) {
                let day = self.dues[*due as usize].day.0;
                twins.entry(self.twin(*payment as usize)).or_insert((day, number));
            }
        }
        twins
    }

    fn twin(&self, at: usize) -> Twin {
        let payment = &self.payments[at];
        (pair_of(payment.payer, payment.payee), self.paid_amount(at), period_code(payment.period))
    }

    /// Payments that repeat one that is matched: the same parties and amount, and the same period or
    /// reference.
    pub(super) fn doubles(&mut self) {
        let twins = self.twins();
        let mut referred: BTreeMap<(u64, i64, &str), u32> = BTreeMap::new();
        for (number, found) in (0..).zip(&self.matching.matches) {
            if let [payment] = found.payments[..] {
                let (pair, amount, _) = self.twin(payment as usize);
                let reference = &*self.payments[payment as usize].reference;
                if !reference.is_empty() {
                    referred.entry((pair, amount, reference)).or_insert(number);
                }
            }
        }
        for at in (0..self.payments.len()).filter(|at| self.payment_open[*at]).collect::<Vec<_>>() {
            let twin = self.twin(at);
            let reference = &*self.payments[at].reference;
            let by_reference = || referred.get(&(twin.0, twin.1, reference)).copied();
            let found = twins.get(&twin).map(|(_, number)| *number).or_else(by_reference);
            if let Some(number) = found {
                self.payment_open[at] = false;
                self.matching.doubles.push((u32::try_from(at).unwrap_or(u32::MAX), number));
            }
        }
    }

    /// Amounts that went the other way, and amounts that went to or came from somebody else.
    pub(super) fn reversed_and_other_party(&mut self) {
        let reversed = (SoughtAmount::Opposite, SoughtParty::Same, How::Reversed);
        let payee = (SoughtAmount::Due, SoughtParty::OtherPayee, How::OtherParty);
        let payer = (SoughtAmount::Due, SoughtParty::OtherPayer, How::OtherParty);
        for (amount, party, how) in [reversed, payee, payer] {
            for grouping in groupings() {
                for period in [SoughtPeriod::Same, SoughtPeriod::Fitting, SoughtPeriod::Unstated] {
                    self.pass(grouping, Sought { amount, period, party, how });
                }
            }
        }
    }

    /// Payments that are for a line by their reference, or because nothing else is left between two parties
    /// in a period, and are of another amount.
    pub(super) fn other_amount(&mut self) {
        for (payment, dues) in std::mem::take(&mut self.referring) {
            let open =
                dues.iter().all(|at| self.due_open[*at as usize]) && self.payment_open[payment as usize];
            if open {
                let total: i64 = dues.iter().map(|at| self.due_amount(*at as usize)).sum();
                let paid = self.paid_amount(payment as usize);
                let how = if paid == -total { How::Reversed } else { How::OtherAmount };
                self.close(dues, vec![payment], how, false);
            }
        }
        let mut left: BTreeMap<(u64, i64), (Vec<u32>, Vec<u32>)> = BTreeMap::new();
        for (at, due) in self.open_dues() {
            let key = (pair_of(due.payer, due.payee), period_code(Some(due.period)));
            left.entry(key).or_default().0.push(at);
        }
        for (at, payment) in self.open_payments() {
            let key = (pair_of(payment.payer, payment.payee), period_code(payment.period));
            if let Some((_, payments)) = left.get_mut(&key) {
                payments.push(at);
            }
        }
        for (dues, payments) in left.into_values() {
            let [payment] = payments[..] else { continue };
            let date = self.payments[payment as usize].date.0;
            let near = |at: &u32| self.dues[*at as usize].day.0.abs_diff(date) <= NEAR_DAYS;
            let lines: Vec<u32> = match dues.len() {
                1 => dues,
                _ => dues.into_iter().filter(near).collect(),
            };
            let due: i64 = lines.iter().map(|at| self.due_amount(*at as usize)).sum();
            let paid = self.paid_amount(payment as usize);
            // Of several lines only an amount that is not far from theirs: at least half, and at most twice
            // as much.
            let close = due.abs() <= 2 * paid.abs() && paid.abs() <= 2 * due.abs();
            if due.signum() == paid.signum() && (close || lines.len() == 1) {
                self.close(lines, vec![payment], How::OtherAmount, false);
            }
        }
    }
}
