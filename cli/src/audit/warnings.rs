//! Warnings on the design, overlap and dilution, and clauses that others mute: for people and for tools.

use carepact::analyse::Findings;
use carepact::lint::{EventPay, MutedFor, Overlap, Review, Warning};
use carepact::source::{Concern, rules};
use carepact::{Exact, Model};
use serde_json::{Value, json};

use super::{money, percent, value};
use crate::answer::plural;
use crate::table::{Column, PAGE, Table, wrapped};

/// Section titles with what they say, for every way of printing.
pub const TITLE: &str = "Warnings on the design";
/// What the warnings are.
pub const WORDS: &str = "Rules that practice has for designs, and where this contract breaks them. `carepact \
diagnostics NAME` says why a rule is there. What is meant is explained in the contract, and listed all the same.";
/// Title of the section on overlap.
pub const OVERLAP_TITLE: &str = "Events that more than one outcome pays for";
/// What overlap is.
pub const OVERLAP_WORDS: &str = "What one event more or less moves all parties that deliver care together, under each \
outcome that counts it: where the data stand, and at most (along a slope, or over a cliff).";
/// Title of the section on dilution.
pub const WORTH_TITLE: &str = "What each outcome is worth";
/// What worth is.
pub const WORTH_WORDS: &str = "The most that each outcome can move a party that is held to it, from its worst to its \
best, and of the party's own income. `!` marks less than 0.25 %. The effective number is that of outcomes of equal \
worth (1/Σw², w the share of what is at stake): far below the number of outcomes, a few decide.";
/// Title of the section on muted clauses.
pub const MUTED_TITLE: &str = "Caps that mute other clauses";
/// What they are.
pub const MUTED_WORDS: &str = "Ranges of an outcome in which one clause moves a party's money and others take all of it \
back; `*` marks where the data stand.";

/// The warnings as text.
pub fn text(review: &Review, model: &Model) -> String {
    let open = review.open().map(|warning| (warning, "help", warning.rule.remedy));
    let explained = review.explained().map(|(warning, reason)| (warning, "meant", reason));
    let each: Vec<(&Warning, &str, &str)> = open.chain(explained).collect();
    // One rule with the same remedy, or the same reason, is shown once with all that was found.
    let together = each.chunk_by(|a, b| (a.0.rule, a.1, a.2) == (b.0.rule, b.1, b.2));
    let blocks: String = together.map(|block| of_one_rule(block, model)).collect();
    format!("{}\n{blocks}", summary(review))
}

/// How many warnings there are.
pub fn summary(review: &Review) -> String {
    let (serious, caution) = (review.count(Concern::Serious), review.count(Concern::Caution));
    let open = match serious + caution {
        0 => "Nothing is unexplained".to_string(),
        all => format!("{}: {serious} serious, {caution} of caution", plural(all, "unexplained warning")),
    };
    match review.explained().count() {
        0 => format!("{open}."),
        explained => format!("{open}; {explained} explained in the contract."),
    }
}

/// What one rule found, and what to do about it or why it is meant.
fn of_one_rule(block: &[(&Warning, &str, &str)], model: &Model) -> String {
    let indented = |text: &str| format!("  {}\n", wrapped(text, PAGE - 4, 0).replace('\n', "\n    "));
    let document = &model.contract().document;
    let each: String = block
        .iter()
        .map(|(warning, ..)| {
            indented(&format!("line {}: {}", warning.line_column(document).0, warning.found))
        })
        .collect();
    let [(warning, word, words), ..] = block else { return String::new() };
    let rule = warning.rule;
    format!("\n{}[{}]\n{each}{}", rule.concern.word(), rule.name, indented(&format!("{word}: {words}")))
}

/// A table as text, or a word where it has headings only.
pub fn or_none(table: &Table, none: &str) -> String {
    if table.rows().count() < 2 { format!("{none}\n") } else { table.text() }
}

/// What one event moves under each outcome, and under all together.
pub fn overlaps(review: &Review, findings: &Findings<'_>) -> Table {
    use Column::{Flow, Left, Right};
    let model = findings.analysis.model;
    let mut table = Table::new(&[Left, Left, Right, Right, Flow]);
    table.row(["event", "outcome", "where the data stand", "at most", "clauses"]);
    for Overlap { event, outcomes } in &review.overlaps {
        for (row, pay) in outcomes.iter().enumerate() {
            let first = if row == 0 { event.clone() } else { String::new() };
            let [now, most] = amounts(model, pay);
            table.cells(vec![first, pay.outcome.clone(), now, most, pay.clauses.join(", ")]);
        }
        let together = Overlap { event: event.clone(), outcomes: outcomes.clone() }.together();
        let [now, most] = [money(model, &together.0), money(model, &together.1)];
        table.cells(vec![String::new(), "together".to_string(), now, most, String::new()]);
    }
    table
}

fn amounts(model: &Model, pay: &EventPay) -> [String; 2] {
    match pay.pays {
        Some(_) => {
            let (now, most) = pay.together();
            [money(model, &now), money(model, &most)]
        }
        None => ["not by event".to_string(), "not by event".to_string()],
    }
}

