//! Every diagnostic, as a person reads it.
//!
//! `tests/errors/CODE.json` is a smallest contract with one problem and `CODE.txt` the exact text
//! that a user sees; `CODE.variant-words.json` is another way into the same code. For codes of
//! data the contract is fine, `CODE.csv` holds the observations, and `CODE.request` what is asked
//! for: a period, the id of a line to explain, or `table` and names of columns.
//!
//! For codes of scenarios `CODE.scenarios` is the file that has the problem, held against the contract
//! and the observations. Documents too large to keep are made here.
//!
//! `UPDATE=1 cargo test --test errors` writes the texts; `git diff` reviews them. The first
//! problem of a fixture always has the code that the fixture is named after.

#[path = "errors/generated.rs"]
mod generated;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use carepact::source::{Diagnostic, Severity, catalogue};
use carepact::{Checked, Document, Model, Observations, Request, check, scenario};

/// What belongs to one fixture, by extension.
type Files = BTreeMap<String, String>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors")
}

/// The fixtures by name; sources of this test are none.
fn fixtures() -> BTreeMap<String, Files> {
    let mut fixtures: BTreeMap<String, Files> = BTreeMap::new();
    for entry in fs::read_dir(folder()).expect("the folder of fixtures") {
        let path = entry.expect("an entry of the folder").path();
        let name = path.file_name().expect("a name").to_string_lossy().to_string();
        let (stem, extension) = name.rsplit_once('.').expect("a fixture has an extension");
        if extension != "rs" {
            let text = fs::read_to_string(&path).expect("a fixture is text");
            fixtures.entry(stem.to_string()).or_default().insert(extension.to_string(), text);
        }
    }
    fixtures
}

/// The code that a fixture is named after.
fn code_of(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// The problems of a fixture, and the texts that are shown for them.
struct Shown {
    document: Option<Document>,
    problems: Vec<Diagnostic>,
    text: String,
}

impl Shown {
    fn new(name: &str, document: Option<Document>, problems: Vec<Diagnostic>) -> Shown {
        let file = format!("{name}.json");
        let texts: Vec<String> =
            problems.iter().map(|problem| problem.text(&file, document.as_ref())).collect();
        Shown { text: texts.join("\n"), document, problems }
    }

    fn first(&self) -> Option<&str> {
        self.problems.first().map(|problem| problem.code.name)
    }
}

/// What every fixture that is kept as files shows, worked out once.
fn all_shown() -> &'static BTreeMap<String, Shown> {
    static SHOWN: OnceLock<BTreeMap<String, Shown>> = OnceLock::new();
    SHOWN.get_or_init(|| {
        let kept = fixtures().into_iter().filter(|(name, _)| !generated::is(name));
        kept.map(|(name, files)| (name.clone(), shown(&name, &files))).collect()
    })
}

fn shown(name: &str, files: &Files) -> Shown {
    let document = files.get("json").unwrap_or_else(|| panic!("{name}: there is no {name}.json"));
    let Checked { document, model, problems } = check(document);
    let request = files.get("request").map(|request| request.trim());
    if let (Some(model), Some(scenarios)) = (&model, files.get("scenarios")) {
        return problems_of_scenarios(model, name, scenarios, files.get("csv").expect("a baseline"));
    }
    match (model, files.get("csv")) {
        (Some(model), Some(csv)) => {
            let problems = problems_of_data(&model, &format!("{name}.csv"), csv, request);
            Shown::new(name, document, problems)
        }
        (None, Some(_)) => {
            panic!("{name}: the contract has problems:\n{}", Shown::new(name, document, problems).text)
        }
        (_, None) => {
            assert!(request.is_none(), "{name}: a request without data is not used");
            Shown::new(name, document, problems)
        }
    }
}

/// Reads scenarios, and holds them against the contract and the baseline.
fn problems_of_scenarios(model: &Model, name: &str, text: &str, csv: &str) -> Shown {
    let (file, mut problems) = scenario::read(text);
    if let (Some(file), true) = (&file, problems.is_empty()) {
        let baseline = observations(&format!("{name}.csv"), csv);
        let prepared = scenario::prepare(model, file, &baseline, &Request::default(), None);
        problems = prepared.map_or_else(|problems| problems.0, |_| Vec::new());
    }
    let document = file.map_or_else(|| Document::unread(text), |file| file.document);
    let file = format!("{name}.scenarios");
    let texts: Vec<String> = problems.iter().map(|problem| problem.text(&file, Some(&document))).collect();
    Shown { text: texts.join("\n"), document: Some(document), problems }
}

/// Binds, and explains the line or looks up the columns that are asked for.
fn problems_of_data(model: &Model, file: &str, csv: &str, asked: Option<&str>) -> Vec<Diagnostic> {
    let columns = asked.and_then(|asked| asked.strip_prefix("table "));
    let asked = asked.filter(|_| columns.is_none());
    let period = asked.filter(|asked| !asked.contains(':')).map(str::to_string);
    let facts = match model.bind(&observations(file, csv), &Request { period, ..Request::default() }) {
        Ok(facts) => facts,
        Err(problems) => return problems.0,
    };
    if let Some(columns) = columns {
        let names: Vec<String> = columns.split(',').map(str::to_string).collect();
        return model.columns(&facts, &names).map_or_else(|problems| problems.0, |_| Vec::new());
    }
    let statement = model.evaluate(&facts);
    let explained = asked.filter(|asked| asked.contains(':')).map(|line| statement.explain(line));
    explained.and_then(Result::err).map_or(Vec::new(), |problems| problems.0)
}

