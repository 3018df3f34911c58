//! What the process does to itself before anything else runs: nobody may read its memory or look into its window, and it
//! keeps little memory that it does not use.

// Removing an environment variable is `unsafe` in Rust, and there is no other way to keep one from the libraries; nor is
// there a safe way to tell the C library how to keep memory.
#![allow(unsafe_code)]

/// Variables through which WebKitGTK, WebView2 or Tauri would let another program steer or watch the page.
const AUTOMATION: [&str; 6] = [
    "TAURI_AUTOMATION",
    "TAURI_WEBVIEW_AUTOMATION",
    "WEBKIT_INSPECTOR_HTTP_SERVER",
    "WEBKIT_INSPECTOR_SERVER",
    "WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS",
    "WEBVIEW2_PIPE_FOR_SCRIPT_DEBUGGER",
];

/// Makes the process non-dumpable with a core limit of 0 (Linux), and takes away the variables that would open the page
/// to automation, unless this build is one for the window tests. Call it first in `main`, while the process has one thread.
pub fn harden() {
    #[cfg(target_os = "linux")]
    forbid_dumps();
    for name in unwanted(cfg!(feature = "e2e")) {
        // SAFETY: called first in `main`; no other thread exists that could read the environment.
        unsafe { std::env::remove_var(name) };
    }
}

/// Has the GNU C library (Linux) keep little of the memory that is given back to it. Left alone, each of the threads that write
/// to the store has an arena of its own, which keeps what its largest work ever took, and large pieces come from the arenas
/// too, once one was given back. Call it while the process has one thread: later it changes nothing.
pub fn give_back_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        const LARGE: libc::c_int = 1024 * 1024;
        // SAFETY: both calls take two numbers, and change only where memory comes from hereafter.
        let _not_taken =
            unsafe { [libc::mallopt(libc::M_ARENA_MAX, 1), libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE)] };
    }
}

/// The variables that must not reach the libraries.
fn unwanted(for_window_tests: bool) -> &'static [&'static str] {
    if for_window_tests { &[] } else { &AUTOMATION }
}

/// Both calls only ever take rights away; where a sandbox refuses them, the sandbox is stricter still.
#[cfg(target_os = "linux")]
fn forbid_dumps() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

    // WebKit's own processes inherit the limit.
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _refused_by_sandbox = setrlimit(Resource::Core, none);
    let _refused_by_sandbox = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_a_build_for_the_window_tests_can_be_steered() {
        let removed = super::unwanted(false);
        for name in ["TAURI_WEBVIEW_AUTOMATION", "TAURI_AUTOMATION", "WEBKIT_INSPECTOR_SERVER"] {
            assert!(removed.contains(&name), "{name}");
        }
        assert!(super::unwanted(true).is_empty());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_hardened_process_leaves_no_core_behind() {
        use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

        super::harden();
        assert_eq!(dumpable_behavior().ok(), Some(DumpableBehavior::NotDumpable));
        assert_eq!(getrlimit(Resource::Core).current, Some(0));
    }

    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn a_large_piece_goes_back_to_the_system_however_often_it_is_taken() {
        let piece = || std::hint::black_box(vec![1_u8; 2 * 1024 * 1024]);
        // SAFETY: it only reads the allocator's own counts.
        let from_outside = || unsafe { libc::mallinfo2() }.hblks;

        super::give_back_memory();
        // Left alone, the C library takes the second one from an arena, having seen the first one go.
        drop(piece());
        let before = from_outside();
        let kept = piece();
        assert_eq!(from_outside(), before + 1);
        drop(kept);
        assert_eq!(from_outside(), before);
    }
}
