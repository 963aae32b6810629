//! A statistic over the holders of one scenario, worked out of whole numbers: sums, extremes,
//! percentiles and ranks compare and add what the lanes hold. What has no grid is worked out exactly.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::given::{Handed, Numbers, Operand};
use super::handed::{handed, parts_are_whole, share_of};
use super::wide;
use crate::evaluate::statistic_of;
use crate::num::Exact;
use crate::plan::{Percentile, Pick, Statistic, StatisticId, Summary};

/// A numerator and a denominator above 0.
type Fraction = (i64, i64);

/// The operands of a stage: a column for each result, and a list for each node that was evaluated
/// exactly, of all lanes.
pub(super) struct Read<'r> {
    pub(super) columns: &'r [Vec<i64>],
    pub(super) exact: &'r [Vec<Exact>],
    /// The lane of the first holder of the scenario.
    pub(super) first: usize,
    pub(super) holders: usize,
}

impl Read<'_> {
    fn at(&self, column: usize, holder: usize) -> i64 {
        self.columns[column][self.first + holder]
    }

    fn whole(&self, at: Numbers, holder: usize) -> i64 {
        match at {
            Numbers::Always(n) => n,
            Numbers::Column(column) => self.at(column, holder),
        }
    }

    fn exact(&self, operand: &Operand, holder: usize) -> Exact {
        match operand {
            Operand::Whole { at, unit, .. } => unit * &Exact::from(self.whole(*at, holder)),
            Operand::Quotient { n, d, unit, .. } => {
                let quotient =
                    Exact::from(self.at(*n, holder)).checked_div(&Exact::from(self.at(*d, holder)));
                unit * &quotient.expect("a denominator is above 0")
            }
            Operand::Exact { place } => self.exact[*place][self.first + holder].clone(),
        }
    }

    fn is_zero(&self, operand: &Operand, holder: usize) -> bool {
        match operand {
            Operand::Whole { at, .. } => self.whole(*at, holder) == 0,
            Operand::Quotient { n, .. } => self.at(*n, holder) == 0,
            Operand::Exact { place } => self.exact[*place][self.first + holder].is_zero(),
        }
    }
}

/// Where the values of a statistic go: its columns for the holders of the scenario, and the table of
/// exact numbers that a column may point into.
pub(super) struct Written<'w> {
    pub(super) columns: Vec<&'w mut [i64]>,
    pub(super) table: &'w mut Vec<Exact>,
}

/// A statistic as a stage works it out.
#[derive(Debug, Clone)]
pub(super) struct Taken<'p> {
    pub(super) id: StatisticId,
    statistic: &'p Statistic,
    /// In the order of `Statistic::operands`.
    operands: Vec<Operand>,
    pub(super) handed: Handed,
    /// True when whole numbers are enough.
    in_numbers: bool,
}

impl<'p> Taken<'p> {
    /// A statistic with what it reads, over so many holders.
    pub(super) fn new(
        (id, statistic): (StatisticId, &'p Statistic),
        operands: Vec<Operand>,
        (range, holders): (&crate::num::Range, usize),
    ) -> Taken<'p> {
        let handed = handed(statistic, &operands, range, holders);
        let value = &operands[0];
        let in_numbers = match &statistic.summary {
            Summary::Part { .. } => parts_are_whole(statistic, &operands, holders),
            Summary::Rank => !matches!(value, Operand::Exact { .. }),
            Summary::Sum | Summary::Least | Summary::Greatest | Summary::Percentile { .. } => {
                handed != Handed::Exact && !matches!(value, Operand::Exact { .. })
            }
        };
        Taken { id, statistic, operands, handed, in_numbers }
    }

    /// Works it out for one scenario.
    pub(super) fn work_out(&self, read: &Read<'_>, written: &mut Written<'_>) {
        match (&self.handed, self.in_numbers) {
            (Handed::Known(_), _) => {}
            (_, true) => self.of_numbers(read, written),
            (_, false) => self.exactly(read, written),
        }
    }

    fn exactly(&self, read: &Read<'_>, written: &mut Written<'_>) {
        let row = |holder: usize| self.operands.iter().map(|operand| read.exact(operand, holder)).collect();
        let rows: Vec<Vec<Exact>> = (0..read.holders).map(row).collect();
        let mut last: Option<&Exact> = None;
        let values = statistic_of(self.statistic, &rows);
        for (holder, value) in values.iter().enumerate() {
            match &self.handed {
                Handed::Whole { unit, .. } => {
                    let n = value.checked_div(unit).and_then(|n| n.to_i64());
                    written.columns[0][holder] = n.expect("a statistic lies on its grid");
                }
                Handed::Exact => {
                    if last != Some(value) {
                        written.table.push(value.clone());
                        last = Some(value);
                    }
                    let place = i64::try_from(written.table.len() - 1).expect("a table is limited");
                    written.columns[0][holder] = place;
                }
                Handed::Known(_) | Handed::Quotient { .. } => {
                    unreachable!("quotients are worked out in numbers")
                }
            }
        }
    }

