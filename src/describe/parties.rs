//! Who pays whom: the two sides of a clause in words.

use super::numbers::percent;
use super::words::Words;
use crate::contract::{Clause, PartyId, Side};
use crate::num::Exact;

/// “A pays B”, with shares and the prime through which it goes.
pub fn who_pays_whom(words: &Words<'_>, clause: &Clause) -> String {
    let pays = match &clause.from {
        Side::Shares(shares) if shares.len() > 1 => "pay",
        Side::ShareTable(_) | Side::Weights { .. } => "pay",
        Side::Party(_) | Side::Shares(_) | Side::Each(_) => "pays",
    };
    let through =
        clause.through.map_or_else(String::new, |prime| format!(", through {}", words.party(prime)));
    format!("{} {pays} {}{through}", side(words, clause, &clause.from), side(words, clause, &clause.to))
}

fn side(words: &Words<'_>, clause: &Clause, side: &Side) -> String {
    match side {
        Side::Party(party) => words.party(*party),
        Side::Shares(shares) => shared(words, shares),
        Side::ShareTable(table) => {
            let name = words.name(&words.contract.tables[*table].name);
            let parties = words.parties(&words.contract.parties_of(side), "and");
            format!("{parties}, each by its share in the table “{name}”")
        }
        Side::Weights { weights, among, between } => {
            let limits = between.as_deref().map_or_else(String::new, |(least, most)| {
                let (least, most) =
                    (words.formula(least, Some(clause.per)), words.formula(most, Some(clause.per)));
                format!(
                    " (each part at least {least} and at most {most}; what no part can take stays unpaid)"
                )
            });
            let weights = words.formula(weights, Some(clause.per));
            format!("{}, pro rata to {weights}{limits}", words.parties(among, "and"))
        }
        Side::Each(parties) => match &parties[..] {
            [only] => words.party(*only),
            several => format!("each of {}", words.parties(several, "and")),
        },
    }
}

fn shared(words: &Words<'_>, shares: &[(PartyId, Exact)]) -> String {
    let parts: Vec<String> =
        shares.iter().map(|(party, share)| format!("{} ({})", words.party(*party), percent(share))).collect();
    super::numbers::listed(&parts, "and")
}
