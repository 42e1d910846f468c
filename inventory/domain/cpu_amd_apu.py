"""Launch years of AMD FX and of the APUs before Ryzen, embedded ones included (see cpu_rows for how to read a row)."""

from __future__ import annotations

from inventory.domain.cpu_rows import BrandRule

_PRO = r"(pro )?a(4|6|8|9|10|12)[- ]?(pro[- ]?)?"

AMD_FX: tuple[BrandRule, ...] = (
    BrandRule(r"fx-?([46]100|81[025]0)\b", 2011, 2011),
    BrandRule(r"fx-?(b?4150|41[237]0|b?61[23]0|[46]200|8140)\b", 2012, 2012),
    BrandRule(r"fx-?(4300|4320|6300|83[0256]0)\b", 2012, 2012),
    BrandRule(r"fx-?([46]350|9370|9590)\b", 2013, 2013),
    BrandRule(r"fx-?(8310|83[27]0e|8370)\b", 2014, 2014),
    BrandRule(r"fx-?[46]330\b", 2013, 2015, 2015),
    BrandRule(r"fx-?(6[67]0k|770k|75\d0|7600p)", 2014, 2014),
    BrandRule(r"fx-?870k", 2015, 2015),
    BrandRule(r"fx-?8800p", 2015, 2015),
    BrandRule(r"fx-?98[03]0p", 2016, 2016),
    BrandRule(r"(amd fx-?|^fx-)[468][1-4]\d0e?\b", 2011, 2014, 2012),
)

AMD_ATHLON_FM: tuple[BrandRule, ...] = (
    BrandRule(r"athlon (ii )?x4 (7[34]0|750k)\b|athlon (ii )?x2 340\b", 2012, 2012),
    BrandRule(r"athlon (ii )?x4 (750|7[67]0k)\b|athlon (ii )?x2 3[57]0k?\b", 2013, 2013),
    BrandRule(r"athlon (ii )?x4 8[346]0k?\b|athlon x2 450\b", 2014, 2014),
    BrandRule(r"athlon x4 850\b", 2015, 2015),
    BrandRule(r"athlon x4 870k\b", 2015, 2016, 2015),
    BrandRule(r"athlon x4 8[48][05]k?\b", 2016, 2016),
    BrandRule(r"athlon x4 835\b", 2016, 2018, 2017),
    BrandRule(r"athlon x4 950\b", 2016, 2017, 2017),
    BrandRule(r"athlon x4 9[47]0\b", 2017, 2017),
    BrandRule(r"athlon (x4 )?5([13]5|[345])0\b", 2014, 2014),
    BrandRule(r"athlon (x4 )?5370\b", 2016, 2016),
)

