//! What is found, taken line by line and holder by holder, so that of many holders no more is kept than
//! what is printed.

use carepact_scenarios::luck::{Found, LineLuck, Luck, Risks, Settings};
use serde_json::Value;

use super::csv::Rows;
use super::holders::OfHolders;
use super::json::line_json;
use crate::arguments::StatementFormat;
use crate::commands::Prepared;

/// Everything that was found, in the form in which it is printed.
pub struct Collected {
    /// Lines of no holder, or of the only one that is looked at, and what has no answer.
    pub luck: Luck,
    /// What the holders have, summed up, where all of them are looked at.
    pub holders: Option<OfHolders>,
    /// Insurance risk and performance risk.
    pub risks: Risks,
    /// Every line as JSON, where that is printed.
    pub json: Vec<Value>,
    /// Every line as CSV, where that is printed.
    pub csv: Rows,
    format: StatementFormat,
    places: usize,
}

impl Collected {
    /// Nothing yet.
    pub fn new(prepared: &Prepared, settings: &Settings, format: StatementFormat) -> Collected {
        let contract = prepared.model.contract();
        let names = prepared.facts.holders().filter_map(|lane| lane.holder.clone());
        let of_all = contract.has_holders() && settings.holder.is_none();
        Collected {
            luck: Luck::default(),
            holders: of_all.then(|| OfHolders::new(names.collect())),
            risks: Risks::default(),
            json: Vec::new(),
            csv: Rows::new(contract),
            format,
            places: usize::try_from(contract.minor_places).unwrap_or(2),
        }
    }

    /// Takes what was found.
    pub fn take(&mut self, found: Found) {
        match found {
            Found::Line(line) => self.line(*line),
            other @ (Found::Several(_) | Found::Unknown(_)) => self.luck.add(other),
        }
    }

    fn line(&mut self, line: LineLuck) {
        self.risks.add(&line);
        match self.format {
            StatementFormat::Json => self.json.push(line_json(&line, self.places)),
            StatementFormat::Csv => self.csv.add(&line),
            StatementFormat::Text => {}
        }
        match (&mut self.holders, &line.holder) {
            (Some(holders), Some(_)) => holders.add(line),
            (_, _) => self.luck.lines.push(line),
        }
    }
}
