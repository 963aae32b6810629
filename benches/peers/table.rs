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

/// One measurement.
pub struct Line {
    name: String,
    threads: usize,
    batch: usize,
    rate: String,
    ratio: String,
    wrong: String,
}

impl Line {
    /// Ours: scenarios a second in the median and at best.
    pub fn ours(what: &str, threads: usize, batch: usize, (rate, best): (f64, f64)) -> Line {
        Line {
            name: format!("carepact, {what}"),
            threads,
            batch,
            rate: thousands(rate),
            ratio: format!("best {}", thousands(best)),
            wrong: String::new(),
        }
    }

    /// A peer, before it is measured.
    pub fn peer(peer: &str, version: &str, what: &str, threads: usize, batch: usize) -> Line {
        let name = format!("{peer} {version}: {what}");
        Line { name, threads, batch, rate: String::new(), ratio: String::new(), wrong: String::new() }
    }

    /// What was measured of a peer: scenarios a second, and our ratios to it in each round, from columns
    /// and from rows; wrong scenarios.
    pub fn measured(self, rate: f64, ratios: &[Vec<f64>], wrong: String) -> Line {
        let range = |ratios: &Vec<f64>| {
            let least = ratios.iter().copied().fold(f64::MAX, f64::min);
            let most = ratios.iter().copied().fold(0.0, f64::max);
            match ratios.len() {
                1 => format!("{least:.2} x"),
                _ => format!("{:.2} x ({least:.2} to {most:.2})", median(ratios)),
            }
        };
        let ratio: Vec<String> = ratios.iter().map(range).collect();
        Line { rate: thousands(rate), ratio: ratio.join(", rows "), wrong, ..self }
    }
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
        let heads = ["threads", "scenarios", "a second", "carepact's ratio to it", "wrong scenarios"];
        table.row("name", heads);
        table
    }

    fn row(&mut self, name: &str, [threads, batch, rate, ratio, wrong]: [&str; 5]) {
        let line = format!("{name:<72} {threads:>7} {batch:>9} {rate:>12}  {ratio:<48} {wrong}");
        self.note(line.trim_end());
    }

    /// Adds a measurement.
    pub fn add(&mut self, line: Line) {
        let (threads, batch) = (line.threads.to_string(), line.batch.to_string());
        self.row(&line.name, [&threads, &batch, &line.rate, &line.ratio, &line.wrong]);
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
