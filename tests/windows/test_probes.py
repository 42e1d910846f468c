"""Every probe on the real system, as the service runs it; and what WMI's own programs answer."""

from __future__ import annotations

import sys
import time
from typing import List

import pytest

if sys.platform != "win32":
    pytest.skip("needs Windows: make test-windows runs it under Wine", allow_module_level=True)

from agent.host import Host
from agent.probe import ProbeContext
from agent.probes import PROBES, posture, posture_wmi
from agent.process import run_process
from agent.runner import run_probe
from agent.wire import codec
from agent.wire.sections import SECTIONS, PostureInfo


@pytest.mark.parametrize("name", sorted(set(PROBES) - {"reach"}))
def test_it_answers_in_time_and_never_fails(name: str) -> None:
    start = time.monotonic()

    result = run_probe(PROBES[name], ProbeContext(Host()))

    assert result.status in ("ok", "no_data", "denied"), result.error
    assert time.monotonic() - start < PROBES[name].deadline_s
    if result.status == "ok":
        codec.read(SECTIONS[name], result.data)


def test_the_system_is_this_windows_at_every_look() -> None:
    data, again = (run_probe(PROBES["system"], ProbeContext(Host())).data or {} for _ in range(2))

    assert data == again
    assert data["os_family"] == "windows"
    assert data["os_id"] == "windows"
    assert "Windows" in data["os_name"]
    assert data["os_build"].split(".")[0] == str(sys.getwindowsversion().build)
    assert data["architecture"] in ("x86_64", "x86")
    assert data["agent_python"].startswith("3.")


def test_posture_as_a_whole() -> None:
    log: List[str] = []

    info = posture.run(ProbeContext(Host(), log=log.append))

    assert isinstance(info, PostureInfo)
    assert info.wmi_damaged in (False, None), log  # this WMI is sound, if there is one
    assert all(profile.name for profile in info.firewall)
    assert info.automatic_updates in ("", "on", "notify", "off")


def test_wmic_says_something_or_nothing_but_never_nonsense() -> None:
    """Wine's and Windows' wmic: UTF-16 with a mark, one column."""
    result = run_process(["wmic", r"/namespace:\\root\cimv2", "path", "Win32_OperatingSystem", "get", "Version"], 30)
    answer = posture_wmi.read_wmic(result, "Version")

    if answer.rows is None:
        assert answer.missing or answer.silent or answer.error
    else:
        (row,) = answer.rows
        assert row["Version"].count(".") >= 2
        assert result.out[:2] == b"\xff\xfe" or b"\x00" not in result.out


def test_a_class_that_does_not_exist_is_no_answer() -> None:
    wmi = posture_wmi.Wmi(ProbeContext(Host()))

    assert not wmi.table(posture_wmi.CIMV2, "Gapwatch_NoSuchClass", ("Name",))


def test_a_stub_that_prints_nothing_has_not_answered() -> None:
    """powershell under Wine ends well and says nothing; a real one says that there is no such class."""
    script = "gapwatch-no-such-command"
    result = run_process(["powershell", "-NoProfile", "-NonInteractive", "-Command", script], 60)

    assert posture_wmi.read_powershell(result, ("Name",)).rows is None
