//! Divisors that a condition keeps away from 0, and readings that a condition says are there.
//!
//! The check of absence must see that such formulas are never absent, and must not believe the few
//! written here that are wrong: those it has to refuse.

use carepact::Exact;
use carepact::formula::{Formula, Kind, Operator};

use super::tape::Tape;
use super::world::{MeasureKind, Unit, World};
use super::write::{Part, Spot, Writer, binary, formula};

/// A condition on x, and the side of it on which x is not 0.
type Condition = (fn(Formula) -> Formula, bool);

fn compared(x: Formula, operator: Operator, number: &str) -> Formula {
    let value = Exact::parse(number.trim_start_matches('-')).expect("a number of the generator");
    let bare = formula(Kind::Number { value, percent: false });
    let end = if number.starts_with('-') { formula(Kind::Negate(Box::new(bare))) } else { bare };
    binary(operator, x, end)
}

fn not(x: Formula) -> Formula {
    formula(Kind::Not(Box::new(x)))
}

const CONDITIONS: [Condition; 16] = [
    (|x| compared(x, Operator::Greater, "0"), true),
    (|x| compared(x, Operator::Unequal, "0"), true),
    (|x| compared(x, Operator::AtLeast, "1"), true),
    (|x| compared(x, Operator::Less, "0"), true),
    (|x| compared(x, Operator::AtMost, "-1"), true),
    (|x| compared(x, Operator::Equal, "20"), true),
    (|x| not(compared(x, Operator::Equal, "0")), true),
    (|x| not(compared(x, Operator::AtMost, "0")), true),
    (|x| not(compared(x, Operator::Less, "0.5")), true),
    (|x| compared(x, Operator::Equal, "0"), false),
    (|x| compared(x, Operator::AtMost, "0"), false),
    (|x| compared(x, Operator::Less, "1"), false),
    (|x| compared(x, Operator::AtLeast, "0"), false),
    (|x| compared(x, Operator::Greater, "-1"), false),
    (|x| compared(x, Operator::Unequal, "5"), false),
    (|x| not(compared(x, Operator::Greater, "0")), false),
];

/// A condition, and the side of it on which x is not 0; now and then, wrongly, the other.
fn condition(x: &Part, tape: &mut Tape<'_>) -> (Part, bool) {
    let (write, side) = *tape.pick(&CONDITIONS);
    let wrong = tape.chance(6);
    (Part::join(&[x], write(x.formula.clone())), side != wrong)
}

impl Writer<'_, '_> {
    /// A reading that is the same node each time it is read.
    fn steady(&mut self, unit: Unit, spot: &Spot) -> Part {
        for _ in 0..3 {
            let part = self.leaf(unit, spot);
            if is_steady(self.world, &part.formula, spot) {
                return part;
            }
        }
        self.constant(unit)
    }

    /// What stands above the divisor, and the divisor.
    fn quotient(&mut self, spot: &Spot) -> (Part, Part) {
        let unit = *self.tape.pick(&[Unit::Person, Unit::Pure, Unit::Money, Unit::Item]);
        let below = self.steady(unit, spot);
        (self.value(unit, spot, 1), below)
    }

    /// `if x > 0 then y * (z / x) else …` and its like.
    pub fn guarded(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        if self.tape.chance(40) {
            return self.asked_first(unit, spot, depth);
        }
        let (above, below) = self.quotient(spot);
        let (mut guard, mut side) = condition(&below, self.tape);
        // With an absent part a condition proves nothing of both its sides.
        if !below.absent && self.tape.chance(30) {
            let more = self.sure_flag(spot, 1);
            let operator = if side { Operator::And } else { Operator::Or };
            guard =
                if self.tape.chance(50) { guard.with(operator, &more) } else { more.with(operator, &guard) };
        }
        if self.tape.chance(15) {
            guard = Part::join(&[&guard], not(guard.formula.clone()));
            side = !side;
        }
        let quotient = above.with(Operator::Divide, &below);
        let value = self.value(unit, spot, depth.min(1)).with(Operator::Multiply, &quotient);
        let otherwise = self.value(unit, spot, 0);
        self.chosen_by(&guard, side, &value, &otherwise)
    }

    /// `if given(x) then x + … else …` and its like.
    fn asked_first(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        let x = self.steady(unit, spot);
        let mut guard = self.there(&x, spot);
        let mut value = Part { absent: false, ..x.clone() };
        let mut side = true;
        if self.tape.chance(30) {
            let other = self.steady(unit, spot);
            guard = guard.with(Operator::And, &self.there(&other, spot));
            value = value.with(Operator::Add, &Part { absent: false, ..other });
        } else if self.tape.chance(30) {
            guard = Part::join(&[&guard], not(guard.formula.clone()));
            side = false;
        }
        if self.tape.chance(3) {
            side = !side;
        }
        let otherwise = self.value(unit, spot, depth.min(1));
        self.chosen_by(&guard, side, &value, &otherwise)
    }

    fn chosen_by(&self, guard: &Part, side: bool, value: &Part, otherwise: &Part) -> Part {
        let (then, otherwise) = if side { (value, otherwise) } else { (otherwise, value) };
        Part::join(&[guard, then, otherwise], self.if_formula(guard, then, otherwise))
    }

    /// A flag that is never absent, and a pure number that is there where it is 1.
    pub fn gate_and_share(&mut self, spot: &Spot) -> Option<(Part, Part)> {
        let (above, below) = self.quotient(spot);
        let (guard, side) = condition(&below, self.tape);
        let guard = if side { guard } else { Part::join(&[&guard], not(guard.formula.clone())) };
        let usable = !below.absent && !above.absent;
        usable.then(|| (guard, above.with(Operator::Divide, &below)))
    }
}

/// True for a name that stands for one node: no sum of several observations, no look-up by a code.
pub fn is_steady(world: &World, of: &Formula, spot: &Spot) -> bool {
    let Kind::Name(name) = &of.kind else { return false };
    let measure = |name: &str| world.measures.iter().find(|measure| measure.name == name);
    let codes = |key: &str| measure(key).is_some_and(|m| matches!(m.kind, MeasureKind::Code(_)));
    let combined = measure(&name.name).is_some_and(|measure| measure.per < spot.period);
    !combined && !name.keys.iter().any(|key| codes(&key.text))
}
