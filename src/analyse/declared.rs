//! How all nodes move with each variable while everything keeps to its declared range, worked out once
//! for each variable that is asked about.

use std::sync::OnceLock;

use super::exposure::Analysis;
use super::response::Responses;
use crate::plan::{NodeId, Ranges};

/// Responses to variables in their declared ranges.
#[derive(Debug)]
pub struct Declared<'d> {
    analysis: &'d Analysis<'d>,
    ranges: &'d Ranges<'d>,
    /// In the order of the variables.
    of: Vec<OnceLock<Responses<'d>>>,
}

impl<'d> Declared<'d> {
    /// None is worked out yet. The ranges are those that are declared.
    pub fn new(analysis: &'d Analysis<'d>, ranges: &'d Ranges<'d>) -> Declared<'d> {
        let of = analysis.variables.all().iter().map(|_| OnceLock::new());
        Declared { analysis, ranges, of: of.collect() }
    }

    /// How all nodes move with a variable; nothing for a node that is none.
    pub fn of(&self, variable: NodeId) -> Option<&Responses<'d>> {
        let analysis = self.analysis;
        let own = &self.of[analysis.variables.position(variable)?];
        Some(own.get_or_init(|| {
            let dependents = analysis.readers.dependents(&[variable], &|_| true);
            let step = self.ranges.of(variable).step.as_ref();
            Responses::new((analysis.plan(), &analysis.forms, self.ranges), variable, step, &dependents)
        }))
    }
}
