//! Why an amount differs from what was expected: a difference split by cause, exactly and without an order.
//!
//! What payments were based on, and what is due now, are each a contract and observations. What changed
//! between them is put in groups: population, price, performance, restatement. A statement is made for every
//! mixture of changed and unchanged groups, and each group has the average, over all orders in which the
//! groups could have changed, of what its change adds to a line. `docs/internals/attribution.md` has the
//! proof that the parts come to the difference and that no order of clauses, measures or groups matters.

mod game;
mod mixture;

use std::collections::{BTreeMap, BTreeSet};

use carepact::contract::{Contract, Measure, MeasureKind};
use carepact::source::did_you_mean;
use carepact::statement::StatementLine;
use carepact::{AsOf, Diagnostic, Model, Observations, Problems};

use crate::reconcile::problem::{ATTRIBUTION, problem};
use game::{Amounts, shared};
use mixture::Figures;

/// Why an amount changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// How many people there are: counts of people.
    Population,
    /// The contract: tables, curves, formulas, parties.
    Price,
    /// What was done and achieved: all other measures.
    Performance,
    /// Figures that were reported before and are now reported otherwise.
    Restatement,
}

impl Cause {
    /// All causes, in the order in which they are listed.
    pub const ALL: [Cause; 4] = [Cause::Population, Cause::Price, Cause::Performance, Cause::Restatement];

    /// The words of a report.
    pub fn words(self) -> &'static str {
        match self {
            Cause::Population => "population",
            Cause::Price => "price",
            Cause::Performance => "performance",
            Cause::Restatement => "data restatement",
        }
    }

    /// The cause that is written as this word.
    pub fn of_word(word: &str) -> Option<Cause> {
        match word {
            "population" => Some(Cause::Population),
            "performance" => Some(Cause::Performance),
            "restatement" => Some(Cause::Restatement),
            _ => None,
        }
    }
}

/// What amounts rest on.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'g> {
    /// The contract.
    pub model: &'g Model,
    /// The figures.
    pub observations: &'g Observations,
    /// Which submission of a figure counts.
    pub as_of: AsOf,
}

/// A line by which a line of another statement is known: id, payer and payee.
pub type LineKey = (String, String, String);

/// What became of a line.
#[derive(Debug, Clone)]
pub struct Change {
    /// The line as it is stated now, or as it was expected where it is no longer stated.
    pub line: StatementLine,
    /// What was expected, in minor units.
    pub expected: i64,
    /// What is due now.
    pub actual: i64,
    /// The difference by cause, in the order of [`Cause::ALL`].
    pub parts: [i64; 4],
}

/// A difference split by cause.
#[derive(Debug, Clone, Default)]
pub struct Attribution {
    /// All payable lines of both statements.
    pub lines: BTreeMap<LineKey, Change>,
    /// Causes under which anything changed.
    pub changed: Vec<Cause>,
    /// The keys of the periods that are stated.
    pub periods: Vec<String>,
    /// Figures without an expected value, which count as they are on both sides.
    pub unplanned: usize,
    /// How many statements were made.
    pub statements: usize,
}

impl Attribution {
    /// Several as one, of statements that have no line in common.
    pub fn together(parts: impl IntoIterator<Item = Attribution>) -> Attribution {
        let mut all = Attribution::default();
        let mut changed = BTreeSet::new();
        for part in parts {
            all.lines.extend(part.lines);
            changed.extend(part.changed);
            all.periods.extend(part.periods);
            all.unplanned += part.unplanned;
            all.statements += part.statements;
        }
        all.changed = changed.into_iter().collect();
        all
    }
}

/// The causes of measures that are not what their unit says.
#[derive(Debug, Clone, Default)]
pub struct Causes(BTreeMap<String, Cause>);

impl Causes {
    /// Those of a command line, each `MEASURE=CAUSE`.
    ///
    /// # Errors
    /// For each that names no measure or no cause.
    pub fn of(contract: &Contract, texts: &[String]) -> Result<Causes, Vec<Diagnostic>> {
        let mut causes = Causes::default();
        let wrong: Vec<Diagnostic> =
            texts.iter().filter_map(|text| causes.add(contract, text).err()).collect();
        if wrong.is_empty() { Ok(causes) } else { Err(wrong) }
    }

