"""Launch years of Intel Core processors by name (see cpu_rows for how a row is read).

Years are those of the launch quarters on Intel's product pages. Newest first; within a generation, the rows before its
general row are the models that came a year earlier or later than the rest.
"""

from __future__ import annotations

from inventory.domain.cpu_rows import BrandRule

_I = r"core i[3579]-"
_C2 = r"core 2 (?:duo |quad |extreme |solo )?"

# Core Ultra, and Core without an "i" (since 2023)
_ULTRA: tuple[BrandRule, ...] = (
    BrandRule(r"core ultra x?[3579] 3\d\d[a-z]", 2026, 2026),
    BrandRule(r"core ultra [579] 2(?:[468]5kf?|\d\dv)(?![a-z])", 2024, 2024),
    BrandRule(r"core ultra [3579] 2\d\d", 2025, 2025),
    BrandRule(r"core ultra [579] 1(?:[0-4]5ul|15[hu])", 2024, 2024),
    BrandRule(r"core ultra [579] 1\d\d[hul]", 2023, 2023),
    BrandRule(r"core [3579] n3\d\d", 2025, 2025),
    BrandRule(r"core [3579] 1[0-5]0u", 2024, 2024),
    BrandRule(r"core [3579] [12]\d\d[a-z]", 2024, 2025, 2025),
)

# 10th to 14th generation (2019-2024)
_NEW: tuple[BrandRule, ...] = (
    # Alder and Raptor Lake: the K models in autumn, all others in the year after
    BrandRule(r"core i[579]-14[679]00kf?(?![a-z])", 2023, 2023),
    BrandRule(_I + r"14\d{3}", 2024, 2024),
    BrandRule(r"core i[579]-13[679]00kf?(?![a-z])", 2022, 2022),
    BrandRule(_I + r"13\d{2,3}", 2023, 2023),
    BrandRule(r"core i[579]-12[679]00kf?(?![a-z])", 2021, 2021),
    BrandRule(_I + r"12\d{2,3}", 2022, 2022),
    BrandRule(r"core i3-n3\d\d", 2023, 2023),
    # Tiger Lake: the first notebooks in autumn 2020, vPro, refresh and H models in 2021; Rocket Lake desktops
    BrandRule(r"core i[357]-11(?:20|25|40|45|55|80|95)g\d(?!e)", 2020, 2021, 2021),
    BrandRule(_I + r"11\d\dg[\dr]", 2020, 2020),
    BrandRule(_I + r"11\d{3}", 2021, 2021),
    # Ice Lake notebooks, the "N" ones for one maker later; Lakefield
    BrandRule(r"core i[357]-10\d\dng\d", 2020, 2020),
    BrandRule(_I + r"10\d\dg\d", 2019, 2019),
    BrandRule(r"core i[35]-l1\dg\d", 2020, 2020),
    # Comet Lake: U and Y notebooks, then desktops and H, then the refresh; X is Cascade Lake
    BrandRule(r"core i9-10(?:90|92|94|98)0xe?", 2019, 2019),
    BrandRule(r"core i(?:3-10[13]05|3-10325|5-10505|3-10100y)", 2021, 2021),
    BrandRule(r"core i[57]-10[368]10u", 2020, 2020),
    BrandRule(_I + r"10\d{3}[uy]", 2019, 2019),
    BrandRule(_I + r"10\d{3}", 2020, 2020),
)

