//! Runs the command line from the root of the repository, where the shipped contracts are.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub const PRIME: &str = "contracts/harbourside/prime-provider.json";
pub const YEAR_ONE: &str = "fixtures/harbourside/2026-27.csv";
pub const YEAR_TWO: &str = "fixtures/harbourside/2027-28.csv";

/// What a run of the command line gave.
pub struct Run {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    /// Fails the test unless the status is this one.
    pub fn expect(self, status: i32) -> Run {
        assert_eq!(self.status, status, "\n{}\n{}", self.out, self.err);
        self
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carepact"));
    command.args(arguments).current_dir(root());
    command
}

pub fn run(arguments: &[&str]) -> Run {
    run_with(arguments, b"")
}

/// Runs with this standard input.
pub fn run_with(arguments: &[&str], input: &[u8]) -> Run {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The statement of Harbourside's first year from this file.
pub fn evaluate(file: &str, more: &[&str]) -> Run {
    let mut arguments = vec!["evaluate", PRIME, "--observations", file];
    arguments.extend(more);
    run(&arguments)
}

/// A file of its own for a test, named from the root: a text that names it breaks its lines at the same places
/// wherever the repository lies.
pub fn file(name: &str, bytes: &[u8]) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, bytes).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned()
}

pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}
