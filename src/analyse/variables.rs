//! What varies: the observed numbers behind a plan, and how a choice of them becomes data.
//!
//! A variable is a node: a fact, or the ratio of two facts where nothing else reads the two. Then the
//! ratio itself varies within its declared range, and numerator never leaves what its denominator
//! admits. Where a formula reads the parts of a ratio otherwise, the two vary on their own, which makes
//! bounds wider than what data can show, never narrower; the data of a witness keep to the ratio's range
//! in either case.

use std::collections::BTreeMap;

use crate::contract::Contract;
use crate::num::{Exact, Mode, Range};
use crate::plan::{FactId, FactSpec, Lacking, NodeId, Op, Part, Plan, PlanNodes, Readers};

/// Something that varies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The node.
    pub node: NodeId,
    /// What it is made of.
    pub source: Source,
    /// The values that it can take, and their grid.
    pub range: Range,
}

/// What a variable is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// One fact.
    Fact(FactId),
    /// The first over the second.
    Ratio(FactId, FactId),
}

impl Source {
    /// A fact that it is made of.
    pub fn fact(self) -> FactId {
        match self {
            Source::Fact(fact) | Source::Ratio(fact, _) => fact,
        }
    }
}

/// The two facts of a ratio, and the range that their quotient keeps to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pair {
    numerator: FactId,
    denominator: FactId,
    quotients: (Exact, Exact),
}

/// All that varies behind a plan.
#[derive(Debug, Clone)]
pub struct Variables<'p> {
    all: Vec<Variable>,
    /// Which of them each node is.
    positions: Vec<Option<u32>>,
    /// The node of each fact.
    nodes: Vec<Option<NodeId>>,
    pairs: Vec<Pair>,
    /// The pair that a fact is part of.
    pair_of: BTreeMap<FactId, usize>,
    /// Facts whose value stands in where another fact says that there is none, under both.
    told: BTreeMap<FactId, Vec<(FactId, FactId)>>,
    specs: &'p [FactSpec],
    /// Admissible facts where nothing is said of any.
    defaults: Vec<Exact>,
}

type Key<'p> = (&'p str, &'p str, &'p [(String, String)]);

fn key(spec: &FactSpec) -> Key<'_> {
    (&spec.measure, &spec.period.1, &spec.members)
}

