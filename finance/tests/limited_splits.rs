//! Splits whose parts have limits, in workbooks recalculated by LibreOffice.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod office;

use carepact::workbook::{Content, Style};
use carepact::{Contract, Exact, Observations};

use office::{Office, Written, hold, hold_all, report};

/// Three parties with weights, floors and caps, and every rule for odd pennies. A part of 90 % is capped.
fn text(residue: &str, mode: &str, limits: &str) -> String {
    format!(
        r#"{{ "carepact": 1, "contract": "limited", "title": "Limits", "synthetic": true, "currency": "GBP",
  "rounding": {{ "mode": "{mode}", "residue": "largest_remainder" }},
  "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
  "parties": [ {{ "id": "payer", "role": "commissioner" }}, {{ "id": "north", "role": "provider" }},
    {{ "id": "south", "role": "provider" }}, {{ "id": "coast", "role": "provider" }} ],
  "measures": {{ "balance": {{ "kind": "money", "unit": "GBP", "per": "year", "range": [-20000, 20000] }},
    "workload": {{ "kind": "count", "unit": "contact", "by": ["party"], "per": "year", "range": [0, 1000] }} }},
  "tables": {{ "lowest": {{ "unit": "GBP", "by": ["party"], "values": {{ "north": 100.01, "south": 0, "coast": 250 }}, "else": 0 }},
    "highest": {{ "unit": "GBP", "by": ["party"], "values": {{ "north": 5000, "south": 777.77, "coast": 9000.50 }}, "else": 0 }} }},
  "clauses": {{ "limited": {{ "kind": "payment", "from": "payer", "per": "year", "residue": "{residue}",
    "to": {{ "weights": "workload", "among": ["coast", "north", "south"], "between": {limits} }},
    "amount": "balance" }} }} }}"#
    )
}

fn data(balance: &str, workloads: [u64; 3]) -> Observations {
    let mut observations = Observations::new();
    observations.add_value("balance", "2026/27", &[], balance);
    for (party, workload) in ["north", "south", "coast"].iter().zip(workloads) {
        observations.add_value("workload", "2026/27", &[("party", party)], &workload.to_string());
    }
    observations
}

const AMOUNTS: [(&str, [u64; 3]); 8] = [
    ("1000.00", [1, 1, 1]),
    ("9999.99", [333, 333, 334]),
    // Less than the floors come to, and more than the caps.
    ("0.03", [5, 0, 7]),
    ("19999.97", [10, 20, 30]),
    // Nobody has a weight; of nothing; what is owed back.
    ("500.00", [0, 0, 0]),
    ("0.00", [3, 2, 1]),
    ("-4000.01", [1, 2, 4]),
    ("3210.55", [900, 1, 0]),
];

#[test]
fn parts_within_limits() {
    let Some(office) = Office::new("limited") else { return };
    let mut written = Vec::new();
    for (rule, residue) in ["largest_remainder", "largest_share", "last", "south"].iter().enumerate() {
        for (kind, limits) in [r#"["lowest", "highest"]"#, r#"["10%", "60%"]"#].iter().enumerate() {
            let mode = ["half_away", "half_up", "half_even", "down"][(rule + kind) % 4];
            let model = Contract::parse(&text(residue, mode, limits)).unwrap().compile().unwrap();
            for (index, (balance, workloads)) in AMOUNTS.into_iter().enumerate() {
                let name = format!("{residue}-{kind}-{index}");
                written.extend(Written::new(&name, &model, &data(balance, workloads), None));
            }
        }
    }
    assert_eq!(written.len(), 64);
    let mut problems = Vec::new();
    for (written, found) in written.iter().zip(office.recalculate(&written)) {
        let (lines, unsure) = hold(written, &found, &mut problems);
        hold_all(written, &found, &mut problems);
        assert_eq!((lines, unsure), (3, 0), "{}: {:?}", written.name, written.workbook.unsure);
    }
    report(&problems);
}

/// 9,999.99 by 333 : 333 : 334, where south takes at most 777.77: a cap of 1,500 typed in moves all parts.
#[test]
fn a_cap_is_changed() {
    let Some(office) = Office::new("limited-cap") else { return };
    let limits = r#"["lowest", "highest"]"#;
    let agreed = text("largest_remainder", "half_away", limits);
    let observed = data("9999.99", [333, 333, 334]);
    let of = |name: &str, text: &str| {
        Written::new(name, &Contract::parse(text).unwrap().compile().unwrap(), &observed, None).unwrap()
    };
    let mut typed = of("typed", &agreed);
    let cell = &typed.workbook.names.iter().find(|(name, _)| name == "agreed_highest_south").unwrap().1;
    let row = cell.strip_prefix("Parameters!$D$").unwrap().parse::<usize>().unwrap() - 1;
    let sheets = &mut typed.workbook.sheets;
    let parameters = sheets.iter_mut().find(|sheet| sheet.name == "Parameters").unwrap();
    assert_eq!(parameters.rows[row][3].style, Style::Input);
    parameters.rows[row][3].content = Content::Number(Exact::from(1500));
    let stated = of("stated", &agreed.replace("777.77", "1500"));
    let found = office.recalculate(&[typed]).remove(0);
    let mut problems = Vec::new();
    assert_eq!(hold(&stated, &found, &mut problems), (3, 0));
    report(&problems);
    // 8,499.99 by 333 : 334 is 4,243.62 and 4,256.37; south has its 1,500.00. In the order coast, north, south.
    let amounts: Vec<String> =
        found["Statement"].iter().filter(|row| row[15] == "limited").map(|row| row[7].to_string()).collect();
    assert_eq!(amounts, ["4256.37", "4243.62", "1500"]);
}
