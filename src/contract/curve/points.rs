//! `points`: straight lines between points.

use super::{CurveError, number_of};
use crate::num::{Breakpoint, Exact, Line, Piecewise, Range};
use crate::source::Json;

/// What happens beyond the first and last point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// The value of the nearest point.
    Hold,
    /// The nearest line runs on.
    Extend,
    /// The argument never goes there.
    Never,
}

/// Points in rising order of x.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Points {
    points: Vec<(Exact, Exact)>,
    outside: Outside,
}

impl Points {
    /// Reads the list of points.
    pub(super) fn read(json: &Json, outside: Option<&str>) -> Result<Points, CurveError> {
        let mut points: Vec<(Exact, Exact)> = Vec::new();
        for item in json.items() {
            let [x, y] = item.items() else {
                return Err(CurveError::new(
                    None,
                    "a point that is not two numbers",
                    "write points as [x, y]",
                ));
            };
            let (x, y) = (number_of(x)?, number_of(y)?);
            if points.last().is_some_and(|(before, _)| *before >= x) {
                let found = format!("the point at {x} does not lie after the one before");
                return Err(CurveError::overlap(None, found, "list points in rising order of x"));
            }
            points.push((x, y));
        }
        if points.len() < 2 {
            return Err(CurveError::new(None, "fewer than two points", "write at least two points"));
        }
        let outside = match outside {
            Some("hold") => Outside::Hold,
            Some("extend") => Outside::Extend,
            Some(_) | None => Outside::Never,
        };
        Ok(Points { points, outside })
    }

    /// The broken line.
    pub(super) fn piecewise(&self) -> Piecewise {
        let between = self
            .points
            .windows(2)
            .map(|pair| Line::through((&pair[0].0, &pair[0].1), (&pair[1].0, &pair[1].1)));
        let mut pieces: Vec<Line> = between.collect();
        let mut corners: Vec<Exact> = self.points.iter().map(|(x, _)| x.clone()).collect();
        if self.outside == Outside::Hold {
            let (first, last) = (&self.points[0], &self.points[self.points.len() - 1]);
            pieces.insert(0, Line::flat(first.1.clone()));
            pieces.push(Line::flat(last.1.clone()));
        } else {
            corners.remove(0);
            corners.pop();
        }
        let breakpoints = corners.into_iter().map(|at| Breakpoint { at, starts_next: true }).collect();
        Piecewise::new(breakpoints, pieces).expect("points rise")
    }

    pub(super) fn uncovered(&self, argument: &Range) -> Option<String> {
        let (first, last) = (&self.points[0].0, &self.points[self.points.len() - 1].0);
        match self.outside {
            Outside::Hold | Outside::Extend => None,
            Outside::Never if argument.least < *first => {
                Some(format!("{}, before the first point", argument.least))
            }
            Outside::Never => (argument.most > *last)
                .then(|| format!("{}, after the last point (say `outside`)", argument.most)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Body;
    use crate::num::Exact;
    use crate::source::Document;

    #[test]
    fn points_are_joined_and_held_beyond() {
        let text = r#"{"points": [[80, 0], [90, 1000]], "outside": "hold"}"#;
        let line = Body::read(Document::parse(text).unwrap().root()).unwrap().piecewise();
        // result 79.9 pays 0, 80 pays 0, 85 pays 500, 90 pays 1000, 97.3 pays 1000
        let values: Vec<String> = ["79.9", "80", "85", "90", "97.3"]
            .iter()
            .map(|x| line.at(&Exact::parse(x).unwrap()).to_string())
            .collect();
        assert_eq!(values, ["0", "0", "500", "1000", "1000"]);
    }
}
