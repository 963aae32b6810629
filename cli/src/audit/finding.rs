//! What a payoff curve says, in sentences: the finding, and the curve of each party in words.

use carepact::analyse::{Payoff, Stretch};
use carepact::{Exact, Model};

use super::{money, value};

/// Money with the sign of its currency: `£1,250.00`, `−£3.50`, `CHF 7.00`.
pub fn pounds(model: &Model, amount: &Exact) -> String {
    let sign = if amount.sign() < 0 { "−" } else { "" };
    let currency = match model.contract().currency.as_str() {
        "GBP" => "£".to_string(),
        "EUR" => "€".to_string(),
        "USD" => "$".to_string(),
        other => format!("{other} "),
    };
    format!("{sign}{currency}{}", money(model, &amount.abs()))
}

/// The same with a sign before gains as well.
pub fn signed(model: &Model, amount: &Exact) -> String {
    let plus = if amount.sign() > 0 { "+" } else { "" };
    format!("{plus}{}", pounds(model, amount))
}

/// A value of the outcome as short as it can be said: `60 %`, `54.64 %`, `1,200`.
pub fn short_value(payoff: &Payoff, at: &Exact) -> String {
    let long = value(&payoff.outcome, at);
    match long.strip_suffix(" %") {
        Some(number) => format!("{} %", without_zeros(number)),
        None => without_zeros(&long).to_string(),
    }
}

fn without_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// Parties that the outcome moves at all, by their place in the payoff.
pub fn moved(payoff: &Payoff) -> Vec<usize> {
    let moves = |index: &usize| payoff.moves(&payoff.parties[*index]).sign() > 0;
    (0..payoff.parties.len()).filter(moves).collect()
}

/// A run of stretches on which one unit of improvement pays a party the same, without a jump.
struct Slope {
    from: Exact,
    to: Exact,
    pays: Exact,
}

/// What one unit pays a party, run by run.
fn slopes(payoff: &Payoff, index: usize) -> Vec<Slope> {
    let unit = &payoff.outcome.unit * &Exact::from(payoff.outcome.better);
    let mut runs: Vec<(Slope, &Stretch)> = Vec::new();
    for stretch in &payoff.curve.stretches {
        let pays = &stretch.lines[index].slope * &unit;
        match runs.last_mut() {
            Some((run, last)) if last.lines[index] == stretch.lines[index] => {
                run.to = stretch.to.clone();
                *last = stretch;
            }
            Some(_) | None => {
                runs.push((Slope { from: stretch.from.clone(), to: stretch.to.clone(), pays }, stretch));
            }
        }
    }
    runs.into_iter().map(|(run, _)| run).collect()
}

/// The most money that something moves, with the words for it.
type Largest = Option<(Exact, String)>;

fn larger(largest: &mut Largest, moves: Exact, words: impl FnOnce() -> String) {
    if moves.sign() > 0 && largest.as_ref().is_none_or(|(known, _)| moves > *known) {
        *largest = Some((moves, words()));
    }
}

/// The finding of a curve in one sentence: the slope or the jump by which it moves most money for a party
/// that delivers care.
pub fn finding(payoff: &Payoff, model: &Model) -> String {
    let outcome = &payoff.outcome;
    let mut largest: Largest = None;
    let delivers = |party: &str| payoff.incentives.iter().any(|incentive| incentive.party == party);
    for index in (0..payoff.parties.len()).filter(|index| delivers(&payoff.parties[*index])) {
        let party = &payoff.parties[index];
        for Slope { from, to, pays } in slopes(payoff, index) {
            let units = (&to - &from).checked_div(&outcome.unit).unwrap_or(Exact::ZERO);
            let [low, high] = [&from, &to].map(|at| short_value(payoff, at));
            larger(&mut largest, (&pays * &units).abs(), || {
                let verb = if pays.sign() > 0 { "pays" } else { "costs" };
                let amount = pounds(model, &pays.abs());
                let unit = &outcome.unit_words;
                match outcome.better > 0 {
                    true => format!("Each {unit} more between {low} and {high} {verb} {party} {amount}"),
                    false => format!("Each {unit} less between {high} and {low} {verb} {party} {amount}"),
                }
            });
        }
    }
    for cliff in &payoff.cliffs {
        for (party, gain) in cliff.gains.iter().filter(|(party, _)| delivers(party)) {
            larger(&mut largest, gain.abs(), || {
                let verb = if gain.sign() > 0 { "gains" } else { "loses" };
                let at = short_value(payoff, &cliff.at);
                format!("At {at} {party} {verb} {} at once", pounds(model, &gain.abs()))
            });
        }
    }
    largest.map_or_else(|| "Doing better pays nobody who delivers care".to_string(), |(_, words)| words)
}

/// What the curve is of: `outcome C01 in 2026/27`.
pub fn subject(payoff: &Payoff) -> String {
    format!("{} in {}", payoff.outcome.name(), payoff.outcome.period)
}

/// The curve in words, for who does not see it: where each party begins and ends beside the baseline, and
/// where the curve bends and jumps.
pub fn words(payoff: &Payoff, model: &Model) -> String {
    let (Some(first), Some(last)) = (payoff.points.first(), payoff.points.last()) else {
        return String::new();
    };
    let at_data = payoff.points.iter().find(|(at, _)| *at == payoff.now).map_or(&last.1, |(_, nets)| nets);
    let mut out = format!(
        "Net income of each party beside that at {}, where the data stand, for {} from {} to {}.",
        short_value(payoff, &payoff.now),
        subject(payoff),
        short_value(payoff, &first.0),
        short_value(payoff, &last.0)
    );
    for index in moved(payoff) {
        let beside = |nets: &Vec<Exact>| signed(model, &(&nets[index] - &at_data[index]));
        out.push_str(&format!(
            " {}: {} at the least value, {} at the most.",
            payoff.parties[index],
            beside(&first.1),
            beside(&last.1)
        ));
    }
    for cliff in &payoff.cliffs {
        let gains = cliff.gains.iter().map(|(party, gain)| format!("{party} {}", signed(model, gain)));
        let gains = gains.collect::<Vec<_>>().join(", ");
        out.push_str(&format!(" Jump at {}: {gains}.", short_value(payoff, &cliff.at)));
    }
    out
}
