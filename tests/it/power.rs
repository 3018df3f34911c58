//! The power goes, at any moment of a store's life: each call that changes a file is recorded by the operating system's
//! own means (`strace`), and the disk is made up anew as it may be found afterwards. What was synced is there; of the rest
//! any sector and any change of the folder may be missing.

use std::collections::{BTreeMap, hash_map::DefaultHasher};
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::process::Command;

use app_core::store::Opened;

use crate::full_disk::{open, pile, stones};

/// Set in the process that works on the store: its folder.
const FOLDER: &str = "NARTHEX_STORY_OF_THE_POWER";
const CALLS: &str = "openat,write,pwrite64,ftruncate,fallocate,fsync,fdatasync,unlink,rename";
/// One start of the program after the other, each with the sizes of what it saves. The largest fills the log, so that it
/// begins anew while the program runs.
const STARTS: [&[usize]; 3] = [&[6, 6], &[6], &[4_000, 6, 6]];
/// What the process says at the end of each start.
const CLOSED: &str = "closed the store";
/// The least that a disk writes at once, in bytes.
const SECTOR: usize = 512;
/// Of a file beside the database: it holds nothing, and is made again when it is not there.
const RESERVE: (&str, u64) = ("store.reserve", 4 * 1024 * 1024);

#[test]
#[allow(clippy::print_stderr, reason = "a story that was not tried says so")]
fn after_the_power_went_what_was_made_sure_of_is_there_and_nothing_by_halves() {
    if Command::new("strace").arg("--version").output().is_err() {
        return eprintln!("NOT TRIED: this computer has no strace");
    }
    let parent = tempfile::tempdir().unwrap();
    let calls = record(&parent.path().join("at-work"));
    let (mut disk, mut least, mut tried) = (Disk::default(), 0, 0);
    let mut starts = STARTS.iter();
    for (number, call) in calls.into_iter().enumerate() {
        // The most is at stake right before something is made sure of.
        if matches!(
            call,
            Call::Sync(_) | Call::SyncFolder | Call::Rename(..) | Call::Remove(_) | Call::Closed
        ) {
            for luck in Luck::ALL {
                let folder = parent.path().join(format!("{number}-{tried}"));
                let found = disk.found_in(&folder, luck);
                assert!(whole().contains(&found), "{found} stones after {luck:?} at call {number}");
                assert!(found >= least, "{found} of {least} stones after {luck:?} at call {number}");
                tried += 1;
            }
        }
        if call == Call::Closed {
            least += starts.next().unwrap().iter().sum::<usize>();
        }
        disk.take(call);
    }
    assert_eq!((least, starts.len()), (whole().pop().unwrap(), 0), "what the process closed");
    assert!(tried > 200, "{tried} disks are too few to prove much");
}

/// Begins a store and saves in it, start by start.
#[test]
#[ignore = "only the other story of this file tells it where"]
#[allow(clippy::disallowed_methods, reason = "only who started the process knows where")]
#[allow(clippy::print_stdout, reason = "who started the process reads it")]
fn inside() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let mut next = 0;
    for sizes in STARTS {
        let store = open(Path::new(&folder)).store;
        for size in sizes {
            pile(&store, next..next + size).unwrap();
            next += size;
        }
        drop(store);
        println!("{CLOSED}");
    }
}

/// How many stones there are after each save, and before the first.
fn whole() -> Vec<usize> {
    let sizes = STARTS.iter().flat_map(|sizes| sizes.iter());
    let mut whole = vec![0];
    for size in sizes {
        whole.push(whole.last().unwrap() + size);
    }
    whole
}

#[derive(Debug, PartialEq)]
enum Call {
    Open(String),
    Write { file: String, at: usize, bytes: Vec<u8> },
    Cut { file: String, length: usize },
    Sync(String),
    SyncFolder,
    Rename(String, String),
    Remove(String),
    Closed,
}

/// Lets a process work in `folder`, and reads what it did there.
fn record(folder: &Path) -> Vec<Call> {
    let log = folder.with_extension("calls");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-y", "-xx", "-s", "8192", "-e", &format!("trace={CALLS}"), "-o"]).arg(&log);
    command.arg(std::env::current_exe().unwrap());
    command.args(["--exact", "power::inside", "--nocapture", "--include-ignored", "--test-threads=1"]);
    let told = command.env(FOLDER, folder).output().unwrap();
    let (said, why) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(told.status.success() && said.contains("1 passed"), "{said}{why}");
    let log = std::fs::read_to_string(log).unwrap();
    log.lines().filter_map(|line| call(line, folder.to_str().unwrap())).collect()
}

