//! The identity of contract monitoring: detail files, aggregate and invoice come to the same total.

use carepact::{Diagnostic, Exact};

use super::acm;
use super::codes::{CONTROL, problem};
use super::sheet::Table;

/// A total and where it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// Where it is from.
    pub of: String,
    /// The total.
    pub amount: Exact,
}

/// What the prices of a table come to: actual prices, planned ones in a plan. Cells that are no amount count
/// nothing; validation has refused them before.
pub fn price(table: &Table) -> Exact {
    let heading = if acm::is_plan(table) { acm::PLANNED_PRICE } else { acm::ACTUAL_PRICE };
    let Some(at) = table.column(heading) else { return Exact::ZERO };
    table.rows.iter().filter_map(|(_, cells)| Exact::parse(&cells[at]).ok()).sum()
}

/// Holds an aggregate against the sum of its details and against the invoice, where they are given.
pub fn differences(aggregate: &Total, details: &[Total], invoice: Option<&Exact>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut hold = |of: &str, amount: &Exact| {
        let difference = &aggregate.amount - amount;
        if !difference.is_zero() {
            let found = format!(
                "{} comes to {}, {of} to {}: a difference of {}",
                aggregate.of,
                aggregate.amount.grouped(2),
                amount.grouped(2),
                difference.grouped(2)
            );
            let remedy = "find the rows that are in one and not in the other before anything is paid";
            problems.push(problem(&CONTROL, found, remedy));
        }
    };
    if !details.is_empty() {
        let sum: Exact = details.iter().map(|detail| &detail.amount).sum();
        let names: Vec<&str> = details.iter().map(|detail| detail.of.as_str()).collect();
        hold(&format!("the detail ({})", names.join(", ")), &sum);
    }
    if let Some(invoice) = invoice {
        hold("the invoice", invoice);
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(of: &str, amount: &str) -> Total {
        Total { of: of.to_string(), amount: Exact::parse(amount).unwrap() }
    }

    #[test]
    fn three_totals_are_one() {
        let aggregate = total("acm.csv", "100.00");
        let details = [total("patients", "70.01"), total("drugs", "20.00"), total("devices", "9.99")];
        let invoice = Exact::from(100);
        assert_eq!(differences(&aggregate, &details, Some(&invoice)), []);
        // 100.00 less 90.01 is 9.99, and 100.00 less 100.01 is -0.01.
        let short = differences(&aggregate, &details[..2], Some(&Exact::parse("100.01").unwrap()));
        assert_eq!(short.len(), 2);
        assert!(short[0].found.ends_with("a difference of 9.99"));
        assert!(short[1].found.ends_with("a difference of -0.01"));
    }
}
