//! The lines and figures of a statement by holder: first those that are the same for all, then those
//! of each, in order.

use carepact::Statement;
use carepact::statement::{Figure, StatementLine};

/// The lines and figures of a holder, or those that are the same for all.
pub struct OfHolder<'s> {
    /// The holder; nothing for what is the same for all.
    pub holder: Option<&'s str>,
    /// Its lines.
    pub lines: &'s [StatementLine],
    /// Its figures.
    pub figures: &'s [Figure],
}

/// Cuts a statement where another holder begins; without a party that is many it is one piece.
pub fn by_holder<'s>(statement: &'s Statement<'_>) -> Vec<OfHolder<'s>> {
    let (mut lines, mut figures) = (statement.lines(), statement.figures());
    let mut holder = None;
    let mut pieces = Vec::new();
    loop {
        let own_lines = lines.iter().take_while(|line| line.holder.as_deref() == holder).count();
        let own_figures = figures.iter().take_while(|figure| figure.holder.as_deref() == holder).count();
        let (head, rest) = lines.split_at(own_lines);
        let (head_of_figures, rest_of_figures) = figures.split_at(own_figures);
        if own_lines + own_figures > 0 {
            pieces.push(OfHolder { holder, lines: head, figures: head_of_figures });
        }
        (lines, figures) = (rest, rest_of_figures);
        // Each holder has as many lines as any other, and as many figures.
        let next = lines.first().map(|line| &line.holder).or(figures.first().map(|figure| &figure.holder));
        match next {
            Some(next) => holder = next.as_deref(),
            None => return pieces,
        }
    }
}
