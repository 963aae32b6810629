//! Measures: facts of the plan, combined where they are read in a longer period.

use std::sync::Arc;

use super::aggregates::{self, Items};
use super::operators::At;
use super::{Context, FactKey, Lowered, Lowering, Measured, Members, There, Value};
use crate::calendar::Period;
use crate::contract::{AxisKind, Combine, Measure, MeasureKind, Missing};
use crate::num::{Exact, Range};
use crate::plan::{FactSpec, Lacking, NodeId, Origin, Part};
use crate::source::catalogue;

/// The parts of a ratio in one period: numerator, denominator, and when they are there.
#[derive(Debug, Clone)]
pub(super) struct Observed {
    pub numerator: NodeId,
    pub denominator: NodeId,
    pub there: There,
}

impl Lowering<'_> {
    /// Reads a measure in a context.
    pub(super) fn measure(&mut self, at: At<'_>, index: usize, context: &Context) -> Lowered<Value> {
        let contract = self.contract;
        let measure = &contract.measures[index];
        let members = self.members_of(at, &measure.by, context)?;
        let periods = self.periods_of(at, measure, context)?;
        let value = self.combined(at, index, &periods, members, context)?;
        Ok(self.rounded_on_reading(value, measure, context))
    }

    /// The observations of some periods as one value.
    fn combined(
        &mut self,
        at: At<'_>,
        index: usize,
        periods: &[Period],
        members: Members,
        context: &Context,
    ) -> Lowered<Value> {
        let measure = &self.contract.measures[index];
        match (periods, measure.combine) {
            ([period], _) => Ok(self.observation(index, *period, members, at, context)),
            (_, None) => unreachable!("periods_of demands `combine`"),
            (_, Some(Combine::Pooled)) if matches!(measure.missing, Missing::Value(_)) => {
                let found = format!(
                    "`{}` counts a value where a ratio is missing, which has no parts to pool",
                    measure.name
                );
                let remedy = "read it in its own period, or let it be absent and say `else`";
                self.refuse(&catalogue::PERIOD_MISMATCH, at, found, remedy)
            }
            (_, Some(Combine::Pooled)) => {
                let parts: Vec<Observed> = periods
                    .iter()
                    .map(|period| self.ratio_parts(index, *period, members.clone(), at, context))
                    .collect();
                self.pooled(at, &parts, context)
            }
            (_, Some(combine)) => {
                let values = periods
                    .iter()
                    .map(|period| self.observation(index, *period, members.clone(), at, context));
                let items = Items::all(values.collect::<Vec<_>>());
                let function = match combine {
                    Combine::Sum => "sum",
                    Combine::Mean | Combine::Pooled => "mean",
                    Combine::First => "first",
                    Combine::Last => "last",
                    Combine::Min => "min",
                    Combine::Max => "max",
                };
                let aggregate = aggregates::find(function).expect("combinations are aggregates");
                let value = (aggregate.lower)(self, at, &items, context)?;
                let stays_flag = !matches!(combine, Combine::Sum | Combine::Mean | Combine::Pooled);
                Ok(Value { flag: measure.kind == MeasureKind::Flag && stays_flag, ..value })
            }
        }
    }

    /// The periods whose observations are read: one, or those within a longer period.
    pub(super) fn periods_of(
        &mut self,
        at: At<'_>,
        measure: &Measure,
        context: &Context,
    ) -> Lowered<Vec<Period>> {
        let calendar = &self.contract.calendar;
        let name = &measure.name;
        let per = measure.per.word();
        let Some(current) = context.period() else {
            let found = format!("`{name}` is observed each {per}, and there is no period here");
            return self.refuse(&catalogue::PERIOD_MISMATCH, at, found, "say `per`");
        };
        if current.kind == measure.per {
            return Ok(vec![current]);
        }
        let level = measure.combine.is_some_and(|combine| combine != Combine::Sum);
        if current.kind < measure.per {
            if level {
                return Ok(calendar.enclosing(current, measure.per).into_iter().collect());
            }
            let found = format!("`{name}` is a total of each {per}, read for a {}", current.kind.word());
            let remedy = format!(
                "read it per {per} (a quantity may state `per`); a level says so with `combine` other than sum"
            );
            return self.refuse(&catalogue::PERIOD_MISMATCH, at, found, remedy);
        }
        if measure.combine.is_none() {
            let found = format!("`{name}` is observed each {per}, read for a {}", current.kind.word());
            return self.refuse(
                &catalogue::PERIOD_MISMATCH,
                at,
                found,
                "say how it is combined with `combine`",
            );
        }
        if calendar.in_term(current) {
            return Ok(calendar.within(current, measure.per));
        }
        // Before the term its parts are absent, but for those that `earlier` admits.
        Ok(calendar.parts(current, measure.per))
    }

    /// One observation, as a value.
    fn observation(
        &mut self,
        index: usize,
        period: Period,
        members: Members,
        at: At<'_>,
        context: &Context,
    ) -> Value {
        let key = (index, period, members);
        if let Some(known) = self.observed.get(&key) {
            return known.clone();
        }
        let contract = self.contract;
        let measure = &contract.measures[index];
        let value = if !self.suppliable(measure, period) {
            self.absent(at, context)
        } else if measure.kind == MeasureKind::Ratio {
            self.ratio(key.clone(), measure)
        } else {
            self.single(&key, measure)
        };
        self.observed.insert(key, value.clone());
        value
    }

    /// True in the term, and as many periods before it as the measure says.
    fn suppliable(&self, measure: &Measure, period: Period) -> bool {
        let all = self.contract.calendar.all(measure.per);
        let (Some(first), Some(last)) = (all.first(), all.last()) else { return false };
        period.index >= first.index - measure.earlier && period.index <= last.index
    }

    fn fact(
        &mut self,
        key: &FactKey,
        measure: &Measure,
        part: Part,
        lacking: Lacking,
        range: Range,
    ) -> NodeId {
        let contract = self.contract;
        let names = measure.by.iter().zip(&key.2);
        let members = names.filter(|(axis, _)| !matches!(contract.axis(**axis).kind, AxisKind::Holder(_)));
        let members: Vec<(String, String)> = members
            .map(|(axis, member)| (contract.axis(*axis).id.clone(), contract.member_name(*axis, *member)))
            .collect();
        let period_key = contract.calendar.key(key.1);
        let context =
            [period_key.clone()].into_iter().chain(members.iter().map(|(_, member)| member.clone()));
        let unit = match part {
            Part::Given => self.no_unit.clone(),
            Part::Value | Part::Numerator | Part::Denominator => {
                self.unit_text(&Measured::In(measure.unit.clone()))
            }
        };
        let name = &measure.name;
        let what = match part {
            Part::Value => self.name_of(measure, "", || name.clone()),
            Part::Numerator => self.name_of(measure, "numerator", || format!("numerator of {name}")),
            Part::Denominator => self.name_of(measure, "denominator", || format!("denominator of {name}")),
            Part::Given => self.name_of(measure, "given", || format!("{name} is given")),
        };
        let origin = self.builder.origin(Origin {
            what,
            context: Arc::from(context.collect::<Vec<_>>().join(", ")),
            unit,
            place: measure.place.clone(),
        });
        let codes = match measure.kind {
            MeasureKind::Code(axis) => {
                contract.members(axis).iter().map(|member| contract.member_name(axis, *member)).collect()
            }
            MeasureKind::Count
            | MeasureKind::Money
            | MeasureKind::Ratio
            | MeasureKind::Number
            | MeasureKind::Flag => Vec::new(),
        };
        let spec = FactSpec {
            measure: measure.name.clone(),
            period: (key.1, period_key),
            members,
            by_holder: measure.by.iter().any(|axis| matches!(contract.axis(*axis).kind, AxisKind::Holder(_))),
            part,
            lacking,
            range,
            codes,
            agreed: None,
        };
        self.builder.fact_node(spec, origin)
    }

    fn given_fact(&mut self, key: &FactKey, measure: &Measure) -> NodeId {
        self.fact(key, measure, Part::Given, Lacking::Told(Exact::ZERO), Range::flag())
    }

    fn single(&mut self, key: &FactKey, measure: &Measure) -> Value {
        let range = Range {
            least: measure.range.0.clone(),
            most: measure.range.1.clone(),
            step: measure.step.clone(),
        };
        let (lacking, there) = match &measure.missing {
            Missing::Refuse => (Lacking::Refused, There::always()),
            Missing::Absent => {
                (Lacking::Told(range.least.clone()), There::when(self.given_fact(key, measure)))
            }
            Missing::Value(value) => (Lacking::Counts(value.clone()), There::always()),
        };
        let node = self.fact(key, measure, Part::Value, lacking, range);
        let unit = Measured::In(measure.unit.clone());
        Value { node, there, unit, flag: measure.kind == MeasureKind::Flag }
    }

    /// Numerator over denominator, as declared; absent where the denominator is 0.
    fn ratio(&mut self, key: FactKey, measure: &Measure) -> Value {
        let parts = self.parts_of(&key, measure);
        let origin = self.builder.origin(Origin {
            what: Arc::from(measure.name.as_str()),
            context: self.builder.origin_of(parts.denominator).context.clone(),
            unit: Arc::from(""),
            place: measure.place.clone(),
        });
        let declared = Range::between(measure.range.0.clone(), measure.range.1.clone());
        let zero_counts = measure.denominator_range.0.is_zero();
        let declared = if zero_counts { declared.join(&Range::point(&Exact::ZERO)) } else { declared };
        let node = self.builder.ratio_within(parts.numerator, parts.denominator, &declared, origin);
        let mut there = match &measure.missing {
            Missing::Refuse | Missing::Absent => parts.there.clone(),
            Missing::Value(_) => There::always(),
        };
        let mut node = node;
        if let (Missing::Value(value), Some(given)) = (&measure.missing, parts.there.0.first()) {
            let instead = self.builder.constant_node(value.clone(), origin);
            node = self.builder.select(*given, node, instead, origin);
        }
        if zero_counts {
            let mut divides = self.builder.companion(parts.denominator, true, origin);
            if let (Missing::Value(_), Some(given)) = (&measure.missing, parts.there.0.first()) {
                // What counts instead of a missing ratio needs no denominator.
                let one = self.builder.constant_node(Exact::ONE, origin);
                divides = self.builder.select(*given, divides, one, origin);
            }
            there = there.and(&There::when(divides));
        }
        Value { node, there, unit: Measured::pure(), flag: false }
    }

    fn rounded_on_reading(&mut self, value: Value, measure: &Measure, context: &Context) -> Value {
        let Some(quantum) = &measure.rounded else { return value };
        let origin = Origin {
            what: Arc::from(format!("{} rounded to {quantum}", measure.name)),
            context: self.words(context),
            unit: value.unit.text(),
            place: measure.place.clone(),
        };
        let origin = self.builder.origin(origin);
        let node = self.builder.round(value.node, quantum.clone(), self.contract.mode, origin);
        Value { node, ..value }
    }

    fn parts_of(&mut self, key: &FactKey, measure: &Measure) -> Observed {
        if let Some(known) = self.parts.get(key) {
            return known.clone();
        }
        let (least, most) = &measure.denominator_range;
        let denominators = Range { least: least.clone(), most: most.clone(), step: measure.step.clone() };
        let ratios = Range::between(measure.range.0.clone(), measure.range.1.clone());
        let numerators = Range { step: measure.step.clone(), ..ratios.times(&denominators) };
        let told = measure.missing != Missing::Refuse;
        let there = if told { There::when(self.given_fact(key, measure)) } else { There::always() };
        let (over, under) = stand_in(measure, &denominators.most);
        let lacks = |number: Exact| if told { Lacking::Told(number) } else { Lacking::Refused };
        let numerator = self.fact(key, measure, Part::Numerator, lacks(over), numerators);
        let denominator = self.fact(key, measure, Part::Denominator, lacks(under), denominators);
        let observed = Observed { numerator, denominator, there };
        self.parts.insert(key.clone(), observed.clone());
        observed
    }

    /// The parts of a ratio in one period; absent outside what may be supplied.
    pub(super) fn ratio_parts(
        &mut self,
        index: usize,
        period: Period,
        members: Members,
        at: At<'_>,
        context: &Context,
    ) -> Observed {
        let contract = self.contract;
        let measure = &contract.measures[index];
        if !self.suppliable(measure, period) {
            let absent = self.absent(at, context);
            return Observed { numerator: absent.node, denominator: absent.node, there: absent.there };
        }
        self.parts_of(&(index, period, members), measure)
    }

    /// Numerators over denominators.
    pub(super) fn pooled(&mut self, at: At<'_>, parts: &[Observed], context: &Context) -> Lowered<Value> {
        let there = parts.iter().fold(There::always(), |there, part| there.and(&part.there));
        let origin = self.origin(at, &Measured::pure(), context);
        let one = |node: &NodeId| (Exact::ONE, *node);
        let numerators: Vec<_> = parts.iter().map(|part| one(&part.numerator)).collect();
        let denominators: Vec<_> = parts.iter().map(|part| one(&part.denominator)).collect();
        let numerator = self.builder.linear(&numerators, Exact::ZERO, origin);
        let denominator = self.builder.linear(&denominators, Exact::ZERO, origin);
        let numerator = Value { there: there.clone(), ..Value::new(numerator, Measured::pure()) };
        self.divide(at, numerator, Value { there, ..Value::new(denominator, Measured::pure()) }, context)
    }
}

/// An admissible numerator and denominator, for where there is no observation.
fn stand_in(measure: &Measure, denominator: &Exact) -> (Exact, Exact) {
    let least = &measure.range.0 * denominator;
    let on_grid = measure.step.as_ref().map(|step| least.rounded(step, crate::num::Mode::Ceiling));
    let numerator = on_grid.filter(|n| *n <= &measure.range.1 * denominator).unwrap_or(least);
    (numerator, denominator.clone())
}
