//! The families of St. Brigid’s, by hand. Nobody here exists.

mod newer;
mod old_hands;

use super::families::Family;

const MOBILE: &str = "Mobile";
const HOME: &str = "Home";
const WORK: &str = "Work";

/// Every family, in the order in which the church entered them.
pub(super) fn families() -> impl Iterator<Item = &'static Family> {
    old_hands::FAMILIES.iter().chain(newer::FAMILIES)
}
