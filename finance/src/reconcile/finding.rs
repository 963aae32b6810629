//! What is wrong with payments, by name, with a remedy.

use carepact::calendar::{Calendar, Period};

use super::day::Day;
use super::due::{Due, fits};
use super::matching::{How, Match, Matching};
use super::parties::PartyNumber;
use super::payments::Payment;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// A payment that repeats another.
    DoublePayment,
    /// A line that should have been paid by now.
    MissingPayment,
    /// A payment with the period of another line.
    WrongPeriod,
    /// A payment that differs by pennies.
    Rounding,
    /// A payment that went the wrong way.
    ReversedSign,
    /// A payment to or from the wrong party.
    WrongParty,
    /// A payment of another amount than is due.
    OtherAmount,
    /// A payment for which nothing is due.
    NothingDue,
    /// One payment for several lines.
    MergedLines,
    /// Several payments for one line, or for lines that belong together.
    SplitPayment,
}

impl FindingKind {
    /// All kinds, those that need something done first.
    pub const ALL: [FindingKind; 10] = [
        FindingKind::DoublePayment,
        FindingKind::MissingPayment,
        FindingKind::WrongPeriod,
        FindingKind::Rounding,
        FindingKind::ReversedSign,
        FindingKind::WrongParty,
        FindingKind::OtherAmount,
        FindingKind::NothingDue,
        FindingKind::MergedLines,
        FindingKind::SplitPayment,
    ];

    /// The words of a report.
    pub fn words(self) -> &'static str {
        match self {
            FindingKind::DoublePayment => "double payment",
            FindingKind::MissingPayment => "missing payment",
            FindingKind::WrongPeriod => "wrong period",
            FindingKind::Rounding => "penny rounding",
            FindingKind::ReversedSign => "reversed sign",
            FindingKind::WrongParty => "wrong party",
            FindingKind::OtherAmount => "other amount",
            FindingKind::NothingDue => "nothing due",
            FindingKind::MergedLines => "merged lines",
            FindingKind::SplitPayment => "split payment",
        }
    }

    /// What to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            FindingKind::DoublePayment => "recover it, or take it off the next payment",
            FindingKind::MissingPayment => "pay it, or say in the states file why not",
            FindingKind::WrongPeriod => "correct the period in the ledger; no money moves",
            FindingKind::Rounding => "accept it, or settle the pennies with the next payment",
            FindingKind::ReversedSign => "reverse it and pay the right way: twice the amount",
            FindingKind::WrongParty => "recover it from who was paid, and pay who is due",
            FindingKind::OtherAmount => "pay or recover the difference, or find what it was based on",
            FindingKind::NothingDue => "find what it was for; otherwise recover it",
            FindingKind::MergedLines => "nothing; state the lines on the remittance",
            FindingKind::SplitPayment => "nothing; state the line on each remittance",
        }
    }

    /// True when the money is right and only its form is told.
    pub fn is_note(self) -> bool {
        matches!(self, FindingKind::MergedLines | FindingKind::SplitPayment)
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// Who should pay on the whole, or did.
    pub payer: PartyNumber,
    /// Who should be paid, or was.
    pub payee: PartyNumber,
    /// The lines that it is about, by their place in what is due.
    pub dues: Vec<u32>,
    /// The payments that it is about, by their place in the ledger.
    pub payments: Vec<u32>,
    /// The payment that a double repeats.
    pub repeats: Option<u32>,
    /// The money that it is about, in minor units: of a difference due less paid, otherwise as paid or due.
    pub amount: i64,
}

/// What a reconciliation rests on, for its readings.
#[derive(Debug, Clone, Copy)]
pub struct Laid<'l> {
    /// What is due.
    pub dues: &'l [Due],
    /// What was paid.
    pub payments: &'l [Payment],
    /// The periods.
    pub calendar: &'l Calendar,
    /// The day up to which payments should have been made.
    pub at: Day,
    /// Of each line true when nothing needs to be paid yet: contested, withheld or settled.
    pub held: &'l [bool],
}

impl Laid<'_> {
    /// The stated period of a match's payments, when it is not that of its lines.
    pub fn wrong_period(&self, found: &Match) -> Option<Period> {
        let stated = found.payments.iter().filter_map(|at| self.payments[*at as usize].period);
        let fitting = |stated: &Period| {
            let mut dues = found.dues.iter().map(|at| &self.dues[*at as usize]);
            dues.any(|due| fits(self.calendar, *stated, Some(due.period), due.day))
        };
        stated.into_iter().find(|stated| !fitting(stated))
    }

    /// True when a line without payment should have been paid.
    pub fn is_missing(&self, at: u32) -> bool {
        let due = &self.dues[at as usize];
        let was_expected = due.amount != 0 && due.expected != 0;
        was_expected && due.day <= self.at && !self.held[at as usize]
    }
}

