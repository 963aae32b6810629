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
}

/// A fact that chance moves, whoever the holder is.
pub(super) struct Candidate<'m> {
    pub id: FactId,
    pub spec: &'m FactSpec,
    pub stated: Stated,
    measure: &'m Measure,
    /// Whether more is better, where the contract says so.
    better: Option<bool>,
    /// The fact that counts what it is a part of.
    denominator: Option<FactId>,
}

impl Candidate<'_> {
    /// Measure, period and members, for people.
    pub fn name(&self) -> String {
        named(&self.spec.measure, &self.spec.period.1, &self.spec.members)
    }

    /// The facts that its figure is made of.
    pub fn facts(&self) -> impl Iterator<Item = FactId> {
        [self.id].into_iter().chain(self.denominator)
    }

    /// The figure by the facts of a holder, or what is missing and how to give it.
    pub fn figure(&self, model: &Model, facts: &[Exact]) -> Result<Figure, &'static str> {
        let contract = model.contract();
        let looking = Looking { contract, candidate: self, facts };
        match self.measure.kind {
            MeasureKind::Ratio => looking.ratio(),
            MeasureKind::Number => looking.number(),
            MeasureKind::Count | MeasureKind::Flag | MeasureKind::Code(_) => Ok(looking.count()),
            MeasureKind::Money => looking.cost(),
        }
    }

    /// The figure as one of which something is missing.
    pub fn without(&self, remedy: &'static str) -> Unsized {
        Unsized { name: self.name(), remedy }
    }
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

/// Looks through the facts for those that chance moves. It has no part in flags and codes.
pub(super) fn candidates<'m>(model: &'m Model, rates: &Rates) -> Vec<Candidate<'m>> {
    let contract = model.contract();
    let facts = model.plan().facts();
    let found = (0u32..).map(FactId).zip(facts).filter_map(|(id, spec)| {
        let measure = contract.measures.iter().find(|measure| measure.name == spec.measure)?;
        let moves = !matches!(measure.kind, MeasureKind::Flag | MeasureKind::Code(_));
        let counts = matches!(spec.part, Part::Value | Part::Numerator);
        let stated = rates.of(spec);
        let better = measure.described.better.of(spec.members.iter().map(|(_, member)| member.as_str()));
        if !moves || !counts || (better.is_none() && stated.is_none()) {
            return None;
        }
        let is_denominator = |other: &FactSpec| {
            other.part == Part::Denominator
                && (&other.measure, &other.period, &other.members)
                    == (&spec.measure, &spec.period, &spec.members)
        };
        let at = facts.iter().position(is_denominator).filter(|_| measure.kind == MeasureKind::Ratio);
        let denominator = at.and_then(|at| u32::try_from(at).ok()).map(FactId);
        let better = better.map(|word| word == "higher");
        Some(Candidate {
            id,
            spec,
            stated: stated.cloned().unwrap_or_default(),
            measure,
            better,
            denominator,
        })
    });
    found.collect()
}

/// One fact and what is known about it.
struct Looking<'l> {
    contract: &'l Contract,
    candidate: &'l Candidate<'l>,
    facts: &'l [Exact],
}

const SHARE_WITHOUT_DENOMINATOR: &str = "a share needs the number of people behind it: give `denominator` \
     in a table of rates";
const SCORE: &str = "a score is no share of people: chance has no law here; `simulate` draws it from a \
     distribution that you state";
const COST_WITHOUT_VARIATION: &str = "a cost needs `denominator` (people) and `variation` (standard deviation \
     of the cost of one person over its mean) in a table of rates";

