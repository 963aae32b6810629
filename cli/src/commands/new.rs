//! `carepact new`: a contract to start from.

use std::path::Path;

use crate::answer::{Answer, Refusal};
use crate::arguments::{NewArguments, Start};
use crate::files;

/// Prints or writes the contract.
pub fn run(arguments: &NewArguments) -> Answer {
    let text = text(arguments.start);
    match &arguments.output {
        None => Answer::fine(text.to_string()),
        Some(file) => write(file, text),
    }
}

fn write(file: &Path, text: &str) -> Answer {
    match files::write_new(file, text.as_bytes()) {
        Ok(()) => {
            let file = file.display();
            Answer::fine(format!(
                "{file} is written, with invented figures. Next: edit it, then `carepact check {file}`.\n"
            ))
        }
        Err(problem) => Refusal::of(problem).text(),
    }
}

fn text(start: Start) -> &'static str {
    match start {
        Start::PrimeProvider => include_str!("../../../contracts/new/prime-provider.json"),
        Start::Capitated => include_str!("../../../contracts/new/capitated.json"),
        Start::YearOfCare => include_str!("../../../contracts/new/year-of-care.json"),
        Start::Alliance => include_str!("../../../contracts/new/alliance.json"),
    }
}
