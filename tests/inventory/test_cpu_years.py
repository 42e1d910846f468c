"""Launch years by name and by CPUID numbers; unknown stays unknown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.cpu_models import MODELS
from inventory.domain.cpu_rules import BRANDS
from inventory.domain.cpu_years import CpuYear, launch_year, normalise

REAL = {
    "Intel(R) Core(TM) i3-4130 CPU @ 3.40GHz": (2013, 2014),
    "AMD A8-7600 Radeon R7, 10 Compute Cores 4C+6G": (2014, 2015),
    "Intel(R) Core(TM)2 Duo CPU     E7500  @ 2.93GHz": (2008, 2009),
    "Intel(R) Core(TM)2 CPU          6300  @ 1.86GHz": (2006, 2007),
    "Intel(R) Core(TM) i5 CPU         650  @ 3.20GHz": (2010, 2011),
    "Intel(R) Core(TM) i3 CPU       M 380  @ 2.53GHz": (2010, 2011),
    "Intel(R) Core(TM) i7 CPU       Q 720  @ 1.60GHz": (2009, 2010),
    "Intel(R) Core(TM) i7 CPU         920  @ 2.67GHz": (2008, 2011),
    "Pentium(R) Dual-Core  CPU      E5700  @ 3.00GHz": (2008, 2010),
    "Intel(R) Pentium(R) Dual  CPU  E2180  @ 2.00GHz": (2007, 2008),
    "Intel(R) Pentium(R) 4 CPU 3.00GHz": (2000, 2006),
    "Intel(R) Pentium(R) CPU G2030 @ 3.00GHz": (2012, 2013),
    "Intel(R) Pentium(R) Gold G5400 CPU @ 3.70GHz": (2018, 2019),
    "Intel(R) Celeron(R) CPU G1840 @ 2.80GHz": (2013, 2014),
    "Intel(R) Celeron(R) CPU  N2840  @ 2.16GHz": (2013, 2014),
    "Intel(R) Celeron(R) J4125 CPU @ 2.00GHz": (2019, 2019),
    "Intel(R) Celeron(R) CPU 1007U @ 1.50GHz": (2012, 2013),
    "Intel(R) Atom(TM) CPU N270   @ 1.60GHz": (2008, 2009),
    "Intel(R) Atom(TM) x5-Z8350  CPU @ 1.44GHz": (2015, 2016),
    "Intel(R) N100": (2023, 2025),
    "Intel(R) Core(TM) i3-N305": (2023, 2025),
    "Intel(R) Core(TM) i3-2120 CPU @ 3.30GHz": (2011, 2012),
    "Intel(R) Core(TM) i7-5820K CPU @ 3.30GHz": (2014, 2014),
    "Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz": (2017, 2018),
    "Intel(R) Core(TM) i5-1035G1 CPU @ 1.00GHz": (2019, 2020),
    "Intel(R) Core(TM) i5-10400 CPU @ 2.90GHz": (2020, 2021),
    "11th Gen Intel(R) Core(TM) i5-1135G7 @ 2.40GHz": (2020, 2021),
    "12th Gen Intel(R) Core(TM) i5-12400": (2021, 2022),
    "13th Gen Intel(R) Core(TM) i7-1355U": (2022, 2023),
    "Intel(R) Core(TM) Ultra 5 125H": (2023, 2024),
    "Intel(R) Xeon(R) CPU E3-1230 V2 @ 3.30GHz": (2012, 2013),
    "Intel(R) Xeon(R) CPU           X5650  @ 2.67GHz": (2010, 2011),
    "Intel(R) Xeon(R) Silver 4210R CPU @ 2.40GHz": (2019, 2020),
    "AMD Ryzen 5 3500U with Radeon Vega Mobile Gfx": (2019, 2020),
    "AMD Ryzen 5 PRO 4650G with Radeon Graphics": (2020, 2020),
    "AMD Ryzen 9 7940HS w/ Radeon 780M Graphics": (2022, 2023),
    "AMD Athlon(tm) II X2 250 Processor": (2009, 2011),
    "AMD Athlon(tm) 64 X2 Dual Core Processor 4400+": (2005, 2009),
    "AMD Athlon 200GE with Radeon Vega Graphics": (2018, 2018),
    "AMD Phenom(tm) II X4 955 Processor": (2009, 2011),
    "AMD FX(tm)-8350 Eight-Core Processor": (2012, 2013),
    "AMD A6-9225 RADEON R4, 5 COMPUTE CORES 2C+3G": (2016, 2018),
    "AMD E1-2100 APU with Radeon(TM) HD Graphics": (2013, 2013),
    "AMD EPYC 7763 64-Core Processor": (2021, 2022),
    "AMD EPYC 9B14": (2022, 2023),
}

UNKNOWN = (
    "AMD EPYC",
    "QEMU Virtual CPU version 2.5+",
    "Common KVM processor",
    "VIA Nano X2 U4025 @ 1.2 GHz",
    "Intel64 Family 6 Model 58 Stepping 9, GenuineIntel",
    "",
)


@pytest.mark.parametrize("brand", REAL)
def test_real_names_have_their_span(brand: str) -> None:
    found = launch_year(brand)

    assert (found.earliest, found.latest) == REAL[brand]
    assert found.method == "name"
    assert found.year in range(REAL[brand][0], REAL[brand][1] + 1)


@pytest.mark.parametrize("brand", UNKNOWN)
def test_what_says_too_little_is_unknown(brand: str) -> None:
    assert not launch_year(brand).known


def test_name_is_readable_after_normalising() -> None:
    assert normalise("Intel(R) Core(TM) i3-4130 CPU @ 3.40GHz") == "intel core i3-4130"
    assert normalise("AMD A8-7600 Radeon R7, 10 Compute Cores 4C+6G") == "amd a8-7600"


def test_numbers_help_where_the_name_is_bare() -> None:
    found = launch_year("AMD EPYC", "AuthenticAMD", 25, 17, 1)

    assert (found.earliest, found.latest, found.method) == (2022, 2023, "cpuid")
    assert found.confidence == "medium"


def test_unknown_numbers_stay_unknown() -> None:
    assert launch_year("AMD EPYC", "AuthenticAMD", 99, 1) == CpuYear("amd epyc")


def test_stepping_tells_generations_apart_and_widens_when_missing() -> None:
    bare = "Intel(R) Xeon(R) Processor @ 2.10GHz"

    assert launch_year(bare, "GenuineIntel", 6, 85, 7).earliest == 2019
    wide = launch_year(bare, "GenuineIntel", 6, 85)
    assert (wide.earliest, wide.latest, wide.confidence) == (2017, 2020, "low")


def test_every_rule_is_a_pattern_with_an_ordered_span() -> None:
    for rules in BRANDS.values():
        for rule in rules:
            re.compile(rule.pattern)
            assert 1995 <= rule.first <= rule.last <= 2027, rule
    for models in MODELS.values():
        for model in models:
            assert model.first <= model.last, model


@given(st.text(max_size=60), st.one_of(st.none(), st.integers(0, 300)), st.one_of(st.none(), st.integers(0, 300)))
def test_no_text_breaks_it(brand: str, family: int | None, model: int | None) -> None:
    found = launch_year(brand, "GenuineIntel", family, model)

    assert (found.year is None) == (found.earliest is None) == (found.latest is None)
