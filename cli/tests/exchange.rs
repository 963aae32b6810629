//! Files that others write and read: published layouts in every dialect, workbooks, rows of contract
//! monitoring, and files about people, which are refused.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::fs;

use carepact::Exact;
use carepact_finance::files::output::{Cell, Grid, xlsx};
use common::{PRIME, YEAR_ONE, evaluate, file, read, run};

const ACM: &str = "fixtures/files/acm.csv";
const MAPPING: &str = "fixtures/files/acm.mapping.json";
const RULES: &str = "fixtures/files/acm.export.json";

/// 22,005 admissions at £3,200, 123,600 attendances at £190 and an ambulance block of £3,150,000 are
/// £70,416,000 + £23,484,000 + £3,150,000.
const EMERGENCY: &str = "measure,period,numerator,denominator,value,submission\n\
                         emergency_cost,2026/27,,,97050000,freeze\n";

fn imported(name: &str, bytes: &[u8]) -> String {
    run(&["import", "acm", &file(name, bytes), "--mapping", MAPPING]).expect(0).out
}

/// A workbook with a title, the rows, and a sheet before them.
fn workbook(name: &str, rows: &str) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(rows.as_bytes());
    let cell = |text: &str| match Exact::parse(text) {
        Ok(number) if !text.contains('%') => Cell::Amount(number),
        Ok(_) | Err(_) => Cell::text(text),
    };
    let rows = reader.records().map(|row| row.unwrap().iter().map(cell).collect());
    let grid = Grid { name: "Data".into(), headings: vec!["Synthetic".into()], rows: rows.collect() };
    let front = Grid::new("Read me", &["Nothing here"]);
    file(name, &xlsx(&[front, grid]).unwrap())
}

#[test]
fn contract_monitoring_becomes_observations() {
    assert_eq!(run(&["import", "acm", ACM, "--mapping", MAPPING]).expect(0).out, EMERGENCY);
    let flex = run(&["import", "acm", ACM, "--mapping", MAPPING, "--submission", "flex"]).expect(0).out;
    assert_eq!(flex, EMERGENCY.replace("freeze", "flex"));
}

#[test]
fn every_dialect_gives_the_same() {
    let text = read(ACM);
    let (head, rows) = text.split_once('\n').unwrap();
    let underscores = head.to_lowercase().replace(' ', "_");
    assert_eq!(imported("acm-1.csv", format!("\u{feff}{underscores}\n{rows}").as_bytes()), EMERGENCY);
    // No cell of the file holds a comma.
    assert_eq!(imported("acm-2.csv", text.replace(',', ";").replace('\n', "\r\n").as_bytes()), EMERGENCY);
    assert_eq!(imported("acm-3.csv", text.replace(',', "\t").as_bytes()), EMERGENCY);
    let legacy = rows.replace("XSB", "XSB00").replace("\n12,202627", "\n12.0,2026/27");
    assert_eq!(imported("acm-4.csv", format!("Freeze\n\n{head}\n{legacy},,,\n,,,\n").as_bytes()), EMERGENCY);
    let spaced = rows.replace("NEL", "NEL\u{a0}\u{200b}");
    assert_eq!(imported("acm-5.csv", format!("{head}\n{spaced}").as_bytes()), EMERGENCY);
    let windows: Vec<u8> =
        rows.replace("ambulance", "?").bytes().map(|b| if b == b'?' { 0xe9 } else { b }).collect();
    assert_eq!(imported("acm-6.csv", &[head.as_bytes(), b"\n", &windows].concat()), EMERGENCY);
    let book = workbook("acm.xlsx", &text);
    let named = format!("{book}#Data");
    assert_eq!(run(&["import", "acm", &named, "--mapping", MAPPING]).expect(0).out, EMERGENCY);
}

