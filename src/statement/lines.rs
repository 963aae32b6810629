//! The lines of a statement, from the lines of the plan and their values.

use super::Basis;
use crate::calendar::Date;
use crate::evaluate::Values;
use crate::num::Exact;
use crate::plan::{LineSpec, NodeId, Op, PartSpec, Plan, PlanNodes};

/// What a line of a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineType {
    /// What a clause yields for an assessment period.
    Entitlement,
    /// An instalment before the result is known.
    OnAccount,
    /// The entitlement less its instalments.
    Settlement,
}

impl LineType {
    /// The words of the statement.
    pub fn words(self) -> &'static str {
        match self {
            LineType::Entitlement => "entitlement",
            LineType::OnAccount => "on account",
            LineType::Settlement => "settlement",
        }
    }
}

/// Whether the data behind a line may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataStatus {
    /// It rests on no observation.
    Agreed,
    /// It rests on a flex submission.
    Provisional,
    /// It rests on data that are final.
    Final,
}

impl DataStatus {
    /// The word of the statement.
    pub fn word(self) -> &'static str {
        match self {
            DataStatus::Agreed => "agreed",
            DataStatus::Provisional => "provisional",
            DataStatus::Final => "final",
        }
    }
}

/// One line: what one party owes another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// Its number in the statement of all holders, from 1.
    pub number: usize,
    /// Its name: `clause:period:member…`, followed by `on-account:period` or `settlement`.
    pub id: String,
    /// The clause.
    pub clause: String,
    /// The clause's title for people.
    pub title: String,
    /// The kind of clause, in the words of a statement.
    pub kind: &'static str,
    /// What the line is.
    pub line_type: LineType,
    /// The key of the assessment period, or of the instalment's.
    pub period: String,
    /// The key of the assessment period.
    pub assessed: String,
    /// Axis, member and its title.
    pub members: Vec<(String, String, String)>,
    /// The holder, when a party is many.
    pub holder: Option<String>,
    /// Who pays.
    pub payer: String,
    /// Who is paid.
    pub payee: String,
    /// The prime through which it is paid.
    pub through: Option<String>,
    /// From payer to payee; negative is the other way.
    pub amount: Exact,
    /// True when it counts: the clause is live.
    pub live: bool,
    /// `live`, `shadow` or `reporting`.
    pub status: &'static str,
    /// Whether the data behind it may still change.
    pub data: DataStatus,
    /// When it is due.
    pub due: Option<Date>,
    /// The clause from whose payments it is deducted.
    pub deduct_from: Option<String>,
    /// True for what is paid: entitlements without payment on account, instalments, settlements.
    pub payable: bool,
    /// Which line of the plan it states, and for which lane.
    pub(crate) spec: usize,
    pub(crate) lane: usize,
    /// The node that explains it.
    pub(crate) node: NodeId,
    /// The exact node before rounding.
    pub(super) exact: Option<NodeId>,
}

/// The lines of some holders, from the first on: for each line of the plan its entitlement,
/// instalments and settlement.
pub(super) fn lines(basis: &Basis<'_>, (first, values): (usize, &[Values])) -> Vec<StatementLine> {
    let mut out = Vec::new();
    for (index, values) in values.iter().enumerate() {
        let lane = first + index;
        let provisional = basis.provisional(lane);
        let status = |node: NodeId| {
            let may_change = provisional.as_ref().is_some_and(|provisional| provisional[node.index()]);
            match (basis.observed[node.index()], may_change) {
                (false, _) => DataStatus::Agreed,
                (true, true) => DataStatus::Provisional,
                (true, false) => DataStatus::Final,
            }
        };
        // A line that no holder's data touch, and that no holder pays or receives, is stated once.
        for shared in [true, false] {
            if shared && lane > 0 {
                continue;
            }
            for &(spec_index, spec) in basis.lines.iter().filter(|(_, spec)| spec.by_holder != shared) {
                let holder = basis.facts.lanes[lane].holder.clone().filter(|_| !shared);
                let stating = Stating { spec, spec_index, lane, holder, values, status: &status };
                let before = out.len();
                stating.push_all(&mut out);
                assert_eq!(out.len() - before, spec.lines_stated(), "the lines of {} are counted", spec.id);
            }
        }
    }
    let before = if first == 0 { 0 } else { lines_before(&basis.lines, first) };
    for (index, line) in out.iter_mut().enumerate() {
        line.number = before + index + 1;
    }
    out
}

