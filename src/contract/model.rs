//! A contract as it was written, with every name resolved to what it stands for.
//!
//! Nothing is computed here. Lists keep the order of the document: ties and residues follow it.

use std::collections::BTreeMap;

use super::curve::Body;
use super::kinds::ClauseKind;
use crate::calendar::{Calendar, Period, PeriodKind};
use crate::formula::Formula;
use crate::num::{Exact, Mode};
use crate::source::{Document, Place, Rule};
use crate::unit::Unit;

/// Index of an axis in [`Contract::axes`]; the axes of periods and parties come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AxisId(pub usize);

/// Index of a party in [`Contract::parties`], and of the member of the axis `party`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartyId(pub usize);

/// Index of a clause in [`Contract::clauses`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClauseId(pub usize);

/// A whole contract.
#[derive(Debug, Clone)]
pub struct Contract {
    /// The document it was read from.
    pub document: Document,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Invented, or where it is published.
    pub origin: Origin,
    /// What of it is from memory and not verified.
    pub remembered: Option<String>,
    /// ISO 4217 code.
    pub currency: String,
    /// Decimal places of the currency's minor unit.
    pub minor_places: u32,
    /// Mode of ties.
    pub mode: Mode,
    /// Who takes odd pennies.
    pub residue: ResidueRule,
    /// Term and years.
    pub calendar: Calendar,
    /// Parties in order.
    pub parties: Vec<Party>,
    /// Axes; see [`AxisId`].
    pub axes: Vec<Axis>,
    /// Measures.
    pub measures: Vec<Measure>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Curves.
    pub curves: Vec<Curve>,
    /// Quantities.
    pub quantities: Vec<Quantity>,
    /// Clauses.
    pub clauses: Vec<Clause>,
    /// Groups.
    pub groups: Vec<Group>,
    /// How a contested amount is settled.
    pub disputes: Option<String>,
    /// Warnings that are meant.
    pub silences: Vec<Silence>,
    /// What the names of formulas stand for.
    pub names: BTreeMap<String, Named>,
    /// What the names of clauses and groups stand for.
    pub flows: BTreeMap<String, Flow>,
}

/// A warning on the design that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// The rule.
    pub rule: &'static Rule,
    /// Of what alone: an indicator, a measure, a party, an event; of everything when not given.
    pub of: Option<String>,
    /// Of which clause alone.
    pub clause: Option<String>,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub place: Place,
}

/// Where a contract comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Invented.
    Synthetic,
    /// Published there.
    Published(String),
    /// All of it from memory.
    Remembered,
}

/// Who takes what rounding leaves over in a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResidueRule {
    /// Largest remainders, ties to the party listed first.
    LargestRemainder,
    /// The party with the largest share.
    LargestShare,
    /// The last of the parties with a share, in the order of the parties.
    Last,
    /// A named party.
    Party(PartyId),
}

/// What a name in a formula stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// Index of a measure.
    Measure(usize),
    /// Index of a table.
    Table(usize),
    /// Index of a curve.
    Curve(usize),
    /// Index of a quantity.
    Quantity(usize),
    /// Declared, but its declaration could not be read; reported there.
    Broken,
}

/// What the name of a clause or group stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// A clause.
    Clause(ClauseId),
    /// Index of a group.
    Group(usize),
    /// Declared, but its declaration could not be read; reported there.
    Broken,
}

/// A party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Name in the contract.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Its role, a word of [`super::fields::ROLES`].
    pub role: Option<String>,
    /// Its sector, a word of [`super::fields::SECTORS`].
    pub sector: Option<String>,
    /// True for a party that stands for many holders.
    pub many: bool,
    /// False for a party that cannot recover tax on what it buys.
    pub recovers_tax: bool,
}

/// What an axis is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AxisKind {
    /// Periods of a kind.
    Period(PeriodKind),
    /// The parties.
    Party,
    /// The holders of the party that is many.
    Holder(PartyId),
    /// A list in the contract.
    Declared,
}

/// An axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// Its name.
    pub id: String,
    /// What it is made of.
    pub kind: AxisKind,
    /// Members of parties and declared axes.
    pub members: Vec<Member>,
    /// The axis that it divides further.
    pub parent: Option<AxisId>,
}

/// A member of an axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Name in the contract and the data.
    pub id: String,
    /// Title for people.
    pub title: Option<String>,
    /// Index of the member of the parent axis.
    pub parent: Option<i32>,
}

