//! The benchmark contract: every line and payment against integer pence recomputed from its
//! specification, for scenarios of its generator.

use carepact::Exact;
use carepact::batch::Batch;

use crate::common::benchmark::{CONTRACT, generated, known, names, outputs, range, recomputed};
use crate::common::{batch::results, compile, text};
use crate::{Outcome, over_chunks, tiers};

fn compare_chunk(batch: &Batch<'_>, fields: &[usize], first: usize, count: usize) -> Outcome {
    let scenarios = (first as u64..).take(count);
    let column = |field: &usize| -> Vec<i64> {
        let draw = |s| generated(s, *field, range(*field)).cast_signed();
        scenarios.clone().map(draw).collect()
    };
    let columns: Vec<Vec<i64>> = fields.iter().map(column).collect();
    let found = results(batch, &columns).expect("the generator keeps to its ranges");
    let penny = Exact::scaled(1, 2);
    let pence = |unit: &Exact| unit.checked_div(&penny).and_then(|n| n.to_i64()).expect("whole pence");
    let units: Vec<i64> = batch.units().iter().map(pence).collect();
    let mut outcome = Outcome { scenarios: count, ..Outcome::default() };
    let mut x = vec![0; fields.len()];
    let names = names();
    for scenario in 0..count {
        fields.iter().zip(&columns).for_each(|(field, column)| x[*field] = column[scenario].into());
        for (figure, pence) in recomputed(&x).into_iter().enumerate() {
            outcome.numbers += 1;
            let own = i128::from(found[figure][scenario]) * i128::from(units[figure]);
            if own != pence {
                let at = first + scenario;
                outcome.differences.push(format!("scenario {at}: {} is {own}p, not {pence}p", names[figure]));
            }
        }
    }
    outcome
}

/// Compares scenarios of the generator.
pub fn compare(count: usize) -> Outcome {
    let model = compile(CONTRACT, &text(CONTRACT));
    let (known, fields) = known(&model);
    let batch = model.batch(&known, &outputs(&model, &names())).expect("a batch");
    tiers("benchmark", batch.tiers());
    over_chunks(count, |first, count| compare_chunk(&batch, &fields, first, count))
}
