//! Rows of published files as observations of a contract's measures.
//!
//! A suppressed figure is never 0: it is refused, or suppressed in the observation as well. Nothing is added
//! up that the mapping does not say, but the rows of contract monitoring, which are parts of one account.

use std::collections::{BTreeMap, BTreeSet};

use carepact::{Diagnostic, Exact};

use super::acm;
use super::cells::neutral;
use super::codes::{FIELD, LAYOUT, MAPPING, SUPPRESSED, in_row, problem};
use super::layout::{Layout, Month};
use super::mapping::{Cells, Combine, Mapping, Member, Per, Rule, Side, Suppressed, ThirteenthMonth};
use super::sheet::Table;

/// Cells that stand for a figure that is not shown.
const NOT_SHOWN: [&str; 6] = ["*", "<5", "< 5", "[c]", "[x]", "-"];

/// Observations, and what became of the rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// The headings of the observations.
    pub headings: Vec<String>,
    /// Their rows.
    pub rows: Vec<Vec<String>>,
    /// How many rows of the files some rule takes in.
    pub taken: usize,
    /// How many none does.
    pub left: usize,
}

/// What is observed: measure, period and members.
type Key = (usize, String, Vec<(String, String)>);

/// A figure that is being put together.
#[derive(Debug, Clone, Default)]
struct Sum {
    amount: Option<Exact>,
    suppressed: bool,
    rows: usize,
    month: Option<Month>,
}

/// Value, or numerator and denominator.
type Sums = [Sum; 2];

/// Takes observations from tables of one layout, which were validated where it has rules.
pub fn import(
    (name, mapping, layout): (&str, &Mapping, Layout),
    tables: &[Table],
) -> Result<Imported, Vec<Diagnostic>> {
    let mut work = Work { mapping, layout, sums: BTreeMap::new(), problems: Vec::new(), taken: 0, left: 0 };
    for table in tables {
        let unread = layout_missing(layout, table);
        let missing = mapping.missing(name, table);
        if unread.is_empty() && missing.is_empty() {
            let looked = Looked::of(table, mapping, layout);
            work.refuse_totals_beside_parts(name, &looked);
            work.add(&looked);
        }
        work.problems.extend(unread);
        work.problems.extend(missing);
    }
    work.refuse_nothing(name);
    if work.problems.is_empty() { Ok(work.imported()) } else { Err(work.problems) }
}

/// Columns by which a layout is told and that a table lacks.
fn layout_missing(layout: Layout, table: &Table) -> Vec<Diagnostic> {
    let missing = layout.needed().iter().filter(|heading| table.column(heading).is_none());
    let refused = missing.map(|heading| {
        let found = format!("there is no column `{heading}`");
        let remedy = format!("the layout `{}` has it", layout.word());
        in_row(&LAYOUT, (&table.file, 1), None, found, &remedy)
    });
    refused.collect()
}

/// A table with the places of the columns that are looked at in every row.
struct Looked<'t> {
    table: &'t Table,
    columns: BTreeMap<String, usize>,
}

impl<'t> Looked<'t> {
    fn of(table: &'t Table, mapping: &Mapping, layout: Layout) -> Looked<'t> {
        let named = mapping.columns().into_iter();
        let named = named.chain(layout.needed().iter().map(|heading| (*heading).to_string()));
        let columns = named.filter_map(|heading| Some((table.column(&heading)?, heading)));
        Looked { table, columns: columns.map(|(at, heading)| (heading, at)).collect() }
    }

    fn column(&self, heading: &str) -> Option<usize> {
        self.columns.get(heading).copied()
    }
}

struct Work<'m> {
    mapping: &'m Mapping,
    layout: Layout,
    sums: BTreeMap<Key, Sums>,
    problems: Vec<Diagnostic>,
    taken: usize,
    left: usize,
}

