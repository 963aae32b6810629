//! Ledgers in every dialect give the same payments; what cannot be read is told all at once.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod ledger;

use carepact::Diagnostic;
use carepact::source::Location;
use carepact_finance::reconcile::mapping::Mapping;
use carepact_finance::reconcile::parties::Parties;
use carepact_finance::reconcile::payments::{PaymentReader, Payments};
use ledger::contract;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

fn read(bytes: &[u8], mapping: &str) -> Result<Payments, Vec<Diagnostic>> {
    let contract = contract();
    let parties = Parties::of(&contract);
    let mapping = Mapping::parse("mapping.json", mapping).map_err(|problem| vec![problem])?;
    let mut reader = PaymentReader::new(&contract, &mapping, &parties);
    reader.add("ledger", bytes.to_vec(), &|_| {});
    reader.finish()
}

/// Row, date, payer, payee, amount, period and reference of each payment.
fn told(bytes: &[u8], mapping: &str) -> Vec<String> {
    let contract = contract();
    let payments = read(bytes, mapping).unwrap();
    let text = |payment: &carepact_finance::reconcile::payments::Payment| {
        let period = payment.period.map_or("–".to_string(), |period| contract.calendar.key(period));
        format!(
            "{} {} {}>{} {} {} {}",
            payment.row,
            payment.date,
            payment.payer,
            payment.payee,
            payment.amount,
            period,
            payment.reference
        )
    };
    payments.list.iter().map(text).collect()
}

const TWO: [&str; 2] = ["2 2026-04-15 0>1 2495520000 2026-04 A1", "3 2026-05-15 0>2 -123456 – A2"];

