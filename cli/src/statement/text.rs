//! A statement as text for people: what it is of, the lines, totals, and how to go on.
//!
//! Of some dozens of holders every line is listed under its holder; of more, each has one row.

use std::io::{self, Write};

use carepact::contract::Origin;
use carepact::statement::{DataStatus, LineType, StatementLine, Totals};
use carepact::{AsOf, Facts, Model, Statement};

use super::holders::by_holder;
use super::parts::Parts;
use super::{data_status, figures, lines, overview, party_name, totals};
use crate::answer::{grouped, plural};
use crate::arguments::EvaluateArguments;
use crate::files;
use crate::table::{PAGE, wrapped};

/// Most holders whose lines are listed one holder after the other.
const HOLDERS_LISTED_MAX: usize = 30;

/// Writes the statement.
pub fn write(parts: &Parts<'_>, arguments: &EvaluateArguments, out: &mut dyn Write) -> io::Result<()> {
    if holders(parts.facts) <= HOLDERS_LISTED_MAX {
        out.write_all(of_few(parts, arguments).as_bytes())
    } else if arguments.lines {
        every_line(parts, arguments, out)
    } else {
        out.write_all(of_many(parts, arguments)?.as_bytes())
    }
}

fn of_few(parts: &Parts<'_>, arguments: &EvaluateArguments) -> String {
    let statement = parts.whole();
    let pieces = by_holder(&statement);
    let lines = if arguments.lines {
        lines::each(parts.model, pieces, true)
    } else {
        lines::gathered(parts.model, pieces)
    };
    let mut out = header((parts.model, parts.facts), arguments, Some(statement.totals()));
    add(&mut out, &heading_of_lines(parts), &lines);
    if !statement.figures().is_empty() {
        add(&mut out, "Figures", &figures::all(parts.model, statement.figures()));
    }
    add_totals(&mut out, statement.totals());
    out.push_str(&hints(parts, arguments, example(&statement).map(|line| line.id.clone())));
    out
}

/// One row for each holder; the lines and figures that are the same for all in full.
fn of_many(parts: &Parts<'_>, arguments: &EvaluateArguments) -> io::Result<String> {
    let overview = overview::of(parts)?;
    let mut out = header((parts.model, parts.facts), arguments, Some(&overview.totals));
    if !overview.shared.is_empty() {
        let heading = format!("{}, the same for all holders", heading_of_lines(parts));
        add(&mut out, &heading, &lines::gathered(parts.model, overview.shared_lines()));
    }
    let many = parts.model.contract().parties.iter().find(|party| party.many);
    let many = many.map_or("holder", |party| party.id.as_str());
    let currency = &parts.model.contract().currency;
    let heading = format!("Entitlement of each {many} under each clause, in {currency}");
    add(&mut out, &heading, &overview.text(parts.model));
    if !overview.shared_figures.is_empty() {
        let figures = figures::all(parts.model, &overview.shared_figures);
        add(&mut out, "Figures, the same for all holders", &figures);
    }
    add_totals(&mut out, &overview.totals);
    out.push_str(&hints(parts, arguments, overview.example));
    Ok(out)
}

/// Every line of many holders as they come; what needs all of them follows.
fn every_line<'p>(
    parts: &'p Parts<'_>,
    arguments: &EvaluateArguments,
    out: &mut dyn Write,
) -> io::Result<()> {
    let heading = heading_of_lines(parts);
    write!(
        out,
        "{}\n{heading}\n{}\n",
        header((parts.model, parts.facts), arguments, None),
        underlined(&heading)
    )?;
    let mut totals = Totals::new(parts.model);
    let mut example_found = None;
    let of_part = |part: &Statement<'p>| {
        let begins = part.lines().first().is_some_and(|line| line.number == 1);
        let text = lines::each(parts.model, by_holder(part), begins);
        (text, part.totals().clone(), example(part).map(|line| line.id.clone()))
    };
    parts.each(&of_part, &mut |(text, totals_of_part, example)| {
        totals.add(&totals_of_part);
        example_found = example_found.take().or(example);
        out.write_all(text.as_bytes())
    })?;
    let mut rest = String::new();
    add(&mut rest, "Data", &format!("{}\n", data(&totals)));
    add_totals(&mut rest, &totals);
    rest.push_str(&hints(parts, arguments, example_found));
    out.write_all(rest.as_bytes())
}

/// How many holders are stated; none when no party is many.
fn holders(facts: &Facts) -> usize {
    facts.holders().filter(|lane| lane.holder.is_some()).count()
}

fn heading_of_lines(parts: &Parts<'_>) -> String {
    format!("Lines, in {}", parts.model.contract().currency)
}

