//! Measures and the observations that go with them.

use carepact::calendar::{Period, PeriodKind};
use carepact::{Exact, Mode};

use super::avoid;
use super::head::PERIODS;
use super::tape::{Numbers, Tape};
use super::tree::Tree;
use super::world::{Measure, MeasureKind, Missing, Unit, World};

fn exact(text: &str) -> Exact {
    Exact::parse(text).expect("a number of the generator")
}

/// Axes of a measure or table: some declared ones, now and then the parties.
pub fn axes(world: &World, tape: &mut Tape<'_>, most: usize) -> Vec<String> {
    let mut names: Vec<String> = world.axes.iter().map(|axis| axis.name.clone()).collect();
    if tape.chance(12) {
        names.push("party".to_string());
    }
    let mut chosen = tape.some(&names, 0);
    chosen.truncate(most);
    chosen
}

pub fn measure(world: &World, tape: &mut Tape<'_>) -> Measure {
    let name = format!("m{}", world.measures.len());
    let kind = match tape.below(10) {
        0..=2 => MeasureKind::Value(*tape.pick(&[Unit::Person, Unit::Item])),
        3 | 4 => {
            let prices = [Unit::Money, Unit::Money, Unit::PerPerson, Unit::PerPersonYear, Unit::PerItem];
            MeasureKind::Value(*tape.pick(&prices))
        }
        5 | 6 => MeasureKind::Ratio(*tape.pick(&[Unit::Pure, Unit::Person, Unit::Item])),
        7 => MeasureKind::Value(Unit::Pure),
        8 => MeasureKind::Flag,
        _ if world.axes.is_empty() => MeasureKind::Flag,
        _ => MeasureKind::Code(tape.below(world.axes.len())),
    };
    let mut by = axes(world, tape, 2);
    let often = if world.of_holders { 75 } else { 50 };
    if let Some(many) = world.many.clone().filter(|_| tape.chance(often)) {
        by.insert(tape.below(by.len() + 1), many);
    }
    let per = *tape.pick(&PERIODS[..3]);
    let combine = combination(kind, tape);
    let (range, range_texts) = range(kind, world, tape);
    let denominators = *tape.pick(&[(1, 50), (0, 20), (1, 3), (0, 3)]);
    let missing = match tape.below(10) {
        0..=5 => Missing::Refuse,
        6 | 7 => Missing::Absent,
        _ => Missing::Counts,
    };
    let coded = matches!(kind, MeasureKind::Code(_)) && combine.is_some() && avoid::CODES_PICKED_OF_ABSENT;
    let missing = if coded && missing == Missing::Absent { Missing::Refuse } else { missing };
    let pooled = combine == Some("pooled") && missing == Missing::Counts && avoid::POOLED_MISSING;
    let combine = if pooled { Some("mean") } else { combine };
    let is_ratio = matches!(kind, MeasureKind::Ratio(_));
    let earlier = if tape.chance(25) { 1 + tape.below(2) } else { 0 };
    let has_better = tape.chance(50);
    let mut json = Tree::object(vec![("kind", Tree::text(kind_word(kind)))]);
    match kind {
        MeasureKind::Value(unit) if unit != Unit::Pure => {
            json.put("unit", Tree::text(unit.text(&world.currency)));
        }
        MeasureKind::Ratio(unit) if unit != Unit::Pure => json.put("of", Tree::text(unit.text(""))),
        MeasureKind::Code(axis) => json.put("axis", Tree::text(&world.axes[axis].name)),
        MeasureKind::Value(_) | MeasureKind::Ratio(_) | MeasureKind::Flag => {}
    }
    if !by.is_empty() {
        json.put("by", Tree::texts(&by));
    }
    json.put("per", Tree::text(per.word()));
    if let Some(combine) = combine {
        json.put("combine", Tree::text(combine));
    }
    if let Some((least, most)) = &range_texts {
        json.put("range", Tree::List(vec![Tree::text(least), Tree::text(most)]));
    }
    if is_ratio {
        let ends = [denominators.0, denominators.1].map(Tree::number);
        json.put("denominator_range", Tree::List(ends.to_vec()));
        if tape.chance(50) {
            json.put("step", Tree::number(1));
        }
    }
    let stepped = kind == MeasureKind::Value(Unit::Pure) && tape.chance(50);
    if stepped {
        json.put("step", Tree::text("0.005"));
    }
    match missing {
        Missing::Refuse => {}
        Missing::Absent => json.put("missing", Tree::text("absent")),
        Missing::Counts => json.put("missing", Tree::text(instead(kind, &range, stepped, world, tape))),
    }
    let is_number = !matches!(kind, MeasureKind::Flag | MeasureKind::Code(_));
    if is_number && tape.chance(15) {
        json.put("rounded", Tree::text(tape.word(&["1", "10%", "0.5", "3"])));
    }
    if earlier > 0 {
        json.put("earlier", Tree::number(earlier));
    }
    if has_better {
        json.put("better", Tree::text(tape.word(&["higher", "lower"])));
    }
    Measure { name, kind, by, per, combine, missing, earlier, range, denominators, has_better, json }
}