impl<'p> Variables<'p> {
    /// Everything that varies.
    pub fn new(contract: &Contract, plan: &'p Plan, readers: &Readers) -> Variables<'p> {
        let nodes = fact_nodes(plan);
        let node_of = |fact: &FactId| nodes[fact.0 as usize];
        let mut found: BTreeMap<Key<'_>, BTreeMap<Part, FactId>> = BTreeMap::new();
        for (index, spec) in plan.facts().iter().enumerate() {
            let fact = FactId(u32::try_from(index).expect("facts are limited"));
            found.entry(key(spec)).or_default().insert(spec.part, fact);
        }
        let ranges: BTreeMap<&str, &(Exact, Exact)> =
            contract.measures.iter().map(|measure| (measure.name.as_str(), &measure.range)).collect();
        let mut variables = Variables {
            all: Vec::new(),
            positions: vec![None; plan.nodes().len()],
            nodes: Vec::new(),
            pairs: Vec::new(),
            pair_of: BTreeMap::new(),
            told: BTreeMap::new(),
            specs: plan.facts(),
            defaults: Vec::new(),
        };
        let mut joined: BTreeMap<FactId, Option<Variable>> = BTreeMap::new();
        for parts in found.values() {
            let [numerator, denominator, given, value] =
                [Part::Numerator, Part::Denominator, Part::Given, Part::Value].map(|part| parts.get(&part));
            if let (Some(numerator), Some(denominator)) = (numerator, denominator) {
                let measure = variables.specs[numerator.0 as usize].measure.as_str();
                let quotients = (*ranges.get(measure).expect("facts are of measures")).clone();
                for fact in [numerator, denominator] {
                    variables.pair_of.insert(*fact, variables.pairs.len());
                }
                variables.pairs.push(Pair { numerator: *numerator, denominator: *denominator, quotients });
                let both = node_of(numerator).zip(node_of(denominator));
                if let Some(ratio) = both.and_then(|nodes| only_ratio(plan, readers, nodes)) {
                    let range = plan.node(ratio).range.clone();
                    let source = Source::Ratio(*numerator, *denominator);
                    joined.insert(*numerator, Some(Variable { node: ratio, source, range }));
                    joined.insert(*denominator, None);
                }
            }
            if let Some(given) = given {
                let told = [numerator, denominator, value].into_iter().flatten();
                for fact in told {
                    for key in [fact, given] {
                        variables.told.entry(*key).or_default().push((*fact, *given));
                    }
                }
            }
        }
        for (fact, node) in (0u32..).map(FactId).zip(&nodes) {
            let Some(node) = *node else { continue };
            match joined.remove(&fact) {
                Some(variable) => variables.all.extend(variable),
                None => {
                    let range = variables.specs[fact.0 as usize].range.clone();
                    variables.all.push(Variable { node, source: Source::Fact(fact), range });
                }
            }
        }
        for (index, variable) in variables.all.iter().enumerate() {
            variables.positions[variable.node.index()] = u32::try_from(index).ok();
        }
        let raw: Vec<Exact> = variables.specs.iter().map(default).collect();
        let ids = (0..raw.len()).map(|index| FactId(u32::try_from(index).expect("facts are limited")));
        let settled = variables.settled(ids.zip(raw.iter().cloned()).collect(), &raw);
        variables.defaults = settled.into_values().collect();
        variables.nodes = nodes;
        variables
    }

    /// Which variable a node is, if it is one.
    pub fn position(&self, node: NodeId) -> Option<usize> {
        self.positions[node.index()].map(|index| index as usize)
    }

    /// The node of a fact.
    pub fn node_of(&self, fact: FactId) -> Option<NodeId> {
        self.nodes[fact.0 as usize]
    }

    /// The denominator under a numerator.
    pub fn denominator_under(&self, numerator: FactId) -> Option<FactId> {
        let pair = &self.pairs[*self.pair_of.get(&numerator)?];
        (pair.numerator == numerator).then_some(pair.denominator)
    }

    /// Admissible facts where nothing is said of any, in the order of the plan's facts.
    pub fn defaults(&self) -> &[Exact] {
        &self.defaults
    }

    /// Nodes of facts that data relate: numerator and denominator, and what says that one is missing.
    pub fn together(&self) -> impl Iterator<Item = (NodeId, NodeId)> {
        let pairs = self.pairs.iter().map(|pair| (pair.numerator, pair.denominator));
        let related: Vec<(FactId, FactId)> = pairs.chain(self.told.values().flatten().copied()).collect();
        related.into_iter().filter_map(|(a, b)| self.node_of(a).zip(self.node_of(b)))
    }

    /// All variables, in the order of the plan's facts.
    pub fn all(&self) -> &[Variable] {
        &self.all
    }

    /// The variables as they vary beside known data: those that `free` names, of a ratio with the
    /// denominator that is known; the others stay as they are.
    pub fn beside(&self, known: &[Exact], free: &dyn Fn(&FactSpec) -> bool) -> Vec<Variable> {
        let value = |fact: FactId| &known[fact.0 as usize];
        let each = self.all.iter().map(|variable| {
            let spec = &self.specs[variable.source.fact().0 as usize];
            let is_free = free(spec) && spec.part != Part::Given;
            let range = match variable.source {
                Source::Fact(fact) if is_free && spec.part != Part::Denominator => {
                    self.numerators(fact, known).unwrap_or_else(|| variable.range.clone())
                }
                Source::Fact(fact) => Range::point(value(fact)),
                Source::Ratio(numerator, denominator) if is_free => {
                    let step = self.specs[numerator.0 as usize].range.step.clone();
                    let step = step.and_then(|step| step.checked_div(value(denominator)));
                    inwards(&Range { step, ..variable.range.clone() })
                }
                Source::Ratio(numerator, denominator) => {
                    let quotient = value(numerator).checked_div(value(denominator));
                    Range::point(&quotient.unwrap_or(Exact::ZERO))
                }
            };
            Variable { range, ..variable.clone() }
        });
        each.collect()
    }

    /// What a numerator may be beside a known denominator; nothing for other facts.
    fn numerators(&self, fact: FactId, known: &[Exact]) -> Option<Range> {
        let pair = self.pair_of.get(&fact).map(|pair| &self.pairs[*pair]);
        let pair = pair.filter(|pair| pair.numerator == fact)?;
        let denominator = &known[pair.denominator.0 as usize];
        let step = self.specs[fact.0 as usize].range.step.clone();
        let (least, most) = (&pair.quotients.0 * denominator, &pair.quotients.1 * denominator);
        Some(inwards(&Range { least, most, step }))
    }

    /// The facts of a choice: admissible facts in which the variables have these values, as nearly as
    /// data can, beside others. Where the others are known, denominators stay.
    pub fn witness(
        &self,
        chosen: &[(Source, Exact)],
        beside: &[Exact],
        is_known: bool,
    ) -> Vec<(FactId, Exact)> {
        let mut facts: BTreeMap<FactId, Exact> = BTreeMap::new();
        for (source, value) in chosen {
            match source {
                Source::Fact(fact) => {
                    facts.insert(*fact, value.clone());
                }
                Source::Ratio(numerator, denominator) => {
                    let over = match is_known {
                        true => beside[denominator.0 as usize].clone(),
                        false => self.denominator_for(value, *denominator),
                    };
                    facts.insert(*numerator, value * &over);
                    facts.insert(*denominator, over);
                }
            }
        }
        self.settled(facts, beside).into_iter().collect()
    }

    /// Several witnesses as one, in which of a fact that more than one of them names the last counts.
    pub fn together_witness<'w>(
        &self,
        witnesses: impl Iterator<Item = &'w [(FactId, Exact)]>,
        beside: &[Exact],
    ) -> Vec<(FactId, Exact)> {
        let facts = witnesses.flatten().cloned().collect();
        self.settled(facts, beside).into_iter().collect()
    }

