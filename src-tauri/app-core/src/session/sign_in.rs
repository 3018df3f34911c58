//! Where sign-in stands, as a machine without network, keychain or clock: time comes in, what to do comes
//! out.
//!
//! ```text
//! signed out ─begin─▶ waiting ─the one right link─▶ finishing ─identified─▶ confirm ─▶ saving ─▶ signed in
//!      ▲                 │ denied, cancelled, ten minutes over │ failed          │ refused
//!      └─────────────────┴─────────────────────────────────────┴─────────────────┘
//! ```
//! An attempt leaves whoever is already signed in untouched until it has succeeded. Attempts have numbers, so
//! that what arrives late for a replaced or cancelled one is told apart.

use std::time::Duration;

use jiff::Timestamp;
use pco_client::{AuthorizationCode, AuthorizationRequest, AuthorizationResponse};
use url::Url;

use super::account::{Account, AccountId};
use super::grant::Grant;
use super::views::{RedirectChoice, SessionView, Words};
use super::{EndOnDrop, Moment};
use crate::photo::Photo;
use crate::ports::ReturnPath;
use crate::words::{self, Sentence};

/// How long an attempt stays open. Planning Center's codes live as long.
pub(super) const ATTEMPT_LIFE: Duration = Duration::from_mins(10);

/// Why a link was ignored when no request is open.
const NOT_AWAITED: &str = "not_awaited";

/// A link that comes when nobody signs in is told at most this often, so that a flood of them cannot nag.
const BETWEEN_LATE_LINKS: Duration = Duration::from_secs(10);

/// The machine.
#[derive(Default)]
pub(super) struct SignIn {
    /// False until the keychain was looked into at start, and the store of whom it named was opened.
    started: bool,
    signed_in: Option<SignedIn>,
    attempt: Option<Attempt>,
    last_number: AttemptNumber,
    /// When a link that came too late was told last.
    late_link_told: Option<Duration>,
    /// Why nobody is signed in.
    notice: Option<Words>,
}

/// Counts attempts.
pub(super) type AttemptNumber = u64;

/// Who is signed in.
struct SignedIn {
    account: Account,
    owner: Owner,
    remembered: bool,
    needs_sign_in: bool,
    notice: Option<Words>,
    /// Whether what is stored can be read. Until then the page is not told that anybody is signed in.
    readable: bool,
}

/// Which run of the program renews, saves and ends the sign-in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    ThisRun,
    AnotherRun,
}

/// One attempt to sign in.
struct Attempt {
    number: AttemptNumber,
    stage: Stage,
    /// Open until the attempt is over, so that a browser that comes twice still finds somebody.
    #[expect(dead_code, reason = "held for its drop, which stops the listening")]
    return_path: Option<ReturnPath>,
}

enum Stage {
    Waiting(Box<Waiting>),
    /// The code is being exchanged and the account looked up.
    Finishing,
    Confirm(Box<Granted>),
    /// The account that is signed in already; nobody needs to be asked.
    Known(Box<Granted>),
    /// The person agreed; the keychain is being written. It can no longer be cancelled.
    Saving,
}

/// What a view of the session tells that is no matter of the sign-in itself.
pub(super) struct Around<'a> {
    pub(super) now: Moment,
    /// Whether a client id is known.
    pub(super) can_sign_in: bool,
    pub(super) practice: bool,
    /// Where an account would be kept.
    pub(super) folder: Option<&'a str>,
}

/// Tokens, when they were asked for, and whose they are.
pub(super) struct Granted {
    pub(super) grant: Grant,
    pub(super) since: Moment,
    pub(super) account: Account,
}

struct Waiting {
    request: AuthorizationRequest,
    choice: RedirectChoice,
    until: Timestamp,
    deadline: Duration,
    notice: Option<Words>,
    alarm: Option<EndOnDrop>,
}

/// What a link led to.
pub(super) enum Reception {
    /// It was not the awaited answer; nothing changed. The reason holds nothing of the link.
    Ignored(&'static str),
    /// It came while nobody signs in; nothing changed, and the person is to be told.
    Late,
    /// It ended the attempt.
    Ended,
    /// The person agreed in the browser; the code is to be exchanged.
    Exchange { number: AttemptNumber, request: Box<AuthorizationRequest>, code: AuthorizationCode },
}

/// What the account that was looked up led to.
pub(super) enum Identified {
    /// The attempt is no longer the current one; these tokens are to be revoked.
    Stale(Grant),
    /// The person is asked.
    Confirm,
    /// The account already known signs in again: [`SignIn::agree`] holds without asking.
    SameAccount,
}

impl SignIn {
    /// The look into the keychain has ended. Nothing changes if a sign-in was faster; what was only looked at gives way.
    pub(super) fn restored(&mut self, account: Option<Account>, notice: Option<Words>) {
        if let Some(account) = account {
            return self.found(account, Owner::ThisRun, notice);
        }
        self.signed_in.take_if(|signed_in| signed_in.owner == Owner::AnotherRun);
        self.started = true;
        if self.signed_in.is_none() {
            self.notice = notice;
        }
    }

