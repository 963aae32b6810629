//! What a generated contract has declared so far: what formulas and clauses may refer to.

use std::collections::BTreeSet;

use carepact::calendar::{Calendar, PeriodKind};
use carepact::formula::Formula;
use carepact::{Exact, Mode};

use super::tree::Tree;

/// Units that generated formulas work in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    Pure,
    Money,
    Person,
    Item,
    PerPerson,
    PerPersonYear,
    PerItem,
    PerYear,
    PerDay,
}

impl Unit {
    pub const ALL: [Unit; 9] = [
        Unit::Pure,
        Unit::Money,
        Unit::Person,
        Unit::Item,
        Unit::PerPerson,
        Unit::PerPersonYear,
        Unit::PerItem,
        Unit::PerYear,
        Unit::PerDay,
    ];

    /// The unit as a contract writes it; nothing for pure numbers.
    pub fn text(self, currency: &str) -> String {
        match self {
            Unit::Pure => String::new(),
            Unit::Money => currency.to_string(),
            Unit::Person => "person".to_string(),
            Unit::Item => "item".to_string(),
            Unit::PerPerson => format!("{currency}/person"),
            Unit::PerPersonYear => format!("{currency}/person/year"),
            Unit::PerItem => format!("{currency}/item"),
            Unit::PerYear => format!("{currency}/year"),
            Unit::PerDay => format!("{currency}/day"),
        }
    }

    pub fn is_price(self) -> bool {
        match self {
            Unit::Pure | Unit::Money | Unit::Person | Unit::Item => false,
            Unit::PerPerson | Unit::PerPersonYear | Unit::PerItem | Unit::PerYear | Unit::PerDay => true,
        }
    }

    /// The table with one agreed number of this unit.
    pub fn constant(self) -> &'static str {
        match self {
            Unit::Pure => "k_pure",
            Unit::Money => "k_money",
            Unit::Person => "k_person",
            Unit::Item => "k_item",
            Unit::PerPerson => "k_per_person",
            Unit::PerPersonYear => "k_per_person_year",
            Unit::PerItem => "k_per_item",
            Unit::PerYear => "k_per_year",
            Unit::PerDay => "k_per_day",
        }
    }
}

