//! Where a condition begins or ceases to hold, on a grid of values of a parameter.
//!
//! Nothing is taken for granted about how the measured number follows the parameter: the bracket is
//! first looked at in a few places, and between neighbours that differ the change is found by halving.
//! Every place is looked at with the same draws, so that what differs is the parameter.

use std::collections::BTreeMap;

use carepact::{Exact, Problems};

use super::condition::Relation;
use crate::luck::{Probability, amount};
use crate::quantile::float;

/// In how many equal parts the bracket is looked at first.
const PARTS: i64 = 8;

/// Most steps of a grid.
pub const STEPS_MAX: i64 = 1_000_000;

/// A measured number, with its interval of 95 % certainty; both ends are the number itself where it is
/// exact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value {
    /// The number.
    pub estimate: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Value {
    /// A number that is known exactly.
    pub fn exact(value: f64) -> Value {
        Value { estimate: value, low: value, high: value }
    }

    /// A chance that is known exactly.
    pub fn of(chance: Probability) -> Value {
        Value::exact(chance.0)
    }

    /// True where both ends are the number itself.
    pub fn is_exact(&self) -> bool {
        self.low == self.high
    }

    /// The number, and the ends of its interval, as chances.
    pub fn chances(&self) -> [Probability; 3] {
        [self.estimate, self.low, self.high].map(Probability)
    }

    /// The number, and the ends of its interval, as amounts of money.
    pub fn amounts(&self, places: u32) -> [Exact; 3] {
        [self.estimate, self.low, self.high].map(|value| amount(value, places))
    }
}

/// The values of a parameter that are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The least.
    pub low: Exact,
    /// From one to the next.
    pub step: Exact,
    /// The number of the greatest.
    pub steps: i64,
}

impl Grid {
    /// From `low` to `high`; nothing where no step fits between them, or too many do.
    pub fn new(low: &Exact, high: &Exact, step: &Exact) -> Option<Grid> {
        let steps = (high - low).checked_div(step)?.floor().to_i64()?;
        let fits = step.sign() > 0 && (1..=STEPS_MAX).contains(&steps);
        fits.then(|| Grid { low: low.clone(), step: step.clone(), steps })
    }

    /// The value with this number.
    pub fn at(&self, number: i64) -> Exact {
        &self.low + &(&self.step * &Exact::from(number))
    }
}

/// A value that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// The value of the parameter.
    pub at: Exact,
    /// What was measured.
    pub value: Value,
    /// True when the condition holds; for `=` when the measured number is at least the limit.
    pub met: bool,
}

/// Two neighbouring values, at one of which the condition holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// The value at which it holds (of `=` the one that comes nearer).
    pub answer: Exact,
    /// What was measured there.
    pub value: Value,
    /// The neighbour on the other side.
    pub other: Exact,
    /// From where to where the true crossing lies with 95 % certainty; an end that was not found within
    /// the bracket is missing.
    pub between: (Option<Exact>, Option<Exact>),
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// Everything that was looked at, in rising order.
    pub probes: Vec<Probe>,
    /// Where the condition begins or ceases to hold, in rising order.
    pub crossings: Vec<Crossing>,
    /// True when the measured number only rose or only fell, as far as was looked.
    pub one_way: bool,
}

/// Searches a grid.
pub struct Search<'s> {
    grid: &'s Grid,
    relation: Relation,
    limit: f64,
    measure: &'s mut dyn FnMut(&Exact) -> Result<Value, Problems>,
    /// What was measured.
    known: BTreeMap<i64, Value>,
}