    /// Another run of the program owns the sign-in of this account: here it is only looked at.
    pub(super) fn looked_at(&mut self, account: Account) {
        self.found(account, Owner::AnotherRun, Some(words::LOOKING_ON.words()));
    }

    fn found(&mut self, account: Account, owner: Owner, notice: Option<Words>) {
        let before = self.signed_in.take_if(|signed_in| signed_in.owner == Owner::AnotherRun);
        if self.signed_in.is_some() {
            self.started = true;
            return;
        }
        let readable = before.is_some_and(|before| before.readable && before.account.id == account.id);
        self.started = readable;
        self.signed_in =
            Some(SignedIn { account, owner, remembered: true, needs_sign_in: false, notice, readable });
        self.notice = None;
    }

    /// Whether whoever is signed in is so by another run of the program.
    pub(super) fn is_looking_on(&self) -> bool {
        self.signed_in.as_ref().is_some_and(|signed_in| signed_in.owner == Owner::AnotherRun)
    }

    /// What is stored of whoever is signed in can be read now.
    pub(super) fn opened(&mut self) {
        self.started = true;
        if let Some(signed_in) = &mut self.signed_in {
            signed_in.readable = true;
        }
    }

    /// Voids any attempt in progress. Tokens that waited for a confirmation are handed back to be revoked.
    pub(super) fn void_attempt(&mut self) -> Option<Grant> {
        match self.attempt.take()?.stage {
            Stage::Confirm(granted) | Stage::Known(granted) => Some(granted.grant),
            _ => None,
        }
    }

    /// Opens an attempt in place of any other.
    pub(super) fn begin(
        &mut self,
        request: AuthorizationRequest,
        choice: RedirectChoice,
        return_path: Option<ReturnPath>,
        now: Moment,
    ) -> AttemptNumber {
        self.last_number += 1;
        self.notice = None;
        let waiting = Waiting {
            request,
            choice,
            until: now.wall.checked_add(ATTEMPT_LIFE).unwrap_or(Timestamp::MAX),
            deadline: now.monotonic.saturating_add(ATTEMPT_LIFE),
            notice: None,
            alarm: None,
        };
        self.attempt =
            Some(Attempt { number: self.last_number, stage: Stage::Waiting(Box::new(waiting)), return_path });
        self.last_number
    }

    /// Ties the alarm of an attempt to it, so that both end together.
    pub(super) fn set_alarm(&mut self, number: AttemptNumber, alarm: EndOnDrop) {
        if let Some(waiting) = self.waiting(number) {
            waiting.alarm = Some(alarm);
        }
    }

    /// Tells or takes back that the browser could not be opened.
    pub(super) fn browser_opened(&mut self, opened: bool) {
        let notice = (!opened).then(|| words::BROWSER_UNAVAILABLE.words());
        if let Some(Stage::Waiting(waiting)) = self.attempt.as_mut().map(|attempt| &mut attempt.stage) {
            waiting.notice = notice;
        }
    }

    /// The address to open, while it is of use.
    pub(super) fn link(&self) -> Option<&Url> {
        match &self.attempt.as_ref()?.stage {
            Stage::Waiting(waiting) => Some(waiting.request.url()),
            _ => None,
        }
    }

    /// Takes in a link from anywhere. Only the exact answer to the open request changes anything; a link pasted by
    /// hand that does not fit is also answered in words.
    pub(super) fn receive(&mut self, link: &str, by_hand: bool, now: Moment) -> Reception {
        if self.expire(now) {
            return Reception::Ignored(NOT_AWAITED);
        }
        let Some(attempt) = &mut self.attempt else { return self.late(now) };
        let Stage::Waiting(waiting) = &mut attempt.stage else { return Reception::Ignored(NOT_AWAITED) };
        let link = if by_hand { link.trim() } else { link };
        let code = match waiting.request.receive(link) {
            Ok(AuthorizationResponse::Granted(code)) => code,
            Ok(AuthorizationResponse::Denied) => return self.end(&words::SIGN_IN_DENIED),
            Ok(AuthorizationResponse::Failed(code)) => {
                tracing::warn!(%code, "Planning Center refused the sign-in");
                return self.end(&words::SIGN_IN_REJECTED);
            }
            Err(refusal) => {
                if by_hand {
                    waiting.notice = Some(words::LINK_DOES_NOT_FIT.words());
                }
                return Reception::Ignored(refusal.reason());
            }
        };
        // The request leaves the machine with its code, so the same link finds nothing a second time.
        match std::mem::replace(&mut attempt.stage, Stage::Finishing) {
            Stage::Waiting(waiting) => {
                Reception::Exchange { number: attempt.number, request: Box::new(waiting.request), code }
            }
            _ => Reception::Ignored(NOT_AWAITED),
        }
    }

