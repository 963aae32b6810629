//! Numbers, money, units, dates and periods in words.

use crate::calendar::{Date, PeriodKind};
use crate::num::Exact;
use crate::unit::Unit;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Units of time: last in a product, so that `month*person` is a person-month.
const TIMES: [&str; 4] = ["day", "month", "quarter", "year"];

/// Sign and minor unit (one, several) of the currencies that have words of their own.
const CURRENCIES: [(&str, &str, &str, &str); 3] =
    [("GBP", "£", "penny", "pennies"), ("USD", "$", "cent", "cents"), ("EUR", "€", "cent", "cents")];

/// A number with thousands separated.
pub fn number(x: &Exact) -> String {
    let plain = x.to_string();
    let text = if plain.ends_with('…') { plain } else { x.grouped(places(x)) };
    text.replace('-', "−")
}

/// Decimal places of a number as it is written.
pub fn places(x: &Exact) -> usize {
    x.to_string().split_once('.').map_or(0, |(_, fraction)| fraction.chars().count())
}

/// A number as a percentage.
pub fn percent(x: &Exact) -> String {
    format!("{}%", number(&(x * &Exact::from(100))))
}

/// An amount of money; pennies only where there are some.
pub fn money(x: &Exact, currency: &str) -> String {
    money_at(x, currency, if x.is_whole() { 0 } else { places(x).max(2) })
}

/// An amount of money with so many decimal places.
pub fn money_at(x: &Exact, currency: &str, places: usize) -> String {
    let minus = if x.sign() < 0 { "−" } else { "" };
    format!("{minus}{}{}", sign(currency), x.abs().grouped(places))
}

/// The sign of a currency, or its code.
pub fn sign(currency: &str) -> String {
    let known = CURRENCIES.iter().find(|(code, ..)| *code == currency);
    known.map_or_else(|| format!("{currency} "), |(_, sign, ..)| (*sign).to_string())
}

/// The minor unit, one and several.
pub fn minor_unit(currency: &str, places: u32) -> (String, String) {
    if let Some((_, _, one, several)) = CURRENCIES.iter().find(|(code, ..)| *code == currency) {
        return ((*one).to_string(), (*several).to_string());
    }
    let unit = money_at(&Exact::scaled(1, places), currency, usize::try_from(places).unwrap_or(0));
    (unit.clone(), format!("units of {unit}"))
}

/// Over and under the stroke of a unit.
fn sides(unit: &Unit) -> (Vec<String>, Vec<String>) {
    if unit.is_pure() {
        return (Vec::new(), Vec::new());
    }
    let text = unit.to_string();
    let mut parts = text.split('/');
    let mut over: Vec<String> = parts.next().unwrap_or_default().split('*').map(spaced).collect();
    over.retain(|name| name != "1");
    over.sort_by_key(|name| TIMES.contains(&name.as_str()));
    (over, parts.map(spaced).collect())
}

/// A unit in words for the head of a column; empty for pure numbers.
pub fn unit(unit: &Unit, currency: &str) -> String {
    let (over, under) = sides(unit);
    let over = match &over[..] {
        [one] if one == currency => sign(currency).trim_end().to_string(),
        names => plural(&names.join("-")),
    };
    let per = under.iter().map(|name| format!("per {name}"));
    [over].into_iter().chain(per).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A number with its unit.
pub fn quantity(x: &Exact, unit: &Unit, currency: &str) -> String {
    let (over, under) = sides(unit);
    let amount = match &over[..] {
        [] => number(x),
        [one] if one == currency => money(x, currency),
        names if *x == Exact::ONE => format!("1 {}", names.join("-")),
        names => format!("{} {}", number(x), plural(&names.join("-"))),
    };
    under.iter().fold(amount, |amount, name| format!("{amount} per {name}"))
}

/// A name of the contract as words.
pub fn spaced(name: &str) -> String {
    name.replace("sub_contract", "sub-contract").replace('_', " ")
}

/// Several of a thing.
pub fn plural(word: &str) -> String {
    let vowel_before = |end: &str| word.strip_suffix(end).is_some_and(|rest| rest.ends_with(['a', 'e', 'o']));
    if word.is_empty() {
        String::new()
    } else if word.ends_with("person") {
        format!("{}people", word.trim_end_matches("person"))
    } else if word.ends_with('y') && !vowel_before("y") {
        format!("{}ies", word.trim_end_matches('y'))
    } else if ["s", "x", "ch", "sh"].iter().any(|end| word.ends_with(end)) {
        format!("{word}es")
    } else {
        format!("{word}s")
    }
}

/// So many of a thing.
pub fn several(count: i32, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {}", plural(word)) }
}

/// 1st, 2nd, 3rd, 4th.
pub fn ordinal(day: u32) -> String {
    let end = match (day % 10, day % 100) {
        (1, rest) if rest != 11 => "st",
        (2, rest) if rest != 12 => "nd",
        (3, rest) if rest != 13 => "rd",
        _ => "th",
    };
    format!("{day}{end}")
}

/// 1 April 2026.
pub fn date(date: Date) -> String {
    format!("{} {} {}", date.day, month(date.month), date.year)
}

/// The name of a month, 1 to 12.
pub fn month(number: u32) -> &'static str {
    usize::try_from(number).ok().and_then(|n| MONTHS.get(n.checked_sub(1)?)).copied().unwrap_or_default()
}

/// How often something with this period happens.
pub fn often(per: PeriodKind) -> &'static str {
    match per {
        PeriodKind::Month => "every month",
        PeriodKind::Quarter => "every quarter",
        PeriodKind::Year => "every year",
        PeriodKind::Term => "once, over the whole term",
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn listed<S: AsRef<str>>(items: &[S], joining: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_string(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {joining} {}", first.join(", "), last.as_ref())
        }
    }
}

/// The text with a capital at its start.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The text with a small letter at its start, unless it starts with an abbreviation.
pub fn small(text: &str) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    if letters.clone().next().is_some_and(|second| second.is_lowercase() || second == ' ') {
        first.to_lowercase().chain(letters).collect()
    } else {
        text.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn numbers_carry_their_units() {
        let say = |x: &str, unit: &str| quantity(&exact(x), &Unit::parse(unit).unwrap(), "GBP");
        assert_eq!(say("3150000", "GBP/year"), "£3,150,000 per year");
        assert_eq!(say("42.5", "GBP/check"), "£42.50 per check");
        assert_eq!(say("1", "breach"), "1 breach");
        assert_eq!(say("300000", "person"), "300,000 people");
        assert_eq!(say("12", "person*month"), "12 person-months");
        assert_eq!(money(&exact("-5.125"), "JPY"), "−JPY 5.125");
        assert_eq!(percent(&exact("0.667")), "66.7%");
    }

    #[test]
    fn words_have_plurals() {
        let table =
            [("person", "people"), ("breach", "breaches"), ("practice", "practices"), ("day", "days")];
        for (one, several) in table {
            assert_eq!(plural(one), several);
        }
        assert_eq!(plural("body"), "bodies");
        assert_eq!([1, 2, 3, 11, 15, 22].map(ordinal), ["1st", "2nd", "3rd", "11th", "15th", "22nd"]);
    }
}
