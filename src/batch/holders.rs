//! Many scenarios of a contract with a party that is many: a lane for each holder of each scenario.
//!
//! The plan is that of one holder, and holders meet in statistics. So lanes are computed in stages:
//! first what the statistics read that read no other; these are worked out scenario by scenario, and
//! are columns for the next stage. The last stage computes the results.

use super::columns::{Column, Room};
use super::exactly::ExactLane;
use super::given::{Given, Operand};
use super::taken::{Read, Taken, Written};
use super::translate::{About, translate, translate_operands};
use super::{Batch, Input, Known, Mismatch, NotPossible, Output, Tiers, as_declared_or_narrowed, compile};
use crate::evaluate::stages;
use crate::num::{Exact, Range};
use crate::plan::{Forms, HOLDERS_MAX, NodeId, Op, Plan, PlanNodes, Statistic, StatisticId};

/// Lanes that are computed from the first stage to the last before others begin, unless one scenario
/// has more.
const LANES: usize = 3_072;

/// What one stage computes, and the statistics that are worked out of it.
#[derive(Debug, Clone)]
struct Stage<'p> {
    batch: Batch<'p>,
    /// Nodes that statistics read and that have no grid.
    exact: Vec<NodeId>,
    taken: Vec<Taken<'p>>,
}

/// A plan compiled for many scenarios, each with the same number of holders.
///
/// Of a fact that each holder has for itself there is a column with a number for each holder of each
/// scenario: first those of the first scenario, holder by holder. Of other facts a column has one number for
/// each scenario. Results are laid out like facts of holders.
#[derive(Debug, Clone)]
pub struct HoldersBatch<'p> {
    plan: &'p Plan,
    holders: usize,
    stages: Vec<Stage<'p>>,
    last: Batch<'p>,
}

