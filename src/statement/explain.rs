//! Why a line is what it is: the values of one evaluation, walked backwards.
//!
//! The walk knows kinds of node, not clauses. It stops at what other lines state, which are named
//! so that each can be explained in its turn, and at observations, which name file and row.

use std::collections::BTreeMap;

use super::words::Words;
use super::{DataStatus, LineType, Statement, StatementLine};
use crate::bind::Source;
use crate::evaluate::Values;
use crate::num::Exact;
use crate::plan::{Lacking, NodeId, Op, Part, PlanNodes};
use crate::source::Place;

/// An observation that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The file.
    pub file: String,
    /// The row.
    pub row: usize,
    /// `flex`, `freeze` or nothing.
    pub submission: String,
}

/// One step: a value, what it is, and what it was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is: the name or formula as written.
    pub what: String,
    /// The period and members it is for.
    pub context: String,
    /// Its exact value.
    pub value: Exact,
    /// The value as people read it.
    pub shown: String,
    /// Its unit; empty for pure numbers.
    pub unit: String,
    /// The rule with its numbers, in words.
    pub rule: String,
    /// Its place in the contract.
    pub place: Place,
    /// The observation it is, when it is one.
    pub observed: Option<Observed>,
    /// The line that states it, when another line does.
    pub line: Option<String>,
    /// True when it is subtracted in the step that reads it.
    pub subtracted: bool,
    /// What it was made of.
    pub inputs: Vec<Step>,
}

/// A line explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The line.
    pub line: StatementLine,
    /// All parts of the line: payer, payee, amount.
    pub parts: Vec<(String, String, Exact)>,
    /// The clause's conditions in words: on account, status, data.
    pub notes: Vec<String>,
    /// The steps, from the amount back to observations and agreed numbers.
    pub steps: Vec<Step>,
    currency: String,
    places: usize,
}

