"""Launch years of processors of other makers by name: VIA, Zhaoxin, Apple, Windows on Arm, servers (see cpu_rows).

Where a maker announced a processor late in one year and the first machines came in the next, the span has both years
and the likely one is that of the machines.
"""

from __future__ import annotations

from inventory.domain.cpu_rows import BrandRule

VIA: tuple[BrandRule, ...] = (
    BrandRule(r"via samuel", 2000, 2001),
    BrandRule(r"via ezra", 2001, 2002),
    BrandRule(r"via nehemiah", 2003, 2005),
    BrandRule(r"via c3\b", 2001, 2005, 2003),
    BrandRule(r"(via |^)c7-?[md]\b|via c7\b|via esther", 2005, 2008, 2006),
    BrandRule(r"via eden x4 c\d{4}|via (quadcore|quad core|quad)[ -]?c\d{4}", 2013, 2015, 2014),
    BrandRule(r"via eden x2 u\d{4}", 2011, 2011),
    BrandRule(r"via (nano )?(quadcore|quad core|quad)\b", 2011, 2012, 2011),
    BrandRule(r"via nano x2\b|via nano (dual|dualcore)\b", 2011, 2011),
    BrandRule(r"via nano [lu]3\d{3}", 2009, 2010, 2009),
    BrandRule(r"via nano [lu][12]\d{3}", 2008, 2008),
    BrandRule(r"via nano c\d{4}", 2012, 2015, 2014),
    BrandRule(r"via nano", 2008, 2012, 2009),
    BrandRule(r"via eden [ul]l?v?\d?\d{3,4}|via eden \d{3,4} ?mhz|via eden\b", 2003, 2008, 2006),
)

ZHAOXIN: tuple[BrandRule, ...] = (
    BrandRule(r"(zhaoxin |^)(kaixian )?zx-?c\+ ?c?\d*|zx-?c c4[56]\d\d|c4[56][78]0\b", 2016, 2016),
    BrandRule(r"(zhaoxin |via |^)(kaixian )?zx-?c\b|(zhaoxin |via |^)c43[05]0", 2015, 2015),
    BrandRule(r"(zhaoxin )?(kaixian )?kx-u?5[56]\d0|zx-?d\b", 2017, 2018, 2018),
    BrandRule(r"(zhaoxin )?(kaixian )?kx-u?6[5-9]\d0", 2019, 2019),
    BrandRule(r"(zhaoxin )?(kaixian )?kx-6000g", 2022, 2023, 2022),
    BrandRule(r"(zhaoxin )?(kaixian )?kx-(u?7\d{3}|7000)", 2023, 2023),
    BrandRule(r"(zhaoxin )?(kaisheng )?kh-?2\d{4}", 2018, 2018),
    BrandRule(r"(zhaoxin )?(kaisheng )?kh-?3\d{4}", 2019, 2020, 2019),
    BrandRule(r"(zhaoxin )?(kaisheng )?kh-?4\d{4}", 2022, 2023, 2022),
)

OLD_X86: tuple[BrandRule, ...] = (
    BrandRule(r"transmeta crusoe|crusoe tm5\d00|tm5[4-9]00", 2000, 2002, 2001),
    BrandRule(r"transmeta efficeon|efficeon|tm8[0-9]\d{2}", 2003, 2005, 2004),
    BrandRule(r"geode lx|geode integrated by amd|geode \(?lx ?[89]00", 2005, 2007, 2005),
    BrandRule(r"geode nx", 2004, 2004),
    BrandRule(r"geode (gx|integrated by national)", 1999, 2003, 2002),
    BrandRule(r"cyrix (mediagx|m ?ii|6x86)", 1996, 1999, 1998),
    BrandRule(r"winchip", 1997, 1999, 1998),
    BrandRule(r"(amd[ -])k6-?(iii|3)\b", 1999, 2000, 1999),
    BrandRule(r"(amd[ -])k6 3d|(amd[ -])k6-?(ii|2)\b", 1998, 2001, 1998),
    BrandRule(r"(amd[ -])k6\b", 1997, 1998, 1997),
    BrandRule(r"(amd[ -])k5\b", 1996, 1997, 1996),
    BrandRule(r"vortex86 ?(sx|dx)\b", 2007, 2009, 2008),
)

APPLE: tuple[BrandRule, ...] = (
    BrandRule(r"apple m1 ultra|t6002\b", 2022, 2022),
    BrandRule(r"apple m1 (pro|max)|t600[01]\b", 2021, 2021),
    BrandRule(r"apple m1\b|t8103\b", 2020, 2020),
    BrandRule(r"apple m2 (pro|max|ultra)|t602[0-2]\b", 2023, 2023),
    BrandRule(r"apple m2\b|t8112\b", 2022, 2022),
    BrandRule(r"apple m3 ultra|t6032\b", 2025, 2025),
    BrandRule(r"apple m3\b|t8122\b|t603[014]\b", 2023, 2023),
    BrandRule(r"apple m4\b|t8132\b|t604[01]\b", 2024, 2024),
    BrandRule(r"apple m5$|apple m5(?! (pro|max|ultra))\b|t8142\b", 2025, 2025),
    BrandRule(r"virtualapple\b|apple silicon\b", 2020, 2025, 2020),  # translated programs see no more
    BrandRule(r"apple a1[24][zx]?\b.*virtual|apple a12z\b", 2020, 2020),
    BrandRule(r"apple a4\b", 2010, 2010),
    BrandRule(r"apple a5\b", 2011, 2011),
    BrandRule(r"apple a(5x|6x?)\b", 2012, 2012),
    BrandRule(r"apple a7\b", 2013, 2013),
    BrandRule(r"apple a8x?\b", 2014, 2014),
    BrandRule(r"apple a9x?\b", 2015, 2015),
    BrandRule(r"apple a10\b", 2016, 2016),
    BrandRule(r"apple a(10x|11)\b", 2017, 2017),
    BrandRule(r"apple a12x?\b", 2018, 2018),
    BrandRule(r"apple a13\b", 2019, 2019),
    BrandRule(r"apple a14\b", 2020, 2020),
    BrandRule(r"apple a15\b", 2021, 2021),
    BrandRule(r"apple a16\b", 2022, 2022),
    BrandRule(r"apple a17\b", 2023, 2023),
    BrandRule(r"apple a18\b", 2024, 2024),
    BrandRule(r"powerpc (g5|970)", 2003, 2005, 2004),
    BrandRule(r"powerpc (g4|74[0-9]{2})", 1999, 2005, 2003),
    BrandRule(r"powerpc (g3|7[45]0)\b", 1997, 2003, 2000),
)

