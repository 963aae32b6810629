//! The table of measurements: printed as it grows, and kept in a file.

use std::fs::File;
use std::io::Write;
use std::path::Path;

/// The middle one of some times.
pub fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// A number with its thousands apart.
pub fn thousands(number: f64) -> String {
    carepact::Exact::parse(&format!("{number:.0}")).expect("a whole number").grouped(0)
}

/// Scenarios a second: in the median of passes, and in the best one.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    pub median: f64,
    pub best: f64,
}

impl Rates {
    /// Of passes over so many scenarios, by their seconds.
    pub fn of(count: usize, times: &[f64]) -> Rates {
        let best = times.iter().copied().fold(f64::MAX, f64::min);
        Rates { median: count as f64 / median(times), best: count as f64 / best }
    }
}

/// Our ratios to a peer: in each round, and of the best passes.
pub struct Ratios {
    /// Which of our passes.
    pub of: &'static str,
    pub rounds: Vec<f64>,
    pub best: f64,
}

impl Ratios {
    fn text(&self) -> String {
        let least = self.rounds.iter().copied().fold(f64::MAX, f64::min);
        let most = self.rounds.iter().copied().fold(0.0, f64::max);
        let middle = median(&self.rounds);
        format!("{} {middle:.2} ({least:.2} to {most:.2}), best {:.2}", self.of, self.best)
    }
}

/// One measurement.
pub struct Line {
    /// What was measured.
    pub name: String,
    pub threads: usize,
    pub batch: usize,
    pub rates: Rates,
    /// None for our own.
    pub ratios: Vec<Ratios>,
    /// How many scenarios have a wrong penny.
    pub wrong: String,
}

/// The table, in a file as well.
pub struct Table {
    file: File,
}

impl Table {
    /// A new table in a file.
    pub fn new(path: &Path) -> Table {
        let mut table = Table { file: File::create(path).expect("a file below target") };
        let vectors =
            if cfg!(feature = "wide-vectors") { "wide where the processor has them" } else { "baseline" };
        table.note(&format!("benchmark contract, all 8 payments out; vectors: {vectors}; {}", processor()));
        let heads = ["threads", "scenarios", "median/s", "best/s", "wrong", "carepact's ratio to it"];
        table.row("name", heads);
        table
    }

    fn row(&mut self, name: &str, [threads, batch, rate, best, wrong, ratio]: [&str; 6]) {
        let line = format!("{name:<74} {threads:>7} {batch:>9} {rate:>12} {best:>12} {wrong:>13}  {ratio}");
        self.note(line.trim_end());
    }

    /// Adds a measurement.
    pub fn add(&mut self, line: &Line) {
        let (threads, batch) = (line.threads.to_string(), line.batch.to_string());
        let ratios: Vec<String> = line.ratios.iter().map(Ratios::text).collect();
        let (rate, best) = (thousands(line.rates.median), thousands(line.rates.best));
        self.row(&line.name, [&threads, &batch, &rate, &best, &line.wrong, &ratios.join("; ")]);
    }

    /// Adds a line of text.
    pub fn note(&mut self, text: &str) {
        println!("{text}");
        writeln!(self.file, "{text}").expect("the table can be written");
    }
}

/// The processor, where the system tells.
fn processor() -> String {
    let told = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = told.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or("processor not known".to_string(), |(_, model)| model.to_string())
}
