//! Days as numbers, so that they can be compared and counted, and working days.

use std::fmt;

use carepact::calendar::Date;
use jiff::ToSpan;
use jiff::civil;

/// A day, counted from 30 December 1899 as spreadsheets count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i32);

const EPOCH: civil::Date = civil::date(1899, 12, 30);

impl Day {
    /// The day of a date, when it is one.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Day> {
        let narrow = |number: u32| i8::try_from(number).ok();
        let date = civil::Date::new(i16::try_from(year).ok()?, narrow(month)?, narrow(day)?).ok()?;
        Some(Day::of_civil(date))
    }

    /// Reads `2026-04-15`.
    pub fn parse(text: &str) -> Option<Day> {
        Date::parse(text).map(Day::of)
    }

    /// The day of a date of the engine.
    pub fn of(date: Date) -> Day {
        Day::new(date.year, date.month, date.day).unwrap_or(Day(0))
    }

    fn of_civil(date: civil::Date) -> Day {
        Day(EPOCH.until(date).map_or(0, |span| span.get_days()))
    }

    fn civil(self) -> civil::Date {
        EPOCH.checked_add(i64::from(self.0).days()).unwrap_or(EPOCH)
    }

    /// The calendar year and month.
    pub fn month(self) -> (i32, u32) {
        let date = self.civil();
        (i32::from(date.year()), u32::try_from(date.month()).unwrap_or(1))
    }

    /// The day that is so many working days later: Saturdays and Sundays do not count; public holidays do, as
    /// nobody could agree on a list of them.
    pub fn plus_working_days(self, days: u32) -> Day {
        let mut day = self;
        let mut left = days;
        while left > 0 {
            day = Day(day.0 + 1);
            let weekday = day.civil().weekday();
            if !matches!(weekday, civil::Weekday::Saturday | civil::Weekday::Sunday) {
                left -= 1;
            }
        }
        day
    }

    /// Days between two days, in either order.
    pub fn from(self, other: Day) -> u32 {
        self.0.abs_diff(other.0)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.civil())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_spreadsheets_do() {
        // Excel shows 46127 as 15 April 2026, and 1 March 1900 as 61.
        assert_eq!(Day::parse("2026-04-15"), Some(Day(46127)));
        assert_eq!(Day::new(1900, 3, 1), Some(Day(61)));
        assert_eq!(Day(46127).to_string(), "2026-04-15");
        assert_eq!(Day::new(2026, 2, 29), None);
    }

    #[test]
    fn working_days_leave_weekends_out() {
        // Wednesday 15 April 2026 and five: Thursday, Friday, Monday, Tuesday, Wednesday 22 April.
        assert_eq!(Day(46127).plus_working_days(5).to_string(), "2026-04-22");
        assert_eq!(Day(46127).plus_working_days(0), Day(46127));
    }
}
