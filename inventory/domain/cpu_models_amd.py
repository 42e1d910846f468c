"""Launch years by CPUID family and model: AMD and the makers that share its designs or came from Centaur (see cpu_rows).

Numbers as systems show them: decimal, the extended family added, the extended model in front (0x6B is 107).
"""

from __future__ import annotations

from inventory.domain.cpu_rows import ModelRule

AMD: tuple[ModelRule, ...] = (
    ModelRule(5, (0, 1, 2, 3), "K5", 1996, 1997),
    ModelRule(5, (6, 7), "K6", 1997, 1998),
    ModelRule(5, (8,), "K6-2", 1998, 2000),
    ModelRule(5, (9, 13), "K6-III", 1999, 2000),
    ModelRule(5, (5, 10), "Geode LX", 2005, 2007),
    ModelRule(6, (1, 2), "Athlon (Argon, Pluto)", 1999, 2000),
    ModelRule(6, (3,), "Duron (Spitfire)", 2000, 2001),
    ModelRule(6, (4,), "Athlon (Thunderbird)", 2000, 2001),
    ModelRule(6, (6, 7), "Athlon XP (Palomino), Duron (Morgan)", 2001, 2002),
    ModelRule(6, (8,), "Athlon XP (Thoroughbred)", 2002, 2004),
    ModelRule(6, (10,), "Athlon XP (Barton)", 2003, 2004),
    # K8 by revision of the design
    ModelRule(15, (4, 5, 7, 8, 11, 12, 14, 15), "K8 (revisions B, C)", 2003, 2004),
    ModelRule(15, (20, 21, 23, 24, 27, 28, 31), "K8 (revision D)", 2004, 2005),
    ModelRule(15, (33, 35, 36, 37, 39, 43, 44, 47), "K8 (revision E)", 2005, 2006),
    ModelRule(15, (65, 67, 72, 75, 76, 79, 93, 95), "K8 (revision F)", 2006, 2007),
    ModelRule(15, (104, 107, 108, 111, 124, 127), "K8 (revision G)", 2006, 2009),
    ModelRule(15, (193,), "Athlon 64 FX (Windsor)", 2006, 2006),
    # K10 and its relatives
    ModelRule(16, (2,), "Barcelona, Agena (B2)", 2007, 2007, (0, 1, 2, 10)),
    ModelRule(16, (2,), "Barcelona, Agena (B3)", 2008, 2009, (3,)),
    ModelRule(16, (4,), "Shanghai, Deneb (C2)", 2008, 2009, (0, 1, 2)),
    ModelRule(16, (4,), "Deneb (C3)", 2009, 2011, (3,)),
    ModelRule(16, (5, 6), "Propus, Regor, Caspian (C2)", 2009, 2009, (0, 1, 2)),
    ModelRule(16, (5, 6), "Propus, Regor, Champlain (C3)", 2010, 2011, (3,)),
    ModelRule(16, (8,), "Istanbul", 2009, 2009, (0,)),
    ModelRule(16, (8,), "Lisbon", 2010, 2011, (1,)),
    ModelRule(16, (9,), "Magny-Cours", 2010, 2011),
    ModelRule(16, (10,), "Thuban", 2010, 2011),
    ModelRule(17, (), "Turion X2 Ultra (Griffin)", 2008, 2009),
    ModelRule(18, (), "Llano", 2011, 2012),
    ModelRule(20, (1,), "Ontario, Zacate (B0)", 2011, 2011),
    ModelRule(20, (2,), "Ontario, Zacate (C0)", 2011, 2013),
    ModelRule(21, (0, 1), "Bulldozer", 2011, 2012),
    ModelRule(21, (2,), "Piledriver", 2012, 2014),
    ModelRule(21, (16,), "Trinity", 2012, 2013),
    ModelRule(21, (19,), "Richland", 2013, 2014),
    ModelRule(21, (48,), "Kaveri", 2014, 2014),
    ModelRule(21, (56,), "Godavari", 2015, 2018),
    ModelRule(21, (96, 97), "Carrizo", 2015, 2016),
    ModelRule(21, (101,), "Bristol Ridge", 2016, 2017),
    ModelRule(21, (112,), "Stoney Ridge", 2016, 2019),
    ModelRule(22, (0,), "Kabini, Temash", 2013, 2014),
    ModelRule(22, (38,), "Cato", 2019, 2020),
    ModelRule(22, (48,), "Beema, Mullins, Carrizo-L", 2014, 2015),
    # Zen
    ModelRule(23, (0, 1), "Summit Ridge, Naples", 2017, 2018),
    ModelRule(23, (8,), "Pinnacle Ridge", 2018, 2019),
    ModelRule(23, (17,), "Raven Ridge", 2017, 2018),
    ModelRule(23, (24,), "Picasso", 2019, 2020),
    ModelRule(23, (32,), "Dali, Banded Kestrel", 2019, 2021),
    ModelRule(23, (48, 49), "Rome, Castle Peak", 2019, 2020),
    ModelRule(23, (71,), "4700S", 2021, 2021),
    ModelRule(23, (80,), "Fenghuang", 2018, 2018),
    ModelRule(23, (96,), "Renoir", 2020, 2020),
    ModelRule(23, (104,), "Lucienne", 2021, 2021),
    ModelRule(23, (113,), "Matisse", 2019, 2020),
    ModelRule(23, (132,), "4800S", 2022, 2022),
    ModelRule(23, (144, 145, 152), "Van Gogh", 2022, 2023),
    ModelRule(23, (160,), "Mendocino", 2022, 2023),
    ModelRule(25, (0, 1), "Milan", 2021, 2021, (0, 1)),
    ModelRule(25, (1,), "Milan-X", 2022, 2022, (2,)),
    ModelRule(25, (8,), "Chagall", 2022, 2022),
    ModelRule(25, (16, 17), "Genoa", 2022, 2023, (0, 1)),
    ModelRule(25, (17,), "Genoa-X", 2023, 2023, (2,)),
    ModelRule(25, (24,), "Storm Peak", 2023, 2023),
    ModelRule(25, (32, 33), "Vermeer", 2020, 2021, (0,)),
    ModelRule(25, (33,), "Vermeer (B2)", 2021, 2024, (2,)),
    ModelRule(25, (64, 68), "Rembrandt", 2022, 2024),
    ModelRule(25, (80,), "Cezanne", 2021, 2021, (0,)),
    ModelRule(25, (80,), "Barcelo", 2022, 2023, (1,)),
    ModelRule(25, (96, 97), "Raphael, Dragon Range", 2022, 2023),
    ModelRule(25, (112, 116), "Phoenix", 2023, 2023),
    ModelRule(25, (117, 120, 124), "Hawk Point, Phoenix 2", 2023, 2024),
    ModelRule(25, (160,), "Bergamo, Siena", 2023, 2023),
    ModelRule(26, (0, 1, 2, 16, 17), "Turin", 2024, 2024),
    ModelRule(26, (8,), "Shimada Peak", 2025, 2025),
    ModelRule(26, (32, 36), "Strix Point", 2024, 2024),
    ModelRule(26, (68,), "Granite Ridge, Fire Range", 2024, 2025),
    ModelRule(26, (96, 104), "Krackan Point", 2025, 2025),
    ModelRule(26, (112,), "Strix Halo", 2025, 2025),
)

