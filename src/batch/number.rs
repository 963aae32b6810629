//! Values on lanes: a known number, a lane times a unit, or a quotient of two lanes times a unit.

use super::lane::{LaneId, LaneLine, Lanes, Term};
use crate::num::{Exact, Mode, Piecewise};
use crate::plan::Pick;

/// What stands for a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Number {
    /// The same in every scenario.
    Known(Exact),
    /// Lane times unit.
    Whole { lane: LaneId, unit: Exact },
    /// Lane over a lane that is always above 0, times unit.
    Quotient { n: LaneId, d: LaneId, unit: Exact },
}

/// Numerator, denominator (none: 1) and unit.
type Fraction = (LaneId, Option<LaneId>, Exact);

fn whole(lane: LaneId, unit: Exact) -> Number {
    Number::Whole { lane, unit }
}

/// How often a unit goes into a number; nothing when it is no machine integer.
fn times(number: &Exact, unit: &Exact) -> Option<i128> {
    let quotient = number.checked_div(unit)?;
    quotient.to_i64().map(i128::from).or_else(|| {
        let (n, d) = quotient.parts();
        (d == 1.into()).then(|| i128::try_from(n).ok()).flatten()
    })
}

/// Numerator and denominator as machine integers.
fn parts(number: &Exact) -> Option<(i128, i128)> {
    let (n, d) = number.parts();
    Some((i128::try_from(n).ok()?, i128::try_from(d).ok()?))
}

fn common<'a>(units: impl Iterator<Item = &'a Exact>) -> Exact {
    units.fold(Exact::ZERO, |common, unit| common.common_step(unit))
}

/// A line on the values of a lane becomes one on its whole numbers.
struct Scaled {
    unit: Exact,
    lines: Vec<LaneLine>,
}

/// The lines of a broken line, for whole numbers that stand for n × `unit` (n / d × `unit` over a
/// denominator, by which the second part of a line is then multiplied).
fn scaled(line: &Piecewise, reached: &std::ops::Range<usize>, unit: &Exact) -> Option<Scaled> {
    let pieces = &line.pieces()[reached.clone()];
    let slopes: Vec<Exact> = pieces.iter().map(|piece| &piece.slope * unit).collect();
    let step = common(slopes.iter().chain(pieces.iter().map(|piece| &piece.at_zero)));
    let step = if step.is_zero() { Exact::ONE } else { step };
    let lines = slopes.iter().zip(pieces);
    let lines = lines.map(|(slope, piece)| Some((times(slope, &step)?, times(&piece.at_zero, &step)?)));
    Some(Scaled { lines: lines.collect::<Option<_>>()?, unit: step })
}

impl Lanes {
    /// A known number as a whole number of units.
    fn known(&mut self, number: &Exact, unit: &Exact) -> Option<LaneId> {
        let n = times(number, unit)?;
        self.constant(n)
    }

    /// Any number as a fraction of lanes.
    fn fraction(&mut self, number: &Number) -> Option<Fraction> {
        Some(match number {
            Number::Known(value) => {
                let unit = if value.is_zero() { Exact::ONE } else { value.abs() };
                (self.known(value, &unit)?, None, unit)
            }
            Number::Whole { lane, unit } => (*lane, None, unit.clone()),
            Number::Quotient { n, d, unit } => (*n, Some(*d), unit.clone()),
        })
    }

    fn from_fraction((n, d, unit): Fraction) -> Number {
        match d {
            Some(d) => Number::Quotient { n, d, unit },
            None => whole(n, unit),
        }
    }

    /// The same lane with a unit above 0.
    pub(super) fn upright(&mut self, lane: LaneId, unit: &Exact) -> Option<(LaneId, Exact)> {
        if unit.sign() < 0 { Some((self.sum(&[(-1, lane)], 0)?, -unit)) } else { Some((lane, unit.clone())) }
    }

