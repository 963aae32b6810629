//! Formulas with a wanted unit, well-typed by construction, as trees of the engine's own form.
//!
//! What is generated is only as deep as the tape is long: a tape at rest gives a constant.

use std::collections::BTreeSet;

use carepact::calendar::PeriodKind;
use carepact::formula::{Formula, Key, Kind, Name, Operator, Over};
use carepact::source::Span;
use carepact::{Exact, Mode};

use super::guards::is_steady;
use super::tape::Tape;
use super::world::{Unit, World};

/// Where a formula is worked out: its period, what is fixed, and what it may not read.
#[derive(Debug, Clone)]
pub struct Spot {
    pub period: PeriodKind,
    pub fixed: BTreeSet<String>,
    /// True where neither measures nor clauses may be read.
    pub plain: bool,
    /// True where nothing may be read that differs from holder to holder.
    pub common: bool,
}

/// A formula and what is known of it.
#[derive(Debug, Clone)]
pub struct Part {
    pub formula: Formula,
    /// True when it may be absent.
    pub absent: bool,
    /// The finest period that it reads.
    pub finest: Option<PeriodKind>,
    /// True when it mentions the period.
    pub mentions: bool,
}

const NOWHERE: Span = Span { start: 0, end: 0 };

pub fn formula(kind: Kind) -> Formula {
    Formula::new(kind, NOWHERE)
}

pub fn key(text: &str) -> Key {
    Key { text: text.to_string(), span: NOWHERE }
}

pub fn bare(text: &str) -> Formula {
    let percent = text.ends_with('%');
    formula(Kind::Number { value: Exact::parse(text).expect("a number of the generator"), percent })
}

pub fn plain_name(name: &str) -> Formula {
    named(name, None, Vec::new())
}

pub fn named(name: &str, column: Option<String>, keys: Vec<Key>) -> Formula {
    formula(Kind::Name(Name { name: name.to_string(), column, keys }))
}

pub fn call(function: &str, arguments: Vec<Formula>) -> Formula {
    formula(Kind::Call { function: function.to_string(), arguments })
}

pub fn binary(operator: Operator, left: Formula, right: Formula) -> Formula {
    formula(Kind::Binary { operator, left: Box::new(left), right: Box::new(right) })
}

pub fn either(value: Formula, fallback: Formula) -> Formula {
    formula(Kind::Else { value: Box::new(value), fallback: Box::new(fallback) })
}

impl Part {
    pub fn of(formula: Formula) -> Part {
        Part { formula, absent: false, finest: None, mentions: false }
    }

    /// A formula made of parts, absent where one of them is.
    pub fn join(parts: &[&Part], formula: Formula) -> Part {
        Part {
            formula,
            absent: parts.iter().any(|part| part.absent),
            finest: parts.iter().filter_map(|part| part.finest).min(),
            mentions: parts.iter().any(|part| part.mentions),
        }
    }

    pub fn calling(function: &str, parts: &[&Part]) -> Part {
        let arguments = parts.iter().map(|part| part.formula.clone()).collect();
        Part::join(parts, call(function, arguments))
    }

    pub fn with(&self, operator: Operator, other: &Part) -> Part {
        Part::join(&[self, other], binary(operator, self.formula.clone(), other.formula.clone()))
    }

    /// The same, never absent.
    pub fn given_or(self, fallback: Formula) -> Part {
        if !self.absent {
            return self;
        }
        Part { formula: either(self.formula, fallback), absent: false, ..self }
    }
}

/// Writes formulas about a world.
pub struct Writer<'w, 't> {
    pub world: &'w World,
    pub tape: &'w mut Tape<'t>,
}

