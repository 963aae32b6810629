//! The figures of a statement as text: quantities that are shown beside the lines.

use carepact::Model;
use carepact::statement::Figure;

use super::money;
use crate::table::Column::{Cut, Left, Right};
use crate::table::Table;

/// Figures with their ids.
pub fn all<'f>(model: &Model, figures: impl IntoIterator<Item = &'f Figure>) -> String {
    let mut table = Table::new(&[Left, Cut, Right, Left]);
    table.row(["id", "", "value", "unit"]);
    for figure in figures {
        let title = if figure.title == figure.quantity { String::new() } else { figure.title.clone() };
        table.cells(vec![figure.id.clone(), title, value(model, figure), figure.unit.clone()]);
    }
    table.text()
}

/// Money with its places where it has no more; other numbers to ten places.
fn value(model: &Model, figure: &Figure) -> String {
    let Some(value) = &figure.value else { return "absent".to_string() };
    let contract = model.contract();
    let quantum = carepact::Exact::scaled(1, contract.minor_places);
    let whole_pennies = value.checked_div(&quantum).is_some_and(|pennies| pennies.is_whole());
    if figure.unit == contract.currency && whole_pennies {
        money(model, value)
    } else {
        format!("{value:.10}")
    }
}
