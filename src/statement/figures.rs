//! The quantities that a statement shows beside its lines.

use crate::bind::Facts;
use crate::evaluate::Values;
use crate::num::Exact;
use crate::plan::FigureSpec;

/// A quantity in one period, for the members it carries, of one holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Its name: `quantity:period:member…:holder`.
    pub id: String,
    /// The quantity.
    pub quantity: String,
    /// Its title for people, or its name.
    pub title: String,
    /// The key of the period; nothing when it rests on agreed numbers alone.
    pub period: Option<String>,
    /// Axis, member and its title.
    pub members: Vec<(String, String, String)>,
    /// The holder, when it differs from holder to holder.
    pub holder: Option<String>,
    /// The exact value; nothing where it is absent.
    pub value: Option<Exact>,
    /// Its unit; empty for a pure number.
    pub unit: String,
    /// The measure that reads it a period later, when one does.
    pub carried_by: Option<String>,
    /// Which of the stated figures it is, and for which lane.
    pub(super) spec: usize,
    pub(super) lane: usize,
}

/// The figures of some holders, from the first on.
pub(super) fn figures(
    facts: &Facts,
    specs: &[&FigureSpec],
    (first, values): (usize, &[Values]),
) -> Vec<Figure> {
    let mut out = Vec::new();
    if let (0, Some(values)) = (first, values.first()) {
        out.extend(stated(specs, false).map(|spec| figure(spec, values, (0, None))));
    }
    for (index, values) in values.iter().enumerate() {
        let lane = first + index;
        let holder = facts.lanes[lane].holder.as_deref();
        out.extend(stated(specs, true).map(|spec| figure(spec, values, (lane, holder))));
    }
    out
}

/// Those that differ from holder to holder, or the others, with their places.
fn stated<'s>(specs: &'s [&FigureSpec], by_holder: bool) -> impl Iterator<Item = (usize, &'s FigureSpec)> {
    specs.iter().copied().enumerate().filter(move |(_, spec)| spec.by_holder == by_holder)
}

fn figure(
    (index, spec): (usize, &FigureSpec),
    values: &Values,
    (lane, holder): (usize, Option<&str>),
) -> Figure {
    Figure {
        id: [spec.id.as_str()].into_iter().chain(holder).collect::<Vec<_>>().join(":"),
        quantity: spec.quantity.clone(),
        title: spec.title.clone(),
        period: spec.period.as_ref().map(|(_, key)| key.clone()),
        members: spec.members.clone(),
        holder: holder.map(str::to_string),
        value: value_of(spec, values),
        unit: spec.unit.clone(),
        carried_by: spec.carried_by.clone(),
        spec: index,
        lane,
    }
}

/// The exact value of a figure; nothing where it is absent.
pub(super) fn value_of(spec: &FigureSpec, values: &Values) -> Option<Exact> {
    let given = spec.given.is_none_or(|given| !values.of(given).is_zero());
    given.then(|| values.of(spec.value).clone())
}
