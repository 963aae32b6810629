//! A scenario file as it was written. Every problem of form is reported at once.

use super::fields::SCENARIOS;
use super::spread::{Chance, Spread, number, spread};
use crate::calendar::PeriodKind;
use crate::contract::shape::{Reports, conform, period_word};
use crate::num::Exact;
use crate::source::catalogue::{SCENARIO_CHANCE, SCENARIO_CORRELATION, SCENARIO_SHOCK};
use crate::source::{Diagnostic, Document, Json, Place, Problems};

/// A word of the file and where it stands.
pub type Word = (String, Place);

/// What is drawn for some observations of a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// The measure.
    pub measure: Word,
    /// Members and periods; all when there are none.
    pub which: Vec<Word>,
    /// The level; the baseline's when there is none.
    pub level: Option<Spread>,
    /// The denominator of a ratio; the baseline's when there is none.
    pub denominator: Option<Spread>,
    /// For what a level is drawn anew; for each observation when it is not said.
    pub each: Option<Vec<Word>>,
    /// By how much the level grows from year to year.
    pub trend: Option<Exact>,
    /// What is added to the level from year to year.
    pub trend_plus: Option<Exact>,
    /// How the observed number scatters.
    pub chance: Chance,
    /// How many could be counted.
    pub trials: Option<Exact>,
    /// No level is below it.
    pub least: Option<Exact>,
    /// No level is above it.
    pub most: Option<Exact>,
    /// The grid.
    pub step: Option<Exact>,
    /// Where it is written.
    pub place: Place,
}

/// A pair of levels that move together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correlation {
    /// The first level.
    pub one: Word,
    /// The second level.
    pub other: Word,
    /// Spearman's rank correlation.
    pub is: Exact,
    /// Where it is written.
    pub place: Place,
}

/// What a shock does to some observations of a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The measure.
    pub measure: Word,
    /// Members and periods; all when there are none.
    pub which: Vec<Word>,
    /// By how much a shock of 1 multiplies, less 1; or what it adds.
    pub by: Exact,
    /// True when it multiplies.
    pub times: bool,
    /// Where it is written.
    pub place: Place,
}

/// A draw that moves several measures at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shock {
    /// Its name.
    pub name: String,
    /// Its size.
    pub spread: Spread,
    /// How often it is drawn.
    pub each: PeriodKind,
    /// What it moves.
    pub moves: Vec<Movement>,
    /// Where it is written.
    pub place: Place,
}

/// A scenario file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioFile {
    /// The document it was read from.
    pub document: Document,
    /// What the scenarios are.
    pub title: String,
    /// The period that is simulated.
    pub period: Option<Word>,
    /// The year whose baseline stands for others.
    pub repeat: Option<Word>,
    /// What is drawn, in order.
    pub draws: Vec<Draw>,
    /// Correlations.
    pub correlations: Vec<Correlation>,
    /// Shocks.
    pub shocks: Vec<Shock>,
}

impl ScenarioFile {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// Every problem of form, with its place.
    pub fn parse(text: &str) -> Result<ScenarioFile, Problems> {
        match read(text) {
            (Some(file), problems) if problems.is_empty() => Ok(file),
            (_, problems) => Err(Problems(problems)),
        }
    }
}

/// Reads a scenario file as far as it goes, and every problem of form.
pub fn read(text: &str) -> (Option<ScenarioFile>, Vec<Diagnostic>) {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(problems) => return (None, problems),
    };
    let root = document.root().clone();
    let mut reports = Reports::default();
    if !conform(&root, &SCENARIOS, &mut reports) {
        return (None, reports.0);
    }
    let items = |field: &str| root.get(field).map_or(&[][..], Json::items);
    let draws = items("draws").iter().filter_map(|json| draw(json, &mut reports)).collect();
    let correlations =
        items("rank_correlation").iter().filter_map(|json| correlation(json, &mut reports)).collect();
    let shocks = root.get("shocks").map_or(&[][..], Json::members);
    let shocks = shocks.iter().filter_map(|(name, json)| shock(name, json, &mut reports)).collect();
    let file = ScenarioFile {
        title: root.get("title").and_then(Json::text).unwrap_or_default().to_string(),
        period: word(root.get("period")),
        repeat: word(root.get("repeat")),
        draws,
        correlations,
        shocks,
        document,
    };
    let mut problems = reports.0;
    problems.sort_by_key(Diagnostic::at);
    (Some(file), problems)
}

fn word(json: Option<&Json>) -> Option<Word> {
    let json = json?;
    Some((json.text()?.to_string(), json.place.clone()))
}

