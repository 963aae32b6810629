//! What a formula reads, before it is lowered: the axes that its context must fix, and its period.
//!
//! This is what a quantity carries, so that it is worked out once for all that agree on it.

use std::collections::BTreeSet;

use super::functions::{self, Arguments};
use crate::calendar::PeriodKind;
use crate::contract::{AxisId, Contract, MeasureKind, Named};
use crate::formula::{Formula, Key, Kind, Name, Over};

/// What a formula reads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reads {
    /// Axes other than periods that must be fixed.
    pub axes: BTreeSet<AxisId>,
    /// The finest period that is read.
    pub finest: Option<PeriodKind>,
    /// True when the current period is mentioned: `months`, `to date`, `paid`, an aggregate.
    pub mentions_period: bool,
}

impl Reads {
    fn join(&mut self, other: Reads) {
        self.axes.extend(other.axes);
        self.finest = match (self.finest, other.finest) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.mentions_period |= other.mentions_period;
    }

    fn period(&mut self, kind: PeriodKind) {
        self.finest = Some(self.finest.map_or(kind, |known| known.min(kind)));
    }
}

/// Surveys formulas. What quantities carry is worked out first, for all of them.
pub struct Survey<'a> {
    contract: &'a Contract,
    known: Vec<Reads>,
}

