//! The picture of whoever signs in: fetched once, made small and plain, and kept in memory.

use std::io::Cursor;
use std::sync::Arc;

use image::{ImageFormat, ImageReader, Limits};
use pco_client::Client;

use crate::error::Chain;

/// Edge of the picture as it is shown, in pixels, with room for dense screens.
const EDGE: u32 = 144;
/// No picture of a face is larger; what says it is, is an attack or a mistake.
const LONGEST_EDGE: u32 = 4096;

/// A PNG made by us, whatever the server sent.
pub(super) type Photo = Arc<[u8]>;

/// Fetches the picture at an address of Planning Center. Without one there are initials, so a failure is only logged.
pub(super) async fn fetch(client: &Client, address: &str) -> Option<Photo> {
    let bytes = client
        .photo(address)
        .await
        .inspect_err(|error| tracing::info!(cause = %Chain(error), "no photo"))
        .ok()?;
    tokio::task::spawn_blocking(move || redrawn(&bytes)).await.ok()?
}

/// The address of an account's photo in the program's own scheme. Windows has no schemes of one's own in its web view.
pub(super) fn address(key: &str) -> String {
    if cfg!(windows) { format!("http://avatar.localhost/{key}") } else { format!("avatar://localhost/{key}") }
}

/// Decodes within bounds and draws again: nothing of the file but its pixels reaches the page.
fn redrawn(bytes: &[u8]) -> Option<Photo> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_EDGE);
    limits.max_image_height = Some(LONGEST_EDGE);
    reader.limits(limits);
    let image = reader.decode().inspect_err(|error| tracing::info!(%error, "a photo cannot be read")).ok()?;
    let mut png = Cursor::new(Vec::new());
    image.thumbnail(EDGE, EDGE).into_rgb8().write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner().into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image::RgbImage::new(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_is_made_small_and_drawn_again() {
        let photo = redrawn(&png(600, 300)).unwrap();
        let image = image::load_from_memory(&photo).unwrap();
        assert_eq!((image.width(), image.height()), (144, 72));
    }

    #[test]
    fn what_is_no_picture_or_too_large_a_one_is_left_out() {
        for bytes in [
            b"".to_vec(),
            b"<svg onload=x>".to_vec(),
            png(600, 300)[..100].to_vec(),
            png(LONGEST_EDGE + 1, 1),
        ] {
            assert_eq!(redrawn(&bytes), None);
        }
    }
}
