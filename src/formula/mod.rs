//! The formula language: text to tree and back. Names are looked up later, when a formula is
//! lowered in the context of a clause.

mod parse;
mod print;
mod token;
mod tree;

pub use parse::{FORMULA_BYTES_MAX, FORMULA_DEPTH_MAX, WORDS, parse};
pub use token::SyntaxError;
pub use tree::{Formula, Key, Kind, Name, Operator, Over};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_print_as_they_were_written() {
        for text in [
            "a + b * c - d",
            "(a + b) * c",
            "a - (b - c)",
            "-(a + b) / -c",
            "if x > 0 and not y then 75% else if z then 5% * q else 0%",
            "(if x then 1 else 2) + 3",
            "x / y else 0",
            "sum(registered * price[2026/27] * months over month to date)",
            "mean(score over measure within domain where given(score))",
            "percentile(x over hospital where given(x), 75%, upper)",
            "round(-savings * loss_rate to 1)",
            "floor(x to 0.01) + ceiling(y to -z)",
            "clamp(risk(value - cost, value), -5% * value, GBP 5000)",
            "elected is variable and month is 2026-04 or year is 2026/27",
            "schedule.points[C01, 2025/26] else absent",
            "all(met over indicator)",
        ] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn errors_say_where_and_what() {
        let error = parse("a + * b").unwrap_err();
        assert_eq!(
            (error.span.start, error.message.as_str()),
            (4, "expected a number, a name or `(`, found `*`")
        );
        for bad in
            ["", "a b", "a <", "if a then b", "a[", "a[]", "(a", "1 < 2 < 3", "x is", "\u{e9}", "a ? b"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse(&"(".repeat(3000)).is_err());
        assert!(parse(&"-".repeat(3000)).is_err());
    }
}