/// All findings, by kind and then in the order of lines and rows.
pub fn findings(laid: &Laid<'_>, matching: &Matching) -> Vec<Finding> {
    let mut found: Vec<Finding> = matching.matches.iter().flat_map(|one| of_match(laid, one)).collect();
    for (payment, number) in &matching.doubles {
        let twin = &matching.matches[*number as usize];
        let repeats = twin.payments.first().copied();
        found.push(Finding {
            dues: twin.dues.clone(),
            repeats,
            ..of_payment(laid, FindingKind::DoublePayment, *payment)
        });
    }
    found.extend(missing(laid, &matching.unpaid));
    let unmatched = matching.unmatched.iter();
    found.extend(unmatched.map(|payment| of_payment(laid, FindingKind::NothingDue, *payment)));
    let place = |finding: &Finding| FindingKind::ALL.iter().position(|kind| *kind == finding.kind);
    found.sort_by_key(|finding| {
        (place(finding), finding.dues.first().copied(), finding.payments.first().copied())
    });
    found
}

/// A finding about a payment alone.
fn of_payment(laid: &Laid<'_>, kind: FindingKind, at: u32) -> Finding {
    let payment = &laid.payments[at as usize];
    Finding {
        kind,
        payer: payment.payer,
        payee: payment.payee,
        dues: Vec::new(),
        payments: vec![at],
        repeats: None,
        amount: payment.amount,
    }
}

/// The parties of some lines, the one that pays on the whole first, and what turns amounts between them that
/// way.
fn direction(laid: &Laid<'_>, dues: &[u32]) -> (PartyNumber, PartyNumber, i64) {
    let total: i64 = dues.iter().map(|at| laid.dues[*at as usize].between()).sum();
    let first = dues.first().map(|at| &laid.dues[*at as usize]);
    let (a, b) = first.map_or((0, 0), |due| (due.payer.min(due.payee), due.payer.max(due.payee)));
    if total >= 0 { (a, b, 1) } else { (b, a, -1) }
}

fn of_match(laid: &Laid<'_>, found: &Match) -> Vec<Finding> {
    let due: i64 = found.dues.iter().map(|at| laid.dues[*at as usize].between()).sum();
    let expected: i64 = found.dues.iter().map(|at| laid.dues[*at as usize].expected_between()).sum();
    let paid: i64 = found.payments.iter().map(|at| laid.payments[*at as usize].between()).sum();
    let difference = if found.as_expected { expected } else { due } - paid;
    let (payer, payee, sign) = direction(laid, &found.dues);
    let of = |kind, amount: i64| Finding {
        kind,
        payer,
        payee,
        dues: found.dues.clone(),
        payments: found.payments.clone(),
        repeats: None,
        amount: amount * sign,
    };
    let mut all = Vec::new();
    match found.how {
        How::Tolerance => all.push(of(FindingKind::Rounding, difference)),
        How::Reversed => all.push(of(FindingKind::ReversedSign, difference)),
        How::OtherParty => all.push(of(FindingKind::WrongParty, due)),
        How::OtherAmount => all.push(of(FindingKind::OtherAmount, difference)),
        How::Reference | How::Amount | How::Lines | How::Payments | How::OtherPeriod => {}
    }
    if laid.wrong_period(found).is_some() {
        all.push(of(FindingKind::WrongPeriod, paid));
    }
    if found.payments.len() > 1 {
        all.push(of(FindingKind::SplitPayment, paid));
    } else if found.dues.len() > 1 {
        all.push(of(FindingKind::MergedLines, paid));
    }
    all
}

/// Lines that are missing, those of one day between two parties together.
fn missing(laid: &Laid<'_>, unpaid: &[u32]) -> Vec<Finding> {
    let key = |at: u32| {
        let due = &laid.dues[at as usize];
        (due.payer.min(due.payee), due.payer.max(due.payee), due.period, due.day)
    };
    let mut lines: Vec<u32> = unpaid.iter().copied().filter(|at| laid.is_missing(*at)).collect();
    lines.sort_by_key(|at| (key(*at), *at));
    let groups = lines.chunk_by(|a, b| key(*a) == key(*b));
    let finding = |group: &[u32]| {
        let (payer, payee, sign) = direction(laid, group);
        let total: i64 = group.iter().map(|at| laid.dues[*at as usize].between()).sum();
        let kind = FindingKind::MissingPayment;
        let (dues, amount) = (group.to_vec(), total * sign);
        Finding { kind, payer, payee, dues, payments: Vec::new(), repeats: None, amount }
    };
    groups.map(finding).collect()
}

impl Due {
    /// What is due, from the first of its two parties to the second.
    pub(super) fn between(&self) -> i64 {
        if self.payer <= self.payee { self.amount } else { -self.amount }
    }

    /// What was expected, likewise.
    pub(super) fn expected_between(&self) -> i64 {
        if self.payer <= self.payee { self.expected } else { -self.expected }
    }
}

impl Payment {
    /// What was paid, from the first of its two parties to the second.
    pub(super) fn between(&self) -> i64 {
        if self.payer <= self.payee { self.amount } else { -self.amount }
    }
}
