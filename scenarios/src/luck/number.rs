//! Where exact numbers become floats and back: chances are floats, amounts and rates are exact.

use carepact::Exact;

pub use crate::quantile::float;

/// A float as an exact amount of whole pennies (or other units of so many decimal places).
pub fn amount(value: f64, places: u32) -> Exact {
    let units = (value * 10f64.powi(i32::try_from(places).unwrap_or(0))).round();
    Exact::scaled(units as i128, places)
}

/// A chance or share, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Probability(pub f64);

impl Probability {
    /// For people: `8.6 %`; nothing is said to be impossible or certain.
    pub fn percent(self) -> String {
        let Probability(p) = self;
        if p < 0.0005 {
            "< 0.1 %".to_string()
        } else if p > 0.9995 {
            "> 99.9 %".to_string()
        } else {
            format!("{:.1} %", 100.0 * p)
        }
    }

    /// The chance half way to another.
    pub fn half_way(self, other: Probability) -> Probability {
        Probability((self.0 + other.0) / 2.0)
    }

    /// As an exact number of twelve decimal places.
    pub fn exact(self) -> Exact {
        amount(self.0, 12)
    }

    /// For tools: a decimal number of at most six significant digits.
    pub fn plain(self) -> String {
        let Probability(p) = self;
        if p == 0.0 {
            return "0".to_string();
        }
        let leading = p.abs().log10().floor();
        let places = (5.0 - leading).clamp(0.0, 40.0) as usize;
        let text = format!("{p:.places$}");
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_said_to_a_tenth_of_a_percent() {
        let said = |p| Probability(p).percent();
        assert_eq!(said(0.0857), "8.6 %");
        assert_eq!((said(1e-9), said(1.0 - 1e-9)), ("< 0.1 %".to_string(), "> 99.9 %".to_string()));
        let plain = |p| Probability(p).plain();
        assert_eq!((plain(0.3125), plain(1.0 / 3.0)), ("0.3125".to_string(), "0.333333".to_string()));
        assert_eq!(plain(0.000_012_345_678), "0.0000123457");
    }

    #[test]
    fn amounts_are_whole_pennies() {
        assert_eq!(amount(2.345_001, 2).plain(2), "2.35");
        assert_eq!(float(&Exact::ratio(1, 3).unwrap()), 1.0 / 3.0);
    }
}
