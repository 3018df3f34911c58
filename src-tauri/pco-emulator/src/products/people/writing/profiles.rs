//! Where else people are found: what editors write of it. A person's record does not move with it.

use std::borrow::Cow;

use super::EDITOR;
use crate::church::people::rows::SocialProfile;
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::write::{Create, Delete, Patch, Problem, Refusal};

const ASSIGNABLE: &[&str] = &["site", "url", "verified"];

pub(in super::super) const CREATE_PROFILE: Create = Create {
    access: EDITOR,
    assignable: ASSIGNABLE,
    make: |writer, person, payload| {
        let now = writer.now();
        let profile = SocialProfile {
            person,
            site: Cow::Owned(payload.required_text("site")?),
            url: Cow::Owned(payload.required_text("url")?),
            verified: payload.flag("verified")?.value().unwrap_or(false),
            created_at: now,
            updated_at: now,
        };
        Ok(writer.social_profiles.add(profile))
    },
};

pub(in super::super) const PATCH_PROFILE: Patch = Patch {
    access: EDITOR,
    assignable: ASSIGNABLE,
    change: |writer, id, payload| {
        let (site, url) = (given(payload, "site")?, given(payload, "url")?);
        let (verified, now) = (payload.flag("verified")?.value(), writer.now());
        let row = writer.social_profiles.get_mut(id).ok_or(Refusal::NotFound)?;
        row.site = site.map_or_else(|| row.site.clone(), Cow::Owned);
        row.url = url.map_or_else(|| row.url.clone(), Cow::Owned);
        row.verified = verified.unwrap_or(row.verified);
        row.updated_at = now;
        Ok(())
    },
};

pub(in super::super) const DELETE_PROFILE: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| writer.social_profiles.remove(id).map(|_| ()).ok_or(Refusal::NotFound),
};

/// A text that the body gives, which then must not be blank.
fn given(payload: &Payload, name: &'static str) -> Result<Option<String>, Problem> {
    match payload.text(name)? {
        Given::Nothing => Ok(None),
        _ => payload.required_text(name).map(Some),
    }
}
