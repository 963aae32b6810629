//! `carepact diagnostics`: the rules behind the names of problems.

use carepact::source::{Code, catalogue, did_you_mean};

use super::names::UNKNOWN_QUANTITY;
use super::sweep::UNKNOWN_OUTCOME;
use crate::answer::Answer;
use crate::arguments::DiagnosticsArguments;
use crate::carry::CARRY_FORWARD;
use crate::files;
use crate::simulate::merge::MERGE;
use crate::simulate::raw::RAW_FORMAT;
use crate::table::{PAGE, wrapped};
use crate::workbook::UNKNOWN_HOLDER;

/// The diagnostics of what a command asks for, which the library does not know.
static OF_REQUESTS: [&Code; 6] =
    [&UNKNOWN_QUANTITY, &UNKNOWN_OUTCOME, &CARRY_FORWARD, &MERGE, &RAW_FORMAT, &UNKNOWN_HOLDER];

/// Prints one rule or all.
pub fn run(arguments: &DiagnosticsArguments) -> Answer {
    let codes = || {
        let engine = catalogue::ALL.iter().copied().chain(carepact::cases::CODES);
        engine
            .chain(carepact_scenarios::luck::CODES)
            .chain(carepact_scenarios::solve::CODES)
            .chain(files::CODES)
            .chain(OF_REQUESTS)
    };
    let Some(name) = &arguments.name else {
        return Answer::fine(table(&codes().collect::<Vec<_>>()));
    };
    match codes().find(|code| code.name == name) {
        Some(code) => {
            let kind = code.severity.word();
            Answer::fine(format!("{} ({kind})\n{}\n", code.name, wrapped(&rule(code), PAGE, 0)))
        }
        None => {
            let near = did_you_mean(name, codes().map(|code| code.name));
            let remedy = near.map_or_else(
                || "`carepact diagnostics` lists them all".to_string(),
                |near| format!("did you mean `{near}`?"),
            );
            Answer { err: format!("error: there is no diagnostic `{name}`; {remedy}\n"), ..Answer::default() }
        }
    }
}

fn rule(code: &Code) -> String {
    format!("Rule: {}.", code.rule)
}

fn table(codes: &[&Code]) -> String {
    let width = codes.iter().map(|code| code.name.len()).max().unwrap_or(0);
    let row = |code: &&Code| {
        let head = format!("{:width$}  {:7}  ", code.name, code.severity.word());
        let rule = wrapped(code.rule, PAGE - head.len(), 0);
        let indent = format!("\n{}", " ".repeat(head.len()));
        format!("{head}{}\n", rule.replace('\n', &indent))
    };
    codes.iter().map(row).collect()
}
