//! The payoff curve of one variable beside known data: exact breakpoints, slopes and jumps.
//!
//! Between two breakpoints every node is a straight line of the variable, which is carried through the
//! plan as slope and value at zero. Where a line bends or breaks, two operands of an extreme cross, or a
//! condition turns, the stretch is cut, and cut again until it is straight throughout. Rounding to pennies
//! is left out of slopes, so that a penny is no cliff; coarser rounding shows as the steps that it makes.
//! Where a node is no straight line of the variable (a product of two that move, a moving divisor), its
//! chord is taken over short stretches, and the curve says that it is not exact.

use std::collections::BTreeMap;

use crate::evaluate::Values;
use crate::num::{Exact, Line, Mode, Piecewise, Range};
use crate::plan::{NodeId, Op, Pick, Plan, PlanNodes};

/// Most stretches of a curve.
const STRETCHES_MAX: usize = 400;
/// Most steps of rounding that are told apart; finer steps are left out.
const STEPS_MAX: i64 = 200;
/// Into how many parts a stretch is cut that is not straight.
const CHORDS: i64 = 16;

/// A stretch between two breakpoints, on which all sums are straight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Where it begins.
    pub from: Exact,
    /// Where it ends.
    pub to: Exact,
    /// The line of each sum, unrounded.
    pub lines: Vec<Line>,
}

/// The curve of some sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Curve {
    /// Stretches in rising order, one beginning where the one before ends.
    pub stretches: Vec<Stretch>,
    /// False where a chord stands for what is not straight.
    pub is_exact: bool,
}

/// A sum: what does not follow the variable, and factors and nodes that do.
#[derive(Debug, Clone)]
pub struct Sum {
    /// What does not follow the variable.
    pub rest: Exact,
    /// What does.
    pub terms: Vec<(Exact, NodeId)>,
}

/// What a curve is drawn of: a plan, a variable, the nodes that follow it in rising order, the values of
/// all others, and what sums come to for some value of the variable.
pub struct Drawing<'d> {
    /// The plan.
    pub plan: &'d Plan,
    /// The variable.
    pub variable: NodeId,
    /// The nodes that follow it.
    pub dependents: &'d [NodeId],
    /// Values of nodes that do not follow it.
    pub known: &'d Values,
    /// What the sums come to when the variable has a value.
    pub values: &'d dyn Fn(&Exact) -> Vec<Exact>,
}

/// What one look at a stretch gives.
struct Look {
    lines: BTreeMap<NodeId, Line>,
    cuts: Vec<Exact>,
    curved: bool,
}

impl Drawing<'_> {
    /// Draws the curve of some sums from one value of the variable to another.
    pub fn curve(&self, (from, to): (&Exact, &Exact), sums: &[Sum]) -> Curve {
        let mut open = vec![(from.clone(), to.clone(), false)];
        let mut stretches = Vec::new();
        let mut is_exact = true;
        while let Some((from, to, is_chord)) = open.pop() {
            if is_chord {
                let lines = self.chords((&from, &to));
                stretches.push(Stretch { from, to, lines });
                continue;
            }
            let look = self.look((&from, &to));
            let full = stretches.len() + open.len() >= STRETCHES_MAX;
            let mut cuts = look.cuts;
            if look.curved {
                is_exact = false;
                let step = &(&to - &from) * &Exact::ratio(1, i128::from(CHORDS)).unwrap_or(Exact::ONE);
                cuts = (1..CHORDS).map(|part| &from + &(&step * &Exact::from(part))).collect();
            }
            if full && !cuts.is_empty() {
                is_exact = false;
                let lines = self.chords((&from, &to));
                stretches.push(Stretch { from, to, lines });
                continue;
            }
            if cuts.is_empty() {
                let line = |sum: &Sum| self.line_of(sum, &look.lines);
                stretches.push(Stretch { from, to, lines: sums.iter().map(line).collect() });
                continue;
            }
            cuts.push(to);
            cuts.sort();
            cuts.dedup();
            let mut start = from;
            let mut pieces = Vec::new();
            for cut in cuts {
                pieces.push((std::mem::replace(&mut start, cut.clone()), cut, look.curved));
            }
            open.extend(pieces.into_iter().rev());
        }
        Curve { stretches, is_exact }
    }

    /// The chords of the sums over a stretch.
    fn chords(&self, (from, to): (&Exact, &Exact)) -> Vec<Line> {
        let ends = (self.values)(from).into_iter().zip((self.values)(to));
        ends.map(|(at_from, at_to)| Line::through((from, &at_from), (to, &at_to))).collect()
    }

    fn line_of(&self, sum: &Sum, lines: &BTreeMap<NodeId, Line>) -> Line {
        sum.terms.iter().fold(Line::flat(sum.rest.clone()), |total, (factor, node)| {
            added(&total, &scaled(&of(*node, lines, self.known), factor))
        })
    }

    /// The lines of all nodes over an open stretch, or where it has to be cut.
    fn look(&self, (from, to): (&Exact, &Exact)) -> Look {
        let itself = Line { slope: Exact::ONE, at_zero: Exact::ZERO };
        let mut look =
            Look { lines: BTreeMap::from([(self.variable, itself)]), cuts: Vec::new(), curved: false };
        for node in self.dependents {
            let Some(line) = self.straight(*node, (from, to), &mut look) else {
                look.curved = true;
                return look;
            };
            look.lines.insert(*node, line);
        }
        look
    }

    /// The line of a node, of any piece where the stretch has to be cut; none when it is not straight.
    fn straight(&self, node: NodeId, (from, to): (&Exact, &Exact), look: &mut Look) -> Option<Line> {
        let middle = &(from + to) * &Exact::ratio(1, 2)?;
        let line = |node: &NodeId| of(*node, &look.lines, self.known);
        let mut cut_at = |at: Vec<Exact>| look.cuts.extend(at.into_iter().filter(|at| at > from && at < to));
        Some(match &self.plan.node(node).op {
            Op::Const(value) => Line::flat(value.clone()),
            Op::Fact(_) | Op::Statistic(_) => return None,
            Op::Linear { terms, constant } => {
                terms.iter().fold(Line::flat(constant.clone()), |sum, (factor, node)| {
                    added(&sum, &scaled(&line(node), factor))
                })
            }
            Op::Product(x, y) => match (line(x), line(y)) {
                (x, y) if x.slope.is_zero() => scaled(&y, &x.at_zero),
                (x, y) if y.slope.is_zero() => scaled(&x, &y.at_zero),
                _ => return None,
            },
            Op::Ratio(x, y) => match (line(x), line(y)) {
                (x, y) if y.slope.is_zero() => match Exact::ONE.checked_div(&y.at_zero) {
                    Some(factor) => scaled(&x, &factor),
                    None => Line::flat(Exact::ZERO),
                },
                _ => return None,
            },
            Op::Piecewise(x, broken) => {
                let x = line(x);
                cut_at(broken.breakpoints().iter().filter_map(|known| reaches(&x, &known.at)).collect());
                composed(broken, &x, &middle)
            }
            Op::Extreme(pick, of) => {
                let lines: Vec<Line> = of.iter().map(line).collect();
                cut_at(crossings(&lines));
                let at_middle = |line: &&Line| line.at(&middle);
                let found = match pick {
                    Pick::Least => lines.iter().min_by_key(at_middle),
                    Pick::Greatest => lines.iter().max_by_key(at_middle),
                };
                found?.clone()
            }
            Op::Select { condition, then, otherwise } => {
                if line(condition).at(&middle).is_zero() {
                    line(otherwise)
                } else {
                    line(then)
                }
            }
            Op::Round { x, quantum, mode } => {
                let of = line(x);
                if rounds_finely(&self.plan.node(*x).range, quantum) {
                    of
                } else {
                    cut_at(steps(&of, (from, to), quantum, *mode));
                    Line::flat(of.at(&middle).rounded(quantum, *mode))
                }
            }
            Op::Share(split, part) => {
                let split = self.plan.split(*split);
                let weights: Vec<Line> = split.weights.iter().map(line).collect();
                let share = fixed_share(&weights, *part).filter(|_| split.limits.is_none())?;
                scaled(&line(&split.total), &share)
            }
        })
    }
}

