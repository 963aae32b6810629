//! Workbooks recalculated by LibreOffice: every line comes to the pennies that the engine states.
//!
//! Formulas are written with 0 as their result, so that nothing but a calculation can give the amounts.
//! Skipped, and said so, where `soffice` is not installed.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::{Data, Reader, Xlsx, open_workbook};
use carepact::cases::{CaseFile, stated};
use carepact::workbook::{Content, Sheet, Shown};
use carepact::{Contract, Exact, Model, Observations, Request, Workbook};
use carepact_finance::workbook::{Results, xlsx};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn model(text: &str) -> Model {
    Contract::parse(text).unwrap().compile().unwrap()
}

/// A workbook and what must come out.
struct Written {
    name: String,
    workbook: Workbook,
    places: u32,
}

impl Written {
    fn new(name: &str, model: &Model, observations: &Observations, period: Option<&str>) -> Option<Written> {
        let request = Request { period: period.map(str::to_string), ..Request::default() };
        let facts = model.bind(observations, &request).ok()?;
        let workbook = model.workbook(&facts, None, &[]);
        let places = model.contract().minor_places;
        Some(Written { name: name.to_string(), workbook, places })
    }
}

/// A fresh folder, with a profile in which LibreOffice always recalculates.
struct Office {
    folder: PathBuf,
}

impl Office {
    fn new(name: &str) -> Option<Office> {
        if Command::new("soffice").arg("--version").output().is_err() {
            eprintln!("skipped: LibreOffice (soffice) is not installed");
            return None;
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("workbook-{name}"));
        let _ = fs::remove_dir_all(&folder);
        let user = folder.join("profile").join("user");
        fs::create_dir_all(&user).unwrap();
        let items = ["OOXMLRecalcMode", "ODFRecalcMode"].map(|name| {
            format!(
                "<item oor:path=\"/org.openoffice.Office.Calc/Formula/Load\"><prop oor:name=\"{name}\" \
                 oor:op=\"fuse\"><value>0</value></prop></item>"
            )
        });
        let settings = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><oor:items \
             xmlns:oor=\"http://openoffice.org/2001/registry\">{}</oor:items>",
            items.concat()
        );
        fs::write(user.join("registrymodifications.xcu"), settings).unwrap();
        Some(Office { folder })
    }

    /// Recalculates all workbooks in one run, and reads the sheets back.
    fn recalculate(&self, written: &[Written]) -> Vec<BTreeMap<&'static str, Vec<Vec<Data>>>> {
        let out = self.folder.join("out");
        fs::create_dir_all(&out).unwrap();
        let files = written.iter().map(|written| {
            let file = self.folder.join(format!("{}.xlsx", written.name));
            fs::write(&file, xlsx(&written.workbook, written.places, Results::Nought).unwrap()).unwrap();
            file
        });
        let files: Vec<PathBuf> = files.collect();
        let profile = format!("-env:UserInstallation=file://{}", self.folder.join("profile").display());
        let run = Command::new("soffice")
            .args([profile.as_str(), "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"])
            .arg(&out)
            .args(&files)
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let read = |written: &Written| {
            let mut book: Xlsx<_> = open_workbook(out.join(format!("{}.xlsx", written.name))).unwrap();
            let sheets = written.workbook.sheets.iter();
            sheets.map(|sheet| (sheet.name, cells(&mut book, sheet.name))).collect()
        };
        written.iter().map(read).collect()
    }
}

fn cells(book: &mut Xlsx<std::io::BufReader<fs::File>>, name: &str) -> Vec<Vec<Data>> {
    let range = book.worksheet_range(name).unwrap();
    let (rows, columns) = range.end().map_or((0, 0), |(row, column)| (row + 1, column + 1));
    let value = |row, column| range.get_value((row, column)).cloned().unwrap_or(Data::Empty);
    (0..rows).map(|row| (0..columns).map(|column| value(row, column)).collect()).collect()
}

