//! `score(x, floor, target)`: 0 at the floor, 1 at the target, straight between, held beyond.

use std::sync::Arc;

use super::super::operators::all_there;
use super::super::{Lowered, Lowering, Measured, There, Value};
use super::{Arguments, Call, Function};
use crate::num::{Breakpoint, Exact, Line, Piecewise};
use crate::plan::Pick;
use crate::source::catalogue;

/// `score(x, floor, target)`
pub static SCORE: Function = Function {
    name: "score",
    usage: "score(x, floor, target)",
    count: (3, 3),
    arguments: Arguments::Formulas,
    meaning: "0 at the floor, 1 at the target, straight between, held beyond; a floor above the target means lower is better; absent if they are equal",
    lower: score,
};

fn score(this: &mut Lowering<'_>, call: &Call<'_>) -> Lowered<Value> {
    let values = call.values(this)?;
    let [x, floor, target] = [0, 1, 2].map(|i| values[i].clone());
    this.common_unit(call.at, &[&x, &floor, &target])?;
    let there = all_there(&values);
    let origin = this.origin(call.at, &Measured::pure(), call.context);
    let ends = (this.builder().constant(floor.node).cloned(), this.builder().constant(target.node).cloned());
    if let (Some(floor), Some(target)) = ends {
        if floor == target {
            let found = format!("floor and target are both {floor}");
            return this.refuse(&catalogue::SCORE_EQUAL, call.at, found, "change one of them");
        }
        let line =
            this.ramps.entry((floor, target)).or_insert_with_key(|(floor, target)| ramp(floor, target));
        let line = line.clone();
        let node = this.builder().piecewise(x.node, line, origin);
        return Ok(Value { there, ..Value::new(node, Measured::pure()) });
    }
    // Ends that are observed: (x − floor) ÷ (target − floor), held at 0 and 1.
    let minus = Exact::from(-1);
    let done =
        this.builder().linear(&[(Exact::ONE, x.node), (minus.clone(), floor.node)], Exact::ZERO, origin);
    let [from, to] = [1, 2].map(|i| call.at.0.part(&call.arguments[i]).to_string());
    let at_span = this.builder().origin_like(origin, &format!("{to} - {from}"));
    let span = this.builder().linear(&[(Exact::ONE, target.node), (minus, floor.node)], Exact::ZERO, at_span);
    let mut there = there;
    if this.builder().range(span).has_zero() {
        there = there.and(&There::when(this.builder().companion(span, true, origin)));
    }
    let ratio = this.builder().ratio(done, span, origin);
    let zero = this.builder().constant_node(Exact::ZERO, origin);
    let one = this.builder().constant_node(Exact::ONE, origin);
    let raised = this.builder().extreme(Pick::Greatest, &[ratio, zero], origin);
    let node = this.builder().extreme(Pick::Least, &[raised, one], origin);
    Ok(Value { there, ..Value::new(node, Measured::pure()) })
}

fn ramp(floor: &Exact, target: &Exact) -> Arc<Piecewise> {
    let line = Line::through((floor, &Exact::ZERO), (target, &Exact::ONE));
    let ends = if floor < target { [(floor, 0), (target, 1)] } else { [(target, 1), (floor, 0)] };
    let breakpoints = ends.map(|(at, _)| Breakpoint { at: at.clone(), starts_next: true }).to_vec();
    let [before, after] = ends.map(|(_, value)| Line::flat(Exact::from(value)));
    let ramp = Piecewise::new(breakpoints, vec![before, line, after]);
    Arc::new(ramp.expect("floor and target differ"))
}
