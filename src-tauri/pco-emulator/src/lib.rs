//! A strict small Planning Center on 127.0.0.1: Narthex's practice church and test bed.
//!
//! It signs invented people of different rights in with OAuth 2.0 (PKCE, rotation) and OpenID Connect, and serves
//! People and Services in the JSON:API shapes that Planning Center was recorded to send, with its headers, limits,
//! errors and silences. The church behind it is made from a seed and a day. It shares no type with the client, so that
//! a field misread there cannot be misread here as well.
//!
//! The parts: `oauth` holds the sign-in rules, `church` the rows, `products` describes types as data, `jsonapi`
//! turns rows and descriptions into documents, `api` and `server` put HTTP around them.

mod answer;
mod api;
mod authorization;
mod avatar;
mod church;
mod clock;
mod config;
mod connection;
mod control;
mod counters;
mod door;
mod emulator;
mod encoding;
mod faults;
mod headers;
mod hex;
mod hostile;
mod jsonapi;
mod oauth;
mod products;
mod random;
mod rate;
mod server;
mod tls;
mod truth;

pub use church::mutation::{Mutation, MutationError};
pub use church::rights::{PeopleRight, Rights, ServicesRight};
pub use config::{Church, Consent, DEFAULT_REDIRECT_URIS, EmulatorConfig, Limit, RateWindow, Role, Rotation};
pub use counters::Counters;
pub use emulator::{Emulator, EmulatorError};
pub use faults::{Fault, FaultKind};
pub use tls::{Certificate, TlsError};
