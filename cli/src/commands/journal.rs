//! `carepact journal` and `carepact balances`: what a statement means for a ledger.

use std::path::{Path, PathBuf};

use carepact::{Diagnostic, Facts, Model};
use carepact_finance::files::codes::problem;
use carepact_finance::files::output::{self, Grid};
use carepact_finance::files::sheet::has_headings;
use carepact_finance::journal::balances::{Days, Thresholds, balances};
use carepact_finance::journal::{Asked, Codings, EMPTY_MONTH, States, coding, journal};

use super::names::Names;
use super::{Prepared, prepare};
use crate::answer::{Answer, Refusal, plural};
use crate::arguments::StatementArguments;
use crate::journal::arguments::{BalancesArguments, JournalArguments};
use crate::progress::Progress;
use crate::{files, observations};

/// Makes a journal.
pub fn run(arguments: &JournalArguments) -> Answer {
    made(arguments).unwrap_or_else(|refusal| refusal.text())
}

/// Makes a statement of balances.
pub fn run_balances(arguments: &BalancesArguments) -> Answer {
    balanced(arguments).unwrap_or_else(|refusal| refusal.text())
}

fn made(arguments: &JournalArguments) -> Result<Answer, Refusal> {
    refuse_existing(arguments.output.as_deref())?;
    let Prepared { model, facts } = stated(&arguments.statement)?;
    let refuse = |problems| refused(&arguments.statement, &model, problems);
    let mut codings = codings(&arguments.codes).map_err(refuse)?;
    let previous = previous(&arguments.statement, &arguments.previous, None)?;
    let statement = model.evaluate(&facts);
    refuse_unknown(&statement, &arguments.party).map_err(refuse)?;
    let before = previous.as_ref().map(|(model, facts)| model.evaluate(facts));
    let asked = Asked {
        party: arguments.party.clone(),
        month: arguments.month.clone(),
        accrued_at: arguments.at.filter(|_| arguments.accrual),
        reversed: arguments.reverse,
    };
    let journal = journal((&statement, before.as_ref()), &asked, &mut codings).map_err(refuse)?;
    if let Some(month) = arguments.month.as_ref().filter(|_| journal.lines.is_empty()) {
        let found = format!("nothing of {} is invoiced in {month}", arguments.party);
        return Err(refuse(vec![problem(&EMPTY_MONTH, found, "name a month in which something falls due")]));
    }
    let (debit, credit) = journal.totals();
    let lines = plural(journal.lines.len(), "journal line");
    let note = format!("{lines}: debits {}, credits {}\n", debit.grouped(2), credit.grouped(2));
    deliver(journal.grid(), arguments.output.as_deref(), note)
}

fn balanced(arguments: &BalancesArguments) -> Result<Answer, Refusal> {
    refuse_existing(arguments.output.as_deref())?;
    let Prepared { model, facts } = stated(&arguments.statement)?;
    let refuse = |problems| refused(&arguments.statement, &model, problems);
    let statement = model.evaluate(&facts);
    let states = states(arguments.states.as_deref(), &statement).map_err(refuse)?;
    let usual = Thresholds::default();
    let thresholds = Thresholds {
        statement_of_balance: arguments.statement_above.clone().unwrap_or(usual.statement_of_balance),
        agreement_of_balance: arguments.agreement_above.clone().unwrap_or(usual.agreement_of_balance),
        statement_of_income: arguments.income_statement_above.clone().unwrap_or(usual.statement_of_income),
        agreement_of_income: arguments.income_agreement_above.clone().unwrap_or(usual.agreement_of_income),
    };
    let grid = balances(
        &statement,
        Days { at: arguments.at, paid_until: arguments.paid_until },
        &states,
        &thresholds,
    );
    let note = format!("{}\n", plural(grid.rows.len(), "balance"));
    deliver(grid, arguments.output.as_deref(), note)
}

fn refuse_existing(file: Option<&Path>) -> Result<(), Refusal> {
    file.map_or(Ok(()), files::refuse_existing).map_err(Refusal::of)
}

fn stated(arguments: &StatementArguments) -> Result<Prepared, Refusal> {
    let progress = Progress::of(&arguments.observations);
    let prepared = prepare(arguments, Names::default(), &progress);
    progress.end();
    prepared
}

fn refused(arguments: &StatementArguments, model: &Model, problems: Vec<Diagnostic>) -> Refusal {
    Refusal::in_contract(files::name(&arguments.contract), model.contract(), problems)
}

fn refuse_unknown(statement: &carepact::Statement<'_>, party: &str) -> Result<(), Vec<Diagnostic>> {
    let parties = &statement.model().contract().parties;
    let holder = || statement.lines().iter().any(|line| line.holder.as_deref() == Some(party));
    if parties.iter().any(|known| known.id == party && !known.many) || holder() {
        return Ok(());
    }
    let known: Vec<&str> = parties.iter().map(|party| party.id.as_str()).collect();
    let found = format!("the statement has no party or holder `{party}`");
    let remedy = format!("its parties are {}", known.join(", "));
    Err(vec![files::problem(&carepact_finance::printed::PAGE, found, &remedy)])
}

/// The statement before, of other observations and where it is named another contract.
pub fn previous(
    arguments: &StatementArguments,
    observed: &[PathBuf],
    contract: Option<&Path>,
) -> Result<Option<(Model, Facts)>, Refusal> {
    if observed.is_empty() && contract.is_none() {
        return Ok(None);
    }
    let before = StatementArguments {
        contract: contract.unwrap_or(&arguments.contract).to_path_buf(),
        observations: if observed.is_empty() { arguments.observations.clone() } else { observed.to_vec() },
        for_each: arguments.for_each.clone(),
        mapping: arguments.mapping.clone(),
        period: arguments.period.clone(),
        as_of: arguments.as_of,
    };
    let Prepared { model, facts } = stated(&before)?;
    Ok(Some((model, facts)))
}

/// Reads states of lines, where there are some.
pub fn states(file: Option<&Path>, statement: &carepact::Statement<'_>) -> Result<States, Vec<Diagnostic>> {
    let Some(file) = file else { return Ok(States::default()) };
    let is_header = |cells: &[&str]| has_headings(cells, &["line", "state"]);
    let table = observations::open(file).and_then(|mut sheet| sheet.table(&is_header)?.within_headings());
    States::of_table(&table.map_err(|problem| vec![problem])?, statement)
}

fn codings(file: &Path) -> Result<Codings, Vec<Diagnostic>> {
    if file.extension().is_some_and(|extension| extension == "json") {
        let text = files::read_text(file).map_err(|problem| vec![problem])?;
        return Codings::of_json(&files::name(file), &text);
    }
    let is_header = |cells: &[&str]| has_headings(cells, &coding::COLUMNS);
    let table = observations::open(file).and_then(|mut sheet| sheet.table(&is_header)?.within_headings());
    Codings::of_table(&table.map_err(|problem| vec![problem])?)
}

/// Prints a table, or writes it as the name of the file says.
fn deliver(grid: Grid, file: Option<&Path>, note: String) -> Result<Answer, Refusal> {
    let Some(file) = file else {
        let csv = String::from_utf8_lossy(&grid.csv()).into_owned();
        return Ok(Answer { err: note, ..Answer::fine(csv) });
    };
    let workbook = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
    let bytes = if workbook { output::xlsx(&[grid]).map_err(Refusal::of)? } else { grid.csv() };
    files::write_new(file, &bytes).map_err(Refusal::of)?;
    Ok(Answer { err: note, ..Answer::fine(String::new()) })
}
