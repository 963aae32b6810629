//! Curves: functions of one number in three forms, each a broken line.
//!
//! To add a form, add a file that turns it into a [`Piecewise`] and says which values it covers,
//! and a variant of [`Body`]; calling, explaining and everything else is the same for all forms.

mod bands;
mod points;
mod slices;

pub use bands::Bands;
pub use points::{Outside, Points};
pub use slices::{Slice, Slices};

use crate::num::{Exact, Piecewise, Range};
use crate::source::Json;

/// The body of a curve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A value or a straight line for each band.
    Bands(Bands),
    /// Straight lines between points.
    Points(Points),
    /// A rate for the part of x in each slice.
    Slices(Slices),
}

/// What is wrong with a body: where, what was found, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurveError {
    /// The key or point that is meant; the whole body when none is.
    pub key: Option<String>,
    /// What was found.
    pub found: String,
    /// What to do about it.
    pub remedy: String,
    /// True when parts overlap or do not join; false when one is not understood.
    pub overlap: bool,
}

impl CurveError {
    fn new(key: Option<&str>, found: impl Into<String>, remedy: impl Into<String>) -> CurveError {
        let (found, remedy) = (found.into(), remedy.into());
        CurveError { key: key.map(str::to_string), found, remedy, overlap: false }
    }

    fn overlap(key: Option<&str>, found: impl Into<String>, remedy: impl Into<String>) -> CurveError {
        CurveError { overlap: true, ..CurveError::new(key, found, remedy) }
    }
}

impl Body {
    /// Reads a body; its outer form has been checked.
    ///
    /// # Errors
    /// When it has none or several of the three forms, or its parts do not fit together.
    pub fn read(json: &Json) -> Result<Body, CurveError> {
        match (json.get("bands"), json.get("points"), json.get("slices")) {
            (Some(bands), None, None) => Bands::read(bands).map(Body::Bands),
            (None, Some(points), None) => {
                Points::read(points, json.get("outside").and_then(Json::text)).map(Body::Points)
            }
            (None, None, Some(slices)) => {
                let mirror = json.get("mirror").is_some_and(|mirror| mirror.to_string() == "true");
                Slices::read(slices, mirror).map(Body::Slices)
            }
            _ => Err(CurveError::new(
                None,
                "not just one of bands, points and slices",
                "give one of the three",
            )),
        }
    }

    /// The broken line.
    pub fn piecewise(&self) -> Piecewise {
        match self {
            Body::Bands(bands) => bands.piecewise(),
            Body::Points(points) => points.piecewise(),
            Body::Slices(slices) => slices.piecewise(),
        }
    }

    /// Some admissible values of the argument that the curve does not cover, in words.
    pub fn uncovered(&self, argument: &Range) -> Option<String> {
        match self {
            Body::Bands(bands) => bands.uncovered(argument),
            Body::Points(points) => points.uncovered(argument),
            Body::Slices(slices) => slices.uncovered(argument),
        }
    }
}

fn number(text: &str, key: Option<&str>) -> Result<Exact, CurveError> {
    Exact::parse(text)
        .map_err(|error| CurveError::new(key, error.to_string(), "write a plain decimal or percentage"))
}

fn number_of(json: &Json) -> Result<Exact, CurveError> {
    number(json.number_text().unwrap_or_default(), None)
}
