//! The totals: by clause and by party, as sums over the statement.

use super::sheet::{Cell, Sheet, Style};
use super::stated::Stated;
use crate::num::Exact;
use crate::statement::{LineType, Statement};

const COLUMNS: [(&str, u32); 8] = [
    ("Clause or party", 26),
    ("Title", 46),
    ("Status", 11),
    ("From", 22),
    ("To", 22),
    ("Entitlement or received", 22),
    ("On account or paid", 22),
    ("Settlement or net", 22),
];

/// The sheet.
pub(super) fn sheet(statement: &Statement<'_>, stated: &Stated<'_>) -> Sheet {
    let contract = statement.model().contract();
    let notes = [format!("Sums over the sheet “Statement”, in {}.", contract.currency)];
    let mut sheet = Sheet::new("Totals", "Totals", &notes, &COLUMNS);
    sheet.filter = false;
    let unit = 10i64.pow(contract.minor_places);
    let amount = |sum: &str, value: &Exact| {
        let formula = if unit == 1 { sum.to_string() } else { format!("{sum}/{unit}") };
        Cell::formula(&formula, value, Style::Amount)
    };
    sheet.rows.push(vec![Cell::styled("By clause: entitlement, on account, settlement", Style::Section)]);
    for total in statement.totals().clauses() {
        let row = sheet.next_row();
        let sum = |line_type: LineType| {
            format!(
                "SUMIFS({},{},$A{row},{},$C{row},{},\"{}\")",
                stated.column('Q'),
                stated.column('P'),
                stated.column('M'),
                stated.column('D'),
                line_type.words()
            )
        };
        let list = |parties: &std::collections::BTreeSet<String>| {
            parties.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
        };
        sheet.rows.push(vec![
            Cell::text(total.clause.as_str()),
            Cell::text(total.title.as_str()),
            Cell::text(total.status),
            Cell::text(list(&total.payers)),
            Cell::text(list(&total.payees)),
            amount(&sum(LineType::Entitlement), &total.entitlement),
            amount(&sum(LineType::OnAccount), &total.on_account),
            amount(&sum(LineType::Settlement), &total.settlement),
        ]);
    }
    sheet.rows.push(Vec::new());
    sheet.rows.push(vec![Cell::styled(
        "By party: received, paid, net, of payable lines that count",
        Style::Section,
    )]);
    let first = sheet.next_row();
    for total in statement.totals().parties() {
        let row = sheet.next_row();
        let sum = |column: char| {
            format!(
                "SUMIFS({},{},$A{row},{},\"live\",{},\"yes\")",
                stated.column('Q'),
                stated.column(column),
                stated.column('M'),
                stated.column('N')
            )
        };
        let net = format!("({}-{})", sum('G'), sum('F'));
        sheet.rows.push(vec![
            Cell::text(total.party.as_str()),
            Cell::text(total.name.as_str()),
            Cell::empty(),
            Cell::empty(),
            Cell::empty(),
            amount(&sum('G'), &total.received),
            amount(&sum('F'), &total.paid),
            amount(&net, &total.net()),
        ]);
    }
    let last = sheet.rows.len();
    let parties = statement.totals().parties();
    let all = |of: &dyn Fn(&crate::statement::PartyTotal) -> Exact| parties.iter().map(of).sum::<Exact>();
    let total = |column: char, value: Exact| {
        // Added up in the smallest unit, so that nothing is left of binary fractions.
        let each = format!("ROUND({column}{first}:{column}{last}*{unit},0)");
        Cell::formula(&format!("SUMPRODUCT({each})/{unit}"), &value, Style::Total)
    };
    sheet.rows.push(vec![
        Cell::styled("All parties", Style::Section),
        Cell::empty(),
        Cell::empty(),
        Cell::empty(),
        Cell::empty(),
        total('F', all(&|party| party.received.clone())),
        total('G', all(&|party| party.paid.clone())),
        total('H', all(&|party| party.net())),
    ]);
    sheet
}