#[test]
fn text_of_every_dialect_is_read() {
    let plain = "date,payer,payee,amount,period,reference\n2026-04-15,icb,p1,24955200,2026-04,A1\n\
                 2026-05-15,icb,p2,-1234.56,,A2\n";
    assert_eq!(told(plain.as_bytes(), "{}"), TWO);
    let marked = format!("\u{feff}{}", plain.replace('\n', "\r\n"));
    assert_eq!(told(marked.as_bytes(), "{}"), TWO);
    assert_eq!(told(plain.replace(',', "\t").as_bytes(), "{}"), TWO);
    let continental = "Date;Payer;Payee;Amount;Period;Invoice no\n15.04.2026;icb;p1;24.955.200,00;Apr-26;A1\n\
                       15.05.2026;icb;p2;1.234,56-;;A2\n";
    assert_eq!(told(continental.as_bytes(), r#"{ "decimal": "," }"#), TWO);
    let windows = b"Payment date,Paid by,Supplier,Net amount,GL period,Invoice\n\
        15/04/2026,icb,p1,\"\xa324,955,200.00\",202604,A1\n15/05/2026,icb,p2,\"(\xa31,234.56)\",,A2\n";
    assert_eq!(told(windows, "{}"), TWO);
    let negative = plain.replace("24955200", "-24955200").replace("-1234.56", "1234.56");
    assert_eq!(told(negative.as_bytes(), r#"{ "negate": true }"#), TWO);
}

#[test]
fn the_headings_may_stand_lower_and_have_other_names() {
    let text = "Ledger extract,,\nNorthshore\n\nWhen,Whom,\"How much\"\n15/04/2026,Trust One,\"1,000.00\"\n\n\
                15/05/2026,r1h00,5\nTotal,,\n";
    let mapping = r#"{ "columns": { "date": "when", "payee": "Whom", "amount": "how  much" },
        "constants": { "payer": "QZZ" }, "parties": { "Trust One": "p1", "r1h00": "p2" } }"#;
    let problems = read(text.as_bytes(), mapping).unwrap_err();
    // The total is no payment, and is told with everything that is wrong with it.
    assert_eq!(problems.len(), 3, "{problems:?}");
    let without_total = text.replace("Total,,\n", "");
    assert_eq!(
        told(without_total.as_bytes(), mapping),
        ["5 2026-04-15 0>1 100000 – ", "7 2026-05-15 0>2 500 – "]
    );
}

#[test]
fn workbooks_are_read_with_their_dates_and_numbers() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Cover").unwrap().write(0, 0, "nothing here").unwrap();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let sheet = workbook.add_worksheet().set_name("Ledger").unwrap();
    for (column, heading) in (0..).zip(["Date", "Payer", "Payee", "Amount", "Period", "Reference"]) {
        sheet.write(4, column, heading).unwrap();
    }
    let day = |month| ExcelDateTime::from_ymd(2026, month, 15).unwrap();
    sheet.write_with_format(5, 0, day(4), &date).unwrap();
    sheet.write_with_format(6, 0, day(5), &date).unwrap();
    for (row, payee, amount) in [(5, "p1", 24_955_200.1), (6, "p2", -1234.56)] {
        sheet.write(row, 1, "icb").unwrap();
        sheet.write(row, 2, payee).unwrap();
        sheet.write(row, 3, amount).unwrap();
        sheet.write(row, 5, f64::from(row) * 1000.0 + 4711.0).unwrap();
    }
    // A spreadsheet makes a day of `Apr-26`.
    sheet.write_with_format(5, 4, ExcelDateTime::from_ymd(2026, 4, 1).unwrap(), &date).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    assert_eq!(
        told(&bytes, r#"{ "sheet": "Ledger" }"#),
        ["6 2026-04-15 0>1 2495520010 2026-04 9711", "7 2026-05-15 0>2 -123456 – 10711"]
    );
    assert!(read(&bytes, r#"{ "sheet": "Leger" }"#).unwrap_err()[0].remedy.contains("Cover, Ledger"));
    assert!(read(&bytes, "{}").unwrap_err()[0].found.contains("no row has a heading"));
    assert!(read(&bytes[..200], "{}").unwrap_err()[0].found.contains("workbook"));
}

#[test]
fn all_problems_are_told_at_once_with_file_and_row() {
    let text = "date,payer,payee,amount,period\nsoon,icb,p1,1,2026-04\n2026-04-15,icb,p9,1,2026-04\n\
                2026-04-15,icb,p1,1.005,2026-14\n2026-04-15,icb,p9,1,\n2026-04-15,p1,p1,1,\n";
    let problems = read(text.as_bytes(), "{}").unwrap_err();
    let told: Vec<(usize, String)> = problems
        .iter()
        .map(|problem| match &problem.location {
            Location::Data { row, column, .. } => (*row, format!("{column:?} {}", problem.found)),
            Location::Document(_) | Location::Request => (0, problem.found.clone()),
        })
        .collect();
    let expected = [
        (2, "`soon` is no date"),
        (4, "`1.005` has more than 2 decimal places"),
        (4, "`2026-14` is no period"),
        (6, "`p1` is the payer as well"),
        (3, "`p9` is no party of the contract, here and in 1 more rows"),
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for ((row, found), (wanted, text)) in told.iter().zip(expected) {
        assert!(*row == wanted && found.contains(text), "{row} {found}");
    }
}

#[test]
fn files_about_people_are_refused_by_place_and_nothing_of_them_is_told() {
    // 9×10 + 4×9 + 3×8 + 4×7 + 7×6 + 6×5 + 5×4 + 9×3 + 1×2 = 299 = 27×11 + 2, and 11 − 2 is the last digit.
    let number = "9434765919";
    let head = "date,payer,payee,amount,reference";
    let rows = "soon,icb,Jane Doe,1,A1\n2026-04-15,icb,p1,1,";
    for text in [
        format!("{head}\n{rows}{number}\n"),
        format!("{head}\n{rows}943 476 5919\n"),
        format!("Extract for {number}\n{head}\n{rows}A2\n"),
        format!("{head},NHS Number\n{rows}A2,none\n"),
        // Without the headings of payments too.
        format!("when,whom\nJane Doe,{number}\n"),
        "NHS Number,date\n1,2\n".to_string(),
    ] {
        let problems = read(text.as_bytes(), "{}").unwrap_err();
        let codes: Vec<&str> = problems.iter().map(|problem| problem.code.name).collect();
        assert_eq!(codes, ["patient-identifier"], "{text}");
        let told = format!("{problems:?}");
        assert!(![number, "943 476", "Jane", "soon"].iter().any(|word| told.contains(word)), "{told}");
    }
    // Another last digit makes it a reference like any other.
    assert_eq!(told(format!("{head}\n2026-04-15,icb,p1,1,9434765918\n").as_bytes(), "{}").len(), 1);
    // So does a leading nought.
    assert_eq!(told(format!("{head}\n2026-04-15,icb,p1,1,0{number}\n").as_bytes(), "{}").len(), 1);
}

#[test]
fn an_open_quotation_mark_is_all_that_is_told() {
    let text = "date,payer,payee,amount\nsoon,icb,p1,1\n2026-04-15,icb,\"p1,1\n2026-04-15,icb,p1,2\n";
    let problems = read(text.as_bytes(), "{}").unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.code.name).collect::<Vec<_>>(), ["file-quotes"]);
}

#[test]
fn a_ledger_of_more_than_this_contract_can_be_read() {
    let text = "date,payer,payee,amount\n2026-04-15,icb,p1,1\n2026-04-15,icb,Stationery Ltd,1\n";
    let payments = read(text.as_bytes(), r#"{ "other_parties": "ignore" }"#).unwrap();
    assert_eq!((payments.list.len(), payments.ignored), (1, 1));
}

#[test]
fn mappings_are_checked() {
    assert!(Mapping::parse("m", r#"{ "colums": {} }"#).is_err());
    assert!(Mapping::parse("m", r#"{ "decimal": ";" }"#).is_err());
    let mut mapping = Mapping::default();
    assert!(mapping.add_column("payee=Supplier").is_ok());
    assert!(mapping.add_column("payed=Supplier").is_err());
    assert!(mapping.add_constant("payer").is_err());
}

/// A comma within an amount that is not quoted makes cells of it; 24 is not what was paid.
#[test]
fn a_row_with_more_cells_than_headings_is_refused() {
    let found = read(b"date,payer,payee,amount\n2026-04-15,icb,p1,24,955,200.00\n", "{}").unwrap_err();
    assert_eq!(found.len(), 1);
    assert!(found[0].found.contains("more cells than there are headings"), "{}", found[0].found);
}
