//! The engine against a slow, independent oracle that evaluates the meaning of the language
//! directly, without a plan: every line, part and instalment of every shipped contract, and of every
//! acceptance case of a published scheme.

mod common;
#[path = "oracle/mod.rs"]
mod slow;

use std::collections::{BTreeMap, BTreeSet};

use carepact::statement::{LineType, StatementLine};
use carepact::{Exact, Model, Observations, Request};
use common::{compile, files, observations, text};
use num_rational::BigRational;

/// Contract, data and the period that both state.
const CASES: [(&str, &str, &str); 13] = [
    ("contracts/harbourside/prime-provider.json", "fixtures/harbourside/2026-27.csv", "2026/27"),
    ("contracts/harbourside/prime-provider.json", "fixtures/harbourside/2026-27-list-growth.csv", "2026/27"),
    ("contracts/harbourside/prime-provider.json", "fixtures/harbourside/2027-28.csv", "2027/28"),
    ("contracts/harbourside/alliance.json", "fixtures/harbourside/2026-27.csv", "2026/27"),
    ("contracts/harbourside/alliance.json", "fixtures/harbourside/2026-27-list-growth.csv", "2026/27"),
    ("contracts/harbourside/year-of-care.json", "fixtures/harbourside/year-of-care-2026-27.csv", "2026/27"),
    (
        "contracts/harbourside/small-population.json",
        "fixtures/harbourside/small-population-2026-27.csv",
        "2026/27",
    ),
    ("contracts/harbourside/bad.json", "fixtures/harbourside/bad-2026-27.csv", "2026/27"),
    ("contracts/benchmark/benchmark.json", "fixtures/benchmark/scenario-0.csv", "2026/27"),
    ("contracts/examples/sanctions.json", "fixtures/examples/sanctions.csv", "2026/27"),
    ("contracts/examples/shared-savings.json", "fixtures/examples/shared-savings.csv", "2023"),
    ("contracts/examples/hospital-scores.json", "fixtures/examples/hospital-scores.csv", "2025/26"),
    ("contracts/examples/quality-points.json", "fixtures/examples/quality-points.csv", "2025/26"),
];

fn exact(value: &BigRational) -> Exact {
    let part = |n: &num_bigint::BigInt| i128::try_from(n).expect("an amount of a test");
    Exact::ratio(part(value.numer()), part(value.denom())).expect("a denominator")
}

/// All flows of a line as text: payer, payee, amount; then instalments, summed over their parts. Of a
/// line that is shared among holders, the party that is many goes by their names.
fn engine_text(lines: &[&StatementLine], shared_by: Option<&str>) -> Vec<String> {
    let mut flows: BTreeMap<String, Exact> = BTreeMap::new();
    for line in lines {
        let what = match line.line_type {
            LineType::OnAccount => format!("on account {}", line.period),
            LineType::Entitlement => {
                let holder = |party: &String| shared_by.filter(|many| party == many).and(line.holder.clone());
                let named = |party: &String| holder(party).unwrap_or_else(|| party.clone());
                format!("{} to {}", named(&line.payer), named(&line.payee))
            }
            LineType::Settlement => continue,
        };
        let sum = flows.entry(what).or_insert(Exact::ZERO);
        *sum = &*sum + &line.amount;
    }
    flows.iter().filter(|(_, sum)| !sum.is_zero()).map(|(what, sum)| format!("{what} {sum}")).collect()
}

fn oracle_text(line: &slow::Line) -> Vec<String> {
    let parts = line.parts.iter().map(|(payer, payee, value)| (format!("{payer} to {payee}"), exact(value)));
    let instalments =
        line.instalments.iter().map(|(period, value)| (format!("on account {period}"), exact(value)));
    let all = parts.chain(instalments).filter(|(_, value)| !value.is_zero());
    let mut out: Vec<String> = all.map(|(what, value)| format!("{what} {value}")).collect();
    out.sort();
    out
}

/// What is stated, and what both are called in messages.
struct Stated<'a> {
    name: String,
    contract: &'a str,
    csv: &'a str,
    period: &'a str,
}

