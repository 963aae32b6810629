//! What stands on the page of one party.

use carepact::calendar::PeriodKind;
use carepact::contract::Origin;
use carepact::statement::{DataStatus, LineType, StatementLine};
use carepact::{Diagnostic, Exact, Statement};
use serde::Serialize;

use super::PAGE;
use super::why::Why;
use crate::files::codes::problem;
use crate::journal::documents::differences;
use crate::journal::states::{State, States};
use crate::journal::who;

/// A file and its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hashed {
    /// What it is called.
    pub name: String,
    /// Its hash in hexadecimal digits.
    pub hash: String,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// For whom.
    pub party: String,
    /// The contract.
    pub contract: Hashed,
    /// The data.
    pub data: Vec<Hashed>,
    /// The data of the previous statement.
    pub previous: Vec<Hashed>,
    /// The version of the engine.
    pub engine: String,
    /// The submission that counts.
    pub as_of: String,
    /// When the page was made.
    pub made: String,
}

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    title: String,
    contract_id: String,
    synthetic: bool,
    party: String,
    party_name: String,
    currency: String,
    periods: String,
    status: &'static str,
    provisional: usize,
    lines: usize,
    figures: Vec<(String, String)>,
    clauses: Vec<Clause>,
    passed_on: Vec<(String, String, String)>,
    compared: bool,
    changes: Vec<Change>,
    contested: Vec<Contested>,
    contract: Hashed,
    data: Vec<Hashed>,
    previous: Vec<Hashed>,
    engine: String,
    as_of: String,
    made: String,
}

#[derive(Debug, Clone, Serialize)]
struct Clause {
    title: String,
    id: String,
    kind: String,
    reference: String,
    status: String,
    on_account: bool,
    rows: Vec<Row>,
    entitlement: String,
    paid: String,
    settlement: String,
}

#[derive(Debug, Clone, Serialize)]
struct Row {
    what: String,
    flow: String,
    lines: usize,
    entitlement: String,
    paid: String,
    settlement: String,
    data: &'static str,
    explained: String,
    why: Why,
}

#[derive(Debug, Clone, Serialize)]
struct Change {
    line: String,
    title: String,
    before: String,
    now: String,
    difference: String,
}

#[derive(Debug, Clone, Serialize)]
struct Contested {
    line: String,
    title: String,
    amount: String,
    state: &'static str,
    reason: String,
    date: String,
}

/// Lines that stand in one row: those of a clause and year with the same members, payer and payee.
struct Gathered<'s> {
    year: String,
    lines: Vec<&'s StatementLine>,
}

/// The page of a party.
pub fn page(
    (statement, previous): (&Statement<'_>, Option<&Statement<'_>>),
    states: &States,
    asked: Asked,
) -> Result<Page, Diagnostic> {
    let contract = statement.model().contract();
    let party = contract.parties.iter().find(|party| party.id == asked.party && !party.many);
    let holder =
        || statement.lines().iter().find_map(|line| line.holder.clone().filter(|h| *h == asked.party));
    let Some(party_name) = party.map(|party| party.name.clone()).or_else(holder) else {
        let known: Vec<&str> = contract.parties.iter().map(|party| party.id.as_str()).collect();
        let found = format!("the statement has no party or holder `{}`", asked.party);
        return Err(problem(&PAGE, found, &format!("its parties are {}", known.join(", "))));
    };
    let name = asked.party.clone();
    let of = Of { statement, party: &name };
    let own: Vec<&StatementLine> = statement.lines().iter().filter(|line| of.is_own(line)).collect();
    let counted = |status: DataStatus| own.iter().filter(|line| line.data == status).count();
    let provisional = counted(DataStatus::Provisional);
    let status = match (provisional, counted(DataStatus::Final)) {
        (0, 0) => "agreed numbers alone",
        (0, _) => "final (freeze)",
        (_, _) => "provisional (flex)",
    };
    Ok(Page {
        title: contract.title.clone(),
        contract_id: contract.id.clone(),
        synthetic: contract.origin == Origin::Synthetic,
        party: asked.party.clone(),
        party_name,
        currency: contract.currency.clone(),
        periods: statement.periods().join(", "),
        status,
        provisional,
        lines: own.len(),
        figures: of.figures(states),
        clauses: of.clauses(&own)?,
        passed_on: of.passed_on(),
        compared: previous.is_some(),
        changes: previous.map_or(Vec::new(), |previous| of.changes(previous)),
        contested: of.contested(&own, states),
        contract: asked.contract,
        data: asked.data,
        previous: asked.previous,
        engine: asked.engine,
        as_of: asked.as_of,
        made: asked.made,
    })
}

