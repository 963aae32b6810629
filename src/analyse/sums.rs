//! Sums of money, read relationally: what one clause takes and another gives back cancels.
//!
//! The sum of −a and max(0, a − b) is −min(a, b), whatever a is. So the most of a sum is also sought
//! with an extreme in it replaced by one of its operands, and by how far the extreme can lie above that
//! operand; and a sum that holds an extreme moves as the sums do that hold its operands.

use super::response::{Response, Responses, shifts};
use crate::num::{Exact, Mode, Range};
use crate::plan::{Form, Forms, NodeId, Op, Pick, Plan, Ranges};

/// Most extremes of one sum whose operands are told apart when its response is sought.
const APART_MAX: usize = 3;

/// An extreme within a sum, rounded or not.
struct Extreme<'p> {
    node: NodeId,
    factor: Exact,
    pick: Pick,
    of: &'p [NodeId],
    rounding: Option<(&'p Exact, Mode, NodeId)>,
}

/// A plan and what is known of its sums.
#[derive(Debug, Clone, Copy)]
pub struct Sums<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// The forms of its nodes.
    pub forms: &'p Forms,
}

impl<'p> Sums<'p> {
    /// No value of a sum lies above this.
    pub fn most(&self, sum: &Form, ranges: &Ranges<'_>) -> Exact {
        let own = |sum: &Form| sum.range(|node| ranges.of(node));
        let range = own(sum);
        if let Some(known) = range.single() {
            return known.clone();
        }
        let (mut rest, mut above, mut most) = (sum.clone(), Exact::ZERO, range.most.clone());
        let mut before = None;
        // The last first: what it reads stands before it, and cancels once it is replaced.
        while let Some(extreme) = self.last_extreme(&rest, before, &|node| ranges.of(node).single().is_none())
        {
            before = Some(extreme.node);
            let without = rest.plus(&-&extreme.factor, extreme.node, self.forms.all());
            for operand in extreme.of {
                let replaced = without.plus(&extreme.factor, *operand, self.forms.all());
                let beyond = &above + &self.beyond(&extreme, *operand, ranges);
                let found = &own(&replaced).most + &beyond;
                if found < most {
                    (rest, above, most) = (replaced, beyond, found);
                    break;
                }
            }
        }
        match range.step.as_ref().filter(|step| step.sign() > 0) {
            Some(step) => most.rounded(step, Mode::Floor),
            None => most,
        }
    }

    /// How far a factor times an extreme can lie above the factor times one of its operands.
    fn beyond(&self, extreme: &Extreme<'_>, operand: NodeId, ranges: &Ranges<'_>) -> Exact {
        let differences = extreme.of.iter().map(|other| {
            let terms = [(Exact::ONE, *other), (Exact::from(-1), operand)];
            let difference = Form::of(&terms, &Exact::ZERO, self.forms.all());
            difference.range(|node| ranges.of(node))
        });
        let zero = Range::point(&Exact::ZERO);
        let apart = match extreme.pick {
            Pick::Greatest => {
                let most = differences.map(|range| range.most).max().unwrap_or(Exact::ZERO);
                Range { most: most.greater(&Exact::ZERO).clone(), ..zero }
            }
            Pick::Least => {
                let least = differences.map(|range| range.least).min().unwrap_or(Exact::ZERO);
                Range { least: least.lesser(&Exact::ZERO).clone(), ..zero }
            }
        };
        let rounded = match extreme.rounding {
            Some((quantum, mode, _)) => apart.plus(&mode.error(quantum)),
            None => apart,
        };
        rounded.times_constant(&extreme.factor).most
    }

    /// The last extreme of a sum that `wanted` names, before a node where there is one.
    fn last_extreme(
        &self,
        sum: &Form,
        before: Option<NodeId>,
        wanted: &dyn Fn(NodeId) -> bool,
    ) -> Option<Extreme<'p>> {
        let terms = sum.terms.iter().rev();
        let earlier = terms.filter(|(node, _)| before.is_none_or(|before| *node < before) && wanted(*node));
        earlier.filter_map(|(node, factor)| self.extreme(*node, factor)).next()
    }

    /// The extreme that a node is, rounded or not.
    fn extreme(&self, node: NodeId, factor: &Exact) -> Option<Extreme<'p>> {
        let mut op = &self.plan.node(node).op;
        let mut rounding = None;
        if let Op::Round { x, quantum, mode } = op {
            rounding = Some((quantum, *mode, *x));
            op = &self.plan.node(*x).op;
        }
        let Op::Extreme(pick, of) = op else { return None };
        Some(Extreme { node, factor: factor.clone(), pick: *pick, of, rounding })
    }

    /// What it costs to bound a sum, beside the nodes behind it: terms that are read.
    pub fn cost(&self, sum: &Form) -> usize {
        let extremes =
            sum.terms.iter().filter(|(node, factor)| self.extreme(*node, factor).is_some()).count();
        sum.terms.len() * (1 + 2 * extremes)
    }

    /// How a sum moves with a variable.
    pub fn response(&self, sum: &Form, responses: &Responses<'_>, ranges: &Ranges<'_>) -> Response {
        // What does not move has no part in how the sum moves.
        let sum = &responses.moving(sum);
        let direct = responses.of_form(sum);
        if direct.rises || direct.falls {
            return direct;
        }
        let apart = self.apart(sum, (APART_MAX, None), responses, ranges);
        let narrower = |response: &Response| &response.slope.1 - &response.slope.0;
        let (rises, falls) = (direct.rises || apart.rises, direct.falls || apart.falls);
        let kept = if narrower(&apart) <= narrower(&direct) { apart } else { direct };
        Response { rises, falls, ..kept }
    }

    fn apart(
        &self,
        sum: &Form,
        (depth, before): (usize, Option<NodeId>),
        responses: &Responses<'_>,
        ranges: &Ranges<'_>,
    ) -> Response {
        let moves = |node: NodeId| responses.of(node).is_some();
        let last = if depth == 0 { None } else { self.last_extreme(sum, before, &moves) };
        let Some(extreme) = last else { return responses.of_form(sum) };
        let without = sum.plus(&-&extreme.factor, extreme.node, self.forms.all());
        let each = extreme.of.iter().map(|operand| {
            let replaced = without.plus(&extreme.factor, *operand, self.forms.all());
            self.apart(&replaced, (depth - 1, Some(extreme.node)), responses, ranges)
        });
        let inner = each.reduce(|all, response| all.or(&response)).unwrap_or_else(Response::flat);
        let Some((quantum, mode, x)) = extreme.rounding else { return inner };
        let step = without.range(|node| ranges.of(node)).step;
        let unit = quantum * &extreme.factor.abs();
        let on_grid =
            step.and_then(|step| step.checked_div(&unit)).is_some_and(|multiple| multiple.is_whole());
        if on_grid && shifts(mode, ranges.of(x)) {
            // All of the sum might as well be rounded: it is whole quanta already.
            return responses.rounded(&inner, &Range::flag(), (&unit, Mode::HalfUp));
        }
        let slack = Range::between(-&unit, unit);
        Response { rises: false, falls: false, ..inner.jumping(&(slack.least, slack.most)) }
    }
}