/// What each outcome is worth to each party.
pub fn worth(review: &Review, model: &Model) -> Table {
    use Column::{Left, Right};
    let noticed = Exact::scaled(25, 4);
    let mut table = Table::new(&[Left, Left, Right, Right, Left]);
    table.row(["", "outcome", "worth", "of income", ""]);
    for party in review.concentrations.iter().filter_map(|known| known.party.as_ref()) {
        for (row, worth) in review.worth.iter().filter(|worth| worth.party == *party).enumerate() {
            let first = if row == 0 { party.clone() } else { String::new() };
            let share = worth.share.as_ref().map_or(String::new(), percent);
            let little = worth.share.as_ref().is_some_and(|share| *share < noticed);
            let mark = if little { "!" } else { "" }.to_string();
            table.cells(vec![first, worth.outcome.clone(), money(model, &worth.amount), share, mark]);
        }
    }
    table
}

/// How many outcomes of equal worth they come to.
pub fn numbers(review: &Review) -> Table {
    use Column::{Left, Right};
    let mut numbers = Table::new(&[Left, Right, Right]);
    numbers.row(["", "outcomes", "effective number"]);
    for known in &review.concentrations {
        let party = known.party.clone().unwrap_or_else(|| "all together".to_string());
        numbers.cells(vec![party, known.outcomes.to_string(), two_places(&known.effective)]);
    }
    numbers
}

fn two_places(number: &Exact) -> String {
    number.rounded(&Exact::scaled(1, 2), carepact::Mode::HalfAway).grouped(2)
}

/// Muted clauses.
pub fn muted(review: &Review, findings: &Findings<'_>) -> Table {
    use Column::{Flow, Left, Right};
    let model = findings.analysis.model;
    let mut table = Table::new(&[Left, Left, Left, Right, Flow]);
    table.row(["outcome", "party", "clause", "muted, for each", "by, and where"]);
    for MutedFor { outcome, periods, payoff, muted } in &review.muted {
        let payoff = &findings.payoffs[*payoff].outcome;
        let periods = if periods.len() == 1 { String::new() } else { format!(" ({})", periods[0]) };
        let mark = if muted.holds_data { " *" } else { "" };
        let range = format!("{} to {}{mark}", value(payoff, &muted.from), value(payoff, &muted.to));
        let amount = format!("{} / {}", money(model, &muted.alone), payoff.unit_words);
        let by = format!("{}: {range}", muted.by.join(", "));
        table.cells(vec![
            format!("{outcome}{periods}"),
            muted.party.clone(),
            muted.clause.clone(),
            amount,
            by,
        ]);
    }
    table
}

/// All of it for tools.
pub fn json(review: &Review, findings: &Findings<'_>) -> Value {
    let model = findings.analysis.model;
    let exact = |value: &Exact| Value::from(value.to_string());
    let overlaps = review.overlaps.iter().map(|overlap| {
        let (now, most) = overlap.together();
        let outcomes: Vec<Value> = overlap.outcomes.iter().map(event_pay).collect();
        json!({ "event": overlap.event, "now": exact(&now), "most": exact(&most), "outcomes": outcomes })
    });
    let worth = review.worth.iter().map(|worth| {
        let share = worth.share.as_ref().map(exact);
        json!({ "party": worth.party, "outcome": worth.outcome, "amount": exact(&worth.amount), "share_of_income": share })
    });
    let effective = review.concentrations.iter().map(|known| {
        let effective = exact(&known.effective);
        json!({ "party": known.party, "outcomes": known.outcomes, "effective": effective })
    });
    json!({
        "unexplained": review.open().count(),
        "explained": review.explained().count(),
        "warnings": review.warnings.iter().map(|warning| of_warning(warning, model)).collect::<Vec<_>>(),
        "overlaps": overlaps.collect::<Vec<_>>(),
        "worth": worth.collect::<Vec<_>>(),
        "effective_numbers": effective.collect::<Vec<_>>(),
        "muted": review.muted.iter().map(of_muted).collect::<Vec<_>>(),
    })
}

fn event_pay(pay: &EventPay) -> Value {
    let each = pay.pays.as_ref().map(|pays| {
        let one = |(party, now, most): &(String, Exact, Exact)| {
            json!({ "party": party, "now": now.to_string(), "most": most.to_string() })
        };
        pays.iter().map(one).collect::<Vec<_>>()
    });
    json!({ "outcome": pay.outcome, "clauses": pay.clauses, "pays": each })
}

fn of_warning(warning: &Warning, model: &Model) -> Value {
    let (line, column) = warning.line_column(&model.contract().document);
    let rule = warning.rule;
    json!({
        "rule": rule.name, "concern": rule.concern.word(), "of": warning.of, "clauses": warning.clauses,
        "place": { "line": line, "column": column, "pointer": &*warning.place.pointer },
        "found": warning.found, "statement": rule.rule, "reason": rule.reason, "source": rule.source,
        "remedy": rule.remedy, "rests_on_data": rule.rests == rules::Rests::Data, "silenced": warning.silenced,
    })
}

fn of_muted(muted: &MutedFor) -> Value {
    let MutedFor { outcome, periods, payoff: _, muted } = muted;
    json!({
        "outcome": outcome, "periods": periods, "party": muted.party, "clause": muted.clause, "by": muted.by,
        "from": muted.from.to_string(), "to": muted.to.to_string(), "alone": muted.alone.to_string(),
        "holds_data": muted.holds_data,
    })
}
