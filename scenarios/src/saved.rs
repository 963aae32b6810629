//! A simulation or a comparison as JSON and back, so that parts of one can be worked out on several
//! machines and put together. Nothing is rounded: all that is kept are integers.

use std::ops::Range;

use carepact::Exact;
use serde_json::{Map, Value, json};

use crate::amounts::{Key, Period};
use crate::buckets::{Bucket, Buckets};
use crate::comparison::{Comparison, Difference};
use crate::labels::Labels;
use crate::sampler::Clamped;
use crate::simulation::{Holder, Loss, Simulation};
use crate::summary::{Extreme, Summary};

/// The number of the form.
const FORM: u64 = 2;

impl Simulation {
    /// The simulation as JSON.
    pub fn to_json(&self) -> Value {
        let ranges: Vec<Value> = self.ranges.iter().map(|range| json!([range.start, range.end])).collect();
        let amounts = self.keys.iter().zip(&self.summaries);
        let amounts: Vec<Value> = amounts.map(|(key, summary)| amount(key, summary)).collect();
        let drawn = self.drawn.iter().map(|(name, clamped)| json!([name, clamped.raised, clamped.lowered]));
        json!({
            "form": FORM,
            "seed": self.seed.to_string(),
            "scenarios": ranges,
            "labels": labels(&self.labels),
            "amounts": amounts,
            "holders": self.holders.iter().map(holder).collect::<Vec<_>>(),
            "losses": self.losses.iter().map(loss).collect::<Vec<_>>(),
            "drawn": drawn.collect::<Vec<_>>(),
            "broken": self.broken,
        })
    }

    /// Reads a simulation; nothing when the JSON is not one.
    pub fn from_json(json: &Value) -> Option<Simulation> {
        if json.get("form")?.as_u64()? != FORM {
            return None;
        }
        let ranges = list(json, "scenarios", |range| {
            Some(Range { start: range.get(0)?.as_u64()?, end: range.get(1)?.as_u64()? })
        })?;
        let amounts = list(json, "amounts", |json| Some((key_of(json)?, summary_of(json)?)))?;
        let (keys, summaries) = amounts.into_iter().unzip();
        let drawn = list(json, "drawn", |json| {
            let clamped = Clamped { raised: json.get(1)?.as_u64()?, lowered: json.get(2)?.as_u64()? };
            Some((json.get(0)?.as_str()?.to_string(), clamped))
        })?;
        Some(Simulation {
            seed: json.get("seed")?.as_str()?.parse().ok()?,
            ranges,
            labels: labels_of(json.get("labels")?)?,
            keys,
            summaries,
            holders: list(json, "holders", holder_of)?,
            losses: list(json, "losses", loss_of)?,
            drawn,
            broken: list(json, "broken", |json| {
                Some((json.get(0)?.as_str()?.to_string(), json.get(1)?.as_u64()?))
            })?,
        })
    }
}

impl Comparison {
    /// The comparison as JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "form": FORM,
            "unit": self.unit.to_string(),
            "factors": [self.factors.0, self.factors.1],
            "one": self.one.to_json(),
            "other": self.other.to_json(),
            "differences": self.differences.iter().map(difference).collect::<Vec<_>>(),
            "holders": self.holders.iter().map(difference).collect::<Vec<_>>(),
        })
    }

    /// Reads a comparison; nothing when the JSON is not one.
    pub fn from_json(json: &Value) -> Option<Comparison> {
        if json.get("form")?.as_u64()? != FORM {
            return None;
        }
        let factors = json.get("factors")?;
        Some(Comparison {
            one: Simulation::from_json(json.get("one")?)?,
            other: Simulation::from_json(json.get("other")?)?,
            unit: Exact::parse(json.get("unit")?.as_str()?).ok().filter(|unit| unit.sign() > 0)?,
            differences: list(json, "differences", difference_of)?,
            holders: list(json, "holders", difference_of)?,
            factors: (factors.get(0)?.as_i64()?, factors.get(1)?.as_i64()?),
        })
    }
}

fn difference(difference: &Difference) -> Value {
    let mut out = json!({
        "party": difference.party, "clause": difference.clause, "year": difference.year,
        "gains": difference.gains, "losses": difference.losses,
        "places": [difference.places.0, difference.places.1],
    });
    merge(&mut out, numbers(&difference.summary));
    out
}

fn difference_of(json: &Value) -> Option<Difference> {
    let place = |index: usize| -> Option<Option<usize>> {
        let place = json.get("places")?.get(index)?;
        if place.is_null() { Some(None) } else { Some(Some(usize::try_from(place.as_u64()?).ok()?)) }
    };
    Some(Difference {
        party: text(json, "party")?,
        clause: text(json, "clause"),
        year: text(json, "year"),
        summary: summary_of(json)?,
        gains: json.get("gains")?.as_u64()?,
        losses: json.get("losses")?.as_u64()?,
        places: (place(0)?, place(1)?),
    })
}

/// Every item of a list; nothing when one cannot be read.
fn list<T>(json: &Value, field: &str, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    json.get(field)?.as_array()?.iter().map(read).collect()
}

fn text(json: &Value, field: &str) -> Option<String> {
    Some(json.get(field)?.as_str()?.to_string())
}

fn wide(json: &Value, field: &str) -> Option<i128> {
    json.get(field)?.as_str()?.parse().ok()
}

