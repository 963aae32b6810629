//! The totals: by clause and by party, as sums over the statement.

use std::collections::BTreeSet;

use super::sheet::{Cell, Sheet, Style};
use super::stated::{MISSING_DATA, Stated};
use crate::num::Exact;
use crate::statement::{ClauseTotal, LineType, PartyTotal, Statement};

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
    sheet.rows.push(vec![Cell::styled("By clause: entitlement, on account, settlement", Style::Section)]);
    for total in statement.totals().clauses() {
        let row = clause(total, stated, (sheet.next_row(), unit));
        sheet.rows.push(row);
    }
    sheet.rows.push(Vec::new());
    let what = "By party: received, paid, net, of payable lines that count";
    sheet.rows.push(vec![Cell::styled(what, Style::Section)]);
    let first = sheet.next_row();
    let parties = statement.totals().parties();
    for total in parties {
        let row = party(total, stated, (sheet.next_row(), unit));
        sheet.rows.push(row);
    }
    let rows = (first, sheet.rows.len());
    sheet.rows.push(all_parties(parties, rows, unit));
    sheet
}

/// A sum in the smallest unit as an amount.
fn amount((sum, missing): (&str, &str), value: &Exact, unit: i64) -> Cell {
    let formula = if unit == 1 { sum.to_string() } else { format!("{sum}/{unit}") };
    Cell::formula(&format!("IF({missing}>0,\"\",{formula})"), value, Style::Amount)
}

/// What some lines come to in the smallest unit, and how many of them lack data.
fn sum_and_missing(stated: &Stated<'_>, lines: &str) -> (String, String) {
    let sum = format!("SUMIFS({},{lines})", stated.column('Q'));
    (sum, format!("COUNTIFS({lines},{},\"{MISSING_DATA}\")", stated.column('I')))
}

fn clause(total: &ClauseTotal, stated: &Stated<'_>, (row, unit): (usize, i64)) -> Vec<Cell> {
    let sum = |line_type: LineType, value: &Exact| {
        let lines = format!(
            "{},$A{row},{},$C{row},{},\"{}\"",
            stated.column('P'),
            stated.column('M'),
            stated.column('D'),
            line_type.words()
        );
        let (formula, missing) = sum_and_missing(stated, &lines);
        amount((&formula, &missing), value, unit)
    };
    let list = |parties: &BTreeSet<String>| parties.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    vec![
        Cell::text(total.clause.as_str()),
        Cell::text(total.title.as_str()),
        Cell::text(total.status),
        Cell::text(list(&total.payers)),
        Cell::text(list(&total.payees)),
        sum(LineType::Entitlement, &total.entitlement),
        sum(LineType::OnAccount, &total.on_account),
        sum(LineType::Settlement, &total.settlement),
    ]
}

fn party(total: &PartyTotal, stated: &Stated<'_>, (row, unit): (usize, i64)) -> Vec<Cell> {
    let sum = |column: char| {
        let lines = format!(
            "{},$A{row},{},\"live\",{},\"yes\"",
            stated.column(column),
            stated.column('M'),
            stated.column('N')
        );
        sum_and_missing(stated, &lines)
    };
    let (received, paid) = (sum('G'), sum('F'));
    let net = (format!("({}-{})", received.0, paid.0), format!("({}+{})", received.1, paid.1));
    let mut cells = vec![Cell::text(total.party.as_str()), Cell::text(total.name.as_str())];
    cells.extend([Cell::empty(), Cell::empty(), Cell::empty()]);
    cells.push(amount((&received.0, &received.1), &total.received, unit));
    cells.push(amount((&paid.0, &paid.1), &total.paid, unit));
    cells.push(amount((&net.0, &net.1), &total.net(), unit));
    cells
}

fn all_parties(parties: &[PartyTotal], (first, last): (usize, usize), unit: i64) -> Vec<Cell> {
    let all = |of: &dyn Fn(&PartyTotal) -> Exact| parties.iter().map(of).sum::<Exact>();
    let total = |column: char, value: Exact| {
        // Added up in the smallest unit, so that nothing is left of binary fractions.
        let each = format!("ROUND({column}{first}:{column}{last}*{unit},0)");
        let empty = format!("COUNTIF({column}{first}:{column}{last},\"\")");
        Cell::formula(&format!("IF({empty}>0,\"\",SUMPRODUCT({each})/{unit})"), &value, Style::Total)
    };
    let mut cells = vec![Cell::styled("All parties", Style::Section)];
    cells.extend([Cell::empty(), Cell::empty(), Cell::empty(), Cell::empty()]);
    cells.push(total('F', all(&|party| party.received.clone())));
    cells.push(total('G', all(&|party| party.paid.clone())));
    cells.push(total('H', all(&PartyTotal::net)));
    cells
}
