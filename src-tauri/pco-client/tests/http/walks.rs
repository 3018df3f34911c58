//! Walks from page to page, over collections that behave and collections that do not.

use std::sync::{Arc, Mutex};

use pco_client::{ApiError, DEEP_OFFSET, Lane, Page, Product, Query, Walk, WalkOutcome};
use serde_json::{Value, json};

use crate::server::{Seen, Server, client, json};

const PER_PAGE: usize = 2;

type People = Arc<Mutex<Vec<String>>>;

fn people(ids: &[&str]) -> People {
    Arc::new(Mutex::new(ids.iter().map(|id| (*id).to_owned()).collect()))
}

/// The page that PCO would answer with.
fn page(people: &[String], seen: &Seen) -> Value {
    let offset = seen.offset();
    let data: Vec<_> =
        people.iter().skip(offset).take(PER_PAGE).map(|id| json!({"type": "Person", "id": id})).collect();
    let mut meta = json!({"total_count": people.len(), "count": data.len()});
    let mut links = json!({"self": seen.path});
    if offset + PER_PAGE < people.len() {
        meta["next"] = json!({"offset": offset + PER_PAGE});
        links["next"] = json!("https://evil.example/people/v2/people?offset=2");
    }
    json!({"links": links, "data": data, "included": [], "meta": meta})
}

/// Serves `people`; `after` may change them once each page has been written.
async fn serve(people: &People, after: impl Fn(&mut Vec<String>, usize) + Send + Sync + 'static) -> Server {
    let people = Arc::clone(people);
    Server::start(move |seen, number| {
        let mut people = people.lock().unwrap();
        let page = page(&people, seen);
        after(&mut people, number);
        json(200, &page)
    })
    .await
}

fn walk(server: &Server) -> Walk {
    client(server).walk(Lane::Background, &Query::new(Product::People, "people").per_page(2))
}

fn ids(page: &Page) -> Vec<String> {
    page.document.data.iter().map(|person| person.id.clone()).collect()
}

/// Walks to the end and tells every id in the order of arrival.
async fn all(walk: &mut Walk) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(page) = walk.next().await.unwrap() {
        all.extend(ids(&page));
    }
    all
}

fn offsets(server: &Server) -> Vec<usize> {
    server.seen().iter().map(Seen::offset).collect()
}

