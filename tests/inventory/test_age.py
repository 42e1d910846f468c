"""Age intervals from evidence that is often missing, wrong or contradictory."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.age import Age, age_of, outdated, severe
from inventory.domain.firmware_date import parse_bios_date
from inventory.domain.machine import MachineFacts, facts_from_sections
from inventory.domain.policy import DEFAULT_POLICY

TODAY = date(2026, 11, 21)
I3_4130 = "Intel(R) Core(TM) i3-4130 CPU @ 3.40GHz"  # 2013
I5_10400 = "Intel(R) Core(TM) i5-10400 CPU @ 2.90GHz"  # 2020
I5_13400 = "13th Gen Intel(R) Core(TM) i5-13400"  # 2022


def judge(**facts: Any) -> Age:
    return age_of(MachineFacts(**facts), TODAY)


def is_old(age: Age, years: float = 5) -> bool | None:
    # A province may set a fraction of a year: 20 % more or less wear.
    policy = dataclasses.replace(DEFAULT_POLICY, outdated_after_years=years)  # type: ignore[arg-type]
    return outdated(age, policy, TODAY)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("05/02/2013", date(2013, 5, 2)),
        ("05/02/13", date(2013, 5, 2)),
        ("11/30/98", date(1998, 11, 30)),
        ("25/12/2015", date(2015, 12, 25)),
        ("2013-05-02", date(2013, 5, 2)),
        ("2013/5/2", date(2013, 5, 2)),
        ("20130502", date(2013, 5, 2)),
        ("20130502000000.000000+000", date(2013, 5, 2)),
        ("May 2 2013", date(2013, 5, 2)),
        ("02-May-2013", date(2013, 5, 2)),
        ("01/01/1980", None),
        ("12/31/2098", None),
        ("11/22/2026", None),
        ("02/30/2015", None),
        ("Default string", None),
        ("", None),
    ],
)
def test_firmware_dates(text: str, day: date | None) -> None:
    assert parse_bios_date(text, TODAY) == day


@given(st.text(max_size=30))
def test_no_firmware_date_breaks_the_reader(text: str) -> None:
    day = parse_bios_date(text, TODAY)

    assert day is None or date(1995, 1, 1) <= day <= TODAY


def test_bios_and_processor_support_one_another() -> None:
    age = judge(bios_date="05/02/14", cpu_brand=I3_4130)

    assert (age.status, age.years, age.method, age.confidence) == ("known", (2013, 2015), "combined", "medium")
    assert is_old(age) is True
    assert severe(age, DEFAULT_POLICY, TODAY)


def test_an_installation_soon_after_makes_it_sure() -> None:
    age = judge(bios_date="05/02/14", cpu_brand=I3_4130, os_install_date="2014-09-01")

    assert age.confidence == "high"
    assert age.latest == date(2014, 9, 1)


def test_a_firmware_update_does_not_make_a_pc_young() -> None:
    age = judge(bios_date="03/14/2021", cpu_brand=I3_4130)

    assert age.years == (2013, 2018)
    assert age.confidence == "low"
    assert age.conflicts == ("bios_updated",)
    assert is_old(age) is True


def test_the_earliest_bios_date_counts() -> None:
    age = judge(bios_date="03/14/2023", bios_earliest=date(2020, 9, 1), cpu_brand=I5_10400)

    assert age.years == (2020, 2021)


def test_an_installation_before_the_bios_date_shows_an_update() -> None:
    age = judge(bios_date="03/14/2022", cpu_brand=I5_10400, os_install_date="2020-12-24")

    assert (age.earliest, age.latest) == (date(2020, 1, 1), date(2020, 12, 24))


def test_a_young_processor_is_never_outdated() -> None:
    assert is_old(judge(cpu_brand=I5_13400)) is False


def test_a_limit_inside_the_interval_is_not_decided() -> None:
    age = judge(bios_date="06/18/2021", cpu_brand=I5_10400)

    assert age.earliest is not None
    assert age.latest is not None
    assert age.earliest < TODAY - timedelta(days=5 * 365.2425) < age.latest
    assert is_old(age) is None
    assert is_old(age, 4) is True
    assert is_old(age, 6.5) is False


def test_bios_alone_says_only_not_younger() -> None:
    age = judge(bios_date="03/14/2023")

    assert age.years == (None, 2024)
    assert is_old(age) is None
    assert is_old(judge(bios_date="03/14/2013")) is True


def test_purchase_date_is_the_best() -> None:
    age = judge(purchase_date=date(2021, 11, 20), purchase_source="asset_book", cpu_brand=I5_10400)

    assert (age.earliest, age.latest, age.method, age.confidence) == (
        date(2021, 11, 20), date(2021, 11, 20), "purchase_date", "high",
    )  # fmt: skip
    assert is_old(age) is True
    assert is_old(judge(purchase_date=date(2021, 11, 23), cpu_brand=I5_10400)) is False


def test_a_used_pc_is_as_old_as_its_hardware() -> None:
    age = judge(purchase_date=date(2024, 1, 5), bios_date="05/02/14", cpu_brand=I3_4130)

    assert age.conflicts == ("bought_used",)
    assert age.years == (2013, 2015)
    assert is_old(age) is True


def test_a_purchase_before_the_processor_existed_is_not_believed() -> None:
    age = judge(purchase_date=date(2012, 1, 5), cpu_brand=I5_13400)

    assert age.conflicts == ("bought_before_built",)
    assert is_old(age) is False


def test_a_new_processor_on_an_old_board_is_low_confidence() -> None:
    age = judge(bios_date="01/10/2012", cpu_brand=I3_4130, first_report=TODAY)

    assert "bios_before_cpu" not in age.conflicts  # one year apart: firmware written before the launch
    older = judge(bios_date="01/10/2010", cpu_brand=I3_4130)
    assert older.conflicts == ("bios_before_cpu",)
    assert older.confidence == "low"


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("bios_date", "01/01/2099", "bios_date_broken"),
        ("os_install_date", "1970-01-01", "install_date_broken"),
        ("os_install_date", "2012-01-01", "install_before_cpu"),
        ("purchase_date", date(2030, 1, 1), "purchase_date_broken"),
    ],
)
def test_broken_evidence_is_noted_and_ignored(field: str, value: Any, reason: str) -> None:
    age = judge(cpu_brand=I5_10400, **{field: value})

    assert age.conflicts == (reason,)
    assert age.years == judge(cpu_brand=I5_10400).years
    assert [row for row in age.evidence if row.get("reason") == reason]


def test_a_virtual_machine_has_no_age() -> None:
    age = judge(is_virtual=True, virtual_hint="cpuinfo flag hypervisor", kind="virtual", cpu_brand=I3_4130)

    assert age.status == "not_applicable"
    assert is_old(age) is None


def test_no_evidence_is_unknown() -> None:
    age = judge(first_report=TODAY, os_install_date="2025-03-01")

    assert (age.status, age.years) == ("unknown", (None, None))
    assert is_old(age) is None


def test_an_old_installation_alone_says_not_younger() -> None:
    age = judge(os_install_date="2015-06-01", first_report=TODAY)

    assert (age.years, age.method) == ((None, 2015), "install_date")
    assert is_old(age) is True


_DAYS = st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2030, 1, 1)))


@given(
    st.one_of(st.just(""), st.dates(date(1985, 1, 1), date(2035, 1, 1)).map(lambda day: day.strftime("%m/%d/%Y"))),
    st.sampled_from(["", I3_4130, I5_10400, I5_13400, "AMD EPYC"]),
    _DAYS, _DAYS, _DAYS, _DAYS,
)  # fmt: skip
def test_intervals_are_ordered_and_never_in_the_future(
    bios: str, cpu: str, installed: date | None, bought: date | None, seen: date | None, before: date | None
) -> None:
    age = judge(
        bios_date=bios, cpu_brand=cpu, os_install_date=installed.isoformat() if installed else "",
        purchase_date=bought, first_report=seen, bios_earliest=before,
    )  # fmt: skip

    assert (age.status == "known") == (age.latest is not None)
    if age.latest is not None:
        assert age.latest <= TODAY
        assert age.earliest is None or age.earliest <= age.latest
        assert age.method
        assert age.confidence
        # Who is outdated by a long limit is so by a short one.
        verdicts = [is_old(age, years) for years in (8, 5, 3)]
        order = [False, None, True]
        assert verdicts == sorted(verdicts, key=order.index)


_JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)
_FIELDS = (
    "bios_date", "cpu_brand", "cpu_family", "cpu_model", "cpu_max_mhz", "ram_bytes", "chassis_type", "disks",
    "is_virtual", "os_name", "os_version", "os_build", "install_date", "interfaces", "system_serial",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(_FIELDS), _JUNK, max_size=8))
def test_no_section_data_breaks_the_rules(data: dict[str, Any]) -> None:
    from inventory.domain.fitness import fitness
    from inventory.domain.identity import identifiers

    facts = facts_from_sections({"hardware": data, "system": data, "interfaces": data}, first_report=TODAY)

    assert age_of(facts, TODAY).status in ("known", "unknown", "not_applicable")
    fitness(facts, DEFAULT_POLICY, TODAY)
    identifiers(data, data)
