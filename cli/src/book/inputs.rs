//! Contracts and observations of a book, read again from what it keeps.

use std::collections::BTreeSet;
use std::path::PathBuf;

use carepact::source::catalogue::DATA_MISSING;
use carepact::{Diagnostic, Facts, Model, Observations, Request};
use carepact_finance::attribution::Ground;
use carepact_finance::book::{Book, ContractVersion, ObservationSet, StatementRecord, problem};
use carepact_finance::restatement::Version;

use super::{refused, refused_all};
use crate::answer::Refusal;
use crate::arguments::{AsOf, EvaluateArguments, StatementArguments};
use crate::observations;

/// A file of observations: its name, its bytes, and the submission of rows that name none.
pub type SetFile<'s> = (PathBuf, Vec<u8>, &'s str);

/// Reads sets, the later over the earlier: a figure of a later set takes the place of the same figure of
/// the sets before.
pub fn layered(sets: &[SetFile<'_>]) -> Result<Observations, Vec<Diagnostic>> {
    let mut all = Observations::new();
    let mut problems = Vec::new();
    let mut known = BTreeSet::new();
    let mut rows = Vec::new();
    for (file, bytes, submission) in sets.iter().rev() {
        let mut set = Observations::new();
        problems.extend(observations::add_rows(&mut set, file, bytes).err());
        let axes: Vec<&str> =
            ["measure", "period"].into_iter().chain(set.axes().map(|(axis, _)| axis)).collect();
        all.table(&file.to_string_lossy(), &axes);
        set.problems().iter().for_each(|problem| all.add_problem(problem.clone()));
        let key = |row: &carepact::observe::Row| {
            let mut members = row.members.clone();
            members.sort();
            (row.measure.clone(), row.period.clone(), members)
        };
        let new: Vec<_> = set.rows().iter().filter(|row| !known.contains(&key(row))).cloned().collect();
        known.extend(set.rows().iter().map(key));
        let own = all.text(submission);
        let labelled = new.into_iter().map(|mut row| {
            if row.submission.is_empty() {
                row.submission = own.clone();
            }
            row
        });
        rows.push(labelled.collect::<Vec<_>>());
    }
    for row in rows.into_iter().rev().flatten() {
        all.add_row(row);
    }
    if problems.is_empty() { Ok(all) } else { Err(problems) }
}

/// How the engine knows a set: what is refreshed is as final as what was frozen.
pub fn submission(word: &str) -> &'static str {
    if word == "flex" { "flex" } else { "freeze" }
}

/// What a set has against a contract; figures that it lacks are in other sets.
pub fn unfitting(model: &Model, observations: &Observations) -> Vec<Diagnostic> {
    let problems =
        model.bind(observations, &Request::default()).err().map_or(Vec::new(), |problems| problems.0);
    problems.into_iter().filter(|problem| problem.code.name != DATA_MISSING.name).collect()
}

/// A version of a statement, read from the book.
pub struct Read {
    pub contract: ContractVersion,
    pub sets: Vec<ObservationSet>,
    pub model: Model,
    observations: Observations,
    request: Request,
    as_of: AsOf,
}

impl Read {
    /// Reads a contract and sets of observations.
    pub fn new(
        book: &Book,
        contract: Option<i64>,
        sets: &[i64],
        (period, as_of): (Option<&str>, AsOf),
    ) -> Result<Read, Refusal> {
        let contract = book.contract(contract).map_err(refused)?;
        let sets = book.observations(sets).map_err(refused)?;
        let bytes = book.content(&contract.hash).map_err(refused)?;
        let model = compiled(&contract.file, &bytes)?;
        let files: Vec<SetFile<'_>> = sets
            .iter()
            .map(|set| {
                let bytes = book.content(&set.hash).map_err(refused)?;
                let name = format!("set {}, {}", set.number, set.file);
                Ok((PathBuf::from(name), bytes, submission(&set.submission)))
            })
            .collect::<Result<_, Refusal>>()?;
        let observations = layered(&files).map_err(refused_all)?;
        let request = Request { period: period.map(str::to_string), as_of: as_of.into() };
        Ok(Read { contract, sets, model, observations, request, as_of })
    }

    /// Reads again what a statement of the book rests on.
    pub fn of(book: &Book, record: &StatementRecord) -> Result<Read, Refusal> {
        let as_of = if record.as_of == "flex" { AsOf::Flex } else { AsOf::Freeze };
        Read::new(book, Some(record.contract), &record.observations, (record.period.as_deref(), as_of))
    }

    /// As the library for reconciliations knows it.
    pub fn ground(&self) -> Ground<'_> {
        Ground { model: &self.model, observations: &self.observations, as_of: self.request.as_of }
    }

    /// Binds the observations to the contract.
    pub fn facts(&self) -> Result<Facts, Refusal> {
        let bound = self.model.bind(&self.observations, &self.request);
        bound.map_err(|problems| {
            Refusal::in_contract(self.contract.file.clone(), self.model.contract(), problems.0)
        })
    }

    /// As the library for restatements knows it.
    pub fn version(&self) -> Version<'_> {
        Version { model: &self.model, observations: &self.observations, request: &self.request }
    }

    /// The period that was asked for.
    pub fn period(&self) -> Option<&str> {
        self.request.period.as_deref()
    }

    /// `flex` or `freeze`.
    pub fn as_of(&self) -> &'static str {
        match self.as_of {
            AsOf::Flex => "flex",
            AsOf::Freeze => "freeze",
        }
    }

    /// The arguments with which the statement can be printed from files.
    pub fn arguments(&self) -> EvaluateArguments {
        EvaluateArguments {
            statement: StatementArguments {
                contract: PathBuf::from(&self.contract.file),
                observations: self.sets.iter().map(|set| PathBuf::from(&set.file)).collect(),
                for_each: None,
                mapping: None,
                period: self.request.period.clone(),
                as_of: self.as_of,
            },
            format: None,
            lines: true,
            show: Vec::new(),
            table: Vec::new(),
            carry_forward: None,
            output: None,
            holder: None,
            threads: None,
        }
    }
}

/// Compiles a contract from its bytes.
pub fn compiled(file: &str, bytes: &[u8]) -> Result<Model, Refusal> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        let found = format!("{file} is not UTF-8");
        return Err(Refusal::of(problem(
            &carepact_finance::files::codes::ENCODING,
            found,
            "save the file as UTF-8",
        )));
    };
    let checked = carepact::check(text);
    checked.model.ok_or(Refusal {
        name: file.to_string(),
        document: checked.document.map(Box::new),
        problems: checked.problems,
    })
}
