//! Kinds of clause: a word for the statement, and promises about the amount that are proved
//! before any data. A kind has no arithmetic of its own.
//!
//! To add a kind, add an entry to [`KINDS`]; parsing, checks, statements, exports, the schema and
//! the reference follow.

/// What a kind promises about the amount of its clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// The amount is never negative.
    NeverNegative,
    /// It never falls as the people or items counted rise.
    RisesWithCounts,
    /// It depends on no measure.
    NoMeasure,
    /// It depends on a measure that says which way is better.
    DependsOnOutcome,
}

impl Promise {
    /// The promise in words.
    pub fn words(self) -> &'static str {
        match self {
            Promise::NeverNegative => "is never negative",
            Promise::RisesWithCounts => "never falls as the people or items counted rise",
            Promise::NoMeasure => "depends on no measure",
            Promise::DependsOnOutcome => "depends on a measure that says which way is better",
        }
    }
}

/// A kind of clause.
#[derive(Debug, PartialEq, Eq)]
pub struct ClauseKind {
    /// The word in the contract.
    pub word: &'static str,
    /// The words in a statement.
    pub title: &'static str,
    /// What is proved.
    pub promises: &'static [Promise],
    /// True when the money is meant to follow outcomes.
    pub follows_outcomes: bool,
    /// True when it pays for services as such: a party's income is what it nets under such clauses.
    pub pays_for_services: bool,
    /// True when it is paid for people whatever care they need: chance in that is the payee's.
    pub covers_people: bool,
    /// What it is for, in one sentence.
    pub meaning: &'static str,
}

use Promise::{DependsOnOutcome, NeverNegative, NoMeasure, RisesWithCounts};

const fn kind(
    word: &'static str,
    title: &'static str,
    promises: &'static [Promise],
    follows_outcomes: bool,
    meaning: &'static str,
) -> ClauseKind {
    ClauseKind {
        word,
        title,
        promises,
        follows_outcomes,
        pays_for_services: false,
        covers_people: false,
        meaning,
    }
}

impl ClauseKind {
    /// The same kind, which pays for services and is paid for people whatever care they need.
    const fn for_people(mut self) -> ClauseKind {
        self.covers_people = true;
        self.for_services()
    }

    /// The same kind, which pays for services as such.
    const fn for_services(mut self) -> ClauseKind {
        self.pays_for_services = true;
        self
    }
}

/// All kinds, in the order of the reference.
pub static KINDS: [ClauseKind; 12] = [
    kind(
        "capitation",
        "capitation",
        &[NeverNegative, RisesWithCounts],
        false,
        "an amount per head of a defined population",
    )
    .for_people(),
    kind(
        "year_of_care",
        "year of care",
        &[NeverNegative, RisesWithCounts],
        false,
        "an amount per patient and year, by need",
    )
    .for_people(),
    kind("activity", "activity", &[NeverNegative, RisesWithCounts], false, "a price per item of care")
        .for_services(),
    kind("block", "block", &[NeverNegative, NoMeasure], false, "a fixed amount").for_services(),
    kind("incentive", "incentive", &[NeverNegative, DependsOnOutcome], true, "money earned by an outcome"),
    kind("penalty", "penalty", &[NeverNegative, DependsOnOutcome], true, "money lost by an outcome"),
    kind("withhold", "withhold", &[NeverNegative], false, "money held back by the payer"),
    kind("limit", "limit relief", &[NeverNegative], false, "relief above a cap, or top-up to a floor"),
    kind("gain_share", "gain or loss share", &[], true, "a share of savings or overspending"),
    kind("flow_down", "flow down", &[], false, "what a holder passes on to others").for_services(),
    kind("adjustment", "adjustment", &[], false, "a correction agreed by the parties"),
    kind("payment", "payment", &[], false, "any other payment").for_services(),
];

/// The words, for the declaration of fields.
pub const KIND_WORDS: [&str; 12] = {
    let mut words = [""; 12];
    let mut i = 0;
    while i < 12 {
        words[i] = KINDS[i].word;
        i += 1;
    }
    words
};

/// The kind with this word.
pub fn find(word: &str) -> Option<&'static ClauseKind> {
    KINDS.iter().find(|kind| kind.word == word)
}
