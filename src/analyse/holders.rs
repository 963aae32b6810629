//! A party that is many: one holder beside the others of a baseline, and what all of them come to together.
//!
//! A plan is that of one holder; holders meet in statistics alone. A statistic that no outcome moves is what
//! the baseline makes it. One that outcomes move may be anything that it can be for any holders, so that a
//! bound for one holder stays sound whatever the others do, and the sum of such bounds is sound for all.

use super::bounding::Bounding;
use super::exposure::{Analysis, End};
use super::findings::{Income, share_of};
use super::incentive::Beside;
use super::subject::Subject;
use crate::bind::Facts;
use crate::calendar::Period;
use crate::contract::Party;
use crate::evaluate::{Statistics, Values, evaluate, one_by_one, statistics};
use crate::num::{Exact, Range};
use crate::plan::{NodeId, Op, Plan, PlanNodes, Readers};

/// Most holders of a baseline for each of which bounds are worked out.
pub const HOLDERS_BOUNDED_MAX: usize = 500;

/// The holders of a baseline, and which of them is looked at. Without any, one holder is looked at alone.
#[derive(Debug, Clone, Default)]
pub struct Holders {
    lanes: Vec<Vec<Exact>>,
    names: Vec<String>,
    own: usize,
    /// Statistics over all of them as they stand.
    standing: Statistics,
}

impl Holders {
    /// Those of a baseline.
    pub(super) fn of(plan: &Plan, baseline: &Facts, own: usize) -> Holders {
        let named =
            baseline.lanes.iter().filter_map(|lane| Some((lane.holder.clone()?, lane.values.clone())));
        let (names, lanes): (Vec<String>, Vec<Vec<Exact>>) = named.unzip();
        if lanes.is_empty() {
            return Holders::default();
        }
        let known: Vec<&[Exact]> = lanes.iter().map(Vec::as_slice).collect();
        let standing = statistics(plan, &known, &vec![true; plan.nodes().len()], &one_by_one);
        Holders { own: own.min(lanes.len() - 1), lanes, names, standing }
    }

    /// Their names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The one that is looked at.
    pub fn own(&self) -> Option<&str> {
        self.names.get(self.own).map(String::as_str)
    }

    pub(super) fn place(&self) -> usize {
        self.own
    }

    /// Statistics as they stand when all holders are as in the baseline.
    pub(super) fn standing(&self) -> &Statistics {
        &self.standing
    }

    /// What statistics come to when the one that is looked at has these facts.
    pub(super) fn statistics(&self, plan: &Plan, facts: &[Exact], needed: &[bool]) -> Statistics {
        let mut lanes: Vec<&[Exact]> = self.lanes.iter().map(Vec::as_slice).collect();
        match lanes.get_mut(self.own) {
            Some(own) => *own = facts,
            None => lanes.push(facts),
        }
        statistics(plan, &lanes, needed, &one_by_one)
    }

    /// The values of some nodes, and of all that they read, when it has these facts.
    pub(super) fn values(&self, plan: &Plan, roots: &[NodeId], facts: &[Exact]) -> Values {
        let needed = plan.needed_beside_statistics(roots.iter().copied());
        if self.lanes.get(self.own).is_some_and(|own| own == facts) {
            return evaluate(plan, facts, (&self.standing, self.own), &needed);
        }
        let known = self.statistics(plan, facts, &plan.needed_by(roots.iter().copied()));
        evaluate(plan, facts, (&known, self.own), &needed)
    }

    /// The statistics that stay as they stand while some variables move, as nodes with their one value; and
    /// whether that is all of them.
    pub(super) fn held(
        &self,
        plan: &Plan,
        readers: &Readers,
        open: &[NodeId],
    ) -> (Vec<(NodeId, Range)>, bool) {
        if self.lanes.is_empty() {
            return (Vec::new(), plan.statistics().is_empty());
        }
        let moved = readers.dependents(open, &|_| true);
        let mut held = Vec::new();
        let mut all = true;
        for (node, index) in plan.nodes_in_order().zip(0..) {
            let Op::Statistic(statistic) = &node.op else { continue };
            let id = NodeId(index);
            match moved.binary_search(&id) {
                Ok(_) => all = false,
                Err(_) => held.push((id, Range::point(self.standing.of(*statistic, self.own)))),
            }
        }
        (held, all)
    }
}

/// What outcomes can move for one holder, or for all of them together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderStake {
    /// Its name.
    pub holder: String,
    /// What it nets for services.
    pub income: Income,
    /// What it nets under all clauses as the data stand.
    pub stands: Exact,
    /// The least and most that it can net while outcomes move, its own and those of the others.
    pub least: End,
    /// The most.
    pub most: End,
    /// The most less the least, over its own income, where it has one.
    pub share: Option<Exact>,
}

