//! Prices below what services were costed at, and savings that are taken before they can be made.

use std::collections::BTreeMap;

use super::Warning;
use super::look::{Look, percent};
use crate::calendar::{Period, PeriodKind};
use crate::contract::Table;
use crate::num::Exact;
use crate::plan::PlanNodes;
use crate::source::rules;

/// All warnings of these rules.
pub fn warnings(look: &Look<'_>) -> Vec<Warning> {
    let mut found: Vec<Warning> =
        look.contract.tables.iter().filter_map(|table| below_cost(look, table)).collect();
    found.extend(look.contract.clauses.iter().filter_map(|clause| front_loaded(look, &clause.id)));
    found
}

/// A table with cells below what they were costed at.
fn below_cost(look: &Look<'_>, table: &Table) -> Option<Warning> {
    let column = table.columns.first()?;
    let below: Vec<String> = table
        .costed
        .iter()
        .filter_map(|(key, costed)| {
            let value = column.cell(key).filter(|value| *value < costed)?;
            let short = (costed - value).checked_div(costed)?;
            let members = table.by.iter().zip(key);
            let names: Vec<String> =
                members.map(|(axis, member)| look.contract.member_name(*axis, *member)).collect();
            let places = |value: &Exact| if value.is_whole() { 0 } else { 2 };
            let words = format!(
                "[{}] {} against {}, {} below",
                names.join(", "),
                value.grouped(places(value)),
                costed.grouped(places(costed)),
                percent(&short)
            );
            Some(words)
        })
        .collect();
    if below.is_empty() {
        return None;
    }
    let text = format!("`{}` is below what it was costed at: {}", table.name, below.join("; "));
    Some(look.about(&rules::PRICE_BELOW_COST, table.place.clone(), vec![table.name.clone()], text))
}

/// A clause by which parties that deliver care pay those that commission amounts that no data move, more
/// than half of them in the first third of the years.
fn front_loaded(look: &Look<'_>, clause: &str) -> Option<Warning> {
    let lines = look.live_lines_of(clause);
    let parts = || lines.iter().flat_map(|line| &line.parts);
    let is_saving = |payer: &str, payee: &str| !look.commissions(payer) && look.commissions(payee);
    if parts().count() == 0 || !parts().all(|part| is_saving(&part.payer, &part.payee)) {
        return None;
    }
    let mut by_year: BTreeMap<Period, Exact> = BTreeMap::new();
    let calendar = &look.contract.calendar;
    let years = calendar.all(PeriodKind::Year);
    for line in lines {
        let amount = look.plan.nodes()[line.amount.index()].range.single()?;
        let year = calendar.enclosing(line.period.0, PeriodKind::Year)?;
        let sum = by_year.entry(year).or_insert(Exact::ZERO);
        *sum = &*sum + amount;
    }
    let early = years.len().div_ceil(3);
    let of = |years: &[Period]| -> Exact { years.iter().filter_map(|year| by_year.get(year)).sum() };
    let (total, first) = (of(&years), of(years.get(..early)?));
    if years.len() < 3 || total.sign() <= 0 || &first + &first <= total {
        return None;
    }
    let text = format!(
        "`{clause}` takes {} of {}, {}, in the first {early} of {} years, whatever is saved",
        look.money(&first),
        look.money(&total),
        percent(&first.checked_div(&total)?),
        years.len()
    );
    Some(look.about_clauses(&rules::SAVINGS_FRONT_LOADED, vec![clause.to_string()], Vec::new(), text))
}
