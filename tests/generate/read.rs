//! What formulas read: constants, measures, tables, quantities, what clauses paid, and products
//! that give a unit.

use std::collections::BTreeSet;

use carepact::Exact;
use carepact::calendar::PeriodKind;
use carepact::formula::{Formula, Key, Kind, Operator};

use super::tables::number;
use super::world::{MeasureKind, Missing, Unit};
use super::write::{Part, Spot, Writer, bare, binary, call, formula, key, named, plain_name};

/// What a name stands for.
#[derive(Debug, Clone)]
enum Source {
    Measure(usize),
    Table(usize, Option<String>),
    Quantity(usize),
}

impl Writer<'_, '_> {
    /// A single reading, or a constant.
    pub fn leaf(&mut self, unit: Unit, spot: &Spot) -> Part {
        let sources = self.sources(unit, spot);
        // The constant comes first: it is what a tape at rest gives.
        let choice = self.tape.below(2 + 2 * sources.len());
        match choice.checked_sub(2) {
            None => self.constant(unit),
            Some(choice) => self.reading(&sources[choice / 2].clone(), spot),
        }
    }

    pub fn constant(&mut self, unit: Unit) -> Part {
        let number = number(unit, self.tape).trim_start_matches('-');
        match unit {
            Unit::Money => {
                let value = Exact::parse(number).expect("a number of the generator");
                Part::of(formula(Kind::Money { currency: self.world.currency.clone(), value }))
            }
            Unit::Pure => Part::of(bare(number)),
            Unit::Person
            | Unit::Item
            | Unit::PerPerson
            | Unit::PerPersonYear
            | Unit::PerItem
            | Unit::PerYear
            | Unit::PerDay => Part::of(plain_name(unit.constant())),
        }
    }

    fn sources(&self, unit: Unit, spot: &Spot) -> Vec<Source> {
        let mut sources = Vec::new();
        for (i, table) in self.world.tables.iter().enumerate() {
            let columns = table.columns.iter().filter(|(_, of)| *of == unit);
            sources.extend(columns.map(|(name, _)| Source::Table(i, name.clone())));
        }
        for (i, measure) in self.world.measures.iter().enumerate() {
            let value = match measure.kind {
                MeasureKind::Value(of) => of == unit,
                MeasureKind::Ratio(_) | MeasureKind::Flag => unit == Unit::Pure,
                MeasureKind::Code(_) => false,
            };
            let open = !spot.plain && self.open_to(spot, &measure.by);
            if value && open && measure.is_readable(spot.period) {
                sources.push(Source::Measure(i));
            }
        }
        for (i, quantity) in self.world.quantities.iter().enumerate() {
            let readable = quantity.period.is_none_or(|period| spot.period <= period)
                && (quantity.carries_all
                    || quantity.fixed.iter().all(|axis| self.world.fixes(&spot.fixed, axis)))
                && !(spot.plain && quantity.observed)
                && !(spot.common && quantity.by_holder);
            let of = if quantity.flag { Unit::Pure } else { quantity.unit };
            if of == unit && readable {
                // Quantities are what there is least of: read them more often.
                sources.extend(vec![Source::Quantity(i); 4]);
            }
        }
        sources
    }

