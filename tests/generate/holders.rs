//! Statistics over the holders of a party that is many, and what differs from holder to holder.

use carepact::calendar::PeriodKind;
use carepact::formula::{Formula, Kind, Over};

use super::tape::Tape;
use super::tree::Tree;
use super::world::{MeasureKind, Missing, Unit, World};
use super::write::{Part, Spot, Writer, bare, call, either, formula, key, plain_name};

const SHARES: [&str; 8] = ["50%", "75%", "25%", "50%", "100%", "33.3%", "0%", "62.5%"];
const METHODS: [&str; 5] = ["lower", "upper", "upper", "average", "linear"];

impl World {
    pub fn is_many(&self, axis: &str) -> bool {
        self.many.as_deref() == Some(axis)
    }

    /// True when what a name stands for can differ from holder to holder.
    pub fn name_differs(&self, name: &str) -> bool {
        let measure = self.measures.iter().find(|measure| measure.name == name);
        let quantity = self.quantities.iter().find(|quantity| quantity.name == name);
        measure.is_some_and(|measure| measure.by.iter().any(|axis| self.is_many(axis)))
            || quantity.is_some_and(|quantity| quantity.by_holder)
            || self.clauses_of(name).iter().any(|clause| clause.by_holder)
    }

    /// True when a formula can differ from holder to holder.
    pub fn differs(&self, of: &Formula) -> bool {
        match &of.kind {
            Kind::Aggregate { function, over, .. } if self.is_many(&over.axis.text) => {
                let peers = over.within.as_ref().is_some_and(|name| self.name_differs(&name.text));
                function == "rank" || peers
            }
            Kind::Name(name) => {
                self.name_differs(&name.name) || name.keys.iter().any(|key| self.name_differs(&key.text))
            }
            Kind::Is { name, .. } => self.name_differs(name),
            Kind::Aggregate { .. }
            | Kind::Number { .. }
            | Kind::Money { .. }
            | Kind::Absent
            | Kind::Not(_)
            | Kind::Negate(_)
            | Kind::Binary { .. }
            | Kind::If { .. }
            | Kind::Else { .. }
            | Kind::Call { .. }
            | Kind::Round { .. } => of.parts().into_iter().any(|part| self.differs(part)),
        }
    }
}

/// A line shared among all holders: the side of the clause, and the formulas it reads.
pub struct Sharing {
    pub json: Tree,
    pub limited: bool,
    pub formulas: Vec<Formula>,
}

/// Weights among all holders, now and then all 0, in some cases with limits.
pub fn shared(world: &World, many: &str, spot: &Spot, tape: &mut Tape<'_>) -> Sharing {
    let unit = *tape.pick(&[Unit::Pure, Unit::Person, Unit::Money]);
    let writer = &mut Writer { world, tape };
    let weight = writer.value(unit, spot, 2).given_or(bare("0"));
    let mut weight = Part::calling("max", &[&Part::of(bare("0")), &weight]);
    if unit == Unit::Pure && writer.tape.chance(30) {
        weight = Part::of(bare("1"));
    }
    let among = if writer.tape.chance(50) { Tree::text(many) } else { Tree::texts(&[many]) };
    let mut json = Tree::object(vec![("weights", Tree::text(weight.formula.to_string())), ("among", among)]);
    let mut formulas = vec![weight.formula];
    let limited = writer.tape.chance(40);
    if limited {
        let money = |amount: &str| format!("{} {amount}", world.currency);
        // Limits that cross have no meaning in the language.
        let limits = [
            ("0%".to_string(), "60%".to_string()),
            ("10%".to_string(), "50%".to_string()),
            ("0".to_string(), money("100")),
            (money("25"), money("75.5")),
            ("33.333%".to_string(), "100%".to_string()),
        ];
        let (least, mut most) = writer.tape.pick(&limits).clone();
        if least == "0" && writer.tape.chance(50) {
            let zero =
                formula(Kind::Money { currency: world.currency.clone(), value: carepact::Exact::ZERO });
            let own = writer.value(Unit::Money, spot, 1).given_or(zero);
            let own = Part::calling("max", &[&Part::of(bare("0")), &own]);
            most = own.formula.to_string();
            formulas.push(own.formula);
        }
        json.put("between", Tree::texts(&[least, most]));
    }
    Sharing { json, limited, formulas }
}

impl Writer<'_, '_> {
    /// True when what is by these axes may be read: where all holders meet, nothing of one of them.
    pub fn open_to(&self, spot: &Spot, by: &[String]) -> bool {
        !(spot.common && by.iter().any(|axis| self.world.is_many(axis)))
    }

    /// The holders, perhaps only those alike in something.
    pub fn over_holders(&mut self, many: &str, spot: &Spot) -> (Over, Spot) {
        let within = if !spot.common && self.tape.chance(45) { self.peers(spot) } else { None };
        let over = Over {
            axis: key(many),
            to_date: false,
            within: within.as_deref().map(key),
            filter: None,
            options: Vec::new(),
        };
        (over, Spot { common: false, ..spot.clone() })
    }

