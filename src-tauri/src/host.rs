//! The desktop around the core: the browser, the window, and the channel to the page.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app_core::event::AppEvent;
use app_core::ports::{Host, HostError, ReturnPath};
use app_core::session::views::RedirectChoice;
use pco_client::RedirectUri;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_opener::OpenerExt as _;
use url::Url;

use crate::{deep_link, loopback, window};

/// Notices that wait for a page which does not listen yet; more than these nobody reads.
const MAX_WAITING: usize = 4;

/// The page's end of the event channel. Empty until the page has subscribed.
#[derive(Default)]
pub struct Page(Mutex<Listener>);

#[derive(Default)]
struct Listener {
    channel: Option<Channel<AppEvent>>,
    waiting: Vec<AppEvent>,
}

impl Page {
    /// Sends to this channel from now on, and first of all what waits; a page that was loaded again brings a new one.
    pub fn listen_with(&self, channel: Channel<AppEvent>) {
        let mut listener = self.lock();
        for notice in std::mem::take(&mut listener.waiting) {
            deliver(&channel, notice);
        }
        listener.channel = Some(channel);
    }

    /// Hands the event to the page, if there is one. What a page missed it asks for when it starts, but for notices:
    /// they wait for it.
    pub fn send(&self, event: AppEvent) {
        let mut listener = self.lock();
        match listener.channel.clone() {
            Some(channel) => {
                drop(listener);
                deliver(&channel, event);
            }
            None if matches!(event, AppEvent::Notice { .. }) && listener.waiting.len() < MAX_WAITING => {
                listener.waiting.push(event);
            }
            None => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Listener> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn deliver(channel: &Channel<AppEvent>, event: AppEvent) {
    if let Err(error) = channel.send(event) {
        tracing::debug!(%error, "the page did not take an event");
    }
}

/// The real desktop.
pub struct TauriHost<R: Runtime> {
    app: AppHandle<R>,
    page: Arc<Page>,
}

impl<R: Runtime> TauriHost<R> {
    /// The host of a running program.
    pub fn new(app: AppHandle<R>, page: Arc<Page>) -> Self {
        Self { app, page }
    }
}

impl<R: Runtime> Host for TauriHost<R> {
    fn open_link(&self, url: &Url) -> Result<(), HostError> {
        self.app.opener().open_url(url.as_str(), None::<&str>).map_err(|error| {
            tracing::warn!(scheme = url.scheme(), kind = ?kind(&error), "no program took an address");
            HostError::NothingOpened
        })
    }

    fn prepare_return(&self, choice: RedirectChoice) -> Result<ReturnPath, HostError> {
        match choice {
            RedirectChoice::CustomScheme => {
                Ok(ReturnPath { redirect: RedirectUri::CustomScheme, receiver: Box::new(()) })
            }
            RedirectChoice::Loopback => {
                let app = self.app.clone();
                let (redirect, listening) =
                    loopback::listen(move |link| deep_link::receive(app.clone(), link)).map_err(|error| {
                        tracing::warn!(%error, "no return address on this computer");
                        HostError::NoPortFree
                    })?;
                Ok(ReturnPath { redirect, receiver: Box::new(listening) })
            }
        }
    }

    fn send(&self, event: AppEvent) {
        self.page.send(event);
    }

    fn raise(&self) {
        let Some(window) = self.app.get_webview_window(window::LABEL) else {
            return;
        };
        let raised = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if let Err(error) = raised {
            tracing::debug!(%error, "the window cannot be raised");
        }
    }
}

/// What the log may know of a failure to open an address: the error's text repeats the whole of it.
fn kind(error: &tauri_plugin_opener::Error) -> io::ErrorKind {
    match error {
        tauri_plugin_opener::Error::Io(error) => error.kind(),
        _ => io::ErrorKind::Other,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tauri::ipc::InvokeResponseBody;

    use super::*;

    #[test]
    fn nothing_of_an_address_that_did_not_open_is_logged() {
        let error = io::Error::new(io::ErrorKind::NotFound, "\"xdg-open\" \"tel:+15550100199\"");
        let logged = format!("{:?}", kind(&tauri_plugin_opener::Error::Io(error)));
        assert_eq!(logged, "NotFound");
    }

    #[test]
    fn a_notice_waits_for_the_page_to_listen() {
        let page = Page::default();
        for number in 0..10 {
            page.send(AppEvent::Notice { message: number.to_string(), hint: None });
            page.send(AppEvent::DataChanged { tags: Vec::new() });
        }
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        page.listen_with(Channel::new(move |body| {
            let InvokeResponseBody::Json(text) = body else { return Ok(()) };
            heard.lock().unwrap().push(text);
            Ok(())
        }));
        let told = told.lock().unwrap().clone();
        assert_eq!(told.len(), MAX_WAITING);
        assert!(told[0].contains("\"0\"") && told.iter().all(|text| text.contains("notice")), "{told:?}");
    }
}
