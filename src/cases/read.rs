//! A case file as it was written.
//!
//! Every problem of form is reported at once; the cases that can be read are there all the same.

use super::fields::CASES;
use super::{EXPECTED, STANDING};
use crate::contract::shape::{Reports, conform};
use crate::num::{Exact, Mode};
use crate::source::{Diagnostic, Document, Json, Kind, Place, Problems};

/// Whether the source of a case was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verified {
    /// The source was found.
    Found,
    /// It is from memory.
    Remembered,
}

/// Whether the source prints the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Printed {
    /// It does.
    Published,
    /// It was worked out by hand from the rule.
    WorkedOut,
}

/// What a case proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The result is printed in a source that was found.
    Published,
    /// The rule was found, and the result worked out by hand.
    WorkedOut,
    /// It is from memory, the result too.
    Remembered,
}

impl Standing {
    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Standing::Published => "published",
            Standing::WorkedOut => "worked out",
            Standing::Remembered => "remembered",
        }
    }
}

/// A value that is expected, or that came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    /// There is none.
    Absent,
    /// Exactly this.
    Is(Exact),
}

/// What an expected value allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowance {
    /// Nothing but the value.
    Nothing,
    /// The source prints it rounded half up to this quantum.
    PrintedTo(Exact),
    /// It may be off by so much, for a reason.
    Within(Exact, String),
}

/// An expected amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// What is expected, as written: `NAME:KEY:KEY…`.
    pub what: String,
    /// The value as written.
    pub written: String,
    /// The value.
    pub amount: Amount,
    /// What it allows.
    pub allowance: Allowance,
    /// Where it stands.
    pub place: Place,
}

impl Expected {
    /// The clause or quantity.
    pub fn name(&self) -> &str {
        self.what.split(':').next().unwrap_or_default()
    }
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: String,
    /// What is special about it.
    pub title: String,
    /// Where it was found; it may be missing only where all is from memory.
    pub source: Option<String>,
    /// Whether the source was read.
    pub verified: Verified,
    /// Whether the source prints the result.
    pub result: Printed,
    /// The hand calculation.
    pub arithmetic: Option<String>,
    /// What within a case that was found is from memory.
    pub memory_parts: Vec<String>,
    /// Anything else for people.
    pub note: Option<String>,
    /// The period that is stated.
    pub period: String,
    /// What must come out.
    pub expected: Vec<Expected>,
    /// The whole case as written.
    pub(super) json: Json,
}

impl Case {
    /// What the case proves: only a result printed in a source that was read is published.
    pub fn standing(&self) -> Standing {
        match (self.verified, self.result) {
            (Verified::Remembered, Printed::Published | Printed::WorkedOut) => Standing::Remembered,
            (Verified::Found, Printed::Published) => Standing::Published,
            (Verified::Found, Printed::WorkedOut) => Standing::WorkedOut,
        }
    }

    /// The place of a field; of the case, where it is not there.
    pub(super) fn place(&self, field: &str) -> Place {
        self.json.get(field).map_or_else(|| self.json.key_place(), |value| value.place.clone())
    }
}

/// A case file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// The document it was read from.
    pub document: Document,
    /// The contract, a file of the same folder.
    pub cases_of: String,
    /// What the cases are.
    pub title: String,
    /// What of the scheme the contract does not say, and why.
    pub not_covered: Vec<String>,
    /// The cases in order.
    pub cases: Vec<Case>,
    /// Problems of form; a case that has some may be missing.
    pub problems: Vec<Diagnostic>,
}

impl CaseFile {
    /// Reads a case file that must be without problems.
    ///
    /// # Errors
    /// Every problem of form, with its place.
    pub fn parse(text: &str) -> Result<CaseFile, Problems> {
        match read(text) {
            Ok(file) if file.problems.is_empty() => Ok(file),
            Ok(file) => Err(Problems(file.problems)),
            Err(problems) => Err(problems),
        }
    }
}

/// Reads a case file as far as it goes.
///
/// # Errors
/// Text that is not JSON, and a head that cannot be read.
pub fn read(text: &str) -> Result<CaseFile, Problems> {
    let document = Document::parse(text).map_err(Problems)?;
    let root = document.root().clone();
    let mut reports = Reports::default();
    conform(&root, &CASES, &mut reports);
    let (Some(cases_of), Some(title)) = (text_of(&root, "cases_of"), text_of(&root, "title")) else {
        return Err(Problems(reports.0));
    };
    let cases = root.get("cases").map_or(&[][..], Json::members);
    let cases = cases.iter().filter_map(|(id, json)| case(id, json, &mut reports)).collect();
    let mut problems = reports.0;
    problems.sort_by_key(Diagnostic::at);
    Ok(CaseFile { document, cases_of, title, not_covered: texts(root.get("not_covered")), cases, problems })
}

fn text_of(json: &Json, field: &str) -> Option<String> {
    json.get(field).and_then(Json::text).map(str::to_string)
}

/// A text, or the texts of a list.
fn texts(json: Option<&Json>) -> Vec<String> {
    let of = |json: &Json| json.text().map(str::to_string);
    json.map_or(Vec::new(), |json| of(json).into_iter().chain(json.items().iter().filter_map(of)).collect())
}