impl<'a> Survey<'a> {
    /// A survey of a contract.
    ///
    /// Quantities may read one another, and through `previous` themselves: each is looked at
    /// again whenever one that it reads has grown, until none grows any more.
    pub fn new(contract: &'a Contract) -> Survey<'a> {
        let count = contract.quantities.len();
        let mut survey = Survey { contract, known: vec![Reads::default(); count] };
        let mut readers: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (index, quantity) in contract.quantities.iter().enumerate() {
            let mut named = BTreeSet::new();
            quantities_named(&quantity.is.formula, contract, &mut named);
            named.into_iter().for_each(|read| readers[read].push(index));
        }
        let mut open: BTreeSet<usize> = (0..count).collect();
        while let Some(index) = open.pop_first() {
            let reads = survey.carried(index);
            if reads != survey.known[index] {
                survey.known[index] = reads;
                open.extend(&readers[index]);
            }
        }
        survey
    }

    /// What a quantity carries: the axes it reads and its `by`; its period is `per`, or the
    /// finest that it reads.
    pub fn quantity(&self, index: usize) -> Reads {
        self.known[index].clone()
    }

    fn carried(&self, index: usize) -> Reads {
        let quantity = &self.contract.quantities[index];
        let mut reads = self.formula(&quantity.is.formula);
        reads.axes.extend(&quantity.by);
        if let Some(per) = quantity.per {
            reads.finest = Some(per);
        }
        reads
    }

    /// What a formula reads.
    pub fn formula(&self, formula: &Formula) -> Reads {
        let mut reads = Reads::default();
        match &formula.kind {
            Kind::Name(name) => return self.name(name),
            Kind::Is { name, .. } => match self.contract.axis_named(name) {
                Some(axis) => match self.contract.period_kind(axis) {
                    Some(kind) => reads.period(kind),
                    None => {
                        reads.axes.insert(axis);
                    }
                },
                None => return self.name(&Name::plain(name)),
            },
            Kind::Call { function, arguments } => return self.call(function, arguments),
            Kind::Aggregate { value, over, .. } => return self.aggregate(value, over),
            Kind::Number { .. }
            | Kind::Money { .. }
            | Kind::Absent
            | Kind::Not(_)
            | Kind::Negate(_)
            | Kind::Binary { .. }
            | Kind::If { .. }
            | Kind::Else { .. }
            | Kind::Round { .. } => {
                for part in formula.parts() {
                    reads.join(self.formula(part));
                }
            }
        }
        reads
    }

    fn call(&self, function: &str, arguments: &[Formula]) -> Reads {
        let mut reads = Reads::default();
        if let Some(Named::Curve(index)) = self.contract.names.get(function) {
            self.by(&self.contract.curves[*index].by, &mut reads);
        }
        let kind = functions::find(function).map_or(Arguments::Formulas, |function| function.arguments);
        match kind {
            Arguments::Formulas => {
                for argument in arguments {
                    reads.join(self.formula(argument));
                }
            }
            Arguments::Flows => {
                reads.mentions_period = true;
                let of_context =
                    |argument: &Formula| matches!(&argument.kind, Kind::Name(name) if name.name == "party");
                if arguments.iter().any(of_context) {
                    reads.axes.insert(Contract::PARTY_AXIS);
                }
            }
        }
        reads
    }

    fn by(&self, axes: &[AxisId], reads: &mut Reads) {
        for axis in axes {
            match self.contract.period_kind(*axis) {
                Some(kind) => reads.period(kind),
                None if self.contract.holder_axis() == Some(*axis) => {}
                None => {
                    reads.axes.insert(*axis);
                }
            }
        }
    }

    fn name(&self, name: &Name) -> Reads {
        let mut reads = Reads::default();
        match self.contract.names.get(&name.name) {
            Some(Named::Measure(index)) => {
                let measure = &self.contract.measures[*index];
                self.by(&measure.by, &mut reads);
                reads.period(measure.per);
            }
            Some(Named::Table(index)) => self.by(&self.contract.tables[*index].by, &mut reads),
            Some(Named::Quantity(index)) => {
                reads = self.quantity(*index);
                // What it mentions it has settled for itself.
                reads.mentions_period = false;
            }
            Some(Named::Curve(_) | Named::Broken) => {}
            None => reads.mentions_period = functions::period_word(&name.name).is_some(),
        }
        for key in &name.keys {
            self.key(key, &mut reads);
        }
        reads
    }

    /// A key fixes an axis and those above it, so that the context need not.
    fn key(&self, key: &Key, reads: &mut Reads) {
        let contract = self.contract;
        if contract.calendar.period(&key.text).is_some() {
            reads.finest = None;
            return;
        }
        if let Some(Named::Measure(index)) = contract.names.get(&key.text)
            && let MeasureKind::Code(axis) = contract.measures[*index].kind
        {
            reads.axes.retain(|above| !contract.lies_within(axis, *above));
            reads.join(self.name(&Name::plain(&key.text)));
            return;
        }
        let named = |axis: &AxisId| contract.member_named(*axis, &key.text).is_some();
        let fixed: Vec<AxisId> = reads.axes.iter().copied().filter(named).collect();
        reads.axes.retain(|above| !fixed.iter().any(|axis| contract.lies_within(*axis, *above)));
    }

    fn aggregate(&self, value: &Formula, over: &Over) -> Reads {
        let mut reads = self.formula(value);
        for part in over.filter.as_deref().into_iter().chain(&over.options) {
            reads.join(self.formula(part));
        }
        let Some(axis) = self.contract.axis_named(&over.axis.text) else { return reads };
        if self.contract.period_kind(axis).is_some() {
            reads.finest = None;
            reads.mentions_period = true;
            return reads;
        }
        let contract = self.contract;
        if contract.holder_axis() == Some(axis) {
            // A peer group is read where the aggregate stands.
            let peers = over.within.iter().map(|key| Name::plain(&key.text));
            peers.for_each(|name| reads.join(self.name(&name)));
            return reads;
        }
        // Fixing a member fixes the members above it.
        reads.axes.retain(|above| !contract.lies_within(axis, *above));
        if let Some(within) = over.within.as_ref().and_then(|key| contract.axis_named(&key.text)) {
            reads.axes.insert(within);
        }
        reads
    }
}

/// The quantities that a formula names.
fn quantities_named(formula: &Formula, contract: &Contract, found: &mut BTreeSet<usize>) {
    let peers = if let Kind::Aggregate { over, .. } = &formula.kind { over.within.as_ref() } else { None };
    let name =
        if let Kind::Name(name) = &formula.kind { Some(&name.name) } else { peers.map(|key| &key.text) };
    if let Some(Named::Quantity(index)) = name.and_then(|name| contract.names.get(name)) {
        found.insert(*index);
    }
    formula.parts().into_iter().for_each(|part| quantities_named(part, contract, found));
}
