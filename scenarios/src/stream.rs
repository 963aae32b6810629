//! Numbers between 0 and 1 that depend on a name, the seed and the number of a scenario alone.
//!
//! Each name has a stream of its own: ChaCha8 under the key SHA-256("carepact draw 1", seed, name).
//! Scenario `i` takes the `i`-th 64 bits of it. So a draw does not move when others are added or
//! taken away, when a contract is changed, or when the work is divided.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// What the key of a stream begins with; another version of the method would have another.
const METHOD: &[u8] = b"carepact draw 1\0";

/// Words of 32 bits that a draw takes.
const WORDS: u128 = 2;

/// The least number of a stream, 2^-53; the greatest is 1 less this.
pub const LEAST: f64 = f64::EPSILON / 2.0;

/// The draws of one name.
#[derive(Debug, Clone)]
pub struct Stream {
    generator: ChaCha8Rng,
}

impl Stream {
    /// The stream of a name.
    pub fn new(seed: u64, name: &str) -> Stream {
        let mut key = Sha256::new();
        key.update(METHOD);
        key.update(seed.to_le_bytes());
        key.update(name.as_bytes());
        Stream { generator: ChaCha8Rng::from_seed(key.finalize().into()) }
    }

    /// The draws of neighbouring scenarios, from `first` on.
    pub fn fill(&self, first: u64, out: &mut [f64]) {
        let mut generator = self.generator.clone();
        generator.set_word_pos(u128::from(first) * WORDS);
        for u in out {
            *u = between(generator.next_u64());
        }
    }
}

/// The middle of one of 2^52 equal parts, so that neither 0 nor 1 is ever drawn.
fn between(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) * f64::EPSILON
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_the_same_wherever_a_block_begins() {
        let stream = Stream::new(7, "level:a");
        let mut all = [0.0; 100];
        stream.fill(1_000, &mut all);
        for first in [0, 1, 15, 16, 17, 63] {
            let mut part = [0.0; 30];
            stream.fill(1_000 + first, &mut part);
            assert_eq!(part, all[first as usize..first as usize + 30]);
        }
    }

    #[test]
    fn names_and_seeds_have_streams_of_their_own() {
        let first = |seed, name: &str| {
            let mut out = [0.0];
            Stream::new(seed, name).fill(0, &mut out);
            out[0]
        };
        assert!(first(1, "a") != first(1, "b"));
        assert!(first(1, "a") != first(2, "a"));
    }

    #[test]
    fn draws_lie_strictly_between_0_and_1() {
        assert_eq!(between(0), LEAST);
        assert_eq!(between(u64::MAX), 1.0 - LEAST);
        assert!(between(u64::MAX) < 1.0);
    }

    #[test]
    fn draws_are_even() {
        let mut out = vec![0.0; 100_000];
        Stream::new(3, "even").fill(0, &mut out);
        let mean = out.iter().sum::<f64>() / 1e5;
        // The standard deviation of the mean is sqrt(1/12/100000), 0.0009.
        assert!((mean - 0.5).abs() < 0.004, "{mean}");
    }
}
