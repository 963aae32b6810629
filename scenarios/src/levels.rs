//! Levels: numbers before chance, for a block of scenarios.

use carepact::Exact;
use carepact::scenario::{Level, Relation};

use crate::interval::Interval;
use crate::quantile::{Quantile, float};

/// Draws and shocks of a block of scenarios.
#[derive(Debug, Default)]
pub struct Block {
    /// The draws by their index; empty where a draw is not used by levels.
    pub draws: Vec<Vec<f64>>,
    /// The sizes of shocks.
    pub shocks: Vec<Vec<f64>>,
}

/// A mark of a number that was brought up to its least.
pub const RAISED: u8 = 1;
/// As [`RAISED`]: it was brought down to its greatest.
pub const LOWERED: u8 = 2;

/// A level made ready.
#[derive(Debug, Clone)]
pub struct LevelPlan {
    /// The value, exactly, when it is the same in all scenarios.
    pub constant: Option<Exact>,
    /// All values that it can take.
    pub interval: Interval,
    baseline: f64,
    relation: Relation,
    quantile: Option<(Quantile, usize)>,
    times: f64,
    plus: f64,
    moved: Vec<(usize, f64, bool)>,
    least: f64,
    most: f64,
}

impl LevelPlan {
    /// Makes a level ready; `range` is that of the measure. Nothing where its parameters are beyond
    /// what floats hold.
    pub fn new(level: &Level, range: &(Exact, Exact), shocks: &[Interval]) -> Option<LevelPlan> {
        let least = level.limits.0.as_ref().map_or(&range.0, |least| least.greater(&range.0));
        let most = level.limits.1.as_ref().map_or(&range.1, |most| most.lesser(&range.1));
        let quantile = match &level.spread {
            Some((spread, draw)) => Some((Quantile::new(&spread.distribution)?, *draw)),
            None => None,
        };
        let relation = level.spread.as_ref().map_or(Relation::Instead, |(spread, _)| spread.relation);
        let mut plan = LevelPlan {
            constant: constant(level, least, most),
            interval: Interval::point(0.0),
            baseline: level.baseline.as_ref().map_or(0.0, float),
            relation,
            quantile,
            times: float(&level.times),
            plus: float(&level.plus),
            moved: level.moved.iter().map(|moved| (moved.shock, float(&moved.by), moved.times)).collect(),
            least: float(least),
            most: float(most).max(float(least)),
        };
        plan.interval = plan.bounds(shocks);
        plan.interval.least.is_finite().then_some(())?;
        plan.interval.most.is_finite().then_some(plan)
    }

    /// The interval that the level lies in.
    fn bounds(&self, shocks: &[Interval]) -> Interval {
        if let Some(constant) = &self.constant {
            return Interval::point(float(constant));
        }
        let baseline = Interval::point(self.baseline);
        let drawn = self.quantile.as_ref().map_or(baseline, |(quantile, _)| {
            let own = quantile.interval();
            match self.relation {
                Relation::Instead => own,
                Relation::Times => own.times(baseline),
                Relation::Plus => own.plus(baseline),
            }
        });
        let mut level = drawn.times(Interval::point(self.times)).plus(Interval::point(self.plus));
        for (shock, by, times) in &self.moved {
            let size = shocks[*shock].times(Interval::point(*by));
            level = if *times { level.times(Interval::point(1.0).plus(size)) } else { level.plus(size) };
        }
        level.clamped(self.least, self.most)
    }

    /// The level in each scenario of a block, and where it was brought into its limits.
    pub fn fill(&self, block: &Block, out: &mut [f64], brought: &mut [u8]) {
        match &self.quantile {
            None => out.fill(self.baseline),
            Some((Quantile::Fixed(value), _)) => out.fill(self.related(*value)),
            Some((quantile, draw)) => {
                for (level, u) in out.iter_mut().zip(&block.draws[*draw]) {
                    *level = self.related(quantile.at(*u));
                }
            }
        }
        for level in out.iter_mut() {
            *level = *level * self.times + self.plus;
        }
        for (shock, by, times) in &self.moved {
            for (level, size) in out.iter_mut().zip(&block.shocks[*shock]) {
                *level = if *times { *level * (1.0 + by * size) } else { *level + by * size };
            }
        }
        for (level, brought) in out.iter_mut().zip(brought) {
            if *level < self.least {
                *level = self.least;
                *brought |= RAISED;
            } else if *level > self.most {
                *level = self.most;
                *brought |= LOWERED;
            }
        }
    }

    fn related(&self, value: f64) -> f64 {
        match self.relation {
            Relation::Instead => value,
            Relation::Times => value * self.baseline,
            Relation::Plus => value + self.baseline,
        }
    }

    /// The draw that it is of, when it varies.
    pub fn draw(&self) -> Option<usize> {
        let (quantile, draw) = self.quantile.as_ref()?;
        (!matches!(quantile, Quantile::Fixed(_))).then_some(*draw)
    }
}

/// The level, exactly, when no draw and no shock moves it.
fn constant(level: &Level, least: &Exact, most: &Exact) -> Option<Exact> {
    if !level.moved.is_empty() {
        return None;
    }
    let baseline = || level.baseline.clone().unwrap_or(Exact::ZERO);
    let value = match &level.spread {
        None => baseline(),
        Some((spread, _)) => {
            let value = spread.distribution.single()?;
            match spread.relation {
                Relation::Instead => value.clone(),
                Relation::Times => value * &baseline(),
                Relation::Plus => value + &baseline(),
            }
        }
    };
    let grown = &(&value * &level.times) + &level.plus;
    Some(grown.greater(least).lesser(most.greater(least)).clone())
}
