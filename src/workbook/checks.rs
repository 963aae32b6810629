//! The checks: totals that must be zero, whether the calculation kept within what a spreadsheet counts
//! exactly, and each line beside what carepact stated.

use super::calculation::{Calculation, ROWS_BEFORE};
use super::inputs::MISSING;
use super::sheet::{Cell, Sheet, Style};
use super::stated::{Stated, in_minor_units};
use crate::num::Exact;
use crate::statement::{LineType, Statement};

const COLUMNS: [(&str, u32); 7] = [
    ("Check, or line", 58),
    ("Found, or recalculated", 21),
    ("Must be, or stated by carepact", 21),
    ("Difference", 15),
    ("Verdict", 10),
    ("Sure", 7),
    ("Remark", 60),
];

/// The sheet.
pub(super) fn sheet(
    statement: &Statement<'_>,
    (stated, calculation, totals): (&Stated<'_>, &Calculation<'_>, &Sheet),
    first_lane: usize,
) -> Sheet {
    let notes = [
        "The first table must be zero in every row, whatever the inputs are. The second sets each line beside \
         the amount that carepact stated for the inputs as delivered."
            .to_string(),
        "The stated amounts are fixed numbers for comparison; nothing is worked out from them. They differ where \
         an input was changed."
            .to_string(),
    ];
    let mut sheet = Sheet::new("Checks", "Checks", &notes, &COLUMNS);
    sheet.filter = false;
    sheet.rows.push(vec![Cell::styled("Totals that must be zero", Style::Section)]);
    // The table of lines begins after the checks, an empty row and a head.
    let all = (stated, calculation, totals);
    let lines = sheet.next_row() + checks(statement, all, (0, first_lane)).len() + 2;
    for check in checks(statement, all, (lines, first_lane)) {
        push(&mut sheet, &check);
    }
    sheet.rows.push(Vec::new());
    sheet.rows.push(vec![Cell::styled(
        "Line by line: recalculated here beside what carepact stated",
        Style::Section,
    )]);
    assert_eq!(sheet.next_row(), lines, "the table of lines stands where the checks look for it");
    for line in &stated.lines {
        let row = sheet.next_row();
        let amount = &line.line.amount;
        let parties = format!("{} ({} to {})", line.line.id, line.line.payer, line.line.payee);
        let places = statement.model().contract().minor_places;
        let difference =
            format!("IF(ISNUMBER(B{row}),ROUND((B{row}-C{row})*{0},0)/{0},\"\")", 10i64.pow(places));
        let verdict = format!("IF(ISNUMBER(B{row}),IF(D{row}=0,\"ok\",\"differs\"),\"missing data\")");
        let sure = if line.doubt.is_none() { "yes" } else { "no" };
        sheet.rows.push(vec![
            Cell::text(parties),
            Cell::formula(&format!("Statement!H{}", line.row), amount, Style::Amount),
            Cell::number(amount, Style::Amount),
            Cell::formula(&difference, &Exact::ZERO, Style::Amount),
            Cell::words(&verdict, "ok", Style::Check),
            Cell::words(&format!("Statement!J{}", line.row), sure, Style::Check),
            Cell::styled(line.doubt.clone().unwrap_or_default(), Style::Text),
        ]);
    }
    sheet
}

/// A check: what it is, the formula, what it gives, and a remark.
struct Check {
    what: String,
    formula: String,
    value: Exact,
    remark: &'static str,
}

impl Check {
    /// A check that gives 0.
    fn new(what: impl Into<String>, formula: String, remark: &'static str) -> Check {
        Check { what: what.into(), formula, value: Exact::ZERO, remark }
    }
}

