//! A statement part by part: some dozens of holders at a time, worked out on several threads and
//! handed over in their order, so that no more than a few parts are in memory at once.

use std::io;

use carepact::{Basis, Facts, Model, Statement};

use super::HasModel;
use crate::parallel::Threads;
use crate::progress::Progress;

/// Holders of a part.
const HOLDERS_OF_A_PART: usize = 32;

/// What all parts of a statement share.
pub struct Parts<'s> {
    /// The contract and its plan.
    pub model: &'s Model,
    /// What is stated, and the data.
    pub facts: &'s Facts,
    basis: Basis<'s>,
    threads: Threads,
    progress: &'s Progress,
}

impl<'s> Parts<'s> {
    /// Works out the statistics over all holders.
    pub fn new(model: &'s Model, facts: &'s Facts, threads: Threads, progress: &'s Progress) -> Parts<'s> {
        progress.begin_holders("statistics", facts.lanes.len());
        let basis =
            model.basis(facts, &|count, work| threads.each(count, work, &|holders| progress.done(holders)));
        Parts { model, facts, basis, threads, progress }
    }

    /// The statement as one.
    pub fn whole(&self) -> Statement<'_> {
        self.of(0, self.facts.lanes.len())
    }

    fn of(&self, first: usize, end: usize) -> Statement<'_> {
        self.basis.evaluate(first..end)
    }

    /// Does something with each part, several at once, and takes what comes of it in order.
    pub fn each<'p, T: Send>(
        &'p self,
        work: &(dyn Fn(&Statement<'p>) -> T + Sync),
        take: &mut dyn FnMut(T) -> io::Result<()>,
    ) -> io::Result<()> {
        let count = self.facts.lanes.len();
        let end = |part: usize| count.min((part + 1) * HOLDERS_OF_A_PART);
        let piece = |part: usize| (end(part), work(&self.of(part * HOLDERS_OF_A_PART, end(part))));
        self.progress.begin_holders("stating", count);
        let mut before = 0;
        self.threads.in_order(count.div_ceil(HOLDERS_OF_A_PART), &piece, &mut |(end, done)| {
            self.progress.done(end - before);
            before = end;
            take(done)
        })
    }
}

impl HasModel for Parts<'_> {
    fn model(&self) -> &Model {
        self.model
    }
}
