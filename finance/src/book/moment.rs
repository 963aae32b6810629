//! When something happened, to the second, and who made it happen.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use super::problems::{Outcome, TIME, WHO, refuse};

/// A second of universal time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Timestamp);

impl Moment {
    /// Now, by the clock of this computer.
    pub fn now() -> Moment {
        Moment::of(Timestamp::now())
    }

    fn of(timestamp: Timestamp) -> Moment {
        Moment(Timestamp::from_second(timestamp.as_second()).unwrap_or(timestamp))
    }

    /// Reads `2026-10-12T09:00:00Z`, with any offset from universal time, or a date for its first second.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Outcome<Moment> {
        let read = text.parse::<Timestamp>().ok();
        let midnight =
            || carepact::calendar::Date::parse(text).and_then(|_| format!("{text}T00:00:00Z").parse().ok());
        match read.or_else(midnight) {
            Some(timestamp) => Ok(Moment::of(timestamp)),
            None => refuse(
                &TIME,
                format!("`{text}` is no time"),
                "write it as 2026-10-12T09:00:00Z or 2026-10-12",
            ),
        }
    }
}

impl Moment {
    /// The day of it, in universal time.
    pub fn day(&self) -> String {
        self.0.strftime("%Y-%m-%d").to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Reads a date, `2026-10-12`.
///
/// # Errors
/// When it is none.
pub fn date(text: &str) -> Outcome<String> {
    match text.parse::<Date>() {
        Ok(date) if date.to_string() == text => Ok(date.to_string()),
        Ok(_) | Err(_) => refuse(&TIME, format!("`{text}` is no date"), "write it as 2026-10-12"),
    }
}

/// Who makes an entry, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When; nothing takes the clock, but never a time before the last entry.
    pub at: Option<Moment>,
    /// Who.
    pub by: String,
}

/// Longest name.
const NAME_MAX: usize = 200;

impl Stamp {
    /// A stamp, where the name is one.
    ///
    /// # Errors
    /// When no name is given, or it is no line of text.
    pub fn new(by: &str, at: Option<Moment>) -> Outcome<Stamp> {
        let by = by.trim();
        if by.is_empty() || by.chars().count() > NAME_MAX || by.chars().any(char::is_control) {
            let found = "nobody is named who makes this entry".to_string();
            return refuse(&WHO, found, "add --by NAME, or set CAREPACT_BY to your name");
        }
        Ok(Stamp { at, by: by.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_to_the_second_in_universal_time() {
        let shown = |text: &str| Moment::parse(text).unwrap().to_string();
        assert_eq!(shown("2026-10-12T09:00:00Z"), "2026-10-12T09:00:00Z");
        assert_eq!(shown("2026-10-12T10:00:00.75+01:00"), "2026-10-12T09:00:00Z");
        assert_eq!(shown("2026-10-12"), "2026-10-12T00:00:00Z");
        for wrong in ["2026-10-12T09:00", "12/10/2026", "", "2026-13-01", "2026-02-29"] {
            assert!(Moment::parse(wrong).is_err(), "{wrong}");
        }
        assert!(date("2026-02-28").is_ok());
        assert!(date("2026-02-29").is_err());
        assert!(date("2026-02-28T00:00").is_err());
    }

    #[test]
    fn a_name_is_a_line_of_text() {
        assert_eq!(Stamp::new(" A. Officer ", None).unwrap().by, "A. Officer");
        assert!(Stamp::new("  ", None).is_err());
        assert!(Stamp::new("a\nb", None).is_err());
    }
}