HYGON_MODELS: tuple[ModelRule, ...] = (
    ModelRule(24, (0,), "Dhyana", 2018, 2019),
    ModelRule(24, (1, 2), "Dhyana 2", 2020, 2021),
    ModelRule(24, (4, 5), "C86-3G", 2022, 2023),
)

_ZX: tuple[ModelRule, ...] = (
    ModelRule(6, (25,), "ZX-C", 2015, 2016),
    ModelRule(7, (27,), "KX-5000", 2018, 2018),
    ModelRule(7, (59,), "KX-6000", 2019, 2020),
    ModelRule(7, (91,), "KX-7000, KH-40000", 2022, 2023),
)

CENTAUR: tuple[ModelRule, ...] = (
    ModelRule(5, (4, 8, 9), "WinChip", 1997, 1999),
    ModelRule(6, (6,), "C3 (Samuel)", 2000, 2001),
    ModelRule(6, (7,), "C3 (Samuel 2, Ezra)", 2001, 2002),
    ModelRule(6, (8,), "C3 (Ezra-T)", 2002, 2003),
    ModelRule(6, (9,), "C3 (Nehemiah)", 2003, 2005),
    ModelRule(6, (10, 13), "C7", 2005, 2008),
    ModelRule(6, (15,), "Nano", 2008, 2012),
    *_ZX,
)

# Windows and Linux pass Zhaoxin's name on with its blanks, some tools without
VENDORS: dict[str, tuple[ModelRule, ...]] = {
    "AuthenticAMD": AMD,
    "HygonGenuine": HYGON_MODELS,
    "CentaurHauls": CENTAUR,
    "  Shanghai  ": _ZX,
    "Shanghai": _ZX,
}
