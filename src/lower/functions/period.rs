//! Words for the current period: `months`, `days`, `years_by_days`, `month_number`, `year_number`.

use super::super::operators::At;
use super::super::{Context, Lowered, Lowering, Measured, Value};
use crate::calendar::{Calendar, Period};
use crate::num::Exact;
use crate::source::catalogue;
use crate::unit::Unit;

/// A word for the current period.
pub struct PeriodWord {
    /// The word.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Its unit; empty for a pure number.
    pub unit: &'static str,
    value: fn(&Calendar, Period) -> Exact,
    /// Lowers it.
    pub lower: fn(&mut Lowering<'_>, At<'_>, &Context) -> Lowered<Value>,
}

/// All words for the current period.
pub static PERIOD_WORDS: [PeriodWord; 5] = [
    PeriodWord {
        name: "months",
        meaning: "months of the term within the current period; a part month counts by its days",
        unit: "month",
        value: Calendar::months,
        lower: |this, at, context| lower(this, at, context, 0),
    },
    PeriodWord {
        name: "days",
        meaning: "days of the term within the current period",
        unit: "day",
        value: Calendar::days,
        lower: |this, at, context| lower(this, at, context, 1),
    },
    PeriodWord {
        name: "years_by_days",
        meaning: "days of the term within the current period over the days of their contract year",
        unit: "year",
        value: Calendar::years_by_days,
        lower: |this, at, context| lower(this, at, context, 2),
    },
    PeriodWord {
        name: "month_number",
        meaning: "1 in the first month of a contract year",
        unit: "",
        value: |calendar, period| Exact::from(calendar.month_number(period)),
        lower: |this, at, context| lower(this, at, context, 3),
    },
    PeriodWord {
        name: "year_number",
        meaning: "1 in the first year of the term",
        unit: "",
        value: |calendar, period| Exact::from(calendar.year_number(period)),
        lower: |this, at, context| lower(this, at, context, 4),
    },
];

fn lower(this: &mut Lowering<'_>, at: At<'_>, context: &Context, index: usize) -> Lowered<Value> {
    let word = &PERIOD_WORDS[index];
    let Some(period) = context.period() else {
        let found = format!("`{}` without a period", word.name);
        return this.refuse(&catalogue::PERIOD_MISMATCH, at, found, "say `per`");
    };
    let unit = Measured::In(if word.unit.is_empty() { Unit::pure() } else { Unit::base(word.unit) });
    let origin = this.origin(at, &unit, context);
    let value = (word.value)(&this.contract().calendar, period);
    Ok(Value::new(this.builder().constant_node(value, origin), unit))
}
