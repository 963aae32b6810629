//! Lowers a contract into its plan: every cell of parties, periods and members unrolled, every
//! look-up chosen, every formula checked for units, axes, periods and absence on the way.
//!
//! One file per building block of the language. To add a function, an aggregate or a form of
//! curve, add one file (`functions/`, `aggregates/`, `contract/curve/`) and name it in the list
//! beside it; explanation, ranges, printing and all else follow from the nodes it builds.

pub mod aggregates;
mod branches;
mod checks;
mod clauses;
mod context;
mod curves;
mod figures;
mod flows;
pub mod functions;
mod holders;
mod measures;
mod names;
mod on_account;
mod operators;
mod splits;
mod survey;
mod terms;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use smallvec::SmallVec;

pub use context::Context;
pub use terms::lower_with_terms;
pub use value::{Measured, There, Value};

use crate::calendar::Period;
use crate::contract::shape::Reports;
use crate::contract::{ClauseId, Contract, Coordinates, Written};
use crate::formula::{Formula, Kind};
use crate::num::{Exact, Piecewise};
use crate::plan::{Agreed, Builder, NodeId, Origin, OriginId, Plan};
use crate::source::catalogue::{self, Code};
use crate::source::{Diagnostic, Place};
use crate::unit::Unit;
pub use clauses::{FlowPart, Line, ToDate};
use survey::Survey;

/// Deepest chain of formulas that read one another.
pub const DEPTH_MAX: usize = 200;

/// A problem that is already in the reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported;

/// What lowering gives, or that it was reported.
pub type Lowered<T> = Result<T, Reported>;

/// Something that is being lowered, or has been.
#[derive(Debug, Clone)]
enum State<T> {
    Open,
    Done(Lowered<T>),
}

/// A member for each of some axes in their order; there are only ever a few.
type Members = SmallVec<[i32; 4]>;
/// A fact by measure, period and members.
type FactKey = (usize, Period, Members);
/// A quantity by its index, period and the members it carries.
type QuantityKey = (usize, Option<Period>, Coordinates);
/// A line by clause, period and members.
type LineKey = (ClauseId, Period, Coordinates);

/// The work in progress.
pub struct Lowering<'a> {
    contract: &'a Contract,
    builder: Builder,
    reports: Reports,
    survey: Survey<'a>,
    observed: BTreeMap<FactKey, Value>,
    parts: BTreeMap<FactKey, measures::Observed>,
    quantities: BTreeMap<QuantityKey, State<Value>>,
    to_date: BTreeMap<LineKey, State<ToDate>>,
    lines: BTreeMap<LineKey, Lowered<Arc<Line>>>,
    line_members: BTreeMap<ClauseId, Arc<Vec<Coordinates>>>,
    by_holder: holders::ByHolder,
    words: BTreeMap<Coordinates, Arc<str>>,
    units: BTreeMap<Unit, Arc<str>>,
    /// Formulas as they are written, by where they are kept.
    wordings: BTreeMap<usize, Arc<str>>,
    no_unit: Arc<str>,
    /// The unit of money, and as text.
    money: (Measured, Arc<str>),
    /// Names of what clauses and measures come to, by where they are declared.
    names: BTreeMap<(usize, &'static str), Arc<str>>,
    /// Members of tables in words.
    rows: BTreeMap<(usize, Members), Arc<str>>,
    /// The lines of scores, by floor and target.
    ramps: BTreeMap<(Exact, Exact), Arc<Piecewise>>,
    shared: BTreeMap<(usize, Coordinates), Value>,
    conjunctions: BTreeMap<BTreeSet<NodeId>, NodeId>,
    implied: BTreeMap<(NodeId, bool), BTreeSet<NodeId>>,
    /// Quantities that do not state a period they mention; reported where they are declared.
    without_period: BTreeSet<usize>,
    used: BTreeSet<String>,
    /// The first clause with a line that could not be lowered.
    unlowered: Option<ClauseId>,
    path: Vec<String>,
    depth: usize,
    /// The nodes of agreed numbers, when they are kept apart.
    terms: Option<terms::Terms>,
}

