//! The two calls to the token endpoint, each on a thread of its own.
//!
//! Their futures hold a borrowing closure, for which the compiler cannot show that they may move between
//! threads, and every task of ours may. They are rare (a sign-in, then one in two hours), so a thread for
//! each costs nothing.

use pco_client::{AuthorizationCode, AuthorizationRequest, OAuthClient, OAuthError, RefreshToken, TokenSet};
use tokio::runtime::Handle;

/// [`OAuthClient::exchange`].
pub(super) async fn exchange(
    oauth: OAuthClient,
    request: AuthorizationRequest,
    code: AuthorizationCode,
) -> Result<TokenSet, OAuthError> {
    on_a_thread(move |runtime| runtime.block_on(oauth.exchange(request, code))).await
}

/// [`OAuthClient::refresh`].
pub(super) async fn refresh(oauth: &OAuthClient, refresh: &RefreshToken) -> Result<TokenSet, OAuthError> {
    let (oauth, refresh) = (oauth.clone(), refresh.clone());
    on_a_thread(move |runtime| runtime.block_on(oauth.refresh(&refresh))).await
}

async fn on_a_thread(
    call: impl FnOnce(&Handle) -> Result<TokenSet, OAuthError> + Send + 'static,
) -> Result<TokenSet, OAuthError> {
    let runtime = Handle::current();
    // A call that was cut off has an unknown end, which is what an unreadable answer means.
    tokio::task::spawn_blocking(move || call(&runtime)).await.unwrap_or(Err(OAuthError::Unreadable))
}
