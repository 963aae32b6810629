//! How a statement is shown: text for people, JSON for tools, CSV for spreadsheets.
//!
//! Nothing is worked out here beyond sums of lines; every amount is exact and printed in full.

pub mod csv;
mod figures;
mod holders;
pub mod json;
mod lines;
mod overview;
pub mod parts;
mod pieces;
mod sections;
pub mod table;
pub mod text;
mod totals;

use carepact::statement::{DataStatus, PositionLine, Totals};
use carepact::{Exact, Mode, Model, Statement};

/// An amount with its thousands separated and the places of the currency.
fn money(of: &dyn HasModel, amount: &Exact) -> String {
    amount.grouped(places(of.model()))
}

/// An amount as tools read it.
fn plain(of: &dyn HasModel, amount: &Exact) -> String {
    amount.plain(places(of.model()))
}

/// Most places of a figure that is written as it is.
const FIGURE_PLACES_MAX: usize = 15;

/// Places of a figure that cannot be written as it is.
const FIGURE_PLACES: u32 = 12;

/// A figure as tools read it: as it is where it has a finite decimal that is not too long, else
/// rounded half away from zero.
fn decimal(value: &Exact) -> String {
    match value.decimal_places() {
        Some(places) if places <= FIGURE_PLACES_MAX => value.to_string(),
        Some(_) | None => value.rounded(&Exact::scaled(1, FIGURE_PLACES), Mode::HalfAway).to_string(),
    }
}

fn places(model: &Model) -> usize {
    usize::try_from(model.contract().minor_places).unwrap_or(0)
}

/// What is of a contract: a statement, or totals.
trait HasModel {
    fn model(&self) -> &Model;
}

impl HasModel for Model {
    fn model(&self) -> &Model {
        self
    }
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
fn data_status(totals: &Totals<'_>) -> DataStatus {
    [DataStatus::Provisional, DataStatus::Final]
        .into_iter()
        .find(|wanted| totals.lines().contains_key(wanted))
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
fn reference<'m>(model: &'m Model, clause: &str) -> Option<&'m str> {
    model.contract().document.root().get("clauses")?.get(clause)?.get("ref")?.text()
}

/// Members as in an id: members, then the holder.
fn member_ids<'s>(members: &'s [(String, String, String)], holder: Option<&'s str>) -> Vec<&'s str> {
    members.iter().map(|(_, member, _)| member.as_str()).chain(holder).collect()
}

/// The titles of members; nothing where a member has none of its own.
fn member_titles(members: &[(String, String, String)]) -> Vec<&str> {
    let own = members.iter().filter(|(_, member, title)| title != member);
    own.map(|(_, _, title)| title.as_str()).collect()
}

/// `emh Estuary Community and Mental Health Trust`
fn party_name(of: &dyn HasModel, id: &str) -> String {
    let parties = &of.model().contract().parties;
    let name = parties.iter().find(|party| party.id == id).map_or(id, |party| &party.name);
    if name == id { id.to_string() } else { format!("{id} {name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_they_are_or_rounded() {
        let of = |n: i128, d: i128| decimal(&Exact::ratio(n, d).unwrap());
        assert_eq!(of(1, 8), "0.125");
        assert_eq!(of(-7, 1), "-7");
        // 15 places are kept; 1/2 to the power of 16 has 16.
        assert_eq!(of(1, 32768), "0.000030517578125");
        assert_eq!(of(1, 65536), "0.000015258789");
        assert_eq!(of(2, 3), "0.666666666667");
        assert_eq!(of(-1, 3), "-0.333333333333");
    }
}
