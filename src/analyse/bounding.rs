//! Bounds of many sums over the same data.
//!
//! A sum falls into parts that share no data, whatever the data are: the most of the sum is the sum of
//! their mosts. What a provider earns by one outcome is such a part; it stands in what the provider
//! receives, in what the clause comes to and, with the other sign, in what the commissioner pays, in the
//! year and in the term. So each part is bounded once, and only what lies behind it is worked out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::alike::{Alike, Behind};
use super::declared::Declared;
use super::exposure::{Analysis, End};
use super::holders::Holders;
use super::search::Search;
use super::variables::Variable;
use crate::evaluate::{Values, evaluate_again};
use crate::num::{Exact, Range};
use crate::plan::{FactId, Form, NodeId, Plan, PlanNodes, Ranges};

/// Of each node the part of the plan that it belongs to: no two parts share data.
#[derive(Debug, Clone)]
pub struct Parts(Vec<u32>);

impl Parts {
    /// The parts of a plan, where these pairs of nodes belong together besides.
    pub fn new(plan: &Plan, together: impl Iterator<Item = (NodeId, NodeId)>) -> Parts {
        let mut parts =
            Parts((0..plan.nodes().len()).map(|index| u32::try_from(index).expect("a node")).collect());
        for index in 0..plan.nodes().len() {
            let node = NodeId(u32::try_from(index).expect("nodes are limited"));
            plan.each_operand(node, &mut |operand| {
                if plan.node(operand).range.single().is_none() {
                    parts.join(node, operand);
                }
            });
        }
        together.for_each(|(a, b)| parts.join(a, b));
        parts
    }

    fn join(&mut self, a: NodeId, b: NodeId) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b) as usize] = a.min(b);
    }

    /// The part of a node.
    fn of(&mut self, node: NodeId) -> u32 {
        let mut at = node.0;
        while self.0[at as usize] != at {
            self.0[at as usize] = self.0[self.0[at as usize] as usize];
            at = self.0[at as usize];
        }
        at
    }
}

/// A part of a sum, bounded.
#[derive(Debug, Clone)]
struct Bounded {
    bound: Exact,
    found: Exact,
    witness: Vec<(FactId, Exact)>,
    spent: bool,
}

impl Bounded {
    /// Adds the part to a sum.
    fn add_to(&self, end: &mut End) {
        end.bound = &end.bound + &self.bound;
        end.found = &end.found + &self.found;
        end.witness.extend(self.witness.iter().cloned());
        end.spent |= self.spent;
    }
}

/// What is kept while many sums are bounded over the same variables.
pub struct Bounding<'a> {
    analysis: &'a Analysis<'a>,
    search: Search<'a>,
    /// What varies, in the order of all variables.
    variables: Cow<'a, [Variable]>,
    /// Facts that hold where no variable says otherwise.
    beside: &'a [Exact],
    /// True when the others are known, and do not just stand in for what nobody reads.
    is_known: bool,
    /// Of a party that is many, those beside whom one is looked at.
    holders: &'a Holders,
    /// True when no statistic over holders moves.
    is_held: bool,
    ranges: Ranges<'a>,
    parts: Parts,
    facts: Vec<Exact>,
    values: Values,
    bounded: BTreeMap<Vec<(NodeId, Exact)>, Bounded>,
    alike: Alike<'a>,
}

