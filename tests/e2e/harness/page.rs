//! What a person can do on a page: look, click, type.

use std::path::Path;

use serde_json::Value;
use thirtyfour::common::capabilities::desiredcapabilities::Capabilities;
use thirtyfour::prelude::*;

use super::{http, until};

/// The visible elements that fit the script's first argument. (The drivers' own notion of "visible" takes a scrolled list
/// whose rows are placed absolutely for hidden.)
const VISIBLE: &str =
    "[...document.querySelectorAll(arguments[0])].filter((element) => element.checkVisibility())";

/// Waits for two frames.
const PAINTED: &str =
    "return new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))";

/// A picture is taken of the next frame, and a web view that draws without a graphics card makes none while nothing changes. So a
/// dot that nobody sees changes for a while.
const STIRRED: &str = "const dot = document.documentElement.appendChild(document.createElement('i'));
    Object.assign(dot.style, { position: 'fixed', inset: '0 auto auto 0', width: '1px', height: '1px' });
    let turn = 0;
    const turns = setInterval(() => { dot.style.background = turn++ % 2 ? '#0000' : '#00000001'; }, 20);
    setTimeout(() => { clearInterval(turns); dot.remove(); }, 1000)";

/// A page in the program's window or in the browser.
#[derive(Clone)]
pub(crate) struct Page {
    driver: WebDriver,
    name: &'static str,
}

impl Page {
    /// Begins a session at the driver on `port`, once that answers.
    pub(crate) async fn open(name: &'static str, port: u16, capabilities: Value) -> Self {
        let authority = format!("127.0.0.1:{port}");
        until("the driver is ready", async || {
            let answer = http::ask(&authority, "GET", "/status", &[], "").await.ok()?;
            (answer.status == 200).then_some(())
        })
        .await;
        let Value::Object(capabilities) = capabilities else { panic!("capabilities are an object") };
        let driver = WebDriver::new(format!("http://{authority}"), Capabilities::from(capabilities)).await;
        let driver = driver.unwrap_or_else(|error| panic!("{name}: {error}"));
        // Its driver's process is ended with the world; there is nothing to take leave of.
        driver.clone().leak().unwrap();
        Self { driver, name }
    }

    /// Ends the session, and with it the program that the driver has started for it.
    pub(super) async fn quit(self) {
        self.driver.quit().await.unwrap();
    }

