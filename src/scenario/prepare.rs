//! Holds a scenario file against a contract and its baseline. Every problem is reported at once.

use std::collections::BTreeMap;
use std::ops::Range;

use super::baseline::Baseline;
use super::correlate::correlated;
use super::holders::{Holders, named_alone};
use super::keys::Which;
use super::levels::Levels;
use super::names::Names;
use super::prepared::{Drawn, Prepared};
use super::read::{Draw, Movement, ScenarioFile};
use super::spread::{Relation, Spread};
use super::thresholds::thresholds;
use crate::Model;
use crate::bind::{self, Facts, Request, Source};
use crate::calendar::{Period, PeriodKind};
use crate::contract::shape::Reports;
use crate::contract::{Contract, Measure, MeasureKind, Missing, brief};
use crate::observe::Observations;
use crate::plan::{FactId, FactSpec, Part};
use crate::source::{Diagnostic, Problems, catalogue};

/// An entry of `draws`, and which observations it is for.
pub(super) struct Rule<'f, 'c> {
    pub draw: &'f Draw,
    pub measure: &'c Measure,
    pub which: Which,
}

/// What a shock moves.
pub(super) struct Move<'f, 'c> {
    /// Index of the shock in the file.
    pub shock: usize,
    pub movement: &'f Movement,
    pub measure: &'c Measure,
    pub which: Which,
}

/// The facts of one observation.
#[derive(Debug, Clone)]
pub(super) struct Observed {
    /// One of them; the holder is among its members.
    pub spec: FactSpec,
    /// The lane of the holder, where it is one's own.
    pub holder: Option<usize>,
    /// Value, or numerator, and denominator.
    pub parts: BTreeMap<Part, FactId>,
    /// True when some stated line depends on one of them.
    pub needed: bool,
}

impl Observed {
    /// `measure:period:member…`
    pub fn name(&self) -> String {
        let members = self.spec.members.iter().map(|(_, member)| member.as_str());
        let names = [self.spec.measure.as_str(), &self.spec.period.1].into_iter().chain(members);
        names.collect::<Vec<_>>().join(":")
    }
}

/// Prepares scenarios. `elsewhere` is another contract that the same scenarios are of: names that only
/// it knows are passed over.
///
/// # Errors
/// Every problem of the file and of the baseline, with its place.
pub fn prepare(
    model: &Model,
    file: &ScenarioFile,
    observations: &Observations,
    request: &Request,
    elsewhere: Option<&Contract>,
) -> Result<Prepared, Problems> {
    prepared(model, file, observations, (request, elsewhere), true)
}

/// The same for a contract in which a number was changed: what is drawn and no longer matters goes unused.
///
/// # Errors
/// Every problem of the file and of the baseline but that.
pub fn prepare_changed(
    model: &Model,
    file: &ScenarioFile,
    observations: &Observations,
    request: &Request,
) -> Result<Prepared, Problems> {
    prepared(model, file, observations, (request, None), false)
}

fn prepared(
    model: &Model,
    file: &ScenarioFile,
    observations: &Observations,
    (request, elsewhere): (&Request, Option<&Contract>),
    all_used: bool,
) -> Result<Prepared, Problems> {
    let contract = model.contract();
    let mut baseline = Baseline::new(contract, elsewhere, observations);
    let holders = Holders::of(contract, &baseline.observations);
    if let Some(lacking) = holders.lacking() {
        return Err(Problems(vec![lacking]));
    }
    let names = Names { contract, elsewhere, holders: &holders };
    let mut reports = Reports::default();
    let rules = rules(&names, file, &mut reports);
    let moves = moves(&names, file, &mut reports);
    let thresholds = thresholds(&names, file, &mut reports);
    // Who asks for a part of what the file is for does not want to take the rest out of it.
    let is_part = request.period.is_some();
    let request = requested(contract, file, request, &mut reports);
    if let Some((key, place)) = &file.repeat {
        match contract.calendar.period(key).filter(|period| period.kind == PeriodKind::Year) {
            Some(year) if contract.calendar.in_term(year) => baseline.repeat(&contract.calendar, year),
            Some(_) | None => {
                let found = format!("`{key}` is no contract year");
                reports.add(&catalogue::UNKNOWN_PERIOD, place, found, years(contract));
            }
        }
    }
    stand_ins(model, (&rules, &holders), request.period.is_some(), &mut baseline);
    let bound = bind::bind(contract, model.plan(), &baseline.observations, &request);
    let facts = match bound {
        Ok(facts) => facts,
        Err(problems) => return Err(with_baseline(problems, reports)),
    };
    let observed = observed(model, &facts, &holders);
    let mut levels = Levels::new(&names, file, (&facts, &baseline));
    let drawn: Vec<Drawn> =
        observed.iter().filter_map(|observed| levels.drawn(observed, &rules, &moves, &mut reports)).collect();
    levels.report_lacking(&mut reports);
    // What goes unused is told of the contract as written.
    let mut passed_over = Reports::default();
    let told = if all_used { &mut reports } else { &mut passed_over };
    unused((&names, is_part), (&rules, &moves), &observed, &levels, told);
    let known = is_part.then_some(&observed[..]);
    let correlated = correlated(&names, file, (&levels, known), told);
    if reports.has_error() {
        reports.0.sort_by_key(Diagnostic::at);
        return Err(Problems(reports.0));
    }
    let Levels { draws, shocks, .. } = levels;
    let rows = baseline.observations.rows();
    let named_alone = named_alone(holders.axis(), &facts, model.plan(), rows);
    let title = file.title.clone();
    Ok(Prepared { title, facts, draws, drawn, shocks, correlated, thresholds, named_alone })
}