impl<'a> Bounding<'a> {
    /// Begins, with what is known of how nodes move with each variable in its declared range.
    pub fn new(
        analysis: &'a Analysis<'a>,
        (variables, beside): (impl Into<Cow<'a, [Variable]>>, Option<&'a [Exact]>),
        declared: Option<&'a Declared<'a>>,
    ) -> Bounding<'a> {
        let facts = beside.unwrap_or(analysis.variables.defaults());
        let plan = analysis.plan();
        // A holder is alone where the data may be any: nothing is known of others then.
        let holders = if beside.is_some() { &analysis.holders } else { &analysis.alone };
        let mut bounding = Bounding {
            analysis,
            search: Search { declared, ..analysis.search() },
            variables: variables.into(),
            beside: facts,
            is_known: beside.is_some(),
            holders,
            is_held: plan.statistics().is_empty(),
            ranges: Ranges::declared(plan),
            parts: analysis.parts.clone(),
            facts: facts.to_vec(),
            values: Values::unknown(plan),
            bounded: BTreeMap::new(),
            alike: Alike::new(analysis.plan(), &analysis.classes),
        };
        bounding.hold();
        bounding
    }

    /// Holds the statistics over holders that no variable moves.
    fn hold(&mut self) {
        let (analysis, plan) = (self.analysis, self.analysis.plan());
        if self.is_known && !plan.statistics().is_empty() {
            let open = self.variables.iter().filter(|variable| variable.range.single().is_none());
            let mut open: Vec<NodeId> = open.map(|variable| variable.node).collect();
            open.sort();
            let (held, all) = self.holders.held(plan, &analysis.readers, &open);
            self.ranges.hold(held);
            self.is_held = all;
            // What was alike before stood beside other statistics.
            self.alike = Alike::new(plan, &analysis.classes);
        }
    }

    /// From now on some variables keep to other ranges, by their place among all of them.
    pub fn vary(&mut self, changed: impl Iterator<Item = (usize, Range)>) {
        let all = self.variables.to_mut();
        changed.for_each(|(index, range)| all[index].range = range);
        self.bounded.clear();
        self.hold();
    }

    /// The most of a sum, with data that come to it or nearly.
    pub fn most(&mut self, terms: &[(Exact, NodeId)]) -> End {
        let sum = Form::of(terms, &Exact::ZERO, self.analysis.forms.all());
        let mut of_part: BTreeMap<u32, Vec<(NodeId, Exact)>> = BTreeMap::new();
        for (node, factor) in sum.terms {
            of_part.entry(self.parts.of(node)).or_default().push((node, factor));
        }
        let (bound, found) = (sum.constant.clone(), sum.constant);
        let mut end = End { bound, found, witness: Vec::new(), spent: false };
        for (_, terms) in of_part {
            match self.bounded.get(&terms) {
                Some(known) => known.add_to(&mut end),
                None => {
                    let part = self.most_of_part(&terms);
                    part.add_to(&mut end);
                    self.bounded.insert(terms, part);
                }
            }
        }
        end
    }

    fn most_of_part(&mut self, terms: &[(NodeId, Exact)]) -> Bounded {
        let nodes = self.analysis.plan().behind(terms.iter().map(|(node, _)| *node));
        let own = self.parts.of(terms[0].0);
        // What is read by numbers that never move only belongs to another part, or to none.
        let moving: Vec<NodeId> = nodes.iter().copied().filter(|node| self.parts.of(*node) == own).collect();
        let positions = moving.iter().filter_map(|node| self.analysis.variables.position(*node));
        let variables: Vec<Variable> = positions.map(|index| self.variables[index].clone()).collect();
        let sum = Form { terms: terms.to_vec(), constant: Exact::ZERO };
        let own = Behind { sum, nodes, variables };
        let known = self.alike.find(&own);
        let is_new = known.is_none();
        let most = known.unwrap_or_else(|| {
            let most = self.search.most(&own.sum, &own.nodes, &own.variables, &mut self.ranges);
            self.ranges.widen();
            most
        });
        let witness = self.analysis.variables.witness(&most.chosen, self.beside, self.is_known);
        let found = self.value(&own.sum, &own.nodes, &witness);
        assert!(found <= most.bound, "admissible data never lead beyond a bound");
        let bounded = Bounded { bound: most.bound.clone(), found, witness, spent: most.spent };
        if is_new {
            self.alike.keep(own, most);
        }
        bounded
    }

    /// What a sum comes to for a witness.
    fn value(&mut self, sum: &Form, behind: &[NodeId], witness: &[(FactId, Exact)]) -> Exact {
        let plan = self.analysis.plan();
        let set = |facts: &mut Vec<Exact>| {
            witness.iter().for_each(|(fact, value)| facts[fact.0 as usize] = value.clone());
        };
        set(&mut self.facts);
        let nodes = || sum.terms.iter().map(|(node, _)| *node);
        if self.is_held {
            let standing = (self.holders.standing(), self.holders.place());
            evaluate_again(plan, &self.facts, standing, (behind, &mut self.values));
        } else {
            self.values = self.holders.values(plan, &nodes().collect::<Vec<_>>(), &self.facts);
        }
        for (fact, _) in witness {
            self.facts[fact.0 as usize] = self.beside[fact.0 as usize].clone();
        }
        sum.terms.iter().map(|(node, factor)| factor * self.values.of(*node)).sum()
    }
}