    /// Reads a name; axes that nothing fixes are picked by keys.
    fn reading(&mut self, source: &Source, spot: &Spot) -> Part {
        let world = self.world;
        match source {
            Source::Measure(index) => self.measure(*index, spot),
            Source::Table(index, column) => {
                let table = &world.tables[*index];
                let (periods, others): (Vec<String>, Vec<String>) =
                    table.by.iter().cloned().partition(|axis| PeriodKind::of_word(axis).is_some());
                let finest = periods.first().and_then(|axis| PeriodKind::of_word(axis));
                let picked = finest.filter(|kind| spot.period > *kind || self.tape.chance(15));
                let (mut keys, absent) = self.keys(&others, spot, picked.is_none());
                keys.extend(picked.map(|kind| self.period_key(kind)));
                let finest = finest.filter(|_| picked.is_none());
                let formula = named(&table.name, column.clone(), keys);
                Part { absent, finest, ..Part::of(formula) }
            }
            Source::Quantity(index) => {
                let quantity = &world.quantities[*index];
                let fixed: Vec<String> = quantity.fixed.iter().cloned().collect();
                let (keys, _) =
                    if quantity.carries_all { self.keys(&fixed, spot, false) } else { (Vec::new(), false) };
                let formula = named(&quantity.name, None, keys);
                Part { absent: quantity.absent, finest: quantity.period, ..Part::of(formula) }
            }
        }
    }

    pub fn measure(&mut self, index: usize, spot: &Spot) -> Part {
        let measure = &self.world.measures[index];
        let (mut keys, coded) = self.keys(&measure.by, spot, true);
        let mut finest = Some(measure.per);
        if !coded && self.tape.chance(8) {
            keys.push(self.period_key(measure.per));
            finest = None;
        }
        let absent = coded || measure.may_be_absent();
        Part { absent, finest, ..Part::of(named(&measure.name, None, keys)) }
    }

    fn period_key(&mut self, kind: PeriodKind) -> Key {
        let periods = self.world.calendar.all(kind);
        key(&self.world.calendar.key(*self.tape.pick(&periods)))
    }

    /// Keys for the axes that nothing fixes, and now and then for others; true when one is a code
    /// that may be absent.
    fn keys(&mut self, axes: &[String], spot: &Spot, codes: bool) -> (Vec<Key>, bool) {
        // A key drops what was said of the axes above and below it: those above come first.
        let mut axes = axes.to_vec();
        axes.sort_by_key(|axis| self.world.lineage(axis).len());
        let mut fixed = spot.fixed.clone();
        let mut open: Vec<String> = Vec::new();
        // Holders are in the data, not in the contract.
        axes.retain(|axis| self.world.many.as_ref() != Some(axis));
        for axis in axes {
            if !self.world.fixes(&fixed, &axis) || self.tape.chance(10) {
                fixed = self.world.with(&fixed, &axis);
                open.push(axis);
            }
        }
        // With other keys beside it, the context of a code is not settled by the language.
        if let [axis] = &open[..]
            && let Some(code) = self.code_for(axis, spot).filter(|_| codes)
            && self.tape.chance(50)
        {
            return (vec![key(&code)], true);
        }
        let member = |axis: &String| self.world.members(axis);
        (open.iter().map(|axis| key(self.tape.pick::<String>(&member(axis)))).collect(), false)
    }

    /// A measure of kind code that can be read here and names members of an axis.
    fn code_for(&self, axis: &str, spot: &Spot) -> Option<String> {
        let names = |of: usize| self.world.axes[of].name == axis;
        let fits = |kind: MeasureKind| matches!(kind, MeasureKind::Code(of) if names(of));
        let readable = |by: &[String]| by.iter().all(|axis| self.world.fixes(&spot.fixed, axis));
        let mut found = self.world.measures.iter().filter(|measure| {
            fits(measure.kind)
                && measure.is_readable(spot.period)
                && readable(&measure.by)
                && !spot.plain
                && self.open_to(spot, &measure.by)
        });
        found.next().map(|measure| measure.name.clone())
    }

    /// A value that only this unit has: products of counts and prices, shares, what was paid.
    pub fn special(&mut self, unit: Unit, spot: &Spot, depth: usize) -> Part {
        match unit {
            Unit::Money => self.money(spot, depth),
            Unit::Pure => self.pure(spot, depth),
            Unit::Person | Unit::Item => self.count(unit, spot),
            Unit::PerPerson | Unit::PerPersonYear | Unit::PerItem | Unit::PerYear | Unit::PerDay => {
                self.leaf(unit, spot)
            }
        }
    }

