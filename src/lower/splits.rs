//! Splitting a rounded line between parties, so that the parts add up to it.

use super::clauses::FlowPart;
use super::{Context, Lowered, Lowering, Measured, Reported};
use crate::contract::{Clause, Contract, PartyId, ResidueRule, Side, Written};
use crate::num::{Exact, Residue};
use crate::plan::{Agreed, NodeId, OriginId, Pick, Split, Statistic, Summary, differing};
use crate::source::catalogue;

impl Lowering<'_> {
    /// The amount of a line (which limits may change) and its parts.
    pub(super) fn split_line(
        &mut self,
        clause: &Clause,
        total: NodeId,
        context: &Context,
    ) -> Lowered<(NodeId, Vec<FlowPart>)> {
        let (single, split, to_many) = match (&clause.from, &clause.to) {
            (Side::Party(payer), to) => (*payer, to, true),
            (from, Side::Party(payee)) => (*payee, from, false),
            _ => return Err(Reported),
        };
        let (total, parts) = self.split_among(clause, split, total, context)?;
        let flow = |(party, amount): (PartyId, NodeId)| {
            let (payer, payee) = if to_many { (single, party) } else { (party, single) };
            FlowPart { payer, payee, amount }
        };
        Ok((total, parts.into_iter().map(flow).collect()))
    }

    fn split_among(
        &mut self,
        clause: &Clause,
        side: &Side,
        total: NodeId,
        context: &Context,
    ) -> Lowered<(NodeId, Vec<(PartyId, NodeId)>)> {
        match side {
            Side::Party(party) => Ok((total, vec![(*party, total)])),
            Side::Each(parties) => {
                let member = context.coordinates.get(&Contract::PARTY_AXIS).copied();
                let party =
                    member.and_then(|member| usize::try_from(member).ok()).map(PartyId).ok_or(Reported)?;
                debug_assert!(parties.contains(&party), "the context fixes one of the parties");
                Ok((total, vec![(party, total)]))
            }
            Side::Shares(shares) => {
                self.by_shares(clause, &Self::fixed_shares(clause, shares), total, context)
            }
            Side::ShareTable(index) => {
                let shares = self.table_shares(clause, *index, context)?;
                self.by_shares(clause, &shares, total, context)
            }
            Side::Weights { weights, among, between } => {
                self.by_weights(clause, (weights, among, between.as_deref()), total, context)
            }
        }
    }

    /// The shares of a table in a context, checked to come to 100 %.
    fn table_shares(
        &mut self,
        clause: &Clause,
        index: usize,
        context: &Context,
    ) -> Lowered<Vec<(PartyId, Exact, Agreed)>> {
        let contract = self.contract;
        let table = &contract.tables[index];
        self.used.insert(table.name.clone());
        let at = (&clause.amount, &clause.amount.formula);
        let mut shares = Vec::new();
        for party in 0..contract.parties.len() {
            let inner =
                context.with(contract, Contract::PARTY_AXIS, i32::try_from(party).unwrap_or(i32::MAX));
            let members = self.members_of(at, &table.by, &inner)?;
            if let Ok((cell, share)) = self.cell_of((index, 0), &members)
                && !share.is_zero()
            {
                shares.push((PartyId(party), share, cell));
            }
        }
        let total: Exact = shares.iter().map(|(_, share, _)| share).sum();
        if total != Exact::ONE || shares.iter().any(|(_, share, _)| share.sign() < 0) {
            let words = context.words(contract);
            let found =
                format!("the shares of `{}` come to {}% for {words}", table.name, &total * &Exact::from(100));
            self.reports.add(
                &catalogue::SPLIT_SUM,
                &table.place,
                found,
                "let them come to 100%, none below 0",
            );
            return Err(Reported);
        }
        Ok(shares)
    }

    fn by_shares(
        &mut self,
        clause: &Clause,
        shares: &[(PartyId, Exact, Agreed)],
        total: NodeId,
        context: &Context,
    ) -> Lowered<(NodeId, Vec<(PartyId, NodeId)>)> {
        let shares: Vec<&(PartyId, Exact, Agreed)> =
            shares.iter().filter(|(_, share, _)| !share.is_zero()).collect();
        if let [(only, _, _)] = shares[..] {
            return Ok((total, vec![(*only, total)]));
        }
        let origin = self.split_origin(clause, context);
        let mut weights = Vec::new();
        for (party, share, written) in &shares {
            let own = self.share_origin(clause, *party, origin);
            weights.push(self.agreed(written.clone(), share, own));
        }
        let parties: Vec<PartyId> = shares.iter().map(|(party, _, _)| *party).collect();
        let parts = self.divided(clause, total, weights, None, &parties, origin)?;
        Ok((total, parties.into_iter().zip(parts).collect()))
    }

    fn split_origin(&mut self, clause: &Clause, context: &Context) -> OriginId {
        let period = context.period().unwrap_or(crate::calendar::Period::TERM);
        self.clause_origin(clause, "split", period, &context.members())
    }

    fn by_weights(
        &mut self,
        clause: &Clause,
        (weights, among, between): (&Written, &[PartyId], Option<&(Written, Written)>),
        total: NodeId,
        context: &Context,
    ) -> Lowered<(NodeId, Vec<(PartyId, NodeId)>)> {
        let origin = self.split_origin(clause, context);
        let mut among = among.to_vec();
        if clause.residue.unwrap_or(self.contract.residue) == ResidueRule::Last {
            // Who comes last is said by the list of parties, not by this one.
            among.sort();
        }
        if let [party] = among[..]
            && self.contract.party(party).many
        {
            return self.among_holders(clause, party, (weights, between), total, context);
        }
        let mut nodes = Vec::new();
        let mut limits = Vec::new();
        for party in &among {
            if self.contract.party(*party).many {
                let found = "shares among the holders of a party and other parties";
                let at = (weights, &weights.formula);
                return self.refuse(&catalogue::HOLDERS, at, found, "write a clause for the holders alone");
            }
            let member = i32::try_from(party.0).unwrap_or(i32::MAX);
            let inner = context.with(self.contract, Contract::PARTY_AXIS, member);
            nodes.push(self.weight(weights, &inner)?);
            if let Some((least, most)) = between {
                limits.push((self.limit(least, total, &inner)?, self.limit(most, total, &inner)?));
            }
        }
        let limits = between.map(|_| limits);
        let parts = self.divided(clause, total, nodes, limits, &among, origin)?;
        // What no part can take stays with the payer: the line is what its parts come to.
        let terms: Vec<(Exact, NodeId)> = parts.iter().map(|part| (Exact::ONE, *part)).collect();
        let total = self.builder.linear(&terms, Exact::ZERO, origin);
        Ok((total, among.into_iter().zip(parts).collect()))
    }

    fn weight(&mut self, weights: &Written, context: &Context) -> Lowered<NodeId> {
        let weight = self.lower(weights, &weights.formula, context)?;
        self.demand_there(weights, &weight.there, "a weight")?;
        let least = &self.builder.range(weight.node).least;
        if least.sign() < 0 && !self.keeps_terms() {
            let found = format!("a weight can be as low as {least}");
            return self.refuse(
                &catalogue::SPLIT_FORM,
                (weights, &weights.formula),
                found,
                "write max(0, …)",
            );
        }
        Ok(weight.node)
    }

    /// A line that is the same for all holders, shared among them: each has its part.
    fn among_holders(
        &mut self,
        clause: &Clause,
        party: PartyId,
        (weights, between): (&Written, Option<&(Written, Written)>),
        total: NodeId,
        context: &Context,
    ) -> Lowered<(NodeId, Vec<(PartyId, NodeId)>)> {
        let at = (weights, &weights.formula);
        let origin = self.split_origin(clause, context);
        let of_holder = |fact| self.builder.fact(fact).by_holder;
        if differing(&self.builder, &of_holder)[total.index()] {
            let found = "an amount that differs from holder to holder, shared among them";
            let remedy = "let the amount be one total, such as sum(… over …)";
            return self.refuse(&catalogue::HOLDERS, at, found, remedy);
        }
        let residue = match clause.residue.unwrap_or(self.contract.residue) {
            ResidueRule::LargestRemainder => Residue::LargestRemainder,
            ResidueRule::LargestShare => Residue::LargestShare,
            ResidueRule::Last => Residue::Last,
            ResidueRule::Party(_) => {
                let found = "a residue to a named party, and shares among holders";
                return self.refuse(&catalogue::SPLIT_FORM, at, found, "write `residue`: largest_remainder");
            }
        };
        let value = self.weight(weights, context)?;
        let limits = match between {
            None => None,
            Some((least, most)) => {
                Some((self.limit(least, total, context)?, self.limit(most, total, context)?))
            }
        };
        let quantum = self.contract.quantum(clause);
        let summary = Summary::Part { total, limits, quantum, mode: self.contract.mode, residue };
        let part = self.builder.statistic(Statistic { summary, value, counts: None, group: None }, origin);
        Ok((part, vec![(party, part)]))
    }

    /// A limit of a part: money, or a share of the line.
    fn limit(&mut self, written: &Written, total: NodeId, context: &Context) -> Lowered<NodeId> {
        let value = self.lower(written, &written.formula, context)?;
        self.demand_there(written, &value.there, "a limit")?;
        let share = match &value.unit {
            Measured::Bare => true,
            Measured::In(unit) => unit.is_pure(),
            Measured::Any => false,
        };
        if !share {
            self.demand_money(written, &value)?;
            return Ok(value.node);
        }
        let origin = self.origin((written, &written.formula), &Measured::pure(), context);
        // A negative line splits as its opposite, so its limits are those of the opposite.
        let negative = self.builder.scaled(Exact::from(-1), total, origin);
        let size = self.builder.extreme(Pick::Greatest, &[total, negative], origin);
        Ok(self.builder.product(value.node, size, origin))
    }

    pub(super) fn divided(
        &mut self,
        clause: &Clause,
        total: NodeId,
        weights: Vec<NodeId>,
        limits: Option<Vec<(NodeId, NodeId)>>,
        parties: &[PartyId],
        origin: OriginId,
    ) -> Lowered<Vec<NodeId>> {
        let residue = match clause.residue.unwrap_or(self.contract.residue) {
            ResidueRule::LargestRemainder => Residue::LargestRemainder,
            ResidueRule::LargestShare => Residue::LargestShare,
            ResidueRule::Last => Residue::Last,
            ResidueRule::Party(named) => match parties.iter().position(|party| *party == named) {
                Some(part) => Residue::Part(part),
                None if parties.is_empty() => Residue::Last,
                None => {
                    let found = format!(
                        "`{}` takes the residue of `{}` and has no part in it",
                        self.contract.party(named).id,
                        clause.id
                    );
                    self.reports.add(
                        &catalogue::SPLIT_FORM,
                        &clause.place,
                        found,
                        "name a party with a part, or another rule",
                    );
                    return Err(Reported);
                }
            },
        };
        let quantum = self.contract.quantum(clause);
        let mode = self.contract.mode;
        Ok(self.builder.split(Split { total, weights, limits, quantum, mode, residue }, origin))
    }
}
