//! The documentation is true: commands print what its pages show, contracts in it check clean,
//! excerpts stand in shipped files, and links lead somewhere.
//!
//! Each page of `README.md` and `docs/` is worked through from top to bottom, in a folder of its own
//! with copies of `contracts/` and `fixtures/`. What the fence of a block says decides what happens:
//!
//! - `json FILE` and `csv FILE` write a file, as the reader does;
//! - `diff FILE` changes it: what stands in lines without `+` becomes what stands in lines without `-`;
//! - `console` runs `$ carepact …`, `$ cargo run --release -- …` and `$ cat FILE`; the lines below a
//!   command are what it prints, `...` stands for any lines, and `[exit status: 1]` is its status;
//! - `json` and `csv` alone are excerpts: what stands between lines `...` is in a file of that folder;
//! - `rust` is an excerpt of this file, which runs it.
//!
//! Contracts, case files and scenario files in a page are clean (a mapping is held against data only); a contract that shows mistakes says so after its name,
//! `json FILE wrong`.
//!
//! `UPDATE=1 cargo test --test docs` rewrites the console blocks. After a `...` it looks for a line that
//! begins as the one in the page does, and takes as many lines from there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A fenced block.
struct Block {
    /// The words of the fence.
    words: Vec<String>,
    /// The index of its first line in the page.
    first: usize,
    lines: Vec<String>,
}

/// A page, and the folder that it is worked through in.
struct Page {
    file: PathBuf,
    folder: PathBuf,
    lines: Vec<String>,
    problems: Vec<String>,
    consoles: usize,
}

#[test]
fn every_page_is_true() {
    let mut files = vec![root().join("README.md")];
    files.extend(files_below(&root().join("docs"), "md"));
    let pages: Vec<Page> = files.into_iter().map(Page::worked_through).collect();
    let problems: Vec<&str> = pages.iter().flat_map(|page| &page.problems).map(String::as_str).collect();
    assert!(problems.is_empty(), "{} problems\n\n{}", problems.len(), problems.join("\n\n"));
    assert!(pages.iter().any(|page| page.consoles > 0), "no console blocks were found");
}

/// The contract of the pages on embedding.
const EXAMPLE: &str = r#"{
      "carepact": 1, "contract": "example", "title": "A price per head", "synthetic": true, "currency": "GBP",
      "rounding": { "mode": "half_away", "residue": "largest_remainder" },
      "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
      "parties": [{ "id": "icb", "role": "commissioner" }, { "id": "trust", "role": "provider" }],
      "measures": { "people": { "kind": "count", "unit": "person", "per": "year", "range": [0, 400000] } },
      "tables": { "price": "142.37 GBP/person/year" },
      "clauses": { "core": { "kind": "capitation", "from": "icb", "to": "trust", "per": "year",
        "amount": "people * price * months" } }
    }"#;

/// The code of the pages on embedding, as it stands there.
#[test]
fn the_code_of_the_pages_runs() -> Result<(), carepact::Problems> {
    let text = EXAMPLE;
    use carepact::{Contract, Observations, Request};

    let model = Contract::parse(text)?.compile()?; // all problems at once, with their places
    let mut observations = Observations::new();
    observations.add_value("people", "2026/27", &[], "1000");
    let facts = model.bind(&observations, &Request::default())?; // missing and wrong data, all at once
    let statement = model.evaluate(&facts); // cannot fail
    assert_eq!(statement.lines()[0].amount.plain(2), "142370.00");
    let why = statement.explain("core:2026/27")?;
    println!("{}", why.text());

    for line in statement.lines() {
        println!("{} {} → {} {}", line.id, line.payer, line.payee, line.amount.grouped(2));
    }
    for total in statement.totals().parties() {
        println!("{} {}", total.party, total.net().grouped(2));
    }

    let basis = model.basis(&facts, &carepact::evaluate::one_by_one); // what all holders share
    let mut totals = carepact::statement::Totals::new(&model);
    for holder in 0..facts.lanes.len() {
        let part = basis.evaluate(holder..holder + 1); // the lines of one holder, and its totals
        totals.add(part.totals());
    }

    let mut observations = Observations::new();
    let headings = ["measure", "period", "value"].map(String::from);
    let rows = [["people", "2026/27", "1000"].map(String::from)];
    observations.add_table("list.csv", &headings, rows.iter().enumerate().map(|(i, row)| (i + 2, &row[..])));
    assert!(model.bind(&observations, &Request::default()).is_ok());

    use carepact::scenario::ScenarioFile;
    use carepact_scenarios::{Period, Scenarios, Simulation};

    let file = ScenarioFile::parse(
        r#"{ "title": "The list may differ", "draws": [
          { "measure": "people", "level": { "normal": { "mean": 1000, "sd": 20 } } } ] }"#,
    )?;
    let scenarios = Scenarios::new(&model, &file, &observations, &Request::default(), None)?; // all problems at once
    let simulation = Simulation::run(&scenarios, 1, 0..10_000); // seed 1; ranges can be run apart and merged
    let trust = simulation.amount(Some("trust"), None, &Period::All).expect("a party of the contract");
    println!("{} pence on average, from {:?} to {:?}", trust.mean(), trust.least(), trust.most());
    let sampler = scenarios.sampler(1);
    let columns = sampler.columns(4_000, 500); // the facts of scenarios 4,000 to 4,499, a column each
    println!("{} numbers are drawn", columns.columns.len());

    for problem in carepact::check("{ \"carepact\": 1 }").problems {
        println!("{}", problem.text("contract.json", None));
    }
    Ok(())
}

