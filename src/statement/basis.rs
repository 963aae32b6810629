//! What the statements of all holders rest on: what is stated, the nodes that it needs, and the
//! statistics over all of them. It is worked out once, before one holder after the other is stated.

use std::ops::Deref;

use crate::Model;
use crate::bind::{Facts, Lane, Source};
use crate::evaluate::{Statistics, Values, Workers, evaluate, statistics};
use crate::num::Exact;
use crate::plan::{FigureSpec, LineSpec, NodeId, depends, depends_unless};

/// What the statements of all holders rest on.
#[derive(Debug, Clone)]
pub struct Basis<'m> {
    pub(super) model: &'m Model,
    pub(super) facts: &'m Facts,
    /// Lines with their place in the plan.
    pub(super) lines: Vec<(usize, &'m LineSpec)>,
    pub(super) figures: Vec<&'m FigureSpec>,
    pub(super) statistics: Statistics,
    /// Nodes that are evaluated for each holder.
    pub(super) needed: Vec<bool>,
    /// Nodes behind which any observation stands.
    pub(super) observed: Vec<bool>,
    /// Nodes behind which a flex submission of any holder stands; nothing when there is none.
    flex: Option<Vec<bool>>,
}

impl<'m> Basis<'m> {
    /// Works out what all holders share. A contract for holders without any in the data states only
    /// what has nothing to do with them.
    pub(crate) fn new(model: &'m Model, facts: &'m Facts, workers: Workers<'_>) -> Basis<'m> {
        let plan = &model.plan;
        let Stated { lines, figures } = Stated::of(model, facts);
        let roots: Vec<NodeId> = lines
            .iter()
            .flat_map(|(_, line)| line.nodes())
            .chain(figures.iter().flat_map(|figure| figure.nodes()))
            .collect();
        Basis {
            statistics: statistics_behind(model, facts, roots.iter().copied(), workers),
            needed: plan.needed_beside_statistics(roots),
            observed: depends(plan, &|_| true),
            flex: flex(facts.lanes.iter(), plan.facts().len())
                .map(|flex| depends(plan, &|fact| flex[fact.0 as usize])),
            model,
            facts,
            lines,
            figures,
        }
    }

    /// The values of some nodes for a holder.
    pub(super) fn values(&self, lane: usize, needed: &[bool]) -> Values {
        let facts = &self.facts.lanes[lane].values;
        evaluate(&self.model.plan, facts, (&self.statistics, lane), needed)
    }

    /// The values of a holder, those that only statistics read included.
    pub(super) fn all_values(&self, lane: usize) -> Values {
        let lines = self.lines.iter().flat_map(|(_, line)| line.nodes());
        let roots = lines.chain(self.figures.iter().flat_map(|figure| figure.nodes()));
        self.values(lane, &self.model.plan.needed_by(roots))
    }

    /// For each node whether a flex submission stands behind it, for a holder; nothing when there
    /// is none. Behind a statistic stand the data of all holders.
    pub(super) fn provisional(&self, lane: usize) -> Option<Vec<bool>> {
        let of_any = self.flex.as_ref()?;
        let plan = &self.model.plan;
        let own = flex([&self.facts.lanes[lane]].into_iter(), plan.facts().len()).unwrap_or_default();
        let flex = |fact: crate::plan::FactId| own.get(fact.0 as usize).is_some_and(|flex| *flex);
        Some(depends_unless(plan, &flex, &|statistic, _| {
            Some(statistic.operands().iter().any(|node| of_any[node.index()]))
        }))
    }
}

/// What is stated of a plan: lines with their place in it, and figures.
#[derive(Debug, Clone)]
pub(super) struct Stated<'m> {
    pub(super) lines: Vec<(usize, &'m LineSpec)>,
    pub(super) figures: Vec<&'m FigureSpec>,
}

impl<'m> Stated<'m> {
    /// What the facts are for.
    pub(super) fn of(model: &'m Model, facts: &Facts) -> Stated<'m> {
        let none = facts.lanes.iter().any(|lane| lane.is_empty_of_holders);
        let selected = |period| facts.selection.states(&model.contract, period);
        let Stated { mut lines, mut figures } = Stated::all(model);
        lines.retain(|(_, line)| selected(line.period.0) && !(none && line.needs_holders));
        let shown = |figure: &FigureSpec| facts.selection.states_figure(&model.contract, figure);
        figures.retain(|figure| shown(figure) && !(none && figure.needs_holders));
        Stated { lines, figures }
    }

    /// Everything, whatever the facts are for.
    pub(super) fn all(model: &'m Model) -> Stated<'m> {
        let (lines, figures) = (model.plan.lines().iter(), model.plan.figures().iter());
        Stated { lines: lines.enumerate().collect(), figures: figures.collect() }
    }
}

/// The statistics over all holders that stand behind some nodes.
pub(super) fn statistics_behind(
    model: &Model,
    facts: &Facts,
    nodes: impl Iterator<Item = NodeId>,
    workers: Workers<'_>,
) -> Statistics {
    let lanes: Vec<&[Exact]> = facts.holders().map(|lane| lane.values.as_slice()).collect();
    statistics(&model.plan, &lanes, &model.plan.needed_by(nodes), workers)
}

/// A basis that a statement owns, or shares with those of other holders.
#[derive(Debug, Clone)]
pub(crate) enum Held<'m> {
    Own(Box<Basis<'m>>),
    Shared(&'m Basis<'m>),
}

impl<'m> Deref for Held<'m> {
    type Target = Basis<'m>;

    fn deref(&self) -> &Basis<'m> {
        match self {
            Held::Own(basis) => basis,
            Held::Shared(basis) => basis,
        }
    }
}

/// For each fact whether it is of a flex submission of one of some holders; nothing when none is.
fn flex<'f>(lanes: impl Iterator<Item = &'f Lane>, facts: usize) -> Option<Vec<bool>> {
    let mut flex = vec![false; facts];
    for lane in lanes {
        for (fact, source) in lane.sources.iter().enumerate() {
            flex[fact] |= match source {
                Source::Row { submission, .. } => &**submission == "flex",
                Source::Missing | Source::Unneeded => false,
            };
        }
    }
    flex.contains(&true).then_some(flex)
}
