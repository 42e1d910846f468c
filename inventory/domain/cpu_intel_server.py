"""Launch years of Intel Xeon and Itanium processors by name (see cpu_rows for how a row is read).

Years are those of the launch quarters on Intel's product pages.
"""

from __future__ import annotations

from inventory.domain.cpu_rows import BrandRule

_S = r"xeon (?:b(?:ronze)? (?=3)|s(?:ilver)? (?=4)|g(?:old)? (?=[56])|p(?:latinum)? (?=[89]))"
_E5 = r"xeon e5-"

# Xeon 6 and Scalable: the second digit is the generation
_SCALABLE: tuple[BrandRule, ...] = (
    BrandRule(r"xeon (?:6 )?(?:67\d\de|69\d\dp)", 2024, 2024),
    BrandRule(r"xeon (?:6 )?6[3567]\d\dp", 2025, 2025),
    BrandRule(r"xeon max 94\d\d", 2023, 2023),
    BrandRule(_S + r"\d[45]\d\d", 2023, 2023),
    BrandRule(_S + r"[568]3\d\dh", 2020, 2020),  # Cooper Lake
    BrandRule(_S + r"\d3\d\d", 2021, 2021),
    BrandRule(_S + r"(?:\d2\d\dr|4210t|6208u|6250|6256)", 2020, 2020),  # the refresh
    BrandRule(_S + r"\d2\d\d", 2019, 2019),
    BrandRule(_S + r"6138p", 2018, 2018),
    BrandRule(_S + r"\d1\d\d", 2017, 2017),
    # Phi: Knights Mill, Landing, Corner
    BrandRule(r"xeon phi 72[389]5", 2017, 2017),
    BrandRule(r"xeon phi 72[1359]0", 2016, 2016),
    BrandRule(r"xeon phi (?:5110|se)", 2012, 2012),
    BrandRule(r"xeon phi 7120[ad]", 2014, 2014),
    BrandRule(r"xeon phi (?:31[12s]|51|71)\w+", 2013, 2013),
)

# One socket: W, E, E3, D
_SMALL: tuple[BrandRule, ...] = (
    BrandRule(r"xeon w[3579]-[23]5\d\d", 2024, 2024),
    BrandRule(r"xeon w[3579]-[23]4\d\d", 2023, 2023),
    BrandRule(r"xeon w-(?:13\d\d|33\d\d|11\d{3})", 2021, 2021),
    BrandRule(r"xeon w-(?:12\d\d|10\d{3})", 2020, 2020),
    BrandRule(r"xeon w-[23]2\d\d", 2019, 2019),
    BrandRule(r"xeon w-3175x?", 2018, 2019),
    BrandRule(r"xeon w-21\d\d", 2017, 2017),
    BrandRule(r"xeon e-24\d\d", 2023, 2023),
    BrandRule(r"xeon e-23\d\d", 2021, 2021),
    BrandRule(r"xeon e-22\d\d", 2019, 2019),
    BrandRule(r"xeon e-21\d\d", 2018, 2018),
    BrandRule(r"xeon d-[12]8\d\d", 2023, 2024),
    BrandRule(r"xeon d-[12]7\d\d", 2022, 2022),
    BrandRule(r"xeon d-16\d\d", 2019, 2019),
    BrandRule(r"xeon d-21\d\d", 2018, 2018),
    BrandRule(r"xeon d-15[1-5]3n", 2017, 2017),
    BrandRule(r"xeon d-15(?:29|39|5[79]|67|[78]\d)", 2016, 2016),
    BrandRule(r"xeon d-15\d\d", 2015, 2015),
    BrandRule(r"xeon e3-\d{4}[a-z]{0,2} v6", 2017, 2017),
    BrandRule(r"xeon e3-15(?:15m|45m|58l|65l|75m|78l|85l?) v5", 2016, 2016),
    BrandRule(r"xeon e3-\d{4}[a-z]{0,2} v5", 2015, 2015),
    BrandRule(r"xeon e3-\d{4}[a-z]{0,2} v4", 2015, 2015),
    BrandRule(r"xeon e3-12(?:26|31|41|46|71|76|81|86|75l|40l|84l)[a-z]{0,2} v3", 2014, 2014),
    BrandRule(r"xeon e3-\d{4}[a-z]{0,2} v3", 2013, 2013),
    BrandRule(r"xeon e3-11\d\d[a-z]{0,2} v2", 2013, 2013),
    BrandRule(r"xeon e3-\d{4}[a-z]{0,2} v2", 2012, 2012),
    BrandRule(r"xeon e3-11\d\d(?![a-z]* v\d)", 2012, 2012),
    BrandRule(r"xeon e3-12\d\d(?![a-z]* v\d)", 2011, 2011),
)

