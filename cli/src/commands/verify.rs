//! `carepact verify`: acceptance cases held against their contracts.

use std::fs;
use std::path::{Path, PathBuf};

use carepact::Diagnostic;
use carepact::cases::{CaseFile, CaseResult, Compared, Counts, Outcome, Results, read, run as state};
use carepact::reference::{Scheme, published};
use serde_json::{Value, json};

use crate::answer::{Answer, Refusal, plural};
use crate::arguments::{VerifyArguments, VerifyFormat};
use crate::files;
use crate::table::{Column, PAGE, Table, wrapped};

/// How case files are called.
const ENDING: &str = ".cases.json";

/// A case file that was held against its contract.
struct Held {
    /// The case file, as it is called.
    name: String,
    /// The contract, as it is called.
    contract: String,
    results: Results,
}

/// A case file that could not be, and why.
struct Unheld {
    name: String,
    refusal: Refusal,
}

/// Verifies the cases.
pub fn run(arguments: &VerifyArguments) -> Answer {
    let mut held = Vec::new();
    let mut unheld = Vec::new();
    let files = match case_files(&arguments.paths) {
        Ok(files) => files,
        Err(problem) => return Refusal::of(problem).text(),
    };
    for file in &files {
        match hold(file, arguments) {
            Ok(found) => held.extend(found),
            Err(refusal) => unheld.push(Unheld { name: files::name(file), refusal }),
        }
    }
    if held.is_empty() && unheld.is_empty() {
        return Refusal::of(nothing(arguments)).text();
    }
    let fine = unheld.is_empty() && held.iter().all(|held| held.results.is_fine());
    let answer = match arguments.format {
        VerifyFormat::Text => Answer::fine(text(&held, &unheld, arguments.explain)),
        VerifyFormat::Json => Answer::json(&json(&held, &unheld)),
        VerifyFormat::Markdown => {
            let schemes: Vec<Scheme> = held
                .iter()
                .map(|held| Scheme { contract: held.contract.clone(), results: held.results.clone() })
                .collect();
            let err = unheld.iter().map(|unheld| unheld.refusal.text().err).collect();
            Answer { err, ..Answer::fine(published(&schemes)) }
        }
    };
    Answer { fine, ..answer }
}

fn nothing(arguments: &VerifyArguments) -> Diagnostic {
    match &arguments.only {
        Some(id) => files::problem(
            &files::UNREADABLE,
            format!("no case is called `{id}`"),
            "name a case by its id, as the case file has it",
        ),
        None => files::problem(
            &files::UNREADABLE,
            format!("there is no file `*{ENDING}`"),
            "name a case file, or a folder that has some",
        ),
    }
}

/// Files as named, and the case files below folders, in order.
fn case_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Diagnostic> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() { below(path, &mut files)? } else { files.push(path.clone()) }
    }
    Ok(files)
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Diagnostic> {
    let unreadable = |error| {
        let found = format!("{} cannot be read: {error}", folder.display());
        files::problem(&files::UNREADABLE, found, "name a folder that can be read")
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            below(&path, files)?;
        } else if path.to_string_lossy().ends_with(ENDING) {
            files.push(path);
        }
    }
    Ok(())
}

/// Holds a case file against its contract; nothing when it has not the one case that is asked for.
fn hold(file: &Path, arguments: &VerifyArguments) -> Result<Option<Held>, Refusal> {
    let name = files::name(file);
    let text = files::read_text(file).map_err(Refusal::of)?;
    let mut cases: CaseFile = read(&text).map_err(|problems| Refusal {
        name: name.clone(),
        document: Some(Box::new(carepact::Document::unread(&text))),
        problems: problems.0,
    })?;
    if let Some(only) = &arguments.only {
        cases.cases.retain(|case| case.id == *only);
        if cases.cases.is_empty() {
            return Ok(None);
        }
    }
    let contract = file.with_file_name(&cases.cases_of);
    let text = files::read_text(&contract).map_err(Refusal::of)?;
    let results = state(&cases, &text, arguments.explain);
    Ok(Some(Held { name, contract: files::name(&contract), results }))
}

fn text(held: &[Held], unheld: &[Unheld], explain: bool) -> String {
    let mut out = table(held);
    for held in held {
        held.problems(&mut out);
        for case in held.results.cases.iter().filter(|case| !case.is_fine()) {
            out.push('\n');
            held.case(case, explain, &mut out);
        }
    }
    for unheld in unheld {
        out.push_str(&format!("\n{} cannot be read\n{}", unheld.name, unheld.refusal.text().err));
    }
    out
}

/// A row for each scheme, and their sum.
fn table(held: &[Held]) -> String {
    let mut columns = vec![Column::Cut];
    columns.extend([Column::Right; 9]);
    let mut table = Table::new(&columns);
    let sum = held.iter().map(|held| held.results.counts()).fold(Counts::default(), Counts::and);
    let some_fail = sum.not_stated > 0;
    table.row([
        "",
        "cases",
        "published",
        "worked out",
        "remembered",
        if some_fail { "not stated" } else { "" },
        "amounts",
        "exact",
        "within",
        "differ",
    ]);
    let row = |title: &str, counts: Counts| {
        let not_stated = if some_fail { counts.not_stated.to_string() } else { String::new() };
        let (first, last) = (
            [counts.cases, counts.published, counts.worked_out, counts.remembered],
            [counts.amounts, counts.exact, counts.within, counts.differ],
        );
        let mut cells = vec![title.to_string()];
        cells.extend(first.iter().map(ToString::to_string));
        cells.push(not_stated);
        cells.extend(last.iter().map(ToString::to_string));
        cells
    };
    for held in held {
        table.cells(row(&held.results.title, held.results.counts()));
    }
    if held.len() > 1 {
        table.rule();
        table.cells(row(&plural(held.len(), "scheme"), sum));
    }
    table.text()
}

