//! What is in a book: in short, the lines with where the parties stand, postings by month, payments.

use std::collections::BTreeMap;

use carepact::Exact;
use carepact_finance::book::{Book, LineName, Month, PostedLine, Stand, StatedLine};
use serde_json::{Value, json};

use super::arguments::{ListArguments, Listed};
use super::{open, refused};
use crate::answer::{Answer, Refusal};
use crate::arguments::Format;
use crate::table::Column::{Cut, Left, Right};
use crate::table::Table;

/// Lists what was asked for.
pub fn list(arguments: &ListArguments) -> Result<Answer, Refusal> {
    let book = open(&arguments.reading)?;
    let month = arguments.month.as_deref().map(Month::parse).transpose().map_err(refused)?;
    let (text, value) = match arguments.what {
        Listed::All => all(&book)?,
        Listed::Lines => lines(&book, arguments.statement)?,
        Listed::Postings => postings(&book, month.as_ref())?,
        Listed::Payments => payments(&book, month.as_ref())?,
    };
    Ok(match arguments.reading.format {
        Format::Text => Answer::fine(text),
        Format::Json => Answer::json(&value),
    })
}

/// `1,234.50` of `1234.5`, as it is where it is no number.
pub fn grouped(amount: &str) -> String {
    let places = amount.split_once('.').map_or(0, |(_, pence)| pence.len());
    Exact::parse(amount).map_or_else(|_| amount.to_string(), |exact| exact.grouped(places))
}

/// A payment as its file has it, with the pence that the file may lack.
fn pence(amount: &str) -> String {
    Exact::parse(amount).map_or_else(|_| amount.to_string(), |exact| exact.grouped(2))
}

fn section(out: &mut String, heading: &str, table: &Table) {
    out.push_str(&format!("\n{heading}\n{}\n{}", "-".repeat(heading.chars().count()), table.text()));
}

fn all(book: &Book) -> Result<(String, Value), Refusal> {
    let mut out = format!("{}\n", book.title().map_err(refused)?);
    let contracts = book.contracts().map_err(refused)?;
    let mut table = Table::new(&[Right, Cut, Left, Right]);
    table.row(["version", "file", "contract", "entry"]);
    for contract in &contracts {
        let numbers = [contract.version.to_string(), contract.entry.to_string()];
        table.row([&numbers[0], &contract.file, &contract.contract, &numbers[1]]);
    }
    section(&mut out, "Contract", &table);
    let sets = book.observation_sets().map_err(refused)?;
    let mut table = Table::new(&[Right, Left, Cut, Left, Right]);
    table.row(["set", "submission", "file", "received", "entry"]);
    for set in &sets {
        let numbers = [set.number.to_string(), set.entry.to_string()];
        table.row([&numbers[0], &set.submission, &set.file, &set.received, &numbers[1]]);
    }
    section(&mut out, "Observations", &table);
    let statements = statements(book, &mut out)?;
    let months = book.months().map_err(refused)?;
    let mut table = Table::new(&[Left, Left, Right]);
    table.row(["month", "state", "entry"]);
    for standing in &months {
        table.row([standing.month.as_str(), standing.state.words(), &standing.entry.to_string()]);
    }
    section(&mut out, "Months", &table);
    let payments = book.payments().map_err(refused)?;
    let amounts = payments.iter().filter_map(|payment| Exact::parse(&payment.payment.amount).ok());
    let total: Exact = amounts.sum();
    out.push_str(&format!("\nPayments: {}, {} in all\n", payments.len(), total.grouped(2)));
    let value = json!({
        "contracts": contracts.iter().map(|contract| json!({ "version": contract.version, "file": contract.file,
            "contract": contract.contract, "sha256": contract.hash, "entry": contract.entry })).collect::<Vec<_>>(),
        "observations": sets.iter().map(|set| json!({ "set": set.number, "submission": set.submission,
            "file": set.file, "received": set.received, "sha256": set.hash, "entry": set.entry })).collect::<Vec<_>>(),
        "statements": statements,
        "months": months.iter().map(|standing| json!({ "month": standing.month.as_str(),
            "state": standing.state.words(), "entry": standing.entry })).collect::<Vec<_>>(),
        "payments": { "count": payments.len(), "amount": total.plain(2) },
    });
    Ok((out, value))
}