/// The code about batches, as it stands there.
#[test]
fn the_code_about_batches_runs() -> Result<(), Box<dyn std::error::Error>> {
    let model = carepact::Contract::parse(EXAMPLE)?.compile()?;
    use carepact::batch::{Columns, Known, Output};

    // The list varies from 900 to 1,100 people in whole ones; the wanted amount is that of the first line.
    let plan = model.plan();
    let known: Vec<Known> = plan.facts().iter().map(|fact| Known::Varies(fact.range.clone())).collect();
    let amount = plan.lines()[0].parts[0].amount;
    let batch = model.batch(&known, &[Output { terms: vec![(carepact::Exact::ONE, amount)] }])?;
    let people: Vec<i64> = (900..=1_100).collect(); // a column for each of batch.inputs(), in steps of it
    let mut paid = vec![0_i64; people.len()]; // whole numbers of batch.units()[0]
    batch.run(&Columns::new(&[&people])?, [&mut paid])?;
    let amount = &carepact::Exact::from(paid[100]) * &batch.units()[0];
    assert_eq!(amount.plain(2), "142370.00"); // 1,000 people: the statement above
    Ok(())
}

impl Page {
    fn worked_through(file: PathBuf) -> Page {
        let text = fs::read_to_string(&file).expect("a page can be read");
        let name = file.strip_prefix(root()).expect("pages stand below the root").display().to_string();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("docs").join(name.replace(['/', '\\'], "-"));
        let lines: Vec<String> = text.lines().map(str::to_string).collect();
        let blocks = blocks(&lines);
        let mut page = Page { file, folder, lines, problems: Vec::new(), consoles: 0 };
        page.check_links(&blocks);
        if blocks.iter().any(|block| ["console", "json", "csv"].contains(&block.kind())) {
            page.fresh_folder();
        }
        let mut fresh = Vec::new();
        for block in &blocks {
            match (block.kind(), block.words.get(1)) {
                ("console", _) => fresh.extend(page.run(block).map(|lines| (block, lines))),
                ("json" | "csv", Some(file)) => page.write(block, file),
                ("diff", Some(file)) => page.change(block, file),
                ("json" | "csv", None) => page.check_excerpt(block),
                ("rust", _) => page.check_code(block),
                _ => {}
            }
        }
        page.rewrite(fresh);
        page
    }

    fn report(&mut self, line: usize, found: &str) {
        let name = self.file.strip_prefix(root()).unwrap_or(&self.file);
        self.problems.push(format!("{}:{}: {found}", name.display(), line + 1));
    }

