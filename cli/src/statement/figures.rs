//! The figures of a statement as text: quantities that are shown beside the lines.

use carepact::Statement;
use carepact::statement::Figure;

use super::money;
use crate::table::Column::{Cut, Left, Right};
use crate::table::Table;

/// Every figure with its id.
pub fn all(statement: &Statement<'_>) -> String {
    let mut table = Table::new(&[Left, Cut, Right, Left]);
    table.row(["id", "", "value", "unit"]);
    for figure in statement.figures() {
        let title = if figure.title == figure.quantity { String::new() } else { figure.title.clone() };
        table.cells(vec![figure.id.clone(), title, value(statement, figure), figure.unit.clone()]);
    }
    table.text()
}

/// Money with its places where it has no more; other numbers to ten places.
fn value(statement: &Statement<'_>, figure: &Figure) -> String {
    let Some(value) = &figure.value else { return "absent".to_string() };
    let contract = statement.model().contract();
    let quantum = carepact::Exact::scaled(1, contract.minor_places);
    let whole_pennies = value.checked_div(&quantum).is_some_and(|pennies| pennies.is_whole());
    if figure.unit == contract.currency && whole_pennies {
        money(statement, value)
    } else {
        format!("{value:.10}")
    }
}
