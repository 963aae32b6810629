//! A simulation: every amount summed up over many scenarios.
//!
//! Simulations of different scenarios with the same seed are put together with [`Simulation::merge`];
//! all that is kept are integers, so the result is the same however the work was divided.

use std::ops::Range;

use carepact::scenario::Threshold;
use carepact::{Exact, Mode};

use crate::amounts::{Key, Period};
use crate::labels::Labels;
use crate::sampler::{Clamped, Columns};
use crate::scenarios::Scenarios;
use crate::summary::Summary;
use crate::worked::{ByHolder, Worked, worked};

/// What a party is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The party.
    pub party: String,
    /// When.
    pub period: Period,
    /// Received net, less than so many units is a loss.
    pub least: i64,
    /// The threshold as stated.
    pub stated: Exact,
    /// True when it was stated as a budget.
    pub is_budget: bool,
    /// The scenarios with a loss.
    pub count: u64,
    pub(crate) place: usize,
}

/// Most holders of whom percentiles are kept; of more, what is left is the mean, the deviation and the ends.
pub const HOLDERS_WITH_PERCENTILES: usize = 10_000;

/// What one holder receives net, in all that is simulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its name.
    pub name: String,
    /// Over all scenarios.
    pub summary: Summary,
}

/// The amounts of neighbouring scenarios, for those who want them one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The number of the first.
    pub first: u64,
    /// How many.
    pub count: usize,
    /// The facts that vary; see [`crate::Sampler::inputs`].
    pub facts: Columns,
    /// For each key its amounts in units.
    pub amounts: Vec<Vec<i64>>,
    /// The same holder by holder, where that is asked for.
    pub by_holder: Option<ByHolder>,
}

/// Every amount of a contract over many scenarios.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    pub(crate) seed: u64,
    /// Neighbouring scenarios that are in it, in rising order.
    pub(crate) ranges: Vec<Range<u64>>,
    pub(crate) labels: Labels,
    pub(crate) keys: Vec<Key>,
    pub(crate) summaries: Vec<Summary>,
    pub(crate) holders: Vec<Holder>,
    pub(crate) losses: Vec<Loss>,
    pub(crate) drawn: Vec<(String, Clamped)>,
    pub(crate) broken: Vec<(String, u64)>,
}

impl Simulation {
    /// Simulates nothing yet.
    pub fn new(scenarios: &Scenarios<'_>, seed: u64) -> Simulation {
        let keys: Vec<Key> = scenarios.amounts().keys.iter().map(|(key, _)| key.clone()).collect();
        let drawn = scenarios.prepared().drawn.iter();
        Simulation {
            seed,
            ranges: Vec::new(),
            labels: Labels::new(scenarios),
            summaries: vec![Summary::default(); keys.len()],
            holders: holders(scenarios),
            keys,
            losses: losses(scenarios),
            drawn: drawn.map(|drawn| (drawn.name.clone(), Clamped::default())).collect(),
            broken: scenarios.amounts().conditions.iter().map(|(id, ..)| (id.clone(), 0)).collect(),
        }
    }

    /// Simulates neighbouring scenarios.
    pub fn run(scenarios: &Scenarios<'_>, seed: u64, range: Range<u64>) -> Simulation {
        let mut simulation = Simulation::new(scenarios, seed);
        simulation.add_range(scenarios, range, &mut |_| ());
        simulation
    }

    /// Adds neighbouring scenarios, and shows each block of them. They must not be in it yet.
    pub fn add_range(&mut self, scenarios: &Scenarios<'_>, range: Range<u64>, show: &mut dyn FnMut(&Block)) {
        self.add_blocks(scenarios, (range, false), show);
    }

    /// The same, with the amounts of each holder where a party is many.
    pub fn add_range_by_holder(
        &mut self,
        scenarios: &Scenarios<'_>,
        range: Range<u64>,
        show: &mut dyn FnMut(&Block),
    ) {
        self.add_blocks(scenarios, (range, true), show);
    }

    fn add_blocks(
        &mut self,
        scenarios: &Scenarios<'_>,
        (range, by_holder): (Range<u64>, bool),
        show: &mut dyn FnMut(&Block),
    ) {
        let sampler = scenarios.sampler(self.seed);
        let mut first = range.start;
        while first < range.end {
            let most = scenarios.block();
            let count = usize::try_from(range.end - first).unwrap_or(most).min(most);
            let facts = sampler.columns(first, count);
            let worked = worked(scenarios, &facts, (count, by_holder));
            self.add_block(first, count, &facts, &worked);
            show(&Block { first, count, facts, amounts: worked.amounts, by_holder: worked.by_holder });
            first += count as u64;
        }
    }

    /// Adds a block.
    pub(crate) fn add_block(&mut self, first: u64, count: usize, facts: &Columns, worked: &Worked) {
        for (summary, amounts) in self.summaries.iter_mut().zip(&worked.amounts) {
            summary.add(first, amounts);
        }
        let detail = self.holders.len() <= HOLDERS_WITH_PERCENTILES;
        for (holder, amounts) in self.holders.iter_mut().zip(worked.nets()) {
            match detail {
                true => holder.summary.add(first, &amounts),
                false => holder.summary.add_without_percentiles(first, &amounts),
            }
        }
        for ((_, sum), broken) in self.broken.iter_mut().zip(&worked.broken) {
            *sum += broken;
        }
        for loss in &mut self.losses {
            let amounts = &worked.amounts[loss.place];
            loss.count += amounts.iter().filter(|amount| **amount < loss.least).count() as u64;
        }
        for ((_, sum), clamped) in self.drawn.iter_mut().zip(&facts.clamped) {
            sum.raised += clamped.raised;
            sum.lowered += clamped.lowered;
        }
        self.note(first..first + count as u64);
    }

