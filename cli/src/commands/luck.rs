//! `carepact luck`: how often chance alone pays or fines.

use std::path::Path;

use carepact::source::{Diagnostic, Location};
use carepact::{Exact, Model};
use carepact_scenarios::luck::{Examined, LUCK, Rates, Settings, luck_of_each};

use super::names::Names;
use super::{Prepared, prepare};
use crate::answer::{Answer, Refusal};
use crate::arguments::StatementFormat;
use crate::luck::arguments::LuckArguments;
use crate::luck::collected::Collected;
use crate::luck::{json, text};
use crate::parallel::Threads;
use crate::progress::Progress;
use crate::{files, observations};

/// Works out the luck and prints it.
pub fn run(arguments: &LuckArguments) -> Answer {
    let progress = Progress::of_work("reading");
    let found = look(arguments, &progress);
    progress.end();
    match found {
        Ok((prepared, settings, found)) => match arguments.format {
            StatementFormat::Text => Answer::fine(text::text((&prepared, &settings), arguments, &found)),
            StatementFormat::Json => Answer::json(&json::json(&prepared, &settings, found)),
            StatementFormat::Csv => Answer::fine(found.csv.text()),
        },
        Err(refusal) if arguments.format == StatementFormat::Json => refusal.json(),
        Err(refusal) => refusal.text(),
    }
}

fn look(arguments: &LuckArguments, progress: &Progress) -> Result<(Prepared, Settings, Collected), Refusal> {
    let settings = Settings {
        improvement: share("--improvement", &arguments.improvement)?,
        acceptable: share("--acceptable", &arguments.acceptable)?,
        holder: arguments.holder.clone(),
        ..Settings::default()
    };
    let prepared = prepare(&arguments.statement, Names::default(), progress)?;
    let name = files::name(&arguments.statement.contract);
    let refuse = |problems| Refusal::in_contract(name.clone(), prepared.model.contract(), problems);
    let rates = rates(&prepared.model, name.clone(), arguments.rates.as_deref())?;
    let mut collected = Collected::new(&prepared, &settings, arguments.format);
    let threads = Threads::new(arguments.threads);
    let (model, facts) = (&prepared.model, &prepared.facts);
    let workers = |count: usize, work: &(dyn Fn(usize) -> Examined + Sync)| {
        progress.begin_holders("chances of a line", count);
        threads.each(count, work, &|holders| progress.done(holders))
    };
    let take = &mut |found| collected.take(found);
    let found = luck_of_each(model, facts, (&rates, &settings), &workers, take);
    found.map_err(|problems| refuse(problems.0))?;
    Ok((prepared, settings, collected))
}

/// Reads a table of rates, when there is one.
pub fn rates(model: &Model, contract: String, file: Option<&Path>) -> Result<Rates, Refusal> {
    let mut rates = Rates::default();
    if let Some(file) = file {
        let (headings, rows) = observations::table(file).map_err(Refusal::of)?;
        let read = rates.add_table(model.contract(), &files::name(file), &headings, &rows);
        read.map_err(|problems| Refusal::in_contract(contract, model.contract(), problems))?;
    }
    Ok(rates)
}

/// A share of the command line, from 0 to 1.
fn share(option: &str, text: &str) -> Result<Exact, Refusal> {
    let fine = |share: &Exact| share.sign() >= 0 && *share <= Exact::ONE;
    Exact::parse(text).ok().filter(fine).ok_or_else(|| {
        Refusal::of(Diagnostic {
            code: &LUCK,
            location: Location::Request,
            found: format!("{option} {text}: no share"),
            remedy: "write a share from 0% to 100%".to_string(),
        })
    })
}
