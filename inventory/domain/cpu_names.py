"""One spelling for processor names: what PCs, benchmark lists and asset lists write becomes what the tables read.

"Intel(R) Core(TM) i3-4130 CPU @ 3.40GHz", "Core i3 4130" and "i3-4130" are one processor. Trade marks, clock,
remarks in brackets and filling words go; Intel's names get the form in which the rows of cpu_intel* are written.
"""

from __future__ import annotations

import re

LONGEST = 300  # characters of a brand string that are read; CPUID's own has 48


def _compiled(*rules: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), instead) for pattern, instead in rules)


_MARKS = _compiled(
    (r"(?:\((?:r|tm|c)\)|[®™©])(?=-)", ""),  # "FX(tm)-8350"
    (r"[\u2010-\u2015\u2212]", "-"),  # typographic hyphens
    (r"\((?:r|tm|c)\)|[^ -~]", " "),  # also what is left of trade marks in a wrong encoding
    (r"\(af\)", " af "),  # a model of its own: "Ryzen 5 1600 (AF)"
    (r"\([^)]*\)?|_", " "),  # "(8M Cache, up to 3.90 GHz)"
)
_JOINED = re.compile(
    r"(?:amd|intel|apple|via|core|xeon|pentium|celeron|atom|athlon|phenom|turion|sempron|opteron|epyc|ryzen|threadripper"
    r"|qualcomm|snapdragon|hygon|zhaoxin)-\S+"
)
_NOISE = _compiled(
    (r"@.*", " "),  # the clock, and what stands behind it
    (r"\b\d+(?:[.,]\d+)? ?[gm]hz\b", " "),
    (r"\bw(ith|/) radeon.*|\bradeon.*|\bvega\b.*", " "),  # built-in graphics
    (r",? ?\d+ compute cores.*", " "),
    (r"\b(?:\d+th|\d+nd|\d+rd|\d+st) gen(?:eration)?\b", " "),
    (r"\bintel64 family.*|\bamd64 family.*", " "),  # Windows' own description is no name
    (r"\bsupporting ht technology\b|\bhyper-?threading\b", " "),
    (r"\b(?:cpu|processor|apu|soc|mobile technology|mobile|technology|vpro|coprocessor)\b", " "),
    (r"\b(?:single|dual|triple|quad|two|four|six|eight|twelve|sixteen|\d+)[- ]core\b", " "),
    (r"\bengineering sample\b", " "),
    (r"(?<![a-z\d+])-+|-+(?![a-z\d])", " "),  # hyphens that now join nothing
)
_INTEL = _compiled(
    (r" edition\b", ""),
    (r"\b(intel|pentium|celeron|atom|xeon|duo|quad|extreme|solo|gold|silver)-(?=[a-z\d])", r"\1 "),
    # Core i, Core m, Core Ultra: "i5 4570", "core i7 CPU Q 720", "Core i7 Extreme 965", "m3 6Y30"; "i5+8400" with Optane
    (r"\b(?:core[- ]*)?i([3579])(?:[- ]*(?:extreme|ee))?[-+ ]*(?=[a-z]{0,2}[- ]?\d{3}|[nl]\d|\dy\d)", r"core i\1-"),
    (r"\b(core i[3579]-)([kmqsxelu]|[lu][em]|qm|xm)[- ]?(\d{3})(?!\d)", r"\1\3\2"),
    (r"\b(?:core[- ]*)?m([357])[- ]*(?=[678](?:y|\d{3}y))", r"core m\1-"),
    (r"\bcore[- ]m[- ]*(?=5y)", "core m-"),
    (r"\b(?:core )?ultra[- ](x?[3579])[- ]*(?=\d{3})", r"core ultra \1 "),
    (r"\bcore ([3579])[- ]+(?=n?\d{3})", r"core \1 "),
    (r"\bc2([dq])\b", r"core 2 \1"),
    (r"\bcore[- ]?2(?!\d)[- ]*(?:d|dual)\b", "core 2 duo"),
    (r"\bcore[- ]?2(?!\d)[- ]*q\b", "core 2 quad"),
    (r"\bcore[- ]?2(?!\d)[- ]*(?:(duo|quad|extreme|solo)\b)?[- ]*", r"core 2 \1 "),
    # Xeon: "E5 2670V3", "E31230", "Xeon W 2145", "Xeon-Gold 6130", "Xeon X 5650"
    (r"\bxeon[- ]*(gold|silver|bronze|platinum|max|phi|[bsgp](?=[- ]\d{4}))[- ]*(?:p-)?", r"xeon \1 "),
    (r"\b(?:xeon[- ]*)?e([357])[- ]*(\d{4})(?!\d)", r"xeon e\1-\2"),
    (r"\b(xeon e[357]-\d{4}[a-z]{0,2}?)[- ]*v[. ]?([2-6])\b", r"\1 v\2"),
    (r"\bxeon e[- ]*(2[1-4]\d\d)(?!\d)", r"xeon e-\1"),
    (r"\bxeon d[- ]*([12]\d{3})(?!\d)", r"xeon d-\1"),
    (r"\bxeon w[- ]*(1\d{3,4}|2\d{3}|3[1-3]\d\d)(?!\d)", r"xeon w-\1"),
    (r"\bxeon w([3579])[- ]*([23][45]\d\d)(?!\d)", r"xeon w\1-\2"),
    (r"\bxeon (?:dp|mp|up) (?=[a-z]?\d)", "xeon "),
    # Pentium, Celeron, Atom: "P4", "Pentium IV", "Pentium 4 - M", "Pentium G 3220", "Atom x5 Z8350"
    (r"\bp4\b|\bpentium ?(?:4|iv)\b", "pentium 4"),
    (r"\bpentium[- ]?(?:iii|3)\b", "pentium iii"),
    (r"\bpentium[- ]?(?:ii|2)\b", "pentium ii"),
    (r"\b(pentium (?:4|iii)|celeron|pentium) ?- ?m\b", r"\1 m"),
    (r"\b(pentium 4|pentium) ht\b", r"\1"),
    (r"\b((?:pentium|celeron|atom)(?: gold| silver| dual)?) ([bcegjlntuxz]|su)[- ](?=\d{3})", r"\1 \2"),
    (r"\bxeon ([lx])[- ](?=\d{4})", r"xeon \1"),
    (r"\batom x([3-7])[- ]*(?=[a-z]\d)", r"atom x\1-"),
)
_AMD = _compiled(
    # "Ryzen5 3600", "R5-3600", "Ryzen 7 PRO-5850U", "Ryzen 5 PRO3500U"
    (r"\bryzen[- ]*([3579])[- ]+(?=pro|\d{3})", r"ryzen \1 "),
    (r"\br([3579])[- ](?=(?:pro[- ]?)?\d{4})", r"ryzen \1 "),
    (r"\b(ryzen [3579]|threadripper)[- ]+pro[- ]*(?=\d{3})", r"\1 pro "),
    (r"\b(epyc|opteron|sempron|threadripper)[- ]*(?=\d{3})", r"\1 "),
    # "Athlon64 X2", "AthlonX2 250", "Phenom2 X4", "Phenom X4 955"
    (r"\bathlon[- ]?64\b[- ]*", "athlon 64 "),
    (r"\b(athlon|phenom|turion)[- ]?(?:ii\b|2 (?=x|\d))[- ]*", r"\1 ii "),
    (r"\b(athlon(?: 64| ii)?|phenom(?: ii)?|turion(?: 64| ii)?)[- ]?x([2346])[- ]*(?!\d\d\b)", r"\1 x\2 "),
    (r"\bphenom (x[2346] )(?=\d{3}\b|1\d{3}t|b\d\d\b)", r"phenom ii \1"),
    # "A10 7850K", "FX8350", "TL 60", "GX 420CA", "R 464L", "KX 5640"
    (r"^(amd )?(?:(pro) )?(a(?:4|6|8|9|10|12)|e[12]|fx)[- ]*(?=b?\d{4})", r"\1\2 \3-"),
    (r"^amd ([cez])[- ](?=\d{2,3}\b)", r"amd \1-"),
    (r"\b([gr]x) (?=\d{3}[a-z]{2}\b)|\b(r) (?=\d{3}[dfhl]\b)", r"\1\2-"),
    (r"\b(kx|loongson) (?=[\du])", r"\1-"),
    (r"\b(le|be|tl|tk|ql|qi|rm|zm|mk|ml|mt|si|tf|mv)[- ]?(?=\d\d\b|[12]\d{3}\b)", r"\1-"),
)
_CLOCK = re.compile(r"(\d+(?:[.,]\d+)?) ?([gm])hz")


