//! Figures over all holders: the values of all stand in neighbouring rows, with whether each counts
//! and its place among them, the least first. Places are decided between whole numbers.

use super::calculation::{Calculation, Draft, Label};
use super::number::{Fraction, Known, Number, common_unit, literal, multiple, times};
use super::splits::Divided;
use super::sums::Common;
use crate::num::Exact;
use crate::plan::{NodeId, Percentile, PlanNodes, Statistic, StatisticId, Summary};

/// The values of all holders in neighbouring rows.
#[derive(Debug, Clone)]
pub(super) struct Block {
    rows: Vec<Number>,
    /// Whether each counts.
    counts: Vec<bool>,
    /// The place of each among those that count, from 1; 0 for the others.
    places: Vec<usize>,
    /// How many count.
    count: Number,
    /// True when the values are quotients.
    quotients: bool,
}

impl Block {
    fn cells(&self, column: char) -> String {
        let row = |number: Option<&Number>| number.map_or(0, |number| number.row);
        format!("{column}{}:{column}{}", row(self.rows.first()), row(self.rows.last()))
    }

    /// The last of its rows.
    pub fn last_row(&self) -> usize {
        self.count.row
    }

    fn read(&self) -> Vec<&Number> {
        self.rows.iter().chain([&self.count]).collect()
    }
}

/// What a statistic reads of all holders.
struct Members {
    values: Vec<Number>,
    counts: Option<Vec<Number>>,
    groups: Option<Vec<Number>>,
    /// The holder whose figure it is.
    own: usize,
}

impl Members {
    /// 1 where a holder counts.
    fn flag(&self, lane: usize) -> Option<Known> {
        let mut conditions = Vec::new();
        let mut counts_here = true;
        if let Some(counts) = &self.counts {
            conditions.push(format!("{}<>0", counts[lane].fraction()?.cell));
            counts_here &= !counts[lane].value.is_zero();
        }
        if let Some(groups) = &self.groups {
            conditions.push(equal(&groups[lane], &groups[self.own])?);
            counts_here &= groups[lane].value == groups[self.own].value;
        }
        let formula = match &conditions[..] {
            [] => "1".to_string(),
            [..] => format!("IF(AND({}),1,0)", conditions.join(",")),
        };
        Some(Known::new(formula, if counts_here { Exact::ONE } else { Exact::ZERO }))
    }

    /// The numbers of a holder that are read.
    fn read(&self, lane: usize) -> Vec<&Number> {
        let mut read = vec![&self.values[lane]];
        read.extend(self.counts.as_ref().map(|counts| &counts[lane]));
        read.extend(self.groups.as_ref().map(|groups| &groups[lane]));
        read.extend(self.groups.as_ref().map(|groups| &groups[self.own]));
        read
    }
}

/// The rows that a block will have.
struct Places {
    first: usize,
    last: usize,
    quotients: bool,
}

impl Places {
    /// The place of a holder among those that count: one more than there are before it.
    fn place(&self, lane: usize) -> String {
        let (first, last, row) = (self.first, self.last, self.first + lane);
        let times = |cells: String| if self.quotients { format!("*{cells}") } else { String::new() };
        let own = times(format!("G{row}"));
        let all = times(format!("G{first}:G{last}"));
        let before = format!("SUMPRODUCT((F{first}:F{last}{own}<F{row}{all})*I{first}:I{last})");
        let equals = if lane == 0 {
            String::new()
        } else {
            let to = row - 1;
            let above = times(format!("G{first}:G{to}"));
            format!("+SUMPRODUCT((F{first}:F{to}{own}=F{row}{above})*I{first}:I{to})")
        };
        format!("IF(I{row}=0,0,1+{before}{equals})")
    }

    /// The largest product of a numerator and a divisor.
    fn size(&self, wholes: &[Known], fractions: &[Fraction]) -> Known {
        let Places { first, last, .. } = self;
        let formula = format!("MAX(MAX(F{first}:F{last}),-MIN(F{first}:F{last}))*MAX(G{first}:G{last})");
        let n = wholes.iter().map(|whole| whole.value.abs()).max().unwrap_or(Exact::ZERO);
        let d = fractions.iter().map(Fraction::divisor).max().unwrap_or(Exact::ONE);
        Known::new(formula, &n * &d)
    }
}

fn whole(number: usize) -> Exact {
    Exact::from(i64::try_from(number).unwrap_or(i64::MAX))
}

