//! Outputs of a plan for a block of scenarios, exactly: columns of facts in, columns of amounts out.
//!
//! The one place that knows how a block is evaluated.

use carepact::evaluate::{Statistics, evaluate};
use carepact::num::Range;
use carepact::plan::{FactId, NodeId, Plan};
use carepact::{Exact, Model};

/// What is known of a fact, in the order of the plan's facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// The same in all scenarios.
    Fixed(Exact),
    /// Between two values, a multiple of a step.
    Varies(Range),
}

/// A sum of factor × node: what a column of results is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Factors and nodes.
    pub terms: Vec<(Exact, NodeId)>,
}

/// A fact that varies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Which fact.
    pub fact: FactId,
    /// A lane `n` stands for `n` steps.
    pub step: Exact,
}

/// A plan made ready for blocks.
#[derive(Debug)]
pub struct Engine<'m> {
    plan: &'m Plan,
    fixed: Vec<Exact>,
    inputs: Vec<Input>,
    outputs: Vec<Output>,
    needed: Vec<bool>,
    unit: Exact,
}

impl<'m> Engine<'m> {
    /// Makes a plan ready. Results are in whole units.
    pub fn new(model: &'m Model, facts: &[Known], outputs: &[Output], unit: &Exact) -> Engine<'m> {
        let plan = model.plan();
        let mut inputs = Vec::new();
        let mut fixed = Vec::new();
        for (index, known) in facts.iter().enumerate() {
            match known {
                Known::Fixed(value) => fixed.push(value.clone()),
                Known::Varies(range) => {
                    let fact = FactId(u32::try_from(index).expect("facts are limited"));
                    inputs.push(Input { fact, step: range.step.clone().unwrap_or(Exact::ONE) });
                    fixed.push(Exact::ZERO);
                }
            }
        }
        let roots = outputs.iter().flat_map(|output| output.terms.iter().map(|(_, node)| *node));
        let needed = plan.needed_by(roots);
        Engine { plan, fixed, inputs, outputs: outputs.to_vec(), needed, unit: unit.clone() }
    }

    /// The facts that are the same in all scenarios; 0 for those that vary.
    pub fn fixed(&self) -> &[Exact] {
        &self.fixed
    }

    /// Works out a block of `count` scenarios: `columns[k][i]` is input `k` of scenario `i`; fills `out[j][i]` in units.
    pub fn run(&self, count: usize, columns: &[Vec<i64>], out: &mut [Vec<i64>]) {
        let statistics = Statistics::default();
        for column in out.iter_mut() {
            column.clear();
        }
        for i in 0..count {
            let mut facts = self.fixed.clone();
            for (input, column) in self.inputs.iter().zip(columns) {
                facts[input.fact.0 as usize] = &input.step * &Exact::from(column[i]);
            }
            let values = evaluate(self.plan, &facts, (&statistics, 0), &self.needed);
            for (output, column) in self.outputs.iter().zip(out.iter_mut()) {
                let sum: Exact = output.terms.iter().map(|(factor, node)| factor * values.of(*node)).sum();
                let units = sum.checked_div(&self.unit).and_then(|units| units.to_i64());
                column.push(units.expect("amounts are whole units that machine integers hold"));
            }
        }
    }
}
