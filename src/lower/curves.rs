//! Calls of curves: `curve(x)`, and `curve(x, base)` for slices with bounds as shares of a base.

use super::operators::{At, all_there};
use super::{Context, Lowered, Lowering, Measured, Value};
use crate::contract::curve::{Body, Slices};
use crate::formula::Formula;
use crate::num::{Exact, Range};
use crate::plan::{NodeId, OriginId, Pick};
use crate::source::catalogue;

impl Lowering<'_> {
    pub(super) fn curve(
        &mut self,
        at: At<'_>,
        index: usize,
        arguments: &[Formula],
        context: &Context,
    ) -> Lowered<Value> {
        let contract = self.contract;
        let curve = &contract.curves[index];
        let members = self.members_of(at, &curve.by, context)?;
        // A curve by periods has none before or after the term.
        let Some(body) = curve.bodies.get(members.as_slice()) else { return Ok(self.absent(at, context)) };
        match (arguments, body) {
            ([x], _) => {
                let value = self.lower(at.0, x, context)?;
                let of = Measured::In(curve.of.clone());
                if value.unit.common(&of).is_none() {
                    let found = format!(
                        "`{}` is of {}, and `{x}` is in {}",
                        curve.name,
                        of.words(),
                        value.unit.words()
                    );
                    return self.refuse(
                        &catalogue::UNIT_MISMATCH,
                        (at.0, x),
                        found,
                        "change the argument, or `of`",
                    );
                }
                self.covered(at, body.uncovered(self.builder.range(value.node)))?;
                let slices_give = matches!(body, Body::Slices(_)).then(|| curve.of.clone());
                let unit = Measured::In(curve.gives.clone().or(slices_give).unwrap_or_default());
                let origin = self.origin(at, &unit, context);
                let node = self.builder.piecewise(value.node, body.piecewise(), origin);
                Ok(Value { node, unit, flag: false, ..value })
            }
            ([x, base], Body::Slices(slices)) => {
                let (x, base) = (self.lower(at.0, x, context), self.lower(at.0, base, context));
                self.slices_of_base(at, slices, x?, base?, context)
            }
            _ => {
                let found = format!("`{}` with {} arguments", curve.name, arguments.len());
                let remedy = "call it with one argument; slices also with a base: curve(x, base)";
                self.refuse(&catalogue::ARGUMENTS, at, found, remedy)
            }
        }
    }

    fn covered(&mut self, at: At<'_>, gap: Option<String>) -> Lowered<()> {
        match gap.filter(|_| !self.keeps_terms()) {
            None => Ok(()),
            Some(gap) => {
                let found = format!("the argument can take values that the curve does not cover: {gap}");
                self.refuse(
                    &catalogue::CURVE_RANGE,
                    at,
                    found,
                    "extend the curve, or narrow the range of the argument",
                )
            }
        }
    }

    /// The sum over slices of rate × the part of x in the slice, without a division.
    fn slices_of_base(
        &mut self,
        at: At<'_>,
        slices: &Slices,
        x: Value,
        base: Value,
        context: &Context,
    ) -> Lowered<Value> {
        let unit = self.common_unit(at, &[&x, &base])?;
        let base_range = self.builder.range(base.node).clone();
        if base_range.least.sign() < 0 && !self.keeps_terms() {
            let found = format!("the base can be as low as {}", base_range.least);
            return self.refuse(
                &catalogue::CURVE_RANGE,
                at,
                found,
                "use a base that is never negative, such as max(0, …)",
            );
        }
        let relative = self.builder.range(x.node).over(&base_range);
        let relative = relative.unwrap_or_else(|| unbounded(self.builder.range(x.node)));
        self.covered(at, slices.uncovered(&relative))?;
        let origin = self.origin(at, &unit, context);
        let mut terms: Vec<(Exact, NodeId)> = Vec::new();
        for slice in slices.slices().iter().filter(|slice| !slice.rate.is_zero()) {
            let inside = self.inside(x.node, base.node, (slice.least.as_ref(), slice.most.as_ref()), origin);
            let from_zero = {
                let up = slice.least.as_ref().map_or(Exact::ZERO, |least| Exact::ZERO.greater(least).clone());
                slice.most.as_ref().map_or(up.clone(), |most| up.lesser(most).clone())
            };
            terms.push((slice.rate.clone(), inside));
            terms.push((-&(&slice.rate * &from_zero), base.node));
        }
        let node = self.builder.linear(&terms, Exact::ZERO, origin);
        Ok(Value { node, there: all_there([&x, &base]), unit, flag: false })
    }

    fn inside(
        &mut self,
        x: NodeId,
        base: NodeId,
        (least, most): (Option<&Exact>, Option<&Exact>),
        origin: OriginId,
    ) -> NodeId {
        let mut node = x;
        if let Some(least) = least {
            let bound = self.builder.scaled(least.clone(), base, origin);
            node = self.builder.extreme(Pick::Greatest, &[node, bound], origin);
        }
        if let Some(most) = most {
            let bound = self.builder.scaled(most.clone(), base, origin);
            node = self.builder.extreme(Pick::Least, &[node, bound], origin);
        }
        node
    }
}

/// A value over a base that may be near 0: anything of its signs.
fn unbounded(x: &Range) -> Range {
    let huge = Exact::scaled(i128::MAX, 0);
    let least = if x.least.sign() < 0 { -&huge } else { Exact::ZERO };
    let most = if x.most.sign() > 0 { huge } else { Exact::ZERO };
    Range::between(least, most)
}
