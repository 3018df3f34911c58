//! What a keychain keeps of a sign-in, and what a person is told when it does not.

use super::*;

#[tokio::test]
async fn without_a_keychain_the_sign_in_lasts_until_the_program_closes() {
    let server = planning_center();
    let fresh = bench(&server.base);
    fresh.secrets.set_mood(Mood::Locked);
    let bench = fresh.signed_in().await;
    assert_eq!(bench.notice(), Some(words::NOT_REMEMBERED_LOCKED.words()));
    assert!(matches!(bench.session.status(), SessionView::SignedIn { remembered: false, .. }));
    assert!(!bench.session.remembered());
    assert_eq!(std::fs::read_dir(bench.folder.path()).unwrap().count(), 0, "no trace on disk");
    assert!(bench.session.cache_key().await.unwrap().is_none());
    assert_eq!(bench.signed_out().await, (true, false), "nobody knows what a locked keychain holds");
}

#[tokio::test]
async fn a_saved_sign_in_that_cannot_be_fetched_is_told_in_words() {
    let server = planning_center();
    let before = bench(&server.base).signed_in().await;
    for (mood, sentence) in [
        (Mood::Absent, &words::NOT_RESTORED_ABSENT),
        (Mood::Locked, &words::NOT_RESTORED_LOCKED),
        (Mood::Silent(Duration::ZERO), &words::NOT_RESTORED_SILENT),
    ] {
        let bench = before.reopened(&server.base);
        bench.secrets.set_mood(mood);
        assert_eq!(bench.session.restore().await, None);
        assert_eq!(bench.notice(), Some(sentence.words()));
        assert!(bench.has_note());

        bench.secrets.set_mood(Mood::Works);
        assert!(bench.session.restore().await.is_some(), "a second look succeeds");
    }
}

#[tokio::test]
async fn garbage_is_told_and_left_as_it_is() {
    let server = planning_center();
    let before = bench(&server.base).signed_in().await;
    let account = before.session.account().unwrap();

    let item = keeping::key(&account.id, SecretItem::Session);
    before.secrets.put(item.clone(), SecretBytes::new(b"{\"refresh_token\":7}".to_vec()));
    let again = before.reopened(&server.base);
    assert_eq!(again.session.restore().await, None);
    assert_eq!(again.notice(), Some(words::SAVED_SIGN_IN_UNREADABLE.words()));
    assert!(again.secrets.item(&item).is_some());

    before.secrets.delete(&item).await.unwrap();
    let again = before.reopened(&server.base);
    assert_eq!(again.session.restore().await, None);
    assert_eq!(again.notice(), Some(words::SAVED_SIGN_IN_GONE.words()));

    std::fs::write(before.folder.path().join("account.json"), "][").unwrap();
    let again = before.reopened(&server.base);
    assert_eq!(again.session.restore().await, None);
    assert_eq!(again.notice(), Some(words::SAVED_SIGN_IN_UNREADABLE.words()));
    assert!(again.has_note());
}

#[tokio::test]
async fn the_key_of_the_store_is_made_once() {
    let server = planning_center();
    let bench = bench(&server.base).signed_in().await;
    let key = bench.session.cache_key().await.unwrap().unwrap();
    assert_eq!(key.expose().len(), CACHE_KEY_BYTES);
    assert_eq!(bench.session.cache_key().await.unwrap().unwrap().expose(), key.expose());

    let name = keeping::key(&bench.session.account().unwrap().id, SecretItem::CacheKey);
    bench.secrets.put(name, SecretBytes::new(vec![0; 5]));
    let other = bench.session.cache_key().await.unwrap().unwrap();
    assert_eq!(other.expose().len(), CACHE_KEY_BYTES);
    bench.secrets.set_mood(Mood::Locked);
    assert_eq!(bench.session.cache_key().await.unwrap_err(), SecretError::Locked);
}

#[tokio::test]
async fn a_sign_in_too_long_for_a_keychain_is_told_before_one_is_asked() {
    let server = CannedServer::start(|path, _| match path.split('?').next().unwrap() {
        "/oauth/token" => tokens("canary-access", &"r".repeat(1_200)),
        "/people/v2/me" => {
            Canned::Json(200, r#"{"data":{"type":"Person","id":"11","attributes":{}}}"#.to_owned())
        }
        _ => Canned::Json(200, r#"{"data":{"type":"Organization","id":"7","attributes":{}}}"#.to_owned()),
    });
    let bench = bench(&server.base).signed_in().await;
    assert_eq!(bench.notice(), Some(words::NOT_REMEMBERED_TOO_LARGE.words()));
    assert!(matches!(bench.session.status(), SessionView::SignedIn { remembered: false, .. }));
    assert_eq!(bench.secrets.writes(), 0);
}
