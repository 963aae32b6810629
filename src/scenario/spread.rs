//! Distributions with exact parameters, and what makes them one.

use super::fields::DISTRIBUTIONS;
use crate::contract::shape::Reports;
use crate::num::Exact;
use crate::source::catalogue::SCENARIO_SPREAD;
use crate::source::{Json, Place};

/// A distribution of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distribution {
    /// One value.
    Fixed(Exact),
    /// All values between two are as likely.
    Uniform {
        /// The least value.
        least: Exact,
        /// The greatest value, above the least.
        most: Exact,
    },
    /// Rises from the least value to the mode, and falls to the greatest.
    Triangular {
        /// The least value.
        least: Exact,
        /// The most likely value.
        mode: Exact,
        /// The greatest value, above the least.
        most: Exact,
    },
    /// The normal distribution.
    Normal {
        /// Its mean.
        mean: Exact,
        /// Its standard deviation, above 0.
        sd: Exact,
    },
    /// The distribution of a number whose logarithm is normal.
    Lognormal {
        /// The mean of the number, not of its logarithm; above 0.
        mean: Exact,
        /// The standard deviation of the number, above 0.
        sd: Exact,
    },
    /// A beta distribution stretched from 0 and 1 to two values.
    Beta {
        /// The first shape, above 0.
        alpha: Exact,
        /// The second shape, above 0.
        beta: Exact,
        /// The least value.
        least: Exact,
        /// The greatest value, above the least.
        most: Exact,
    },
    /// 1 with a chance, otherwise 0.
    Happens(Exact),
}

impl Distribution {
    /// The value, when there is only one.
    pub fn single(&self) -> Option<&Exact> {
        match self {
            Distribution::Fixed(value) => Some(value),
            Distribution::Uniform { .. }
            | Distribution::Triangular { .. }
            | Distribution::Normal { .. }
            | Distribution::Lognormal { .. }
            | Distribution::Beta { .. }
            | Distribution::Happens(_) => None,
        }
    }
}

/// How the value of a distribution stands to the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// It stands in its place.
    Instead,
    /// It multiplies it.
    Times,
    /// It is added to it.
    Plus,
}

/// A distribution, and how it stands to the baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// The distribution.
    pub distribution: Distribution,
    /// How its value stands to the baseline.
    pub relation: Relation,
    /// Where it is written.
    pub place: Place,
}

/// How an observed number scatters about its true level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chance {
    /// It does not.
    None,
    /// Each of the denominator, or of the trials, counts with the chance that the level is.
    Binomial,
    /// As rare events do: the variance is the mean.
    Poisson,
    /// As rare events that come in clusters: the variance is so many times the mean.
    NegativeBinomial(Exact),
}

/// A number of a field that conforms.
pub(super) fn number(json: Option<&Json>) -> Option<Exact> {
    Exact::parse(json?.number_text()?).ok()
}

/// Reads a distribution that conforms; what makes none is reported.
pub(super) fn spread(json: &Json, reports: &mut Reports) -> Option<Spread> {
    let named: Vec<(&str, &Json)> =
        DISTRIBUTIONS.iter().filter_map(|name| Some((*name, json.get(name)?))).collect();
    let [(name, parameters)] = named[..] else {
        let found = match &named[..] {
            [] => "no distribution".to_string(),
            named => named.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" and "),
        };
        let remedy = format!("write one of {}", DISTRIBUTIONS.join(", "));
        reports.add(&SCENARIO_SPREAD, &json.place, found, remedy);
        return None;
    };
    let relation = match json.get("relative").and_then(Json::text) {
        Some("times") => Relation::Times,
        Some("plus") => Relation::Plus,
        Some(_) | None => Relation::Instead,
    };
    let distribution = distribution(name, parameters, reports)?;
    Some(Spread { distribution, relation, place: json.place.clone() })
}

fn distribution(name: &str, json: &Json, reports: &mut Reports) -> Option<Distribution> {
    let of = |field: &str| number(json.get(field));
    let mut demand = |fine: bool, found: String, remedy: &str| {
        if !fine {
            reports.add(&SCENARIO_SPREAD, &json.place, found, remedy);
        }
        fine
    };
    match name {
        "fixed" => Some(Distribution::Fixed(number(Some(json))?)),
        "happens" => {
            let chance = number(Some(json))?;
            let fine = chance.sign() >= 0 && chance <= Exact::ONE;
            demand(fine, format!("a chance of {chance}"), "write a chance from 0 to 1, such as \"20%\"")
                .then_some(Distribution::Happens(chance))
        }
        "uniform" => {
            let (least, most) = (of("least")?, of("most")?);
            demand(least < most, format!("from {least} to {most}"), "let the least be below the greatest")
                .then_some(Distribution::Uniform { least, most })
        }
        "triangular" => {
            let (least, mode, most) = (of("least")?, of("mode")?, of("most")?);
            let fine = least <= mode && mode <= most && least < most;
            let found = format!("least {least}, mode {mode}, most {most}");
            demand(fine, found, "let the least, the mode and the greatest stand in rising order")
                .then_some(Distribution::Triangular { least, mode, most })
        }
        "normal" | "lognormal" => {
            let (mean, sd) = (of("mean")?, of("sd")?);
            let found = format!("a standard deviation of {sd}");
            let mut fine = demand(sd.sign() > 0, found, "write one above 0, or say `fixed`");
            if name == "normal" {
                return fine.then_some(Distribution::Normal { mean, sd });
            }
            fine &= demand(
                mean.sign() > 0,
                format!("a lognormal mean of {mean}"),
                "write a mean above 0: every lognormal value is",
            );
            fine.then_some(Distribution::Lognormal { mean, sd })
        }
        _ => {
            let (alpha, beta, least, most) = (of("alpha")?, of("beta")?, of("least")?, of("most")?);
            let found = format!("alpha {alpha}, beta {beta}");
            let shaped = demand(alpha.sign() > 0 && beta.sign() > 0, found, "write shapes above 0");
            let found = format!("from {least} to {most}");
            let fine = demand(least < most, found, "let the least be below the greatest") && shaped;
            fine.then_some(Distribution::Beta { alpha, beta, least, most })
        }
    }
}
