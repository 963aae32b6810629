//! A wide table whose rows are added one by one, as observations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::rule::{Part, Rule};
use super::{Mapping, plain_rule};
use crate::contract::shape::Reports;
use crate::num::Exact;
use crate::observe::{Observations, Row, clean};
use crate::source::{Diagnostic, Location, catalogue, did_you_mean};

/// A wide table whose rows are added one by one.
#[derive(Debug)]
pub struct WideTable<'t> {
    observations: &'t mut Observations,
    missing: &'t [String],
    file: Arc<str>,
    holder_axis: Arc<str>,
    /// Where the holder stands; nothing when there is no such column.
    holder: Option<usize>,
    for_each: String,
    groups: Vec<Group>,
    nothing: Arc<str>,
}

/// The columns of one observation.
#[derive(Debug)]
struct Group {
    measure: Arc<str>,
    period: Arc<str>,
    members: Vec<(Arc<str>, Arc<str>)>,
    by_holder: bool,
    /// The headings, for messages.
    heading: Arc<str>,
    cells: Vec<Cell>,
    /// Of what is common to all holders: the first row that gave it, and what it said.
    first: Option<(usize, Vec<String>)>,
}

#[derive(Debug)]
struct Cell {
    column: usize,
    part: Part,
    codes: BTreeMap<String, String>,
    times: Option<Exact>,
    strip: Vec<String>,
}

impl<'c> Mapping<'c> {
    /// Begins a table whose rows are then added one by one; the column `for_each` names the
    /// holder. `seen` collects the headings of the mapping that the tables have.
    pub fn table<'t>(
        &'t self,
        observations: &'t mut Observations,
        file: &str,
        headings: &[impl AsRef<str>],
        (for_each, seen): (&str, &mut BTreeSet<String>),
    ) -> WideTable<'t> {
        let headings: Vec<&str> = headings.iter().map(|heading| clean(heading.as_ref())).collect();
        let holder = headings.iter().position(|heading| *heading == for_each);
        let mut table = WideTable {
            missing: &self.missing,
            file: Arc::from(file),
            holder_axis: observations.text(&self.holder),
            holder,
            for_each: for_each.to_string(),
            groups: Vec::new(),
            nothing: observations.text(""),
            observations,
        };
        for (column, heading) in headings.iter().enumerate() {
            if Some(column) == holder || heading.is_empty() {
                continue;
            }
            if headings[..column].contains(heading) {
                table.report(1, Some(heading), "the heading stands twice", "rename or remove one column");
            } else if self.plain {
                let mut reports = Reports::default();
                let rule = plain_rule(self.contract, heading, self.period.as_deref(), &mut reports);
                table.report_heading(heading, reports);
                rule.into_iter().for_each(|rule| table.add_column(column, &rule, &rule.members, heading));
            } else {
                for rule in &self.rules {
                    for (_, members) in rule.headings().iter().filter(|(known, _)| known == heading) {
                        seen.insert(rule.heading.clone());
                        table.add_column(column, rule, members, heading);
                    }
                }
            }
        }
        table
    }

    /// The columns of the mapping that none of the tables has.
    pub fn unseen(&self, seen: &BTreeSet<String>) -> Vec<Diagnostic> {
        let rules = self.rules.iter().filter(|rule| !rule.optional && !seen.contains(&rule.heading));
        let problem = |rule: &Rule| Diagnostic {
            code: &catalogue::DATA_UNKNOWN,
            location: Location::Document(rule.place.clone()),
            found: format!("no table has a column `{}`", rule.heading),
            remedy: "write the heading as it stands in the table, or take the column out".to_string(),
        };
        rules.map(problem).collect()
    }

    /// True when a table is wide: it has the column that names the holder.
    pub fn is_wide(headings: &[impl AsRef<str>], for_each: &str) -> bool {
        headings.iter().any(|heading| clean(heading.as_ref()) == for_each)
    }
}

