//! Quantities that are shown: in each period, for each member they carry and each holder.

use std::collections::BTreeMap;

use super::Figure;
use super::calendar::Period;
use super::contract::{Context, Oracle};
use super::json::Json;
use super::reads::Reads;

impl Oracle {
    /// All shown quantities in the periods that lie within one.
    pub fn figures(&self, within: Period) -> Vec<Figure> {
        let quantities = self.document.get("quantities").map(Json::entries).unwrap_or_default();
        let shown = quantities.iter().filter(|(_, is)| is.get("shown").is_some_and(Json::is_true));
        shown.flat_map(|(name, _)| self.figures_of(name, within)).collect()
    }

    fn figures_of(&self, name: &str, within: Period) -> Vec<Figure> {
        let reads = self.quantity_reads(name, &mut Vec::new());
        let periods: Vec<Option<Period>> = match reads.span {
            Some(span) => self.calendar.within(within, span).into_iter().map(Some).collect(),
            None => vec![None],
        };
        let holders: Vec<Option<String>> = match reads.holder {
            true => self.observations.holders.iter().cloned().map(Some).collect(),
            false => vec![None],
        };
        let mut figures = Vec::new();
        for period in periods {
            for members in self.carried_members(&reads) {
                for holder in &holders {
                    let (fixed, holder) = (members.clone(), holder.clone());
                    let at = Context { period: period.unwrap_or(self.calendar.term()), fixed, holder };
                    figures.push(Figure {
                        quantity: name.to_string(),
                        period: period.map(|period| self.calendar.label(period)),
                        value: self.quantity(name, &at).map(|value| value.number),
                        members: at.fixed,
                        holder: at.holder,
                    });
                }
            }
        }
        figures
    }

    /// The members of the axes it carries; a member of one axis says that of those above it.
    fn carried_members(&self, reads: &Reads) -> Vec<BTreeMap<String, String>> {
        let above = |axis: &String| {
            reads.axes.iter().any(|other| other != axis && self.lineage(other).contains(axis))
        };
        let mut rows = vec![BTreeMap::new()];
        for axis in reads.axes.iter().filter(|axis| !above(axis)) {
            let members = &self.need_axis(axis).members;
            let with = |row: &BTreeMap<String, String>, member: &String| {
                let mut row = row.clone();
                row.insert(axis.clone(), member.clone());
                row
            };
            rows = rows.iter().flat_map(|row| members.iter().map(|(id, _)| with(row, id))).collect();
        }
        rows
    }
}
