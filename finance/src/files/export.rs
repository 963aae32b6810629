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
use carepact::{Diagnostic, Exact, Mode, Statement};
use serde::Deserialize;

use super::acm;
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
    /// The market forces factor of each party, where amounts hold one.
    #[serde(default)]
    pub market_forces_factors: BTreeMap<String, Factor>,
    /// Who submits a plan, in its variant of the layout.
    #[serde(default)]
    pub submitter: String,
    /// The point of delivery of clauses; the first that fits counts.
    #[serde(default)]
    pub points_of_delivery: Vec<PointOfDelivery>,
}

/// A factor above 0, written as text so that no digit is lost.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Factor(Exact);

impl TryFrom<String> for Factor {
    type Error = String;

    fn try_from(text: String) -> Result<Factor, String> {
        let factor = Exact::parse(&text).ok().filter(|factor| factor.sign() > 0);
        factor.map(Factor).ok_or_else(|| format!("`{text}` is no factor above 0, such as \"1.0432\""))
    }
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
        let named = read.organisations.keys().chain(read.market_forces_factors.keys());
        for id in named.chain([&read.commissioner]).filter(|id| !party(id)) {
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

/// What is written: a statement as actual prices, as planned ones, or one beside the other.
#[derive(Debug, Clone, Copy)]
pub enum Figures<'s> {
    /// Actual prices alone.
    Actual(&'s Statement<'s>),
    /// The plan variant of the layout, which has no actual prices.
    Plan(&'s Statement<'s>),
    /// Actual prices, and those of a plan of the same contract and periods.
    Beside(&'s Statement<'s>, &'s Statement<'s>),
}

impl<'s> Figures<'s> {
    fn actual(&self) -> Option<&'s Statement<'s>> {
        match self {
            Figures::Actual(statement) | Figures::Beside(statement, _) => Some(statement),
            Figures::Plan(_) => None,
        }
    }

    fn planned(&self) -> Option<&'s Statement<'s>> {
        match self {
            Figures::Plan(statement) | Figures::Beside(_, statement) => Some(statement),
            Figures::Actual(_) => None,
        }
    }
}

/// A row to be: a line between the commissioner and a provider, with what it comes to and was to come to.
struct Entry<'s> {
    line: &'s StatementLine,
    provider: String,
    actual: Exact,
    planned: Exact,
}

/// What tells a row from all others.
type Key<'s> = (&'s str, LineType, &'s str, &'s str, String);

/// The rows of one statement, and those that only a second one has.
fn entries<'s>(figures: &Figures<'s>, export: &Export) -> Vec<Entry<'s>> {
    let mut all: Vec<Entry<'s>> = Vec::new();
    let mut known: BTreeMap<Key<'s>, usize> = BTreeMap::new();
    let statements = [(figures.actual(), true), (figures.planned(), false)];
    for (statement, is_actual) in statements {
        let Some(statement) = statement else { continue };
        let contract = statement.model().contract();
        for line in statement.lines().iter().filter(|line| export.counts(line)) {
            for posting in line.postings().into_iter().filter(|own| own.party == export.commissioner) {
                let provider = who(contract, line, &posting.other).to_string();
                let key = (
                    line.id.as_str(),
                    line.line_type,
                    line.payer.as_str(),
                    line.payee.as_str(),
                    provider.clone(),
                );
                let at = *known.entry(key).or_insert_with(|| {
                    let (actual, planned) = (Exact::ZERO, Exact::ZERO);
                    all.push(Entry { line, provider, actual, planned });
                    all.len() - 1
                });
                let amount = if is_actual { &mut all[at].actual } else { &mut all[at].planned };
                *amount = &*amount - &posting.amount;
            }
        }
    }
    all
}

/// The rows, made at this moment (`2026-12-15T09:00:00`).
pub fn rows(figures: &Figures<'_>, export: &Export, created: &str) -> Result<Grid, Vec<Diagnostic>> {
    let plan = figures.actual().is_none();
    if plan && export.submitter.is_empty() {
        let remedy = "write `submitter` in the file of `--rules`";
        return Err(vec![problem(&MAPPING, "nobody is named who submits the plan".to_string(), remedy)]);
    }
    let mut grid = Grid::new("ACM", &acm::headings(plan));
    let Some(statement) = figures.actual().or(figures.planned()) else { return Ok(grid) };
    let contract = statement.model().contract();
    let entries = entries(figures, export);
    let of = (contract, export, created);
    grid.rows = entries.iter().map(|entry| row(of, figures, entry, &grid.headings)).collect();
    let mut problems = against_statements(figures, export, &grid);
    problems.extend(broken(&grid));
    if problems.is_empty() { Ok(grid) } else { Err(problems) }
}

