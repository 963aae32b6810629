//! The response reading: how far a node moves when one variable rises and the others stay.
//!
//! A [`Response`] promises, for all admissible data and every rise δ > 0 of the variable: the node moves
//! by at least `slope.0 · δ + jump.0` and at most `slope.1 · δ + jump.1`, never down when it `rises`, and
//! never up when it `falls`. Slopes come from straight pieces, jumps from steps and from rounding. A node
//! without a response does not move at all. `docs/internals/analysis.md` has each rule and why it holds.

use crate::num::{Exact, Mode, Piecewise, Range, Residue};
use crate::plan::{Form, Forms, NodeId, Op, Pick, Plan, PlanNodes, Ranges, Split};

/// Two ends, the lesser first.
pub type Ends = (Exact, Exact);

/// How far a node moves when a variable rises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// For each unit that the variable rises.
    pub slope: Ends,
    /// Besides, however small the rise.
    pub jump: Ends,
    /// It never moves down.
    pub rises: bool,
    /// It never moves up.
    pub falls: bool,
}

fn hull(a: &Ends, b: &Ends) -> Ends {
    (a.0.lesser(&b.0).clone(), a.1.greater(&b.1).clone())
}

fn added(a: &Ends, b: &Ends) -> Ends {
    (&a.0 + &b.0, &a.1 + &b.1)
}

fn scaled(ends: &Ends, factor: &Exact) -> Ends {
    let (a, b) = (&ends.0 * factor, &ends.1 * factor);
    if factor.sign() < 0 { (b, a) } else { (a, b) }
}

fn times(a: &Ends, b: &Ends) -> Ends {
    let corners = Range::hull(&[&a.0 * &b.0, &a.0 * &b.1, &a.1 * &b.0, &a.1 * &b.1]);
    (corners.least, corners.most)
}

fn none() -> Ends {
    (Exact::ZERO, Exact::ZERO)
}

fn ends(range: &Range) -> Ends {
    (range.least.clone(), range.most.clone())
}

impl Response {
    /// Of a node that does not move.
    pub fn flat() -> Response {
        Response { slope: none(), jump: none(), rises: true, falls: true }
    }

    /// True when it does not move.
    fn is_flat(&self) -> bool {
        let still = |ends: &Ends| ends.0.is_zero() && ends.1.is_zero();
        still(&self.slope) && still(&self.jump) && self.rises && self.falls
    }

    /// Of the variable itself.
    fn of_itself() -> Response {
        Response { slope: (Exact::ONE, Exact::ONE), jump: none(), rises: true, falls: false }
    }

    /// Of a node of which only the range is known.
    fn within(range: &Range) -> Response {
        let width = &range.most - &range.least;
        Response { slope: none(), jump: (-&width, width), rises: false, falls: false }
    }

    /// The sum of two.
    pub fn plus(&self, other: &Response) -> Response {
        Response {
            slope: added(&self.slope, &other.slope),
            jump: added(&self.jump, &other.jump),
            rises: self.rises && other.rises,
            falls: self.falls && other.falls,
        }
    }

    /// A factor times it.
    pub fn scaled(&self, factor: &Exact) -> Response {
        let (rises, falls) =
            if factor.sign() < 0 { (self.falls, self.rises) } else { (self.rises, self.falls) };
        Response { slope: scaled(&self.slope, factor), jump: scaled(&self.jump, factor), rises, falls }
    }

    /// One of the two, it is not known which.
    pub fn or(&self, other: &Response) -> Response {
        Response {
            slope: hull(&self.slope, &other.slope),
            jump: hull(&self.jump, &other.jump),
            rises: self.rises && other.rises,
            falls: self.falls && other.falls,
        }
    }

    /// Multiplied by a number of a range.
    fn times(&self, factor: &Range) -> Response {
        let factors = ends(factor);
        let (up, down) = (factor.least.sign() >= 0, factor.most.sign() <= 0);
        Response {
            slope: times(&self.slope, &factors),
            jump: times(&self.jump, &factors),
            rises: (self.rises && up) || (self.falls && down),
            falls: (self.falls && up) || (self.rises && down),
        }
    }

    /// With jumps of its own.
    pub fn jumping(self, jump: &Ends) -> Response {
        Response { jump: added(&self.jump, jump), ..self }
    }