/// A count for each holder, so that there are holders.
pub fn of_holders(many: &str) -> Measure {
    let range = Tree::List(vec![Tree::number(0), Tree::number(50)]);
    let json = vec![
        ("kind", Tree::text("count")),
        ("unit", Tree::text("person")),
        ("by", Tree::texts(&[many])),
        ("per", Tree::text("year")),
        ("combine", Tree::text("mean")),
        ("range", range),
    ];
    Measure {
        name: "of_holders".to_string(),
        kind: MeasureKind::Value(Unit::Person),
        by: vec![many.to_string()],
        per: PeriodKind::Year,
        combine: Some("mean"),
        missing: Missing::Refuse,
        earlier: 0,
        range: (Exact::ZERO, Exact::from(50), Exact::ONE),
        denominators: (1, 1),
        has_better: false,
        json: Tree::object(json),
    }
}

/// A ratio of each holder that may be missing, or of nothing.
pub fn rate_of_holders(many: &str) -> Measure {
    let pair = |least: i64, most: i64| Tree::List(vec![Tree::number(least), Tree::number(most)]);
    let json = vec![
        ("kind", Tree::text("ratio")),
        ("of", Tree::text("item")),
        ("by", Tree::texts(&[many])),
        ("per", Tree::text("quarter")),
        ("combine", Tree::text("pooled")),
        ("range", pair(0, 2)),
        ("denominator_range", pair(0, 5)),
        ("missing", Tree::text("absent")),
    ];
    Measure {
        name: "rate_of_holders".to_string(),
        kind: MeasureKind::Ratio(Unit::Item),
        by: vec![many.to_string()],
        per: PeriodKind::Quarter,
        combine: Some("pooled"),
        missing: Missing::Absent,
        earlier: 0,
        range: (Exact::ZERO, Exact::from(2), Exact::ONE),
        denominators: (0, 5),
        has_better: false,
        json: Tree::object(json),
    }
}

fn kind_word(kind: MeasureKind) -> &'static str {
    match kind {
        MeasureKind::Value(Unit::Person | Unit::Item) => "count",
        MeasureKind::Value(Unit::Pure) => "number",
        MeasureKind::Value(_) => "money",
        MeasureKind::Ratio(_) => "ratio",
        MeasureKind::Flag => "flag",
        MeasureKind::Code(_) => "code",
    }
}

