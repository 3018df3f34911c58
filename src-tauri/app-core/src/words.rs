//! Every sentence the core says when something did not work, on one page: first the fact, then what to do.
//! No library words, no codes, no blame. A test of the wording lists [`all`] of them for review.

use crate::error::ErrorCode;
use crate::ports::SecretError;
use crate::session::views::Words;

/// One thing to say: what the page branches on, what happened, and what to do next.
#[derive(Debug, PartialEq, Eq)]
pub struct Sentence {
    /// For the page to branch on.
    pub code: ErrorCode,
    /// What happened.
    pub message: &'static str,
    /// What to do next.
    pub hint: &'static str,
}

impl Sentence {
    /// The same as the page receives it.
    #[must_use]
    pub fn words(&self) -> Words {
        Words { message: self.message.to_owned(), hint: Some(self.hint.to_owned()) }
    }
}

/// The sentence that stands for a code when nothing more is known.
#[must_use]
pub fn for_code(code: ErrorCode) -> &'static Sentence {
    match code {
        ErrorCode::SignInRequired => &SIGN_IN_REQUIRED,
        ErrorCode::SignInDenied => &SIGN_IN_DENIED,
        ErrorCode::SignInTimedOut => &SIGN_IN_TIMED_OUT,
        ErrorCode::SignInRejected => &SIGN_IN_REJECTED,
        ErrorCode::OpenElsewhere => &OPEN_ELSEWHERE,
        ErrorCode::ClientIdMissing => &CLIENT_ID_MISSING,
        ErrorCode::BrowserUnavailable => &BROWSER_UNAVAILABLE,
        ErrorCode::KeychainUnavailable => &KEYCHAIN_UNAVAILABLE,
        ErrorCode::PermissionDenied => &PERMISSION_DENIED,
        ErrorCode::NotFound => &NOT_FOUND,
        ErrorCode::Busy => &BUSY,
        ErrorCode::Offline => &OFFLINE,
        ErrorCode::ServiceDown => &SERVICE_DOWN,
        ErrorCode::Incomplete => &INCOMPLETE,
        ErrorCode::StoreUnreadable => &STORE_UNREADABLE,
        ErrorCode::Locked => &LOCKED,
        ErrorCode::DiskFull => &DISK_FULL,
        ErrorCode::NotWritable => &FOLDER_NOT_WRITABLE,
        ErrorCode::InvalidInput => &INVALID_INPUT,
        ErrorCode::Unexpected => &UNEXPECTED,
    }
}

/// What to say when a new sign-in works but cannot be kept.
#[must_use]
pub fn not_remembered(cause: &SecretError) -> &'static Sentence {
    match cause {
        SecretError::Absent => &NOT_REMEMBERED_ABSENT,
        SecretError::Locked => &NOT_REMEMBERED_LOCKED,
        SecretError::Silent => &NOT_REMEMBERED_SILENT,
        SecretError::TooLarge => &NOT_REMEMBERED_TOO_LARGE,
        SecretError::Failed(_) => &NOT_REMEMBERED_FAILED,
    }
}

/// What to say when the saved sign-in cannot be fetched as the program starts.
#[must_use]
pub fn not_restored(cause: &SecretError) -> &'static Sentence {
    match cause {
        SecretError::Absent => &NOT_RESTORED_ABSENT,
        SecretError::Locked => &NOT_RESTORED_LOCKED,
        SecretError::Silent => &NOT_RESTORED_SILENT,
        SecretError::TooLarge | SecretError::Failed(_) => &NOT_RESTORED_FAILED,
    }
}

/// What to say when a renewed sign-in works but is not in the keychain.
#[must_use]
pub fn renewal_not_saved(cause: &SecretError) -> &'static Sentence {
    match cause {
        SecretError::TooLarge => &RENEWAL_TOO_LARGE,
        _ => &RENEWAL_NOT_SAVED,
    }
}

/// What to say when a sign-in could not be finished for a reason with this code.
#[must_use]
pub fn sign_in_unfinished(code: ErrorCode) -> &'static Sentence {
    match code {
        ErrorCode::Offline => &SIGN_IN_OFFLINE,
        ErrorCode::ServiceDown | ErrorCode::Busy => &SIGN_IN_SERVICE_DOWN,
        ErrorCode::PermissionDenied => &SIGN_IN_WITHOUT_PEOPLE,
        ErrorCode::ClientIdMissing => &CLIENT_ID_MISSING,
        _ => &SIGN_IN_REJECTED,
    }
}