/// Lowers a contract. The plan is there when no error was found.
pub fn lower(contract: &Contract) -> (Option<Plan>, Vec<Diagnostic>) {
    lower_all(contract, None)
}

/// Lowers a contract, with its agreed numbers folded or kept apart. What is kept apart was lowered before,
/// so that nothing is left to prove.
fn lower_all(contract: &Contract, terms: Option<terms::Terms>) -> (Option<Plan>, Vec<Diagnostic>) {
    let mut lowering = Lowering {
        contract,
        builder: Builder::default(),
        reports: Reports::default(),
        survey: Survey::new(contract),
        observed: BTreeMap::new(),
        parts: BTreeMap::new(),
        quantities: BTreeMap::new(),
        to_date: BTreeMap::new(),
        lines: BTreeMap::new(),
        line_members: BTreeMap::new(),
        by_holder: holders::by_holder(contract),
        words: BTreeMap::new(),
        units: BTreeMap::new(),
        wordings: BTreeMap::new(),
        no_unit: Arc::from(""),
        money: (Measured::In(Unit::base(&contract.currency)), Arc::from(contract.currency.as_str())),
        names: BTreeMap::new(),
        rows: BTreeMap::new(),
        ramps: BTreeMap::new(),
        shared: BTreeMap::new(),
        conjunctions: BTreeMap::new(),
        implied: BTreeMap::new(),
        without_period: BTreeSet::new(),
        used: BTreeSet::new(),
        unlowered: None,
        path: Vec::new(),
        depth: 0,
        terms,
    };
    lowering.check_quantities();
    let lines = lowering.all_lines();
    let figures = lowering.all_figures();
    if !lowering.keeps_terms() {
        lowering.check_promises(&lines);
        lowering.check_pools();
        lowering.check_unused();
    }
    if let Some(limit) = lowering.builder.limit() {
        let remedy = "shorten the term, name fewer members, or round within the formula";
        lowering.reports.add(&catalogue::LIMIT, &Place::start(), limit.to_string(), remedy);
    }
    let Lowering { builder, reports, unlowered, .. } = lowering;
    // Without all its lines a contract is never stated; the reasons are in the reports, here or of
    // what could not be read.
    let plan = (!reports.has_error() && unlowered.is_none()).then(|| Plan::new(builder, lines, figures));
    (plan, reports.0)
}

