//! The reason for a line in a few sentences: the first place where more than one number comes together, and
//! the rows of data behind it.

use carepact::statement::{Explanation, Step};
use serde::Serialize;

/// Inputs that are named.
const INPUTS_MAX: usize = 6;

/// Rows of data that are named.
const ROWS_MAX: usize = 4;

/// Why a line is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Why {
    /// What was done, one step at a time.
    pub steps: Vec<String>,
    /// What went in.
    pub inputs: Vec<String>,
    /// The rows of data.
    pub data: String,
}

impl Why {
    /// Of an explanation.
    pub fn of(explanation: &Explanation) -> Why {
        let mut why = Why { data: rows(&explanation.steps), ..Why::default() };
        let mut next = explanation.steps.first();
        while let Some(step) = next {
            // A rounding that changed nothing says nothing.
            let rounding = step.what.ends_with(": rounded") && step.inputs.len() == 1;
            let same = rounding && step.inputs.iter().all(|input| input.value == step.value);
            if !same {
                why.steps.push(sentence(step));
            }
            if step.inputs.len() != 1 {
                let named = step.inputs.iter().take(INPUTS_MAX).map(input);
                why.inputs = named.collect();
                let more = step.inputs.len().saturating_sub(INPUTS_MAX);
                if more > 0 {
                    why.inputs.push(format!("and {more} more"));
                }
                break;
            }
            next = step.inputs.first().filter(|input| input.line.is_none());
        }
        why
    }
}

fn unit(step: &Step) -> String {
    if step.unit.is_empty() { String::new() } else { format!(" {}", step.unit) }
}

fn sentence(step: &Step) -> String {
    format!("{} = {}{}: {}", step.what, step.shown, unit(step), step.rule)
}

fn input(step: &Step) -> String {
    let less = if step.subtracted { "less " } else { "" };
    match &step.line {
        Some(line) => format!("{less}{line} = {}{}", step.shown, unit(step)),
        None => format!("{less}{} = {}{} ({})", step.what, step.shown, unit(step), step.rule),
    }
}

/// `outcomes.csv, row 18 (freeze): numerator of outcome 2,629, denominator of outcome 3,900`
fn rows(steps: &[Step]) -> String {
    let mut found = Vec::new();
    collect(steps, &mut found);
    let more = found.len().saturating_sub(ROWS_MAX);
    let mut file = "";
    let mut named = Vec::new();
    for (of, row, figures) in found.iter().take(ROWS_MAX) {
        let place = if of == file { row.clone() } else { format!("{of}, {row}") };
        file = of;
        named.push(format!("{place}: {}", figures.join(", ")));
    }
    if more > 0 {
        named.push(format!("and {more} more rows"));
    }
    named.join("; ")
}

/// A row of a file and the figures that are read there.
type Read = (String, String, Vec<String>);

fn collect(steps: &[Step], found: &mut Vec<Read>) {
    for step in steps {
        if let Some(observed) = &step.observed {
            let file = observed.file.rsplit('/').next().unwrap_or(&observed.file).to_string();
            let submission = if observed.submission.is_empty() {
                String::new()
            } else {
                format!(" ({})", observed.submission)
            };
            let row = format!("row {}{submission}", observed.row);
            let figure = format!("{} {}", step.what, step.shown);
            match found.iter_mut().find(|(of, known, _)| (of, known) == (&file, &row)) {
                Some((_, _, figures)) if figures.contains(&figure) => {}
                Some((_, _, figures)) => figures.push(figure),
                None => found.push((file, row, vec![figure])),
            }
        }
        collect(&step.inputs, found);
    }
}
