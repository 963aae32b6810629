//! Clauses as short paragraphs, and groups.
//!
//! One paragraph per clause: who pays whom and when, then a line for each thing that is agreed, then what
//! is proved of the amount before any data.

use super::head::residue;
use super::layout::Page;
use super::numbers::{capital, listed, often, ordinal, several, spaced};
use super::parties::who_pays_whom;
use super::words::Words;
use crate::calendar::PeriodKind;
use crate::contract::kinds::Promise;
use crate::contract::{ByYear, Clause, Group, Instalment, OnAccount, Settles, Side, Status};
use crate::formula::Kind;

/// All clauses.
pub fn clauses(words: &Words<'_>, page: &mut Page) {
    page.heading("Clauses");
    page.paragraph(
        "What is proved of an amount holds for all admissible data; a contract for which it cannot be proved \
         is refused.",
    );
    for (i, clause) in words.contract.clauses.iter().enumerate() {
        page.gap();
        let mark = format!("{}. ", i + 1);
        page.entry(&mark, &heading(words, clause));
        for line in lines(words, clause) {
            page.entry(&" ".repeat(mark.len()), &line);
        }
    }
}

/// What a clause is called.
pub fn heading(words: &Words<'_>, clause: &Clause) -> String {
    let name = words.flow(&clause.id);
    let reference = words.reference(clause).map_or_else(String::new, |text| format!("; {text}"));
    match &clause.title {
        Some(title) => format!("{title} ({name}{reference})"),
        None => format!("{name}{reference}"),
    }
}

/// What is agreed in a clause, one line each.
pub fn lines(words: &Words<'_>, clause: &Clause) -> Vec<String> {
    let per = Some(clause.per);
    let mut lines = vec![
        format!("{}: {}.", capital(clause.kind.title), clause.kind.meaning),
        format!("{}. {}.", capital(&who_pays_whom(words, clause)), assessed(words, clause)),
        format!("Amount: {}.", words.formula(&clause.amount, per)),
    ];
    lines.extend(clause.when.as_ref().map(|when| format!("Only if: {}.", words.formula(when, per))));
    lines.extend(cumulative(clause));
    lines.extend(direction(clause));
    lines.extend(clause.round.as_ref().map(|to| format!("Rounding: to {} instead.", words.money(to))));
    lines.extend(clause.residue.map(|rule| format!("Residue: here {}.", residue(words, rule))));
    lines.extend(clause.on_account.as_ref().map(|on_account| paid_on_account(words, on_account)));
    lines.extend(clause.settles.as_ref().map(|settles| settled(words, clause, settles)));
    lines.extend(active(words, clause));
    lines.extend(status(words, clause));
    lines.extend(proved(clause));
    lines
}

fn assessed(words: &Words<'_>, clause: &Clause) -> String {
    let mut each: Vec<String> = clause.lines.iter().map(|axis| words.axis(*axis)).collect();
    if matches!(clause.from, Side::Each(_)) || matches!(clause.to, Side::Each(_)) {
        each.push("party".to_string());
    }
    let each: Vec<String> = each.iter().map(|name| format!("each {name}")).collect();
    let lines =
        if each.is_empty() { String::new() } else { format!(", with a line for {}", listed(&each, "and")) };
    format!("It is assessed {}{lines}", often(clause.per))
}

/// What a negative amount means, where neither the kind nor a plain number rules it out.
fn direction(clause: &Clause) -> Option<String> {
    let plain = match &clause.amount.formula.kind {
        Kind::Number { value, .. } | Kind::Money { value, .. } => value.sign() >= 0,
        Kind::Absent
        | Kind::Name(_)
        | Kind::Is { .. }
        | Kind::Not(_)
        | Kind::Negate(_)
        | Kind::Binary { .. }
        | Kind::If { .. }
        | Kind::Else { .. }
        | Kind::Call { .. }
        | Kind::Round { .. }
        | Kind::Aggregate { .. } => false,
    };
    let never = plain || clause.kind.promises.contains(&Promise::NeverNegative);
    (!never).then(|| "If the amount is negative, it is paid the other way.".to_string())
}

