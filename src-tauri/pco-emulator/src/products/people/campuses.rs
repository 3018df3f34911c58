//! `Campus` and `ServiceTime`.

use super::lists::LIST;
use crate::church::TIME_ZONE;
use crate::jsonapi::resource::{Order, Resource, attribute, edge_to_many, id_condition, to_one};
use crate::jsonapi::value::Value;

pub(super) static CAMPUS: Resource = Resource {
    attributes: &[
        attribute("avatar_url", |_, _| Value::Null),
        attribute("church_center_enabled", |_, _| Value::Flag(true)),
        attribute("city", |church, id| church.campuses[id].city.into()),
        attribute("contact_email_address", |_, _| "office@stbrigids.example.org".into()),
        attribute("country", |_, _| "US".into()),
        attribute("created_at", |church, id| church.campuses[id].created_at.into()).indexed(),
        attribute("date_format", |_, _| Value::Null),
        attribute("description", |_, _| Value::Null),
        attribute("geolocation_set_manually", |_, _| Value::Flag(false)),
        // Documented as numbers, sent as text.
        attribute("latitude", |_, _| "40.9".into()),
        attribute("longitude", |_, _| "-72.3".into()),
        attribute("name", |church, id| (&church.campuses[id].name).into()).ordered(),
        attribute("phone_number", |_, _| "(555) 010-0100".into()),
        attribute("state", |_, _| "NY".into()),
        attribute("street", |church, id| (&church.campuses[id].street).into()),
        attribute("time_zone", |_, _| TIME_ZONE.into()).since("2019-01-14"),
        attribute("time_zone_raw", |_, _| TIME_ZONE.into()).on_request(),
        attribute("twenty_four_hour_time", |_, _| Value::Null),
        attribute("updated_at", |church, id| church.campuses[id].created_at.into()).indexed(),
        attribute("website", |_, _| "https://stbrigids.example.org".into()),
        attribute("zip", |church, id| church.campuses[id].zip.into()),
    ],
    relationships: &[to_one("organization", "Organization", |church, _| vec![church.organization_id])],
    edges: &[
        edge_to_many("lists", &LIST, |church, id| {
            church.lists.iter().filter(|(_, row)| row.campus == Some(id)).map(|(list, _)| list).collect()
        }),
        edge_to_many("service_times", &SERVICE_TIME, |church, id| {
            church.service_times.ids_owned_by(id, |row| row.campus)
        }),
    ],
    includes: &["lists", "service_times"],
    conditions: &[id_condition()],
    ..Resource::new("Campus", |_, id| format!("/people/v2/campuses/{id}"))
};

static SERVICE_TIME: Resource = Resource {
    attributes: &[
        attribute("day", |church, id| church.service_times[id].day.into()),
        attribute("description", |church, id| church.service_times[id].description.into()),
        attribute("start_time", |church, id| church.service_times[id].start_time.into()),
    ],
    relationships: &[
        to_one("organization", "Organization", |church, _| vec![church.organization_id]),
        to_one("campus", "Campus", |church, id| vec![church.service_times[id].campus]),
    ],
    orders: &[Order {
        name: "time",
        key: |church, id| church.service_times[id].start_time.into(),
        drops_null: false,
    }],
    ..Resource::new("ServiceTime", |church, id| {
        let campus = church.service_times[id].campus;
        format!("/people/v2/campuses/{campus}/service_times/{id}")
    })
};
