//! Luck: how often a contract pays or fines although nothing, or all that was asked, was done.
//!
//! A reading of the plan that knows no clause. For each line that rests on one figure that chance
//! moves, what each party gets is a function of that figure; the figure's true rate is set to the
//! baseline, to the target, or to an improvement, and the chances of the counts are added up where
//! the party is paid, fined, or neither. Everything else is held as observed.
//!
//! Four patients, a true rate of one half, pay from three quarters on: paid in 5 of 16 years.

mod distribution;
mod examine;
mod figure;
mod number;
mod payoff;
mod population;
mod rates;

pub use distribution::Law;
pub use figure::{Figure, Unsized};
pub use number::Probability;
pub(crate) use number::amount;
pub use population::{Enough, POPULATION_MAX};
pub use rates::{LUCK, RATE_COLUMNS, RATES, Rates, Stated};

use carepact::plan::{FactId, LineSpec, depends};
use carepact::source::{Code, Location};
use carepact::{Diagnostic, Exact, Facts, Model, Problems};

use figure::{Figures, figures};

/// The diagnostics of luck, which the engine does not know.
pub static CODES: [&Code; 2] = [&RATES, &LUCK];

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How far on the way from baseline to target a party has truly improved, where no rate of
    /// improvement is stated.
    pub improvement: Exact,
    /// The chance below which luck is acceptable.
    pub acceptable: Exact,
    /// Only these lines: the id of one, a clause, a member, or a clause and its members.
    pub lines: Option<String>,
    /// Whether it is searched how many would be enough, which takes most of the time.
    pub search: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            improvement: Exact::scaled(5, 1),
            acceptable: Exact::scaled(5, 2),
            lines: None,
            search: true,
        }
    }
}

impl Settings {
    fn wants(&self, line: &LineSpec) -> bool {
        let Some(name) = &self.lines else { return true };
        let members: Vec<&str> = line.members.iter().map(|(_, member, _)| member.as_str()).collect();
        let full = format!("{} {}", line.clause, members.join(" "));
        [&line.id, &line.clause, &full].contains(&name) || members.contains(&name.as_str())
    }
}

/// The chance that something happens, and how many would have to be counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Odds {
    /// Exactly, by the law of the count; nothing for a cost.
    pub exact: Option<Probability>,
    /// By the normal approximation; nothing where the amount goes up and down as the figure rises.
    pub normal: Option<Probability>,
    /// The number counted from which on the exact chance (of a cost the approximate one) stays below
    /// what is acceptable.
    pub enough: Enough,
    /// True when it is not acceptable.
    pub too_likely: bool,
}

impl Odds {
    /// The exact chance, or the approximate one where there is no other.
    pub fn best(&self) -> Probability {
        self.exact.or(self.normal).unwrap_or(Probability(0.0))
    }
}

/// What a party gets on average under chance, in money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// On average when nothing changed.
    pub unchanged: Exact,
    /// On average when it truly improved.
    pub improved: Option<Exact>,
    /// On average when the target is truly met.
    pub on_target: Option<Exact>,
    /// Insurance risk: the standard deviation by chance alone, at the true rate of the improvement,
    /// or of the baseline where there is none.
    pub by_chance: Exact,
    /// Performance risk: what moves on average when the true rate goes from baseline to target.
    pub by_performance: Option<Exact>,
}

/// The luck of one party in one line.
#[derive(Debug, Clone, PartialEq)]
pub struct LineLuck {
    /// The line, `clause:period:member…`.
    pub line: String,
    /// The clause.
    pub clause: String,
    /// Title of the clause for people.
    pub title: String,
    /// The key of the period.
    pub period: String,
    /// Axis, member and its title.
    pub members: Vec<(String, String, String)>,
    /// The party.
    pub party: String,
    /// The figure that the line rests on.
    pub figure: Figure,
    /// The true rate when nothing changed.
    pub baseline: Exact,
    /// Where payment starts, when it is a payment that chance can bring about.
    pub starts: Option<Exact>,
    /// Where fines begin, when it is a fine that chance can bring about.
    pub fines: Option<Exact>,
    /// The true rate at which all is done that was asked: as stated, else where payment is full, or
    /// of a party that can only be fined where fines end.
    pub target: Option<Exact>,
    /// The true rate at which a party should not be fined: the target as stated, else where fines
    /// end, or the baseline where that is better already.
    pub met: Option<Exact>,
    /// The true rate of an improvement.
    pub improved: Option<Exact>,
    /// Paid although nothing changed.
    pub paid_unchanged: Option<Odds>,
    /// Fined although the target is truly met.
    pub fined_on_target: Option<Odds>,
    /// Not paid although it truly improved.
    pub unpaid_improved: Option<Odds>,
    /// In money.
    pub money: Money,
}

/// A line that rests on several figures that chance moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Several {
    /// The line.
    pub line: String,
    /// The clause.
    pub clause: String,
    /// Its figures.
    pub figures: Vec<String>,
}

/// A line of which too little is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The line.
    pub line: String,
    /// The clause.
    pub clause: String,
    /// The figure, and what is missing.
    pub figure: Unsized,
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Luck {
    /// Lines that rest on one figure that chance moves, by party.
    pub lines: Vec<LineLuck>,
    /// Lines that rest on several.
    pub several: Vec<Several>,
    /// Lines of which too little is known.
    pub unknown: Vec<Unknown>,
}

/// What moves the money of a party, under one clause or all: chance, and performance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// The party.
    pub party: String,
    /// The clause; nothing for all of them.
    pub clause: Option<String>,
    /// The standard deviation by chance alone, figures being independent.
    pub by_chance: Exact,
    /// What moves on average when all true rates go from baseline to target.
    pub by_performance: Exact,
}