/// The share of a part by weights that do not move.
fn fixed_share(weights: &[Line], part: usize) -> Option<Exact> {
    let fixed = weights.iter().all(|weight| weight.slope.is_zero());
    let all: Exact = weights.iter().map(|weight| &weight.at_zero).sum();
    weights[part].at_zero.checked_div(&all).filter(|_| fixed)
}

/// Where two of some lines cross.
fn crossings(lines: &[Line]) -> Vec<Exact> {
    let mut found = Vec::new();
    for (i, a) in lines.iter().enumerate() {
        for b in &lines[i + 1..] {
            found.extend(reaches(&added(a, &scaled(b, &Exact::from(-1))), &Exact::ZERO));
        }
    }
    found
}

fn of(node: NodeId, lines: &BTreeMap<NodeId, Line>, known: &Values) -> Line {
    lines.get(&node).cloned().unwrap_or_else(|| Line::flat(known.of(node).clone()))
}

fn added(a: &Line, b: &Line) -> Line {
    Line { slope: &a.slope + &b.slope, at_zero: &a.at_zero + &b.at_zero }
}

fn scaled(line: &Line, factor: &Exact) -> Line {
    Line { slope: &line.slope * factor, at_zero: &line.at_zero * factor }
}

/// Where a line reaches a value.
fn reaches(line: &Line, value: &Exact) -> Option<Exact> {
    (value - &line.at_zero).checked_div(&line.slope)
}

/// The piece of a broken line that holds in the middle of a stretch, as a line of the variable.
fn composed(broken: &Piecewise, x: &Line, middle: &Exact) -> Line {
    let piece = &broken.pieces()[broken.piece_of(&x.at(middle))];
    Line { slope: &piece.slope * &x.slope, at_zero: piece.at(&x.at_zero) }
}

/// True when rounding makes more steps than can be told apart, as it does with pennies of large amounts.
fn rounds_finely(range: &Range, quantum: &Exact) -> bool {
    let steps = (&range.most - &range.least).checked_div(quantum);
    steps.is_none_or(|steps| steps > Exact::from(STEPS_MAX))
}

/// Where rounding turns from one multiple to the next.
fn steps(x: &Line, (from, to): (&Exact, &Exact), quantum: &Exact, mode: Mode) -> Vec<Exact> {
    let half = &(quantum * &Exact::ratio(1, 2).unwrap_or(Exact::ONE));
    let offset = match mode {
        Mode::HalfAway | Mode::HalfUp | Mode::HalfEven => half.clone(),
        Mode::Down | Mode::Floor | Mode::Ceiling => Exact::ZERO,
    };
    let (a, b) = (x.at(from), x.at(to));
    let mut at = &a.lesser(&b).rounded(quantum, Mode::Floor) - &offset;
    let mut turns = Vec::new();
    while at <= *a.greater(&b) {
        turns.extend(reaches(x, &at));
        at = &at + quantum;
    }
    turns
}
