//! Civil dates, contract years and the periods in them: month within quarter within year within
//! term. There is no clock here; every date comes from the contract or the data.
//!
//! A term from 2026-04-01 to 2028-03-31 with years that start on 1 April has the years `2026/27`
//! and `2027/28`, the quarters `2026/27Q1` …, the months `2026-04` … and the period `term`.

use std::fmt;

use crate::num::Exact;

/// A civil date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// The calendar year.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to the days of the month.
    pub day: u32,
}

impl Date {
    /// Reads `2026-04-01`; nothing when it is not a date from year 1 to 9999.
    pub fn parse(text: &str) -> Option<Date> {
        let (year, rest) = text.split_at_checked(4)?;
        let (month, day) = rest.strip_prefix('-')?.split_once('-')?;
        let digits = |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
        if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
            return None;
        }
        let date = Date { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
        let valid = date.year > 0
            && (1..=12).contains(&date.month)
            && (1..=days_in_month(date.year, date.month)).contains(&date.day);
        valid.then_some(date)
    }

    /// Days since 0000-03-01, so that dates can be subtracted.
    fn day_number(self) -> i64 {
        let (year, month) = (i64::from(self.year), i64::from(self.month));
        // Years are counted from March, so that the leap day is the last of a year.
        let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
        365 * year + year.div_euclid(4) - year.div_euclid(100)
            + year.div_euclid(400)
            + (153 * month + 2) / 5
            + i64::from(self.day)
            - 1
    }

    fn absolute_month(self) -> i32 {
        self.year * 12 + i32::try_from(self.month).expect("a month is at most 12") - 1
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Days of a calendar month.
pub fn days_in_month(year: i32, month: u32) -> u32 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The length of a period, shortest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeriodKind {
    /// A calendar month.
    Month,
    /// Three months, counted from the start of the contract year.
    Quarter,
    /// A contract year.
    Year,
    /// The whole term.
    Term,
}

impl PeriodKind {
    /// All of them, shortest first.
    pub const ALL: [PeriodKind; 4] =
        [PeriodKind::Month, PeriodKind::Quarter, PeriodKind::Year, PeriodKind::Term];

    /// The word of the contract language.
    pub fn word(self) -> &'static str {
        match self {
            PeriodKind::Month => "month",
            PeriodKind::Quarter => "quarter",
            PeriodKind::Year => "year",
            PeriodKind::Term => "term",
        }
    }

    /// The kind with this word.
    pub fn of_word(word: &str) -> Option<PeriodKind> {
        PeriodKind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    fn months(self) -> i32 {
        match self {
            PeriodKind::Month => 1,
            PeriodKind::Quarter => 3,
            PeriodKind::Year | PeriodKind::Term => 12,
        }
    }
}

/// One period. Neighbouring periods of a kind have neighbouring indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// Its length.
    pub kind: PeriodKind,
    /// Counted from the calendar year 0; always 0 for the term.
    pub index: i32,
}

impl Period {
    /// The whole term.
    pub const TERM: Period = Period { kind: PeriodKind::Term, index: 0 };

    /// The period `count` periods earlier.
    pub fn earlier(self, count: i32) -> Period {
        Period { kind: self.kind, index: self.index - count }
    }
}

/// The term of a contract and the start of its years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    /// First day of the term.
    pub first: Date,
    /// Last day of the term.
    pub last: Date,
    /// The month in which contract years start, 1 to 12.
    pub start_month: u32,
}

impl Calendar {
    fn offset(&self) -> i32 {
        i32::try_from(self.start_month).expect("a month is at most 12") - 1
    }

    /// First and last absolute month of a period, not cut by the term (the term itself is).
    fn month_span(&self, period: Period) -> (i32, i32) {
        match period.kind {
            PeriodKind::Month => (period.index, period.index),
            PeriodKind::Quarter | PeriodKind::Year => {
                let length = period.kind.months();
                let first = period.index * length + self.offset();
                (first, first + length - 1)
            }
            PeriodKind::Term => (self.first.absolute_month(), self.last.absolute_month()),
        }
    }

    fn of_month(&self, month: i32, kind: PeriodKind) -> Period {
        match kind {
            PeriodKind::Month => Period { kind, index: month },
            PeriodKind::Quarter | PeriodKind::Year => {
                Period { kind, index: (month - self.offset()).div_euclid(kind.months()) }
            }
            PeriodKind::Term => Period::TERM,
        }
    }

