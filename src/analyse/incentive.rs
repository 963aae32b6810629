//! What improvement pays: for each party and outcome the money for one unit of improvement, whether
//! doing better ever costs money, cliffs, and ranges in which effort earns nothing.
//!
//! Verdicts are about all admissible data when they are `Proven`, and about the data beside which they
//! were drawn when they are `Refuted` (two observations show it) or `HarmlessBeside`.

use std::collections::BTreeMap;

use super::curve::{Curve, Stretch};
use super::outcome::Outcome;
use crate::calendar::Period;
use crate::num::{Exact, Line, Range};

/// Whether doing better ever costs a party money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Never, for any admissible data, but for so much rounding.
    Proven {
        /// The most that rounding can take.
        rounding: Exact,
    },
    /// Two observations show that it does.
    Refuted {
        /// The worse value of the outcome.
        worse: Exact,
        /// The better value.
        better: Exact,
        /// What doing better loses.
        lost: Exact,
    },
    /// Not beside these data; whether it does beside others is undecided, where these are the least and
    /// most that one unit of improvement could pay.
    HarmlessBeside {
        /// The least, for all admissible data.
        least: Exact,
        /// The most.
        most: Exact,
    },
}

/// What one unit of improvement pays a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incentive {
    /// The party.
    pub party: String,
    /// Least and most over the outcome's range, beside the data, between jumps.
    pub least: Exact,
    /// The most.
    pub most: Exact,
    /// Where the data stand: the next unit of improvement.
    pub now: Exact,
    /// Whether doing better ever costs money.
    pub verdict: Verdict,
}

/// A jump of the curve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cliff {
    /// The value of the outcome.
    pub at: Exact,
    /// What each party gains when the outcome passes it on the way to better.
    pub gains: Vec<(String, Exact)>,
    /// How many people or items lie between it and the data, in a measure that counts them.
    pub away: Exact,
}

/// A range in which nobody earns or loses by the outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadZone {
    /// From this value of the outcome.
    pub from: Exact,
    /// To this value.
    pub to: Exact,
    /// True when the data lie in it.
    pub holds_data: bool,
}

/// What one outcome pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payoff {
    /// The outcome.
    pub outcome: Outcome,
    /// Its value in the data.
    pub now: Exact,
    /// The parties that it moves, in the order of the contract.
    pub parties: Vec<String>,
    /// What it pays those of them that deliver care; who commissions it pays for improvement by design.
    pub incentives: Vec<Incentive>,
    /// Jumps.
    pub cliffs: Vec<Cliff>,
    /// Ranges in which effort earns nothing.
    pub dead_zones: Vec<DeadZone>,
    /// The curve of each of the parties.
    pub curve: Curve,
    /// Values of the outcome at which the curve bends, with what each party nets there, exactly.
    pub points: Vec<(Exact, Vec<Exact>)>,
}

impl Payoff {
    /// The most that the outcome can move a party, from the worst point of its curve to the best.
    pub fn moves(&self, party: &str) -> Exact {
        let index = self.parties.iter().position(|known| known == party);
        let nets = index.map(|index| self.points.iter().map(move |(_, nets)| &nets[index]));
        let ends = nets.and_then(|nets| Some((nets.clone().min()?, nets.max()?)));
        ends.map_or(Exact::ZERO, |(least, most)| most - least)
    }
}

/// Payoffs of the same outcome in different periods, together, in the order found.
pub fn by_outcome<'f>(payoffs: impl IntoIterator<Item = &'f Payoff>) -> Vec<(String, Vec<&'f Payoff>)> {
    let mut together: Vec<(String, Vec<&Payoff>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for payoff in payoffs {
        let name = payoff.outcome.name();
        match places.get(&name) {
            Some(place) => together[*place].1.push(payoff),
            None => {
                places.insert(name.clone(), together.len());
                together.push((name, vec![payoff]));
            }
        }
    }
    together
}

/// Data, and the period that is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'b> {
    /// Facts, in the order of the plan.
    pub facts: &'b [Exact],
    /// The period whose lines count.
    pub period: Period,
}