    fn money(&mut self, spot: &Spot, depth: usize) -> Part {
        match self.tape.below(10) {
            0..=2 => self.count_times_price(spot, depth),
            3 => self.price_times_period(spot),
            4..=6 => self.paid(spot),
            7 => self.net(spot),
            8 => {
                let money = self.leaf(Unit::Money, spot);
                let score = self.score(spot, depth);
                money.with(Operator::Multiply, &score)
            }
            _ => self.leaf(Unit::Money, spot),
        }
    }

    /// People or items times a price; a price per year times the months as well.
    pub fn count_times_price(&mut self, spot: &Spot, depth: usize) -> Part {
        let (count, price) = *self.tape.pick(&[
            (Unit::Person, Unit::PerPerson),
            (Unit::Person, Unit::PerPersonYear),
            (Unit::Item, Unit::PerItem),
        ]);
        let count = self.value(count, spot, depth.min(1));
        let product = count.with(Operator::Multiply, &self.leaf(price, spot));
        if price == Unit::PerPersonYear {
            product.with(Operator::Multiply, &self.period_word(&["months", "years_by_days"]))
        } else {
            product
        }
    }

    fn price_times_period(&mut self, spot: &Spot) -> Part {
        let (price, words) = if self.tape.chance(30) {
            (Unit::PerDay, ["days", "days"])
        } else {
            (Unit::PerYear, ["months", "years_by_days"])
        };
        self.leaf(price, spot).with(Operator::Multiply, &self.period_word(&words))
    }

