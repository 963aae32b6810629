//! A small JSON reader for the oracle: keeps the order of keys and the digits of numbers as written.

use std::fmt;

/// A JSON value; numbers stay text until somebody asks for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub fn parse(text: &str) -> Json {
        let mut reader = Reader { chars: text.chars().collect(), at: 0 };
        let value = reader.value();
        reader.space();
        assert!(reader.at == reader.chars.len(), "text after the JSON document at {}", reader.at);
        value
    }

    pub fn get(&self, key: &str) -> Option<&Json> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub fn need(&self, key: &str) -> &Json {
        self.get(key).unwrap_or_else(|| panic!("`{key}` is missing"))
    }

    /// The entries of an object; none for anything else.
    pub fn entries(&self) -> &[(String, Json)] {
        if let Json::Object(entries) = self { entries } else { &[] }
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Json] {
        if let Json::List(items) = self { items } else { &[] }
    }

    /// The text of a string or the digits of a number.
    pub fn text(&self) -> &str {
        let (Json::Text(text) | Json::Number(text)) = self else {
            panic!("text or a number expected, found {self:?}")
        };
        text
    }

    /// The texts of a list, or the one text that stands alone.
    pub fn texts(&self) -> Vec<String> {
        let alone = std::slice::from_ref(self);
        let all = if let Json::List(items) = self { items } else { alone };
        all.iter().map(|item| item.text().to_string()).collect()
    }

    pub fn is_true(&self) -> bool {
        matches!(self, Json::Bool(true))
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| {
            let escape = |c: char| match c {
                '"' | '\\' => format!("\\{c}"),
                c if c < ' ' => format!("\\u{:04x}", u32::from(c)),
                c => c.to_string(),
            };
            format!("\"{}\"", text.chars().map(escape).collect::<String>())
        };
        match self {
            Json::Null => f.write_str("null"),
            Json::Bool(value) => write!(f, "{value}"),
            Json::Number(text) => f.write_str(text),
            Json::Text(text) => f.write_str(&quoted(text)),
            Json::List(items) => {
                let items: Vec<String> = items.iter().map(Json::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Json::Object(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|(key, value)| format!("{}: {value}", quoted(key))).collect();
                write!(f, "{{ {} }}", entries.join(", "))
            }
        }
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn space(&mut self) {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> char {
        self.space();
        *self.chars.get(self.at).unwrap_or_else(|| panic!("the JSON document ends too early"))
    }

    fn expect(&mut self, wanted: char) {
        let found = self.peek();
        assert!(found == wanted, "`{wanted}` expected in JSON at {}, found `{found}`", self.at);
        self.at += 1;
    }

    fn value(&mut self) -> Json {
        match self.peek() {
            '{' => self.object(),
            '[' => self.list(),
            '"' => Json::Text(self.string()),
            _ => self.word(),
        }
    }

    fn object(&mut self) -> Json {
        self.expect('{');
        let mut entries: Vec<(String, Json)> = Vec::new();
        while self.peek() != '}' {
            if !entries.is_empty() {
                self.expect(',');
                self.space();
            }
            let key = self.string();
            assert!(entries.iter().all(|(other, _)| *other != key), "key `{key}` is given twice");
            self.expect(':');
            entries.push((key, self.value()));
        }
        self.expect('}');
        Json::Object(entries)
    }

    fn list(&mut self) -> Json {
        self.expect('[');
        let mut items = Vec::new();
        while self.peek() != ']' {
            if !items.is_empty() {
                self.expect(',');
            }
            items.push(self.value());
        }
        self.expect(']');
        Json::List(items)
    }

    fn string(&mut self) -> String {
        self.expect('"');
        let mut text = String::new();
        loop {
            let c = *self.chars.get(self.at).unwrap_or_else(|| panic!("a JSON string has no end"));
            self.at += 1;
            match c {
                '"' => return text,
                '\\' => text.push(self.escape()),
                plain => text.push(plain),
            }
        }
    }

    fn escape(&mut self) -> char {
        let c = self.chars[self.at];
        self.at += 1;
        match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let digits: String = self.chars[self.at..self.at + 4].iter().collect();
                self.at += 4;
                let code =
                    u32::from_str_radix(&digits, 16).unwrap_or_else(|_| panic!("bad escape \\u{digits}"));
                char::from_u32(code).unwrap_or('\u{fffd}')
            }
            other => other,
        }
    }

    fn word(&mut self) -> Json {
        let start = self.at;
        while self.chars.get(self.at).is_some_and(|c| c.is_ascii_alphanumeric() || "+-.".contains(*c)) {
            self.at += 1;
        }
        let word: String = self.chars[start..self.at].iter().collect();
        match word.as_str() {
            "null" => Json::Null,
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            "" => panic!("a JSON value is expected at {start}"),
            _ => Json::Number(word),
        }
    }
}
