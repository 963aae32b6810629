//! The context of a formula: one period and one member of each axis that is fixed.

use crate::calendar::Period;
use crate::contract::{AxisId, Contract, Coordinates};

/// Where a formula is worked out. The period is a coordinate of the axis of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {
    /// Members by axis.
    pub coordinates: Coordinates,
}

impl Context {
    /// A context of a period and members.
    pub fn new(period: Period, members: &Coordinates) -> Context {
        let mut context = Context { coordinates: members.clone() };
        context.set_period(Some(period));
        context
    }

    /// The current period.
    pub fn period(&self) -> Option<Period> {
        crate::calendar::PeriodKind::ALL.into_iter().find_map(|kind| {
            self.coordinates.get(&Contract::period_axis(kind)).map(|index| Period { kind, index: *index })
        })
    }

    fn set_period(&mut self, period: Option<Period>) {
        for kind in crate::calendar::PeriodKind::ALL {
            self.coordinates.remove(&Contract::period_axis(kind));
        }
        if let Some(period) = period {
            self.coordinates.insert(Contract::period_axis(period.kind), period.index);
        }
    }

    /// The same members in another period.
    pub fn in_period(&self, period: Option<Period>) -> Context {
        let mut context = self.clone();
        context.set_period(period);
        context
    }

    /// The same with another member; what was said of the axes above and below it is dropped.
    pub fn with(&self, contract: &Contract, axis: AxisId, member: i32) -> Context {
        let mut context = self.clone();
        let related = |other: AxisId| contract.lies_within(axis, other) || contract.lies_within(other, axis);
        context.coordinates.retain(|other| !related(other));
        context.coordinates.insert(axis, member);
        context
    }

    /// The members without the period.
    pub fn members(&self) -> Coordinates {
        self.in_period(None).coordinates
    }

    /// The context in words, period first.
    pub fn words(&self, contract: &Contract) -> String {
        let names = self.coordinates.iter().map(|(axis, member)| contract.member_name(*axis, *member));
        names.collect::<Vec<_>>().join(", ")
    }
}
