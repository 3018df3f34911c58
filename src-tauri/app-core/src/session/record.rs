//! The one keychain item that survives the program: the refresh token, whose it is, and how many
//! renewals lie behind it.

use jiff::Timestamp;
use pco_client::{ClientId, RefreshToken};
use serde::{Deserialize, Serialize};

use super::account::Account;
use crate::ports::SecretBytes;

/// Windows takes 2,560 bytes per item, and the keychain's text form of these makes 1,600 of them.
const MAX_BYTES: usize = 1200;

/// What the keychain remembers of one account.
#[derive(Clone)]
pub(super) struct SessionRecord {
    pub(super) account: Account,
    pub(super) refresh: RefreshToken,
    /// The application it was granted to: no other can renew or end it.
    pub(super) client_id: ClientId,
    /// Where it was granted, such as `https://api.planningcenteronline.com`: it is sent nowhere else.
    pub(super) origin: String,
    /// When the refresh token was issued.
    pub(super) issued_at: Timestamp,
    /// Counts renewals. Of two records the one with the higher number is the living one.
    pub(super) generation: u64,
}

/// Even with the names cut away the record is longer than the smallest keychain takes.
#[derive(Debug, thiserror::Error)]
#[error("the refresh token is too long for a keychain item")]
pub(super) struct TooLong;

/// The bytes in the keychain are not a record of ours. Says nothing of their content.
#[derive(Debug, thiserror::Error)]
#[error("the keychain item is not a session record")]
pub(super) struct Unreadable;

impl SessionRecord {
    /// The record as at most 1,200 bytes of JSON; long names are cut and end in an ellipsis.
    pub(super) fn to_bytes(&self) -> Result<SecretBytes, TooLong> {
        let mut name = self.account.name.clone();
        let mut church = self.account.church.clone();
        loop {
            let bytes = SecretBytes::new(self.encode(&name, &church)?);
            if bytes.expose().len() <= MAX_BYTES {
                return Ok(bytes);
            }
            let longer = if name.len() > church.len() { &mut name } else { &mut church };
            if !shorten(longer) {
                return Err(TooLong);
            }
        }
    }

    /// Reads a record back.
    pub(super) fn parse(bytes: &SecretBytes) -> Result<Self, Unreadable> {
        let wire: Wire<String> = serde_json::from_slice(bytes.expose()).map_err(|_| Unreadable)?;
        let refresh = RefreshToken::new(wire.refresh_token);
        let client_id = ClientId::parse(&wire.client_id).map_err(|_| Unreadable)?;
        let account = Account::new(wire.organization_id, wire.person_id, wire.name, wire.church);
        match account {
            Some(account) if !refresh.expose().is_empty() => Ok(Self {
                account,
                refresh,
                client_id,
                origin: wire.origin,
                issued_at: wire.issued_at,
                generation: wire.generation,
            }),
            _ => Err(Unreadable),
        }
    }

    fn encode(&self, name: &str, church: &str) -> Result<Vec<u8>, TooLong> {
        let wire = Wire {
            refresh_token: self.refresh.expose(),
            client_id: self.client_id.as_str(),
            origin: &self.origin,
            issued_at: self.issued_at,
            generation: self.generation,
            organization_id: &self.account.organization_id,
            person_id: &self.account.person_id,
            name,
            church,
        };
        // Room from the start, so that growing leaves no copy of the token behind.
        let mut bytes = Vec::with_capacity(2 * MAX_BYTES);
        serde_json::to_writer(&mut bytes, &wire).map_err(|_| TooLong)?;
        Ok(bytes)
    }
}

/// Field names are part of what is stored on people's computers: add, never rename.
#[derive(Deserialize, Serialize)]
struct Wire<Text> {
    refresh_token: Text,
    client_id: Text,
    origin: Text,
    issued_at: Timestamp,
    generation: u64,
    organization_id: Text,
    person_id: Text,
    name: Text,
    church: Text,
}

