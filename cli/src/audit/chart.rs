//! A payoff curve as a picture, in SVG: what each party nets beside the baseline, at every value of an
//! outcome.
//!
//! It can be read without colour: each party has its own dashes and marks, and its name stands at the end
//! of its line. A jump is a gap between a hollow and a full circle: the full one is what is paid. Numbers
//! reach the picture as whole minor units and whole parts of the outcome, never as floats.

use carepact::analyse::Payoff;
use carepact::num::Mode;
use carepact::{Exact, Model};
use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::finding::{finding, moved, pounds, short_value, subject, words};
use crate::table::wrapped;

const WIDTH: i32 = 900;
/// Room to the left of the plot, for amounts; to its right, for names.
const SIDES: (i32, i32) = (130, 110);
const PLOT_HEIGHT: i32 = 360;
const KEY_ROW: i32 = 22;
const TITLE_ROW: i32 = 26;
/// Characters in a row of the title.
const TITLE_WIDTH: usize = 84;

const INK: RGBColor = RGBColor(11, 12, 12);
const GREY: RGBColor = RGBColor(89, 89, 89);
const PALE: RGBColor = RGBColor(222, 222, 222);
/// Colours told apart by lightness as well; none is needed to read the picture.
const COLOURS: [RGBColor; 6] = [
    RGBColor(18, 67, 109),
    RGBColor(128, 22, 80),
    RGBColor(40, 130, 120),
    RGBColor(61, 61, 61),
    RGBColor(170, 70, 20),
    RGBColor(100, 75, 155),
];
/// Dash and gap; without a gap the line is whole.
const DASHES: [(i32, i32); 6] = [(1, 0), (12, 5), (3, 4), (22, 6), (7, 8), (2, 8)];

type Area<'s> = DrawingArea<SVGBackend<'s>, Shift>;
type Drawn<T> = Result<T, DrawingAreaErrorKind<std::io::Error>>;

/// A party's place in the payoff, and how it is drawn.
#[derive(Clone, Copy)]
struct Hand {
    party: usize,
    own: usize,
}

impl Hand {
    fn style(self) -> ShapeStyle {
        COLOURS[self.own % COLOURS.len()].stroke_width(2)
    }

    /// A mark where the line bends.
    fn mark(self, area: &Area<'_>, (x, y): (i32, i32)) -> Drawn<()> {
        let style = COLOURS[self.own % COLOURS.len()].filled();
        match self.own % 6 {
            0 => area.draw(&Rectangle::new([(x - 4, y - 4), (x + 4, y + 4)], style)),
            1 => area.draw(&TriangleMarker::new((x, y), 6, style)),
            2 => area.draw(&Polygon::new(vec![(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)], style)),
            3 => area.draw(&Cross::new((x, y), 5, self.style())),
            4 => area.draw(&Polygon::new(vec![(x - 6, y - 4), (x + 6, y - 4), (x, y + 6)], style)),
            _ => area.draw(&Rectangle::new([(x - 2, y - 6), (x + 2, y + 6)], style)),
        }
    }

    fn line(self, area: &Area<'_>, from: (i32, i32), to: (i32, i32)) -> Drawn<()> {
        let points = vec![from, to];
        match DASHES[self.own % DASHES.len()] {
            (_, 0) => area.draw(&PathElement::new(points, self.style())),
            (dash, gap) => area.draw(&DashedPathElement::new(points, dash, gap, self.style())),
        }
    }
}

/// Where numbers lie on the picture.
struct Scale {
    x: (Exact, Exact),
    y: (Exact, Exact),
    top: i32,
}

impl Scale {
    fn place((least, most): &(Exact, Exact), at: &Exact, (from, to): (i32, i32)) -> i32 {
        let share = (at - least).checked_div(&(most - least)).unwrap_or(Exact::ZERO);
        let place = &Exact::from(i64::from(from)) + &(&share * &Exact::from(i64::from(to - from)));
        let whole = place.rounded(&Exact::ONE, Mode::HalfUp).to_i64();
        whole.and_then(|whole| i32::try_from(whole).ok()).unwrap_or(from)
    }

    fn across(&self, at: &Exact) -> i32 {
        Scale::place(&self.x, at, (SIDES.0, WIDTH - SIDES.1))
    }

    fn down(&self, at: &Exact) -> i32 {
        Scale::place(&self.y, at, (self.top + PLOT_HEIGHT, self.top))
    }
}

/// Round numbers from one end to the other, about six of them.
fn ticks((least, most): &(Exact, Exact)) -> Vec<Exact> {
    let wide = most - least;
    let sixth = wide.checked_div(&Exact::from(6)).unwrap_or(Exact::ONE);
    let mut step = Exact::scaled(1, 6);
    // 1, 2, 5, 10 and so on, from a millionth up.
    for factor in [2, 5, 10].into_iter().cycle() {
        if step >= sixth {
            break;
        }
        let decade = if factor == 5 { Exact::ratio(5, 2) } else { Some(Exact::from(2)) };
        step = &step * &decade.unwrap_or(Exact::ONE);
    }
    let mut at = least.rounded(&step, Mode::Ceiling);
    let mut ticks = Vec::new();
    while at <= *most {
        ticks.push(at.clone());
        at = &at + &step;
    }
    ticks
}