fn cumulative(clause: &Clause) -> Option<String> {
    let span = match clause.cumulative? {
        PeriodKind::Term => "term",
        PeriodKind::Year | PeriodKind::Month | PeriodKind::Quarter => "contract year",
    };
    Some(format!(
        "To date: the amount is that of the {span} to date; each {} pays what has been added since the last.",
        clause.per.word()
    ))
}

fn paid_on_account(words: &Words<'_>, on_account: &OnAccount) -> String {
    let each = often(on_account.each);
    let day = on_account.day.map_or_else(String::new, |day| {
        let month = match on_account.each {
            PeriodKind::Month => "the month",
            PeriodKind::Quarter | PeriodKind::Year | PeriodKind::Term => "its first month",
        };
        format!(", on the {} of {month}", ordinal(day))
    });
    match &on_account.instalment {
        Instalment::Amount(amount) => {
            format!("On account: {each}{day}: {}.", words.formula(amount, Some(on_account.each)))
        }
        Instalment::Total(total) => {
            format!("On account: {each}{day}, an equal part of {}.", words.formula(total, None))
        }
    }
}

fn settled(words: &Words<'_>, clause: &Clause, settles: &Settles) -> String {
    let when = if settles.after_months == 0 {
        format!("at the end of the {}", clause.per.word())
    } else {
        format!("{} after the {}", several(settles.after_months, "month"), clause.per.word())
    };
    let data = match settles.data.as_deref() {
        Some("flex") => ", on the first submission of data (flex)",
        Some("freeze") => ", on the final submission of data (freeze)",
        Some(_) | None => "",
    };
    let deduct = settles.deduct_from.map_or_else(String::new, |from| {
        format!("; it is deducted from what is paid under {}", words.clause(from))
    });
    format!("Settled: {when}{data}{deduct}.")
}

fn active(words: &Words<'_>, clause: &Clause) -> Option<String> {
    let (first, last) = clause.active?;
    let (first, last) = (words.contract.calendar.key(first), words.contract.calendar.key(last));
    Some(if first == last {
        format!("In force: only in {first}.")
    } else {
        format!("In force: only from {first} to {last}.")
    })
}

fn status(words: &Words<'_>, clause: &Clause) -> Option<String> {
    let years = words.contract.calendar.all(PeriodKind::Year);
    match &clause.status {
        ByYear::All(Status::Live) => None,
        ByYear::All(status) => Some(format!("Status: {}.", status_words(*status))),
        ByYear::Each(_) => {
            let mut runs: Vec<(i32, i32, Status)> = Vec::new();
            for year in years {
                let status = words.contract.status(clause, year);
                match runs.last_mut() {
                    Some((_, last, found)) if *found == status => *last = year.index,
                    Some(_) | None => runs.push((year.index, year.index, status)),
                }
            }
            let part = |(first, last, status): &(i32, i32, Status)| {
                format!("{} {}", words.run(PeriodKind::Year, *first, *last), status_words(*status))
            };
            Some(format!("Status: {}.", runs.iter().map(part).collect::<Vec<_>>().join("; ")))
        }
    }
}

fn status_words(status: Status) -> &'static str {
    match status {
        Status::Live => "live",
        Status::Shadow => "in shadow: worked out and shown, but not paid",
        Status::Reporting => "for information only: worked out, but not paid",
    }
}

fn proved(clause: &Clause) -> Option<String> {
    let promises: Vec<&str> = clause.kind.promises.iter().map(|promise| promise.words()).collect();
    (!promises.is_empty()).then(|| format!("Proved: the amount {}.", listed(&promises, "and")))
}

/// Sets of clauses with a name.
pub fn groups(words: &Words<'_>, page: &mut Page) {
    if words.contract.groups.is_empty() {
        return;
    }
    page.heading("Groups of clauses");
    for group in &words.contract.groups {
        page.entry("- ", &format!("{}: {}.", words.flow(&group.id), members(words, group)));
    }
}

/// The clauses of a group.
pub fn members(words: &Words<'_>, group: &Group) -> String {
    let names: Vec<String> =
        group.clauses.iter().map(|id| spaced(&words.contract.clauses[id.0].id)).collect();
    listed(&names, "and")
}
