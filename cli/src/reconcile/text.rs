//! A reconciliation as text for people.

use std::collections::BTreeMap;

use carepact::contract::Origin;
use carepact_finance::reconcile::finding::{Finding, FindingKind};
use carepact_finance::reconcile::matching::{How, SUBSET_LINES_MAX, SUBSET_SIZE_MAX};
use carepact_finance::reconcile::states::State;
use carepact_finance::reconcile::variance::{Amounts, Part};

use super::Report;
use crate::answer::plural;
use crate::table::Column::{Cut, Left, Right};
use crate::table::{PAGE, Table, wrapped};

/// Findings of a kind that are listed one by one.
const LISTED_MAX: usize = 20;

/// Rows by period that are listed.
const PERIODS_MAX: usize = 60;

/// Everything.
pub fn text(report: &Report<'_>) -> String {
    let mut out = head(report);
    add(&mut out, "Due and paid, by parties and period", &by_period(report));
    add(&mut out, "Why due and paid differ", &parts(report));
    add(&mut out, "Findings", &findings(report));
    add(&mut out, "States of lines", &states(report));
    add(&mut out, &format!("Payable on {}", report.at()), &payable(report));
    add(&mut out, "How payments were matched", &how(report));
    if report.arguments.matches {
        add(&mut out, "Matches", &matches(report));
    }
    out
}

fn add(out: &mut String, heading: &str, body: &str) {
    if !body.is_empty() {
        out.push_str(&format!("\n{heading}\n{}\n{body}", "-".repeat(heading.chars().count())));
    }
}

fn head(report: &Report<'_>) -> String {
    let contract = report.basis.model.contract();
    let synthetic = if contract.origin == Origin::Synthetic { " (SYNTHETIC)" } else { "" };
    let ignored = match report.found.payments.ignored {
        0 => String::new(),
        count => format!("; {} of other parties left out", plural(count, "row")),
    };
    let later = match report.found.payments.later {
        0 => String::new(),
        count => format!("; {} after {} left out", plural(count, "payment"), report.settings.at),
    };
    let references = match report.found.payments.references_not_people {
        0 => String::new(),
        count => format!(
            "; {} with the check digit of an NHS number read, as they are said not to be people",
            plural(count, "reference")
        ),
    };
    let held = format!(
        "{} of {}, held against {} due on {}{ignored}{later}{references}. Amounts up to {} apart count as the same.",
        plural(report.found.payments.list.len(), "payment"),
        report.paid_in,
        plural(report.found.dues.len(), "amount"),
        report.basis.due_on,
        report.grouped(report.settings.tolerance),
    );
    let periods = report.basis.attribution.periods.join(", ");
    let mut out = format!(
        "Reconciliation of {periods}: {}{synthetic}\n\n{}\n",
        contract.title,
        wrapped(&held, PAGE, 0)
    );
    if !report.basis.attribution.changed.is_empty() {
        let causes: Vec<&str> = report.basis.attribution.changed.iter().map(|cause| cause.words()).collect();
        let changed = format!(
            "What payments were based on has changed since, by {}; {} were made to tell the causes apart{}.",
            causes.join(", "),
            plural(report.basis.attribution.statements, "statement"),
            match report.basis.attribution.unplanned {
                0 => String::new(),
                count => format!(
                    ", and {} without an expected value count as they are now",
                    plural(count, "figure")
                ),
            }
        );
        out.push_str(&format!("{}\n", wrapped(&changed, PAGE, 0)));
    }
    out
}

fn arrow(report: &Report<'_>, parties: (u32, u32)) -> String {
    format!("{} → {}", report.party(parties.0), report.party(parties.1))
}

fn by_period(report: &Report<'_>) -> String {
    let rows = &report.found.variance.rows;
    let mut table = Table::new(&[Left, Left, Right, Right, Right]);
    table.row(["", "", "due", "paid", "difference"]);
    let money = |amounts: &Amounts| {
        [amounts.due, amounts.paid, amounts.difference()].map(|amount| report.grouped(amount))
    };
    let several = rows.len() <= PERIODS_MAX;
    for group in rows.chunk_by(|a, b| (a.payer, a.payee) == (b.payer, b.payee)) {
        let parties = arrow(report, (group[0].payer, group[0].payee));
        let mut total = Amounts::default();
        for (at, row) in group.iter().enumerate() {
            total.add(&row.amounts);
            if several {
                let period = row.period.map_or("no period".to_string(), |period| report.period(Some(period)));
                let [due, paid, difference] = money(&row.amounts);
                table.row([if at == 0 { &parties } else { "" }, &period, &due, &paid, &difference]);
            }
        }
        let [due, paid, difference] = money(&total);
        if !several {
            table.row([&parties, "", &due, &paid, &difference]);
        } else if group.len() > 1 {
            table.rule();
            table.row(["", "in all", &due, &paid, &difference]);
        }
    }
    table.text()
}

