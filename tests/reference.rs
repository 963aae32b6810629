//! The generated pages of `docs/reference/` are those that the source generates, and every name
//! of a function is one that contracts may not use.

mod common;

use carepact::contract::RESERVED;
use carepact::lower::aggregates::AGGREGATES;
use carepact::lower::functions;

#[test]
fn the_reference_is_up_to_date() {
    for (name, page) in carepact::reference::pages() {
        let file = common::path("docs/reference").join(name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(common::path("docs/reference")).expect("a folder");
            std::fs::write(&file, &page).expect("a page");
        }
        let written = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            written == page,
            "docs/reference/{name} is out of date: run UPDATE=1 cargo test --test reference"
        );
    }
}

#[test]
fn names_of_functions_are_reserved() {
    for word in functions::words().chain(AGGREGATES.iter().map(|aggregate| aggregate.name)) {
        let taken = RESERVED.contains(&word) || carepact::formula::WORDS.contains(&word);
        assert!(taken, "`{word}` is missing in contract::RESERVED");
    }
}
