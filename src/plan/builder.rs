//! Builds a plan: appends nodes, folds constants, and keeps the range of every node.
//!
//! Origin is an argument of every call, never an afterthought.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::PlanNodes;
use super::node::{
    FactId, FactSpec, Lacking, Node, NodeId, Op, Origin, OriginId, Part, Pick, Split, SplitId,
};
use super::range::{Bits, Form, KnownRanges, form_of, range_of};
use super::statistic::{Statistic, StatisticId, Summary};
use crate::num::{Exact, Mode, Piecewise, Range};

/// Most nodes of a plan.
pub const NODES_MAX: usize = 1_000_000;
/// Most operands of all nodes together.
pub const OPERANDS_MAX: usize = 1_000_000;
/// Most bits that a value may need; beyond, a formula multiplies without ever rounding.
pub const VALUE_BITS_MAX: u64 = 1 << 16;
/// Most work with long numbers, in squared bits of all values together.
const LONG_NUMBERS_MAX: u64 = 1 << 37;

/// A limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitReached {
    /// Too many nodes.
    #[error("the contract unrolls into more than {NODES_MAX} nodes")]
    Nodes,
    /// Too many operands.
    #[error("the sums of the contract have more than {OPERANDS_MAX} terms together")]
    Operands,
    /// Too many digits.
    #[error(
        "values could need many thousands of digits: something multiplies or divides again and again and is never rounded"
    )]
    Bits,
}

/// A plan under construction.
#[derive(Debug, Default)]
pub struct Builder {
    pub(super) nodes: Vec<Node>,
    pub(super) origins: Vec<Origin>,
    pub(super) facts: Vec<FactSpec>,
    pub(super) splits: Vec<Split>,
    pub(super) statistics: Vec<Statistic>,
    bits: Vec<Bits>,
    pub(super) forms: Vec<Option<Form>>,
    companions: BTreeMap<(NodeId, bool), NodeId>,
    operands: usize,
    long_numbers: u64,
    limit: Option<LimitReached>,
}

impl KnownRanges for Builder {
    fn range_of(&self, node: NodeId) -> &Range {
        &self.nodes[node.index()].range
    }
    fn range_of_fact(&self, fact: FactId) -> &Range {
        &self.facts[fact.0 as usize].range
    }
}

impl Builder {
    /// A plan that begins with these facts, for which there are no nodes yet.
    pub(super) fn of_facts(facts: Vec<FactSpec>) -> Builder {
        Builder { facts, ..Builder::default() }
    }

