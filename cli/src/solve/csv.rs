//! The search for spreadsheets: one row for each value that was looked at.

use carepact::Exact;

use super::find::Answered;
use super::json::plain;
use crate::statement::csv::rows;

/// Everything.
pub fn csv(answered: &Answered) -> String {
    let headings = ["parameter", "value", "measured", "from", "to", "met", "answer"].map(str::to_string);
    let is_answer = |at: &Exact| answered.solution.crossings.iter().any(|crossing| crossing.answer == *at);
    let word = |is: bool| if is { "yes" } else { "no" }.to_string();
    let probes = answered.solution.probes.iter().map(|probe| {
        let [measured, from, to] = plain(answered, &probe.value);
        let (parameter, value) = (answered.parameter.path.clone(), probe.at.to_string());
        vec![parameter, value, measured, from, to, word(probe.met), word(is_answer(&probe.at))]
    });
    String::from_utf8_lossy(&rows([headings.to_vec()].into_iter().chain(probes))).into_owned()
}
