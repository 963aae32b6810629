//! Numbers, money, arithmetic, comparisons and rounding.

use super::{Context, Lowered, Lowering, Measured, There, Value};
use crate::contract::Written;
use crate::formula::{Formula, Operator};
use crate::num::{Exact, Mode, Piecewise};
use crate::plan::{NodeId, OriginId, Pick};
use crate::source::catalogue;
use crate::unit::Unit;

/// A formula and the text it stands in.
pub type At<'f> = (&'f Written, &'f Formula);

impl Lowering<'_> {
    pub(super) fn money(
        &mut self,
        at: At<'_>,
        currency: &str,
        value: &Exact,
        context: &Context,
    ) -> Lowered<Value> {
        if currency != self.contract.currency {
            let found = format!("`{currency}` before a number");
            let remedy = format!(
                "money is written {} 5000; other constants with a unit are tables",
                self.contract.currency
            );
            return self.refuse(&catalogue::BAD_UNIT, at, found, remedy);
        }
        let unit = Measured::In(Unit::base(currency));
        let origin = self.origin(at, &unit, context);
        let node = if value.is_zero() {
            self.builder.constant_node(value.clone(), origin)
        } else {
            self.agreed(super::number_at(at), value, origin)
        };
        Ok(Value::new(node, unit))
    }

    /// A value that is never there.
    pub(super) fn absent(&mut self, at: At<'_>, context: &Context) -> Value {
        let origin = self.origin(at, &Measured::Any, context);
        let node = self.builder.constant_node(Exact::ZERO, origin);
        Value { node, there: There::when(node), unit: Measured::Any, flag: true }
    }

    pub(super) fn negate(&mut self, at: At<'_>, x: &Formula, context: &Context) -> Lowered<Value> {
        let x = self.lower(at.0, x, context)?;
        let origin = self.origin(at, &x.unit, context);
        let node = self.builder.scaled(Exact::from(-1), x.node, origin);
        Ok(Value { node, flag: false, ..x })
    }

    pub(super) fn binary(
        &mut self,
        at: At<'_>,
        operator: Operator,
        sides: (&Formula, &Formula),
        context: &Context,
    ) -> Lowered<Value> {
        // Both sides are lowered, so that the problems of both are reported.
        let left = self.lower(at.0, sides.0, context);
        let right = self.lower(at.0, sides.1, context);
        let (left, right) = (left?, right?);
        match operator {
            Operator::Add => self.sum(at, &[(1, left), (1, right)], context),
            Operator::Subtract => self.sum(at, &[(1, left), (-1, right)], context),
            Operator::Multiply => self.multiply(at, left, right, context),
            Operator::Divide => self.divide(at, left, right, context),
            Operator::Less
            | Operator::AtMost
            | Operator::Equal
            | Operator::Unequal
            | Operator::AtLeast
            | Operator::Greater => self.compare(at, operator, left, right, context),
            Operator::And | Operator::Or => {
                let flags = [(sides.0, left), (sides.1, right)];
                for (side, value) in &flags {
                    self.demand_flag((at.0, side), value)?;
                }
                let [(_, left), (_, right)] = flags;
                Ok(self.both_or_either(at, operator, left, right, context))
            }
        }
    }

    /// The unit that values must share, or a report.
    pub(super) fn common_unit(&mut self, at: At<'_>, values: &[&Value]) -> Lowered<Measured> {
        let mut unit = Measured::Any;
        for value in values {
            match unit.common(&value.unit) {
                Some(common) => unit = common,
                None => {
                    let found = format!("{} together with {}", unit.words(), value.unit.words());
                    let remedy = unit_remedy(&unit, &value.unit);
                    return self.refuse(&catalogue::UNIT_MISMATCH, at, found, remedy);
                }
            }
        }
        Ok(unit)
    }

    /// The unit of an operation on values, of which none may be absent: a bare number together
    /// with what is always absent is absent, and may be of any unit.
    pub(super) fn unit_of_all(&mut self, at: At<'_>, values: &[&Value]) -> Lowered<Measured> {
        let unit = self.common_unit(at, values)?;
        let absent = values.iter().any(|value| value.unit == Measured::Any);
        Ok(if absent && unit == Measured::Bare { Measured::Any } else { unit })
    }

    /// The sum of signed values.
    pub(super) fn sum(&mut self, at: At<'_>, values: &[(i64, Value)], context: &Context) -> Lowered<Value> {
        let unit = self.unit_of_all(at, &values.iter().map(|(_, value)| value).collect::<Vec<_>>())?;
        let origin = self.origin(at, &unit, context);
        let terms: Vec<(Exact, NodeId)> =
            values.iter().map(|(sign, v)| (Exact::from(*sign), v.node)).collect();
        let node = self.builder.linear(&terms, Exact::ZERO, origin);
        let there = all_there(values.iter().map(|(_, value)| value));
        Ok(Value { node, there, unit, flag: false })
    }

    pub(super) fn multiply(&mut self, at: At<'_>, x: Value, y: Value, context: &Context) -> Lowered<Value> {
        let (unit, factor) = self.product_unit(at, &x.unit, &y.unit, false)?;
        let origin = self.origin(at, &unit, context);
        // With a constant, the twelve months of a year join the factor.
        let node = match (self.builder.constant(x.node).cloned(), self.builder.constant(y.node).cloned()) {
            (Some(constant), _) => self.builder.linear(&[(&constant * &factor, y.node)], Exact::ZERO, origin),
            (None, Some(constant)) => {
                self.builder.linear(&[(&constant * &factor, x.node)], Exact::ZERO, origin)
            }
            (None, None) => {
                let node = self.builder.product(x.node, y.node, origin);
                self.builder.scaled(factor, node, origin)
            }
        };
        Ok(Value { node, there: x.there.and(&y.there), unit, flag: false })
    }

    pub(super) fn divide(&mut self, at: At<'_>, x: Value, y: Value, context: &Context) -> Lowered<Value> {
        let (unit, factor) = self.product_unit(at, &x.unit, &y.unit, true)?;
        let origin = self.origin(at, &unit, context);
        let mut there = x.there.and(&y.there);
        if self.builder.range(y.node).has_zero() {
            there = there.and(&There::when(self.builder.companion(y.node, true, origin)));
        }
        let node = self.builder.ratio(x.node, y.node, origin);
        let node = self.builder.scaled(factor, node, origin);
        Ok(Value { node, there, unit, flag: false })
    }

    fn product_unit(
        &mut self,
        at: At<'_>,
        x: &Measured,
        y: &Measured,
        divided: bool,
    ) -> Lowered<(Measured, Exact)> {
        let (Some(x), Some(y)) = (x.in_products(), y.in_products()) else {
            return Ok((Measured::Any, Exact::ONE));
        };
        let y = if divided { y.inverse() } else { y };
        match x.times(&y) {
            Some((unit, factor)) => Ok((Measured::In(unit), factor)),
            None => self.refuse(
                &catalogue::BAD_UNIT,
                at,
                "a unit to a very high power",
                "name parts as quantities",
            ),
        }
    }

    fn compare(
        &mut self,
        at: At<'_>,
        operator: Operator,
        x: Value,
        y: Value,
        context: &Context,
    ) -> Lowered<Value> {
        self.common_unit(at, &[&x, &y])?;
        let origin = self.origin(at, &Measured::pure(), context);
        let there = x.there.and(&y.there);
        // Against a constant the threshold stays in sight; otherwise the difference is compared with 0.
        let (node, threshold) = match self.builder.constant(y.node).cloned() {
            Some(threshold) => (x.node, threshold),
            None => {
                let terms = [(Exact::ONE, x.node), (Exact::from(-1), y.node)];
                (self.builder.linear(&terms, Exact::ZERO, origin), Exact::ZERO)
            }
        };
        let (zero, one) = (Exact::ZERO, Exact::ONE);
        let line = match operator {
            Operator::Less => Piecewise::step(threshold.clone(), true, one, zero),
            Operator::AtMost => Piecewise::step(threshold.clone(), false, one, zero),
            Operator::AtLeast => Piecewise::step(threshold.clone(), true, zero, one),
            Operator::Greater => Piecewise::step(threshold.clone(), false, zero, one),
            Operator::Equal | Operator::Unequal => Piecewise::spike(&threshold),
            Operator::Add
            | Operator::Subtract
            | Operator::Multiply
            | Operator::Divide
            | Operator::And
            | Operator::Or => unreachable!("only comparisons come here"),
        };
        let flag = self.builder.piecewise(node, line, origin);
        let flag = if operator == Operator::Unequal { self.opposite(flag, origin) } else { flag };
        self.note_divisor(flag, operator, (node, &threshold), origin);
        Ok(Value::flag(flag, there))
    }

    /// Notes on which side of a comparison x cannot be 0, so that it may be divided by there.
    fn note_divisor(
        &mut self,
        flag: NodeId,
        operator: Operator,
        (x, threshold): (NodeId, &Exact),
        origin: OriginId,
    ) {
        if self.builder.constant(x).is_some() || !self.builder.range(x).has_zero() {
            return;
        }
        // The side on which 0 itself does not lie, when all of that side keeps away from it.
        let at_zero = match operator {
            Operator::Less => threshold.sign() > 0,
            Operator::AtMost => threshold.sign() >= 0,
            Operator::AtLeast => threshold.sign() <= 0,
            Operator::Greater => threshold.sign() < 0,
            Operator::Equal => threshold.is_zero(),
            Operator::Unequal => !threshold.is_zero(),
            Operator::Add
            | Operator::Subtract
            | Operator::Multiply
            | Operator::Divide
            | Operator::And
            | Operator::Or => return,
        };
        let divides = self.builder.companion(x, true, origin);
        self.implied.entry((flag, !at_zero)).or_default().insert(divides);
    }

    /// 1 − x.
    pub(super) fn opposite(&mut self, node: NodeId, origin: OriginId) -> NodeId {
        self.builder.linear(&[(Exact::from(-1), node)], Exact::ONE, origin)
    }

    pub(super) fn rounding(
        &mut self,
        at: At<'_>,
        mode: Option<Mode>,
        (value, quantum): (&Formula, &Formula),
        context: &Context,
    ) -> Lowered<Value> {
        let x = self.lower(at.0, value, context)?;
        let q = self.lower(at.0, quantum, context)?;
        let unit = self.unit_of_all(at, &[&x, &q])?;
        let step = self.as_agreed(q.node).filter(|step| step.sign() > 0);
        let Some(step) = step else {
            let found = "a quantum that is not a constant above 0";
            return self.refuse(
                &catalogue::ARGUMENTS,
                (at.0, quantum),
                found,
                "write a number or a table, such as 0.01",
            );
        };
        let origin = self.origin(at, &unit, context);
        let node = self.builder.round(x.node, step, mode.unwrap_or(self.contract.mode), origin);
        Ok(Value { node, there: x.there.and(&q.there), unit, flag: false })
    }

    /// The least or greatest of values with a common unit.
    pub(super) fn extreme(
        &mut self,
        at: At<'_>,
        pick: Pick,
        values: &[Value],
        context: &Context,
    ) -> Lowered<Value> {
        let unit = self.unit_of_all(at, &values.iter().collect::<Vec<_>>())?;
        let origin = self.origin(at, &unit, context);
        let nodes: Vec<NodeId> = values.iter().map(|value| value.node).collect();
        let node = self.builder.extreme(pick, &nodes, origin);
        let flag = values.iter().all(|value| value.flag);
        Ok(Value { node, there: all_there(values), unit, flag })
    }
}

/// Where all values are there.
pub(super) fn all_there<'v>(values: impl IntoIterator<Item = &'v Value>) -> There {
    values.into_iter().fold(There::always(), |there, value| there.and(&value.there))
}

fn unit_remedy(a: &Measured, b: &Measured) -> String {
    let per_time = |unit: &Measured| {
        let text = unit.text();
        ["/year", "/month", "/day"].iter().any(|time| text.contains(time))
    };
    if per_time(a) || per_time(b) {
        "multiply the price by the time it is for, such as `months`".to_string()
    } else {
        "bring both to the same unit".to_string()
    }
}
