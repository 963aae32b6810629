//! From lanes to steps: which lanes are computed together, in which arithmetic, and where they are kept.
//!
//! A sum takes in every lane that only it reads and that has the form of one of its terms, so that
//! a chain of fact, line within limits, product, rounding and sum is one pass over the numbers.

use super::certify::{Keep, Proved, Tier, float, is_moved, prove};
use super::lane::{LaneId, LaneLine, Lanes, Op, Weight};
use super::program::{
    Limits, PairOp, PairTerm, Place, PlacedWeight, Program, Step, TermCode, Terms, Tiers, WideOp, form,
};
use super::translate::Translated;
use crate::num::Exact;

/// A lane as a term of a sum, before places are given.
#[derive(Debug, Clone)]
struct TermPlan {
    x: LaneId,
    limits: Option<(LaneLine, i128, i128)>,
    times: Option<LaneId>,
    rounding: Option<f64>,
    factor: i128,
}

pub(super) fn compile(translated: Translated) -> Program {
    let Translated { lanes, inputs, outputs, exactly, ratios } = translated;
    let mut compiler = Compiler::new(&lanes, &outputs);
    compiler.plan();
    compiler.emit(&outputs);
    let Compiler { steps, narrow, pair, wide, tiers, .. } = compiler;
    Program {
        inputs,
        units: outputs.into_iter().map(|(_, unit)| unit).collect(),
        steps,
        narrow_slots: narrow.used,
        pair_slots: pair.used,
        wide_slots: wide.used,
        exactly,
        ratios,
        tiers,
    }
}

/// Slots that are given out and taken back.
#[derive(Default)]
struct Slots {
    free: Vec<usize>,
    used: usize,
}

impl Slots {
    fn take(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.used += 1;
            self.used - 1
        })
    }
}

struct Compiler<'l> {
    lanes: &'l Lanes,
    proved: Vec<Proved>,
    /// How often each lane is read by lanes that are needed, and by outputs.
    uses: Vec<usize>,
    absorbed: Vec<bool>,
    sums: Vec<Option<(i128, Vec<TermPlan>)>>,
    /// Outputs that a step writes at once.
    direct: Vec<Option<usize>>,
    /// Outputs that a sum writes beside its place, for other lanes that read it.
    also: Vec<Option<usize>>,
    places: Vec<Option<Place>>,
    narrow: Slots,
    pair: Slots,
    wide: Slots,
    steps: Vec<Step>,
    tiers: Tiers,
}

impl<'l> Compiler<'l> {
    fn new(lanes: &'l Lanes, outputs: &[(LaneId, Exact)]) -> Compiler<'l> {
        let all = lanes.all();
        let mut uses = vec![0; all.len()];
        for (lane, _) in outputs {
            uses[lane.0] += 1;
        }
        for index in (0..all.len()).rev() {
            if uses[index] > 0 {
                // The operands of a split are read by each of its parts.
                operands(lanes, &all[index].op, &mut |lane| uses[lane.0] += 1);
            }
        }
        let mut direct = vec![None; all.len()];
        let mut also = vec![None; all.len()];
        for (place, (lane, _)) in outputs.iter().enumerate() {
            let computed = !matches!(all[lane.0].op, Op::Input(_));
            match computed && is_moved(lanes.bounds(*lane)) {
                true if uses[lane.0] == 1 => direct[lane.0] = Some(place),
                true => also[lane.0] = Some(place),
                false => {}
            }
        }
        Compiler {
            lanes,
            proved: prove(lanes),
            uses,
            absorbed: vec![false; all.len()],
            sums: vec![None; all.len()],
            direct,
            also,
            places: vec![None; all.len()],
            narrow: Slots::default(),
            pair: Slots::default(),
            wide: Slots::default(),
            steps: Vec::new(),
            tiers: Tiers::default(),
        }
    }

    fn op(&self, lane: LaneId) -> &'l Op {
        &self.lanes.all()[lane.0].op
    }

    fn is_certified(&self, lane: LaneId) -> bool {
        matches!(self.proved[lane.0].tier, Tier::Certified { .. })
    }

