//! A slow, independent oracle for the contract language: it evaluates what a contract *means*, straight
//! from its JSON, with arbitrary-precision rationals. It shares no code with the engine and is only
//! there to be compared with it. Invalid contracts and missing data end in a panic that says why.
#![allow(dead_code)] // every test program that includes this module uses a part of it

mod aggregate;
mod calendar;
pub mod cases;
mod clauses;
mod contract;
mod curves;
mod evaluate;
mod figures;
mod formula;
mod json;
mod numbers;
mod observations;
mod orders;
mod reads;
mod sides;
mod split;
mod tables;

use std::collections::BTreeMap;

use num_rational::BigRational;

use clauses::Key;
use contract::Oracle;
use json::Json;

/// One line of entitlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `clause:period[:member...][:party]`
    pub id: String,
    /// The holder, of a clause with a line for each.
    pub holder: Option<String>,
    pub amount: BigRational,
    /// Whether it counts in `paid` and `net` (neither shadow nor reporting).
    pub live: bool,
    /// Payer, payee and amount of each part with a share. The `many` party goes by its own name; the
    /// line, which is of one holder, says which.
    pub parts: Vec<(String, String, BigRational)>,
    /// Payments on account of this line: the label of the instalment's period, and its amount.
    pub instalments: Vec<(String, BigRational)>,
}

/// A quantity that is shown, in one period, for the members it carries, of one holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub quantity: String,
    /// None where it reads no period.
    pub period: Option<String>,
    /// Axis and member.
    pub members: BTreeMap<String, String>,
    pub holder: Option<String>,
    /// None where it is absent.
    pub value: Option<BigRational>,
}

/// What a contract comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// All entitlement lines whose assessment period lies within the period asked for, in order of clauses,
    /// then period, then members, then party, then holder (in order of first appearance).
    pub lines: Vec<Line>,
    /// All shown quantities in the periods that lie within it.
    pub figures: Vec<Figure>,
}

/// States a contract for a period (`2026/27`, `2026-04`, `term`).
pub fn stated(contract_json: &str, observations_csv: &str, period: &str) -> Stated {
    // A balance carried over many periods is as deep a recursion: plenty of stack, in a thread of its own.
    std::thread::scope(|scope| {
        let work = || all(contract_json, observations_csv, period);
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, work);
        let thread = thread.unwrap_or_else(|error| panic!("no thread for the oracle: {error}"));
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn all(contract_json: &str, observations_csv: &str, period: &str) -> Stated {
    let oracle = Oracle::new(Json::parse(contract_json), observations_csv);
    let within = oracle.calendar.need(period);
    let clauses = oracle.document.need("clauses").entries();
    let keys: Vec<Key> = clauses.iter().flat_map(|(name, _)| oracle.keys(name, within)).collect();
    let lines = keys.iter().map(|key| line(&oracle, key)).collect();
    Stated { lines, figures: oracle.figures(within) }
}

fn line(oracle: &Oracle, key: &Key) -> Line {
    let computed = oracle.line(key);
    Line {
        id: oracle.line_id(&Key { holder: None, ..key.clone() }),
        holder: key.holder.clone(),
        amount: computed.amount.clone(),
        live: oracle.is_live(oracle.clause(&key.clause), key.period),
        parts: computed.parts.clone(),
        instalments: oracle.instalments(key),
    }
}
