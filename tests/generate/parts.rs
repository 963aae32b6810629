//! Statements of many holders: made part by part they are the whole, holders have no order, and what
//! is shared among them is all there.

use std::collections::BTreeMap;

use carepact::contract::Side;
use carepact::evaluate::one_by_one;
use carepact::num::Exact;
use carepact::plan::{StatisticId, Summary};
use carepact::statement::{ClauseTotal, Figure, PartyTotal, StatementLine, Totals};
use carepact::{Model, Statement};
use proptest::prelude::*;

use crate::compare::{figures, lines, show_figures, show_lines};
use crate::generate::facts::lanes as sampled;
use crate::generate::run::{accepted, all_statistics, bound, config, values};
use crate::generate::tape::Numbers;
use crate::generate::{Case, cases_with_holders};

/// The lines of a statement without their numbers, which count anew in each part.
fn unnumbered(statement: &Statement<'_>) -> Vec<StatementLine> {
    let mut lines = statement.lines().to_vec();
    lines.iter_mut().for_each(|line| line.number = 0);
    lines
}

/// Where to cut so many holders into parts; a part may be empty, but not the first.
fn cuts(count: usize, numbers: &mut Numbers) -> Vec<usize> {
    let place = |numbers: &mut Numbers| usize::try_from(numbers.below(count as u64)).expect("few holders");
    let parts = place(numbers) + 1;
    let mut cuts: Vec<usize> = (0..parts).map(|_| 1 + place(numbers)).collect();
    cuts.extend([0, count]);
    cuts.sort_unstable();
    cuts
}

fn totals<'t>(totals: &'t Totals<'_>) -> (&'t [PartyTotal], Vec<&'t ClauseTotal>) {
    (totals.parties(), totals.clauses())
}

/// The rows of the data with those of each holder in another order; what is common comes first.
fn reordered(model: &Model, data: &str, numbers: &mut Numbers) -> String {
    let Some(axis) = model.contract().holder_axis() else { return data.to_string() };
    let id = &model.contract().axis(axis).id;
    let mut rows = data.lines();
    let header = rows.next().unwrap_or_default();
    let column = header.split(',').position(|name| name == id).expect("a column of holders");
    let mut by_holder: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows {
        by_holder.entry(row.split(',').nth(column).unwrap_or_default()).or_default().push(row);
    }
    let common = by_holder.remove("").unwrap_or_default();
    let mut out = vec![vec![header], common];
    let mut left: Vec<Vec<&str>> = by_holder.into_values().collect();
    while !left.is_empty() {
        let at = usize::try_from(numbers.below(left.len() as u64)).expect("few holders");
        out.push(left.remove(at));
    }
    out.concat().join("\n") + "\n"
}

/// True when odd pennies may go by the order of holders.
fn shares_among_holders(model: &Model) -> bool {
    let contract = model.contract();
    let many = |side: &Side| match side {
        Side::Weights { among, .. } => among.iter().any(|party| contract.party(*party).many),
        Side::Party(_) | Side::Each(_) | Side::Shares(_) | Side::ShareTable(_) => false,
    };
    contract.clauses.iter().any(|clause| many(&clause.from) || many(&clause.to))
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn parts_of_a_statement_are_the_whole(case in cases_with_holders()) {
        let model = accepted(&case)?;
        let facts = bound(&model, &case);
        let whole = model.evaluate(&facts);
        let basis = model.basis(&facts, &one_by_one);
        let (mut lines, mut shown): (Vec<StatementLine>, Vec<Figure>) = Default::default();
        let mut added = Totals::new(&model);
        let cuts = cuts(facts.lanes.len(), &mut Numbers(case.seed | 1));
        for ends in cuts.windows(2) {
            let part = basis.evaluate(ends[0]..ends[1]);
            lines.extend(unnumbered(&part));
            shown.extend_from_slice(part.figures());
            added.add(part.totals());
            for line in part.lines() {
                let [own, other] = [&part, &whole].map(|statement| statement.explain(&line.id));
                let text = |why: Result<carepact::Explanation, carepact::Problems>| {
                    why.map(|why| why.text()).map_err(|problems| problems.to_string())
                };
                prop_assert_eq!(text(own), text(other), "{}", &line.id);
            }
        }
        prop_assert_eq!(lines, unnumbered(&whole), "parts {:?}", &cuts);
        prop_assert_eq!(&shown, whole.figures(), "parts {:?}", &cuts);
        let at_once = whole.totals();
        prop_assert_eq!(totals(&added), totals(at_once));
        prop_assert_eq!(added.lines(), at_once.lines());
        for prime in added.primes() {
            prop_assert_eq!(added.position(prime), at_once.position(prime));
        }
    }

    #[test]
    fn holders_have_no_order(case in cases_with_holders()) {
        let model = accepted(&case)?;
        prop_assume!(!shares_among_holders(&model));
        let data = reordered(&model, &case.data, &mut Numbers(case.seed | 1));
        let other_case = Case { data, ..case.clone() };
        let (facts, others) = (bound(&model, &case), bound(&model, &other_case));
        let (one, other) = (model.evaluate(&facts), model.evaluate(&others));
        prop_assert_eq!(show_lines(&lines(&one)), show_lines(&lines(&other)), "with the data {}", &other_case.data);
        prop_assert_eq!(show_figures(&figures(&one)), show_figures(&figures(&other)), "with the data {}", &other_case.data);
    }

    #[test]
    fn what_is_shared_among_holders_is_all_there(case in cases_with_holders()) {
        let model = accepted(&case)?;
        prop_assume!(shares_among_holders(&model));
        let mut numbers = Numbers(case.seed | 1);
        for _ in 0..4 {
            let lanes = sampled(&model, &mut numbers);
            let (known, all) = (all_statistics(&model, &lanes), values(&model, &lanes));
            for (index, statistic) in model.plan().statistics().iter().enumerate() {
                let Summary::Part { total, limits, quantum, .. } = &statistic.summary else { continue };
                let id = StatisticId(u32::try_from(index).expect("few statistics"));
                let parts = || (0..lanes.len()).map(|lane| known.of(id, lane));
                let total = all[0].of(*total);
                prop_assert!(parts().all(|part| part.checked_div(quantum).is_some_and(|n| n.is_whole())));
                let weights: Exact = all.iter().map(|values| values.of(statistic.value)).sum();
                if limits.is_none() {
                    let shared = if weights.is_zero() { &Exact::ZERO } else { total };
                    prop_assert_eq!(&parts().sum::<Exact>(), shared, "of {:?}", lanes);
                }
            }
        }
    }
}

#[test]
fn cuts_cover_all_holders() {
    for seed in 1..50 {
        let cuts = cuts(4, &mut Numbers(seed));
        assert_eq!((cuts[0], cuts[cuts.len() - 1]), (0, 4));
    }
}
