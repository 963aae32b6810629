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

use carepact::evaluate::{Statistics, one_by_one, statistics};
use carepact::plan::{FactId, LineSpec, Statistic, depends, depends_unless};
use carepact::source::{Code, Location, did_you_mean};
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
    /// Of a party that is many, the holder whose luck is looked at; all others are held as observed.
    pub holder: Option<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            improvement: Exact::scaled(5, 1),
            acceptable: Exact::scaled(5, 2),
            lines: None,
            search: true,
            holder: None,
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
/// Contracts for many holders of which none is named, rows of rates that fit nothing, and contracts in which no figure says
/// which way is better.
pub fn luck(model: &Model, facts: &Facts, rates: &Rates, settings: &Settings) -> Result<Luck, Problems> {
    let lane = lane_of(model, facts, settings.holder.as_deref())?;
    let figures = figures(model, &facts.lanes[lane].values, rates);
    let problems = rates.problems(&figures.specs);
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    if figures.specs.is_empty() {
        let found = "no measure says which way is better".to_string();
        let remedy = "say `better` of the measures that chance moves, or name them in a table of rates";
        return Err(Problems(vec![problem(found, remedy)]));
    }
    let mut lanes: Vec<Vec<Exact>> = facts.lanes.iter().map(|lane| lane.values.clone()).collect();
    for figure in &figures.known {
        if let (Some(denominator), Some(counted)) = (figure.denominator, &figure.counted) {
            lanes[lane][denominator.0 as usize] = counted.clone();
        }
    }
    let mut luck = Luck::default();
    let behind = Behind::new(model, &figures);
    let stated = |line: &&LineSpec| facts.selection.states(model.contract(), line.period.0);
    let looked_at = |line: &&LineSpec| line.status != "reporting" && settings.wants(line);
    let lines: Vec<&LineSpec> = model.plan().lines().iter().filter(stated).filter(looked_at).collect();
    let needed = model.plan().needed_by(lines.iter().flat_map(|line| line.nodes()));
    let all: Vec<&[Exact]> = lanes.iter().map(Vec::as_slice).collect();
    let statistics = statistics(model.plan(), &all, &needed, &one_by_one);
    let held = Held { values: &lanes[lane], statistics: &statistics, lane };
    for line in lines {
        look_at(model, (held, settings), line, &behind, &mut luck);
    }
    if let Some(holder) = &settings.holder {
        let ids = luck.lines.iter_mut().map(|line| &mut line.line);
        let ids = ids.chain(luck.several.iter_mut().map(|line| &mut line.line));
        let ids = ids.chain(luck.unknown.iter_mut().map(|line| &mut line.line));
        ids.for_each(|id| *id = format!("{id}:{holder}"));
    }
    Ok(luck)
}

/// What is held while one figure is left to chance.
#[derive(Clone, Copy)]
struct Held<'h> {
    /// The facts, in the order of the plan.
    values: &'h [Exact],
    /// Statistics over all holders.
    statistics: &'h Statistics,
    /// The holder's place among all of them.
    lane: usize,
}

/// The place of the holder that is named, where a party is many.
fn lane_of(model: &Model, facts: &Facts, holder: Option<&str>) -> Result<usize, Problems> {
    let (found, remedy) = match (model.contract().has_holders(), holder) {
        (false, None) => return Ok(0),
        (false, Some(holder)) => (
            format!("the contract has no holders, and `{holder}` is asked for"),
            "take the holder out".to_string(),
        ),
        (true, None) => {
            let first = facts.lanes.iter().find_map(|lane| lane.holder.as_deref()).unwrap_or("A1");
            let found = "the contract is for many holders, and none is named".to_string();
            let remedy = format!(
                "look at one with `carepact luck … --holder {first}`: a small, a middling and a large one show \
                 how luck falls with size; all of them together are looked at by `simulate`"
            );
            (found, remedy)
        }
        (true, Some(name)) => {
            let place = facts.lanes.iter().position(|lane| lane.holder.as_deref() == Some(name));
            if let Some(place) = place {
                return Ok(place);
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

/// A figure behind a line.
enum Found<'f> {
    Known(&'f Figure),
    Unsized(&'f Unsized),
}

/// For each figure the nodes that depend on it, and those that do through a statistic over all holders.
struct Behind<'f> {
    figures: Vec<(Found<'f>, Vec<bool>, Vec<bool>)>,
    /// The party that is many.
    many: Option<String>,
}

impl<'f> Behind<'f> {
    fn new(model: &Model, figures: &'f Figures<'_>) -> Behind<'f> {
        let plan = model.plan();
        let moved = |fact: FactId| {
            let all = depends(plan, &|other| other == fact);
            let reads = |statistic: &Statistic| statistic.operands().iter().any(|node| all[node.index()]);
            let through = depends_unless(plan, &|_| false, &|statistic, _| Some(reads(statistic)));
            (all, through)
        };
        let known = figures.known.iter().map(|figure| (Found::Known(figure), figure.dial.fact));
        let unknown = figures.unsized_.iter().map(|figure| (Found::Unsized(figure), figure.fact));
        let figures = known.chain(unknown).map(|(found, fact)| {
            let (all, through) = moved(fact);
            (found, all, through)
        });
        let many = model.contract().parties.iter().find(|party| party.many);
        Behind { figures: figures.collect(), many: many.map(|party| party.id.clone()) }
    }

    fn of(&self, line: &LineSpec) -> Vec<&Found<'f>> {
        let moved = self.figures.iter().filter(|(_, moved, _)| reads(line, moved));
        moved.map(|(found, ..)| found).collect()
    }

    /// The figures of other holders that a line rests on.
    fn of_others(&self, line: &LineSpec) -> Vec<String> {
        let Some(many) = &self.many else { return Vec::new() };
        let through = self.figures.iter().filter(|(.., through)| reads(line, through));
        through.map(|(found, ..)| format!("{} of each other `{many}`", found.name())).collect()
    }
}

fn reads(line: &LineSpec, moved: &[bool]) -> bool {
    line.parts.iter().any(|part| moved[part.amount.index()])
}

impl Found<'_> {
    fn name(&self) -> String {
        match self {
            Found::Known(figure) => figure.name(),
            Found::Unsized(figure) => figure.name.clone(),
        }
    }
}

fn look_at(
    model: &Model,
    (held, settings): (Held<'_>, &Settings),
    line: &LineSpec,
    behind: &Behind<'_>,
    luck: &mut Luck,
) {
    let others = behind.of_others(line);
    match &behind.of(line)[..] {
        [] => {}
        [Found::Known(figure)] if others.is_empty() => {
            luck.lines.extend(examine::examine(model, (held, settings), line, figure));
        }
        [Found::Unsized(figure)] if others.is_empty() => luck.unknown.push(Unknown {
            line: line.id.clone(),
            clause: line.clause.clone(),
            figure: (*figure).clone(),
        }),
        several => {
            let own = several.iter().map(|found| found.name());
            luck.several.push(Several {
                line: line.id.clone(),
                clause: line.clause.clone(),
                figures: own.chain(others).collect(),
            });
        }
    }
}
