//! Every field of the contract language: the one declaration that is read, checked, printed as
//! JSON Schema and listed in the reference.

use super::kinds::KIND_WORDS;
use super::shape::{Field, PERIODS, Shape};

const TEXT: Shape = Shape::Text;
const NUMBER: Shape = Shape::Number;
const REFERENCE: Shape = Shape::Reference;
const FORMULA: Shape = Shape::Formula;
const UNIT: Shape = Shape::Unit;
const PERIOD: Shape = Shape::Word(&PERIODS);
const NAMES: Shape = Shape::List(&REFERENCE);

const fn required(name: &'static str, shape: &'static Shape, meaning: &'static str) -> Field {
    Field { name, required: true, shape, meaning }
}

const fn optional(name: &'static str, shape: &'static Shape, meaning: &'static str) -> Field {
    Field { name, required: false, shape, meaning }
}

/// The modes of rounding that a contract can name.
pub const MODES: [&str; 4] = ["half_away", "half_up", "half_even", "down"];

/// What a party is in the contract.
pub const ROLES: [&str; 7] = [
    "commissioner",
    "prime_provider",
    "prime_contractor",
    "alliance_member",
    "sub_contractor",
    "provider",
    "pool",
];

/// Sectors of care.
pub const SECTORS: [&str; 7] =
    ["acute", "mental_health", "community", "primary_care", "social_care", "voluntary", "ambulance"];

/// How the observations of shorter periods become one of a longer.
pub const COMBINE: [&str; 7] = ["sum", "mean", "first", "last", "min", "max", "pooled"];

/// The kinds of measure.
pub const MEASURE_KINDS: [&str; 6] = ["count", "money", "ratio", "number", "flag", "code"];

/// A whole contract.
pub static CONTRACT: Shape = Shape::Object(&[
    required("carepact", &Shape::Whole(1, 1), "version of the contract language"),
    required("contract", &TEXT, "id of the contract"),
    required("title", &TEXT, "title of the contract"),
    optional(
        "synthetic",
        &Shape::Flag,
        "true for an invented contract; this, `published` or `remembered` must be given",
    ),
    optional("published", &TEXT, "where the scheme is published"),
    optional(
        "remembered",
        &TEXT,
        "what of it is from memory and not verified; without `published`, all of it",
    ),
    required("currency", &TEXT, "ISO 4217 code; its minor unit is the quantum of every line"),
    required("rounding", &ROUNDING, "how lines are rounded and odd pennies placed"),
    required("term", &Shape::List(&Shape::Date), "first day and last day"),
    required("year_starts", &TEXT, "first day of contract years, such as \"04-01\"; the first of a month"),
    required("parties", &Shape::List(&PARTY), "who pays and is paid, in the order used for ties"),
    optional(
        "axes",
        &Shape::Map(&AXIS),
        "named lists of members: segments, bands, indicators, kinds of breach",
    ),
    optional("measures", &Shape::Map(&MEASURE), "what is observed"),
    optional("tables", &Shape::Map(&TABLE), "agreed numbers, by axes"),
    optional("curves", &Shape::Map(&CURVE), "agreed functions of one number"),
    optional("quantities", &Shape::Map(&QUANTITY), "formulas with a name"),
    required("clauses", &Shape::Map(&CLAUSE), "who pays whom how much"),
    optional("groups", &Shape::Map(&NAMES), "sets of clauses and groups, for `paid` and `net`"),
    optional("disputes", &TEXT, "how a contested amount is settled, and what is paid meanwhile"),
    optional("silenced", &SILENCED, "warnings on the design that are meant, each with the reason"),
]);

/// Warnings by the name of their rule, or by rule and what it was found of, `rule:C09`.
const SILENCED: Shape = Shape::Map(&TEXT);

/// How lines are rounded.
pub static ROUNDING: Shape = Shape::Object(&[
    required("mode", &Shape::Word(&MODES), "what a tie does"),
    required("residue", &TEXT, "largest_remainder, largest_share, last, or a party"),
]);

/// A party.
pub static PARTY: Shape = Shape::Object(&[
    required("id", &TEXT, "name used in the contract"),
    optional("name", &TEXT, "name for people"),
    optional("role", &Shape::Word(&ROLES), "what the party is in the contract"),
    optional("sector", &Shape::Word(&SECTORS), "sector of care"),
    optional("codes", &Shape::List(&CODE), "codes of the party in data files"),
    optional("many", &Shape::Flag, "true for a party that stands for many holders"),
    optional("recovers_tax", &Shape::Flag, "false for a party that cannot recover tax on what it buys"),
]);

/// A code of a party, with the dates for which it stands.
pub static CODE: Shape = Shape::Either(&[
    TEXT,
    Shape::Object(&[
        required("code", &TEXT, "the code"),
        optional("from", &Shape::Date, "first day"),
        optional("to", &Shape::Date, "last day"),
    ]),
]);

