//! carepact: capitated payment contracts as data, statements to the penny, and why.
//!
//! A contract is one JSON document. It is parsed, checked and lowered into a plan; observations
//! are bound to the plan's facts; the plan is evaluated exactly; the statement says who owes whom
//! what, and explains every line. The engine reads no files, has no clock and no randomness.
//!
//! ```
//! use carepact::{Contract, Observations, Request};
//!
//! let text = r#"{
//!   "carepact": 1, "contract": "example", "title": "A price per head", "synthetic": true, "currency": "GBP",
//!   "rounding": { "mode": "half_away", "residue": "largest_remainder" },
//!   "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
//!   "parties": [{ "id": "icb", "role": "commissioner" }, { "id": "trust", "role": "provider" }],
//!   "measures": { "people": { "kind": "count", "unit": "person", "per": "year", "range": [0, 400000] } },
//!   "tables": { "price": "142.37 GBP/person/year" },
//!   "clauses": { "core": { "kind": "capitation", "from": "icb", "to": "trust", "per": "year",
//!     "amount": "people * price * months" } }
//! }"#;
//! let model = Contract::parse(text)?.compile()?;
//! let mut observations = Observations::new();
//! observations.add_value("people", "2026/27", &[], "1000");
//! let facts = model.bind(&observations, &Request::default())?;
//! let statement = model.evaluate(&facts);
//! assert_eq!(statement.lines()[0].amount.plain(2), "142370.00");
//! let why = statement.explain("core:2026/27")?;
//! assert!(why.text().contains("observed (observation, row 1)"));
//! # Ok::<(), carepact::Problems>(())
//! ```

pub mod analyse;
pub mod batch;
pub mod bind;
pub mod calendar;
pub mod cases;
pub mod contract;
pub mod describe;
pub mod evaluate;
pub mod formula;
pub mod lint;
pub mod lower;
pub mod num;
pub mod observe;
pub mod plan;
pub mod reference;
pub mod scenario;
pub mod source;
pub mod statement;
pub mod unit;
pub mod wide;

pub use batch::{Batch, HoldersBatch, NotPossible};
pub use bind::{AsOf, Facts, Request};
pub use contract::Contract;
pub use evaluate::Workers;
pub use num::{Exact, Mode};
pub use observe::Observations;
pub use plan::Plan;
pub use source::{Diagnostic, Document, Problems};
pub use statement::{Basis, Explanation, Statement};

use statement::Held;
use std::ops::Range;

/// A contract and the plan it compiled to.
#[derive(Debug, Clone)]
pub struct Model {
    contract: Contract,
    plan: Plan,
    warnings: Vec<Diagnostic>,
}

/// Everything that a look at a document finds.
#[derive(Debug)]
pub struct Checked {
    /// The document; only its text, when it is not JSON.
    pub document: Option<Document>,
    /// The compiled contract, when there is no error.
    pub model: Option<Model>,
    /// Errors and warnings, in the order of the document.
    pub problems: Vec<Diagnostic>,
}

/// Checks a document and compiles it: every problem at once.
pub fn check(text: &str) -> Checked {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(problems) => {
            return Checked { document: Some(Document::unread(text)), model: None, problems };
        }
    };
    let (contract, mut problems) = contract::read(document.clone());
    let mut plan = None;
    if let Some(contract) = &contract {
        let lowered = lower::lower(contract);
        problems.extend(lowered.1);
        plan = lowered.0;
    }
    if plan.is_none() && !problems.iter().any(Diagnostic::is_error) {
        problems.push(unexplained());
    }
    problems.sort_by_key(Diagnostic::at);
    let fine = !problems.iter().any(Diagnostic::is_error);
    if !fine {
        // What is unused may only be so because what reads it could not be read.
        problems.retain(|problem| problem.code.name != source::catalogue::UNUSED.name);
    }
    let warnings: Vec<Diagnostic> = problems.iter().filter(|problem| !problem.is_error()).cloned().collect();
    let model =
        contract.zip(plan).filter(|_| fine).map(|(contract, plan)| Model { contract, plan, warnings });
    Checked { document: Some(document), model, problems }
}