impl Writer<'_, '_> {
    /// A value of a unit.
    pub fn value(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        if depth == 0 {
            return self.leaf(unit, spot);
        }
        let inner = depth - 1;
        if self.world.of_holders
            && self.tape.chance(25)
            && let Some(many) = self.world.many.clone().filter(|_| !spot.plain)
        {
            return self.of_all_holders(&many, unit, spot, inner);
        }
        match self.tape.below(25) {
            0 => self.leaf(unit, spot),
            1..=4 => self.special(unit, spot, inner),
            5 | 6 => self.summed(unit, Operator::Add, spot, inner),
            7 | 8 => self.summed(unit, Operator::Subtract, spot, inner),
            9 => self.scaled(unit, spot, inner),
            10 => self.divided(unit, spot, inner),
            11 => self.extreme(unit, spot, inner),
            12 => self.clamped(unit, spot, inner),
            13 => self.chosen(unit, spot, inner),
            14 => self.or_else(unit, spot, inner),
            15 => self.rounded(unit, spot, inner),
            16..=18 => self.aggregate(unit, spot, inner),
            19 => self.curve(unit, spot, inner),
            20 => self.previous(unit, spot),
            22 | 23 => self.guarded(unit, spot, inner),
            24 => self.counted(unit, spot, inner),
            _ => self.signed(unit, spot, inner),
        }
    }

    /// The second of two values that must share a unit: now and then a bare number.
    fn partner(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        if self.tape.chance(20) {
            return Part::of(bare(self.tape.word(&["0", "1", "10", "0.5", "25%", "100"])));
        }
        self.value(unit, spot, depth)
    }

    fn summed(&mut self, unit: Unit, operator: Operator, spot: &Spot, depth: usize) -> Part {
        let left = self.value(unit, spot, depth);
        left.with(operator, &self.partner(unit, spot, depth))
    }

    /// Times a pure number or a flag, from either side.
    fn scaled(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        let x = self.value(unit, spot, depth);
        let factor =
            if self.tape.chance(25) { self.flag(spot, depth) } else { self.value(Unit::Pure, spot, depth) };
        if self.tape.chance(50) {
            factor.with(Operator::Multiply, &x)
        } else {
            x.with(Operator::Multiply, &factor)
        }
    }

    fn divided(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        let x = self.value(unit, spot, depth);
        let by = self.value(Unit::Pure, spot, depth.min(1));
        Part { absent: true, ..x.with(Operator::Divide, &by) }
    }

    fn extreme(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        let function = self.tape.word(&["max", "min"]);
        let first = self.value(unit, spot, depth);
        let mut parts = vec![first, self.partner(unit, spot, depth)];
        if self.tape.chance(25) {
            parts.push(self.value(unit, spot, 0));
        }
        Part::calling(function, &parts.iter().collect::<Vec<_>>())
    }

    /// Between two ends that do not cross.
    fn clamped(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        let x = self.value(unit, spot, depth);
        let ends = *self.tape.pick(&[("0", "1"), ("0", "100"), ("10", "20"), ("5%", "75%"), ("1", "1")]);
        let ends = [ends.0, ends.1].map(|end| Part::of(bare(end)));
        Part::calling("clamp", &[&x, &ends[0], &ends[1]])
    }

    fn chosen(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        let condition = self.flag(spot, depth);
        let then = self.value(unit, spot, depth);
        let otherwise = self.partner(unit, spot, depth);
        Part::join(&[&condition, &then, &otherwise], self.if_formula(&condition, &then, &otherwise))
    }

    pub fn if_formula(&self, condition: &Part, then: &Part, otherwise: &Part) -> Formula {
        formula(Kind::If {
            condition: Box::new(condition.formula.clone()),
            then: Box::new(then.formula.clone()),
            otherwise: Box::new(otherwise.formula.clone()),
        })
    }

    fn or_else(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        let value = self.value(unit, spot, depth);
        let fallback = self.partner(unit, spot, depth);
        let absent = value.absent && fallback.absent;
        let joined =
            Part::join(&[&value, &fallback], either(value.formula.clone(), fallback.formula.clone()));
        Part { absent, ..joined }
    }

    fn rounded(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        let x = self.value(unit, spot, depth);
        let quantum = bare(self.tape.word(&["1", "0.01", "10%", "0.5", "25", "0.3"]));
        let mode = *self.tape.pick(&[None, None, Some(Mode::Floor), Some(Mode::Ceiling)]);
        let value = Box::new(x.formula.clone());
        Part::join(&[&x], formula(Kind::Round { mode, value, quantum: Box::new(quantum) }))
    }

