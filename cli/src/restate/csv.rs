//! What a restatement differs by, for spreadsheets: a row for each line.

use carepact::Exact;
use carepact::contract::Contract;
use carepact_finance::restatement::{RestatedLine, Restatement};

use crate::statement::csv::{rows, text};

const HEADINGS: [&str; 12] = [
    "line",
    "clause",
    "type",
    "period",
    "payer",
    "payee",
    "before",
    "now",
    "difference",
    "payable",
    "causes",
    "currency",
];

/// The differences as CSV. A line that one version does not have has no amount there.
pub fn csv(restatement: &Restatement, contract: &Contract) -> String {
    let places = usize::try_from(contract.minor_places).unwrap_or(2);
    let amount =
        |amount: &Option<Exact>| amount.as_ref().map_or(String::new(), |amount| amount.plain(places));
    let row = |line: &RestatedLine| {
        vec![
            text(&line.id),
            text(&line.clause),
            line.line_type.to_string(),
            text(&line.period),
            text(&line.payer),
            text(&line.payee),
            amount(&line.earlier),
            amount(&line.later),
            line.difference.plain(places),
            if line.payable { "yes" } else { "no" }.to_string(),
            text(&causes(restatement, line)),
            contract.currency.clone(),
        ]
    };
    let headings = HEADINGS.map(str::to_string).to_vec();
    let lines = restatement.lines.iter().map(row);
    String::from_utf8_lossy(&rows([headings].into_iter().chain(lines))).into_owned()
}

/// `data: outcome 2026/27 C03 from 3,480 / 4,290 (…) to 3,586 / 4,320 (…)`, several with `; ` between.
fn causes(restatement: &Restatement, line: &RestatedLine) -> String {
    let causes = restatement.causes_of(line).iter().map(|cause| {
        let change = &restatement.changes[cause.change];
        format!("{}: {} from {} to {}", change.kind.word(), change.what, change.earlier, change.later)
    });
    causes.collect::<Vec<_>>().join("; ")
}