impl<'s> Search<'s> {
    /// A search for where the measured number stands in a relation to a limit.
    pub fn new(
        grid: &'s Grid,
        (relation, limit): (Relation, &Exact),
        measure: &'s mut dyn FnMut(&Exact) -> Result<Value, Problems>,
    ) -> Search<'s> {
        Search { grid, relation, limit: float(limit), measure, known: BTreeMap::new() }
    }

    /// Looks for all crossings.
    ///
    /// # Errors
    /// The problems of a contract with some value of the parameter.
    pub fn run(mut self) -> Result<Solution, Problems> {
        let steps = self.grid.steps;
        let places: Vec<i64> = (0..=PARTS).map(|part| part * steps / PARTS).collect();
        for place in &places {
            self.at(*place)?;
        }
        let mut crossings = Vec::new();
        for pair in places.windows(2) {
            if pair[0] < pair[1] && self.met(pair[0])? != self.met(pair[1])? {
                crossings.push(self.halved(pair[0], pair[1], &|search, value| search.holds(value))?);
            }
        }
        let crossings: Vec<Crossing> =
            crossings.into_iter().map(|(low, high)| self.crossing(low, high)).collect::<Result<_, _>>()?;
        let values: Vec<f64> = self.known.values().map(|value| value.estimate).collect();
        let rises = values.windows(2).all(|pair| pair[0] <= pair[1]);
        let falls = values.windows(2).all(|pair| pair[0] >= pair[1]);
        let probe = |(number, value): (&i64, &Value)| Probe {
            at: self.grid.at(*number),
            value: *value,
            met: self.holds(*value),
        };
        let probes = self.known.iter().map(probe).collect();
        Ok(Solution { probes, crossings, one_way: rises || falls })
    }

    fn at(&mut self, number: i64) -> Result<Value, Problems> {
        if let Some(known) = self.known.get(&number) {
            return Ok(*known);
        }
        let value = (self.measure)(&self.grid.at(number))?;
        self.known.insert(number, value);
        Ok(value)
    }

    fn met(&mut self, number: i64) -> Result<bool, Problems> {
        let value = self.at(number)?;
        Ok(self.holds(value))
    }

    fn holds(&self, value: Value) -> bool {
        self.compares(value.estimate)
    }

    fn compares(&self, number: f64) -> bool {
        match self.relation {
            Relation::Below => number < self.limit,
            Relation::AtMost => number <= self.limit,
            Relation::Equal | Relation::AtLeast => number >= self.limit,
            Relation::Above => number > self.limit,
        }
    }

    /// Neighbours between which an answer changes, which differs at the ends.
    fn halved(
        &mut self,
        low: i64,
        high: i64,
        asked: &dyn Fn(&Self, Value) -> bool,
    ) -> Result<(i64, i64), Problems> {
        let at_low = self.at(low)?;
        let answer = asked(self, at_low);
        let (mut low, mut high) = (low, high);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let value = self.at(middle)?;
            if asked(self, value) == answer { low = middle } else { high = middle }
        }
        Ok((low, high))
    }

    fn crossing(&mut self, low: i64, high: i64) -> Result<Crossing, Problems> {
        let (at_low, at_high) = (self.at(low)?, self.at(high)?);
        let nearer = (at_low.estimate - self.limit).abs() <= (at_high.estimate - self.limit).abs();
        let low_answers = if self.relation == Relation::Equal { nearer } else { self.holds(at_low) };
        let (answer, value, other) = if low_answers { (low, at_low, high) } else { (high, at_high, low) };
        let is_exact = at_low.is_exact() && at_high.is_exact();
        let between = if is_exact {
            (Some(self.grid.at(low)), Some(self.grid.at(high)))
        } else {
            (self.sure(low, -1)?, self.sure(high, 1)?)
        };
        Ok(Crossing { answer: self.grid.at(answer), value, other: self.grid.at(other), between })
    }

    /// The nearest value on one side of a crossing at which both ends of the interval have the answer of
    /// that side: first in growing strides, then by halving.
    fn sure(&mut self, from: i64, way: i64) -> Result<Option<Exact>, Problems> {
        let met = self.met(from)?;
        let is_sure = move |search: &Self, value: Value| {
            search.compares(value.low) == met && search.compares(value.high) == met
        };
        let (mut near, mut stride) = (from, 1);
        loop {
            let place = (from + way * stride).clamp(0, self.grid.steps);
            let value = self.at(place)?;
            if is_sure(self, value) {
                let ends = (near.min(place), near.max(place));
                let at_near = self.at(near)?;
                if is_sure(self, at_near) {
                    return Ok(Some(self.grid.at(near)));
                }
                let (low, high) = self.halved(ends.0, ends.1, &is_sure)?;
                return Ok(Some(self.grid.at(if way > 0 { high } else { low })));
            }
            if place == 0 || place == self.grid.steps {
                return Ok(None);
            }
            near = place;
            stride *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(relation: Relation, limit: i64, measure: &dyn Fn(f64) -> Value) -> Solution {
        let grid = Grid::new(&Exact::ZERO, &Exact::from(100), &Exact::ONE).unwrap();
        let mut looked = |at: &Exact| Ok(measure(float(at)));
        Search::new(&grid, (relation, &Exact::from(limit)), &mut looked).run().unwrap()
    }

    #[test]
    fn the_last_value_that_meets_a_condition_is_found() {
        // x² ≤ 1,000 up to 31.
        let found = search(Relation::AtMost, 1000, &|x| Value::exact(x * x));
        assert_eq!((found.crossings.len(), found.one_way), (1, true));
        assert_eq!(
            (&found.crossings[0].answer, &found.crossings[0].other),
            (&Exact::from(31), &Exact::from(32))
        );
        // x² = 1,000: 32² = 1,024 is nearer than 31² = 961.
        let found = search(Relation::Equal, 1000, &|x| Value::exact(x * x));
        assert_eq!(found.crossings[0].answer, Exact::from(32));
    }

    #[test]
    fn what_rises_and_falls_has_two_crossings() {
        let found = search(Relation::AtLeast, 900, &|x| Value::exact(x * (100.0 - x)));
        let answers: Vec<&Exact> = found.crossings.iter().map(|crossing| &crossing.answer).collect();
        assert_eq!((answers, found.one_way), (vec![&Exact::from(10), &Exact::from(90)], false));
        assert!(search(Relation::Above, 9000, &Value::exact).crossings.is_empty());
    }

    #[test]
    fn uncertainty_of_the_number_is_one_of_the_parameter() {
        // Within 5 either way: x ≤ 50 holds surely up to 45 and surely not from 56 on.
        let found = search(Relation::AtMost, 50, &|x| Value { estimate: x, low: x - 5.0, high: x + 5.0 });
        assert_eq!(found.crossings[0].answer, Exact::from(50));
        assert_eq!(found.crossings[0].between, (Some(Exact::from(45)), Some(Exact::from(56))));
        let found = search(Relation::AtMost, 50, &|x| Value { estimate: x, low: 0.0, high: 100.0 });
        assert_eq!(found.crossings[0].between, (None, None));
    }
}
