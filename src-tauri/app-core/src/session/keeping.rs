//! Writing to the keychain so that it counts: written, read back, compared.

use std::time::Duration;

use super::account::AccountId;
use super::record::{SessionRecord, TooLong};
use crate::ports::{SecretBytes, SecretError, SecretItem, SecretKey, SecretStore};

/// A renewed sign-in is worth this much waiting before it is used unsaved.
const PATIENCE: Duration = Duration::from_secs(5);
/// From one try to the next, so that three fit.
const PAUSE: Duration = Duration::from_secs(2);
const TRIES: u32 = 3;

/// Names one of an account's items.
pub(super) fn key(account: &AccountId, item: SecretItem) -> SecretKey {
    SecretKey { account: account.to_string(), item }
}

/// Writes an item and makes sure that it is there.
pub(super) async fn write(
    secrets: &dyn SecretStore,
    key: &SecretKey,
    value: &SecretBytes,
) -> Result<(), SecretError> {
    secrets.write(key, value.clone()).await?;
    let read = secrets.read(key).await?;
    if read.as_ref().map(SecretBytes::expose) != Some(value.expose()) {
        return Err(SecretError::Failed("the item reads back otherwise than it was written".to_owned()));
    }
    Ok(())
}

/// Writes a record, once. One that is too large is refused before the keychain is asked.
pub(super) async fn write_record(
    secrets: &dyn SecretStore,
    record: &SessionRecord,
) -> Result<(), SecretError> {
    let value = record.to_bytes().map_err(|TooLong| SecretError::TooLarge)?;
    write(secrets, &key(&record.account.id, SecretItem::Session), &value).await
}

/// Writes a renewed record: three tries within five seconds.
pub(super) async fn insist_on_record(
    secrets: &dyn SecretStore,
    record: &SessionRecord,
) -> Result<(), SecretError> {
    let insist = async {
        let mut tries = 1;
        loop {
            match write_record(secrets, record).await {
                Err(error) if tries < TRIES && error != SecretError::TooLarge => {
                    tracing::debug!(%error, "the keychain did not keep the record");
                }
                end => return end,
            }
            tries += 1;
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(PATIENCE, insist).await.unwrap_or(Err(SecretError::Silent))
}

/// What the keychain has under an account's name.
pub(super) enum Found {
    /// Its record.
    Record(Box<SessionRecord>),
    /// Nothing.
    Nothing,
    /// Something that is not its record.
    Unreadable,
    /// Its record, of a sign-in at another server.
    Elsewhere,
}

/// Looks up an account's sign-in at the server of this origin.
pub(super) async fn find_record(
    secrets: &dyn SecretStore,
    account: &AccountId,
    origin: &str,
) -> Result<Found, SecretError> {
    let Some(bytes) = secrets.read(&key(account, SecretItem::Session)).await? else {
        return Ok(Found::Nothing);
    };
    match SessionRecord::parse(&bytes) {
        Ok(record) if record.account.id == *account && record.origin == origin => {
            Ok(Found::Record(Box::new(record)))
        }
        Ok(record) if record.account.id == *account => {
            tracing::info!(%account, "the keychain item is of a sign-in at another server");
            Ok(Found::Elsewhere)
        }
        Ok(_) => {
            tracing::warn!(%account, "the keychain item is another account's");
            Ok(Found::Unreadable)
        }
        Err(error) => {
            tracing::warn!(%account, %error, "the keychain item is of no use");
            Ok(Found::Unreadable)
        }
    }
}

/// Reads an account's record; what cannot be read as one counts as absent.
pub(super) async fn read_record(
    secrets: &dyn SecretStore,
    account: &AccountId,
    origin: &str,
) -> Result<Option<SessionRecord>, SecretError> {
    match find_record(secrets, account, origin).await? {
        Found::Record(record) => Ok(Some(*record)),
        Found::Nothing | Found::Unreadable | Found::Elsewhere => Ok(None),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::Timestamp;
    use pco_client::{ClientId, RefreshToken};
    use tokio::time::Instant;

    use super::*;
    use crate::session::Account;
    use crate::testing::{MemoryStore, Mood};

    const ORIGIN: &str = "https://api.planningcenteronline.com";

    fn record() -> SessionRecord {
        SessionRecord {
            account: Account::new("1".into(), "2".into(), "Ada".into(), "St Ann".into()).unwrap(),
            refresh: RefreshToken::new("token".into()),
            client_id: ClientId::parse(&"0a".repeat(32)).unwrap(),
            origin: ORIGIN.to_owned(),
            issued_at: Timestamp::UNIX_EPOCH,
            generation: 7,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_third_try_still_counts() {
        let (store, record) = (MemoryStore::new(), record());
        store.fail_next_writes(2);
        let start = Instant::now();
        insist_on_record(&store, &record).await.unwrap();
        assert_eq!(store.writes(), 3);
        assert!(start.elapsed() <= PATIENCE);
        assert_eq!(read_record(&store, &record.account.id, ORIGIN).await.unwrap().unwrap().generation, 7);
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_no_fourth_try() {
        let store = MemoryStore::new();
        store.fail_next_writes(9);
        assert!(insist_on_record(&store, &record()).await.is_err());
        assert_eq!(store.writes(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_keychain_is_left_after_five_seconds() {
        let store = MemoryStore::new();
        store.set_mood(Mood::Silent(Duration::from_secs(20)));
        let start = Instant::now();
        assert_eq!(insist_on_record(&store, &record()).await, Err(SecretError::Silent));
        assert_eq!(start.elapsed(), PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_that_reads_back_otherwise_does_not_count() {
        let store = MemoryStore::new();
        store.garble_next_writes(1);
        assert!(matches!(write_record(&store, &record()).await, Err(SecretError::Failed(_))));
        store.garble_next_writes(2);
        insist_on_record(&store, &record()).await.unwrap();
    }

    #[tokio::test]
    async fn anothers_record_and_garbage_count_as_absent() {
        let (store, record) = (MemoryStore::new(), record());
        let other = AccountId::new("1", "3").unwrap();
        store.put(key(&other, SecretItem::Session), record.to_bytes().unwrap());
        assert!(read_record(&store, &other, ORIGIN).await.unwrap().is_none());
        store.put(key(&other, SecretItem::Session), SecretBytes::new(vec![0xff; 40]));
        assert!(read_record(&store, &other, ORIGIN).await.unwrap().is_none());
        assert_eq!(store.items().len(), 1, "nothing is deleted");
    }
}
