//! What the sources promise by being absent: upward imports, floats, unsafe code, unfinished work,
//! long files and functions, fixtures that nobody reads, links that lead nowhere.
//!
//! A rule is a function from a text to findings, and each is shown a text that breaks it.

use std::fs;
use std::path::{Path, PathBuf};

/// Layer of each module. A file imports only from smaller numbers and from its own module.
const LAYERS: &[(&str, u8)] = &[
    ("num", 0),
    ("source", 0),
    ("calendar", 1),
    ("unit", 1),
    ("formula", 2),
    ("observe", 2),
    ("plan", 2),
    ("contract", 3),
    ("describe", 4),
    ("evaluate", 4),
    ("lower", 4),
    ("wide", 4),
    ("batch", 5),
    ("bind", 5),
    ("statement", 6),
    ("analyse", 7),
    ("cases", 7),
    ("scenario", 7),
    ("lint", 8),
    ("workbook", 7),
    ("reference", 8),
    ("lib", 9),
];

/// Imports that the layers would allow and that are kept out all the same.
const KEPT_OUT: &[(&str, &str)] = &[("evaluate", "contract"), ("bind", "evaluate")];

/// Who may look at kinds of clause: what reads, checks and prints contracts. No reading of the plan.
const KNOW_KINDS: &[&str] = &["contract", "lower", "describe", "reference"];

/// Names of the root that a module may use although it lies below: what the verbs hand over.
const OF_THE_ROOT: &[(&str, &str)] = &[
    ("statement", "Model"),
    ("cases", "Model"),
    ("scenario", "Model"),
    ("analyse", "Model"),
    ("workbook", "Model"),
];

const LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;
const COLUMNS_MAX: usize = 110;

/// A source file: its path from the root of the repository, and its text.
struct Source {
    path: String,
    text: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder, without what is built, hidden or not ours.
fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().expect("a name").to_string_lossy().to_string();
        let built = ["target", "corpus", "artifacts", "node_modules"].contains(&name.as_str());
        match path.is_dir() {
            true if built || name.starts_with('.') => {}
            true => files_below(&path, files),
            false => files.push(path),
        }
    }
}

fn sources(folders: &[&str], extension: &str) -> Vec<Source> {
    let mut files = Vec::new();
    for folder in folders {
        files_below(&root().join(folder), &mut files);
    }
    let wanted = files.into_iter().filter(|path| path.extension().is_some_and(|found| found == extension));
    wanted
        .map(|path| Source {
            text: fs::read_to_string(&path).expect("a source is text"),
            path: path.strip_prefix(root()).expect("below the root").to_string_lossy().to_string(),
        })
        .collect()
}

/// Where floats are at home: integers held in floats, proved exact, and draws before they are rounded.
/// A cell of a spreadsheet holds nothing else.
const FLOATS: &[&str] = &["src/batch/", "scenarios/src/", "finance/src/workbook/float.rs"];

/// Holds a rule against the engine, the command and the scenarios.
fn hold(rule: impl Fn(&Source) -> Vec<String>) {
    let findings: Vec<String> =
        sources(&["src", "cli/src", "finance/src", "scenarios/src"], "rs").iter().flat_map(rule).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// A source without its comments, and with nothing between quotation marks; lines stay lines.
fn code(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = quoted(rest) {
            out.push_str("\"\"");
            length
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        out.extend(rest[..length].chars().filter(|c| *c == '\n'));
        rest = &rest[length..];
    }
    out
}

/// The length of the text or character that begins here, when one does.
fn quoted(rest: &str) -> Option<usize> {
    let raw = rest.strip_prefix('r').map(|rest| rest.len() - rest.trim_start_matches('#').len());
    if let Some(hashes) = raw.filter(|hashes| rest[1 + hashes..].starts_with('"')) {
        let close = format!("\"{}", "#".repeat(hashes));
        let start = hashes + 2;
        return Some(rest[start..].find(&close).map_or(rest.len(), |end| start + end + close.len()));
    }
    let quote = rest.chars().next().filter(|c| *c == '"' || *c == '\'')?;
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(at + c.len_utf8()),
            // A lifetime, not a character.
            _ if quote == '\'' && at > 1 && !rest.starts_with("'\\") => return None,
            _ => {}
        }
    }
    None
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// Findings of a test on each line of code, with the line's number.
fn each_line(source: &Source, code: &str, test: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let lines = code.lines().enumerate();
    lines.filter_map(|(i, line)| Some(format!("{}:{}: {}", source.path, i + 1, test(line)?))).collect()
}

