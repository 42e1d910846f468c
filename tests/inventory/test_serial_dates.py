"""Serial numbers tell a day only by a public rule, and only when the decade is certain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.age import age_of
from inventory.domain.machine import DiskState, MachineFacts, Monitor
from inventory.domain.serial_dates import only_one, serial_dates

TODAY = date(2026, 11, 21)
HP = MachineFacts(vendor="Hewlett-Packard", system_serial="CZC4021VBC", cpu_brand="Intel Core i5-4570 @ 3.20GHz")
DELL = MachineFacts(vendor="Dell Inc.", board_serial="/1ABC2Z1/CN7016335L02FA/", cpu_brand="Intel Core i3-3220")


@pytest.mark.parametrize(
    ("vendor", "system", "board", "earliest"),
    [
        ("HP", "CZC4021VBC", "", ["2004-01-05", "2014-01-06", "2024-01-08"]),
        ("Hewlett-Packard", "5CD8123ZBC", "", ["2008-03-17", "2018-03-19"]),
        ("HP", "CZC4541VBC", "", []),  # no week 54
        ("HP", "CZC402AVBC", "", []),  # a vowel: another numbering
        ("HP", "CZC4021VBCD", "", []),
        ("HP", "", "", []),
        ("LENOVO", "CZC4021VBC", "", []),
        ("Dell Inc.", "", "/1ABC2Z1/CN7016335L02FA/", ["2003-05-21", "2013-05-21", "2023-05-21"]),
        ("Dell Inc.", "", "..CN6986125E00WX.", ["2012-05-14", "2022-05-14"]),
        ("Dell Inc.", "", "CN0ABCDE6986125E00WX", ["2012-05-14", "2022-05-14"]),
        ("Dell Inc.", "", "/1ABC2Z1/CN70163D5L02FA/", []),
        ("Dell Inc.", "", "..CN69861215V0WX.", ["2012-01-05", "2022-01-05"]),
        ("Dell Inc.", "", "..CN698612BV00WX.", []),  # 31 November
        ("Dell Inc.", "1ABC2Z1", "", []),
    ],
)
def test_what_the_rules_read(vendor: str, system: str, board: str, earliest: list[str]) -> None:
    facts = MachineFacts(vendor=vendor, system_serial=system, board_serial=board)

    assert [item.earliest.isoformat() for item in serial_dates(facts, TODAY)] == earliest


def test_the_processor_decides_the_decade() -> None:
    age = age_of(HP, TODAY)

    assert (age.earliest, age.latest) == (date(2014, 1, 6), date(2014, 1, 12))
    assert (age.method, age.confidence) == ("serial", "high")
    assert {"method": "serial", "value": "CZC402", "earliest": 2014, "latest": 2014} in age.evidence


def test_the_board_of_a_dell_is_some_weeks_older_than_the_pc() -> None:
    age = age_of(DELL, TODAY)

    assert age.earliest == date(2013, 5, 21)
    assert age.years == (2013, 2014)
    assert age.method == "board_serial"
    assert "1ABC2Z1" not in str(age.evidence), "the service tag is no evidence of age"


def test_a_number_that_fits_no_year_is_not_believed() -> None:
    age = age_of(replace(HP, system_serial="CZC2021VBC", os_install_date="2015-01-05"), TODAY)

    assert age.method == "cpu"
    assert "serial_unclear" in age.conflicts


def test_without_processor_and_firmware_the_decade_stays_open() -> None:
    assert age_of(replace(HP, cpu_brand=""), TODAY).status == "unknown"
    known = age_of(replace(HP, cpu_brand="", bios_date="10/02/2013"), TODAY)
    assert known.method == "serial" and known.years == (2014, 2014)


def test_a_firmware_much_older_than_the_number_casts_doubt() -> None:
    age = age_of(replace(HP, cpu_brand="", bios_date="10/02/2008"), TODAY)

    assert age.confidence == "medium"
    assert "serial_far_from_bios" in age.conflicts


def test_the_asset_book_still_comes_first() -> None:
    age = age_of(replace(HP, purchase_date=date(2014, 3, 1), purchase_source="asset_book"), TODAY)

    assert age.method == "purchase_date"


def hours(count: int, **facts: Any) -> MachineFacts:
    return MachineFacts(disk_states=(DiskState(power_on_hours=count),), **facts)


def test_hours_of_the_disk_are_a_hint() -> None:
    alone = age_of(hours(5 * 8766), TODAY)
    young = age_of(hours(8766), TODAY)
    older = age_of(hours(9 * 8766, cpu_brand="Intel Core i5-10400"), TODAY)
    broken = age_of(hours(100 * 8766), TODAY)

    assert (alone.method, alone.years, alone.confidence) == ("disk_hours", (None, 2021), "low")
    assert young.status == broken.status == "unknown"
    assert older.years[0] == 2020 and "disk_older" in older.conflicts


def test_monitors_stand_in_the_evidence_and_decide_nothing() -> None:
    monitor = Monitor(vendor="DEL", model="DELL E2216H", year=2016)
    age = age_of(MachineFacts(monitors=(monitor, Monitor(year=1970))), TODAY)

    assert age.status == "unknown"
    assert age.evidence == ({"method": "monitor", "value": "DELL E2216H 2016", "earliest": 2016, "latest": 2016},)


@given(st.sampled_from(["HP", "Dell Inc.", "hp", ""]), st.text(max_size=30), st.text(max_size=40))
def test_any_serial_number_is_read_without_error(vendor: str, system: str, board: str) -> None:
    facts = MachineFacts(vendor=vendor, system_serial=system, board_serial=board, cpu_brand="Intel Core i5-4570")
    for item in serial_dates(facts, TODAY):
        assert item.earliest <= item.latest and item.earliest <= TODAY
    assert only_one(serial_dates(facts, TODAY), date(2013, 1, 1), date(2012, 1, 1)) is None
    assert age_of(facts, TODAY).status == "known"


@given(st.integers(0, 9), st.integers(1, 53), st.text("0123456789BCDFGHJKLMNPQRSTVWXYZ", min_size=4, max_size=4))
def test_whatever_hp_wrote_lies_within_what_the_processor_allows(digit: int, week: int, unit: str) -> None:
    facts = replace(HP, system_serial=f"CZC{digit}{week:02d}{unit}")
    age = age_of(facts, TODAY)

    assert age.earliest is not None and age.latest is not None
    assert date(2012, 9, 1) <= age.earliest <= age.latest <= TODAY