    /// The limit that was reached, if one was.
    pub fn limit(&self) -> Option<LimitReached> {
        self.limit
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// True without nodes.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Notes an origin for the nodes that follow.
    pub fn origin(&mut self, origin: Origin) -> OriginId {
        if self.origins.last() != Some(&origin) {
            self.origins.push(origin);
        }
        OriginId(u32::try_from(self.origins.len() - 1).expect("fewer origins than nodes"))
    }

    /// An origin like another, for a part that is called otherwise.
    pub fn origin_like(&mut self, origin: OriginId, what: &str) -> OriginId {
        let known = self.origins[origin.0 as usize].clone();
        self.origin(Origin { what: Arc::from(what), ..known })
    }

    /// What is known of a node's values.
    pub fn range(&self, node: NodeId) -> &Range {
        &self.nodes[node.index()].range
    }

    /// What a node computes.
    pub fn op(&self, node: NodeId) -> &Op {
        &self.nodes[node.index()].op
    }

    /// Where a node came from.
    pub fn origin_of(&self, node: NodeId) -> &Origin {
        &self.origins[self.nodes[node.index()].origin.0 as usize]
    }

    /// The facts noted so far.
    pub fn fact(&self, fact: FactId) -> &FactSpec {
        &self.facts[fact.0 as usize]
    }

    /// The constant that a node is, when it is one.
    pub fn constant(&self, node: NodeId) -> Option<&Exact> {
        match self.op(node) {
            Op::Const(value) => Some(value),
            Op::Fact(_)
            | Op::Linear { .. }
            | Op::Product(..)
            | Op::Ratio(..)
            | Op::Piecewise(..)
            | Op::Extreme(..)
            | Op::Select { .. }
            | Op::Round { .. }
            | Op::Share(..)
            | Op::Statistic(_) => None,
        }
    }

    pub(super) fn push(&mut self, op: Op, origin: OriginId) -> NodeId {
        if self.nodes.len() >= NODES_MAX {
            self.limit = Some(LimitReached::Nodes);
            return NodeId(u32::try_from(self.nodes.len() - 1).expect("fewer nodes than the limit"));
        }
        let bits = Bits::of(&op, &self.bits, self);
        op.each_operand(&mut |_| self.operands = self.operands.saturating_add(1));
        if self.operands > OPERANDS_MAX {
            self.limit = self.limit.or(Some(LimitReached::Operands));
        }
        if !self.affords(bits.0) {
            // A stand-in keeps the rest of the work small; the limit stops the compilation.
            return self.push(Op::Const(Exact::ZERO), origin);
        }
        let form = form_of(&op, &self.forms);
        let range = range_of(&op, form.as_ref(), self);
        self.forms.push(form);
        self.bits.push(bits);
        self.nodes.push(Node { op, origin, range });
        NodeId(u32::try_from(self.nodes.len() - 1).expect("fewer nodes than the limit"))
    }

    /// Counts the work with a value of so many bits; false, and a limit, when it is too much.
    fn affords(&mut self, bits: u64) -> bool {
        // What fits into machine integers, or nearly, costs nothing worth counting.
        if bits <= 256 {
            return true;
        }
        self.long_numbers = self.long_numbers.saturating_add(bits.saturating_mul(bits));
        let affords = bits <= VALUE_BITS_MAX && self.long_numbers <= LONG_NUMBERS_MAX;
        if !affords {
            self.limit = self.limit.or(Some(LimitReached::Bits));
        }
        affords
    }

    /// A number of the contract.
    pub fn constant_node(&mut self, value: Exact, origin: OriginId) -> NodeId {
        self.push(Op::Const(value), origin)
    }

    /// An observed number.
    pub fn fact_node(&mut self, spec: FactSpec, origin: OriginId) -> NodeId {
        let id = FactId(u32::try_from(self.facts.len()).expect("fewer facts than nodes"));
        self.facts.push(spec);
        self.push(Op::Fact(id), origin)
    }

    /// The sum of factor × node, plus a constant. Constant nodes are folded.
    pub fn linear(&mut self, terms: &[(Exact, NodeId)], constant: Exact, origin: OriginId) -> NodeId {
        let mut sum = constant;
        let mut kept: Vec<(Exact, NodeId)> = Vec::with_capacity(terms.len());
        for (factor, node) in terms {
            match self.constant(*node) {
                Some(value) => {
                    sum = &sum + &(factor * value);
                    if !self.affords(sum.bits()) {
                        return self.constant_node(Exact::ZERO, origin);
                    }
                }
                None if factor.is_zero() => {}
                None => kept.push((factor.clone(), *node)),
            }
        }
        if kept.is_empty() {
            self.constant_node(sum, origin)
        } else {
            self.push(Op::Linear { terms: kept, constant: sum }, origin)
        }
    }

    /// A factor times a node.
    pub fn scaled(&mut self, factor: Exact, node: NodeId, origin: OriginId) -> NodeId {
        if factor == Exact::ONE { node } else { self.linear(&[(factor, node)], Exact::ZERO, origin) }
    }

    /// `x · y`; by a constant it is linear.
    pub fn product(&mut self, x: NodeId, y: NodeId, origin: OriginId) -> NodeId {
        match (self.constant(x).cloned(), self.constant(y).cloned()) {
            (Some(factor), _) => self.linear(&[(factor, y)], Exact::ZERO, origin),
            (None, Some(factor)) => self.linear(&[(factor, x)], Exact::ZERO, origin),
            (None, None) => self.push(Op::Product(x, y), origin),
        }
    }

    /// `x / y`; 0 where y is 0. By a constant it is linear.
    pub fn ratio(&mut self, x: NodeId, y: NodeId, origin: OriginId) -> NodeId {
        match self.constant(y) {
            Some(divisor) => match Exact::ONE.checked_div(divisor) {
                Some(factor) => self.linear(&[(factor, x)], Exact::ZERO, origin),
                None => self.constant_node(Exact::ZERO, origin),
            },
            None => self.push(Op::Ratio(x, y), origin),
        }
    }

    /// A ratio whose values are known to lie in a declared range.
    pub fn ratio_within(&mut self, x: NodeId, y: NodeId, range: &Range, origin: OriginId) -> NodeId {
        let node = self.ratio(x, y, origin);
        let node_range = &mut self.nodes[node.index()].range;
        *node_range = range.meet(node_range);
        node
    }

    /// A broken line of a node.
    pub fn piecewise(&mut self, x: NodeId, line: impl Into<Arc<Piecewise>>, origin: OriginId) -> NodeId {
        let line = line.into();
        match self.constant(x) {
            Some(value) => self.constant_node(line.at(value), origin),
            None => self.push(Op::Piecewise(x, line), origin),
        }
    }

    /// The least or greatest of at least one node.
    pub fn extreme(&mut self, pick: Pick, of: &[NodeId], origin: OriginId) -> NodeId {
        if let [only] = of {
            return *only;
        }
        let constants: Option<Vec<Exact>> = of.iter().map(|node| self.constant(*node).cloned()).collect();
        match constants.map(|values| match pick {
            Pick::Least => values.into_iter().min(),
            Pick::Greatest => values.into_iter().max(),
        }) {
            Some(Some(value)) => self.constant_node(value, origin),
            Some(None) | None => self.push(Op::Extreme(pick, of.to_vec()), origin),
        }
    }

    /// `then` where the condition is 1, `otherwise` where it is 0.
    pub fn select(&mut self, condition: NodeId, then: NodeId, otherwise: NodeId, origin: OriginId) -> NodeId {
        match self.constant(condition) {
            Some(value) if value.is_zero() => otherwise,
            Some(_) => then,
            None if then == otherwise => then,
            None => self.push(Op::Select { condition, then, otherwise }, origin),
        }
    }

    /// A node rounded to a multiple of a quantum above 0.
    pub fn round(&mut self, x: NodeId, quantum: Exact, mode: Mode, origin: OriginId) -> NodeId {
        match self.constant(x) {
            Some(value) => self.constant_node(value.rounded(&quantum, mode), origin),
            // What lies on the grid already is not rounded again: pennies stay traceable.
            None if self.on_grid(x, &quantum) => x,
            None => self.push(Op::Round { x, quantum, mode }, origin),
        }
    }

    fn on_grid(&self, x: NodeId, quantum: &Exact) -> bool {
        let step = self.range(x).step.as_ref();
        step.and_then(|step| step.checked_div(quantum)).is_some_and(|multiple| multiple.is_whole())
    }

    /// True when a sum cancels to 0 for any data.
    pub fn is_always_zero(&self, node: NodeId) -> bool {
        self.constant(node).is_some_and(Exact::is_zero)
            || self.forms[node.index()].as_ref().is_some_and(Form::is_zero)
    }

    /// Forgets the nodes from a length on; nothing kept may refer to them.
    pub fn truncate(&mut self, length: usize) {
        self.nodes.truncate(length);
        self.bits.truncate(length);
        self.forms.truncate(length);
        self.companions.retain(|_, node| node.index() < length);
    }

    /// The parts of a total.
    pub fn split(&mut self, split: Split, origin: OriginId) -> Vec<NodeId> {
        let id = SplitId(u32::try_from(self.splits.len()).expect("fewer splits than nodes"));
        let parts = split.weights.len();
        self.splits.push(split);
        (0..parts).map(|part| self.push(Op::Share(id, part), origin)).collect()
    }

    /// A statistic over all holders. The least or greatest of a number of the contract is that number.
    pub fn statistic(&mut self, statistic: Statistic, origin: OriginId) -> NodeId {
        let value = statistic.value;
        let of_itself = matches!(statistic.summary, Summary::Least | Summary::Greatest);
        if of_itself && self.constant(value).is_some() {
            return value;
        }
        let id = StatisticId(u32::try_from(self.statistics.len()).expect("fewer statistics than nodes"));
        self.statistics.push(statistic);
        self.push(Op::Statistic(id), origin)
    }

    /// 1 where a node is not 0 (`wanted`), or where it is 0; the same node each time it is asked.
    pub fn companion(&mut self, of: NodeId, wanted: bool, origin: OriginId) -> NodeId {
        if let Some(known) = self.companions.get(&(of, wanted)) {
            return *known;
        }
        let line = Piecewise::spike(&Exact::ZERO);
        let line = if wanted { line.complement() } else { line };
        let words = if wanted { "is not 0" } else { "is 0" };
        let what = format!("{} {words}", self.origin_of(of).what);
        let own = self.origin_like(origin, &what);
        let node = self.piecewise(of, line, own);
        self.companions.insert((of, wanted), node);
        node
    }

    /// The observations behind a node that may be missing, and the divisors that may be zero.
    pub fn causes_of_absence(&self, companion: NodeId) -> Vec<String> {
        let mut seen = std::collections::BTreeSet::new();
        let mut open = vec![companion];
        let mut causes = Vec::new();
        while let Some(node) = open.pop() {
            if !seen.insert(node) || seen.len() > 5_000 {
                continue;
            }
            let tested = self.companions.iter().find(|(_, known)| **known == node).map(|((of, _), _)| *of);
            match (self.op(node), tested) {
                (_, Some(divisor)) => causes.push(format!("`{}` may be zero", self.origin_of(divisor).what)),
                (Op::Fact(fact), None) if self.fact(*fact).part == Part::Given => {
                    let measure = &self.fact(*fact).measure;
                    let lacking = matches!(self.fact(*fact).lacking, Lacking::Counts(_) | Lacking::Told(_));
                    causes.extend(lacking.then(|| format!("`{measure}` may be missing")));
                }
                (_, None) => open.extend(self.operands(node)),
            }
        }
        causes.sort();
        causes.dedup();
        causes
    }
}
