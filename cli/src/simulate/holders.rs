//! What each holder of a party that is many has in many scenarios: all of them for tools, and for people
//! all of a few, or those with the most and the least of many.

use carepact_scenarios::{Extreme, Labels, Summary};

use super::layout::{Layout, percent, table};
use super::report::many;
use crate::table::{PAGE, wrapped};
use carepact::Exact;

/// Most holders that a page lists one after the other, as a statement does.
const LISTED_MAX: usize = 30;

/// Of more than that so many with the most, and as many with the least.
const EDGE: usize = 10;

/// A holder's name and what it has.
pub type Row<'r> = (&'r str, &'r Summary);

/// How a page shows amounts of holders.
pub struct Holders<'r> {
    /// The names of the contract.
    pub labels: &'r Labels,
    /// What a whole unit stands for.
    pub unit: &'r Exact,
    /// Percentiles as shares.
    pub percentiles: &'r [Exact],
    /// In the order of the baseline.
    pub rows: Vec<Row<'r>>,
}

impl Holders<'_> {
    /// The party that is many, for people.
    pub fn title(&self, what: &str, layout: &Layout) -> String {
        let many = self.labels.many.as_deref().unwrap_or_default();
        let name = self.labels.parties.iter().find(|(id, _, _)| id == many).map_or("", |(_, name, _)| name);
        layout.title(&format!("{name} one by one: what each {what}"))
    }

    /// For amounts of holders, which may be much smaller than those of all of them.
    pub fn layout(&self) -> Layout {
        let ends = self.rows.iter().flat_map(|(_, summary)| [summary.least(), summary.most()]);
        let furthest = ends.flatten().map(|end| self.amount(end.amount).abs()).max();
        Layout::new(&self.labels.currency, &furthest.unwrap_or(Exact::ZERO))
    }

    fn amount(&self, units: i64) -> Exact {
        self.unit * &Exact::from(units)
    }

    /// The table: all of a few; of many those with the most and with the least on average.
    pub fn text(&self, layout: &Layout) -> String {
        let mut headings = vec![String::new(), "mean".to_string(), "std. deviation".to_string()];
        let with_percentiles = self.rows.iter().all(|(_, summary)| summary.has_percentiles());
        if with_percentiles {
            headings.extend(self.percentiles.iter().map(percent));
        }
        headings.extend(["worst in", "best in"].map(str::to_string));
        let mut table = table(headings.len() - 1);
        table.cells(headings);
        let row = |(name, summary): &Row<'_>| {
            let cell = |units: i64| layout.cell(&self.amount(units));
            let mut cells = vec![(*name).to_string(), cell(summary.mean()), cell(summary.deviation())];
            if with_percentiles {
                cells.extend(self.percentiles.iter().map(|share| cell(summary.percentile(share))));
            }
            let number = |end: Option<Extreme>| end.map_or(String::new(), |end| many(end.scenario));
            cells.extend([number(summary.least()), number(summary.most())]);
            cells
        };
        if self.rows.len() <= LISTED_MAX {
            self.rows.iter().for_each(|each| table.cells(row(each)));
            return table.text();
        }
        let mut order: Vec<&Row<'_>> = self.rows.iter().collect();
        order.sort_by_key(|(_, summary)| std::cmp::Reverse(summary.mean()));
        table.across(&format!("the {EDGE} with the most on average"));
        order[..EDGE].iter().for_each(|each| table.cells(row(each)));
        table.across(&format!("the {EDGE} with the least"));
        order[order.len() - EDGE..].iter().for_each(|each| table.cells(row(each)));
        let mut out = table.text();
        let count = many(u64::try_from(self.rows.len()).unwrap_or(u64::MAX));
        out.push_str(&wrapped(&format!("`--format csv` and `--format json` have all {count}."), PAGE, 0));
        out.push('\n');
        out
    }
}