    /// Adds other scenarios of the same contract, file and seed.
    pub fn merge(&mut self, other: &Simulation) {
        for (summary, theirs) in self.summaries.iter_mut().zip(&other.summaries) {
            summary.merge(theirs);
        }
        for (holder, theirs) in self.holders.iter_mut().zip(&other.holders) {
            holder.summary.merge(&theirs.summary);
        }
        for (loss, theirs) in self.losses.iter_mut().zip(&other.losses) {
            loss.count += theirs.count;
        }
        for ((_, sum), (_, theirs)) in self.drawn.iter_mut().zip(&other.drawn) {
            sum.raised += theirs.raised;
            sum.lowered += theirs.lowered;
        }
        for ((_, sum), (_, theirs)) in self.broken.iter_mut().zip(&other.broken) {
            *sum += theirs;
        }
        for range in &other.ranges {
            self.note(range.clone());
        }
    }

    /// Notes that scenarios are in it; neighbours become one range.
    fn note(&mut self, range: Range<u64>) {
        self.ranges.push(range);
        self.ranges.sort_by_key(|range| range.start);
        let mut joined: Vec<Range<u64>> = Vec::with_capacity(self.ranges.len());
        for range in self.ranges.drain(..) {
            match joined.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                Some(_) | None => joined.push(range),
            }
        }
        self.ranges = joined;
    }

    /// The names of its amounts for people.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The amount of a party (all its clauses when none is given), or of a clause.
    pub fn amount(&self, party: Option<&str>, clause: Option<&str>, period: &Period) -> Option<&Summary> {
        let is_meant = |key: &Key| {
            key.party.as_deref() == party && key.clause.as_deref() == clause && key.period == *period
        };
        self.amounts().find(|(key, _)| is_meant(key)).map(|(_, summary)| summary)
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The scenarios that are in it, in rising order.
    pub fn ranges(&self) -> &[Range<u64>] {
        &self.ranges
    }

    /// How many scenarios.
    pub fn count(&self) -> u64 {
        self.ranges.iter().map(|range| range.end - range.start).sum()
    }

    /// Every amount: parties and their clauses, then clauses, by year and together.
    pub fn amounts(&self) -> impl Iterator<Item = (&Key, &Summary)> {
        self.keys.iter().zip(&self.summaries)
    }

    /// What each holder of a party that is many receives net, in the order of the baseline.
    pub fn holders(&self) -> &[Holder] {
        &self.holders
    }

    /// What parties are held against.
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// For each condition that the contract makes of its data, the scenarios in which it does not hold;
    /// a statement of such a scenario would be refused.
    pub fn broken(&self) -> &[(String, u64)] {
        &self.broken
    }

    /// For each drawn observation how often it was brought into its range.
    pub fn clamped(&self) -> &[(String, Clamped)] {
        &self.drawn
    }
}

fn holders(scenarios: &Scenarios<'_>) -> Vec<Holder> {
    if scenarios.amounts().of_holder.is_none() {
        return Vec::new();
    }
    let of = |name: &str| Holder { name: name.to_string(), summary: Summary::default() };
    scenarios.holders().map(of).collect()
}

/// The thresholds of the years that are simulated as a whole, and of all years together where each has one.
fn losses(scenarios: &Scenarios<'_>) -> Vec<Loss> {
    let contract = scenarios.model().contract();
    let amounts = scenarios.amounts();
    let mut losses = Vec::new();
    for party in &contract.parties {
        let of_year = |(key, whole): (&String, &bool)| {
            let mut thresholds = scenarios.prepared().thresholds.iter();
            let is_meant = |known: &&Threshold| {
                *whole && known.party == party.id && contract.calendar.key(known.year) == *key
            };
            thresholds.find(is_meant)
        };
        let found: Vec<Option<&Threshold>> = amounts.years.iter().zip(&amounts.whole).map(of_year).collect();
        let mut add = |period: Period, stated: Exact, is_budget: bool| {
            let least = stated.checked_div(scenarios.unit()).unwrap_or(Exact::ZERO);
            let least = least.rounded(&Exact::ONE, Mode::Ceiling).to_i64();
            let place = amounts.place(Some(&party.id), None, &period);
            if let (Some(least), Some(place)) = (least, place) {
                losses.push(Loss {
                    party: party.id.clone(),
                    period,
                    least,
                    stated,
                    is_budget,
                    count: 0,
                    place,
                });
            }
        };
        for (year, threshold) in found.iter().enumerate() {
            if let Some(threshold) = threshold {
                add(Period::Year(year), threshold.least.clone(), threshold.is_budget);
            }
        }
        let all: Option<Vec<&Threshold>> = found.into_iter().collect();
        if let Some([first, rest @ ..]) = all.as_deref() {
            let sum = rest.iter().fold(first.least.clone(), |sum, threshold| &sum + &threshold.least);
            add(Period::All, sum, first.is_budget);
        }
    }
    losses
}
