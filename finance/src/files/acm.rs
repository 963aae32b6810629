//! The Aggregate Contract Monitoring layout and its plan variant: 34 columns, and the rules of each field.
//!
//! The same rules hold for what is read and for what is written. All problems of a file are found at once; of
//! the same problem in many rows the first few are listed and the others counted.

use std::collections::BTreeMap;

use carepact::{Diagnostic, Exact};

use super::cells::whole;
use super::codes::{FIELD, LAYOUT, in_row};
use super::sheet::Table;

/// What the cells of a column must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// 1 to 13; 13 is the adjustment of the year end.
    Month,
    /// `202627`
    Year,
    /// A provider, from 3 to 6 signs that do not end in 00.
    Provider,
    /// From so many signs to so many.
    Code(usize, usize),
    /// The category of a commissioned service.
    Category,
    /// A national point of delivery.
    Delivery,
    /// Text of at most so many signs.
    Text(usize),
    /// A number from 0 on with at most ten digits and three decimals.
    Activity,
    /// An amount of at most 18 signs.
    Price,
}

/// A column of the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The heading.
    pub heading: &'static str,
    /// What its cells must be.
    pub rule: Rule,
    /// True when no cell may be empty.
    pub mandatory: bool,
    /// True when it must be empty, or no activity, where the point of delivery counts none.
    pub of_activity: bool,
}

const fn column(heading: &'static str, rule: Rule) -> Column {
    Column { heading, rule, mandatory: false, of_activity: false }
}

const fn mandatory(heading: &'static str, rule: Rule) -> Column {
    Column { heading, rule, mandatory: true, of_activity: false }
}

const fn of_activity(heading: &'static str, rule: Rule) -> Column {
    Column { heading, rule, mandatory: false, of_activity: true }
}

/// The heading of the point of delivery.
pub const DELIVERY: &str = "POINT OF DELIVERY CODE";
/// The heading of the month.
pub const MONTH: &str = "FINANCIAL MONTH";
/// The heading of the year.
pub const YEAR: &str = "FINANCIAL YEAR";
/// The heading of the provider.
pub const PROVIDER: &str = "ORGANISATION IDENTIFIER (CODE OF PROVIDER)";
/// The heading of the actual price.
pub const ACTUAL_PRICE: &str = "CONTRACT MONITORING ACTUAL PRICE";
/// The heading of the planned price.
pub const PLANNED_PRICE: &str = "CONTRACT MONITORING PLANNED PRICE";
/// The headings of the market forces factor: what it adds to a price.
pub const PLANNED_FACTOR: &str = "CONTRACT MONITORING PLANNED MARKET FORCES FACTOR";
/// The same of the actual price.
pub const ACTUAL_FACTOR: &str = "CONTRACT MONITORING ACTUAL MARKET FORCES FACTOR";
/// The heading that only the plan variant has.
pub const SUBMITTER: &str = "NAME OF SUBMITTER";