    /// Constant plus factor × number.
    pub(super) fn linear(&mut self, constant: &Exact, terms: &[(&Exact, &Number)]) -> Option<Number> {
        let mut constant = constant.clone();
        let mut wholes: Vec<(Exact, LaneId)> = Vec::new();
        let mut quotients: Vec<Fraction> = Vec::new();
        for (factor, number) in terms.iter().filter(|(factor, _)| !factor.is_zero()) {
            match number {
                Number::Known(value) => constant = &constant + &(*factor * value),
                Number::Whole { lane, unit } => wholes.push((*factor * unit, *lane)),
                Number::Quotient { n, d, unit } => quotients.push((*n, Some(*d), *factor * unit)),
            }
        }
        let of_wholes = match (&wholes[..], constant.is_zero()) {
            ([], _) => Number::Known(constant),
            ([(unit, lane)], true) => whole(*lane, unit.clone()),
            ([..], _) => {
                let unit = common(wholes.iter().map(|(unit, _)| unit).chain([&constant]));
                let terms = wholes.iter().map(|(own, lane)| Some((times(own, &unit)?, *lane)));
                let terms: Vec<Term> = terms.collect::<Option<_>>()?;
                whole(self.sum(&terms, times(&constant, &unit)?)?, unit)
            }
        };
        let nothing = matches!(&of_wholes, Number::Known(value) if value.is_zero());
        let mut total = (!nothing || quotients.is_empty()).then_some(of_wholes);
        for quotient in quotients {
            total = Some(match total {
                None => Lanes::from_fraction(quotient),
                Some(total) => {
                    let total = self.fraction(&total)?;
                    Lanes::from_fraction(self.added(total, quotient)?)
                }
            });
        }
        total
    }

    fn added(&mut self, a: Fraction, b: Fraction) -> Option<Fraction> {
        let unit = a.2.common_step(&b.2);
        let (n, m, d) = self.common_denominator(&a, &b)?;
        let n = self.sum(&[(times(&a.2, &unit)?, n), (times(&b.2, &unit)?, m)], 0)?;
        Some((n, d, unit))
    }

    /// The numerators of two fractions over the same denominator, and that denominator.
    fn common_denominator(&mut self, a: &Fraction, b: &Fraction) -> Option<(LaneId, LaneId, Option<LaneId>)> {
        Some(match (a.1, b.1) {
            (x, y) if x == y => (a.0, b.0, x),
            (Some(x), Some(y)) => (self.product(a.0, y)?, self.product(b.0, x)?, Some(self.product(x, y)?)),
            (Some(x), None) => (a.0, self.product(b.0, x)?, Some(x)),
            (None, y) => (self.product(a.0, y?)?, b.0, y),
        })
    }

    /// The product of two numbers.
    pub(super) fn times(&mut self, a: &Number, b: &Number) -> Option<Number> {
        if let (Number::Known(factor), other) | (other, Number::Known(factor)) = (a, b) {
            if factor.is_zero() {
                return Some(Number::Known(Exact::ZERO));
            }
            return self.linear(&Exact::ZERO, &[(factor, other)]);
        }
        let (a, b) = (self.fraction(a)?, self.fraction(b)?);
        let d = match (a.1, b.1) {
            (Some(x), Some(y)) => Some(self.product(x, y)?),
            (x, y) => x.or(y),
        };
        Some(Lanes::from_fraction((self.product(a.0, b.0)?, d, &a.2 * &b.2)))
    }

    /// The first over the second; 0 where that is 0.
    pub(super) fn ratio(&mut self, x: &Number, y: &Number) -> Option<Number> {
        if let Number::Known(divisor) = y {
            let inverse = Exact::ONE.checked_div(divisor);
            return match inverse {
                Some(inverse) => self.linear(&Exact::ZERO, &[(&inverse, x)]),
                None => Some(Number::Known(Exact::ZERO)),
            };
        }
        let (x, y) = (self.fraction(x)?, self.fraction(y)?);
        let (size, sign) = self.size_and_sign(y.0)?;
        let mut n = x.0;
        if let Some(sign) = sign {
            n = self.product(n, sign)?;
        }
        if let Some(over) = y.1 {
            n = self.product(n, over)?;
        }
        let d = match x.1 {
            Some(over) => self.product(over, size)?,
            None => size,
        };
        Some(Number::Quotient { n, d, unit: x.2.checked_div(&y.2)? })
    }

