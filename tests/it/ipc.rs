//! The command boundary over Tauri's mock runtime with the program's real configuration and grants: every command
//! answers, and everything else is refused.

use std::sync::Arc;

use app_core::AppConfig;
use app_core::event::AppEvent;
use app_core::session::views::RedirectChoice;
use app_core::status::ClientIdSource;
use app_core::testing::{ManualClock, MemoryStore, RecordingHost};
use narthex::host::Page;
use narthex::settings::Settings;
use narthex::shell::{Parts, Shell};
use narthex::{commands, window};
use serde_json::{Value, json};
use tauri::http::HeaderMap;
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, Manager, WebviewWindow, WebviewWindowBuilder};
use tempfile::TempDir;
use url::Url;

/// Every permission of Tauri, its plugins and the program, as the build found them.
pub(crate) fn acl_manifests() -> Value {
    let file = concat!(env!("OUT_DIR"), "/acl-manifests.json");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

struct Program {
    // Fields are dropped in order: the window before the app, the folder last.
    window: WebviewWindow<MockRuntime>,
    app: App<MockRuntime>,
    _folder: TempDir,
}

impl Program {
    fn start() -> Self {
        Self::start_with(Vec::new())
    }

    fn start_with(notices: Vec<AppEvent>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (settings, _) = Settings::open(folder.path(), None);
        let shell = Shell::new(Parts {
            config: AppConfig {
                // Nobody listens here; these tests ask no network.
                base: Url::parse("http://127.0.0.1:9").unwrap(),
                client_id: None,
                client_id_source: ClientIdSource::Missing,
                redirect: RedirectChoice::CustomScheme,
                folder: None,
                practice: false,
                test_server: None,
                version: "0.0.0".to_owned(),
                user_agent: narthex::user_agent(),
            },
            window: Arc::new(RecordingHost::new()),
            page: Arc::new(Page::default()),
            secrets: Arc::new(MemoryStore::new()),
            clock: Arc::new(ManualClock::at("2026-11-17T09:00:00Z".parse().unwrap())),
            settings,
            notices,
            prepare: Box::new(|| ()),
        })
        .unwrap();
        tauri::async_runtime::block_on(shell.start(false));
        let app = mock_builder()
            .plugin(tauri_plugin_deep_link::init())
            .plugin(tauri_plugin_opener::init())
            .plugin(tauri_plugin_window_state::Builder::new().build())
            .invoke_handler(commands::handler())
            .build(narthex::context())
            .unwrap();
        app.manage(shell);
        let window =
            WebviewWindowBuilder::new(&app, window::LABEL, tauri::WebviewUrl::default()).build().unwrap();
        Self { window, app, _folder: folder }
    }

    fn call(&self, command: &str, body: Value) -> Result<Value, Value> {
        call_from(&self.window, OWN_PAGE, command, body)
    }
}

const OWN_PAGE: &str = if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" };

fn call_from(
    window: &WebviewWindow<MockRuntime>,
    page: &str,
    command: &str,
    body: Value,
) -> Result<Value, Value> {
    let request = InvokeRequest {
        cmd: command.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: Url::parse(page).unwrap(),
        body: InvokeBody::Json(body),
        headers: HeaderMap::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    get_ipc_response(window, request).map(|body| body.deserialize().unwrap())
}

/// A request for each command that has one.
fn body_of(command: &str) -> Value {
    match command {
        "subscribe" => json!({ "channel": "__CHANNEL__:7" }),
        "start_sign_in" => json!({ "request": { "redirect": null } }),
        "finish_sign_in_by_hand" => json!({ "request": { "link": "org.narthex.desktop:/oauth/callback" } }),
        "list_people" => json!({ "request": { "search": "", "offset": 0, "limit": 20 } }),
        "get_person" => json!({ "request": { "personId": "1" } }),
        "list_plans" => json!({ "request": { "weeks": ["2026-11-16", "?"], "planId": "1" } }),
        "get_plan" => json!({ "request": { "planId": "1" } }),
        "set_paused" => json!({ "request": { "paused": true } }),
        "set_active" => json!({ "request": { "active": false } }),
        "search" => json!({ "request": { "search": "kim", "within": null } }),
        "save_settings" => json!({ "request": { "clientId": null, "redirect": "loopback" } }),
        "open_outside" => json!({ "request": { "url": "file:///etc/passwd" } }),
        _ => json!({}),
    }
}

/// The grants refused it. A command that is merely unknown would say so in other words.
fn is_refusal(answer: &Result<Value, Value>) -> bool {
    matches!(answer, Err(Value::String(text)) if text.contains("not allowed"))
}

#[test]
fn every_command_answers() {
    let program = Program::start();
    for name in commands::NAMES {
        if matches!(*name, "start_practice" | "leave_practice") {
            // They open and close a whole church, which a test of its own does.
            continue;
        }
        match program.call(name, body_of(name)) {
            Ok(_) => {}
            Err(error) => {
                let fields: Vec<_> =
                    error.as_object().unwrap_or_else(|| panic!("{name}: {error}")).keys().collect();
                assert_eq!(fields, ["code", "message", "hint", "retryAfterSeconds", "reference"], "{name}");
            }
        }
    }
}

#[test]
fn everything_of_tauri_and_its_plugins_is_refused() {
    let program = Program::start();
    let manifests = acl_manifests();
    let mut tried = 0;
    for (plugin, manifest) in manifests.as_object().unwrap() {
        if plugin == "__app-acl__" {
            continue;
        }
        let plugin = plugin.strip_prefix("core:").unwrap_or(plugin);
        for permission in manifest["permissions"].as_object().unwrap().values() {
            for command in permission["commands"]["allow"].as_array().unwrap() {
                let name = format!("plugin:{plugin}|{}", command.as_str().unwrap());
                let answer = program.call(&name, json!({}));
                assert!(is_refusal(&answer), "{name}: {answer:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "only {tried} commands were found to try");
    for name in [
        "",
        "run",
        "plugin:",
        "plugin:shell|open",
        "plugin:fs|read_file",
        "plugin:event|listen",
        "Session_status",
    ] {
        let answer = program.call(name, json!({}));
        assert!(is_refusal(&answer), "{name}: {answer:?}");
    }
}

#[test]
fn no_other_page_and_no_other_window_may_call_anything() {
    let program = Program::start();
    let other =
        WebviewWindowBuilder::new(&program.app, "other", tauri::WebviewUrl::default()).build().unwrap();
    for name in commands::NAMES {
        let answer = call_from(&other, OWN_PAGE, name, body_of(name));
        assert!(is_refusal(&answer), "other window, {name}: {answer:?}");
        for page in ["https://example.com/", "https://tauri.localhost.example.com/", "http://127.0.0.1:8127/"]
        {
            let answer = call_from(&program.window, page, name, body_of(name));
            assert!(is_refusal(&answer), "{page}, {name}: {answer:?}");
        }
    }
}

#[test]
fn a_request_that_does_not_fit_is_refused_before_the_core_sees_it() {
    let program = Program::start();
    let bad = [
        ("list_plans", json!({ "request": { "weeks": "2026-11-16", "planId": null } })),
        ("list_people", json!({})),
        ("list_people", json!({ "request": null })),
        ("list_people", json!({ "request": { "search": "", "offset": 0 } })),
        ("list_people", json!({ "request": { "search": 1, "offset": 0, "limit": 20 } })),
        ("list_people", json!({ "request": { "search": "", "offset": -1, "limit": 20 } })),
        ("list_people", json!({ "request": { "search": "", "offset": 0, "limit": 20, "more": 1 } })),
        ("get_person", json!({ "request": { "personId": ["1"] } })),
        ("get_plan", json!({ "personId": "1" })),
        ("search", json!({ "request": { "search": "", "within": { "kind": "keychain", "id": "1" } } })),
        ("search", json!({ "request": { "within": null } })),
        ("start_sign_in", json!({ "request": { "redirect": "elsewhere" } })),
        ("save_settings", json!({ "request": { "clientId": 7, "redirect": null } })),
        ("open_outside", json!({ "request": "https://example.com" })),
        ("subscribe", json!({ "channel": "7" })),
    ];
    for (name, body) in bad {
        let answer = program.call(name, body.clone());
        assert!(matches!(answer, Err(Value::String(_))), "{name} {body}: {answer:?}");
    }
}

#[test]
fn the_first_answer_has_all_that_is_painted_first() {
    let program = Program::start();
    let first = program.call("subscribe", body_of("subscribe")).unwrap();
    let mut fields: Vec<_> = first.as_object().unwrap().keys().collect();
    fields.sort();
    assert_eq!(fields, ["plan", "plans", "session", "status"]);
    assert_eq!(first["session"]["state"], "signedOut");
    assert_eq!((&first["plans"], &first["plan"]), (&Value::Null, &Value::Null));
}

#[test]
fn a_client_id_is_checked_kept_and_taken_away() {
    let program = Program::start();
    let save =
        |id: &str| program.call("save_settings", json!({ "request": { "clientId": id, "redirect": null } }));
    let error = save("too short").unwrap_err();
    assert_eq!(error["code"], "invalidInput");
    assert!(error["message"].as_str().unwrap().contains("64 characters"));
    let id = "0123456789abcdef".repeat(4);
    let saved = save(&id).unwrap();
    assert_eq!(saved["clientId"], json!({ "value": id, "source": "settings" }));
    assert_eq!(program.call("settings", json!({})).unwrap()["clientId"], saved["clientId"]);
    assert_ne!(save(" ").unwrap()["clientId"]["source"], "settings");
}
