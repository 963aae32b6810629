//! Contracts for many holders: statements part by part, tables, carrying forward, explanations.
//!
//! Forty practices, P01 to P40. Practice i has 1000 + 10 i people and a quality of i %, lies in the
//! country when i is odd, and then has a grade of i. Expected amounts follow from that by hand.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;

use common::{Run, command, file, run};
use serde_json::Value;

const CONTRACT: &str = r#"{ "carepact": 1, "contract": "practices", "title": "Practices", "synthetic": true,
  "currency": "GBP", "rounding": { "mode": "half_away", "residue": "largest_remainder" },
  "term": ["2026-04-01", "2028-03-31"], "year_starts": "04-01",
  "parties": [{ "id": "icb" }, { "id": "helpline" }, { "id": "practice", "many": true }],
  "axes": { "place": ["country", "city"] },
  "measures": {
    "list": { "kind": "count", "unit": "person", "by": ["practice"], "per": "year", "range": [1, 10000] },
    "quality": { "kind": "number", "by": ["practice"], "per": "year", "range": [0, 1], "better": "higher" },
    "lies": { "kind": "code", "axis": "place", "by": ["practice"], "per": "year" },
    "grade": { "kind": "number", "by": ["practice"], "per": "year", "range": [0, 100], "missing": "absent" },
    "opening": { "kind": "money", "unit": "GBP", "by": ["practice"], "per": "year", "range": [0, 10000],
      "missing": 0, "carried_from": "closing" },
    "grade_before": { "kind": "number", "by": ["practice"], "per": "year", "range": [0, 100],
      "missing": "absent", "carried_from": "grade_now" } },
  "tables": { "price": "3 GBP/person", "pot": "13550 GBP" },
  "quantities": {
    "cut_off": "percentile(quality over practice, 75%, upper)",
    "median_of_place": "median(quality over practice within lies)",
    "place_in_order": "rank(quality over practice)",
    "third": "quality / 3",
    "grade_now": "grade",
    "earning": "if quality >= cut_off then list else 0 * list",
    "closing": { "per": "year", "is": "round(opening / 2 + paid(bonus) / 10 to 0.01)" } },
  "clauses": {
    "core": { "kind": "capitation", "from": "icb", "to": "practice", "per": "year", "amount": "list * price" },
    "bonus": { "kind": "incentive", "from": "icb", "to": "practice", "per": "year",
      "amount": "pot * earning / sum(earning over practice) else GBP 0" },
    "brought": { "kind": "payment", "from": "icb", "to": "practice", "per": "year",
      "amount": "opening + GBP 1 * (grade_before else 0)" },
    "telephone": { "kind": "block", "from": "icb", "to": "helpline", "per": "month", "amount": "GBP 100" } } }"#;

/// Files of their own for a test: the contract, and the data of a year.
struct Files {
    contract: String,
    data: String,
}

fn files(test: &str, year: &str, holders: usize) -> Files {
    let mut data = "measure,period,practice,value\n".to_string();
    for i in 1..=holders {
        let row = |measure: &str, value: &str| format!("{measure},{year},P{i:02},{value}\n");
        data.push_str(&row("list", &(1000 + 10 * i).to_string()));
        data.push_str(&row("quality", &format!("{i}%")));
        data.push_str(&row("lies", if i % 2 == 1 { "country" } else { "city" }));
        if i % 2 == 1 {
            data.push_str(&row("grade", &i.to_string()));
        }
    }
    let name = format!("{test}-{}.csv", year.replace('/', "-"));
    Files { contract: file(&format!("{test}.json"), CONTRACT.as_bytes()), data: file(&name, data.as_bytes()) }
}

impl Files {
    fn run(&self, verb: &str, more: &[&str]) -> Run {
        let mut arguments = vec![verb, &self.contract, "--observations", &self.data];
        arguments.extend(more);
        run(&arguments)
    }

    fn evaluate(&self, more: &[&str]) -> Run {
        self.run("evaluate", more)
    }