    /// The period of this kind that holds the given one; nothing when it is shorter than it.
    pub fn enclosing(&self, period: Period, kind: PeriodKind) -> Option<Period> {
        if period.kind == PeriodKind::Term {
            // There is one term; what is before it is no part of it.
            return (kind == PeriodKind::Term).then_some(period);
        }
        (kind >= period.kind).then(|| self.of_month(self.month_span(period).0, kind))
    }

    /// The periods of a kind within a period and within the term, in order.
    pub fn within(&self, period: Period, kind: PeriodKind) -> Vec<Period> {
        if kind > period.kind || (period.kind == PeriodKind::Term && period.index != 0) {
            return Vec::new();
        }
        let (first, last) = self.month_span(period);
        let (first, last) = (first.max(self.first.absolute_month()), last.min(self.last.absolute_month()));
        if first > last {
            return Vec::new();
        }
        let (from, to) = (self.of_month(first, kind).index, self.of_month(last, kind).index);
        (from..=to).map(|index| Period { kind, index }).collect()
    }

    /// The periods of a kind within a period, whether in the term or not.
    pub fn parts(&self, period: Period, kind: PeriodKind) -> Vec<Period> {
        let (first, last) = self.month_span(period);
        let (from, to) = (self.of_month(first, kind).index, self.of_month(last, kind).index);
        (from..=to).map(|index| Period { kind, index }).collect()
    }

    /// All periods of a kind in the term.
    pub fn all(&self, kind: PeriodKind) -> Vec<Period> {
        self.within(Period::TERM, kind)
    }

    /// True when the period has a day in the term.
    pub fn in_term(&self, period: Period) -> bool {
        !self.within(period, PeriodKind::Month).is_empty()
    }

    /// True when `inner` lies within `outer`.
    pub fn contains(&self, outer: Period, inner: Period) -> bool {
        self.enclosing(inner, outer.kind) == Some(outer)
    }

    /// Days of the term in a calendar month, and days of that month.
    fn days_of_month(&self, month: i32) -> (i64, i64) {
        let year = month.div_euclid(12);
        let number = u32::try_from(month.rem_euclid(12) + 1).expect("a month is at most 12");
        let length = days_in_month(year, number);
        let start = Date { year, month: number, day: 1 };
        let end = Date { day: length, ..start };
        let (from, to) = (start.max(self.first), end.min(self.last));
        let inside = if from > to { 0 } else { to.day_number() - from.day_number() + 1 };
        (inside, i64::from(length))
    }

    fn months_in_term(&self, period: Period) -> impl Iterator<Item = i32> {
        self.within(period, PeriodKind::Month).into_iter().map(|month| month.index)
    }

    /// Months of the term in a period; a part month counts by its days.
    pub fn months(&self, period: Period) -> Exact {
        self.months_in_term(period)
            .map(|month| {
                let (inside, length) = self.days_of_month(month);
                Exact::ratio(i128::from(inside), i128::from(length)).expect("a month has days")
            })
            .sum()
    }

    /// Days of the term in a period.
    pub fn days(&self, period: Period) -> Exact {
        Exact::from(self.months_in_term(period).map(|month| self.days_of_month(month).0).sum::<i64>())
    }

    /// Days of the term in a period over the days of the contract year they fall in.
    pub fn years_by_days(&self, period: Period) -> Exact {
        self.months_in_term(period)
            .map(|month| {
                let (from, to) = self.month_span(self.of_month(month, PeriodKind::Year));
                let year: i64 = (from..=to).map(|m| self.days_of_month(m).1).sum();
                let inside = self.days_of_month(month).0;
                Exact::ratio(i128::from(inside), i128::from(year)).expect("a year has days")
            })
            .sum()
    }

    /// 1 in the first month of a contract year.
    pub fn month_number(&self, period: Period) -> i64 {
        i64::from((self.month_span(period).0 - self.offset()).rem_euclid(12) + 1)
    }

    /// 1 in the first contract year of the term.
    pub fn year_number(&self, period: Period) -> i64 {
        let first = self.of_month(self.first.absolute_month(), PeriodKind::Year).index;
        i64::from(self.of_month(self.month_span(period).0, PeriodKind::Year).index - first + 1)
    }

    /// The day on which something due `after_months` after a period, or on a day of it, falls.
    pub fn day_in(&self, period: Period, day: u32) -> Date {
        self.date_of(self.month_span(period).0, day)
    }

    /// The last day of the month that is `months` after the end of a period.
    pub fn months_after(&self, period: Period, months: i32) -> Date {
        self.date_of(self.month_span(period).1 + months, 31)
    }