impl Calculation<'_> {
    /// A figure over all holders; nothing when it cannot be worked out in whole numbers.
    pub fn statistic(&mut self, label: &Label, id: StatisticId) -> Option<Number> {
        if !self.all_holders {
            return None;
        }
        let kept = self.rows.len();
        let statistic = self.plan.statistic(id).clone();
        let found = match &statistic.summary {
            Summary::Part { .. } => self.part_of_holder(label, id, &statistic),
            Summary::Sum
            | Summary::Least
            | Summary::Greatest
            | Summary::Percentile { .. }
            | Summary::Rank => self.over_block(label, id, &statistic),
        };
        if found.is_none() {
            self.forget_after(kept);
        }
        found
    }

    fn over_block(&mut self, label: &Label, id: StatisticId, statistic: &Statistic) -> Option<Number> {
        let group = statistic.group.map(|_| self.lane);
        let key = (id.0, group);
        if !self.blocks.contains_key(&key) {
            let block = self.block(label, statistic)?;
            self.blocks.insert(key, block);
        }
        let block = self.blocks.get(&key)?.clone();
        match &statistic.summary {
            Summary::Sum => self.sum_of(label, &block),
            Summary::Least => self.pick(&label.step("the least".to_string()), &block, &one()),
            Summary::Greatest => {
                let count = Known::new(block.count.whole(), block.count.value.clone());
                self.pick(&label.step("the greatest".to_string()), &block, &count)
            }
            Summary::Percentile { share, method } => self.percentile(label, &block, (share, *method)),
            Summary::Rank => self.rank(label, &block),
            Summary::Part { .. } => None,
        }
    }

    /// The rows of all holders, and how many count for the one whose figure it is.
    fn block(&mut self, label: &Label, statistic: &Statistic) -> Option<Block> {
        let lanes = self.lanes();
        let of = |node: NodeId| -> Vec<Number> { (0..lanes).map(|lane| self.get_of(lane, node)).collect() };
        let members = Members {
            values: of(statistic.value),
            counts: statistic.counts.map(of),
            groups: statistic.group.map(of),
            own: self.lane,
        };
        let fractions = Self::fractions(&members.values.iter().collect::<Vec<_>>())?;
        let unit = common_unit(fractions.iter().map(|fraction| &fraction.unit));
        let quotients = fractions.iter().any(|fraction| fraction.over.is_some());
        let first = self.next_row();
        let cells = Places { first, last: first + lanes - 1, quotients };
        let flags: Vec<Known> = (0..lanes).map(|lane| members.flag(lane)).collect::<Option<_>>()?;
        let counts: Vec<bool> = flags.iter().map(|flag| !flag.value.is_zero()).collect();
        let exact: Vec<Exact> = members.values.iter().map(|number| number.value.clone()).collect();
        let places = places(&exact, &counts);
        let mut wholes = Vec::new();
        for fraction in &fractions {
            let k = times(&fraction.unit, &unit)?;
            wholes.push(Known::new(multiple(&k, &fraction.cell)?, &k * &fraction.n));
        }
        let size = quotients.then(|| cells.size(&wholes, &fractions));
        let mut rows = Vec::new();
        for (lane, (fraction, own)) in fractions.iter().zip(wholes).enumerate() {
            let divisor = quotients.then(|| {
                let cell = fraction.over_cell().unwrap_or("1").to_string();
                (Known::new(cell, fraction.divisor()), None)
            });
            let draft = Draft {
                sizes: size.iter().cloned().collect(),
                nearest: Some(flags[lane].clone()),
                left: Some(Known::new(cells.place(lane), whole(places[lane]))),
                ..Draft::default()
            };
            let rule = format!("of {}; nearest: counts, left over: its place", self.holder(lane));
            let cells = (own, divisor, unit.clone());
            rows.push(self.fraction_row(&label.step(rule), cells, &members.read(lane), draft)?);
        }
        let number = whole(counts.iter().filter(|counts| **counts).count());
        let step = label.step("how many count".to_string());
        let read: Vec<&Number> = rows.iter().collect();
        let count = Known::new(format!("SUM(I{}:I{})", cells.first, cells.last), number);
        let count = self.whole_row(&step, (count, Exact::ONE), &read, Draft::default())?;
        Some(Block { rows, counts, places, count, quotients })
    }

    fn sum_of(&mut self, label: &Label, block: &Block) -> Option<Number> {
        let label = label.step("sum over all holders that count".to_string());
        if block.quotients {
            let mut terms = Vec::new();
            for (row, counts) in block.rows.iter().zip(&block.counts) {
                let fraction = row.fraction()?;
                let (cell, d) = fraction.over.clone()?;
                let n = if *counts { fraction.n.clone() } else { Exact::ZERO };
                let n = Known::new(format!("{}*I{}", fraction.cell, row.row), n);
                let over = Some((Known::new(cell.clone(), d), Some(cell)));
                let step = label.step("where it counts".to_string());
                let own = self.fraction_row(&step, (n, over, fraction.unit), &[row], Draft::default())?;
                terms.push((Exact::ONE, own));
            }
            return Some(self.sum(&label, &Exact::ZERO, &terms));
        }
        let (mut sum, mut size, mut unit) = (Exact::ZERO, Exact::ZERO, Exact::ONE);
        for (row, counts) in block.rows.iter().zip(&block.counts) {
            let fraction = row.fraction()?;
            size = &size + &fraction.n.abs();
            sum = if *counts { &sum + &fraction.n } else { sum };
            unit = fraction.unit;
        }
        let (cells, flags) = (block.cells('F'), block.cells('I'));
        let sizes = vec![Known::new(format!("SUMPRODUCT(ABS({cells}))"), size)];
        let draft = Draft { sizes, ..Draft::default() };
        let sum = Known::new(format!("SUMPRODUCT({cells}*{flags})"), sum);
        self.whole_row(&label, (sum, unit), &block.read(), draft)
    }

    /// The value at a place; 0 where nobody counts.
    fn pick(&mut self, label: &Label, block: &Block, place: &Known) -> Option<Number> {
        let at = block.places.iter().position(|own| *own > 0 && whole(*own) == place.value);
        let empty = block.count.value.is_zero();
        let fraction = at.map(|at| block.rows[at].fraction());
        let (n, d) = match fraction {
            Some(fraction) => fraction.map(|fraction| (fraction.n.clone(), fraction.divisor()))?,
            None if empty => (Exact::ZERO, Exact::ONE),
            None => return None,
        };
        let unit = block.rows.first()?.fraction()?.unit;
        let at = format!("MATCH({},{},0)", place.formula, block.cells('J'));
        let of = |column: char, none: u8| {
            format!("IF({}=0,{none},INDEX({},{at}))", block.count.whole(), block.cells(column))
        };
        let over = block.quotients.then(|| (Known::new(of('G', 1), d), None));
        self.fraction_row(label, (Known::new(of('F', 0), n), over, unit), &block.read(), Draft::default())
    }

    fn percentile(
        &mut self,
        label: &Label,
        block: &Block,
        (share, method): (&Exact, Percentile),
    ) -> Option<Number> {
        let (p, q) = share.parts();
        let p = literal(&Exact::parse(&p.to_string()).ok()?)?;
        let q = literal(&Exact::parse(&q.to_string()).ok()?)?;
        let (cell, count) = (block.count.whole(), block.count.value.clone());
        let step = |rule: &str| label.step(rule.to_string());
        if method == Percentile::Linear {
            let steps = (&count - &Exact::ONE).greater(&Exact::ZERO).clone();
            let place = share * &steps;
            let below = place.floor();
            let formula = format!("INT({p}*MAX(0,{cell}-1)/{q})");
            let low = Known::new(format!("{formula}+1"), &below + &Exact::ONE);
            let high = (&below + &whole(2)).lesser(&count).clone();
            let high = Known::new(format!("MIN({cell},{formula}+2)"), high);
            let low = self.pick(&step("the value below the place"), block, &low)?;
            let high = self.pick(&step("the value above the place"), block, &high)?;
            let unit = Exact::ONE.checked_div(&Exact::parse(&q).ok()?)?;
            let rest = (&place - &below).checked_div(&unit)?;
            let rest = Known::new(format!("{p}*MAX(0,{cell}-1)-{q}*{formula}"), rest);
            let rest =
                self.whole_row(&step("how far between"), (rest, unit), &[&block.count], Draft::default())?;
            let terms = [(Exact::ONE, high), (Exact::from(-1), low.clone())];
            let between = self.sum(&step(""), &Exact::ZERO, &terms);
            let part = self.product(&step("the part between"), &rest, &between);
            return Some(self.sum(&step(""), &Exact::ZERO, &[(Exact::ONE, low), (Exact::ONE, part)]));
        }
        let k = share * &count;
        let above = -&(-&k).floor();
        let kth = Known::new(format!("MAX(1,-INT(-({p}*{cell}/{q})))"), above.greater(&Exact::ONE).clone());
        let after = Known::new(
            format!("MIN({cell},INT({p}*{cell}/{q})+1)"),
            (&k.floor() + &Exact::ONE).lesser(&count).clone(),
        );
        match method {
            Percentile::Lower => self.pick(&step("the value at the place"), block, &kth),
            Percentile::Upper => self.pick(&step("the value after the place"), block, &after),
            Percentile::Average | Percentile::Linear => {
                let half = Exact::ratio(1, 2)?;
                let kth = self.pick(&step("the value at the place"), block, &kth)?;
                let after = self.pick(&step("the value after the place"), block, &after)?;
                Some(self.sum(&step(""), &Exact::ZERO, &[(half.clone(), kth), (half, after)]))
            }
        }
    }

    /// One more than there are larger ones; 0 for who does not count.
    fn rank(&mut self, label: &Label, block: &Block) -> Option<Number> {
        let own = &block.rows[self.lane];
        let row = own.row;
        let (times_own, times_all) = if block.quotients {
            (format!("*G{row}"), format!("*{}", block.cells('G')))
        } else {
            (String::new(), String::new())
        };
        let (cells, flags) = (block.cells('F'), block.cells('I'));
        let formula = format!("IF(I{row}=0,0,1+SUMPRODUCT(({cells}{times_own}>F{row}{times_all})*{flags}))");
        let larger = block.rows.iter().zip(&block.counts);
        let larger = larger.filter(|(other, counts)| **counts && other.value > own.value).count();
        let rank = if block.counts[self.lane] { whole(larger + 1) } else { Exact::ZERO };
        let label = label.step("its place, the largest first".to_string());
        self.whole_row(&label, (Known::new(formula, rank), Exact::ONE), &block.read(), Draft::default())
    }

    /// The part of one holder of what is shared among all.
    fn part_of_holder(&mut self, label: &Label, id: StatisticId, statistic: &Statistic) -> Option<Number> {
        let Summary::Part { total, limits, quantum, mode, residue } = &statistic.summary else {
            return None;
        };
        if !self.parts.contains_key(&id.0) {
            let weights = (0..self.lanes()).map(|lane| self.get_of(lane, statistic.value));
            let divided = Divided {
                total: self.get_of(0, *total),
                weights: weights.collect(),
                quantum: quantum.clone(),
                mode: *mode,
                residue: *residue,
            };
            let parts = match limits {
                None => self.divide(label, &divided)?,
                Some((least, most)) => {
                    let of = |lane| (self.get_of(lane, *least), self.get_of(lane, *most));
                    let limits: Vec<(Number, Number)> = (0..self.lanes()).map(of).collect();
                    self.divide_within(label, &divided, &limits)?
                }
            };
            self.parts.insert(id.0, parts);
        }
        self.parts.get(&id.0)?.get(self.lane).cloned()
    }
}

