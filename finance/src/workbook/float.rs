//! Numbers as XLSX holds them: binary floats. Only what a cell shows as it is passes here; nothing is
//! worked out from it in this program.

use carepact::Exact;
use rust_xlsxwriter::{Format, Worksheet, XlsxError};

/// Decimal places that a float can tell apart.
const PLACES: usize = 17;

/// The digits of a number: all of them where it is a finite decimal, else more than a float holds.
pub(super) fn digits(value: &Exact) -> String {
    format!("{value:.PLACES$}").trim_end_matches('…').to_string()
}

/// Writes a number into a cell.
pub(super) fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: &Exact,
    format: &Format,
) -> Result<(), XlsxError> {
    let number: f64 = digits(value).parse().unwrap_or(f64::NAN);
    sheet.write_number_with_format(row, column, number, format).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_number() {
        assert_eq!(digits(&Exact::scaled(-274_824_915, 3)), "-274824.915");
        assert_eq!(digits(&Exact::ratio(1, 3).expect("a third")), "0.33333333333333333");
    }
}