impl Work<'_> {
    fn add(&mut self, looked: &Looked<'_>) {
        for (row, cells) in &looked.table.rows {
            let month = self.layout.month(|heading| looked.column(heading).map_or("", |at| &cells[at]));
            let omitted = self.mapping.thirteenth_month == Some(ThirteenthMonth::Omit);
            if omitted && month.is_some_and(|month| month.adjustment) {
                self.left += 1;
                continue;
            }
            let mut taken = false;
            for (index, rule) in self.mapping.measures.iter().enumerate() {
                if takes(looked, &rule.rows, cells) {
                    taken |= self.add_by(looked, (index, rule), (*row, cells), month);
                }
            }
            if taken {
                self.taken += 1;
            } else {
                self.left += 1;
            }
        }
    }

    /// Adds a row by a rule; false when it is of no member that the rule knows.
    fn add_by(
        &mut self,
        looked: &Looked<'_>,
        (index, rule): (usize, &Rule),
        (row, cells): (usize, &[String]),
        month: Option<Month>,
    ) -> bool {
        let Some(members) = members(looked, rule, cells) else { return false };
        let at = (looked.table.file.as_str(), row);
        let Some(month) = month else {
            let found = "the period of the row cannot be told".to_string();
            self.problems.push(in_row(&FIELD, at, None, found, "write a date such as 2026-04-01"));
            return false;
        };
        if month.adjustment && self.mapping.thirteenth_month.is_none() {
            let found = "a row of the thirteenth month".to_string();
            let remedy = "say in the mapping what it counts as: `thirteenth_month`: last_month or omit";
            self.problems.push(in_row(&MAPPING, at, Some(acm::MONTH), found, remedy));
            return false;
        }
        let period = match rule.per {
            Per::Month => month.key(),
            Per::Quarter => month.quarter_key(),
            Per::Year => month.year_key(),
        };
        let key = (index, period, members);
        let value = rule.sum.as_ref().map(|sum| Side { rows: BTreeMap::new(), sum: sum.clone() });
        let sides = [value.as_ref().or(rule.numerator.as_ref()), rule.denominator.as_ref()];
        let mut taken = false;
        for (side, which) in sides.into_iter().zip(0..).filter_map(|(side, which)| Some((side?, which))) {
            if takes(looked, &side.rows, cells) {
                taken = true;
                self.add_figure(looked, (rule, &side.sum), (row, cells, month), (&key, which));
            }
        }
        taken
    }

    fn add_figure(
        &mut self,
        looked: &Looked<'_>,
        (rule, heading): (&Rule, &str),
        (row, cells, month): (usize, &[String], Month),
        (key, which): (&Key, usize),
    ) {
        let at = (looked.table.file.as_str(), row);
        let cell = looked.column(heading).map_or("", |at| cells[at].as_str());
        let not_shown = NOT_SHOWN.contains(&cell);
        let mut refuse = |code, found: String, remedy: &str| {
            self.problems.push(in_row(code, at, Some(heading), found, remedy));
        };
        if not_shown && rule.suppressed == Suppressed::Refuse {
            let remedy = "ask for the figure, or say `\"suppressed\": \"absent\"` in the mapping, and in the \
                          contract what counts then";
            return refuse(&SUPPRESSED, format!("`{cell}` is a suppressed figure"), remedy);
        }
        let amount = match Exact::parse(cell) {
            Ok(amount) => Some(amount),
            Err(_) if not_shown => None,
            Err(error) => {
                let found = if cell.is_empty() { "the cell is empty".to_string() } else { error.to_string() };
                return refuse(&FIELD, found, "write a plain decimal, without thousands separators");
            }
        };
        let sums = self.sums.entry(key.clone()).or_default();
        let sum = &mut sums[which];
        let combine = rule.combine.or(self.layout.adds_up().then_some(Combine::Sum));
        let other_month =
            sum.month.is_some_and(|known| (known.year, known.month) != (month.year, month.month));
        let later = sum.month.is_some_and(|known| known < month);
        match combine {
            None if sum.rows > 0 => {
                let found = format!("a second row for `{}` in {}", rule.measure, key.1);
                let remedy = "narrow `where`, or say in the mapping how rows are put together: `combine`";
                return refuse(&MAPPING, found, remedy);
            }
            Some(Combine::First) if other_month && later => return,
            Some(Combine::Last) if other_month && !later => return,
            Some(Combine::First | Combine::Last) if other_month => *sum = Sum::default(),
            Some(Combine::Sum | Combine::First | Combine::Last) | None => {}
        }
        sum.rows += 1;
        sum.month = Some(month);
        sum.suppressed |= amount.is_none();
        if let Some(amount) = amount {
            sum.amount = Some(sum.amount.take().map_or(amount.clone(), |before| &before + &amount));
        }
    }

    /// Rows of a total beside rows of its parts would count everything twice.
    fn refuse_totals_beside_parts(&mut self, name: &str, looked: &Looked<'_>) {
        let table = looked.table;
        for heading in self.layout.with_totals() {
            let Some(at) = table.column(heading) else { continue };
            for rule in &self.mapping.measures {
                let by_member = rule.members.values().any(
                    |member| matches!(member, Member::From(from) if table.column(&from.column) == Some(at)),
                );
                let by_rows = rule.rows.keys().any(|key| table.column(key) == Some(at));
                if by_member || by_rows {
                    continue;
                }
                let taken = table.rows.iter().filter(|(_, cells)| takes(looked, &rule.rows, cells));
                let cells: BTreeSet<&str> = taken.map(|(_, cells)| cells[at].as_str()).collect();
                if cells.len() > 1 && cells.contains("ALL") {
                    let found = format!(
                        "{name} takes rows of {} with {heading} ALL and rows of its parts for `{}`",
                        table.file, rule.measure
                    );
                    let remedy = format!("say which: `\"where\": {{ \"{heading}\": \"ALL\" }}`");
                    self.problems.push(problem(&MAPPING, found, &remedy));
                }
            }
        }
    }

    fn refuse_nothing(&mut self, name: &str) {
        if self.problems.is_empty() && self.taken == 0 {
            let found = format!("{name} takes none of {} rows", self.left);
            self.problems.push(problem(&MAPPING, found, "check `where` and the members of each measure"));
        }
        for (index, rule) in self.mapping.measures.iter().enumerate() {
            let own = self.sums.iter().filter(|((of, ..), _)| *of == index);
            let half = own.filter(|(_, sums)| rule.sum.is_none() && sums.iter().any(|sum| sum.rows == 0));
            for ((_, period, members), sums) in half {
                let side = if sums[0].rows == 0 { "numerator" } else { "denominator" };
                let members: Vec<&str> = members.iter().map(|(_, member)| member.as_str()).collect();
                let found = format!("`{}` has no {side} in {period} {}", rule.measure, members.join(" "));
                self.problems.push(problem(
                    &MAPPING,
                    found.trim_end().to_string(),
                    "check `where` of the side",
                ));
            }
        }
    }

    fn imported(self) -> Imported {
        let mut axes: Vec<&str> = Vec::new();
        for axis in self.mapping.measures.iter().flat_map(|rule| rule.members.keys()) {
            if !axes.contains(&axis.as_str()) {
                axes.push(axis);
            }
        }
        let ends = ["numerator", "denominator", "value", "submission"];
        let headings = ["measure", "period"].into_iter().chain(axes.iter().copied()).chain(ends);
        let rows = self.sums.iter().map(|((rule, period, members), sums)| {
            let rule = &self.mapping.measures[*rule];
            let of = |axis: &&str| members.iter().find(|(known, _)| known == axis).map(|(_, member)| member);
            let own = axes.iter().map(|axis| of(axis).map_or(String::new(), |m| neutral(m).into_owned()));
            let ratio = rule.sum.is_none();
            let figures = [
                if ratio { figure(&sums[0]) } else { String::new() },
                if ratio { figure(&sums[1]) } else { String::new() },
                if ratio { String::new() } else { figure(&sums[0]) },
            ];
            let begins = [rule.measure.clone(), period.clone()];
            begins.into_iter().chain(own).chain(figures).chain([self.mapping.submission.clone()]).collect()
        });
        Imported {
            headings: headings.map(str::to_string).collect(),
            rows: rows.collect(),
            taken: self.taken,
            left: self.left,
        }
    }
}

