//! Documents that reach a limit and are too large to keep as files, and documents made to exhaust
//! the machine.

use std::time::Duration;

/// A document, made when it is asked for.
type Make = fn() -> String;

/// The documents by the name of their fixture.
pub const DOCUMENTS: &[(&str, Make)] = &[
    ("limit.document-bytes", document_bytes),
    ("limit.members", members),
    ("limit.formula-too-long", formula_length),
    ("limit.nodes", nodes),
];

/// How long an answer to a hostile document may take, unoptimised.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// Documents that multiply themselves.
pub const HOSTILE: &[(&str, Make)] = &[
    ("a chain of 500 quantities", chain_of_formulas),
    ("each quantity reads the next twice", quantities_that_double),
    ("each group holds the next twice", groups_that_double),
    ("a chain of quantities of long sums", deep_quantities),
    ("a sum of 800 terms", sum_of_many_terms),
    ("a table of 100 million cells", table_of_many_cells),
    ("a clause of 100 million lines", clause_of_many_lines),
    ("sums of sums over one axis", nested_sums),
    ("products of 350 factors of 25 digits", long_products),
    ("a sum of 15,000 fractions", sum_of_fractions),
    ("a constant squared each month", squares),
    ("a curve by year, read before the term", curve_before_the_term),
];

/// True for the name of a document made here.
pub fn is(name: &str) -> bool {
    DOCUMENTS.iter().any(|(known, _)| *known == name)
}

/// A contract with further sections and one amount.
fn contract(sections: &str, clauses: &str) -> String {
    format!(
        r#"{{
  "carepact": 1, "contract": "x", "title": "X", "synthetic": true, "currency": "GBP",
  "rounding": {{ "mode": "half_away", "residue": "largest_remainder" }},
  "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
  "parties": [{{ "id": "icb" }}, {{ "id": "trust" }}],
{sections}  "clauses": {{ {clauses} }}
}}
"#
    )
}

fn fee(amount: &str) -> String {
    format!(
        r#""fee": {{ "kind": "payment", "from": "icb", "to": "trust", "per": "year", "amount": "{amount}" }}"#
    )
}

fn document_bytes() -> String {
    let note = "x".repeat(4 << 20);
    contract(&format!("  \"note\": \"{note}\",\n"), &fee("GBP 100"))
}

fn axis(name: &str, count: usize) -> String {
    let members: Vec<String> = (0..count).map(|i| format!("\"m{i}\"")).collect();
    format!("\"{name}\": [{}]", members.join(", "))
}

fn members() -> String {
    contract(&format!("  \"axes\": {{ {} }},\n", axis("place", 20_001)), &fee("GBP 100"))
}

fn formula_length() -> String {
    contract("", &fee(&format!("GBP 1{}", " + GBP 1".repeat(600))))
}

/// 1,000 members by 12 months by 100 numbers.
fn nodes() -> String {
    let sections = format!("  \"axes\": {{ {} }},\n", axis("place", 1_000));
    let amount = format!("GBP 1 * max({})", vec!["1"; 100].join(", "));
    let clause = format!(
        r#""fee": {{ "kind": "payment", "from": "icb", "to": "trust", "per": "month",
    "lines": ["place"], "amount": "{amount}" }}"#
    );
    contract(&sections, &clause)
}

/// 500 quantities, each one more than the next.
fn chain_of_formulas() -> String {
    let mut sections = String::from("  \"quantities\": {\n");
    for i in 0..500 {
        sections.push_str(&format!("    \"q{i}\": \"q{} + 1\",\n", i + 1));
    }
    sections.push_str("    \"q500\": \"1\"\n  },\n");
    contract(&sections, &fee("GBP 1 * q0"))
}

fn quantities_that_double() -> String {
    let chain: Vec<String> = (0..60).map(|i| format!("\"q{i}\": \"q{0} + q{0}\", ", i + 1)).collect();
    contract(&format!("  \"quantities\": {{ {}\"q60\": \"1\" }},\n", chain.concat()), &fee("GBP 1 * q0"))
}

fn groups_that_double() -> String {
    let chain: Vec<String> = (0..60).map(|i| format!("\"g{i}\": [\"g{0}\", \"g{0}\"], ", i + 1)).collect();
    contract(&format!("  \"groups\": {{ {}\"g60\": [\"fee\"] }},\n", chain.concat()), &fee("GBP 1"))
}

fn deep_quantities() -> String {
    let sum = " + 1".repeat(900);
    let chain: Vec<String> = (0..198).map(|i| format!("\"q{i}\": \"q{}{sum}\",\n    ", i + 1)).collect();
    contract(&format!("  \"quantities\": {{ {}\"q198\": \"1\" }},\n", chain.concat()), &fee("GBP 1 * q0"))
}

fn sum_of_many_terms() -> String {
    contract("", &fee(&format!("GBP 1{}", " + 1".repeat(800))))
}

fn three_axes() -> String {
    format!("  \"axes\": {{ {}, {}, {} }},\n", axis("a", 1000), axis("b", 1000), axis("c", 100))
}

fn table_of_many_cells() -> String {
    let table = "  \"tables\": { \"t\": { \"by\": [\"a\", \"b\", \"c\"], \"values\": {} } },\n";
    contract(&(three_axes() + table), &fee("GBP 1"))
}

fn clause_of_many_lines() -> String {
    let lines = "\"amount\": \"GBP 1\", \"lines\": [\"a\", \"b\", \"c\"]";
    contract(&three_axes(), &fee("GBP 1").replace("\"amount\": \"GBP 1\"", lines))
}

fn nested_sums() -> String {
    let measure = r#"  "measures": {
    "m": { "kind": "money", "unit": "GBP", "by": ["a"], "per": "year", "range": [0, 9] } },
"#;
    let axes = format!("  \"axes\": {{ {} }},\n", axis("a", 12_000));
    contract(&(axes + measure), &fee("sum(sum(m over a) over a)"))
}

/// A table of odd numbers of 25 digits after the point.
fn odd_numbers(count: usize) -> String {
    let number = |i: usize| format!("\"m{i}\": \"0.1{:024}\"", 2 * i + 1);
    let cells: Vec<String> = (0..count).map(number).collect();
    let cells = cells.join(", ");
    format!(
        r#"  "axes": {{ {} }},
  "tables": {{ "t": {{ "by": ["a"], "values": {{ {cells} }} }} }},
"#,
        axis("a", count)
    )
}

fn long_products() -> String {
    let product = vec!["t"; 350].join(" * ");
    let quantity = format!("  \"quantities\": {{ \"q\": \"{product}\" }},\n");
    contract(&(odd_numbers(1000) + &quantity), &fee("GBP 1 * sum(q over a)"))
}

fn sum_of_fractions() -> String {
    contract(&odd_numbers(15_000), &fee("GBP 1 * sum(1 / t over a)"))
}

fn squares() -> String {
    let square = "(previous(q) else 1.1) * (previous(q) else 1.1)";
    let quantity =
        format!("  \"quantities\": {{ \"q\": {{ \"per\": \"month\", \"is\": \"{square}\" }} }},\n");
    contract(&quantity, &fee("GBP 1 * last(q over month)")).replace("2027-03-31", "2030-03-31")
}

fn curve_before_the_term() -> String {
    let curve = r#"{ "by": ["year"], "each": { "2026/27": { "bands": { "from 0": 1 } } } }"#;
    let sections = format!("  \"curves\": {{ \"rate\": {curve} }},\n");
    contract(&sections, &fee("GBP 1 * (previous(rate(1)) else 0)"))
}
