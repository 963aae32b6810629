//! Whether a row is right without doubt: the column “Sure”, which follows the inputs as amounts do.

use std::collections::BTreeSet;

use super::calculation::Draft;
use super::number::{Known, Number};
use crate::num::Exact;

/// Whether a row is right without doubt, as the column “Sure” says it: 1; 0 where it may be a penny out;
/// -1 where data are missing.
pub(super) struct Sure {
    pub formula: Known,
    pub doubt: Option<String>,
    pub missing: bool,
}

/// A row is right without doubt where its conditions hold, and what it reads is.
pub(super) fn sure(operands: &[&Number], draft: &Draft, own: &[String]) -> Sure {
    let read = operands.iter().filter(|number| !number.agreed).map(|number| number.row);
    let mut read = runs(read.collect());
    let mut counts: Vec<&Number> = operands.to_vec();
    if let Some((test, holds, both)) = &draft.either {
        counts.push(if *holds { &both[0] } else { &both[1] });
        let [then, otherwise] = both.each_ref().map(|number| number.sure().unwrap_or("1".to_string()));
        read.push(if then == otherwise { then } else { format!("IF({test},{then},{otherwise})") });
    }
    let conditions: Vec<String> =
        own.iter().chain(draft.conditions.iter().map(|(condition, _)| condition)).cloned().collect();
    let mut own = match &conditions[..] {
        [] => None,
        [only] => Some(format!("IF({only},1,0)")),
        [..] => Some(format!("IF(AND({}),1,0)", conditions.join(","))),
    };
    if let Some((condition, _)) = &draft.missing {
        own = Some(format!("IF({condition},-1,{})", own.as_deref().unwrap_or("1")));
    }
    let mut all: Vec<String> = own.into_iter().chain(read).collect();
    let formula = match &all[..] {
        [] => "1".to_string(),
        [only] if !only.contains(':') => all.swap_remove(0),
        [..] => least(&all),
    };
    let missing =
        counts.iter().any(|number| number.missing) || draft.missing.as_ref().is_some_and(|(_, holds)| *holds);
    let holds = draft.conditions.iter().all(|(_, holds)| *holds);
    let inherited = counts.iter().find_map(|number| number.doubt.clone());
    let doubt = inherited.or_else(|| (!holds).then(|| draft.reason.to_string()));
    let doubt = doubt.or_else(|| missing.then(|| "an observation is missing".to_string()));
    let value = match (missing, &doubt) {
        (true, _) => Exact::from(-1),
        (false, Some(_)) => Exact::ZERO,
        (false, None) => Exact::ONE,
    };
    Sure { formula: Known::new(formula, value), doubt, missing }
}

/// Cells of the column “Sure”: neighbouring rows as one range.
fn runs(rows: BTreeSet<usize>) -> Vec<String> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for row in rows {
        match found.last_mut() {
            Some((_, last)) if *last + 1 == row => *last = row,
            Some(_) | None => found.push((row, row)),
        }
    }
    let cells = found.into_iter().map(|(first, last)| match last - first {
        0 => format!("L{first}"),
        _ => format!("L{first}:L{last}"),
    });
    cells.collect()
}

/// Most arguments of a function in every spreadsheet, with room.
const ARGUMENTS_MAX: usize = 200;

/// The least of cells, however many.
fn least(cells: &[String]) -> String {
    if cells.len() <= ARGUMENTS_MAX {
        return format!("MIN({})", cells.join(","));
    }
    let each = cells.chunks(ARGUMENTS_MAX).map(|cells| format!("MIN({})", cells.join(",")));
    least(&each.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_rows_are_one_range() {
        assert_eq!(runs([7, 3, 4, 5, 9].into_iter().collect()), ["L3:L5", "L7", "L9"]);
    }

    #[test]
    fn no_function_has_too_many_arguments() {
        let cells: Vec<String> = (0..450).map(|row| format!("L{}", 2 * row)).collect();
        let formula = least(&cells);
        assert!(formula.starts_with("MIN(MIN(L0,") && formula.ends_with("L898))"), "{formula}");
        assert_eq!(formula.matches("MIN").count(), 4);
    }
}