/// The columns in the order of the file.
pub const COLUMNS: [Column; 34] = [
    mandatory(MONTH, Rule::Month),
    mandatory(YEAR, Rule::Year),
    mandatory("DATE AND TIME DATA SET CREATED", Rule::Text(30)),
    mandatory(PROVIDER, Rule::Provider),
    of_activity("ORGANISATION SITE IDENTIFIER (OF TREATMENT)", Rule::Code(5, 9)),
    of_activity("ORGANISATION IDENTIFIER (GP PRACTICE RESPONSIBILITY)", Rule::Code(3, 6)),
    of_activity("ORGANISATION IDENTIFIER (RESIDENCE RESPONSIBILITY)", Rule::Code(3, 6)),
    mandatory("ORGANISATION IDENTIFIER (CODE OF COMMISSIONER)", Rule::Code(3, 5)),
    column("GENERAL MEDICAL PRACTICE (PATIENT REGISTRATION)", Rule::Code(6, 6)),
    of_activity("ACTIVITY TREATMENT FUNCTION CODE", Rule::Code(3, 3)),
    column("LOCAL SUB-SPECIALTY CODE", Rule::Text(50)),
    column("WARD CODE", Rule::Text(50)),
    mandatory("COMMISSIONED SERVICE CATEGORY CODE", Rule::Category),
    column("SERVICE CODE", Rule::Text(50)),
    column("SPECIALISED MENTAL HEALTH SERVICE CATEGORY CODE", Rule::Text(50)),
    mandatory(DELIVERY, Rule::Delivery),
    column("POINT OF DELIVERY FURTHER DETAIL CODE", Rule::Text(50)),
    column("POINT OF DELIVERY FURTHER DETAIL DESCRIPTION", Rule::Text(100)),
    column("LOCAL POINT OF DELIVERY CODE", Rule::Text(50)),
    column("LOCAL POINT OF DELIVERY DESCRIPTION", Rule::Text(100)),
    column("LOCAL CONTRACT CODE", Rule::Text(20)),
    column("LOCAL CONTRACT CODE DESCRIPTION", Rule::Text(100)),
    column("LOCAL CONTRACT MONITORING CODE", Rule::Text(30)),
    column("LOCAL CONTRACT MONITORING DESCRIPTION", Rule::Text(100)),
    column("CONTRACT MONITORING ADDITIONAL DETAIL", Rule::Text(50)),
    column("CONTRACT MONITORING ADDITIONAL DESCRIPTION", Rule::Text(100)),
    of_activity("TARIFF CODE", Rule::Text(50)),
    column("NATIONAL TARIFF INDICATOR", Rule::Text(10)),
    of_activity("CONTRACT MONITORING PLANNED ACTIVITY", Rule::Activity),
    column(PLANNED_PRICE, Rule::Price),
    column(PLANNED_FACTOR, Rule::Price),
    of_activity("CONTRACT MONITORING ACTUAL ACTIVITY", Rule::Activity),
    column(ACTUAL_PRICE, Rule::Price),
    column(ACTUAL_FACTOR, Rule::Price),
];

/// Categories of commissioned services.
const CATEGORIES: [&str; 20] = [
    "12", "21", "22", "25", "26", "31", "32", "41", "51", "55", "61", "71", "75", "81", "85", "91", "92",
    "93", "98", "99",
];

/// National points of delivery that count no activity.
pub const WITHOUT_ACTIVITY: [&str; 6] = ["ADJUSTMENT", "BLOCK", "CQUIN", "DRUG", "DEVICE", "NAOTHER"];

/// National points of delivery, with those that count no activity.
const DELIVERIES: &str = "ADJUSTMENT AE AMBHTR AMBOTHER AMBSTC AMBSTR AMBUE ARD BLOCK CCTRANS COMM COMMINIT \
    COMMSUB CQUIN CRD DAIMG DALAB DAOTHER DCRE IPOBD DC DEVICE DRUG EL ELOBD ELXBD IPFCE IPSPECIAL IVF LAC \
    MAINT MATPATHAN MATPATHPN MDT NAOTHER OTHER PATIENT POC PTSTRANS NEL NELNE NELNEOBD NELNEXBD NELOBD NELST \
    NELXBD NF2FFA NF2FFUP OPFA OPFAHOME OPFAMPCL OPFAMPNCL OPFUP OPPROCFA OPPROCFUP OPFAPREOP OPFASPCL \
    OPFASPNCL OPFUPHOME OPFUPMPCL OPFUPMPNCL OPFUPPREOP OPFUPSPCL OPFUPSPNCL OPPROC RADAY RANIGHT SCREEN TEST \
    UNBACC UNBCHEMO UNBNCC UNBOTHER UNBPALL UNBPCC UNBRAD UNBREHAB UNBRTHPY WAFA";

/// True for a table of the plan variant, which has no actual figures.
pub fn is_plan(table: &Table) -> bool {
    table.column(SUBMITTER).is_some() || table.column(ACTUAL_PRICE).is_none()
}

/// Rows of which one problem is listed; the others are counted.
const LISTED_MAX: usize = 10;

