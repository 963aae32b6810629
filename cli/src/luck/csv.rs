//! Luck as CSV: one row for each line, party and holder.

use carepact::{Contract, Exact};
use carepact_scenarios::luck::{LineLuck, Probability};
use csv::Writer;

use super::{Question, enough, plain_rate};

const HEADINGS: [&str; 14] = [
    "line", "clause", "period", "members", "party", "figure", "law", "counted", "baseline", "starts",
    "fines", "met", "target", "improved",
];

/// Where the party stands among them; a holder of it stands behind it.
const PARTY: usize = 4;

const MONEY: [&str; 5] =
    ["money_unchanged", "money_improved", "money_on_target", "money_by_chance", "money_by_performance"];

/// Rows that are written one after the other.
pub struct Rows {
    writer: Writer<Vec<u8>>,
    places: usize,
    /// Whether there is a column for the holder.
    of_holders: bool,
}

impl Rows {
    /// The headings.
    pub fn new(contract: &Contract) -> Rows {
        let places = usize::try_from(contract.minor_places).unwrap_or(2);
        let writer = Writer::from_writer(Vec::new());
        let mut rows = Rows { writer, places, of_holders: contract.has_holders() };
        let mut headings: Vec<String> = HEADINGS.iter().map(ToString::to_string).collect();
        for question in Question::ALL {
            let of_question = |what: &&str| format!("{}_{what}", question.name());
            headings.extend(["exactly", "roughly", "enough"].iter().map(of_question));
        }
        headings.extend(MONEY.iter().map(ToString::to_string));
        rows.write(headings, "holder");
        rows
    }

    /// A line.
    pub fn add(&mut self, line: &LineLuck) {
        let cells = row(line, self.places);
        self.write(cells, line.holder.as_deref().unwrap_or_default());
    }

    fn write(&mut self, mut cells: Vec<String>, holder: &str) {
        if self.of_holders {
            cells.insert(PARTY + 1, holder.to_string());
        }
        self.writer.write_record(&cells).expect("memory takes every row");
    }

    /// All of them.
    pub fn text(self) -> String {
        let bytes = self.writer.into_inner().expect("memory takes every row");
        String::from_utf8(bytes).expect("rows are text")
    }
}

fn row(line: &LineLuck, places: usize) -> Vec<String> {
    let rate = |rate: Option<&Exact>| rate.map_or(String::new(), plain_rate);
    let money = |amount: Option<&Exact>| amount.map_or(String::new(), |amount| amount.plain(places));
    let chance = |chance: Option<Probability>| chance.map_or(String::new(), Probability::plain);
    let members: Vec<&str> = line.members.iter().map(|(_, member, _)| member.as_str()).collect();
    let mut cells = vec![
        line.line.clone(),
        line.clause.clone(),
        line.period.clone(),
        members.join(" "),
        line.party.clone(),
        line.figure.name(),
        line.figure.law.word().to_string(),
        rate(line.figure.counted.as_ref()),
        plain_rate(&line.baseline),
        rate(line.starts.as_ref()),
        rate(line.fines.as_ref()),
        rate(line.met.as_ref()),
        rate(line.target.as_ref()),
        rate(line.improved.as_ref()),
    ];
    for question in Question::ALL {
        match question.of(line) {
            Some(odds) => cells.extend([chance(odds.exact), chance(odds.normal), enough(odds.enough)]),
            None => cells.extend([String::new(), String::new(), String::new()]),
        }
    }
    let amounts = &line.money;
    cells.extend([
        money(Some(&amounts.unchanged)),
        money(amounts.improved.as_ref()),
        money(amounts.on_target.as_ref()),
        money(Some(&amounts.by_chance)),
        money(amounts.by_performance.as_ref()),
    ]);
    cells
}
