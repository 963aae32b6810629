//! Due less paid, by parties and period, and what it consists of; the parts come to the difference.

use std::collections::BTreeMap;

use carepact::calendar::Period;

use super::finding::Laid;
use super::matching::{How, Match, Matching};
use super::parties::PartyNumber;
use crate::attribution::Cause;

/// What a difference consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A cause of a change in what is due.
    Cause(Cause),
    /// Paid with another period, not due yet, or held back until a contest is resolved.
    Timing,
    /// Within the tolerance.
    Rounding,
    /// The rest; findings say what is known of it.
    Unexplained,
}

impl Part {
    /// All parts, in the order in which they are listed.
    pub const ALL: [Part; 7] = [
        Part::Cause(Cause::Population),
        Part::Cause(Cause::Price),
        Part::Cause(Cause::Performance),
        Part::Cause(Cause::Restatement),
        Part::Timing,
        Part::Rounding,
        Part::Unexplained,
    ];

    /// The words of a report.
    pub fn words(self) -> &'static str {
        match self {
            Part::Cause(cause) => cause.words(),
            Part::Timing => "timing",
            Part::Rounding => "rounding",
            Part::Unexplained => "unexplained",
        }
    }

    fn place(self) -> usize {
        match self {
            Part::Cause(cause) => cause as usize,
            Part::Timing => 4,
            Part::Rounding => 5,
            Part::Unexplained => 6,
        }
    }
}

/// Amounts in minor units: due, paid, and the parts of their difference in the order of [`Part::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// What is due.
    pub due: i64,
    /// What was paid.
    pub paid: i64,
    /// What the difference consists of.
    pub parts: [i64; 7],
}

impl Amounts {
    /// Due less paid.
    pub fn difference(&self) -> i64 {
        self.due - self.paid
    }

    /// Adds other amounts.
    pub fn add(&mut self, other: &Amounts) {
        self.due += other.due;
        self.paid += other.paid;
        self.parts.iter_mut().zip(other.parts).for_each(|(part, more)| *part += more);
    }

    fn turned(&self) -> Amounts {
        Amounts { due: -self.due, paid: -self.paid, parts: self.parts.map(|part| -part) }
    }

    fn part(&mut self, part: Part, amount: i64) {
        self.parts[part.place()] += amount;
    }
}

/// The amounts of two parties in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Who pays on the whole.
    pub payer: PartyNumber,
    /// Who is paid.
    pub payee: PartyNumber,
    /// The period; nothing where a payment without one has nothing due.
    pub period: Option<Period>,
    /// The amounts.
    pub amounts: Amounts,
}

/// What has been paid on each line, and the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variance {
    /// By parties and period.
    pub rows: Vec<Row>,
    /// Of each line what was paid on it, in the direction of the line.
    pub paid: Vec<i64>,
}

type Place = (PartyNumber, PartyNumber, Option<Period>);

/// Splits the difference of everything that is due and everything that was paid.
pub fn variance(laid: &Laid<'_>, matching: &Matching) -> Variance {
    let mut sums = Sums { laid, rows: BTreeMap::new(), paid: vec![0; laid.dues.len()] };
    matching.matches.iter().for_each(|found| sums.add_match(found));
    for at in &matching.unpaid {
        sums.add_unpaid(*at);
    }
    for (payment, number) in &matching.doubles {
        let twin = &matching.matches[*number as usize];
        let period = laid.dues[twin.dues[0] as usize].period;
        sums.add_unmatched(*payment, Some(period));
    }
    for payment in &matching.unmatched {
        sums.add_unmatched(*payment, None);
    }
    let paid = std::mem::take(&mut sums.paid);
    Variance { rows: directed(sums.rows), paid }
}

/// Rows in the direction in which money is due on the whole between two parties.
fn directed(sums: BTreeMap<Place, Amounts>) -> Vec<Row> {
    let mut totals: BTreeMap<(PartyNumber, PartyNumber), Amounts> = BTreeMap::new();
    for ((low, high, _), amounts) in &sums {
        assert_eq!(
            amounts.parts.iter().sum::<i64>(),
            amounts.difference(),
            "the parts come to the difference"
        );
        totals.entry((*low, *high)).or_default().add(amounts);
    }
    let rows = sums.into_iter().map(|((low, high, period), amounts)| {
        let total = totals.get(&(low, high)).copied().unwrap_or_default();
        match if total.due == 0 { total.paid } else { total.due } {
            ..0 => Row { payer: high, payee: low, period, amounts: amounts.turned() },
            0.. => Row { payer: low, payee: high, period, amounts },
        }
    });
    rows.collect()
}

