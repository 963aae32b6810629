//! Every field of a case file: the one declaration that is read, checked, printed as JSON Schema and
//! listed in the reference.

use crate::contract::shape::{Field, Shape};

const TEXT: Shape = Shape::Text;
const NUMBER: Shape = Shape::Number;

const fn required(name: &'static str, shape: &'static Shape, meaning: &'static str) -> Field {
    Field { name, required: true, shape, meaning }
}

const fn optional(name: &'static str, shape: &'static Shape, meaning: &'static str) -> Field {
    Field { name, required: false, shape, meaning }
}

/// Whether the source was read, or is remembered.
pub(super) const VERIFIED: [&str; 2] = ["found", "remembered"];

/// Whether the source prints the result.
pub(super) const RESULT: [&str; 2] = ["published", "worked_out"];

/// A whole case file.
pub static CASES: Shape = Shape::Object(&[
    required("cases_of", &TEXT, "the contract, a file of the same folder"),
    required("title", &TEXT, "what the cases are, for people"),
    optional(
        "not_covered",
        &Shape::List(&TEXT),
        "what of the scheme the contract does not say, and why: one sentence each",
    ),
    required("cases", &Shape::Map(&CASE), "the cases by their id"),
]);

/// A case.
static CASE: Shape = Shape::Object(&[
    required("title", &TEXT, "what is special about it"),
    optional(
        "source",
        &TEXT,
        "where the case or its rule was found; may be missing only where all is from memory",
    ),
    required("verified", &Shape::Word(&VERIFIED), "whether the source was read, or is from memory"),
    required(
        "result",
        &Shape::Word(&RESULT),
        "whether the source prints the result, or it was worked out by hand from the rule",
    ),
    optional("arithmetic", &TEXT, "the hand calculation; must be there when the result is worked out"),
    optional(
        "memory_parts",
        &Shape::Either(&[TEXT, Shape::List(&TEXT)]),
        "what within a case that was found is from memory",
    ),
    optional("note", &TEXT, "anything else for people"),
    required("period", &TEXT, "the period that is stated: `2026/27`, `2026/27Q1`, `2026-04` or `term`"),
    optional(
        "parameters",
        &Shape::Map(&Shape::Cells),
        "whole entries of `tables` or `curves`, or `term`, that stand in place of the contract's",
    ),
    required(
        "observations",
        &Shape::Map(&OBSERVED),
        "what was observed, by measure; nested by period, member and holder in any order",
    ),
    required("expect", &Shape::Map(&EXPECTED), "what must come out: `NAME`, or `NAME:KEY:KEY…`"),
]);

const OBSERVED: Shape = Shape::Either(&[Shape::Flag, Shape::Cells]);

/// An expected value with what it allows.
const ALLOWED: Shape = Shape::Object(&[
    required("value", &Shape::Either(&[TEXT, NUMBER]), "the value as the source has it"),
    optional("printed_to", &NUMBER, "the source prints it rounded half up to a multiple of this"),
    optional("within", &NUMBER, "how far it may be off; only where the source's own rounding forces it"),
    optional("because", &TEXT, "why a tolerance is needed"),
]);

const EXPECTED: Shape = Shape::Either(&[Shape::Flag, TEXT, NUMBER, ALLOWED]);

/// The shapes with a section of the reference, in order.
pub static PAGES: [(&str, &Shape); 3] =
    [("case file", &CASES), ("case", &CASE), ("expected value", &ALLOWED)];
