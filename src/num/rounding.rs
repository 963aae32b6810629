//! Rounding to a multiple of a quantum, in a named mode.

use super::{Exact, Range};

/// What happens between two multiples of the quantum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// To the nearest; a tie goes away from zero.
    HalfAway,
    /// To the nearest; a tie goes up.
    HalfUp,
    /// To the nearest; a tie goes to the even multiple.
    HalfEven,
    /// Towards zero: digits are cut off.
    Down,
    /// To the multiple below.
    Floor,
    /// To the multiple above.
    Ceiling,
}

impl Mode {
    /// The words of an explanation.
    pub fn words(self) -> &'static str {
        match self {
            Mode::HalfAway => "half away from zero",
            Mode::HalfUp => "half up",
            Mode::HalfEven => "half to even",
            Mode::Down => "cut off",
            Mode::Floor => "down to the multiple below",
            Mode::Ceiling => "up to the multiple above",
        }
    }

    /// How far a rounded number lies above what is rounded.
    pub fn error(self, quantum: &Exact) -> Range {
        let half = quantum * &Exact::ratio(1, 2).unwrap_or(Exact::ONE);
        match self {
            Mode::HalfAway | Mode::HalfUp | Mode::HalfEven => Range::between(-&half, half),
            Mode::Down => Range::between(-quantum, quantum.clone()),
            Mode::Floor => Range::between(-quantum, Exact::ZERO),
            Mode::Ceiling => Range::between(Exact::ZERO, quantum.clone()),
        }
    }
}

impl Exact {
    /// The nearest multiple of `quantum` (above 0) in this mode.
    ///
    /// ```
    /// use carepact::{Exact, Mode};
    /// let penny = Exact::parse("0.01").expect("a number");
    /// let amount = Exact::parse("274824.915").expect("a number");
    /// assert_eq!(amount.rounded(&penny, Mode::HalfAway).plain(2), "274824.92");
    /// ```
    pub fn rounded(&self, quantum: &Exact, mode: Mode) -> Exact {
        assert!(quantum.sign() > 0, "a quantum is above zero");
        if let Some(nearest) = self.rounded_small(quantum, mode) {
            return nearest;
        }
        let multiple = self.checked_div(quantum).expect("a quantum is not zero");
        let below = multiple.floor();
        let rest = &multiple - &below;
        let up = if rest.is_zero() { false } else { goes_up(&multiple, &below, &rest, mode) };
        let nearest = if up { &below + &Exact::ONE } else { below };
        &nearest * quantum
    }
}

/// Whether a number that lies `rest` (not 0) above the multiple `below` goes to the next one.
fn goes_up(multiple: &Exact, below: &Exact, rest: &Exact, mode: Mode) -> bool {
    let twice = rest + rest;
    let even = || (below.checked_div(&Exact::from(2))).is_some_and(|half| half.is_whole());
    match mode {
        Mode::HalfAway => twice > Exact::ONE || (twice == Exact::ONE && multiple.sign() > 0),
        Mode::HalfUp => twice >= Exact::ONE,
        Mode::HalfEven => twice > Exact::ONE || (twice == Exact::ONE && !even()),
        Mode::Down => multiple.sign() < 0,
        Mode::Floor => false,
        Mode::Ceiling => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_where_the_mode_says() {
        // x, then: half away, half up, half even, cut off, floor, ceiling
        let table = [
            ("2.5", [3, 3, 2, 2, 2, 3]),
            ("-2.5", [-3, -2, -2, -2, -3, -2]),
            ("3.5", [4, 4, 4, 3, 3, 4]),
            ("-0.4", [0, 0, 0, 0, -1, 0]),
            ("7", [7, 7, 7, 7, 7, 7]),
        ];
        let modes = [Mode::HalfAway, Mode::HalfUp, Mode::HalfEven, Mode::Down, Mode::Floor, Mode::Ceiling];
        for (text, expected) in table {
            for (mode, want) in modes.into_iter().zip(expected) {
                let got = Exact::parse(text).unwrap().rounded(&Exact::ONE, mode);
                assert_eq!(got, Exact::from(want), "{text} {mode:?}");
            }
        }
    }
}
