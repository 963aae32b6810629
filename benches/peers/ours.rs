//! Our own passes: the benchmark contract from columns and from rows, and Harbourside.

use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use carepact::batch::{Batch, Columns, Known, Output, Rows};
use carepact::{Exact, Model};

use crate::Folders;
use crate::common::batch::{Numbers, drawn, totals, varies};
use crate::common::benchmark::{FIELDS, generated, known, outputs, range};
use crate::common::{compile, text};
use crate::table::median;

const PAYEES: usize = 8;
const FIVE_YEARS: &str = "contracts/harbourside/prime-provider.json";

/// What one pass reads, and what of it is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Columns that were looked through before.
    Columns,
    /// Columns, looking through them included.
    LookedThrough,
    /// Rows that were looked through before, to rows.
    Rows,
}

impl Pass {
    /// How the table names it.
    pub fn name(self) -> &'static str {
        match self {
            Pass::Columns => "from columns",
            Pass::LookedThrough => "from columns, looked through",
            Pass::Rows => "from rows",
        }
    }
}

/// The benchmark contract, its 8 payments out.
pub struct Ours<'m> {
    batch: Batch<'m>,
    /// The field of the specification that each input takes.
    fields: Vec<usize>,
}

/// Scenarios of the generator in memory, as columns and as rows, and room for the payments.
pub struct Facts {
    pub count: usize,
    columns: Vec<i64>,
    rows: Vec<i64>,
    /// Kept from pass to pass, as the C keeps its own.
    payments: Mutex<Vec<i64>>,
}

impl Facts {
    /// So many scenarios.
    pub fn generated(ours: &Ours<'_>, count: usize) -> Facts {
        let mut columns = vec![0; FIELDS * count];
        let mut rows = vec![0; FIELDS * count];
        for (input, (field, column)) in ours.fields.iter().zip(columns.chunks_exact_mut(count)).enumerate() {
            for (scenario, value) in (0..).zip(column.iter_mut()) {
                *value = generated(scenario, *field, range(*field)).cast_signed();
            }
            for (row, value) in rows.chunks_exact_mut(FIELDS).zip(column.iter()) {
                row[input] = *value;
            }
        }
        Facts { count, columns, rows, payments: Mutex::new(vec![1; PAYEES * count]) }
    }
}

impl Facts {
    fn room(&self) -> MutexGuard<'_, Vec<i64>> {
        self.payments.lock().expect("one pass at a time")
    }
}

/// Room for the payments of each part.
fn room_of<'r>(mut room: &'r mut [i64], parts: &[(usize, usize)]) -> Vec<&'r mut [i64]> {
    let mut of_parts = Vec::new();
    for (from, to) in parts {
        let (own, rest) = room.split_at_mut(PAYEES * (to - from));
        of_parts.push(own);
        room = rest;
    }
    of_parts
}

/// Ends of equal parts of scenarios.
fn parts(count: usize, threads: usize) -> Vec<(usize, usize)> {
    let each = count.div_ceil(threads);
    (0..threads).map(|part| (part * each, ((part + 1) * each).min(count))).collect()
}

/// Runs each piece of work in a thread of its own; one alone in this one. The seconds that it took.
fn timed<W: FnMut() + Send>(mut work: Vec<W>) -> f64 {
    let start = Instant::now();
    match &mut work[..] {
        [alone] => alone(),
        all => std::thread::scope(|scope| all.iter_mut().for_each(|work| drop(scope.spawn(work)))),
    }
    start.elapsed().as_secs_f64()
}

