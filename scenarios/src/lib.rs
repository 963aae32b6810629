//! carepact under uncertainty: what a contract does when its outcomes are not known yet.
//!
//! Draws are floats until they are rounded to the grid of their measure; every payment is then
//! exact, as the engine evaluates it. Scenario `i` depends on the seed and on `i` alone, so that a
//! result is the same for any number of threads and any division of the work.
//!
//! [`Scenarios`] hold a scenario file against a contract and its baseline; a [`Sampler`] gives the
//! facts of any scenario; a [`Simulation`] adds up what parties receive in many. [`luck`] needs no
//! scenarios: it adds up the chances of every count.
//!
//! ```
//! use carepact::{Contract, Observations, Request};
//! use carepact_scenarios::{Scenarios, ScenarioFile, Simulation};
//! # let contract = r#"{ "carepact": 1, "contract": "visits", "title": "Visits", "synthetic": true,
//! #   "currency": "GBP", "rounding": { "mode": "half_away", "residue": "last" },
//! #   "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
//! #   "parties": [{ "id": "payer", "role": "commissioner" }, { "id": "nurses", "role": "provider" }],
//! #   "measures": { "visits": { "kind": "count", "unit": "visit", "per": "year", "range": [0, 1000] } },
//! #   "tables": { "price": "12.50 GBP/visit" },
//! #   "clauses": { "visiting": { "kind": "activity", "from": "payer", "to": "nurses", "per": "year",
//! #     "amount": "visits * price" } } }"#;
//! let file = ScenarioFile::parse(r#"{ "title": "Visits by chance", "draws": [
//!   { "measure": "visits", "level": { "fixed": 400 }, "chance": "poisson" } ] }"#)?;
//! let model = Contract::parse(contract)?.compile()?;
//! let scenarios = Scenarios::new(&model, &file, &Observations::new(), &Request::default(), None)?;
//! let simulation = Simulation::run(&scenarios, 1, 0..1000);
//! let nurses = simulation.amounts().find(|(key, _)| key.is_party("nurses")).expect("a party").1;
//! assert_eq!(nurses.count(), 1000);
//! # Ok::<(), carepact::Problems>(())
//! ```

mod amounts;
mod buckets;
mod chance;
mod comparison;
mod copula;
mod drawn;
mod engine;
mod expansion;
mod inputs;
mod interval;
mod labels;
mod levels;
pub mod luck;
mod quantile;
mod replay;
mod sampler;
mod saved;
mod scenarios;
mod simulation;
pub mod solve;
mod stream;
mod summary;
mod worked;

pub use amounts::{Key, Period};
pub use carepact::scenario::ScenarioFile;
pub use chance::{Counts, Table};
pub use comparison::{Comparison, Difference};
pub use labels::Labels;
pub use replay::Observed;
pub use sampler::{Clamped, Columns, Sampler};
pub use scenarios::{Scenarios, Varying};
pub use simulation::{Block, Holder, Loss, Simulation};
pub use summary::{Extreme, Summary};
pub use worked::ByHolder;
