//! `carepact import`: published files checked, held against the invoice, and made observations.

use carepact::Diagnostic;
use carepact_finance::files::control::{self, Total};
use carepact_finance::files::layout::Layout;
use carepact_finance::files::mapping::Mapping;
use carepact_finance::files::{Table, acm, import, output, sheet};

use crate::answer::{Answer, Refusal, plural};
use crate::import::arguments::{ImportArguments, ImportLayout, Submission};
use crate::progress::Progress;
use crate::{files, observations};

/// Checks the files, and takes observations from them.
pub fn run(arguments: &ImportArguments) -> Answer {
    let progress = Progress::of(&arguments.files);
    progress.begin("importing");
    let imported = imported(arguments);
    progress.end();
    match imported {
        Ok(answer) => answer,
        Err(problems) => Refusal { name: String::new(), document: None, problems }.text(),
    }
}

fn imported(arguments: &ImportArguments) -> Result<Answer, Vec<Diagnostic>> {
    let layout = layout(arguments.layout);
    if let Some(file) = &arguments.output {
        files::refuse_existing(file).map_err(|problem| vec![problem])?;
    }
    let mapping = arguments.mapping.as_ref().map(|file| {
        let name = files::name(file);
        let text = files::read_text(file).map_err(|problem| vec![problem])?;
        let (mapping, own) = Mapping::parse(&name, &text)?;
        if own == layout {
            Ok((name, mapping))
        } else {
            let found = format!("{name} maps the layout `{}`, not `{}`", own.word(), layout.word());
            let remedy = "name the layout of the mapping, or the mapping of the layout";
            Err(vec![files::problem(&carepact_finance::files::codes::MAPPING, found, remedy)])
        }
    });
    let mapping = mapping.transpose()?;
    let tables = tables(layout, &arguments.files)?;
    let mut notes = String::new();
    if layout == Layout::Acm {
        notes.push_str(&hold(arguments, &tables)?);
    }
    let Some((name, mut mapping)) = mapping else {
        let rows: usize = tables.iter().map(|table| table.rows.len()).sum();
        return Ok(Answer::fine(format!("{notes}{} keep the rules of the layout\n", plural(rows, "row"))));
    };
    if let Some(submission) = arguments.submission {
        mapping.submission = word(submission).to_string();
    }
    let imported = import::import((&name, &mapping, layout), &tables)?;
    notes.push_str(&format!(
        "{} taken in, {} left; {}\n",
        plural(imported.taken, "row"),
        imported.left,
        plural(imported.rows.len(), "observation")
    ));
    let csv = output::csv(&imported.headings, imported.rows.into_iter());
    match &arguments.output {
        Some(file) => {
            files::write_new(file, &csv).map_err(|problem| vec![problem])?;
            Ok(Answer::fine(notes))
        }
        None => Ok(Answer { out: String::from_utf8_lossy(&csv).into_owned(), err: notes, fine: true }),
    }
}

/// Reads and validates all files; the problems of all when there are any.
fn tables(layout: Layout, names: &[std::path::PathBuf]) -> Result<Vec<Table>, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let mut tables = Vec::new();
    for file in names {
        let is_header = |cells: &[&str]| sheet::has_headings(cells, layout.needed());
        match observations::open(file).and_then(|mut sheet| sheet.table(&is_header)) {
            Ok(mut table) => {
                if layout == Layout::Acm {
                    problems.extend(acm::validate(&mut table));
                }
                tables.push(table);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(tables) } else { Err(problems) }
}

/// Detail files, aggregate and invoice come to the same.
fn hold(arguments: &ImportArguments, tables: &[Table]) -> Result<String, Vec<Diagnostic>> {
    let names: Vec<&str> = tables.iter().map(|table| table.file.as_str()).collect();
    let amount = tables.iter().map(control::price).sum();
    let aggregate = Total { of: names.join(", "), amount };
    let detail = tables_of_detail(arguments)?;
    let stated = arguments.detail_total.iter();
    let stated = stated.map(|(of, amount)| Total { of: of.clone(), amount: amount.clone() });
    let details: Vec<Total> = detail.into_iter().chain(stated).collect();
    let differences = control::differences(&aggregate, &details, arguments.control_total.as_ref());
    if !differences.is_empty() {
        return Err(differences);
    }
    let mut held = Vec::new();
    if !details.is_empty() {
        held.push("the detail");
    }
    if arguments.control_total.is_some() {
        held.push("the invoice");
    }
    let same = if held.is_empty() { String::new() } else { format!(", as {}", held.join(" and ")) };
    Ok(format!("{}: prices come to {}{same}\n", aggregate.of, aggregate.amount.grouped(2)))
}

fn tables_of_detail(arguments: &ImportArguments) -> Result<Vec<Total>, Vec<Diagnostic>> {
    let tables = tables(Layout::Acm, &arguments.detail)?;
    let total = |table: &Table| Total { of: table.file.clone(), amount: control::price(table) };
    Ok(tables.iter().map(total).collect())
}

fn layout(layout: ImportLayout) -> Layout {
    match layout {
        ImportLayout::Acm => Layout::Acm,
        ImportLayout::Metrics => Layout::Metrics,
        ImportLayout::Mhsds => Layout::Mhsds,
        ImportLayout::ListSizes => Layout::ListSizes,
    }
}

fn word(submission: Submission) -> &'static str {
    match submission {
        Submission::Flex => "flex",
        Submission::Freeze => "freeze",
    }
}
