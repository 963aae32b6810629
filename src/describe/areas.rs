//! The ten areas of integrated mental and physical health care, and which of them money follows.
//!
//! An area is covered when a clause whose kind follows outcomes, and whose lines count, reads a measure
//! that names it.

use super::risk::{Stake, stakes};
use crate::contract::{ByMember, ClauseId, Contract, PartyId};

/// The names of the areas, 1 to 10.
pub const AREAS: [&str; 10] = [
    "mental health in public-health programmes",
    "health promotion for people with severe mental illness",
    "persistent physical symptoms",
    "primary care for people with severe mental illness",
    "mental health of people with long-term conditions",
    "support for carers",
    "mental health in acute hospitals",
    "physical health in mental health inpatient units",
    "perinatal mental health",
    "mental health in residential homes",
];

/// An area, and the money that follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// 1 to 10.
    pub number: i64,
    /// Its name.
    pub name: &'static str,
    /// What pays for it; nobody is paid for an area without.
    pub covers: Vec<Cover>,
    /// True when some measure names it, paid for or not.
    pub observed: bool,
}

/// A line of a clause that pays for an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// The clause.
    pub clause: ClauseId,
    /// The line of the clause, or the member of the measure; empty without either.
    pub member: String,
    /// Index of the measure.
    pub measure: usize,
    /// Who gains or loses.
    pub holders: Vec<PartyId>,
}

/// All ten, in order.
pub fn areas(contract: &Contract) -> Vec<Area> {
    let stakes = stakes(contract);
    let area = |(number, name): (i64, &'static str)| Area {
        number,
        name,
        covers: covers(&stakes, number),
        observed: contract.measures.iter().any(|measure| names(&measure.described.areas, number)),
    };
    (1..).zip(AREAS).map(area).collect()
}

fn covers(stakes: &[Stake], number: i64) -> Vec<Cover> {
    let mut covers: Vec<Cover> = Vec::new();
    for stake in stakes.iter().filter(|stake| stake.outcome.areas.contains(&number)) {
        let same = |cover: &&mut Cover| {
            (cover.clause, cover.measure, &cover.member)
                == (stake.clause, stake.outcome.measure, &stake.member)
        };
        match covers.iter_mut().find(same) {
            Some(cover) if cover.holders.contains(&stake.holder) => {}
            Some(cover) => cover.holders.push(stake.holder),
            None => covers.push(Cover {
                clause: stake.clause,
                member: stake.member.clone(),
                measure: stake.outcome.measure,
                holders: vec![stake.holder],
            }),
        }
    }
    covers
}

fn names(areas: &ByMember<Vec<i64>>, number: i64) -> bool {
    match areas {
        ByMember::None => false,
        ByMember::All(numbers) => numbers.contains(&number),
        ByMember::Each(members) => members.values().any(|numbers| numbers.contains(&number)),
    }
}
