//! Aggregates over the members of an axis, over periods, and over holders (those that put them in
//! order: `orders.rs`).

use super::calendar::{Period, Span};
use super::contract::{Context, Oracle};
use super::formula::{Aggregate, Expr};
use super::numbers::{Number, Value, whole};
use super::observations::Part;
use super::orders::{median, rank};

impl Oracle {
    pub fn aggregate(&self, aggregate: &Aggregate, context: &Context) -> Option<Value> {
        let mut chosen = Vec::new();
        for item in self.items(aggregate, context) {
            let counts = match &aggregate.filter {
                Some(filter) => self.evaluate(filter, &item)?.truth(),
                None => true,
            };
            if counts {
                chosen.push(item);
            }
        }
        if aggregate.function == "pooled" {
            return self.pooled(&aggregate.body, &chosen);
        }
        let values: Option<Vec<Value>> =
            chosen.iter().map(|item| self.evaluate(&aggregate.body, item)).collect();
        let values = values?;
        match aggregate.function.as_str() {
            "median" => median(values),
            "percentile" => self.percentile(aggregate, values, context),
            "rank" => {
                // A holder that does not count has no rank.
                let own = chosen.iter().position(|item| item.holder == context.holder)?;
                Some(rank(&values, own))
            }
            function => fold(function, values),
        }
    }

    /// The contexts an aggregate runs over, before `where`.
    fn items(&self, aggregate: &Aggregate, context: &Context) -> Vec<Context> {
        if let Some(span) = Span::named(&aggregate.axis) {
            let periods = self.periods(aggregate, span, context.period);
            return periods.into_iter().map(|period| Context { period, ..context.clone() }).collect();
        }
        if self.many.as_ref() == Some(&aggregate.axis) {
            return self.peers(aggregate, context);
        }
        let within = aggregate.within.as_deref().filter(|within| *within != "all");
        let group = within.map(|axis| {
            let member = self.member(context, axis);
            (axis, member.unwrap_or_else(|| panic!("nothing fixes `{axis}` of `within`")))
        });
        let members = self.need_axis(&aggregate.axis).members.iter();
        let bound = members.map(|(member, _)| self.bind(context, &aggregate.axis, member));
        let inside = |item: &Context| match &group {
            Some((axis, member)) => self.member(item, axis).as_ref() == Some(member),
            None => true,
        };
        bound.filter(inside).collect()
    }

    fn periods(&self, aggregate: &Aggregate, span: Span, current: Period) -> Vec<Period> {
        let within = aggregate.within.as_deref().map(Span::need);
        assert!(span <= current.span || within.is_some(), "an aggregate over {span:?}s in a shorter period");
        if !aggregate.to_date {
            let base = within.map_or(current, |within| self.calendar.enclosing(current, within));
            return self.calendar.within(base, span);
        }
        let frame = within.unwrap_or(Span::Year).max(current.span);
        let all = self.calendar.within(self.calendar.enclosing(current, frame), span);
        all.into_iter().filter(|p| self.calendar.ends_by(*p, current)).collect()
    }

    /// All holders, or those for whom the name after `within` has the value it has here.
    fn peers(&self, aggregate: &Aggregate, context: &Context) -> Vec<Context> {
        let all = self.observations.holders.iter().map(|h| self.bind(context, &aggregate.axis, h));
        let Some(name) = aggregate.within.as_deref().filter(|within| *within != "all") else {
            return all.collect();
        };
        let kind = |item: &Context| match self.is_code(name) {
            true => (self.code(name, item), None),
            false => (None, self.evaluate(&self.named(name), item)),
        };
        let here = kind(context);
        all.filter(|item| kind(item) == here).collect()
    }

    fn named(&self, name: &str) -> Expr {
        super::formula::parse(name, &self.currency)
    }

    /// Numerators over denominators of a ratio measure.
    fn pooled(&self, body: &Expr, items: &[Context]) -> Option<Value> {
        let Expr::Name(name) = body else { panic!("`pooled` takes a ratio measure") };
        assert!(name.keys.is_empty(), "`pooled` takes a ratio measure without keys");
        let total = |part: Part| -> Option<Number> {
            items.iter().map(|item| Some(self.figure(&name.name, item, part)?.number)).sum()
        };
        Value::pure(total(Part::Numerator)?).over(&Value::pure(total(Part::Denominator)?))
    }
}

fn fold(function: &str, values: Vec<Value>) -> Option<Value> {
    let count = whole(i64::try_from(values.len()).unwrap_or_default());
    let zero = Value::pure(whole(0));
    let mut all = values.into_iter();
    match function {
        "sum" => Some(all.fold(zero, |sum, value| sum.plus(&value))),
        "count" => Some(all.filter(Value::truth).fold(zero, |sum, _| sum.plus(&Value::flag(true)))),
        "all" => Some(Value::flag(all.all(|value| value.truth()))),
        "any" => Some(Value::flag(all.any(|value| value.truth()))),
        "mean" => all.reduce(|a, b| a.plus(&b)).and_then(|sum| sum.over(&Value::pure(count))),
        "min" => all.reduce(Value::least),
        "max" => all.reduce(Value::greatest),
        "first" => all.next(),
        "last" => all.next_back(),
        other => panic!("the oracle has no aggregate `{other}`"),
    }
}
