"""Launch years of AMD desktop and notebook processors before the APUs: K5 to K10 (see cpu_rows for how to read a row).

Model numbers were used again from socket to socket (an Athlon 64 3200+ exists for 754, 939 and AM2): such rows keep the
whole span, and the likely year is that of the version that was sold most.
"""

from __future__ import annotations

from inventory.domain.cpu_rows import BrandRule

_K8 = r"athlon (64 )?(x2 )?"
_NEO = r"athlon (ii )?(neo )?(x2 )?"

AMD_ATHLON: tuple[BrandRule, ...] = (
    # Athlon 64 FX and the dual-core Athlon 64 X2, Athlon X2 (K8)
    BrandRule(r"(athlon 64 )?fx-?51\b", 2003, 2003),
    BrandRule(r"(athlon 64 )?fx-?5[35]\b", 2004, 2004),
    BrandRule(r"(athlon 64 )?fx-?57\b", 2005, 2005),
    BrandRule(r"(athlon 64 )?fx-?(60|62|7[024])\b", 2006, 2006),
    BrandRule(_K8 + r"5000\+? (black|be\b)", 2007, 2007),
    BrandRule(_K8 + r"5400\+? (black|be\b)", 2008, 2008),
    BrandRule(_K8 + r"be-?2[34][05]0", 2007, 2007),
    BrandRule(_K8 + r"(4[04]50|4850|5050)e\b", 2008, 2008),
    BrandRule(r"athlon (64 )?(neo )?(x2 )?([346]250|5[03]50|6850)e\b", 2008, 2009),
    BrandRule(_K8 + r"(1640|3800|4[04]50|4[48]50|5[0246]00)b\b", 2008, 2008),  # business class
    BrandRule(r"athlon 64 x2 (38|4[2468])00\b", 2005, 2007, 2006),  # socket 939, then AM2
    BrandRule(r"athlon (64 )?(x2 )?(6000|6400)\b", 2007, 2007),
    BrandRule(r"athlon (64 )?(x2 )?5800\b", 2008, 2008),
    BrandRule(r"athlon (64 )?x2 (3[46]|4[0-9]|5[0-7])00\b", 2006, 2007),
    BrandRule(r"athlon ([45]\d00)\+", 2006, 2007),
    # Kuma: two cores of a Phenom; the bare 5000 and 5200 are Regor
    BrandRule(r"athlon (x2 )?(6500|7[257]50)\b", 2008, 2008),
    BrandRule(r"athlon (x2 )?7450\b", 2008, 2009),
    BrandRule(r"athlon (x2 )?7850\b", 2009, 2009),
    BrandRule(r"athlon 5[0246]00$", 2009, 2010, 2010),
    # notebooks
    BrandRule(r"athlon.* tk-?(42|57)\b", 2007, 2008, 2008),
    BrandRule(r"athlon.* tk-?5[35]\b", 2007, 2007),
    BrandRule(r"(athlon|turion).* ql-?6[02]\b", 2008, 2008),
    BrandRule(r"(athlon|turion).* ql-?6[4-7]\b", 2009, 2009),
    BrandRule(r"athlon.* (tf-?(20|36)|qi-?46)\b", 2008, 2009),
    BrandRule(r"athlon (64 )?(neo )?(x2 )?(neo )?(l110|l310|l3[123]5|l510|mv-?40)\b", 2009, 2009),
    # Athlon 64 and Athlon with one core
    BrandRule(r"athlon (64 )?le-?16[02]0", 2007, 2007),
    BrandRule(r"athlon (64 )?le-?16[46]0", 2007, 2008, 2008),
    BrandRule(r"athlon (64 )?2650e", 2008, 2008),
    BrandRule(r"athlon (64 )?2850e", 2008, 2009, 2009),
    BrandRule(r"athlon 64 (2[06]00|1500)\b", 2004, 2007, 2006),
    BrandRule(r"athlon 64 (2[78]00|3[347]00)\b", 2003, 2005, 2004),
    BrandRule(r"athlon 64 4000\b", 2004, 2006, 2005),
    BrandRule(r"athlon 64 3[02568]00\b", 2003, 2007, 2005),
    # Athlon XP and MP
    BrandRule(r"athlon[ -](xp|mp)(-m)? ?(1[5-9]00)\b", 2001, 2002),
    BrandRule(r"athlon[ -](xp|mp)(-m)? ?(2[01]00)\b", 2002, 2002),
    BrandRule(r"athlon[ -](xp|mp)(-m)? ?(2[24678]00)\b", 2002, 2003),
    BrandRule(r"athlon[ -](xp|mp)(-m)? ?(2500|3[0-2]00)\b", 2003, 2003),
    BrandRule(r"athlon[ -](xp|mp)(-m)?\b", 2001, 2004, 2002),
    # Athlon II (K10)
    BrandRule(r"athlon ii (x2 )?(m3[0246]0)\b", 2009, 2009),
    BrandRule(r"athlon ii (x2 )?(p3[2-6]0|n3[2-6]0)\b", 2010, 2010),
    BrandRule(r"athlon ii (x2 )?[np]370\b", 2011, 2011),
    BrandRule(_NEO + r"(k[13]25|n36l|r105)\b", 2010, 2010),
    BrandRule(_NEO + r"(k[13]45)\b", 2011, 2011),
    BrandRule(r"athlon ii 170u", 2010, 2011),
    BrandRule(r"athlon ii 16[05]u|athlon (ii )?x2 2[56]0u", 2009, 2010),  # with PC makers first
    BrandRule(r"athlon (ii )?x2 (21[05]e?|235e|24[05]|240e|250|b2[24])\b", 2009, 2009),
    BrandRule(r"athlon (ii )?x2 (220|245e|250e|255|26[05]|b26)\b", 2010, 2010),
    BrandRule(r"athlon (ii )?x2 b28\b", 2010, 2011, 2011),
    BrandRule(r"athlon (ii )?x2 27[05]u?\b", 2011, 2011),
    BrandRule(r"athlon (ii )?x2 221\b", 2011, 2012),
    BrandRule(r"athlon (ii )?x2 280\b", 2013, 2013),
    BrandRule(r"athlon (ii )?x3 (40[05]e|4[23]5)\b", 2009, 2009),
    BrandRule(r"athlon (ii )?x3 (415e|420e|44[05]|45[05])\b", 2010, 2010),
    BrandRule(r"athlon (ii )?x3 (425e|460)\b", 2011, 2011),
    BrandRule(r"athlon (ii )?x4 (60[05]e|6[23]0)\b", 2009, 2009),
    BrandRule(r"athlon (ii )?x4 (61[05]e|635|64[05])\b", 2010, 2010),
    BrandRule(r"athlon (ii )?x4 (620e|631|65[015])\b", 2011, 2011),
    BrandRule(r"athlon (ii )?x4 (638|641|651k)\b", 2012, 2012),
    BrandRule(r"athlon ii( x[234])? \d{3}[eu]?\b", 2009, 2011, 2010),
    BrandRule(r"athlon ii\b", 2009, 2012, 2010),
    # The first Athlon, Duron and K6
    BrandRule(r"athlon 4\b|k7$", 1999, 2001, 2000),
)

