//! What is proved of a contract before any data: promises of kinds, pools that pass on what they
//! receive, quantities that say their period, and that what is declared is used.

use std::collections::BTreeMap;

use super::{Context, Lowering};
use crate::calendar::{Period, PeriodKind};
use crate::contract::kinds::Promise;
use crate::contract::{Clause, ClauseId, Contract, MeasureKind, Named, PartyId, Status};
use crate::num::Exact;
use crate::plan::{Direction, FactId, FactSpec, LineSpec, NodeId, Origin, Part, depends, directions};
use crate::source::{Place, catalogue};

impl Lowering<'_> {
    /// A quantity that mentions the period states its own.
    pub(super) fn check_quantities(&mut self) {
        for (index, quantity) in self.contract.quantities.iter().enumerate() {
            let reads = self.survey.formula(&quantity.is.formula);
            if reads.mentions_period && quantity.per.is_none() {
                let found = format!("`{}` mentions the period and does not say which", quantity.name);
                let remedy = "write { \"is\": …, \"per\": \"month\" }, or the period you mean";
                self.reports.add(&catalogue::PERIOD_NEEDED, &quantity.is.place, found, remedy);
                self.without_period.insert(index);
            }
        }
    }

    fn measure_of(&self, fact: &FactSpec) -> Option<&crate::contract::Measure> {
        match self.contract.names.get(&fact.measure) {
            Some(Named::Measure(index)) => Some(&self.contract.measures[*index]),
            Some(Named::Table(_) | Named::Curve(_) | Named::Quantity(_) | Named::Broken) | None => None,
        }
    }

    /// Proves what each kind of clause promises of its amount.
    pub(super) fn check_promises(&mut self, lines: &[LineSpec]) {
        let counted = |fact: FactId| {
            let spec = self.builder.fact(fact);
            let is_count = || self.measure_of(spec).is_some_and(|measure| measure.kind == MeasureKind::Count);
            spec.part == Part::Value && is_count()
        };
        let has_better = |fact: FactId| {
            let spec = self.builder.fact(fact);
            let members = spec.members.iter().map(|(_, member)| member.as_str());
            self.measure_of(spec).is_some_and(|measure| measure.described.better.of(members).is_some())
        };
        let proofs = Proofs {
            rising: directions(&self.builder, &counted),
            observed: depends(&self.builder, &|_| true),
            outcome: depends(&self.builder, &has_better),
        };
        let mut by_clause: BTreeMap<&str, Vec<&LineSpec>> = BTreeMap::new();
        for line in lines {
            by_clause.entry(&line.clause).or_default().push(line);
        }
        for clause in &self.contract.clauses {
            if let Some(lines) = by_clause.get(clause.id.as_str()) {
                self.check_clause(clause, lines, &proofs);
            }
        }
    }

    fn check_clause(&mut self, clause: &Clause, lines: &[&LineSpec], proofs: &Proofs) {
        let place = &clause.amount.place;
        for promise in clause.kind.promises {
            let broken = match promise {
                Promise::NeverNegative => {
                    lines.iter().find(|line| self.builder.range(line.exact).least.sign() < 0).map(|line| {
                        let least = &self.builder.range(line.exact).least;
                        (
                            format!("in {} it could be as low as {least:.2}", line.id),
                            "write max(0, …), or narrow the ranges of measures",
                        )
                    })
                }
                Promise::RisesWithCounts => lines
                    .iter()
                    .find(|line| {
                        matches!(proofs.rising[line.exact.index()], Direction::Falls | Direction::Mixed)
                    })
                    .map(|line| {
                        (
                            format!("in {} it could fall", line.id),
                            "take out what falls, or choose another kind",
                        )
                    }),
                Promise::NoMeasure => lines
                    .iter()
                    .find(|line| proofs.observed[line.exact.index()])
                    .map(|line| (format!("{} reads one", line.id), "choose another kind, such as activity")),
                Promise::DependsOnOutcome => (!lines.iter().any(|line| proofs.outcome[line.exact.index()]))
                    .then(|| {
                        ("it reads none".to_string(), "say `better` of the measure, or choose another kind")
                    }),
            };
            if let Some((found, remedy)) = broken {
                let found = format!(
                    "a clause of kind {} promises an amount that {}; {found}",
                    clause.kind.word,
                    promise.words()
                );
                self.reports.add(&catalogue::PROMISE, place, found, remedy);
            }
        }
        let moves = |line: &&LineSpec| {
            proofs.observed[line.exact.index()] && self.builder.range(line.exact).single().is_none()
        };
        if clause.kind.follows_outcomes && !lines.iter().any(moves) {
            let found = format!("no measure moves the money of `{}`", clause.id);
            self.reports.add(
                &catalogue::MONEY_UNMOVED,
                place,
                found,
                "let it depend on an outcome, or call it block",
            );
        }
    }

    /// Each pool passes on what it receives, in every contract year.
    pub(super) fn check_pools(&mut self) {
        if self.reports.has_error() {
            return;
        }
        let contract = self.contract;
        for (index, party) in contract.parties.iter().enumerate() {
            if party.role.as_deref() != Some("pool") {
                continue;
            }
            let over_term = contract.clauses.iter().any(|clause| clause.per == PeriodKind::Term);
            let periods =
                if over_term { vec![Period::TERM] } else { contract.calendar.all(PeriodKind::Year) };
            for period in periods {
                if !self.pool_passes_on(PartyId(index), period) {
                    let found = format!(
                        "`{}` is not proved to pass on all it receives in {}",
                        party.id,
                        contract.calendar.key(period)
                    );
                    let remedy = "add a clause that pays out net(…, all that it settles), or change its role";
                    let place = self.party_place(index);
                    self.reports.add(&catalogue::POOL_KEEPS, &place, found, remedy);
                    break;
                }
            }
        }
    }

    fn party_place(&self, index: usize) -> Place {
        let parties = self.contract.document.root().get("parties");
        parties
            .and_then(|list| list.items().get(index))
            .map_or_else(Place::start, |party| party.place.clone())
    }

    /// True when what a party receives less what it pays cancels for any data. The whole line
    /// stands for its parts where they only differ in the other party.
    fn pool_passes_on(&mut self, pool: PartyId, period: Period) -> bool {
        let contract = self.contract;
        let mut terms: Vec<(Exact, NodeId)> = Vec::new();
        for (index, clause) in contract.clauses.iter().enumerate() {
            for each in contract.calendar.within(period, clause.per) {
                if contract.status(clause, each) != Status::Live || !self.is_active(clause, each) {
                    continue;
                }
                for members in self.line_members(ClauseId(index)).iter() {
                    let at = (&clause.amount, &clause.amount.formula);
                    let Ok(line) = self.line(at, ClauseId(index), each, members) else { return false };
                    if line.parts.iter().all(|part| part.payer == pool) {
                        terms.push((Exact::from(-1), line.amount));
                    } else if line.parts.iter().all(|part| part.payee == pool) {
                        terms.push((Exact::ONE, line.amount));
                    } else {
                        for part in &line.parts {
                            let sign = i64::from(part.payee == pool) - i64::from(part.payer == pool);
                            terms.push((Exact::from(sign), part.amount));
                        }
                    }
                }
            }
        }
        let kept = self.builder.len();
        let [what, context, unit] = ["what the pool keeps", "", ""].map(std::sync::Arc::from);
        let origin = Origin { what, context, unit, place: Place::start() };
        let origin = self.builder.origin(origin);
        let node = self.builder.linear(&terms, Exact::ZERO, origin);
        let passes = self.builder.is_always_zero(node);
        self.builder.truncate(kept);
        passes
    }

    /// Quantities that no clause reads are lowered once all the same, so that they are checked;
    /// then everything that nobody reads is named.
    pub(super) fn check_unused(&mut self) {
        let contract = self.contract;
        let kept = self.builder.len();
        let used = self.used.clone();
        for (index, quantity) in contract.quantities.iter().enumerate() {
            if !used.contains(&quantity.name) {
                self.lower_unused(index);
            }
        }
        self.builder.truncate(kept);
        if self.reports.has_error() {
            return;
        }
        let measures = contract.measures.iter().map(|measure| ("measure", &measure.name, &measure.place));
        let tables = contract.tables.iter().map(|table| ("table", &table.name, &table.place));
        let curves = contract.curves.iter().map(|curve| ("curve", &curve.name, &curve.place));
        let quantities =
            contract.quantities.iter().map(|quantity| ("quantity", &quantity.name, &quantity.is.place));
        for (what, name, place) in measures.chain(tables).chain(curves).chain(quantities) {
            if !used.contains(name) {
                let found = format!("no clause reads the {what} `{name}`");
                self.reports.add(&catalogue::UNUSED, place, found, "use it, or take it out");
            }
        }
    }

    fn lower_unused(&mut self, index: usize) {
        let contract = self.contract;
        let reads = self.survey.quantity(index);
        let quantity = &contract.quantities[index];
        let mut context = Context::default();
        for axis in &reads.axes {
            if let Some(first) = contract.members(*axis).first() {
                context.coordinates.insert(*axis, *first);
            }
        }
        let kind = reads.finest.unwrap_or(PeriodKind::Year);
        let context = context.in_period(contract.calendar.all(kind).first().copied());
        // Only its problems matter here.
        let _ = self.quantity((&quantity.is, &quantity.is.formula), index, &context);
    }
}

/// What is known of every node.
struct Proofs {
    /// How it moves when the people or items counted rise.
    rising: Vec<Direction>,
    /// Whether it depends on any observation.
    observed: Vec<bool>,
    /// Whether it depends on a measure that says which way is better.
    outcome: Vec<bool>,
}

impl Contract {
    /// True when the contract has a party that stands for many holders.
    pub fn has_holders(&self) -> bool {
        self.holder_axis().is_some()
    }
}