    fn signed(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        let x = self.value(unit, spot, depth);
        if self.tape.chance(50) {
            return Part::calling("abs", &[&x]);
        }
        Part::join(&[&x], formula(Kind::Negate(Box::new(x.formula.clone()))))
    }

    /// A curve that gives the unit, called with an argument of its own.
    fn curve(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        use super::world::CurveKind;
        let readable = |by: &[String]| by.iter().all(|axis| self.world.fixes(&spot.fixed, axis));
        let fits = |kind: &CurveKind| match kind {
            CurveKind::Plain(_, gives) => *gives == unit,
            CurveKind::OfBase => matches!(unit, Unit::Money | Unit::Person | Unit::Item | Unit::Pure),
        };
        let curves = self.world.curves.iter().filter(|curve| fits(&curve.kind) && readable(&curve.by));
        let curves: Vec<_> = curves.map(|curve| (curve.name.clone(), curve.kind)).collect();
        if curves.is_empty() {
            return self.special(unit, spot, depth);
        }
        let (name, kind) = self.tape.pick(&curves).clone();
        match kind {
            CurveKind::Plain(of, _) => {
                let x = self.value(of, spot, depth);
                Part::calling(&name, &[&x])
            }
            CurveKind::OfBase => {
                let x = self.value(unit, spot, depth);
                let base = self.value(unit, spot, depth.min(1));
                let base = Part::calling("max", &[&Part::of(bare("0")), &base]);
                Part::calling(&name, &[&x, &base])
            }
        }
    }

    /// A flag, 0 or 1.
    pub fn flag(&mut self, spot: &Spot, depth: usize) -> Part {
        if depth == 0 {
            return self.flag_leaf(spot);
        }
        let inner = depth - 1;
        match self.tape.below(12) {
            0 | 1 => self.flag_leaf(spot),
            2..=5 => self.compared(spot, inner),
            6 | 7 => {
                let operator = *self.tape.pick(&[Operator::And, Operator::Or]);
                let left = self.flag(spot, inner);
                left.with(operator, &self.flag(spot, inner))
            }
            8 => {
                let x = self.flag(spot, inner);
                Part::join(&[&x], formula(Kind::Not(Box::new(x.formula.clone()))))
            }
            9 => self.given(spot, inner),
            10 => self.all_or_any(spot, inner),
            _ => {
                let condition = self.flag(spot, inner);
                let (then, otherwise) = (self.flag(spot, inner), self.flag(spot, inner));
                Part::join(&[&condition, &then, &otherwise], self.if_formula(&condition, &then, &otherwise))
            }
        }
    }

    fn given(&mut self, spot: &Spot, depth: usize) -> Part {
        let unit = *self.tape.pick(&[Unit::Pure, Unit::Money, Unit::Person]);
        let x = self.value(unit, spot, depth);
        Part { absent: false, ..Part::calling("given", &[&x]) }
    }

    fn compared(&mut self, spot: &Spot, depth: usize) -> Part {
        const OPERATORS: [Operator; 6] = [
            Operator::AtLeast,
            Operator::Greater,
            Operator::Less,
            Operator::AtMost,
            Operator::Equal,
            Operator::Unequal,
        ];
        let unit = *self.tape.pick(&[Unit::Pure, Unit::Money, Unit::Person, Unit::Item]);
        let operator = *self.tape.pick(&OPERATORS);
        let left = self.value(unit, spot, depth);
        left.with(operator, &self.partner(unit, spot, depth.min(1)))
    }

    fn all_or_any(&mut self, spot: &Spot, depth: usize) -> Part {
        let function = self.tape.word(&["all", "any"]);
        match self.over(spot) {
            None => self.flag_leaf(spot),
            Some((over, inner)) => {
                let body = self.flag(&inner, depth);
                self.aggregated(function, body, over, &inner)
            }
        }
    }

