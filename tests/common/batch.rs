//! The batch reading held against the exact one: the amounts of all lines, scenario by scenario.

use std::collections::BTreeMap;

use carepact::batch::{Batch, Column, Columns, HoldersBatch, Input, Known, Mismatch, Output, Room, Rows};
use carepact::calendar::{Period, PeriodKind};
use carepact::evaluate::{Statistics, evaluate, one_by_one, statistics};
use carepact::plan::{FactSpec, NodeId, Op, PlanNodes};
use carepact::{Exact, Model, NotPossible};

/// A stream of numbers that look random: splitmix64.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from a range: often one of its ends, or near to them, or small.
    pub fn within(&mut self, least: i64, most: i64) -> i64 {
        let span = most.abs_diff(least);
        let over = |n: u64| if span == u64::MAX { n } else { n % (span + 1) };
        let up = match self.next() % 8 {
            0 => 0,
            1 => span,
            2 => over(self.next() % 10),
            3 => span - over(self.next() % 10),
            4 => over(self.next() % 1_000),
            _ => over(self.next()),
        };
        least.wrapping_add_unsigned(up)
    }
}

/// A numerator and what the contract admits of it: factor × its denominator.
struct Admitted {
    n: usize,
    d: usize,
    least: (i128, i128),
    most: (i128, i128),
}

fn admitted(model: &Model, inputs: &[Input]) -> Vec<Admitted> {
    let column = |node: &NodeId| {
        let Op::Fact(fact) = &model.plan().node(*node).op else { return None };
        inputs.iter().position(|input| input.fact == *fact)
    };
    let ratio = |node: &carepact::plan::Node| {
        let Op::Ratio(x, y) = &node.op else { return None };
        let (n, d) = (column(x)?, column(y)?);
        let steps = |ratio: &Exact| -> Option<(i128, i128)> {
            let (over, under) = (ratio * &inputs[d].step).checked_div(&inputs[n].step)?.parts();
            Some((over.try_into().ok()?, under.try_into().ok()?))
        };
        Some(Admitted { n, d, least: steps(&node.range.least)?, most: steps(&node.range.most)? })
    };
    model.plan().nodes().iter().filter_map(ratio).collect()
}

/// Draws facts of `count` scenarios, a column for each input, numerators within what the contract
/// admits of their denominators.
pub fn drawn(model: &Model, inputs: &[Input], numbers: &mut Numbers, count: usize) -> Vec<Vec<i64>> {
    let column =
        |input: &Input| (0..count).map(|_| numbers.within(input.least, input.most)).collect::<Vec<_>>();
    let mut columns: Vec<Vec<i64>> = inputs.iter().map(column).collect();
    for Admitted { n, d, least, most } in admitted(model, inputs) {
        let [numerators, denominators] = columns.get_disjoint_mut([n, d]).expect("two columns");
        for (numerator, denominator) in numerators.iter_mut().zip(denominators) {
            let denominator = i128::from(*denominator);
            let most = (most.0 * denominator).div_euclid(most.1);
            let least = -(-least.0 * denominator).div_euclid(least.1);
            let kept = i128::from(*numerator).min(most).max(least);
            *numerator = i64::try_from(kept).expect("within the column's own range");
        }
    }
    columns
}

/// Amounts of all lines that lie on a grid, each for itself.
pub fn all_amounts(model: &Model) -> Vec<NodeId> {
    let plan = model.plan();
    let mut nodes: Vec<NodeId> = Vec::new();
    for line in plan.lines() {
        nodes.extend(line.parts.iter().map(|part| part.amount));
        nodes.extend(line.instalments.iter().map(|instalment| instalment.amount));
    }
    nodes.sort();
    nodes.dedup();
    nodes.retain(|node| plan.nodes()[node.index()].range.step.is_some());
    nodes
}

/// Those that rest on no statistic.
pub fn amounts(model: &Model) -> Vec<NodeId> {
    let plan = model.plan();
    let mut nodes = all_amounts(model);
    let statistic = |node: &NodeId| {
        let needed = plan.needed_by([*node]);
        needed.iter().zip(plan.nodes()).any(|(needed, node)| *needed && matches!(node.op, Op::Statistic(_)))
    };
    nodes.retain(|node| !statistic(node));
    nodes
}

/// Clause, year (none for lines of the term) and payee; without a payee what the lines come to.
pub type TotalKey = (String, Option<Period>, Option<String>);

/// The nodes that totals by clause, year and payee add up, and those of the lines themselves.
pub fn totals(model: &Model) -> BTreeMap<TotalKey, Vec<(Exact, NodeId)>> {
    let mut terms: BTreeMap<TotalKey, Vec<(Exact, NodeId)>> = BTreeMap::new();
    for line in model.plan().lines() {
        let year = model.contract().calendar.enclosing(line.period.0, PeriodKind::Year);
        let mut add = |payee: Option<String>, node: NodeId| {
            terms.entry((line.clause.clone(), year, payee)).or_default().push((Exact::ONE, node));
        };
        add(None, line.amount);
        line.parts.iter().for_each(|part| add(Some(part.payee.clone()), part.amount));
    }
    terms
}

