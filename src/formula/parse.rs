//! The grammar of formulas, by recursive descent.
//!
//! A formula is read as written: names are not looked up here, and every formula that is read
//! can be printed and read again as the same tree.

use super::token::{SyntaxError, Token, TokenKind, tokens};
use super::tree::{Formula, Key, Kind, Name, Operator, Over};
use crate::num::{Exact, Mode};
use crate::source::Span;

/// Longest formula in bytes.
pub const FORMULA_BYTES_MAX: usize = 4_000;
/// Deepest nesting of a formula.
pub const FORMULA_DEPTH_MAX: usize = 40;

/// Most operations inside one another; each term of a long sum holds those before it.
pub const FORMULA_LEVELS_MAX: usize = 100;

/// Words of the grammar; no name may be one of them.
pub const WORDS: [&str; 14] = [
    "if", "then", "else", "or", "and", "not", "is", "over", "to", "date", "within", "where", "absent", "all",
];

/// Reads a formula.
///
/// # Errors
/// The first place where the text does not follow the grammar.
pub fn parse(text: &str) -> Result<Formula, SyntaxError> {
    let whole = Span { start: 0, end: text.len() };
    if text.len() > FORMULA_BYTES_MAX {
        let message = format!("a formula has at most {FORMULA_BYTES_MAX} bytes");
        return Err(SyntaxError::limit(whole, message));
    }
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let formula = parser.formula()?;
    match parser.peek().kind {
        TokenKind::End => Ok(formula),
        TokenKind::Word(_) | TokenKind::Number(_) | TokenKind::Symbol(_) | TokenKind::Keys(_) => {
            Err(parser.unexpected("an operator or the end of the formula"))
        }
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

type Parsed = Result<Formula, SyntaxError>;

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn after(&self) -> &Token {
        &self.tokens[(self.at + 1).min(self.tokens.len() - 1)]
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn end(&self) -> usize {
        self.tokens[self.at.saturating_sub(1)].span.end
    }

    fn is_word(token: &Token, word: &str) -> bool {
        matches!(&token.kind, TokenKind::Word(found) if found == word)
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = Self::is_word(self.peek(), word);
        self.at += usize::from(found);
        found
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek().kind, TokenKind::Symbol(found) if found == symbol);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), SyntaxError> {
        if self.eat(symbol) { Ok(()) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
    }

    fn expect_word(&mut self, word: &str) -> Result<(), SyntaxError> {
        if self.eat_word(word) { Ok(()) } else { Err(self.unexpected(&format!("`{word}`"))) }
    }

    fn unexpected(&self, wanted: &str) -> SyntaxError {
        let token = self.peek();
        let found = match &token.kind {
            TokenKind::Word(word) => format!("`{word}`"),
            TokenKind::Number(number) => format!("`{number}`"),
            TokenKind::Symbol(symbol) => format!("`{symbol}`"),
            TokenKind::Keys(_) => "`[`".to_string(),
            TokenKind::End => "the end of the formula".to_string(),
        };
        SyntaxError::new(token.span, format!("expected {wanted}, found {found}"))
    }

    fn formula(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > FORMULA_DEPTH_MAX {
            let message = format!("nested more than {FORMULA_DEPTH_MAX} levels");
            return Err(SyntaxError::limit(self.peek().span, message));
        }
        let start = self.peek().span.start;
        let kind = if self.eat_word("if") {
            let condition = Box::new(self.or()?);
            self.expect_word("then")?;
            let then = Box::new(self.or()?);
            self.expect_word("else")?;
            Some(Kind::If { condition, then, otherwise: Box::new(self.formula()?) })
        } else {
            None
        };
        let formula = match kind {
            Some(kind) => self.node(kind, start),
            None => {
                let value = self.or()?;
                if self.eat_word("else") {
                    let fallback = Box::new(self.formula()?);
                    self.node(Kind::Else { value: Box::new(value), fallback }, start)
                } else {
                    value
                }
            }
        };
        self.depth -= 1;
        Ok(formula)
    }

    fn node(&self, kind: Kind, start: usize) -> Formula {
        Formula::new(kind, Span { start, end: self.end() })
    }

    fn binary(&self, operator: Operator, left: Formula, right: Formula) -> Parsed {
        let start = left.span.start;
        let formula =
            self.node(Kind::Binary { operator, left: Box::new(left), right: Box::new(right) }, start);
        if formula.levels > FORMULA_LEVELS_MAX {
            let message = format!("more than {FORMULA_LEVELS_MAX} operations inside one another");
            return Err(SyntaxError::limit(formula.span, message));
        }
        Ok(formula)
    }

    fn or(&mut self) -> Parsed {
        let mut left = self.and()?;
        while self.eat_word("or") {
            let right = self.and()?;
            left = self.binary(Operator::Or, left, right)?;
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed {
        let mut left = self.not()?;
        while self.eat_word("and") {
            let right = self.not()?;
            left = self.binary(Operator::And, left, right)?;
        }
        Ok(left)
    }

    fn not(&mut self) -> Parsed {
        let start = self.peek().span.start;
        let mut count = 0;
        while self.eat_word("not") {
            count += 1;
        }
        if count > FORMULA_DEPTH_MAX {
            return Err(self.unexpected("fewer `not`"));
        }
        let mut formula = self.compare()?;
        for _ in 0..count {
            formula = self.node(Kind::Not(Box::new(formula)), start);
        }
        Ok(formula)
    }

    fn compare(&mut self) -> Parsed {
        if let (TokenKind::Word(name), true) = (self.peek().kind.clone(), Self::is_word(self.after(), "is")) {
            let start = self.peek().span.start;
            self.at += 2;
            let key = self.key_after_is()?;
            return Ok(self.node(Kind::Is { name, key }, start));
        }
        let left = self.sum()?;
        const COMPARISONS: [(&str, Operator); 6] = [
            ("<=", Operator::AtMost),
            (">=", Operator::AtLeast),
            ("<>", Operator::Unequal),
            ("<", Operator::Less),
            (">", Operator::Greater),
            ("=", Operator::Equal),
        ];
        for (symbol, operator) in COMPARISONS {
            if self.eat(symbol) {
                let right = self.sum()?;
                return self.binary(operator, left, right);
            }
        }
        Ok(left)
    }

    /// A member, or a period such as `2026/27` or `2026-04`, whose tokens stand without a gap.
    fn key_after_is(&mut self) -> Result<Key, SyntaxError> {
        let first = self.next();
        let (mut text, mut span) = match first.kind {
            TokenKind::Word(word) => return Ok(Key { text: word, span: first.span }),
            TokenKind::Number(number) => (number, first.span),
            TokenKind::Symbol(_) | TokenKind::Keys(_) | TokenKind::End => {
                self.at -= 1;
                return Err(self.unexpected("a member after `is`"));
            }
        };
        while self.peek().span.start == span.end {
            let part = match &self.peek().kind {
                TokenKind::Word(word) | TokenKind::Number(word) => word.clone(),
                TokenKind::Symbol(symbol @ ("/" | "-")) => (*symbol).to_string(),
                TokenKind::Symbol(_) | TokenKind::Keys(_) | TokenKind::End => break,
            };
            text.push_str(&part);
            span.end = self.next().span.end;
        }
        Ok(Key { text, span })
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        loop {
            let operator = if self.eat("+") {
                Operator::Add
            } else if self.eat("-") {
                Operator::Subtract
            } else {
                return Ok(left);
            };
            let right = self.product()?;
            left = self.binary(operator, left, right)?;
        }
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.sign()?;
        loop {
            let operator = if self.eat("*") {
                Operator::Multiply
            } else if self.eat("/") {
                Operator::Divide
            } else {
                return Ok(left);
            };
            let right = self.sign()?;
            left = self.binary(operator, left, right)?;
        }
    }

    fn sign(&mut self) -> Parsed {
        let start = self.peek().span.start;
        let mut count = 0;
        while self.eat("-") {
            count += 1;
        }
        if count > FORMULA_DEPTH_MAX {
            return Err(self.unexpected("fewer minus signs"));
        }
        let mut formula = self.atom()?;
        for _ in 0..count {
            formula = self.node(Kind::Negate(Box::new(formula)), start);
        }
        Ok(formula)
    }

    fn atom(&mut self) -> Parsed {
        let token = self.next();
        let start = token.span.start;
        match token.kind {
            TokenKind::Number(text) => self.number(&text, token.span),
            TokenKind::Symbol("(") => {
                let inner = self.formula()?;
                self.expect(")")?;
                Ok(Formula { span: Span { start, end: self.end() }, ..inner })
            }
            TokenKind::Word(word) if word == "absent" => Ok(self.node(Kind::Absent, start)),
            TokenKind::Word(word) if !WORDS.contains(&word.as_str()) || word == "all" => {
                self.word(word, start)
            }
            TokenKind::Word(_) | TokenKind::Symbol(_) | TokenKind::Keys(_) | TokenKind::End => {
                self.at -= 1;
                Err(self.unexpected("a number, a name or `(`"))
            }
        }
    }

    fn number(&mut self, text: &str, span: Span) -> Parsed {
        let value = exact(text, span)?;
        let percent = self.eat("%");
        let value = if percent { &value * &Exact::scaled(1, 2) } else { value };
        Ok(self.node(Kind::Number { value, percent }, span.start))
    }

    fn word(&mut self, word: String, start: usize) -> Parsed {
        let token = self.peek().clone();
        match token.kind {
            TokenKind::Number(text) => {
                self.at += 1;
                let value = exact(&text, token.span)?;
                Ok(self.node(Kind::Money { currency: word, value }, start))
            }
            TokenKind::Symbol("(") => {
                self.at += 1;
                self.call(word, start)
            }
            TokenKind::Symbol(_) | TokenKind::Word(_) | TokenKind::Keys(_) | TokenKind::End => {
                let column = if self.eat(".") { Some(self.column()?) } else { None };
                let keys = match self.peek().kind.clone() {
                    TokenKind::Keys(keys) => {
                        self.at += 1;
                        keys.into_iter().map(|(text, span)| Key { text, span }).collect()
                    }
                    TokenKind::Word(_) | TokenKind::Number(_) | TokenKind::Symbol(_) | TokenKind::End => {
                        Vec::new()
                    }
                };
                Ok(self.node(Kind::Name(Name { name: word, column, keys }), start))
            }
        }
    }

    fn column(&mut self) -> Result<String, SyntaxError> {
        match self.next().kind {
            TokenKind::Word(column) => Ok(column),
            TokenKind::Number(_) | TokenKind::Symbol(_) | TokenKind::Keys(_) | TokenKind::End => {
                self.at -= 1;
                Err(self.unexpected("the name of a column"))
            }
        }
    }

    fn call(&mut self, function: String, start: usize) -> Parsed {
        if self.eat(")") {
            return Ok(self.node(Kind::Call { function, arguments: Vec::new() }, start));
        }
        let first = self.formula()?;
        let rounding = match function.as_str() {
            "round" => Some(None),
            "floor" => Some(Some(Mode::Floor)),
            "ceiling" => Some(Some(Mode::Ceiling)),
            _ => None,
        };
        if let Some(mode) = rounding {
            self.expect_word("to")?;
            let quantum = Box::new(self.sign()?);
            self.expect(")")?;
            return Ok(self.node(Kind::Round { mode, value: Box::new(first), quantum }, start));
        }
        if self.eat_word("over") {
            let over = self.over()?;
            self.expect(")")?;
            return Ok(self.node(Kind::Aggregate { function, value: Box::new(first), over }, start));
        }
        let mut arguments = vec![first];
        while self.eat(",") {
            arguments.push(self.formula()?);
        }
        self.expect(")")?;
        Ok(self.node(Kind::Call { function, arguments }, start))
    }

    fn over(&mut self) -> Result<Over, SyntaxError> {
        let axis = self.plain_key("an axis")?;
        let to_date = self.eat_word("to");
        if to_date {
            self.expect_word("date")?;
        }
        let within = if self.eat_word("within") { Some(self.plain_key("an axis or `all`")?) } else { None };
        let filter = if self.eat_word("where") { Some(Box::new(self.or()?)) } else { None };
        let mut options = Vec::new();
        while self.eat(",") {
            options.push(self.formula()?);
        }
        Ok(Over { axis, to_date, within, filter, options })
    }

    fn plain_key(&mut self, wanted: &str) -> Result<Key, SyntaxError> {
        let token = self.next();
        match token.kind {
            TokenKind::Word(text) => Ok(Key { text, span: token.span }),
            TokenKind::Number(_) | TokenKind::Symbol(_) | TokenKind::Keys(_) | TokenKind::End => {
                self.at -= 1;
                Err(self.unexpected(wanted))
            }
        }
    }
}

fn exact(text: &str, span: Span) -> Result<Exact, SyntaxError> {
    Exact::parse(text).map_err(|error| SyntaxError::new(span, error.to_string()))
}
