//! Exposure: the least and most that a party, a clause, or a party under a clause can come to.

use super::response::{Response, Responses};
use super::search::{Budget, Search};
use super::subject::{Subject, periods, subjects};
use super::sums::Sums;
use super::variables::{Variable, Variables};
use crate::Model;
use crate::bind::{AsOf, Facts, Lane, Selection, Source};
use crate::calendar::Period;
use crate::contract::Contract;
use crate::evaluate::{Values, evaluate, one_by_one, statistics};
use crate::num::Exact;
use crate::plan::{FactId, Form, Forms, NodeId, Op, Plan, Ranges, Readers};

/// One end of an exposure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// No admissible data lead beyond it.
    pub bound: Exact,
    /// What the data of the witness come to.
    pub found: Exact,
    /// Admissible facts, in the order of the plan's facts.
    pub witness: Vec<Exact>,
    /// True when the budget was spent before the two met.
    pub spent: bool,
}

impl End {
    /// True when admissible data come to the bound exactly.
    pub fn is_attained(&self) -> bool {
        self.bound == self.found
    }
}

/// The least and most of a sum of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// Of what.
    pub subject: Subject,
    /// When, and the key of that period.
    pub period: (Period, String),
    /// The least.
    pub least: End,
    /// The most.
    pub most: End,
}

/// A model made ready to be analysed.
#[derive(Debug)]
pub struct Analysis<'m> {
    /// The model.
    pub model: &'m Model,
    /// Forms of its sums.
    pub forms: Forms,
    /// Who reads what.
    pub readers: Readers,
    /// What varies.
    pub variables: Variables,
    /// How much work is done for each end of each sum.
    pub budget: Budget,
}

impl<'m> Analysis<'m> {
    /// Makes a model ready.
    pub fn new(model: &'m Model, budget: Budget) -> Analysis<'m> {
        let plan = model.plan();
        let readers = Readers::new(plan);
        let variables = Variables::new(model.contract(), plan, &readers);
        Analysis { model, forms: Forms::new(plan), readers, variables, budget }
    }

    pub(super) fn plan(&self) -> &'m Plan {
        self.model.plan()
    }

