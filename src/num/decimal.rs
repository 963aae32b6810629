//! Decimals at the boundary: what documents and data files write, what statements print.
//!
//! A decimal is read exactly. A number with more digits than can be kept is an error, never a
//! silent change, and a binary float is never on the way.

use rust_decimal::Decimal;

use super::Exact;

/// Why a text is not a number that can be kept exactly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// The text is not a decimal.
    #[error("`{0}` is not a number")]
    NotANumber(String),
    /// Numbers are written out.
    #[error("`{0}` is written with an exponent")]
    Exponent(String),
    /// Both sides of the point are written.
    #[error("`{0}` needs a digit on both sides of the point")]
    OpenEnded(String),
    /// More than 28 significant digits.
    #[error("`{0}` has more than 28 digits")]
    TooManyDigits(String),
}

impl Exact {
    /// Reads a decimal such as `142.37`, or a percentage such as `5%`.
    ///
    /// # Errors
    /// When the text is not a plain decimal, or has more digits than can be kept.
    ///
    /// ```
    /// use carepact::Exact;
    /// assert_eq!(Exact::parse("5%"), Exact::parse("0.05"));
    /// assert!(Exact::parse("1e3").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Exact, DecimalError> {
        let trimmed = text.trim();
        let (digits, percent) = match trimmed.strip_suffix('%') {
            Some(rest) => (rest.trim_end(), true),
            None => (trimmed, false),
        };
        let unsigned = digits.strip_prefix('-').unwrap_or(digits);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !(all_digits(whole) && all_digits(fraction)) {
            let exponent =
                unsigned.contains(['e', 'E']) && unsigned.starts_with(|c: char| c.is_ascii_digit());
            let open_ended =
                (whole.is_empty() && all_digits(fraction)) || (fraction.is_empty() && all_digits(whole));
            let kind = match (exponent, open_ended) {
                (true, _) => DecimalError::Exponent,
                (false, true) => DecimalError::OpenEnded,
                (false, false) => DecimalError::NotANumber,
            };
            return Err(kind(trimmed.chars().take(60).collect()));
        }
        let too_long = || DecimalError::TooManyDigits(trimmed.chars().take(60).collect());
        if digits.len() > 60 {
            return Err(too_long());
        }
        let decimal = Decimal::from_str_exact(digits).map_err(|_| too_long())?;
        let value = Exact::from(decimal);
        Ok(if percent { &value * &Exact::scaled(1, 2) } else { value })
    }

    /// The number as a decimal, when it is a finite decimal that fits.
    pub fn to_decimal(&self) -> Option<Decimal> {
        let text = self.to_string();
        if text.ends_with('…') { None } else { Decimal::from_str_exact(&text).ok() }
    }

    /// The number with exactly `places` decimal places and thousands separated by commas.
    ///
    /// Digits beyond are cut off; statements only print amounts that have no more.
    ///
    /// ```
    /// use carepact::Exact;
    /// assert_eq!(Exact::from(-1234567).grouped(2), "-1,234,567.00");
    /// ```
    pub fn grouped(&self, places: usize) -> String {
        let plain = self.plain(places);
        let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let mut out = String::from(sign);
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                out.push(',');
            }
            out.push(digit);
        }
        if places > 0 {
            out.push('.');
            out.push_str(fraction);
        }
        out
    }

    /// The number with exactly `places` decimal places; digits beyond are cut off.
    pub fn plain(&self, places: usize) -> String {
        let text = format!("{self:.places$}");
        let text = text.trim_end_matches('…');
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if places == 0 { whole.to_string() } else { format!("{whole}.{fraction:0<places$.places$}") }
    }
}

impl From<Decimal> for Exact {
    fn from(value: Decimal) -> Exact {
        Exact::scaled(value.mantissa(), value.scale())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly_or_refused() {
        assert_eq!(Exact::parse("0.1").unwrap(), Exact::ratio(1, 10).unwrap());
        assert_eq!(Exact::parse("-2.50").unwrap().plain(2), "-2.50");
        for bad in ["", "-", "1_000", "1,000", ".5", "5.", "+5", "0x1", "NaN", "1e3", "½"] {
            assert!(Exact::parse(bad).is_err(), "{bad}");
        }
        assert!(matches!(
            Exact::parse("0.12345678901234567890123456789012345"),
            Err(DecimalError::TooManyDigits(_))
        ));
    }

    #[test]
    fn amounts_are_grouped() {
        assert_eq!(Exact::parse("311940000").unwrap().grouped(2), "311,940,000.00");
        assert_eq!(Exact::parse("-999.5").unwrap().grouped(2), "-999.50");
    }
}
