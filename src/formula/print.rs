//! Writes a formula back; reading it again gives the same tree.

use std::fmt;

use super::tree::{Formula, Kind, Name, Operator, Over};
use crate::num::{Exact, Mode};

/// How tightly a formula binds; a part that binds less than its place asks for gets parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Choice,
    Or,
    And,
    Not,
    Compare,
    Sum,
    Product,
    Sign,
    Atom,
}

impl Formula {
    fn strength(&self) -> Strength {
        match &self.kind {
            Kind::If { .. } | Kind::Else { .. } => Strength::Choice,
            Kind::Not(_) => Strength::Not,
            Kind::Is { .. } => Strength::Compare,
            Kind::Negate(_) => Strength::Sign,
            Kind::Binary { operator, .. } => operator.strength(),
            Kind::Number { .. }
            | Kind::Money { .. }
            | Kind::Absent
            | Kind::Name(_)
            | Kind::Call { .. }
            | Kind::Round { .. }
            | Kind::Aggregate { .. } => Strength::Atom,
        }
    }

    fn at_least(&self, strength: Strength) -> String {
        if self.strength() < strength { format!("({self})") } else { self.to_string() }
    }
}

impl Operator {
    fn strength(self) -> Strength {
        match self {
            Operator::Or => Strength::Or,
            Operator::And => Strength::And,
            Operator::Less
            | Operator::AtMost
            | Operator::Equal
            | Operator::Unequal
            | Operator::AtLeast
            | Operator::Greater => Strength::Compare,
            Operator::Add | Operator::Subtract => Strength::Sum,
            Operator::Multiply | Operator::Divide => Strength::Product,
        }
    }

    /// What the right side must bind at least; operators of equal strength group to the left.
    fn strength_right(self) -> Strength {
        match self.strength() {
            Strength::Or => Strength::And,
            Strength::And => Strength::Not,
            Strength::Compare => Strength::Sum,
            Strength::Sum => Strength::Product,
            Strength::Choice | Strength::Not | Strength::Product | Strength::Sign | Strength::Atom => {
                Strength::Sign
            }
        }
    }

    /// What the left side must bind at least; comparisons do not follow one another.
    fn strength_left(self) -> Strength {
        if self.strength() == Strength::Compare { Strength::Sum } else { self.strength() }
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Number { value, percent: false } => write!(f, "{value}"),
            Kind::Number { value, percent: true } => write!(f, "{}%", value * &Exact::from(100)),
            Kind::Money { currency, value } => write!(f, "{currency} {value}"),
            Kind::Absent => f.write_str("absent"),
            Kind::Name(name) => write!(f, "{name}"),
            Kind::Is { name, key } => write!(f, "{name} is {}", key.text),
            Kind::Not(x) => write!(f, "not {}", x.at_least(Strength::Not)),
            Kind::Negate(x) => write!(f, "-{}", x.at_least(Strength::Sign)),
            Kind::Binary { operator, left, right } => {
                let (left, right) =
                    (left.at_least(operator.strength_left()), right.at_least(operator.strength_right()));
                write!(f, "{left} {} {right}", operator.symbol())
            }
            Kind::If { condition, then, otherwise } => {
                let (condition, then) = (condition.at_least(Strength::Or), then.at_least(Strength::Or));
                write!(f, "if {condition} then {then} else {otherwise}")
            }
            Kind::Else { value, fallback } => write!(f, "{} else {fallback}", value.at_least(Strength::Or)),
            Kind::Call { function, arguments } => write!(f, "{function}({})", list(arguments)),
            Kind::Round { mode, value, quantum } => {
                let word = match mode {
                    Some(Mode::Floor) => "floor",
                    Some(Mode::Ceiling) => "ceiling",
                    None | Some(Mode::HalfAway | Mode::HalfUp | Mode::HalfEven | Mode::Down) => "round",
                };
                write!(f, "{word}({value} to {})", quantum.at_least(Strength::Sign))
            }
            Kind::Aggregate { function, value, over } => write!(f, "{function}({value} over {over})"),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(column) = &self.column {
            write!(f, ".{column}")?;
        }
        if !self.keys.is_empty() {
            let keys: Vec<&str> = self.keys.iter().map(|key| key.text.as_str()).collect();
            write!(f, "[{}]", keys.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.axis.text)?;
        if self.to_date {
            f.write_str(" to date")?;
        }
        if let Some(within) = &self.within {
            write!(f, " within {}", within.text)?;
        }
        if let Some(filter) = &self.filter {
            write!(f, " where {}", filter.at_least(Strength::Or))?;
        }
        if !self.options.is_empty() {
            write!(f, ", {}", list(&self.options))?;
        }
        Ok(())
    }
}

fn list(formulas: &[Formula]) -> String {
    formulas.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