struct Sums<'l> {
    laid: &'l Laid<'l>,
    rows: BTreeMap<Place, Amounts>,
    paid: Vec<i64>,
}

impl Sums<'_> {
    fn row(&mut self, (payer, payee): (PartyNumber, PartyNumber), period: Option<Period>) -> &mut Amounts {
        self.rows.entry((payer.min(payee), payer.max(payee), period)).or_default()
    }

    fn row_of(&mut self, at: u32) -> &mut Amounts {
        let due = &self.laid.dues[at as usize];
        self.row((due.payer, due.payee), Some(due.period))
    }

    fn add_match(&mut self, found: &Match) {
        if found.how == How::OtherParty {
            for at in &found.dues {
                let amount = self.laid.dues[*at as usize].between();
                let row = self.row_of(*at);
                row.due += amount;
                row.part(Part::Unexplained, amount);
            }
            found.payments.iter().for_each(|payment| self.add_unmatched(*payment, None));
            return;
        }
        let base = |at: u32| {
            let due = &self.laid.dues[at as usize];
            let base = if found.as_expected { due.expected_between() } else { due.between() };
            if found.how == How::Reversed { -base } else { base }
        };
        let mut shares: Vec<i64> = found.dues.iter().map(|at| base(*at)).collect();
        let paid: i64 = found.payments.iter().map(|at| self.laid.payments[*at as usize].between()).sum();
        let left = paid - shares.iter().sum::<i64>();
        if let Some(last) = shares.last_mut() {
            *last += left;
        }
        let moved = self.laid.wrong_period(found);
        let rest = if found.how == How::Tolerance { Part::Rounding } else { Part::Unexplained };
        for (at, share) in found.dues.iter().zip(shares) {
            self.add_line(*at, share, (found, rest, moved));
        }
    }

    /// A line on which `share` was paid, perhaps under another period.
    fn add_line(&mut self, at: u32, share: i64, (found, rest, moved): (&Match, Part, Option<Period>)) {
        let due = &self.laid.dues[at as usize];
        let forwards = if due.payer <= due.payee { 1 } else { -1 };
        self.paid[at as usize] += share * forwards;
        let (amount, expected, causes) = (due.between(), due.expected_between(), due.causes);
        let by_cause = found.as_expected || found.how == How::OtherAmount;
        let row = self.row_of(at);
        row.due += amount;
        if by_cause {
            Cause::ALL
                .iter()
                .for_each(|cause| row.part(Part::Cause(*cause), causes[*cause as usize] * forwards));
        }
        row.part(rest, if by_cause { expected } else { amount } - share);
        match moved {
            None => row.paid += share,
            Some(stated) => {
                row.part(Part::Timing, share);
                let other = self.row((due.payer, due.payee), Some(stated));
                other.paid += share;
                other.part(Part::Timing, -share);
            }
        }
    }

    fn add_unpaid(&mut self, at: u32) {
        let due = &self.laid.dues[at as usize];
        let forwards = if due.payer <= due.payee { 1 } else { -1 };
        let later = due.day > self.laid.at || self.laid.held[at as usize];
        let rest = if later { Part::Timing } else { Part::Unexplained };
        let row = self.row_of(at);
        row.due += due.between();
        Cause::ALL
            .iter()
            .for_each(|cause| row.part(Part::Cause(*cause), due.causes[*cause as usize] * forwards));
        row.part(rest, due.expected_between());
    }

    fn add_unmatched(&mut self, at: u32, period: Option<Period>) {
        let payment = &self.laid.payments[at as usize];
        let row = self.row((payment.payer, payment.payee), payment.period.or(period));
        row.paid += payment.between();
        row.part(Part::Unexplained, -payment.between());
    }
}
