//! A JSON document in which every value knows its place.
//!
//! `serde_json` reads the tokens; this module keeps where each value stands, keeps numbers as
//! they are written, and reports a key that is given twice. Values are immutable.

use std::fmt;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::catalogue;
use super::diagnostic::{Diagnostic, Location};

/// Most bytes of a document.
pub const DOCUMENT_BYTES_MAX: usize = 4 << 20;
/// Deepest nesting of a document.
pub const JSON_DEPTH_MAX: usize = 32;

/// Bytes from `start` to before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// A place in a document: the JSON Pointer, the byte, and the part of a formula when one is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The JSON Pointer of the value.
    pub pointer: Arc<str>,
    /// Byte offset in the text, at the part of the formula when there is one.
    pub at: usize,
    /// How many characters are meant.
    pub length: usize,
    /// The part of a formula, in bytes of the formula.
    pub formula: Option<Span>,
}

impl Place {
    /// The start of a document.
    pub fn start() -> Place {
        Place { pointer: Arc::from(""), at: 0, length: 1, formula: None }
    }

    /// Line and column in characters, both from 1.
    pub fn line_column(&self, text: &str) -> (usize, usize) {
        let before = text.as_bytes().get(..self.at).unwrap_or(text.as_bytes());
        let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
        let start = before.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
        (line, String::from_utf8_lossy(&before[start..]).chars().count() + 1)
    }
}

/// A value of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub place: Place,
    /// Where its key stands, in an object.
    pub key_at: Option<usize>,
}

/// What a JSON value is; numbers stay as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as written.
    Number(String),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object, in the order written.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The members of an object; none when it is something else.
    pub fn members(&self) -> &[(String, Json)] {
        match &self.kind {
            Kind::Object(members) => members,
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) | Kind::List(_) => &[],
        }
    }

    /// The items of a list; none when it is something else.
    pub fn items(&self) -> &[Json] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) | Kind::Object(_) => &[],
        }
    }

    /// A member of an object.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.members().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The text of a string.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::List(_) | Kind::Object(_) => None,
        }
    }

    /// The text of a string or a number: how numbers are written in contracts.
    pub fn number_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Number(text) => Some(text),
            Kind::Null | Kind::Bool(_) | Kind::List(_) | Kind::Object(_) => None,
        }
    }

    /// The word for what this is.
    pub fn word(&self) -> &'static str {
        match self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "true or false",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "a text",
            Kind::List(_) => "a list",
            Kind::Object(_) => "an object",
        }
    }

    /// The place of the key of this value; of the value, when it has none.
    pub fn key_place(&self) -> Place {
        let key = self.place.pointer.rsplit('/').next().unwrap_or_default();
        match self.key_at {
            Some(at) => Place { at, length: key.chars().count() + 2, ..self.place.clone() },
            None => self.place.clone(),
        }
    }

    /// The place of a part of the formula that this text holds.
    pub fn formula_place(&self, span: Span) -> Place {
        let width = span.end.saturating_sub(span.start).max(1);
        Place { at: self.place.at + 1 + span.start, length: width, formula: Some(span), ..self.place.clone() }
    }
}

/// A document that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    text: String,
    root: Json,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// Text that is not JSON, too long or too deep, and every key given twice.
    pub fn parse(text: &str) -> Result<Document, Vec<Diagnostic>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > DOCUMENT_BYTES_MAX {
            let found = format!("the document has {} bytes", text.len());
            let remedy = format!("keep it under {DOCUMENT_BYTES_MAX} bytes");
            return Err(vec![problem(&catalogue::LIMIT, Place::start(), found, remedy)]);
        }
        let raw: &RawValue = serde_json::from_str(text).map_err(|error| vec![syntax(text, &error)])?;
        let mut reader = Reader { text, problems: Vec::new() };
        let root = reader.value(raw, String::new(), 0);
        match root {
            Some(root) if reader.problems.is_empty() => Ok(Document { text: text.to_string(), root }),
            Some(_) | None => Err(reader.problems),
        }
    }

    /// A document that could not be read: its text, so that the places of problems can be shown.
    pub fn unread(text: &str) -> Document {
        let root = Json { kind: Kind::Null, place: Place::start(), key_at: None };
        Document { text: text.strip_prefix('\u{feff}').unwrap_or(text).to_string(), root }
    }

    /// The text as read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The outermost value.
    pub fn root(&self) -> &Json {
        &self.root
    }

    /// A value of this document exactly as it is written, with its line breaks.
    pub fn written(&self, value: &Json) -> &str {
        let from = self.text.get(value.place.at..).unwrap_or_default();
        let mut values = serde_json::Deserializer::from_str(from).into_iter::<&RawValue>();
        values.next().and_then(Result::ok).map_or("", RawValue::get)
    }
}