/// A fact that takes all values of its range: on its own grid, or on one of sevenths of its width.
pub fn varies(spec: &FactSpec) -> Known {
    let mut range = spec.range.clone();
    if range.step.as_ref().is_none_or(Exact::is_zero) {
        let seventh = (&range.most - &range.least).checked_div(&Exact::from(7)).expect("7 is not 0");
        let grid = range.least.common_step(&seventh);
        range.step = Some(if grid.is_zero() { Exact::ONE } else { grid });
    }
    Known::Varies(range)
}

/// Compiles a batch whose outputs are these nodes, without those that have no grid.
pub fn compiled<'m>(
    model: &'m Model,
    known: &[Known],
    nodes: &mut Vec<NodeId>,
) -> Result<Batch<'m>, NotPossible> {
    let compile = |nodes: &[NodeId]| {
        let wanted = nodes.iter().map(|node| Output { terms: vec![(Exact::ONE, *node)] });
        model.batch(known, &wanted.collect::<Vec<_>>())
    };
    compile(nodes).or_else(|problem| {
        let NotPossible::NoGrid { outputs } = problem else { return Err(problem) };
        outputs.iter().rev().for_each(|output| {
            nodes.remove(*output);
        });
        compile(nodes)
    })
}

/// Compiles a batch of so many holders whose outputs are these nodes, without those that have no grid.
pub fn compiled_of_holders<'m>(
    (model, holders): (&'m Model, usize),
    known: &[Known],
    nodes: &mut Vec<NodeId>,
) -> Result<HoldersBatch<'m>, NotPossible> {
    let compile = |nodes: &[NodeId]| {
        let wanted = nodes.iter().map(|node| Output { terms: vec![(Exact::ONE, *node)] });
        model.batch_of_holders(holders, known, &wanted.collect::<Vec<_>>())
    };
    compile(nodes).or_else(|problem| {
        let NotPossible::NoGrid { outputs } = problem else { return Err(problem) };
        outputs.iter().rev().for_each(|output| {
            nodes.remove(*output);
        });
        compile(nodes)
    })
}

/// The results of a batch of holders for the facts of each holder of each scenario.
pub fn results_of_holders(
    batch: &HoldersBatch<'_>,
    scenarios: &[Vec<Vec<Exact>>],
) -> Result<Vec<Vec<i64>>, Mismatch> {
    let number = |facts: &[Exact], input: &Input| {
        let steps = facts[input.fact.0 as usize].checked_div(&input.step);
        steps.filter(Exact::is_whole).and_then(|n| n.to_i64()).expect("a whole number of steps")
    };
    let column = |input: &Input| -> Vec<i64> {
        let of_scenario = |lanes: &Vec<Vec<Exact>>| {
            let count = if batch.is_by_holder(input) { lanes.len() } else { 1 };
            lanes[..count].iter().map(|facts| number(facts, input)).collect::<Vec<_>>()
        };
        scenarios.iter().flat_map(of_scenario).collect()
    };
    let whole: Vec<Vec<i64>> = batch.inputs().iter().map(column).collect();
    let columns: Vec<&[i64]> = whole.iter().map(Vec::as_slice).collect();
    let mut results = vec![vec![0; scenarios.len() * batch.holders()]; batch.units().len()];
    let mut out: Vec<&mut [i64]> = results.iter_mut().map(Vec::as_mut_slice).collect();
    batch.run(scenarios.len(), &columns, &mut out)?;
    let short = shortened(&whole);
    let mut again = vec![vec![0; scenarios.len() * batch.holders()]; batch.units().len()];
    let mut out: Vec<&mut [i64]> = again.iter_mut().map(Vec::as_mut_slice).collect();
    batch.run(scenarios.len(), &where_they_fit(&whole, &short), &mut out)?;
    assert_eq!(again, results, "from columns of 32 bits");
    Ok(results)
}

/// Columns in 32 bits; nothing for those that do not fit.
fn shortened(columns: &[Vec<i64>]) -> Vec<Option<Vec<i32>>> {
    let short = |column: &Vec<i64>| column.iter().map(|n| i32::try_from(*n).ok()).collect();
    columns.iter().map(short).collect()
}

fn where_they_fit<'c>(columns: &'c [Vec<i64>], short: &'c [Option<Vec<i32>>]) -> Vec<Column<'c>> {
    let column = |(whole, short): (&'c Vec<i64>, &'c Option<Vec<i32>>)| match short {
        Some(short) => Column::Whole32(short),
        None => Column::Whole64(whole),
    };
    columns.iter().zip(short).map(column).collect()
}

