//! Shares a total among parties so that the parts sum to the total, to the penny.
//!
//! 10p by weights 6 : 6 : 2 is 4p, 4p, 2p: whole pennies of each quota first, the pennies left
//! over to the largest remainders, equal remainders to the party listed first.
//!
//! Invariant: without limits the parts sum to the total, for any weights that are not all zero.
//! Not an invariant: a larger total never shrinks a part. It can, by one quantum.

use super::{Exact, Mode};

/// Who takes what rounding leaves over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Residue {
    /// Whole quanta first, then one each to the largest remainders.
    LargestRemainder,
    /// Each part rounded; the difference to the part that is largest before, the first of equals.
    /// With limits that need not be the one with the largest weight, which may be at its limit.
    LargestShare,
    /// Each part rounded; the difference to the last part whose weight is not zero.
    Last,
    /// Each part rounded; the difference to this part.
    Part(usize),
}

/// How a total is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division<'a> {
    /// Not negative; one for each part.
    pub weights: &'a [Exact],
    /// Least and most of each part, or no limits.
    pub limits: Option<&'a [(Exact, Exact)]>,
    /// Parts are multiples of it; above 0.
    pub quantum: &'a Exact,
    /// Mode of the parts that are rounded one by one.
    pub mode: Mode,
    /// Who takes the rest.
    pub residue: Residue,
}

/// The parts of `total`, a multiple of the quantum, in the order of the weights.
///
/// A negative total splits as its opposite. With limits the parts come to as much of the total
/// as the limits admit. When every weight is zero nobody receives more than the least of its limits.
pub fn apportion(total: &Exact, division: &Division<'_>) -> Vec<Exact> {
    if total.sign() < 0 {
        return apportion(&-total, division).iter().map(|part| -part).collect();
    }
    let weight: Exact = division.weights.iter().sum();
    let (total, quotas) = match division.limits {
        None if weight.is_zero() => return vec![Exact::ZERO; division.weights.len()],
        None => (total.clone(), proportional(total, division.weights, &weight)),
        Some(limits) => limited(total, division, limits),
    };
    let parts = match division.residue {
        Residue::LargestRemainder => largest_remainder(&total, &quotas, division.quantum),
        Residue::LargestShare => rest_to(largest(&quotas), &total, &quotas, division),
        Residue::Last => {
            let last = division.weights.iter().rposition(|weight| !weight.is_zero()).unwrap_or(0);
            rest_to(last, &total, &quotas, division)
        }
        Residue::Part(part) => rest_to(part, &total, &quotas, division),
    };
    assert_eq!(parts.iter().sum::<Exact>(), total, "parts sum to the total");
    parts
}

fn proportional(total: &Exact, weights: &[Exact], sum: &Exact) -> Vec<Exact> {
    let per_unit = total.checked_div(sum).expect("the weights are not all zero");
    weights.iter().map(|weight| weight * &per_unit).collect()
}

/// Exact quotas within limits: the factor t at which the clamped parts t·w come to the total.
///
/// The sum of the clamped parts is a rising broken line in t whose corners are the limits
/// divided by the weights; between two corners it is straight, so t is solved exactly.
fn limited(total: &Exact, division: &Division<'_>, limits: &[(Exact, Exact)]) -> (Exact, Vec<Exact>) {
    let clamped = |t: &Exact| -> Vec<Exact> {
        let parts = division.weights.iter().zip(limits);
        parts.map(|(w, (least, most))| (t * w).greater(least).lesser(most).clone()).collect()
    };
    let mut corners: Vec<Exact> = vec![Exact::ZERO];
    for (weight, (least, most)) in division.weights.iter().zip(limits) {
        corners.extend(least.checked_div(weight));
        corners.extend(most.checked_div(weight));
    }
    corners.retain(|t| t.sign() >= 0);
    corners.sort();
    let reach = |t: &Exact| clamped(t).iter().sum::<Exact>();
    let (lowest, highest) = (reach(&corners[0]), reach(&corners[corners.len() - 1]));
    if *total <= lowest || *total >= highest {
        let edge = if *total <= lowest { &corners[0] } else { &corners[corners.len() - 1] };
        let quotas = clamped(edge);
        let sum: Exact = quotas.iter().sum();
        return (sum.rounded(division.quantum, division.mode), quotas);
    }
    let after = corners.partition_point(|t| reach(t) < *total);
    let (low, high) = (&corners[after - 1], &corners[after]);
    let (at_low, at_high) = (reach(low), reach(high));
    let share = (total - &at_low).checked_div(&(&at_high - &at_low)).expect("the sum rises here");
    let t = low + &(&share * &(high - low));
    (total.clone(), clamped(&t))
}