fn add(out: &mut String, heading: &str, text: &str) {
    out.push_str(&format!("\n{heading}\n{}\n{text}", underlined(heading)));
}

fn underlined(heading: &str) -> String {
    "-".repeat(heading.chars().count())
}

fn add_totals(out: &mut String, totals: &Totals<'_>) {
    add(out, "Totals by clause", &totals::clauses(totals));
    add(out, "Totals by party", &totals::parties(totals));
    for prime in totals.primes() {
        let heading = totals::position_heading(totals, prime);
        add(out, &heading, &totals::position(totals, prime));
    }
    add(out, "Control totals, each of which must be zero", &totals::controls(totals));
}

/// What is stated; without totals, what is known before the lines are.
pub fn header(
    (model, facts): (&Model, &Facts),
    arguments: &EvaluateArguments,
    totals: Option<&Totals<'_>>,
) -> String {
    let contract = model.contract();
    let mut out = format!("{}\n", wrapped(&contract.title, PAGE, 0));
    let calendar = &contract.calendar;
    let observations: Vec<String> =
        arguments.statement.observations.iter().map(|file| files::name(file)).collect();
    let parties: Vec<String> = contract.parties.iter().map(|party| party_name(model, &party.id)).collect();
    let rows = [
        ("Status", origin(&contract.origin)),
        ("", contract.remembered.as_ref().map_or(String::new(), |text| format!("NOT VERIFIED: {text}"))),
        ("Contract", format!("{}, {}", contract.id, files::name(&arguments.statement.contract))),
        ("Term", format!("{} to {}", calendar.first, calendar.last)),
        ("Stated", stated(facts, totals)),
        ("Data", format!("{}; {}", observations.join(", "), as_of(facts.as_of))),
        ("", totals.map_or(String::new(), data)),
        ("Currency", contract.currency.clone()),
        ("Parties", parties.join("; ")),
    ];
    for (word, text) in rows.into_iter().filter(|(_, text)| !text.is_empty()) {
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

fn stated(facts: &Facts, totals: Option<&Totals<'_>>) -> String {
    let periods = match &facts.selection.keys[..] {
        [term] if term == "term" => "the whole term".to_string(),
        periods => periods.join(", "),
    };
    let lines = totals.map(|totals| plural(totals.lines().values().sum(), "line"));
    let holders = Some(holders(facts)).filter(|holders| *holders > 0);
    let holders = holders.map(|holders| format!("for {}", plural(holders, "holder")));
    let words: Vec<String> = lines.into_iter().chain(holders).collect();
    format!("{periods}: {}", words.join(" "))
}

fn as_of(as_of: AsOf) -> &'static str {
    match as_of {
        AsOf::Flex => "as of flex, the first submission of each figure",
        AsOf::Freeze => "as of freeze, the last submission of each figure",
    }
}

fn data(totals: &Totals<'_>) -> String {
    match data_status(totals) {
        DataStatus::Provisional => {
            let provisional = totals.lines().get(&DataStatus::Provisional).copied().unwrap_or(0);
            let all = grouped(totals.lines().values().sum());
            let rest = if provisional == 1 { "rests" } else { "rest" };
            format!("PROVISIONAL: {} of {all} lines {rest} on flex data and may change", grouped(provisional))
        }
        DataStatus::Final => "final: no line rests on flex data".to_string(),
        DataStatus::Agreed => "every line rests on agreed numbers alone".to_string(),
    }
}

/// How to see more, and why, with a line of this statement.
fn hints(parts: &Parts<'_>, arguments: &EvaluateArguments, example: Option<String>) -> String {
    let Some(line) = example else { return String::new() };
    let given = &arguments.statement;
    let files: Vec<String> = given.observations.iter().map(|file| quoted(&files::name(file))).collect();
    let mut command = format!(
        "carepact explain {} {} --observations {}",
        quoted(&files::name(&given.contract)),
        quoted(&line),
        files.join(" ")
    );
    if given.as_of == crate::arguments::AsOf::Flex {
        command.push_str(" --as-of flex");
    }
    if let Some(period) = &given.period {
        command.push_str(&format!(" --period {}", quoted(period)));
    }
    let lines = match (arguments.lines, holders(parts.facts) > HOLDERS_LISTED_MAX) {
        (true, _) => "",
        (false, true) => {
            "To get every line of every holder: add --format csv, or --lines to read them here.\n"
        }
        (false, false) => "To see every line with its id: add --lines.\n",
    };
    format!("\n{lines}To see why a line is what it is:\n  {command}\n")
}

/// A line to explain: one that observations move and that is paid at once, when there is one.
pub fn example<'s>(statement: &'s Statement<'_>) -> Option<&'s StatementLine> {
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
