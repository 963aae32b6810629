//! A statement as rows of Aggregate Contract Monitoring, so that it stands in the file that finance teams
//! already hold against the invoice.
//!
//! The rows are those between the commissioner and each provider, what is paid through a prime under the
//! prime. The clause stands in LOCAL CONTRACT MONITORING CODE, the members in CONTRACT MONITORING ADDITIONAL
//! DETAIL. What is written keeps the rules that are held against what is read.

use std::collections::BTreeMap;

use carepact::calendar::PeriodKind;
use carepact::contract::Contract;
use carepact::contract::kinds::{self, Promise};
use carepact::statement::{LineType, StatementLine};
use carepact::{Diagnostic, Exact, Statement};
use serde::Deserialize;

use super::acm::{self, COLUMNS};
use super::codes::{CONTROL, MAPPING, problem};
use super::output::{Cell, Grid};
use super::sheet::Table;
use crate::journal::who;

/// What an export needs to know beside the statement.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// The party whose account it is.
    pub commissioner: String,
    /// The category of commissioned services.
    pub service_category: String,
    /// The code of each party; without one that of the contract counts, and a holder's own name.
    #[serde(default)]
    pub organisations: BTreeMap<String, String>,
    /// What the contract is called in LOCAL CONTRACT CODE.
    #[serde(default)]
    pub local_contract_code: String,
    /// The month of what counts for a whole year: 12, or 13 for the year end.
    #[serde(default = "twelve")]
    pub month_of_years: u32,
    /// What is written.
    #[serde(default)]
    pub amounts: Amounts,
    /// The point of delivery of clauses; the first that fits counts.
    #[serde(default)]
    pub points_of_delivery: Vec<PointOfDelivery>,
}

fn twelve() -> u32 {
    12
}

/// Which lines of a statement are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amounts {
    /// What is paid: instalments, settlements, and what has neither.
    #[default]
    Payable,
    /// What is due in all.
    Entitlements,
}

/// The point of delivery of a clause.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointOfDelivery {
    /// The clause; without it any.
    #[serde(default)]
    pub clause: Option<String>,
    /// The kind of clause as the contract writes it; without it any.
    #[serde(default)]
    pub kind: Option<String>,
    /// The national point of delivery.
    pub is: String,
}

impl Export {
    /// Reads what is said in a file.
    pub fn parse(name: &str, text: &str, contract: &Contract) -> Result<Export, Vec<Diagnostic>> {
        let read: Export = serde_json::from_str(text).map_err(|error| {
            let remedy = "see the guide `Import and export files` for the form of an export";
            vec![problem(&MAPPING, format!("{name}: {error}"), remedy)]
        })?;
        let mut problems = Vec::new();
        let mut refuse = |found: String, remedy: &str| {
            problems.push(problem(&MAPPING, format!("{name}: {found}"), remedy));
        };
        let party = |id: &str| contract.parties.iter().any(|party| party.id == id && !party.many);
        for id in read.organisations.keys().chain([&read.commissioner]).filter(|id| !party(id)) {
            let known: Vec<&str> = contract.parties.iter().map(|party| party.id.as_str()).collect();
            refuse(
                format!("the contract has no party `{id}`"),
                &format!("its parties are {}", known.join(", ")),
            );
        }
        if !matches!(read.month_of_years, 12 | 13) {
            refuse(format!("month_of_years is {}", read.month_of_years), "write 12, or 13 for the year end");
        }
        for point in &read.points_of_delivery {
            if !acm::WITHOUT_ACTIVITY.contains(&point.is.as_str()) {
                let remedy =
                    format!("amounts without activity have one of {}", acm::WITHOUT_ACTIVITY.join(", "));
                refuse(format!("the point of delivery `{}`", point.is), &remedy);
            }
            let clause = point.clause.as_ref();
            if clause.is_some_and(|id| !contract.clauses.iter().any(|clause| clause.id == *id)) {
                refuse(
                    format!("the contract has no clause `{}`", clause.map_or("", |id| id)),
                    "check its name",
                );
            }
            if point.kind.as_ref().is_some_and(|kind| kinds::find(kind).is_none()) {
                let kind = point.kind.as_deref().unwrap_or_default();
                refuse(format!("there is no kind of clause `{kind}`"), "write it as the contract does");
            }
        }
        if problems.is_empty() { Ok(read) } else { Err(problems) }
    }

