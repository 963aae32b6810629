//! The book on the command line: a year of Harbourside, statements printed again byte for byte, and a
//! process that is killed at any moment.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use carepact_finance::book::{Book, WAIT};
use common::{PRIME, Run, YEAR_ONE, command, file, run};

fn new_book(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    path.to_string_lossy().into_owned()
}

/// A command of the book by Ada at a time.
fn by_ada(book: &str, what: &[&str], rest: &[&str], at: &str) -> Run {
    let arguments = [&["book"], what, &[book], rest, &["--by", "Ada", "--at", at]].concat();
    run(&arguments)
}

/// A book with the contract, the data of the year, and a statement on flex data.
fn stated(name: &str) -> String {
    let book = new_book(name);
    by_ada(&book, &["new"], &["--title", "Harbourside"], "2026-04-01").expect(0);
    by_ada(&book, &["add", "contract"], &[PRIME], "2026-04-01").expect(0);
    let data = [YEAR_ONE, "--submission", "freeze"];
    by_ada(&book, &["add", "observations"], &data, "2027-05-10").expect(0);
    by_ada(&book, &["state"], &["--period", "2026/27", "--as-of", "flex"], "2027-05-12").expect(0);
    book
}

#[test]
fn an_issued_statement_is_printed_again_byte_for_byte() {
    let book = stated("bytes.book");
    let print =
        |number: &str, format: &str| run(&["book", "print", &book, number, "--format", format]).expect(0).out;
    let (text, json) = (print("1", "text"), print("1", "json"));
    assert!(text.contains("\nIssued    2027-05-12T00:00:00Z, prepared by Ada\n"), "{text}");
    // Below its head stands what `evaluate` prints.
    let lines =
        ["evaluate", PRIME, "--observations", YEAR_ONE, "--period", "2026/27", "--as-of", "flex", "--lines"];
    assert!(text.ends_with(&run(&lines).expect(0).out));
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let lines = ["evaluate", PRIME, "--observations", YEAR_ONE, "--period", "2026/27", "--as-of", "flex"];
    let evaluated = run(&[&lines[..], &["--format", "json"]].concat()).expect(0).out;
    assert_eq!(value["statement"], serde_json::from_str::<serde_json::Value>(&evaluated).unwrap());

    by_ada(&book, &["open"], &["2027-07"], "2027-07-01").expect(0);
    let restated = by_ada(&book, &["restate"], &["--format", "json"], "2027-07-12").expect(0).out;
    let restated: serde_json::Value = serde_json::from_str(&restated).unwrap();
    // 549,649.83 less 419,919.23: design, part C.
    let due =
        serde_json::json!([{ "clause": "outcomes", "entitlement": "129730.60", "posted": "129730.60" }]);
    assert_eq!(restated["restatement"]["clauses"], due);
    let line = &restated["restatement"]["lines"][0];
    assert_eq!(line["type"], "restatement");
    assert_eq!(line["posted"], serde_json::json!({ "month": "2027-07", "type": "prior-period adjustment" }));
    assert_eq!((print("1", "text"), print("1", "json")), (text, json));
    run(&["book", "verify", &book]).expect(0);
    // Nothing changed since: nothing is written.
    let again = by_ada(&book, &["restate"], &[], "2027-07-13").expect(0);
    assert_eq!(again.err, "no line differs from statement 2; nothing was written\n");
    assert_eq!(Book::open(Path::new(&book), WAIT).unwrap().log().unwrap().len(), 6);
}