/// What a measure observes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasureKind {
    /// Whole things.
    Count,
    /// Money.
    Money,
    /// Numerator and denominator.
    Ratio,
    /// A rate, score or share as reported.
    Number,
    /// 0 or 1.
    Flag,
    /// A member of this axis.
    Code(AxisId),
}

/// How observations of shorter periods become one of a longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the words say it")]
pub enum Combine {
    Sum,
    Mean,
    First,
    Last,
    Min,
    Max,
    Pooled,
}

impl Combine {
    /// The combination with this word.
    pub fn of_word(word: &str) -> Option<Combine> {
        Some(match word {
            "sum" => Combine::Sum,
            "mean" => Combine::Mean,
            "first" => Combine::First,
            "last" => Combine::Last,
            "min" => Combine::Min,
            "max" => Combine::Max,
            "pooled" => Combine::Pooled,
            _ => return None,
        })
    }
}

/// What counts when an observation is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// The data are incomplete.
    Refuse,
    /// The value is absent.
    Absent,
    /// This value.
    Value(Exact),
}

/// A measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// Its name.
    pub name: String,
    /// Title for people.
    pub title: Option<String>,
    /// What it observes.
    pub kind: MeasureKind,
    /// Unit of its value; for a ratio, of what it counts.
    pub unit: Unit,
    /// Axes with an observation for each member.
    pub by: Vec<AxisId>,
    /// The period that an observation counts for.
    pub per: PeriodKind,
    /// How it is read in a longer period.
    pub combine: Option<Combine>,
    /// Least and greatest value.
    pub range: (Exact, Exact),
    /// Least and greatest denominator.
    pub denominator_range: (Exact, Exact),
    /// Grid of values (of a ratio: of numerator and denominator).
    pub step: Option<Exact>,
    /// What counts when it is missing.
    pub missing: Missing,
    /// Quantum applied on reading.
    pub rounded: Option<Exact>,
    /// Periods before the term that may be supplied.
    pub earlier: i32,
    /// The quantity whose value in one period is the observation of the next.
    pub carried_from: Option<Carried>,
    /// What findings use.
    pub described: Described,
    /// Where it is declared.
    pub place: Place,
}

/// The quantity that a measure carries into the next period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Its name.
    pub quantity: String,
    /// Where that is said.
    pub place: Place,
}

/// What a measure says about itself, for all members or by member of one axis. It moves no money.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Described {
    /// `higher` or `lower`.
    pub better: ByMember<String>,
    /// Whose outcome it is.
    pub sector: ByMember<String>,
    /// Areas of integration.
    pub areas: ByMember<Vec<i64>>,
    /// Months until it is known.
    pub lag_months: ByMember<i32>,
    /// Where it stood before the contract.
    pub baseline: ByMember<Exact>,
    /// The events that it counts.
    pub events: ByMember<Vec<String>>,
}

/// One value for all, or one by member.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ByMember<T> {
    /// Not given.
    #[default]
    None,
    /// The same for every member.
    All(T),
    /// By the id of a member.
    Each(BTreeMap<String, T>),
}

impl<T> ByMember<T> {
    /// The value for a measure read with these members.
    pub fn of<'a>(&'a self, members: impl IntoIterator<Item = &'a str>) -> Option<&'a T> {
        match self {
            ByMember::None => None,
            ByMember::All(value) => Some(value),
            ByMember::Each(values) => members.into_iter().find_map(|member| values.get(member)),
        }
    }

    /// True when some member has a value.
    pub fn is_given(&self) -> bool {
        match self {
            ByMember::None => false,
            ByMember::All(_) => true,
            ByMember::Each(values) => !values.is_empty(),
        }
    }
}

/// A table: one unnamed column, or a schedule of named ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Title for people.
    pub title: Option<String>,
    /// Axes of its cells.
    pub by: Vec<AxisId>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// What its values were costed at, where that is said.
    pub costed: BTreeMap<Vec<i32>, Exact>,
    /// Where it is declared.
    pub place: Place,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name in a schedule.
    pub name: Option<String>,
    /// Unit of its cells.
    pub unit: Unit,
    /// Cells by the members of the table's axes.
    pub cells: BTreeMap<Vec<i32>, Exact>,
    /// The value of other cells.
    pub otherwise: Option<Exact>,
}

impl Column {
    /// The cell of these members.
    pub fn cell(&self, members: &[i32]) -> Option<&Exact> {
        self.cells.get(members).or(self.otherwise.as_ref())
    }
}

