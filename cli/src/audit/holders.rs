//! Contracts for a party that is many: of whom amounts are, shares that are left out with their reason, and
//! what outcomes move for each holder of a baseline.

use carepact::Exact;
use carepact::analyse::{Findings, HOLDERS_BOUNDED_MAX, HolderStake, OfHolders, Together};

use super::{money, percent};
use crate::answer::{grouped, plural};
use crate::table::{Column, PAGE, Table, wrapped};

/// Title of the section on holders.
pub const TITLE: &str = "Holder by holder";

/// Most holders that are listed; of more, those of which least and most is at stake.
const LISTED_MAX: usize = 30;

/// Of whom amounts are, in a contract for many holders.
pub fn note(findings: &Findings<'_>) -> Option<String> {
    let analysis = &findings.analysis;
    let party = &analysis.many()?.id;
    let whose = format!(
        "There are many holders of `{party}`. Each amount for any admissible data is of one of them, and what \
         others pay or receive is what passes between them and that one"
    );
    let beside = match (analysis.holders.own(), &findings.holders) {
        (Some(own), Some(of)) if of.count > 1 => format!(
            "; what outcomes do is told of {own}, beside {} of the baseline as they stand. `--holder` looks at \
             another.",
            plural(of.count - 1, "other holder")
        ),
        (Some(own), Some(_) | None) => {
            format!("; what outcomes do is told of {own}, the only one in the baseline.")
        }
        (None, _) => {
            ". A statistic over holders is that of one alone: a baseline says who the others are.".to_string()
        }
    };
    Some(format!("{whose}{beside}"))
}

/// Why parties that outcomes move have no share of their own income.
pub fn without_share(findings: &Findings<'_>) -> Option<String> {
    let [mut pay, mut not_paid]: [Vec<&str>; 2] = Default::default();
    for income in &findings.incomes {
        let moved =
            findings.at_stake.iter().any(|stake| stake.party == income.party && stake.share.is_none());
        match moved {
            true if income.is_of_services => pay.push(&income.party),
            true => not_paid.push(&income.party),
            false => {}
        }
    }
    let mut reasons = Vec::new();
    if !pay.is_empty() {
        reasons.push(format!("{}: pays for services more than it is paid", pay.join(", ")));
    }
    if !not_paid.is_empty() {
        reasons.push(format!("{}: no clause pays for services as such", not_paid.join(", ")));
    }
    (!reasons.is_empty()).then(|| format!("Without a share of own income: {}.", reasons.join("; ")))
}

/// What the section says.
pub fn words(findings: &Findings<'_>, of: &OfHolders) -> String {
    let beside = format!("the baseline of {}", findings.period.1);
    format!(
        "What outcomes alone can move for each holder of `{}`, everything else as in {beside}: under all clauses, as \
         the data stand, at least and at most. The share is of the holder's own income.",
        of.party
    )
}

/// The section as text.
pub fn text(findings: &Findings<'_>, of: &OfHolders) -> String {
    let mut out = each(findings, of).text();
    for words in remarks(of) {
        out.push_str(&format!("\n{}\n", wrapped(&words, PAGE, 0)));
    }
    if !of.together.is_empty() {
        out.push_str(&format!("\n{}", together(findings, of).text()));
    }
    out
}

/// What is to be said besides.
pub fn remarks(of: &OfHolders) -> Vec<String> {
    let mut remarks = Vec::new();
    let count = grouped(of.count);
    if of.count > HOLDERS_BOUNDED_MAX {
        let most = grouped(HOLDERS_BOUNDED_MAX);
        remarks.push(format!(
            "The baseline has {count} holders. Bounds for each are worked out of {most} at most; `--holder` looks at \
             any one of them."
        ));
        return remarks;
    }
    if of.each.len() > LISTED_MAX {
        remarks.push(format!(
            "Of {count} holders the {} with least and with most at stake; `--format json` has all.",
            LISTED_MAX / 2
        ));
    }
    if let (Some(least), Some(most)) = (shares(of).min(), shares(of).max())
        && of.each.len() > 1
    {
        remarks.push(format!("From {} of own income to {}.", percent(least), percent(most)));
    }
    if of.meet {
        remarks.push(
            "Holders meet in a number that outcomes move (a pool, a rank or an average), so that not all of them can \
             come to their ends at once: no outcomes lead beyond the sums below, and none may come to them."
                .to_string(),
        );
    }
    remarks
}

fn shares(of: &OfHolders) -> impl Iterator<Item = &Exact> {
    of.each.iter().filter_map(|stake| stake.share.as_ref())
}

/// The holders that are listed: all of a few, else the ends of them by what is at stake.
fn listed(of: &OfHolders) -> Vec<&HolderStake> {
    let mut all: Vec<&HolderStake> = of.each.iter().collect();
    if all.len() > LISTED_MAX {
        all.sort_by_key(|stake| (stake.share.clone(), stake.amount()));
        all.drain(LISTED_MAX / 2..all.len() - LISTED_MAX / 2);
    }
    all
}

/// Headings for people.
pub const HEAD: [&str; 8] =
    ["holder", "own income", "as data stand", "least", "", "most", "", "share at stake"];

/// A row for each holder.
pub fn each(findings: &Findings<'_>, of: &OfHolders) -> Table {
    use Column::{Left, Right};
    let model = findings.analysis.model;
    let mut table = Table::new(&[Left, Right, Right, Right, Left, Right, Left, Right]);
    if of.each.is_empty() {
        return table;
    }
    table.row(HEAD);
    for stake in listed(of) {
        let [least, least_mark, most, most_mark] = super::text::ends(model, (&stake.least, &stake.most));
        let income =
            if stake.income.is_of_services { money(model, &stake.income.amount) } else { "–".to_string() };
        let share = stake.share.as_ref().map_or_else(|| "–".to_string(), percent);
        let stands = money(model, &stake.stands);
        table.cells(vec![stake.holder.clone(), income, stands, least, least_mark, most, most_mark, share]);
    }
    table
}

/// What all holders come to together, by clause.
pub fn together(findings: &Findings<'_>, of: &OfHolders) -> Table {
    use Column::{Left, Right};
    let model = findings.analysis.model;
    let mut table = Table::new(&[Left, Right, Right, Right, Left]);
    table.row(["all holders together", "as data stand", "least", "most", ""]);
    for Together { clause, stands, least, most, attained } in &of.together {
        let clause = clause.clone().unwrap_or_else(|| "net, all clauses".to_string());
        let amounts = [stands, least, most].map(|amount| money(model, amount));
        let mark = if *attained { "=" } else { "~" }.to_string();
        table.cells([clause].into_iter().chain(amounts).chain([mark]).collect());
    }
    table
}
