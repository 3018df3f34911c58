//! The sign-in machine where several tasks reach it: every change of what the page may know is told at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Moment;
use super::sign_in::{Around, SignIn};
use super::views::SessionView;
use crate::event::AppEvent;
use crate::ports::{Clock, Host};

pub(super) struct Standing {
    sign_in: Mutex<SignIn>,
    host: Arc<dyn Host>,
    clock: Arc<dyn Clock>,
    practice: bool,
    folder: Option<String>,
    can_sign_in: AtomicBool,
}

impl Standing {
    /// `folder` is where the account will be kept, in words for the person who is asked to agree to it.
    pub(super) fn new(
        host: Arc<dyn Host>,
        clock: Arc<dyn Clock>,
        practice: bool,
        folder: Option<String>,
    ) -> Self {
        let can_sign_in = AtomicBool::new(false);
        Self { sign_in: Mutex::default(), host, clock, practice, folder, can_sign_in }
    }

    /// Lets the machine make a step, and tells the page if anything it may know is different afterwards.
    pub(super) fn change<R>(&self, step: impl FnOnce(&mut SignIn) -> R) -> R {
        self.observe(step).0
    }

    /// What the page may know now; notices an attempt whose time is over.
    pub(super) fn view(&self) -> SessionView {
        let now = self.now();
        self.observe(|sign_in| sign_in.expire(now)).1
    }

    pub(super) fn set_can_sign_in(&self, can_sign_in: bool) {
        self.change(|_| self.can_sign_in.store(can_sign_in, Ordering::Relaxed));
    }

    pub(super) fn now(&self) -> Moment {
        Moment::of(self.clock.as_ref())
    }

    fn observe<R>(&self, step: impl FnOnce(&mut SignIn) -> R) -> (R, SessionView) {
        let now = self.now();
        let view = |sign_in: &SignIn| {
            let can_sign_in = self.can_sign_in.load(Ordering::Relaxed);
            sign_in.view(&Around {
                now,
                can_sign_in,
                practice: self.practice,
                folder: self.folder.as_deref(),
            })
        };
        let mut sign_in = self.sign_in.lock().unwrap_or_else(PoisonError::into_inner);
        let before = view(&sign_in);
        let result = step(&mut sign_in);
        let after = view(&sign_in);
        if before != after {
            // Inside the lock, so that the page hears of changes in their order. Sending never blocks.
            self.host.send(AppEvent::SessionChanged { session: after.clone() });
        }
        (result, after)
    }
}
