//! Payments held against what is due.
//!
//! Everything is tried from the surest to the least sure: by reference; by amount, parties and period, one by
//! one, for lines that belong together, for payments that belong together; within the tolerance; the other
//! way round; with another party; in another period. Each step looks only at what the steps before left open,
//! through sorted indexes, and takes what is nearest in time. So the result does not depend on the order of
//! rows or clauses, and the time grows with n log n.

mod claim;
mod index;
mod leftovers;
mod pass;
mod reference;
mod several;

use std::collections::BTreeMap;

use carepact::calendar::{Calendar, Period};

use super::due::Due;
use super::parties::{Parties, PartyNumber};
use super::payments::Payment;
use claim::Grouping;
use pass::{NEAR_DAYS, Sought, SoughtAmount, SoughtParty, SoughtPeriod};
pub use several::{SUBSET_LINES_MAX, SUBSET_SIZE_MAX};

/// How a payment was found to be for a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// Its reference names the line, and the amounts agree.
    Reference,
    /// Parties, amount and period agree.
    Amount,
    /// Several lines come to the amount of one payment.
    Lines,
    /// Several payments come to the amount of a line, or of lines that belong together.
    Payments,
    /// The amounts differ by no more than the tolerance.
    Tolerance,
    /// Parties and amount agree; the period that was stated is another.
    OtherPeriod,
    /// The amount went the other way.
    Reversed,
    /// Amount, period and one party agree; the other party is another.
    OtherParty,
    /// It is for the line, and the amount is another.
    OtherAmount,
}

impl How {
    /// The words of a report.
    pub fn words(self) -> &'static str {
        match self {
            How::Reference => "by reference",
            How::Amount => "amount",
            How::Lines => "one payment for several lines",
            How::Payments => "several payments together",
            How::Tolerance => "within tolerance",
            How::OtherPeriod => "other period",
            How::Reversed => "wrong way round",
            How::OtherParty => "other party",
            How::OtherAmount => "other amount",
        }
    }
}

/// Payments and the lines that they are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The lines, by their place in what is due.
    pub dues: Vec<u32>,
    /// The payments, by their place in the ledger.
    pub payments: Vec<u32>,
    /// How they were found.
    pub how: How,
    /// True when the payments agree with what was expected, not with what is due now.
    pub as_expected: bool,
}

/// Everything that was matched, and what is left over on both sides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matching {
    /// The matches, in the order of their first lines.
    pub matches: Vec<Match>,
    /// Lines without a payment.
    pub unpaid: Vec<u32>,
    /// Payments that repeat one that is matched, and that one's match.
    pub doubles: Vec<(u32, u32)>,
    /// Payments for which nothing is due.
    pub unmatched: Vec<u32>,
    /// Groups with more lines or payments than are searched for sums of some of them.
    pub not_searched: usize,
}

/// What is needed to match.
#[derive(Debug, Clone)]
pub struct Matched<'a> {
    /// What is due, in its order.
    pub dues: &'a [Due],
    /// What was paid.
    pub payments: &'a [Payment],
    /// The periods of the contract.
    pub calendar: &'a Calendar,
    /// The parties, for references.
    pub parties: &'a Parties,
    /// Patterns of references.
    pub references: &'a [String],
    /// Most minor units by which amounts may differ that are meant to be the same.
    pub tolerance: i64,
}

/// Where the work stands.
pub(super) struct Matcher<'a> {
    dues: &'a [Due],
    payments: &'a [Payment],
    calendar: &'a Calendar,
    tolerance: i64,
    /// Of each line the number of its clause, in the order of names.
    clauses: Vec<u32>,
    due_open: Vec<bool>,
    payment_open: Vec<bool>,
    /// Lines and payments among which all open ones are, so that each step looks at what is left only.
    due_list: Vec<u32>,
    payment_list: Vec<u32>,
    /// Payments whose reference names lines of another amount.
    referring: Vec<(u32, Vec<u32>)>,
    matching: Matching,
}

/// Matches payments with what is due.
pub fn matched(input: &Matched<'_>, on_step: &dyn Fn(&'static str)) -> Matching {
    let mut matcher = Matcher::new(input);
    on_step("references");
    matcher.by_reference(input.parties, input.references);
    on_step("amounts");
    matcher.by_amount();
    on_step("sums");
    matcher.several_payments();
    matcher.some_of_several();
    on_step("differences");
    matcher.within_tolerance();
    matcher.reversed_and_other_party();
    matcher.other_period(NEAR_DAYS);
    matcher.other_period(u32::MAX);
    matcher.doubles();
    matcher.other_amount();
    matcher.finish()
}

