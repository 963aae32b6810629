//! Which sector holds money at risk on which sector's outcomes.
//!
//! Money is at risk under a clause whose kind follows outcomes and whose lines count in some year. The
//! parties that hold it stand on either side of the clause, the commissioner aside; a pool stands for the
//! parties it pays out to. The outcomes are those of the measures that the amount and its gate read.

use std::collections::{BTreeMap, BTreeSet};

use super::observed::sector_rank;
use super::reads::{Read, reads};
use crate::calendar::PeriodKind;
use crate::contract::{
    AxisId, AxisKind, ByMember, Clause, ClauseId, Contract, Coordinates, Measure, PartyId, Side, Status,
    Table, combinations, fields,
};

/// Money that parties of one sector hold at risk on the outcomes of one sector, under one clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtRisk {
    /// Sector of the parties that gain or lose; none where the contract gives none.
    pub holder_sector: Option<String>,
    /// These parties, in the order of the contract.
    pub holders: Vec<PartyId>,
    /// Whose outcomes they are; none where the measure does not say.
    pub outcome_sector: Option<String>,
    /// The clause.
    pub clause: ClauseId,
    /// The lines of the clause, or the members of the measure, that are meant; all when there are none.
    pub members: Vec<String>,
}

/// The table: by sector of the holders in the order of the language, then by sector of the outcome
/// (physical, mental, both, others), then by clause.
pub fn sector_table(contract: &Contract) -> Vec<AtRisk> {
    let mut cells: BTreeMap<_, (BTreeSet<PartyId>, Vec<String>)> = BTreeMap::new();
    let stakes = stakes(contract);
    for stake in &stakes {
        let key = (
            holder_rank(contract.party(stake.holder).sector.as_deref()),
            outcome_rank(stake.outcome.sector.as_deref()),
            stake.clause,
        );
        let (holders, members) = cells.entry(key).or_default();
        holders.insert(stake.holder);
        if !members.contains(&stake.member) {
            members.push(stake.member.clone());
        }
    }
    let row = |((_, _, clause), (holders, members)): (_, (BTreeSet<PartyId>, Vec<String>))| {
        let holders: Vec<PartyId> = holders.into_iter().collect();
        let sector = holders.first().and_then(|party| contract.party(*party).sector.clone());
        (clause, sector, holders, members)
    };
    let all = all_members(&stakes);
    cells
        .into_iter()
        .map(|cell| {
            let outcome_sector = cell.0.1.1.clone();
            let (clause, holder_sector, holders, members) = row(cell);
            let members = if all.get(&clause) == Some(&members) { Vec::new() } else { members };
            AtRisk { holder_sector, holders, outcome_sector, clause, members }
        })
        .collect()
}

/// The members of each clause that anybody holds, in order.
fn all_members(stakes: &[Stake]) -> BTreeMap<ClauseId, Vec<String>> {
    let mut all: BTreeMap<ClauseId, Vec<String>> = BTreeMap::new();
    for stake in stakes {
        let members = all.entry(stake.clause).or_default();
        if !members.contains(&stake.member) {
            members.push(stake.member.clone());
        }
    }
    all
}

fn holder_rank(sector: Option<&str>) -> usize {
    let known = &fields::SECTORS;
    sector.and_then(|sector| known.iter().position(|word| *word == sector)).unwrap_or(known.len())
}

fn outcome_rank(sector: Option<&str>) -> (usize, Option<String>) {
    sector.map_or((usize::MAX, None), |sector| (sector_rank(sector).0, Some(sector.to_string())))
}

/// What a measure says of the outcome that it observes, for one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Index of the measure.
    pub measure: usize,
    /// Whose outcome it is.
    pub sector: Option<String>,
    /// Areas of integration.
    pub areas: Vec<i64>,
    /// The member, when it is described by member.
    pub member: Option<(AxisId, i32)>,
}

/// One party's money on one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stake {
    /// The clause.
    pub clause: ClauseId,
    /// The line of the clause, or the member of the measure; empty without either.
    pub member: String,
    /// Who gains or loses.
    pub holder: PartyId,
    /// The outcome.
    pub outcome: Outcome,
}

/// All of them, by clause, line and party.
pub fn stakes(contract: &Contract) -> Vec<Stake> {
    let mut stakes = Vec::new();
    for (i, clause) in contract.clauses.iter().enumerate() {
        if !clause.kind.follows_outcomes || !is_live(contract, clause) {
            continue;
        }
        for line in lines(contract, clause) {
            for (holder, at) in holders(contract, clause, &line) {
                let formulas = [Some(&clause.amount), clause.when.as_ref()];
                let formulas = formulas.into_iter().flatten().map(|written| &written.formula);
                for outcome in reads(contract, formulas, &at).iter().flat_map(|read| outcomes(contract, read))
                {
                    let member = called(contract, &line, &outcome);
                    stakes.push(Stake { clause: ClauseId(i), member, holder, outcome });
                }
            }
        }
    }
    stakes
}

fn is_live(contract: &Contract, clause: &Clause) -> bool {
    let years = contract.calendar.all(PeriodKind::Year);
    years.into_iter().any(|year| contract.status(clause, year) == Status::Live)
}

