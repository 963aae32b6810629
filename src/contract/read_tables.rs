//! Reads tables: single numbers, values by axes, and schedules with columns.

use std::collections::BTreeMap;

use super::fields;
use super::model::{AxisId, Column, Contract, Named, Table};
use super::read_axes::axis_list;
use super::shape::{Reports, conform};
use crate::num::Exact;
use crate::source::{Json, Kind, Place, catalogue, did_you_mean};
use crate::unit::Unit;

/// Reads the tables.
pub fn tables(root: &Json, contract: &mut Contract, reports: &mut Reports) {
    for (name, json) in root.get("tables").map_or(&[][..], Json::members) {
        if !conform(json, &fields::TABLE, &mut Reports::default()) {
            continue;
        }
        if let Some(table) = table(name, json, contract, reports) {
            contract.names.insert(name.clone(), Named::Table(contract.tables.len()));
            contract.tables.push(table);
        }
    }
}

fn table(name: &str, json: &Json, contract: &Contract, reports: &mut Reports) -> Option<Table> {
    let by = axis_list(json.get("by"), contract, reports)?;
    if !few_enough(&by, &json.place, contract, reports) || !not_by_holder(&by, &json.place, contract, reports)
    {
        return None;
    }
    let known = reports.0.len();
    let columns = if json.number_text().is_some() {
        vec![single(json, reports)?]
    } else if json.get("columns").is_some() {
        schedule(json, &by, contract, reports)?
    } else {
        vec![values(json, &by, contract, reports)?]
    };
    if reports.0.len() > known {
        // Cells that could not be read are reported; that they are lacking is no news.
        return None;
    }
    let mut ok = true;
    for (index, column) in columns.iter().enumerate() {
        ok &= complete(json, &by, column, contract, reports);
        let sum = json.get("sum").and_then(|sum| match &column.name {
            Some(name) => sum.get(name),
            None if index == 0 => Some(sum),
            None => None,
        });
        if let (true, Some(sum)) = (ok, sum) {
            check_sum(sum, &by, column, contract, reports);
        }
    }
    for (unknown, value) in json.get("sum").map_or(&[][..], Json::members) {
        if !columns.iter().any(|column| column.name.as_ref() == Some(unknown)) {
            reports.add(
                &catalogue::UNKNOWN_NAME,
                &value.place,
                format!("no column `{unknown}`"),
                "name a column",
            );
        }
    }
    let title = json.get("title").and_then(Json::text).map(str::to_string);
    let costed =
        json.get("costed").map_or_else(BTreeMap::new, |costed| cells(costed, &by, contract, reports));
    ok.then(|| Table { name: name.to_string(), title, by, columns, costed, place: json.key_place() })
}

/// A single number with its unit, such as `200 GBP/breach`.
fn single(json: &Json, reports: &mut Reports) -> Option<Column> {
    let text = json.number_text()?.trim();
    let (number, unit) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let value = Exact::parse(number).map_err(|error| {
        let remedy = "write a number and its unit, such as \"200 GBP/breach\"";
        reports.add(&catalogue::BAD_NUMBER, &json.place, error.to_string(), remedy);
    });
    let unit = if unit.trim().is_empty() { Some(Unit::pure()) } else { Unit::parse(unit) };
    if unit.is_none() {
        let found = format!("`{text}` does not end in a unit");
        reports.add(&catalogue::BAD_UNIT, &json.place, found, "write a unit such as GBP/person/year");
    }
    Some(Column {
        name: None,
        unit: unit?,
        cells: BTreeMap::from([(Vec::new(), value.ok()?)]),
        otherwise: None,
    })
}

fn values(json: &Json, by: &[AxisId], contract: &Contract, reports: &mut Reports) -> Option<Column> {
    let unit = json.get("unit").and_then(Json::text).map_or_else(|| Some(Unit::pure()), Unit::parse)?;
    let cells = cells(json.get("values")?, by, contract, reports);
    let otherwise = json.get("else").and_then(Json::number_text).and_then(|text| Exact::parse(text).ok());
    Some(Column { name: None, unit, cells, otherwise })
}

/// Numbers nested by axis.
fn cells(
    json: &Json,
    by: &[AxisId],
    contract: &Contract,
    reports: &mut Reports,
) -> BTreeMap<Vec<i32>, Exact> {
    let mut cells = BTreeMap::new();
    let mut leaf = |key: Vec<i32>, cell: &Json, reports: &mut Reports| {
        if let Some(value) = number(cell, reports)
            && cells.insert(key.clone(), value).is_some()
        {
            given_twice(by, &key, cell, contract, reports);
        }
    };
    nested(json, by, Vec::new(), contract, reports, &mut leaf);
    cells
}

