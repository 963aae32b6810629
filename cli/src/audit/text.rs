//! Findings as text for people.

use carepact::analyse::{End, Exposure, Findings, Outcome, Payoff, Subject, Verdict, by_outcome};
use carepact::{Exact, Model};

use super::{VAST, bound, holders, is_vast, money, percent, sectors, value, warnings};
use crate::table::{Column, PAGE, Table, wrapped};

/// All findings.
pub fn text(findings: &Findings<'_>) -> String {
    let model = findings.analysis.model;
    let contract = model.contract();
    let beside = beside(findings);
    let mut out = format!("{}\n", contract.title);
    if let Some(note) = holders::note(findings) {
        out.push_str(&format!("{}\n", wrapped(&note, PAGE, 0)));
    }
    let review = carepact::lint::review(findings);
    section(&mut out, warnings::TITLE, warnings::WORDS);
    out.push_str(&warnings::text(&review, model));
    section(&mut out, "Least and most, for any admissible data", EXPOSURE);
    out.push_str(&exposures(findings).text());
    let nearest = nearest(findings).text();
    if !nearest.is_empty() {
        out.push_str(&format!("\n{NEAREST}:\n\n{nearest}"));
    }
    if has_vast(findings) {
        out.push_str(&format!("\n{}\n", wrapped(VAST, PAGE, 0)));
    }
    section(&mut out, "At stake by outcomes", &AT_STAKE.replace("BESIDE", &beside));
    out.push_str(&at_stake(findings).text());
    if let Some(words) = holders::without_share(findings) {
        out.push_str(&format!("\n{}\n", wrapped(&words, PAGE, 0)));
    }
    if let Some(of) = &findings.holders {
        section(&mut out, holders::TITLE, &holders::words(findings, of));
        out.push_str(&holders::text(findings, of));
    }
    section(&mut out, "What one unit of improvement pays", &PAYS.replace("BESIDE", &beside));
    out.push_str(&incentives(findings).text());
    section(&mut out, "Across sectors", &SECTORS.replace("BESIDE", &beside));
    out.push_str(&sectors::text(findings));
    section(&mut out, "Doing better and losing money", VERDICTS);
    out.push_str(&format!("{}\n{}", proven(findings), verdicts(findings).text()));
    section(&mut out, "Cliffs", CLIFFS);
    let cliffs = cliffs(findings).text();
    out.push_str(if cliffs.is_empty() { "None.\n" } else { &cliffs });
    section(&mut out, "Where effort earns nothing", DEAD);
    let dead_zones = dead_zones(findings).text();
    out.push_str(if dead_zones.is_empty() { "None.\n" } else { &dead_zones });
    section(&mut out, warnings::MUTED_TITLE, warnings::MUTED_WORDS);
    out.push_str(&warnings::or_none(&warnings::muted(&review, findings), "None."));
    section(&mut out, warnings::OVERLAP_TITLE, warnings::OVERLAP_WORDS);
    out.push_str(&warnings::or_none(&warnings::overlaps(&review, findings), "None."));
    section(&mut out, warnings::WORTH_TITLE, warnings::WORTH_WORDS);
    out.push_str(&warnings::or_none(&warnings::worth(&review, model), "No outcome moves money."));
    if !review.worth.is_empty() {
        out.push_str(&format!("\n{}", warnings::numbers(&review).text()));
    }
    out
}

/// Beside what outcomes are looked at.
pub fn beside(findings: &Findings<'_>) -> String {
    match findings.has_baseline {
        true => match findings.analysis.holders.own() {
            Some(holder) => format!("the baseline of {} of {holder}", findings.period.1),
            None => format!("the baseline of {}", findings.period.1),
        },
        false => format!("the middle of every range in {}, as no baseline was given", findings.period.1),
    }
}

/// What the figures of exposure mean.
pub const EXPOSURE: &str = "No admissible observation leads beyond these amounts. Where `=` follows, some do come to \
the amount exactly; where `≈` follows, as nearly as roundings allow it to be proved; where `~` follows, none were found \
within the budget, and the nearest is told below.";
/// What the amounts at stake are.
pub const AT_STAKE: &str = "What outcomes alone can move, everything else as in BESIDE. The share is of the party's \
own income: what it nets for services before anything is held back, earned or lost.";
/// What the money for one unit is.
pub const PAYS: &str = "Everything else as in BESIDE: the least and most over all values of the outcome, and where \
the data stand. Who commissions pays for improvement and is left out.";
/// What the table of sectors shows.
pub const SECTORS: &str = "Who holds money on whose outcomes: for each party that delivers care, the outcomes that move \
it, and by how much in all if each went from its worst to its best alone, everything else as in BESIDE.";
/// What each verdict means.
pub const VERDICTS: &str = "Proven: never, for any admissible data, beyond odd pennies. Refuted: two values of the \
outcome show it. Undecided: not beside these data; beside others it could not be excluded.";
/// What a cliff is.
pub const CLIFFS: &str = "Where one person or item more or less moves a fixed amount, on the way to better; and how \
many lie between it and the data.";
/// What a dead zone is.
pub const DEAD: &str =
    "Ranges of an outcome in which nobody gains or loses by it; `*` marks where the data stand.";
