//! Conditions that a parameter shall meet, as they are written.
//!
//! ```text
//! condition = "P" "(" event ")" relation limit | "mean" "(" amount ")" relation limit ;
//! event     = amount relation number [ "of" "income" ]
//!           | ("payment" | "fine" | "no" "payment") "(" line ")"
//!             "|" ("no" "change" | "target" "met" | "improved") ;
//! amount    = "loss" "(" party { "," year } ")" | "net" "(" party { "," clause or year } ")"
//!           | "paid" "(" clause { "," year } ")" ;
//! limit     = number | "base" ;       relation = "<" | "<=" | "=" | ">=" | ">" ;
//! ```

use carepact::source::Location;
use carepact::{Diagnostic, Exact};

use super::CONDITION;

/// How two numbers stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
}

/// What a party or clause comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    /// The cost base of a party (its income as written where none is stated) less what it receives.
    Loss {
        /// The party.
        party: String,
        /// The contract year; all that are simulated when there is none.
        year: Option<String>,
    },
    /// What a party receives less what it pays.
    Net {
        /// The party.
        party: String,
        /// Clause or year.
        of: Vec<String>,
    },
    /// What is paid under a clause.
    Paid {
        /// The clause.
        clause: String,
        /// The contract year.
        year: Option<String>,
    },
}

/// What luck does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Luck {
    /// Paid although nothing changed.
    PaidUnchanged,
    /// Fined although the target is truly met.
    FinedOnTarget,
    /// Not paid although it truly improved.
    UnpaidImproved,
}

/// What may happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An amount lies on one side of a number.
    Amount {
        /// The amount.
        amount: Amount,
        /// The side.
        relation: Relation,
        /// The number.
        number: Exact,
        /// True when the number is a share of the party's income.
        of_income: bool,
    },
    /// A line pays or fines by luck.
    Luck(Luck, String),
}

/// What is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measured {
    /// The chance of an event.
    Chance(Event),
    /// The mean of an amount.
    Mean(Amount),
}

/// What it is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limit {
    /// A number.
    Number(Exact),
    /// The same under another contract.
    Base,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The text.
    pub text: String,
    /// What is measured.
    pub measured: Measured,
    /// The relation.
    pub relation: Relation,
    /// What it is held against.
    pub limit: Limit,
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// The first thing that does not follow the grammar.
    pub fn parse(text: &str) -> Result<Condition, Diagnostic> {
        let mut reader = Reader { text, tokens: tokens(text), at: 0 };
        reader.condition().map_err(|expected| {
            let found = match reader.tokens.get(reader.at) {
                Some((column, token)) => format!("`{text}`, column {}: `{token}` where {expected}", column + 1),
                None => format!("`{text}` ends where {expected}"),
            };
            let remedy = "for example `P(loss(emh) > 2% of income) <= 5%`, `P(payment(C07) | no change) < 5%` or \
                          `mean(paid(outcomes)) = 7000000`";
            Diagnostic { code: &CONDITION, location: Location::Request, found, remedy: remedy.to_string() }
        })
    }

    /// True when it asks what luck does, which needs no scenarios.
    pub fn is_of_luck(&self) -> bool {
        matches!(self.measured, Measured::Chance(Event::Luck(..)))
    }
}

/// Words, numbers and signs, with the place of each.
fn tokens(text: &str) -> Vec<(usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || "_/:.%-".contains(c);
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let at = text.len() - rest.len();
        let Some(first) = rest.chars().next() else { return tokens };
        let length = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("<=") || rest.starts_with(">=") {
            2
        } else {
            first.len_utf8()
        };
        tokens.push((text[..at].chars().count(), &rest[..length]));
        rest = &rest[length..];
    }
}

struct Reader<'t> {
    text: &'t str,
    tokens: Vec<(usize, &'t str)>,
    at: usize,
}

