//! `carepact print`: the statement of one party as a page that prints to A4.

use std::path::{Path, PathBuf};

use carepact_finance::printed::{self, Asked, Hashed};
use sha2::{Digest, Sha256};

use super::journal::{previous, states};
use super::names::Names;
use super::{Prepared, prepare};
use crate::answer::{Answer, Refusal};
use crate::arguments::AsOf;
use crate::files;
use crate::print::arguments::PrintArguments;
use crate::progress::Progress;

/// Makes the page.
pub fn run(arguments: &PrintArguments) -> Answer {
    printed(arguments).unwrap_or_else(|refusal| refusal.text())
}

fn printed(arguments: &PrintArguments) -> Result<Answer, Refusal> {
    if let Some(file) = &arguments.output {
        files::refuse_existing(file).map_err(Refusal::of)?;
    }
    let stated = &arguments.statement;
    let progress = Progress::of(&stated.observations);
    let prepared = prepare(stated, Names::default(), &progress);
    progress.end();
    let Prepared { model, facts } = prepared?;
    let refuse = |problems| Refusal::in_contract(files::name(&stated.contract), model.contract(), problems);
    let before = previous(stated, &arguments.previous, arguments.previous_contract.as_deref())?;
    let statement = model.evaluate(&facts);
    let before = before.as_ref().map(|(model, facts)| model.evaluate(facts));
    let states = states(arguments.states.as_deref(), &statement).map_err(refuse)?;
    let asked = Asked {
        party: arguments.party.clone(),
        contract: hashed(&stated.contract)?,
        data: all_hashed(&stated.observations)?,
        previous: all_hashed(&arguments.previous)?,
        engine: env!("CARGO_PKG_VERSION").to_string(),
        as_of: match stated.as_of {
            AsOf::Flex => "first".to_string(),
            AsOf::Freeze => "last".to_string(),
        },
        made: arguments.at.clone().unwrap_or_else(carepact_finance::files::moment),
    };
    let page = printed::page((&statement, before.as_ref()), &states, asked);
    let page = page.map_err(|problem| refuse(vec![problem]))?;
    let html = printed::html(&page).map_err(Refusal::of)?;
    let err = arguments.small.warning(&model, &facts, Some(&arguments.party));
    let Some(file) = &arguments.output else { return Ok(Answer { err, ..Answer::fine(html) }) };
    files::write_new(file, html.as_bytes()).map_err(Refusal::of)?;
    Ok(Answer { err, ..Answer::fine(String::new()) })
}

fn all_hashed(all: &[PathBuf]) -> Result<Vec<Hashed>, Refusal> {
    all.iter().map(|file| hashed(file)).collect()
}

/// The hash of a file; standard input was read and is gone.
fn hashed(file: &Path) -> Result<Hashed, Refusal> {
    let name = file.file_name().map_or_else(|| files::name(file), |name| name.to_string_lossy().into_owned());
    if crate::arguments::is_standard_input(file) {
        return Ok(Hashed {
            name: files::name(file),
            hash: "not known: read from standard input".to_string(),
        });
    }
    // `book.xlsx#Sheet` names a sheet of a file.
    let shown = file.to_string_lossy();
    let book = shown.rsplit_once('#').filter(|_| !file.exists()).map_or(&*shown, |(book, _)| book);
    let bytes = files::read(Path::new(book)).map_err(Refusal::of)?;
    let hash = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Hashed { name, hash })
}
