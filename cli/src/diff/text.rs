//! What changed, as text for people.

use carepact::Exact;
use carepact::analyse::{Moved, Subject};
use carepact::describe::{Change, Standing};

use super::{Found, place};
use crate::audit::money;
use crate::audit::text::{NEAREST, ends, mark, name, section};
use crate::files;
use crate::table::{Column, PAGE, Table, wrapped};

/// In which words changes are said.
pub const CHANGED: &str = "In the words of `carepact describe`, `-` as it was and `+` as it is to be. Notes and \
sources are left out.";
/// What the amounts beside a baseline are.
pub const STATED: &str = "Both contracts stated with the same observations. A party’s amount is what it receives less \
what it pays; a clause’s is what it comes to from payer to payee.";
/// What the bounds are.
pub const BOUNDS: &str = "What the second contract gives beyond the first, for the same data: no data that both admit \
lead beyond these amounts. Where `=` follows, some do come to the amount exactly; where `≈` follows, as nearly as \
roundings allow it to be proved; where `~` follows, none were found within the budget. What is not listed does not \
change for any such data.";

/// Everything.
pub fn text(found: &Found<'_>) -> String {
    let (before, after) = (found.before.1.contract(), found.after.1.contract());
    let mut out = format!(
        "-  {}: {}\n+  {}: {}\n",
        files::name(found.before.0),
        before.title,
        files::name(found.after.0),
        after.title
    );
    section(&mut out, "What changed", CHANGED);
    out.push_str(&changes(found));
    for (period, moved) in &found.stated {
        section(&mut out, &format!("Who gains and who loses, {period}"), STATED);
        out.push_str(&stated(found, moved));
    }
    section(&mut out, "Least and most that the change comes to", BOUNDS);
    out.push_str(&bounds(found));
    out
}

fn changes(found: &Found<'_>) -> String {
    if found.changes.is_empty() {
        return "Nothing.\n".to_string();
    }
    found.changes.iter().map(|change| described(found, change)).collect::<Vec<_>>().join("\n")
}

/// Most lines of an entry that is added or removed.
const LINES_MAX: usize = 24;

/// Of what a change is, how it stands, and where.
pub fn heading(found: &Found<'_>, change: &Change) -> (String, String) {
    let word = match change.standing {
        Standing::Rewritten => "written differently, the same in words",
        standing @ (Standing::Added | Standing::Removed | Standing::Changed) => standing.word(),
    };
    let places = change.before.iter().map(|at| place(found.before, at));
    let places: Vec<String> = places.chain(change.after.iter().map(|at| place(found.after, at))).collect();
    let subject = match change.section {
        "head" => change.title.clone(),
        section if change.title.contains(&change.id.replace('_', " ")) => {
            format!("{section} {}", change.title)
        }
        section => format!("{section} {} (“{}”)", change.title, change.id),
    };
    (format!("{subject}: {word}"), places.join(" and "))
}

fn described(found: &Found<'_>, change: &Change) -> String {
    let (heading, places) = heading(found, change);
    let mut out = format!("{}\n", wrapped(&heading, PAGE, 4));
    out.push_str(&format!("    {places}\n"));
    for line in change.lines.iter().take(LINES_MAX) {
        for (mark, words) in [("-", &line.before), ("+", &line.after)] {
            if let Some(words) = words {
                out.push_str(&format!("{}\n", wrapped(&format!("  {mark} {words}"), PAGE, 4)));
            }
        }
    }
    if change.lines.len() > LINES_MAX {
        out.push_str(&format!("    and {} lines more\n", change.lines.len() - LINES_MAX));
    }
    out
}

fn signed(amount: &Exact, text: &str) -> String {
    if amount.sign() > 0 { format!("+{text}") } else { text.to_string() }
}

fn stated(found: &Found<'_>, moved: &[Moved]) -> String {
    format!("{}\n\n{}", wrapped(&sentence(found, moved), PAGE, 0), amounts(found, moved).text())
}

