//! Formulas in words: the operators of arithmetic stay, names and functions become words.
//!
//! `withheld_share * sum(paid(core) over month to date)` is read as “withheld share × (the sum of what is
//! paid under “core” over the months of the contract year to date)”. Parentheses stand wherever the words
//! could otherwise be read in two ways.

use super::functions::{AGGREGATES, CURVES, FUNCTIONS, FunctionWords, PERIOD, Strength};
use super::numbers::{listed, money, number, percent, plural, spaced};
use super::words::Words;
use crate::calendar::PeriodKind;
use crate::contract::{AxisId, AxisKind, Named, Written};
use crate::formula::{Formula, Kind, Name, Operator, Over};
use crate::num::{Exact, Mode};

/// Words and how tightly they bind.
struct Said {
    text: String,
    strength: Strength,
}

impl Said {
    fn new(text: impl Into<String>, strength: Strength) -> Said {
        Said { text: text.into(), strength }
    }

    fn at_least(self, strength: Strength) -> String {
        if self.strength < strength { format!("({})", self.text) } else { self.text }
    }
}

impl Words<'_> {
    /// A formula in words, worked out for this period.
    pub fn formula(&self, written: &Written, per: Option<PeriodKind>) -> String {
        self.say(&written.formula, per).text
    }

    fn say(&self, formula: &Formula, per: Option<PeriodKind>) -> Said {
        match &formula.kind {
            Kind::Number { value, percent: true } => signed(percent(value), value),
            Kind::Number { value, percent: false } => signed(number(value), value),
            Kind::Money { currency, value } => signed(money(value, currency), value),
            Kind::Absent => Said::new("no value", Strength::Atom),
            Kind::Name(name) => Said::new(self.name_with_keys(name), Strength::Atom),
            Kind::Is { name, key } => {
                Said::new(format!("{} is {}", self.name(name), spaced(&key.text)), Strength::Compare)
            }
            Kind::Not(x) => {
                let text = self.say(x, per).at_least(Strength::Atom);
                Said::new(format!("not {text}"), Strength::Not)
            }
            Kind::Negate(x) => {
                Said::new(format!("−{}", self.say(x, per).at_least(Strength::Atom)), Strength::Sign)
            }
            Kind::Binary { operator, left, right } => self.binary(*operator, left, right, per),
            Kind::If { condition, then, otherwise } => {
                let [condition, then] =
                    [condition, then].map(|x| self.say(x, per).at_least(Strength::Phrase));
                let otherwise = self.say(otherwise, per).text;
                Said::new(format!("if {condition}: {then}; otherwise {otherwise}"), Strength::Choice)
            }
            Kind::Else { value, fallback } => {
                let value = self.say(value, per).at_least(Strength::Phrase);
                let fallback = self.say(fallback, per).at_least(Strength::Phrase);
                Said::new(format!("{value}, or {fallback} where that is missing"), Strength::Choice)
            }
            Kind::Call { function, arguments } => self.call(function, arguments, per),
            Kind::Round { mode, value, quantum } => self.round(*mode, value, quantum, per),
            Kind::Aggregate { function, value, over } => self.aggregate(function, value, over, per),
        }
    }

    fn binary(&self, operator: Operator, left: &Formula, right: &Formula, per: Option<PeriodKind>) -> Said {
        let (between, strength) = between(operator);
        let (at_left, at_right) = match strength {
            Strength::Compare => (Strength::Sum, Strength::Sum),
            Strength::Sum => (Strength::Sum, Strength::Product),
            // `a × b ÷ c` and `a − b − c` group to the left; a mixture of `and` and `or` is never left open.
            Strength::Product => (Strength::Product, Strength::Sign),
            Strength::Or => (Strength::Or, Strength::Not),
            Strength::And => (Strength::And, Strength::Not),
            Strength::Choice | Strength::Phrase | Strength::Not | Strength::Sign | Strength::Atom => {
                (Strength::Atom, Strength::Atom)
            }
        };
        let mut left = self.say(left, per);
        if strength == Strength::Or && left.strength == Strength::And {
            left = Said::new(format!("({})", left.text), Strength::Atom);
        }
        let (left, right) = (left.at_least(at_left), self.say(right, per).at_least(at_right));
        Said::new(format!("{left} {between} {right}"), strength)
    }

    fn call(&self, function: &str, arguments: &[Formula], per: Option<PeriodKind>) -> Said {
        let fits = |words: &&FunctionWords| words.arguments.is_none_or(|count| count == arguments.len());
        let known = FUNCTIONS.iter().filter(|words| words.function == function).find(fits);
        let curve = || CURVES.iter().find(fits).filter(|_| self.contract.names.contains_key(function));
        let Some(words) = known.or_else(curve) else {
            let arguments: Vec<String> = arguments.iter().map(|x| self.say(x, per).text).collect();
            return Said::new(format!("{}({})", spaced(function), arguments.join(", ")), Strength::Atom);
        };
        let text = fill(words.template, |hole| match hole {
            "name" => self.name(function),
            "all" => {
                let all = arguments.iter().map(|x| self.say(x, per).at_least(Strength::Sum));
                listed(&all.collect::<Vec<_>>(), "and")
            }
            _ => self.argument(hole, arguments, per),
        });
        Said::new(text, words.strength)
    }

    fn aggregate(&self, function: &str, value: &Formula, over: &Over, per: Option<PeriodKind>) -> Said {
        let (members, all) = self.members_over(over, per);
        let Some(words) = AGGREGATES.iter().find(|words| words.function == function) else {
            return Said::new(format!("{} over {members}", spaced(function)), Strength::Phrase);
        };
        let text = fill(words.template, |hole| match hole {
            "x" => self.say(value, per).at_least(Strength::Product),
            "x?" => self.say(value, per).at_least(Strength::Phrase),
            "over" => format!("{all}{members}"),
            "members" => members.clone(),
            _ => self.argument(hole, &over.options, per),
        });
        Said::new(text, words.strength)
    }

    /// What stands in a hole of a template that names an argument.
    fn argument(&self, hole: &str, arguments: &[Formula], per: Option<PeriodKind>) -> String {
        let digits: String = hole.chars().filter(char::is_ascii_digit).collect();
        let number: usize = digits.parse().unwrap_or(0);
        let Some(argument) = number.checked_sub(1).and_then(|i| arguments.get(i)) else {
            return String::new();
        };
        let name = || {
            if let Kind::Name(name) = &argument.kind { name.name.clone() } else { argument.to_string() }
        };
        if hole.starts_with("flow") {
            return self.flow(&name());
        }
        if hole.starts_with("party") {
            return self.party_named(&name());
        }
        if hole.starts_with("period") {
            return self.own_period(&name()).map_or("period", PeriodKind::word).to_string();
        }
        let strength = match hole.chars().last() {
            Some('.') => Strength::Atom,
            Some('?') => Strength::Or,
            Some('>') => Strength::Phrase,
            Some(_) | None => Strength::Sum,
        };
        self.say(argument, per).at_least(strength)
    }

    /// The members that an aggregate runs over, and the word before them.
    fn members_over(&self, over: &Over, per: Option<PeriodKind>) -> (String, &'static str) {
        let within = over.within.as_ref().map(|key| key.text.as_str());
        let axis = self.contract.axis_named(&over.axis.text);
        let name = axis.map_or_else(|| spaced(&over.axis.text), |axis| self.axis(axis));
        let members = plural(&name);
        let periods = axis.is_some_and(|axis| self.contract.period_kind(axis).is_some());
        let (mut text, all) = match within {
            Some("term") if over.to_date => (format!("{members} of the term to date"), "the "),
            _ if over.to_date => (format!("{members} of the contract year to date"), "the "),
            _ if periods => (format!("{members} of the {}", per.map_or("period", PeriodKind::word)), "the "),
            None | Some("all") => (members, "all "),
            Some(within) if self.contract.axis_named(within).is_some_and(|a| self.is_axis_list(a)) => {
                (format!("{members} of the {}", spaced(within)), "the ")
            }
            Some(within) => (format!("{members} with the same {}", self.name(within)), "all "),
        };
        if let Some(filter) = &over.filter {
            text.push_str(&format!(" where {}", self.say(filter, per).at_least(Strength::Or)));
        }
        (text, all)
    }

    fn is_axis_list(&self, axis: AxisId) -> bool {
        matches!(self.contract.axis(axis).kind, AxisKind::Declared | AxisKind::Party)
    }

    /// The period that a measure or quantity is observed or worked out for.
    fn own_period(&self, name: &str) -> Option<PeriodKind> {
        match self.contract.names.get(name)? {
            Named::Measure(i) => Some(self.contract.measures[*i].per),
            Named::Quantity(i) => self.contract.quantities[*i].per,
            Named::Table(_) | Named::Curve(_) | Named::Broken => None,
        }
    }

    fn name_with_keys(&self, name: &Name) -> String {
        let period =
            PERIOD.iter().find(|(word, _)| *word == name.name).map(|(_, words)| (*words).to_string());
        let mut text = period.unwrap_or_else(|| self.name(&name.name));
        if let Some(column) = &name.column {
            text = format!("{text} {}", spaced(column));
        }
        let keys: Vec<String> = name.keys.iter().map(|key| spaced(&key.text)).collect();
        if keys.is_empty() { text } else { format!("{text} for {}", listed(&keys, "and")) }
    }

    fn round(&self, mode: Option<Mode>, value: &Formula, quantum: &Formula, per: Option<PeriodKind>) -> Said {
        let value = self.say(value, per).at_least(Strength::Atom);
        let whole = matches!(&quantum.kind, Kind::Number { value, percent: false } if *value == Exact::ONE);
        let to = if whole {
            "a whole number".to_string()
        } else {
            self.say(quantum, per).at_least(Strength::Sign)
        };
        let how = match mode {
            None => "rounded to",
            Some(Mode::Floor) => "rounded down to",
            Some(Mode::Ceiling) => "rounded up to",
            Some(Mode::Down) => "cut off to",
            Some(Mode::HalfAway | Mode::HalfUp | Mode::HalfEven) => "rounded to",
        };
        Said::new(format!("{value} {how} {to}"), Strength::Phrase)
    }
}

fn signed(text: String, value: &Exact) -> Said {
    Said::new(text, if value.sign() < 0 { Strength::Sign } else { Strength::Atom })
}

fn between(operator: Operator) -> (&'static str, Strength) {
    match operator {
        Operator::Add => ("+", Strength::Sum),
        Operator::Subtract => ("−", Strength::Sum),
        Operator::Multiply => ("×", Strength::Product),
        Operator::Divide => ("÷", Strength::Product),
        Operator::Less => ("is below", Strength::Compare),
        Operator::AtMost => ("is at most", Strength::Compare),
        Operator::Equal => ("equals", Strength::Compare),
        Operator::Unequal => ("differs from", Strength::Compare),
        Operator::AtLeast => ("is at least", Strength::Compare),
        Operator::Greater => ("is above", Strength::Compare),
        Operator::And => ("and", Strength::And),
        Operator::Or => ("or", Strength::Or),
    }
}

/// Replaces every `{hole}` of a template.
fn fill(template: &str, words: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (hole, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(&words(hole));
        rest = after;
    }
    out.push_str(rest);
    out
}
