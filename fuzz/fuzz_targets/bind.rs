//! A shipped contract and any table of observations: facts, or problems with their rows. What is
//! bound is evaluated and its controls are zero.
//!
//! The bytes are a table; a first byte chooses between rows of its own and rows that fit with
//! some cells replaced.

#![no_main]

#[path = "shared.rs"]
mod shared;

use carepact::{AsOf, Model, Observations, Request, check};
use libfuzzer_sys::fuzz_target;
use shared::{Bytes, CONTRACTS, balances, invented};
use std::sync::OnceLock;

/// The compiled small contracts.
fn models() -> &'static Vec<Model> {
    static MODELS: OnceLock<Vec<Model>> = OnceLock::new();
    MODELS.get_or_init(|| {
        let compiled = CONTRACTS.iter().map(|text| check(text).model.expect("a shipped contract compiles"));
        compiled.collect()
    })
}

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes(data);
    let model = &models()[bytes.below(models().len())];
    let request = Request {
        period: [None, Some("2026/27"), Some("2026-04"), Some("term"), Some("2023")][bytes.below(5)]
            .map(str::to_string),
        as_of: if bytes.below(2) == 0 { AsOf::Flex } else { AsOf::Freeze },
    };
    let mut observations = if bytes.below(3) == 0 { Observations::new() } else { fitting(model, &mut bytes) };
    table(&mut observations, bytes.0);
    match model.bind(&observations, &request) {
        Ok(facts) => balances(&model.evaluate(&facts)),
        Err(problems) => {
            assert!(!problems.0.is_empty(), "a refusal says why");
            for problem in &problems.0 {
                assert!(!problem.text("fuzz.csv", None).is_empty());
            }
        }
    }
});

fn fitting(model: &Model, bytes: &mut Bytes<'_>) -> Observations {
    if model.plan().facts().len() < 3_000 { invented(model, bytes) } else { Observations::new() }
}

/// Lines of text, cut at commas, as a spreadsheet would hand them over.
fn table(observations: &mut Observations, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut rows = text.lines().map(|line| line.split(',').map(str::to_string).collect::<Vec<_>>());
    let Some(headings) = rows.next() else { return };
    let records: Vec<Vec<String>> = rows.take(200).collect();
    let numbered = records.iter().enumerate().map(|(i, record)| (i + 2, record.as_slice()));
    observations.add_table("fuzz.csv", &headings, numbered);
}
