//! Dividing a rounded line among parties (or an amount among instalments) so that the parts add up.

use num_traits::{One, Signed, ToPrimitive, Zero};

use super::numbers::{Mode, Number, floor_to, round_to, whole};

/// A claim on a line: its weight, and the least and most it may come to.
#[derive(Clone, Debug)]
pub struct Claim {
    pub weight: Number,
    pub limits: Option<(Number, Number)>,
}

/// Who takes what rounding leaves over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Residue {
    LargestRemainder,
    LargestShare,
    /// The claim at this place of the list.
    At(usize),
}

/// Parts of `total` in whole quanta. A negative total is split as its opposite.
pub fn divide(
    total: &Number,
    claims: &[Claim],
    quantum: &Number,
    mode: Mode,
    residue: Residue,
) -> Vec<Number> {
    if total.is_negative() {
        return divide(&-total, claims, quantum, mode, residue).into_iter().map(|part| -part).collect();
    }
    let exact = exact_parts(total, claims);
    let sum: Number = exact.iter().sum();
    let target = if sum == *total { sum } else { round_to(&sum, quantum, mode) };
    if residue == Residue::LargestRemainder {
        return by_remainder(&exact, &target, quantum);
    }
    let mut parts: Vec<Number> = exact.iter().map(|part| round_to(part, quantum, mode)).collect();
    let difference = target - parts.iter().sum::<Number>();
    let place = match residue {
        Residue::At(place) => place,
        Residue::LargestRemainder | Residue::LargestShare => first_largest(&exact),
    };
    parts[place] += difference;
    parts
}

/// Everyone rounded down; the quanta left go to the largest remainders, ties to the first listed.
fn by_remainder(exact: &[Number], target: &Number, quantum: &Number) -> Vec<Number> {
    let mut parts: Vec<Number> = exact.iter().map(|part| floor_to(part, quantum)).collect();
    let mut remainders: Vec<Number> = exact.iter().zip(&parts).map(|(e, p)| e - p).collect();
    let left = (target - parts.iter().sum::<Number>()) / quantum;
    for _ in 0..left.to_integer().to_usize().unwrap_or_default() {
        let place = first_largest(&remainders);
        parts[place] += quantum;
        remainders[place] -= quantum;
    }
    parts
}

fn first_largest(numbers: &[Number]) -> usize {
    let mut best = 0;
    for (place, number) in numbers.iter().enumerate() {
        if *number > numbers[best] {
            best = place;
        }
    }
    best
}

/// Pro rata by weight; with limits, the factor for which the limited parts add up, as far as they can.
fn exact_parts(total: &Number, claims: &[Claim]) -> Vec<Number> {
    let weights: Number = claims.iter().map(|claim| &claim.weight).sum();
    assert!(claims.iter().all(|claim| !claim.weight.is_negative()), "a weight is negative");
    if claims.iter().any(|claim| claim.limits.is_some()) {
        return limited_parts(total, claims);
    }
    if weights.is_zero() {
        // Where nobody has a share, nothing is taken.
        return vec![whole(0); claims.len()];
    }
    claims.iter().map(|claim| total * &claim.weight / &weights).collect()
}

fn limited(claim: &Claim, factor: &Number) -> Number {
    let free = factor * &claim.weight;
    match &claim.limits {
        Some((least, most)) => free.min(most.clone()).max(least.clone()),
        None => free,
    }
}

/// The sum of limited parts grows with the factor and is straight between the factors at which a limit
/// starts or stops to bind: walk along these until the sum reaches the total.
fn limited_parts(total: &Number, claims: &[Claim]) -> Vec<Number> {
    let sum_at = |factor: &Number| claims.iter().map(|claim| limited(claim, factor)).sum::<Number>();
    let parts_at = |factor: &Number| claims.iter().map(|claim| limited(claim, factor)).collect();
    let weighted = claims.iter().filter(|claim| claim.weight.is_positive());
    let mut corners: Vec<Number> = weighted
        .filter_map(|claim| claim.limits.as_ref().map(|(least, most)| (least, most, &claim.weight)))
        .flat_map(|(least, most, weight)| [least / weight, most / weight])
        .filter(Signed::is_positive)
        .collect();
    corners.sort();
    corners.push(corners.last().cloned().unwrap_or_default() + Number::one());
    let mut from = whole(0);
    for corner in corners {
        let (low, high) = (sum_at(&from), sum_at(&corner));
        if low >= *total {
            return parts_at(&from);
        }
        if high >= *total {
            let factor = &from + (total - &low) * (&corner - &from) / (&high - &low);
            return parts_at(&factor);
        }
        from = corner;
    }
    parts_at(&from)
}