    /// Planning Center told whose tokens these are.
    pub(super) fn identified(&mut self, number: AttemptNumber, granted: Granted) -> Identified {
        let is_same =
            self.signed_in.as_ref().is_some_and(|signed_in| signed_in.account.id == granted.account.id);
        let Some(attempt) = self.current(number).filter(|attempt| matches!(attempt.stage, Stage::Finishing))
        else {
            return Identified::Stale(granted.grant);
        };
        if is_same {
            attempt.stage = Stage::Known(Box::new(granted));
            return Identified::SameAccount;
        }
        attempt.stage = Stage::Confirm(Box::new(granted));
        Identified::Confirm
    }

    /// The exchange or the look-up failed.
    pub(super) fn failed(&mut self, number: AttemptNumber, notice: Words) {
        if self.current(number).is_some() {
            self.attempt = None;
            self.tell(notice);
        }
    }

    /// The person agreed, or needed no asking: hands out what is to be saved, once.
    pub(super) fn agree(&mut self) -> Option<(AttemptNumber, Granted)> {
        let attempt = self.attempt.as_mut()?;
        match std::mem::replace(&mut attempt.stage, Stage::Saving) {
            Stage::Confirm(granted) | Stage::Known(granted) => Some((attempt.number, *granted)),
            other => {
                attempt.stage = other;
                None
            }
        }
    }

    /// The person said that it is the wrong account: hands out what is to be revoked.
    pub(super) fn refuse(&mut self) -> Option<Grant> {
        matches!(self.attempt.as_ref()?.stage, Stage::Confirm(_)).then(|| self.void_attempt())?
    }

    /// The attempt has succeeded; whoever was signed in before no longer is. False when the person signed out
    /// meanwhile: then nothing changes, and what was saved is to be forgotten.
    pub(super) fn complete(
        &mut self,
        number: AttemptNumber,
        account: Account,
        remembered: bool,
        notice: Option<Words>,
    ) -> bool {
        if self.current(number).is_none() {
            return false;
        }
        self.started = true;
        self.attempt = None;
        self.notice = None;
        let readable = self.signed_in_as(&account.id).is_some_and(|before| before.readable);
        self.signed_in = Some(SignedIn {
            account,
            owner: Owner::ThisRun,
            remembered,
            needs_sign_in: false,
            notice,
            readable,
        });
        true
    }

    /// Whether what the person agreed to is being saved; until that is done no new attempt may begin.
    pub(super) fn is_saving(&self) -> bool {
        let is_agreed = |attempt: &Attempt| matches!(attempt.stage, Stage::Known(_) | Stage::Saving);
        self.attempt.as_ref().is_some_and(is_agreed)
    }

    /// The person cancels. What was granted already is handed out to be revoked; what is being saved goes on.
    pub(super) fn cancel(&mut self) -> Option<Grant> {
        if self.is_saving() { None } else { self.void_attempt() }
    }

    /// Gives up what has not been granted yet.
    pub(super) fn give_up_request(&mut self) {
        let is_open = |attempt: &Attempt| matches!(attempt.stage, Stage::Waiting(_) | Stage::Finishing);
        if self.attempt.as_ref().is_some_and(is_open) {
            self.attempt = None;
        }
    }

    /// Ends an open request whose ten minutes are over; says whether there was one.
    pub(super) fn expire(&mut self, now: Moment) -> bool {
        if let Some(Attempt { stage: Stage::Waiting(waiting), .. }) = &self.attempt
            && now.monotonic >= waiting.deadline
        {
            self.end(&words::SIGN_IN_TIMED_OUT);
            return true;
        }
        false
    }

    /// The alarm of an attempt rang. It may ring late, and then counts for nothing.
    pub(super) fn alarm_rang(&mut self, number: AttemptNumber) {
        if self.waiting(number).is_some() {
            self.end(&words::SIGN_IN_TIMED_OUT);
        }
    }

