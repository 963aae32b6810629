//! A small contract, lines and payments for tests of reconciliations.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use carepact::Contract;
use carepact::calendar::Period;
use carepact::statement::{DataStatus, LineType};
use carepact_finance::reconcile::day::Day;
use carepact_finance::reconcile::due::Due;
use carepact_finance::reconcile::payments::Payment;

/// Draws that are the same on every machine.
pub struct Draw(pub u64);

impl Draw {
    /// A number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        // SplitMix64, whose low bits are as good as its high ones.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// A commissioner, party 0, and five providers.
pub fn contract() -> Contract {
    let providers: Vec<String> =
        (1..=5).map(|number| format!(r#"{{ "id": "p{number}", "role": "provider" }}"#)).collect();
    let text = format!(
        r#"{{ "carepact": 1, "contract": "months", "title": "Months", "synthetic": true, "currency": "GBP",
        "rounding": {{ "mode": "half_away", "residue": "last" }}, "term": ["2026-04-01", "2027-03-31"],
        "year_starts": "04-01", "parties": [{{ "id": "icb", "role": "commissioner", "codes": ["QZZ"] }}, {}],
        "measures": {{ "people": {{ "kind": "count", "unit": "person", "per": "year", "range": [0, 1000] }} }},
        "tables": {{ "price": "1 GBP/person" }},
        "clauses": {{ "core": {{ "kind": "activity", "from": "icb", "to": "p1", "per": "year",
          "amount": "people * price" }} }} }}"#,
        providers.join(", ")
    );
    Contract::parse(&text).unwrap()
}

/// A line that is due.
pub fn due(line: &str, (payer, payee): (u32, u32), amount: i64, (period, day): (Period, Day)) -> Due {
    Due {
        line: line.to_string(),
        clause: line.split(':').next().unwrap_or_default().to_string(),
        line_type: LineType::Entitlement,
        period,
        payer,
        payee,
        leg_of: None,
        amount,
        expected: amount,
        causes: [0; 4],
        day,
        day_is_agreed: true,
        data: DataStatus::Final,
    }
}

/// A payment without a reference.
pub fn payment((payer, payee): (u32, u32), amount: i64, period: Option<Period>, date: Day) -> Payment {
    Payment {
        file: 0,
        row: 0,
        date,
        payer,
        payee,
        amount,
        period,
        reference: Box::from(""),
        purpose: Box::from(""),
    }
}