    /// A divisor without its sign, 1 where it is 0, and its sign unless that is always 1.
    fn size_and_sign(&mut self, y: LaneId) -> Option<(LaneId, Option<LaneId>)> {
        let bounds = self.bounds(y);
        if bounds.least > 0 {
            return Some((y, None));
        }
        let reached = |n: i128| n > bounds.least && n <= bounds.most;
        let cuts: Vec<i128> = [0, 1].into_iter().filter(|cut| reached(*cut)).collect();
        let first = if bounds.least < 0 { 0 } else { 1 };
        let last = first + cuts.len() + 1;
        let size = [(-1, 0), (0, 1), (1, 0)][first..last].to_vec();
        let sign = [(0, -1), (0, 0), (0, 1)][first..last].to_vec();
        Some((self.pieces(y, cuts.clone(), size)?, Some(self.pieces(y, cuts, sign)?)))
    }

    /// A broken line of a number.
    pub(super) fn broken(&mut self, x: &Number, line: &Piecewise) -> Option<Number> {
        match x {
            Number::Known(value) => Some(Number::Known(line.at(value))),
            Number::Whole { lane, unit } => {
                let (lane, unit) = self.upright(*lane, unit)?;
                self.broken_whole(lane, &unit, line)
            }
            Number::Quotient { n, d, unit } => {
                let (n, unit) = self.upright(*n, unit)?;
                self.broken_quotient((n, *d, &unit), line)
            }
        }
    }

    fn broken_whole(&mut self, lane: LaneId, unit: &Exact, line: &Piecewise) -> Option<Number> {
        let bounds = self.bounds(lane);
        // A stretch begins at the first whole number that it holds.
        let mut cuts = Vec::new();
        for breakpoint in line.breakpoints() {
            let at = breakpoint.at.checked_div(unit)?;
            let floor = times(&at.floor(), &Exact::ONE)?;
            let first = if breakpoint.starts_next && at.is_whole() { floor } else { floor + 1 };
            cuts.push(first);
        }
        let from = cuts.iter().take_while(|cut| **cut <= bounds.least).count();
        let to = cuts.iter().take_while(|cut| **cut <= bounds.most).count();
        let Scaled { unit, lines } = scaled(line, &(from..to + 1), unit)?;
        let (mut kept_cuts, mut kept): (Vec<i128>, Vec<LaneLine>) = (Vec::new(), vec![lines[0]]);
        for (cut, line) in cuts[from..to].iter().zip(&lines[1..]) {
            if kept_cuts.last() == Some(cut) {
                // The stretch between two cuts holds no whole number.
                kept.pop();
                kept_cuts.pop();
            }
            if kept.last() != Some(line) {
                kept.push(*line);
                kept_cuts.push(*cut);
            }
        }
        Some(whole(self.pieces(lane, kept_cuts, kept)?, unit))
    }

    /// A broken line of n / d × unit: a comparison with a breakpoint is multiplied out.
    fn broken_quotient(&mut self, x: (LaneId, LaneId, &Exact), line: &Piecewise) -> Option<Number> {
        let (n, d, unit) = x;
        let reached = 0..line.pieces().len();
        let Scaled { unit: step, lines } = scaled(line, &reached, unit)?;
        let flat = lines.iter().all(|line| line.0 == 0);
        let over = if flat { self.constant(1)? } else { d };
        let values = lines.iter().map(|line| self.sum(&[(line.0, n), (line.1, over)], 0));
        let values: Vec<LaneId> = values.collect::<Option<_>>()?;
        let result = match within_limits(line) {
            Some(sloped) => self.limited(&values, &lines, (sloped, over))?,
            None => {
                let mut chosen = values[0];
                for (breakpoint, value) in line.breakpoints().iter().zip(&values[1..]) {
                    let (p, q) = parts(&breakpoint.at.checked_div(unit)?)?;
                    let beyond = self.sum(&[(q, n), (p.checked_neg()?, d)], 0)?;
                    let there = self.at_least(beyond, if breakpoint.starts_next { 0 } else { 1 })?;
                    chosen = self.select(there, (1, *value), (1, chosen))?;
                }
                chosen
            }
        };
        Some(if flat { whole(result, step) } else { Number::Quotient { n: result, d, unit: step } })
    }

