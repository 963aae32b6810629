//! Two designs on the same draws: what each party gains or loses by the second, scenario by scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use carepact::Exact;

use crate::amounts::{Key, Period};
use crate::sampler::Columns;
use crate::scenarios::{Scenarios, Varying};
use crate::simulation::{Block, HOLDERS_WITH_PERCENTILES, Simulation};
use crate::summary::Summary;
use crate::worked::{ByHolder, Worked, worked};

/// What one amount is in the second design, less what it is in the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The party.
    pub party: String,
    /// The clause; all clauses when there is none.
    pub clause: Option<String>,
    /// The key of a contract year; all years when there is none.
    pub year: Option<String>,
    /// Over all scenarios.
    pub summary: Summary,
    /// Scenarios in which the second is more.
    pub gains: u64,
    /// Scenarios in which the second is less.
    pub losses: u64,
    /// Where the amount stands in each design.
    pub(crate) places: (Option<usize>, Option<usize>),
}

impl Difference {
    /// Scenarios in which both are the same.
    pub fn unchanged(&self) -> u64 {
        self.summary.count() - self.gains - self.losses
    }

    /// The second less the first, scenario by scenario, in the units of the comparison.
    fn column(
        &self,
        count: usize,
        (one, other): (&[Vec<i64>], &[Vec<i64>]),
        factors: (i64, i64),
    ) -> Vec<i64> {
        let mut column = vec![0; count];
        let sides = [(self.places.0, one, -factors.0), (self.places.1, other, factors.1)];
        for (place, amounts, factor) in sides {
            if let Some(place) = place {
                for (sum, amount) in column.iter_mut().zip(&amounts[place]) {
                    *sum += factor * amount;
                }
            }
        }
        column
    }

    fn count(&mut self, column: &[i64]) {
        self.gains += column.iter().filter(|amount| **amount > 0).count() as u64;
        self.losses += column.iter().filter(|amount| **amount < 0).count() as u64;
    }
}

/// Two designs over many scenarios.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The first design.
    pub one: Simulation,
    /// The second design.
    pub other: Simulation,
    /// What a whole unit of the differences stands for.
    pub unit: Exact,
    /// For each party that either has: all its clauses, then each.
    pub differences: Vec<Difference>,
    /// For each holder that either has, under its name: all that it receives net.
    pub holders: Vec<Difference>,
    /// Whole units of the differences in one unit of each design.
    pub(crate) factors: (i64, i64),
}

impl Comparison {
    /// Compares nothing yet. Both must have been prepared together, by [`Scenarios::pair`].
    pub fn new((one, other): (&Scenarios<'_>, &Scenarios<'_>), seed: u64) -> Comparison {
        let unit = one.unit().common_step(other.unit());
        let factor = |own: &Exact| own.checked_div(&unit).and_then(|factor| factor.to_i64()).unwrap_or(1);
        Comparison {
            one: Simulation::new(one, seed),
            other: Simulation::new(other, seed),
            factors: (factor(one.unit()), factor(other.unit())),
            differences: differences(one, other),
            holders: of_holders(one, other),
            unit,
        }
    }

    /// Compares neighbouring scenarios.
    pub fn run(both: (&Scenarios<'_>, &Scenarios<'_>), seed: u64, range: Range<u64>) -> Comparison {
        let mut comparison = Comparison::new(both, seed);
        comparison.add_range(both, (range, false), &mut |_| ());
        comparison
    }

    /// Adds neighbouring scenarios, which must not be in it yet, and shows each block of differences: the
    /// facts that vary in the first design, then those that vary in the second alone; and the differences
    /// in the order of [`Comparison::differences`], holder by holder too where `by_holder` says so and
    /// both designs have the same holders.
    pub fn add_range(
        &mut self,
        both: (&Scenarios<'_>, &Scenarios<'_>),
        (range, by_holder): (Range<u64>, bool),
        show: &mut dyn FnMut(&Block),
    ) {
        let seed = self.one.seed();
        let (one, other) = (both.0.sampler(seed), both.1.sampler(seed));
        let known: BTreeSet<String> = both.0.varying().into_iter().map(|fact| fact.name).collect();
        let new: Vec<bool> = both.1.varying().iter().map(|fact| !known.contains(&fact.name)).collect();
        let mut first = range.start;
        while first < range.end {
            let most = both.0.block().min(both.1.block());
            let count = usize::try_from(range.end - first).unwrap_or(most).min(most);
            let facts = (one.columns(first, count), other.columns(first, count));
            let worked =
                (worked(both.0, &facts.0, (count, by_holder)), worked(both.1, &facts.1, (count, by_holder)));
            self.one.add_block(first, count, &facts.0, &worked.0);
            self.other.add_block(first, count, &facts.1, &worked.1);
            let amounts = self.columns(count, (&worked.0.amounts, &worked.1.amounts));
            self.add(first, &amounts);
            self.add_holders(first, count, (&worked.0, &worked.1));
            let by_holder = self.by_holder(count, (&worked.0, &worked.1));
            let others = facts.1.columns.into_iter().zip(&new).filter(|(_, new)| **new);
            let columns = facts.0.columns.into_iter().chain(others.map(|(column, _)| column)).collect();
            let facts = Columns { columns, clamped: Vec::new() };
            show(&Block { first, count, facts, amounts, by_holder });
            first += count as u64;
        }
    }

