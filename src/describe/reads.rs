//! Which measures a formula reads, and for which members, directly or through quantities.
//!
//! What is read through `paid` and `net` is not followed: a clause that pays a share of another's lines
//! does not itself pay for an outcome.

use std::collections::{BTreeMap, BTreeSet};

use crate::contract::{AxisId, AxisKind, Contract, Coordinates, Named};
use crate::formula::{Formula, Key, Kind, Name, Over};

/// Functions whose arguments are clauses.
const FLOWS: [&str; 2] = ["paid", "net"];

/// A measure, and the members of its axes that are read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    /// Index of the measure.
    pub measure: usize,
    /// Members by axis; periods and holders are left out.
    pub members: BTreeMap<AxisId, Vec<i32>>,
}

/// The measures that formulas read for one line of a clause.
pub fn reads<'a>(
    contract: &Contract,
    formulas: impl IntoIterator<Item = &'a Formula>,
    line: &Coordinates,
) -> Vec<Read> {
    let mut walker = Walker { contract, seen: BTreeSet::new(), found: BTreeSet::new() };
    for formula in formulas {
        walker.formula(formula, line);
    }
    walker.found.into_iter().collect()
}

struct Walker<'a> {
    contract: &'a Contract,
    /// Quantities with the members for which they have been followed.
    seen: BTreeSet<(usize, Coordinates)>,
    found: BTreeSet<Read>,
}

impl Walker<'_> {
    fn formula(&mut self, formula: &Formula, at: &Coordinates) {
        match &formula.kind {
            Kind::Name(name) => self.name(name, at),
            Kind::Is { name, .. } => self.named(name, at),
            Kind::Call { function, .. } if FLOWS.contains(&function.as_str()) => {}
            Kind::Aggregate { over, .. } => {
                let inside = self.inside(over, at);
                if let Some(peers) = &over.within {
                    self.named(&peers.text, at);
                }
                self.parts(formula, &inside);
            }
            Kind::Number { .. }
            | Kind::Money { .. }
            | Kind::Absent
            | Kind::Not(_)
            | Kind::Negate(_)
            | Kind::Binary { .. }
            | Kind::If { .. }
            | Kind::Else { .. }
            | Kind::Call { .. }
            | Kind::Round { .. } => self.parts(formula, at),
        }
    }

    fn parts(&mut self, formula: &Formula, at: &Coordinates) {
        for part in formula.parts() {
            self.formula(part, at);
        }
    }

    fn name(&mut self, name: &Name, at: &Coordinates) {
        let mut at = at.clone();
        for key in &name.keys {
            self.fix(key, &mut at);
        }
        self.named(&name.name, &at);
    }

    /// A key fixes a member of its axis, or reads the measure that names one.
    fn fix(&mut self, key: &Key, at: &mut Coordinates) {
        if self.contract.names.contains_key(&key.text) {
            self.named(&key.text, &at.clone());
        }
        for axis in (0..self.contract.axes.len()).map(AxisId) {
            let member = self.contract.member_named(axis, &key.text);
            if let Some(member) = member.filter(|_| self.contract.period_kind(axis).is_none()) {
                at.insert(axis, member);
            }
        }
    }

    fn named(&mut self, name: &str, at: &Coordinates) {
        match self.contract.names.get(name).copied() {
            Some(Named::Measure(measure)) => {
                let members = self.members(&self.contract.measures[measure].by, at);
                self.found.insert(Read { measure, members });
            }
            Some(Named::Quantity(quantity)) if self.seen.insert((quantity, at.clone())) => {
                self.formula(&self.contract.quantities[quantity].is.formula, at);
            }
            Some(Named::Quantity(_) | Named::Table(_) | Named::Curve(_) | Named::Broken) | None => {}
        }
    }

    /// The members within an aggregate: its axis is free, the axes above it stay as they are.
    fn inside(&self, over: &Over, at: &Coordinates) -> Coordinates {
        let mut at = at.clone();
        let Some(axis) = self.contract.axis_named(&over.axis.text) else { return at };
        let all = over.within.as_ref().is_some_and(|within| within.text == "all");
        let above: Vec<AxisId> = (0..self.contract.axes.len())
            .map(AxisId)
            .filter(|above| *above != axis && self.contract.lies_within(axis, *above))
            .collect();
        for above in above {
            match self.contract.fixed(above, &at) {
                Some(member) if !all => at.insert(above, member),
                Some(_) | None => at.remove(&above),
            };
        }
        at.remove(&axis);
        at
    }

    fn members(&self, by: &[AxisId], at: &Coordinates) -> BTreeMap<AxisId, Vec<i32>> {
        let mut members = BTreeMap::new();
        for axis in by {
            match self.contract.axis(*axis).kind {
                AxisKind::Period(_) | AxisKind::Holder(_) => {}
                AxisKind::Party | AxisKind::Declared => {
                    members.insert(*axis, self.members_of(*axis, at));
                }
            }
        }
        members
    }

    /// The members of an axis that agree with what is fixed.
    fn members_of(&self, axis: AxisId, at: &Coordinates) -> Vec<i32> {
        if let Some(member) = self.contract.fixed(axis, at) {
            return vec![member];
        }
        let agrees = |member: &i32| {
            at.iter().all(|(above, fixed)| {
                self.contract.ancestor(axis, *member, *above).is_none_or(|found| found == *fixed)
            })
        };
        self.contract.members(axis).into_iter().filter(agrees).collect()
    }
}