AMD_PHENOM: tuple[BrandRule, ...] = (
    BrandRule(r"phenom ii (x4 )?(9[24]0|8[01][05]|910|925|955|945|90[05]e|820|965|830)\b", 2009, 2009),
    BrandRule(r"phenom ii (x4 )?(910e|840t|960t|970|6[35]0t|b97)\b", 2010, 2010),
    BrandRule(r"phenom ii (x4 )?(840|850|97[35]|980)\b", 2011, 2011),
    BrandRule(r"phenom ii (x4 )?b9[29]\b", 2010, 2011, 2011),
    BrandRule(r"phenom ii (x4 )?977\b", 2012, 2012),
    BrandRule(r"phenom ii (x[234] )?(b93|b95|b7[35]|b5[35])\b", 2009, 2009),
    BrandRule(r"phenom ii (x[234] )?(b77|b5[79]|b60)\b", 2010, 2010),
    BrandRule(r"phenom ii (x3 )?(7[0124][05]e?)\b", 2009, 2009),
    BrandRule(r"phenom ii (x2 )?5[45][05]\b(?<!555)", 2009, 2009),
    BrandRule(r"phenom ii (x2 )?(555|56[05])\b", 2010, 2010),
    BrandRule(r"phenom ii (x2 )?(570|5[12]1)\b", 2011, 2011),
    BrandRule(r"phenom ii (x6 )?1\d{3}t", 2010, 2010),
    # notebooks
    BrandRule(
        r"phenom ii (x[234] )?([npx]9[23]0|[npx]8[234]0|[np]62[05]|[nx]6[24]0|[np]9[45]0|n850|p[89]60)\b", 2010, 2010
    ),
    BrandRule(r"phenom ii (x[234] )?([np]660|n870|n970|x940)\b", 2011, 2011),
    BrandRule(r"phenom ii\b", 2009, 2011, 2010),
    BrandRule(r"phenom (x4 )?(9500|9600|9700|9900)\b", 2007, 2007),
    BrandRule(r"phenom (x[234] )?(8[2-8]\d\d[eb]?|9[1-9]\d\d[eb]?)\b", 2008, 2008),
    BrandRule(r"phenom g[es]-\d{4}", 2008, 2008),
    BrandRule(r"phenom\b(?! i)", 2007, 2009, 2008),
)

