//! `carepact compare`: two designs on the same draws.

use carepact_scenarios::{Comparison, Scenarios};

use super::compile;
use crate::answer::{Answer, Refusal, pretty};
use crate::arguments::StatementFormat;
use crate::progress::Progress;
use crate::simulate::arguments::CompareArguments;
use crate::simulate::comparison::{Compared, csv, json, text};
use crate::simulate::inputs::{baseline, in_scenarios, scenario_file};
use crate::simulate::provenance::Provenance;
use crate::simulate::replay;
use crate::simulate::run::in_pieces;

/// Compares two designs.
pub fn run(arguments: &CompareArguments) -> Answer {
    compared(arguments).unwrap_or_else(|refusal| refusal.in_format(arguments.draws.format))
}

fn compared(arguments: &CompareArguments) -> Result<Answer, Refusal> {
    let draws = &arguments.draws;
    let models = (compile(&arguments.one)?, compile(&arguments.other)?);
    let file = scenario_file(&arguments.scenarios)?;
    let baseline = baseline((&arguments.one, &models.0), draws, file.period.as_ref())?;
    let both = Scenarios::pair((&models.0, &models.1), &file, &baseline, &draws.request())
        .map_err(|problems| in_scenarios(&arguments.scenarios, &file, problems.0))?;
    if let Some(number) = arguments.only {
        return replay::answer(&[&both.0, &both.1], (draws.seed, number), arguments.output.as_deref());
    }
    let of = |contract| Provenance::of(contract, &arguments.scenarios, &draws.observations);
    let provenance = (of(&arguments.one).map_err(Refusal::of)?, of(&arguments.other).map_err(Refusal::of)?);
    let progress = Progress::of_scenarios(draws.count);
    let mut comparison = Comparison::new((&both.0, &both.1), draws.seed);
    let work = |range| Comparison::run((&both.0, &both.1), draws.seed, range);
    in_pieces(draws, &progress, &work, &mut |part| {
        comparison.merge(&part);
        true
    });
    progress.end();
    let compared = Compared {
        comparison,
        provenance,
        asked: draws.count,
        percentiles: arguments.shown.percentiles.clone(),
        tail: arguments.shown.tail.clone(),
    };
    let out = match draws.format {
        StatementFormat::Text => text(&compared),
        StatementFormat::Json => pretty(&json(&compared)),
        StatementFormat::Csv => csv(&compared),
    };
    let stopped = compared.stopped();
    Ok(Answer { out, err: stopped.clone().unwrap_or_default(), fine: stopped.is_none() })
}