    /// The rows of CSV output, without the headings.
    fn rows(&self, more: &[&str]) -> Vec<Vec<String>> {
        let out = self.evaluate(more).expect(0).out;
        let mut reader = csv::Reader::from_reader(out.as_bytes());
        reader.records().map(|row| row.unwrap().iter().map(str::to_string).collect()).collect()
    }
}

/// A name for a file that is not there yet.
fn absent(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    path.to_string_lossy().into_owned()
}

#[test]
fn threads_change_nothing() {
    let files = files("threads", "2026/27", 40);
    for more in [
        &["--format", "csv"][..],
        &["--format", "json"],
        &["--format", "text"],
        &["--lines"],
        &["--table", "core,third"],
        &["--table", "core,third", "--format", "json"],
    ] {
        let of =
            |threads: &'static str| files.evaluate(&[more, &["--threads", threads]].concat()).expect(0).out;
        let one = of("1");
        assert!(!one.is_empty());
        for threads in ["2", "3", "64"] {
            assert!(of(threads) == one, "{more:?} with {threads} threads");
        }
    }
    files.evaluate(&["--threads", "0"]).expect(2);
}

#[test]
fn lines_are_numbered_throughout_and_add_up() {
    let files = files("numbers", "2026/27", 40);
    let rows = files.rows(&["--format", "csv"]);
    let lines: Vec<&Vec<String>> = rows.iter().filter(|row| row[6] != "figure").collect();
    // Twelve lines of the telephone, then three for each practice.
    assert_eq!(lines.len(), 12 + 3 * 40);
    for (place, line) in lines.iter().enumerate() {
        assert_eq!(line[1], (place + 1).to_string());
    }
    // P40 is the last: core 3 × 1400.
    assert_eq!((&*lines[129][2], &*lines[129][13]), ("core:2026/27:P40", "4200.00"));
    let json: Value = serde_json::from_str(&files.evaluate(&["--format", "json"]).expect(0).out).unwrap();
    let in_json = json["lines"].as_array().unwrap();
    assert_eq!(in_json.len(), lines.len());
    for (line, row) in in_json.iter().zip(&lines) {
        assert_eq!((line["id"].as_str(), line["amount"].as_str()), (Some(&*row[2]), Some(&*row[13])));
        assert_eq!(line["number"].to_string(), row[1]);
    }
    // 3 × (40 × 1000 + 10 × 820), the whole pot, nothing brought, 12 × 100.
    let totals: Vec<&str> = json["totals"]["clauses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|total| total["entitlement"].as_str().unwrap())
        .collect();
    assert_eq!(totals, ["144600.00", "13550.00", "0.00", "1200.00"]);
    assert_eq!(json["data"], "final");
    assert!(json["controls"].as_array().unwrap().iter().all(|control| control["amount"] == "0.00"));
}

#[test]
fn figures_stand_beside_the_lines_of_their_holder() {
    let files = files("figures", "2026/27", 3);
    let rows = files.rows(&["--format", "csv", "--show", "third,cut_off"]);
    let kinds: Vec<&str> = rows.iter().skip(12).map(|row| &*row[2]).collect();
    // What is carried is shown as well.
    let of = |holder: &str| {
        ["core", "bonus", "brought", "third", "grade_now", "closing"]
            .map(|name| format!("{name}:2026/27:{holder}"))
    };
    let expected = [vec!["cut_off:2026/27".to_string()], [of("P01"), of("P02"), of("P03")].concat()].concat();
    assert_eq!(kinds, expected);
    let of = |id: &str| {
        let row = rows.iter().find(|row| row[2] == id).unwrap();
        [&row[1], &row[6], &row[13], &row[17], &row[20], &row[21], &row[22]].map(String::clone)
    };
    // 75 % of 3 is 2.25: the third value, 3 %.
    assert_eq!(of("cut_off:2026/27"), ["", "figure", "", "no", "cut_off", "0.03", ""]);
    assert_eq!(of("third:2026/27:P01"), ["", "figure", "", "no", "third", "0.003333333333", ""]);
    // The pot of 13,550 goes to P03 alone; a tenth of it is carried.
    assert_eq!(of("closing:2026/27:P03"), ["", "figure", "", "no", "closing", "1355", "GBP"]);
    // An absent figure is an empty cell.
    assert_eq!(of("grade_now:2026/27:P02"), ["", "figure", "", "no", "grade_now", "", ""]);
    let json: Value = serde_json::from_str(&files.evaluate(&["--format", "json"]).expect(0).out).unwrap();
    let figure = |id: &str| {
        let figures = json["figures"].as_array().unwrap();
        figures.iter().find(|figure| figure["id"] == id).unwrap().clone()
    };
    assert_eq!(figure("closing:2026/27:P03")["value"], "1355");
    assert_eq!(figure("grade_now:2026/27:P02")["value"], Value::Null);
    let refused = files.evaluate(&["--show", "thirds,clos"]).expect(1);
    assert_eq!(refused.err.matches("unknown-quantity").count(), 2, "{}", refused.err);
    assert!(refused.err.contains("did you mean `third`?") && refused.out.is_empty());
}

#[test]
fn a_table_has_a_row_for_each_holder() {
    let files = files("table", "2026/27", 40);
    let names = "core,bonus:icb:2026/27,third,median_of_place:2026/27,place_in_order,cut_off,grade_now";
    let out = files.evaluate(&["--table", names]).expect(0).out;
    let rows: Vec<&str> = out.lines().collect();
    assert_eq!(rows.len(), 41);
    assert_eq!(rows[0], format!("practice,{names}"));
    // Country: odd numbers, the middle of 19 and 21; city: even ones, of 20 and 22. 75 % of 40 is 30,
    // whole, so that the upper is the 31st.
    assert_eq!(rows[1], "P01,3030.00,0.00,0.003333333333,0.2,40,0.31,1");
    assert_eq!(rows[2], "P02,3060.00,0.00,0.006666666667,0.21,39,0.31,");
    // Ten practices of 1310 to 1400 people share a pot of as many pounds as they have people.
    assert_eq!(rows[31], "P31,3930.00,1310.00,0.103333333333,0.2,10,0.31,31");
    assert_eq!(rows[40], "P40,4200.00,1400.00,0.133333333333,0.21,1,0.31,");

    let json = files.evaluate(&["--table", "core,grade_now", "--format", "json"]).expect(0).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["holder"], "practice");
    assert_eq!(json["columns"][0]["name"], "core");
    assert_eq!(json["rows"][39], serde_json::json!({ "holder": "P40", "values": ["4200.00", null] }));
    let text = files.evaluate(&["--table", "core,grade_now", "--format", "text"]).expect(0).out;
    assert!(text.contains("SYNTHETIC") && text.contains("for 40 holders"), "{text}");
    assert!(text.contains("P40       4,200.00     absent\n"), "{text}");
}

