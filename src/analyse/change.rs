//! The most that a change of contract comes to, sought in several ways of which the nearest bound stands.
//!
//! The sum as it is, in which what both contracts share cancels; differences, from which what two lines have
//! in common is taken out, with the roundings beside them; the sum of the mosts of each clause; of a term
//! that of its years; and the most of the second contract with the least of the first. Each is sound by
//! itself. The data of each are tried on the whole, and the best are kept as its witness.

use super::bounding::Bounding;
use super::exposure::{Analysis, End};
use crate::num::{Exact, Mode};
use crate::plan::{Apart, FactId, Form, NodeId, Ranges};

/// A factor and a node.
type Term = (Exact, NodeId);

/// A sum as it is, and the same through differences, with how far these may be out.
#[derive(Debug, Default, Clone)]
pub(super) struct Sums {
    /// What it comes to under the second contract.
    pub after: Vec<Term>,
    /// What it comes to under the first, turned.
    pub before: Vec<Term>,
    low: Vec<Term>,
    high: Vec<Term>,
    beyond: (Exact, Exact),
}

fn turned(terms: &[Term]) -> Vec<Term> {
    terms.iter().map(|(factor, node)| (-factor, *node)).collect()
}

impl Sums {
    /// Adds what a line comes to before and after, and its differences where both lines are made alike.
    pub fn add(&mut self, (before, after): (&[Term], &[Term]), apart: Option<Vec<(Exact, &Apart)>>) {
        let lost = turned(before);
        match apart {
            Some(apart) => {
                for (factor, apart) in apart {
                    let (low, high) = apart.ends(&factor);
                    let ends = (&factor * &apart.beyond.0, &factor * &apart.beyond.1);
                    self.beyond.0 = &self.beyond.0 + ends.0.lesser(&ends.1);
                    self.beyond.1 = &self.beyond.1 + ends.0.greater(&ends.1);
                    self.low.push((factor.clone(), low));
                    self.high.push((factor, high));
                }
            }
            None => {
                self.low.extend(after.iter().chain(&lost).cloned());
                self.high.extend(after.iter().chain(&lost).cloned());
            }
        }
        self.after.extend(after.iter().cloned());
        self.before.extend(lost);
    }

    pub fn turned(&self) -> Sums {
        Sums {
            after: turned(&self.after),
            before: turned(&self.before),
            low: turned(&self.high),
            high: turned(&self.low),
            beyond: (-&self.beyond.1, -&self.beyond.0),
        }
    }

    /// All of it, as it is.
    pub fn plain(&self) -> Vec<Term> {
        self.after.iter().chain(&self.before).cloned().collect()
    }

    /// All of some sums.
    pub fn of(all: &[Sums]) -> Sums {
        let mut whole = Sums::default();
        for sums in all {
            whole.after.extend(sums.after.iter().cloned());
            whole.before.extend(sums.before.iter().cloned());
            whole.low.extend(sums.low.iter().cloned());
            whole.high.extend(sums.high.iter().cloned());
            whole.beyond = (&whole.beyond.0 + &sums.beyond.0, &whole.beyond.1 + &sums.beyond.1);
        }
        whole
    }
}

/// The nearest bound so far of a sum, and its best witness.
struct Nearest<'a> {
    analysis: &'a Analysis<'a>,
    sum: Vec<Term>,
    /// Amounts of money lie on a grid, and so does what they differ by.
    step: Option<Exact>,
    end: End,
}

impl<'a> Nearest<'a> {
    fn new(analysis: &'a Analysis<'a>, sum: Vec<Term>, end: End) -> Nearest<'a> {
        let ranges = Ranges::declared(analysis.plan());
        let whole = Form::of(&sum, &Exact::ZERO, analysis.forms.all());
        let step = whole.range(|node| ranges.of(node)).step.filter(|step| step.sign() > 0);
        Nearest { analysis, sum, step, end }
    }

    /// Takes a bound that some ends make up, and tries their data: of each by itself, and of all together.
    fn take(&mut self, bound: &Exact, ends: &[End]) {
        let on_grid =
            self.step.as_ref().map_or_else(|| bound.clone(), |step| bound.rounded(step, Mode::Floor));
        if on_grid < self.end.bound {
            self.end.bound = on_grid;
            self.end.spent = ends.iter().any(|end| end.spent);
        }
        ends.iter().for_each(|end| self.try_data(end.witness.clone()));
        if ends.len() > 1 {
            let variables = &self.analysis.variables;
            let each = ends.iter().map(|end| end.witness.as_slice());
            self.try_data(variables.together_witness(each, variables.defaults()));
        }
    }

    fn try_data(&mut self, witness: Vec<(FactId, Exact)>) {
        if self.end.is_attained() {
            return;
        }
        let tried = End { witness, ..self.end.clone() };
        let found = self.analysis.value(&self.sum, &self.analysis.data(&tried, None));
        assert!(found <= self.end.bound, "admissible data never lead beyond a bound");
        if found > self.end.found {
            self.end = End { found, ..tried };
        }
    }

    fn is_attained(&self) -> bool {
        self.end.is_attained()
    }
}

/// The most of a sum that falls into clauses; where its years make it up, with what is known of these.
pub(super) fn most(
    analysis: &Analysis<'_>,
    bounding: &mut Bounding<'_>,
    by_clause: &[Sums],
    of_years: Option<&[End]>,
) -> End {
    let whole = Sums::of(by_clause);
    let plain = bounding.most(&whole.plain());
    let mut nearest = Nearest::new(analysis, whole.plain(), plain);
    if let Some(years) = of_years.filter(|_| !nearest.is_attained()) {
        nearest.take(&years.iter().map(|end| &end.bound).sum(), years);
    }
    if !nearest.is_attained() {
        let apart = bounding.most(&whole.high);
        nearest.take(&(&apart.bound + &whole.beyond.1), &[apart]);
    }
    if by_clause.len() > 1 && !nearest.is_attained() {
        let each: Vec<End> = by_clause
            .iter()
            .map(|clause| most(analysis, bounding, std::slice::from_ref(clause), None))
            .collect();
        nearest.take(&each.iter().map(|end| &end.bound).sum(), &each);
    }
    if !nearest.is_attained() {
        let sides = [bounding.most(&whole.after), bounding.most(&whole.before)];
        nearest.take(&(&sides[0].bound + &sides[1].bound), &sides);
    }
    let End { bound, found, witness, spent } = nearest.end;
    End { spent: spent && found < bound, bound, found, witness }
}