/// The lines of a clause, apart from periods and holders.
fn lines(contract: &Contract, clause: &Clause) -> Vec<Coordinates> {
    let axes: Vec<AxisId> = clause
        .lines
        .iter()
        .copied()
        .filter(|axis| matches!(contract.axis(*axis).kind, AxisKind::Party | AxisKind::Declared))
        .collect();
    let keyed = |key: &Vec<i32>| axes.iter().copied().zip(key.iter().copied()).collect();
    combinations(&axes, contract).iter().map(keyed).collect()
}

/// Who gains or loses by a line, and the members that are fixed for each.
fn holders(contract: &Contract, clause: &Clause, line: &Coordinates) -> Vec<(PartyId, Coordinates)> {
    let mut found = Vec::new();
    for side in [&clause.from, &clause.to] {
        for party in with_share(contract, side, line) {
            let mut at = line.clone();
            if let (Side::Each(_), Ok(member)) = (side, i32::try_from(party.0)) {
                at.insert(Contract::PARTY_AXIS, member);
            }
            for holder in behind(contract, party) {
                if !found.contains(&(holder, at.clone())) {
                    found.push((holder, at.clone()));
                }
            }
        }
    }
    found
}

/// The parties of a side with a share in this line.
fn with_share(contract: &Contract, side: &Side, line: &Coordinates) -> Vec<PartyId> {
    match side {
        Side::Shares(shares) => {
            shares.iter().filter(|(_, share)| !share.is_zero()).map(|(party, _)| *party).collect()
        }
        Side::ShareTable(table) => {
            let table = &contract.tables[*table];
            let parties = contract.parties_of(side).into_iter();
            parties.filter(|party| share_in(contract, table, *party, line)).collect()
        }
        Side::Party(_) | Side::Weights { .. } | Side::Each(_) => contract.parties_of(side),
    }
}

/// True when a table gives the party a share in some cell that agrees with the line.
fn share_in(contract: &Contract, table: &Table, party: PartyId, line: &Coordinates) -> bool {
    let agrees = |key: &Vec<i32>| {
        table.by.iter().zip(key).all(|(axis, member)| {
            if *axis == Contract::PARTY_AXIS {
                usize::try_from(*member).is_ok_and(|member| member == party.0)
            } else {
                contract.fixed(*axis, line).is_none_or(|fixed| fixed == *member)
            }
        })
    };
    let column = &table.columns[0];
    if column.otherwise.as_ref().is_none_or(|share| share.is_zero()) {
        return column.cells.iter().any(|(key, share)| agrees(key) && !share.is_zero());
    }
    let keys = combinations(&table.by, contract).into_iter().filter(agrees);
    keys.into_iter().any(|key| column.cell(&key).is_some_and(|share| !share.is_zero()))
}

/// The party itself; for a pool, the parties that it pays; nobody for a commissioner.
fn behind(contract: &Contract, party: PartyId) -> Vec<PartyId> {
    match contract.party(party).role.as_deref() {
        Some("commissioner") => Vec::new(),
        Some("pool") => {
            let paid_by_it = contract.clauses.iter().filter(|clause| clause.from == Side::Party(party));
            let paid = paid_by_it.flat_map(|clause| contract.parties_of(&clause.to));
            let ends = |party: &PartyId| {
                let role = contract.party(*party).role.as_deref();
                role != Some("commissioner") && role != Some("pool")
            };
            paid.filter(ends).collect::<BTreeSet<_>>().into_iter().collect()
        }
        Some(_) | None => vec![party],
    }
}

/// The outcomes that a reading stands for: measures that say nothing of an outcome are left out.
fn outcomes(contract: &Contract, read: &Read) -> Vec<Outcome> {
    let measure = &contract.measures[read.measure];
    let described = &measure.described;
    let said = |id: &[&str]| {
        let sector = described.sector.of(id.iter().copied()).cloned();
        let areas = described.areas.of(id.iter().copied()).cloned().unwrap_or_default();
        let better = described.better.of(id.iter().copied());
        (better.is_some() || sector.is_some() || !areas.is_empty()).then_some((sector, areas))
    };
    let outcome = |member, (sector, areas)| Outcome { measure: read.measure, sector, areas, member };
    let by_member = read.members.iter().find(|(axis, members)| {
        members.iter().any(|m| describes(measure, &contract.member_name(**axis, *m)))
    });
    match by_member {
        None => said(&[]).map(|said| outcome(None, said)).into_iter().collect(),
        Some((axis, members)) => members
            .iter()
            .filter_map(|member| {
                let name = contract.member_name(*axis, *member);
                said(&[name.as_str()]).map(|said| outcome(Some((*axis, *member)), said))
            })
            .collect(),
    }
}

/// True when the measure describes itself by member and names this one.
fn describes(measure: &Measure, member: &str) -> bool {
    fn named<T>(words: &ByMember<T>, member: &str) -> bool {
        match words {
            ByMember::None | ByMember::All(_) => false,
            ByMember::Each(values) => values.contains_key(member),
        }
    }
    let described = &measure.described;
    named(&described.better, member) || named(&described.sector, member) || named(&described.areas, member)
}

/// What a stake is called within its clause.
fn called(contract: &Contract, line: &Coordinates, outcome: &Outcome) -> String {
    let mut names: Vec<String> =
        line.iter().map(|(axis, member)| contract.member_name(*axis, *member)).collect();
    if let Some((axis, member)) = outcome.member.filter(|(axis, _)| contract.fixed(*axis, line).is_none()) {
        names.push(contract.member_name(axis, member));
    }
    names.join(", ")
}
