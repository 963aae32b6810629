//! What a statement means for a ledger: balanced journals, accruals, credit notes, balances; and the page for
//! print.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use carepact::Exact;
use common::{PRIME, YEAR_ONE, read, run};
use std::sync::atomic::{AtomicUsize, Ordering};

const CODES: &str = "fixtures/files/codes.csv";
const STATES: &str = "fixtures/files/states.csv";

/// Two parties, £120,000 a year paid on account, and what 5 of 10 earn of £1,000.
const CONTRACT: &str = r#"{ "carepact": 1, "contract": "small", "title": "A <b>small</b> contract", "synthetic": true,
  "currency": "GBP", "rounding": { "mode": "half_away", "residue": "largest_remainder" },
  "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
  "parties": [ { "id": "icb", "name": "Commissioner", "role": "commissioner" },
               { "id": "trust", "name": "=Trust & Sons", "role": "provider" } ],
  "measures": { "people": { "kind": "count", "unit": "person", "per": "year", "range": [0, 5000] },
                "checked": { "kind": "ratio", "of": "person", "per": "year", "range": [0, 1],
                  "denominator_range": [1, 100], "better": "higher" } },
  "tables": { "price": "120 GBP/person" },
  "clauses": {
    "core": { "kind": "capitation", "from": "icb", "to": "trust", "per": "year", "amount": "people * price",
      "on_account": { "each": "quarter", "amount": "GBP 30000" }, "settles": { "after_months": 2, "data": "freeze" } },
    "checks": { "kind": "incentive", "title": "=Checks", "from": "icb", "to": "trust", "per": "year",
      "amount": "score(checked, 0%, 100%) * GBP 1000", "settles": { "after_months": 3, "data": "freeze" } } } }"#;

/// A file that no other test writes.
fn file(name: &str, bytes: &[u8]) -> String {
    static WRITTEN: AtomicUsize = AtomicUsize::new(0);
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    common::file(&format!("ledger-{number}-{name}"), bytes)
}

/// A journal of the small contract with this many people; the rows as cells.
fn journal(people: &str, more: &[&str]) -> Vec<Vec<String>> {
    let contract = file("small.json", CONTRACT.as_bytes());
    let data = file(&format!("small-{people}.csv"), data(people).as_bytes());
    let codes = file(
        "small-codes.csv",
        b"party,clause,type,entity,cost_centre,account,analysis_1,analysis_2,tax_code\n\
          ,,,E1,C1,income,,,\n,checks,,E1,C1,outcomes,,,\n,,debtor,E1,,debtors,,,\n,,accrued income,E1,,accrued,,,\n",
    );
    let arguments = ["journal", &contract, "--observations", &data, "--party", "trust", "--codes", &codes];
    let out = run(&[&arguments[..], more].concat()).expect(0).out;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(out.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_string).collect()).collect()
}

fn data(people: &str) -> String {
    format!("measure,period,value,numerator,denominator\npeople,2026/27,{people},,\nchecked,2026/27,,5,10\n")
}

/// Kind, date, account, debit, credit, reference and line of each row.
fn short(rows: &[Vec<String>]) -> Vec<[String; 7]> {
    let at = |heading: &str| rows[0].iter().position(|known| known == heading).unwrap();
    let wanted = ["kind", "date", "account", "debit", "credit", "reference", "line"].map(at);
    rows[1..].iter().map(|row| wanted.map(|at| row[at].clone())).collect()
}

fn own<const N: usize>(cells: [&str; N]) -> [String; N] {
    cells.map(str::to_string)
}

#[test]
fn a_journal_has_both_sides_and_credit_notes_name_what_they_correct() {
    // 990 people at £120 are £118,800; four instalments of £30,000 are £1,200 too much, credited in May.
    let rows = short(&journal("990", &["--month", "2027-05"]));
    let line = "core:2026/27:settlement";
    assert_eq!(
        rows,
        [
            own(["credit note", "2027-05-31", "income", "1200.00", "", "core:2026/27", line]),
            own(["credit note", "2027-05-31", "debtors", "", "1200.00", "core:2026/27", line]),
        ]
    );
    // 1,010 people are £1,200 more than was paid.
    let rows = short(&journal("1010", &["--month", "2027-05"]));
    assert_eq!(
        rows,
        [
            own(["invoice", "2027-05-31", "income", "", "1200.00", "", line]),
            own(["invoice", "2027-05-31", "debtors", "1200.00", "", "", line]),
        ]
    );
}

