//! The facts of any scenario, and how often they had to be brought into their range.

use carepact::batch::Known;
use carepact::plan::FactId;
use carepact::scenario::Prepared;
use carepact::source::{Location, catalogue};
use carepact::{Diagnostic, Exact, Model, Problems};

use crate::copula::Copula;
use crate::drawn::{DrawnPlan, Scatter, Scratch};
use crate::inputs::Inputs;
use crate::interval::Interval;
use crate::levels::{Block, LOWERED, LevelPlan, RAISED};
use crate::quantile::Quantile;
use crate::stream::Stream;

/// Scenarios that are drawn at a time.
pub const BLOCK: usize = 1024;

/// How often a drawn observation was brought into its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clamped {
    /// Up to the least.
    pub raised: u64,
    /// Down to the greatest.
    pub lowered: u64,
}

/// The facts of neighbouring scenarios.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// For each fact that varies a column: `n` stands for `n` steps. Of a fact that each holder has for
    /// itself there is a number for each holder of each scenario, holder by holder.
    pub columns: Vec<Vec<i64>>,
    /// For each drawn observation how often it was brought into its range.
    pub clamped: Vec<Clamped>,
}

/// Everything that is drawn, made ready.
#[derive(Debug, Clone)]
pub struct Plan {
    drawn: Vec<DrawnPlan>,
    shocks: Vec<(Quantile, usize)>,
    copulas: Vec<Copula>,
    /// The facts that vary, and where draws go.
    inputs: Inputs,
}

/// Draws scenarios with a seed.
#[derive(Debug, Clone)]
pub struct Sampler<'s> {
    plan: &'s Plan,
    prepared: &'s Prepared,
    /// The streams of draws that levels and shocks are of.
    streams: Vec<Option<Stream>>,
    /// The streams of chance, by drawn observation.
    chances: Vec<Option<Stream>>,
}

impl Plan {
    /// Makes everything ready.
    ///
    /// # Errors
    /// Parameters beyond what floats hold.
    pub fn new(model: &Model, prepared: &Prepared) -> Result<Plan, Problems> {
        let refuse = |name: &str| Diagnostic {
            code: &catalogue::SCENARIO_SPREAD,
            location: Location::Request,
            found: format!("the level of `{name}` is beyond what can be drawn"),
            remedy: "check the parameters of its distribution, its trend and its shocks".to_string(),
        };
        let mut problems = Vec::new();
        let mut shocks = Vec::new();
        for shock in &prepared.shocks {
            match Quantile::new(&shock.distribution) {
                Some(quantile) => shocks.push((quantile, shock.draw)),
                None => problems.push(refuse(&prepared.draws[shock.draw])),
            }
        }
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        let intervals: Vec<Interval> = shocks.iter().map(|(quantile, _)| quantile.interval()).collect();
        let mut drawn = Vec::new();
        for each in &prepared.drawn {
            match DrawnPlan::new(each, &intervals) {
                Some(plan) => drawn.push(plan),
                None => problems.push(refuse(&each.name)),
            }
        }
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        let inputs = Inputs::new(model, prepared, &drawn)?;
        let copulas = prepared.correlated.iter().filter_map(Copula::new).collect();
        Ok(Plan { drawn, shocks, copulas, inputs })
    }

    /// What is known of each fact of the plan.
    pub fn known(&self) -> &[Known] {
        &self.inputs.known
    }

    /// How many facts vary.
    pub fn varying(&self) -> usize {
        self.inputs.all.len()
    }
}