    pub(super) fn contract(&self) -> &'m Contract {
        self.model.contract()
    }

    pub(super) fn search(&self) -> Search<'_> {
        let sums = Sums { plan: self.plan(), forms: &self.forms };
        Search { sums, readers: &self.readers, budget: self.budget, declared: None }
    }

    /// The exposure of every party and clause, in every year and in the term, over all admissible data.
    pub fn exposures(&self) -> Vec<Exposure> {
        self.with_responses(&|search| {
            let mut found = Vec::new();
            for subject in subjects(self.contract()) {
                for period in periods(self.contract()) {
                    found.push(self.exposure_by(search, &subject, &period, (self.variables.all(), None)));
                }
            }
            found
        })
    }

    /// Does something with a search that knows how all nodes move with each variable in its declared range.
    pub(super) fn with_responses<T>(&self, work: &dyn Fn(&Search<'_>) -> T) -> T {
        let (plan, ranges) = (self.plan(), Ranges::declared(self.plan()));
        let responses = self.variables.all().iter().map(|variable| {
            let dependents = self.readers.dependents(&[variable.node], &|_| true);
            let step = ranges.of(variable.node).step.as_ref();
            let known = (plan, &self.forms, &ranges);
            (variable.node, Responses::new(known, variable.node, step, &dependents))
        });
        let declared = responses.collect();
        work(&Search { declared: Some(&declared), ..self.search() })
    }

    /// The exposure of a subject in a period while variables keep to some ranges, beside known facts
    /// where there are any.
    pub fn exposure(
        &self,
        subject: &Subject,
        period: &(Period, String),
        within: (&[Variable], Option<&[Exact]>),
    ) -> Exposure {
        self.exposure_by(&self.search(), subject, period, within)
    }

    fn exposure_by(
        &self,
        search: &Search<'_>,
        subject: &Subject,
        period: &(Period, String),
        within: (&[Variable], Option<&[Exact]>),
    ) -> Exposure {
        let terms = subject.terms(self.contract(), self.plan(), period.0);
        let sum = Form::of(&terms, &Exact::ZERO, self.forms.all());
        let turned: Vec<(Exact, NodeId)> = terms.iter().map(|(factor, node)| (-factor, *node)).collect();
        let opposite = Form::of(&turned, &Exact::ZERO, self.forms.all());
        let most = self.end(search, &sum, &terms, within);
        let least = self.end(search, &opposite, &turned, within);
        let least = End { bound: -&least.bound, found: -&least.found, ..least };
        Exposure { subject: subject.clone(), period: period.clone(), least, most }
    }

    pub(super) fn end(
        &self,
        search: &Search<'_>,
        sum: &Form,
        terms: &[(Exact, NodeId)],
        (variables, beside): (&[Variable], Option<&[Exact]>),
    ) -> End {
        let most = search.most(sum, variables);
        let witness = self.variables.facts(&most.chosen, beside);
        let found = self.value(terms, &witness);
        assert!(found <= most.bound, "admissible data never lead beyond a bound");
        End { bound: most.bound, found, witness, spent: most.spent }
    }

    /// What nodes come to for some facts, exactly; of a party that is many, for one holder alone.
    pub fn value(&self, terms: &[(Exact, NodeId)], facts: &[Exact]) -> Exact {
        let roots: Vec<NodeId> = terms.iter().map(|(_, node)| *node).collect();
        let values = self.values(&roots, facts);
        terms.iter().map(|(factor, node)| factor * values.of(*node)).sum()
    }

    /// The values of some nodes, and of all that they read, for some facts.
    pub(super) fn values(&self, roots: &[NodeId], facts: &[Exact]) -> Values {
        let (plan, roots) = (self.plan(), || roots.iter().copied());
        let known = statistics(plan, &[facts], &plan.needed_by(roots()), &one_by_one);
        evaluate(plan, facts, (&known, 0), &plan.needed_beside_statistics(roots()))
    }

    /// How a sum of nodes moves with a variable, over all admissible data.
    pub fn response(&self, terms: &[(Exact, NodeId)], variable: &Variable) -> Response {
        let plan = self.plan();
        let needed = plan.needed_by(terms.iter().map(|(_, node)| *node));
        let dependents = self.readers.dependents(&[variable.node], &|node| needed[node.index()]);
        let ranges = Ranges::declared(plan);
        let step = plan.node(variable.node).range.step.as_ref();
        let responses = Responses::new((plan, &self.forms, &ranges), variable.node, step, &dependents);
        let sum = Form::of(terms, &Exact::ZERO, self.forms.all());
        self.search().sums.response(&sum, &responses, &ranges)
    }

    /// The observed numbers that a subject rests on in a period.
    pub fn facts_behind(&self, subject: &Subject, period: Period) -> Vec<FactId> {
        facts_behind(self.plan(), &subject.terms(self.contract(), self.plan(), period))
    }

    /// Facts as they are bound, so that they can be stated and explained.
    pub fn bound(&self, facts: &[Exact], period: &(Period, String)) -> Facts {
        let many = self.contract().has_holders();
        let lane = Lane {
            holder: many.then(|| "holder".to_string()),
            is_empty_of_holders: false,
            values: facts.to_vec(),
            sources: vec![Source::Missing; facts.len()],
        };
        let selection = Selection { periods: vec![period.0], keys: vec![period.1.clone()] };
        Facts { selection, as_of: AsOf::Freeze, lanes: vec![lane] }
    }
}

/// The observed numbers that a sum rests on.
pub(super) fn facts_behind(plan: &Plan, terms: &[(Exact, NodeId)]) -> Vec<FactId> {
    let needed = plan.needed_by(terms.iter().map(|(_, node)| *node));
    let nodes = plan.nodes_in_order().zip(needed).filter(|(_, needed)| *needed);
    let facts = nodes.filter_map(|(node, _)| if let Op::Fact(fact) = &node.op { Some(*fact) } else { None });
    facts.collect()
}