fn checks(
    statement: &Statement<'_>,
    (stated, calculation, totals): (&Stated<'_>, &Calculation<'_>, &Sheet),
    (lines, first_lane): (usize, usize),
) -> Vec<Check> {
    let unit = 10i64.pow(statement.model().contract().minor_places);
    let mut found = vec![
        Check::new(
            "Received less paid, over all parties",
            received_less_paid(statement, (stated, totals), unit),
            "What one party pays another receives.",
        ),
        Check::new(
            "Entitlements less on account less settlements",
            unsettled(statement, stated, unit),
            "Of live clauses with payments on account.",
        ),
    ];
    found.extend(parts(statement, (stated, calculation), (unit, first_lane)));
    found.push(Check::new(
        "Whole numbers of more than 15 digits in the calculation",
        count_over(calculation),
        "Shorter ones are exact in every spreadsheet.",
    ));
    let unsure = Exact::from(i64::try_from(stated.unsure().len()).unwrap_or(0));
    found.push(Check {
        what: "Lines that could be a penny out".to_string(),
        formula: format!("COUNTIF({},\"no\")", stated.column('J')),
        value: unsure,
        remark: "See the column “Sure” below for which, and the remark for why.",
    });
    let (first, last) = (ROWS_BEFORE + 1, ROWS_BEFORE + calculation.rows.len().max(1));
    found.push(Check::new(
        "Cells of the calculation that are not numbers",
        format!("ROWS({0})-COUNT({0})", format_args!("Calculation!D{first}:D{last}")),
        "An error in a cell would stop everything that reads it.",
    ));
    found.extend(cells_in_order(calculation));
    let last = lines + stated.lines.len().max(1) - 1;
    found.push(Check::new(
        "Lines that differ from what carepact stated",
        format!("COUNTIF(E{lines}:E{last},\"differs\")"),
        "Not zero once an input was changed: then carepact has to state again.",
    ));
    found
}

/// Most parties whose sums are added up in one formula.
const PARTIES_OF_A_CHECK: usize = 20;

