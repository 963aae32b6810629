//! What a formula reads, without evaluating it: its axes outside aggregates, its finest period, and
//! whether it depends on the holder. Needed because a quantity carries only the axes it reads.

use std::collections::BTreeSet;

use super::calendar::Span;
use super::contract::Oracle;
use super::formula::{Aggregate, Expr, Name};
use super::json::Json;
use super::observations::axes_of;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    pub axes: BTreeSet<String>,
    pub span: Option<Span>,
    pub holder: bool,
}

impl Reads {
    fn join(&mut self, other: Reads) {
        self.axes.extend(other.axes);
        self.span = [self.span, other.span].into_iter().flatten().min();
        self.holder |= other.holder;
    }

    /// No longer of the context: the axis that is fixed, and those it fixes.
    fn without(&mut self, lineage: &[String]) {
        self.axes.retain(|axis| !lineage.contains(axis));
    }
}

impl Oracle {
    /// A name's axis: a period, the `many` party or a plain axis.
    fn axis_reads(&self, reads: &mut Reads, axis: &str) {
        match (Span::named(axis), self.many.as_deref() == Some(axis)) {
            (Some(span), _) => reads.join(Reads { span: Some(span), ..Reads::default() }),
            (None, true) => reads.holder = true,
            (None, false) => drop(reads.axes.insert(axis.to_string())),
        }
    }

    pub fn reads(&self, expr: &Expr, open: &mut Vec<String>) -> Reads {
        let mut reads = Reads::default();
        match expr {
            Expr::Number(_) | Expr::Money(_) | Expr::Absent => {}
            Expr::Name(name) => reads = self.name_reads(name, open),
            Expr::Is(name, key) => {
                for word in [name, key].into_iter().filter(|word| self.is_code(word)) {
                    reads.join(self.bare_reads(word, open));
                }
                if !self.is_code(name) {
                    self.axis_reads(&mut reads, name);
                }
            }
            Expr::Call(function, arguments) => reads = self.call_reads(function, arguments, open),
            Expr::Aggregate(aggregate) => reads = self.aggregate_reads(aggregate, open),
            Expr::Not(inner) | Expr::Negative(inner) => reads = self.reads(inner, open),
            Expr::If(parts) => parts.iter().for_each(|part| reads.join(self.reads(part, open))),
            Expr::Else(pair) | Expr::Binary(_, pair) | Expr::RoundTo(_, pair) => {
                pair.iter().for_each(|part| reads.join(self.reads(part, open)));
            }
        }
        reads
    }

    /// What a measure, table or quantity reads, without keys.
    pub fn bare_reads(&self, name: &str, open: &mut Vec<String>) -> Reads {
        if self.entry("quantities", name).is_some() {
            return self.quantity_reads(name, open);
        }
        let mut reads = Reads::default();
        if let Some(definition) = self.measure(name).or_else(|| self.entry("tables", name)) {
            axes_of(definition).iter().for_each(|axis| self.axis_reads(&mut reads, axis));
        }
        if let Some(definition) = self.measure(name) {
            self.axis_reads(&mut reads, definition.need("per").text());
        }
        reads
    }

    fn name_reads(&self, name: &Name, open: &mut Vec<String>) -> Reads {
        let mut reads = self.bare_reads(&name.name, open);
        for key in &name.keys {
            if self.calendar.parse(key).is_some() {
                reads.span = None;
            } else if self.is_code(key) {
                let axis = self.measure(key).map(|code| code.need("axis").text().to_string());
                reads.without(&self.lineage(&axis.unwrap_or_default()));
                reads.join(self.bare_reads(key, open));
            } else {
                let axis = self.axis_of_key(&reads.axes, key);
                reads.without(&self.lineage(&axis));
            }
        }
        reads
    }

    /// The axis a member in brackets belongs to: one of the name's axes first, otherwise any.
    pub fn axis_of_key(&self, own: &BTreeSet<String>, key: &str) -> String {
        let has = |axis: &&super::contract::Axis| axis.members.iter().any(|(id, _)| id == key);
        let mine = self.axes.iter().filter(|axis| own.contains(&axis.name)).find(has);
        let found = mine.or_else(|| self.axes.iter().find(has));
        found.unwrap_or_else(|| panic!("`{key}` is no member, period or code")).name.clone()
    }

