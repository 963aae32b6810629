//! Observations to facts: every observation that a stated line depends on, with its source.
//!
//! Unknown names, doubles, figures out of range and missing rows are reported all at once, with
//! file and row. Nothing is guessed: a suppressed figure is not a number.

mod elsewhere;
mod resolve;
mod rows;
mod select;

use std::sync::Arc;

use crate::calendar::Period;
use crate::contract::Contract;
use crate::num::Exact;
use crate::observe::Observations;
use crate::plan::{FactSpec, Lacking, Part, Plan};
use crate::source::{Diagnostic, Location, Problems, catalogue};
pub use elsewhere::known_here;
use resolve::{Cell, Resolved, resolve};
pub use select::Selection;

/// Which submission counts where there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum AsOf {
    /// The first: `flex` where there is one.
    Flex,
    /// The last: `freeze` where there is one.
    #[default]
    Freeze,
}

/// What a statement is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// The key of a period; without one, the contract years that have data.
    pub period: Option<String>,
    /// Which submission counts.
    pub as_of: AsOf,
}

/// Where a fact came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A row of a file.
    Row {
        /// The file.
        file: Arc<str>,
        /// The row.
        row: usize,
        /// `flex`, `freeze` or nothing.
        submission: Arc<str>,
    },
    /// There is no observation (or a suppressed one); the contract says what counts.
    Missing,
    /// No stated line needs it.
    Unneeded,
}

/// The facts of one holder, or of a contract without holders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// The holder's name, when a party is many.
    pub holder: Option<String>,
    /// True when a party is many and the data name no holder: only lines without one are stated.
    pub is_empty_of_holders: bool,
    /// Values in the order of the plan's facts.
    pub values: Vec<Exact>,
    /// Where each came from.
    pub sources: Vec<Source>,
}

/// Facts bound to a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What is stated.
    pub selection: Selection,
    /// Which submission counts.
    pub as_of: AsOf,
    /// One for each holder, in the order of the data.
    pub lanes: Vec<Lane>,
}

impl Facts {
    /// The lanes that are those of holders; of a contract without holders, its one lane.
    pub fn holders(&self) -> impl Iterator<Item = &Lane> {
        self.lanes.iter().filter(|lane| !lane.is_empty_of_holders)
    }
}

/// Binds observations to a plan.
///
/// # Errors
/// All problems of the data at once.
pub fn bind(
    contract: &Contract,
    plan: &Plan,
    observations: &Observations,
    request: &Request,
) -> Result<Facts, Problems> {
    let mut problems = observations.problems().to_vec();
    let resolved = resolve(contract, observations, &mut problems);
    let selection = Selection::of(contract, request, &resolved, &mut problems);
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    let no_holders = contract.has_holders() && resolved.holders.is_empty();
    let stated = |period| selection.states(contract, period);
    let lines =
        plan.lines().iter().filter(|line| stated(line.period.0) && !(no_holders && line.needs_holders));
    let figures =
        plan.figures().iter().chain(plan.conditions()).filter(|figure| {
            selection.states_figure(contract, figure) && !(no_holders && figure.needs_holders)
        });
    let roots = lines.flat_map(|line| line.nodes()).chain(figures.flat_map(|figure| figure.nodes()));
    let needed = plan.needed_by(roots);
    let mut facts_needed = vec![false; plan.facts().len()];
    for (node, needed) in plan.nodes_in_order().zip(&needed) {
        if let (crate::plan::Op::Fact(fact), true) = (&node.op, needed) {
            facts_needed[fact.0 as usize] = true;
        }
    }
    let reading = Reading::new(contract, plan, &resolved, &facts_needed, request.as_of);
    let mut missing = Missing::default();
    let lanes = if contract.has_holders() && !no_holders {
        (0..resolved.holders.len()).map(|holder| reading.lane(Some(holder), &mut missing)).collect()
    } else {
        let lane = reading.lane(None, &mut missing);
        vec![Lane { is_empty_of_holders: no_holders, ..lane }]
    };
    let problems = missing.problems();
    if problems.is_empty() {
        Ok(Facts { selection, as_of: request.as_of, lanes })
    } else {
        Err(Problems(problems))
    }
}

/// Reads the facts of one holder after the other.
struct Reading<'a> {
    plan: &'a Plan,
    resolved: &'a Resolved,
    /// For each needed fact its column in the data, when it has one.
    columns: Vec<Option<Option<usize>>>,
    as_of: AsOf,
}