fn words(json: Option<&Json>) -> Vec<Word> {
    json.map_or(&[][..], Json::items).iter().filter_map(|item| word(Some(item))).collect()
}

fn draw(json: &Json, reports: &mut Reports) -> Option<Draw> {
    let mut of = |field: &str| match json.get(field) {
        None => Some(None),
        Some(json) => spread(json, reports).map(Some),
    };
    // Both are looked at, so that all problems are reported.
    let (level, denominator) = (of("level"), of("denominator"));
    let chance = chance(json, reports)?;
    let step = number(json.get("step"));
    if let (Some(step), Some(json)) = (&step, json.get("step"))
        && step.sign() <= 0
    {
        let found = format!("a step of {step}");
        reports.add(&SCENARIO_CHANCE, &json.place, found, "write a step above 0");
        return None;
    }
    Some(Draw {
        measure: word(json.get("measure"))?,
        which: words(json.get("for")),
        level: level?,
        denominator: denominator?,
        each: json.get("each").map(|each| words(Some(each))),
        trend: number(json.get("trend")),
        trend_plus: number(json.get("trend_plus")),
        chance,
        trials: number(json.get("trials")),
        least: number(json.get("least")),
        most: number(json.get("most")),
        step,
        place: json.place.clone(),
    })
}

fn chance(json: &Json, reports: &mut Reports) -> Option<Chance> {
    let word = json.get("chance").and_then(Json::text);
    let over = number(json.get("overdispersion"));
    let place = |field: &str| json.get(field).map_or(&json.place, |json| &json.place).clone();
    let mut refuse = |field: &str, found: &str, remedy: &str| {
        reports.add(&SCENARIO_CHANCE, &place(field), found, remedy);
        None
    };
    match (word, over) {
        (Some("negative_binomial"), Some(over)) if over > Exact::ONE => Some(Chance::NegativeBinomial(over)),
        (Some("negative_binomial"), Some(_)) => refuse(
            "overdispersion",
            "an overdispersion of 1 or less",
            "write the variance over the mean, above 1; `poisson` has 1",
        ),
        (Some("negative_binomial"), None) => refuse(
            "chance",
            "negative binomial chance without `overdispersion`",
            "add the variance over the mean, such as \"overdispersion\": 4",
        ),
        (_, Some(_)) => refuse(
            "overdispersion",
            "`overdispersion` without negative binomial chance",
            "say \"chance\": \"negative_binomial\", or take it out",
        ),
        (Some("binomial"), None) => Some(Chance::Binomial),
        (Some("poisson"), None) => Some(Chance::Poisson),
        (Some(_) | None, None) => Some(Chance::None),
    }
}

fn correlation(json: &Json, reports: &mut Reports) -> Option<Correlation> {
    let is = number(json.get("is"))?;
    let between = words(json.get("between"));
    let mut refuse = |place: &Place, found: String, remedy: &str| {
        reports.add(&SCENARIO_CORRELATION, place, found, remedy);
        None
    };
    let [one, other] = &between[..] else {
        let found = format!("{} names", between.len());
        return refuse(&json.get("between")?.place, found, "name two levels");
    };
    if one.0 == other.0 {
        return refuse(&other.1, format!("`{}` twice", one.0), "name two different levels");
    }
    if is.abs() >= Exact::ONE {
        let remedy = "write a number between -1 and 1; what moves exactly together is a shock";
        return refuse(&json.get("is")?.place, format!("a rank correlation of {is}"), remedy);
    }
    Some(Correlation { one: one.clone(), other: other.clone(), is, place: json.place.clone() })
}

fn shock(name: &str, json: &Json, reports: &mut Reports) -> Option<Shock> {
    let size = spread(json.get("draw")?, reports);
    let moves = json.get("moves")?.items().iter().filter_map(|json| movement(json, reports)).collect();
    Some(Shock {
        name: name.to_string(),
        spread: size?,
        each: period_word(json.get("each"))?,
        moves,
        place: json.key_place(),
    })
}

fn movement(json: &Json, reports: &mut Reports) -> Option<Movement> {
    let (times, plus) = (number(json.get("times")), number(json.get("plus")));
    let (by, times) = match (times, plus) {
        (Some(by), None) => (by, true),
        (None, Some(by)) => (by, false),
        (Some(_), Some(_)) | (None, None) => {
            let found = "a shock moves a level by `times` or by `plus`";
            reports.add(&SCENARIO_SHOCK, &json.place, found, "write one of the two");
            return None;
        }
    };
    let (measure, which) = (word(json.get("measure"))?, words(json.get("for")));
    Some(Movement { measure, which, by, times, place: json.place.clone() })
}
