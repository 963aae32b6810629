//! The rule of a node in words, with the numbers of one evaluation.

use crate::evaluate::Values;
use crate::num::{Exact, Piecewise};
use crate::plan::{NodeId, Op, Pick, Plan, PlanNodes, Split};

/// A number as people read it: thousands separated, at most ten decimal places.
pub(super) fn number(value: &Exact) -> String {
    let text = format!("{value:.10}");
    let cut = text.ends_with('…');
    let text = text.trim_end_matches('…');
    let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let long = places > 10;
    let grouped = value.grouped(places.min(10));
    if cut || long { format!("{grouped}…") } else { grouped }
}

fn percent(value: &Exact) -> String {
    format!(" ({}%)", {
        let hundred = value * &Exact::from(100);
        let text = format!("{hundred:.4}");
        if text.ends_with('…') { text } else { hundred.to_string() }
    })
}

/// What a node does, in words.
pub(super) fn rule_of(plan: &Plan, values: &Values, node: NodeId) -> String {
    let of = |node: &NodeId| number(values.of(*node));
    match &plan.node(node).op {
        Op::Const(_) => "agreed in the contract".to_string(),
        Op::Fact(_) => "observed".to_string(),
        Op::Linear { terms, constant } => linear(terms, constant, values),
        Op::Product(x, y) => format!("{} × {}", of(x), of(y)),
        Op::Ratio(x, y) => {
            let quotient = values.of(node);
            let share = quotient.sign() >= 0 && *quotient <= Exact::ONE;
            format!("{} ÷ {}{}", of(x), of(y), if share { percent(quotient) } else { String::new() })
        }
        Op::Piecewise(x, line) => piece(line, values.of(*x)),
        Op::Extreme(pick, nodes) => {
            let word = if *pick == Pick::Least { "the least of" } else { "the greatest of" };
            format!("{word} {}", nodes.iter().map(of).collect::<Vec<_>>().join(" and "))
        }
        Op::Select { condition, then, otherwise } => {
            let holds = !values.of(*condition).is_zero();
            let test = &plan.origin(*condition).what;
            if holds {
                format!("`{test}` holds, so {}", of(then))
            } else {
                format!("`{test}` does not hold, so {}", of(otherwise))
            }
        }
        Op::Round { x, quantum, mode } => {
            format!("{} rounded to a multiple of {quantum}, {}", of(x), mode.words())
        }
        Op::Share(split, part) => share(plan.split(*split), *part, values),
    }
}

fn linear(terms: &[(Exact, NodeId)], constant: &Exact, values: &Values) -> String {
    let mut out = String::new();
    let mut add = |negative: bool, text: String| {
        let sign = match (out.is_empty(), negative) {
            (true, false) => "",
            (true, true) => "−",
            (false, false) => " + ",
            (false, true) => " − ",
        };
        out.push_str(&format!("{sign}{text}"));
    };
    if terms.len() > 24 {
        let total: Exact = terms.iter().map(|(factor, node)| factor * values.of(*node)).sum();
        return format!("the sum of {} amounts, {}", terms.len(), number(&(&total + constant)));
    }
    if !constant.is_zero() && terms.first().is_some_and(|(factor, _)| factor.sign() < 0) {
        add(constant.sign() < 0, number(&constant.abs()));
    }
    for (factor, node) in terms {
        let value = values.of(*node);
        let size = factor.abs();
        let text = if size == Exact::ONE {
            number(value)
        } else {
            format!("{} × {}", number(&size), number(value))
        };
        add(factor.sign() < 0, text);
    }
    if !constant.is_zero() && terms.first().is_none_or(|(factor, _)| factor.sign() > 0) {
        add(constant.sign() < 0, number(&constant.abs()));
    }
    out
}

/// Where x lies, and the line there.
fn piece(line: &Piecewise, x: &Exact) -> String {
    let index = line.piece_of(x);
    let piece = &line.pieces()[index];
    let from = index.checked_sub(1).map(|i| &line.breakpoints()[i]);
    let to = line.breakpoints().get(index);
    let place = match (from, to) {
        (None, None) => String::new(),
        (None, Some(to)) => format!("{} {}", if to.starts_next { "below" } else { "up to" }, to.at),
        (Some(from), None) => format!("{} {}", if from.starts_next { "from" } else { "above" }, from.at),
        (Some(from), Some(to)) => format!("between {} and {}", from.at, to.at),
    };
    let value = number(&piece.at(x));
    let x = number(x);
    match (from, to) {
        _ if piece.slope.is_zero() => format!("{x} lies {place}: {value}"),
        (Some(from), Some(to)) => {
            // A straight line between two ends, as a person would work it out.
            let (low, high) = (piece.at(&from.at), piece.at(&to.at));
            let (run, rise) = (&to.at - &from.at, &high - &low);
            format!(
                "{x} lies {place}: {} + ({x} − {}) ÷ {} × {} = {value}",
                number(&low),
                from.at,
                number(&run),
                number(&rise)
            )
        }
        _ => {
            format!("{x} lies {place}: {} × {x} + {} = {value}", number(&piece.slope), number(&piece.at_zero))
        }
    }
}

fn share(split: &Split, part: usize, values: &Values) -> String {
    let weights: Vec<String> = split.weights.iter().map(|weight| values.of(*weight).to_string()).collect();
    let limits = if split.limits.is_some() { ", each within its limits" } else { "" };
    let residue = match split.residue {
        crate::num::Residue::LargestRemainder => "largest remainder".to_string(),
        crate::num::Residue::LargestShare => "the largest share takes the rest".to_string(),
        crate::num::Residue::Last => "the last takes the rest".to_string(),
        crate::num::Residue::Part(part) => format!("part {} takes the rest", part + 1),
    };
    format!(
        "{} split by {}{limits}: part {} of {}, {residue}",
        number(values.of(split.total)),
        weights.join(" : "),
        part + 1,
        weights.len()
    )
}
