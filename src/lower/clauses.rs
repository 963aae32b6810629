//! Clauses in their one form: an amount, gated, rounded once, then split.

use std::sync::Arc;

use super::operators::At;
use super::{Context, LineKey, Lowered, Lowering, Measured, State, There, Value};
use crate::calendar::{Period, PeriodKind};
use crate::contract::{
    AxisKind, Clause, ClauseId, Contract, Coordinates, PartyId, Side, Status, Written, combinations,
};
use crate::num::Exact;
use crate::plan::{LineSpec, NodeId, Origin, OriginId, PartSpec};
use crate::source::catalogue;

/// How many levels of formulas an amount counts as.
const AMOUNT_DEPTH: usize = 4;

/// What one party pays another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowPart {
    /// Who pays.
    pub payer: PartyId,
    /// Who is paid.
    pub payee: PartyId,
    /// The amount.
    pub amount: NodeId,
}

/// What the formula of a clause comes to: of the period, or to date.
#[derive(Debug, Clone)]
pub struct ToDate {
    /// Before rounding.
    pub exact: NodeId,
    /// Rounded.
    pub rounded: NodeId,
    /// Split.
    pub parts: Vec<FlowPart>,
}

/// A line: what has been added since the last one, when the clause is cumulative.
#[derive(Debug, Clone)]
pub struct Line {
    /// Before rounding, of the period or to date.
    pub exact: NodeId,
    /// The amount.
    pub amount: NodeId,
    /// Between whom.
    pub parts: Vec<FlowPart>,
}

