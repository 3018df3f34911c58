//! A computer without a network: no name is found, and no way leads to any address. The story is told in a process of its own,
//! in a network that has nothing but the computer itself.

use std::process::Command;
use std::time::{Duration, Instant};

use app_core::ports::{SecretBytes, SecretItem};
use app_core::status::Freshness;
use app_core::views::Coverage;
use serde_json::Value;
use url::Url;

use crate::harness::{Remains, Story, people, until};

/// Set in the process without a network.
const INSIDE: &str = "NARTHEX_STORY_WITHOUT_A_NETWORK";
/// As root, and as anybody who may have a network of their own.
const WAYS_IN: [&[&str]; 2] = [&["--net"], &["--user", "--map-root-user", "--net"]];
/// The emulator lives on the computer itself.
const BEGIN: &str = "ip link set lo up && exec \"$0\" \"$@\"";
/// A name that nobody has (RFC 6761), and an address to which nothing leads (RFC 5737).
const NOWHERE: [&str; 2] = ["https://api.planning.invalid", "https://192.0.2.1"];
/// Being offline is told by then.
const SOON: Duration = Duration::from_secs(3);

#[tokio::test]
#[allow(clippy::disallowed_methods, reason = "whether it is the process for it, only who started it knows")]
async fn without_a_name_or_a_way_being_offline_is_told_soon_and_what_is_saved_stays() {
    if std::env::var_os(INSIDE).is_none() {
        return tell_without_a_network(
            "no_network::without_a_name_or_a_way_being_offline_is_told_soon_and_what_is_saved_stays",
        );
    }
    for address in NOWHERE {
        let story = Story::signed_in().await;
        let saved = story.people("");
        story.clock.advance(Duration::from_hours(26));
        let remains = moved(story.end(), address);

        let started = Instant::now();
        let (app, host) = remains.start().await;
        let status = until(&app, &host, |status| status.freshness == Freshness::Offline).await;
        let told_after = started.elapsed();
        assert!(told_after < SOON, "{address}: being offline is told after {told_after:?}");

        let (shown, age) = (people(&app, ""), status.as_of.unwrap());
        assert_eq!((shown.items, shown.coverage), (saved.items, Coverage::Complete), "{address}");
        assert_eq!(age.instant, saved.as_of.unwrap().instant, "{address}");
        assert_eq!(age.label, "Fri 9:00 am", "{address}");
    }
}

/// As if all that was saved came from this address.
fn moved(mut remains: Remains, address: &str) -> Remains {
    remains.base = Url::parse(address).unwrap();
    for key in remains.secrets.items().into_iter().filter(|key| key.item == SecretItem::Session) {
        let session = remains.secrets.item(&key).unwrap();
        let mut session: Value = serde_json::from_slice(session.expose()).unwrap();
        session["origin"] = address.into();
        remains.secrets.put(key, SecretBytes::new(session.to_string().into_bytes()));
    }
    remains
}

#[allow(clippy::print_stderr, reason = "a story that was not tried says so")]
fn tell_without_a_network(story: &str) {
    let enter = |way: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(way).args(["sh", "-c", BEGIN]);
        command
    };
    let may_enter =
        |way: &&&[&str]| enter(way).arg("true").output().is_ok_and(|tried| tried.status.success());
    let Some(way) = WAYS_IN.iter().find(may_enter) else {
        return eprintln!("NOT TRIED: this computer lets nobody have a network of their own");
    };
    let mut command = enter(way);
    // A proxy would have to be reached, too, and says nothing of names and ways.
    for proxy in ["http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(proxy).env_remove(proxy.to_uppercase());
    }
    command.arg(std::env::current_exe().unwrap()).args(["--exact", story, "--nocapture"]);
    let told = command.env(INSIDE, "1").output().unwrap();
    let (said, why) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(told.status.success() && said.contains("1 passed"), "{said}{why}");
}
