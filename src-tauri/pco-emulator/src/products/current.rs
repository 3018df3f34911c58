//! The Current product, version 2018-08-01: who a token belongs to. It asks for no scope and no permission.

use crate::jsonapi::resource::{Product, Resource, attribute, edge_to_one};
use crate::jsonapi::view::Access;

pub(crate) static PRODUCT: Product =
    Product { name: "current", root: &ORGANIZATION, access: Access::Myself, versions: &["2018-08-01"] };

static ORGANIZATION: Resource = Resource {
    attributes: &[
        attribute("name", |church, _| church.name.into()),
        attribute("subdomain", |_, _| "stbrigids".into()),
    ],
    edges: &[edge_to_one("me", &PERSON, |view, _| vec![view.viewer.person]).followed_by(Access::Everybody)],
    ..Resource::new("Organization", |_, _| "/current/v2".to_owned())
};

static PERSON: Resource = Resource {
    person: |_, id| Some(id),
    attributes: &[
        attribute("email", |church, id| church.primary_email(id).into()),
        attribute("first_name", |church, id| (&*church.people[id].first_name).into()),
        attribute("last_name", |church, id| (&*church.people[id].last_name).into()),
    ],
    edges: &[edge_to_one("organization", &ORGANIZATION, |church, _| vec![church.organization_id])
        .followed_by(Access::Everybody)],
    includes: &["organization"],
    ..Resource::new("Person", |_, _| "/current/v2/me".to_owned())
};