    /// A measure or quantity of the holder that is always there.
    fn peers(&mut self, spot: &Spot) -> Option<String> {
        let world = self.world;
        let measures = world.measures.iter().filter(|measure| {
            !measure.may_be_absent()
                && measure.is_readable(spot.period)
                && world.name_differs(&measure.name)
                && measure.by.iter().all(|axis| world.fixes(&spot.fixed, axis))
        });
        let quantities = world.quantities.iter().filter(|quantity| {
            !quantity.absent
                && quantity.by_holder
                && quantity.period.is_none_or(|period| spot.period <= period)
                && quantity.fixed.iter().all(|axis| world.fixes(&spot.fixed, axis))
        });
        let names = measures.map(|measure| &measure.name).chain(quantities.map(|quantity| &quantity.name));
        let names: Vec<String> = names.cloned().collect();
        // There are few quantities: where there is one, it is as good as all measures.
        let named: Vec<String> = names.iter().filter(|name| name.starts_with('q')).cloned().collect();
        let names = if !named.is_empty() && self.tape.chance(50) { named } else { names };
        if names.is_empty() { None } else { Some(self.tape.pick(&names).clone()) }
    }

    /// The finest period that a peer group is read for.
    pub fn finest_of_peers(&self, over: &Over) -> Option<PeriodKind> {
        let name = &over.within.as_ref().filter(|_| self.world.is_many(&over.axis.text))?.text;
        let measure = self.world.measures.iter().find(|measure| measure.name == *name);
        let quantity = self.world.quantities.iter().find(|quantity| quantity.name == *name);
        measure.map(|measure| measure.per).or(quantity.and_then(|quantity| quantity.period))
    }

    /// Something that is taken of all holders, or of the place of one among them.
    pub fn of_all_holders(&mut self, many: &str, unit: Unit, spot: &Spot, depth: usize) -> Part {
        if unit == Unit::Pure && self.tape.chance(50) {
            return if self.tape.chance(30) { self.pooled(spot) } else { self.rank(spot, depth) };
        }
        let (over, inner) = self.over_holders(many, spot);
        if unit == Unit::Pure && self.tape.chance(30) {
            let flag = self.flag(&inner, depth.min(1));
            return self.aggregated("count", flag, over, &inner);
        }
        self.statistic(unit, over, &inner, depth)
    }

    /// A statistic of the unit of what it is taken of.
    pub fn statistic(&mut self, unit: Unit, mut over: Over, inner: &Spot, depth: usize) -> Part {
        let functions =
            ["sum", "sum", "mean", "min", "max", "median", "percentile", "percentile", "percentile"];
        let function = self.tape.word(&functions);
        if function == "percentile" {
            let method = self.tape.word(&METHODS);
            over.options = vec![bare(self.tape.word(&SHARES)), plain_name(method)];
        }
        let body = self.value(unit, inner, depth);
        self.aggregated(function, body, over, inner)
    }

    /// The place of the holder among all of them.
    pub fn rank(&mut self, spot: &Spot, depth: usize) -> Part {
        let Some(many) = self.world.many.clone().filter(|_| !spot.common && !spot.plain) else {
            return self.leaf(Unit::Pure, spot);
        };
        let unit = *self.tape.pick(&[Unit::Money, Unit::Pure, Unit::Person]);
        let (over, inner) = self.over_holders(&many, spot);
        let body = self.value(unit, &inner, depth.min(1));
        self.aggregated("rank", body, over, &inner)
    }

    /// Numerators over denominators of a ratio, over members, periods or holders.
    pub fn pooled(&mut self, spot: &Spot) -> Part {
        let Some((over, inner)) = self.over(spot) else { return self.leaf(Unit::Pure, spot) };
        let fits = |measure: &&super::world::Measure| {
            matches!(measure.kind, MeasureKind::Ratio(_))
                && measure.missing != Missing::Counts
                && (measure.per == inner.period
                    || measure.per < inner.period && measure.combine == Some("pooled"))
                && measure.by.iter().all(|axis| self.world.fixes(&inner.fixed, axis))
                && self.open_to(&inner, &measure.by)
        };
        let found: Vec<String> =
            self.world.measures.iter().filter(fits).map(|measure| measure.name.clone()).collect();
        if found.is_empty() || spot.plain {
            return self.leaf(Unit::Pure, spot);
        }
        let name = self.tape.pick(&found).clone();
        let per = self.world.measures.iter().find(|measure| measure.name == name).map(|measure| measure.per);
        let over_period = PeriodKind::of_word(&over.axis.text).is_some();
        let finest = [per, self.finest_of_peers(&over)].into_iter().flatten().min();
        Part {
            absent: true,
            finest: finest.filter(|_| !over_period),
            mentions: over_period,
            ..Part::of(formula(Kind::Aggregate {
                function: "pooled".to_string(),
                value: Box::new(plain_name(&name)),
                over,
            }))
        }
    }

    /// A flag that is never absent.
    pub fn sure_flag(&mut self, spot: &Spot, depth: usize) -> Part {
        let flag = self.flag(spot, depth);
        if flag.absent {
            let asked = either(flag.formula.clone(), bare("0"));
            return Part { absent: false, ..Part::join(&[&flag], asked) };
        }
        flag
    }

    /// `given(x)`, in some cases and something else.
    pub fn there(&mut self, x: &Part, spot: &Spot) -> Part {
        let given = Part { absent: false, ..Part::join(&[x], call("given", vec![x.formula.clone()])) };
        if self.tape.chance(30) {
            let more = self.sure_flag(spot, 1);
            return given.with(carepact::formula::Operator::And, &more);
        }
        given
    }
}
