//! Every field of a scenario file: the one declaration that is read, checked, printed as JSON Schema
//! and listed in the reference.

use crate::contract::shape::{Field, PERIODS, Shape};

const TEXT: Shape = Shape::Text;
const NUMBER: Shape = Shape::Number;
const NAME: Shape = Shape::Reference;
const NAMES: Shape = Shape::List(&NAME);

const fn required(name: &'static str, shape: &'static Shape, meaning: &'static str) -> Field {
    Field { name, required: true, shape, meaning }
}

const fn optional(name: &'static str, shape: &'static Shape, meaning: &'static str) -> Field {
    Field { name, required: false, shape, meaning }
}

/// How an observed number scatters about its true level.
pub(super) const CHANCES: [&str; 3] = ["binomial", "poisson", "negative_binomial"];

/// How a spread stands to the baseline.
pub(super) const RELATIONS: [&str; 2] = ["times", "plus"];

/// The names of the distributions.
pub(super) const DISTRIBUTIONS: [&str; 7] =
    ["fixed", "uniform", "triangular", "normal", "lognormal", "beta", "happens"];

/// A whole scenario file.
pub static SCENARIOS: Shape = Shape::Object(&[
    required("title", &TEXT, "what the scenarios are, for people"),
    optional(
        "period",
        &NAME,
        "the period that is simulated: `2026/27` or `term`; without it the contract years that the \
         baseline has data for",
    ),
    optional(
        "repeat",
        &NAME,
        "the contract year whose baseline stands for every year that has none of its own, such as \
         `2026/27`",
    ),
    required(
        "draws",
        &Shape::List(&DRAW),
        "what differs from the baseline; a later entry replaces an earlier one",
    ),
    optional(
        "rank_correlation",
        &Shape::List(&CORRELATION),
        "pairs of levels that move together, or against one another",
    ),
    optional("shocks", &Shape::Map(&SHOCK), "draws that move several measures at once, by name"),
    optional(
        "cost_base",
        &Shape::Map(&Shape::Cells),
        "by party: what its services cost it in a year, or by year; to receive less, net, is a loss",
    ),
    optional(
        "budget",
        &Shape::Map(&Shape::Cells),
        "by party: what it can pay in a year, or by year; to pay more, net, is a loss",
    ),
]);

/// What is drawn for some observations of a measure.
static DRAW: Shape = Shape::Object(&[
    required("measure", &NAME, "the measure"),
    optional(
        "for",
        &NAMES,
        "which of its observations: members and periods (a year stands for its months); without it all",
    ),
    optional(
        "level",
        &SPREAD,
        "the true level: of a ratio numerator over denominator, else the value; without it the baseline",
    ),
    optional("denominator", &SPREAD, "the denominator of a ratio; without it the baseline"),
    optional(
        "each",
        &NAMES,
        "for what a level is drawn anew: axes of the measure, and one of month, quarter, year; `[]` is \
         one draw for all; without it each observation has its own",
    ),
    optional("trend", &NUMBER, "how much the level grows from year to year: `2%` is times 1.02 each year"),
    optional(
        "trend_plus",
        &NUMBER,
        "what is added to the level from year to year: `1%` is a point of a rate",
    ),
    optional(
        "chance",
        &Shape::Word(&CHANCES),
        "how the observed number scatters about its true level; without it there is no chance",
    ),
    optional(
        "trials",
        &NUMBER,
        "of a count with binomial chance: how many could be counted; its level is then the rate",
    ),
    optional("overdispersion", &NUMBER, "of negative binomial chance: the variance over the mean, above 1"),
    optional("least", &NUMBER, "no level is below it"),
    optional("most", &NUMBER, "no level is above it"),
    optional("step", &NUMBER, "the grid of what is drawn, where the measure states none"),
]);

const ENDS: Shape = Shape::Object(&[
    required("least", &NUMBER, "the least value"),
    required("most", &NUMBER, "the greatest value"),
]);

const TRIANGLE: Shape = Shape::Object(&[
    required("least", &NUMBER, "the least value"),
    required("mode", &NUMBER, "the most likely value"),
    required("most", &NUMBER, "the greatest value"),
]);

const BELL: Shape = Shape::Object(&[
    required("mean", &NUMBER, "the mean of the value"),
    required("sd", &NUMBER, "the standard deviation of the value"),
]);

const BETA: Shape = Shape::Object(&[
    required("alpha", &NUMBER, "the first shape, above 0"),
    required("beta", &NUMBER, "the second shape, above 0"),
    required("least", &NUMBER, "the least value"),
    required("most", &NUMBER, "the greatest value"),
]);

/// A distribution.
static SPREAD: Shape = Shape::Object(SPREAD_FIELDS);

const SPREAD_FIELDS: &[Field] = &[
    optional("fixed", &NUMBER, "one value"),
    optional("uniform", &ENDS, "any value between two, all as likely"),
    optional("triangular", &TRIANGLE, "between two values, and most likely near a third"),
    optional("normal", &BELL, "about a mean, as often above as below"),
    optional("lognormal", &BELL, "above 0, with a long tail above"),
    optional("beta", &BETA, "between two values, in the shape of a beta distribution"),
    optional("happens", &NUMBER, "1 with this chance, otherwise 0"),
    optional(
        "relative",
        &Shape::Word(&RELATIONS),
        "the value is a factor of the baseline (`times`), or is added to it (`plus`)",
    ),
];

static CORRELATION: Shape = Shape::Object(&[
    required("between", &NAMES, "two levels: `measure`, or `measure:member…`"),
    required("is", &NUMBER, "Spearman's rank correlation, between -1 and 1"),
]);

static SHOCK: Shape = Shape::Object(&[
    required("draw", &SPREAD, "the size of the shock"),
    required("each", &Shape::Word(&PERIODS), "how often it is drawn: month, quarter, year or term"),
    required("moves", &Shape::List(&MOVE), "what it moves"),
]);

static MOVE: Shape = Shape::Object(&[
    required("measure", &NAME, "the measure whose level moves"),
    optional("for", &NAMES, "which of its observations: members and periods; without it all"),
    optional("times", &NUMBER, "the level is times 1 and this, for a shock of 1: `4%` is times 1.04"),
    optional("plus", &NUMBER, "this is added to the level for a shock of 1: `2%` is two points of a rate"),
]);

/// The shapes with a section of the reference, in order.
pub static PAGES: [(&str, &Shape); 10] = [
    ("scenario file", &SCENARIOS),
    ("draw", &DRAW),
    ("distribution", &SPREAD),
    ("uniform", &ENDS),
    ("triangular", &TRIANGLE),
    ("normal and lognormal", &BELL),
    ("beta", &BETA),
    ("rank correlation", &CORRELATION),
    ("shock", &SHOCK),
    ("what a shock moves", &MOVE),
];
