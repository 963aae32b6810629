//! Work for many holders on several threads, taken in order: what is printed does not depend on
//! how many threads there are, or on which is done first.

use std::io;
use std::num::NonZeroUsize;
use std::sync::mpsc::sync_channel;
use std::thread;

/// Results that a thread may have ready before they are taken, so that memory stays small when
/// taking is slower than working.
const AHEAD: usize = 2;

/// Holders whose operands of statistics are worked out at a time.
const HOLDERS_AT_A_TIME: usize = 64;

/// How many threads work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threads(usize);

impl Threads {
    /// As many as were asked for, or as this computer offers.
    pub fn new(asked: Option<u16>) -> Threads {
        let offered = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Threads(asked.map_or_else(offered, usize::from).max(1))
    }

    /// How many.
    pub fn count(self) -> usize {
        self.0
    }

    /// Does `count` pieces of work at once and takes the results in order. The first failure to
    /// take one ends it.
    pub fn in_order<T: Send>(
        self,
        count: usize,
        work: &(dyn Fn(usize) -> T + Sync),
        take: &mut dyn FnMut(T) -> io::Result<()>,
    ) -> io::Result<()> {
        let threads = self.0.min(count);
        if threads <= 1 {
            return (0..count).try_for_each(|piece| take(work(piece)));
        }
        thread::scope(|scope| {
            let done: Vec<_> = (0..threads)
                .map(|first| {
                    let (send, receive) = sync_channel(AHEAD);
                    scope.spawn(move || {
                        for piece in (first..count).step_by(threads) {
                            if send.send(work(piece)).is_err() {
                                // Nobody takes any more.
                                return;
                            }
                        }
                    });
                    receive
                })
                .collect();
            for piece in 0..count {
                // A thread that panicked sends no more; the scope then panics too.
                let Ok(result) = done[piece % threads].recv() else { break };
                take(result)?;
            }
            Ok(())
        })
    }

    /// The work for each holder, as the engine asks for it; `done` hears of every few holders.
    pub fn each<T: Send>(
        self,
        count: usize,
        work: &(dyn Fn(usize) -> T + Sync),
        done: &dyn Fn(usize),
    ) -> Vec<T> {
        let holders = |piece: usize| {
            let first = piece * HOLDERS_AT_A_TIME;
            (first..count.min(first + HOLDERS_AT_A_TIME)).map(work).collect::<Vec<_>>()
        };
        let mut all = Vec::with_capacity(count);
        let taken = self.in_order(count.div_ceil(HOLDERS_AT_A_TIME), &holders, &mut |piece| {
            done(piece.len());
            all.extend(piece);
            Ok(())
        });
        taken.expect("taking into memory does not fail");
        all
    }
}

#[cfg(test)]
mod tests {
    use carepact::Exact;

    use super::*;

    #[test]
    fn results_are_taken_in_order() {
        for threads in [1, 2, 3, 7] {
            let mut taken = Vec::new();
            let done = Threads(threads).in_order(20, &|piece| piece * piece, &mut |square| {
                taken.push(square);
                Ok(())
            });
            done.unwrap();
            assert_eq!(taken, (0..20).map(|piece| piece * piece).collect::<Vec<_>>());
            let each = Threads(threads).each(130, &|holder| vec![Exact::from(holder as i64)], &|_| ());
            assert_eq!(each.concat(), (0..130).map(Exact::from).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_failure_to_take_ends_it() {
        for threads in [1, 3] {
            let mut taken = 0;
            let done = Threads(threads).in_order(1000, &|piece| piece, &mut |piece| {
                taken += 1;
                if piece == 5 { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
            });
            assert_eq!((done.unwrap_err().kind(), taken), (io::ErrorKind::BrokenPipe, 6));
        }
    }
}
