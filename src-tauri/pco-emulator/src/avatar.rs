//! Pictures of people: small portraits of nobody, drawn here, served to anybody who knows the address.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use url::form_urlencoded;

use crate::church::Church;
use crate::church::people::plain;
use crate::church::table::Id;
use crate::jsonapi::value::Value;
use crate::random::Random;

/// The side of a picture whose address does not say how large it should be, in pixels.
const SIDE: u16 = 112;
const LARGEST_SIDE: u16 = 448;
/// Points looked at within each pixel and direction, so that edges are soft.
const FINENESS: u16 = 3;
const PICTURE_STREAM: u64 = 61;
/// The grey square for those without a picture.
pub(crate) const PLACEHOLDER: &str = "/_avatars/static/no_photo_thumbnail_gray.png";
const INITIALS: &str = "/_avatars/uploads/initials/";
const PORTRAITS: &str = "/_avatars/uploads/person/";

type Colour = [u8; 3];

const WALLS: [Colour; 6] =
    [[214, 222, 228], [226, 218, 206], [208, 222, 212], [228, 212, 214], [216, 212, 228], [230, 224, 204]];
const CLOTHES: [Colour; 6] =
    [[74, 103, 116], [122, 92, 71], [96, 108, 74], [118, 78, 96], [88, 84, 122], [60, 110, 98]];
const SKINS: [Colour; 5] = [[241, 208, 183], [224, 180, 148], [198, 146, 110], [150, 103, 74], [104, 70, 52]];
const HAIRS: [Colour; 5] = [[40, 32, 30], [84, 56, 40], [142, 98, 58], [176, 172, 168], [112, 52, 36]];
const PLACEHOLDER_GRAY: Colour = [176, 172, 168];

/// The address of a person's picture: a portrait, or else their initials, or else the grey placeholder.
pub(crate) fn address(church: &Church, person: Id) -> Value<'static> {
    let row = &church.people[person];
    if row.has_avatar {
        return Value::Here(path(church, person));
    }
    let initials: String =
        [&row.first_name, &row.last_name].into_iter().filter_map(|name| initial(name)).collect();
    Value::Here(if initials.len() == 2 {
        format!("{INITIALS}{initials}.png")
    } else {
        PLACEHOLDER.to_owned()
    })
}

/// Services knows portraits and the grey placeholder only.
pub(crate) fn address_or_placeholder(church: &Church, person: Id) -> Value<'static> {
    Value::Here(if church.people[person].has_avatar { path(church, person) } else { PLACEHOLDER.to_owned() })
}

/// The second number cannot be guessed from the first, as on Planning Center's own picture server.
fn path(church: &Church, person: Id) -> String {
    let token = Random::new(0, PICTURE_STREAM, person).below(9_000_000_000) + 1_000_000_000;
    let created = church.people[person].created_at.as_second();
    format!("{PORTRAITS}{person}-{token}/avatar.{}.png", created % 7 + 1)
}

/// The letter A to Z that a name begins with, its accent taken off.
fn initial(name: &str) -> Option<char> {
    plain(name).chars().next().filter(char::is_ascii_lowercase).map(|letter| letter.to_ascii_uppercase())
}

/// The picture at a path, as a PNG file; `query` may ask for a size: `g=224x224#`. None when there is none.
pub(crate) fn picture(church: &Church, path: &str, query: &str) -> Option<Vec<u8>> {
    let side = side(query);
    if path == PLACEHOLDER {
        return png(side, |_, _| PLACEHOLDER_GRAY);
    }
    if let Some(initials) = path.strip_prefix(INITIALS) {
        let initials = Initials::of(initials.strip_suffix(".png")?)?;
        return png(side, |x, y| initials.colour_at(x, y));
    }
    let person: Id = path.strip_prefix(PORTRAITS)?.split_once('-')?.0.parse().ok()?;
    church.people.get(person).filter(|row| row.has_avatar && self::path(church, person) == path)?;
    let portrait = Portrait::of(person);
    png(side, |x, y| portrait.colour_at(x, y))
}

