//! What a restatement differs by, as text for people and JSON for tools: what changed, and each line with
//! the changes that caused it; in a book also where it is posted.

use std::collections::BTreeMap;

use carepact::contract::Contract;
use carepact_finance::book::Posting;
use carepact_finance::restatement::{RestatedLine, Restatement};
use serde_json::{Value, json};

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

fn by_line(postings: &[Posting]) -> Posted<'_> {
    postings.iter().map(|posting| ((&*posting.id, &*posting.payer, &*posting.payee), posting)).collect()
}

/// Lays the differences from an earlier statement out; without a book nothing is posted.
pub fn of(
    what: &str,
    restatement: &Restatement,
    postings: Option<&[Posting]>,
    contract: &Contract,
) -> Differences {
    let posted: Option<Posted<'_>> = postings.map(by_line);
    let posted = posted.as_ref();
    let places = usize::try_from(contract.minor_places).unwrap_or(0);
    let heading = |text: &str| format!("{text}\n{}\n", "-".repeat(text.chars().count()));
    let mut text = heading("What changed");
    text.push_str(&changes(restatement));
    text.push('\n');
    text.push_str(&heading(&format!("{what}, in {}", contract.currency)));
    text.push_str(&lines(restatement, posted, places));
    text.push('\n');
    text.push_str(&heading("Differences by clause"));
    text.push_str(&clauses(restatement, if posted.is_some() { "posted" } else { "payable" }, places));
    text.push('\n');
    Differences { text, json: as_json(restatement, posted, places) }
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

fn lines(restatement: &Restatement, posted: Option<&Posted<'_>>, places: usize) -> String {
    let new = restatement.lines.len() - restatement.differing().count();
    if restatement.lines.is_empty() {
        return "nothing differs\n".to_string();
    }
    if new == restatement.lines.len() {
        return format!("none; {} stated for the first time\n", plural(new, "line"));
    }
    let of_book = posted.is_some();
    let mut columns = vec![Column::Left, Column::Left, Column::Right, Column::Right, Column::Right];
    columns.extend([Column::Left, Column::Left].iter().skip(usize::from(!of_book)));
    let mut table = Table::new(&columns);
    let row = |table: &mut Table, cells: [String; 7]| {
        let [line, between, before, now, difference, posted, causes] = cells;
        let mut cells = vec![line, between, before, now, difference];
        cells.extend(of_book.then_some(posted));
        cells.push(causes);
        table.cells(cells);
    };
    let headings =
        ["line", "from → to", "stated before", "stated now", "difference", "posted in", "caused by"];
    row(&mut table, headings.map(str::to_string));
    let amount =
        |amount: &Option<carepact::Exact>| amount.as_ref().map_or("–".to_string(), |a| a.grouped(places));
    for line in restatement.differing() {
        let posting = posted.and_then(|posted| posted.get(&(&*line.id, &*line.payer, &*line.payee)));
        let posted =
            posting.map_or("–".to_string(), |posting| format!("{} {}", posting.month, short(posting)));
        let between = format!("{} → {}", line.payer, line.payee);
        let (before, now) = (amount(&line.earlier), amount(&line.later));
        let difference = line.difference.grouped(places);
        row(
            &mut table,
            [line.id.clone(), between, before, now, difference, posted, numbers(restatement, line)],
        );
    }
    let mut out = table.text();
    if new > 0 {
        out.push_str(&format!("{} stated for the first time\n", plural(new, "line")));
    }
    if of_book {
        out.push_str("prior: a prior-period adjustment; –: shown only, its settlement is posted\n");
    }
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

fn clauses(restatement: &Restatement, paid: &str, places: usize) -> String {
    let mut table = Table::new(&[Column::Left, Column::Right, Column::Right]);
    table.row(["", "entitlement", paid]);
    for (clause, entitlement, posted) in restatement.clauses() {
        table.row([clause, &entitlement.grouped(places), &posted.grouped(places)]);
    }
    table.text()
}

fn as_json(restatement: &Restatement, posted: Option<&Posted<'_>>, places: usize) -> Value {
    let changes = restatement.changes.iter().map(|change| {
        json!({ "kind": change.kind.word(), "what": change.what, "from": change.earlier, "to": change.later })
    });
    let plain = |amount: &Option<carepact::Exact>| amount.as_ref().map(|amount| amount.plain(places));
    let lines = restatement.lines.iter().map(|line| {
        let causes = restatement
            .causes_of(line)
            .iter()
            .map(|cause| json!({ "change": cause.change, "alone": plain(&cause.alone) }));
        let mut value = json!({ "type": "restatement", "of": line.line_type, "line": line.id,
            "payer": line.payer, "payee": line.payee, "clause": line.clause, "period": line.period,
            "before": plain(&line.earlier), "now": plain(&line.later),
            "amount": line.difference.plain(places), "causes": causes.collect::<Vec<_>>() });
        match posted {
            Some(posted) => {
                let posting = posted.get(&(&*line.id, &*line.payer, &*line.payee));
                value["posted"] = posting.map_or(
                    Value::Null,
                    |posting| json!({ "month": posting.month, "type": posting.posting_type.words() }),
                );
            }
            None => value["payable"] = json!(line.payable),
        }
        value
    });
    let paid = if posted.is_some() { "posted" } else { "payable" };
    let clauses = restatement.clauses().into_iter().map(|(clause, entitlement, amount)| {
        json!({ "clause": clause, "entitlement": entitlement.plain(places), paid: amount.plain(places) })
    });
    json!({ "changes": changes.collect::<Vec<_>>(), "lines": lines.collect::<Vec<_>>(),
        "clauses": clauses.collect::<Vec<_>>() })
}