/// Cuts about a quarter of the characters away, and says whether there was anything to cut.
fn shorten(text: &mut String) -> bool {
    const ELLIPSIS: char = '…';
    let kept = text.trim_end_matches(ELLIPSIS).chars().count() * 3 / 4;
    if kept == 0 {
        let had_text = !text.is_empty();
        text.clear();
        return had_text;
    }
    *text = text.chars().take(kept).chain([ELLIPSIS]).collect();
    true
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(token: &str, name: &str, church: &str) -> SessionRecord {
        let account =
            Account::new("1".repeat(20), "2".repeat(20), name.to_owned(), church.to_owned()).unwrap();
        SessionRecord {
            account,
            refresh: RefreshToken::new(token.to_owned()),
            client_id: ClientId::parse(&"0a".repeat(32)).unwrap(),
            origin: "https://api.planningcenteronline.com".to_owned(),
            issued_at: "2026-11-20T09:00:00.123456789Z".parse().unwrap(),
            generation: u64::MAX,
        }
    }

    #[test]
    fn a_usual_record_comes_back_as_it_was() {
        let written = record(&"a1".repeat(32), "Åsa “Ace” Þórsdóttir", "Église Sainte-Marie");
        let read = SessionRecord::parse(&written.to_bytes().unwrap()).unwrap();
        assert_eq!(read.account, written.account);
        assert_eq!(read.refresh, written.refresh);
        assert_eq!(read.client_id, written.client_id);
        assert_eq!(read.origin, written.origin);
        assert_eq!(read.issued_at, written.issued_at);
        assert_eq!(read.generation, written.generation);
    }

    /// Where keychains end: Windows takes 2,560 bytes, which are 1,280 UTF-16 units.
    const LIMITS: [usize; 4] = [1_279, 1_280, 2_560, 2_561];

    fn uncut(record: &SessionRecord) -> String {
        String::from_utf8(record.encode(&record.account.name, &record.account.church).unwrap()).unwrap()
    }

    #[test]
    fn names_that_reach_a_keychains_limit_are_cut_and_the_token_stays_whole() {
        let token = "a1".repeat(32);
        let bare = uncut(&record(&token, "", ""));
        let units = |text: &str| text.encode_utf16().count();
        for limit in LIMITS {
            // One, two and three bytes a letter, all of them one UTF-16 unit; and one of four bytes and two units.
            for letter in ["a", "é", "한", "𐍈"] {
                for measure in [str::len, units] {
                    let room = limit - measure(&bare);
                    let mut name = letter.repeat(room / measure(letter));
                    name.extend(std::iter::repeat_n('x', room % measure(letter)));
                    let (church, name) = name.split_at(letter.len() * 30);
                    let written = record(&token, name, church);
                    assert_eq!(measure(&uncut(&written)), limit);
                    let bytes = written.to_bytes().unwrap();
                    assert!(bytes.expose().len() <= MAX_BYTES, "{limit} of {letter}");
                    let read = SessionRecord::parse(&bytes).unwrap();
                    assert_eq!((read.refresh, read.account.id), (written.refresh, written.account.id));
                    assert!(read.account.name.starts_with(letter), "what fits of the name is kept");
                }
            }
        }
    }

    #[test]
    fn a_token_that_leaves_no_room_at_all_is_refused() {
        let others = uncut(&record("", "", "")).len();
        let of_size = |size: usize| record(&"x".repeat(size - others), "Ada", "St Ann").to_bytes();
        assert_eq!(of_size(MAX_BYTES).unwrap().expose().len(), MAX_BYTES, "without the names it just fits");
        for size in [MAX_BYTES + 1].into_iter().chain(LIMITS) {
            assert!(of_size(size).is_err(), "{size}");
        }
    }

    #[test]
    fn what_is_not_a_record_is_unreadable() {
        let good = record("token", "Ada", "St Ann").to_bytes().unwrap();
        let text = String::from_utf8(good.expose().to_vec()).unwrap();
        let cut = &text[..text.len() - 1];
        let foreign = text.replace("2222", "../2");
        let empty = text.replace("\"token\"", "\"\"");
        let no_application = text.replace(&"0a".repeat(32), "0a");
        for bad in ["", "null", "[]", "{}", "\u{0}", cut, &foreign, &empty, &no_application] {
            assert!(SessionRecord::parse(&SecretBytes::new(bad.as_bytes().to_vec())).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_record_always_fits_and_keeps_its_token(
            token in "[A-Za-z0-9._~+/=-]{1,700}",
            name in ".{0,400}",
            church in ".{0,400}",
        ) {
            let written = record(&token, &name, &church);
            let bytes = written.to_bytes().unwrap();
            prop_assert!(bytes.expose().len() <= MAX_BYTES);
            let read = SessionRecord::parse(&bytes).unwrap();
            prop_assert_eq!(read.refresh, written.refresh);
            prop_assert_eq!(&read.account.id, &written.account.id);
            let start = read.account.name.trim_end_matches('…');
            prop_assert!(written.account.name.starts_with(start));
        }
    }
}
