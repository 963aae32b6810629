//! The lines of a statement as text: gathered by clause and year, or each by itself.

use carepact::statement::{DataStatus, StatementLine};
use carepact::{Exact, Model};

use super::holders::OfHolder;
use super::sections::{Block, Row, sections};
use super::{money, reference};
use crate::answer::grouped;
use crate::table::Column::{Cut, Left, Right};
use crate::table::Table;

/// One row for the lines of a contract year with the same clause, members, payer and payee; under
/// the name of each holder where a party is many.
pub fn gathered<'s>(model: &Model, pieces: impl IntoIterator<Item = OfHolder<'s>>) -> String {
    let mut table = Table::new(&[Cut, Left, Right, Right, Right, Left]);
    table.row(["", "from → to", "entitlement", "on account", "settlement", "data"]);
    for piece in pieces {
        add_holder(model, piece.holder, &mut table);
        for section in sections(model.contract(), piece.lines) {
            table.across("");
            table.across(&heading(model, section.line));
            for block in &section.blocks {
                add_block(model, block, &mut table);
            }
        }
    }
    table.text()
}

/// `practice Y00001`, above all that is of it.
fn add_holder(model: &Model, holder: Option<&str>, table: &mut Table) {
    let many = model.contract().parties.iter().find(|party| party.many);
    if let (Some(holder), Some(many)) = (holder, many) {
        table.across("");
        table.across(&format!("{} {holder}", many.id));
    }
}

fn add_block(model: &Model, block: &Block<'_>, table: &mut Table) {
    let span = format!("  {}{}", block.span(), count(block));
    let named = block.rows.iter().any(|row| !row.ids().is_empty());
    if named || !block.line.live {
        table.across(&span);
    }
    let width = block.rows.iter().map(|row| row.ids().chars().count()).max().unwrap_or(0);
    let mut above = String::new();
    for row in &block.rows {
        let label = if named {
            format!("    {:width$}  {}", row.ids(), row.titles())
        } else if block.line.live {
            span.clone()
        } else {
            String::new()
        };
        // The parts of one line have the same label, which is shown once.
        add_row(model, row, if label == above { String::new() } else { label.clone() }, table);
        above = label;
    }
    if block.rows.len() > 1 {
        add_total(model, block, table);
    }
}

/// `, 12 lines each, shadow: shown and not counted`
fn count(block: &Block<'_>) -> String {
    let each = if block.rows.len() > 1 { " each" } else { "" };
    let lines = match block.lines() {
        0 | 1 => String::new(),
        lines => format!(", {} lines{each}", grouped(lines)),
    };
    if block.line.live { lines } else { format!("{lines}, {}: shown and not counted", block.line.status) }
}

fn add_row(model: &Model, row: &Row<'_>, label: String, table: &mut Table) {
    let optional = |amount: &Option<Exact>| amount.as_ref().map_or(String::new(), |a| money(model, a));
    table.cells(vec![
        label,
        flow(row.line),
        money(model, &row.entitlement),
        optional(&row.on_account),
        optional(&row.settlement),
        data(row.line, row.data),
    ]);
}

fn add_total(model: &Model, block: &Block<'_>, table: &mut Table) {
    let (entitlement, on_account, settlement) = block.total();
    let optional = |amount: Option<Exact>| amount.map_or(String::new(), |a| money(model, &a));
    table.rule();
    table.cells(vec![
        String::new(),
        String::new(),
        money(model, &entitlement),
        optional(on_account),
        optional(settlement),
        String::new(),
    ]);
}

/// Every line with its number and id; the columns are named where the listing begins.
pub fn each<'s>(model: &Model, pieces: impl IntoIterator<Item = OfHolder<'s>>, begins: bool) -> String {
    let mut table = Table::new(&[Right, Left, Left, Left, Right, Left]);
    if begins {
        table.row(["no.", "id", "from → to", "type", "amount", "data"]);
    }
    for piece in pieces {
        add_holder(model, piece.holder, &mut table);
        let mut clause = "";
        for line in piece.lines {
            if line.clause != clause {
                table.across("");
                table.across(&heading(model, line));
                clause = &line.clause;
            }
            table.cells(vec![
                line.number.to_string(),
                line.id.clone(),
                flow(line),
                line.line_type.words().to_string(),
                money(model, &line.amount),
                data(line, line.data),
            ]);
        }
    }
    table.text()
}

/// `outcomes: Earned by outcomes (incentive, Schedule 3, paragraph 3), paid through emh`
fn heading(model: &Model, line: &StatementLine) -> String {
    let reference = reference(model, &line.clause).map_or(String::new(), |text| format!("; {text}"));
    let through = line.through.as_ref().map_or(String::new(), |prime| format!(", paid through {prime}"));
    let title = if line.title == line.clause { String::new() } else { format!(": {}", line.title) };
    format!("{}{title} ({}{reference}){through}", line.clause, line.kind)
}

fn flow(line: &StatementLine) -> String {
    format!("{} → {}", line.payer, line.payee)
}

/// The data behind a line, or the status of a clause that does not count.
fn data(line: &StatementLine, data: DataStatus) -> String {
    if line.live { data.word() } else { line.status }.to_string()
}
