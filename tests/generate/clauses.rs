//! Quantities, clauses of every kind, and groups.

use std::collections::BTreeSet;

use carepact::calendar::PeriodKind;
use carepact::formula::{Formula, Kind, Operator};

use super::head::PERIODS;
use super::read::names;
use super::sides;
use super::tape::Tape;
use super::tree::Tree;
use super::world::{Clause, Group, MeasureKind, Quantity, Unit, World};
use super::write::{Part, Spot, Writer, bare, binary, call, either, formula, plain_name};

/// Axes that a quantity or clause is for.
fn fixed_axes(world: &World, tape: &mut Tape<'_>, most: usize) -> BTreeSet<String> {
    let names: Vec<String> = world.axes.iter().map(|axis| axis.name.clone()).collect();
    let mut chosen = tape.some(&names, 0);
    chosen.truncate(most);
    chosen.into_iter().collect()
}

pub fn quantity(world: &World, tape: &mut Tape<'_>) -> Quantity {
    let name = format!("q{}", world.quantities.len());
    let period = *tape.pick(&PERIODS);
    let mut fixed = fixed_axes(world, tape, 2);
    if tape.chance(10) {
        fixed.insert("party".to_string());
    }
    let unit = *tape.pick(&[Unit::Money, Unit::Pure, Unit::Money, Unit::Person, Unit::Item]);
    let flag = tape.chance(20);
    let common = world.many.is_some() && tape.chance(if world.of_holders { 15 } else { 40 });
    let spot = Spot { period, fixed, plain: false, common };
    let carried = !flag && period < PeriodKind::Term && tape.chance(15);
    let writer = &mut Writer { world, tape };
    let mut part = if flag { writer.flag(&spot, 3) } else { writer.value(unit, &spot, 3) };
    if carried {
        part = balance(&name, part);
    }
    if world.of_holders && tape.chance(50) {
        // Only what is always there makes a peer group.
        part = part.given_or(bare("0"));
    }
    let shown = tape.chance(30);
    declared(world, &spot, (unit, flag), part, shown, tape)
}

/// A statistic over holders that statements show.
pub fn statistic(world: &World, many: &str, tape: &mut Tape<'_>) -> Quantity {
    let period = *tape.pick(&PERIODS);
    let fixed = fixed_axes(world, tape, 1);
    let spot = Spot { period, fixed, plain: false, common: false };
    let form = tape.below(10);
    let unit = if form < 7 { *tape.pick(&[Unit::Money, Unit::Person, Unit::Item]) } else { Unit::Pure };
    let (flag, depth) = (form == 7, tape.below(2));
    let writer = &mut Writer { world, tape };
    let (over, inner) = writer.over_holders(many, &spot);
    let part = match form {
        0..=6 => writer.statistic(unit, over, &inner, depth),
        7 => {
            let body = writer.flag(&inner, depth + 1);
            let function = writer.tape.word(&["all", "any"]);
            writer.aggregated(function, body, over, &inner)
        }
        8 => writer.rank(&spot, depth),
        _ => writer.pooled(&spot),
    };
    declared(world, &spot, (unit, flag), part, true, tape)
}