#[test]
fn the_thirteenth_month_counts_as_the_mapping_says() {
    let text = read(ACM).replacen("\n12,202627", "\n13,202627", 1);
    let adjusted = file("thirteen.csv", text.as_bytes());
    let refused = run(&["import", "acm", &adjusted, "--mapping", MAPPING]).expect(1);
    assert!(refused.err.contains("thirteenth_month"), "{}", refused.err);
    let with = |what: &str| {
        let mapping = read(MAPPING).replacen("{ ", &format!("{{ \"thirteenth_month\": \"{what}\", "), 1);
        let mapping = file(&format!("{what}.json"), mapping.as_bytes());
        run(&["import", "acm", &adjusted, "--mapping", &mapping]).expect(0).out
    };
    assert_eq!(with("last_month"), EMERGENCY);
    // The first row of the twelfth month has 1,834 admissions: 97,050,000 − 1,834 × 3,200 = 91,181,200.
    assert_eq!(with("omit"), EMERGENCY.replace("97050000", "91181200"));
}

#[test]
fn all_problems_of_a_file_are_reported_at_once() {
    let text =
        read(ACM).replacen(",21,", ",20,", 1).replacen("QZZ", "QZZZZZ", 1).replacen("\n2,", "\n14,", 1);
    let refused = run(&["import", "acm", &file("wrong.csv", text.as_bytes())]).expect(1);
    for part in ["row 2, column COMMISSIONED", "row 2, column ORGANISATION", "row 5, column FINANCIAL MONTH"]
    {
        assert!(refused.err.contains(part), "{part} in {}", refused.err);
    }
    assert!(refused.err.contains("3 errors"));
    let short = read(ACM).replacen("POINT OF DELIVERY FURTHER DETAIL CODE", "Fileid##", 1);
    let refused = run(&["import", "acm", &file("short.csv", short.as_bytes())]).expect(1);
    assert!(refused.err.contains("file-layout") && refused.err.contains("FURTHER DETAIL CODE"));
}

#[test]
fn detail_aggregate_and_invoice_are_one_total() {
    let fine = ["import", "acm", ACM, "--control-total", "97050000.00", "--detail", ACM];
    run(&fine).expect(0);
    let totals = ["--detail-total", "patient=93900000.00", "--detail-total", "block=3150000"];
    run(&[&["import", "acm", ACM][..], &totals].concat()).expect(0);
    let refused = run(&["import", "acm", ACM, "--control-total", "97050000.01"]).expect(1);
    assert!(refused.err.contains("a difference of -0.01"), "{}", refused.err);
    let refused = run(&[&["import", "acm", ACM][..], &totals[..2]].concat()).expect(1);
    assert!(refused.err.contains("a difference of 3,150,000.00"), "{}", refused.err);
}

#[test]
fn long_metrics_and_list_sizes_become_observations() {
    let metrics = "datapoint_id,metric_id,location_id,reporting_period_start_datetime,metric_value\n\
                   1,smi_done,XZZ,2026-04-01T00:00:00,2629\n2,smi_register,XZZ,2026-04-01T00:00:00,3900\n\
                   3,smi_done,XYY,2026-04-01T00:00:00,*\n";
    let rule = r#"{ "layout": "metrics", "submission": "flex", "measures": [
        { "measure": "outcome", "per": "year", "where": { "location_id": "XZZ" }, "members": { "indicator": "C01" },
          "numerator": { "where": { "metric_id": "smi_done" }, "sum": "metric_value" },
          "denominator": { "where": { "metric_id": "smi_register" }, "sum": "metric_value" } } ] }"#;
    let metrics = file("metrics.csv", metrics.as_bytes());
    let mapping = file("metrics.json", rule.as_bytes());
    let out = run(&["import", "metrics", &metrics, "--mapping", &mapping]).expect(0).out;
    assert!(out.ends_with("\noutcome,2026/27,C01,2629,3900,,flex\n"), "{out}");

    let published = "PUBLICATION,EXTRACT_DATE,TYPE,SUB_ICB_LOCATION_CODE,ONS_SUB_ICB_LOCATION_CODE,CODE,POSTCODE,\
                     SEX,AGE,NUMBER_OF_PATIENTS\n\
                     LISTS,01APR2026,GP,X1,E1,Y00001,ZZ1 1ZZ,ALL,ALL,100\nLISTS,01APR2026,GP,X1,E1,Y00001,ZZ1 1ZZ,MALE,17,30\n\
                     LISTS,01APR2026,GP,X1,E1,Y00001,ZZ1 1ZZ,FEMALE,17,25\nLISTS,01APR2026,GP,X1,E1,Y00001,ZZ1 1ZZ,MALE,95+,45\n";
    let lists = file("lists.csv", published.as_bytes());
    let banded = r#"{ "layout": "list-sizes", "measures": [ { "measure": "registered", "per": "quarter",
        "where": { "SUB_ICB_LOCATION_CODE": "X1", "SEX": ["MALE", "FEMALE"] }, "sum": "NUMBER_OF_PATIENTS",
        "combine": "sum", "members": { "band": { "column": "AGE", "bands": { "child": [0, 17], "old": [75, 120] } } } } ] }"#;
    let mapping = file("lists.json", banded.as_bytes());
    let out = run(&["import", "list-sizes", &lists, "--mapping", &mapping]).expect(0).out;
    // 30 boys and 25 girls of 17 are 55 children.
    assert!(out.contains("registered,2026/27Q1,child,,,55,\n") && out.contains(",old,,,45,\n"), "{out}");
    let twice = banded.replace(r#", "SEX": ["MALE", "FEMALE"]"#, "");
    let mapping = file("twice.json", twice.as_bytes());
    let refused = run(&["import", "list-sizes", &lists, "--mapping", &mapping]).expect(1);
    assert!(refused.err.contains("SEX ALL"), "{}", refused.err);
}

