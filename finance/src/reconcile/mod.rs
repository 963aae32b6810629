//! Payments held against what is due: matches, findings, why the two differ, and what is payable now.

mod cells;
pub mod day;
pub mod due;
pub mod finding;
pub mod mapping;
pub mod matching;
pub mod parties;
pub mod payments;
pub(crate) mod problem;
pub mod states;
pub mod variance;

use carepact::Diagnostic;
use carepact::contract::Contract;

pub use problem::CODES;

use day::Day;
use due::Due;
use finding::{Finding, Laid, findings};
use matching::{Matched, Matching, matched};
use parties::Parties;
use payments::Payments;
use states::{Deadlines, LineState, Payable, State, StatesFile, said_of_dues};
use variance::{Amounts, Variance, variance};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Settings<'s> {
    /// The day up to which payments should have been made.
    pub at: Day,
    /// Most minor units by which amounts may differ that are meant to be the same.
    pub tolerance: i64,
    /// Patterns of references.
    pub references: &'s [String],
    /// What is said of lines, by every source that says something.
    pub states: Vec<&'s StatesFile>,
    /// Days to contest and to resolve.
    pub deadlines: Deadlines,
}

/// Everything that comes of holding payments against what is due.
#[derive(Debug, Clone)]
pub struct Reconciliation {
    /// What is due, in its order.
    pub dues: Vec<Due>,
    /// What was paid.
    pub payments: Payments,
    /// The parties.
    pub parties: Parties,
    /// Which payment is for which line.
    pub matching: Matching,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Due less paid, and what it consists of.
    pub variance: Variance,
    /// What is said of each line.
    pub states: Vec<Option<LineState>>,
    /// What is to be paid on each line.
    pub payable: Vec<Payable>,
}

/// Holds payments against what is due.
///
/// # Errors
/// For each entry of a states file that cannot be meant, and each line of which two sources differ.
pub fn reconcile(
    contract: &Contract,
    dues: Vec<Due>,
    (mut payments, parties): (Payments, Parties),
    settings: &Settings<'_>,
    on_step: &dyn Fn(&'static str),
) -> Result<Reconciliation, Vec<Diagnostic>> {
    // What is paid later was not paid on the day.
    let all = payments.list.len();
    payments.list.retain(|payment| payment.date <= settings.at);
    payments.later = all - payments.list.len();
    let money = (contract.minor_places, contract.currency.as_str());
    let states = said_of_dues(&settings.states, (&dues, &parties), (money, &settings.deadlines))?;
    let matching = matched(
        &Matched {
            dues: &dues,
            payments: &payments.list,
            calendar: &contract.calendar,
            parties: &parties,
            references: settings.references,
            tolerance: settings.tolerance,
        },
        on_step,
    );
    on_step("findings");
    let holds = |state: &Option<LineState>| match state.as_ref().map(|state| state.state) {
        Some(State::Contested | State::Withheld | State::Settled) => true,
        Some(State::Open | State::Agreed) | None => false,
    };
    let held: Vec<bool> = states.iter().map(holds).collect();
    let calendar = &contract.calendar;
    let laid = Laid { dues: &dues, payments: &payments.list, calendar, at: settings.at, held: &held };
    let findings = findings(&laid, &matching);
    let variance = variance(&laid, &matching);
    let lines = dues.iter().zip(&variance.paid).zip(&states);
    let payable = lines.map(|((due, paid), state)| Payable::of_line(due, *paid, state.as_ref(), settings.at));
    let payable = payable.collect();
    Ok(Reconciliation { dues, payments, parties, matching, findings, variance, states, payable })
}

impl Reconciliation {
    /// The state of a line on a day: what was said, or agreed once nobody can contest it any more.
    pub fn state(&self, at: usize, settings: &Settings<'_>) -> State {
        let passed = settings.deadlines.contest_by().is_some_and(|by| settings.at > by);
        let unsaid = if passed { State::Agreed } else { State::Open };
        self.states[at].as_ref().map_or(unsaid, |state| state.state)
    }

    /// All amounts together, each line and payment counted once: from payer to payee of the line.
    pub fn total(&self) -> Amounts {
        let mut total = Amounts::default();
        self.variance.rows.iter().for_each(|row| total.add(&row.amounts));
        total
    }

    /// True when payments are not what is due: something is to be done, or a part of the difference is not
    /// known.
    pub fn differs(&self) -> bool {
        let rows = self.variance.rows.iter();
        self.findings.iter().any(|finding| !finding.kind.is_note())
            || rows.into_iter().any(|row| row.amounts.difference() != 0)
    }
}
