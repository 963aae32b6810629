//! From lanes to steps: which lanes are computed together, in which arithmetic, and where they are kept.

use std::collections::BTreeMap;

use super::certify::{Keep, Proved, Tier, float, is_moved, prove};
use super::fuse::{Fused, Sum, TermPlan, fuse, is_sum};
use super::lane::{LaneId, Lanes, Op, Weight};
use super::program::{
    At, Limits, PairOp, PairTerm, Place, PlacedWeight, Program, Stage, Step, TermCode, Terms, Tiers, WideOp,
};
use super::translate::Translated;
use crate::num::Exact;

/// Chunks of a block.
const CHUNKS: usize = 6;

pub(super) fn compile(translated: Translated) -> Program {
    let Translated { lanes, inputs, given, outputs, exactly, ratios } = translated;
    let mut compiler = Compiler::new(&lanes, &outputs);
    compiler.emit(&outputs);
    let Compiler { stages, narrow, pair, wide, tiers, .. } = compiler;
    let end = |n: i128| i64::try_from(n).expect("a result fits into 64 bits");
    let extent = outputs.iter().map(|(lane, _)| lanes.bounds(*lane));
    let extent = extent.map(|bounds| (end(bounds.least), end(bounds.most))).collect();
    Program {
        inputs,
        given,
        extent,
        chunks: CHUNKS,
        units: outputs.into_iter().map(|(_, unit)| unit).collect(),
        stages,
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
    fused: Fused,
    /// Outputs that a step writes at once.
    direct: Vec<Option<usize>>,
    /// Outputs that a sum writes beside its place, for other lanes that read it.
    also: Vec<Option<usize>>,
    places: Vec<Option<Place>>,
    narrow: Slots,
    pair: Slots,
    wide: Slots,
    stages: Vec<Stage>,
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
        let proved = prove(lanes);
        let fused = fuse(lanes, &proved, &uses);
        Compiler {
            lanes,
            proved,
            uses,
            fused,
            direct,
            also,
            places: vec![None; all.len()],
            narrow: Slots::default(),
            pair: Slots::default(),
            wide: Slots::default(),
            stages: Vec::new(),
            tiers: Tiers::default(),
        }
    }

    fn op(&self, lane: LaneId) -> &'l Op {
        &self.lanes.all()[lane.0].op
    }

    /// Gives places and writes the steps, from the first lane to the last.
    fn emit(&mut self, outputs: &[(LaneId, Exact)]) {
        let early = self.early();
        for index in 0..self.uses.len() {
            let lane = LaneId(index);
            if self.uses[index] == 0 {
                continue;
            }
            self.count(lane);
            if self.fused.absorbed[index] || self.places[index].is_some() {
                continue;
            }
            match self.op(lane) {
                Op::Input(column) => self.places[index] = Some(Place::Input(At::new(*column))),
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
            for result in early.get(&lane).into_iter().flatten() {
                self.emit_one(*result);
            }
        }
        for (place, (lane, _)) in outputs.iter().enumerate() {
            let written = self.also[lane.0] == Some(place) && is_sum(self.lanes, &self.proved, *lane);
            if self.direct[lane.0].is_none() && !written {
                let (from, to) = (self.place(*lane), Place::Output(At::new(place)));
                let short = is_moved(self.lanes.bounds(*lane));
                if short {
                    self.step(Step::Store { from, to });
                } else {
                    let op = WideOp::Sum { constant: 0, terms: vec![(1, from)] };
                    self.stages.push(Stage::Wide { op, to });
                }
            }
        }
    }

    /// Results are written as soon as what they read is there, so that it need not be kept for longer:
    /// for a lane, the results whose last operand it is.
    fn early(&self) -> BTreeMap<LaneId, Vec<LaneId>> {
        let mut early: BTreeMap<LaneId, Vec<LaneId>> = BTreeMap::new();
        let results = (0..self.uses.len()).filter(|index| self.direct[*index].is_some());
        for result in results.map(LaneId).filter(|result| is_sum(self.lanes, &self.proved, *result)) {
            if let Some(last) = self.last_operand(result) {
                early.entry(last).or_default().push(result);
            }
        }
        early
    }

    /// The last lane that a step reads, those of the lanes it took in included.
    fn last_operand(&self, lane: LaneId) -> Option<LaneId> {
        let mut last = None;
        operands(self.lanes, self.op(lane), &mut |operand| {
            let absorbed = self.fused.absorbed[operand.0];
            last = last.max(if absorbed { self.last_operand(operand) } else { Some(operand) });
        });
        last
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
            Some(output) => Place::Output(At::new(output)),
            None => match self.proved[lane.0].keep {
                Keep::Narrow => Place::Narrow(At::new(self.narrow.take())),
                Keep::Pair => Place::Pair(At::new(self.pair.take())),
                Keep::Wide => Place::Wide(At::new(self.wide.take())),
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
            Some(Place::Narrow(slot)) => self.narrow.free.push(slot.index()),
            Some(Place::Pair(slot)) => self.pair.free.push(slot.index()),
            Some(Place::Wide(slot)) => self.wide.free.push(slot.index()),
            Some(Place::Input(_) | Place::Output(_)) | None => {}
        }
    }

    /// A lane's operands, those of the lanes it took in included, are read.
    fn read_operands(&mut self, lane: LaneId) {
        let mut read = Vec::new();
        operands(self.lanes, self.op(lane), &mut |operand| read.push(operand));
        for operand in read {
            if self.fused.absorbed[operand.0] {
                self.read_operands(operand);
            }
            self.read(operand);
        }
    }

    fn emit_one(&mut self, lane: LaneId) {
        // The operands' places may be taken over: a step reads before it writes.
        self.read_operands(lane);
        let to = self.new_place(lane);
        let step = match (self.fused.sums[lane.0].take(), self.proved[lane.0].tier) {
            (Some(Sum { constant, terms, .. }), _) => {
                let lanes = self.lanes;
                let alike = terms.chunk_by(|a, b| a.form(lanes) == b.form(lanes));
                let coded = alike.map(|terms| Terms {
                    form: terms[0].form(lanes),
                    terms: terms.iter().map(|term| self.coded(term)).collect(),
                });
                let terms = coded.collect();
                // A lane that others read as well is written to its column of results at once.
                let also = self.also[lane.0].filter(|_| matches!(to, Place::Narrow(_)));
                Step::Sum {
                    constant: exact_float(constant),
                    terms,
                    to,
                    also: also.map(|output| Place::Output(At::new(output))),
                }
            }
            (None, Tier::Paired) => {
                Step::Pair { op: self.pair_op(self.op(lane)), error: self.proved[lane.0].apart, to }
            }
            (None, Tier::Wide) => {
                let op = self.wide_op(self.op(lane));
                return self.stages.push(Stage::Wide { op, to });
            }
            (None, Tier::Certified { .. } | Tier::Remainder) => self.narrow_step(lane, to),
        };
        self.step(step);
    }

    /// A step in floats, in one stage with those before it.
    fn step(&mut self, step: Step) {
        match self.stages.last_mut() {
            Some(Stage::Floats(steps)) => steps.push(step),
            Some(Stage::Wide { .. } | Stage::Split { .. } | Stage::Exactly { .. }) | None => {
                self.stages.push(Stage::Floats(vec![step]));
            }
        }
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
        self.stages.push(Stage::Split { total, weights, mode, residue, to });
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
        self.stages.push(Stage::Exactly { to });
    }

    fn all_of(&self, wanted: impl Fn(&Op) -> bool) -> Vec<LaneId> {
        let lanes = self.lanes.all().iter().enumerate();
        let lanes = lanes.filter(|(index, lane)| self.uses[*index] > 0 && wanted(&lane.op));
        lanes.map(|(index, _)| LaneId(index)).collect()
    }
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