    /// The point of delivery of a clause: as the file says; otherwise CQUIN where the kind promises to
    /// depend on an outcome, BLOCK where it pays for services, and ADJUSTMENT.
    fn point_of_delivery(&self, contract: &Contract, clause: &str) -> &str {
        let found = contract.clauses.iter().find(|known| known.id == clause);
        let kind = found.map(|clause| clause.kind);
        let fits = |point: &&PointOfDelivery| {
            point.clause.as_ref().is_none_or(|wanted| wanted == clause)
                && point.kind.as_ref().is_none_or(|wanted| kind.is_some_and(|kind| kind.word == wanted))
        };
        if let Some(point) = self.points_of_delivery.iter().find(fits) {
            return &point.is;
        }
        match kind {
            Some(kind) if kind.promises.contains(&Promise::DependsOnOutcome) => "CQUIN",
            Some(kind) if kind.pays_for_services => "BLOCK",
            Some(_) | None => "ADJUSTMENT",
        }
    }

    fn counts(&self, line: &StatementLine) -> bool {
        line.live
            && match self.amounts {
                Amounts::Payable => line.payable,
                Amounts::Entitlements => line.line_type == LineType::Entitlement,
            }
    }
}

/// The rows of a statement, made at this moment (`2026-12-15T09:00:00`).
pub fn rows(statement: &Statement<'_>, export: &Export, created: &str) -> Result<Grid, Vec<Diagnostic>> {
    let headings: Vec<&str> = COLUMNS.iter().map(|column| column.heading).collect();
    let mut grid = Grid::new("ACM", &headings);
    let contract = statement.model().contract();
    for line in statement.lines().iter().filter(|line| export.counts(line)) {
        let own = line.postings().into_iter().filter(|posting| posting.party == export.commissioner);
        for posting in own {
            let provider = who(contract, line, &posting.other);
            grid.rows.push(row((contract, export, created), line, provider, -&posting.amount));
        }
    }
    let mut problems = against_statement(statement, export, &grid);
    problems.extend(broken(&grid));
    if problems.is_empty() { Ok(grid) } else { Err(problems) }
}

fn row(
    (contract, export, created): (&Contract, &Export, &str),
    line: &StatementLine,
    provider: &str,
    price: Exact,
) -> Vec<Cell> {
    let (year, month) = month(contract, export, &line.period);
    let members: Vec<&str> = line.members.iter().map(|(_, member, _)| member.as_str()).collect();
    // Whoever is paid through the prime is named beside the members.
    let beyond = [&line.payee, &line.payer]
        .map(|party| who(contract, line, party))
        .into_iter()
        .find(|party| line.through.is_some() && *party != export.commissioner && *party != provider);
    let detail = members.iter().copied().chain(beyond).collect::<Vec<_>>().join(":");
    let titles: Vec<&str> = line.members.iter().map(|(_, _, title)| title.as_str()).collect();
    let value = |heading: &str| -> Cell {
        match heading {
            acm::MONTH => Cell::text(month.to_string()),
            acm::YEAR => Cell::text(year.clone()),
            "DATE AND TIME DATA SET CREATED" => Cell::text(created),
            acm::PROVIDER => Cell::text(code(contract, export, provider)),
            "ORGANISATION IDENTIFIER (CODE OF COMMISSIONER)" => {
                Cell::text(code(contract, export, &export.commissioner))
            }
            "COMMISSIONED SERVICE CATEGORY CODE" => Cell::text(export.service_category.clone()),
            acm::DELIVERY => Cell::text(export.point_of_delivery(contract, &line.clause)),
            "LOCAL POINT OF DELIVERY CODE" => Cell::text(line.line_type.words().to_uppercase()),
            "LOCAL CONTRACT CODE" => Cell::text(export.local_contract_code.clone()),
            "LOCAL CONTRACT CODE DESCRIPTION" => Cell::text(cut(&contract.title)),
            "LOCAL CONTRACT MONITORING CODE" => Cell::text(line.clause.clone()),
            "LOCAL CONTRACT MONITORING DESCRIPTION" => Cell::text(cut(&line.title)),
            "CONTRACT MONITORING ADDITIONAL DETAIL" => Cell::text(detail.clone()),
            "CONTRACT MONITORING ADDITIONAL DESCRIPTION" => Cell::text(cut(&titles.join(", "))),
            "CONTRACT MONITORING PLANNED ACTIVITY" | "CONTRACT MONITORING ACTUAL ACTIVITY" => Cell::text("0"),
            acm::ACTUAL_PRICE => Cell::Amount(price.clone()),
            _ => Cell::Empty,
        }
    };
    COLUMNS.iter().map(|column| value(column.heading)).collect()
}