fn largest_remainder(total: &Exact, quotas: &[Exact], quantum: &Exact) -> Vec<Exact> {
    let mut parts: Vec<Exact> = quotas.iter().map(|quota| quota.rounded(quantum, Mode::Floor)).collect();
    let left = total - &parts.iter().sum::<Exact>();
    let count = left.checked_div(quantum).and_then(|n| n.floor().to_i64()).unwrap_or(0);
    let mut order: Vec<usize> = (0..quotas.len()).collect();
    // A stable sort: equal remainders stay in the order of the contract.
    order.sort_by(|&a, &b| (&quotas[b] - &parts[b]).cmp(&(&quotas[a] - &parts[a])));
    for &part in order.iter().cycle().take(usize::try_from(count).unwrap_or(0)) {
        parts[part] = &parts[part] + quantum;
    }
    parts
}

fn rest_to(taker: usize, total: &Exact, quotas: &[Exact], division: &Division<'_>) -> Vec<Exact> {
    let mut parts: Vec<Exact> =
        quotas.iter().map(|quota| quota.rounded(division.quantum, division.mode)).collect();
    let rest = total - &parts.iter().sum::<Exact>();
    parts[taker] = &parts[taker] + &rest;
    parts
}

fn largest(quotas: &[Exact]) -> usize {
    let mut best = 0;
    for (i, quota) in quotas.iter().enumerate() {
        if *quota > quotas[best] {
            best = i;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(total: &str, weights: &[i64], residue: Residue) -> String {
        let weights: Vec<Exact> = weights.iter().copied().map(Exact::from).collect();
        let quantum = Exact::scaled(1, 2);
        let division =
            Division { weights: &weights, limits: None, quantum: &quantum, mode: Mode::HalfAway, residue };
        let parts = apportion(&Exact::parse(total).unwrap(), &division);
        parts.iter().map(|part| part.plain(2)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn odd_pennies_go_where_the_residue_says() {
        // Quotas of 10p by 6:6:2 are 4.29, 4.29, 1.43: floors 4, 4, 1 and the penny left goes to 1.43.
        assert_eq!(split("0.10", &[6, 6, 2], Residue::LargestRemainder), "0.04 0.04 0.02");
        assert_eq!(split("-0.10", &[6, 6, 2], Residue::LargestRemainder), "-0.04 -0.04 -0.02");
        // 1p by 1:1 rounds to 1p and 1p; the taker gives one back.
        assert_eq!(split("0.01", &[1, 1], Residue::Part(1)), "0.01 0.00");
        assert_eq!(split("0.01", &[1, 1, 0], Residue::Last), "0.01 0.00 0.00");
        assert_eq!(split("0.01", &[1, 1], Residue::LargestShare), "0.00 0.01");
        assert_eq!(split("5.00", &[0, 0], Residue::LargestRemainder), "0.00 0.00");
    }

    #[test]
    fn limits_hold_and_the_others_share_the_rest() {
        // £100 by 1:1:2, the third at most £30: the others share £70 equally.
        let weights = [1, 1, 2].map(Exact::from);
        let limits = [(0, 100), (0, 100), (0, 30)].map(|(a, b)| (Exact::from(a), Exact::from(b)));
        let quantum = Exact::scaled(1, 2);
        let division = Division {
            weights: &weights,
            limits: Some(&limits),
            quantum: &quantum,
            mode: Mode::HalfAway,
            residue: Residue::LargestRemainder,
        };
        let parts = apportion(&Exact::from(100), &division);
        assert_eq!(parts, [35, 35, 30].map(Exact::from));
        // £300 is more than the limits admit: the parts come to £230.
        assert_eq!(apportion(&Exact::from(300), &division), [100, 100, 30].map(Exact::from));
    }
}
