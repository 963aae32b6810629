//! What is measured in scenarios: one amount of a party or clause, added up or held against a number.

use std::ops::Range;

use carepact::contract::Contract;
use carepact::source::{Location, did_you_mean};
use carepact::{Diagnostic, Exact, Mode, Problems};

use super::CONDITION;
use super::condition::{Amount, Condition, Event, Measured, Relation};
use super::search::Value;
use crate::quantile::float;
use crate::simulation::Simulation;
use crate::{Period, Scenarios};

/// Standard deviations within which 95 % of a normal distribution lie.
const WITHIN_95: f64 = 1.959_963_984_540_054;

/// What a party has under the contract as written, which thresholds rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its mean income: what it receives less what it pays.
    pub income: Exact,
    /// Its cost base as stated, else its mean income: what a loss is held against.
    pub base: Exact,
    /// True when the cost base is stated.
    pub base_is_stated: bool,
}

/// An amount, and the whole units between which the event lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    party: Option<String>,
    clause: Option<String>,
    period: Period,
    /// For a mean of a loss, what the amount is taken from.
    taken_from: Option<Exact>,
    /// From and to which unit the event lies; nothing for a mean.
    within: Option<(i64, i64)>,
}

/// What was counted and added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Scenarios.
    pub count: u64,
    /// Scenarios in which the event happened.
    pub happened: u64,
    /// The sum of the amounts, in units.
    pub sum: i128,
    /// The sum of their squares.
    pub squares: i128,
}

impl Tally {
    /// Adds other scenarios.
    pub fn merge(&mut self, other: &Tally) {
        self.count += other.count;
        self.happened += other.happened;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// The share of scenarios with the event, and its interval by Wilson's score.
    fn chance(&self) -> Value {
        let (n, z) = (self.count as f64, WITHIN_95);
        let p = self.happened as f64 / n;
        let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        Value { estimate: p, low: (middle - half).max(0.0).min(p), high: (middle + half).min(1.0).max(p) }
    }

    /// The mean, and its interval by the normal distribution.
    fn mean(&self, unit: f64) -> Value {
        let n = self.count as f64;
        let mean = self.sum as f64 / n;
        let variance = (self.squares as f64 / n - mean * mean).max(0.0) * n / (n - 1.0).max(1.0);
        let half = WITHIN_95 * (variance / n).sqrt();
        Value { estimate: mean * unit, low: (mean - half) * unit, high: (mean + half) * unit }
    }
}

impl Amount {
    /// The party, when it is an amount of one.
    pub fn party(&self) -> Option<&str> {
        match self {
            Amount::Loss { party, .. } | Amount::Net { party, .. } => Some(party),
            Amount::Paid { .. } => None,
        }
    }

    /// The names that follow the first.
    fn of(&self) -> &[String] {
        match self {
            Amount::Net { of, .. } => of,
            Amount::Loss { year, .. } | Amount::Paid { year, .. } => year.as_slice(),
        }
    }
}

impl Condition {
    fn amount(&self) -> Option<&Amount> {
        match &self.measured {
            Measured::Chance(Event::Amount { amount, .. }) | Measured::Mean(amount) => Some(amount),
            Measured::Chance(Event::Luck(..)) => None,
        }
    }
}

impl Goal {
    /// What is measured by a condition, without its threshold.
    ///
    /// # Errors
    /// Parties, clauses and years that are not there, and amounts that do not exist.
    pub fn of(scenarios: &Scenarios<'_>, condition: &Condition) -> Result<Goal, Problems> {
        let amount = condition.amount().ok_or_else(|| luck_is_no_goal(condition))?;
        let contract = scenarios.model().contract();
        let mut goal =
            Goal { party: None, clause: None, period: Period::All, taken_from: None, within: None };
        let party = amount.party().map(|party| party_of(contract, party, condition)).transpose()?;
        goal.party = party;
        if let Amount::Paid { clause, .. } = amount {
            goal.clause = Some(clause_of(contract, clause, condition)?);
        }
        for name in amount.of() {
            match scenarios.years().iter().position(|year| year == name) {
                Some(year) => goal.period = Period::Year(year),
                None if matches!(amount, Amount::Net { .. }) => {
                    goal.clause = Some(clause_of(contract, name, condition)?);
                }
                None => return Err(no_year(scenarios, name, condition)),
            }
        }
        goal.place(scenarios).map(|_| goal).ok_or_else(|| {
            refused(
                condition,
                "there is no such amount".to_string(),
                "name a party that the clause pays or is paid by",
            )
        })
    }

    fn place(&self, scenarios: &Scenarios<'_>) -> Option<usize> {
        scenarios.amounts().place(self.party.as_deref(), self.clause.as_deref(), &self.period)
    }

    /// What the thresholds of the condition rest on, from the mean of its amount in the contract as
    /// written.
    pub fn written(&self, scenarios: &Scenarios<'_>, seed: u64, tally: &Tally) -> Written {
        let unit = scenarios.unit();
        let mean = i64::try_from(tally.sum / i128::from(tally.count.max(1))).unwrap_or(i64::MAX);
        let income = &Exact::from(mean) * unit;
        let simulation = Simulation::new(scenarios, seed);
        let mut losses = simulation.losses().iter();
        let stated =
            losses.find(|loss| Some(&loss.party) == self.party.as_ref() && loss.period == self.period);
        Written {
            base: stated.map_or_else(|| income.clone(), |loss| loss.stated.clone()),
            base_is_stated: stated.is_some(),
            income,
        }
    }

