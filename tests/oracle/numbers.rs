//! Exact numbers of the oracle: reading decimals, rounding, and the little of units that moves money
//! (a year is twelve months; and whether a limit is money or a share).

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Pow, Signed, Zero};

pub type Number = BigRational;

pub fn whole(n: i64) -> Number {
    Number::from_integer(BigInt::from(n))
}

/// Reads `12`, `-0.5`, `1e3`, `5%` exactly.
pub fn try_decimal(text: &str) -> Option<Number> {
    let text = text.trim();
    if let Some(percent) = text.strip_suffix('%') {
        return try_decimal(percent).map(|n| n / whole(100));
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{before}{after}");
    if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let n = Number::from_integer(all.parse::<BigInt>().ok()? * sign);
    let shift = exponent - i32::try_from(after.len()).ok()?;
    Some(n * Pow::pow(whole(10), shift))
}

pub fn decimal(text: &str) -> Number {
    try_decimal(text).unwrap_or_else(|| panic!("`{text}` is not a number"))
}

/// How ties are rounded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    HalfAway,
    HalfUp,
    HalfEven,
    Down,
}

impl Mode {
    pub fn named(name: &str) -> Mode {
        match name {
            "half_away" => Mode::HalfAway,
            "half_up" => Mode::HalfUp,
            "half_even" => Mode::HalfEven,
            "down" => Mode::Down,
            other => panic!("unknown rounding mode `{other}`"),
        }
    }
}

pub fn floor_to(x: &Number, quantum: &Number) -> Number {
    assert!(quantum.is_positive(), "a quantum must be above zero, found {quantum}");
    (x / quantum).floor() * quantum
}

pub fn ceiling_to(x: &Number, quantum: &Number) -> Number {
    -floor_to(&-x, quantum)
}

/// To the nearest multiple of `quantum`; `mode` settles ties (and `down` cuts off towards zero).
pub fn round_to(x: &Number, quantum: &Number, mode: Mode) -> Number {
    let below = floor_to(x, quantum);
    let rest = x - &below;
    if rest.is_zero() {
        return below;
    }
    let above = &below + quantum;
    if mode == Mode::Down {
        return if x.is_negative() { above } else { below };
    }
    let twice = rest * whole(2);
    if twice != *quantum {
        return if twice > *quantum { above } else { below };
    }
    let upwards = match mode {
        Mode::HalfAway => x.is_positive(),
        Mode::HalfUp => true,
        Mode::HalfEven => (&above / quantum).to_integer().is_even(),
        Mode::Down => unreachable!("handled above"),
    };
    if upwards { above } else { below }
}

/// Exponents of the only unit words that matter here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Unit {
    pub year: i32,
    pub month: i32,
    pub money: i32,
}

impl Unit {
    pub const NONE: Unit = Unit { year: 0, month: 0, money: 0 };

    /// Reads `GBP/person/year`, `person*month`, `GBP/(person*year)`.
    pub fn parse(text: &str, currency: &str) -> Unit {
        let mut unit = Unit::NONE;
        let (mut sign, mut outer, mut word) = (1, vec![1], String::new());
        for c in text.chars().chain(['*']) {
            match c {
                '*' | '/' | '(' | ')' => {
                    unit.count(&word, sign, currency);
                    word.clear();
                }
                c => word.push(c),
            }
            match c {
                '*' => sign = outer[outer.len() - 1],
                '/' => sign = -outer[outer.len() - 1],
                '(' => outer.push(sign),
                ')' => drop(outer.pop()),
                _ => {}
            }
        }
        unit
    }

    fn count(&mut self, word: &str, sign: i32, currency: &str) {
        match word.trim() {
            "year" => self.year += sign,
            "month" => self.month += sign,
            word if word == currency => self.money += sign,
            _ => {}
        }
    }
}

/// A number with the part of its unit that matters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Value {
    pub number: Number,
    pub unit: Unit,
}

impl Value {
    pub fn pure(number: Number) -> Value {
        Value { number, unit: Unit::NONE }
    }

    pub fn flag(truth: bool) -> Value {
        Value::pure(whole(i64::from(truth)))
    }

    pub fn truth(&self) -> bool {
        !self.number.is_zero()
    }

    pub fn times(&self, other: &Value) -> Value {
        let (a, b) = (self.unit, other.unit);
        let unit = Unit { year: a.year + b.year, month: a.month + b.month, money: a.money + b.money };
        Value { number: &self.number * &other.number, unit }.cancelled()
    }

    /// Absent where the divisor is zero.
    pub fn over(&self, other: &Value) -> Option<Value> {
        if other.number.is_zero() {
            return None;
        }
        let unit = Unit { year: -other.unit.year, month: -other.unit.month, money: -other.unit.money };
        Some(self.times(&Value { number: other.number.recip(), unit }))
    }

    /// `year * month^-1` is twelve; `month * year^-1` a twelfth.
    fn cancelled(self) -> Value {
        let Unit { mut year, mut month, money } = self.unit;
        let mut number = self.number;
        while year > 0 && month < 0 {
            number *= whole(12);
            (year, month) = (year - 1, month + 1);
        }
        while year < 0 && month > 0 {
            number /= whole(12);
            (year, month) = (year + 1, month - 1);
        }
        Value { number, unit: Unit { year, month, money } }
    }

    /// The common unit of values added, compared or chosen between: a bare number takes the other's unit.
    pub fn common(&self, other: &Value) -> Unit {
        if self.unit == Unit::NONE {
            return other.unit;
        }
        let fits = other.unit == Unit::NONE || other.unit == self.unit;
        assert!(fits, "units differ: {:?} and {:?}", self.unit, other.unit);
        self.unit
    }

    pub fn plus(&self, other: &Value) -> Value {
        Value { number: &self.number + &other.number, unit: self.common(other) }
    }

    pub fn minus(&self, other: &Value) -> Value {
        Value { number: &self.number - &other.number, unit: self.common(other) }
    }

    pub fn least(self, other: Value) -> Value {
        let unit = self.common(&other);
        Value { number: self.number.min(other.number), unit }
    }

    pub fn greatest(self, other: Value) -> Value {
        let unit = self.common(&other);
        Value { number: self.number.max(other.number), unit }
    }
}
