//! What the properties found, each as the smallest contract that shows it, with the amounts that
//! follow from the language.

use carepact::statement::LineType;
use carepact::{Model, Request};

use crate::common;
use crate::generate::run::{lanes, values};

/// A contract with one commissioner, three providers and the given sections.
fn contract(term: [&str; 2], sections: &str) -> String {
    format!(
        r#"{{ "carepact": 1, "contract": "found", "title": "Found", "synthetic": true, "currency": "GBP",
  "rounding": {{ "mode": "half_away", "residue": "last" }}, "term": ["{}", "{}"], "year_starts": "04-01",
  "parties": [{{ "id": "icb" }}, {{ "id": "a" }}, {{ "id": "b" }}, {{ "id": "c" }}],
  {sections} }}"#,
        term[0], term[1]
    )
}

const ONE_YEAR: [&str; 2] = ["2026-04-01", "2027-03-31"];
const TWO_YEARS: [&str; 2] = ["2026-04-01", "2028-03-31"];

fn model(text: &str) -> Model {
    common::compile("found.json", text)
}

/// Entitlements as `line payee amount`.
fn stated(text: &str, data: &str) -> Vec<String> {
    let model = model(text);
    let request = Request { period: Some("term".to_string()), ..Request::default() };
    let facts =
        model.bind(&common::observations("found.csv", data), &request).expect("the data are complete");
    let statement = model.evaluate(&facts);
    let lines = statement.lines().iter().filter(|line| line.line_type != LineType::Settlement);
    lines.map(|line| format!("{} {} {}", line.id, line.payee, line.amount)).collect()
}

const NO_DATA: &str = "measure,period,value\n";

#[test]
fn what_is_absent_in_the_first_year_keeps_its_unit() {
    let text = contract(
        TWO_YEARS,
        r#""quantities": { "q": { "is": "GBP 10", "per": "year" } },
  "clauses": { "x": { "kind": "payment", "from": "icb", "to": "a", "per": "year",
    "amount": "max(0, previous(q)) * 50% else GBP 0" } }"#,
    );
    assert_eq!(stated(&text, NO_DATA), ["x:2026/27 a 0", "x:2027/28 a 5"]);
}

#[test]
fn a_sum_of_nothing_keeps_its_unit() {
    let text = contract(
        TWO_YEARS,
        r#""axes": { "s": ["s1", "s2"] }, "tables": { "fee": { "unit": "GBP", "by": ["s"], "values": [1, 2] } },
  "clauses": { "x": { "kind": "payment", "from": "icb", "to": "a", "per": "year",
    "amount": "sum(fee over s where year is 2026/27)" } }"#,
    );
    assert_eq!(stated(&text, NO_DATA), ["x:2026/27 a 3", "x:2027/28 a 0"]);
}

#[test]
fn an_aggregate_with_an_absent_member_is_absent() {
    let text = contract(
        ONE_YEAR,
        r#""measures": { "m": { "kind": "number", "per": "quarter", "range": [0, 1], "missing": "absent" } },
  "clauses": { "x": { "kind": "payment", "from": "icb", "to": "a", "per": "year",
    "amount": "GBP 100 * last(m over quarter) else GBP 7" } }"#,
    );
    let data = "measure,period,value\nm,2026/27Q1,0.5\nm,2026/27Q3,0.5\nm,2026/27Q4,0.5\n";
    assert_eq!(stated(&text, data), ["x:2026/27 a 7"]);
}

#[test]
fn a_negative_line_within_limits_splits_as_its_opposite() {
    let text = contract(
        ONE_YEAR,
        r#""clauses": { "x": { "kind": "payment", "from": "icb", "per": "year", "amount": "GBP -10",
    "to": { "weights": "1", "among": ["a", "b"], "between": ["40%", "100%"] } } }"#,
    )
    .replace("GBP -10", "-GBP 10");
    assert_eq!(stated(&text, NO_DATA), ["x:2026/27 a -5", "x:2026/27 b -5"]);
}

