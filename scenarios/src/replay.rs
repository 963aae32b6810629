//! One scenario as observations, in the long layout that a statement is worked out from.

use std::collections::BTreeMap;

use carepact::Exact;
use carepact::bind::Source;
use carepact::observe::Row;
use carepact::plan::{FactSpec, Part};

use crate::scenarios::Scenarios;

/// One observation of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The measure.
    pub measure: String,
    /// The key of its period.
    pub period: String,
    /// Axis and member.
    pub members: Vec<(String, String)>,
    /// The value; nothing for a ratio.
    pub value: Option<String>,
    /// Numerator and denominator of a ratio.
    pub ratio: Option<(String, String)>,
}

impl Scenarios<'_> {
    /// Every observation that scenario `number` rests on, drawn or of the baseline, in the order of
    /// the plan.
    pub fn observations(&self, seed: u64, number: u64) -> Vec<Observed> {
        let facts = self.sampler(seed).facts(number);
        let lanes = &self.prepared().facts.lanes;
        let specs = self.model().plan().facts();
        let is_there = |source: &Source| match source {
            Source::Row { .. } => true,
            Source::Missing | Source::Unneeded => false,
        };
        let mut all = Vec::new();
        for (index, (lane, facts)) in lanes.iter().zip(facts).enumerate() {
            // What all holders share stands in front, and then holders in the order in which they are.
            let own = |by_holder: bool| -> Vec<Option<Exact>> {
                let each = facts.iter().zip(&lane.sources).zip(specs);
                let here = each.map(|((value, source), spec)| {
                    (is_there(source) && spec.by_holder == by_holder).then(|| value.clone())
                });
                here.collect()
            };
            if index == 0 {
                all.extend(self.rows(&own(false), None));
            }
            let holder = lane.holder.as_deref();
            all.extend(self.rows(&own(true), holder));
            let alone = self.prepared().named_alone.iter().filter(|(place, _)| *place == index);
            all.extend(alone.map(|(_, row)| as_it_stands(row)));
        }
        all
    }

    /// The observations of facts; those of which no part is there are left out.
    fn rows(&self, facts: &[Option<Exact>], holder: Option<&str>) -> Vec<Observed> {
        let mut places = BTreeMap::new();
        let mut all: Vec<(&FactSpec, BTreeMap<Part, &Exact>)> = Vec::new();
        for (spec, value) in self.model().plan().facts().iter().zip(facts) {
            let (Some(value), true) = (value, spec.part != Part::Given) else { continue };
            let key = (&spec.measure, spec.period.0, &spec.members);
            let place = *places.entry(key).or_insert_with(|| {
                all.push((spec, BTreeMap::new()));
                all.len() - 1
            });
            all[place].1.insert(spec.part, value);
        }
        let mut rows: Vec<Observed> = all.iter().map(|(spec, parts)| self.row(spec, parts)).collect();
        let contract = self.model().contract();
        if let Some((axis, holder)) = contract.holder_axis().zip(holder) {
            let member = (contract.axis(axis).id.clone(), holder.to_string());
            rows.iter_mut().for_each(|row| row.members.push(member.clone()));
        }
        rows
    }

    fn row(&self, spec: &FactSpec, parts: &BTreeMap<Part, &Exact>) -> Observed {
        let text = |value: &Exact| {
            let code = value.to_i64().and_then(|index| usize::try_from(index).ok());
            code.and_then(|index| spec.codes.get(index).cloned()).unwrap_or_else(|| value.to_string())
        };
        let value = parts.get(&Part::Value).map(|value| text(value));
        let ratio = value.is_none().then(|| self.ratio(spec, parts));
        Observed {
            measure: spec.measure.clone(),
            period: spec.period.1.clone(),
            members: spec.members.clone(),
            value,
            ratio,
        }
    }

    /// Numerator and denominator. A part that no line reads is any that makes an admissible ratio.
    fn ratio(&self, spec: &FactSpec, parts: &BTreeMap<Part, &Exact>) -> (String, String) {
        let contract = self.model().contract();
        let measure = contract.measures.iter().find(|measure| measure.name == spec.measure);
        let rate = measure.map_or(Exact::ZERO, |measure| measure.range.0.clone());
        let numerator = parts.get(&Part::Numerator).map(|numerator| (*numerator).clone());
        let denominator = parts.get(&Part::Denominator).map(|denominator| (*denominator).clone());
        let denominator = denominator.or_else(|| numerator.as_ref().and_then(|n| n.checked_div(&rate)));
        let denominator = denominator.unwrap_or(Exact::ONE);
        let numerator = numerator.unwrap_or_else(|| &rate * &denominator);
        (numerator.to_string(), denominator.to_string())
    }
}

/// A row of the baseline that no line reads, which says that its holder is there.
fn as_it_stands(row: &Row) -> Observed {
    let members = row.members.iter().map(|(axis, member)| (axis.to_string(), member.to_string()));
    Observed {
        measure: row.measure.to_string(),
        period: row.period.to_string(),
        members: members.collect(),
        value: (!row.value.is_empty()).then(|| row.value.to_string()),
        ratio: row.value.is_empty().then(|| (row.numerator.to_string(), row.denominator.to_string())),
    }
}
