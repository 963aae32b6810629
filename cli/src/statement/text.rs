//! A statement as text for people: what it is of, the lines, totals, and how to go on.

use carepact::contract::Origin;
use carepact::statement::{DataStatus, LineType, StatementLine};
use carepact::{AsOf, Statement};

use super::{data_status, figures, lines, party_name, totals};
use crate::answer::{grouped, plural};
use crate::arguments::EvaluateArguments;
use crate::files;
use crate::table::{PAGE, wrapped};

/// The statement.
pub fn of(statement: &Statement<'_>, arguments: &EvaluateArguments) -> String {
    let mut out = header(statement, arguments);
    let lines = if arguments.lines { lines::each(statement) } else { lines::gathered(statement) };
    add(&mut out, &format!("Lines, in {}", statement.model().contract().currency), &lines);
    if !statement.figures().is_empty() {
        add(&mut out, "Figures", &figures::all(statement));
    }
    let totals = statement.totals();
    add(&mut out, "Totals by clause", &totals::clauses(&totals));
    add(&mut out, "Totals by party", &totals::parties(&totals));
    for prime in totals.primes() {
        let heading = totals::position_heading(&totals, prime);
        add(&mut out, &heading, &totals::position(&totals, prime));
    }
    add(&mut out, "Control totals, each of which must be zero", &totals::controls(&totals));
    out.push_str(&hints(statement, arguments));
    out
}

fn add(out: &mut String, heading: &str, text: &str) {
    out.push_str(&format!("\n{heading}\n{}\n{text}", "-".repeat(heading.chars().count())));
}

fn header(statement: &Statement<'_>, arguments: &EvaluateArguments) -> String {
    let contract = statement.model().contract();
    let mut out = format!("{}\n", wrapped(&contract.title, PAGE, 0));
    let calendar = &contract.calendar;
    let observations: Vec<String> =
        arguments.statement.observations.iter().map(|file| files::name(file)).collect();
    let parties: Vec<String> =
        contract.parties.iter().map(|party| party_name(statement, &party.id)).collect();
    let facts = [
        ("Status", origin(&contract.origin)),
        ("", contract.remembered.as_ref().map_or(String::new(), |text| format!("NOT VERIFIED: {text}"))),
        ("Contract", format!("{}, {}", contract.id, files::name(&arguments.statement.contract))),
        ("Term", format!("{} to {}", calendar.first, calendar.last)),
        ("Stated", stated(statement)),
        ("Data", format!("{}; {}", observations.join(", "), as_of(statement.facts().as_of))),
        ("", data(statement)),
        ("Currency", contract.currency.clone()),
        ("Parties", parties.join("; ")),
    ];
    for (word, text) in facts.into_iter().filter(|(_, text)| !text.is_empty()) {
        out.push_str(&wrapped_fact(word, &text));
    }
    out
}

fn wrapped_fact(word: &str, text: &str) -> String {
    const INDENT: usize = 10;
    let text = wrapped(text, PAGE - INDENT, 0).replace('\n', &format!("\n{}", " ".repeat(INDENT)));
    format!("{word:INDENT$}{text}\n")
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Synthetic => "SYNTHETIC: invented parties and figures".to_string(),
        Origin::Published(place) => format!("published: {place}"),
        Origin::Remembered => "REMEMBERED: from memory".to_string(),
    }
}

fn stated(statement: &Statement<'_>) -> String {
    let periods = match statement.periods() {
        [term] if term == "term" => "the whole term".to_string(),
        periods => periods.join(", "),
    };
    format!("{periods}: {}", plural(statement.lines().len(), "line"))
}

fn as_of(as_of: AsOf) -> &'static str {
    match as_of {
        AsOf::Flex => "as of flex, the first submission of each figure",
        AsOf::Freeze => "as of freeze, the last submission of each figure",
    }
}

fn data(statement: &Statement<'_>) -> String {
    match data_status(statement) {
        DataStatus::Provisional => {
            let provisional =
                statement.lines().iter().filter(|line| line.data == DataStatus::Provisional).count();
            let all = grouped(statement.lines().len());
            let rest = if provisional == 1 { "rests" } else { "rest" };
            format!("PROVISIONAL: {} of {all} lines {rest} on flex data and may change", grouped(provisional))
        }
        DataStatus::Final => "final: no line rests on flex data".to_string(),
        DataStatus::Agreed => "every line rests on agreed numbers alone".to_string(),
    }
}

/// How to see why, with a line of this statement.
fn hints(statement: &Statement<'_>, arguments: &EvaluateArguments) -> String {
    let Some(line) = example(statement) else { return String::new() };
    let given = &arguments.statement;
    let files: Vec<String> = given.observations.iter().map(|file| quoted(&files::name(file))).collect();
    let mut command = format!(
        "carepact explain {} {} --observations {}",
        quoted(&files::name(&given.contract)),
        quoted(&line.id),
        files.join(" ")
    );
    if given.as_of == crate::arguments::AsOf::Flex {
        command.push_str(" --as-of flex");
    }
    if let Some(period) = &given.period {
        command.push_str(&format!(" --period {}", quoted(period)));
    }
    let lines = if arguments.lines { "" } else { "To see every line with its id: add --lines.\n" };
    format!("\n{lines}To see why a line is what it is:\n  {command}\n")
}

/// A line to explain: one that observations move and that is paid at once, when there is one.
fn example<'s>(statement: &'s Statement<'_>) -> Option<&'s StatementLine> {
    let observed = |line: &&StatementLine| {
        line.live
            && line.line_type == LineType::Entitlement
            && line.data != DataStatus::Agreed
            && !line.amount.is_zero()
    };
    let mut lines = statement.lines().iter().filter(observed);
    lines.clone().find(|line| line.payable).or_else(|| lines.next())
}

/// A word of a command, quoted when a shell would divide it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:".contains(c);
    if word.chars().all(plain) { word.to_string() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
