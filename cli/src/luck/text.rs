//! Luck as text for people: a table for each question, and a sentence for each answer that is not
//! acceptable.

use carepact::Exact;
use carepact::contract::Origin;
use carepact_scenarios::luck::{Enough, Luck, POPULATION_MAX, Probability, Settings, Unknown};

use super::collected::Collected;
use super::holders::OfHolders;
use super::rows::{Row, rows};
use super::{Question, rate};
use crate::answer::{grouped, plural};
use crate::commands::Prepared;
use crate::files;
use crate::luck::arguments::LuckArguments;
use crate::table::Column::{Cut, Left, Right};
use crate::table::{PAGE, Table, wrapped};

/// Everything.
pub fn text(
    (prepared, settings): (&Prepared, &Settings),
    arguments: &LuckArguments,
    found: &Collected,
) -> String {
    let acceptable = percent(settings);
    let mut out = head(prepared, arguments, found);
    for question in Question::ALL {
        let rows = rows(&found.luck, question);
        let of_holders = found.holders.as_ref().filter(|holders| holders.rows(question).next().is_some());
        if !rows.is_empty() || of_holders.is_some() {
            add_heading(&mut out, heading(question));
        }
        if let Some(holders) = of_holders {
            add_holders(&mut out, (holders, question), &acceptable);
        }
        if !rows.is_empty() {
            out.push_str(&table(&rows, question, &acceptable));
            for row in rows.iter().filter(|row| row.odds.too_likely) {
                out.push('\n');
                out.push_str(&wrapped(&sentence(row, question, &acceptable), PAGE, 2));
                out.push('\n');
            }
        }
    }
    add_risks(&mut out, prepared, found);
    add_left_out(&mut out, &found.luck);
    out
}

fn percent(settings: &Settings) -> String {
    let share = &settings.acceptable * &Exact::from(100);
    format!("{share} %")
}

fn head(prepared: &Prepared, arguments: &LuckArguments, found: &Collected) -> String {
    let contract = prepared.model.contract();
    let synthetic = if contract.origin == Origin::Synthetic { " (SYNTHETIC)" } else { "" };
    let periods = prepared.facts.selection.keys.join(", ");
    let names = |files: &[std::path::PathBuf]| {
        files.iter().map(|file| files::name(file)).collect::<Vec<_>>().join(", ")
    };
    let rates = match &arguments.rates {
        Some(file) => format!("true rates from {}, others as observed", files::name(file)),
        None => "true rates as observed".to_string(),
    };
    let of = match (&arguments.holder, &found.holders) {
        (Some(holder), _) => format!(" Of {holder}, others as observed."),
        (None, Some(holders)) => format!(
            " Each of {} in turn, others as observed; `--format csv` and `--format json` have all answers.",
            plural(holders.count(), "holder")
        ),
        (None, None) => String::new(),
    };
    let held = format!(
        "Observations: {}; {rates}.{of} One figure at a time is left to chance around its true rate, all others \
         are as observed. `exactly` adds up the chances of all counts; `roughly` is the normal approximation.",
        names(&arguments.statement.observations)
    );
    format!("Luck in {periods}: {}{synthetic}\n\n{}\n", contract.title, wrapped(&held, PAGE, 0))
}

fn add_heading(out: &mut String, heading: &str) {
    out.push_str(&format!("\n{heading}\n{}\n", "-".repeat(heading.chars().count())));
}

fn heading(question: Question) -> &'static str {
    match question {
        Question::PaidUnchanged => "Paid although nothing changed",
        Question::FinedOnTarget => "Fined although the target is truly met",
        Question::UnpaidImproved => "Not paid although it truly improved",
    }
}