fn one() -> Known {
    Known::new("1", Exact::ONE)
}

/// The condition that two numbers are equal, between whole numbers.
fn equal(a: &Number, b: &Number) -> Option<String> {
    let fractions = [a.fraction()?, b.fraction()?];
    let common = Common::of(&fractions)?;
    let unit = common_unit(fractions.iter().map(|fraction| &fraction.unit));
    let side = |index: usize| {
        let fraction = &fractions[index];
        multiple(&times(&fraction.unit, &unit)?, &common.numerator(fraction).0)
    };
    Some(format!("{}={}", side(0)?, side(1)?))
}

/// The place of each that counts, the least first, equal ones in order.
fn places(values: &[Exact], counts: &[bool]) -> Vec<usize> {
    let before = |own: usize| {
        let others = values.iter().zip(counts).enumerate().filter(|(_, (_, counts))| **counts);
        others
            .filter(|(other, (value, _))| **value < values[own] || (**value == values[own] && *other < own))
            .count()
    };
    (0..values.len()).map(|own| if counts[own] { before(own) + 1 } else { 0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_stand_in_their_order() {
        let values = [30, 10, 30, 20].map(Exact::from);
        assert_eq!(places(&values, &[true, true, true, false]), [2, 1, 3, 0]);
    }
}
