//! The files that a command line names.

use std::path::{Path, PathBuf};

use crate::arguments::Command;

/// Every file that is read, of which one may be standard input.
pub fn of(command: Option<&Command>) -> Vec<&Path> {
    match command {
        Some(Command::Check(check)) => check.contracts.iter().map(PathBuf::as_path).collect(),
        Some(Command::Evaluate(evaluate)) => evaluate.statement.files(),
        Some(Command::Explain(explain)) => explain.statement.files(),
        Some(Command::Luck(luck)) => luck.files(),
        Some(Command::Solve(solve)) => solve.files(),
        Some(Command::Reconcile(reconcile)) => reconcile.files(),
        Some(Command::Restate(restate)) => restate.files(),
        Some(Command::Book(book)) => book.files(),
        Some(Command::Audit(audit)) => audit.beside.files(),
        Some(Command::Sweep(sweep)) => sweep.beside.files(),
        Some(Command::Diff(diff)) => diff.files(),
        Some(Command::Describe(only) | Command::Plan(only)) => vec![&only.contract],
        Some(Command::Simulate(simulate)) => simulate.files(),
        Some(Command::Compare(compare)) => compare.files(),
        Some(Command::Import(import)) => {
            let all = import.files.iter().chain(&import.detail).chain(&import.mapping);
            all.map(PathBuf::as_path).collect()
        }
        Some(Command::Export(export)) => export.files(),
        Some(Command::Journal(journal)) => {
            let own = journal.previous.iter().chain([&journal.codes]).map(PathBuf::as_path);
            journal.statement.files().into_iter().chain(own).collect()
        }
        Some(Command::Balances(balances)) => {
            balances.statement.files().into_iter().chain(balances.states.as_deref()).collect()
        }
        Some(Command::Print(print)) => {
            let own = print.previous.iter().chain(&print.previous_contract).chain(&print.states);
            print.statement.files().into_iter().chain(own.map(PathBuf::as_path)).collect()
        }
        Some(Command::Verify(verify)) => verify.paths.iter().map(PathBuf::as_path).collect(),
        Some(Command::New(_) | Command::Schema(_) | Command::Diagnostics(_) | Command::Completions(_))
        | None => Vec::new(),
    }
}
