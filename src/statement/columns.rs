//! Tables with a row for each holder: lines and figures that were chosen by name are the columns.
//!
//! Only the nodes behind the columns are evaluated, so that a table of 100,000 holders is quick.
//! `core` is the sum of the entitlement lines of a clause, `core:2026-04` that of a month, and
//! `points:2026/27` a figure; keys are periods, members and parties, in any order.

use super::basis::{Stated, statistics_behind};
use super::figures::value_of;
use crate::Model;
use crate::bind::Facts;
use crate::calendar::Period;
use crate::contract::{Contract, Flow, Named, brief};
use crate::evaluate::{Statistics, Workers, evaluate};
use crate::num::Exact;
use crate::plan::{FigureSpec, NodeId};
use crate::source::{Diagnostic, Location, Problems, catalogue, did_you_mean};

/// One column.
#[derive(Debug, Clone)]
pub struct Column<'m> {
    /// Its name, as it was asked for.
    pub name: String,
    reads: Reads<'m>,
}

#[derive(Debug, Clone)]
enum Reads<'m> {
    /// The sum of these amounts.
    Amounts(Vec<NodeId>),
    /// A figure.
    Figure(&'m FigureSpec),
}

impl<'m> Column<'m> {
    /// A column for a figure.
    pub(super) fn of_figure(figure: &'m FigureSpec) -> Column<'m> {
        Column { name: figure.id.clone(), reads: Reads::Figure(figure) }
    }

    /// The figure that it holds; nothing where it holds amounts of a clause.
    pub fn figure(&self) -> Option<&'m FigureSpec> {
        match &self.reads {
            Reads::Figure(figure) => Some(figure),
            Reads::Amounts(_) => None,
        }
    }

    fn nodes(&self) -> Vec<NodeId> {
        match &self.reads {
            Reads::Amounts(nodes) => nodes.clone(),
            Reads::Figure(figure) => figure.nodes(),
        }
    }
}

/// The columns of a table.
#[derive(Debug, Clone)]
pub struct Columns<'m> {
    model: &'m Model,
    facts: &'m Facts,
    columns: Vec<Column<'m>>,
    needed: Vec<bool>,
}

impl<'m> Columns<'m> {
    pub(super) fn of(model: &'m Model, facts: &'m Facts, columns: Vec<Column<'m>>) -> Columns<'m> {
        let needed = model.plan.needed_beside_statistics(columns.iter().flat_map(Column::nodes));
        Columns { model, facts, columns, needed }
    }

    /// The columns in the order in which they were asked for.
    pub fn columns(&self) -> &[Column<'m>] {
        &self.columns
    }

    /// Works out the statistics behind the columns, over all holders.
    pub fn statistics(&self, workers: Workers<'_>) -> Statistics {
        statistics_behind(self.model, self.facts, self.columns.iter().flat_map(Column::nodes), workers)
    }

    /// The row of a holder, by its place in the facts; nothing where a figure is absent.
    pub fn row(&self, statistics: &Statistics, holder: usize) -> Vec<Option<Exact>> {
        let facts = &self.facts.lanes[holder].values;
        let values = evaluate(&self.model.plan, facts, (statistics, holder), &self.needed);
        let cell = |column: &Column<'_>| match &column.reads {
            Reads::Amounts(nodes) => Some(nodes.iter().map(|node| values.of(*node)).sum()),
            Reads::Figure(figure) => value_of(figure, &values),
        };
        self.columns.iter().map(cell).collect()
    }
}

impl Model {
    /// The columns of a table with a row for each holder, by name: a clause, for the sum of its
    /// entitlement lines, or a quantity that is shown; with keys (periods, members, parties) after
    /// colons.
    ///
    /// # Errors
    /// Names and keys that are unknown or leave it open what is meant, all at once.
    pub fn columns<'m>(&'m self, facts: &'m Facts, names: &[String]) -> Result<Columns<'m>, Problems> {
        let stated = match facts.holders().count() {
            0 => Stated::all(self),
            _ => Stated::of(self, facts),
        };
        Ok(Columns::of(self, facts, Naming { model: self, stated }.all(names)?))
    }