/// The module of a file of the engine; nothing for other files.
fn module(path: &str) -> Option<&str> {
    let inner = path.strip_prefix("src/")?;
    Some(inner.split('/').next()?.trim_end_matches(".rs"))
}

fn layer(module: &str) -> Option<u8> {
    LAYERS.iter().find(|(known, _)| *known == module).map(|(_, layer)| *layer)
}

/// What a line imports from the root of its crate.
fn imports(line: &str) -> Vec<&str> {
    let parts = line.split("crate::").skip(1);
    parts.map(|part| part.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("")).collect()
}

fn imports_downwards(source: &Source) -> Vec<String> {
    let Some(module) = module(&source.path) else { return Vec::new() };
    let Some(own) = layer(module) else {
        return vec![format!("{}: `{module}` has no layer", source.path)];
    };
    let fine = |import: &str| {
        let below = layer(import).is_some_and(|layer| layer < own) && !KEPT_OUT.contains(&(module, import));
        import == module || below || OF_THE_ROOT.contains(&(module, import))
    };
    each_line(source, &code(&source.text), |line| {
        let upward = imports(line).into_iter().find(|import| !fine(import))?;
        Some(format!("`{module}` may not import `{upward}`"))
    })
}

fn knows_no_kinds(source: &Source) -> Vec<String> {
    let Some(module) = module(&source.path).filter(|module| !KNOW_KINDS.contains(module)) else {
        return Vec::new();
    };
    let names = ["kinds", "KINDS", "ClauseKind", "Promise"];
    each_line(source, &code(&source.text), |line| {
        let name = words(line).find(|word| names.contains(word))?;
        Some(format!("`{module}` looks at kinds of clause: `{name}`"))
    })
}

fn is_short(source: &Source) -> Vec<String> {
    let count = source.text.lines().count();
    let long = count > LINES_MAX;
    long.then(|| format!("{}: {count} lines", source.path)).into_iter().collect()
}

/// Long lines; what stands in quotation marks cannot be broken and does not count.
fn is_narrow(source: &Source) -> Vec<String> {
    let code = code(&source.text);
    let code = code.lines().chain(std::iter::repeat(""));
    let pairs = source.text.lines().zip(code).enumerate();
    let wide = |(written, code): (&str, &str)| {
        let comment = written.trim_start().starts_with("//");
        (if comment { written } else { code.trim_end() }).chars().count() > COLUMNS_MAX
    };
    pairs
        .filter(|(_, pair)| wide(*pair))
        .map(|(i, _)| format!("{}:{}: more than {COLUMNS_MAX} columns", source.path, i + 1))
        .collect()
}

/// Long functions, from their `fn` to the line that closes them.
fn has_short_functions(source: &Source) -> Vec<String> {
    let code = code(&source.text);
    let lines: Vec<&str> = code.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut findings = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        if !words(line).any(|word| word == "fn") || !line.contains('(') {
            continue;
        }
        let closes = |later: &&str| !later.trim().is_empty() && indent(later) <= indent(line);
        let open = !line.trim_end().ends_with(['}', ';', ',']);
        let end = lines[start + 1..].iter().position(|later| closes(later) && !later.trim().starts_with(')'));
        let length = if open { end.map_or(1, |end| end + 2) } else { 1 };
        if length > FUNCTION_LINES_MAX {
            findings.push(format!("{}:{}: a function of {length} lines", source.path, start + 1));
        }
    }
    findings
}

