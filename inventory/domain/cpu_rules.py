"""Launch years of processors, as tables: brand patterns by family, then CPUID family and model.

The first year of a span is the year in which the first model that the pattern covers came out, the last year that of
the last one. Patterns are matched against the normalised name (cpu_years.normalise): lower case, without trade marks,
clock, "cpu" and "processor". The first pattern that matches decides, so special models stand before their family.
Years are those of the makers' launch dates as generally published; a model within a generation may differ by a few
months. To add a processor, add a row.
"""

from __future__ import annotations

from typing import NamedTuple


class BrandRule(NamedTuple):
    pattern: str  # matched at the beginning of a word
    first: int
    last: int


class ModelRule(NamedTuple):
    """CPUID numbers as the system shows them (decimal, family with its extension)."""
    family: int
    models: tuple[int, ...]  # empty: every model of the family
    name: str
    first: int
    last: int
    steppings: tuple[int, ...] = ()  # empty: every stepping


_I = r"core i[3579]-?"

INTEL_CORE: tuple[BrandRule, ...] = (
    BrandRule(r"core ultra [3579] 3\d\d", 2026, 2026),
    BrandRule(r"core ultra [579] 2\d\d", 2024, 2025),
    BrandRule(r"core ultra [3579] 2\d\d", 2025, 2025),
    BrandRule(r"core ultra [579] 1\d\d", 2023, 2024),
    BrandRule(r"core [357] [12]\d\d[a-z]", 2024, 2025),
    # High-end desktop models carry the next generation's number
    BrandRule(r"core i7-?(3820|39[36]0|3970)[kx]?", 2011, 2012),
    BrandRule(r"core i7-?(4820k|49[36]0[kx])", 2013, 2013),
    BrandRule(r"core i7-?(5820k|5930k|5960x)", 2014, 2014),
    BrandRule(r"core i7-?(68[05]0k|6900k|6950x)", 2016, 2016),
    BrandRule(r"core i[579]-?(7640x|7740x|78[02]0x|79\d0xe?)", 2017, 2017),
    BrandRule(r"core i[79]-?(9800x|98[2]0x|99[046-8]0xe?)", 2018, 2018),
    BrandRule(r"core i9-?109[024-8]0xe?", 2019, 2019),
    BrandRule(_I + r"14\d{3}", 2023, 2024),
    BrandRule(_I + r"13\d{2,3}", 2022, 2023),
    BrandRule(_I + r"12\d{2,3}", 2021, 2022),
    BrandRule(_I + r"11\d{2}g\d", 2020, 2021),  # Tiger Lake notebooks
    BrandRule(_I + r"11\d{3}", 2021, 2021),
    BrandRule(_I + r"10\d{2}(g\d|ng\d)", 2019, 2020),  # Ice Lake notebooks
    BrandRule(_I + r"101[013]5|" + _I + r"10[13]05t?f?\b", 2021, 2021),  # the 2021 refresh of Comet Lake
    BrandRule(_I + r"10\d{3}[uy]", 2019, 2020),
    BrandRule(_I + r"10\d{3}", 2020, 2021),
    BrandRule(_I + r"9\d{3}", 2018, 2019),
    BrandRule(_I + r"8[12]\d{2}u\b|core i7-?8550u|core i7-?8650u|core i5-?8[23]50u", 2017, 2018),
    BrandRule(_I + r"8\d{3}", 2017, 2018),
    BrandRule(_I + r"7\d{3}[uy]", 2016, 2017),
    BrandRule(_I + r"7\d{3}", 2017, 2017),
    BrandRule(_I + r"6\d{3}", 2015, 2016),
    BrandRule(_I + r"5\d{3}[a-z]?", 2015, 2015),
    BrandRule(_I + r"4(160|170|360|370|150|350|460|590|690|790|278|308|258|27|308|570r)", 2013, 2015),
    BrandRule(_I + r"4\d{3}", 2013, 2014),
    BrandRule(_I + r"3\d{3}", 2012, 2013),
    BrandRule(_I + r"2\d{3}", 2011, 2012),
    # The first generation writes "i5 650", "i3 M 380", "i7 Q 720", "i7-620M"
    BrandRule(r"core i7[- ]?x? ?9[2-9]0(x|xm)?\b", 2008, 2011),
    BrandRule(r"core i[357][- ]?[mule]* ?[3-6]\d\d[mule]*\b", 2010, 2011),
    BrandRule(r"core i[57][- ]?q?m? ?[78]\d\d(s|k|qm)?\b", 2009, 2010),
    BrandRule(r"core m[357]?-?[67]y\d\d", 2015, 2016),
    BrandRule(r"core m-?5y\d\d", 2014, 2015),
    BrandRule(r"core ?2 (extreme|quad) q?x?6\d{3}", 2006, 2007),
    BrandRule(r"core ?2 (quad|extreme) q?x?[89]\d{3}", 2008, 2009),
    BrandRule(r"core ?2 duo e4\d{3}", 2007, 2008),
    BrandRule(r"core ?2 duo e6\d{3}|core ?2 6\d{3}", 2006, 2007),
    BrandRule(r"core ?2 duo e[78]\d{3}", 2008, 2009),
    BrandRule(r"core ?2 duo (t[57]\d{3}|l7\d{3}|u7\d{3})", 2006, 2008),
    BrandRule(r"core ?2 (duo|solo|extreme) (p[789]\d{3}|t[689]\d{3}|s[lpu]\d{4}|su\d{4}|x9\d{3})", 2008, 2009),
    BrandRule(r"core ?2", 2006, 2009),
    BrandRule(r"core (duo|solo)|genuine intel [tul]\d{4}", 2006, 2006),
)

