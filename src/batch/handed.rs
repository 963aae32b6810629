//! How the values of a statistic are handed on: on which grid they lie, and how large they can be. That
//! is decided when a batch is compiled.

use super::given::{Handed, Operand};
use super::lane::{Bounds, SIZE_MAX};
use crate::num::{Exact, Range};
use crate::plan::{Percentile, Statistic, Summary};

/// Largest denominator of a share whose percentiles are taken in whole numbers.
const SHARE_MAX: i128 = 1_000_000;

/// A share from 0 to 1 as p over q; nothing when q is large.
pub(super) fn share_of(share: &Exact) -> Option<(i128, i128)> {
    let (p, q) = share.parts();
    let (p, q) = (i128::try_from(p).ok()?, i128::try_from(q).ok()?);
    (q <= SHARE_MAX).then_some((p, q))
}

/// How a statistic over so many holders is handed on; `range` is what the plan knows of it.
pub(super) fn handed(statistic: &Statistic, operands: &[Operand], range: &Range, holders: usize) -> Handed {
    let handed = on_grid(statistic, operands, range, holders).unwrap_or(Handed::Exact);
    match handed {
        Handed::Whole { unit, bounds } if bounds.least == bounds.most => {
            let n = i64::try_from(bounds.least).unwrap_or(0);
            Handed::Known(&unit * &Exact::from(n))
        }
        Handed::Known(_) | Handed::Whole { .. } | Handed::Quotient { .. } | Handed::Exact => handed,
    }
}

/// Bounds of what must fit into a column.
fn short(bounds: Bounds) -> Option<Bounds> {
    (bounds.size() <= i128::from(i64::MAX)).then_some(bounds)
}

fn on_grid(statistic: &Statistic, operands: &[Operand], range: &Range, holders: usize) -> Option<Handed> {
    let count = i128::try_from(holders).ok()?;
    let some_count = statistic.counts.is_some();
    // What is summed up over nobody is 0.
    let or_nobody = |bounds: Bounds| if some_count { bounds.join(Bounds::point(0)) } else { bounds };
    let value = &operands[0];
    match &statistic.summary {
        Summary::Rank => {
            let bounds = or_nobody(Bounds { least: 1, most: count });
            Some(Handed::Whole { unit: Exact::ONE, bounds })
        }
        Summary::Part { quantum, .. } => {
            let bounds = parts(statistic, operands, range, count)?;
            Some(Handed::Whole { unit: quantum.clone(), bounds: short(bounds)? })
        }
        Summary::Sum => {
            let Operand::Whole { unit, bounds, .. } = value else { return None };
            let all = bounds.line(count, 0)?;
            let one_to_all = if statistic.group.is_some() || some_count { all.join(*bounds) } else { all };
            Some(Handed::Whole { unit: unit.clone(), bounds: short(or_nobody(one_to_all))? })
        }
        Summary::Least | Summary::Greatest => blended(value, 1, &or_nobody),
        Summary::Percentile { share, method } => {
            let (_, q) = share_of(share)?;
            match method {
                Percentile::Lower | Percentile::Upper => blended(value, 1, &or_nobody),
                Percentile::Average => blended(value, 2, &or_nobody),
                Percentile::Linear => blended(value, q, &or_nobody),
            }
        }
    }
}

/// One of the values, or two of them with factors that come to `factors`.
fn blended(value: &Operand, factors: i128, or_nobody: &dyn Fn(Bounds) -> Bounds) -> Option<Handed> {
    let part = |unit: &Exact| unit.checked_div(&Exact::from(i64::try_from(factors).ok()?));
    match value {
        Operand::Whole { unit, bounds, .. } => {
            let bounds = short(or_nobody(bounds.line(factors, 0)?))?;
            Some(Handed::Whole { unit: part(unit)?, bounds })
        }
        Operand::Quotient { unit, bounds: (n, d), .. } if factors == 1 => {
            let bounds = (or_nobody(*n), d.join(Bounds::point(1)));
            Some(Handed::Quotient { unit: unit.clone(), bounds })
        }
        Operand::Quotient { unit, bounds: (n, d), .. } => {
            let over = short(d.times(*d)?.join(Bounds::point(1)))?;
            let bounds = (short(or_nobody(n.times(*d)?.line(factors, 0)?))?, over);
            Some(Handed::Quotient { unit: part(unit)?, bounds })
        }
        Operand::Exact { .. } => None,
    }
}

/// Parts in quanta: what the plan knows of them, and without limits no more than the total and what
/// rounding the others leaves.
fn parts(statistic: &Statistic, operands: &[Operand], range: &Range, holders: i128) -> Option<Bounds> {
    let Summary::Part { quantum, limits, .. } = &statistic.summary else { return None };
    let of_plan = || {
        let whole = |end: &Exact| end.checked_div(quantum).and_then(|n| n.floor().to_i64()).map(i128::from);
        Some(Bounds { least: whole(&range.least)?, most: whole(&range.most)? + 1 })
    };
    let own = match limits {
        Some(_) => None,
        None => total(operands, quantum).map(|total| {
            let most = total.size() + holders;
            Bounds { least: if total.least >= 0 { -holders } else { -most }, most }
        }),
    };
    match (own, of_plan()) {
        (Some(own), Some(plan)) => {
            let bounds = Bounds { least: own.least.max(plan.least), most: own.most.min(plan.most) };
            Some(if bounds.least <= bounds.most { bounds } else { own })
        }
        (own, plan) => own.or(plan),
    }
}

/// The total of a share in quanta, where it is whole.
fn total(operands: &[Operand], quantum: &Exact) -> Option<Bounds> {
    let Some(Operand::Whole { unit, bounds, .. }) = operands.last() else { return None };
    let (p, q) = unit.checked_div(quantum)?.parts();
    let (p, q) = (i128::try_from(p).ok()?, i128::try_from(q).ok()?);
    let scaled = bounds.line(p, 0)?;
    Some(Bounds { least: scaled.least.div_euclid(q), most: -(-scaled.most).div_euclid(q) })
}

/// True when a share among holders can be divided in whole numbers.
pub(super) fn parts_are_whole(statistic: &Statistic, operands: &[Operand], holders: usize) -> bool {
    let Summary::Part { quantum, limits: None, .. } = &statistic.summary else { return false };
    let Operand::Whole { bounds: weights, .. } = &operands[0] else { return false };
    let Some(total) = total(operands, quantum) else { return false };
    let count = i128::try_from(holders).unwrap_or(i128::MAX);
    let size = weights.size().checked_mul(count).and_then(|all| all.checked_mul(total.size().max(1)));
    let fits = size.and_then(|size| size.checked_mul(4)).is_some_and(|size| size < SIZE_MAX);
    fits && weights.least >= 0 && short(total).is_some()
}
