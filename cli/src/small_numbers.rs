//! A warning of small numbers on standard error, for whoever sends a statement on.

use carepact::{Facts, Model};
use carepact_finance::disclosure::{self, SmallNumber};
use clap::Args;

use crate::answer::plural;

/// Most figures that are named one by one.
const NAMED_MAX: usize = 20;

/// From which number on counts of people are not small any more.
#[derive(Debug, Args)]
pub struct SmallNumberArguments {
    /// Counts of people from 1 to this are warned of, by name and never by value; 0 warns of none
    #[arg(long, value_name = "N", default_value_t = disclosure::USUAL)]
    pub small_numbers: u32,
}

impl SmallNumberArguments {
    /// The warning; nothing where no count is small.
    pub fn warning(&self, model: &Model, facts: &Facts, party: Option<&str>) -> String {
        let small = disclosure::small_numbers(model, facts, self.small_numbers, party);
        if small.is_empty() {
            return String::new();
        }
        let mut out = format!(
            "warning: {} of people from 1 to {} behind this statement; see that it goes only to who may have them\n",
            plural(small.len(), "count"),
            self.small_numbers
        );
        for SmallNumber { figure, part, parties } in small.iter().take(NAMED_MAX) {
            let parties = parties.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            out.push_str(&format!("  {figure}, {part}: {parties}\n"));
        }
        if small.len() > NAMED_MAX {
            out.push_str(&format!("  and {} more\n", small.len() - NAMED_MAX));
        }
        out
    }
}
