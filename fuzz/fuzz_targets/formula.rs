//! Any text is a formula or a place where it is none; a formula prints as text that reads back
//! as the same tree.

#![no_main]

use carepact::formula::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| match parse(text) {
    Ok(formula) => {
        let printed = formula.to_string();
        // Printing spells out what was short, so that a formula near the limits may exceed them.
        if printed.len() <= 3_500 && text.matches('(').count() < 20 {
            let again = parse(&printed).unwrap_or_else(|error| panic!("`{printed}`: {}", error.message));
            assert_eq!(again.to_string(), printed, "printed, read and printed again");
            assert_eq!(shape(&again), shape(&formula), "`{printed}` is another tree");
        }
    }
    Err(error) => {
        assert!(error.span.start <= text.len() && error.span.end <= text.len(), "{error:?}");
        assert!(text.is_char_boundary(error.span.start), "{error:?}");
    }
});

/// The tree without its places, which printing moves.
fn shape(formula: &carepact::formula::Formula) -> String {
    let debug = format!("{formula:?}");
    let mut parts = debug.split("span: Span { ");
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        out.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
    }
    out
}