    /// The keeper of the tokens tells whether they are safely in the keychain.
    pub(super) fn saved(&mut self, account: &AccountId, remembered: bool, notice: Option<Words>) {
        if let Some(signed_in) = self.signed_in_as(account) {
            signed_in.remembered = remembered;
            signed_in.notice = notice;
        }
    }

    /// The keeper of the tokens tells that Planning Center no longer accepts them.
    pub(super) fn need_sign_in(&mut self, account: &AccountId) {
        if let Some(signed_in) = self.signed_in_as(account) {
            signed_in.needs_sign_in = true;
        }
    }

    /// Nobody is signed in any longer, and no attempt is open.
    pub(super) fn sign_out(&mut self) -> Option<Grant> {
        let granted = self.void_attempt();
        self.signed_in = None;
        self.notice = None;
        granted
    }

    /// Who is signed in.
    pub(super) fn account(&self) -> Option<&Account> {
        self.signed_in.as_ref().map(|signed_in| &signed_in.account)
    }

    /// The picture of whoever is signed in, or is asked to confirm.
    pub(super) fn photo(&self, account: &str) -> Option<Photo> {
        let asked = self.attempt.as_ref().and_then(|attempt| match &attempt.stage {
            Stage::Confirm(granted) => Some(&granted.account),
            _ => None,
        });
        let known = [self.account(), asked].into_iter().flatten();
        known.filter(|known| known.id.as_str() == account).find_map(|known| known.photo.clone())
    }

    /// What the page may know.
    pub(super) fn view(&self, around: &Around<'_>) -> SessionView {
        match (&self.attempt, &self.signed_in) {
            (Some(attempt), _) => attempt.view(around),
            (None, Some(signed_in)) if signed_in.readable => SessionView::SignedIn {
                account: signed_in.account.view(around.practice),
                remembered: signed_in.remembered,
                needs_sign_in: signed_in.needs_sign_in,
                notice: signed_in.notice.clone(),
            },
            (None, _) if !self.started => SessionView::Starting,
            (None, Some(_)) => SessionView::Finishing,
            (None, None) => {
                SessionView::SignedOut { can_sign_in: around.can_sign_in, notice: self.notice.clone() }
            }
        }
    }

    fn late(&mut self, now: Moment) -> Reception {
        let told = self.late_link_told;
        if told.is_some_and(|told| now.monotonic.saturating_sub(told) < BETWEEN_LATE_LINKS) {
            return Reception::Ignored(NOT_AWAITED);
        }
        self.late_link_told = Some(now.monotonic);
        Reception::Late
    }

    fn end(&mut self, sentence: &Sentence) -> Reception {
        self.attempt = None;
        self.tell(sentence.words());
        Reception::Ended
    }

    fn tell(&mut self, notice: Words) {
        match &mut self.signed_in {
            Some(signed_in) => signed_in.notice = Some(notice),
            None => self.notice = Some(notice),
        }
    }

    fn current(&mut self, number: AttemptNumber) -> Option<&mut Attempt> {
        self.attempt.as_mut().filter(|attempt| attempt.number == number)
    }

    fn waiting(&mut self, number: AttemptNumber) -> Option<&mut Waiting> {
        match &mut self.current(number)?.stage {
            Stage::Waiting(waiting) => Some(waiting),
            _ => None,
        }
    }

    fn signed_in_as(&mut self, account: &AccountId) -> Option<&mut SignedIn> {
        self.signed_in.as_mut().filter(|signed_in| signed_in.account.id == *account)
    }
}

impl Attempt {
    fn view(&self, around: &Around<'_>) -> SessionView {
        match &self.stage {
            Stage::Waiting(waiting) => SessionView::Waiting {
                link: waiting.request.url().to_string(),
                redirect: waiting.choice,
                until: waiting.until.to_string(),
                seconds_left: waiting.seconds_left(around.now),
                notice: waiting.notice.clone(),
            },
            Stage::Finishing | Stage::Known(_) | Stage::Saving => SessionView::Finishing,
            Stage::Confirm(granted) => SessionView::Confirm {
                account: granted.account.view(around.practice),
                folder: around.folder.map(str::to_owned),
            },
        }
    }
}

impl Waiting {
    fn seconds_left(&self, now: Moment) -> u32 {
        u32::try_from(self.deadline.saturating_sub(now.monotonic).as_secs()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
#[path = "sign_in_tests.rs"]
#[allow(clippy::unwrap_used)]
mod tests;
