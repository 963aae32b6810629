//! What may be paid by one payment: a line, or lines that belong together.

use carepact::calendar::{Period, PeriodKind};

use super::{Matcher, amount_between, pair_of, period_code};

/// How lines are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grouping {
    /// Each line on its own.
    Single,
    /// The lines of a clause in a period, such as its segments.
    Clause,
    /// What falls due on one day for a period, such as instalments less what is held back.
    DueDay,
    /// What falls due on one day, for any period.
    AcrossPeriods,
    /// The lines of one type in a period.
    LineType,
    /// What flows one way in a period.
    OneWay,
    /// All between two parties in a period.
    Period,
    /// A clause over the periods of a quarter.
    ClauseInQuarter,
    /// All over the periods of a quarter.
    Quarter,
    /// A clause over the periods of a year.
    ClauseInYear,
    /// All over the periods of a year.
    Year,
}

impl Grouping {
    /// Those of several lines, in the order in which they are tried.
    pub const SEVERAL: [Grouping; 10] = [
        Grouping::Clause,
        Grouping::DueDay,
        Grouping::AcrossPeriods,
        Grouping::LineType,
        Grouping::OneWay,
        Grouping::Period,
        Grouping::ClauseInQuarter,
        Grouping::Quarter,
        Grouping::ClauseInYear,
        Grouping::Year,
    ];

    /// The longer period over which lines are put together.
    fn longer(self) -> Option<PeriodKind> {
        match self {
            Grouping::ClauseInQuarter | Grouping::Quarter => Some(PeriodKind::Quarter),
            Grouping::ClauseInYear | Grouping::Year => Some(PeriodKind::Year),
            Grouping::Single
            | Grouping::Clause
            | Grouping::DueDay
            | Grouping::AcrossPeriods
            | Grouping::LineType
            | Grouping::OneWay
            | Grouping::Period => None,
        }
    }
}

/// Lines that may be paid by one payment.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    /// The first and the end of its lines in the order of [`Claims`].
    lines: (u32, u32),
    /// The two parties.
    pub pair: u64,
    /// What is due in all, from the first of the two to the second.
    pub amount: i64,
    /// What was expected.
    pub expected: i64,
    /// The period, when all have the same.
    pub period: Option<Period>,
    /// When the first of them is due.
    pub day: i32,
}

/// Claims over lines that are open.
pub(super) struct Claims {
    order: Vec<u32>,
    pub list: Vec<Claim>,
}

impl Claims {
    /// The lines of a claim.
    pub fn lines(&self, claim: &Claim) -> &[u32] {
        &self.order[claim.lines.0 as usize..claim.lines.1 as usize]
    }
}

impl Matcher<'_> {
    /// All claims of a grouping over the lines that are open.
    pub(super) fn claims(&self, grouping: Grouping) -> Claims {
        let open = self.due_list.iter().copied().filter(|at| self.due_open[*at as usize]);
        let mut order: Vec<u32> = open.collect();
        if grouping != Grouping::Single {
            order.sort_by_cached_key(|at| self.group_key(grouping, *at as usize));
        }
        let mut list = Vec::new();
        let mut start = 0;
        while start < order.len() {
            let single = grouping == Grouping::Single;
            let end = if single {
                start + 1
            } else {
                let key = self.group_key(grouping, order[start] as usize);
                let same = |at: &&u32| self.group_key(grouping, **at as usize) == key;
                start + order[start..].iter().take_while(same).count()
            };
            if single || end - start > 1 {
                list.push(self.claim(grouping, &order, (start, end)));
            }
            start = end;
        }
        Claims { order, list }
    }

    fn group_key(&self, grouping: Grouping, at: usize) -> (u64, i64, i64, i64) {
        let due = &self.dues[at];
        let over = self.over(grouping, due.period);
        let (pair, period) = (pair_of(due.payer, due.payee), period_code(Some(over)));
        let (day, line_type) = (i64::from(due.day.0), due.line_type as i64);
        match grouping {
            Grouping::Single => (pair, period, 0, 0),
            Grouping::Clause | Grouping::ClauseInQuarter | Grouping::ClauseInYear => {
                (pair, period, i64::from(self.clauses[at]), line_type)
            }
            Grouping::DueDay => (pair, period, day, 0),
            Grouping::AcrossPeriods => (pair, day, 0, 0),
            Grouping::LineType => (pair, period, line_type, 0),
            Grouping::OneWay => (pair, period, self.due_amount(at).signum(), 0),
            Grouping::Period | Grouping::Quarter | Grouping::Year => (pair, period, 0, 0),
        }
    }

    /// The period over which a line of this period is put together with others.
    fn over(&self, grouping: Grouping, period: Period) -> Period {
        grouping.longer().and_then(|kind| self.calendar.enclosing(period, kind)).unwrap_or(period)
    }

    fn claim(&self, grouping: Grouping, order: &[u32], (start, end): (usize, usize)) -> Claim {
        let lines = order[start..end].iter().map(|at| *at as usize);
        let first = &self.dues[order[start] as usize];
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let over = self.over(grouping, first.period);
        let one_period = lines.clone().all(|at| self.over(grouping, self.dues[at].period) == over);
        Claim {
            lines: (narrow(start), narrow(end)),
            pair: pair_of(first.payer, first.payee),
            amount: lines.clone().map(|at| self.due_amount(at)).sum(),
            expected: lines.clone().map(|at| self.due_expected(at)).sum(),
            period: one_period.then_some(over),
            day: lines.map(|at| self.dues[at].day.0).min().unwrap_or(0),
        }
    }

    /// What is due on a line, from the first of the two parties to the second.
    pub(super) fn due_amount(&self, at: usize) -> i64 {
        let due = &self.dues[at];
        amount_between(due.payer, due.payee, due.amount)
    }

    /// What was expected on a line, likewise.
    pub(super) fn due_expected(&self, at: usize) -> i64 {
        let due = &self.dues[at];
        amount_between(due.payer, due.payee, due.expected)
    }

    /// What was paid, likewise.
    pub(super) fn paid_amount(&self, at: usize) -> i64 {
        let payment = &self.payments[at];
        amount_between(payment.payer, payment.payee, payment.amount)
    }
}