    /// A folder with nothing but the contracts and fixtures that are shipped.
    fn fresh_folder(&self) {
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder).expect("an old folder can go");
        }
        for (part, ending) in [("contracts", "json"), ("fixtures", "csv"), ("fixtures", "json")] {
            for file in files_below(&root().join(part), ending) {
                let to = self.folder.join(file.strip_prefix(root()).expect("it stands below the root"));
                fs::create_dir_all(to.parent().expect("a file stands in a folder")).expect("a folder");
                fs::copy(&file, to).expect("a copy");
            }
        }
    }

    fn write(&mut self, block: &Block, file: &str) {
        let text = block.lines.join("\n") + "\n";
        if file.ends_with(".cases.json") {
            self.check_cases(block, &text);
        } else if file.ends_with(".scenarios.json") {
            if let Err(problems) = carepact::scenario::ScenarioFile::parse(&text) {
                self.report(block.first, &problems.to_string());
            }
        } else if block.kind() == "json" && !file.ends_with(".mapping.json") {
            self.check_contract(block, &text);
        }
        fs::write(self.folder.join(file), text).expect("a file of the page");
    }

    /// Makes the change that a `diff` block shows, which must fit in one place.
    fn change(&mut self, block: &Block, file: &str) {
        let side = |other: char| {
            let kept = block.lines.iter().filter(|line| !line.starts_with(other));
            kept.map(|line| line.get(1..).unwrap_or_default()).collect::<Vec<_>>().join("\n")
        };
        let (before, after) = (side('+'), side('-'));
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path).unwrap_or_default();
        match text.matches(before.trim()).count() {
            1 => fs::write(path, text.replacen(before.trim(), after.trim(), 1)).expect("a changed file"),
            count => self.report(block.first, &format!("the change fits in {count} places of {file}")),
        }
    }

    fn check_contract(&mut self, block: &Block, text: &str) {
        let problems = carepact::check(text).problems;
        if block.words.iter().any(|word| word == "wrong") {
            if problems.is_empty() {
                self.report(block.first, "nothing is wrong with this contract");
            }
            return;
        }
        for problem in problems {
            self.report(block.first, &problem.text("contract", None));
        }
    }

    fn check_cases(&mut self, block: &Block, text: &str) {
        if let Err(problems) = carepact::cases::CaseFile::parse(text) {
            self.report(block.first, &problems.to_string());
        }
    }

    fn check_code(&mut self, block: &Block) {
        if !bare(include_str!("docs.rs")).contains(&bare(&block.lines.join("\n"))) {
            self.report(block.first, "cli/tests/docs.rs does not hold this code");
        }
    }

    fn check_excerpt(&mut self, block: &Block) {
        let text = block.lines.join("\n");
        if text.contains("\"carepact\"") && !block.lines.iter().any(|line| line == "...") {
            return self.check_contract(block, &text);
        }
        let shipped: Vec<String> = files_below(&self.folder, block.kind())
            .iter()
            .map(|file| bare(&fs::read_to_string(file).expect("a file of the folder")))
            .collect();
        for piece in block.lines.split(|line| line.trim() == "...") {
            let wanted = bare(&piece.join("\n"));
            if !shipped.iter().any(|file| file.contains(wanted.trim_end_matches(','))) {
                self.report(block.first, &format!("no file holds this excerpt:\n{}", piece.join("\n")));
            }
        }
    }

    /// Runs a block; its new lines when they differ and are to be rewritten.
    fn run(&mut self, block: &Block) -> Option<Vec<String>> {
        self.consoles += 1;
        let mut fresh = Vec::new();
        for (at, command, expected) in steps(block) {
            let printed = self.printed(&command.join("\n"));
            let renewed = if updating() { renewed(expected, &printed) } else { expected.to_vec() };
            if !fits(&renewed, &printed) {
                let (wanted, got) = (expected.join("\n"), printed.join("\n"));
                let command = command.join("\n");
                self.report(at, &format!("{command}\n--- the page says\n{wanted}\n--- printed\n{got}"));
            }
            fresh.extend(command.iter().cloned().chain(renewed));
        }
        (fresh != block.lines).then_some(fresh)
    }

    /// What a command prints, on standard output and then on standard error, and its status.
    fn printed(&self, command: &str) -> Vec<String> {
        let words = words(command);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (text, status) = match &words[..] {
            ["carepact", rest @ ..] | ["cargo", "run", "--release", "--", rest @ ..] => self.carepact(rest),
            ["cat", file] => (fs::read_to_string(self.folder.join(file)).unwrap_or_default(), 0),
            _ => ("(this page may run carepact and cat only)".to_string(), 0),
        };
        let mut lines: Vec<String> = text.lines().map(|line| line.trim_end().to_string()).collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines.extend((status != 0).then(|| format!("[exit status: {status}]")));
        lines
    }

    fn carepact(&self, arguments: &[&str]) -> (String, i32) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carepact"));
        let output = command.args(arguments).current_dir(&self.folder).output().expect("carepact runs");
        let text = [output.stdout, output.stderr].concat();
        (String::from_utf8(text).expect("carepact prints UTF-8"), output.status.code().unwrap_or(-1))
    }

    fn rewrite(&self, fresh: Vec<(&Block, Vec<String>)>) {
        let mut lines = self.lines.clone();
        let changed = !fresh.is_empty();
        for (block, new) in fresh.into_iter().rev() {
            lines.splice(block.first..block.first + block.lines.len(), new);
        }
        if changed {
            fs::write(&self.file, lines.join("\n") + "\n").expect("the page can be written");
        }
    }

    /// Links to files and headings of this repository.
    fn check_links(&mut self, blocks: &[Block]) {
        let inside = |at: usize| {
            blocks.iter().any(|block| (block.first..block.first + block.lines.len()).contains(&at))
        };
        let lines: Vec<(usize, String)> =
            self.lines.iter().cloned().enumerate().filter(|(at, _)| !inside(*at)).collect();
        for (at, line) in lines {
            for link in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                if !link.starts_with("http") && !self.leads_somewhere(link) {
                    self.report(at, &format!("the link `{link}` leads nowhere"));
                }
            }
        }
    }

    fn leads_somewhere(&self, link: &str) -> bool {
        let (path, heading) = link.split_once('#').unwrap_or((link, ""));
        let folder = self.file.parent().unwrap_or(&self.file);
        let target = if path.is_empty() { self.file.clone() } else { folder.join(path) };
        let text = fs::read_to_string(&target).unwrap_or_default();
        let headings = text.lines().filter(|line| line.starts_with('#')).map(anchor);
        target.exists() && (heading.is_empty() || headings.into_iter().any(|known| known == heading))
    }
}