fn number(cell: &Json, reports: &mut Reports) -> Option<Exact> {
    match cell.number_text().map(Exact::parse) {
        Some(Ok(value)) => Some(value),
        Some(Err(error)) => {
            reports.add(&catalogue::BAD_NUMBER, &cell.place, error.to_string(), "write a plain decimal");
            None
        }
        None => {
            let found = format!("{} in place of a number", cell.word());
            reports.add(
                &catalogue::WRONG_TYPE,
                &cell.place,
                found,
                "nest the values by the axes under `by`, in order",
            );
            None
        }
    }
}

fn schedule(json: &Json, by: &[AxisId], contract: &Contract, reports: &mut Reports) -> Option<Vec<Column>> {
    let mut columns = Vec::new();
    for heading in json.get("columns")?.items() {
        let text = heading.text()?.trim();
        let (name, unit) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let unit = if unit.trim().is_empty() { Some(Unit::pure()) } else { Unit::parse(unit) };
        super::read::check_letters(name, &heading.place, reports);
        let Some(unit) = unit else {
            let found = format!("the column `{text}` does not end in a unit");
            reports.add(
                &catalogue::BAD_UNIT,
                &heading.place,
                found,
                "write a name and a unit, such as \"points point\"",
            );
            return None;
        };
        if columns.iter().any(|column: &Column| column.name.as_deref() == Some(name)) {
            let found = format!("the column `{name}` stands twice");
            reports.add(&catalogue::DUPLICATE_NAME, &heading.place, found, "rename one");
            return None;
        }
        columns.push(Column { name: Some(name.to_string()), unit, cells: BTreeMap::new(), otherwise: None });
    }
    let mut leaf = |key: Vec<i32>, row: &Json, reports: &mut Reports| {
        if row.items().len() != columns.len() {
            let found = format!("{} cells for {} columns", row.items().len(), columns.len());
            reports.add(&catalogue::TABLE_INCOMPLETE, &row.place, found, "write one cell for each column");
            return;
        }
        for (column, cell) in columns.iter_mut().zip(row.items()) {
            if let Some(value) = number(cell, reports)
                && column.cells.insert(key.clone(), value).is_some()
            {
                given_twice(by, &key, row, contract, reports);
            }
        }
    };
    nested(json.get("rows")?, by, Vec::new(), contract, reports, &mut leaf);
    Some(columns)
}

/// Objects have no order, so of two ranges of periods that overlap neither comes first.
fn given_twice(by: &[AxisId], key: &[i32], cell: &Json, contract: &Contract, reports: &mut Reports) {
    let found = format!("the cell [{}] is given twice", names_of(by, key, contract));
    reports.add(&catalogue::DUPLICATE_KEY, &cell.place, found, "let the ranges of periods not overlap");
}

