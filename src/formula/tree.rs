//! Formulas as written: one tree, with the part of the text that each node came from.

use crate::num::{Exact, Mode};
use crate::source::Span;

/// A formula, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    /// What it is.
    pub kind: Kind,
    /// Which part of the text it came from.
    pub span: Span,
    /// How many levels of parts there are.
    pub levels: usize,
}

/// A key in brackets or after `is`: a member, a period or a measure of kind code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// As written.
    pub text: String,
    /// Which part of the text it came from.
    pub span: Span,
}

/// A measure, table, column of a table or quantity, with some of its axes fixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The declared name.
    pub name: String,
    /// The column after a dot.
    pub column: Option<String>,
    /// Keys in brackets.
    pub keys: Vec<Key>,
}

impl Name {
    /// A name without column or keys.
    pub fn plain(name: &str) -> Name {
        Name { name: name.to_string(), column: None, keys: Vec::new() }
    }
}

/// Operators between two formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the symbols say it")]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Less,
    AtMost,
    Equal,
    Unequal,
    AtLeast,
    Greater,
    And,
    Or,
}

impl Operator {
    /// The symbol or word of the language.
    pub fn symbol(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Less => "<",
            Operator::AtMost => "<=",
            Operator::Equal => "=",
            Operator::Unequal => "<>",
            Operator::AtLeast => ">=",
            Operator::Greater => ">",
            Operator::And => "and",
            Operator::Or => "or",
        }
    }
}

/// Which members an aggregate runs over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Over {
    /// The axis.
    pub axis: Key,
    /// From the start of the contract year (or of `within term`) to the current period.
    pub to_date: bool,
    /// The axis, peer group or `all` within which it runs.
    pub within: Option<Key>,
    /// Which members count.
    pub filter: Option<Box<Formula>>,
    /// Further arguments.
    pub options: Vec<Formula>,
}

/// What a formula is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A bare number; the text keeps `5%` a percentage.
    Number {
        /// Its value.
        value: Exact,
        /// True when it was written with `%`.
        percent: bool,
    },
    /// An amount of money, `GBP 5000`.
    Money {
        /// The currency as written.
        currency: String,
        /// The amount.
        value: Exact,
    },
    /// `absent`
    Absent,
    /// A name.
    Name(Name),
    /// `name is key`
    Is {
        /// The measure or axis.
        name: String,
        /// The member asked for.
        key: Key,
    },
    /// `not x`
    Not(Box<Formula>),
    /// `-x`
    Negate(Box<Formula>),
    /// Two formulas and what stands between them.
    Binary {
        /// What stands between.
        operator: Operator,
        /// Before it.
        left: Box<Formula>,
        /// After it.
        right: Box<Formula>,
    },
    /// `if c then x else y`
    If {
        /// The condition.
        condition: Box<Formula>,
        /// The value where it holds.
        then: Box<Formula>,
        /// The value where it does not.
        otherwise: Box<Formula>,
    },
    /// `x else y`: y where x is absent.
    Else {
        /// The value where it is there.
        value: Box<Formula>,
        /// The value where it is not.
        fallback: Box<Formula>,
    },
    /// A function or a curve with its arguments.
    Call {
        /// The name of the function or curve.
        function: String,
        /// The arguments.
        arguments: Vec<Formula>,
    },
    /// `round(x to q)`, `floor(x to q)`, `ceiling(x to q)`; `None` is the mode of the contract.
    Round {
        /// The mode, when it is not that of the contract.
        mode: Option<Mode>,
        /// What is rounded.
        value: Box<Formula>,
        /// To multiples of what.
        quantum: Box<Formula>,
    },
    /// `sum(x over axis …)` and its like.
    Aggregate {
        /// The name of the aggregate.
        function: String,
        /// What is aggregated.
        value: Box<Formula>,
        /// Over which members.
        over: Over,
    },
}

impl Formula {
    /// A formula of this kind; how deep it is follows from its parts.
    pub fn new(kind: Kind, span: Span) -> Formula {
        let mut formula = Formula { kind, span, levels: 1 };
        formula.levels += formula.parts().into_iter().map(|part| part.levels).max().unwrap_or(0);
        formula
    }

    /// The name, when the formula is just a name without column or keys.
    pub fn plain_name(&self) -> Option<&str> {
        if let Kind::Name(Name { name, column: None, keys }) = &self.kind
            && keys.is_empty()
        {
            return Some(name);
        }
        None
    }

    /// The direct parts of a formula, in the order written.
    pub fn parts(&self) -> Vec<&Formula> {
        match &self.kind {
            Kind::Number { .. } | Kind::Money { .. } | Kind::Absent | Kind::Name(_) | Kind::Is { .. } => {
                Vec::new()
            }
            Kind::Not(x) | Kind::Negate(x) => vec![x],
            Kind::Binary { left, right, .. } => vec![left, right],
            Kind::If { condition, then, otherwise } => vec![condition, then, otherwise],
            Kind::Else { value, fallback } => vec![value, fallback],
            Kind::Call { arguments, .. } => arguments.iter().collect(),
            Kind::Round { value, quantum, .. } => vec![value, quantum],
            Kind::Aggregate { value, over, .. } => {
                let mut parts: Vec<&Formula> = vec![value];
                parts.extend(over.filter.as_deref());
                parts.extend(&over.options);
                parts
            }
        }
    }

    /// True when this formula or a part of it satisfies the test.
    pub fn any(&self, test: &dyn Fn(&Formula) -> bool) -> bool {
        test(self) || self.parts().into_iter().any(|part| part.any(test))
    }
}
