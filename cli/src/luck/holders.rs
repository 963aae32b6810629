//! The luck of all holders of a party, summed up: for each clause the least, the middle and the greatest
//! chance, and whose it is. Of the periods of a line each holder's worst counts.

use std::collections::{BTreeMap, BTreeSet};

use carepact_scenarios::luck::{LineLuck, Probability};

use super::Question;
use super::rows::{Row, name};

/// The answers of all holders.
pub struct OfHolders {
    names: Vec<String>,
    places: BTreeMap<String, usize>,
    rows: Vec<Summed>,
}

/// The answers to one question about the lines of one clause and members.
pub struct Summed {
    /// The question.
    pub question: Question,
    key: (String, Vec<String>, String),
    /// The keys of its periods.
    pub periods: BTreeSet<String>,
    /// The line with the greatest chance.
    pub worst: LineLuck,
    /// For each holder its greatest chance, and whether that is not acceptable.
    chances: Vec<Option<(Probability, bool)>>,
}

/// A holder's chance.
pub struct Chance<'h> {
    /// The holder.
    pub holder: &'h str,
    /// The chance.
    pub chance: Probability,
}

/// What the holders have, for a table.
pub struct Sum<'h> {
    /// How many holders have an answer.
    pub count: usize,
    /// The first with the least chance.
    pub least: Chance<'h>,
    /// The chance in the middle of all.
    pub median: Probability,
    /// The first with the greatest chance.
    pub greatest: Chance<'h>,
    /// How many have a chance that is not acceptable.
    pub too_likely: usize,
}

impl OfHolders {
    /// Of holders by name, nothing yet.
    pub fn new(names: Vec<String>) -> OfHolders {
        let places = names.iter().cloned().zip(0..).collect();
        OfHolders { names, places, rows: Vec::new() }
    }

    /// How many holders there are.
    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// Takes in a line of a holder.
    pub fn add(&mut self, line: LineLuck) {
        let Some(place) = line.holder.as_ref().and_then(|holder| self.places.get(holder)) else { return };
        let members = line.members.iter().map(|(_, member, _)| member.clone()).collect();
        let key = (line.clause.clone(), members, line.party.clone());
        for question in Question::ALL {
            let Some(odds) = question.of(&line) else { continue };
            let (chance, too_likely) = (odds.best(), odds.too_likely);
            // The last row first: lines come clause by clause.
            let known = self.rows.iter().rposition(|row| row.question == question && row.key == key);
            let index = known.unwrap_or_else(|| {
                self.rows.push(Summed {
                    question,
                    key: key.clone(),
                    periods: BTreeSet::new(),
                    worst: line.clone(),
                    chances: vec![None; self.names.len()],
                });
                self.rows.len() - 1
            });
            let row = &mut self.rows[index];
            if !row.periods.contains(&line.period) {
                row.periods.insert(line.period.clone());
            }
            if question.of(&row.worst).is_some_and(|worst| chance > worst.best()) {
                row.worst = line.clone();
            }
            let own = &mut row.chances[*place];
            if own.is_none_or(|(known, _)| chance > known) {
                *own = Some((chance, too_likely));
            }
        }
    }

    /// The rows of a question, in the order of the contract.
    pub fn rows(&self, question: Question) -> impl Iterator<Item = &Summed> {
        self.rows.iter().filter(move |row| row.question == question)
    }

    /// All rows.
    pub fn all(&self) -> &[Summed] {
        &self.rows
    }

    /// A row summed up.
    pub fn sum(&self, row: &Summed) -> Sum<'_> {
        let with_answer = row.chances.iter().zip(&self.names).filter_map(|(own, name)| {
            own.map(|(chance, too_likely)| (Chance { holder: name, chance }, too_likely))
        });
        let all: Vec<(Chance<'_>, bool)> = with_answer.collect();
        let too_likely = all.iter().filter(|(_, too_likely)| *too_likely).count();
        let mut order: Vec<Chance<'_>> = all.into_iter().map(|(chance, _)| chance).collect();
        order.sort_by(|one, other| one.chance.0.total_cmp(&other.chance.0));
        let (count, middle) = (order.len(), order.len() / 2);
        let median = match count % 2 {
            0 => order[middle - 1].chance.half_way(order[middle].chance),
            _ => order[middle].chance,
        };
        let most = order[count - 1].chance;
        let first = order.iter().position(|own| own.chance == most).unwrap_or(count - 1);
        let greatest = order.swap_remove(first);
        let least = if count == 1 { Chance { ..greatest } } else { order.swap_remove(0) };
        Sum { count, least, median, greatest, too_likely }
    }
}

impl Summed {
    /// The clause, and the members of the line.
    pub fn name(&self) -> String {
        name(&self.worst)
    }

    /// The clause, the members and the party.
    pub fn key(&self) -> (&str, &[String], &str) {
        let (clause, members, party) = &self.key;
        (clause, members, party)
    }

    /// The line with the greatest chance as a row of its own.
    pub fn worst(&self) -> Option<Row<'_>> {
        let odds = self.question.of(&self.worst)?;
        let holder = self.worst.holder.as_deref().unwrap_or_default();
        Some(Row { line: &self.worst, odds, parties: vec![holder], periods: self.periods.len() })
    }
}
