//! The speed of the batch reading beside its peers on the benchmark contract, in one run, and that of
//! Harbourside over its five years.
//!
//! `cargo bench --bench peers` prints one line for each peer that is installed and leaves the table at
//! `target/peers.txt`; `cargo bench --bench peers -- numba duckdb` runs the peers named. The peers'
//! scripts are looked for in `../shared/bench`; they are copied to `target/peers` and run there, with
//! the Python of `target/peers/.venv` where there is one. What is not installed is named and left out.
//! `-p carepact --no-default-features` measures the baseline of the processor, without wide vectors.

#![allow(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "seconds and ratios, no money")]

#[path = "../../tests/common/mod.rs"]
mod common;
mod native;
mod ours;
mod scripts;
mod table;

use std::path::PathBuf;

use native::Native;
use ours::{Facts, FiveYears, Ours, Pass, Width, five_years};
use scripts::Scripts;
use table::{Line, Rates, Ratios, Table, median, thousands};

/// Scenarios that stay in cache, and that do not.
const SIZES: [usize; 2] = [20_000, 1_000_000];
/// Scenarios that most scripts of peers work on at once.
const SCRIPTED: usize = 100_000;
const ROUNDS: usize = 5;
/// Scenarios of a measurement, passes over fewer ones together.
const MEASURED: usize = 3_000_000;

/// Our passes beside those of the C.
const KINDS: [Pass; 3] = [Pass::Columns(Width::Whole64), Pass::Columns(Width::Whole32), Pass::Rows];

/// Folders of the run: where the peers' scripts are, and where they are run.
pub struct Folders {
    shared: PathBuf,
    work: PathBuf,
}

/// Alternates passes of ours and of the C, so that both meet the same minutes.
fn beside_native(table: &mut Table, ours: &Ours<'_>, native: &mut Native) {
    let facts = &native.facts;
    let passes = MEASURED / facts.count;
    for threads in [1, 2] {
        let mut all: Vec<Vec<Vec<f64>>> = vec![vec![Vec::new(); ROUNDS]; KINDS.len() + native::KINDS.len()];
        for round in 0..ROUNDS {
            for _ in 0..passes {
                for (kind, pass) in KINDS.iter().enumerate() {
                    all[kind][round].push(ours.pass(*pass, facts, threads));
                }
                for (kind, times) in all[KINDS.len()..].iter_mut().enumerate() {
                    times[round].push(native.channel.pass(kind, threads));
                }
            }
        }
        let count = facts.count;
        let rates = |kind: usize| Rates::of(count, &all[kind].concat());
        for (kind, pass) in KINDS.iter().enumerate() {
            table.add(&own_line(ours, *pass, (threads, count), rates(kind)));
        }
        let ratios = |kind: usize, own: usize| Ratios {
            of: KINDS[own].name(),
            rounds: all[kind].iter().zip(&all[own]).map(|(peer, own)| median(peer) / median(own)).collect(),
            best: rates(own).best / rates(kind).best,
        };
        for (at, (name, _)) in native::KINDS.iter().enumerate() {
            let kind = KINDS.len() + at;
            table.add(&Line {
                name: format!("C, gcc {} -O3 -march=native: {name}", native.version),
                threads,
                batch: count,
                rates: rates(kind),
                ratios: (0..KINDS.len()).map(|own| ratios(kind, own)).collect(),
                wrong: native.wrong[at].clone(),
            });
        }
    }
}

fn own_line(ours: &Ours<'_>, pass: Pass, (threads, batch): (usize, usize), rates: Rates) -> Line {
    let name = format!("carepact, {}", pass.name());
    Line { name, threads, batch, rates, ratios: Vec::new(), wrong: ours.wrong(pass) }
}

fn alone(table: &mut Table, ours: &Ours<'_>, facts: &Facts, passes: &[Pass]) {
    for threads in [1, 2] {
        for pass in passes {
            let count = ROUNDS * MEASURED / facts.count;
            let times: Vec<f64> = (0..count).map(|_| ours.pass(*pass, facts, threads)).collect();
            table.add(&own_line(ours, *pass, (threads, facts.count), Rates::of(facts.count, &times)));
        }
    }
}

fn main() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let shared = common::path("../shared/bench");
    let folders = Folders { work: common::path("target/peers"), shared };
    std::fs::create_dir_all(&folders.work).expect("a folder below target");
    let mut table = Table::new(&common::path("target/peers.txt"));
    let model = common::compile(common::benchmark::CONTRACT, &common::text(common::benchmark::CONTRACT));
    let ours = Ours::new(&model, &folders);
    let present = folders.shared.is_dir();
    if !present {
        table.note("SKIPPED: no scripts of peers at ../shared/bench, so carepact is measured alone");
    }
    let with_native = present && (wanted.is_empty() || wanted.iter().any(|name| name == "C"));
    for count in SIZES {
        let own = Facts::generated(&ours, count);
        alone(&mut table, &ours, &own, &[Width::Whole64, Width::Whole32].map(Pass::LookedThrough));
        let native =
            if with_native { Native::start(&folders, own) } else { Err((String::new(), Box::new(own))) };
        match native {
            Ok(mut native) => {
                beside_native(&mut table, &ours, &mut native);
                native.end();
            }
            Err((problem, own)) => {
                if !problem.is_empty() {
                    table.note(&format!("SKIPPED: C: {problem}"));
                }
                alone(&mut table, &ours, &own, &KINDS);
            }
        }
    }
    if present {
        let facts = Facts::generated(&ours, SCRIPTED);
        Scripts::prepare(&folders).run(&mut table, &wanted, &|pass, threads| {
            let times: Vec<f64> = (0..25).map(|_| ours.pass(pass, &facts, threads)).collect();
            Rates::of(facts.count, &times)
        });
    }
    let FiveYears { count, outputs, rates } = five_years();
    for (width, threads, rate) in rates {
        let per_thread = thousands(rate / f64::from(threads));
        table.note(&format!(
            "Harbourside, five years, {outputs} totals by clause, year and payee, {count} scenarios, \
             {}, {threads} thread(s): {} scenarios a second, {per_thread} a thread",
            Pass::Columns(width).name(),
            thousands(rate)
        ));
    }
    table.note("the table is at target/peers.txt");
}
