//! What the check of absence lets pass is never absent: random conditions before divisions by numbers
//! that are often 0 and before figures that are often missing, each read for a dozen holders.
//!
//! Most such formulas are refused, which is no concern here; the amounts of the others are held
//! against the oracle, which panics where one of them is absent.

use carepact::Request;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::common;
use crate::compare::both;
use crate::generate::run::config;
use crate::generate::tape::{Numbers, Tape};
use crate::slow;

/// x and y are whole numbers about 0, z and w may be missing, f is a flag, g one that may be missing.
const MEASURES: &str = r#""x": { "kind": "number", "by": ["h"], "per": "year", "range": [-2, 2], "step": 1 },
    "y": { "kind": "number", "by": ["h"], "per": "year", "range": [0, 2], "step": 1 },
    "z": { "kind": "number", "by": ["h"], "per": "year", "range": [-1, 1], "step": 1, "missing": "absent" },
    "w": { "kind": "number", "by": ["h"], "per": "year", "range": [1, 2], "step": 1, "missing": "absent" },
    "f": { "kind": "flag", "by": ["h"], "per": "year" },
    "g": { "kind": "flag", "by": ["h"], "per": "year", "missing": "absent" }"#;
const HOLDERS: usize = 12;

/// Least, most, and whether it may be missing.
const DATA: [(&str, i64, i64, bool); 6] = [
    ("x", -2, 2, false),
    ("y", 0, 2, false),
    ("z", -1, 1, true),
    ("w", 1, 2, true),
    ("f", 0, 1, false),
    ("g", 0, 1, true),
];

fn atom(tape: &mut Tape<'_>) -> String {
    let operator = tape.word(&[">", "<>", ">=", "<", "<=", "="]);
    let number = tape.word(&["0", "1", "-1", "0.5"]);
    match tape.below(12) {
        0..=3 => format!("x {operator} {number}"),
        4 => format!("y {operator} {number}"),
        5 => format!("given({})", tape.word(&["z", "w", "z + w", "z / x", "g"])),
        6 => tape.word(&["f", "p", "n"]).to_string(),
        7 => format!("d {operator} {number}"),
        8 => format!("{} {operator} {number}", tape.word(&["z", "w", "w / y"])),
        9 => format!("({} else {})", tape.word(&["g", "z > 0", "x / y >= 1"]), tape.word(&["0", "1"])),
        10 => format!("x {operator} y"),
        _ => tape.word(&["g", "1 = 1", "x * y <> 0"]).to_string(),
    }
}

fn condition(tape: &mut Tape<'_>, depth: usize) -> String {
    if depth == 0 {
        return atom(tape);
    }
    let inner = |tape: &mut Tape<'_>| condition(tape, depth - 1);
    match tape.below(10) {
        0 | 1 => atom(tape),
        2..=4 => format!("({} and {})", inner(tape), inner(tape)),
        5 | 6 => format!("({} or {})", inner(tape), inner(tape)),
        7 | 8 => format!("(not {})", inner(tape)),
        _ => format!("(if {} then {} else {})", inner(tape), inner(tape), inner(tape)),
    }
}

/// An amount that is there only on some conditions.
fn risky(tape: &mut Tape<'_>) -> &'static str {
    tape.word(&[
        "GBP 6 / x",
        "GBP 6 * z",
        "GBP 6 / x",
        "GBP 6 * w / x",
        "GBP 6 / d",
        "GBP 6 * z / y",
        "GBP 6 / y",
    ])
}

/// The amount and the gate of a clause.
fn clause(tape: &mut Tape<'_>) -> (String, Option<String>) {
    let form = tape.below(8);
    let condition = condition(tape, 2);
    let (amount, other) = (risky(tape), tape.word(&["GBP 1", "GBP 1 * y", "GBP 5 / x", "absent"]));
    let counted = |function: &str| format!("{function}({amount} over h where {condition})");
    match form {
        0 | 1 => (format!("if {condition} then {amount} else GBP 1"), None),
        2 => (format!("if {condition} then GBP 1 else {amount}"), None),
        3 => (format!("if {condition} then {amount} else if f then {other} else GBP 1 * x"), None),
        4 => (amount.to_string(), Some(condition)),
        5 => (counted("sum"), None),
        6 => (format!("{} else GBP 9", counted(tape.word(&["mean", "max", "median"]))), None),
        _ => (format!("if any({condition} over h) then {} else GBP 2", counted("max")), None),
    }
}

fn contract(tape: &mut Tape<'_>) -> String {
    let (amount, gate) = clause(tape);
    let gate = gate.map_or(String::new(), |gate| format!(r#" "when": "{gate}","#));
    format!(
        r#"{{ "carepact": 1, "contract": "absence", "title": "Absence", "synthetic": true, "currency": "GBP",
  "rounding": {{ "mode": "half_away", "residue": "last" }}, "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
  "parties": [{{ "id": "icb" }}, {{ "id": "h", "many": true }}],
  "measures": {{ {MEASURES} }},
  "quantities": {{ "d": "x - y", "p": "x > 0 and y > 0", "n": "not (x = 0)" }},
  "clauses": {{
    "reads_all": {{ "kind": "payment", "from": "icb", "to": "h", "per": "year",
      "amount": "GBP 1 * (x + y + (z else 0) + (w else 0) + f + (g else 0) + d + p + n)" }},
    "c": {{ "kind": "payment", "from": "icb", "to": "h", "per": "year",{gate}
      "amount": "{amount}" }} }} }}"#
    )
}

fn data(seed: u64) -> String {
    let mut numbers = Numbers(seed | 1);
    let mut out = "measure,period,h,value\n".to_string();
    for holder in 0..HOLDERS {
        for (measure, least, most, may_be_missing) in DATA {
            let steps = u64::try_from(most - least + 1).expect("a range");
            let value = least + i64::try_from(numbers.below(steps)).expect("few");
            if !(may_be_missing && numbers.below(3) == 0) {
                out.push_str(&format!("{measure},2026/27,h{holder},{value}\n"));
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn what_passes_the_check_of_absence_is_there(tape in vec(any::<u16>(), 0..60), seed in any::<u64>()) {
        let (text, data) = (contract(&mut Tape::new(&tape)), data(seed));
        let model = carepact::check(&text).model.ok_or_else(|| TestCaseError::reject("refused"))?;
        let request = Request { period: Some("term".to_string()), ..Request::default() };
        let bound = model.bind(&common::observations("data.csv", &data), &request);
        let facts = bound.map_err(|problems| TestCaseError::fail(problems.to_string()))?;
        let (own, wanted) = both(&model.evaluate(&facts), slow::stated(&text, &data, "term"));
        prop_assert_eq!(own, wanted, "{}\n{}", text, data);
    }
}
