//! The products, described as data: see `jsonapi::resource` for the words.

mod current;
pub(crate) mod people;
pub(crate) mod services;

use crate::jsonapi::resource::{Product, Resource};

/// Every product served, by the first segment of its paths.
pub(crate) static PRODUCTS: [&Product; 3] = [&people::PRODUCT, &services::PRODUCT, &current::PRODUCT];

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

#[cfg(test)]
mod tests {
    use super::{PRODUCTS, resources};

    #[test]
    fn what_a_level_hides_is_an_attribute() {
        for resource in PRODUCTS.into_iter().flat_map(resources) {
            for name in resource.levels.iter().flat_map(|level| level.attributes) {
                assert!(resource.attribute(name).is_some(), "{} has no {name}", resource.type_name);
            }
        }
    }

    #[test]
    fn what_can_be_included_is_an_edge() {
        for resource in PRODUCTS.into_iter().flat_map(resources) {
            for name in resource.includes {
                assert!(resource.edge(name).is_some(), "{} has no {name}", resource.type_name);
            }
        }
    }
}
