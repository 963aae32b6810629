//! `slices`: a rate or price for each slice, applied to the part of x in it and added up from 0.
//!
//! Called with a base the bounds are shares of the base, as in a risk corridor: 50 % of what lies
//! between 2 % and 6 % of the budget.

use super::{CurveError, number, number_of};
use crate::num::{Breakpoint, Exact, Line, Piecewise, Range};
use crate::source::Json;

/// One slice; without a bound it has no end on that side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// Where it begins.
    pub least: Option<Exact>,
    /// Where it ends.
    pub most: Option<Exact>,
    /// What each unit in it brings.
    pub rate: Exact,
}

/// Slices in rising order, without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slices(Vec<Slice>);

fn bounds(words: &str) -> Result<(Option<Exact>, Option<Exact>), CurveError> {
    let parts: Vec<&str> = words.split_whitespace().collect();
    let read = |text: &str| number(text, Some(words)).map(Some);
    match parts[..] {
        ["above", a] => Ok((read(a)?, None)),
        ["below", a] => Ok((None, read(a)?)),
        [a, "to", b] => Ok((read(a)?, read(b)?)),
        _ => Err(CurveError::new(
            Some(words),
            format!("`{words}` is not a slice"),
            "write a to b, above a or below a",
        )),
    }
}

impl Slices {
    /// Reads the object of slices.
    pub(super) fn read(json: &Json, mirror: bool) -> Result<Slices, CurveError> {
        let mut slices = Vec::new();
        for (words, value) in json.members() {
            let (least, most) = bounds(words)?;
            if least.as_ref().zip(most.as_ref()).is_some_and(|(least, most)| least >= most) {
                return Err(CurveError::new(
                    Some(words),
                    "the slice ends before it begins",
                    "write the lower bound first",
                ));
            }
            if mirror && least.as_ref().is_none_or(|least| least.sign() < 0) {
                let remedy = "leave `mirror` out, or the slices below zero";
                return Err(CurveError::new(Some(words), "a slice below zero and a mirror", remedy));
            }
            let rate = number_of(value)?;
            if mirror {
                let turned = |bound: &Option<Exact>| bound.as_ref().map(|bound| -bound);
                slices.push(Slice { least: turned(&most), most: turned(&least), rate: rate.clone() });
            }
            slices.push(Slice { least, most, rate });
        }
        slices.sort_by(|a, b| a.least.cmp(&b.least));
        let joined = slices.windows(2).all(|pair| pair[0].most.is_some() && pair[0].most == pair[1].least);
        if slices.is_empty() || !joined {
            let remedy =
                "let each slice begin where the one before ends, and the first at 0 unless x can be negative";
            return Err(CurveError::overlap(None, "slices with gaps or overlaps", remedy));
        }
        Ok(Slices(slices))
    }

    /// The slices in rising order.
    pub fn slices(&self) -> &[Slice] {
        &self.0
    }

    /// The broken line, 0 at 0.
    pub(super) fn piecewise(&self) -> Piecewise {
        let breakpoints: Vec<Breakpoint> = self.0[1..]
            .iter()
            .filter_map(|slice| slice.least.clone())
            .map(|at| Breakpoint { at, starts_next: true })
            .collect();
        let pieces = self.0.iter().map(|slice| {
            // A slice begins with what the slices between it and 0 have brought.
            let from = slice.least.as_ref().or(slice.most.as_ref()).cloned().unwrap_or(Exact::ZERO);
            let at_zero = &self.at(&from) - &(&slice.rate * &from);
            Line { slope: slice.rate.clone(), at_zero }
        });
        Piecewise::new(breakpoints, pieces.collect()).expect("slices rise")
    }

    fn at(&self, x: &Exact) -> Exact {
        let part = |slice: &Slice| {
            let inside = |x: &Exact| {
                let x = slice.least.as_ref().map_or(x, |least| x.greater(least));
                slice.most.as_ref().map_or(x, |most| x.lesser(most)).clone()
            };
            &slice.rate * &(&inside(x) - &inside(&Exact::ZERO))
        };
        self.0.iter().map(part).sum()
    }

    /// Some admissible values that no slice covers, in words. With a base the argument is x over
    /// the base.
    pub fn uncovered(&self, argument: &Range) -> Option<String> {
        let (first, last) = (&self.0[0], &self.0[self.0.len() - 1]);
        if first.least.as_ref().is_some_and(|least| argument.least < *least) {
            return Some(format!("{} (say `mirror`, or write the slices below zero)", argument.least));
        }
        let over = last.most.as_ref().is_some_and(|most| argument.most > *most);
        over.then(|| format!("{}, above the last slice", argument.most))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Body;
    use crate::num::Exact;
    use crate::source::Document;

    #[test]
    fn slices_add_up_from_zero_on_both_sides() {
        let text = r#"{"slices": {"0 to 2": 0, "2 to 6": "50%", "above 6": "80%"}, "mirror": true}"#;
        let line = Body::read(Document::parse(text).unwrap().root()).unwrap().piecewise();
        // 10 brings 0.5 · 4 + 0.8 · 4 = 5.2; −10 its opposite; 3 brings 0.5.
        let values: Vec<String> =
            [10, -10, 3, 1].iter().map(|x| line.at(&Exact::from(*x)).to_string()).collect();
        assert_eq!(values, ["5.2", "-5.2", "0.5", "0"]);
    }

    #[test]
    fn gaps_are_refused() {
        let text = r#"{"slices": {"0 to 2": 0, "3 to 6": 1}}"#;
        assert!(Body::read(Document::parse(text).unwrap().root()).is_err());
    }
}