INTEL_PENTIUM: tuple[BrandRule, ...] = (
    BrandRule(r"pentium (gold )?g74\d\d", 2022, 2022),
    BrandRule(r"pentium (gold )?g6[456]05", 2021, 2021),
    BrandRule(r"pentium (gold )?g6[456]00", 2020, 2020),
    BrandRule(r"pentium (gold )?g5[4-6]\d\d", 2018, 2019),
    BrandRule(r"pentium (gold )?g4(56|60|62)\d", 2017, 2017),
    BrandRule(r"pentium (gold )?g4[45]\d\d", 2015, 2016),
    BrandRule(r"pentium g3\d{3}", 2013, 2015),
    BrandRule(r"pentium g2\d{3}", 2012, 2013),
    BrandRule(r"pentium g69\d\d", 2010, 2011),
    BrandRule(r"pentium g[68]\d\d\b", 2011, 2012),
    BrandRule(r"pentium (gold )?8505", 2022, 2022),
    BrandRule(r"pentium (gold )?7505", 2020, 2020),
    BrandRule(r"pentium (gold )?(54|64)05u|pentium (gold )?6500y", 2019, 2021),
    BrandRule(r"pentium (gold )?44[01][05]u|pentium (gold )?44[12]\d[uy]", 2015, 2019),
    BrandRule(r"pentium (silver )?n600\d", 2021, 2021),
    BrandRule(r"pentium (silver )?(j5040|n5030)", 2019, 2019),
    BrandRule(r"pentium (silver )?(j5005|n5000)", 2017, 2017),
    BrandRule(r"pentium (j4205|n4200)", 2016, 2016),
    BrandRule(r"pentium (j3710|n37[01]\d)", 2015, 2016),
    BrandRule(r"pentium (j2\d{3}|n35\d\d)", 2013, 2014),
    BrandRule(r"pentium (b9\d\d|9[5-9]\d)", 2011, 2012),
    BrandRule(r"pentium (2[01]\d\dm|21[12]\d[umy]?)", 2012, 2013),
    BrandRule(r"pentium 3\d{3}[muy]", 2013, 2015),
    BrandRule(r"pentium [pu][56]\d{3}", 2010, 2010),
    BrandRule(r"pentium su[24]\d{3}|pentium dual su", 2009, 2009),
    BrandRule(r"pentium (dual( |-)core )?t4\d{3}", 2008, 2009),
    BrandRule(r"pentium (dual( |-)core )?t[23]\d{3}", 2007, 2008),
    BrandRule(r"pentium (dual( |-)core |dual )?e2\d{3}", 2007, 2008),
    BrandRule(r"pentium (dual( |-)core |dual )?e[56]\d{3}", 2008, 2010),
    BrandRule(r"pentium dual", 2007, 2010),
    BrandRule(r"pentium d\b|pentium extreme", 2005, 2006),
    BrandRule(r"pentium m\b", 2003, 2005),
    BrandRule(r"pentium 4", 2000, 2006),
    BrandRule(r"pentium (iii|3)\b", 1999, 2003),
)