/// Walks values nested by axis: objects by key, or lists in the order of the axis.
pub fn nested(
    json: &Json,
    by: &[AxisId],
    key: Vec<i32>,
    contract: &Contract,
    reports: &mut Reports,
    leaf: &mut dyn FnMut(Vec<i32>, &Json, &mut Reports),
) {
    let Some((axis, rest)) = by.split_first() else { return leaf(key, json, reports) };
    let mut inner = |member: i32, value: &Json, reports: &mut Reports| {
        let mut key = key.clone();
        key.push(member);
        nested(value, rest, key, contract, reports, leaf);
    };
    match &json.kind {
        Kind::Object(cells) => {
            for (name, value) in cells {
                for member in members_of_key(name, value, *axis, contract, reports) {
                    inner(member, value, reports);
                }
            }
        }
        Kind::List(items) => {
            let members = contract.members(*axis);
            if items.len() != members.len() {
                let found = format!(
                    "{} values for the {} members of `{}`",
                    items.len(),
                    members.len(),
                    contract.axis(*axis).id
                );
                reports.add(
                    &catalogue::TABLE_INCOMPLETE,
                    &json.place,
                    found,
                    "write one value for each member, in order",
                );
            }
            for (member, value) in members.into_iter().zip(items) {
                inner(member, value, reports);
            }
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => {
            let found = format!("{} where values by `{}` are expected", json.word(), contract.axis(*axis).id);
            reports.add(
                &catalogue::WRONG_TYPE,
                &json.place,
                found,
                "write an object by member, or a list in their order",
            );
        }
    }
}

/// The members a key stands for: one, or the periods of a range such as `2027/28..`.
fn members_of_key(
    key: &str,
    value: &Json,
    axis: AxisId,
    contract: &Contract,
    reports: &mut Reports,
) -> Vec<i32> {
    if let (Some((from, to)), true) = (key.split_once(".."), contract.period_kind(axis).is_some()) {
        let all = contract.members(axis);
        let end = |text: &str, open: Option<&i32>| match text.trim() {
            "" => open.copied(),
            key => contract.member_named(axis, key),
        };
        if let (Some(from), Some(to)) = (end(from, all.first()), end(to, all.last())) {
            return (from..=to).take(10_000).collect();
        }
    } else if let Some(member) = contract.member_named(axis, key) {
        return vec![member];
    }
    let known: Vec<String> = contract.members(axis).iter().map(|m| contract.member_name(axis, *m)).collect();
    let remedy = did_you_mean(key, known.iter().map(String::as_str)).map_or_else(
        || format!("the members are {}", brief(&known)),
        |near| format!("did you mean `{near}`?"),
    );
    let found = format!("`{key}` is no member of `{}`", contract.axis(axis).id);
    reports.add(&catalogue::UNKNOWN_KEY, &value.key_place(), found, remedy);
    Vec::new()
}

/// A list that stops when it becomes long.
pub fn brief(names: &[String]) -> String {
    let shown = names.iter().take(12).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > 12 { format!("{shown} and {} more", names.len() - 12) } else { shown }
}

/// Most cells of a table, and most lines of a clause in a period.
pub const CELLS_MAX: usize = 200_000;

/// True when these axes have few enough combinations; reported when they do not.
pub fn few_enough(by: &[AxisId], place: &Place, contract: &Contract, reports: &mut Reports) -> bool {
    let sizes = by.iter().map(|axis| contract.members(*axis).len());
    let count = sizes.fold(1usize, usize::saturating_mul);
    if count > CELLS_MAX {
        let names: Vec<&str> = by.iter().map(|axis| contract.axis(*axis).id.as_str()).collect();
        let found = format!("{} have {count} combinations of members", names.join(", "));
        reports.add(&catalogue::LIMIT, place, found, format!("keep them under {CELLS_MAX}"));
    }
    count <= CELLS_MAX
}

/// True when no axis is that of the holders; reported when one is.
pub fn not_by_holder(by: &[AxisId], place: &Place, contract: &Contract, reports: &mut Reports) -> bool {
    let by_holder = by.iter().any(|axis| contract.holder_axis() == Some(*axis));
    if by_holder {
        let found = "agreed numbers by a party that is many: its holders are known only from the data";
        reports.add(&catalogue::HOLDERS, place, found, "let them enter as a measure");
    }
    !by_holder
}

/// Every combination of members of these axes, the last changing fastest; of the axis of holders
/// there are none.
pub fn combinations(by: &[AxisId], contract: &Contract) -> Vec<Vec<i32>> {
    by.iter().fold(vec![Vec::new()], |keys, axis| {
        let members = contract.members(*axis);
        keys.iter()
            .flat_map(|key| members.iter().map(|member| [key.as_slice(), &[*member]].concat()))
            .collect()
    })
}

fn names_of(by: &[AxisId], key: &[i32], contract: &Contract) -> String {
    let names = by.iter().zip(key).map(|(axis, member)| contract.member_name(*axis, *member));
    names.collect::<Vec<_>>().join(", ")
}

fn complete(json: &Json, by: &[AxisId], column: &Column, contract: &Contract, reports: &mut Reports) -> bool {
    if column.otherwise.is_some() {
        return true;
    }
    let lacking: Vec<String> = combinations(by, contract)
        .iter()
        .filter(|key| !column.cells.contains_key(*key))
        .map(|key| format!("[{}]", names_of(by, key, contract)))
        .collect();
    if lacking.is_empty() {
        return true;
    }
    let found = format!("no value for {}", brief(&lacking));
    reports.add(&catalogue::TABLE_INCOMPLETE, &json.place, found, "add the cells, or say `else`");
    false
}

/// A stated sum over the last axis; rows without any share, left to `else`, are not meant.
fn check_sum(sum: &Json, by: &[AxisId], column: &Column, contract: &Contract, reports: &mut Reports) {
    let Some(stated) = sum.number_text().and_then(|text| Exact::parse(text).ok()) else { return };
    let Some((last, outer)) = by.split_last() else { return };
    for key in combinations(outer, contract) {
        let cell = |member: &i32| column.cell(&[key.as_slice(), &[*member]].concat()).cloned();
        let total: Exact = contract.members(*last).iter().filter_map(cell).sum();
        if total != stated {
            let pure = column.unit.is_pure();
            let percent =
                |x: &Exact| if pure { format!("{}%", x * &Exact::from(100)) } else { x.to_string() };
            let row = if outer.is_empty() {
                String::new()
            } else {
                format!(" for {}", names_of(outer, &key, contract))
            };
            let name = column.name.as_ref().map_or(String::new(), |name| format!(" of `{name}`"));
            let found =
                format!("the values{name}{row} come to {}, not {}", percent(&total), percent(&stated));
            let remedy = format!("change a value by {}", percent(&(&stated - &total)));
            reports.add(&catalogue::TABLE_SUM, &sum.place, found, remedy);
        }
    }
}