impl Block {
    fn kind(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }
}

fn updating() -> bool {
    std::env::var_os("UPDATE").is_some()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("cli/ stands in the repository").to_path_buf()
}

/// All files with an ending, in order of their paths.
fn files_below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path, ending));
        } else if path.extension().is_some_and(|known| known == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn blocks(lines: &[String]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (at, line) in lines.iter().enumerate() {
        match (line.strip_prefix("```"), open) {
            (Some(fence), false) => {
                let words = fence.split_whitespace().map(str::to_string).collect();
                blocks.push(Block { words, first: at + 1, lines: Vec::new() });
                open = true;
            }
            (Some(_), true) => open = false,
            (None, true) => blocks.last_mut().expect("a block is open").lines.push(line.clone()),
            (None, false) => {}
        }
    }
    blocks
}

/// The commands of a block: the line of the page, the lines of the command, and those below it.
fn steps(block: &Block) -> Vec<(usize, &[String], &[String])> {
    let starts: Vec<usize> = (0..block.lines.len()).filter(|at| block.lines[*at].starts_with("$ ")).collect();
    let ends = starts.iter().skip(1).copied().chain([block.lines.len()]);
    let cut = |(start, end): (usize, usize)| {
        let lines = &block.lines[start..end];
        let continued = lines.iter().take_while(|line| line.ends_with('\\')).count();
        let (command, expected) = lines.split_at((continued + 1).min(lines.len()));
        (block.first + start, command, expected)
    };
    starts.iter().copied().zip(ends).map(cut).collect()
}

/// The words of a command as a shell cuts them.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in command.trim_start_matches("$ ").replace("\\\n", " ").chars() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (' ', None) => words.push(String::new()),
            (c, _) => words.last_mut().expect("there is a word").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// True when lines are as expected, where `...` stands for any lines.
fn fits(expected: &[String], printed: &[String]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((line, rest)) if line == "..." => (0..=printed.len()).any(|skip| fits(rest, &printed[skip..])),
        Some((line, rest)) => {
            printed.split_first().is_some_and(|(first, more)| first == line.trim_end() && fits(rest, more))
        }
    }
}

/// Expected lines brought up to date: all that was printed, or the same pieces of it between `...`.
fn renewed(expected: &[String], printed: &[String]) -> Vec<String> {
    let any = "...".to_string();
    if !expected.contains(&any) {
        return printed.to_vec();
    }
    let mut renewed = Vec::new();
    let mut rest = printed;
    for (index, piece) in expected.split(|line| *line == any).enumerate() {
        renewed.extend((index > 0).then(|| any.clone()));
        let Some(first) = piece.first() else { continue };
        let found = rest.iter().position(|line| line.starts_with(first.as_str())).unwrap_or(0);
        let (taken, after) = rest[found..].split_at(piece.len().min(rest.len() - found));
        renewed.extend_from_slice(taken);
        rest = after;
    }
    renewed
}

/// Text without its spaces and line breaks.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The name that a link uses for a heading.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}
