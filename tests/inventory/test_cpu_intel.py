"""Intel processors by name against the launch quarters of Intel's product pages (cpu_names/intel.tsv)."""

from __future__ import annotations

from pathlib import Path

import pytest

from inventory.domain.cpu_years import launch_year

LIST = (Path(__file__).parent / "cpu_names" / "intel.tsv").read_text(encoding="utf-8").splitlines()
LAUNCHES = [(name, int(year)) for year, name in (line.split("\t") for line in LIST)]

FUTURE_OR_NONSENSE = (
    "Intel Core i5-15600K",
    "Intel(R) Core(TM) i9-16900K",
    "Intel Core i5-45700",
    "Intel Core i5-45",
    "Intel Core Ultra 7 455H",
    "Intel Core Ultra 9 585K",
    "Intel Core m9-9Y99",
    "Intel Xeon Gold 6730",
    "Intel Xeon E5-2699 v9",
    "Intel Xeon E3-1220 v7",
    "Intel Xeon E-2678G",
    "Intel Xeon W-2395",
    "Intel Xeon X9999",
    "Intel Xeon D-9999",
    "Intel Pentium Gold G8400",
    "Intel Pentium 99999",
    "Intel Celeron G7900",
    "Intel Celeron J9999",
    "Intel N400",
    "Intel Atom Q1000",
    "Intel Atom x5-A1",
)

SPANS = {  # where the name does not tell the model
    "Intel(R) Pentium(R) 4 CPU 1.80GHz": (2001, 2002),
    "Intel(R) Pentium(R) D CPU 2.80GHz": (2005, 2007),
    "Intel(R) Pentium(R) M processor 1.73GHz": (2003, 2005),
    "Intel(R) Xeon(TM) CPU 3.00GHz": (2002, 2006),
    "Intel(R) Celeron(R) CPU 2.66GHz": (2002, 2004),
    "Intel(R) Core(TM)2 Duo CPU": (2006, 2010),
}


def test_the_list_is_long_and_spread() -> None:
    assert len(LAUNCHES) >= 700
    assert len({name for name, _ in LAUNCHES}) == len(LAUNCHES)
    assert {year for _, year in LAUNCHES} >= set(range(2006, 2025))


def test_share_of_right_years(capsys: pytest.CaptureFixture[str]) -> None:
    found = [(launch_year(name).year, year, name) for name, year in LAUNCHES]
    exact = sum(got == year for got, year, _ in found) / len(found)
    near = sum(got is not None and abs(got - year) <= 1 for got, year, _ in found) / len(found)
    with capsys.disabled():
        print(f"\nIntel launch years: {len(found)} names, exact {exact:.1%}, within one year {near:.1%}")

    assert exact >= 0.98
    assert near >= 0.995
    assert not [item for item in found if item[0] is None or abs(item[0] - item[1]) > 1]


def test_the_true_year_lies_in_the_span() -> None:
    wrong = []
    for name, year in LAUNCHES:
        found = launch_year(name)
        if found.earliest is None or found.latest is None or not found.earliest <= year <= found.latest:
            wrong.append((name, year, found.earliest, found.latest))

    assert not wrong


@pytest.mark.parametrize("brand", FUTURE_OR_NONSENSE)
def test_models_that_nobody_knows_are_unknown(brand: str) -> None:
    assert launch_year(brand).year is None


@pytest.mark.parametrize("brand", SPANS)
def test_names_without_a_model_keep_a_span(brand: str) -> None:
    found = launch_year(brand)

    assert (found.earliest, found.latest) == SPANS[brand]
    assert found.year is not None
    assert SPANS[brand][0] <= found.year <= SPANS[brand][1]
