//! `bands`: one value for each band, or a straight line between the two ends as written.
//!
//! The words say which side a threshold belongs to: in `from 60% below 75%` 60 % is in the band
//! and 75 % is not.

use super::{CurveError, number, number_of};
use crate::num::{Breakpoint, Exact, Line, Piecewise, Range};
use crate::source::Json;

/// One end of a band.
#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    at: Exact,
    /// True when the end itself is in the band.
    inside: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Band {
    words: String,
    least: Option<End>,
    most: Option<End>,
    line: Line,
}

/// Bands in rising order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bands(Vec<Band>);

fn ends(words: &str) -> Result<(Option<End>, Option<End>), CurveError> {
    let parts: Vec<&str> = words.split_whitespace().collect();
    let end = |text: &str, inside| number(text, Some(words)).map(|at| Some(End { at, inside }));
    let upper = |word: &str, text: &str| match word {
        "to" => end(text, true),
        "below" => end(text, false),
        _ => Err(unknown(words)),
    };
    match parts[..] {
        ["below", a] => Ok((None, end(a, false)?)),
        ["up", "to", a] => Ok((None, end(a, true)?)),
        ["from", a] => Ok((end(a, true)?, None)),
        ["above", a] => Ok((end(a, false)?, None)),
        ["from", a, word, b] => Ok((end(a, true)?, upper(word, b)?)),
        ["above", a, word, b] => Ok((end(a, false)?, upper(word, b)?)),
        _ => Err(unknown(words)),
    }
}

fn unknown(words: &str) -> CurveError {
    let remedy = "write below a, up to a, from a, above a, from a to b, from a below b, above a to b or above a below b";
    CurveError::new(Some(words), format!("`{words}` is not a band"), remedy)
}

/// A band before its line is known: ends, and the values at them.
type Draft<'a> = (&'a str, Option<End>, Option<End>, Vec<Exact>);

impl Bands {
    /// Reads the object of bands.
    pub(super) fn read(json: &Json) -> Result<Bands, CurveError> {
        let mut drafts: Vec<Draft<'_>> = Vec::new();
        for (words, value) in json.members() {
            let (least, most) = ends(words)?;
            let values = match value.items() {
                [] => vec![number_of(value)?],
                items => items.iter().map(number_of).collect::<Result<Vec<_>, _>>()?,
            };
            if values.len() > 2 {
                return Err(CurveError::new(
                    Some(words),
                    "more than two values",
                    "write one value, or those at the two ends",
                ));
            }
            drafts.push((words.as_str(), least, most, values));
        }
        if drafts.is_empty() {
            return Err(CurveError::new(None, "no bands", "write at least one band"));
        }
        drafts.sort_by(|a, b| {
            let key = |draft: &Draft<'_>| draft.1.as_ref().map(|end| (end.at.clone(), !end.inside));
            key(a).cmp(&key(b))
        });
        let starts: Vec<Option<End>> =
            drafts.iter().skip(1).map(|draft| draft.1.clone()).chain([None]).collect();
        if drafts.iter().skip(1).any(|draft| draft.1.is_none()) {
            return Err(CurveError::overlap(
                None,
                "two bands without a start",
                "give every band but the first a start",
            ));
        }
        let bands = drafts.into_iter().zip(starts).map(|(draft, next)| Band::new(draft, next));
        Ok(Bands(bands.collect::<Result<_, _>>()?))
    }

    /// The broken line; beyond the covered values the outer bands run on.
    pub(super) fn piecewise(&self) -> Piecewise {
        let start = |band: &Band| band.least.clone().expect("only the first band has no start");
        let breakpoints =
            self.0.iter().skip(1).map(start).map(|end| Breakpoint { at: end.at, starts_next: end.inside });
        let pieces = self.0.iter().map(|band| band.line.clone()).collect();
        Piecewise::new(breakpoints.collect(), pieces).expect("bands rise and do not overlap")
    }

    pub(super) fn uncovered(&self, argument: &Range) -> Option<String> {
        let first = &self.0[0];
        if let Some(least) = &first.least
            && (argument.least < least.at || (argument.least == least.at && !least.inside))
        {
            return Some(format!("{}, before `{}`", argument.least, first.words));
        }
        for pair in self.0.windows(2) {
            let (Some(most), Some(next)) = (&pair[0].most, &pair[1].least) else { continue };
            if gap(most, next, argument) {
                return Some(format!("values between `{}` and `{}`", pair[0].words, pair[1].words));
            }
        }
        let last = &self.0[self.0.len() - 1];
        let most = last.most.as_ref()?;
        let over = argument.most > most.at || (argument.most == most.at && !most.inside);
        over.then(|| format!("{}, after `{}`", argument.most, last.words))
    }
}

