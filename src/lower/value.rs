//! What a formula lowers to: a node, when it is there, and its unit.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::plan::NodeId;
use crate::unit::Unit;

/// The unit of a value while a formula is lowered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measured {
    /// Fits anything: something that is always absent.
    Any,
    /// A bare number: fits any unit in sums and comparisons, pure in products.
    Bare,
    /// In this unit.
    In(Unit),
}

impl Measured {
    /// A pure number.
    pub fn pure() -> Measured {
        Measured::In(Unit::pure())
    }

    /// The unit that two values have in common; nothing when they differ.
    pub fn common(&self, other: &Measured) -> Option<Measured> {
        match (self, other) {
            (Measured::Any, x) | (x, Measured::Any) => Some(x.clone()),
            (Measured::Bare, x) | (x, Measured::Bare) => Some(x.clone()),
            (Measured::In(a), Measured::In(b)) => (a == b).then(|| self.clone()),
        }
    }

    /// The unit in products, where a bare number is pure; nothing when it fits anything.
    pub fn in_products(&self) -> Option<Unit> {
        match self {
            Measured::Any => None,
            Measured::Bare => Some(Unit::pure()),
            Measured::In(unit) => Some(unit.clone()),
        }
    }

    /// The unit as text, for origins; empty for pure numbers.
    pub fn text(&self) -> Arc<str> {
        match self {
            Measured::Any | Measured::Bare => Arc::from(""),
            Measured::In(unit) if unit.is_pure() => Arc::from(""),
            Measured::In(unit) => Arc::from(unit.to_string()),
        }
    }

    /// The unit in words, for messages.
    pub fn words(&self) -> String {
        match self {
            Measured::Any => "absent".to_string(),
            Measured::Bare => "a bare number".to_string(),
            Measured::In(unit) if unit.is_pure() => "a pure number".to_string(),
            Measured::In(unit) => format!("`{unit}`"),
        }
    }
}

/// When a value is there: where all these 0/1 nodes are 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct There(pub BTreeSet<NodeId>);

impl There {
    /// Always there.
    pub fn always() -> There {
        There::default()
    }

    /// There where one node is 1.
    pub fn when(node: NodeId) -> There {
        There(BTreeSet::from([node]))
    }

    /// True when it is always there.
    pub fn is_always(&self) -> bool {
        self.0.is_empty()
    }

    /// There where both are.
    pub fn and(&self, other: &There) -> There {
        There(self.0.union(&other.0).copied().collect())
    }
}

/// What a formula lowered to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The value, of no meaning where it is not there.
    pub node: NodeId,
    /// When it is there.
    pub there: There,
    /// Its unit.
    pub unit: Measured,
    /// True for a flag, which is 0 or 1.
    pub flag: bool,
}

impl Value {
    /// A value that is always there.
    pub fn new(node: NodeId, unit: Measured) -> Value {
        Value { node, there: There::always(), unit, flag: false }
    }

    /// A flag.
    pub fn flag(node: NodeId, there: There) -> Value {
        Value { node, there, unit: Measured::pure(), flag: true }
    }
}
