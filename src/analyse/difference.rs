//! What a change of contract does to money: what each party and clause comes to under the second contract
//! less what it comes to under the first, for the same data; beside a baseline, and the bounds of it over
//! all data that both admit.
//!
//! Both plans are joined over the observations that they share, so that what stays the same cancels and
//! only what differs is bounded. Each end is sought twice: of the sums as they are, and of differences
//! from which what two lines have in common is taken out, with the roundings beside them. The nearer
//! bound stands, and the better witness.

use std::collections::{BTreeMap, BTreeSet};

use super::bounding::Bounding;
use super::exposure::{Analysis, End};
use super::search::Budget;
use super::subject::{Subject, counts, periods, subjects};
use crate::Model;
use crate::calendar::Period;
use crate::contract::{Contract, Measure, MeasureKind};
use crate::num::{Exact, Mode};
use crate::plan::{Apart, Form, Joined, LineSpec, NodeId, Ranges};
use crate::source::{Diagnostic, Location, Problems, catalogue};
use crate::statement::{LineType, Statement};

/// The bounds of what a change does to a sum of money in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Of what.
    pub subject: Subject,
    /// The key of the contract year, or `term`.
    pub period: String,
    /// The least that the second contract gives beyond the first.
    pub least: End,
    /// The most.
    pub most: End,
}

/// What a change does beside a baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Of what.
    pub subject: Subject,
    /// Under the first contract.
    pub before: Exact,
    /// Under the second.
    pub after: Exact,
}

/// Two contracts joined over what both observe.
#[derive(Debug, Clone)]
pub struct Comparison<'m> {
    one: &'m Model,
    other: &'m Model,
    /// A plan with the lines of both, and what is observed by either.
    joined: Model,
    of_first: usize,
    differences: BTreeMap<(NodeId, NodeId), Apart>,
    /// Measures of this name in both that are not the same observation, and vary on their own.
    pub apart: Vec<String>,
}

/// A sum as it is, and the same through differences, with how far these may be out.
#[derive(Debug, Default)]
struct Sums {
    plain: Vec<(Exact, NodeId)>,
    low: Vec<(Exact, NodeId)>,
    high: Vec<(Exact, NodeId)>,
    beyond: (Exact, Exact),
}

impl Sums {
    fn turned(&self) -> Sums {
        let turned =
            |terms: &[(Exact, NodeId)]| terms.iter().map(|(factor, node)| (-factor, *node)).collect();
        Sums {
            plain: turned(&self.plain),
            low: turned(&self.high),
            high: turned(&self.low),
            beyond: (-&self.beyond.1, -&self.beyond.0),
        }
    }
}