    /// Decides, from the last lane to the first, which lanes a sum takes in.
    fn plan(&mut self) {
        for index in (0..self.uses.len()).rev() {
            let lane = LaneId(index);
            if self.uses[index] == 0 || self.absorbed[index] || !self.is_certified(lane) {
                continue;
            }
            let mut size = 0;
            let mut constant = 0;
            let mut terms = Vec::new();
            match self.op(lane) {
                Op::Sum { .. } | Op::Product(..) | Op::Clamp { .. } | Op::Round { .. } => {
                    self.expand(lane, 1, (&mut constant, &mut size), &mut terms);
                    terms.sort_by_key(|term| self.form(term));
                    self.sums[index] = Some((constant, terms));
                }
                Op::Input(_)
                | Op::Pieces { .. }
                | Op::Extreme(..)
                | Op::Select { .. }
                | Op::Part { .. }
                | Op::Exactly { .. } => {}
            }
        }
    }

    /// Adds factor × lane to a sum, whose partial sums stay whole in floats: `size` bounds them.
    fn expand(
        &mut self,
        lane: LaneId,
        factor: i128,
        (constant, size): (&mut i128, &mut i128),
        terms: &mut Vec<TermPlan>,
    ) {
        let Op::Sum { terms: inner, constant: own } = self.op(lane) else {
            *size += self.lanes.bounds(lane).size() * factor.abs();
            let term = self.term(lane, factor);
            return terms.push(term);
        };
        *constant += own * factor;
        *size += own.abs() * factor.abs();
        for (inner_factor, x) in inner {
            let factor = inner_factor * factor;
            // A sum of sums is one sum where its parts stay small enough.
            let nested = matches!(self.op(*x), Op::Sum { terms, constant }
                if self.size_of(terms, *constant) * factor.abs() + *size < 1 << 53);
            if nested && self.is_free(*x) {
                self.absorbed[x.0] = true;
                self.expand(*x, factor, (constant, size), terms);
            } else {
                *size += self.lanes.bounds(*x).size() * factor.abs();
                let free = self.is_free(*x) && !matches!(self.op(*x), Op::Sum { .. });
                let term = if free { self.absorb(*x, factor) } else { plain(*x, factor) };
                terms.push(term);
            }
        }
    }

    fn size_of(&self, terms: &[(i128, LaneId)], constant: i128) -> i128 {
        let sizes = terms.iter().map(|(factor, lane)| self.lanes.bounds(*lane).size() * factor.abs());
        sizes.sum::<i128>() + constant.abs()
    }

    /// True when a lane is read only once and computed in floats, so that its reader may take it in.
    fn is_free(&self, lane: LaneId) -> bool {
        self.uses[lane.0] == 1 && self.is_sum(lane)
    }

    fn absorb(&mut self, lane: LaneId, factor: i128) -> TermPlan {
        self.absorbed[lane.0] = true;
        self.term(lane, factor)
    }

    /// A rounding of a product of a line within limits, as far as the lane has this form.
    fn term(&mut self, lane: LaneId, factor: i128) -> TermPlan {
        match (self.op(lane), self.proved[lane.0].tier) {
            (Op::Round { x, over: None, .. }, Tier::Certified { factor: rounding }) => {
                let free = self.is_free(*x) && matches!(self.op(*x), Op::Product(..) | Op::Clamp { .. });
                let inner = if free { self.absorb(*x, 1) } else { plain(*x, 1) };
                TermPlan { rounding: Some(rounding), factor, ..inner }
            }
            (Op::Product(x, y), _) => {
                let is_line =
                    |lane: &LaneId| self.is_free(*lane) && matches!(self.op(*lane), Op::Clamp { .. });
                let is_input = |lane: &LaneId| matches!(self.op(*lane), Op::Input(_));
                let (line, times) = if is_line(x) || (!is_line(y) && is_input(x)) { (x, y) } else { (y, x) };
                let inner = if is_line(line) { self.absorb(*line, 1) } else { plain(*line, 1) };
                TermPlan { times: Some(*times), factor, ..inner }
            }
            (Op::Clamp { x, line, least, most }, _) => {
                TermPlan { limits: Some((*line, *least, *most)), ..plain(*x, factor) }
            }
            (
                Op::Input(_)
                | Op::Sum { .. }
                | Op::Round { .. }
                | Op::Pieces { .. }
                | Op::Extreme(..)
                | Op::Select { .. }
                | Op::Part { .. }
                | Op::Exactly { .. },
                _,
            ) => plain(lane, factor),
        }
    }

