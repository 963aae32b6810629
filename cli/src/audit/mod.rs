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

use carepact::analyse::Outcome;
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

/// Money to the minor unit, rounded half away from zero.
pub fn money(model: &Model, amount: &Exact) -> String {
    let places = model.contract().minor_places;
    let rounded = amount.rounded(&Exact::scaled(1, places), carepact::Mode::HalfAway);
    rounded.grouped(places as usize)
}
