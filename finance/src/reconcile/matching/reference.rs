//! Payments whose reference names what they are for.

use std::collections::BTreeMap;

use super::{How, Matcher, pair_of};
use crate::reconcile::due::Due;
use crate::reconcile::parties::Parties;
use carepact::calendar::Calendar;

/// A reference without what people write differently: capitals, spaces, marks between words.
fn plain(reference: &str) -> String {
    reference.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// What a pattern says of a line.
fn filled(pattern: &str, due: &Due, calendar: &Calendar, parties: &Parties) -> String {
    let filled = pattern
        .replace("{line}", &due.line)
        .replace("{clause}", &due.clause)
        .replace("{period}", &calendar.key(due.period))
        .replace("{payer}", parties.id(due.payer))
        .replace("{payee}", parties.id(due.payee));
    plain(&filled)
}

impl Matcher<'_> {
    pub(super) fn by_reference(&mut self, parties: &Parties, patterns: &[String]) {
        let is_told = |text: &str| text.chars().any(char::is_alphanumeric);
        if !self.payments.iter().any(|payment| is_told(&payment.reference) || is_told(&payment.purpose)) {
            return;
        }
        let mut names: Vec<(String, u32)> = Vec::new();
        for (at, due) in (0..).zip(self.dues) {
            names.push((plain(&due.line), at));
            names.extend(patterns.iter().map(|pattern| (filled(pattern, due, self.calendar, parties), at)));
        }
        names.sort_unstable();
        names.dedup();
        // By the place of the first line of that name.
        let mut named: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for (at, payment) in (0..).zip(self.payments) {
            for text in [&payment.reference, &payment.purpose] {
                let name = plain(text);
                let first = names.partition_point(|known| known.0 < name);
                if !name.is_empty() && names.get(first).is_some_and(|known| known.0 == name) {
                    named.entry(first).or_default().push(at);
                    break;
                }
            }
        }
        for (first, payments) in named {
            let same = names[first..].iter().take_while(|known| known.0 == names[first].0);
            let dues: Vec<u32> = same.map(|known| known.1).collect();
            self.named(&dues, &payments);
        }
    }

    /// Lines of one name, and the payments that refer to it.
    fn named(&mut self, dues: &[u32], payments: &[u32]) {
        let dues: Vec<u32> = dues.iter().copied().filter(|at| self.due_open[*at as usize]).collect();
        let mut pairs: BTreeMap<u64, (Vec<u32>, Vec<u32>)> = BTreeMap::new();
        for at in dues {
            let due = &self.dues[at as usize];
            pairs.entry(pair_of(due.payer, due.payee)).or_default().0.push(at);
        }
        for at in payments.iter().copied().filter(|at| self.payment_open[*at as usize]) {
            let payment = &self.payments[at as usize];
            // One between other parties is looked at again where wrong parties are.
            if let Some((_, paid)) = pairs.get_mut(&pair_of(payment.payer, payment.payee)) {
                paid.push(at);
            }
        }
        for (dues, paid) in pairs.into_values().filter(|(_, paid)| !paid.is_empty()) {
            self.named_between(dues, paid);
        }
    }

    fn named_between(&mut self, dues: Vec<u32>, mut paid: Vec<u32>) {
        let total: i64 = dues.iter().map(|at| self.due_amount(*at as usize)).sum();
        let expected: i64 = dues.iter().map(|at| self.due_expected(*at as usize)).sum();
        let day = self.dues[dues[0] as usize].day;
        paid.sort_by_key(|at| (self.payments[*at as usize].date.from(day), *at));
        let amounts: Vec<i64> = paid.iter().map(|at| self.paid_amount(*at as usize)).collect();
        let several = if dues.len() > 1 { How::Lines } else { How::Reference };
        for (sum, as_expected) in [(total, false), (expected, true)] {
            if sum == 0 {
                continue;
            }
            if let Some(at) = amounts.iter().position(|amount| *amount == sum) {
                return self.close(dues, vec![paid[at]], several, as_expected);
            }
            if paid.len() > 1 && amounts.iter().sum::<i64>() == sum {
                paid.sort_unstable();
                return self.close(dues, paid, How::Payments, as_expected);
            }
        }
        if let [only] = paid[..] {
            // Amounts that agree with other lines are worth more than a reference that does not agree.
            self.referring.push((only, dues));
        }
    }
}