    /// Checks names of columns before there are data.
    ///
    /// # Errors
    /// Names and keys that are unknown in every period of the contract, all at once.
    pub fn check_columns(&self, names: &[String]) -> Result<(), Problems> {
        let naming = Naming { model: self, stated: Stated::all(self) };
        // That there is more than one figure may be settled by the period that is stated.
        naming.each(names, false).map(|_| ())
    }
}

/// Looks up what names stand for.
struct Naming<'m> {
    model: &'m Model,
    stated: Stated<'m>,
}

/// Something that keys can choose: a part of a line, or a figure.
struct Candidate<'m, T> {
    period: Option<&'m (Period, String)>,
    members: &'m [(String, String, String)],
    parties: Vec<&'m str>,
    is: T,
}

impl<'m, T> Candidate<'m, T> {
    /// True when a key names its member or party, or a period that it lies within.
    fn agrees(&self, contract: &Contract, key: &str) -> bool {
        let within = |period: Period| {
            let named = contract.calendar.period(key);
            named.is_some_and(|named| contract.calendar.contains(named, period))
        };
        self.keys().any(|known| known == key) || self.period.is_some_and(|(period, _)| within(*period))
    }

    fn keys(&self) -> impl Iterator<Item = &'m str> {
        let members = self.members.iter().map(|(_, member, _)| member.as_str());
        self.period.iter().map(|(_, key)| key.as_str()).chain(members).chain(self.parties.iter().copied())
    }
}

