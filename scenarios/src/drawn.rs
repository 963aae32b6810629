//! A drawn observation made ready: its level, its chance, its grid, and what it can be at all.
//!
//! A number is rounded to the nearest multiple of its step, half away from zero, and brought into its
//! range.

use carepact::num::Range;
use carepact::plan::FactId;
use carepact::scenario::{Chance, Drawn, Target};
use carepact::{Exact, Mode};

use crate::chance::{Counts, Table};
use crate::interval::Interval;
use crate::levels::{Block, LOWERED, LevelPlan, RAISED};
use crate::quantile::float;

/// Whole steps from the least to the greatest.
#[derive(Debug, Clone)]
pub struct Grid {
    pub step: Exact,
    per_unit: f64,
    least: i64,
    most: i64,
}

/// How the number of a level is got.
#[derive(Debug, Clone)]
pub enum Scatter {
    /// It is the level.
    None,
    /// By a table, the same for all scenarios; a count is so many steps.
    Table(Table, i64),
    /// By the level of the scenario; a count is so many steps.
    Each(Kind, i64),
}

/// How counts scatter.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Binomial,
    Poisson,
    /// With this overdispersion.
    NegativeBinomial(f64),
}

/// The least and greatest rate as quotients of machine integers.
#[derive(Debug, Clone)]
pub struct Rates {
    least: (i64, i64),
    most: (i64, i64),
}

/// A part of a drawn observation.
#[derive(Debug, Clone)]
pub enum Part {
    /// The same in all scenarios.
    Fixed(Exact),
    /// Between two numbers of steps.
    Varies(i64, i64),
}

/// A drawn observation made ready.
#[derive(Debug, Clone)]
pub struct DrawnPlan {
    pub level: LevelPlan,
    pub denominator: Option<(LevelPlan, Grid, Rates)>,
    trials: Option<f64>,
    grid: Grid,
    pub scatter: Scatter,
    pub chance_draw: usize,
    /// The value or numerator, and the denominator: its fact, and what it can be.
    pub number: (Option<FactId>, Part),
    pub below: Option<(Option<FactId>, Part)>,
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

    pub fn range(&self, (least, most): (i64, i64)) -> Range {
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

impl Rates {
    fn new((least, most): &(Exact, Exact)) -> Option<Rates> {
        let quotient = |rate: &Exact| {
            let (n, d) = rate.parts();
            Some((i64::try_from(n).ok()?, i64::try_from(d).ok()?))
        };
        Some(Rates { least: quotient(least)?, most: quotient(most)? })
    }

    /// The least and greatest numerator of a denominator, in steps.
    fn numerators(&self, denominator: i64) -> (i64, i64) {
        let product = |n: i64| i128::from(n) * i128::from(denominator);
        let narrow = |n: i128| i64::try_from(n.clamp(i64::MIN.into(), i64::MAX.into())).unwrap_or(0);
        let ((least, over_least), (most, over_most)) = (self.least, self.most);
        let low = match over_least {
            1 => product(least),
            over => -(-product(least)).div_euclid(i128::from(over)),
        };
        let high = match over_most {
            1 => product(most),
            over => product(most).div_euclid(i128::from(over)),
        };
        (narrow(low), narrow(high))
    }
}

impl Kind {
    fn new(chance: &Chance) -> Option<Kind> {
        match chance {
            Chance::None => None,
            Chance::Binomial => Some(Kind::Binomial),
            Chance::Poisson => Some(Kind::Poisson),
            Chance::NegativeBinomial(over) => Some(Kind::NegativeBinomial(float(over))),
        }
    }

    /// The counts for a level and how many there are.
    fn counts(self, level: f64, of: f64) -> Counts {
        match self {
            Kind::Binomial => Counts::Binomial { n: of.max(0.0) as u64, p: level.clamp(0.0, 1.0) },
            Kind::Poisson => Counts::Poisson { mean: (level * of).max(0.0) },
            Kind::NegativeBinomial(over) => Counts::NegativeBinomial { mean: (level * of).max(0.0), over },
        }
    }
}

impl DrawnPlan {
    pub fn new(drawn: &Drawn, shocks: &[Interval]) -> Option<DrawnPlan> {
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
                plan.scattered(&drawn.chance.0, (of, of))
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
                    denominator: Some((below, grid.clone(), Rates::new(rates)?)),
                    trials: None,
                    grid,
                    scatter: Scatter::None,
                    chance_draw: drawn.chance.1,
                    number: (*numerator, Part::Varies(0, 0)),
                    below: Some((*denominator, part)),
                };
                plan.scattered(&drawn.chance.0, ends)
            }
        }
    }

    /// The plan with chance, and with what the number can be.
    fn scattered(mut self, chance: &Chance, (least_of, most_of): (f64, f64)) -> Option<DrawnPlan> {
        let grid = self.grid.clone();
        let level = self.level.interval;
        let a_count = grid.per_unit.round() as i64;
        let limits = match (&self.denominator, &self.below) {
            (Some((_, _, rates)), Some((_, Part::Fixed(value)))) => rates.numerators(grid.exact_steps(value)),
            (Some((_, _, rates)), Some((_, Part::Varies(least, most)))) => {
                let (few, many) = (rates.numerators(*least), rates.numerators(*most));
                (few.0.min(many.0), few.1.max(many.1))
            }
            (_, _) => (grid.least, grid.most),
        };
        self.number.1 = match Kind::new(chance) {
            Some(kind) => {
                let (low, high) = (kind.counts(level.least, least_of), kind.counts(level.most, most_of));
                // A binomial scatters most where half of all count.
                let widest = kind.counts(level.least.max(0.5).min(level.most), most_of);
                if ![low, high, widest].into_iter().all(Counts::can_be_drawn) {
                    return None;
                }
                let (low, high) = (low.table(), high.table());
                let ends = (low.ends().0 as i64 * a_count, high.ends().1 as i64 * a_count);
                let is_fixed = self.level.constant.is_some() && least_of == most_of;
                self.scatter = match is_fixed {
                    true => Scatter::Table(low, a_count),
                    false => Scatter::Each(kind, a_count),
                };
                Part::Varies(ends.0.clamp(limits.0, limits.1), ends.1.clamp(limits.0, limits.1))
            }
            None => self.without_chance(&grid, limits, (least_of, most_of)),
        };
        Some(self)
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

    /// The grid of both parts.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }
}

/// Columns that are filled again for each observation.
pub struct Scratch {
    level: Vec<f64>,
    below: Vec<f64>,
    pub chance: Vec<f64>,
    pub brought: Vec<u8>,
}

impl Scratch {
    pub fn new(count: usize) -> Scratch {
        let column = || vec![0.0; count];
        Scratch { level: column(), below: column(), chance: column(), brought: vec![0; count] }
    }
}

impl DrawnPlan {
    /// Value or numerator, and denominator, of each scenario in steps.
    pub fn numbers(&self, block: &Block, scratch: &mut Scratch) -> (Vec<i64>, Vec<i64>) {
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
                    kind.counts(level[i], below[i]).at(chance[i]) as i64 * a_count
                }
            };
            let limits = match &self.denominator {
                Some((_, _, rates)) => rates.numerators(denominators[i]),
                None => (grid.least, grid.most),
            };
            numbers.push(between(steps, limits, &mut brought[i]));
        }
        (numbers, denominators)
    }
}
