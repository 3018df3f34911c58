//! The families of St. Brigid’s, by hand. Nobody here exists.

use super::families::{Family, family, man, woman};
use super::rights::{PeopleRight, ServicesRight};

const MOBILE: &str = "Mobile";
const HOME: &str = "Home";
const WORK: &str = "Work";

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
    family(
        "Abebe Household",
        60,
        "River Street",
        &[
            man("Dawit", "Abebe", 41).prefix("Dr.").serves(&["Front of House"]),
            woman("Selamawit", "Abebe", 38).called("Selam").serves(&["Greeter"]),
            woman("Meron", "Abebe", 12),
            man("Yonas", "Abebe", 8),
            woman("Bethlehem", "Abebe", 5),
        ],
    ),
    family(
        "Tanaka Household",
        47,
        "Mill Road",
        &[
            man("健太", "田中", 34).called("Kenta").mail("kenta.tanaka").serves(&["Keys"]),
            woman("Emily", "Tanaka", 33).serves(&["Nursery"]),
            man("Noah", "Tanaka", 4),
        ],
    ),
    family("Bianchi Household", 11, "Fern Avenue", &[woman("Giulia", "Bianchi", 27).serves(&["Lighting"])]),
    family(
        "Petrov Household",
        92,
        "Station Road",
        &[
            man("Алексей", "Петров", 46).mail("alexei.petrov").serves(&["Parking"]),
            woman("Ольга", "Петрова", 44).mail("olga.petrova").serves(&["Grades 3–5"]),
            woman("Anya", "Petrova", 15),
        ],
    ),
    family(
        "Whitfield Household",
        2,
        "Chapel Hill",
        &[woman("Margaret", "Whitfield", 83).called("Peggy").without_phone().year_unknown()],
    ),
    family(
        "Cohen-Levi Household",
        29,
        "Priory Gardens",
        &[
            man("אברהם", "כהן", 58).mail("avi.cohen").serves(&["Bass"]),
            woman("Miriam", "Levi", 56).serves(&["Prayer Minister"]),
        ],
    ),
    family(
        "Silva Household",
        36,
        "Market Street",
        &[
            woman("Beatriz", "Silva", 39).called("Bia").serves(&["Toddlers"]),
            man("João", "Silva", 40).mail("joao.silva").serves(&["Camera"]),
            man("Caio", "Silva", 10),
            woman("Júlia", "Silva", 7),
        ],
    ),
    family(
        "Mbeki Household",
        15,
        "Cedar Close",
        &[
            woman("Nomvula", "Mbeki", 51).serves(&["Worship Leader"]),
            man("Sipho", "Mbeki", 53).serves(&["Usher"]),
            woman("Thandi", "Mbeki", 18).serves(&["Vocals"]),
        ],
    ),
    family(
        "Fraser Household",
        70,
        "Harbour View",
        &[
            man("Iain", "Fraser", 73).phones(&[(100_140, HOME)]).year_unknown(),
            woman("Morag", "Fraser", 70).phones(&[(100_140, HOME)]).serves(&["Coffee"]),
        ],
    ),
    family(
        "Reyes Household",
        44,
        "Orchard Lane",
        &[
            woman("Luz", "Reyes", 35).born("Maria Luz").serves(&["Grades K–2"]),
            man("Benjie", "Reyes", 37).born("Benjamin").serves(&["Drums"]),
            man("Gabriel", "Reyes", 12).called("Gabe"),
            woman("Althea", "Reyes", 9),
            woman("Joy", "Reyes", 1),
        ],
    ),
    family(
        "Jensen Household",
        8,
        "Alder Street",
        &[
            woman("Freja", "Jensen", 26).serves(&["Slides"]),
            man("Søren", "Jensen", 28).mail("soren.jensen").serves(&["Lighting"]),
        ],
    ),
    family(
        "Patel Household",
        55,
        "Station Road",
        &[
            man("Rohan", "Patel", 43).serves(&["Livestream"]),
            woman("Anjali", "Patel", 41).serves(&["Greeter", "Nursery"]),
            woman("Kavya", "Patel", 14),
            man("Arjun", "Patel", 11),
        ],
    ),
    family(
        "MacDonald-Yilmaz Household",
        19,
        "Mill Road",
        &[
            woman("Catriona", "MacDonald", 32).typed_phone("+44 20 7946 0958", MOBILE).serves(&["Vocals"]),
            man("Emre", "Yılmaz", 34).mail("emre.yilmaz").serves(&["Acoustic Guitar"]),
            woman("Defne", "Yılmaz", 2),
        ],
    ),
    family(
        "van der Berg Household",
        66,
        "Quarry Lane",
        &[
            man("Pieter", "van der Berg", 49)
                .serves(&["Parking", "Host"])
                .granted(PeopleRight::Viewer, ServicesRight::None),
            woman("Anneke", "van der Berg", 47).serves(&["Coffee"]),
            man("Lars", "van der Berg", 17),
            woman("Sanne", "van der Berg", 13),
        ],
    ),
    family(
        "Delacroix Household",
        23,
        "Chapel Hill",
        &[
            woman("Élodie", "Delacroix", 31).mail("elodie.delacroix").serves(&["Toddlers"]),
            man("Rémi", "Delacroix", 33).mail("remi.delacroix"),
            woman("Chloé", "Delacroix", 3),
        ],
    ),
    family(
        "Carter Household",
        101,
        "River Street",
        &[
            man("Isaiah", "Carter", 54)
                .called("Ike")
                .phones(&[(100_150, MOBILE), (100_151, WORK)])
                .serves(&["Prayer Minister"]),
            woman("Denise", "Carter", 52).serves(&["Grades K–2"]),
            man("Malik", "Carter", 20).serves(&["Bass"]),
        ],
    ),
    family(
        "Lindqvist Household",
        37,
        "Fern Avenue",
        &[
            woman("Ebba", "Lindqvist", 78).called("Farmor").without_phone(),
            woman("Karin", "Lindqvist", 45).inactive("Moved away"),
        ],
    ),
    family(
        "Rossi-Nakamura Household",
        4,
        "Market Street",
        &[
            man("Luca", "Rossi", 36),
            woman("Yuki", "Nakamura", 35).serves(&["Keys"]),
            man("Leo", "Nakamura Rossi", 6),
            woman("Mia", "Nakamura Rossi", 4),
        ],
    ),
    family(
        "Begum Household",
        17,
        "Priory Gardens",
        &[woman("Nasima", "Begum", 29).without_phone(), woman("Ayesha", "Begum", 5)],
    ),
    family(
        "Osei Household",
        83,
        "Orchard Lane",
        &[
            man("Kwame", "Osei", 48).serves(&["Greeter"]),
            woman("Abena", "Osei", 46).serves(&["Prayer Minister"]),
            woman("Akosua", "Osei", 21).serves(&["Slides"]),
            man("Kofi", "Osei", 16),
        ],
    ),
    family(
        "Walsh Household",
        26,
        "Cedar Close",
        &[man("Declan", "Walsh", 25).typed_phone("555.010.0170", MOBILE).serves(&["Electric Guitar"])],
    ),
    family(
        "Goldberg Household",
        39,
        "Alder Street",
        &[
            woman("Hannah", "Goldberg", 30).serves(&["Grades 3–5"]),
            man("Ethan", "Goldberg", 32),
            woman("Ruthie", "Goldberg", 3),
        ],
    ),
    family(
        "Moreau Household",
        13,
        "Station Road",
        &[man("Étienne", "Moreau", 59).mail("etienne.moreau").inactive("Attends another church")],
    ),
    family(
        "Williams Household",
        58,
        "Chapel Hill",
        &[
            woman("Tamika", "Williams", 38).serves(&["Vocals", "Host"]),
            man("Jordan", "Williams", 14),
            man("Micah", "Williams", 12),
            woman("Zoe", "Williams", 8),
        ],
    ),
    family(
        "Ivanova Household",
        7,
        "Harbour View",
        &[woman("Svetlana", "Ivanova", 66).called("Lana").phones(&[(100_160, HOME)])],
    ),
    family(
        "Castillo Household",
        49,
        "Mill Road",
        &[
            man("Andrés", "Castillo", 30).mail("andres.castillo").serves(&["Camera"]),
            woman("Paloma", "Castillo", 28).serves(&["Nursery"]),
            man("Nico", "Castillo", 0),
        ],
    ),
    family(
        "Bell Household",
        72,
        "Quarry Lane",
        &[woman("Joanna", "Bell", 50).called("Jo").serves(&["Coffee", "Usher"]), man("Sam", "Bell", 19)],
    ),
];