/// The curve as one SVG document. Its ids begin with `id`, so that several can stand in one page.
pub fn svg(payoff: &Payoff, model: &Model, id: &str) -> String {
    let hands: Vec<Hand> =
        moved(payoff).into_iter().enumerate().map(|(own, party)| Hand { party, own }).collect();
    let title = wrapped(&format!("{}: {}", subject(payoff), finding(payoff, model)), TITLE_WIDTH, 0);
    let mut drawn = String::new();
    draw(&mut drawn, payoff, model, (&hands, &title)).expect("a picture in memory is written");
    with_words(&drawn, id, (&title.replace('\n', " "), &words(payoff, model)))
}

/// The document with its title and its text alternative.
fn with_words(svg: &str, id: &str, (title, description): (&str, &str)) -> String {
    let Some((head, body)) = svg.split_once('>') else { return svg.to_string() };
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        "{head} role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n<title id=\"{id}-title\">{}</title>\n\
         <desc id=\"{id}-desc\">{}</desc>{body}",
        escaped(title),
        escaped(description)
    )
}

fn text(
    area: &Area<'_>,
    words: &str,
    at: (i32, i32),
    (size, colour, side): (i32, RGBColor, HPos),
) -> Drawn<()> {
    let style = ("sans-serif", size).into_font().color(&colour).pos(Pos::new(side, VPos::Center));
    area.draw(&Text::new(words.to_string(), at, style))
}

/// What a party nets at a value beyond what it nets where the data stand, on one stretch.
fn beside(payoff: &Payoff, nets_now: &[Exact], stretch: usize, hand: Hand, at: &Exact) -> Exact {
    &payoff.curve.stretches[stretch].lines[hand.party].at(at) - &nets_now[hand.party]
}

fn draw(out: &mut String, payoff: &Payoff, model: &Model, (hands, title): (&[Hand], &str)) -> Drawn<()> {
    let count = |lines: usize, row: i32| i32::try_from(lines).unwrap_or(1) * row;
    let key = 16 + count(title.lines().count(), TITLE_ROW);
    let top = key + count(hands.len(), KEY_ROW) + 54;
    let height = top + PLOT_HEIGHT + 66;
    let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
    let area = SVGBackend::with_string(out, size).into_drawing_area();
    area.fill(&WHITE)?;
    for (row, line) in title.lines().enumerate() {
        let style = ("sans-serif", 21, FontStyle::Bold).into_font().color(&INK);
        let style = style.pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(line.to_string(), (16, 20 + count(row, TITLE_ROW)), style))?;
    }
    for (row, hand) in hands.iter().enumerate() {
        let y = key + count(row, KEY_ROW) + 4;
        hand.line(&area, (16, y), (76, y))?;
        hand.mark(&area, (46, y))?;
        let id = &payoff.parties[hand.party];
        let name = model.contract().parties.iter().find(|party| party.id == *id).map(|party| &party.name);
        let name = name.filter(|name| *name != id).map_or(String::new(), |name| format!(": {name}"));
        text(&area, &format!("{id}{name}"), (86, y), (16, INK, HPos::Left))?;
    }
    let nets_now = payoff.points.iter().find(|(at, _)| *at == payoff.now).map(|(_, nets)| nets.clone());
    let nets_now = nets_now.unwrap_or_else(|| vec![Exact::ZERO; payoff.parties.len()]);
    let Some(scale) = scale(payoff, &nets_now, hands, top) else { return area.present() };
    frame(&area, payoff, model, &scale)?;
    for hand in hands {
        curve(&area, payoff, &nets_now, *hand, &scale)?;
    }
    names(&area, payoff, &nets_now, hands, &scale)?;
    area.present()
}

/// The values and amounts that the picture reaches.
fn scale(payoff: &Payoff, nets_now: &[Exact], hands: &[Hand], top: i32) -> Option<Scale> {
    let stretches = &payoff.curve.stretches;
    let (first, last) = (stretches.first()?, stretches.last()?);
    let mut reached = vec![Exact::ZERO];
    for (index, stretch) in stretches.iter().enumerate() {
        for hand in hands {
            reached.extend([&stretch.from, &stretch.to].map(|at| beside(payoff, nets_now, index, *hand, at)));
        }
    }
    let (least, most) = (reached.iter().min()?.clone(), reached.iter().max()?.clone());
    let tenth = &(&most - &least).greater(&Exact::ONE).clone() * &Exact::scaled(8, 2);
    let x = (first.from.clone(), last.to.clone());
    Some(Scale { x, y: (&least - &tenth, &most + &tenth), top })
}

