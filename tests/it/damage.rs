//! Saved data that is damaged while nobody looks at it: the program itself finds out.

use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::time::Duration;

use app_core::status::Freshness;
use app_core::views::Coverage;

use crate::harness::Story;

const PAGE: u64 = 4096;

#[tokio::test]
async fn a_damaged_page_is_found_by_the_running_program_set_aside_and_told_of_once() {
    let story = Story::signed_in().await;
    let (people, plans) = (story.people("").total, story.plans().total);
    // What was written last lies in the log until the program ends.
    let story = story.restarted().await;
    story.until(|status| status.freshness == Freshness::Fresh).await;
    let damaged = flip_a_bit(&file(&story, "store.db"));

    assert_eq!(story.refreshed().await.freshness, Freshness::Fresh, "nobody has met the damage");
    assert_eq!(story.people("").total, people);
    assert!(story.host.notices().is_empty());
    story.let_pass(Duration::from_secs(30)).await;
    story.until(|_| !story.host.notices().is_empty()).await;

    let status = story.until(|status| status.freshness == Freshness::Fresh).await;
    assert_eq!((status.coverage, status.people, status.plans), (Coverage::Complete, people, plans));
    assert_eq!(story.host.notices(), ["The saved data could not be read."]);
    assert_eq!(page(&file(&story, "store.set-aside")), damaged, "it is kept as it was");
    let story = story.restarted().await;
    assert_eq!((story.people("").total, story.plans().total), (people, plans));
    assert!(story.host.notices().is_empty(), "told once");
}

fn file(story: &Story, name: &str) -> PathBuf {
    story.files().into_iter().find(|path| path.ends_with(name)).unwrap()
}

/// Changes one bit in the middle of the file, and hands back the page in which it is.
fn flip_a_bit(file: &std::path::Path) -> Vec<u8> {
    let mut damaged = page(file);
    damaged[2_000] ^= 1;
    let file = std::fs::File::options().write(true).open(file).unwrap();
    file.write_all_at(&damaged, middle(&file)).unwrap();
    damaged
}

fn page(file: &std::path::Path) -> Vec<u8> {
    let file = std::fs::File::open(file).unwrap();
    let mut page = vec![0; usize::try_from(PAGE).unwrap()];
    file.read_exact_at(&mut page, middle(&file)).unwrap();
    page
}

/// Where the page in the middle begins.
fn middle(file: &std::fs::File) -> u64 {
    file.metadata().unwrap().len() / PAGE / 2 * PAGE
}
