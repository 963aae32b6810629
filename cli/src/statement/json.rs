//! A statement as JSON: all lines with all fields, totals, positions and control totals.
//!
//! Amounts are decimal strings: a JSON number would go through a binary float in most readers.

use std::io::{self, Write};

use carepact::contract::{Contract, Origin};
use carepact::statement::{Figure, StatementLine, Totals};
use carepact::{AsOf, Facts, Model, Statement};
use serde_json::{Value, json};

use super::parts::Parts;
use super::pieces::{Object, items};
use super::{Position, data_status, decimal, plain};

/// Writes the statement: the head, lines and figures as they come, then what needs all of them.
pub fn write<'p>(parts: &'p Parts<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut object = Object::begin(out)?;
    object.fields(&head(parts.model, parts.facts))?;
    object.field("warnings", &json!(parts.model.warnings().len()))?;
    let mut totals = Totals::new(parts.model);
    let mut lines = object.list("lines")?;
    let of_part = |part: &Statement<'p>| {
        let each = part.lines().iter().map(|each| line(part, each));
        (items(each), part.totals().clone())
    };
    parts.each(&of_part, &mut |(items, totals_of_part): (String, Totals<'_>)| {
        totals.add(&totals_of_part);
        lines.items(&items)
    })?;
    lines.end()?;
    let mut figures = object.list("figures")?;
    if !parts.model.plan().figures().is_empty() {
        // Worked out again rather than kept until the last line is written.
        let of_part = |part: &Statement<'p>| items(part.figures().iter().map(figure));
        parts.each(&of_part, &mut |items| figures.items(&items))?;
    }
    figures.end()?;
    object.fields(&tail(&totals))?;
    object.end()
}

/// What a statement or table is of.
pub fn head(model: &Model, facts: &Facts) -> Value {
    let contract = model.contract();
    json!({
        "contract": contract.id,
        "title": contract.title,
        "synthetic": matches!(contract.origin, Origin::Synthetic),
        "published": match &contract.origin {
            Origin::Synthetic | Origin::Remembered => None,
            Origin::Published(place) => Some(place),
        },
        "remembered": contract.remembered,
        "currency": contract.currency,
        "minor_places": contract.minor_places,
        "term": [contract.calendar.first.to_string(), contract.calendar.last.to_string()],
        "periods": facts.selection.keys,
        "as_of": match facts.as_of {
            AsOf::Flex => "flex",
            AsOf::Freeze => "freeze",
        },
        "parties": parties(contract),
    })
}

fn tail(totals: &Totals<'_>) -> Value {
    let controls = totals
        .controls()
        .into_iter()
        .map(|control| json!({ "what": control.what, "amount": plain(totals, &control.amount) }));
    json!({
        "data": data_status(totals).word(),
        "totals": totals_of(totals),
        "positions": totals.primes().iter().map(|prime| position(totals, prime)).collect::<Vec<_>>(),
        "controls": controls.collect::<Vec<_>>(),
    })
}

fn parties(contract: &Contract) -> Vec<Value> {
    let each = contract.parties.iter().map(|party| {
        json!({ "id": party.id, "name": party.name, "role": party.role, "sector": party.sector,
            "many": party.many })
    });
    each.collect()
}

fn line(statement: &Statement<'_>, line: &StatementLine) -> Value {
    let members = line
        .members
        .iter()
        .map(|(axis, member, title)| json!({ "axis": axis, "member": member, "title": title }));
    json!({
        "number": line.number,
        "id": line.id,
        "clause": line.clause,
        "title": line.title,
        "kind": line.kind,
        "type": line.line_type.words(),
        "period": line.period,
        "members": members.collect::<Vec<_>>(),
        "holder": line.holder,
        "payer": line.payer,
        "payee": line.payee,
        "through": line.through,
        "amount": plain(statement, &line.amount),
        "status": line.status,
        "counts": line.live,
        "payable": line.payable,
        "data": line.data.word(),
        "due": line.due.map(|due| due.to_string()),
        "deduct_from": line.deduct_from,
    })
}

fn figure(figure: &Figure) -> Value {
    let members = figure
        .members
        .iter()
        .map(|(axis, member, title)| json!({ "axis": axis, "member": member, "title": title }));
    json!({
        "id": figure.id,
        "quantity": figure.quantity,
        "title": figure.title,
        "period": figure.period,
        "members": members.collect::<Vec<_>>(),
        "holder": figure.holder,
        "value": figure.value.as_ref().map(decimal),
        "exact": figure.value.as_ref().map(|value| {
            let (n, d) = value.parts();
            format!("{n}/{d}")
        }),
        "unit": figure.unit,
    })
}

fn totals_of(totals: &Totals<'_>) -> Value {
    let clauses = totals.clauses().into_iter().map(|total| {
        json!({
            "clause": total.clause, "title": total.title, "kind": total.kind, "status": total.status,
            "entitlement": plain(totals, &total.entitlement),
            "on_account": plain(totals, &total.on_account),
            "settlement": plain(totals, &total.settlement),
        })
    });
    let parties = totals.parties().iter().map(|total| {
        json!({
            "party": total.party, "name": total.name,
            "received": plain(totals, &total.received),
            "paid": plain(totals, &total.paid),
            "net": plain(totals, &total.net()),
        })
    });
    json!({ "clauses": clauses.collect::<Vec<_>>(), "parties": parties.collect::<Vec<_>>() })
}

fn position(totals: &Totals<'_>, prime: &str) -> Value {
    let position = Position::of(totals, prime);
    let lines = position.lines.iter().map(|line| {
        json!({ "clause": line.clause, "other": line.other, "passes_through": line.passes_through,
            "amount": plain(totals, &line.amount) })
    });
    json!({
        "party": prime,
        "receives": plain(totals, &position.receives),
        "pays": plain(totals, &position.pays),
        "keeps": plain(totals, &position.keeps()),
        "passes_through": plain(totals, &position.passes_through),
        "lines": lines.collect::<Vec<_>>(),
    })
}
