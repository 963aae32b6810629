//! A payoff curve as a table for people, and as CSV.

use carepact::analyse::Payoff;
use carepact::{Exact, Model};

use super::{money, value};
use crate::table::{Column, Table};

/// The finding of a curve, in one sentence.
fn title(payoff: &Payoff, model: &Model) -> String {
    let outcome = &payoff.outcome;
    let best = payoff.incentives.iter().max_by(|a, b| a.now.cmp(&b.now));
    let standing = value(outcome, &payoff.now);
    let name = format!("{} in {}", outcome.name(), outcome.period);
    match best.filter(|incentive| incentive.now.sign() > 0) {
        Some(incentive) => format!(
            "{name}: from {standing}, one more {} of improvement pays {} {}",
            outcome.unit_words,
            incentive.party,
            money(model, &incentive.now)
        ),
        None => format!("{name}: from {standing}, the next improvement pays nobody"),
    }
}

/// The curve for people.
pub fn text(payoff: &Payoff, model: &Model) -> String {
    format!("{}\n\n{}\n{}\n", title(payoff, model), table(payoff, model).text(), between(payoff))
}

/// A table with a row for each value of the outcome at which the curve bends.
pub fn table(payoff: &Payoff, model: &Model) -> Table {
    let mut columns = vec![Column::Right];
    columns.extend(payoff.parties.iter().map(|_| Column::Right));
    columns.push(Column::Left);
    let mut table = Table::new(&columns);
    let mut head = vec![payoff.outcome.name()];
    head.extend(payoff.parties.iter().cloned());
    head.push(String::new());
    table.cells(head);
    for (at, nets) in payoff.points.iter().filter(|point| is_shown(payoff, point)) {
        let mut row = vec![value(&payoff.outcome, at)];
        row.extend(nets.iter().map(|net| money(model, net)));
        row.push(if *at == payoff.now { "the data stand here" } else { "" }.to_string());
        table.cells(row);
    }
    table
}

/// True for where the data stand, for bends and the ends of the curve, and for what is paid right beside a
/// jump; values that only lie next to a bend say nothing new.
fn is_shown(payoff: &Payoff, (at, _): &(Exact, Vec<Exact>)) -> bool {
    let step = payoff.outcome.variable.range.step.clone().unwrap_or(Exact::ZERO);
    let ends = || payoff.curve.stretches.iter().flat_map(|stretch| [&stretch.from, &stretch.to]);
    let is_bend = |end: &Exact| at == end || (at < end && *end < at + &step);
    if *at == payoff.now || ends().any(is_bend) {
        return true;
    }
    let within = payoff.curve.stretches.iter().filter(|stretch| stretch.from <= *at && *at <= stretch.to);
    let jumps = |(end, paid): &(Exact, Vec<Exact>)| {
        let near = (at - end).abs() <= step && ends().any(|bend| bend == end);
        let off = |line: &carepact::num::Line, net: &Exact| (&line.at(end) - net).abs() >= Exact::ONE;
        near && within.clone().any(|stretch| stretch.lines.iter().zip(paid).any(|(line, net)| off(line, net)))
    };
    payoff.points.iter().any(jumps)
}

/// What lies between the rows.
pub fn between(payoff: &Payoff) -> &'static str {
    match payoff.curve.is_exact {
        true => "Between the rows the net income of each party is a straight line, but for odd pennies.",
        false => "Between some rows the curve is not straight; what is said of it there is a chord.",
    }
}

/// The same with a row for each, and exact numbers.
pub fn csv(payoff: &Payoff, _model: &Model) -> String {
    let mut out = format!("{},{}\n", payoff.outcome.name(), payoff.parties.join(","));
    for (at, nets) in &payoff.points {
        let cells = [at].into_iter().chain(nets).map(decimal);
        out.push_str(&cells.collect::<Vec<_>>().join(","));
        out.push('\n');
    }
    out
}

/// As many places as the number has, at most twelve.
fn decimal(value: &Exact) -> String {
    let places = value.decimal_places().unwrap_or(12).min(12);
    value.plain(places)
}
