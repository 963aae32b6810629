//! A Gaussian copula: draws that are correlated by rank, whatever their distributions.
//!
//! Spearman's rank correlation s of two normal scores is that of a linear correlation
//! r = 2 sin(π s / 6). The matrix of these is split into L Lᵀ; the scores of a scenario are L times
//! independent ones. The first draw that the file names stays as it is, and a name that is added at
//! the end moves none of those before it.

use std::f64::consts::PI;

use carepact::scenario::Correlated;

use crate::quantile::{float, normal_score, share_below};

/// Least pivot of a matrix that is taken for positive definite.
const PIVOT_MIN: f64 = 1e-9;

/// Correlated draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Copula {
    /// Which draws.
    pub draws: Vec<usize>,
    /// The rows of L, up to the diagonal.
    rows: Vec<Vec<f64>>,
}

impl Copula {
    /// Nothing when the correlations do not fit together: no scores have them.
    pub fn new(correlated: &Correlated) -> Option<Copula> {
        let n = correlated.draws.len();
        let mut matrix = vec![vec![0.0; n]; n];
        for (i, row) in matrix.iter_mut().enumerate() {
            row[i] = 1.0;
        }
        let place = |order: &usize| correlated.draws.iter().position(|(known, _)| known == order);
        for (one, other, rank) in &correlated.pairs {
            if let (Some(i), Some(j)) = (place(one), place(other)) {
                matrix[j][i] = 2.0 * (PI * float(rank) / 6.0).sin();
            }
        }
        let draws = correlated.draws.iter().map(|(_, draw)| *draw).collect();
        Some(Copula { draws, rows: factor(&matrix)? })
    }

    /// Correlates a block of scenarios; `columns[k]` are the draws of the `k`-th name.
    pub fn correlate(&self, columns: &mut [Vec<f64>]) {
        let count = columns.first().map_or(0, Vec::len);
        let mut scores = vec![0.0; columns.len()];
        for i in 0..count {
            for (score, column) in scores.iter_mut().zip(columns.iter()) {
                *score = normal_score(column[i]);
            }
            for (row, column) in self.rows.iter().zip(columns.iter_mut()) {
                if row[..row.len() - 1].iter().any(|factor| *factor != 0.0) {
                    let score: f64 = row.iter().zip(&scores).map(|(factor, score)| factor * score).sum();
                    column[i] = share_below(score);
                }
            }
        }
    }
}

/// L of L Lᵀ for a matrix given by its lower half; nothing when it is not positive definite.
fn factor(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for (i, given) in matrix.iter().enumerate() {
        let mut row: Vec<f64> = Vec::with_capacity(i + 1);
        for j in 0..i {
            let known: f64 = row.iter().zip(&rows[j]).map(|(a, b)| a * b).sum();
            row.push((given[j] - known) / rows[j][j]);
        }
        let pivot = given[i] - row.iter().map(|a| a * a).sum::<f64>();
        if pivot < PIVOT_MIN {
            return None;
        }
        row.push(pivot.sqrt());
        rows.push(row);
    }
    Some(rows)
}
