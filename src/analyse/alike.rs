//! Sums that are alike are bounded once: what the same clause pays in another month, or another provider.
//!
//! Two sums are alike when all that they read is alike, place by place ([`Classes`]), and the variables
//! behind them stand at the same places and keep to the same ranges. A search looks at nothing else, so it
//! would take the same steps to the same bound, and the same values of the variables give it.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::search::Most;
use super::variables::Variable;
use crate::num::Exact;
use crate::plan::{Classes, Form, NodeId, Plan};

/// A sum, all that it reads in rising order, and the variables among that.
pub struct Behind {
    /// The sum.
    pub sum: Form,
    /// What it reads, and its own terms.
    pub nodes: Vec<NodeId>,
    /// What varies.
    pub variables: Vec<Variable>,
}

/// Classes and factors of the terms of a sum, and a digest of the ranges behind it.
type Key = (Vec<(u32, Exact)>, u64);

/// Sums that were bounded.
pub struct Alike<'a> {
    plan: &'a Plan,
    classes: &'a Classes,
    known: BTreeMap<Key, Vec<(Behind, Most)>>,
}

impl<'a> Alike<'a> {
    /// None yet.
    pub fn new(plan: &'a Plan, classes: &'a Classes) -> Alike<'a> {
        Alike { plan, classes, known: BTreeMap::new() }
    }

    /// What was found for a sum that is like this one.
    pub fn find(&self, own: &Behind) -> Option<Most> {
        let known = self.known.get(&self.key(own))?;
        let (_, most) = known.iter().find(|(known, _)| self.are_alike(known, own))?;
        let sources = own.variables.iter().map(|variable| variable.source);
        let chosen = sources.zip(&most.chosen).map(|(source, (_, value))| (source, value.clone())).collect();
        Some(Most { chosen, ..most.clone() })
    }

    /// Keeps what was found for a sum.
    pub fn keep(&mut self, own: Behind, most: Most) {
        self.known.entry(self.key(&own)).or_default().push((own, most));
    }

    fn key(&self, own: &Behind) -> Key {
        let mut digest = DefaultHasher::new();
        for variable in &own.variables {
            (&variable.range.least, &variable.range.most).hash(&mut digest);
        }
        let terms = own.sum.terms.iter();
        let terms = terms.map(|(node, factor)| (self.classes.of(*node), factor.clone()));
        (terms.collect(), digest.finish())
    }

    fn are_alike(&self, one: &Behind, other: &Behind) -> bool {
        let at_one_place = |x: NodeId, y: NodeId| {
            one.nodes.binary_search(&x).is_ok_and(|place| other.nodes.get(place) == Some(&y))
        };
        let mut variables = one.variables.iter().zip(&other.variables);
        let mut terms = one.sum.terms.iter().zip(&other.sum.terms);
        one.variables.len() == other.variables.len()
            && variables.all(|(x, y)| x.range == y.range && at_one_place(x.node, y.node))
            && terms.all(|(x, y)| at_one_place(x.0, y.0))
            && self.classes.are_alike(self.plan, &one.nodes, &other.nodes)
    }
}