impl<'m> Comparison<'m> {
    /// Joins two contracts.
    ///
    /// # Errors
    /// When they are in two currencies, or too large to be looked at together.
    pub fn new(one: &'m Model, other: &'m Model) -> Result<Comparison<'m>, Problems> {
        let refused = |code, found: String, remedy: &str| {
            let remedy = remedy.to_string();
            Problems(vec![Diagnostic { code, location: Location::Request, found, remedy }])
        };
        let (first, second) = (one.contract(), other.contract());
        if first.currency != second.currency {
            let found =
                format!("the first contract is in {}, the second in {}", first.currency, second.currency);
            return Err(refused(&catalogue::UNIT_MISMATCH, found, "compare contracts in one currency"));
        }
        let apart: Vec<String> = second
            .measures
            .iter()
            .filter(|measure| {
                let same_name = first.measures.iter().find(|known| known.name == measure.name);
                same_name.is_some_and(|known| !is_same((first, known), (second, measure)))
            })
            .map(|measure| measure.name.clone())
            .collect();
        let name = |measure: &str| match apart.iter().any(|known| known == measure) {
            true => format!("{measure} of the second contract"),
            false => measure.to_string(),
        };
        let joined = Joined::new(one.plan(), other.plan(), &name);
        let joined = joined.map_err(|limit| {
            refused(
                &catalogue::LIMIT,
                format!("of both contracts together, {limit}"),
                "compare shorter terms",
            )
        })?;
        let Joined { plan, of_first, differences } = joined;
        let contract = observed_by_either(first, second, &name);
        let joined = Model { contract, plan, warnings: Vec::new() };
        Ok(Comparison { one, other, joined, of_first, differences, apart })
    }

    /// What is observed by either contract, in the order of the facts of a witness.
    pub fn joined(&self) -> &Model {
        &self.joined
    }

    /// Parties and clauses of the first, then those that only the second has.
    fn subjects(&self) -> Vec<Subject> {
        let mut all = subjects(self.one.contract());
        for subject in subjects(self.other.contract()) {
            if !all.contains(&subject) {
                all.push(subject);
            }
        }
        all.sort_by_key(|subject| !matches!(subject, Subject::Party(_)));
        all
    }

    /// Years of the first, then those that only the second has, then the term where there are several.
    fn periods(&self) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        for contract in [self.one.contract(), self.other.contract()] {
            let years = periods(contract).into_iter().filter(|(period, _)| *period != Period::TERM);
            for (_, key) in years {
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        if keys.len() > 1 {
            keys.push("term".to_string());
        }
        keys
    }

    /// The bounds of what the change does to each party and clause, in every year and in the term, over
    /// all data that both contracts admit. What cannot change is left out.
    pub fn effects(&self, budget: Budget) -> Vec<Effect> {
        let analysis = Analysis::new(&self.joined, budget);
        analysis.over_all_data(&|bounding| {
            let mut found = Vec::new();
            for subject in self.subjects() {
                for period in self.periods() {
                    found.extend(self.effect(&analysis, bounding, (&subject, &period)));
                }
            }
            found
        })
    }

    fn effect(
        &self,
        analysis: &Analysis<'_>,
        bounding: &mut Bounding<'_>,
        (subject, period): (&Subject, &str),
    ) -> Option<Effect> {
        let sums = self.sums(subject, period);
        let form = Form::of(&sums.plain, &Exact::ZERO, analysis.forms.all());
        if form.terms.is_empty() && form.constant.is_zero() {
            return None;
        }
        let most = end(analysis, bounding, &sums);
        let least = end(analysis, bounding, &sums.turned());
        let least = End { bound: -&least.bound, found: -&least.found, ..least };
        let (subject, period) = (subject.clone(), period.to_string());
        let moves = !least.bound.is_zero() || !most.bound.is_zero();
        moves.then_some(Effect { subject, period, least, most })
    }

    /// What a subject comes to under the second contract less what it comes to under the first.
    fn sums(&self, subject: &Subject, period: &str) -> Sums {
        let (first, second) = self.joined.plan().lines().split_at(self.of_first);
        let (first, second) = (
            terms_by_line(self.one.contract(), first, (subject, period)),
            terms_by_line(self.other.contract(), second, (subject, period)),
        );
        let mut sums = Sums::default();
        let lines: BTreeSet<&str> = first.keys().chain(second.keys()).copied().collect();
        for line in lines {
            let of =
                |terms: &BTreeMap<&str, Vec<(Exact, NodeId)>>| terms.get(line).cloned().unwrap_or_default();
            let (before, after) = (of(&first), of(&second));
            let alike = before.len() == after.len()
                && before
                    .iter()
                    .zip(&after)
                    .all(|(one, other)| one.0 == other.0 && self.differences.contains_key(&(one.1, other.1)));
            let lost = before.iter().map(|(factor, node)| (-factor, *node));
            let plain: Vec<(Exact, NodeId)> = after.iter().cloned().chain(lost).collect();
            if alike {
                for ((factor, before), (_, after)) in before.iter().zip(&after) {
                    let apart = &self.differences[&(*before, *after)];
                    let (low, high) = apart.ends(factor);
                    sums.low.push((factor.clone(), low));
                    sums.high.push((factor.clone(), high));
                    let ends = (factor * &apart.beyond.0, factor * &apart.beyond.1);
                    sums.beyond.0 = &sums.beyond.0 + ends.0.lesser(&ends.1);
                    sums.beyond.1 = &sums.beyond.1 + ends.0.greater(&ends.1);
                }
            } else {
                sums.low.extend(plain.iter().cloned());
                sums.high.extend(plain.iter().cloned());
            }
            sums.plain.extend(plain);
        }
        sums
    }

    /// What each party, each clause and each party under each clause comes to in statements of the same
    /// data under the first contract and the second; what comes to nothing in both is left out.
    pub fn stated(&self, before: &Statement<'_>, after: &Statement<'_>) -> Vec<Moved> {
        let mut found: BTreeMap<Subject, (Exact, Exact)> = BTreeMap::new();
        for (statement, is_after) in [(before, false), (after, true)] {
            let entitled = statement.lines().iter();
            for line in entitled.filter(|line| line.live && line.line_type == LineType::Entitlement) {
                let mut add = |subject: Subject, amount: Exact| {
                    let (before, after) = found.entry(subject).or_default();
                    let side = if is_after { after } else { before };
                    *side = &*side + &amount;
                };
                add(Subject::Clause(line.clause.clone()), line.amount.clone());
                for (party, amount) in [(&line.payee, line.amount.clone()), (&line.payer, -&line.amount)] {
                    add(Subject::Party(party.clone()), amount.clone());
                    add(Subject::Stake { clause: line.clause.clone(), party: party.clone() }, amount);
                }
            }
        }
        let order = self.subjects();
        let place = |subject: Subject| order.iter().position(|known| *known == subject);
        let mut moved: Vec<Moved> = found
            .into_iter()
            .map(|(subject, (before, after))| Moved { subject, before, after })
            .filter(|moved| !moved.before.is_zero() || !moved.after.is_zero())
            .collect();
        moved.sort_by_key(|moved| match &moved.subject {
            Subject::Party(party) => (0, place(Subject::Party(party.clone())), None),
            Subject::Clause(clause) => (1, place(Subject::Clause(clause.clone())), None),
            Subject::Stake { clause, party } => {
                (2, place(Subject::Party(party.clone())), place(Subject::Clause(clause.clone())))
            }
        });
        moved
    }
}