impl Looking<'_> {
    fn value(&self) -> &Exact {
        &self.facts[self.candidate.id.0 as usize]
    }

    fn ratio(self) -> Result<Figure, &'static str> {
        let Candidate { stated, denominator, .. } = self.candidate;
        let observed = denominator.map(|at| &self.facts[at.0 as usize]);
        let people = observed.or(stated.denominator.as_ref()).ok_or(SHARE_WITHOUT_DENOMINATOR)?;
        let rate = self.value().checked_div(people).ok_or(SHARE_WITHOUT_DENOMINATOR)?;
        let counted = stated.denominator.as_ref().unwrap_or(people).clone();
        let baseline = stated.baseline.as_ref().unwrap_or(&rate);
        // All of the people is where a share ends; a ratio that may go beyond it, and does, is of events.
        let may_exceed = self.candidate.measure.range.1 > Exact::ONE;
        let usual = if may_exceed && *baseline >= Exact::ONE { Law::Events } else { Law::Share };
        let law = stated.law.unwrap_or(usual);
        let most = if law == Law::Share { Exact::ONE } else { self.candidate.measure.range.1.clone() };
        let dial = Dial {
            fact: self.candidate.id,
            unit: counted.clone(),
            grid: None,
            range: (self.candidate.measure.range.0.greater(&Exact::ZERO).clone(), most),
        };
        let figure = self.with(law, rate, Some(counted.clone()), (counted, Exact::ONE), dial);
        Ok(Figure { denominator: *denominator, ..figure })
    }

    fn number(self) -> Result<Figure, &'static str> {
        if self.candidate.measure.range.1 > Exact::ONE || self.candidate.measure.range.0.sign() < 0 {
            return Err(SCORE);
        }
        let counted = self.candidate.stated.denominator.clone().ok_or(SHARE_WITHOUT_DENOMINATOR)?;
        let grid = self.candidate.measure.step.clone().map(|step| (step, self.contract.mode));
        let rate = self.value().clone();
        let dial = Dial {
            fact: self.candidate.id,
            unit: Exact::ONE,
            grid,
            range: self.candidate.measure.range.clone(),
        };
        Ok(self.with(Law::Share, rate, Some(counted.clone()), (counted, Exact::ONE), dial))
    }

    /// The present size of a count is 1; it grows by people where the population is stated, else
    /// by hundredths.
    fn count(self) -> Figure {
        let population = self.candidate.stated.denominator.clone().filter(|people| people.sign() > 0);
        let parts = population.clone().unwrap_or(Exact::from(100));
        let step = Exact::ONE.checked_div(&parts).unwrap_or(Exact::ONE);
        let rate = self.value().clone();
        let dial = self.plain_dial();
        self.with(Law::Events, rate, population, (Exact::ONE, step), dial)
    }

    fn cost(self) -> Result<Figure, &'static str> {
        let people = self.candidate.stated.denominator.clone().filter(|people| people.sign() > 0);
        let (Some(people), Some(_)) = (people, &self.candidate.stated.variation) else {
            return Err(COST_WITHOUT_VARIATION);
        };
        let rate = self.value().clone();
        let dial = self.plain_dial();
        Ok(self.with(Law::Cost, rate, Some(people.clone()), (people, Exact::ONE), dial))
    }

    /// A figure that is observed as it is counted.
    fn plain_dial(&self) -> Dial {
        Dial {
            fact: self.candidate.id,
            unit: Exact::ONE,
            grid: None,
            range: self.candidate.measure.range.clone(),
        }
    }

    fn with(
        self,
        law: Law,
        observed: Exact,
        counted: Option<Exact>,
        (size, step): (Exact, Exact),
        dial: Dial,
    ) -> Figure {
        let candidate = self.candidate;
        let Stated { variation, overdispersion, .. } = &candidate.stated;
        let spread = if law == Law::Cost { variation } else { overdispersion };
        Figure {
            measure: candidate.spec.measure.clone(),
            period: candidate.spec.period.1.clone(),
            members: candidate.spec.members.clone(),
            law,
            higher_is_better: candidate.better,
            observed,
            spread: spread.clone().unwrap_or(Exact::ONE),
            stated: candidate.stated.clone(),
            counted,
            size,
            step,
            dial,
            denominator: None,
        }
    }
}