INTEL_CELERON: tuple[BrandRule, ...] = (
    BrandRule(r"celeron (g69\d\d|73\d\d)", 2022, 2022),
    BrandRule(r"celeron g59[02]5", 2020, 2021),
    BrandRule(r"celeron g59\d\d", 2020, 2020),
    BrandRule(r"celeron g49[35]0", 2019, 2019),
    BrandRule(r"celeron g49\d\d", 2018, 2018),
    BrandRule(r"celeron g39[35]0", 2017, 2017),
    BrandRule(r"celeron g39\d\d", 2015, 2016),
    BrandRule(r"celeron g18\d\d", 2013, 2014),
    BrandRule(r"celeron g16\d\d", 2012, 2013),
    BrandRule(r"celeron g1101", 2010, 2010),
    BrandRule(r"celeron g[45]\d\d\b", 2011, 2012),
    BrandRule(r"celeron (n45\d\d|n51\d\d|j6\d{3}|n62\d\d)", 2021, 2021),
    BrandRule(r"celeron (j4025|j4125|n4020|n4120)", 2019, 2019),
    BrandRule(r"celeron [jn]4[01]\d\d", 2017, 2018),
    BrandRule(r"celeron ([jn]33\d\d|[jn]34\d\d)", 2016, 2016),
    BrandRule(r"celeron ([jn]3[01]\d\d)", 2015, 2016),
    BrandRule(r"celeron (j1\d{3}|n2[89]\d\d)", 2013, 2014),
    BrandRule(r"celeron 6305", 2020, 2021),
    BrandRule(r"celeron (42|43|52|53)05u", 2019, 2020),
    BrandRule(r"celeron 3[89]\d5[uy]", 2015, 2017),
    BrandRule(r"celeron 3[27]\d5u", 2015, 2015),
    BrandRule(r"celeron 29\d\d[mu]", 2013, 2014),
    BrandRule(r"celeron (10\d\d[mu]|10[0-4]7u)", 2012, 2013),
    BrandRule(r"celeron (b[78]\d\d|8[4-8]7)", 2011, 2012),
    BrandRule(r"celeron [pu][34]\d{3}", 2010, 2011),
    BrandRule(r"celeron (dual-core )?(e3\d{3}|t3\d{3}|su2\d{3})", 2008, 2010),
    BrandRule(r"celeron (dual-core )?(e1\d{3}|t1\d{3})", 2008, 2008),
    BrandRule(r"celeron (9\d\d)\b", 2008, 2011),
    BrandRule(r"celeron [45]\d\d\b", 2007, 2008),
    BrandRule(r"celeron m\b", 2004, 2009),
    BrandRule(r"celeron d\b", 2004, 2007),
)