/// Descriptions are for people; codes are never cut.
fn cut(text: &str) -> String {
    text.chars().take(100).collect()
}

/// The financial year and month of a period: its last month.
fn month(contract: &Contract, export: &Export, key: &str) -> (String, u32) {
    let calendar = &contract.calendar;
    let period = calendar.period(key);
    let last = period.and_then(|period| calendar.within(period, PeriodKind::Month).into_iter().next_back());
    let key = last.map_or(String::new(), |month| calendar.key(month));
    let year: i32 = key.get(..4).and_then(|year| year.parse().ok()).unwrap_or(0);
    let month: u32 = key.get(5..7).and_then(|month| month.parse().ok()).unwrap_or(0);
    let start = if month >= 4 { year } else { year - 1 };
    let longer = period.is_some_and(|period| period.kind > PeriodKind::Quarter);
    let number = if longer { export.month_of_years } else { (month + 8) % 12 + 1 };
    (format!("{start:04}{:02}", (start + 1) % 100), number)
}

fn code(contract: &Contract, export: &Export, party: &str) -> String {
    if let Some(code) = export.organisations.get(party) {
        return code.clone();
    }
    let at = contract.parties.iter().position(|known| known.id == party);
    let parties = contract.document.root().get("parties");
    let own = at.and_then(|at| parties?.items().get(at)?.get("codes")?.items().first()?.text());
    own.map_or_else(|| party.to_string(), str::to_string)
}

/// The prices come to what the commissioner owes by the lines, which is worked out without the postings that
/// the rows are made of.
fn against_statement(statement: &Statement<'_>, export: &Export, grid: &Grid) -> Vec<Diagnostic> {
    let signed = |line: &StatementLine| {
        if line.payer == export.commissioner {
            line.amount.clone()
        } else if line.payee == export.commissioner {
            -&line.amount
        } else {
            Exact::ZERO
        }
    };
    let stated: Exact = statement.lines().iter().filter(|line| export.counts(line)).map(signed).sum();
    let written = total(grid);
    if stated == written {
        return Vec::new();
    }
    let found = format!("the rows come to {} and the statement to {}", written.grouped(2), stated.grouped(2));
    vec![problem(&CONTROL, found, "please report this contract to the developers")]
}

/// What the prices of the rows come to.
pub fn total(grid: &Grid) -> Exact {
    let amounts = grid.rows.iter().flatten().filter_map(|cell| match cell {
        Cell::Amount(amount) => Some(amount),
        Cell::Text(_) | Cell::Empty => None,
    });
    amounts.sum()
}

/// Rows that break a rule of the layout.
fn broken(grid: &Grid) -> Vec<Diagnostic> {
    let rows = grid.rows.iter().zip(2..).map(|(row, number)| (number, row.iter().map(Cell::plain).collect()));
    let file = "the rows to be written".to_string();
    acm::validate(&mut Table { file, headings: grid.headings.clone(), rows: rows.collect() })
}