fn is_exact(source: &Source) -> Vec<String> {
    if FLOATS.iter().any(|folder| source.path.starts_with(folder)) {
        return Vec::new();
    }
    each_line(source, &code(&source.text), |line| {
        let float = words(line).find(|word| ["f32", "f64"].contains(word)).map(str::to_string);
        float.or_else(|| float_literal(line)).map(|found| format!("a float: `{found}`"))
    })
}

/// Digits, a point and digits, where no tuple is indexed.
fn float_literal(line: &str) -> Option<String> {
    let is_digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit() || c == '_');
    let tokens = line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
    let mut tokens = tokens.filter(|token| !token.contains(".."));
    let float = |token: &str| token.split_once('.').is_some_and(|(a, b)| is_digits(a) && is_digits(b));
    tokens.find(|token| float(token)).map(str::to_string)
}

/// Words that have no place in finished sources, in comments as well as in code.
fn is_finished(source: &Source) -> Vec<String> {
    let marks = ["TODO", "FIXME", "XXX", "HACK"];
    let macros = ["todo!", "dbg!", "unimplemented!"];
    let noted = each_line(source, &source.text, |line| {
        words(line).find(|word| marks.contains(word)).map(|mark| format!("`{mark}`"))
    });
    let called = each_line(source, &code(&source.text), |line| {
        macros.iter().find(|name| line.contains(*name)).map(|name| format!("`{name}`"))
    });
    [noted, called].concat()
}

fn is_deterministic_and_safe(source: &Source) -> Vec<String> {
    let names = ["HashMap", "HashSet", "unsafe", "SystemTime", "Instant"];
    each_line(source, &code(&source.text), |line| {
        words(line).find(|word| names.contains(word)).map(|name| format!("`{name}`"))
    })
}

fn has_a_header(source: &Source) -> Vec<String> {
    let headless = !source.text.starts_with("//! ");
    headless.then(|| format!("{}: begins without a `//!` header", source.path)).into_iter().collect()
}

/// Links of a page that lead to files; those to the web and within the page are not looked at.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|part| part.split_once(')'));
    let local = |target: &&str| !target.contains("://") && !target.starts_with(['#', '<']);
    let targets = targets.map(|(target, _)| target.split(['#', ' ']).next().unwrap_or(""));
    targets.filter(local).filter(|target| !target.is_empty() && !target.starts_with("mailto:")).collect()
}

fn links_lead_somewhere(source: &Source) -> Vec<String> {
    let path = root().join(&source.path);
    let folder = path.parent().expect("a page lies in a folder");
    let broken = links(&source.text).into_iter().filter(|link| !folder.join(link).exists());
    broken.map(|link| format!("{}: `{link}` is not there", source.path)).collect()
}

/// Files that are all read by one test: their folder, how they end, and the test.
const READ_TOGETHER: &[(&str, &str, &str)] = &[
    ("tests/errors", "", "tests/errors.rs"),
    ("fixtures", ".expected.csv", "tests/acceptance.rs"),
    ("contracts/published", ".json", "tests/published.rs"),
];

/// Files of fixtures that no test names, by their name or by their name without its ending.
fn unread<'f>(files: &'f [String], tests: &str) -> Vec<&'f String> {
    let together = |file: &str| {
        READ_TOGETHER
            .iter()
            .any(|(folder, end, _)| Path::new(file).starts_with(folder) && file.ends_with(end))
    };
    let read = |file: &String| {
        let name = file.rsplit('/').next().unwrap_or(file);
        let stem = name.split('.').next().unwrap_or(name);
        // Observations are read together with what is expected of them.
        let with_expected = file.replace(".csv", ".expected.csv");
        let named = tests.contains(&format!("{stem}.")) || tests.contains(&format!("{stem}\""));
        name == "README.md" || named || together(file) || files.contains(&with_expected)
    };
    files.iter().filter(|file| !read(file)).collect()
}

