//! What a contract admits of two facts together: a numerator over its denominator within the range of
//! the measure. Bounds of lanes rest on it, so it is checked before anything is computed.

use std::ops::Mul;

use super::columns::Column;
use super::translate::Input;
use super::{Known, Mismatch, NotPossible};
use crate::num::{Exact, Range};
use crate::plan::{FactId, Op, Part, Plan, PlanNodes};

/// One of two facts: a column or a number, as a whole number of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Column(usize),
    Fixed(i128),
}

/// `low · d ≤ n · by ≤ high · d` for two facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Admitted {
    n: Side,
    d: Side,
    by: i128,
    low: i128,
    high: i128,
    /// True when no product leaves 64 bits.
    is_short: bool,
}

/// Numbers that stand so far apart in a column; 0 where there is just one.
pub(super) type Spaced<'n> = (Column<'n>, usize);

/// The ratios of two facts of which at least one varies; a fixed one counts in steps of itself.
///
/// # Errors
/// Where steps are so fine that a ratio cannot be checked in machine integers.
pub(super) fn admitted(
    plan: &Plan,
    known: &[Known],
    inputs: &[Input],
    needed: &[bool],
) -> Result<Vec<Admitted>, NotPossible> {
    let side = |fact: FactId| -> Option<(Side, Exact)> {
        let column = inputs.iter().position(|input| input.fact == fact);
        match (column, &known[fact.0 as usize]) {
            (Some(column), _) => Some((Side::Column(column), inputs[column].step.clone())),
            (None, Known::Fixed(value)) if value.is_zero() => Some((Side::Fixed(0), Exact::ONE)),
            (None, Known::Fixed(value)) => Some((Side::Fixed(value.sign().into()), value.abs())),
            (None, Known::Varies(_)) => None,
        }
    };
    let ratio = |(node, needed): (&crate::plan::Node, &bool)| -> Option<Result<Admitted, NotPossible>> {
        let Op::Ratio(x, y) = (if *needed { &node.op } else { return None }) else { return None };
        let (Op::Fact(x), Op::Fact(y)) = (&plan.node(*x).op, &plan.node(*y).op) else { return None };
        let parts = [x, y].map(|fact| plan.facts()[fact.0 as usize].part);
        if parts != [Part::Numerator, Part::Denominator] {
            return None;
        }
        let (n, d) = (&side(*x)?, &side(*y)?);
        let varies = matches!(n.0, Side::Column(_)) || matches!(d.0, Side::Column(_));
        let size = |side: Side| match side {
            Side::Fixed(n) => n.abs(),
            Side::Column(column) => {
                let ends = [inputs[column].least, inputs[column].most].map(|end| i128::from(end).abs());
                ends[0].max(ends[1])
            }
        };
        let within = || {
            let ratio = within(n, d, &node.range)?;
            let products = [(n.0, ratio.by), (d.0, ratio.low), (d.0, ratio.high)];
            let is_short = products.iter().all(|(side, by)| size(*side) * by.abs() < i64::MAX.into());
            Some(Admitted { is_short, ..ratio })
        };
        varies.then(|| within().ok_or(NotPossible::TooFine { fact: *x }))
    };
    plan.nodes().iter().zip(needed).filter_map(ratio).collect()
}

fn within(n: &(Side, Exact), d: &(Side, Exact), range: &Range) -> Option<Admitted> {
    // n · n_step ≥ least · d · d_step, over the common step of both sides' factors.
    let (low, high) = (&range.least * &d.1, &range.most * &d.1);
    let step = n.1.common_step(&low).common_step(&high);
    let whole = |value: &Exact| value.checked_div(&step).and_then(|n| n.to_i64()).map(i128::from);
    Some(Admitted {
        n: n.0,
        d: d.0,
        by: whole(&n.1)?,
        low: whole(&low)?,
        high: whole(&high)?,
        is_short: false,
    })
}

impl Admitted {
    /// The first scenario in which the ratio leaves what is admitted.
    fn broken<'n>(&self, count: usize, column: &dyn Fn(usize) -> Spaced<'n>) -> Option<usize> {
        // A fixed side is a column that does not move on.
        let fixed = |side: Side| match side {
            Side::Fixed(n) => [i64::try_from(n).unwrap_or(0)],
            Side::Column(_) => [0],
        };
        let (n_fixed, d_fixed) = (fixed(self.n), fixed(self.d));
        let spaced = |side: Side, fixed| match side {
            Side::Column(input) => column(input),
            Side::Fixed(_) => (Column::Whole64(fixed), 0),
        };
        let ((n, n_step), (d, d_step)) = (spaced(self.n, &n_fixed), spaced(self.d, &d_fixed));
        let (n, d) = ((n, n_step), (d, d_step));
        let short = |n: i128| i64::try_from(n).unwrap_or(0);
        if self.is_short {
            first_beyond(count, n, d, (short(self.by), short(self.low), short(self.high)))
        } else {
            first_beyond(count, n, d, (self.by, self.low, self.high))
        }
    }

    fn column(&self) -> usize {
        match (self.n, self.d) {
            (Side::Column(column), _) | (Side::Fixed(_), Side::Column(column)) => column,
            (Side::Fixed(_), Side::Fixed(_)) => unreachable!("one of the two varies"),
        }
    }
}

/// The first scenario in which `low · d ≤ n · by ≤ high · d` does not hold.
fn first_beyond<N: Copy + From<i64> + Mul<Output = N> + PartialOrd>(
    count: usize,
    (n, n_step): Spaced<'_>,
    (d, d_step): Spaced<'_>,
    (by, low, high): (N, N, N),
) -> Option<usize> {
    let none = N::from(0);
    (0..count).find(|scenario| {
        let (n, d) = (N::from(n.at(scenario * n_step)) * by, N::from(d.at(scenario * d_step)));
        d != none && (n < low * d || n > high * d)
    })
}

/// Checks all ratios in all scenarios, in columns with a step.
pub(super) fn check<'n>(
    ratios: &[Admitted],
    count: usize,
    column: &dyn Fn(usize) -> Spaced<'n>,
) -> Result<(), Mismatch> {
    for ratio in ratios {
        if let Some(scenario) = ratio.broken(count, column) {
            return Err(Mismatch::Ratio { column: ratio.column(), scenario });
        }
    }
    Ok(())
}

/// Checks that a column whose step is finer than that of its fact holds admissible values alone.
pub(super) fn check_grid(
    column: usize,
    input: &Input,
    count: usize,
    (numbers, apart): Spaced<'_>,
) -> Result<(), Mismatch> {
    if input.multiple == 1 {
        return Ok(());
    }
    match (0..count).find(|scenario| numbers.at(scenario * apart) % input.multiple != 0) {
        Some(scenario) => Err(Mismatch::OffGrid { column, scenario }),
        None => Ok(()),
    }
}