fn rules<'f, 'c>(names: &Names<'c>, file: &'f ScenarioFile, reports: &mut Reports) -> Vec<Rule<'f, 'c>> {
    let mut rules = Vec::new();
    for draw in &file.draws {
        let Some(measure) = names.measure(&draw.measure, reports) else { continue };
        super::fits::check(draw, measure, reports);
        if let Some(which) = names.which(measure, &draw.which, reports) {
            rules.push(Rule { draw, measure, which });
        }
    }
    rules
}

fn moves<'f, 'c>(names: &Names<'c>, file: &'f ScenarioFile, reports: &mut Reports) -> Vec<Move<'f, 'c>> {
    let mut moves = Vec::new();
    for (shock, movement) in
        file.shocks.iter().enumerate().flat_map(|(i, shock)| shock.moves.iter().map(move |moved| (i, moved)))
    {
        let Some(measure) = names.measure(&movement.measure, reports) else { continue };
        let each = file.shocks[shock].each;
        if each < measure.per {
            let found = format!(
                "`{}` is drawn each {}, and `{}` is observed each {}",
                file.shocks[shock].name,
                each.word(),
                measure.name,
                measure.per.word()
            );
            let remedy = format!("draw the shock each {} or less often", measure.per.word());
            reports.add(&catalogue::SCENARIO_SHOCK, &movement.place, found, remedy);
            continue;
        }
        if let Some(which) = names.which(measure, &movement.which, reports) {
            moves.push(Move { shock, movement, measure, which });
        }
    }
    moves
}

/// The period that is simulated: the one asked for, or that of the file.
fn requested(contract: &Contract, file: &ScenarioFile, request: &Request, reports: &mut Reports) -> Request {
    let of_file = file.period.as_ref().filter(|_| request.period.is_none());
    if let Some((key, place)) = of_file
        && contract.calendar.period(key).is_none_or(|period| !contract.calendar.in_term(period))
    {
        let found = format!("`{key}` is no period of this contract");
        reports.add(&catalogue::UNKNOWN_PERIOD, place, found, format!("{}, or term", years(contract)));
        return request.clone();
    }
    let period = request.period.clone().or_else(|| of_file.map(|(key, _)| key.clone()));
    Request { period, ..request.clone() }
}

fn years(contract: &Contract) -> String {
    let calendar = &contract.calendar;
    let years: Vec<String> = calendar.all(PeriodKind::Year).iter().map(|year| calendar.key(*year)).collect();
    format!("write one of {}", brief(&years))
}

/// Stand-ins for what is drawn without a baseline. Where no period is asked for they make no year
/// appear that has no data.
fn stand_ins(
    model: &Model,
    (rules, holders): (&[Rule<'_, '_>], &Holders),
    asked: bool,
    baseline: &mut Baseline,
) {
    let contract = model.contract();
    let calendar = &contract.calendar;
    let with_data = baseline.years(calendar);
    let all = asked || with_data.is_empty() || with_data.len() == calendar.all(PeriodKind::Year).len();
    let is_stated = |period: Period| {
        let year = calendar.enclosing(period, PeriodKind::Year);
        all || !calendar.in_term(period) || year.is_some_and(|year| with_data.contains(&year))
    };
    for fact in model.plan().facts() {
        if !is_stated(fact.period.0) || !rules.iter().any(|rule| rule.measure.name == fact.measure) {
            continue;
        }
        for own in holders.specs(contract, fact) {
            let rule = rules.iter().rfind(|rule| rule.is_for(contract, &own));
            if rule.is_some_and(|rule| !rule.leaves_absent(&own)) {
                baseline.stand_in(model.plan(), fact, &own);
            }
        }
    }
}

impl Rule<'_, '_> {
    /// True for a fact that the entry is for.
    pub fn is_for(&self, contract: &Contract, fact: &FactSpec) -> bool {
        self.measure.name == fact.measure && self.which.holds(contract, fact)
    }

