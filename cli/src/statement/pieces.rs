//! A JSON object written piece by piece, laid out as `answer::pretty` lays out a whole one, so that
//! long lists need not be kept.

use std::io::{self, Write};

use serde_json::Value;

/// An object that is being written.
pub struct Object<'w> {
    out: &'w mut dyn Write,
    empty: bool,
}

/// A list in it.
pub struct List<'o> {
    out: &'o mut dyn Write,
    empty: bool,
}

impl<'w> Object<'w> {
    /// Begins an object.
    pub fn begin(out: &'w mut dyn Write) -> io::Result<Object<'w>> {
        out.write_all(b"{")?;
        Ok(Object { out, empty: true })
    }

    fn name(&mut self, name: &str) -> io::Result<()> {
        let comma = if std::mem::replace(&mut self.empty, false) { "" } else { "," };
        write!(self.out, "{comma}\n  {}: ", Value::from(name))
    }

    /// Writes a field.
    pub fn field(&mut self, name: &str, value: &Value) -> io::Result<()> {
        self.name(name)?;
        self.out.write_all(indented(value, 2).as_bytes())
    }

    /// Writes the fields of another object.
    pub fn fields(&mut self, object: &Value) -> io::Result<()> {
        let fields = object.as_object().into_iter().flatten();
        fields.into_iter().try_for_each(|(name, value)| self.field(name, value))
    }

    /// Begins a field that is a list.
    pub fn list(&mut self, name: &str) -> io::Result<List<'_>> {
        self.name(name)?;
        self.out.write_all(b"[")?;
        Ok(List { out: &mut *self.out, empty: true })
    }

    /// Ends the object.
    pub fn end(self) -> io::Result<()> {
        self.out.write_all(if self.empty { b"}\n" } else { b"\n}\n" })
    }
}

impl List<'_> {
    /// Writes items that `items` has laid out.
    pub fn items(&mut self, items: &str) -> io::Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        let comma = if std::mem::replace(&mut self.empty, false) { "" } else { "," };
        write!(self.out, "{comma}\n    {items}")
    }

    /// Ends the list.
    pub fn end(self) -> io::Result<()> {
        self.out.write_all(if self.empty { b"]" } else { b"\n  ]" })
    }
}

/// Some items of a list, to be written as one piece.
pub fn items(values: impl Iterator<Item = Value>) -> String {
    values.map(|value| indented(&value, 4)).collect::<Vec<_>>().join(",\n    ")
}

/// A value with further rows so far in; texts in it hold no line breaks of their own.
fn indented(value: &Value, by: usize) -> String {
    format!("{value:#}").replace('\n', &format!("\n{}", " ".repeat(by)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::answer::pretty;

    #[test]
    fn pieces_are_laid_out_as_a_whole() {
        let lines = [json!({ "id": "a\nb", "members": [1, 2] }), json!({ "id": "c", "members": [] })];
        let mut out = Vec::new();
        let mut object = Object::begin(&mut out).unwrap();
        object.fields(&json!({ "a": { "b": [null] }, "c": "d" })).unwrap();
        let mut list = object.list("lines").unwrap();
        list.items("").unwrap();
        list.items(&items(lines[..1].iter().cloned())).unwrap();
        list.items(&items(lines[1..].iter().cloned())).unwrap();
        list.end().unwrap();
        object.list("none").unwrap().end().unwrap();
        object.end().unwrap();
        let whole = json!({ "a": { "b": [null] }, "c": "d", "lines": lines, "none": [] });
        assert_eq!(String::from_utf8(out).unwrap(), pretty(&whole));
    }
}