/// What the amounts beside bounds that are not attained are.
pub const NEAREST: &str = "Nearest found, where marked `~`";

/// A heading and what it means.
pub fn section(out: &mut String, title: &str, words: &str) {
    out.push_str(&format!("\n{}\n{}\n\n", title.to_uppercase(), wrapped(words, PAGE, 0)));
}

/// Both ends of an exposure, each with how near data come to it.
pub fn ends(model: &Model, (least, most): (&End, &End)) -> [String; 4] {
    let marks = [least, most].map(|end| mark(end, (least, most)).to_string());
    let [least_mark, most_mark] = marks;
    [bound(model, least), least_mark, bound(model, most), most_mark]
}

/// How near data come to an end: to it, to less than a ten-thousandth of the width from it, which is what
/// roundings leave open, or not.
pub fn mark(end: &End, (least, most): (&End, &End)) -> &'static str {
    let (gap, width) = (&end.bound - &end.found, &most.bound - &least.bound);
    if end.is_attained() {
        "="
    } else if &gap.abs() * &Exact::from(10_000) <= width {
        "≈"
    } else {
        "~"
    }
}

/// True where a bound has too many digits to be printed.
pub fn has_vast(findings: &Findings<'_>) -> bool {
    findings.exposures.iter().any(|known| is_vast(&known.least) || is_vast(&known.most))
}

/// Of what something is said.
pub fn name(subject: &Subject) -> String {
    match subject {
        Subject::Party(party) => format!("party {party}"),
        Subject::Clause(clause) => format!("clause {clause}"),
        Subject::Stake { clause, party } => format!("{party} under {clause}"),
    }
}

/// Least and most of each party and clause.
pub fn exposures(findings: &Findings<'_>) -> Table {
    use Column::{Left, Right};
    let model = findings.analysis.model;
    let mut table = Table::new(&[Left, Left, Right, Left, Right, Left]);
    table.row(["", "", "least", "", "most", ""]);
    let mut last: Option<&Subject> = None;
    for exposure in &findings.exposures {
        let Exposure { subject, period, least, most } = exposure;
        let [least, least_mark, most, most_mark] = ends(model, (least, most));
        let first = if last == Some(subject) { String::new() } else { name(subject) };
        table.cells(vec![first, period.1.clone(), least, least_mark, most, most_mark]);
        last = Some(subject);
    }
    table
}

/// For each bound that no data were found to attain, how near data come.
pub fn nearest(findings: &Findings<'_>) -> Table {
    let model = findings.analysis.model;
    let mut table = Table::new(&[Column::Left, Column::Left, Column::Left, Column::Right]);
    for exposure in &findings.exposures {
        for (word, end) in [("least", &exposure.least), ("most", &exposure.most)] {
            if mark(end, (&exposure.least, &exposure.most)) == "~" {
                let cells = [name(&exposure.subject), exposure.period.1.clone(), word.to_string()];
                table.cells(cells.into_iter().chain([money(model, &end.found)]).collect());
            }
        }
    }
    table
}

/// What outcomes can move, by party and clause.
pub fn at_stake(findings: &Findings<'_>) -> Table {
    use Column::{Left, Right};
    let model = findings.analysis.model;
    let mut table = Table::new(&[Left, Left, Right, Left, Right, Left, Right, Right]);
    table.row(["", "", "least", "", "most", "", "at stake", "share"]);
    let mut last = "";
    for stake in &findings.at_stake {
        let exposure = &stake.exposure;
        let [least, least_mark, most, most_mark] = ends(model, (&exposure.least, &exposure.most));
        let first = if last == stake.party { String::new() } else { stake.party.clone() };
        let clause = stake.clause.clone().unwrap_or_else(|| "net, all clauses".to_string());
        let share = stake.share.as_ref().map_or(String::new(), percent);
        let amount = money(model, &stake.amount());
        table.cells(vec![first, clause, least, least_mark, most, most_mark, amount, share]);
        last = &stake.party;
    }
    table
}

