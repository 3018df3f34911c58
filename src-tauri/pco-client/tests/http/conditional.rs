//! Conditional requests: what is held is used as long as the server says that it still holds, and never otherwise.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::response::Response;
use pco_client::{ApiError, Client, Lane, Product, Query};
use serde_json::{Value, json};

use crate::server::{Seen, Server, client, html, json, unauthorized};

const MEBIBYTE: usize = 1 << 20;

fn team(id: &str) -> Query {
    Query::new(Product::Services, format!("teams/{id}")).conditional()
}

fn named(name: &str) -> Value {
    json!({"data": {"type": "Team", "id": "1", "attributes": {"name": name}}, "included": [], "meta": {}})
}

fn tagged(tag: &str, mut response: Response) -> Response {
    response.headers_mut().insert("etag", tag.parse().unwrap());
    response
}

/// 304 as Planning Center's software sends it (RFC 9110 section 15.4.5).
fn not_modified(tag: &str) -> Response {
    tagged(tag, Response::builder().status(304).body(Body::empty()).unwrap())
}

/// A server that honours tags: for each path and offset the tag and the document that it has now.
#[derive(Clone, Default)]
struct Documents(Arc<Mutex<BTreeMap<String, (String, Value)>>>);

impl Documents {
    fn set(&self, place: &str, tag: &str, document: Value) {
        self.0.lock().unwrap().insert(place.to_owned(), (tag.to_owned(), document));
    }

