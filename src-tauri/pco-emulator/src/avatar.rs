//! Pictures of people: their initials on a quiet colour, drawn here, served to anybody who knows the address.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::church::Church;
use crate::church::table::Id;
use crate::jsonapi::value::Value;
use crate::random::Random;

const SIDE: usize = 112;
const SCALE: usize = 8;
const PICTURE_STREAM: u64 = 61;

/// Five columns of seven dots for each letter from A to Z, highest dot in the highest of seven bits.
const LETTERS: [[u8; 5]; 26] = [
    [63, 72, 72, 72, 63],
    [127, 73, 73, 73, 54],
    [62, 65, 65, 65, 34],
    [127, 65, 65, 34, 28],
    [127, 73, 73, 73, 65],
    [127, 72, 72, 72, 64],
    [62, 65, 73, 73, 46],
    [127, 8, 8, 8, 127],
    [0, 65, 127, 65, 0],
    [2, 1, 65, 126, 64],
    [127, 8, 20, 34, 65],
    [127, 1, 1, 1, 1],
    [127, 32, 24, 32, 127],
    [127, 16, 8, 4, 127],
    [62, 65, 65, 65, 62],
    [127, 72, 72, 72, 48],
    [62, 65, 69, 66, 61],
    [127, 72, 76, 74, 49],
    [49, 73, 73, 73, 70],
    [64, 64, 127, 64, 64],
    [126, 1, 1, 1, 126],
    [124, 2, 1, 2, 124],
    [126, 1, 14, 1, 126],
    [99, 20, 8, 20, 99],
    [112, 8, 7, 8, 112],
    [67, 69, 73, 81, 97],
];

const COLOURS: [[u8; 3]; 8] = [
    [122, 92, 71],
    [74, 103, 116],
    [96, 108, 74],
    [118, 78, 96],
    [88, 84, 122],
    [60, 110, 98],
    [134, 96, 58],
    [104, 80, 80],
];

/// The address of a person's picture; null for those who have none.
pub(crate) fn address(church: &Church, person: Id) -> Value<'static> {
    if church.people[person].has_avatar { Value::Here(path(church, person)) } else { Value::Null }
}

/// Services never leaves the picture out: without one it names a grey placeholder.
pub(crate) fn address_or_placeholder(church: &Church, person: Id) -> Value<'static> {
    match address(church, person) {
        Value::Null => Value::Here("/_avatars/static/no_photo_thumbnail_gray.png".to_owned()),
        here => here,
    }
}

/// The second number cannot be guessed from the first, as on Planning Center's own picture server.
fn path(church: &Church, person: Id) -> String {
    let token = Random::new(0, PICTURE_STREAM, person).below(9_000_000_000) + 1_000_000_000;
    let created = church.people[person].created_at.as_second();
    format!("/_avatars/uploads/person/{person}-{token}/avatar.{}.png", created % 7 + 1)
}

/// The picture at a path, as a PNG file. None when there is none.
pub(crate) fn picture(church: &Church, path: &str) -> Option<Vec<u8>> {
    if path == "/_avatars/static/no_photo_thumbnail_gray.png" {
        return png([176, 172, 168], "");
    }
    let person: Id = path.strip_prefix("/_avatars/uploads/person/")?.split_once('-')?.0.parse().ok()?;
    let row = church.people.get(person).filter(|row| row.has_avatar && self::path(church, person) == path)?;
    let initials: String =
        [&row.first_name, &row.last_name].into_iter().filter_map(|name| name.chars().next()).collect();
    let colour = COLOURS[usize::try_from(person % COLOURS.len() as u64).ok()?];
    png(colour, &initials.to_uppercase())
}

/// A square of one colour with up to two letters in white. Letters other than A to Z stay blank.
fn png(colour: [u8; 3], initials: &str) -> Option<Vec<u8>> {
    let shapes: Vec<&[u8; 5]> = initials
        .chars()
        .filter_map(|letter| LETTERS.get((letter as usize).checked_sub('A' as usize)?))
        .collect();
    let width = (shapes.len() * 6).saturating_sub(1) * SCALE;
    let (left, top) = ((SIDE - width) / 2, (SIDE - 7 * SCALE) / 2);
    let mut rows = Vec::with_capacity(SIDE * (SIDE * 3 + 1));
    for y in 0..SIDE {
        rows.push(0);
        for x in 0..SIDE {
            let inked = x.checked_sub(left).zip(y.checked_sub(top)).is_some_and(|(x, y)| {
                let (column, dot) = (x / SCALE, y / SCALE);
                dot < 7
                    && column % 6 < 5
                    && shapes.get(column / 6).is_some_and(|shape| shape[column % 6] >> (6 - dot) & 1 == 1)
            });
            rows.extend_from_slice(if inked { &[255, 255, 255] } else { &colour });
        }
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&rows).ok()?;
    let side = u32::try_from(SIDE).ok()?.to_be_bytes();
    let header = [&side[..], &side[..], &[8, 2, 0, 0, 0]].concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", header), (b"IDAT", encoder.finish().ok()?), (b"IEND", Vec::new())] {
        file.extend(u32::try_from(data.len()).ok()?.to_be_bytes());
        let mut checksum = flate2::Crc::new();
        checksum.update(kind);
        checksum.update(&data);
        file.extend(kind);
        file.extend(data);
        file.extend(checksum.sum().to_be_bytes());
    }
    Some(file)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::png;

    #[test]
    fn a_picture_is_a_small_png() {
        let file = png([74, 103, 116], "DK").unwrap();
        assert!(file.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert!(file.ends_with(b"IEND\xaeB`\x82"));
        assert!(file.len() < 4_000);
        assert_ne!(file, png([74, 103, 116], "JK").unwrap());
    }
}