# 6th to 9th generation (2015-2019)
_LAKE: tuple[BrandRule, ...] = (
    BrandRule(r"core i9-9990xe", 2019, 2019),
    BrandRule(r"core i[79]-9(?:8[02]|9[02468])0xe?", 2018, 2018),
    BrandRule(r"core i[579]-9[679]00k(?![a-z])", 2018, 2018),
    BrandRule(_I + r"9\d{3}", 2019, 2019),
    # Kaby Lake Refresh and the first Coffee Lake desktops; Whiskey Lake vPro and the second Coffee Lake U
    BrandRule(r"core i(?:7-8[56]50u|5-8[23]50u)", 2017, 2017),
    BrandRule(r"core i(?:7-8700k?|5-8600k|5-8400|3-8100|3-8350k)(?![a-z])", 2017, 2017),
    BrandRule(r"core i(?:[57]-8[36]65u|3-81(?:45ue|40u)|5-82(?:57|60|79)u|7-85(?:57|69)u|5-8[23]10y)", 2019, 2019),
    BrandRule(_I + r"8\d{3}|core m3-8\d{3}y", 2018, 2018),
    # Kaby Lake: the first notebooks in autumn 2016, all others with the desktops in January 2017
    BrandRule(r"core i3-7020u", 2018, 2018),
    BrandRule(r"core i(?:7-75|5-72|3-71)00u", 2016, 2016),
    BrandRule(r"core (?:m3-7y30|i5-7y54|i7-7y75)", 2016, 2016),
    BrandRule(r"core (?:m[357]|i[357])-7y\d\d", 2017, 2017),
    BrandRule(_I + r"7\d{3}", 2017, 2017),  # with the X models of the same year
    # Skylake: all from August to December 2015 but the models with big graphics; Broadwell-E
    BrandRule(r"core m[357]-6y\d\d", 2015, 2015),
    BrandRule(r"core i7-6(?:8[05]0k|900k|950x)", 2016, 2016),
    BrandRule(r"core i(?:3-6006u|3-6157u|7-6660u|7-6[789]70hq|5-6350hq|7-6785r|5-6[56]85r)", 2016, 2016),
    BrandRule(_I + r"6\d{3}", 2015, 2015),
)

# 2nd to 5th generation (2011-2015)
_BRIDGE: tuple[BrandRule, ...] = (
    BrandRule(r"core m-5y\d\d", 2014, 2014),
    BrandRule(r"core i7-(?:5820k|5930k|5960x)", 2014, 2014),  # Haswell-E
    BrandRule(_I + r"5\d{3}", 2015, 2015),
    # Haswell: June to autumn 2013; the refresh of 2014; the last models of 2015
    BrandRule(r"core i(?:3-4170|3-4370t|7-472[02]hq)", 2015, 2015),
    BrandRule(r"core i7-4(?:785|79\d|71[02]|7[67]0h|810|860h|870|910|940|980|510|578|610m|70[02]ec)", 2014, 2014),
    BrandRule(r"core i5-4(?:[56]90|460|210[umh]|220|260|278|308|310|340|360|410e|422e|402ec)", 2014, 2014),
    BrandRule(r"core i3-4(?:1[56]0|3[567]0|11[02]|025|030|120|340te)", 2014, 2014),
    BrandRule(_I + r"4\d{3}", 2013, 2013),
    # Ivy Bridge: April to September 2012; the second round of 2013, with Ivy Bridge-E
    BrandRule(r"core i7-(?:4820k|49[36]0[kx])", 2013, 2013),
    BrandRule(r"core i7-39[36]0", 2011, 2011),  # Sandy Bridge-E
    BrandRule(r"core i(?:7-3(?:540|537|68[79])|5-3(?:230|340|380|[34]3[79]))", 2013, 2013),
    BrandRule(r"core i3-3(?:115c|130|210|227|229|245|250)", 2013, 2013),
    BrandRule(_I + r"3\d{3}", 2012, 2012),
    # Sandy Bridge: January to autumn 2011; late models
    BrandRule(r"core i3-23(?:48|75)m", 2013, 2013),
    BrandRule(r"core i(?:5-2(?:550k|450p|380p|450m)|3-2(?:370m|328m|365m|377m|115c))", 2012, 2012),
    BrandRule(_I + r"2\d{3}", 2011, 2011),
)

# First generation (2008-2011)
_NEHALEM: tuple[BrandRule, ...] = (
    BrandRule(r"core i7-(?:9[24]0(?![a-z])|965)", 2008, 2008),
    BrandRule(r"core i7-(?:9[56]0|975)", 2009, 2009),
    BrandRule(r"core i(?:7-8[67]0|5-750)(?![a-z])", 2009, 2009),
    BrandRule(r"core i7-(?:[78]20q|920x)", 2009, 2009),
    BrandRule(r"core i(?:7-980(?!x)|7-99[05]|3-390m|5-480m)", 2011, 2011),
    BrandRule(
        r"core i(?:3-(?:3[3-9]|5[3-6])|5-(?:4[3-8]|5[2-8]|6[5-8]|7[5-7])|7-(?:6[1-8]|7[2-4]|8[2-8]|9[2-8]))\d",
        2010,
        2010,
    ),
)

