//! An explanation as data, as text for people and as JSON for tools.

use serde_json::{Value, json};

use super::{Figure, StatementLine};
use crate::num::Exact;
use crate::source::{Document, Place};

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

/// What is explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Explained {
    /// A line.
    Line {
        /// The line.
        line: Box<StatementLine>,
        /// All parts of it: payer, payee, amount.
        parts: Vec<(String, String, Exact)>,
    },
    /// A figure.
    Figure {
        /// The figure.
        figure: Box<Figure>,
        /// Its value as people read it.
        shown: String,
    },
}

/// A line or figure explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The line or figure.
    pub of: Explained,
    /// The clause's conditions in words: on account, status, data.
    pub notes: Vec<String>,
    /// The steps, from the amount back to observations and agreed numbers.
    pub steps: Vec<Step>,
    pub(super) currency: String,
    pub(super) places: usize,
}

impl Explanation {
    /// The explanation as a person reads it.
    pub fn text(&self) -> String {
        let mut out = match &self.of {
            Explained::Line { line, parts } => self.line_text(line, parts),
            Explained::Figure { figure, shown } => figure_text(figure, shown),
        };
        for note in &self.notes {
            out.push_str(&format!("  {note}\n"));
        }
        for step in &self.steps {
            step.write(&mut out, 1);
        }
        out
    }

    fn line_text(&self, line: &StatementLine, parts: &[(String, String, Exact)]) -> String {
        let money = |amount: &Exact| format!("{} {}", amount.grouped(self.places), self.currency);
        let mut out = format!("{}: {}\n", line.id, money(&line.amount));
        let members = titles(&line.members);
        out.push_str(&format!("  {} ({}), {}{members}\n", line.title, line.kind, line.period));
        let through = line.through.as_ref().map_or(String::new(), |prime| format!(" through {prime}"));
        out.push_str(&format!(
            "  {} from {} to {}{through}\n",
            line.line_type.words(),
            line.payer,
            line.payee
        ));
        if parts.len() > 1 {
            let each =
                parts.iter().map(|(payer, payee, amount)| format!("{payer} to {payee} {}", money(amount)));
            out.push_str(&format!("  all parts: {}\n", each.collect::<Vec<_>>().join("; ")));
        }
        out
    }

    /// The explanation for tools: each step with clause, unit and place.
    pub fn json(&self, document: &Document) -> Value {
        let clause = match &self.of {
            Explained::Line { line, .. } => Some(line.clause.as_str()),
            Explained::Figure { .. } => None,
        };
        let steps: Vec<Value> = self.steps.iter().map(|step| step.json(clause, document)).collect();
        match &self.of {
            Explained::Line { line, parts } => {
                let amount = |value: &Exact| value.plain(self.places);
                let parts: Vec<Value> = parts
                    .iter()
                    .map(|(payer, payee, value)| json!({ "payer": payer, "payee": payee, "amount": amount(value) }))
                    .collect();
                json!({
                    "line": line.id, "clause": line.clause, "type": line.line_type.words(),
                    "period": line.period, "payer": line.payer, "payee": line.payee,
                    "amount": amount(&line.amount), "currency": self.currency, "parts": parts,
                    "notes": self.notes, "steps": steps,
                })
            }
            Explained::Figure { figure, shown } => json!({
                "figure": figure.id, "quantity": figure.quantity, "type": "figure", "period": figure.period,
                "value": figure.value.as_ref().map(|_| shown.replace(',', "")),
                "exact": figure.value.as_ref().map(fraction), "unit": figure.unit,
                "notes": self.notes, "steps": steps,
            }),
        }
    }
}

fn figure_text(figure: &Figure, shown: &str) -> String {
    let unit = if figure.unit.is_empty() { String::new() } else { format!(" {}", figure.unit) };
    let value = if figure.value.is_some() { format!("{shown}{unit}") } else { "absent".to_string() };
    let period = figure.period.as_ref().map_or(String::new(), |period| format!(", {period}"));
    format!("{}: {value}\n  {} (quantity){period}{}\n", figure.id, figure.title, titles(&figure.members))
}

/// The titles of members, each after a comma.
fn titles(members: &[(String, String, String)]) -> String {
    members.iter().map(|(_, _, title)| format!(", {title}")).collect()
}

fn fraction(value: &Exact) -> String {
    let (n, d) = value.parts();
    format!("{n}/{d}")
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

    fn json(&self, clause: Option<&str>, document: &Document) -> Value {
        let (line, column) = self.place.line_column(document.text());
        json!({
            "what": self.what, "context": self.context, "value": self.shown.replace(',', ""),
            "exact": fraction(&self.value), "unit": self.unit, "rule": self.rule, "clause": clause,
            "place": { "pointer": &*self.place.pointer, "line": line, "column": column },
            "observed": self.observed.as_ref().map(|row| json!({
                "file": row.file, "row": row.row, "submission": row.submission })),
            "stated_by": self.line, "subtracted": self.subtracted,
            "inputs": self.inputs.iter().map(|step| step.json(clause, document)).collect::<Vec<_>>(),
        })
    }
}