/// What is read, or what was expected.
type Read<T> = Result<T, &'static str>;

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<&'t str> {
        self.tokens.get(self.at).map(|(_, token)| *token)
    }

    fn take(&mut self, wanted: &str) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: &str, expected: &'static str) -> Read<()> {
        if self.take(wanted) { Ok(()) } else { Err(expected) }
    }

    fn condition(&mut self) -> Read<Condition> {
        let measured = if self.take("P") {
            self.expect("(", "`(` is expected")?;
            Measured::Chance(self.event()?)
        } else if self.take("mean") {
            self.expect("(", "`(` is expected")?;
            Measured::Mean(self.amount()?)
        } else {
            return Err("`P(…)` or `mean(…)` is expected");
        };
        self.expect(")", "`)` is expected")?;
        let relation = self.relation()?;
        let limit = if self.take("base") { Limit::Base } else { Limit::Number(self.number()?) };
        match self.peek() {
            None => Ok(Condition { text: self.text.to_string(), measured, relation, limit }),
            Some(_) => Err("the end is expected"),
        }
    }

    fn event(&mut self) -> Read<Event> {
        let negated = self.take("no");
        if negated || matches!(self.peek(), Some("payment" | "fine")) {
            return self.luck(negated);
        }
        let amount = self.amount()?;
        let relation = self.relation()?;
        let number = self.number()?;
        let of_income = self.take("of");
        if of_income {
            self.expect("income", "`income` is expected")?;
        }
        Ok(Event::Amount { amount, relation, number, of_income })
    }

    fn luck(&mut self, negated: bool) -> Read<Event> {
        let fine = !negated && self.take("fine");
        if !fine {
            self.expect("payment", "`payment` is expected")?;
        }
        self.expect("(", "`(` is expected")?;
        let mut names = vec![self.name("a clause, a member or a line is expected")?];
        while self.peek().is_some_and(|token| token != ")") {
            names.push(self.name("`)` is expected")?);
        }
        self.expect(")", "`)` is expected")?;
        self.expect("|", "`|` is expected, and what is truly so: `no change`, `target met` or `improved`")?;
        let (question, words): (Luck, &[&str]) = match (negated, fine) {
            (true, _) => (Luck::UnpaidImproved, &["improved"]),
            (false, true) => (Luck::FinedOnTarget, &["target", "met"]),
            (false, false) => (Luck::PaidUnchanged, &["no", "change"]),
        };
        for word in words {
            let expected = match question {
                Luck::PaidUnchanged => "`no change` is expected: a payment is held against that",
                Luck::FinedOnTarget => "`target met` is expected: a fine is held against that",
                Luck::UnpaidImproved => "`improved` is expected: no payment is held against that",
            };
            self.expect(word, expected)?;
        }
        Ok(Event::Luck(question, names.join(" ")))
    }

    fn amount(&mut self) -> Read<Amount> {
        const EXPECTED: &str = "`loss(party)`, `net(party)` or `paid(clause)` is expected";
        let word = self.peek().filter(|word| ["loss", "net", "paid"].contains(word)).ok_or(EXPECTED)?;
        self.at += 1;
        self.expect("(", "`(` is expected")?;
        let name = self.name("a name is expected")?;
        let mut of = Vec::new();
        while self.take(",") {
            of.push(self.name("a name is expected")?);
        }
        self.expect(")", "`)` or `,` is expected")?;
        let year = of.first().cloned();
        match word {
            "net" => Ok(Amount::Net { party: name, of }),
            _ if of.len() > 1 => Err("no more than one year is expected"),
            "loss" => Ok(Amount::Loss { party: name, year }),
            _ => Ok(Amount::Paid { clause: name, year }),
        }
    }

    fn name(&mut self, expected: &'static str) -> Read<String> {
        let is_name = |token: &&str| token.starts_with(|c: char| c.is_alphanumeric());
        let name = self.peek().filter(is_name).ok_or(expected)?;
        self.at += 1;
        Ok(name.to_string())
    }

    fn relation(&mut self) -> Read<Relation> {
        let relation = match self.peek() {
            Some("<") => Relation::Below,
            Some("<=") => Relation::AtMost,
            Some("=") => Relation::Equal,
            Some(">=") => Relation::AtLeast,
            Some(">") => Relation::Above,
            Some(_) | None => return Err("`<`, `<=`, `=`, `>=` or `>` is expected"),
        };
        self.at += 1;
        Ok(relation)
    }

    fn number(&mut self) -> Read<Exact> {
        let number = self.peek().and_then(|token| Exact::parse(token).ok()).ok_or("a number is expected")?;
        self.at += 1;
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read() {
        let read = |text: &str| Condition::parse(text).unwrap();
        let condition = read("P(loss(emh) > 2% of income) <= 5%");
        let amount = Amount::Loss { party: "emh".to_string(), year: None };
        let event =
            Event::Amount { amount, relation: Relation::Above, number: Exact::scaled(2, 2), of_income: true };
        assert_eq!(condition.measured, Measured::Chance(event));
        assert_eq!(
            (condition.relation, condition.limit),
            (Relation::AtMost, Limit::Number(Exact::scaled(5, 2)))
        );
        let condition = read("P(payment(C09)|no change)<5%");
        assert_eq!(condition.measured, Measured::Chance(Event::Luck(Luck::PaidUnchanged, "C09".to_string())));
        let condition = read("mean(net(emh, outcomes, 2026/27)) = base");
        let of = vec!["outcomes".to_string(), "2026/27".to_string()];
        assert_eq!(condition.measured, Measured::Mean(Amount::Net { party: "emh".to_string(), of }));
        assert_eq!(condition.limit, Limit::Base);
        assert!(read("P(no payment(outcomes C07) | improved) <= 20%").is_of_luck());
    }

    #[test]
    fn what_does_not_follow_the_grammar_is_told_with_its_column() {
        for (text, found) in [
            ("loss(emh) > 3", "`loss(emh) > 3`, column 1: `loss` where `P(…)` or `mean(…)` is expected"),
            (
                "P(loss(emh)) < 5%",
                "`P(loss(emh)) < 5%`, column 12: `)` where `<`, `<=`, `=`, `>=` or `>` is expected",
            ),
            (
                "P(fine(x) | no change) < 5%",
                "`P(fine(x) | no change) < 5%`, column 13: `no` where `target met` is expected: a fine is held against that",
            ),
            ("mean(paid(outcomes)) =", "`mean(paid(outcomes)) =` ends where a number is expected"),
            (
                "mean(paid(outcomes)) = 5 pounds",
                "`mean(paid(outcomes)) = 5 pounds`, column 26: `pounds` where the end is expected",
            ),
        ] {
            assert_eq!(Condition::parse(text).unwrap_err().found, found);
        }
    }
}