impl fmt::Display for Json {
    /// The value as JSON in one line, numbers and order as written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Null => f.write_str("null"),
            Kind::Bool(value) => write!(f, "{value}"),
            Kind::Number(text) => f.write_str(text),
            Kind::Text(text) => f.write_str(&quoted(text)),
            Kind::List(items) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Kind::Object(members) => {
                let members: Vec<String> =
                    members.iter().map(|(key, value)| format!("{}: {value}", quoted(key))).collect();
                write!(f, "{{{}}}", members.join(", "))
            }
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn problem(code: &'static catalogue::Code, place: Place, found: String, remedy: String) -> Diagnostic {
    Diagnostic { code, location: Location::Document(place), found, remedy }
}

fn syntax(text: &str, error: &serde_json::Error) -> Diagnostic {
    let line_start: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = (line_start + error.column().saturating_sub(1)).min(text.len());
    let place = Place { at, ..Place::start() };
    let (found, remedy) = syntax_words(text, &error.to_string());
    problem(&catalogue::JSON_SYNTAX, place, found, remedy)
}

/// What is wrong with JSON, and what to do, for people who do not write it every day.
fn syntax_words(text: &str, message: &str) -> (String, String) {
    let said = message.split(" at line").next().unwrap_or(message).to_string();
    let (found, remedy) = match said.as_str() {
        _ if text.trim().is_empty() => {
            ("the file is empty", "write a contract, or start from `carepact new`")
        }
        said if said.starts_with("EOF") => {
            ("the document ends before it is complete", "close every bracket, brace and quotation mark")
        }
        said if said.starts_with("control character") => {
            ("a text is not closed on its line", "add the quotation mark")
        }
        "key must be a string" => {
            ("a name in double quotation marks must stand here", "write \"name\": …; JSON has no comments")
        }
        "trailing comma" => ("a comma before a closing bracket", "take the comma out"),
        "trailing characters" => {
            ("text after the end of the document", "take it out; a contract is one object")
        }
        _ => return (said, "correct the JSON here; nothing after it was read".to_string()),
    };
    (found.to_string(), remedy.to_string())
}

struct Reader<'a> {
    text: &'a str,
    problems: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    fn value(&mut self, raw: &'a RawValue, pointer: String, depth: usize) -> Option<Json> {
        let source = raw.get();
        let length = source.lines().next().map_or(1, |line| line.chars().count());
        let place = Place { pointer: Arc::from(pointer), at: self.offset(source), length, formula: None };
        if depth > JSON_DEPTH_MAX {
            let remedy = format!("nest at most {JSON_DEPTH_MAX} levels");
            let found = format!("nested more than {JSON_DEPTH_MAX} levels deep");
            self.problems.push(problem(&catalogue::LIMIT, place, found, remedy));
            return None;
        }
        let kind = match source.as_bytes().first() {
            Some(b'{') => self.object(source, &place, depth)?,
            Some(b'[') => self.list(source, &place, depth)?,
            Some(b'"') => Kind::Text(self.part(source, &place)?),
            Some(b'n') => Kind::Null,
            Some(b't' | b'f') => Kind::Bool(source == "true"),
            Some(_) | None => Kind::Number(source.to_string()),
        };
        Some(Json { kind, place, key_at: None })
    }

