//! What outcomes move one at a time: each varies in all its periods while everything else stands as it is.

use std::collections::BTreeMap;

use super::bounding::Bounding;
use super::exposure::{Analysis, Exposure};
use super::outcome::Outcome;
use super::subject::Subject;
use crate::calendar::Period;
use crate::num::{Exact, Range};

/// A variable, by its place among all of them, as it stands and as it may be.
type Swing = (usize, Range, Range);

/// Outcomes beside known data, each by itself.
pub struct Swings<'a> {
    analysis: &'a Analysis<'a>,
    bounding: Bounding<'a>,
    /// By measure and members.
    of: BTreeMap<(String, Vec<String>), Vec<Swing>>,
    /// Those that vary now.
    open: Vec<Swing>,
}

impl<'a> Swings<'a> {
    /// Begins, with every outcome as it stands.
    pub fn new(analysis: &'a Analysis<'a>, facts: &'a [Exact]) -> Swings<'a> {
        let fixed = analysis.variables.beside(facts, &|_| false);
        let free = analysis.variables.beside(facts, &|spec| analysis.is_outcome(spec));
        let mut of: BTreeMap<_, Vec<Swing>> = BTreeMap::new();
        for (index, (stands, varies)) in fixed.iter().zip(free).enumerate() {
            let spec = analysis.spec_of(&varies);
            if analysis.is_outcome(spec) {
                let members = spec.members.iter().map(|(_, member)| member.clone()).collect();
                let swing = (index, stands.range.clone(), varies.range);
                of.entry((spec.measure.clone(), members)).or_default().push(swing);
            }
        }
        let bounding = Bounding::new(analysis, (fixed, Some(facts)), None);
        Swings { analysis, bounding, of, open: Vec::new() }
    }

    /// From now on this outcome varies, and no other.
    pub fn vary(&mut self, outcome: &Outcome) {
        let own = self.of.get(&(outcome.measure.clone(), outcome.members.clone()));
        let own = own.cloned().unwrap_or_default();
        let closed = std::mem::replace(&mut self.open, own);
        let back = closed.into_iter().map(|(index, stands, _)| (index, stands));
        let out = self.open.iter().map(|(index, _, varies)| (*index, varies.clone()));
        self.bounding.vary(back.chain(out));
    }

    /// The least and most of a subject in a period.
    pub fn exposure(&mut self, subject: &Subject, period: &(Period, String)) -> Exposure {
        self.analysis.exposure_by(&mut self.bounding, subject, period)
    }
}