impl<'m> Ours<'m> {
    /// Compiles the contract for what the generator draws.
    pub fn new(model: &'m Model) -> Ours<'m> {
        let (known, fields) = known(model);
        let names: Vec<String> = (1..=PAYEES).map(|payee| format!("pay_P{payee}")).collect();
        let batch = model.batch(&known, &outputs(model, &names)).expect("a batch");
        assert!(batch.units().iter().all(|unit| *unit == Exact::scaled(1, 2)), "payments in pence");
        Ours { batch, fields }
    }

    fn columns<'f>(&self, facts: &'f Facts, (from, to): (usize, usize)) -> Columns<'f> {
        let columns: Vec<&[i64]> =
            facts.columns.chunks_exact(facts.count).map(|column| &column[from..to]).collect();
        Columns::new(&columns).expect("columns of one length")
    }

    fn run(&self, columns: &Columns<'_>, out: &mut [i64]) {
        let mut out: Vec<&mut [i64]> = out.chunks_exact_mut(columns.count()).collect();
        self.batch.run(columns, &mut out).expect("the generator keeps to its ranges");
    }

    /// Seconds of one pass.
    pub fn pass(&self, pass: Pass, facts: &Facts, threads: usize) -> f64 {
        match pass {
            Pass::Columns => self.columns_pass(facts, threads),
            Pass::LookedThrough => self.looked_through_pass(facts, threads),
            Pass::Rows => self.rows_pass(facts, threads),
        }
    }

    fn columns_pass(&self, facts: &Facts, threads: usize) -> f64 {
        let parts = parts(facts.count, threads);
        let mut room = facts.room();
        let columns: Vec<Columns<'_>> = parts.iter().map(|part| self.columns(facts, *part)).collect();
        let room = room_of(&mut room, &parts);
        let work = columns.iter().zip(room).map(|(columns, out)| move || self.run(columns, out));
        timed(work.collect())
    }

    fn looked_through_pass(&self, facts: &Facts, threads: usize) -> f64 {
        let parts = parts(facts.count, threads);
        let mut room = facts.room();
        let room = room_of(&mut room, &parts);
        let work = parts.iter().zip(room);
        timed(work.map(|(part, out)| move || self.run(&self.columns(facts, *part), out)).collect())
    }

    fn rows_pass(&self, facts: &Facts, threads: usize) -> f64 {
        let parts = parts(facts.count, threads);
        let mut room = facts.room();
        let rows = parts.iter().map(|(from, to)| &facts.rows[from * FIELDS..to * FIELDS]);
        let rows: Vec<Rows<'_>> = rows.map(|rows| Rows::new(rows, FIELDS).expect("whole rows")).collect();
        let work = rows.iter().zip(room_of(&mut room, &parts)).map(|(rows, out)| {
            move || self.batch.run_rows(rows, out).expect("the generator keeps to its ranges")
        });
        timed(work.collect())
    }

    /// How many of the published 1,000 scenarios have a wrong penny.
    pub fn wrong(&self, folders: &Folders) -> String {
        let Some(expected) = expected(folders) else {
            return "no published results at ../shared/bench/expected.csv to compare with".to_string();
        };
        let count = expected.len();
        let facts = Facts::generated(self, count);
        let mut out = vec![0; PAYEES * count];
        self.run(&self.columns(&facts, (0, count)), &mut out);
        let own =
            |scenario: usize| (0..PAYEES).map(|payee| out[payee * count + scenario]).collect::<Vec<_>>();
        let wrong = expected.iter().enumerate().filter(|(scenario, pence)| own(*scenario) != **pence).count();
        format!("{wrong} of the published {count} scenarios have a wrong penny")
    }
}

/// The payments of the published scenarios in pence.
pub fn expected(folders: &Folders) -> Option<Vec<Vec<i64>>> {
    let mut reader = csv::Reader::from_path(folders.shared.join("expected.csv")).ok()?;
    let headings = reader.headers().ok()?.clone();
    let place = |payee: usize| headings.iter().position(|heading| heading == format!("pay_P{payee}"));
    let places = (1..=PAYEES).map(place).collect::<Option<Vec<usize>>>()?;
    let pence = |cell: &str| cell.replace('.', "").parse().expect("pounds with two decimals");
    let records = reader.records().map(|record| record.expect("a row"));
    Some(records.map(|record| places.iter().map(|place| pence(&record[*place])).collect()).collect())
}

/// Harbourside over its five years, with one thread and with two: scenarios, totals and scenarios a
/// second.
pub fn five_years() -> Vec<(u32, (usize, usize, f64))> {
    const COUNT: usize = 19_200;
    let model = compile(FIVE_YEARS, &text(FIVE_YEARS));
    let known: Vec<Known> = model.plan().facts().iter().map(varies).collect();
    let totals = totals(&model).into_iter().filter(|((_, _, payee), _)| payee.is_some());
    let totals: Vec<Output> = totals.map(|(_, terms)| Output { terms }).collect();
    let batch = model.batch(&known, &totals).expect("a batch");
    let columns = drawn(&model, batch.inputs(), &mut Numbers(1), COUNT);
    let pass = |threads: usize| {
        let columns: Vec<Columns<'_>> = parts(COUNT, threads)
            .into_iter()
            .map(|(from, to)| columns.iter().map(|column| &column[from..to]).collect::<Vec<_>>())
            .map(|columns| Columns::new(&columns).expect("columns of one length"))
            .collect();
        let mut out: Vec<Vec<i64>> =
            columns.iter().map(|columns| vec![1; totals.len() * columns.count()]).collect();
        let work = columns.iter().zip(&mut out).map(|(columns, out)| {
            let batch = &batch;
            move || {
                let mut out: Vec<&mut [i64]> = out.chunks_exact_mut(columns.count()).collect();
                batch.run(columns, &mut out).expect("admissible facts");
            }
        });
        timed(work.collect())
    };
    let rate = |threads: usize| {
        let times: Vec<f64> = (0..15).map(|_| pass(threads)).collect();
        (COUNT, totals.len(), COUNT as f64 / median(&times))
    };
    vec![(1, rate(1)), (2, rate(2))]
}