#[test]
fn there_is_nothing_before_the_term() {
    let text = contract(
        ONE_YEAR,
        r#""measures": { "m": { "kind": "money", "unit": "GBP", "per": "month", "combine": "sum", "range": [0, 9] } },
  "quantities": { "q": { "is": "GBP 10", "per": "term" } },
  "clauses": {
    "x": { "kind": "payment", "from": "icb", "to": "a", "per": "year", "amount": "previous(q) else GBP 7" },
    "y": { "kind": "payment", "from": "icb", "to": "a", "per": "year", "amount": "previous(m) else GBP 7" } }"#,
    );
    let months = ["04", "05", "06", "07", "08", "09", "10", "11", "12"].map(|month| format!("2026-{month}"));
    let months = months.into_iter().chain(["01", "02", "03"].map(|month| format!("2027-{month}")));
    let rows: String = months.map(|month| format!("m,{month},1\n")).collect();
    let data = format!("measure,period,value\n{rows}");
    assert_eq!(stated(&text, &data), ["x:2026/27 a 7", "y:2026/27 a 7"]);
}

#[test]
fn a_line_is_whole_pence_whatever_counts_for_a_missing_figure() {
    let text = contract(
        ONE_YEAR,
        r#""measures": { "m": { "kind": "money", "unit": "GBP", "per": "year", "range": [0, 9], "missing": "1.005" } },
  "clauses": { "x": { "kind": "payment", "from": "icb", "to": "a", "per": "year", "amount": "m" } }"#,
    );
    // Such a value may as well be refused.
    if carepact::check(&text).model.is_some() {
        assert_eq!(stated(&text, NO_DATA), ["x:2026/27 a 1.01"]);
    }
}

#[test]
fn a_missing_ratio_counts_as_declared() {
    let text = contract(
        ONE_YEAR,
        r#""measures": { "m": { "kind": "ratio", "per": "year", "range": [0, 1], "denominator_range": [0, 9],
    "missing": "50%" } },
  "clauses": { "x": { "kind": "payment", "from": "icb", "to": "a", "per": "year",
    "amount": "GBP 10 * m else GBP 7" } }"#,
    );
    assert_eq!(stated(&text, NO_DATA), ["x:2026/27 a 5"]);
}

#[test]
fn lines_agree_when_what_lies_above_them_does() {
    let text = contract(
        ONE_YEAR,
        r#""axes": { "area": ["n", "s"],
    "ward": { "within": "area", "members": [{ "id": "n1", "in": "n" }, { "id": "s1", "in": "s" }] },
    "site": { "within": "area", "members": [{ "id": "n9", "in": "n" }, { "id": "s9", "in": "s" }] } },
  "tables": { "fee": { "unit": "GBP", "by": ["ward"], "values": [10, 20] } },
  "clauses": {
    "x": { "kind": "payment", "from": "icb", "to": "a", "per": "year", "lines": ["ward"], "amount": "fee" },
    "y": { "kind": "payment", "from": "icb", "to": "b", "per": "year", "lines": ["site"], "amount": "paid(x)" } }"#,
    );
    let lines = stated(&text, NO_DATA);
    assert_eq!(lines[2..], ["y:2026/27:n9 b 10", "y:2026/27:s9 b 20"]);
}

#[test]
fn numbers_that_stand_in_for_missing_ones_are_admissible() {
    let text = contract(
        ONE_YEAR,
        r#""measures": { "m": { "kind": "ratio", "per": "year", "range": [-1, 1], "denominator_range": [1, 9],
    "missing": "absent" } },
  "clauses": { "x": { "kind": "payment", "from": "icb", "to": "a", "per": "year",
    "amount": "GBP 10 * m else GBP 7" } }"#,
    );
    assert_in_range(&text, NO_DATA);
}

