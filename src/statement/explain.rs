//! Why a line or figure is what it is: the values of one evaluation, walked backwards.
//!
//! The walk knows kinds of node, not clauses. It stops at what other lines state, which are named
//! so that each can be explained in its turn, and at observations, which name file and row.

use std::collections::BTreeMap;

use super::explained::{Explained, Explanation, Observed, Step};
use super::words::Words;
use super::{DataStatus, Figure, LineType, Statement, StatementLine};
use crate::bind::Source;
use crate::evaluate::Values;
use crate::num::Exact;
use crate::plan::{Lacking, NodeId, Op, Part, PlanNodes};

/// Explains a line.
pub(super) fn explain(statement: &Statement<'_>, line: &StatementLine) -> Explanation {
    let spec = &statement.basis.model.plan.lines()[line.spec];
    let values = &statement.basis.all_values(line.lane);
    let mut walk = Walk {
        statement,
        values,
        lane: line.lane,
        stated: stated_nodes(statement, line.lane, Some(line.spec)),
        seen: BTreeMap::new(),
    };
    let contract = &statement.basis.model.contract;
    let mut notes = notes(line, &contract.currency);
    let steps = match line.line_type {
        LineType::Entitlement => walk.line_steps(line.node, spec.amount, spec.exact),
        LineType::OnAccount => vec![walk.step(line.node, true)],
        LineType::Settlement => {
            let money = |amount: &Exact| amount.grouped(contract.minor_places as usize);
            let paid = values.of(line.node) - &line.amount;
            let entitlement = values.of(line.node);
            notes.push(format!(
                "the entitlement {} less {} paid on account is {}",
                money(entitlement),
                money(&paid),
                money(&line.amount)
            ));
            walk.line_steps(line.node, spec.amount, spec.exact)
        }
    };
    let parts = spec
        .parts
        .iter()
        .map(|part| (part.payer.clone(), part.payee.clone(), values.of(part.amount).clone()));
    let parts = if line.line_type == LineType::OnAccount { Vec::new() } else { parts.collect() };
    Explanation {
        of: Explained::Line { line: Box::new(line.clone()), parts },
        notes,
        steps,
        currency: statement.basis.model.contract.currency.clone(),
        places: statement.basis.model.contract.minor_places as usize,
    }
}

/// Explains a figure: where it is absent, by what says so.
pub(super) fn explain_figure(statement: &Statement<'_>, figure: &Figure) -> Explanation {
    let spec = statement.basis.figures[figure.spec];
    let values = &statement.basis.all_values(figure.lane);
    let stated = stated_nodes(statement, figure.lane, None);
    let mut walk = Walk { statement, values, lane: figure.lane, stated, seen: BTreeMap::new() };
    let node = spec.given.filter(|_| figure.value.is_none()).unwrap_or(spec.value);
    let shown = walk.words().value(spec.value);
    let carried = figure.carried_by.as_ref();
    Explanation {
        of: Explained::Figure { figure: Box::new(figure.clone()), shown },
        notes: carried
            .map(|measure| format!("the next period reads it as `{measure}`"))
            .into_iter()
            .collect(),
        steps: vec![walk.step(node, true)],
        currency: statement.basis.model.contract.currency.clone(),
        places: statement.basis.model.contract.minor_places as usize,
    }
}

fn notes(line: &StatementLine, currency: &str) -> Vec<String> {
    let mut notes = Vec::new();
    if !line.live {
        notes.push(format!("the clause is {}: the line is shown and counts 0 {currency}", line.status));
    }
    match line.data {
        DataStatus::Agreed => notes.push("it rests on agreed numbers alone".to_string()),
        DataStatus::Provisional => notes.push("it rests on a flex submission and is provisional".to_string()),
        DataStatus::Final => {}
    }
    if let Some(clause) = &line.deduct_from {
        notes.push(format!("it is deducted from payments under `{clause}`"));
    }
    notes
}

/// The nodes that lines other than the one explained state for a holder, with their ids.
fn stated_nodes(
    statement: &Statement<'_>,
    lane: usize,
    explained: Option<usize>,
) -> BTreeMap<NodeId, String> {
    let lines = statement.basis.model.plan.lines().iter().enumerate();
    let others = lines.filter(|(index, _)| Some(*index) != explained);
    let holder = statement.basis.facts.lanes[lane].holder.as_deref();
    let mut stated = BTreeMap::new();
    for (_, spec) in others {
        let own = holder.filter(|_| spec.by_holder);
        let id = [spec.id.as_str()].into_iter().chain(own).collect::<Vec<_>>().join(":");
        for part in &spec.parts {
            stated.entry(part.amount).or_insert_with(|| id.clone());
        }
        stated.insert(spec.amount, id);
    }
    stated
}

struct Walk<'a, 'm> {
    statement: &'a Statement<'m>,
    values: &'a Values,
    lane: usize,
    stated: BTreeMap<NodeId, String>,
    /// Where a node was explained first.
    seen: BTreeMap<NodeId, ()>,
}

/// Deepest explanation; beyond, a step stands without its inputs.
const DEPTH_MAX: usize = 60;

