//! What several targets share: the shipped contracts, choices drawn from the fuzzer's bytes,
//! observations that fit a plan, and the controls of a statement.

#![allow(dead_code, reason = "each target uses a part")]

use carepact::plan::Part;
use carepact::{Exact, Model, Observations, Statement};

/// Shipped contracts, the small ones first.
pub const CONTRACTS: [&str; 6] = [
    include_str!("../../contracts/harbourside/small-population.json"),
    include_str!("../../contracts/harbourside/year-of-care.json"),
    include_str!("../../contracts/examples/sanctions.json"),
    include_str!("../../contracts/examples/quality-points.json"),
    include_str!("../../contracts/examples/shared-savings.json"),
    include_str!("../../contracts/examples/hospital-scores.json"),
];

/// Choices drawn from bytes; 0 when they run out.
pub struct Bytes<'a>(pub &'a [u8]);

impl Bytes<'_> {
    /// The next byte.
    pub fn next(&mut self) -> usize {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                usize::from(*first)
            }
            None => 0,
        }
    }

    /// A number below a limit above 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let drawn = if limit > 256 { self.next() * 256 + self.next() } else { self.next() };
        drawn % limit
    }

    /// A number as it could be written.
    pub fn number(&mut self) -> String {
        const NUMBERS: [&str; 16] = [
            "0",
            "1",
            "-1",
            "0.5",
            "100%",
            "5%",
            "-3%",
            "1000000",
            "0.0000000001",
            "79228162514264337593543950335",
            "2",
            "12",
            "1e3",
            "999999999999",
            "33.3333%",
            "-0",
        ];
        match self.below(4) {
            0 => format!("{}.{}", self.next(), self.next()),
            1 => format!("{}", self.below(60_000)),
            _ => NUMBERS[self.below(NUMBERS.len())].to_string(),
        }
    }

    /// A short text.
    pub fn text(&mut self) -> String {
        let length = self.below(24).min(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8_lossy(text).to_string()
    }
}

/// An observation for every fact of a plan, within its range where the bytes say nothing else.
pub fn invented(model: &Model, bytes: &mut Bytes<'_>) -> Observations {
    let mut observations = Observations::new();
    let holder = model.contract().holder_axis().map(|axis| model.contract().axis(axis).id.clone());
    for spec in model.plan().facts() {
        let mut members: Vec<(&str, &str)> =
            spec.members.iter().map(|(axis, member)| (axis.as_str(), member.as_str())).collect();
        if let (true, Some(holder)) = (spec.by_holder, &holder) {
            members.push((holder, "h1"));
        }
        let value = admissible(&spec.range, bytes);
        match spec.part {
            Part::Value => match spec.codes.get(bytes.next() % spec.codes.len().max(1)) {
                Some(code) => observations.add_value(&spec.measure, &spec.period.1, &members, code),
                None => observations.add_value(&spec.measure, &spec.period.1, &members, &value),
            },
            Part::Numerator => {
                observations.add_ratio(&spec.measure, &spec.period.1, &members, &value, &value)
            }
            Part::Denominator | Part::Given => {}
        }
    }
    observations
}

fn admissible(range: &carepact::num::Range, bytes: &mut Bytes<'_>) -> String {
    match bytes.next() % 5 {
        0 => range.least.to_string(),
        1 => range.most.to_string(),
        2 => bytes.number(),
        _ => {
            let step = range.step.clone().filter(|step| !step.is_zero()).unwrap_or(Exact::ONE);
            let steps = Exact::from(i64::try_from(bytes.next()).unwrap_or(0));
            (&range.least + &(&step * &steps)).lesser(&range.most).to_string()
        }
    }
}

/// What one party pays another receives: every control total is zero, and every line is explained.
pub fn balances(statement: &Statement<'_>) {
    for control in statement.totals().controls() {
        assert!(control.amount.is_zero(), "the control total `{}` is not zero", control.what);
    }
    for line in statement.lines().iter().take(40) {
        let why = statement.explain(&line.id).expect("every line is explained");
        assert!(!why.text().is_empty());
    }
}