    /// The facts of a block of differences.
    pub fn varying(both: (&Scenarios<'_>, &Scenarios<'_>)) -> Vec<Varying> {
        let mut all = both.0.varying();
        let known: BTreeSet<String> = all.iter().map(|fact| fact.name.clone()).collect();
        all.extend(both.1.varying().into_iter().filter(|fact| !known.contains(&fact.name)));
        all
    }

    fn columns(&self, count: usize, both: (&[Vec<i64>], &[Vec<i64>])) -> Vec<Vec<i64>> {
        self.differences.iter().map(|difference| difference.column(count, both, self.factors)).collect()
    }

    fn by_holder(&self, count: usize, (one, other): (&Worked, &Worked)) -> Option<ByHolder> {
        let (one, other) = (one.by_holder.as_ref()?, other.by_holder.as_ref()?);
        let holders = one.holders;
        (holders == other.holders).then(|| ByHolder {
            holders,
            own: self.columns(count * holders, (&one.own, &other.own)),
            rest: self.columns(count, (&one.rest, &other.rest)),
        })
    }

    fn add(&mut self, first: u64, columns: &[Vec<i64>]) {
        for (difference, column) in self.differences.iter_mut().zip(columns) {
            difference.count(column);
            difference.summary.add(first, column);
        }
    }

    fn add_holders(&mut self, first: u64, count: usize, (one, other): (&Worked, &Worked)) {
        let amounts: [Vec<Vec<i64>>; 2] = [one, other].map(|worked| worked.nets().collect());
        let detail = self.holders.len() <= HOLDERS_WITH_PERCENTILES;
        for difference in &mut self.holders {
            let column = difference.column(count, (&amounts[0], &amounts[1]), self.factors);
            difference.count(&column);
            match detail {
                true => difference.summary.add(first, &column),
                false => difference.summary.add_without_percentiles(first, &column),
            }
        }
    }

    /// Adds other scenarios of the same two designs and seed.
    pub fn merge(&mut self, other: &Comparison) {
        self.one.merge(&other.one);
        self.other.merge(&other.other);
        let theirs = other.differences.iter().chain(&other.holders);
        for (difference, theirs) in self.differences.iter_mut().chain(&mut self.holders).zip(theirs) {
            difference.summary.merge(&theirs.summary);
            difference.gains += theirs.gains;
            difference.losses += theirs.losses;
        }
    }

    /// How many scenarios.
    pub fn count(&self) -> u64 {
        self.one.count()
    }

    /// The difference of a party: of all its clauses when none is given, of all years likewise.
    pub fn difference(&self, party: &str, clause: Option<&str>, year: Option<&str>) -> Option<&Difference> {
        self.differences.iter().find(|difference| {
            difference.party == party
                && difference.clause.as_deref() == clause
                && difference.year.as_deref() == year
        })
    }
}

/// What a key is called in both designs.
type Name = (String, Option<String>, Option<String>);

fn name_of(scenarios: &Scenarios<'_>, key: &Key) -> Option<Name> {
    let year = match &key.period {
        Period::Year(place) => Some(scenarios.years()[*place].clone()),
        Period::All => None,
    };
    Some((key.party.clone()?, key.clause.clone(), year))
}

/// The amounts of parties that either design has, in the order of the first, then of the second.
fn differences(one: &Scenarios<'_>, other: &Scenarios<'_>) -> Vec<Difference> {
    let names = |scenarios: &Scenarios<'_>| -> Vec<Option<Name>> {
        scenarios.amounts().keys.iter().map(|(key, _)| name_of(scenarios, key)).collect()
    };
    let (first, second) = (names(one), names(other));
    let place =
        |names: &[Option<Name>], name: &Name| names.iter().position(|known| known.as_ref() == Some(name));
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for name in first.iter().chain(&second).flatten().filter(|name| seen.insert((*name).clone())) {
        let (party, clause, year) = name.clone();
        all.push(Difference {
            party,
            clause,
            year,
            summary: Summary::default(),
            gains: 0,
            losses: 0,
            places: (place(&first, name), place(&second, name)),
        });
    }
    all
}

/// The holders of either design, in the order of the first, then of the second.
fn of_holders(one: &Scenarios<'_>, other: &Scenarios<'_>) -> Vec<Difference> {
    let names = |scenarios: &Scenarios<'_>| -> BTreeMap<String, usize> {
        let of_holder = scenarios.amounts().of_holder.map(|_| scenarios.holders().map(str::to_string));
        of_holder.into_iter().flatten().enumerate().map(|(place, name)| (name, place)).collect()
    };
    let (first, second) = (names(one), names(other));
    let mut seen = BTreeSet::new();
    let all = one.holders().chain(other.holders());
    let all = all.filter(|name| first.contains_key(*name) || second.contains_key(*name));
    all.filter(|name| seen.insert((*name).to_string()))
        .map(|name| Difference {
            party: name.to_string(),
            clause: None,
            year: None,
            summary: Summary::default(),
            gains: 0,
            losses: 0,
            places: (first.get(name).copied(), second.get(name).copied()),
        })
        .collect()
}
