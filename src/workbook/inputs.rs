//! The inputs: a cell for each observed number, with file and row, that may be changed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::calculation::{Calculation, Draft, Label};
use super::number::{Known, Number, fits, scaled};
use super::sheet::{Cell, Sheet, Style};
use crate::Model;
use crate::bind::{Facts, Lane, Source};
use crate::num::{Exact, Range as Admitted};
use crate::plan::{FactId, FactSpec, Lacking, NodeId, Op, Part, Plan, PlanNodes};

/// What the check of an empty cell says where carepact would refuse to state.
pub(super) const MISSING: &str = "missing";

/// Decimal places that an input without a declared step may have.
const PLACES_LEAST: usize = 2;

const COLUMNS: [(&str, u32); 15] = [
    ("What is observed", 30),
    ("Period", 11),
    ("For", 22),
    ("Part", 12),
    ("Holder", 12),
    ("Value", 17),
    ("Unit", 11),
    ("File", 38),
    ("Row", 7),
    ("Submission", 12),
    ("Least", 12),
    ("Most", 14),
    ("In steps of", 12),
    ("Check", 20),
    ("Name of the cell", 44),
];

/// An observed number in its cell.
#[derive(Debug, Clone)]
pub(super) struct Input {
    /// Its row.
    pub row: usize,
    /// The step that the calculation reads it in.
    pub step: Exact,
    /// The name of the cell.
    pub name: String,
}

/// All inputs.
#[derive(Debug)]
pub(super) struct Inputs {
    pub sheet: Sheet,
    /// By fact and holder; what all holders share is of the first.
    by_fact: BTreeMap<(usize, usize), Input>,
    specs: Vec<FactSpec>,
    /// By holder and fact.
    values: Vec<Vec<Exact>>,
    holders: Vec<Option<String>>,
    /// By holder and fact, whether nothing that is stated reads it.
    unread: Vec<Vec<bool>>,
    /// Names of cells, which differ by more than capitals.
    taken: BTreeSet<String>,
}

impl Inputs {
    /// The facts of some holders that are needed.
    pub fn of(model: &Model, facts: &Facts, lanes: Range<usize>, needed: &[bool]) -> Inputs {
        let plan = model.plan();
        let lanes = &facts.lanes[lanes];
        let notes = [
            "Values in a frame may be changed, and every amount follows. An empty cell is an observation that is \
             not there."
                .to_string(),
            "The check says when a value is outside what the contract admits, or finer than the step it is \
             read in."
                .to_string(),
        ];
        let mut inputs = Inputs {
            sheet: Sheet::new("Inputs", "Inputs: what was observed", &notes, &COLUMNS),
            by_fact: BTreeMap::new(),
            specs: plan.facts().to_vec(),
            values: lanes.iter().map(|lane| lane.values.clone()).collect(),
            holders: lanes.iter().map(|lane| lane.holder.clone()).collect(),
            unread: lanes.iter().map(unread).collect(),
            taken: BTreeSet::new(),
        };
        inputs.sheet.side = 1;
        inputs.sheet.printed = 10;
        let observed = |(fact, _): &(usize, NodeId)| plan.facts()[*fact].agreed.is_none();
        let read: Vec<(usize, NodeId)> = read(plan, needed).filter(observed).collect();
        let observation = |spec: &FactSpec| (spec.measure.clone(), spec.period.0, spec.members.clone());
        let specs = read.iter().map(|(fact, _)| &plan.facts()[*fact]);
        let with_cell: BTreeSet<_> = specs.filter(|spec| spec.part != Part::Given).map(observation).collect();
        for (fact, node) in read {
            let spec = &plan.facts()[fact];
            // Whether a number is given is seen from its cell, when it has one.
            if spec.part == Part::Given && with_cell.contains(&observation(spec)) {
                continue;
            }
            let count = if spec.by_holder { lanes.len() } else { 1 };
            for (index, lane) in lanes.iter().enumerate().take(count) {
                let source = (&lane.values[fact], &lane.sources[fact]);
                inputs.add(model, (fact, index), source, node);
            }
        }
        inputs
    }

