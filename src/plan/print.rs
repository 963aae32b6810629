//! The plan as text, one node a line: for reviewers and golden tests.

use std::fmt;

use super::{NodeId, Op, Part, Pick, Plan, Statistic, Summary};
use crate::num::{Exact, Piecewise};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, node) in self.nodes.iter().enumerate() {
            let origin = &self.origins[node.origin.0 as usize];
            let unit = if origin.unit.is_empty() { String::new() } else { format!(" {}", origin.unit) };
            let context =
                if origin.context.is_empty() { String::new() } else { format!(" [{}]", origin.context) };
            let range = format!("{}..{}", number(&node.range.least), number(&node.range.most));
            writeln!(f, "{index:>6}  {}  ; {range}{unit}  {}{context}", self.op_text(&node.op), origin.what)?;
        }
        for line in &self.lines {
            writeln!(
                f,
                "line    {} ({}): {} rounded {}",
                line.id,
                line.kind,
                id(line.exact),
                id(line.amount)
            )?;
            for part in &line.parts {
                writeln!(f, "        {} to {}: {}", part.payer, part.payee, id(part.amount))?;
            }
            for instalment in &line.instalments {
                writeln!(f, "        on account {}: {}", instalment.key, id(instalment.amount))?;
            }
        }
        for figure in &self.figures {
            let given = figure.given.map_or(String::new(), |given| format!(" where {}", id(given)));
            writeln!(f, "figure  {}: {}{given}", figure.id, id(figure.value))?;
        }
        for condition in &self.conditions {
            writeln!(f, "holds   {}: {}", condition.id, id(condition.value))?;
        }
        Ok(())
    }
}

fn id(node: NodeId) -> String {
    format!("#{}", node.0)
}

fn list(nodes: &[NodeId]) -> String {
    nodes.iter().map(|node| id(*node)).collect::<Vec<_>>().join(", ")
}

/// A number in full: a finite decimal, or a fraction.
fn number(value: &Exact) -> String {
    let text = value.to_string();
    if text.ends_with('…') { format!("{value:?}") } else { text }
}

impl Plan {
    fn op_text(&self, op: &Op) -> String {
        match op {
            Op::Const(value) => format!("const {}", number(value)),
            Op::Fact(fact) => {
                let fact = &self.facts[fact.0 as usize];
                let members: String = fact.members.iter().map(|(_, member)| format!(", {member}")).collect();
                let part = match fact.part {
                    Part::Value => "",
                    Part::Numerator => " numerator",
                    Part::Denominator => " denominator",
                    Part::Given => " given",
                };
                format!("fact {}[{}{members}]{part}", fact.measure, fact.period.1)
            }
            Op::Linear { terms, constant } => {
                let mut parts: Vec<String> =
                    terms.iter().map(|(factor, node)| format!("{}·{}", number(factor), id(*node))).collect();
                if !constant.is_zero() {
                    parts.push(number(constant));
                }
                format!("linear {}", parts.join(" + "))
            }
            Op::Product(x, y) => format!("product {} · {}", id(*x), id(*y)),
            Op::Ratio(x, y) => format!("ratio {} ÷ {}", id(*x), id(*y)),
            Op::Piecewise(x, line) => format!("piecewise {}: {}", id(*x), pieces(line)),
            Op::Extreme(Pick::Least, of) => format!("least of {}", list(of)),
            Op::Extreme(Pick::Greatest, of) => format!("greatest of {}", list(of)),
            Op::Select { condition, then, otherwise } => {
                format!("select {} ? {} : {}", id(*condition), id(*then), id(*otherwise))
            }
            Op::Round { x, quantum, mode } => {
                format!("round {} to {}, {}", id(*x), number(quantum), mode.words())
            }
            Op::Share(split, part) => {
                let spec = &self.splits[split.0 as usize];
                format!("share {part} of {} by {}", id(spec.total), list(&spec.weights))
            }
            Op::Statistic(statistic) => statistic_text(&self.statistics[statistic.0 as usize]),
        }
    }
}

fn statistic_text(statistic: &Statistic) -> String {
    let what = match &statistic.summary {
        Summary::Sum => "sum".to_string(),
        Summary::Least => "least".to_string(),
        Summary::Greatest => "greatest".to_string(),
        Summary::Percentile { share, method } => format!("percentile {} {}", number(share), method.word()),
        Summary::Rank => "rank".to_string(),
        Summary::Part { total, .. } => format!("part of {} by", id(*total)),
    };
    let counts = statistic.counts.map_or(String::new(), |node| format!(" where {}", id(node)));
    let group = statistic.group.map_or(String::new(), |node| format!(" within {}", id(node)));
    format!("{what} {} over holders{counts}{group}", id(statistic.value))
}

fn pieces(line: &Piecewise) -> String {
    let mut out = String::new();
    for (i, piece) in line.pieces().iter().enumerate() {
        if i > 0 {
            let breakpoint = &line.breakpoints()[i - 1];
            let word = if breakpoint.starts_next { "from" } else { "above" };
            out.push_str(&format!(" | {word} {}: ", number(&breakpoint.at)));
        }
        let slope =
            if piece.slope.is_zero() { String::new() } else { format!("{}·x + ", number(&piece.slope)) };
        out.push_str(&format!("{slope}{}", number(&piece.at_zero)));
    }
    out
}
