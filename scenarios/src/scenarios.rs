//! Scenarios of a contract: what is drawn, and the amounts that are worked out for each.

use carepact::contract::Contract;
use carepact::plan::{FactId, Part};
use carepact::scenario::{Prepared, ScenarioFile, prepare, prepare_changed};
use carepact::source::{Location, catalogue};
use carepact::{Diagnostic, Exact, Model, Observations, Problems, Request};

use crate::amounts::{Amounts, Key};
use crate::copula::Copula;
use crate::engine::Engine;
use crate::sampler::{BLOCK, Plan, Sampler};

/// Numbers of a block of scenarios with many holders.
const BLOCK_CELLS: usize = 4_000_000;

/// Scenarios of a block at least: a draw of one costs as much as one of eight.
const LEAST_BLOCK: usize = 8;

/// A scenario file held against a contract and its baseline.
#[derive(Debug)]
pub struct Scenarios<'m> {
    model: &'m Model,
    prepared: Prepared,
    plan: Plan,
    amounts: Amounts,
    engine: Engine<'m>,
    unit: Exact,
}

/// A fact that varies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Varying {
    /// `measure:period:member…`, with `:numerator` or `:denominator` for the parts of a ratio, and `:given`
    /// for whether an observation that may be missing is there.
    pub name: String,
    /// What 1 stands for.
    pub step: Exact,
    /// True when each holder has its own.
    pub by_holder: bool,
}

impl<'m> Scenarios<'m> {
    /// Holds a scenario file against a contract and its baseline. For two designs on the same draws,
    /// `elsewhere` is the other contract: what only it knows is passed over.
    ///
    /// # Errors
    /// Every problem of the file and of the baseline, with its place.
    pub fn new(
        model: &'m Model,
        file: &ScenarioFile,
        baseline: &Observations,
        request: &Request,
        elsewhere: Option<&Contract>,
    ) -> Result<Scenarios<'m>, Problems> {
        Scenarios::of(model, prepare(model, file, baseline, request, elsewhere)?)
    }

    /// Holds a scenario file against a contract in which a number was changed: the draws are those of the
    /// contract as written, and what no longer matters goes unused.
    ///
    /// # Errors
    /// Every problem of the file and of the baseline but that.
    pub fn changed(
        model: &'m Model,
        file: &ScenarioFile,
        baseline: &Observations,
        request: &Request,
        written: &Scenarios<'_>,
    ) -> Result<Scenarios<'m>, Problems> {
        let mut prepared = prepare_changed(model, file, baseline, request)?;
        prepared.share(&written.prepared);
        Scenarios::of(model, prepared)
    }

    /// Holds a scenario file against two designs, for the same draws. Measures, members and parties
    /// that only one of them has are fine.
    ///
    /// # Errors
    /// Every problem of the file and of the baseline with the first design, or with the second.
    pub fn pair(
        (one, other): (&'m Model, &'m Model),
        file: &ScenarioFile,
        baseline: &Observations,
        request: &Request,
    ) -> Result<(Scenarios<'m>, Scenarios<'m>), Problems> {
        let currencies = [one, other].map(|model| model.contract().currency.as_str());
        if currencies[0] != currencies[1] {
            return Err(Problems(vec![Diagnostic {
                code: &catalogue::UNIT_MISMATCH,
                location: Location::Request,
                found: format!("the first contract is in {}, the second in {}", currencies[0], currencies[1]),
                remedy: "compare contracts in one currency".to_string(),
            }]));
        }
        let mut first = prepare(one, file, baseline, request, Some(other.contract()))?;
        let mut second = prepare(other, file, baseline, request, Some(one.contract()))?;
        first.share(&second);
        second.share(&first);
        Ok((Scenarios::of(one, first)?, Scenarios::of(other, second)?))
    }

    fn of(model: &'m Model, prepared: Prepared) -> Result<Scenarios<'m>, Problems> {
        if let Some(unfit) = prepared.correlated.iter().find(|group| Copula::new(group).is_none()) {
            let remedy = "bring them nearer to 0; where A goes with B and B with C, A cannot go against C";
            return Err(Problems(vec![Diagnostic {
                code: &catalogue::SCENARIO_CORRELATION,
                location: Location::Document(unfit.place.clone()),
                found: "no draws can have all of these correlations at once".to_string(),
                remedy: remedy.to_string(),
            }]));
        }
        let plan = Plan::new(model, &prepared)?;
        let amounts = Amounts::new(model, &prepared.facts);
        let contract = model.contract();
        let penny = Exact::scaled(1, contract.minor_places);
        let quanta = contract.clauses.iter().map(|clause| contract.quantum(clause));
        let unit = quanta.fold(penny, |unit, quantum| unit.common_step(&quantum));
        let holders = contract.has_holders().then_some(prepared.facts.lanes.len());
        let engine = Engine::new((model, holders), plan.known(), &amounts.outputs, &unit)?;
        Ok(Scenarios { model, prepared, plan, amounts, engine, unit })
    }

    /// The contract.
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// What is drawn, with exact parameters.
    pub fn prepared(&self) -> &Prepared {
        &self.prepared
    }

    /// The contract years that are simulated, by key.
    pub fn years(&self) -> &[String] {
        &self.amounts.years
    }

    /// What a whole unit of all amounts stands for: a penny, unless some clause rounds to less.
    pub fn unit(&self) -> &Exact {
        &self.unit
    }

    /// The holders of the party that is many, in the order of the baseline; nobody where there is none.
    pub fn holders(&self) -> impl Iterator<Item = &str> {
        self.prepared.facts.lanes.iter().filter_map(|lane| lane.holder.as_deref())
    }

    /// How many scenarios are best drawn at a time, so that memory stays small.
    pub fn block(&self) -> usize {
        let each = self.engine.lanes() * (self.plan.varying() + self.amounts.outputs.len()).max(1);
        if self.engine.lanes() == 1 { BLOCK } else { (BLOCK_CELLS / each).clamp(LEAST_BLOCK, BLOCK) }
    }

    /// Draws with a seed.
    pub fn sampler(&self, seed: u64) -> Sampler<'_> {
        Sampler::new(&self.prepared, &self.plan, seed)
    }

    /// Every amount that is worked out, in the order of [`crate::Simulation::amounts`].
    pub fn keys(&self) -> Vec<&Key> {
        self.amounts.keys.iter().map(|(key, _)| key).collect()
    }

    /// The facts that vary, in the order of [`crate::Columns`].
    pub fn varying(&self) -> Vec<Varying> {
        let facts = self.model.plan().facts();
        let of = |(fact, step): (FactId, Exact)| {
            let spec = &facts[fact.0 as usize];
            let part = match spec.part {
                Part::Numerator => Some("numerator"),
                Part::Denominator => Some("denominator"),
                Part::Given => Some("given"),
                Part::Value => None,
            };
            let members = spec.members.iter().map(|(_, member)| member.as_str());
            let names = [spec.measure.as_str(), &spec.period.1].into_iter().chain(members).chain(part);
            Varying { name: names.collect::<Vec<_>>().join(":"), step, by_holder: spec.by_holder }
        };
        self.sampler(0).inputs().into_iter().map(of).collect()
    }

    /// True when some amount flows under a line of no holder.
    pub fn has_rest(&self) -> bool {
        let mut places = self.amounts.keys.iter().flat_map(|(_, places)| places);
        places.any(|place| !self.amounts.by_holder[*place])
    }

    pub(crate) fn amounts(&self) -> &Amounts {
        &self.amounts
    }

    pub(crate) fn engine(&self) -> &Engine<'m> {
        &self.engine
    }
}
