//! Exposure: the least and most that a party, a clause, or a party under a clause can come to.

use super::bounding::{Bounding, Parts};
use super::declared::Declared;
use super::findings::both;
use super::holders::Holders;
use super::lines::Lines;
use super::response::{Response, Responses};
use super::search::{Budget, Search};
use super::subject::{Subject, periods, subjects};
use super::sums::Sums;
use super::variables::{Variable, Variables};
use crate::Model;
use crate::bind::{AsOf, Facts, Lane, Selection, Source};
use crate::calendar::Period;
use crate::contract::Contract;
use crate::evaluate::Values;
use crate::num::{Exact, Range};
use crate::plan::{Classes, FactId, Form, Forms, NodeId, Plan, Ranges, Readers};

/// One end of an exposure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// No admissible data lead beyond it.
    pub bound: Exact,
    /// What the data of the witness come to.
    pub found: Exact,
    /// Admissible facts that the sum rests on; [`Analysis::data`] gives those of all of the contract.
    pub witness: Vec<(FactId, Exact)>,
    /// True when a budget was spent before the two met.
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
    pub variables: Variables<'m>,
    /// Which lines concern whom.
    pub(super) lines: Lines,
    /// What shares data.
    pub(super) parts: Parts,
    /// Of a party that is many, the holders beside which one is looked at.
    pub holders: Holders,
    /// One holder that no other stands beside.
    pub(super) alone: Holders,
    /// What is alike.
    pub(super) classes: Classes,
    /// How much work is done for each end of each sum, of each part of it that shares no data with the rest.
    pub budget: Budget,
}

impl<'m> Analysis<'m> {
    /// Makes a model ready.
    pub fn new(model: &'m Model, budget: Budget) -> Analysis<'m> {
        let plan = model.plan();
        let of_nodes = || (Forms::new(plan), Classes::new(plan));
        let of_facts_and_lines = || {
            let readers = Readers::new(plan);
            let variables = Variables::new(model.contract(), plan, &readers);
            let lines = Lines::new(model.contract(), plan);
            let parts = Parts::new(plan, variables.together());
            (readers, variables, lines, parts)
        };
        let ((forms, classes), (readers, variables, lines, parts)) = both(of_nodes, of_facts_and_lines);
        let (holders, alone) = (Holders::default(), Holders::default());
        Analysis { model, forms, readers, variables, lines, parts, holders, alone, classes, budget }
    }

    pub(super) fn plan(&self) -> &'m Plan {
        self.model.plan()
    }

    pub(super) fn contract(&self) -> &'m Contract {
        self.model.contract()
    }

    pub(super) fn search(&self) -> Search<'_> {
        let sums = Sums { plan: self.plan(), forms: &self.forms };
        Search { sums, readers: &self.readers, budget: self.budget, declared: None, is_condensed: false }
    }

    /// The nodes that a subject adds up in a period.
    pub fn terms(&self, subject: &Subject, period: Period) -> Vec<(Exact, NodeId)> {
        self.lines.terms(self.contract(), subject, period)
    }

    /// The clauses under which a party receives or pays, in the order of the contract.
    pub fn clauses_of(&self, party: &str) -> Vec<&str> {
        self.lines.clauses_of(party).collect()
    }

    /// The exposure of every party and clause, in every year and in the term, over all admissible data.
    pub fn exposures(&self) -> Vec<Exposure> {
        self.over_all_data(&|bounding| {
            let periods = periods(self.contract());
            let of_subject = |subject: Subject| periods.iter().map(move |period| (subject.clone(), period));
            let each = subjects(self.contract()).into_iter().flat_map(of_subject);
            each.map(|(subject, period)| self.exposure_by(bounding, &subject, period)).collect()
        })
    }

    /// Bounds many sums over all admissible data.
    pub(super) fn over_all_data<T>(&self, work: &dyn Fn(&mut Bounding<'_>) -> T) -> T {
        let ranges = Ranges::declared(self.plan());
        let declared = Declared::new(self, &ranges);
        work(&mut Bounding::new(self, (self.variables.all(), None), Some(&declared)))
    }

    /// The exposure of a subject in a period while variables keep to some ranges, beside known facts
    /// where there are any.
    pub fn exposure(
        &self,
        subject: &Subject,
        period: &(Period, String),
        within: (&[Variable], Option<&[Exact]>),
    ) -> Exposure {
        self.exposure_by(&mut Bounding::new(self, within, None), subject, period)
    }

    pub(super) fn exposure_by(
        &self,
        bounding: &mut Bounding<'_>,
        subject: &Subject,
        period: &(Period, String),
    ) -> Exposure {
        let terms = self.terms(subject, period.0);
        let [most, least] = bounding.both_ways(&terms);
        let least = End { bound: -&least.bound, found: -&least.found, ..least };
        Exposure { subject: subject.clone(), period: period.clone(), least, most }
    }

    /// The data of a witness: facts of all of the contract, in the order of the plan's; what the witness
    /// does not rest on is as in `beside`, where it is given, else some admissible number.
    pub fn data(&self, end: &End, beside: Option<&[Exact]>) -> Vec<Exact> {
        let mut facts = beside.unwrap_or(self.variables.defaults()).to_vec();
        end.witness.iter().for_each(|(fact, value)| facts[fact.0 as usize] = value.clone());
        facts
    }

    /// What nodes come to for some facts, exactly; of a party that is many, for the holder that is looked at
    /// beside the others as they stand, or for one alone.
    pub fn value(&self, terms: &[(Exact, NodeId)], facts: &[Exact]) -> Exact {
        let roots: Vec<NodeId> = terms.iter().map(|(_, node)| *node).collect();
        let values = self.values(&roots, facts);
        terms.iter().map(|(factor, node)| factor * values.of(*node)).sum()
    }

    /// The values of some nodes, and of all that they read, for some facts.
    pub(super) fn values(&self, roots: &[NodeId], facts: &[Exact]) -> Values {
        self.holders.values(self.plan(), roots, facts)
    }

    /// How a sum of nodes moves with a variable, over all admissible data.
    pub fn response(&self, terms: &[(Exact, NodeId)], variable: &Variable) -> Response {
        self.response_within(terms, variable, &[])
    }

    /// How a sum of nodes moves with a variable while some nodes keep to narrower ranges than declared,
    /// over all data that admit it.
    pub fn response_within(
        &self,
        terms: &[(Exact, NodeId)],
        variable: &Variable,
        known: &[(NodeId, Range)],
    ) -> Response {
        let plan = self.plan();
        let roots = || terms.iter().map(|(_, node)| *node).collect();
        let read = |from: &[NodeId]| plan.read_by(self.readers.dependents(from, &|_| true), roots());
        let mut narrowed: Vec<NodeId> = known.iter().map(|(node, _)| *node).collect();
        narrowed.sort();
        let mut ranges = Ranges::declared(plan);
        ranges.narrow(known, &read(&narrowed), &self.forms);
        let dependents = read(&[variable.node]);
        let step = plan.node(variable.node).range.step.as_ref();
        let responses = Responses::new((plan, &self.forms, &ranges), variable.node, step, &dependents);
        let sum = Form::of(terms, &Exact::ZERO, self.forms.all());
        self.search().sums.response(&sum, &responses, &ranges)
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
