//! Figures of the Harbourside example that compare two statements: flex with freeze, raw rates
//! with whole percents, planned lists with lists that grow. All figures are the design's.

mod common;

use carepact::statement::LineType;
use carepact::{AsOf, Exact, Model, Request};
use common::{amount, compile, lines, observations, text};

const CONTRACT: &str = "contracts/harbourside/prime-provider.json";
const DATA: &str = "fixtures/harbourside/2026-27.csv";

/// What the entitlement lines of a clause whose id begins so come to.
fn entitlement(model: &Model, data: &str, as_of: AsOf, line: &str) -> Exact {
    let request = Request { as_of, ..Request::default() };
    let facts =
        model.bind(&observations(data, &text(data)), &request).unwrap_or_else(|p| panic!("{data}: {p}"));
    let statement = model.evaluate(&facts);
    lines(&statement, LineType::Entitlement)
        .filter(|known| known.id.starts_with(line))
        .map(|known| &known.amount)
        .sum()
}

#[test]
fn freeze_data_add_to_what_flex_data_earned() {
    let model = compile(CONTRACT, &text(CONTRACT));
    let c03 = |as_of| entitlement(&model, DATA, as_of, "outcomes:2026/27:C03");
    // 3,480 of 4,290 on flex, 3,586 of 4,320 on freeze.
    assert_eq!((c03(AsOf::Flex), c03(AsOf::Freeze)), (amount("419919.23"), amount("549649.83")));
    assert_eq!(&c03(AsOf::Freeze) - &c03(AsOf::Flex), amount("129730.60"));
}

#[test]
fn whole_percents_change_what_the_indicators_earn() {
    let contract = text(CONTRACT);
    let marker = "\"outcome\": { \"kind\": \"ratio\",";
    assert!(contract.contains(marker), "the measure that is rounded");
    let rounded = contract.replace(marker, &format!("{marker} \"rounded\": \"1%\","));
    let (raw, rounded) = (compile(CONTRACT, &contract), compile(CONTRACT, &rounded));
    let total = |model: &Model, line: &str| entitlement(model, DATA, AsOf::Freeze, line);
    assert_eq!(total(&raw, "outcomes:"), amount("7020909.43"));
    assert_eq!(&total(&rounded, "outcomes:") - &total(&raw, "outcomes:"), amount("-120677.80"));
    // The largest single change, at the perinatal indicator: 8.41 % read as 8 %.
    let c10 = "outcomes:2026/27:C10";
    assert_eq!(&total(&rounded, c10) - &total(&raw, c10), amount("-102089.45"));
}

#[test]
fn lists_that_grow_are_settled_and_not_paid_on_account() {
    let model = compile(CONTRACT, &text(CONTRACT));
    let data = "fixtures/harbourside/2026-27-list-growth.csv";
    let growth =
        &entitlement(&model, data, AsOf::Freeze, "core:") - &entitlement(&model, DATA, AsOf::Freeze, "core:");
    // An average list of 301,825 instead of 300,000, at £1,039.80 a head.
    assert_eq!(growth, amount("1897635.00"));
    let facts = model.bind(&observations(data, &text(data)), &Request::default()).expect("complete data");
    let statement = model.evaluate(&facts);
    let of = |line_type| -> Exact {
        lines(&statement, line_type).filter(|line| line.clause == "core").map(|line| &line.amount).sum()
    };
    assert_eq!((of(LineType::OnAccount), of(LineType::Settlement)), (amount("311940000"), amount("1897635")));
}

#[test]
fn each_month_pays_the_same_on_account() {
    let model = compile(CONTRACT, &text(CONTRACT));
    let facts = model.bind(&observations(DATA, &text(DATA)), &Request::default()).expect("complete data");
    let statement = model.evaluate(&facts);
    for month in 4..=12 {
        let key = format!("2026-{month:02}");
        let net: Exact = lines(&statement, LineType::OnAccount)
            .filter(|line| line.period == key && ["core", "withheld"].contains(&line.clause.as_str()))
            .map(|line| if line.payee == "emh" { line.amount.clone() } else { -&line.amount })
            .sum();
        assert_eq!(net, amount("24955200.00"), "{key}");
    }
}