/// Cells as the layout writes them, and all problems of the file.
///
/// `12.0` becomes `12`, a year such as `2026/27` `202627`, and a provider loses a legacy 00 at its end.
pub fn validate(table: &mut Table) -> Vec<Diagnostic> {
    let plan = is_plan(table);
    let mut problems = missing_columns(table, plan);
    let places: Vec<(usize, Column)> =
        COLUMNS.into_iter().filter_map(|column| Some((table.column(column.heading)?, column))).collect();
    let delivery = table.column(DELIVERY);
    let submitter = table.column(SUBMITTER);
    let mut found = Findings::default();
    let (file, mut rows) = (table.file.clone(), std::mem::take(&mut table.rows));
    for (row, cells) in &mut rows {
        if cells.len() > table.headings.len() && cells[table.headings.len()..].iter().any(|c| !c.is_empty()) {
            found.add(*row, "", "more cells than headings".into(), "check commas and quotation marks");
        }
        for (at, column) in &places {
            cells[*at] = normal(column.rule, &cells[*at]);
            if let Some((what, remedy)) = broken(*column, &cells[*at]) {
                found.add(*row, column.heading, what, remedy);
            }
        }
        let delivered = delivery.map_or("", |at| cells[at].as_str()).to_string();
        for (at, column) in places.iter().filter(|(_, column)| column.of_activity) {
            if let Some((what, remedy)) = against_delivery(*column, &delivered, &cells[*at]) {
                found.add(*row, column.heading, what, remedy);
            }
        }
        if submitter.is_some_and(|at| cells[at].is_empty()) {
            found.add(
                *row,
                SUBMITTER,
                "the cell is empty".into(),
                "every row of a plan names who submits it",
            );
        }
    }
    table.rows = rows;
    problems.extend(found.listed(&file));
    problems
}

/// The headings of a file, or of its plan variant: without actual figures, and with who submits it.
pub fn headings(plan: bool) -> Vec<&'static str> {
    let own = COLUMNS.iter().filter(|column| !(plan && column.heading.contains("ACTUAL")));
    own.map(|column| column.heading).chain(plan.then_some(SUBMITTER)).collect()
}

fn missing_columns(table: &Table, plan: bool) -> Vec<Diagnostic> {
    let missing = headings(plan).into_iter().filter(|heading| table.column(heading).is_none());
    missing
        .map(|heading| {
            let found = format!("there is no column `{heading}`");
            let layout = if plan { "an indicative activity plan" } else { "aggregate contract monitoring" };
            let remedy = format!("add it, empty where it is optional; the file is read as {layout}");
            in_row(&LAYOUT, (&table.file, 1), None, found, &remedy)
        })
        .collect()
}

fn normal(rule: Rule, cell: &str) -> String {
    match rule {
        Rule::Month | Rule::Category => whole(cell).to_string(),
        Rule::Activity => cell.strip_suffix(".0").unwrap_or(cell).to_string(),
        Rule::Year => year(whole(cell)),
        Rule::Provider => match cell.strip_suffix("00") {
            Some(short) if short.chars().count() >= 3 => short.to_uppercase(),
            Some(_) | None => cell.to_uppercase(),
        },
        Rule::Delivery => cell.to_uppercase(),
        Rule::Code(..) | Rule::Text(_) | Rule::Price => cell.to_string(),
    }
}

/// `2026/27` and `2026-27` as `202627`.
fn year(cell: &str) -> String {
    let digits = cell.chars().filter(char::is_ascii_digit).collect::<String>();
    let separated = cell.chars().count() == 7 && matches!(cell.chars().nth(4), Some('/' | '-'));
    if separated && digits.len() == 6 { digits } else { cell.to_string() }
}

/// What is wrong with a cell, and the remedy.
fn broken(column: Column, cell: &str) -> Option<(String, &'static str)> {
    if cell.is_empty() {
        return column.mandatory.then(|| ("the cell is empty".to_string(), "every row has this field"));
    }
    let length = cell.chars().count();
    let shown: String = cell.chars().take(60).collect();
    let wrong = |remedy| Some((format!("`{shown}`"), remedy));
    match column.rule {
        Rule::Month => match cell.parse::<u32>() {
            Ok(1..=13) => None,
            Ok(_) | Err(_) => wrong("write 1 for April to 12 for March, or 13 for the year end"),
        },
        Rule::Year => {
            if start_of(cell).is_some() {
                None
            } else {
                wrong("write six digits, such as 202627")
            }
        }
        Rule::Provider if !(3..=6).contains(&length) => wrong("a provider has 3 to 6 signs"),
        Rule::Provider if cell.ends_with("00") => wrong("take the legacy 00 off the end"),
        Rule::Code(least, most) if !(least..=most).contains(&length) => wrong(if least == most {
            "check the length of the code"
        } else {
            "check the code: too short or long"
        }),
        Rule::Category if !CATEGORIES.contains(&cell) => wrong("use a category of commissioned services"),
        Rule::Delivery if !DELIVERIES.split(' ').any(|known| known == cell) => {
            wrong("use a national point of delivery, and a local one in its own column")
        }
        Rule::Text(most) if length > most => wrong("shorten the text to what the layout takes"),
        Rule::Activity if !is_activity(cell) => {
            wrong("write a number from 0 on, at most ten digits and three decimals")
        }
        Rule::Price if length > 18 || Exact::parse(cell).is_err() || cell.contains('%') => {
            wrong("write a plain decimal of at most 18 signs, without separators or currency")
        }
        Rule::Provider | Rule::Code(..) | Rule::Category | Rule::Delivery | Rule::Text(_) => None,
        Rule::Activity | Rule::Price => None,
    }
}

