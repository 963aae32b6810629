//! The batch reading of a plan: many scenarios at once, columns of facts in, columns of amounts out,
//! with the same pennies as the exact reading.
//!
//! A lane is a whole number that stands for a value on a grid known before any data; a float holds it
//! exactly while it stays below 2⁵³. Compiling a batch bounds every lane, proves which roundings are
//! exact in floats, and lets the others through an exact remainder, wide integers or exact rationals.
//! The proofs are in `docs/internals/batch.md`.

#![allow(clippy::float_arithmetic, reason = "floats that hold whole numbers, proved exact")]
#![allow(clippy::needless_range_loop, reason = "loops over the lanes of several arrays become vectors")]

mod admitted;
mod ahead;
mod block;
mod certify;
mod columns;
mod compile;
mod exactly;
mod fuse;
mod given;
mod handed;
mod holders;
mod lane;
mod number;
mod pair;
mod program;
mod remainder;
mod rows;
mod run;
mod sums;
mod taken;
mod translate;
mod wide;

use crate::num::{Exact, Range};
use crate::plan::{FactId, Forms, HOLDERS_MAX, NodeId, Plan};
pub use columns::{Column, Columns, Room, Rows};
pub use holders::HoldersBatch;
pub use program::Tiers;
pub use translate::Input;

/// What a batch knows of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// The same in every scenario.
    Fixed(Exact),
    /// A column of whole numbers n that stand for n × the step of the range (of the fact's own range
    /// where this one has none), no value outside it.
    Varies(Range),
}

/// What a column of results is: the sum of factor × node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Factors and nodes.
    pub terms: Vec<(Exact, NodeId)>,
}

/// Why a batch cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPossible {
    /// A fact would take values that the contract does not admit.
    #[error("fact {} would take values that the contract does not admit", fact.0)]
    NotAdmitted {
        /// The fact.
        fact: FactId,
    },
    /// A fact varies in steps so fine that its ratio to another cannot be checked.
    #[error("fact {} varies in steps that are too fine", fact.0)]
    TooFine {
        /// The fact.
        fact: FactId,
    },
    /// A fact has no step, so that no whole numbers can stand for its values.
    #[error("fact {} has no step", fact.0)]
    NoStep {
        /// The fact.
        fact: FactId,
    },
    /// No holder, or more than a contract may have.
    #[error("a batch is for 1 to {HOLDERS_MAX} holders, not for {holders}")]
    Holders {
        /// How many were asked for.
        holders: usize,
    },
    /// Outputs that are not rounded to anything, rest on a statistic over holders, or do not fit into
    /// integers of 64 bits.
    #[error("outputs {outputs:?} have no grid, are too large, or rest on a statistic over holders")]
    NoGrid {
        /// Their places among the outputs.
        outputs: Vec<usize>,
    },
}

/// A column holds a value that the batch was not compiled for, or columns do not match it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The number of columns differs from the number of inputs or outputs.
    #[error("{found} columns were given where the batch has {expected}")]
    Columns {
        /// How many were given.
        found: usize,
        /// How many there must be.
        expected: usize,
    },
    /// There is not room for every result of every scenario, or more than that.
    #[error("there is room for {found} results where there are {expected}")]
    Results {
        /// How many fit.
        found: usize,
        /// How many there are.
        expected: usize,
    },
    /// Results could be larger than 32 bits hold, for which there is room.
    #[error("results of output {output} can be from {least} to {most}, more than the room of 32 bits holds")]
    Room {
        /// Its place among the outputs.
        output: usize,
        /// The least that a result can be.
        least: i64,
        /// The most.
        most: i64,
    },
    /// A value lies between two steps of its fact.
    #[error("in scenario {scenario} column {column} lies between two steps of its fact")]
    OffGrid {
        /// The place of the column among the inputs.
        column: usize,
        /// The scenario.
        scenario: usize,
    },
    /// A column is shorter or longer than the others.
    #[error("column {column} has {found} scenarios where the first has {expected}")]
    Length {
        /// Its place.
        column: usize,
        /// Its length.
        found: usize,
        /// The length of the first.
        expected: usize,
    },
    /// A numerator is not what the contract admits of its denominator.
    #[error("in scenario {scenario} the ratio with column {column} is not one that the contract admits")]
    Ratio {
        /// The place of one of the two among the inputs.
        column: usize,
        /// The scenario.
        scenario: usize,
    },
    /// A column reaches beyond what the batch was compiled for.
    #[error("column {column} reaches from {least} to {most}, beyond what the batch was compiled for")]
    OutOfRange {
        /// Its place among the inputs.
        column: usize,
        /// Its least number.
        least: i64,
        /// Its most.
        most: i64,
    },
}

/// A plan compiled for many scenarios.
#[derive(Debug, Clone)]
pub struct Batch<'p> {
    plan: &'p Plan,
    known: Vec<Known>,
    program: program::Program,
}

impl<'p> Batch<'p> {
    /// Compiles a plan for what is known of its facts, in their order, and the results wanted.
    ///
    /// # Errors
    /// When a fact would leave what the contract admits, or an output has no grid.
    pub fn new(plan: &'p Plan, known: &[Known], outputs: &[Output]) -> Result<Batch<'p>, NotPossible> {
        let compiled = |forms: Option<&Forms>| {
            let about = translate::About { plan, known, forms };
            let translated = translate::translate(about, &given::Given::default(), outputs)?;
            Ok(Batch { plan, known: known.to_vec(), program: compile::compile(translated) })
        };
        as_declared_or_narrowed(plan, &compiled)
    }

    /// The facts that vary, in the order of the plan: one column each.
    pub fn inputs(&self) -> &[Input] {
        &self.program.inputs
    }

    /// For each output what one stands for: a result n is n × unit.
    pub fn units(&self) -> &[Exact] {
        &self.program.units
    }

    /// For each output the least and the most that a result can be: whether it fits into 32 bits.
    pub fn extent(&self) -> &[(i64, i64)] {
        &self.program.extent
    }

    /// The same batch with so many scenarios in a block, in whole chunks of 16. Results do not depend on
    /// it; 96 without this, with which what is kept of a block mostly stays in the caches.
    #[must_use]
    pub fn in_blocks_of(mut self, scenarios: usize) -> Batch<'p> {
        self.program.chunks = scenarios.div_ceil(block::WIDTH).max(1);
        self
    }

    /// How many numbers are rounded in a scenario, by what makes the rounding exact.
    pub fn tiers(&self) -> Tiers {
        self.program.tiers
    }
}

/// Compiles by the declared ranges, and where these are too wide for some result by what the facts of the
/// batch can be.
fn as_declared_or_narrowed<B>(
    plan: &Plan,
    compiled: &dyn Fn(Option<&Forms>) -> Result<B, NotPossible>,
) -> Result<B, NotPossible> {
    match compiled(None) {
        Err(NotPossible::NoGrid { .. }) => compiled(Some(&Forms::new(plan))),
        other => other,
    }
}