    fn add(
        &mut self,
        model: &Model,
        (fact, lane): (usize, usize),
        (value, source): (&Exact, &Source),
        node: NodeId,
    ) {
        let spec = self.specs[fact].clone();
        let holder = self.holders[lane].clone().filter(|_| spec.by_holder);
        let holder = holder.as_deref();
        let row = self.sheet.next_row();
        let given = spec.part == Part::Given;
        let value = match source {
            Source::Row { .. } => Some(value.clone()),
            Source::Missing | Source::Unneeded => Some(value.clone()).filter(|_| given),
        };
        let step = step_of(&spec, value.as_ref());
        let name = self.name(&spec, holder);
        let measure = model.contract().measures.iter().find(|measure| measure.name == spec.measure);
        let title = measure.and_then(|measure| measure.title.clone()).unwrap_or(spec.measure.clone());
        let members: Vec<&str> = spec.members.iter().map(|(_, member)| member.as_str()).collect();
        let (file, place, submission) = match source {
            Source::Row { file, row, submission } => (file.to_string(), Some(*row), submission.to_string()),
            Source::Missing | Source::Unneeded => ("no observation".to_string(), None, String::new()),
        };
        let place = place.and_then(|row| i64::try_from(row).ok()).map(Exact::from);
        let input = Cell {
            style: Style::Input,
            ..value.as_ref().map_or_else(Cell::empty, |value| Cell::number(value, Style::Input))
        };
        let unit = if spec.codes.is_empty() {
            model.plan().origin(node).unit.to_string()
        } else {
            format!("place in {}", spec.codes.join(", "))
        };
        self.sheet.rows.push(vec![
            Cell::text(title),
            Cell::text(spec.period.1.as_str()),
            Cell::text(members.join(", ")),
            Cell::text(part_words(spec.part)),
            Cell::text(holder.unwrap_or_default()),
            input,
            Cell::text(unit),
            Cell::text(file),
            place.map_or_else(Cell::empty, |row| Cell::number(&row, Style::Whole)),
            Cell::text(submission),
            Cell::number(&spec.range.least, Style::Plain),
            Cell::number(&spec.range.most, Style::Plain),
            Cell::number(&step, Style::Plain),
            check(&format!("F{row}"), Some(&spec.range), value.as_ref(), (&step, absent(&spec, source))),
            Cell::text(name.as_str()),
        ]);
        self.by_fact.insert((fact, lane), Input { row, step, name });
    }

    /// The name of a holder.
    pub fn holder(&self, lane: usize) -> Option<&str> {
        self.holders.get(lane)?.as_deref()
    }

    /// The cell of a fact of a holder.
    fn input(&self, fact: usize, lane: usize) -> Option<&Input> {
        self.by_fact.get(&(fact, lane)).or_else(|| self.by_fact.get(&(fact, 0)))
    }

    fn unread(&self, fact: usize, lane: usize) -> bool {
        self.specs[fact].agreed.is_none() && self.unread[lane][fact]
    }

    /// Names of cells with the cells.
    pub fn names(&self) -> Vec<(String, String)> {
        self.by_fact.values().map(|input| (input.name.clone(), format!("Inputs!$F${}", input.row))).collect()
    }

    /// The rows of the inputs, first and last.
    pub fn rows(&self) -> Option<(usize, usize)> {
        let rows = || self.by_fact.values().map(|input| input.row);
        rows().min().zip(rows().max())
    }

    fn name(&mut self, spec: &FactSpec, holder: Option<&str>) -> String {
        let members = spec.members.iter().map(|(_, member)| member.as_str());
        let part = (spec.part != Part::Value).then_some(part_words(spec.part));
        let words = [spec.measure.as_str(), spec.period.1.as_str()].into_iter();
        let words: Vec<&str> = words.chain(members).chain(holder).chain(part).collect();
        free_name(&mut self.taken, &format!("in_{}", words.join("_")))
    }
}

/// A name for a cell that no other has.
pub(super) fn free_name(taken: &mut BTreeSet<String>, words: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: String = words.chars().map(plain).take(200).collect();
    let mut free = name.clone();
    let mut number = 2;
    while !taken.insert(free.to_ascii_lowercase()) {
        free = format!("{name}_{number}");
        number += 1;
    }
    free
}

/// For each fact whether nothing that is stated reads it.
fn unread(lane: &Lane) -> Vec<bool> {
    lane.sources.iter().map(|source| *source == Source::Unneeded).collect()
}

/// The facts that are needed, each with its node.
pub(super) fn read<'p>(plan: &'p Plan, needed: &'p [bool]) -> impl Iterator<Item = (usize, NodeId)> + 'p {
    let mut seen = vec![false; plan.facts().len()];
    let nodes = plan.nodes().iter().enumerate().filter(|(index, _)| needed[*index]);
    nodes.filter_map(move |(index, node)| {
        let Op::Fact(fact) = &node.op else { return None };
        let fact = fact.0 as usize;
        let first = !std::mem::replace(&mut seen[fact], true);
        first.then(|| (fact, NodeId(u32::try_from(index).unwrap_or(u32::MAX))))
    })
}

fn part_words(part: Part) -> &'static str {
    match part {
        Part::Value => "value",
        Part::Numerator => "numerator",
        Part::Denominator => "denominator",
        Part::Given => "given",
    }
}

/// The declared step, where the number lies on it; else as many decimal places as it has.
fn step_of(spec: &FactSpec, value: Option<&Exact>) -> Exact {
    let declared = spec.range.step.clone().filter(|step| step.sign() > 0);
    let on_it = |step: &Exact| {
        value.is_none_or(|value| value.checked_div(step).is_some_and(|steps| steps.is_whole()))
    };
    declared.filter(on_it).unwrap_or_else(|| {
        let places = value.and_then(Exact::decimal_places).unwrap_or(PLACES_LEAST).max(PLACES_LEAST);
        Exact::scaled(1, u32::try_from(places).unwrap_or(0))
    })
}

