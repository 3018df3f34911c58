//! What Narthex does, without its window.
//!
//! Two loops that never wait for each other meet in the store. The read loop answers the page: [`App`] → product
//! queries → store → views. The sync loop fills the store: refresher → product sync → client. Sign-in and token
//! renewal live beside both, in the session.
//!
//! | Module | Story |
//! |---|---|
//! | `app` | the core as the shell and the tests hold it |
//! | `account` | an account that is open: store, search block, sync |
//! | `session` | sign-in, tokens, keychain |
//! | `products` | People and Services: what is fetched, kept and shown |
//! | `search` | the palette: what is found of all products together |
//! | `store` | the encrypted rows, and the search block in memory |
//! | `sync` | walks, jobs, freshness |
//! | `ports` | the seams: desktop, keychain, clock |
//! | `views`, `status`, `event`, `error` | what crosses to the page |
//! | `words` | every sentence about trouble |
//! | `markup` | the words of notes that were written with formatting |
//! | `time`, `text` | the church's calendar; folding and finding |
//! | `outside` | the few addresses that lead out |
//! | `photo` | pictures of people: fetched, drawn again, and where the page finds them |
//! | `folder` | folders for their owner alone |
//! | `testing` | fakes for the seams; the practice church uses the memory keychain |

mod account;
mod app;
pub mod error;
pub mod event;
pub mod folder;
pub mod markup;
mod outside;
mod photo;
pub mod ports;
pub mod products;
pub mod search;
pub mod session;
pub mod status;
pub mod store;
pub mod sync;
pub mod testing;
mod text;
mod time;
pub mod views;
pub mod words;

pub use app::{App, AppConfig, FirstView, LinkReception, Ports};
