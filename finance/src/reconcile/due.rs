//! What is due: the payable lines of a statement, one for each leg on which money flows.

use carepact::calendar::{Calendar, Period};
use carepact::contract::Contract;
use carepact::statement::{DataStatus, LineType};

use super::day::Day;
use super::parties::{Parties, PartyNumber};
use crate::attribution::{Attribution, Change};

/// An amount that is due from one party to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The id of the line.
    pub line: String,
    /// The clause.
    pub clause: String,
    /// What the line is.
    pub line_type: LineType,
    /// The period of the line.
    pub period: Period,
    /// Who pays.
    pub payer: PartyNumber,
    /// Who is paid.
    pub payee: PartyNumber,
    /// Whom the line is from and to, where this is one leg of what flows through a prime.
    pub leg_of: Option<(PartyNumber, PartyNumber)>,
    /// What is due, in minor units; negative goes the other way.
    pub amount: i64,
    /// What it was expected to be when payments were made.
    pub expected: i64,
    /// The difference of the two by cause.
    pub causes: [i64; 4],
    /// When it is due; where the contract does not say, at the end of its period.
    pub day: Day,
    /// True when the contract says when it is due.
    pub day_is_agreed: bool,
    /// Whether the data behind it may still change.
    pub data: DataStatus,
}

/// What is due under a contract, in an order that does not depend on that of its clauses.
pub fn dues(contract: &Contract, attribution: &Attribution, parties: &mut Parties) -> Vec<Due> {
    let mut dues: Vec<Due> = Vec::new();
    for change in attribution.lines.values() {
        if change.actual != 0 || change.expected != 0 {
            legs(contract, change, parties, &mut dues);
        }
    }
    sort(&mut dues);
    dues
}

/// Brings dues into their order: by period, parties and line.
pub fn sort(dues: &mut [Due]) {
    dues.sort_by(|a, b| {
        let key = |due: &Due| (due.period, due.day, due.payer, due.payee, due.leg_of);
        key(a).cmp(&key(b)).then_with(|| a.line.cmp(&b.line))
    });
}

fn legs(contract: &Contract, change: &Change, parties: &mut Parties, dues: &mut Vec<Due>) {
    let line = &change.line;
    let is_many = |id: &str| contract.parties.iter().any(|party| party.id == id && party.many);
    // Of a party that stands for many, the holder is who pays or is paid.
    let own = |id: &str| line.holder.clone().filter(|_| is_many(id)).unwrap_or_else(|| id.to_string());
    let (payer, payee) = (parties.add(&own(&line.payer)), parties.add(&own(&line.payee)));
    let through = line.through.as_ref().map(|prime| parties.add(prime));
    let legs = match through.filter(|prime| *prime != payer && *prime != payee) {
        Some(prime) => vec![(payer, prime), (prime, payee)],
        None => vec![(payer, payee)],
    };
    let period = contract.calendar.period(&line.period).unwrap_or(Period::TERM);
    let through = legs.len() > 1;
    for (from, to) in legs {
        dues.push(Due {
            line: line.id.clone(),
            clause: line.clause.clone(),
            line_type: line.line_type,
            period,
            payer: from,
            payee: to,
            leg_of: through.then_some((payer, payee)),
            amount: change.actual,
            expected: change.expected,
            causes: change.parts,
            day: line.due.map_or_else(|| end_of(&contract.calendar, period), Day::of),
            day_is_agreed: line.due.is_some(),
            data: line.data,
        });
    }
}

/// The last day of a period.
pub fn end_of(calendar: &Calendar, period: Period) -> Day {
    Day::of(calendar.months_after(period, 0))
}

/// True when a stated period is, or holds, the period of what is due, or the day on which it falls due.
pub fn fits(calendar: &Calendar, stated: Period, period: Option<Period>, day: Day) -> bool {
    let holds = period.is_some_and(|period| period == stated || calendar.contains(stated, period));
    holds || (Day::of(calendar.day_in(stated, 1))..=end_of(calendar, stated)).contains(&day)
}
