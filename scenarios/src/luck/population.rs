//! How many would have to be counted for a chance to be acceptable.
//!
//! A chance that falls with the number counted does not fall smoothly: counts are whole, so one
//! person more can move it up again. The answer is the least number from which on it stays below.
//! It is looked for downwards from a number at which even the largest tooth of that saw is below; the
//! tests hold it against every number up to there.

use super::distribution::{Chance, Law};
use super::payoff::Edge;
use carepact::Exact;

/// The largest number of people that is looked at.
pub const POPULATION_MAX: u64 = 1_000_000;

/// The number counted from which on a chance stays below what is acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enough {
    /// From this number on.
    From(u64),
    /// No number is enough: the true rate itself is one at which it happens.
    None,
    /// More than [`POPULATION_MAX`].
    Beyond,
    /// Not asked.
    NotAsked,
    /// Not looked for: the amount goes up and down as the figure rises.
    NotOneWay,
}

/// Something that happens when a figure lies on one side of an edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// Where it begins or ends.
    pub edge: Edge,
    /// The edge as it was agreed, before amounts are rounded to pennies.
    pub agreed: Exact,
    /// True when it happens above.
    pub above: bool,
}

impl Event {
    /// True when it happens at this rate.
    fn happens(&self, rate: &Exact) -> bool {
        if self.above { *rate >= self.edge.above } else { *rate <= self.edge.below }
    }

    /// The count of the event that is nearest to the edge, for a number of people (or a multiple of
    /// the present size).
    fn count(&self, size: &Exact) -> Option<u64> {
        let at = |rate: &Exact| rate * size;
        let whole = |value: Exact| value.to_i64().and_then(|value| u64::try_from(value).ok());
        if self.above {
            let ceiling = -&(-&at(&self.edge.above)).floor();
            whole(ceiling)
        } else {
            whole(at(&self.edge.below).floor())
        }
    }

    /// The chance of it.
    pub fn chance(&self, chance: &Chance, size: &Exact) -> f64 {
        let value = super::number::float(&self.agreed);
        match (chance.counts(), self.count(size)) {
            (Some(counts), Some(count)) if self.above => counts.at_least(count),
            (Some(counts), Some(count)) => counts.at_most(count),
            (Some(_), None) => 0.0,
            (None, _) => chance.normal_beyond(value, self.above),
        }
    }
}

/// What is counted, with a true rate, and how its size is stepped through.
#[derive(Debug, Clone, PartialEq)]
pub struct Counting {
    /// The law, the spread and the true rate; its size is not looked at.
    pub chance: Chance,
    /// The same true rate.
    pub rate: Exact,
    /// The size that one person (or one hundredth of the present size) adds.
    pub step: Exact,
}

impl Counting {
    fn chance_of(&self, event: &Event, number: u64) -> f64 {
        let size = &self.step * &Exact::from(i64::try_from(number).unwrap_or(i64::MAX));
        let chance = Chance { size: super::number::float(&size), ..self.chance };
        event.chance(&chance, &size)
    }

    /// The least number from which on the chance of an event stays below what is acceptable.
    pub fn enough(&self, event: &Event, acceptable: f64) -> Enough {
        if self.chance.deviation() == 0.0 && !event.happens(&self.rate) {
            // A rate of nothing or of all, which chance does not move.
            return Enough::From(1);
        }
        let away = (super::number::float(&event.agreed) - self.chance.rate).abs();
        if event.happens(&self.rate) || acceptable <= 0.0 || away == 0.0 {
            // A true rate at the edge itself: about half the time, however many are counted.
            return Enough::None;
        }
        let Some(crossing) = self.crossing(event, acceptable) else { return Enough::Beyond };
        let top = crossing + self.tooth(crossing, acceptable);
        let last = (1..=top).rev().find(|number| self.chance_of(event, *number) >= acceptable);
        Enough::From(last.map_or(1, |last| last + 1))
    }

    /// A number at which the chance crosses what is acceptable, on some side of a tooth.
    fn crossing(&self, event: &Event, acceptable: f64) -> Option<u64> {
        let (mut low, mut high) = (0, self.beyond_beginnings(event)?);
        if self.chance_of(event, high) < acceptable {
            return Some(high);
        }
        while self.chance_of(event, high) >= acceptable {
            low = high;
            high *= 2;
            if high > 2 * POPULATION_MAX {
                return None;
            }
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.chance_of(event, middle) >= acceptable { low = middle } else { high = middle }
        }
        Some(high)
    }

    /// A number beyond which a chance only falls, but for teeth. Before the edge comes to a few whole
    /// people on either side, a chance can also be small because the count cannot be anything else.
    fn beyond_beginnings(&self, event: &Event) -> Option<u64> {
        let edge = super::number::float(&event.agreed);
        let Chance { law, rate, spread, .. } = self.chance;
        let sides = match law {
            Law::Cost => return Some(1),
            Law::Share => [edge, 1.0 - edge, rate / (2.0 * spread), (1.0 - rate) / (2.0 * spread)],
            Law::Events => [edge, edge, rate / (2.0 * spread), rate / (2.0 * spread)],
        };
        let least = sides.into_iter().filter(|side| *side > 0.0).fold(f64::INFINITY, f64::min);
        let number = (2.0 / least / super::number::float(&self.step)).ceil();
        (number <= POPULATION_MAX as f64).then_some((number as u64).max(1))
    }

    /// How much further a tooth of the saw can reach than where the chance first crosses. Whole
    /// counts move the edge by one, a part of a standard deviation that the trend makes up for in so
    /// many people; twice that is safe.
    fn tooth(&self, crossing: u64, acceptable: f64) -> u64 {
        if self.chance.law == Law::Cost {
            return 1;
        }
        let size = crossing as f64 * super::number::float(&self.step);
        let deviation = size * Chance { size, ..self.chance }.deviation();
        let z = super::distribution::normal_at(acceptable.clamp(1e-9, 0.4)).abs();
        (4.0 * crossing as f64 / (z * deviation.max(0.5))) as u64 + 10
    }
}
