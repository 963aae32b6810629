//! A table with a row for each holder: chosen lines and figures as columns, written as they come.

use std::io::{self, Write};

use carepact::evaluate::Statistics;
use carepact::statement::{Column, Columns};

use carepact::{Exact, Facts, Model};
use serde_json::{Value, json};

use super::pieces::{Object, items};
use super::{csv, decimal, figures, json, money, plain, text};
use crate::arguments::{EvaluateArguments, StatementFormat};
use crate::parallel::Threads;
use crate::progress::Progress;
use crate::table::Column::{Left, Right};
use crate::table::Table;

/// Holders whose rows are worked out at a time.
const HOLDERS_AT_A_TIME: usize = 256;

/// A table, with what its rows rest on.
pub struct HolderTable<'s> {
    model: &'s Model,
    facts: &'s Facts,
    columns: Columns<'s>,
    statistics: Statistics,
    threads: Threads,
    progress: &'s Progress,
}

/// A holder and its row.
type Row<'s> = (&'s str, Vec<Option<Exact>>);

impl<'s> HolderTable<'s> {
    /// Works out the statistics behind the columns.
    pub fn new(
        (model, facts): (&'s Model, &'s Facts),
        columns: Columns<'s>,
        threads: Threads,
        progress: &'s Progress,
    ) -> HolderTable<'s> {
        progress.begin_holders("statistics", facts.lanes.len());
        let each = |count: usize, work: &(dyn Fn(usize) -> Vec<Exact> + Sync)| {
            threads.each(count, work, &|holders| progress.done(holders))
        };
        let statistics = columns.statistics(&each);
        HolderTable { model, facts, columns, statistics, threads, progress }
    }

    /// Writes the table.
    pub fn write(&self, arguments: &EvaluateArguments, out: &mut dyn Write) -> io::Result<()> {
        match arguments.format() {
            StatementFormat::Text => self.write_text(arguments, out),
            StatementFormat::Json => self.write_json(out),
            StatementFormat::Csv => self.write_csv(out),
        }
    }

    fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let names = self.columns.columns().iter().map(|column| column.name.as_str());
        let headings = [self.holders_called()].into_iter().chain(names).map(csv::text).collect();
        out.write_all(&csv::rows([headings].into_iter()))?;
        let work = |rows: Vec<Row<'_>>| {
            csv::rows(rows.into_iter().map(|(holder, row)| {
                let cells = self.cells(&row).map(Option::unwrap_or_default);
                [csv::text(holder)].into_iter().chain(cells).collect()
            }))
        };
        self.each(&work, &mut |rows| out.write_all(&rows))
    }

    fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut object = Object::begin(out)?;
        object.fields(&json::head(self.model, self.facts))?;
        let columns: Vec<Value> = self.columns.columns().iter().map(|column| self.column(column)).collect();
        object.field("holder", &json!(self.holders_called()))?;
        object.field("columns", &json!(columns))?;
        let mut list = object.list("rows")?;
        let work = |rows: Vec<Row<'_>>| {
            items(rows.into_iter().map(
                |(holder, row)| json!({ "holder": holder, "values": self.cells(&row).collect::<Vec<_>>() }),
            ))
        };
        self.each(&work, &mut |rows| list.items(&rows))?;
        list.end()?;
        object.end()
    }

    fn column(&self, column: &Column<'_>) -> Value {
        let figure = column.figure();
        let unit = figure.map_or(&self.model.contract().currency, |figure| &figure.unit);
        let kind = if figure.is_some() { "figure" } else { "entitlement" };
        json!({ "name": column.name, "type": kind, "unit": unit })
    }

    fn write_text(&self, arguments: &EvaluateArguments, out: &mut dyn Write) -> io::Result<()> {
        let columns = self.columns.columns();
        let mut table =
            Table::new(&[Left].into_iter().chain(columns.iter().map(|_| Right)).collect::<Vec<_>>());
        let names = columns.iter().map(|column| column.name.clone());
        table.cells([self.holders_called().to_string()].into_iter().chain(names).collect());
        let work = |rows: Vec<Row<'_>>| -> Vec<Vec<String>> {
            let row = |(holder, row): Row<'_>| {
                let cells = columns.iter().zip(row).map(|(column, value)| self.shown(column, value.as_ref()));
                [holder.to_string()].into_iter().chain(cells).collect()
            };
            rows.into_iter().map(row).collect()
        };
        self.each(&work, &mut |rows| {
            rows.into_iter().for_each(|row| table.cells(row));
            Ok(())
        })?;
        out.write_all(text::header((self.model, self.facts), arguments, None).as_bytes())?;
        write!(out, "\n{}", table.text())
    }

    fn shown(&self, column: &Column<'_>, value: Option<&Exact>) -> String {
        match (column.figure(), value) {
            (Some(figure), value) => figures::value(self.model, value, &figure.unit),
            (None, Some(amount)) => money(self.model, amount),
            (None, None) => String::new(),
        }
    }

    /// The cells of a row as tools read them; nothing where a figure is absent.
    fn cells(&self, row: &[Option<Exact>]) -> impl Iterator<Item = Option<String>> {
        self.columns.columns().iter().zip(row).map(|(column, value)| {
            let value = value.as_ref()?;
            Some(if column.figure().is_some() { decimal(value) } else { plain(self.model, value) })
        })
    }

    /// What holders are called in the data: the name of the party that is many.
    fn holders_called(&self) -> &'s str {
        self.model
            .contract()
            .parties
            .iter()
            .find(|party| party.many)
            .map_or("holder", |party| party.id.as_str())
    }

    /// Does something with the rows of some holders, several at once, and takes what comes of it in
    /// order.
    fn each<T: Send>(
        &self,
        work: &(dyn Fn(Vec<Row<'_>>) -> T + Sync),
        take: &mut dyn FnMut(T) -> io::Result<()>,
    ) -> io::Result<()> {
        let named: Vec<(usize, &str)> = self
            .facts
            .lanes
            .iter()
            .enumerate()
            .filter_map(|(place, lane)| Some((place, lane.holder.as_deref()?)))
            .collect();
        let pieces: Vec<&[(usize, &str)]> = named.chunks(HOLDERS_AT_A_TIME).collect();
        let rows = |piece: usize| {
            let row =
                |(place, holder): &(usize, &'s str)| (*holder, self.columns.row(&self.statistics, *place));
            (pieces[piece].len(), work(pieces[piece].iter().map(row).collect()))
        };
        self.progress.begin_holders("rows", named.len());
        self.threads.in_order(pieces.len(), &rows, &mut |(holders, rows)| {
            self.progress.done(holders);
            take(rows)
        })
    }
}
