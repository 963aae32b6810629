//! Nodes that are evaluated with exact rationals, lane by lane.

use super::Known;
use super::block::{Block, WIDTH};
use super::given::Handed;
use super::program::Place;
use super::{Batch, Input};
use crate::evaluate::{Statistics, Values, evaluate};
use crate::num::Exact;
use crate::plan::{NodeId, Op, Plan, PlanNodes, StatisticId};

/// Exact numbers that statistics without a grid are, by statistic.
pub(super) type Tables = [Vec<Exact>];

/// Evaluates some nodes on any lane.
pub(super) struct ExactLane<'b> {
    plan: &'b Plan,
    inputs: &'b [Input],
    facts: Vec<Exact>,
    statistics: Statistics,
    needed: Vec<bool>,
    /// The facts among the inputs that these nodes rest on, by their columns.
    reads: Vec<usize>,
    /// The statistics that they rest on and their columns.
    given: Vec<(StatisticId, &'b Handed, usize)>,
    tables: &'b Tables,
}

impl<'b> ExactLane<'b> {
    pub(super) fn new(
        batch: &'b Batch<'b>,
        nodes: impl Iterator<Item = NodeId>,
        tables: &'b Tables,
    ) -> ExactLane<'b> {
        let facts = batch.known.iter().map(|known| match known {
            Known::Fixed(value) => value.clone(),
            Known::Varies(range) => range.least.clone(),
        });
        let plan = batch.plan;
        let given = &batch.program.given;
        let needed = plan.needed_beside_statistics(nodes);
        let read = |op: &Op| plan.nodes().iter().zip(&needed).any(|(node, needed)| *needed && node.op == *op);
        let inputs = batch.inputs().iter().enumerate();
        let reads =
            inputs.filter(|(_, input)| read(&Op::Fact(input.fact))).map(|(column, _)| column).collect();
        let all =
            (0..plan.statistics().len()).map(|index| StatisticId(u32::try_from(index).unwrap_or(u32::MAX)));
        let given_here = all.filter(|statistic| read(&Op::Statistic(*statistic))).filter_map(|statistic| {
            let (handed, column) = given.of(statistic)?;
            Some((statistic, handed, batch.inputs().len() + column))
        });
        let given_here = given_here.collect();
        let statistics = given.known(plan);
        ExactLane {
            plan,
            inputs: batch.inputs(),
            facts: facts.collect(),
            statistics,
            given: given_here,
            needed,
            reads,
            tables,
        }
    }

    /// The values of the nodes on a lane of which `number` says what stands in a column.
    pub(super) fn values(&mut self, number: &dyn Fn(usize) -> i64) -> Values {
        for column in &self.reads {
            let input = &self.inputs[*column];
            self.facts[input.fact.0 as usize] = &Exact::from(number(*column)) * &input.step;
        }
        for (statistic, handed, column) in &self.given {
            let table = self.tables.get(statistic.0 as usize).map_or(&[][..], Vec::as_slice);
            self.statistics.set(*statistic, handed.value(*column, number, table));
        }
        evaluate(self.plan, &self.facts, (&self.statistics, 0), &self.needed)
    }

    /// The step of a block that evaluates all such nodes of its program.
    pub(super) fn run(
        &mut self,
        nodes: &[(NodeId, Exact)],
        block: &mut Block<'_, '_, '_>,
        to: &[Option<Place>],
    ) {
        let mut results = vec![[0i128; WIDTH]; to.len()];
        for chunk in 0..block.chunks {
            for lane in 0..WIDTH {
                let values = self.values(&|column| block.inputs[column].at(block.in_column(chunk), lane));
                for (result, (node, unit)) in results.iter_mut().zip(nodes) {
                    let n = values.of(*node).checked_div(unit).and_then(|n| n.to_i64());
                    result[lane] = n.expect("a value lies on the grid of its node").into();
                }
            }
            for (place, result) in to.iter().zip(&results) {
                if let Some(place) = place {
                    block.store_wide(*place, chunk, result);
                }
            }
        }
    }
}