#[test]
fn what_is_earned_and_not_invoiced_is_accrued_and_reversed() {
    let rows = short(&journal("1010", &["--accrual", "--at", "2027-03-31", "--reverse"]));
    let (core, checks) = ("core:2026/27:settlement", "checks:2026/27");
    // 5 of 10 earn half of £1,000, which is due in June.
    assert_eq!(
        rows,
        [
            own(["accrual", "2027-03-31", "income", "", "1200.00", "", core]),
            own(["accrual", "2027-03-31", "accrued", "1200.00", "", "", core]),
            own(["reversal", "2027-04-01", "income", "1200.00", "", "J00001", core]),
            own(["reversal", "2027-04-01", "accrued", "", "1200.00", "J00001", core]),
            own(["accrual", "2027-03-31", "outcomes", "", "500.00", "", checks]),
            own(["accrual", "2027-03-31", "accrued", "500.00", "", "", checks]),
            own(["reversal", "2027-04-01", "outcomes", "500.00", "", "J00003", checks]),
            own(["reversal", "2027-04-01", "accrued", "", "500.00", "J00003", checks]),
        ]
    );
    assert_eq!(journal("1010", &["--accrual", "--at", "2026-12-31"]).len(), 1);
}

#[test]
fn a_restatement_is_the_difference_line_by_line() {
    let before = file("before.csv", data("1010").as_bytes());
    let rows = short(&journal("1000", &["--previous", &before]));
    // Ten people fewer at £120.
    let line = "core:2026/27:settlement";
    assert_eq!(rows[0], own(["credit note", "2027-05-31", "income", "1200.00", "", line, line]));
    assert_eq!(rows.len(), 2);
    assert_eq!(journal("1010", &["--previous", &before]).len(), 1);
}

#[test]
fn text_that_looks_like_a_formula_is_neutralised() {
    let rows = journal("1000", &["--month", "2027-06"]);
    let description = rows[0].iter().position(|known| known == "description").unwrap();
    assert_eq!(rows[1][description], "'=Checks, 2026/27");
}

#[test]
fn debits_are_credits_for_a_whole_year_of_the_prime() {
    let arguments = ["journal", PRIME, "--observations", YEAR_ONE, "--party", "emh", "--codes", CODES];
    let ran = run(&arguments).expect(0);
    let mut reader = csv::Reader::from_reader(ran.out.as_bytes());
    let (mut debit, mut credit, mut net) = (Exact::ZERO, Exact::ZERO, Exact::ZERO);
    for row in reader.records().map(|row| row.unwrap()) {
        let amount =
            |at: usize| row[at].parse::<String>().map(|text| Exact::parse(&text).unwrap_or(Exact::ZERO));
        let (own_debit, own_credit) = (amount(9).unwrap(), amount(10).unwrap());
        if row[5].starts_with('4') || row[5].starts_with('5') {
            net = &(&net + &own_credit) - &own_debit;
        }
        debit = &debit + &own_debit;
        credit = &credit + &own_credit;
    }
    assert_eq!(debit, credit);
    // Income less expenditure is what the prime keeps of the statement: 322,778,504.37 − 245,772,221.40 in all,
    // less nothing for what it passes on.
    assert_eq!(net.plain(2), "77006282.97");
}

#[test]
fn all_lines_without_codes_are_listed() {
    let codes = read(CODES).lines().filter(|line| !line.starts_with("sba")).collect::<Vec<_>>().join("\n");
    let codes = file("codes-without.csv", codes.as_bytes());
    let arguments = ["journal", PRIME, "--observations", YEAR_ONE, "--party", "emh", "--codes", &codes];
    let refused = run(&arguments).expect(1);
    assert!(refused.out.is_empty() && refused.err.matches("journal-coding").count() >= 4, "{}", refused.err);
}

#[test]
fn a_month_of_which_there_is_no_journal_is_refused() {
    let arguments =
        ["journal", PRIME, "--observations", YEAR_ONE, "--party", "emh", "--codes", CODES, "--month"];
    for month in ["2019-04", "2032-12"] {
        let refused = run(&[&arguments[..], &[month]].concat()).expect(1);
        assert!(refused.out.is_empty() && refused.err.contains("journal-month"), "{}", refused.err);
    }
    run(&[&arguments[..], &["2026-99"]].concat()).expect(2);
}

#[test]
fn a_journal_is_written_as_a_workbook() {
    let output = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("journal.xlsx");
    let _ = std::fs::remove_file(&output);
    let name = output.to_string_lossy();
    let arguments = ["journal", PRIME, "--observations", YEAR_ONE, "--party", "emh", "--codes", CODES];
    let plain = run(&[&arguments[..], &["--month", "2026-04"]].concat()).expect(0).out;
    run(&[&arguments[..], &["--month", "2026-04", "--output", &name]].concat()).expect(0);
    let sheet = carepact_finance::files::Sheet::open("j", std::fs::read(&output).unwrap(), None);
    let table = sheet.unwrap().table(&|_| true).unwrap();
    assert_eq!(table.rows.len(), plain.lines().count() - 1);
    assert_eq!(table.rows[0].1[10], "5700000");
}