#[test]
fn wrong_columns_are_refused_together() {
    let files = files("columns", "2026/27", 3);
    let names = "cor,core:2027/28,core:2026/27,telephone,list,place_in_ordr";
    let refused = files.evaluate(&["--table", names]).expect(1);
    assert!(refused.out.is_empty());
    for part in
        ["did you mean `core`?", "`telephone` is the same", "`list` is no", "did you mean `place_in_order`?"]
    {
        assert!(refused.err.contains(part), "{part} in {}", refused.err);
    }
    assert!(refused.err.contains("4 errors"), "{}", refused.err);
    // A year without data is only known to be one when the data are there.
    let refused = files.evaluate(&["--table", "core:2027/28,core:2026/27"]).expect(1);
    assert!(
        refused.err.contains("`core` is for `2027/28`") && refused.err.contains("1 error"),
        "{}",
        refused.err
    );
    // Names are looked up before data are read.
    let mut unread = files;
    unread.data = absent("columns-unread.csv");
    let refused = unread.evaluate(&["--table", "cor"]).expect(1);
    assert!(
        refused.err.contains("unknown-column") && !refused.err.contains("file-unreadable"),
        "{}",
        refused.err
    );
    for more in [["--table", "core", "--lines"], ["--table", "core", "--show=third"]] {
        unread.evaluate(&more).expect(2);
    }
    let without = run(&["evaluate", common::PRIME, "--observations", common::YEAR_ONE, "--table", "core"]);
    assert!(without.expect(1).err.contains("no party of this contract is many"));
}