/// How many steps a cell is.
fn in_steps(cell: &str, step: &Exact) -> String {
    scaled(cell, &Exact::ONE.checked_div(step).unwrap_or(Exact::ONE))
}

/// What an empty cell is called: missing, where carepact would refuse to state.
fn absent(spec: &FactSpec, source: &Source) -> &'static str {
    match (&spec.lacking, source) {
        (Lacking::Refused, Source::Row { .. } | Source::Missing) => MISSING,
        (Lacking::Refused, Source::Unneeded) | (Lacking::Told(_) | Lacking::Counts(_), _) => "ok, not given",
    }
}

/// Says whether a cell holds an admissible number, in the step it is read in.
pub(super) fn check(
    cell: &str,
    range: Option<&Admitted>,
    value: Option<&Exact>,
    (step, absent): (&Exact, &str),
) -> Cell {
    let steps = in_steps(cell, step);
    let on_grid = format!("IF(ABS({steps}-ROUND({steps},0))<0.001,\"ok\",\"finer than its step\")");
    let row = &cell[1..];
    let admitted = match range {
        Some(_) => format!("IF(AND({cell}>=K{row},{cell}<=L{row}),{on_grid},\"outside the range\")"),
        None => on_grid,
    };
    let formula = format!("IF(ISNUMBER({cell}),{admitted},\"{absent}\")");
    let within = |value: &Exact| range.is_none_or(|range| *value >= range.least && *value <= range.most);
    let inside = value.is_none_or(within);
    let shown = match (value, inside) {
        (Some(_), true) => "ok",
        (Some(_), false) => "outside the range",
        (None, _) => absent,
    };
    Cell::words(&formula, shown, Style::Check)
}

impl Calculation<'_> {
    /// An observed number as a whole number of its step.
    pub fn fact(&mut self, label: &Label, fact: FactId) -> Number {
        let index = fact.0 as usize;
        let spec = &self.inputs.specs[index];
        let value = &self.inputs.values[self.lane][index];
        let (cell, step) = match (self.terms.cell(index), self.inputs.input(index, self.lane)) {
            (Some(term), _) => (format!("Parameters!D{}", term.row), &term.step),
            (None, Some(input)) => (format!("Inputs!F{}", input.row), &input.step),
            (None, None) => return self.given(label, index),
        };
        let label = &if spec.agreed.is_some() { label.step("agreed".to_string()) } else { label.clone() };
        let row = self.next_row();
        // What is not read as things are agreed stands empty.
        let unread = self.inputs.unread(index, self.lane);
        let stand_in = match &spec.lacking {
            Lacking::Refused => unread.then(|| value.clone()),
            Lacking::Told(value) | Lacking::Counts(value) => Some(value.clone()),
        };
        let step = match &stand_in {
            Some(stand_in) if spec.part != Part::Given => step.common_step(stand_in),
            Some(_) | None => step.clone(),
        };
        let steps = in_steps(&cell, &step);
        let count = |value: &Exact| value.checked_div(&step).filter(|count| count.is_whole() && fits(count));
        let rounded = format!("ROUND({steps},0)");
        let formula = match stand_in.as_ref().and_then(count) {
            Some(count) => format!("IF(ISNUMBER({cell}),{rounded},{count})"),
            None => format!("IF(ISNUMBER({cell}),{rounded},0)"),
        };
        let refused = spec.lacking == Lacking::Refused;
        let on_grid = format!("IF(ISNUMBER({cell}),ABS({steps}-F{row})<0.001,TRUE)");
        let missing = refused.then(|| (format!("NOT(ISNUMBER({cell}))"), unread));
        let draft = Draft {
            conditions: vec![(on_grid, true)],
            reason: "an input is finer than the step it is read in",
            missing: missing.clone(),
            ..Draft::default()
        };
        let found = count(value)
            .and_then(|n| self.whole_row(label, (Known::new(formula, n), step.clone()), &[], draft));
        found.unwrap_or_else(|| {
            let scale = (Known::new("0", Exact::ZERO), Known::new(format!("ABS({cell})"), value.abs()));
            let draft = Draft { missing, ..Draft::default() };
            self.decimal_row(label, Known::new(cell, value.clone()), scale, &[], draft)
        })
    }

    /// Whether there is an observation: 1 or 0.
    fn given(&mut self, label: &Label, fact: usize) -> Number {
        let spec = &self.inputs.specs[fact];
        let same = |other: &FactSpec| {
            other.measure == spec.measure && other.period == spec.period && other.members == spec.members
        };
        let mut others = (0..self.inputs.specs.len()).filter(|other| same(&self.inputs.specs[*other]));
        let found = others.find_map(|other| self.inputs.input(other, self.lane));
        let value = self.inputs.values[self.lane][fact].clone();
        let formula = found
            .map_or_else(|| value.to_string(), |input| format!("IF(ISNUMBER(Inputs!F{}),1,0)", input.row));
        let label = label.step("1 where it is given".to_string());
        let row = self.whole_row(&label, (Known::new(formula, value), Exact::ONE), &[], Draft::default());
        row.expect("0 and 1 are small")
    }
}
