//! Units of numbers: pounds, people, pounds per person and year.
//!
//! Units multiply and divide. A year is 12 months, so `GBP/person/year` times `person` times
//! `month` is `GBP`, with a factor of 1/12 that [`Unit::times`] hands back. Units are compared
//! as they are written: a price per year is not a price per month.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::num::Exact;

/// A product of powers of named base units; without any, a pure number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Unit(Arc<BTreeMap<Arc<str>, i32>>);

/// Highest power of a base unit.
const POWER_MAX: i32 = 20;

impl Unit {
    fn of(powers: BTreeMap<Arc<str>, i32>) -> Unit {
        Unit(Arc::new(powers))
    }

    /// The unit of pure numbers.
    pub fn pure() -> Unit {
        Unit::default()
    }

    /// A single base unit.
    pub fn base(name: &str) -> Unit {
        Unit::of(BTreeMap::from([(Arc::from(name), 1)]))
    }

    /// Reads `GBP/person/year` or `person*month`; nothing when it is not a unit.
    pub fn parse(text: &str) -> Option<Unit> {
        let mut powers: BTreeMap<Arc<str>, i32> = BTreeMap::new();
        let mut rest = text.trim();
        let mut sign = 1;
        if rest.len() > 200 {
            return None;
        }
        loop {
            let end = rest.find(['*', '/']).unwrap_or(rest.len());
            let name = rest[..end].trim();
            let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let named = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(word);
            match (named, name == "1") {
                (true, _) => *powers.entry(Arc::from(name)).or_insert(0) += sign,
                (false, true) => {}
                (false, false) => return None,
            }
            let Some(operator) = rest[end..].chars().next() else { break };
            sign = if operator == '*' { 1 } else { -1 };
            rest = &rest[end + 1..];
        }
        powers.retain(|_, power| *power != 0);
        Some(Unit::of(powers))
    }

    /// The power of a base unit; 0 when it has no part in the unit.
    pub fn power(&self, base: &str) -> i32 {
        self.0.get(base).copied().unwrap_or(0)
    }

    /// True for pure numbers.
    pub fn is_pure(&self) -> bool {
        self.0.is_empty()
    }

    /// The unit of a product, and the factor that turning years into months brings; nothing when
    /// the powers grow beyond reason.
    pub fn times(&self, other: &Unit) -> Option<(Unit, Exact)> {
        if other.is_pure() && self.power("year") * self.power("month") >= 0 {
            return Some((self.clone(), Exact::ONE));
        }
        let mut powers = BTreeMap::clone(&self.0);
        for (name, power) in other.0.iter() {
            let entry = powers.entry(name.clone()).or_insert(0);
            *entry += power;
            if entry.abs() > POWER_MAX {
                return None;
            }
        }
        let mut factor = Exact::ONE;
        loop {
            let of = |name: &str| powers.get(name).copied().unwrap_or(0);
            let (years, months) = (of("year"), of("month"));
            if years * months >= 0 {
                break;
            }
            let step = years.signum();
            *powers.entry(Arc::from("year")).or_insert(0) -= step;
            *powers.entry(Arc::from("month")).or_insert(0) += step;
            let twelve = Exact::from(12);
            factor = if step > 0 { &factor * &twelve } else { factor.checked_div(&twelve)? };
        }
        powers.retain(|_, power| *power != 0);
        Some((Unit::of(powers), factor))
    }

    /// One over the unit.
    pub fn inverse(&self) -> Unit {
        Unit::of(self.0.iter().map(|(name, power)| (name.clone(), -power)).collect())
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_pure() {
            return f.write_str("pure number");
        }
        let mut out = String::new();
        let (over, under): (Vec<_>, Vec<_>) = self.0.iter().partition(|(_, power)| **power > 0);
        for (name, power) in over {
            for _ in 0..*power {
                out.push_str(if out.is_empty() { "" } else { "*" });
                out.push_str(name);
            }
        }
        if out.is_empty() {
            out.push('1');
        }
        for (name, power) in under {
            for _ in *power..0 {
                out.push('/');
                out.push_str(name);
            }
        }
        f.write_str(&out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_per_year_times_months_is_money() {
        let price = Unit::parse("GBP/person/year").unwrap();
        let (per_year, one) = price.times(&Unit::base("person")).unwrap();
        assert_eq!((per_year.to_string().as_str(), one), ("GBP/year", Exact::ONE));
        let (money, factor) = per_year.times(&Unit::base("month")).unwrap();
        assert_eq!((money, factor), (Unit::base("GBP"), Exact::ratio(1, 12).unwrap()));
    }

    #[test]
    fn units_are_written_back() {
        for text in ["GBP/person/year", "month*person", "1/day", "GBP"] {
            assert_eq!(Unit::parse(text).unwrap().to_string(), text);
        }
        for bad in ["", "GBP/", "12", "GBP per person", "*"] {
            assert_eq!(Unit::parse(bad), None, "{bad}");
        }
    }
}
