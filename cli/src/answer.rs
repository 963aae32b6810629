//! What a command has to say: text for standard output and standard error, and whether all is fine.

use carepact::{Contract, Diagnostic, Document};
use serde_json::{Value, json};

use crate::arguments::StatementFormat;

/// What a command has to say.
#[derive(Debug, Default)]
pub struct Answer {
    /// For standard output.
    pub out: String,
    /// For standard error.
    pub err: String,
    /// False when there are problems: the exit status is 1.
    pub fine: bool,
}

impl Answer {
    /// Text for standard output, and no problems.
    pub fn fine(out: String) -> Answer {
        Answer { out, err: String::new(), fine: true }
    }

    /// JSON for standard output, and no problems.
    pub fn json(value: &Value) -> Answer {
        Answer::fine(pretty(value))
    }
}

/// Why a command could not do its work: problems, and the document that some of them are in.
#[derive(Debug)]
pub struct Refusal {
    /// What the document is called.
    pub name: String,
    /// The document, when it could be read.
    pub document: Option<Box<Document>>,
    /// The problems.
    pub problems: Vec<Diagnostic>,
}

impl Refusal {
    /// A refusal because of one problem outside any document.
    pub fn of(problem: Diagnostic) -> Refusal {
        Refusal { name: String::new(), document: None, problems: vec![problem] }
    }

    /// A refusal because of problems, some of which may be in a contract.
    pub fn in_contract(name: String, contract: &Contract, problems: Vec<Diagnostic>) -> Refusal {
        Refusal { name, document: Some(Box::new(contract.document.clone())), problems }
    }

    /// The answer to somebody who reads: problems on standard error.
    pub fn text(&self) -> Answer {
        let mut err: String = self
            .problems
            .iter()
            .map(|problem| problem.text(&self.name, self.document.as_deref()) + "\n")
            .collect();
        err.push_str(&format!("{}\n", counted(&self.problems)));
        Answer { out: String::new(), err, fine: false }
    }

    /// The answer to who asked for this format.
    pub fn in_format(&self, format: StatementFormat) -> Answer {
        match format {
            StatementFormat::Json => self.json(),
            StatementFormat::Text | StatementFormat::Csv => self.text(),
        }
    }

    /// The answer to a program: problems as JSON on standard output.
    pub fn json(&self) -> Answer {
        let each: Vec<Value> =
            self.problems.iter().map(|problem| problem.json(&self.name, self.document.as_deref())).collect();
        Answer { fine: false, ..Answer::json(&json!({ "problems": each })) }
    }
}

/// JSON as it is printed.
pub fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// `2 errors, 1 warning`; nothing where there are none of a kind.
pub fn counted(problems: &[Diagnostic]) -> String {
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    let kinds = [(errors, "error"), (problems.len() - errors, "warning")];
    let words = kinds.iter().filter(|(count, _)| *count > 0).map(|(count, word)| plural(*count, word));
    words.collect::<Vec<_>>().join(", ")
}

/// `1 line`, `1,061 lines`.
pub fn plural(count: usize, word: &str) -> String {
    format!("{} {word}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// A count with its thousands separated.
pub fn grouped(count: usize) -> String {
    i64::try_from(count).map_or_else(|_| count.to_string(), |count| carepact::Exact::from(count).grouped(0))
}
