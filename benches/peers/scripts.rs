//! Peers that are measured by scripts of their own: Python, `JavaScript`, databases, rule engines and
//! workbooks. Each is tried; what is not installed is named.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Folders;
use crate::ours::{Pass, Width};
use crate::table::{Line, Rates, Ratios, Table};

/// Our passes before and after a script.
const BESIDE: [Pass; 2] = [Pass::Columns(Width::Whole64), Pass::Columns(Width::Whole32)];

/// After so long a script is ended.
const PATIENCE: Duration = Duration::from_secs(150);

/// What runs a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum With {
    Python,
    Node,
    /// The system's Python, which knows the office.
    Office,
}

/// A script, the packages that it needs, and those that name its records.
struct Script {
    with: With,
    /// The package whose version is printed comes first.
    needs: &'static [&'static str],
    file: &'static str,
    arguments: &'static [&'static str],
    threads: Option<&'static str>,
}

const fn script(with: With, needs: &'static [&'static str], file: &'static str) -> Script {
    Script { with, needs, file, arguments: &[], threads: None }
}

const fn workbook(needs: &'static [&'static str], engine: &'static [&'static str]) -> Script {
    let file = "bench_f2_workbook_engines.py";
    Script { with: With::Python, needs, file, arguments: engine, threads: None }
}

const SCRIPTS: [Script; 16] = [
    script(With::Python, &["numpy"], "bench_b_numpy.py"),
    script(With::Python, &["numba", "numpy"], "bench_b3_numba.py"),
    Script {
        threads: Some("1"),
        ..script(With::Python, &["duckdb", "polars", "pyarrow", "numpy"], "bench_g_sql.py")
    },
    Script {
        threads: Some("2"),
        ..script(With::Python, &["duckdb", "polars", "pyarrow", "numpy"], "bench_g_sql.py")
    },
    script(With::Python, &["openfisca-core", "numpy"], "bench_c_openfisca.py"),
    Script {
        arguments: &["--f64"],
        ..script(With::Python, &["openfisca-core", "numpy"], "bench_c_openfisca.py")
    },
    script(With::Python, &["python", "numpy"], "bench_a_decimal.py"),
    script(With::Node, &["node", "decimal.js"], "js/bench_e3_js.mjs"),
    script(With::Python, &["zen-engine", "numpy"], "bench_d_zen.py"),
    script(With::Node, &["@gorules/zen-engine"], "js/bench_d4_zen_node.mjs"),
    script(With::Node, &["json-rules-engine"], "js/bench_e_json_rules_engine.mjs"),
    script(With::Node, &["feelin"], "js/bench_e2_feelin.mjs"),
    workbook(&["ironcalc", "openpyxl", "numpy"], &["ironcalc"]),
    workbook(&["formualizer", "openpyxl", "numpy"], &["formualizer"]),
    workbook(&["formulas", "openpyxl", "numpy"], &["formulas"]),
    script(With::Office, &["LibreOffice"], "bench_f_libreoffice.py"),
];

/// The scripts, copied to where they are run.
pub struct Scripts {
    work: PathBuf,
    python: PathBuf,
}

/// What a command prints when it succeeds.
fn printed(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_string())
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder below target");
    let entries = fs::read_dir(from).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.path().is_file()) {
        let (name, target) = (entry.file_name(), to.join(entry.file_name()));
        fs::read(entry.path())
            .and_then(|bytes| fs::write(&target, bytes))
            .unwrap_or_else(|problem| panic!("{}: {problem}", name.display()));
    }
}

impl Scripts {
    /// Copies the scripts.
    pub fn prepare(folders: &Folders) -> Scripts {
        copy_files(&folders.shared, &folders.work);
        copy_files(&folders.shared.join("js"), &folders.work.join("js"));
        let own = folders.work.join(".venv/bin/python");
        let python = if own.exists() { own } else { PathBuf::from("python3") };
        let scripts = Scripts { work: folders.work.clone(), python };
        let numpy = scripts.python_version("numpy").is_some();
        if numpy && !scripts.work.join("scenarios.npz").exists() {
            printed(Command::new(&scripts.python).arg("gen_scenarios.py").current_dir(&scripts.work));
        }
        let workbooks =
            !scripts.work.join("one.xlsx").exists() && scripts.python_version("openpyxl").is_some();
        if workbooks {
            printed(Command::new(&scripts.python).arg("bench_f_make_xlsx.py").current_dir(&scripts.work));
        }
        scripts
    }

    fn python_version(&self, package: &str) -> Option<String> {
        let ask = match package {
            "python" => "import platform; print(platform.python_version())".to_string(),
            _ => format!("import importlib.metadata as m; print(m.version('{package}'))"),
        };
        printed(Command::new(&self.python).args(["-c", &ask]))
    }