fn is_activity(cell: &str) -> bool {
    let (number, decimals) = cell.split_once('.').unwrap_or((cell, "0"));
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    digits(number, 10) && digits(decimals, 3)
}

/// The calendar year in which a financial year such as `202627` starts.
pub fn start_of(year: &str) -> Option<i32> {
    let digits = year.len() == 6 && year.bytes().all(|byte| byte.is_ascii_digit());
    let (start, end): (i32, i32) = (year.get(..4)?.parse().ok()?, year.get(4..)?.parse().ok()?);
    (digits && (start + 1) % 100 == end).then_some(start)
}

/// Fields that must be empty, or 0, where the point of delivery counts no activity.
fn against_delivery(column: Column, delivery: &str, cell: &str) -> Option<(String, &'static str)> {
    let counts_none = WITHOUT_ACTIVITY.contains(&delivery);
    let without_tariff = counts_none || delivery == "OTHER";
    match column.rule {
        Rule::Activity if counts_none && Exact::parse(cell).map_or(true, |number| !number.is_zero()) => {
            Some((format!("`{cell}` with {delivery}"), "write 0: this point of delivery counts no activity"))
        }
        Rule::Text(_) if without_tariff && !cell.is_empty() => {
            Some((format!("filled with {delivery}"), "leave it empty: this point of delivery has no tariff"))
        }
        Rule::Code(..) if counts_none && !cell.is_empty() => {
            Some((format!("filled with {delivery}"), "leave it empty: it belongs to activity"))
        }
        Rule::Month | Rule::Year | Rule::Provider | Rule::Code(..) | Rule::Category | Rule::Delivery => None,
        Rule::Text(_) | Rule::Activity | Rule::Price => None,
    }
}

/// Problems by column and remedy, in the order of rows.
#[derive(Default)]
struct Findings(BTreeMap<(&'static str, &'static str), Vec<(usize, String)>>);

impl Findings {
    fn add(&mut self, row: usize, column: &'static str, found: String, remedy: &'static str) {
        self.0.entry((column, remedy)).or_default().push((row, found));
    }

