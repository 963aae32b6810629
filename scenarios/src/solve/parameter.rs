//! The number of a contract that is looked for: where it stands, and the contract with another.
//!
//! Only the number is replaced, so the rest of the document keeps its lines.

use std::ops::Range;

use carepact::source::{Json, Location, did_you_mean};
use carepact::{Diagnostic, Document, Exact};

use super::PARAMETER;

/// A number of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its path as asked for.
    pub path: String,
    /// The number as the contract has it.
    pub value: Exact,
    /// What follows the number in its text, such as a unit.
    suffix: String,
    /// True when the contract writes it as a percentage.
    pub is_percentage: bool,
    /// Where the value stands in the text, quotation marks included.
    range: Range<usize>,
}

impl Parameter {
    /// Finds a number by a JSON Pointer (`/tables/uplift`) or by names with points between them
    /// (`tables.schedule.rows.C07.floor`), where a column of a schedule goes by its name.
    ///
    /// # Errors
    /// A path that leads nowhere, or to something that is no number.
    pub fn find(document: &Document, path: &str) -> Result<Parameter, Diagnostic> {
        let found = match path.strip_prefix('/') {
            Some(pointer) => by_pointer(document.root(), pointer),
            None => by_names(document.root(), None, path),
        };
        let json = found.map_err(|(found, remedy)| problem(path, &found, remedy))?;
        let (number, suffix) = match json.number_text() {
            Some(text) => text.split_once(' ').map_or((text, ""), |(number, unit)| (number, unit)),
            None => ("", ""),
        };
        let Ok(value) = Exact::parse(number) else {
            let found = format!("there stands {}, which is no number", json.word());
            let remedy = "go on to a number below it; a number within a formula becomes a table first";
            return Err(problem(path, &found, remedy.to_string()));
        };
        let start = json.place.at;
        Ok(Parameter {
            path: path.to_string(),
            value,
            suffix: suffix.to_string(),
            is_percentage: number.ends_with('%'),
            range: start..start + document.written(json).len(),
        })
    }

    /// The text of the contract with another number.
    pub fn with(&self, document: &Document, value: &Exact) -> String {
        let mut text = document.text().to_string();
        let unit = if self.suffix.is_empty() { String::new() } else { format!(" {}", self.suffix) };
        text.replace_range(self.range.clone(), &format!("\"{}{unit}\"", plain(value)));
        text
    }

    /// A value as the contract would write it.
    pub fn said(&self, value: &Exact) -> String {
        let unit = if self.suffix.is_empty() { String::new() } else { format!(" {}", self.suffix) };
        if self.is_percentage {
            format!("{}%{unit}", plain(&(value * &Exact::from(100))))
        } else {
            format!("{}{unit}", plain(value))
        }
    }
}

/// A finite decimal.
fn plain(value: &Exact) -> String {
    let text = value.plain(20);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// What was found at a path, or what was not and what to do.
type Found<'d> = Result<&'d Json, (String, String)>;

fn by_pointer<'d>(root: &'d Json, pointer: &str) -> Found<'d> {
    let mut json = root;
    for part in pointer.split('/') {
        let key = part.replace("~1", "/").replace("~0", "~");
        json = step(json, None, &key).ok_or_else(|| unknown(json, &key))?;
    }
    Ok(json)
}

/// Keys may hold points themselves (`2028/29..`), so the longest key that fits is taken.
fn by_names<'d>(json: &'d Json, columns: Option<&'d Json>, path: &str) -> Found<'d> {
    let mut fitting: Vec<(&str, &str)> = Vec::new();
    for (at, _) in path.match_indices('.').chain([(path.len(), "")]) {
        fitting.push((&path[..at], path.get(at + 1..).unwrap_or_default()));
    }
    let columns = json.get("columns").or(columns);
    for (key, rest) in fitting.into_iter().rev() {
        if let Some(below) = step(json, columns, key) {
            return if rest.is_empty() { Ok(below) } else { by_names(below, columns, rest) };
        }
    }
    Err(unknown(json, path.split('.').next().unwrap_or(path)))
}

/// A member of an object, or an item of a list by its number from 0 or by the name of its column.
fn step<'d>(json: &'d Json, columns: Option<&Json>, key: &str) -> Option<&'d Json> {
    let column = |name: &&Json| name.text().is_some_and(|name| name.split(' ').next() == Some(key));
    let by_column = || columns?.items().iter().position(|name| column(&name));
    let by_number = || key.parse::<usize>().ok();
    json.get(key).or_else(|| json.items().get(by_number().or_else(by_column)?))
}

fn unknown(json: &Json, key: &str) -> (String, String) {
    let names = || json.members().iter().map(|(name, _)| name.as_str());
    let all: Vec<String> = names().map(str::to_string).collect();
    let remedy = match (did_you_mean(key, names()), &all[..]) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => "nothing stands below; items of a list go by their number, from 0".to_string(),
        (None, [..]) => format!("here stand {}", carepact::contract::brief(&all)),
    };
    (format!("there is no `{key}`"), remedy)
}

fn problem(path: &str, found: &str, remedy: String) -> Diagnostic {
    let found = format!("{path}: {found}");
    Diagnostic { code: &PARAMETER, location: Location::Request, found, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{ "tables": { "share": { "values": { "2026/27": "4%", "2028/29..": "8%" } },
      "fee": "200 GBP/breach", "count": 30,
      "schedule": { "columns": ["points point", "floor"], "rows": { "C07": [3, "46%"] } } } }"#;

    fn find(path: &str) -> Result<Parameter, Diagnostic> {
        Parameter::find(&Document::parse(TEXT).unwrap(), path)
    }

    #[test]
    fn numbers_are_found_and_replaced() {
        let document = Document::parse(TEXT).unwrap();
        for (path, value, new, written) in [
            ("tables.share.values.2026/27", "4%", "4.5%", r#""2026/27": "0.045""#),
            ("tables.share.values.2028/29..", "8%", "9%", r#""2028/29..": "0.09""#),
            ("/tables/share/values/2026~127", "4%", "5%", r#""2026/27": "0.05""#),
            ("tables.fee", "200", "250.5", r#""fee": "250.5 GBP/breach""#),
            ("tables.count", "30", "31", r#""count": "31""#),
            ("tables.schedule.rows.C07.floor", "46%", "47%", r#"[3, "0.47"]"#),
            ("tables.schedule.rows.C07.0", "3", "2", r#"["2", "46%"]"#),
        ] {
            let parameter = find(path).unwrap();
            assert_eq!(parameter.value, Exact::parse(value).unwrap(), "{path}");
            let text = parameter.with(&document, &Exact::parse(new).unwrap());
            assert!(text.contains(written), "{path}: {text}");
        }
        assert_eq!(find("tables.fee").unwrap().said(&Exact::from(250)), "250 GBP/breach");
        assert_eq!(find("tables.schedule.rows.C07.floor").unwrap().said(&Exact::scaled(475, 3)), "47.5%");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for (path, found) in [
            ("tables.shares", "tables.shares: there is no `shares`"),
            ("tables.share.values.2030/31", "tables.share.values.2030/31: there is no `2030/31`"),
            ("tables.schedule.rows.C07.target", "tables.schedule.rows.C07.target: there is no `target`"),
            ("tables.share", "tables.share: there stands an object, which is no number"),
        ] {
            assert_eq!(find(path).unwrap_err().found, found);
        }
        assert_eq!(find("tables.shares").unwrap_err().remedy, "did you mean `share`?");
    }
}
