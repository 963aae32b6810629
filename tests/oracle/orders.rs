//! What puts holders in order: median, percentiles and ranks, by their definitions.

use num_traits::ToPrimitive;

use super::contract::{Context, Oracle};
use super::formula::{Aggregate, Expr};
use super::numbers::{Number, Value, whole};

fn count(n: usize) -> Number {
    whole(i64::try_from(n).unwrap_or_default())
}

fn place(number: &Number) -> usize {
    number.to_integer().to_usize().unwrap_or_default()
}

fn sorted(mut values: Vec<Value>) -> Vec<Value> {
    values.sort_by(|a, b| a.number.cmp(&b.number));
    values
}

/// `low` and so much of the way to `high`.
fn between(low: &Value, high: &Value, share: &Number) -> Value {
    let unit = low.common(high);
    Value { number: &low.number + share * (&high.number - &low.number), unit }
}

/// The middle value, or half way between the two in the middle; absent of nothing.
pub fn median(values: Vec<Value>) -> Option<Value> {
    let values = sorted(values);
    let (n, middle) = (values.len(), values.len() / 2);
    match (n, n % 2) {
        (0, _) => None,
        (_, 1) => Some(values[middle].clone()),
        _ => Some(between(&values[middle - 1], &values[middle], &(whole(1) / whole(2)))),
    }
}

/// One more than there are larger values: 1 is the largest, and equal ones share it.
pub fn rank(values: &[Value], own: usize) -> Value {
    let larger = values.iter().filter(|value| value.number > values[own].number);
    Value::pure(count(1 + larger.count()))
}

impl Oracle {
    /// Of n values in order, with k = share × n: if k is not whole, the one at the next place; if it
    /// is, `lower` is the k-th, `upper` the one after, `average` half way between them. `linear`
    /// stands at 1 + share × (n − 1), straight between neighbours, as spreadsheets do.
    pub fn percentile(&self, aggregate: &Aggregate, values: Vec<Value>, context: &Context) -> Option<Value> {
        let [share, Expr::Name(method)] = aggregate.options.as_slice() else {
            panic!("a percentile takes a share and a method")
        };
        let share = self.evaluate(share, context)?.number;
        let values = sorted(values);
        let n = values.len();
        if n == 0 {
            return None;
        }
        // Places count from 1; before the first there is the first, after the last the last.
        let at = |place: usize| &values[place.clamp(1, n) - 1];
        if method.name == "linear" {
            let exact = whole(1) + &share * count(n - 1);
            let below = exact.floor();
            return Some(between(at(place(&below)), at(place(&below) + 1), &(exact - below)));
        }
        let k = &share * count(n);
        if !k.is_integer() {
            return Some(at(place(&k.ceil())).clone());
        }
        let (kth, after) = (at(place(&k)), at(place(&k) + 1));
        Some(match method.name.as_str() {
            "lower" => kth.clone(),
            "upper" => after.clone(),
            "average" => between(kth, after, &(whole(1) / whole(2))),
            other => panic!("the oracle has no percentile `{other}`"),
        })
    }
}
