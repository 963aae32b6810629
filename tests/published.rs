//! Published schemes pay what their sources say: every `contracts/published/**/*.cases.json`, and the
//! page `docs/reference/published.md` that says so.
//!
//! `UPDATE=1 cargo test --test published` rewrites the page. Cases that were collected beside the
//! repository, when they are there, are all among those of the contracts.

mod common;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use carepact::cases::{Results, read, run};
use carepact::reference::{Scheme, published};
use common::{files, path, text};

const PAGE: &str = "docs/reference/published.md";

/// Collected cases, which are no part of the repository.
const COLLECTED: [&str; 2] = ["../shared/cases/england.json", "../shared/cases/international.json"];

/// Collected cases that no contract can have, and why.
const NOT_CASES: [(&str, &str); 0] = [];

/// Case files with their results, stated once.
fn schemes() -> &'static [(String, Scheme)] {
    static SCHEMES: OnceLock<Vec<(String, Scheme)>> = OnceLock::new();
    SCHEMES.get_or_init(|| {
        let files = files("contracts/published", ".cases.json");
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let stated =
            |files: &[String]| files.iter().map(|file| (file.clone(), scheme(file))).collect::<Vec<_>>();
        std::thread::scope(|scope| {
            let parts = files.chunks(files.len().div_ceil(processors).max(1));
            let threads: Vec<_> = parts.map(|part| scope.spawn(move || stated(part))).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("the cases of a part")).collect()
        })
    })
}

fn scheme(file: &str) -> Scheme {
    let cases = read(&text(file)).unwrap_or_else(|problems| panic!("{file} cannot be read:\n{problems}"));
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let contract = format!("{folder}/{}", cases.cases_of);
    let results = run(&cases, &text(&contract), false);
    Scheme { contract, results }
}

/// What is wrong with the cases of a file, as a person reads it.
fn wrong(file: &str, contract: &str, results: &Results) -> Vec<String> {
    let document = Some(&results.document);
    let mut out: Vec<String> = results.problems.iter().map(|problem| problem.text(file, document)).collect();
    out.extend(results.failure.as_ref().map(|failure| failure.text(file, contract)));
    for case in &results.cases {
        let id = &case.case.id;
        let failed = case.result.as_ref().err();
        out.extend(failed.map(|failure| format!("{id} cannot be stated\n{}", failure.text(file, contract))));
        let amounts = case.amounts().iter().filter(|amount| !amount.outcome.is_fine());
        out.extend(amounts.map(|amount| {
            format!("{file}: {id}, {}: {}", amount.expected.what, amount.difference().unwrap_or_default())
        }));
    }
    out
}

#[test]
fn published_schemes_pay_what_their_sources_say() {
    let wrong: Vec<String> =
        schemes().iter().flat_map(|(file, scheme)| wrong(file, &scheme.contract, &scheme.results)).collect();
    assert!(wrong.is_empty(), "{} problems\n{}", wrong.len(), wrong.join("\n"));
    let amounts: usize = schemes().iter().map(|(_, scheme)| scheme.results.counts().amounts).sum();
    println!("{amounts} amounts of {} schemes", schemes().len());
}

#[test]
fn every_published_contract_has_cases() {
    let contracts = common::contracts().into_iter().filter(|file| file.starts_with("contracts/published/"));
    let held: BTreeSet<&str> = schemes().iter().map(|(_, scheme)| scheme.contract.as_str()).collect();
    let without: Vec<String> = contracts.filter(|contract| !held.contains(contract.as_str())).collect();
    assert!(without.is_empty(), "no case is about {without:#?}");
}

#[test]
fn ids_of_cases_are_given_once() {
    let mut seen = BTreeSet::new();
    let ids = schemes().iter().flat_map(|(_, scheme)| &scheme.results.cases).map(|case| &case.case.id);
    let twice: Vec<&String> = ids.filter(|id| !seen.insert(*id)).collect();
    assert!(twice.is_empty(), "given in two files: {twice:?}");
}

#[test]
fn the_page_is_up_to_date() {
    let schemes: Vec<Scheme> = schemes().iter().map(|(_, scheme)| scheme.clone()).collect();
    let page = published(&schemes);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path(PAGE), &page).expect("the page is written");
    }
    let written = std::fs::read_to_string(path(PAGE)).unwrap_or_default().replace("\r\n", "\n");
    assert!(written == page, "{PAGE} is out of date: run UPDATE=1 cargo test --test published");
}

#[test]
fn collected_cases_are_all_there() {
    let ids: BTreeSet<&str> = schemes()
        .iter()
        .flat_map(|(_, scheme)| &scheme.results.cases)
        .map(|case| case.case.id.as_str())
        .collect();
    let mut lacking = Vec::new();
    for file in COLLECTED {
        let Ok(collected) = std::fs::read_to_string(path(file)) else {
            eprintln!("SKIPPED: {file} is not there");
            continue;
        };
        let collected: serde_json::Value =
            serde_json::from_str(&collected).expect("collected cases are JSON");
        let found = collected.as_array().expect("a list").iter().filter(|case| case["verified"] == "found");
        let found = found.map(|case| case["id"].as_str().expect("an id").to_string());
        let known = |id: &String| ids.contains(id.as_str()) || NOT_CASES.iter().any(|(known, _)| known == id);
        lacking.extend(found.filter(|id| !known(id)));
    }
    assert!(lacking.is_empty(), "collected and not among the cases: {lacking:#?}");
    let stale: Vec<&str> = NOT_CASES.iter().map(|(id, _)| *id).filter(|id| ids.contains(id)).collect();
    assert!(stale.is_empty(), "listed as no cases, and cases all the same: {stale:?}");
}
