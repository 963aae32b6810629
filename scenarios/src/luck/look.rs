//! Line by line, holder by holder: on which figures a line rests, and the luck of each holder in it.
//!
//! Holders whose data are alike, as far as a line reads them, have the same luck, which is worked out
//! once. Lines are taken one after the other, so that memory is that of one line.

use std::collections::BTreeMap;

use carepact::evaluate::{Statistics, one_by_one, statistics};
use carepact::plan::{FactId, LineSpec, NodeId, Op, Statistic, depends, depends_unless};
use carepact::source::{Location, did_you_mean};
use carepact::{Diagnostic, Exact, Facts, Model, Problems};

use super::examine::{Examined, Known, examine};
use super::figure::{Candidate, candidates};
use super::payoff::Reach;
use super::rates::{LUCK, Rates};
use super::{Held, LineLuck, Settings, Several, Unknown};

/// Something that was found of a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// Its luck, for one party and holder.
    Line(Box<LineLuck>),
    /// It rests on several figures that chance moves, whoever the holder is.
    Several(Several),
    /// Too little is known.
    Unknown(Unknown),
}

/// Does so many pieces of work and gives their results in order; who calls chooses on how many threads.
pub type Workers<'w> = &'w dyn Fn(usize, &(dyn Fn(usize) -> Examined + Sync)) -> Vec<Examined>;

/// Does one piece of work after the other.
pub fn one_holder_after_the_other(count: usize, work: &(dyn Fn(usize) -> Examined + Sync)) -> Vec<Examined> {
    (0..count).map(work).collect()
}

/// Works out the luck of the stated lines of a contract, line by line and within a line holder by holder,
/// in the order of the data.
///
/// # Errors
/// As [`super::luck`].
pub fn luck_of_each(
    model: &Model,
    facts: &Facts,
    (rates, settings): (&Rates, &Settings),
    workers: Workers<'_>,
    take: &mut dyn FnMut(Found),
) -> Result<(), Problems> {
    let lanes = lanes_of(model, facts, settings.holder.as_deref())?;
    let candidates = candidates(model, rates);
    let specs: Vec<_> = candidates.iter().map(|candidate| candidate.spec).collect();
    let problems = rates.problems(&specs);
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    if candidates.is_empty() {
        let found = "no measure says which way is better".to_string();
        let remedy = "say `better` of the measures that chance moves, or name them in a table of rates";
        return Err(Problems(vec![problem(found, remedy)]));
    }
    let stated = |line: &&LineSpec| facts.selection.states(model.contract(), line.period.0);
    let looked_at = |line: &&LineSpec| line.status != "reporting" && settings.wants(line);
    let lines: Vec<&LineSpec> = model.plan().lines().iter().filter(stated).filter(looked_at).collect();
    let needed = model.plan().needed_by(lines.iter().flat_map(|line| line.nodes()));
    let held = counted_as_stated(model, facts, &candidates);
    let all: Vec<&[Exact]> = held.iter().map(Vec::as_slice).collect();
    let statistics = statistics(model.plan(), &all, &needed, &one_by_one);
    let looking = Looking { model, facts, settings, lanes: &held, statistics: &statistics };
    let behind = Behind::new(model, candidates);
    for line in lines {
        let own = if line.by_holder { &lanes[..] } else { &lanes[..1] };
        looking.line(line, &behind, (own, workers), take);
    }
    Ok(())
}

/// The facts of every holder, with the denominators that rates state in place of the observed ones.
fn counted_as_stated(model: &Model, facts: &Facts, candidates: &[Candidate<'_>]) -> Vec<Vec<Exact>> {
    let stated: Vec<&Candidate<'_>> =
        candidates.iter().filter(|candidate| candidate.stated.denominator.is_some()).collect();
    let held = facts.lanes.iter().map(|lane| {
        let mut values = lane.values.clone();
        for candidate in &stated {
            if let Ok(figure) = candidate.figure(model, &lane.values)
                && let (Some(denominator), Some(counted)) = (figure.denominator, figure.counted)
            {
                values[denominator.0 as usize] = counted;
            }
        }
        values
    });
    held.collect()
}

/// The places of the holders that are looked at.
fn lanes_of(model: &Model, facts: &Facts, holder: Option<&str>) -> Result<Vec<usize>, Problems> {
    let named = |(place, lane): (usize, &carepact::bind::Lane)| lane.holder.as_ref().map(|_| place);
    let (found, remedy) = match (model.contract().has_holders(), holder) {
        (false, None) => return Ok(vec![0]),
        (false, Some(holder)) => (
            format!("the contract has no holders, and `{holder}` is asked for"),
            "take the holder out".to_string(),
        ),
        (true, None) => {
            let all: Vec<usize> = facts.lanes.iter().enumerate().filter_map(named).collect();
            if !all.is_empty() {
                return Ok(all);
            }
            let found = "the contract is for many holders, and the observations name none".to_string();
            (found, "give observations of the holders".to_string())
        }
        (true, Some(name)) => {
            let place = facts.lanes.iter().position(|lane| lane.holder.as_deref() == Some(name));
            if let Some(place) = place {
                return Ok(vec![place]);
            }
            let known = facts.lanes.iter().filter_map(|lane| lane.holder.as_deref());
            let remedy = did_you_mean(name, known).map_or_else(
                || "name a holder as the observations do".to_string(),
                |near| format!("did you mean `{near}`?"),
            );
            (format!("the observations name no `{name}`"), remedy)
        }
    };
    Err(Problems(vec![problem(found, &remedy)]))
}

fn problem(found: String, remedy: &str) -> Diagnostic {
    Diagnostic { code: &LUCK, location: Location::Request, found, remedy: remedy.to_string() }
}

/// For each figure the nodes that depend on it, and those that do through a statistic over all holders.
struct Behind<'m> {
    figures: Vec<(Candidate<'m>, Vec<bool>, Vec<bool>)>,
    /// The party that is many.
    many: Option<String>,
}

impl<'m> Behind<'m> {
    fn new(model: &Model, candidates: Vec<Candidate<'m>>) -> Behind<'m> {
        let plan = model.plan();
        let moved = |fact: FactId| {
            let all = depends(plan, &|other| other == fact);
            let reads = |statistic: &Statistic| statistic.operands().iter().any(|node| all[node.index()]);
            let through = depends_unless(plan, &|_| false, &|statistic, _| Some(reads(statistic)));
            (all, through)
        };
        let figures = candidates.into_iter().map(|candidate| {
            let (all, through) = moved(candidate.id);
            (candidate, all, through)
        });
        let many = model.contract().parties.iter().find(|party| party.many);
        Behind { figures: figures.collect(), many: many.map(|party| party.id.clone()) }
    }

    fn of(&self, line: &LineSpec) -> Vec<&Candidate<'m>> {
        let moved = self.figures.iter().filter(|(_, moved, _)| reads(line, moved));
        moved.map(|(candidate, ..)| candidate).collect()
    }

    /// The figures of other holders that a line rests on.
    fn of_others(&self, line: &LineSpec) -> Vec<String> {
        let Some(many) = &self.many else { return Vec::new() };
        let through = self.figures.iter().filter(|(.., through)| reads(line, through));
        through.map(|(candidate, ..)| format!("{} of each other `{many}`", candidate.name())).collect()
    }
}

fn reads(line: &LineSpec, moved: &[bool]) -> bool {
    line.parts.iter().any(|part| moved[part.amount.index()])
}

/// What is the same for all lines.
struct Looking<'l> {
    model: &'l Model,
    facts: &'l Facts,
    settings: &'l Settings,
    lanes: &'l [Vec<Exact>],
    statistics: &'l Statistics,
}