/// What one unit of improvement pays, by outcome and party.
pub fn incentives(findings: &Findings<'_>) -> Table {
    use Column::{Left, Right};
    let model = findings.analysis.model;
    let mut table = Table::new(&[Left, Left, Left, Right, Right, Right]);
    table.row(["", "for each", "party", "least", "most", "where the data stand"]);
    for (name, payoffs) in by_outcome(&findings.payoffs) {
        let Some(first) = payoffs.first() else { continue };
        let mut parties: Vec<&String> = Vec::new();
        for incentive in payoffs.iter().flat_map(|payoff| &payoff.incentives) {
            if !parties.contains(&&incentive.party) {
                parties.push(&incentive.party);
            }
        }
        for (row, party) in parties.into_iter().enumerate() {
            let own: Vec<_> = payoffs
                .iter()
                .flat_map(|payoff| &payoff.incentives)
                .filter(|incentive| incentive.party == *party)
                .collect();
            let least = own.iter().map(|incentive| &incentive.least).min();
            let most = own.iter().map(|incentive| &incentive.most).max();
            let now = own.iter().map(|incentive| &incentive.now);
            let (from, to) = (now.clone().min(), now.max());
            let amount = |amount: Option<&Exact>| amount.map_or(String::new(), |amount| money(model, amount));
            let standing =
                if from == to { amount(from) } else { format!("{} to {}", amount(from), amount(to)) };
            let lead =
                if row == 0 { [name.clone(), first.outcome.unit_words.clone()] } else { Default::default() };
            let [outcome, unit] = lead;
            table.cells(vec![outcome, unit, party.clone(), amount(least), amount(most), standing]);
        }
    }
    table
}

/// How many pairs are proven harmless, in a sentence.
pub fn proven(findings: &Findings<'_>) -> String {
    let all = findings.payoffs.iter().flat_map(|payoff| &payoff.incentives);
    let proven = all.filter(|incentive| matches!(incentive.verdict, Verdict::Proven { .. })).count();
    format!("{proven} pairs of outcome and party are proven harmless.")
}

/// Outcomes and parties for which it is not proven that doing better costs nothing.
pub fn verdicts(findings: &Findings<'_>) -> Table {
    let model = findings.analysis.model;
    let mut table = Table::new(&[Column::Left, Column::Left, Column::Left, Column::Flow]);
    for payoff in &findings.payoffs {
        let outcome = &payoff.outcome;
        for incentive in &payoff.incentives {
            let (word, words) = match &incentive.verdict {
                Verdict::Proven { .. } => continue,
                Verdict::Refuted { worse, better, lost } => {
                    let (worse, better) = (value(outcome, worse), value(outcome, better));
                    let lost = money(model, lost);
                    ("refuted", format!("from {worse} to {better} loses {lost}"))
                }
                Verdict::HarmlessBeside { least, most } => {
                    ("undecided", undecided(model, outcome, (least, most)))
                }
            };
            let name = format!("{} {}", outcome.name(), outcome.period);
            table.cells(vec![name, incentive.party.clone(), word.to_string(), words]);
        }
    }
    table
}

/// What one unit may pay where nothing is proved.
fn undecided(model: &Model, outcome: &Outcome, (least, most): (&Exact, &Exact)) -> String {
    let unit = &outcome.unit_words;
    let digits = least.abs().greater(&most.abs()).floor().plain(0).len();
    if digits > 12 {
        return format!("no bound of use for one {unit} more: the declared ranges are too wide");
    }
    format!("one {unit} more pays {} to {}", money(model, least), money(model, most))
}

/// Jumps.
pub fn cliffs(findings: &Findings<'_>) -> Table {
    let model = findings.analysis.model;
    let mut table = Table::new(&[Column::Left, Column::Right, Column::Flow, Column::Right]);
    for payoff in &findings.payoffs {
        for cliff in &payoff.cliffs {
            let gains = cliff.gains.iter().map(|(party, gain)| format!("{party} {}", money(model, gain)));
            let name = format!("{} {}", payoff.outcome.name(), payoff.outcome.period);
            let at = value(&payoff.outcome, &cliff.at);
            let away = format!("{} away", cliff.away.grouped(0));
            table.cells(vec![name, at, gains.collect::<Vec<_>>().join(", "), away]);
        }
    }
    table
}

/// Ranges in which effort earns nothing.
pub fn dead_zones(findings: &Findings<'_>) -> Table {
    let mut table = Table::new(&[Column::Left, Column::Flow]);
    for (name, payoffs) in by_outcome(&findings.payoffs) {
        let Some(first) = payoffs.first() else { continue };
        let periods = if payoffs.len() == 1 { String::new() } else { format!(" ({})", first.outcome.period) };
        if !first.dead_zones.is_empty() {
            table.cells(vec![format!("{name}{periods}"), zones(first)]);
        }
    }
    table
}

fn zones(payoff: &Payoff) -> String {
    let zone = |zone: &carepact::analyse::DeadZone| {
        let mark = if zone.holds_data { " *" } else { "" };
        format!("{} to {}{mark}", value(&payoff.outcome, &zone.from), value(&payoff.outcome, &zone.to))
    };
    payoff.dead_zones.iter().map(zone).collect::<Vec<_>>().join(", ")
}
