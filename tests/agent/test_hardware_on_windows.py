"""Firmware, disks and screens asked of a real Windows (or Wine), where there is one."""

from __future__ import annotations

import contextlib
import sys
from typing import Any, Iterator

import pytest

from agent.host import Host
from agent.probe import ProbeContext
from agent.probes import PROBES
from agent.probes.hardware_monitors import monitors
from agent.runner import judge
from tests.agent.edid_builder import edid

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="asks Windows")

MODEL = r"SYSTEM\CurrentControlSet\Enum\DISPLAY\GWT0001"
INSTANCE = MODEL + r"\1&gapwatch&0"


def test_hardware_is_asked_without_failure() -> None:
    result = judge(PROBES["hardware"], ProbeContext(Host()))

    assert (result.status, result.error) == ("ok", "")
    assert result.data is not None
    assert result.data["firmware_mode"] in ("uefi", "bios")
    assert result.data["ram_bytes"] > 0
    assert result.data["disks"]


def test_the_system_volume_and_its_disk_are_found() -> None:
    host = Host()

    result = judge(PROBES["storage"], ProbeContext(host))

    assert (result.status, result.error) == ("ok", "")
    assert result.data is not None
    system = [row for row in result.data["volumes"] if row.get("is_system")]
    assert [row["mount"] for row in system] == ["C:"]
    assert 0 <= system[0]["free_bytes"] <= system[0]["size_bytes"]
    assert host.system_drive() in {drive.number for drive in host.drives()}


def test_answers_of_the_firmware_have_the_form_that_is_expected() -> None:
    host = Host()
    table, tpm = host.firmware_table(), host.tpm_device()

    assert host.firmware_type() in ("uefi", "bios", "")
    assert table is None or table[1] in (2, 3)
    assert tpm is None or (0 <= tpm[0] < 1 << 32 and tpm[1] in (0, 1, 2))
    assert all(len(name) <= 4 for name in host.acpi_tables())
    assert host.device_present(r"DISPLAY\NO0000\9&no&0") in (None, False)


@pytest.fixture
def screen() -> Iterator[Any]:
    """A screen in the registry, as Windows keeps it; taken out again."""
    assert sys.platform == "win32"
    import winreg

    root, access = winreg.HKEY_LOCAL_MACHINE, winreg.KEY_ALL_ACCESS | winreg.KEY_WOW64_64KEY
    names = (INSTANCE + r"\Device Parameters", INSTANCE + r"\Control", INSTANCE, MODEL)
    try:
        with winreg.CreateKeyEx(root, names[0], 0, access) as key:
            block = edid("GWT", 1, 77, 3, 2012, name="TEST")
            winreg.SetValueEx(key, "EDID", 0, winreg.REG_BINARY, block)
    except PermissionError:
        pytest.skip("no right to write to the registry")
    try:
        yield lambda: winreg.CreateKeyEx(root, names[1], 0, access).Close()
    finally:
        for name in names:
            with contextlib.suppress(OSError):  # not made
                winreg.DeleteKeyEx(root, name, winreg.KEY_WOW64_64KEY, 0)


def test_a_screen_in_the_registry_counts_while_it_is_there(screen: Any) -> None:
    context = ProbeContext(Host())
    before = [item.serial for item in monitors(context)]

    screen()  # makes the key that marks a device in use

    assert "77" not in before
    told = [item.serial for item in monitors(context)]
    # Where the plug-and-play manager answers, it knows that this one is not there.
    assert ("77" in told) is (context.host.device_present(r"DISPLAY\GWT0001\1&gapwatch&0") is None)
