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
    contested: Held,
    withheld: Held,
    income: Exact,
}

/// What is held back of what the payer owes, and of what the payee owes; neither is negative.
#[derive(Debug, Clone, Default)]
struct Held {
    forwards: Exact,
    back: Exact,
}

impl Held {
    fn add(&mut self, amount: &Exact) {
        let side = if amount.sign() < 0 { &mut self.back } else { &mut self.forwards };
        *side = &*side + &amount.abs();
    }

    fn net(&self) -> Exact {
        &self.forwards - &self.back
    }
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
            match said {
                Some(State::Contested) => balance.contested.add(&amount),
                Some(State::Withheld) => balance.withheld.add(&amount),
                Some(State::Agreed | State::Settled) | None => {}
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

/// Columns of the statement. What is contested or withheld is told apart for each direction and never
/// negative; `disputed` is all of it, less what the receivable organisation owes.
pub const COLUMNS: [&str; 17] = [
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
    "contested_receivable",
    "contested_payable",
    "withheld_receivable",
    "withheld_payable",
];

/// Both rows of two organisations.
fn grid(statement: &Statement<'_>, at: Date, all: BTreeMap<Pair, Balance>, thresholds: &Thresholds) -> Grid {
    let mut grid = Grid::new("Agreement of balances", &COLUMNS);
    let contract = statement.model().contract();
    let name = |id: &str| {
        let party = contract.parties.iter().find(|party| party.id == id);
        Cell::text(party.map_or(id, |party| &party.name))
    };
    let yes = |needed: bool| Cell::text(if needed { "yes" } else { "no" });
    for ((payable, receivable), balance) in all {
        let rows = [
            (balance.of_balance(), &thresholds.statement_of_balance, &thresholds.agreement_of_balance),
            (balance.of_income(), &thresholds.statement_of_income, &thresholds.agreement_of_income),
        ];
        for ((of, total, amounts, held), statement, agreement) in rows {
            if total.is_zero() && amounts.iter().chain(&held).flatten().all(Exact::is_zero) {
                continue;
            }
            // Whoever is owed in all is the receivable organisation.
            let turned = total.sign() < 0;
            let (payable, receivable) =
                if turned { (&receivable, &payable) } else { (&payable, &receivable) };
            let signed = |amount: &Exact| Cell::Amount(if turned { -amount } else { amount.clone() });
            let [invoiced, accrued, agreed, disputed] =
                amounts.each_ref().map(|amount| amount.as_ref().map_or(Cell::Empty, signed));
            let [contested, contested_back, withheld, withheld_back] =
                held.map(|amount| amount.map_or(Cell::Empty, Cell::Amount));
            let mut row = vec![Cell::text(at.to_string()), Cell::text(of)];
            row.extend([Cell::text(receivable.clone()), name(receivable)]);
            row.extend([Cell::text(payable.clone()), name(payable)]);
            row.extend([invoiced, accrued, signed(&total), agreed, disputed]);
            row.extend([yes(total.abs() > *statement), yes(total.abs() > *agreement)]);
            row.extend(if turned {
                [contested_back, contested, withheld_back, withheld]
            } else {
                [contested, contested_back, withheld, withheld_back]
            });
            grid.rows.push(row);
        }
    }
    grid
}

/// What a row is of; its total; invoiced, accrued, agreed and disputed; and what is contested forwards and
/// back, and withheld forwards and back. What a row does not have is nothing.
type Row = (&'static str, Exact, [Option<Exact>; 4], [Option<Exact>; 4]);

impl Balance {
    fn of_balance(&self) -> Row {
        let total = &self.invoiced + &self.accrued;
        let disputed = &self.contested.net() + &self.withheld.net();
        let amounts = [self.invoiced.clone(), self.accrued.clone(), &total - &disputed, disputed];
        let held = [&self.contested, &self.withheld].map(|held| [held.forwards.clone(), held.back.clone()]);
        let [[contested, contested_back], [withheld, withheld_back]] = held;
        let held = [contested, contested_back, withheld, withheld_back];
        ("receivable and payable", total, amounts.map(Some), held.map(Some))
    }

    fn of_income(&self) -> Row {
        let nothing = || [None, None, None, None];
        ("income and expenditure", self.income.clone(), nothing(), nothing())
    }
}
