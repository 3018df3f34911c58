//! Conditional requests: what was answered once is asked for by its tag, and is the same as long as the server says so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::response::Response;
use pco_client::{ApiError, Client, Lane, PageTag, Product, Query};
use serde_json::{Value, json};

use crate::server::{Seen, Server, client, html, json, unauthorized};

fn teams() -> Query {
    Query::new(Product::Services, "teams").per_page(1)
}

/// A page with one team out of so many.
fn page(offset: usize, id: &str, of: usize) -> Value {
    let mut meta = json!({"total_count": of, "count": 1});
    if offset + 1 < of {
        meta["next"] = json!({"offset": offset + 1});
    }
    json!({"data": [{"type": "Team", "id": id}], "included": [], "meta": meta})
}

fn tagged(tag: &str, mut response: Response) -> Response {
    response.headers_mut().insert("etag", tag.parse().unwrap());
    response
}

/// 304 as Planning Center's software sends it (RFC 9110 section 15.4.5).
fn not_modified(tag: &str) -> Response {
    tagged(tag, Response::builder().status(304).body(Body::empty()).unwrap())
}

/// A server that honours tags: for each offset the tag and the document that it has now.
#[derive(Clone, Default)]
struct Documents(Arc<Mutex<BTreeMap<String, (String, Value)>>>);

impl Documents {
    fn set(&self, offset: &str, tag: &str, document: Value) {
        self.0.lock().unwrap().insert(offset.to_owned(), (tag.to_owned(), document));
    }

    fn answer(&self, seen: &Seen) -> Response {
        let documents = self.0.lock().unwrap();
        let (tag, document) = &documents[&seen.query["offset"]];
        if seen.header("if-none-match") == Some(tag) {
            not_modified(tag)
        } else {
            tagged(tag, json(200, document))
        }
    }

    async fn serve(&self) -> Server {
        let documents = self.clone();
        Server::start(move |seen, _| documents.answer(seen)).await
    }
}

/// The tag that each request brought along.
fn tags(server: &Server) -> Vec<Option<String>> {
    server.seen().iter().map(|seen| seen.header("if-none-match").map(ToOwned::to_owned)).collect()
}

fn weak(tag: &str) -> String {
    format!("W/\"{tag}\"")
}

/// Reads the first page, unless it is the known one.
async fn first_page(client: &Client, known: Option<&PageTag>) -> Result<Option<PageTag>, ApiError> {
    let page = client.page_unless(Lane::Background, &teams(), 0, known).await?;
    Ok(page.map(|page| page.tag.expect("the server tells tags")))
}

/// Reads a list unless it is the known one: the ids in it and the tags of its pages.
async fn list(client: &Client, known: &[PageTag]) -> Option<(Vec<String>, Vec<PageTag>)> {
    let mut walk = client.walk(Lane::Background, &teams());
    if walk.is_still(known).await.unwrap() {
        return None;
    }
    let (mut ids, mut tags) = (Vec::new(), Vec::new());
    while let Some(page) = walk.next().await.unwrap() {
        ids.extend(page.document.data.into_iter().map(|team| team.id));
        tags.extend(page.tag);
    }
    Some((ids, tags))
}

#[tokio::test]
async fn a_page_that_is_as_it_was_is_not_sent_again() {
    let documents = Documents::default();
    documents.set("0", "W/\"a\"", page(0, "1", 1));
    let server = documents.serve().await;
    let client = client(&server);
    let known = first_page(&client, None).await.unwrap();
    assert!(known.is_some());
    for _ in 0..2 {
        assert_eq!(first_page(&client, known.as_ref()).await.unwrap(), None);
    }
    documents.set("0", "W/\"b\"", page(0, "2", 1));
    let other = first_page(&client, known.as_ref()).await.unwrap();
    assert_eq!(first_page(&client, other.as_ref()).await.unwrap(), None);
    assert_eq!(tags(&server), [None, Some(weak("a")), Some(weak("a")), Some(weak("a")), Some(weak("b"))]);
}

