//! Findings, and a curve, as pages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use carepact::analyse::{Findings, Payoff, Verdict, by_outcome};
use carepact::{Diagnostic, Exact, Model};

use super::arguments::BaselineArguments;
use super::finding::{finding, subject};
use super::{chart, curve, holders, money, percent, sectors, text};
use crate::answer::plural;
use crate::page::{Block, Grid, Page, Section};
use crate::simulate::provenance::hash;
use crate::table::{Column, Table};

/// How many curves are drawn: those of the outcomes that move most money for who delivers care.
const CHARTS: usize = 6;

/// Files and version that a page of one contract rests on.
pub fn provenance(arguments: &BaselineArguments) -> Result<Vec<(String, String)>, Diagnostic> {
    rests_on(&[("Contract", arguments.contract.as_path())], &arguments.baseline)
}

/// Files and version that a page rests on: contracts by what they are called, and a baseline.
pub fn rests_on(
    contracts: &[(&str, &Path)],
    baseline: &[PathBuf],
) -> Result<Vec<(String, String)>, Diagnostic> {
    let mut all = Vec::new();
    for (called, file) in contracts {
        all.push((called.to_string(), file.display().to_string()));
        all.push((format!("SHA-256 of the {}", called.to_lowercase()), hash([*file])?));
    }
    if !baseline.is_empty() {
        let names: Vec<String> = baseline.iter().map(|file| file.display().to_string()).collect();
        all.push(("Baseline".to_string(), names.join(", ")));
        let files: Vec<&Path> = baseline.iter().map(PathBuf::as_path).collect();
        all.push(("SHA-256 of the baseline".to_string(), hash(files)?));
    }
    all.push(("carepact".to_string(), env!("CARGO_PKG_VERSION").to_string()));
    Ok(all)
}

fn standing(model: &Model) -> &'static str {
    if model.contract().document.root().get("synthetic").is_some() {
        " Everything in this contract is invented."
    } else {
        ""
    }
}

/// The page of one curve.
pub fn sweep(payoff: &Payoff, model: &Model, provenance: Vec<(String, String)>) -> String {
    let about = format!(
        "The exact payoff of {} under “{}”.{}",
        subject(payoff),
        model.contract().title,
        standing(model)
    );
    let section = Section {
        title: "The curve".to_string(),
        words: format!("Everything but {} stays as it is.", payoff.outcome.name()),
        blocks: drawn(payoff, model, "curve"),
    };
    let title = finding(payoff, model);
    Page { title, about, sections: vec![section], provenance }.html()
}

/// A chart with its data.
fn drawn(payoff: &Payoff, model: &Model, id: &str) -> Vec<Block> {
    let table = curve::table(payoff, model);
    let mut head = vec![payoff.outcome.name()];
    head.extend(payoff.parties.iter().map(|party| format!("Net income of {party}")));
    head.push("Remark".to_string());
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let caption = format!("Data of the chart: {}", subject(payoff));
    vec![
        Block::Chart(chart::svg(payoff, model, id)),
        Block::Table(Grid::new(&caption, &head, (&table, 1))),
        Block::Paragraph(curve::between(payoff).to_string()),
    ]
}

/// The page of an audit. What is found besides, such as warnings on the design, comes first in `more`.
pub fn audit(findings: &Findings<'_>, more: Vec<Section>, provenance: Vec<(String, String)>) -> String {
    let model = findings.analysis.model;
    let about = format!(
        "What this contract does, proved from its terms beside {}.{}{}",
        text::beside(findings),
        standing(model),
        holders::note(findings).map_or_else(String::new, |note| format!(" {note}"))
    );
    let mut sections = vec![in_short(findings)];
    sections.extend(more);
    sections.extend([exposure(findings), stakes(findings)]);
    sections.extend(of_holders(findings));
    sections.extend([matrix(findings), across(findings)]);
    sections.extend([verdicts(findings), cliffs(findings), dead_zones(findings), charts(findings)]);
    Page { title: model.contract().title.clone(), about, sections, provenance }.html()
}

fn section(title: &str, words: &str, blocks: Vec<Block>) -> Section {
    Section { title: title.to_string(), words: words.to_string(), blocks }
}

