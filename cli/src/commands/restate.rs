//! `carepact restate`: what a statement differs by from the one before, line by line and with its causes.

use carepact::contract::Origin;
use carepact::{Model, Observations, Request};
use carepact_finance::restatement::{self, Version};
use serde_json::json;

use super::{Tables, compile, observed};
use crate::answer::{Answer, Refusal, pretty};
use crate::arguments::{AsOf, StatementArguments, StatementFormat};
use crate::files;
use crate::progress::Progress;
use crate::restate::arguments::RestateArguments;
use crate::restate::csv;
use crate::restate::differences::{self, Differences};

/// Works both out and holds them against each other.
pub fn run(arguments: &RestateArguments) -> Answer {
    restated(arguments).unwrap_or_else(|refusal| refusal.in_format(arguments.format))
}

/// A contract, data and what was asked for.
struct Side {
    model: Model,
    observations: Observations,
    request: Request,
}

impl Side {
    fn read(arguments: &StatementArguments) -> Result<Side, Refusal> {
        let model = compile(&arguments.contract)?;
        let tables = Tables {
            contract: &arguments.contract,
            observations: &arguments.observations,
            for_each: arguments.for_each.as_deref(),
            mapping: arguments.mapping.as_deref(),
            period: arguments.period.as_deref(),
        };
        let observations = observed(&model, &tables)?;
        let request = Request { period: arguments.period.clone(), as_of: arguments.as_of.into() };
        Ok(Side { model, observations, request })
    }

    fn version(&self) -> Version<'_> {
        Version { model: &self.model, observations: &self.observations, request: &self.request }
    }
}

fn restated(arguments: &RestateArguments) -> Result<Answer, Refusal> {
    if let Some(file) = &arguments.output {
        files::refuse_existing(file).map_err(Refusal::of)?;
    }
    let (before, now) = (arguments.before(), &arguments.statement);
    let progress = Progress::of(&[&before.observations[..], &now.observations].concat());
    progress.begin("reading");
    let (earlier, later) = (Side::read(&before)?, Side::read(now)?);
    progress.begin("what differs, and why");
    let restatement = restatement::restate(earlier.version(), later.version());
    progress.end();
    let contract = later.model.contract();
    let restatement = restatement
        .map_err(|problems| Refusal::in_contract(files::name(&now.contract), contract, problems.0))?;
    let differences = || differences::of("Differences", &restatement, None, contract);
    let out = match arguments.format {
        StatementFormat::Text => {
            let synthetic = if contract.origin == Origin::Synthetic { " (SYNTHETIC)" } else { "" };
            let sides = [("Before", &before), ("Now   ", now)];
            let sides = sides.map(|(word, side)| format!("{word}  {}\n", named(side))).concat();
            format!(
                "{}{synthetic}\n{sides}\n{}",
                contract.title,
                differences().text.trim_end().to_string() + "\n"
            )
        }
        StatementFormat::Json => {
            let Differences { mut json, .. } = differences();
            json["contract"] = json!(contract.id);
            json["currency"] = json!(contract.currency);
            json["before"] = side_json(&before);
            json["now"] = side_json(now);
            pretty(&json)
        }
        StatementFormat::Csv => csv::csv(&restatement, contract),
    };
    let Some(file) = &arguments.output else { return Ok(Answer::fine(out)) };
    files::write_new(file, out.as_bytes()).map_err(Refusal::of)?;
    Ok(Answer::fine(format!("{} is written.\n", file.display())))
}

fn as_of(side: &StatementArguments) -> &'static str {
    match side.as_of {
        AsOf::Flex => "flex",
        AsOf::Freeze => "freeze",
    }
}

fn observations(side: &StatementArguments) -> Vec<String> {
    side.observations.iter().map(|file| files::name(file)).collect()
}

/// `contract.json, data.csv, as of freeze`
fn named(side: &StatementArguments) -> String {
    format!("{}, {}, as of {}", files::name(&side.contract), observations(side).join(", "), as_of(side))
}

fn side_json(side: &StatementArguments) -> serde_json::Value {
    json!({ "contract": files::name(&side.contract), "observations": observations(side), "as_of": as_of(side),
        "period": side.period })
}
