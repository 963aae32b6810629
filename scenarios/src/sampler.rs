//! The facts of any scenario: levels, chance, and the grid of each measure.
//!
//! A number is rounded to the nearest multiple of its step, half away from zero, and brought into its
//! range; how often that was needed is counted.

use carepact::num::Range;
use carepact::plan::FactId;
use carepact::scenario::{Chance, Drawn, Prepared, Target};
use carepact::source::{Location, catalogue};
use carepact::{Diagnostic, Exact, Mode, Problems};

use crate::chance::{Counts, Table};
use crate::copula::Copula;
use crate::engine::Known;
use crate::interval::Interval;
use crate::levels::{Block, LOWERED, LevelPlan, RAISED};
use crate::quantile::{Quantile, float};
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
    /// For each fact that varies a column: `n` stands for `n` steps.
    pub columns: Vec<Vec<i64>>,
    /// For each drawn observation how often it was brought into its range.
    pub clamped: Vec<Clamped>,
}

/// Whole steps from the least to the greatest.
#[derive(Debug, Clone)]
struct Grid {
    step: Exact,
    per_unit: f64,
    least: i64,
    most: i64,
}

/// How the number of a level is got.
#[derive(Debug, Clone)]
enum Scatter {
    /// It is the level.
    None,
    /// By a table, the same for all scenarios; a count is so many steps.
    Table(Table, i64),
    /// By the level of the scenario; a count is so many steps.
    Each(Chance, i64),
}

/// A part of a drawn observation.
#[derive(Debug, Clone)]
enum Part {
    /// The same in all scenarios.
    Fixed(Exact),
    /// Between two numbers of steps.
    Varies(i64, i64),
}

/// A drawn observation made ready.
#[derive(Debug, Clone)]
struct DrawnPlan {
    level: LevelPlan,
    denominator: Option<(LevelPlan, Grid, (Exact, Exact))>,
    trials: Option<f64>,
    grid: Grid,
    scatter: Scatter,
    chance_draw: usize,
    /// The value or numerator, and the denominator: its fact, and what it can be.
    number: (Option<FactId>, Part),
    below: Option<(Option<FactId>, Part)>,
}

/// Everything that is drawn, made ready.
#[derive(Debug, Clone)]
pub struct Plan {
    drawn: Vec<DrawnPlan>,
    shocks: Vec<(Quantile, usize)>,
    copulas: Vec<Copula>,
    /// The facts that vary, in order.
    inputs: Vec<FactId>,
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

fn whole(exact: &Exact) -> i64 {
    exact.to_i64().unwrap_or(if exact.sign() < 0 { i64::MIN / 4 } else { i64::MAX / 4 })
}

impl Grid {
    fn new(range: &Range) -> Grid {
        let step = range.step.clone().unwrap_or(Exact::ONE);
        let steps = |end: &Exact, mode: Mode| {
            let steps = end.checked_div(&step).unwrap_or(Exact::ZERO);
            whole(&steps.rounded(&Exact::ONE, mode))
        };
        let (least, most) = (steps(&range.least, Mode::Ceiling), steps(&range.most, Mode::Floor));
        let per_unit = float(&Exact::ONE.checked_div(&step).unwrap_or(Exact::ONE));
        Grid { step, per_unit, least, most: most.max(least) }
    }

    /// A number in whole steps, not yet brought between the ends.
    fn steps(&self, number: f64) -> i64 {
        // Beyond 2^62 no measure reaches; the cast stops at the greatest machine integer.
        (number * self.per_unit).round() as i64
    }

    fn exact_steps(&self, number: &Exact) -> i64 {
        let steps = number.checked_div(&self.step).unwrap_or(Exact::ZERO);
        whole(&steps.rounded(&Exact::ONE, Mode::HalfAway))
    }

    fn brought(&self, steps: i64, brought: &mut u8) -> i64 {
        between(steps, (self.least, self.most), brought)
    }

    fn of(&self, steps: i64) -> Exact {
        &self.step * &Exact::from(steps)
    }

    fn span(&self, interval: Interval) -> (i64, i64) {
        // One step more on both sides: the interval is of floats.
        let (low, high) = (self.steps(interval.least), self.steps(interval.most));
        ((low - 1).clamp(self.least, self.most), (high + 1).clamp(self.least, self.most))
    }

