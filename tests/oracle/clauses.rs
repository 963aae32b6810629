//! Clauses: which lines there are, what each comes to, and what `paid` and `net` see of them.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::calendar::{Period, Span};
use super::contract::{Context, Oracle};
use super::json::Json;
use super::numbers::{Number, Unit, Value, decimal, round_to, whole};

/// Which line: a clause, a period, members in the order of the id, a holder.
#[derive(Clone, Debug)]
pub struct Key {
    pub clause: String,
    pub period: Period,
    /// Axis and member; the party of an `each` comes last, as axis `party`.
    pub members: Vec<(String, String)>,
    pub holder: Option<String>,
}

/// What a line comes to; parts by payer and payee.
#[derive(Clone, Debug)]
pub struct Computed {
    pub amount: Number,
    pub parts: Vec<(String, String, Number)>,
}

impl Oracle {
    pub fn clause(&self, name: &str) -> &Json {
        self.entry("clauses", name).unwrap_or_else(|| panic!("there is no clause `{name}`"))
    }

    /// The clauses a clause or group stands for.
    pub fn members_of(&self, name: &str) -> Vec<String> {
        match self.entry("groups", name) {
            Some(group) => group.texts().iter().flat_map(|member| self.members_of(member)).collect(),
            None => self.entry("clauses", name).map(|_| name.to_string()).into_iter().collect(),
        }
    }

    fn is_active(&self, clause: &Json, period: Period) -> bool {
        let Some(active) = clause.get("active") else {
            return true;
        };
        let ends = active.texts();
        self.calendar.key_covers(&format!("{}..{}", ends[0], ends[1]), period)
    }

    /// Whether lines of the period count in `paid` and `net`.
    pub fn is_live(&self, clause: &Json, period: Period) -> bool {
        let Some(status) = clause.get("status") else {
            return true;
        };
        if let Json::Text(status) = status {
            return status == "live";
        }
        let first = self.calendar.within(period, Span::Month)[0];
        let year = self.calendar.enclosing(first, Span::Year);
        let found = status.entries().iter().find(|(key, _)| self.calendar.key_covers(key, year));
        found.is_none_or(|(_, status)| status.text() == "live")
    }

    /// The lines of a clause whose assessment periods lie within a period, in order.
    pub fn keys(&self, name: &str, within: Period) -> Vec<Key> {
        let clause = self.clause(name);
        let span = Span::need(clause.need("per").text());
        let mut members = vec![Vec::new()];
        for axis in clause.get("lines").map(Json::texts).unwrap_or_default() {
            let ids: Vec<String> = self.need_axis(&axis).members.iter().map(|(id, _)| id.clone()).collect();
            members = crossed(members, &axis, &ids);
        }
        if let Some(each) = ["from", "to"].iter().find_map(|side| clause.need(side).get("each")) {
            members = crossed(members, "party", &self.parties(each));
        }
        let holders: Vec<Option<String>> = match self.by_holder(name) {
            true => self.observations.holders.iter().cloned().map(Some).collect(),
            false => vec![None],
        };
        let periods = self.calendar.within(within, span).into_iter();
        let periods = periods.filter(|p| self.calendar.in_term(*p) && self.is_active(clause, *p));
        let mut keys = Vec::new();
        for period in periods {
            for members in &members {
                for holder in &holders {
                    let (clause, members, holder) = (name.to_string(), members.clone(), holder.clone());
                    keys.push(Key { clause, period, members, holder });
                }
            }
        }
        keys
    }

    pub fn line_id(&self, key: &Key) -> String {
        let mut id = format!("{}:{}", key.clause, self.calendar.label(key.period));
        for (_, member) in &key.members {
            id = format!("{id}:{member}");
        }
        key.holder.iter().fold(id, |id, holder| format!("{id}:{holder}"))
    }

    pub fn context(key: &Key) -> Context {
        let fixed: BTreeMap<String, String> = key.members.iter().cloned().collect();
        Context { period: key.period, fixed, holder: key.holder.clone() }
    }

    /// The line; of a cumulative clause, what has been added since the last.
    pub fn line(&self, key: &Key) -> Rc<Computed> {
        let clause = self.clause(&key.clause);
        let now = self.whole_line(key);
        let Some(frame) = clause.get("cumulative").map(|frame| Span::need(frame.text())) else {
            return now;
        };
        let before = self.calendar.earlier(key.period, 1).filter(|p| {
            let same = self.calendar.enclosing(*p, frame) == self.calendar.enclosing(key.period, frame);
            same && self.calendar.in_term(*p) && self.is_active(clause, *p)
        });
        let Some(period) = before else { return now };
        let last = self.whole_line(&Key { period, ..key.clone() });
        let mut parts = now.parts.clone();
        for (payer, payee, amount) in &last.parts {
            match parts.iter_mut().find(|(from, to, _)| from == payer && to == payee) {
                Some((_, _, sum)) => *sum -= amount,
                None => parts.push((payer.clone(), payee.clone(), -amount)),
            }
        }
        Rc::new(Computed { amount: &now.amount - &last.amount, parts })
    }

