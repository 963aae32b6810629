//! Any text is a document or a list of problems, each with a place inside the text.
//!
//! Invariant: reading never panics, and a document reads back from what it prints.

#![no_main]

use carepact::Document;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Document::parse(text) {
        Ok(document) => {
            let printed = document.root().to_string();
            let again = Document::parse(&printed).expect("what is printed is a document");
            assert_eq!(again.root().to_string(), printed);
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "a refusal says why");
            for problem in problems {
                assert!(!problem.text("fuzz.json", None).is_empty());
            }
        }
    }
});