fn combination(kind: MeasureKind, tape: &mut Tape<'_>) -> Option<&'static str> {
    let levels = ["mean", "last", "first", "min", "max"];
    match kind {
        MeasureKind::Ratio(_) => {
            *tape.pick(&[Some("pooled"), Some("pooled"), Some("mean"), Some("last"), None])
        }
        MeasureKind::Code(_) => *tape.pick(&[Some("last"), Some("first"), None]),
        MeasureKind::Flag => *tape.pick(&[Some("max"), Some("min"), Some("last"), Some("mean"), None]),
        MeasureKind::Value(unit) if unit.is_price() || tape.chance(40) => Some(*tape.pick(&levels)),
        MeasureKind::Value(_) => *tape.pick(&[Some("sum"), Some("sum"), None]),
    }
}

type Ends = (Exact, Exact, Exact);

/// Least, greatest and grid of the data, and the two ends as the contract writes them.
fn range(kind: MeasureKind, world: &World, tape: &mut Tape<'_>) -> (Ends, Option<(String, String)>) {
    let penny = ["1", "0.1", "0.01", "0.001"][world.places as usize];
    let (least, most, grid) = match kind {
        MeasureKind::Value(Unit::Money) => {
            (tape.word(&["0", "-500", "100"]), tape.word(&["1000", "250", "70000"]), penny)
        }
        MeasureKind::Value(Unit::Pure) => {
            (tape.word(&["0", "10%", "-1"]), tape.word(&["1", "95%", "2.5"]), "0.005")
        }
        MeasureKind::Value(unit) if unit.is_price() => {
            (tape.word(&["0", "1", "-3"]), tape.word(&["10", "142", "3000"]), penny)
        }
        MeasureKind::Value(_) => (tape.word(&["0", "1", "0", "20"]), tape.word(&["100", "40", "3000"]), "1"),
        MeasureKind::Ratio(_) => (tape.word(&["0", "0", "50%", "-1"]), tape.word(&["1", "2"]), "1"),
        MeasureKind::Flag => return ((Exact::ZERO, Exact::ONE, Exact::ONE), None),
        MeasureKind::Code(axis) => {
            let last = i64::try_from(world.axes[axis].members.len()).expect("few members") - 1;
            return ((Exact::ZERO, Exact::from(last), Exact::ONE), None);
        }
    };
    ((exact(least), exact(most), exact(grid)), Some((least.to_string(), most.to_string())))
}

/// A value that counts when an observation is missing, on the grid of the measure.
fn instead(kind: MeasureKind, range: &Ends, stepped: bool, world: &World, tape: &mut Tape<'_>) -> String {
    match kind {
        MeasureKind::Flag => tape.below(2).to_string(),
        MeasureKind::Code(axis) => tape.pick(&world.axes[axis].members).0.clone(),
        MeasureKind::Value(_) | MeasureKind::Ratio(_) => {
            let (least, most, grid) = range;
            let part = &(most - least) * &exact(tape.word(&["0", "1", "0.5", "0.37"]));
            let value = least + &part;
            let number = kind == MeasureKind::Value(Unit::Pure) && !stepped;
            let number = number || matches!(kind, MeasureKind::Ratio(_));
            if number { value } else { value.rounded(grid, Mode::Floor).greater(least).clone() }.to_string()
        }
    }
}

/// Every combination of members of these axes.
pub fn combinations(world: &World, by: &[String]) -> Vec<Vec<String>> {
    by.iter().fold(vec![Vec::new()], |rows, axis| {
        let members = world.members(axis);
        let with = |row: &Vec<String>, member: &String| [&row[..], std::slice::from_ref(member)].concat();
        rows.iter().flat_map(|row| members.iter().map(move |member| with(row, member))).collect()
    })
}

/// Observations for every measure, period and member as CSV; missing ones where that is allowed.
pub fn observations(world: &World, used: &dyn Fn(&str) -> bool, seed: u64) -> String {
    let mut axes: Vec<String> = world.axes.iter().map(|axis| axis.name.clone()).collect();
    axes.push("party".to_string());
    axes.extend(world.many.clone());
    let mut out = format!("measure,period,{},numerator,denominator,value,submission\n", axes.join(","));
    let mut numbers = Numbers(seed);
    for measure in world.measures.iter().filter(|measure| used(&measure.name)) {
        for period in supplied(world, measure) {
            let by_holder = world.name_differs(&measure.name);
            let mut last: Option<String> = None;
            for row in combinations(world, &measure.by) {
                let leave_out = measure.missing != Missing::Refuse && numbers.below(4) == 3;
                let cells = match (leave_out, &measure.missing) {
                    (true, Missing::Absent) if numbers.below(2) == 1 => suppressed(measure),
                    (true, _) => continue,
                    (false, _) => cells(world, measure, &mut numbers),
                };
                // Holders are often alike.
                let same = last.take().filter(|_| by_holder && !leave_out && numbers.below(4) == 3);
                let cells = same.unwrap_or(cells);
                last = (!leave_out).then(|| cells.clone());
                let member = |axis: &String| {
                    let at = measure.by.iter().position(|by| by == axis);
                    at.map_or(String::new(), |at| row[at].clone())
                };
                let members: Vec<String> = axes.iter().map(member).collect();
                let key = world.calendar.key(period);
                let start = format!("{},{key},{}", measure.name, members.join(","));
                if numbers.below(12) == 11 {
                    // What is submitted last counts.
                    let (first, last) = if numbers.below(2) == 1 { ("flex", "") } else { ("", "freeze") };
                    let before = self::cells(world, measure, &mut numbers);
                    out.push_str(&format!("{start},{before},{first}\n{start},{cells},{last}\n"));
                } else {
                    out.push_str(&format!("{start},{cells},\n"));
                }
            }
        }
    }
    out
}

/// The periods of the term and as many before as the measure says.
fn supplied(world: &World, measure: &Measure) -> Vec<Period> {
    let all = world.calendar.all(measure.per);
    let first = all[0];
    let before = (1..=measure.earlier).rev().map(|n| first.earlier(i32::try_from(n).expect("few")));
    before.chain(all.iter().copied()).collect()
}

fn suppressed(measure: &Measure) -> String {
    if matches!(measure.kind, MeasureKind::Ratio(_)) { "*,*,".to_string() } else { ",,*".to_string() }
}

/// Numerator, denominator and value.
fn cells(world: &World, measure: &Measure, numbers: &mut Numbers) -> String {
    match measure.kind {
        MeasureKind::Ratio(_) => {
            let (least, most) = measure.denominators;
            let denominator = Exact::from(least + small(numbers, most - least + 1));
            let ends = (&measure.range.0 * &denominator, &measure.range.1 * &denominator);
            format!("{},{denominator},", value(&ends.0, &ends.1, &Exact::ONE, numbers))
        }
        MeasureKind::Code(axis) => {
            let members = &world.axes[axis].members;
            let at = small(numbers, i64::try_from(members.len()).expect("few members"));
            format!(",,{}", members[usize::try_from(at).expect("an index")].0)
        }
        MeasureKind::Value(_) | MeasureKind::Flag => {
            let (least, most, grid) = &measure.range;
            format!(",,{}", value(least, most, grid, numbers))
        }
    }
}

fn small(numbers: &mut Numbers, n: i64) -> i64 {
    i64::try_from(numbers.below(u64::try_from(n).unwrap_or(0))).expect("below n")
}

/// A value on a grid, in one of four cases at an end of its range.
pub fn value(least: &Exact, most: &Exact, grid: &Exact, numbers: &mut Numbers) -> Exact {
    let steps = |x: &Exact| x.checked_div(grid).expect("a grid is above 0");
    let first = -&(-&steps(least)).floor();
    let count = (&steps(most).floor() - &first).to_i64().unwrap_or(0);
    let chosen = match numbers.below(8) {
        7 => count,
        6 => 0,
        _ => small(numbers, count + 1),
    };
    &(&first + &Exact::from(chosen)) * grid
}

/// The kinds of period in which some measure is observed.
pub fn finest(world: &World) -> Option<PeriodKind> {
    world.measures.iter().map(|measure| measure.per).min()
}
