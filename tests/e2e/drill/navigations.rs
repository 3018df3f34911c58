//! T17: whatever a script tries, the window shows the program's own page, and nobody else's is reached from it.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Tally, row};
use crate::harness::{Keychain, Window, story};

const WAYS: &str = include_str!("navigations.js");
const OWN: &str = "tauri://localhost";
/// So long a page has to be gone from, or another to be asked for. A navigation begins within a few milliseconds.
const PAUSE: Duration = Duration::from_millis(60);

#[tokio::test]
async fn no_way_leads_out_of_the_page() {
    story(Keychain::Absent, async |desktop| {
        let elsewhere = Elsewhere::open();
        let window = Window::open(desktop, &["--practice"]).await;
        window.sees("#freshness-words", "complete: ").await;
        let ways = window.run_with(WAYS, vec![Value::Null, json!("")]).await.as_u64().unwrap();
        let mut tally = Tally::default();
        for way in 0..ways {
            let called = elsewhere.calls();
            window.run(&format!("window.stayed = {way}")).await;
            let tried = window.run_with(WAYS, vec![json!(way), json!(elsewhere.address)]).await;
            tokio::time::sleep(PAUSE).await;
            let held = stayed(&window, way).await && desktop.windows() == 1 && elsewhere.calls() == called;
            if !held {
                eprintln!("{} {} {} led out of the page: {tried}", stayed(&window, way).await, desktop.windows(), elsewhere.calls());
            }
            tally.count(held);
            // What was added to it goes, and an address that is only a name for the same page.
            window.run("history.replaceState(null, '', '/#/')").await;
            window.run("document.querySelectorAll('body > :is(a, form, iframe, object, embed, img, svg), base, meta[http-equiv=refresh]').forEach((added) => added.remove())").await;
        }
        tally.count(drop_of_a_link_stays(&window, &elsewhere).await);
        row("T17", "ways out of the page", "0 pages left, 0 windows opened, 0 calls elsewhere", tally);
    })
    .await;
}

/// The same page is there, in the same document, and no other document in it can call a command.
async fn stayed(window: &Window<'_>, way: u64) -> bool {
    let script = "return [location.origin, window.stayed,
        Array.from({ length: frames.length }, (_, place) => frames[place])
          .filter((frame) => { try { return frame.__TAURI_INTERNALS__ } catch { return false } }).length]";
    window.run(script).await == json!([OWN, way, 0])
}

/// With the mouse, as a person does who lets a link fall where it does not belong.
async fn drop_of_a_link_stays(window: &Window<'_>, elsewhere: &Elsewhere) -> bool {
    let called = elsewhere.calls();
    window.run("window.stayed = -1").await;
    let script = "const link = document.createElement('a');
        link.href = arguments[0]; link.id = 'to-drag'; link.textContent = 'A link to drag';
        link.style = 'position: fixed; top: 40px; left: 40px; z-index: 9; background: white';
        document.body.append(link)";
    window.run_with(script, vec![json!(elsewhere.address)]).await;
    window.drag((60, 48), (600, 400)).await;
    tokio::time::sleep(PAUSE).await;
    window.run("return window.stayed").await == json!(-1) && elsewhere.calls() == called
}

/// Another computer, as far as the page knows. It only counts who calls.
struct Elsewhere {
    address: String,
    calls: Arc<AtomicUsize>,
}

impl Elsewhere {
    fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = format!("http://{}/page.html", listener.local_addr().unwrap());
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        std::thread::spawn(move || {
            while listener.accept().is_ok() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { address, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}