impl Lowering<'_> {
    /// All lines of the contract, in the order of clauses, periods and members.
    pub(super) fn all_lines(&mut self) -> Vec<LineSpec> {
        let contract = self.contract;
        let mut specs = Vec::new();
        for (index, clause) in contract.clauses.iter().enumerate() {
            for period in contract.calendar.all(clause.per) {
                if !self.is_active(clause, period) {
                    continue;
                }
                for members in self.line_members(ClauseId(index)).iter() {
                    let at = (&clause.amount, &clause.amount.formula);
                    let Ok(line) = self.line(at, ClauseId(index), period, members) else {
                        self.unlowered.get_or_insert(ClauseId(index));
                        continue;
                    };
                    specs.extend(self.spec(ClauseId(index), period, members, &line));
                }
            }
        }
        specs
    }

    pub(super) fn is_active(&self, clause: &Clause, period: Period) -> bool {
        clause.active.is_none_or(|(first, last)| first <= period && period <= last)
    }

    /// The members of each line of a clause: of its axes, and the party of an `each`.
    pub(super) fn line_members(&mut self, id: ClauseId) -> Arc<Vec<Coordinates>> {
        if let Some(known) = self.line_members.get(&id) {
            return known.clone();
        }
        let members = Arc::new(self.new_line_members(&self.contract.clauses[id.0]));
        self.line_members.insert(id, members.clone());
        members
    }

    fn new_line_members(&self, clause: &Clause) -> Vec<Coordinates> {
        let keys = combinations(&clause.lines, self.contract);
        let rows = keys.into_iter().map(|key| clause.lines.iter().copied().zip(key).collect::<Coordinates>());
        let each = match (&clause.from, &clause.to) {
            (Side::Each(parties), _) | (_, Side::Each(parties)) => Some(parties),
            (
                Side::Party(_) | Side::Shares(_) | Side::ShareTable(_) | Side::Weights { .. },
                Side::Party(_) | Side::Shares(_) | Side::ShareTable(_) | Side::Weights { .. },
            ) => None,
        };
        match each {
            None => rows.collect(),
            Some(parties) => rows
                .flat_map(|row| {
                    parties.iter().map(move |party| {
                        let mut row = row.clone();
                        row.insert(Contract::PARTY_AXIS, i32::try_from(party.0).unwrap_or(i32::MAX));
                        row
                    })
                })
                .collect(),
        }
    }

    /// One line, lowered once.
    pub(super) fn line(
        &mut self,
        at: At<'_>,
        id: ClauseId,
        period: Period,
        members: &Coordinates,
    ) -> Lowered<Arc<Line>> {
        let key = (id, period, members.clone());
        if let Some(known) = self.lines.get(&key) {
            return known.clone();
        }
        let line = self.new_line(at, &key).map(Arc::new);
        // A circle is reported where it closes and not remembered for the line that opened it.
        if line.is_ok() || !matches!(self.to_date.get(&key), Some(State::Open)) {
            self.lines.insert(key, line.clone());
        }
        line
    }

    fn new_line(&mut self, at: At<'_>, key: &LineKey) -> Lowered<Line> {
        let clause = &self.contract.clauses[key.0.0];
        let now = self.up_to(at, key)?;
        let line = Line { exact: now.exact, amount: now.rounded, parts: now.parts.clone() };
        let Some(window) = clause.cumulative else { return Ok(line) };
        let Some(before) = self.period_before(clause, key.1, window) else { return Ok(line) };
        let before = self.up_to(at, &(key.0, before, key.2.clone()))?;
        let origin = self.clause_origin(clause, "added since the last line", key.1, &key.2);
        let amount = self.difference(now.rounded, before.rounded, origin);
        let mut parts = Vec::new();
        let flows = |part: &FlowPart| (part.payer, part.payee);
        for part in &now.parts {
            let last = before.parts.iter().find(|known| flows(known) == flows(part));
            let amount = match last {
                None => part.amount,
                // The only part of a line is the line.
                Some(last) if part.amount == now.rounded && last.amount == before.rounded => amount,
                Some(last) => self.difference(part.amount, last.amount, origin),
            };
            parts.push(FlowPart { amount, ..part.clone() });
        }
        for part in
            before.parts.iter().filter(|part| !now.parts.iter().any(|known| flows(known) == flows(part)))
        {
            let amount = self.builder.scaled(Exact::from(-1), part.amount, origin);
            parts.push(FlowPart { amount, ..part.clone() });
        }
        Ok(Line { exact: now.exact, amount, parts })
    }

    fn difference(&mut self, now: NodeId, before: NodeId, origin: OriginId) -> NodeId {
        self.builder.linear(&[(Exact::ONE, now), (Exact::from(-1), before)], Exact::ZERO, origin)
    }

    /// The assessment period before, when it counts towards the same year or term.
    fn period_before(&self, clause: &Clause, period: Period, window: PeriodKind) -> Option<Period> {
        let before = period.earlier(1);
        let calendar = &self.contract.calendar;
        let same = calendar.enclosing(before, window) == calendar.enclosing(period, window);
        (same
            && period.kind != PeriodKind::Term
            && calendar.in_term(before)
            && self.is_active(clause, before))
        .then_some(before)
    }

    pub(super) fn clause_origin(
        &mut self,
        clause: &Clause,
        part: &'static str,
        period: Period,
        members: &Coordinates,
    ) -> OriginId {
        let context = self.words(&Context::new(period, members));
        let unit = self.money.1.clone();
        let what = self.name_of(clause, part, || format!("{}: {part}", clause.id));
        self.builder.origin(Origin { what, context, unit, place: clause.place.clone() })
    }

    fn up_to(&mut self, at: At<'_>, key: &LineKey) -> Lowered<ToDate> {
        let contract = self.contract;
        let clause = &contract.clauses[key.0.0];
        match self.to_date.get(key) {
            Some(State::Done(known)) => return known.clone(),
            Some(State::Open) => return self.circle(at, &clause.id),
            None => {}
        }
        self.to_date.insert(key.clone(), State::Open);
        self.path.push(clause.id.clone());
        // An amount that reads other amounts nests deeper than a formula that reads formulas.
        self.depth += AMOUNT_DEPTH;
        let result = self.worked_out(clause, key);
        self.depth -= AMOUNT_DEPTH;
        self.path.pop();
        self.to_date.insert(key.clone(), State::Done(result.clone()));
        result
    }

    fn worked_out(&mut self, clause: &Clause, key: &LineKey) -> Lowered<ToDate> {
        let context = Context::new(key.1, &key.2);
        let gate = match &clause.when {
            None => Ok(None),
            Some(when) => self.gate(when, &context).map(Some),
        };
        let amount = self.lower(&clause.amount, &clause.amount.formula, &context);
        let (gate, amount) = (gate?, amount?);
        let there = match &gate {
            None => amount.there.clone(),
            Some(gate) => self.there_under(&amount, gate.node, true),
        };
        self.demand_money(&clause.amount, &amount)?;
        self.demand_there(&clause.amount, &there, "the amount")?;
        let origin = self.clause_origin(clause, "amount", key.1, &key.2);
        let exact = match gate {
            None => amount.node,
            Some(gate) => self.builder.product(gate.node, amount.node, origin),
        };
        let rounded = self.rounded_line(clause, exact, key.1, &key.2);
        let (rounded, parts) = self.split_line(clause, rounded, &context)?;
        Ok(ToDate { exact, rounded, parts })
    }

    pub(super) fn rounded_line(
        &mut self,
        clause: &Clause,
        exact: NodeId,
        period: Period,
        members: &Coordinates,
    ) -> NodeId {
        let origin = self.clause_origin(clause, "rounded", period, members);
        self.builder.round(exact, self.contract.quantum(clause), self.contract.mode, origin)
    }

    fn gate(&mut self, when: &Written, context: &Context) -> Lowered<Value> {
        let gate = self.lower(when, &when.formula, context)?;
        self.demand_flag((when, &when.formula), &gate)?;
        self.demand_there(when, &gate.there, "the gate")?;
        Ok(gate)
    }

    /// Demands an amount of money; a bare 0 will do.
    pub(super) fn demand_money(&mut self, written: &Written, amount: &Value) -> Lowered<()> {
        let money = &self.money.0;
        let zero = self.builder.constant(amount.node).is_some_and(Exact::is_zero);
        if amount.unit == *money || (amount.unit == Measured::Bare && zero) {
            return Ok(());
        }
        let at = (written, &written.formula);
        let found = match &amount.unit {
            Measured::Any => {
                let remedy = "read what is there in every period, or say what counts then: `… else …`";
                return self.refuse(&catalogue::MAY_BE_ABSENT, at, "this is always absent", remedy);
            }
            Measured::In(unit) if !unit.is_pure() => {
                format!("this is in `{unit}`, not in `{}`", self.contract.currency)
            }
            Measured::Bare | Measured::In(_) => format!("this is {}, not money", amount.unit.words()),
        };
        let remedy = if amount.unit.text().contains("/year") || amount.unit.text().contains("/month") {
            "multiply by `months`".to_string()
        } else {
            format!("multiply by a price, or write {} before a number", self.contract.currency)
        };
        self.refuse(&catalogue::UNIT_MISMATCH, at, found, remedy)
    }

    pub(super) fn demand_there(&mut self, written: &Written, there: &There, what: &str) -> Lowered<()> {
        if there.is_always() || self.keeps_terms() {
            return Ok(());
        }
        let mut causes: Vec<String> =
            there.0.iter().flat_map(|node| self.builder.causes_of_absence(*node)).collect();
        causes.sort();
        causes.dedup();
        let why = if causes.is_empty() { String::new() } else { format!(": {}", causes.join(", ")) };
        let found = format!("{what} may be absent{why}");
        self.refuse(
            &catalogue::MAY_BE_ABSENT,
            (written, &written.formula),
            found,
            "say what counts then: `… else …`",
        )
    }

    /// The parts of a line as names.
    pub(super) fn part_specs(&self, parts: &[FlowPart]) -> Vec<PartSpec> {
        let name = |party: PartyId| self.contract.party(party).id.clone();
        parts
            .iter()
            .map(|part| PartSpec { payer: name(part.payer), payee: name(part.payee), amount: part.amount })
            .collect()
    }

    fn spec(&mut self, id: ClauseId, period: Period, members: &Coordinates, line: &Line) -> Option<LineSpec> {
        let contract = self.contract;
        let by_holder = self.by_holder.clauses.contains(&id);
        let clause = &contract.clauses[id.0];
        let status = contract.status(clause, period);
        // What is not live has no instalments; what it says of them is checked all the same.
        let instalments = self.instalments(clause, period, members).ok()?;
        let instalments = if status == Status::Live { instalments } else { Vec::new() };
        let key = contract.calendar.key(period);
        // The axes in the order of `lines`, then the party of an `each`.
        let axes = clause.lines.iter().copied().chain([Contract::PARTY_AXIS]);
        let named: Vec<(String, String, String)> = axes
            .filter_map(|axis| members.get(&axis).map(|member| contract.named_member(axis, *member)))
            .collect();
        let id =
            [clause.id.clone(), key.clone()].into_iter().chain(named.iter().map(|(_, id, _)| id.clone()));
        let settles = clause.settles.as_ref();
        debug_assert!(
            contract.axes[Contract::PARTY_AXIS.0].kind == AxisKind::Party,
            "the axis of parties has its place"
        );
        Some(LineSpec {
            id: id.collect::<Vec<_>>().join(":"),
            clause: clause.id.clone(),
            title: clause.title.clone().unwrap_or_else(|| clause.id.clone()),
            kind: clause.kind.title,
            period: (period, key),
            members: named,
            status: status.word(),
            exact: line.exact,
            amount: line.amount,
            parts: self.part_specs(&line.parts),
            through: clause.through.map(|party| contract.party(party).id.clone()),
            instalments,
            on_account: clause.on_account.is_some(),
            by_holder,
            needs_holders: by_holder,
            due: settles.map(|settles| contract.calendar.months_after(period, settles.after_months)),
            settles_on: settles.and_then(|settles| settles.data.clone()),
            deduct_from: settles.and_then(|s| s.deduct_from).map(|id| contract.clauses[id.0].id.clone()),
            place: clause.place.clone(),
        })
    }
}
