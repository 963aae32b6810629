//! Names: what they stand for, the keys that select from them, and the axes the context fixes.

use std::sync::Arc;

use super::operators::At;
use super::{Context, Lowered, Lowering, Measured, Members, Reported, State, Value, functions};
use crate::contract::{AxisId, AxisKind, Contract, MeasureKind, Named};
use crate::formula::{Formula, Key, Kind, Name};
use crate::num::{Exact, Piecewise};
use crate::plan::Origin;
use crate::source::{catalogue, did_you_mean};

/// What a key fixes.
enum Fixed {
    Member(AxisId, i32),
    Period(crate::calendar::Period),
    Code(AxisId, usize),
}

impl Lowering<'_> {
    pub(super) fn name(&mut self, at: At<'_>, name: &Name, context: &Context) -> Lowered<Value> {
        let contract = self.contract;
        let Some(named) = contract.names.get(&name.name).copied() else {
            if let Some(word) = functions::period_word(&name.name).filter(|_| name.keys.is_empty()) {
                return (word.lower)(self, at, context);
            }
            return self.unknown_name(at, &name.name);
        };
        self.uses(&name.name);
        if name.column.is_some() && !matches!(named, Named::Table(_) | Named::Broken) {
            let found = format!("`{}` is not a table", name.name);
            return self.refuse(&catalogue::UNKNOWN_NAME, at, found, "only tables have columns");
        }
        if name.keys.is_empty() {
            return self.read(at, name, named, context);
        }
        let axes = self.axes_of(named);
        let mut context = context.clone();
        let mut codes = Vec::new();
        for key in &name.keys {
            match self.key(at, key, &axes)? {
                Fixed::Member(axis, member) => context = context.with(contract, axis, member),
                Fixed::Period(period) => context = context.in_period(Some(period)),
                Fixed::Code(axis, measure) => codes.push((axis, measure)),
            }
        }
        self.by_codes(at, name, named, &codes, &context)
    }

    /// Notes that something is read.
    pub(super) fn uses(&mut self, name: &str) {
        if !self.used.contains(name) {
            self.used.insert(name.to_string());
        }
    }

    /// Reads a name whose remaining axes are selected by measures of kind code.
    fn by_codes(
        &mut self,
        at: At<'_>,
        name: &Name,
        named: Named,
        codes: &[(AxisId, usize)],
        context: &Context,
    ) -> Lowered<Value> {
        let Some(((axis, measure), rest)) = codes.split_first() else {
            return self.read(at, name, named, context);
        };
        let code = self.measure(at, *measure, context)?;
        let members = self.contract.members(*axis);
        let mut chosen: Option<Value> = None;
        for member in members.into_iter().rev() {
            let value = self.by_codes(at, name, named, rest, &context.with(self.contract, *axis, member))?;
            chosen = Some(match chosen {
                None => value,
                Some(otherwise) => {
                    let flag = self.member_flag(at, &code, member, context);
                    self.select(at, &flag, value, otherwise, context)?
                }
            });
        }
        let value = chosen.ok_or(Reported)?;
        Ok(Value { there: value.there.and(&code.there), ..value })
    }

    /// 1 where a code names a member.
    fn member_flag(&mut self, at: At<'_>, code: &Value, member: i32, context: &Context) -> Value {
        let origin = self.origin(at, &Measured::pure(), context);
        let spike = Piecewise::spike(&Exact::from(i64::from(member)));
        Value::flag(self.builder.piecewise(code.node, spike, origin), code.there.clone())
    }

    fn axes_of(&mut self, named: Named) -> Vec<AxisId> {
        match named {
            Named::Measure(index) => {
                let measure = &self.contract.measures[index];
                measure.by.iter().copied().chain([Contract::period_axis(measure.per)]).collect()
            }
            Named::Table(index) => self.contract.tables[index].by.clone(),
            Named::Quantity(index) => {
                let reads = self.survey.quantity(index);
                reads.axes.into_iter().chain(reads.finest.map(Contract::period_axis)).collect()
            }
            Named::Curve(_) | Named::Broken => Vec::new(),
        }
    }

    fn key(&mut self, at: At<'_>, key: &Key, axes: &[AxisId]) -> Lowered<Fixed> {
        let contract = self.contract;
        let mut found = Vec::new();
        if let Some(period) = contract.calendar.period(&key.text) {
            let kinds = axes.iter().filter_map(|axis| contract.period_kind(*axis));
            if kinds.min().is_some_and(|kind| kind <= period.kind) {
                found.push(Fixed::Period(period));
            }
        }
        for axis in axes.iter().filter(|axis| contract.period_kind(**axis).is_none()) {
            found.extend(contract.member_named(*axis, &key.text).map(|member| Fixed::Member(*axis, member)));
        }
        if let Some(Named::Measure(index)) = contract.names.get(&key.text)
            && let MeasureKind::Code(axis) = contract.measures[*index].kind
            && axes.contains(&axis)
        {
            self.used.insert(key.text.clone());
            found.push(Fixed::Code(axis, *index));
        }
        let place = at.0.at(&Formula::new(Kind::Absent, key.span));
        match (found.pop(), found.is_empty()) {
            (Some(fixed), true) => Ok(fixed),
            (Some(_), false) => {
                let found = format!("`{}` could fix more than one axis here", key.text);
                self.reports.add(&catalogue::AMBIGUOUS_KEY, &place, found, "rename a member or a measure");
                Err(Reported)
            }
            (None, _) => {
                let names: Vec<String> = axes.iter().map(|axis| contract.axis(*axis).id.clone()).collect();
                let found = format!("`{}` selects nothing here", key.text);
                let remedy = if names.is_empty() {
                    "take the key out; this name has no axes".to_string()
                } else {
                    format!("name a member of {}", names.join(" or "))
                };
                self.reports.add(&catalogue::UNKNOWN_KEY, &place, found, remedy);
                Err(Reported)
            }
        }
    }

    pub(super) fn unknown_name<T>(&mut self, at: At<'_>, name: &str) -> Lowered<T> {
        let known = self.contract.names.keys().map(String::as_str);
        let remedy = did_you_mean(name, known.chain(functions::words())).map_or_else(
            || "declare it, or correct the name".to_string(),
            |near| format!("did you mean `{near}`?"),
        );
        self.refuse(&catalogue::UNKNOWN_NAME, at, format!("there is no `{name}`"), remedy)
    }

    fn read(&mut self, at: At<'_>, name: &Name, named: Named, context: &Context) -> Lowered<Value> {
        match named {
            Named::Measure(index) => {
                if matches!(self.contract.measures[index].kind, MeasureKind::Code(_)) {
                    let found = format!("`{}` is a code, not a number", name.name);
                    return self.refuse(
                        &catalogue::ARGUMENTS,
                        at,
                        found,
                        "ask `… is member`, or use it as a key",
                    );
                }
                self.measure(at, index, context)
            }
            Named::Table(index) => self.table(at, index, name.column.as_deref(), context),
            Named::Quantity(index) => self.quantity(at, index, context),
            Named::Curve(_) => {
                let found = format!("`{}` is a curve", name.name);
                self.refuse(&catalogue::ARGUMENTS, at, found, format!("call it: {}(…)", name.name))
            }
            Named::Broken => Err(Reported),
        }
    }

    /// The member of each axis that the context fixes, or a report.
    pub(super) fn members_of(&mut self, at: At<'_>, axes: &[AxisId], context: &Context) -> Lowered<Members> {
        let contract = self.contract;
        let mut members = Members::new();
        for axis in axes {
            if matches!(contract.axis(*axis).kind, AxisKind::Holder(_)) {
                members.push(0);
                continue;
            }
            match contract.fixed(*axis, &context.coordinates) {
                Some(member) => members.push(member),
                None => {
                    let id = &contract.axis(*axis).id;
                    let found = format!("`{}` does not say which {id}", at.1);
                    let example = contract
                        .members(*axis)
                        .first()
                        .map_or(String::new(), |m| contract.member_name(*axis, *m));
                    let sum = format!("sum(… over {id})");
                    let remedy = match contract.axis(*axis).kind {
                        AxisKind::Period(_) => {
                            format!("let the clause or quantity be per {id}, or aggregate: {sum}")
                        }
                        AxisKind::Party => format!("let `to` be {{ \"each\": […] }}, or aggregate: {sum}"),
                        AxisKind::Holder(_) | AxisKind::Declared => {
                            format!(
                                "give the clause \"lines\": [\"{id}\"], pick one as in [{example}], or aggregate: {sum}"
                            )
                        }
                    };
                    return self.refuse(&catalogue::AXIS_NOT_FIXED, at, found, remedy);
                }
            }
        }
        Ok(members)
    }

    fn table(&mut self, at: At<'_>, index: usize, column: Option<&str>, context: &Context) -> Lowered<Value> {
        let contract = self.contract;
        let table = &contract.tables[index];
        let found = table.columns.iter().position(|known| known.name.as_deref() == column);
        let Some(place) = found else {
            let names: Vec<&str> = table.columns.iter().filter_map(|column| column.name.as_deref()).collect();
            let found = format!("`{}` has no such column", table.name);
            let remedy = format!("the columns are {}", names.join(", "));
            return self.refuse(&catalogue::UNKNOWN_NAME, at, found, remedy);
        };
        let members = self.members_of(at, &table.by, context)?;
        let column = &table.columns[place];
        let Ok((cell, value)) = self.cell_of((index, place), &members) else {
            return Ok(self.absent(at, context));
        };
        let unit = Measured::In(column.unit.clone());
        let long = table.by.iter().filter_map(|axis| contract.period_kind(*axis)).min();
        self.warn_long_in_short(at, &unit, long, context);
        let names = |members: &Members| {
            let names =
                table.by.iter().zip(members).map(|(axis, member)| contract.member_name(*axis, *member));
            Arc::from(names.collect::<Vec<_>>().join(", "))
        };
        let row = self.rows.entry((index, members)).or_insert_with_key(|(_, members)| names(members));
        let context = row.clone();
        let origin = Origin {
            what: self.wording(at),
            context,
            unit: self.unit_text(&unit),
            place: table.place.clone(),
        };
        let origin = self.builder.origin(origin);
        let node = self.agreed(cell, &value, origin);
        Ok(Value::new(node, unit))
    }

    fn warn_long_in_short(
        &mut self,
        at: At<'_>,
        unit: &Measured,
        long: Option<crate::calendar::PeriodKind>,
        context: &Context,
    ) {
        if let (Some(long), Some(current)) = (long, context.period())
            && long > current.kind
            && *unit == self.money.0
        {
            let found =
                format!("`{}` is money for a {}, read for a {}", at.1, long.word(), current.kind.word());
            let place = at.0.at(at.1);
            let remedy = "divide it over the periods, or make it a price such as GBP/year times `months`";
            self.reports.add(&catalogue::LONG_IN_SHORT, &place, found, remedy);
        }
    }

    /// Reads a quantity: worked out once for its period and the members it carries.
    pub(super) fn quantity(&mut self, at: At<'_>, index: usize, context: &Context) -> Lowered<Value> {
        if self.without_period.contains(&index) {
            return Err(Reported);
        }
        let contract = self.contract;
        let quantity = &contract.quantities[index];
        let reads = self.survey.quantity(index);
        let current = context.period();
        let period = match (reads.finest, current) {
            (None, _) => None,
            (Some(kind), Some(current)) => match contract.calendar.enclosing(current, kind) {
                Some(period) => Some(period),
                None => {
                    let found = format!(
                        "`{}` is worked out each {}, read for a {}",
                        quantity.name,
                        kind.word(),
                        current.kind.word()
                    );
                    let remedy = format!(
                        "aggregate it: sum({} over {}), or give it another `per`",
                        quantity.name,
                        kind.word()
                    );
                    return self.refuse(&catalogue::PERIOD_MISMATCH, at, found, remedy);
                }
            },
            (Some(kind), None) => {
                let found = format!(
                    "`{}` is worked out each {}, and there is no period here",
                    quantity.name,
                    kind.word()
                );
                return self.refuse(&catalogue::PERIOD_MISMATCH, at, found, "say `per`");
            }
        };
        if period.is_some_and(|period| !contract.calendar.in_term(period)) {
            return Ok(self.absent(at, context));
        }
        let axes: Vec<AxisId> = reads.axes.iter().copied().collect();
        let members = self.members_of(at, &axes, context)?;
        let inner = Context { coordinates: axes.into_iter().zip(members).collect() };
        if let Some(period) = period {
            self.earlier_first(at, index, period, &inner);
        }
        let value = self.quantity_in(at, index, &inner.in_period(period))?;
        self.warn_long_in_short(at, &value.unit, period.map(|period| period.kind), context);
        Ok(value)
    }

    /// Works out a quantity that reads its own past from the first period on, so that a long
    /// chain does not nest.
    fn earlier_first(&mut self, at: At<'_>, index: usize, period: crate::calendar::Period, inner: &Context) {
        let quantity = &self.contract.quantities[index];
        let looks_back = |formula: &Formula| {
            if let Kind::Call { function, .. } = &formula.kind { function == "previous" } else { false }
        };
        if !quantity.is.formula.any(&looks_back) {
            return;
        }
        let key = |p: crate::calendar::Period| (index, Some(p), inner.in_period(None).coordinates);
        for earlier in self.contract.calendar.all(period.kind) {
            if earlier >= period {
                break;
            }
            if !self.quantities.contains_key(&key(earlier)) {
                // Its problems are reported there and met again when it is read.
                let _ = self.quantity_in(at, index, &inner.in_period(Some(earlier)));
            }
        }
    }

    fn quantity_in(&mut self, at: At<'_>, index: usize, context: &Context) -> Lowered<Value> {
        let contract = self.contract;
        let quantity = &contract.quantities[index];
        let key = (index, context.period(), context.members());
        match self.quantities.get(&key) {
            Some(State::Done(known)) => return known.clone(),
            Some(State::Open) => return self.circle(at, &quantity.name),
            None => {}
        }
        self.quantities.insert(key.clone(), State::Open);
        self.path.push(quantity.name.clone());
        let value = self.lower(&quantity.is, &quantity.is.formula, context);
        self.path.pop();
        let value = value.and_then(|value| self.named(index, value, context));
        self.quantities.insert(key, State::Done(value.clone()));
        value
    }

    /// Gives the value of a quantity its name, and checks the unit that it states.
    fn named(&mut self, index: usize, value: Value, context: &Context) -> Lowered<Value> {
        let quantity = &self.contract.quantities[index];
        let at = (&quantity.is, &quantity.is.formula);
        let unit = match value.unit {
            Measured::Bare => Measured::pure(),
            Measured::Any | Measured::In(_) => value.unit,
        };
        if let (Some(stated), Measured::In(found)) = (&quantity.unit, &unit)
            && stated != found
        {
            let found = format!("`{}` is in `{found}`, not in `{stated}`", quantity.name);
            return self.refuse(&catalogue::UNIT_MISMATCH, at, found, "change the formula or `unit`");
        }
        let mut node = value.node;
        if self.builder.constant(node).is_none() {
            let origin = Origin {
                what: Arc::from(quantity.name.as_str()),
                context: self.words(context),
                unit: self.unit_text(&unit),
                place: quantity.is.place.clone(),
            };
            let origin = self.builder.origin(origin);
            node = self.builder.linear(&[(Exact::ONE, node)], Exact::ZERO, origin);
            for side in [true, false] {
                if let Some(implied) = self.implied.get(&(value.node, side)).cloned() {
                    self.implied.insert((node, side), implied);
                }
            }
        }
        Ok(Value { node, unit, ..value })
    }

    /// Reports a circle with the way round.
    pub(super) fn circle<T>(&mut self, at: At<'_>, name: &str) -> Lowered<T> {
        let start = self.path.iter().position(|step| step == name).unwrap_or(0);
        let way = format!("{} → {name}", self.path[start..].join(" → "));
        self.refuse(
            &catalogue::CIRCLE,
            at,
            format!("`{name}` depends on itself: {way}"),
            "break the circle, or use `previous`",
        )
    }

    /// `name is key`: a measure of kind code, or an axis of the context.
    pub(super) fn is(&mut self, at: At<'_>, name: &str, key: &Key, context: &Context) -> Lowered<Value> {
        let contract = self.contract;
        let origin = self.origin(at, &Measured::pure(), context);
        if let Some(Named::Measure(index)) = contract.names.get(name)
            && let MeasureKind::Code(axis) = contract.measures[*index].kind
        {
            self.used.insert(name.to_string());
            let member = self.known_member(at, axis, key)?;
            let code = self.measure(at, *index, context)?;
            return Ok(self.member_flag(at, &code, member, context));
        }
        let Some(axis) = contract.axis_named(name) else {
            let found = format!("`{name}` is neither an axis nor a measure of kind code");
            return self.refuse(&catalogue::UNKNOWN_NAME, at, found, "ask it of an axis or a code");
        };
        let asked = self.known_member(at, axis, key)?;
        let members = self.members_of(at, &[axis], context)?;
        let node = self.builder.constant_node(Exact::from(i64::from(members[0] == asked)), origin);
        Ok(Value::flag(node, super::There::always()))
    }

    fn known_member(&mut self, at: At<'_>, axis: AxisId, key: &Key) -> Lowered<i32> {
        match self.contract.member_named(axis, &key.text) {
            Some(member) => Ok(member),
            None => {
                let id = &self.contract.axis(axis).id;
                let found = format!("`{}` is no member of `{id}`", key.text);
                self.refuse(&catalogue::UNKNOWN_KEY, at, found, format!("name a member of `{id}`"))
            }
        }
    }
}