    /// The goal with the threshold of the condition.
    pub fn with_threshold(self, condition: &Condition, written: &Written, unit: &Exact) -> Goal {
        let is_loss = matches!(condition.amount(), Some(Amount::Loss { .. }));
        let Measured::Chance(Event::Amount { relation, number, of_income, .. }) = &condition.measured else {
            let taken_from = is_loss.then(|| written.base.clone());
            return Goal { taken_from, ..self };
        };
        let number = if *of_income { number * &written.income } else { number.clone() };
        // A loss beyond a number is an amount below the base less that number.
        let (number, relation) =
            if is_loss { (&written.base - &number, mirrored(*relation)) } else { (number, *relation) };
        let units = number.checked_div(unit).unwrap_or(Exact::ZERO);
        let whole = |mode: Mode| units.rounded(&Exact::ONE, mode).to_i64().unwrap_or(i64::MAX);
        let (floor, ceiling) = (whole(Mode::Floor), whole(Mode::Ceiling));
        let within = match relation {
            Relation::Below => (i64::MIN, ceiling.saturating_sub(1)),
            Relation::AtMost => (i64::MIN, floor),
            Relation::Equal => (ceiling, floor),
            Relation::AtLeast => (ceiling, i64::MAX),
            Relation::Above => (floor.saturating_add(1), i64::MAX),
        };
        Goal { within: Some(within), ..self }
    }

    /// Counts and adds up in neighbouring scenarios.
    pub fn measure(&self, scenarios: &Scenarios<'_>, seed: u64, range: Range<u64>) -> Tally {
        let mut tally = Tally::default();
        let Some(place) = self.place(scenarios) else { return tally };
        let (least, most) = self.within.unwrap_or((i64::MAX, i64::MIN));
        Simulation::new(scenarios, seed).add_range(scenarios, range, &mut |block| {
            for amount in &block.amounts[place] {
                tally.count += 1;
                tally.happened += u64::from(*amount >= least && *amount <= most);
                tally.sum += i128::from(*amount);
                tally.squares += i128::from(*amount) * i128::from(*amount);
            }
        });
        tally
    }

    /// The measured number.
    pub fn value(&self, tally: &Tally, unit: &Exact) -> Value {
        if self.within.is_some() {
            return tally.chance();
        }
        let mean = tally.mean(float(unit));
        match &self.taken_from {
            None => mean,
            Some(base) => {
                let base = float(base);
                Value { estimate: base - mean.estimate, low: base - mean.high, high: base - mean.low }
            }
        }
    }
}

fn mirrored(relation: Relation) -> Relation {
    match relation {
        Relation::Below => Relation::Above,
        Relation::AtMost => Relation::AtLeast,
        Relation::Equal => Relation::Equal,
        Relation::AtLeast => Relation::AtMost,
        Relation::Above => Relation::Below,
    }
}

fn refused(condition: &Condition, found: String, remedy: &str) -> Problems {
    let found = format!("`{}`: {found}", condition.text);
    Problems(vec![Diagnostic {
        code: &CONDITION,
        location: Location::Request,
        found,
        remedy: remedy.to_string(),
    }])
}

fn luck_is_no_goal(condition: &Condition) -> Problems {
    refused(condition, "luck needs no scenarios".to_string(), "leave out the scenario file")
}

fn party_of(contract: &Contract, name: &str, condition: &Condition) -> Result<String, Problems> {
    let names = || contract.parties.iter().map(|party| party.id.as_str());
    named(names, name, ("party", condition))
}

fn clause_of(contract: &Contract, name: &str, condition: &Condition) -> Result<String, Problems> {
    let names = || contract.clauses.iter().map(|clause| clause.id.as_str());
    named(names, name, ("clause", condition))
}

fn named<'n, I: Iterator<Item = &'n str>>(
    names: impl Fn() -> I,
    name: &str,
    (what, condition): (&str, &Condition),
) -> Result<String, Problems> {
    if names().any(|known| known == name) {
        return Ok(name.to_string());
    }
    let all: Vec<String> = names().map(str::to_string).collect();
    let remedy = did_you_mean(name, names()).map_or_else(
        || format!("there are {}", carepact::contract::brief(&all)),
        |near| format!("did you mean `{near}`?"),
    );
    Err(refused(condition, format!("there is no {what} `{name}`"), &remedy))
}

fn no_year(scenarios: &Scenarios<'_>, name: &str, condition: &Condition) -> Problems {
    let remedy = format!("the scenarios are of {}", scenarios.years().join(", "));
    refused(condition, format!("`{name}` is no contract year that is simulated"), &remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_intervals_are_those_of_the_books() {
        // 10 of 100: 5.52 % to 17.44 % (Newcombe 1998 gives the method; worked by hand).
        let value = Tally { count: 100, happened: 10, ..Tally::default() }.chance();
        assert!((value.low - 0.055_229).abs() < 1e-6 && (value.high - 0.174_366).abs() < 1e-6, "{value:?}");
        let none = Tally { count: 100, happened: 0, ..Tally::default() }.chance();
        assert!(none.low == 0.0 && (none.high - 0.036_993).abs() < 1e-6, "{none:?}");
    }

    #[test]
    fn means_have_the_interval_of_their_deviation() {
        // 1, 2, 3 and 4: mean 2.5, variance 5/3, standard error √(5/12).
        let tally = Tally { count: 4, happened: 0, sum: 10, squares: 30 };
        let value = tally.mean(1.0);
        assert_eq!(value.estimate, 2.5);
        assert!((value.high - 2.5 - WITHIN_95 * (5f64 / 12.0).sqrt()).abs() < 1e-12);
    }
}