/// A figure that one suppressed part makes unknown as a whole.
fn figure(sum: &Sum) -> String {
    match &sum.amount {
        Some(amount) if !sum.suppressed => amount.to_string(),
        Some(_) | None => "*".to_string(),
    }
}

fn takes(looked: &Looked<'_>, rows: &BTreeMap<String, Cells>, cells: &[String]) -> bool {
    rows.iter().all(|(heading, wanted)| looked.column(heading).is_some_and(|at| wanted.take(&cells[at])))
}

/// The members of a row; nothing when it is of none that the rule knows.
fn members(looked: &Looked<'_>, rule: &Rule, cells: &[String]) -> Option<Vec<(String, String)>> {
    let member = |member: &Member| match member {
        Member::Fixed(fixed) => Some(fixed.clone()),
        Member::From(from) => {
            let cell = looked.column(&from.column).map(|at| cells[at].as_str())?;
            if !from.bands.is_empty() {
                let number: u32 = cell.trim_end_matches('+').parse().ok()?;
                let band = from.bands.iter().find(|(_, [first, last])| (first..=last).contains(&&number));
                return band.map(|(band, _)| band.clone());
            }
            if from.is.is_empty() { Some(cell.to_string()) } else { from.is.get(cell).cloned() }
        }
    };
    rule.members.iter().map(|(axis, how)| Some((axis.clone(), member(how)?))).collect()
}
