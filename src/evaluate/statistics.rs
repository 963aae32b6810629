//! Statistics over all holders, stage by stage.
//!
//! For each stage the plan is evaluated once for every holder, keeping only what the statistics of
//! the stage read; so memory grows with holders × statistics and not with nodes.

use std::collections::BTreeMap;

use super::evaluate;
use crate::num::{Division, Exact, apportion};
use crate::plan::{NodeId, Op, Percentile, Plan, PlanNodes, Statistic, StatisticId, Summary};

/// Does work for each of a number of holders, in any order or at once, and gives the results in
/// the order of the holders. The engine has no threads of its own; who embeds it may lend some.
pub type Workers<'w> = &'w dyn Fn(usize, &(dyn Fn(usize) -> Vec<Exact> + Sync)) -> Vec<Vec<Exact>>;

/// Does the work for one holder after the other.
pub fn one_by_one(count: usize, work: &(dyn Fn(usize) -> Vec<Exact> + Sync)) -> Vec<Vec<Exact>> {
    (0..count).map(work).collect()
}

/// One statistic, worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Known {
    /// Not asked for.
    Unneeded,
    /// The same for all holders, and how many counted.
    Same(Exact, usize),
    /// By holder, and how many counted with it.
    Each(Vec<(Exact, usize)>),
}

/// Statistics over all holders, worked out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics(Vec<Known>);

impl Statistics {
    /// So many of them, none asked for yet.
    pub fn unneeded(count: usize) -> Statistics {
        Statistics(vec![Known::Unneeded; count])
    }

    /// Takes note of what a statistic is, for every holder that is looked at.
    pub fn set(&mut self, statistic: StatisticId, value: Exact) {
        self.0[statistic.0 as usize] = Known::Same(value, 0);
    }

    /// The statistic as a holder reads it; 0 where it was not asked for.
    pub fn of(&self, statistic: StatisticId, holder: usize) -> &Exact {
        match self.0.get(statistic.0 as usize) {
            Some(Known::Same(value, _)) => value,
            Some(Known::Each(values)) => values.get(holder).map_or(&Exact::ZERO, |(value, _)| value),
            Some(Known::Unneeded) | None => &Exact::ZERO,
        }
    }

    /// How many holders counted.
    pub fn counted(&self, statistic: StatisticId, holder: usize) -> usize {
        match self.0.get(statistic.0 as usize) {
            Some(Known::Same(_, counted)) => *counted,
            Some(Known::Each(values)) => values.get(holder).map_or(0, |(_, counted)| *counted),
            Some(Known::Unneeded) | None => 0,
        }
    }
}

/// Works out the statistics behind the needed nodes, for the facts of all holders.
pub fn statistics(plan: &Plan, facts: &[&[Exact]], needed: &[bool], workers: Workers<'_>) -> Statistics {
    let mut known = Statistics::unneeded(plan.statistics().len());
    if plan.statistics().is_empty() {
        return known;
    }
    let stages = stages(plan, needed);
    for stage in 1..=stages.iter().flatten().copied().max().unwrap_or(0) {
        let now: Vec<usize> = (0..stages.len()).filter(|index| stages[*index] == Some(stage)).collect();
        let operands: Vec<NodeId> =
            now.iter().flat_map(|index| plan.statistics()[*index].operands()).collect();
        let needed = plan.needed_beside_statistics(operands.iter().copied());
        let work = |holder: usize| -> Vec<Exact> {
            let values = evaluate(plan, facts[holder], (&known, holder), &needed);
            operands.iter().map(|node| values.of(*node).clone()).collect()
        };
        let rows = workers(facts.len(), &work);
        let mut first = 0;
        let mut found = Vec::new();
        for index in now {
            let statistic = &plan.statistics()[index];
            found.push((index, worked_out(statistic, &Read::new(statistic, &rows, first))));
            first += statistic.operands().len();
        }
        for (index, statistic) in found {
            known.0[index] = statistic;
        }
    }
    known
}

/// Works out one statistic of what it reads of every holder, in the order of `Statistic::operands`; a
/// value for each holder.
pub fn statistic_of(statistic: &Statistic, rows: &[Vec<Exact>]) -> Vec<Exact> {
    match worked_out(statistic, &Read::new(statistic, rows, 0)) {
        Known::Unneeded => vec![Exact::ZERO; rows.len()],
        Known::Same(value, _) => vec![value; rows.len()],
        Known::Each(values) => values.into_iter().map(|(value, _)| value).collect(),
    }
}

