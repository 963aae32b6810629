//! Curves that cover every argument: bands and points with open ends, slices on both sides of 0.

use super::tables::number;
use super::tape::Tape;
use super::tree::Tree;
use super::world::{Curve, CurveKind, Unit, World};

/// Rising thresholds on the scale of a unit.
fn thresholds(unit: Unit, tape: &mut Tape<'_>) -> Vec<String> {
    let scale: [&str; 6] = match unit {
        Unit::Money => ["-100", "0", "250", "333.335", "1000", "20000"],
        Unit::Pure => ["-50%", "0", "0.25", "50%", "0.9", "2"],
        Unit::Person
        | Unit::Item
        | Unit::PerPerson
        | Unit::PerPersonYear
        | Unit::PerItem
        | Unit::PerYear
        | Unit::PerDay => ["0", "5", "10", "20", "57", "400"],
    };
    tape.some(&scale.map(str::to_string), 2)
}

pub fn curve(world: &World, tape: &mut Tape<'_>) -> Curve {
    let name = format!("f{}", world.curves.len());
    let of = *tape.pick(&[Unit::Pure, Unit::Money, Unit::Person, Unit::Item]);
    let form = tape.below(4);
    let kind = match form {
        0 | 1 => CurveKind::Plain(of, *tape.pick(&[Unit::Pure, Unit::Money, Unit::PerItem])),
        2 => CurveKind::Plain(of, of),
        _ => CurveKind::OfBase,
    };
    let by = match world.axes.first() {
        Some(axis) if tape.chance(20) => vec![axis.name.clone()],
        Some(_) | None => Vec::new(),
    };
    let mut members = Vec::new();
    let mut unit = |field, unit: Unit| {
        if unit != Unit::Pure {
            members.push((field, Tree::text(unit.text(&world.currency))));
        }
    };
    if let CurveKind::Plain(of, gives) = kind {
        unit("of", of);
        // Slices give the unit of their argument unless they say otherwise.
        if form != 2 {
            unit("gives", gives);
        }
    }
    let leaf = |tape: &mut Tape<'_>| body(form, kind, tape);
    if by.is_empty() {
        if let Tree::Object(body) = leaf(tape) {
            members.extend(body.into_iter().map(|(field, value)| {
                let field = ["bands", "points", "outside", "slices", "mirror"]
                    .into_iter()
                    .find(|known| *known == field)
                    .expect("a field of a curve");
                (field, value)
            }));
        }
    } else {
        members.push(("by", Tree::texts(&by)));
        let each = world.members(&by[0]).into_iter().map(|member| (member, leaf(tape)));
        members.push(("each", Tree::object(each.collect())));
    }
    Curve { name, kind, by, json: Tree::object(members) }
}

fn body(form: usize, kind: CurveKind, tape: &mut Tape<'_>) -> Tree {
    let (of, gives) = match kind {
        CurveKind::Plain(of, gives) => (of, gives),
        CurveKind::OfBase => (Unit::Pure, Unit::Pure),
    };
    let ends = thresholds(of, tape);
    match form {
        0 => Tree::object(vec![("bands", bands(&ends, gives, tape))]),
        1 => points(&ends, gives, tape),
        _ => slices(&ends, tape),
    }
}

/// `below a`, bands between, `from z`: each threshold on the side that its words say.
fn bands(ends: &[String], gives: Unit, tape: &mut Tape<'_>) -> Tree {
    let mut inside_next = tape.chance(60);
    let first = if inside_next { format!("below {}", ends[0]) } else { format!("up to {}", ends[0]) };
    let mut out = vec![(first, Tree::text(number(gives, tape)))];
    for pair in ends.windows(2) {
        let from = if inside_next { "from" } else { "above" };
        inside_next = tape.chance(60);
        let to = if inside_next { "below" } else { "to" };
        let words = match tape.below(3) {
            0 => format!("{from} {} {to} {}", pair[0], pair[1]),
            _ if inside_next => format!("{from} {} below {}", pair[0], pair[1]),
            _ => format!("{from} {}", pair[0]),
        };
        let sloping = tape.chance(40);
        let value = if sloping {
            Tree::List([0, 1].map(|_| Tree::text(number(gives, tape))).to_vec())
        } else {
            Tree::text(number(gives, tape))
        };
        out.push((words, value));
    }
    let from = if inside_next { "from" } else { "above" };
    out.push((format!("{from} {}", ends[ends.len() - 1]), Tree::text(number(gives, tape))));
    Tree::object(out)
}

fn points(ends: &[String], gives: Unit, tape: &mut Tape<'_>) -> Tree {
    let point =
        |x: &String, tape: &mut Tape<'_>| Tree::List(vec![Tree::text(x), Tree::text(number(gives, tape))]);
    let points = ends.iter().map(|x| point(x, tape)).collect();
    let outside = tape.word(&["hold", "extend"]);
    Tree::object(vec![("points", Tree::List(points)), ("outside", Tree::text(outside))])
}

/// Slices for every number: mirrored, or with one for all that is below.
fn slices(ends: &[String], tape: &mut Tape<'_>) -> Tree {
    let mirror = tape.chance(50);
    let from_zero: Vec<String> = ends.iter().filter(|end| !end.starts_with('-')).cloned().collect();
    let mut bounds: Vec<String> = if mirror { from_zero } else { ends.to_vec() };
    if mirror && bounds.first().is_none_or(|first| first != "0") {
        bounds.insert(0, "0".to_string());
    }
    let rate = |tape: &mut Tape<'_>| Tree::text(tape.word(&["50%", "0", "1", "33.3%", "120%"]));
    let mut out = Vec::new();
    if !mirror {
        out.push((format!("below {}", bounds[0]), rate(tape)));
    }
    for pair in bounds.windows(2) {
        out.push((format!("{} to {}", pair[0], pair[1]), rate(tape)));
    }
    out.push((format!("above {}", bounds[bounds.len() - 1]), rate(tape)));
    let mut members = vec![("slices", Tree::object(out))];
    if mirror {
        members.push(("mirror", Tree::Bool(true)));
    }
    Tree::object(members)
}
