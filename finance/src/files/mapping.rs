//! What the rows of a published file become: a mapping in JSON, written once for a contract.
//!
//! ```json
//! { "layout": "acm", "submission": "freeze", "thirteenth_month": "last_month",
//!   "measures": [
//!     { "measure": "admissions", "where": { "POINT OF DELIVERY CODE": ["NEL", "NELST"] },
//!       "sum": "CONTRACT MONITORING ACTUAL ACTIVITY", "per": "month",
//!       "members": { "provider": { "column": "ORGANISATION IDENTIFIER (CODE OF PROVIDER)",
//!                                  "is": { "XBA": "acute" } } } } ] }
//! ```

use std::collections::BTreeMap;

use carepact::Diagnostic;
use serde::Deserialize;

use super::codes::{MAPPING, problem};
use super::layout::Layout;
use super::sheet::Table;

/// A mapping as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The layout of the files.
    pub layout: String,
    /// `flex`, `freeze` or nothing, for all rows.
    #[serde(default)]
    pub submission: String,
    /// What the thirteenth month of a financial year counts as.
    #[serde(default)]
    pub thirteenth_month: Option<ThirteenthMonth>,
    /// What is observed.
    pub measures: Vec<Rule>,
}

/// What the adjustment at the year end counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThirteenthMonth {
    /// Part of the twelfth.
    LastMonth,
    /// It is not read.
    Omit,
}

/// What becomes of some rows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The measure of the contract.
    pub measure: String,
    /// Which rows: columns, each with the cells that are taken; `NEL*` takes what begins so.
    #[serde(default, rename = "where")]
    pub rows: BTreeMap<String, Cells>,
    /// The column that is the value.
    #[serde(default)]
    pub sum: Option<String>,
    /// The numerator of a ratio, instead.
    #[serde(default)]
    pub numerator: Option<Side>,
    /// Its denominator.
    #[serde(default)]
    pub denominator: Option<Side>,
    /// Members by axis: a fixed one, or from a column.
    #[serde(default)]
    pub members: BTreeMap<String, Member>,
    /// The period that the measure counts for.
    pub per: Per,
    /// Which months of a longer period count, and what becomes of several rows.
    #[serde(default)]
    pub combine: Option<Combine>,
    /// What a suppressed figure is.
    #[serde(default)]
    pub suppressed: Suppressed,
}

/// One side of a ratio.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// Which of the rule's rows.
    #[serde(default, rename = "where")]
    pub rows: BTreeMap<String, Cells>,
    /// The column that is added up.
    pub sum: String,
}

/// Cells that are taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Cells {
    /// This one.
    One(String),
    /// Any of these.
    Any(Vec<String>),
}

/// The member of an axis.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Member {
    /// Always this one.
    Fixed(String),
    /// From a column.
    From(From),
}

/// A member from a column.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct From {
    /// The column.
    pub column: String,
    /// What each cell stands for; without it the cell is the member.
    #[serde(default)]
    pub is: BTreeMap<String, String>,
    /// Bands of whole numbers, the first and the last of each: `"0-17": [0, 17]`; `95+` is 95.
    #[serde(default)]
    pub bands: BTreeMap<String, [u32; 2]>,
}

/// The period of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// A month.
    Month,
    /// Three months from April on.
    Quarter,
    /// A financial year.
    Year,
}

/// What becomes of several rows or months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// All are added up.
    Sum,
    /// The rows of the first month are.
    First,
    /// The rows of the last month are.
    Last,
}

/// What a suppressed figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppressed {
    /// A reason to refuse the file.
    #[default]
    Refuse,
    /// Suppressed in the observation as well, of which the contract says what counts instead.
    Absent,
}

impl Cells {
    fn all(&self) -> &[String] {
        match self {
            Cells::One(one) => std::slice::from_ref(one),
            Cells::Any(all) => all,
        }
    }