/// Amounts, values, the line of the baseline, and what they are called.
fn frame(area: &Area<'_>, payoff: &Payoff, model: &Model, scale: &Scale) -> Drawn<()> {
    let (left, right, bottom) = (SIDES.0, WIDTH - SIDES.1, scale.top + PLOT_HEIGHT);
    for tick in ticks(&scale.y) {
        let y = scale.down(&tick);
        let style = if tick.is_zero() { GREY.stroke_width(1) } else { PALE.stroke_width(1) };
        area.draw(&PathElement::new(vec![(left, y), (right, y)], style))?;
        let sign = if tick.sign() > 0 { "+" } else { "" };
        let amount = pounds(model, &tick);
        let amount =
            if tick.is_whole() { amount.split('.').next().unwrap_or("").to_string() } else { amount };
        text(area, &format!("{sign}{amount}"), (left - 10, y), (15, INK, HPos::Right))?;
    }
    for tick in ticks(&scale.x) {
        let x = scale.across(&tick);
        area.draw(&PathElement::new(vec![(x, bottom), (x, bottom + 6)], GREY.stroke_width(1)))?;
        text(area, &short_value(payoff, &tick), (x, bottom + 20), (15, INK, HPos::Center))?;
    }
    area.draw(&PathElement::new(vec![(left, bottom), (right, bottom)], GREY.stroke_width(1)))?;
    let now = scale.across(&payoff.now);
    let dotted = DashedPathElement::new(vec![(now, scale.top), (now, bottom)], 4, 4, GREY.stroke_width(1));
    area.draw(&dotted)?;
    let side = match () {
        () if now < left + 130 => HPos::Left,
        () if now > right - 130 => HPos::Right,
        () => HPos::Center,
    };
    let here = format!("the data stand here: {}", short_value(payoff, &payoff.now));
    text(area, &here, (now, scale.top - 10), (15, GREY, side))?;
    text(area, "Net income beside that of the data", (16, scale.top - 32), (15, GREY, HPos::Left))?;
    let better = if payoff.outcome.better > 0 { "higher is better" } else { "lower is better" };
    let caption = format!("{} ({better})", subject(payoff));
    text(area, &caption, (left.midpoint(right), bottom + 46), (15, GREY, HPos::Center))
}

/// A party's line, stretch by stretch, with marks at bends and circles at jumps.
fn curve(area: &Area<'_>, payoff: &Payoff, nets_now: &[Exact], hand: Hand, scale: &Scale) -> Drawn<()> {
    let stretches = &payoff.curve.stretches;
    let at = |index: usize, x: &Exact| {
        let y = beside(payoff, nets_now, index, hand, x);
        ((scale.across(x), scale.down(&y)), y)
    };
    let mut start = stretches.first().map(|first| at(0, &first.from).0);
    let mut circles = Vec::new();
    for (index, stretch) in stretches.iter().enumerate() {
        let Some(from) = start else { break };
        let (end, before) = at(index, &stretch.to);
        let next = stretches.get(index + 1);
        if next.is_some_and(|next| next.lines[hand.party] == stretch.lines[hand.party]) {
            continue;
        }
        hand.line(area, from, end)?;
        let Some((begin, after)) = next.map(|_| at(index + 1, &stretch.to)) else { continue };
        start = Some(begin);
        if (&after - &before).abs() < Exact::ONE {
            hand.mark(area, end)?;
            continue;
        }
        let paid = payoff.points.iter().find(|(at, _)| *at == stretch.to);
        let paid = paid.map(|(_, nets)| &nets[hand.party] - &nets_now[hand.party]);
        for (place, amount) in [(end, before), (begin, after)] {
            let is_paid = paid.as_ref().is_some_and(|paid| (paid - &amount).abs() < Exact::ONE);
            let inside = if is_paid { COLOURS[hand.own % COLOURS.len()].filled() } else { WHITE.filled() };
            circles.push((place, inside));
        }
    }
    // Over all lines, so that a hollow one stays hollow.
    for (place, inside) in circles {
        area.draw(&Circle::new(place, 5, inside))?;
        area.draw(&Circle::new(place, 5, hand.style()))?;
    }
    Ok(())
}

/// The name of each party at the end of its line, none over another.
fn names(area: &Area<'_>, payoff: &Payoff, nets_now: &[Exact], hands: &[Hand], scale: &Scale) -> Drawn<()> {
    let Some(last) = payoff.curve.stretches.last() else { return Ok(()) };
    let index = payoff.curve.stretches.len() - 1;
    let end = |hand: &Hand| scale.down(&beside(payoff, nets_now, index, *hand, &last.to));
    let mut ends: Vec<(i32, Hand)> = hands.iter().map(|hand| (end(hand), *hand)).collect();
    ends.sort_by_key(|(y, hand)| (*y, hand.own));
    let mut lowest = i32::MIN;
    for (y, hand) in ends {
        let y = y.max(lowest.saturating_add(17));
        lowest = y;
        let colour = COLOURS[hand.own % COLOURS.len()];
        text(area, &payoff.parties[hand.party], (WIDTH - SIDES.1 + 10, y), (16, colour, HPos::Left))?;
    }
    Ok(())
}