fn observations(file: &str, csv: &str) -> Observations {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(csv.as_bytes());
    let rows: Vec<Vec<String>> = reader
        .records()
        .map(|record| record.expect("a table").iter().map(str::to_string).collect())
        .collect();
    let mut observations = Observations::new();
    let (headings, records) = rows.split_first().map_or((&[][..], &[][..]), |(first, rest)| (first, rest));
    observations.add_table(file, headings, records.iter().enumerate().map(|(i, r)| (i + 2, r.as_slice())));
    observations
}

/// Compares a text with its file, or writes it.
fn compare(name: &str, text: &str, expected: Option<&String>, differences: &mut Vec<String>) {
    if expected.is_some_and(|expected| expected == text) {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(folder().join(format!("{name}.txt")), text).expect("the text is written");
    } else {
        let expected = expected.map_or("nothing", String::as_str);
        differences.push(format!("--- {name}: expected\n{expected}\n+++ found\n{text}"));
    }
}

fn settle(differences: &[String]) {
    assert!(differences.is_empty(), "{}\n(UPDATE=1 writes the texts)", differences.join("\n"));
}

#[test]
fn diagnostics_read_as_written_down() {
    let fixtures = fixtures();
    let mut differences = Vec::new();
    for (name, shown) in all_shown() {
        for extension in fixtures[name].keys() {
            let known = ["json", "csv", "request", "scenarios", "txt"].contains(&extension.as_str());
            assert!(known, "{name}.{extension} is not used");
        }
        let right = shown.first() == Some(code_of(name));
        if right {
            compare(name, &shown.text, fixtures[name].get("txt"), &mut differences);
        } else {
            differences.push(format!("--- {name}: first another problem\n{}", shown.text));
        }
    }
    settle(&differences);
}

/// Documents that are too large to keep as files.
#[test]
fn limits_are_diagnostics() {
    let fixtures = fixtures();
    let mut differences = Vec::new();
    for (name, document) in generated::DOCUMENTS {
        let files = Files::from([("json".to_string(), document())]);
        let shown = shown(name, &files);
        assert_eq!(shown.first(), Some(code_of(name)), "{name}: the first problem\n{}", shown.text);
        let expected = fixtures.get(*name).and_then(|files| files.get("txt"));
        compare(name, &shown.text, expected, &mut differences);
    }
    settle(&differences);
}

/// Documents made to exhaust the machine are answered in time, whatever the answer is.
#[test]
fn hostile_documents_are_answered() {
    let mut late = Vec::new();
    for (name, document) in generated::HOSTILE {
        let (answer, answered) = std::sync::mpsc::channel();
        let document = document();
        std::thread::spawn(move || answer.send(check(&document).problems.len()));
        if answered.recv_timeout(generated::PATIENCE).is_err() {
            late.push(name);
        }
    }
    assert!(late.is_empty(), "not answered in {:?}: {late:?}", generated::PATIENCE);
}

#[test]
fn every_code_has_a_smallest_fixture() {
    let fixtures = fixtures();
    let codes: Vec<&str> = catalogue::ALL.iter().map(|code| code.name).collect();
    for code in &codes {
        let files = fixtures.get(*code);
        assert!(
            files.is_some_and(|files| files.contains_key("json")),
            "there is no tests/errors/{code}.json"
        );
    }
    for name in fixtures.keys() {
        assert!(codes.contains(&code_of(name)), "{name}: no code of the catalogue is called so");
    }
}

/// What is wrong in a smallest fixture is one thing, so that its text says nothing else.
#[test]
fn smallest_fixtures_have_one_problem() {
    let mut wrong = Vec::new();
    for code in catalogue::ALL {
        let shown = &all_shown()[code.name];
        let errors = shown.problems.iter().filter(|problem| problem.is_error()).count();
        let single = (shown.problems.len(), errors) == (1, usize::from(code.severity == Severity::Error));
        if !single {
            wrong.push(format!("--- {}, alone: {single}\n{}", code.name, shown.text));
        }
    }
    settle(&wrong);
}

/// The same data for tools: every field is there, and the place is the one that is printed.
#[test]
fn diagnostics_are_data() {
    for (name, shown) in all_shown() {
        let document = shown.document.as_ref();
        for problem in &shown.problems {
            let (json, text) = (problem.json("f.json", document), problem.text("f.json", document));
            assert_eq!(json["code"], problem.code.name);
            for field in ["found", "rule", "remedy"] {
                assert!(json[field].as_str().is_some_and(|value| !value.is_empty()), "{name}: {field}");
            }
            if let Some(line) = json["place"]["line"].as_u64() {
                let place = format!("f.json:{line}:{}:", json["place"]["column"]);
                assert!(text.starts_with(&place), "{name}: {place} is not in\n{text}");
            }
        }
    }
}
