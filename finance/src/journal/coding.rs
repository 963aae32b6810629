//! The user's table of codes: party, clause and type of line to entity, cost centre, account, analysis and
//! tax code. An empty cell fits everything, but that what is owed is always named by its type; the row that
//! says most counts.

use std::collections::{BTreeMap, BTreeSet};

use carepact::Diagnostic;
use serde::Deserialize;

use super::UNCODED;
use crate::files::codes::{MAPPING, in_row, problem};
use crate::files::sheet::Table;

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Coding {
    /// The other party; empty for any.
    pub party: String,
    /// The clause; empty for any.
    pub clause: String,
    /// What the journal line is; empty for any income or expenditure. See [`TYPES`].
    #[serde(rename = "type")]
    pub of: String,
    /// The entity.
    pub entity: String,
    /// The cost centre.
    pub cost_centre: String,
    /// The account.
    pub account: String,
    /// The first analysis code.
    pub analysis_1: String,
    /// The second analysis code.
    pub analysis_2: String,
    /// The tax code.
    pub tax_code: String,
}

/// What a journal line can be: the types of a statement, a restatement, and the other side of each document.
pub const TYPES: [&str; 8] = [
    "entitlement",
    "on account",
    "settlement",
    "restatement",
    "debtor",
    "creditor",
    "accrued income",
    "accrued expenditure",
];

/// Types of the other side of a document, which an empty cell does not fit.
pub const OWED: [&str; 4] = ["debtor", "creditor", "accrued income", "accrued expenditure"];

/// Columns of the table.
pub const COLUMNS: [&str; 9] =
    ["party", "clause", "type", "entity", "cost_centre", "account", "analysis_1", "analysis_2", "tax_code"];

/// The whole table, and what was looked for in vain.
#[derive(Debug, Clone)]
pub struct Codings {
    name: String,
    rows: Vec<Coding>,
    unfound: BTreeMap<[String; 3], usize>,
    doubtful: BTreeSet<[String; 3]>,
}

impl Codings {
    /// From JSON: a list of objects.
    pub fn of_json(name: &str, text: &str) -> Result<Codings, Vec<Diagnostic>> {
        let rows: Vec<Coding> = serde_json::from_str(text).map_err(|error| {
            let remedy = format!("write a list of objects with {}", COLUMNS.join(", "));
            vec![problem(&MAPPING, format!("{name}: {error}"), &remedy)]
        })?;
        Codings::checked(name, rows.into_iter().zip(1..).map(|(row, number)| (number, row)).collect())
    }

    /// From a table with the same columns.
    pub fn of_table(table: &Table) -> Result<Codings, Vec<Diagnostic>> {
        let missing = COLUMNS.iter().filter(|heading| table.column(heading).is_none());
        let problems: Vec<Diagnostic> = missing
            .map(|heading| {
                let found = format!("there is no column `{heading}`");
                in_row(&MAPPING, (&table.file, 1), None, found, "add it; its cells may be empty")
            })
            .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let row = |cells: &[String]| {
            let cell = |heading: &str| table.column(heading).map_or(String::new(), |at| cells[at].clone());
            let [party, clause, of, entity, cost_centre, account, analysis_1, analysis_2, tax_code] =
                COLUMNS.map(cell);
            Coding { party, clause, of, entity, cost_centre, account, analysis_1, analysis_2, tax_code }
        };
        Codings::checked(
            &table.file,
            table.rows.iter().map(|(number, cells)| (*number, row(cells))).collect(),
        )
    }

