//! `carepact compare`: two designs on the same draws.

use carepact::Diagnostic;
use carepact_scenarios::{Block, Comparison, Scenarios};

use super::compile;
use crate::answer::{Answer, Refusal, pretty};
use crate::arguments::StatementFormat;
use crate::files;
use crate::progress::Progress;
use crate::simulate::arguments::CompareArguments;
use crate::simulate::comparison::{Compared, csv, json, text};
use crate::simulate::inputs::{baseline, in_scenarios, scenario_file};
use crate::simulate::merge::merged_comparison;
use crate::simulate::provenance::Provenance;
use crate::simulate::raw::{Layout, Raw};
use crate::simulate::replay;
use crate::simulate::report::many;
use crate::simulate::run::{in_pieces, piece_max, written};

/// Compares two designs, or puts together what was saved.
pub fn run(arguments: &CompareArguments) -> Answer {
    let answer = if arguments.merge.is_empty() {
        compared(arguments)
    } else {
        merged_comparison(arguments).and_then(|compared| printed(&compared, arguments))
    };
    answer.unwrap_or_else(|refusal| refusal.in_format(arguments.draws.format))
}

fn compared(arguments: &CompareArguments) -> Result<Answer, Refusal> {
    let (Some(one), Some(other), Some(scenarios)) = (&arguments.one, &arguments.other, &arguments.scenarios)
    else {
        unreachable!("all three are demanded where nothing is merged")
    };
    let draws = &arguments.draws;
    let models = (compile(one)?, compile(other)?);
    let file = scenario_file(scenarios)?;
    let baseline = baseline((one, &models.0), draws, file.period.as_ref())?;
    let both = Scenarios::pair((&models.0, &models.1), &file, &baseline, &draws.request())
        .map_err(|problems| in_scenarios(scenarios, &file, problems.0))?;
    if let Some(number) = arguments.only {
        return replay::answer(&[&both.0, &both.1], (draws.seed, number), arguments.output.as_deref());
    }
    for new in [&arguments.save, &arguments.raw].into_iter().flatten() {
        files::refuse_existing(new).map_err(Refusal::of)?;
    }
    let of = |contract| Provenance::of(contract, scenarios, &draws.observations);
    let provenance = (of(one).map_err(Refusal::of)?, of(other).map_err(Refusal::of)?);
    let progress = Progress::of_scenarios(draws.count);
    let comparison = worked_out((&both.0, &both.1), arguments, &progress);
    progress.end();
    let compared = Compared {
        comparison: comparison.map_err(Refusal::of)?,
        provenance,
        asked: draws.count,
        percentiles: arguments.shown.percentiles.clone(),
        tail: arguments.shown.tail.clone(),
    };
    printed(&compared, arguments)
}

/// Compares what was asked for, and writes every scenario to a file where that is wanted.
fn worked_out(
    both: (&Scenarios<'_>, &Scenarios<'_>),
    arguments: &CompareArguments,
    progress: &Progress,
) -> Result<Comparison, Diagnostic> {
    let draws = &arguments.draws;
    let mut comparison = Comparison::new(both, draws.seed);
    let create = |file| Raw::create(file, Layout::of_comparison(both, &comparison)?);
    let mut raw = arguments.raw.as_deref().map(create).transpose()?;
    let is_wanted = raw.is_some();
    let work = |range| {
        let mut part = Comparison::new(both, draws.seed);
        let mut blocks: Vec<Block> = Vec::new();
        part.add_range(both, (range, is_wanted), &mut |block| {
            if is_wanted {
                blocks.push(block.clone());
            }
        });
        (part, blocks)
    };
    let mut failed = None;
    let most = piece_max(is_wanted, both.0.block().min(both.1.block()));
    in_pieces((draws, most), progress, &work, &mut |(part, blocks)| {
        comparison.merge(&part);
        if let Some(raw) = &mut raw {
            failed = blocks.iter().find_map(|block| raw.add(block).err());
        }
        failed.is_none()
    });
    written(raw, failed)?;
    Ok(comparison)
}

/// The comparison as it is printed, and saved.
fn printed(compared: &Compared, arguments: &CompareArguments) -> Result<Answer, Refusal> {
    let mut err = String::new();
    if let Some(file) = &arguments.save {
        files::write_new(file, compared.saved().as_bytes()).map_err(Refusal::of)?;
        err.push_str(&format!("{} is written\n", file.display()));
    }
    if let Some(file) = &arguments.raw {
        let count = many(compared.comparison.count());
        err.push_str(&format!("{} is written: {count} scenarios\n", file.display()));
    }
    let out = match arguments.draws.format {
        StatementFormat::Text => text(compared),
        StatementFormat::Json => pretty(&json(compared)),
        StatementFormat::Csv => csv(compared),
    };
    let stopped = compared.stopped();
    err.push_str(stopped.as_deref().unwrap_or_default());
    Ok(Answer { out, err, fine: stopped.is_none() })
}
