//! One line and one figure: true rates, chances, and money for each party.

use std::collections::BTreeMap;
use std::sync::Mutex;

use carepact::plan::LineSpec;
use carepact::{Exact, Model};

use super::distribution::{Chance, Law};
use super::figure::Figure;
use super::number::{Probability, amount, float};
use super::payoff::{Edge, Payoff, Reach};
use super::population::{Counting, Enough, Event};
use super::{Held, LineLuck, Money, Odds, Settings};

/// Points at which a cost that is no count is looked at, each as likely as the next.
const POINTS: u32 = 2_000;

/// The luck of each party in a line, or what is missing to work it out.
pub type Examined = Result<Vec<LineLuck>, &'static str>;

/// Numbers that are enough and were searched for: for other parties, most of which share their edges, and
/// for other holders.
#[derive(Default)]
pub(super) struct Known(Mutex<BTreeMap<Searched, Enough>>);

/// What a search for a number rests on: law, spread and step of the figure, true rate, event.
type Searched = (Law, [Exact; 3], Event);

impl Known {
    fn enough(&self, figure: &Figure, rate: &Exact, event: &Event, search: &dyn Fn() -> Enough) -> Enough {
        let (spread, step) = (figure.spread.clone(), figure.step.clone());
        let searched = (figure.law, [spread, step, rate.clone()], event.clone());
        let known = self.0.lock().ok().and_then(|known| known.get(&searched).copied());
        known.unwrap_or_else(|| {
            let found = search();
            if let Ok(mut known) = self.0.lock() {
                known.insert(searched, found);
            }
            found
        })
    }
}

