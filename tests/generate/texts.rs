//! Printing and reading again, the order of objects, and units that do not fit.

use carepact::formula::{Formula, Key, Kind, Name, Operator, Over, parse};
use carepact::source::{Document, Json, Kind as JsonKind};
use carepact::{Exact, Mode};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::compare::{lines, show_lines};
use crate::generate::cases;
use crate::generate::run::{accepted, bound, config};
use crate::generate::tape::{Numbers, Tape};
use crate::generate::tree::Tree;
use crate::generate::write::{bare, binary, call, either, formula, key, named};

/// The same value, wherever it stands.
fn is_same(a: &Json, b: &Json) -> bool {
    match (&a.kind, &b.kind) {
        (JsonKind::List(a), JsonKind::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (JsonKind::Object(a), JsonKind::Object(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((k, a), (l, b))| k == l && is_same(a, b))
        }
        (a, b) => a == b,
    }
}

/// A formula without the places of its parts.
fn placeless(of: &Formula) -> Formula {
    let inner = |x: &Formula| Box::new(placeless(x));
    let plain = |k: &Key| key(&k.text);
    let all = |list: &[Formula]| list.iter().map(placeless).collect::<Vec<_>>();
    formula(match &of.kind {
        kind @ (Kind::Number { .. } | Kind::Money { .. } | Kind::Absent) => kind.clone(),
        Kind::Name(name) => Kind::Name(Name { keys: name.keys.iter().map(plain).collect(), ..name.clone() }),
        Kind::Is { name, key } => Kind::Is { name: name.clone(), key: plain(key) },
        Kind::Not(x) => Kind::Not(inner(x)),
        Kind::Negate(x) => Kind::Negate(inner(x)),
        Kind::Binary { operator, left, right } => {
            Kind::Binary { operator: *operator, left: inner(left), right: inner(right) }
        }
        Kind::If { condition, then, otherwise } => {
            Kind::If { condition: inner(condition), then: inner(then), otherwise: inner(otherwise) }
        }
        Kind::Else { value, fallback } => Kind::Else { value: inner(value), fallback: inner(fallback) },
        Kind::Call { function, arguments } => {
            Kind::Call { function: function.clone(), arguments: all(arguments) }
        }
        Kind::Round { mode, value, quantum } => {
            Kind::Round { mode: *mode, value: inner(value), quantum: inner(quantum) }
        }
        Kind::Aggregate { function, value, over } => Kind::Aggregate {
            function: function.clone(),
            value: inner(value),
            over: Over {
                axis: plain(&over.axis),
                to_date: over.to_date,
                within: over.within.as_ref().map(plain),
                filter: over.filter.as_deref().map(inner),
                options: all(&over.options),
            },
        },
    })
}

const OPERATORS: [Operator; 12] = [
    Operator::Add,
    Operator::Subtract,
    Operator::Multiply,
    Operator::Divide,
    Operator::Less,
    Operator::AtMost,
    Operator::Equal,
    Operator::Unequal,
    Operator::AtLeast,
    Operator::Greater,
    Operator::And,
    Operator::Or,
];

/// Any formula of the grammar, whether it means anything or not.
fn any_formula(tape: &mut Tape<'_>, depth: usize) -> Formula {
    let leaf = depth == 0;
    let inner = |tape: &mut Tape<'_>| any_formula(tape, depth.saturating_sub(1));
    match tape.below(if leaf { 5 } else { 15 }) {
        0 => bare(tape.word(&["1", "0.05", "12.5%", "0", "100%", "3000000"])),
        1 => named(tape.word(&["a", "b_2"]), None, Vec::new()),
        2 => {
            let column = (tape.chance(50)).then(|| "c".to_string());
            let keys = ["m", "2026/27", "2026-04", "2026/27Q1"].map(key).to_vec();
            named("table", column, tape.some(&keys, 0))
        }
        3 => match tape.below(3) {
            0 => formula(Kind::Absent),
            1 => formula(Kind::Money { currency: "GBP".to_string(), value: Exact::scaled(12_345, 2) }),
            _ => call("months", Vec::new()),
        },
        4 => {
            let asked = key(tape.word(&["m", "2026-04", "2026/27", "2026/27Q3", "2026"]));
            formula(Kind::Is { name: "axis".to_string(), key: asked })
        }
        5 => formula(Kind::Not(Box::new(inner(tape)))),
        6 => formula(Kind::Negate(Box::new(inner(tape)))),
        7..=9 => binary(*tape.pick(&OPERATORS), inner(tape), inner(tape)),
        10 => formula(Kind::If {
            condition: Box::new(inner(tape)),
            then: Box::new(inner(tape)),
            otherwise: Box::new(inner(tape)),
        }),
        11 => either(inner(tape), inner(tape)),
        12 => call(tape.word(&["min", "f"]), vec![inner(tape), inner(tape)]),
        13 => formula(Kind::Round {
            mode: *tape.pick(&[None, Some(Mode::Floor), Some(Mode::Ceiling)]),
            value: Box::new(inner(tape)),
            quantum: Box::new(inner(tape)),
        }),
        _ => {
            let filter = tape.chance(50).then(|| Box::new(inner(tape)));
            let options = if tape.chance(30) { vec![inner(tape)] } else { Vec::new() };
            let within = tape.chance(40).then(|| key(tape.word(&["all", "area"])));
            let over = Over { axis: key("axis"), to_date: tape.chance(40), within, filter, options };
            let value = Box::new(inner(tape));
            formula(Kind::Aggregate { function: "sum".to_string(), value, over })
        }
    }
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn formulas_are_read_as_they_are_printed(tape in vec(any::<u16>(), 0..60)) {
        let formula = any_formula(&mut Tape::new(&tape), 4);
        let text = formula.to_string();
        match parse(&text) {
            Ok(read) => prop_assert_eq!(placeless(&read), formula, "{}", text),
            Err(error) => prop_assert!(false, "{text}: {error:?}"),
        }
    }
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn documents_are_read_as_they_are_printed(case in cases()) {
        let read = |text: &str| Document::parse(text).map_err(|problems| TestCaseError::fail(format!("{problems:?}")));
        let first = read(&case.contract)?;
        let printed = first.root().to_string();
        let second = read(&printed)?;
        prop_assert!(is_same(first.root(), second.root()), "{printed}");
        let model = accepted(&case)?;
        let again = carepact::check(&printed).model;
        let plan = again.map(|model| model.plan().to_string());
        prop_assert_eq!(plan, Some(model.plan().to_string()));
    }

    #[test]
    fn objects_have_no_order(case in cases()) {
        let model = accepted(&case)?;
        let facts = bound(&model, &case);
        let shuffled = case.tree.shuffled(&mut Numbers(case.seed | 1)).document();
        let checked = carepact::check(&shuffled);
        let problems: Vec<String> =
            checked.problems.iter().map(|problem| problem.text("shuffled", checked.document.as_ref())).collect();
        let Some(other) = checked.model else {
            return Err(TestCaseError::fail(format!("{shuffled}\n{}", problems.join("\n"))));
        };
        let other_facts = bound(&other, &case);
        let (own, wanted) = (lines(&other.evaluate(&other_facts)), lines(&model.evaluate(&facts)));
        prop_assert_eq!(show_lines(&own), show_lines(&wanted), "{}", shuffled);
    }

    #[test]
    fn a_table_in_another_unit_is_refused(case in cases()) {
        accepted(&case)?;
        let mut tried = 0;
        for (clause, amount) in amounts(&case.tree) {
            for (table, column) in targets(&amount, &case.tree) {
                let mutated = with_another_unit(&case.tree, &table, column.as_deref());
                let errors = carepact::check(&mutated).model.is_none();
                prop_assert!(errors, "`{clause}` may read `{table}` in another unit:\n{mutated}");
                tried += 1;
            }
        }
        prop_assume!(tried > 0);
    }
}

/// The amount of each clause that is not gated away.
fn amounts(contract: &Tree) -> Vec<(String, Formula)> {
    let Some(Tree::Object(clauses)) = contract.get("clauses") else { return Vec::new() };
    let amount = |(name, clause): &(String, Tree)| match clause.get("amount") {
        Some(Tree::Text(text)) => Some((name.clone(), parse(text).expect("an amount is a formula"))),
        Some(_) | None => None,
    };
    clauses.iter().filter_map(amount).collect()
}

/// Tables that stand once in a formula where their unit is that of the result, or a factor of it.
fn targets(amount: &Formula, contract: &Tree) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    let whole = format!("{amount} {:?}", contract.get("quantities"));
    // What is always absent has no unit to the engine, and hides that of others.
    if !["previous", "absent", "where"].iter().any(|word| whole.contains(word)) {
        carriers(amount, &mut found);
    }
    let once = |(table, column): &(String, Option<String>)| count(amount, table, column.as_deref()) == 1;
    found.retain(once);
    found
}

