//! Services: files, by name only.

use super::writing::{CREATE_ZOOM, DELETE_ZOOM, PATCH_ZOOM};
use crate::church::Church;
use crate::church::rights::ServicesRight;
use crate::church::services::rows::Attachable;
use crate::church::table::Id;
use crate::jsonapi::query::Query;
use crate::jsonapi::resource::{
    Filter, Order, Resource, attribute, condition, edge_to_many, filter, level, to_many, to_one,
};
use crate::jsonapi::value::Value;
use crate::jsonapi::view::Access;

/// Both take their wish from a parameter of the same name: `filter=extensions&extensions=pdf,mp3`.
pub(super) const ATTACHMENT_FILTERS: &[Filter] = &[
    filter("attachable_type", |church, id, query| {
        wishes(query, "attachable_type").any(|wish| wish == type_of(church.attachments[id].attachable))
    }),
    filter("extensions", |church, id, query| {
        wishes(query, "extensions").any(|wish| wish.trim_start_matches('.') == extension(church, id))
    }),
];

fn wishes<'a>(query: &'a Query, name: &str) -> impl Iterator<Item = &'a str> {
    query.argument(name).unwrap_or_default().split(',').map(str::trim)
}

pub(super) static ATTACHMENT: Resource = Resource {
    attributes: &[
        attribute("allow_mp3_download", |_, _| Value::Flag(true)),
        attribute("attachable_type", |church, id| type_of(church.attachments[id].attachable).into())
            .indexed(),
        attribute("content", |_, _| Value::Null),
        attribute("content_type", |church, id| church.attachments[id].content_type.into()),
        attribute("created_at", |church, id| church.attachments[id].created_at.into()).ordered(),
        attribute("deleted_at", |_, _| Value::Null).ordered(),
        attribute("display_name", |church, id| {
            let name = &church.attachments[id].filename;
            name.rsplit_once('.').map_or(name.as_ref(), |(name, _)| name).to_owned().into()
        }),
        attribute("downloadable", |_, _| Value::Flag(true)),
        attribute("file_size", |church, id| church.attachments[id].file_size.into()),
        attribute("file_upload_identifier", |_, _| Value::Null).on_request(),
        attribute("filename", |church, id| (&church.attachments[id].filename).into()).ordered(),
        attribute("filetype", |church, id| extension(church, id).to_owned().into()).ordered(),
        attribute("has_preview", |church, id| (extension(church, id) == "pdf").into()),
        attribute("import_to_item_details", |_, _| Value::Flag(false)),
        attribute("licenses_purchased", |_, _| Value::Integer(0)).queried(),
        attribute("licenses_remaining", |_, _| Value::Integer(0)),
        attribute("licenses_used", |_, _| Value::Integer(0)),
        attribute("linked_url", |_, _| Value::Null),
        attribute("page_order", |_, _| Value::Null),
        attribute("pco_type", |_, _| "AttachmentS3".into()),
        attribute("remote_link", |_, _| Value::Null),
        attribute("streamable", |church, id| (extension(church, id) == "mp3").into()),
        attribute("thumbnail_url", |_, _| Value::Null),
        attribute("transposable", |_, _| Value::Flag(false)),
        attribute("updated_at", |church, id| church.attachments[id].created_at.into()),
        attribute("url", |_, id| {
            format!("https://services.planningcenteronline.com/attachments/{id}").into()
        }),
        attribute("web_streamable", |church, id| (extension(church, id) == "mp3").into()),
    ],
    levels: &[level(Access::Services(ServicesRight::Editor), &["deleted_at"])],
    relationships: &[
        // Documented as a Plan, but of the type that it hangs on.
        to_one("attachable", "Plan", |church, id| vec![bearer(church.attachments[id].attachable)]),
        to_many("attachment_types", "AttachmentType", |_, _| Vec::new()),
        to_one("created_by", "Person", |church, _| vec![church.planner()]),
        to_one("updated_by", "Person", |church, _| vec![church.planner()]),
        to_one("administrator", "Person", |_, _| Vec::new()),
    ],
    edges: &[edge_to_many("zooms", &ZOOM, |church, id| {
        church.zooms.iter().filter(|(_, row)| row.attachment == id).map(|(zoom, _)| zoom).collect()
    })
    .created(CREATE_ZOOM)],
    includes: &["zooms"],
    orders: &[Order {
        name: "size",
        key: |church, id| church.attachments[id].file_size.into(),
        drops_null: false,
    }],
    conditions: &[condition("administrator_id", |_, _, _| false)],
    ..Resource::new("Attachment", |_, id| format!("/services/v2/attachments/{id}"))
};

/// Documented on any attachable, though only files have them.
static ZOOM: Resource = Resource {
    attributes: &[
        attribute("aspect_ratio", |church, id| Value::Number(church.zooms[id].aspect_ratio)),
        attribute("x_offset", |church, id| Value::Number(church.zooms[id].x_offset)),
        attribute("y_offset", |church, id| Value::Number(church.zooms[id].y_offset)),
        attribute("zoom_level", |church, id| Value::Number(church.zooms[id].zoom_level)),
    ],
    relationships: &[
        to_one("person", "Person", |church, id| vec![church.zooms[id].person]),
        to_one("attachable", "Attachment", |church, id| vec![church.zooms[id].attachment]),
        to_one("attachment", "Attachment", |church, id| vec![church.zooms[id].attachment]),
    ],
    person: |church, id| church.zooms.get(id).map(|row| row.person),
    patch: Some(PATCH_ZOOM),
    delete: Some(DELETE_ZOOM),
    ..Resource::new("Zoom", |church, id| {
        format!("/services/v2/attachments/{}/zooms/{id}", church.zooms[id].attachment)
    })
};

fn type_of(attachable: Attachable) -> &'static str {
    match attachable {
        Attachable::ServiceType(_) => "ServiceType",
        Attachable::Plan(_) => "Plan",
        Attachable::Song(_) => "Song",
        Attachable::Arrangement(_) => "Arrangement",
        Attachable::Key(_) => "Key",
        Attachable::Media(_) => "Media",
    }
}

fn bearer(attachable: Attachable) -> Id {
    match attachable {
        Attachable::ServiceType(id)
        | Attachable::Plan(id)
        | Attachable::Song(id)
        | Attachable::Arrangement(id)
        | Attachable::Key(id)
        | Attachable::Media(id) => id,
    }
}

fn extension(church: &Church, attachment: Id) -> &str {
    church.attachments[attachment].filename.rsplit_once('.').map_or("", |(_, extension)| extension)
}