/// The side that a geometry such as `136x136#` asks for, in pixels.
fn side(query: &str) -> u16 {
    let geometry = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "g");
    let wanted = geometry.and_then(|(_, geometry)| geometry.split('x').next()?.parse().ok());
    wanted.filter(|side| *side > 0).unwrap_or(SIDE).min(LARGEST_SIDE)
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
        let mut portrait = Self {
            wall: random.pick(&WALLS),
            clothes: random.pick(&CLOTHES),
            skin: random.pick(&SKINS),
            hair: random.pick(&HAIRS),
            hair_length: random.pick(&[44.0, 52.0, 82.0]),
        };
        // No two rooms and no two shirts are quite alike: so everybody has a picture of their own.
        for part in portrait.wall.iter_mut().chain(&mut portrait.clothes) {
            *part = part.saturating_add(u8::try_from(random.below(24)).unwrap_or(0));
        }
        portrait
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

/// Two letters on a plain ground.
struct Initials {
    ground: Colour,
    letters: [&'static Glyph; 2],
}

/// Seven rows of five dots, the leftmost in the fifth bit.
type Glyph = [u8; 7];

#[rustfmt::skip]
const ALPHABET: [Glyph; 26] = [
    [0x0E, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11], [0x1E, 0x11, 0x11, 0x1E, 0x11, 0x11, 0x1E],
    [0x0E, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0E], [0x1E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1E],
    [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F], [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x10],
    [0x0E, 0x11, 0x10, 0x17, 0x11, 0x11, 0x0F], [0x11, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11],
    [0x0E, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0E], [0x07, 0x02, 0x02, 0x02, 0x02, 0x12, 0x0C],
    [0x11, 0x12, 0x14, 0x18, 0x14, 0x12, 0x11], [0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1F],
    [0x11, 0x1B, 0x15, 0x15, 0x11, 0x11, 0x11], [0x11, 0x11, 0x19, 0x15, 0x13, 0x11, 0x11],
    [0x0E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E], [0x1E, 0x11, 0x11, 0x1E, 0x10, 0x10, 0x10],
    [0x0E, 0x11, 0x11, 0x11, 0x15, 0x12, 0x0D], [0x1E, 0x11, 0x11, 0x1E, 0x14, 0x12, 0x11],
    [0x0F, 0x10, 0x10, 0x0E, 0x01, 0x01, 0x1E], [0x1F, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04],
    [0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E], [0x11, 0x11, 0x11, 0x11, 0x11, 0x0A, 0x04],
    [0x11, 0x11, 0x11, 0x15, 0x15, 0x15, 0x0A], [0x11, 0x11, 0x0A, 0x04, 0x0A, 0x11, 0x11],
    [0x11, 0x11, 0x11, 0x0A, 0x04, 0x04, 0x04], [0x1F, 0x01, 0x02, 0x04, 0x08, 0x10, 0x1F],
];

impl Initials {
    const INK: Colour = [255, 255, 255];
    /// The side of one dot of a letter.
    const DOT: f32 = 6.0;
    const LEFT: f32 = 23.0;
    const TOP: f32 = 35.0;

    /// None unless there are two letters from A to Z.
    fn of(text: &str) -> Option<Self> {
        let [first, second] = text.as_bytes() else { return None };
        let place = |letter: u8| letter.checked_sub(b'A').map(usize::from);
        let letters = [ALPHABET.get(place(*first)?)?, ALPHABET.get(place(*second)?)?];
        let ground =
            Random::new(0, PICTURE_STREAM + 2, u64::from(*first) << 8 | u64::from(*second)).pick(&CLOTHES);
        Some(Self { ground, letters })
    }