    /// Adds `MEASURE=CAUSE`.
    ///
    /// # Errors
    /// When there is no such measure or cause.
    pub fn add(&mut self, contract: &Contract, text: &str) -> Result<(), Diagnostic> {
        let (measure, word) = text.split_once('=').unwrap_or((text, ""));
        let Some(cause) = Cause::of_word(word.trim()) else {
            let found = format!("`{text}` names no cause");
            let remedy = "write MEASURE=population, MEASURE=performance or MEASURE=restatement";
            return Err(problem(&ATTRIBUTION, found, remedy));
        };
        let names = contract.measures.iter().map(|known| known.name.as_str());
        if !names.clone().any(|known| known == measure) {
            let near = did_you_mean(measure, names)
                .map_or("name a measure of the contract".to_string(), |near| {
                    format!("did you mean `{near}`?")
                });
            return Err(problem(&ATTRIBUTION, format!("there is no measure `{measure}`"), &near));
        }
        self.0.insert(measure.to_string(), cause);
        Ok(())
    }

    /// The cause that was said of a measure.
    fn given(&self, measure: &str) -> Option<Cause> {
        self.0.get(measure).copied()
    }

    /// The cause of a change in a measure of which nothing is said: population for a count of people.
    fn natural(&self, contract: &Contract, measure: &str) -> Cause {
        match contract.measures.iter().find(|known| known.name == measure) {
            Some(measure) if counts_people(measure) => Cause::Population,
            Some(_) | None => Cause::Performance,
        }
    }
}

fn counts_people(measure: &Measure) -> bool {
    measure.kind == MeasureKind::Count && measure.unit.to_string() == "person"
}

/// The lines of both sides with the difference of each by cause.
///
/// # Errors
/// When one of the statements that are needed cannot be made, or a line is not in whole minor units.
pub fn attribute(
    (expected, actual): (Ground<'_>, Ground<'_>),
    causes: &Causes,
    period: Option<&str>,
) -> Result<Attribution, Problems> {
    let figures = Figures::of(expected, actual, causes);
    let mut players: BTreeSet<Cause> = figures.causes();
    let same_contract = expected.model.contract().document.text() == actual.model.contract().document.text();
    if !same_contract {
        players.insert(Cause::Price);
    }
    let changed: Vec<Cause> = players.into_iter().collect();
    let mut known: BTreeMap<LineKey, StatementLine> = BTreeMap::new();
    let mut worth: Vec<Amounts> = Vec::new();
    for mixture in 0..1_usize << changed.len() {
        let has = |cause: Cause| {
            changed.iter().position(|known| *known == cause).is_some_and(|at| mixture >> at & 1 == 1)
        };
        let model = if same_contract || has(Cause::Price) { actual.model } else { expected.model };
        let observations = figures.mixed(model.contract(), &has);
        worth.push(stated(model, &observations, period, &mut known)?.0);
    }
    let (last, periods) = stated(actual.model, &figures.last(), period, &mut known)?;
    let places = actual.model.contract().minor_places;
    let statements = worth.len() + 1;
    let lines = BTreeMap::new();
    let mut attribution = Attribution { lines, changed, periods, unplanned: figures.unplanned, statements };
    let mut problems = Vec::new();
    for (key, line) in known {
        match shared(&key, &attribution.changed, (&worth, &last), places) {
            Some((expected, actual, parts)) => {
                attribution.lines.insert(key, Change { line, expected, actual, parts });
            }
            None => problems.push(game::unpayable(&key, places)),
        }
    }
    if problems.is_empty() { Ok(attribution) } else { Err(Problems(problems)) }
}

/// The payable lines of a statement.
fn stated(
    model: &Model,
    observations: &Observations,
    period: Option<&str>,
    known: &mut BTreeMap<LineKey, StatementLine>,
) -> Result<(Amounts, Vec<String>), Problems> {
    let request = carepact::Request { period: period.map(str::to_string), as_of: AsOf::Freeze };
    let facts = model.bind(observations, &request)?;
    let statement = model.evaluate(&facts);
    let mut amounts = Amounts::new();
    for line in statement.lines().iter().filter(|line| line.live && line.payable) {
        let key = (line.id.clone(), line.payer.clone(), line.payee.clone());
        amounts.insert(key.clone(), line.amount.clone());
        // The last mixture is what is due now, so that its line stays.
        known.insert(key, line.clone());
    }
    Ok((amounts, facts.selection.keys.clone()))
}
