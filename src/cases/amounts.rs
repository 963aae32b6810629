//! The amounts that a case expects, found in a statement and compared exactly.

use super::AMOUNT;
use super::read::{Allowance, Amount, Expected};
use super::results::{Compared, Outcome};
use crate::contract::{Contract, Flow, Named, brief};
use crate::num::{Exact, Mode};
use crate::source::{Diagnostic, Location, did_you_mean};
use crate::statement::{Figure, LineType, Statement, StatementLine};

/// Most lines that are explained for one amount, those that pay something first.
const EXPLAINED_MAX: usize = 3;

/// Words among the keys that choose a type of line.
const LINE_TYPES: [(&str, LineType); 2] =
    [("on-account", LineType::OnAccount), ("settlement", LineType::Settlement)];

/// True when a name of an expected amount is that of a quantity; a clause or group counts first.
pub(super) fn is_quantity(contract: &Contract, name: &str) -> bool {
    !contract.flows.contains_key(name) && matches!(contract.names.get(name), Some(Named::Quantity(_)))
}

/// Compares an expected amount with the statement; with reasons, explains lines that differ.
pub(super) fn compare(statement: &Statement<'_>, expected: &Expected, reasons: bool) -> Compared {
    let asked = Asked::new(statement, expected);
    let contract = statement.model().contract();
    let name = expected.name();
    let mut lines = Vec::new();
    let mut figure = None;
    let got = if let Some(flow) = contract.flows.get(name) {
        asked.lines(*flow).map(|found| {
            let sum = found.iter().map(|line| &line.amount).sum();
            lines = found;
            Amount::Is(sum)
        })
    } else if is_quantity(contract, name) {
        asked.figure().map(|found| {
            figure = Some(found);
            found.value.clone().map_or(Amount::Absent, Amount::Is)
        })
    } else {
        Err(asked.unknown_name())
    };
    let outcome = got.map_or_else(|problem| Outcome::NotFound(*problem), |got| outcome(expected, got));
    lines.sort_by_key(|line| line.amount.is_zero());
    let explain = |name: &str| Some(statement.explain(name).ok()?.text());
    let line_why = |line: &&StatementLine| explain(&line.number.to_string());
    let figure_why = |figure: &Figure| explain(&figure.id);
    let why = if reasons && !outcome.is_fine() {
        lines.iter().take(EXPLAINED_MAX).filter_map(line_why).chain(figure.and_then(figure_why)).collect()
    } else {
        Vec::new()
    };
    Compared { expected: expected.clone(), outcome, why }
}

fn outcome(expected: &Expected, got: Amount) -> Outcome {
    let (Amount::Is(wanted), Amount::Is(found)) = (&expected.amount, &got) else {
        return if expected.amount == got { Outcome::Equal } else { Outcome::Differs(got) };
    };
    let off = found - wanted;
    match &expected.allowance {
        Allowance::Nothing | Allowance::Within(..) if off.is_zero() => Outcome::Equal,
        Allowance::PrintedTo(to) if found.rounded(to, Mode::HalfUp) == *wanted => Outcome::Equal,
        Allowance::Within(most, _) if off.abs() <= *most => Outcome::Within { got: found.clone(), off },
        Allowance::Nothing | Allowance::PrintedTo(_) | Allowance::Within(..) => Outcome::Differs(got),
    }
}

/// An expected amount taken apart.
struct Asked<'a> {
    statement: &'a Statement<'a>,
    expected: &'a Expected,
    keys: Vec<&'a str>,
    line_type: Option<LineType>,
}

type Found<T> = Result<T, Box<Diagnostic>>;

impl<'a> Asked<'a> {
    fn new(statement: &'a Statement<'a>, expected: &'a Expected) -> Asked<'a> {
        let mut keys = Vec::new();
        let mut line_type = None;
        for key in expected.what.split(':').skip(1) {
            match LINE_TYPES.iter().find(|(word, _)| *word == key) {
                Some((_, chosen)) => line_type = Some(*chosen),
                None => keys.push(key),
            }
        }
        Asked { statement, expected, keys, line_type }
    }

    fn contract(&self) -> &'a Contract {
        self.statement.model().contract()
    }

    fn problem(&self, found: String, remedy: String) -> Box<Diagnostic> {
        let location = Location::Document(self.expected.place.clone());
        Box::new(Diagnostic { code: &AMOUNT, location, found, remedy })
    }

    fn unknown_name(&self) -> Box<Diagnostic> {
        let contract = self.contract();
        let name = self.expected.name();
        let quantities = contract.quantities.iter().map(|quantity| quantity.name.as_str());
        let known = contract.flows.keys().map(String::as_str).chain(quantities);
        let remedy = did_you_mean(name, known).map_or_else(
            || "name a clause, a group or a quantity of the contract".to_string(),
            |near| format!("did you mean `{near}`?"),
        );
        self.problem(format!("the contract has no clause or quantity `{name}`"), remedy)
    }

