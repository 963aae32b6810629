//! What the engine states beside what the oracle states: flows of lines, whether they count, and
//! figures.

use std::collections::BTreeMap;

use carepact::Exact;
use carepact::statement::{LineType, Statement};
use num_rational::BigRational;
use num_traits::Zero;

use crate::slow;

/// What flows, by payer and payee or by instalment; flows of nothing are left out.
pub type Flows = BTreeMap<String, BigRational>;

/// What is stated by its name, and the holder that it is of, when it is of one.
pub type Named<T> = BTreeMap<(String, Option<String>), T>;

pub fn big(value: &Exact) -> BigRational {
    let (numerator, denominator) = value.parts();
    BigRational::new(numerator, denominator)
}

/// The flows of each line of a statement, and whether it counts.
pub fn lines(statement: &Statement<'_>) -> Named<(Flows, bool)> {
    let mut lines: Named<(Flows, bool)> = BTreeMap::new();
    for line in statement.lines() {
        let what = match line.line_type {
            LineType::Entitlement => format!("{} to {}", line.payer, line.payee),
            LineType::OnAccount => format!("on account {}", line.period),
            LineType::Settlement => continue,
        };
        let id = line.id.split(":on-account:").next().unwrap_or_default();
        let of_holder = line.holder.as_ref().and_then(|holder| id.strip_suffix(&format!(":{holder}")));
        let key = (of_holder.unwrap_or(id).to_string(), line.holder.clone());
        let (flows, _) = lines.entry(key).or_insert((Flows::new(), line.live));
        *flows.entry(what).or_default() += big(&line.amount);
    }
    lines.values_mut().for_each(|(flows, _)| flows.retain(|_, amount| !amount.is_zero()));
    lines
}

/// The same as the oracle states it.
pub fn lines_of_oracle(lines: Vec<slow::Line>) -> Named<(Flows, bool)> {
    let each = lines.into_iter().map(|line| {
        let mut flows = Flows::new();
        for (payer, payee, amount) in line.parts {
            *flows.entry(format!("{payer} to {payee}")).or_default() += amount;
        }
        // Instalments of a line that does not count are not paid.
        for (period, amount) in line.instalments.into_iter().filter(|_| line.live) {
            *flows.entry(format!("on account {period}")).or_default() += amount;
        }
        flows.retain(|_, amount| !amount.is_zero());
        ((line.id, line.holder), (flows, line.live))
    });
    each.collect()
}

/// The figures of a statement by what they are; nothing where they are absent.
pub fn figures(statement: &Statement<'_>) -> Named<Option<BigRational>> {
    let figures = statement.figures().iter().map(|figure| {
        let members = figure.members.iter().map(|(axis, member, _)| (axis.clone(), member.clone())).collect();
        let name = figure_name(&figure.quantity, figure.period.as_deref(), &members);
        ((name, figure.holder.clone()), figure.value.as_ref().map(big))
    });
    figures.collect()
}

/// The same as the oracle states it.
pub fn figures_of_oracle(figures: Vec<slow::Figure>) -> Named<Option<BigRational>> {
    let each = figures.into_iter().map(|figure| {
        let name = figure_name(&figure.quantity, figure.period.as_deref(), &figure.members);
        ((name, figure.holder), figure.value)
    });
    each.collect()
}

/// What a figure is of, whatever the order of its axes.
fn figure_name(quantity: &str, period: Option<&str>, members: &BTreeMap<String, String>) -> String {
    let members = members.iter().map(|(axis, member)| format!("{axis}={member}"));
    let parts = [quantity, period.unwrap_or_default()].into_iter().map(str::to_string).chain(members);
    parts.collect::<Vec<_>>().join(":")
}

/// Where the engine states once what is the same for every holder, so does the oracle now.
pub fn once<T: Clone + PartialEq>(own: &Named<T>, mut wanted: Named<T>) -> Named<T> {
    for (name, _) in own.keys().filter(|(_, holder)| holder.is_none()) {
        let of_holders: Vec<&T> = wanted
            .iter()
            .filter(|((id, holder), _)| id == name && holder.is_some())
            .map(|(_, of)| of)
            .collect();
        if let [first, others @ ..] = &of_holders[..]
            && others.iter().all(|other| other == first)
        {
            let same = (*first).clone();
            wanted.retain(|(id, _), _| id != name);
            wanted.insert((name.clone(), None), same);
        }
    }
    wanted
}

/// Lines as text, for a readable difference.
pub fn show_lines(lines: &Named<(Flows, bool)>) -> Vec<String> {
    let flow = |(what, amount): (&String, &BigRational)| format!("{what} {amount}");
    let each = lines.iter().map(|((id, holder), (flows, live))| {
        let flows: Vec<String> = flows.iter().map(flow).collect();
        let counts = if *live { "" } else { " (does not count)" };
        format!("{}: {}{counts}", full_name(id, holder.as_deref()), flows.join(", "))
    });
    each.collect()
}

/// Figures as text.
pub fn show_figures(figures: &Named<Option<BigRational>>) -> Vec<String> {
    let each = figures.iter().map(|((id, holder), value)| {
        let value = value.as_ref().map_or("absent".to_string(), BigRational::to_string);
        format!("{}: {value}", full_name(id, holder.as_deref()))
    });
    each.collect()
}

fn full_name(id: &str, holder: Option<&str>) -> String {
    [Some(id), holder].into_iter().flatten().collect::<Vec<_>>().join(":")
}

/// All that the engine states, and all that the oracle does, as text.
pub fn both(statement: &Statement<'_>, oracle: slow::Stated) -> (Vec<String>, Vec<String>) {
    let (own, shown) = (lines(statement), figures(statement));
    let wanted = once(&own, lines_of_oracle(oracle.lines));
    let wanted_shown = once(&shown, figures_of_oracle(oracle.figures));
    let text = |lines: &_, figures: &_| [show_lines(lines), show_figures(figures)].concat();
    (text(&own, &shown), text(&wanted, &wanted_shown))
}
