"""The engine that gives launch years by name and by CPUID numbers; unknown stays unknown."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.cpu_models import MODELS
from inventory.domain.cpu_names import clock, normalise
from inventory.domain.cpu_rows import BrandRule
from inventory.domain.cpu_rules import BRANDS
from inventory.domain.cpu_years import CpuYear, _literals, launch_year

NAMES = [
    line.split("\t")[1]
    for file in sorted((Path(__file__).parent / "cpu_names").glob("*.tsv"))
    for line in file.read_text(encoding="utf-8").splitlines()
]

BENCHMARK = [
    (name, int(year))
    for year, name in (
        line.split("\t")
        for line in (Path(__file__).parent / "cpu_names" / "benchmark.tsv").read_text(encoding="utf-8").splitlines()
    )
]

UNKNOWN = (
    "AMD EPYC",
    "AMD Athlon(tm) Processor",
    "Intel Core 2 Duo P9xxx (Penryn Class Core 2)",
    "AMD Opteron 22xx (Gen 2 Class Opteron)",
    "Lenovo V110",
    "V100",
    "Intel Xeon Gold 7130",
    "Intel Core i7-470",
    "Intel Core i7-16700K",
    "AMD Ryzen 7 11700X",
    "NVIDIA Quadro FX 4500",
    "Intel HD Graphics 4600",
    "AMD Radeon R7 370",
    "QEMU Virtual CPU version 2.5+",
    "Common KVM processor",
    "Intel64 Family 6 Model 58 Stepping 9, GenuineIntel",
    "Intel(R) Xeon(R) CPU @ 2.20GHz",
    "Intel(R) Core(TM) i7",
    "Intel Xeon Processor (Skylake, IBRS)",
    "",
)

SPELLINGS = {
    "Intel(R) Core(TM) i3-4130 CPU @ 3.40GHz": "intel core i3-4130",
    "Intel® Core™ i3-4130 Processor (3M Cache, 3.40 GHz)": "intel core i3-4130",
    "i3 4130": "core i3-4130",
    "Core i3-4130, 3.4GHz": "core i3-4130",
    "Intel(R) Core(TM) i7 CPU       Q 720  @ 1.60GHz": "intel core i7-720q",
    "Intel(R) Core(TM) i3 CPU       M 380  @ 2.53GHz": "intel core i3-380m",
    "Intel Core2 Duo E8400 @ 3.00GHz": "intel core 2 duo e8400",
    "Core 2 Dual E7500": "core 2 duo e7500",
    "Intel(R) Core(TM)2 CPU          6300  @ 1.86GHz": "intel core 2 6300",
    "Xeon E5 2670V3": "xeon e5-2670 v3",
    "Intel(R) Xeon(R) CPU E31230 @ 3.20GHz": "intel xeon e3-1230",
    "Intel(R) Xeon(R) CPU E7- 4870  @ 2.40GHz": "intel xeon e7-4870",
    "Xeon-Gold 6130": "xeon gold 6130",
    "Intel Xeon W 2145": "intel xeon w-2145",
    "Pentium(R) Dual-Core  CPU      E5300  @ 2.60GHz": "pentium e5300",
    "Mobile Intel(R) Pentium(R) 4 - M CPU 2.00GHz": "intel pentium 4 m",
    "P4 2.4 GHz": "pentium 4",
    "Intel Atom x5 Z8350": "intel atom x5-z8350",
    "11th Gen Intel(R) Core(TM) i5-1135G7 @ 2.40GHz": "intel core i5-1135g7",
    "Intel(R) Core(TM) Ultra 7 processor 155H": "intel core ultra 7 155h",
    "AMD A8-7600 Radeon R7, 10 Compute Cores 4C+6G": "amd a8-7600",
    "AMD FX(tm)-8350 Eight-Core Processor": "amd fx-8350",
    "Intel Core i5+8400 @ 2.80GHz": "intel core i5-8400",
    "Intel Core i7\u20114770K": "intel core i7-4770k",
    "Athlon-II-X2-250": "athlon ii x2 250",
    "Xeon-E5-2670-v2": "xeon e5-2670 v2",
    "AMD Ryzen 5 1600 (AF)": "amd ryzen 5 1600 af",
    "AMD Phenom II X620 Dual-Core": "amd phenom ii x620",
}


def test_names_of_benchmark_lists() -> None:
    assert not [(name, year, got) for name, year in BENCHMARK if (got := launch_year(name).year) != year]


# Ways in which lists decorate a name; the answer must stay the same
DECORATED = (
    "  {}  ",
    "{} CPU 0",
    "{} Processor",
    "[Dual CPU] {}",
    "2x {}",
    "{} (x2)",
    "{}, 4C/8T",
    '"{}"',
    "{} (8M Cache, up to 3.90 GHz)",
    "{} tray",
    "11th Gen {}",
    "{}\r",
)


@pytest.mark.parametrize("form", DECORATED)
def test_decoration_changes_nothing(form: str) -> None:
    for name, _ in BENCHMARK[::9]:
        plain = re.sub(r" ?@.*", "", name)
        for spelling in (plain, plain.upper(), plain.replace(" ", "_"), plain.replace(" ", "  ")):
            assert launch_year(form.format(spelling)).year == launch_year(name).year, spelling


@pytest.mark.parametrize("brand", UNKNOWN)
def test_what_says_too_little_is_unknown(brand: str) -> None:
    assert launch_year(brand) == CpuYear(normalise(brand))


@pytest.mark.parametrize("brand", SPELLINGS)
def test_every_spelling_becomes_one(brand: str) -> None:
    assert normalise(brand) == SPELLINGS[brand]
    assert normalise(normalise(brand)) == SPELLINGS[brand]


@pytest.mark.parametrize(
    ("brand", "said"),
    [
        ("Intel(R) Pentium(R) 4 CPU 3.00GHz", "@3000"),
        ("Pentium III 1200MHz", "@1200"),
        ("Intel(R) Xeon(R) CPU @ 2.10GHz", "@ 2100"),
        ("Celeron 2,66 GHz", "@2660"),
        ("Intel Core i3-4130", ""),
    ],
)
def test_the_clock_is_read_for_names_that_say_nothing_else(brand: str, said: str) -> None:
    assert clock(brand) == said


def test_a_wide_span_is_told_as_unsure() -> None:
    old, new = launch_year("Intel(R) Pentium(R) 4 CPU 3.00GHz"), launch_year("Intel(R) Core(TM) i5-6500 CPU")

    assert (old.earliest, old.latest, old.confidence) == (2002, 2006, "low")
    assert (new.year, new.earliest, new.latest, new.confidence) == (2015, 2015, 2015, "high")


def test_numbers_help_where_the_name_is_bare() -> None:
    found = launch_year("Intel(R) Processor", "GenuineIntel", 6, 58, 9)

    assert (found.name, found.year, found.latest, found.method) == ("Ivy Bridge", 2012, 2013, "cpuid")
    assert found.confidence == "medium"


def test_numbers_narrow_a_wide_name_but_never_contradict_it() -> None:
    brand = "Intel(R) Pentium(R) 4 CPU 3.00GHz"

    narrow = launch_year(brand, "GenuineIntel", 15, 3, 4)
    assert (narrow.year, narrow.earliest, narrow.latest) == (2004, 2004, 2004)
    assert (narrow.method, narrow.confidence, narrow.family) == ("name", "high", "intel_pentium")
    assert launch_year(brand, "GenuineIntel", 6, 158, 10) == launch_year(brand)


@pytest.mark.parametrize(
    ("brand", "numbers", "year", "span"),
    [
        ("Intel(R) Xeon(TM) CPU 3.00GHz", (15, 6, 4), 2006, (2006, 2006)),  # 2002-2006 and 2006-2007
        ("Intel(R) Pentium(R) 4 CPU 2.80GHz", (15, 4, 3), 2004, (2004, 2005)),  # 2002-2005 and 2004-2006
        ("Intel(R) Core(TM)2 CPU", (15, 15, 6), 2008, (2006, 2010)),  # numbers of nothing: the name alone
        ("Intel(R) Core(TM)2 CPU", (6, 15, 6), 2007, (2006, 2007)),
        ("Intel(R) Core(TM) i7-4790K CPU", (6, 60, 3), 2014, (2014, 2014)),
        ("Intel(R) Pentium(R) D CPU 3.00GHz", (15, 4, 7), 2005, (2005, 2005)),
    ],
)
def test_spans_that_overlap_are_cut_to_what_they_share(
    brand: str, numbers: tuple[int, int, int], year: int, span: tuple[int, int]
) -> None:
    found = launch_year(brand, "GenuineIntel", *numbers)

    assert (found.year, (found.earliest, found.latest), found.method) == (year, span, "name")


@given(st.sampled_from(NAMES), st.integers(0, 30), st.integers(0, 210), st.integers(0, 15))
def test_numbers_never_leave_the_span_of_the_name(brand: str, family: int, model: int, stepping: int) -> None:
    named, both = launch_year(brand), launch_year(brand, "", family, model, stepping)

    assert None not in (named.earliest, named.latest, both.earliest, both.latest, both.year)
    assert (named.earliest or 0) <= (both.earliest or 0) <= (both.year or 0) <= (both.latest or 0)
    assert (both.latest or 0) <= (named.latest or 0)


def test_unknown_numbers_stay_unknown() -> None:
    assert launch_year("AMD EPYC", "AuthenticAMD", 99, 1) == CpuYear("amd epyc")
    assert launch_year("", "GenuineIntel", 6, 250) == CpuYear("")


def test_stepping_tells_generations_apart_and_widens_when_missing_or_new() -> None:
    bare = "Intel(R) Xeon(R) Processor @ 2.10GHz"

    assert launch_year(bare, "GenuineIntel", 6, 85, 7).earliest == 2019
    for stepping in (None, 99):
        wide = launch_year(bare, "GenuineIntel", 6, 85, stepping)
        assert (wide.earliest, wide.latest, wide.confidence) == (2017, 2020, "low")


@pytest.mark.parametrize(
    ("model", "stepping", "year"),
    [
        *((15, 6, 2006), (23, 10, 2008), (42, 7, 2011), (60, 3, 2013), (94, 3, 2015), (158, 9, 2017), (165, 5, 2020)),
        *((28, 2, 2008), (55, 8, 2013), (122, 8, 2019), (63, 2, 2014), (106, 6, 2021), (190, 0, 2023)),
    ],
)
def test_intel_numbers(model: int, stepping: int, year: int) -> None:
    found = launch_year("", "GenuineIntel", 6, model, stepping)

    assert (found.year, found.method) == (year, "cpuid")


def test_every_rule_is_a_pattern_with_an_ordered_span() -> None:
    for rules in BRANDS.values():
        for rule in rules:
            re.compile(rule.pattern)
            assert 1989 <= rule.first <= rule.last <= 2027, rule
            assert rule.likely is None or rule.first <= rule.likely <= rule.last, rule
    for models in MODELS.values():
        for model in models:
            assert 1985 <= model.first <= model.last <= 2027, model


def test_the_shortcut_finds_what_a_full_search_finds() -> None:
    """Rows are skipped by the plain text that they need; the first match must stay the same."""
    rules: list[BrandRule] = [rule for rules in BRANDS.values() for rule in rules]
    compiled = [re.compile(rf"\b(?:{rule.pattern})(?!\d)") for rule in rules]
    for brand in NAMES[::7]:
        name = normalise(brand)
        first = next(
            rule
            for rule, pattern in zip(rules, compiled, strict=True)
            if pattern.search(f"{name} {clock(brand)}" if "@" in rule.pattern else name)
        )
        found = launch_year(brand)
        assert (found.earliest, found.latest) == (first.first, first.last), brand


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("core i[35]-4\\d{3}", ("core i",)),
        ("(?:amd )?fx-?83", ("fx",)),
        ("xeon e5-|e7 2", ("xeon e5-", "e7 2")),
        ("[ab]|x", ("", "x")),
        ("pentium 4 @ ?2\\d", ("pentium 4 @",)),
        ("opteron\\b(?! x)", ("opteron",)),
    ],
)
def test_what_a_pattern_needs(pattern: str, needed: tuple[str, ...]) -> None:
    assert _literals(pattern) == needed


@given(st.text(max_size=60), st.one_of(st.none(), st.integers(0, 300)), st.one_of(st.none(), st.integers(0, 300)))
def test_no_text_breaks_it(brand: str, family: int | None, model: int | None) -> None:
    found = launch_year(brand, "GenuineIntel", family, model)

    assert (found.year is None) == (found.earliest is None) == (found.latest is None)
    assert (found.year is None) == (found.method == "") == (found.confidence == "")


_WORDS = (
    "core",
    "2",
    "i7",
    "xeon",
    "e5",
    "-",
    "  ",
    "4",
    "pentium",
    "celeron",
    "m",
    "u",
    "@",
    "3.0ghz",
    "(",
    "amd",
    "a8",
)


@given(st.lists(st.sampled_from(_WORDS), max_size=400).map(" ".join))
def test_no_text_takes_long(brand: str) -> None:
    launch_year.cache_clear()
    started = time.process_time()
    launch_year(brand)

    assert time.process_time() - started < 10  # a pattern that runs wild takes minutes


@pytest.mark.parametrize("sign", ["0", "9", " ", "(", "-", "core ", "xeon e5-", "core 2 duo ", "é", "\x00"])
def test_very_long_text_is_cut(sign: str) -> None:
    started = time.process_time()
    found = launch_year(sign * 200_000)

    assert len(found.name) <= 600
    assert time.process_time() - started < 10  # a pattern that runs wild takes minutes