_SD = r"(qualcomm )?snapdragon "

WINDOWS_ARM: tuple[BrandRule, ...] = (
    BrandRule(r"(microsoft )sq1\b", 2019, 2019),
    BrandRule(r"(microsoft )sq2\b", 2020, 2020),
    BrandRule(r"(microsoft )sq3\b", 2022, 2022),
    BrandRule(_SD + r"850\b|sdm850\b", 2018, 2018),
    BrandRule(_SD + r"8cx gen 3|sc8280(xp)?\b", 2021, 2022, 2022),
    BrandRule(_SD + r"8cx gen 2|" + _SD + r"8c\b", 2020, 2020),
    BrandRule(_SD + r"8cx\b|sc8180(xp?)?\b", 2018, 2019, 2019),
    BrandRule(_SD + r"7c\+? gen 3|sc7280\b", 2021, 2022, 2022),
    BrandRule(_SD + r"7c gen 2", 2021, 2021),
    BrandRule(_SD + r"7c\b|sc7180\b", 2019, 2020, 2020),
    BrandRule(_SD + r"x2\b|(snapdragon.* |^)x2[ep]-?\d+", 2025, 2026, 2026),
    BrandRule(_SD + r"x elite|(snapdragon.* |^)x1e-?\d+", 2023, 2024, 2024),
    BrandRule(_SD + r"x plus|(snapdragon.* |^)x1p-?\d+", 2024, 2024),
    BrandRule(r"snapdragon.* x1-?26\d*|" + _SD + r"x$", 2025, 2025),
)

SERVERS: tuple[BrandRule, ...] = (
    BrandRule(r"ampere emag|(^|apm )emag\b", 2018, 2018),
    BrandRule(r"ampere altra max|ampere(\(r\))? altra max|altra max\b|(altra |^)m(96|112|128)-\d\d", 2021, 2021),
    BrandRule(r"ampere altra|altra\b|q(32|48|64|72|80)-\d\d", 2020, 2020),
    BrandRule(r"ampere-?one|ampere one", 2023, 2024, 2023),
    BrandRule(r"thunderx2|cn99\d\d", 2018, 2018),
    BrandRule(r"thunderx|cn88\d\d", 2014, 2016, 2015),
    BrandRule(r"(aws )?graviton ?2", 2019, 2020, 2020),
    BrandRule(r"(aws )?graviton ?3", 2021, 2022, 2022),
    BrandRule(r"(aws )?graviton ?4", 2023, 2024, 2024),
    BrandRule(r"(aws )?graviton\b", 2018, 2018),
    BrandRule(r"(hisilicon |huawei )?kunpeng[- ]?916", 2016, 2017, 2017),
    BrandRule(r"(hisilicon |huawei )?kunpeng[- ]?920", 2019, 2019),
    BrandRule(r"nvidia grace\b", 2023, 2023),
    BrandRule(r"(phytium,? ?|^)ft-?1500a", 2015, 2015),
    BrandRule(r"(phytium,? ?|^)ft-?2000(plus|\+)", 2016, 2018, 2017),
    BrandRule(r"(phytium,? ?|^)ft-?2000(/4|a)?", 2019, 2019),
    BrandRule(r"(phytium,? ?|^)(ft-?|[ds])2[05]00(/(8|64|128))?\b|tengyun s2500", 2020, 2020),
    BrandRule(r"phytium,? ?e2000", 2022, 2023, 2022),
    BrandRule(r"phytium,? ?(d3000|s5000c)", 2023, 2024, 2024),
    BrandRule(r"loongson-?2e\b", 2006, 2006),
    BrandRule(r"loongson-?2f\b", 2008, 2008),
    BrandRule(r"loongson-?3a1000|loongson-?3a r1", 2009, 2011, 2010),
    BrandRule(r"loongson-?3b1[05]00", 2011, 2013, 2012),
    BrandRule(r"loongson-?3[ab]2000|loongson-?3a r2\b", 2015, 2015),
    BrandRule(r"loongson-?3[ab]3000|loongson-?3a r3\b", 2016, 2017, 2017),
    BrandRule(r"loongson-?3[ab]4000|loongson-?3a r4\b", 2019, 2019),
    BrandRule(r"loongson-?3[abc]5000l?", 2021, 2022, 2021),
    BrandRule(r"loongson-?3d5000", 2023, 2023),
    BrandRule(r"loongson-?3[ab]6000", 2023, 2023),
    BrandRule(r"power6\b", 2007, 2007),
    BrandRule(r"power7\+", 2012, 2012),
    BrandRule(r"power7\b", 2010, 2010),
    BrandRule(r"power8\b", 2014, 2014),
    BrandRule(r"power9\b", 2017, 2018, 2018),
    BrandRule(r"power10\b", 2021, 2022, 2021),
)
