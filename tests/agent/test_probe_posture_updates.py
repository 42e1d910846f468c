"""When Windows was last updated, whether it does so by itself, whether a restart is due."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.probes import posture_updates_windows as updates
from agent.probes.posture_antimalware_windows import SERVICES
from agent.probes.posture_common import day, filetime_day, number, written_day
from tests.agent.posture_pc import CURRENT, HOTFIXES, NOW, NT, WINDOWS_10, Made, maker


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return maker(tmp_path)


def filetime(seconds: float) -> int:
    return int((seconds + 11644473600) * 10000000)


# --- updates


def package(seconds: float, state: int = 0x70) -> Dict[str, Any]:
    value = filetime(seconds)
    return {"CurrentState": state, "InstallTimeHigh": value >> 32, "InstallTimeLow": value & 0xFFFFFFFF}


def test_newest_package() -> None:
    week = 7 * 86400
    rows = [
        package(NOW - week),
        package(NOW - 3 * week),
        package(NOW, 0x50),
        package(NOW + week),
        {},
        {"CurrentState": 0x70},
    ]

    assert updates.newest_package(rows, NOW) == day(NOW - week, NOW)
    assert updates.newest_package([], NOW) == ""


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["CurrentState", "InstallTimeHigh", "InstallTimeLow"]),
            st.integers() | st.text(max_size=12) | st.binary(max_size=8) | st.none() | st.just(112),
        ),
        max_size=5,
    )
)
def test_any_package_is_survived(rows: List[Dict[str, Any]]) -> None:
    found = updates.newest_package(rows, NOW)

    assert found == "" or "2001-01-01" <= found <= "2026-11-19"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("11/2/2026", "2026-11-02"), ("25/2/2026", "2026-02-25"), ("20260115", "2026-01-15"), ("2026-01-15", "2026-01-15"),
        ("01cb17a5a1b2c3d4", "2010-06-29"), ("11/2/2031", ""), ("13/13/2020", ""), ("", ""), ("n/a", ""),
        ("ffffffffffffffff", ""), ("00000000", ""), ("2/30/2020", ""),
    ],
)  # fmt: skip
def test_hotfix_day(written: str, expected: str) -> None:
    assert updates.hotfix_day(written, NOW) == expected


def test_sources_of_the_last_update_in_their_order(made: Made) -> None:
    store = {CURRENT + r"\Component Based Servicing\Packages\Package_for_KB1~x": package(NOW - 86400)}
    noted = {CURRENT + r"\WindowsUpdate\Auto Update\Results\Install": {"LastSuccessTime": "2026-11-17 01:10:11"}}
    listed = {HOTFIXES: {"out": "InstalledOn\r\n1/14/2020\r\n8/20/2019\r\n\r\n"}}

    assert made({**WINDOWS_10, **store, **noted}, listed).last_update_source == "servicing"
    assert made({**WINDOWS_10, **noted}, listed).last_update_source == "windows_update"
    info = made(WINDOWS_10, listed)
    assert (info.last_update, info.last_update_source) == ("2020-01-14", "hotfix_list")


@pytest.mark.parametrize(
    ("policy", "local", "service", "modern", "paused", "expected"),
    [
        ({}, {}, 3, True, "", "on"),
        ({}, {}, 4, True, "", "off"),
        ({}, {}, 3, False, "", ""),
        ({"NoAutoUpdate": 1}, {"AUOptions": 4}, 2, False, "", "off"),
        ({"AUOptions": 2}, {"AUOptions": 4}, 2, False, "", "notify"),
        ({"AUOptions": 5}, {"AUOptions": 4}, 2, False, "", "on"),
        ({}, {"AUOptions": 1}, 2, False, "", "off"),
        ({}, {}, 3, True, "2049-12-31T07:00:00Z", "off"),
        ({}, {}, 3, True, "2026-01-01T07:00:00Z", "on"),
        ({}, {}, None, True, "", ""),
    ],
)
def test_automatic_updates(
    made: Made, policy: Any, local: Any, service: Optional[int], modern: bool, paused: str, expected: str
) -> None:
    registry = {
        NT: {"CurrentMajorVersionNumber": 10} if modern else {"CurrentVersion": "6.1"},
        r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU": policy,
        CURRENT + r"\WindowsUpdate\Auto Update": local,
        SERVICES + r"\wuauserv": {} if service is None else {"Start": service},
        r"HKLM\SOFTWARE\Microsoft\WindowsUpdate\UX\Settings": {"PauseUpdatesExpiryTime": paused},
    }

    assert made(registry).automatic_updates == expected


def test_a_restart_that_is_not_due_is_told_from_one_nobody_knows(made: Made) -> None:
    session = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager"
    quiet = {CURRENT + r"\Component Based Servicing\Packages": {}}
    renames = {session: {"PendingFileRenameOperations": ["a", ""]}}

    assert made(quiet).pending_reboot is False
    assert made().pending_reboot is None
    info = made({**quiet, **renames})
    assert (info.pending_reboot, info.pending_reboot_reasons) == (None, ("file_rename",))


# --- clocks and numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2026-11-17 01:10:11", "2026-11-17"), ("2026-11-30", ""), ("1999-01-01", ""), ("2026-13-01", ""), ("", "")],
)
def test_written_day(text: str, expected: str) -> None:
    assert written_day(text, NOW) == expected


@given(st.integers(min_value=-(2**70), max_value=2**70), st.floats(allow_nan=False, allow_infinity=False))
def test_any_filetime_is_survived(value: int, seconds: float) -> None:
    for found in (filetime_day(value, NOW), day(seconds, NOW)):
        assert found == "" or "2001-01-01" <= found <= "2026-11-19"


@given(st.text(max_size=30) | st.integers() | st.binary() | st.none() | st.lists(st.text()))
def test_any_registry_value_is_survived(value: Any) -> None:
    assert number(value) is None or isinstance(number(value), int)
    written_day(str(value), NOW)


def test_filetime_of_the_registry(made: Made) -> None:
    registry = {
        **WINDOWS_10, SERVICES + r"\WinDefend": {"Start": 2},
        r"HKLM\SOFTWARE\Microsoft\Windows Defender\Signature Updates": {
            "AVSignatureApplied": {"hex": struct.pack("<Q", filetime(NOW - 86400)).hex()}
        },
    }  # fmt: skip

    assert made(registry).antimalware[0].definitions_date == "2026-11-17"
