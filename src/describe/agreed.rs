//! Agreed numbers as small tables.
//!
//! Shares are shown as percentages and money with its sign in the head of the column. Years with the
//! same numbers share a row. With two axes or more the last one runs across, when it is short.

use super::layout::{Cell, Page};
use super::numbers::{capital, number, percent, places, plural, spaced};
use super::words::Words;
use crate::contract::{AxisId, Column, Contract, Table, combinations};
use crate::num::Exact;
use crate::source::Json;

/// Most members that run across a table.
const ACROSS: usize = 8;

/// What stands where no number is given and 0 counts.
const NOTHING: &str = "–";

/// A member, or a run of periods with the same numbers, and what it is called.
type Entry = (i32, String);

/// All tables.
pub fn tables(words: &Words<'_>, page: &mut Page) {
    if words.contract.tables.is_empty() {
        return;
    }
    page.heading("Agreed numbers");
    let (single, several): (Vec<&Table>, Vec<&Table>) =
        words.contract.tables.iter().partition(|table| table.by.is_empty() && table.columns.len() == 1);
    for table in single {
        let start = capital(&words.entry(&table.name, table.title.as_deref()));
        let column = &table.columns[0];
        let cell = column.cell(&[]).map_or_else(String::new, |x| match style(words, table, column) {
            Style::Share => percent(x),
            Style::Places(_) => words.quantity(x, &column.unit),
        });
        page.entry("- ", &format!("{start}: {cell}."));
    }
    for table in several {
        page.gap();
        let grid = Grid::new(words, table);
        page.entry("- ", &format!("{}:", grid.title()));
        page.gap();
        page.table(4, &grid.head(), &grid.rows());
    }
}

/// Every number of a table with what it is for, one line each; years are told apart, and where no number is
/// given and 0 counts nothing is said.
pub fn lines(words: &Words<'_>, table: &Table) -> Vec<String> {
    let grid = Grid::new(words, table);
    let mut lines = Vec::new();
    for key in combinations(&table.by, words.contract) {
        let names = key.iter().zip(&table.by).map(|(member, axis)| words.member(*axis, *member));
        let names: Vec<String> = names.collect();
        for (index, column) in table.columns.iter().enumerate() {
            if column.cell(&key).is_none() {
                continue;
            }
            let unit = words.unit(&column.unit);
            let unit = if unit.is_empty() { unit } else { format!(" {unit}") };
            let cell = grid.cell(index, &key);
            if cell.text() == NOTHING {
                continue;
            }
            let what: Vec<String> = names.iter().cloned().chain(column.name.as_deref().map(spaced)).collect();
            let what = if what.is_empty() { "value".to_string() } else { what.join(", ") };
            lines.push(format!("{what}: {}{unit}", cell.text()));
        }
    }
    lines
}

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy)]
enum Style {
    /// As percentages.
    Share,
    /// With so many decimal places.
    Places(usize),
}

/// Shares are pure numbers from 0 to 1, or numbers written as percentages; other numbers have as many
/// places as the longest of the column.
fn style(words: &Words<'_>, table: &Table, column: &Column) -> Style {
    let cells = || column.cells.values().chain(&column.otherwise);
    let within = |x: &Exact| x.sign() >= 0 && *x <= Exact::ONE;
    let written = words.contract.document.root().get("tables").and_then(|tables| tables.get(&table.name));
    let as_percent = column.name.is_none() && written.is_some_and(says_percent);
    let share = as_percent || (cells().all(within) && cells().any(|x| !x.is_whole()));
    if column.unit.is_pure() && share {
        return Style::Share;
    }
    let longest = column.cells.values().map(places).max().unwrap_or(0);
    let money = column.unit.to_string().starts_with(&words.contract.currency);
    Style::Places(if money && longest == 1 { 2 } else { longest })
}

fn says_percent(json: &Json) -> bool {
    json.get("values").unwrap_or(json).to_string().contains('%')
}

/// A table as it is laid out.
struct Grid<'a> {
    words: &'a Words<'a>,
    table: &'a Table,
    styles: Vec<Style>,
    /// The axes down the side.
    down: Vec<(AxisId, Vec<Entry>)>,
    /// The members that run across, when they do.
    across: Option<Vec<Entry>>,
}

