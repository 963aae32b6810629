//! Heads, parties and axes.

use carepact::Mode;
use carepact::calendar::{Calendar, Date, PeriodKind, days_in_month};

use super::avoid;
use super::tape::Tape;
use super::tree::Tree;
use super::world::{Axis, World};

const MODES: [(&str, Mode); 4] = [
    ("half_away", Mode::HalfAway),
    ("half_up", Mode::HalfUp),
    ("half_even", Mode::HalfEven),
    ("down", Mode::Down),
];
const CURRENCIES: [(&str, u32); 4] = [("GBP", 2), ("USD", 2), ("JPY", 0), ("KWD", 3)];
pub const RESIDUES: [&str; 3] = ["largest_remainder", "largest_share", "last"];
const ROLES: [&str; 6] =
    ["commissioner", "prime_provider", "sub_contractor", "provider", "alliance_member", "provider"];

/// A term of a few months to three years, cut at either end in some cases.
fn calendar(tape: &mut Tape<'_>) -> Calendar {
    let start_month = *tape.pick(&[4, 1, 7]);
    let months = *tape.pick(&[12, 12, 12, 12, 5, 7, 24, 24, 15, 36]);
    let late = *tape.pick(&[0, 0, 0, 0, 1, 4]);
    let month_of = |n: i32| (n.div_euclid(12), u32::try_from(n.rem_euclid(12) + 1).expect("a month"));
    let first_month = 2026 * 12 + i32::try_from(start_month).expect("a month") - 1 + late;
    let (year, month) = month_of(first_month);
    let first = Date { year, month, day: *tape.pick(&[1, 1, 1, 15, 29]) };
    let day = first.day.min(days_in_month(year, month));
    let (last_year, last_month) = month_of(first_month + months - 1);
    let end = days_in_month(last_year, last_month);
    let last_day = *tape.pick(&[end, end, end, end, 10]);
    let last = Date { year: last_year, month: last_month, day: last_day };
    Calendar { first: Date { day, ..first }, last, start_month }
}

/// A world with a head, parties and axes; some, or all, have a party that is many.
pub fn world(head: &[u16], axes: &[Vec<u16>], with_holders: bool) -> World {
    let tape = &mut Tape::new(head);
    let calendar = calendar(tape);
    let (mode_word, mode) = *tape.pick(&MODES);
    let residue = tape.word(&RESIDUES);
    let (currency, places) = *tape.pick(&CURRENCIES);
    let count = 2 + tape.below(5);
    let parties: Vec<String> = (0..count).map(|i| format!("p{i}")).collect();
    let many = (tape.chance(35) || with_holders).then(|| parties[parties.len() - 1].clone());
    let count = *tape.pick(&[2, 1, 4, 3, 4, 8]);
    let names: Vec<String> = (0..count).map(|i| format!("h{i}")).collect();
    let holders = if many.is_some() { tape.shuffled(&names) } else { Vec::new() };
    let listed = parties.iter().enumerate().map(|(i, party)| {
        let mut json = Tree::object(vec![("id", Tree::text(party)), ("role", Tree::text(ROLES[i.min(5)]))]);
        if many.as_ref() == Some(party) {
            json.put("many", Tree::Bool(true));
        }
        json
    });
    let rounding = Tree::object(vec![("mode", Tree::text(mode_word)), ("residue", Tree::text(residue))]);
    let term = Tree::texts(&[calendar.first.to_string(), calendar.last.to_string()]);
    let parties_json = Tree::List(listed.collect());
    let head = vec![
        ("carepact".to_string(), Tree::number(1)),
        ("contract".to_string(), Tree::text("generated")),
        ("title".to_string(), Tree::text("Generated")),
        ("synthetic".to_string(), Tree::Bool(true)),
        ("currency".to_string(), Tree::text(currency)),
        ("rounding".to_string(), rounding),
        ("term".to_string(), term),
        ("year_starts".to_string(), Tree::text(format!("{:02}-01", calendar.start_month))),
        ("parties".to_string(), parties_json),
    ];
    let mut world = World {
        currency: currency.to_string(),
        places,
        mode,
        calendar,
        head,
        parties,
        many: many.clone(),
        of_holders: with_holders,
        holders,
        axes: Vec::new(),
        measures: Vec::new(),
        tables: Vec::new(),
        curves: Vec::new(),
        quantities: Vec::new(),
        clauses: Vec::new(),
        groups: Vec::new(),
    };
    for tape in axes {
        axis(&mut world, &mut Tape::new(tape));
    }
    world
}

fn axis(world: &mut World, tape: &mut Tape<'_>) {
    let number = world.axes.len();
    let count = 2 + tape.below(3);
    let parent = if number > 0 && tape.chance(45) { Some(tape.below(number)) } else { None };
    let sibling = parent.is_some_and(|parent| world.axes.iter().any(|axis| axis.parent == Some(parent)));
    let parent = parent.filter(|_| !(sibling && avoid::SIBLING_AXES));
    let above = parent.map_or(1, |parent| world.axes[parent].members.len());
    let members = (0..count).map(|i| (format!("a{number}m{i}"), tape.below(above))).collect();
    world.axes.push(Axis { name: format!("a{number}"), parent, members });
}

/// The axes as the contract writes them.
pub fn axes_json(world: &World) -> Tree {
    let each = world.axes.iter().map(|axis| {
        let Some(parent) = axis.parent else {
            let members: Vec<&String> = axis.members.iter().map(|(member, _)| member).collect();
            return (axis.name.clone(), Tree::texts(&members));
        };
        let above = &world.axes[parent];
        let member = |(id, inside): &(String, usize)| {
            Tree::object(vec![("id", Tree::text(id)), ("in", Tree::text(&above.members[*inside].0))])
        };
        let members = axis.members.iter().map(member).collect();
        let within = vec![("within", Tree::text(&above.name)), ("members", Tree::List(members))];
        (axis.name.clone(), Tree::object(within))
    });
    Tree::object(each.collect())
}

/// The kinds of period, the commonest first.
pub const PERIODS: [PeriodKind; 4] =
    [PeriodKind::Year, PeriodKind::Month, PeriodKind::Quarter, PeriodKind::Term];