    fn range(&self, (least, most): (i64, i64)) -> Range {
        Range { least: self.of(least), most: self.of(most), step: Some(self.step.clone()) }
    }
}

fn between(steps: i64, (least, most): (i64, i64), brought: &mut u8) -> i64 {
    if steps < least {
        *brought |= RAISED;
        least
    } else if steps > most {
        *brought |= LOWERED;
        most
    } else {
        steps
    }
}

/// The least and greatest numerator of a denominator, in steps, for rates between two.
fn numerators(denominator: i64, rates: &(Exact, Exact)) -> (i64, i64) {
    let of = |rate: &Exact, mode: Mode| {
        let exact = rate * &Exact::from(denominator);
        if exact.is_whole() { whole(&exact) } else { whole(&exact.rounded(&Exact::ONE, mode)) }
    };
    (of(&rates.0, Mode::Ceiling), of(&rates.1, Mode::Floor))
}

/// The counts of a kind of chance, for a level and how many there are.
fn counts(chance: &Chance, level: f64, of: f64) -> Option<Counts> {
    Some(match chance {
        Chance::None => return None,
        Chance::Binomial => Counts::Binomial { n: of.max(0.0) as u64, p: level.clamp(0.0, 1.0) },
        Chance::Poisson => Counts::Poisson { mean: (level * of).max(0.0) },
        Chance::NegativeBinomial(over) => {
            Counts::NegativeBinomial { mean: (level * of).max(0.0), over: float(over) }
        }
    })
}

impl DrawnPlan {
    fn new(drawn: &Drawn, shocks: &[Interval]) -> Option<DrawnPlan> {
        match &drawn.target {
            Target::Value(fact, range) => {
                let rates = match drawn.trials {
                    Some(_) => (Exact::ZERO, Exact::ONE),
                    None => (range.least.clone(), range.most.clone()),
                };
                let level = LevelPlan::new(&drawn.level, &rates, shocks)?;
                let grid = Grid::new(range);
                let of = drawn.trials.as_ref().map_or(1.0, float);
                let plan = DrawnPlan {
                    level,
                    denominator: None,
                    trials: Some(of),
                    grid,
                    scatter: Scatter::None,
                    chance_draw: drawn.chance.1,
                    number: (Some(*fact), Part::Varies(0, 0)),
                    below: None,
                };
                Some(plan.scattered(&drawn.chance.0, (of, of)))
            }
            Target::Ratio { numerator, denominator, rates, denominators } => {
                let level = LevelPlan::new(&drawn.level, rates, shocks)?;
                let range = (denominators.least.clone(), denominators.most.clone());
                let below = LevelPlan::new(drawn.denominator.as_ref()?, &range, shocks)?;
                let grid = Grid::new(denominators);
                let part = match &below.constant {
                    Some(constant) => Part::Fixed(grid.of(grid.brought(grid.exact_steps(constant), &mut 0))),
                    None => {
                        let (least, most) = grid.span(below.interval);
                        Part::Varies(least, most)
                    }
                };
                let ends = match &part {
                    Part::Fixed(value) => (float(value), float(value)),
                    Part::Varies(least, most) => (float(&grid.of(*least)), float(&grid.of(*most))),
                };
                let plan = DrawnPlan {
                    level,
                    denominator: Some((below, grid.clone(), rates.clone())),
                    trials: None,
                    grid,
                    scatter: Scatter::None,
                    chance_draw: drawn.chance.1,
                    number: (*numerator, Part::Varies(0, 0)),
                    below: Some((*denominator, part)),
                };
                Some(plan.scattered(&drawn.chance.0, ends))
            }
        }
    }

    /// The plan with chance, and with what the number can be.
    fn scattered(mut self, chance: &Chance, (least_of, most_of): (f64, f64)) -> DrawnPlan {
        let grid = self.grid.clone();
        let level = self.level.interval;
        let a_count = grid.per_unit.round() as i64;
        let limits = match (&self.denominator, &self.below) {
            (Some((_, _, rates)), Some((_, Part::Fixed(value)))) => {
                numerators(grid.exact_steps(value), rates)
            }
            (Some((_, _, rates)), Some((_, Part::Varies(least, most)))) => {
                (numerators(*least, rates).0.min(0), numerators(*most, rates).1)
            }
            (_, _) => (grid.least, grid.most),
        };
        let table = |level: f64, of: f64| counts(chance, level, of).map(Counts::table);
        let (low, high) = (table(level.least, least_of), table(level.most, most_of));
        self.number.1 = match (low, high) {
            (Some(low), Some(high)) => {
                let is_fixed = self.level.constant.is_some() && least_of == most_of;
                let ends = (low.ends().0 as i64 * a_count, high.ends().1 as i64 * a_count);
                self.scatter = match is_fixed {
                    true => Scatter::Table(low, a_count),
                    false => Scatter::Each(chance.clone(), a_count),
                };
                Part::Varies(ends.0.clamp(limits.0, limits.1), ends.1.clamp(limits.0, limits.1))
            }
            (_, _) => self.without_chance(&grid, limits, (least_of, most_of)),
        };
        self
    }

    fn without_chance(&self, grid: &Grid, limits: (i64, i64), (least_of, most_of): (f64, f64)) -> Part {
        let of = match &self.below {
            None => Some(Exact::ONE),
            Some((_, Part::Fixed(value))) => Some(value.clone()),
            Some((_, Part::Varies(..))) => None,
        };
        if let (Some(level), Some(of)) = (&self.level.constant, of) {
            let steps = between(grid.exact_steps(&(level * &of)), limits, &mut 0);
            return Part::Fixed(grid.of(steps));
        }
        let interval = self.level.interval.times(Interval::hull(&[least_of, most_of]));
        let (low, high) = (grid.steps(interval.least), grid.steps(interval.most));
        Part::Varies((low - 1).clamp(limits.0, limits.1), (high + 1).clamp(limits.0, limits.1))
    }

