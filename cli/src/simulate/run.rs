//! Runs a simulation on several threads, piece by piece in order. Ctrl-C ends it after the pieces that
//! are being worked out; what is done by then is reported.

use std::io;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use carepact::Diagnostic;
use carepact_scenarios::{Block, Scenarios, Simulation};

use super::arguments::{DrawArguments, ShownArguments};
use super::provenance::Provenance;
use super::raw::Raw;
use super::report::{Report, many};
use crate::parallel::Threads;
use crate::progress::Progress;

/// Most scenarios that a thread works out at a time.
pub const PIECE_MAX: u64 = 4096;

/// Pieces that each thread has at least, so that none waits long for the others.
const PIECES_PER_THREAD: u64 = 8;

/// True once Ctrl-C was pressed.
fn stop() -> &'static AtomicBool {
    static STOP: AtomicBool = AtomicBool::new(false);
    static HANDLED: OnceLock<()> = OnceLock::new();
    HANDLED.get_or_init(|| {
        // Where no handler can be set, Ctrl-C ends the process as it does without one.
        let _ = ctrlc::set_handler(|| STOP.store(true, Ordering::SeqCst));
    });
    &STOP
}

/// What is said when the work was stopped before its end.
pub fn stopped(done: u64, asked: u64) -> Option<String> {
    (done < asked).then(|| {
        format!("stopped: {} of {} scenarios are done, and only they are reported\n", many(done), many(asked))
    })
}

/// Simulates what was asked for, and writes every scenario to a file where that is wanted.
pub fn report(
    scenarios: &Scenarios<'_>,
    provenance: Provenance,
    (draws, shown): (&DrawArguments, &ShownArguments),
    mut raw: Option<Raw>,
    progress: &Progress,
) -> Result<Report, Diagnostic> {
    let mut simulation = Simulation::new(scenarios, draws.seed);
    let is_wanted = raw.is_some();
    let work = |range: Range<u64>| {
        let mut part = Simulation::new(scenarios, draws.seed);
        let mut blocks: Vec<Block> = Vec::new();
        match is_wanted {
            true => part.add_range_by_holder(scenarios, range, &mut |block| blocks.push(block.clone())),
            false => part.add_range(scenarios, range, &mut |_| ()),
        }
        (part, blocks)
    };
    let mut failed = None;
    let most = piece_max(is_wanted, scenarios.block());
    in_pieces((draws, most), progress, &work, &mut |(part, blocks)| {
        simulation.merge(&part);
        if let Some(raw) = &mut raw {
            failed = blocks.iter().find_map(|block| raw.add(block).err());
        }
        failed.is_none()
    });
    written(raw, failed)?;
    let (percentiles, tail) = (shown.percentiles.clone(), shown.tail.clone());
    Ok(Report { simulation, provenance, asked: draws.count, percentiles, tail })
}

/// Ends a file of scenarios, unless something went wrong with it.
pub fn written(raw: Option<Raw>, failed: Option<Diagnostic>) -> Result<(), Diagnostic> {
    match (raw, failed) {
        (_, Some(problem)) => Err(problem),
        (Some(raw), None) => raw.finish(),
        (None, None) => Ok(()),
    }
}

/// Most scenarios of a piece. Where every scenario is written and a party is many, a piece is no more
/// than is best drawn at a time, so that memory does not grow with the number of holders.
pub fn piece_max(raw_is_wanted: bool, block: usize) -> u64 {
    if raw_is_wanted { PIECE_MAX.min(block as u64) } else { PIECE_MAX }
}

/// Works out neighbouring scenarios piece by piece, each of at most so many, and takes the pieces in order
/// until it is stopped, or until one cannot be taken.
pub fn in_pieces<T: Send>(
    (draws, most): (&DrawArguments, u64),
    progress: &Progress,
    work: &(dyn Fn(Range<u64>) -> T + Sync),
    take: &mut dyn FnMut(T) -> bool,
) {
    let stop = stop();
    let threads = Threads::new(draws.threads);
    let (first, count) = (draws.from, draws.count);
    let piece = (count / (threads.count() as u64 * PIECES_PER_THREAD)).clamp(1, most.max(1));
    let pieces = usize::try_from(count.div_ceil(piece)).unwrap_or(usize::MAX);
    let range = |index: usize| {
        let start = index as u64 * piece;
        first + start..first + count.min(start + piece)
    };
    let worked = |index: usize| (!stop.load(Ordering::SeqCst)).then(|| (work(range(index)), range(index)));
    let ended = threads.in_order(pieces, &worked, &mut |done| match done {
        Some((part, range)) => {
            progress.done(usize::try_from(range.end - range.start).unwrap_or(usize::MAX));
            if take(part) { Ok(()) } else { Err(io::ErrorKind::Other.into()) }
        }
        None => Err(io::ErrorKind::Interrupted.into()),
    });
    // A piece that was not begun ends the work; what was taken by then is told by its count.
    drop(ended);
}
