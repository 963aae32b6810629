//! Amounts and shares for a board paper: whole pounds, or thousands of them.

use carepact::{Exact, Mode};

use crate::table::{Column, Table};

/// From this on, amounts are in thousands.
const THOUSANDS_FROM: i64 = 100_000_000;

/// The unit that the amounts of a page are in.
#[derive(Debug, Clone)]
pub struct Layout {
    currency: String,
    /// 1 or 1,000.
    to: Exact,
}

impl Layout {
    /// For amounts of which none is further from 0 than this.
    pub fn new(currency: &str, furthest: &Exact) -> Layout {
        let large = *furthest >= Exact::from(THOUSANDS_FROM);
        let to = if large { Exact::from(1_000) } else { Exact::ONE };
        Layout { currency: currency.to_string(), to }
    }

    /// A title that says the unit.
    pub fn title(&self, what: &str) -> String {
        let unit = if self.to == Exact::ONE { "" } else { "thousands of " };
        format!("{what}, in {unit}{}", self.currency)
    }

    /// An amount in a table.
    pub fn cell(&self, amount: &Exact) -> String {
        let rounded = amount.rounded(&self.to, Mode::HalfAway);
        rounded.checked_div(&self.to).unwrap_or(Exact::ZERO).grouped(0)
    }

    /// An amount in a sentence, without its sign.
    pub fn words(&self, amount: &Exact) -> String {
        let amount = amount.rounded(&self.to, Mode::HalfAway).abs().grouped(0);
        if self.currency == "GBP" { format!("£{amount}") } else { format!("{} {amount}", self.currency) }
    }
}

/// A table of a name and so many amounts.
pub fn table(amounts: usize) -> Table {
    let mut columns = vec![Column::Cut];
    columns.extend(vec![Column::Right; amounts]);
    Table::new(&columns)
}

/// Adds a part of a page under its title.
pub fn add(out: &mut String, title: &str, body: &str) {
    out.push_str(&format!("\n{title}\n{}\n{body}", "-".repeat(title.chars().count())));
}

/// `5 %`, `2.5 %`
pub fn percent(share: &Exact) -> String {
    format!("{} %", share * &Exact::from(100))
}

/// `1 of 20 scenarios`, or `2.5 % of the scenarios`.
pub fn one_of(share: &Exact) -> String {
    let whole = Exact::ONE.checked_div(share).filter(Exact::is_whole);
    whole.map_or_else(
        || format!("{} of the scenarios", percent(share)),
        |of| format!("1 of {} scenarios", of.grouped(0)),
    )
}

/// How many of how many, in per cent to one place.
pub fn share(part: u64, whole: u64) -> String {
    let exact = Exact::ratio(i128::from(part) * 100, i128::from(whole.max(1))).unwrap_or(Exact::ZERO);
    let rounded = exact.rounded(&Exact::scaled(1, 1), Mode::HalfAway);
    if rounded.is_zero() && part > 0 {
        "under 0.1 %".to_string()
    } else if rounded == Exact::from(100) && part < whole {
        "over 99.9 %".to_string()
    } else {
        format!("{} %", rounded.plain(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_claim_never_or_always() {
        assert_eq!((share(0, 10), share(10, 10)), ("0.0 %".into(), "100.0 %".into()));
        assert_eq!((share(1, 10_000), share(9_999, 10_000)), ("under 0.1 %".into(), "over 99.9 %".into()));
        assert_eq!(share(1, 8), "12.5 %");
    }

    #[test]
    fn tails_are_told_in_words() {
        let share = |text: &str| Exact::parse(text).unwrap();
        assert_eq!(one_of(&share("5%")), "1 of 20 scenarios");
        assert_eq!(one_of(&share("30%")), "30 % of the scenarios");
    }

    #[test]
    fn large_amounts_are_in_thousands() {
        let amount = Exact::parse("311940499.50").unwrap();
        let layout = Layout::new("GBP", &amount);
        assert_eq!((layout.cell(&amount), layout.words(&amount)), ("311,940".into(), "£311,940,000".into()));
        let small = Exact::parse("-1234.50").unwrap();
        let layout = Layout::new("EUR", &small);
        assert_eq!((layout.cell(&small), layout.words(&small)), ("-1,235".into(), "EUR 1,235".into()));
    }
}