/// The stage of each needed statistic: 1 when it reads no other.
pub fn stages(plan: &Plan, needed: &[bool]) -> Vec<Option<usize>> {
    let mut of_nodes = vec![0; plan.nodes().len()];
    let mut stages = vec![None; plan.statistics().len()];
    for (index, node) in plan.nodes().iter().enumerate() {
        let mut last = 0;
        let id = NodeId(u32::try_from(index).expect("nodes are limited"));
        plan.each_operand(id, &mut |operand| last = last.max(of_nodes[operand.index()]));
        of_nodes[index] = last;
        if let Op::Statistic(statistic) = &node.op {
            of_nodes[index] = last + 1;
            if needed[index] {
                stages[statistic.0 as usize] = Some(last + 1);
            }
        }
    }
    stages
}

/// What a statistic reads of every holder.
struct Read<'r> {
    statistic: &'r Statistic,
    rows: &'r [Vec<Exact>],
    first: usize,
}

impl<'r> Read<'r> {
    fn new(statistic: &'r Statistic, rows: &'r [Vec<Exact>], first: usize) -> Read<'r> {
        Read { statistic, rows, first }
    }

    /// An operand of a holder, by its place in `Statistic::operands`.
    fn operand(&self, holder: usize, place: usize) -> &'r Exact {
        &self.rows[holder][self.first + place]
    }

    fn value(&self, holder: usize) -> &'r Exact {
        self.operand(holder, 0)
    }

    fn counts(&self, holder: usize) -> bool {
        self.statistic.counts.is_none() || !self.operand(holder, 1).is_zero()
    }

    /// The holders of each peer group; all in one where there are none.
    fn groups(&self) -> Vec<Vec<usize>> {
        let holders = 0..self.rows.len();
        let place = 1 + usize::from(self.statistic.counts.is_some());
        if self.statistic.group.is_none() {
            return vec![holders.collect()];
        }
        let mut groups: BTreeMap<&Exact, Vec<usize>> = BTreeMap::new();
        for holder in holders {
            groups.entry(self.operand(holder, place)).or_default().push(holder);
        }
        groups.into_values().collect()
    }
}

fn worked_out(statistic: &Statistic, read: &Read<'_>) -> Known {
    let mut each = vec![(Exact::ZERO, 0); read.rows.len()];
    let mut same = (Exact::ZERO, 0);
    for group in read.groups() {
        let counted: Vec<usize> = group.iter().copied().filter(|holder| read.counts(*holder)).collect();
        let values: Vec<&Exact> = counted.iter().map(|holder| read.value(*holder)).collect();
        let common = match &statistic.summary {
            Summary::Sum => sum(&values),
            Summary::Least => values.iter().min().map_or(Exact::ZERO, |value| (*value).clone()),
            Summary::Greatest => values.iter().max().map_or(Exact::ZERO, |value| (*value).clone()),
            Summary::Percentile { share, method } => percentile(values.clone(), share, *method),
            Summary::Rank => {
                for (holder, rank) in counted.iter().zip(ranks(&values)) {
                    each[*holder] = (rank, counted.len());
                }
                continue;
            }
            Summary::Part { .. } => {
                for (holder, part) in parts(statistic, read).into_iter().enumerate() {
                    each[holder] = (part, counted.len());
                }
                continue;
            }
        };
        group.iter().for_each(|holder| each[*holder] = (common.clone(), counted.len()));
        same = (common, counted.len());
    }
    if statistic.differs() { Known::Each(each) } else { Known::Same(same.0, same.1) }
}

/// Added up in pairs, so that long fractions meet late.
fn sum(values: &[&Exact]) -> Exact {
    match values {
        [] => Exact::ZERO,
        [only] => (*only).clone(),
        [..] => {
            let (left, right) = values.split_at(values.len() / 2);
            &sum(left) + &sum(right)
        }
    }
}

