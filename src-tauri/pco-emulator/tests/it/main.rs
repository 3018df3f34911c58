//! The emulator as its users meet it: over HTTP.
#![allow(clippy::unwrap_used, missing_docs)]

mod contract_documents;
mod contract_quirks;
mod documents;
mod faults;
mod ground_truth;
mod harness;
mod life;
mod limits;
mod oauth_authorize;
mod oauth_openid;
mod oauth_refresh;
mod oauth_revoke;
mod oauth_token;
mod paging;
mod permissions;
mod roles;
mod selection;
mod sign_in;
mod transport_faults;
mod transport_headers;
mod transport_hostile;
mod transport_limits;
mod transport_tls;
mod truth;
mod writes;
