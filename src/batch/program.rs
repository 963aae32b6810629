//! What a batch is compiled to: the steps of a block, each in one arithmetic, and where lanes are kept.

use super::admitted::Admitted;
use super::given::Given;
use super::lane::LaneLine;
use super::translate::Input;
use crate::num::{Exact, Mode, Residue};
use crate::plan::{NodeId, Pick};

/// A column, or a slot, in half the room of a size: a term fills one line of the caches, and long programs
/// have thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At(u32);

impl At {
    pub(super) fn new(index: usize) -> At {
        At(u32::try_from(index).expect("fewer places than 2³²"))
    }

    #[inline(always)]
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where a lane is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a column of facts.
    Input(At),
    /// Among the floats of the block.
    Narrow(At),
    /// Among the pairs of the block.
    Pair(At),
    /// Among the wide integers of the block.
    Wide(At),
    /// In a column of results.
    Output(At),
}

/// A line within limits, in floats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Limits {
    pub(super) factor: f64,
    pub(super) shift: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

/// `factor · round(limits(x) · times · rounding)`, each part of it where the form says so.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TermCode {
    pub(super) x: Place,
    pub(super) limits: Limits,
    pub(super) times: Place,
    pub(super) rounding: f64,
    pub(super) factor: f64,
}

/// The parts that a term may have; a form is the sum of those it has.
pub(super) mod form {
    /// It is read from a column of facts.
    pub(in super::super) const INPUT: u8 = 1;
    /// A line within limits.
    pub(in super::super) const LIMITS: u8 = 2;
    /// A product.
    pub(in super::super) const TIMES: u8 = 4;
    /// A rounding.
    pub(in super::super) const ROUNDING: u8 = 8;
    /// A factor other than 1.
    pub(in super::super) const FACTOR: u8 = 16;
    /// The column has 32 bits; given when a batch is run, since it is compiled for any columns.
    pub(in super::super) const SHORT: u8 = 32;
}

/// Terms of one form.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Terms {
    pub(super) form: u8,
    pub(super) terms: Vec<TermCode>,
}

/// One step of a block in floats.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Sum { constant: f64, terms: Vec<Terms>, to: Place, also: Option<Place> },
    Pieces { x: Place, cuts: Vec<f64>, lines: Vec<(f64, f64)>, to: Place },
    Extreme { pick: Pick, terms: Vec<(f64, Place)>, to: Place },
    Select { condition: Place, then: (f64, Place), otherwise: (f64, Place), to: Place },
    Remainder { x: (Place, f64), over: Option<Place>, ratio: (i64, i64), mode: Mode, to: Place },
    Pair { op: PairOp, error: f64, to: Place },
    Store { from: Place, to: Place },
}

/// What a block goes through, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stage {
    /// Steps in floats that follow one another.
    Floats(Vec<Step>),
    /// An operation on wide integers.
    Wide { op: WideOp, to: Place },
    /// The parts of a split.
    Split { total: Place, weights: Vec<PlacedWeight>, mode: Mode, residue: Residue, to: Vec<Option<Place>> },
    /// All nodes that are evaluated with exact rationals.
    Exactly { to: Vec<Option<Place>> },
}

/// A weight of a split, where it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlacedWeight {
    Known(i128),
    Lane(Place),
}

/// A number as a pair, and a lane that it is a factor of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PairTerm {
    pub(super) near: f64,
    pub(super) bits: i64,
    pub(super) x: Place,
}

/// An operation on pairs.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PairOp {
    Sum { constant: (f64, i64), terms: Vec<PairTerm> },
    Product(Place, Place),
    Clamp { x: PairTerm, shift: (f64, i64), least: (f64, i64), most: (f64, i64) },
    Extreme { pick: Pick, terms: Vec<PairTerm> },
    Select { condition: Place, then: PairTerm, otherwise: PairTerm },
}

/// An operation on wide integers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WideOp {
    Sum { constant: i128, terms: Vec<(i128, Place)> },
    Product(Place, Place),
    Clamp { x: Place, line: LaneLine, least: i128, most: i128 },
    Pieces { x: Place, cuts: Vec<i128>, lines: Vec<LaneLine> },
    Extreme { pick: Pick, terms: Vec<(i128, Place)> },
    Select { condition: Place, then: (i128, Place), otherwise: (i128, Place) },
    Round { x: Place, over: Option<Place>, ratio: (i128, i128), mode: Mode },
}

/// How many numbers are rounded in a scenario, by what makes the rounding exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tiers {
    /// By a float that is proved to be exact when the batch is compiled.
    pub certified: usize,
    /// By a float that an exact remainder corrects.
    pub remainder: usize,
    /// In integers of 128 bits, parts of splits included.
    pub wide: usize,
    /// With exact rationals.
    pub exact: usize,
}

impl Tiers {
    /// Those of both.
    pub(super) fn plus(self, other: Tiers) -> Tiers {
        Tiers {
            certified: self.certified + other.certified,
            remainder: self.remainder + other.remainder,
            wide: self.wide + other.wide,
            exact: self.exact + other.exact,
        }
    }

    /// All numbers that are rounded in a scenario.
    pub fn all(&self) -> usize {
        self.certified + self.remainder + self.wide + self.exact
    }
}

/// Stages of a block and what they need.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) inputs: Vec<Input>,
    /// What statistics over holders are, in columns after those of the facts.
    pub(super) given: Given,
    pub(super) units: Vec<Exact>,
    /// The least and the most that results can be.
    pub(super) extent: Vec<(i64, i64)>,
    /// How many chunks a block has.
    pub(super) chunks: usize,
    pub(super) stages: Vec<Stage>,
    pub(super) narrow_slots: usize,
    pub(super) pair_slots: usize,
    pub(super) wide_slots: usize,
    pub(super) exactly: Vec<(NodeId, Exact)>,
    pub(super) ratios: Vec<Admitted>,
    pub(super) tiers: Tiers,
}

impl Stage {
    /// The same stage for columns of which some have 32 bits: terms that read these have a form of
    /// their own, so that no loop has to ask.
    pub(super) fn of_widths(&self, is_short: &dyn Fn(usize) -> bool) -> Stage {
        let mut stage = self.clone();
        let Stage::Floats(steps) = &mut stage else { return stage };
        for step in steps {
            let Step::Sum { terms, .. } = step else { continue };
            let is_short =
                |term: &TermCode| matches!(term.x, Place::Input(column) if is_short(column.index()));
            let split = std::mem::take(terms).into_iter().flat_map(|Terms { form, terms }| {
                let reads_facts = form & form::INPUT != 0;
                let (short, long) = terms.into_iter().partition(|term| reads_facts && is_short(term));
                [Terms { form: form | form::SHORT, terms: short }, Terms { form, terms: long }]
            });
            *terms = split.filter(|terms| !terms.terms.is_empty()).collect();
        }
        stage
    }
}