    fn listed(self, file: &str) -> Vec<Diagnostic> {
        let mut all = Vec::new();
        for ((column, remedy), rows) in self.0 {
            let heading = Some(column).filter(|column| !column.is_empty());
            let more = rows.len().saturating_sub(LISTED_MAX);
            let last = rows.len().min(LISTED_MAX) - 1;
            for (index, (row, found)) in rows.into_iter().take(LISTED_MAX).enumerate() {
                let others = if index == last && more > 0 {
                    format!(", and the like in {more} more rows")
                } else {
                    String::new()
                };
                all.push((row, in_row(&FIELD, (file, row), heading, format!("{found}{others}"), remedy)));
            }
        }
        all.sort_by_key(|(row, _)| *row);
        all.into_iter().map(|(_, problem)| problem).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table with one row that keeps all rules, and these fields changed.
    fn row(changes: &[(&str, &str)]) -> Table {
        let plain = [
            (MONTH, "8"),
            (YEAR, "202627"),
            ("DATE AND TIME DATA SET CREATED", "2026-12-15T09:00:00"),
            (PROVIDER, "XBA"),
            ("ORGANISATION IDENTIFIER (CODE OF COMMISSIONER)", "XZZ"),
            ("COMMISSIONED SERVICE CATEGORY CODE", "21"),
            (DELIVERY, "NEL"),
            ("CONTRACT MONITORING ACTUAL ACTIVITY", "12"),
            (ACTUAL_PRICE, "38400.00"),
        ];
        let value = |heading: &str| {
            let given = changes.iter().chain(&plain).find(|(known, _)| *known == heading);
            given.map_or(String::new(), |(_, value)| (*value).to_string())
        };
        Table {
            file: "acm.csv".to_string(),
            headings: COLUMNS.iter().map(|column| column.heading.replace(' ', "_").to_lowercase()).collect(),
            rows: vec![(2, COLUMNS.iter().map(|column| value(column.heading)).collect())],
        }
    }

    #[test]
    fn a_row_that_keeps_the_rules_is_fine() {
        assert_eq!(validate(&mut row(&[])), []);
        assert_eq!(validate(&mut row(&[(MONTH, "13"), (DELIVERY, "nel")])), []);
    }

    #[test]
    fn dialects_become_the_layout() {
        let mut table = row(&[(MONTH, "12.0"), (YEAR, "2026/27"), (PROVIDER, "xba00")]);
        assert_eq!(validate(&mut table), []);
        let cells = &table.rows[0].1;
        assert_eq!((&*cells[0], &*cells[1], &*cells[3]), ("12", "202627", "XBA"));
    }

    #[test]
    fn each_rule_can_be_broken() {
        let long = "x".repeat(51);
        for change in [
            (MONTH, "14"),
            (MONTH, "0"),
            (MONTH, ""),
            (YEAR, "202628"),
            (YEAR, "2026"),
            (PROVIDER, "X1"),
            (PROVIDER, "X00"),
            ("ORGANISATION IDENTIFIER (CODE OF COMMISSIONER)", "XZZZZZ"),
            ("GENERAL MEDICAL PRACTICE (PATIENT REGISTRATION)", "Y1234"),
            ("COMMISSIONED SERVICE CATEGORY CODE", "20"),
            (DELIVERY, "INPATIENT"),
            ("CONTRACT MONITORING ADDITIONAL DETAIL", long.as_str()),
            ("LOCAL CONTRACT CODE", "a contract of 21 signs"),
            ("CONTRACT MONITORING ACTUAL ACTIVITY", "-1"),
            ("CONTRACT MONITORING ACTUAL ACTIVITY", "1.2345"),
            (ACTUAL_PRICE, "1,000.00"),
            (ACTUAL_PRICE, "1234567890123456.00"),
        ] {
            let problems = validate(&mut row(&[change]));
            assert_eq!(problems.len(), 1, "{change:?}: {problems:?}");
        }
    }

    #[test]
    fn a_block_counts_no_activity_and_has_no_site() {
        let block = [
            (DELIVERY, "BLOCK"),
            ("ORGANISATION SITE IDENTIFIER (OF TREATMENT)", "XBA01"),
            ("ACTIVITY TREATMENT FUNCTION CODE", "710"),
            ("TARIFF CODE", "AA22"),
        ];
        // Site, function, tariff and 12 of actual activity; planned activity is empty, which is not 0.
        assert_eq!(validate(&mut row(&block)).len(), 5);
        let none = [
            (DELIVERY, "BLOCK"),
            ("CONTRACT MONITORING ACTUAL ACTIVITY", "0"),
            ("CONTRACT MONITORING PLANNED ACTIVITY", "0.0"),
        ];
        assert_eq!(validate(&mut row(&none)), []);
    }

    #[test]
    fn a_plan_has_no_actual_columns_and_names_who_submits_it() {
        let mut table = row(&[]);
        let actual: Vec<usize> = (0..34).filter(|at| COLUMNS[*at].heading.contains("ACTUAL")).collect();
        assert_eq!(actual, [31, 32, 33]);
        table.headings.truncate(31);
        table.rows[0].1.truncate(31);
        let missing = validate(&mut table);
        assert_eq!(missing.len(), 1);
        assert!(missing[0].found.contains(SUBMITTER));
        table.headings.push("Name of submitter".to_string());
        table.rows[0].1.push("Synthetic".to_string());
        assert_eq!(validate(&mut table), []);
    }

    #[test]
    fn the_same_problem_in_many_rows_is_counted() {
        let mut table = row(&[(MONTH, "99")]);
        let first = table.rows[0].1.clone();
        table.rows = (2..102).map(|row| (row, first.clone())).collect();
        let problems = validate(&mut table);
        assert_eq!(problems.len(), 10);
        assert!(problems[9].found.contains("90 more rows"));
    }
}
