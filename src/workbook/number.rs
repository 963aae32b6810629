//! A number of the plan as cells of the calculation: a whole number in steps of an exact unit, a
//! quotient of two whole numbers, or a decimal with a bound of its error.

use crate::num::Exact;

/// Every whole number below it has at most 15 digits, which spreadsheets keep, compare and show exactly.
const LIMIT_DIGITS: u32 = 15;

/// The relative error of one formula on decimals: up to sixty additions of binary floats, and
/// the snapping of differences near zero, are less than this.
pub(super) fn relative_error() -> Exact {
    Exact::ratio(2, 100_000_000_000_000).unwrap_or(Exact::ZERO)
}

/// True for what a spreadsheet holds as a whole number without doubt.
pub(super) fn fits(size: &Exact) -> bool {
    size.abs() < Exact::from(10i64.pow(LIMIT_DIGITS))
}

/// True for what stays a whole number without doubt when inputs grow to eight times what they are.
pub(super) fn fits_with_room(size: &Exact) -> bool {
    fits(&(size * &Exact::from(8)))
}

/// How the cells of a row hold a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// `n × unit`
    Whole { n: Exact, unit: Exact },
    /// `n / d × unit`; the divisor stands in the cell `over`, so that quotients with the same one are known.
    Quotient { n: Exact, d: Exact, over: String, unit: Exact },
    /// The decimal of the value column, no further from the number than the error column says.
    Decimal,
}

/// A number of the plan, and the row that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    /// The sheet it stands on, with `!`; nothing for the calculation itself.
    pub sheet: &'static str,
    /// The row, counted from 1.
    pub row: usize,
    /// The number.
    pub value: Exact,
    /// How the cells hold it.
    pub form: Form,
    /// How far the decimal of the value column may be from it.
    pub error: Exact,
    /// Why the cells may be wrong; nothing where that is impossible.
    pub doubt: Option<String>,
    /// True when an observation behind it is missing.
    pub missing: bool,
    /// True for a number that the contract fixes.
    pub agreed: bool,
}

impl Number {
    fn cell(&self, column: char) -> String {
        format!("{}{column}{}", self.sheet, self.row)
    }

    /// The whole number, or the numerator.
    pub fn whole(&self) -> String {
        self.cell('F')
    }

    /// The decimal.
    pub fn decimal(&self) -> String {
        self.cell('D')
    }

    /// 1 where the cells are right without doubt; nothing where they always are.
    pub fn sure(&self) -> Option<String> {
        (!self.agreed).then(|| self.cell('L'))
    }

    /// A bound of the error of the decimal.
    pub fn error_of_decimal(&self) -> String {
        match self.form {
            Form::Decimal => self.cell('K'),
            Form::Whole { .. } | Form::Quotient { .. } => format!("2E-14*ABS({})", self.decimal()),
        }
    }

    /// Numerator, divisor with its cell, and unit; nothing for decimals.
    pub fn fraction(&self) -> Option<Fraction> {
        let (n, over, unit) = match &self.form {
            Form::Whole { n, unit } => (n, None, unit),
            Form::Quotient { n, d, over, unit } => (n, Some((over.clone(), d.clone())), unit),
            Form::Decimal => return None,
        };
        Some(Fraction { cell: self.whole(), n: n.clone(), over, unit: unit.clone() })
    }
}

/// A numerator in a cell, the divisor in another where there is one, and the unit.
#[derive(Debug, Clone)]
pub(super) struct Fraction {
    pub cell: String,
    pub n: Exact,
    pub over: Option<(String, Exact)>,
    pub unit: Exact,
}

impl Fraction {
    /// The divisor; 1 where there is none.
    pub fn divisor(&self) -> Exact {
        self.over.as_ref().map_or(Exact::ONE, |(_, d)| d.clone())
    }

    pub fn over_cell(&self) -> Option<&str> {
        self.over.as_ref().map(|(cell, _)| cell.as_str())
    }
}

/// A formula for a whole number, and the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub formula: String,
    pub value: Exact,
}

impl Known {
    pub fn new(formula: impl Into<String>, value: Exact) -> Known {
        Known { formula: formula.into(), value }
    }
}