AMD_SEMPRON: tuple[BrandRule, ...] = (
    BrandRule(r"sempron (26|38)50\b", 2014, 2014),
    BrandRule(r"sempron (x2 )?198\b", 2012, 2012),
    BrandRule(r"sempron (x2 )?2[45]0\b", 2012, 2013),
    BrandRule(r"sempron (x2 )?(140|m1[02]0)\b", 2009, 2009),
    BrandRule(r"sempron (x2 )?(130|145|180|m140)\b", 2009, 2010, 2010),
    BrandRule(r"sempron (x2 )?(150|190)\b", 2010, 2011, 2011),
    BrandRule(r"sempron 2[01]0u\b", 2009, 2009),
    BrandRule(r"sempron (x2 )?(si-?4[02]|2[123]00|le-?1300)\b(?!\+)", 2008, 2008),
    BrandRule(r"sempron le-?1[12][05]0\b", 2007, 2007),
    BrandRule(r"sempron (22|23|24)00\+", 2004, 2004),
    BrandRule(r"sempron (25|26|27|28|31|33)00\b", 2004, 2006, 2005),
    BrandRule(r"sempron (30|32|34)00\b", 2004, 2006, 2006),
    BrandRule(r"sempron (35|36)00\b", 2005, 2006, 2006),
    BrandRule(r"sempron (37|38|40)00\b", 2006, 2007),
    BrandRule(r"sempron 2100\+", 2007, 2007),
    BrandRule(r"(amd |^)v1(05|[24]0)\b", 2010, 2010),
    BrandRule(r"(amd |^)v160\b", 2010, 2011, 2011),
    BrandRule(r"duron 1[468]00\b", 2003, 2003),
    BrandRule(r"duron( \d{3,4})?$", 2000, 2003, 2001),
)

AMD_TURION: tuple[BrandRule, ...] = (
    BrandRule(r"turion (64 )?m[lt]-?(2[78]|3[0247]|4[02])\b", 2005, 2005),
    BrandRule(r"turion (64 )?(ml-?44|mk-?3[68])\b", 2006, 2006),
    BrandRule(r"(turion|athlon).* tl-?(5[0-26]|60)\b", 2006, 2006),
    BrandRule(r"(turion|athlon).* tl-?(5[3-9]|6[2-8])\b", 2007, 2007),
    BrandRule(r"turion.* rm-?7[0-4]\b", 2008, 2008),
    BrandRule(r"turion.* rm-?7[5-7]\b", 2009, 2009),
    BrandRule(r"turion.* zm-?8[0246]\b", 2008, 2008),
    BrandRule(r"turion.* zm-?8[578]\b", 2009, 2009),
    BrandRule(r"turion (neo )?(x2 )?(neo )?l[356][1-3][05]\b", 2009, 2009),
    BrandRule(r"turion ii.* m[56][0-6]0\b", 2009, 2009),
    BrandRule(r"turion ii (neo )?(x2 )?(k6[26]5|[pn]5[2-6]0)\b", 2010, 2010),
    BrandRule(r"turion ii (neo )?(x2 )?(k6[48]5|n570|n40l)\b", 2011, 2011),
    BrandRule(r"turion ii (neo )?n54l\b", 2010, 2012, 2012),
    BrandRule(r"turion ii\b", 2009, 2011, 2010),
    BrandRule(r"turion ?(64 )?(ultra )?x2", 2006, 2009, 2007),
    BrandRule(r"turion\b(?! i)", 2005, 2009, 2006),
)