    /// Computed exactly, gated, rounded once, then split (for a cumulative clause: the year to date).
    fn whole_line(&self, key: &Key) -> Rc<Computed> {
        let id = self.line_id(key);
        if let Some(known) = self.known_lines.borrow().get(&id) {
            return known.clone();
        }
        let computed = Rc::new(self.guarded(&id, || {
            if let (Some(holder), true) = (&key.holder, self.is_shared_among_holders(&key.clause)) {
                return self.part_of_holder(key, holder);
            }
            let (clause, context) = (self.clause(&key.clause), Self::context(key));
            let amount = if self.gate(clause, &context, &id) {
                self.money(clause.need("amount"), &context, &id)
            } else {
                whole(0)
            };
            let amount = round_to(&amount, &self.line_quantum(clause), self.mode);
            let parts = self.parts(clause, &amount, &context);
            Computed { amount: parts.iter().map(|(_, _, part)| part).sum(), parts }
        }));
        self.known_lines.borrow_mut().insert(id, computed.clone());
        computed
    }

    /// Whether one line is shared among all holders: each has its part of it.
    fn is_shared_among_holders(&self, name: &str) -> bool {
        let clause = self.clause(name);
        let among = ["from", "to"].iter().find_map(|side| clause.need(side).get("among"));
        among.is_some_and(|among| self.many.as_ref().is_some_and(|many| among.texts() == [many.clone()]))
    }

    /// A holder's part of a line that is shared among all; the party stands for the holder again.
    fn part_of_holder(&self, key: &Key, holder: &str) -> Computed {
        let whole_line = self.whole_line(&Key { holder: None, ..key.clone() });
        let many = self.many.clone().unwrap_or_default();
        let own = |id: &String| if id == holder { many.clone() } else { id.clone() };
        let parts = whole_line.parts.iter().filter(|(from, to, _)| from == holder || to == holder);
        let parts: Vec<_> = parts.map(|(from, to, part)| (own(from), own(to), part.clone())).collect();
        Computed { amount: parts.iter().map(|(_, _, part)| part).sum(), parts }
    }

    fn gate(&self, clause: &Json, context: &Context, id: &str) -> bool {
        let Some(when) = clause.get("when") else {
            return true;
        };
        let flag = self.evaluate(&self.formula(when), context);
        flag.unwrap_or_else(|| panic!("the gate of {id} is absent")).truth()
    }

    pub fn line_quantum(&self, clause: &Json) -> Number {
        clause.get("round").map_or(self.quantum.clone(), |quantum| decimal(quantum.text()))
    }

    /// A formula that must be there and must be money.
    pub fn money(&self, source: &Json, context: &Context, id: &str) -> Number {
        let value = self.evaluate(&self.formula(source), context);
        let value = value.unwrap_or_else(|| panic!("the amount of {id} is absent"));
        assert!(value.unit.year == 0 && value.unit.month == 0, "the amount of {id} is not money: {value:?}");
        value.number
    }

    /// Live lines of a clause or group that agree with the context.
    fn agreeing(&self, what: &str, context: &Context) -> Vec<Key> {
        let clauses = self.members_of(what);
        assert!(!clauses.is_empty(), "there is no clause or group `{what}`");
        let mut found = Vec::new();
        for name in clauses {
            let clause = self.clause(&name);
            let span = Span::need(clause.need("per").text());
            assert!(span <= context.period.span, "`{name}` is per {span:?}, read in a shorter period");
            let keys = self.keys(&name, context.period).into_iter();
            found.extend(keys.filter(|key| self.is_live(clause, key.period) && self.agrees(key, context)));
        }
        found
    }

    fn agrees(&self, key: &Key, context: &Context) -> bool {
        let line = Self::context(key);
        let same_holder = match (&line.holder, &context.holder) {
            (Some(a), Some(b)) => a == b,
            (Some(_), None) => panic!("`{}` has a line per holder: sum it over them", key.clause),
            _ => true,
        };
        same_holder
            && self.axes.iter().all(|axis| {
                let here = self.member(context, &axis.name);
                here.is_none_or(|here| self.member(&line, &axis.name).is_none_or(|there| here == there))
            })
    }

    pub fn paid(&self, what: &str, context: &Context) -> Value {
        let lines = self.agreeing(what, context);
        Value { number: lines.iter().map(|key| self.line(key).amount.clone()).sum(), unit: MONEY }
    }

    /// What a party receives less what it pays.
    pub fn net(&self, party: &str, what: &str, context: &Context) -> Value {
        let many = self.many.clone();
        let party = match party {
            "party" => self.member(context, "party").or(many.clone()),
            named => Some(named.to_string()),
        };
        let party = party.unwrap_or_else(|| panic!("nothing fixes `party` in `net`"));
        let is_party = |id: &str| {
            id == party || (many.as_ref() == Some(&party) && Some(id) == context.holder.as_deref())
        };
        let mut number = whole(0);
        for key in self.agreeing(what, context) {
            for (payer, payee, amount) in &self.line(&key).parts {
                if is_party(payee) {
                    number += amount;
                }
                if is_party(payer) {
                    number -= amount;
                }
            }
        }
        Value { number, unit: MONEY }
    }
}

const MONEY: Unit = Unit { year: 0, month: 0, money: 1 };

/// Every list of members so far with every member of one more axis.
fn crossed(members: Vec<Vec<(String, String)>>, axis: &str, ids: &[String]) -> Vec<Vec<(String, String)>> {
    let with = |list: &Vec<(String, String)>, id: &String| {
        let mut longer = list.clone();
        longer.push((axis.to_string(), id.clone()));
        longer
    };
    members.iter().flat_map(|list| ids.iter().map(move |id| with(list, id))).collect()
}