impl<'s> Sampler<'s> {
    pub(crate) fn new(prepared: &'s Prepared, plan: &'s Plan, seed: u64) -> Sampler<'s> {
        let mut used = vec![false; prepared.draws.len()];
        for drawn in &plan.drawn {
            let below = drawn.denominator.iter().map(|(level, _, _)| level);
            for draw in [&drawn.level].into_iter().chain(below).filter_map(LevelPlan::draw) {
                used[draw] = true;
            }
        }
        let shocks = plan.shocks.iter().map(|(_, draw)| draw);
        // What is correlated with a draw has a part in it, whether anything else reads it or not.
        for draw in shocks.chain(plan.copulas.iter().flat_map(|copula| &copula.draws)) {
            used[*draw] = true;
        }
        let stream = |draw: usize| Stream::new(seed, &prepared.draws[draw]);
        let streams = used.iter().enumerate().map(|(draw, used)| used.then(|| stream(draw))).collect();
        let scatters = |drawn: &DrawnPlan| !matches!(drawn.scatter, Scatter::None);
        let chances =
            plan.drawn.iter().map(|drawn| scatters(drawn).then(|| stream(drawn.chance_draw))).collect();
        Sampler { plan, prepared, streams, chances }
    }

    /// What is drawn, with exact parameters.
    pub fn prepared(&self) -> &'s Prepared {
        self.prepared
    }

    /// The facts that vary, in the order of the columns, with the step of each.
    pub fn inputs(&self) -> Vec<(FactId, Exact)> {
        self.plan.inputs.all.iter().map(|input| (input.fact, input.step.clone())).collect()
    }

    /// The facts of one scenario, for each lane of the baseline in the order of the plan's facts.
    pub fn facts(&self, number: u64) -> Vec<Vec<Exact>> {
        let columns = self.columns(number, 1).columns;
        let lanes = self.prepared.facts.lanes.iter();
        let mut facts: Vec<Vec<Exact>> = lanes.map(|lane| lane.values.clone()).collect();
        for (index, known) in self.plan.inputs.known.iter().enumerate() {
            if let Known::Fixed(value) = known {
                facts.iter_mut().for_each(|lane| lane[index] = value.clone());
            }
        }
        for (input, column) in self.plan.inputs.all.iter().zip(&columns) {
            for (lane, facts) in facts.iter_mut().enumerate() {
                // Of a fact that all holders share there is one number.
                let n = column[lane.min(column.len() - 1)];
                facts[input.fact.0 as usize] = &input.step * &Exact::from(n);
            }
        }
        facts
    }

    /// The facts of neighbouring scenarios, from `first` on; at most [`crate::Scenarios::block`] is best.
    pub fn columns(&self, first: u64, count: usize) -> Columns {
        let block = self.block(first, count);
        let mut columns = self.plan.inputs.columns(count);
        let mut clamped = Vec::with_capacity(self.plan.drawn.len());
        let mut scratch = Scratch::new(count);
        let cells = &self.plan.inputs.cells;
        for ((drawn, chance), cells) in self.plan.drawn.iter().zip(&self.chances).zip(cells) {
            scratch.brought.fill(0);
            if let Some(stream) = chance {
                stream.fill(first, &mut scratch.chance);
            }
            let (numbers, below) = drawn.numbers(&block, &mut scratch);
            for (cell, numbers) in cells.iter().zip([numbers, below]) {
                if let Some(cell) = cell {
                    self.plan.inputs.put(*cell, numbers, &mut columns);
                }
            }
            let count =
                |flag: u8| scratch.brought.iter().filter(|brought| **brought & flag != 0).count() as u64;
            clamped.push(Clamped { raised: count(RAISED), lowered: count(LOWERED) });
        }
        Columns { columns, clamped }
    }

    /// The draws of levels and shocks.
    fn block(&self, first: u64, count: usize) -> Block {
        let mut draws: Vec<Vec<f64>> = vec![Vec::new(); self.streams.len()];
        for (column, stream) in draws.iter_mut().zip(&self.streams) {
            if let Some(stream) = stream {
                column.resize(count, 0.0);
                stream.fill(first, column);
            }
        }
        for copula in &self.plan.copulas {
            let mut own: Vec<Vec<f64>> =
                copula.draws.iter().map(|draw| std::mem::take(&mut draws[*draw])).collect();
            copula.correlate(&mut own);
            for (draw, column) in copula.draws.iter().zip(own) {
                draws[*draw] = column;
            }
        }
        let sizes =
            |(quantile, draw): &(Quantile, usize)| draws[*draw].iter().map(|u| quantile.at(*u)).collect();
        let shocks = self.plan.shocks.iter().map(sizes).collect();
        Block { draws, shocks }
    }
}
