//! Which parts of a plan are alike: the months of a year, the providers of a contract, the members of an
//! axis. What is proved of one of them holds for the others.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use smallvec::SmallVec;

use super::node::{NodeId, Op, Split};
use super::{Plan, PlanNodes};

/// Of each node the class that it belongs to. Nodes of one class have the same range, and compute the same
/// of operands of the same classes in the same order; which of the operands are one node is not told.
#[derive(Debug, Clone)]
pub struct Classes(Vec<u32>);

impl Classes {
    /// The classes of a plan.
    pub fn new(plan: &Plan) -> Classes {
        let mut classes = Classes(Vec::with_capacity(plan.nodes.len()));
        // The first of each class, by a digest that tells most of them apart.
        let mut known: BTreeMap<u64, SmallVec<[NodeId; 2]>> = BTreeMap::new();
        for index in 0..plan.nodes.len() {
            let node = NodeId(u32::try_from(index).expect("nodes are limited"));
            let same = known.entry(classes.digest(plan, node)).or_default();
            let class = match same.iter().find(|first| classes.compute_alike(plan, **first, node)) {
                Some(first) => classes.of(*first),
                None => {
                    same.push(node);
                    node.0
                }
            };
            classes.0.push(class);
        }
        classes
    }

    /// The class of a node.
    pub fn of(&self, node: NodeId) -> u32 {
        self.0[node.index()]
    }

    /// True when two lists of nodes, each in rising order and with all that they read, are alike throughout:
    /// the nodes at each place are of one class and read the nodes at the same places.
    pub fn are_alike(&self, plan: &Plan, one: &[NodeId], other: &[NodeId]) -> bool {
        let pairs = || one.iter().zip(other);
        if one.len() != other.len() || pairs().any(|(x, y)| self.of(*x) != self.of(*y)) {
            return false;
        }
        let (mut of_x, mut of_y) = (Vec::new(), Vec::new());
        let reads_alike = |(x, y): (&NodeId, &NodeId)| {
            of_x.clear();
            of_y.clear();
            plan.each_operand(*x, &mut |node| of_x.push(node));
            plan.each_operand(*y, &mut |node| of_y.push(node));
            let at_one_place = |(x, y): (&NodeId, &NodeId)| {
                one.binary_search(x).is_ok_and(|place| other.get(place) == Some(y))
            };
            of_x.len() == of_y.len() && of_x.iter().zip(&of_y).all(at_one_place)
        };
        pairs().all(reads_alike)
    }

    fn digest(&self, plan: &Plan, node: NodeId) -> u64 {
        let mut digest = DefaultHasher::new();
        let built = plan.node(node);
        let op = &built.op;
        std::mem::discriminant(op).hash(&mut digest);
        (&built.range.least, &built.range.most).hash(&mut digest);
        if let Op::Linear { terms, constant } = op {
            constant.hash(&mut digest);
            terms.iter().for_each(|(factor, _)| factor.hash(&mut digest));
        }
        plan.each_operand(node, &mut |operand| self.of(operand).hash(&mut digest));
        digest.finish()
    }

    /// True when an earlier node computes the same, of operands of the same classes.
    fn compute_alike(&self, plan: &Plan, earlier: NodeId, node: NodeId) -> bool {
        let (one, other) = (plan.node(earlier), plan.node(node));
        let same = |x: &NodeId, y: &NodeId| self.of(*x) == self.of(*y);
        let all_same =
            |xs: &[NodeId], ys: &[NodeId]| xs.len() == ys.len() && xs.iter().zip(ys).all(|(x, y)| same(x, y));
        let compute = match (&one.op, &other.op) {
            (Op::Const(a), Op::Const(b)) => a == b,
            (Op::Fact(_), Op::Fact(_)) => true,
            (Op::Linear { terms: xs, constant: a }, Op::Linear { terms: ys, constant: b }) => {
                let pairs = || xs.iter().zip(ys);
                a == b && xs.len() == ys.len() && pairs().all(|(x, y)| x.0 == y.0 && same(&x.1, &y.1))
            }
            (Op::Product(a, b), Op::Product(x, y)) | (Op::Ratio(a, b), Op::Ratio(x, y)) => {
                same(a, x) && same(b, y)
            }
            (Op::Piecewise(x, line), Op::Piecewise(y, known)) => same(x, y) && line == known,
            (Op::Extreme(a, xs), Op::Extreme(b, ys)) => a == b && all_same(xs, ys),
            (
                Op::Select { condition: a, then: b, otherwise: c },
                Op::Select { condition: x, then: y, otherwise: z },
            ) => same(a, x) && same(b, y) && same(c, z),
            (Op::Round { x, quantum: a, mode: b }, Op::Round { x: y, quantum: c, mode: d }) => {
                same(x, y) && (a, b) == (c, d)
            }
            (Op::Share(a, x), Op::Share(b, y)) => {
                let (a, b) = (plan.split(*a), plan.split(*b));
                x == y && split_alike(a, b) && all_same(&a.operands(), &b.operands())
            }
            // Different kinds; and statistics, of which each is taken for itself.
            (_, _) => false,
        };
        compute && one.range == other.range
    }
}

/// True when two splits differ in what they read at most.
fn split_alike(one: &Split, other: &Split) -> bool {
    (one.weights.len(), one.limits.is_some(), &one.quantum, one.mode, one.residue)
        == (other.weights.len(), other.limits.is_some(), &other.quantum, other.mode, other.residue)
}