#[test]
fn modules_import_downwards() {
    hold(imports_downwards);
}

#[test]
fn readings_know_no_kinds_of_clause() {
    hold(knows_no_kinds);
}

#[test]
fn files_functions_and_lines_are_short() {
    hold(is_short);
    hold(has_short_functions);
    hold(is_narrow);
}

#[test]
fn there_are_no_floats() {
    hold(is_exact);
}

#[test]
fn nothing_is_unfinished() {
    hold(is_finished);
}

#[test]
fn nothing_is_unsafe_or_depends_on_hashes_or_clocks() {
    hold(is_deterministic_and_safe);
}

#[test]
fn files_say_what_they_are() {
    hold(has_a_header);
}

#[test]
fn links_of_pages_lead_somewhere() {
    let pages = sources(&["."], "md");
    assert!(!pages.is_empty(), "there are pages");
    let broken: Vec<String> = pages.iter().flat_map(links_lead_somewhere).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_fixture_and_contract_is_read() {
    let mut files = Vec::new();
    for folder in ["fixtures", "contracts", "tests/errors"] {
        files_below(&root().join(folder), &mut files);
    }
    let named = |path: &PathBuf| path.strip_prefix(root()).expect("below").to_string_lossy().to_string();
    let files: Vec<String> = files.iter().map(named).collect();
    let tests = sources(
        &["tests", "cli/tests", "finance/tests", "finance/benches", "scenarios/tests", "benches"],
        "rs",
    )
    .into_iter();
    let tests: String = tests.filter(|test| test.path != "tests/tidy.rs").map(|test| test.text).collect();
    for (folder, _, test) in READ_TOGETHER {
        assert!(root().join(test).exists(), "{folder} is read by {test}");
    }
    let unread = unread(&files, &tests);
    assert!(unread.is_empty(), "no test names {unread:#?}");
}

/// Published schemes that a text names: their documents, with the words joined in any way.
fn schemes_named<'s>(text: &str, schemes: &'s [String]) -> Vec<&'s String> {
    let words = |text: &str| {
        let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        format!(" {} ", parts.collect::<Vec<_>>().join(" ").to_lowercase())
    };
    let text = words(text);
    schemes.iter().filter(|scheme| text.contains(&words(scheme))).collect()
}

#[test]
fn the_engine_names_no_published_scheme() {
    let mut files = Vec::new();
    files_below(&root().join("contracts/published"), &mut files);
    let stem = |path: &PathBuf| {
        let name = path.file_name().expect("a file").to_string_lossy().to_string();
        name.split('.').next().unwrap_or_default().to_string()
    };
    let schemes: Vec<String> = files.iter().map(stem).collect();
    assert!(schemes.len() > 100, "the published schemes are there");
    hold(|source| match source.path.starts_with("src/") {
        true => {
            let named = schemes_named(&source.text, &schemes).into_iter();
            named.map(|scheme| format!("{}: names the scheme `{scheme}`", source.path)).collect()
        }
        false => Vec::new(),
    });
    let two = ["qof".to_string(), "shared-savings".to_string()];
    assert_eq!(schemes_named("if shared_savings > 0", &two), ["shared-savings"]);
    assert_eq!(schemes_named("profound: a qofx", &two), Vec::<&String>::new());
}

/// A made-up source that a rule must object to, or not.
fn objects(rule: impl Fn(&Source) -> Vec<String>, path: &str, text: &str) -> bool {
    !rule(&Source { path: path.to_string(), text: text.to_string() }).is_empty()
}

