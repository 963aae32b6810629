//! What a contract admits of two facts together: a numerator over its denominator within the range of
//! the measure. Bounds of lanes rest on it, so it is checked before anything is computed.

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
}

/// Numbers that stand so far apart in a slice; 0 where there is just one.
pub(super) type Spaced<'n> = (&'n [i64], usize);

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
        let (n, d) = (side(*x)?, side(*y)?);
        let varies = matches!(n.0, Side::Column(_)) || matches!(d.0, Side::Column(_));
        varies.then(|| within(n, d, &node.range).ok_or(NotPossible::TooFine { fact: *x }))
    };
    plan.nodes().iter().zip(needed).filter_map(ratio).collect()
}

fn within(n: (Side, Exact), d: (Side, Exact), range: &Range) -> Option<Admitted> {
    // n · n_step ≥ least · d · d_step, over the common step of both sides' factors.
    let (low, high) = (&range.least * &d.1, &range.most * &d.1);
    let step = n.1.common_step(&low).common_step(&high);
    let whole = |value: &Exact| value.checked_div(&step).and_then(|n| n.to_i64()).map(i128::from);
    Some(Admitted { n: n.0, d: d.0, by: whole(&n.1)?, low: whole(&low)?, high: whole(&high)? })
}

impl Admitted {
    /// The first scenario in which the ratio leaves what is admitted.
    fn broken<'n>(&self, count: usize, column: &dyn Fn(usize) -> Spaced<'n>) -> Option<usize> {
        // A fixed side is a column that does not move on.
        let fixed = |n: i128| [i64::try_from(n).unwrap_or(0)];
        let (n_fixed, d_fixed);
        let (n, n_step) = match self.n {
            Side::Column(input) => column(input),
            Side::Fixed(n) => {
                n_fixed = fixed(n);
                (&n_fixed[..], 0)
            }
        };
        let (d, d_step) = match self.d {
            Side::Column(input) => column(input),
            Side::Fixed(n) => {
                d_fixed = fixed(n);
                (&d_fixed[..], 0)
            }
        };
        (0..count).find(|scenario| {
            let (n, d) = (i128::from(n[scenario * n_step]) * self.by, i128::from(d[scenario * d_step]));
            d != 0 && (n < self.low * d || n > self.high * d)
        })
    }

    fn column(&self) -> usize {
        match (self.n, self.d) {
            (Side::Column(column), _) | (Side::Fixed(_), Side::Column(column)) => column,
            (Side::Fixed(_), Side::Fixed(_)) => unreachable!("one of the two varies"),
        }
    }
}

/// Checks all ratios in all scenarios, in columns that are slices with a step.
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
    match (0..count).find(|scenario| numbers[scenario * apart] % input.multiple != 0) {
        Some(scenario) => Err(Mismatch::OffGrid { column, scenario }),
        None => Ok(()),
    }
}
