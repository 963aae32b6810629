//! The nested observations of a case as rows: which key is the period, which a member, which a holder.

use super::OBSERVED;
use super::read::Case;
use crate::calendar::Period;
use crate::contract::shape::Reports;
use crate::contract::{AxisId, AxisKind, Contract, Measure, MeasureKind, Named, brief};
use crate::num::Exact;
use crate::observe::Observations;
use crate::source::{Diagnostic, Json, Kind, Location, Place, catalogue, did_you_mean};

/// The rows of a case, and where each stands in the case file.
#[derive(Debug, Default)]
pub(super) struct Observed {
    pub observations: Observations,
    places: Vec<Place>,
}

impl Observed {
    /// A problem with a row, at the place in the case file that the row came from.
    pub fn placed(&self, problem: Diagnostic, otherwise: Place) -> Diagnostic {
        let place = match &problem.location {
            Location::Data { row, .. } => row.checked_sub(1).and_then(|row| self.places.get(row)).cloned(),
            Location::Document(_) | Location::Request => None,
        };
        Diagnostic { location: Location::Document(place.unwrap_or(otherwise)), ..problem }
    }
}

/// Reads the observations of a case; keys that cannot be placed are reported.
pub(super) fn observed(contract: &Contract, case: &Case, reports: &mut Reports) -> Observed {
    let mut observed = Observed::default();
    for (name, json) in case.json.get("observations").map_or(&[][..], Json::members) {
        let Some(Named::Measure(index)) = contract.names.get(name) else {
            let known = contract.measures.iter().map(|measure| measure.name.as_str());
            let remedy = did_you_mean(name, known).map_or_else(
                || "name a measure of the contract, or take it out".to_string(),
                |near| format!("did you mean `{near}`?"),
            );
            let found = format!("there is no measure `{name}`");
            reports.add(&catalogue::DATA_UNKNOWN, &json.key_place(), found, remedy);
            continue;
        };
        let measure = &contract.measures[*index];
        let reader = Reader { contract, case, measure };
        reader.read(json, &mut Vec::new(), &mut observed, reports);
    }
    observed
}

struct Reader<'c> {
    contract: &'c Contract,
    case: &'c Case,
    measure: &'c Measure,
}

/// A leaf's period, and a member or holder for each axis of the measure.
struct Keys {
    period: String,
    members: Vec<(String, String)>,
}

/// What the keys above a leaf stand for.
struct Taken<'p> {
    period: Option<String>,
    members: Vec<Option<String>>,
    strangers: Vec<(&'p str, &'p Place)>,
}