# Two and more sockets, 2011-2017
_BIG: tuple[BrandRule, ...] = (
    BrandRule(r"xeon e7-8894 v4", 2017, 2017),
    BrandRule(r"xeon e[57]-\d{4}[a-z]{0,2} v4", 2016, 2016),
    BrandRule(r"xeon e7-\d{4}[a-z]{0,2} v3", 2015, 2015),
    BrandRule(_E5 + r"(?:[12]4|46)\d\d[a-z]{0,2} v3", 2015, 2015),
    BrandRule(_E5 + r"\d{4}[a-z]{0,2} v3", 2014, 2014),
    BrandRule(r"xeon e7-\d{4}[a-z]{0,2} v2", 2014, 2014),
    BrandRule(_E5 + r"(?:[12]4|46)\d\d[a-z]{0,2} v2", 2014, 2014),
    BrandRule(_E5 + r"\d{4}[a-z]{0,2} v2", 2013, 2013),
    BrandRule(r"xeon e7-l?[248]8\d\d(?![a-z]* v\d)", 2011, 2011),
    BrandRule(_E5 + r"[124][46]\d\d(?![a-z]* v\d)", 2012, 2012),
)

# Four digits, a letter for the power (2006-2011)
_NUMBERED: tuple[BrandRule, ...] = (
    # Westmere, Nehalem
    BrandRule(r"xeon (?:e560[367]|e5649|x5647|x56(?:72|75|87|90|98)|w3690)", 2011, 2011),
    BrandRule(r"xeon [elxw]-?56\d\d", 2010, 2010),
    BrandRule(r"xeon w-?3(?:530|6[78]0)", 2010, 2010),
    BrandRule(r"xeon (?:e550[37]|x3480|l3406)", 2010, 2010),
    BrandRule(r"xeon [el]c[35]5\d\d", 2010, 2010),
    BrandRule(r"xeon w-?35\d\d", 2009, 2009),
    BrandRule(r"xeon [elxw]-?55\d\d", 2009, 2009),
    BrandRule(r"xeon [lx]34\d\d", 2009, 2009),
    BrandRule(r"xeon [elx][67]5\d\d", 2010, 2010),
    # Core 2, 45 nm
    BrandRule(r"xeon [elx]74\d\d", 2008, 2008),
    BrandRule(r"xeon (?:l3110|x3380|l3360)", 2009, 2009),
    BrandRule(r"xeon (?:[elx]3[13]\d\d|l3014)", 2008, 2008),
    BrandRule(r"xeon (?:l54\d\d|x54(?:70|92)|x5270|l52\d\d|e52[24]0)", 2008, 2008),
    BrandRule(r"xeon [ex](?:54|52)\d\d", 2007, 2007),
    # Core 2, 65 nm
    BrandRule(r"xeon [elx]?7[23]\d\d", 2007, 2007),
    BrandRule(r"xeon (?:x32\d\d|30[678]5)", 2007, 2007),
    BrandRule(r"xeon 30[4-7]0", 2006, 2006),
    BrandRule(r"xeon (?:l53\d\d|e5335|x5365)", 2007, 2007),
    BrandRule(r"xeon [ex]53\d\d", 2006, 2007),
    BrandRule(r"xeon (?:lv )?[el]?51\d\d", 2006, 2006),
    # NetBurst
    BrandRule(r"xeon 50\d\d", 2006, 2006),
    BrandRule(r"xeon 71\d\d", 2006, 2006),
    BrandRule(r"xeon 70\d\d", 2005, 2005),
    BrandRule(r"xeon u?lv @(?:1[68]|20)\d\d", 2006, 2006),
    BrandRule(r"xeon @(?:[1-9]\d\d)", 1998, 2001),
    BrandRule(r"xeon @(?:1[4-9]\d\d|2[0-7]\d\d)", 2001, 2005, 2002),
    BrandRule(r"xeon @(?:2[89]\d\d|3\d{3})", 2002, 2006, 2004),
)

_ITANIUM: tuple[BrandRule, ...] = (
    BrandRule(r"itanium (?:2 )?97\d\d", 2017, 2017),
    BrandRule(r"itanium (?:2 )?95\d\d", 2012, 2012),
    BrandRule(r"itanium (?:2 )?93\d\d", 2010, 2010),
    BrandRule(r"itanium (?:2 )?91\d\d", 2007, 2007),
    BrandRule(r"itanium (?:2 )?90\d\d", 2006, 2006),
    BrandRule(r"itanium 2\b", 2002, 2006, 2004),
)

INTEL_XEON = _SCALABLE + _SMALL + _BIG + _NUMBERED + _ITANIUM
