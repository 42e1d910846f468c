"""Launch years of AMD Ryzen and of the Athlons with Zen cores (see cpu_rows for how to read a row)."""

from __future__ import annotations

from inventory.domain.cpu_rows import BrandRule

_R = r"ryzen ([3579] )?(pro )?"
_AI = r"ryzen ai ([3579] )?(hx )?(pro )?"
_TR = r"(ryzen )?(threadripper|tr)( pro)? "

AMD_THREADRIPPER: tuple[BrandRule, ...] = (
    BrandRule(_TR + r"19\d\dx", 2017, 2017),
    BrandRule(_TR + r"29\d\dw?x", 2018, 2018),
    BrandRule(_TR + r"39[67]0x", 2019, 2019),
    BrandRule(_TR + r"39(90|\d5w)x", 2020, 2020),
    BrandRule(_TR + r"59\d5wx", 2022, 2022),
    BrandRule(_TR + r"79\d[05]w?x", 2023, 2023),
    BrandRule(_TR + r"99\d[05]w?x", 2025, 2025),
)

AMD_RYZEN: tuple[BrandRule, ...] = (
    BrandRule(r"ryzen (ai )?z1\b", 2023, 2023),
    BrandRule(r"ryzen (ai )?z2\b", 2025, 2025),
    BrandRule(r"ryzen ai max", 2025, 2025),
    BrandRule(_AI + r"3(6[05]|7[05])\b", 2024, 2024),
    BrandRule(_AI + r"3[345]\d\b", 2025, 2025),
    BrandRule(_AI + r"4\d\d\b", 2026, 2026),
    BrandRule(_R + r"(\d0|[12]\d0)\b", 2025, 2025),
    # 9000
    BrandRule(_R + r"(9800x3d|9[67]00x|99[05]0x)\b", 2024, 2024),
    BrandRule(_R + r"9850x3d\b", 2026, 2026),
    BrandRule(_R + r"9([567]00f?|[679]45|500x3d|600x3d|9[05]0x3d|[89][45][05]hx(3d)?)\b", 2025, 2025),
    # 8000
    BrandRule(_R + r"8[3-7]00(g|ge|f)\b", 2024, 2024),
    BrandRule(r"ryzen [3579] pro 8[3-9]\d{2}(g|ge|u|h|hs)\b|ryzen [3579] 8745hs?\b", 2024, 2024),
    BrandRule(_R + r"8[4-9]4[05](u|h|hs)\b", 2023, 2024, 2023),
    BrandRule(_R + r"8[6-9]4[05]hx\b", 2025, 2025),
    # 7000
    BrandRule(_R + r"(7600x3d)\b", 2024, 2024),
    BrandRule(_R + r"(7400f?|7500x3d)\b", 2025, 2025),
    BrandRule(_R + r"(7500f|7[679]00|7[89][05]0x3d|7[679]45)\b", 2023, 2023),
    BrandRule(_R + r"(7[679]00x|7950x|7[35]20u)\b", 2022, 2022),
    BrandRule(_R + r"7[35]20c\b", 2023, 2023),
    BrandRule(_R + r"7[24]35hs?\b", 2023, 2024, 2024),
    BrandRule(_R + r"7[89]40hx\b", 2024, 2024),
    BrandRule(_R + r"7[3-9][34]\d(u|h|hs|hx|hx3d)\b", 2023, 2023),
    # 6000
    BrandRule(_R + r"6[6-9]\d{2}(u|h|hs|hx|z)\b", 2022, 2022),
    # 5000
    BrandRule(_R + r"(5600x|5800x|59[05]0x)\b", 2020, 2020),
    BrandRule(_R + r"5600x3d\b", 2023, 2023),
    BrandRule(_R + r"(5[89]00xt|5600x?t|5700x3d|5[56]00gt)\b", 2024, 2024),
    BrandRule(_R + r"(5500x3d|5600f)\b", 2025, 2025),
    BrandRule(_R + r"(5500|5600|5700x|5800x3d|5[689]45)\b", 2022, 2022),
    BrandRule(_R + r"5700\b", 2022, 2024, 2022),
    BrandRule(_R + r"(5100|5500h)\b", 2022, 2023),
    BrandRule(_R + r"5[3567]55ge?\b", 2022, 2024, 2023),
    BrandRule(_R + r"(5[89]00|5[3-7]\d\dge?)\b", 2021, 2021),
    BrandRule(_R + r"(5[468](25|75)u|5[1468]25c)\b", 2022, 2022),
    BrandRule(_R + r"5[3-9]\d0(u|h|hs|hx)\b", 2021, 2021),
    BrandRule(r"ryzen [57] (microsoft )?surface \(?r?\)? ?edition", 2019, 2021, 2021),
    # 4000
    BrandRule(_R + r"4[15]00\b", 2022, 2022),
    BrandRule(_R + r"4[69]80u\b", 2021, 2021),
    BrandRule(_R + r"4[3-7]55ge?\b", 2021, 2022, 2022),
    BrandRule(_R + r"4[3-9]\d0(g|ge|u|h|hs)\b", 2020, 2020),
    BrandRule(r"(amd |^)4700s\b", 2021, 2021),
    BrandRule(r"(amd |^)4800s\b", 2022, 2022),
    BrandRule(r"(amd |^)custom 0(405|932)\b", 2022, 2023, 2022),
    # 3000
    BrandRule(_R + r"(3100|3300x|3[689]00xt|3350ge?|3250[uc]|3450u|3[257]00c)\b", 2020, 2020),
    BrandRule(_R + r"(3350u)\b", 2019, 2020, 2019),
    BrandRule(_R + r"3([2-7]\d0(u|h|g|ge)|500x?|600x?|700x?|780u|800x|900x?|950x)\b", 2019, 2019),
    # 2000
    BrandRule(r"ryzen [57] 2[57]00u\b", 2017, 2018, 2017),
    BrandRule(_R + r"2(100ge|[23457]00(u|g|ge)|[68]00h|[67]00[xe]?|[35]00x)\b", 2018, 2018),
    # 1000
    BrandRule(_R + r"1600 ?\(?af\b", 2019, 2020, 2019),
    BrandRule(_R + r"1200 ?\(?af\b", 2020, 2020),
    BrandRule(_R + r"1[2-8]00x?\b", 2017, 2017),
    # models that no row above names
    BrandRule(_R + r"3\d{3}[a-z]{0,2}\b", 2019, 2020),
    BrandRule(_R + r"4\d{3}[a-z]{0,2}\b", 2020, 2022),
    BrandRule(_R + r"5\d{3}[a-z]{0,2}\b", 2021, 2023, 2022),
    BrandRule(_R + r"7\d{3}[a-z]{0,2}\b", 2022, 2024, 2023),
    BrandRule(_R + r"8\d{3}[a-z]{0,2}\b", 2023, 2025, 2024),
    # embedded
    BrandRule(r"(ryzen )?(embedded )?v1[2678](0[1-9]|56)b\b", 2018, 2018),
    BrandRule(r"(ryzen )?(embedded )?v1[457][08]\d[bi]\b", 2018, 2019, 2018),
    BrandRule(r"(ryzen )?(embedded )?r1(505|606)g\b", 2019, 2019),
    BrandRule(r"(ryzen )?(embedded )?r1(102g|305g|600)\b", 2020, 2020),
    BrandRule(r"(ryzen )?(embedded )?v2[57]\d\d\b", 2020, 2020),
    BrandRule(r"(ryzen )?(embedded )?r2[35]\d\d\b", 2022, 2022),
    BrandRule(r"(ryzen )?(embedded )?v3c\d\di?\b", 2022, 2022),
    BrandRule(r"(ryzen )?(embedded )?v2a46\b", 2023, 2023),
    BrandRule(r"ryzen embedded 5[689][05]0e\b", 2023, 2023),
    BrandRule(r"ryzen embedded 7[679][04][05]x?\b", 2023, 2023),
    BrandRule(r"ryzen embedded 8[68]4[05]u?h?s?\b", 2024, 2024),
)

AMD_ATHLON_ZEN: tuple[BrandRule, ...] = (
    BrandRule(r"athlon (silver 10|gold 20)\b", 2025, 2025),
    BrandRule(r"athlon (silver |gold )?7[12]20u\b", 2022, 2022),
    BrandRule(r"athlon (silver |gold )?7[12]20c\b", 2023, 2023),
    BrandRule(r"athlon (silver |gold )?(pro )?(3045b|3145b)\b", 2021, 2021),
    BrandRule(r"athlon (silver |gold )?(pro )?4150ge?\b", 2020, 2022, 2022),
    BrandRule(r"athlon (pro )?(3[0-2]0(u|ge)|3000g|200u)\b", 2019, 2019),
    BrandRule(r"athlon (silver |gold )?(pro )?3[01]\d[05](u|e|g|ge|c)\b", 2020, 2020),
    BrandRule(r"athlon (pro )?2[0-4]0ge\b", 2018, 2018),
    BrandRule(r"(amd |^)30(15|20)e\b", 2020, 2020),
    BrandRule(r"(amd |^)3015ce\b", 2021, 2021),
)
