//! The grammar of formulas, read by recursive descent straight from the characters.

use super::numbers::{Number, decimal, whole};

/// A name with an optional column and the keys in brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub name: String,
    pub column: Option<String>,
    pub keys: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    pub function: String,
    pub body: Expr,
    pub axis: String,
    pub to_date: bool,
    pub within: Option<String>,
    pub filter: Option<Expr>,
    /// What stands after the axis: the share and the method of a percentile.
    pub options: Vec<Expr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Less,
    LessEqual,
    Equal,
    Different,
    GreaterEqual,
    Greater,
    And,
    Or,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    Number(Number),
    Money(Number),
    Absent,
    Name(Name),
    Is(String, String),
    If(Box<[Expr; 3]>),
    Else(Box<[Expr; 2]>),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    Binary(Operator, Box<[Expr; 2]>),
    Call(String, Vec<Expr>),
    /// `round`, `floor` or `ceiling` of the first to a multiple of the second.
    RoundTo(String, Box<[Expr; 2]>),
    Aggregate(Box<Aggregate>),
}

const COMPARISONS: [(&str, Operator); 6] = [
    ("<=", Operator::LessEqual),
    ("<>", Operator::Different),
    (">=", Operator::GreaterEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("=", Operator::Equal),
];

pub fn parse(text: &str, currency: &str) -> Expr {
    let mut parser = Parser { text, chars: text.chars().collect(), at: 0, currency };
    let expr = parser.formula();
    parser.space();
    if parser.at < parser.chars.len() {
        parser.fail("the end of the formula");
    }
    expr
}

struct Parser<'a> {
    text: &'a str,
    chars: Vec<char>,
    at: usize,
    currency: &'a str,
}