/// All sentences as code, message and hint, in the order of this page.
#[must_use]
pub fn all() -> Vec<(ErrorCode, &'static str, &'static str)> {
    TABLE.iter().map(|sentence| (sentence.code, sentence.message, sentence.hint)).collect()
}

// The systems' own names for their keychain, as literals so that `concat!` takes them.
#[cfg(target_os = "macos")]
macro_rules! keychain {
    () => {
        "Keychain Access"
    };
}
#[cfg(target_os = "windows")]
macro_rules! keychain {
    () => {
        "Credential Manager"
    };
}
#[cfg(not(any(target_os = "macos", target_os = "windows")))]
macro_rules! keychain {
    () => {
        "GNOME Keyring or KWallet"
    };
}

/// The system's own name for its keychain.
pub const KEYCHAIN: &str = keychain!();

macro_rules! sentences {
    ($($(#[$doc:meta])* $name:ident: $code:ident, $message:expr, $hint:expr;)*) => {
        $(
            $(#[$doc])*
            pub static $name: Sentence = Sentence { code: ErrorCode::$code, message: $message, hint: $hint };
        )*
        static TABLE: &[&Sentence] = &[$(&$name),*];
    };
}

sentences! {
    /// No session, or Planning Center ended it.
    SIGN_IN_REQUIRED: SignInRequired,
        "You need to sign in again.",
        "Your saved data is still here. Sign in to bring it up to date.";
    /// The sign-in was given before a product was added.
    SCOPE_MISSING: SignInRequired,
        "This sign-in does not cover this part of Planning Center.",
        "Sign in again to add it. Your saved data is still here.";
    /// Deny in the browser.
    SIGN_IN_DENIED: SignInDenied,
        "Sign-in was cancelled in the browser.",
        "Nothing was saved. Start again whenever you like.";
    /// Ten minutes have passed.
    SIGN_IN_TIMED_OUT: SignInTimedOut,
        "This sign-in is no longer valid; it ends after ten minutes.",
        "Start again and finish in the browser.";
    /// The exchange was refused, or the account could not be told.
    SIGN_IN_REJECTED: SignInRejected,
        "Sign-in could not be completed safely.",
        "Nothing was saved. Please start again.";
    /// The network went away between the browser's return and the confirmation.
    SIGN_IN_OFFLINE: Offline,
        "Sign-in could not be finished: Planning Center cannot be reached.",
        "Nothing was saved. Check the network and start again.";
    /// Planning Center, or something in its place, gave no usable answer during sign-in.
    SIGN_IN_SERVICE_DOWN: ServiceDown,
        "Sign-in could not be finished: Planning Center is not answering.",
        "Nothing was saved. If this network has a sign-in page of its own, finish that in the browser first. Then start again.";
    /// Even the person's own entry is out of reach.
    SIGN_IN_WITHOUT_PEOPLE: PermissionDenied,
        "Your Planning Center account has no access to People.",
        "Ask a Planning Center administrator of your church for it, then start again. Nothing was saved.";
    /// A return link pasted by hand belongs to another attempt, or is no return link.
    LINK_DOES_NOT_FIT: SignInRejected,
        "This link does not belong to this sign-in.",
        "Copy the whole address that the browser shows after you allowed access, and paste it again.";
    /// Another run of the program owns what is saved; nobody signs in or out here.
    OPEN_ELSEWHERE: OpenElsewhere,
        "Narthex is already open on this computer.",
        "Sign in or out in that window, or close it and try again here.";
    /// The same, while what is saved is shown.
    LOOKING_ON: OpenElsewhere,
        "Narthex is already open on this computer, so this window only shows what is saved.",
        "Go on in the other window, or close it: this one then takes over by itself.";
    /// A build without a client id.
    CLIENT_ID_MISSING: ClientIdMissing,
        "Narthex is not registered with Planning Center yet.",
        "An administrator of your church registers it once, in three steps. Until then, the practice church is open to you.";
    /// Nothing opened the address.
    BROWSER_UNAVAILABLE: BrowserUnavailable,
        "The browser could not be opened.",
        "Copy the link and open it in your browser.";
    /// All three local ports are in use.
    RETURN_ADDRESS_TAKEN: BrowserUnavailable,
        "The browser has no way back: other programs are using all three return addresses.",
        "Close programs you do not need and start again, or choose the other way of returning in Settings.";
    /// Nothing more is known about the keychain's trouble.
    KEYCHAIN_UNAVAILABLE: KeychainUnavailable,
        "The keychain of this computer cannot be used now.",
        concat!("Check that ", keychain!(), " is running and unlocked, then try again.");
    /// Signed in, with no keychain at all.
    NOT_REMEMBERED_ABSENT: KeychainUnavailable,
        "You are signed in until Narthex closes. This computer has no keychain to remember you in.",
        concat!("To be remembered, set up ", keychain!(), ", then sign in again.");
    /// Signed in, with a locked keychain.
    NOT_REMEMBERED_LOCKED: KeychainUnavailable,
        "You are signed in until Narthex closes. The keychain is locked, so you cannot be remembered.",
        concat!("To be remembered, unlock ", keychain!(), ", then sign in again.");
    /// Signed in, with a keychain that gives no answer.
    NOT_REMEMBERED_SILENT: KeychainUnavailable,
        "You are signed in until Narthex closes. The keychain does not answer, so you cannot be remembered.",
        concat!("To be remembered, look whether ", keychain!(), " is asking for its password, then sign in again.");
    /// Signed in, with a keychain that did not keep the record.
    NOT_REMEMBERED_FAILED: KeychainUnavailable,
        "You are signed in until Narthex closes. The keychain did not keep the sign-in.",
        concat!("To be remembered, check that ", keychain!(), " works, then sign in again.");
    /// Signed in, with a record that no keychain is sure to take.
    NOT_REMEMBERED_TOO_LARGE: KeychainUnavailable,
        "You are signed in until Narthex closes. Planning Center’s sign-in is too long for a keychain.",
        "You can go on working. After closing Narthex you will need to sign in again.";
    /// Signed in and in the keychain, but the folder cannot be written.
    NOT_NOTED: DiskFull,
        "You are signed in, but this computer’s disk did not take the note of it.",
        "Make some room on the disk, or you will need to sign in the next time.";
    /// At start: no keychain, though an account was remembered before.
    NOT_RESTORED_ABSENT: KeychainUnavailable,
        "Your sign-in is saved in the keychain, which is not running now.",
        concat!("Start ", keychain!(), " and open Narthex again, or sign in here.");
    /// At start: locked.
    NOT_RESTORED_LOCKED: KeychainUnavailable,
        "Your sign-in is saved in the keychain, which is locked.",
        concat!("Unlock ", keychain!(), " and open Narthex again, or sign in here.");
    /// At start: no answer.
    NOT_RESTORED_SILENT: KeychainUnavailable,
        "Your sign-in is saved in the keychain, which does not answer.",
        concat!("Look whether ", keychain!(), " is asking for its password and open Narthex again, or sign in here.");
    /// At start: something else.
    NOT_RESTORED_FAILED: KeychainUnavailable,
        "Your sign-in is saved in the keychain, which could not be read.",
        concat!("Check that ", keychain!(), " works and open Narthex again, or sign in here.");
    /// At start: the keychain works and holds no such item.
    SAVED_SIGN_IN_GONE: SignInRequired,
        "Your saved sign-in is no longer in the keychain.",
        "Please sign in again.";
    /// At start: the item, or the note of which account was used last, is not what was written.
    SAVED_SIGN_IN_UNREADABLE: SignInRequired,
        "Your saved sign-in could not be read.",
        "Please sign in again. Nothing was deleted.";
    /// A renewed sign-in is in use but not in the keychain.
    RENEWAL_NOT_SAVED: KeychainUnavailable,
        "Your renewed sign-in could not be saved in the keychain.",
        concat!("You can go on working; Narthex tries again by itself. Check that ", keychain!(), " is unlocked, or you will need to sign in the next time.");
    /// A renewed sign-in is in use, with a record that no keychain is sure to take.
    RENEWAL_TOO_LARGE: KeychainUnavailable,
        "Planning Center’s renewed sign-in is too long for a keychain, and was not saved.",
        "You can go on working. After closing Narthex you may need to sign in again.";
    /// 403, in all its forms.
    PERMISSION_DENIED: PermissionDenied,
        "Your Planning Center account may not see this.",
        "If you need it, ask a Planning Center administrator of your church.";
    /// The person lacks the whole product.
    NO_PRODUCT_ACCESS: PermissionDenied,
        "Your Planning Center account has no access to this product.",
        "If you need it, ask a Planning Center administrator of your church.";
    /// 404.
    NOT_FOUND: NotFound,
        "This entry no longer exists.",
        "It was deleted or merged in Planning Center.";
    /// 429.
    BUSY: Busy,
        "Planning Center asks us to slow down.",
        "Narthex is catching up and goes on by itself.";
    /// No way to Planning Center.
    OFFLINE: Offline,
        "Planning Center cannot be reached.",
        "Your saved data is shown. Narthex tries again by itself.";
    /// 5xx.
    SERVICE_DOWN: ServiceDown,
        "Planning Center is not answering.",
        "Your saved data is shown. Narthex tries again by itself.";
    /// A captive portal.
    NETWORK_SIGN_IN: ServiceDown,
        "This network answers in Planning Center’s place.",
        "It may have a sign-in page of its own: open any web page in the browser, then refresh.";
    /// No certificate that holds up.
    NO_SAFE_CONNECTION: ServiceDown,
        "No safe connection to Planning Center was possible.",
        "Check the date and time of this computer. If they are right, ask whoever looks after this network.";
    /// The count did not agree.
    INCOMPLETE: Incomplete,
        "Not everything could be loaded.",
        "What is here is shown; the rest follows with the next refresh.";
    /// Wrong key or broken file.
    STORE_UNREADABLE: StoreUnreadable,
        "The saved data could not be read.",
        "It was set aside and is being fetched again.";
    /// Thirty days without an answer.
    LOCKED: Locked,
        "Planning Center has not answered for 30 days, so the saved data is locked.",
        "Nothing is lost. Connect to the internet and sign in if you are asked to: everything opens with the first answer.";
    /// No space left.
    DISK_FULL: DiskFull,
        "There is no room left for Narthex on this computer’s disk.",
        "What is saved stays readable. Make some room, then refresh.";
    /// The data folder belongs to somebody else, or is read-only.
    FOLDER_NOT_WRITABLE: NotWritable,
        "Narthex may not write to its folder on this computer.",
        "People and schedules are kept only until Narthex closes. Settings shows the folder.";
    /// An address that is none of the few kinds that lead out of the program.
    ADDRESS_NOT_OPENED: InvalidInput,
        "This address was not opened.",
        "Narthex opens only Planning Center’s pages, phone numbers and e-mail addresses.";
    /// No telephone or mail program took the address.
    NO_PROGRAM_FOR_ADDRESS: BrowserUnavailable,
        "No program on this computer opened this.",
        "Copy it instead, and use your telephone or mail program.";
    /// A request that does not hold up.
    INVALID_INPUT: InvalidInput,
        "This entry cannot be used as it is.",
        "Please check it and try again.";
    /// A bug, or an answer nobody can read.
    UNEXPECTED: Unexpected,
        "Something went wrong here.",
        "Please try again. The reference finds it in the log.";
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY_CODE: [ErrorCode; 20] = [
        ErrorCode::SignInRequired,
        ErrorCode::SignInDenied,
        ErrorCode::SignInTimedOut,
        ErrorCode::SignInRejected,
        ErrorCode::OpenElsewhere,
        ErrorCode::ClientIdMissing,
        ErrorCode::BrowserUnavailable,
        ErrorCode::KeychainUnavailable,
        ErrorCode::PermissionDenied,
        ErrorCode::NotFound,
        ErrorCode::Busy,
        ErrorCode::Offline,
        ErrorCode::ServiceDown,
        ErrorCode::Incomplete,
        ErrorCode::StoreUnreadable,
        ErrorCode::Locked,
        ErrorCode::DiskFull,
        ErrorCode::NotWritable,
        ErrorCode::InvalidInput,
        ErrorCode::Unexpected,
    ];

    #[test]
    fn every_code_has_a_sentence_of_its_own_code() {
        for code in EVERY_CODE {
            assert_eq!(for_code(code).code, code);
        }
    }

    #[test]
    fn sentences_are_whole_short_and_free_of_library_words() {
        let foreign = [
            "OAuth",
            "token",
            "HTTP",
            "JSON",
            "TLS",
            "API",
            "database",
            "null",
            "exception",
            "error",
            "failed",
            "invalid",
        ];
        for (code, message, hint) in all() {
            for text in [message, hint] {
                assert!(text.ends_with('.'), "{code:?}: {text}");
                assert!(text.len() <= 150, "{code:?}: {} letters: {text}", text.len());
                for word in foreign {
                    let found = text
                        .split(|letter: char| !letter.is_alphanumeric())
                        .any(|part| part.eq_ignore_ascii_case(word));
                    assert!(!found, "{code:?} says {word}: {text}");
                }
            }
        }
    }

    #[test]
    fn no_two_sentences_are_the_same() {
        let mut seen = std::collections::BTreeSet::new();
        for (_, message, _) in all() {
            assert!(seen.insert(message), "said twice: {message}");
        }
    }
}