    /// Facts of all of the contract in which the variables have these values, as in [`Variables::witness`].
    pub fn facts(&self, chosen: &[(Source, Exact)], beside: &[Exact], is_known: bool) -> Vec<Exact> {
        let mut facts = beside.to_vec();
        for (fact, value) in self.witness(chosen, beside, is_known) {
            facts[fact.0 as usize] = value;
        }
        facts
    }

    /// Some facts beside others, numerators within what denominators admit, and what stands in for what
    /// is missing.
    fn settled(&self, mut facts: BTreeMap<FactId, Exact>, beside: &[Exact]) -> BTreeMap<FactId, Exact> {
        let touched: Vec<FactId> = facts.keys().copied().collect();
        let known = |facts: &BTreeMap<FactId, Exact>, fact: FactId| {
            facts.get(&fact).unwrap_or(&beside[fact.0 as usize]).clone()
        };
        for pair in touched.iter().filter_map(|fact| self.pair_of.get(fact)) {
            let pair = &self.pairs[*pair];
            let denominator = known(&facts, pair.denominator);
            let step = self.specs[pair.numerator.0 as usize].range.step.clone();
            let (least, most) = (&pair.quotients.0 * &denominator, &pair.quotients.1 * &denominator);
            let admitted = inwards(&Range { least, most, step });
            let numerator = onto(&known(&facts, pair.numerator), &admitted);
            facts.insert(pair.numerator, numerator);
        }
        for (fact, given) in touched.iter().filter_map(|fact| self.told.get(fact)).flatten() {
            if let (true, Lacking::Told(stand_in)) =
                (known(&facts, *given).is_zero(), &self.specs[fact.0 as usize].lacking)
            {
                facts.insert(*fact, stand_in.clone());
            }
        }
        facts
    }

