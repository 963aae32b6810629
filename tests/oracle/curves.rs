//! Curves: bands, points and slices, as functions of one number.

use num_traits::{Signed, Zero};

use super::contract::{Context, Oracle};
use super::json::Json;
use super::numbers::{Number, Value, decimal, try_decimal, whole};
use super::observations::axes_of;

/// The end of an interval, and whether it belongs to it.
type End = Option<(Number, bool)>;

struct Interval<'a> {
    low: End,
    high: End,
    body: &'a Json,
}

/// Reads `below a`, `up to a`, `from a`, `above a`, `from a to b`, `above a below b`, `a to b`.
fn interval<'a>(words: &str, body: &'a Json) -> Interval<'a> {
    let (mut low, mut high) = (None, None);
    let mut side = "from";
    for word in words.split_whitespace() {
        let Some(number) = try_decimal(word) else {
            side = if ["from", "above", "below", "to", "up"].contains(&word) { word } else { side };
            continue;
        };
        match side {
            "from" | "above" => low = Some((number, side == "from")),
            _ => high = Some((number, side == "to")),
        }
    }
    Interval { low, high, body }
}

/// All intervals from low to high; one without an end runs to the next.
fn intervals(body: &Json) -> Vec<Interval<'_>> {
    let mut all: Vec<Interval> = body.entries().iter().map(|(words, value)| interval(words, value)).collect();
    all.sort_by(|a, b| {
        let key = |i: &Interval| i.low.clone().map(|(number, included)| (number, !included));
        key(a).cmp(&key(b))
    });
    for place in 1..all.len() {
        if all[place - 1].high.is_none() {
            all[place - 1].high = all[place].low.clone().map(|(number, included)| (number, !included));
        }
    }
    all
}

impl Interval<'_> {
    fn holds(&self, x: &Number) -> bool {
        let above = self.low.as_ref().is_none_or(|(low, included)| x > low || (*included && x == low));
        let below = self.high.as_ref().is_none_or(|(high, included)| x < high || (*included && x == high));
        above && below
    }
}

fn straight(x: &Number, (x0, y0): (&Number, &Number), (x1, y1): (&Number, &Number)) -> Number {
    if x0 == x1 { y0.clone() } else { y0 + (y1 - y0) * (x - x0) / (x1 - x0) }
}

fn bands(body: &Json, x: &Number) -> Number {
    let all = intervals(body);
    let band = all.iter().find(|band| band.holds(x));
    let band = band.unwrap_or_else(|| panic!("no band holds {x}"));
    let [first, last] = band.body.items() else {
        return decimal(band.body.text());
    };
    let (Some((low, _)), Some((high, _))) = (&band.low, &band.high) else {
        panic!("a sloping band needs two ends")
    };
    straight(x, (low, &decimal(first.text())), (high, &decimal(last.text())))
}

fn points(body: &Json, outside: Option<&str>, x: &Number) -> Number {
    let pair = |p: &Json| (decimal(p.items()[0].text()), decimal(p.items()[1].text()));
    let listed = body.items().iter().map(pair);
    let keyed = body.entries().iter().map(|(at, y)| (decimal(at), decimal(y.text())));
    let mut all: Vec<(Number, Number)> = listed.chain(keyed).collect();
    all.sort();
    let last = all.len() - 1;
    let is_outside = *x < all[0].0 || *x > all[last].0;
    if is_outside {
        match outside {
            Some("hold") => return all[if *x < all[0].0 { 0 } else { last }].1.clone(),
            Some("extend") => {}
            _ => panic!("{x} is outside the points of a curve"),
        }
    }
    if last == 0 {
        return all[0].1.clone();
    }
    let right = all.iter().position(|(at, _)| x <= at).unwrap_or(last).clamp(1, last);
    let ((x0, y0), (x1, y1)) = (&all[right - 1], &all[right]);
    straight(x, (x0, y0), (x1, y1))
}

/// Each rate on the part of [0, x] (or of [x, 0], counted negative) in its slice.
fn slices(body: &Json, x: &Number, base: &Number, mirror: bool) -> Number {
    if mirror && x.is_negative() {
        return -slices(body, &-x, base, false);
    }
    let zero = whole(0);
    let (from, to) = if x.is_negative() { (x, &zero) } else { (&zero, x) };
    let (mut total, mut covered) = (whole(0), whole(0));
    for slice in intervals(body) {
        let low = slice.low.map_or(from.clone(), |(low, _)| (low * base).max(from.clone()));
        let high = slice.high.map_or(to.clone(), |(high, _)| (high * base).min(to.clone()));
        if low < high {
            covered += &high - &low;
            total += (high - low) * decimal(slice.body.text());
        }
    }
    assert!(covered == to - from, "the slices of a curve do not cover {x}");
    if x.is_negative() { -total } else { total }
}

impl Oracle {
    /// The curve's body for the period and members the context fixes.
    fn curve_body<'a>(&self, name: &str, curve: &'a Json, context: &Context) -> &'a Json {
        let mut body = curve.get("each").unwrap_or(curve);
        for axis in axes_of(curve) {
            let found = self.step(name, body, &axis, context);
            body = found.unwrap_or_else(|| panic!("curve `{name}` has no body for {context:?}"));
        }
        body
    }

    pub fn curve(&self, name: &str, arguments: &[Value], context: &Context) -> Value {
        let curve = self.entry("curves", name).unwrap_or_else(|| panic!("there is no function `{name}`"));
        let body = self.curve_body(name, curve, context);
        let setting = |field: &str| body.get(field).or(curve.get(field));
        let (x, base) = (&arguments[0], arguments.get(1).map_or(whole(1), |base| base.number.clone()));
        assert!(!base.is_negative(), "curve `{name}` has a negative base");
        let unit = setting("gives").map(|unit| self.unit(unit.text()));
        if let Some(slice) = body.get("slices") {
            let mirror = setting("mirror").is_some_and(Json::is_true);
            let number = if x.number.is_zero() { whole(0) } else { slices(slice, &x.number, &base, mirror) };
            return Value { number, unit: unit.unwrap_or(x.unit) };
        }
        let number = match body.get("bands") {
            Some(body) => bands(body, &x.number),
            None => points(body.need("points"), setting("outside").map(Json::text), &x.number),
        };
        Value { number, unit: unit.unwrap_or_default() }
    }
}