fn parts(report: &Report<'_>) -> String {
    let mut pairs: BTreeMap<(u32, u32), Amounts> = BTreeMap::new();
    for row in &report.found.variance.rows {
        pairs.entry((row.payer, row.payee)).or_default().add(&row.amounts);
    }
    let mut table = Table::new(&[Left, Left, Right]);
    for (parties, amounts) in pairs {
        let names = arrow(report, parties);
        let told = Part::ALL.iter().zip(amounts.parts).filter(|(_, amount)| *amount != 0);
        let told: Vec<_> = told.collect();
        for (at, (part, amount)) in told.iter().enumerate() {
            table.row([if at == 0 { &names } else { "" }, part.words(), &report.grouped(*amount)]);
        }
        if told.len() > 1 {
            table.rule();
            table.row(["", "due less paid", &report.grouped(amounts.difference())]);
        }
    }
    let text = table.text();
    if text.is_empty() { "Nothing differs between two parties over all periods.\n".to_string() } else { text }
}

fn findings(report: &Report<'_>) -> String {
    let mut out = String::new();
    for kind in FindingKind::ALL {
        let found: Vec<&Finding> =
            report.found.findings.iter().filter(|finding| finding.kind == kind).collect();
        if found.is_empty() {
            continue;
        }
        out.push_str(&format!("{} ({}): {}\n", kind.words(), found.len(), kind.remedy()));
        if kind.is_note() && !report.arguments.matches {
            continue;
        }
        for finding in found.iter().take(LISTED_MAX) {
            out.push_str(&format!("  {}\n", wrapped(&sentence(report, finding), PAGE - 2, 6)));
        }
        if found.len() > LISTED_MAX {
            out.push_str(&format!("  and {} more, which --format csv lists\n", found.len() - LISTED_MAX));
        }
    }
    if out.is_empty() { "None.\n".to_string() } else { out }
}

/// `icb → emh 24,955,200.00: payments.csv row 5, paid 2026-05-18 for 2026-05; due 2026-06 on 2026-06-15,
/// core:…`.
fn sentence(report: &Report<'_>, finding: &Finding) -> String {
    let direction = (finding.payer, finding.payee);
    let mut said: Vec<String> =
        finding.payments.iter().take(3).map(|at| paid(report, *at, direction)).collect();
    if let Some(first) = finding.repeats {
        said.push(format!("repeats row {}", report.payment(first).row));
    } else if let Some(first) = finding.dues.first() {
        let due = report.due(*first);
        let more = match finding.dues.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        said.push(format!("due for {} on {}: {}{more}", report.period(Some(due.period)), due.day, due.line));
    }
    let amount = report.grouped(finding.amount);
    format!("{} {amount}: {}", arrow(report, direction), said.join("; "))
}

fn paid(report: &Report<'_>, at: u32, direction: (u32, u32)) -> String {
    let payment = report.payment(at);
    let period =
        payment.period.map_or(String::new(), |period| format!(" for {}", report.period(Some(period))));
    let parties = (payment.payer, payment.payee);
    let amount = if parties == direction {
        String::new()
    } else {
        format!(" {} {}", arrow(report, parties), report.grouped(payment.amount))
    };
    format!("{} row {},{amount} paid {}{period}", report.file(payment), payment.row, payment.date)
}