fn statements(book: &Book, out: &mut String) -> Result<Vec<Value>, Refusal> {
    let statements = book.statements().map_err(refused)?;
    let mut table = Table::new(&[Right, Left, Left, Left, Cut, Cut, Left]);
    table.row(["statement", "period", "as of", "issued", "prepared by", "approved by", ""]);
    for record in &statements {
        let approved = record.approved.as_ref().map_or("–", |approval| &approval.by);
        let restates = (!record.restates.is_empty()).then(|| {
            let numbers: Vec<String> = record.restates.iter().map(ToString::to_string).collect();
            format!("restates {}", numbers.join(", "))
        });
        let period = record.period.as_deref().unwrap_or("years with data");
        let number = record.number.to_string();
        let restates = restates.unwrap_or_default();
        table.row([&number, period, &record.as_of, &record.at, &record.prepared_by, approved, &restates]);
    }
    section(out, "Statements", &table);
    let each = statements.iter().map(|record| {
        json!({ "statement": record.number, "period": record.period, "as_of": record.as_of, "at": record.at,
            "prepared_by": record.prepared_by, "contract": record.contract, "observations": record.observations,
            "approved": record.approved.as_ref().map(|approval| json!({ "by": approval.by, "at": approval.at })),
            "restates": record.restates, "restated_by": record.restated_by, "engine": record.engine,
            "text_sha256": record.text, "json_sha256": record.json, "entry": record.entry })
    });
    Ok(each.collect())
}

fn lines(book: &Book, statement: Option<i64>) -> Result<(String, Value), Refusal> {
    let record = book.statement(statement).map_err(refused)?;
    let lines = book.lines(record.number).map_err(refused)?;
    let stands: BTreeMap<LineName, Stand> = book.stands().map_err(refused)?;
    let mut table = Table::new(&[Left, Left, Right, Left, Right]);
    table.row(["line", "from → to", "amount", "", "payable"]);
    let mut each = Vec::new();
    for line in &lines {
        let stand = stands.get(&line.name());
        let payable = payable(line, stand);
        let state = stand.map_or("", |stand| stand.state.word());
        let between = format!("{} → {}", line.payer, line.payee);
        let shown = payable.as_deref().map_or("–".to_string(), grouped);
        table.row([&line.id, &between, &grouped(&line.amount), state, &shown]);
        if let Some(stand) = stand.filter(|stand| !stand.reason.is_empty()) {
            let until = stand.answer_by.as_ref().map_or(String::new(), |day| format!("; answer by {day}"));
            table.across(&format!("    {} of it: {}{until}", grouped(&stand.amount), stand.reason));
        }
        each.push(json!({ "line": line.id, "payer": line.payer, "payee": line.payee, "type": line.line_type,
            "period": line.period, "month": line.month, "amount": line.amount, "data": line.data,
            "due": line.due, "payable": payable,
            "state": stand.map(|stand| json!({ "state": stand.state.word(), "amount": stand.amount,
                "reason": stand.reason, "answer_by": stand.answer_by, "entry": stand.entry })) }));
    }
    let out = format!("Lines of statement {}\n{}", record.number, table.text());
    Ok((out, json!({ "statement": record.number, "lines": each })))
}

/// What of a line is payable: all of it unless a part is held back; nothing of what other lines pay.
fn payable(line: &StatedLine, stand: Option<&Stand>) -> Option<String> {
    let places = line.amount.split_once('.').map_or(0, |(_, pence)| pence.len());
    let left = stand.filter(|stand| stand.state.holds_back()).and_then(|stand| stand.payable(&line.amount));
    line.payable.then(|| left.map_or_else(|| line.amount.clone(), |left| left.plain(places)))
}