# Core 2 (2006-2010); the sub-brand is missing in many names ("Core(TM)2 CPU 6300"), "S" for small in others (SU9400)
_CORE2: tuple[BrandRule, ...] = (
    BrandRule(_C2 + r"qx6700|core 2 extreme q6700", 2006, 2006),
    BrandRule(_C2 + r"qx?6\d{3}", 2007, 2007),
    BrandRule(_C2 + r"q?x9650|core 2 extreme q9650", 2007, 2007),
    BrandRule(_C2 + r"q9500", 2010, 2010),
    BrandRule(_C2 + r"q(?:8200s|8400|9400s|9550s|9505|9000)", 2009, 2009),
    BrandRule(_C2 + r"qx?[89]\d{3}", 2008, 2008),
    BrandRule(_C2 + r"x6800", 2006, 2006),
    BrandRule(_C2 + r"x7[89]00", 2007, 2007),
    BrandRule(_C2 + r"x9\d{3}", 2008, 2008),
    # Desktop
    BrandRule(_C2 + r"e?6(?:[3467]00|305)", 2006, 2006),
    BrandRule(_C2 + r"e?6(?:[34]20|540|[5-8]50)", 2007, 2007),
    BrandRule(_C2 + r"e?4[3-6]00", 2007, 2007),
    BrandRule(_C2 + r"e?4700", 2008, 2008),
    BrandRule(_C2 + r"e(?:7[56]00|8700)", 2009, 2009),
    BrandRule(_C2 + r"e[78]\d{3}", 2008, 2008),
    # Notebook, 65 nm
    BrandRule(_C2 + r"t(?:5[256]00|7[246]00)", 2006, 2006),
    BrandRule(_C2 + r"t5(?:550|670|750|[89]\d0)", 2008, 2008),
    BrandRule(_C2 + r"t[57]\d{3}", 2007, 2007),
    BrandRule(_C2 + r"l7[24]00", 2006, 2007, 2007),
    BrandRule(_C2 + r"(?:u7700|s?l7100)", 2007, 2008, 2008),
    BrandRule(_C2 + r"(?:s?l7[3578]00|u7[56]00|u2[12]00)", 2007, 2007),
    # Notebook, 45 nm
    BrandRule(_C2 + r"(?:s?u7[34]00|s?u3[45]00|s?[plu]9600)", 2009, 2009),
    BrandRule(_C2 + r"(?:t9550|t9800|p8700)", 2008, 2009, 2009),
    BrandRule(_C2 + r"(?:t6\d{3}|t9900|p7370|p7450|p75\d0|p8800|p9700)", 2009, 2009),
    BrandRule(_C2 + r"(?:[tp][789]\d{3}|s?[plu]9\d{3}|s?u3\d{3})", 2008, 2008),
    BrandRule(r"core 2\b", 2006, 2010, 2008),
)

# Core Duo and Core Solo (2006); many call themselves "Genuine Intel(R) CPU T2300"
_CORE1: tuple[BrandRule, ...] = (
    BrandRule(r"(?:genuine )?intel (?:u2[37]00|u4100|u7300)", 2009, 2009),
    BrandRule(r"(?:genuine )?intel t(?:20[68]0|2130)|core (?:duo )?t2450", 2007, 2007),
    BrandRule(r"(?:core (?:duo |solo )?|(?:genuine )?intel )[tul][12]\d{3}", 2006, 2006),
    BrandRule(r"core (?:duo|solo)(?! ?[a-z]?\d)", 2006, 2006),
)

INTEL_CORE = _ULTRA + _NEW + _LAKE + _BRIDGE + _NEHALEM + _CORE2 + _CORE1
