//! Every sentence about trouble in one snapshot, so that a change of words is seen in review.

use std::fmt::Write as _;

use app_core::words;

#[test]
fn the_sentences_are_the_ones_that_were_reviewed() {
    let mut page = String::new();
    for (code, message, hint) in words::all() {
        writeln!(page, "{code:?}\n  {message}\n  {hint}\n").unwrap();
    }
    // The keychain has another name on each system.
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("words", page.replace(words::KEYCHAIN, "[keychain]"));
    });
}