impl Looking<'_> {
    fn line(
        &self,
        line: &LineSpec,
        behind: &Behind<'_>,
        (lanes, workers): (&[usize], Workers<'_>),
        take: &mut dyn FnMut(Found),
    ) {
        let others = behind.of_others(line);
        match &behind.of(line)[..] {
            [] => {}
            [candidate] if others.is_empty() => self.each(line, candidate, (lanes, workers), take),
            several => {
                let own = several.iter().map(|candidate| candidate.name());
                take(Found::Several(Several {
                    line: line.id.clone(),
                    clause: line.clause.clone(),
                    figures: own.chain(others).collect(),
                }));
            }
        }
    }

    /// The luck of each holder in a line that rests on one figure.
    fn each(
        &self,
        line: &LineSpec,
        candidate: &Candidate<'_>,
        (lanes, workers): (&[usize], Workers<'_>),
        take: &mut dyn FnMut(Found),
    ) {
        let reach = Reach::new(self.model.plan(), line, candidate.id);
        let (firsts, same) = self.alike(&reach, candidate, lanes);
        let known = Known::default();
        let examined = workers(firsts.len(), &|group| {
            let lane = firsts[group];
            let figure = candidate.figure(self.model, &self.facts.lanes[lane].values)?;
            let held = Held { values: &self.lanes[lane], statistics: self.statistics, lane };
            Ok(examine(self.model, (held, self.settings), line, &figure, (&reach, &known)))
        });
        for (lane, group) in lanes.iter().zip(same) {
            let lane = &self.facts.lanes[*lane];
            let holder = lane.holder.clone().filter(|_| line.by_holder);
            let id = holder.as_ref().map_or(line.id.clone(), |holder| format!("{}:{holder}", line.id));
            match &examined[group] {
                Ok(parties) => {
                    for party in parties {
                        let own = LineLuck { line: id.clone(), holder: holder.clone(), ..party.clone() };
                        take(Found::Line(Box::new(own)));
                    }
                }
                Err(remedy) => {
                    let figure = candidate.without(remedy);
                    take(Found::Unknown(Unknown { line: id, clause: line.clause.clone(), figure }));
                }
            }
        }
    }

    /// The first holder of each group of those that are alike in all that a line reads, and for each
    /// holder its group.
    fn alike(&self, reach: &Reach, candidate: &Candidate<'_>, lanes: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let plan = self.model.plan();
        let read = (0u32..).map(NodeId).zip(&reach.needed).filter(|(_, needed)| **needed);
        let read: Vec<&Op> = read.map(|(node, _)| &plan.node(node).op).collect();
        let mut groups: BTreeMap<Vec<&Exact>, usize> = BTreeMap::new();
        let mut firsts = Vec::new();
        let mut same = Vec::with_capacity(lanes.len());
        for lane in lanes {
            let values = &self.facts.lanes[*lane].values;
            let value = |op: &&Op| match op {
                Op::Fact(fact) => Some(&values[fact.0 as usize]),
                Op::Statistic(statistic) => Some(self.statistics.of(*statistic, *lane)),
                Op::Const(_)
                | Op::Linear { .. }
                | Op::Product(..)
                | Op::Ratio(..)
                | Op::Piecewise(..)
                | Op::Extreme(..)
                | Op::Select { .. }
                | Op::Round { .. }
                | Op::Share(..) => None,
            };
            let key = candidate.facts().map(|fact| &values[fact.0 as usize]);
            let key: Vec<&Exact> = key.chain(read.iter().filter_map(value)).collect();
            same.push(*groups.entry(key).or_insert_with(|| {
                firsts.push(*lane);
                firsts.len() - 1
            }));
        }
        (firsts, same)
    }
}
