//! A statement as JSON: all lines with all fields, totals, positions and control totals.
//!
//! Amounts are decimal strings: a JSON number would go through a binary float in most readers.

use carepact::contract::{Contract, Origin};
use carepact::statement::StatementLine;
use carepact::{AsOf, Statement};
use serde_json::{Value, json};

use super::{Position, data_status, plain};

/// The statement.
pub fn of(statement: &Statement<'_>) -> Value {
    let contract = statement.model().contract();
    json!({
        "contract": contract.id,
        "title": contract.title,
        "synthetic": matches!(contract.origin, Origin::Synthetic),
        "published": match &contract.origin {
            Origin::Synthetic => None,
            Origin::Published(place) => Some(place),
        },
        "currency": contract.currency,
        "minor_places": contract.minor_places,
        "term": [contract.calendar.first.to_string(), contract.calendar.last.to_string()],
        "periods": statement.periods(),
        "as_of": match statement.facts().as_of {
            AsOf::Flex => "flex",
            AsOf::Freeze => "freeze",
        },
        "data": data_status(statement).word(),
        "warnings": statement.model().warnings().len(),
        "parties": parties(contract),
        "lines": statement.lines().iter().map(|each| line(statement, each)).collect::<Vec<_>>(),
        "totals": totals(statement),
        "positions": statement.primes().iter().map(|prime| position(statement, prime)).collect::<Vec<_>>(),
        "controls": statement.controls().iter().map(|control| json!({
            "what": control.what, "amount": plain(statement, &control.amount) })).collect::<Vec<_>>(),
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

fn totals(statement: &Statement<'_>) -> Value {
    let clauses = statement.clause_totals().into_iter().map(|total| {
        json!({
            "clause": total.clause, "title": total.title, "kind": total.kind, "status": total.status,
            "entitlement": plain(statement, &total.entitlement),
            "on_account": plain(statement, &total.on_account),
            "settlement": plain(statement, &total.settlement),
        })
    });
    let parties = statement.party_totals().into_iter().map(|total| {
        json!({
            "party": total.party, "name": total.name,
            "received": plain(statement, &total.received),
            "paid": plain(statement, &total.paid),
            "net": plain(statement, &total.net()),
        })
    });
    json!({ "clauses": clauses.collect::<Vec<_>>(), "parties": parties.collect::<Vec<_>>() })
}

fn position(statement: &Statement<'_>, prime: &str) -> Value {
    let position = Position::of(statement, prime);
    let lines = position.lines.iter().map(|line| {
        json!({ "clause": line.clause, "other": line.other, "passes_through": line.passes_through,
            "amount": plain(statement, &line.amount) })
    });
    json!({
        "party": prime,
        "receives": plain(statement, &position.receives),
        "pays": plain(statement, &position.pays),
        "keeps": plain(statement, &position.keeps()),
        "passes_through": plain(statement, &position.passes_through),
        "lines": lines.collect::<Vec<_>>(),
    })
}