    /// Gives places and writes the steps, from the first lane to the last.
    fn emit(&mut self, outputs: &[(LaneId, Exact)]) {
        for index in 0..self.uses.len() {
            let lane = LaneId(index);
            if self.uses[index] == 0 {
                continue;
            }
            self.count(lane);
            if self.absorbed[index] {
                continue;
            }
            match self.op(lane) {
                Op::Input(column) => self.places[index] = Some(Place::Input(*column)),
                Op::Part { split, part: _ } => self.emit_split(lane, *split),
                Op::Exactly { place: _ } => self.emit_exactly(lane),
                Op::Sum { .. }
                | Op::Product(..)
                | Op::Clamp { .. }
                | Op::Pieces { .. }
                | Op::Extreme(..)
                | Op::Select { .. }
                | Op::Round { .. } => self.emit_one(lane),
            }
        }
        for (place, (lane, _)) in outputs.iter().enumerate() {
            let written = self.also[lane.0] == Some(place) && self.is_sum(*lane);
            if self.direct[lane.0].is_none() && !written {
                let (from, to) = (self.place(*lane), Place::Output(place));
                let short = is_moved(self.lanes.bounds(*lane));
                let wide = || Step::Wide { op: WideOp::Sum { constant: 0, terms: vec![(1, from)] }, to };
                self.steps.push(if short { Step::Store { from, to } } else { wide() });
            }
        }
    }

    fn count(&mut self, lane: LaneId) {
        match (self.op(lane), self.proved[lane.0].tier) {
            (Op::Round { .. }, Tier::Certified { .. }) => self.tiers.certified += 1,
            (Op::Round { .. }, Tier::Remainder) => self.tiers.remainder += 1,
            (Op::Round { .. }, Tier::Paired | Tier::Wide) | (Op::Part { .. }, _) => self.tiers.wide += 1,
            (Op::Exactly { .. }, _) => self.tiers.exact += 1,
            (
                Op::Input(_)
                | Op::Sum { .. }
                | Op::Product(..)
                | Op::Clamp { .. }
                | Op::Pieces { .. }
                | Op::Extreme(..)
                | Op::Select { .. },
                _,
            ) => {}
        }
    }

    fn place(&self, lane: LaneId) -> Place {
        self.places[lane.0].expect("a lane is computed before it is read")
    }

    /// A place for a lane that is about to be computed.
    fn new_place(&mut self, lane: LaneId) -> Place {
        let place = match self.direct[lane.0] {
            Some(output) => Place::Output(output),
            None => match self.proved[lane.0].keep {
                Keep::Narrow => Place::Narrow(self.narrow.take()),
                Keep::Pair => Place::Pair(self.pair.take()),
                Keep::Wide => Place::Wide(self.wide.take()),
            },
        };
        self.places[lane.0] = Some(place);
        place
    }

    /// Takes note that a lane was read; after the last time its place is free.
    fn read(&mut self, lane: LaneId) {
        self.uses[lane.0] -= 1;
        if self.uses[lane.0] > 0 {
            return;
        }
        match self.places[lane.0] {
            Some(Place::Narrow(slot)) => self.narrow.free.push(slot),
            Some(Place::Pair(slot)) => self.pair.free.push(slot),
            Some(Place::Wide(slot)) => self.wide.free.push(slot),
            Some(Place::Input(_) | Place::Output(_)) | None => {}
        }
    }

    /// A lane's operands, those of the lanes it took in included, are read.
    fn read_operands(&mut self, lane: LaneId) {
        let mut read = Vec::new();
        operands(self.lanes, self.op(lane), &mut |operand| read.push(operand));
        for operand in read {
            if self.absorbed[operand.0] {
                self.read_operands(operand);
            }
            self.read(operand);
        }
    }

    fn emit_one(&mut self, lane: LaneId) {
        // The operands' places may be taken over: a step reads before it writes.
        self.read_operands(lane);
        let to = self.new_place(lane);
        let step = match (self.sums[lane.0].take(), self.proved[lane.0].tier) {
            (Some((constant, terms)), _) => {
                let alike = terms.chunk_by(|a, b| self.form(a) == self.form(b));
                let coded = alike.map(|terms| Terms {
                    form: self.form(&terms[0]),
                    terms: terms.iter().map(|term| self.coded(term)).collect(),
                });
                let terms = coded.collect();
                // A lane that others read as well is written to its column of results at once.
                let also = self.also[lane.0].filter(|_| matches!(to, Place::Narrow(_)));
                Step::Sum { constant: exact_float(constant), terms, to, also: also.map(Place::Output) }
            }
            (None, Tier::Paired) => {
                Step::Pair { op: self.pair_op(self.op(lane)), error: self.proved[lane.0].apart, to }
            }
            (None, Tier::Wide) => Step::Wide { op: self.wide_op(self.op(lane)), to },
            (None, Tier::Certified { .. } | Tier::Remainder) => self.narrow_step(lane, to),
        };
        self.steps.push(step);
    }