/// Who gains and who loses, in a sentence.
pub fn sentence(found: &Found<'_>, moved: &[Moved]) -> String {
    let model = found.after.1;
    let changed = moved.iter().filter(|moved| moved.before != moved.after);
    let sentences = changed.filter_map(|moved| {
        let Subject::Party(party) = &moved.subject else { return None };
        let change = &moved.after - &moved.before;
        let verb = if change.sign() > 0 { "gains" } else { "loses" };
        Some(format!("{party} {verb} {}", money(model, &change.abs())))
    });
    let sentences: Vec<String> = sentences.collect();
    match sentences.as_slice() {
        [] => "Nobody gains or loses.".to_string(),
        some => format!("{}.", some.join("; ")),
    }
}

/// What each comes to under both contracts.
pub fn amounts(found: &Found<'_>, moved: &[Moved]) -> Table {
    use Column::{Left, Right};
    let model = found.after.1;
    let mut table = Table::new(&[Left, Right, Right, Right]);
    table.row(["", "before", "after", "change"]);
    let shown = moved.iter().filter(|moved| match moved.subject {
        Subject::Party(_) | Subject::Clause(_) => true,
        Subject::Stake { .. } => moved.before != moved.after,
    });
    let mut section = 0;
    for moved in shown {
        let own = match moved.subject {
            Subject::Party(_) => 0,
            Subject::Clause(_) => 1,
            Subject::Stake { .. } => 2,
        };
        if own != section {
            table.across("");
            section = own;
        }
        let change = &moved.after - &moved.before;
        let [before, after] = [&moved.before, &moved.after].map(|amount| money(model, amount));
        let words = signed(&change, &money(model, &change));
        table.cells(vec![name(&moved.subject), before, after, words]);
    }
    table
}

fn bounds(found: &Found<'_>) -> String {
    if found.effects.is_empty() {
        return format!("{NO_CHANGE}\n");
    }
    let mut out = effects(found).text();
    let nearest = nearest(found).text();
    if !nearest.is_empty() {
        out.push_str(&format!("\n{NEAREST}:\n\n{nearest}"));
    }
    if let Some(words) = apart(found) {
        out.push_str(&format!("\n{}\n", wrapped(&words, PAGE, 0)));
    }
    out
}

/// What is said where nothing can change.
pub const NO_CHANGE: &str = "It moves no money, for any data that both contracts admit.";

/// The least and most of each change.
pub fn effects(found: &Found<'_>) -> Table {
    use Column::{Left, Right};
    let model = found.after.1;
    let mut table = Table::new(&[Left, Left, Right, Left, Right, Left]);
    table.row(["", "", "least", "", "most", ""]);
    let mut last = None;
    for effect in &found.effects {
        let [least, least_mark, most, most_mark] = ends(model, (&effect.least, &effect.most));
        let first = if last == Some(&effect.subject) { String::new() } else { name(&effect.subject) };
        let (least, most) = (signed(&effect.least.bound, &least), signed(&effect.most.bound, &most));
        table.cells(vec![first, effect.period.clone(), least, least_mark, most, most_mark]);
        last = Some(&effect.subject);
    }
    table
}

/// For each end that no data were found to come near, how near data come.
pub fn nearest(found: &Found<'_>) -> Table {
    let mut nearest = Table::new(&[Column::Left, Column::Left, Column::Left, Column::Right]);
    for effect in &found.effects {
        for (word, end) in [("least", &effect.least), ("most", &effect.most)] {
            if mark(end, (&effect.least, &effect.most)) == "~" {
                let amount = signed(&end.found, &money(found.after.1, &end.found));
                nearest.cells(vec![name(&effect.subject), effect.period.clone(), word.to_string(), amount]);
            }
        }
    }
    nearest
}

/// Measures that are not the same in both.
pub fn apart(found: &Found<'_>) -> Option<String> {
    let names = found.comparison.apart.join(", ");
    (!names.is_empty()).then(|| {
        format!(
            "These measures are not the same observation in both contracts and vary on their own, which makes \
             bounds wide: {names}."
        )
    })
}