    /// An aggregate with, in some cases, a filter that is never absent.
    pub fn aggregated(&mut self, function: &str, mut body: Part, over: Over, inner: &Spot) -> Part {
        let leaves_out = body.absent && is_steady(self.world, &body.formula, inner) && self.tape.chance(60);
        let filter = if leaves_out {
            let there = self.there(&body, inner);
            body.absent = false;
            Some(there)
        } else {
            self.tape.chance(35).then(|| self.sure_flag(inner, 1))
        };
        self.filtered(function, body, over, filter)
    }

    /// A sum or mean of shares, of those whose divisor is not 0.
    fn counted(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        let Some((over, inner)) = self.over(spot) else { return self.leaf(unit, spot) };
        let function = self.tape.word(&["sum", "mean", "max"]);
        let Some((filter, share)) = self.gate_and_share(&inner) else { return self.leaf(unit, spot) };
        let body = self.value(unit, &inner, depth.min(1)).with(Operator::Multiply, &share);
        self.filtered(function, body, over, Some(filter))
    }

    fn filtered(&self, function: &str, body: Part, over: Over, filter: Option<Part>) -> Part {
        let of_nothing = !matches!(function, "sum" | "count" | "all" | "any");
        // A peer group has the holder itself in it.
        let maybe_nothing =
            filter.is_some() || (over.within.is_some() && !self.world.is_many(&over.axis.text));
        let over_period = PeriodKind::of_word(&over.axis.text).is_some();
        let peers = Part { finest: self.finest_of_peers(&over), ..Part::of(bare("0")) };
        let parts: Vec<&Part> = [&body, &peers].into_iter().chain(&filter).collect();
        let joined = Part::join(&parts, bare("0"));
        let over = Over { filter: filter.as_ref().map(|part| Box::new(part.formula.clone())), ..over };
        let value = Box::new(body.formula.clone());
        Part {
            formula: formula(Kind::Aggregate { function: function.to_string(), value, over }),
            absent: body.absent || (of_nothing && maybe_nothing),
            finest: joined.finest.filter(|_| !over_period),
            mentions: joined.mentions || over_period,
        }
    }

    /// What an aggregate may run over here, and where its body is worked out.
    pub fn over(&mut self, spot: &Spot) -> Option<(Over, Spot)> {
        if let Some(many) = self.world.many.clone().filter(|_| !spot.plain)
            && self.tape.chance(40)
        {
            return Some(self.over_holders(&many, spot));
        }
        let mut names: Vec<String> = self.world.axes.iter().map(|axis| axis.name.clone()).collect();
        let periods = PeriodKind::ALL.into_iter().filter(|kind| *kind <= spot.period);
        names.extend(periods.map(|kind| kind.word().to_string()));
        if self.tape.chance(15) {
            names.push("party".to_string());
        }
        let name = self.tape.pick(&names).clone();
        let mut over =
            Over { axis: key(&name), to_date: false, within: None, filter: None, options: Vec::new() };
        if let Some(kind) = PeriodKind::of_word(&name) {
            if self.tape.chance(50) {
                over.to_date = true;
                let whole = spot.period == PeriodKind::Term || self.tape.chance(30);
                over.within = whole.then(|| key("term"));
            }
            return Some((over, Spot { period: kind, ..spot.clone() }));
        }
        if let Some(parent) = self.world.axis(&name).and_then(|axis| axis.parent) {
            let above = self.world.axes[parent].name.clone();
            let inside = self.world.fixes(&spot.fixed, &above) && self.tape.chance(60);
            over.within = Some(key(if inside { &above } else { "all" }));
        }
        Some((over, Spot { fixed: self.world.with(&spot.fixed, &name), ..spot.clone() }))
    }

    fn aggregate(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        let function = self.tape.word(&["sum", "sum", "mean", "min", "max", "first", "last"]);
        match self.over(spot) {
            None => self.leaf(unit, spot),
            Some((over, inner)) if self.world.is_many(&over.axis.text) => {
                self.statistic(unit, over, &inner, depth)
            }
            Some((over, inner)) => {
                let body = self.value(unit, &inner, depth);
                self.aggregated(function, body, over, &inner)
            }
        }
    }
}
