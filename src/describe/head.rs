//! The head of the contract, and its parties.

use super::layout::{Cell, Page};
use super::numbers::{self, capital, several, spaced};
use super::words::Words;
use crate::calendar::{PeriodKind, days_in_month};
use crate::contract::{Contract, Origin, ResidueRule};
use crate::num::Mode;

/// Title, where it comes from, term, currency and rounding.
pub fn head(words: &Words<'_>, page: &mut Page) {
    let contract = words.contract;
    page.title(&contract.title);
    let origin = match &contract.origin {
        Origin::Synthetic => "SYNTHETIC: this contract is invented.".to_string(),
        Origin::Published(place) => format!("PUBLISHED: after a published scheme, {place}."),
        Origin::Remembered => "REMEMBERED: after a scheme as remembered, not verified.".to_string(),
    };
    if let Some(remembered) = &contract.remembered {
        page.paragraph(&format!("From memory and not verified: {remembered}."));
    }
    page.paragraph(&format!("{origin} Its id is “{}”.", contract.id));
    page.gap();
    page.paragraph(&term(contract));
    page.paragraph(&rounding(words));
    page.gap();
    page.paragraph(
        "This is what the engine understood, said in words. Names in quotation marks are those of clauses \
         and groups. Notes in the contract are left out: they move no money.",
    );
}

/// When it runs.
pub fn term(contract: &Contract) -> String {
    let calendar = &contract.calendar;
    let years = calendar.all(PeriodKind::Year);
    let count = i32::try_from(years.len()).unwrap_or(i32::MAX);
    let names = match &years[..] {
        [] => String::new(),
        [only] => format!(", {}", calendar.key(*only)),
        [first, .., last] => format!(", {} to {}", calendar.key(*first), calendar.key(*last)),
    };
    let whole_first = calendar.first.day == 1 && calendar.first.month == calendar.start_month;
    let month_after = calendar.last.month % 12 + 1;
    let last_day = days_in_month(calendar.last.year, calendar.last.month);
    let whole_last = calendar.last.day == last_day && month_after == calendar.start_month;
    let part = match (whole_first, whole_last) {
        (true, true) => "",
        (false, true) => "; the first is a part year",
        (true, false) => "; the last is a part year",
        (false, false) => "; the first and the last are part years",
    };
    format!(
        "It runs from {} to {}: {}{names}, beginning on 1 {}{part}.",
        numbers::date(calendar.first),
        numbers::date(calendar.last),
        several(count, "contract year"),
        numbers::month(calendar.start_month),
    )
}

/// In what money, and how it is rounded.
pub fn rounding(words: &Words<'_>) -> String {
    let contract = words.contract;
    let (one, _) = numbers::minor_unit(&contract.currency, contract.minor_places);
    format!(
        "Money is in {}. Every amount is rounded to the {one}, {}; {}.",
        contract.currency,
        ties(contract.mode),
        residue(words, contract.residue)
    )
}

fn ties(mode: Mode) -> &'static str {
    match mode {
        Mode::HalfAway => "ties away from zero",
        Mode::HalfUp => "ties up",
        Mode::HalfEven => "ties to the even one",
        Mode::Down => "digits beyond it cut off",
        Mode::Floor => "down to the one below",
        Mode::Ceiling => "up to the one above",
    }
}

/// Who takes odd pennies.
pub fn residue(words: &Words<'_>, rule: ResidueRule) -> String {
    let contract = words.contract;
    let (_, odd) = numbers::minor_unit(&contract.currency, contract.minor_places);
    match rule {
        ResidueRule::LargestRemainder => {
            format!("odd {odd} go to the largest remainders, of equal ones to the party listed first")
        }
        ResidueRule::LargestShare => format!("odd {odd} go to the party with the largest share"),
        ResidueRule::Last => format!("odd {odd} go to the last party with a share"),
        ResidueRule::Party(party) => format!("odd {odd} go to {}", words.party(party)),
    }
}

/// Who pays and is paid.
pub fn parties(words: &Words<'_>, page: &mut Page) {
    page.heading("Parties");
    let rows: Vec<Vec<Cell>> = words
        .contract
        .parties
        .iter()
        .map(|party| {
            let role = party.role.as_deref().map_or("–".to_string(), spaced);
            let role = if party.many { format!("{role}, one of many") } else { role };
            let sector = party.sector.as_deref().map_or("–".to_string(), spaced);
            [party.name.clone(), party.id.clone(), role, sector].map(Cell::Text).to_vec()
        })
        .collect();
    let head = ["name", "called", "role", "sector"].map(capital);
    page.table(0, &head, &rows);
    if let Some(pool) = words.contract.parties.iter().find(|party| party.role.as_deref() == Some("pool")) {
        page.gap();
        page.paragraph(&format!("{} is a pool: it passes on all it receives.", pool.name));
    }
    if let Some(many) = words.contract.parties.iter().find(|party| party.many) {
        let name = numbers::small(&many.name);
        page.gap();
        page.paragraph(&format!("The contract is written for one {name}; each has lines of its own."));
    }
}
