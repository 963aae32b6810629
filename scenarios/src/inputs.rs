//! The facts that vary from scenario to scenario or from holder to holder: on which grid each stands,
//! and which draws go into it.

use std::collections::BTreeMap;

use carepact::batch::Known;
use carepact::num::Range;
use carepact::plan::FactId;
use carepact::scenario::Prepared;
use carepact::source::{Location, catalogue};
use carepact::{Diagnostic, Exact, Model, Problems};

use crate::drawn::{DrawnPlan, Grid, Part};

/// A fact that varies.
#[derive(Debug, Clone)]
pub struct Input {
    /// Which one.
    pub fact: FactId,
    /// What 1 stands for in its column.
    pub step: Exact,
    /// For each holder (or the only lane) the number where nothing is drawn, in steps.
    pub base: Vec<i64>,
}

/// Where a drawn number goes.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// The place of the input.
    pub input: usize,
    /// The holder, or 0.
    pub lane: usize,
    /// Steps of the input in one step of the draw.
    pub factor: i64,
}

/// All facts: what is known of each, those that vary, and where draws go.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// In the order of the plan's facts.
    pub known: Vec<Known>,
    /// Those that vary, in the same order.
    pub all: Vec<Input>,
    /// For each drawn observation where its value or numerator goes, and its denominator.
    pub cells: Vec<[Option<Cell>; 2]>,
}

/// A drawn part of a fact on one lane.
struct DrawnPart<'d> {
    part: &'d Part,
    grid: &'d Grid,
    /// The observation, and whether it is its denominator.
    of: (usize, usize),
}

impl Inputs {
    /// Puts what is drawn and what the baseline says on common grids.
    ///
    /// # Errors
    /// Figures of holders that have no common grid in machine integers.
    pub fn new(model: &Model, prepared: &Prepared, drawn: &[DrawnPlan]) -> Result<Inputs, Problems> {
        let mut parts: BTreeMap<FactId, BTreeMap<usize, DrawnPart<'_>>> = BTreeMap::new();
        for (index, (plan, of)) in drawn.iter().zip(&prepared.drawn).enumerate() {
            let below = plan.below.as_ref();
            for (place, (fact, part)) in [Some(&plan.number), below]
                .into_iter()
                .enumerate()
                .flat_map(|(place, part)| part.and_then(|(fact, part)| Some((place, ((*fact)?, part)))))
            {
                let own = DrawnPart { part, grid: plan.grid(), of: (index, place) };
                parts.entry(fact).or_default().insert(of.holder.unwrap_or(0), own);
            }
        }
        let mut inputs =
            Inputs { known: Vec::new(), all: Vec::new(), cells: vec![[None; 2]; prepared.drawn.len()] };
        let mut problems = Vec::new();
        let none = BTreeMap::new();
        for (index, spec) in model.plan().facts().iter().enumerate() {
            let fact = FactId(u32::try_from(index).expect("facts are limited"));
            let lanes = if spec.by_holder { prepared.facts.lanes.len() } else { 1 };
            let values = prepared.facts.lanes[..lanes].iter().map(|lane| &lane.values[index]);
            let lanes: Vec<&Exact> = values.collect();
            if inputs.add(fact, &lanes, parts.get(&fact).unwrap_or(&none)).is_none() {
                problems.push(Diagnostic {
                    code: &catalogue::LIMIT,
                    location: Location::Request,
                    found: format!("the figures of `{}` lie on no common grid", spec.measure),
                    remedy: "give the figures of the baseline with fewer decimal places".to_string(),
                });
            }
        }
        if problems.is_empty() { Ok(inputs) } else { Err(Problems(problems)) }
    }

    fn add(&mut self, fact: FactId, lanes: &[&Exact], drawn: &BTreeMap<usize, DrawnPart<'_>>) -> Option<()> {
        let fixed = |lane: usize| match drawn.get(&lane).map(|own| own.part) {
            Some(Part::Fixed(value)) => Some(value),
            Some(Part::Varies(..)) => None,
            None => Some(lanes[lane]),
        };
        let varying = drawn.iter().filter_map(|(lane, own)| match own.part {
            Part::Varies(least, most) => Some((*lane, own, (*least, *most))),
            Part::Fixed(_) => None,
        });
        let varying: Vec<_> = varying.collect();
        let first = fixed(0);
        if let Some(first) = first.filter(|first| (1..lanes.len()).all(|lane| fixed(lane) == Some(*first))) {
            self.known.push(Known::Fixed(first.clone()));
            return Some(());
        }
        let mut ends: Vec<Exact> = (0..lanes.len()).filter_map(fixed).cloned().collect();
        let mut step = ends.iter().fold(Exact::ZERO, |step, value| step.common_step(value));
        for (_, own, (least, most)) in &varying {
            step = step.common_step(&own.grid.step);
            let range = own.grid.range((*least, *most));
            ends.extend([range.least, range.most]);
        }
        let steps = |value: &Exact| value.checked_div(&step)?.to_i64();
        let base: Option<Vec<i64>> =
            (0..lanes.len()).map(|lane| fixed(lane).map_or(Some(0), steps)).collect();
        for (lane, own, _) in &varying {
            let cell = Cell { input: self.all.len(), lane: *lane, factor: steps(&own.grid.step)? };
            self.cells[own.of.0][own.of.1] = Some(cell);
        }
        self.known.push(Known::Varies(Range { step: Some(step.clone()), ..Range::hull(&ends) }));
        self.all.push(Input { fact, step: step.clone(), base: base? });
        Some(())
    }

    /// Columns of so many scenarios with what is not drawn; lane by lane within a scenario.
    pub fn columns(&self, count: usize) -> Vec<Vec<i64>> {
        self.all.iter().map(|input| input.base.repeat(count)).collect()
    }

    /// Puts the numbers of neighbouring scenarios where they go.
    pub fn put(&self, cell: Cell, numbers: Vec<i64>, columns: &mut [Vec<i64>]) {
        let lanes = self.all[cell.input].base.len();
        let column = &mut columns[cell.input];
        if lanes == 1 && cell.factor == 1 {
            *column = numbers;
            return;
        }
        for (own, number) in column.iter_mut().skip(cell.lane).step_by(lanes).zip(numbers) {
            *own = number * cell.factor;
        }
    }
}
