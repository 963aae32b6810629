//! The average over all orders, and its rounding to the penny.

use std::collections::BTreeMap;

use carepact::source::Location;
use carepact::{Diagnostic, Exact};

use super::{Cause, LineKey};
use crate::reconcile::problem::UNPAYABLE;

/// Amounts of the lines of one statement.
pub(super) type Amounts = BTreeMap<LineKey, Exact>;

/// What a line was expected to be, what it is, and the difference by cause; nothing when an amount is no
/// whole number of minor units.
///
/// `worth` has a statement for each set of causes, a bit for each in the order of `players`; `last` is what
/// is due now, which differs from the last of them by what was reported again after it was first reported.
pub(super) fn shared(
    key: &LineKey,
    players: &[Cause],
    (worth, last): (&[Amounts], &Amounts),
    places: u32,
) -> Option<(i64, i64, [i64; 4])> {
    let of = |amounts: &Amounts| amounts.get(key).cloned().unwrap_or_default();
    let values: Vec<Exact> = worth.iter().map(of).collect();
    let (first, now) = (values.first().cloned().unwrap_or_default(), of(last));
    let before = values.last().cloned().unwrap_or_default();
    let mut parts = [Exact::ZERO, Exact::ZERO, Exact::ZERO, Exact::ZERO];
    for (at, cause) in players.iter().enumerate() {
        parts[*cause as usize] = average(&values, at, players.len());
    }
    let restated = &parts[Cause::Restatement as usize] + &(&now - &before);
    parts[Cause::Restatement as usize] = restated;
    let (expected, actual) = (minor(&first, places)?, minor(&now, places)?);
    let parts = whole(&parts.map(|part| &part * &power(places)), actual - expected);
    Some((expected, actual, parts))
}

fn power(places: u32) -> Exact {
    Exact::from(10_i64.pow(places.min(9)))
}

/// An amount in minor units, when it is a whole number of them.
pub(crate) fn minor(amount: &Exact, places: u32) -> Option<i64> {
    (amount * &power(places)).to_i64()
}

/// What one player adds on average: a set of s others comes before it in s! (k − s − 1)! of the k! orders.
fn average(values: &[Exact], player: usize, count: usize) -> Exact {
    let factorial = |number: usize| (1..=number).map(|n| i128::try_from(n).unwrap_or(1)).product::<i128>();
    let without = (0..values.len()).filter(|set| set >> player & 1 == 0);
    without
        .map(|set| {
            let before = set.count_ones() as usize;
            let weight = Exact::ratio(factorial(before) * factorial(count - before - 1), factorial(count));
            &weight.unwrap_or_default() * &(&values[set | 1 << player] - &values[set])
        })
        .sum()
}

/// Parts as whole numbers that come to their total: rounded down, and one more for those with the largest
/// remainders, of equal ones the first.
fn whole(parts: &[Exact; 4], total: i64) -> [i64; 4] {
    let floors = parts.each_ref().map(|part| part.floor().to_i64().unwrap_or(0));
    let mut left = total - floors.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..4).collect();
    order.sort_by_key(|at| std::cmp::Reverse(&parts[*at] - &parts[*at].floor()));
    let mut whole = floors;
    for at in order {
        if left > 0 {
            whole[at] += 1;
            left -= 1;
        }
    }
    assert_eq!(whole.iter().sum::<i64>(), total, "the parts come to the difference");
    whole
}

/// A line that nobody can pay.
pub(crate) fn unpayable(key: &LineKey, places: u32) -> Diagnostic {
    Diagnostic {
        code: &UNPAYABLE,
        location: Location::Request,
        found: format!("the amount of `{}` has more than {places} decimal places", key.0),
        remedy: "round the clause to the minor unit of the currency".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_price_share_what_both_did() {
        // 100 people at £10 become 110 at £12. People first adds 100 then the price 220; price first adds 200
        // then the people 120: on average people 110 and price 210.
        let values = [1000, 1100, 1200, 1320].map(Exact::from);
        assert_eq!(average(&values, 0, 2), Exact::from(110));
        assert_eq!(average(&values, 1, 2), Exact::from(210));
    }

    #[test]
    fn pennies_go_to_the_largest_remainders() {
        let parts = [Exact::ratio(1, 2), Exact::ratio(-1, 2), Exact::ratio(7, 3), Exact::ratio(-4, 3)];
        // Down: 0, −1, 2, −2, one short by two; remainders a half, a half, a third, two thirds.
        assert_eq!(whole(&parts.map(Option::unwrap), 1), [1, -1, 2, -1]);
    }
}
