//! Outcomes: the variables of which the contract says which way is better.

use super::exposure::Analysis;
use super::variables::Variable;
use crate::contract::{Measure, MeasureKind, Named};
use crate::num::Exact;
use crate::plan::FactSpec;

/// An outcome in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What varies.
    pub variable: Variable,
    /// The measure.
    pub measure: String,
    /// Its members.
    pub members: Vec<String>,
    /// The key of the period.
    pub period: String,
    /// 1 where higher is better, −1 where lower is.
    pub better: i64,
    /// Whose outcome it is, where the contract says so.
    pub sector: Option<String>,
    /// One unit of improvement, in units of the variable: a hundredth of a ratio, one thing counted.
    pub unit: Exact,
    /// What that unit is called.
    pub unit_words: String,
}

impl Outcome {
    /// The measure and its members: `outcome C01`.
    pub fn name(&self) -> String {
        let words = [self.measure.as_str()].into_iter().chain(self.members.iter().map(String::as_str));
        words.collect::<Vec<_>>().join(" ")
    }
}

impl Analysis<'_> {
    /// The outcomes among some variables.
    pub fn outcomes(&self, variables: &[Variable]) -> Vec<Outcome> {
        variables.iter().filter_map(|variable| self.outcome(variable)).collect()
    }

    fn outcome(&self, variable: &Variable) -> Option<Outcome> {
        let spec = self.spec_of(variable);
        let measure = self.measure_of(spec)?;
        let better = better(measure, spec)?;
        let (unit, unit_words) = unit(measure, variable);
        Some(Outcome {
            variable: variable.clone(),
            measure: spec.measure.clone(),
            members: spec.members.iter().map(|(_, member)| member.clone()).collect(),
            period: spec.period.1.clone(),
            better,
            sector: {
                let members = spec.members.iter().map(|(_, member)| member.as_str());
                measure.described.sector.of(members).cloned()
            },
            unit,
            unit_words,
        })
    }

    /// What a variable observes; of a ratio its numerator.
    pub fn spec_of(&self, variable: &Variable) -> &FactSpec {
        &self.plan().facts()[variable.source.fact().0 as usize]
    }

    /// True for observations of which the contract says which way is better.
    pub fn is_outcome(&self, spec: &FactSpec) -> bool {
        self.measure_of(spec).is_some_and(|measure| better(measure, spec).is_some())
    }

    /// The measure of an observation. Of two contracts that are compared, one may name it otherwise.
    fn measure_of(&self, spec: &FactSpec) -> Option<&Measure> {
        let contract = self.contract();
        match contract.names.get(&spec.measure) {
            Some(Named::Measure(index)) => Some(&contract.measures[*index]),
            Some(Named::Table(_) | Named::Quantity(_) | Named::Curve(_) | Named::Broken) | None => {
                contract.measures.iter().find(|known| known.name == spec.measure)
            }
        }
    }
}

/// 1 or −1; nothing for what is no outcome: a denominator, or a measure that does not say.
fn better(measure: &Measure, spec: &FactSpec) -> Option<i64> {
    if matches!(spec.part, crate::plan::Part::Denominator | crate::plan::Part::Given) {
        return None;
    }
    let members = spec.members.iter().map(|(_, member)| member.as_str());
    let word = measure.described.better.of(members)?;
    Some(if word == "lower" { -1 } else { 1 })
}

fn unit(measure: &Measure, variable: &Variable) -> (Exact, String) {
    let hundredth = || (Exact::scaled(1, 2), "percentage point".to_string());
    let one = |words: String| (Exact::ONE, words);
    match measure.kind {
        MeasureKind::Ratio => match variable.source {
            super::Source::Ratio(..) => hundredth(),
            super::Source::Fact(_) => one("counted in the numerator".to_string()),
        },
        MeasureKind::Number if variable.range.most <= Exact::from(2) => hundredth(),
        MeasureKind::Number | MeasureKind::Flag | MeasureKind::Code(_) => one("point".to_string()),
        MeasureKind::Count | MeasureKind::Money => one(measure.unit.to_string().replace('_', " ")),
    }
}