impl<'a> Reading<'a> {
    fn new(
        contract: &Contract,
        plan: &'a Plan,
        resolved: &'a Resolved,
        needed: &[bool],
        as_of: AsOf,
    ) -> Reading<'a> {
        let column = |(spec, needed): (&FactSpec, &bool)| needed.then(|| resolved.column(contract, spec));
        let columns = plan.facts().iter().zip(needed).map(column).collect();
        Reading { plan, resolved, columns, as_of }
    }

    fn lane(&self, holder: Option<usize>, missing: &mut Missing) -> Lane {
        let facts = self.plan.facts().iter().zip(&self.columns);
        let (values, sources) = facts
            .map(|(spec, column)| match column {
                Some(column) => self.fact(spec, *column, holder.filter(|_| spec.by_holder), missing),
                None => (Exact::ZERO, Source::Unneeded),
            })
            .unzip();
        let holder = holder.map(|holder| self.resolved.holders[holder].clone());
        Lane { holder, is_empty_of_holders: false, values, sources }
    }

    fn fact(
        &self,
        spec: &FactSpec,
        column: Option<usize>,
        holder: Option<usize>,
        missing: &mut Missing,
    ) -> (Exact, Source) {
        let found = column.and_then(|column| self.resolved.find(column, holder, self.as_of));
        let source = found.map_or(Source::Missing, |found| Source::Row {
            file: found.file.clone(),
            row: found.row,
            submission: found.submission.clone(),
        });
        let number = match found.map(|found| &found.cell) {
            Some(Cell::Value(value)) if spec.part == Part::Value => Some(value.clone()),
            Some(Cell::Ratio(numerator, _)) if spec.part == Part::Numerator => Some(numerator.clone()),
            Some(Cell::Ratio(_, denominator)) if spec.part == Part::Denominator => Some(denominator.clone()),
            Some(Cell::Suppressed) | None => None,
            Some(Cell::Value(_) | Cell::Ratio(..)) => Some(Exact::ONE),
        };
        match (number, &spec.lacking) {
            (Some(_), _) if spec.part == Part::Given => (Exact::ONE, source),
            (None, _) if spec.part == Part::Given => (Exact::ZERO, source),
            (Some(number), _) => (number, source),
            (None, Lacking::Counts(value)) => (value.clone(), Source::Missing),
            // Any admissible number will do: its companion says that it is not there.
            (None, Lacking::Told(stand_in)) => (stand_in.clone(), Source::Missing),
            (None, Lacking::Refused) => {
                missing.note(spec, holder.map(|holder| self.resolved.holders[holder].as_str()));
                (spec.range.least.clone(), Source::Missing)
            }
        }
    }
}

/// Observations that are missing, by measure and period.
#[derive(Default)]
struct Missing(std::collections::BTreeMap<(String, Period), (String, Vec<String>)>);

impl Missing {
    fn note(&mut self, spec: &FactSpec, holder: Option<&str>) {
        let key = (spec.measure.clone(), spec.period.0);
        let (_, members) = self.0.entry(key).or_insert_with(|| (spec.period.1.clone(), Vec::new()));
        let names = holder.into_iter().chain(spec.members.iter().map(|(_, member)| member.as_str()));
        let name = names.collect::<Vec<_>>().join(" ");
        if !members.contains(&name) {
            members.push(name);
        }
    }

    fn problems(self) -> Vec<Diagnostic> {
        // Periods that lack the same members are told together.
        let mut together: Vec<(String, Vec<String>, Vec<String>)> = Vec::new();
        for ((measure, _), (period, members)) in self.0 {
            match together.iter_mut().find(|known| known.0 == measure && known.2 == members) {
                Some(known) => known.1.push(period),
                None => together.push((measure, vec![period], members)),
            }
        }
        together.into_iter().map(|(measure, periods, members)| missing(&measure, &periods, members)).collect()
    }
}

fn missing(measure: &str, periods: &[String], members: Vec<String>) -> Diagnostic {
    let named: Vec<String> = members.into_iter().filter(|name| !name.is_empty()).collect();
    let which = match &named[..] {
        [] => String::new(),
        [..] => format!(" for {}", crate::contract::brief(&named)),
    };
    let remedy =
        "add the rows, state a shorter period, or say in the contract what counts instead (`missing`)";
    Diagnostic {
        code: &catalogue::DATA_MISSING,
        location: Location::Request,
        found: format!("`{measure}` is missing in {}{which}", crate::contract::brief(periods)),
        remedy: remedy.to_string(),
    }
}
