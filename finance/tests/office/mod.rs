//! Workbooks recalculated by LibreOffice, and held against what the engine states.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::{Data, Reader, Xlsx, open_workbook};
use carepact::workbook::{Content, Sheet, Shown};
use carepact::{Contract, Exact, Model, Observations, Request, Workbook};
use carepact_finance::workbook::{Results, xlsx};

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub fn model(text: &str) -> Model {
    Contract::parse(text).unwrap().compile().unwrap()
}

/// A workbook and what must come out.
pub struct Written {
    pub name: String,
    pub workbook: Workbook,
    pub places: u32,
}

impl Written {
    pub fn new(
        name: &str,
        model: &Model,
        observations: &Observations,
        period: Option<&str>,
    ) -> Option<Written> {
        let request = Request { period: period.map(str::to_string), ..Request::default() };
        let facts = model.bind(observations, &request).ok()?;
        let workbook = model.workbook(&facts, None, &[]);
        let places = model.contract().minor_places;
        Some(Written { name: name.to_string(), workbook, places })
    }
}

/// A fresh folder, with a profile in which LibreOffice always recalculates.
pub struct Office {
    folder: PathBuf,
}

impl Office {
    pub fn new(name: &str) -> Option<Office> {
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
    pub fn recalculate(&self, written: &[Written]) -> Vec<BTreeMap<&'static str, Vec<Vec<Data>>>> {
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
pub fn in_steps(cell: &Data, places: u32) -> Option<Exact> {
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

pub fn sheet<'w>(workbook: &'w Workbook, name: &str) -> &'w Sheet {
    workbook.sheets.iter().find(|sheet| sheet.name == name).unwrap()
}

/// Every formula of the statement must give what the engine states, and every check must hold.
/// Gives how many lines were held, and how many the workbook does not vouch for.
pub fn hold(
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
pub fn hold_all(written: &Written, found: &BTreeMap<&str, Vec<Vec<Data>>>, problems: &mut Vec<String>) {
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

pub fn report(problems: &[String]) {
    let shown: Vec<&str> = problems.iter().take(40).map(String::as_str).collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), shown.join("\n"));
}

pub fn observations(file: &str) -> Observations {
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
