//! Those who were there when the church began to keep its records: most of its staff come from them.

use super::{HOME, MOBILE, WORK};
use crate::church::families::{Family, family, man, woman};
use crate::church::rights::{PeopleRight, ServicesRight};

pub(super) const FAMILIES: &[Family] = &[
    family(
        "Adeyemi Household",
        12,
        "Alder Street",
        &[
            woman("Ruth", "Adeyemi", 44)
                .administrator()
                .phones(&[(100_101, MOBILE), (100_102, WORK)])
                .serves(&["Host", "Greeter"]),
            man("Tunde", "Adeyemi", 47)
                .born("Babatunde")
                .serves(&["Bass", "Front of House"])
                .granted(PeopleRight::None, ServicesRight::Editor),
            woman("Simisola", "Adeyemi", 15).called("Simi").serves(&["Vocals"]),
            man("Kayode", "Adeyemi", 11),
        ],
    ),
    family(
        "Kim Household",
        27,
        "Orchard Lane",
        &[
            man("Daniel", "Kim", 36).phones(&[(100_199, MOBILE)]).serves(&["Drums"]).steady(),
            woman("Ji-woo", "Kim", 34).phones(&[(100_199, MOBILE)]).serves(&["Keys"]),
            woman("Hana", "Kim", 6),
            man("Seo-jun", "Kim", 3),
        ],
    ),
    family(
        "O’Connor Household",
        3,
        "Mill Road",
        &[
            man("Patrick", "O’Connor", 61)
                .called("Paddy")
                .serves(&["Parking", "Usher"])
                .phones(&[(100_110, HOME), (100_111, MOBILE)]),
            woman("Bríd", "O’Connor", 59).mail("brid.oconnor").serves(&["Coffee", "Prayer Minister"]),
        ],
    ),
    family(
        "Hernández-Ruiz Household",
        88,
        "Chapel Hill",
        &[
            man("José", "Hernández", 42)
                .mail("jose.hernandez")
                .serves(&["Acoustic Guitar", "Worship Leader"])
                .granted(PeopleRight::Viewer, ServicesRight::Administrator),
            woman("Lucía", "Ruiz", 40)
                .mail("lucia.ruiz")
                .serves(&["Grades K–2"])
                .granted(PeopleRight::Editor, ServicesRight::Scheduler),
            woman("Inés", "Hernández Ruiz", 13).mail("ines.hr"),
            man("Mateo", "Hernández Ruiz", 9),
            man("Tomás", "Hernández Ruiz", 5),
        ],
    ),
    family(
        "陳 Household",
        41,
        "Station Road",
        &[
            man("偉明", "陳", 52).called("Wai-ming").mail("waiming.chan").serves(&["Slides"]),
            woman("美玲", "陳", 50).called("Mei-ling").mail("meiling.chan").serves(&["Greeter"]),
            woman("Grace", "陳", 19).mail("grace.chan").serves(&["Camera"]),
        ],
    ),
    family(
        "Haddad Household",
        9,
        "Cedar Close",
        &[
            man("يوسف", "حداد", 39).mail("youssef.haddad").serves(&["Livestream"]),
            woman("مريم", "حداد", 37).mail("mariam.haddad").serves(&["Nursery"]),
            woman("Layla", "Haddad", 8),
            man("Elias", "Haddad", 4),
        ],
    ),
    family(
        "Thompson Household",
        130,
        "River Street",
        &[
            woman("Grace", "Thompson", 67)
                .middle("Eleanor")
                .phones(&[(100_120, HOME)])
                .serves(&["Prayer Minister"]),
            man("Walter", "Thompson", 71).suffix("Sr.").without_phone(),
        ],
    ),
    family(
        "Thompson-Price Household",
        14,
        "Quarry Lane",
        &[
            woman("Grace", "Thompson", 29).middle("Naomi").serves(&["Vocals", "Worship Leader"]),
            man("Aaron", "Price", 31).serves(&["Electric Guitar"]),
        ],
    ),
    family(
        "Nguyễn Household",
        52,
        "Market Street",
        &[
            man("Minh", "Nguyễn", 45).mail("minh.nguyen").serves(&["Lighting"]),
            woman("Thảo", "Nguyễn", 43).mail("thao.nguyen").serves(&["Grades 3–5"]),
            man("Bảo", "Nguyễn", 17).mail("bao.nguyen").serves(&["Slides"]),
            woman("Linh", "Nguyễn", 14),
            woman("An", "Nguyễn", 10),
        ],
    ),
    family(
        "Kowalski Household",
        6,
        "Priory Gardens",
        &[
            man("Łukasz", "Kowalski", 38).mail("lukasz.kowalski").serves(&["Front of House"]),
            woman("Małgorzata", "Kowalska", 36).called("Gosia").mail("gosia.kowalska").serves(&["Toddlers"]),
            woman("Zofia", "Kowalska", 7),
            man("Jan", "Kowalski", 2),
        ],
    ),
    family(
        "Okafor Household",
        75,
        "Alder Street",
        &[
            woman("Chidinma", "Okafor", 33).called("Chi-Chi").serves(&["Vocals"]),
            man("Emeka", "Okafor", 35).serves(&["Greeter", "Usher"]),
            man("Obinna", "Okafor", 1),
        ],
    ),
    family(
        "Svensson Household",
        18,
        "Harbour View",
        &[
            woman("Åsa", "Svensson", 48)
                .mail("asa.svensson")
                .serves(&["Keys", "Worship Leader"])
                .granted(PeopleRight::None, ServicesRight::Editor),
            man("Björn", "Svensson", 50).mail("bjorn.svensson").serves(&["Bass"]),
            man("Nils", "Svensson", 16).serves(&["Drums"]),
        ],
    ),
    family(
        "D’Souza Household",
        33,
        "Fern Avenue",
        &[
            woman("Maria", "D’Souza", 55)
                .serves(&["Coffee"])
                .granted(PeopleRight::Viewer, ServicesRight::ScheduledViewer),
            man("Anthony", "D’Souza", 57).called("Tony").serves(&["Parking"]),
            woman("Priya", "D’Souza", 24).serves(&["Camera", "Livestream"]),
        ],
    ),
    family(
        "Kaʻahumanu Household",
        5,
        "Harbour View",
        &[
            woman("Leilani", "Kaʻahumanu", 30).mail("leilani.k").serves(&["Acoustic Guitar"]),
            man("Keoni", "Kaʻahumanu", 32).mail("keoni.k").serves(&["Electric Guitar"]),
        ],
    ),
    family(
        "Müller-Brandt Household",
        21,
        "Quarry Lane",
        &[
            man("Jürgen", "Müller", 64)
                .mail("juergen.mueller")
                .phones(&[(100_130, HOME), (100_131, MOBILE), (100_132, WORK)])
                .serves(&["Usher"]),
            woman("Heike", "Brandt", 62)
                .prefix("Rev.")
                .serves(&["Prayer Minister", "Host"])
                .granted(PeopleRight::Manager, ServicesRight::Viewer),
        ],
    ),
];
