"""AMD processors by name: each family in the spellings of PCs, benchmark lists and asset lists; then by CPUID numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.cpu_models_amd import VENDORS
from inventory.domain.cpu_years import launch_year


def known(file: str) -> list[tuple[str, int]]:
    lines = (Path(__file__).parent / "cpu_names" / file).read_text(encoding="utf-8").splitlines()
    return [(name, int(year)) for year, name in (line.split("\t") for line in lines)]


@pytest.mark.parametrize(("brand", "year"), known("amd.tsv"))
def test_launch_year_of_known_processors(brand: str, year: int) -> None:
    found = launch_year(brand)

    assert found.year == year
    assert found.earliest is not None
    assert found.latest is not None
    assert found.earliest <= year <= found.latest


@pytest.mark.parametrize(
    ("spellings", "year"),
    [
        ("AMD FX(tm)-8350 Eight-Core Processor|AMD FX-8350 Eight-Core|amd fx 8350|FX8350|FX-8350", 2012),
        ("AMD Ryzen 5 3600 6-Core Processor|Ryzen5 3600|R5-3600|R5 3600|AMD Ryzen(TM) 5-3600", 2019),
        ("AMD Ryzen 7 PRO 5850U with Radeon Graphics|Ryzen 7 PRO-5850U|R7 Pro 5850U", 2021),
        ("AMD Ryzen Threadripper 1950X 16-Core Processor|Threadripper 1950X|TR 1950X", 2017),
        ("AMD EPYC 7551 32-Core Processor|EPYC-7551|AMD EPYC(tm) 7551", 2017),
        ("AMD Opteron(tm) Processor 6172|Opteron-6172|AMD Opteron 6172", 2010),
        ("AMD Phenom(tm) II X4 955 Processor|PhenomII X4 955|Phenom X4 955|Phenom2 X4 955", 2009),
        ("AMD Phenom(tm) II X6 1055T Processor|Phenom X6 1055T", 2010),
        ("AMD Athlon(tm) II X2 250 Processor|AthlonII X2 250|Athlon X2 250|AthlonX2 250", 2009),
        ("AMD Athlon(tm) 64 X2 Dual Core Processor 5000+|Athlon64 X2 5000+|Athlon 64x2 5000+", 2006),
        ("AMD Turion(tm) 64 X2 Mobile Technology TL-60|Turion 64 X2 TL60|Turion X2 TL 60", 2006),
        ("AMD Sempron(tm) Processor LE-1250|Sempron LE1250", 2007),
        ("AMD A10-7850K Radeon R7, 12 Compute Cores 4C+8G|A10 7850K|A10-7850K APU|APU A10-7850K", 2014),
        ("AMD A10 PRO-7800B R7, 12 Compute Cores 4C+8G|A10 PRO 7800B", 2014),
        ("AMD PRO A10-8770 R7, 10 COMPUTE CORES 4C+6G|PRO A10 8770", 2016),
        ("AMD E-350 Processor|AMD E 350|AMD E350|E-350", 2011),
    ],
)
def test_spellings_of_one_processor_agree(spellings: str, year: int) -> None:
    assert {spelling: launch_year(spelling).year for spelling in spellings.split("|")} == dict.fromkeys(
        spellings.split("|"), year
    )


@pytest.mark.parametrize(
    ("brand", "span"),
    [
        ("AMD Athlon(tm) 64 Processor 3200+", (2003, 2007)),  # three sockets, one name
        ("AMD Athlon(tm) 64 X2 Dual Core Processor 4200+", (2005, 2007)),
        ("AMD Ryzen 7 5700", (2022, 2024)),  # first for PC makers, later in boxes
    ],
)
def test_reused_names_keep_their_whole_span(brand: str, span: tuple[int, int]) -> None:
    found = launch_year(brand)

    assert (found.earliest, found.latest) == span
    assert found.confidence in ("medium", "low")


def test_makers_word_order_tells_two_processors_apart() -> None:
    assert launch_year("AMD A4 PRO-3350B APU").year == 2014
    assert launch_year("AMD PRO A4-3350B APU").year == 2018
    assert launch_year("AMD Ryzen 5 1600").year == 2017
    assert launch_year("AMD Ryzen 5 1600 AF").year == 2019
    assert launch_year("Quad-Core AMD Opteron(tm) Processor 2376").year == 2008
    assert launch_year("Quad-Core AMD Opteron(tm) Processor 2376 HE").year == 2009


@pytest.mark.parametrize(
    "brand",
    [
        "AMD Ryzen 9 19950X",
        "AMD Ryzen 5 36000",
        "AMD Ryzen 15 3600",
        "AMD Ryzen AI 9 HX 970",
        "AMD Ryzen Threadripper 8990X",
        "AMD EPYC 7999",
        "AMD EPYC 19654",
        "AMD Phenom III X4 965",
        "AMD Athlon III X2 250",
        "AMD FX-83500",
        "AMD A10-78500K",
        "AMD E-3500",
        "AMD Opteron 7777",
        "AMD Opteron",
        "AMD Processor",
        "AMD Engineering Sample",
        "AMD Eng Sample: 100-000000123-40_36/30_Y",
        "AMD64 Family 23 Model 113 Stepping 0, AuthenticAMD",
        "Radeon RX 580 Series",
        "HP LaserJet E-350x",
        "Dell Vostro A90",
    ],
)
def test_nonsense_and_future_names_are_unknown(brand: str) -> None:
    assert not launch_year(brand).known


@pytest.mark.parametrize(
    ("numbers", "span"),
    [
        ((6, 10, 0), (2003, 2004)),  # Barton
        ((15, 107, 2), (2006, 2009)),  # Brisbane
        ((16, 4, 3), (2009, 2011)),  # Deneb
        ((20, 2, 0), (2011, 2013)),
        ((21, 2, 0), (2012, 2014)),
        ((22, 48, 1), (2014, 2015)),
        ((23, 113, 0), (2019, 2020)),
        ((25, 33, 0), (2020, 2021)),
        ((25, 80, 1), (2022, 2023)),
        ((26, 68, 0), (2024, 2025)),
    ],
)
def test_numbers_answer_where_the_name_says_nothing(numbers: tuple[int, int, int], span: tuple[int, int]) -> None:
    found = launch_year("AMD Engineering Sample", "AuthenticAMD", *numbers)

    assert (found.earliest, found.latest, found.method) == (*span, "cpuid")


@pytest.mark.parametrize(
    ("vendor", "numbers", "first"),
    [
        ("HygonGenuine", (24, 0, 1), 2018),
        ("CentaurHauls", (6, 15, 8), 2008),
        ("CentaurHauls", (6, 9, 8), 2003),
        ("  Shanghai  ", (7, 59, 0), 2019),
        ("Shanghai", (7, 27, 0), 2018),
    ],
)
def test_numbers_of_related_makers(vendor: str, numbers: tuple[int, int, int], first: int) -> None:
    assert launch_year("", vendor, *numbers).earliest == first


def test_no_row_of_numbers_hides_another() -> None:
    for vendor, rules in VENDORS.items():
        seen: set[tuple[int, int, int]] = set()
        for rule in rules:
            for model in rule.models or range(256):
                numbers = {(rule.family, model, step) for step in rule.steppings or range(16)}
                assert not numbers & seen, (vendor, rule)
                seen |= numbers


FAMILIES = (
    "AMD Ryzen 5 ",
    "AMD Ryzen 7 PRO ",
    "AMD EPYC ",
    "AMD Athlon(tm) 64 X2 Dual Core Processor ",
    "AMD Athlon(tm) II X2 ",
    "AMD Phenom(tm) II X4 ",
    "AMD Sempron(tm) ",
    "AMD FX(tm)-",
    "AMD A10-",
    "AMD E2-",
    "AMD Opteron(tm) Processor ",
    "AMD Turion(tm) 64 X2 Mobile Technology ",
)


@given(st.sampled_from(FAMILIES), st.text(alphabet="0123456789ABEGHKMPSTUXe+- ", max_size=12))
def test_any_model_of_a_family_is_answered_within_its_times(family: str, model: str) -> None:
    found = launch_year(family + model)

    if found.known:
        assert found.year is not None
        assert found.earliest is not None
        assert found.latest is not None
        assert 2003 <= found.earliest <= found.year <= found.latest <= 2026


@given(st.text(max_size=400), st.sampled_from([*VENDORS, ""]), st.integers(-5, 1 << 40), st.integers(-5, 1 << 40))
def test_no_text_and_no_numbers_break_it(brand: str, vendor: str, family: int, model: int) -> None:
    found = launch_year("AMD " + brand, vendor, family, model)

    assert (found.year is None) == (found.method == "")
