//! Short ways to write to a running emulator.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Story, text};

impl Story {
    pub(crate) async fn put(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = self.client.request(method, self.address(path)).bearer_auth(&self.access_token);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let response = request.header("content-type", "application/json").body(body).send().await.unwrap();
        (response.status(), response.json().await.unwrap_or_default())
    }

    pub(crate) async fn created(&self, path: &str, attributes: Value) -> Value {
        let (status, document) = self.put(Method::POST, path, &data(&attributes)).await;
        assert_eq!(status, StatusCode::CREATED, "{path}: {document}");
        document["data"].clone()
    }

    pub(crate) async fn patched(&self, path: &str, attributes: Value) -> Value {
        let (status, document) = self.put(Method::PATCH, path, &data(&attributes)).await;
        assert_eq!(status, StatusCode::OK, "{path}: {document}");
        document["data"].clone()
    }

    pub(crate) async fn deleted(&self, path: &str) {
        assert_eq!(self.put(Method::DELETE, path, &Value::Null).await.0, StatusCode::NO_CONTENT, "{path}");
        assert_eq!(self.ask(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }

    pub(crate) async fn refused(&self, path: &str, attributes: Value) -> Value {
        let (status, document) = self.put(Method::POST, path, &data(&attributes)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        document["errors"][0].clone()
    }

    pub(crate) fn person(&self, name: &str) -> String {
        format!("people/v2/people/{}", self.emulator.person_id(name).unwrap())
    }

    pub(crate) async fn updated_at(&self, path: &str) -> String {
        text(&self.get(path).await["data"]["attributes"]["updated_at"])
    }
}

pub(crate) fn data(attributes: &Value) -> Value {
    json!({ "data": { "attributes": attributes } })
}