    /// True when a lane is computed by a step that is a sum.
    fn is_sum(&self, lane: LaneId) -> bool {
        let form = match self.op(lane) {
            Op::Sum { .. } | Op::Product(..) | Op::Clamp { .. } | Op::Round { .. } => true,
            Op::Input(_)
            | Op::Pieces { .. }
            | Op::Extreme(..)
            | Op::Select { .. }
            | Op::Part { .. }
            | Op::Exactly { .. } => false,
        };
        form && self.is_certified(lane)
    }

    fn form(&self, term: &TermPlan) -> u8 {
        let flag = |is: bool, bit: u8| if is { bit } else { 0 };
        flag(matches!(self.op(term.x), Op::Input(_)), form::INPUT)
            | flag(term.limits.is_some(), form::LIMITS)
            | flag(term.times.is_some(), form::TIMES)
            | flag(term.rounding.is_some(), form::ROUNDING)
            | flag(term.factor != 1, form::FACTOR)
    }

    fn coded(&self, term: &TermPlan) -> TermCode {
        let (line, least, most) = term.limits.unwrap_or(((1, 0), 0, 0));
        let limits = Limits {
            factor: exact_float(line.0),
            shift: exact_float(line.1),
            least: exact_float(least),
            most: exact_float(most),
        };
        TermCode {
            x: self.place(term.x),
            limits,
            times: self.place(term.times.unwrap_or(term.x)),
            rounding: term.rounding.unwrap_or(1.0),
            factor: exact_float(term.factor),
        }
    }

    fn narrow_step(&self, lane: LaneId, to: Place) -> Step {
        let term = |(factor, lane): &(i128, LaneId)| (exact_float(*factor), self.place(*lane));
        match self.op(lane) {
            Op::Pieces { x, cuts, lines } => Step::Pieces {
                x: self.place(*x),
                cuts: cuts.iter().map(|cut| exact_float(*cut)).collect(),
                lines: lines.iter().map(|line| (exact_float(line.0), exact_float(line.1))).collect(),
                to,
            },
            Op::Extreme(pick, terms) => {
                Step::Extreme { pick: *pick, terms: terms.iter().map(term).collect(), to }
            }
            Op::Select { condition, then, otherwise } => {
                let condition = self.place(*condition);
                Step::Select { condition, then: term(then), otherwise: term(otherwise), to }
            }
            Op::Round { x, over, p, q, mode } => Step::Remainder {
                x: (self.place(*x), self.proved[x.0].error),
                over: over.map(|over| self.place(over)),
                ratio: (short(*p), short(*q)),
                mode: *mode,
                to,
            },
            Op::Input(_)
            | Op::Sum { .. }
            | Op::Product(..)
            | Op::Clamp { .. }
            | Op::Part { .. }
            | Op::Exactly { .. } => unreachable!("it has a step of another form"),
        }
    }

    fn pair_op(&self, op: &Op) -> PairOp {
        let term = |(factor, lane): &(i128, LaneId)| {
            let (near, bits) = pair(*factor);
            PairTerm { near, bits, x: self.place(*lane) }
        };
        match op {
            Op::Sum { terms, constant } => {
                PairOp::Sum { constant: pair(*constant), terms: terms.iter().map(term).collect() }
            }
            Op::Product(x, y) => PairOp::Product(self.place(*x), self.place(*y)),
            Op::Clamp { x, line, least, most } => PairOp::Clamp {
                x: term(&(line.0, *x)),
                shift: pair(line.1),
                least: pair(*least),
                most: pair(*most),
            },
            Op::Extreme(pick, terms) => {
                PairOp::Extreme { pick: *pick, terms: terms.iter().map(term).collect() }
            }
            Op::Select { condition, then, otherwise } => {
                let condition = self.place(*condition);
                PairOp::Select { condition, then: term(then), otherwise: term(otherwise) }
            }
            Op::Input(_) | Op::Pieces { .. } | Op::Round { .. } | Op::Part { .. } | Op::Exactly { .. } => {
                unreachable!("it has a step of another form")
            }
        }
    }