/// True when the argument can lie between the end of a band and the start of the next.
fn gap(most: &End, next: &End, argument: &Range) -> bool {
    let within = |x: &Exact| *x >= argument.least && *x <= argument.most;
    if most.at == next.at {
        return !most.inside && !next.inside && within(&most.at);
    }
    if next.at < argument.least || most.at > argument.most {
        return false;
    }
    // On a grid there is no gap between 999 and 1000.
    let Some(step) = argument.step.as_ref().filter(|step| !step.is_zero()) else { return true };
    let from = most.at.greater(&argument.least).checked_div(step).map(|n| n.floor()).unwrap_or(Exact::ZERO);
    let open = |x: &Exact| {
        (*x > most.at || (*x == most.at && !most.inside)) && (*x < next.at || (*x == next.at && !next.inside))
    };
    (0..3).map(|i| &(&from + &Exact::from(i)) * step).any(|x| within(&x) && open(&x))
}

impl Band {
    fn new((words, least, most, values): Draft<'_>, next: Option<End>) -> Result<Band, CurveError> {
        let overlaps = match (&most, &next) {
            (Some(most), Some(next)) => {
                most.at > next.at || (most.at == next.at && most.inside && next.inside)
            }
            (Some(_) | None, _) => false,
        };
        let backwards = least.as_ref().zip(most.as_ref()).is_some_and(|(least, most)| {
            least.at > most.at || (least.at == most.at && !(least.inside && most.inside))
        });
        if overlaps || backwards {
            let found =
                if backwards { "the band ends before it begins" } else { "the band runs into the next" };
            return Err(CurveError::overlap(
                Some(words),
                found,
                "let each band begin where the one before ends",
            ));
        }
        let line = match &values[..] {
            [value] => Line::flat(value.clone()),
            _ => {
                let end = most.as_ref().or(next.as_ref());
                match (&least, end) {
                    (Some(from), Some(to)) if from.at != to.at => {
                        Line::through((&from.at, &values[0]), (&to.at, &values[1]))
                    }
                    _ => {
                        let remedy = "write both ends of a band with two values, such as `from 500 to 999`";
                        return Err(CurveError::new(Some(words), "a straight line needs two ends", remedy));
                    }
                }
            }
        };
        Ok(Band {
            words: words.to_string(),
            least,
            most: most.or(next.map(|end| End { inside: !end.inside, ..end })),
            line,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Body;
    use crate::num::{Exact, Range};
    use crate::source::Document;

    fn body(text: &str) -> Result<Body, super::CurveError> {
        Body::read(Document::parse(text).unwrap().root())
    }

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn the_words_say_which_side_a_threshold_belongs_to() {
        let curve =
            body(r#"{"bands": {"below 60%": 0, "from 60% below 75%": "0.5", "from 75%": 1}}"#).unwrap();
        let line = curve.piecewise();
        let values: Vec<Exact> =
            ["59.9%", "60%", "74.9%", "75%"].iter().map(|x| line.at(&exact(x))).collect();
        assert_eq!(values, ["0", "0.5", "0.5", "1"].map(exact));
    }

    #[test]
    fn bands_of_whole_people_have_no_gap() {
        let curve =
            body(r#"{"bands": {"from 500 to 999": ["12.2%", "8.7%"], "from 1000": "8.7%"}}"#).unwrap();
        let people = Range { least: exact("500"), most: exact("5000"), step: Some(Exact::ONE) };
        assert_eq!(curve.uncovered(&people), None);
        assert!(curve.uncovered(&Range { step: None, ..people.clone() }).is_some());
        assert!(curve.uncovered(&Range { least: exact("499"), ..people }).is_some());
        assert_eq!(curve.piecewise().at(&exact("999")), exact("8.7%"));
    }

    #[test]
    fn overlapping_bands_are_refused() {
        assert!(body(r#"{"bands": {"up to 10": 1, "from 10": 2}}"#).is_err());
        assert!(body(r#"{"bands": {"from 10 to 5": 1}}"#).is_err());
        assert!(body(r#"{"bands": {"up to 10": 1, "up to 20": 2}}"#).is_err());
        assert!(body(r#"{"bands": {"around 10": 1}}"#).is_err());
    }
}
