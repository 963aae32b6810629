//! What each party gets of a line, as a function of one figure, everything else held.
//!
//! Only the nodes between the figure and the line are worked out again, exactly as a statement
//! would. Where the outcome changes is found by halving: it needs no look at how the clause is made.

use std::collections::BTreeMap;

use carepact::evaluate::{Values, evaluate, evaluate_again};
use carepact::plan::{Direction, FactId, LineSpec, NodeId, Plan, depends, directions};
use carepact::{Exact, Mode};

use super::Held;

/// Halvings that bring an edge to within 10⁻¹² of the range.
const HALVINGS: u32 = 44;

/// Decimal places within which a rate is what was agreed: an edge found in pennies lies a little off.
const NEAR: u32 = 8;

/// How many places are looked at where the plan does not prove that an amount goes one way.
const LOOKED_AT: i128 = 400;

/// Where one of two answers ends and the other begins, to within a trillionth of the range.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The last value known to have the answer of the lower side.
    pub below: Exact,
    /// The first value known to have the answer of the upper side.
    pub above: Exact,
}

impl Edge {
    /// The edge as somebody would have agreed on it: the number of fewest decimal places that is as
    /// near as pennies can tell, else the simplest fraction.
    pub fn value(&self) -> Exact {
        let simplest = simplest(&self.below, &self.above);
        let near = &simplest.abs().greater(&Exact::ONE).clone() * &Exact::scaled(1, NEAR);
        let rounded = (0..NEAR).map(|places| simplest.rounded(&Exact::scaled(1, places), Mode::HalfAway));
        rounded.into_iter().find(|value| (value - &simplest).abs() <= near).unwrap_or(simplest)
    }
}

/// The fraction with the smallest denominator from `low` to `high`.
fn simplest(low: &Exact, high: &Exact) -> Exact {
    let whole = low.floor();
    if whole == *low || &whole + &Exact::ONE <= *high {
        return if whole == *low { whole } else { &whole + &Exact::ONE };
    }
    // Between two neighbouring whole numbers: one over the simplest between the reciprocals.
    let turned = |x: &Exact| Exact::ONE.checked_div(&(x - &whole)).expect("not whole");
    let inner = simplest(&turned(high), &turned(low));
    &whole + &Exact::ONE.checked_div(&inner).expect("reciprocals are above 1")
}

/// How a figure of the plan is set: a rate becomes the observed number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial {
    /// The observed number.
    pub fact: FactId,
    /// What a rate is multiplied by: the denominator of a ratio.
    pub unit: Exact,
    /// The grid of a figure that is reported as a rate.
    pub grid: Option<(Exact, Mode)>,
    /// The values of the rate that the contract admits.
    pub range: (Exact, Exact),
}

/// What of a plan lies between a figure and a line, whoever the holder is.
pub(super) struct Reach {
    /// Whether each node is needed for the line.
    pub needed: Vec<bool>,
    /// What is worked out again when the figure moves.
    nodes: Vec<NodeId>,
    /// True when the plan proves that the line goes one way as the figure rises.
    one_way: bool,
}

impl Reach {
    /// Between a figure and a line.
    pub fn new(plan: &Plan, line: &LineSpec, figure: FactId) -> Reach {
        let needed = plan.needed_beside_statistics(line.nodes());
        let moved = depends(plan, &|fact| fact == figure);
        let ids = (0u32..).zip(needed.iter().zip(&moved));
        let nodes = ids.filter(|(_, (needed, moved))| **needed && **moved).map(|(id, _)| NodeId(id));
        let nodes = nodes.collect();
        let direction = directions(plan, &|fact| fact == figure)[line.amount.index()];
        Reach { needed, nodes, one_way: direction != Direction::Mixed }
    }
}

/// The money of a line, by party, as a function of one figure.
pub struct Payoff<'p> {
    plan: &'p Plan,
    held: Held<'p>,
    facts: Vec<Exact>,
    dial: Dial,
    values: Values,
    reach: &'p Reach,
    parties: Vec<(String, Vec<(bool, NodeId)>)>,
    /// The amount of the line before it is rounded to pennies.
    unrounded: NodeId,
    /// Rates that were asked for, and what each party got.
    known: BTreeMap<Exact, Vec<Exact>>,
}

