//! The published layouts that observations are taken from, and how each says its period.

use carepact::calendar::Date;

use super::acm;

/// A published layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Aggregate Contract Monitoring, and its plan variant.
    Acm,
    /// The long metrics of the Central Metrics Library.
    Metrics,
    /// The monthly files of the Mental Health Services Data Set.
    Mhsds,
    /// GP list sizes.
    ListSizes,
}

/// The calendar month that a row counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    /// The calendar year.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// True for the thirteenth month of a financial year, which this month then ends.
    pub adjustment: bool,
}

impl Layout {
    /// All of them.
    pub const ALL: [Layout; 4] = [Layout::Acm, Layout::Metrics, Layout::Mhsds, Layout::ListSizes];

    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Layout::Acm => "acm",
            Layout::Metrics => "metrics",
            Layout::Mhsds => "mhsds",
            Layout::ListSizes => "list-sizes",
        }
    }

    /// Headings by which the header is told.
    pub fn needed(self) -> &'static [&'static str] {
        match self {
            Layout::Acm => &[acm::MONTH, acm::YEAR, acm::DELIVERY],
            Layout::Metrics => {
                &["metric_id", "location_id", "reporting_period_start_datetime", "metric_value"]
            }
            Layout::Mhsds => &["REPORTING_PERIOD_START", "PRIMARY_LEVEL", "MEASURE_ID", "MEASURE_VALUE"],
            Layout::ListSizes => &["EXTRACT_DATE", "CODE", "SEX", "AGE", "NUMBER_OF_PATIENTS"],
        }
    }

    /// Columns whose cell `ALL` is the sum of the other rows, so that both together would count twice.
    pub fn with_totals(self) -> &'static [&'static str] {
        match self {
            Layout::ListSizes => &["SEX", "AGE"],
            Layout::Acm | Layout::Metrics | Layout::Mhsds => &[],
        }
    }

    /// True where the rows of a month, and the months of a period, are parts that are added up.
    pub fn adds_up(self) -> bool {
        match self {
            Layout::Acm => true,
            Layout::Metrics | Layout::Mhsds | Layout::ListSizes => false,
        }
    }

    /// The month of a row, by what stands in its columns; nothing when it cannot be told.
    pub fn month<'c>(self, cell: impl Fn(&str) -> &'c str) -> Option<Month> {
        match self {
            Layout::Acm => {
                let start = acm::start_of(cell(acm::YEAR))?;
                let month: u32 = cell(acm::MONTH).parse().ok().filter(|month| (1..=13).contains(month))?;
                let counted = month.min(12) + 2;
                Some(Month {
                    year: start + if counted >= 12 { 1 } else { 0 },
                    month: counted % 12 + 1,
                    adjustment: month == 13,
                })
            }
            Layout::Metrics => of_date(cell("reporting_period_start_datetime")),
            Layout::Mhsds => of_date(cell("REPORTING_PERIOD_START")),
            Layout::ListSizes => of_date(cell("EXTRACT_DATE")),
        }
    }
}

/// The month of `2026-04-01`, `2026-04-01T00:00:00`, `01/04/2026` or `01APR2026`.
fn of_date(cell: &str) -> Option<Month> {
    let date = cell.get(..10).and_then(Date::parse).or_else(|| day_first(cell)).or_else(|| named(cell))?;
    Some(Month { year: date.year, month: date.month, adjustment: false })
}

fn day_first(cell: &str) -> Option<Date> {
    let mut parts = cell.get(..10)?.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    Date::parse(&format!("{year}-{month}-{day}"))
}

fn named(cell: &str) -> Option<Date> {
    let names = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    let (day, name, year) = (cell.get(..2)?, cell.get(2..5)?.to_uppercase(), cell.get(5..)?);
    let month = names.iter().position(|known| *known == name)? + 1;
    Date::parse(&format!("{year}-{month:02}-{day}"))
}

impl Month {
    /// `2026-04`
    pub fn key(self) -> String {
        format!("{:04}-{:02}", self.year, self.month)
    }

    /// `2026/27`, the financial year from April.
    pub fn year_key(self) -> String {
        let start = if self.month >= 4 { self.year } else { self.year - 1 };
        format!("{start:04}/{:02}", (start + 1) % 100)
    }

    /// `2026/27Q1`
    pub fn quarter_key(self) -> String {
        let quarter = (self.month + 8) % 12 / 3 + 1;
        format!("{}Q{quarter}", self.year_key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn financial_months_are_calendar_months() {
        let of = |month: &'static str| {
            let cell = |heading: &str| if heading == acm::MONTH { month } else { "202627" };
            Layout::Acm.month(cell).unwrap()
        };
        let keys = |month: &'static str| (of(month).key(), of(month).quarter_key(), of(month).year_key());
        assert_eq!(keys("1"), ("2026-04".into(), "2026/27Q1".into(), "2026/27".into()));
        assert_eq!(keys("9"), ("2026-12".into(), "2026/27Q3".into(), "2026/27".into()));
        assert_eq!(keys("10"), ("2027-01".into(), "2026/27Q4".into(), "2026/27".into()));
        assert_eq!(keys("12"), ("2027-03".into(), "2026/27Q4".into(), "2026/27".into()));
        assert_eq!((of("13").key(), of("13").adjustment), ("2027-03".to_string(), true));
    }

    #[test]
    fn dates_come_in_several_forms() {
        for date in ["2026-04-01", "2026-04-01T00:00:00", "2026-04-01 00:00:00", "01/04/2026", "01APR2026"] {
            assert_eq!(of_date(date).unwrap().key(), "2026-04", "{date}");
        }
        assert!(of_date("April 2026").is_none() && of_date("13/13/2026").is_none() && of_date("").is_none());
    }
}