impl Reader<'_> {
    fn read<'j>(
        &self,
        json: &'j Json,
        path: &mut Vec<(&'j str, Place)>,
        observed: &mut Observed,
        reports: &mut Reports,
    ) {
        if let Kind::Object(members) = &json.kind {
            for (key, value) in members {
                path.push((key, value.key_place()));
                self.read(value, path, observed, reports);
                path.pop();
            }
            return;
        }
        let keys = self.keys(json, path, reports);
        let cells = self.cells(json, reports);
        if let (Some(keys), Some(cells)) = (keys, cells) {
            self.add(&keys, cells, json, path, observed);
        }
    }

    fn add(
        &self,
        keys: &Keys,
        cells: [String; 3],
        json: &Json,
        path: &[(&str, Place)],
        observed: &mut Observed,
    ) {
        let fixed = ["measure", "period", "value", "numerator", "denominator"].map(str::to_string);
        let [value, numerator, denominator] = cells;
        let mut headings = fixed.to_vec();
        let mut record = vec![self.measure.name.clone(), keys.period.clone(), value, numerator, denominator];
        for (axis, member) in &keys.members {
            headings.push(axis.clone());
            record.push(member.clone());
        }
        observed.places.push(json.place.clone());
        let names: Vec<&str> =
            [self.measure.name.as_str()].into_iter().chain(path.iter().map(|(key, _)| *key)).collect();
        let file = format!("{}, {}", self.case.id, names.join(":"));
        observed.observations.add_table(&file, &headings, [(observed.places.len(), record.as_slice())]);
    }

    /// Value, numerator and denominator.
    fn cells(&self, json: &Json, reports: &mut Reports) -> Option<[String; 3]> {
        let mut refuse = |found: String, remedy: &str| {
            reports.add(&OBSERVED, &json.place, found, remedy);
            None
        };
        let name = &self.measure.name;
        let ratio = self.measure.kind == MeasureKind::Ratio;
        let value = |text: &str| Some([text.to_string(), String::new(), String::new()]);
        match &json.kind {
            Kind::Bool(flag) if self.measure.kind == MeasureKind::Flag => {
                value(if *flag { "1" } else { "0" })
            }
            Kind::Text(text) if ratio && text == "*" => Some([String::new(), "*".into(), "*".into()]),
            Kind::Text(text) if ratio && text.contains(" of ") => {
                let (above, below) = text.split_once(" of ").unwrap_or_default();
                Some([String::new(), counted(above.trim(), below.trim()), below.trim().to_string()])
            }
            Kind::Number(_) | Kind::Text(_) if ratio => refuse(
                format!("`{name}` is a ratio, and {json} has no denominator"),
                "write numerator and denominator, such as \"72 of 96\"",
            ),
            Kind::Number(text) | Kind::Text(text) => value(text),
            Kind::Bool(_) => refuse(format!("`{name}` is no flag"), "write a number"),
            Kind::Null | Kind::List(_) | Kind::Object(_) => refuse(
                format!("{} stands where `{name}` is observed", json.word()),
                "write a number, \"72 of 96\" for a ratio, the id of a member for a code, or true or false",
            ),
        }
    }

    /// Period, members and holder of a leaf; what is unknown or lacking is reported.
    fn keys(&self, json: &Json, path: &[(&str, Place)], reports: &mut Reports) -> Option<Keys> {
        let Taken { period, members, strangers } = self.taken(path);
        for (key, place) in &strangers {
            self.report_stranger(key, place, reports);
        }
        if !strangers.is_empty() {
            return None;
        }
        let period = period.or_else(|| self.stated_period());
        if period.is_none() && self.is_period(&self.case.period) {
            self.report_no_period(json, reports);
        }
        for (axis, _) in self.measure.by.iter().zip(&members).filter(|(_, member)| member.is_none()) {
            self.report_no_member(*axis, &members, json, reports);
        }
        let ids = self.measure.by.iter().map(|axis| self.contract.axis(*axis).id.clone());
        let members = ids.zip(members).map(|(axis, member)| Some((axis, member?)));
        Some(Keys { period: period?, members: members.collect::<Option<_>>()? })
    }

    /// Takes each key for the period, a member or the holder; the rest are strangers.
    fn taken<'p>(&self, path: &'p [(&'p str, Place)]) -> Taken<'p> {
        let (contract, measure) = (self.contract, self.measure);
        let is_holder = |axis: &AxisId| matches!(contract.axis(*axis).kind, AxisKind::Holder(_));
        let mut taken = Taken { period: None, members: vec![None; measure.by.len()], strangers: Vec::new() };
        for (key, place) in path {
            let is_free = |(index, axis): &(usize, &AxisId)| {
                taken.members[*index].is_none() && contract.member_named(**axis, key).is_some()
            };
            let axis = measure.by.iter().enumerate().find(is_free).map(|(index, _)| index);
            let is_per = contract.calendar.period(key).is_some_and(|found| found.kind == measure.per);
            if taken.period.is_none() && is_per {
                taken.period = Some((*key).to_string());
            } else if let Some(index) = axis {
                taken.members[index] = Some((*key).to_string());
            } else {
                taken.strangers.push((key, place));
            }
        }
        if let Some(index) = measure.by.iter().position(is_holder) {
            let at = taken.strangers.iter().position(|(key, _)| !self.is_period(key));
            let holder = at.map(|at| taken.strangers.remove(at).0.to_string());
            // A lone holder is called like the party.
            taken.members[index] = holder.or_else(|| Some(contract.axis(measure.by[index]).id.clone()));
        }
        taken
    }

    /// The period of the case, in the kind that the measure is per: its own, the one that it lies in,
    /// or the only one in it.
    fn stated_period(&self) -> Option<String> {
        let calendar = &self.contract.calendar;
        let stated = calendar.period(&self.case.period).filter(|period| calendar.in_term(*period))?;
        let kind = self.measure.per;
        let only = || match calendar.within(stated, kind)[..] {
            [only] => Some(only),
            _ => None,
        };
        let found: Option<Period> = calendar.enclosing(stated, kind).or_else(only);
        found.map(|period| calendar.key(period))
    }

    /// True for a period of the term, which is no holder even where its kind is the wrong one.
    fn is_period(&self, key: &str) -> bool {
        let calendar = &self.contract.calendar;
        calendar.period(key).is_some_and(|period| calendar.in_term(period))
    }

    fn report_stranger(&self, key: &str, place: &Place, reports: &mut Reports) {
        let (name, word) = (&self.measure.name, self.measure.per.word());
        if self.is_period(key) {
            let found = format!("`{key}` is no {word}, or a second one, and `{name}` is per {word}");
            reports.add(&OBSERVED, place, found, self.nest_under_period());
            return;
        }
        let known = self.known();
        let remedy = did_you_mean(key, known.iter().map(String::as_str)).map_or_else(
            || format!("the keys are {}", brief(&known)),
            |near| format!("did you mean `{near}`?"),
        );
        let found = format!("`{key}` is neither a {word} nor a further member of `{name}`");
        reports.add(&OBSERVED, place, found, remedy);
    }

    fn report_no_period(&self, json: &Json, reports: &mut Reports) {
        let word = self.measure.per.word();
        let found = format!("`{}` is per {word}, and no key is a {word}", self.measure.name);
        reports.add(&OBSERVED, &json.place, found, self.nest_under_period());
    }

    fn nest_under_period(&self) -> String {
        let calendar = &self.contract.calendar;
        let example = calendar.all(self.measure.per).first().map(|period| calendar.key(*period));
        format!("nest it under one {} such as {}", self.measure.per.word(), example.unwrap_or_default())
    }

    fn report_no_member(&self, axis: AxisId, members: &[Option<String>], json: &Json, reports: &mut Reports) {
        let id = &self.contract.axis(axis).id;
        let names = self.members(axis);
        let near =
            members.iter().flatten().find_map(|taken| did_you_mean(taken, names.iter().map(String::as_str)));
        let remedy = near.map_or_else(
            || format!("nest it under a member: {}", brief(&names)),
            |near| format!("did you mean `{near}`?"),
        );
        let found = format!("`{}` is by `{id}`, and no key is a member of it", self.measure.name);
        reports.add(&OBSERVED, &json.place, found, remedy);
    }

    fn members(&self, axis: AxisId) -> Vec<String> {
        self.contract.members(axis).iter().map(|member| self.contract.member_name(axis, *member)).collect()
    }

    /// Periods and members that may be keys.
    fn known(&self) -> Vec<String> {
        let calendar = &self.contract.calendar;
        let periods = calendar.all(self.measure.per).into_iter().map(|period| calendar.key(period));
        let members = self.measure.by.iter().flat_map(|axis| self.members(*axis));
        members.chain(periods).collect()
    }
}

/// The numerator of a ratio: `94%` of 10,000 is 9,400.
fn counted(above: &str, below: &str) -> String {
    let share = above.ends_with('%').then(|| Exact::parse(above).ok()).flatten();
    match share.zip(Exact::parse(below).ok()) {
        Some((share, below)) => (&share * &below).to_string(),
        None => above.to_string(),
    }
}
