//! The search for a parameter: a contract is compiled for each value and held against the same draws.

use carepact::scenario::ScenarioFile;
use carepact::source::{Code, Location};
use carepact::{Contract, Diagnostic, Exact, Model, Observations, Problems};
use carepact_scenarios::Scenarios;
use carepact_scenarios::luck::{Luck as Found, Settings, luck};
use carepact_scenarios::solve::{
    CONDITION, Condition, Event, Goal, Grid, Limit, Luck, Measured, PARAMETER, Parameter, STEPS_MAX, Search,
    Solution, Tally, Value, Written,
};

use super::arguments::SolveArguments;
use crate::answer::Refusal;
use crate::commands::compile;
use crate::commands::luck::rates;
use crate::files;
use crate::progress::Progress;
use crate::simulate::inputs::{baseline, in_scenarios, scenario_file};
use crate::simulate::run::{PIECE_MAX, in_pieces};

/// What was found, and what it rests on.
pub struct Answered {
    /// The contract as written.
    pub model: Model,
    /// The parameter as written.
    pub parameter: Parameter,
    /// The condition.
    pub condition: Condition,
    /// What was looked at.
    pub grid: Grid,
    /// The solution.
    pub solution: Solution,
    /// What thresholds rest on, when they rest on a party's income or cost base.
    pub written: Option<Written>,
    /// What `base` stands for.
    pub base: Option<Value>,
}

/// Searches.
pub fn find(arguments: &SolveArguments, progress: &Progress) -> Result<Answered, Refusal> {
    let condition = Condition::parse(&arguments.until).map_err(Refusal::of)?;
    let model = compile(&arguments.contract)?;
    let document = &model.contract().document;
    let parameter = Parameter::find(document, &arguments.parameter).map_err(Refusal::of)?;
    let grid = grid(arguments, &parameter).map_err(Refusal::of)?;
    let baseline = baseline((&arguments.contract, &model), &arguments.draws, None)?;
    let finding = Finding { arguments, condition: &condition, baseline: &baseline, progress };
    let (solution, written, base) = if condition.is_of_luck() {
        (finding.by_luck(&model, (&parameter, &grid))?, None, None)
    } else {
        finding.in_scenarios(&model, (&parameter, &grid))?
    };
    Ok(Answered { model, parameter, condition, grid, solution, written, base })
}

/// The values that are looked at.
fn grid(arguments: &SolveArguments, parameter: &Parameter) -> Result<Grid, Diagnostic> {
    let number = |text: &String| {
        Exact::parse(text)
            .map_err(|_| problem(&PARAMETER, format!("`{text}` is no number"), "write it as 4.5% or 300"))
    };
    let step = arguments.step.as_ref().map(number).transpose()?;
    let (low, high) = match &arguments.between[..] {
        [low, high] => (number(low)?, number(high)?),
        _ => {
            let twice = &parameter.value * &Exact::from(2);
            let most = if parameter.is_percentage { twice.lesser(&Exact::ONE).clone() } else { twice };
            let most = most.greater(&parameter.value).clone();
            // Not from 0 itself, at which a contract may lose what the scenarios are about.
            (step.clone().unwrap_or_else(|| usual_step(&most)), most)
        }
    };
    let step = step.unwrap_or_else(|| usual_step(&(&high - &low)));
    Grid::new(&low, &high, &step).ok_or_else(|| {
        let found = format!(
            "from {} to {} in steps of {}",
            parameter.said(&low),
            parameter.said(&high),
            parameter.said(&step)
        );
        let remedy = format!(
            "say --between with the lesser value first, and a --step that fits one to {STEPS_MAX} times"
        );
        problem(&PARAMETER, found, &remedy)
    })
}

/// The power of ten that fits between a hundred and a thousand times.
fn usual_step(width: &Exact) -> Exact {
    let (thousand, ten) = (Exact::from(1000), Exact::from(10));
    let mut step = Exact::scaled(1, 12);
    while &step * &thousand < *width {
        step = &step * &ten;
    }
    step
}

fn problem(code: &'static Code, found: String, remedy: &str) -> Diagnostic {
    Diagnostic { code, location: Location::Request, found, remedy: remedy.to_string() }
}

struct Finding<'f> {
    arguments: &'f SolveArguments,
    condition: &'f Condition,
    baseline: &'f Observations,
    progress: &'f Progress,
}

type InScenarios = (Solution, Option<Written>, Option<Value>);