/// A contract with holders, and a clause that has nothing to do with them.
fn with_holders(on_account: &str) -> String {
    let sections = format!(
        r#""measures": {{ "m": {{ "kind": "money", "unit": "GBP", "by": ["c"], "per": "year", "range": [0, 9] }} }},
  "clauses": {{
    "x": {{ "kind": "payment", "from": "icb", "to": "a", "per": "year", "amount": "GBP 10"{on_account} }},
    "y": {{ "kind": "payment", "from": "icb", "to": "c", "per": "year", "amount": "m" }} }}"#
    );
    contract(ONE_YEAR, &sections).replace(r#"{ "id": "c" }"#, r#"{ "id": "c", "many": true }"#)
}

#[test]
fn what_has_nothing_to_do_with_holders_is_stated_without_them() {
    assert_eq!(stated(&with_holders(""), NO_DATA), ["x:2026/27 a 10"]);
}

#[test]
fn instalments_by_holder_are_not_those_of_the_first() {
    let text = with_holders(r#", "on_account": { "each": "year", "amount": "m" }"#);
    let data = "measure,period,c,value\nm,2026/27,h1,1\nm,2026/27,h2,2\n";
    // Refused, or a line for each holder.
    if carepact::check(&text).model.is_some() {
        let lines = stated(&text, data);
        assert!(lines.iter().any(|line| line.starts_with("x:2026/27:h2:on-account")), "{lines:?}");
    }
}

#[test]
fn a_limit_on_long_numbers_is_a_diagnostic() {
    let text = contract(
        ["2026-05-01", "2027-07-31"],
        r#""axes": { "s": ["s1", "s2", "s3", "s4"] },
  "measures": {
    "m": { "kind": "ratio", "by": ["s"], "per": "month", "combine": "pooled", "range": [0, 1],
      "denominator_range": [1, 50] },
    "n": { "kind": "ratio", "by": ["s"], "per": "quarter", "combine": "pooled", "range": ["50%", 1],
      "denominator_range": [0, 20], "missing": "absent" } },
  "quantities": { "q": { "is": "score(n, m + n, 50%) * GBP 10", "per": "term", "by": ["s"] } },
  "clauses": { "x": { "kind": "payment", "from": "icb", "to": "a", "per": "month", "lines": ["s"],
    "when": "given(min(sum(q over month to date), q))", "amount": "min(sum(q over month to date), q)" } }"#,
    );
    let checked = carepact::check(&text);
    assert!(checked.model.is_some() || !checked.problems.is_empty());
}

#[test]
fn what_holders_are_paid_is_not_what_one_is_paid() {
    let text = contract(
        ONE_YEAR,
        r#""clauses": {
    "x": { "kind": "payment", "from": "icb", "to": "c", "per": "year", "amount": "GBP 10" },
    "y": { "kind": "payment", "from": "icb", "to": "b", "per": "year", "amount": "paid(x)" } },
  "measures": { "m": { "kind": "flag", "by": ["c"], "per": "year" } }"#,
    );
    let text = text.replace(r#"{ "id": "c" }"#, r#"{ "id": "c", "many": true }"#);
    // Refused, or a line for each holder: `paid` never adds up over holders.
    if carepact::check(&text).model.is_some() {
        let mut lines = stated(&text, "measure,period,c,value\nm,2026/27,h1,1\nm,2026/27,h2,1\n");
        lines.retain(|line| line.starts_with("y:"));
        assert_eq!(lines, ["y:2026/27:h1 b 10", "y:2026/27:h2 b 10"]);
    }
}

#[test]
fn axes_have_no_order() {
    let axis = |name: &str, member: &str, above: &str| {
        format!(r#""{name}": {{ "within": "area", "members": [{{ "id": "{member}", "in": "{above}" }}] }}"#)
    };
    let (ward, site) = (axis("ward", "w1", "n"), axis("site", "x1", "s"));
    let with = |axes: [&String; 2], clause: &str| {
        let sections = format!(
            r#""axes": {{ "area": ["n", "s"], {}, {} }},
  "tables": {{ "fee": {{ "unit": "GBP", "by": ["area"], "values": [10, 20] }} }},
  "clauses": {{ "x": {{ "kind": "payment", "from": "icb", "to": "a", "per": "year", {clause} }} }}"#,
            axes[0], axes[1]
        );
        contract(ONE_YEAR, &sections)
    };
    for clause in [
        r#""lines": ["ward", "site"], "amount": "fee""#,
        r#""lines": ["ward"], "amount": "sum(fee over site within all)""#,
    ] {
        let (one, other) = (with([&ward, &site], clause), with([&site, &ward], clause));
        // Refused, or the same whatever stands first.
        if carepact::check(&one).model.is_some() {
            assert_eq!(stated(&one, NO_DATA), stated(&other, NO_DATA), "{clause}");
        }
    }
}

/// A contract whose party c is many.
fn of_holders(sections: &str) -> String {
    contract(ONE_YEAR, sections).replace(r#"{ "id": "c" }"#, r#"{ "id": "c", "many": true }"#)
}

#[test]
fn weights_of_nothing_leave_what_limits_promise() {
    let text = contract(
        ONE_YEAR,
        r#""clauses": { "x": { "kind": "payment", "from": "icb", "per": "year", "amount": "GBP 10",
    "to": { "weights": "0", "among": ["a", "b"], "between": ["10%", "50%"] } } }"#,
    );
    // Each part stays within its limits; the rest, for which nobody has a weight, stays with the payer.
    assert_eq!(stated(&text, NO_DATA), ["x:2026/27 a 1", "x:2026/27 b 1"]);
}

#[test]
fn the_largest_share_is_that_of_the_line() {
    let text = contract(
        ONE_YEAR,
        r#""tables": { "w": { "by": ["party"], "values": { "a": 90, "b": 10 }, "else": 0 } },
  "clauses": { "x": { "kind": "payment", "from": "icb", "per": "year", "amount": "GBP 0.05", "residue": "largest_share",
    "to": { "weights": "w", "among": ["a", "b"], "between": ["0", "if party is a then 30% else 100%"] } } }"#,
    );
    // 30 % of 5p is 1.5p and the rest 3.5p, rounded 2p and 4p: the penny too much comes from the larger.
    assert_eq!(stated(&text, NO_DATA), ["x:2026/27 a 0.02", "x:2026/27 b 0.03"]);
}

#[test]
fn peers_alike_in_what_is_common_are_all_holders() {
    let text = of_holders(
        r#""measures": {
    "m": { "kind": "money", "unit": "GBP", "by": ["c"], "per": "year", "range": [0, 9] },
    "national": { "kind": "number", "per": "year", "range": [0, 9] } },
  "clauses": { "x": { "kind": "payment", "from": "icb", "to": "b", "per": "year",
    "amount": "sum(m over c within national)" } }"#,
    );
    let data = "measure,period,c,value\nm,2026/27,h1,1\nm,2026/27,h2,2\nnational,2026/27,,3\n";
    assert_eq!(stated(&text, data), ["x:2026/27 b 3"]);
}

#[test]
fn a_quantity_carries_what_its_peer_groups_read() {
    let text = of_holders(
        r#""axes": { "s": ["s1", "s2"] },
  "measures": {
    "m": { "kind": "money", "unit": "GBP", "by": ["c"], "per": "year", "range": [0, 9] },
    "band": { "kind": "number", "by": ["c", "s"], "per": "year", "range": [0, 9] } },
  "quantities": { "q": "sum(m over c within band)" },
  "clauses": { "x": { "kind": "payment", "from": "icb", "to": "c", "per": "year", "lines": ["s"], "amount": "q" } }"#,
    );
    let bands = "band,2026/27,s1,h1,1\nband,2026/27,s1,h2,1\nband,2026/27,s2,h1,1\nband,2026/27,s2,h2,2\n";
    let data = format!("measure,period,s,c,value\nm,2026/27,,h1,3\nm,2026/27,,h2,4\n{bands}");
    let h1 = ["x:2026/27:s1:h1 c 7", "x:2026/27:s2:h1 c 3"];
    let h2 = ["x:2026/27:s1:h2 c 7", "x:2026/27:s2:h2 c 4"];
    assert_eq!(stated(&text, &data), [h1, h2].concat());
}

#[test]
fn a_key_fixes_the_axes_above_it() {
    let text = contract(
        ONE_YEAR,
        r#""axes": { "area": ["n", "s"],
    "ward": { "within": "area", "members": [{ "id": "n1", "in": "n" }, { "id": "s1", "in": "s" }] } },
  "tables": { "fee": { "unit": "GBP", "by": ["area", "ward"],
    "values": { "n": { "n1": 1, "s1": 2 }, "s": { "n1": 3, "s1": 4 } } } },
  "quantities": { "q": { "is": "fee[s1]", "shown": true } },
  "clauses": { "x": { "kind": "payment", "from": "icb", "to": "a", "per": "year", "amount": "q" } }"#,
    );
    assert_eq!(stated(&text, NO_DATA), ["x:2026/27 a 4"]);
}

