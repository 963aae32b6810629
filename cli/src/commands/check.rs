//! `carepact check`: every problem of each contract, errors before warnings, and a line that sums up.

use std::path::Path;

use carepact::calendar::PeriodKind;
use carepact::{Checked, Diagnostic};
use serde_json::{Value, json};

use crate::answer::{Answer, counted, plural};
use crate::arguments::{CheckArguments, Format};
use crate::files;

/// One contract that was looked at.
struct Looked {
    name: String,
    checked: Checked,
}

/// Checks the contracts.
pub fn run(arguments: &CheckArguments) -> Answer {
    let looked: Vec<Looked> = arguments.contracts.iter().map(|file| look(file)).collect();
    let fine = looked.iter().all(|looked| looked.checked.model.is_some());
    let answer = match arguments.format {
        Format::Text => Answer::fine(text(&looked)),
        Format::Json => {
            let each: Vec<Value> = looked.iter().map(Looked::json).collect();
            Answer::json(&json!({ "contracts": each }))
        }
    };
    Answer { fine, ..answer }
}

fn look(file: &Path) -> Looked {
    let unread = |problem| Checked { document: None, model: None, problems: vec![problem] };
    let checked = files::read_text(file).map_or_else(unread, |text| carepact::check(&text));
    Looked { name: files::name(file), checked }
}

/// What was found in each, with a blank row around contracts that have problems.
fn text(looked: &[Looked]) -> String {
    let mut out = String::new();
    let mut apart = false;
    for each in looked {
        let problems = !each.checked.problems.is_empty();
        if apart || (problems && !out.is_empty()) {
            out.push('\n');
        }
        out.push_str(&each.text());
        apart = problems;
    }
    out
}

impl Looked {
    fn text(&self) -> String {
        let mut out = String::new();
        let (errors, warnings): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
            self.checked.problems.iter().partition(|problem| problem.is_error());
        for problem in errors.into_iter().chain(warnings) {
            out.push_str(&problem.text(&self.name, self.checked.document.as_ref()));
            out.push('\n');
        }
        out.push_str(&format!("{}: {}\n", self.name, self.summary()));
        out
    }

    fn summary(&self) -> String {
        let found = counted(&self.checked.problems);
        let found = if found.is_empty() { "no problems".to_string() } else { found };
        match self.size() {
            Some((lines, years)) => {
                format!("{found}; {} over {}", plural(lines, "line"), plural(years, "year"))
            }
            None => found,
        }
    }

    /// Lines of the plan and contract years.
    fn size(&self) -> Option<(usize, usize)> {
        let model = self.checked.model.as_ref()?;
        let years = model.contract().calendar.all(PeriodKind::Year).len();
        Some((model.plan().lines().len(), years))
    }

    fn json(&self) -> Value {
        let document = self.checked.document.as_ref();
        let problems: Vec<Value> =
            self.checked.problems.iter().map(|problem| problem.json(&self.name, document)).collect();
        let errors = self.checked.problems.iter().filter(|problem| problem.is_error()).count();
        let contract = self.checked.model.as_ref().map(carepact::Model::contract);
        json!({
            "file": self.name,
            "contract": contract.map(|contract| &contract.id),
            "title": contract.map(|contract| &contract.title),
            "lines": self.size().map(|(lines, _)| lines),
            "years": self.size().map(|(_, years)| years),
            "errors": errors,
            "warnings": problems.len() - errors,
            "problems": problems,
        })
    }
}
