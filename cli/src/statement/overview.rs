//! A statement of many holders in short: one row for each, with its entitlement under each clause.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use carepact::statement::{Figure, LineType, StatementLine, Totals};
use carepact::{Exact, Model, Statement};

use super::holders::{OfHolder, by_holder};
use super::parts::Parts;
use super::{money, text};
use crate::table::Column::{Left, Right};
use crate::table::{PAGE, Table};

/// A clause, by its place in the contract, and whether its lines count.
type Clause = (usize, &'static str);

/// Entitlements of a holder.
type OfClauses = BTreeMap<Clause, Exact>;

/// What is kept of the statements of all holders.
pub struct Overview<'m> {
    /// Of all lines.
    pub totals: Totals<'m>,
    /// The lines that are the same for all holders.
    pub shared: Vec<StatementLine>,
    /// The figures that are the same for all holders.
    pub shared_figures: Vec<Figure>,
    /// The id of a line that is worth explaining.
    pub example: Option<String>,
    rows: Vec<(String, OfClauses)>,
}

/// Goes through the statements of all holders.
pub fn of<'m>(parts: &'m Parts<'_>) -> io::Result<Overview<'m>> {
    let mut all = Overview::new(parts.model);
    parts.each(&|part| Overview::of_part(parts.model, part), &mut |part: Overview<'m>| {
        all.totals.add(&part.totals);
        all.shared.extend(part.shared);
        all.shared_figures.extend(part.shared_figures);
        all.example = all.example.take().or(part.example);
        all.rows.extend(part.rows);
        Ok(())
    })?;
    Ok(all)
}

impl<'m> Overview<'m> {
    fn new(model: &'m Model) -> Overview<'m> {
        let (shared, shared_figures, rows) = (Vec::new(), Vec::new(), Vec::new());
        Overview { totals: Totals::new(model), shared, shared_figures, example: None, rows }
    }

    fn of_part(model: &'m Model, part: &Statement<'_>) -> Overview<'m> {
        let mut own = Overview::new(model);
        own.totals.add(part.totals());
        own.example = text::example(part).map(|line| line.id.clone());
        for piece in by_holder(part) {
            match piece.holder {
                Some(holder) => own.rows.push((holder.to_string(), of_clauses(model, piece.lines))),
                None => {
                    own.shared.extend_from_slice(piece.lines);
                    own.shared_figures.extend_from_slice(piece.figures);
                }
            }
        }
        own
    }

    /// The lines that are the same for all, to be listed.
    pub fn shared_lines(&self) -> [OfHolder<'_>; 1] {
        [OfHolder { holder: None, lines: &self.shared, figures: &[] }]
    }

    /// A row for each holder, and their sum; a table for as many clauses as fit side by side.
    pub fn text(&self, model: &Model) -> String {
        let clauses: BTreeSet<Clause> = self.rows.iter().flat_map(|(_, row)| row.keys().copied()).collect();
        let sums: OfClauses = clauses
            .iter()
            .map(|clause| (*clause, self.rows.iter().filter_map(|(_, row)| row.get(clause)).sum()))
            .collect();
        let mut out = String::new();
        let mut rest: Vec<Clause> = clauses.into_iter().collect();
        while !rest.is_empty() {
            let fitting = self.fitting(model, &rest, &sums);
            let after = rest.split_off(fitting);
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&self.table(model, &rest, &sums));
            rest = after;
        }
        out
    }

    /// How many of the clauses fit beside the names of the holders; one in any case.
    fn fitting(&self, model: &Model, clauses: &[Clause], sums: &OfClauses) -> usize {
        let mut left =
            PAGE - self.rows.iter().map(|(holder, _)| holder.chars().count()).max().unwrap_or(0).min(PAGE);
        let fits = |clause: &&Clause| {
            let amounts = self.rows.iter().filter_map(|(_, row)| row.get(*clause)).chain(sums.get(*clause));
            let widths = amounts.map(|amount| money(model, amount).chars().count());
            let width = 2 + widths.max().unwrap_or(0).max(name(model, **clause).chars().count());
            let fits = width <= left;
            left -= width.min(left);
            fits
        };
        clauses.iter().take_while(fits).count().max(1)
    }

    fn table(&self, model: &Model, clauses: &[Clause], sums: &OfClauses) -> String {
        let columns: Vec<_> = [Left].into_iter().chain(clauses.iter().map(|_| Right)).collect();
        let mut table = Table::new(&columns);
        let names = clauses.iter().map(|clause| name(model, *clause));
        table.cells([String::new()].into_iter().chain(names).collect());
        let cells = |row: &OfClauses| -> Vec<String> {
            clauses
                .iter()
                .map(|clause| row.get(clause).map_or(String::new(), |sum| money(model, sum)))
                .collect()
        };
        for (holder, row) in &self.rows {
            table.cells([holder.clone()].into_iter().chain(cells(row)).collect());
        }
        table.rule();
        table.cells([String::new()].into_iter().chain(cells(sums)).collect());
        table.text()
    }
}

fn of_clauses(model: &Model, lines: &[StatementLine]) -> OfClauses {
    let mut sums = OfClauses::new();
    for line in lines.iter().filter(|line| line.line_type == LineType::Entitlement) {
        let place = model.contract().clauses.iter().position(|clause| clause.id == line.clause);
        let sum = sums.entry((place.unwrap_or(usize::MAX), line.status)).or_insert(Exact::ZERO);
        *sum = &*sum + &line.amount;
    }
    sums
}

/// The clause, and its status where its lines do not count.
fn name(model: &Model, (place, status): Clause) -> String {
    let clause = model.contract().clauses.get(place).map_or("", |clause| clause.id.as_str());
    if status == "live" { clause.to_string() } else { format!("{clause} ({status})") }
}