    /// The lines of a clause or group that have all the keys.
    fn lines(&self, flow: Flow) -> Found<Vec<&'a StatementLine>> {
        let contract = self.contract();
        let clauses = contract.clauses_of(flow);
        let of_flow =
            |line: &&StatementLine| clauses.iter().any(|id| contract.clauses[id.0].id == line.clause);
        let line_type = self.line_type.unwrap_or(LineType::Entitlement);
        let own: Vec<&StatementLine> = (self.statement.lines().iter())
            .filter(|line| line.line_type == line_type && of_flow(line))
            .collect();
        if own.is_empty() {
            let found = format!(
                "the statement of {} has no {} line of `{}`",
                self.statement.periods().join(", "),
                line_type.words(),
                self.expected.name()
            );
            return Err(self.problem(found, "state a longer period, or another type of line".to_string()));
        }
        let lines: Vec<&StatementLine> =
            own.iter().copied().filter(|line| self.keys.iter().all(|key| self.line_has(line, key))).collect();
        if lines.is_empty() {
            let keys = own.iter().flat_map(|line| keys_of_line(line)).collect();
            let has = |key: &str| own.iter().any(|line| self.line_has(line, key));
            return Err(self.unknown_key("line", keys, &has));
        }
        Ok(lines)
    }

    fn line_has(&self, line: &StatementLine, key: &str) -> bool {
        keys_of_line(line).contains(&key) || self.lies_in(&line.period, key)
    }

    /// True when a period lies in the one that a key names.
    fn lies_in(&self, period: &str, key: &str) -> bool {
        let calendar = &self.contract().calendar;
        let both = calendar.period(key).zip(calendar.period(period));
        both.is_some_and(|(outer, inner)| calendar.contains(outer, inner))
    }

    /// The one figure that has all the keys.
    fn figure(&self) -> Found<&'a Figure> {
        let name = self.expected.name();
        if let Some(line_type) = self.line_type {
            let found = format!("`{name}` is a quantity and has no {} line", line_type.words());
            return Err(self.problem(found, "name a clause".to_string()));
        }
        let own: Vec<&Figure> =
            self.statement.figures().iter().filter(|figure| figure.quantity == name).collect();
        let has = |figure: &Figure, key: &str| {
            keys_of_figure(figure).contains(&key)
                || figure.period.as_ref().is_some_and(|period| self.lies_in(period, key))
        };
        let figures: Vec<&Figure> =
            own.iter().copied().filter(|figure| self.keys.iter().all(|key| has(figure, key))).collect();
        match &figures[..] {
            [only] => Ok(only),
            [] if own.is_empty() => {
                let found = format!("`{name}` has no figure in {}", self.statement.periods().join(", "));
                let remedy = "state a longer period, or give the holder's observations".to_string();
                Err(self.problem(found, remedy))
            }
            [] => {
                let keys = own.iter().flat_map(|figure| keys_of_figure(figure)).collect();
                Err(self.unknown_key("figure", keys, &|key| own.iter().any(|figure| has(figure, key))))
            }
            several => {
                let ids: Vec<String> = several.iter().map(|figure| figure.id.clone()).collect();
                let found = format!("{} figures of `{name}` have these keys", several.len());
                Err(self.problem(found, format!("add keys: {}", brief(&ids))))
            }
        }
    }

    /// No line or figure has all the keys: which is unknown, or that they do not stand together.
    fn unknown_key(&self, thing: &str, mut known: Vec<&str>, has: &dyn Fn(&str) -> bool) -> Box<Diagnostic> {
        known.sort_unstable();
        known.dedup();
        let name = self.expected.name();
        let Some(stranger) = self.keys.iter().find(|key| !has(key)) else {
            let found = format!("no {thing} of `{name}` has all these keys");
            return self.problem(found, "take one of the keys out".to_string());
        };
        let names: Vec<String> = known.iter().map(ToString::to_string).collect();
        let remedy = did_you_mean(stranger, known).map_or_else(
            || format!("the keys are {}", brief(&names)),
            |near| format!("did you mean `{near}`?"),
        );
        self.problem(format!("no {thing} of `{name}` has the key `{stranger}`"), remedy)
    }
}

/// Periods, members, parties and holder of a line.
fn keys_of_line(line: &StatementLine) -> Vec<&str> {
    let mut keys = vec![line.period.as_str(), &line.assessed, &line.payer, &line.payee];
    keys.extend(line.members.iter().map(|(_, member, _)| member.as_str()));
    keys.extend(line.holder.as_deref());
    keys
}

/// Period, members and holder of a figure.
fn keys_of_figure(figure: &Figure) -> Vec<&str> {
    let members = figure.members.iter().map(|(_, member, _)| member.as_str());
    figure.period.as_deref().into_iter().chain(members).chain(figure.holder.as_deref()).collect()
}

impl Expected {
    /// A value as people read it, with as many decimal places as the expected value is written with.
    pub fn shown(&self, value: &Exact) -> String {
        let written = self.written.trim_end_matches('%');
        let places = written.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let text = format!("{value:.12}");
        if text.ends_with('…') {
            return if value.bits() <= 64 { format!("{text} ({value:?})") } else { text };
        }
        let own = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        value.plain(places.max(own))
    }
}
