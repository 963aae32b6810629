//! Cells of a ledger as people and spreadsheets write them: amounts, dates and periods.

use carepact::calendar::{Calendar, Period, PeriodKind};

use super::day::Day;
use crate::files::cells::is_invisible;

/// The mark between whole and part of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Point,
    Comma,
}

const SPACES: [char; 4] = [' ', '\u{a0}', '\u{202f}', '\u{2009}'];

/// A cell without what stands around it.
pub(super) fn clean(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// Most minor units of one amount: more than any budget, and sums of millions of them still fit.
const AMOUNT_MAX: i64 = 1_000_000_000_000_000;

/// An amount in minor units; the reason when it is none.
pub(super) fn amount(cell: &str, mark: Mark, (places, currency): (u32, &str)) -> Result<i64, String> {
    let (number, negative) = signed(clean(cell), currency);
    let (point, thousands) = match mark {
        Mark::Point => ('.', ','),
        Mark::Comma => (',', '.'),
    };
    let (whole, part) = number.split_once(point).unwrap_or((number, ""));
    let whole = without_thousands(whole, thousands).ok_or_else(|| "is no amount".to_string())?;
    let part = part.trim_end_matches('0');
    if !part.bytes().all(|b| b.is_ascii_digit()) || (whole.is_empty() && part.is_empty() && number.is_empty())
    {
        return Err("is no amount".to_string());
    }
    if part.len() > places as usize {
        return Err(format!("has more than {places} decimal places"));
    }
    let digits = format!("{whole}{part:0<width$}", width = places as usize);
    let units = digits.parse::<i64>().ok().filter(|units| *units <= AMOUNT_MAX);
    let units = units.ok_or_else(|| "is larger than any amount can be".to_string())?;
    Ok(if negative { -units } else { units })
}

/// The number without sign and currency, and whether it is negative: `-5`, `5-`, `(5)` and `5 CR` are.
fn signed<'c>(cell: &'c str, currency: &str) -> (&'c str, bool) {
    let mut rest = cell;
    let mut negative = false;
    if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        (rest, negative) = (clean(inner), true);
    }
    for suffix in ["CR", "DR"] {
        let at = rest.len().checked_sub(2).filter(|at| rest.is_char_boundary(*at));
        if let Some(at) = at.filter(|at| rest[*at..].eq_ignore_ascii_case(suffix)) {
            negative |= suffix == "CR";
            rest = clean(&rest[..at]);
        }
    }
    let symbols = ["£", "€", "$", currency];
    loop {
        let before = rest;
        for symbol in symbols {
            rest = clean(rest.strip_prefix(symbol).unwrap_or(rest));
            rest = clean(rest.strip_suffix(symbol).unwrap_or(rest));
        }
        if !negative && let Some(inner) = rest.strip_prefix(['-', '−']).or(rest.strip_suffix(['-', '−']))
        {
            (rest, negative) = (clean(inner), true);
        }
        if rest == before {
            return (rest.strip_prefix('+').unwrap_or(rest), negative);
        }
    }
}

/// Digits without separators, which must stand between groups of three.
fn without_thousands(whole: &str, separator: char) -> Option<String> {
    let cut = |c: char| c == separator || c == '\'' || SPACES.contains(&c);
    let groups: Vec<&str> = whole.split(cut).collect();
    let digits = groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_digit()));
    let threes = groups.iter().skip(1).all(|group| group.len() == 3);
    let first = groups.len() == 1 || (1..=3).contains(&groups[0].len());
    (digits && threes && first).then(|| groups.concat())
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The month that a word begins with, of three letters or more.
fn month_of_word(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    let known = MONTHS.iter().position(|month| word.len() >= 3 && word.starts_with(month))?;
    u32::try_from(known + 1).ok()
}

fn year_of(text: &str) -> Option<i32> {
    let year: i32 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 => Some(2000 + year),
        _ => None,
    }
}

/// A date: `2026-04-15`, `15/04/2026`, `15-Apr-26`, `20260415` or the number of a spreadsheet.
pub(super) fn date(cell: &str, month_first: bool) -> Option<Day> {
    let cell = clean(cell);
    let day =
        cell.split(['T', ' ']).next().filter(|day| day.len() >= 8 || !cell.contains(' ')).unwrap_or(cell);
    if let Some(found) = Day::parse(day) {
        return Some(found);
    }
    if day.bytes().all(|b| b.is_ascii_digit()) {
        return match day.len() {
            // From 1954 to 2119: a number of a spreadsheet that was saved as text.
            5 => day.parse().ok().filter(|number| (20_000..80_000).contains(number)).map(Day),
            8 => Day::new(day[..4].parse().ok()?, day[4..6].parse().ok()?, day[6..].parse().ok()?),
            _ => None,
        };
    }
    let parts: Vec<&str> = if day.contains(['/', '-', '.']) {
        day.split(['/', '-', '.']).collect()
    } else {
        cell.split(' ').collect()
    };
    let [first, second, third] = parts[..] else { return None };
    if let Some(month) = month_of_word(second) {
        return Day::new(year_of(third)?, month, first.parse().ok()?);
    }
    let (day, month) = if month_first { (second, first) } else { (first, second) };
    Day::new(year_of(third)?, month.parse().ok()?, day.parse().ok()?)
}

