//! The statement: a row for each line, whose amount is a formula over the calculation.

use super::Unsure;
use super::calculation::Calculation;
use super::number::{Form, Number, multiple, times};
use super::sheet::{Cell, Sheet, Style};
use crate::num::{Exact, Mode};
use crate::statement::{LineType, Statement, StatementLine};

const COLUMNS: [(&str, u32); 17] = [
    ("No.", 7),
    ("Line", 40),
    ("Title", 34),
    ("Type", 12),
    ("Period", 11),
    ("From", 11),
    ("To", 11),
    ("Amount", 19),
    ("Data", 11),
    ("Sure", 7),
    ("For", 24),
    ("Through", 11),
    ("Status", 10),
    ("Payable", 9),
    ("Due", 12),
    ("Clause", 22),
    ("In the smallest unit", 20),
];

/// A line with its row.
pub(super) struct Line<'s> {
    pub line: &'s StatementLine,
    pub row: usize,
    /// Why it may be wrong.
    pub doubt: Option<String>,
}

/// What the column “Sure” says of a line whose data are missing, and the column “Data”.
const MISSING: &str = "missing";
pub(super) const MISSING_DATA: &str = "missing data";

/// The sheet with its lines.
pub(super) struct Stated<'s> {
    pub sheet: Sheet,
    pub lines: Vec<Line<'s>>,
}

impl<'s> Stated<'s> {
    /// States the lines.
    pub fn of(statement: &'s Statement<'_>, calculation: &Calculation<'_>, first_lane: usize) -> Stated<'s> {
        let contract = statement.model().contract();
        let notes = [
            format!(
                "Every amount is a formula, in {}; it comes from the sheet “Calculation”. A negative amount flows \
                 the other way.",
                contract.currency
            ),
            "“Sure” says whether this workbook cannot be a penny out: “no” is explained on the sheet “Checks”. A \
             line whose data are missing has no amount, and no total that it counts in has one."
                .to_string(),
        ];
        let title = format!("Statement: {}", contract.title);
        let mut stated = Stated {
            sheet: Sheet::new("Statement", &title, &notes, &COLUMNS),
            lines: Vec::with_capacity(statement.lines().len()),
        };
        stated.sheet.side = 2;
        stated.sheet.printed = 10;
        for line in statement.lines() {
            stated.push(line, calculation, (contract.minor_places, first_lane));
        }
        stated
    }

    fn push(
        &mut self,
        line: &'s StatementLine,
        calculation: &Calculation<'_>,
        (places, first_lane): (u32, usize),
    ) {
        let row = self.sheet.next_row();
        let minor = &line.amount * &Exact::from(10i64.pow(places));
        let (formula, sure, doubt) = match line.line_type {
            LineType::Settlement => self.settlement(line),
            LineType::Entitlement | LineType::OnAccount => {
                let number = calculation.get_of(line.lane - first_lane, line.node);
                let sure = number.sure().map_or("\"yes\"".to_string(), |cell| {
                    let cell = on_calculation(&cell);
                    format!("IF({cell}=1,\"yes\",IF({cell}<0,\"{MISSING}\",\"no\"))")
                });
                let (formula, doubt) = in_minor_units(&number, places);
                (formula, sure, doubt)
            }
        };
        let yes = |yes: bool| if yes { "yes" } else { "no" };
        let titles: Vec<&str> = line.members.iter().map(|(_, _, title)| title.as_str()).collect();
        let mut members = titles.join(", ");
        if let Some(holder) = &line.holder {
            members = [holder.as_str(), members.as_str()].join(" ").trim().to_string();
        }
        let amount = if places == 0 { format!("Q{row}") } else { format!("Q{row}/{}", 10i64.pow(places)) };
        let unless_missing =
            |otherwise: &str, then: &str| format!("IF(J{row}=\"{MISSING}\",{then},{otherwise})");
        let word = line.data.word();
        let data = unless_missing(&format!("\"{word}\""), &format!("\"{MISSING_DATA}\""));
        self.sheet.rows.push(vec![
            Cell::number(&Exact::from(i64::try_from(line.number).unwrap_or(0)), Style::Whole),
            Cell::text(line.id.as_str()),
            Cell::text(line.title.as_str()),
            Cell::text(line.line_type.words()),
            Cell::text(line.period.as_str()),
            Cell::text(line.payer.as_str()),
            Cell::text(line.payee.as_str()),
            Cell::formula(&unless_missing(&amount, "\"\""), &line.amount, Style::Amount),
            Cell::words(&data, word, Style::Text),
            Cell::words(&sure, yes(doubt.is_none()), Style::Check),
            Cell::text(members),
            Cell::text(line.through.as_deref().unwrap_or_default()),
            Cell::text(line.status),
            Cell::text(yes(line.payable)),
            Cell::text(line.due.map_or(String::new(), |due| due.to_string())),
            Cell::text(line.clause.as_str()),
            Cell::formula(&formula, &minor, Style::Whole),
        ]);
        self.lines.push(Line { line, row, doubt });
    }

    /// The entitlement less what was paid on account between the same parties.
    fn settlement(&self, line: &StatementLine) -> (String, String, Option<String>) {
        let same = |other: &&Line<'_>| {
            other.line.spec == line.spec
                && other.line.lane == line.lane
                && other.line.payer == line.payer
                && other.line.payee == line.payee
                && other.line.line_type != LineType::Settlement
        };
        let read: Vec<&Line<'_>> = self.lines.iter().filter(same).collect();
        let mut formula = String::new();
        for other in &read {
            let sign = match (other.line.line_type, formula.is_empty()) {
                (LineType::Entitlement, true) => "",
                (LineType::Entitlement, false) => "+",
                (LineType::OnAccount | LineType::Settlement, _) => "-",
            };
            formula.push_str(&format!("{sign}Q{}", other.row));
        }
        let all = |word: &str| {
            let each = read.iter().map(|other| format!("J{}=\"{word}\"", other.row));
            each.collect::<Vec<_>>().join(",")
        };
        let sure = format!("IF(OR({}),\"{MISSING}\",IF(AND({}),\"yes\",\"no\"))", all(MISSING), all("yes"));
        let doubt = read.iter().find_map(|other| other.doubt.clone());
        (formula, sure, doubt)
    }

