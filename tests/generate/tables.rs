//! Tables: single numbers, values by axes and years, schedules, and shares by party.

use super::measures::{axes, combinations};
use super::tape::Tape;
use super::tree::Tree;
use super::world::{Table, Unit, World, period_axis};

const MONEY: [&str; 6] = ["10", "0.5", "1234.565", "100", "3.335", "99999.99"];
const PURE: [&str; 8] = ["1", "50%", "0", "33.335%", "2.5", "0.125", "7", "-10%"];
const COUNTS: [&str; 4] = ["1", "12", "0", "250"];
const PRICES: [&str; 5] = ["1", "0.37", "142.37", "0", "33.335"];

pub fn number(unit: Unit, tape: &mut Tape<'_>) -> &'static str {
    match unit {
        Unit::Money if tape.chance(15) => "-250.01",
        Unit::Money => tape.word(&MONEY),
        Unit::Pure => tape.word(&PURE),
        Unit::Person | Unit::Item => tape.word(&COUNTS),
        Unit::PerPerson | Unit::PerPersonYear | Unit::PerItem | Unit::PerYear | Unit::PerDay => {
            tape.word(&PRICES)
        }
    }
}

/// One table of a single number for each unit: the constants that formulas fall back on.
pub fn constants(world: &World, tape: &mut Tape<'_>) -> Vec<Table> {
    let each = Unit::ALL.into_iter().map(|unit| {
        let text = format!("{} {}", number(unit, tape), unit.text(&world.currency));
        let json = Tree::text(text.trim());
        Table { name: unit.constant().to_string(), columns: vec![(None, unit)], by: Vec::new(), json }
    });
    each.collect()
}

pub fn table(world: &World, tape: &mut Tape<'_>) -> Table {
    let name = format!("t{}", world.tables.len());
    let mut by = axes(world, tape, 2);
    if by.is_empty() || tape.chance(40) {
        by.push(tape.word(&["year", "year", "quarter", "month", "term"]).to_string());
    }
    let by = tape.shuffled(&by);
    if tape.chance(30) { schedule(world, name, by, tape) } else { values(world, name, by, tape) }
}

fn schedule(world: &World, name: String, by: Vec<String>, tape: &mut Tape<'_>) -> Table {
    let count = 1 + tape.below(3);
    let units: Vec<Unit> = (0..count).map(|_| *tape.pick(&Unit::ALL)).collect();
    let columns: Vec<(Option<String>, Unit)> =
        units.iter().enumerate().map(|(i, unit)| (Some(format!("c{i}")), *unit)).collect();
    let heading = |(column, unit): &(Option<String>, Unit)| {
        let column = column.as_deref().unwrap_or_default();
        format!("{column} {}", unit.text(&world.currency)).trim().to_string()
    };
    let headings: Vec<String> = columns.iter().map(heading).collect();
    let mut leaf =
        |tape: &mut Tape<'_>| Tree::List(units.iter().map(|unit| Tree::text(number(*unit, tape))).collect());
    let rows = nested(world, &by, tape, false, &mut leaf);
    let json = vec![("by", Tree::texts(&by)), ("columns", Tree::texts(&headings)), ("rows", rows)];
    Table { name, columns, by, json: Tree::object(json) }
}

fn values(world: &World, name: String, by: Vec<String>, tape: &mut Tape<'_>) -> Table {
    let unit = *tape.pick(&Unit::ALL);
    let gaps = tape.chance(30);
    let mut leaf = |tape: &mut Tape<'_>| Tree::text(number(unit, tape));
    let values = nested(world, &by, tape, gaps, &mut leaf);
    let mut json = vec![("by", Tree::texts(&by)), ("values", values)];
    if unit != Unit::Pure {
        json.push(("unit", Tree::text(unit.text(&world.currency))));
    }
    if gaps {
        json.push(("else", Tree::text(number(unit, tape))));
    }
    Table { name, columns: vec![(None, unit)], by, json: Tree::object(json) }
}

type Leaf<'l> = &'l mut dyn FnMut(&mut Tape<'_>) -> Tree;

/// Values nested by axis: objects by member, lists in order, or ranges of periods.
pub fn nested(world: &World, by: &[String], tape: &mut Tape<'_>, gaps: bool, leaf: Leaf<'_>) -> Tree {
    let Some((axis, rest)) = by.split_first() else { return leaf(tape) };
    let members = world.members(axis);
    let as_list = rest.iter().all(|axis| period_axis(axis).is_none());
    if !gaps && as_list && period_axis(axis).is_none() && tape.chance(30) {
        return Tree::List(members.iter().map(|_| nested(world, rest, tape, gaps, leaf)).collect());
    }
    let keys = if period_axis(axis).is_some() { ranges(&members, tape) } else { members };
    let mut out = Vec::new();
    for key in keys {
        if !(gaps && tape.chance(40)) {
            out.push((key, nested(world, rest, tape, gaps, leaf)));
        }
    }
    Tree::object(out)
}

/// The periods one by one, or the rest of them as one range.
fn ranges(periods: &[String], tape: &mut Tape<'_>) -> Vec<String> {
    let single = tape.below(periods.len().min(3) + 1);
    let mut keys = periods[..single].to_vec();
    match (&periods[single..], tape.chance(50)) {
        ([], _) => {}
        ([first, .., last], true) => keys.push(format!("{first}..{last}")),
        ([_, ..], _) if single == 0 => keys.push(format!("..{}", periods[periods.len() - 1])),
        ([first, ..], _) => keys.push(format!("{first}..")),
    }
    keys
}

/// Shares that come to 100 %, some of them 0.
pub fn shares(parties: &[String], tape: &mut Tape<'_>) -> Vec<(String, Tree)> {
    let mut left = 10_000;
    let mut out = Vec::new();
    for (i, party) in parties.iter().enumerate() {
        let last = i + 1 == parties.len();
        let coarse = if tape.chance(50) { 1 } else { 1000 };
        let share = if last { left } else { tape.below(left / coarse + 1) * coarse };
        left -= share;
        out.push((party.clone(), Tree::text(format!("{}.{:02}%", share / 100, share % 100))));
    }
    out
}

/// A table of shares by party, and by an axis or the year before it.
pub fn share_table(
    world: &World,
    name: String,
    outer: &[String],
    parties: &[String],
    tape: &mut Tape<'_>,
) -> Table {
    let mut leaf = |tape: &mut Tape<'_>| Tree::Object(shares(parties, tape));
    let values = nested(world, outer, tape, false, &mut leaf);
    let by = [outer, &["party".to_string()]].concat();
    let members = vec![("by", Tree::texts(&by)), ("values", values), ("else", Tree::number(0))];
    let mut json = Tree::object(members);
    if tape.chance(50) && !combinations(world, outer).is_empty() {
        json.put("sum", Tree::text("100%"));
    }
    Table { name, columns: vec![(None, Unit::Pure)], by, json }
}