impl Export {
    /// A price and what the market forces factor adds to it, which come to the amount; nothing is added
    /// where no factor is given for the provider.
    fn price_and_factor(&self, provider: &str, amount: &Exact) -> (Cell, Cell) {
        let factor = self.market_forces_factors.get(provider);
        let price = factor.and_then(|factor| amount.checked_div(&factor.0));
        match price {
            None => (Cell::Amount(amount.clone()), Cell::Empty),
            Some(price) => {
                let price = price.rounded(&Exact::scaled(1, 2), Mode::HalfAway);
                let added = amount - &price;
                (Cell::Amount(price), Cell::Amount(added))
            }
        }
    }
}

fn row(
    (contract, export, created): (&Contract, &Export, &str),
    figures: &Figures<'_>,
    entry: &Entry<'_>,
    headings: &[String],
) -> Vec<Cell> {
    let (line, provider) = (entry.line, entry.provider.as_str());
    let (year, month) = month(contract, export, &line.period);
    let members: Vec<&str> = line.members.iter().map(|(_, member, _)| member.as_str()).collect();
    // Whoever is paid through the prime is named beside the members.
    let beyond = [&line.payee, &line.payer]
        .map(|party| who(contract, line, party))
        .into_iter()
        .find(|party| line.through.is_some() && *party != export.commissioner && *party != provider);
    let detail = members.iter().copied().chain(beyond).collect::<Vec<_>>().join(":");
    let titles: Vec<&str> = line.members.iter().map(|(_, _, title)| title.as_str()).collect();
    let (price, factor) = export.price_and_factor(provider, &entry.actual);
    let (planned, planned_factor) = match figures.planned() {
        Some(_) => export.price_and_factor(provider, &entry.planned),
        None => (Cell::Empty, Cell::Empty),
    };
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
            acm::PLANNED_PRICE => planned.clone(),
            acm::PLANNED_FACTOR => planned_factor.clone(),
            acm::ACTUAL_PRICE => price.clone(),
            acm::ACTUAL_FACTOR => factor.clone(),
            acm::SUBMITTER => Cell::text(export.submitter.clone()),
            _ => Cell::Empty,
        }
    };
    headings.iter().map(|heading| value(heading)).collect()
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
fn against_statements(figures: &Figures<'_>, export: &Export, grid: &Grid) -> Vec<Diagnostic> {
    let signed = |line: &StatementLine| {
        if line.payer == export.commissioner {
            line.amount.clone()
        } else if line.payee == export.commissioner {
            -&line.amount
        } else {
            Exact::ZERO
        }
    };
    let (actual, planned) = totals(grid);
    let mut problems = Vec::new();
    for (statement, written) in [(figures.actual(), actual), (figures.planned(), planned)] {
        let Some(statement) = statement else { continue };
        let stated: Exact = statement.lines().iter().filter(|line| export.counts(line)).map(signed).sum();
        let written = written.unwrap_or(Exact::ZERO);
        if stated != written {
            let (written, stated) = (written.grouped(2), stated.grouped(2));
            let found = format!("the rows come to {written} and the statement to {stated}");
            problems.push(problem(&CONTROL, found, "please report this contract to the developers"));
        }
    }
    problems
}

/// What the actual and the planned prices of the rows come to, with what factors add; nothing where there
/// are none.
pub fn totals(grid: &Grid) -> (Option<Exact>, Option<Exact>) {
    let total = |columns: [&str; 2]| {
        let places: Vec<usize> = (0..)
            .zip(&grid.headings)
            .filter_map(|(place, heading)| columns.contains(&heading.as_str()).then_some(place))
            .collect();
        let cells = grid.rows.iter().flat_map(|row| places.iter().filter_map(|place| row.get(*place)));
        let amounts: Vec<&Exact> = cells
            .filter_map(|cell| match cell {
                Cell::Amount(amount) => Some(amount),
                Cell::Text(_) | Cell::Empty => None,
            })
            .collect();
        (!amounts.is_empty()).then(|| amounts.into_iter().sum())
    };
    (total([acm::ACTUAL_PRICE, acm::ACTUAL_FACTOR]), total([acm::PLANNED_PRICE, acm::PLANNED_FACTOR]))
}

/// Rows that break a rule of the layout.
fn broken(grid: &Grid) -> Vec<Diagnostic> {
    let rows = grid.rows.iter().zip(2..).map(|(row, number)| (number, row.iter().map(Cell::plain).collect()));
    let file = "the rows to be written".to_string();
    acm::validate(&mut Table { file, headings: grid.headings.clone(), rows: rows.collect() })
}
