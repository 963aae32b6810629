//! The lines of a contract: which nodes are amounts, and between whom they flow.

use super::node::NodeId;
use crate::calendar::{Date, Period};
use crate::source::Place;

/// What one payee receives of a line, or one payer pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSpec {
    /// Who pays, by name.
    pub payer: String,
    /// Who is paid, by name.
    pub payee: String,
    /// The amount.
    pub amount: NodeId,
}

/// A payment before the result is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instalment {
    /// The period in which it is paid.
    pub period: Period,
    /// The key of that period.
    pub key: String,
    /// When it is due.
    pub due: Option<Date>,
    /// The amount, rounded.
    pub amount: NodeId,
    /// Between whom.
    pub parts: Vec<PartSpec>,
}

/// One line: a clause, an assessment period, and one member of each axis of the clause's lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineSpec {
    /// Its name, `clause:period:member…`.
    pub id: String,
    /// The clause.
    pub clause: String,
    /// Title of the clause for people, or its name.
    pub title: String,
    /// The type of line, as a statement prints it.
    pub kind: &'static str,
    /// The assessment period, and its key.
    pub period: (Period, String),
    /// Members by the names of their axes, with titles for people.
    pub members: Vec<(String, String, String)>,
    /// `live`, `shadow` or `reporting`.
    pub status: &'static str,
    /// The exact amount that the line rounds: of the period, or to date when it is cumulative.
    pub exact: NodeId,
    /// The rounded amount of the line.
    pub amount: NodeId,
    /// Between whom it flows; the parts come to the amount.
    pub parts: Vec<PartSpec>,
    /// The prime through which it is paid.
    pub through: Option<String>,
    /// Payments on account.
    pub instalments: Vec<Instalment>,
    /// True when instalments were agreed, even when the period has none.
    pub on_account: bool,
    /// True when it depends on the data of a holder, or a holder pays or receives.
    pub by_holder: bool,
    /// True when it cannot be stated without holders in the data.
    pub needs_holders: bool,
    /// When it is settled.
    pub due: Option<Date>,
    /// The submission it is settled on.
    pub settles_on: Option<String>,
    /// The clause from whose payments it is deducted.
    pub deduct_from: Option<String>,
    /// Where the clause stands.
    pub place: Place,
}

impl LineSpec {
    /// All nodes that stating the line needs.
    pub fn nodes(&self) -> Vec<NodeId> {
        let mut nodes = Vec::with_capacity(2 + self.parts.len());
        nodes.extend([self.exact, self.amount]);
        nodes.extend(self.parts.iter().map(|part| part.amount));
        for instalment in &self.instalments {
            nodes.push(instalment.amount);
            nodes.extend(instalment.parts.iter().map(|part| part.amount));
        }
        nodes
    }

    /// How many lines of a statement it is, for one holder.
    pub fn lines_stated(&self) -> usize {
        let parts = self.parts.len();
        if !self.on_account {
            return parts;
        }
        let instalments: usize = self.instalments.iter().map(|instalment| instalment.parts.len()).sum();
        parts + instalments + if self.status == "live" { parts } else { 0 }
    }
}

/// A quantity that a statement shows beside its lines, or that the data must fulfil.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureSpec {
    /// Its name: `quantity:period:member…`.
    pub id: String,
    /// The quantity.
    pub quantity: String,
    /// Its title for people, or its name.
    pub title: String,
    /// The period it is worked out for, and its key; nothing when it rests on agreed numbers alone.
    pub period: Option<(Period, String)>,
    /// Members by the names of their axes, with titles for people.
    pub members: Vec<(String, String, String)>,
    /// Its value, of no meaning where it is absent.
    pub value: NodeId,
    /// 1 where it is there; always when there is none.
    pub given: Option<NodeId>,
    /// Its unit; empty for a pure number.
    pub unit: String,
    /// The measure that reads it a period later, when one does.
    pub carried_by: Option<String>,
    /// What to do where the data do not fulfil it, when they must.
    pub must_hold: Option<String>,
    /// True when it differs from holder to holder.
    pub by_holder: bool,
    /// True when it cannot be stated without holders in the data.
    pub needs_holders: bool,
}

impl FigureSpec {
    /// All nodes that stating it needs.
    pub fn nodes(&self) -> Vec<NodeId> {
        [self.value].into_iter().chain(self.given).collect()
    }
}
