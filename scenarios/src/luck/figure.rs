//! Figures that chance moves: which facts of the plan they are, and what is known of their rates.
//!
//! A figure is one where the contract says which way is better, or of which a table of rates
//! speaks. A ratio with its denominator is a share of people; a count is events; of a share reported
//! without its denominator, and of a cost, the table of rates must say how many stand behind it.

use carepact::contract::{Measure, MeasureKind};
use carepact::plan::{FactId, FactSpec, Part};
use carepact::{Contract, Exact, Model};

use super::distribution::Law;
use super::payoff::Dial;
use super::rates::{Rates, Stated};

/// A figure that chance moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The measure.
    pub measure: String,
    /// The key of its period.
    pub period: String,
    /// Axis and member.
    pub members: Vec<(String, String)>,
    /// How it comes about.
    pub law: Law,
    /// Whether more is better, where the contract says so.
    pub higher_is_better: Option<bool>,
    /// Its rate in the observations.
    pub observed: Exact,
    /// What is stated of its rates.
    pub stated: Stated,
    /// How many are counted, or the population behind events or costs, where that is known.
    pub counted: Option<Exact>,
    /// The size at which a rate of its law is taken.
    pub(super) size: Exact,
    /// The size that one person more adds.
    pub(super) step: Exact,
    /// Variance over that of the law, or the variation of a cost.
    pub(super) spread: Exact,
    pub(super) dial: Dial,
    /// The observed denominator, where there is one.
    pub(super) denominator: Option<FactId>,
}

/// A figure that chance moves, of which too little is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsized {
    /// Measure, period and members, for people.
    pub name: String,
    /// What is missing and how to give it.
    pub remedy: &'static str,
    pub(super) fact: FactId,
}

/// All figures of the facts that chance moves.
#[derive(Debug, Default)]
pub(super) struct Figures<'m> {
    pub known: Vec<Figure>,
    pub unsized_: Vec<Unsized>,
    /// The facts of all of them.
    pub specs: Vec<&'m FactSpec>,
}

impl Figure {
    /// Measure, period and members, for people.
    pub fn name(&self) -> String {
        named(&self.measure, &self.period, &self.members)
    }

    /// True when rates are shares, which people read as percentages.
    pub fn is_share(&self) -> bool {
        self.law == Law::Share || self.dial.unit != Exact::ONE
    }
}

fn named(measure: &str, period: &str, members: &[(String, String)]) -> String {
    let members = members.iter().map(|(_, member)| format!(" {member}"));
    format!("{measure}{} {period}", members.collect::<String>())
}

/// Looks through the facts for figures that chance moves.
pub(super) fn figures<'m>(model: &'m Model, facts: &[Exact], rates: &Rates) -> Figures<'m> {
    let mut found = Figures::default();
    let contract = model.contract();
    for (id, spec) in (0u32..).map(FactId).zip(model.plan().facts()) {
        let Some(measure) = contract.measures.iter().find(|measure| measure.name == spec.measure) else {
            continue;
        };
        let counts = matches!(spec.part, Part::Value | Part::Numerator);
        let stated = rates.of(spec);
        let better = measure.described.better.of(spec.members.iter().map(|(_, member)| member.as_str()));
        if !counts || (better.is_none() && stated.is_none()) {
            continue;
        }
        let looking = Looking {
            contract,
            measure,
            facts: (model.plan().facts(), facts),
            spec,
            id,
            better: better.map(|word| word == "higher"),
            stated: stated.cloned().unwrap_or_default(),
        };
        match looking.figure() {
            Some(Ok(figure)) => found.known.push(figure),
            Some(Err(remedy)) => {
                let name = named(&spec.measure, &spec.period.1, &spec.members);
                found.unsized_.push(Unsized { name, remedy, fact: id });
            }
            None => continue,
        }
        found.specs.push(spec);
    }
    found
}

/// One fact and what is known about it.
struct Looking<'l> {
    contract: &'l Contract,
    measure: &'l Measure,
    facts: (&'l [FactSpec], &'l [Exact]),
    spec: &'l FactSpec,
    id: FactId,
    better: Option<bool>,
    stated: Stated,
}

const SHARE_WITHOUT_DENOMINATOR: &str = "a share needs the number of people behind it: give `denominator` \
     in a table of rates";
const SCORE: &str = "a score is no share of people: chance has no law here; `simulate` draws it from a \
     distribution that you state";
const COST_WITHOUT_VARIATION: &str = "a cost needs `denominator` (people) and `variation` (standard deviation \
     of the cost of one person over its mean) in a table of rates";

