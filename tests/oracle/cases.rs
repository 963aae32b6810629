//! Acceptance cases as contracts and data of their own: parameters put in place, every quantity shown,
//! nested observations as rows. Read straight from their JSON, like all else here.

use super::calendar::{Calendar, Period, Span};
use super::json::Json;
use super::observations::axes_of;

/// A case of a case file.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: String,
    /// The contract with the parameters of the case and every quantity shown.
    pub contract: String,
    /// Observations as CSV.
    pub data: String,
    pub period: String,
}

/// The cases of a file, each with its own text of the contract.
pub fn cases(file: &str, contract: &str) -> Vec<Case> {
    let (file, contract) = (Json::parse(file), Json::parse(contract));
    file.need("cases").entries().iter().map(|(id, case)| read(id, case, &contract)).collect()
}

/// The file of the contract that a case file is about.
pub fn contract_of(file: &str) -> String {
    Json::parse(file).need("cases_of").text().to_string()
}

fn read(id: &str, case: &Json, contract: &Json) -> Case {
    let contract = with_parameters(contract, case.get("parameters"));
    let period = case.need("period").text().to_string();
    let data = Rows::new(&contract, &period).all(case.get("observations"));
    Case { id: id.to_string(), data, period, contract: all_shown(&contract).to_string() }
}

fn members(json: &Json) -> Vec<(String, Json)> {
    json.entries().to_vec()
}

/// The contract with other tables, curves or term.
fn with_parameters(contract: &Json, parameters: Option<&Json>) -> Json {
    let parameters = parameters.map(Json::entries).unwrap_or_default();
    let instead = |name: &str| parameters.iter().find(|(other, _)| other == name).map(|(_, value)| value);
    let replaced = |(name, old): (String, Json)| {
        let new = instead(&name).cloned().unwrap_or(old);
        (name, new)
    };
    let section = |(name, json): (String, Json)| {
        let json = match name.as_str() {
            "tables" | "curves" => Json::Object(members(&json).into_iter().map(replaced).collect()),
            "term" => instead("term").cloned().unwrap_or(json),
            _ => json,
        };
        (name, json)
    };
    Json::Object(members(contract).into_iter().map(section).collect())
}

fn all_shown(contract: &Json) -> Json {
    let shown = |(name, json): (String, Json)| {
        let mut entries = members(&json);
        if entries.is_empty() {
            entries = vec![("is".to_string(), json)];
        }
        entries.retain(|(key, _)| key != "shown");
        entries.push(("shown".to_string(), Json::Bool(true)));
        (name, Json::Object(entries))
    };
    let section = |(name, json): (String, Json)| match name.as_str() {
        "quantities" => (name, Json::Object(members(&json).into_iter().map(shown).collect())),
        _ => (name, json),
    };
    Json::Object(members(contract).into_iter().map(section).collect())
}

/// Writes nested observations as rows.
struct Rows<'c> {
    contract: &'c Json,
    calendar: Calendar,
    period: Period,
    many: Option<String>,
    /// The axes of all measures.
    columns: Vec<String>,
}

impl Rows<'_> {
    fn new<'c>(contract: &'c Json, period: &str) -> Rows<'c> {
        let term = contract.need("term").texts();
        let calendar = Calendar::new(&term[0], &term[1], contract.need("year_starts").text());
        let parties = contract.need("parties").items();
        let many = parties.iter().find(|party| party.get("many").is_some_and(Json::is_true));
        let measures = contract.get("measures").map(Json::entries).unwrap_or_default();
        let mut columns: Vec<String> = measures.iter().flat_map(|(_, measure)| axes_of(measure)).collect();
        columns.sort();
        columns.dedup();
        let many = many.map(|party| party.need("id").text().to_string());
        Rows { period: calendar.need(period), contract, calendar, many, columns }
    }

    fn all(&self, observations: Option<&Json>) -> String {
        let mut out = vec![["measure,period,numerator,denominator,value", &self.columns.join(",")].join(",")];
        for (name, json) in observations.map(Json::entries).unwrap_or_default() {
            self.rows(name, json, &mut Vec::new(), &mut out);
        }
        out.join("\n") + "\n"
    }

    fn rows<'j>(&self, measure: &str, json: &'j Json, path: &mut Vec<&'j str>, out: &mut Vec<String>) {
        for (key, inner) in json.entries() {
            path.push(key);
            self.rows(measure, inner, path, out);
            path.pop();
        }
        if json.entries().is_empty() {
            out.push(self.row(measure, json, path));
        }
    }

    /// Each key is the period, a member of an axis of the measure, or else the holder.
    fn row(&self, name: &str, leaf: &Json, path: &[&str]) -> String {
        let measure = self.contract.need("measures").need(name);
        let span = Span::need(measure.need("per").text());
        let axes = axes_of(measure);
        let (mut period, mut members) = (None, vec![None; axes.len()]);
        for key in path {
            let member = |(place, axis): (usize, &String)| members[place].is_none() && self.has(axis, key);
            let found = self.calendar.parse(key).filter(|period| period.span == span);
            let axis = axes.iter().enumerate().position(member);
            let holder = axes.iter().position(|axis| self.many.as_ref() == Some(axis));
            match (found, axis.or(holder)) {
                (Some(found), _) if period.is_none() => period = Some(found),
                (_, Some(place)) => members[place] = Some(key.to_string()),
                _ => panic!("`{key}` of `{name}` is neither a period, a member nor a holder"),
            }
        }
        let period = period.unwrap_or_else(|| self.own_period(span));
        let cell = |column: &String| {
            let place = axes.iter().position(|axis| axis == column);
            // A lone holder is called like the party.
            place.map(|place| members[place].clone().unwrap_or_else(|| column.clone())).unwrap_or_default()
        };
        let cells: Vec<String> = self.columns.iter().map(cell).collect();
        let period = self.calendar.label(period);
        format!("{name},{period},{},{}", figures(measure, leaf), cells.join(","))
    }

    /// The period stated in the kind wanted: itself, the one that it lies in, or the only one in it.
    fn own_period(&self, span: Span) -> Period {
        if self.period.span <= span {
            return self.calendar.enclosing(self.period, span);
        }
        self.calendar.within(self.period, span)[0]
    }

    fn has(&self, axis: &str, member: &str) -> bool {
        let is = |item: &Json| item.get("id").unwrap_or(item).text() == member;
        if axis == "party" {
            return self.contract.need("parties").items().iter().any(is);
        }
        let axis = self.contract.get("axes").and_then(|axes| axes.get(axis));
        axis.is_some_and(|axis| axis.get("members").unwrap_or(axis).items().iter().any(is))
    }
}

/// Numerator, denominator and value.
fn figures(measure: &Json, leaf: &Json) -> String {
    if let Json::Bool(flag) = leaf {
        return format!(",,{}", u8::from(*flag));
    }
    let text = leaf.text();
    match text.split_once(" of ") {
        Some((above, below)) => format!("{},{},", above.trim(), below.trim()),
        None if text == "*" && measure.need("kind").text() == "ratio" => "*,*,".to_string(),
        None => format!(",,{text}"),
    }
}