impl<'p> Payoff<'p> {
    /// The payoff of a line for the parties that it names.
    pub(super) fn new(
        plan: &'p Plan,
        held: Held<'p>,
        line: &LineSpec,
        dial: Dial,
        reach: &'p Reach,
    ) -> Payoff<'p> {
        Payoff {
            plan,
            held,
            facts: held.values.to_vec(),
            dial,
            values: evaluate(plan, held.values, (held.statistics, held.lane), &reach.needed),
            reach,
            parties: parties(line),
            unrounded: line.exact,
            known: BTreeMap::new(),
        }
    }

    /// The parties of the line.
    pub fn parties(&self) -> impl Iterator<Item = &str> {
        self.parties.iter().map(|(party, _)| party.as_str())
    }

    /// What each party gets at this rate, negative where it pays; then the line before it is rounded.
    pub fn at(&mut self, rate: &Exact) -> &[Exact] {
        if !self.known.contains_key(rate) {
            let nets = self.work_out(rate);
            self.known.insert(rate.clone(), nets);
        }
        &self.known[rate]
    }

    fn work_out(&mut self, rate: &Exact) -> Vec<Exact> {
        let (least, most) = &self.dial.range;
        let held = rate.greater(least).lesser(most);
        let observed = match &self.dial.grid {
            Some((step, mode)) => held.rounded(step, *mode),
            None => held * &self.dial.unit,
        };
        self.facts[self.dial.fact.0 as usize] = observed;
        let statistics = (self.held.statistics, self.held.lane);
        evaluate_again(self.plan, &self.facts, statistics, (&self.reach.nodes, &mut self.values));
        let net = |flows: &Vec<(bool, NodeId)>| {
            flows.iter().fold(Exact::ZERO, |net, (receives, node)| {
                let amount = self.values.of(*node);
                if *receives { &net + amount } else { &net - amount }
            })
        };
        let nets = self.parties.iter().map(|(_, flows)| net(flows));
        nets.chain([self.values.of(self.unrounded).clone()]).collect()
    }

    /// The place, among what `at` gives, of the amount of the line before it is rounded.
    pub fn unrounded(&self) -> usize {
        self.parties.len()
    }

    /// Looks around, so that what goes up and down is not taken to go one way.
    pub fn look_around(&mut self) {
        let (least, most) = self.dial.range.clone();
        let places = if self.reach.one_way { 1 } else { LOOKED_AT };
        for place in 0..=places {
            let share = Exact::ratio(place, places).unwrap_or(Exact::ZERO);
            self.at(&(&least + &(&(&most - &least) * &share)));
        }
    }

    /// True when some rate that was looked at has this answer.
    pub fn ever(&self, party: usize, asked: &dyn Fn(&Exact) -> bool) -> bool {
        self.known.values().any(|nets| asked(&nets[party]))
    }

    /// True when the answer changes at most once as the figure rises, as far as was looked.
    pub fn changes_once(&self, party: usize, asked: &dyn Fn(&Exact) -> bool) -> bool {
        let answers: Vec<bool> = self.known.values().map(|nets| asked(&nets[party])).collect();
        self.reach.one_way || answers.windows(2).filter(|pair| pair[0] != pair[1]).count() <= 1
    }

    /// The edge between two rates with different answers to a question about a party's money.
    pub fn edge(
        &mut self,
        party: usize,
        (low, high): (Exact, Exact),
        asked: &dyn Fn(&Exact) -> bool,
    ) -> Option<Edge> {
        let at_low = asked(&self.at(&low)[party]);
        if asked(&self.at(&high)[party]) == at_low {
            return None;
        }
        let half = Exact::scaled(5, 1);
        let (mut below, mut above) = (low, high);
        for _ in 0..HALVINGS {
            let middle = &(&below + &above) * &half;
            if asked(&self.at(&middle)[party]) == at_low {
                below = middle;
            } else {
                above = middle;
            }
        }
        // Whether the edge itself belongs below or above.
        let edge = simplest(&below, &above);
        if asked(&self.at(&edge)[party]) == at_low {
            below = edge;
        } else {
            above = edge;
        }
        Some(Edge { below, above })
    }
}

/// What each party but the commissioner of a line pays and receives.
fn parties(line: &LineSpec) -> Vec<(String, Vec<(bool, NodeId)>)> {
    let mut parties: Vec<(String, Vec<(bool, NodeId)>)> = Vec::new();
    for part in &line.parts {
        for (party, receives) in [(&part.payee, true), (&part.payer, false)] {
            match parties.iter_mut().find(|(known, _)| known == party) {
                Some((_, flows)) => flows.push((receives, part.amount)),
                None => parties.push((party.clone(), vec![(receives, part.amount)])),
            }
        }
    }
    parties
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_what_somebody_agreed_on() {
        let exact = |text: &str| Exact::parse(text).unwrap();
        let value = |below: &str, above: &str| Edge { below: exact(below), above: exact(above) }.value();
        assert_eq!(value("0.66699999999", "0.66700000001"), exact("0.667"));
        assert_eq!(value("29.9999", "30.0001"), exact("30"));
        assert_eq!(value("0.46000000026", "0.46000000027"), exact("0.46"));
        assert_eq!(value("0.6666666666", "0.6666666667"), Exact::ratio(2, 3).unwrap());
    }
}
