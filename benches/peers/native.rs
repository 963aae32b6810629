//! The hand-written C: compiled from its source, its constants and scenarios written here, and asked
//! for one pass at a time.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use carepact::Exact;
use serde_json::Value;

use crate::Folders;
use crate::common::benchmark::{FIELDS, generated, range};
use crate::ours::{Facts, expected};

/// What the C measures, and its number there.
pub const KINDS: [(&str, usize); 3] =
    [("exact, divisions", 0), ("exact, reciprocals", 1), ("binary floats in pence, own columns", 2)];

/// The scenarios that the C repeats.
const BASE: u64 = 100_000;

/// The C at work, and the facts that ours reads meanwhile.
pub struct Native {
    pub facts: Facts,
    pub version: String,
    /// Of each kind, how many of the published scenarios have a wrong penny.
    pub wrong: Vec<String>,
    pub channel: Channel,
}

/// The running program.
pub struct Channel {
    child: Child,
    ask: ChildStdin,
    answer: BufReader<ChildStdout>,
}

impl Channel {
    fn answered(&mut self) -> String {
        let mut line = String::new();
        self.answer.read_line(&mut line).expect("the C answers");
        line.trim().to_string()
    }

    fn asked(&mut self, a: i64, b: usize) -> String {
        writeln!(self.ask, "{a} {b}").expect("the C listens");
        self.answered()
    }

    /// Seconds of one pass of a kind.
    pub fn pass(&mut self, kind: usize, threads: usize) -> f64 {
        self.asked(i64::try_from(KINDS[kind].1).unwrap_or(0), threads).parse().expect("seconds")
    }
}

impl Native {
    /// Compiles and starts the C, or says why not and hands the facts back.
    pub fn start(folders: &Folders, facts: Facts) -> Result<Native, (String, Box<Facts>)> {
        match started(folders, facts.count) {
            Ok((channel, version)) => {
                let mut native = Native { facts, version, wrong: Vec::new(), channel };
                native.wrong = (0..KINDS.len()).map(|kind| native.wrong(folders, kind)).collect();
                Ok(native)
            }
            Err(problem) => Err((problem, Box::new(facts))),
        }
    }

    fn wrong(&mut self, folders: &Folders, kind: usize) -> String {
        self.channel.pass(kind, 1);
        self.channel.asked(-1, KINDS[kind].1);
        let bytes = fs::read(folders.work.join("out.i64")).unwrap_or_default();
        let numbers = bytes.chunks_exact(8).map(|b| i64::from_le_bytes(b.try_into().expect("8 bytes")));
        let numbers: Vec<i64> = numbers.collect();
        let Some(expected) = expected(folders) else { return "not compared".to_string() };
        let wrong = expected.iter().zip(numbers.chunks_exact(8)).filter(|(a, b)| a.as_slice() != *b).count();
        format!("{wrong} of {}", expected.len())
    }

    /// Ends the program.
    pub fn end(self) {
        let Channel { mut child, ask, answer: _ } = self.channel;
        drop(ask);
        child.wait().expect("the C ends");
    }
}

fn started(folders: &Folders, count: usize) -> Result<(Channel, String), String> {
    let work = &folders.work;
    let version = Command::new("gcc").arg("-dumpfullversion").output().map_err(|_| "gcc is not installed")?;
    let copied = fs::copy(folders.shared.join("bench_h_native.c"), work.join("bench_h_native.c"));
    copied.map_err(|problem| format!("bench_h_native.c: {problem}"))?;
    let written = |name: &str, bytes: &[u8]| {
        fs::write(work.join(name), bytes).map_err(|problem| format!("{name}: {problem}"))
    };
    written("passes.c", include_bytes!("passes.c"))?;
    written("contract_consts.h", constants(&folders.shared.join("contract.json"))?.as_bytes())?;
    written("scenarios.i64", &scenarios())?;
    // The options are those that the C is documented with.
    let options = "-O3 -march=native -fno-trapping-math -fno-math-errno -ffp-contract=off -pthread";
    let compiled = Command::new("gcc")
        .args(options.split(' '))
        .args(["passes.c", "-o", "passes", "-lm"])
        .current_dir(work)
        .output()
        .map_err(|problem| problem.to_string())?;
    if !compiled.status.success() {
        return Err(format!("gcc: {}", String::from_utf8_lossy(&compiled.stderr)));
    }
    let mut child = Command::new(work.join("passes"))
        .arg(count.to_string())
        .current_dir(work)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|problem| problem.to_string())?;
    let (ask, answer) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
    let mut channel = Channel { child, ask, answer: BufReader::new(answer) };
    match channel.answered().as_str() {
        "ready" => Ok((channel, String::from_utf8_lossy(&version.stdout).trim().to_string())),
        other => Err(other.to_string()),
    }
}

