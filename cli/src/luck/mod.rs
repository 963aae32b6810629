//! Luck as text, JSON and CSV: the three questions, and how their answers are said. Of many holders every
//! answer goes to CSV and JSON, and text sums them up.

pub mod arguments;
pub mod collected;
pub mod csv;
mod holders;
pub mod json;
mod rows;
pub mod text;

use carepact::{Exact, Mode};
use carepact_scenarios::luck::{Enough, Figure, LineLuck, Odds};

/// What is asked of each line and party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Paid although nothing changed.
    PaidUnchanged,
    /// Fined although the target is truly met.
    FinedOnTarget,
    /// Not paid although it truly improved.
    UnpaidImproved,
}

impl Question {
    /// All of them.
    pub const ALL: [Question; 3] =
        [Question::PaidUnchanged, Question::FinedOnTarget, Question::UnpaidImproved];

    /// Its name in JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Question::PaidUnchanged => "paid_unchanged",
            Question::FinedOnTarget => "fined_on_target",
            Question::UnpaidImproved => "unpaid_improved",
        }
    }

    /// The answer, where the question makes sense.
    pub fn of(self, line: &LineLuck) -> Option<&Odds> {
        match self {
            Question::PaidUnchanged => line.paid_unchanged.as_ref(),
            Question::FinedOnTarget => line.fined_on_target.as_ref(),
            Question::UnpaidImproved => line.unpaid_improved.as_ref(),
        }
    }

    /// The true rate that it supposes.
    pub fn rate(self, line: &LineLuck) -> Option<&Exact> {
        match self {
            Question::PaidUnchanged => Some(&line.baseline),
            Question::FinedOnTarget => line.met.as_ref(),
            Question::UnpaidImproved => line.improved.as_ref(),
        }
    }
}

/// Whether a number is enough, as one word or number.
pub fn enough(enough: Enough) -> String {
    match enough {
        Enough::From(number) => number.to_string(),
        Enough::None => "never".to_string(),
        Enough::Beyond => "beyond".to_string(),
        Enough::NotOneWay => "not_one_way".to_string(),
        Enough::NotAsked => "not_asked".to_string(),
    }
}

/// A rate as people read it: a percentage, a count, or an amount.
pub fn rate(figure: &Figure, rate: &Exact) -> String {
    let (number, end) = if figure.is_share() { (rate * &Exact::from(100), " %") } else { (rate.clone(), "") };
    let rounded = number.rounded(&Exact::scaled(1, 2), Mode::HalfAway).grouped(2);
    let short = rounded.trim_end_matches('0').trim_end_matches('.');
    format!("{short}{end}")
}

/// A rate for tools: at most twelve decimal places.
pub fn plain_rate(rate: &Exact) -> String {
    let text = rate.rounded(&Exact::scaled(1, 12), Mode::HalfAway).plain(12);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}
