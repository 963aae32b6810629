//! The form of each part of a contract, declared once: what is read, what is refused, the JSON
//! Schema and the field tables of the reference all come from it.

use crate::calendar::{Date, PeriodKind};
use crate::formula;
use crate::num::Exact;
use crate::source::catalogue::{self, Code};
use crate::source::{Diagnostic, Json, Kind, Location, Place, did_you_mean};
use crate::unit::Unit;

/// A form that a JSON value can have.
#[derive(Debug)]
pub enum Shape {
    /// A text for people.
    Text,
    /// The name of something declared elsewhere.
    Reference,
    /// A decimal or percentage, as a number or a text.
    Number,
    /// A whole number from the least to the most.
    Whole(i64, i64),
    /// `true` or `false`.
    Flag,
    /// A formula.
    Formula,
    /// A date.
    Date,
    /// A unit.
    Unit,
    /// A number followed by its unit, such as `200 GBP/breach`.
    Quantity,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list; each item has the form.
    List(&'static Shape),
    /// An object by names or keys; each value has the form.
    Map(&'static Shape),
    /// An object with these fields.
    Object(&'static [Field]),
    /// One of several forms, told apart by the kind of JSON value and by their first fields.
    Either(&'static [Shape]),
    /// Checked by what reads it: cells of tables, nested by axis.
    Cells,
}

/// A field of an object.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Its form.
    pub shape: &'static Shape,
    /// What it means, in one sentence.
    pub meaning: &'static str,
}

/// Fields allowed in every object; they say something to people and nothing to the engine.
pub const DESCRIPTIVE: [&str; 4] = ["title", "note", "source", "ref"];

/// The words for periods.
pub const PERIODS: [&str; 4] = ["month", "quarter", "year", "term"];

impl Shape {
    /// The fields of an object; none of other forms.
    pub fn fields(&self) -> &'static [Field] {
        if let Shape::Object(fields) = self { fields } else { &[] }
    }

    /// The forms of an either; none of other forms.
    pub fn alternatives(&self) -> &'static [Shape] {
        if let Shape::Either(shapes) = self { shapes } else { &[] }
    }

    /// The form in words, without the fields inside it.
    pub fn brief(&self) -> String {
        match self {
            Shape::Object(_) => "an object".to_string(),
            Shape::Either(shapes) => {
                let mut words: Vec<String> = shapes.iter().map(Shape::brief).collect();
                words.dedup();
                words.join(", or ")
            }
            Shape::List(item) => format!("a list, each {}", item.brief()),
            Shape::Map(value) => format!("by name, each {}", value.brief()),
            Shape::Text
            | Shape::Reference
            | Shape::Number
            | Shape::Whole(..)
            | Shape::Flag
            | Shape::Formula
            | Shape::Date
            | Shape::Unit
            | Shape::Quantity
            | Shape::Word(_)
            | Shape::Cells => self.words(),
        }
    }

    /// The form in words, for messages and the reference.
    pub fn words(&self) -> String {
        match self {
            Shape::Text => "a text".to_string(),
            Shape::Reference => "a name".to_string(),
            Shape::Number => "a number such as 142.37 or \"5%\"".to_string(),
            Shape::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Shape::Flag => "true or false".to_string(),
            Shape::Formula => "a formula".to_string(),
            Shape::Date => "a date such as \"2026-04-01\"".to_string(),
            Shape::Unit => "a unit such as \"GBP/person/year\"".to_string(),
            Shape::Quantity => "a number with its unit, such as \"200 GBP/breach\"".to_string(),
            Shape::Word(words) => format!("one of {}", words.join(", ")),
            Shape::List(item) => format!("a list, each {}", item.words()),
            Shape::Map(value) => format!("an object by name, each {}", value.words()),
            Shape::Object(fields) => {
                let required = fields.iter().filter(|field| field.required);
                let names: Vec<&str> = required.map(|field| field.name).collect();
                if names.is_empty() {
                    "an object".to_string()
                } else {
                    format!("an object with {}", names.join(", "))
                }
            }
            Shape::Either(shapes) => shapes.iter().map(Shape::words).collect::<Vec<_>>().join("; or "),
            Shape::Cells => "values, nested by axis".to_string(),
        }
    }

    /// True when a value is of the right kind of JSON, so that its problems are problems of this
    /// form and not of another.
    fn fits(&self, json: &Json) -> bool {
        match self {
            Shape::Text | Shape::Reference | Shape::Date | Shape::Unit | Shape::Word(_) => {
                json.text().is_some()
            }
            Shape::Number | Shape::Quantity | Shape::Formula => json.number_text().is_some(),
            Shape::Whole(..) => matches!(json.kind, Kind::Number(_)),
            Shape::Flag => matches!(json.kind, Kind::Bool(_)),
            Shape::List(_) => matches!(json.kind, Kind::List(_)),
            Shape::Map(_) => matches!(json.kind, Kind::Object(_)),
            Shape::Object(fields) => {
                matches!(json.kind, Kind::Object(_))
                    && fields.first().is_none_or(|field| json.get(field.name).is_some())
            }
            Shape::Either(shapes) => shapes.iter().any(|shape| shape.fits(json)),
            Shape::Cells => !matches!(json.kind, Kind::Null | Kind::Bool(_)),
        }
    }
}

/// Collects problems with their places.
#[derive(Debug, Default)]
pub struct Reports(pub Vec<Diagnostic>);

impl Reports {
    /// Adds a problem unless the same one is there already.
    pub fn add(
        &mut self,
        code: &'static Code,
        place: &Place,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let location = Location::Document(place.clone());
        let problem = Diagnostic { code, location, found: found.into(), remedy: remedy.into() };
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    /// True when an error is among them.
    pub fn has_error(&self) -> bool {
        self.0.iter().any(Diagnostic::is_error)
    }
}

/// Checks a value against a form and reports every difference.
///
/// True when the value can be read; unknown fields are reported and do not hinder reading.
pub fn conform(json: &Json, shape: &Shape, reports: &mut Reports) -> bool {
    match shape {
        Shape::Either(shapes) => match shapes.iter().find(|shape| shape.fits(json)) {
            Some(shape) => conform(json, shape, reports),
            None => wrong_type(json, shape, reports),
        },
        Shape::Object(fields) if matches!(json.kind, Kind::Object(_)) => {
            conform_object(json, fields, reports)
        }
        Shape::List(item) if matches!(json.kind, Kind::List(_)) => {
            // Every item is looked at, so that all problems are reported.
            json.items().iter().filter(|value| !conform(value, item, reports)).count() == 0
        }
        Shape::Map(value) if matches!(json.kind, Kind::Object(_)) => {
            json.members().iter().filter(|(_, member)| !conform(member, value, reports)).count() == 0
        }
        Shape::Object(_) | Shape::List(_) | Shape::Map(_) => wrong_type(json, shape, reports),
        Shape::Text
        | Shape::Reference
        | Shape::Number
        | Shape::Whole(..)
        | Shape::Flag
        | Shape::Formula
        | Shape::Date
        | Shape::Unit
        | Shape::Quantity
        | Shape::Word(_)
        | Shape::Cells => {
            if shape.fits(json) {
                conform_plain(json, shape, reports)
            } else {
                wrong_type(json, shape, reports)
            }
        }
    }
}

fn wrong_type(json: &Json, shape: &Shape, reports: &mut Reports) -> bool {
    let found = format!("{} stands here", json.word());
    reports.add(&catalogue::WRONG_TYPE, &json.place, found, format!("write {}", shape.words()));
    false
}

fn conform_object(json: &Json, fields: &[Field], reports: &mut Reports) -> bool {
    let mut ok = true;
    for (name, value) in json.members() {
        match fields.iter().find(|field| field.name == name) {
            Some(field) => ok &= conform(value, field.shape, reports),
            None if DESCRIPTIVE.contains(&name.as_str()) => ok &= conform(value, &Shape::Text, reports),
            None => {
                let known = || fields.iter().map(|field| field.name);
                let remedy = did_you_mean(name, known()).map_or_else(
                    || format!("take it out; the fields here are {}", known().collect::<Vec<_>>().join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                let found = format!("there is no field `{name}` here");
                reports.add(&catalogue::UNKNOWN_FIELD, &value.key_place(), found, remedy);
            }
        }
    }
    for field in fields.iter().filter(|field| field.required && json.get(field.name).is_none()) {
        let found = format!("the field `{}` is missing", field.name);
        let remedy = format!("add it: {} – {}", field.shape.words(), field.meaning);
        reports.add(&catalogue::MISSING_FIELD, &json.place, found, remedy);
        ok = false;
    }
    ok
}

fn conform_plain(json: &Json, shape: &Shape, reports: &mut Reports) -> bool {
    let text = json.number_text().unwrap_or_default();
    let place = &json.place;
    let mut refuse = |code, found: String, remedy: String| {
        reports.add(code, place, found, remedy);
        false
    };
    match shape {
        Shape::Number => {
            Exact::parse(text).is_ok_and(|_| true) || {
                let error = Exact::parse(text).expect_err("it was not read");
                refuse(
                    &catalogue::BAD_NUMBER,
                    error.to_string(),
                    "write a plain decimal such as 142.37 or \"5%\"".into(),
                )
            }
        }
        Shape::Whole(least, most) => match text.parse::<i64>() {
            Ok(value) if (least..=most).contains(&&value) => true,
            Ok(_) | Err(_) => refuse(
                &catalogue::BAD_NUMBER,
                format!("`{text}` is not a whole number from {least} to {most}"),
                "write such a number".into(),
            ),
        },
        Shape::Date => {
            Date::parse(text).is_some()
                || refuse(
                    &catalogue::BAD_DATE,
                    format!("`{text}` is not a date"),
                    format!("write {}", shape.words()),
                )
        }
        Shape::Unit => {
            Unit::parse(text).is_some()
                || refuse(
                    &catalogue::BAD_UNIT,
                    format!("`{text}` is not a unit"),
                    format!("write {}", shape.words()),
                )
        }
        Shape::Word(words) => {
            words.contains(&text) || {
                let remedy = did_you_mean(text, words.iter().copied()).map_or_else(
                    || format!("write {}", shape.words()),
                    |near| format!("did you mean `{near}`?"),
                );
                refuse(&catalogue::UNKNOWN_WORD, format!("`{text}` is none of the words known here"), remedy)
            }
        }
        Shape::Formula => conform_formula(json, text, reports),
        Shape::Text
        | Shape::Reference
        | Shape::Flag
        | Shape::Quantity
        | Shape::List(_)
        | Shape::Map(_)
        | Shape::Object(_)
        | Shape::Either(_)
        | Shape::Cells => true,
    }
}

fn conform_formula(json: &Json, text: &str, reports: &mut Reports) -> bool {
    let Err(error) = formula::parse(text) else { return true };
    let (code, remedy) = if error.is_limit {
        (&catalogue::LIMIT, "name parts of it as quantities")
    } else {
        (&catalogue::FORMULA_SYNTAX, "correct the formula here")
    };
    reports.add(code, &json.formula_place(error.span), error.message, remedy);
    false
}

/// The kind of period a checked word stands for.
pub fn period_word(json: Option<&Json>) -> Option<PeriodKind> {
    json.and_then(Json::text).and_then(PeriodKind::of_word)
}
