//! The desktop around the core: the browser, the window, and the channel to the page.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app_core::event::AppEvent;
use app_core::ports::{Host, HostError, ReturnPath};
use app_core::session::views::RedirectChoice;
use app_core::status::AppStatus;
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
    /// The state of the frame that the page was told last.
    told: Option<AppStatus>,
}

impl Page {
    /// Sends to this channel from now on, and first of all what waits; a page that was loaded again brings a new one.
    pub fn listen_with(&self, channel: Channel<AppEvent>) {
        let mut listener = self.lock();
        listener.told = None;
        for notice in std::mem::take(&mut listener.waiting) {
            deliver(&channel, notice);
        }
        listener.channel = Some(channel);
    }

    /// Notes the state of the frame that the page is told by another answer, unless an event that it hears after that
    /// answer has told it one already.
    pub fn tells(&self, status: &AppStatus) {
        self.lock().told.get_or_insert_with(|| status.clone());
    }

    /// Hands the event to the page, if there is one. What a page missed it asks for when it starts, but for notices:
    /// they wait for it. A state of the frame like the one before is not sent: without a network the same comes again and
    /// again, and what a page is told it lays out and paints anew.
    pub fn send(&self, event: AppEvent) {
        let mut listener = self.lock();
        match listener.channel.clone() {
            Some(channel) => {
                if let AppEvent::StatusChanged { status } = &event {
                    if listener.told.as_ref() == Some(status) {
                        return;
                    }
                    listener.told = Some(status.clone());
                }
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
    use app_core::status::Freshness;
    use app_core::views::Coverage;
    use tauri::ipc::InvokeResponseBody;

    use super::*;

    #[test]
    fn nothing_of_an_address_that_did_not_open_is_logged() {
        let error = io::Error::new(io::ErrorKind::NotFound, "\"xdg-open\" \"tel:+15550100199\"");
        let logged = format!("{:?}", kind(&tauri_plugin_opener::Error::Io(error)));
        assert_eq!(logged, "NotFound");
    }

    /// A channel, and what the page hears through it.
    fn heard() -> (Channel<AppEvent>, Arc<Mutex<Vec<String>>>) {
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        let channel = Channel::new(move |body| {
            let InvokeResponseBody::Json(text) = body else { return Ok(()) };
            heard.lock().unwrap().push(text);
            Ok(())
        });
        (channel, told)
    }

    /// The frame's state with this many people.
    fn state(people: u32) -> AppStatus {
        AppStatus {
            freshness: Freshness::Offline,
            as_of: None,
            people,
            plans: 0,
            coverage: Coverage::Complete,
            progress: None,
            paused: false,
            practice: false,
            test_server: None,
            version: String::new(),
        }
    }

    fn send_states(page: &Page, people: impl IntoIterator<Item = u32>) {
        for people in people {
            page.send(AppEvent::StatusChanged { status: state(people) });
        }
    }

    #[test]
    fn a_notice_waits_for_the_page_to_listen() {
        let page = Page::default();
        for number in 0..10 {
            page.send(AppEvent::Notice { message: number.to_string(), hint: None });
            page.send(AppEvent::DataChanged { tags: Vec::new() });
        }
        let (channel, told) = heard();
        page.listen_with(channel);
        let told = told.lock().unwrap().clone();
        assert_eq!(told.len(), MAX_WAITING);
        assert!(told[0].contains("\"0\"") && told.iter().all(|text| text.contains("notice")), "{told:?}");
    }

    #[test]
    fn a_state_of_the_frame_is_told_when_it_is_another_one() {
        let page = Page::default();
        let (channel, told) = heard();
        page.listen_with(channel);
        page.tells(&state(1));
        send_states(&page, [1, 1, 2, 2, 1]);
        assert_eq!(told.lock().unwrap().len(), 2, "the second one, and the first one again");
    }

    #[test]
    fn a_page_that_is_loaded_again_is_told_anew() {
        let page = Page::default();
        page.listen_with(heard().0);
        send_states(&page, [1]);
        let (channel, told) = heard();
        page.listen_with(channel);
        send_states(&page, [1]);
        assert_eq!(told.lock().unwrap().len(), 1);
    }

    #[test]
    fn an_event_heard_after_the_first_answer_counts_as_told_last() {
        let page = Page::default();
        let (channel, told) = heard();
        page.listen_with(channel);
        // Sent before the answer was made, and heard after it.
        send_states(&page, [1]);
        page.tells(&state(2));
        send_states(&page, [2]);
        assert_eq!(told.lock().unwrap().len(), 2);
    }
}