fn declared(
    world: &World,
    spot: &Spot,
    (unit, flag): (Unit, bool),
    part: Part,
    shown: bool,
    tape: &mut Tape<'_>,
) -> Quantity {
    let name = format!("q{}", world.quantities.len());
    let (period, fixed) = (spot.period, spot.fixed.clone());
    let states_period = part.mentions || part.finest != Some(period) || tape.chance(50);
    let carries_all = tape.chance(50);
    let mut json = Tree::object(vec![("is", Tree::text(part.formula.to_string()))]);
    if states_period {
        json.put("per", Tree::text(period.word()));
    }
    if carries_all && !fixed.is_empty() {
        json.put("by", Tree::texts(&fixed.iter().collect::<Vec<_>>()));
    }
    if !flag && unit != Unit::Pure && tape.chance(30) {
        json.put("unit", Tree::text(unit.text(&world.currency)));
    }
    if shown {
        json.put("shown", Tree::Bool(true));
    }
    let json = match (&json, json.get("per"), json.get("by"), json.get("unit")) {
        (Tree::Object(members), None, None, None) if !shown && tape.chance(70) => members[0].1.clone(),
        _ => json,
    };
    let observed = is_observed(world, &part.formula);
    let by_holder = world.differs(&part.formula);
    let (absent, formula, period) = (part.absent, part.formula, Some(period));
    Quantity {
        name,
        flag,
        unit,
        fixed,
        carries_all,
        period,
        absent,
        observed,
        by_holder,
        shown,
        formula,
        json,
    }
}

/// A balance that is carried from period to period.
fn balance(name: &str, part: Part) -> Part {
    let before = either(call("previous", vec![plain_name(name)]), bare("0"));
    let carried = binary(Operator::Add, before, part.formula.clone());
    Part { formula: carried, ..part }
}

/// True when a measure or a clause is behind a formula.
fn is_observed(world: &World, of: &Formula) -> bool {
    let mut found = BTreeSet::new();
    names(of, &mut found);
    found.contains("paid")
        || found.contains("net")
        || world.measures.iter().any(|measure| found.contains(&measure.name))
        || world.quantities.iter().any(|quantity| quantity.observed && found.contains(&quantity.name))
}

/// The kinds of clause, those without promises first.
const KINDS: [&str; 12] = [
    "payment",
    "adjustment",
    "flow_down",
    "gain_share",
    "capitation",
    "year_of_care",
    "activity",
    "withhold",
    "limit",
    "block",
    "incentive",
    "penalty",
];

pub fn clause(world: &mut World, tape: &mut Tape<'_>) {
    let name = format!("c{}", world.clauses.len());
    let kind = tape.word(&KINDS);
    let per = *tape.pick(&PERIODS);
    let mut lines: Vec<String> = fixed_axes(world, tape, 2).into_iter().collect();
    if let [a, b] = &lines[..]
        && (world.lineage(a).contains(b) || world.lineage(b).contains(a))
    {
        // Lines are by one of two axes that lie within each other.
        lines.truncate(1);
    }
    let lines = tape.shuffled(&lines);
    let fixed = lines.iter().cloned().collect();
    let mut spot = Spot { period: per, fixed, plain: kind == "block", common: false };
    let sides = sides::sides(world, &name, &spot, tape);
    if sides.each {
        spot.fixed.insert("party".to_string());
    }
    let paid_to_many = sides.payers.iter().chain(&sides.payees).any(|party| world.is_many(party));
    spot.common = sides.shared || (world.many.is_some() && !paid_to_many && tape.chance(50));
    let follows = kind != "incentive" && kind != "penalty" || !outcomes(world, &spot).is_empty();
    let kind = if follows { kind } else { "payment" };
    let mut amount = Writer { world, tape }.amount(kind, &spot);
    let mut gate = None;
    if KINDS[..4].contains(&kind)
        && tape.chance(15)
        && let Some((guard, share)) = (Writer { world, tape }).gate_and_share(&spot)
    {
        amount = amount.with(Operator::Multiply, &share);
        gate = Some(guard.formula);
    }
    let mut formulas = sides.formulas.clone();
    let mut json = Tree::object(vec![("kind", Tree::text(kind)), ("from", sides.from), ("to", sides.to)]);
    if let Some(through) = sides.through {
        json.put("through", Tree::text(through));
    }
    json.put("per", Tree::text(per.word()));
    if !lines.is_empty() {
        json.put("lines", Tree::texts(&lines));
    }
    let amount = gated(world, (amount, gate), &spot, &mut json, &mut formulas, tape);
    formulas.push(amount.clone());
    json.put("amount", Tree::text(amount.to_string()));
    if tape.chance(20) {
        let multiples = if world.places == 0 { ["1", "5", "10", "1"] } else { ["1", "0.1", "5", "0.25"] };
        json.put("round", Tree::text(tape.word(&multiples)));
    }
    let windows =
        if per < PeriodKind::Year { [PeriodKind::Year, PeriodKind::Term] } else { [PeriodKind::Term; 2] };
    let cumulative = (per < PeriodKind::Term && tape.chance(25)).then(|| *tape.pick(&windows));
    if let Some(window) = cumulative {
        json.put("cumulative", Tree::text(window.word()));
    }
    if let Some(residue) = sides.residue {
        json.put("residue", Tree::text(residue));
    }
    if !sides.limited && !sides.observed && tape.chance(20) {
        json.put("on_account", on_account(world, &spot, &mut formulas, tape));
    }
    if tape.chance(15) {
        let terms = vec![("after_months", Tree::number(tape.below(5))), ("data", Tree::text("freeze"))];
        json.put("settles", Tree::object(terms));
    }
    extent(world, per, &mut json, tape);
    let by_holder = paid_to_many || formulas.iter().any(|formula| world.differs(formula));
    world.clauses.push(Clause {
        name,
        per,
        payers: sides.payers,
        payees: sides.payees,
        formulas,
        tables: sides.tables,
        cumulative,
        limited: sides.limited,
        by_holder,
        json,
    });
}

