"""Asking WMI from outside: what wmic and powershell may answer, and what each answer is worth."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.probes import posture_security_center as center
from agent.probes import posture_updates_windows as updates
from agent.probes import posture_wmi as wmi
from agent.process import CommandResult
from tests.agent.posture_pc import AV_NAMES, CIM_OS, HOTFIXES, NOW, WINDOWS_10, Made, maker


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return maker(tmp_path)


def answer(out: str = "", code: Optional[int] = 0, err: str = "", timed_out: bool = False) -> CommandResult:
    return CommandResult(code == 0, out.encode("utf-8"), err, timed_out, code)


@pytest.mark.parametrize(
    ("out", "values"),
    [
        (b"\xff\xfe" + "Version   \r\n6.1.7601  \r\n\r\n".encode("utf-16-le"), ["6.1.7601"]),
        ("Version   \r\n6.1.7601  \r\n".encode("utf-16-le"), ["6.1.7601"]),
        (b"Version   \r\r\n6.1.7601  \r\r\n\r\r\n", ["6.1.7601"]),
        (b"\r\r\n\r\r\nVersion=6.1.7601\r\r\n\r\r\n\r\r\n", ["6.1.7601"]),
        (b"VERSION\r\n", []),
        (b"", None),
        (b"\xff\xfe", None),
        (b"Node - XA-PC\r\nERROR:\r\nDescription = Invalid class\r\n", None),
    ],
    ids=["utf-16", "utf-16-without-mark", "pipe", "list", "no-rows", "empty", "mark-only", "error"],
)
def test_wmic_speaks_in_many_ways(out: bytes, values: Optional[List[str]]) -> None:
    assert wmi.parse_column(wmi.decode(out), "Version") == values


def test_a_name_that_comes_again_begins_a_row() -> None:
    text = "a=1\r\r\n\r\r\nb=2\r\r\n\r\r\na=3=4\r\r\nc=9\r\r\n"

    assert wmi.parse_list(text, ("a", "b")) == [{"a": "1", "b": "2"}, {"a": "3=4"}]


@pytest.mark.parametrize(
    ("said", "code", "error"),
    [
        ("Code = 0x80041003", 1, "0x80041003"),
        ("HRESULT 0x80041010,Microsoft.Management.Infrastructure", 0, "0x80041010"),
        ("ERROR:", -2147217392, "0x80041010"),
        ("ERROR:", 2147749902, "0x8004100e"),
        ("Node - PC\nERROR:\nDescription = Invalid class", 1, "0x80041010"),
        ("Node - PC\nERROR:\nDescription = Lớp không hợp lệ", 1, ""),
        ("wmic was not found", 1, ""),
        ("", -1, ""),
        ("", None, ""),
    ],
)
def test_error_of_wmi(said: str, code: Optional[int], error: str) -> None:
    assert wmi.find_error(said, code) == error


@pytest.mark.parametrize(
    ("result", "damaged", "error"),
    [
        ({"out": "Version\r\n10.0.19045\r\n"}, False, ""),
        ({"ok": False, "code": -2147217392}, True, "0x80041010 invalid class"),
        (
            {"ok": False, "code": 1, "err": "ERROR:\r\nDescription = Provider load failure"},
            True,
            "0x80041013 provider load failure",
        ),
        ({"ok": False, "code": 1, "err": "Code = 0x80041014"}, True, "0x80041014 initialization failure"),
        ({"ok": False, "code": 1, "err": "Description = Access denied"}, None, "0x80041003 access denied"),
        ({"ok": False, "code": 1, "err": "Code = 0x80070422"}, None, "0x80070422"),
        ({"ok": False, "timed_out": True}, True, "timeout"),
        ({"out": ""}, None, ""),
        ({"ok": False, "code": 1, "err": "something else"}, None, ""),
    ],
    ids=["works", "class", "provider", "start", "denied", "service-off", "hangs", "stub", "unclear"],
)
def test_a_damaged_wmi_is_told_from_one_that_is_not_there(
    made: Made, result: Dict[str, Any], damaged: Optional[bool], error: str
) -> None:
    info = made(WINDOWS_10, {CIM_OS: result})

    assert (info.wmi_damaged, info.wmi_error) == (damaged, error)


def test_without_wmic_powershell_is_asked() -> None:
    """Between our own marks alone: a powershell that prints nothing, or an error, has not answered."""
    marked = "gapwatch=start\r\nVersion=10.0.26100\r\ngapwatch=end\r\n"
    denied = "gapwatch=start\r\ngapwatch=error\r\nHRESULT 0x80041003,Microsoft\r\n"

    assert wmi.read_powershell(answer(marked), ("Version",)).rows == [{"Version": "10.0.26100"}]
    assert wmi.read_powershell(answer("gapwatch=start\r\ngapwatch=end\r\n"), ("Version",)).rows == []
    assert wmi.read_powershell(answer(), ("Version",)) == wmi.Answer(silent=True)
    assert wmi.read_powershell(answer(denied), ("Version",)).error == "0x80041003"
    assert not wmi.read_powershell(answer("", None, timed_out=True), ("Version",)).timed_out, "only powershell was slow"
    assert wmi.read_powershell(answer("gapwatch=start\r\n", None, timed_out=True), ("Version",)).timed_out


def test_a_wmi_that_hangs_is_asked_three_times_in_all(made: Made) -> None:
    """Not once per subject: list of products, then twice for the verdict."""
    hangs = {"ok": False, "timed_out": True}
    log: List[str] = []

    info = made(WINDOWS_10, {AV_NAMES: hangs, CIM_OS: hangs, HOTFIXES: hangs}, log=log)

    assert (info.wmi_damaged, info.wmi_error, info.antimalware_asked) == (True, "timeout", None)
    assert [line for line in log if "timeout" in line] == [
        "WMI AntiVirusProduct: timeout", "WMI Win32_OperatingSystem: timeout", "WMI Win32_OperatingSystem: timeout",
    ]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.text(max_size=200), st.integers() | st.none(), st.booleans())
def test_any_answer_of_a_program_is_survived(out: bytes, err: str, code: Optional[int], timed_out: bool) -> None:
    result = CommandResult(code == 0, out, err, timed_out, code)
    for read in (wmi.read_wmic(result, "displayName"), wmi.read_powershell(result, ("displayName", "productState"))):
        assert wmi.judge(read)[0] in (None, False, True)
    for row in wmi.parse_list("displayName=" + err, ("displayName",)):
        center.registered(row["displayName"], err)
        updates.hotfix_day(row["displayName"], NOW)


@given(st.lists(st.sampled_from(["a=1", "b=x", "A=2", "", "c", "a", "=", "a=="]), max_size=2000))
def test_rows_are_bounded(lines: List[str]) -> None:
    assert len(wmi.parse_list("\r\n".join(lines), ("a", "b"))) <= 512
