//! The batch reading against the exact one: every line of every shipped contract, for facts drawn
//! over all that the contract admits and crowded at its ends.

mod common;

use carepact::batch::{Input, Known};
use carepact::plan::{Op, PlanNodes};
use carepact::{Exact, Model};
use common::batch::{amounts, compiled, differences, results, varies};
use common::{compile, contracts, text};

/// A stream of numbers that look random: splitmix64.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from a range: often one of its ends, or near to them, or small.
    fn within(&mut self, least: i64, most: i64) -> i64 {
        let span = most.abs_diff(least);
        let over = |n: u64| if span == u64::MAX { n } else { n % (span + 1) };
        let up = match self.next() % 8 {
            0 => 0,
            1 => span,
            2 => over(self.next() % 10),
            3 => span - over(self.next() % 10),
            4 => over(self.next() % 1_000),
            _ => over(self.next()),
        };
        least.wrapping_add_unsigned(up)
    }
}

/// Brings numerators to what the contract admits of their denominators.
fn admit(model: &Model, inputs: &[Input], columns: &mut [Vec<i64>]) {
    for node in model.plan().nodes() {
        let Op::Ratio(x, y) = &node.op else { continue };
        let column = |node: &NodeId| match &model.plan().nodes()[node.index()].op {
            Op::Fact(fact) => inputs.iter().position(|input| input.fact == *fact),
            _ => None,
        };
        let (Some(n), Some(d)) = (column(x), column(y)) else { continue };
        for scenario in 0..columns[n].len() {
            let denominator = &Exact::from(columns[d][scenario]) * &inputs[d].step;
            let steps = |ratio: &Exact| (ratio * &denominator).checked_div(&inputs[n].step).unwrap();
            let most = steps(&node.range.most).floor().to_i64().unwrap_or(i64::MAX);
            let least = -((-&steps(&node.range.least)).floor().to_i64().unwrap_or(i64::MAX));
            columns[n][scenario] = columns[n][scenario].min(most).max(least);
        }
    }
}

/// Compares `count` scenarios of a contract; how many numbers are rounded in which tier.
fn compare(name: &str, model: &Model, count: usize) -> carepact::batch::Tiers {
    let known: Vec<Known> = model.plan().facts().iter().map(varies).collect();
    let mut nodes = amounts(model);
    let all = nodes.len();
    let batch = compiled(model, &known, &mut nodes).unwrap_or_else(|problem| panic!("{name}: {problem}"));
    if nodes.len() < all {
        println!("{name}: {} of {all} left out", all - nodes.len());
    }
    let mut numbers = Numbers(7);
    let mut columns: Vec<Vec<i64>> = (batch.inputs().iter())
        .map(|input| (0..count).map(|_| numbers.within(input.least, input.most)).collect())
        .collect();
    admit(model, batch.inputs(), &mut columns);
    let found = results(&batch, &columns).unwrap_or_else(|problem| panic!("{name}: {problem}"));
    let differences = differences((model, &known, &nodes), &batch, (&columns, &found), 0..count);
    assert!(differences.is_empty(), "{name}: {}", differences.join("\n"));
    batch.tiers()
}

fn shipped(name: &str) -> Model {
    compile(name, &text(name))
}

#[test]
fn the_benchmark_is_equal() {
    let tiers = compare("benchmark", &shipped("contracts/benchmark/benchmark.json"), 400);
    println!("{tiers:?}");
}

#[test]
fn harbourside_is_equal() {
    let tiers = compare("harbourside", &shipped("contracts/harbourside/prime-provider.json"), 130);
    println!("{tiers:?}");
}

#[test]
fn all_contracts_are_equal() {
    for name in contracts() {
        let Some(model) = carepact::check(&text(&name)).model else { continue };
        // Large plans are slow in the exact reading.
        let count = if model.plan().nodes().len() > 10_000 { 1 } else { 3 };
        let tiers = compare(&name, &model, count);
        println!("{name}: {tiers:?}");
    }
}