#[test]
fn many_holders_are_one_row_each() {
    let files = files("overview", "2026/27", 40);
    let out = files.evaluate(&[]).expect(0).out;
    assert!(out.contains("2026/27: 132 lines for 40 holders"), "{out}");
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split_whitespace().collect()).collect();
    for row in [
        &["core", "bonus", "brought"][..],
        &["P01", "3,030.00", "0.00", "0.00"],
        &["P31", "3,930.00", "1,310.00", "0.00"],
        &["144,600.00", "13,550.00", "0.00"],
    ] {
        assert!(rows.iter().any(|known| known == row), "{row:?} in\n{out}");
    }
    assert!(out.contains("telephone (block)") && out.contains("--format csv"));
    assert!(!out.contains("core:2026/27:P02"), "no line is listed");
    let lines = files.evaluate(&["--lines"]).expect(0).out;
    assert!(lines.contains("practice P40\n") && lines.contains("130  core:2026/27:P40"), "{lines}");
    assert!(lines.contains("final: no line rests on flex data"));
}

#[test]
fn few_holders_are_listed_one_after_the_other() {
    let files = files("few", "2026/27", 2);
    let out = files.evaluate(&[]).expect(0).out;
    let place = |text: &str| out.find(text).unwrap_or_else(|| panic!("{text} in\n{out}"));
    let order =
        ["telephone (block)", "practice P01", "3,030.00", "practice P02", "3,060.00", "Totals by clause"];
    assert!(order.map(place).is_sorted(), "{out}");
}

#[test]
fn one_year_feeds_the_next() {
    let (next, after) = (absent("chain-next.csv"), absent("chain-after.csv"));
    let first = files("chain", "2026/27", 40);
    let year = first.evaluate(&["--table", "closing", "--carry-forward", &next]).expect(0);
    assert!(year.err.contains("chain-next.csv is written: 60 observations"), "{}", year.err);
    let carried = fs::read_to_string(&next).unwrap();
    // 40 amounts, nothing below the cut-off and a tenth of the bonus above it; 20 grades.
    assert!(carried.starts_with("measure,period,practice,value\n"), "{carried}");
    for row in ["opening,2027/28,P30,0", "opening,2027/28,P31,131", "grade_before,2027/28,P01,1"] {
        assert_eq!(carried.lines().filter(|line| *line == row).count(), 1, "{row} in {carried}");
    }
    assert!(!carried.contains("grade_before,2027/28,P02"), "{carried}");

    let second = files("chain", "2027/28", 40);
    let arguments = ["evaluate", &second.contract, "--observations", &second.data, &next];
    let more = ["--period", "2027/28", "--table", "brought,bonus,closing", "--carry-forward", &after];
    let out = run(&[&arguments[..], &more].concat()).expect(0).out;
    // P31 is paid what it brought, 131, and its grade of 31; half of 131 and a tenth of 1310 go on.
    assert!(out.contains("\nP31,162.00,1310.00,196.5\n"), "{out}");
    assert!(out.contains("\nP02,0.00,0.00,0\n") && out.contains("\nP01,1.00,0.00,0\n"), "{out}");
    assert!(fs::read_to_string(&after).unwrap().contains("\nopening,2028/29,P31,196.5\n"));
}

