//! `paid(c)` and `net(p, c)`: what other clauses have stated.

use std::sync::Arc;

use super::functions::{Arguments, Call, Function};
use super::operators::At;
use super::{Context, Lowered, Lowering, Reported, Value};
use crate::contract::{AxisId, ClauseId, Contract, Coordinates, PartyId, Status};
use crate::num::Exact;
use crate::plan::NodeId;
use crate::source::{catalogue, did_you_mean};

/// `paid(c)`
pub static PAID: Function = Function {
    name: "paid",
    usage: "paid(clause or group)",
    count: (1, 1),
    arguments: Arguments::Flows,
    meaning: "the sum of the statement lines of a clause or group that agree with the context",
    lower: paid,
};

/// `net(p, c)`
pub static NET: Function = Function {
    name: "net",
    usage: "net(party, clause or group)",
    count: (2, 2),
    arguments: Arguments::Flows,
    meaning: "what a party receives less what it pays under a clause or group; net(party, c) for the party of the context",
    lower: net,
};

fn paid(this: &mut Lowering<'_>, call: &Call<'_>) -> Lowered<Value> {
    let clauses = this.flow(call, 0)?;
    this.one_way(call.at, &clauses)?;
    let mut terms = Vec::new();
    for clause in clauses {
        for line in this.lines_agreeing(call.at, clause, call.context)? {
            terms.push((Exact::ONE, line.amount));
        }
    }
    Ok(this.money_sum(call, &terms))
}

fn net(this: &mut Lowering<'_>, call: &Call<'_>) -> Lowered<Value> {
    let party = this.party_argument(call)?;
    let mut terms = Vec::new();
    for clause in this.flow(call, 1)? {
        for line in this.lines_agreeing(call.at, clause, call.context)? {
            for part in &line.parts {
                let sign = i64::from(part.payee == party) - i64::from(part.payer == party);
                if sign != 0 {
                    terms.push((Exact::from(sign), part.amount));
                }
            }
        }
    }
    Ok(this.money_sum(call, &terms))
}

impl Lowering<'_> {
    fn money_sum(&mut self, call: &Call<'_>, terms: &[(Exact, NodeId)]) -> Value {
        let unit = self.money.0.clone();
        let origin = self.origin(call.at, &unit, call.context);
        let node = self.builder.linear(terms, Exact::ZERO, origin);
        Value::new(node, unit)
    }

    /// The clauses that an argument names.
    fn flow(&mut self, call: &Call<'_>, argument: usize) -> Lowered<Vec<ClauseId>> {
        let contract = self.contract;
        let formula = &call.arguments[argument];
        let name = formula.plain_name().unwrap_or_default();
        match contract.flows.get(name) {
            Some(crate::contract::Flow::Broken) => Err(Reported),
            Some(flow) => Ok(contract.clauses_of(*flow)),
            None => {
                let remedy = did_you_mean(name, contract.flows.keys().map(String::as_str)).map_or_else(
                    || "name a clause or group".to_string(),
                    |near| format!("did you mean `{near}`?"),
                );
                let found = format!("there is no clause or group `{formula}`");
                self.refuse(&catalogue::UNKNOWN_NAME, (call.at.0, formula), found, remedy)
            }
        }
    }

    fn party_argument(&mut self, call: &Call<'_>) -> Lowered<PartyId> {
        let contract = self.contract;
        let formula = &call.arguments[0];
        let name = formula.plain_name().unwrap_or_default();
        if name == "party" {
            let members = self.members_of((call.at.0, formula), &[Contract::PARTY_AXIS], call.context)?;
            return usize::try_from(members[0]).map(PartyId).map_err(|_| Reported);
        }
        match contract.party_named(name) {
            Some(party) => Ok(party),
            None => {
                let remedy = did_you_mean(name, contract.parties.iter().map(|party| party.id.as_str()))
                    .map_or_else(
                        || "name a party, or `party`".to_string(),
                        |near| format!("did you mean `{near}`?"),
                    );
                let found = format!("there is no party `{formula}`");
                self.refuse(&catalogue::UNKNOWN_NAME, (call.at.0, formula), found, remedy)
            }
        }
    }

    /// Refuses to add amounts that flow in opposite directions.
    fn one_way(&mut self, at: At<'_>, clauses: &[ClauseId]) -> Lowered<()> {
        let contract = self.contract;
        let sides = |id: &ClauseId| {
            let clause = &contract.clauses[id.0];
            (contract.parties_of(&clause.from), contract.parties_of(&clause.to))
        };
        let meet = |a: &[PartyId], b: &[PartyId]| a.iter().any(|party| b.contains(party));
        for (i, first) in clauses.iter().enumerate() {
            let (from, to) = sides(first);
            for second in &clauses[i + 1..] {
                let (other_from, other_to) = sides(second);
                if meet(&from, &other_to) && meet(&to, &other_from) {
                    let (a, b) = (&contract.clauses[first.0].id, &contract.clauses[second.0].id);
                    let found = format!("`{a}` and `{b}` flow in opposite directions");
                    return self.refuse(&catalogue::OPPOSITE_WAYS, at, found, "write net(party, …)");
                }
            }
        }
        Ok(())
    }

    /// The live lines of a clause in the current period that agree with the context.
    fn lines_agreeing(
        &mut self,
        at: At<'_>,
        id: ClauseId,
        context: &Context,
    ) -> Lowered<Vec<Arc<super::Line>>> {
        let contract = self.contract;
        let clause = &contract.clauses[id.0];
        let Some(current) = context.period().filter(|current| current.kind >= clause.per) else {
            let found =
                format!("`{}` is assessed each {}, asked in a shorter period", clause.id, clause.per.word());
            return self.refuse(
                &catalogue::PERIOD_MISMATCH,
                at,
                found,
                "ask it in a period at least as long",
            );
        };
        let mut lines = Vec::new();
        let fixed = context.members();
        for period in contract.calendar.within(current, clause.per) {
            if contract.status(clause, period) != Status::Live || !self.is_active(clause, period) {
                continue;
            }
            for members in self.line_members(id).iter() {
                if agree(contract, &fixed, members) {
                    lines.push(self.line(at, id, period, members)?);
                }
            }
        }
        Ok(lines)
    }
}

/// True when a line's members contradict nothing that the context fixes, on any axis that both
/// fix, directly or through the axes below it.
fn agree(contract: &Contract, context: &Coordinates, line: &Coordinates) -> bool {
    let axes = (0..contract.axes.len()).map(AxisId).filter(|axis| contract.period_kind(*axis).is_none());
    axes.into_iter().all(|axis| match (contract.fixed(axis, context), contract.fixed(axis, line)) {
        (Some(asked), Some(own)) => asked == own,
        (Some(_) | None, _) => true,
    })
}
