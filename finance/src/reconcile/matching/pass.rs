//! One step: claims of a kind, each with the one payment that is sought for it.

use super::claim::{Claim, Grouping};
use super::index::{Index, Key};
use super::{How, Matcher, period_code};
use crate::reconcile::day::Day;
use crate::reconcile::due::fits;
use crate::reconcile::payments::Payment;

/// Which amount is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SoughtAmount {
    /// What is due now.
    Due,
    /// What was expected, where that is another.
    Expected,
    /// What is due, the other way.
    Opposite,
}

/// Which period is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SoughtPeriod {
    /// That of the claim.
    Same,
    /// A longer one that holds it, or one in which it falls due.
    Fitting,
    /// None is stated, and it was paid about when it was due.
    Unstated,
    /// Any.
    Any,
}

/// Between whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SoughtParty {
    /// The two of the claim.
    Same,
    /// Its payer and somebody else.
    OtherPayee,
    /// Somebody else and its payee.
    OtherPayer,
}

/// What is sought for a claim.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought {
    pub amount: SoughtAmount,
    pub period: SoughtPeriod,
    pub party: SoughtParty,
    pub how: How,
}

/// Days about the due day within which a payment without a period is taken for that line.
pub(super) const NEAR_DAYS: u32 = 20;

/// Who pays whom a positive amount, from a pair and an amount between its parties.
fn flow(pair: u64, amount: i64) -> (u64, u64, i64) {
    let (low, high) = (pair >> 32, pair & 0xffff_ffff);
    if amount >= 0 { (low, high, amount) } else { (high, low, -amount) }
}

impl Matcher<'_> {
    /// Goes through the claims in their order and gives each the nearest payment of what is sought.
    pub(super) fn pass(&mut self, grouping: Grouping, sought: Sought) {
        self.pass_where(grouping, sought, &|_, _| true);
    }

    pub(super) fn pass_where(
        &mut self,
        grouping: Grouping,
        sought: Sought,
        also: &dyn Fn(u32, &Claim) -> bool,
    ) {
        self.prune();
        let claims = self.claims(grouping);
        let wanted = claims.list.iter().filter(|claim| self.wanted(claim, sought).is_some()).count();
        if wanted == 0 {
            return;
        }
        let mut index = self.index(sought);
        for claim in &claims.list {
            let lines = claims.lines(claim);
            let Some(amount) = self.wanted(claim, sought) else { continue };
            let Some(key) =
                key(claim.pair, amount, claim.period.map(|period| period_code(Some(period))), sought)
            else {
                continue;
            };
            let accepted =
                |at: u32| self.accepts(&self.payments[at as usize], claim, sought) && also(at, claim);
            if let Some(payment) = index.take(key, claim.day, &accepted) {
                let expected = sought.amount == SoughtAmount::Expected;
                self.close(lines.to_vec(), vec![payment], sought.how, expected);
            }
        }
    }

    fn wanted(&self, claim: &Claim, sought: Sought) -> Option<i64> {
        let amount = match sought.amount {
            SoughtAmount::Due => claim.amount,
            SoughtAmount::Expected if claim.expected != claim.amount => claim.expected,
            SoughtAmount::Expected => 0,
            SoughtAmount::Opposite => -claim.amount,
        };
        Some(amount).filter(|amount| *amount != 0)
    }

    fn index(&self, sought: Sought) -> Index {
        let open = self.payment_list.iter().copied().filter(|at| self.payment_open[*at as usize]);
        let entries = open.filter_map(|at| {
            let payment = &self.payments[at as usize];
            let pair = super::pair_of(payment.payer, payment.payee);
            let period = period_code(payment.period);
            let fits = match sought.period {
                SoughtPeriod::Same | SoughtPeriod::Fitting => payment.period.is_some(),
                SoughtPeriod::Unstated => payment.period.is_none(),
                SoughtPeriod::Any => true,
            };
            let key = key(pair, self.paid_amount(at as usize), Some(period), sought).filter(|_| fits)?;
            Some((key, payment.date.0, at))
        });
        Index::new(entries.collect())
    }

    fn accepts(&self, payment: &Payment, claim: &Claim, sought: Sought) -> bool {
        match sought.period {
            SoughtPeriod::Same | SoughtPeriod::Any => true,
            SoughtPeriod::Unstated => payment.date.0.abs_diff(claim.day) <= NEAR_DAYS,
            SoughtPeriod::Fitting => self.fits(payment, claim),
        }
    }

    /// True when the stated period holds the claim's, or the day on which it falls due.
    pub(super) fn fits(&self, payment: &Payment, claim: &Claim) -> bool {
        let holds = |stated| fits(self.calendar, stated, claim.period, Day(claim.day));
        payment.period.is_some_and(holds)
    }
}

/// The key under which a payment or claim stands; nothing where it cannot be meant.
fn key(pair: u64, amount: i64, period: Option<i64>, sought: Sought) -> Option<Key> {
    let period = if sought.period == SoughtPeriod::Same { period? } else { 0 };
    let (payer, payee, positive) = flow(pair, amount);
    Some(match sought.party {
        SoughtParty::Same => (pair, amount, period),
        SoughtParty::OtherPayee => (payer, positive, period),
        SoughtParty::OtherPayer => (payee, positive, period),
    })
}