fn period(period: &Period) -> Value {
    match period {
        Period::Year(place) => json!(place),
        Period::All => Value::Null,
    }
}

fn period_of(json: &Value) -> Option<Period> {
    if json.is_null() {
        return Some(Period::All);
    }
    Some(Period::Year(usize::try_from(json.as_u64()?).ok()?))
}

fn extreme(extreme: Option<Extreme>) -> Value {
    extreme.map_or(Value::Null, |end| json!([end.amount, end.scenario]))
}

fn extreme_of(json: &Value) -> Option<Option<Extreme>> {
    if json.is_null() {
        return Some(None);
    }
    Some(Some(Extreme { amount: json.get(0)?.as_i64()?, scenario: json.get(1)?.as_u64()? }))
}

fn amount(key: &Key, summary: &Summary) -> Value {
    let mut out = json!({ "party": key.party, "clause": key.clause, "year": period(&key.period) });
    merge(&mut out, numbers(summary));
    out
}

fn holder(holder: &Holder) -> Value {
    let mut out = json!({ "name": holder.name });
    merge(&mut out, numbers(&holder.summary));
    out
}

fn holder_of(json: &Value) -> Option<Holder> {
    Some(Holder { name: text(json, "name")?, summary: summary_of(json)? })
}

/// Adds the fields of one object to another.
fn merge(to: &mut Value, from: Value) {
    if let (Value::Object(to), Value::Object(from)) = (to, from) {
        to.extend(from);
    }
}

fn numbers(summary: &Summary) -> Value {
    let buckets = summary.buckets.filled().map(|(number, bucket)| {
        json!([number, bucket.count, bucket.sum.to_string(), bucket.least, bucket.most])
    });
    json!({
        "count": summary.count, "sum": summary.sum.to_string(), "squares": summary.squares.to_string(),
        "least": extreme(summary.least), "most": extreme(summary.most),
        "buckets": buckets.collect::<Vec<_>>(),
    })
}

fn key_of(json: &Value) -> Option<Key> {
    let name = |field: &str| json.get(field).and_then(Value::as_str).map(str::to_string);
    Some(Key { party: name("party"), clause: name("clause"), period: period_of(json.get("year")?)? })
}

fn summary_of(json: &Value) -> Option<Summary> {
    let mut buckets = Buckets::default();
    for bucket in json.get("buckets")?.as_array()? {
        let number = i32::try_from(bucket.get(0)?.as_i64()?).ok()?;
        let sum = bucket.get(2)?.as_str()?.parse().ok()?;
        let (count, least, most) =
            (bucket.get(1)?.as_u64()?, bucket.get(3)?.as_i64()?, bucket.get(4)?.as_i64()?);
        buckets.put(number, &Bucket { count, sum, least, most });
    }
    Some(Summary {
        count: json.get("count")?.as_u64()?,
        sum: wide(json, "sum")?,
        squares: wide(json, "squares")?,
        least: extreme_of(json.get("least")?)?,
        most: extreme_of(json.get("most")?)?,
        buckets,
    })
}

fn loss(loss: &Loss) -> Value {
    json!({ "party": loss.party, "year": period(&loss.period), "least": loss.least,
        "stated": loss.stated.to_string(), "is_budget": loss.is_budget, "count": loss.count, "place": loss.place })
}

fn loss_of(json: &Value) -> Option<Loss> {
    Some(Loss {
        party: text(json, "party")?,
        period: period_of(json.get("year")?)?,
        least: json.get("least")?.as_i64()?,
        stated: Exact::parse(json.get("stated")?.as_str()?).ok()?,
        is_budget: json.get("is_budget")?.as_bool()?,
        count: json.get("count")?.as_u64()?,
        place: usize::try_from(json.get("place")?.as_u64()?).ok()?,
    })
}

fn labels(labels: &Labels) -> Value {
    let mut out = Map::new();
    let texts = [
        ("contract", &labels.contract),
        ("contract_title", &labels.contract_title),
        ("title", &labels.title),
        ("currency", &labels.currency),
    ];
    for (field, text) in texts {
        out.insert(field.into(), json!(text));
    }
    out.insert("places".into(), json!(labels.places));
    out.insert("unit".into(), json!(labels.unit.to_string()));
    out.insert("years".into(), json!(labels.years));
    out.insert("parties".into(), json!(labels.parties));
    out.insert("many".into(), json!(labels.many));
    out.insert("clauses".into(), json!(labels.clauses));
    Value::Object(out)
}

fn labels_of(json: &Value) -> Option<Labels> {
    let own = |value: &Value| Some(value.as_str()?.to_string());
    Some(Labels {
        contract: text(json, "contract")?,
        contract_title: text(json, "contract_title")?,
        title: text(json, "title")?,
        currency: text(json, "currency")?,
        places: u32::try_from(json.get("places")?.as_u64()?).ok()?,
        unit: Exact::parse(json.get("unit")?.as_str()?).ok().filter(|unit| unit.sign() > 0)?,
        years: list(json, "years", own)?,
        many: json.get("many").and_then(own),
        parties: list(json, "parties", |party| {
            Some((own(party.get(0)?)?, own(party.get(1)?)?, party.get(2)?.as_bool()?))
        })?,
        clauses: list(json, "clauses", |clause| Some((own(clause.get(0)?)?, own(clause.get(1)?)?)))?,
    })
}
