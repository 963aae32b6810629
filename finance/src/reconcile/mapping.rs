//! Which column of a ledger is what, and how its cells are written.

use std::collections::BTreeMap;

use carepact::Diagnostic;
use serde::Deserialize;

use super::cells::{Mark, clean};
use super::problem::{PAYMENT_MAPPING, problem};

/// What a column of a payments file can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The day of the payment.
    Date,
    /// Who paid.
    Payer,
    /// Who was paid.
    Payee,
    /// The invoice or other reference.
    Reference,
    /// The amount paid.
    Amount,
    /// The period that it was paid for.
    Period,
    /// What it was paid for.
    Purpose,
}

impl Field {
    /// All fields.
    pub const ALL: [Field; 7] = [
        Field::Date,
        Field::Payer,
        Field::Payee,
        Field::Reference,
        Field::Amount,
        Field::Period,
        Field::Purpose,
    ];

    /// The word of mappings and of `--column`.
    pub fn word(self) -> &'static str {
        match self {
            Field::Date => "date",
            Field::Payer => "payer",
            Field::Payee => "payee",
            Field::Reference => "reference",
            Field::Amount => "amount",
            Field::Period => "period",
            Field::Purpose => "purpose",
        }
    }

    /// True for what every payment must have.
    pub fn is_needed(self) -> bool {
        matches!(self, Field::Date | Field::Payer | Field::Payee | Field::Amount)
    }

    /// Headings that are taken for this field when none is named, in lower case.
    pub(super) fn headings(self) -> &'static [&'static str] {
        match self {
            Field::Date => &["date", "payment date", "date paid", "paid on", "gl date", "posting date"],
            Field::Payer => &["payer", "paid by", "from", "entity"],
            Field::Payee => &["payee", "paid to", "to", "supplier", "supplier name", "vendor", "vendor name"],
            Field::Reference => {
                &["reference", "invoice", "invoice number", "invoice no", "invoice num", "document", "ref"]
            }
            Field::Amount => &["amount", "net amount", "amount paid", "net", "value", "paid"],
            Field::Period => &["period", "for period", "gl period", "service period", "month"],
            Field::Purpose => &["purpose", "description", "narrative", "line description", "details", "note"],
        }
    }
}

/// What is done with payments between parties that the contract does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OtherParties {
    /// They are a problem: a name may be misspelt.
    #[default]
    Refuse,
    /// They are counted and left out: the ledger holds more than this contract.
    Ignore,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DateOrder {
    #[default]
    DayFirst,
    MonthFirst,
}

/// A mapping of payments, a JSON file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// The heading of each field.
    pub columns: BTreeMap<Field, String>,
    /// Fields that are the same in every row, such as the payer of a ledger of one organisation.
    pub constants: BTreeMap<Field, String>,
    /// The party of the contract for each name or code of the ledger that is not one.
    pub parties: BTreeMap<String, String>,
    /// What is done with others.
    pub other_parties: OtherParties,
    /// References that stand for lines, with {line}, {clause}, {period}, {payer} and {payee}.
    pub references: Vec<String>,
    /// True when somebody says that references are numbers of invoices and the like, and not of people.
    pub references_are_not_people: bool,
    /// The sheet of a workbook; the first when none is named.
    pub sheet: Option<String>,
    /// The row of the headings; looked for when none is named.
    pub header_row: Option<usize>,
    /// True when the ledger shows what is paid as negative.
    pub negate: bool,
    separator: Option<String>,
    decimal: Option<String>,
    date_order: DateOrder,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// When it is no mapping.
    pub fn parse(name: &str, text: &str) -> Result<Mapping, Diagnostic> {
        let mapping: Mapping = serde_json::from_str(text).map_err(|error| {
            let remedy = "see docs/guides/reconcile.md for what a mapping says";
            problem(&PAYMENT_MAPPING, format!("{name}: {error}"), remedy)
        })?;
        let separator = mapping.separator.as_deref().is_none_or(|text| text.len() == 1);
        let decimal = mapping.decimal.as_deref().is_none_or(|text| [".", ","].contains(&text));
        if separator && decimal {
            return Ok(mapping);
        }
        let found = format!("{name}: `separator` or `decimal` is not one character");
        Err(problem(
            &PAYMENT_MAPPING,
            found,
            "write \",\", \";\" or \"\\t\" to separate, \".\" or \",\" in numbers",
        ))
    }

    /// Adds `FIELD=HEADING` of the command line.
    ///
    /// # Errors
    /// When it names no field.
    pub fn add_column(&mut self, text: &str) -> Result<(), Diagnostic> {
        let (field, heading) = assigned(text)?;
        self.columns.insert(field, heading);
        Ok(())
    }

    /// Adds `FIELD=VALUE` of the command line, the same in every row.
    ///
    /// # Errors
    /// When it names no field.
    pub fn add_constant(&mut self, text: &str) -> Result<(), Diagnostic> {
        let (field, value) = assigned(text)?;
        self.constants.insert(field, value);
        Ok(())
    }

    pub(super) fn separator(&self) -> Option<u8> {
        self.separator.as_deref().and_then(|text| text.bytes().next())
    }

    pub(super) fn mark(&self) -> Mark {
        if self.decimal.as_deref() == Some(",") { Mark::Comma } else { Mark::Point }
    }

    pub(super) fn month_first(&self) -> bool {
        self.date_order == DateOrder::MonthFirst
    }

    /// The column of each field in a row of headings, in the order of [`Field::ALL`].
    pub(super) fn places(&self, headings: &[&str]) -> [Option<usize>; 7] {
        let headings: Vec<String> = headings.iter().map(|heading| plain(heading)).collect();
        Field::ALL.map(|field| {
            if self.constants.contains_key(&field) {
                return None;
            }
            let at = |wanted: &str| headings.iter().position(|heading| heading == wanted);
            match self.columns.get(&field) {
                Some(named) => at(&plain(named)),
                None => field.headings().iter().find_map(|known| at(known)),
            }
        })
    }

    /// Fields that are wanted and not in these places.
    pub(super) fn lacking(&self, places: &[Option<usize>; 7]) -> Vec<Field> {
        let wanted = |field: &Field| {
            let named = field.is_needed() || self.columns.contains_key(field);
            named && !self.constants.contains_key(field)
        };
        let lacking = Field::ALL.iter().zip(places).filter(|(field, place)| place.is_none() && wanted(field));
        lacking.map(|(field, _)| *field).collect()
    }
}

/// A heading without capitals and doubled spaces.
fn plain(heading: &str) -> String {
    let words: Vec<String> =
        clean(heading).split(|c: char| c.is_whitespace() || c == '_').map(str::to_lowercase).collect();
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn assigned(text: &str) -> Result<(Field, String), Diagnostic> {
    let found = text.split_once('=').and_then(|(word, value)| {
        let field = Field::ALL.into_iter().find(|field| field.word() == word.trim());
        field.map(|field| (field, value.trim().to_string()))
    });
    found.ok_or_else(|| {
        let words: Vec<&str> = Field::ALL.iter().map(|field| field.word()).collect();
        let remedy = format!("write FIELD=NAME, where the field is one of {}", words.join(", "));
        problem(&PAYMENT_MAPPING, format!("`{text}` names no field"), &remedy)
    })
}
