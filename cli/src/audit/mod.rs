//! Findings laid out: for people, for tools, and curves.

pub mod arguments;
pub mod chart;
pub mod curve;
pub mod design;
pub mod finding;
pub mod holders;
pub mod html;
pub mod json;
pub mod sectors;
pub mod text;
pub mod warnings;

use carepact::analyse::{End, Outcome};
use carepact::{Exact, Model};

/// A value of an outcome: a percentage where its unit is a hundredth.
pub fn value(outcome: &Outcome, at: &Exact) -> String {
    if outcome.unit == Exact::ONE {
        let places = usize::from(!at.is_whole()) * 2;
        at.grouped(places)
    } else {
        percent(at)
    }
}

/// A share as a percentage, with two places.
pub fn percent(share: &Exact) -> String {
    let hundredfold = share * &Exact::from(100);
    let rounded = hundredfold.rounded(&Exact::scaled(1, 2), carepact::Mode::HalfAway);
    format!("{} %", rounded.grouped(2))
}

/// Digits of amounts from which on a bound is no number to budget by.
const VAST_DIGITS: usize = 16;

/// An end of a bound: an amount, or for one of very many digits the power of ten that it stays within.
pub fn bound(model: &Model, end: &End) -> String {
    let digits = end.bound.abs().floor().plain(0).len();
    if end.is_attained() || digits < VAST_DIGITS {
        return money(model, &end.bound);
    }
    match (end.bound >= end.found, end.bound.sign() > 0) {
        (true, true) => format!("< 10^{digits}"),
        (true, false) => format!("< -10^{}", digits - 1),
        (false, true) => format!("> 10^{}", digits - 1),
        (false, false) => format!("> -10^{digits}"),
    }
}

/// True for a bound of very many digits.
pub fn is_vast(end: &End) -> bool {
    !end.is_attained() && end.bound.abs().floor().plain(0).len() >= VAST_DIGITS
}

/// What is said of bounds of very many digits.
pub const VAST: &str = "Where a power of ten stands, the ranges that the contract declares are too wide to budget by: \
narrow those of its measures, and of divisors above all.";

/// Money to the minor unit, rounded half away from zero.
pub fn money(model: &Model, amount: &Exact) -> String {
    let places = model.contract().minor_places;
    let rounded = amount.rounded(&Exact::scaled(1, places), carepact::Mode::HalfAway);
    rounded.grouped(places as usize)
}