    pub fn quantity_reads(&self, name: &str, open: &mut Vec<String>) -> Reads {
        if let Some(known) = self.known_reads.borrow().get(name) {
            return known.clone();
        }
        if open.iter().any(|other| other == name) {
            return Reads::default();
        }
        let definition = self.entry("quantities", name).unwrap_or_else(|| panic!("no quantity `{name}`"));
        let formula = self.formula(definition.get("is").unwrap_or(definition));
        let top = open.is_empty();
        open.push(name.to_string());
        let mut reads = self.reads(&formula, open);
        open.pop();
        axes_of(definition).iter().for_each(|axis| self.axis_reads(&mut reads, axis));
        if let Some(per) = definition.get("per") {
            reads.span = Some(Span::need(per.text()));
        }
        if top {
            self.known_reads.borrow_mut().insert(name.to_string(), reads.clone());
        }
        reads
    }

    fn call_reads(&self, function: &str, arguments: &[Expr], open: &mut Vec<String>) -> Reads {
        let mut reads = Reads::default();
        if let Some(curve) = self.entry("curves", function) {
            axes_of(curve).iter().for_each(|axis| self.axis_reads(&mut reads, axis));
        }
        if function == "paid" || function == "net" {
            for argument in arguments {
                let Expr::Name(name) = argument else { panic!("`{function}` takes names") };
                if name.name == "party" {
                    reads.axes.insert("party".to_string());
                }
                reads.holder |= self.members_of(&name.name).iter().any(|c| self.by_holder_in(c, open));
            }
            return reads;
        }
        arguments.iter().for_each(|argument| reads.join(self.reads(argument, open)));
        reads
    }

    fn aggregate_reads(&self, aggregate: &Aggregate, open: &mut Vec<String>) -> Reads {
        let mut reads = self.reads(&aggregate.body, open);
        if let Some(filter) = &aggregate.filter {
            reads.join(self.reads(filter, open));
        }
        if Span::named(&aggregate.axis).is_some() {
            reads.span = None;
        } else if self.many.as_ref() == Some(&aggregate.axis) {
            // Over all holders it is the same for each, but for the place of each among them.
            reads.holder = aggregate.function == "rank";
        } else {
            reads.without(&self.lineage(&aggregate.axis));
        }
        match aggregate.within.as_deref() {
            Some(axis) if self.axis(axis).is_some() => self.axis_reads(&mut reads, axis),
            Some(name) if self.many.as_ref() == Some(&aggregate.axis) => {
                reads.join(self.bare_reads(name, open));
            }
            _ => {}
        }
        reads
    }

    /// Whether a clause has a line for each holder of the `many` party.
    pub fn by_holder(&self, clause: &str) -> bool {
        self.by_holder_in(clause, &mut Vec::new())
    }

    fn by_holder_in(&self, clause: &str, open: &mut Vec<String>) -> bool {
        let (Some(many), Some(definition)) = (&self.many, self.entry("clauses", clause)) else {
            return false;
        };
        let mark = format!("clause {clause}");
        if open.contains(&mark) {
            return false;
        }
        open.push(mark);
        let sides = [definition.need("from"), definition.need("to")];
        let mut found = sides.iter().any(|side| names_party(side, many));
        let weights = sides.iter().filter_map(|side| side.get("weights"));
        let limits = sides.iter().filter_map(|side| side.get("between")).flat_map(Json::items);
        let plan = definition.get("on_account");
        let instalment = plan.and_then(|plan| plan.get("amount").or(plan.get("total")));
        let own = [definition.get("amount"), definition.get("when"), instalment];
        for source in own.into_iter().flatten().chain(weights).chain(limits) {
            found = found || self.reads(&self.formula(source), open).holder;
        }
        open.pop();
        found
    }
}

/// Whether a side of a clause is, or shares among, the party.
fn names_party(side: &Json, party: &str) -> bool {
    if let Json::Text(id) = side {
        return id == party;
    }
    match side.get("each").or(side.get("among")) {
        Some(each) => each.texts().iter().any(|id| id == party),
        None => side.get(party).is_some(),
    }
}
