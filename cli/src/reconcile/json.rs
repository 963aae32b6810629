//! A reconciliation as JSON for tools. Amounts are decimals in text.

use carepact_finance::attribution::Cause;
use carepact_finance::reconcile::finding::Finding;
use carepact_finance::reconcile::matching::Match;
use carepact_finance::reconcile::variance::{Part, Row};
use serde_json::{Map, Value, json};

use super::Report;

/// Everything.
pub fn json(report: &Report<'_>) -> Value {
    let (contract, found) = (report.basis.model.contract(), report.found);
    let matching = &found.matching;
    let all = |count: usize| (0..count).map(|at| u32::try_from(at).unwrap_or(u32::MAX));
    let payable = report.payable().into_iter().map(|((payer, payee), payable)| {
        json!({ "payer": report.party(payer), "payee": report.party(payee),
            "outstanding": report.plain(payable.outstanding), "contested": report.plain(payable.contested),
            "withheld": report.plain(payable.withheld), "not_due_yet": report.plain(payable.later),
            "settled": report.plain(payable.closed), "payable_now": report.plain(payable.now) })
    });
    json!({
        "contract": contract.id,
        "book": report.basis.book,
        "currency": contract.currency,
        "periods": report.basis.attribution.periods,
        "at": report.at().to_string(),
        "tolerance": report.plain(report.settings.tolerance),
        "causes": report.basis.attribution.changed.iter().map(|cause| cause.words()).collect::<Vec<_>>(),
        "figures_without_expected_value": report.basis.attribution.unplanned,
        "ignored_rows": found.payments.ignored,
        "later_payments": found.payments.later,
        "references_not_people": found.payments.references_not_people,
        "differs": found.differs(),
        "by_period": found.variance.rows.iter().map(|row| row_json(report, row)).collect::<Vec<_>>(),
        "findings": found.findings.iter().map(|finding| finding_json(report, finding)).collect::<Vec<_>>(),
        "matches": matching.matches.iter().map(|found| match_json(report, found)).collect::<Vec<_>>(),
        "unpaid": matching.unpaid.iter().map(|at| report.due(*at).line.clone()).collect::<Vec<_>>(),
        "unmatched": matching.unmatched.iter().map(|at| payment_json(report, *at)).collect::<Vec<_>>(),
        "groups_not_searched": matching.not_searched,
        "lines": all(found.dues.len()).map(|at| due_json(report, at)).collect::<Vec<_>>(),
        "payable": payable.collect::<Vec<_>>(),
    })
}

fn row_json(report: &Report<'_>, row: &Row) -> Value {
    let parts = Part::ALL.iter().zip(row.amounts.parts);
    let parts: Map<String, Value> =
        parts.map(|(part, amount)| (part.words().replace(' ', "_"), json!(report.plain(amount)))).collect();
    json!({ "payer": report.party(row.payer), "payee": report.party(row.payee),
        "period": row.period.map(|period| report.period(Some(period))), "due": report.plain(row.amounts.due),
        "paid": report.plain(row.amounts.paid), "difference": report.plain(row.amounts.difference()),
        "parts": parts })
}

fn finding_json(report: &Report<'_>, finding: &Finding) -> Value {
    json!({ "finding": finding.kind.words(), "note": finding.kind.is_note(),
        "payer": report.party(finding.payer), "payee": report.party(finding.payee),
        "amount": report.plain(finding.amount),
        "lines": finding.dues.iter().map(|at| leg_json(report, *at)).collect::<Vec<_>>(),
        "payments": finding.payments.iter().map(|at| payment_json(report, *at)).collect::<Vec<_>>(),
        "repeats": finding.repeats.map(|at| payment_json(report, at)), "remedy": finding.kind.remedy() })
}

fn match_json(report: &Report<'_>, found: &Match) -> Value {
    json!({ "how": found.how.words(), "as_expected": found.as_expected,
        "lines": found.dues.iter().map(|at| leg_json(report, *at)).collect::<Vec<_>>(),
        "payments": found.payments.iter().map(|at| payment_json(report, *at)).collect::<Vec<_>>() })
}

fn leg_json(report: &Report<'_>, at: u32) -> Value {
    let due = report.due(at);
    json!({ "line": due.line, "payer": report.party(due.payer), "payee": report.party(due.payee) })
}

fn payment_json(report: &Report<'_>, at: u32) -> Value {
    let payment = report.payment(at);
    json!({ "file": report.file(payment), "row": payment.row, "date": payment.date.to_string(),
        "payer": report.party(payment.payer), "payee": report.party(payment.payee),
        "amount": report.plain(payment.amount), "period": payment.period.map(|period| report.period(Some(period))),
        "reference": &*payment.reference, "purpose": &*payment.purpose })
}

fn due_json(report: &Report<'_>, at: u32) -> Value {
    let (due, place) = (report.due(at), at as usize);
    let payable = &report.found.payable[place];
    let causes: Map<String, Value> = Cause::ALL
        .iter()
        .map(|cause| (cause.words().replace(' ', "_"), json!(report.plain(due.causes[*cause as usize]))))
        .collect();
    let said = report.found.states[place].as_ref();
    json!({ "line": due.line, "clause": due.clause, "type": due.line_type.words(),
        "period": report.period(Some(due.period)), "payer": report.party(due.payer), "payee": report.party(due.payee),
        "due": due.day.to_string(), "due_is_agreed": due.day_is_agreed, "data": due.data.word(),
        "amount": report.plain(due.amount), "expected": report.plain(due.expected), "causes": causes,
        "paid": report.plain(report.found.variance.paid[place]), "state": report.state(at).word(),
        "reason": said.map(|state| state.reason.clone()),
        "resolve_by": said.and_then(|state| state.resolve_by).map(|day| day.to_string()),
        "contested": report.plain(payable.contested), "withheld": report.plain(payable.withheld),
        "payable_now": report.plain(payable.now) })
}
