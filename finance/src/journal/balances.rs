//! A statement for the agreement of balances: what each organisation owes each other on a day, invoiced and
//! accrued, agreed and disputed, and what was income and expenditure until then.

use std::collections::BTreeMap;

use carepact::calendar::Date;
use carepact::statement::LineType;
use carepact::{Exact, Statement};

use super::states::{State, States};
use super::{ends, invoiced, who};
use crate::files::output::{Cell, Grid};

/// Amounts above which a statement or an agreement is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thresholds {
    /// A statement of receivables and payables.
    pub statement_of_balance: Exact,
    /// Their agreement.
    pub agreement_of_balance: Exact,
    /// A statement of income and expenditure.
    pub statement_of_income: Exact,
    /// Its agreement.
    pub agreement_of_income: Exact,
}

impl Default for Thresholds {
    /// Those of the exercise of 2022/23, the last whose guidance is public.
    fn default() -> Thresholds {
        Thresholds {
            statement_of_balance: Exact::from(2_500),
            agreement_of_balance: Exact::from(300_000),
            statement_of_income: Exact::from(2_000_000),
            agreement_of_income: Exact::from(3_000_000),
        }
    }
}

/// What one organisation owes another, from the payer of the first line to its payee.
#[derive(Debug, Clone, Default)]
struct Balance {
    invoiced: Exact,
    accrued: Exact,
    disputed: Exact,
    income: Exact,
}

/// Payable organisation, receivable organisation.
type Pair = (String, String);

/// The day of the balances, and until when what was invoiced is paid, unless it is disputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The day of the balances.
    pub at: Date,
    /// Invoices up to this day are paid.
    pub paid_until: Option<Date>,
}

/// The statement on a day. Lines that are settled are in no balance; lines without a state are agreed.
pub fn balances(statement: &Statement<'_>, days: Days, states: &States, thresholds: &Thresholds) -> Grid {
    let at = days.at;
    let mut all: BTreeMap<Pair, Balance> = BTreeMap::new();
    let contract = statement.model().contract();
    let calendar = &contract.calendar;
    for line in statement.lines().iter().filter(|line| line.live) {
        let earned = ends(calendar, line).is_some_and(|end| end <= at);
        let by = |day: Date| invoiced(calendar, line).is_some_and(|date| date <= day);
        let billed = by(at);
        let said = states.of(line).map(|said| said.state);
        let paid = days.paid_until.is_some_and(by) && !said.is_some_and(State::is_disputed);
        for posting in line.postings().into_iter().filter(|posting| posting.amount.sign() != 0) {
            // Each leg is posted twice; the one of whom the line pays is taken.
            if posting.amount.sign() != line.amount.sign() {
                continue;
            }
            let [payable, receivable] =
                [&posting.other, &posting.party].map(|party| who(contract, line, party));
            let (pair, amount) = ordered(payable, receivable, &posting.amount);
            let balance = all.entry(pair).or_default();
            if earned && line.line_type == LineType::Entitlement {
                balance.income = &balance.income + &amount;
            }
            if !line.payable || paid || said == Some(State::Settled) || !(earned || billed) {
                continue;
            }
            let part = if billed { &mut balance.invoiced } else { &mut balance.accrued };
            *part = &*part + &amount;
            if said.is_some_and(State::is_disputed) {
                balance.disputed = &balance.disputed + &amount;
            }
        }
    }
    grid(statement, at, all, thresholds)
}

/// Both directions between two organisations are one balance.
fn ordered(payable: &str, receivable: &str, amount: &Exact) -> (Pair, Exact) {
    if payable <= receivable {
        ((payable.to_string(), receivable.to_string()), amount.clone())
    } else {
        ((receivable.to_string(), payable.to_string()), -amount)
    }
}

fn grid(statement: &Statement<'_>, at: Date, all: BTreeMap<Pair, Balance>, thresholds: &Thresholds) -> Grid {
    let mut grid = Grid::new(
        "Agreement of balances",
        &[
            "at",
            "of",
            "receivable_organisation",
            "receivable_name",
            "payable_organisation",
            "payable_name",
            "invoiced",
            "accrued",
            "total",
            "agreed",
            "disputed",
            "statement",
            "agreement",
        ],
    );
    let contract = statement.model().contract();
    let name = |id: &str| {
        let party = contract.parties.iter().find(|party| party.id == id);
        Cell::text(party.map_or(id, |party| &party.name))
    };
    let yes = |needed: bool| Cell::text(if needed { "yes" } else { "no" });
    for ((payable, receivable), balance) in all {
        let owed = &balance.invoiced + &balance.accrued;
        let none = Exact::ZERO;
        let of_balance = [&balance.invoiced, &balance.accrued, &owed, &balance.disputed];
        let of_income = [&none, &none, &balance.income, &none];
        let limits = [
            (&thresholds.statement_of_balance, &thresholds.agreement_of_balance),
            (&thresholds.statement_of_income, &thresholds.agreement_of_income),
        ];
        let both = [("receivable and payable", of_balance), ("income and expenditure", of_income)];
        for ((of, amounts), (statement, agreement)) in both.into_iter().zip(limits) {
            let [invoiced, accrued, total, disputed] = amounts;
            if [invoiced, accrued, total, disputed].iter().all(|amount| amount.is_zero()) {
                continue;
            }
            // Whoever is owed in all is the receivable organisation.
            let turned = total.sign() < 0;
            let (payable, receivable) =
                if turned { (&receivable, &payable) } else { (&payable, &receivable) };
            let amount = |amount: &Exact| Cell::Amount(if turned { -amount } else { amount.clone() });
            let split = |amount_of: &Exact| {
                if of == "receivable and payable" { amount(amount_of) } else { Cell::Empty }
            };
            let size = total.abs();
            grid.rows.push(vec![
                Cell::text(at.to_string()),
                Cell::text(of),
                Cell::text(receivable.clone()),
                name(receivable),
                Cell::text(payable.clone()),
                name(payable),
                split(invoiced),
                split(accrued),
                amount(total),
                split(&(total - disputed)),
                split(disputed),
                yes(size > *statement),
                yes(size > *agreement),
            ]);
        }
    }
    grid
}