/// A table, or a sentence where it would be empty.
fn table_or(grid: Grid, otherwise: &str) -> Block {
    if grid.is_empty() { Block::Paragraph(otherwise.to_string()) } else { Block::Table(grid) }
}

fn in_short(findings: &Findings<'_>) -> Section {
    let model = findings.analysis.model;
    let mut points = Vec::new();
    let whole = findings.at_stake.iter().filter(|stake| stake.clause.is_none());
    let shared = whole.filter_map(|stake| Some((stake.share.as_ref()?, stake)));
    if let Some((share, stake)) = shared.max_by(|a, b| a.0.cmp(b.0)) {
        points.push(format!(
            "Outcomes put {} of {}’s own income at stake ({} {}), more than of any other party.",
            percent(share),
            stake.party,
            model.contract().currency,
            money(model, &stake.amount())
        ));
    }
    points.push(text::proven(findings));
    let all = || findings.payoffs.iter().flat_map(|payoff| &payoff.incentives);
    let refuted = all().filter(|incentive| matches!(incentive.verdict, Verdict::Refuted { .. })).count();
    let undecided =
        all().filter(|incentive| matches!(incentive.verdict, Verdict::HarmlessBeside { .. })).count();
    if refuted + undecided > 0 {
        points.push(format!("For {refuted}, doing better loses money; for {undecided} it is undecided."));
    }
    let jumps: usize = findings.payoffs.iter().map(|payoff| payoff.cliffs.len()).sum();
    if jumps > 0 {
        let values = plural(jumps, "value");
        points.push(format!("At {values} of outcomes one person or item more or less moves a fixed amount."));
    }
    let idle = findings.payoffs.iter().filter(|payoff| payoff.dead_zones.iter().any(|zone| zone.holds_data));
    let idle: BTreeSet<String> = idle.map(|payoff| payoff.outcome.name()).collect();
    points.push(format!("For {} the data stand where effort earns nothing.", plural(idle.len(), "outcome")));
    section("In short", "", vec![Block::Points(points)])
}

fn exposure(findings: &Findings<'_>) -> Section {
    let head = ["Of", "Period", "Least", "Attained", "Most", "Attained"];
    let mut blocks = vec![Block::Table(Grid::new("Least and most", &head, (&text::exposures(findings), 1)))];
    let head = ["Of", "Period", "End", "Nearest found"];
    let nearest = Grid::new(text::NEAREST, &head, (&text::nearest(findings), 0));
    if !nearest.is_empty() {
        blocks.push(Block::Table(nearest));
    }
    if text::has_vast(findings) {
        blocks.push(Block::Paragraph(super::VAST.to_string()));
    }
    section("Least and most, for any admissible data", text::EXPOSURE, blocks)
}

fn stakes(findings: &Findings<'_>) -> Section {
    let head =
        ["Party", "Clause", "Least", "Attained", "Most", "Attained", "At stake", "Share of own income"];
    let grid = Grid::new("At stake by outcomes", &head, (&text::at_stake(findings), 1));
    let words = text::AT_STAKE.replace("BESIDE", &text::beside(findings));
    let mut blocks = vec![table_or(grid, "Outcomes move no money.")];
    blocks.extend(holders::without_share(findings).map(Block::Paragraph));
    section("At stake by outcomes", &words, blocks)
}

/// What outcomes move for each holder, where there are many.
fn of_holders(findings: &Findings<'_>) -> Option<Section> {
    let of = findings.holders.as_ref()?;
    let head = [
        "Holder",
        "Own income",
        "As the data stand",
        "Least",
        "Attained",
        "Most",
        "Attained",
        "Share at stake",
    ];
    let each = Grid::new("Holders", &head, (&holders::each(findings, of), 1));
    let head = ["Clause", "As the data stand", "Least", "Most", "Attained"];
    let together = Grid::new("All holders together", &head, (&holders::together(findings, of), 1));
    let remarks = holders::remarks(of).into_iter().map(Block::Paragraph);
    let tables = [each, together].into_iter().filter(|grid| !grid.is_empty()).map(Block::Table);
    let blocks = remarks.chain(tables).collect();
    Some(section(holders::TITLE, &holders::words(findings, of), blocks))
}

