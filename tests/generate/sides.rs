//! Who pays and who is paid: single parties, shares, tables of shares, weights, a line for each.

use carepact::formula::{Formula, Operator};

use super::head::RESIDUES;
use super::holders::{self, Sharing};
use super::tables::{share_table, shares};
use super::tape::Tape;
use super::tree::Tree;
use super::world::{Unit, World};
use super::write::{Part, Spot, Writer, bare, plain_name};

pub struct Sides {
    pub from: Tree,
    pub to: Tree,
    pub payers: Vec<String>,
    pub payees: Vec<String>,
    pub through: Option<String>,
    pub residue: Option<String>,
    pub each: bool,
    /// True when the parts have limits.
    pub limited: bool,
    /// True when the weights are a formula.
    pub observed: bool,
    /// True when one line is shared among all holders.
    pub shared: bool,
    pub formulas: Vec<Formula>,
    pub tables: Vec<String>,
}

/// The side with several parties.
struct Split {
    json: Tree,
    parties: Vec<String>,
    each: bool,
    limited: bool,
    shared: bool,
    formulas: Vec<Formula>,
    tables: Vec<String>,
}

impl Split {
    fn among(json: Tree, parties: Vec<String>) -> Split {
        let (formulas, tables) = (Vec::new(), Vec::new());
        Split { json, parties, each: false, limited: false, shared: false, formulas, tables }
    }
}

pub fn sides(world: &mut World, clause: &str, spot: &Spot, tape: &mut Tape<'_>) -> Sides {
    let single = tape.pick(&world.parties).clone();
    let others: Vec<String> = world.parties.iter().filter(|party| **party != single).cloned().collect();
    let split = split(world, clause, &others, spot, tape);
    let single_json = Tree::text(&single);
    let backwards = tape.chance(30);
    let residue = tape.chance(30).then(|| {
        let mut words: Vec<String> = RESIDUES.map(str::to_string).to_vec();
        // Of a table not every party has a part in every line.
        if split.tables.is_empty() && split.parties.len() > 1 && !split.each && !split.shared {
            words.extend(split.parties.iter().filter(|party| has_part(&split.json, party)).cloned());
        }
        tape.pick(&words).clone()
    });
    let through = tape.chance(15).then(|| tape.pick(&world.parties).clone());
    let (from, to, payers, payees) = if backwards {
        (split.json, single_json, split.parties, vec![single])
    } else {
        (single_json, split.json, vec![single], split.parties)
    };
    let observed = !split.formulas.is_empty();
    let Split { each, limited, shared, formulas, tables, .. } = split;
    Sides { from, to, payers, payees, through, residue, each, limited, observed, shared, formulas, tables }
}

/// False for a party whose fixed share is 0.
fn has_part(side: &Tree, party: &str) -> bool {
    side.get(party).is_none_or(|share| *share != Tree::text("0.00%"))
}

fn split(world: &mut World, clause: &str, others: &[String], spot: &Spot, tape: &mut Tape<'_>) -> Split {
    let one = Split::among;
    match tape.below(9) {
        0..=2 => {
            let party = tape.pick(others).clone();
            one(Tree::text(&party), vec![party])
        }
        3 | 4 => {
            let parties = tape.some(others, 1);
            one(Tree::Object(tape_order(shares(&parties, tape), tape)), parties)
        }
        5 => {
            // The oracle does not look for holders in tables of shares.
            let named = others.iter().filter(|party| world.many.as_ref() != Some(party));
            let named: Vec<String> = named.cloned().collect();
            if named.is_empty() {
                return one(Tree::text(&others[0]), others.to_vec());
            }
            let parties = tape.some(&named, 1);
            let name = format!("s_{clause}");
            let outer: Vec<String> = if tape.chance(50) {
                spot.fixed.iter().take(1).cloned().collect()
            } else if spot.period <= carepact::calendar::PeriodKind::Year {
                vec!["year".to_string()]
            } else {
                Vec::new()
            };
            let table = share_table(world, name.clone(), &outer, &parties, tape);
            world.tables.push(table);
            let json = Tree::object(vec![("shares", Tree::text(&name))]);
            Split { tables: vec![name], ..one(json, parties) }
        }
        6 | 7 => weighted(world, others, spot, tape),
        _ => {
            // Whether the others of an `each` have a line for each holder is not settled.
            let mut parties = tape.some(others, 1);
            if parties.len() > 1 {
                parties.retain(|party| world.many.as_ref() != Some(party));
            }
            let listed = tape.shuffled(&parties);
            let json = Tree::object(vec![("each", Tree::texts(&listed))]);
            Split { each: true, ..one(json, parties) }
        }
    }
}

fn tape_order(members: Vec<(String, Tree)>, tape: &mut Tape<'_>) -> Vec<(String, Tree)> {
    tape.shuffled(&members)
}

/// Pro rata to weights that are never all 0, in some cases within limits.
fn weighted(world: &World, all: &[String], spot: &Spot, tape: &mut Tape<'_>) -> Split {
    if let Some(many) = all.iter().find(|party| world.is_many(party)).filter(|_| tape.chance(60)) {
        let Sharing { json, limited, formulas } = holders::shared(world, many, spot, tape);
        return Split { limited, shared: true, formulas, ..Split::among(json, vec![many.clone()]) };
    }
    // Among listed parties no holder is one.
    let others: Vec<String> =
        all.iter().filter(|party| world.many.as_ref() != Some(party)).cloned().collect();
    if others.is_empty() {
        return Split::among(Tree::text(&all[0]), vec![all[0].clone()]);
    }
    let parties = tape.some(&others, 1);
    let listed = tape.shuffled(&parties);
    let mut inner = spot.clone();
    inner.fixed.insert("party".to_string());
    let unit = *tape.pick(&[Unit::Pure, Unit::Person, Unit::Money]);
    let weight = Writer { world, tape }.value(unit, &inner, 2).given_or(bare("0"));
    let weight = Part::calling("max", &[&Part::of(bare("0")), &weight]);
    let more = if unit == Unit::Pure { bare("0.5") } else { plain_name(unit.constant()) };
    let least = if unit == Unit::Pure { Part::of(more) } else { Part::of(bare("1")) };
    let weight = if tape.chance(15) { weight } else { weight.with(Operator::Add, &least) }.formula;
    let mut json =
        Tree::object(vec![("weights", Tree::text(weight.to_string())), ("among", Tree::texts(&listed))]);
    let limited = parties.len() > 1 && tape.chance(50);
    if limited {
        let (more, money) = (format!("{} 25", world.currency), format!("{} 100", world.currency));
        // Limits that cross have no meaning in the language.
        let limits: [(&str, &str); 6] =
            [("0%", "60%"), ("10%", "50%"), ("0", &money), (&more, &money), ("0%", "25%"), ("50%", "100%")];
        let (least, most) = *tape.pick(&limits);
        json.put("between", Tree::texts(&[least, most]));
    }
    let formulas = vec![weight];
    Split { limited, formulas, ..Split::among(json, parties) }
}
