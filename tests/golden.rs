//! Texts that people review: the compiled plan of small contracts and the contract read back.
//! `UPDATE=1 cargo test` rewrites them; read the change with `git diff`.

mod common;

use common::{compile, path, text};

fn same_as_written(file: &str, found: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path("fixtures/golden")).expect("a folder");
        std::fs::write(path(file), found).expect("a golden file");
    }
    let written = std::fs::read_to_string(path(file)).unwrap_or_default().replace("\r\n", "\n");
    assert!(written == found, "{file} differs from what is found now: UPDATE=1 cargo test, then git diff");
}

#[test]
fn plans_of_small_contracts_are_those_reviewed() {
    for name in ["quality-points", "shared-savings"] {
        let contract = format!("contracts/examples/{name}.json");
        let plan = compile(&contract, &text(&contract)).plan().to_string();
        same_as_written(&format!("fixtures/golden/{name}.plan.txt"), &plan);
    }
}

#[test]
fn contracts_are_read_back_as_reviewed() {
    for name in ["prime-provider", "year-of-care"] {
        let contract = format!("contracts/harbourside/{name}.json");
        let words = carepact::describe::describe(compile(&contract, &text(&contract)).contract());
        same_as_written(&format!("fixtures/golden/{name}.describe.txt"), &words);
    }
}

#[test]
fn starting_points_check_clean() {
    for contract in common::contracts() {
        let model = compile(&contract, &text(&contract));
        let clean = model.warnings().is_empty();
        assert!(clean || contract.ends_with("bad.json"), "{contract} has warnings");
    }
}
