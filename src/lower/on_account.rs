//! Payment on account: instalments before the result is known.

use super::{Context, Lowered, Lowering};
use crate::calendar::Period;
use crate::contract::{Clause, Coordinates, Instalment as Terms, Written};
use crate::num::Exact;
use crate::plan::{Instalment, NodeId};

impl Lowering<'_> {
    /// The instalments of a line. A gate does not hold them back: it is known only afterwards.
    pub(super) fn instalments(
        &mut self,
        clause: &Clause,
        period: Period,
        members: &Coordinates,
    ) -> Lowered<Vec<Instalment>> {
        let Some(terms) = &clause.on_account else { return Ok(Vec::new()) };
        let calendar = &self.contract.calendar;
        let periods = calendar.within(period, terms.each);
        let amounts = match &terms.instalment {
            Terms::Amount(written) => periods
                .iter()
                .map(|each| self.instalment_amount(clause, written, *each, members))
                .collect::<Lowered<Vec<NodeId>>>()?,
            Terms::Total(written) => {
                let total = self.instalment_amount(clause, written, period, members)?;
                let origin = self.clause_origin(clause, "instalments", period, members);
                let weights =
                    periods.iter().map(|_| self.builder.constant_node(Exact::ONE, origin)).collect();
                self.divided(clause, total, weights, None, &[], origin)?
            }
        };
        let mut instalments = Vec::new();
        for (each, amount) in periods.into_iter().zip(amounts) {
            let context = Context::new(each, members);
            let (amount, parts) = self.split_line(clause, amount, &context)?;
            instalments.push(Instalment {
                period: each,
                key: calendar.key(each),
                due: terms.day.map(|day| calendar.day_in(each, day)),
                amount,
                parts: self.part_specs(&parts),
            });
        }
        Ok(instalments)
    }

    fn instalment_amount(
        &mut self,
        clause: &Clause,
        written: &Written,
        period: Period,
        members: &Coordinates,
    ) -> Lowered<NodeId> {
        let amount = self.lower(written, &written.formula, &Context::new(period, members))?;
        self.demand_money(written, &amount)?;
        self.demand_there(written, &amount.there, "the instalment")?;
        Ok(self.rounded_line(clause, amount.node, period, members))
    }
}
