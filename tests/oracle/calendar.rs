//! Civil dates and the chain of periods month, quarter, year, term, cut by the term at both ends.

use super::numbers::{Number, whole};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Span {
    Month,
    Quarter,
    Year,
    Term,
}

impl Span {
    pub fn named(name: &str) -> Option<Span> {
        match name {
            "month" => Some(Span::Month),
            "quarter" => Some(Span::Quarter),
            "year" => Some(Span::Year),
            "term" => Some(Span::Term),
            _ => None,
        }
    }

    pub fn need(name: &str) -> Span {
        Span::named(name).unwrap_or_else(|| panic!("`{name}` is not a period"))
    }

    fn months(self) -> i64 {
        match self {
            Span::Month => 1,
            Span::Quarter => 3,
            Span::Year => 12,
            Span::Term => panic!("the term has no fixed length"),
        }
    }
}

/// A calendar period. `index` counts months, quarters or years from the start of contract year 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Period {
    pub span: Span,
    pub index: i64,
}

pub struct Calendar {
    first: i64,
    last: i64,
    /// Month in which contract years begin, January = 0.
    shift: i64,
}

/// Days since 0000-03-01, proleptic Gregorian.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day - 1
}

fn integer(text: &str) -> i64 {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is not a whole number of a date"))
}

fn date(text: &str) -> (i64, i64, i64) {
    let parts: Vec<&str> = text.split('-').collect();
    assert!(parts.len() == 3, "`{text}` is not a date");
    (integer(parts[0]), integer(parts[1]), integer(parts[2]))
}

impl Calendar {
    pub fn new(first: &str, last: &str, year_starts: &str) -> Calendar {
        let day = |text: &str| {
            let (y, m, d) = date(text);
            day_number(y, m, d)
        };
        let (month, _) =
            year_starts.split_once('-').unwrap_or_else(|| panic!("bad year_starts {year_starts}"));
        Calendar { first: day(first), last: day(last), shift: integer(month) - 1 }
    }

    /// First day of a month, counted from the start of contract year 0.
    fn month_start(&self, month: i64) -> i64 {
        let civil = month + self.shift;
        day_number(civil.div_euclid(12), civil.rem_euclid(12) + 1, 1)
    }

    fn month_of_day(&self, day: i64) -> i64 {
        let mut month = (day / 366) * 12;
        while self.month_start(month + 1) <= day {
            month += 1;
        }
        month
    }

    pub fn term(&self) -> Period {
        Period { span: Span::Term, index: 0 }
    }

    /// First day and the day after the last; whole calendar periods, except the term itself.
    fn days(&self, p: Period) -> (i64, i64) {
        if p.span == Span::Term {
            return (self.first, self.last + 1);
        }
        let n = p.span.months();
        (self.month_start(p.index * n), self.month_start((p.index + 1) * n))
    }

    /// The days of the term in `p`.
    fn clipped(&self, p: Period) -> (i64, i64) {
        let (start, end) = self.days(p);
        (start.max(self.first), end.min(self.last + 1))
    }

    pub fn in_term(&self, p: Period) -> bool {
        let (start, end) = self.clipped(p);
        start < end
    }

    /// The period of kind `span` that holds `p`.
    pub fn enclosing(&self, p: Period, span: Span) -> Period {
        assert!(p.span <= span, "{} is longer than a {span:?}", self.label(p));
        if span == Span::Term {
            return self.term();
        }
        Period { span, index: (p.index * p.span.months()).div_euclid(span.months()) }
    }

    /// The periods of kind `span` in `p` that have days in the term (or all, if `p` lies before it).
    pub fn within(&self, p: Period, span: Span) -> Vec<Period> {
        if p.span <= span {
            return if p.span == span { vec![p] } else { Vec::new() };
        }
        let (start, end) = if self.in_term(p) { self.clipped(p) } else { self.days(p) };
        let n = span.months();
        let (from, to) = (self.month_of_day(start).div_euclid(n), self.month_of_day(end - 1).div_euclid(n));
        (from..=to).map(|index| Period { span, index }).collect()
    }

    pub fn earlier(&self, p: Period, n: i64) -> Option<Period> {
        (p.span != Span::Term || n == 0).then_some(Period { span: p.span, index: p.index - n })
    }