/// A number of a cell in whole steps of a tenth to this power; nothing when it is none.
fn in_steps(cell: &Data, places: u32) -> Option<Exact> {
    let value = match cell {
        Data::Float(value) => *value,
        Data::Int(value) => return Some(&Exact::from(*value) * &Exact::from(10i64.pow(places))),
        Data::Empty
        | Data::String(_)
        | Data::Bool(_)
        | Data::DateTime(_)
        | Data::DateTimeIso(_)
        | Data::DurationIso(_)
        | Data::Error(_) => return None,
    };
    let places = usize::try_from(places).unwrap();
    Exact::parse(&format!("{value:.places$}"))
        .ok()
        .map(|value| &value * &Exact::from(10i64.pow(places as u32)))
}

fn sheet<'w>(workbook: &'w Workbook, name: &str) -> &'w Sheet {
    workbook.sheets.iter().find(|sheet| sheet.name == name).unwrap()
}

/// Every formula of the statement must give what the engine states, and every check must hold.
/// Gives how many lines were held, and how many the workbook does not vouch for.
fn hold(
    written: &Written,
    found: &BTreeMap<&str, Vec<Vec<Data>>>,
    problems: &mut Vec<String>,
) -> (usize, usize) {
    let rows = &found["Statement"];
    let (mut lines, mut unsure) = (0, 0);
    for (index, row) in sheet(&written.workbook, "Statement").rows.iter().enumerate() {
        let Some(Content::Formula(_, Shown::Number(amount))) = row.get(7).map(|cell| &cell.content) else {
            continue;
        };
        lines += 1;
        let name = match &row[1].content {
            Content::Text(text) => text.clone(),
            Content::Empty | Content::Number(_) | Content::Formula(..) => String::new(),
        };
        let found = rows.get(index).map(|row| (in_steps(&row[7], written.places), row[9].to_string()));
        let (cell, sure) = found.unwrap_or((None, String::new()));
        let wanted = amount * &Exact::from(10i64.pow(written.places));
        unsure += usize::from(sure != "yes");
        if cell.as_ref() != Some(&wanted) {
            problems.push(format!("{}: {name}: {cell:?}, not {wanted}, sure: {sure}", written.name));
        }
        let said = matches!(&row[9].content, Content::Formula(_, Shown::Text(text)) if text == &sure);
        if !said {
            problems.push(format!("{}: {name}: sure is {sure:?}, the engine said otherwise", written.name));
        }
    }
    (lines, unsure)
}

/// Every other formula with a number must give what it was said to give, as near as floats can.
fn hold_all(written: &Written, found: &BTreeMap<&str, Vec<Vec<Data>>>, problems: &mut Vec<String>) {
    for sheet in &written.workbook.sheets {
        for (index, row) in sheet.rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                let Content::Formula(formula, shown) = &cell.content else { continue };
                let cell = found[sheet.name].get(index).and_then(|row| row.get(column));
                let near = match (shown, cell) {
                    (Shown::Text(text), Some(cell)) => cell.to_string() == *text,
                    (Shown::Number(value), Some(Data::Float(cell))) => is_near(*cell, value),
                    (Shown::Number(_) | Shown::Text(_), _) => false,
                };
                // A guess and what it leaves may differ near a tie, and bounds are rounded up.
                let free = sheet.name == "Calculation" && [8, 9, 10].contains(&column);
                if !(near || free) {
                    problems.push(format!(
                        "{}: {} row {} column {column}: {cell:?}, not {shown:?}, of {formula}",
                        written.name,
                        sheet.name,
                        index + 1
                    ));
                }
            }
        }
    }
}

#[allow(clippy::float_arithmetic, reason = "what a spreadsheet holds is compared as it is")]
fn is_near(cell: f64, value: &Exact) -> bool {
    let wanted: f64 = format!("{value:.20}").trim_end_matches('…').parse().unwrap();
    (cell - wanted).abs() <= 1e-9 * wanted.abs().max(1e-3)
}

fn report(problems: &[String]) {
    let shown: Vec<&str> = problems.iter().take(40).map(String::as_str).collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), shown.join("\n"));
}

