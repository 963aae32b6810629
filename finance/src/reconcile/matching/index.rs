//! Payments by what is sought of them, the nearest in time first.

/// What is sought: parties, amount, period.
pub(super) type Key = (u64, i64, i64);

/// Candidates that are looked at before a claim is given up, so that no ledger takes quadratic time.
pub(super) const LOOKED_AT_MAX: usize = 64;

/// Payments sorted by key and day, of which each is taken once.
pub(super) struct Index {
    entries: Vec<(Key, i32, u32)>,
    /// From each place the next that is not taken, itself included; one past the end when none is.
    next: Vec<u32>,
    /// From each place the last before it that is not taken, plus one; 0 when none is.
    previous: Vec<u32>,
}

impl Index {
    pub fn new(mut entries: Vec<(Key, i32, u32)>) -> Index {
        entries.sort_unstable();
        let places: Vec<u32> = (0..=u32::try_from(entries.len()).unwrap_or(u32::MAX)).collect();
        Index { entries, next: places.clone(), previous: places }
    }

    /// Takes the payment with this key that is nearest to the day among those that are accepted; of two as
    /// near the earlier.
    pub fn take(&mut self, key: Key, day: i32, accepted: &dyn Fn(u32) -> bool) -> Option<u32> {
        let first = self.entries.partition_point(|entry| entry.0 < key);
        let middle = first + self.entries[first..].partition_point(|entry| entry.0 == key && entry.1 < day);
        let (mut low, mut high) = (self.before(middle), self.from(middle));
        for _ in 0..LOOKED_AT_MAX {
            let lower = low.checked_sub(1).and_then(|at| self.entries.get(at)).filter(|entry| entry.0 == key);
            let higher = self.entries.get(high).filter(|entry| entry.0 == key);
            let is_lower = match (lower, higher) {
                (None, None) => return None,
                (Some(lower), Some(higher)) => day.abs_diff(lower.1) <= day.abs_diff(higher.1),
                (lower, _) => lower.is_some(),
            };
            let at = if is_lower { low - 1 } else { high };
            let payment = self.entries[at].2;
            if accepted(payment) {
                self.next[at] = u32::try_from(at + 1).unwrap_or(u32::MAX);
                self.previous[at + 1] = u32::try_from(at).unwrap_or(u32::MAX);
                return Some(payment);
            }
            if is_lower {
                low = self.before(at);
            } else {
                high = self.from(at + 1);
            }
        }
        None
    }

    fn from(&mut self, place: usize) -> usize {
        root(&mut self.next, place)
    }

    fn before(&mut self, place: usize) -> usize {
        root(&mut self.previous, place)
    }
}

/// Follows places to the one that points to itself, and shortens the way for the next time.
fn root(places: &mut [u32], start: usize) -> usize {
    let mut at = start;
    while places[at] as usize != at {
        let further = places[places[at] as usize];
        places[at] = further;
        at = further as usize;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_taken_and_only_once() {
        let key = (1, 500, 0);
        let mut index = Index::new(vec![(key, 10, 0), (key, 20, 1), (key, 30, 2), ((1, 501, 0), 19, 3)]);
        assert_eq!(index.take(key, 19, &|_| true), Some(1));
        assert_eq!(index.take(key, 20, &|_| true), Some(0), "of two as near the earlier");
        assert_eq!(index.take(key, 0, &|payment| payment != 2), None);
        assert_eq!(index.take(key, 0, &|_| true), Some(2));
        assert_eq!(index.take(key, 0, &|_| true), None);
    }
}