    fn version(&self, with: With, package: &str) -> Option<String> {
        match with {
            With::Python => self.python_version(package),
            With::Node => {
                let node = printed(Command::new("node").arg("--version"))?;
                if package == "node" {
                    return Some(node);
                }
                let about = self.work.join("js/node_modules").join(package).join("package.json");
                let about: Value = serde_json::from_str(&fs::read_to_string(about).ok()?).ok()?;
                about["version"].as_str().map(str::to_string)
            }
            With::Office => {
                printed(Command::new("/usr/bin/python3").args(["-c", "import uno"]))?;
                let version = printed(Command::new("soffice").arg("--version"))?;
                self.work.join("one.xlsx").exists().then_some(())?;
                version.split_whitespace().nth(1).map(str::to_string)
            }
        }
    }

    fn command(&self, script: &Script) -> Command {
        let (program, folder) = match script.with {
            With::Python => (self.python.clone(), self.work.clone()),
            With::Node => (PathBuf::from("node"), self.work.join("js")),
            With::Office => (PathBuf::from("/usr/bin/python3"), self.work.clone()),
        };
        let mut command = Command::new(program);
        command.arg(self.work.join(script.file)).args(script.arguments).current_dir(folder);
        if let Some(threads) = script.threads {
            command.env("POLARS_MAX_THREADS", threads);
        }
        command
    }

    /// Runs a script to its end; what it measured, or why not.
    fn records(&self, script: &Script) -> Result<Vec<Value>, String> {
        let log = self.work.join("peer.log");
        let file = fs::File::create(&log).map_err(|problem| problem.to_string())?;
        let errors = file.try_clone().map_err(|problem| problem.to_string())?;
        let started = self.command(script).stdin(Stdio::null()).stdout(file).stderr(errors).spawn();
        let mut child = started.map_err(|problem| problem.to_string())?;
        let start = Instant::now();
        let status = loop {
            match child.try_wait().map_err(|problem| problem.to_string())? {
                Some(status) => break Some(status),
                None if start.elapsed() > PATIENCE => break None,
                None => std::thread::sleep(Duration::from_millis(50)),
            }
        };
        if status.is_none() {
            child.kill().and_then(|()| child.wait().map(drop)).map_err(|problem| problem.to_string())?;
        }
        let text = fs::read_to_string(&log).unwrap_or_default();
        let records = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let records: Vec<Value> = records.filter(|record| record["median_per_s"].is_number()).collect();
        let last = text.lines().last().unwrap_or("nothing printed").to_string();
        match status {
            _ if !records.is_empty() => Ok(records),
            None => Err(format!("not done after {} s", PATIENCE.as_secs())),
            Some(_) => Err(last),
        }
    }

    /// Runs all scripts, or those that are wanted, beside passes of ours with so many threads.
    pub fn run(&self, table: &mut Table, wanted: &[String], ours: &dyn Fn(Pass, usize) -> Rates) {
        let both = || BESIDE.map(|pass| [1, 2].map(|threads| ours(pass, threads)));
        for script in &SCRIPTS {
            let named = |name: &String| {
                script.needs[0].contains(name.as_str()) || script.file.contains(name.as_str())
            };
            if !(wanted.is_empty() || wanted.iter().any(named)) {
                continue;
            }
            let missing = script.needs.iter().find(|package| self.version(script.with, package).is_none());
            if let Some(missing) = missing {
                table.note(&format!(
                    "SKIPPED: {} ({}): {missing} is not installed",
                    script.needs[0], script.file
                ));
                continue;
            }
            let before = both();
            match self.records(script) {
                Ok(records) => {
                    let around = [before, both()];
                    records.iter().for_each(|record| table.add(&self.line(script, record, &around)));
                }
                Err(problem) => {
                    table.note(&format!("SKIPPED: {} ({}): {problem}", script.needs[0], script.file));
                }
            }
        }
    }

    /// With what ours did before and after: by pass, by threads.
    fn line(&self, script: &Script, record: &Value, around: &[[[Rates; 2]; 2]; 2]) -> Line {
        let what = record["name"].as_str().unwrap_or_default();
        let named = |package: &&&str| what.contains(**package);
        let package = script.needs.iter().find(named).unwrap_or(&script.needs[0]);
        let version = self.version(script.with, package).unwrap_or_default();
        let count = |field: &str| record[field].as_u64().and_then(|n| usize::try_from(n).ok());
        let rate = |field: &str| record[field].as_f64().unwrap_or(f64::NAN);
        let rates = Rates { median: rate("median_per_s"), best: rate("best_per_s") };
        let threads = count("threads").unwrap_or(1).clamp(1, 2);
        let wrong = count("scenarios_wrong").zip(count("checked"));
        let ratios = BESIDE.iter().enumerate().map(|(pass, of)| {
            let own = around.map(|own| own[pass][threads - 1]);
            let best = own[0].best.max(own[1].best) / rates.best;
            Ratios { of: of.name(), rounds: own.iter().map(|own| own.median / rates.median).collect(), best }
        });
        Line {
            name: format!("{package} {version}: {what}"),
            threads,
            batch: count("n").unwrap_or(0),
            rates,
            ratios: ratios.collect(),
            wrong: wrong.map_or("not compared".to_string(), |(wrong, of)| format!("{wrong} of {of}")),
        }
    }
}
