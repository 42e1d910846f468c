"""The real registry: what winreg gives for each kind of value, and what is not there."""

from __future__ import annotations

import subprocess
import sys
from typing import Iterator

import pytest

if sys.platform != "win32":
    pytest.skip("needs Windows: make test-windows runs it under Wine", allow_module_level=True)

import winreg

from agent.host import Host

PLACE = r"SOFTWARE\GapwatchTest"
KEY = "HKLM\\" + PLACE
ALL = winreg.KEY_ALL_ACCESS | winreg.KEY_WOW64_64KEY


@pytest.fixture
def key() -> Iterator[winreg.HKEYType]:
    """A key in the 64-bit half, whatever this Python is."""
    with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, PLACE, 0, ALL) as made:
        yield made
        for number in reversed(range(winreg.QueryInfoKey(made)[0])):
            winreg.DeleteKeyEx(made, winreg.EnumKey(made, number), winreg.KEY_WOW64_64KEY)
    winreg.DeleteKeyEx(winreg.HKEY_LOCAL_MACHINE, PLACE, winreg.KEY_WOW64_64KEY)


def test_each_kind_of_value(key: winreg.HKEYType) -> None:
    winreg.SetValueEx(key, "text", 0, winreg.REG_SZ, "Ủy ban nhân dân xã")
    winreg.SetValueEx(key, "place", 0, winreg.REG_EXPAND_SZ, "%SystemRoot%\\x")
    winreg.SetValueEx(key, "small", 0, winreg.REG_DWORD, 7)
    winreg.SetValueEx(key, "large", 0, winreg.REG_DWORD, 0xFFFFFFFF)
    winreg.SetValueEx(key, "long", 0, winreg.REG_QWORD, 2**40)
    winreg.SetValueEx(key, "lines", 0, winreg.REG_MULTI_SZ, ["a", "b"])
    winreg.SetValueEx(key, "bytes", 0, winreg.REG_BINARY, b"\x00\x01")
    winreg.SetValueEx(key, "none", 0, winreg.REG_BINARY, None)

    values = Host().registry_values(KEY)

    assert values == {
        "text": "Ủy ban nhân dân xã", "place": "%SystemRoot%\\x", "small": 7, "large": 0xFFFFFFFF, "long": 2**40,
        "lines": ["a", "b"], "bytes": b"\x00\x01", "none": None,
    }  # fmt: skip
    assert Host().registry_value(KEY, "large") == 0xFFFFFFFF
    assert Host().registry_value(KEY, "nothing") is None


def test_keys_and_their_limit(key: winreg.HKEYType) -> None:
    for number in range(5):
        winreg.CreateKeyEx(key, "sub{}".format(number), 0, ALL).Close()

    assert Host().registry_keys(KEY) == ["sub0", "sub1", "sub2", "sub3", "sub4"]
    assert Host().registry_keys(KEY, 3) == ["sub0", "sub1", "sub2"]
    assert Host().registry_values(KEY + r"\sub0") == {}


def test_what_is_not_there_is_empty() -> None:
    host = Host()

    assert host.registry_values(r"HKLM\SOFTWARE\No\Such\Key") == {}
    assert host.registry_keys(r"HKLM\SOFTWARE\No\Such\Key") == []
    assert host.registry_value(r"HKCU\No Such Key", "x") is None


def test_the_boot_has_one_id_for_all_processes() -> None:
    code = "from agent.host import Host; print(Host().boot_id())"
    others = [
        subprocess.check_output([sys.executable, "-B", "-c", code], timeout=60).decode().strip() for _ in range(2)
    ]

    assert others == [Host().boot_id()] * 2
    assert len(others[0]) == 32


def test_services() -> None:
    host = Host()

    assert host.service_running("RpcSs") is True
    assert host.service_running("wuauserv") in (False, True)
    assert host.service_running("GapwatchNoSuchService") is None
    assert host.service_running("") is None