pub(super) fn explain(statement: &Statement<'_>, line: &StatementLine) -> Explanation {
    let spec = &statement.basis.model.plan.lines()[line.spec];
    let values = &statement.basis.all_values(line.lane);
    let mut walk = Walk {
        statement,
        values,
        lane: line.lane,
        stated: stated_nodes(statement, line),
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
    Explanation {
        line: line.clone(),
        parts: if line.line_type == LineType::OnAccount { Vec::new() } else { parts.collect() },
        notes,
        steps,
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

/// The nodes that other lines state, with their ids.
fn stated_nodes(statement: &Statement<'_>, line: &StatementLine) -> BTreeMap<NodeId, String> {
    let lines = statement.basis.model.plan.lines().iter().enumerate();
    let others = lines.filter(|(index, _)| *index != line.spec);
    let mut stated = BTreeMap::new();
    for (_, spec) in others {
        for part in &spec.parts {
            stated.entry(part.amount).or_insert_with(|| spec.id.clone());
        }
        stated.insert(spec.amount, spec.id.clone());
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

impl Walk<'_, '_> {
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

    fn step(&mut self, node: NodeId, start: bool) -> Step {
        self.step_at(node, start, 0)
    }

    fn step_at(&mut self, node: NodeId, start: bool, depth: usize) -> Step {
        let plan = &self.statement.basis.model.plan;
        let values = self.values;
        let lane = &self.statement.basis.facts.lanes[self.lane];
        let contract = &self.statement.basis.model.contract;
        let words = Words {
            plan,
            values,
            statistics: &self.statement.basis.statistics,
            holder: self.lane,
            money: (&contract.currency, contract.minor_places as usize),
        };
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

impl Explanation {
    /// The explanation as a person reads it.
    pub fn text(&self) -> String {
        let line = &self.line;
        let money = |amount: &Exact| format!("{} {}", amount.grouped(self.places), self.currency);
        let members: Vec<&str> = line.members.iter().map(|(_, _, title)| title.as_str()).collect();
        let members = if members.is_empty() { String::new() } else { format!(", {}", members.join(", ")) };
        let mut out = format!("{}: {}\n", line.id, money(&line.amount));
        out.push_str(&format!("  {} ({}), {}{members}\n", line.title, line.kind, line.period));
        let through = line.through.as_ref().map_or(String::new(), |prime| format!(" through {prime}"));
        out.push_str(&format!(
            "  {} from {} to {}{through}\n",
            line.line_type.words(),
            line.payer,
            line.payee
        ));
        if self.parts.len() > 1 {
            let each = self
                .parts
                .iter()
                .map(|(payer, payee, amount)| format!("{payer} to {payee} {}", money(amount)));
            out.push_str(&format!("  all parts: {}\n", each.collect::<Vec<_>>().join("; ")));
        }
        for note in &self.notes {
            out.push_str(&format!("  {note}\n"));
        }
        for step in &self.steps {
            step.write(&mut out, 1);
        }
        out
    }

    /// The explanation for tools: each step with clause, unit and place.
    pub fn json(&self, document: &crate::source::Document) -> serde_json::Value {
        let amount = |value: &Exact| value.plain(self.places);
        let parts: Vec<serde_json::Value> = self
            .parts
            .iter()
            .map(|(payer, payee, value)| serde_json::json!({ "payer": payer, "payee": payee, "amount": amount(value) }))
            .collect();
        serde_json::json!({
            "line": self.line.id, "clause": self.line.clause, "type": self.line.line_type.words(),
            "period": self.line.period, "payer": self.line.payer, "payee": self.line.payee,
            "amount": amount(&self.line.amount), "currency": self.currency, "parts": parts, "notes": self.notes,
            "steps": self.steps.iter().map(|step| step.json(&self.line.clause, document)).collect::<Vec<_>>(),
        })
    }
}

/// Most lines of one clause that are written out one by one.
const LINES_SHOWN_MAX: usize = 3;

impl Step {
    fn write(&self, out: &mut String, depth: usize) {
        let indent = "  ".repeat(depth + 1);
        let context = if self.context.is_empty() { String::new() } else { format!(" [{}]", self.context) };
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        let (what, shown, rule) = (&self.what, &self.shown, &self.rule);
        match &self.line {
            Some(line) if self.subtracted => out.push_str(&format!("{indent}less {line} = {shown}{unit}\n")),
            Some(line) => out.push_str(&format!("{indent}{line} = {shown}{unit}\n")),
            None => out.push_str(&format!("{indent}{what}{context} = {shown}{unit}: {rule}\n")),
        }
        let mut inputs = &self.inputs[..];
        while let Some(first) = inputs.first() {
            let clause =
                |step: &Step| step.line.as_ref().and_then(|line| line.split(':').next()).map(str::to_string);
            let alike = |step: &&Step| {
                step.line.is_some() && clause(step) == clause(first) && step.subtracted == first.subtracted
            };
            let same = inputs.iter().take_while(alike).count();
            if same > LINES_SHOWN_MAX {
                let total: Exact = inputs[..same].iter().map(|step| &step.value).sum();
                let ends = [first, &inputs[same - 1]].map(|step| step.line.as_deref().unwrap_or_default());
                let places = first.shown.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                let total = total.grouped(places);
                let less = if first.subtracted { "less " } else { "" };
                out.push_str(&format!(
                    "{indent}  {less}{same} lines, {} to {}: {total}{unit}\n",
                    ends[0], ends[1]
                ));
                inputs = &inputs[same..];
            } else {
                first.write(out, depth + 1);
                inputs = &inputs[1..];
            }
        }
    }

    fn json(&self, clause: &str, document: &crate::source::Document) -> serde_json::Value {
        let (n, d) = self.value.parts();
        let (line, column) = self.place.line_column(document.text());
        serde_json::json!({
            "what": self.what, "context": self.context, "value": self.shown.replace(',', ""),
            "exact": format!("{n}/{d}"), "unit": self.unit, "rule": self.rule, "clause": clause,
            "place": { "pointer": &*self.place.pointer, "line": line, "column": column },
            "observed": self.observed.as_ref().map(|row| serde_json::json!({
                "file": row.file, "row": row.row, "submission": row.submission })),
            "stated_by": self.line, "subtracted": self.subtracted,
            "inputs": self.inputs.iter().map(|step| step.json(clause, document)).collect::<Vec<_>>(),
        })
    }
}