    /// How many periods before the first of the term; zero or less inside.
    pub fn before_term(&self, p: Period) -> i64 {
        self.within(self.term(), p.span)[0].index - p.index
    }

    pub fn contains(&self, outer: Period, inner: Period) -> bool {
        inner.span <= outer.span && self.enclosing(inner, outer.span) == outer
    }

    /// Whether `p` ends no later than `other` ends.
    pub fn ends_by(&self, p: Period, other: Period) -> bool {
        self.clipped(p).1 <= self.clipped(other).1
    }

    pub fn month_count(&self, p: Period) -> Number {
        self.within(p, Span::Month).into_iter().map(|m| self.fraction(m, p)).sum()
    }

    pub fn day_count(&self, p: Period) -> Number {
        let (start, end) = self.clipped(p);
        whole((end - start).max(0))
    }

    pub fn years_by_days(&self, p: Period) -> Number {
        if p.span == Span::Term {
            return self.within(p, Span::Year).into_iter().map(|y| self.fraction(y, p)).sum();
        }
        self.fraction(self.enclosing(p, Span::Year), p)
    }

    /// Days of the term that lie in both periods, over all days of the calendar period `of`.
    fn fraction(&self, of: Period, p: Period) -> Number {
        let (start, end) = self.days(of);
        let (from, to) = self.clipped(p);
        whole((to.min(end) - from.max(start)).max(0)) / whole(end - start)
    }

    /// 1 for the first month of a contract year.
    pub fn month_number(&self, p: Period) -> i64 {
        assert!(p.span == Span::Month, "month_number needs a month, found {}", self.label(p));
        p.index.rem_euclid(12) + 1
    }

    /// 1 for the first contract year of the term.
    pub fn year_number(&self, p: Period) -> i64 {
        let first = self.within(self.term(), Span::Year)[0];
        self.enclosing(p, Span::Year).index - first.index + 1
    }

    pub fn label(&self, p: Period) -> String {
        match p.span {
            Span::Term => "term".to_string(),
            Span::Year if self.shift == 0 => format!("{:04}", p.index),
            Span::Year => format!("{:04}/{:02}", p.index, (p.index + 1).rem_euclid(100)),
            Span::Quarter => {
                let year = Period { span: Span::Year, index: p.index.div_euclid(4) };
                format!("{}Q{}", self.label(year), p.index.rem_euclid(4) + 1)
            }
            Span::Month => {
                let civil = p.index + self.shift;
                format!("{:04}-{:02}", civil.div_euclid(12), civil.rem_euclid(12) + 1)
            }
        }
    }

    /// The period a key names; none if it is not a period key.
    pub fn parse(&self, key: &str) -> Option<Period> {
        let key = key.trim();
        if key == "term" {
            return Some(self.term());
        }
        let year: i64 = key.get(..4)?.parse().ok()?;
        let rest = &key[4..];
        let quarter = rest.split_once('Q').map(|(_, q)| q.parse::<i64>());
        let found = match (rest.strip_prefix('-'), quarter) {
            (Some(month), _) => {
                Period { span: Span::Month, index: year * 12 + month.parse::<i64>().ok()? - 1 - self.shift }
            }
            (None, Some(quarter)) => Period { span: Span::Quarter, index: year * 4 + quarter.ok()? - 1 },
            (None, None) => Period { span: Span::Year, index: year },
        };
        (self.label(found) == key).then_some(found)
    }

    pub fn need(&self, key: &str) -> Period {
        self.parse(key).unwrap_or_else(|| panic!("`{key}` is not a period of this contract"))
    }

    /// Whether `p` lies in the period or range of periods a table key names: `2026/27`, `2027/28..`, `a..b`.
    pub fn key_covers(&self, key: &str, p: Period) -> bool {
        let Some((from, to)) = key.split_once("..") else {
            return self.contains(self.need(key), p);
        };
        let (start, end) = self.days(p);
        let after = from.trim().is_empty() || self.days(self.need(from)).0 <= start;
        let before = to.trim().is_empty() || end <= self.days(self.need(to)).1;
        after && before
    }
}
