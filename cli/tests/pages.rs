//! Charts and pages: what they say, that they load nothing, and that they can be read without colour and
//! without eyes.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::fs;
use std::path::Path;

use common::{PRIME, YEAR_ONE, file, read, run};
use sha2::{Digest, Sha256};

/// A contract that pays a trust for a rate from 0 to 1 in steps of 0.01.
fn paying(name: &str, formula: &str) -> String {
    let text = format!(
        r#"{{ "carepact": 1, "contract": "small", "title": "Small & <plain>", "synthetic": true, "currency": "GBP",
        "rounding": {{ "mode": "half_away", "residue": "largest_remainder" }},
        "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
        "parties": [{{ "id": "icb", "role": "commissioner" }}, {{ "id": "trust", "role": "provider" }}],
        "measures": {{ "rate": {{ "kind": "number", "per": "year", "range": [0, 1], "step": "0.01", "better": "higher" }} }},
        "clauses": {{ "pay": {{ "kind": "incentive", "from": "icb", "to": "trust", "per": "year", "amount": "{formula}" }} }} }}"#
    );
    file(name, text.as_bytes())
}

fn svg(contract: &str) -> String {
    run(&["sweep", contract, "--measure", "rate", "--format", "svg"]).expect(0).out
}

/// What stands between a tag with its attributes and its end.
fn inside<'t>(text: &'t str, tag: &str) -> &'t str {
    let start = text.find(&format!("<{tag}")).unwrap_or_else(|| panic!("no {tag}:\n{text}"));
    let rest = &text[start..];
    let (_, rest) = rest.split_once('>').expect("a tag ends");
    rest.split_once(&format!("</{tag}>")).expect("what begins ends").0
}

#[test]
fn a_chart_says_in_its_title_what_a_point_pays() {
    // 10,000 over the 20 points from 60 % to 80 %: 500 for each.
    let svg = svg(&paying("sloped.json", "GBP 10000 * score(rate, 60%, 80%)"));
    let title = inside(&svg, "title");
    assert_eq!(title, "rate in 2026/27: Each percentage point more between 60 % and 80 % pays trust £500.00");
    // The middle of the range, 50 %, stands for the data: the trust can gain 10,000 and lose nothing.
    let words = inside(&svg, "desc");
    assert!(words.contains("trust: £0.00 at the least value, +£10,000.00 at the most."), "{words}");
    assert!(words.contains("icb: £0.00 at the least value, −£10,000.00 at the most."), "{words}");
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
    assert!(svg.contains("role=\"img\" aria-labelledby=\"curve-title curve-desc\""));
    assert!(!svg.contains("rotate("), "all text is horizontal");
    assert!(!svg.contains("<circle"), "nothing jumps");
    assert!(svg.contains("fill=\"#FFFFFF\""), "the ground is white");
}

#[test]
fn a_jump_is_a_gap_between_a_hollow_and_a_full_circle() {
    let svg = svg(&paying("gate.json", "if rate >= 60% then GBP 10000 else GBP 0"));
    assert_eq!(inside(&svg, "title"), "rate in 2026/27: At 60 % trust gains £10,000.00 at once");
    assert!(inside(&svg, "desc").contains("Jump at 60 %: icb −£10,000.00, trust +£10,000.00."));
    // Two parties jump, each from one circle to another; each circle is filled and then outlined.
    let circles: Vec<&str> = svg.lines().filter(|line| line.starts_with("<circle")).collect();
    assert_eq!(circles.len(), 8, "{circles:?}");
    let filled =
        |colour: &str| circles.iter().filter(|line| line.contains(&format!("fill=\"{colour}\""))).count();
    assert_eq!(filled("#FFFFFF"), 2, "the side that is not paid is hollow");
    assert_eq!((filled("#12436D"), filled("#801650")), (1, 1), "the side that is paid is full");
    // The full circle of the trust lies above the hollow one: at 60 % itself it is paid.
    let place = |line: &str, name: &str| -> i64 {
        line.split_once(&format!(" {name}=\"")).unwrap().1.split('"').next().unwrap().parse().unwrap()
    };
    let full = circles.iter().find(|line| line.contains("fill=\"#801650\"")).unwrap();
    let hollow = circles.iter().filter(|line| line.contains("fill=\"#FFFFFF\""));
    assert!(hollow.clone().all(|line| place(line, "cx") == place(full, "cx")));
    assert!(hollow.clone().all(|line| place(line, "cy") > place(full, "cy")));
}

#[test]
fn a_chart_is_written_beside_the_table_and_never_over_a_file() {
    let contract = paying("beside.json", "GBP 10000 * score(rate, 60%, 80%)");
    let chart = Path::new(env!("CARGO_TARGET_TMPDIR")).join("beside.svg");
    let _ = fs::remove_file(&chart);
    let chart = chart.to_string_lossy().into_owned();
    let arguments = ["sweep", &contract, "--measure", "rate", "--chart", &chart];
    let table = run(&arguments).expect(0).out;
    assert!(table.contains("80.00 %") && !table.contains("<svg"), "{table}");
    assert_eq!(fs::read_to_string(&chart).unwrap(), svg(&contract));
    assert!(run(&arguments).expect(1).err.contains("file-exists"));
}

fn is_a_page(html: &str) {
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("<html lang=\"en\">"));
    assert!(html.contains("default-src 'none'") && !html.contains("<script") && !html.contains("<link"));
    let elsewhere = html.replace("http://www.w3.org/2000/svg", "");
    assert!(
        !elsewhere.contains("http:")
            && !elsewhere.contains("https:")
            && !html.contains("url(")
            && !html.contains(" src="),
        "nothing is loaded"
    );
    let count = |what: &str| html.matches(what).count();
    assert_eq!(count("<h1>"), 1);
    assert_eq!(count("<table>"), count("<caption>"));
    assert_eq!(count("<thead>"), count("<table>"));
    assert!(count("scope=\"col\"") > 0 && count("scope=\"row\"") > 0);
    assert_eq!(count("<svg"), count("role=\"img\""));
}

#[test]
fn an_audit_is_one_page() {
    let html = run(&["audit", PRIME, "--baseline", YEAR_ONE, "--format", "html"]).expect(0).out;
    is_a_page(&html);
    // The design's own figure: outcomes put 6.59 % of the mental health trust's income at stake.
    let row = html.lines().find(|line| line.contains(">emh<") && line.contains(">outcomes<")).unwrap();
    assert!(row.contains("6.59 %"), "{row}");
    // Each of the largest curves is followed by its data.
    assert_eq!(html.matches("<svg").count(), 6);
    assert_eq!(html.matches("<caption>Data of the chart: ").count(), 6);
    let hash = Sha256::digest(read(PRIME).as_bytes());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(html.contains(&hash) && html.contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_curve_is_one_page_and_texts_are_escaped() {
    let contract = paying("page.json", "GBP 10000 * score(rate, 60%, 80%)");
    let html = run(&["sweep", &contract, "--measure", "rate", "--format", "html"]).expect(0).out;
    is_a_page(&html);
    assert!(html.contains("Small &amp; &lt;plain&gt;") && !html.contains("<plain>"));
    assert_eq!(inside(&html, "h1"), "Each percentage point more between 60 % and 80 % pays trust £500.00");
}