#[test]
fn balances_are_what_is_owed_on_a_day() {
    let contract = file("small.json", CONTRACT.as_bytes());
    let data = file("small-1010.csv", data("1010").as_bytes());
    let states =
        file("small-states.csv", b"line,state,reason,date\nchecks:2026/27,contested,count,2027-04-02\n");
    let arguments = ["balances", &contract, "--observations", &data, "--at", "2027-03-31"];
    let more = ["--paid-until", "2026-12-31", "--states", &states, "--statement-above", "31700"];
    let out = run(&[&arguments[..], &more].concat()).expect(0).out;
    // Three of four instalments are paid. The fourth is invoiced; £1,200 to settle and £500 earned, of which
    // the latter is contested, are accrued. £31,700 is no more than the limit. Income is £121,200 + £500.
    let owed = "2027-03-31,receivable and payable,trust,'=Trust & Sons,icb,Commissioner,\
                30000.00,1700.00,31700.00,31200.00,500.00,no,no,500.00,0.00,0.00,0.00";
    let earned =
        "2027-03-31,income and expenditure,trust,'=Trust & Sons,icb,Commissioner,,,121700.00,,,no,no,,,,";
    assert_eq!(out.lines().skip(1).collect::<Vec<_>>(), [owed, earned]);
}

/// What is contested and what is withheld are two figures, and both directions of each: as one signed sum they
/// would take each other away.
#[test]
fn contested_and_withheld_are_told_apart_with_their_directions() {
    let states = "line,state,reason,date\noutcomes:2026/27:C04:sba,contested,x,\noutcomes:2026/27:C03:sba,withheld,x,\n\
                  sanctions:2026-04:ed_12h,withheld,x,\nsanctions:2026-05:ed_12h,contested,x,\n";
    let states = file("directions.csv", states.as_bytes());
    let arguments =
        ["balances", PRIME, "--observations", YEAR_ONE, "--at", "2027-03-31", "--states", &states];
    let more =
        ["--paid-until", "2027-03-31", "--statement-above", "1699624.41", "--agreement-above", "1699624.40"];
    let out = run(&[&arguments[..], &more].concat()).expect(0).out;
    let row = out.lines().find(|row| row.starts_with("2027-03-31,receivable and payable,sba,")).unwrap();
    let cells: Vec<&str> = row.split(',').collect();
    let at =
        |name: &str| cells[out.lines().next().unwrap().split(',').position(|known| known == name).unwrap()];
    // Of the prime to the trust: C04 £164,635.00 and C03 £274,824.92; of the trust to the prime the sanctions of
    // April, £14,000.00, and May, £11,000.00.
    assert_eq!([at("contested_receivable"), at("contested_payable")], ["164635.00", "11000.00"]);
    assert_eq!([at("withheld_receivable"), at("withheld_payable")], ["274824.92", "14000.00"]);
    // 164,635.00 - 11,000.00 + 274,824.92 - 14,000.00.
    assert_eq!(at("disputed"), "414459.92");
    // Outcomes of 1,737,874.41 are earned and not invoiced; so are sanctions of February and March, 8,250.00 and
    // 5,000.00; those of April and May are held back: 38,250.00 together. The rest is paid.
    assert_eq!(at("total"), "1699624.41");
    assert_eq!([at("statement"), at("agreement")], ["no", "yes"]);
}

fn page(party: &str, more: &[&str]) -> String {
    let arguments =
        ["print", PRIME, "--observations", YEAR_ONE, "--party", party, "--at", "2027-07-31T09:00:00"];
    run(&[&arguments[..], more].concat()).expect(0).out
}

#[test]
fn a_page_says_what_and_why_and_on_which_data() {
    let html = page("emh", &[]);
    for part in [
        "Estuary Community and Mental Health Trust",
        // Net of the prime; what it earns of the first indicator, and the share it is of.
        "77,006,282.97",
        "480,803.52",
        "part 1 of 2 of 801,339.20",
        "2026-27.csv, row 18 (freeze): numerator of outcome 2,629, denominator of outcome 3,900",
        "final (freeze)",
        "Passed on for others",
        "No earlier statement",
        "2027-07-31T09:00:00",
    ] {
        assert!(html.contains(part), "{part}");
    }
    for absent in ["<script", "http://", "https://", "<img", "<link", "url("] {
        assert!(!html.contains(absent), "{absent}");
    }
    assert_eq!(html, page("emh", &[]));
}