fn table(rows: &[Row<'_>], question: Question, acceptable: &str) -> String {
    let mut table = Table::new(&[Left, Cut, Left, Right, Right, Right, Right, Right, Right]);
    let fines = question == Question::FinedOnTarget;
    let (whom, from) = if fines { ("fined", "fined past") } else { ("paid", "paid past") };
    let below = format!("below {acceptable} from");
    table.row(["", "", whom, "counted", "true rate", from, "exactly", "roughly", &below]);
    for row in rows {
        let line = row.line;
        let counted = line.figure.counted.as_ref().map_or(String::new(), |counted| counted.grouped(0));
        let title = line.members.last().map_or(line.title.as_str(), |(_, _, title)| title);
        let starts = if fines { line.fines.as_ref() } else { line.starts.as_ref() };
        let said = |value: Option<&Exact>| value.map_or(String::new(), |value| rate(&line.figure, value));
        let chance = |chance: Option<Probability>| chance.map_or("–".to_string(), Probability::percent);
        let periods = if row.periods > 1 { format!(" ×{}", row.periods) } else { String::new() };
        table.row([
            &format!("{}{periods}", row.name()),
            title,
            &row.parties.join(", "),
            &counted,
            &said(question.rate(line)),
            &said(starts),
            &chance(row.odds.exact),
            &chance(row.odds.normal),
            &enough(row),
        ]);
    }
    table.text()
}

/// The chances of all holders summed up, and what the greatest of them means.
fn add_holders(out: &mut String, (holders, question): (&OfHolders, Question), acceptable: &str) {
    let mut table = Table::new(&[Left, Cut, Right, Right, Left, Right, Right, Left, Right, Right]);
    let too_likely = format!("{acceptable} or more");
    table.row(["", "", "holders", "least", "of", "median", "greatest", "of", "counted", &too_likely]);
    let mut sentences = String::new();
    for row in holders.rows(question) {
        let sum = holders.sum(row);
        let line = &row.worst;
        let counted = line.figure.counted.as_ref().map_or(String::new(), |counted| counted.grouped(0));
        let title = line.members.last().map_or(line.title.as_str(), |(_, _, title)| title);
        let periods = if row.periods.len() > 1 { format!(" ×{}", row.periods.len()) } else { String::new() };
        table.row([
            &format!("{}{periods}", row.name()),
            title,
            &grouped(sum.count),
            &sum.least.chance.percent(),
            sum.least.holder,
            &sum.median.percent(),
            &sum.greatest.chance.percent(),
            sum.greatest.holder,
            &counted,
            &grouped(sum.too_likely),
        ]);
        if let Some(worst) = row.worst().filter(|worst| worst.odds.too_likely) {
            let said = sentence(&worst, question, acceptable);
            sentences.push_str(&format!("\n{}\n", wrapped(&said, PAGE, 2)));
        }
    }
    out.push_str(&table.text());
    out.push_str(&sentences);
}

/// The number that would be enough, in the words of a table.
fn enough(row: &Row<'_>) -> String {
    match row.odds.enough {
        Enough::From(number) if row.line.figure.counted.is_none() => times(number),
        Enough::From(number) => grouped(usize::try_from(number).unwrap_or(usize::MAX)),
        Enough::None => "never".to_string(),
        Enough::Beyond => "a million".to_string(),
        Enough::NotOneWay | Enough::NotAsked => "–".to_string(),
    }
}

/// Hundredths of the present size.
fn times(hundredths: u64) -> String {
    format!("{}.{:02} times", hundredths / 100, hundredths % 100)
}

/// What it means that a chance is not acceptable, and what would help.
fn sentence(row: &Row<'_>, question: Question, acceptable: &str) -> String {
    let line = row.line;
    let parties = row.parties.join(" and ");
    let (is, are) = if row.parties.len() > 1 { ("are", "are") } else { ("is", "is") };
    let true_rate = question.rate(line).map_or(String::new(), |value| rate(&line.figure, value));
    let starts = line.starts.as_ref().map_or(String::new(), |value| rate(&line.figure, value));
    let happens = match question {
        Question::PaidUnchanged => format!("{parties} {is} paid although nothing changed"),
        Question::FinedOnTarget => {
            format!("{parties} {are} fined although the target, {true_rate}, is truly met")
        }
        Question::UnpaidImproved => {
            format!("{parties} {is} not paid although the true rate became {true_rate}")
        }
    };
    let remedy = match row.odds.enough {
        Enough::From(number) => match &line.figure.counted {
            None => format!("at {} the present size it is below {acceptable}", times(number)),
            Some(counted) => format!(
                "from {} counted on, instead of {}, it is below {acceptable}",
                grouped(usize::try_from(number).unwrap_or(usize::MAX)),
                counted.grouped(0)
            ),
        },
        Enough::None if question == Question::FinedOnTarget => {
            "no number counted helps, because fines begin at the target itself: leave room for chance between them"
                .to_string()
        }
        Enough::None => format!("no number counted helps, because payment starts at {starts}: move it"),
        Enough::Beyond => format!("even {} counted are not enough", grouped(usize::try_from(POPULATION_MAX).unwrap_or(usize::MAX))),
        Enough::NotOneWay | Enough::NotAsked => {
            "the amount goes up and down as the figure rises".to_string()
        }
    };
    let worst = if row.periods > 1 {
        format!(" in {}, the worst of {} periods", line.period, row.periods)
    } else {
        String::new()
    };
    let chance = row.odds.best().percent();
    format!("{}{worst}: with a chance of {chance} {happens}; {remedy}.", row.name())
}

fn add_risks(out: &mut String, prepared: &Prepared, found: &Collected) {
    let risks = found.risks.list(prepared.model.contract().minor_places);
    if risks.is_empty() {
        return;
    }
    add_heading(out, "Insurance risk and performance risk");
    let mut table = Table::new(&[Left, Left, Right, Right]);
    let currency = &prepared.model.contract().currency;
    table.row(["", "", &format!("by chance, {currency}"), &format!("by performance, {currency}")]);
    for risk in &risks {
        let clause = risk.clause.as_deref().unwrap_or("all of these");
        let party = &risk.party;
        table.row([party, clause, &risk.by_chance.grouped(2), &risk.by_performance.grouped(2)]);
    }
    out.push_str(&table.text());
    let meaning = "By chance: the standard deviation of what a party gets when its true rates are those of the \
                   improvement and do not change; figures are taken to be independent. By performance: what it \
                   gets more on average when all true rates go from baseline to target.";
    out.push_str(&format!("\n{}\n", wrapped(meaning, PAGE, 0)));
}

fn add_left_out(out: &mut String, luck: &Luck) {
    if !luck.several.is_empty() {
        add_heading(out, "Left to simulation");
        out.push_str("These lines rest on several figures that chance moves at once:\n");
        let mut clauses: Vec<(&str, usize, usize)> = Vec::new();
        for line in &luck.several {
            match clauses.iter_mut().find(|(clause, _, _)| *clause == line.clause) {
                Some((_, count, most)) => (*count, *most) = (*count + 1, (*most).max(line.figures.len())),
                None => clauses.push((&line.clause, 1, line.figures.len())),
            }
        }
        for (clause, count, figures) in clauses {
            let lines = plural(count, "line");
            out.push_str(&format!("  {clause}: {lines}, {figures} figures\n"));
        }
    }
    if !luck.unknown.is_empty() {
        add_heading(out, "Not known");
        let mut told: Vec<(&str, &str, usize)> = Vec::new();
        for Unknown { clause, figure, .. } in &luck.unknown {
            let same = |known: &&mut (&str, &str, usize)| (known.0, known.1) == (clause, figure.remedy);
            match told.iter_mut().find(same) {
                Some((_, _, count)) => *count += 1,
                None => told.push((clause, figure.remedy, 1)),
            }
        }
        for (clause, remedy, count) in told {
            let text = format!("{clause}, {}: {remedy}", plural(count, "line"));
            out.push_str(&format!("{}\n", wrapped(&text, PAGE, 2)));
        }
    }
}
