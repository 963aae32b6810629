//! What a restatement differs by, as text for people and JSON for tools: what changed, and each line with
//! the changes that caused it.

use std::collections::BTreeMap;

use carepact::contract::Contract;
use carepact_finance::book::Posting;
use carepact_finance::restatement::{RestatedLine, Restatement};
use serde_json::{Value, json};

use super::issue::named;
use crate::answer::plural;
use crate::table::{Column, Table};

/// The differences of a statement.
pub struct Differences {
    /// For people.
    pub text: String,
    /// For tools.
    pub json: Value,
}

/// What is posted by line.
type Posted<'p> = BTreeMap<(&'p str, &'p str, &'p str), &'p Posting>;

/// Lays the differences from an earlier statement out.
pub fn of(
    earlier: &[i64],
    restatement: &Restatement,
    postings: &[Posting],
    contract: &Contract,
) -> Differences {
    let posted: Posted<'_> =
        postings.iter().map(|posting| ((&*posting.id, &*posting.payer, &*posting.payee), posting)).collect();
    let places = usize::try_from(contract.minor_places).unwrap_or(0);
    let heading = |text: &str| format!("{text}\n{}\n", "-".repeat(text.chars().count()));
    let mut text = heading("What changed");
    text.push_str(&changes(restatement));
    text.push('\n');
    text.push_str(&heading(&format!("Differences from {}, in {}", named(earlier), contract.currency)));
    text.push_str(&lines(restatement, &posted, places));
    text.push('\n');
    text.push_str(&heading("Differences by clause"));
    text.push_str(&clauses(restatement, places));
    text.push('\n');
    Differences { text, json: as_json(restatement, &posted, places) }
}

fn changes(restatement: &Restatement) -> String {
    let mut out = String::new();
    if restatement.changes.is_empty() {
        out.push_str("nothing that moves a line that was stated before\n");
    }
    for (number, change) in (1..).zip(&restatement.changes) {
        out.push_str(&format!("{number:>3}  {}: {}\n", change.kind.word(), change.what));
        out.push_str(&format!("     from {}\n     to   {}\n", change.earlier, change.later));
    }
    out
}

fn lines(restatement: &Restatement, posted: &Posted<'_>, places: usize) -> String {
    let columns =
        [Column::Left, Column::Left, Column::Right, Column::Right, Column::Right, Column::Left, Column::Left];
    let mut table = Table::new(&columns);
    table.row(["line", "from → to", "stated before", "stated now", "difference", "posted in", "caused by"]);
    let amount =
        |amount: &Option<carepact::Exact>| amount.as_ref().map_or("–".to_string(), |a| a.grouped(places));
    for line in restatement.differing() {
        let posting = posted.get(&(&*line.id, &*line.payer, &*line.payee));
        table.cells(vec![
            line.id.clone(),
            format!("{} → {}", line.payer, line.payee),
            amount(&line.earlier),
            amount(&line.later),
            line.difference.grouped(places),
            posting.map_or("–".to_string(), |posting| format!("{} {}", posting.month, short(posting))),
            numbers(restatement, line),
        ]);
    }
    let new = restatement.lines.len() - restatement.differing().count();
    if new == restatement.lines.len() {
        return format!("none; {} stated for the first time\n", plural(new, "line"));
    }
    let mut out = table.text();
    if new > 0 {
        out.push_str(&format!("{} stated for the first time\n", plural(new, "line")));
    }
    out.push_str("prior: a prior-period adjustment; –: shown only, its settlement is posted\n");
    out
}

fn short(posting: &Posting) -> &'static str {
    if posting.posting_type.words() == "prior-period adjustment" { "prior" } else { "" }
}

/// `1, 3–5`
fn numbers(restatement: &Restatement, line: &RestatedLine) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in restatement.causes_of(line).iter().map(|cause| cause.change + 1) {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == number => *end = number,
            Some(_) | None => runs.push((number, number)),
        }
    }
    let run = |(start, end): &(usize, usize)| {
        if start == end { start.to_string() } else { format!("{start}–{end}") }
    };
    runs.iter().map(run).collect::<Vec<_>>().join(", ")
}

fn clauses(restatement: &Restatement, places: usize) -> String {
    let mut table = Table::new(&[Column::Left, Column::Right, Column::Right]);
    table.row(["", "entitlement", "posted"]);
    for (clause, entitlement, posted) in restatement.clauses() {
        table.row([clause, &entitlement.grouped(places), &posted.grouped(places)]);
    }
    table.text()
}

fn as_json(restatement: &Restatement, posted: &Posted<'_>, places: usize) -> Value {
    let changes = restatement.changes.iter().map(|change| {
        json!({ "kind": change.kind.word(), "what": change.what, "from": change.earlier, "to": change.later })
    });
    let plain = |amount: &Option<carepact::Exact>| amount.as_ref().map(|amount| amount.plain(places));
    let lines = restatement.lines.iter().map(|line| {
        let causes = restatement
            .causes_of(line)
            .iter()
            .map(|cause| json!({ "change": cause.change, "alone": plain(&cause.alone) }));
        let posting = posted.get(&(&*line.id, &*line.payer, &*line.payee));
        json!({ "type": "restatement", "of": line.line_type, "line": line.id, "payer": line.payer,
            "payee": line.payee, "clause": line.clause, "period": line.period,
            "before": plain(&line.earlier), "now": plain(&line.later),
            "amount": line.difference.plain(places),
            "posted": posting.map(|posting| json!({ "month": posting.month, "type": posting.posting_type.words() })),
            "causes": causes.collect::<Vec<_>>() })
    });
    let clauses = restatement.clauses().into_iter().map(|(clause, entitlement, posted)| {
        json!({ "clause": clause, "entitlement": entitlement.plain(places), "posted": posted.plain(places) })
    });
    json!({ "changes": changes.collect::<Vec<_>>(), "lines": lines.collect::<Vec<_>>(),
        "clauses": clauses.collect::<Vec<_>>() })
}
