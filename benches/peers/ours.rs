//! Our own passes: the benchmark contract from columns and from rows, and Harbourside.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use carepact::batch::{Batch, Column, Columns, Known, Output, Room, Rows};
use carepact::{Exact, Model};

use crate::Folders;
use crate::common::batch::{Numbers, drawn, totals, varies};
use crate::common::benchmark::{FIELDS, generated, known, outputs, range};
use crate::common::{compile, text};
use crate::table::median;

const PAYEES: usize = 8;
const TURN: Duration = Duration::from_micros(300);
const FIVE_YEARS: &str = "contracts/harbourside/prime-provider.json";

/// How wide the integers of columns are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// All of 64 bits.
    Whole64,
    /// Of 32 bits, facts and results, where they are sure to fit.
    Whole32,
}

const WIDTHS: [Width; 2] = [Width::Whole64, Width::Whole32];

/// What one pass reads, and what of it is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Columns that were looked through before.
    Columns(Width),
    /// Columns, looking through them included.
    LookedThrough(Width),
    /// Rows that were looked through before, to rows.
    Rows,
}

impl Pass {
    /// How the table names it.
    pub fn name(self) -> &'static str {
        match self {
            Pass::Columns(Width::Whole64) => "from columns",
            Pass::Columns(Width::Whole32) => "from columns of 32 bits",
            Pass::LookedThrough(Width::Whole64) => "from columns, looked through",
            Pass::LookedThrough(Width::Whole32) => "from columns of 32 bits, looked through",
            Pass::Rows => "from rows",
        }
    }
}

/// The benchmark contract, its 8 payments out.
pub struct Ours<'m> {
    batch: Batch<'m>,
    /// The field of the specification that each input takes.
    fields: Vec<usize>,
    /// Of columns of either width, how many of the published scenarios have a wrong penny.
    wrong: Vec<String>,
}

/// Scenarios of the generator in memory, as columns and as rows, and room for the payments.
pub struct Facts {
    pub count: usize,
    columns: Vec<i64>,
    /// The same columns in 32 bits, those that do not fit left at 0.
    short: Vec<i32>,
    /// Of the inputs and of the payments which fit into 32 bits.
    short_facts: Vec<bool>,
    short_payments: Vec<bool>,
    rows: Vec<i64>,
    /// Kept from pass to pass, as the C keeps its own.
    payments: Mutex<(Vec<i64>, Vec<i32>)>,
}

fn fits(least: i64, most: i64) -> bool {
    i32::try_from(least).is_ok() && i32::try_from(most).is_ok()
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
        let short = columns.iter().map(|n| i32::try_from(*n).unwrap_or(0)).collect();
        let short_facts = ours.batch.inputs().iter().map(|input| fits(input.least, input.most));
        let short_payments = ours.batch.extent().iter().map(|(least, most)| fits(*least, *most));
        Facts {
            count,
            columns,
            short,
            short_facts: short_facts.collect(),
            short_payments: short_payments.collect(),
            rows,
            payments: Mutex::new((vec![1; PAYEES * count], vec![1; PAYEES * count])),
        }
    }

    fn room(&self) -> MutexGuard<'_, (Vec<i64>, Vec<i32>)> {
        self.payments.lock().expect("one pass at a time")
    }

    /// Columns of a part of the scenarios.
    fn columns(&self, width: Width, (from, to): (usize, usize)) -> Columns<'_> {
        let whole = self.columns.chunks_exact(self.count).zip(self.short.chunks_exact(self.count));
        let columns = whole.zip(&self.short_facts).map(|((whole, short), fits)| match width {
            Width::Whole32 if *fits => Column::Whole32(&short[from..to]),
            Width::Whole64 | Width::Whole32 => Column::Whole64(&whole[from..to]),
        });
        Columns::new(&columns.collect::<Vec<_>>()).expect("columns of one length")
    }

    /// Room for columns of payments in either width.
    fn columns_out<'r>(&self, width: Width, (whole, short): (&'r mut [i64], &'r mut [i32])) -> Vec<Room<'r>> {
        let count = whole.len() / PAYEES;
        let both = whole.chunks_exact_mut(count).zip(short.chunks_exact_mut(count));
        let room = both.zip(&self.short_payments).map(|((whole, short), fits)| match width {
            Width::Whole32 if *fits => Room::Whole32(short),
            Width::Whole64 | Width::Whole32 => Room::Whole64(whole),
        });
        room.collect()
    }
}

