//! Every field of a mapping: the one declaration that is read, checked and listed.

use crate::contract::shape::{Field, Shape};

const TEXT: Shape = Shape::Text;
const TEXTS: Shape = Shape::List(&TEXT);
const TEXT_BY_NAME: Shape = Shape::Map(&TEXT);

const fn optional(name: &'static str, shape: &'static Shape, meaning: &'static str) -> Field {
    Field { name, required: false, shape, meaning }
}

/// The parts of an observation that a column can hold.
pub const PARTS: [&str; 3] = ["value", "numerator", "denominator"];

/// A whole mapping.
pub static MAPPING: Shape = Shape::Object(&[
    Field {
        name: "columns",
        required: true,
        shape: &Shape::Map(&COLUMN),
        meaning: "by heading, the measure that the column observes; `{axis}` stands for each member of an axis",
    },
    optional("period", &TEXT, "the period of the contract that the table is of"),
    optional("members", &TEXT_BY_NAME, "what stands for `{axis}` in headings, and the member it means"),
    optional("missing", &TEXTS, "cells that say that there is no observation, besides empty ones"),
    optional("strip", &TEXTS, "texts that are taken out of cells, such as thousands separators"),
]);

/// A column.
pub static COLUMN: Shape = Shape::Either(&[
    TEXT,
    Shape::Object(&[
        Field { name: "measure", required: true, shape: &Shape::Reference, meaning: "the measure" },
        optional("part", &Shape::Word(&PARTS), "numerator or denominator of a ratio; otherwise its value"),
        optional("members", &TEXT_BY_NAME, "by axis, the member that the column is of"),
        optional("period", &TEXT, "the period that the column is of, other than that of the table"),
        optional("codes", &TEXT_BY_NAME, "what a cell says, and the value or member it means"),
        optional("times", &Shape::Number, "a factor, such as -1 where the table turns the sign round"),
        optional("strip", &TEXTS, "texts that are taken out of the cells of this column"),
        optional("optional", &Shape::Flag, "true where some tables do not have the column"),
    ]),
]);
