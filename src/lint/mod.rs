//! Warnings on a design: a contract and what the analysis proved of it, held against the rules of
//! [`crate::source::rules`].
//!
//! A rule asks the plan, by bounds, responses and curves, and declared facts of the contract; it knows no
//! kind of clause. What is meant is silenced in the contract with a reason; it is still found, counted
//! and listed with that reason.

mod borne;
mod look;
mod overlap;
mod paid;
mod prices;
mod stated;
mod timing;
mod worth;

use crate::analyse::{Findings, Muted};
use crate::contract::Silence;
use crate::source::{Concern, Document, Place, Rule, rules};
use look::Look;

pub use overlap::{EventPay, Overlap};
pub use worth::{Concentration, Worth};

/// One warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The rule.
    pub rule: &'static Rule,
    /// Of what it was found, by any of these names a silence can mean it alone: indicators, measures,
    /// parties, events, areas, tables.
    pub of: Vec<String>,
    /// The clauses that it is about; none where it is about the contract.
    pub clauses: Vec<String>,
    /// Where to look in the document.
    pub place: Place,
    /// What was found.
    pub found: String,
    /// Why it is meant, where the contract silences it.
    pub silenced: Option<String>,
}

/// A clause that is muted, and the outcome for which it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MutedFor {
    /// The outcome: its name, and the periods in which it is so.
    pub outcome: String,
    /// The periods, in order.
    pub periods: Vec<String>,
    /// How money and outcome are called: index of its payoff among the findings.
    pub payoff: usize,
    /// The range, of the first of the periods.
    pub muted: Muted,
}

/// All that was found on the design of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Warnings, the serious first, in the order of the rules and of the document; silenced ones too.
    pub warnings: Vec<Warning>,
    /// Events that more than one outcome pays for.
    pub overlaps: Vec<Overlap>,
    /// What each outcome is worth to each party that is held to it.
    pub worth: Vec<Worth>,
    /// How many outcomes of equal worth that comes to, for each party and for all together.
    pub concentrations: Vec<Concentration>,
    /// Ranges in which caps, floors and guarantees mute other clauses.
    pub muted: Vec<MutedFor>,
}

impl Review {
    /// The warnings that nobody has explained.
    pub fn open(&self) -> impl Iterator<Item = &Warning> {
        self.warnings.iter().filter(|warning| warning.silenced.is_none())
    }

    /// The warnings that are meant, with the reasons for it.
    pub fn explained(&self) -> impl Iterator<Item = (&Warning, &str)> {
        self.warnings.iter().filter_map(|warning| Some((warning, warning.silenced.as_deref()?)))
    }

    /// How many open warnings are this grave.
    pub fn count(&self, concern: Concern) -> usize {
        self.open().filter(|warning| warning.rule.concern == concern).count()
    }
}

/// Holds a contract, and what was found of it, against the rules.
pub fn review(findings: &Findings<'_>) -> Review {
    let look = Look::new(findings);
    let worth = worth::worth(&look);
    let overlaps = overlap::overlaps(&look);
    let muted = paid::muted(&look);
    let mut warnings = Vec::new();
    warnings.extend(borne::warnings(&look));
    warnings.extend(paid::warnings(&look, &muted));
    warnings.extend(prices::warnings(&look));
    warnings.extend(timing::warnings(&look));
    warnings.extend(stated::warnings(&look));
    warnings.extend(overlap::warnings(&look, &overlaps));
    warnings.extend(worth::warnings(&look, &worth));
    let concentrations = worth::concentrations(&look, &worth);
    silence(&look, &mut warnings);
    let order = |warning: &Warning| rules::ALL.iter().position(|rule| *rule == warning.rule);
    warnings.sort_by_key(|warning| (warning.rule.concern, order(warning), warning.place.at));
    Review { warnings, overlaps, worth, concentrations, muted }
}

/// Marks the warnings that are meant, and adds one for each silence that silences nothing. A silence of
/// what rests on data is not called idle where there are no data.
fn silence(look: &Look<'_>, warnings: &mut Vec<Warning>) {
    let mut idle = Vec::new();
    for silence in &look.contract.silences {
        let mut meant = warnings.iter_mut().filter(|warning| means(silence, warning)).peekable();
        let rests_on_data = silence.rule.rests == rules::Rests::Data;
        if meant.peek().is_none() && (look.findings.has_baseline || !rests_on_data) {
            idle.push(silence);
        }
        meant.for_each(|warning| warning.silenced = Some(silence.reason.clone()));
    }
    warnings.extend(idle.into_iter().map(|silence| {
        let of = silence.of.as_ref().map_or(String::new(), |of| format!(" of `{of}`"));
        let clause = silence.clause.as_ref().map_or(String::new(), |clause| format!(" at `{clause}`"));
        Warning {
            rule: &rules::IDLE_SILENCE,
            of: vec![silence.rule.name.to_string()],
            clauses: silence.clause.iter().cloned().collect(),
            place: silence.place.clone(),
            found: format!("no warning `{}`{of} was found{clause}", silence.rule.name),
            silenced: None,
        }
    }));
}

fn means(silence: &Silence, warning: &Warning) -> bool {
    silence.rule == warning.rule
        && silence.of.as_ref().is_none_or(|of| warning.of.contains(of))
        && silence.clause.as_ref().is_none_or(|clause| warning.clauses.contains(clause))
}

impl Warning {
    /// Line and column of the place in the document.
    pub fn line_column(&self, document: &Document) -> (usize, usize) {
        self.place.line_column(document.text())
    }
}