    /// True when a holder without this observation stays without it: the contract admits that, and the
    /// entry says how a baseline moves, not what the observation is.
    pub fn leaves_absent(&self, own: &FactSpec) -> bool {
        let is_ratio = self.measure.kind == MeasureKind::Ratio;
        let rests = self.level_rests() || is_ratio && rests(self.draw.denominator.as_ref());
        own.by_holder && rests && self.measure.missing != Missing::Refuse
    }

    /// True when the level is one of the baseline, moved or not.
    pub fn level_rests(&self) -> bool {
        rests(self.draw.level.as_ref())
    }
}

/// True for a spread about the baseline, and where there is none.
fn rests(spread: Option<&Spread>) -> bool {
    spread.is_none_or(|spread| spread.relation != Relation::Instead)
}

impl Move<'_, '_> {
    /// True for a fact that the shock moves.
    pub fn is_for(&self, contract: &Contract, fact: &FactSpec) -> bool {
        self.measure.name == fact.measure && self.which.holds(contract, fact)
    }
}

/// Problems of the baseline, told so that scenarios are a remedy too, after those of the file.
fn with_baseline(problems: Problems, reports: Reports) -> Problems {
    let told = problems.0.into_iter().map(|problem| {
        if problem.code.name != catalogue::DATA_MISSING.name {
            return problem;
        }
        let remedy = "add the rows to the baseline, say `repeat` in the scenario file, or give the measure a \
                      level under `draws`";
        Diagnostic { remedy: remedy.to_string(), ..problem }
    });
    let mut all = reports.0;
    all.sort_by_key(Diagnostic::at);
    all.extend(told);
    Problems(all)
}

/// The observations that the plan reads, in the order of its facts; what each holder has for itself, in
/// the order of the holders.
fn observed(model: &Model, facts: &Facts, holders: &Holders) -> Vec<Observed> {
    let mut all: Vec<Observed> = Vec::new();
    let mut places: BTreeMap<_, Range<usize>> = BTreeMap::new();
    let lanes: BTreeMap<&str, usize> =
        facts.lanes.iter().enumerate().filter_map(|(i, lane)| Some((lane.holder.as_deref()?, i))).collect();
    for (index, spec) in model.plan().facts().iter().enumerate() {
        let id = FactId(u32::try_from(index).expect("facts are limited"));
        let needed = facts.lanes[0].sources[index] != Source::Unneeded;
        let key = (&spec.measure, spec.period.0, &spec.members);
        let range = places.entry(key).or_insert_with(|| {
            let first = all.len();
            for spec in holders.specs(model.contract(), spec) {
                let of = |(axis, name): &(String, String)| {
                    lanes.get(name.as_str()).copied().filter(|_| Some(axis.as_str()) == holders.axis())
                };
                let holder = spec.members.iter().find_map(of).filter(|_| spec.by_holder);
                all.push(Observed { spec, holder, parts: BTreeMap::new(), needed: false });
            }
            first..all.len()
        });
        for observed in &mut all[range.clone()] {
            observed.needed |= needed;
            observed.parts.insert(spec.part, id);
        }
    }
    all
}

/// Entries and movements that change nothing; of a part that is asked for, those that would change
/// nothing in the whole either.
fn unused(
    (names, is_part): (&Names<'_>, bool),
    (rules, moves): (&[Rule<'_, '_>], &[Move<'_, '_>]),
    observed: &[Observed],
    levels: &Levels<'_>,
    reports: &mut Reports,
) {
    let contract = names.contract;
    let is_last = |index: usize, observed: &Observed| {
        rules.iter().rposition(|rule| rule.is_for(contract, &observed.spec)) == Some(index)
    };
    let is_used = |index: usize| {
        levels.used.contains(&index) || is_part && observed.iter().any(|observed| is_last(index, observed))
    };
    let unused = rules.iter().enumerate().filter(|(index, _)| !is_used(*index));
    for (_, rule) in unused {
        let some = observed.iter().filter(|observed| rule.is_for(contract, &observed.spec));
        let needed: Vec<_> = some.filter(|observed| observed.needed).collect();
        let (found, remedy) = if needed.is_empty() {
            let found = format!(
                "no line of what is simulated depends on these observations of `{}`",
                rule.measure.name
            );
            (found, "simulate a longer period, or take the entry out")
        } else {
            let found =
                format!("later entries replace this one for every observation of `{}`", rule.measure.name);
            (found, "put what is meant for fewer observations after what is meant for more, or take it out")
        };
        reports.add(&catalogue::SCENARIO_DRAW, &rule.draw.place, found, remedy);
    }
    for moved in moves {
        let is_moved =
            |observed: &Observed| (observed.needed || is_part) && moved.is_for(contract, &observed.spec);
        if !observed.iter().any(is_moved) {
            let found = format!(
                "no line of what is simulated depends on these observations of `{}`",
                moved.measure.name
            );
            let remedy = "simulate a longer period, or take it out";
            reports.add(&catalogue::SCENARIO_DRAW, &moved.movement.place, found, remedy);
        }
    }
}
