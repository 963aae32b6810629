//! What a contract does, proved before any data: readings of the plan as intervals and as responses.
//!
//! Knows nodes and lines, not kinds of clause. A bound is sound for every admissible observation; where
//! it is not tight, the finding says so. `docs/internals/analysis.md` states each rule and its limits.

mod alike;
mod bounding;
mod branches;
mod change;
mod condensed;
mod curve;
mod declared;
mod difference;
mod exposure;
mod findings;
mod holders;
mod incentive;
mod lines;
mod muted;
mod outcome;
mod payoff;
mod response;
mod search;
mod subject;
mod sums;
mod swing;
mod variables;

pub use curve::{Curve, Stretch};
pub use difference::{Comparison, Effect, Moved};
pub use exposure::{Analysis, End, Exposure};
pub use findings::{AtStake, Findings, Income};
pub use holders::{HOLDERS_BOUNDED_MAX, HolderStake, Holders, OfHolders, Together};
pub use incentive::{Beside, Cliff, DeadZone, Incentive, Payoff, Verdict, by_outcome};
pub use muted::Muted;
pub use outcome::Outcome;
pub use response::{Ends, Response};
pub use search::Budget;
pub use subject::{Subject, periods, subjects};
pub use swing::Swings;
pub use variables::{Source, Variable, Variables};
