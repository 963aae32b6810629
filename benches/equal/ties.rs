//! A contract of amounts that end in half a penny, ratios, gates, absence, shares within limits and
//! all ways of rounding, against the exact reading, scenario by scenario.

use carepact::batch::Known;

use crate::common::batch::{Numbers, amounts, compiled, differences, drawn, results, varies};
use crate::common::{compile, text};
use crate::{Outcome, over_chunks, tiers};

const CONTRACT: &str = "fixtures/batch/ties.json";
const MODES: [&str; 4] = ["half_away", "half_up", "half_even", "down"];
const RESIDUES: [&str; 4] = ["largest_remainder", "largest_share", "last", "south"];

/// The contract with another way of rounding in its head.
fn variant(mode: &str, residue: &str) -> String {
    let head = |mode: &str, residue: &str| format!(r#""mode": "{mode}", "residue": "{residue}""#);
    let (written, wanted) = (head("half_away", "largest_remainder"), head(mode, residue));
    let text = text(CONTRACT);
    assert!(text.contains(&written), "the head of {CONTRACT} has {written}");
    text.replace(&written, &wanted)
}

/// Compares so many scenarios, an equal part of them with each way of rounding.
pub fn compare(count: usize) -> Outcome {
    let ways = MODES.iter().flat_map(|mode| RESIDUES.iter().map(move |residue| (*mode, *residue)));
    let each = count.div_ceil(MODES.len() * RESIDUES.len());
    let mut all = Outcome::default();
    for (way, (mode, residue)) in (1..).zip(ways) {
        let model = compile(CONTRACT, &variant(mode, residue));
        let known: Vec<Known> = model.plan().facts().iter().map(varies).collect();
        let mut nodes = amounts(&model);
        let wanted = nodes.len();
        let batch = compiled(&model, &known, &mut nodes).expect("a batch");
        assert_eq!(nodes.len(), wanted, "every line of {CONTRACT} is on a grid");
        tiers(&format!("ties, {mode}, {residue}"), batch.tiers());
        let compare = |first: usize, count: usize| {
            let mut numbers = Numbers(way << 32 | first as u64);
            let columns = drawn(&model, batch.inputs(), &mut numbers, count);
            let found = results(&batch, &columns).expect("admissible facts");
            let of = (&model, known.as_slice(), nodes.as_slice());
            let differences = differences(of, &batch, (&columns, &found), 0..count);
            let differences = differences.into_iter().map(|what| format!("{mode}, {residue}: {what}"));
            let (exact, numbers) = (count, count * nodes.len());
            Outcome { scenarios: count, exact, numbers, differences: differences.collect() }
        };
        all.add(over_chunks(each, compare));
    }
    all
}
