//! The levels of what is drawn, and the draws behind them.

use std::collections::{BTreeMap, BTreeSet};

use super::baseline::{Baseline, rate};
use super::names::Names;
use super::prepare::{Move, Observed, Rule};
use super::prepared::{Drawn, Level, Moved, ShockDraw, Target};
use super::read::{Draw, ScenarioFile, Word};
use super::spread::{Chance, Relation, Spread};
use crate::bind::Facts;
use crate::calendar::{Period, PeriodKind};
use crate::contract::shape::Reports;
use crate::contract::{Contract, Measure, MeasureKind, brief};
use crate::num::{Exact, Range};
use crate::plan::{FactId, FactSpec, Part};
use crate::source::{Place, catalogue, did_you_mean};

/// Steps of numbers and ratios whose measures state none.
const STEP_OF_NUMBERS: (i128, u32) = (1, 4);

/// A draw of a level: what it is drawn for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LevelDraw {
    pub measure: String,
    pub members: Vec<(String, String)>,
    pub period: Option<String>,
    /// Index of the draw.
    pub draw: usize,
}

/// The key of a period, and members by axis, for which a level is drawn anew.
type DrawnFor = (Option<String>, Vec<(String, String)>);

/// Works out levels, and keeps every draw once.
pub(super) struct Levels<'a> {
    names: &'a Names<'a>,
    file: &'a ScenarioFile,
    facts: &'a Facts,
    baseline: &'a Baseline,
    pub draws: Vec<String>,
    places: BTreeMap<String, usize>,
    pub shocks: Vec<ShockDraw>,
    shock_places: BTreeMap<(usize, Option<Period>), usize>,
    /// Draws of levels that have more than one value.
    pub levels: Vec<LevelDraw>,
    /// Which draws these are.
    of_levels: BTreeSet<usize>,
    /// Entries that some observation follows.
    pub used: BTreeSet<usize>,
    /// What has no baseline, by the byte of its entry and whether its level or its denominator is
    /// meant: the entry, the measure, and the observations.
    lacking: BTreeMap<(usize, bool), (Place, String, Vec<String>)>,
}

