//! Pictures of people: small portraits of nobody, drawn here, served to anybody who knows the address.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::church::Church;
use crate::church::table::Id;
use crate::jsonapi::value::Value;
use crate::random::Random;

const SIDE: u16 = 112;
/// Points looked at within each pixel and direction, so that edges are soft.
const FINENESS: u16 = 3;
const PICTURE_STREAM: u64 = 61;

type Colour = [u8; 3];

const WALLS: [Colour; 6] =
    [[214, 222, 228], [226, 218, 206], [208, 222, 212], [228, 212, 214], [216, 212, 228], [230, 224, 204]];
const CLOTHES: [Colour; 6] =
    [[74, 103, 116], [122, 92, 71], [96, 108, 74], [118, 78, 96], [88, 84, 122], [60, 110, 98]];
const SKINS: [Colour; 5] = [[241, 208, 183], [224, 180, 148], [198, 146, 110], [150, 103, 74], [104, 70, 52]];
const HAIRS: [Colour; 5] = [[40, 32, 30], [84, 56, 40], [142, 98, 58], [176, 172, 168], [112, 52, 36]];

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
        return png(|_, _| [176, 172, 168]);
    }
    let person: Id = path.strip_prefix("/_avatars/uploads/person/")?.split_once('-')?.0.parse().ok()?;
    church.people.get(person).filter(|row| row.has_avatar && self::path(church, person) == path)?;
    let portrait = Portrait::of(person);
    png(|x, y| portrait.colour_at(x, y))
}

/// A face that belongs to nobody, the same for the same person.
struct Portrait {
    wall: Colour,
    clothes: Colour,
    skin: Colour,
    hair: Colour,
    /// How far down the hair reaches at the sides.
    hair_length: f32,
}

impl Portrait {
    fn of(person: Id) -> Self {
        let mut random = Random::new(0, PICTURE_STREAM + 1, person);
        Self {
            wall: random.pick(&WALLS),
            clothes: random.pick(&CLOTHES),
            skin: random.pick(&SKINS),
            hair: random.pick(&HAIRS),
            hair_length: random.pick(&[44.0, 52.0, 82.0]),
        }
    }

    fn colour_at(&self, x: f32, y: f32) -> Colour {
        let within = |middle: (f32, f32), radius: (f32, f32)| {
            ((x - middle.0) / radius.0).powi(2) + ((y - middle.1) / radius.1).powi(2) <= 1.0
        };
        let is_face = within((56.0, 53.0), (19.0, 24.0)) && !within((56.0, 24.0), (24.0, 16.0));
        let is_neck = (47.0..=65.0).contains(&x) && (66.0..=86.0).contains(&y);
        if is_face {
            self.skin
        } else if within((56.0, 124.0), (44.0, 44.0)) && !(is_neck && y < 84.0) {
            self.clothes
        } else if is_neck && y > 74.0 {
            self.skin
        } else if within((56.0, 50.0), (25.0, 30.0 + self.hair_length / 8.0)) && y < self.hair_length {
            self.hair
        } else if is_neck {
            self.skin
        } else {
            self.wall
        }
    }
}

/// A square picture, painted point by point.
fn png(colour_at: impl Fn(f32, f32) -> Colour) -> Option<Vec<u8>> {
    let points = FINENESS * FINENESS;
    let mut rows = Vec::with_capacity(usize::from(SIDE) * (usize::from(SIDE) * 3 + 1));
    for y in 0..SIDE {
        rows.push(0);
        for x in 0..SIDE {
            let mut sum = [0_u16; 3];
            for point in 0..points {
                let offset = |step: u16| (f32::from(step) + 0.5) / f32::from(FINENESS);
                let colour = colour_at(
                    f32::from(x) + offset(point % FINENESS),
                    f32::from(y) + offset(point / FINENESS),
                );
                for (sum, part) in sum.iter_mut().zip(colour) {
                    *sum += u16::from(part);
                }
            }
            rows.extend(sum.map(|sum| u8::try_from(sum / points).unwrap_or(u8::MAX)));
        }
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&rows).ok()?;
    let side = u32::from(SIDE).to_be_bytes();
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
    use super::{Portrait, png};

    fn portrait(person: u64) -> Vec<u8> {
        let portrait = Portrait::of(person);
        png(|x, y| portrait.colour_at(x, y)).unwrap()
    }

    #[test]
    fn a_picture_is_a_small_png_of_its_own() {
        let file = portrait(1);
        assert!(file.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert!(file.ends_with(b"IEND\xaeB`\x82"));
        assert!(file.len() < 8_000);
        assert_eq!(file, portrait(1));
        assert_ne!(file, portrait(2));
    }
}
