//! The fuzzer's corpus, tried again without the fuzzer: what was once found stays mended.

#[path = "../fuzz/properties.rs"]
#[allow(unreachable_pub, reason = "the fuzzer's own programs use them from outside")]
mod properties;

use std::path::Path;

#[test]
fn every_return_link_of_the_corpus_is_judged_rightly() {
    replay("callback", properties::callback);
}

#[test]
fn every_document_of_the_corpus_is_read_for_what_it_is() {
    replay("document", properties::document);
}

#[test]
fn every_note_of_the_corpus_keeps_its_words() {
    replay("markup", properties::markup);
}

#[test]
fn every_wait_of_the_corpus_is_bounded() {
    replay("retry_after", properties::retry_after);
}

#[allow(clippy::print_stdout, reason = "shown when a test fails; the last input is at fault")]
fn replay(target: &str, property: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let inputs: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!inputs.is_empty(), "the corpus of {target} is where this test looks");
    for input in inputs {
        println!("{}", input.display());
        property(&std::fs::read(&input).unwrap());
    }
}