impl<'a> Levels<'a> {
    pub fn new(
        names: &'a Names<'a>,
        file: &'a ScenarioFile,
        (facts, baseline): (&'a Facts, &'a Baseline),
    ) -> Levels<'a> {
        Levels {
            names,
            file,
            facts,
            baseline,
            draws: Vec::new(),
            places: BTreeMap::new(),
            shocks: Vec::new(),
            shock_places: BTreeMap::new(),
            levels: Vec::new(),
            of_levels: BTreeSet::new(),
            used: BTreeSet::new(),
            lacking: BTreeMap::new(),
        }
    }

    /// Reports what rests on a baseline that is not there, entry by entry.
    pub fn report_lacking(&self, reports: &mut Reports) {
        for ((_, is_level), (place, measure, observations)) in &self.lacking {
            let what = if *is_level { "level" } else { "denominator" };
            let found = format!("the baseline has no {what} of `{measure}` for {}", brief(observations));
            let remedy = format!(
                "give a `{what}` that does not rest on the baseline, add rows to it, or say `repeat`"
            );
            reports.add(&catalogue::SCENARIO_DRAW, place, found, remedy);
        }
    }

    fn contract(&self) -> &'a Contract {
        self.names.contract
    }

    /// The draw with this name.
    fn draw(&mut self, name: String) -> usize {
        *self.places.entry(name).or_insert_with_key(|name| {
            self.draws.push(name.clone());
            self.draws.len() - 1
        })
    }

    /// What is drawn for an observation: by the last entry that is for it, and by shocks.
    pub fn drawn(
        &mut self,
        observed: &Observed,
        rules: &[Rule<'_, '_>],
        moves: &[Move<'_, '_>],
        reports: &mut Reports,
    ) -> Option<Drawn> {
        let contract = self.contract();
        if !observed.needed {
            return None;
        }
        let rule = rules.iter().enumerate().rfind(|(_, rule)| rule.is_for(contract, &observed.spec));
        let moves: Vec<&Move<'_, '_>> =
            moves.iter().filter(|moved| moved.is_for(contract, &observed.spec)).collect();
        let measure = match (rule, &moves[..]) {
            (Some((index, rule)), _) => {
                self.used.insert(index);
                let is_there = self.baseline.says(&observed.spec);
                // Of a holder with nobody to be counted, 0 of 0 stays what it is.
                let is_nothing = observed.holder.is_some() && is_there && rule.level_rests();
                let is_nothing = is_nothing && self.baseline_of(observed).0.is_none();
                if is_nothing || !is_there && rule.leaves_absent(&observed.spec) {
                    return None;
                }
                rule.measure
            }
            (None, [first, ..]) if self.baseline.says(&observed.spec) => first.measure,
            (None, _) => return None,
        };
        let draw = rule.map(|(_, rule)| rule.draw);
        self.of(observed, measure, draw, &moves, reports)
    }

    fn of(
        &mut self,
        observed: &Observed,
        measure: &Measure,
        draw: Option<&Draw>,
        moves: &[&Move<'_, '_>],
        reports: &mut Reports,
    ) -> Option<Drawn> {
        let spec = &observed.spec;
        let (level, denominator) = self.baseline_of(observed);
        let is_ratio = measure.kind == MeasureKind::Ratio;
        let mut level = self.level(("level", measure), spec, draw, level, reports)?;
        for moved in moves {
            level.moved.push(self.moved(moved, spec));
        }
        let denominator = match is_ratio {
            true => Some(self.level(("denominator", measure), spec, draw, denominator, reports)?),
            false => None,
        };
        let chance = draw.map_or(Chance::None, |draw| draw.chance.clone());
        let name = observed.name();
        let chance_draw = self.draw(format!("chance:{name}"));
        Some(Drawn {
            target: self.target(observed, measure, draw)?,
            trials: draw.and_then(|draw| draw.trials.clone()),
            chance: (chance, chance_draw),
            name,
            holder: observed.holder,
            level,
            denominator,
        })
    }

    /// Level and denominator of the baseline.
    fn baseline_of(&self, observed: &Observed) -> (Option<Exact>, Option<Exact>) {
        if !self.baseline.says(&observed.spec) {
            return (None, None);
        }
        let value = |part: Part| {
            let fact = observed.parts.get(&part)?;
            Some(&self.facts.lanes[observed.holder.unwrap_or(0)].values[fact.0 as usize])
        };
        let denominator = value(Part::Denominator);
        let level = match value(Part::Value) {
            Some(value) => Some(value.clone()),
            None => rate(value(Part::Numerator), denominator),
        };
        (level, denominator.cloned())
    }

    fn level(
        &mut self,
        (what, measure): (&str, &Measure),
        spec: &FactSpec,
        draw: Option<&Draw>,
        baseline: Option<Exact>,
        reports: &mut Reports,
    ) -> Option<Level> {
        let is_level = what == "level";
        let spread =
            draw.and_then(|draw| if is_level { draw.level.as_ref() } else { draw.denominator.as_ref() });
        let from_baseline = spread.is_none_or(|spread| spread.relation != Relation::Instead);
        if from_baseline && baseline.is_none() {
            let draw = draw?;
            let members: Vec<&str> = spec.members.iter().map(|(_, member)| member.as_str()).collect();
            let of = [&[spec.period.1.as_str()], &members[..]].concat().join(" ");
            let lacks = self.lacking.entry((draw.place.at, is_level));
            lacks.or_insert_with(|| (draw.place.clone(), measure.name.clone(), Vec::new())).2.push(of);
            return None;
        }
        let spread = match spread {
            Some(spread) => {
                Some((spread.clone(), self.level_draw((what, measure), spec, draw?, spread, reports)?))
            }
            None => None,
        };
        let (times, plus) = match draw.filter(|_| is_level) {
            Some(draw) => self.trend(draw, spec.period.0),
            None => (Exact::ONE, Exact::ZERO),
        };
        let limits =
            draw.filter(|_| is_level).map_or((None, None), |draw| (draw.least.clone(), draw.most.clone()));
        Some(Level { baseline, spread, times, plus, moved: Vec::new(), limits })
    }

    /// What the trend makes of a level by the contract years since that of the baseline.
    fn trend(&self, draw: &Draw, period: Period) -> (Exact, Exact) {
        let calendar = &self.contract().calendar;
        let first = calendar.all(PeriodKind::Year).first().copied();
        let repeated = self.file.repeat.as_ref().and_then(|(key, _)| calendar.period(key));
        let since = repeated.or(first).zip(calendar.enclosing(period, PeriodKind::Year));
        let years = since.map_or(0, |(from, to)| (to.index - from.index).max(0));
        let growth = draw.trend.as_ref().map_or(Exact::ONE, |trend| &Exact::ONE + trend);
        let times = (0..years).fold(Exact::ONE, |product, _| &product * &growth);
        let plus = draw.trend_plus.as_ref().map_or(Exact::ZERO, |plus| plus * &Exact::from(i64::from(years)));
        (times, plus)
    }

    /// The draw that a level is of: one for each member and period for which it is drawn anew.
    fn level_draw(
        &mut self,
        (what, measure): (&str, &Measure),
        spec: &FactSpec,
        draw: &Draw,
        spread: &Spread,
        reports: &mut Reports,
    ) -> Option<usize> {
        let (period, members) = match &draw.each {
            None => (Some(spec.period.1.clone()), spec.members.clone()),
            Some(each) => self.each(measure, spec, each, reports)?,
        };
        let names = members.iter().map(|(_, member)| member.as_str());
        let names = [what, &measure.name].into_iter().chain(period.as_deref()).chain(names);
        let index = self.draw(names.collect::<Vec<_>>().join(":"));
        if what == "level" && spread.distribution.single().is_none() && self.of_levels.insert(index) {
            self.levels.push(LevelDraw { measure: measure.name.clone(), members, period, draw: index });
        }
        Some(index)
    }

    /// The period and members for which a level is drawn anew.
    fn each(
        &self,
        measure: &Measure,
        spec: &FactSpec,
        each: &[Word],
        reports: &mut Reports,
    ) -> Option<DrawnFor> {
        let calendar = &self.contract().calendar;
        let mut period = None;
        let mut axes = Vec::new();
        for (word, place) in each {
            let contract = self.contract();
            let own: Vec<&str> = measure.by.iter().map(|axis| contract.axis(*axis).id.as_str()).collect();
            if let Some(found) =
                PeriodKind::of_word(word).and_then(|kind| calendar.enclosing(spec.period.0, kind))
            {
                period = Some(calendar.key(found)).filter(|_| found.kind != PeriodKind::Term);
            } else if own.contains(&word.as_str()) {
                axes.push(word.as_str());
            } else {
                let lengths = PeriodKind::ALL.into_iter().filter(|kind| *kind >= measure.per);
                let lengths = lengths.map(|kind| kind.word().to_string());
                let known: Vec<String> = own.iter().map(|axis| (*axis).to_string()).chain(lengths).collect();
                let remedy = did_you_mean(word, known.iter().map(String::as_str)).map_or_else(
                    || format!("write some of {}", brief(&known)),
                    |near| format!("did you mean `{near}`?"),
                );
                let found = format!("`{}` cannot be drawn anew for each `{word}`", measure.name);
                reports.add(&catalogue::SCENARIO_DRAW, place, found, remedy);
                return None;
            }
        }
        let members = spec.members.iter().filter(|(axis, _)| axes.contains(&axis.as_str()));
        Some((period, members.cloned().collect()))
    }

    fn moved(&mut self, moved: &Move<'_, '_>, spec: &FactSpec) -> Moved {
        let shock = &self.file.shocks[moved.shock];
        let period = self.contract().calendar.enclosing(spec.period.0, shock.each);
        let key = (moved.shock, period);
        let index = match self.shock_places.get(&key) {
            Some(index) => *index,
            None => {
                let of = period.map(|period| self.contract().calendar.key(period)).unwrap_or_default();
                let draw = self.draw(format!("shock:{}:{of}", shock.name));
                self.shocks.push(ShockDraw { distribution: shock.spread.distribution.clone(), draw });
                self.shock_places.insert(key, self.shocks.len() - 1);
                self.shocks.len() - 1
            }
        };
        Moved { shock: index, by: moved.movement.by.clone(), times: moved.movement.times }
    }

    fn target(&self, observed: &Observed, measure: &Measure, draw: Option<&Draw>) -> Option<Target> {
        let step = draw.and_then(|draw| draw.step.clone()).or_else(|| measure.step.clone());
        let part = |part: Part| observed.parts.get(&part).copied();
        if measure.kind == MeasureKind::Ratio {
            let (least, most) = measure.denominator_range.clone();
            let denominators = Range { least, most, step: Some(step.unwrap_or(Exact::ONE)) };
            return Some(Target::Ratio {
                numerator: part(Part::Numerator),
                denominator: part(Part::Denominator),
                rates: measure.range.clone(),
                denominators,
            });
        }
        let fact: FactId = part(Part::Value)?;
        let (least, most) = measure.range.clone();
        let step = step.unwrap_or_else(|| Exact::scaled(STEP_OF_NUMBERS.0, STEP_OF_NUMBERS.1));
        Some(Target::Value(fact, Range { least, most, step: Some(step) }))
    }
}
