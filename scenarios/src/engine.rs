//! Outputs of a plan for a block of scenarios, exactly: columns of facts in, columns of amounts out.

use carepact::batch::{self, Batch, HoldersBatch, Known, Output};
use carepact::source::{Location, catalogue};
use carepact::{Diagnostic, Exact, Model, NotPossible, Problems};

const PREPARED: &str = "what is drawn lies in the range it was prepared for";

/// A plan made ready for blocks. Results are in whole units.
#[derive(Debug, Clone)]
pub struct Engine<'m> {
    lanes: Lanes<'m>,
    /// For each output its own unit in units of the results: a product and a quotient.
    factors: Vec<(i64, i64)>,
}

/// One lane for each scenario, or one for each holder of each.
#[derive(Debug, Clone)]
enum Lanes<'m> {
    One(Box<Batch<'m>>),
    Holders(Box<HoldersBatch<'m>>),
}

impl<'m> Engine<'m> {
    /// Makes a plan ready, for so many holders where a party is many.
    ///
    /// # Errors
    /// Amounts that no machine integer holds.
    pub fn new(
        (model, holders): (&'m Model, Option<usize>),
        known: &[Known],
        outputs: &[Output],
        unit: &Exact,
    ) -> Result<Engine<'m>, Problems> {
        let lanes = match holders {
            None => model.batch(known, outputs).map(|batch| Lanes::One(Box::new(batch))),
            Some(holders) => {
                model.batch_of_holders(holders, known, outputs).map(|batch| Lanes::Holders(Box::new(batch)))
            }
        };
        let lanes = lanes.map_err(|reason| too_large(model, &reason))?;
        let units = match &lanes {
            Lanes::One(batch) => batch.units(),
            Lanes::Holders(batch) => batch.units(),
        };
        let factors: Option<Vec<(i64, i64)>> = units.iter().map(|own| factor(own, unit)).collect();
        let Some(factors) = factors else {
            let outputs = (0..outputs.len()).collect();
            return Err(too_large(model, &NotPossible::NoGrid { outputs }));
        };
        Ok(Engine { lanes, factors })
    }

    /// How many lanes a scenario has: one for each holder of a party that is many.
    pub fn lanes(&self) -> usize {
        match &self.lanes {
            Lanes::One(_) => 1,
            Lanes::Holders(batch) => batch.holders(),
        }
    }

    /// Works out a block of `count` scenarios: `columns[k][i]` is input `k` of scenario `i`, or of holder
    /// `i % lanes` of scenario `i / lanes`; gives `out[j][i]` in units, with a number for each lane.
    pub fn run(&self, count: usize, columns: &[Vec<i64>]) -> Vec<Vec<i64>> {
        // Where nothing varies, all scenarios are the one that is worked out.
        let worked = if columns.is_empty() { 1 } else { count };
        let lanes = self.lanes();
        let mut out = vec![vec![0; worked * lanes]; self.factors.len()];
        let columns: Vec<&[i64]> = columns.iter().map(Vec::as_slice).collect();
        let mut slices: Vec<&mut [i64]> = out.iter_mut().map(Vec::as_mut_slice).collect();
        match &self.lanes {
            Lanes::One(batch) => {
                let columns = batch::Columns::new(&columns).expect("columns of one block have one length");
                batch.run(&columns, &mut slices).expect(PREPARED);
            }
            Lanes::Holders(batch) => batch.run(worked, &columns, &mut slices).expect(PREPARED),
        }
        for (column, (times, over)) in out.iter_mut().zip(&self.factors) {
            for amount in column.iter_mut() {
                *amount = *amount * times / over;
            }
            if worked < count {
                *column = column.repeat(count);
            }
        }
        out
    }
}

/// A unit in others, as a product and a quotient; a unit of 0 is that of a result that is always 0.
fn factor(own: &Exact, unit: &Exact) -> Option<(i64, i64)> {
    let (n, d) = own.checked_div(unit)?.parts();
    Some((i64::try_from(n).ok()?, i64::try_from(d).ok()?))
}

fn too_large(model: &Model, reason: &NotPossible) -> Problems {
    let reason = match reason {
        NotPossible::NotAdmitted { fact } | NotPossible::TooFine { fact } | NotPossible::NoStep { fact } => {
            format!("{reason} (`{}`)", model.plan().facts()[fact.0 as usize].measure)
        }
        NotPossible::Holders { .. } | NotPossible::NoGrid { .. } => reason.to_string(),
    };
    Problems(vec![Diagnostic {
        code: &catalogue::LIMIT,
        location: Location::Request,
        found: format!("the amounts of this contract cannot be simulated: {reason}"),
        remedy: "bring the ranges of its measures nearer to what can happen".to_string(),
    }])
}
