//! The steps of a block in integers of 128 bits, scenario by scenario: exact for all numbers that
//! the translation lets through, and some ten times as slow as floats.

use super::block::{Block, WIDTH};
use super::pair::Pairs;
use super::program::{Place, PlacedWeight, WideOp};
use crate::num::{Mode, Residue};
use crate::plan::Pick;

type Wide = [i128; WIDTH];

impl Block<'_, '_, '_> {
    #[allow(clippy::cast_possible_truncation, reason = "a float of a block is a whole number below 2^53")]
    pub(super) fn fetch_wide(&self, place: Place, chunk: usize) -> Wide {
        match place {
            Place::Input(column) => self.whole_facts(column, chunk).map(i128::from),
            Place::Narrow(slot) => self.kept.narrow[self.slot(slot, chunk)].map(|x| i128::from(x as i64)),
            Place::Pair(slot) => {
                let Pairs { near, bits } = &self.kept.pairs[self.slot(slot, chunk)];
                // The number near the float whose lower bits are these.
                std::array::from_fn(|lane| {
                    let about = near[lane] as i128;
                    about + i128::from(bits[lane].wrapping_sub(about as i64))
                })
            }
            Place::Wide(slot) => self.kept.wide[self.slot(slot, chunk)],
            Place::Output(_) => unreachable!("results are not read"),
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "a lane that is kept as a float is below 2^53")]
    pub(super) fn store_wide(&mut self, place: Place, chunk: usize, x: &Wide) {
        let short = |x: i128| i64::try_from(x).expect("a lane is within its bounds");
        match place {
            Place::Narrow(slot) => {
                let slot = self.slot(slot, chunk);
                self.kept.narrow[slot] = x.map(|x| short(x) as f64);
            }
            Place::Wide(slot) => {
                let slot = self.slot(slot, chunk);
                self.kept.wide[slot] = *x;
            }
            Place::Output(column) => self.write(column, chunk, &x.map(short)),
            Place::Input(_) | Place::Pair(_) => unreachable!("a wide step writes no facts and no pairs"),
        }
    }
}

/// One operation for all scenarios of a block.
pub(super) fn run(op: &WideOp, block: &mut Block<'_, '_, '_>, to: Place) {
    for chunk in 0..block.chunks {
        let result = computed(op, &|place| block.fetch_wide(*place, chunk));
        block.store_wide(to, chunk, &result);
    }
}

fn computed(op: &WideOp, fetched: &dyn Fn(&Place) -> Wide) -> Wide {
    match op {
        WideOp::Sum { constant, terms } => {
            let mut total = [*constant; WIDTH];
            for (factor, place) in terms {
                let x = fetched(place);
                (0..WIDTH).for_each(|lane| total[lane] += factor * x[lane]);
            }
            total
        }
        WideOp::Product(x, y) => {
            let (x, y) = (fetched(x), fetched(y));
            std::array::from_fn(|lane| x[lane] * y[lane])
        }
        WideOp::Clamp { x, line, least, most } => {
            fetched(x).map(|x| (line.0 * x + line.1).clamp(*least, *most))
        }
        WideOp::Pieces { x, cuts, lines } => fetched(x).map(|x| {
            let line = lines[cuts.partition_point(|cut| *cut <= x)];
            line.0 * x + line.1
        }),
        WideOp::Extreme { pick, terms } => {
            let scaled = |(factor, place): &(i128, Place)| fetched(place).map(|x| factor * x);
            let mut best = scaled(&terms[0]);
            for term in &terms[1..] {
                let x = scaled(term);
                (0..WIDTH).for_each(|lane| {
                    best[lane] = match pick {
                        Pick::Least => best[lane].min(x[lane]),
                        Pick::Greatest => best[lane].max(x[lane]),
                    }
                });
            }
            best
        }
        WideOp::Select { condition, then, otherwise } => {
            let (flag, yes, no) = (fetched(condition), fetched(&then.1), fetched(&otherwise.1));
            let chosen = |lane: usize| {
                if flag[lane] == 0 { otherwise.0 * no[lane] } else { then.0 * yes[lane] }
            };
            std::array::from_fn(chosen)
        }
        WideOp::Round { x, over, ratio: (p, q), mode } => {
            let x = fetched(x);
            let over = over.as_ref().map_or([1; WIDTH], fetched);
            std::array::from_fn(|lane| rounded(x[lane] * p, over[lane] * q, *mode))
        }
    }
}

