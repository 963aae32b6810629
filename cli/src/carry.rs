//! Carrying forward: the observations of the next period that figures of this one are, as a file in
//! the ordinary form of observations.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use carepact::contract::brief;
use carepact::source::{Code, Severity};
use carepact::statement::{Carried, CarriedForward};
use carepact::{Diagnostic, Exact, Facts, Model};

use crate::answer::plural;
use crate::files;
use crate::parallel::Threads;
use crate::progress::Progress;
use crate::statement::csv;

/// Something that cannot be carried.
pub static CARRY_FORWARD: Code = Code {
    name: "carry-forward",
    severity: Severity::Error,
    rule: "a figure is carried into the next period exactly: it is named by `carried_from` of a measure, and has \
           a decimal that ends",
};

/// Holders whose observations are worked out at a time.
const HOLDERS_AT_A_TIME: usize = 256;

/// What some holders carry forward: rows, and by measure what cannot be written.
#[derive(Debug, Default)]
struct Rows {
    rows: Vec<Vec<String>>,
    endless: BTreeMap<String, Vec<String>>,
}

/// Writes the file, and says what stands in it. Nothing is written when a figure cannot be.
pub fn write(
    (model, facts): (&Model, &Facts),
    threads: Threads,
    progress: &Progress,
    file: &Path,
) -> Result<String, Vec<Diagnostic>> {
    files::refuse_existing(file).map_err(|problem| vec![problem])?;
    let carried = model.carried(facts);
    if carried.is_empty() {
        let found = "no figure of the stated periods is carried into the next".to_string();
        let remedy = "state a period with such a figure, or let a measure say `carried_from`";
        return Err(vec![files::problem(&CARRY_FORWARD, found, remedy)]);
    }
    let rows = rows(&carried, (model, facts), threads, progress);
    if !rows.endless.is_empty() {
        return Err(rows.endless.into_iter().map(endless).collect());
    }
    let count = rows.rows.len() - 1;
    files::write_new(file, &csv::rows(rows.rows.into_iter())).map_err(|problem| vec![problem])?;
    Ok(format!("{} is written: {}\n", file.display(), plural(count, "observation")))
}

fn rows(
    carried: &Carried<'_>,
    (model, facts): (&Model, &Facts),
    threads: Threads,
    progress: &Progress,
) -> Rows {
    let holder_column =
        model.contract().parties.iter().find(|party| party.many).map(|party| party.id.as_str());
    let axes = carried.axes();
    progress.begin_holders("carrying forward", facts.lanes.len());
    let statistics = carried.statistics(&|count, work| threads.each(count, work, &|_| ()));
    let headings = ["measure", "period"].into_iter().chain(holder_column).chain(axes.iter().copied());
    let headings = headings.chain(["value"]).map(str::to_string).collect();
    let mut all = Rows { rows: vec![headings], ..Rows::default() };
    let count = facts.lanes.len();
    let work = |piece: usize| {
        let holders = piece * HOLDERS_AT_A_TIME..count.min((piece + 1) * HOLDERS_AT_A_TIME);
        let mut own = Rows::default();
        for observation in holders.flat_map(|holder| carried.observations(&statistics, holder)) {
            own.add(&observation, holder_column.is_some(), &axes);
        }
        own
    };
    let taken = threads.in_order(count.div_ceil(HOLDERS_AT_A_TIME), &work, &mut |rows: Rows| {
        progress.done(HOLDERS_AT_A_TIME);
        all.rows.extend(rows.rows);
        for (measure, named) in rows.endless {
            all.endless.entry(measure).or_default().extend(named);
        }
        io::Result::Ok(())
    });
    taken.expect("taking into memory does not fail");
    all
}

impl Rows {
    fn add(&mut self, observation: &CarriedForward, by_holder: bool, axes: &[&str]) {
        let holder = observation.holder.as_deref();
        let Some(value) = readable(&observation.value) else {
            let members = observation.members.iter().map(|(_, member)| member.as_str());
            let named = holder.into_iter().chain(members).collect::<Vec<_>>().join(" ");
            self.endless.entry(observation.measure.clone()).or_default().push(named);
            return;
        };
        let member = |axis: &&str| {
            let own = observation.members.iter().find(|(known, _)| known == axis);
            own.map_or("", |(_, member)| member.as_str())
        };
        let cells = [observation.measure.as_str(), &observation.period].into_iter();
        let cells = cells.chain(by_holder.then_some(holder.unwrap_or_default()));
        let cells = cells.chain(axes.iter().map(member)).map(str::to_string).chain([value]);
        self.rows.push(cells.collect());
    }
}

/// The value as it can be read again; nothing when its decimal does not end, or is too long.
fn readable(value: &Exact) -> Option<String> {
    let text = value.to_string();
    (Exact::parse(&text).as_ref() == Ok(value)).then_some(text)
}

fn endless((measure, named): (String, Vec<String>)) -> Diagnostic {
    let named: Vec<String> = named.into_iter().filter(|name| !name.is_empty()).collect();
    let which = if named.is_empty() { String::new() } else { format!(" for {}", brief(&named)) };
    let found = format!("what `{measure}` would carry has no decimal that ends{which}");
    files::problem(&CARRY_FORWARD, found, "round it in the contract, such as `round(… to 0.01)`")
}
