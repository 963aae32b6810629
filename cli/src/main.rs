//! The command line of carepact: files in, statements and answers out.
//!
//! Everything is computed by the library. Here files are read, text is laid out, and the exit
//! status is chosen: 0 fine, 1 problems in a contract, data or file, 2 a mistake in the command.

mod answer;
mod arguments;
mod audit;
mod book;
mod carry;
mod commands;
mod diff;
mod export;
mod files;
mod help;
mod import;
mod journal;
mod luck;
mod named_files;
mod observations;
mod page;
mod parallel;
mod print;
mod progress;
mod reconcile;
mod restate;
mod simulate;
mod small_numbers;
mod solve;
mod statement;
mod table;
mod workbook;

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use answer::Answer;
use arguments::{Cli, Command};

/// A plan is many small things, which this allocator hands out and takes back sooner than most systems do.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let answer = match Cli::parse().checked().command {
        Some(command) => run(&command),
        None => Ok(Answer::fine(Cli::command().render_long_help().to_string())),
    };
    match answer {
        Ok(answer) => ended(deliver(&answer), answer.fine),
        Err(error) => ended(Err(error), true),
    }
}

/// Does what was asked for. A failure is one to write to standard output, which only statements
/// do before they are whole.
fn run(command: &Command) -> io::Result<Answer> {
    Ok(match command {
        Command::Check(arguments) => commands::check::run(arguments),
        Command::Evaluate(arguments) => commands::evaluate::run(arguments)?,
        Command::Explain(arguments) => commands::explain::run(arguments),
        Command::Verify(arguments) => commands::verify::run(arguments),
        Command::Luck(arguments) => commands::luck::run(arguments),
        Command::Simulate(arguments) => commands::simulate::run(arguments),
        Command::Compare(arguments) => commands::compare::run(arguments),
        Command::Solve(arguments) => commands::solve::run(arguments),
        Command::Book(arguments) => commands::book::run(arguments),
        Command::Reconcile(arguments) => commands::reconcile::run(arguments),
        Command::Restate(arguments) => commands::restate::run(arguments),
        Command::Audit(arguments) => commands::audit::run(arguments),
        Command::Sweep(arguments) => commands::sweep::run(arguments),
        Command::Diff(arguments) => commands::diff::run(arguments),
        Command::Describe(arguments) => commands::describe::run(arguments),
        Command::Plan(arguments) => commands::plan::run(arguments),
        Command::New(arguments) => commands::new::run(arguments),
        Command::Schema(arguments) => commands::schema::run(arguments),
        Command::Diagnostics(arguments) => commands::diagnostics::run(arguments),
        Command::Completions(arguments) => commands::completions::run(arguments),
        Command::Import(arguments) => commands::import::run(arguments),
        Command::Export(arguments) => commands::export::run(arguments),
        Command::Journal(arguments) => commands::journal::run(arguments),
        Command::Balances(arguments) => commands::journal::run_balances(arguments),
        Command::Print(arguments) => commands::print::run(arguments),
    })
}

/// Writes an answer at once.
fn deliver(answer: &Answer) -> io::Result<()> {
    write_all(io::stderr().lock(), &answer.err)?;
    write_all(io::BufWriter::new(io::stdout().lock()), &answer.out)
}

/// The exit status. A reader that has gone away (`| head`) is no problem of ours.
fn ended(written: io::Result<()>, fine: bool) -> ExitCode {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            // Nothing is left to report to when standard error fails too.
            let _ = writeln!(io::stderr(), "error: the answer could not be written: {error}");
            ExitCode::FAILURE
        }
        Ok(()) | Err(_) => ExitCode::from(u8::from(!fine)),
    }
}

fn write_all(mut to: impl Write, text: &str) -> io::Result<()> {
    to.write_all(text.as_bytes())?;
    to.flush()
}
