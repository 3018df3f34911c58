//! Those who have come since.

use super::{HOME, MOBILE, WORK};
use crate::church::families::{Family, family, man, woman};
use crate::church::rights::{PeopleRight, ServicesRight};

pub(super) const FAMILIES: &[Family] = &[
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
