//! The answer of a search as text for people.

use carepact::source::Location;
use carepact::{Diagnostic, Exact};
use carepact_scenarios::solve::{CONDITION, Crossing, Limit, Measured, Probe, Relation, Value};

use super::arguments::SolveArguments;
use super::find::Answered;
use crate::answer::{Refusal, grouped};
use crate::files;
use crate::table::Column::{Left, Right};
use crate::table::{PAGE, Table, wrapped};

/// A condition that no value meets, or of `=` none comes near, is refused.
pub fn refuse_nowhere(answered: &Answered) -> Result<(), Refusal> {
    let probes = &answered.solution.probes;
    let met = probes.iter().filter(|probe| probe.met).count();
    let is_equal = answered.condition.relation == Relation::Equal;
    if !answered.solution.crossings.is_empty() || (met == probes.len() && !is_equal) {
        return Ok(());
    }
    let (Some(first), Some(last)) = (probes.first(), probes.last()) else { return Ok(()) };
    let at =
        |probe: &Probe| format!("{} at {}", said(answered, &probe.value), answered.parameter.said(&probe.at));
    let found = format!(
        "`{}` is met nowhere in the bracket: it is {} and {}",
        answered.condition.text,
        at(first),
        at(last)
    );
    let remedy = "look further with --between, or ask for less".to_string();
    Err(Refusal::of(Diagnostic { code: &CONDITION, location: Location::Request, found, remedy }))
}

/// Everything.
pub fn text(arguments: &SolveArguments, answered: &Answered) -> String {
    let parameter = &answered.parameter;
    let mut out = format!(
        "{}\n{} of {}, now {}\n",
        answered.condition.text,
        parameter.path,
        files::name(&arguments.contract),
        parameter.said(&parameter.value)
    );
    let mut say = |sentence: String| out.push_str(&format!("\n{}\n", wrapped(&sentence, PAGE, 0)));
    if answered.solution.crossings.is_empty() {
        say("The condition is met at every value that was looked at.".to_string());
    }
    for crossing in &answered.solution.crossings {
        say(crossing_said(answered, crossing));
    }
    say(certainty(arguments, answered));
    if let Some(premises) = premises(answered) {
        say(premises);
    }
    out.push_str(&format!("\nLooked at\n---------\n{}", probes(answered)));
    out
}

fn is_chance(answered: &Answered) -> bool {
    matches!(answered.condition.measured, Measured::Chance(_))
}

/// A measured number, with its interval where it has one.
fn said(answered: &Answered, value: &Value) -> String {
    let [estimate, low, high] = parts(answered, value);
    if value.is_exact() { estimate } else { format!("{estimate} ({low} to {high})") }
}

fn parts(answered: &Answered, value: &Value) -> [String; 3] {
    if is_chance(answered) {
        value.chances().map(|chance| chance.percent())
    } else {
        let places = answered.model.contract().minor_places;
        value.amounts(places).map(|amount| amount.grouped(usize::try_from(places).unwrap_or(2)))
    }
}

fn crossing_said(answered: &Answered, crossing: &Crossing) -> String {
    let at = |value: &Exact| answered.parameter.said(value);
    let measured = said(answered, &crossing.value);
    let answer = if answered.condition.relation == Relation::Equal {
        format!(
            "{}: it comes nearest there, {measured}; the next value on the other side is {}.",
            at(&crossing.answer),
            at(&crossing.other)
        )
    } else {
        format!("{}: it is met there, {measured}, and not at {}.", at(&crossing.answer), at(&crossing.other))
    };
    if crossing.value.is_exact() {
        return format!("Answer {answer}");
    }
    let end = |value: &Option<Exact>| value.as_ref().map(at);
    let sure = match (end(&crossing.between.0), end(&crossing.between.1)) {
        (Some(low), Some(high)) => {
            format!("Intervals of 95 % certainty leave room for it from {low} to {high}.")
        }
        (Some(low), None) => {
            format!("Intervals of 95 % certainty leave room for it from {low} to beyond the bracket.")
        }
        (None, Some(high)) => {
            format!("Intervals of 95 % certainty leave room for it from below the bracket to {high}.")
        }
        (None, None) => "So few scenarios do not tell where in the bracket it lies.".to_string(),
    };
    format!("Answer {answer} {sure}")
}

fn certainty(arguments: &SolveArguments, answered: &Answered) -> String {
    let grid = &answered.grid;
    let at = |value: &Exact| answered.parameter.said(value);
    let scenarios = if answered.condition.is_of_luck() {
        "chances are exact".to_string()
    } else {
        let count = usize::try_from(arguments.draws.count).unwrap_or(usize::MAX);
        format!("each held against the same {} scenarios, seed {}", grouped(count), arguments.draws.seed)
    };
    let way = match (answered.solution.one_way, answered.solution.crossings.len()) {
        (true, _) => "The measured number went one way only".to_string(),
        (false, 0 | 1) => "The measured number went up and down, so there may be more answers".to_string(),
        (false, count) => format!("The measured number went up and down: {count} answers, maybe more"),
    };
    format!(
        "{way} over the bracket from {} to {} in steps of {}: {} values were looked at, {scenarios}.",
        at(&grid.low),
        at(&grid.at(grid.steps)),
        at(&grid.step),
        answered.solution.probes.len()
    )
}

/// What the numbers of the condition stand for.
fn premises(answered: &Answered) -> Option<String> {
    let places = usize::try_from(answered.model.contract().minor_places).unwrap_or(2);
    let text = &answered.condition.text;
    let mut said = Vec::new();
    if let Some(written) = &answered.written {
        if text.contains("income") {
            said.push(format!(
                "income is {} on average under the contract as written",
                written.income.grouped(places)
            ));
        }
        if text.contains("loss") && written.base_is_stated {
            said.push(format!("a loss is held against the cost base {}", written.base.grouped(places)));
        } else if text.contains("loss") {
            said.push(format!(
                "no cost base is stated, so a loss is held against the average income {}",
                written.base.grouped(places)
            ));
        }
    }
    if let (Limit::Base, Some(base)) = (&answered.condition.limit, &answered.base) {
        said.push(format!("base is {}", self::said(answered, base)));
    }
    let sentence = said.join("; ");
    let first = sentence.chars().next()?;
    Some(format!("{}{}.", first.to_uppercase(), &sentence[first.len_utf8()..]))
}

fn probes(answered: &Answered) -> String {
    let mut table = Table::new(&[Right, Right, Right, Right, Left]);
    let what = if is_chance(answered) { "chance" } else { "mean" };
    let ends = if answered.condition.is_of_luck() { ["", ""] } else { ["from", "to"] };
    table.row(["value", what, ends[0], ends[1], ""]);
    for probe in &answered.solution.probes {
        let [estimate, low, high] = parts(answered, &probe.value);
        let (low, high) = if probe.value.is_exact() { (String::new(), String::new()) } else { (low, high) };
        let met = match (answered.condition.relation, probe.met) {
            (Relation::Equal, true) => "at least that",
            (Relation::Equal, false) => "less",
            (_, true) => "met",
            (_, false) => "not met",
        };
        table.row([&answered.parameter.said(&probe.at), &estimate, &low, &high, met]);
    }
    table.text()
}
