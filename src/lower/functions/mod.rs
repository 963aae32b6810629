//! Functions of the formula language, and the words for the current period.
//!
//! To add a function, add a file with its entry and name it in [`FUNCTIONS`] (and, since its
//! name is then taken, in `contract::RESERVED`).

mod extremes;
mod given;
mod period;
mod previous;
mod ratio_parts;
mod score;

use super::operators::At;
use super::{Context, Lowered, Lowering, Value, flows};
use crate::contract::Named;
use crate::formula::Formula;
use crate::source::{catalogue, did_you_mean};

pub use period::{PERIOD_WORDS, PeriodWord};

/// What the arguments of a function are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arguments {
    /// Formulas.
    Formulas,
    /// Names of parties, clauses and groups.
    Flows,
}

/// A call of a function.
pub struct Call<'f> {
    /// The call and the text it stands in.
    pub at: At<'f>,
    /// The arguments.
    pub arguments: &'f [Formula],
    /// Where it is worked out.
    pub context: &'f Context,
}

/// A function.
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// How it is called.
    pub usage: &'static str,
    /// Least and most number of arguments.
    pub count: (usize, usize),
    /// What its arguments are.
    pub arguments: Arguments,
    /// What it means.
    pub meaning: &'static str,
    /// Lowers a call.
    pub lower: fn(&mut Lowering<'_>, &Call<'_>) -> Lowered<Value>,
}

/// All functions.
pub static FUNCTIONS: [&Function; 11] = [
    &extremes::MIN,
    &extremes::MAX,
    &extremes::ABS,
    &extremes::CLAMP,
    &score::SCORE,
    &given::GIVEN,
    &ratio_parts::NUMERATOR,
    &ratio_parts::DENOMINATOR,
    &previous::PREVIOUS,
    &flows::PAID,
    &flows::NET,
];

/// The function with this name.
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().copied().find(|function| function.name == name)
}

/// The word for the current period with this name.
pub fn period_word(name: &str) -> Option<&'static PeriodWord> {
    PERIOD_WORDS.iter().find(|word| word.name == name)
}

/// All names of functions and words, for "did you mean".
pub fn words<'a>() -> impl Iterator<Item = &'a str> {
    FUNCTIONS.iter().map(|function| function.name).chain(PERIOD_WORDS.iter().map(|word| word.name))
}

impl Lowering<'_> {
    pub(super) fn call(
        &mut self,
        at: At<'_>,
        name: &str,
        arguments: &[Formula],
        context: &Context,
    ) -> Lowered<Value> {
        match self.contract.names.get(name) {
            Some(Named::Curve(index)) => {
                self.used.insert(name.to_string());
                return self.curve(at, *index, arguments, context);
            }
            Some(Named::Broken) => return Err(super::Reported),
            Some(Named::Measure(_) | Named::Table(_) | Named::Quantity(_)) | None => {}
        }
        let Some(function) = find(name) else {
            let curves = self.contract.curves.iter().map(|curve| curve.name.as_str());
            let remedy = did_you_mean(name, words().chain(curves)).map_or_else(
                || "call a function of the reference, or a curve".to_string(),
                |near| format!("did you mean `{near}`?"),
            );
            return self.refuse(
                &catalogue::UNKNOWN_NAME,
                at,
                format!("there is no function `{name}`"),
                remedy,
            );
        };
        let (least, most) = function.count;
        if arguments.len() < least || arguments.len() > most {
            let found = format!("`{name}` with {} arguments", arguments.len());
            return self.refuse(&catalogue::ARGUMENTS, at, found, format!("write {}", function.usage));
        }
        (function.lower)(self, &Call { at, arguments, context })
    }
}

impl Call<'_> {
    /// Lowers all arguments, reporting the problems of each.
    fn values(&self, this: &mut Lowering<'_>) -> Lowered<Vec<Value>> {
        let values: Vec<Lowered<Value>> =
            self.arguments.iter().map(|argument| this.lower(self.at.0, argument, self.context)).collect();
        values.into_iter().collect()
    }
}