    /// The sloped line of a broken line that is continuous, no less and no more than the flat ones.
    fn limited(
        &mut self,
        values: &[LaneId],
        lines: &[LaneLine],
        (sloped, over): (usize, LaneId),
    ) -> Option<LaneId> {
        let mut result = values[sloped];
        for (k, flat) in lines.iter().enumerate().filter(|(k, _)| *k != sloped) {
            let at_bottom = (k < sloped) == (lines[sloped].0 > 0);
            let free = self.bounds(result);
            result = match (at_bottom, flat.1) {
                (true, 0) => self.clamp(result, (1, 0), (0, free.most.max(0)))?,
                (false, 0) => self.clamp(result, (1, 0), (free.least.min(0), 0))?,
                (true, limit) => self.extreme(Pick::Greatest, vec![(1, result), (limit, over)])?,
                (false, limit) => self.extreme(Pick::Least, vec![(1, result), (limit, over)])?,
            };
        }
        Some(result)
    }

    /// The least or greatest of numbers.
    pub(super) fn extreme_of(&mut self, pick: Pick, numbers: &[&Number]) -> Option<Number> {
        let mut known: Option<Exact> = None;
        let mut wholes: Vec<(Exact, LaneId)> = Vec::new();
        let mut quotients: Vec<Fraction> = Vec::new();
        for number in numbers {
            match number {
                Number::Known(value) => {
                    known = Some(known.map_or(value.clone(), |known| match pick {
                        Pick::Least => known.lesser(value).clone(),
                        Pick::Greatest => known.greater(value).clone(),
                    }));
                }
                Number::Whole { lane, unit } => wholes.push((unit.clone(), *lane)),
                Number::Quotient { n, d, unit } => quotients.push((*n, Some(*d), unit.clone())),
            }
        }
        let mut result = self.extreme_of_wholes(pick, known, &wholes)?;
        for quotient in quotients {
            result = Some(Lanes::from_fraction(match result {
                None => quotient,
                Some(result) => {
                    let result = self.fraction(&result)?;
                    self.extreme_of_two(pick, result, quotient)?
                }
            }));
        }
        result
    }

    fn extreme_of_wholes(
        &mut self,
        pick: Pick,
        known: Option<Exact>,
        wholes: &[(Exact, LaneId)],
    ) -> Option<Option<Number>> {
        if wholes.is_empty() {
            return Some(known.map(Number::Known));
        }
        let unit = common(wholes.iter().map(|(unit, _)| unit).chain(&known));
        let terms = wholes.iter().map(|(own, lane)| Some((times(own, &unit)?, *lane)));
        let terms: Vec<Term> = terms.collect::<Option<_>>()?;
        let known = match known {
            Some(known) => Some(times(&known, &unit)?),
            None => None,
        };
        let each = terms.iter().map(|term| self.bounds(term.1).line(term.0, 0));
        let each: Vec<_> = each.collect::<Option<_>>()?;
        // What can never be the extreme is left out: others are always beyond it.
        let decisive = each.iter().map(|bounds| match pick {
            Pick::Least => bounds.most,
            Pick::Greatest => bounds.least,
        });
        let decisive = decisive.chain(known);
        let limit = match pick {
            Pick::Least => decisive.min()?,
            Pick::Greatest => decisive.max()?,
        };
        let counts = |bounds: &super::lane::Bounds| match pick {
            Pick::Least => bounds.least < limit,
            Pick::Greatest => bounds.most > limit,
        };
        let kept = terms.iter().zip(&each).filter(|(_, bounds)| counts(bounds));
        let kept: Vec<Term> = kept.map(|(term, _)| *term).collect();
        // The decisive one is itself left out when it is a single number; then it is that number.
        let known = known.filter(|known| *known == limit).or_else(|| {
            each.iter().any(|bounds| bounds.least == bounds.most && bounds.least == limit).then_some(limit)
        });
        let lane = match (&kept[..], known) {
            ([], _) => return Some(Some(Number::Known(&unit * &big(limit)))),
            ([term], Some(known)) => {
                let free = self.bounds(term.1).line(term.0, 0)?;
                let limits = match pick {
                    Pick::Least => (free.least.min(known), known),
                    Pick::Greatest => (known, free.most.max(known)),
                };
                self.clamp(term.1, (term.0, 0), limits)?
            }
            ([..], known) => {
                let mut terms = kept;
                if let Some(known) = known {
                    terms.push((1, self.constant(known)?));
                }
                self.extreme(pick, terms)?
            }
        };
        Some(Some(whole(lane, unit)))
    }