fn scenarios() -> Vec<u8> {
    let rows = (0..BASE).flat_map(|s| (0..FIELDS).map(move |field| generated(s, field, range(field))));
    rows.flat_map(u64::to_le_bytes).collect()
}

/// Shares and weights are counted in these.
const TEN_THOUSANDTHS: i64 = 10_000;

/// The constants of the contract as the C includes them.
fn constants(path: &Path) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|problem| format!("contract.json: {problem}"))?;
    let contract: Value = serde_json::from_str(&text).map_err(|problem| problem.to_string())?;
    let scaled = |value: &Value, by: i64| -> i64 {
        let number = Exact::parse(value.as_str().unwrap_or_default()).unwrap_or(Exact::ZERO);
        (&number * &Exact::from(by)).to_i64().expect("whole in its unit")
    };
    let each = |list: &Value, field: &str, by: i64| -> Vec<i64> {
        list.as_array().into_iter().flatten().map(|entry| scaled(&entry[field], by)).collect()
    };
    let (segments, indicators) = (&contract["segments"], &contract["indicators"]);
    let crossing = &contract["cross_sector"];
    let rates = each(segments, "rate", 100).into_iter().zip(each(segments, "weight", TEN_THOUSANDTHS));
    let from = each(indicators, "threshold", TEN_THOUSANDTHS);
    let to = each(indicators, "target", TEN_THOUSANDTHS);
    let shares = each(&contract["providers"], "share", TEN_THOUSANDTHS);
    let largest = shares.iter().max().and_then(|most| shares.iter().position(|share| share == most));
    let ids = contract["providers"].as_array().into_iter().flatten().map(|provider| &provider["id"]);
    let ids: Vec<&Value> = ids.collect();
    let payees = crossing.as_array().into_iter().flatten().map(|clause| {
        ids.iter().position(|id| **id == clause["payee"]).and_then(|at| i64::try_from(at).ok()).unwrap_or(0)
    });
    let widths = || from.iter().zip(&to).map(|(from, to)| to - from);
    let lists = [
        ("RW", rates.map(|(rate, weight)| rate * weight).collect::<Vec<i64>>()),
        ("THR", from.clone()),
        ("DEN", widths().map(i64::abs).collect()),
        ("SG", widths().map(i64::signum).collect()),
        ("IW", each(indicators, "weight", TEN_THOUSANDTHS)),
        ("SHARE", shares.clone()),
        ("FINE", each(&contract["penalties"]["lines"], "per_breach", 100)),
        ("XJ", payees.collect()),
        ("XT", each(crossing, "threshold", TEN_THOUSANDTHS)),
        ("XG", each(crossing, "target", TEN_THOUSANDTHS)),
        ("XV", each(crossing, "value_rate", TEN_THOUSANDTHS)),
    ];
    let gain = &contract["gain_loss"];
    let numbers = [
        ("POOL", &contract["outcome_pool_rate"]),
        ("PENCAP", &contract["penalties"]["cap_rate"]),
        ("GL_COR", &gain["corridor"]),
        ("GL_B1", &gain["band1_to"]),
        ("GL_P1", &gain["band1_provider"]),
        ("GL_P2", &gain["band2_provider"]),
        ("GL_CAP", &gain["cap_rate"]),
    ];
    let mut header = String::new();
    for (name, values) in lists {
        let values: Vec<String> = values.iter().map(i64::to_string).collect();
        let _ = writeln!(header, "static const i64 {name}[]={{{}}};", values.join(","));
    }
    let numbers = numbers.map(|(name, value)| format!("{name}={}", scaled(value, TEN_THOUSANDTHS)));
    let _ = writeln!(header, "enum{{{},BIG={}}};", numbers.join(","), largest.unwrap_or(0));
    Ok(header)
}
