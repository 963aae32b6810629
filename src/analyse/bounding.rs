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

/// The most of a part of a sum.
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

/// A part of a sum, of which the first factor is above 0, and its most; that of its opposite comes second.
#[derive(Debug, Clone)]
struct Sides {
    terms: Vec<(NodeId, Exact)>,
    most: [Option<Bounded>; 2],
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
    /// By the part of the plan; of each there are a few.
    bounded: BTreeMap<u32, Vec<Sides>>,
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
        let [most] = self.ends(terms, [false]);
        most
    }

    /// The most of a sum and the most of its opposite.
    pub fn both_ways(&mut self, terms: &[(Exact, NodeId)]) -> [End; 2] {
        self.ends(terms, [false, true])
    }

    /// The most of a sum, or of its opposite where that is asked for.
    fn ends<const N: usize>(&mut self, terms: &[(Exact, NodeId)], opposite: [bool; N]) -> [End; N] {
        let sum = Form::of(terms, &Exact::ZERO, self.analysis.forms.all());
        let mut ends = opposite.map(|opposite| {
            let constant = if opposite { -&sum.constant } else { sum.constant.clone() };
            End { bound: constant.clone(), found: constant, witness: Vec::new(), spent: false }
        });
        let mut terms: Vec<(u32, (NodeId, Exact))> =
            sum.terms.into_iter().map(|term| (self.parts.of(term.0), term)).collect();
        terms.sort_by_key(|(part, _)| *part);
        for own in terms.chunk_by(|one, next| one.0 == next.0) {
            let is_turned = own[0].1.1.sign() < 0;
            let sides = opposite.map(|opposite| usize::from(opposite != is_turned));
            let part = self.bounded_part(own, is_turned, &sides);
            for (end, side) in ends.iter_mut().zip(sides) {
                part[side].iter().for_each(|bounded| bounded.add_to(end));
            }
        }
        ends
    }

    /// Bounds the sides of a part that are asked for, where that has not been done.
    fn bounded_part(
        &mut self,
        own: &[(u32, (NodeId, Exact))],
        is_turned: bool,
        sides: &[usize],
    ) -> &[Option<Bounded>; 2] {
        let part = own[0].0;
        let terms =
            own.iter().map(|(_, (node, factor))| (*node, if is_turned { -factor } else { factor.clone() }));
        let is_it = |known: &Sides| terms.clone().eq(known.terms.iter().cloned());
        let all = self.bounded.entry(part).or_default();
        let place = all.iter().position(is_it).unwrap_or_else(|| {
            all.push(Sides { terms: terms.collect(), most: [None, None] });
            all.len() - 1
        });
        let known = &all[place];
        let open: Vec<usize> = sides.iter().copied().filter(|side| known.most[*side].is_none()).collect();
        if !open.is_empty() {
            let terms = known.terms.clone();
            let (nodes, variables) = self.behind(&terms);
            for side in open {
                let turned = |(node, factor): &(NodeId, Exact)| (*node, -factor);
                let terms = if side == 0 { terms.clone() } else { terms.iter().map(turned).collect() };
                let sum = Form { terms, constant: Exact::ZERO };
                let (nodes, variables) = (nodes.clone(), variables.clone());
                let most = self.most_of_part(Behind { sum, nodes, variables });
                self.bounded.entry(part).or_default()[place].most[side] = Some(most);
            }
        }
        &self.bounded[&part][place].most
    }

    /// What a part reads, and what varies among it.
    fn behind(&mut self, terms: &[(NodeId, Exact)]) -> (Vec<NodeId>, Vec<Variable>) {
        let nodes = self.analysis.plan().behind(terms.iter().map(|(node, _)| *node));
        let own = self.parts.of(terms[0].0);
        // What is read by numbers that never move only belongs to another part, or to none.
        let moving: Vec<NodeId> = nodes.iter().copied().filter(|node| self.parts.of(*node) == own).collect();
        let positions = moving.iter().filter_map(|node| self.analysis.variables.position(*node));
        let variables = positions.map(|index| self.variables[index].clone()).collect();
        (nodes, variables)
    }

    fn most_of_part(&mut self, own: Behind) -> Bounded {
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
