//! A simulation for a board paper: tables in whole pounds or thousands, and what they say in words.

use carepact::Exact;
use carepact_scenarios::{Loss, Period, Summary};

use super::layout::{Layout, add, one_of, percent, share, table};
use super::report::{Report, many, numbers};
use crate::answer::plural;
use crate::table::{Column, PAGE, Table, wrapped};

/// Most drawn observations that are named for having been brought into their range.
const NAMED_MAX: usize = 6;

/// The simulation as text.
pub fn text(report: &Report) -> String {
    let shown = Shown::new(report);
    let mut out = shown.head();
    add(&mut out, &shown.layout.title("What each party receives, less what it pays"), &shown.parties());
    add(&mut out, "In words", &shown.words());
    if !report.simulation.losses().is_empty() {
        add(&mut out, "Chance of a loss", &shown.losses());
    }
    add(&mut out, &shown.layout.title("What each clause moves"), &shown.clauses());
    let holders = report.holders();
    if !holders.rows.is_empty() {
        let layout = holders.layout();
        add(&mut out, &holders.title("receives, less what it pays", &layout), &holders.text(&layout));
    }
    add(&mut out, "What this rests on", &shown.footer());
    out
}

/// A report and the unit that its tables are in.
struct Shown<'r> {
    report: &'r Report,
    layout: Layout,
    periods: Vec<Period>,
}