fn count(of: &Formula, table: &str, column: Option<&str>) -> usize {
    let own = matches!(&of.kind, Kind::Name(name) if name.name == table && name.column.as_deref() == column);
    usize::from(own) + of.parts().iter().map(|part| count(part, table, column)).sum::<usize>()
}

/// Names on the paths along which units are carried.
fn carriers(of: &Formula, out: &mut Vec<(String, Option<String>)>) {
    match &of.kind {
        Kind::Name(name) => {
            if name.name.starts_with("k_") || name.name.starts_with('t') {
                out.push((name.name.clone(), name.column.clone()));
            }
        }
        Kind::Negate(x) => carriers(x, out),
        Kind::Round { value, .. } => carriers(value, out),
        Kind::Binary { operator, left, right } => {
            if matches!(operator, Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide)
            {
                carriers(left, out);
                carriers(right, out);
            }
        }
        Kind::If { then, otherwise, .. } => {
            carriers(then, out);
            carriers(otherwise, out);
        }
        Kind::Else { value, fallback } => {
            carriers(value, out);
            carriers(fallback, out);
        }
        Kind::Call { function, arguments } => {
            if matches!(function.as_str(), "min" | "max" | "abs" | "clamp") {
                arguments.iter().for_each(|argument| carriers(argument, out));
            }
        }
        Kind::Aggregate { function, value, over } => {
            let all = over.within.as_ref().is_none_or(|within| within.text == "all" || within.text == "term");
            if all && function != "count" && function != "all" && function != "any" {
                carriers(value, out);
            }
        }
        Kind::Number { .. } | Kind::Money { .. } | Kind::Absent | Kind::Is { .. } | Kind::Not(_) => {}
    }
}