    fn date_of(&self, month: i32, day: u32) -> Date {
        let year = month.div_euclid(12);
        let month = u32::try_from(month.rem_euclid(12) + 1).expect("a month is at most 12");
        Date { year, month, day: day.clamp(1, days_in_month(year, month)) }
    }

    /// The key of a period: `2026-04`, `2026/27Q1`, `2026/27` (`2026` when years start in
    /// January) or `term`.
    pub fn key(&self, period: Period) -> String {
        let year_key = |index: i32| {
            if self.start_month == 1 {
                format!("{index:04}")
            } else {
                format!("{index:04}/{:02}", (index + 1) % 100)
            }
        };
        match period.kind {
            PeriodKind::Month => {
                format!("{:04}-{:02}", period.index.div_euclid(12), period.index.rem_euclid(12) + 1)
            }
            PeriodKind::Quarter => {
                format!("{}Q{}", year_key(period.index.div_euclid(4)), period.index.rem_euclid(4) + 1)
            }
            PeriodKind::Year => year_key(period.index),
            PeriodKind::Term => "term".to_string(),
        }
    }

    /// Reads the key of a period.
    pub fn period(&self, key: &str) -> Option<Period> {
        if key == "term" {
            return Some(Period::TERM);
        }
        let year: i32 = key.get(..4)?.parse().ok().filter(|year| (1..=9999).contains(year))?;
        let rest = &key[4..];
        let candidate = if let Some(month) = rest.strip_prefix('-') {
            let month: i32 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
            Period { kind: PeriodKind::Month, index: year * 12 + month - 1 }
        } else if let Some((_, quarter)) = rest.split_once('Q') {
            let quarter: i32 = quarter.parse().ok().filter(|quarter| (1..=4).contains(quarter))?;
            Period { kind: PeriodKind::Quarter, index: year * 4 + quarter - 1 }
        } else {
            Period { kind: PeriodKind::Year, index: year }
        };
        // Written back it must be the same: `2026/28` or `2026-4` is no period.
        (self.key(candidate) == key).then_some(candidate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(first: &str, last: &str, start_month: u32) -> Calendar {
        Calendar { first: Date::parse(first).unwrap(), last: Date::parse(last).unwrap(), start_month }
    }

    #[test]
    fn keys_are_read_and_written() {
        let april = calendar("2026-04-01", "2031-03-31", 4);
        for key in ["2026-04", "2026/27Q1", "2026/27", "term", "2031-03", "2030/31Q4"] {
            assert_eq!(april.key(april.period(key).unwrap()), key);
        }
        for key in ["2026", "2026/28", "2026-4", "2026-13", "2026/27Q5", "x", "", "2026Q1", "ááá"] {
            assert_eq!(april.period(key), None, "{key}");
        }
        let january = calendar("2023-01-01", "2023-12-31", 1);
        assert_eq!(january.key(january.period("2023Q4").unwrap()), "2023Q4");
        assert_eq!(january.period("2023/24"), None);
    }

    #[test]
    fn months_lie_in_quarters_and_years() {
        let april = calendar("2026-04-01", "2031-03-31", 4);
        let march = april.period("2027-03").unwrap();
        assert_eq!(april.enclosing(march, PeriodKind::Quarter), april.period("2026/27Q4"));
        assert_eq!(april.enclosing(march, PeriodKind::Year), april.period("2026/27"));
        assert_eq!(april.all(PeriodKind::Month).len(), 60);
        assert_eq!(april.month_number(march), 12);
        assert_eq!(april.year_number(april.period("2028/29").unwrap()), 3);
    }

    #[test]
    fn part_periods_count_by_days() {
        // 16 of the 30 days of April, then eleven whole months to the end of March.
        let late = calendar("2026-04-15", "2027-03-31", 4);
        let year = late.period("2026/27").unwrap();
        assert_eq!(late.months(year), &Exact::from(11) + &Exact::ratio(16, 30).unwrap());
        assert_eq!(late.days(year), Exact::from(351));
        assert_eq!(late.years_by_days(year), Exact::ratio(351, 365).unwrap());
    }

    #[test]
    fn leap_days_are_counted() {
        // 2027/28 holds 29 February 2028.
        let calendar = calendar("2027-04-01", "2028-03-31", 4);
        assert_eq!(calendar.days(Period::TERM), Exact::from(366));
        assert_eq!(Date::parse("2027-02-29"), None);
    }
}
