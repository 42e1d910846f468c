from __future__ import annotations

from typing import Any, Dict

import pytest

from agent.probe import printable
from agent.probes.system import first_install_day
from agent.probes.system_linux import parse_os_release
from agent.probes.system_windows import from_current_version
from agent.wire.sections import SystemInfo

NOW = 1795000000.0


def test_os_release_is_read_like_a_shell_would() -> None:
    text = 'ID=debian\nPRETTY_NAME="Debian \'x\' \\"12\\""\nEMPTY=\n# ID=other\n'
    text += "nonsense\nBROKEN=\"half\nNAME='a b'\n"

    values = parse_os_release(text)

    assert values == {
        "ID": "debian",
        "PRETTY_NAME": "Debian 'x' \"12\"",
        "EMPTY": "",
        "BROKEN": "half",
        "NAME": "a b",
    }


@pytest.mark.parametrize(
    ("values", "name", "version", "release", "build"),
    [
        (
            {"ProductName": "Windows 10 Pro", "CurrentBuildNumber": "22000", "CurrentMajorVersionNumber": 10,
             "CurrentMinorVersionNumber": 0, "UBR": 194, "DisplayVersion": "21H2"},
            "Windows 11 Pro", "10.0", "21H2", "22000.194",
        ),
        (
            {"ProductName": "Windows 10 Pro", "CurrentBuildNumber": "19045", "CurrentMajorVersionNumber": 10,
             "CurrentMinorVersionNumber": 0, "UBR": 4529, "DisplayVersion": "22H2"},
            "Windows 10 Pro", "10.0", "22H2", "19045.4529",
        ),
        (
            {"ProductName": "Windows Server 2022 Standard", "CurrentBuildNumber": "26100",
             "CurrentVersion": "6.3"},
            "Windows Server 2022 Standard", "6.3", "", "26100",
        ),
        (
            {"ProductName": "Windows 8.1 Pro\x00", "CurrentVersion": "6.3", "CurrentBuild": "9600",
             "UBR": "x"},
            "Windows 8.1 Pro", "6.3", "", "9600",
        ),
        (
            {"ProductName": "Windows 7 Ultimate", "CurrentVersion": "6.1", "CurrentBuild": "7601",
             "CSDVersion": "Service Pack 1"},
            "Windows 7 Ultimate", "6.1", "SP1", "7601",
        ),
        ({}, "", "", "", ""),
    ],
)  # fmt: skip
def test_windows_versions(values: Dict[str, Any], name: str, version: str, release: str, build: str) -> None:
    info = from_current_version(values, SystemInfo())

    assert (info.os_name, info.os_version, info.os_release, info.os_build) == (name, version, release, build)


def test_first_believable_install_day_wins() -> None:
    candidates = [(0.0, "installer_log"), (NOW + 900000, "root_filesystem"), (1655250000.0, "machine_id")]

    assert first_install_day(candidates, NOW) == ("2022-06-14", "machine_id")
    assert first_install_day(candidates[:2], NOW) == ("", "")


def test_a_clock_at_its_zero_does_not_hide_the_installation() -> None:
    """A dead battery puts the clock before the installation: then nothing can be said."""
    assert first_install_day([(1655250000.0, "registry")], 1262304000.0) == ("", "")


def test_printable_takes_what_the_contract_refuses() -> None:
    assert printable("m\udce1y\x00 ") == "m?y"
    assert len(printable("x" * 9999)) == 1024
