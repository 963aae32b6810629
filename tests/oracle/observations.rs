//! Observations as reported, and measures read from them: missing data, combining, rounding on reading.

use std::collections::BTreeMap;

use super::calendar::{Period, Span};
use super::contract::{Context, Oracle};
use super::json::Json;
use super::numbers::{Number, Value, decimal, round_to, whole};

/// One observation as text, and how final its submission is.
#[derive(Clone, Default)]
struct Row {
    value: String,
    numerator: String,
    denominator: String,
    finality: u8,
}

pub struct Observations {
    rows: BTreeMap<Vec<String>, Row>,
    /// Holders of the `many` party in order of first appearance.
    pub holders: Vec<String>,
}

/// A figure for one period of a measure.
#[derive(Clone)]
struct Cell {
    value: Option<Number>,
    numerator: Option<Number>,
    denominator: Option<Number>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Value,
    Numerator,
    Denominator,
}

impl Observations {
    pub fn read(text: &str, document: &Json, many: Option<&str>) -> Observations {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let headers: Vec<String> = match reader.headers() {
            Ok(headers) => headers.iter().map(|h| h.trim().to_string()).collect(),
            Err(error) => panic!("observations cannot be read: {error}"),
        };
        let mut observations = Observations { rows: BTreeMap::new(), holders: Vec::new() };
        for record in reader.records() {
            let record = record.unwrap_or_else(|error| panic!("observations cannot be read: {error}"));
            let cells: BTreeMap<&str, &str> =
                headers.iter().map(String::as_str).zip(record.iter().map(str::trim)).collect();
            // An axis may be called `measure` too: the first column of that name names the measure.
            let named = headers.iter().zip(record.iter()).find(|(header, _)| *header == "measure");
            let (_, name) = named.unwrap_or_else(|| panic!("observations need a column `measure`"));
            observations.add(name.trim(), &cells, document, many);
        }
        observations
    }

    fn add(&mut self, name: &str, cells: &BTreeMap<&str, &str>, document: &Json, many: Option<&str>) {
        let cell = |column: &str| cells.get(column).copied().unwrap_or_default().to_string();
        let holder = many.map(cell).filter(|holder| !holder.is_empty());
        if let Some(holder) = holder.filter(|holder| !self.holders.contains(holder)) {
            self.holders.push(holder);
        }
        let measure = name.to_string();
        let definition = document.get("measures").and_then(|measures| measures.get(&measure));
        let definition = definition.unwrap_or_else(|| panic!("there is no measure `{measure}`"));
        let mut key = vec![measure, cell("period")];
        key.extend(axes_of(definition).iter().map(|axis| cell(axis)));
        let finality = match cell("submission").as_str() {
            "freeze" => 2,
            "" => 1,
            _ => 0,
        };
        let [value, numerator, denominator] = ["value", "numerator", "denominator"].map(cell);
        let row = Row { value, numerator, denominator, finality };
        if let Some(other) = self.rows.get(&key) {
            assert!(other.finality != finality, "{key:?} is reported twice");
            if other.finality > finality {
                return;
            }
        }
        self.rows.insert(key, row);
    }
}

pub fn axes_of(definition: &Json) -> Vec<String> {
    definition.get("by").map(Json::texts).unwrap_or_default()
}

/// A suppressed or empty cell is no number.
fn reported(text: &str) -> Option<Number> {
    (!text.is_empty() && text != "*").then(|| decimal(text))
}

impl Cell {
    fn read(row: &Row) -> Option<Cell> {
        let (numerator, denominator) = (reported(&row.numerator), reported(&row.denominator));
        if let (Some(n), Some(d)) = (&numerator, &denominator) {
            let value = (*d != whole(0)).then(|| n / d);
            return Some(Cell { value, numerator, denominator });
        }
        reported(&row.value).map(|value| Cell { value: Some(value), numerator: None, denominator: None })
    }

    fn part(&self, part: Part) -> Option<Number> {
        match part {
            Part::Value => self.value.clone(),
            Part::Numerator => self.numerator.clone(),
            Part::Denominator => self.denominator.clone(),
        }
    }
}

/// The figures of several periods as one; absent if one of them is absent.
fn combine(how: &str, cells: &[Cell], part: Part) -> Option<Number> {
    let all = |part: Part| cells.iter().map(|cell| cell.part(part)).collect::<Option<Vec<Number>>>();
    if how == "pooled" && part == Part::Value {
        let below: Number = all(Part::Denominator)?.into_iter().sum();
        let above: Number = all(Part::Numerator)?.into_iter().sum();
        return (below != whole(0)).then(|| above / below);
    }
    let figures = all(part)?;
    let count = i64::try_from(figures.len()).unwrap_or_default();
    match how {
        "sum" | "pooled" => Some(figures.into_iter().sum()),
        "mean" => Some(figures.into_iter().sum::<Number>() / whole(count)),
        "first" => figures.into_iter().next(),
        "last" => figures.into_iter().next_back(),
        "min" => figures.into_iter().min(),
        "max" => figures.into_iter().max(),
        other => panic!("unknown way to combine: `{other}`"),
    }
}