impl Parser<'_> {
    fn fail(&self, wanted: &str) -> ! {
        panic!("{wanted} expected at character {} of formula `{}`", self.at, self.text)
    }

    fn space(&mut self) {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    fn next_is(&mut self, test: impl Fn(char) -> bool) -> bool {
        self.space();
        self.chars.get(self.at).is_some_and(|c| test(*c))
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        self.space();
        let matches = symbol.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        if matches {
            self.at += symbol.len();
        }
        matches
    }

    fn need(&mut self, symbol: &str) {
        if !self.symbol(symbol) {
            self.fail(symbol);
        }
    }

    fn take(&mut self, test: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.chars.get(self.at).is_some_and(|c| test(*c)) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    fn word(&mut self) -> Option<String> {
        let starts = self.next_is(|c| c.is_ascii_alphabetic());
        starts.then(|| self.take(|c| c.is_ascii_alphanumeric() || c == '_'))
    }

    fn need_word(&mut self) -> String {
        self.word().unwrap_or_else(|| self.fail("a name"))
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let start = self.at;
        let found = self.word().is_some_and(|word| word == keyword);
        if !found {
            self.at = start;
        }
        found
    }

    fn need_keyword(&mut self, keyword: &str) {
        if !self.keyword(keyword) {
            self.fail(keyword);
        }
    }

    /// A member or measure, or a period such as `2026/27Q1` or `2026-04`.
    fn key(&mut self) -> String {
        if self.next_is(|c| c.is_ascii_digit()) {
            return self.take(|c| c.is_ascii_digit() || "/-Q".contains(c));
        }
        self.need_word()
    }

    fn formula(&mut self) -> Expr {
        if self.keyword("if") {
            let condition = self.or();
            self.need_keyword("then");
            let then = self.or();
            self.need_keyword("else");
            return Expr::If(Box::new([condition, then, self.formula()]));
        }
        let first = self.or();
        if self.keyword("else") {
            return Expr::Else(Box::new([first, self.formula()]));
        }
        first
    }

    fn or(&mut self) -> Expr {
        let mut left = self.and();
        while self.keyword("or") {
            left = Expr::Binary(Operator::Or, Box::new([left, self.and()]));
        }
        left
    }

    fn and(&mut self) -> Expr {
        let mut left = self.not();
        while self.keyword("and") {
            left = Expr::Binary(Operator::And, Box::new([left, self.not()]));
        }
        left
    }

    fn not(&mut self) -> Expr {
        if self.keyword("not") { Expr::Not(Box::new(self.not())) } else { self.compare() }
    }

    fn compare(&mut self) -> Expr {
        let start = self.at;
        if let Some(name) = self.word() {
            if self.keyword("is") {
                return Expr::Is(name, self.key());
            }
            self.at = start;
        }
        let left = self.sum();
        for (symbol, operator) in COMPARISONS {
            if self.symbol(symbol) {
                return Expr::Binary(operator, Box::new([left, self.sum()]));
            }
        }
        left
    }

    fn sum(&mut self) -> Expr {
        let mut left = self.product();
        loop {
            let operator = if self.symbol("+") {
                Operator::Add
            } else if self.symbol("-") {
                Operator::Subtract
            } else {
                return left;
            };
            left = Expr::Binary(operator, Box::new([left, self.product()]));
        }
    }

    fn product(&mut self) -> Expr {
        let mut left = self.sign();
        loop {
            let operator = if self.symbol("*") {
                Operator::Multiply
            } else if self.symbol("/") {
                Operator::Divide
            } else {
                return left;
            };
            left = Expr::Binary(operator, Box::new([left, self.sign()]));
        }
    }

    fn sign(&mut self) -> Expr {
        if self.symbol("-") { Expr::Negative(Box::new(self.sign())) } else { self.atom() }
    }

    fn number(&mut self) -> Number {
        self.space();
        let digits = self.take(|c| c.is_ascii_digit() || c == '.');
        let number = decimal(&digits);
        if self.symbol("%") { number / whole(100) } else { number }
    }

    fn atom(&mut self) -> Expr {
        if self.symbol("(") {
            let inner = self.formula();
            self.need(")");
            return inner;
        }
        if self.next_is(|c| c.is_ascii_digit() || c == '.') {
            return Expr::Number(self.number());
        }
        let name = self.need_word();
        if name == "absent" {
            return Expr::Absent;
        }
        if name == self.currency && self.next_is(|c| c.is_ascii_digit()) {
            return Expr::Money(self.number());
        }
        if self.symbol("(") { self.call(name) } else { self.name(name) }
    }

    fn name(&mut self, name: String) -> Expr {
        let column = self.symbol(".").then(|| self.need_word());
        let mut keys = Vec::new();
        if self.symbol("[") {
            keys.push(self.key());
            while self.symbol(",") {
                keys.push(self.key());
            }
            self.need("]");
        }
        Expr::Name(Name { name, column, keys })
    }

    fn call(&mut self, function: String) -> Expr {
        let first = self.formula();
        if self.keyword("over") {
            return self.aggregate(function, first);
        }
        if ["round", "floor", "ceiling"].contains(&function.as_str()) {
            self.need_keyword("to");
            let quantum = self.sign();
            self.need(")");
            return Expr::RoundTo(function, Box::new([first, quantum]));
        }
        let mut arguments = vec![first];
        while self.symbol(",") {
            arguments.push(self.formula());
        }
        self.need(")");
        Expr::Call(function, arguments)
    }

    fn aggregate(&mut self, function: String, body: Expr) -> Expr {
        let axis = self.need_word();
        let to_date = self.keyword("to");
        if to_date {
            self.need_keyword("date");
        }
        let within = self.keyword("within").then(|| self.need_word());
        let filter = self.keyword("where").then(|| self.or());
        let mut options = Vec::new();
        while self.symbol(",") {
            options.push(self.formula());
        }
        self.need(")");
        Expr::Aggregate(Box::new(Aggregate { function, body, axis, to_date, within, filter, options }))
    }
}
