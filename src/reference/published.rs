//! The page on published schemes: what each contract is held against, what of it is from memory, and
//! what it does not cover.

use super::cell;
use crate::cases::{Allowance, CaseResult, Compared, Counts, Outcome, Results, Standing};

/// A contract and the results of its cases.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// The contract's file, from the root of the repository.
    pub contract: String,
    /// The results of its cases.
    pub results: Results,
}

const HEAD: &str = "\
<!-- Generated from the acceptance cases by `UPDATE=1 cargo test --test published`. Do not edit. -->

# Published schemes

Each scheme here is a contract of `contracts/published/`, held against acceptance cases by
`carepact verify contracts/published`. The [guide](../guides/acceptance-cases.md) says how cases are written.

- **Published**: the result of the case is printed in a source that was read.
- **Worked out**: the rule was found in a source; the result was worked out from it by hand.
- **Remembered**: rule or figures are from memory and were not verified; so the case shows only that the contract
  does what was remembered.

A case has one or more amounts. *Exact* is equal, as a fraction; where a source prints a rounded figure, the exact
amount rounds to it. *Within* is off by no more than a tolerance that the source's own rounding forces; the reason is
given below.

";

/// The page: a table of all schemes, then a section for each.
pub fn published(schemes: &[Scheme]) -> String {
    let mut out = HEAD.to_string();
    out.push_str(
        "| scheme | cases | published | worked out | remembered | amounts | exact | within | differ |\n",
    );
    out.push_str("|---|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    for scheme in schemes {
        let title = plain(&scheme.results.title);
        let name = format!("[{}](#{})", cell(&title), anchor(&title));
        out.push_str(&row(&name, scheme.results.counts()));
    }
    let sum = schemes.iter().map(|scheme| scheme.results.counts()).fold(Counts::default(), Counts::and);
    out.push_str(&row(&format!("**{} schemes**", schemes.len()), sum));
    for scheme in schemes {
        out.push_str(&section(scheme));
    }
    out
}

fn row(name: &str, counts: Counts) -> String {
    let numbers = [
        counts.cases,
        counts.published,
        counts.worked_out,
        counts.remembered,
        counts.amounts,
        counts.exact,
        counts.within,
        counts.differ,
    ];
    let cells: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("| {name} | {} |\n", cells.join(" | "))
}

fn section(scheme: &Scheme) -> String {
    let results = &scheme.results;
    let mut out = format!("\n## {}\n\n", plain(&results.title));
    let link = format!("../../{}", scheme.contract);
    out.push_str(&format!("Contract: [{}]({link})  \n", scheme.contract));
    let source = match (&results.published, &results.remembered) {
        (Some(published), _) => plain(published),
        (None, Some(_)) => "none; all of it is from memory".to_string(),
        (None, None) => "none; it is invented".to_string(),
    };
    out.push_str(&format!("Source: {source}  \n"));
    if let Some(remembered) = &results.remembered {
        out.push_str(&format!("From memory, not verified: {}  \n", plain(remembered)));
    }
    out.push_str(&format!("Cases: {}\n", counted(results.counts())));
    let of = |standing: Standing| {
        let own = results.cases.iter().filter(move |result| result.case.standing() == standing);
        own.collect::<Vec<_>>()
    };
    let published = of(Standing::Published).into_iter().map(|result| {
        let case = &result.case;
        let source = case.source.as_deref().unwrap_or_default();
        format!("`{}`: {} ({})", case.id, plain(&case.title), plain(source))
    });
    let amounts =
        || results.cases.iter().flat_map(|result| result.amounts().iter().map(move |a| (result, a)));
    let parts = results.cases.iter().filter(|result| !result.case.memory_parts.is_empty());
    let parts =
        parts.map(|result| format!("`{}`: {}", result.case.id, plain(&result.case.memory_parts.join("; "))));
    let remembered = of(Standing::Remembered).into_iter().map(|result| format!("`{}`", result.case.id));
    let remembered: Vec<String> = remembered.collect();
    let remembered = (!remembered.is_empty()).then(|| remembered.join(", "));
    out.push_str(&list("Results that the source prints", published));
    out.push_str(&list(
        "Within a tolerance",
        amounts().filter_map(|(result, amount)| within(result, amount)),
    ));
    out.push_str(&list("Different from what the case expects", differing(results)));
    out.push_str(&list("From memory within cases that were found", parts));
    out.push_str(&list("Remembered cases", remembered));
    out.push_str(&list("Not covered", results.not_covered.iter().map(|text| plain(text))));
    out
}

/// `5 cases: 2 published, 3 worked out; 12 amounts, all exact`.
fn counted(counts: Counts) -> String {
    let standings = [
        (counts.published, "published"),
        (counts.worked_out, "worked out"),
        (counts.remembered, "remembered"),
    ];
    let some = |parts: &[(usize, &str)]| {
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        parts.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
    };
    let outcomes =
        [(counts.exact, "exact"), (counts.within, "within a tolerance"), (counts.differ, "differ")];
    match counts.cases {
        0 => "none yet".to_string(),
        _ => format!("{}; amounts: {}", some(&standings), some(&outcomes)),
    }
}

fn within(result: &CaseResult, amount: &Compared) -> Option<String> {
    let Outcome::Within { .. } = amount.outcome else { return None };
    let because = match &amount.expected.allowance {
        Allowance::Within(_, because) => because.as_str(),
        Allowance::Nothing | Allowance::PrintedTo(_) => "",
    };
    let said = amount.difference()?;
    Some(format!("`{}`, `{}`: {said}: {}", result.case.id, amount.expected.what, plain(because)))
}

/// Cases that could not be stated, and amounts that differ.
fn differing(results: &Results) -> Vec<String> {
    let mut out = Vec::new();
    for result in &results.cases {
        let id = &result.case.id;
        if result.result.is_err() {
            out.push(format!("`{id}` cannot be stated"));
        }
        let amounts = result.amounts().iter().filter(|amount| !amount.outcome.is_fine());
        let said =
            |amount: &Compared| Some(format!("`{id}`, `{}`: {}", amount.expected.what, amount.difference()?));
        out.extend(amounts.filter_map(said));
    }
    out
}

/// A list under a line that says what it is; nothing where it is empty.
fn list(title: &str, items: impl IntoIterator<Item = String>) -> String {
    let items: String = items.into_iter().map(|item| format!("- {item}\n")).collect();
    if items.is_empty() { items } else { format!("\n{title}:\n\n{items}") }
}

/// A text of a case file as Markdown that shows it as it is.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '*' | '_' | '`' | '[' | ']' => out.extend(['\\', c]),
            _ => out.push(if c.is_control() { ' ' } else { c }),
        }
    }
    out
}

/// The name that a link uses for a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}