#[tokio::test]
async fn an_exactly_full_last_page_ends_the_walk() {
    let server = serve(&people(&["1", "2", "3", "4"]), |_, _| ()).await;
    let mut walk = walk(&server);
    assert_eq!(all(&mut walk).await, ["1", "2", "3", "4"]);
    assert_eq!(offsets(&server), [0, 2]);
    assert_eq!(walk.outcome(), WalkOutcome::Complete { total: 4 });
    assert!(walk.next().await.unwrap().is_none(), "the end stays the end");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_short_first_page_is_the_only_one() {
    let server = serve(&people(&["1"]), |_, _| ()).await;
    let mut walk = walk(&server);
    assert_eq!(all(&mut walk).await, ["1"]);
    assert_eq!(offsets(&server), [0]);
    assert_eq!(walk.outcome(), WalkOutcome::Complete { total: 1 });
}

#[tokio::test]
async fn an_empty_collection_is_complete() {
    let server = serve(&people(&[]), |_, _| ()).await;
    let mut walk = walk(&server);
    assert!(all(&mut walk).await.is_empty());
    assert_eq!(walk.outcome(), WalkOutcome::Complete { total: 0 });
}

#[tokio::test]
async fn a_collection_that_does_not_tell_its_count_is_not_taken_for_an_empty_one() {
    for body in [json!({"data": []}), json!({"data": null}), json!({"data": [], "meta": {"count": 0}})] {
        let server = Server::start(move |_, _| json(200, &body)).await;
        let error = walk(&server).next().await.unwrap_err();
        assert!(matches!(&error, ApiError::Decode { path, .. } if path == "meta.total_count"), "{error:?}");
    }
}

#[tokio::test]
async fn the_deep_offset_is_not_asked_for() {
    let total = usize::try_from(DEEP_OFFSET).unwrap() + 3;
    let many: Vec<_> = (0..total).map(|id| id.to_string()).collect();
    let server = serve(&Arc::new(Mutex::new(many)), |_, _| ()).await;
    let query = Query::new(Product::People, "people").per_page(2);
    let client = client(&server);
    let last = client.page(Lane::Background, &query, DEEP_OFFSET - 2).await.unwrap();
    assert_eq!(last.next, Some(DEEP_OFFSET));
    let error = client.page(Lane::Background, &query, DEEP_OFFSET).await.unwrap_err();
    assert!(matches!(error, ApiError::DeepOffset { offset: DEEP_OFFSET }), "{error:?}");
    assert_eq!(offsets(&server).len(), 1);
}

#[tokio::test]
async fn a_record_inserted_in_front_repeats_one_and_is_missed() {
    let server = serve(&people(&["1", "2", "3", "4"]), |people, number| {
        if number == 0 {
            people.insert(0, "new".to_owned());
        }
    })
    .await;
    let mut walk = walk(&server);
    assert_eq!(all(&mut walk).await, ["1", "2", "3", "4"]);
    assert_eq!(walk.outcome(), WalkOutcome::Incomplete { seen: 4, total: Some(5) });
}

#[tokio::test]
async fn a_record_appended_behind_is_seen() {
    let server = serve(&people(&["1", "2", "3", "4"]), |people, number| {
        if number == 0 {
            people.push("5".to_owned());
        }
    })
    .await;
    let mut walk = walk(&server);
    assert_eq!(all(&mut walk).await, ["1", "2", "3", "4", "5"]);
    assert_eq!(walk.outcome(), WalkOutcome::Complete { total: 5 });
}

#[tokio::test]
async fn a_record_removed_in_front_hides_another_although_the_count_agrees() {
    let server = serve(&people(&["1", "2", "3", "4", "5"]), |people, number| {
        if number == 0 {
            people.remove(0);
        }
    })
    .await;
    let mut walk = walk(&server);
    assert_eq!(all(&mut walk).await, ["1", "2", "4", "5"]);
    assert_eq!(walk.outcome(), WalkOutcome::Incomplete { seen: 4, total: Some(4) });
}

#[tokio::test]
async fn a_later_page_that_fails_can_be_asked_for_again() {
    let server = Server::start(|seen, number| match number {
        1 => json(404, &json!({"errors": [{"status": "404"}]})),
        _ => json(200, &page(&["1", "2", "3"].map(str::to_owned), seen)),
    })
    .await;
    let mut walk = walk(&server);
    assert_eq!(ids(&walk.next().await.unwrap().unwrap()), ["1", "2"]);
    let error = walk.next().await.unwrap_err();
    assert!(matches!(error, ApiError::NotFound), "{error:?}");
    assert_eq!(walk.outcome(), WalkOutcome::Incomplete { seen: 2, total: Some(3) });
    assert_eq!(all(&mut walk).await, ["3"]);
    assert_eq!(walk.outcome(), WalkOutcome::Complete { total: 3 });
}

#[tokio::test]
async fn a_page_that_names_itself_or_goes_back_is_broken() {
    for next in [0, 1, 2] {
        let server = Server::start(move |seen, _| {
            let mut page = page(&["1", "2", "3", "4", "5"].map(str::to_owned), seen);
            if seen.offset() == 2 {
                page["meta"]["next"]["offset"] = json!(next);
            }
            json(200, &page)
        })
        .await;
        let mut walk = walk(&server);
        walk.next().await.unwrap().unwrap();
        let error = walk.next().await.unwrap_err();
        assert!(matches!(error, ApiError::BrokenPaging { offset: 2, .. }), "{error:?}");
        assert_eq!(walk.outcome(), WalkOutcome::Incomplete { seen: 2, total: Some(5) });
    }
}

#[tokio::test]
async fn an_empty_page_with_a_next_one_is_broken() {
    let server = Server::start(|_, _| {
        json(200, &json!({"data": [], "meta": {"total_count": 9, "next": {"offset": 2}}}))
    })
    .await;
    let error = walk(&server).next().await.unwrap_err();
    assert!(matches!(error, ApiError::BrokenPaging { offset: 0, .. }), "{error:?}");
}

#[tokio::test]
async fn a_count_that_does_not_agree_is_told() {
    let server = Server::start(|seen, _| {
        let mut page = page(&["1", "2", "3"].map(str::to_owned), seen);
        page["meta"]["total_count"] = json!(7);
        json(200, &page)
    })
    .await;
    let mut walk = walk(&server);
    assert_eq!(all(&mut walk).await.len(), 3);
    assert_eq!(walk.outcome(), WalkOutcome::Incomplete { seen: 3, total: Some(7) });
}

#[tokio::test]
async fn without_a_count_the_last_page_is_believed() {
    let server = Server::start(|seen, _| {
        let mut page = page(&["1", "2", "3"].map(str::to_owned), seen);
        page["meta"].as_object_mut().unwrap().remove("total_count");
        json(200, &page)
    })
    .await;
    let mut walk = walk(&server);
    assert_eq!(all(&mut walk).await.len(), 3);
    assert_eq!(walk.outcome(), WalkOutcome::Complete { total: 3 });
}
