//! How far the work is, on standard error, while somebody looks on: never in a pipe or a file, and
//! never for data that are read in a moment.

use std::io::{self, IsTerminal, StdoutLock, Write, stderr, stdout};
use std::path::PathBuf;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Bytes of data below which the work is done before anybody could read how far it is.
const BYTES_WORTH_TELLING: u64 = 1_000_000;

/// How often the row is drawn again.
const REDRAWN_EVERY: Duration = Duration::from_millis(200);

/// One row that says what is being done, and how far it is.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// For work on these files.
    pub fn of(files: &[PathBuf]) -> Progress {
        let bytes = files.iter().filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum::<u64>();
        Progress::without_end(stderr().is_terminal() && bytes >= BYTES_WORTH_TELLING)
    }

    /// For work whose end is not known.
    pub fn of_work(what: &'static str) -> Progress {
        let progress = Progress::without_end(stderr().is_terminal());
        progress.begin(what);
        progress
    }

    fn without_end(shown: bool) -> Progress {
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target).with_style(style("{spinner} {msg}"));
        if shown {
            bar.enable_steady_tick(REDRAWN_EVERY);
        }
        Progress(bar)
    }

    /// For so many scenarios.
    pub fn of_scenarios(count: u64) -> Progress {
        let shown = stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(count), target);
        let template = "{spinner} {human_pos} of {human_len} scenarios {wide_bar} ({elapsed}, {eta} to go; Ctrl-C ends it)";
        let bar = bar.with_style(style(template));
        if shown {
            bar.enable_steady_tick(REDRAWN_EVERY);
        }
        Progress(bar)
    }

    /// Something has begun whose end is not known.
    pub fn begin(&self, what: &'static str) {
        self.0.set_style(style("{spinner} {msg} ({elapsed})"));
        self.0.set_message(what);
    }

    /// Something has begun that is done for `count` holders.
    pub fn begin_holders(&self, what: &'static str, count: usize) {
        self.0.set_style(style("{spinner} {msg}: {human_pos} of {human_len} holders ({elapsed})"));
        self.0.set_message(what);
        self.0.set_length(u64::try_from(count).unwrap_or(u64::MAX));
        self.0.set_position(0);
    }

    /// Something has begun that is done row by row, of which nobody knows how many there are.
    pub fn begin_rows(&self, what: &'static str) {
        self.0.set_style(style("{spinner} {msg}: {human_pos} rows ({elapsed})"));
        self.0.set_message(what);
        self.0.set_position(0);
    }

    /// The same has begun again from the start.
    pub fn begin_again(&self) {
        self.0.set_position(0);
    }

    /// It is done for so many more holders or rows.
    pub fn done(&self, holders: usize) {
        self.0.inc(u64::try_from(holders).unwrap_or(u64::MAX));
    }

    /// Says something on standard error, above the row.
    pub fn say(&self, text: &str) -> io::Result<()> {
        self.0.suspend(|| stderr().write_all(text.as_bytes()))
    }

    /// The row goes.
    pub fn end(&self) {
        self.0.finish_and_clear();
        self.0.set_draw_target(ProgressDrawTarget::hidden());
    }
}

/// Standard output. On a terminal what is printed would run into the row, so that it goes.
#[derive(Debug)]
pub struct Output<'p> {
    out: StdoutLock<'static>,
    progress: &'p Progress,
}

impl<'p> Output<'p> {
    /// Standard output beside this row.
    pub fn beside(progress: &'p Progress) -> Output<'p> {
        Output { out: stdout().lock(), progress }
    }
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.out.is_terminal() {
            self.progress.end();
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