/// A curve, or one for each member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Curve {
    /// Its name.
    pub name: String,
    /// Title for people.
    pub title: Option<String>,
    /// Unit of the argument.
    pub of: Unit,
    /// Unit of the result, when it is given.
    pub gives: Option<Unit>,
    /// Axes with a curve for each member.
    pub by: Vec<AxisId>,
    /// The curves by member.
    pub bodies: BTreeMap<Vec<i32>, Body>,
    /// Where it is declared.
    pub place: Place,
}

/// A formula and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The formula.
    pub formula: Formula,
    /// Its text.
    pub text: String,
    /// Where the text stands.
    pub place: Place,
}

impl Written {
    /// A part of the formula as it is written.
    pub fn part(&self, formula: &Formula) -> &str {
        self.text.get(formula.span.start..formula.span.end).unwrap_or(&self.text).trim()
    }

    /// The place of a part of the formula.
    pub fn at(&self, formula: &Formula) -> Place {
        let span = formula.span;
        let length = span.end.saturating_sub(span.start).max(1);
        Place { at: self.place.at + 1 + span.start, length, formula: Some(span), ..self.place.clone() }
    }
}

/// A formula with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// Its name.
    pub name: String,
    /// Title for people.
    pub title: Option<String>,
    /// The formula.
    pub is: Written,
    /// The period it is worked out for.
    pub per: Option<PeriodKind>,
    /// Axes it carries besides those it reads.
    pub by: Vec<AxisId>,
    /// Its unit, when it is given.
    pub unit: Option<Unit>,
    /// True when its values stand on the statement as figures.
    pub shown: bool,
    /// What to do where it does not hold; a condition on the data when it is given.
    pub must_hold: Option<String>,
}

/// One side of a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// A party.
    Party(PartyId),
    /// Fixed shares, in the order of the parties.
    Shares(Vec<(PartyId, Exact)>),
    /// Index of a table of shares by party.
    ShareTable(usize),
    /// Pro rata to weights.
    Weights {
        /// Weight of each party; its context fixes `party`.
        weights: Box<Written>,
        /// The parties.
        among: Vec<PartyId>,
        /// Least and most of each part.
        between: Option<Box<(Written, Written)>>,
    },
    /// A line for each party.
    Each(Vec<PartyId>),
}

/// Payment on account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnAccount {
    /// How often an instalment is paid.
    pub each: PeriodKind,
    /// What an instalment is.
    pub instalment: Instalment,
    /// Day of the month on which it is due.
    pub day: Option<u32>,
}

/// What an instalment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instalment {
    /// Worked out for each instalment.
    Amount(Written),
    /// A total divided equally.
    Total(Written),
}

/// When a result is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settles {
    /// Months after the assessment period.
    pub after_months: i32,
    /// The submission it is settled on: `flex` or `freeze`.
    pub data: Option<String>,
    /// The clause from whose payments it is deducted.
    pub deduct_from: Option<ClauseId>,
}

/// Whether the lines of a clause count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// They count.
    Live,
    /// They are worked out and shown, and count 0.
    Shadow,
    /// They are worked out for information.
    Reporting,
}

impl Status {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Status::Live => "live",
            Status::Shadow => "shadow",
            Status::Reporting => "reporting",
        }
    }
}

/// A clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its name.
    pub id: String,
    /// Title for people.
    pub title: Option<String>,
    /// What it is.
    pub kind: &'static ClauseKind,
    /// Who pays.
    pub from: Side,
    /// Who is paid.
    pub to: Side,
    /// The prime through which it is paid.
    pub through: Option<PartyId>,
    /// Assessment period.
    pub per: PeriodKind,
    /// The amount.
    pub amount: Written,
    /// The gate.
    pub when: Option<Written>,
    /// Axes with a line for each member.
    pub lines: Vec<AxisId>,
    /// Quantum of its lines, when it is not the minor unit.
    pub round: Option<Exact>,
    /// `Year` or `Term` when the amount is to date.
    pub cumulative: Option<PeriodKind>,
    /// Who takes what rounding leaves over.
    pub residue: Option<ResidueRule>,
    /// Payment on account.
    pub on_account: Option<OnAccount>,
    /// Settlement.
    pub settles: Option<Settles>,
    /// First and last assessment period.
    pub active: Option<(Period, Period)>,
    /// Status by the index of a contract year; live where it is not given.
    pub status: ByYear<Status>,
    /// Where it is declared.
    pub place: Place,
}

/// One value for all years, or by the index of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByYear<T> {
    /// The same in every year.
    All(T),
    /// By year.
    Each(BTreeMap<i32, T>),
}

/// A set of clauses and groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub id: String,
    /// The clauses in it, groups resolved, in the order of the document.
    pub clauses: Vec<ClauseId>,
}
