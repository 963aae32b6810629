//! How a statement is shown: text for people, JSON for tools, CSV for spreadsheets.
//!
//! Nothing is worked out here beyond sums of lines; every amount is exact and printed in full.

pub mod csv;
mod figures;
pub mod json;
mod lines;
mod sections;
pub mod text;
mod totals;

use carepact::statement::{DataStatus, PositionLine, StatementLine, Totals};
use carepact::{Exact, Model, Statement};

/// An amount with its thousands separated and the places of the currency.
fn money(of: &dyn HasModel, amount: &Exact) -> String {
    amount.grouped(places(of.model()))
}

/// An amount as tools read it.
fn plain(of: &dyn HasModel, amount: &Exact) -> String {
    amount.plain(places(of.model()))
}

fn places(model: &Model) -> usize {
    usize::try_from(model.contract().minor_places).unwrap_or(0)
}

/// What is of a contract: a statement, or totals.
trait HasModel {
    fn model(&self) -> &Model;
}

impl HasModel for Statement<'_> {
    fn model(&self) -> &Model {
        Statement::model(self)
    }
}

impl HasModel for Totals<'_> {
    fn model(&self) -> &Model {
        Totals::model(self)
    }
}

/// The data behind the whole statement: provisional when one line is.
fn data_status(statement: &Statement<'_>) -> DataStatus {
    let status = |wanted: DataStatus| statement.lines().iter().any(|line| line.data == wanted);
    [DataStatus::Provisional, DataStatus::Final]
        .into_iter()
        .find(|wanted| status(*wanted))
        .unwrap_or(DataStatus::Agreed)
}

/// What a prime receives, pays and keeps on its own account, and what it passes through.
struct Position {
    lines: Vec<PositionLine>,
    receives: Exact,
    pays: Exact,
    passes_through: Exact,
}

impl Position {
    fn of(totals: &Totals<'_>, prime: &str) -> Position {
        let lines = totals.position(prime);
        let sum = |through: bool, sign: i32| -> Exact {
            let counted = |line: &&PositionLine| line.passes_through == through && line.amount.sign() == sign;
            lines.iter().filter(counted).map(|line| &line.amount).sum()
        };
        let (receives, pays, passes_through) = (sum(false, 1), -&sum(false, -1), sum(true, 1));
        Position { lines, receives, pays, passes_through }
    }

    fn keeps(&self) -> Exact {
        &self.receives - &self.pays
    }
}

/// The reference of a clause to the paper contract, when it has one.
fn reference<'s>(statement: &'s Statement<'_>, clause: &str) -> Option<&'s str> {
    statement.model().contract().document.root().get("clauses")?.get(clause)?.get("ref")?.text()
}

/// The members of a line as in its id: members, then the holder.
fn member_ids(line: &StatementLine) -> Vec<&str> {
    line.members.iter().map(|(_, member, _)| member.as_str()).chain(line.holder.as_deref()).collect()
}

/// The titles of the members of a line; nothing where a member has none of its own.
fn member_titles(line: &StatementLine) -> Vec<&str> {
    let own = line.members.iter().filter(|(_, member, title)| title != member);
    own.map(|(_, _, title)| title.as_str()).collect()
}

/// `emh Estuary Community and Mental Health Trust`
fn party_name(of: &dyn HasModel, id: &str) -> String {
    let parties = &of.model().contract().parties;
    let name = parties.iter().find(|party| party.id == id).map_or(id, |party| &party.name);
    if name == id { id.to_string() } else { format!("{id} {name}") }
}