fn received_less_paid(
    statement: &Statement<'_>,
    (stated, totals): (&Stated<'_>, &Sheet),
    unit: i64,
) -> String {
    if statement.totals().parties().len() > PARTIES_OF_A_CHECK {
        // The last row of the totals is that of all parties; it is empty where data are missing.
        let net = format!("Totals!H{}", totals.rows.len());
        return format!("IF(ISNUMBER({net}),{net},0)");
    }
    let counting = format!("{},\"live\",{},\"yes\"", stated.column('M'), stated.column('N'));
    let q = stated.column('Q');
    let all = |column: char| {
        let parties = statement.totals().parties().iter();
        let each = parties
            .map(|party| format!("SUMIFS({q},{},\"{}\",{counting})", stated.column(column), party.party));
        each.collect::<Vec<_>>().join("+")
    };
    format!("({}-({}))/{unit}", all('G'), all('F'))
}

/// Whether the cells that may be changed are in order, and all there.
fn cells_in_order(calculation: &Calculation<'_>) -> Vec<Check> {
    let inputs = calculation.inputs.rows().map(|(first, last)| format!("Inputs!N{first}:N{last}"));
    let terms = calculation.terms.checks();
    let mut found = Vec::new();
    let cells: Vec<&String> = inputs.iter().chain(&terms).collect();
    let missing = cells.iter().map(|cells| format!("COUNTIF({cells},\"{MISSING}\")"));
    let missing: Vec<String> = missing.collect();
    if !missing.is_empty() {
        found.push(Check::new(
            "Inputs and agreed numbers that are missing",
            missing.join("+"),
            "carepact would refuse to state; lines that need them have no amount here.",
        ));
    }
    if let Some(cells) = &inputs {
        found.push(Check::new(
            "Inputs outside what the contract admits, or too fine",
            format!("COUNTIF({cells},\"outside the range\")+COUNTIF({cells},\"finer than its step\")"),
            "See the column “Check” of the sheet “Inputs”.",
        ));
    }
    if let Some(cells) = &terms {
        found.push(Check::new(
            "Agreed numbers that are finer than the step they are read in",
            format!("COUNTIF({cells},\"finer than its step\")"),
            "See the column “Check” of the sheet “Parameters”.",
        ));
    }
    found
}

/// How many whole numbers are too long.
fn count_over(calculation: &Calculation<'_>) -> String {
    let first = ROWS_BEFORE + 1;
    let last = ROWS_BEFORE + calculation.rows.len().max(1);
    format!("COUNTIF(Calculation!K{first}:K{last},\">=1E15\")")
}

fn unsettled(statement: &Statement<'_>, stated: &Stated<'_>, unit: i64) -> String {
    let specs = statement.model().plan().lines();
    let counts = |line: &&super::stated::Line<'_>| line.line.live && specs[line.line.spec].on_account;
    let mut clauses: Vec<&str> = Vec::new();
    for line in stated.lines.iter().filter(counts) {
        if !clauses.contains(&line.line.clause.as_str()) {
            clauses.push(&line.line.clause);
        }
    }
    let sum = |clause: &str, line_type: LineType| {
        format!(
            "SUMIFS({},{},\"{clause}\",{},\"{}\",{},\"live\")",
            stated.column('Q'),
            stated.column('P'),
            stated.column('D'),
            line_type.words(),
            stated.column('M')
        )
    };
    let each = clauses.iter().map(|clause| {
        let [entitlement, on_account, settlement] =
            [LineType::Entitlement, LineType::OnAccount, LineType::Settlement].map(|kind| sum(clause, kind));
        format!("({entitlement}-{on_account}-{settlement})")
    });
    let each: Vec<String> = each.collect();
    if each.is_empty() { "0".to_string() } else { format!("({})/{unit}", each.join("+")) }
}

/// Most split lines of one check: formulas have a greatest length.
const LINES_OF_A_CHECK: usize = 60;

/// The parts of split lines, less the amounts of their lines; some lines at a time.
fn parts(
    statement: &Statement<'_>,
    (stated, calculation): (&Stated<'_>, &Calculation<'_>),
    (unit, first_lane): (i64, usize),
) -> Vec<Check> {
    let plan = statement.model().plan();
    let places = statement.model().contract().minor_places;
    let entitlements = stated.lines.iter().filter(|line| line.line.line_type == LineType::Entitlement);
    let entitlements: Vec<_> = entitlements.collect();
    let same = |a: &&super::stated::Line<'_>, b: &&super::stated::Line<'_>| {
        (a.line.spec, a.line.lane) == (b.line.spec, b.line.lane)
    };
    let split = entitlements.chunk_by(same).filter(|parts| parts.len() > 1).map(|parts| {
        let line = parts[0].line;
        let amount = calculation.get_of(line.lane - first_lane, plan.lines()[line.spec].amount);
        let cells: Vec<String> = parts.iter().map(|part| format!("Statement!Q{}", part.row)).collect();
        format!("{}-{}", cells.join("+"), in_minor_units(&amount, places).0)
    });
    let split: Vec<String> = split.collect();
    let several = split.len() > LINES_OF_A_CHECK;
    let each = split.chunks(LINES_OF_A_CHECK).enumerate().map(|(index, lines)| {
        let number = if several { format!(", {}", index + 1) } else { String::new() };
        Check::new(
            format!("Parts less the amounts that they are parts of{number}"),
            format!("({})/{unit}", lines.join("+")),
            "The parts of a split come to the amount before it was split.",
        )
    });
    each.collect()
}

fn push(sheet: &mut Sheet, check: &Check) {
    let row = sheet.next_row();
    let verdict = if check.value.is_zero() { "ok" } else { "look" };
    sheet.rows.push(vec![
        Cell::text(check.what.as_str()),
        Cell::formula(&check.formula, &check.value, Style::Plain),
        Cell::number(&Exact::ZERO, Style::Plain),
        Cell::formula(&format!("B{row}-C{row}"), &check.value, Style::Plain),
        Cell::words(&format!("IF(D{row}=0,\"ok\",\"look\")"), verdict, Style::Check),
        Cell::empty(),
        Cell::text(check.remark),
    ]);
}