/// Measures with `better` that can be read in a period of this length.
fn outcomes(world: &World, spot: &Spot) -> Vec<usize> {
    let follows = |index: &usize| {
        let measure = &world.measures[*index];
        let number = !matches!(measure.kind, MeasureKind::Code(_));
        let open = !(spot.common && world.name_differs(&measure.name));
        measure.has_better && number && open && measure.is_readable(spot.period)
    };
    (0..world.measures.len()).filter(follows).collect()
}

/// Adds a gate, and says what counts where the amount is absent.
fn gated(
    world: &World,
    (amount, gate): (Part, Option<Formula>),
    spot: &Spot,
    json: &mut Tree,
    formulas: &mut Vec<Formula>,
    tape: &mut Tape<'_>,
) -> Formula {
    let zero = formula(Kind::Money { currency: world.currency.clone(), value: carepact::Exact::ZERO });
    let asks = gate.is_none() && amount.absent && tape.chance(25);
    let gate = if gate.is_some() {
        gate
    } else if asks {
        // A gate that asks for the amount makes `else` needless.
        Some(call("given", vec![amount.formula.clone()]))
    } else {
        let flag = |tape: &mut Tape<'_>| Writer { world, tape }.flag(spot, 2).given_or(bare("0")).formula;
        (!spot.plain && tape.chance(25)).then(|| flag(tape))
    };
    if let Some(gate) = gate {
        json.put("when", Tree::text(gate.to_string()));
        formulas.push(gate);
    }
    if asks { amount.formula } else { amount.given_or(zero).formula }
}

/// First and last period, and status.
fn extent(world: &World, per: PeriodKind, json: &mut Tree, tape: &mut Tape<'_>) {
    if tape.chance(20) {
        let periods = world.calendar.all(per);
        let first = tape.below(periods.len());
        let last = first + tape.below(periods.len() - first);
        let keys = [periods[first], periods[last]].map(|period| world.calendar.key(period));
        json.put("active", Tree::texts(&keys));
    }
    if tape.chance(15) {
        json.put("status", Tree::text(tape.word(&["live", "shadow", "reporting"])));
    } else if per < PeriodKind::Term && tape.chance(10) {
        // Over the term the language does not say which year counts.
        let years = world.members("year");
        let open = |year: &String| if tape.chance(50) { format!("{year}..") } else { year.clone() };
        let keys: Vec<String> = years.iter().take(1).map(open).collect();
        let each = keys.into_iter().map(|key| (key, Tree::text(tape.word(&["shadow", "reporting"]))));
        let each = each.collect();
        json.put("status", Tree::object(each));
    }
}

