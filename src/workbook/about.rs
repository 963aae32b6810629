//! What the workbook is about: the contract, the data, and how to read the sheets.

use std::ops::Range;

use super::Unsure;
use super::sheet::{Cell, Sheet, Style};
use crate::bind::AsOf;
use crate::num::Exact;
use crate::statement::Statement;

/// What each sheet is for.
const SHEETS: [(&str, &str); 6] = [
    ("Inputs", "what was observed, with file and row; these cells may be changed"),
    ("Parameters", "what was agreed, with the place in the contract; cells in a frame may be changed"),
    ("Calculation", "every step from inputs and parameters to the amounts"),
    ("Statement", "who owes whom what: each amount is a formula over the calculation"),
    ("Totals", "sums of the statement by clause and by party"),
    ("Checks", "totals that must be zero, and each line beside what carepact stated"),
];

/// The sheet.
pub(super) fn sheet(
    statement: &Statement<'_>,
    lanes: Range<usize>,
    about: &[(String, String)],
    unsure: &[Unsure],
) -> Sheet {
    let contract = statement.model().contract();
    let facts = statement.facts();
    let notes = ["Every amount in this workbook is a formula. Change an input, and all follows.".to_string()];
    let mut sheet = Sheet::new("About", &contract.title, &notes, &[("What", 34), ("", 100)]);
    sheet.filter = false;
    let submission = match facts.as_of {
        AsOf::Flex => "flex, where there is one",
        AsOf::Freeze => "freeze, where there is one",
    };
    let data = statement.totals().lines().iter().map(|(status, lines)| format!("{lines} {}", status.word()));
    let mut rows = vec![
        ("Contract".to_string(), contract.id.clone()),
        ("Currency".to_string(), contract.currency.clone()),
        ("Periods stated".to_string(), statement.periods().join(", ")),
    ];
    let holders: Vec<&str> = facts.lanes[lanes].iter().filter_map(|lane| lane.holder.as_deref()).collect();
    match &holders[..] {
        [] => {}
        [name] if facts.lanes.len() > 1 => {
            rows.push(("Holder".to_string(), format!("{name}, one of {}", facts.lanes.len())));
        }
        [..] => rows.push(("Holders".to_string(), holders.join(", "))),
    }
    rows.extend([
        ("Submission".to_string(), submission.to_string()),
        ("Lines by status of their data".to_string(), data.collect::<Vec<_>>().join(", ")),
        ("Ties are rounded".to_string(), contract.mode.words().to_string()),
        ("carepact".to_string(), env!("CARGO_PKG_VERSION").to_string()),
    ]);
    rows.extend(about.iter().cloned());
    for (what, value) in rows {
        sheet.rows.push(vec![Cell::text(what), Cell::styled(value, Style::Wrapped)]);
    }
    let lines = statement.lines().len();
    let without = Exact::from(i64::try_from(unsure.len()).unwrap_or(0));
    sheet.rows.push(vec![
        Cell::text("Lines that could be a penny out"),
        Cell::words(
            &format!("COUNTIF(Statement!J:J,\"no\")&\" of {lines}; the sheet “Checks” says which, and why\""),
            &format!("{without} of {lines}; the sheet “Checks” says which, and why"),
            Style::Text,
        ),
    ]);
    sheet.rows.push(Vec::new());
    sheet.rows.push(vec![Cell::styled("Sheets", Style::Section)]);
    for (name, what) in SHEETS {
        sheet.rows.push(vec![Cell::text(name), Cell::styled(what, Style::Wrapped)]);
    }
    sheet
}