/// A line of `strace -y -xx`: each text within it is a row of `\x` numbers.
fn call(line: &str, folder: &str) -> Option<Call> {
    let (_, line) = line.split_once(' ')?;
    let (name, rest) = line.trim_start().split_once('(')?;
    let (arguments, result) = rest.rsplit_once(" = ")?;
    assert!(!line.contains("unfinished"), "two threads at once: {line:.80}");
    if result.starts_with('-') {
        return None;
    }
    let (first, _) = arguments.split_once([',', ')'])?;
    let texts: Vec<Vec<u8>> = arguments.split('"').skip(1).step_by(2).map(bytes).collect();
    let path = |text: &[u8]| {
        let path = String::from_utf8_lossy(text);
        path.strip_prefix(folder).map(|name| name.trim_start_matches('/').to_owned())
    };
    // A file that is open is told with its path, one that is named by a text.
    let (number, opened) = first.split_once('<').unwrap_or((first, ""));
    let opened = path(&bytes(opened.trim_end_matches('>')));
    let named = |at: usize| texts.get(at).and_then(|text| path(text));
    let numbers: Vec<usize> = arguments
        .trim_end_matches([' ', ')'])
        .rsplit(", ")
        .map_while(|argument| argument.parse().ok())
        .collect();
    match name {
        "write" if number == "1" && texts[0].starts_with(CLOSED.as_bytes()) => Some(Call::Closed),
        "openat" if arguments.contains("O_CREAT") => Some(Call::Open(named(0)?)),
        "unlink" => Some(Call::Remove(named(0)?)),
        "rename" => Some(Call::Rename(named(0)?, named(1)?)),
        "ftruncate" => Some(Call::Cut { file: opened?, length: numbers[0] }),
        "pwrite64" => Some(Call::Write { file: opened?, at: numbers[0], bytes: texts[0].clone() }),
        "fsync" | "fdatasync" if opened.as_deref() == Some("") => Some(Call::SyncFolder),
        "fsync" | "fdatasync" => Some(Call::Sync(opened?)),
        _ => {
            let other = opened.filter(|file| file != RESERVE.0);
            assert_eq!(other, None, "a call that this story does not know: {line:.80}");
            None
        }
    }
}

fn bytes(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).map(|byte| u8::from_str_radix(&byte[..2], 16).unwrap()).collect()
}

/// What becomes of that which was not made sure of.
#[derive(Clone, Copy, Debug)]
enum Luck {
    /// Nothing of it is there.
    None,
    /// The folder is as it was, and nothing of what the files held.
    Names,
    /// What the files held is there, and the folder as it was when it was last made sure of.
    Contents,
    /// Each sector, and each change of the folder up to some moment, by chance.
    Chance(u64),
}

impl Luck {
    const ALL: [Self; 6] =
        [Self::None, Self::Names, Self::Contents, Self::Chance(1), Self::Chance(2), Self::Chance(3)];

    fn keeps_sector(self, place: (usize, usize)) -> bool {
        match self {
            Self::None | Self::Names => false,
            Self::Contents => true,
            Self::Chance(seed) => chance((seed, place)) % 2 == 0,
        }
    }

    /// How many of so many changes of the folder are there.
    fn names(self, changes: usize) -> usize {
        match self {
            Self::None | Self::Contents => 0,
            Self::Names => changes,
            Self::Chance(seed) => usize::try_from(chance((seed, changes)) % (changes as u64 + 1)).unwrap(),
        }
    }
}

fn chance(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Which name stands for which file.
type Names = BTreeMap<String, usize>;

/// A disk, and what is on its way to it.
#[derive(Default)]
struct Disk {
    files: Vec<File>,
    /// As the last sync of the folder left them, and after each change since.
    names: Vec<Names>,
}

#[derive(Default)]
struct File {
    synced: Vec<u8>,
    pending: Vec<Change>,
}

enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Cut(usize),
}

impl Disk {
    fn take(&mut self, call: Call) {
        let mut names = self.names.last().cloned().unwrap_or_default();
        match call {
            Call::Write { file: name, at, bytes } => {
                self.file(&name).pending.push(Change::Write { at, bytes });
            }
            Call::Cut { file: name, length } => self.file(&name).pending.push(Change::Cut(length)),
            Call::Sync(name) => {
                let file = self.file(&name);
                file.synced = file.found(|_| true);
                file.pending.clear();
            }
            Call::SyncFolder => self.names = vec![names],
            Call::Open(name) if names.contains_key(&name) => {}
            Call::Open(name) => {
                names.insert(name, self.files.len());
                self.files.push(File::default());
                self.names.push(names);
            }
            Call::Rename(from, to) => {
                let file = names.remove(&from).unwrap();
                names.insert(to, file);
                self.names.push(names);
            }
            Call::Remove(name) => {
                names.remove(&name);
                self.names.push(names);
            }
            Call::Closed => {}
        }
    }

    fn file(&mut self, name: &str) -> &mut File {
        &mut self.files[self.names.last().unwrap()[name]]
    }

    /// How many stones a start finds on the disk as it is left.
    fn found_in(&self, folder: &Path, luck: Luck) -> usize {
        std::fs::create_dir(folder).unwrap();
        let last = self.names.len().saturating_sub(1);
        for (name, file) in self.names.get(luck.names(last)).into_iter().flatten() {
            let found = self.files[*file].found(|place| luck.keeps_sector(place));
            std::fs::write(folder.join(name), found).unwrap();
        }
        std::fs::File::create(folder.join(RESERVE.0)).unwrap().set_len(RESERVE.1).unwrap();
        let Opened { store, rebuilt } = open(folder);
        assert!(!rebuilt, "what is saved was set aside after {luck:?}");
        let whole = store.check();
        assert!(whole.is_ok(), "damage after {luck:?}: {whole:?}");
        let found = stones(&store);
        drop(store);
        std::fs::remove_dir_all(folder).unwrap();
        found
    }
}

impl File {
    /// What is in the file when only some of its pending sectors reached the disk, told by the number of the change and
    /// of the sector.
    fn found(&self, keeps: impl Fn((usize, usize)) -> bool) -> Vec<u8> {
        let mut found = self.synced.clone();
        for (number, change) in self.pending.iter().enumerate() {
            match change {
                Change::Cut(length) if keeps((number, 0)) => found.resize(*length, 0),
                Change::Cut(_) => {}
                Change::Write { at, bytes } => {
                    for (sector, piece) in
                        bytes.chunks(SECTOR).enumerate().filter(|(s, _)| keeps((number, *s)))
                    {
                        let at = at + sector * SECTOR;
                        found.resize(found.len().max(at + piece.len()), 0);
                        found[at..at + piece.len()].copy_from_slice(piece);
                    }
                }
            }
        }
        found
    }
}
