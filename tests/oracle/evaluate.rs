//! The meaning of formulas: a recursive walk over the expression in a context. `None` is absence.

use num_traits::{Signed, ToPrimitive, Zero};

use super::calendar::{Period, Span};
use super::contract::{Context, Oracle};
use super::formula::{Expr, Name, Operator};
use super::numbers::{Unit, Value, ceiling_to, floor_to, round_to, whole};
use super::observations::Part;

impl Oracle {
    pub fn evaluate(&self, expr: &Expr, context: &Context) -> Option<Value> {
        match expr {
            Expr::Number(number) => Some(Value::pure(number.clone())),
            Expr::Money(number) => {
                Some(Value { number: number.clone(), unit: Unit { money: 1, ..Unit::NONE } })
            }
            Expr::Absent => None,
            Expr::Name(name) => self.name(name, context),
            Expr::Is(name, key) => self.is(name, key, context),
            Expr::If(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                let chosen = if self.evaluate(condition, context)?.truth() { then } else { otherwise };
                self.evaluate(chosen, context)
            }
            Expr::Else(pair) => self.evaluate(&pair[0], context).or_else(|| self.evaluate(&pair[1], context)),
            Expr::Not(inner) => self.evaluate(inner, context).map(|value| Value::flag(!value.truth())),
            Expr::Negative(inner) => {
                self.evaluate(inner, context).map(|value| Value { number: -value.number, unit: value.unit })
            }
            Expr::Binary(operator, pair) => {
                let [left, right] = pair.as_ref();
                binary(*operator, self.evaluate(left, context), self.evaluate(right, context))
            }
            Expr::Call(function, arguments) => self.call(function, arguments, context),
            Expr::RoundTo(how, pair) => {
                let (x, quantum) = (self.evaluate(&pair[0], context)?, self.evaluate(&pair[1], context)?);
                let number = match how.as_str() {
                    "round" => round_to(&x.number, &quantum.number, self.mode),
                    "floor" => floor_to(&x.number, &quantum.number),
                    _ => ceiling_to(&x.number, &quantum.number),
                };
                Some(Value { number, unit: x.common(&quantum) })
            }
            Expr::Aggregate(aggregate) => self.aggregate(aggregate, context),
        }
    }

    /// Evaluates in a period: of the term within it, in months, days or years.
    fn period_word(&self, word: &str, p: Period) -> Option<Value> {
        let (year, month) = (Unit { year: 1, ..Unit::NONE }, Unit { month: 1, ..Unit::NONE });
        let (number, unit) = match word {
            "months" => (self.calendar.month_count(p), month),
            "days" => (self.calendar.day_count(p), Unit::NONE),
            "years_by_days" => (self.calendar.years_by_days(p), year),
            "month_number" => (whole(self.calendar.month_number(p)), Unit::NONE),
            "year_number" => (whole(self.calendar.year_number(p)), Unit::NONE),
            _ => return None,
        };
        Some(Value { number, unit })
    }

    /// The context with the keys in brackets applied; none if a code is absent.
    fn keyed(&self, name: &Name, context: &Context) -> Option<Context> {
        let mut keyed = context.clone();
        for key in &name.keys {
            if let Some(period) = self.calendar.parse(key) {
                keyed.period = period;
            } else if self.is_code(key) {
                let axis = self.measure(key)?.need("axis").text();
                keyed = self.bind(&keyed, axis, &self.code(key, context)?);
            } else {
                let own = self.bare_reads(&name.name, &mut Vec::new()).axes;
                keyed = self.bind(&keyed, &self.axis_of_key(&own, key), key);
            }
        }
        Some(keyed)
    }

    fn name(&self, name: &Name, context: &Context) -> Option<Value> {
        let context = &self.keyed(name, context)?;
        let id = name.name.as_str();
        if self.measure(id).is_some() {
            self.figure(id, context, Part::Value)
        } else if self.entry("tables", id).is_some() {
            Some(self.table(id, name.column.as_deref(), context))
        } else if self.entry("quantities", id).is_some() {
            self.quantity(id, context)
        } else {
            let value = self.period_word(id, context.period);
            Some(value.unwrap_or_else(|| panic!("`{id}` is no measure, table or quantity")))
        }
    }

    /// A quantity in its own period, with the axes it carries and no others.
    pub fn quantity(&self, name: &str, context: &Context) -> Option<Value> {
        let reads = self.quantity_reads(name, &mut Vec::new());
        let mut own = Context { fixed: Default::default(), ..context.clone() };
        if let Some(span) = reads.span {
            assert!(context.period.span <= span, "quantity `{name}` must be aggregated over its periods");
            own.period = self.calendar.enclosing(context.period, span);
        }
        for axis in reads.axes {
            if let Some(member) = self.member(context, &axis) {
                own.fixed.insert(axis, member);
            }
        }
        if !reads.holder {
            own.holder = None;
        }
        let mark = format!("{name} {} {:?} {:?}", self.calendar.label(own.period), own.fixed, own.holder);
        if let Some(known) = self.known_quantities.borrow().get(&mark) {
            return known.clone();
        }
        let definition = self.entry("quantities", name)?;
        let formula = self.formula(definition.get("is").unwrap_or(definition));
        let mut value = self.guarded(&mark, || self.evaluate(&formula, &own));
        if let (Some(value), Some(unit)) = (&mut value, definition.get("unit")) {
            let unit = self.unit(unit.text());
            value.unit = if value.unit == Unit::NONE { unit } else { value.unit };
        }
        self.known_quantities.borrow_mut().insert(mark, value.clone());
        value
    }