    fn answer(&self, seen: &Seen) -> Response {
        let place = seen.query.get("offset").map_or_else(
            || seen.path.rsplit('/').next().unwrap().to_owned(),
            |offset| format!("{}+{offset}", seen.path.rsplit('/').next().unwrap()),
        );
        let documents = self.0.lock().unwrap();
        let (tag, document) = &documents[&place];
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

async fn name_of(client: &Client, query: &Query) -> Result<String, ApiError> {
    #[derive(serde::Deserialize)]
    struct Attributes {
        name: String,
    }
    let document = client.get(Lane::Background, query).await?;
    Ok(document.single()?.attributes::<Attributes>()?.name)
}

async fn name(client: &Client, query: &Query) -> String {
    name_of(client, query).await.unwrap()
}

#[tokio::test]
async fn what_has_not_changed_is_read_from_what_is_held() {
    let documents = Documents::default();
    documents.set("7", "W/\"a\"", named("Band"));
    let server = documents.serve().await;
    let client = client(&server);
    for _ in 0..3 {
        assert_eq!(name(&client, &team("7")).await, "Band");
    }
    let tag = Some("W/\"a\"".to_owned());
    assert_eq!(tags(&server), [None, tag.clone(), tag]);
}

#[tokio::test]
async fn what_has_changed_takes_the_place_of_what_was_held() {
    let documents = Documents::default();
    documents.set("7", "W/\"a\"", named("Band"));
    let server = documents.serve().await;
    let client = client(&server);
    assert_eq!(name(&client, &team("7")).await, "Band");
    documents.set("7", "W/\"b\"", named("Choir"));
    for _ in 0..2 {
        assert_eq!(name(&client, &team("7")).await, "Choir");
    }
    assert_eq!(tags(&server)[1..], [Some("W/\"a\"".to_owned()), Some("W/\"b\"".to_owned())]);
}

#[tokio::test]
async fn every_page_of_a_list_has_its_own_tag() {
    let page = |offset: usize, id: &str| {
        let mut meta = json!({"total_count": 2, "count": 1});
        if offset == 0 {
            meta["next"] = json!({"offset": 1});
        }
        json!({"data": [{"type": "Team", "id": id}], "included": [], "meta": meta})
    };
    let documents = Documents::default();
    documents.set("teams+0", "W/\"a\"", page(0, "1"));
    documents.set("teams+1", "W/\"b\"", page(1, "2"));
    let server = documents.serve().await;
    let client = client(&server);
    let ids = async || {
        let mut walk =
            client.walk(Lane::Background, &Query::new(Product::Services, "teams").per_page(1).conditional());
        let mut ids = Vec::new();
        while let Some(page) = walk.next().await.unwrap() {
            ids.extend(page.document.data.into_iter().map(|team| team.id));
        }
        ids
    };
    assert_eq!(ids().await, ["1", "2"]);
    documents.set("teams+1", "W/\"c\"", page(1, "3"));
    assert_eq!(ids().await, ["1", "3"]);
    assert_eq!(tags(&server), [None, None, Some("W/\"a\"".to_owned()), Some("W/\"b\"".to_owned())]);
}

#[tokio::test]
async fn a_request_that_is_not_conditional_sends_no_tag_and_leaves_none() {
    let documents = Documents::default();
    documents.set("7", "W/\"a\"", named("Band"));
    let server = documents.serve().await;
    let client = client(&server);
    let plain = Query::new(Product::Services, "teams/7");
    name(&client, &plain).await;
    name(&client, &team("7")).await;
    name(&client, &plain).await;
    assert_eq!(tags(&server), [None, None, None]);
}

#[tokio::test]
async fn other_parameters_are_another_request() {
    let documents = Documents::default();
    documents.set("7", "W/\"a\"", named("Band"));
    let server = documents.serve().await;
    let client = client(&server);
    for query in [team("7"), team("7").include(&["people"]), team("7").fields("Team", &["name"])] {
        name(&client, &query).await;
    }
    assert_eq!(tags(&server), [None, None, None]);
}

#[tokio::test]
async fn nobody_is_given_what_another_sign_in_was_answered() {
    let documents = Documents::default();
    documents.set("7", "W/\"a\"", named("Band"));
    let server = documents.serve().await;
    name(&client(&server), &team("7")).await;
    name(&client(&server), &team("7")).await;
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
        let list = Query::new(Product::Services, "teams");
        for query in [list.clone(), list.conditional()] {
            let error = client.page(Lane::Background, &query, 0).await.unwrap_err();
            assert!(matches!(error, ApiError::NotPlanningCenter), "{error:?}");
        }
        assert_eq!(tags(&server), [None, None]);
    }
}

#[tokio::test]
async fn unchanged_by_another_tag_is_asked_again_without_one_and_so_is_all_that_follows() {
    let server = Server::start(|seen, _| match seen.header("if-none-match") {
        Some(_) => not_modified("W/\"other\""),
        None => tagged("W/\"a\"", json(200, &named("Band"))),
    })
    .await;
    let client = client(&server);
    for _ in 0..3 {
        assert_eq!(name(&client, &team("7")).await, "Band");
    }
    assert_eq!(tags(&server), [None, Some("W/\"a\"".to_owned()), None, None]);
}

#[tokio::test]
async fn a_tag_means_the_same_weak_strong_or_left_out() {
    for told in [Some("\"a\""), Some("W/\"a\""), None] {
        let server = Server::start(move |seen, _| {
            if seen.header("if-none-match").is_none() {
                return tagged("W/\"a\"", json(200, &named("Band")));
            }
            let mut response = not_modified(told.unwrap_or("\"\""));
            if told.is_none() {
                response.headers_mut().remove("etag");
            }
            response
        })
        .await;
        let client = client(&server);
        for _ in 0..2 {
            assert_eq!(name(&client, &team("7")).await, "Band");
        }
        assert_eq!(tags(&server), [None, Some("W/\"a\"".to_owned())], "{told:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_none_leaves_nothing_to_come_back_to() {
    let refusals: [(fn() -> Response, usize); 5] = [
        (|| json(403, &json!({"errors": [{"status": "403"}]})), 1),
        (|| json(404, &json!({"errors": [{"status": "404"}]})), 1),
        (|| unauthorized("TRASH_PANDA"), 1),
        (|| html(503), 3),
        (|| html(200), 1),
    ];
    for (refusal, attempts) in refusals {
        let server = Server::start(move |_, number| {
            if (1..=attempts).contains(&number) {
                refusal()
            } else {
                tagged("W/\"a\"", json(200, &named("Band")))
            }
        })
        .await;
        let client = client(&server);
        name(&client, &team("7")).await;
        name_of(&client, &team("7")).await.unwrap_err();
        name(&client, &team("7")).await;
        assert_eq!(tags(&server).last().unwrap(), &None);
    }
}

#[tokio::test]
async fn what_may_not_be_seen_any_more_takes_along_what_is_inside_of_it() {
    for (status, is_gone) in [(403, true), (404, true), (503, false)] {
        let plans = || Query::new(Product::Services, "service_types/1/plans").conditional();
        let inside = |service_type: &str| {
            let path = format!("service_types/{service_type}/plans/7/items");
            Query::new(Product::Services, path).conditional()
        };
        let is_refused = Arc::new(AtomicBool::new(false));
        let refused = Arc::clone(&is_refused);
        let server = Server::start(move |seen, _| {
            if seen.path.ends_with("types/1/plans") && refused.load(Ordering::Relaxed) {
                return json(status, &json!({"errors": [{"status": status.to_string()}]}));
            }
            match seen.header("if-none-match") {
                Some(tag) => not_modified(tag),
                None => tagged("W/\"a\"", json(200, &named("Band"))),
            }
        })
        .await;
        let client = client(&server);
        for query in [plans(), inside("1"), inside("12")] {
            name(&client, &query).await;
        }
        is_refused.store(true, Ordering::Relaxed);
        name_of(&client, &plans()).await.unwrap_err();
        for query in [inside("1"), inside("12")] {
            name(&client, &query).await;
        }
        let tags = tags(&server);
        let [of_this, of_another] = &tags[tags.len() - 2..] else { unreachable!() };
        assert_eq!((of_this.is_none(), of_another.is_some()), (is_gone, true), "{status}");
    }
}

#[tokio::test]
async fn a_token_that_has_run_out_says_nothing_of_what_is_held() {
    let server = Server::start(|seen, number| match (number, seen.header("if-none-match")) {
        (1, _) => unauthorized("BABOON"),
        (_, Some(tag)) => not_modified(tag),
        (_, None) => tagged("W/\"a\"", json(200, &named("Band"))),
    })
    .await;
    let client = client(&server);
    for _ in 0..2 {
        assert_eq!(name(&client, &team("7")).await, "Band");
    }
    let tag = Some("W/\"a\"".to_owned());
    assert_eq!(tags(&server), [None, tag.clone(), tag]);
}

#[tokio::test]
async fn what_is_to_be_forgotten_is_asked_for_as_if_for_the_first_time() {
    let documents = Documents::default();
    documents.set("7", "W/\"a\"", named("Band"));
    documents.set("8", "W/\"b\"", named("Choir"));
    let server = documents.serve().await;
    let client = client(&server);
    for _ in 0..2 {
        name(&client, &team("7")).await;
        name(&client, &team("8")).await;
        client.forget_answers();
    }
    assert_eq!(tags(&server), [None, None, None, None]);
}

#[tokio::test]
async fn only_a_whole_document_with_a_tag_is_held() {
    let half =
        || tagged("W/\"a\"", crate::server::respond(200, "application/json", r#"{"data":{"type":"Te"#));
    let answers: [fn() -> Response; 3] = [
        || json(200, &named("Band")),
        || tagged("W/\"a\"", json(203, &named("Band"))),
        || tagged("W/\"a\"", Response::builder().status(204).body(Body::empty()).unwrap()),
    ];
    for answer in answers {
        let server = Server::start(move |_, _| answer()).await;
        let client = client(&server);
        for _ in 0..2 {
            client.get(Lane::Background, &team("7")).await.unwrap();
        }
        assert_eq!(tags(&server), [None, None]);
    }
    let server = Server::start(move |_, _| half()).await;
    let client = client(&server);
    for _ in 0..2 {
        name_of(&client, &team("7")).await.unwrap_err();
    }
    assert!(tags(&server).iter().all(Option::is_none));
}

#[tokio::test]
async fn what_was_used_longest_ago_makes_room() {
    let documents = Documents::default();
    let long = |name: &str| named(&name.repeat(MEBIBYTE));
    for place in ["1", "2", "3", "4"] {
        documents.set(place, &format!("W/\"{place}\""), long(place));
    }
    let server = documents.serve().await;
    let client = client(&server);
    // Three fit into four mebibytes. The first is used again before the fourth comes, so that the second goes.
    for place in ["1", "2", "3", "1", "4", "1", "3", "4", "2"] {
        assert_eq!(name(&client, &team(place)).await.len(), MEBIBYTE);
    }
    let held: Vec<_> = tags(&server).iter().map(Option::is_some).collect();
    assert_eq!(held, [false, false, false, true, false, true, true, true, false]);
}

#[tokio::test]
async fn the_limit_is_learnt_from_an_unchanged_answer_too() {
    let server = Server::start(|seen, _| {
        let mut response = match seen.header("if-none-match") {
            Some(tag) => not_modified(tag),
            None => return tagged("W/\"a\"", json(200, &named("Band"))),
        };
        let headers = response.headers_mut();
        headers.insert("x-pco-api-request-rate-limit", "61".parse().unwrap());
        headers.insert("x-pco-api-request-rate-period", "20".parse().unwrap());
        response
    })
    .await;
    let client = client(&server);
    name(&client, &team("7")).await;
    assert_eq!(client.gate().pace().limit, 100);
    name(&client, &team("7")).await;
    assert_eq!(client.gate().pace().limit, 61);
}
