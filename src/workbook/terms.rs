//! Agreed numbers as cells: the sheet of parameters, and the model whose plan keeps them apart.

use std::collections::{BTreeMap, BTreeSet};

use super::inputs::{check, free_name, read};
use super::sheet::{Cell, Sheet, Style};
use crate::Model;
use crate::bind::{Facts, Lane, Source};
use crate::calendar::Period;
use crate::contract::Contract;
use crate::num::Exact;
use crate::plan::{Agreed, FactSpec, Lacking, NodeId, Part};

/// What tells one observed number from all others.
type Key = (String, Period, Vec<(String, String)>, Part);

fn key(spec: &FactSpec) -> Key {
    (spec.measure.clone(), spec.period.0, spec.members.clone(), spec.part)
}

/// The model whose plan keeps agreed numbers apart, with the facts of another: nothing where a rule needs
/// one of them to be fixed.
pub(super) fn kept_apart(model: &Model, facts: &Facts) -> Option<(Model, Facts)> {
    let plan = crate::lower::lower_with_terms(&model.contract)?;
    let known: BTreeMap<Key, usize> =
        model.plan.facts().iter().enumerate().map(|(index, spec)| (key(spec), index)).collect();
    let places: Vec<Option<usize>> = plan.facts().iter().map(|spec| known.get(&key(spec)).copied()).collect();
    let lane = |lane: &Lane| {
        let each = plan.facts().iter().zip(&places).map(|(spec, place)| match place {
            Some(place) => (lane.values[*place].clone(), lane.sources[*place].clone()),
            None => (stand_in(spec), Source::Unneeded),
        });
        let (values, sources) = each.unzip();
        Lane { holder: lane.holder.clone(), is_empty_of_holders: lane.is_empty_of_holders, values, sources }
    };
    let facts = Facts {
        selection: facts.selection.clone(),
        as_of: facts.as_of,
        lanes: facts.lanes.iter().map(lane).collect(),
    };
    let (contract, warnings) = (model.contract.clone(), Vec::new());
    Some((Model { contract, plan, warnings }, facts))
}

/// The agreed number; of what was observed and is not read as things are agreed, any admissible one.
fn stand_in(spec: &FactSpec) -> Exact {
    match &spec.lacking {
        Lacking::Told(value) | Lacking::Counts(value) if spec.agreed.is_none() => value.clone(),
        Lacking::Refused | Lacking::Told(_) | Lacking::Counts(_) => spec.range.least.clone(),
    }
}

/// The cell of an agreed number.
#[derive(Debug, Clone)]
pub(super) struct Term {
    /// Its row.
    pub row: usize,
    /// The step that the calculation reads it in.
    pub step: Exact,
    name: String,
}

/// The sheet of parameters.
pub(super) struct Terms {
    pub sheet: Sheet,
    by_fact: BTreeMap<usize, Term>,
    taken: BTreeSet<String>,
}

const COLUMNS: [(&str, u32); 13] = [
    ("What", 42),
    ("For", 24),
    ("Rule", 38),
    ("Value", 20),
    ("Unit", 13),
    ("Whole number", 20),
    ("Over", 13),
    ("In steps of", 12),
    ("Check", 20),
    ("Name of the cell", 44),
    ("Size, or error", 18),
    ("Sure", 7),
    ("Place in the contract", 50),
];

const CELLS_MAY_BE_CHANGED: [&str; 4] = [
    "The first table holds the tables of the contract as they are written, the second the numbers that stand in \
     its formulas and fixed shares.",
    "Values in a frame may be changed, and every amount follows, as if the contract had been agreed so; other \
     cells are not read by this statement.",
    "The last table holds what the calendar says, and numbers that a rule needs to be fixed. So do curves, \
     limits of rounding and what counts when data are missing: change the contract for these.",
    "“Place” is where it stands in the contract.",
];

const CELLS_ARE_FIXED: [&str; 4] = [
    "The first table holds the tables of the contract as they are written. Where a formula multiplies by a \
     number, its rule says which.",
    "The last holds the agreed numbers that the calculation reads as cells, and amounts that follow from \
     agreed numbers alone.",
    "To change an agreed number, change the contract and write the workbook again: many formulas hold several \
     of them in one.",
    "“Place” is where it stands in the contract.",
];

