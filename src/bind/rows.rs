//! One row held against a contract: which observation it is, and whether it is admissible.

use super::resolve::{Cell, Key, SUBMISSIONS};
use crate::calendar::Period;
use crate::contract::{AxisKind, Contract, Measure, MeasureKind, Missing, Named};
use crate::num::Exact;
use crate::observe::Row;
use crate::source::catalogue::{self, Code};
use crate::source::{Diagnostic, Location, did_you_mean};

/// Reads one row.
pub(super) struct RowReader<'a> {
    pub contract: &'a Contract,
    pub row: &'a Row,
}

type Problems = Vec<Diagnostic>;

impl RowReader<'_> {
    pub fn problem(
        &self,
        code: &'static Code,
        column: Option<&str>,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Diagnostic {
        let figure = |column: &str| ["value", "numerator", "denominator"].contains(&column);
        let column = match &self.row.heading {
            Some(heading) if column.is_none_or(figure) => Some(heading.to_string()),
            Some(_) | None => column.map(str::to_string),
        };
        let location = Location::Data { file: self.row.file.to_string(), row: self.row.row, column };
        Diagnostic { code, location, found: found.into(), remedy: remedy.into() }
    }

    /// Which observation it is, the place of its submission, and what it says.
    pub fn read(&self) -> Result<(Key<'_>, usize, Cell), Problems> {
        let (index, measure) = self.measure()?;
        let (period, members, cell) = (self.period(measure), self.members(measure), self.cell(measure));
        let submission =
            SUBMISSIONS.iter().position(|known| *known == &*self.row.submission).ok_or_else(|| {
                let found = format!("the submission `{}`", self.row.submission);
                vec![self.problem(
                    &catalogue::DATA_UNKNOWN,
                    Some("submission"),
                    found,
                    "write flex, freeze or nothing",
                )]
            });
        match (period, members, cell, submission) {
            (Ok(period), Ok((members, holder)), Ok(cell), Ok(submission)) => {
                Ok((Key { measure: index, period, members, holder }, submission, cell))
            }
            (period, members, cell, submission) => Err([
                period.err().unwrap_or_default(),
                members.err().unwrap_or_default(),
                cell.err().unwrap_or_default(),
                submission.err().unwrap_or_default(),
            ]
            .concat()),
        }
    }

    fn measure(&self) -> Result<(usize, &Measure), Problems> {
        let name = &*self.row.measure;
        if let Some(Named::Measure(index)) = self.contract.names.get(name) {
            return Ok((*index, &self.contract.measures[*index]));
        }
        let remedy = did_you_mean(name, self.contract.measures.iter().map(|measure| measure.name.as_str()))
            .map_or_else(
                || "name a measure of the contract, or take the row out".to_string(),
                |near| format!("did you mean `{near}`?"),
            );
        let found = format!("there is no measure `{name}`");
        Err(vec![self.problem(&catalogue::DATA_UNKNOWN, Some("measure"), found, remedy)])
    }

    fn period(&self, measure: &Measure) -> Result<Period, Problems> {
        let calendar = &self.contract.calendar;
        let key = &self.row.period;
        let all = calendar.all(measure.per);
        let refuse = |found: String, remedy: String| {
            Err(vec![self.problem(&catalogue::DATA_UNKNOWN, Some("period"), found, remedy)])
        };
        let example = all.first().map_or(String::new(), |period| calendar.key(*period));
        match calendar.period(key) {
            Some(period) if period.kind == measure.per => {
                let first = all.first().map_or(0, |first| first.index - measure.earlier);
                let last = all.last().map_or(0, |last| last.index);
                if (first..=last).contains(&period.index) {
                    return Ok(period);
                }
                refuse(
                    format!("`{key}` lies outside the term"),
                    "take the row out, or say `earlier` in the contract".into(),
                )
            }
            Some(_) | None => {
                let found = format!("`{key}` is no {} of this contract", measure.per.word());
                refuse(found, format!("write a {} such as {example}", measure.per.word()))
            }
        }
    }

    /// Members in the order of the measure, and the holder.
    fn members(&self, measure: &Measure) -> Result<(Vec<i32>, Option<&str>), Problems> {
        let mut problems = Vec::new();
        let mut members = Vec::new();
        let mut holder = None;
        for axis in &measure.by {
            let id = &self.contract.axis(*axis).id;
            let Some(cell) = self.row.member(id) else {
                let found = format!("`{}` is by `{id}`, and the cell is empty", measure.name);
                problems.push(self.problem(&catalogue::DATA_FORMAT, Some(id), found, "name the member"));
                continue;
            };
            if matches!(self.contract.axis(*axis).kind, AxisKind::Holder(_)) {
                holder = Some(cell);
            } else if let Some(member) = self.contract.member_named(*axis, cell) {
                members.push(member);
            } else {
                let names: Vec<String> = self
                    .contract
                    .members(*axis)
                    .iter()
                    .map(|m| self.contract.member_name(*axis, *m))
                    .collect();
                let remedy = did_you_mean(cell, names.iter().map(String::as_str)).map_or_else(
                    || format!("the members are {}", crate::contract::brief(&names)),
                    |near| format!("did you mean `{near}`?"),
                );
                let found = format!("`{cell}` is no member of `{id}`");
                problems.push(self.problem(&catalogue::DATA_UNKNOWN, Some(id), found, remedy));
            }
        }
        for (axis, _) in &self.row.members {
            let known = self.contract.axis_named(axis);
            if known.is_some_and(|known| !measure.by.contains(&known)) {
                let found = format!("`{}` is not by `{axis}`", measure.name);
                problems.push(self.problem(
                    &catalogue::DATA_FORMAT,
                    Some(axis),
                    found,
                    "leave the cell empty",
                ));
            }
        }
        if problems.is_empty() { Ok((members, holder)) } else { Err(problems) }
    }

    fn cell(&self, measure: &Measure) -> Result<Cell, Problems> {
        let ratio = measure.kind == MeasureKind::Ratio;
        let parts = vec![("numerator", &self.row.numerator), ("denominator", &self.row.denominator)];
        let value = vec![("value", &self.row.value)];
        let (wanted, other) = if ratio { (parts, value) } else { (value, parts) };
        for (column, text) in other {
            if !text.is_empty() {
                let found = format!("`{}` does not take a {column}", measure.name);
                let remedy = if ratio { "give numerator and denominator" } else { "give the value" };
                return Err(vec![self.problem(&catalogue::DATA_FORMAT, Some(column), found, remedy)]);
            }
        }
        if wanted.iter().any(|(_, text)| &***text == "*") {
            return self.suppressed(measure);
        }
        let mut numbers = Vec::new();
        let mut problems = Vec::new();
        for (column, text) in wanted {
            match self.number(measure, column, text) {
                Ok(number) => numbers.push(number),
                Err(problem) => problems.push(*problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        match &numbers[..] {
            [numerator, denominator] => self.ratio(measure, numerator, denominator),
            numbers => self.value(measure, &numbers[0]),
        }
    }

    fn suppressed(&self, measure: &Measure) -> Result<Cell, Problems> {
        match measure.missing {
            Missing::Absent => Ok(Cell::Suppressed),
            Missing::Refuse | Missing::Value(_) => {
                let found = format!("`{}` is suppressed", measure.name);
                let remedy = "ask for the figure, or let the contract say `\"missing\": \"absent\"` and what counts then";
                Err(vec![self.problem(&catalogue::DATA_SUPPRESSED, None, found, remedy)])
            }
        }
    }

    fn number(&self, measure: &Measure, column: &str, text: &str) -> Result<Exact, Box<Diagnostic>> {
        if let MeasureKind::Code(axis) = measure.kind {
            return self
                .contract
                .member_named(axis, text)
                .map(|member| Exact::from(i64::from(member)))
                .ok_or_else(|| {
                    let names: Vec<String> = self
                        .contract
                        .members(axis)
                        .iter()
                        .map(|m| self.contract.member_name(axis, *m))
                        .collect();
                    let found = format!("`{text}` is no member of `{}`", self.contract.axis(axis).id);
                    let remedy = format!("the members are {}", crate::contract::brief(&names));
                    Box::new(self.problem(&catalogue::DATA_UNKNOWN, Some(column), found, remedy))
                });
        }
        if text.is_empty() {
            let found = format!("the {column} is empty");
            return Err(Box::new(self.problem(
                &catalogue::DATA_FORMAT,
                Some(column),
                found,
                "give a number, or * where it is suppressed",
            )));
        }
        // A percentage of a ratio's parts could only be taken for a hundredth of what is meant.
        if measure.kind == MeasureKind::Ratio && text.ends_with('%') {
            let found = format!("the {column} is a percentage");
            let remedy = "give the two figures, such as 72 and 96";
            return Err(Box::new(self.problem(&catalogue::DATA_FORMAT, Some(column), found, remedy)));
        }
        Exact::parse(text).map_err(|error| {
            let remedy = "write a plain decimal, without thousands separators or currency signs";
            Box::new(self.problem(&catalogue::DATA_FORMAT, Some(column), error.to_string(), remedy))
        })
    }

    fn in_range(&self, column: &str, value: &Exact, (least, most): &(Exact, Exact)) -> Result<(), Problems> {
        if value >= least && value <= most {
            return Ok(());
        }
        let found = format!("{value} is not from {least} to {most}");
        Err(vec![self.problem(
            &catalogue::DATA_RANGE,
            Some(column),
            found,
            "correct the figure, or the range in the contract",
        )])
    }

    fn on_grid(&self, column: &str, value: &Exact, step: Option<&Exact>) -> Result<(), Problems> {
        let Some(step) = step else { return Ok(()) };
        if value.checked_div(step).is_some_and(|multiple| multiple.is_whole()) {
            return Ok(());
        }
        let found = format!("{value} is not a multiple of {step}");
        Err(vec![self.problem(
            &catalogue::DATA_RANGE,
            Some(column),
            found,
            "correct the figure, or `step` in the contract",
        )])
    }

    fn value(&self, measure: &Measure, value: &Exact) -> Result<Cell, Problems> {
        self.in_range("value", value, &measure.range)?;
        self.on_grid("value", value, measure.step.as_ref())?;
        Ok(Cell::Value(value.clone()))
    }

    fn ratio(&self, measure: &Measure, numerator: &Exact, denominator: &Exact) -> Result<Cell, Problems> {
        self.in_range("denominator", denominator, &measure.denominator_range)?;
        for (column, value) in [("numerator", numerator), ("denominator", denominator)] {
            self.on_grid(column, value, measure.step.as_ref())?;
        }
        match numerator.checked_div(denominator) {
            Some(ratio) => self.in_range("numerator", &ratio, &measure.range)?,
            None if numerator.is_zero() => {}
            None => {
                let found = format!("{numerator} of 0");
                return Err(vec![self.problem(
                    &catalogue::DATA_RANGE,
                    Some("numerator"),
                    found,
                    "correct one of the two",
                )]);
            }
        }
        Ok(Cell::Ratio(numerator.clone(), denominator.clone()))
    }
}