    fn is(&self, name: &str, key: &str, context: &Context) -> Option<Value> {
        let wanted = if self.is_code(key) { self.code(key, context)? } else { key.to_string() };
        if self.is_code(name) {
            return self.code(name, context).map(|code| Value::flag(code == wanted));
        }
        if let Some(span) = Span::named(name) {
            let here = self.calendar.enclosing(context.period, span);
            return Some(Value::flag(here == self.calendar.need(&wanted)));
        }
        let member = self.member(context, name).unwrap_or_else(|| panic!("nothing fixes `{name}`"));
        Some(Value::flag(member == wanted))
    }

    fn call(&self, function: &str, arguments: &[Expr], context: &Context) -> Option<Value> {
        match function {
            "given" => return Some(Value::flag(self.evaluate(&arguments[0], context).is_some())),
            "numerator" => return self.part(&arguments[0], context, Part::Numerator),
            "denominator" => return self.part(&arguments[0], context, Part::Denominator),
            "previous" => return self.previous(arguments, context),
            "paid" => return Some(self.paid(name_of(&arguments[0]), context)),
            "net" => return Some(self.net(name_of(&arguments[0]), name_of(&arguments[1]), context)),
            _ => {}
        }
        let values: Option<Vec<Value>> = arguments.iter().map(|a| self.evaluate(a, context)).collect();
        let mut values = values?;
        match function {
            "min" => values.into_iter().reduce(Value::least),
            "max" => values.into_iter().reduce(Value::greatest),
            "abs" => values.pop().map(|x| Value { number: x.number.abs(), unit: x.unit }),
            "clamp" => {
                let [x, least, most] = take(function, values);
                Some(x.least(most).greatest(least))
            }
            "score" => score(take(function, values)),
            curve => Some(self.curve(curve, &values, context)),
        }
    }

    fn part(&self, argument: &Expr, context: &Context, part: Part) -> Option<Value> {
        let Expr::Name(name) = argument else { panic!("numerator and denominator take a measure") };
        self.figure(&name.name, &self.keyed(name, context)?, part)
    }

    fn previous(&self, arguments: &[Expr], context: &Context) -> Option<Value> {
        let what = &arguments[0];
        let steps = match arguments.get(1) {
            Some(n) => self.evaluate(n, context)?.number.to_integer().to_i64().unwrap_or(i64::MAX),
            None => 1,
        };
        let own = self.reads(what, &mut Vec::new()).span.unwrap_or(context.period.span);
        let span = own.max(context.period.span);
        let period = self.calendar.earlier(self.calendar.enclosing(context.period, span), steps)?;
        let named = if let Expr::Name(name) = what { self.measure(&name.name) } else { None };
        let supplied = named.and_then(|measure| measure.get("earlier"));
        let supplied = supplied.map_or(whole(0), |n| super::numbers::decimal(n.text()));
        if whole(self.calendar.before_term(period)) > supplied {
            return None;
        }
        self.evaluate(what, &Context { period, ..context.clone() })
    }
}

fn name_of(argument: &Expr) -> &str {
    let Expr::Name(name) = argument else { panic!("a clause, group or party expected, found {argument:?}") };
    &name.name
}

fn take<const N: usize>(function: &str, values: Vec<Value>) -> [Value; N] {
    values.try_into().unwrap_or_else(|_| panic!("`{function}` takes {N} arguments"))
}

/// 0 at the floor, 1 at the target, straight between and held beyond.
fn score([x, floor, target]: [Value; 3]) -> Option<Value> {
    let share = x.minus(&floor).over(&target.minus(&floor))?;
    Some(Value::pure(share.number.clamp(whole(0), whole(1))))
}

fn binary(operator: Operator, left: Option<Value>, right: Option<Value>) -> Option<Value> {
    let truths = [&left, &right].map(|side| side.as_ref().map(Value::truth));
    if operator == Operator::And && truths.contains(&Some(false)) {
        return Some(Value::flag(false));
    }
    if operator == Operator::Or && truths.contains(&Some(true)) {
        return Some(Value::flag(true));
    }
    let (left, right) = (left?, right?);
    Some(match operator {
        Operator::Add => left.plus(&right),
        Operator::Subtract => left.minus(&right),
        Operator::Multiply => left.times(&right),
        Operator::Divide => return left.over(&right),
        // Neither side settled it, so both are true, or neither is.
        Operator::And => Value::flag(true),
        Operator::Or => Value::flag(false),
        Operator::Less => Value::flag(left.minus(&right).number.is_negative()),
        Operator::LessEqual => Value::flag(!left.minus(&right).number.is_positive()),
        Operator::Equal => Value::flag(left.minus(&right).number.is_zero()),
        Operator::Different => Value::flag(!left.minus(&right).number.is_zero()),
        Operator::GreaterEqual => Value::flag(!left.minus(&right).number.is_negative()),
        Operator::Greater => Value::flag(left.minus(&right).number.is_positive()),
    })
}
