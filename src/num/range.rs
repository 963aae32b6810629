//! Ranges of values: the least and the most, and the grid that all values lie on.

use super::{Exact, Mode};

/// A closed range, with the step of the grid on which all its values lie when there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// No value is below.
    pub least: Exact,
    /// No value is above.
    pub most: Exact,
    /// Every value is a whole multiple of it; `None` when there is no grid.
    pub step: Option<Exact>,
}

impl Range {
    /// Exactly one value.
    pub fn point(value: &Exact) -> Range {
        Range { least: value.clone(), most: value.clone(), step: Some(value.abs()) }
    }

    /// From `least` to `most`, without a grid.
    pub fn between(least: Exact, most: Exact) -> Range {
        Range { least, most, step: None }
    }

    /// The flags 0 and 1.
    pub fn flag() -> Range {
        Range { least: Exact::ZERO, most: Exact::ONE, step: Some(Exact::ONE) }
    }

    /// The value, when there is just one.
    pub fn single(&self) -> Option<&Exact> {
        (self.least == self.most).then_some(&self.least)
    }

    /// True when the value can be 0.
    pub fn has_zero(&self) -> bool {
        self.least.sign() <= 0 && self.most.sign() >= 0
    }

    /// True when all values are whole numbers.
    pub fn is_whole(&self) -> bool {
        self.step.as_ref().is_some_and(Exact::is_whole)
    }

    /// The values that both ranges admit; both are known to hold.
    pub fn meet(&self, other: &Range) -> Range {
        let least = self.least.greater(&other.least).clone();
        let most = self.most.lesser(&other.most).clone();
        let step = self.step.clone().or_else(|| other.step.clone());
        if least > most { self.clone() } else { Range { least, most, step } }
    }

    /// The smallest range that holds both.
    pub fn join(&self, other: &Range) -> Range {
        Range {
            least: self.least.lesser(&other.least).clone(),
            most: self.most.greater(&other.most).clone(),
            step: common(self.step.as_ref(), other.step.as_ref()),
        }
    }

    /// The sums of one value from each.
    pub fn plus(&self, other: &Range) -> Range {
        Range {
            least: &self.least + &other.least,
            most: &self.most + &other.most,
            step: common(self.step.as_ref(), other.step.as_ref()),
        }
    }

    /// Adds a factor times the values of another.
    pub fn add(&mut self, factor: &Exact, other: &Range) {
        let times = |value: &Exact| if *factor == Exact::ONE { value.clone() } else { factor * value };
        let (least, most) = (times(&other.least), times(&other.most));
        let (least, most) = if factor.sign() < 0 { (most, least) } else { (least, most) };
        self.least = &self.least + &least;
        self.most = &self.most + &most;
        let step = self.step.take().zip(other.step.as_ref());
        self.step = step.map(|(own, step)| own.common_step(&times(step)));
    }

    /// The values times a constant.
    pub fn times_constant(&self, factor: &Exact) -> Range {
        if *factor == Exact::ONE {
            return self.clone();
        }
        Range { step: self.step.as_ref().map(|step| (step * factor).abs()), ..self.scaled(factor) }
    }

    /// The ends times a constant.
    fn scaled(&self, factor: &Exact) -> Range {
        let (a, b) = (&self.least * factor, &self.most * factor);
        if factor.sign() < 0 { Range::between(b, a) } else { Range::between(a, b) }
    }

    /// The products of one value from each.
    pub fn times(&self, other: &Range) -> Range {
        let step = self.step.as_ref().zip(other.step.as_ref()).map(|(a, b)| a * b);
        if let Some(only) = self.single() {
            return Range { step, ..other.scaled(only) };
        }
        if let Some(only) = other.single() {
            return Range { step, ..self.scaled(only) };
        }
        let corners = [
            &self.least * &other.least,
            &self.least * &other.most,
            &self.most * &other.least,
            &self.most * &other.most,
        ];
        Range { step, ..Range::hull(&corners) }
    }

    /// The quotients, where the divisor is not 0; `None` when it cannot be kept away from 0.
    pub fn over(&self, divisor: &Range) -> Option<Range> {
        if divisor.has_zero() {
            return None;
        }
        let quotient = |a: &Exact, b: &Exact| a.checked_div(b).expect("the divisor is not zero");
        Some(Range::hull(&[
            quotient(&self.least, &divisor.least),
            quotient(&self.least, &divisor.most),
            quotient(&self.most, &divisor.least),
            quotient(&self.most, &divisor.most),
        ]))
    }

    /// The values and all that lie so near to them; a grid is lost.
    pub fn widened(&self, slack: &Exact) -> Range {
        Range::between(&self.least - slack, &self.most + slack)
    }

    /// The rounded values.
    pub fn rounded(&self, quantum: &Exact, mode: Mode) -> Range {
        Range {
            least: self.least.rounded(quantum, mode),
            most: self.most.rounded(quantum, mode),
            step: Some(quantum.clone()),
        }
    }

    /// The smallest range that holds all these values; there is at least one.
    pub fn hull(values: &[Exact]) -> Range {
        let least = values.iter().min().expect("a hull of at least one value").clone();
        let most = values.iter().max().expect("a hull of at least one value").clone();
        Range::between(least, most)
    }
}

fn common(a: Option<&Exact>, b: Option<&Exact>) -> Option<Exact> {
    a.zip(b).map(|(a, b)| a.common_step(b))
}
