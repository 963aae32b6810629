//! Values and the rules of nodes in words, with the numbers of one evaluation.

use crate::evaluate::{Statistics, Values};
use crate::num::{Exact, Piecewise, Residue};
use crate::plan::{NodeId, Op, Pick, Plan, PlanNodes, Split, StatisticId, Summary};

/// A number as people read it: thousands separated, at most ten decimal places.
pub(super) fn number(value: &Exact) -> String {
    let text = format!("{value:.10}");
    let cut = text.ends_with('…');
    let text = text.trim_end_matches('…');
    let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let grouped = value.grouped(places.min(10));
    if cut || places > 10 { format!("{grouped}…") } else { grouped }
}

/// Most amounts of a sum that are written out.
const TERMS_SHOWN_MAX: usize = 8;

/// What is needed to put a node into words.
pub(super) struct Words<'a> {
    pub plan: &'a Plan,
    pub values: &'a Values,
    /// Statistics over all holders, and the holder that reads them.
    pub statistics: &'a Statistics,
    /// Its place in the facts.
    pub holder: usize,
    /// The currency, and the decimal places of its minor unit.
    pub money: (&'a str, usize),
}

impl Words<'_> {
    /// The value of a node: money with all its places, other numbers as they are.
    pub fn value(&self, node: NodeId) -> String {
        self.amount(self.values.of(node), &self.plan.origin(node).unit)
    }

    /// A value in a unit.
    pub fn amount(&self, value: &Exact, unit: &str) -> String {
        let (currency, places) = self.money;
        let digits = number(value).split_once('.').map_or(0, |(_, fraction)| fraction.chars().count());
        if unit == currency && digits <= places { value.grouped(places) } else { number(value) }
    }

    /// What a node does.
    pub fn rule(&self, node: NodeId) -> String {
        let of = |node: &NodeId| self.value(*node);
        match &self.plan.node(node).op {
            Op::Const(_) => "worked out from agreed numbers alone".to_string(),
            Op::Fact(_) => "observed".to_string(),
            Op::Linear { terms, constant } => self.linear(node, terms, constant),
            Op::Product(x, y) => format!("{} × {}", of(x), of(y)),
            Op::Ratio(x, y) => {
                let quotient = self.values.of(node);
                let share = quotient.sign() >= 0 && *quotient <= Exact::ONE;
                format!("{} ÷ {}{}", of(x), of(y), if share { percent(quotient) } else { String::new() })
            }
            Op::Piecewise(x, line) => piece(line, self.values.of(*x)),
            Op::Extreme(pick, nodes) => {
                let word = if *pick == Pick::Least { "the least of" } else { "the greatest of" };
                format!("{word} {}", nodes.iter().map(of).collect::<Vec<_>>().join(" and "))
            }
            Op::Select { condition, then, otherwise } => {
                let test = &self.plan.origin(*condition).what;
                if self.values.of(*condition).is_zero() {
                    format!("`{test}` does not hold, so {}", of(otherwise))
                } else {
                    format!("`{test}` holds, so {}", of(then))
                }
            }
            Op::Round { x, quantum, mode } => {
                format!("{} rounded to a multiple of {quantum}, {}", number(self.values.of(*x)), mode.words())
            }
            Op::Share(split, part) => self.share(self.plan.split(*split), *part),
            Op::Statistic(statistic) => self.statistic(*statistic),
        }
    }

    fn linear(&self, node: NodeId, terms: &[(Exact, NodeId)], constant: &Exact) -> String {
        if terms.len() > TERMS_SHOWN_MAX {
            return format!("the sum of {} amounts", terms.len());
        }
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
        let constant_text = || self.amount(&constant.abs(), &self.plan.origin(node).unit);
        let constant_first = terms.first().is_none_or(|(factor, _)| factor.sign() < 0);
        if !constant.is_zero() && constant_first {
            add(constant.sign() < 0, constant_text());
        }
        for (factor, term) in terms {
            add(factor.sign() < 0, self.term(&factor.abs(), *term));
        }
        if !constant.is_zero() && !constant_first {
            add(constant.sign() < 0, constant_text());
        }
        out
    }

    /// A factor times a node; one over a whole number is a division.
    fn term(&self, factor: &Exact, node: NodeId) -> String {
        let value = self.value(node);
        let divisor = Exact::ONE.checked_div(factor).filter(|divisor| divisor.is_whole());
        match divisor {
            _ if *factor == Exact::ONE => value,
            Some(divisor) if factor.to_decimal().is_none() => format!("{value} ÷ {divisor}"),
            Some(_) | None => format!("{} × {value}", number(factor)),
        }
    }

    fn statistic(&self, id: StatisticId) -> String {
        let statistic = self.plan.statistic(id);
        let counted = self.statistics.counted(id, self.holder);
        let holders = if counted == 1 { "1 holder".to_string() } else { format!("{counted} holders") };
        let what = &self.plan.origin(statistic.value).what;
        let counts = statistic
            .counts
            .map_or(String::new(), |node| format!(" where `{}`", self.plan.origin(node).what));
        let group = statistic
            .group
            .map_or(String::new(), |node| format!(" with the same `{}`", self.plan.origin(node).what));
        format!("{}{counts}{group}: `{what}` of each", of_holders(&statistic.summary, &holders))
    }

    fn share(&self, split: &Split, part: usize) -> String {
        let weights = split.weights.iter().map(|weight| number(self.values.of(*weight)));
        let limits = if split.limits.is_some() { ", each within its limits" } else { "" };
        let residue = match split.residue {
            Residue::LargestRemainder => "odd pennies to the largest remainders".to_string(),
            Residue::LargestShare => "odd pennies to the largest share".to_string(),
            Residue::Last => "odd pennies to the last".to_string(),
            Residue::Part(part) => format!("odd pennies to part {}", part + 1),
        };
        let (weights, count) = (weights.collect::<Vec<_>>().join(" : "), split.weights.len());
        format!(
            "part {} of {count} of {}, by {weights}{limits}, {residue}",
            part + 1,
            self.value(split.total)
        )
    }
}

/// What a statistic takes of how many holders.
fn of_holders(summary: &Summary, holders: &str) -> String {
    match summary {
        Summary::Sum => format!("the sum over {holders}"),
        Summary::Least => format!("the least of {holders}"),
        Summary::Greatest => format!("the greatest of {holders}"),
        Summary::Percentile { share, method } => {
            let hundred = share * &Exact::from(100);
            format!("the {hundred} % percentile ({}) of {holders}", method.word())
        }
        Summary::Rank => format!("its place among {holders}, the largest first"),
        Summary::Part { .. } => format!("its part of the total, shared by weight among {holders}"),
    }
}

fn percent(value: &Exact) -> String {
    let hundred = value * &Exact::from(100);
    format!(" ({hundred:.4}%)")
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
        (Some(from), Some(to)) if from.at == to.at => format!("at {}", from.at),
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
            let start = if low.is_zero() { String::new() } else { format!("{} + ", number(&low)) };
            let times = if rise == Exact::ONE { String::new() } else { format!(" × {}", number(&rise)) };
            format!("{x} lies {place}: {start}({x} − {}) ÷ {}{times}", from.at, number(&run))
        }
        (None | Some(_), _) => {
            format!("{x} lies {place}: {} × {x} + {} = {value}", number(&piece.slope), number(&piece.at_zero))
        }
    }
}