impl<'r> Shown<'r> {
    fn new(report: &'r Report) -> Shown<'r> {
        let ends = report.simulation.amounts().flat_map(|(_, summary)| [summary.least(), summary.most()]);
        let furthest = ends.flatten().map(|end| report.labels().amount(end.amount).abs()).max();
        let layout = Layout::new(&report.labels().currency, &furthest.unwrap_or(Exact::ZERO));
        Shown { report, layout, periods: report.periods() }
    }

    fn cell(&self, units: i64) -> String {
        self.layout.cell(&self.report.labels().amount(units))
    }

    fn words_of(&self, units: i64) -> String {
        self.layout.words(&self.report.labels().amount(units))
    }

    fn head(&self) -> String {
        let (labels, simulation) = (self.report.labels(), &self.report.simulation);
        let years = match (labels.years.first(), labels.years.last()) {
            (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
            (Some(only), _) => only.clone(),
            (None, _) => "the term".to_string(),
        };
        let count = simulation.count();
        let scenarios = if count == 0 {
            "no scenario".to_string()
        } else {
            format!("{} scenarios, numbers {}", many(count), numbers(simulation.ranges()))
        };
        format!(
            "{}\n{}\n{years}; {scenarios}; seed {}\n{}",
            wrapped(&labels.contract_title, PAGE, 0),
            wrapped(&labels.title, PAGE, 0),
            simulation.seed(),
            self.report.stopped().unwrap_or_default(),
        )
    }

    fn headings(&self) -> (Table, Vec<String>) {
        let mut headings = vec![String::new(), "mean".to_string(), "std. deviation".to_string()];
        headings.extend(self.report.percentiles.iter().map(percent));
        (table(headings.len() - 1), headings)
    }

    fn row(&self, name: String, summary: &Summary) -> Vec<String> {
        let mut cells = vec![name, self.cell(summary.mean()), self.cell(summary.deviation())];
        cells.extend(self.report.percentiles(summary).into_iter().map(|units| self.cell(units)));
        cells
    }

    /// For each party its years, and all of them together.
    fn parties(&self) -> String {
        let (mut table, headings) = self.headings();
        table.cells(headings);
        for (party, name, _) in &self.report.labels().parties {
            let of = |period: &Period| self.report.simulation.amount(Some(party), None, period);
            let rows: Vec<(String, &Summary)> = self
                .periods
                .iter()
                .filter_map(|period| Some((self.report.period(period), of(period)?)))
                .collect();
            match &rows[..] {
                [] => {}
                [(_, only)] => table.cells(self.row(name.clone(), only)),
                rows => {
                    table.across(name);
                    for (period, summary) in rows {
                        table.cells(self.row(format!("  {period}"), summary));
                    }
                }
            }
        }
        table.text()
    }

    fn clauses(&self) -> String {
        let (mut table, headings) = self.headings();
        table.cells(headings);
        let period = self.periods.last().unwrap_or(&Period::All);
        for (clause, title) in &self.report.labels().clauses {
            if let Some(summary) = self.report.simulation.amount(None, Some(clause), period) {
                table.cells(self.row(title.clone(), summary));
            }
        }
        let mut text = table.text();
        if self.periods.len() > 1 {
            text.push_str("All years together; `--format csv` has every year, and every party's part.\n");
        }
        text
    }

    /// What the tables say of each party, in sentences.
    fn words(&self) -> String {
        let period = self.periods.last().unwrap_or(&Period::All);
        let when = match period {
            Period::All => format!("over all {} years", self.report.labels().years.len()),
            Period::Year(_) => format!("in {}", self.report.period(period)),
        };
        let mut out = String::new();
        for (party, name, _) in &self.report.labels().parties {
            if let Some(summary) = self.report.simulation.amount(Some(party), None, period) {
                out.push_str(&wrapped(&self.sentence(name, &when, summary), PAGE, 2));
                out.push('\n');
            }
        }
        out
    }

    fn sentence(&self, name: &str, when: &str, summary: &Summary) -> String {
        let (verb, than) = if summary.mean() < 0 { ("pays", "more") } else { ("receives", "less") };
        if summary.is_constant() {
            return format!("{name} {verb} {} {when} in every scenario.", self.words_of(summary.mean()));
        }
        let tail = &self.report.tail;
        let edge = summary.percentile(tail);
        let (least, most) = (summary.least(), summary.most());
        let number = |end: Option<carepact_scenarios::Extreme>| end.map_or(0, |end| end.scenario);
        format!(
            "In {} {name} {verb} {} or {than} {when}; in these it {verb} {} on average. The worst for it is \
             scenario {}, the best scenario {}.",
            one_of(tail),
            self.words_of(edge),
            self.words_of(summary.mean_of_least(tail)),
            number(least),
            number(most),
        )
    }

    fn losses(&self) -> String {
        let mut table = Table::new(&[Column::Cut, Column::Left, Column::Right, Column::Right]);
        table.row(["", "", "threshold", "chance"]);
        let count = self.report.simulation.count();
        let mut before: Option<&str> = None;
        for loss in self.report.simulation.losses() {
            if loss.period == Period::All && self.periods.len() == 1 {
                continue;
            }
            let name = if before == Some(&loss.party) { String::new() } else { self.kind_of(loss) };
            before = Some(&loss.party);
            let stated = self.layout.cell(&loss.stated.abs());
            table.cells(vec![name, self.report.period(&loss.period), stated, share(loss.count, count)]);
        }
        table.text()
    }

    fn kind_of(&self, loss: &Loss) -> String {
        let labels = self.report.labels();
        let name = labels.parties.iter().find(|(id, _, _)| *id == loss.party).map_or("", |(_, name, _)| name);
        if loss.is_budget {
            format!("{name} pays more than its budget")
        } else {
            format!("{name} receives less than its cost base")
        }
    }

    fn footer(&self) -> String {
        let provenance = &self.report.provenance;
        let mut table = Table::new(&[Column::Left, Column::Left]);
        table.row(["contract", &provenance.contract]);
        table.row(["scenarios", &provenance.scenarios]);
        table.row(["baseline", &provenance.data]);
        table.row(["carepact", &provenance.version]);
        let mut out = table.text();
        out.push_str(&wrapped(
            "Hashes are SHA-256 of the files. A percentile is the amount that this share of all scenarios does \
             not exceed; it is exact where many scenarios have the same amount, and otherwise within 0.05 %.",
            PAGE,
            0,
        ));
        out.push('\n');
        out.push_str(&wrapped(&self.brought(), PAGE, 0));
        for (id, count) in self.report.simulation.broken().iter().filter(|(_, count)| *count > 0) {
            let said = format!(
                "In {} of the scenarios the data do not fulfil `{id}`, and a statement would be refused.",
                share(*count, self.report.simulation.count())
            );
            out.push('\n');
            out.push_str(&wrapped(&said, PAGE, 0));
        }
        out.push_str("\n`carepact simulate … --only NUMBER` writes the observations of one scenario.\n");
        out
    }

    /// What was drawn beyond the range of its measure.
    fn brought(&self) -> String {
        let drawn = self.report.simulation.clamped();
        let mut touched: Vec<(&str, u64)> = drawn
            .iter()
            .map(|(name, clamped)| (name.as_str(), clamped.raised + clamped.lowered))
            .filter(|(_, count)| *count > 0)
            .collect();
        touched.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let all = plural(drawn.len(), "observation");
        if touched.is_empty() {
            return format!("Of {all} drawn in each scenario, none had to be brought into its range.");
        }
        let sum: u64 = touched.iter().map(|(_, count)| count).sum();
        let named = touched.iter().take(NAMED_MAX).map(|(name, count)| format!("{name} {}", many(*count)));
        let more = if touched.len() > NAMED_MAX { ", …" } else { "" };
        format!(
            "Of {all} drawn in each scenario, {} numbers in all were brought into the range of their measure: {}{more}.",
            many(sum),
            named.collect::<Vec<_>>().join(", ")
        )
    }
}