    /// Facts that vary, with their ranges.
    fn parts(&self) -> Vec<(FactId, &Part, &Grid)> {
        let below = self.below.iter().map(|(fact, part)| (fact, part));
        let parts = [(&self.number.0, &self.number.1)].into_iter().chain(below);
        parts.filter_map(|(fact, part)| Some(((*fact)?, part, &self.grid))).collect()
    }
}

impl Plan {
    /// Makes everything ready.
    ///
    /// # Errors
    /// Parameters beyond what floats hold.
    pub fn new(prepared: &Prepared) -> Result<Plan, Problems> {
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
        let parts = drawn.iter().flat_map(DrawnPlan::parts);
        let varying = parts.filter(|(_, part, _)| matches!(part, Part::Varies(..)));
        let mut inputs: Vec<FactId> = varying.map(|(fact, _, _)| fact).collect();
        inputs.sort_unstable();
        let copulas = prepared.correlated.iter().filter_map(Copula::new).collect();
        Ok(Plan { drawn, shocks, copulas, inputs })
    }

    /// What is known of each fact of the plan.
    pub fn known(&self, prepared: &Prepared) -> Vec<Known> {
        let mut known: Vec<Known> =
            prepared.facts.lanes[0].values.iter().cloned().map(Known::Fixed).collect();
        for (fact, part, grid) in self.drawn.iter().flat_map(DrawnPlan::parts) {
            known[fact.0 as usize] = match part {
                Part::Fixed(value) => Known::Fixed(value.clone()),
                Part::Varies(least, most) => Known::Varies(grid.range((*least, *most))),
            };
        }
        known
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
        let of = |fact: &FactId| {
            let mut parts = self.plan.drawn.iter().flat_map(DrawnPlan::parts);
            let found = parts.find(|(known, _, _)| known == fact).map(|(_, _, grid)| grid.step.clone());
            (*fact, found.unwrap_or(Exact::ONE))
        };
        self.plan.inputs.iter().map(of).collect()
    }

    /// The facts of neighbouring scenarios, from `first` on; at most a block is best.
    pub fn columns(&self, first: u64, count: usize) -> Columns {
        let block = self.block(first, count);
        let mut columns = vec![Vec::new(); self.plan.inputs.len()];
        let mut clamped = Vec::with_capacity(self.plan.drawn.len());
        let mut scratch = Scratch::new(count);
        for (drawn, chance) in self.plan.drawn.iter().zip(&self.chances) {
            scratch.brought.fill(0);
            if let Some(stream) = chance {
                stream.fill(first, &mut scratch.chance);
            }
            let (numbers, below) = drawn.numbers(&block, &mut scratch);
            let parts = [(Some(&drawn.number), numbers), (drawn.below.as_ref(), below)];
            for (part, column) in parts {
                if let Some((Some(fact), Part::Varies(..))) = part
                    && let Ok(place) = self.plan.inputs.binary_search(fact)
                {
                    columns[place] = column;
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

/// Columns that are filled again for each observation.
struct Scratch {
    level: Vec<f64>,
    below: Vec<f64>,
    chance: Vec<f64>,
    brought: Vec<u8>,
}

impl Scratch {
    fn new(count: usize) -> Scratch {
        let column = || vec![0.0; count];
        Scratch { level: column(), below: column(), chance: column(), brought: vec![0; count] }
    }
}

impl DrawnPlan {
    /// Value or numerator, and denominator, of each scenario in steps.
    fn numbers(&self, block: &Block, scratch: &mut Scratch) -> (Vec<i64>, Vec<i64>) {
        let Scratch { level, below, chance, brought } = scratch;
        self.level.fill(block, level, brought);
        let grid = &self.grid;
        let mut denominators = Vec::new();
        if let Some((plan, grid, _)) = &self.denominator {
            plan.fill(block, below, brought);
            let steps = below.iter().zip(brought.iter_mut());
            denominators =
                steps.map(|(number, brought)| grid.brought(grid.steps(*number), brought)).collect();
            for (number, steps) in below.iter_mut().zip(&denominators) {
                *number = *steps as f64 / grid.per_unit;
            }
        } else {
            below.fill(self.trials.unwrap_or(1.0));
        }
        let mut numbers = Vec::with_capacity(level.len());
        for i in 0..level.len() {
            let steps = match &self.scatter {
                Scatter::None => grid.steps(level[i] * below[i]),
                Scatter::Table(table, a_count) => table.at(chance[i]) as i64 * a_count,
                Scatter::Each(kind, a_count) => {
                    let counts = counts(kind, level[i], below[i]);
                    counts.map_or(0, |counts| counts.at(chance[i])) as i64 * a_count
                }
            };
            let limits = match &self.denominator {
                Some((_, _, rates)) => numerators(denominators[i], rates),
                None => (grid.least, grid.most),
            };
            numbers.push(between(steps, limits, &mut brought[i]));
        }
        (numbers, denominators)
    }
}
