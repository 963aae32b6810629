//! Scenarios held against a contract and a baseline: what is drawn, with exact parameters.

use std::collections::BTreeMap;

use super::spread::{Chance, Distribution, Spread};
use crate::bind::Facts;
use crate::calendar::Period;
use crate::num::{Exact, Range};
use crate::observe::Row;
use crate::plan::FactId;
use crate::source::Place;

/// Scenarios of one contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// What the scenarios are, for people.
    pub title: String,
    /// The baseline; numbers that are drawn have a value here that is of no meaning.
    pub facts: Facts,
    /// The names of all draws. A draw is a number between 0 and 1 that depends on its name, the seed
    /// and the number of the scenario alone.
    pub draws: Vec<String>,
    /// What is drawn, in the order of the plan's facts.
    pub drawn: Vec<Drawn>,
    /// Shocks, one for each period of theirs.
    pub shocks: Vec<ShockDraw>,
    /// Draws that are correlated.
    pub correlated: Vec<Correlated>,
    /// What each party is held against.
    pub thresholds: Vec<Threshold>,
    /// A row of each holder of whom no fact is observed, with its place: it counts among all of them.
    pub named_alone: Vec<(usize, Row)>,
}

/// Which facts a drawn observation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A value, and the range and grid that it is brought into.
    Value(FactId, Range),
    /// A ratio; a part that no stated line reads may be missing.
    Ratio {
        /// Its numerator.
        numerator: Option<FactId>,
        /// Its denominator.
        denominator: Option<FactId>,
        /// The values that numerator over denominator may take.
        rates: (Exact, Exact),
        /// The denominators that are admitted, and the grid of both parts.
        denominators: Range,
    },
}

/// A number before chance: drawn, or of the baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The value of the baseline, when there is one.
    pub baseline: Option<Exact>,
    /// Its distribution and which draw it is of; nothing where the baseline counts.
    pub spread: Option<(Spread, usize)>,
    /// What the trend multiplies it by.
    pub times: Exact,
    /// What the trend adds to it.
    pub plus: Exact,
    /// The shocks that move it.
    pub moved: Vec<Moved>,
    /// No level is below or above; the range of the measure counts besides.
    pub limits: (Option<Exact>, Option<Exact>),
}

/// How a shock moves a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Index of the shock.
    pub shock: usize,
    /// What a shock of 1 multiplies by, less 1; or what it adds.
    pub by: Exact,
    /// True when it multiplies.
    pub times: bool,
}

/// An observation that is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// `measure:period:member…`, the holder among the members.
    pub name: String,
    /// The place of the holder among the lanes of the facts, where it is one's own.
    pub holder: Option<usize>,
    /// Which facts it is.
    pub target: Target,
    /// The true level: of a ratio numerator over denominator, else the value.
    pub level: Level,
    /// The denominator of a ratio.
    pub denominator: Option<Level>,
    /// How many could be counted.
    pub trials: Option<Exact>,
    /// How the observed number scatters, and which draw that is of.
    pub chance: (Chance, usize),
}

/// A shock in one of its periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShockDraw {
    /// Its size.
    pub distribution: Distribution,
    /// Which draw it is of.
    pub draw: usize,
}

/// Draws of one period that are correlated. Names stand in the order in which the file first names
/// them, so that a draw has the same correlations in every contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correlated {
    /// The key of the period; nothing when they are drawn once.
    pub period: Option<String>,
    /// The holder; nothing when they are not drawn for each.
    pub holder: Option<String>,
    /// The place of each name in the file, and its draw, in rising order.
    pub draws: Vec<(usize, usize)>,
    /// The rank correlation of each pair that is given, by the places of two names, the lesser first.
    pub pairs: Vec<(usize, usize, Exact)>,
    /// Where the last of them is written.
    pub place: Place,
}

impl Prepared {
    /// Takes over the correlated draws of the same scenarios of another contract, so that the draws of
    /// both are the same: what is drawn for one depends on those that the file names before it.
    pub fn share(&mut self, other: &Prepared) {
        let of = |group: &Correlated| (group.period.clone(), group.holder.clone());
        let mut groups: BTreeMap<_, usize> =
            self.correlated.iter().enumerate().map(|(index, group)| (of(group), index)).collect();
        let mut names: BTreeMap<String, usize> =
            self.draws.iter().enumerate().map(|(index, name)| (name.clone(), index)).collect();
        for theirs in &other.correlated {
            let index = *groups.entry(of(theirs)).or_insert_with(|| {
                self.correlated.push(Correlated { draws: vec![], pairs: vec![], ..theirs.clone() });
                self.correlated.len() - 1
            });
            for (order, draw) in &theirs.draws {
                let name = &other.draws[*draw];
                let own = *names.entry(name.clone()).or_insert_with(|| {
                    self.draws.push(name.clone());
                    self.draws.len() - 1
                });
                let group = &mut self.correlated[index];
                if !group.draws.iter().any(|(known, _)| known == order) {
                    group.draws.push((*order, own));
                    group.draws.sort_unstable();
                }
            }
            let group = &mut self.correlated[index];
            for pair in &theirs.pairs {
                if !group.pairs.contains(pair) {
                    group.pairs.push(pair.clone());
                }
            }
        }
    }
}

/// What a party needs, net, so as not to lose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// The party.
    pub party: String,
    /// A contract year.
    pub year: Period,
    /// Less than this, received net, is a loss; negative for a party that pays.
    pub least: Exact,
    /// True when it was stated as a budget.
    pub is_budget: bool,
}
