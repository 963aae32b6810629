//! The quantities that a statement shows beside its lines: those that are `shown`, and those that
//! a measure carries into the next period; and those that the data must fulfil.

use std::collections::BTreeMap;

use super::{Context, Lowered, Lowering, Measured};
use crate::calendar::Period;
use crate::contract::{AxisId, Carried, Contract, Measure, MeasureKind, Named, combinations};
use crate::plan::FigureSpec;
use crate::source::{catalogue, did_you_mean};

impl<'a> Lowering<'a> {
    /// All figures, and all conditions on the data, in the order of quantities, periods and members.
    pub(super) fn all_figures(&mut self) -> (Vec<FigureSpec>, Vec<FigureSpec>) {
        let carried = self.carried();
        let (mut figures, mut conditions) = (Vec::new(), Vec::new());
        let contract = self.contract;
        for (index, quantity) in contract.quantities.iter().enumerate() {
            let measure = carried.get(&index).map(|measure| measure.name.clone());
            let shown = quantity.shown || measure.is_some();
            if !shown && quantity.must_hold.is_none() {
                continue;
            }
            self.used.insert(quantity.name.clone());
            let reads = self.survey.quantity(index);
            // A member fixes those above it.
            let above = |axis: &AxisId| {
                reads.axes.iter().any(|other| other != axis && contract.lies_within(*other, *axis))
            };
            let axes: Vec<AxisId> = reads.axes.iter().copied().filter(|axis| !above(axis)).collect();
            let periods: Vec<Option<Period>> = match reads.finest {
                Some(kind) => self.contract.calendar.all(kind).into_iter().map(Some).collect(),
                None => vec![None],
            };
            for period in periods {
                for members in combinations(&axes, contract) {
                    let context = Context { coordinates: axes.iter().copied().zip(members).collect() };
                    let Ok(figure) = self.figure(index, period, &context.in_period(period)) else { continue };
                    conditions.extend(quantity.must_hold.iter().map(|_| figure.clone()));
                    let carried_by = measure.clone();
                    figures.extend(shown.then_some(FigureSpec { carried_by, must_hold: None, ..figure }));
                }
            }
        }
        (figures, conditions)
    }

    fn figure(&mut self, index: usize, period: Option<Period>, context: &Context) -> Lowered<FigureSpec> {
        let contract = self.contract;
        let quantity = &contract.quantities[index];
        let at = (&quantity.is, &quantity.is.formula);
        let value = self.quantity(at, index, context)?;
        if quantity.must_hold.is_some() {
            self.demand_flag(at, &value)?;
        }
        let origin = self.origin(at, &Measured::pure(), context);
        let given = (!value.there.is_always()).then(|| self.given(&value, origin));
        let members: Vec<_> =
            context.members().iter().map(|(axis, member)| contract.named_member(*axis, *member)).collect();
        let period = period.map(|period| (period, contract.calendar.key(period)));
        let keys = period.iter().map(|(_, key)| key).chain(members.iter().map(|(_, member, _)| member));
        let id: Vec<&str> = [&quantity.name].into_iter().chain(keys).map(String::as_str).collect();
        Ok(FigureSpec {
            id: id.join(":"),
            quantity: quantity.name.clone(),
            title: quantity.title.clone().unwrap_or_else(|| quantity.name.clone()),
            period,
            members,
            value: value.node,
            given,
            unit: value.unit.text().to_string(),
            carried_by: None,
            must_hold: quantity.must_hold.clone(),
            by_holder: false,
            needs_holders: false,
        })
    }

    /// The measures that carry a quantity into the next period, by the quantity.
    fn carried(&mut self) -> BTreeMap<usize, &'a Measure> {
        let contract = self.contract;
        let mut found = BTreeMap::new();
        for measure in &contract.measures {
            let Some(carried) = &measure.carried_from else { continue };
            match contract.names.get(&carried.quantity) {
                Some(Named::Quantity(index)) => {
                    if self.carries(measure, carried, *index).is_ok() {
                        found.insert(*index, measure);
                    }
                }
                Some(Named::Broken) => {}
                Some(Named::Measure(_) | Named::Table(_) | Named::Curve(_)) | None => {
                    let names = contract.quantities.iter().map(|quantity| quantity.name.as_str());
                    let remedy = did_you_mean(&carried.quantity, names).map_or_else(
                        || "name a quantity".to_string(),
                        |near| format!("did you mean `{near}`?"),
                    );
                    let text = format!("there is no quantity `{}`", carried.quantity);
                    self.reports.add(&catalogue::UNKNOWN_NAME, &carried.place, text, remedy);
                }
            }
        }
        found
    }

    /// A measure and the quantity it carries are worked out for the same periods and members.
    fn carries(&mut self, measure: &Measure, carried: &Carried, index: usize) -> Lowered<()> {
        if let MeasureKind::Ratio | MeasureKind::Code(_) = measure.kind {
            let found = format!("no figure can be the observation of `{}`, a ratio or code", measure.name);
            let remedy = "carry a count, money, number or flag";
            self.reports.add(&catalogue::WRONG_TYPE, &carried.place, found, remedy);
            return Err(super::Reported);
        }
        let reads = self.survey.quantity(index);
        let by_holder = measure.by.iter().any(|axis| self.contract.holder_axis() == Some(*axis));
        let own = measure.by.iter().filter(|axis| self.contract.holder_axis() != Some(**axis));
        let alike = reads.finest == Some(measure.per)
            && own.copied().collect::<std::collections::BTreeSet<_>>() == reads.axes
            && (by_holder || !self.by_holder.quantities.contains(&index));
        if alike {
            return Ok(());
        }
        let found =
            format!("`{}` and `{}` are not of the same periods and members", carried.quantity, measure.name);
        let remedy = "give both the same `per` and `by`";
        self.reports.add(&catalogue::PERIOD_MISMATCH, &carried.place, found, remedy);
        Err(super::Reported)
    }
}

impl Contract {
    /// The names of an axis and a member of it, and the member's title for people.
    pub(super) fn named_member(&self, axis: AxisId, member: i32) -> (String, String, String) {
        let id = self.member_name(axis, member);
        let known = usize::try_from(member).ok().and_then(|index| self.axis(axis).members.get(index));
        let title = known.and_then(|member| member.title.clone()).unwrap_or_else(|| id.clone());
        (self.axis(axis).id.clone(), id, title)
    }
}
