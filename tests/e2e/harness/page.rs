//! What a person can do on a page: look, click, type.

use std::path::Path;

use serde_json::Value;
use thirtyfour::common::capabilities::desiredcapabilities::Capabilities;
use thirtyfour::prelude::*;

use super::{http, until};

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

    /// Clicks the first visible element that fits, as soon as there is one.
    pub(crate) async fn click(&self, css: &str) {
        until(&format!("{}: {css} can be clicked", self.name), async || {
            let element = self.visible(css).await?;
            element.click().await.ok()
        })
        .await;
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

    /// Waits until no element that fits is visible.
    pub(crate) async fn sees_no(&self, css: &str) {
        until(&format!("{}: {css} is gone", self.name), async || {
            self.visible(css).await.is_none().then_some(())
        })
        .await;
    }

    /// The texts of all elements that fit and are visible now.
    pub(crate) async fn texts(&self, css: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for element in self.driver.find_all(By::Css(css)).await.unwrap_or_default() {
            if let (Ok(true), Ok(text)) = (element.is_displayed().await, element.text().await) {
                texts.push(text);
            }
        }
        texts
    }

    /// The text of the first visible element that fits.
    pub(crate) async fn text(&self, css: &str) -> Option<String> {
        self.visible(css).await?.text().await.ok()
    }

    /// Whether a visible element fits.
    pub(crate) async fn shows(&self, css: &str) -> bool {
        self.visible(css).await.is_some()
    }

    /// What the script returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        let answer = self.driver.execute(script, Vec::new()).await;
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

    /// Goes to the window opened last.
    pub(crate) async fn newest(&self) {
        let windows = self.driver.windows().await.unwrap();
        self.driver.switch_to_window(windows.last().unwrap().clone()).await.unwrap();
    }

    /// Makes the window this large inside its frame.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.driver.set_window_rect(0, 0, width, height).await.unwrap();
        until(&format!("the window is {width} wide"), async || {
            let size = self.run("return [innerWidth, innerHeight]").await;
            (size == serde_json::json!([width, height])).then_some(())
        })
        .await;
    }

    /// Saves a picture of the page.
    pub(crate) async fn picture(&self, file: &Path) -> WebDriverResult<()> {
        self.driver.screenshot(file).await
    }

    async fn visible(&self, css: &str) -> Option<WebElement> {
        for element in self.driver.find_all(By::Css(css)).await.ok()? {
            if element.is_displayed().await.unwrap_or(false) {
                return Some(element);
            }
        }
        None
    }
}
