from __future__ import annotations

import socket
import sys
import time
from collections import namedtuple
from pathlib import Path

import psutil
import pytest

from agent.host import Host
from agent.nics import nic_of, with_prefix
from agent.process import MAX_OUTPUT, run_process

Address = namedtuple("Address", "family address netmask")
Stats = namedtuple("Stats", "isup duplex speed mtu")


@pytest.fixture
def host(tmp_path: Path) -> Host:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "name").write_bytes(b"m\xc3\xa1y \xff\n")
    return Host(str(tmp_path), "linux")


def test_files_are_below_the_root(host: Host) -> None:
    assert host.read_text("/etc/name") == "máy \ufffd\n"
    assert host.read_bytes("/etc/name", 2) == b"m\xc3"
    assert host.listdir("/etc") == ["name"]
    assert host.exists("/etc/name")


def test_what_is_not_there_is_none(host: Host) -> None:
    assert host.read_text("/etc/other") is None
    assert host.read_bytes("/etc") is None
    assert host.listdir("/nowhere") == []
    assert host.readlink("/etc/name") is None
    assert host.file_times("/nowhere") is None


def test_refusal_is_an_error(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may run as root, whom no file refuses: so the refusal is the one that open() would raise."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "x")

    monkeypatch.setattr("builtins.open", refuse)

    with pytest.raises(PermissionError):
        host.read_text("/etc/name")


def test_a_kernel_that_cannot_answer_is_none(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading the speed of an interface that is down gives EINVAL."""

    def invalid(*_: object) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr("builtins.open", invalid)

    assert host.read_text("/etc/name") is None


@pytest.mark.skipif(sys.platform != "linux", reason="Linux clocks")
def test_this_machine() -> None:
    host = Host()

    assert len(host.boot_id()) == 32
    assert host.boot_id() == Host().boot_id()
    assert 0 < host.monotonic_s() < 1e9
    assert host.boot_time_s() == pytest.approx(psutil.boot_time(), abs=5)
    assert host.memory_bytes() == psutil.virtual_memory().total
    assert host.kernel()[0]
    assert host.registry_values(r"HKLM\SOFTWARE") == {}


def test_boot_time_stays_still_while_it_trembles(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(host, "now", lambda: now[0])
    monkeypatch.setattr(host, "monotonic_s", lambda: 100.0)

    first = host.boot_time_s()
    now[0] += 2
    second = host.boot_time_s()
    now[0] += 3600
    third = host.boot_time_s()

    assert (first, second, third) == (900.0, 900.0, 4502.0)


def test_boot_id_comes_from_the_kernel(host: Host, tmp_path: Path) -> None:
    folder = tmp_path / "proc" / "sys" / "kernel" / "random"
    folder.mkdir(parents=True)
    (folder / "boot_id").write_text("9d1d2f5a-0000-4000-8000-0123456789ab\n")

    assert host.boot_id() == "9d1d2f5a00004000800001234567 89ab".replace(" ", "")


def test_nic_from_psutil() -> None:
    addresses = [
        Address(psutil.AF_LINK, "02:00:5e:00:00:01", None),
        Address(socket.AF_INET, "192.168.1.5", "255.255.255.0"),
        Address(socket.AF_INET6, "fe80::1%eth0", "ffff:ffff:ffff:ffff::"),
    ]

    nic = nic_of("eth0", addresses, Stats(True, psutil.NIC_DUPLEX_FULL, 1000, 1500))

    assert (nic.mac, nic.ipv4, nic.ipv6) == ("02:00:5e:00:00:01", ("192.168.1.5/24",), ("fe80::1/64",))
    assert (nic.is_up, nic.speed_mbps, nic.mtu) == (True, 1000, 1500)
    assert nic.duplex == ("" if sys.platform == "win32" else "full")


@pytest.mark.parametrize("speed", [0, 65535, 4294, -1])
def test_unknown_speed_is_none(speed: int) -> None:
    assert nic_of("eth0", [], Stats(True, 0, speed, 1500)).speed_mbps is None


def test_nic_without_statistics_is_not_known_to_be_down() -> None:
    assert nic_of("eth0", [], None).is_up is None


@pytest.mark.parametrize(
    ("address", "netmask", "expected"),
    [
        ("10.0.0.1", "255.255.0.0", "10.0.0.1/16"),
        ("fe80::1%12", None, "fe80::1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
    ],
)
def test_with_prefix(address: str, netmask: str, expected: str) -> None:
    assert with_prefix(address, netmask) == expected


def python(code: str) -> "list[str]":
    return [sys.executable, "-S", "-c", code]


def test_command_answers() -> None:
    result = Host().run(python("import sys; sys.stdout.write('out'); sys.stderr.write('err')"), 20)

    assert (result.ok, result.out, result.err, result.timed_out) == (True, b"out", "err", False)


def test_command_that_fails() -> None:
    assert not run_process(python("raise SystemExit(3)"), 20).ok


def test_command_that_is_not_there() -> None:
    result = run_process(["no-such-command"], 5)

    assert not result.ok
    assert result.err.startswith("no-such-command does not start")


def test_command_is_killed_with_its_children() -> None:
    """The grandchild holds the pipe; waiting for it would take a minute."""
    sleep = "import time; time.sleep(60)"
    code = "import subprocess,sys; subprocess.Popen([sys.executable,'-S','-c','{0}']); {0}".format(sleep)
    start = time.monotonic()

    result = run_process(python(code), 0.5)

    assert (result.ok, result.timed_out, result.err) == (False, True, "ran longer than 0.5 s")
    assert time.monotonic() - start < 10


def test_command_that_never_stops_writing_is_cut() -> None:
    result = run_process(python("import sys\nwhile True: sys.stdout.write('x' * 65536)"), 20)

    assert not result.ok
    assert len(result.out) == MAX_OUTPUT
    assert result.err == "wrote more than {} bytes".format(MAX_OUTPUT)


def test_command_reads_its_input() -> None:
    result = run_process(python("import sys; print(sys.stdin.read().upper())"), 20, b"abc")

    assert result.out.strip() == b"ABC"


def test_input_that_nobody_reads_is_no_failure() -> None:
    assert run_process(python("pass"), 20, b"x" * 1000000).ok