impl WideTable<'_> {
    fn report(&mut self, row: usize, column: Option<&str>, found: impl Into<String>, remedy: &str) {
        let location =
            Location::Data { file: self.file.to_string(), row, column: column.map(str::to_string) };
        self.observations.add_problem(Diagnostic {
            code: &catalogue::DATA_FORMAT,
            location,
            found: found.into(),
            remedy: remedy.to_string(),
        });
    }

    /// Problems of a heading that is to be one of the contract.
    fn report_heading(&mut self, heading: &str, reports: Reports) {
        for problem in reports.0 {
            let remedy = did_you_mean(heading, [self.for_each.as_str()])
                .map_or(problem.remedy, |near| format!("did you mean `{near}`?"));
            self.report(1, Some(heading), problem.found, &remedy);
        }
    }

    fn add_column(&mut self, column: usize, rule: &Rule, members: &[(String, String)], heading: &str) {
        let cell = Cell {
            column,
            part: rule.part,
            codes: rule.codes.clone(),
            times: rule.times.clone(),
            strip: rule.strip.clone(),
        };
        let observations = &mut *self.observations;
        let members: Vec<_> = members
            .iter()
            .map(|(axis, member)| (observations.text(axis), observations.text(member)))
            .collect();
        let same = |group: &&mut Group| {
            *group.measure == *rule.measure && *group.period == *rule.period && group.members == members
        };
        if let Some(group) = self.groups.iter_mut().find(same) {
            group.heading = Arc::from(format!("{}, {heading}", group.heading));
            group.cells.push(cell);
            return;
        }
        self.groups.push(Group {
            measure: observations.text(&rule.measure),
            period: observations.text(&rule.period),
            members,
            by_holder: rule.by_holder,
            heading: Arc::from(heading),
            cells: vec![cell],
            first: None,
        });
    }

    /// Adds a record and the row it stands in; rows without any text are passed over.
    pub fn add(&mut self, row: usize, record: &[impl AsRef<str>]) {
        let cell = |column: usize| record.get(column).map_or("", |cell| clean(cell.as_ref()));
        if (0..record.len()).all(|column| cell(column).is_empty()) {
            return;
        }
        let holder = self.holder.map_or("", cell);
        if holder.is_empty() {
            let for_each = self.for_each.clone();
            self.report(row, Some(&for_each), "the row names no holder", "name it, or take the row out");
            return;
        }
        for index in 0..self.groups.len() {
            let texts: Vec<String> =
                self.groups[index].cells.iter().map(|known| known.text(cell(known.column))).collect();
            // What says that there is no observation is as good as an empty cell.
            let given = |text: String| if self.missing.contains(&text) { String::new() } else { text };
            let texts: Vec<String> = texts.into_iter().map(given).collect();
            if texts.iter().all(String::is_empty) {
                continue;
            }
            if self.groups[index].by_holder {
                self.push(index, row, &texts, Some(holder));
            } else {
                self.push_common(index, row, texts);
            }
        }
    }

    /// What is common to all holders is one observation, however many rows repeat it.
    fn push_common(&mut self, index: usize, row: usize, texts: Vec<String>) {
        let group = &mut self.groups[index];
        match &group.first {
            None => {
                group.first = Some((row, texts.clone()));
                self.push(index, row, &texts, None);
            }
            Some((_, first)) if *first == texts => {}
            Some((at, first)) => {
                let found = format!("{}, and {} in row {at}", texts.join(" of "), first.join(" of "));
                let heading = group.heading.clone();
                let remedy =
                    "what is common to all holders is the same in every row; let the measure be by holder";
                self.report(row, Some(&heading), found, remedy);
            }
        }
    }

    fn push(&mut self, index: usize, row: usize, texts: &[String], holder: Option<&str>) {
        let group = &self.groups[index];
        let text = |part: Part| -> Result<Box<str>, String> {
            let of_part = group.cells.iter().zip(texts).filter(|(cell, _)| cell.part == part);
            let mut values = Vec::new();
            for (cell, text) in of_part.filter(|(_, text)| !text.is_empty()) {
                values.push(cell.value(text)?);
            }
            values.dedup();
            match &values[..] {
                [] => Ok(Box::default()),
                [only] => Ok(Box::from(only.as_str())),
                [..] => Err(format!("the columns say {}", values.join(" and "))),
            }
        };
        let parts = [text(Part::Value), text(Part::Numerator), text(Part::Denominator)];
        let heading = group.heading.clone();
        let [value, numerator, denominator] = match parts {
            [Ok(value), Ok(numerator), Ok(denominator)] => [value, numerator, denominator],
            [value, numerator, denominator] => {
                for found in [value.err(), numerator.err(), denominator.err()].into_iter().flatten() {
                    let remedy = "write plain decimals, or say in the mapping what to take out of the cells";
                    self.report(row, Some(&heading), found, remedy);
                }
                return;
            }
        };
        let mut members = group.members.clone();
        let (measure, period) = (group.measure.clone(), group.period.clone());
        if let Some(holder) = holder {
            members.push((self.holder_axis.clone(), self.observations.text(holder)));
        }
        self.observations.add_row(Row {
            file: self.file.clone(),
            row,
            heading: Some(heading),
            measure,
            period,
            members,
            value,
            numerator,
            denominator,
            submission: self.nothing.clone(),
        });
    }
}

impl Cell {
    /// The text of a cell as the mapping reads it.
    fn text(&self, cell: &str) -> String {
        let stripped = self.strip.iter().fold(cell.to_string(), |text, strip| text.replace(strip, ""));
        let text = clean(&stripped);
        self.codes.get(cell).or_else(|| self.codes.get(text)).map_or_else(|| text.to_string(), Clone::clone)
    }

    /// The text times the factor, when there is one.
    fn value(&self, text: &str) -> Result<String, String> {
        let Some(times) = &self.times else { return Ok(text.to_string()) };
        if text.is_empty() || text == "*" {
            return Ok(text.to_string());
        }
        let number = Exact::parse(text).map_err(|error| error.to_string())?;
        let product = &number * times;
        match product.to_decimal() {
            Some(decimal) => Ok(decimal.to_string()),
            None => Err(format!("{text} × {times} is no finite decimal")),
        }
    }
}