/// An axis.
pub static AXIS: Shape = Shape::Either(&[
    Shape::List(&MEMBER),
    Shape::Object(&[
        required("members", &Shape::List(&MEMBER), "the members in order"),
        optional("within", &REFERENCE, "the axis that this one divides further"),
    ]),
]);

/// A member of an axis.
pub static MEMBER: Shape = Shape::Either(&[
    TEXT,
    Shape::Object(&[
        required("id", &TEXT, "name used in the contract and the data"),
        optional("in", &REFERENCE, "the member of the axis above that it belongs to"),
    ]),
]);

const BY_MEMBER_WORD: Shape = Shape::Either(&[TEXT, Shape::Map(&TEXT)]);
const BETTER: Shape =
    Shape::Either(&[Shape::Word(&["higher", "lower"]), Shape::Map(&Shape::Word(&["higher", "lower"]))]);
const AREA: Shape = Shape::Whole(1, 10);
const AREAS: Shape = Shape::Either(&[Shape::List(&AREA), Shape::Map(&Shape::List(&AREA))]);
const MONTHS: Shape = Shape::Whole(0, 120);
const BASELINE: Shape = Shape::Either(&[NUMBER, Shape::Map(&NUMBER)]);
const EVENTS: Shape = Shape::Either(&[NAMES, Shape::Map(&NAMES)]);

/// A measure.
pub static MEASURE: Shape = Shape::Object(&[
    required("kind", &Shape::Word(&MEASURE_KINDS), "what is observed"),
    optional("unit", &UNIT, "unit of a count or of money"),
    optional("of", &UNIT, "unit that a ratio counts"),
    optional("axis", &REFERENCE, "axis whose members a code names"),
    optional("by", &NAMES, "axes with an observation for each member"),
    required("per", &PERIOD, "the period that an observation counts for"),
    optional("combine", &Shape::Word(&COMBINE), "how it is read in a longer period"),
    optional("range", &Shape::List(&NUMBER), "least and greatest value; not for flags and codes"),
    optional("denominator_range", &Shape::List(&NUMBER), "least and greatest denominator of a ratio"),
    optional("step", &NUMBER, "grid of values; 1 for counts and 0.01 for money unless given"),
    optional("missing", &TEXT_OR_NUMBER, "refuse, absent, or the value that counts instead"),
    optional("rounded", &NUMBER, "quantum applied on reading"),
    optional("carried_from", &REFERENCE, "quantity whose value in one period is the observation of the next"),
    optional("earlier", &Shape::Whole(0, 120), "periods before the term that may be supplied"),
    optional("better", &BETTER, "higher or lower"),
    optional("sector", &BY_MEMBER_WORD, "whose outcome it is"),
    optional("areas", &AREAS, "areas of integration, 1 to 10"),
    optional("lag_months", &Shape::Either(&[MONTHS, Shape::Map(&MONTHS)]), "months until it is known"),
    optional("baseline", &BASELINE, "where it stood before the contract"),
    optional("events", &EVENTS, "the events that it counts, in words that several measures share"),
]);

const TEXT_OR_NUMBER: Shape = Shape::Either(&[TEXT, NUMBER]);

/// A table.
pub static TABLE: Shape = Shape::Either(&[
    Shape::Quantity,
    Shape::Object(&[
        required("columns", &Shape::List(&TEXT), "names of the columns, each followed by its unit"),
        required("by", &NAMES, "axes of the rows"),
        required("rows", &Shape::Cells, "a list of cells for each row"),
        optional("sum", &Shape::Map(&NUMBER), "sums of columns over the last axis"),
    ]),
    Shape::Object(&[
        required("by", &NAMES, "axes of the values"),
        required("values", &Shape::Cells, "values, nested by axis, or lists in the order of the axis"),
        optional("unit", &UNIT, "unit of the values; none for pure numbers"),
        optional("else", &NUMBER, "the value of cells that are not given"),
        optional("sum", &NUMBER, "sum over the last axis"),
        optional("costed", &Shape::Cells, "what the values were costed at, in the form of `values`"),
    ]),
]);

/// The body of a curve.
pub static CURVE_BODY: [Field; 5] = [
    optional("bands", &Shape::Map(&BAND), "a value for each band, or the values at its two ends"),
    optional("points", &Shape::List(&Shape::List(&NUMBER)), "points joined by straight lines"),
    optional("slices", &Shape::Map(&NUMBER), "a rate for the part of x in each slice"),
    optional("outside", &Shape::Word(&["hold", "extend"]), "what points do beyond the first and last"),
    optional("mirror", &Shape::Flag, "slices below zero mirror those above"),
];

const BAND: Shape = Shape::Either(&[NUMBER, Shape::List(&NUMBER)]);