/// Where results differ from what the exact reading finds of all holders of each scenario.
pub fn differences_of_holders(
    (model, nodes): (&Model, &[NodeId]),
    batch: &HoldersBatch<'_>,
    (scenarios, results): (&[Vec<Vec<Exact>>], &[Vec<i64>]),
) -> Vec<String> {
    let plan = model.plan();
    let needed = plan.needed_by(nodes.iter().copied());
    let mut differences = Vec::new();
    for (scenario, lanes) in scenarios.iter().enumerate() {
        let facts: Vec<&[Exact]> = lanes.iter().map(Vec::as_slice).collect();
        let known = statistics(plan, &facts, &needed, &one_by_one);
        for (holder, facts) in lanes.iter().enumerate() {
            let values = evaluate(plan, facts, (&known, holder), &needed);
            for ((node, unit), result) in nodes.iter().zip(batch.units()).zip(results) {
                let found = &Exact::from(result[scenario * batch.holders() + holder]) * unit;
                let exact = values.of(*node);
                if found != *exact {
                    let node = node.index();
                    differences.push(format!(
                        "scenario {scenario}, holder {holder}, node {node}: {found:?} is {exact:?}"
                    ));
                }
            }
        }
    }
    differences
}

/// The results of a batch, a column for each output. They are the same from columns of 32 bits where the
/// facts fit, to columns of 32 bits where the results do, in blocks of other sizes, and from rows to rows.
pub fn results(batch: &Batch<'_>, columns: &[Vec<i64>]) -> Result<Vec<Vec<i64>>, Mismatch> {
    let slices: Vec<&[i64]> = columns.iter().map(Vec::as_slice).collect();
    let found = Columns::new(&slices).and_then(|columns| {
        let mut results = vec![vec![0; columns.count()]; batch.units().len()];
        let mut out: Vec<&mut [i64]> = results.iter_mut().map(Vec::as_mut_slice).collect();
        batch.run(&columns, &mut out).map(|()| results)
    });
    for scenarios in [16, 32, 160] {
        let again = short_results(&batch.clone().in_blocks_of(scenarios), columns);
        assert!(again == found, "from columns of 32 bits, in blocks of {scenarios}");
    }
    if let Ok(found) = &found
        && !columns.is_empty()
    {
        by_rows(batch, columns, found);
    }
    found
}

/// Scenario by scenario the results are the same.
fn by_rows(batch: &Batch<'_>, columns: &[Vec<i64>], found: &[Vec<i64>]) {
    let count = columns[0].len();
    let transposed = |columns: &[Vec<i64>]| -> Vec<i64> {
        (0..count).flat_map(|scenario| columns.iter().map(move |column| column[scenario])).collect()
    };
    let rows = transposed(columns);
    let rows = Rows::new(&rows, columns.len()).expect("whole rows");
    let mut out = vec![0; count * found.len()];
    batch.run_rows(&rows, &mut out).expect("what columns may be, rows may be");
    assert!(out == transposed(found), "from rows");
}

fn short_results(batch: &Batch<'_>, columns: &[Vec<i64>]) -> Result<Vec<Vec<i64>>, Mismatch> {
    let short = shortened(columns);
    let columns = Columns::new(&where_they_fit(columns, &short))?;
    let fits = |(least, most): &(i64, i64)| i32::try_from(*least).is_ok() && i32::try_from(*most).is_ok();
    let mut whole = vec![vec![0; columns.count()]; batch.units().len()];
    let mut short = vec![vec![0; columns.count()]; batch.units().len()];
    let rooms = whole.iter_mut().zip(&mut short).zip(batch.extent());
    let rooms = rooms.map(|((whole, short), extent)| match fits(extent) {
        true => Room::Whole32(short),
        false => Room::Whole64(whole),
    });
    batch.run(&columns, rooms)?;
    for ((whole, short), _) in whole.iter_mut().zip(short).zip(batch.extent()).filter(|(_, of)| fits(of)) {
        *whole = short.into_iter().map(i64::from).collect();
    }
    Ok(whole)
}

/// Where results differ from what the exact reading finds, in these scenarios.
pub fn differences(
    (model, known, nodes): (&Model, &[Known], &[NodeId]),
    batch: &Batch<'_>,
    (columns, results): (&[Vec<i64>], &[Vec<i64>]),
    scenarios: impl Iterator<Item = usize>,
) -> Vec<String> {
    let needed = model.plan().needed_by(nodes.iter().copied());
    let fixed = known.iter().map(|known| match known {
        Known::Fixed(value) => value.clone(),
        Known::Varies(_) => Exact::ZERO,
    });
    let mut facts: Vec<Exact> = fixed.collect();
    let mut differences = Vec::new();
    for scenario in scenarios {
        for (input, column) in batch.inputs().iter().zip(columns) {
            facts[input.fact.0 as usize] = &Exact::from(column[scenario]) * &input.step;
        }
        let values = evaluate(model.plan(), &facts, (&Statistics::default(), 0), &needed);
        for ((node, unit), result) in nodes.iter().zip(batch.units()).zip(results) {
            let (found, exact) = (&Exact::from(result[scenario]) * unit, values.of(*node));
            if found != *exact {
                let node = node.index();
                differences.push(format!("scenario {scenario}, node {node}: {found:?} is {exact:?}"));
            }
        }
    }
    differences
}
