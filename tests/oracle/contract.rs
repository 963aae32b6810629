//! The contract as the oracle holds it: head, parties and axes read once, everything else stays JSON.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::calendar::{Calendar, Period};
use super::clauses::Computed;
use super::formula::{self, Expr};
use super::json::Json;
use super::numbers::{Mode, Number, Value, decimal};
use super::observations::Observations;
use super::reads::Reads;

pub struct Axis {
    pub name: String,
    pub parent: Option<String>,
    /// Members in order, each with its member of the parent axis.
    pub members: Vec<(String, Option<String>)>,
}

/// One period, members of some axes, and a holder if the contract has a `many` party.
#[derive(Clone, Debug)]
pub struct Context {
    pub period: Period,
    pub fixed: BTreeMap<String, String>,
    pub holder: Option<String>,
}

pub struct Oracle {
    pub document: Json,
    pub calendar: Calendar,
    pub currency: String,
    pub mode: Mode,
    pub quantum: Number,
    /// The axes of the contract, and `party`.
    pub axes: Vec<Axis>,
    pub many: Option<String>,
    pub observations: Observations,
    pub parsed: RefCell<BTreeMap<String, Rc<Expr>>>,
    pub known_reads: RefCell<BTreeMap<String, Reads>>,
    pub known_quantities: RefCell<BTreeMap<String, Option<Value>>>,
    pub known_lines: RefCell<BTreeMap<String, Rc<Computed>>>,
    /// What is being worked out now, to report a circle instead of running for ever.
    pub open: RefCell<Vec<String>>,
}

fn minor_unit(currency: &str) -> Number {
    match currency {
        "JPY" | "KRW" | "ISK" | "CLP" | "VND" | "XAF" | "XOF" | "UGX" | "RWF" => decimal("1"),
        "KWD" | "BHD" | "OMR" | "JOD" | "TND" => decimal("0.001"),
        _ => decimal("0.01"),
    }
}

fn id_of(item: &Json) -> String {
    item.get("id").unwrap_or(item).text().to_string()
}

fn axis(name: &str, definition: &Json) -> Axis {
    let parent = definition.get("within").map(|within| within.text().to_string());
    let listed = definition.get("members").unwrap_or(definition);
    let member = |item: &Json| (id_of(item), item.get("in").map(|within| within.text().to_string()));
    Axis { name: name.to_string(), parent, members: listed.items().iter().map(member).collect() }
}

impl Oracle {
    pub fn new(document: Json, observations_csv: &str) -> Oracle {
        let head = |key: &str| document.need(key);
        let term = head("term").texts();
        let calendar = Calendar::new(&term[0], &term[1], head("year_starts").text());
        let currency = head("currency").text().to_string();
        let many_party = head("parties").items().iter().find(|p| p.get("many").is_some_and(Json::is_true));
        let many = many_party.map(id_of);
        let named = document.get("axes").map(Json::entries).unwrap_or_default();
        let mut axes: Vec<Axis> = named.iter().map(|(name, definition)| axis(name, definition)).collect();
        axes.push(axis("party", head("parties")));
        Oracle {
            mode: Mode::named(head("rounding").need("mode").text()),
            quantum: minor_unit(&currency),
            observations: Observations::read(observations_csv, &document, many.as_deref()),
            calendar,
            currency,
            axes,
            many,
            parsed: RefCell::default(),
            known_reads: RefCell::default(),
            known_quantities: RefCell::default(),
            known_lines: RefCell::default(),
            open: RefCell::default(),
            document,
        }
    }

    /// An entry of `measures`, `tables`, `curves`, `quantities`, `groups` or `clauses`.
    pub fn entry(&self, section: &str, name: &str) -> Option<&Json> {
        self.document.get(section)?.get(name)
    }

    pub fn formula(&self, source: &Json) -> Rc<Expr> {
        let text = source.text();
        if let Some(known) = self.parsed.borrow().get(text) {
            return known.clone();
        }
        let expr = Rc::new(formula::parse(text, &self.currency));
        self.parsed.borrow_mut().insert(text.to_string(), expr.clone());
        expr
    }

    pub fn axis(&self, name: &str) -> Option<&Axis> {
        self.axes.iter().find(|axis| axis.name == name)
    }

    pub fn need_axis(&self, name: &str) -> &Axis {
        self.axis(name).unwrap_or_else(|| panic!("there is no axis `{name}`"))
    }

    /// Parties with a role, or the parties listed.
    pub fn parties(&self, who: &Json) -> Vec<String> {
        let all = self.document.need("parties").items();
        if matches!(who, Json::List(_)) {
            return who.texts();
        }
        let role = who.text();
        all.iter().filter(|p| p.get("role").is_some_and(|r| r.text() == role)).map(id_of).collect()
    }

    /// `axis` itself and the axes it lies within, nearest first.
    pub fn lineage(&self, axis: &str) -> Vec<String> {
        let mut chain = vec![axis.to_string()];
        while let Some(parent) = self.axis(&chain[chain.len() - 1]).and_then(|a| a.parent.clone()) {
            chain.push(parent);
        }
        chain
    }

    /// The member of `axis` that `member` of `from` is or lies in.
    fn climb(&self, from: &str, member: &str, axis: &str) -> Option<String> {
        let (mut at, mut member) = (self.axis(from)?, member.to_string());
        while at.name != axis {
            let (_, parent) = at.members.iter().find(|(id, _)| *id == member)?;
            member = parent.clone()?;
            at = self.axis(at.parent.as_deref()?)?;
        }
        Some(member)
    }

    /// The member of `axis` fixed by the context, directly or through a parent.
    pub fn member(&self, context: &Context, axis: &str) -> Option<String> {
        if let Some(member) = context.fixed.get(axis) {
            return Some(member.clone());
        }
        context.fixed.iter().find_map(|(from, member)| self.climb(from, member, axis))
    }

    /// The context with `axis` at `member`; what was said of axes above and below it no longer holds.
    pub fn bind(&self, context: &Context, axis: &str, member: &str) -> Context {
        let mut bound = context.clone();
        if self.many.as_deref() == Some(axis) {
            bound.holder = Some(member.to_string());
            return bound;
        }
        assert!(
            self.need_axis(axis).members.iter().any(|(id, _)| id == member),
            "`{member}` is not a member of `{axis}`"
        );
        let above = self.lineage(axis);
        bound.fixed.retain(|other, _| !above.contains(other) && !self.lineage(other).contains(&above[0]));
        bound.fixed.insert(axis.to_string(), member.to_string());
        bound
    }

    /// Runs `work` unless `what` is being worked out already.
    pub fn guarded<T>(&self, what: &str, work: impl FnOnce() -> T) -> T {
        let circle = self.open.borrow().iter().any(|open| open == what);
        assert!(!circle, "a circle: {} -> {what}", self.open.borrow().join(" -> "));
        self.open.borrow_mut().push(what.to_string());
        let result = work();
        self.open.borrow_mut().pop();
        result
    }
}