impl<'a> Walk<'a, '_> {
    /// The part, the line when it is split, and the exact amount.
    fn line_steps(&mut self, part: NodeId, amount: NodeId, exact: NodeId) -> Vec<Step> {
        let mut steps = vec![self.step(part, true)];
        for node in [amount, exact] {
            if !self.seen.contains_key(&node) {
                steps.push(self.step(node, true));
            }
        }
        steps
    }

    fn words(&self) -> Words<'a> {
        let contract = &self.statement.basis.model.contract;
        Words {
            plan: &self.statement.basis.model.plan,
            values: self.values,
            statistics: &self.statement.basis.statistics,
            holder: self.lane,
            money: (&contract.currency, contract.minor_places as usize),
        }
    }

    fn step(&mut self, node: NodeId, start: bool) -> Step {
        self.step_at(node, start, 0)
    }

    fn step_at(&mut self, node: NodeId, start: bool, depth: usize) -> Step {
        let plan = &self.statement.basis.model.plan;
        let values = self.values;
        let lane = &self.statement.basis.facts.lanes[self.lane];
        let words = self.words();
        let origin = plan.origin(node);
        let stated = self.stated.get(&node).filter(|_| !start).cloned();
        // A name for another step shows that step's rule and inputs under its own name.
        let mut inner = node;
        while let Some(next) = super::lines::is_alias(plan, inner) {
            if self.stated.contains_key(&next) {
                break;
            }
            inner = next;
        }
        let first_time = self.seen.insert(node, ()).is_none();
        let mut step = Step {
            what: origin.what.to_string(),
            context: origin.context.to_string(),
            value: values.of(node).clone(),
            shown: words.value(node),
            unit: origin.unit.to_string(),
            rule: String::new(),
            place: origin.place.clone(),
            observed: None,
            line: stated.clone(),
            subtracted: false,
            inputs: Vec::new(),
        };
        if stated.is_some() {
            step.rule = "stated by that line".to_string();
        } else if let Op::Fact(fact) = &plan.node(inner).op {
            (step.rule, step.observed) =
                observed(&plan.facts()[fact.0 as usize], &lane.sources[fact.0 as usize], &step.value);
        } else {
            step.rule = words.rule(inner);
            if inner != node {
                step.rule = format!("{}: {}", plan.origin(inner).what, step.rule);
            }
            let operands = taken(plan, values, inner);
            if first_time && depth < DEPTH_MAX {
                self.seen.insert(inner, ());
                step.inputs = self.inputs(inner, &operands, depth);
            } else if !operands.is_empty() {
                step.rule.push_str(" (explained above)");
            }
        }
        step
    }

    /// The inputs, without agreed numbers that the rule shows already.
    fn inputs(&mut self, node: NodeId, operands: &[NodeId], depth: usize) -> Vec<Step> {
        let plan = &self.statement.basis.model.plan;
        let shown = |node: &&NodeId| !matches!(plan.node(**node).op, Op::Const(_));
        let mut unique: Vec<NodeId> = Vec::new();
        for node in operands.iter().filter(shown) {
            if !unique.contains(node) {
                unique.push(*node);
            }
        }
        let subtracted = |input: &NodeId| match &plan.node(node).op {
            Op::Linear { terms, .. } => terms.iter().any(|(factor, term)| term == input && factor.sign() < 0),
            Op::Const(_)
            | Op::Fact(_)
            | Op::Product(..)
            | Op::Ratio(..)
            | Op::Piecewise(..)
            | Op::Extreme(..)
            | Op::Select { .. }
            | Op::Round { .. }
            | Op::Share(..)
            | Op::Statistic(_) => false,
        };
        let step =
            |input: NodeId| Step { subtracted: subtracted(&input), ..self.step_at(input, false, depth + 1) };
        unique.into_iter().map(step).collect()
    }
}

/// The nodes that a value rests on: of a choice, the condition and the branch taken; of a
/// companion that says that nothing is lacking, none.
fn taken(plan: &crate::plan::Plan, values: &Values, node: NodeId) -> Vec<NodeId> {
    match &plan.node(node).op {
        Op::Select { condition, then, otherwise } => {
            let branch = if values.of(*condition).is_zero() { otherwise } else { then };
            vec![*condition, *branch]
        }
        Op::Const(_)
        | Op::Fact(_)
        | Op::Linear { .. }
        | Op::Product(..)
        | Op::Ratio(..)
        | Op::Piecewise(..)
        | Op::Extreme(..)
        | Op::Round { .. }
        | Op::Share(..) => plan.operands(node),
        Op::Statistic(statistic) => plan.statistic(*statistic).own_operands(),
    }
}

fn observed(spec: &crate::plan::FactSpec, source: &Source, value: &Exact) -> (String, Option<Observed>) {
    match source {
        Source::Row { .. } | Source::Missing if spec.part == Part::Given => given(source, value),
        Source::Row { file, row, submission } => {
            let data = if submission.is_empty() { String::new() } else { format!(", {submission}") };
            let rule = format!("observed ({file}, row {row}{data})");
            let row = Observed { file: file.to_string(), row: *row, submission: submission.to_string() };
            (rule, Some(row))
        }
        Source::Missing => {
            let rule = match &spec.lacking {
                Lacking::Counts(value) => format!("there is no observation; the contract counts {value}"),
                Lacking::Told(_) | Lacking::Refused => "there is no observation".to_string(),
            };
            (rule, None)
        }
        Source::Unneeded => ("not needed".to_string(), None),
    }
}

/// Whether there is an observation: suppressed figures are none, and their row is named.
fn given(source: &Source, value: &Exact) -> (String, Option<Observed>) {
    match source {
        Source::Row { file, row, submission } => {
            let word = if value.is_zero() { "the figure is suppressed" } else { "there is an observation" };
            let rule = format!("{word} ({file}, row {row})");
            let observed = Observed { file: file.to_string(), row: *row, submission: submission.to_string() };
            (rule, Some(observed))
        }
        Source::Missing | Source::Unneeded => ("there is no observation".to_string(), None),
    }
}
