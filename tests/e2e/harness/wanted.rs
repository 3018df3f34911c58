//! Looking for secrets in much memory, in every form in which they could lie there.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::process::say;

/// Only every so many bytes are looked at: whatever is as long as this and a piece has one of them in it.
const STRIDE: usize = 32;
const PIECE: usize = 8;
/// What the system tells of a page (`/proc/PID/pagemap`): it is in memory, or was put aside on a disk.
const EXISTS: u64 = 0b11 << 62;
/// How many pages are asked for at once.
const PAGES_AT_ONCE: usize = 64 * 1024;

/// Texts that should not be found.
pub(crate) struct Wanted {
    secrets: Vec<String>,
    /// Each in a form in which it could lie there, with which of the secrets it is.
    forms: Vec<(usize, Vec<u8>)>,
    /// The first pieces of each form, with where in it they stand.
    pieces: HashMap<[u8; PIECE], Vec<(usize, usize)>>,
    /// Whether any piece begins with these two bytes. Nearly everything is told apart by this alone.
    beginnings: Vec<bool>,
}

impl Wanted {
    /// Looks for these as they are, as UTF-16, and as part of something in base64.
    pub(crate) fn new(secrets: &[String]) -> Self {
        let forms_of = |(number, secret)| forms(secret).into_iter().map(move |form| (number, form));
        let forms: Vec<(usize, Vec<u8>)> =
            secrets.iter().map(String::as_str).enumerate().flat_map(forms_of).collect();
        let mut pieces: HashMap<_, Vec<_>> = HashMap::new();
        let mut beginnings = vec![false; 1 << 16];
        for (form, (_, text)) in forms.iter().enumerate() {
            assert!(text.len() >= STRIDE + PIECE, "too short to be found in passing");
            for (at, piece) in text.windows(PIECE).take(STRIDE).enumerate() {
                beginnings[usize::from(u16::from_le_bytes([piece[0], piece[1]]))] = true;
                pieces.entry(piece.try_into().unwrap()).or_default().push((form, at));
            }
        }
        Self { secrets: secrets.to_vec(), forms, pieces, beginnings }
    }

    /// Those that are in there, each as often as it is.
    pub(crate) fn found_in(&self, bytes: &[u8]) -> Vec<&str> {
        let mut found = Vec::new();
        let mut at = 0;
        while at + PIECE <= bytes.len() {
            if self.beginnings[usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]))] {
                found.extend(self.found_around(bytes, at));
            }
            at += STRIDE;
        }
        found
    }

    /// Those that are in the memory of a process, each as often as it is. `Err` if the system does not let us look.
    pub(crate) fn found_in_process(&self, process: u32) -> io::Result<Vec<&str>> {
        let folder = format!("/proc/{process}");
        let (memory, pages) =
            (File::open(format!("{folder}/mem"))?, File::open(format!("{folder}/pagemap"))?);
        let page = say(Command::new("getconf").arg("PAGESIZE")).trim().parse().unwrap();
        let mut found = Vec::new();
        for mapping in fs::read_to_string(format!("{folder}/maps"))?.lines() {
            // Devices and the kernel's own pages cannot be read, and no program writes there.
            if let Some((start, end)) = readable(mapping)
                && let Ok(content) = read_existing(&memory, &pages, page, (start, end))
            {
                found.extend(content.iter().flat_map(|bytes| self.found_in(bytes)));
            }
        }
        Ok(found)
    }

    fn found_around(&self, bytes: &[u8], at: usize) -> impl Iterator<Item = &str> {
        let places = self.pieces.get(&bytes[at..at + PIECE]).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(move |(form, offset)| {
            let (secret, form) = &self.forms[*form];
            bytes[at.checked_sub(*offset)?..].starts_with(form).then_some(&*self.secrets[*secret])
        })
    }
}

fn forms(secret: &str) -> Vec<Vec<u8>> {
    let wide = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    // Base64 goes by three bytes; what the neighbours have a part in is left out.
    let packed = (0..3).map(|shift| {
        let text = STANDARD.encode([&b"---"[..shift], secret.as_bytes()].concat());
        text.as_bytes()[4..text.len() - 4].to_vec()
    });
    [secret.as_bytes().to_vec(), wide].into_iter().chain(packed).collect()
}

/// The addresses of a mapping that can be read and may have been written to: not those of a file as it is on the disk.
fn readable(mapping: &str) -> Option<(u64, u64)> {
    let words: Vec<&str> = mapping.split_whitespace().collect();
    let [range, rights, _, _, inode, ..] = words[..] else { return None };
    let (start, end) = range.split_once('-')?;
    let hex = |text| u64::from_str_radix(text, 16).ok();
    (rights.starts_with("rw") || (rights.starts_with('r') && inode == "0"))
        .then_some((hex(start)?, hex(end)?))
}

/// The stretches that exist between two addresses: programs reserve far more than there is.
fn read_existing(
    memory: &File,
    pages: &File,
    page: u64,
    (start, end): (u64, u64),
) -> io::Result<Vec<Vec<u8>>> {
    let mut stretches = Vec::new();
    let mut told = vec![0; PAGES_AT_ONCE * 8];
    for first in (start..end).step_by(PAGES_AT_ONCE * usize::try_from(page).unwrap()) {
        let many = PAGES_AT_ONCE.min(usize::try_from((end - first) / page).unwrap());
        let told = &mut told[..many * 8];
        pages.read_exact_at(told, first / page * 8)?;
        let exists = |told: &[u8]| u64::from_le_bytes(told.try_into().unwrap()) & EXISTS != 0;
        // Of most of what is reserved, nothing exists.
        if told[8..] == told[..told.len() - 8] && !exists(&told[..8]) {
            continue;
        }
        let existing: Vec<bool> = told.chunks(8).map(exists).collect();
        let mut address = first;
        for stretch in existing.chunk_by(|one, next| one == next) {
            let length = stretch.len() as u64 * page;
            if stretch[0] {
                let mut bytes = vec![0; usize::try_from(length).unwrap()];
                memory.read_exact_at(&mut bytes, address)?;
                stretches.push(bytes);
            }
            address += length;
        }
    }
    Ok(stretches)
}

#[test]
fn a_secret_is_found_wherever_and_in_whatever_form_it_lies() {
    let secret = "0123456789abcdefghijklmnopqrstuvwxyz-._~ABCDEFG";
    let wanted = Wanted::new(&[secret.to_owned()]);
    let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for shift in 0..40 {
        let before = vec![b'#'; shift];
        for form in [secret.as_bytes(), &wide] {
            assert_eq!(wanted.found_in(&[&before, form, b"###"].concat()), [secret], "{shift} bytes on");
        }
        let packed = STANDARD.encode([&before, secret.as_bytes(), b"###"].concat());
        assert_eq!(wanted.found_in(packed.as_bytes()), [secret], "{shift} bytes on, in base64");
        assert!(wanted.found_in(&[&before, &secret.as_bytes()[1..]].concat()).is_empty());
    }
}