fn postings(book: &Book, month: Option<&Month>) -> Result<(String, Value), Refusal> {
    let posted = book.postings(month).map_err(refused)?;
    let mut by_month: BTreeMap<(&str, i64, &str), (usize, Exact)> = BTreeMap::new();
    let mut out = String::new();
    if month.is_some() {
        let mut table = Table::new(&[Left, Left, Right, Left, Right]);
        table.row(["line", "from → to", "statement", "", "amount"]);
        for posted in &posted {
            let between = format!("{} → {}", posted.posting.payer, posted.posting.payee);
            let (number, amount) = (posted.statement.to_string(), grouped(&posted.posting.amount));
            table.row([&posted.posting.id, &between, &number, posted.posting.posting_type.words(), &amount]);
        }
        out.push_str(&table.text());
        section(&mut out, "Net", &net_table(&posted));
    } else {
        for posted in &posted {
            let posting = &posted.posting;
            let key = (posting.month.as_str(), posted.statement, posting.posting_type.words());
            let (count, sum) = by_month.entry(key).or_insert((0, Exact::ZERO));
            *count += 1;
            *sum = &*sum + &Exact::parse(&posting.amount).unwrap_or(Exact::ZERO);
        }
        let mut table = Table::new(&[Left, Right, Left, Right, Right]);
        table.row(["month", "statement", "", "postings", "sum"]);
        for ((month, statement, words), (count, sum)) in &by_month {
            table.row([*month, &statement.to_string(), *words, &count.to_string(), &sum.grouped(2)]);
        }
        out.push_str(&table.text());
    }
    let each = posted.iter().map(|posted| {
        let posting = &posted.posting;
        json!({ "statement": posted.statement, "line": posting.id, "payer": posting.payer, "payee": posting.payee,
            "type": posting.posting_type.words(), "month": posting.month, "amount": posting.amount })
    });
    let value = json!({ "postings": each.collect::<Vec<_>>() });
    Ok((out, value))
}

/// What one of two parties owes the other when everything posted is taken together.
fn net(posted: &[PostedLine]) -> Vec<(&str, &str, Exact)> {
    let mut pairs: Vec<(&str, &str, Exact)> = Vec::new();
    for posting in posted.iter().map(|posted| &posted.posting) {
        let amount = Exact::parse(&posting.amount).unwrap_or(Exact::ZERO);
        let (payer, payee) = (posting.payer.as_str(), posting.payee.as_str());
        if let Some(pair) = pairs.iter_mut().find(|pair| (pair.0, pair.1) == (payer, payee)) {
            pair.2 = &pair.2 + &amount;
        } else if let Some(pair) = pairs.iter_mut().find(|pair| (pair.0, pair.1) == (payee, payer)) {
            pair.2 = &pair.2 - &amount;
        } else {
            pairs.push((payer, payee, amount));
        }
    }
    for pair in pairs.iter_mut().filter(|pair| pair.2.sign() < 0) {
        *pair = (pair.1, pair.0, -&pair.2);
    }
    pairs
}

fn net_table(posted: &[PostedLine]) -> Table {
    let pence = |line: &PostedLine| line.posting.amount.split_once('.').map_or(0, |(_, pence)| pence.len());
    let places = posted.first().map_or(0, pence);
    let mut table = Table::new(&[Left, Right]);
    for (payer, payee, amount) in net(posted) {
        table.row([&format!("{payer} → {payee}"), &amount.grouped(places)]);
    }
    table
}

fn payments(book: &Book, month: Option<&Month>) -> Result<(String, Value), Refusal> {
    let payments = book.payments().map_err(refused)?;
    let asked = payments.iter().filter(|payment| month.is_none_or(|month| month.as_str() == payment.month));
    let mut table = Table::new(&[Right, Left, Cut, Left, Right, Left]);
    table.row(["payment", "paid", "reference", "from → to", "amount", "posted in"]);
    let mut each = Vec::new();
    for payment in asked {
        let paid = &payment.payment;
        let between = format!("{} → {}", paid.payer, paid.payee);
        let number = payment.number.to_string();
        table.row([&number, &paid.paid, &paid.reference, &between, &pence(&paid.amount), &payment.month]);
        each.push(json!({ "payment": payment.number, "file": payment.file, "row": paid.row,
            "reference": paid.reference, "date": paid.paid, "payer": paid.payer, "payee": paid.payee,
            "amount": paid.amount, "month": payment.month, "note": paid.note, "entry": payment.entry }));
    }
    Ok((table.text(), json!({ "payments": each })))
}
