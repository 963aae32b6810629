//! Small numbers: counts of people behind a statement that are so small that somebody might be known by them.
//!
//! Nothing is suppressed here: a statement that lacked figures could not be held against its data. Whoever
//! sends it on is told which figures are small, by name and never by value.

use std::collections::{BTreeMap, BTreeSet};

use carepact::contract::{Contract, Measure, MeasureKind};
use carepact::plan::{FactId, FactSpec, LineSpec, Op, Part};
use carepact::{Exact, Facts, Model};

/// Counts from 1 to this are small: the rule that is usual for counts of people in published hospital data.
pub const USUAL: u32 = 7;

/// A small count behind lines of a statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SmallNumber {
    /// The measure, its period, members and holder: `outcome 2026/27 C02`.
    pub figure: String,
    /// The numerator, denominator or value.
    pub part: &'static str,
    /// Who is paid, or pays, by it; commissioners are left out where there is anybody else.
    pub parties: BTreeSet<String>,
}

/// The small counts of people behind the lines that are stated; of those of one party where it is named.
pub fn small_numbers(model: &Model, facts: &Facts, most: u32, party: Option<&str>) -> Vec<SmallNumber> {
    let small = small_facts(model, facts, most);
    if small.is_empty() {
        return Vec::new();
    }
    let (plan, contract) = (model.plan(), model.contract());
    let mut found: BTreeMap<(FactId, usize), BTreeSet<String>> = BTreeMap::new();
    for line in plan.lines().iter().filter(|line| is_stated(contract, facts, line)) {
        let behind = plan.behind(line.nodes());
        let counted = behind
            .into_iter()
            .filter_map(|node| if let Op::Fact(fact) = plan.node(node).op { Some(fact) } else { None });
        for fact in counted {
            for lane in small.get(&fact).into_iter().flatten() {
                let parties = parties(contract, line, facts.lanes[*lane].holder.as_deref());
                if party.is_none_or(|party| parties.iter().any(|own| own == party)) {
                    found.entry((fact, *lane)).or_default().extend(parties);
                }
            }
        }
    }
    let named = |((fact, lane), parties): ((FactId, usize), BTreeSet<String>)| {
        let spec = &plan.facts()[fact.0 as usize];
        SmallNumber {
            figure: figure(spec, facts.lanes[lane].holder.as_deref()),
            part: part(spec.part),
            parties: providers(contract, parties),
        }
    };
    found.into_iter().map(named).collect()
}

/// Small counts of people among the facts: the lanes that have one.
fn small_facts(model: &Model, facts: &Facts, most: u32) -> BTreeMap<FactId, Vec<usize>> {
    let (one, most) = (Exact::from(1), Exact::from(i64::from(most)));
    let is_small = |value: &Exact| *value >= one && *value <= most;
    let measures = &model.contract().measures;
    let mut small: BTreeMap<FactId, Vec<usize>> = BTreeMap::new();
    for (number, spec) in (0..).zip(model.plan().facts()) {
        let of_people = measures.iter().any(|measure| measure.name == spec.measure && counts_people(measure));
        if !of_people || spec.part == Part::Given {
            continue;
        }
        let place = number as usize;
        let lanes = (0..facts.lanes.len()).filter(|lane| is_small(&facts.lanes[*lane].values[place]));
        let lanes: Vec<usize> = lanes.take(if spec.by_holder { usize::MAX } else { 1 }).collect();
        if !lanes.is_empty() {
            small.insert(FactId(number), lanes);
        }
    }
    small
}

fn counts_people(measure: &Measure) -> bool {
    matches!(measure.kind, MeasureKind::Count | MeasureKind::Ratio) && measure.unit.to_string() == "person"
}

fn is_stated(contract: &Contract, facts: &Facts, line: &LineSpec) -> bool {
    let own = line.period.0;
    let mut asked = facts.selection.periods.iter();
    asked.any(|period| *period == own || contract.calendar.contains(*period, own))
}

/// Everybody between whom a line flows; of a party that is many, the holder.
fn parties(contract: &Contract, line: &LineSpec, holder: Option<&str>) -> Vec<String> {
    let is_many = |id: &str| contract.parties.iter().any(|party| party.id == id && party.many);
    let names = line.parts.iter().flat_map(|part| [&part.payer, &part.payee]).chain(&line.through);
    names.map(|id| holder.filter(|_| is_many(id)).unwrap_or(id).to_string()).collect()
}

fn providers(contract: &Contract, all: BTreeSet<String>) -> BTreeSet<String> {
    let pays = |id: &str| {
        let role =
            contract.parties.iter().find(|party| party.id == id).and_then(|party| party.role.as_deref());
        role == Some("commissioner")
    };
    let others: BTreeSet<String> = all.iter().filter(|id| !pays(id)).cloned().collect();
    if others.is_empty() { all } else { others }
}

fn figure(spec: &FactSpec, holder: Option<&str>) -> String {
    let members = spec.members.iter().map(|(_, member)| member.as_str());
    let holder = holder.filter(|_| spec.by_holder);
    let words = [spec.measure.as_str(), &spec.period.1].into_iter().chain(members).chain(holder);
    words.collect::<Vec<_>>().join(" ")
}

fn part(part: Part) -> &'static str {
    match part {
        Part::Value | Part::Given => "value",
        Part::Numerator => "numerator",
        Part::Denominator => "denominator",
    }
}
