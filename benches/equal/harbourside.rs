//! Harbourside over its five years: totals by clause, year and payee against a second batch whose
//! facts lie on a grid 4,096 times as fine, so that far more of it leaves the floats; what the lines
//! come to against what the payees receive; and a sample of scenarios against the exact reading.

use std::collections::BTreeMap;

use carepact::batch::{Batch, Known, Output};
use carepact::calendar::Period;
use carepact::plan::NodeId;
use carepact::{Exact, Model};

use crate::common::batch::{Numbers, amounts, compiled, differences, drawn, results, totals, varies};
use crate::common::{compile, text};
use crate::{Outcome, over_chunks, tiers};

const CONTRACT: &str = "contracts/harbourside/prime-provider.json";
const FINER: i64 = 4_096;
/// One scenario in so many is compared with the exact reading.
const SAMPLED: usize = 1_000;

/// The output of what lines come to, and those of their payees.
type Conserved = (usize, Vec<usize>);

/// Totals by clause, year and payee, and those of the lines by clause and year.
struct Totals {
    outputs: Vec<Output>,
    conserved: Vec<Conserved>,
}

fn with_payees(model: &Model) -> Totals {
    let terms = totals(model);
    let mut conserved: BTreeMap<(&str, Option<Period>), Conserved> = BTreeMap::new();
    for (output, (clause, year, payee)) in terms.keys().enumerate() {
        let entry = conserved.entry((clause, *year)).or_default();
        match payee {
            None => entry.0 = output,
            Some(_) => entry.1.push(output),
        }
    }
    let conserved = conserved.into_values().collect();
    Totals { outputs: terms.into_values().map(|terms| Output { terms }).collect(), conserved }
}

fn finer(known: &Known) -> Known {
    match known {
        Known::Fixed(value) => Known::Fixed(value.clone()),
        Known::Varies(range) => {
            let mut range = range.clone();
            range.step = range.step.and_then(|step| step.checked_div(&Exact::from(FINER)));
            Known::Varies(range)
        }
    }
}

struct Comparison<'m> {
    model: &'m Model,
    known: Vec<Known>,
    conserved: Vec<Conserved>,
    totals: Batch<'m>,
    finer: Batch<'m>,
    lines: Batch<'m>,
    nodes: Vec<NodeId>,
}

impl Comparison<'_> {
    fn chunk(&self, first: usize, count: usize) -> Outcome {
        let columns = drawn(self.model, self.totals.inputs(), &mut Numbers(1 + first as u64), count);
        let found = results(&self.totals, &columns).expect("admissible facts");
        let on_finer = columns.iter().map(|column| column.iter().map(|n| n * FINER).collect());
        let on_finer: Vec<Vec<i64>> = on_finer.collect();
        let again = results(&self.finer, &on_finer).expect("the same facts");
        let mut outcome = Outcome { scenarios: count, ..Outcome::default() };
        let units = self.totals.units().iter().zip(self.finer.units());
        for (output, ((own, other), (unit, finer))) in found.iter().zip(&again).zip(units).enumerate() {
            let differs = |scenario: &usize| {
                let (own, other) = (own[*scenario], other[*scenario]);
                if unit == finer {
                    own != other
                } else {
                    &Exact::from(own) * unit != &Exact::from(other) * finer
                }
            };
            let different = (0..count).filter(differs);
            let what = |s: usize| format!("scenario {}: total {output} on the finer grid", first + s);
            outcome.differences.extend(different.map(what));
            outcome.numbers += count;
        }
        self.conserve(&found, (first, count), &mut outcome);
        self.sample(&columns, count, &mut outcome);
        outcome
    }

    fn conserve(&self, found: &[Vec<i64>], (first, count): (usize, usize), outcome: &mut Outcome) {
        let penny = Exact::scaled(1, 2);
        let pence = |unit: &Exact| unit.checked_div(&penny).and_then(|n| n.to_i64()).expect("whole pence");
        let units: Vec<i64> = self.totals.units().iter().map(pence).collect();
        for (line, payees) in &self.conserved {
            let of = |output: usize, scenario: usize| {
                i128::from(found[output][scenario]) * i128::from(units[output])
            };
            let paid = |scenario: usize| payees.iter().map(|payee| of(*payee, scenario)).sum::<i128>();
            let lost = (0..count).filter(|scenario| of(*line, *scenario) != paid(*scenario));
            let what = |s: usize| format!("scenario {}: total {line} is not what its payees get", first + s);
            outcome.differences.extend(lost.map(what));
            outcome.numbers += count;
        }
    }

    fn sample(&self, columns: &[Vec<i64>], count: usize, outcome: &mut Outcome) {
        let sampled = || (0..count).step_by(SAMPLED);
        let chosen = |column: &Vec<i64>| sampled().map(|scenario| column[scenario]).collect();
        let columns: Vec<Vec<i64>> = columns.iter().map(chosen).collect();
        let found = results(&self.lines, &columns).expect("the same facts");
        let of = (self.model, self.known.as_slice(), self.nodes.as_slice());
        outcome.differences.extend(differences(of, &self.lines, (&columns, &found), 0..sampled().count()));
        outcome.numbers += self.nodes.len() * sampled().count();
        outcome.exact += sampled().count();
    }
}

/// Compares scenarios drawn over all that the contract admits.
pub fn compare(count: usize) -> Outcome {
    let model = compile(CONTRACT, &text(CONTRACT));
    let known: Vec<Known> = model.plan().facts().iter().map(varies).collect();
    let Totals { outputs, conserved } = with_payees(&model);
    let on_finer: Vec<Known> = known.iter().map(finer).collect();
    let mut nodes = amounts(&model);
    let comparison = Comparison {
        totals: model.batch(&known, &outputs).expect("a batch"),
        finer: model.batch(&on_finer, &outputs).expect("a batch on a finer grid"),
        lines: compiled(&model, &known, &mut nodes).expect("a batch of lines"),
        model: &model,
        known,
        conserved,
        nodes,
    };
    tiers("harbourside", comparison.totals.tiers());
    tiers("harbourside on the finer grid", comparison.finer.tiers());
    over_chunks(count, |first, count| comparison.chunk(first, count))
}
