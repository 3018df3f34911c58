//! The products, described as data: see `jsonapi::resource` for the words.

pub(crate) mod people;
pub(crate) mod services;
mod services_scheduling;
mod services_songs;

use crate::church::Church;
use crate::church::table::Id;
use crate::jsonapi::resource::{Product, Resource};
use crate::jsonapi::value::Value;

/// Every product served, by the first segment of its paths.
pub(crate) static PRODUCTS: [&Product; 2] = [&people::PRODUCT, &services::PRODUCT];

/// The product of a path segment or scope.
pub(crate) fn product(name: &str) -> Option<&'static Product> {
    PRODUCTS.into_iter().find(|product| product.name == name)
}

/// Every type that can be reached in a product.
pub(crate) fn resources(product: &Product) -> Vec<&'static Resource> {
    let mut found: Vec<&'static Resource> = vec![product.root];
    let mut next = 0;
    while let Some(resource) = found.get(next).copied() {
        next += 1;
        for edge in resource.edges {
            if !found.iter().any(|known| known.type_name == edge.resource.type_name) {
                found.push(edge.resource);
            }
        }
    }
    found
}

/// A value no one should ever ask for; a leak is found by its first letters.
fn canary(name: &str, id: Id) -> Value<'static> {
    Value::from(format!("CNRY-PII-{name}-{id}"))
}

/// The truth about the signed-in person, a canary about anybody else.
fn own(church: &Church, id: Id, name: &str, truth: Value<'static>) -> Value<'static> {
    if id == church.staff { truth } else { canary(name, id) }
}