fn observations(file: &str) -> Observations {
    let mut observations = Observations::new();
    let mut reader = csv::Reader::from_path(root().join(file)).unwrap();
    let headings: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
    let mut table = observations.table(file, &headings);
    for (index, record) in reader.records().enumerate() {
        let record: Vec<String> = record.unwrap().iter().map(str::to_string).collect();
        table.add(index + 2, &record);
    }
    drop(table);
    observations
}

#[test]
fn harbourside() {
    let Some(office) = Office::new("harbourside") else { return };
    let of = |name: &str, contract: &str, data: &str| {
        let model = model(&fs::read_to_string(root().join(contract)).unwrap());
        Written::new(name, &model, &observations(data), None).unwrap()
    };
    let folder = "contracts/harbourside";
    let written = [
        of("prime", &format!("{folder}/prime-provider.json"), "fixtures/harbourside/2026-27.csv"),
        of(
            "growth",
            &format!("{folder}/prime-provider.json"),
            "fixtures/harbourside/2026-27-list-growth.csv",
        ),
        of(
            "year-of-care",
            &format!("{folder}/year-of-care.json"),
            "fixtures/harbourside/year-of-care-2026-27.csv",
        ),
        of("alliance", &format!("{folder}/alliance.json"), "fixtures/harbourside/2026-27.csv"),
        of(
            "small",
            &format!("{folder}/small-population.json"),
            "fixtures/harbourside/small-population-2026-27.csv",
        ),
    ];
    let mut problems = Vec::new();
    for (written, found) in written.iter().zip(office.recalculate(&written)) {
        let (lines, unsure) = hold(written, &found, &mut problems);
        hold_all(written, &found, &mut problems);
        println!("{}: {lines} lines, {unsure} not vouched for", written.name);
        assert!(lines > 20);
    }
    report(&problems);
}

/// Case files below a folder.
fn case_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            case_files(&path, found);
        } else if path.to_string_lossy().ends_with(".cases.json") {
            found.push(path);
        }
    }
}

#[test]
fn published_contracts() {
    let Some(office) = Office::new("published") else { return };
    let mut files = Vec::new();
    case_files(&root().join("contracts/published"), &mut files);
    let mut written = Vec::new();
    let mut contracts = 0;
    for path in &files {
        let cases = CaseFile::parse(&fs::read_to_string(path).unwrap()).unwrap();
        let contract = PathBuf::from(path.to_string_lossy().replace(".cases.json", ".json"));
        let contract = fs::read_to_string(contract).unwrap();
        let stem = path.file_name().unwrap().to_string_lossy().replace(".cases.json", "");
        let before = written.len();
        // One case of each contract keeps the test short.
        for case in cases.cases.iter().take(1) {
            let Ok((text, observations)) = stated(&cases, case, &contract) else { continue };
            let name = format!("{stem}-{}", case.id);
            written.extend(Written::new(&name, &model(&text), &observations, Some(&case.period)));
        }
        contracts += usize::from(written.len() > before);
    }
    let mut problems = Vec::new();
    let (mut lines, mut unsure) = (0, 0);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for (written, found) in written.iter().zip(office.recalculate(&written)) {
        let (of_it, unsure_of_it) = hold(written, &found, &mut problems);
        hold_all(written, &found, &mut problems);
        lines += of_it;
        unsure += unsure_of_it;
        for unsure in &written.workbook.unsure {
            *reasons.entry(format!("{}: {}", written.name, unsure.reason)).or_default() += 1;
        }
    }
    println!(
        "{contracts} of {} contracts, {} workbooks, {lines} lines, {unsure} not vouched for",
        files.len(),
        written.len()
    );
    reasons.iter().for_each(|(reason, count)| println!("  {count} × {reason}"));
    report(&problems);
}

/// Numbers that look random, from the last one on: Knuth's constants for 64 bits.
fn next(state: &mut u64, most: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % (most + 1)
}