    fn wide_op(&self, op: &Op) -> WideOp {
        let of = |lane: &LaneId| self.place(*lane);
        let term = |(factor, lane): &(i128, LaneId)| (*factor, self.place(*lane));
        match op {
            Op::Sum { terms, constant } => {
                WideOp::Sum { constant: *constant, terms: terms.iter().map(term).collect() }
            }
            Op::Product(x, y) => WideOp::Product(of(x), of(y)),
            Op::Clamp { x, line, least, most } => {
                WideOp::Clamp { x: of(x), line: *line, least: *least, most: *most }
            }
            Op::Pieces { x, cuts, lines } => {
                WideOp::Pieces { x: of(x), cuts: cuts.clone(), lines: lines.clone() }
            }
            Op::Extreme(pick, terms) => {
                WideOp::Extreme { pick: *pick, terms: terms.iter().map(term).collect() }
            }
            Op::Select { condition, then, otherwise } => {
                WideOp::Select { condition: of(condition), then: term(then), otherwise: term(otherwise) }
            }
            Op::Round { x, over, p, q, mode } => {
                WideOp::Round { x: of(x), over: over.as_ref().map(of), ratio: (*p, *q), mode: *mode }
            }
            Op::Input(_) | Op::Part { .. } | Op::Exactly { .. } => {
                unreachable!("it has a step of another form")
            }
        }
    }

    /// The parts of a split, all at once where the first of them is needed.
    fn emit_split(&mut self, lane: LaneId, split: usize) {
        if self.places[lane.0].is_some() {
            return;
        }
        let of_split = &self.lanes.splits[split];
        let placed = |weight: &Weight| match weight {
            Weight::Known(n) => PlacedWeight::Known(*n),
            Weight::Lane(lane) => PlacedWeight::Lane(self.place(*lane)),
        };
        let weights = of_split.weights.iter().map(placed).collect();
        let total = self.place(of_split.total);
        let parts: Vec<LaneId> = self.all_of(|op| matches!(op, Op::Part { split: of, .. } if *of == split));
        let mut to = vec![None; of_split.weights.len()];
        // Places are given before the operands are free: parts are written one after the other.
        for lane in &parts {
            if let Op::Part { part, .. } = self.op(*lane) {
                to[*part] = Some(self.new_place(*lane));
            }
        }
        parts.iter().for_each(|lane| self.read_operands(*lane));
        let (mode, residue) = (of_split.mode, of_split.residue);
        self.steps.push(Step::Split { total, weights, mode, residue, to });
    }

    /// All nodes that are evaluated exactly, at once: they rest on facts alone.
    fn emit_exactly(&mut self, lane: LaneId) {
        if self.places[lane.0].is_some() {
            return;
        }
        let lanes = self.all_of(|op| matches!(op, Op::Exactly { .. }));
        let mut to = Vec::new();
        for lane in lanes {
            if let Op::Exactly { place } = self.op(lane) {
                to.resize(to.len().max(place + 1), None);
                to[*place] = Some(self.new_place(lane));
            }
        }
        self.steps.push(Step::Exactly { to });
    }

    fn all_of(&self, wanted: impl Fn(&Op) -> bool) -> Vec<LaneId> {
        let lanes = self.lanes.all().iter().enumerate();
        let lanes = lanes.filter(|(index, lane)| self.uses[*index] > 0 && wanted(&lane.op));
        lanes.map(|(index, _)| LaneId(index)).collect()
    }
}

fn plain(x: LaneId, factor: i128) -> TermPlan {
    TermPlan { x, limits: None, times: None, rounding: None, factor }
}

/// A number as a pair.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a pair is just that")]
fn pair(n: i128) -> (f64, i64) {
    (n as f64, n as i64)
}

fn exact_float(n: i128) -> f64 {
    float(n).expect("a number of a certified lane is exact in a float")
}

fn short(n: i128) -> i64 {
    i64::try_from(n).expect("a number of a certified lane is a machine integer")
}

/// Calls `read` for every lane that an operation reads.
fn operands(lanes: &Lanes, op: &Op, read: &mut dyn FnMut(LaneId)) {
    match op {
        Op::Input(_) | Op::Exactly { .. } => {}
        Op::Sum { terms, .. } | Op::Extreme(_, terms) => terms.iter().for_each(|(_, lane)| read(*lane)),
        Op::Product(x, y) => {
            read(*x);
            read(*y);
        }
        Op::Clamp { x, .. } | Op::Pieces { x, .. } => read(*x),
        Op::Select { condition, then, otherwise } => {
            read(*condition);
            read(then.1);
            read(otherwise.1);
        }
        Op::Round { x, over, .. } => {
            read(*x);
            over.iter().for_each(|over| read(*over));
        }
        Op::Part { split, .. } => {
            let split = &lanes.splits[*split];
            read(split.total);
            for weight in &split.weights {
                match weight {
                    Weight::Known(_) => {}
                    Weight::Lane(lane) => read(*lane),
                }
            }
        }
    }
}