INTEL_ATOM: tuple[BrandRule, ...] = (
    BrandRule(r"atom x7?[4-7][0-9]{3}", 2021, 2023),
    BrandRule(r"atom (x[357]-|z8)", 2015, 2016),
    BrandRule(r"atom c3\d{3}", 2017, 2018),
    BrandRule(r"atom (z3[4-7]\d\d|e38\d\d|c2\d{3})", 2013, 2014),
    BrandRule(r"atom z2\d{3}", 2012, 2013),
    BrandRule(r"atom [dn]2\d{3}", 2011, 2012),
    BrandRule(r"atom (d[45]\d\d|n4\d\d|n5\d\d|e6\d\d|z6\d\d)", 2010, 2011),
    BrandRule(r"atom (n2\d\d|[23]30\b|z5\d\d)", 2008, 2009),
    BrandRule(r"(intel|core i3)[- ]n[1-3]\d\d\b|intel n[59]\d\b", 2023, 2025),  # N95, N100, i3-N305, N150
)

INTEL_XEON: tuple[BrandRule, ...] = (
    BrandRule(r"xeon 6\d{3}[pe]|xeon 6 ", 2024, 2025),
    BrandRule(r"xeon (bronze|silver|gold|platinum) \d5\d\d", 2023, 2024),
    BrandRule(r"xeon (bronze|silver|gold|platinum|max) \d4\d\d", 2023, 2023),
    BrandRule(r"xeon (bronze|silver|gold|platinum) \d3\d\d", 2020, 2021),
    BrandRule(r"xeon (bronze|silver|gold|platinum) \d2\d\d", 2019, 2020),
    BrandRule(r"xeon (bronze|silver|gold|platinum) \d1\d\d", 2017, 2018),
    BrandRule(r"xeon w[3579]-[23]5\d\d", 2024, 2024),
    BrandRule(r"xeon w[3579]-[23]4\d\d", 2023, 2023),
    BrandRule(r"xeon w-[13]3\d\d", 2021, 2021),
    BrandRule(r"xeon w-12\d\d", 2020, 2020),
    BrandRule(r"xeon w-[23]2\d\d", 2019, 2019),
    BrandRule(r"xeon w-[23]1\d\d", 2017, 2018),
    BrandRule(r"xeon e-2[45]\d\d", 2023, 2024),
    BrandRule(r"xeon e-23\d\d", 2021, 2021),
    BrandRule(r"xeon e-22\d\d", 2019, 2019),
    BrandRule(r"xeon e-21\d\d", 2018, 2018),
    BrandRule(r"xeon d-(17|27)\d\d", 2022, 2022),
    BrandRule(r"xeon d-21\d\d", 2018, 2018),
    BrandRule(r"xeon d-1[56]\d\d", 2015, 2019),
    BrandRule(r"xeon e[357]-?\d{4}[a-z]? ?v6", 2017, 2017),
    BrandRule(r"xeon e[357]-?\d{4}[a-z]? ?v5", 2015, 2016),
    BrandRule(r"xeon e3-?\d{4}[a-z]? ?v4", 2015, 2015),
    BrandRule(r"xeon e[57]-?\d{4}[a-z]? ?v4", 2016, 2016),
    BrandRule(r"xeon e3-?\d{4}[a-z]? ?v3", 2013, 2014),
    BrandRule(r"xeon e[57]-?\d{4}[a-z]? ?v3", 2014, 2015),
    BrandRule(r"xeon e3-?\d{4}[a-z]? ?v2", 2012, 2013),
    BrandRule(r"xeon e[57]-?\d{4}[a-z]? ?v2", 2013, 2014),
    BrandRule(r"xeon e3-?12\d\d", 2011, 2012),
    BrandRule(r"xeon e5-?\d{4}", 2012, 2013),
    BrandRule(r"xeon e7-?\d{4}", 2011, 2011),
    BrandRule(r"xeon [elwx]?36\d\d|xeon [elx]56\d\d", 2010, 2011),
    BrandRule(r"xeon [elwx]?3[45]\d\d|xeon [elwx]55\d\d", 2009, 2010),
    BrandRule(r"xeon [elx]?[37]3\d\d|xeon [elx]?54\d\d", 2007, 2008),
    BrandRule(r"xeon [elx]?5[13]\d\d|xeon [elx]?3[02]\d\d", 2006, 2007),
)

