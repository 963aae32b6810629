//! Totals of a statement as text: clauses, parties, the position of primes, control totals.

use std::collections::BTreeSet;

use carepact::statement::{ClauseTotal, LineType};
use carepact::{Exact, Statement};

use super::{Position, money, party_name};
use crate::table::Column::{Cut, Left, Right};
use crate::table::Table;

/// What each clause comes to.
pub fn clauses(statement: &Statement<'_>) -> String {
    let mut table = Table::new(&[Left, Cut, Left, Right, Right, Right]);
    table.row(["", "", "from → to", "entitlement", "on account", "settlement"]);
    for total in statement.clause_totals() {
        let on_account = pays_on_account(statement, &total);
        let show = |amount: &Exact| if on_account { money(statement, amount) } else { String::new() };
        table.cells(vec![
            total.clause.clone(),
            title(&total),
            flow(statement, &total.clause),
            money(statement, &total.entitlement),
            show(&total.on_account),
            show(&total.settlement),
        ]);
    }
    table.text()
}

/// Where nothing is paid on account there is nothing to settle either.
fn pays_on_account(statement: &Statement<'_>, total: &ClauseTotal) -> bool {
    let mut lines = statement.lines().iter();
    lines.any(|line| {
        (line.clause.as_str(), line.status) == (total.clause.as_str(), total.status)
            && line.line_type != LineType::Entitlement
    })
}

/// Between whom the lines of a clause flow: `icb → emh`, or `icb → 5 parties`.
fn flow(statement: &Statement<'_>, clause: &str) -> String {
    let lines = || statement.lines().iter().filter(|line| line.clause == clause);
    let side = |parties: BTreeSet<&str>| match parties.first() {
        Some(party) if parties.len() == 1 => (*party).to_string(),
        Some(_) | None => format!("{} parties", parties.len()),
    };
    let payers = side(lines().map(|line| line.payer.as_str()).collect());
    let payees = side(lines().map(|line| line.payee.as_str()).collect());
    format!("{payers} → {payees}")
}

fn title(total: &ClauseTotal) -> String {
    let title = if total.title == total.clause { total.kind } else { &total.title };
    match total.status {
        "live" => title.to_string(),
        status => format!("({status}: not counted) {title}"),
    }
}

/// What each party receives and pays.
pub fn parties(statement: &Statement<'_>) -> String {
    let mut table = Table::new(&[Left, Cut, Right, Right, Right]);
    if statement.lines().iter().any(|line| line.through.is_some()) {
        table.across("what a prime only passes on is not counted as its own");
    }
    table.row(["", "", "received", "paid", "net"]);
    let totals = statement.party_totals();
    for total in &totals {
        let name = if total.name == total.party { String::new() } else { total.name.clone() };
        let [received, paid, net] =
            [&total.received, &total.paid, &total.net()].map(|amount| money(statement, amount));
        table.cells(vec![total.party.clone(), name, received, paid, net]);
    }
    table.rule();
    let received: Exact = totals.iter().map(|total| &total.received).sum();
    let paid: Exact = totals.iter().map(|total| &total.paid).sum();
    let [received, paid, net] =
        [&received, &paid, &(&received - &paid)].map(|amount| money(statement, amount));
    table.row(["", "", &received, &paid, &net]);
    table.text()
}

/// What a prime receives, pays and keeps on its own account, and what it passes through.
pub fn position(statement: &Statement<'_>, prime: &str) -> String {
    let position = Position::of(statement, prime);
    let mut table = Table::new(&[Left, Cut, Left, Right, Right]);
    table.row(["", "", "", "receives", "pays"]);
    add_lines(statement, &position, false, &mut table);
    table.rule();
    let [receives, pays, keeps, through] =
        [&position.receives, &position.pays, &position.keeps(), &position.passes_through]
            .map(|amount| money(statement, amount));
    table.row(["", "on its own account", "", &receives, &pays]);
    table.row(["", "keeps", "", &keeps, ""]);
    if position.lines.iter().any(|line| line.passes_through) {
        table.across("");
        table.across("passes on for others");
        add_lines(statement, &position, true, &mut table);
        table.rule();
        table.row(["", "in and out", "", &through, &through]);
    }
    table.text()
}

fn add_lines(statement: &Statement<'_>, position: &Position, through: bool, table: &mut Table) {
    for line in position.lines.iter().filter(|line| line.passes_through == through) {
        if line.amount.is_zero() {
            continue;
        }
        let (preposition, amounts) = if line.amount.sign() > 0 {
            ("from", [money(statement, &line.amount), String::new()])
        } else {
            ("to", [String::new(), money(statement, &line.amount.abs())])
        };
        let [receives, pays] = amounts;
        let other = format!("{preposition} {}", line.other);
        table.cells(vec![line.clause.clone(), clause_title(statement, &line.clause), other, receives, pays]);
    }
}

fn clause_title(statement: &Statement<'_>, clause: &str) -> String {
    let clauses = &statement.model().contract().clauses;
    let title = clauses.iter().find(|known| known.id == clause).and_then(|known| known.title.clone());
    title.unwrap_or_default()
}

/// The heading of a prime's position.
pub fn position_heading(statement: &Statement<'_>, prime: &str) -> String {
    format!("Position of {}", party_name(statement, prime))
}

/// Totals that must be zero, shown to be.
pub fn controls(statement: &Statement<'_>) -> String {
    let mut table = Table::new(&[Left, Right]);
    for control in statement.controls() {
        table.row([control.what, &money(statement, &control.amount)]);
    }
    table.text()
}
