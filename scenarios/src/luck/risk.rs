//! Insurance risk apart from performance risk, by party and clause.

use carepact::Exact;

use super::LineLuck;
use super::number::{amount, float};

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

/// Risks that are added up line by line.
#[derive(Debug, Clone, Default)]
pub struct Risks(Vec<(String, Vec<OfClause>)>);

/// What moves the money of a party under one clause.
#[derive(Debug, Clone)]
struct OfClause {
    clause: String,
    /// The variance by chance alone.
    variance: f64,
    performance: Exact,
}

impl Risks {
    /// Takes in a line. Figures are independent, so variances add up.
    pub fn add(&mut self, line: &LineLuck) {
        let known = self.0.iter().position(|(party, _)| *party == line.party);
        let party = known.unwrap_or_else(|| {
            self.0.push((line.party.clone(), Vec::new()));
            self.0.len() - 1
        });
        let clauses = &mut self.0[party].1;
        let known = clauses.iter().position(|of| of.clause == line.clause);
        let clause = known.unwrap_or_else(|| {
            clauses.push(OfClause { clause: line.clause.clone(), variance: 0.0, performance: Exact::ZERO });
            clauses.len() - 1
        });
        let of = &mut clauses[clause];
        of.variance += float(&line.money.by_chance).powi(2);
        if let Some(performance) = &line.money.by_performance {
            of.performance = &of.performance + performance;
        }
    }

    /// By party and clause, then of the party where it has several; in so many decimal places.
    pub fn list(&self, places: u32) -> Vec<Risk> {
        let risk = |party: &str, clause: Option<&str>, of: &[OfClause]| Risk {
            party: party.to_string(),
            clause: clause.map(str::to_string),
            by_chance: amount(of.iter().map(|of| of.variance).sum::<f64>().sqrt(), places),
            by_performance: of.iter().map(|of| &of.performance).sum(),
        };
        let of_party = |(party, clauses): &(String, Vec<OfClause>)| {
            let each = clauses.iter().map(|of| risk(party, Some(&of.clause), std::slice::from_ref(of)));
            let all = (clauses.len() > 1).then(|| risk(party, None, clauses));
            each.chain(all).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of_party).collect()
    }
}