    /// Known facts with another value of one variable; of a ratio the denominator stays.
    pub fn with(&self, known: &[Exact], (source, value): (Source, &Exact)) -> Vec<Exact> {
        let mut facts = known.to_vec();
        match source {
            Source::Fact(fact) => facts[fact.0 as usize] = value.clone(),
            Source::Ratio(numerator, denominator) => {
                facts[numerator.0 as usize] = value * &known[denominator.0 as usize];
            }
        }
        facts
    }

    /// Admissible facts to look beside when there are no data: each number in the middle of its range.
    pub fn middle(&self) -> Vec<Exact> {
        let half = Exact::ratio(1, 2).unwrap_or(Exact::ONE);
        let chosen: Vec<(Source, Exact)> = self
            .all
            .iter()
            .map(|variable| {
                let middle = &(&variable.range.least + &variable.range.most) * &half;
                let is_given = self.specs[variable.source.fact().0 as usize].part == Part::Given;
                let value = if is_given { Exact::ONE } else { onto(&middle, &variable.range) };
                (variable.source, value)
            })
            .collect();
        self.facts(&chosen, &self.defaults, false)
    }

    /// A denominator over which a ratio has this value, where there is one.
    fn denominator_for(&self, value: &Exact, denominator: FactId) -> Exact {
        let range = &self.specs[denominator.0 as usize].range;
        let Some(step) = range.step.as_ref().filter(|step| step.sign() > 0) else {
            return range.least.greater(&Exact::ONE).lesser(&range.most).clone();
        };
        // numerator = value × denominator lies on the grid when the denominator is a multiple of this.
        let (_, below) = value.parts();
        let multiple = Exact::parse(&below.to_string()).unwrap_or(Exact::ONE);
        let unit = &multiple * step;
        let least = range.least.greater(step).rounded(&unit, Mode::Ceiling);
        if least <= range.most { least } else { range.most.rounded(step, Mode::Floor) }
    }
}

/// The nodes of facts.
fn fact_nodes(plan: &Plan) -> Vec<Option<NodeId>> {
    let mut nodes = vec![None; plan.facts().len()];
    for (index, node) in plan.nodes().iter().enumerate() {
        if let Op::Fact(fact) = &node.op {
            nodes[fact.0 as usize] = Some(NodeId(u32::try_from(index).expect("nodes are limited")));
        }
    }
    nodes
}

/// The ratio of two facts, when nothing else reads them.
fn only_ratio(plan: &Plan, readers: &Readers, (numerator, denominator): (NodeId, NodeId)) -> Option<NodeId> {
    let [over] = readers.of(numerator) else { return None };
    let [under] = readers.of(denominator) else { return None };
    let is_ratio = matches!(plan.node(*over).op, Op::Ratio(x, y) if x == numerator && y == denominator);
    let away_from_zero = !plan.node(denominator).range.has_zero();
    (over == under && is_ratio && away_from_zero).then_some(*over)
}

/// An admissible number, for what nothing is said of.
fn default(spec: &FactSpec) -> Exact {
    match spec.part {
        Part::Given => Exact::ONE,
        Part::Denominator => onto(&Exact::ONE, &spec.range),
        Part::Value | Part::Numerator => onto(&Exact::ZERO, &spec.range),
    }
}

/// The nearest value of a range, on its grid.
pub fn onto(value: &Exact, range: &Range) -> Exact {
    let held = value.greater(&range.least).lesser(&range.most).clone();
    let Some(step) = range.step.as_ref().filter(|step| step.sign() > 0) else { return held };
    let below = held.rounded(step, Mode::Floor);
    if below >= range.least { below } else { held.rounded(step, Mode::Ceiling) }
}

/// A range whose ends lie on its grid.
pub fn inwards(range: &Range) -> Range {
    let Some(step) = range.step.as_ref().filter(|step| step.sign() > 0) else { return range.clone() };
    let (least, most) = (range.least.rounded(step, Mode::Ceiling), range.most.rounded(step, Mode::Floor));
    if least > most { range.clone() } else { Range { least, most, step: range.step.clone() } }
}