/// Observations of the contract made of ratios and ties; the first sets are at the ends of the ranges.
fn ties(state: &mut u64, at_end: Option<bool>) -> Observations {
    let mut drawn = |most: u64| match at_end {
        Some(true) => most,
        Some(false) => 0,
        None => next(state, most),
    };
    let mut observations = Observations::new();
    for indicator in ["I1", "I2", "I3"] {
        let denominator = drawn(63) + 1;
        let numerator = drawn(denominator);
        let members = [("indicator", indicator)];
        observations.add_ratio("met", "2026/27", &members, &numerator.to_string(), &denominator.to_string());
        for quarter in ["2026/27Q1", "2026/27Q2", "2026/27Q3", "2026/27Q4"] {
            observations.add_value("contacts", quarter, &members, &drawn(2001).to_string());
        }
    }
    let denominator = drawn(40);
    if denominator > 0 {
        let numerator = drawn(denominator);
        observations.add_ratio("survey", "2026/27", &[], &numerator.to_string(), &denominator.to_string());
    }
    let pennies = i64::try_from(drawn(4_000_000)).unwrap() - 2_000_000;
    let balance = Exact::scaled(i128::from(pennies), 2).plain(2);
    observations.add_value("balance", "2026/27", &[], &balance);
    for party in ["payer", "north", "south", "coast"] {
        observations.add_value("workload", "2026/27", &[("party", party)], &drawn(30).to_string());
    }
    observations
}

/// Halves of pennies, ratios, absence, every residue and mode: ties are the rule here.
#[test]
fn ratios_and_ties() {
    let Some(office) = Office::new("ties") else { return };
    let contract = fs::read_to_string(root().join("fixtures/batch/ties.json")).unwrap();
    let mut state = 7;
    let mut written = Vec::new();
    for mode in ["half_away", "half_up", "half_even", "down"] {
        let model = model(&contract.replacen("half_away", mode, 1));
        for round in 0..6 {
            let at_end = [Some(false), Some(true)].get(round).copied().flatten();
            let name = format!("{mode}-{round}");
            let observations = ties(&mut state, at_end);
            written.push(Written::new(&name, &model, &observations, None).expect("admissible observations"));
        }
    }
    let mut problems = Vec::new();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for (written, found) in written.iter().zip(office.recalculate(&written)) {
        hold(written, &found, &mut problems);
        hold_all(written, &found, &mut problems);
        for unsure in &written.workbook.unsure {
            let clause = unsure.line.split(':').next().unwrap_or_default();
            *reasons.entry(format!("{clause}: {}", unsure.reason)).or_default() += 1;
        }
    }
    report(&problems);
    // Only parts within limits are not worked out.
    let others: Vec<&String> = reasons.keys().filter(|reason| !reason.starts_with("limited: ")).collect();
    assert!(others.is_empty(), "{others:?}");
}

/// A workbook of one set of observations, with the inputs of another typed into it, comes to what the
/// engine states for the other.
#[test]
fn amounts_follow_the_inputs() {
    let Some(office) = Office::new("follow") else { return };
    let text = fs::read_to_string(root().join("contracts/harbourside/prime-provider.json")).unwrap();
    let model = model(&text);
    let of = |name: &str, data: &str| Written::new(name, &model, &observations(data), None).unwrap();
    let mut changed = of("changed", "fixtures/harbourside/2026-27.csv");
    let other = of("other", "fixtures/harbourside/2026-27-list-growth.csv");
    let inputs = changed.workbook.sheets.iter().position(|sheet| sheet.name == "Inputs").unwrap();
    let mut typed = 0;
    let rows = changed.workbook.sheets[inputs].rows.iter_mut();
    for (row, other) in rows.zip(&other.workbook.sheets[inputs].rows) {
        if row.len() > 5 && row[5].content != other[5].content {
            row[5].content = other[5].content.clone();
            typed += 1;
        }
    }
    assert!(typed > 10, "{typed} inputs differ");
    let found = office.recalculate(&[changed]).remove(0);
    let mut problems = Vec::new();
    let (lines, unsure) = hold(&other, &found, &mut problems);
    report(&problems);
    assert_eq!((lines, unsure), (538, 0));
    // The checks say that the lines differ from what was stated, and nothing else.
    let verdicts: Vec<String> = found["Checks"].iter().map(|row| row[4].to_string()).collect();
    let say = |word: &str| verdicts.iter().filter(|verdict| *verdict == word).count();
    assert_eq!(say("look"), 1);
    assert!(say("differs") > 20, "{}", say("differs"));
}
