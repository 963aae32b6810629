//! Aggregates over the members of an axis or the periods of a period.
//!
//! To add an aggregate, add a file with its entry and name it in [`AGGREGATES`].

mod extremes;
mod items;
mod means;
mod orders;
mod picks;
mod sums;

use super::operators::At;
use super::{Context, Lowered, Lowering, Measured, Value, measures};
use crate::calendar::{Period, PeriodKind};
use crate::contract::{AxisId, MeasureKind, Named};
use crate::formula::{Formula, Over};
use crate::num::Exact;
use crate::plan::NodeId;
use crate::source::catalogue;
pub use items::{Holders, Item, Items};

/// What lowers the items of an aggregate.
pub type LowerItems = fn(&mut Lowering<'_>, At<'_>, &Items, &Context) -> Lowered<Value>;

/// What an aggregate takes after the axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Options {
    /// Nothing.
    None,
    /// A share and the method of a percentile.
    Percentile,
}

/// An aggregate.
pub struct Aggregate {
    /// Its name.
    pub name: &'static str,
    /// What it means, and what it is of nothing.
    pub meaning: &'static str,
    /// True when it only runs over the holders of a party.
    pub of_holders: bool,
    /// What it takes after the axis.
    pub options: Options,
    /// Lowers it.
    pub lower: LowerItems,
}

/// All aggregates but `pooled`, which needs the parts of a ratio.
pub static AGGREGATES: [&Aggregate; 12] = [
    &sums::SUM,
    &sums::COUNT,
    &extremes::ALL,
    &extremes::ANY,
    &means::MEAN,
    &extremes::MIN,
    &extremes::MAX,
    &picks::FIRST,
    &picks::LAST,
    &orders::MEDIAN,
    &orders::PERCENTILE,
    &orders::RANK,
];

/// The aggregate with this name.
pub fn find(name: &str) -> Option<&'static Aggregate> {
    AGGREGATES.iter().copied().find(|aggregate| aggregate.name == name)
}