    /// Where a part of the text begins. The part is borrowed from the text, so the difference of
    /// the two addresses is its offset.
    fn offset(&self, part: &str) -> usize {
        (part.as_ptr().addr()).saturating_sub(self.text.as_ptr().addr())
    }

    /// Where the key before a value begins; nothing when it is written with escapes.
    fn key_before(&self, key: &str, value_at: usize) -> Option<usize> {
        let before = self.text.get(..value_at)?.trim_end().strip_suffix(':')?.trim_end();
        let rest = before.strip_suffix('"')?.strip_suffix(key)?.strip_suffix('"')?;
        Some(rest.len())
    }

    fn part<T: Deserialize<'a>>(&mut self, source: &'a str, place: &Place) -> Option<T> {
        match serde_json::from_str(source) {
            Ok(value) => Some(value),
            Err(error) => {
                let (found, remedy) = syntax_words(self.text, &error.to_string());
                self.problems.push(problem(&catalogue::JSON_SYNTAX, place.clone(), found, remedy));
                None
            }
        }
    }

    fn list(&mut self, source: &'a str, place: &Place, depth: usize) -> Option<Kind> {
        let items: Vec<&'a RawValue> = self.part(source, place)?;
        let mut list = Vec::with_capacity(items.len());
        for (i, raw) in items.into_iter().enumerate() {
            list.extend(self.value(raw, format!("{}/{i}", place.pointer), depth + 1));
        }
        Some(Kind::List(list))
    }

    fn object(&mut self, source: &'a str, place: &Place, depth: usize) -> Option<Kind> {
        let Members(read) = self.part(source, place)?;
        let mut members: Vec<(String, Json)> = Vec::with_capacity(read.len());
        let mut seen = std::collections::BTreeSet::new();
        for (key, raw) in read {
            let pointer = format!("{}/{}", place.pointer, key.replace('~', "~0").replace('/', "~1"));
            let value_at = self.offset(raw.get());
            let key_at = self.key_before(&key, value_at);
            if !seen.insert(key.clone()) {
                let (at, length) = (key_at.unwrap_or(value_at), key.chars().count() + 2);
                let place = Place { pointer: Arc::from(pointer), at, length, formula: None };
                let found = format!("the key `{key}` is given twice");
                let remedy = "keep one of the two".to_string();
                self.problems.push(problem(&catalogue::DUPLICATE_KEY, place, found, remedy));
                continue;
            }
            let value = self.value(raw, pointer, depth + 1);
            members.extend(value.map(|value| (key, Json { key_at, ..value })));
        }
        Some(Kind::Object(members))
    }
}

/// The members of an object in the order written, doubles included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_place() {
        let document = Document::parse("{\n  \"a\": [1, {\"b/c\": \"x\"}]\n}").unwrap();
        let list = document.root().get("a").unwrap();
        let inner = list.items()[1].get("b/c").unwrap();
        assert_eq!(&*inner.place.pointer, "/a/1/b~1c");
        assert_eq!(inner.place.line_column(document.text()), (2, 20));
        assert_eq!(document.root().to_string(), r#"{"a": [1, {"b/c": "x"}]}"#);
        assert_eq!(document.written(list), "[1, {\"b/c\": \"x\"}]");
    }

    #[test]
    fn numbers_stay_as_written_and_doubles_are_reported() {
        let document = Document::parse("[142.370, 1e5]").unwrap();
        assert_eq!(document.root().items()[0].number_text(), Some("142.370"));
        let problems = Document::parse(r#"{"a": 1, "a": 2, "b": {"c": 1, "c": 1}}"#).unwrap_err();
        let pointers: Vec<_> = problems.iter().map(|p| p.code.name).collect();
        assert_eq!(pointers, ["duplicate-key", "duplicate-key"]);
    }

    #[test]
    fn deep_nesting_is_a_diagnostic() {
        let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
        assert_eq!(Document::parse(&deep).unwrap_err()[0].code.name, "limit");
        assert!(Document::parse(&"[".repeat(100_000)).is_err());
    }
}
