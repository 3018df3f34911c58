//! The house's layers, read from cargo's own account of the workspace and from the files themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// What each package of the house may depend on among the things that make a layer.
const ALLOWED: &[(&str, &[&str])] = &[
    ("pco-client", &["oauth2", "reqwest", "rustls"]),
    ("app-core", &["pco-client", "rusqlite"]),
    ("pco-emulator", &["axum"]),
    (
        "narthex",
        &[
            "app-core",
            "apple-native-keyring-store",
            "keyring-core",
            "pco-client",
            "pco-emulator",
            "tauri",
            "tauri-plugin-deep-link",
            "tauri-plugin-opener",
            "tauri-plugin-single-instance",
            "tauri-plugin-window-state",
        ],
    ),
    ("xtask", &[]),
];

/// Whoever depends on one of these, or on a name that begins with one, stands on a layer.
const LAYERS: &[&str] = &[
    "app-core", "axum", "keyring", "narthex", "oauth2", "pco-", "reqwest", "rusqlite", "rustls", "tauri",
    "xtask",
];

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn packages_depend_only_downwards() {
    let allowed: BTreeMap<_, BTreeSet<_>> =
        ALLOWED.iter().map(|(package, layers)| (*package, layers.iter().copied().collect())).collect();
    let metadata = metadata();
    assert_eq!(
        metadata.packages.len(),
        ALLOWED.len(),
        "every package of the workspace has its row in ALLOWED"
    );
    for package in &metadata.packages {
        let layers = &allowed[package.name.as_str()];
        for dependency in
            package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal)
        {
            let name = dependency.name.as_str();
            assert!(
                !LAYERS.iter().any(|layer| name.starts_with(layer)) || layers.contains(name),
                "{} must not use {name}: move the code to the layer that may, or argue for the edge in ALLOWED",
                package.name
            );
        }
    }
}

#[test]
fn the_emulator_and_the_client_share_no_code() {
    let metadata = metadata();
    let house: BTreeSet<_> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    for package in metadata
        .packages
        .iter()
        .filter(|package| ["pco-emulator", "pco-client"].contains(&package.name.as_str()))
    {
        for dependency in &package.dependencies {
            assert!(
                !house.contains(dependency.name.as_str()),
                "{} uses {}, tests included",
                package.name,
                dependency.name
            );
        }
    }
}

#[test]
fn only_the_shell_names_tauri_and_on_the_page_what_asks_it() {
    for file in files(&root().join("src-tauri"), "rs") {
        let in_shell = file.starts_with(root().join("src-tauri/src")) || file.ends_with("src-tauri/build.rs");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(in_shell || !text.contains("tauri::"), "{}: only the shell speaks to Tauri", file.display());
    }
    for file in files(&root().join("ui"), "js") {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(
            file.ends_with("ipc.js") || file.ends_with("opening.js") || !text.contains("__TAURI"),
            "{}: only ui/ipc.js speaks to Tauri; call it instead",
            file.display()
        );
    }
}

#[test]
fn sql_stays_in_the_store() {
    let core = root().join("src-tauri/app-core/src");
    for file in files(&core, "rs").into_iter().filter(|file| !file.starts_with(core.join("store"))) {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains("rusqlite"), "{}: all SQL is in store/", file.display());
    }
}

#[test]
fn the_page_builds_no_markup_from_text_and_names_no_other_host() {
    let page: Vec<_> =
        ["js", "html", "css"].into_iter().flat_map(|kind| files(&root().join("ui"), kind)).collect();
    assert!(page.len() > 10, "the pages are where this test looks");
    for file in page {
        let text = std::fs::read_to_string(&file).unwrap();
        for banned in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"]
        {
            assert!(
                !text.contains(banned),
                "{} uses {banned}; build nodes with textContent instead",
                file.display()
            );
        }
        let addresses = text.replace("http://www.w3.org/2000/svg", "");
        for scheme in ["http://", "https://"] {
            assert!(
                !addresses.contains(scheme),
                "{} names an address; addresses come from the core",
                file.display()
            );
        }
    }
}

#[test]
fn the_desktop_entry_hands_the_link_on() {
    let entry = std::fs::read_to_string(root().join("src-tauri/linux/app.desktop")).unwrap();
    let exec = entry.lines().find(|line| line.starts_with("Exec=")).unwrap();
    assert!(exec.ends_with(" %u"), "without %u the program is started with no link: {exec}");
    assert!(entry.contains("x-scheme-handler/org.narthex.desktop") || entry.contains("mime_type"));
}

#[test]
fn every_screen_of_the_routes_exists_and_every_file_stays_small() {
    let screens = files(&root().join("ui/screens"), "js");
    let named_in = |file: &Path, name: &str| std::fs::read_to_string(file).unwrap().contains(name);
    for file in &screens {
        let name = format!("/{}", file.file_name().unwrap().to_string_lossy());
        let is_routed = named_in(&root().join("ui/routes.js"), &name);
        // The steps of signing in follow the session, not the address.
        let is_part = screens.iter().any(|other| other != file && named_in(other, &name));
        assert!(is_routed || is_part, "ui/routes.js has no row for screens{name}");
    }
    for file in ["js", "css", "html"].into_iter().flat_map(|kind| files(&root().join("ui"), kind)) {
        let lines = std::fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 450, "{} has {lines} lines; a page file tells one story", file.display());
    }
}

fn files(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, kind));
        } else if path.extension().is_some_and(|extension| extension == kind) {
            found.push(path);
        }
    }
    found.sort();
    found
}