    fn of_numbers(&self, read: &Read<'_>, written: &mut Written<'_>) {
        if let Summary::Part { mode, residue, quantum, .. } = &self.statistic.summary {
            let weights: Vec<i128> =
                (0..read.holders).map(|holder| self.fraction(read, holder).0.into()).collect();
            let total = &self.operands[self.operands.len() - 1];
            let total = read.exact(total, 0).checked_div(quantum).and_then(|n| n.to_i64());
            let total = i128::from(total.expect("a total of whole quanta"));
            let mut parts = vec![0; weights.len()];
            wide::apportion(total.abs(), &weights, (*mode, *residue), &mut parts);
            for (n, part) in written.columns[0].iter_mut().zip(parts) {
                *n = short(total.signum() * part);
            }
            return;
        }
        for group in self.groups(read) {
            let counts = |holder: &usize| match (&self.statistic.counts, self.operands.get(1)) {
                (Some(_), Some(counts)) => !read.is_zero(counts, *holder),
                (_, _) => true,
            };
            let counted: Vec<usize> = group.iter().copied().filter(counts).collect();
            let values: Vec<Fraction> = counted.iter().map(|holder| self.fraction(read, *holder)).collect();
            if self.statistic.summary == Summary::Rank {
                group.iter().for_each(|holder| written.columns[0][*holder] = 0);
                for (holder, rank) in counted.iter().zip(ranks(&values)) {
                    written.columns[0][*holder] = rank;
                }
                continue;
            }
            let common = self.common(values);
            for holder in group {
                written.columns[0][holder] = common.0;
                if let Some(denominators) = written.columns.get_mut(1) {
                    denominators[holder] = common.1;
                }
            }
        }
    }

    /// The value of a holder; the denominator is 1 where it is whole.
    fn fraction(&self, read: &Read<'_>, holder: usize) -> Fraction {
        match &self.operands[0] {
            Operand::Whole { at, .. } => (read.whole(*at, holder), 1),
            Operand::Quotient { n, d, .. } => (read.at(*n, holder), read.at(*d, holder)),
            Operand::Exact { .. } => unreachable!("an exact value is worked out exactly"),
        }
    }

    /// The holders of each peer group; all in one where there are none.
    fn groups(&self, read: &Read<'_>) -> Vec<Vec<usize>> {
        let holders = 0..read.holders;
        let place = 1 + usize::from(self.statistic.counts.is_some());
        match self.operands.get(place).filter(|_| self.statistic.group.is_some()) {
            None | Some(Operand::Whole { at: Numbers::Always(_), .. }) => vec![holders.collect()],
            Some(Operand::Whole { at, .. }) => {
                let mut groups: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
                for holder in holders {
                    groups.entry(read.whole(*at, holder)).or_default().push(holder);
                }
                groups.into_values().collect()
            }
            Some(operand @ (Operand::Quotient { .. } | Operand::Exact { .. })) => {
                let mut groups: BTreeMap<Exact, Vec<usize>> = BTreeMap::new();
                for holder in holders {
                    groups.entry(read.exact(operand, holder)).or_default().push(holder);
                }
                groups.into_values().collect()
            }
        }
    }

    /// What is the same for all holders of a group, in the unit in which it is handed on.
    fn common(&self, values: Vec<Fraction>) -> Fraction {
        match &self.statistic.summary {
            Summary::Sum => (short(values.iter().map(|(n, _)| i128::from(*n)).sum()), 1),
            Summary::Least => extreme(&values, Pick::Least),
            Summary::Greatest => extreme(&values, Pick::Greatest),
            Summary::Percentile { share, method } => percentile(values, share, *method),
            Summary::Rank | Summary::Part { .. } => unreachable!("it is of each holder"),
        }
    }
}

fn short(n: i128) -> i64 {
    i64::try_from(n).expect("a statistic is within its bounds")
}

/// Compares two fractions with the same unit.
fn compare(a: &Fraction, b: &Fraction) -> Ordering {
    if a.1 == b.1 {
        return a.0.cmp(&b.0);
    }
    (i128::from(a.0) * i128::from(b.1)).cmp(&(i128::from(b.0) * i128::from(a.1)))
}

fn extreme(values: &[Fraction], pick: Pick) -> Fraction {
    let found = match pick {
        Pick::Least => values.iter().min_by(|a, b| compare(a, b)),
        Pick::Greatest => values.iter().max_by(|a, b| compare(a, b)),
    };
    found.copied().unwrap_or((0, 1))
}

/// As the exact reading takes it; half way and between places in halves and q-ths of the unit.
fn percentile(mut values: Vec<Fraction>, share: &Exact, method: Percentile) -> Fraction {
    let (p, q) = share_of(share).expect("a share that was looked at before");
    let Some(last) = values.len().checked_sub(1) else { return (0, 1) };
    values.sort_unstable_by(compare);
    let at = |place: i128| values[usize::try_from(place).unwrap_or(0).min(last)];
    let count = i128::try_from(values.len()).unwrap_or(0);
    if method == Percentile::Linear {
        let place = p * (count - 1);
        let (below, rest) = (place / q, place % q);
        return between(at(below), at(below + 1), (q - rest, rest));
    }
    let k = p * count;
    let (floor, is_whole) = (k / q, k % q == 0);
    let (kth, after) = match is_whole {
        true => (at((floor - 1).max(0)), at(floor)),
        false => (at(floor), at(floor)),
    };
    match method {
        Percentile::Lower => kth,
        Percentile::Upper => after,
        Percentile::Average | Percentile::Linear => between(kth, after, (1, 1)),
    }
}

/// The sum of factor × fraction, in the unit of both divided by the sum of the factors.
fn between(a: Fraction, b: Fraction, factors: (i128, i128)) -> Fraction {
    let ((an, ad), (bn, bd)) = ((i128::from(a.0), i128::from(a.1)), (i128::from(b.0), i128::from(b.1)));
    (short(factors.0 * an * bd + factors.1 * bn * ad), short(ad * bd))
}

/// One more than there are larger values.
fn ranks(values: &[Fraction]) -> Vec<i64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(compare);
    let larger = |value: &Fraction| {
        sorted.len() - sorted.partition_point(|other| compare(other, value) != Ordering::Greater)
    };
    values.iter().map(|value| short(i128::try_from(larger(value) + 1).unwrap_or(0))).collect()
}