AMD_A: tuple[BrandRule, ...] = (
    # Llano
    BrandRule(r"a(4|6|8)-?3\d{3}(m|mx|k|p)?\b", 2011, 2011),
    # Trinity; the small 4000s of the desktop came later
    BrandRule(r"a4-?4000\b", 2013, 2013),
    BrandRule(r"a4-?4020\b", 2014, 2014),
    BrandRule(r"a(8|10)-?4([56]57|745)m\b", 2013, 2013),
    BrandRule(_PRO + r"4[3-6][05][05]m\b", 2012, 2012),
    BrandRule(_PRO + r"5[345678]00[kb]?\b", 2012, 2012),
    # Richland notebooks, Kabini, Temash
    BrandRule(_PRO + r"5[1357][45][05789]m\b", 2013, 2013),
    BrandRule(r"a4-?1[23]50\b|a4-?1200\b|a6-?1450\b", 2013, 2013),
    BrandRule(r"a4-?5100\b", 2013, 2014, 2014),
    BrandRule(r"a4-?50[05]0m?\b|a6-?5200m?\b", 2013, 2013),
    BrandRule(r"a4[- ]pro-?33[45]0b\b", 2014, 2014),
    # Richland desktops, Beema, Mullins
    BrandRule(r"a4-?6320b?\b|a6-?6420[kb]\b", 2014, 2014),
    BrandRule(r"a4-?62[15]0j?\b|a6-?6310\b|a8-?6410\b", 2014, 2014),
    BrandRule(r"(a4|a10|e1)[- ]micro[- ]?6[2-8]00t", 2014, 2014),
    BrandRule(_PRO + r"6[345678][0-9]0[kbt]?\b", 2013, 2013),
    # Kaveri, Godavari, Carrizo-L
    BrandRule(r"a4-?7210\b|a6-?7310\b|a8-?7410\b", 2015, 2015),
    BrandRule(r"pro a6-?7350b\b", 2018, 2018),  # a late Stoney Ridge
    BrandRule(_PRO + r"7(0[05]0b?|1[05]0b?|200p|300b?|350b|400[kbp]?|500|600b?|700k|800b?|850[kb])\b", 2014, 2014),
    BrandRule(r"a8-?76[57]0k\b|a10-?7870k\b", 2015, 2015),
    BrandRule(r"a6-?7470k|a8-?7690k|a10-?7860k|a10-?7890k", 2016, 2016),
    BrandRule(r"a6-?7480\b|a8-?7680\b", 2018, 2018),
    # Carrizo, the PRO models of 2016 with it
    BrandRule(_PRO + r"8(57|77|87)0e?\b|" + _PRO + r"8([57]3|83)0b\b", 2016, 2016),
    BrandRule(r"pro a[46]-?[3-58]350b\b(?<!a4-8350b)", 2018, 2018),  # Stoney Ridge again
    BrandRule(_PRO + r"8[3-8][05]0[pb]?\b|a10-?8780p", 2015, 2015),
    # Bristol Ridge, Stoney Ridge
    BrandRule(r"a9-?9820\b", 2019, 2020, 2020),  # of a game console
    BrandRule(r"a6-?9400\b", 2019, 2019),
    BrandRule(r"a6-?9550\b", 2017, 2017),
    BrandRule(r"a(10|12)-?9[67]20p", 2017, 2017),
    BrandRule(_PRO + r"9[5-8][0-9]0[pbe]?\b", 2016, 2016),
    BrandRule(r"a4-?91[02]0c|a6-?9220c", 2019, 2019),
    BrandRule(r"a(4|6|9)-?9[124]25e?\b", 2018, 2018),
    BrandRule(r"a4-?9120e?\b|a6-?92[023]0e?\b|a9-?94[23]0\b", 2016, 2018, 2017),
    BrandRule(r"a(4|6|9)-?9[0-4][01]0\b", 2016, 2016),
    BrandRule(r"a9-?9435\b", 2018, 2020, 2018),
    # models that no row above names
    BrandRule(_PRO + r"3\d{3}[a-z]{0,2}\b", 2011, 2012),
    BrandRule(_PRO + r"[45]\d{3}[a-z]?\b", 2012, 2013),
    BrandRule(_PRO + r"6\d{3}[a-z]?\b", 2013, 2014),
    BrandRule(_PRO + r"7\d{3}[a-z]?\b", 2014, 2016, 2014),
    BrandRule(_PRO + r"8\d{3}[a-z]?\b", 2015, 2016),
    BrandRule(_PRO + r"9\d{3}[a-z]?\b", 2016, 2018, 2017),
)

AMD_SMALL: tuple[BrandRule, ...] = (
    # Bobcat, then Jaguar, Puma, Stoney Ridge under the same letters
    BrandRule(r"(amd e-?|^e-)(2[45]0|300|350d?|4[05]0d?)\b", 2011, 2011),
    BrandRule(r"(amd [cz]-?|^[cz]-)([356]0|01)\b(?<!z-60)", 2011, 2011),
    BrandRule(r"(amd [cz]-?|^[cz]-)[67]0\b", 2012, 2012),
    BrandRule(r"e2-?(3000m|3[23]\d0m?)\b", 2011, 2011),
    BrandRule(r"e[12]-?1[28]00\b", 2012, 2012),
    BrandRule(r"e1-?1500\b|e2-?2000\b", 2012, 2013, 2013),
    BrandRule(r"e1-?2[15][057]0\b|e2-?3000\b", 2013, 2013),
    BrandRule(r"e1-?2200\b|e2-?3800\b", 2014, 2014),
    BrandRule(r"e[12]-?6\d\d[05]j?\b", 2014, 2014),
    BrandRule(r"e[12]-?7\d{3}\b", 2015, 2015),
    BrandRule(r"e2-?90[13]0\b", 2016, 2016),
    BrandRule(r"e2-?9000\b", 2016, 2017, 2017),
    BrandRule(r"e2-?9000e\b", 2016, 2017),
    # embedded G and R series
    BrandRule(r"(g-|g-series )?t(40[ner]|44r|48[len]|52r|56[ne]|24l|30l)\b", 2011, 2011),
    BrandRule(r"(g-|g-series )?t16r\b", 2012, 2012),
    BrandRule(r"gx-?[24]\d\d[a-z]a\b", 2013, 2013),
    BrandRule(r"gx-?[24]\d\d[a-z]c\b", 2014, 2014),
    BrandRule(r"gx-?[24]\d\d[a-z][ijl]\b", 2016, 2016),
    BrandRule(r"r-?[24][56]\d[hldf]\b|r-?2[57]2f\b", 2012, 2012),
    BrandRule(r"rx-?(427bb|425bb|427nb|225fb|219nb)\b", 2014, 2014),
    BrandRule(r"rx-?(421bd|418gd|421nd|416gd|216[gt]d)\b", 2015, 2015),
)
