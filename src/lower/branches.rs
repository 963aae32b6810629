//! Flags, choices and absence.
//!
//! Absence is a 0/1 companion that travels beside a value; `else` resolves it. `and` and `or`
//! are decided by one side where it settles the matter.

use std::collections::{BTreeMap, BTreeSet};

use super::operators::At;
use super::{Context, Lowered, Lowering, Measured, There, Value};
use crate::formula::{Formula, Operator};
use crate::num::Exact;
use crate::plan::{NodeId, Op, OriginId, Pick};
use crate::source::catalogue;

impl Lowering<'_> {
    pub(super) fn demand_flag(&mut self, at: At<'_>, value: &Value) -> Lowered<()> {
        if value.flag {
            return Ok(());
        }
        let found = format!("`{}` is a number", at.1);
        self.refuse(&catalogue::NOT_A_FLAG, at, found, "compare it, such as `… > 0`")
    }

    pub(super) fn not(&mut self, at: At<'_>, x: &Formula, context: &Context) -> Lowered<Value> {
        let value = self.lower(at.0, x, context)?;
        self.demand_flag((at.0, x), &value)?;
        let origin = self.origin(at, &Measured::pure(), context);
        let node = self.opposite(value.node, origin);
        for side in [true, false] {
            let implied = self.implied_by(value.node, !side);
            self.implied.insert((node, side), implied);
        }
        Ok(Value::flag(node, value.there))
    }

    /// What is known to be 1 where a flag is `side`.
    fn implied_by(&self, flag: NodeId, side: bool) -> BTreeSet<NodeId> {
        let mut implied = self.implied.get(&(flag, side)).cloned().unwrap_or_default();
        if side {
            implied.insert(flag);
        }
        implied
    }

    pub(super) fn both_or_either(
        &mut self,
        at: At<'_>,
        operator: Operator,
        x: Value,
        y: Value,
        context: &Context,
    ) -> Value {
        let origin = self.origin(at, &Measured::pure(), context);
        let pick = if operator == Operator::And { Pick::Least } else { Pick::Greatest };
        let node = self.builder.extreme(pick, &[x.node, y.node], origin);
        let settled = operator == Operator::And;
        let implied =
            self.implied_by(x.node, settled).union(&self.implied_by(y.node, settled)).copied().collect();
        self.implied.insert((node, settled), implied);
        if x.there.is_always() && y.there.is_always() {
            return Value::flag(node, There::always());
        }
        // There where both are, or where one is there and settles it: a 0 for `and`, a 1 for `or`.
        let settles = |this: &mut Self, value: &Value| {
            let there = this.conjunction(&value.there, origin);
            let settling =
                if operator == Operator::And { this.opposite(value.node, origin) } else { value.node };
            this.builder.extreme(Pick::Least, &[there, settling], origin)
        };
        let by_x = settles(self, &x);
        let by_y = settles(self, &y);
        let both = self.conjunction(&x.there.and(&y.there), origin);
        let there = self.builder.extreme(Pick::Greatest, &[both, by_x, by_y], origin);
        // Where one side is absent its value must not decide: masked to the neutral value.
        let x_node = self.masked(&x, operator, origin);
        let y_node = self.masked(&y, operator, origin);
        let node = self.builder.extreme(pick, &[x_node, y_node], origin);
        Value::flag(node, There::when(there))
    }

    fn masked(&mut self, value: &Value, operator: Operator, origin: OriginId) -> NodeId {
        let there = self.conjunction(&value.there, origin);
        let neutral = self.builder.constant_node(Exact::from(i64::from(operator == Operator::And)), origin);
        self.builder.select(there, value.node, neutral, origin)
    }

    /// One node that is 1 where all of a set are; the same node each time it is asked.
    pub(super) fn conjunction(&mut self, there: &There, origin: OriginId) -> NodeId {
        if let Some(known) = self.conjunctions.get(&there.0) {
            return *known;
        }
        let nodes: Vec<NodeId> = there.0.iter().copied().collect();
        let node = match nodes[..] {
            [] => self.builder.constant_node(Exact::ONE, origin),
            [..] => {
                let parts: Vec<&str> =
                    nodes.iter().map(|node| &*self.builder.origin_of(*node).what).collect();
                let what = parts.join(" and ");
                let own = self.builder.origin_like(origin, &what);
                self.builder.extreme(Pick::Least, &nodes, own)
            }
        };
        self.conjunctions.insert(there.0.clone(), node);
        self.implied.entry((node, true)).or_default().extend(&there.0);
        node
    }

    /// 1 where a value is there.
    pub(super) fn given(&mut self, value: &Value, origin: OriginId) -> NodeId {
        self.conjunction(&value.there, origin)
    }

    /// When a value is there, given that a flag is `side`: what the flag implies need not be asked.
    pub(super) fn there_under(&self, value: &Value, flag: NodeId, side: bool) -> There {
        let implied = self.implied_by(flag, side);
        let mut known = implied.into_iter().map(|node| (node, true)).collect();
        There(value.there.0.iter().copied().filter(|node| !self.holds(*node, &mut known)).collect())
    }

    /// True when a flag is 1 wherever those are that are known to hold.
    fn holds(&self, node: NodeId, known: &mut BTreeMap<NodeId, bool>) -> bool {
        if let Some(holds) = known.get(&node) {
            return *holds;
        }
        let holds = match self.builder.op(node) {
            Op::Const(value) => *value == Exact::ONE,
            Op::Extreme(Pick::Least, of) => of.iter().all(|node| self.holds(*node, known)),
            Op::Extreme(Pick::Greatest, of) => of.iter().any(|node| self.holds(*node, known)),
            Op::Select { then, otherwise, .. } => self.holds(*then, known) && self.holds(*otherwise, known),
            Op::Fact(_)
            | Op::Linear { .. }
            | Op::Product(..)
            | Op::Ratio(..)
            | Op::Piecewise(..)
            | Op::Round { .. }
            | Op::Share(..)
            | Op::Statistic(_) => false,
        };
        known.insert(node, holds);
        holds
    }

    pub(super) fn choose(
        &mut self,
        at: At<'_>,
        (condition, then, otherwise): (&Formula, &Formula, &Formula),
        context: &Context,
    ) -> Lowered<Value> {
        let flag = self.lower(at.0, condition, context);
        let then = self.lower(at.0, then, context);
        let otherwise = self.lower(at.0, otherwise, context);
        let flag = flag?;
        self.demand_flag((at.0, condition), &flag)?;
        self.select(at, &flag, then?, otherwise?, context)
    }

    /// `then` where a flag is 1, `otherwise` where it is 0; absent where the flag is.
    pub(super) fn select(
        &mut self,
        at: At<'_>,
        flag: &Value,
        then: Value,
        otherwise: Value,
        context: &Context,
    ) -> Lowered<Value> {
        let unit = self.common_unit(at, &[&then, &otherwise])?;
        let origin = self.origin(at, &unit, context);
        let node = self.builder.select(flag.node, then.node, otherwise.node, origin);
        let then_there = self.there_under(&then, flag.node, true);
        let otherwise_there = self.there_under(&otherwise, flag.node, false);
        let chosen = self.chosen_there(flag.node, &then_there, &otherwise_there, origin);
        Ok(Value { node, there: flag.there.and(&chosen), unit, flag: then.flag && otherwise.flag })
    }

    fn chosen_there(&mut self, flag: NodeId, then: &There, otherwise: &There, origin: OriginId) -> There {
        match self.builder.constant(flag) {
            Some(value) if value.is_zero() => return otherwise.clone(),
            Some(_) => return then.clone(),
            None => {}
        }
        if then == otherwise {
            return then.clone();
        }
        let then = self.conjunction(then, origin);
        let otherwise = self.conjunction(otherwise, origin);
        There::when(self.builder.select(flag, then, otherwise, origin))
    }

    pub(super) fn or_else(
        &mut self,
        at: At<'_>,
        (value, fallback): (&Formula, &Formula),
        context: &Context,
    ) -> Lowered<Value> {
        let value = self.lower(at.0, value, context);
        let fallback = self.lower(at.0, fallback, context);
        let (value, fallback) = (value?, fallback?);
        let unit = self.common_unit(at, &[&value, &fallback])?;
        if value.there.is_always() {
            return Ok(Value { unit, ..value });
        }
        let origin = self.origin(at, &unit, context);
        let given = self.given(&value, origin);
        let node = self.builder.select(given, value.node, fallback.node, origin);
        let there = if fallback.there.is_always() {
            There::always()
        } else {
            let other = self.conjunction(&fallback.there, origin);
            There::when(self.builder.extreme(Pick::Greatest, &[given, other], origin))
        };
        Ok(Value { node, there, unit, flag: value.flag && fallback.flag })
    }
}
