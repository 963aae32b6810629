//! Questions to a contract: axes and their members, parties of a side, the status of a clause.

use super::coordinates::Coordinates;
use super::model::{
    Axis, AxisId, AxisKind, ByYear, Clause, ClauseId, Contract, Flow, Party, PartyId, Side, Status, Table,
};
use crate::calendar::{Period, PeriodKind};
use crate::num::Exact;

impl Contract {
    /// The axis of a kind of period.
    pub fn period_axis(kind: PeriodKind) -> AxisId {
        AxisId(PeriodKind::ALL.iter().position(|k| *k == kind).expect("every kind has an axis"))
    }

    /// The axis `party`.
    pub const PARTY_AXIS: AxisId = AxisId(4);

    /// An axis by its id.
    pub fn axis(&self, id: AxisId) -> &Axis {
        &self.axes[id.0]
    }

    /// The axis with this name.
    pub fn axis_named(&self, name: &str) -> Option<AxisId> {
        self.axes.iter().position(|axis| axis.id == name).map(AxisId)
    }

    /// A party by its id.
    pub fn party(&self, id: PartyId) -> &Party {
        &self.parties[id.0]
    }

    /// The party with this name.
    pub fn party_named(&self, name: &str) -> Option<PartyId> {
        self.parties.iter().position(|party| party.id == name).map(PartyId)
    }

    /// The axis of the holders, when a party is many.
    pub fn holder_axis(&self) -> Option<AxisId> {
        self.axes.iter().position(|axis| matches!(axis.kind, AxisKind::Holder(_))).map(AxisId)
    }

    /// The kind of period that an axis is made of.
    pub fn period_kind(&self, axis: AxisId) -> Option<PeriodKind> {
        match self.axis(axis).kind {
            AxisKind::Period(kind) => Some(kind),
            AxisKind::Party | AxisKind::Holder(_) | AxisKind::Declared => None,
        }
    }

    /// The name of a member.
    pub fn member_name(&self, axis: AxisId, member: i32) -> String {
        match self.axis(axis).kind {
            AxisKind::Period(kind) => self.calendar.key(Period { kind, index: member }),
            AxisKind::Party | AxisKind::Holder(_) | AxisKind::Declared => {
                let members = &self.axis(axis).members;
                usize::try_from(member)
                    .ok()
                    .and_then(|i| members.get(i))
                    .map_or(String::new(), |m| m.id.clone())
            }
        }
    }

    /// The member with this name.
    pub fn member_named(&self, axis: AxisId, name: &str) -> Option<i32> {
        match self.axis(axis).kind {
            AxisKind::Period(kind) => {
                self.calendar.period(name).filter(|period| period.kind == kind).map(|period| period.index)
            }
            AxisKind::Party | AxisKind::Holder(_) | AxisKind::Declared => {
                let at = self.axis(axis).members.iter().position(|member| member.id == name)?;
                i32::try_from(at).ok()
            }
        }
    }

    /// All members of an axis; of the periods, those of the term.
    pub fn members(&self, axis: AxisId) -> Vec<i32> {
        match self.axis(axis).kind {
            AxisKind::Period(kind) => self.calendar.all(kind).iter().map(|period| period.index).collect(),
            AxisKind::Party | AxisKind::Holder(_) | AxisKind::Declared => {
                (0..self.axis(axis).members.len()).filter_map(|i| i32::try_from(i).ok()).collect()
            }
        }
    }

    /// The member of an axis that these coordinates fix, directly or through the axes below it.
    pub fn fixed(&self, axis: AxisId, coordinates: &Coordinates) -> Option<i32> {
        if let Some(member) = coordinates.get(&axis) {
            return Some(*member);
        }
        let mut above = coordinates.iter().filter_map(|(below, member)| self.ancestor(*below, *member, axis));
        let first = above.next()?;
        // Where two axes below it disagree, neither says which.
        above.all(|other| other == first).then_some(first)
    }

    /// The member of `axis` above a member of `below`.
    pub fn ancestor(&self, below: AxisId, member: i32, axis: AxisId) -> Option<i32> {
        if below == axis {
            return Some(member);
        }
        if let (Some(short), Some(long)) = (self.period_kind(below), self.period_kind(axis)) {
            return self.calendar.enclosing(Period { kind: short, index: member }, long).map(|p| p.index);
        }
        let parent = self.axis(below).parent?;
        let index = usize::try_from(member).ok()?;
        let above = self.axis(below).members.get(index)?.parent?;
        self.ancestor(parent, above, axis)
    }

    /// True when fixing `below` fixes `axis`.
    pub fn lies_within(&self, below: AxisId, axis: AxisId) -> bool {
        if below == axis {
            return true;
        }
        if let (Some(short), Some(long)) = (self.period_kind(below), self.period_kind(axis)) {
            return short <= long;
        }
        self.axis(below).parent.is_some_and(|parent| self.lies_within(parent, axis))
    }

    /// The quantum of a clause's lines.
    pub fn quantum(&self, clause: &Clause) -> Exact {
        clause.round.clone().unwrap_or_else(|| Exact::scaled(1, self.minor_places))
    }

    /// The clauses that the name of a clause or group stands for.
    pub fn clauses_of(&self, flow: Flow) -> Vec<ClauseId> {
        match flow {
            Flow::Clause(id) => vec![id],
            Flow::Group(index) => self.groups[index].clauses.clone(),
            Flow::Broken => Vec::new(),
        }
    }

    /// The parties that may stand on a side of a clause.
    pub fn parties_of(&self, side: &Side) -> Vec<PartyId> {
        match side {
            Side::Party(party) => vec![*party],
            Side::Shares(shares) => shares.iter().map(|(party, _)| *party).collect(),
            Side::ShareTable(table) => self.share_parties(&self.tables[*table]),
            Side::Weights { among, .. } => among.clone(),
            Side::Each(parties) => parties.clone(),
        }
    }

    /// The parties with a share in some row of a table.
    fn share_parties(&self, table: &Table) -> Vec<PartyId> {
        let Some(at) = table.by.iter().position(|axis| *axis == Contract::PARTY_AXIS) else {
            return Vec::new();
        };
        let has_share = |party: &PartyId| {
            let column = &table.columns[0];
            column.otherwise.as_ref().is_some_and(|share| !share.is_zero())
                || column.cells.iter().any(|(key, share)| {
                    usize::try_from(key[at]).is_ok_and(|member| member == party.0) && !share.is_zero()
                })
        };
        (0..self.parties.len()).map(PartyId).filter(has_share).collect()
    }

    /// The status of a clause in the contract year of a period (live where a year is not given;
    /// a clause assessed over the term takes its last year).
    pub fn status(&self, clause: &Clause, period: Period) -> Status {
        let year = match period.kind {
            PeriodKind::Term => self.calendar.all(PeriodKind::Year).last().copied(),
            PeriodKind::Month | PeriodKind::Quarter | PeriodKind::Year => {
                self.calendar.enclosing(period, PeriodKind::Year)
            }
        };
        match &clause.status {
            ByYear::All(status) => *status,
            ByYear::Each(years) => {
                year.and_then(|year| years.get(&year.index).copied()).unwrap_or(Status::Live)
            }
        }
    }
}
