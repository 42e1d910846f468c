"""The real machine through the one door: firmware, disks, network tables, memory, folders."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import time

import pytest

if sys.platform != "win32":
    pytest.skip("needs Windows: make test-windows runs it under Wine", allow_module_level=True)

from agent import settings
from agent.host import Host
from agent.probes import neighbours_windows
from agent.smbios import decode


def test_the_firmware_table_is_an_smbios_table() -> None:
    raw = Host().firmware_table()

    assert raw is None or decode(raw).structures > 0


def test_what_else_the_firmware_tells() -> None:
    host = Host()

    assert all(len(name) == 4 for name in host.acpi_tables())
    assert host.firmware_type() in ("", "bios", "uefi")
    assert host.tpm_device() is None or len(host.tpm_device() or ()) == 2
    assert host.device_present(r"ACPI\NOSUCH\0") in (None, False)


def test_disks_answer_or_are_left_out() -> None:
    host = Host()

    for drive in host.drives():
        assert 0 <= drive.number < 64
        host.disk_health(str(drive.number))
    space = host.disk_space("C:\\")
    assert space is not None
    assert 0 < space[1] <= space[0]
    host.volumes()
    host.system_drive()


def test_network_tables_parse() -> None:
    host = Host()

    entries = neighbours_windows.parse_arp(host.ip_net_table())
    assert entries is None or all(socket.inet_aton(entry.address) for entry in entries)
    assert all(socket.inet_aton(route.gateway) for route in neighbours_windows.parse_routes(host.ip_forward_table()))
    assert isinstance(host.ip_forward_table6(), bytes)


def test_network_cards() -> None:
    host = Host()
    addresses = {address for nic in host.nics() for address in nic.ipv4}

    assert any(address.startswith("127.0.0.1") for address in addresses)
    assert set(host.nic_counters()) <= {nic.name for nic in host.nics()} or host.nic_counters()


def test_send_arp_says_no_or_gives_a_mac_in_bounded_time() -> None:
    from agent.scan import sendarp

    resolve = sendarp.resolver("127.0.0.1")
    assert resolve is not None
    start = time.monotonic()

    error, mac = resolve("192.0.2.1")  # nobody's, by RFC 5737

    assert isinstance(error, int)
    assert len(mac) in (0, 6)
    assert error != 0 or mac
    assert time.monotonic() - start < 30


def test_memory_processors_and_names() -> None:
    host = Host()

    assert (host.memory_bytes() or 0) > 256 * 1024 * 1024
    assert (host.cpu_cores() or 1) > 0
    node, release, machine = host.kernel()
    assert (node, release, machine) == (socket.gethostname(), "", machine)
    assert machine.lower() in ("amd64", "x86", "arm64")


def test_clocks() -> None:
    host = Host()
    first = host.monotonic_s()
    time.sleep(0.05)

    assert 0.04 < host.monotonic_s() - first < 20
    assert abs(host.now() - time.time()) < 5
    assert host.timezone_offset_min() is not None


def test_the_agent_lives_where_the_shell_says() -> None:
    buffer = ctypes.create_unicode_buffer(260)
    assert ctypes.windll.shell32.SHGetFolderPathW(None, 0x23, None, 0, buffer) == 0  # CSIDL_COMMON_APPDATA

    assert settings.default_state_dir() == os.path.join(buffer.value, "gapwatch-agent")
    assert settings.default_file() == os.path.join(buffer.value, "gapwatch-agent", "gapwatch-agent.ini")
    assert os.path.isdir(buffer.value)