def normalise(brand: str) -> str:
    """A brand string as the rules read it: "Intel(R) Core(TM) i3-4130 CPU @ 3.40GHz" -> "intel core i3-4130"."""
    name = _lower(brand)
    if _JOINED.fullmatch(name):  # "Athlon-II-X2-250", as file names and web addresses have it
        name = name.replace("-", " ")
    for pattern, instead in (*_MARKS, *_NOISE):
        name = pattern.sub(instead, name)
    name = " ".join(name.replace(",", " ").split())
    if "amd" not in name:
        for pattern, instead in _INTEL:
            name = pattern.sub(instead, name)
    if "intel" not in name:
        for pattern, instead in _AMD:
            name = pattern.sub(instead, name)
    return " ".join(name.split()).strip(" ,;-")


def clock(brand: str) -> str:
    """The first clock that a brand string names, for the rows that have nothing else to go by; "" without one.

    "@2800" (MHz) where the clock is part of the name ("Pentium 4 2.80GHz"), "@ 2100" where it only follows it
    ("Xeon CPU @ 2.10GHz").
    """
    text = _lower(brand)
    found = _CLOCK.search(text)
    if found is None:
        return ""
    number = float(found[1].replace(",", ".")[:12])
    mhz = round(number * 1000 if found[2] == "g" else number)
    return f"@ {mhz}" if "@" in text[: found.start()] else f"@{mhz}"


def _lower(brand: str) -> str:
    return " ".join(brand[:LONGEST].lower().split())