/// A period: a key of the contract, `202604`, `Apr-26`, `2026/27 M1`, `Q1 2026/27`, `2026-27`, or a date in a
/// month.
pub(super) fn period(cell: &str, calendar: &Calendar) -> Option<Period> {
    let cell = clean(cell);
    if let Some(period) = calendar.period(cell) {
        return Some(period);
    }
    let words: Vec<&str> = cell.split([' ', '\u{a0}']).filter(|word| !word.is_empty()).collect();
    match words[..] {
        [word] => one_word(word, calendar),
        [first, second] => {
            let month = month_of_word(first).zip(year_of(second));
            let month = month.and_then(|(month, year)| month_key(calendar, year, month));
            month
                .or_else(|| part_of_year(calendar, first, second))
                .or_else(|| part_of_year(calendar, second, first))
        }
        [..] => None,
    }
}

fn month_key(calendar: &Calendar, year: i32, month: u32) -> Option<Period> {
    calendar.period(&format!("{year:04}-{month:02}"))
}

fn one_word(word: &str, calendar: &Calendar) -> Option<Period> {
    if let Some((first, second)) = word.split_once('-')
        && let (Some(month), Some(year)) = (month_of_word(first), year_of(second))
    {
        return month_key(calendar, year, month);
    }
    if let Some(year) = year_key(word, calendar) {
        return Some(year);
    }
    if word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit()) {
        return month_key(calendar, word[..4].parse().ok()?, word[4..].parse().ok()?);
    }
    // A spreadsheet turns `Apr-26` into a day of that month.
    let (year, month) = Day::parse(word.get(..10)?).map(Day::month)?;
    month_key(calendar, year, month)
}

/// A contract year as `2026/27`, `2026-27`, `26/27` or `202627`.
fn year_key(word: &str, calendar: &Calendar) -> Option<Period> {
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    let others = word.chars().filter(|c| !c.is_ascii_digit()).count();
    let (year, next) = match (digits.len(), others) {
        (6, 0 | 1) => (digits[..4].parse::<i32>().ok()?, &digits[4..]),
        (4, 1) => (2000 + digits[..2].parse::<i32>().ok()?, &digits[2..]),
        _ => return None,
    };
    calendar.period(&format!("{year:04}/{next}"))
}

/// `2026/27` and `M1`, `M01`, `Q1`; month 13 is the adjustment at the year's end, and so the year.
fn part_of_year(calendar: &Calendar, year: &str, part: &str) -> Option<Period> {
    let year = year_key(year, calendar).or_else(|| calendar.period(year))?;
    let number: usize = part.get(1..)?.parse().ok()?;
    let kind = match part.as_bytes().first()? {
        b'M' | b'm' if number == 13 => return Some(year),
        b'M' | b'm' => PeriodKind::Month,
        b'Q' | b'q' => PeriodKind::Quarter,
        _ => return None,
    };
    calendar.parts(year, kind).get(number.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use carepact::calendar::Date;

    fn pence(cell: &str) -> Result<i64, String> {
        amount(cell, Mark::Point, (2, "GBP"))
    }

    #[test]
    fn amounts_of_every_ledger_are_read() {
        for (cell, expected) in [
            ("24955200", 2_495_520_000),
            ("£24,955,200.00", 2_495_520_000),
            ("(1,234.56)", -123_456),
            ("-1234.5", -123_450),
            ("1,234.56-", -123_456),
            ("−£5.00", -500),
            ("(£ 5.00)", -500),
            ("5.00 CR", -500),
            ("5.00 DR", 500),
            ("GBP 5", 500),
            (" 1\u{a0}234\u{202f}567.00", 123_456_700),
            (".05", 5),
            ("0.10000", 10),
        ] {
            assert_eq!(pence(cell), Ok(expected), "{cell}");
        }
        assert_eq!(amount("1.234,56", Mark::Comma, (2, "EUR")), Ok(123_456));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for cell in
            ["", "-", "*", "1.234,56", "12,34.00", "1.005", "five", "1 2", "(-5)", "99999999999999.00"]
        {
            assert!(pence(cell).is_err(), "{cell}: {:?}", pence(cell));
        }
    }

    #[test]
    fn dates_are_read_day_first_unless_told() {
        let ides = Day::parse("2026-04-05");
        for cell in [
            "2026-04-05",
            "2026-04-05T00:00:00",
            "05/04/2026",
            "5/4/26",
            "05-Apr-2026",
            "5 April 2026",
            "20260405",
            "46117",
            "05.04.2026",
            "2026-04-05 00:00:00",
        ] {
            assert_eq!(date(cell, false), ides, "{cell}");
        }
        assert_eq!(date("04/05/2026", true), ides);
        for cell in ["", "13/13/2026", "2026-02-30", "soon", "1", "2026"] {
            assert_eq!(date(cell, false), None, "{cell}");
        }
    }

    #[test]
    fn periods_are_read_as_ledgers_write_them() {
        let day = |text| Date::parse(text).unwrap();
        let calendar = Calendar { first: day("2026-04-01"), last: day("2031-03-31"), start_month: 4 };
        for (cell, key) in [
            ("2026-04", "2026-04"),
            ("202604", "2026-04"),
            ("Apr-26", "2026-04"),
            ("April 2026", "2026-04"),
            ("2026-04-01", "2026-04"),
            ("2026/27 M1", "2026-04"),
            ("M12 202627", "2027-03"),
            ("202627 M13", "2026/27"),
            ("Q2 2026/27", "2026/27Q2"),
            ("2026-27", "2026/27"),
            ("202627", "2026/27"),
            ("26/27", "2026/27"),
        ] {
            assert_eq!(
                period(cell, &calendar).map(|period| calendar.key(period)).as_deref(),
                Some(key),
                "{cell}"
            );
        }
        for cell in ["", "2026/28", "M14 2026/27", "spring"] {
            assert_eq!(period(cell, &calendar), None, "{cell}");
        }
    }
}
