//! What improvement pays: for each party and outcome the money for one unit of improvement, whether
//! doing better ever costs money, cliffs, and ranges in which effort earns nothing.
//!
//! Verdicts are about all admissible data when they are `Proven`, and about the data beside which they
//! were drawn when they are `Refuted` (two observations show it) or `HarmlessBeside`.

use super::curve::{Curve, Drawing, Sum};
use super::exposure::Analysis;
use super::outcome::Outcome;
use super::subject::Subject;
use super::variables::{Variable, onto};
use crate::calendar::Period;
use crate::num::{Exact, Range};
use crate::plan::{NodeId, Op, PlanNodes};

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

/// Data, and the period that is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'b> {
    /// Facts, in the order of the plan.
    pub facts: &'b [Exact],
    /// The period whose lines count.
    pub period: Period,
}

impl Analysis<'_> {
    /// What every outcome pays beside some data.
    pub fn payoffs(&self, beside: Beside<'_>) -> Vec<Payoff> {
        let variables = self.variables.beside(beside.facts, &|spec| self.is_outcome(spec));
        self.outcomes(&variables).into_iter().filter_map(|outcome| self.payoff(outcome, beside)).collect()
    }

    /// What an outcome pays; nothing when it moves no money in the period.
    pub fn payoff(&self, outcome: Outcome, beside: Beside<'_>) -> Option<Payoff> {
        let (contract, plan) = (self.contract(), self.plan());
        let node = outcome.variable.node;
        let moved = self.readers.dependents(&[node], &|_| true);
        let moves = |sum: &Sum| sum.iter().any(|(_, node)| moved.binary_search(node).is_ok());
        let parties: Vec<(String, Sum)> = contract
            .parties
            .iter()
            .map(|party| {
                let subject = Subject::Party(party.id.clone());
                (party.id.clone(), subject.terms(contract, plan, beside.period))
            })
            .filter(|(_, sum)| moves(sum))
            .collect();
        let range = &outcome.variable.range;
        if parties.is_empty() || range.least >= range.most {
            return None;
        }
        let sums: Vec<Sum> = parties.iter().map(|(_, sum)| sum.clone()).collect();
        let roots: Vec<NodeId> = sums.iter().flatten().map(|(_, node)| *node).collect();
        let needed = plan.needed_by(roots.iter().copied());
        let dependents = self.readers.dependents(&[node], &|node| needed[node.index()]);
        let now = self.values(&roots, beside.facts).of(node).clone();
        let values = |at: &Exact| {
            let facts = self.variables.with(beside.facts, (outcome.variable.source, at));
            self.values(&roots, &facts)
        };
        let drawing = Drawing { plan, variable: node, dependents: &dependents, values: &values };
        let curve = drawing.curve((&range.least, &range.most), &sums);
        let points = self.points(&curve, (&outcome.variable, &now), &|at| {
            let known = values(at);
            let total = |sum: &Sum| sum.iter().map(|(factor, node)| factor * known.of(*node)).sum();
            sums.iter().map(total).collect()
        });
        let delivers = |party: &str| {
            let known = contract.parties.iter().find(|known| known.id == party);
            known.is_some_and(|known| known.role.as_deref() != Some("commissioner"))
        };
        let delivering = parties.iter().enumerate().filter(|(_, (party, _))| delivers(party));
        let each = delivering.map(|(index, (party, sum))| {
            let drawn = Drawn { outcome: &outcome, curve: &curve, points: &points, index, now: &now };
            let (least, most, at_data) = drawn.slopes();
            let verdict = self.verdict(&drawn, sum);
            Incentive { party: party.clone(), least, most, now: at_data, verdict }
        });
        let incentives: Vec<Incentive> = each.collect();
        let parties: Vec<String> = parties.iter().map(|(party, _)| party.clone()).collect();
        let cliffs = cliffs(&outcome, &curve, (&parties, &now, self.counted(&outcome, beside.facts)));
        let dead_zones = dead_zones(&curve, &now);
        Some(Payoff { outcome, now, parties, incentives, cliffs, dead_zones, curve, points })
    }

    /// How many people or items one unit of the variable stands for.
    fn counted(&self, outcome: &Outcome, facts: &[Exact]) -> Exact {
        match outcome.variable.source {
            super::Source::Ratio(_, denominator) => facts[denominator.0 as usize].clone(),
            super::Source::Fact(_) => Exact::ONE,
        }
    }

    /// Where the curve bends, on the grid, with a step to either side, and where the data stand.
    fn points(
        &self,
        curve: &Curve,
        (variable, now): (&Variable, &Exact),
        value: &dyn Fn(&Exact) -> Vec<Exact>,
    ) -> Vec<(Exact, Vec<Exact>)> {
        let range = &variable.range;
        let mut at = vec![now.clone()];
        for stretch in &curve.stretches {
            for end in [&stretch.from, &stretch.to] {
                let below = onto(end, range);
                let step = range.step.clone().unwrap_or(Exact::ZERO);
                at.extend([&below - &step, &below + &step].iter().map(|near| onto(near, range)));
                at.push(below);
            }
        }
        at.sort();
        at.dedup();
        at.into_iter().map(|at| (at.clone(), value(&at))).collect()
    }

    /// What rounding alone may take: a minor unit for each line that moves, and in a split line one for
    /// each part, because who takes the rest of it gives way to all others.
    fn odd_pennies(&self, sum: &Sum, dependents: &[NodeId]) -> Exact {
        let moved = sum.iter().filter(|(_, node)| dependents.binary_search(node).is_ok());
        let parts = moved.map(|(_, node)| match &self.plan().node(*node).op {
            Op::Share(split, _) => self.plan().split(*split).weights.len(),
            Op::Const(_)
            | Op::Fact(_)
            | Op::Linear { .. }
            | Op::Product(..)
            | Op::Ratio(..)
            | Op::Piecewise(..)
            | Op::Extreme(..)
            | Op::Select { .. }
            | Op::Round { .. }
            | Op::Statistic(_) => 1,
        });
        let count = i64::try_from(parts.sum::<usize>()).unwrap_or(i64::MAX);
        &Exact::scaled(1, self.contract().minor_places) * &Exact::from(count)
    }

    /// Proof over all data, else a look for two observations, else undecided.
    fn verdict(&self, drawn: &Drawn<'_>, sum: &Sum) -> Verdict {
        let plan = self.plan();
        let node = drawn.outcome.variable.node;
        let needed = plan.needed_by(sum.iter().map(|(_, node)| *node));
        let dependents = self.readers.dependents(&[node], &|node| needed[node.index()]);
        let tolerance = self.odd_pennies(sum, &dependents);
        if let Some((worse, better, lost)) = drawn.worst_fall().filter(|(_, _, lost)| *lost > tolerance) {
            return Verdict::Refuted { worse, better, lost };
        }
        let towards_better = Exact::from(drawn.outcome.better);
        let response = self.response(sum, &drawn.outcome.variable).scaled(&towards_better);
        let fall = -&response.jump.0;
        if response.rises || (response.slope.0.sign() >= 0 && fall <= tolerance) {
            let rounding = if response.rises { Exact::ZERO } else { fall.greater(&Exact::ZERO).clone() };
            return Verdict::Proven { rounding };
        }
        let (least, most) = response.of_rise(&drawn.outcome.unit);
        Verdict::HarmlessBeside { least, most }
    }
}

/// A party's curve of an outcome.
struct Drawn<'d> {
    outcome: &'d Outcome,
    curve: &'d Curve,
    points: &'d [(Exact, Vec<Exact>)],
    index: usize,
    now: &'d Exact,
}

impl Drawn<'_> {
    /// What one unit of improvement pays: the least, the most, and where the data stand.
    fn slopes(&self) -> (Exact, Exact, Exact) {
        let unit = &self.outcome.unit * &Exact::from(self.outcome.better);
        let paid = |line: &crate::num::Line| &line.slope * &unit;
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
    fn worst_fall(&self) -> Option<(Exact, Exact, Exact)> {
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

fn cliffs(outcome: &Outcome, curve: &Curve, (names, now, counted): (&[String], &Exact, Exact)) -> Vec<Cliff> {
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
fn dead_zones(curve: &Curve, now: &Exact) -> Vec<DeadZone> {
    let is_level = |line: &crate::num::Line| line.slope.is_zero();
    let mut zones: Vec<DeadZone> = Vec::new();
    let mut last: Option<&super::curve::Stretch> = None;
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