    /// Whether both are the same page.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.driver.session_id() == other.driver.session_id()
    }

    /// Clicks the first visible element that fits, as soon as there is one.
    pub(crate) async fn click(&self, css: &str) {
        until(&format!("{}: {css} can be clicked", self.name), async || {
            let element = self.visible(css).await?;
            element.click().await.ok()
        })
        .await;
    }

    /// Clicks the first visible element that fits, if there is one and it lets itself be clicked.
    pub(crate) async fn click_if_there(&self, css: &str) {
        if let Some(element) = self.visible(css).await {
            let _moved_or_gone = element.click().await;
        }
    }

    /// Replaces what stands in a field, key by key.
    pub(crate) async fn write(&self, css: &str, words: &str) {
        until(&format!("{}: {css} can be written in", self.name), async || {
            let field = self.visible(css).await?;
            field.click().await.ok()?;
            field.send_keys(Key::Control + "a").await.ok()?;
            let keys = if words.is_empty() { Key::Backspace.value().to_string() } else { words.to_owned() };
            field.send_keys(keys).await.ok()
        })
        .await;
    }

    /// Waits until a visible element that fits has these words in it, and tells all of its text.
    pub(crate) async fn sees(&self, css: &str, words: &str) -> String {
        until(&format!("{}: {css} says “{words}”", self.name), async || {
            self.text(css).await.filter(|text| text.contains(words))
        })
        .await
    }

    /// Waits until the script returns this.
    pub(crate) async fn becomes(&self, script: &str, wanted: Value) {
        let what = format!("{}: {script} is {wanted}", self.name);
        until(&what, async || (self.run(script).await == wanted).then_some(())).await;
    }

    /// Waits until no element that fits is visible.
    pub(crate) async fn sees_no(&self, css: &str) {
        until(&format!("{}: {css} is gone", self.name), async || {
            self.visible(css).await.is_none().then_some(())
        })
        .await;
    }

    /// The texts of all elements that fit and are visible now.
    pub(crate) async fn texts(&self, css: &str) -> Vec<String> {
        let script = format!("return {VISIBLE}.map((element) => element.innerText)");
        let texts = self.driver.execute(script, vec![css.into()]).await;
        texts.ok().and_then(|texts| texts.convert().ok()).unwrap_or_default()
    }

    /// The text of the first visible element that fits.
    pub(crate) async fn text(&self, css: &str) -> Option<String> {
        let mut texts = self.texts(css).await;
        (!texts.is_empty()).then(|| texts.swap_remove(0))
    }

    /// Whether a visible element fits.
    pub(crate) async fn shows(&self, css: &str) -> bool {
        self.visible(css).await.is_some()
    }

    /// What the script returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.run_with(script, Vec::new()).await
    }

    /// What the script returns that finds these in its `arguments`.
    pub(crate) async fn run_with(&self, script: &str, arguments: Vec<Value>) -> Value {
        let answer = self.driver.execute(script, arguments).await;
        answer.unwrap_or_else(|error| panic!("{}: {script}: {error}", self.name)).json().clone()
    }

    /// The page's address.
    pub(crate) async fn address(&self) -> String {
        self.driver.current_url().await.map(String::from).unwrap_or_default()
    }

    /// Presses keys, wherever the focus is.
    pub(crate) async fn press(&self, keys: impl Into<TypingData>) {
        let focused = self.driver.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    }

    /// Drags whatever is at one place to another.
    pub(crate) async fn drag(&self, (from_x, from_y): (i64, i64), (to_x, to_y): (i64, i64)) {
        let begin = self.driver.action_chain().move_to(from_x, from_y).click_and_hold();
        let halfway = begin.move_to(i64::midpoint(from_x, to_x), i64::midpoint(from_y, to_y));
        halfway.move_to(to_x, to_y).release().perform().await.unwrap();
    }

    /// Drags the handle of an element's vertical scrollbar from one place to another, both in hundredths of its height.
    pub(crate) async fn drag_scrollbar(&self, css: &str, from: i64, to: i64) {
        const STEPS: i64 = 8;
        let script = format!(
            "const {{ top, right, height }} = document.querySelector('{css}').getBoundingClientRect();
             return [right - 4, top, height].map(Math.round)"
        );
        let [x, top, height] = serde_json::from_value::<[i64; 3]>(self.run(&script).await).unwrap();
        let y = |hundredths: i64| top + height * hundredths / 100;
        let mut drag = self.driver.action_chain().move_to(x, y(from)).click_and_hold();
        for step in 1..=STEPS {
            drag = drag.move_to(x, y(from + (to - from) * step / STEPS));
        }
        drag.release().perform().await.unwrap();
    }

    /// Goes to the tab whose address has this part.
    pub(crate) async fn go_to_tab(&self, part: &str) {
        until(&format!("{}: a tab at {part}", self.name), async || {
            for tab in self.driver.windows().await.ok()? {
                self.driver.switch_to_window(tab).await.ok()?;
                if self.address().await.contains(part) {
                    return Some(());
                }
            }
            None
        })
        .await;
    }

    /// Makes the window this large inside its frame, and waits until it is painted so: until then the page's own media
    /// queries answer for the size before.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.driver.set_window_rect(0, 0, width, height).await.unwrap();
        until(&format!("the window is {width} wide"), async || {
            self.run(PAINTED).await;
            let size = self.run("return [innerWidth, innerHeight]").await;
            (size == serde_json::json!([width, height])).then_some(())
        })
        .await;
    }

    /// Saves a picture of the page as it is.
    pub(crate) async fn picture(&self, file: &Path) -> WebDriverResult<()> {
        self.driver.execute(STIRRED, Vec::new()).await?;
        self.driver.screenshot(file).await
    }

    /// Saves a picture of the page at rest: the pointer is out of the way, and it looks the same twice.
    pub(crate) async fn portrait(&self, file: &Path) {
        self.driver.action_chain().move_to(0, 0).perform().await.unwrap();
        let mut last = Vec::new();
        let what = format!("{} is painted", file.display());
        let picture = until(&what, async || {
            self.run(STIRRED).await;
            let picture = self.driver.screenshot_as_png().await.ok()?;
            let still = (picture == last).then(|| picture.clone());
            last = picture;
            still
        })
        .await;
        std::fs::write(file, picture).unwrap();
    }

    async fn visible(&self, css: &str) -> Option<WebElement> {
        let found = self.driver.execute(format!("return {VISIBLE}[0]"), vec![css.into()]).await.ok()?;
        found.element().ok()
    }
}