impl<'a> Grid<'a> {
    fn new(words: &'a Words<'a>, table: &'a Table) -> Grid<'a> {
        let mut down: Vec<(AxisId, Vec<Entry>)> =
            (0..table.by.len()).map(|at| (table.by[at], entries(words, table, at))).collect();
        let short = down.last().is_some_and(|(_, entries)| entries.len() <= ACROSS);
        let runs_across = table.columns.len() == 1 && down.len() > 1 && short;
        let across = if runs_across { down.pop().map(|(_, entries)| entries) } else { None };
        let styles = table.columns.iter().map(|column| style(words, table, column)).collect();
        Grid { words, table, styles, down, across }
    }

    /// What the numbers are, in what unit, for what, and what they add up to.
    fn title(&self) -> String {
        let start = capital(&self.words.entry(&self.table.name, self.table.title.as_deref()));
        let unit = self.words.unit(&self.table.columns[0].unit);
        let unit =
            if self.across.is_some() && !unit.is_empty() { format!(", in {unit}") } else { String::new() };
        let sums: String = sums(self.words, self.table).iter().map(|sum| format!("; {sum}")).collect();
        format!("{start}{unit}, for {}{sums}", self.words.each(&self.table.by))
    }

    fn head(&self) -> Vec<String> {
        let mut head: Vec<String> =
            self.down.iter().map(|(axis, _)| capital(&self.words.axis(*axis))).collect();
        match &self.across {
            Some(entries) => head.extend(entries.iter().map(|(_, label)| label.clone())),
            None => head.extend(self.table.columns.iter().map(|column| column_head(self.words, column))),
        }
        head
    }

    fn rows(&self) -> Vec<Vec<Cell>> {
        let row = |key: &Vec<Entry>| {
            let mut row: Vec<Cell> = key.iter().map(|(_, label)| Cell::Text(label.clone())).collect();
            let members: Vec<i32> = key.iter().map(|(member, _)| *member).collect();
            match &self.across {
                Some(entries) => row.extend(
                    entries
                        .iter()
                        .map(|(member, _)| self.cell(0, &[members.as_slice(), &[*member]].concat())),
                ),
                None => row.extend((0..self.table.columns.len()).map(|column| self.cell(column, &members))),
            }
            row
        };
        keys(&self.down).iter().map(row).collect()
    }

    /// A number; a dash where none is given and 0 counts.
    fn cell(&self, column: usize, key: &[i32]) -> Cell {
        let cells = &self.table.columns[column];
        let given = cells.cells.get(key);
        let shown = given.or_else(|| cells.otherwise.as_ref().filter(|x| !x.is_zero()));
        Cell::Number(shown.map_or(NOTHING.to_string(), |x| match self.styles[column] {
            Style::Share => percent(x),
            Style::Places(_) if x.to_string().ends_with('…') => number(x),
            Style::Places(places) => x.grouped(places).replace('-', "−"),
        }))
    }
}

fn column_head(words: &Words<'_>, column: &Column) -> String {
    let unit = words.unit(&column.unit);
    match (&column.name, unit.is_empty()) {
        (None, true) => "Value".to_string(),
        (None, false) => capital(&unit),
        (Some(name), true) => capital(&spaced(name)),
        (Some(name), false) if unit == plural(&spaced(name)) || unit == spaced(name) => capital(&unit),
        (Some(name), false) => format!("{}, {unit}", capital(&spaced(name))),
    }
}

fn keys(axes: &[(AxisId, Vec<Entry>)]) -> Vec<Vec<Entry>> {
    axes.iter().fold(vec![Vec::new()], |keys, (_, entries)| {
        let extended = |key: &Vec<Entry>| {
            entries
                .iter()
                .map(|entry| [key.as_slice(), std::slice::from_ref(entry)].concat())
                .collect::<Vec<_>>()
        };
        keys.iter().flat_map(extended).collect()
    })
}

/// The members of an axis of a table: runs of equal periods as one, parties without a number left out.
fn entries(words: &Words<'_>, table: &Table, at: usize) -> Vec<Entry> {
    let axis = table.by[at];
    let contract = words.contract;
    let members = contract.members(axis);
    let Some(kind) = contract.period_kind(axis) else {
        let shown = members.into_iter().filter(|m| axis != Contract::PARTY_AXIS || has_number(table, at, *m));
        return shown.map(|member| (member, words.member(axis, member))).collect();
    };
    let others: Vec<AxisId> =
        table.by.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, axis)| *axis).collect();
    let others = combinations(&others, contract);
    let cell = |column: &Column, other: &[i32], member: i32| {
        let (before, after) = other.split_at(at);
        column.cell(&[before, &[member], after].concat()).cloned()
    };
    let same = |a: i32, b: i32| {
        let alike = |column: &Column| others.iter().all(|o| cell(column, o, a) == cell(column, o, b));
        table.columns.iter().all(alike)
    };
    let mut runs: Vec<(i32, i32)> = Vec::new();
    for member in members {
        match runs.last_mut() {
            Some((first, last)) if same(*first, member) => *last = member,
            Some(_) | None => runs.push((member, member)),
        }
    }
    runs.into_iter().map(|(first, last)| (first, words.run(kind, first, last))).collect()
}

fn has_number(table: &Table, at: usize, member: i32) -> bool {
    table.columns.iter().any(|column| {
        column.otherwise.as_ref().is_some_and(|x| !x.is_zero())
            || column.cells.iter().any(|(key, x)| key.get(at) == Some(&member) && !x.is_zero())
    })
}

/// The sums that the contract states.
fn sums(words: &Words<'_>, table: &Table) -> Vec<String> {
    let Some(stated) = words.written("tables", &table.name, "sum") else { return Vec::new() };
    let Some((last, outer)) = table.by.split_last() else { return Vec::new() };
    let members = plural(&words.axis(*last));
    let each = words.each(outer);
    let each = if each.is_empty() { each } else { format!("for {each} ") };
    let sentence = |what: &str, sum: &str| format!("{each}the {what} of all {members} add up to {sum}");
    match stated.number_text() {
        Some(sum) => vec![sentence("numbers", sum)],
        None => stated
            .members()
            .iter()
            .filter_map(|(column, sum)| Some(sentence(&plural(&spaced(column)), sum.number_text()?)))
            .collect(),
    }
}
