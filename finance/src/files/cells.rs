//! Cells as spreadsheets leave them: spaces that are none, signs that cannot be seen, text that looks like a
//! formula.

use std::borrow::Cow;

/// True for signs that take no room: byte-order marks, joiners, zero-width spaces.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}')
}

/// A cell without invisible signs, every space a plain one, none at the ends.
pub fn clean(cell: &str) -> String {
    let seen = cell.chars().filter(|c| !is_invisible(*c));
    let plain: String = seen.map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    plain.trim().to_string()
}

/// `12.0` as `12`: what is left of a whole number in a column of floats.
pub fn whole(cell: &str) -> &str {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match cell.split_once('.') {
        Some((number, noughts))
            if digits(number) && digits(noughts) && noughts.bytes().all(|b| b == b'0') =>
        {
            number
        }
        Some(_) | None => cell,
    }
}

/// A text that no spreadsheet takes for a formula: one that begins like a formula gets an apostrophe.
pub fn neutral(text: &str) -> Cow<'_, str> {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_cleaned() {
        assert_eq!(clean("\u{feff} R1\u{200b}H\u{a0}"), "R1H");
        assert_eq!(clean("a\u{a0}b"), "a b");
        assert_eq!([whole("12.0"), whole("12.00"), whole("12.5"), whole("R.0")], ["12", "12", "12.5", "R.0"]);
    }

    #[test]
    fn formulas_are_neutralised() {
        let cells = ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "a=b", ""];
        let kept = cells.map(|cell| neutral(cell).into_owned());
        assert_eq!(kept, ["'=1+1", "'+1", "'-1", "'@a", "'\tx", "'\rx", "a=b", ""]);
    }
}