/// A curve.
pub static CURVE: Shape = Shape::Object(&[
    optional("of", &UNIT, "unit of the argument; none for pure numbers"),
    optional("gives", &UNIT, "unit of the result; none for pure numbers"),
    optional("by", &NAMES, "axes with a curve for each member"),
    optional("each", &Shape::Cells, "the curves, nested by axis"),
    optional("bands", &Shape::Map(&BAND), "a value for each band, or the values at its two ends"),
    optional("points", &Shape::List(&Shape::List(&NUMBER)), "points joined by straight lines"),
    optional("slices", &Shape::Map(&NUMBER), "a rate for the part of x in each slice"),
    optional("outside", &Shape::Word(&["hold", "extend"]), "what points do beyond the first and last"),
    optional("mirror", &Shape::Flag, "slices below zero mirror those above"),
]);

/// A quantity.
pub static QUANTITY: Shape = Shape::Either(&[
    FORMULA,
    Shape::Object(&[
        required("is", &FORMULA, "the formula"),
        optional("per", &PERIOD, "the period it is worked out for"),
        optional("by", &NAMES, "axes it carries besides those it reads"),
        optional("unit", &UNIT, "its unit, which is checked"),
        optional("shown", &Shape::Flag, "true: its values stand on the statement beside the lines"),
        optional("must_hold", &TEXT, "a flag that the data must fulfil, and what to do where they do not"),
    ]),
]);

const PARTY_OR_LIST: Shape = Shape::Either(&[REFERENCE, NAMES]);

/// One side of a clause.
pub static SIDE: Shape = Shape::Either(&[
    REFERENCE,
    Shape::Object(&[required("shares", &REFERENCE, "table of shares by party")]),
    Shape::Object(&[
        required("weights", &FORMULA, "weight of each party, pro rata"),
        required("among", &PARTY_OR_LIST, "the parties"),
        optional("between", &Shape::List(&FORMULA), "least and most of each part"),
    ]),
    Shape::Object(&[required("each", &PARTY_OR_LIST, "a line for each of these parties, or of a role")]),
    Shape::Map(&NUMBER),
]);

/// Payment on account.
pub static ON_ACCOUNT: Shape = Shape::Object(&[
    required("each", &PERIOD, "how often an instalment is paid"),
    optional("amount", &FORMULA, "amount of an instalment"),
    optional("total", &FORMULA, "amount divided equally over the instalments"),
    optional("day", &Shape::Whole(1, 31), "day of the month on which it is due"),
]);

/// Settlement.
pub static SETTLES: Shape = Shape::Object(&[
    required("after_months", &MONTHS, "months after the assessment period"),
    optional("data", &Shape::Word(&["flex", "freeze"]), "which submission it is settled on"),
    optional("deduct_from", &REFERENCE, "the clause from whose payments it is deducted"),
]);

/// Whether the lines of a clause count.
pub const STATUS: [&str; 3] = ["live", "shadow", "reporting"];

/// A clause.
pub static CLAUSE: Shape = Shape::Object(&[
    required("kind", &Shape::Word(&KIND_WORDS), "what the clause is, and what is proved of its amount"),
    required("from", &SIDE, "who pays"),
    required("to", &SIDE, "who is paid"),
    optional("through", &REFERENCE, "the prime through which it is paid"),
    required("per", &PERIOD, "assessment period"),
    required("amount", &FORMULA, "money paid from `from` to `to`; negative is the other way"),
    optional("when", &FORMULA, "gate: a flag that multiplies the amount"),
    optional("lines", &NAMES, "axes with a line for each member"),
    optional("round", &NUMBER, "quantum of the lines other than the minor unit"),
    optional("cumulative", &Shape::Word(&["year", "term"]), "the amount is that of the year or term to date"),
    optional("residue", &TEXT, "who takes what rounding leaves over, other than the head's rule"),
    optional("on_account", &ON_ACCOUNT, "instalments before the result is known"),
    optional("settles", &SETTLES, "when the result is settled"),
    optional("active", &NAMES, "first and last assessment period"),
    optional(
        "status",
        &Shape::Either(&[Shape::Word(&STATUS), Shape::Map(&Shape::Word(&STATUS))]),
        "live, shadow (shown, counts 0) or reporting; or by year",
    ),
    optional("silenced", &SILENCED, "warnings on this clause that are meant, each with the reason"),
]);

/// The shapes with a page of the reference, in order.
pub static PAGES: [(&str, &Shape); 12] = [
    ("contract", &CONTRACT),
    ("rounding", &ROUNDING),
    ("party", &PARTY),
    ("axis", &AXIS),
    ("member", &MEMBER),
    ("measure", &MEASURE),
    ("table", &TABLE),
    ("curve", &CURVE),
    ("quantity", &QUANTITY),
    ("clause", &CLAUSE),
    ("on account", &ON_ACCOUNT),
    ("settlement", &SETTLES),
];