/// A case; nothing where a field it needs is not there or has another form, which was reported.
fn case(id: &str, json: &Json, reports: &mut Reports) -> Option<Case> {
    let verified = match json.get("verified")?.text()? {
        "found" => Verified::Found,
        "remembered" => Verified::Remembered,
        _ => return None,
    };
    let result = match json.get("result")?.text()? {
        "published" => Printed::Published,
        "worked_out" => Printed::WorkedOut,
        _ => return None,
    };
    let before = reports.0.len();
    let case = Case {
        id: id.to_string(),
        title: text_of(json, "title")?,
        source: text_of(json, "source"),
        verified,
        result,
        arithmetic: text_of(json, "arithmetic"),
        memory_parts: texts(json.get("memory_parts")),
        note: text_of(json, "note"),
        period: text_of(json, "period")?,
        expected: json.get("expect")?.members().iter().filter_map(|(k, v)| expected(k, v, reports)).collect(),
        json: json.clone(),
    };
    if case.result == Printed::WorkedOut && case.arithmetic.is_none() {
        let found = format!("the result of `{id}` is worked out, and the arithmetic is not there");
        let remedy =
            "add \"arithmetic\": \"29 × 207.56 × 1.71 × 1.45 = 14,924.71\", or say that it is published";
        reports.add(&STANDING, &json.key_place(), found, remedy);
    }
    if case.verified == Verified::Found && case.source.is_none() {
        let found = format!("`{id}` was found, and `source` does not say where");
        reports.add(&STANDING, &json.key_place(), found, "add `source`, or say that it is remembered");
    }
    if case.expected.is_empty() && reports.0.len() == before {
        reports.add(
            &EXPECTED,
            &json.key_place(),
            format!("`{id}` expects nothing"),
            "add an amount to `expect`",
        );
    }
    Some(case)
}

fn expected(what: &str, json: &Json, reports: &mut Reports) -> Option<Expected> {
    let value = json.get("value").unwrap_or(json);
    let amount = amount(value, reports)?;
    let allowance = allowance(json, &amount, reports)?;
    let written = value.number_text().map_or_else(|| value.to_string(), str::to_string);
    Some(Expected { what: what.to_string(), written, amount, allowance, place: json.key_place() })
}

fn amount(json: &Json, reports: &mut Reports) -> Option<Amount> {
    let text = match &json.kind {
        Kind::Bool(value) => return Some(Amount::Is(Exact::from(i64::from(*value)))),
        Kind::Number(text) | Kind::Text(text) => text.trim(),
        Kind::Null | Kind::List(_) | Kind::Object(_) => return None,
    };
    if text == "absent" {
        return Some(Amount::Absent);
    }
    let number = match text.split_once('/') {
        Some((above, below)) => {
            let both = Exact::parse(above).ok().zip(Exact::parse(below).ok());
            both.and_then(|(above, below)| above.checked_div(&below))
        }
        None => Exact::parse(text).ok(),
    };
    if number.is_none() {
        let remedy = "write a number such as \"14924.71\", a fraction such as \"15/8\", or \"absent\"";
        reports.add(&EXPECTED, &json.place, format!("`{text}` is no value"), remedy);
    }
    number.map(Amount::Is)
}

/// What an expected value allows; nothing where it does not fit together, which is reported.
fn allowance(json: &Json, amount: &Amount, reports: &mut Reports) -> Option<Allowance> {
    let number = |field: &str| {
        let value = json.get(field)?;
        Exact::parse(value.number_text()?).ok()
    };
    let because = text_of(json, "because").filter(|because| !because.trim().is_empty());
    let mut refuse = |found: &str, remedy: &str| {
        reports.add(&EXPECTED, &json.place, found, remedy);
        None
    };
    match (json.get("printed_to"), json.get("within"), amount) {
        (None, None, _) => Some(Allowance::Nothing),
        (Some(_), Some(_), _) => refuse(
            "both `printed_to` and `within` are given",
            "give the quantum to which the source prints it, or a tolerance",
        ),
        (_, _, Amount::Absent) => refuse("`absent` allows no tolerance", "take the tolerance out"),
        (Some(_), None, Amount::Is(value)) => match number("printed_to").filter(|to| to.sign() > 0) {
            Some(to) if value.rounded(&to, Mode::HalfUp) == *value => Some(Allowance::PrintedTo(to)),
            Some(to) => refuse(
                &format!("{value} is no multiple of {to}"),
                "write the value as the source prints it, and the quantum of its last digit",
            ),
            None => refuse("the quantum of `printed_to` is not above zero", "write one such as \"0.01\""),
        },
        (None, Some(_), Amount::Is(_)) => match (number("within").filter(|by| by.sign() > 0), because) {
            (Some(by), Some(because)) => Some(Allowance::Within(by, because)),
            (None, _) => refuse("a tolerance is above zero", "write how far it may be off, such as \"0.43\""),
            (Some(_), None) => refuse(
                "a tolerance without a reason",
                "add `because`: how the source's own rounding forces it",
            ),
        },
    }
}
