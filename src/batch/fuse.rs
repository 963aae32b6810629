//! Which lanes a sum takes in: every lane that only it reads and that has the form of one of its terms,
//! so that a chain of fact, line within limits, product, rounding and sum is one pass over the numbers.

use super::certify::{FLOAT_MAX, Proved, Tier};
use super::lane::{LaneId, LaneLine, Lanes, Op};
use super::program::form;

/// A lane as a term of a sum, before places are given.
#[derive(Debug, Clone)]
pub(super) struct TermPlan {
    pub(super) x: LaneId,
    pub(super) limits: Option<(LaneLine, i128, i128)>,
    pub(super) times: Option<LaneId>,
    pub(super) rounding: Option<f64>,
    pub(super) factor: i128,
}

/// A sum in floats, with the lanes that it took in.
#[derive(Debug, Clone, Default)]
pub(super) struct Sum {
    pub(super) constant: i128,
    pub(super) terms: Vec<TermPlan>,
    /// The sizes of the constant and of all terms together, below 2⁵³: no partial sum exceeds it.
    size: i128,
}

/// What became of each lane.
#[derive(Debug, Clone)]
pub(super) struct Fused {
    /// True when its reader takes it in, so that it has no step of its own.
    pub(super) absorbed: Vec<bool>,
    /// The sums that have a step.
    pub(super) sums: Vec<Option<Sum>>,
}

/// True when a lane is computed in floats by a step that is a sum.
pub(super) fn is_sum(lanes: &Lanes, proved: &[Proved], lane: LaneId) -> bool {
    let form = match &lanes.all()[lane.0].op {
        Op::Sum { .. } | Op::Product(..) | Op::Clamp { .. } | Op::Round { .. } => true,
        Op::Input(_)
        | Op::Pieces { .. }
        | Op::Extreme(..)
        | Op::Select { .. }
        | Op::Part { .. }
        | Op::Exactly { .. } => false,
    };
    form && matches!(proved[lane.0].tier, Tier::Certified { .. })
}

impl TermPlan {
    fn plain(x: LaneId, factor: i128) -> TermPlan {
        TermPlan { x, limits: None, times: None, rounding: None, factor }
    }

    /// The parts that it has; terms of one form stand together.
    pub(super) fn form(&self, lanes: &Lanes) -> u8 {
        let flag = |is: bool, bit: u8| if is { bit } else { 0 };
        flag(matches!(lanes.all()[self.x.0].op, Op::Input(_)), form::INPUT)
            | flag(self.limits.is_some(), form::LIMITS)
            | flag(self.times.is_some(), form::TIMES)
            | flag(self.rounding.is_some(), form::ROUNDING)
            | flag(self.factor != 1, form::FACTOR)
    }
}

/// Decides, from the last lane to the first, which lanes a sum takes in; `uses` says how often each is
/// read.
pub(super) fn fuse(lanes: &Lanes, proved: &[Proved], uses: &[usize]) -> Fused {
    let count = lanes.all().len();
    let fused = Fused { absorbed: vec![false; count], sums: vec![None; count] };
    let mut fusing = Fusing { lanes, proved, uses, fused };
    for index in (0..count).rev() {
        let lane = LaneId(index);
        if uses[index] > 0 && !fusing.fused.absorbed[index] && is_sum(lanes, proved, lane) {
            let mut sum = fusing.sum(lane);
            sum.terms.sort_by_key(|term| term.form(lanes));
            fusing.fused.sums[index] = Some(sum);
        }
    }
    fusing.fused
}

struct Fusing<'l> {
    lanes: &'l Lanes,
    proved: &'l [Proved],
    uses: &'l [usize],
    fused: Fused,
}

