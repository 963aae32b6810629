//! A book as the source of a reconciliation: what is due by its statements, what was paid, and what it says
//! of lines.

use std::path::Path;

use carepact::Model;
use carepact::contract::Contract;
use carepact_finance::attribution::{Attribution, Causes, attribute};
use carepact_finance::book::{Book, StatementRecord, WAIT};
use carepact_finance::reconcile::day::Day;
use carepact_finance::reconcile::due::Due;
use carepact_finance::reconcile::parties::Parties;
use carepact_finance::reconcile::payments::PaymentReader;
use carepact_finance::reconcile::states::StatesFile;
use serde_json::{Value, json};

use super::arguments::ReconcileArguments;
use super::expected::Expected;
use crate::answer::Refusal;
use crate::book::inputs::Read;
use crate::book::issue::{named, refuse_other_engine};
use crate::book::refused;
use crate::files;

/// A book that is read.
pub struct Source {
    book: Book,
    name: String,
}

/// What is due by a book.
pub struct Stated {
    /// The contract, in the version of the last statement.
    pub model: Model,
    /// The lines, and why they are not what payments were based on.
    pub attribution: Attribution,
    /// The statements.
    pub statements: Vec<StatementRecord>,
}

impl Source {
    /// Opens a book.
    pub fn open(file: &Path) -> Result<Source, Refusal> {
        Ok(Source { book: Book::open(file, WAIT).map_err(refused)?, name: files::name(file) })
    }

    /// What the book is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The statements that are due: those that were asked for, or else all that were not restated.
    fn due(&self, asked: &[i64]) -> Result<Vec<StatementRecord>, Refusal> {
        let one = |number: Option<i64>| self.book.statement(number).map_err(refused);
        if !asked.is_empty() {
            return asked.iter().map(|number| one(Some(*number))).collect();
        }
        one(None)?;
        let mut all = self.book.statements().map_err(refused)?;
        all.retain(|record| record.restated_by.is_none());
        Ok(all)
    }

    /// Works the statements out again, and splits what they differ by from what payments were based on.
    pub fn stated(&self, arguments: &ReconcileArguments) -> Result<Stated, Refusal> {
        let statements = self.due(&arguments.statement)?;
        let given = &arguments.expected;
        let based_on = given.expected_statement.map(|number| self.book.statement(Some(number)));
        let based_on = based_on.transpose().map_err(refused)?;
        let based_on = based_on.map(|record| Read::of(&self.book, &record)).transpose()?;
        let mut parts = Vec::new();
        let mut last = None;
        for record in &statements {
            let read = Read::of(&self.book, record)?;
            refuse_other_engine(&self.book, record, &read.model.evaluate(&read.facts()?))?;
            let contract = read.model.contract();
            let refuse = |problems| Refusal::in_contract(read.contract.file.clone(), contract, problems);
            let causes = Causes::of(contract, &given.cause).map_err(&refuse)?;
            let expected = Expected::read(given, &read.model, &read.contract.file)?;
            let expected = match &based_on {
                Some(earlier) => earlier.ground(),
                None => expected.ground(read.ground()),
            };
            let part = attribute((expected, read.ground()), &causes, record.period.as_deref());
            parts.push(part.map_err(|problems| refuse(problems.0))?);
            last = Some(read.model);
        }
        let attribution = Attribution::together(parts);
        let model = match last {
            Some(model) => model,
            None => Read::new(&self.book, None, &[], (None, arguments.as_of))?.model,
        };
        Ok(Stated { model, attribution, statements })
    }

    /// Reads the payments of the book, and gives how many files there are.
    pub fn payments(
        &self,
        reader: &mut PaymentReader<'_>,
        on_rows: &dyn Fn(usize),
    ) -> Result<usize, Refusal> {
        let files = self.book.payment_files().map_err(refused)?;
        for file in &files {
            let bytes = self.book.content(&file.hash).map_err(refused)?;
            reader.add(&file.name(), bytes, on_rows);
        }
        Ok(files.len())
    }

    /// What the book says of lines that are due, and a sentence on each that is not due by itself.
    pub fn states(
        &self,
        contract: &Contract,
        (dues, parties): (&[Due], &Parties),
    ) -> Result<(StatesFile, String), Refusal> {
        let mut states = self.book.states_file(&self.name, contract).map_err(refused)?;
        let others = states.take_not_due(dues, parties).into_iter();
        let told = others.map(|(entry, said)| {
            format!(
                "{}: `{}` is {} by entry {entry}, and not due by itself in what is reconciled; left out\n",
                self.name, said.line, said.state
            )
        });
        let told = told.collect();
        Ok((states, told))
    }
}

impl Stated {
    /// `statement 3 of harbourside.book`
    pub fn name(&self, source: &Source) -> String {
        format!("{} of {}", named(&self.numbers()), source.name)
    }

    fn numbers(&self) -> Vec<i64> {
        self.statements.iter().map(|record| record.number).collect()
    }

    /// The day on which the last of the statements was issued.
    pub fn issued(&self) -> Option<Day> {
        self.statements.iter().filter_map(|record| Day::parse(record.at.split('T').next()?)).max()
    }

    /// A sentence on each statement that nobody approved, or that was restated.
    pub fn doubts(&self, source: &Source) -> String {
        let mut told = String::new();
        for record in &self.statements {
            let of = format!("{}: statement {}", source.name, record.number);
            if record.approved.is_none() {
                told.push_str(&format!("{of} is not approved yet\n"));
            }
            if let Some(later) = record.restated_by {
                told.push_str(&format!("{of} was restated by statement {later}\n"));
            }
        }
        told
    }

    /// For tools.
    pub fn json(&self, source: &Source) -> Value {
        let statements = self.statements.iter().map(|record| {
            json!({ "statement": record.number, "issued": record.at, "period": record.period, "as_of": record.as_of,
                "approved_by": record.approved.as_ref().map(|approval| &approval.by),
                "restated_by": record.restated_by })
        });
        json!({ "file": source.name, "statements": statements.collect::<Vec<_>>() })
    }
}