    fn checked(name: &str, rows: Vec<(usize, Coding)>) -> Result<Codings, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        for (number, row) in &rows {
            let mut refuse = |column: &str, found: String, remedy: &str| {
                problems.push(in_row(&MAPPING, (name, *number), Some(column), found, remedy));
            };
            if !row.of.is_empty() && !TYPES.contains(&row.of.as_str()) {
                refuse("type", format!("`{}` is no type", row.of), &format!("use {}", TYPES.join(", ")));
            }
            if row.account.is_empty() {
                refuse(
                    "account",
                    "there is no account".to_string(),
                    "every row names the account it posts to",
                );
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let rows = rows.into_iter().map(|(_, row)| row).collect();
        Ok(Codings { name: name.to_string(), rows, unfound: BTreeMap::new(), doubtful: BTreeSet::new() })
    }

    /// The codes of a line: of the row that says most of party, clause and type. Party counts more than
    /// clause and clause more than type where two say equally much.
    pub fn find(&mut self, party: &str, clause: &str, of: &str) -> Coding {
        let fits = |said: &str, own: &str| said.is_empty() || said == own;
        // What is owed must not land in an account of income because a row leaves the type open.
        let owed = OWED.contains(&of);
        let of_line = |row: &&Coding| {
            fits(&row.party, party)
                && fits(&row.clause, clause)
                && if owed { row.of == of } else { fits(&row.of, of) }
        };
        let said = |row: &Coding| {
            let [party, clause, of] = [&row.party, &row.clause, &row.of].map(|cell| !cell.is_empty());
            let count = [party, clause, of].into_iter().filter(|said| *said).count();
            (count, party, clause, of)
        };
        let fitting: Vec<&Coding> = self.rows.iter().filter(of_line).collect();
        let key = [party, clause, of].map(str::to_string);
        let Some(most) = fitting.iter().map(|row| said(row)).max() else {
            *self.unfound.entry(key).or_default() += 1;
            return Coding::default();
        };
        let best: Vec<&&Coding> = fitting.iter().filter(|row| said(row) == most).collect();
        if best.iter().any(|row| **row != *best[0]) {
            self.doubtful.insert(key);
        }
        (*best[0]).clone()
    }

    /// Lines that no row codes, or that two rows code differently: all of them.
    pub fn problems(&self) -> Vec<Diagnostic> {
        let line = |[party, clause, of]: &[String; 3]| format!("party {party}, clause {clause}, type {of}");
        let unfound = self.unfound.iter().map(|(key, count)| {
            let found = format!("{} has no row for {} ({count} journal lines)", self.name, line(key));
            problem(
                &UNCODED,
                found,
                "add a row; an empty cell fits everything, but the type of what is owed is named",
            )
        });
        let doubtful = self.doubtful.iter().map(|key| {
            let found = format!("{} has two rows that say equally much for {}", self.name, line(key));
            problem(&UNCODED, found, "take one out, or say more in one of them")
        });
        unfound.chain(doubtful).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codings(rows: &str) -> Codings {
        Codings::of_json("map.json", rows).unwrap()
    }

    #[test]
    fn the_row_that_says_most_counts() {
        let mut codings = codings(
            r#"[ { "account": "1" }, { "type": "creditor", "account": "2" }, { "clause": "core", "account": "3" },
                 { "party": "emh", "account": "4" }, { "party": "emh", "clause": "core", "account": "5" } ]"#,
        );
        let mut of = |party: &str, clause: &str, of: &str| codings.find(party, clause, of).account;
        assert_eq!(of("gpc", "other", "settlement"), "1");
        assert_eq!(of("gpc", "core", "settlement"), "3");
        assert_eq!(of("emh", "other", "entitlement"), "4");
        assert_eq!(of("emh", "core", "on account"), "5");
        // What is owed is named by its type, however much another row says.
        assert_eq!(of("emh", "core", "creditor"), "2");
        assert_eq!(codings.problems(), []);
    }

    #[test]
    fn all_that_is_not_coded_is_listed() {
        let mut codings = codings(
            r#"[ { "party": "emh", "account": "1" }, { "party": "gpc", "account": "2" },
                 { "party": "gpc", "account": "3" } ]"#,
        );
        for (party, of) in
            [("sba", "creditor"), ("sba", "settlement"), ("sba", "creditor"), ("gpc", "settlement")]
        {
            codings.find(party, "core", of);
        }
        let found: Vec<String> = codings.problems().into_iter().map(|problem| problem.found).collect();
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].contains("(2 journal lines)") && found[2].contains("equally much"));
    }

    #[test]
    fn a_row_without_account_or_with_an_unknown_type_is_refused() {
        let refused = Codings::of_json("map.json", r#"[ { "type": "owed" } ]"#).unwrap_err();
        assert_eq!(refused.len(), 2);
        assert!(Codings::of_json("map.json", r#"[ { "acount": "1" } ]"#).is_err());
    }
}