/// The contract with `*widget` added to the unit of a table.
fn with_another_unit(contract: &Tree, table: &str, column: Option<&str>) -> String {
    let another = |unit: &str| if unit.is_empty() { "widget".to_string() } else { format!("{unit}*widget") };
    let mut contract = contract.clone();
    let Some(json) = member(&mut contract, "tables").and_then(|tables| member(tables, table)) else {
        panic!("there is no table `{table}`")
    };
    match json {
        Tree::Text(text) => {
            let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
            *text = format!("{number} {}", another(unit));
        }
        Tree::Number(_) | Tree::Bool(_) | Tree::List(_) => panic!("no table"),
        Tree::Object(_) => match (column, member(json, "unit")) {
            (None, Some(Tree::Text(unit))) => *unit = another(unit),
            (None, _) => json.put("unit", Tree::text("widget")),
            (Some(column), _) => {
                let Some(Tree::List(columns)) = member(json, "columns") else { panic!("no columns") };
                for heading in columns {
                    let Tree::Text(text) = heading else { panic!("no heading") };
                    let (name, unit) = text.split_once(' ').unwrap_or((text, ""));
                    if name == column {
                        *text = format!("{name} {}", another(unit));
                    }
                }
            }
        },
    }
    contract.document()
}

fn member<'t>(tree: &'t mut Tree, key: &str) -> Option<&'t mut Tree> {
    match tree {
        Tree::Object(members) => members.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value),
        Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) | Tree::List(_) => None,
    }
}
