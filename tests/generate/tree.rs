//! JSON as the generator writes it: printed for people to read, and shuffled for the property
//! that objects have no order.

use std::fmt;

use super::tape::Numbers;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    pub fn text(text: impl Into<String>) -> Tree {
        Tree::Text(text.into())
    }

    pub fn number(number: impl ToString) -> Tree {
        Tree::Number(number.to_string())
    }

    pub fn texts<S: AsRef<str>>(items: &[S]) -> Tree {
        Tree::List(items.iter().map(|item| Tree::text(item.as_ref())).collect())
    }

    pub fn object<K: Into<String>>(members: Vec<(K, Tree)>) -> Tree {
        Tree::Object(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    pub fn get(&self, key: &str) -> Option<&Tree> {
        match self {
            Tree::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) | Tree::List(_) => None,
        }
    }

    /// Adds a member to an object.
    pub fn put(&mut self, key: &str, value: Tree) {
        match self {
            Tree::Object(members) => members.push((key.to_string(), value)),
            Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) | Tree::List(_) => panic!("no object: {self}"),
        }
    }

    /// The same with the keys of every object in another order; lists keep theirs.
    pub fn shuffled(&self, numbers: &mut Numbers) -> Tree {
        match self {
            Tree::Object(members) => {
                let mut left = members.clone();
                let mut out = Vec::new();
                while !left.is_empty() {
                    let at = usize::try_from(numbers.below(left.len() as u64)).expect("an index");
                    let (key, value) = left.remove(at);
                    out.push((key, value.shuffled(numbers)));
                }
                Tree::Object(out)
            }
            Tree::List(items) => Tree::List(items.iter().map(|item| item.shuffled(numbers)).collect()),
            Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => self.clone(),
        }
    }

    /// The document with one entry of each section on a line.
    pub fn document(&self) -> String {
        let entries = |value: &Tree| match value {
            Tree::Object(members) if members.iter().any(|(_, inner)| matches!(inner, Tree::Object(_))) => {
                let lines: Vec<String> =
                    members.iter().map(|(key, inner)| format!("    \"{key}\": {inner}")).collect();
                format!("{{\n{} }}", lines.join(",\n"))
            }
            Tree::Object(_) | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) | Tree::List(_) => {
                value.to_string()
            }
        };
        match self {
            Tree::Object(members) => {
                let lines: Vec<String> =
                    members.iter().map(|(key, value)| format!("  \"{key}\": {}", entries(value))).collect();
                format!("{{\n{} }}\n", lines.join(",\n"))
            }
            Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) | Tree::List(_) => self.to_string(),
        }
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |items: Vec<String>| items.join(", ");
        match self {
            Tree::Bool(value) => write!(f, "{value}"),
            Tree::Number(text) => f.write_str(text),
            Tree::Text(text) => write!(f, "\"{text}\""),
            Tree::List(items) => write!(f, "[{}]", list(items.iter().map(Tree::to_string).collect())),
            Tree::Object(members) if members.is_empty() => f.write_str("{}"),
            Tree::Object(members) => {
                let each = members.iter().map(|(key, value)| format!("\"{key}\": {value}"));
                write!(f, "{{ {} }}", list(each.collect()))
            }
        }
    }
}
