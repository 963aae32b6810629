//! Takes out the nodes that no line needs: intermediate constants that were folded, and what was
//! lowered only to be checked.

use super::node::{FactId, Node, NodeId, Op, Split, SplitId};
use super::{FigureSpec, LineSpec, PartSpec, Plan, Statistic, StatisticId};

/// New numbers of what is kept.
pub(super) struct Renumbered {
    pub nodes: Vec<Option<NodeId>>,
    pub facts: Vec<Option<FactId>>,
    pub splits: Vec<Option<SplitId>>,
    pub statistics: Vec<Option<StatisticId>>,
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("nodes are limited")
}

/// Numbers what is kept one after the other.
fn renumber<T>(kept: &[bool], id: impl Fn(u32) -> T) -> Vec<Option<T>> {
    let mut next = 0;
    let each = kept.iter().map(|kept| {
        let own = kept.then(|| id(number(next)));
        next += usize::from(*kept);
        own
    });
    each.collect()
}

impl Plan {
    /// The plan with only the nodes, facts and splits that its lines need, in the same order.
    pub(super) fn compacted(self) -> Plan {
        let lines = self.lines.iter().flat_map(|line| line.nodes());
        let figures = self.figures.iter().chain(&self.conditions).flat_map(FigureSpec::nodes);
        let kept = self.needed_by(lines.chain(figures));
        let mut facts = vec![false; self.facts.len()];
        let mut splits = vec![false; self.splits.len()];
        let mut statistics = vec![false; self.statistics.len()];
        for (node, kept) in self.nodes.iter().zip(&kept) {
            match (&node.op, kept) {
                (Op::Fact(fact), true) => facts[fact.0 as usize] = true,
                (Op::Share(split, _), true) => splits[split.0 as usize] = true,
                (Op::Statistic(statistic), true) => statistics[statistic.0 as usize] = true,
                (_, _) => {}
            }
        }
        let new = Renumbered {
            nodes: renumber(&kept, NodeId),
            facts: renumber(&facts, FactId),
            splits: renumber(&splits, SplitId),
            statistics: renumber(&statistics, StatisticId),
        };
        let Plan { nodes, origins, facts: all_facts, splits: all_splits, .. } = self;
        let nodes = nodes.into_iter().zip(&kept).filter(|(_, kept)| **kept).map(|(node, _)| new.node(node));
        let all_facts = all_facts.into_iter().zip(&facts).filter(|(_, kept)| **kept).map(|(fact, _)| fact);
        let all_statistics = self.statistics.into_iter().zip(&statistics).filter(|(_, kept)| **kept);
        let all_statistics = all_statistics.map(|(statistic, _)| new.statistic(statistic));
        let all_splits = all_splits.into_iter().zip(&splits).filter(|(_, kept)| **kept);
        let all_splits = all_splits.map(|(split, _)| new.split(split));
        Plan {
            nodes: nodes.collect(),
            origins,
            facts: all_facts.collect(),
            splits: all_splits.collect(),
            statistics: all_statistics.collect(),
            lines: self.lines.into_iter().map(|line| new.line(line)).collect(),
            figures: self.figures.into_iter().map(|figure| new.figure(figure)).collect(),
            conditions: self.conditions.into_iter().map(|condition| new.figure(condition)).collect(),
        }
    }
}

impl Renumbered {
    fn id(&self, node: NodeId) -> NodeId {
        self.nodes[node.index()].expect("what a kept node reads is kept")
    }

    pub(super) fn statistic(&self, mut statistic: Statistic) -> Statistic {
        statistic.operands_mut().into_iter().for_each(|node| *node = self.id(*node));
        statistic
    }

    pub(super) fn split(&self, mut split: Split) -> Split {
        split.total = self.id(split.total);
        split.weights.iter_mut().for_each(|weight| *weight = self.id(*weight));
        for (least, most) in split.limits.iter_mut().flatten() {
            (*least, *most) = (self.id(*least), self.id(*most));
        }
        split
    }

    pub(super) fn node(&self, mut node: Node) -> Node {
        match &mut node.op {
            Op::Const(_) => {}
            Op::Fact(fact) => *fact = self.facts[fact.0 as usize].expect("the fact of a kept node is kept"),
            Op::Share(split, _) => {
                *split = self.splits[split.0 as usize].expect("the split of a kept node is kept");
            }
            Op::Statistic(statistic) => {
                let kept = self.statistics[statistic.0 as usize];
                *statistic = kept.expect("the statistic of a kept node is kept");
            }
            Op::Linear { terms, .. } => terms.iter_mut().for_each(|(_, x)| *x = self.id(*x)),
            Op::Product(x, y) | Op::Ratio(x, y) => (*x, *y) = (self.id(*x), self.id(*y)),
            Op::Piecewise(x, _) | Op::Round { x, .. } => *x = self.id(*x),
            Op::Extreme(_, of) => of.iter_mut().for_each(|x| *x = self.id(*x)),
            Op::Select { condition, then, otherwise } => {
                (*condition, *then, *otherwise) = (self.id(*condition), self.id(*then), self.id(*otherwise));
            }
        }
        node
    }

    fn figure(&self, mut figure: FigureSpec) -> FigureSpec {
        figure.value = self.id(figure.value);
        figure.given = figure.given.map(|given| self.id(given));
        figure
    }

    pub(super) fn line(&self, mut line: LineSpec) -> LineSpec {
        let parts = |parts: &mut Vec<PartSpec>| {
            parts.iter_mut().for_each(|part| part.amount = self.id(part.amount));
        };
        (line.exact, line.amount) = (self.id(line.exact), self.id(line.amount));
        parts(&mut line.parts);
        for instalment in &mut line.instalments {
            instalment.amount = self.id(instalment.amount);
            parts(&mut instalment.parts);
        }
        line
    }
}
