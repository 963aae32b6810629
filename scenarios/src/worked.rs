//! The amounts of a block of scenarios: summed up over holders, and holder by holder.

use crate::sampler::Columns;
use crate::scenarios::Scenarios;

/// What is worked out for a block.
pub(crate) struct Worked {
    /// The amounts of every key.
    pub amounts: Vec<Vec<i64>>,
    /// For each condition the scenarios in which it does not hold.
    pub broken: Vec<u64>,
    /// The amounts of every key holder by holder, where that is asked for.
    pub by_holder: Option<ByHolder>,
    /// What each holder receives net in each scenario, holder by holder; nothing where there are none.
    of_holders: Vec<i64>,
    holders: usize,
}

/// The amounts of neighbouring scenarios by holder: all of them and the rest add up to the amount of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHolder {
    /// How many holders there are.
    pub holders: usize,
    /// For each key what flows under the lines of each holder, scenario by scenario and within one holder
    /// by holder.
    pub own: Vec<Vec<i64>>,
    /// For each key what flows under lines of no holder, scenario by scenario.
    pub rest: Vec<Vec<i64>>,
}

impl Worked {
    /// For each holder what it receives net, scenario by scenario.
    pub fn nets(&self) -> impl Iterator<Item = Vec<i64>> {
        let of = |holder| self.of_holders.iter().skip(holder).step_by(self.holders).copied().collect();
        (0..if self.of_holders.is_empty() { 0 } else { self.holders }).map(of)
    }
}

/// Works out a block of `count` scenarios, and where it is asked for holder by holder.
pub(crate) fn worked(
    scenarios: &Scenarios<'_>,
    facts: &Columns,
    (count, each_holder): (usize, bool),
) -> Worked {
    let amounts = scenarios.amounts();
    let mut out = scenarios.engine().run(count, &facts.columns);
    let lanes = scenarios.engine().lanes();
    let is_broken = |value: usize, given: Option<usize>, i: usize| {
        let zero = |place: usize| out[place][i * lanes..(i + 1) * lanes].contains(&0);
        zero(value) || given.is_some_and(zero)
    };
    let broken: Vec<u64> = amounts
        .conditions
        .iter()
        .map(|(_, value, given)| (0..count).filter(|i| is_broken(*value, *given, *i)).count() as u64)
        .collect();
    let of_holders = amounts.of_holder.map(|place| std::mem::take(&mut out[place])).unwrap_or_default();
    let mut by_holder = None;
    if scenarios.model().contract().has_holders() {
        by_holder = each_holder.then(|| holder_by_holder(scenarios, &out, count));
        for (column, by_holder) in out.iter_mut().zip(&amounts.by_holder).filter(|(c, _)| !c.is_empty()) {
            *column = column.chunks(lanes).map(|own| if *by_holder { sum_of(own) } else { own[0] }).collect();
        }
    }
    let amounts = amounts.keys.iter().map(|(_, places)| added(&out, places, count)).collect();
    Worked { amounts, broken, by_holder, of_holders, holders: lanes }
}

/// The sum of some columns of so many numbers; of none it is 0.
fn added(columns: &[Vec<i64>], places: &[usize], count: usize) -> Vec<i64> {
    let [first, rest @ ..] = places else { return vec![0; count] };
    let mut sum = columns[*first].clone();
    for place in rest {
        for (sum, amount) in sum.iter_mut().zip(&columns[*place]) {
            *sum += amount;
        }
    }
    sum
}

/// The amounts of every key by holder, and what is of no holder.
fn holder_by_holder(scenarios: &Scenarios<'_>, out: &[Vec<i64>], count: usize) -> ByHolder {
    let (amounts, holders) = (scenarios.amounts(), scenarios.engine().lanes());
    let places = |places: &[usize], by_holder: bool| -> Vec<usize> {
        places.iter().copied().filter(|place| amounts.by_holder[*place] == by_holder).collect()
    };
    let own = |of: &[usize]| added(out, &places(of, true), count * holders);
    // What is of no holder is the same on the lanes of all of them.
    let rest = |of: &[usize]| -> Vec<i64> {
        let lanes = added(out, &places(of, false), count * holders);
        lanes.iter().step_by(holders).copied().collect()
    };
    ByHolder {
        holders,
        own: amounts.keys.iter().map(|(_, of)| own(of)).collect(),
        rest: amounts.keys.iter().map(|(_, of)| rest(of)).collect(),
    }
}

/// The sum of all holders.
fn sum_of(amounts: &[i64]) -> i64 {
    let sum: i128 = amounts.iter().map(|amount| i128::from(*amount)).sum();
    i64::try_from(sum).expect("all holders together stay below 2^63 units")
}
