//! The words for functions, aggregates and the current period: one line for each.
//!
//! In a template `{1}` is the first argument and so on. What follows the number says what may stand
//! there without parentheses: nothing, sums and products; `.`, single names and numbers; `?`,
//! conditions; `>`, words as well, because the text or a comma ends them. `{flow 1}` is a clause or
//! group, `{party 1}` a party, `{all}` every argument, `{period 1}` the period that the first argument
//! is worked out for, and `{name}` the name of a curve.
//!
//! In the words of an aggregate `{x}` is what is aggregated, `{over}` the members, such as “all
//! segments”, and `{members}` the same without “all” or “the”; `{1}` is its first option.

/// How tightly words bind, loosest first; looser words get parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// `if`, `else` and words with a comma.
    Choice,
    /// Words that do not say where they end.
    Phrase,
    Or,
    And,
    Not,
    Compare,
    Sum,
    Product,
    Sign,
    Atom,
}

use Strength::{Atom, Choice, Compare, Phrase};

/// The words for a function.
#[derive(Debug)]
pub struct FunctionWords {
    /// Its name.
    pub function: &'static str,
    /// How many arguments these words are for; any number when none is given.
    pub arguments: Option<usize>,
    /// The words.
    pub template: &'static str,
    /// How tightly they bind.
    pub strength: Strength,
}

const fn words(
    function: &'static str,
    arguments: Option<usize>,
    template: &'static str,
    strength: Strength,
) -> FunctionWords {
    FunctionWords { function, arguments, template, strength }
}

/// Functions; the first line that fits is used.
pub static FUNCTIONS: [FunctionWords; 14] = [
    words("min", Some(2), "the lesser of {1} and {2>}", Phrase),
    words("min", None, "the least of {all}", Phrase),
    words("max", Some(2), "the greater of {1} and {2>}", Phrase),
    words("max", None, "the greatest of {all}", Phrase),
    words("abs", None, "the size of {1.}", Atom),
    words("clamp", None, "{1>}, but at least {2} and at most {3}", Choice),
    words("score", None, "the score of {1.} (0 at {2}, 1 at {3})", Atom),
    words("given", None, "there is a value for {1.}", Compare),
    words("numerator", None, "the numerator of {1.}", Atom),
    words("denominator", None, "the denominator of {1.}", Atom),
    words("previous", Some(1), "{1.} of the {period 1} before", Atom),
    words("previous", None, "{1.} as it was {2} {period 1}s before", Atom),
    words("paid", None, "what is paid under {flow 1}", Atom),
    words("net", None, "what {party 1} receives less what it pays under {flow 2}", Phrase),
];

/// Curves, called with a number or with a base as well.
pub static CURVES: [FunctionWords; 2] = [
    words("", Some(1), "the curve {name} at {1.}", Atom),
    words("", Some(2), "the curve {name}, its bounds taken as shares of {2.}, at {1.}", Phrase),
];

/// Aggregates.
pub static AGGREGATES: [FunctionWords; 13] = [
    words("sum", None, "the sum of {x} over {over}", Phrase),
    words("count", None, "the number of {members} for which {x?}", Phrase),
    words("all", None, "for all {members}, {x?}", Choice),
    words("any", None, "for at least one of the {members}, {x?}", Choice),
    words("mean", None, "the mean of {x} over {over}", Phrase),
    words("min", None, "the least of {x} over {over}", Phrase),
    words("max", None, "the greatest of {x} over {over}", Phrase),
    words("first", None, "the first of {x} over {over}", Phrase),
    words("last", None, "the last of {x} over {over}", Phrase),
    words("pooled", None, "{x} pooled over {over}", Phrase),
    words("median", None, "the median of {x} over {over}", Phrase),
    words("rank", None, "the rank of {x} among {over}", Phrase),
    words("percentile", None, "the {1} percentile ({2}) of {x} over {over}", Phrase),
];

/// Words for the current period.
pub static PERIOD: [(&str, &str); 5] = [
    ("months", "months"),
    ("days", "days"),
    ("years_by_days", "years by days"),
    ("month_number", "the number of the month in the year"),
    ("year_number", "the number of the contract year"),
];