    fn period_word(&mut self, words: &[&'static str]) -> Part {
        Part { mentions: true, ..Part::of(plain_name(self.tape.word(words))) }
    }

    /// Clauses and groups that can be asked in this period.
    fn flows(&self, spot: &Spot, one_way: bool) -> Vec<String> {
        if spot.plain {
            return Vec::new();
        }
        let fits = |name: &String| {
            let clauses = self.world.clauses_of(name);
            clauses.iter().all(|clause| clause.per <= spot.period && !(spot.common && clause.by_holder))
                && (!one_way || self.world.is_one_way(name))
        };
        let clauses = self.world.clauses.iter().map(|clause| clause.name.clone());
        clauses.chain(self.world.groups.iter().map(|group| group.name.clone())).filter(fits).collect()
    }

    fn paid(&mut self, spot: &Spot) -> Part {
        let flows = self.flows(spot, true);
        if flows.is_empty() {
            return self.leaf(Unit::Money, spot);
        }
        let flow = plain_name(self.tape.pick::<String>(&flows));
        Part { mentions: true, ..Part::of(call("paid", vec![flow])) }
    }

    fn net(&mut self, spot: &Spot) -> Part {
        let flows = self.flows(spot, false);
        if flows.is_empty() {
            return self.leaf(Unit::Money, spot);
        }
        let flow = plain_name(self.tape.pick::<String>(&flows));
        let mut parties = self.world.parties.clone();
        if spot.fixed.contains("party") {
            parties.extend(vec!["party".to_string(); 4]);
        }
        let party = plain_name(self.tape.pick::<String>(&parties));
        Part { mentions: true, ..Part::of(call("net", vec![party, flow])) }
    }

    fn pure(&mut self, spot: &Spot, depth: usize) -> Part {
        match self.tape.below(12) {
            9 | 10 => self.rank(spot, depth),
            11 => self.pooled(spot),
            0 | 1 => self.leaf(Unit::Pure, spot),
            2 | 3 => {
                let unit = *self.tape.pick(&[Unit::Money, Unit::Person, Unit::Item, Unit::Pure]);
                let x = self.value(unit, spot, depth.min(1));
                let by = self.value(unit, spot, 0);
                Part { absent: true, ..x.with(Operator::Divide, &by) }
            }
            4 | 5 => self.score(spot, depth),
            6 => match self.over(spot) {
                Some((over, inner)) => {
                    let flag = self.flag(&inner, depth.min(1));
                    self.aggregated("count", flag, over, &inner)
                }
                None => self.leaf(Unit::Pure, spot),
            },
            7 if spot.period == PeriodKind::Month => self.period_word(&["month_number"]),
            7 if spot.period < PeriodKind::Term => self.period_word(&["year_number"]),
            _ => self.ratio_part(Unit::Pure, spot).unwrap_or_else(|| self.leaf(Unit::Pure, spot)),
        }
    }

    /// `score` between constants that differ, or between two readings.
    fn score(&mut self, spot: &Spot, depth: usize) -> Part {
        let unit = *self.tape.pick(&[Unit::Pure, Unit::Pure, Unit::Person, Unit::Money]);
        let x = self.value(unit, spot, depth.min(1));
        if self.tape.chance(25) {
            let (floor, target) = (self.value(unit, spot, 1), self.leaf(unit, spot));
            return Part { absent: true, ..Part::calling("score", &[&x, &floor, &target]) };
        }
        let ends = *self.tape.pick(&[("0", "1"), ("60%", "75%"), ("10", "4"), ("0.8", "20%"), ("0", "100")]);
        let ends = [ends.0, ends.1].map(|end| Part::of(bare(end)));
        Part::calling("score", &[&x, &ends[0], &ends[1]])
    }

    fn count(&mut self, unit: Unit, spot: &Spot) -> Part {
        self.ratio_part(unit, spot).unwrap_or_else(|| self.leaf(unit, spot))
    }

    /// Numerator or denominator of a ratio that counts this unit.
    fn ratio_part(&mut self, unit: Unit, spot: &Spot) -> Option<Part> {
        let fits = |index: &usize| {
            let measure = &self.world.measures[*index];
            measure.kind == MeasureKind::Ratio(unit)
                && measure.is_readable(spot.period)
                && measure.by.iter().all(|axis| self.world.fixes(&spot.fixed, axis))
                && self.open_to(spot, &measure.by)
        };
        let found: Vec<usize> = (0..self.world.measures.len()).filter(|_| !spot.plain).filter(fits).collect();
        let measure = &self.world.measures[*found.get(self.tape.below(found.len().max(1)))?];
        let function = self.tape.word(&["numerator", "denominator"]);
        let absent = measure.missing != Missing::Refuse;
        Some(Part {
            absent,
            finest: Some(measure.per),
            ..Part::of(call(function, vec![plain_name(&measure.name)]))
        })
    }

    /// `previous` of a quantity or a measure; absent before the first.
    pub fn previous(&mut self, unit: Unit, spot: &Spot) -> Part {
        // The own period of what is read must not be shorter than the current one.
        let sources: Vec<Source> = self
            .sources(unit, spot)
            .into_iter()
            .filter(|source| match source {
                Source::Quantity(index) => self.world.quantities[*index].period.is_some(),
                Source::Measure(index) => {
                    let measure = &self.world.measures[*index];
                    measure.per >= spot.period || measure.earlier == 0
                }
                Source::Table(..) => false,
            })
            .collect();
        if sources.is_empty() || spot.period == PeriodKind::Term {
            return self.leaf(unit, spot);
        }
        let source = self.tape.pick(&sources).clone();
        let part = self.reading(&source, spot);
        // A period that a key fixes has no previous one; a code before the term has no data.
        let coded = matches!(&part.formula.kind, Kind::Name(name) if name.keys.iter().any(|key| {
            self.world.measures.iter().any(|measure| measure.name == key.text)
        }));
        if part.finest.is_none() || coded {
            return part;
        }
        let mut arguments = vec![part.formula.clone()];
        if self.tape.chance(30) {
            arguments.push(bare(self.tape.word(&["2", "1", "12"])));
        }
        Part { absent: true, ..Part::join(&[&part], call("previous", arguments)) }
    }

    /// A flag that is read, asked of an axis, a code or the calendar, or compared with 0.
    pub fn flag_leaf(&mut self, spot: &Spot) -> Part {
        let mut found: Vec<Part> = Vec::new();
        let indices: Vec<usize> = (0..self.world.measures.len()).filter(|_| !spot.plain).collect();
        for index in indices {
            let measure = &self.world.measures[index];
            let fixed = measure.by.iter().all(|axis| self.world.fixes(&spot.fixed, axis));
            if !self.open_to(spot, &measure.by) {
                continue;
            }
            match measure.kind {
                // A mean of flags is a number.
                MeasureKind::Flag if measure.is_readable(spot.period) && measure.combine != Some("mean") => {
                    found.push(self.measure(index, spot));
                }
                MeasureKind::Code(axis) if measure.is_readable(spot.period) && fixed => {
                    let (name, per, absent) = (measure.name.clone(), measure.per, measure.may_be_absent());
                    let member = self.tape.pick(&self.world.members(&self.world.axes[axis].name)).clone();
                    let asked = formula(Kind::Is { name, key: key(&member) });
                    found.push(Part { absent, finest: Some(per), ..Part::of(asked) });
                }
                MeasureKind::Flag | MeasureKind::Code(_) | MeasureKind::Value(_) | MeasureKind::Ratio(_) => {}
            }
        }
        for (i, quantity) in self.world.quantities.iter().enumerate() {
            let readable = quantity.flag
                && !(spot.plain && quantity.observed)
                && !(spot.common && quantity.by_holder)
                && quantity.period.is_none_or(|period| spot.period <= period)
                && quantity.fixed.iter().all(|axis| self.world.fixes(&spot.fixed, axis));
            if readable {
                found.push(self.reading(&Source::Quantity(i), spot));
            }
        }
        found.extend(self.asked_of_axes(spot));
        let choice = self.tape.below(1 + found.len());
        match choice.checked_sub(1) {
            Some(choice) => found.swap_remove(choice),
            None => {
                let x = self.leaf(Unit::Pure, spot);
                Part::join(&[&x], binary(Operator::Greater, x.formula.clone(), bare("0")))
            }
        }
    }

    /// `axis is member` for what is fixed, and the same of the current period.
    fn asked_of_axes(&mut self, spot: &Spot) -> Vec<Part> {
        let above: BTreeSet<String> = spot.fixed.iter().flat_map(|axis| self.world.lineage(axis)).collect();
        let mut found = Vec::new();
        for axis in above {
            let member = self.tape.pick(&self.world.members(&axis)).clone();
            found.push(Part::of(formula(Kind::Is { name: axis, key: key(&member) })));
        }
        for kind in [PeriodKind::Month, PeriodKind::Quarter, PeriodKind::Year] {
            if spot.period <= kind {
                let asked = Kind::Is { name: kind.word().to_string(), key: self.period_key(kind) };
                found.push(Part { finest: Some(kind), ..Part::of(formula(asked)) });
            }
        }
        found
    }
}

/// All names that a formula mentions: declared ones, keys, functions and clauses alike.
pub fn names(of: &Formula, out: &mut BTreeSet<String>) {
    match &of.kind {
        Kind::Name(name) => {
            out.insert(name.name.clone());
            out.extend(name.keys.iter().map(|key| key.text.clone()));
        }
        Kind::Is { name, .. } => drop(out.insert(name.clone())),
        Kind::Call { function, .. } => drop(out.insert(function.clone())),
        Kind::Aggregate { over, .. } => out.extend(over.within.iter().map(|name| name.text.clone())),
        Kind::Number { .. }
        | Kind::Money { .. }
        | Kind::Absent
        | Kind::Not(_)
        | Kind::Negate(_)
        | Kind::Binary { .. }
        | Kind::If { .. }
        | Kind::Else { .. }
        | Kind::Round { .. } => {}
    }
    for part in of.parts() {
        names(part, out);
    }
}
