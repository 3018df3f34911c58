//! The grants: the five permission files name every command of the table once, and the one capability gives exactly
//! those to the one window.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use narthex::{commands, window};
use serde_json::{Value, json};

use crate::ipc::acl_manifests;

#[test]
fn every_command_is_named_by_one_permission() {
    let manifests = acl_manifests();
    let permissions = manifests["__app-acl__"]["permissions"].as_object().unwrap();
    let granted: Vec<_> = permissions
        .values()
        .flat_map(|permission| permission["commands"]["allow"].as_array().unwrap())
        .map(|name| name.as_str().unwrap())
        .collect();
    let once: BTreeSet<_> = granted.iter().copied().collect();
    assert_eq!(once.len(), granted.len(), "a command is named twice in src-tauri/permissions");
    let table: BTreeSet<_> = commands::NAMES.iter().copied().collect();
    assert_eq!(
        once, table,
        "name each row of the command table in one file of src-tauri/permissions, and no other"
    );
    for permission in permissions.values() {
        assert_eq!(permission["commands"]["deny"], json!([]));
        assert_eq!(permission.get("scope"), None);
    }
}

#[test]
fn the_one_capability_grants_the_commands_to_the_one_window_and_nothing_more() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/capabilities");
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["main.json"]);
    let capability: Value = serde_json::from_slice(&fs::read(folder.join("main.json")).unwrap()).unwrap();
    let fields: Vec<_> = capability.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["identifier", "description", "windows", "permissions"]);
    assert_eq!(capability["windows"], json!([window::LABEL]));
    let manifests = acl_manifests();
    let all: BTreeSet<_> =
        manifests["__app-acl__"]["permissions"].as_object().unwrap().keys().cloned().collect();
    let granted: BTreeSet<_> = capability["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(granted, all);
    assert_eq!(granted.len(), capability["permissions"].as_array().unwrap().len());
}

#[test]
fn the_configuration_keeps_the_page_shut_in() {
    let context = narthex::context::<tauri::test::MockRuntime>();
    let app = &context.config().app;
    assert!(app.windows.is_empty(), "the window is made in window.rs, where its navigation is denied");
    assert!(app.with_global_tauri);
    assert!(app.security.freeze_prototype);
    assert!(!app.security.asset_protocol.enable);
    assert_eq!(
        app.security.csp.as_ref().unwrap().to_string(),
        "default-src 'none'; script-src 'self'; style-src 'self'; \
         img-src 'self' avatar: http://avatar.localhost; font-src 'self'; \
         connect-src ipc: http://ipc.localhost; base-uri 'none'; form-action 'none'; object-src 'none'; \
         frame-ancestors 'none'"
    );
    assert!(app.security.dev_csp.is_none());
    let modification = serde_json::to_value(&app.security.dangerous_disable_asset_csp_modification).unwrap();
    assert_eq!(modification, json!(false));
    assert_eq!(context.config().identifier, pco_client::CUSTOM_SCHEME);
    assert_eq!(
        context.config().plugins.0["deep-link"]["desktop"]["schemes"],
        json!([pco_client::CUSTOM_SCHEME])
    );
}