impl<'a> Matcher<'a> {
    fn new(input: &Matched<'a>) -> Matcher<'a> {
        let mut names: BTreeMap<&str, u32> = input.dues.iter().map(|due| (due.clause.as_str(), 0)).collect();
        for (number, (_, place)) in (0..).zip(names.iter_mut()) {
            *place = number;
        }
        Matcher {
            dues: input.dues,
            payments: input.payments,
            calendar: input.calendar,
            tolerance: input.tolerance,
            clauses: input.dues.iter().map(|due| names[due.clause.as_str()]).collect(),
            due_open: vec![true; input.dues.len()],
            payment_open: input.payments.iter().map(|payment| payment.amount != 0).collect(),
            due_list: (0..).zip(input.dues).map(|(at, _)| at).collect(),
            payment_list: (0..).zip(input.payments).map(|(at, _)| at).collect(),
            referring: Vec::new(),
            matching: Matching::default(),
        }
    }

    fn by_amount(&mut self) {
        let several = Grouping::SEVERAL.into_iter().map(|grouping| (grouping, How::Lines));
        for (grouping, how) in [(Grouping::Single, How::Amount)].into_iter().chain(several) {
            for period in [SoughtPeriod::Same, SoughtPeriod::Unstated, SoughtPeriod::Fitting] {
                for amount in [SoughtAmount::Due, SoughtAmount::Expected] {
                    self.pass(grouping, Sought { amount, period, party: SoughtParty::Same, how });
                }
            }
        }
    }

    /// Payments that are open.
    fn open_payments(&self) -> impl Iterator<Item = (u32, &'a Payment)> + '_ {
        let open = self.payment_list.iter().filter(|at| self.payment_open[**at as usize]);
        open.map(|at| (*at, &self.payments[*at as usize]))
    }

    /// Lines that are open.
    fn open_dues(&self) -> impl Iterator<Item = (u32, &'a Due)> + '_ {
        let open = self.due_list.iter().filter(|at| self.due_open[**at as usize]);
        open.map(|at| (*at, &self.dues[*at as usize]))
    }

    /// Leaves out of the lists what is open no more.
    fn prune(&mut self) {
        self.due_list.retain(|at| self.due_open[*at as usize]);
        self.payment_list.retain(|at| self.payment_open[*at as usize]);
    }

    fn close(&mut self, dues: Vec<u32>, payments: Vec<u32>, how: How, as_expected: bool) {
        dues.iter().for_each(|at| self.due_open[*at as usize] = false);
        payments.iter().for_each(|at| self.payment_open[*at as usize] = false);
        self.matching.matches.push(Match { dues, payments, how, as_expected });
    }

    fn finish(mut self) -> Matching {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let open = |open: &[bool]| (0..open.len()).filter(|at| open[*at]).map(number).collect();
        self.matching.unpaid = open(&self.due_open);
        self.matching.unmatched = open(&self.payment_open);
        // Doubles name their match by its place, which changes here.
        let mut order: Vec<usize> = (0..self.matching.matches.len()).collect();
        order.sort_by_key(|at| self.matching.matches[*at].dues.first().copied());
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, old)| place[*old] = number(new));
        self.matching.doubles.iter_mut().for_each(|(_, at)| *at = place[*at as usize]);
        self.matching.doubles.sort_unstable();
        self.matching.matches.sort_by_key(|one| one.dues.first().copied());
        self.matching
    }
}

/// Two parties whichever pays, as one number.
fn pair_of(a: PartyNumber, b: PartyNumber) -> u64 {
    u64::from(a.min(b)) << 32 | u64::from(a.max(b))
}

/// An amount from the first of two parties to the second.
fn amount_between(payer: PartyNumber, payee: PartyNumber, amount: i64) -> i64 {
    if payer <= payee { amount } else { -amount }
}

/// A period as a number; that of no period is the least.
fn period_code(period: Option<Period>) -> i64 {
    period.map_or(i64::MIN, |period| (period.kind as i64) << 32 | i64::from(period.index))
}
