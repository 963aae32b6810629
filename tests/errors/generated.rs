//! Documents that reach a limit and are too large to keep as files.

/// A document, made when it is asked for.
type Make = fn() -> String;

/// The documents by the name of their fixture.
pub const DOCUMENTS: &[(&str, Make)] = &[
    ("limit.document-bytes", document_bytes),
    ("limit.members", members),
    ("formula-syntax.too-long", formula_length),
    ("limit.nodes", nodes),
    ("limit.chain-of-formulas", chain_of_formulas),
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

/// 2,000 members by 12 months by 60 nodes.
fn nodes() -> String {
    let sections = format!(
        "  \"axes\": {{ {} }},\n  \"measures\": {{ \"cost\": {{ \"kind\": \"money\", \"unit\": \"GBP\", \"by\": [\"place\"], \
         \"per\": \"month\", \"range\": [0, 9] }} }},\n",
        axis("place", 2_000)
    );
    let amount = vec!["max(cost, GBP 1)"; 30].join(" + ");
    let clause = format!(
        r#""fee": {{ "kind": "payment", "from": "icb", "to": "trust", "per": "month", "lines": ["place"], "amount": "{amount}" }}"#
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