impl<'p> HoldersBatch<'p> {
    /// Compiles a plan for so many holders, for what is known of its facts, in their order, and the
    /// results wanted of each holder. A fact that is `Fixed` is the same for all holders.
    ///
    /// # Errors
    /// When a fact would leave what the contract admits, or an output has no grid.
    pub fn new(
        plan: &'p Plan,
        holders: usize,
        known: &[Known],
        outputs: &[Output],
    ) -> Result<HoldersBatch<'p>, NotPossible> {
        if !(1..=HOLDERS_MAX).contains(&holders) {
            return Err(NotPossible::Holders { holders });
        }
        let compiled =
            |forms: Option<&Forms>| HoldersBatch::about(About { plan, known, forms }, holders, outputs);
        as_declared_or_narrowed(plan, &compiled)
    }

    fn about(
        about: About<'p, '_>,
        holders: usize,
        outputs: &[Output],
    ) -> Result<HoldersBatch<'p>, NotPossible> {
        let About { plan, known, .. } = about;
        let roots = outputs.iter().flat_map(|output| output.terms.iter().map(|(_, node)| *node));
        let of_statistics = stages(plan, &plan.needed_by(roots));
        let mut given = Given::none(plan.statistics().len());
        let mut compiled = Vec::new();
        for number in 1..=of_statistics.iter().flatten().copied().max().unwrap_or(0) {
            let now = (0..of_statistics.len()).filter(|index| of_statistics[*index] == Some(number));
            let now: Vec<StatisticId> =
                now.map(|index| StatisticId(u32::try_from(index).unwrap_or(u32::MAX))).collect();
            compiled.push(stage(about, holders, &mut given, &now)?);
        }
        let translated = translate(about, &given, outputs)?;
        let program = compile::compile(translated);
        let last = Batch { plan, known: known.to_vec(), program };
        Ok(HoldersBatch { plan, holders, stages: compiled, last })
    }

    /// How many holders each scenario has.
    pub fn holders(&self) -> usize {
        self.holders
    }

    /// The facts that vary, in the order of the plan: one column each.
    pub fn inputs(&self) -> &[Input] {
        self.last.inputs()
    }

    /// True when a column has a number for each holder.
    pub fn is_by_holder(&self, input: &Input) -> bool {
        self.plan.facts()[input.fact.0 as usize].by_holder
    }

    /// For each output what one stands for: a result n is n × unit.
    pub fn units(&self) -> &[Exact] {
        self.last.units()
    }

    /// How many numbers are rounded on a lane in all stages, by what makes the rounding exact.
    pub fn tiers(&self) -> Tiers {
        let batches = self.stages.iter().map(|stage| &stage.batch).chain([&self.last]);
        batches.fold(Tiers::default(), |sum, batch| sum.plus(batch.tiers()))
    }

    /// Computes so many scenarios: result `j` of holder `h` in scenario `i` goes to
    /// `out[j][i · holders + h]`.
    ///
    /// # Errors
    /// When a column reaches beyond what the batch was compiled for, or the columns do not match. What
    /// is in `out` is then of no meaning.
    pub fn run<'c, 'r>(
        &self,
        scenarios: usize,
        columns: &[impl Into<Column<'c>> + Copy],
        out: impl IntoIterator<Item: Into<Room<'r>>>,
    ) -> Result<(), Mismatch> {
        let columns: Vec<Column<'c>> = columns.iter().map(|column| (*column).into()).collect();
        let mut out: Vec<Room<'r>> = out.into_iter().map(Into::into).collect();
        self.admit_lengths(scenarios, &columns)?;
        self.last.admit_results(&out, scenarios * self.holders)?;
        let at_once = (LANES / self.holders).max(1);
        let mut first = 0;
        while first < scenarios {
            let here = at_once.min(scenarios - first);
            let lanes = self.lanes(first, here, &columns);
            let from = first * self.holders;
            let mut results: Vec<Room<'_>> =
                out.iter_mut().map(|room| room.part(from..from + here * self.holders)).collect();
            self.chunk(here, &lanes, &mut results).map_err(|mismatch| self.in_scenario(first, mismatch))?;
            first += here;
        }
        Ok(())
    }

    fn admit_lengths(&self, scenarios: usize, columns: &[Column<'_>]) -> Result<(), Mismatch> {
        let inputs = self.inputs();
        if columns.len() != inputs.len() {
            return Err(Mismatch::Columns { found: columns.len(), expected: inputs.len() });
        }
        for (place, (column, input)) in columns.iter().zip(inputs).enumerate() {
            let expected = if self.is_by_holder(input) { scenarios * self.holders } else { scenarios };
            if column.len() != expected {
                return Err(Mismatch::Length { column: place, found: column.len(), expected });
            }
        }
        Ok(())
    }

    /// The facts of neighbouring scenarios, a number for each lane.
    fn lanes(&self, first: usize, count: usize, columns: &[Column<'_>]) -> Vec<Vec<i64>> {
        let of = |(column, input): (&Column<'_>, &Input)| -> Vec<i64> {
            if self.is_by_holder(input) {
                return column.copied(first * self.holders..(first + count) * self.holders);
            }
            let each = column.copied(first..first + count).into_iter();
            each.flat_map(|n| std::iter::repeat_n(n, self.holders)).collect()
        };
        columns.iter().zip(self.inputs()).map(of).collect()
    }

    /// Neighbouring scenarios from the first stage to the last.
    fn chunk(&self, scenarios: usize, facts: &[Vec<i64>], out: &mut [Room<'_>]) -> Result<(), Mismatch> {
        let lanes = scenarios * self.holders;
        let extent: Vec<(i64, i64)> = whole(facts).map(|column| column.extent()).collect();
        let mut columns: Vec<Vec<i64>> = Vec::new();
        let mut tables: Vec<Vec<Exact>> = vec![Vec::new(); self.plan.statistics().len()];
        for stage in &self.stages {
            let all: Vec<Column<'_>> = whole(facts).chain(whole(&columns)).collect();
            stage.batch.admit(&extent, lanes, &|place| (all[place], 1))?;
            let mut operands = vec![vec![0; lanes]; stage.batch.units().len()];
            let mut rooms: Vec<Room<'_>> = operands.iter_mut().map(|room| Room::Whole64(room)).collect();
            stage.batch.compute(lanes, &all, &tables, &mut rooms);
            let exact = stage.exactly(lanes, &all, &tables);
            for taken in &stage.taken {
                let mut own = vec![vec![0; lanes]; taken.handed.columns()];
                for first in (0..lanes).step_by(self.holders) {
                    let read = Read { columns: &operands, exact: &exact, first, holders: self.holders };
                    let scenario = first..first + self.holders;
                    let columns = own.iter_mut().map(|column| &mut column[scenario.clone()]).collect();
                    let table = &mut tables[taken.id.0 as usize];
                    taken.work_out(&read, &mut Written { columns, table });
                }
                columns.append(&mut own);
            }
        }
        let all: Vec<Column<'_>> = whole(facts).chain(whole(&columns)).collect();
        self.last.admit(&extent, lanes, &|place| (all[place], 1))?;
        self.last.compute(lanes, &all, &tables, out);
        Ok(())
    }

    /// Of lanes of a chunk, in which scenario it was.
    fn in_scenario(&self, first: usize, mismatch: Mismatch) -> Mismatch {
        let of = |lane: usize| first + lane / self.holders;
        match mismatch {
            Mismatch::OffGrid { column, scenario } => Mismatch::OffGrid { column, scenario: of(scenario) },
            Mismatch::Ratio { column, scenario } => Mismatch::Ratio { column, scenario: of(scenario) },
            Mismatch::Columns { .. }
            | Mismatch::Results { .. }
            | Mismatch::Length { .. }
            | Mismatch::Room { .. }
            | Mismatch::OutOfRange { .. } => mismatch,
        }
    }
}

impl Stage<'_> {
    /// The nodes without a grid, on every lane.
    fn exactly(&self, lanes: usize, columns: &[Column<'_>], tables: &[Vec<Exact>]) -> Vec<Vec<Exact>> {
        let mut found = vec![Vec::with_capacity(lanes); self.exact.len()];
        if self.exact.is_empty() {
            return found;
        }
        let mut each = ExactLane::new(&self.batch, self.exact.iter().copied(), tables);
        for lane in 0..lanes {
            let values = each.values(&|place| columns[place].at(lane));
            for (list, node) in found.iter_mut().zip(&self.exact) {
                list.push(values.of(*node).clone());
            }
        }
        found
    }
}

/// Compiles what some statistics read, and hands these on.
fn stage<'p>(
    about: About<'p, '_>,
    holders: usize,
    given: &mut Given,
    now: &[StatisticId],
) -> Result<Stage<'p>, NotPossible> {
    let plan = about.plan;
    let nodes: Vec<NodeId> = now.iter().flat_map(|id| plan.statistic(*id).operands()).collect();
    let (translated, operands) = translate_operands(about, given, &nodes)?;
    let without_grid = nodes.iter().zip(&operands);
    let exact = without_grid.filter(|(_, (operand, _))| matches!(operand, Operand::Exact { .. }));
    let exact = exact.map(|(node, _)| *node).collect();
    let batch = Batch { plan, known: about.known.to_vec(), program: compile::compile(translated) };
    let mut operands = operands.into_iter();
    let mut taken = Vec::new();
    for id in now {
        let statistic = plan.statistic(*id);
        let nodes = statistic.operands();
        let (own, ranges): (Vec<Operand>, Vec<Range>) = operands.by_ref().take(nodes.len()).unzip();
        let node = plan.nodes().iter().find(|node| node.op == Op::Statistic(*id));
        let declared = &node.expect("a statistic stands in the plan").range;
        let range = match about.forms {
            None => declared.clone(),
            Some(_) => narrowed(statistic, (&nodes, &ranges), holders).meet(declared),
        };
        let each = Taken::new((*id, statistic), own, (&range, holders));
        taken.push((each, range));
    }
    for (each, range) in &taken {
        given.add(each.id, each.handed.clone(), range.clone());
    }
    Ok(Stage { batch, exact, taken: taken.into_iter().map(|(each, _)| each).collect() })
}

/// What a statistic over so many holders can be, by what it reads can be; 0 where nobody counts.
fn narrowed(statistic: &Statistic, (nodes, ranges): (&[NodeId], &[Range]), holders: usize) -> Range {
    let of = |node: NodeId| {
        let place = nodes.iter().position(|known| *known == node);
        ranges[place.expect("a statistic reads its operands")].clone()
    };
    let range = statistic.range_over(holders, &of);
    if statistic.counts.is_some() { range.join(&Range::point(&Exact::ZERO)) } else { range }
}

/// Whole numbers as columns.
fn whole(columns: &[Vec<i64>]) -> impl Iterator<Item = Column<'_>> {
    columns.iter().map(|column| Column::Whole64(column))
}