#[test]
fn what_cannot_be_carried_exactly_is_refused() {
    let next = absent("endless-next.csv");
    let mut files = files("endless", "2026/27", 40);
    let endless =
        CONTRACT.replace("round(opening / 2 + paid(bonus) / 10 to 0.01)", "opening + paid(bonus) / 7");
    files.contract = file("endless.json", endless.as_bytes());
    let refused = files.evaluate(&["--carry-forward", &next]).expect(1);
    // Of 1310 to 1400 pounds only 1330 and 1400 are sevenths.
    let named = "no decimal that ends for P31, P32, P34, P35, P36, P37, P38, P39";
    assert!(refused.err.contains(named) && !refused.err.contains("P40"), "{}", refused.err);
    assert!(refused.out.is_empty() && !Path::new(&next).exists());
    // A file that is there stays.
    let there = file("endless-there.csv", b"mine");
    files.contract = file("endless.json", CONTRACT.as_bytes());
    let refused = files.evaluate(&["--carry-forward", &there]).expect(1);
    assert!(refused.err.contains("file-exists") && common::read(&there) == "mine");
    let nothing = ["evaluate", common::PRIME, "--observations", common::YEAR_ONE, "--carry-forward", &next];
    assert!(run(&nothing).expect(1).err.contains("error[carry-forward]"));
}

#[test]
fn one_of_many_is_explained() {
    let files = files("explain", "2026/27", 40);
    let explain = |line: &str| files.run("explain", &[line]).expect(0).out;
    // Row 1 is the heading; 30 practices before have 3 rows each, and 15 of them a grade.
    let bonus = explain("bonus:2026/27:P31");
    assert!(bonus.starts_with("bonus:2026/27:P31: 1,310.00 GBP\n"), "{bonus}");
    assert!(bonus.contains("row 107") && bonus.contains("13,550"), "{bonus}");
    assert!(explain("130").starts_with("core:2026/27:P40: 4,200.00 GBP\n"));
    assert!(explain("3").starts_with("telephone:2026-06: 100.00 GBP\n"));
    assert!(explain("telephone:2026-06").starts_with("telephone:2026-06: 100.00 GBP\n"));
    let rank = explain("place_in_order:2026/27:P31");
    assert!(rank.starts_with("place_in_order:2026/27:P31: 10\n"), "{rank}");
    let closing = explain("closing:2026/27:P31");
    assert!(closing.starts_with("closing:2026/27:P31: 131.00 GBP\n"), "{closing}");
    assert!(
        closing.contains("bonus:2026/27:P31 = 1,310.00 GBP") && closing.contains("`opening`"),
        "{closing}"
    );
    assert!(explain("grade_now:2026/27:P02").starts_with("grade_now:2026/27:P02: absent\n"));
    let json = files.run("explain", &["closing:2026/27:P31", "--format", "json"]).expect(0).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (json["figure"].as_str(), json["exact"].as_str()),
        (Some("closing:2026/27:P31"), Some("131/1"))
    );
    let refused = files.run("explain", &["core:2026/27:P41"]).expect(1);
    assert!(refused.err.contains("did you mean `core:2026/27:P"), "{}", refused.err);
    files.run("explain", &["99999"]).expect(1);
}

/// Data large enough that a terminal would be told how far the work is.
#[test]
fn a_pipe_hears_nothing_of_progress() {
    let mut files = files("progress", "2026/27", 40);
    let note = "n".repeat(10_000);
    let data = common::read(&files.data);
    let padded: String = data.lines().skip(1).map(|row| format!("{row},{note}\n")).collect();
    files.data = file("progress.csv", format!("measure,period,practice,value,note\n{padded}").as_bytes());
    let out = files.evaluate(&["--format", "csv"]).expect(0);
    assert!(out.err.lines().count() == 1 && out.err.contains("warnings about the contract"), "{}", out.err);
}

#[test]
fn a_reader_that_goes_away_ends_a_stream_quietly() {
    let files = files("pipe", "2026/27", 99);
    for format in ["csv", "json"] {
        let arguments = ["evaluate", &files.contract, "--observations", &files.data, "--format", format];
        let mut child = command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        let mut reader = BufReader::with_capacity(16, child.stdout.take().unwrap());
        reader.read_line(&mut first).unwrap();
        drop(reader);
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        // The warnings about the contract came before.
        assert!(child.wait().unwrap().success() && err.lines().count() == 1, "{err}");
        assert!(!first.is_empty());
    }
}