pub struct Axis {
    pub name: String,
    pub parent: Option<usize>,
    /// Members, each with its member of the parent.
    pub members: Vec<(String, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasureKind {
    Value(Unit),
    Ratio(Unit),
    Flag,
    /// A member of this axis.
    Code(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    Refuse,
    Absent,
    Counts,
}

pub struct Measure {
    pub name: String,
    pub kind: MeasureKind,
    pub by: Vec<String>,
    pub per: PeriodKind,
    pub combine: Option<&'static str>,
    pub missing: Missing,
    pub earlier: usize,
    /// Least and greatest value, and the grid that data are written on.
    pub range: (Exact, Exact, Exact),
    /// Least and greatest denominator.
    pub denominators: (i64, i64),
    pub has_better: bool,
    pub json: Tree,
}

impl Measure {
    /// True when it can be read in a period of this length.
    pub fn is_readable(&self, period: PeriodKind) -> bool {
        match self.combine {
            _ if period == self.per => true,
            None => false,
            Some(how) => period > self.per || how != "sum",
        }
    }

    pub fn may_be_absent(&self) -> bool {
        let divisor = matches!(self.kind, MeasureKind::Ratio(_)) && self.denominators.0 == 0;
        divisor || self.missing != Missing::Refuse
    }
}

pub struct Table {
    pub name: String,
    /// Name and unit of each column; a table of one number has one without a name.
    pub columns: Vec<(Option<String>, Unit)>,
    pub by: Vec<String>,
    pub json: Tree,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveKind {
    /// Called with one argument of the first unit, gives the second.
    Plain(Unit, Unit),
    /// Slices that are shares of a base.
    OfBase,
}

pub struct Curve {
    pub name: String,
    pub kind: CurveKind,
    pub by: Vec<String>,
    pub json: Tree,
}

pub struct Quantity {
    pub name: String,
    pub flag: bool,
    pub unit: Unit,
    /// What must be fixed where it is read.
    pub fixed: BTreeSet<String>,
    /// True when `by` names all of `fixed`, so that keys may select from it.
    pub carries_all: bool,
    pub period: Option<PeriodKind>,
    pub absent: bool,
    /// True when a measure or a clause is behind it.
    pub observed: bool,
    /// True when it can differ from holder to holder.
    pub by_holder: bool,
    /// True when statements show it.
    pub shown: bool,
    pub formula: Formula,
    pub json: Tree,
}

pub struct Clause {
    pub name: String,
    pub per: PeriodKind,
    pub payers: Vec<String>,
    pub payees: Vec<String>,
    /// Formulas and share tables that it reads.
    pub formulas: Vec<Formula>,
    pub tables: Vec<String>,
    pub cumulative: Option<PeriodKind>,
    pub limited: bool,
    /// True when it has a line for each holder.
    pub by_holder: bool,
    pub json: Tree,
}

pub struct Group {
    pub name: String,
    /// The clauses in it.
    pub clauses: Vec<String>,
    /// The clauses and groups that it names.
    pub items: Vec<String>,
}

pub struct World {
    pub currency: String,
    pub places: u32,
    pub mode: Mode,
    pub calendar: Calendar,
    pub head: Vec<(String, Tree)>,
    pub parties: Vec<String>,
    /// The party that stands for many holders.
    pub many: Option<String>,
    /// True where formulas are mostly about holders.
    pub of_holders: bool,
    /// The holders in the data, in their order, of a contract that has them.
    pub holders: Vec<String>,
    pub axes: Vec<Axis>,
    pub measures: Vec<Measure>,
    pub tables: Vec<Table>,
    pub curves: Vec<Curve>,
    pub quantities: Vec<Quantity>,
    pub clauses: Vec<Clause>,
    pub groups: Vec<Group>,
}

/// The kind of period that an axis is made of.
pub fn period_axis(name: &str) -> Option<PeriodKind> {
    PeriodKind::of_word(name)
}

impl World {
    pub fn axis(&self, name: &str) -> Option<&Axis> {
        self.axes.iter().find(|axis| axis.name == name)
    }

    /// An axis and those it lies within, nearest first.
    pub fn lineage(&self, name: &str) -> Vec<String> {
        let mut chain = vec![name.to_string()];
        let mut at = self.axis(name);
        while let Some(parent) = at.and_then(|axis| axis.parent) {
            chain.push(self.axes[parent].name.clone());
            at = Some(&self.axes[parent]);
        }
        chain
    }

    pub fn members(&self, axis: &str) -> Vec<String> {
        match (axis, period_axis(axis)) {
            (_, Some(kind)) => self.calendar.all(kind).iter().map(|p| self.calendar.key(*p)).collect(),
            ("party", None) => self.parties.clone(),
            (many, None) if self.many.as_deref() == Some(many) => self.holders.clone(),
            (_, None) => {
                let members = self.axis(axis).map(|axis| &axis.members[..]).unwrap_or_default();
                members.iter().map(|(member, _)| member.clone()).collect()
            }
        }
    }

    /// True when what is fixed says which member of an axis is meant; the holder always is.
    pub fn fixes(&self, fixed: &BTreeSet<String>, axis: &str) -> bool {
        self.many.as_deref() == Some(axis)
            || fixed.iter().any(|below| self.lineage(below).iter().any(|above| above == axis))
    }

    /// What is fixed once a member of `axis` is chosen anew.
    pub fn with(&self, fixed: &BTreeSet<String>, axis: &str) -> BTreeSet<String> {
        let above = self.lineage(axis);
        let related = |other: &String| above.contains(other) || self.lineage(other).contains(&above[0]);
        let mut out: BTreeSet<String> = fixed.iter().filter(|other| !related(other)).cloned().collect();
        out.insert(axis.to_string());
        out
    }

    /// The clauses that a clause or group stands for.
    pub fn clauses_of(&self, name: &str) -> Vec<&Clause> {
        let group = self.groups.iter().find(|group| group.name == name);
        let named = |clause: &&Clause| match group {
            Some(group) => group.clauses.contains(&clause.name),
            None => clause.name == name,
        };
        self.clauses.iter().filter(named).collect()
    }

    /// True when no two of the clauses flow in opposite directions.
    pub fn is_one_way(&self, name: &str) -> bool {
        let clauses = self.clauses_of(name);
        let meet = |a: &[String], b: &[String]| a.iter().any(|party| b.contains(party));
        let opposite = |a: &Clause, b: &Clause| meet(&a.payers, &b.payees) && meet(&a.payees, &b.payers);
        !clauses.iter().enumerate().any(|(i, a)| clauses[i + 1..].iter().any(|b| opposite(a, b)))
    }
}
