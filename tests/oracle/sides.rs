//! Who takes part in a line and how it is shared: the forms of `from` and `to`, and payments on account.

use num_traits::Zero;

use super::calendar::Span;
use super::clauses::Key;
use super::contract::{Context, Oracle};
use super::json::Json;
use super::numbers::{Number, decimal, round_to, whole};
use super::split::{Claim, Residue, divide};

/// The parties of one side, with their claims.
struct Side {
    claims: Vec<(String, Claim)>,
}

fn unlimited(weight: Number) -> Claim {
    Claim { weight, limits: None }
}

impl Oracle {
    fn party_order(&self) -> Vec<String> {
        self.need_axis("party").members.iter().map(|(id, _)| id.clone()).collect()
    }

    /// The parts of a rounded line, by payer and payee; parties without a share have none.
    pub fn parts(&self, clause: &Json, total: &Number, context: &Context) -> Vec<(String, String, Number)> {
        let from = self.side(clause.need("from"), total, context);
        let to = self.side(clause.need("to"), total, context);
        assert!(from.claims.len() == 1 || to.claims.len() == 1, "both sides of a clause are split");
        let weighted = clause.need("from").get("weights").is_some();
        if from.claims.len() == 1 && !weighted {
            let payer = &from.claims[0].0;
            let parts = self.shared(clause, total, &to);
            return parts.into_iter().map(|(payee, part)| (payer.clone(), payee, part)).collect();
        }
        let payee = &to.claims[0].0;
        let parts = self.shared(clause, total, &from);
        parts.into_iter().map(|(payer, part)| (payer, payee.clone(), part)).collect()
    }

    fn shared(&self, clause: &Json, total: &Number, side: &Side) -> Vec<(String, Number)> {
        let claims: Vec<Claim> = side.claims.iter().map(|(_, claim)| claim.clone()).collect();
        let parties = side.claims.iter().map(|(party, _)| party.clone());
        if let [Claim { limits: None, weight }] = claims.as_slice()
            && !weight.is_zero()
        {
            return parties.map(|party| (party, total.clone())).collect();
        }
        let residue = self.residue(clause, side);
        let parts = divide(total, &claims, &self.line_quantum(clause), self.mode, residue);
        let shared = parties.zip(parts).zip(&claims);
        let has_share = |part: &Number, claim: &Claim| !claim.weight.is_zero() || !part.is_zero();
        shared.filter(|((_, part), claim)| has_share(part, claim)).map(|(part, _)| part).collect()
    }

    fn residue_word<'a>(&'a self, clause: &'a Json) -> &'a str {
        let head = self.document.need("rounding").need("residue");
        clause.get("residue").unwrap_or(head).text()
    }

    fn residue(&self, clause: &Json, side: &Side) -> Residue {
        let place = |party: &str| side.claims.iter().position(|(id, _)| id == party);
        let has_share = |place: usize| !side.claims[place].1.weight.is_zero();
        match self.residue_word(clause) {
            "largest_remainder" => Residue::LargestRemainder,
            "largest_share" => Residue::LargestShare,
            "last" => {
                let order = self.party_order();
                let mut sharing = order.iter().rev().filter_map(|party| place(party));
                let last = sharing.find(|place| has_share(*place));
                let last = last.or_else(|| (0..side.claims.len()).rev().find(|place| has_share(*place)));
                Residue::At(last.unwrap_or(0))
            }
            named => {
                Residue::At(place(named).unwrap_or_else(|| panic!("`{named}` takes no part in the split")))
            }
        }
    }

    fn side(&self, side: &Json, total: &Number, context: &Context) -> Side {
        if let Json::Text(party) = side {
            return Side { claims: vec![(party.clone(), unlimited(whole(1)))] };
        }
        if side.get("each").is_some() {
            let party = context.fixed["party"].clone();
            return Side { claims: vec![(party, unlimited(whole(1)))] };
        }
        if let Some(shares) = side.get("shares") {
            let share = |party: &String| self.weight(shares, &self.bind(context, "party", party));
            let claims = self.party_order().into_iter().map(|party| {
                let share = share(&party);
                (party, unlimited(share))
            });
            return Side { claims: self.whole_shares(claims.collect()) };
        }
        if let Some(weights) = side.get("weights") {
            return self.weighted(side, weights, total, context);
        }
        let shares = self.party_order().into_iter();
        let fixed = |party: String| side.get(&party).map(|share| (party, unlimited(decimal(share.text()))));
        Side { claims: self.whole_shares(shares.filter_map(fixed).collect()) }
    }

    fn whole_shares(&self, claims: Vec<(String, Claim)>) -> Vec<(String, Claim)> {
        let sum: Number = claims.iter().map(|(_, claim)| &claim.weight).sum();
        assert!(sum == whole(1), "shares sum to {sum}, not to 1");
        claims
    }

    fn weight(&self, formula: &Json, context: &Context) -> Number {
        let weight = self.evaluate(&self.formula(formula), context);
        weight.unwrap_or_else(|| panic!("a weight is absent for {context:?}")).number
    }

    /// Pro rata by a formula, among listed parties or the holders of the `many` party.
    fn weighted(&self, side: &Json, weights: &Json, total: &Number, context: &Context) -> Side {
        let among = side.need("among");
        let axis = self.many.clone().filter(|many| among.texts() == [many.clone()]);
        let parties = match (&axis, among) {
            (Some(_), _) => self.observations.holders.clone(),
            (None, who) => self.parties(who),
        };
        let axis = axis.unwrap_or_else(|| "party".to_string());
        let claims = parties.into_iter().map(|party| {
            let own = self.bind(context, &axis, &party);
            let limits = side.get("between").map(|limits| {
                let [least, most] = limits.items() else { panic!("`between` has two limits") };
                (self.limit(least, total, &own), self.limit(most, total, &own))
            });
            (party, Claim { weight: self.weight(weights, &own), limits })
        });
        Side { claims: claims.collect() }
    }

    /// A limit in money as it is; a pure number is a share of the line.
    fn limit(&self, limit: &Json, total: &Number, context: &Context) -> Number {
        let value = self.evaluate(&self.formula(limit), context);
        let value = value.unwrap_or_else(|| panic!("a limit of a split is absent"));
        let absolute = if *total < whole(0) { -total } else { total.clone() };
        if value.unit.money == 1 { value.number } else { value.number * absolute }
    }

    /// The payments on account of a line.
    pub fn instalments(&self, key: &Key) -> Vec<(String, Number)> {
        let clause = self.clause(&key.clause);
        let Some(plan) = clause.get("on_account") else {
            return Vec::new();
        };
        let periods = self.calendar.within(key.period, Span::need(plan.need("each").text()));
        let (context, id) = (Self::context(key), self.line_id(key));
        let quantum = self.line_quantum(clause);
        let amounts = match plan.get("total") {
            Some(total) => {
                let total = round_to(&self.money(total, &context, &id), &quantum, self.mode);
                let claims = vec![unlimited(whole(1)); periods.len()];
                let residue = match self.residue_word(clause) {
                    "largest_remainder" => Residue::LargestRemainder,
                    "largest_share" => Residue::LargestShare,
                    _ => Residue::At(periods.len() - 1),
                };
                divide(&total, &claims, &quantum, self.mode, residue)
            }
            None => {
                let source = plan.need("amount");
                let at = |period| Context { period, ..context.clone() };
                let money = |period| self.money(source, &at(period), &id);
                periods.iter().map(|p| round_to(&money(*p), &quantum, self.mode)).collect()
            }
        };
        periods.into_iter().map(|period| self.calendar.label(period)).zip(amounts).collect()
    }
}