    fn colour_at(&self, x: f32, y: f32) -> Colour {
        let (column, row) = ((x - Self::LEFT) / Self::DOT, (y - Self::TOP) / Self::DOT);
        let inked = (0_u8..11)
            .zip(0_i16..)
            .find(|(_, at)| (column - f32::from(*at)) >= 0.0 && column < f32::from(*at) + 1.0);
        let line =
            (0_usize..7).zip(0_i16..).find(|(_, at)| row >= f32::from(*at) && row < f32::from(*at) + 1.0);
        let (Some((column, _)), Some((row, _))) = (inked, line) else { return self.ground };
        let (letter, dot) =
            if column < 6 { (self.letters[0], column) } else { (self.letters[1], column - 6) };
        if dot < 5 && letter[row] >> (4 - dot) & 1 == 1 { Self::INK } else { self.ground }
    }
}

/// A square picture, painted point by point on a canvas of `SIDE` units.
fn png(side: u16, colour_at: impl Fn(f32, f32) -> Colour) -> Option<Vec<u8>> {
    let points = FINENESS * FINENESS;
    let scale = f32::from(SIDE) / f32::from(side);
    let mut rows = Vec::with_capacity(usize::from(side) * (usize::from(side) * 3 + 1));
    for y in 0..side {
        rows.push(0);
        for x in 0..side {
            let mut sum = [0_u16; 3];
            for point in 0..points {
                let offset = |step: u16| (f32::from(step) + 0.5) / f32::from(FINENESS);
                let colour = colour_at(
                    (f32::from(x) + offset(point % FINENESS)) * scale,
                    (f32::from(y) + offset(point / FINENESS)) * scale,
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
    let side = u32::from(side).to_be_bytes();
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
    use std::collections::HashSet;

    use super::{INITIALS, PLACEHOLDER, Portrait, SIDE, picture, png, side};
    use crate::church::Church;
    use crate::config::EmulatorConfig;
    use crate::jsonapi::value::Value;

    fn portrait(person: u64, side: u16) -> Vec<u8> {
        let portrait = Portrait::of(person);
        png(side, |x, y| portrait.colour_at(x, y)).unwrap()
    }

    #[test]
    fn a_picture_is_a_small_png_of_its_own() {
        let file = portrait(1, SIDE);
        assert!(file.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert!(file.ends_with(b"IEND\xaeB`\x82"));
        assert!(file.len() < 8_000);
        assert_eq!(file, portrait(1, SIDE));
        assert_ne!(file, portrait(2, SIDE));
    }

    #[test]
    fn every_portrait_of_the_church_is_another() {
        let church = Church::new(&EmulatorConfig::default());
        let people = church.people.iter().filter(|(_, person)| person.has_avatar).map(|(id, _)| id);
        // Small ones: where they differ, large ones do.
        let pictures: Vec<Vec<u8>> = people.map(|person| portrait(person, SIDE / 4)).collect();
        assert_eq!(pictures.iter().collect::<HashSet<_>>().len(), pictures.len());
    }

    #[test]
    fn who_has_no_portrait_has_initials_and_who_has_none_of_those_the_placeholder() {
        let church = Church::new(&EmulatorConfig::default());
        let address = |name: &str| {
            let (id, _) =
                church.people.iter().find(|(_, person)| person.name() == name && !person.has_avatar)?;
            let Value::Here(path) = super::address(&church, id) else { return None };
            Some(path)
        };
        let known = [
            ("Åsa Svensson", "AS.png"),
            ("Małgorzata Kowalska", "MK.png"),
            ("Étienne Moreau", "EM.png"),
            ("Declan Walsh", "DW.png"),
            ("Iain Fraser", "IF.png"),
        ];
        let found: Vec<_> = known.iter().filter_map(|(name, file)| Some((address(name)?, *file))).collect();
        assert!(!found.is_empty());
        for (path, file) in found {
            assert_eq!(path, format!("{INITIALS}{file}"));
        }
        let others = ["Wai-ming 陳", "Mei-ling 陳", "يوسف حداد", "مريم حداد", "אברהם כהן"];
        assert!(others.iter().filter_map(|name| address(name)).all(|path| path == PLACEHOLDER));
    }

    #[test]
    fn initials_are_two_letters_and_nothing_else() {
        let church = Church::new(&EmulatorConfig::default());
        let file = |name: &str| picture(&church, &format!("{INITIALS}{name}"), "");
        assert_ne!(file("JT.png").unwrap(), file("TJ.png").unwrap());
        for wrong in ["J.png", "JTX.png", "jt.png", "J1.png", "JT.jpg", ""] {
            assert_eq!(file(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_geometry_gives_the_size() {
        for (query, expected) in [
            ("", 112),
            ("g=224x224%23", 224),
            ("g=136x136#", 136),
            ("g=9000x9000%23", 448),
            ("g=x", 112),
            ("g=0x0", 112),
        ] {
            assert_eq!(side(query), expected, "{query}");
        }
        let church = Church::new(&EmulatorConfig::default());
        let large = picture(&church, PLACEHOLDER, "g=136x136%23").unwrap();
        assert_eq!(large[16..24], [0, 0, 0, 136, 0, 0, 0, 136], "the header says so");
    }
}