/// `n / d` rounded to a whole number, d above 0.
fn rounded(n: i128, d: i128, mode: Mode) -> i128 {
    let (floor, rest) = match (i64::try_from(n), i64::try_from(d)) {
        (Ok(n), Ok(d)) => (i128::from(n.div_euclid(d)), i128::from(n.rem_euclid(d))),
        (Ok(_) | Err(_), _) => (n.div_euclid(d), n.rem_euclid(d)),
    };
    let twice = 2 * rest;
    let up = match mode {
        Mode::HalfAway => twice > d || (twice == d && n > 0),
        Mode::HalfUp => twice >= d,
        Mode::HalfEven => twice > d || (twice == d && floor.rem_euclid(2) == 1),
        Mode::Down => rest > 0 && n < 0,
        Mode::Floor => false,
        Mode::Ceiling => rest > 0,
    };
    floor + i128::from(up)
}

/// A total of whole quanta split by whole weights, for all scenarios of a block.
pub(super) fn split(
    block: &mut Block<'_, '_, '_>,
    (total, weights): (Place, &[PlacedWeight]),
    (mode, residue): (Mode, Residue),
    to: &[Option<Place>],
) {
    let mut of_lane = vec![0; weights.len()];
    let mut found = vec![0; weights.len()];
    let mut parts = vec![[0; WIDTH]; weights.len()];
    for chunk in 0..block.chunks {
        let total = block.fetch_wide(total, chunk);
        let fetched = |weight: &PlacedWeight| match weight {
            PlacedWeight::Known(n) => [*n; WIDTH],
            PlacedWeight::Lane(place) => block.fetch_wide(*place, chunk),
        };
        let weights: Vec<Wide> = weights.iter().map(fetched).collect();
        for lane in 0..WIDTH {
            for (own, weight) in of_lane.iter_mut().zip(&weights) {
                *own = weight[lane];
            }
            let size = total[lane].abs();
            apportion(size, &of_lane, (mode, residue), &mut found);
            for (part, found) in parts.iter_mut().zip(&found) {
                part[lane] = total[lane].signum() * found;
            }
        }
        for (place, part) in to.iter().zip(&parts) {
            if let Some(place) = place {
                block.store_wide(*place, chunk, part);
            }
        }
    }
}

/// As `num::apportion` does it, for whole quanta and a total that is not negative.
pub(super) fn apportion(total: i128, weights: &[i128], (mode, residue): (Mode, Residue), parts: &mut [i128]) {
    let sum: i128 = weights.iter().sum();
    if sum == 0 {
        return parts.fill(0);
    }
    let taker = match residue {
        Residue::LargestRemainder => return largest_remainder(total, weights, sum, parts),
        Residue::Part(part) => part,
        Residue::Last => weights.iter().rposition(|weight| *weight != 0).unwrap_or(0),
        Residue::LargestShare => first_of_largest(weights),
    };
    for (part, weight) in parts.iter_mut().zip(weights) {
        *part = rounded(total * weight, sum, mode);
    }
    parts[taker] += total - parts.iter().sum::<i128>();
}

fn first_of_largest(weights: &[i128]) -> usize {
    let largest = weights.iter().max();
    weights.iter().position(|weight| Some(weight) == largest).unwrap_or(0)
}

/// Whole quanta first, then one each to the largest remainders, the first of equal ones before.
fn largest_remainder(total: i128, weights: &[i128], sum: i128, parts: &mut [i128]) {
    let mut left = total;
    for (part, weight) in parts.iter_mut().zip(weights) {
        *part = rounded(total * weight, sum, Mode::Down);
        left -= *part;
    }
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let rest = |place: usize| total * weights[place] - rounded(total * weights[place], sum, Mode::Down) * sum;
    order.sort_by_cached_key(|place| -rest(*place));
    for place in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        parts[place] += 1;
    }
}