#[test]
fn what_cannot_be_done_is_told_and_leaves_no_trace() {
    let book = stated("refused.book");
    let before = fs::read(&book).unwrap();
    let refused = |run: Run, code: &str| {
        assert_eq!(run.status, 1, "{}{}", run.out, run.err);
        assert!(run.err.contains(&format!("error[{code}]")), "{code}: {}", run.err);
        assert_eq!(fs::read(&book).unwrap(), before, "{code}");
    };
    let at = "2027-06-01";
    refused(by_ada(&book, &["approve"], &["1"], at), "book-approval");
    refused(by_ada(&book, &["state"], &["--period", "2026-04"], at), "book-doubled");
    refused(by_ada(&book, &["restate"], &[], at), "book-period");
    refused(by_ada(&book, &["add", "contract"], &[PRIME], at), "book-doubled");
    refused(by_ada(&book, &["lock"], &["2026-04"], at), "book-period");
    refused(by_ada(&book, &["open"], &["2026-04"], "2026-04-01"), "book-time");
    refused(by_ada(&book, &["contest"], &["outcomes:2026/27:C03", "--reason", "x"], at), "book-unknown");
    refused(by_ada(&book, &["contest"], &["outcomes:2026/27:C03:sba"], at), "book-line-state");
    refused(by_ada(&book, &["new"], &[], at), "file-exists");
    refused(run(&["book", "open", &book, "2026-04"]), "book-who");
    refused(run(&["book", "log", PRIME]), "book-file");
    let wrong = file(
        "wrong-payments.csv",
        b"reference,date,payer,payee,amount\na,15/04/2026,icb,emh,1.00\nb,2026-04-15,icb,,x\n",
    );
    let run = by_ada(&book, &["add", "payments"], &[&wrong], at);
    assert_eq!(run.err.matches("error[book-payments]").count(), 3, "{}", run.err);
    refused(run, "book-payments");
    // 943 476 5919 passes the check digit of NHS numbers: 9*10 + 4*9 + 3*8 + 4*7 + 7*6 + 6*5 + 5*4 + 9*3 + 1*2
    // is 299, which leaves 2 over 11, and 11 less 2 is 9.
    let people = file(
        "people.csv",
        b"reference,date,payer,payee,amount,note\na,2026-04-15,icb,emh,1.00,943 476 5919\n",
    );
    let run = by_ada(&book, &["add", "payments"], &[&people], at);
    assert!(!run.err.contains("943"), "nothing of it is printed");
    refused(run, "patient-identifier");
    let unknown = file("unknown.csv", b"measure,period,value\npeople,2026/27,1\n");
    let run = by_ada(&book, &["add", "observations"], &[&unknown, "--submission", "flex"], at);
    refused(run, "data-unknown");
}

#[test]
fn tampering_is_named_on_the_command_line() {
    let book = stated("changed.book");
    let mut bytes = fs::read(&book).unwrap();
    // A file name that stands in the row of the contract, entry 2.
    let name = PRIME.as_bytes();
    let at = bytes.windows(name.len()).rposition(|part| part == name).unwrap();
    bytes[at] = b'C';
    fs::write(&book, bytes).unwrap();
    let verified = run(&["book", "verify", &book]).expect(1);
    assert!(verified.out.contains("the first bad entry is"), "{}", verified.out);
    let log = run(&["book", "log", &book, "--format", "json"]).expect(0).out;
    let log: serde_json::Value = serde_json::from_str(&log).unwrap();
    assert_eq!(log["entries"].as_array().unwrap().len(), 4);
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// Payments of a file; all files together must be in the book as a whole or not at all.
const ROWS: usize = 3;

fn payment_file(folder: &Path, number: usize) -> PathBuf {
    let rows = (0..ROWS).map(|row| format!("{number}-{row},2026-04-15,icb,emh,{number}.0{row}\n"));
    let text = format!("reference,date,payer,payee,amount\n{}", rows.collect::<String>());
    let path = folder.join(format!("{number}.csv"));
    fs::write(&path, text).unwrap();
    path
}

/// The entries whose success was printed.
fn confirmed(printed: &str) -> Vec<i64> {
    let whole = printed.rfind('\n').map_or("", |end| &printed[..end]);
    whole
        .lines()
        .map(|line| line.strip_prefix("entry ").unwrap().split(':').next().unwrap().parse().unwrap())
        .collect()
}

#[test]
fn killed_at_any_moment_what_was_confirmed_is_there_and_nothing_half_done() {
    // Four books at once: a writer waits for the disk most of the time.
    let books = [1, 2, 3, 4].map(|seed| thread::spawn(move || killed_again_and_again(seed)));
    let sums = books.map(|book| book.join().unwrap()).into_iter();
    let (killed, confirmed) = sums.fold((0, 0), |sums, each| (sums.0 + each.0, sums.1 + each.1));
    // How many depends on how fast the machine is; the rest had finished before.
    assert!(killed > 20, "{killed} of {} were killed while they worked", 4 * KILLS);
    assert!(confirmed > 60, "{confirmed} entries were confirmed");
}

/// A contract of two parties.
const TWO: &str = r#"{ "carepact": 1, "contract": "two", "title": "Two", "synthetic": true, "currency": "GBP",
    "rounding": { "mode": "half_away", "residue": "last" }, "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
    "parties": [{ "id": "icb", "role": "commissioner" }, { "id": "emh", "role": "provider" }],
    "clauses": { "core": { "kind": "block", "from": "icb", "to": "emh", "per": "year", "amount": "GBP 1" } } }"#;

/// How often a process is killed that writes to one book.
const KILLS: u64 = 60;