/// A party's curve of an outcome.
pub(super) struct Drawn<'d> {
    /// The outcome.
    pub outcome: &'d Outcome,
    /// The curve of each party.
    pub curve: &'d Curve,
    /// What each party nets at some values.
    pub points: &'d [(Exact, Vec<Exact>)],
    /// Which party.
    pub index: usize,
    /// Where the data stand.
    pub now: &'d Exact,
}

impl Drawn<'_> {
    /// What one unit of improvement pays: the least, the most, and where the data stand.
    pub fn slopes(&self) -> (Exact, Exact, Exact) {
        let unit = &self.outcome.unit * &Exact::from(self.outcome.better);
        let paid = |line: &Line| &line.slope * &unit;
        let each: Vec<Exact> =
            self.curve.stretches.iter().map(|stretch| paid(&stretch.lines[self.index])).collect();
        let hull = Range::hull(&each);
        let rising = self.outcome.better > 0;
        let ahead = self.curve.stretches.iter().zip(&each).find(|(stretch, _)| {
            let (from, to) = (&stretch.from, &stretch.to);
            if rising { from <= self.now && self.now < to } else { from < self.now && self.now <= to }
        });
        (hull.least, hull.most, ahead.map_or(Exact::ZERO, |(_, paid)| paid.clone()))
    }

    /// The pair of points with the largest fall on the way to better.
    pub fn worst_fall(&self) -> Option<(Exact, Exact, Exact)> {
        let mut points: Vec<(&Exact, &Exact)> =
            self.points.iter().map(|(at, values)| (at, &values[self.index])).collect();
        if self.outcome.better < 0 {
            points.reverse();
        }
        let mut highest = points.first().copied()?;
        let mut worst: Option<(Exact, Exact, Exact)> = None;
        for (at, value) in points {
            let lost = highest.1 - value;
            if worst.as_ref().is_none_or(|(_, _, known)| lost > *known) {
                worst = Some((highest.0.clone(), at.clone(), lost));
            }
            if value >= highest.1 {
                highest = (at, value);
            }
        }
        worst
    }
}

/// Jumps of a curve.
pub(super) fn cliffs(
    outcome: &Outcome,
    curve: &Curve,
    (names, now, counted): (&[String], &Exact, Exact),
) -> Vec<Cliff> {
    let towards = Exact::from(outcome.better);
    let pairs = curve.stretches.windows(2).map(|pair| {
        let at = &pair[0].to;
        let jump = |i: usize| &(&pair[1].lines[i].at(at) - &pair[0].lines[i].at(at)) * &towards;
        let gains = (0..names.len()).map(|i| (names[i].clone(), jump(i)));
        let gains: Vec<(String, Exact)> = gains.filter(|(_, jump)| jump.abs() >= Exact::ONE).collect();
        let away = &(at - now).abs() * &counted;
        let away = &away.floor() + &Exact::from(i64::from(!away.is_whole()));
        Cliff { at: at.clone(), gains, away }
    });
    pairs.filter(|cliff| !cliff.gains.is_empty()).collect()
}

/// Stretches on which every line is level, joined where nothing jumps between them.
pub(super) fn dead_zones(curve: &Curve, now: &Exact) -> Vec<DeadZone> {
    let is_level = |line: &Line| line.slope.is_zero();
    let mut zones: Vec<DeadZone> = Vec::new();
    let mut last: Option<&Stretch> = None;
    for stretch in curve.stretches.iter().filter(|stretch| stretch.lines.iter().all(is_level)) {
        let joins = last.is_some_and(|last| last.to == stretch.from && last.lines == stretch.lines);
        match zones.last_mut().filter(|_| joins) {
            Some(zone) => zone.to = stretch.to.clone(),
            None => {
                zones.push(DeadZone { from: stretch.from.clone(), to: stretch.to.clone(), holds_data: false })
            }
        }
        last = Some(stretch);
    }
    for zone in &mut zones {
        zone.holds_data = *now >= zone.from && *now <= zone.to;
    }
    zones
}