impl<'m> Naming<'m> {
    fn all(&self, names: &[String]) -> Result<Vec<Column<'m>>, Problems> {
        self.each(names, true)
    }

    fn each(&self, names: &[String], single: bool) -> Result<Vec<Column<'m>>, Problems> {
        let contract = &self.model.contract;
        if !contract.has_holders() {
            let found = "no party of this contract is many, so that there is nothing to have a row for";
            return Err(Problems(vec![unknown(found.to_string(), "state it without a table".to_string())]));
        }
        let mut problems = Vec::new();
        let mut columns = Vec::new();
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                let remedy = "name it once".to_string();
                problems.push(unknown(format!("the column `{name}` stands twice"), remedy));
                continue;
            }
            match self.column(name, single) {
                Ok(reads) => columns.push(Column { name: name.clone(), reads }),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(columns) } else { Err(Problems(problems)) }
    }

    fn column(&self, name: &str, single: bool) -> Result<Reads<'m>, Diagnostic> {
        let contract = &self.model.contract;
        let mut keys = name.split(':');
        let head = keys.next().unwrap_or_default();
        let keys: Vec<&str> = keys.collect();
        let is_clause = contract.clauses.iter().any(|clause| clause.id == head);
        let is_quantity = contract.quantities.iter().any(|quantity| quantity.name == head);
        match (is_clause, is_quantity) {
            (true, true) => {
                let found = format!("`{head}` is a clause and a quantity");
                Err(unknown(found, "give one of them another name in the contract".to_string()))
            }
            (true, false) => self.amounts(head, &keys),
            (false, true) => self.figure(head, &keys, single),
            (false, false) => Err(self.unknown_name(head)),
        }
    }

    fn amounts(&self, clause: &str, keys: &[&str]) -> Result<Reads<'m>, Diagnostic> {
        let lines: Vec<_> =
            self.stated.lines.iter().map(|(_, line)| *line).filter(|line| line.clause == clause).collect();
        if !lines.is_empty() && !lines.iter().any(|line| line.by_holder) {
            let found = format!("`{clause}` is the same for all holders and has no line for each");
            return Err(unknown(found, "its lines are in the statement itself".to_string()));
        }
        let parts = lines.into_iter().filter(|line| line.by_holder).flat_map(|line| {
            line.parts.iter().map(move |part| Candidate {
                period: Some(&line.period),
                members: &line.members,
                parties: vec![&part.payer, &part.payee],
                is: part.amount,
            })
        });
        let chosen = self.chosen(clause, parts.collect(), keys)?;
        Ok(Reads::Amounts(chosen.into_iter().map(|candidate| candidate.is).collect()))
    }

    fn figure(&self, quantity: &str, keys: &[&str], single: bool) -> Result<Reads<'m>, Diagnostic> {
        if !self.model.plan.figures().iter().any(|figure| figure.quantity == quantity) {
            let remedy = "let it be shown: write `\"shown\": true` in the contract".to_string();
            return Err(unknown(format!("the quantity `{quantity}` is not shown"), remedy));
        }
        let figures = self.stated.figures.iter().filter(|figure| figure.quantity == quantity);
        let candidates = figures.map(|figure| Candidate {
            period: figure.period.as_ref(),
            members: &figure.members,
            parties: Vec::new(),
            is: *figure,
        });
        match &self.chosen(quantity, candidates.collect(), keys)?[..] {
            [first, _, ..] if single => {
                let found = format!("`{quantity}` has several figures for a holder");
                Err(unknown(found, format!("add a key, such as in `{}`", first.is.id)))
            }
            [first, ..] => Ok(Reads::Figure(first.is)),
            [] => Err(unknown(format!("`{quantity}` has no figure"), "take it out".to_string())),
        }
    }

    /// The candidates that agree with all keys; at least one.
    fn chosen<T>(
        &self,
        head: &str,
        candidates: Vec<Candidate<'m, T>>,
        keys: &[&str],
    ) -> Result<Vec<Candidate<'m, T>>, Diagnostic> {
        let contract = &self.model.contract;
        if candidates.is_empty() {
            let found = format!("nothing of `{head}` is stated for the period that is asked for");
            return Err(unknown(found, "take it out, or ask for another period".to_string()));
        }
        for key in keys {
            if !candidates.iter().any(|candidate| candidate.agrees(contract, key)) {
                let mut known: Vec<String> =
                    candidates.iter().flat_map(Candidate::keys).map(str::to_string).collect();
                known.sort();
                known.dedup();
                let remedy = did_you_mean(key, known.iter().map(String::as_str)).map_or_else(
                    || format!("its keys are {}", brief(&known)),
                    |near| format!("did you mean `{near}`?"),
                );
                return Err(unknown(format!("nothing stated of `{head}` is for `{key}`"), remedy));
            }
        }
        let all_agree = |candidate: &Candidate<'m, T>| keys.iter().all(|key| candidate.agrees(contract, key));
        let chosen: Vec<_> = candidates.into_iter().filter(all_agree).collect();
        if chosen.is_empty() {
            let found = format!("nothing stated of `{head}` is for all of {}", keys.join(", "));
            return Err(unknown(found, "leave one of the keys out".to_string()));
        }
        Ok(chosen)
    }

    fn unknown_name(&self, name: &str) -> Diagnostic {
        let contract = &self.model.contract;
        if let Some(Named::Measure(_) | Named::Table(_) | Named::Curve(_)) = contract.names.get(name) {
            let remedy = "write a quantity that reads it, and name that".to_string();
            return unknown(format!("`{name}` is no clause and no quantity"), remedy);
        }
        if let Some(flow @ Flow::Group(_)) = contract.flows.get(name) {
            let clauses = contract.clauses_of(*flow).into_iter();
            let clauses: Vec<String> = clauses.map(|clause| contract.clauses[clause.0].id.clone()).collect();
            let remedy = format!("name its clauses: {}", brief(&clauses));
            return unknown(format!("`{name}` is a group"), remedy);
        }
        let clauses = contract.clauses.iter().map(|clause| clause.id.as_str());
        let quantities = contract.quantities.iter().map(|quantity| quantity.name.as_str());
        let remedy = did_you_mean(name, clauses.clone().chain(quantities)).map_or_else(
            || {
                format!(
                    "name a quantity, or a clause: {}",
                    brief(&clauses.map(str::to_string).collect::<Vec<_>>())
                )
            },
            |near| format!("did you mean `{near}`?"),
        );
        unknown(format!("there is no clause or quantity `{name}`"), remedy)
    }
}

fn unknown(found: String, remedy: String) -> Diagnostic {
    Diagnostic { code: &catalogue::UNKNOWN_COLUMN, location: Location::Request, found, remedy }
}
