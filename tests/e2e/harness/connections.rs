//! Where a process and those that it has started connect to, looked at again and again.

use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::process::started_by;

/// From one look to the next.
const PAUSE: Duration = Duration::from_millis(5);
/// A socket that waits for calls leads nowhere (`/proc/net/tcp`).
const LISTENS: &str = "0A";
/// The port of a socket that is connected to nothing.
const NOWHERE: u16 = 0;

/// Looks until told to stop.
pub(crate) struct Connections {
    is_done: Arc<AtomicBool>,
    looking: JoinHandle<Seen>,
}

/// What was seen.
#[derive(Default)]
struct Seen {
    /// Both ends of every connection.
    lines: BTreeSet<(SocketAddr, SocketAddr)>,
    /// Where calls were waited for.
    listens_at: BTreeSet<u16>,
    looks: usize,
}

/// Where the processes connected to, and how often that was looked at.
pub(crate) struct Reached {
    pub(crate) places: BTreeSet<SocketAddr>,
    pub(crate) looks: usize,
}

impl Connections {
    /// Begins to look. What is connected now, as whoever steers the window, does not count.
    pub(crate) fn watch(process: u32) -> Self {
        let mut before = Seen::default();
        look(process, &mut before);
        let is_done = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&is_done);
        let looking = std::thread::spawn(move || {
            let mut seen = Seen::default();
            while !done.load(Ordering::Relaxed) {
                look(process, &mut seen);
                std::thread::sleep(PAUSE);
            }
            seen.lines.retain(|line| !before.lines.contains(line));
            seen
        });
        Self { is_done, looking }
    }

    /// Stops, and tells what was seen. What the processes say to each other or are asked by others leads nowhere.
    pub(crate) fn stop(self) -> Reached {
        self.is_done.store(true, Ordering::Relaxed);
        let Seen { lines, listens_at, looks } = self.looking.join().unwrap();
        let own = |place: &SocketAddr| place.ip().is_loopback() && listens_at.contains(&place.port());
        let leading_out = lines.iter().filter(|(near, far)| !own(near) && !own(far));
        Reached { places: leading_out.map(|(_, far)| *far).collect(), looks }
    }
}

fn look(process: u32, seen: &mut Seen) {
    let others = started_by(process).into_iter().map(|(number, _)| number);
    let sockets: BTreeSet<String> = others.chain([process]).flat_map(sockets_of).collect();
    for table in ["tcp", "tcp6", "udp", "udp6"] {
        let table = fs::read_to_string(format!("/proc/net/{table}")).unwrap_or_default();
        for line in table.lines().skip(1) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [_, near, far, state, _, _, _, _, _, inode, ..] = words[..] else { continue };
            if !sockets.contains(inode) {
                continue;
            }
            let (near, far) = (place(near).unwrap(), place(far).unwrap());
            if state == LISTENS {
                seen.listens_at.insert(near.port());
            } else if far.port() != NOWHERE {
                seen.lines.insert((near, far));
            }
        }
    }
    seen.looks += 1;
}

/// The numbers of the sockets that a process holds. Empty if the system does not let us look.
fn sockets_of(process: u32) -> Vec<String> {
    let files = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().filter_map(Result::ok);
    let links = files.filter_map(|file| fs::read_link(file.path()).ok());
    let number = |link: std::path::PathBuf| {
        Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())
    };
    links.filter_map(number).collect()
}

/// The system writes addresses as numbers of this machine's byte order, four bytes at a time.
fn place(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let words = (0..address.len() / 8).map(|word| u32::from_str_radix(&address[word * 8..][..8], 16));
    let bytes: Vec<u8> = words.flat_map(|word| word.unwrap_or_default().to_ne_bytes()).collect();
    let address = match bytes.len() {
        4 => IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?),
        _ => IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?).to_canonical(),
    };
    Some(SocketAddr::new(address, u16::from_str_radix(port, 16).ok()?))
}
