//! The page's types are those of the Rust code.

use std::{env, fs};

#[test]
#[allow(clippy::disallowed_methods, reason = "the switch that rewrites the file")]
fn the_pages_types_are_those_of_the_program() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/contract.d.ts");
    let rendered = narthex::commands::bindings();
    if env::var_os("NARTHEX_BLESS").is_some() {
        fs::write(file, &rendered).unwrap();
    }
    let kept = fs::read_to_string(file).unwrap();
    assert!(
        kept == rendered,
        "ui/contract.d.ts is out of date. Rewrite it with NARTHEX_BLESS=1 cargo nextest run bindings"
    );
}