    /// True for a cell that is taken.
    pub fn take(&self, cell: &str) -> bool {
        self.all().iter().any(|wanted| match wanted.strip_suffix('*').filter(|start| !start.is_empty()) {
            Some(start) => cell.get(..start.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(start)),
            None => cell.eq_ignore_ascii_case(wanted),
        })
    }
}

impl Mapping {
    /// Reads a mapping.
    pub fn parse(name: &str, text: &str) -> Result<(Mapping, Layout), Vec<Diagnostic>> {
        let read: Mapping = serde_json::from_str(text).map_err(|error| {
            let found = format!("{name}: {error}");
            vec![problem(&MAPPING, found, "see the guide `Import files` for the form of a mapping")]
        })?;
        let mut problems = Vec::new();
        let mut refuse = |found: String, remedy: &str| {
            problems.push(problem(&MAPPING, format!("{name}: {found}"), remedy));
        };
        let layout = Layout::ALL.into_iter().find(|layout| layout.word() == read.layout);
        if layout.is_none() {
            let known = Layout::ALL.map(Layout::word).join(", ");
            refuse(format!("there is no layout `{}`", read.layout), &format!("the layouts are {known}"));
        }
        if !["", "flex", "freeze"].contains(&read.submission.as_str()) {
            refuse(format!("the submission `{}`", read.submission), "write flex, freeze or nothing");
        }
        if read.measures.is_empty() {
            refuse("it maps no measures".to_string(), "add one to `measures`");
        }
        for rule in &read.measures {
            let sides = (rule.sum.is_some(), rule.numerator.is_some(), rule.denominator.is_some());
            if !matches!(sides, (true, false, false) | (false, true, true)) {
                let found = format!("the measure `{}` is neither a value nor a ratio", rule.measure);
                refuse(found, "give `sum`, or `numerator` and `denominator`");
            }
        }
        match layout.filter(|_| problems.is_empty()) {
            Some(layout) => Ok((read, layout)),
            None => Err(problems),
        }
    }

    /// The columns that the mapping names.
    pub fn columns(&self) -> Vec<String> {
        let sides = |rule: &Rule| -> Vec<String> {
            let sides = rule.numerator.iter().chain(&rule.denominator);
            let own = sides.flat_map(|side| side.rows.keys().chain([&side.sum]).cloned());
            let members = rule.members.values().filter_map(|member| match member {
                Member::Fixed(_) => None,
                Member::From(from) => Some(from.column.clone()),
            });
            rule.rows.keys().chain(&rule.sum).cloned().chain(own).chain(members).collect()
        };
        let mut named: Vec<String> = self.measures.iter().flat_map(sides).collect();
        named.sort();
        named.dedup();
        named
    }

    /// Columns that the mapping names and a file does not have.
    pub fn missing(&self, name: &str, table: &Table) -> Vec<Diagnostic> {
        let missing = self.columns().into_iter().filter(|heading| table.column(heading).is_none());
        let refused = missing.map(|heading| {
            let found = format!("{name} names the column `{heading}`, which {} does not have", table.file);
            problem(&MAPPING, found, &format!("its columns are: {}", table.headings.join(", ")))
        });
        refused.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_problems_of_a_mapping_are_found() {
        let text = r#"{ "layout": "slam", "submission": "final", "measures": [
            { "measure": "a", "per": "month" },
            { "measure": "b", "per": "month", "sum": "X", "numerator": { "sum": "Y" } } ] }"#;
        assert_eq!(Mapping::parse("map.json", text).unwrap_err().len(), 4);
        assert!(Mapping::parse("map.json", r#"{ "layout": "acm", "measure": [] }"#).is_err());
    }

    #[test]
    fn cells_are_taken_whole_or_by_their_beginning() {
        let any = Cells::Any(vec!["NEL*".into(), "AE".into(), "*".into()]);
        assert!(any.take("nelst") && any.take("AE") && any.take("*"));
        assert!(!any.take("AEX") && !any.take("EL"));
    }
}