    fn extreme_of_two(&mut self, pick: Pick, a: Fraction, b: Fraction) -> Option<Fraction> {
        let unit = a.2.common_step(&b.2);
        let (k, l) = (times(&a.2, &unit)?, times(&b.2, &unit)?);
        if a.1 == b.1 || a.1.is_none() {
            let (n, m, d) = self.common_denominator(&a, &b)?;
            return Some((self.extreme(pick, vec![(k, n), (l, m)])?, d, unit));
        }
        let (n, m, _) = self.common_denominator(&a, &b)?;
        let difference = match pick {
            Pick::Least => self.sum(&[(l, m), (k.checked_neg()?, n)], 0)?,
            Pick::Greatest => self.sum(&[(k, n), (l.checked_neg()?, m)], 0)?,
        };
        let first = self.at_least(difference, 0)?;
        let one = self.constant(1)?;
        let n = self.select(first, (k, a.0), (l, b.0))?;
        let d = self.select(first, (1, a.1.unwrap_or(one)), (1, b.1.unwrap_or(one)))?;
        Some((n, Some(d), unit))
    }

    /// One of two numbers, by a flag.
    pub(super) fn either(&mut self, flag: &Number, then: &Number, otherwise: &Number) -> Option<Number> {
        let condition = match flag {
            Number::Known(value) => return Some(if value.is_zero() { otherwise } else { then }.clone()),
            Number::Whole { lane, .. } | Number::Quotient { n: lane, .. } => self.flag(*lane)?,
        };
        if then == otherwise {
            return Some(then.clone());
        }
        let (a, b) = (self.fraction(then)?, self.fraction(otherwise)?);
        let unit = a.2.common_step(&b.2);
        let n = self.select(condition, (times(&a.2, &unit)?, a.0), (times(&b.2, &unit)?, b.0))?;
        let d = if a.1 == b.1 {
            a.1
        } else {
            let one = self.constant(1)?;
            Some(self.select(condition, (1, a.1.unwrap_or(one)), (1, b.1.unwrap_or(one)))?)
        };
        Some(Lanes::from_fraction((n, d, unit)))
    }

    /// 1 where a lane is not 0.
    fn flag(&mut self, lane: LaneId) -> Option<LaneId> {
        let bounds = self.bounds(lane);
        if bounds.least >= 0 {
            return self.clamp(lane, (1, 0), (0, 1));
        }
        let square = self.product(lane, lane)?;
        self.clamp(square, (1, 0), (0, 1))
    }

    /// A number rounded to a multiple of a quantum.
    pub(super) fn rounded(&mut self, x: &Number, quantum: &Exact, mode: Mode) -> Option<Number> {
        let (n, d, unit) = match x {
            Number::Known(value) => return Some(Number::Known(value.rounded(quantum, mode))),
            Number::Whole { .. } | Number::Quotient { .. } => self.fraction(x)?,
        };
        let (n, unit) = self.upright(n, &unit)?;
        let (p, q) = parts(&unit.checked_div(quantum)?)?;
        if d.is_none() && q == 1 {
            return Some(whole(n, unit));
        }
        Some(whole(self.round(n, d, (p, q), mode)?, quantum.clone()))
    }

    /// A number as whole multiples of a quantum, which it always is.
    pub(super) fn in_quanta(&mut self, x: &Number, quantum: &Exact) -> Option<LaneId> {
        let rounded = self.rounded(x, quantum, Mode::HalfAway)?;
        match rounded {
            Number::Known(value) => self.known(&value, quantum),
            Number::Whole { lane, unit } => self.sum(&[(times(&unit, quantum)?, lane)], 0),
            Number::Quotient { .. } => None,
        }
    }
}

/// The place of the sloped line, where a broken line is that line within limits.
fn within_limits(line: &Piecewise) -> Option<usize> {
    let pieces = line.pieces();
    let sloped = pieces.iter().position(|piece| !piece.slope.is_zero())?;
    let one = pieces.iter().filter(|piece| !piece.slope.is_zero()).count() == 1;
    let joined = line.breakpoints().iter().zip(pieces.windows(2));
    let continuous = joined.fold(true, |so_far, (breakpoint, pair)| {
        so_far && pair[0].at(&breakpoint.at) == pair[1].at(&breakpoint.at)
    });
    (one && pieces.len() <= 3 && continuous && (pieces.len() < 3 || sloped == 1)).then_some(sloped)
}

fn big(n: i128) -> Exact {
    Exact::scaled(n, 0)
}
