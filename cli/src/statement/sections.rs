//! The lines of a statement gathered for reading: one row for the lines of a contract year that
//! have the same clause, members, payer and payee.
//!
//! Twelve monthly lines of `core` for one segment, their twelve instalments and their twelve
//! settlements are one row: entitlement, on account, settlement.

use std::collections::BTreeMap;

use carepact::Exact;
use carepact::calendar::{Period, PeriodKind};
use carepact::contract::Contract;
use carepact::statement::{DataStatus, LineType, StatementLine};

use super::{member_ids, member_titles};

/// A clause.
pub struct Section<'s> {
    /// Any of its lines; all agree on clause, title, kind and prime.
    pub line: &'s StatementLine,
    /// Its years.
    pub blocks: Vec<Block<'s>>,
}

/// The lines of a clause in one contract year, with one status.
pub struct Block<'s> {
    year: String,
    /// Any of its lines.
    pub line: &'s StatementLine,
    /// The rows.
    pub rows: Vec<Row<'s>>,
    /// Where the row of these members, payer and payee is.
    at: BTreeMap<(Vec<&'s str>, &'s str, &'s str), usize>,
}

/// Lines of the same members, payer and payee.
pub struct Row<'s> {
    /// Any of its lines.
    pub line: &'s StatementLine,
    /// Assessment periods, in order.
    pub periods: Vec<&'s str>,
    /// What the clause yields.
    pub entitlement: Exact,
    /// Paid before the result is known; nothing when that was not agreed.
    pub on_account: Option<Exact>,
    /// Entitlement less on account; nothing when nothing is paid on account, or the line counts 0.
    pub settlement: Option<Exact>,
    /// Provisional when one of the lines is.
    pub data: DataStatus,
}

/// Gathers lines: all of a statement, or those of a holder.
pub fn sections<'s>(contract: &Contract, lines: &'s [StatementLine]) -> Vec<Section<'s>> {
    let mut sections: Vec<Section<'s>> = Vec::new();
    let mut assessed = String::new();
    for line in lines {
        if sections.last().is_none_or(|section| section.line.clause != line.clause) {
            sections.push(Section { line, blocks: Vec::new() });
        }
        // Instalments and settlements follow their entitlement and belong to its year, which
        // need not be the year of the instalment.
        if line.line_type == LineType::Entitlement {
            assessed = year(contract, line);
        }
        if let Some(section) = sections.last_mut() {
            section.add(line, &assessed);
        }
    }
    sections
}

/// The key of the contract year of a line, or `term`.
fn year(contract: &Contract, line: &StatementLine) -> String {
    let calendar = &contract.calendar;
    let period = calendar.period(&line.period).unwrap_or(Period::TERM);
    let year = calendar.enclosing(period, PeriodKind::Year);
    calendar.key(year.unwrap_or(Period::TERM))
}

impl<'s> Section<'s> {
    fn add(&mut self, line: &'s StatementLine, year: &str) {
        let same = |block: &Block<'s>| block.year == year && block.line.status == line.status;
        let index = self.blocks.iter().position(same).unwrap_or_else(|| {
            let (year, rows, at) = (year.to_string(), Vec::new(), BTreeMap::new());
            self.blocks.push(Block { year, line, rows, at });
            self.blocks.len() - 1
        });
        self.blocks[index].add(line);
    }
}

impl<'s> Block<'s> {
    fn add(&mut self, line: &'s StatementLine) {
        let key = (member_ids(&line.members, None), line.payer.as_str(), line.payee.as_str());
        let index = *self.at.entry(key).or_insert(self.rows.len());
        if index == self.rows.len() {
            self.rows.push(Row::of(line));
        }
        self.rows[index].add(line);
    }

    /// The assessment periods in words: `2026-04 to 2027-03`.
    pub fn span(&self) -> String {
        let Some(row) = self.rows.first() else { return self.year.clone() };
        match (row.periods.first(), row.periods.last()) {
            (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
            (Some(only), _) => (*only).to_string(),
            (None, _) => self.year.clone(),
        }
    }

    /// Most lines of a row.
    pub fn lines(&self) -> usize {
        self.rows.iter().map(|row| row.periods.len()).max().unwrap_or(0)
    }

    /// The sum of the rows.
    pub fn total(&self) -> (Exact, Option<Exact>, Option<Exact>) {
        let entitlement = self.rows.iter().map(|row| &row.entitlement).sum();
        let on_account = self.rows.iter().map(|row| row.on_account.as_ref());
        let settlement = self.rows.iter().map(|row| row.settlement.as_ref());
        (entitlement, sum_of_given(on_account), sum_of_given(settlement))
    }
}

impl<'s> Row<'s> {
    fn of(line: &'s StatementLine) -> Row<'s> {
        Row {
            line,
            periods: Vec::new(),
            entitlement: Exact::ZERO,
            on_account: None,
            settlement: None,
            data: DataStatus::Agreed,
        }
    }

    fn add(&mut self, line: &'s StatementLine) {
        let add = |sum: &mut Option<Exact>| {
            *sum = Some(sum.as_ref().unwrap_or(&Exact::ZERO) + &line.amount);
        };
        match line.line_type {
            LineType::Entitlement => {
                self.entitlement = &self.entitlement + &line.amount;
                self.periods.push(&line.period);
                self.data = worse(self.data, line.data);
            }
            LineType::OnAccount => add(&mut self.on_account),
            LineType::Settlement => add(&mut self.settlement),
        }
    }

    /// The members as in the id of the line, whose holder stands above.
    pub fn ids(&self) -> String {
        member_ids(&self.line.members, None).join(":")
    }

    /// The members by title.
    pub fn titles(&self) -> String {
        member_titles(&self.line.members).join(", ")
    }
}

/// The sum of the amounts that are there; nothing when none is.
fn sum_of_given<'a>(amounts: impl Iterator<Item = Option<&'a Exact>>) -> Option<Exact> {
    amounts.flatten().fold(None, |sum, amount| Some(&sum.unwrap_or(Exact::ZERO) + amount))
}

fn worse(a: DataStatus, b: DataStatus) -> DataStatus {
    let rank = |status: DataStatus| match status {
        DataStatus::Agreed => 0,
        DataStatus::Final => 1,
        DataStatus::Provisional => 2,
    };
    if rank(a) >= rank(b) { a } else { b }
}
