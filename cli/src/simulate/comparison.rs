//! Two designs on the same draws, as text, JSON and CSV.

use carepact::Exact;
use carepact_scenarios::{Comparison, Difference, Labels, Period, Simulation, Summary};
use serde_json::{Map, Value, json};

use super::holders::Holders;
use super::layout::{Layout, add, one_of, percent, share, table};
use super::provenance::Provenance;
use super::report::{many, numbers};
use super::run;
use crate::statement::csv::rows;
use crate::table::{PAGE, wrapped};

/// A comparison to be shown.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The numbers.
    pub comparison: Comparison,
    /// What each design rests on.
    pub provenance: (Provenance, Provenance),
    /// The scenarios that were asked for.
    pub asked: u64,
    /// Percentiles as shares.
    pub percentiles: Vec<Exact>,
    /// The share of scenarios that is a tail.
    pub tail: Exact,
}

impl Compared {
    /// What is said when it was stopped before its end.
    pub fn stopped(&self) -> Option<String> {
        run::stopped(self.comparison.count(), self.asked)
    }

    /// The parties of both designs with their names, each once.
    fn parties(&self) -> Vec<(&str, &str)> {
        names(&self.comparison, |labels| {
            labels.parties.iter().map(|(id, name, _)| (id.as_str(), name.as_str())).collect()
        })
    }

    /// The clauses of both designs with their titles, each once.
    fn clauses(&self) -> Vec<(&str, &str)> {
        names(&self.comparison, |labels| {
            labels.clauses.iter().map(|(id, title)| (id.as_str(), title.as_str())).collect()
        })
    }

    /// What each holder of a party that is many gains.
    fn holders(&self) -> Holders<'_> {
        let (one, other) = (self.comparison.one.labels(), self.comparison.other.labels());
        Holders {
            labels: if one.many.is_some() { one } else { other },
            unit: &self.comparison.unit,
            percentiles: &self.percentiles,
            rows: self.comparison.holders.iter().map(|each| (each.party.as_str(), &each.summary)).collect(),
        }
    }

    /// The comparison as it is saved.
    pub fn saved(&self) -> String {
        let (one, other) = &self.provenance;
        let provenance = json!({ "a": one.json(), "b": other.json() });
        format!("{}\n", json!({ "provenance": provenance, "comparison": self.comparison.to_json() }))
    }

    fn amount(&self, units: i64) -> Exact {
        &self.comparison.unit * &Exact::from(units)
    }

    fn plain(&self, units: i64) -> String {
        self.amount(units).plain(usize::try_from(self.comparison.one.labels().places).unwrap_or(2))
    }

    fn percentiles(&self, summary: &Summary) -> Vec<i64> {
        self.percentiles.iter().map(|share| summary.percentile(share)).collect()
    }
}

/// The means of the tails of an amount under one design: least, then greatest.
type Tails = Option<(Exact, Exact)>;

impl Compared {
    /// The tails under A and B of what a difference is taken of; nothing where a design has no such
    /// amount, or where too many holders are compared for it.
    fn tails(&self, of: &Difference, is_holder: bool) -> (Tails, Tails) {
        let tails = |simulation: &Simulation| {
            let year = of.year.as_deref();
            let period = match (year, &simulation.labels().years[..]) {
                (Some(year), years) => Period::Year(years.iter().position(|known| known == year)?),
                (None, [_]) => Period::Year(0),
                (None, _) => Period::All,
            };
            let summary = if is_holder {
                &simulation.holders().iter().find(|holder| holder.name == of.party)?.summary
            } else {
                simulation.amount(Some(&of.party), of.clause.as_deref(), &period)?
            };
            let amount = |units: i64| simulation.labels().amount(units);
            let ends = || (summary.mean_of_least(&self.tail), summary.mean_of_greatest(&self.tail));
            summary.has_percentiles().then(ends).map(|(least, greatest)| (amount(least), amount(greatest)))
        };
        (tails(&self.comparison.one), tails(&self.comparison.other))
    }

    fn money(&self, amount: &Exact) -> String {
        amount.plain(usize::try_from(self.comparison.one.labels().places).unwrap_or(2))
    }
}

type Names<'c> = Vec<(&'c str, &'c str)>;

fn names<'c>(comparison: &'c Comparison, of: impl Fn(&'c Labels) -> Names<'c>) -> Names<'c> {
    let mut all = of(comparison.one.labels());
    for (id, name) in of(comparison.other.labels()) {
        if !all.iter().any(|(known, _)| *known == id) {
            all.push((id, name));
        }
    }
    all
}