impl Oracle {
    pub fn measure(&self, name: &str) -> Option<&Json> {
        self.entry("measures", name)
    }

    pub fn is_code(&self, name: &str) -> bool {
        self.measure(name).is_some_and(|definition| definition.need("kind").text() == "code")
    }

    fn row(&self, name: &str, definition: &Json, context: &Context, period: Period) -> Option<&Row> {
        let mut key = vec![name.to_string(), self.calendar.label(period)];
        for axis in axes_of(definition) {
            let member = match &self.many {
                Some(many) if *many == axis => context.holder.clone(),
                _ => self.member(context, &axis),
            };
            key.push(member.unwrap_or_else(|| panic!("nothing fixes `{axis}` of measure `{name}`")));
        }
        self.observations.rows.get(&key)
    }

    /// A descriptive field, given once or by member of one of the measure's axes.
    fn described<'a>(&self, definition: &'a Json, field: &str, context: &Context) -> Option<&'a Json> {
        let given = definition.get(field)?;
        if given.entries().is_empty() {
            return Some(given);
        }
        axes_of(definition).iter().find_map(|axis| given.get(&self.member(context, axis)?))
    }

    fn refuse(&self, name: &str, context: &Context, period: Period) -> ! {
        let (label, fixed) = (self.calendar.label(period), &context.fixed);
        panic!("no data: measure `{name}` in {label} at {fixed:?} {:?}", context.holder)
    }

    fn cell(&self, name: &str, definition: &Json, context: &Context, period: Period) -> Cell {
        if let Some(cell) = self.row(name, definition, context, period).and_then(Cell::read) {
            return cell;
        }
        let value = match self.described(definition, "missing", context).map(Json::text) {
            None | Some("refuse") => self.refuse(name, context, period),
            Some("absent") => None,
            Some(instead) => Some(decimal(instead)),
        };
        Cell { value, numerator: None, denominator: None }
    }

    /// The member a measure of kind `code` reports.
    pub fn code(&self, name: &str, context: &Context) -> Option<String> {
        let definition = self.measure(name).unwrap_or_else(|| panic!("there is no measure `{name}`"));
        let span = Span::need(definition.need("per").text());
        let period = if context.period.span <= span {
            self.calendar.enclosing(context.period, span)
        } else {
            let periods = self.calendar.within(context.period, span);
            match definition.need("combine").text() {
                "first" => periods[0],
                "last" => periods[periods.len() - 1],
                other => panic!("codes cannot be combined by `{other}`"),
            }
        };
        let reported = self.row(name, definition, context, period).map(|row| row.value.clone());
        if let Some(code) = reported.filter(|code| !code.is_empty() && code != "*") {
            return Some(code);
        }
        match self.described(definition, "missing", context).map(Json::text) {
            None | Some("refuse") => self.refuse(name, context, period),
            Some("absent") => None,
            Some(instead) => Some(instead.to_string()),
        }
    }

    /// A measure, or the numerator or denominator of a ratio, as the context reads it.
    pub fn figure(&self, name: &str, context: &Context, part: Part) -> Option<Value> {
        let definition = self.measure(name).unwrap_or_else(|| panic!("there is no measure `{name}`"));
        let span = Span::need(definition.need("per").text());
        let how = definition.get("combine").map(Json::text);
        let period = context.period;
        let number = if period.span <= span {
            assert!(period.span == span || how != Some("sum"), "a total, `{name}`, read in a shorter period");
            self.cell(name, definition, context, self.calendar.enclosing(period, span)).part(part)
        } else {
            let how = how.unwrap_or_else(|| panic!("`{name}` does not say how its periods combine"));
            let parts = self.calendar.within(period, span);
            let cells: Vec<Cell> =
                parts.into_iter().map(|p| self.cell(name, definition, context, p)).collect();
            combine(how, &cells, part)
        }?;
        let unit = definition.get(if part == Part::Value { "unit" } else { "of" });
        let unit = unit.map(|unit| self.unit(unit.text())).unwrap_or_default();
        let number = match self.described(definition, "rounded", context) {
            Some(quantum) if part == Part::Value => round_to(&number, &decimal(quantum.text()), self.mode),
            _ => number,
        };
        Some(Value { number, unit })
    }
}