/// The terms of a subject in a period, by line.
fn terms_by_line<'l>(
    contract: &Contract,
    lines: &'l [LineSpec],
    (subject, key): (&Subject, &str),
) -> BTreeMap<&'l str, Vec<(Exact, NodeId)>> {
    let own = periods(contract).into_iter().find(|(_, own)| own == key).map(|(period, _)| period);
    let period = if key == "term" { Some(Period::TERM) } else { own };
    let Some(period) = period else { return BTreeMap::new() };
    let counted = lines.iter().filter(|line| counts(contract, line, period));
    let terms = counted.map(|line| (line.id.as_str(), subject.of_line(line)));
    terms.filter(|(_, terms)| !terms.is_empty()).collect()
}

/// The most of a sum: as it is, and where no data attain that, through differences.
fn end(analysis: &Analysis<'_>, bounding: &mut Bounding<'_>, sums: &Sums) -> End {
    let plain = bounding.most(&sums.plain);
    if plain.is_attained() {
        return plain;
    }
    let apart = bounding.most(&sums.high);
    let beyond = &apart.bound + &sums.beyond.1;
    let ranges = Ranges::declared(analysis.plan());
    // Amounts of money lie on a grid, and so does what they differ by.
    let whole = Form::of(&sums.plain, &Exact::ZERO, analysis.forms.all());
    let step = whole.range(|node| ranges.of(node)).step.filter(|step| step.sign() > 0);
    let paired = step.map_or(beyond.clone(), |step| beyond.rounded(&step, Mode::Floor));
    let found = analysis.value(&sums.plain, &analysis.data(&apart, None));
    let bound = plain.bound.lesser(&paired).clone();
    let spent = if paired < plain.bound { apart.spent } else { plain.spent };
    let (found, witness) =
        if found > plain.found { (found, apart.witness) } else { (plain.found, plain.witness) };
    assert!(found <= bound, "admissible data never lead beyond a bound");
    End { spent: spent && found < bound, bound, found, witness }
}

/// True for the same observation in both: kind, unit, period and axes, with data that both admit.
fn is_same((first, one): (&Contract, &Measure), (second, other): (&Contract, &Measure)) -> bool {
    let codes = |contract: &Contract, measure: &Measure| match measure.kind {
        MeasureKind::Code(axis) => {
            contract.axis(axis).members.iter().map(|member| member.id.clone()).collect()
        }
        MeasureKind::Count
        | MeasureKind::Money
        | MeasureKind::Ratio
        | MeasureKind::Number
        | MeasureKind::Flag => Vec::new(),
    };
    let axes = |contract: &Contract, measure: &Measure| -> Vec<String> {
        measure.by.iter().map(|axis| contract.axis(*axis).id.clone()).collect()
    };
    let meet = |one: &(Exact, Exact), other: &(Exact, Exact)| one.0 <= other.1 && other.0 <= one.1;
    std::mem::discriminant(&one.kind) == std::mem::discriminant(&other.kind)
        && codes(first, one) == codes(second, other)
        && axes(first, one) == axes(second, other)
        && (&one.unit, one.per, &one.rounded) == (&other.unit, other.per, &other.rounded)
        && meet(&one.range, &other.range)
        && meet(&one.denominator_range, &other.denominator_range)
}

/// The first contract with all that either observes. Of it only the measures are looked at.
fn observed_by_either(first: &Contract, second: &Contract, name: &dyn Fn(&str) -> String) -> Contract {
    let mut contract = first.clone();
    let met = |one: &(Exact, Exact), other: &(Exact, Exact)| {
        (one.0.greater(&other.0).clone(), one.1.lesser(&other.1).clone())
    };
    for measure in &second.measures {
        let own = name(&measure.name);
        match contract.measures.iter_mut().find(|known| known.name == own) {
            Some(known) => {
                known.range = met(&known.range, &measure.range);
                known.denominator_range = met(&known.denominator_range, &measure.denominator_range);
            }
            None => contract.measures.push(Measure { name: own, ..measure.clone() }),
        }
    }
    contract
}