/// How many lines the statement of all holders has before those of a holder.
pub(super) fn lines_before(specs: &[(usize, &LineSpec)], holder: usize) -> usize {
    let of = |by_holder: bool| -> usize {
        let specs = specs.iter().filter(|(_, spec)| spec.by_holder == by_holder);
        specs.map(|(_, spec)| spec.lines_stated()).sum()
    };
    of(false) + holder * of(true)
}

struct Stating<'a> {
    spec: &'a LineSpec,
    spec_index: usize,
    lane: usize,
    holder: Option<String>,
    values: &'a Values,
    status: &'a dyn Fn(NodeId) -> DataStatus,
}

impl Stating<'_> {
    fn push_all(&self, out: &mut Vec<StatementLine>) {
        let spec = self.spec;
        let total: Exact = spec.parts.iter().map(|part| self.values.of(part.amount)).sum();
        assert_eq!(&total, self.values.of(spec.amount), "the parts of {} come to its amount", spec.id);
        for part in &spec.parts {
            let base = self.line(part, LineType::Entitlement);
            out.push(StatementLine {
                payable: !spec.on_account,
                due: spec.due.filter(|_| !spec.on_account),
                ..base
            });
        }
        if !spec.on_account {
            return;
        }
        for instalment in &spec.instalments {
            for part in &instalment.parts {
                let base = self.line(part, LineType::OnAccount);
                let id = format!("{}:on-account:{}", base.id, instalment.key);
                out.push(StatementLine {
                    id,
                    period: instalment.key.clone(),
                    due: instalment.due,
                    exact: None,
                    ..base
                });
            }
        }
        if spec.status == "live" {
            for part in &spec.parts {
                let base = self.line(part, LineType::Settlement);
                let same = |paid: &&PartSpec| paid.payer == part.payer && paid.payee == part.payee;
                let parts =
                    spec.instalments.iter().flat_map(|instalment| instalment.parts.iter().filter(same));
                let paid: Exact = parts.map(|paid| self.values.of(paid.amount)).sum();
                let id = format!("{}:settlement", base.id);
                out.push(StatementLine { id, amount: &base.amount - &paid, due: spec.due, ..base });
            }
        }
    }

    fn line(&self, part: &PartSpec, line_type: LineType) -> StatementLine {
        let spec = self.spec;
        let holder_id = self.holder.as_ref().map_or(String::new(), |holder| format!(":{holder}"));
        StatementLine {
            number: 0,
            id: format!("{}{holder_id}", spec.id),
            clause: spec.clause.clone(),
            title: spec.title.clone(),
            kind: spec.kind,
            line_type,
            period: spec.period.1.clone(),
            assessed: spec.period.1.clone(),
            members: spec.members.clone(),
            holder: self.holder.clone(),
            payer: part.payer.clone(),
            payee: part.payee.clone(),
            through: spec.through.clone(),
            amount: self.values.of(part.amount).clone(),
            live: spec.status == "live",
            status: spec.status,
            data: (self.status)(part.amount),
            due: None,
            deduct_from: spec.deduct_from.clone(),
            payable: true,
            spec: self.spec_index,
            lane: self.lane,
            node: part.amount,
            exact: Some(spec.exact),
        }
    }
}

/// True when a node is an operation that money flows through unchanged in name only.
pub(super) fn is_alias(plan: &Plan, node: NodeId) -> Option<NodeId> {
    match &plan.nodes()[node.index()].op {
        Op::Linear { terms, constant } => match &terms[..] {
            [(factor, inner)] if *factor == Exact::ONE && constant.is_zero() => Some(*inner),
            _ => None,
        },
        Op::Const(_)
        | Op::Fact(_)
        | Op::Product(..)
        | Op::Ratio(..)
        | Op::Piecewise(..)
        | Op::Extreme(..)
        | Op::Select { .. }
        | Op::Round { .. }
        | Op::Share(..)
        | Op::Statistic(_) => None,
    }
}