struct Of<'o, 'm> {
    statement: &'o Statement<'m>,
    party: &'o str,
}

impl<'o> Of<'o, '_> {
    fn money(&self, amount: &Exact) -> String {
        let places = self.statement.model().contract().minor_places;
        amount.grouped(usize::try_from(places).unwrap_or(2))
    }

    fn receives(&self, line: &StatementLine) -> bool {
        who(self.statement.model().contract(), line, &line.payee) == self.party
    }

    fn is_own(&self, line: &StatementLine) -> bool {
        self.receives(line) || who(self.statement.model().contract(), line, &line.payer) == self.party
    }

    /// What a party is called.
    fn name(&self, id: &str) -> String {
        let parties = &self.statement.model().contract().parties;
        parties.iter().find(|party| party.id == id).map_or(id, |party| &party.name).to_string()
    }

    /// What a line brings the party: less than nothing where it pays.
    fn signed(&self, line: &StatementLine) -> Exact {
        if self.receives(line) { line.amount.clone() } else { -&line.amount }
    }

    fn sum<'l>(&self, lines: impl Iterator<Item = &'l StatementLine>) -> Exact {
        lines.map(|line| self.signed(line)).sum()
    }

    /// The numbers at the head of the page.
    fn figures(&self, states: &States) -> Vec<(String, String)> {
        let own = || self.statement.lines().iter().filter(|line| line.live && self.is_own(line));
        let due = self.sum(own().filter(|line| line.line_type == LineType::Entitlement));
        let paid = self.sum(own().filter(|line| line.line_type == LineType::OnAccount));
        let rest = &due - &paid;
        let mut figures = vec![
            ("Due in all".to_string(), self.money(&due)),
            ("Of that by instalments".to_string(), self.money(&paid)),
            ("Left to settle".to_string(), self.money(&rest)),
        ];
        for (words, state) in [("Contested", State::Contested), ("Withheld", State::Withheld)] {
            let said = |line: &&StatementLine| states.of(line).is_some_and(|said| said.state == state);
            let sum = self.sum(own().filter(|line| line.payable).filter(said));
            if !sum.is_zero() {
                figures.push((words.to_string(), self.money(&sum)));
            }
        }
        figures
    }

    fn clauses(&self, own: &[&'o StatementLine]) -> Result<Vec<Clause>, Diagnostic> {
        let mut ids: Vec<&str> = own.iter().map(|line| line.clause.as_str()).collect();
        ids.dedup();
        let mut seen = Vec::new();
        ids.retain(|id| {
            !seen.contains(id) && {
                seen.push(*id);
                true
            }
        });
        ids.into_iter().map(|id| self.clause(id, own)).collect()
    }

    fn clause(&self, id: &str, own: &[&'o StatementLine]) -> Result<Clause, Diagnostic> {
        let lines: Vec<&StatementLine> = own.iter().copied().filter(|line| line.clause == id).collect();
        let contract = self.statement.model().contract();
        let clause = contract.document.root().get("clauses").and_then(|clauses| clauses.get(id));
        let reference = clause.and_then(|clause| clause.get("ref")?.text()).unwrap_or_default();
        let first = lines[0];
        let of = |wanted: LineType| {
            self.money(&self.sum(lines.iter().copied().filter(|line| line.line_type == wanted)))
        };
        Ok(Clause {
            title: first.title.clone(),
            id: id.to_string(),
            kind: first.kind.to_string(),
            reference: reference.to_string(),
            status: if first.live { String::new() } else { first.status.to_string() },
            on_account: lines.iter().any(|line| line.line_type == LineType::OnAccount),
            entitlement: of(LineType::Entitlement),
            paid: of(LineType::OnAccount),
            settlement: of(LineType::Settlement),
            rows: self
                .gathered(&lines)
                .iter()
                .map(|gathered| self.row(gathered))
                .collect::<Result<_, _>>()?,
        })
    }

    fn gathered(&self, lines: &[&'o StatementLine]) -> Vec<Gathered<'o>> {
        let calendar = &self.statement.model().contract().calendar;
        let year = |line: &StatementLine| {
            let period = calendar.period(&line.assessed);
            let year = period.and_then(|period| calendar.enclosing(period, PeriodKind::Year)).or(period);
            year.map_or(line.assessed.clone(), |year| calendar.key(year))
        };
        let mut all: Vec<Gathered<'o>> = Vec::new();
        for line in lines {
            let same = |known: &&mut Gathered<'o>| {
                let first = known.lines[0];
                first.members == line.members
                    && (&first.payer, &first.payee, &first.holder) == (&line.payer, &line.payee, &line.holder)
                    && known.year == year(line)
            };
            match all.iter_mut().find(same) {
                Some(known) => known.lines.push(line),
                None => all.push(Gathered { year: year(line), lines: vec![line] }),
            }
        }
        all
    }

    /// A row, with the reason of its last entitlement.
    fn row(&self, gathered: &Gathered<'_>) -> Result<Row, Diagnostic> {
        let first = gathered.lines[0];
        let of =
            |wanted: LineType| gathered.lines.iter().copied().filter(move |line| line.line_type == wanted);
        let last = of(LineType::Entitlement).next_back().unwrap_or(first);
        let explanation = self.statement.explain(&last.number.to_string());
        let explanation = explanation.map_err(|problems| {
            let found = problems.to_string();
            problem(&PAGE, found, "please report this contract to the developers")
        })?;
        let titles: Vec<&str> = first.members.iter().map(|(_, _, title)| title.as_str()).collect();
        let what = [gathered.year.as_str()].into_iter().chain(titles).collect::<Vec<_>>().join(", ");
        let through = first.through.as_ref().filter(|prime| *prime != self.party);
        let through = through.map_or(String::new(), |prime| format!(" through {}", self.name(prime)));
        let data = gathered.lines.iter().map(|line| line.data);
        let data = if data.clone().any(|data| data == DataStatus::Provisional) {
            DataStatus::Provisional
        } else {
            data.max().unwrap_or(DataStatus::Agreed)
        };
        Ok(Row {
            what,
            flow: if self.receives(first) {
                format!("from {}{through}", self.name(&first.payer))
            } else {
                format!("to {}{through}", self.name(&first.payee))
            },
            lines: of(LineType::Entitlement).count(),
            entitlement: self.money(&self.sum(of(LineType::Entitlement))),
            paid: self.money(&self.sum(of(LineType::OnAccount))),
            settlement: self.money(&self.sum(of(LineType::Settlement))),
            data: data.word(),
            explained: last.id.clone(),
            why: Why::of(&explanation),
        })
    }

    /// What a prime passes on, by clause and other party.
    fn passed_on(&self) -> Vec<(String, String, String)> {
        let position = self.statement.totals().position(self.party);
        let through = position.into_iter().filter(|line| line.passes_through);
        through
            .map(|line| {
                let flow = if line.amount.sign() < 0 { "to" } else { "from" };
                (line.clause, format!("{flow} {}", self.name(&line.other)), self.money(&line.amount.abs()))
            })
            .collect()
    }

    fn changes(&self, previous: &Statement<'_>) -> Vec<Change> {
        let changed = differences(self.statement, previous);
        let own = changed.into_iter().filter(|(line, _)| self.is_own(line));
        own.map(|(line, difference)| {
            let key = |known: &&StatementLine| {
                known.id == line.id && known.payer == line.payer && known.payee == line.payee
            };
            let now = self.statement.lines().iter().find(key).map_or(Exact::ZERO, |line| self.signed(line));
            let difference = if self.receives(line) { difference } else { -&difference };
            Change {
                line: line.id.clone(),
                title: line.title.clone(),
                before: self.money(&(&now - &difference)),
                now: self.money(&now),
                difference: self.money(&difference),
            }
        })
        .collect()
    }

    fn contested(&self, own: &[&StatementLine], states: &States) -> Vec<Contested> {
        let said = own.iter().filter_map(|line| Some((line, states.of(line)?)));
        let open = said.filter(|(line, said)| line.payable && said.state != State::Agreed);
        open.map(|(line, said)| Contested {
            line: line.id.clone(),
            title: line.title.clone(),
            amount: self.money(&self.signed(line)),
            state: said.state.word(),
            reason: said.reason.clone(),
            date: said.date.map_or(String::new(), |date| date.to_string()),
        })
        .collect()
    }
}
