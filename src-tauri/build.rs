//! Points Tauri at the folders of permissions and capabilities, and tells cargo to watch them.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // With patterns of our own Tauri does not watch the folders, and an edited grant would go unseen.
    println!("cargo:rerun-if-changed=src-tauri/permissions");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-env-changed=NARTHEX_CLIENT_ID");
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("./src-tauri/capabilities/*.json")
            .app_manifest(
                tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/*.toml"),
            ),
    )?;
    Ok(())
}