AMD_RYZEN: tuple[BrandRule, ...] = (
    BrandRule(r"ryzen (threadripper|tr)( pro)? 99\d\d", 2025, 2025),
    BrandRule(r"ryzen (threadripper|tr)( pro)? 79\d\d", 2023, 2023),
    BrandRule(r"ryzen (threadripper|tr)( pro)? 59\d\d", 2022, 2022),
    BrandRule(r"ryzen (threadripper|tr)( pro)? 39\d\d", 2019, 2020),
    BrandRule(r"ryzen (threadripper|tr)( pro)? 29\d\d", 2018, 2018),
    BrandRule(r"ryzen (threadripper|tr)( pro)? 19\d\d", 2017, 2017),
    BrandRule(r"ryzen ai max", 2025, 2025),
    BrandRule(r"ryzen ai ", 2024, 2025),
    BrandRule(r"ryzen [3579]( pro)? [12]\d\d\b", 2025, 2025),
    BrandRule(r"ryzen [3579]( pro)? 9\d{3}", 2024, 2025),
    BrandRule(r"ryzen [3579]( pro)? 8\d{3}", 2023, 2024),
    BrandRule(r"ryzen [3579]( pro)? 7\d{3}", 2022, 2023),
    BrandRule(r"ryzen [3579]( pro)? 6\d{3}", 2022, 2022),
    BrandRule(r"ryzen [3579]( pro)? 5\d{3}(u|h|hs|hx)\b", 2021, 2021),
    BrandRule(r"ryzen [3579]( pro)? 5\d{3}(g|ge)\b", 2021, 2021),
    BrandRule(r"ryzen [3579]( pro)? (5500|5600|5700x|5800x3d|5700)\b", 2022, 2022),
    BrandRule(r"ryzen [3579]( pro)? 5\d{3}", 2020, 2022),
    BrandRule(r"ryzen [35]( pro)? 4[15]00\b", 2022, 2022),
    BrandRule(r"ryzen [3579]( pro)? 4\d{3}", 2020, 2020),
    BrandRule(r"ryzen [3579]( pro)? 3\d{3}", 2019, 2020),
    BrandRule(r"ryzen [3579]( pro)? 2[57]00u|ryzen [35]( pro)? 2[23]00u", 2017, 2018),
    BrandRule(r"ryzen [3579]( pro)? 2\d{3}", 2018, 2018),
    BrandRule(r"ryzen [3579]( pro)? 1\d{3}", 2017, 2017),
)

