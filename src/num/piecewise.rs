//! Broken lines: a straight line on each piece, and for each breakpoint the side it belongs to.
//!
//! Thresholds, steps, bands, slices, clamps and comparisons with a constant are all of this form.

use super::{Exact, Range};

/// Where one piece ends and the next begins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breakpoint {
    /// The value of the argument.
    pub at: Exact,
    /// True when the breakpoint itself belongs to the piece after it.
    pub starts_next: bool,
}

/// `slope · x + at_zero`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What one more of x adds.
    pub slope: Exact,
    /// The value at 0.
    pub at_zero: Exact,
}

impl Line {
    /// The same value everywhere.
    pub fn flat(value: Exact) -> Line {
        Line { slope: Exact::ZERO, at_zero: value }
    }

    /// The line through two points with different x.
    pub fn through(from: (&Exact, &Exact), to: (&Exact, &Exact)) -> Line {
        let run = to.0 - from.0;
        let slope = (to.1 - from.1).checked_div(&run).expect("two points of a line differ in x");
        let at_zero = from.1 - &(&slope * from.0);
        Line { slope, at_zero }
    }

    /// The value at x.
    pub fn at(&self, x: &Exact) -> Exact {
        &(&self.slope * x) + &self.at_zero
    }
}

/// Breakpoints in rising order, one more piece than breakpoints. Built only by [`Piecewise::new`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piecewise {
    breakpoints: Vec<Breakpoint>,
    pieces: Vec<Line>,
}

impl Piecewise {
    /// A broken line; nothing when the breakpoints do not rise or the pieces do not match them.
    ///
    /// Two breakpoints may share a value when the first starts its next piece and the second
    /// does not: the piece between is that single value.
    pub fn new(breakpoints: Vec<Breakpoint>, pieces: Vec<Line>) -> Option<Piecewise> {
        let rising = breakpoints.windows(2).all(|pair| {
            pair[0].at < pair[1].at
                || (pair[0].at == pair[1].at && pair[0].starts_next && !pair[1].starts_next)
        });
        (rising && pieces.len() == breakpoints.len() + 1).then_some(Piecewise { breakpoints, pieces })
    }

    /// `below` up to the breakpoint and `above` from it.
    pub fn step(at: Exact, starts_next: bool, below: Exact, above: Exact) -> Piecewise {
        Piecewise {
            breakpoints: vec![Breakpoint { at, starts_next }],
            pieces: vec![Line::flat(below), Line::flat(above)],
        }
    }

    /// 1 at one value and 0 elsewhere.
    pub fn spike(at: &Exact) -> Piecewise {
        Piecewise {
            breakpoints: [true, false].map(|starts_next| Breakpoint { at: at.clone(), starts_next }).to_vec(),
            pieces: [0, 1, 0].map(|value| Line::flat(Exact::from(value))).to_vec(),
        }
    }

    /// One minus the broken line: the opposite of a flag.
    pub fn complement(&self) -> Piecewise {
        let turned = |line: &Line| Line { slope: -&line.slope, at_zero: &Exact::ONE - &line.at_zero };
        Piecewise { breakpoints: self.breakpoints.clone(), pieces: self.pieces.iter().map(turned).collect() }
    }

    /// The breakpoints in rising order.
    pub fn breakpoints(&self) -> &[Breakpoint] {
        &self.breakpoints
    }

    /// The pieces, one more than breakpoints.
    pub fn pieces(&self) -> &[Line] {
        &self.pieces
    }

    /// Which piece holds x.
    pub fn piece_of(&self, x: &Exact) -> usize {
        self.breakpoints.partition_point(|b| if b.starts_next { b.at <= *x } else { b.at < *x })
    }

    /// The value at x.
    pub fn at(&self, x: &Exact) -> Exact {
        self.pieces[self.piece_of(x)].at(x)
    }

    /// All values that x in `range` can give, from the ends of every piece that is reached.
    pub fn range(&self, range: &Range) -> Range {
        let mut values = vec![self.at(&range.least), self.at(&range.most)];
        for i in self.piece_of(&range.least)..self.piece_of(&range.most) {
            let at = &self.breakpoints[i].at;
            values.extend([self.pieces[i].at(at), self.pieces[i + 1].at(at)]);
        }
        let hull = Range::hull(&values);
        Range { step: self.step_of_values(range), ..hull }
    }

    /// A grid for the values: of the constants when all pieces are flat, else of the whole lines.
    fn step_of_values(&self, range: &Range) -> Option<Exact> {
        let mut step: Option<Exact> = None;
        for piece in &self.pieces {
            let own = if piece.slope.is_zero() {
                piece.at_zero.abs()
            } else {
                (range.step.as_ref()? * &piece.slope).common_step(&piece.at_zero)
            };
            step = Some(step.map_or(own.clone(), |step| step.common_step(&own)));
        }
        step
    }

    /// −1 when the function never rises, 1 when it never falls, 0 when it is flat over `range`;
    /// nothing when it does both.
    pub fn direction(&self, range: &Range) -> Option<i32> {
        let mut seen = 0;
        let mut join = |sign: i32| -> bool {
            if sign == 0 || seen == sign {
                return true;
            }
            let first = seen == 0;
            seen = sign;
            first
        };
        let (from, to) = (self.piece_of(&range.least), self.piece_of(&range.most));
        for i in from..=to {
            if !join(self.pieces[i].slope.sign()) {
                return None;
            }
            if i < to {
                let at = &self.breakpoints[i].at;
                let jump = &self.pieces[i + 1].at(at) - &self.pieces[i].at(at);
                if !join(jump.sign()) {
                    return None;
                }
            }
        }
        Some(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(n: i64) -> Exact {
        Exact::from(n)
    }

    #[test]
    fn breakpoints_belong_to_the_side_they_say() {
        let from = Piecewise::step(exact(10), true, exact(0), exact(5));
        let above = Piecewise::step(exact(10), false, exact(0), exact(5));
        assert_eq!((from.at(&exact(10)), above.at(&exact(10))), (exact(5), exact(0)));
        let spike = Piecewise::spike(&exact(3));
        assert_eq!([2, 3, 4].map(|x| spike.at(&exact(x))), [0, 1, 0].map(exact));
        assert_eq!(spike.direction(&Range::between(exact(0), exact(9))), None);
        assert_eq!(from.direction(&Range::between(exact(0), exact(9))), Some(0));
        assert_eq!(from.direction(&Range::between(exact(0), exact(10))), Some(1));
    }

    #[test]
    fn ranges_hold_the_ends_of_every_piece() {
        // 0 to 10 rising to 10, then falling by 20 at once and flat.
        let curve = Piecewise::new(
            vec![Breakpoint { at: exact(10), starts_next: true }],
            vec![Line { slope: exact(1), at_zero: exact(0) }, Line::flat(exact(-10))],
        )
        .unwrap();
        let range = curve.range(&Range::between(exact(0), exact(20)));
        assert_eq!((range.least, range.most), (exact(-10), exact(10)));
    }
}