/// What is said when lowering failed and nobody said why; every case of it is a mistake of ours.
fn unexplained() -> Diagnostic {
    Diagnostic {
        code: &source::catalogue::LIMIT,
        location: source::Location::Request,
        found: "the contract could not be compiled, and no reason was noted".to_string(),
        remedy: "please report this contract to the developers".to_string(),
    }
}

impl Contract {
    /// Reads a contract.
    ///
    /// # Errors
    /// Every problem of form and of names, with its place.
    pub fn parse(text: &str) -> Result<Contract, Problems> {
        let document = Document::parse(text).map_err(Problems)?;
        match contract::read(document) {
            (Some(contract), problems) if !problems.iter().any(Diagnostic::is_error) => Ok(contract),
            (_, problems) => Err(Problems(problems)),
        }
    }

    /// Lets a statement show a quantity beside its lines, as `"shown": true` does; false when there
    /// is none of this name.
    pub fn show(&mut self, quantity: &str) -> bool {
        let found = self.quantities.iter_mut().find(|known| known.name == quantity);
        found.map(|quantity| quantity.shown = true).is_some()
    }

    /// Checks the contract and lowers it to its plan.
    ///
    /// # Errors
    /// Every problem of units, axes, periods, absence, splits and promises, with its place.
    pub fn compile(self) -> Result<Model, Problems> {
        match lower::lower(&self) {
            (Some(plan), warnings) => Ok(Model { contract: self, plan, warnings }),
            (None, problems) => Err(Problems(problems)),
        }
    }
}

impl Model {
    /// The contract.
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Warnings of the check.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Binds observations to the facts of the plan.
    ///
    /// # Errors
    /// Missing, doubled, suppressed and out-of-range observations and unknown names, all at once; then
    /// what the contract says must hold of the data and does not.
    pub fn bind(&self, observations: &Observations, request: &Request) -> Result<Facts, Problems> {
        let facts = bind::bind(&self.contract, &self.plan, observations, request)?;
        let broken = statement::broken(self, &facts);
        if broken.is_empty() { Ok(facts) } else { Err(Problems(broken)) }
    }

    /// Evaluates the plan exactly, for all holders of a party that is many. It cannot fail.
    pub fn evaluate<'m>(&'m self, facts: &'m Facts) -> Statement<'m> {
        let basis = self.basis(facts, &evaluate::one_by_one);
        Statement::new(Held::Own(Box::new(basis)), 0..facts.lanes.len())
    }

    /// Compiles the plan for many scenarios at once: what is known of its facts, in their order, and
    /// the sums of nodes that are wanted of each scenario.
    ///
    /// # Errors
    /// When a fact would leave what the contract admits, or a result has no grid.
    pub fn batch(&self, known: &[batch::Known], outputs: &[batch::Output]) -> Result<Batch<'_>, NotPossible> {
        Batch::new(&self.plan, known, outputs)
    }

    /// Compiles the plan for many scenarios at once, each with so many holders of the party that is
    /// many: what is known of its facts, in their order, and the sums of nodes that are wanted of each
    /// holder.
    ///
    /// # Errors
    /// When a fact would leave what the contract admits, or a result has no grid.
    pub fn batch_of_holders(
        &self,
        holders: usize,
        known: &[batch::Known],
        outputs: &[batch::Output],
    ) -> Result<HoldersBatch<'_>, NotPossible> {
        HoldersBatch::new(&self.plan, holders, known, outputs)
    }

    /// What the statements of all holders rest on, such as statistics over them, for statements of
    /// a part of them. `workers` may do the work for several holders at once; the result is the same.
    pub fn basis<'m>(&'m self, facts: &'m Facts, workers: Workers<'_>) -> Basis<'m> {
        Basis::new(self, facts, workers)
    }
}

impl<'m> Basis<'m> {
    /// Evaluates the plan for some of the holders, by their place in the facts. What is the same
    /// for all holders stands in the statement that begins with the first.
    pub fn evaluate(&'m self, holders: Range<usize>) -> Statement<'m> {
        Statement::new(Held::Shared(self), holders)
    }
}
