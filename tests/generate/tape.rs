//! A tape of random numbers that a generator reads one choice at a time.
//!
//! Every choice lists the simplest alternative first and a tape that has run out reads as zeros,
//! so shorter tapes and smaller numbers make simpler contracts: shrinking a tape shrinks the
//! contract, although the generator is ordinary code.

pub struct Tape<'t> {
    values: &'t [u16],
    at: usize,
}

impl<'t> Tape<'t> {
    pub fn new(values: &'t [u16]) -> Tape<'t> {
        Tape { values, at: 0 }
    }

    /// A number below `n`; a smaller entry of the tape never gives a larger one.
    pub fn below(&mut self, n: usize) -> usize {
        let value = self.values.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        (usize::from(value) * n) >> 16
    }

    /// True in so many of 100 cases, false when the tape is at rest.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    pub fn word(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }

    /// A selection of items in their order, at least `least` of them.
    pub fn some<T: Clone>(&mut self, items: &[T], least: usize) -> Vec<T> {
        let mut left = items.len();
        let mut chosen: Vec<T> = Vec::new();
        for item in items {
            let needed = least.saturating_sub(chosen.len()) >= left;
            left -= 1;
            if needed || self.chance(45) {
                chosen.push(item.clone());
            }
        }
        chosen
    }

    /// The same items in another order.
    pub fn shuffled<T: Clone>(&mut self, items: &[T]) -> Vec<T> {
        let mut left = items.to_vec();
        let mut out = Vec::new();
        while !left.is_empty() {
            let at = self.below(left.len());
            out.push(left.remove(at));
        }
        out
    }
}

/// Numbers without an end from one seed, for cells of data; the seed 0 gives only zeros.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, n: u64) -> u64 {
        if self.0 == 0 || n == 0 {
            return 0;
        }
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}
