//! States a contract for each case of a file.
//!
//! A compiled contract is kept for the next case that has the same parameters and shows the same
//! quantities. A case that cannot be stated fails with its problems; the others go on.

use std::collections::BTreeMap;

use super::amounts::{compare, is_quantity};
use super::observed::observed;
use super::parameters::replaced;
use super::read::{Case, CaseFile, Expected};
use super::results::{CaseResult, Compared, Failure, Results};
use crate::Model;
use crate::bind::{AsOf, Request};
use crate::contract::shape::Reports;
use crate::contract::{self, Contract, Origin};
use crate::observe::Observations;
use crate::source::{Diagnostic, Document, catalogue};

/// Holds the cases of a file against the text of their contract. With `reasons`, lines that differ
/// are explained.
pub fn run(file: &CaseFile, contract: &str, reasons: bool) -> Results {
    let mut results = Results {
        title: file.title.clone(),
        published: None,
        remembered: None,
        not_covered: file.not_covered.clone(),
        document: file.document.clone(),
        problems: file.problems.clone(),
        failure: None,
        cases: Vec::new(),
    };
    let document = match Document::parse(contract) {
        Ok(document) => document,
        Err(problems) => {
            results.failure = Some(in_contract(Document::unread(contract), problems));
            return results;
        }
    };
    let mut runner = Runner { file, document, reasons, known: BTreeMap::new() };
    let as_written = runner.terms(contract);
    let usable = as_written.contract.clone().and_then(|contract| {
        as_written.model(Vec::new())?;
        Ok(contract)
    });
    match usable {
        Err(failure) => results.failure = Some(failure),
        Ok(contract) => {
            if let Origin::Published(published) = &contract.origin {
                results.published = Some(published.clone());
            }
            results.title = contract.title;
            results.remembered = contract.remembered;
            results.cases = file.cases.iter().map(|case| runner.case(case)).collect();
        }
    }
    results
}

/// What a case states: the text of the contract with the case's parameters, and its observations.
///
/// # Errors
/// Problems of the contract, or of the case.
pub fn stated(file: &CaseFile, case: &Case, contract: &str) -> Result<(String, Observations), Box<Failure>> {
    let unread = |problems| in_contract(Document::unread(contract), problems);
    let document = Document::parse(contract).map_err(unread)?;
    let mut reports = Reports::default();
    let text = replaced(&document, &file.document, case, &mut reports);
    let observed = observed(&Terms::new(&text).contract?, case, &mut reports);
    if reports.0.is_empty() { Ok((text, observed.observations)) } else { Err(in_cases(file, reports)) }
}

fn in_cases(file: &CaseFile, reports: Reports) -> Box<Failure> {
    Box::new(Failure { in_contract: false, document: file.document.clone(), problems: reports.0 })
}

fn in_contract(document: Document, problems: Vec<Diagnostic>) -> Box<Failure> {
    let problems = problems.into_iter().filter(Diagnostic::is_error).collect();
    Box::new(Failure { in_contract: true, document, problems })
}

struct Runner<'f> {
    file: &'f CaseFile,
    document: Document,
    reasons: bool,
    /// Contracts by their text with parameters.
    known: BTreeMap<String, Terms>,
}

/// A contract with the parameters of some cases.
struct Terms {
    contract: Result<Contract, Box<Failure>>,
    /// By the quantities that are shown besides those that always are.
    models: BTreeMap<Vec<String>, Result<Model, Box<Failure>>>,
}

impl Terms {
    fn new(text: &str) -> Terms {
        let read = |document: Document| {
            let (contract, problems) = contract::read(document.clone());
            let fine = !problems.iter().any(Diagnostic::is_error);
            contract.filter(|_| fine).ok_or_else(|| in_contract(document, problems))
        };
        let unread = |problems| in_contract(Document::unread(text), problems);
        let contract = Document::parse(text).map_err(unread).and_then(read);
        Terms { contract, models: BTreeMap::new() }
    }

    /// The model that shows these quantities.
    fn model(&mut self, shown: Vec<String>) -> Result<&Model, Box<Failure>> {
        let Terms { contract, models } = self;
        let contract = contract.as_ref().map_err(Clone::clone)?;
        let model = models.entry(shown).or_insert_with_key(|shown| {
            let mut contract = contract.clone();
            for quantity in shown {
                contract.show(quantity);
            }
            let document = contract.document.clone();
            contract.compile().map_err(|problems| in_contract(document, problems.0))
        });
        model.as_ref().map_err(Clone::clone)
    }
}

impl Runner<'_> {
    fn terms(&mut self, text: &str) -> &mut Terms {
        self.known.entry(text.to_string()).or_insert_with(|| Terms::new(text))
    }

    fn case(&mut self, case: &Case) -> CaseResult {
        let mut reports = Reports::default();
        let text = replaced(&self.document, &self.file.document, case, &mut reports);
        let result = self.amounts(case, &text, &mut reports).and_then(|amounts| {
            if reports.0.is_empty() { Ok(amounts) } else { Err(in_cases(self.file, reports)) }
        });
        CaseResult { case: case.clone(), result }
    }

    /// The amounts of a case; of no meaning where a problem of the case is reported.
    fn amounts(
        &mut self,
        case: &Case,
        text: &str,
        reports: &mut Reports,
    ) -> Result<Vec<Compared>, Box<Failure>> {
        let reasons = self.reasons;
        let terms = self.terms(text);
        let contract = terms.contract.as_ref().map_err(Clone::clone)?;
        let observed = observed(contract, case, reports);
        let model = terms.model(shown(contract, case))?;
        let request = Request { period: Some(case.period.clone()), as_of: AsOf::default() };
        match model.bind(&observed.observations, &request) {
            Ok(facts) => {
                let statement = model.evaluate(&facts);
                Ok(case.expected.iter().map(|expected| compare(&statement, expected, reasons)).collect())
            }
            Err(problems) => {
                // What could not be placed is not missing.
                let all_placed = reports.0.is_empty();
                let kept =
                    |problem: &Diagnostic| all_placed || problem.code.name != catalogue::DATA_MISSING.name;
                for problem in problems.0.into_iter().filter(kept) {
                    let is_period = problem.code.name == catalogue::UNKNOWN_PERIOD.name;
                    let place = case.place(if is_period { "period" } else { "observations" });
                    reports.0.push(observed.placed(problem, place));
                }
                reports.0.sort_by_key(Diagnostic::at);
                Ok(Vec::new())
            }
        }
    }
}

/// The quantities that a case expects and that no statement shows by itself.
fn shown(contract: &Contract, case: &Case) -> Vec<String> {
    let is_shown = |name: &str| contract.quantities.iter().any(|known| known.name == name && known.shown);
    let names = case.expected.iter().map(Expected::name);
    let mut shown: Vec<String> =
        names.filter(|name| is_quantity(contract, name) && !is_shown(name)).map(str::to_string).collect();
    shown.sort_unstable();
    shown.dedup();
    shown
}