AMD_OLDER: tuple[BrandRule, ...] = (
    BrandRule(r"athlon (silver|gold)( pro)? 7\d{3}", 2022, 2022),
    BrandRule(r"athlon (silver|gold)( pro)? 3\d{3}", 2020, 2020),
    BrandRule(r"athlon( pro)? 3\d0(u|ge)|athlon( pro)? 3000g", 2019, 2019),
    BrandRule(r"athlon( pro)? 2\d\dge", 2018, 2018),
    BrandRule(r"athlon x4 9\d\d", 2017, 2017),
    BrandRule(r"athlon x4 8\d\d", 2014, 2016),
    BrandRule(r"athlon x[24] 7[3-7]\d", 2012, 2013),
    BrandRule(r"athlon 5[13]\d\d|sempron (26|38)50", 2014, 2016),
    BrandRule(r"athlon ii( x[234])? 6\d\d", 2011, 2012),
    BrandRule(r"athlon ii", 2009, 2011),
    BrandRule(r"athlon (64 )?x2|athlon dual core", 2005, 2009),
    BrandRule(r"athlon 64", 2003, 2008),
    BrandRule(r"athlon (xp|mp)", 2001, 2004),
    BrandRule(r"phenom ii", 2009, 2011),
    BrandRule(r"phenom", 2007, 2008),
    BrandRule(r"sempron (x2 )?1\d\d", 2009, 2010),
    BrandRule(r"fx-?9\d{3}", 2013, 2013),
    BrandRule(r"fx-?8370e?|fx-?8320e|fx-?8310|fx-?8300", 2012, 2014),
    BrandRule(r"fx-?(43|63|83)\d\d", 2012, 2013),
    BrandRule(r"fx-?(41|61|62|81)\d\d", 2011, 2012),
    BrandRule(r"fx-?7\d{3}p?", 2014, 2014),
    BrandRule(r"fx-?(8800|98\d\d)p", 2015, 2016),
    BrandRule(r"(pro )?a(4|6|8|9|10|12)-?9\d{3}", 2016, 2018),
    BrandRule(r"(pro )?a(4|6|8|10|12)-?(pro-?)?8\d{3}", 2015, 2016),
    BrandRule(r"a(8|10)-?78[679]0k?|a8-?76[57]0k?|a10-?7860k", 2014, 2016),
    BrandRule(r"(pro )?a(4|6|8|10)-?(pro-?)?7\d{3}", 2014, 2015),
    BrandRule(r"a(4|6|8|10)-?6\d{3}", 2013, 2014),
    BrandRule(r"a(4|6)-?5[012]00\b|a4-?1\d{3}", 2013, 2013),
    BrandRule(r"a(4|6|8|10)-?[45]\d{3}", 2012, 2013),
    BrandRule(r"a(4|6|8)-?3\d{3}", 2011, 2012),
    BrandRule(r"e[12]-?9\d{3}", 2016, 2017),
    BrandRule(r"e[12]-?7\d{3}", 2015, 2015),
    BrandRule(r"e[12]-?6\d{3}", 2014, 2014),
    BrandRule(r"e[12]-?[23]\d{3}", 2013, 2013),
    BrandRule(r"e[12]-?1\d{3}", 2012, 2012),
    BrandRule(r"(e-?[2-4]\d\d|c-?[3567]\d)\b", 2010, 2012),
    BrandRule(r"turion ii", 2009, 2011),
    BrandRule(r"turion", 2005, 2009),
)

AMD_EPYC: tuple[BrandRule, ...] = (
    BrandRule(r"epyc 9[0-9a-z]\d5|epyc 4\d\d5", 2024, 2025),
    BrandRule(r"epyc [48]\d\d4", 2023, 2024),
    BrandRule(r"epyc 9[0-9a-z]\d4", 2022, 2023),
    BrandRule(r"epyc 7[0-9a-z]\d3", 2021, 2022),
    BrandRule(r"epyc 7[0-9a-z]\d2", 2019, 2020),
    BrandRule(r"epyc 7\d\d1", 2017, 2018),
    BrandRule(r"epyc 3\d\d1", 2018, 2018),
    BrandRule(r"opteron", 2003, 2012),
)

OTHER: tuple[BrandRule, ...] = (
    BrandRule(r"apple m4", 2024, 2025),
    BrandRule(r"apple m3", 2023, 2024),
    BrandRule(r"apple m2", 2022, 2023),
    BrandRule(r"apple m1", 2020, 2022),
    BrandRule(r"snapdragon.* x (elite|plus)|snapdragon x", 2024, 2025),
)

BRANDS: dict[str, tuple[BrandRule, ...]] = {
    "intel_core": INTEL_CORE,
    "intel_pentium": INTEL_PENTIUM,
    "intel_celeron": INTEL_CELERON,
    "intel_xeon": INTEL_XEON,
    "intel_atom": INTEL_ATOM,
    "amd_ryzen": AMD_RYZEN,
    "amd_epyc": AMD_EPYC,
    "amd_older": AMD_OLDER,
    "other": OTHER,
}
