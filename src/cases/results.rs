//! What came of the cases of a file, and how many came out as expected.

use super::read::{Amount, Case, Expected, Standing, Verified};
use crate::num::Exact;
use crate::source::{Diagnostic, Document};

/// What came of an expected amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is the expected value; where the source prints it rounded, rounds to it.
    Equal,
    /// It is off, by no more than the tolerance that the case gives a reason for.
    Within {
        /// The value.
        got: Exact,
        /// The value less the expected one.
        off: Exact,
    },
    /// It is another value.
    Differs(Amount),
    /// The statement has no such amount.
    NotFound(Diagnostic),
}

impl Outcome {
    /// True when it is as expected, or within its tolerance.
    pub fn is_fine(&self) -> bool {
        match self {
            Outcome::Equal | Outcome::Within { .. } => true,
            Outcome::Differs(_) | Outcome::NotFound(_) => false,
        }
    }
}

/// An expected amount and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// What was expected.
    pub expected: Expected,
    /// What came of it.
    pub outcome: Outcome,
    /// Explanations of lines that differ, when they were asked for.
    pub why: Vec<String>,
}

impl Compared {
    /// What came out instead, in one line; nothing where it is as expected.
    pub fn difference(&self) -> Option<String> {
        let expected = &self.expected;
        let said = match &self.outcome {
            Outcome::Equal => return None,
            Outcome::Within { got, off } => {
                format!(
                    "expected {}, got {}, off by {}",
                    expected.written,
                    expected.shown(got),
                    expected.shown(off)
                )
            }
            Outcome::Differs(Amount::Absent) => format!("expected {}, got absent", expected.written),
            Outcome::Differs(Amount::Is(got)) => match &expected.amount {
                Amount::Absent => format!("expected absent, got {}", expected.shown(got)),
                Amount::Is(wanted) => format!(
                    "expected {}, got {}, off by {}",
                    expected.written,
                    expected.shown(got),
                    expected.shown(&(got - wanted))
                ),
            },
            Outcome::NotFound(problem) => format!("{}; {}", problem.found, problem.remedy),
        };
        Some(said)
    }
}

/// Why a case could not be stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// True when the problems stand in the contract (with the parameters of the case), false when
    /// they stand in the case file.
    pub in_contract: bool,
    /// The document that they stand in.
    pub document: Document,
    /// The problems.
    pub problems: Vec<Diagnostic>,
}

impl Failure {
    /// The problems as a person reads them, with the names of the case file and its contract.
    pub fn text(&self, cases: &str, contract: &str) -> String {
        let name = if self.in_contract { contract } else { cases };
        let each = self.problems.iter().map(|problem| problem.text(name, Some(&self.document)));
        each.collect::<Vec<_>>().join("")
    }
}

/// A case and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// The case.
    pub case: Case,
    /// What came of its amounts, or why it could not be stated.
    pub result: Result<Vec<Compared>, Box<Failure>>,
}

impl CaseResult {
    /// Its amounts; none when it could not be stated.
    pub fn amounts(&self) -> &[Compared] {
        self.result.as_deref().unwrap_or(&[])
    }

    /// True when all its amounts are as expected, or within their tolerance.
    pub fn is_fine(&self) -> bool {
        self.result.is_ok() && self.amounts().iter().all(|amount| amount.outcome.is_fine())
    }
}

/// What came of the cases of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// The contract's title; the title of the case file, where the contract cannot be read.
    pub title: String,
    /// Where the scheme is published, as its contract says.
    pub published: Option<String>,
    /// What of the contract is from memory, as it says.
    pub remembered: Option<String>,
    /// What of the scheme the contract does not say, and why.
    pub not_covered: Vec<String>,
    /// The case file's document.
    pub document: Document,
    /// Problems of the case file's form.
    pub problems: Vec<Diagnostic>,
    /// Why the contract itself cannot be used; then no case was stated.
    pub failure: Option<Box<Failure>>,
    /// The cases.
    pub cases: Vec<CaseResult>,
}

/// How many cases of which standing, and how many amounts came out how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the words of outcomes and standings")]
pub struct Counts {
    pub cases: usize,
    pub found: usize,
    pub published: usize,
    pub worked_out: usize,
    pub remembered: usize,
    pub not_stated: usize,
    pub amounts: usize,
    pub exact: usize,
    pub within: usize,
    pub differ: usize,
}

impl Counts {
    /// These and others.
    pub fn and(self, other: Counts) -> Counts {
        Counts {
            cases: self.cases + other.cases,
            found: self.found + other.found,
            published: self.published + other.published,
            worked_out: self.worked_out + other.worked_out,
            remembered: self.remembered + other.remembered,
            not_stated: self.not_stated + other.not_stated,
            amounts: self.amounts + other.amounts,
            exact: self.exact + other.exact,
            within: self.within + other.within,
            differ: self.differ + other.differ,
        }
    }

    fn of(result: &CaseResult) -> Counts {
        let standing = result.case.standing();
        let with = |test: fn(&Outcome) -> bool| {
            result.amounts().iter().filter(|amount| test(&amount.outcome)).count()
        };
        Counts {
            cases: 1,
            found: usize::from(result.case.verified == Verified::Found),
            published: usize::from(standing == Standing::Published),
            worked_out: usize::from(standing == Standing::WorkedOut),
            remembered: usize::from(standing == Standing::Remembered),
            not_stated: usize::from(result.result.is_err()),
            amounts: result.amounts().len(),
            exact: with(|outcome| *outcome == Outcome::Equal),
            within: with(|outcome| matches!(outcome, Outcome::Within { .. })),
            differ: with(|outcome| !outcome.is_fine()),
        }
    }
}

impl Results {
    /// True when nothing differs and everything could be stated.
    pub fn is_fine(&self) -> bool {
        self.problems.is_empty() && self.failure.is_none() && self.cases.iter().all(CaseResult::is_fine)
    }

    /// How many cases of which standing, and how many amounts came out how.
    pub fn counts(&self) -> Counts {
        self.cases.iter().map(Counts::of).fold(Counts::default(), Counts::and)
    }
}
