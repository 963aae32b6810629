//! Finds the holder that a line or figure is of, so that one of many need not state them all.

use super::lines::lines_before;
use super::{Basis, Explanation};
use crate::source::{Problems, did_you_mean};

impl<'m> Basis<'m> {
    /// Why a line or figure of any holder is what it is: as [`super::Statement::explain`] of the
    /// statement of all, but only the holders that it may be of are stated.
    ///
    /// # Errors
    /// When there is no such line or figure.
    pub fn explain(&'m self, line: &str) -> Result<Explanation, Problems> {
        let mut refused = None;
        for holder in self.holders_of(line) {
            match self.evaluate(holder..holder + 1).explain(line) {
                Ok(explanation) => return Ok(explanation),
                Err(problems) => refused = refused.or(Some(problems)),
            }
        }
        Err(refused.unwrap_or(Problems(Vec::new())))
    }

    /// The holders that a line may be of, by their place in the facts: those that its id names, or
    /// the one that comes nearest; and the first, with whom stands what is the same for all.
    fn holders_of(&self, line: &str) -> Vec<usize> {
        if let Ok(number) = line.parse() {
            return vec![self.holder_of_number(number)];
        }
        let names = self.facts.lanes.iter().map(|lane| lane.holder.as_deref().unwrap_or_default());
        let names_it = |name: &str| {
            let ends = line.match_indices(name).filter(|(at, _)| line[..*at].ends_with(':'));
            ends.map(|(at, _)| &line[at + name.len()..]).any(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        let named = names.clone().enumerate().filter(|(_, name)| !name.is_empty() && names_it(name));
        let mut found: Vec<usize> = named.map(|(place, _)| place).collect();
        if found.is_empty() {
            let last = line.rsplit(':').next().unwrap_or_default();
            let near = did_you_mean(last, names.clone());
            found.extend(near.and_then(|near| names.clone().position(|name| name == near)));
        }
        found.push(0);
        found
    }

    fn holder_of_number(&self, number: usize) -> usize {
        let shared = lines_before(&self.lines, 0);
        let of_each = lines_before(&self.lines, 1) - shared;
        let place = number.saturating_sub(1 + shared).checked_div(of_each).unwrap_or(0);
        if place < self.facts.lanes.len() { place } else { 0 }
    }
}
