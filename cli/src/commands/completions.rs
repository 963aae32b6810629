//! `carepact completions`: a completion script for a shell.

use clap::CommandFactory;

use crate::answer::Answer;
use crate::arguments::{Cli, CompletionsArguments};

/// Prints the script.
pub fn run(arguments: &CompletionsArguments) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "carepact", &mut script);
    Answer::fine(String::from_utf8_lossy(&script).into_owned())
}
