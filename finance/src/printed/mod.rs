//! A statement for one provider as a page that prints to A4: what, why, what changed, what is contested, on
//! which data. One HTML file without scripts, pictures or anything from elsewhere.

mod page;
mod why;

pub use page::{Asked, Hashed, page};

use carepact::Diagnostic;
use carepact::source::{Code, Severity};
use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;

use crate::files::codes::problem;

/// A page that cannot be made.
pub static PAGE: Code = Code {
    name: "statement-page",
    severity: Severity::Error,
    rule: "a statement is printed for one party of the contract",
};

/// The diagnostics of pages.
pub static CODES: [&Code; 1] = [&PAGE];

/// The page; the name of the template makes all that is put into it text.
pub fn html(page: &page::Page) -> Result<String, Diagnostic> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    let rendered = syntax.and_then(|syntax| {
        environment.set_syntax(syntax);
        environment.add_template("statement.html", include_str!("statement.html"))?;
        environment.get_template("statement.html")?.render(Serde(page))
    });
    rendered.map_err(|error| {
        problem(&PAGE, format!("the page cannot be made: {error}"), "please report this to the developers")
    })
}