impl Held {
    /// Problems of the case file's form and of the contract.
    fn problems(&self, out: &mut String) {
        for problem in &self.results.problems {
            out.push_str(&format!("\n{}", problem.text(&self.name, Some(&self.results.document))));
        }
        if let Some(failure) = &self.results.failure {
            out.push_str(&format!("\n{}", failure.text(&self.name, &self.contract)));
        }
    }

    /// What differs in a case, and how to see why.
    fn case(&self, result: &CaseResult, explain: bool, out: &mut String) {
        let case = &result.case;
        out.push_str(&wrapped(&format!("{}: {}", case.id, case.title), PAGE, 2));
        let source = case.source.as_deref().unwrap_or("from memory");
        let source = format!("  source: {source} ({})", case.standing().words());
        out.push_str(&format!("\n{}\n", wrapped(&source, PAGE, 4)));
        if let Err(failure) = &result.result {
            out.push_str("  cannot be stated\n");
            out.push_str(&failure.text(&self.name, &format!("{} with its parameters", self.contract)));
            return;
        }
        let mut amounts = Table::new(&[Column::Left, Column::Left]);
        let differing = || result.amounts().iter().filter(|amount| !amount.outcome.is_fine());
        for amount in differing() {
            let what = format!("  {}", amount.expected.what);
            amounts.cells(vec![what, amount.difference().unwrap_or_default()]);
        }
        out.push_str(&amounts.text());
        let mut why: Vec<&String> = Vec::new();
        for explained in differing().flat_map(|amount| &amount.why) {
            // The line of one amount is often among those of a sum.
            if !why.contains(&explained) {
                why.push(explained);
            }
        }
        if why.is_empty() && !explain {
            out.push_str(&format!("  why: carepact verify {} --only {} --explain\n", self.name, case.id));
        }
        for why in why {
            out.push_str(&format!("\n{why}"));
        }
    }

    fn json(&self) -> Value {
        let document = Some(&self.results.document);
        let problems = self.results.problems.iter().map(|problem| problem.json(&self.name, document));
        let failure = self.results.failure.as_ref().map(|failure| self.failure(failure));
        json!({
            "file": self.name,
            "contract": self.contract,
            "title": self.results.title,
            "published": self.results.published,
            "remembered": self.results.remembered,
            "not_covered": self.results.not_covered,
            "problems": problems.collect::<Vec<_>>(),
            "contract_problems": failure,
            "counts": counts(self.results.counts()),
            "cases": self.results.cases.iter().map(|case| self.case_json(case)).collect::<Vec<_>>(),
        })
    }

    fn failure(&self, failure: &carepact::cases::Failure) -> Vec<Value> {
        let name = if failure.in_contract { &self.contract } else { &self.name };
        failure.problems.iter().map(|problem| problem.json(name, Some(&failure.document))).collect()
    }

    fn case_json(&self, result: &CaseResult) -> Value {
        let case = &result.case;
        json!({
            "id": case.id,
            "title": case.title,
            "source": case.source,
            "standing": case.standing().words(),
            "period": case.period,
            "fine": result.is_fine(),
            "problems": result.result.as_ref().err().map(|failure| self.failure(failure)),
            "amounts": result.amounts().iter().map(amount_json).collect::<Vec<_>>(),
        })
    }
}

fn amount_json(amount: &Compared) -> Value {
    let expected = &amount.expected;
    let got = match &amount.outcome {
        Outcome::Equal => Some(expected.written.clone()),
        Outcome::Within { got, .. } => Some(expected.shown(got)),
        Outcome::Differs(carepact::cases::Amount::Is(got)) => Some(expected.shown(got)),
        Outcome::Differs(carepact::cases::Amount::Absent) => Some("absent".to_string()),
        Outcome::NotFound(_) => None,
    };
    let outcome = match &amount.outcome {
        Outcome::Equal => "exact",
        Outcome::Within { .. } => "within",
        Outcome::Differs(_) => "differs",
        Outcome::NotFound(_) => "not found",
    };
    json!({ "what": expected.what, "expected": expected.written, "got": got, "outcome": outcome,
        "difference": amount.difference(), "why": amount.why })
}

fn counts(counts: Counts) -> Value {
    json!({
        "cases": counts.cases, "found": counts.found, "published": counts.published,
        "worked_out": counts.worked_out, "remembered": counts.remembered, "not_stated": counts.not_stated,
        "amounts": counts.amounts, "exact": counts.exact, "within": counts.within, "differ": counts.differ,
    })
}

fn json(held: &[Held], unheld: &[Unheld]) -> Value {
    let sum = held.iter().map(|held| held.results.counts()).fold(Counts::default(), Counts::and);
    let unread = |unheld: &Unheld| {
        let document = unheld.refusal.document.as_deref();
        let problems = unheld.refusal.problems.iter().map(|problem| problem.json(&unheld.name, document));
        json!({ "file": unheld.name, "problems": problems.collect::<Vec<_>>() })
    };
    json!({
        "files": held.iter().map(Held::json).collect::<Vec<_>>(),
        "unread": unheld.iter().map(unread).collect::<Vec<_>>(),
        "counts": counts(sum),
    })
}
