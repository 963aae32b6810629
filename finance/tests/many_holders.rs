//! A workbook of two hundred holders, recalculated by LibreOffice: shares, places and figures over all.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod office;

use carepact::workbook::HOLDERS_OF_A_WORKBOOK_MAX;
use carepact::{Contract, Observations};

use office::{Office, Written, hold, hold_all, report};

const TEXT: &str = r#"{ "carepact": 1, "contract": "clinics", "title": "Many clinics", "synthetic": true,
  "currency": "GBP", "rounding": { "mode": "half_away", "residue": "largest_remainder" },
  "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
  "parties": [ { "id": "payer", "role": "commissioner" }, { "id": "clinic", "many": true, "role": "provider" } ],
  "measures": { "list": { "kind": "count", "unit": "person", "by": ["clinic"], "per": "year", "range": [0, 100000] } },
  "tables": { "pot": "100000.01 GBP", "fee": "7.35 GBP", "best": "75%" },
  "clauses": {
    "shared": { "kind": "payment", "from": "payer", "to": { "weights": "list", "among": ["clinic"] }, "per": "year",
      "amount": "pot" },
    "placed": { "kind": "payment", "from": "payer", "to": "clinic", "per": "year",
      "amount": "fee * rank(list over clinic)" },
    "large": { "kind": "payment", "from": "payer", "to": "clinic", "per": "year",
      "when": "list >= percentile(list over clinic, 75%, upper)", "amount": "GBP 100" } } }"#;

fn data(holders: usize) -> Observations {
    let mut observations = Observations::new();
    for holder in 0..holders {
        // Lists from 1,000 on that look irregular; every fiftieth is a double.
        let list = 1_000 + (holder * 7_919) % 9_973 - holder % 50 / 49;
        let name = format!("c{holder:03}");
        observations.add_value("list", "2026/27", &[("clinic", name.as_str())], &list.to_string());
    }
    observations
}

#[test]
fn all_of_two_hundred_holders() {
    let model = Contract::parse(TEXT).unwrap().compile().unwrap();
    // One more, and it is the workbook of the first alone.
    let one = Written::new("one", &model, &data(HOLDERS_OF_A_WORKBOOK_MAX + 1), None).unwrap();
    assert_eq!(one.workbook.one_of, Some(("c000".to_string(), HOLDERS_OF_A_WORKBOOK_MAX + 1)));
    assert_eq!(one.workbook.lines, 3);
    let Some(office) = Office::new("holders") else { return };
    let all = [Written::new("all", &model, &data(HOLDERS_OF_A_WORKBOOK_MAX), None).unwrap()];
    assert_eq!(all[0].workbook.one_of, None);
    let found = office.recalculate(&all).remove(0);
    let mut problems = Vec::new();
    let counts = hold(&all[0], &found, &mut problems);
    hold_all(&all[0], &found, &mut problems);
    report(&problems);
    assert_eq!(counts, (3 * HOLDERS_OF_A_WORKBOOK_MAX, 0), "{:?}", all[0].workbook.unsure.first());
}
