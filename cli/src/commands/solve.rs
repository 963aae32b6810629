//! `carepact solve`: the number of a contract at which a condition is met.

use crate::answer::{Answer, pretty};
use crate::arguments::StatementFormat;
use crate::progress::Progress;
use crate::solve::arguments::SolveArguments;
use crate::solve::find::find;
use crate::solve::{csv, json, text};

/// Searches and reports.
pub fn run(arguments: &SolveArguments) -> Answer {
    let progress = Progress::of_scenarios(arguments.draws.count);
    let found = find(arguments, &progress);
    progress.end();
    let answered = found.and_then(|answered| text::refuse_nowhere(&answered).map(|()| answered));
    match answered {
        Ok(answered) => match arguments.draws.format {
            StatementFormat::Text => Answer::fine(text::text(arguments, &answered)),
            StatementFormat::Json => Answer::fine(pretty(&json::json(arguments, &answered))),
            StatementFormat::Csv => Answer::fine(csv::csv(&answered)),
        },
        Err(refusal) => refusal.in_format(arguments.draws.format),
    }
}
