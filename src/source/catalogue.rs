//! The catalogue of diagnostics: every code, its severity, its rule and why the rule is there.
//!
//! `docs/reference/diagnostics.md` is generated from here, and a test demands a smallest example
//! of each in `tests/errors/`.

use super::diagnostic::Severity::{self, Error, Warning};

/// One kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The name shown in brackets.
    pub name: &'static str,
    /// Whether it stops the work.
    pub severity: Severity,
    /// The rule that is broken, in one sentence.
    pub rule: &'static str,
}

macro_rules! codes {
    ($($constant:ident $name:literal $severity:ident $rule:literal;)*) => {
        $(
            #[doc = $rule]
            pub static $constant: Code = Code { name: $name, severity: $severity, rule: $rule };
        )*
        /// All codes, in the order of this file.
        pub static ALL: &[&Code] = &[$(&$constant),*];
    };
}

codes! {
    // The document
    JSON_SYNTAX "json-syntax" Error "a contract is one JSON document";
    DUPLICATE_KEY "duplicate-key" Error "a key stands once in an object";
    LIMIT "limit" Error "documents, formulas and plans have named limits, so that no input can exhaust the machine";
    UNKNOWN_FIELD "unknown-field" Error "every field of a contract has a meaning; an unknown one would be ignored in silence";
    MISSING_FIELD "missing-field" Error "nothing that moves money is defaulted: a required field is written down";
    WRONG_TYPE "wrong-type" Error "each field has one of the forms that the reference lists";
    UNKNOWN_WORD "unknown-word" Error "this field takes one of a fixed list of words";
    BAD_NUMBER "bad-number" Error "numbers are plain decimals or percentages of at most 28 digits, read exactly";
    BAD_NAME "bad-name" Error "names are letters, digits and underscores, begin with a letter, and are no words of the language";
    DUPLICATE_NAME "duplicate-name" Error "within a name space a name stands for one thing";
    BAD_DATE "bad-date" Error "dates are written year-month-day, and the term ends after it begins";
    BAD_UNIT "bad-unit" Error "a unit is made of names, `*` and `/`, such as `GBP/person/year`";
    // Names and places
    UNKNOWN_NAME "unknown-name" Error "every name in a formula or field is declared in the contract";
    UNKNOWN_KEY "unknown-key" Error "a key is a member of an axis of the thing it selects from, or one of its periods";
    AMBIGUOUS_KEY "ambiguous-key" Error "a key fixes exactly one axis";
    // Formulas
    FORMULA_SYNTAX "formula-syntax" Error "formulas follow the grammar of the reference";
    ARGUMENTS "arguments" Error "a function is called with the arguments that it takes";
    UNIT_MISMATCH "unit-mismatch" Error "only like is added, compared or chosen between: pounds are not people, and a price per year is not a price per month";
    NOT_A_FLAG "not-a-flag" Error "a condition is a flag: a comparison, a measure of kind flag, or and, or, not of these";
    AXIS_NOT_FIXED "axis-not-fixed" Error "each axis of a name is fixed by the lines of the clause, by a key, or by an aggregate";
    AXIS_WITHIN "axis-within" Error "an aggregate over an axis that lies within another says within what";
    PERIOD_MISMATCH "period-mismatch" Error "a total is read in its own period or a longer one; a level also in a shorter one";
    PERIOD_NEEDED "period-needed" Error "a quantity that mentions the period states `per`";
    CIRCLE "circle" Error "no amount depends on itself; balances are carried with `previous`";
    MAY_BE_ABSENT "may-be-absent" Error "the amount, gate and weights of a clause are there whatever the data";
    SCORE_EQUAL "score-equal" Error "a score runs from a floor to a different target";
    OPPOSITE_WAYS "opposite-ways" Error "`paid` adds amounts that flow the same way; `net` takes any";
    HOLDERS "holders" Error "a contract has at most one party that is many; its holders meet only in statistics and shares, and have no order";
    // Tables and curves
    TABLE_INCOMPLETE "table-incomplete" Error "every cell of a table is given, unless `else` says what the others are";
    TABLE_SUM "table-sum" Error "a stated sum is the sum of the cells";
    CURVE_OVERLAP "curve-overlap" Error "the parts of a curve stand in rising order and do not overlap";
    CURVE_FORM "curve-form" Error "a curve is bands, points or slices, in the words of the reference";
    CURVE_RANGE "curve-range" Error "a curve covers every value that its argument can take";
    // Clauses
    SPLIT_FORM "split-form" Error "a line goes from one party to one, or is split on one side, in one of the forms of the reference";
    SPLIT_SUM "split-sum" Error "fixed shares of a line come to 100 %";
    PROMISE "promise" Error "each kind of clause makes a promise about its amount, and the promise is proved before any data";
    SILENCE "silence" Error "a warning is silenced by the name of its rule, with a reason";
    POOL_KEEPS "pool-keeps" Error "a pool passes on all that it receives";
    UNUSED "unused" Warning "what is declared is used; data that nobody reads are collected for nothing";
    MONEY_UNMOVED "money-unmoved" Warning "an incentive, a penalty or a gain share that no outcome moves is a fixed payment";
    LONG_IN_SHORT "long-in-short" Warning "money for a longer period, read in a shorter one, is counted in full in each";
    // Data
    DATA_FORMAT "data-format" Error "observations are rows of measure, period, members, and value or numerator and denominator";
    DATA_UNKNOWN "data-unknown" Error "every measure, period and member in the data is one of the contract";
    DATA_DOUBLE "data-double" Error "an observation is given once for each submission";
    DATA_RANGE "data-range" Error "an observation lies in the range and on the grid that the contract declares";
    DATA_SUPPRESSED "data-suppressed" Error "a suppressed figure is not a number; it is never read as 0";
    DATA_CONDITION "data-condition" Error "what the contract says must hold of its data holds";
    DATA_MISSING "data-missing" Error "every observation that a stated line depends on is given, unless the contract says what counts instead";
    // Scenarios
    SCENARIO_SPREAD "scenario-spread" Error "a distribution is one of those of the reference, with parameters that make one";
    SCENARIO_CHANCE "scenario-chance" Error "chance makes the observed number of a true level, and fits the measure that it is for";
    SCENARIO_DRAW "scenario-draw" Error "what is drawn has a level, from the scenario file or the baseline, and some stated line depends on it";
    SCENARIO_CORRELATION "scenario-correlation" Error "levels that are correlated are each drawn once in the same periods, and their correlations fit together";
    SCENARIO_SHOCK "scenario-shock" Error "a shock moves levels by a factor or an addition, and is drawn for periods that hold those of what it moves";
    SCENARIO_THRESHOLD "scenario-threshold" Error "a cost base or budget is an amount of a party of the contract, for all years or by year";
    SCENARIO_HOLDERS "scenario-holders" Error "of a party that is many, the baseline names those who are simulated";
    // What was asked for
    UNKNOWN_PERIOD "unknown-period" Error "a statement is for a period of the contract for which there are data";
    UNKNOWN_COLUMN "unknown-column" Error "a column of a table is a clause or a quantity, with keys that leave no doubt which of its amounts or figures";
    UNKNOWN_LINE "unknown-line" Error "a line is named as in the statement: clause:period:member";
}

/// The code with this name.
pub fn find(name: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| code.name == name)
}