impl Lowering<'_> {
    pub(super) fn aggregate(
        &mut self,
        at: At<'_>,
        function: &str,
        (value, over): (&Formula, &Over),
        context: &Context,
    ) -> Lowered<Value> {
        if function == "pooled" {
            return self.pooled_over(at, value, over, context);
        }
        let Some(aggregate) = find(function) else {
            let found = format!("`{function}` is no aggregate");
            let names: Vec<&str> = AGGREGATES.iter().map(|aggregate| aggregate.name).collect();
            let remedy = format!("write one of {}", names.join(", "));
            return self.refuse(&catalogue::UNKNOWN_NAME, at, found, remedy);
        };
        if let (Options::None, Some(option)) = (aggregate.options, over.options.first()) {
            let found = format!("`{option}` after the axis");
            return self.refuse(&catalogue::ARGUMENTS, (at.0, option), found, "take it out");
        }
        let holders = self.over_holders(at, over, context)?;
        if aggregate.of_holders && holders.is_none() {
            let found = format!("`{function}` over `{}`, which is no party that is many", over.axis.text);
            return self.refuse(&catalogue::HOLDERS, at, found, "name the party that is many");
        }
        let contexts = match &holders {
            Some(_) => vec![context.clone()],
            None => self.member_contexts(at, over, context)?,
        };
        let first = contexts.first().cloned();
        let items =
            Items { each: self.items(at, value, over, contexts)?, holders, options: over.options.clone() };
        let value_of_items = (aggregate.lower)(self, at, &items, context)?;
        match first {
            // Of nothing too, a sum of pounds is in pounds.
            Some(first) if items.each.is_empty() => {
                let unit = self.lower_shared(at.0, value, &first)?.unit;
                Ok(if value_of_items.unit == Measured::Any {
                    Value { unit, ..value_of_items }
                } else {
                    value_of_items
                })
            }
            Some(_) | None => Ok(value_of_items),
        }
    }

    /// The value of each member that can count.
    fn items(
        &mut self,
        at: At<'_>,
        value: &Formula,
        over: &Over,
        contexts: Vec<Context>,
    ) -> Lowered<Vec<Item>> {
        let mut items = Vec::new();
        for context in contexts {
            let counts = match &over.filter {
                None => None,
                Some(filter) => Some(self.filter(at, filter, &context)?),
            };
            // What never counts is not read, so that it need not be there.
            if counts.is_some_and(|node| self.builder.constant(node).is_some_and(Exact::is_zero)) {
                continue;
            }
            let counts = counts.filter(|node| self.builder.constant(*node).is_none());
            items.push(Item { value: self.lower_shared(at.0, value, &context)?, counts });
        }
        Ok(items)
    }

    /// How an aggregate runs over holders, when it does.
    fn over_holders(&mut self, at: At<'_>, over: &Over, context: &Context) -> Lowered<Option<Holders>> {
        let contract = self.contract;
        if contract.holder_axis().is_none() || contract.holder_axis() != contract.axis_named(&over.axis.text)
        {
            return Ok(None);
        }
        if over.to_date {
            let found = "`to date` over an axis that is no period";
            return self.refuse(&catalogue::ARGUMENTS, at, found, "take it out");
        }
        let Some(key) = &over.within else { return Ok(Some(Holders { group: None })) };
        let group = match contract.names.get(&key.text) {
            Some(Named::Measure(index)) => {
                self.used.insert(key.text.clone());
                self.measure(at, *index, context)?
            }
            Some(Named::Quantity(index)) => {
                self.used.insert(key.text.clone());
                self.quantity(at, *index, context)?
            }
            Some(Named::Broken) => return Err(super::Reported),
            Some(Named::Table(_) | Named::Curve(_)) | None => {
                let found = format!("`{}` is neither a measure nor a quantity", key.text);
                let remedy = "name one; holders for whom it is equal are a peer group";
                return self.refuse(&catalogue::AXIS_WITHIN, at, found, remedy);
            }
        };
        if !group.there.is_always() {
            let found = format!("the peer group `{}` may be absent", key.text);
            let remedy = "let a quantity say what counts then: `… else …`";
            return self.refuse(&catalogue::MAY_BE_ABSENT, at, found, remedy);
        }
        Ok(Some(Holders { group: Some(group.node) }))
    }

    fn filter(&mut self, at: At<'_>, filter: &Formula, context: &Context) -> Lowered<NodeId> {
        let flag = self.lower_shared(at.0, filter, context)?;
        self.demand_flag((at.0, filter), &flag)?;
        if !flag.there.is_always() {
            let found = format!("`where {filter}` may be absent");
            let remedy = "say what counts then, such as `… else 0`, or ask given(…) first";
            return self.refuse(&catalogue::MAY_BE_ABSENT, (at.0, filter), found, remedy);
        }
        Ok(flag.node)
    }

    /// The context of each member that the aggregate runs over.
    fn member_contexts(&mut self, at: At<'_>, over: &Over, context: &Context) -> Lowered<Vec<Context>> {
        let contract = self.contract;
        let name = &over.axis.text;
        let Some(axis) = contract.axis_named(name) else {
            let remedy = "name an axis: month, quarter, year, party or one under `axes`";
            return self.refuse(&catalogue::UNKNOWN_NAME, at, format!("there is no axis `{name}`"), remedy);
        };
        if let Some(kind) = contract.period_kind(axis) {
            let periods = self.periods_over(at, kind, over, context)?;
            return Ok(periods.into_iter().map(|period| context.in_period(Some(period))).collect());
        }
        if over.to_date {
            return self.refuse(
                &catalogue::ARGUMENTS,
                at,
                "`to date` over an axis that is no period",
                "take it out",
            );
        }
        let within = self.within(at, axis, over, context)?;
        let belongs = |member: &i32| {
            within.is_none_or(|(above, wanted)| contract.ancestor(axis, *member, above) == Some(wanted))
        };
        let members = contract.members(axis).into_iter().filter(belongs);
        Ok(members.map(|member| context.with(contract, axis, member)).collect())
    }

    /// The member above within which the aggregate runs, or that it runs over all.
    fn within(
        &mut self,
        at: At<'_>,
        axis: AxisId,
        over: &Over,
        context: &Context,
    ) -> Lowered<Option<(AxisId, i32)>> {
        let contract = self.contract;
        let parent = contract.axis(axis).parent;
        match (&over.within, parent) {
            (None, None) => Ok(None),
            (Some(key), _) if key.text == "all" => Ok(None),
            (None, Some(parent)) => {
                let above = &contract.axis(parent).id;
                let found = format!("`{}` lies within `{above}`", contract.axis(axis).id);
                self.refuse(
                    &catalogue::AXIS_WITHIN,
                    at,
                    found,
                    format!("say `within {above}` or `within all`"),
                )
            }
            (Some(key), _) => {
                let above = contract
                    .axis_named(&key.text)
                    .filter(|above| *above != axis && contract.lies_within(axis, *above));
                let Some(above) = above else {
                    let found = format!("`{}` does not lie within `{}`", contract.axis(axis).id, key.text);
                    return self.refuse(
                        &catalogue::AXIS_WITHIN,
                        at,
                        found,
                        "name an axis above it, or `all`",
                    );
                };
                let members = self.members_of(at, &[above], context)?;
                Ok(Some((above, members[0])))
            }
        }
    }

    fn periods_over(
        &mut self,
        at: At<'_>,
        kind: PeriodKind,
        over: &Over,
        context: &Context,
    ) -> Lowered<Vec<Period>> {
        let calendar = &self.contract.calendar;
        let Some(current) = context.period().filter(|current| kind <= current.kind) else {
            let found = format!("an aggregate over each {} of a shorter period", kind.word());
            return self.refuse(
                &catalogue::PERIOD_MISMATCH,
                at,
                found,
                "let the clause or quantity be per a longer period",
            );
        };
        if !over.to_date {
            if over.within.is_some() {
                let found = "`within` over periods goes with `to date`";
                return self.refuse(&catalogue::AXIS_WITHIN, at, found, "take it out");
            }
            return Ok(calendar.within(current, kind));
        }
        let window = match over.within.as_ref().map(|key| PeriodKind::of_word(&key.text)) {
            None => PeriodKind::Year,
            Some(Some(window)) => window,
            Some(None) => {
                return self.refuse(
                    &catalogue::AXIS_WITHIN,
                    at,
                    "`to date within` something that is no period",
                    "say `within term`",
                );
            }
        };
        let Some(window) = calendar.enclosing(current, window) else {
            return self.refuse(
                &catalogue::PERIOD_MISMATCH,
                at,
                "`to date` in a longer period than the year",
                "say `within term`",
            );
        };
        let last = calendar.within(current, kind).last().copied();
        Ok(calendar
            .within(window, kind)
            .into_iter()
            .filter(|period| last.is_some_and(|last| *period <= last))
            .collect())
    }

    /// `pooled(m over axis)`: numerators over denominators.
    fn pooled_over(&mut self, at: At<'_>, value: &Formula, over: &Over, context: &Context) -> Lowered<Value> {
        let index = self.ratio_named(value);
        let (Some(index), None) = (index, &over.filter) else {
            let found = format!("`{value}` cannot be pooled");
            let remedy = "name a measure of kind ratio, without `where`; or sum numerators and denominators";
            return self.refuse(&catalogue::ARGUMENTS, (at.0, value), found, remedy);
        };
        let measure = &self.contract.measures[index];
        self.used.insert(measure.name.clone());
        let holders = self.over_holders(at, over, context)?;
        let contexts = match &holders {
            Some(_) => vec![context.clone()],
            None => self.member_contexts(at, over, context)?,
        };
        let mut parts: Vec<measures::Observed> = Vec::new();
        for context in contexts {
            let members = self.members_of((at.0, value), &measure.by, &context)?;
            for period in self.periods_of((at.0, value), measure, &context)? {
                parts.push(self.ratio_parts(index, period, members.clone(), at, &context));
            }
        }
        if let Some(holders) = holders {
            parts = parts.iter().map(|part| self.over_all(part, holders, at, context)).collect();
        }
        self.pooled(at, &parts, context)
    }

    /// The index of the ratio measure that a formula names.
    pub(super) fn ratio_named(&self, formula: &Formula) -> Option<usize> {
        match self.contract.names.get(formula.plain_name()?) {
            Some(Named::Measure(index)) if self.contract.measures[*index].kind == MeasureKind::Ratio => {
                Some(*index)
            }
            Some(
                Named::Measure(_) | Named::Table(_) | Named::Curve(_) | Named::Quantity(_) | Named::Broken,
            )
            | None => None,
        }
    }
}
