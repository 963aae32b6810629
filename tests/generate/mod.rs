//! Generates valid contracts and the observations that go with them.
//!
//! A contract is written from tapes of random numbers, one for each of its parts, so that a
//! failing contract shrinks to a small one that people can read. Formulas are well-typed by
//! construction; what nobody reads is left out at the end.

#![allow(dead_code, reason = "each property uses a part of it")]

mod avoid;
mod clauses;
mod curves;
pub mod facts;
mod guards;
pub mod head;
mod holders;
pub mod measures;
pub mod read;
pub mod run;
mod sides;
mod tables;
pub mod tape;
pub mod tree;
pub mod world;
pub mod write;

use std::collections::BTreeSet;
use std::fmt;

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};

use read::names;
use tape::Tape;
use tree::Tree;
use world::World;

/// A contract, its observations, and a period to state.
#[derive(Clone)]
pub struct Case {
    pub contract: String,
    pub data: String,
    pub period: String,
    /// The contract before it was printed.
    pub tree: Tree,
    /// A seed for further choices of a property.
    pub seed: u64,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Case { contract, data, period, seed, .. } = self;
        write!(f, "\n----- contract\n{contract}----- data\n{data}----- period {period}, seed {seed}\n")
    }
}

type Tapes = (Vec<u16>, [Vec<Vec<u16>>; 6]);

/// Contracts with their observations.
pub fn cases() -> impl Strategy<Value = Case> {
    generated(false)
}

/// The same, always with a party that is many.
pub fn cases_with_holders() -> impl Strategy<Value = Case> {
    generated(true)
}

fn generated(with_holders: bool) -> impl Strategy<Value = Case> {
    let part = |most: usize| vec(any::<u16>(), 0..most);
    let tapes = (
        part(24),
        [
            vec(part(10), 1..=3),
            vec(part(20), 1..=6),
            vec(part(30), 0..=4),
            vec(part(25), 0..=2),
            vec(part(40), 1..=2),
            vec(part(140), 1..=7),
        ],
    );
    let all = (tapes, any::<u64>(), any::<u16>());
    all.prop_map(move |(tapes, seed, ask)| case(&tapes, seed, ask, with_holders))
}

fn case(
    (head, [axes, measures, tables, curves, statistics, steps]): &Tapes,
    seed: u64,
    ask: u16,
    with_holders: bool,
) -> Case {
    let mut world = head::world(head, axes, with_holders);
    if let Some(many) = &world.many {
        let rate = with_holders.then(|| measures::rate_of_holders(many));
        world.measures.extend([Some(measures::of_holders(many)), rate].into_iter().flatten());
    }
    for tape in measures {
        let measure = measures::measure(&world, &mut Tape::new(tape));
        world.measures.push(measure);
    }
    let constants = tables::constants(&world, &mut Tape::new(head));
    world.tables.extend(constants);
    for tape in tables {
        let table = tables::table(&world, &mut Tape::new(tape));
        world.tables.push(table);
    }
    for tape in curves {
        let curve = curves::curve(&world, &mut Tape::new(tape));
        world.curves.push(curve);
    }
    if let Some(many) = world.many.clone().filter(|_| with_holders) {
        for tape in statistics {
            let statistic = clauses::statistic(&world, &many, &mut Tape::new(tape));
            world.quantities.push(statistic);
        }
    }
    for (i, tape) in steps.iter().enumerate() {
        let tape = &mut Tape::new(tape);
        let last = i + 1 == steps.len();
        match tape.below(10) {
            4..=6 if !last => {
                let quantity = clauses::quantity(&world, tape);
                world.quantities.push(quantity);
            }
            7 if !last => clauses::group(&mut world, tape),
            _ => clauses::clause(&mut world, tape),
        }
    }
    let keep_all = ask & 7 == 7;
    let used = if keep_all { None } else { Some(used(&world)) };
    let is_used = |name: &str| used.as_ref().is_none_or(|used| used.contains(name));
    let tree = document(&world, &is_used);
    let data = measures::observations(&world, &is_used, seed);
    let period = period(&world, ask >> 3);
    Case { contract: tree.document(), data, period, tree, seed }
}

/// Mostly the whole term; otherwise a year, a quarter or a month of it.
fn period(world: &World, ask: u16) -> String {
    let axis = ["term", "term", "term", "year", "quarter", "month"][usize::from(ask % 6)];
    let keys = world.members(axis);
    keys[usize::from(ask / 6) % keys.len()].clone()
}

/// The names that clauses read, directly or through quantities.
fn used(world: &World) -> BTreeSet<String> {
    let mut used: BTreeSet<String> = BTreeSet::new();
    for clause in &world.clauses {
        clause.formulas.iter().for_each(|formula| names(formula, &mut used));
        used.extend(clause.tables.iter().cloned());
    }
    // Which lines are stated without any holder in the data is a question of its own.
    if world.many.is_some() {
        used.insert("of_holders".to_string());
    }
    for quantity in world.quantities.iter().rev() {
        if quantity.shown {
            used.insert(quantity.name.clone());
        }
        if used.contains(&quantity.name) {
            names(&quantity.formula, &mut used);
        }
    }
    used
}

fn document(world: &World, used: &dyn Fn(&str) -> bool) -> Tree {
    let mut members = world.head.clone();
    let mut section = |name: &str, entries: Vec<(String, Tree)>| {
        if !entries.is_empty() {
            members.push((name.to_string(), Tree::Object(entries)));
        }
    };
    if let Tree::Object(axes) = head::axes_json(world) {
        section("axes", axes);
    }
    let kept = |name: &String, json: &Tree| used(name).then(|| (name.clone(), json.clone()));
    section("measures", world.measures.iter().filter_map(|m| kept(&m.name, &m.json)).collect());
    section("tables", world.tables.iter().filter_map(|t| kept(&t.name, &t.json)).collect());
    section("curves", world.curves.iter().filter_map(|c| kept(&c.name, &c.json)).collect());
    section("quantities", world.quantities.iter().filter_map(|q| kept(&q.name, &q.json)).collect());
    section("clauses", world.clauses.iter().map(|c| (c.name.clone(), c.json.clone())).collect());
    let groups = world.groups.iter().map(|group| (group.name.clone(), Tree::texts(&group.items)));
    section("groups", groups.collect());
    Tree::Object(members)
}
