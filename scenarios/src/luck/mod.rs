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
mod look;
mod number;
mod payoff;
mod population;
mod rates;
mod risk;

pub use distribution::Law;
pub use examine::Examined;
pub use figure::{Figure, Unsized};
pub use look::{Found, Workers, luck_of_each, one_holder_after_the_other};
pub use number::Probability;
pub(crate) use number::amount;
pub use population::{Enough, POPULATION_MAX};
pub use rates::{LUCK, RATE_COLUMNS, RATES, Rates, Stated};
pub use risk::{Risk, Risks};

use carepact::evaluate::Statistics;
use carepact::plan::LineSpec;
use carepact::source::Code;
use carepact::{Exact, Facts, Model, Problems};

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
    /// Of a party that is many, the only holder whose luck is looked at; without it each one's is, all
    /// others held as observed.
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
    /// The line, `clause:period:member…`, with the holder at the end.
    pub line: String,
    /// The holder of a party that is many, where the line is of one.
    pub holder: Option<String>,
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

impl Luck {
    /// The greatest chance of all lines and parties that have an answer to a question.
    pub fn worst(&self, question: impl Fn(&LineLuck) -> Option<&Odds>) -> Option<Probability> {
        let chances = self.lines.iter().filter_map(question).map(Odds::best);
        chances.reduce(|worst, chance| if chance > worst { chance } else { worst })
    }

    /// Takes note of what was found.
    pub fn add(&mut self, found: Found) {
        match found {
            Found::Line(line) => self.lines.push(*line),
            Found::Several(several) => self.several.push(several),
            Found::Unknown(unknown) => self.unknown.push(unknown),
        }
    }

    /// Insurance risk apart from performance risk: by party and clause, then of the party.
    pub fn risks(&self, places: u32) -> Vec<Risk> {
        let mut risks = Risks::default();
        self.lines.iter().for_each(|line| risks.add(line));
        risks.list(places)
    }
}

/// Works out the luck of the stated lines of a contract; of one for many holders that of each, or of the
/// one that the settings name.
///
/// # Errors
/// A holder that the observations do not name, rows of rates that fit nothing, and contracts in which
/// no figure says which way is better.
pub fn luck(model: &Model, facts: &Facts, rates: &Rates, settings: &Settings) -> Result<Luck, Problems> {
    let mut luck = Luck::default();
    luck_of_each(model, facts, (rates, settings), &one_holder_after_the_other, &mut |found| luck.add(found))?;
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