/// The grid that all of these lie on; 1 where all are 0. Above 0.
pub(super) fn common_unit<'e>(values: impl Iterator<Item = &'e Exact>) -> Exact {
    let unit = values.fold(Exact::ZERO, |unit, value| unit.common_step(&value.abs())).abs();
    if unit.is_zero() { Exact::ONE } else { unit }
}

/// How often a unit goes into a number of its grid.
pub(super) fn times(value: &Exact, unit: &Exact) -> Option<Exact> {
    value.checked_div(unit).filter(Exact::is_whole)
}

/// A whole number as it stands in a formula; nothing when it is too long.
pub(super) fn literal(value: &Exact) -> Option<String> {
    (value.is_whole() && fits(value)).then(|| value.to_string())
}

/// Any number as it stands in a formula on decimals, within their relative error.
pub(super) fn decimal_literal(value: &Exact) -> String {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    let text = value.to_string();
    if value.decimal_places().is_some() && digits(&text) <= 15 {
        return text;
    }
    let (p, q) = value.parts();
    let (p, q) = (p.to_string(), q.to_string());
    if digits(&p) <= 15 && digits(&q) <= 15 {
        return format!("({p}/{q})");
    }
    // Fifteen digits from the first that counts.
    let mut places = 0;
    let mut scaled = value.abs();
    while scaled < Exact::ONE && !scaled.is_zero() && places < 60 {
        scaled = &scaled * &Exact::from(10);
        places += 1;
    }
    value.rounded(&Exact::scaled(1, places + 15), crate::num::Mode::HalfAway).to_string()
}

/// `k·cell` with a whole k; the operator first where it stands after others.
pub(super) fn multiple(k: &Exact, cell: &str) -> Option<String> {
    Some(match literal(k)?.as_str() {
        "1" => cell.to_string(),
        "-1" => format!("-{cell}"),
        k => format!("{k}*{cell}"),
    })
}

/// Summands in a row.
pub(super) fn joined(terms: &[String]) -> String {
    let mut out = String::new();
    for term in terms {
        if !out.is_empty() && !term.starts_with('-') {
            out.push('+');
        }
        out.push_str(term);
    }
    if out.is_empty() { "0".to_string() } else { out }
}

/// `times p / q` with what is 1 left out.
pub(super) fn scaled(cell: &str, unit: &Exact) -> String {
    let (p, q) = unit.parts();
    let (p, q) = (p.to_string(), q.to_string());
    let p = if p == "1" { String::new() } else { format!("*{p}") };
    let q = if q == "1" { String::new() } else { format!("/{q}") };
    format!("{cell}{p}{q}")
}

/// One of several values: the one before the first breakpoint that the number is before, else the last.
pub(super) fn chosen(before: &[String], values: &[String]) -> String {
    match before {
        [] => values[0].clone(),
        [first, rest @ ..] if before.len() <= 3 => {
            format!("IF({first},{},{})", values[0], chosen(rest, &values[1..]))
        }
        [..] => {
            let middle = before.len() / 2;
            let (low, high) = (chosen(&before[..middle], &values[..=middle]), middle + 1);
            format!("IF({},{low},{})", before[middle], chosen(&before[high..], &values[high..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_many_is_found_by_halving() {
        let before = ["x<1", "x<2", "x<3", "x<4"].map(String::from);
        let values = ["a", "b", "c", "d", "e"].map(String::from);
        assert_eq!(chosen(&before, &values), "IF(x<3,IF(x<1,a,IF(x<2,b,c)),IF(x<4,d,e))");
    }

    #[test]
    fn long_numbers_keep_fifteen_digits() {
        assert_eq!(decimal_literal(&Exact::parse("0.13").unwrap()), "0.13");
        assert_eq!(decimal_literal(&Exact::ratio(-2, 3).unwrap()), "(-2/3)");
        assert_eq!(
            decimal_literal(&Exact::parse("0.001234567890123456789").unwrap()),
            "0.001234567890123457"
        );
        assert!(!fits(&Exact::from(1_000_000_000_000_000)));
        assert_eq!(scaled("F7", &Exact::ratio(3, 100).unwrap()), "F7*3/100");
    }
}
