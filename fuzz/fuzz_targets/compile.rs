//! Any text is checked: a contract with its plan, or problems that can be printed.

#![no_main]

use carepact::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let checked = check(text);
    for problem in &checked.problems {
        assert!(!problem.text("fuzz.json", checked.document.as_ref()).is_empty());
        assert!(!problem.json("fuzz.json", checked.document.as_ref()).is_null());
    }
    let refused = checked.problems.iter().any(|problem| problem.is_error());
    assert_eq!(checked.model.is_none(), refused, "a model, or an error that says why there is none");
});