impl HolderStake {
    /// The most less the least.
    pub fn amount(&self) -> Exact {
        &self.most.bound - &self.least.bound
    }
}

/// What all holders of a baseline come to together under a clause, or under all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    /// The clause; none for all clauses.
    pub clause: Option<String>,
    /// As the data stand.
    pub stands: Exact,
    /// No outcomes of any holders lead below it.
    pub least: Exact,
    /// No outcomes of any holders lead above it.
    pub most: Exact,
    /// True when the outcomes of all holders come to both ends exactly, each on its own.
    pub attained: bool,
}

/// What was found of each holder of a baseline.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfHolders {
    /// The party that is many.
    pub party: String,
    /// Holders of the baseline.
    pub count: usize,
    /// Each of them; none where there are more than [`HOLDERS_BOUNDED_MAX`].
    pub each: Vec<HolderStake>,
    /// All of them together.
    pub together: Vec<Together>,
    /// True when a statistic over holders moves with outcomes, so that holders meet in it.
    pub meet: bool,
}

impl Analysis<'_> {
    /// The party that is many.
    pub fn many(&self) -> Option<&Party> {
        self.contract().parties.iter().find(|party| party.many)
    }

    /// Looks beside a baseline at one of its holders, by its place.
    pub fn look_at(&mut self, baseline: Option<&Facts>, holder: usize) {
        let holders = baseline.map(|facts| Holders::of(self.plan(), facts, holder));
        self.holders = holders.unwrap_or_default();
    }

    /// What outcomes can move for each holder of the baseline in a period, and for all together; nothing
    /// where no party is many, or the data name no holders.
    pub(super) fn of_holders(&mut self, period: &(Period, String)) -> Option<OfHolders> {
        let party = self.many()?.id.clone();
        let count = self.holders.lanes.len();
        if count == 0 {
            return None;
        }
        let mut found = OfHolders { party, count, meet: self.holders_meet(), ..OfHolders::default() };
        if count > HOLDERS_BOUNDED_MAX {
            return Some(found);
        }
        let clauses = self.clauses_of(&found.party).into_iter().map(|clause| Some(clause.to_string()));
        let [stands, least, most] = [Exact::ZERO, Exact::ZERO, Exact::ZERO];
        let none = Together { clause: None, stands, least, most, attained: true };
        found.together = clauses.chain([None]).map(|clause| Together { clause, ..none.clone() }).collect();
        let looked_at = self.holders.own;
        for own in 0..count {
            self.holders.own = own;
            self.add_holder(&mut found, period);
        }
        self.holders.own = looked_at;
        if found.meet {
            found
                .together
                .iter_mut()
                .for_each(|together| together.attained = together.least == together.most);
        }
        Some(found)
    }

    /// True when a statistic follows outcomes and money follows the statistic.
    fn holders_meet(&self) -> bool {
        let variables = self.variables.all();
        let mut outcomes: Vec<NodeId> =
            self.outcomes(variables).iter().map(|outcome| outcome.variable.node).collect();
        outcomes.sort();
        !self.holders.held(self.plan(), &self.readers, &outcomes).1
    }

    fn add_holder(&self, found: &mut OfHolders, period: &(Period, String)) {
        let facts = &self.holders.lanes[self.holders.own];
        let variables = self.variables.beside(facts, &|spec| self.is_outcome(spec));
        let mut bounding = Bounding::new(self, (&variables, Some(facts)), None);
        let party = found.party.clone();
        for together in &mut found.together {
            let subject = match &together.clause {
                Some(clause) => Subject::Stake { clause: clause.clone(), party: party.clone() },
                None => Subject::Party(party.clone()),
            };
            let exposure = self.exposure_by(&mut bounding, &subject, period);
            let stands = self.value(&self.terms(&subject, period.0), facts);
            let (least, most) = (exposure.least, exposure.most);
            together.stands = &together.stands + &stands;
            together.least = &together.least + &least.bound;
            together.most = &together.most + &most.bound;
            together.attained &= least.is_attained() && most.is_attained();
            if together.clause.is_none() {
                let incomes = self.incomes(Beside { facts, period: period.0 });
                let own = incomes.into_iter().find(|income| income.party == party);
                let income = own.unwrap_or_else(|| Income::none(&party));
                let share = share_of(&(&most.bound - &least.bound), &income);
                let holder = self.holders.own().unwrap_or_default().to_string();
                found.each.push(HolderStake { holder, income, stands, least, most, share });
            }
        }
    }
}
