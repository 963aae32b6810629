//! Outputs of a plan for a block of scenarios, exactly: columns of facts in, columns of amounts out.

use carepact::batch::{self, Batch, Known, Output};
use carepact::source::{Location, catalogue};
use carepact::{Diagnostic, Exact, Model, NotPossible, Problems};

/// A plan made ready for blocks. Results are in whole units.
#[derive(Debug, Clone)]
pub struct Engine<'m> {
    batch: Batch<'m>,
    fixed: Vec<Exact>,
    /// For each output its own unit in units of the results: a product and a quotient.
    factors: Vec<(i64, i64)>,
}

impl<'m> Engine<'m> {
    /// Makes a plan ready.
    ///
    /// # Errors
    /// Amounts that no machine integer holds.
    pub fn new(
        model: &'m Model,
        known: &[Known],
        outputs: &[Output],
        unit: &Exact,
    ) -> Result<Engine<'m>, Problems> {
        let batch = model.batch(known, outputs).map_err(|reason| too_large(&reason))?;
        let factors: Option<Vec<(i64, i64)>> = batch.units().iter().map(|own| factor(own, unit)).collect();
        let Some(factors) = factors else {
            let outputs = (0..outputs.len()).collect();
            return Err(too_large(&NotPossible::NoGrid { outputs }));
        };
        let fixed = known.iter().map(|known| match known {
            Known::Fixed(value) => value.clone(),
            Known::Varies(_) => Exact::ZERO,
        });
        Ok(Engine { batch, fixed: fixed.collect(), factors })
    }

    /// The facts that are the same in all scenarios; 0 for those that vary.
    pub fn fixed(&self) -> &[Exact] {
        &self.fixed
    }

    /// Works out a block of `count` scenarios: `columns[k][i]` is input `k` of scenario `i`; gives
    /// `out[j][i]` in units.
    pub fn run(&self, count: usize, columns: &[Vec<i64>]) -> Vec<Vec<i64>> {
        // Where nothing varies, all scenarios are the one that is worked out.
        let worked = if columns.is_empty() { 1 } else { count };
        let mut out = vec![vec![0; worked]; self.factors.len()];
        let columns: Vec<&[i64]> = columns.iter().map(Vec::as_slice).collect();
        let columns = batch::Columns::new(&columns).expect("columns of one block have one length");
        let mut slices: Vec<&mut [i64]> = out.iter_mut().map(Vec::as_mut_slice).collect();
        self.batch.run(&columns, &mut slices).expect("what is drawn lies in the range it was prepared for");
        for (column, (times, over)) in out.iter_mut().zip(&self.factors) {
            for amount in column.iter_mut() {
                *amount = *amount * times / over;
            }
            let first = column.first().copied().unwrap_or(0);
            column.resize(count, first);
        }
        out
    }
}

/// A unit in others, as a product and a quotient; a unit of 0 is that of a result that is always 0.
fn factor(own: &Exact, unit: &Exact) -> Option<(i64, i64)> {
    let (n, d) = own.checked_div(unit)?.parts();
    Some((i64::try_from(n).ok()?, i64::try_from(d).ok()?))
}

fn too_large(reason: &NotPossible) -> Problems {
    Problems(vec![Diagnostic {
        code: &catalogue::LIMIT,
        location: Location::Request,
        found: format!("the amounts of this contract cannot be simulated: {reason}"),
        remedy: "bring the ranges of its measures nearer to what can happen".to_string(),
    }])
}