    /// What follows for rises of at least one step of the variable's grid.
    fn settled(mut self, grid: &Exact) -> Response {
        self.rises |= self.slope.0.sign() >= 0 && (&(&self.slope.0 * grid) + &self.jump.0).sign() >= 0;
        self.falls |= self.slope.1.sign() <= 0 && (&(&self.slope.1 * grid) + &self.jump.1).sign() <= 0;
        if self.rises && self.slope.0.sign() <= 0 {
            self.slope.0 = Exact::ZERO;
            self.jump.0 = Exact::ZERO;
        }
        if self.falls && self.slope.1.sign() >= 0 {
            self.slope.1 = Exact::ZERO;
            self.jump.1 = Exact::ZERO;
        }
        self
    }

    /// The least and most that a rise of this size moves it.
    pub fn of_rise(&self, rise: &Exact) -> Ends {
        let least = &(&self.slope.0 * rise) + &self.jump.0;
        let most = &(&self.slope.1 * rise) + &self.jump.1;
        let least = if self.rises { least.greater(&Exact::ZERO).clone() } else { least };
        let most = if self.falls { most.lesser(&Exact::ZERO).clone() } else { most };
        (least, most)
    }
}

/// Responses of all nodes that move with a variable.
#[derive(Debug)]
pub struct Responses<'r> {
    plan: &'r Plan,
    forms: &'r Forms,
    ranges: &'r Ranges<'r>,
    /// The least rise; 0 where there is no grid.
    grid: Exact,
    /// In rising order of nodes.
    of: Vec<(NodeId, Response)>,
}