impl<'a> Lowering<'a> {
    /// The contract that is lowered.
    pub fn contract(&self) -> &'a Contract {
        self.contract
    }

    /// The plan so far.
    pub fn builder(&mut self) -> &mut Builder {
        &mut self.builder
    }

    /// Reports a problem with a part of a formula.
    pub fn refuse<T>(
        &mut self,
        code: &'static Code,
        at: (&Written, &Formula),
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Lowered<T> {
        self.reports.add(code, &at.0.at(at.1), found, remedy);
        Err(Reported)
    }

    /// The origin of nodes that a part of a formula lowers to.
    pub fn origin(&mut self, at: (&Written, &Formula), unit: &Measured, context: &Context) -> OriginId {
        let place = at.0.at(at.1);
        let what = self.wording(at);
        let context = self.words(context);
        let unit = self.unit_text(unit);
        self.builder.origin(Origin { what, context, unit, place })
    }

    /// A part of a formula as it is written; the same text for the same part.
    pub(super) fn wording(&mut self, at: (&Written, &Formula)) -> Arc<str> {
        let own = self.wordings.entry(std::ptr::from_ref(at.1).addr());
        own.or_insert_with(|| Arc::from(at.0.part(at.1))).clone()
    }

    /// What something comes to in words, by what is declared and which part is meant; the same text for the
    /// same part.
    fn name_of<T>(&mut self, declared: &T, part: &'static str, words: impl FnOnce() -> String) -> Arc<str> {
        let own = self.names.entry((std::ptr::from_ref(declared).addr(), part));
        own.or_insert_with(|| Arc::from(words())).clone()
    }

    /// A context in words; the same text for the same context.
    fn words(&mut self, context: &Context) -> Arc<str> {
        if let Some(known) = self.words.get(&context.coordinates) {
            return known.clone();
        }
        let words: Arc<str> = Arc::from(context.words(self.contract));
        self.words.insert(context.coordinates.clone(), words.clone());
        words
    }

    /// A unit as text; the same text for the same unit.
    fn unit_text(&mut self, unit: &Measured) -> Arc<str> {
        let Measured::In(unit) = unit else { return self.no_unit.clone() };
        if let Some(known) = self.units.get(unit) {
            return known.clone();
        }
        let text = Measured::In(unit.clone()).text();
        self.units.insert(unit.clone(), text.clone());
        text
    }

    /// Lowers a formula in a context.
    pub fn lower(&mut self, written: &Written, formula: &Formula, context: &Context) -> Lowered<Value> {
        if self.builder.limit().is_some() {
            return Err(Reported);
        }
        self.depth += 1;
        let result = if self.depth > DEPTH_MAX {
            let found =
                format!("formulas and amounts that read one another more than {DEPTH_MAX} levels deep");
            self.refuse(&catalogue::LIMIT, (written, formula), found, "shorten the chain")
        } else {
            self.lower_kind(written, formula, context)
        };
        self.depth -= 1;
        result
    }

    /// Lowers a part of a formula once for each context: what an aggregate runs over is the same
    /// node in every sum to date that holds it.
    fn lower_shared(&mut self, written: &Written, formula: &Formula, context: &Context) -> Lowered<Value> {
        let key = (std::ptr::from_ref(formula).addr(), context.coordinates.clone());
        if let Some(known) = self.shared.get(&key) {
            return Ok(known.clone());
        }
        let value = self.lower(written, formula, context)?;
        self.shared.insert(key, value.clone());
        Ok(value)
    }

    fn lower_kind(&mut self, written: &Written, formula: &Formula, context: &Context) -> Lowered<Value> {
        let at = (written, formula);
        match &formula.kind {
            Kind::Number { value, .. } => {
                let origin = self.origin(at, &Measured::Bare, context);
                let flag = value.is_zero() || *value == Exact::ONE;
                let node = if flag {
                    self.builder.constant_node(value.clone(), origin)
                } else {
                    self.agreed(number_at(at), value, origin)
                };
                Ok(Value { flag, ..Value::new(node, Measured::Bare) })
            }
            Kind::Money { currency, value } => self.money(at, currency, value, context),
            Kind::Absent => Ok(self.absent(at, context)),
            Kind::Name(name) => self.name(at, name, context),
            Kind::Is { name, key } => self.is(at, name, key, context),
            Kind::Not(x) => self.not(at, x, context),
            Kind::Negate(x) => self.negate(at, x, context),
            Kind::Binary { operator, left, right } => self.binary(at, *operator, (left, right), context),
            Kind::If { condition, then, otherwise } => self.choose(at, (condition, then, otherwise), context),
            Kind::Else { value, fallback } => self.or_else(at, (value, fallback), context),
            Kind::Call { function, arguments } => self.call(at, function, arguments, context),
            Kind::Round { mode, value, quantum } => self.rounding(at, *mode, (value, quantum), context),
            Kind::Aggregate { function, value, over } => self.aggregate(at, function, (value, over), context),
        }
    }
}

/// Where a number stands in a formula.
fn number_at((written, formula): (&Written, &Formula)) -> Agreed {
    Agreed::Number { pointer: written.place.pointer.clone(), at: formula.span.start }
}
