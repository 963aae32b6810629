//! The batch reading against independent results, over as many scenarios as are asked for: the
//! benchmark contract against integer pence, Harbourside against a second batch, its own totals and
//! a sample of the exact reading, a contract full of ratios and ties against the exact reading.
//!
//! `cargo bench --bench equal -- 10000000` compares ten million scenarios of each; without a number
//! 200,000. A name (`benchmark`, `harbourside`, `ties`) compares that one alone. Any difference is
//! printed, and the exit status is 1.

#![allow(clippy::float_arithmetic, reason = "shares and seconds, no money")]

#[path = "../../tests/common/mod.rs"]
mod common;
mod harbourside;
mod specified;
mod ties;

use std::process::ExitCode;
use std::time::Instant;

use carepact::batch::Tiers;

/// Scenarios that a thread draws and compares at a time.
const CHUNK: usize = 9_600;
const THREADS: usize = 2;
/// Differences that are printed before the rest is only counted.
const PRINTED: usize = 10;

/// What a comparison came to.
#[derive(Default)]
struct Outcome {
    scenarios: usize,
    /// Of these, compared with the exact reading.
    exact: usize,
    /// Numbers compared.
    numbers: usize,
    differences: Vec<String>,
}

impl Outcome {
    fn add(&mut self, other: Outcome) {
        self.scenarios += other.scenarios;
        self.exact += other.exact;
        self.numbers += other.numbers;
        self.differences.extend(other.differences);
    }
}

/// Divides scenarios into chunks, by first and count, and these over threads.
fn over_chunks(count: usize, compare: impl Fn(usize, usize) -> Outcome + Sync) -> Outcome {
    let chunks: Vec<(usize, usize)> =
        (0..count).step_by(CHUNK).map(|first| (first, CHUNK.min(count - first))).collect();
    let of_thread = |thread: usize| {
        let mut all = Outcome::default();
        let own = chunks.iter().skip(thread).step_by(THREADS);
        own.for_each(|(first, count)| all.add(compare(*first, *count)));
        all
    };
    let mut all = Outcome::default();
    std::thread::scope(|scope| {
        let of_thread = &of_thread;
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || of_thread(thread))).collect();
        threads.into_iter().for_each(|thread| all.add(thread.join().expect("a thread ends")));
    });
    all
}

/// Prints the share of numbers rounded in each tier.
fn tiers(of: &str, tiers: Tiers) {
    let all = tiers.all().max(1);
    let share = |count: usize| format!("{:.1} %", 100.0 * count as f64 / all as f64);
    println!(
        "  {of}: {} numbers rounded in a scenario: certified {}, remainder {}, wide {}, exact rationals {}",
        tiers.all(),
        share(tiers.certified),
        share(tiers.remainder),
        share(tiers.wide),
        share(tiers.exact)
    );
}

/// Prints what came of a comparison; true where nothing differs.
fn report(name: &str, start: Instant, outcome: &Outcome) -> bool {
    let Outcome { scenarios, exact, numbers, differences } = outcome;
    println!(
        "{name}: {scenarios} scenarios, {numbers} numbers compared, {exact} scenarios with the exact reading, \
         {} differences, {:.0} s",
        differences.len(),
        start.elapsed().as_secs_f64()
    );
    differences.iter().take(PRINTED).for_each(|difference| println!("  {difference}"));
    differences.is_empty()
}

/// Compares so many scenarios.
type Compare = fn(usize) -> Outcome;

const COMPARISONS: [(&str, Compare); 3] =
    [("benchmark", specified::compare), ("harbourside", harbourside::compare), ("ties", ties::compare)];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = arguments.iter().find_map(|argument| argument.replace('_', "").parse().ok());
    let count: usize = asked.unwrap_or(200_000);
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let all = !COMPARISONS.iter().any(|(name, _)| named(name));
    // Each is run, whatever the ones before it found.
    let unequal = COMPARISONS
        .iter()
        .filter(|(name, _)| all || named(name))
        .filter(|(name, compare)| {
            let start = Instant::now();
            !report(name, start, &compare(count))
        })
        .count();
    if unequal == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
