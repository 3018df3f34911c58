//! The desktop around the core: the browser, the window, and the channel to the page.

use std::sync::{Arc, Mutex, PoisonError};

use app_core::event::AppEvent;
use app_core::ports::{Host, HostError, ReturnPath};
use app_core::session::views::RedirectChoice;
use pco_client::RedirectUri;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_opener::OpenerExt as _;
use url::Url;

use crate::{deep_link, loopback, window};

/// The page's end of the event channel. Empty until the page has subscribed.
#[derive(Default)]
pub struct Page(Mutex<Option<Channel<AppEvent>>>);

impl Page {
    /// Sends to this channel from now on; a page that was loaded again brings a new one.
    pub fn listen_with(&self, channel: Channel<AppEvent>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(channel);
    }

    /// Hands the event to the page, if there is one. What a page missed it asks for when it starts.
    pub fn send(&self, event: AppEvent) {
        let channel = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(channel) = channel
            && let Err(error) = channel.send(event)
        {
            tracing::debug!(%error, "the page did not take an event");
        }
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
            tracing::warn!(%error, scheme = url.scheme(), "no program took an address");
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
