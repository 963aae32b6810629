//! Tables: a number, numbers by axes, or a schedule with columns; keys of a period may be ranges.

use super::calendar::Span;
use super::contract::{Context, Oracle};
use super::json::Json;
use super::numbers::{Unit, Value, try_decimal};
use super::observations::axes_of;

impl Oracle {
    pub fn unit(&self, text: &str) -> Unit {
        Unit::parse(text, &self.currency)
    }

    /// Reads `12`, `"5%"`, `"200 GBP/breach"` or `"GBP 5000"`.
    pub fn amount_text(&self, text: &str) -> Value {
        let (first, rest) = text.trim().split_once(' ').unwrap_or((text, ""));
        let read = |number: &str, unit: &str| {
            try_decimal(number).map(|number| Value { number, unit: self.unit(unit) })
        };
        let value = read(first, rest).or_else(|| read(rest, first));
        value.unwrap_or_else(|| panic!("`{text}` is not a number with a unit"))
    }

    /// The cell of a table, or of one column of a schedule, that the context fixes.
    pub fn table(&self, name: &str, column: Option<&str>, context: &Context) -> Value {
        let definition = self.entry("tables", name).unwrap_or_else(|| panic!("there is no table `{name}`"));
        let body = definition.get("values").or(definition.get("rows"));
        let mut found = Some(body.unwrap_or(definition));
        for axis in axes_of(definition) {
            found = found.and_then(|values| self.step(name, values, &axis, context));
        }
        let cell = found.or(definition.get("else"));
        let cell = cell.unwrap_or_else(|| panic!("table `{name}` has no cell for {context:?}"));
        let (cell, unit) = match column {
            Some(column) => self.column(name, definition, cell, column),
            None => (cell, definition.get("unit").map(|unit| self.unit(unit.text()))),
        };
        let value = self.amount_text(cell.text());
        if value.unit == Unit::NONE { Value { unit: unit.unwrap_or_default(), ..value } } else { value }
    }

    /// One axis deeper into the values of a table, or the curves of a curve.
    pub fn step<'a>(&self, table: &str, values: &'a Json, axis: &str, context: &Context) -> Option<&'a Json> {
        let Some(span) = Span::named(axis) else {
            let member = match &self.many {
                Some(many) if many == axis => context.holder.clone(),
                _ => self.member(context, axis),
            };
            let member = member.unwrap_or_else(|| panic!("nothing fixes `{axis}` of `{table}`"));
            let place = self.axis(axis).and_then(|a| a.members.iter().position(|(id, _)| *id == member));
            return values.get(&member).or_else(|| values.items().get(place?));
        };
        let period = self.calendar.enclosing(context.period, span);
        let place = self.calendar.within(self.calendar.term(), span).iter().position(|p| *p == period);
        let named = values.entries().iter().find(|(key, _)| self.calendar.key_covers(key, period));
        named.map(|(_, value)| value).or_else(|| values.items().get(place?))
    }

    /// The value of a column in a row, with the column's unit.
    fn column<'a>(
        &self,
        table: &str,
        definition: &Json,
        row: &'a Json,
        wanted: &str,
    ) -> (&'a Json, Option<Unit>) {
        let columns = definition.need("columns").texts();
        for (place, column) in columns.iter().enumerate() {
            let (name, unit) = column.split_once(' ').unwrap_or((column, ""));
            if name == wanted {
                let by_place = if matches!(row, Json::List(_)) { row.items().get(place) } else { Some(row) };
                let cell = row.get(name).or(by_place);
                let cell = cell.unwrap_or_else(|| panic!("a row of `{table}` has no `{wanted}`"));
                return (cell, Some(self.unit(unit)));
            }
        }
        panic!("table `{table}` has no column `{wanted}`")
    }
}