    /// The cells of a column of all lines, on this sheet or seen from another.
    pub fn column(&self, letter: char) -> String {
        let first = self.lines.first().map_or(1, |line| line.row);
        let last = self.lines.last().map_or(1, |line| line.row);
        format!("Statement!${letter}${first}:${letter}${last}")
    }

    /// Lines that may be wrong.
    pub fn unsure(&self) -> Vec<Unsure> {
        let unsure = self.lines.iter().filter_map(|line| {
            let parties = format!("{} to {}", line.line.payer, line.line.payee);
            line.doubt.clone().map(|reason| Unsure { line: line.line.id.clone(), parties, reason })
        });
        unsure.collect()
    }
}

/// A cell of the calculation as other sheets name it.
pub(super) fn on_calculation(cell: &str) -> String {
    if cell.contains('!') { cell.to_string() } else { format!("Calculation!{cell}") }
}

/// An amount in the smallest unit of the currency, and why it may be wrong.
pub(super) fn in_minor_units(number: &Number, places: u32) -> (String, Option<String>) {
    let penny = Exact::scaled(1, places);
    let whole = match &number.form {
        Form::Whole { unit, .. } => {
            let cell = on_calculation(&number.whole());
            times(unit, &penny).and_then(|k| multiple(&k, &cell)).or_else(|| {
                // Finer steps: the amount is whole pennies all the same.
                let steps = times(&penny, unit)?;
                number.value.rounded(&penny, Mode::HalfAway).checked_div(&penny)?;
                Some(format!("{cell}/{steps}"))
            })
        }
        Form::Quotient { .. } | Form::Decimal => None,
    };
    match whole {
        Some(formula) => (formula, number.doubt.clone()),
        None => {
            let cell = on_calculation(&number.decimal());
            let doubt = number.doubt.clone();
            let doubt = doubt.or_else(|| Some("the amount is not worked out in whole numbers".to_string()));
            (format!("ROUND({cell}*{},0)", 10i64.pow(places)), doubt)
        }
    }
}