#[tokio::test]
async fn a_list_is_as_it_was_when_every_page_of_it_is() {
    let documents = Documents::default();
    for (offset, id) in ["1", "2", "3"].into_iter().enumerate() {
        documents.set(&offset.to_string(), &format!("W/\"{id}\""), page(offset, id, 3));
    }
    let server = documents.serve().await;
    let client = client(&server);
    let (ids, known) = list(&client, &[]).await.unwrap();
    assert_eq!((ids, known.len()), (vec!["1".to_owned(), "2".to_owned(), "3".to_owned()], 3));
    assert!(list(&client, &known).await.is_none());
    assert_eq!(tags(&server)[3..], [Some(weak("1")), Some(weak("2")), Some(weak("3"))]);

    documents.set("2", "W/\"9\"", page(2, "9", 3));
    let (ids, known) = list(&client, &known).await.unwrap();
    assert_eq!(ids, ["1", "2", "9"]);
    assert_eq!(
        tags(&server)[6..],
        [Some(weak("1")), Some(weak("2")), Some(weak("3")), None, None, None],
        "read from its start"
    );
    assert!(list(&client, &known).await.is_none());
}

#[tokio::test]
async fn a_first_page_that_has_become_another_is_asked_for_once() {
    let documents = Documents::default();
    documents.set("0", "W/\"a\"", page(0, "1", 2));
    documents.set("1", "W/\"b\"", page(1, "2", 2));
    let server = documents.serve().await;
    let client = client(&server);
    let (_, known) = list(&client, &[]).await.unwrap();
    documents.set("0", "W/\"c\"", page(0, "3", 2));
    let (ids, known) = list(&client, &known).await.unwrap();
    assert_eq!(ids, ["3", "2"]);
    assert_eq!(tags(&server)[2..], [Some(weak("a")), None]);
    assert!(list(&client, &known).await.is_none());
}

#[tokio::test]
async fn a_list_that_has_grown_is_another() {
    let documents = Documents::default();
    documents.set("0", "W/\"a\"", page(0, "1", 1));
    let server = documents.serve().await;
    let client = client(&server);
    let (_, known) = list(&client, &[]).await.unwrap();
    documents.set("0", "W/\"b\"", page(0, "1", 2));
    documents.set("1", "W/\"c\"", page(1, "2", 2));
    assert_eq!(list(&client, &known).await.unwrap().0, ["1", "2"]);
}

#[tokio::test]
async fn nothing_known_is_not_unchanged() {
    let documents = Documents::default();
    documents.set("0", "W/\"a\"", page(0, "1", 1));
    let server = documents.serve().await;
    assert!(list(&client(&server), &[]).await.is_some());
    assert_eq!(tags(&server), [None]);
}

#[tokio::test]
async fn the_tag_of_one_page_is_not_sent_for_another() {
    let documents = Documents::default();
    documents.set("0", "W/\"a\"", page(0, "1", 2));
    documents.set("1", "W/\"a\"", page(1, "2", 2));
    let server = documents.serve().await;
    let client = client(&server);
    let known = first_page(&client, None).await.unwrap();
    let second = client.page_unless(Lane::Background, &teams(), 1, known.as_ref()).await.unwrap();
    assert_eq!(second.unwrap().document.data[0].id, "2");
    assert_eq!(tags(&server), [None, None]);
}

#[tokio::test]
async fn unchanged_for_somebody_who_did_not_ask_that_is_no_answer() {
    for kind in [None, Some("application/vnd.api+json")] {
        let server = Server::start(move |_, _| {
            let mut response = not_modified("W/\"a\"");
            if let Some(kind) = kind {
                response.headers_mut().insert("content-type", kind.parse().unwrap());
            }
            response
        })
        .await;
        let client = client(&server);
        let error = client.page(Lane::Background, &teams(), 0).await.unwrap_err();
        assert!(matches!(error, ApiError::NotPlanningCenter), "{error:?}");
        let error = client.get(Lane::Background, &teams()).await.unwrap_err();
        assert!(matches!(error, ApiError::NotPlanningCenter), "{error:?}");
        assert_eq!(tags(&server), [None, None]);
    }
}

