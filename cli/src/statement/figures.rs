//! The figures of a statement as text: quantities that are shown beside the lines.

use carepact::statement::Figure;
use carepact::{Exact, Model};

use super::money;
use crate::table::Column::{Cut, Left, Right};
use crate::table::Table;

/// Figures with their ids.
pub fn all<'f>(model: &Model, figures: impl IntoIterator<Item = &'f Figure>) -> String {
    let mut table = Table::new(&[Left, Cut, Right, Left]);
    table.row(["id", "", "value", "unit"]);
    for figure in figures {
        let title = if figure.title == figure.quantity { String::new() } else { figure.title.clone() };
        table.cells(vec![
            figure.id.clone(),
            title,
            value(model, figure.value.as_ref(), &figure.unit),
            figure.unit.clone(),
        ]);
    }
    table.text()
}

/// Money with its places where it has no more; other numbers to ten places.
pub fn value(model: &Model, value: Option<&Exact>, unit: &str) -> String {
    let Some(value) = value else { return "absent".to_string() };
    let contract = model.contract();
    let quantum = Exact::scaled(1, contract.minor_places);
    let whole_pennies = value.checked_div(&quantum).is_some_and(|pennies| pennies.is_whole());
    if unit == contract.currency && whole_pennies { money(model, value) } else { format!("{value:.10}") }
}
