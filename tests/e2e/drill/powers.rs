//! T16: what a script in the real page can do beyond asking for what the screens show: nothing.

use serde_json::{Value, json};

use super::{Tally, row};
use crate::harness::{Keychain, Window, story};

/// Every permission of Tauri and its plugins, as the build found them.
const MANIFESTS: &str = include_str!(concat!(env!("OUT_DIR"), "/acl-manifests.json"));

#[tokio::test]
async fn the_page_reaches_its_own_commands_alone_by_the_fast_path_and_cannot_change_what_objects_are() {
    story(Keychain::Absent, async |desktop| {
        const CALL: &str = "const [names] = arguments;
            return Promise.all(names.map((name) =>
              window.__TAURI__.core.invoke(name).then(() => 'answered', (error) => String(error))))";
        let window = Window::open(desktop, &["--practice"]).await;
        window.sees("#freshness-words", "complete: ").await;
        window.click("#nav-people").await;
        window.sees("#people-list", "Adeyemi").await;

        let names = everything_of_tauri();
        assert!(names.len() > 100, "only {} commands were found to try", names.len());
        let answers = window.run_with(CALL, vec![json!(names)]).await;
        let mut tally = Tally::default();
        for (name, answer) in names.iter().zip(answers.as_array().unwrap()) {
            let refused = answer.as_str().is_some_and(|answer| answer.contains("not allowed"));
            if !refused {
                eprintln!("{name}: {answer}");
            }
            tally.count(refused);
        }

        let prototype = "try { Object.prototype.added = 1 } catch {}
            return [({}).added ?? null, Object.isFrozen(Object.prototype)]";
        tally.count(window.run(prototype).await == json!([null, true]));
        // Whoever has once fallen back from it to messages stays there until the page is loaded again.
        let fast_path = "const fetched = [], { fetch } = window;
            window.fetch = (address, ...more) => (fetched.push(String(address)), fetch(address, ...more));
            return window.__TAURI__.core.invoke('settings').then(() => fetched)";
        tally.count(window.run(fast_path).await == json!(["ipc://localhost/settings"]));
        row(
            "T16 Tauri",
            "calls from the page of all that Tauri has",
            "0 answered, nothing else changed",
            tally,
        );
    })
    .await;
}

fn everything_of_tauri() -> Vec<String> {
    let manifests: Value = serde_json::from_str(MANIFESTS).unwrap();
    let mut names = Vec::new();
    for (plugin, manifest) in manifests.as_object().unwrap() {
        let plugin = plugin.strip_prefix("core:").unwrap_or(plugin);
        let permissions = manifest["permissions"].as_object().unwrap().values();
        let commands = permissions.flat_map(|permission| permission["commands"]["allow"].as_array().unwrap());
        if plugin != "__app-acl__" {
            names.extend(commands.map(|command| format!("plugin:{plugin}|{}", command.as_str().unwrap())));
        }
    }
    names
}