/// Compares all lines of a statement; how many there are.
fn compare(model: &Model, stated: &Stated<'_>) -> usize {
    let Stated { name, contract, csv, period } = stated;
    let expected = slow::lines(contract, csv, period);
    let request = Request { period: Some((*period).to_string()), ..Request::default() };
    let facts = model.bind(&observations(name, csv), &request).unwrap_or_else(|p| panic!("{name}: {p}"));
    let statement = model.evaluate(&facts);
    let of_line = |id: &str| -> Vec<&StatementLine> {
        let own = |line: &&StatementLine| {
            let rest = line.id.strip_prefix(id);
            // What is shared among holders is one line of the oracle, and one of each holder here.
            let holder = line.holder.as_ref().map(|holder| format!(":{holder}"));
            let rest = rest.map(|rest| holder.and_then(|holder| rest.strip_prefix(&holder)).unwrap_or(rest));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(":on-account:"))
        };
        statement.lines().iter().filter(own).collect()
    };
    let many = model.contract().parties.iter().find(|party| party.many).map(|party| party.id.as_str());
    let is_entitlement = |line: &&&StatementLine| line.line_type == LineType::Entitlement;
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    for line in &expected {
        let own = of_line(&line.id);
        assert!(!own.is_empty(), "{name}: the statement has no line {}", line.id);
        assert_eq!(own[0].live, line.live, "{name}: {} counts", line.id);
        let instalments = own[0].live;
        let mut wanted = oracle_text(line);
        wanted.retain(|text| instalments || !text.starts_with("on account"));
        let shared_by = many.filter(|_| own[0].id != line.id);
        assert_eq!(engine_text(&own, shared_by), wanted, "{name}: {}", line.id);
        ids.extend(own.iter().filter(is_entitlement).map(|line| line.id.as_str()));
    }
    let stated = statement.lines().iter().filter(|line| is_entitlement(&line));
    let strange: Vec<&str> = stated.map(|line| line.id.as_str()).filter(|id| !ids.contains(id)).collect();
    assert!(strange.is_empty(), "{name}: only the engine states {strange:?}");
    expected.len()
}

#[test]
fn the_engine_states_what_the_oracle_states() {
    let mut compared = 0;
    for (contract, data, period) in CASES {
        let (contract_text, csv) = (text(contract), text(data));
        let model = compile(contract, &contract_text);
        let name = format!("{contract}, {data}");
        compared += compare(&model, &Stated { name, contract: &contract_text, csv: &csv, period });
    }
    println!("{compared} lines equal");
    assert!(compared > 1_000, "{compared} lines were compared");
}

/// Words of contracts that the oracle does not know: statistics over holders that are no plain
/// aggregates, and what is shared among holders of whom nobody has a weight.
const NOT_OF_THE_ORACLE: [&str; 4] =
    ["median(", "rank(", "percentile(", "\"weights\": \"members * challenge_met\""];

#[test]
fn the_engine_states_published_cases_as_the_oracle_does() {
    let files = files("contracts/published", ".cases.json");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = |first: usize| {
        files.iter().skip(first).step_by(threads).map(|file| published(file)).collect::<Vec<_>>()
    };
    let counts: Vec<Option<(usize, usize)>> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|first| scope.spawn(move || part(first))).collect();
        started.into_iter().flat_map(|thread| thread.join().expect("cases that are stated alike")).collect()
    });
    let (lines, cases) =
        counts.iter().flatten().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    let left_out = counts.iter().filter(|count| count.is_none()).count();
    println!("{lines} lines of {cases} cases equal; {left_out} contracts are not for the oracle");
}

/// Compares the cases of a file: how many lines and cases; nothing where the oracle lacks a word.
fn published(file: &str) -> Option<(usize, usize)> {
    let read = carepact::cases::read(&text(file)).unwrap_or_else(|problems| panic!("{file}: {problems}"));
    let contract = format!("{}/{}", file.rsplit_once('/').expect("a folder").0, read.cases_of);
    let contract_text = text(&contract);
    if NOT_OF_THE_ORACLE.iter().any(|word| contract_text.contains(word)) {
        return None;
    }
    let mut lines = 0;
    let mut models: BTreeMap<String, Model> = BTreeMap::new();
    for case in &read.cases {
        let name = format!("{file}, {}", case.id);
        let (terms, observations) = carepact::cases::stated(&read, case, &contract_text)
            .unwrap_or_else(|failure| panic!("{name}: {}", failure.text(file, &contract)));
        let model = models.entry(terms).or_insert_with_key(|terms| compile(&name, terms));
        let terms = model.contract().document.text();
        let csv = csv_of(&observations);
        lines += compare(model, &Stated { name, contract: terms, csv: &csv, period: &case.period });
    }
    Some((lines, read.cases.len()))
}

/// Observations as a table of text.
fn csv_of(observations: &Observations) -> String {
    let rows = observations.rows();
    let axes: BTreeSet<&str> = rows.iter().flat_map(|row| &row.members).map(|(axis, _)| &**axis).collect();
    let mut table = csv::Writer::from_writer(Vec::new());
    let fixed = ["measure", "period", "value", "numerator", "denominator"];
    table.write_record(fixed.iter().chain(&axes)).expect("a table in memory");
    for row in rows {
        let mut cells = vec![&*row.measure, &*row.period, &*row.value, &*row.numerator, &*row.denominator];
        cells.extend(axes.iter().map(|axis| row.member(axis).unwrap_or_default()));
        table.write_record(cells).expect("a table in memory");
    }
    String::from_utf8(table.into_inner().expect("a table in memory")).expect("cells are text")
}
