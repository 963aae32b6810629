//! Public results of two schemes, recomputed for every organisation from their published inputs.
//! The files are read where they are (`../shared/data`) and never copied; without them the tests
//! say that they were skipped.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use carepact::num::Mode;
use carepact::statement::Statement;
use carepact::wide::Mapping;
use carepact::{Exact, Model, Observations, Request};
use common::{amount, compile, text};

const FOLDER: &str = "contracts/published/international";

/// The rows of a data file by heading; nothing, and a word about it, when it is not there.
fn rows(name: &str) -> Option<(PathBuf, Vec<BTreeMap<String, String>>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if !path.exists() {
        println!("SKIPPED: {} is not there", path.display());
        return None;
    }
    let mut reader = csv::Reader::from_path(&path).expect("a data file");
    let headings: Vec<String> = reader.headers().expect("headings").iter().map(str::to_string).collect();
    let own = |record: csv::StringRecord| {
        headings.iter().cloned().zip(record.iter().map(str::to_string)).collect::<BTreeMap<_, _>>()
    };
    let rows = reader.records().map(|record| own(record.expect("a record"))).collect();
    Some((path, rows))
}

fn model(scheme: &str) -> Model {
    let file = format!("{FOLDER}/{scheme}.json");
    compile(&file, &text(&file))
}

/// The statement of wide tables for a period, given to a test.
fn stated(
    model: &Model,
    scheme: &str,
    files: &[PathBuf],
    column: &str,
    period: &str,
    test: impl Fn(&Statement<'_>),
) {
    let mapping_text = text(&format!("{FOLDER}/{scheme}.mapping.json"));
    let mapping = Mapping::parse(model.contract(), &mapping_text, Some(period));
    let mapping = mapping.unwrap_or_else(|unread| panic!("{}", unread.problems));
    let mut observations = Observations::new();
    let mut seen = BTreeSet::new();
    for file in files {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(file).expect("a data file");
        let mut records = reader.records().map(|record| record.expect("a record"));
        let headings: Vec<String> = records.next().expect("headings").iter().map(str::to_string).collect();
        let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut table = mapping.table(&mut observations, &name, &headings, (column, &mut seen));
        for (index, record) in records.enumerate() {
            table.add(index + 2, &record.iter().collect::<Vec<_>>());
        }
    }
    assert!(mapping.unseen(&seen).is_empty(), "{:?}", mapping.unseen(&seen));
    let request = Request { period: Some(period.to_string()), ..Request::default() };
    let facts = model.bind(&observations, &request).unwrap_or_else(|problems| panic!("{problems}"));
    test(&model.evaluate(&facts));
}

/// Published results of an organisation, against what the contract says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    exact: usize,
    zero: usize,
    /// Of those, losses that were shared and relieved in full: what is relieved is what was lost.
    relieved: usize,
    /// One dollar away: benchmark, spending and savings are published without their cents.
    hidden_cents: usize,
    /// Less is owed than the formula says: the cap is a share of revenue, which is not published.
    revenue_cap: usize,
    unexplained: Vec<String>,
}

fn shared_savings(year: &str) -> Option<Tally> {
    let (path, rows) = rows(&format!("mssp_{year}.csv"))?;
    let model = model("shared-savings");
    let tally = std::cell::RefCell::new(Tally::default());
    stated(&model, "shared-savings", &[path], "ACO_ID", year, |statement| {
        let figure = |name: &str, holder: &str| {
            let found = statement.figures().iter().find(|f| f.id == format!("{name}:{year}:{holder}"));
            found.and_then(|figure| figure.value.clone()).expect("a figure")
        };
        let mut tally = tally.borrow_mut();
        for row in &rows {
            let holder = &row["ACO_ID"];
            let line = |clause: &str| {
                let id = format!("{clause}:{year}:{holder}");
                statement.lines().iter().find(|line| line.id == id).expect("a line").amount.clone()
            };
            let stated = &line("shared_savings") - &line("shared_losses");
            let published = amount(&row["EarnSaveLoss"]);
            assert_eq!(figure("generated", holder), amount(&row["GenSaveLoss"]), "{holder}: generated");
            let rate = figure("savings_rate", holder);
            assert_eq!(
                rate.rounded(&Exact::scaled(1, 4), Mode::HalfUp),
                amount(&row["Sav_rate"]),
                "{holder}"
            );
            let difference = &stated - &published;
            // Only levels C, D and E have a cap that is a share of revenue, and it only lowers losses.
            let capped = ["C", "D", "E"].contains(&row["Current_Track"].as_str()) && stated < published;
            if published.is_zero() && stated.is_zero() && row["GenSaveLoss"] != "0" {
                let relief = -&amount(&row["DisAdj"]);
                assert!((&figure("gross_loss", holder) - &relief).abs() <= Exact::ONE, "{holder}: relief");
                tally.relieved += 1;
            }
            match () {
                () if published.is_zero() && stated.is_zero() => tally.zero += 1,
                () if difference.is_zero() => tally.exact += 1,
                () if difference.abs() == Exact::ONE => tally.hidden_cents += 1,
                () if capped && published.sign() <= 0 => tally.revenue_cap += 1,
                () => tally.unexplained.push(format!("{holder}: {published} published, {stated} stated")),
            }
        }
    });
    Some(tally.into_inner())
}