impl<'r> Responses<'r> {
    /// Works out how `dependents`, in rising order, move with a variable.
    pub fn new(
        (plan, forms, ranges): (&'r Plan, &'r Forms, &'r Ranges<'r>),
        variable: NodeId,
        grid: Option<&Exact>,
        dependents: &[NodeId],
    ) -> Responses<'r> {
        let of = vec![(variable, Response::of_itself())];
        let mut all = Responses { plan, forms, ranges, grid: grid.cloned().unwrap_or(Exact::ZERO), of };
        for node in dependents {
            if ranges.of(*node).single().is_some() {
                continue;
            }
            let response = all.work_out(*node).map(|response| response.settled(&all.grid));
            all.of.extend(response.filter(|known| !known.is_flat()).map(|known| (*node, known)));
        }
        all
    }

    /// How a node moves; nothing when it does not.
    pub fn of(&self, node: NodeId) -> Option<&Response> {
        let index = self.of.binary_search_by(|(known, _)| known.cmp(&node)).ok()?;
        Some(&self.of[index].1)
    }

    fn or_flat(&self, node: NodeId) -> Response {
        self.of(node).cloned().unwrap_or_else(Response::flat)
    }

    /// The terms of a sum that move.
    pub fn moving(&self, sum: &Form) -> Form {
        let mut terms = Vec::new();
        self.each_moving(sum, &mut |node, factor, _| terms.push((node, factor.clone())));
        Form { terms, constant: Exact::ZERO }
    }

    /// Visits the terms of a sum that move; costs the fewer of these and of all nodes that move.
    fn each_moving(&self, sum: &Form, visit: &mut dyn FnMut(NodeId, &Exact, &Response)) {
        if self.of.len() < sum.terms.len() {
            for (node, response) in &self.of {
                if let Ok(index) = sum.terms.binary_search_by(|(known, _)| known.cmp(node)) {
                    visit(*node, &sum.terms[index].1, response);
                }
            }
            return;
        }
        for (node, factor) in &sum.terms {
            if let Some(response) = self.of(*node) {
                visit(*node, factor, response);
            }
        }
    }

    /// How a sum moves.
    pub fn of_form(&self, form: &Form) -> Response {
        let mut sum = Response::flat();
        self.each_moving(form, &mut |_, factor, response| sum = sum.plus(&response.scaled(factor)));
        sum.settled(&self.grid)
    }

    fn work_out(&self, node: NodeId) -> Option<Response> {
        match &self.plan.node(node).op {
            Op::Const(_) | Op::Fact(_) => None,
            Op::Linear { terms, .. } => Some(match self.forms.of(node) {
                Some(form) => self.of_form(form),
                None => {
                    let moving = terms.iter().filter_map(|(factor, x)| Some(self.of(*x)?.scaled(factor)));
                    moving.fold(Response::flat(), |sum, own| sum.plus(&own)).settled(&self.grid)
                }
            }),
            Op::Product(x, y) => self.product(*x, *y),
            Op::Ratio(x, y) => self.ratio(node, *x, *y),
            Op::Piecewise(x, line) => self.of(*x).map(|response| self.along(line, *x, response)),
            Op::Extreme(pick, of) => self.extreme(*pick, of),
            Op::Select { condition, then, otherwise } => self.select(*condition, *then, *otherwise),
            Op::Round { x, quantum, mode } => {
                self.of(*x).map(|response| self.rounded(response, self.ranges.of(*x), (quantum, *mode)))
            }
            Op::Share(split, part) => self.share(node, self.plan.split(*split), *part),
            Op::Statistic(statistic) => {
                let operands = self.plan.statistic(*statistic).operands();
                let moves = operands.iter().any(|operand| self.of(*operand).is_some());
                moves.then(|| Response::within(self.ranges.of(node)))
            }
        }
    }

    /// Δ(x·y) = Δx · y + x′ · Δy, with x′ the x after.
    fn product(&self, x: NodeId, y: NodeId) -> Option<Response> {
        let of_x = self.of(x).map(|response| response.times(self.ranges.of(y)));
        let of_y = self.of(y).map(|response| response.times(self.ranges.of(x)));
        match (of_x, of_y) {
            (Some(of_x), Some(of_y)) => Some(of_x.plus(&of_y)),
            (of_x, of_y) => of_x.or(of_y),
        }
    }

    /// Δ(x/y) = (Δx − x/y · Δy) / y′, where y keeps away from 0.
    fn ratio(&self, node: NodeId, x: NodeId, y: NodeId) -> Option<Response> {
        if self.of(x).is_none() && self.of(y).is_none() {
            return None;
        }
        let Some(over) = Range::point(&Exact::ONE).over(self.ranges.of(y)) else {
            return Some(Response::within(self.ranges.of(node)));
        };
        let quotient = self.ranges.of(node).times_constant(&Exact::from(-1));
        let of_y = self.of(y).map(|response| response.times(&quotient));
        let moved = match (self.of(x), of_y) {
            (Some(of_x), Some(of_y)) => of_x.plus(&of_y),
            (Some(of_x), None) => of_x.clone(),
            (None, of_y) => of_y?,
        };
        Some(moved.times(&over))
    }

    /// Along a broken line: between the slopes of the pieces that are reached, and over their jumps.
    fn along(&self, line: &Piecewise, x: NodeId, response: &Response) -> Response {
        let range = self.ranges.of(x);
        let (from, to) = (line.piece_of(&range.least), line.piece_of(&range.most));
        let slopes: Vec<Exact> = line.pieces()[from..=to].iter().map(|piece| piece.slope.clone()).collect();
        let slopes = Range::hull(&slopes);
        let (mut down, mut up) = none();
        for i in from..to {
            let at = &line.breakpoints()[i].at;
            let jump = &line.pieces()[i + 1].at(at) - &line.pieces()[i].at(at);
            if jump.sign() < 0 { down = &down + &jump } else { up = &up + &jump }
        }
        let back = (-&up, -&down);
        let jumps = match (response.rises, response.falls) {
            (true, _) => (down, up),
            (false, true) => back,
            (false, false) => hull(&(down, up), &back),
        };
        let direction = line.direction(range);
        let (with, against) = (matches!(direction, Some(0 | 1)), matches!(direction, Some(-1 | 0)));
        Response {
            rises: (response.rises && with) || (response.falls && against),
            falls: (response.falls && with) || (response.rises && against),
            ..response.times(&slopes).jumping(&jumps)
        }
    }

    /// One of the operands that can be the extreme at all.
    fn extreme(&self, pick: Pick, of: &[NodeId]) -> Option<Response> {
        let range = |node: &NodeId| self.ranges.of(*node);
        let reaches = |node: &&NodeId| match pick {
            Pick::Least => of.iter().all(|other| range(node).least <= range(other).most),
            Pick::Greatest => of.iter().all(|other| range(node).most >= range(other).least),
        };
        let reaching: Vec<NodeId> = of.iter().filter(reaches).copied().collect();
        if reaching.iter().all(|node| self.of(*node).is_none()) {
            return None;
        }
        reaching.iter().map(|node| self.or_flat(*node)).reduce(|all, response| all.or(&response))
    }

    fn select(&self, condition: NodeId, then: NodeId, otherwise: NodeId) -> Option<Response> {
        let (of_then, of_otherwise) = (self.or_flat(then), self.or_flat(otherwise));
        let chosen = |response: Response| (!response.is_flat()).then_some(response);
        let Some(turns) = self.of(condition) else {
            return match self.ranges.of(condition).single() {
                Some(known) if known.is_zero() => chosen(of_otherwise),
                Some(_) => chosen(of_then),
                None => chosen(of_then.or(&of_otherwise)),
            };
        };
        let terms = [(Exact::ONE, then), (Exact::from(-1), otherwise)];
        let form = Form::of(&terms, &Exact::ZERO, self.forms.all());
        let difference = form.range(|node| self.ranges.of(node));
        let (least, most) = ends(&difference);
        let mut jump = none();
        if !turns.falls {
            jump = hull(&jump, &(least.clone(), most.clone()));
        }
        if !turns.rises {
            jump = hull(&jump, &(-&most, -&least));
        }
        let branches = of_then.or(&of_otherwise);
        let up = (turns.rises && least.sign() >= 0) || (turns.falls && most.sign() <= 0);
        let down = (turns.rises && most.sign() <= 0) || (turns.falls && least.sign() >= 0);
        let (rises, falls) = (branches.rises && up, branches.falls && down);
        Some(Response { rises, falls, ..branches.jumping(&jump) })
    }

    /// Rounding moves a value by less than a quantum, and never turns it round. Where a whole number
    /// of quanta is added, rounding adds the same, unless ties go away from a zero that lies between.
    pub fn rounded(&self, response: &Response, x: &Range, (quantum, mode): (&Exact, Mode)) -> Response {
        let shifts = shifts(mode, x);
        let whole = |slope: &Exact, jump: &Exact| {
            let is_whole =
                |value: &Exact| value.checked_div(quantum).is_some_and(|multiple| multiple.is_whole());
            shifts && self.grid.sign() > 0 && is_whole(&(slope * &self.grid)) && is_whole(jump)
        };
        // Cutting off moves as much as two roundings where the sign changes.
        let most = if mode == Mode::Down && !shifts { quantum + quantum } else { quantum.clone() };
        let slack = |slope: &Exact, jump: &Exact| if whole(slope, jump) { Exact::ZERO } else { most.clone() };
        let own = (-&slack(&response.slope.0, &response.jump.0), slack(&response.slope.1, &response.jump.1));
        response.clone().jumping(&own)
    }

    /// By constant weights a part moves as its share of the total, but for the odd pennies.
    fn share(&self, node: NodeId, split: &Split, part: usize) -> Option<Response> {
        if split.operands().iter().all(|operand| self.of(*operand).is_none()) {
            return None;
        }
        let weights: Option<Vec<Exact>> =
            split.weights.iter().map(|weight| self.ranges.of(*weight).single().cloned()).collect();
        let share = weights.as_ref().and_then(|weights| {
            weights[part].checked_div(&weights.iter().sum::<Exact>()).filter(|_| split.limits.is_none())
        });
        let (Some(share), Some(weights), Some(total)) = (share, weights, self.of(split.total)) else {
            return Some(Response::within(self.ranges.of(node)));
        };
        if share == Exact::ONE {
            return Some(total.clone());
        }
        let slack = split.slack_of_moves(part, &weights);
        let mut response = total.scaled(&share).jumping(&(-&slack, slack));
        if !keeps_order(split, part, &weights) {
            response.rises = false;
            response.falls = false;
        }
        Some(response)
    }
}

/// True when rounding adds a whole number of quanta to what they are added to.
pub fn shifts(mode: Mode, x: &Range) -> bool {
    match mode {
        Mode::HalfUp | Mode::Floor | Mode::Ceiling => true,
        Mode::HalfAway | Mode::Down => x.least.sign() >= 0 || x.most.sign() <= 0,
        Mode::HalfEven => false,
    }
}

/// True when a larger total never shrinks a part: it is rounded by itself, or there are but two, so
/// that it takes what one other leaves.
fn keeps_order(split: &Split, part: usize, weights: &[Exact]) -> bool {
    let last = weights.iter().rposition(|weight| !weight.is_zero());
    let of_two =
        weights.iter().filter(|weight| !weight.is_zero()).count() <= 2 && split.mode != Mode::HalfEven;
    match split.residue {
        Residue::Last => of_two || last != Some(part),
        Residue::Part(taker) => taker != part || (of_two && !weights[taker].is_zero()),
        Residue::LargestRemainder | Residue::LargestShare => of_two,
    }
}
