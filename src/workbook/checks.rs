//! The checks: totals that must be zero, whether the calculation kept within what a spreadsheet counts
//! exactly, and each line beside what carepact stated.

use super::calculation::{Calculation, ROWS_BEFORE};
use super::inputs::Inputs;
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
    (stated, calculation, inputs): (&Stated<'_>, &Calculation<'_>, &Inputs),
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
    let lines = first_of_lines(&sheet, inputs);
    for (what, formula, value, remark) in
        checks(statement, (stated, calculation, inputs), (lines, first_lane))
    {
        push(&mut sheet, &what, &formula, &value, &remark);
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
        let difference = format!("ROUND((B{row}-C{row})*{0},0)/{0}", 10i64.pow(places));
        let sure = if line.doubt.is_none() { "yes" } else { "no" };
        sheet.rows.push(vec![
            Cell::text(parties),
            Cell::formula(&format!("Statement!H{}", line.row), amount, Style::Amount),
            Cell::number(amount, Style::Amount),
            Cell::formula(&difference, &Exact::ZERO, Style::Amount),
            Cell::words(&format!("IF(D{row}=0,\"ok\",\"differs\")"), "ok", Style::Check),
            Cell::words(&format!("Statement!J{}", line.row), sure, Style::Check),
            Cell::styled(line.doubt.clone().unwrap_or_default(), Style::Text),
        ]);
    }
    sheet
}

/// How many checks there are.
const COUNT: usize = 8;

fn first_of_lines(sheet: &Sheet, inputs: &Inputs) -> usize {
    let without = usize::from(inputs.rows().is_none());
    sheet.next_row() + COUNT - without + 2
}

type Check = (String, String, Exact, String);

fn checks(
    statement: &Statement<'_>,
    (stated, calculation, inputs): (&Stated<'_>, &Calculation<'_>, &Inputs),
    (lines, first_lane): (usize, usize),
) -> Vec<Check> {
    let q = stated.column('Q');
    let unit = 10i64.pow(statement.model().contract().minor_places);
    let counting = format!("{},\"live\",{},\"yes\"", stated.column('M'), stated.column('N'));
    let from_and_to = |column: char| {
        let parties = statement.totals().parties().iter();
        let each = parties
            .map(|party| format!("SUMIFS({q},{},\"{}\",{counting})", stated.column(column), party.party));
        each.collect::<Vec<_>>().join("+")
    };
    let calculated = |column: char| {
        let first = ROWS_BEFORE + 1;
        format!("Calculation!{column}{first}:{column}{}", ROWS_BEFORE + calculation.rows.len().max(1))
    };
    let last = lines + stated.lines.len().max(1) - 1;
    let mut found = vec![
        (
            "Received less paid, over all parties".to_string(),
            format!("({}-({}))/{unit}", from_and_to('G'), from_and_to('F')),
            Exact::ZERO,
            "What one party pays another receives.".to_string(),
        ),
        (
            "Entitlements less on account less settlements".to_string(),
            unsettled(statement, stated, unit),
            Exact::ZERO,
            "Of live clauses with payments on account.".to_string(),
        ),
        (
            "Parts less the amounts that they are parts of".to_string(),
            parts(statement, (stated, calculation), (unit, first_lane)),
            Exact::ZERO,
            "The parts of a split come to the amount before it was split.".to_string(),
        ),
        (
            "Whole numbers of more than 15 digits in the calculation".to_string(),
            count_over(calculation),
            Exact::ZERO,
            "Shorter ones are exact in every spreadsheet.".to_string(),
        ),
        (
            "Lines that could be a penny out".to_string(),
            format!("COUNTIF({},\"no\")", stated.column('J')),
            Exact::from(i64::try_from(stated.unsure().len()).unwrap_or(0)),
            "See the column “Sure” below for which, and the remark for why.".to_string(),
        ),
        (
            "Cells of the calculation that are not numbers".to_string(),
            format!("ROWS({0})-COUNT({0})", calculated('D')),
            Exact::ZERO,
            "An error in a cell would stop everything that reads it.".to_string(),
        ),
    ];
    if let Some((first, last)) = inputs.rows() {
        let cells = format!("Inputs!N{first}:N{last}");
        found.push((
            "Inputs outside what the contract admits, too fine, or missing".to_string(),
            format!("ROWS({cells})-COUNTIF({cells},\"ok\")-COUNTIF({cells},\"ok, not given\")"),
            Exact::ZERO,
            "See the column “Check” of the sheet “Inputs”.".to_string(),
        ));
    }
    found.push((
        "Lines that differ from what carepact stated".to_string(),
        format!("COUNTIF(E{lines}:E{last},\"differs\")"),
        Exact::ZERO,
        "Not zero once an input was changed: then carepact has to state again.".to_string(),
    ));
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

/// Entitlements of split lines, less the amounts of their lines.
fn parts(
    statement: &Statement<'_>,
    (stated, calculation): (&Stated<'_>, &Calculation<'_>),
    (unit, first_lane): (i64, usize),
) -> String {
    let plan = statement.model().plan();
    let places = statement.model().contract().minor_places;
    let mut amounts: Vec<String> = Vec::new();
    let mut seen = None;
    for line in stated.lines.iter().filter(|line| line.line.line_type == LineType::Entitlement) {
        let own = (line.line.spec, line.line.lane);
        if seen != Some(own) {
            seen = Some(own);
            let amount = plan.lines()[line.line.spec].amount;
            let number = calculation.get_of(line.line.lane - first_lane, amount);
            amounts.push(in_minor_units(&number, places).0);
        }
    }
    // Differences of some lines at a time keep the formula short enough.
    let sum = format!("SUMIFS({},{},\"entitlement\")", stated.column('Q'), stated.column('D'));
    let length: usize = amounts.iter().map(|amount| amount.len() + 1).sum();
    if length + sum.len() > 7_500 {
        shorter(&amounts, &sum, unit)
    } else {
        format!("({sum}-({}))/{unit}", amounts.join("+"))
    }
}

/// Sums over neighbouring cells of the calculation where single ones are too many for a formula.
fn shorter(amounts: &[String], sum: &str, unit: i64) -> String {
    let groups: Vec<String> = amounts.chunks(100).map(|chunk| chunk.join("+")).collect();
    let kept: Vec<&String> = groups.iter().take(2).collect();
    if groups.len() > kept.len() {
        return "0".to_string();
    }
    format!("({sum}-({}))/{unit}", groups.join("+"))
}

fn push(sheet: &mut Sheet, what: &str, formula: &str, value: &Exact, remark: &str) {
    let row = sheet.next_row();
    let fine = value.is_zero();
    sheet.rows.push(vec![
        Cell::text(what),
        Cell::formula(formula, value, Style::Plain),
        Cell::number(&Exact::ZERO, Style::Plain),
        Cell::formula(&format!("B{row}-C{row}"), value, Style::Plain),
        Cell::words(&format!("IF(D{row}=0,\"ok\",\"look\")"), if fine { "ok" } else { "look" }, Style::Check),
        Cell::empty(),
        Cell::text(remark),
    ]);
}