/// Asserts that every node has its value in its range.
fn assert_in_range(text: &str, data: &str) {
    let model = model(text);
    let request = Request { period: Some("term".to_string()), ..Request::default() };
    let facts =
        model.bind(&common::observations("found.csv", data), &request).expect("the data are complete");
    for all in values(&model, &lanes(&facts)) {
        for (index, node) in model.plan().nodes_in_order().enumerate() {
            let value = all.of(carepact::plan::NodeId(u32::try_from(index).expect("few nodes")));
            assert!(node.range.least <= *value && *value <= node.range.most, "#{index} is {value}");
        }
    }
}

#[test]
fn a_part_of_a_negative_line_is_as_low_as_its_limit() {
    let text = contract(
        ONE_YEAR,
        r#""clauses": { "x": { "kind": "payment", "from": "icb", "per": "year", "amount": "-(GBP 10)",
    "to": { "weights": "1", "among": ["a", "b"], "between": ["GBP 25", "GBP 100"] } } }"#,
    );
    assert_eq!(stated(&text, NO_DATA), ["x:2026/27 a -25", "x:2026/27 b -25"]);
    assert_in_range(&text, NO_DATA);
}

#[test]
fn who_takes_the_rest_of_many_roundings_may_take_much() {
    let text = of_holders(
        r#""measures": { "m": { "kind": "flag", "by": ["c"], "per": "year" } },
  "clauses": { "x": { "kind": "payment", "from": "icb", "to": { "weights": "m", "among": ["c"] }, "per": "year",
    "amount": "GBP 0.04", "residue": "last" } }"#,
    );
    let rows: String = (1..=8).map(|holder| format!("m,2026/27,h{holder},1\n")).collect();
    let data = format!("measure,period,c,value\n{rows}");
    // Half a penny each is rounded up for eight of them; the last gives 4p back.
    let lines = stated(&text, &data);
    assert_eq!((lines[0].as_str(), lines[7].as_str()), ("x:2026/27:h1 c 0.01", "x:2026/27:h8 c -0.03"));
    assert_in_range(&text, &data);
}

#[test]
fn what_is_not_live_is_checked() {
    let text = contract(
        ONE_YEAR,
        r#""clauses": { "x": { "kind": "payment", "from": "icb", "to": "a", "per": "year", "amount": "GBP 10",
    "status": "shadow", "on_account": { "each": "month", "amount": "nothing_of_this_name" } } }"#,
    );
    assert!(carepact::check(&text).model.is_none());
}
