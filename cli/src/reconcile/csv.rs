//! A reconciliation for spreadsheets: one row for each amount due, then one for each payment without one.

use std::collections::BTreeMap;

use carepact_finance::attribution::Cause;
use carepact_finance::reconcile::finding::FindingKind;
use carepact_finance::reconcile::matching::Match;

use super::Report;
use crate::statement::csv::{rows, text};

const HEADINGS: [&str; 25] = [
    "line",
    "clause",
    "type",
    "period",
    "payer",
    "payee",
    "due_on",
    "due",
    "expected",
    "paid",
    "difference",
    "population",
    "price",
    "performance",
    "data_restatement",
    "state",
    "reason",
    "contested",
    "withheld",
    "payable_now",
    "matched",
    "findings",
    "payment_files",
    "payment_rows",
    "currency",
];

/// The reconciliation as CSV.
pub fn csv(report: &Report<'_>) -> String {
    let matching = &report.found.matching;
    let mut by_due: BTreeMap<u32, &Match> = BTreeMap::new();
    for found in &matching.matches {
        found.dues.iter().for_each(|at| {
            by_due.insert(*at, found);
        });
    }
    let mut of_due: BTreeMap<u32, Vec<FindingKind>> = BTreeMap::new();
    let mut of_payment: BTreeMap<u32, Vec<FindingKind>> = BTreeMap::new();
    for finding in &report.found.findings {
        // A double is told at the payment; the line that it repeats is paid.
        if finding.repeats.is_none() {
            finding.dues.iter().for_each(|at| of_due.entry(*at).or_default().push(finding.kind));
        }
        finding.payments.iter().for_each(|at| of_payment.entry(*at).or_default().push(finding.kind));
    }
    let count = u32::try_from(report.found.dues.len()).unwrap_or(u32::MAX);
    let lines = (0..count).map(|at| {
        let kinds = of_due.get(&at).map_or(&[][..], Vec::as_slice);
        due_row(report, at, (by_due.get(&at).copied(), kinds))
    });
    let doubled = matching.doubles.iter().map(|(payment, _)| *payment);
    let mut alone: Vec<u32> = doubled.chain(matching.unmatched.iter().copied()).collect();
    alone.sort_unstable();
    let alone = alone.into_iter().map(|at| {
        let kinds = of_payment.get(&at).map_or(&[][..], Vec::as_slice);
        payment_row(report, at, kinds)
    });
    let headings = HEADINGS.map(str::to_string).to_vec();
    String::from_utf8_lossy(&rows([headings].into_iter().chain(lines).chain(alone))).into_owned()
}

fn words(kinds: &[FindingKind]) -> String {
    kinds.iter().map(|kind| kind.words()).collect::<Vec<_>>().join("; ")
}

fn due_row(report: &Report<'_>, at: u32, (found, kinds): (Option<&Match>, &[FindingKind])) -> Vec<String> {
    let (due, place) = (report.due(at), at as usize);
    let (paid, payable) = (report.found.variance.paid[place], &report.found.payable[place]);
    let payments = || found.into_iter().flat_map(|found| &found.payments).map(|at| report.payment(*at));
    let mut files: Vec<&str> = payments().map(|payment| report.file(payment)).collect();
    files.dedup();
    let reason = report.found.states[place].as_ref().map_or("", |state| state.reason.as_str());
    let mut cells = vec![
        text(&due.line),
        text(&due.clause),
        due.line_type.words().to_string(),
        report.period(Some(due.period)),
        text(report.party(due.payer)),
        text(report.party(due.payee)),
        due.day.to_string(),
        report.plain(due.amount),
        report.plain(due.expected),
        report.plain(paid),
        report.plain(due.amount - paid),
    ];
    cells.extend(Cause::ALL.map(|cause| report.plain(due.causes[cause as usize])));
    cells.extend([
        report.state(at).word().to_string(),
        text(reason),
        report.plain(payable.contested),
        report.plain(payable.withheld),
        report.plain(payable.now),
        found.map_or("", |found| found.how.words()).to_string(),
        words(kinds),
        text(&files.join(" ")),
        payments().map(|payment| payment.row.to_string()).collect::<Vec<_>>().join(" "),
        report.basis.model.contract().currency.clone(),
    ]);
    cells
}

fn payment_row(report: &Report<'_>, at: u32, kinds: &[FindingKind]) -> Vec<String> {
    let payment = report.payment(at);
    let own = |heading: &str| match heading {
        "period" => report.period(payment.period),
        "payer" => text(report.party(payment.payer)),
        "payee" => text(report.party(payment.payee)),
        "due" => report.plain(0),
        "paid" => report.plain(payment.amount),
        "difference" => report.plain(-payment.amount),
        "findings" => words(kinds),
        "payment_files" => text(report.file(payment)),
        "payment_rows" => payment.row.to_string(),
        "currency" => report.basis.model.contract().currency.clone(),
        _ => String::new(),
    };
    HEADINGS.iter().map(|heading| own(heading)).collect()
}
