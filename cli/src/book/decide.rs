//! What people decide: approvals, months that open and close, and where they stand on a line.

use carepact_finance::book::{LineState, Month, MonthState, Said};
use serde_json::json;

use super::arguments::{ApproveArguments, LineArguments, MonthArguments};
use super::list::grouped;
use super::{add, confirmed, open, refused, stamp};
use crate::answer::{Answer, Refusal};

/// Approves a statement.
pub fn approve(arguments: &ApproveArguments) -> Result<Answer, Refusal> {
    let reading = &arguments.writer.reading;
    let stamp = stamp(&arguments.writer)?;
    let entry = open(reading)?.approve(arguments.statement, &stamp).map_err(refused)?;
    let said = format!("statement {} is approved by {}", arguments.statement, stamp.by);
    Ok(Answer::fine(confirmed(reading, &entry, &said, json!({ "statement": arguments.statement }))))
}

/// Opens, closes or locks a month.
pub fn month(arguments: &MonthArguments, to: MonthState) -> Result<Answer, Refusal> {
    let reading = &arguments.writer.reading;
    let stamp = stamp(&arguments.writer)?;
    let month = Month::parse(&arguments.month).map_err(refused)?;
    let entry = open(reading)?.set_month(&month, to, arguments.reason.trim(), &stamp).map_err(refused)?;
    let said = format!("{month} is {}", to.words());
    Ok(Answer::fine(confirmed(
        reading,
        &entry,
        &said,
        json!({ "month": month.as_str(), "state": to.words() }),
    )))
}

/// Says where somebody stands on a line.
pub fn line(arguments: &LineArguments, state: LineState) -> Result<Answer, Refusal> {
    let reading = &arguments.writer.reading;
    let stamp = stamp(&arguments.writer)?;
    let mut book = open(reading)?;
    let answer_by = add::day(arguments.answer_by.as_deref())?;
    let (statement, line) = book.find_line(arguments.statement, &arguments.line).map_err(refused)?;
    let said = Said {
        state,
        amount: arguments.amount.as_deref(),
        reason: &arguments.reason,
        answer_by: answer_by.as_deref(),
    };
    let entry = book.say((statement, &line), said, &stamp).map_err(refused)?;
    let stand = book.stands().map_err(refused)?.remove(&line.name());
    let held = stand
        .as_ref()
        .filter(|_| state.holds_back())
        .map(|stand| format!(", {} of {}", grouped(&stand.amount), grouped(&line.amount)));
    let said = format!(
        "{} from {} to {} of statement {statement} is {}{}",
        line.id,
        line.payer,
        line.payee,
        state.word(),
        held.unwrap_or_default()
    );
    let more = json!({ "statement": statement, "line": line.id, "payer": line.payer, "payee": line.payee,
        "state": state.word(), "amount": stand.map(|stand| stand.amount) });
    Ok(Answer::fine(confirmed(reading, &entry, &said, more)))
}