impl Looking<'_> {
    /// The figure, or what is missing; nothing where chance has no part in it.
    fn figure(self) -> Option<Result<Figure, &'static str>> {
        match self.measure.kind {
            MeasureKind::Flag | MeasureKind::Code(_) => None,
            MeasureKind::Ratio => Some(self.ratio()),
            MeasureKind::Number => Some(self.number()),
            MeasureKind::Count => Some(Ok(self.count())),
            MeasureKind::Money => Some(self.cost()),
        }
    }

    fn value(&self) -> &Exact {
        &self.facts.1[self.id.0 as usize]
    }

    fn ratio(self) -> Result<Figure, &'static str> {
        let is_denominator = |other: &FactSpec| {
            other.part == Part::Denominator
                && (&other.measure, &other.period, &other.members)
                    == (&self.spec.measure, &self.spec.period, &self.spec.members)
        };
        let at = self.facts.0.iter().position(is_denominator);
        let observed = at.map(|at| &self.facts.1[at]);
        let people = observed.or(self.stated.denominator.as_ref()).ok_or(SHARE_WITHOUT_DENOMINATOR)?;
        let rate = self.value().checked_div(people).ok_or(SHARE_WITHOUT_DENOMINATOR)?;
        let counted = self.stated.denominator.as_ref().unwrap_or(people).clone();
        let baseline = self.stated.baseline.as_ref().unwrap_or(&rate);
        // All of the people is where a share ends; a ratio that reaches it is one of events.
        let usual = if *baseline >= Exact::ONE { Law::Events } else { Law::Share };
        let law = self.stated.law.unwrap_or(usual);
        let most = if law == Law::Share { Exact::ONE } else { self.measure.range.1.clone() };
        let dial = Dial {
            fact: self.id,
            unit: counted.clone(),
            grid: None,
            range: (self.measure.range.0.greater(&Exact::ZERO).clone(), most),
        };
        let figure = self.with(law, rate, Some(counted.clone()), (counted, Exact::ONE), dial);
        let denominator = at.and_then(|at| u32::try_from(at).ok()).map(FactId);
        Ok(Figure { denominator, ..figure })
    }

    fn number(self) -> Result<Figure, &'static str> {
        if self.measure.range.1 > Exact::ONE || self.measure.range.0.sign() < 0 {
            return Err(SCORE);
        }
        let counted = self.stated.denominator.clone().ok_or(SHARE_WITHOUT_DENOMINATOR)?;
        let grid = self.measure.step.clone().map(|step| (step, self.contract.mode));
        let rate = self.value().clone();
        let dial = Dial { fact: self.id, unit: Exact::ONE, grid, range: self.measure.range.clone() };
        Ok(self.with(Law::Share, rate, Some(counted.clone()), (counted, Exact::ONE), dial))
    }

    /// The present size of a count is 1; it grows by people where the population is stated, else
    /// by hundredths.
    fn count(self) -> Figure {
        let population = self.stated.denominator.clone().filter(|people| people.sign() > 0);
        let parts = population.clone().unwrap_or(Exact::from(100));
        let step = Exact::ONE.checked_div(&parts).unwrap_or(Exact::ONE);
        let rate = self.value().clone();
        let dial = self.plain_dial();
        self.with(Law::Events, rate, population, (Exact::ONE, step), dial)
    }

    fn cost(self) -> Result<Figure, &'static str> {
        let people = self.stated.denominator.clone().filter(|people| people.sign() > 0);
        let (Some(people), Some(_)) = (people, &self.stated.variation) else {
            return Err(COST_WITHOUT_VARIATION);
        };
        let rate = self.value().clone();
        let dial = self.plain_dial();
        Ok(self.with(Law::Cost, rate, Some(people.clone()), (people, Exact::ONE), dial))
    }

    /// A figure that is observed as it is counted.
    fn plain_dial(&self) -> Dial {
        Dial { fact: self.id, unit: Exact::ONE, grid: None, range: self.measure.range.clone() }
    }

    fn with(
        self,
        law: Law,
        observed: Exact,
        counted: Option<Exact>,
        (size, step): (Exact, Exact),
        dial: Dial,
    ) -> Figure {
        let spread = if law == Law::Cost { &self.stated.variation } else { &self.stated.overdispersion };
        Figure {
            measure: self.spec.measure.clone(),
            period: self.spec.period.1.clone(),
            members: self.spec.members.clone(),
            law,
            higher_is_better: self.better,
            observed,
            spread: spread.clone().unwrap_or(Exact::ONE),
            stated: self.stated,
            counted,
            size,
            step,
            dial,
            denominator: None,
        }
    }
}