impl<'l> Fusing<'l> {
    fn op(&self, lane: LaneId) -> &'l Op {
        &self.lanes.all()[lane.0].op
    }

    fn sum(&mut self, lane: LaneId) -> Sum {
        let mut sum = Sum { size: self.size(lane), ..Sum::default() };
        match self.op(lane) {
            Op::Sum { .. } => self.expand(lane, 1, &mut sum),
            Op::Input(_)
            | Op::Product(..)
            | Op::Clamp { .. }
            | Op::Pieces { .. }
            | Op::Extreme(..)
            | Op::Select { .. }
            | Op::Round { .. }
            | Op::Part { .. }
            | Op::Exactly { .. } => sum.terms.push(self.term(lane, 1)),
        }
        sum
    }

    /// The sizes of all that a lane adds up, which bound every partial sum; its own size when it is none.
    fn size(&self, lane: LaneId) -> i128 {
        match self.op(lane) {
            Op::Sum { terms, constant } => {
                let sizes = terms.iter().map(|(factor, x)| self.lanes.bounds(*x).size() * factor.abs());
                sizes.sum::<i128>() + constant.abs()
            }
            Op::Input(_)
            | Op::Product(..)
            | Op::Clamp { .. }
            | Op::Pieces { .. }
            | Op::Extreme(..)
            | Op::Select { .. }
            | Op::Round { .. }
            | Op::Part { .. }
            | Op::Exactly { .. } => self.lanes.bounds(lane).size(),
        }
    }

    /// Adds factor × the terms of a lane that is a sum, whose size is already counted.
    fn expand(&mut self, lane: LaneId, factor: i128, sum: &mut Sum) {
        let Op::Sum { terms, constant } = self.op(lane) else { return };
        sum.constant += constant * factor;
        for (own, x) in terms {
            let factor = own * factor;
            if !self.is_free(*x) {
                sum.terms.push(TermPlan::plain(*x, factor));
            } else if let Op::Sum { terms: inner, .. } = self.op(*x) {
                // A sum of sums is one sum where all its parts together stay small enough. They may
                // be larger than the inner sum is, in which they cancel.
                let more = (self.size(*x) - self.lanes.bounds(*x).size()) * factor.abs();
                let exact = inner.iter().all(|(own, _)| (own * factor).abs() < FLOAT_MAX);
                if exact && sum.size + more < FLOAT_MAX {
                    sum.size += more;
                    self.fused.absorbed[x.0] = true;
                    self.expand(*x, factor, sum);
                } else {
                    sum.terms.push(TermPlan::plain(*x, factor));
                }
            } else {
                sum.terms.push(self.absorb(*x, factor));
            }
        }
    }

    /// True when a lane is read only once and computed in floats, so that its reader may take it in.
    fn is_free(&self, lane: LaneId) -> bool {
        self.uses[lane.0] == 1 && is_sum(self.lanes, self.proved, lane)
    }

    fn absorb(&mut self, lane: LaneId, factor: i128) -> TermPlan {
        self.fused.absorbed[lane.0] = true;
        self.term(lane, factor)
    }

    /// A rounding of a product of a line within limits, as far as the lane has this form.
    fn term(&mut self, lane: LaneId, factor: i128) -> TermPlan {
        match (self.op(lane), self.proved[lane.0].tier) {
            (Op::Round { x, over: None, .. }, Tier::Certified { factor: rounding }) => {
                let free = self.is_free(*x) && matches!(self.op(*x), Op::Product(..) | Op::Clamp { .. });
                let inner = if free { self.absorb(*x, 1) } else { TermPlan::plain(*x, 1) };
                TermPlan { rounding: Some(rounding), factor, ..inner }
            }
            (Op::Product(x, y), _) => {
                let is_line =
                    |lane: &LaneId| self.is_free(*lane) && matches!(self.op(*lane), Op::Clamp { .. });
                let is_input = |lane: &LaneId| matches!(self.op(*lane), Op::Input(_));
                let (line, times) = if is_line(x) || (!is_line(y) && is_input(x)) { (x, y) } else { (y, x) };
                let inner = if is_line(line) { self.absorb(*line, 1) } else { TermPlan::plain(*line, 1) };
                TermPlan { times: Some(*times), factor, ..inner }
            }
            (Op::Clamp { x, line, least, most }, _) => {
                TermPlan { limits: Some((*line, *least, *most)), ..TermPlan::plain(*x, factor) }
            }
            (
                Op::Input(_)
                | Op::Sum { .. }
                | Op::Round { .. }
                | Op::Pieces { .. }
                | Op::Extreme(..)
                | Op::Select { .. }
                | Op::Part { .. }
                | Op::Exactly { .. },
                _,
            ) => TermPlan::plain(lane, factor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::certify::prove;
    use super::super::lane::Bounds;
    use super::*;

    /// Two numbers of up to 2⁵¹ whose difference is known to be at most 10, and three more such
    /// numbers. The sum of all is certified with the difference as one term: 10 + 3 · 2⁵¹ < 2⁵³. With
    /// both parts of the difference in it, a partial sum could come to 5 · 2⁵¹ > 2⁵³.
    #[test]
    fn a_sum_in_which_money_cancels_is_taken_in_only_where_its_parts_fit() {
        let size_of_sum = |power: u32| -> (bool, i128) {
            let mut lanes = Lanes::default();
            let up_to = Bounds { least: 0, most: (1 << power) - 1 };
            let x: Vec<LaneId> = (0..5).map(|input| lanes.given(Op::Input(input), up_to)).collect();
            let difference = lanes.sum(&[(1, x[0]), (-1, x[1])], 0).unwrap();
            lanes.tighten(difference, Bounds { least: 0, most: 10 });
            let all = lanes.sum(&[(1, difference), (1, x[2]), (1, x[3]), (1, x[4])], 0).unwrap();
            let mut uses = vec![1; lanes.all().len()];
            uses[all.0] = 1;
            let fused = fuse(&lanes, &prove(&lanes), &uses);
            let sum = fused.sums[all.0].as_ref().unwrap();
            (fused.absorbed[difference.0], sum.size)
        };
        let (absorbed, size) = size_of_sum(51);
        assert!(!absorbed && size == 10 + 3 * ((1 << 51) - 1));
        let (absorbed, size) = size_of_sum(50);
        assert!(absorbed && size == 5 * ((1 << 50) - 1));
    }
}