/// The luck of every party of a line but the commissioner.
pub(super) fn examine(
    model: &Model,
    (held, settings): (Held<'_>, &Settings),
    line: &LineSpec,
    figure: &Figure,
    (reach, known): (&Reach, &Known),
) -> Vec<LineLuck> {
    let contract = model.contract();
    let mut payoff = Payoff::new(model.plan(), held, line, figure.dial.clone(), reach);
    let is_commissioner = |party: &str| {
        let found = contract.party_named(party).map(|id| contract.party(id));
        found.is_some_and(|party| party.role.as_deref() == Some("commissioner"))
    };
    let parties: Vec<(usize, String)> = payoff
        .parties()
        .map(str::to_string)
        .enumerate()
        .filter(|(_, party)| !is_commissioner(party))
        .collect();
    let places = contract.minor_places;
    let examined = parties.into_iter().map(|(index, party)| {
        let payoff = &mut payoff;
        let mut looking = Looking { payoff, party: index, figure, settings, places, known };
        looking.line(line, party)
    });
    examined.collect()
}

/// One party in one line.
struct Looking<'l, 'p> {
    payoff: &'l mut Payoff<'p>,
    party: usize,
    figure: &'l Figure,
    settings: &'l Settings,
    places: u32,
    known: &'l Known,
}

/// What happens, as far as the figure decides it.
#[derive(Clone, Copy)]
enum Asked {
    Paid,
    Fined,
    NotPaid,
}

impl Asked {
    fn of(self, net: &Exact) -> bool {
        match self {
            Asked::Paid => net.sign() > 0,
            Asked::Fined => net.sign() < 0,
            Asked::NotPaid => net.sign() <= 0,
        }
    }
}

impl Looking<'_, '_> {
    fn line(&mut self, line: &LineSpec, party: String) -> LineLuck {
        let figure = self.figure;
        let baseline = figure.stated.baseline.clone().unwrap_or_else(|| figure.observed.clone());
        self.payoff.look_around();
        let ever = |this: &Self, asked: Asked| this.payoff.ever(this.party, &|net| asked.of(net));
        let unchanged = self.moments(&baseline);
        let (paid, fined) = (ever(self, Asked::Paid), ever(self, Asked::Fined));
        let fines = if fined { self.agreed(Asked::Fined) } else { None };
        let stated = figure.stated.target.clone();
        let target = stated.clone().or_else(|| if paid { self.full() } else { self.natural(fines.clone()) });
        let met = stated.or_else(|| self.met(&baseline, fines.clone()));
        let improved = figure.stated.improved.clone().or_else(|| self.improved(&baseline, target.as_ref()));
        let starts = if paid { self.agreed(Asked::Paid) } else { None };
        let odds = |this: &mut Self, wanted: bool, rate: Option<&Exact>, asked: Asked| {
            rate.filter(|_| wanted).map(|rate| this.odds(rate, asked))
        };
        LineLuck {
            line: line.id.clone(),
            holder: None,
            clause: line.clause.clone(),
            title: line.title.clone(),
            period: line.period.1.clone(),
            members: line.members.clone(),
            party,
            figure: figure.clone(),
            paid_unchanged: odds(self, paid, Some(&baseline), Asked::Paid),
            fined_on_target: odds(self, fined, met.as_ref(), Asked::Fined),
            unpaid_improved: odds(self, paid, improved.as_ref(), Asked::NotPaid),
            money: self.money(unchanged, improved.as_ref(), target.as_ref()),
            baseline,
            starts,
            fines,
            target,
            met: met.filter(|_| fined),
            improved,
        }
    }

    /// Whether more is better for the party: as the contract says, else as its money does.
    fn higher_is_better(&mut self) -> bool {
        let (least, most) = self.figure.dial.range.clone();
        let party = self.party;
        let at_least = self.payoff.at(&least)[party].clone();
        let by_money = at_least <= self.payoff.at(&most)[party];
        self.figure.higher_is_better.unwrap_or(by_money)
    }

    /// The edge of what is asked over all admitted rates.
    fn edge(&mut self, asked: Asked) -> Option<Edge> {
        self.payoff.edge(self.party, self.figure.dial.range.clone(), &|net| asked.of(net))
    }

    /// The edge as the contract has it: before rounding, where no penny moves it.
    fn agreed(&mut self, asked: Asked) -> Option<Exact> {
        let in_pennies = self.edge(asked)?.value();
        let (least, most) = self.figure.dial.range.clone();
        let unrounded = self.payoff.unrounded();
        let sides: [&dyn Fn(&Exact) -> bool; 2] = [&|amount| amount.sign() > 0, &|amount| amount.sign() < 0];
        let near = &(&most - &least) * &Exact::scaled(1, 3);
        let edges = sides.into_iter().filter_map(|side| {
            let edge = self.payoff.edge(unrounded, (least.clone(), most.clone()), side)?.value();
            Some(((&edge - &in_pennies).abs(), edge))
        });
        let nearest = edges.min().filter(|(away, _)| *away <= near);
        Some(nearest.map_or(in_pennies, |(_, edge)| edge))
    }

    /// The rate from which on payment is full.
    fn full(&mut self) -> Option<Exact> {
        let (least, most) = self.figure.dial.range.clone();
        let end = if self.higher_is_better() { &most } else { &least };
        let unrounded = self.payoff.unrounded();
        let full = self.payoff.at(end)[unrounded].clone();
        let edge = self.payoff.edge(unrounded, (least.clone(), most.clone()), &|amount| *amount == full);
        self.natural(edge.map(|edge| edge.value()))
    }

    /// The rate of an edge; nothing where it is an end of what data may be. A share ends at all and a
    /// count at none, where a target may well lie.
    fn natural(&mut self, edge: Option<Exact>) -> Option<Exact> {
        let rate = edge?;
        let (least, most) = self.figure.dial.range.clone();
        let higher = self.higher_is_better();
        let end = if higher { &most } else { &least };
        let is_natural = if higher { self.figure.law == Law::Share } else { end.is_zero() };
        let tiny = &(&most - &least) * &Exact::scaled(1, 6);
        ((&rate - end).abs() > tiny || is_natural).then_some(rate)
    }

    /// The true rate of a party that has done what was asked of it so as not to be fined: where fines
    /// end, or the baseline where that is better already.
    fn met(&mut self, baseline: &Exact, fines: Option<Exact>) -> Option<Exact> {
        let end = self.natural(fines)?;
        let better = if self.higher_is_better() { *baseline > end } else { *baseline < end };
        Some(if better { baseline.clone() } else { end })
    }

    /// Part of the way from baseline to target, where that is an improvement.
    fn improved(&mut self, baseline: &Exact, target: Option<&Exact>) -> Option<Exact> {
        let target = target?;
        let higher = self.higher_is_better();
        let better = if higher { target > baseline } else { target < baseline };
        better.then(|| baseline + &(&(target - baseline) * &self.settings.improvement))
    }

    fn chance(&self, rate: &Exact) -> Chance {
        let Figure { law, size, spread, .. } = self.figure;
        Chance { law: *law, rate: float(rate), size: float(size), spread: float(spread) }
    }

    /// Counts over their size, and how likely each is. A cost is looked at where it is as likely to
    /// lie in one stretch as in the next.
    fn likely(&self, rate: &Exact) -> Vec<(Exact, f64)> {
        let chance = self.chance(rate);
        let over = |count: u64| {
            let count = Exact::from(i64::try_from(count).unwrap_or(i64::MAX));
            count.checked_div(&self.figure.size).unwrap_or(Exact::ZERO)
        };
        match chance.counts() {
            Some(counts) => counts.iter().map(|(count, p)| (over(count), p)).collect(),
            None => (0..POINTS)
                .map(|point| {
                    let share = (f64::from(point) + 0.5) / f64::from(POINTS);
                    let value = chance.rate + chance.deviation() * super::distribution::normal_at(share);
                    (amount(value.max(0.0), self.places), 1.0 / f64::from(POINTS))
                })
                .collect(),
        }
    }

    fn odds(&mut self, rate: &Exact, asked: Asked) -> Odds {
        let party = self.party;
        let likely = self.likely(rate);
        let happens = |this: &mut Self, value: &Exact| asked.of(&this.payoff.at(value)[party]);
        let total: f64 = likely.iter().filter(|(value, _)| happens(self, value)).map(|(_, p)| p).sum();
        let exact = (self.figure.law != Law::Cost).then(|| Probability(total.min(1.0)));
        let one_way = self.payoff.changes_once(party, &|net| asked.of(net));
        let agreed = self.agreed(asked);
        let edge = self.edge(asked);
        let chance = self.chance(rate);
        let event = edge.zip(agreed).map(|(edge, agreed)| {
            let above = asked.of(&self.payoff.at(&edge.above)[party]);
            Event { edge, agreed, above }
        });
        let acceptable = float(&self.settings.acceptable);
        let (normal, enough) = match &event {
            _ if !one_way => (None, Enough::NotOneWay),
            _ if !self.settings.search => (None, Enough::NotAsked),
            None => {
                let always = asked.of(&self.payoff.at(rate)[party]);
                let enough = if always { Enough::None } else { Enough::From(1) };
                (Some(Probability(f64::from(u8::from(always)))), enough)
            }
            Some(event) => {
                let counting = Counting { chance, rate: rate.clone(), step: self.figure.step.clone() };
                let normal = chance.normal_beyond(float(&event.agreed), event.above);
                let search = || counting.enough(event, acceptable);
                let enough = self.known.enough(self.figure, rate, event, &search);
                (Some(Probability(normal)), enough)
            }
        };
        let too_likely = exact.or(normal).is_some_and(|p| p.0 >= acceptable);
        Odds { exact, normal, enough, too_likely }
    }

    /// Mean and standard deviation of the party's money at a true rate.
    fn moments(&mut self, rate: &Exact) -> (f64, f64) {
        let party = self.party;
        let likely = self.likely(rate);
        let nets: Vec<(f64, f64)> =
            likely.into_iter().map(|(value, p)| (float(&self.payoff.at(&value)[party]), p)).collect();
        let mean: f64 = nets.iter().map(|(net, p)| net * p).sum();
        let variance: f64 = nets.iter().map(|(net, p)| (net - mean).powi(2) * p).sum();
        (mean, variance.sqrt())
    }

    fn money(&mut self, unchanged: (f64, f64), improved: Option<&Exact>, target: Option<&Exact>) -> Money {
        let places = self.places;
        let improved = improved.map(|rate| self.moments(rate));
        let on_target = target.map(|rate| self.moments(rate));
        let mean = |moments: Option<(f64, f64)>| moments.map(|(mean, _)| amount(mean, places));
        Money {
            unchanged: amount(unchanged.0, places),
            improved: mean(improved),
            on_target: mean(on_target),
            by_chance: amount(improved.unwrap_or(unchanged).1, places),
            by_performance: on_target.map(|(mean, _)| amount(mean - unchanged.0, places)),
        }
    }
}