#[test]
fn shared_savings_of_every_organisation() {
    let (Some(first), Some(second)) = (shared_savings("2022"), shared_savings("2023")) else { return };
    println!("2022: {first:?}\n2023: {second:?}");
    // An independent calculation of the two files found the same 652 results that are not nothing (with those
    // relieved in full), of them 104 a dollar away and 4 below the formula.
    assert_eq!(first.unexplained, Vec::<String>::new());
    assert_eq!(second.unexplained, Vec::<String>::new());
    assert_eq!((first.relieved, second.relieved), (13, 0));
    assert_eq!((first.exact, first.hidden_cents, first.revenue_cap, first.zero), (256, 49, 1, 176));
    assert_eq!((second.exact, second.hidden_cents, second.revenue_cap, second.zero), (275, 55, 3, 120));
}

/// A published score: `7 out of 10`, `12`, or nothing.
fn score(text: &str) -> Option<Exact> {
    let number = text.split_once(" out of").map_or(text, |(number, _)| number);
    (number != "Not Available").then(|| amount(number))
}

#[test]
fn value_based_purchasing_of_every_hospital() {
    const SCHEME: &str = "hospital-value-based-purchasing";
    const TOTALS: [(&str, &str); 5] = [
        ("Unweighted Normalized Clinical Outcomes Domain Score", "domain_score:2023/24:clinical"),
        ("Unweighted Person And Community Engagement Domain Score", "domain_score:2023/24:person"),
        ("Unweighted Normalized Safety Domain Score", "domain_score:2023/24:safety"),
        (
            "Unweighted Normalized Efficiency And Cost Reduction Domain Score",
            "domain_score:2023/24:efficiency",
        ),
        ("Total Performance Score", "total_score:2023/24"),
    ];
    let names =
        ["clinical_outcomes", "safety", "efficiency_and_cost_reduction", "person_and_community_engagement"];
    let files: Option<Vec<_>> = names.iter().map(|name| rows(&format!("hvbp_{name}.csv"))).collect();
    let (Some(files), Some((_, totals))) = (files, rows("hvbp_tps.csv")) else { return };
    let mapping: serde_json::Value =
        serde_json::from_str(&text(&format!("{FOLDER}/{SCHEME}.mapping.json"))).expect("a mapping");
    let members = mapping["members"].as_object().expect("members");
    let model = model(SCHEME);
    let paths: Vec<PathBuf> = files.iter().map(|(path, _)| path.clone()).collect();
    stated(&model, SCHEME, &paths, "Facility ID", "2023/24", |statement| {
        let figures: BTreeMap<&str, Option<&Exact>> =
            statement.figures().iter().map(|figure| (figure.id.as_str(), figure.value.as_ref())).collect();
        let mut compared = 0;
        let mut wrong = Vec::new();
        let mut hold = |id: String, published: Option<Exact>, quantum: Option<&Exact>| {
            let stated = figures[id.as_str()].map(|value| match quantum {
                Some(quantum) => value.rounded(quantum, Mode::HalfUp),
                None => value.clone(),
            });
            compared += 1;
            if stated != published {
                wrong.push(format!("{id}: {published:?} published, {stated:?} stated"));
            }
        };
        for row in files.iter().flat_map(|(_, rows)| rows) {
            let hospital = &row["Facility ID"];
            for (name, member) in members {
                let member = member.as_str().expect("a member");
                let columns = [
                    ("Achievement Points", "achievement"),
                    ("Improvement Points", "improvement"),
                    ("Measure Score", "measure_score"),
                    ("Dimension Score", "measure_score"),
                ];
                for (column, quantity) in columns {
                    if let Some(cell) = row.get(&format!("{name} {column}")) {
                        hold(format!("{quantity}:2023/24:{member}:{hospital}"), score(cell), None);
                    }
                }
            }
            for (column, quantity) in
                [("Hcahps Base Score", "base_score"), ("Hcahps Consistency Score", "consistency_score")]
            {
                if let Some(cell) = row.get(column) {
                    hold(format!("{quantity}:2023/24:{hospital}"), score(cell), None);
                }
            }
        }
        // Domain and total scores are printed to twelve places.
        let quantum = Exact::scaled(1, 12);
        for row in &totals {
            for (column, quantity) in TOTALS {
                let id = format!("{quantity}:{}", row["Facility ID"]);
                hold(id, score(&row[column]), Some(&quantum));
            }
        }
        assert!(
            wrong.is_empty(),
            "{} of {compared} differ:\n{}",
            wrong.len(),
            wrong[..wrong.len().min(20)].join("\n")
        );
        println!("{compared} scores of {} hospitals equal", totals.len());
        // Five scores of every hospital's totals, two of the survey, and those of 21 measures.
        assert_eq!((totals.len(), compared), (1237, 86_590));
    });
}