fn on_account(world: &World, spot: &Spot, formulas: &mut Vec<Formula>, tape: &mut Tape<'_>) -> Tree {
    let each: Vec<PeriodKind> = PeriodKind::ALL.into_iter().filter(|kind| *kind <= spot.period).collect();
    let each = *tape.pick(&each);
    let total = tape.chance(40);
    let period = if total { spot.period } else { each };
    let at = Spot { period, ..spot.clone() };
    let zero = formula(Kind::Money { currency: world.currency.clone(), value: carepact::Exact::ZERO });
    let amount = Writer { world, tape }.value(Unit::Money, &at, 2).given_or(zero).formula;
    let field = if total { "total" } else { "amount" };
    let mut terms =
        Tree::object(vec![("each", Tree::text(each.word())), (field, Tree::text(amount.to_string()))]);
    formulas.push(amount);
    if tape.chance(50) {
        terms.put("day", Tree::number(1 + tape.below(31)));
    }
    terms
}

/// A group of clauses and groups that are there.
pub fn group(world: &mut World, tape: &mut Tape<'_>) {
    let mut items: Vec<String> = world.clauses.iter().map(|clause| clause.name.clone()).collect();
    items.extend(world.groups.iter().map(|group| group.name.clone()));
    if items.is_empty() {
        return;
    }
    let mut clauses: Vec<String> = Vec::new();
    let mut chosen: Vec<String> = Vec::new();
    for item in tape.some(&items, 1) {
        let own: Vec<String> = world.clauses_of(&item).iter().map(|clause| clause.name.clone()).collect();
        // A group is a set; the oracle would count twice what is named twice.
        if !own.iter().any(|clause| clauses.contains(clause)) {
            clauses.extend(own);
            chosen.push(item);
        }
    }
    world.groups.push(Group { name: format!("g{}", world.groups.len()), clauses, items: chosen });
}

impl Writer<'_, '_> {
    /// An amount of money that keeps what its kind promises.
    fn amount(&mut self, kind: &str, spot: &Spot) -> Part {
        match kind {
            "capitation" | "year_of_care" | "activity" => self.rising(spot),
            "withhold" | "limit" | "block" => {
                let amount = self.value(Unit::Money, spot, 3);
                Part::calling("max", &[&Part::of(bare("0")), &amount])
            }
            "incentive" | "penalty" => self.outcome(spot),
            _ => self.value(Unit::Money, spot, 4),
        }
    }

    /// Counts times prices, added up: it rises with the counts.
    fn rising(&mut self, spot: &Spot) -> Part {
        let first = self.count_times_price(spot, 0);
        let second = self.count_times_price(spot, 0);
        match self.tape.below(4) {
            0 => first,
            1 => first.with(Operator::Add, &second),
            2 => Part::calling(self.tape.word(&["max", "min"]), &[&first, &second]),
            _ => {
                let share = bare(self.tape.word(&["50%", "1.25", "0"]));
                Part::of(share).with(Operator::Multiply, &first)
            }
        }
    }

    /// Never negative, and dependent on a measure with `better` where there is one.
    fn outcome(&mut self, spot: &Spot) -> Part {
        let money = self.value(Unit::Money, spot, 2);
        let money = Part::calling("max", &[&Part::of(bare("0")), &money]);
        let readable = outcomes(self.world, spot);
        let index = *self.tape.pick(&readable);
        let outcome = self.measure(index, spot);
        let ends = *self.tape.pick(&[("0", "1"), ("75%", "20%"), ("3", "50")]);
        let score = Part::calling("score", &[&outcome, &Part::of(bare(ends.0)), &Part::of(bare(ends.1))]);
        money.with(Operator::Multiply, &score)
    }
}
