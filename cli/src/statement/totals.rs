//! Totals of a statement as text: clauses, parties, the position of primes, control totals.

use std::collections::BTreeSet;

use carepact::Exact;
use carepact::statement::{ClauseTotal, Totals};

use super::{Position, money, party_name};
use crate::table::Column::{Cut, Left, Right};
use crate::table::Table;

/// What each clause comes to.
pub fn clauses(totals: &Totals<'_>) -> String {
    let mut table = Table::new(&[Left, Cut, Left, Right, Right, Right]);
    table.row(["", "", "from → to", "entitlement", "on account", "settlement"]);
    for total in totals.clauses() {
        // Where nothing is paid on account there is nothing to settle either.
        let on_account = total.pays_on_account;
        let show = |amount: &Exact| if on_account { money(totals, amount) } else { String::new() };
        table.cells(vec![
            total.clause.clone(),
            title(total),
            flow(total),
            money(totals, &total.entitlement),
            show(&total.on_account),
            show(&total.settlement),
        ]);
    }
    table.text()
}

/// Between whom the lines of a clause flow: `icb → emh`, or `icb → 5 parties`.
fn flow(total: &ClauseTotal) -> String {
    let side = |parties: &BTreeSet<String>| match parties.first() {
        Some(party) if parties.len() == 1 => party.clone(),
        Some(_) | None => format!("{} parties", parties.len()),
    };
    format!("{} → {}", side(&total.payers), side(&total.payees))
}

fn title(total: &ClauseTotal) -> String {
    let title = if total.title == total.clause { total.kind } else { &total.title };
    match total.status {
        "live" => title.to_string(),
        status => format!("({status}: not counted) {title}"),
    }
}

/// What each party receives and pays.
pub fn parties(totals: &Totals<'_>) -> String {
    let mut table = Table::new(&[Left, Cut, Right, Right, Right]);
    if totals.model().contract().clauses.iter().any(|clause| clause.through.is_some()) {
        table.across("what a prime only passes on is not counted as its own");
    }
    table.row(["", "", "received", "paid", "net"]);
    for total in totals.parties() {
        let name = if total.name == total.party { String::new() } else { total.name.clone() };
        let [received, paid, net] =
            [&total.received, &total.paid, &total.net()].map(|amount| money(totals, amount));
        table.cells(vec![total.party.clone(), name, received, paid, net]);
    }
    table.rule();
    let received: Exact = totals.parties().iter().map(|total| &total.received).sum();
    let paid: Exact = totals.parties().iter().map(|total| &total.paid).sum();
    let [received, paid, net] = [&received, &paid, &(&received - &paid)].map(|amount| money(totals, amount));
    table.row(["", "", &received, &paid, &net]);
    table.text()
}

/// What a prime receives, pays and keeps on its own account, and what it passes through.
pub fn position(totals: &Totals<'_>, prime: &str) -> String {
    let position = Position::of(totals, prime);
    let mut table = Table::new(&[Left, Cut, Left, Right, Right]);
    table.row(["", "", "", "receives", "pays"]);
    add_lines(totals, &position, false, &mut table);
    table.rule();
    let [receives, pays, keeps, through] =
        [&position.receives, &position.pays, &position.keeps(), &position.passes_through]
            .map(|amount| money(totals, amount));
    table.row(["", "on its own account", "", &receives, &pays]);
    table.row(["", "keeps", "", &keeps, ""]);
    if position.lines.iter().any(|line| line.passes_through) {
        table.across("");
        table.across("passes on for others");
        add_lines(totals, &position, true, &mut table);
        table.rule();
        table.row(["", "in and out", "", &through, &through]);
    }
    table.text()
}

fn add_lines(totals: &Totals<'_>, position: &Position, through: bool, table: &mut Table) {
    for line in position.lines.iter().filter(|line| line.passes_through == through) {
        if line.amount.is_zero() {
            continue;
        }
        let (preposition, amounts) = if line.amount.sign() > 0 {
            ("from", [money(totals, &line.amount), String::new()])
        } else {
            ("to", [String::new(), money(totals, &line.amount.abs())])
        };
        let [receives, pays] = amounts;
        let other = format!("{preposition} {}", line.other);
        table.cells(vec![line.clause.clone(), clause_title(totals, &line.clause), other, receives, pays]);
    }
}

fn clause_title(totals: &Totals<'_>, clause: &str) -> String {
    let clauses = &totals.model().contract().clauses;
    let title = clauses.iter().find(|known| known.id == clause).and_then(|known| known.title.clone());
    title.unwrap_or_default()
}

/// The heading of a prime's position.
pub fn position_heading(totals: &Totals<'_>, prime: &str) -> String {
    format!("Position of {}", party_name(totals, prime))
}

/// Totals that must be zero, shown to be.
pub fn controls(totals: &Totals<'_>) -> String {
    let mut table = Table::new(&[Left, Right]);
    for control in totals.controls() {
        table.row([control.what, &money(totals, &control.amount)]);
    }
    table.text()
}