/// Room for the payments of each part.
fn room_of<'r, N>(mut room: &'r mut [N], parts: &[(usize, usize)]) -> Vec<&'r mut [N]> {
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
    pub fn new(model: &'m Model, folders: &Folders) -> Ours<'m> {
        let (known, fields) = known(model);
        let names: Vec<String> = (1..=PAYEES).map(|payee| format!("pay_P{payee}")).collect();
        let batch = model.batch(&known, &outputs(model, &names)).expect("a batch");
        assert!(batch.units().iter().all(|unit| *unit == Exact::scaled(1, 2)), "payments in pence");
        let mut ours = Ours { batch, fields, wrong: Vec::new() };
        ours.wrong = WIDTHS.map(|width| ours.compared(folders, width)).to_vec();
        ours
    }

    /// How many of the published scenarios have a wrong penny in such a pass.
    pub fn wrong(&self, pass: Pass) -> String {
        let width = match pass {
            Pass::Columns(width) | Pass::LookedThrough(width) => width,
            Pass::Rows => return "not compared".to_string(),
        };
        WIDTHS
            .iter()
            .zip(&self.wrong)
            .find(|(own, _)| **own == width)
            .map_or_else(String::new, |(_, of)| of.clone())
    }

    /// Seconds of one pass.
    pub fn pass(&self, pass: Pass, facts: &Facts, threads: usize) -> f64 {
        // The C waits for its turn before each of its passes. So do ours, or on a busy machine those that
        // come after others would be the ones to be interrupted.
        std::thread::sleep(TURN);
        let parts = parts(facts.count, threads);
        let mut room = facts.room();
        let (whole, short) = &mut *room;
        let room = room_of(whole, &parts).into_iter().zip(room_of(short, &parts));
        let room = parts.iter().copied().zip(room);
        match pass {
            Pass::Columns(width) => {
                let work = room.map(|(part, out)| {
                    let mut out = facts.columns_out(width, out);
                    let columns = facts.columns(width, part);
                    move || self.run(&columns, std::mem::take(&mut out))
                });
                timed(work.collect())
            }
            Pass::LookedThrough(width) => {
                let work = room.map(|(part, out)| {
                    let mut out = facts.columns_out(width, out);
                    move || self.run(&facts.columns(width, part), std::mem::take(&mut out))
                });
                timed(work.collect())
            }
            Pass::Rows => {
                let work = room.map(|((from, to), (out, _))| {
                    let rows =
                        Rows::new(&facts.rows[from * FIELDS..to * FIELDS], FIELDS).expect("whole rows");
                    move || self.batch.run_rows(&rows, out).expect("the generator keeps to its ranges")
                });
                timed(work.collect())
            }
        }
    }

    fn run(&self, columns: &Columns<'_>, out: Vec<Room<'_>>) {
        self.batch.run(columns, out).expect("the generator keeps to its ranges");
    }

    /// How many of the published 1,000 scenarios have a wrong penny.
    fn compared(&self, folders: &Folders, width: Width) -> String {
        let Some(expected) = expected(folders) else {
            return "not compared".to_string();
        };
        let count = expected.len();
        let facts = Facts::generated(self, count);
        self.pass(Pass::Columns(width), &facts, 1);
        let mut room = facts.room();
        let (whole, short) = &mut *room;
        let out = facts.columns_out(width, (whole, short));
        let pence = |room: &Room<'_>, scenario: usize| match room {
            Room::Whole64(column) => column[scenario],
            Room::Whole32(column) => column[scenario].into(),
        };
        let own = |scenario: usize| out.iter().map(|room| pence(room, scenario)).collect::<Vec<_>>();
        let wrong = expected.iter().enumerate().filter(|(scenario, pence)| own(*scenario) != **pence).count();
        format!("{wrong} of {count}")
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

/// Harbourside over its five years.
pub struct FiveYears {
    pub count: usize,
    pub outputs: usize,
    /// Width of the columns, threads, and scenarios a second.
    pub rates: Vec<(Width, u32, f64)>,
}

/// Harbourside over its five years, from columns of either width, with one thread and with two.
pub fn five_years() -> FiveYears {
    const COUNT: usize = 19_200;
    let model = compile(FIVE_YEARS, &text(FIVE_YEARS));
    let known: Vec<Known> = model.plan().facts().iter().map(varies).collect();
    let totals = totals(&model).into_iter().filter(|((_, _, payee), _)| payee.is_some());
    let totals: Vec<Output> = totals.map(|(_, terms)| Output { terms }).collect();
    let batch = model.batch(&known, &totals).expect("a batch");
    let columns = drawn(&model, batch.inputs(), &mut Numbers(1), COUNT);
    let short: Vec<Option<Vec<i32>>> =
        columns.iter().map(|column| column.iter().map(|n| i32::try_from(*n).ok()).collect()).collect();
    let pass = |width: Width, threads: usize| {
        let column = |place: usize, (from, to): (usize, usize)| match (&short[place], width) {
            (Some(short), Width::Whole32) => Column::Whole32(&short[from..to]),
            (Some(_), Width::Whole64) | (None, _) => Column::Whole64(&columns[place][from..to]),
        };
        let columns: Vec<Columns<'_>> = parts(COUNT, threads)
            .into_iter()
            .map(|part| (0..columns.len()).map(|place| column(place, part)).collect::<Vec<_>>())
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
    let rate = |width: Width, threads: u32| {
        let times: Vec<f64> = (0..15).map(|_| pass(width, threads as usize)).collect();
        (width, threads, COUNT as f64 / median(&times))
    };
    let rates = WIDTHS.iter().flat_map(|width| [1, 2].map(|threads| rate(*width, threads)));
    FiveYears { count: COUNT, outputs: totals.len(), rates: rates.collect() }
}
