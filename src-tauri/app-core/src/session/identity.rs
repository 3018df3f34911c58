//! Asking Planning Center whose a new sign-in is, with tokens that are kept nowhere yet.

use std::sync::Arc;

use async_trait::async_trait;
use pco_client::{
    AccessToken, AccessTokens, Client, ClientConfig, Connections, Lane, Product, Query, RateGate, TokenError,
};
use serde::Deserialize;

use super::account::Account;
use crate::error::AppError;
use crate::photo;
use crate::words;

/// The ids of Planning Center were not its own.
#[derive(Debug, thiserror::Error)]
#[error("person or church has an id that is not a number")]
struct ForeignId;

/// Who the person behind this token is, and which church it reaches.
///
/// # Errors
/// As an API call's; a person without rights in People still gets an answer.
pub(super) async fn look_up(connections: Connections, access: &AccessToken) -> Result<Account, AppError> {
    let client = Client::new(ClientConfig {
        connections,
        tokens: Arc::new(OneToken(access.clone())),
        gate: Arc::new(RateGate::new()),
    });
    let me = Query::new(Product::People, "me").fields("Person", &["name", "avatar"]);
    let church = Query::new(Product::People, "").fields("Organization", &["name"]);
    let (me, church) = tokio::try_join!(client.get(Lane::Person, &me), client.get(Lane::Person, &church))?;
    let (me, church) = (me.single()?, church.single()?);
    let (person, organization): (Attributes, Attributes) = (me.attributes()?, church.attributes()?);
    let mut account =
        Account::new(church.id.clone(), me.id.clone(), name(person.name), name(organization.name))
            .ok_or_else(|| AppError::because(&words::SIGN_IN_REJECTED, ForeignId))?;
    if let Some(avatar) = person.avatar {
        account.photo = photo::fetch(&client, &avatar).await;
    }
    Ok(account)
}

#[derive(Deserialize)]
struct Attributes {
    name: Option<String>,
    avatar: Option<String>,
}

fn name(name: Option<String>) -> String {
    name.map(|name| name.trim().to_owned()).unwrap_or_default()
}

/// The token of a sign-in that is not finished. There is no other: once refused, the sign-in is.
struct OneToken(AccessToken);

#[async_trait]
impl AccessTokens for OneToken {
    async fn bearer(&self, refused: Option<&AccessToken>) -> Result<AccessToken, TokenError> {
        match refused {
            None => Ok(self.0.clone()),
            Some(_) => Err(TokenError::SignInRequired),
        }
    }
}
