//! The reference of the language as Markdown, from the same declarations that are read: fields,
//! functions, kinds of clause and diagnostics; and what published schemes are held against.
//! `docs/reference/` is generated from here.

mod published;

pub use published::{Scheme, published};

use crate::cases;
use crate::contract::fields::{PAGES, SIDE};
use crate::contract::kinds::KINDS;
use crate::contract::shape::{DESCRIPTIVE, Field, Shape};
use crate::lower::aggregates::AGGREGATES;
use crate::lower::functions::{FUNCTIONS, PERIOD_WORDS};
use crate::scenario;
use crate::source::catalogue::ALL;
use crate::source::rules::{self, Rests};

const GENERATED: &str =
    "<!-- Generated from the source by `UPDATE=1 cargo test --test reference`. Do not edit. -->\n";

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn descriptive() -> String {
    format!(
        "`{}` are allowed in every object; they say something to people and nothing to the engine. \
         A field that is not listed is an error.\n",
        DESCRIPTIVE.join("`, `")
    )
}

/// The fields of every part of a contract.
pub fn fields() -> String {
    let mut out = format!("{GENERATED}\n# Fields of a contract\n\n");
    out.push_str(&descriptive());
    out.push_str(&sections(&PAGES));
    out.push_str("\n## From and to\n\n");
    out.push_str(&of_shape(&SIDE));
    out
}

/// The fields of a file of acceptance cases.
pub fn case_fields() -> String {
    format!("{GENERATED}\n# Fields of a case file\n\n{}{}", descriptive(), sections(&cases::PAGES))
}

/// The fields of a scenario file.
pub fn scenario_fields() -> String {
    format!("{GENERATED}\n# Fields of a scenario file\n\n{}{}", descriptive(), sections(&scenario::PAGES))
}

/// A section for each form.
fn sections(pages: &[(&str, &Shape)]) -> String {
    let section = |(title, shape): &(&str, &Shape)| format!("\n## {}\n\n{}", capital(title), of_shape(shape));
    pages.iter().map(section).collect()
}

fn of_shape(shape: &Shape) -> String {
    let one = |shape: &Shape| {
        if shape.fields().is_empty() {
            format!("{}.\n", capital(&shape.words()))
        } else {
            format!("An object:\n\n{}", table(shape.fields()))
        }
    };
    if !shape.fields().is_empty() {
        return table(shape.fields());
    }
    match shape.alternatives() {
        [] => one(shape),
        shapes => shapes.iter().map(one).collect::<Vec<_>>().join("\nOr: "),
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}

fn table(fields: &[Field]) -> String {
    let mut out = "| field | | form | meaning |\n|---|---|---|---|\n".to_string();
    for field in fields {
        let required = if field.required { "required" } else { "" };
        let form = field.shape.brief();
        out.push_str(&format!(
            "| `{}` | {required} | {} | {} |\n",
            field.name,
            cell(&form),
            cell(field.meaning)
        ));
    }
    out
}

/// Functions, aggregates and words of formulas.
pub fn functions() -> String {
    let mut out = format!("{GENERATED}\n# Functions of formulas\n\n| function | meaning |\n|---|---|\n");
    for function in FUNCTIONS {
        out.push_str(&format!("| `{}` | {} |\n", function.usage, cell(function.meaning)));
    }
    out.push_str(
        "| `round(x to q)` | to a multiple of q, in the mode of the contract |\n\
         | `floor(x to q)` | to the multiple of q below |\n| `ceiling(x to q)` | to the multiple of q above |\n",
    );
    out.push_str("\n## Aggregates\n\n`name(x over axis)`, `over month to date`, `within …`, `where …`\n\n");
    out.push_str("| aggregate | meaning |\n|---|---|\n");
    for aggregate in AGGREGATES {
        out.push_str(&format!("| `{}` | {} |\n", aggregate.name, cell(aggregate.meaning)));
    }
    out.push_str(
        "| `pooled` | numerators over denominators of a ratio; absent where the denominators come to 0 |\n",
    );
    out.push_str("\n## The current period\n\n| word | unit | meaning |\n|---|---|---|\n");
    for word in &PERIOD_WORDS {
        out.push_str(&format!("| `{}` | {} | {} |\n", word.name, word.unit, cell(word.meaning)));
    }
    out
}

/// Kinds of clause and what is proved of them.
pub fn kinds() -> String {
    let mut out = format!("{GENERATED}\n# Kinds of clause\n\n");
    out.push_str(
        "Every clause is computed in the same way. Its kind names the lines of a statement and makes ",
    );
    out.push_str("promises about the amount, which are proved before any data.\n\n");
    out.push_str("| kind | what it is | proved of the amount |\n|---|---|---|\n");
    for kind in &KINDS {
        let promises: Vec<&str> = kind.promises.iter().map(|promise| promise.words()).collect();
        let promises = if promises.is_empty() { "–".to_string() } else { promises.join("; ") };
        out.push_str(&format!("| `{}` | {} | {} |\n", kind.word, kind.meaning, cell(&promises)));
    }
    out
}

/// The catalogue of diagnostics.
pub fn diagnostics() -> String {
    let mut out = format!("{GENERATED}\n# Diagnostics\n\n| code | | rule |\n|---|---|---|\n");
    for code in ALL.iter().copied().chain(cases::CODES) {
        out.push_str(&format!("| `{}` | {} | {} |\n", code.name, code.severity.word(), cell(code.rule)));
    }
    out
}

/// The rules that designs are held against.
pub fn warnings() -> String {
    let mut out = format!("{GENERATED}\n# Warnings on a design\n\n");
    out.push_str(
        "`carepact audit` holds a contract against these rules. A warning that is meant is silenced in the contract, ",
    );
    out.push_str("with its reason; [findings](../concepts/findings.md#warnings-on-the-design) says how.\n");
    for rule in rules::ALL {
        let rests = match rule.rests {
            Rests::Contract => "the contract alone",
            Rests::Data => "the data beside which it is looked at",
        };
        out.push_str(&format!("\n## {}\n\n*{}*, from {rests}.\n\n", rule.name, capital(rule.concern.word())));
        for (word, words) in
            [("Rule", rule.rule), ("Why", rule.reason), ("From", rule.source), ("Remedy", rule.remedy)]
        {
            out.push_str(&format!("- {word}: {words}.\n"));
        }
    }
    out
}

/// The generated pages by the name of their file.
pub fn pages() -> [(&'static str, String); 7] {
    [
        ("fields.md", fields()),
        ("case-fields.md", case_fields()),
        ("scenario-fields.md", scenario_fields()),
        ("functions.md", functions()),
        ("kinds.md", kinds()),
        ("diagnostics.md", diagnostics()),
        ("warnings.md", warnings()),
    ]
}