fn percentile(mut values: Vec<&Exact>, share: &Exact, method: Percentile) -> Exact {
    values.sort();
    let Some(last) = values.len().checked_sub(1) else { return Exact::ZERO };
    let at = |place: usize| values[place.min(last)];
    let index = |number: &Exact| usize::try_from(number.to_i64().unwrap_or(0)).unwrap_or(0);
    let whole = |number: usize| Exact::from(i64::try_from(number).unwrap_or(i64::MAX));
    if method == Percentile::Linear {
        let place = share * &whole(last);
        let below = place.floor();
        let low = at(index(&below));
        let rest = &place - &below;
        return low + &(&rest * &(at(index(&below) + 1) - low));
    }
    let k = share * &whole(values.len());
    let floor = k.floor();
    if !k.is_whole() {
        // The next place, counted from 1, is the floor counted from 0.
        return at(index(&floor)).clone();
    }
    let (kth, after) = (at(index(&floor).saturating_sub(1)), at(index(&floor)));
    match method {
        Percentile::Lower => kth.clone(),
        Percentile::Upper => after.clone(),
        Percentile::Average | Percentile::Linear => {
            let half = Exact::ratio(1, 2).unwrap_or(Exact::ZERO);
            &half * &(kth + after)
        }
    }
}

/// The rank of each value: one more than there are larger ones.
fn ranks(values: &[&Exact]) -> Vec<Exact> {
    let mut sorted = values.to_vec();
    sorted.sort();
    let larger = |value: &Exact| sorted.len() - sorted.partition_point(|other| *other <= value);
    values.iter().map(|value| Exact::from(i64::try_from(larger(value) + 1).unwrap_or(i64::MAX))).collect()
}

fn parts(statistic: &Statistic, read: &Read<'_>) -> Vec<Exact> {
    let Summary::Part { limits, quantum, mode, residue, .. } = &statistic.summary else { return Vec::new() };
    let holders = 0..read.rows.len();
    let weights: Vec<Exact> = holders.clone().map(|holder| read.value(holder).clone()).collect();
    let place = statistic.operands().len() - if limits.is_some() { 3 } else { 1 };
    let limits: Option<Vec<(Exact, Exact)>> = limits.map(|_| {
        let limit = |holder: usize, which: usize| read.operand(holder, place + which).clone();
        holders.map(|holder| (limit(holder, 1), limit(holder, 2))).collect()
    });
    let division =
        Division { weights: &weights, limits: limits.as_deref(), quantum, mode: *mode, residue: *residue };
    if weights.is_empty() { Vec::new() } else { apportion(read.operand(0, place), &division) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[i64], share: &str, method: Percentile) -> String {
        let values: Vec<Exact> = values.iter().copied().map(Exact::from).collect();
        let share = Exact::parse(share).expect("a share");
        percentile(values.iter().collect(), &share, method).plain(2)
    }

    #[test]
    fn percentiles_by_their_definitions() {
        // 75 % of 4 values is k = 3, whole: the third, the fourth, or half way between them.
        assert_eq!(of(&[4, 1, 3, 2], "75%", Percentile::Lower), "3.00");
        assert_eq!(of(&[4, 1, 3, 2], "75%", Percentile::Upper), "4.00");
        assert_eq!(of(&[4, 1, 3, 2], "75%", Percentile::Average), "3.50");
        // As spreadsheets: place 1 + 0.75 × 3 = 3.25, so 3 + 0.25 × (4 − 3).
        assert_eq!(of(&[4, 1, 3, 2], "75%", Percentile::Linear), "3.25");
        // 75 % of 5 is 3.75: the fourth, whatever the method.
        assert_eq!(of(&[5, 4, 1, 3, 2], "75%", Percentile::Lower), "4.00");
        assert_eq!(of(&[5, 4, 1, 3, 2], "75%", Percentile::Average), "4.00");
        assert_eq!(of(&[7, 9], "0%", Percentile::Lower), "7.00");
        assert_eq!(of(&[7, 9], "100%", Percentile::Upper), "9.00");
        assert_eq!(of(&[], "50%", Percentile::Average), "0.00");
    }

    #[test]
    fn equal_values_share_a_rank() {
        let values = [30, 10, 30, 20].map(Exact::from);
        let found = ranks(&values.iter().collect::<Vec<_>>());
        assert_eq!(found, [1, 4, 1, 3].map(Exact::from));
    }
}
