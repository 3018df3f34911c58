//! Pictures of people: fetched without credentials, made small and plain, and shown through the program's own scheme.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageReader, ImageResult, Limits};
use pco_client::Client;
use tokio::sync::Semaphore;

use crate::error::Chain;

/// Edge of the picture as it is shown, in pixels, with room for dense screens.
const EDGE: u32 = 144;
/// No picture of a face is larger; what says it is, is an attack or a mistake.
const LONGEST_EDGE: u32 = 4096;
/// Bytes that its pixels may take: twelve million of them, as a telephone makes.
const MOST_PIXELS: u64 = 40 * 1024 * 1024;
/// Of 100. A face of 144 pixels has about 6 kB then.
const QUALITY: u8 = 85;
/// Where the pictures of people stand in the scheme, below it by id and version.
const PEOPLE: &str = "person/";
/// So many are fetched at a time: what a person asks for with a click has the rest of the line.
const AT_ONCE: usize = 4;
/// What could not be fetched is not asked for again before this time has passed …
const AGAIN_AFTER: Duration = Duration::from_mins(1);
/// … unless so many could not.
const FAILURES_KEPT: usize = 1_000;

/// One picture is taken apart at a time: its pixels take more memory than everything else.
static DRAWING: Mutex<()> = Mutex::new(());

/// A JPEG made by us, whatever the server sent.
pub(crate) type Photo = Arc<[u8]>;

/// Fetches the picture at an address of Planning Center. Without one there are initials, so a failure is only logged.
pub(crate) async fn fetch(client: &Client, address: &str) -> Option<Photo> {
    let bytes = client
        .photo(&in_size(address))
        .await
        .inspect_err(|error| tracing::info!(cause = %Chain(error), "no photo"))
        .ok()?;
    tokio::task::spawn_blocking(move || redrawn(&bytes)).await.ok()?
}

/// The address of the picture in the size in which it is shown, which Planning Center makes of any (PCO behaviour): what
/// people upload may be larger than is read.
fn in_size(address: &str) -> String {
    if address.contains('?') { address.to_owned() } else { format!("{address}?g={EDGE}x{EDGE}%23") }
}

/// The address of the photo under `key` in the program's own scheme. Windows has no schemes of one's own in its web view.
pub(crate) fn address(key: &str) -> String {
    if cfg!(windows) { format!("http://avatar.localhost/{key}") } else { format!("avatar://localhost/{key}") }
}

/// The key of a person's photo. It is another one when Planning Center has another photo, so that no old one is shown.
pub(crate) fn key_of_person(id: &str, source: &str) -> String {
    format!("{PEOPLE}{id}/{:x}", crate::text::fingerprint(source))
}

/// Whose photo stands under this key; `None` for that of an account.
pub(crate) fn person_of(key: &str) -> Option<&str> {
    Some(key.strip_prefix(PEOPLE)?.split('/').next().unwrap_or_default())
}

/// Who may fetch a photo now.
pub(crate) struct Turns {
    free: Semaphore,
    /// Addresses at which there was none, and when that was, by the steady clock.
    failed: Mutex<BTreeMap<String, Duration>>,
}

impl Turns {
    pub(crate) fn new() -> Self {
        Self { free: Semaphore::new(AT_ONCE), failed: Mutex::default() }
    }

    /// Waits for a turn; it ends when what is handed back is dropped.
    pub(crate) async fn next(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.free.acquire().await.ok()
    }

    pub(crate) fn note_failure(&self, address: String, now: Duration) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.len() == FAILURES_KEPT {
            failed.clear();
        }
        failed.insert(address, now);
    }

    /// Whether there was none at this address a moment ago.
    pub(crate) fn has_just_failed(&self, address: &str, now: Duration) -> bool {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.get(address).is_some_and(|then| now.saturating_sub(*then) < AGAIN_AFTER)
    }
}