impl Luck {
    /// The greatest chance of all lines and parties that have an answer to a question.
    pub fn worst(&self, question: impl Fn(&LineLuck) -> Option<&Odds>) -> Option<Probability> {
        let chances = self.lines.iter().filter_map(question).map(Odds::best);
        chances.reduce(|worst, chance| if chance > worst { chance } else { worst })
    }

    /// Insurance risk apart from performance risk: by party and clause, then of the party.
    pub fn risks(&self, places: u32) -> Vec<Risk> {
        let mut keys: Vec<(&str, Vec<&str>)> = Vec::new();
        for line in &self.lines {
            match keys.iter_mut().find(|(party, _)| *party == line.party) {
                Some((_, clauses)) if clauses.contains(&line.clause.as_str()) => {}
                Some((_, clauses)) => clauses.push(&line.clause),
                None => keys.push((&line.party, vec![&line.clause])),
            }
        }
        let risk = |party: &str, clause: Option<&str>| {
            let of =
                |line: &&LineLuck| line.party == party && clause.is_none_or(|clause| clause == line.clause);
            let lines: Vec<&LineLuck> = self.lines.iter().filter(of).collect();
            let squares = lines.iter().map(|line| number::float(&line.money.by_chance).powi(2));
            Risk {
                party: party.to_string(),
                clause: clause.map(str::to_string),
                by_chance: number::amount(squares.sum::<f64>().sqrt(), places),
                by_performance: lines.iter().filter_map(|line| line.money.by_performance.as_ref()).sum(),
            }
        };
        let of_party = |(party, clauses): &(&str, Vec<&str>)| {
            let each = clauses.iter().map(|clause| risk(party, Some(clause)));
            let all = (clauses.len() > 1).then(|| risk(party, None));
            each.chain(all).collect::<Vec<_>>()
        };
        keys.iter().flat_map(of_party).collect()
    }
}

/// Works out the luck of the stated lines of a contract.
///
/// # Errors
/// Contracts for many holders, rows of rates that fit nothing, and contracts in which no figure says
/// which way is better.
pub fn luck(model: &Model, facts: &Facts, rates: &Rates, settings: &Settings) -> Result<Luck, Problems> {
    if model.contract().has_holders() {
        let found = "the contract is for many holders, whose figures meet in statistics".to_string();
        let remedy = "ask for the luck of a contract without a party that is many";
        return Err(Problems(vec![problem(found, remedy)]));
    }
    let figures = figures(model, facts, rates);
    let problems = rates.problems(&figures.specs);
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    if figures.specs.is_empty() {
        let found = "no measure says which way is better".to_string();
        let remedy = "say `better` of the measures that chance moves, or name them in a table of rates";
        return Err(Problems(vec![problem(found, remedy)]));
    }
    let mut values = facts.lanes[0].values.clone();
    for figure in &figures.known {
        if let (Some(denominator), Some(counted)) = (figure.denominator, &figure.counted) {
            values[denominator.0 as usize] = counted.clone();
        }
    }
    let mut luck = Luck::default();
    let behind = Behind::new(model, &figures);
    let stated = |line: &&LineSpec| facts.selection.states(model.contract(), line.period.0);
    let looked_at = |line: &&LineSpec| line.status != "reporting" && settings.wants(line);
    for line in model.plan().lines().iter().filter(stated).filter(looked_at) {
        look_at(model, (&values, settings), line, &behind.of(line), &mut luck);
    }
    Ok(luck)
}

fn problem(found: String, remedy: &str) -> Diagnostic {
    Diagnostic { code: &LUCK, location: Location::Request, found, remedy: remedy.to_string() }
}

/// A figure behind a line.
enum Found<'f> {
    Known(&'f Figure),
    Unsized(&'f Unsized),
}

/// For each figure the nodes that depend on it.
struct Behind<'f>(Vec<(Found<'f>, Vec<bool>)>);

impl<'f> Behind<'f> {
    fn new(model: &Model, figures: &'f Figures<'_>) -> Behind<'f> {
        let moved = |fact: FactId| depends(model.plan(), &|other| other == fact);
        let known = figures.known.iter().map(|figure| (Found::Known(figure), moved(figure.dial.fact)));
        let unknown = figures.unsized_.iter().map(|figure| (Found::Unsized(figure), moved(figure.fact)));
        Behind(known.chain(unknown).collect())
    }

    fn of(&self, line: &LineSpec) -> Vec<&Found<'f>> {
        let reads = |moved: &[bool]| line.parts.iter().any(|part| moved[part.amount.index()]);
        self.0.iter().filter(|(_, moved)| reads(moved)).map(|(found, _)| found).collect()
    }
}

fn look_at(
    model: &Model,
    (values, settings): (&[Exact], &Settings),
    line: &LineSpec,
    figures: &[&Found<'_>],
    luck: &mut Luck,
) {
    match figures {
        [] => {}
        [Found::Known(figure)] => {
            luck.lines.extend(examine::examine(model, (values, settings), line, figure));
        }
        [Found::Unsized(figure)] => luck.unknown.push(Unknown {
            line: line.id.clone(),
            clause: line.clause.clone(),
            figure: (*figure).clone(),
        }),
        several => {
            let name = |found: &&Found<'_>| match found {
                Found::Known(figure) => figure.name(),
                Found::Unsized(figure) => figure.name.clone(),
            };
            luck.several.push(Several {
                line: line.id.clone(),
                clause: line.clause.clone(),
                figures: several.iter().map(name).collect(),
            });
        }
    }
}