/// The comparison as text.
pub fn text(compared: &Compared) -> String {
    let shown = Shown::new(compared);
    let mut out = shown.head();
    add(&mut out, &shown.layout.title("What each party gains by B"), &shown.differences());
    add(&mut out, "In words", &shown.words());
    add(&mut out, &shown.sides.title("Side by side"), &shown.side_by_side());
    add(&mut out, &shown.sides.title("Tail by tail"), &shown.tail_by_tail());
    add(
        &mut out,
        &shown.layout.title("What each party gains by B, clause by clause, on average"),
        &shown.clauses(),
    );
    let holders = compared.holders();
    if !holders.rows.is_empty() {
        let layout = holders.layout();
        add(&mut out, &holders.title("gains by B", &layout), &holders.text(&layout));
    }
    add(&mut out, "What this rests on", &shown.footer());
    out
}

struct Shown<'c> {
    compared: &'c Compared,
    /// Of differences.
    layout: Layout,
    /// Of the amounts of each design.
    sides: Layout,
}

impl<'c> Shown<'c> {
    fn new(compared: &'c Compared) -> Shown<'c> {
        let comparison = &compared.comparison;
        let currency = &comparison.one.labels().currency;
        let ends = |summary: &Summary| [summary.least(), summary.most()].into_iter().flatten();
        let furthest = |simulation: &Simulation| {
            let ends = simulation.amounts().flat_map(|(_, summary)| ends(summary));
            ends.map(|end| simulation.labels().amount(end.amount).abs()).max().unwrap_or(Exact::ZERO)
        };
        let of_sides = furthest(&comparison.one).max(furthest(&comparison.other));
        let differences = comparison.differences.iter().flat_map(|difference| ends(&difference.summary));
        let of_differences = differences.map(|end| compared.amount(end.amount).abs()).max();
        let layout = Layout::new(currency, &of_differences.unwrap_or(Exact::ZERO));
        Shown { compared, layout, sides: Layout::new(currency, &of_sides) }
    }

    fn head(&self) -> String {
        let comparison = &self.compared.comparison;
        let (one, other) = (comparison.one.labels(), comparison.other.labels());
        format!(
            "A  {}\nB  {}\n{}\n{}; {} scenarios, numbers {}; seed {}\n{}",
            wrapped(&one.contract_title, PAGE - 3, 3),
            wrapped(&other.contract_title, PAGE - 3, 3),
            wrapped(&one.title, PAGE, 0),
            one.years.join(", "),
            many(comparison.count()),
            numbers(comparison.one.ranges()),
            comparison.one.seed(),
            self.compared.stopped().unwrap_or_default(),
        )
    }

    fn years(&self) -> Vec<Option<&str>> {
        let years = &self.compared.comparison.one.labels().years;
        let all = (years.len() != 1).then_some(None);
        years.iter().map(|year| Some(year.as_str())).chain(all).collect()
    }

    /// The whole of what is compared: all years, or the only one.
    fn whole(&self) -> Option<&str> {
        self.years().last().copied().flatten()
    }

    fn differences(&self) -> String {
        let mut headings = vec![String::new(), "mean".to_string()];
        headings.extend(self.compared.percentiles.iter().map(percent));
        headings.extend(["gains in", "loses in"].map(str::to_string));
        let mut table = table(headings.len() - 1);
        table.cells(headings);
        for (party, name) in self.compared.parties() {
            let found = |year: &Option<&str>| self.compared.comparison.difference(party, None, *year);
            let rows: Vec<(Option<&str>, &Difference)> =
                self.years().iter().filter_map(|year| Some((*year, found(year)?))).collect();
            if let [(_, only)] = rows[..] {
                table.cells(self.row(name.to_string(), only));
                continue;
            }
            table.across(name);
            for (year, difference) in rows {
                table.cells(self.row(format!("  {}", year.unwrap_or("all years")), difference));
            }
        }
        table.text()
    }

    fn row(&self, name: String, difference: &Difference) -> Vec<String> {
        let summary = &difference.summary;
        let cell = |units: i64| self.layout.cell(&self.compared.amount(units));
        let mut cells = vec![name, cell(summary.mean())];
        cells.extend(self.compared.percentiles(summary).into_iter().map(cell));
        let count = summary.count();
        cells.extend([share(difference.gains, count), share(difference.losses, count)]);
        cells
    }

    fn words(&self) -> String {
        let mut out = String::new();
        for (party, name) in self.compared.parties() {
            if let Some(difference) = self.compared.comparison.difference(party, None, self.whole()) {
                out.push_str(&wrapped(&self.sentence(name, difference), PAGE, 2));
                out.push('\n');
            }
        }
        out
    }

    fn sentence(&self, name: &str, difference: &Difference) -> String {
        let summary = &difference.summary;
        let count = summary.count();
        if difference.unchanged() == count {
            return format!("{name} is left as it was in every scenario.");
        }
        let mean = self.compared.amount(summary.mean());
        let by = self.layout.words(&mean);
        let average = match mean.sign() {
            0 => "the same on average".to_string(),
            sign if sign > 0 => format!("{by} better off on average"),
            _ => format!("{by} worse off on average"),
        };
        let same = match difference.unchanged() {
            0 => String::new(),
            same => format!(", and is left as it was in {}", share(same, count)),
        };
        format!(
            "{name} is {average} under B: it gains in {} of the scenarios, loses in {}{same}.",
            share(difference.gains, count),
            share(difference.losses, count),
        )
    }

    /// For each party what it receives under A and B.
    fn side_by_side(&self) -> String {
        let mut table = table(4);
        table.row(["", "mean A", "mean B", "std. A", "std. B"]);
        let comparison = &self.compared.comparison;
        for (party, name) in self.compared.parties() {
            let of = |simulation: &Simulation, what: &dyn Fn(&Summary) -> i64| {
                let period = if simulation.labels().years.len() == 1 { Period::Year(0) } else { Period::All };
                let found = simulation.amount(Some(party), None, &period);
                found.map_or("–".to_string(), |summary| {
                    self.sides.cell(&simulation.labels().amount(what(summary)))
                })
            };
            let both =
                |what: &dyn Fn(&Summary) -> i64| [of(&comparison.one, what), of(&comparison.other, what)];
            let cells = [both(&Summary::mean), both(&Summary::deviation)];
            table.cells([name.to_string()].into_iter().chain(cells.into_iter().flatten()).collect());
        }
        table.text()
    }

    /// For each party the means of its worst and best scenarios under A and B.
    fn tail_by_tail(&self) -> String {
        let mut table = table(6);
        let heads = ["worst", "best"].map(|end| format!("{end} {}", percent(&self.compared.tail)));
        let heads =
            heads.iter().flat_map(|head| [format!("{head} A"), "B".to_string(), "B less A".to_string()]);
        table.cells([String::new()].into_iter().chain(heads).collect());
        for (party, name) in self.compared.parties() {
            let Some(difference) = self.compared.comparison.difference(party, None, self.whole()) else {
                continue;
            };
            let (one, other) = self.compared.tails(difference, false);
            let cell =
                |amount: Option<&Exact>| amount.map_or("–".to_string(), |amount| self.sides.cell(amount));
            let three = |of: &dyn Fn(&(Exact, Exact)) -> Exact| {
                let (one, other) = (one.as_ref().map(of), other.as_ref().map(of));
                let less = one.as_ref().zip(other.as_ref()).map(|(one, other)| other - one);
                [cell(one.as_ref()), cell(other.as_ref()), cell(less.as_ref())]
            };
            let cells = [three(&|tails| tails.0.clone()), three(&|tails| tails.1.clone())];
            table.cells([name.to_string()].into_iter().chain(cells.into_iter().flatten()).collect());
        }
        let said = format!(
            "The worst are the {} in which the party receives least, or pays most, under that design; the best are as \
             many in which it receives most. They need not be the same scenarios under both.",
            one_of(&self.compared.tail)
        );
        format!("{}{}\n", table.text(), wrapped(&said, PAGE, 0))
    }

    /// Parties across, clauses down.
    fn clauses(&self) -> String {
        let comparison = &self.compared.comparison;
        let parties: Vec<(&str, &str)> = self.compared.parties();
        let mut table = table(parties.len());
        table.cells(
            [String::new()].into_iter().chain(parties.iter().map(|(id, _)| (*id).to_string())).collect(),
        );
        for (clause, title) in self.compared.clauses() {
            let found = |party: &str| comparison.difference(party, Some(clause), self.whole());
            let cell = |(party, _): &(&str, &str)| {
                let shown =
                    |found: &Difference| self.layout.cell(&self.compared.amount(found.summary.mean()));
                found(party).map_or(String::new(), shown)
            };
            table.cells([title.to_string()].into_iter().chain(parties.iter().map(cell)).collect());
        }
        table.text()
    }

    fn footer(&self) -> String {
        let (one, other) = &self.compared.provenance;
        let mut table = crate::table::Table::new(&[crate::table::Column::Left, crate::table::Column::Left]);
        table.row(["A", &one.contract]);
        table.row(["B", &other.contract]);
        table.row(["scenarios", &one.scenarios]);
        table.row(["baseline", &one.data]);
        table.row(["carepact", &one.version]);
        let mut out = table.text();
        out.push_str("Hashes are SHA-256 of the files. Both designs are worked out on the same draws.\n");
        out
    }
}

/// The comparison for tools.
pub fn json(compared: &Compared) -> Value {
    let comparison = &compared.comparison;
    let (one, other) = &compared.provenance;
    json!({
        "a": { "contract": comparison.one.labels().contract, "provenance": one.json() },
        "b": { "contract": comparison.other.labels().contract, "provenance": other.json() },
        "title": comparison.one.labels().title,
        "currency": comparison.one.labels().currency,
        "seed": comparison.one.seed(),
        "scenarios": { "asked": compared.asked, "done": comparison.count() },
        "differences": comparison.differences.iter().map(|each| difference(compared, (each, false))).collect::<Vec<_>>(),
        "holders": comparison.holders.iter().map(|each| holder(compared, each)).collect::<Vec<_>>(),
    })
}

fn holder(compared: &Compared, each: &Difference) -> Value {
    let mut found = difference(compared, (each, true));
    if let Value::Object(fields) = &mut found {
        ["party", "clause", "year"].into_iter().for_each(|field| drop(fields.remove(field)));
        fields.insert("holder".to_string(), json!(each.party));
    }
    found
}

fn difference(compared: &Compared, (difference, is_holder): (&Difference, bool)) -> Value {
    let (one, other) = compared.tails(difference, is_holder);
    let tails = |tails: Tails| {
        tails.map(|(least, greatest)| {
            json!({ "mean_of_least": compared.money(&least), "mean_of_greatest": compared.money(&greatest) })
        })
    };
    let summary = &difference.summary;
    let known = compared.percentiles.iter().filter(|_| summary.has_percentiles());
    let percentiles: Map<String, Value> =
        known.map(|share| (share.to_string(), json!(compared.plain(summary.percentile(share))))).collect();
    let end = |end: Option<carepact_scenarios::Extreme>| {
        end.map(|end| json!({ "amount": compared.plain(end.amount), "scenario": end.scenario }))
    };
    json!({
        "party": difference.party, "clause": difference.clause, "year": difference.year,
        "mean": compared.plain(summary.mean()), "standard_deviation": compared.plain(summary.deviation()),
        "percentiles": percentiles, "gains": difference.gains, "loses": difference.losses,
        "unchanged": difference.unchanged(),
        "least": end(summary.least()), "greatest": end(summary.most()),
        "tails": { "a": tails(one), "b": tails(other) },
    })
}

/// The comparison for spreadsheets, one row for each difference.
pub fn csv(compared: &Compared) -> String {
    let comparison = &compared.comparison;
    let of_holder = (!comparison.holders.is_empty()).then_some("holder");
    let fixed =
        ["party"].into_iter().chain(of_holder).chain(["clause", "year", "mean", "standard_deviation"]);
    let fixed = fixed.map(str::to_string);
    let named =
        compared.percentiles.iter().map(|share| format!("percentile_{}", percent(share).replace(" %", "")));
    let tails = ["mean_of_least_a", "mean_of_greatest_a", "mean_of_least_b", "mean_of_greatest_b"];
    let rest = ["gains", "loses", "unchanged", "scenarios", "seed", "contract_a_sha256", "contract_b_sha256"];
    let rest = tails.into_iter().chain(rest);
    let rest = rest.chain(["scenarios_sha256", "data_sha256", "version"]).map(str::to_string);
    let headings: Vec<String> = fixed.into_iter().chain(named).chain(rest).collect();
    let (one, other) = &compared.provenance;
    let labels = compared.holders().labels;
    let many = labels.many.clone().unwrap_or_default();
    let year = match &labels.years[..] {
        [only] => only.clone(),
        [..] => "all years".to_string(),
    };
    let parties = comparison.differences.iter().map(|each| (each, false));
    let cells = parties.chain(comparison.holders.iter().map(|each| (each, true)));
    let cells = cells.map(|(difference, is_holder)| {
        let summary = &difference.summary;
        let mut cells = vec![if is_holder { many.clone() } else { difference.party.clone() }];
        if of_holder.is_some() {
            cells.push(if is_holder { difference.party.clone() } else { String::new() });
        }
        let all = if is_holder { year.clone() } else { "all years".to_string() };
        cells.extend([
            difference.clause.clone().unwrap_or_default(),
            difference.year.clone().unwrap_or(all),
            compared.plain(summary.mean()),
            compared.plain(summary.deviation()),
        ]);
        cells.extend(compared.percentiles.iter().map(|share| match summary.has_percentiles() {
            true => compared.plain(summary.percentile(share)),
            false => String::new(),
        }));
        let tails = compared.tails(difference, is_holder);
        for tails in [tails.0, tails.1] {
            match tails {
                Some((least, greatest)) => cells.extend([compared.money(&least), compared.money(&greatest)]),
                None => cells.extend([String::new(), String::new()]),
            }
        }
        let counts = [difference.gains, difference.losses, difference.unchanged(), summary.count()];
        cells.extend(counts.map(|count| count.to_string()));
        cells.push(compared.comparison.one.seed().to_string());
        cells.extend(
            [&one.contract, &other.contract, &one.scenarios, &one.data, &one.version].map(Clone::clone),
        );
        cells
    });
    String::from_utf8_lossy(&rows([headings].into_iter().chain(cells))).into_owned()
}
