"""Launch years of AMD Opteron and EPYC, and of their licensed relatives from Hygon (see cpu_rows for how to read a row).

Opterons of one series share the last two digits whatever the first one says (1 = one socket, 2 = two, 8 = eight).
"""

from __future__ import annotations

from inventory.domain.cpu_rows import BrandRule

_O = r"opteron (x2 )?"

AMD_OPTERON: tuple[BrandRule, ...] = (
    BrandRule(_O + r"x(1150|2150)\b", 2013, 2013),
    BrandRule(_O + r"x2170\b", 2013, 2014, 2014),
    BrandRule(_O + r"x3[24]\d\d\b", 2017, 2017),
    BrandRule(_O + r"a11\d\d\b", 2016, 2016),
    # Bulldozer and Piledriver
    BrandRule(_O + r"(62(78|84)|42[34]0)\b", 2012, 2012),  # the second round
    BrandRule(_O + r"(62|42)\d\d\b", 2011, 2011),
    BrandRule(_O + r"32\d\d\b", 2012, 2012),
    BrandRule(_O + r"63(38p|70p)\b", 2014, 2014),
    BrandRule(_O + r"(63|43|33)\d\dp?\b", 2012, 2012),
    # K10, 45 nm
    BrandRule(_O + r"61(32|40|66|76(?! se)|80)\b", 2011, 2011),
    BrandRule(_O + r"(61|41)\d\d\b", 2010, 2010),
    BrandRule(_O + r"[28]4[123]\d\b", 2009, 2009),
    BrandRule(_O + r"[28]37[246] ?he\b", 2009, 2009),
    BrandRule(_O + r"(237[37]|[28]3(79|8[1679]|93)|138\d)\b", 2009, 2009),
    BrandRule(_O + r"[28]3[78]\d\b", 2008, 2008),
    # K10, 65 nm
    BrandRule(_O + r"([28]3(52|54|56|58|60)|13\d\d)\b", 2008, 2008),
    BrandRule(_O + r"[28]3[45]\d\b", 2007, 2007),
    # K8, second generation
    BrandRule(_O + r"([128]2[01]\d|1220|[28]220 ?se)\b", 2006, 2006),
    BrandRule(_O + r"[128]22[0-4]\b", 2007, 2007),
    # K8, first generation
    BrandRule(_O + r"14[02468]\b", 2003, 2005),  # socket 940, then 939
    BrandRule(_O + r"[28]4[02468]\b", 2003, 2003),
    BrandRule(_O + r"[128]50\b", 2004, 2004),
    BrandRule(_O + r"[128]5[24]\b", 2005, 2005),
    BrandRule(_O + r"([28]6[05]|[28]7[05]|[128]80|1[67][05])\b", 2005, 2005),
    BrandRule(_O + r"([128]56|[128]85|[28]90)\b", 2006, 2006),
)

AMD_EPYC: tuple[BrandRule, ...] = (
    BrandRule(r"epyc (embedded )?7(261|371|571)\b", 2018, 2018),
    BrandRule(r"epyc (embedded )?7[2-6][05]1p?\b", 2017, 2017),
    BrandRule(r"epyc (embedded )?7281\b|epyc (embedded )?7301p?\b", 2017, 2017),
    BrandRule(r"epyc (embedded )?3[1-4]\d[15]\b", 2018, 2018),
    BrandRule(r"epyc (embedded )?(7f[357]2|7532|7662|7k62|7r32)\b", 2020, 2020),
    BrandRule(r"epyc 7[a-gi-z]\d2\b", 2019, 2020, 2020),  # made for cloud providers
    BrandRule(r"epyc (embedded )?7[0-9h]\d2p?\b", 2019, 2019),
    BrandRule(r"epyc (embedded )?7[3-7a-z]73x\b", 2022, 2022),
    BrandRule(r"epyc (embedded )?(7[23]03p?|76[46]3p)\b", 2023, 2023),
    BrandRule(r"epyc (embedded )?7[0-9a-z]{2}3p?\b", 2021, 2021),
    BrandRule(r"epyc (embedded )?(97\d4s?|9[136]84x|8\d\d4pn?|9v84|9v33x)\b", 2023, 2023),
    BrandRule(r"epyc 9[a-z]\d4\b", 2022, 2023, 2023),
    BrandRule(r"epyc (embedded )?9[0-9a-z]\d4[pfs]?\b", 2022, 2022),
    BrandRule(r"epyc (embedded )?4\d\d4p?x?\b", 2024, 2024),
    BrandRule(r"epyc (embedded )?9[0-9a-z]\d5[pf]?\b", 2024, 2024),
    BrandRule(r"epyc (embedded )?4\d\d5p?x?\b", 2025, 2025),
)

HYGON: tuple[BrandRule, ...] = (
    BrandRule(r"hygon c86 [37]1\d\d\b", 2018, 2018),
    BrandRule(r"hygon c86 [357]2\d\d\b", 2020, 2020),
    BrandRule(r"hygon c86 [357]3\d\d\b", 2022, 2022),
)