#[test]
fn a_page_says_what_changed_and_what_is_contested() {
    let flex = read(YEAR_ONE).replace("outcome,2026/27,,C03,,3586,4320,,freeze\n", "");
    let flex = file("flex.csv", flex.as_bytes());
    let html = page("sba", &["--previous", &flex, "--states", STATES]);
    // Half of £419,919.23 and of £549,649.83: the difference of £129,730.60 is £64,865.30 for each.
    for part in ["64,865.30", "209,959.6", "274,824.9", "contested", "Clock starts under discussion"] {
        assert!(html.contains(part), "{part}");
    }
    let html = page("sba", &["--as-of", "flex"]);
    assert!(html.contains("provisional (flex)") && html.contains("the first counts"));
    let states = "line,state,reason,date\nC99,contested,x,\ncore:2026-04:complex,open,x,2026-13-01\n";
    let states = file("wrong-states.csv", states.as_bytes());
    let arguments = ["print", PRIME, "--observations", YEAR_ONE, "--party", "emh", "--states", &states];
    let refused = run(&arguments).expect(1);
    assert!(refused.err.contains("3 errors"), "{}", refused.err);
}

#[test]
fn text_is_text_on_a_page() {
    let contract = file("small.json", CONTRACT.as_bytes());
    let data = file("small-1000.csv", data("1000").as_bytes());
    let states = "line,state,reason,date\nchecks:2026/27,contested,<script>alert(1)</script>,\n";
    let states = file("script.csv", states.as_bytes());
    let arguments = ["print", &contract, "--observations", &data, "--party", "trust", "--states", &states];
    let html = run(&arguments).expect(0).out;
    assert!(
        html.contains("A &lt;b&gt;small&lt;&#x2f;b&gt; contract") || html.contains("A &lt;b&gt;small"),
        "{html}"
    );
    assert!(!html.contains("<script") && html.contains("&lt;script&gt;"));
}

/// The small contract has 5 of 10 who were checked, and 300 people.
#[test]
fn small_numbers_are_warned_of_by_name() {
    let contract = file("small.json", CONTRACT.as_bytes());
    let observed = file("small-300.csv", data("300").as_bytes());
    let arguments = ["print", &contract, "--observations", &observed, "--party", "trust"];
    let printed = |more: &[&str]| run(&[&arguments[..], more].concat()).expect(0);
    let usual = printed(&[]);
    let told = "1 count of people from 1 to 7 behind this statement";
    assert!(
        usual.err.contains(told) && usual.err.contains("\n  checked 2026/27, numerator: trust\n"),
        "{}",
        usual.err
    );
    assert!(!usual.err.contains('5'), "no value is told");
    assert_eq!(printed(&["--small-numbers", "4"]).err, "");
    assert_eq!(printed(&["--small-numbers", "0"]).err, "");
    let ten = printed(&["--small-numbers", "10"]).err;
    assert!(ten.contains("2 counts") && ten.contains("  checked 2026/27, denominator: trust\n"), "{ten}");
    // Nothing is suppressed: the page is the same.
    let page = |more: &[&str]| printed(&[&["--at", "2027-07-31"], more].concat()).out;
    assert_eq!(page(&[]), page(&["--small-numbers", "0"]));

    // Of a party that no small count pays, nothing is said: 5 of 10 is of the trust alone.
    let contract = CONTRACT.replace(
        "\"role\": \"provider\" } ]",
        "\"role\": \"provider\" }, { \"id\": \"gpc\", \"role\": \"provider\" } ]",
    );
    let contract = contract.replace("\"checks\": {", "\"other\": { \"kind\": \"block\", \"from\": \"icb\", \"to\": \"gpc\", \"per\": \"year\", \"amount\": \"GBP 1\" }, \"checks\": {");
    let contract = file("three.json", contract.as_bytes());
    let arguments = ["print", &contract, "--observations", &observed, "--party", "gpc"];
    assert_eq!(run(&arguments).expect(0).err, "");
    let output = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("small.parquet");
    let _ = std::fs::remove_file(&output);
    let output = output.to_string_lossy();
    let export = ["export", "parquet", &contract, "--observations", &observed, "--output", &output];
    assert!(run(&export).expect(0).err.contains("  checked 2026/27, numerator: trust\n"));
}

#[test]
fn a_holder_of_many_is_a_party_of_its_own() {
    let contract = "contracts/examples/hospital-scores.json";
    let data = "fixtures/examples/hospital-scores.csv";
    let arguments = ["print", contract, "--observations", data, "--party", "H01", "--at", "2026-01-01"];
    let html = run(&arguments).expect(0).out;
    // 2 % held back of 100 million dollars, 2,025,000 earned back.
    assert!(html.contains("<dd>25,000.00</dd>") && !html.contains("H02"));
    let arguments = ["balances", contract, "--observations", data, "--at", "2030-01-01"];
    let out = run(&arguments).expect(0).out;
    assert!(out.contains("receivable and payable,H01,H01,cms,"), "{out}");
    let refused = run(&["print", contract, "--observations", data, "--party", "hospital"]).expect(1);
    assert!(refused.err.contains("no party or holder"), "{}", refused.err);
}