#[tokio::test]
async fn unchanged_by_another_tag_or_by_none_is_asked_again_without_one_and_so_is_all_that_follows() {
    for told in [Some("W/\"other\""), None] {
        let server = Server::start(move |seen, _| {
            if seen.header("if-none-match").is_none() {
                return tagged("W/\"a\"", json(200, &page(0, "1", 1)));
            }
            let mut response = not_modified(told.unwrap_or("\"\""));
            if told.is_none() {
                response.headers_mut().remove("etag");
            }
            response
        })
        .await;
        let client = client(&server);
        let mut known = None;
        for _ in 0..3 {
            known = first_page(&client, known.as_ref()).await.unwrap();
            assert!(known.is_some());
        }
        assert_eq!(tags(&server), [None, Some(weak("a")), None, None], "{told:?}");
    }
}

#[tokio::test]
async fn a_tag_means_the_same_weak_and_strong() {
    for told in ["\"a\"", "W/\"a\""] {
        let server = Server::start(move |seen, _| match seen.header("if-none-match") {
            Some(_) => not_modified(told),
            None => tagged("W/\"a\"", json(200, &page(0, "1", 1))),
        })
        .await;
        let client = client(&server);
        let known = first_page(&client, None).await.unwrap();
        assert_eq!(first_page(&client, known.as_ref()).await.unwrap(), None, "{told}");
    }
}

#[tokio::test]
async fn what_is_known_does_not_hide_a_refusal() {
    let refusals: [fn() -> Response; 4] = [
        || json(403, &json!({"errors": [{"status": "403"}]})),
        || json(404, &json!({"errors": [{"status": "404"}]})),
        || unauthorized("TRASH_PANDA"),
        || html(200),
    ];
    for refusal in refusals {
        let server = Server::start(move |_, number| match number {
            0 => tagged("W/\"a\"", json(200, &page(0, "1", 1))),
            _ => refusal(),
        })
        .await;
        let client = client(&server);
        let known = first_page(&client, None).await.unwrap();
        first_page(&client, known.as_ref()).await.unwrap_err();
    }
}

#[tokio::test]
async fn a_token_that_has_run_out_says_nothing_of_what_is_known() {
    let server = Server::start(|seen, number| match (number, seen.header("if-none-match")) {
        (1, _) => unauthorized("BABOON"),
        (_, Some(tag)) => not_modified(tag),
        (_, None) => tagged("W/\"a\"", json(200, &page(0, "1", 1))),
    })
    .await;
    let client = client(&server);
    let known = first_page(&client, None).await.unwrap();
    assert_eq!(first_page(&client, known.as_ref()).await.unwrap(), None);
    assert_eq!(tags(&server), [None, Some(weak("a")), Some(weak("a"))]);
}

#[tokio::test]
async fn only_a_whole_document_has_a_tag() {
    let answers: [fn() -> Response; 2] =
        [|| json(200, &page(0, "1", 1)), || tagged("W/\"a\"", json(203, &page(0, "1", 1)))];
    for answer in answers {
        let server = Server::start(move |_, _| answer()).await;
        let page = client(&server).page(Lane::Background, &teams(), 0).await.unwrap();
        assert_eq!(page.tag, None);
    }
}

#[tokio::test]
async fn the_limit_is_learnt_from_an_unchanged_answer_too() {
    let server = Server::start(|seen, _| {
        let mut response = match seen.header("if-none-match") {
            Some(tag) => not_modified(tag),
            None => return tagged("W/\"a\"", json(200, &page(0, "1", 1))),
        };
        let headers = response.headers_mut();
        headers.insert("x-pco-api-request-rate-limit", "61".parse().unwrap());
        headers.insert("x-pco-api-request-rate-period", "20".parse().unwrap());
        response
    })
    .await;
    let client = client(&server);
    let known = first_page(&client, None).await.unwrap();
    assert_eq!(client.gate().pace().limit, 100);
    first_page(&client, known.as_ref()).await.unwrap();
    assert_eq!(client.gate().pace().limit, 61);
}
