//! `carepact diagnostics`: the rules behind the names of problems, and of warnings on a design.

use carepact::source::{Code, Rule, catalogue, did_you_mean, rules};

use super::names::UNKNOWN_QUANTITY;
use super::reconcile::RECONCILE;
use super::sweep::UNKNOWN_OUTCOME;
use crate::answer::Answer;
use crate::arguments::DiagnosticsArguments;
use crate::carry::CARRY_FORWARD;
use crate::files;
use crate::simulate::merge::MERGE;
use crate::simulate::raw::RAW_FORMAT;
use crate::table::{PAGE, wrapped};

/// The diagnostics of what a command asks for, which the library does not know.
static OF_REQUESTS: [&Code; 6] =
    [&UNKNOWN_QUANTITY, &UNKNOWN_OUTCOME, &CARRY_FORWARD, &MERGE, &RAW_FORMAT, &RECONCILE];

/// Prints one rule or all.
pub fn run(arguments: &DiagnosticsArguments) -> Answer {
    let codes = || {
        let engine = catalogue::ALL.iter().copied().chain(carepact::cases::CODES);
        engine
            .chain(carepact_scenarios::luck::CODES)
            .chain(carepact_scenarios::solve::CODES)
            .chain(carepact_finance::reconcile::CODES)
            .chain(files::CODES)
            .chain(carepact_finance::book::CODES)
            .chain(carepact_finance::files::codes::CODES)
            .chain(carepact_finance::journal::CODES)
            .chain(carepact_finance::printed::CODES)
            .chain(OF_REQUESTS)
    };
    let Some(name) = &arguments.name else {
        return Answer::fine(table(&codes().collect::<Vec<_>>()));
    };
    if let Some(rule) = rules::find(name) {
        return Answer::fine(of_design(rule));
    }
    match codes().find(|code| code.name == name) {
        Some(code) => {
            let kind = code.severity.word();
            Answer::fine(format!("{} ({kind})\n{}\n", code.name, wrapped(&rule(code), PAGE, 0)))
        }
        None => {
            let names = codes().map(|code| code.name).chain(rules::ALL.iter().map(|rule| rule.name));
            let near = did_you_mean(name, names);
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

/// A rule for designs, with why it is there.
fn of_design(rule: &Rule) -> String {
    let mut out = format!("{} ({}, found by `carepact audit`)\n", rule.name, rule.concern.word());
    for (word, words) in
        [("Rule", rule.rule), ("Why", rule.reason), ("From", rule.source), ("Remedy", rule.remedy)]
    {
        out.push_str(&format!("{}\n", wrapped(&format!("{word}: {words}."), PAGE, 0)));
    }
    out
}

/// All problems, then all warnings on a design.
fn table(codes: &[&Code]) -> String {
    let problems = codes.iter().map(|code| (code.name, code.severity.word(), code.rule));
    let designs = rules::ALL.iter().map(|rule| (rule.name, rule.concern.word(), rule.rule));
    let all: Vec<(&str, &str, &str)> = problems.chain(designs).collect();
    let width = all.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    let row = |(name, word, rule): &(&str, &str, &str)| {
        let head = format!("{name:width$}  {word:7}  ");
        let rule = wrapped(rule, PAGE - head.len(), 0);
        let indent = format!("\n{}", " ".repeat(head.len()));
        format!("{head}{}\n", rule.replace('\n', &indent))
    };
    all.iter().map(row).collect()
}