/// Decodes within bounds and draws again: nothing of the file but its pixels reaches the page.
fn redrawn(bytes: &[u8]) -> Option<Photo> {
    let _one_at_a_time = DRAWING.lock().unwrap_or_else(PoisonError::into_inner);
    let small = small(bytes).inspect_err(|error| tracing::info!(%error, "a photo cannot be read")).ok()?;
    let mut jpeg = Vec::new();
    small.into_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, QUALITY)).ok()?;
    Some(jpeg.into())
}

/// The picture in the size in which it is shown, turned as its camera was held.
fn small(bytes: &[u8]) -> ImageResult<DynamicImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_EDGE);
    limits.max_image_height = Some(LONGEST_EDGE);
    limits.max_alloc = Some(MOST_PIXELS);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    limits.reserve(decoder.total_bytes())?;
    let orientation = decoder.orientation()?;
    let mut small = DynamicImage::from_decoder(decoder)?.thumbnail(EDGE, EDGE);
    small.apply_orientation(orientation);
    Ok(small)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use image::ImageFormat;

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image::RgbImage::new(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_is_made_small_and_drawn_again() {
        let photo = redrawn(&png(600, 300)).unwrap();
        assert_eq!(image::guess_format(&photo).unwrap(), ImageFormat::Jpeg);
        let image = image::load_from_memory(&photo).unwrap();
        assert_eq!((image.width(), image.height()), (144, 72));
    }

    #[test]
    fn a_picture_taken_with_the_camera_on_its_side_stands_upright() {
        let picture = image::RgbImage::from_fn(600, 300, |x, _| {
            image::Rgb(if x < 300 { [255, 255, 255] } else { [0, 0, 0] })
        });
        let mut plain = Vec::new();
        picture.write_with_encoder(JpegEncoder::new(&mut plain)).unwrap();
        // Exif in front: one entry, which says that the first column is the top (TIFF 6.0, Orientation 6).
        let exif = b"\xff\xe1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let turned = [&plain[..2], exif, &plain[2..]].concat();
        let photo = image::load_from_memory(&redrawn(&turned).unwrap()).unwrap().into_luma8();
        assert_eq!(photo.dimensions(), (72, 144));
        let [top, bottom] = [10, 130].map(|y| photo.get_pixel(36, y).0[0]);
        assert!(top > 200 && bottom < 50, "{top} above {bottom}");
    }

    #[test]
    fn a_picture_is_asked_for_in_the_size_in_which_it_is_shown() {
        let (plain, sized) = ("https://a/1.jpg", "https://a/1.jpg?g=136x136%23");
        assert_eq!([plain, sized].map(in_size), ["https://a/1.jpg?g=144x144%23", sized]);
    }

    #[test]
    fn what_is_no_picture_or_too_large_a_one_is_left_out() {
        for bytes in [
            b"".to_vec(),
            b"<svg onload=x>".to_vec(),
            png(600, 300)[..100].to_vec(),
            png(LONGEST_EDGE + 1, 1),
            png(LONGEST_EDGE, LONGEST_EDGE),
        ] {
            assert_eq!(redrawn(&bytes), None);
        }
    }

    #[test]
    fn a_person_is_found_by_the_key_of_their_photo_and_another_photo_has_another_key() {
        let [one, two] = ["https://a/1.jpg", "https://a/2.jpg"].map(|source| key_of_person("77", source));
        assert_ne!(one, two);
        assert_eq!((person_of(&one), person_of(&two)), (Some("77"), Some("77")));
        assert_eq!(person_of("123-45"), None);
    }

    #[tokio::test]
    async fn what_failed_waits_and_four_go_at_a_time() {
        let turns = Turns::new();
        turns.note_failure("a".to_owned(), Duration::from_secs(5));
        assert!(turns.has_just_failed("a", Duration::from_secs(64)));
        assert!(!turns.has_just_failed("a", Duration::from_secs(65)));
        assert!(!turns.has_just_failed("b", Duration::from_secs(5)));
        let taken = futures::future::join_all((0..AT_ONCE).map(|_| turns.next())).await;
        assert!(futures::FutureExt::now_or_never(turns.next()).is_none());
        drop(taken);
        assert!(turns.next().await.is_some());
    }
}