#[test]
fn rules_see_through_comments_and_texts() {
    assert_eq!(code("a // f64\nb"), "a \nb");
    assert_eq!(code("a(\"x \\\" // y\", 'c', '\\'') /* f32\n */ b"), "a(\"\", \"\", \"\") \n b");
    assert_eq!(code("r#\"un\"safe\"# + b"), "\"\" + b");
    assert_eq!(code("fn f<'a>(x: &'a str)"), "fn f<'a>(x: &'a str)");
}

#[test]
fn an_upward_import_is_found() {
    assert!(objects(imports_downwards, "src/num/exact.rs", "use crate::plan::Op;"));
    assert!(objects(imports_downwards, "src/plan/mod.rs", "use crate::contract::Contract;"));
    assert!(objects(imports_downwards, "src/evaluate.rs", "fn f(x: &crate::contract::Contract) {}"));
    assert!(objects(imports_downwards, "src/bind/mod.rs", "use crate::Model;"));
    assert!(objects(imports_downwards, "src/newcomer.rs", ""));
    assert!(!objects(imports_downwards, "src/bind/mod.rs", "use crate::plan::Op; // crate::lib"));
    assert!(!objects(imports_downwards, "cli/src/main.rs", "use crate::anything;"));
    assert!(objects(knows_no_kinds, "src/statement/mod.rs", "use crate::contract::kinds::KINDS;"));
    assert!(!objects(knows_no_kinds, "src/lower/checks.rs", "use crate::contract::kinds::Promise;"));
}

#[test]
fn what_is_long_is_found() {
    assert!(objects(is_short, "a.rs", &"x\n".repeat(LINES_MAX + 1)));
    let body = |lines: usize| {
        format!("    fn f(\n        x: u8,\n    ) {{\n{}    }}\n", "        x;\n".repeat(lines))
    };
    assert!(objects(has_short_functions, "a.rs", &body(FUNCTION_LINES_MAX)));
    assert!(!objects(has_short_functions, "a.rs", &body(FUNCTION_LINES_MAX - 4)));
    assert!(objects(is_narrow, "a.rs", &"x".repeat(COLUMNS_MAX + 1)));
    assert!(objects(is_narrow, "a.rs", &format!("// {}", "x".repeat(COLUMNS_MAX))));
    assert!(!objects(is_narrow, "a.rs", &format!("f(\"{}\")", "x".repeat(COLUMNS_MAX))));
}

#[test]
fn floats_hashes_and_unfinished_work_are_found() {
    for bad in ["let x: f64 = y;", "x as f32", "2.5 * y", "[0.0; 3]"] {
        assert!(objects(is_exact, "a.rs", bad), "{bad}");
    }
    for good in ["x.0.1", "0..5", "\"2.5\"", "v1_2.x", "// 1.5"] {
        assert!(!objects(is_exact, "a.rs", good), "{good}");
    }
    for bad in ["// TODO later", "todo!()", "dbg!(x)", "unimplemented!()"] {
        assert!(objects(is_finished, "a.rs", bad), "{bad}");
    }
    for bad in ["use std::collections::HashMap;", "unsafe { x }", "Instant::now()"] {
        assert!(objects(is_deterministic_and_safe, "a.rs", bad), "{bad}");
    }
    assert!(!objects(is_deterministic_and_safe, "a.rs", "#![forbid(unsafe_code)] // unsafe"));
    assert!(objects(has_a_header, "a.rs", "use std::fmt;"));
}

#[test]
fn broken_links_and_unread_fixtures_are_found() {
    assert!(objects(links_lead_somewhere, "docs/a.md", "[x](nowhere/b.md#part)"));
    let fine = "[x](../Cargo.toml) [y](https://a.b/c) [z](#here)";
    assert!(!objects(links_lead_somewhere, "docs/a.md", fine));
    let files = ["one.csv", "two.csv", "six.json", "ten.csv", "ten.expected.csv"];
    let files = files.map(|name| format!("fixtures/{name}"));
    assert_eq!(unread(&files, "read(\"fixtures/one.csv\"), contract(\"six\")"), [&files[1]]);
}