impl Terms {
    /// The agreed numbers of a model; those that what is needed reads may be changed.
    pub fn of(model: &Model, needed: &[bool], kept_apart: bool) -> Terms {
        let notes = if kept_apart { CELLS_MAY_BE_CHANGED } else { CELLS_ARE_FIXED }.map(str::to_string);
        let sheet = Sheet::new("Parameters", "Parameters: what was agreed", &notes, &COLUMNS);
        let mut terms = Terms { sheet, by_fact: BTreeMap::new(), taken: BTreeSet::new() };
        terms.sheet.side = 1;
        terms.sheet.printed = 8;
        terms.sheet.filter = false;
        let facts = model.plan.facts();
        let read: BTreeMap<&Agreed, (usize, NodeId)> = read(&model.plan, needed)
            .filter_map(|(fact, node)| facts[fact].agreed.as_ref().map(|agreed| (agreed, (fact, node))))
            .collect();
        terms.section("Tables of the contract");
        for written in as_written(&model.contract) {
            let fact = read.get(&written.agreed).map(|(fact, _)| *fact);
            terms.push(written, fact.map(|fact| (fact, &facts[fact])));
        }
        let others = read.values().filter(|(fact, _)| !is_cell(&facts[*fact]));
        let mut others: Vec<(usize, NodeId)> = others.copied().collect();
        others.sort_by_key(|(_, node)| *node);
        if !others.is_empty() {
            terms.sheet.rows.push(Vec::new());
            terms.section("Numbers in formulas, and fixed shares");
        }
        for (fact, node) in others {
            let origin = model.plan.origin(node);
            let Some(agreed) = facts[fact].agreed.clone() else { continue };
            let written = Written {
                agreed,
                name: origin.what.to_string(),
                what: origin.what.to_string(),
                context: String::new(),
                value: facts[fact].range.least.clone(),
                unit: origin.unit.to_string(),
                place: origin.place.pointer.to_string(),
            };
            terms.push(written, Some((fact, &facts[fact])));
        }
        terms.sheet.rows.push(Vec::new());
        terms.section(if kept_apart {
            "Numbers that are fixed here"
        } else {
            "Agreed numbers of the calculation, and amounts that follow from agreed numbers alone"
        });
        terms
    }

    fn section(&mut self, what: &str) {
        self.sheet.rows.push(vec![Cell::styled(what, Style::Section)]);
    }

    fn push(&mut self, written: Written, fact: Option<(usize, &FactSpec)>) {
        let row = self.sheet.next_row();
        let mut cells = vec![
            Cell::text(written.what.as_str()),
            Cell::text(written.context.as_str()),
            Cell::text("agreed, as written"),
            Cell::number(&written.value, Style::Number),
            Cell::text(written.unit),
        ];
        cells.extend((cells.len()..COLUMNS.len() - 1).map(|_| Cell::empty()));
        cells.push(Cell::text(written.place));
        if let Some((fact, spec)) = fact {
            let step = spec.range.step.clone().unwrap_or(Exact::ONE);
            let words = [written.name.as_str(), written.context.as_str()];
            let words = words.into_iter().filter(|word| !word.is_empty());
            let name = format!("agreed_{}", words.collect::<Vec<_>>().join("_"));
            let name = free_name(&mut self.taken, &name);
            cells[3].style = Style::Input;
            cells[7] = Cell::number(&step, Style::Plain);
            cells[8] = check(&format!("D{row}"), None, Some(&written.value), (&step, "missing"));
            cells[9] = Cell::text(name.as_str());
            self.by_fact.insert(fact, Term { row, step, name });
        }
        self.sheet.rows.push(cells);
    }

    /// The cell of a fact that is an agreed number.
    pub fn cell(&self, fact: usize) -> Option<&Term> {
        self.by_fact.get(&fact)
    }

    /// Names of cells with the cells.
    pub fn names(&self) -> Vec<(String, String)> {
        self.by_fact.values().map(|term| (term.name.clone(), format!("Parameters!$D${}", term.row))).collect()
    }

    /// The cells that say whether numbers are in order; nothing where none may be changed.
    pub fn checks(&self) -> Option<String> {
        let rows = || self.by_fact.values().map(|term| term.row);
        rows().min().zip(rows().max()).map(|(first, last)| format!("Parameters!I{first}:I{last}"))
    }

    /// How many rows stand above the numbers that are fixed.
    pub fn rows_above_fixed(&self) -> usize {
        self.sheet.rows.len()
    }
}

fn is_cell(spec: &FactSpec) -> bool {
    matches!(spec.agreed, Some(Agreed::Cell { .. }))
}

/// A number as the contract writes it.
struct Written {
    agreed: Agreed,
    name: String,
    what: String,
    context: String,
    value: Exact,
    unit: String,
    place: String,
}

/// The cells of the tables of a contract.
fn as_written(contract: &Contract) -> Vec<Written> {
    let mut rows = Vec::new();
    for (index, table) in contract.tables.iter().enumerate() {
        for (place, column) in table.columns.iter().enumerate() {
            let name = column.name.as_ref().map_or(String::new(), |name| format!(".{name}"));
            let title = table.title.as_ref().map_or(String::new(), |title| format!(": {title}"));
            let unit = if column.unit.is_pure() { String::new() } else { column.unit.to_string() };
            let mut push = |members: Option<&Vec<i32>>, value: &Exact| {
                let names = table.by.iter().zip(members.into_iter().flatten());
                let names = names.map(|(axis, member)| contract.member_name(*axis, *member));
                let context = match members {
                    None if !table.by.is_empty() => "all others".to_string(),
                    None | Some(_) => names.collect::<Vec<_>>().join(", "),
                };
                let agreed = Agreed::Cell { table: index, column: place, members: members.cloned() };
                rows.push(Written {
                    agreed,
                    name: format!("{}{name}", table.name),
                    what: format!("{}{name}{title}", table.name),
                    context,
                    value: value.clone(),
                    unit: unit.clone(),
                    place: table.place.pointer.to_string(),
                });
            };
            column.cells.iter().for_each(|(members, value)| push(Some(members), value));
            let stands = table.by.is_empty() || !column.cells.is_empty();
            if let Some(value) = column.otherwise.as_ref().filter(|_| stands) {
                push(None, value);
            }
        }
    }
    rows
}