#[test]
fn a_suppressed_figure_is_never_nought() {
    let rows = "REPORTING_PERIOD_START,REPORTING_PERIOD_END,STATUS,BREAKDOWN,PRIMARY_LEVEL,MEASURE_ID,MEASURE_VALUE\n\
                2026-04-01,2026-04-30,Final,Provider,XEM,MHS01,*\n2026-05-01,2026-05-31,Final,Provider,XEM,MHS01,40\n";
    let rule = r#"{ "layout": "mhsds", "measures": [ { "measure": "contacts", "per": "month", "sum": "MEASURE_VALUE" } ] }"#;
    let (data, mapping) = (file("mhsds.csv", rows.as_bytes()), file("mhsds.json", rule.as_bytes()));
    let refused = run(&["import", "mhsds", &data, "--mapping", &mapping]).expect(1);
    assert!(refused.err.contains("file-suppressed") && refused.err.contains("row 2"), "{}", refused.err);
    let absent = rule.replace(r#""per""#, r#""suppressed": "absent", "per""#);
    let mapping = file("absent.json", absent.as_bytes());
    let out = run(&["import", "mhsds", &data, "--mapping", &mapping]).expect(0).out;
    assert!(out.contains("contacts,2026-04,,,*,\n") && out.contains("contacts,2026-05,,,40,\n"), "{out}");
    // A quarter of which one month is suppressed is not known.
    let quarter = absent.replace(r#""month""#, r#""quarter", "combine": "sum""#);
    let mapping = file("quarter.json", quarter.as_bytes());
    let out = run(&["import", "mhsds", &data, "--mapping", &mapping]).expect(0).out;
    assert!(out.contains("contacts,2026/27Q1,,,*,\n"), "{out}");
}

#[test]
fn observations_are_read_from_a_workbook() {
    let expected = evaluate(YEAR_ONE, &["--format", "csv"]).expect(0).out;
    let book = format!("{}#Data", workbook("observations.xlsx", &read(YEAR_ONE)));
    assert_eq!(evaluate(&book, &["--format", "csv"]).expect(0).out, expected);
    let refused = evaluate(&book.replace("#Data", "#Date"), &[]).expect(1);
    assert!(refused.err.contains("Read me, Data"), "{}", refused.err);
    // The title is row 1 and the header row 2, so the first figure stands in row 3.
    let wrong = read(YEAR_ONE).replacen(",complex,", ",simple,", 1);
    let refused = evaluate(&format!("{}#Data", workbook("wrong.xlsx", &wrong)), &[]).expect(1);
    assert!(refused.err.contains("#Data: row 3, column segment"), "{}", refused.err);
}

#[test]
fn a_file_about_people_is_refused_and_nothing_of_it_shown() {
    let number = "9434765919";
    let text = read(YEAR_ONE);
    let in_cell = format!("{text}registered,2026/27Q1,complex,,,,,{number},freeze\n");
    let spaced = format!("{text}registered,2026/27Q1,943 476 5919,,,,,1,freeze\n");
    let in_column = text.replacen("submission\n", "nhs_number\n", 1);
    let book = format!("{}#Data", workbook("people.xlsx", &in_cell));
    let plain = [("people-1.csv", &in_cell), ("people-2.csv", &spaced), ("people-3.csv", &in_column)];
    let plain = plain.map(|(name, text)| file(name, text.as_bytes()));
    for people in plain.iter().chain([&book]) {
        for format in ["text", "json"] {
            let refused = evaluate(people, &["--format", format]).expect(1);
            let all = format!("{}{}", refused.out, refused.err);
            assert!(all.contains("patient-identifier") && all.contains("row"), "{all}");
            assert!(!all.contains(number) && !all.contains("943 476"), "{all}");
        }
    }
    let acm = read(ACM).replacen("EMERGENCY", number, 1);
    let output = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("of-people.csv");
    let arguments = ["import", "acm", &file("people-4.csv", acm.as_bytes()), "--mapping", MAPPING];
    let refused = run(&[&arguments[..], &["--output", &output.to_string_lossy()]].concat()).expect(1);
    assert!(refused.err.contains("patient-identifier") && !refused.err.contains(number), "{}", refused.err);
    assert!(!output.exists());
    // Rates of `luck`, states and codes of journals are data files too.
    let rates = file("people-5.csv", format!("measure,period,rate\na,b,{number}\n").as_bytes());
    let refused = run(&["luck", PRIME, "--observations", YEAR_ONE, "--rates", &rates]).expect(1);
    assert!(refused.err.contains("patient-identifier") && !refused.err.contains(number), "{}", refused.err);
}

/// Rows of contract monitoring, as another program would read them.
fn exported() -> (Vec<String>, Vec<Vec<String>>) {
    let arguments = ["export", "acm", PRIME, "--observations", YEAR_ONE, "--rules", RULES];
    let out = run(&[&arguments[..], &["--at", "2027-07-31T09:00:00"]].concat()).expect(0).out;
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    let own = |row: &csv::StringRecord| row.iter().map(str::to_string).collect::<Vec<_>>();
    let head = own(reader.headers().unwrap());
    let rows = reader.records().map(|row| own(&row.unwrap())).collect();
    let written = file("exported.csv", out.as_bytes());
    run(&["import", "acm", &written, "--control-total", "306646809.43"]).expect(0);
    (head, rows)
}

#[test]
fn a_statement_is_valid_rows_of_contract_monitoring() {
    let (head, rows) = exported();
    assert_eq!(head.len(), 34);
    let at = |heading: &str| head.iter().position(|known| known == heading).unwrap();
    let (pod, price) = (at("POINT OF DELIVERY CODE"), at("CONTRACT MONITORING ACTUAL PRICE"));
    let blank = [
        "ORGANISATION SITE IDENTIFIER (OF TREATMENT)",
        "ORGANISATION IDENTIFIER (GP PRACTICE RESPONSIBILITY)",
        "ORGANISATION IDENTIFIER (RESIDENCE RESPONSIBILITY)",
        "ACTIVITY TREATMENT FUNCTION CODE",
        "TARIFF CODE",
    ];
    for row in &rows {
        assert!(["BLOCK", "CQUIN", "ADJUSTMENT"].contains(&row[pod].as_str()), "{row:?}");
        assert!(blank.iter().all(|heading| row[at(heading)].is_empty()), "{row:?}");
        assert_eq!(row[at("CONTRACT MONITORING ACTUAL ACTIVITY")], "0");
        assert_eq!(row[at("CONTRACT MONITORING PLANNED ACTIVITY")], "0");
        assert_eq!(row[at("FINANCIAL YEAR")], "202627");
        assert!((1..=13).contains(&row[at("FINANCIAL MONTH")].parse::<u32>().unwrap()));
        assert_eq!(row[at("ORGANISATION IDENTIFIER (CODE OF PROVIDER)")], "XEM");
        assert!(row[at("LOCAL CONTRACT MONITORING CODE")].len() <= 30);
    }
    let total = |wanted: &str| -> Exact {
        rows.iter().filter(|row| row[pod] == wanted).map(|row| Exact::parse(&row[price]).unwrap()).sum()
    };
    // Capitation; earned 7,020,909.43 less withheld 12,477,600.00 less sanctions 86,500.00; mobilisation.
    assert_eq!(total("BLOCK").plain(2), "311940000.00");
    assert_eq!(total("CQUIN").plain(2), "-5543190.57");
    assert_eq!(total("ADJUSTMENT").plain(2), "250000.00");
    // C03 is paid to two parties through the prime: two rows of 274,824.91 and 274,824.92.
    let (clause, detail) =
        (at("LOCAL CONTRACT MONITORING CODE"), at("CONTRACT MONITORING ADDITIONAL DETAIL"));
    let of =
        |wanted: &str| rows.iter().find(|row| row[clause] == "outcomes" && row[detail] == wanted).unwrap();
    let parts = [of("C03:sba"), of("C03")].map(|row| Exact::parse(&row[price]).unwrap());
    assert_eq!((&parts[0] + &parts[1]).plain(2), "549649.83");
}

/// The year of the README as the plan, and the grown list as what came.
#[test]
fn a_plan_stands_beside_what_came() {
    const GROWN: &str = "fixtures/harbourside/2026-27-list-growth.csv";
    let at = ["--rules", RULES, "--at", "2027-07-31T09:00:00"];
    let beside = ["export", "acm", PRIME, "--observations", GROWN, "--plan", YEAR_ONE];
    let beside = run(&[&beside[..], &at].concat()).expect(0);
    assert!(beside.err.contains("and to 306,646,809.43 as the plan does"), "{}", beside.err);
    let table = |text: &str| {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
        let rows: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(str::to_string).collect()).collect();
        (head, rows)
    };
    let amounts = |text: &str, heading: &str| {
        let (head, rows) = table(text);
        let at = |heading: &str| head.iter().position(|known| known == heading).unwrap();
        let names = [
            "FINANCIAL MONTH",
            "LOCAL POINT OF DELIVERY CODE",
            "LOCAL CONTRACT MONITORING CODE",
            "CONTRACT MONITORING ADDITIONAL DETAIL",
        ];
        let own = |row: &Vec<String>| {
            (names.map(|name| row[at(name)].clone()), Exact::parse(&row[at(heading)]).unwrap())
        };
        rows.iter().map(own).collect::<std::collections::BTreeMap<_, _>>()
    };
    // Each column is what a file with that statement alone says of the same rows.
    let (planned, actual) = ("CONTRACT MONITORING PLANNED PRICE", "CONTRACT MONITORING ACTUAL PRICE");
    for (heading, data) in [(planned, YEAR_ONE), (actual, GROWN)] {
        let alone = run(&[&["export", "acm", PRIME, "--observations", data], &at[..]].concat()).expect(0);
        let mut found = amounts(&beside.out, heading);
        for (row, amount) in amounts(&alone.out, actual) {
            assert_eq!(found.remove(&row), Some(amount), "{row:?}");
        }
        // A row that only the other has is 0 here.
        assert!(found.values().all(Exact::is_zero), "{found:?}");
    }
    // The plan alone, in its variant: no actual figures, and who submits it; `import` takes both.
    let plan = run(&[&["export", "plan", PRIME, "--observations", YEAR_ONE], &at[..]].concat()).expect(0);
    let (head, rows) = table(&plan.out);
    assert_eq!((head.len(), rows.len()), (32, 177));
    assert!(!head.iter().any(|heading| heading.contains("ACTUAL")), "{head:?}");
    assert_eq!(head.last().map(String::as_str), Some("NAME OF SUBMITTER"));
    assert!(rows.iter().all(|row| row[31] == "Northshore ICB (synthetic)"));
    let sum: Exact = amounts(&plan.out, planned).values().sum();
    assert_eq!(sum.plain(2), "306646809.43");
    for (name, text) in [("plan.csv", &plan.out), ("beside.csv", &beside.out)] {
        run(&["import", "acm", &file(name, text.as_bytes())]).expect(0);
    }
    let other = ["export", "plan", PRIME, "--observations", YEAR_ONE, "--plan", YEAR_ONE];
    run(&[&other[..], &at].concat()).expect(2);
    let unnamed = file("unnamed.json", read(RULES).replace("Northshore ICB (synthetic)", "").as_bytes());
    let refused = run(&["export", "plan", PRIME, "--observations", YEAR_ONE, "--rules", &unnamed]).expect(1);
    assert!(refused.err.contains("submitter") && refused.out.is_empty(), "{}", refused.err);
}

/// 5,700,000.00 with a factor of 1.0432 is 5,463,957.055…, that is 5,463,957.06 and 236,042.94.
#[test]
fn the_market_forces_factor_stands_apart() {
    let rules = read(RULES).replacen('{', "{ \"market_forces_factors\": { \"emh\": \"1.0432\" },", 1);
    let rules = file("factor.json", rules.as_bytes());
    let arguments = ["export", "acm", PRIME, "--observations", YEAR_ONE, "--rules", &rules];
    let out = run(&arguments).expect(0);
    assert!(out.err.contains("306,646,809.43 as the statement does"), "{}", out.err);
    let first = out.out.lines().nth(1).unwrap();
    assert!(first.ends_with(",5463957.06,236042.94"), "{first}");
    let wrong = file("no-factor.json", read(&rules).replace("1.0432", "0").as_bytes());
    let refused = run(&["export", "acm", PRIME, "--observations", YEAR_ONE, "--rules", &wrong]).expect(1);
    assert!(refused.err.contains("no factor above 0"), "{}", refused.err);
}

#[test]
fn what_the_layout_does_not_take_is_refused() {
    let long = read(RULES).replace("HARBOURSIDE-2026", "HARBOURSIDE-PRIME-PROVIDER-2026");
    let rules = file("long.json", long.as_bytes());
    let refused = run(&["export", "acm", PRIME, "--observations", YEAR_ONE, "--rules", &rules]).expect(1);
    assert!(refused.err.contains("LOCAL CONTRACT CODE") && refused.out.is_empty(), "{}", refused.err);
    let wrong = read(RULES).replace("\"withheld\"", "\"withhold\"").replace("\"emh\"", "\"ehm\"");
    let rules = file("wrong-rules.json", wrong.as_bytes());
    let refused = run(&["export", "acm", PRIME, "--observations", YEAR_ONE, "--rules", &rules]).expect(1);
    assert!(refused.err.contains("2 errors"), "{}", refused.err);
}

#[test]
fn lines_are_written_as_parquet() {
    let output = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("statement.parquet");
    let _ = fs::remove_file(&output);
    let name = output.to_string_lossy();
    let arguments = ["export", "parquet", PRIME, "--observations", YEAR_ONE, "--output", &name];
    run(&arguments).expect(0);
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let reader = SerializedFileReader::new(fs::File::open(&output).unwrap()).unwrap();
    let rows = reader.metadata().file_metadata().num_rows();
    let lines = evaluate(YEAR_ONE, &["--format", "csv"]).expect(0).out.lines().count();
    assert_eq!(usize::try_from(rows).unwrap(), lines - 1);
    // 6,000 people at £11,400 are £5,700,000 a month.
    let first = reader.get_row_iter(None).unwrap().next().unwrap().unwrap().to_string();
    assert!(
        first.contains("id: \"core:2026-04:complex\"") && first.contains("amount: 5700000.00"),
        "{first}"
    );
    run(&arguments).expect(1);
}