fn states(report: &Report<'_>) -> String {
    let mut table = Table::new(&[Left, Left, Left, Right, Left, Cut]);
    for (at, state) in report.said() {
        let due = report.due(at);
        let payable = &report.found.payable[at as usize];
        let amount = match state.state {
            State::Contested => payable.contested,
            State::Withheld => payable.withheld,
            State::Open | State::Agreed | State::Settled => due.amount,
        };
        let until = state.resolve_by.map_or(String::new(), |by| {
            let passed = if by < report.at() { ", passed" } else { "" };
            format!("resolve by {by}{passed}")
        });
        let late = if state.late { "raised after the days to contest; " } else { "" };
        let reason = format!("{late}{}", state.reason);
        table.row([
            &due.line,
            &arrow(report, (due.payer, due.payee)),
            state.state.word(),
            &report.grouped(amount),
            &until,
            &reason,
        ]);
    }
    let mut out = table.text();
    if let Some(by) = report.settings.deadlines.contest_by() {
        let passed = report.at() > by;
        let words = if passed { "and so are agreed" } else { "and are open until then" };
        out.push_str(&format!("Other lines could be contested until {by} {words}.\n"));
    }
    out
}

fn payable(report: &Report<'_>) -> String {
    let mut table = Table::new(&[Left, Right, Right, Right, Right, Right, Right]);
    table.row(["", "outstanding", "contested", "withheld", "not due yet", "settled", "payable now"]);
    let mut any = false;
    for (parties, payable) in report.payable() {
        let amounts = [
            payable.outstanding,
            payable.contested,
            payable.withheld,
            payable.later,
            payable.closed,
            payable.now,
        ];
        if amounts.iter().any(|amount| *amount != 0) {
            any = true;
            let mut cells = vec![arrow(report, parties)];
            cells.extend(amounts.map(|amount| report.grouped(amount)));
            table.cells(cells);
        }
    }
    let doubled = report.found.matching.doubles.iter().map(|(payment, _)| *payment);
    let wrong = report.found.matching.matches.iter().filter(|found| found.how == How::OtherParty);
    let wrong = wrong.flat_map(|found| found.payments.iter().copied());
    let error: Vec<u32> =
        doubled.chain(report.found.matching.unmatched.iter().copied()).chain(wrong).collect();
    let mut out = if any { table.text() } else { "Nothing.\n".to_string() };
    if !error.is_empty() {
        let mut sums: BTreeMap<(u32, u32), i64> = BTreeMap::new();
        for at in error {
            let payment = report.payment(at);
            *sums.entry((payment.payer, payment.payee)).or_default() += payment.amount;
        }
        let told =
            sums.iter().map(|(parties, sum)| format!("{} {}", arrow(report, *parties), report.grouped(*sum)));
        let told = told.collect::<Vec<_>>().join(", ");
        out.push_str(&format!(
            "{}\n",
            wrapped(&format!("To be recovered besides, paid with nothing due: {told}."), PAGE, 0)
        ));
    }
    out
}

fn how(report: &Report<'_>) -> String {
    let mut counts: BTreeMap<How, (usize, usize)> = BTreeMap::new();
    let matching = &report.found.matching;
    for found in &matching.matches {
        let count = counts.entry(found.how).or_default();
        count.0 += found.payments.len();
        count.1 += found.dues.len();
    }
    let mut table = Table::new(&[Left, Right, Right]);
    table.row(["", "payments", "amounts due"]);
    for (how, (payments, dues)) in counts {
        table.row([how.words(), &payments.to_string(), &dues.to_string()]);
    }
    table.row(["repeats another", &matching.doubles.len().to_string(), ""]);
    table.row(["left over", &matching.unmatched.len().to_string(), &matching.unpaid.len().to_string()]);
    let mut out = table.text();
    if matching.not_searched > 0 {
        let said = format!(
            "In {} of two parties in a period there are more than {SUBSET_LINES_MAX} lines or payments left, so that \
             sums of up to {SUBSET_SIZE_MAX} of them were not tried.",
            plural(matching.not_searched, "group")
        );
        out.push_str(&format!("{}\n", wrapped(&said, PAGE, 0)));
    }
    out
}

fn matches(report: &Report<'_>) -> String {
    let mut table = Table::new(&[Cut, Left, Right, Left, Left]);
    for found in &report.found.matching.matches {
        let payments: Vec<String> =
            found.payments.iter().take(3).map(|at| report.payment(*at).row.to_string()).collect();
        let rows = format!("row {}", payments.join(", "));
        for (place, at) in found.dues.iter().enumerate() {
            let due = report.due(*at);
            let parties = arrow(report, (due.payer, due.payee));
            let (rows, how) = if place == 0 { (rows.as_str(), found.how.words()) } else { ("", "") };
            table.row([&due.line, &parties, &report.grouped(due.amount), rows, how]);
        }
    }
    table.text()
}
