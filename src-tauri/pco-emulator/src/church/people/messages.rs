//! What was sent to people: a few letters of the office, and the requests that Services sends by itself. No words of
//! them are kept.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use crate::church::Church;
use crate::church::table::{Id, Text};
use crate::random::Random;

const MESSAGE_STREAM: u64 = 23;

/// One letter to many.
pub(crate) struct MessageGroup {
    /// None when a program sent it by itself.
    pub(crate) from: Option<Id>,
    pub(crate) from_address: Text,
    pub(crate) subject: Text,
    /// `People` or `Services`.
    pub(crate) app: &'static str,
    pub(crate) created_at: Timestamp,
}

impl MessageGroup {
    /// What it is about, for programs.
    pub(crate) fn message_type(&self) -> &'static str {
        if self.from.is_some() { "email" } else { "scheduling_request" }
    }
}

/// One of its copies.
pub(crate) struct Message {
    pub(crate) group: Id,
    pub(crate) to: Id,
    pub(crate) to_address: Text,
    pub(crate) sent_at: Timestamp,
    pub(crate) read_at: Option<Timestamp>,
    /// The address did not take it.
    pub(crate) bounced_at: Option<Timestamp>,
}

/// Subject, sent by a person, days ago, recipients.
type Written = (&'static str, bool, i64, usize);

const LETTERS: &[Written] = &[
    ("Newcomers’ lunch on the last Sunday", true, 9, 14),
    ("Harvest: thank you", true, 33, 20),
    ("You are asked to serve", false, 5, 12),
];

impl Church {
    pub(in crate::church) fn add_messages(&mut self) {
        for (number, (subject, by_hand, days_ago, count)) in (0..).zip(LETTERS.iter().copied()) {
            let mut random = Random::new(self.seed, MESSAGE_STREAM, number);
            let created_at = self.moment(self.day(-days_ago), 10, 30);
            let from = by_hand.then_some(self.staff);
            let address = from.and_then(|person| self.primary_email(person));
            let from_address = address.map_or("no-reply@planningcenteronline.com", |address| address);
            let row = MessageGroup {
                from,
                from_address: Cow::Owned(from_address.to_owned()),
                subject: Cow::Borrowed(subject),
                app: if by_hand { "People" } else { "Services" },
                created_at,
            };
            let group = self.message_groups.next_id(8_120_003);
            self.message_groups.push(group, row);
            let adults =
                self.people.iter().filter(|(id, row)| row.active() && !row.child && *id != self.staff);
            let reached = adults.filter_map(|(id, _)| Some((id, self.primary_email(id)?.to_owned())));
            for (to, address) in reached.take(count).collect::<Vec<_>>() {
                let sent_at = created_at + SignedDuration::from_secs(random.between(2, 90));
                let bounced_at = random.chance(4).then_some(sent_at);
                let read = bounced_at.is_none() && random.chance(70);
                let hours = random.between(1, 60);
                let id = self.messages.next_id(96_400_011);
                self.messages.push(
                    id,
                    Message {
                        group,
                        to,
                        to_address: Cow::Owned(address),
                        sent_at,
                        read_at: read.then(|| sent_at + SignedDuration::from_hours(hours)),
                        bounced_at,
                    },
                );
            }
        }
    }

    /// The copies that came to somebody.
    pub(crate) fn messages_to(&self, person: Id) -> Vec<Id> {
        self.messages.iter().filter(|(_, row)| row.to == person).map(|(id, _)| id).collect()
    }

    /// The copies of what somebody sent.
    pub(crate) fn messages_from(&self, person: Id) -> Vec<Id> {
        let sent = |row: &Message| self.message_groups[row.group].from == Some(person);
        self.messages.iter().filter(|(_, row)| sent(row)).map(|(id, _)| id).collect()
    }

    /// The letters that somebody sent.
    pub(crate) fn message_groups_from(&self, person: Id) -> Vec<Id> {
        self.message_groups.iter().filter(|(_, row)| row.from == Some(person)).map(|(id, _)| id).collect()
    }

    /// Takes away what came to somebody, and their name from what they sent.
    pub(super) fn forget_messages(&mut self, person: Id) {
        self.messages.retain(|_, row| row.to != person);
        for (_, row) in self.message_groups.iter_mut().filter(|(_, row)| row.from == Some(person)) {
            row.from = None;
        }
    }
}