/// What one unit pays, where the data stand: outcomes down, parties across.
fn matrix(findings: &Findings<'_>) -> Section {
    let model = findings.analysis.model;
    let delivering: Vec<&String> = model
        .contract()
        .parties
        .iter()
        .map(|party| &party.id)
        .filter(|id| {
            let mut all = findings.payoffs.iter().flat_map(|payoff| &payoff.incentives);
            all.any(|incentive| incentive.party == **id)
        })
        .collect();
    let mut columns = vec![Column::Left, Column::Left];
    columns.extend(delivering.iter().map(|_| Column::Right));
    let mut table = Table::new(&columns);
    for (name, payoffs) in by_outcome(&findings.payoffs) {
        let Some(first) = payoffs.first() else { continue };
        let mut row = vec![name, first.outcome.unit_words.clone()];
        row.extend(delivering.iter().map(|party| {
            let own = first.incentives.iter().find(|incentive| incentive.party == **party);
            own.map_or_else(|| "–".to_string(), |incentive| money(model, &incentive.now))
        }));
        table.cells(row);
    }
    let mut head = vec!["Outcome", "For each"];
    head.extend(delivering.iter().map(|party| party.as_str()));
    let matrix = Grid::new("Where the data stand, in the first period of each outcome", &head, (&table, 0));
    let head = ["Outcome", "For each", "Party", "Least", "Most", "Where the data stand"];
    let all = Grid::new("Over all values of the outcome", &head, (&text::incentives(findings), 1));
    let words = text::PAYS.replace("BESIDE", &text::beside(findings));
    let none = "No outcome moves money.";
    section("What one unit of improvement pays", &words, vec![table_or(matrix, none), table_or(all, none)])
}

fn across(findings: &Findings<'_>) -> Section {
    let head = ["Party", "Delivers", "Sector of the outcomes", "Moved", "Outcomes"];
    let grid = Grid::new("Across sectors", &head, (&sectors::table(findings), 1));
    let mut blocks = vec![table_or(grid, "No outcome moves money.")];
    blocks.extend(sectors::unpaid(findings).map(Block::Paragraph));
    section("Across sectors", &text::SECTORS.replace("BESIDE", &text::beside(findings)), blocks)
}

fn verdicts(findings: &Findings<'_>) -> Section {
    let head = ["Outcome and period", "Party", "Verdict", "Why"];
    let grid = Grid::new("Not proven harmless", &head, (&text::verdicts(findings), 0));
    let blocks = vec![Block::Paragraph(text::proven(findings)), table_or(grid, "None is left open.")];
    section("Doing better and losing money", text::VERDICTS, blocks)
}

fn cliffs(findings: &Findings<'_>) -> Section {
    let head = ["Outcome and period", "At", "Gained on the way to better", "From the data"];
    let grid = Grid::new("Cliffs", &head, (&text::cliffs(findings), 0));
    section("Cliffs", text::CLIFFS, vec![table_or(grid, "None.")])
}

fn dead_zones(findings: &Findings<'_>) -> Section {
    let grid = Grid::new("Dead zones", &["Outcome", "Ranges"], (&text::dead_zones(findings), 0));
    section("Where effort earns nothing", text::DEAD, vec![table_or(grid, "None.")])
}

/// The curves of the outcomes that move most.
fn charts(findings: &Findings<'_>) -> Section {
    let model = findings.analysis.model;
    let moves = |payoff: &Payoff| {
        let each = payoff.incentives.iter().map(|incentive| payoff.moves(&incentive.party));
        each.max().unwrap_or(Exact::ZERO)
    };
    let together = by_outcome(&findings.payoffs);
    let mut firsts: Vec<&Payoff> = together.iter().filter_map(|(_, own)| own.first().copied()).collect();
    firsts.retain(|payoff| moves(payoff).sign() > 0);
    firsts.sort_by_key(|payoff| std::cmp::Reverse(moves(payoff)));
    let mut blocks = Vec::new();
    for (index, payoff) in firsts.into_iter().take(CHARTS).enumerate() {
        blocks.push(Block::Heading(subject(payoff)));
        blocks.extend(drawn(payoff, model, &format!("curve-{}", index + 1)));
    }
    if blocks.is_empty() {
        blocks.push(Block::Paragraph("No outcome moves money.".to_string()));
    }
    let words = "The outcomes that move most money for a party that delivers care, each with its data; \
        `carepact sweep` draws any other.";
    section("The largest payoff curves", words, blocks)
}
