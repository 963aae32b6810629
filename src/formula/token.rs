//! Words, numbers and symbols of a formula, with their places.

use crate::source::Span;

/// A token and the text it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or a word of the grammar.
    Word(String),
    /// Digits, with a point or not.
    Number(String),
    /// A symbol of one or two characters.
    Symbol(&'static str),
    /// Text in brackets, cut at commas.
    Keys(Vec<(String, Span)>),
    /// The end of the text.
    End,
}

/// A problem with the text and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// True when a limit is reached, and the formula may be well formed.
    pub is_limit: bool,
}

impl SyntaxError {
    /// A part that does not follow the grammar.
    pub(super) fn new(span: Span, message: impl Into<String>) -> SyntaxError {
        SyntaxError { span, message: message.into(), is_limit: false }
    }

    /// A formula beyond a limit.
    pub(super) fn limit(span: Span, message: impl Into<String>) -> SyntaxError {
        SyntaxError { span, message: message.into(), is_limit: true }
    }
}

const SYMBOLS: [&str; 16] =
    ["<=", ">=", "<>", "+", "-", "*", "/", "<", ">", "=", "(", ")", ",", "%", ".", "]"];

/// Cuts a formula into tokens; the last is always the end.
pub fn tokens(text: &str) -> Result<Vec<Token>, SyntaxError> {
    let mut out = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else { break };
        let length = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if first.is_ascii_alphabetic() {
            let length = run(rest, |c| c.is_ascii_alphanumeric() || c == '_');
            out.push(token(TokenKind::Word(rest[..length].to_string()), at, length));
            length
        } else if first.is_ascii_digit() {
            let length = number_length(rest);
            out.push(token(TokenKind::Number(rest[..length].to_string()), at, length));
            length
        } else if first == '[' {
            let (keys, length) = keys(rest, at)?;
            out.push(token(TokenKind::Keys(keys), at, length));
            length
        } else if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            out.push(token(TokenKind::Symbol(symbol), at, symbol.len()));
            symbol.len()
        } else {
            let span = Span { start: at, end: at + first.len_utf8() };
            return Err(SyntaxError::new(span, no_meaning(first)));
        };
        at += length;
    }
    out.push(token(TokenKind::End, text.len(), 0));
    Ok(out)
}

/// What stands for a character that people write and the language does not know.
fn no_meaning(character: char) -> String {
    let instead = match character {
        '×' => "; write `*`",
        '÷' => "; write `/`",
        '−' | '–' => "; write `-`",
        '≤' => "; write `<=`",
        '≥' => "; write `>=`",
        '≠' | '!' => "; write `<>`",
        '£' => "; write GBP before a number",
        '€' => "; write EUR before a number",
        '$' => "; write USD before a number",
        ';' => "; write `,`",
        '^' => "; write the product out",
        '&' => "; write `and`",
        '|' => "; write `or`",
        _ => "",
    };
    format!("`{character}` has no meaning here{instead}")
}

fn token(kind: TokenKind, start: usize, length: usize) -> Token {
    Token { kind, span: Span { start, end: start + length } }
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c: char| !belongs(c)).unwrap_or(text.len())
}

fn number_length(text: &str) -> usize {
    let whole = run(text, |c| c.is_ascii_digit());
    let fraction = text[whole..].strip_prefix('.').map_or(0, |rest| run(rest, |c| c.is_ascii_digit()));
    if fraction > 0 { whole + 1 + fraction } else { whole }
}

/// Keys between brackets; periods such as `2026/27` are one key.
fn keys(text: &str, at: usize) -> Result<(Vec<(String, Span)>, usize), SyntaxError> {
    let Some(close) = text.find(']') else {
        let span = Span { start: at, end: at + 1 };
        return Err(SyntaxError::new(span, "`[` is never closed"));
    };
    let mut out = Vec::new();
    let mut start = 1;
    for part in text[1..close].split(',') {
        let lead = part.len() - part.trim_start().len();
        let key = part.trim();
        let span = Span { start: at + start + lead, end: at + start + lead + key.len() };
        if key.is_empty() {
            return Err(SyntaxError::new(span, "a key is missing in the brackets"));
        }
        out.push((key.to_string(), span));
        start += part.len() + 1;
    }
    Ok((out, close + 1))
}