/// Kills processes that add payments to a book, and gives how many did not end by themselves and how many
/// entries were confirmed.
fn killed_again_and_again(seed: u64) -> (usize, usize) {
    let book = new_book(&format!("killed-{seed}.book"));
    let path = Path::new(&book);
    by_ada(&book, &["new"], &[], "2026-04-01").expect(0);
    // Small, so that a process spends its time on writing.
    by_ada(
        &book,
        &["add", "contract"],
        &[&file(&format!("killed-{seed}.json"), TWO.as_bytes())],
        "2026-04-01",
    )
    .expect(0);
    let folder = path.with_extension("files");
    fs::create_dir_all(&folder).unwrap();
    let mut numbers = Numbers(seed);
    let (mut killed, mut all, mut next) = (0, Vec::new(), 0);
    for round in 0..KILLS {
        let files = [next + 1, next + 2].map(|number| payment_file(&folder, number));
        next += 2;
        let files = [0, 1].map(|place| files[place].to_str().unwrap());
        let arguments = [&["book", "add", "payments", &book], &files[..], &["--by", "Ada"]].concat();
        let mut child = command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut printed = String::new();
        // After an entry was confirmed or before, and some time into the next.
        for _ in 0..numbers.next(2) {
            out.read_line(&mut printed).unwrap();
        }
        thread::sleep(Duration::from_micros(numbers.next(40_000)));
        // On Unix this is SIGKILL: nothing of the process runs any more.
        child.kill().unwrap();
        killed += usize::from(!child.wait().unwrap().success());
        out.read_to_string(&mut printed).unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(said, "", "no error is reported");
        all.extend(confirmed(&printed));
        if round % 20 == 19 || round + 1 == KILLS {
            whole(path, &all);
        }
    }
    let _ = fs::remove_dir_all(folder);
    (killed, all.len())
}

/// Every confirmed entry is there, every entry has all its rows, and the book verifies.
fn whole(path: &Path, confirmed: &[i64]) {
    let book = Book::open(path, WAIT).unwrap();
    assert_eq!(book.verify(None).unwrap(), []);
    let log = book.log().unwrap();
    let mut rows: BTreeMap<i64, usize> = BTreeMap::new();
    for payment in book.payments().unwrap() {
        *rows.entry(payment.entry).or_default() += 1;
    }
    // Before them stand the beginning of the book and the contract.
    for entry in &log[2..] {
        assert_eq!(rows.get(&entry.number), Some(&ROWS), "entry {} has all its rows", entry.number);
    }
    let missing: Vec<&i64> = confirmed.iter().filter(|number| !rows.contains_key(number)).collect();
    assert!(missing.is_empty(), "{missing:?} were confirmed and are not there");
}

/// What cannot be undone is looked at first: all that cannot be meant is told at once, and nothing is written.
#[test]
fn payments_that_cannot_be_meant_are_refused() {
    let book = stated("refused-payments.book");
    let add = |name: &str, rows: &str| {
        let file = file(name, format!("reference,date,payer,payee,amount\n{rows}").as_bytes());
        by_ada(&book, &["add", "payments"], &[&file], "2027-06-01")
    };
    let cells = add("long-payments.csv", "A,2026-04-15,icb,emh,24,955,200.00\n").expect(1).err;
    assert!(cells.contains("there are more cells than headings"), "{cells}");
    let rows = "A,2026-04-15,icb,icb,0\nB,2026-04-15,icb,zzz,1.005\nC,2025-04-15,icb,emh,1\nD,2027-06-02,icb,emh,1\n\
                E,2026-04-15,icb,emh,24\nE,2026-04-15,icb,emh,24.00\n";
    let wrong = add("wrong-payments.csv", rows).expect(1).err;
    let told = [
        "is paid is the payer as well",
        "the amount is 0",
        "`zzz` is no party of the contract",
        "`1.005` is not in whole minor units",
        "2025-04-15 is not between the first day of the contract, 2026-04-01, and 2027-06-01",
        "2027-06-02 is not between",
        "row 6 says the same",
    ];
    for words in told {
        assert!(wrong.contains(words), "{words}: {wrong}");
    }
    add("payment.csv", "A,2026-04-15,icb,emh,24955200.00\n").expect(0);
    let again = add("payment-again.csv", "A,2026-04-15,icb,emh,24955200\n\nC,2026-05-15,icb,emh,1.00\n")
        .expect(1)
        .err;
    assert!(again.contains("row 2: the payment `A` is in the book, by entry 5"), "{again}");
    run(&["book", "verify", &book]).expect(0);
    assert_eq!(Book::open(Path::new(&book), WAIT).unwrap().payments().unwrap().len(), 1);
}