impl Finding<'_> {
    fn in_scenarios(&self, model: &Model, looked_at: (&Parameter, &Grid)) -> Result<InScenarios, Refusal> {
        let Some(path) = &self.arguments.scenarios else {
            let found = format!("`{}` is held against scenarios", self.condition.text);
            return Err(Refusal::of(problem(&CONDITION, found, "name a scenario file with --scenarios")));
        };
        let file = scenario_file(path)?;
        let refuse = |problems: Problems| in_scenarios(path, &file, problems.0);
        let scenarios = self.scenarios(model, &file).map_err(refuse)?;
        let goal = Goal::of(&scenarios, self.condition).map_err(|problems| refusal(problems.0))?;
        let tally = self.tally(&scenarios, &goal).map_err(|problems| refusal(problems.0))?;
        let written = goal.written(&scenarios, self.arguments.draws.seed, &tally);
        let unit = scenarios.unit().clone();
        let goal = goal.with_threshold(self.condition, &written, &unit);
        let (limit, base) = self.limit((&goal, &unit), &file)?;
        let mut measure = |model: &Model| {
            let request = self.arguments.draws.request();
            let changed = Scenarios::changed(model, &file, self.baseline, &request, &scenarios)?;
            Ok(goal.value(&self.tally(&changed, &goal)?, &unit))
        };
        let solution = self.search(model, looked_at, limit, &mut measure)?;
        Ok((solution, Some(written), base))
    }

    fn scenarios<'m>(&self, model: &'m Model, file: &ScenarioFile) -> Result<Scenarios<'m>, Problems> {
        Scenarios::new(model, file, self.baseline, &self.arguments.draws.request(), None)
    }

    /// What is measured under one contract; a search that is stopped has no answer.
    fn tally(&self, scenarios: &Scenarios<'_>, goal: &Goal) -> Result<Tally, Problems> {
        let draws = &self.arguments.draws;
        self.progress.begin_again();
        let mut tally = Tally::default();
        let work = |range| goal.measure(scenarios, draws.seed, range);
        in_pieces((draws, PIECE_MAX), self.progress, &work, &mut |part| {
            tally.merge(&part);
            true
        });
        if tally.count == draws.count {
            return Ok(tally);
        }
        let found = "stopped before the search had an answer".to_string();
        Err(Problems(vec![problem(
            &CONDITION,
            found,
            "let it run to its end, or ask for fewer scenarios with --count",
        )]))
    }

    /// What the measured number is held against; of `base` the same number under the other contract.
    fn limit(
        &self,
        (goal, unit): (&Goal, &Exact),
        file: &ScenarioFile,
    ) -> Result<(Exact, Option<Value>), Refusal> {
        match (&self.condition.limit, &self.arguments.base) {
            (Limit::Number(number), _) => Ok((number.clone(), None)),
            (Limit::Base, None) => {
                let found = "the condition asks for `base`, and there is no other contract".to_string();
                Err(Refusal::of(problem(&CONDITION, found, "name it with --base")))
            }
            (Limit::Base, Some(path)) => {
                let other = compile(path)?;
                let scenarios = self.scenarios(&other, file).map_err(|problems| {
                    Refusal::in_contract(files::name(path), other.contract(), problems.0)
                })?;
                let tally = self.tally(&scenarios, goal).map_err(|problems| refusal(problems.0))?;
                let value = goal.value(&tally, unit);
                let is_chance = matches!(self.condition.measured, Measured::Chance(_));
                let limit = if is_chance {
                    value.chances()[0].exact()
                } else {
                    let [estimate, ..] = value.amounts(other.contract().minor_places);
                    estimate
                };
                Ok((limit, Some(value)))
            }
        }
    }

    fn by_luck(&self, model: &Model, looked_at: (&Parameter, &Grid)) -> Result<Solution, Refusal> {
        let Measured::Chance(Event::Luck(question, line)) = &self.condition.measured else {
            unreachable!("a condition on luck names a line")
        };
        let Limit::Number(limit) = &self.condition.limit else {
            let found = "luck is held against a number, not against `base`".to_string();
            return Err(Refusal::of(problem(&CONDITION, found, "write the chance, such as 5%")));
        };
        let name = files::name(&self.arguments.contract);
        let rates = rates(model, name, self.arguments.rates.as_deref())?;
        let settings = Settings { lines: Some(line.clone()), search: false, ..Settings::default() };
        let mut measure = |model: &Model| {
            let facts = model.bind(self.baseline, &self.arguments.draws.request())?;
            let found = luck(model, &facts, &rates, &settings)?;
            found
                .worst(|line| match question {
                    Luck::PaidUnchanged => line.paid_unchanged.as_ref(),
                    Luck::FinedOnTarget => line.fined_on_target.as_ref(),
                    Luck::UnpaidImproved => line.unpaid_improved.as_ref(),
                })
                .map(Value::of)
                .ok_or_else(|| Problems(vec![self.no_line(line, &found)]))
        };
        self.search(model, looked_at, limit.clone(), &mut measure)
    }

    fn no_line(&self, name: &str, found: &Found) -> Diagnostic {
        let remedy = if found.several.is_empty() {
            "name a clause, a member such as C07, or a line; `carepact luck` lists what has an answer"
        } else {
            "it rests on several figures that chance moves; hold a chance in scenarios against the limit"
        };
        problem(&CONDITION, format!("`{}`: luck has no answer for `{name}`", self.condition.text), remedy)
    }

    fn search(
        &self,
        model: &Model,
        (parameter, grid): (&Parameter, &Grid),
        limit: Exact,
        measure: &mut dyn FnMut(&Model) -> Result<Value, Problems>,
    ) -> Result<Solution, Refusal> {
        let document = &model.contract().document;
        let mut at = |value: &Exact| {
            let at = || format!("with {} at {}", parameter.path, parameter.said(value));
            measure(&changed(parameter, document, value)?).map_err(|problems| first_of(&at(), problems))
        };
        let search = Search::new(grid, (self.condition.relation, &limit), &mut at);
        search.run().map_err(|problems| refusal(problems.0))
    }
}

fn refusal(problems: Vec<Diagnostic>) -> Refusal {
    Refusal { name: String::new(), document: None, problems }
}

/// The contract with another value.
fn changed(parameter: &Parameter, document: &carepact::Document, value: &Exact) -> Result<Model, Problems> {
    let text = parameter.with(document, value);
    let at = format!("with {} at {} it is no contract", parameter.path, parameter.said(value));
    Contract::parse(&text).and_then(Contract::compile).map_err(|problems| first_of(&at, problems))
}

/// What is wrong at some value of the parameter, as one problem.
fn first_of(at: &str, problems: Problems) -> Problems {
    let Some(first) = problems.0.into_iter().find(Diagnostic::is_error) else { return Problems(Vec::new()) };
    let found = format!("{at}: {}", first.found);
    let remedy = format!("look --between other values, or: {}", first.remedy);
    Problems(vec![problem(first.code, found, &remedy)])
}
