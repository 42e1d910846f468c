"""State of protection on Linux."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.probes import posture_linux as linux
from agent.probes import posture_updates_linux as updates_linux
from tests.agent.posture_pc import NOW


def test_dpkg_log() -> None:
    log = "2026-11-01 06:31:02 upgrade a 1 2\n2026-11-03 06:31:02 install b <none> 2\n2026-10-30 06:31:02 upgrade a 0 1\nx\n"

    assert updates_linux.newest_line(log, "upgrade ", NOW) == "2026-11-01"
    assert updates_linux.newest_line("", "upgrade ", NOW) == ""
    dnf = "2026-11-02T06:12:33+0700 SUBDEBUG Upgraded: openssl-3.0\n2026-11-09T06:12:33+0700 SUBDEBUG Installed: x\n"
    assert updates_linux.newest_line(dnf, r"\S+ Upgraded?: ", NOW) == "2026-11-02"


def test_apt_history() -> None:
    text = (
        "\nStart-Date: 2026-11-01  10:00:00\nUpgrade: a:amd64 (1, 2)\nEnd-Date: 2026-11-01  10:00:09\n"
        "\nStart-Date: 2026-11-05  10:00:00\nInstall: b:amd64 (1)\nEnd-Date: 2026-11-05  10:00:09\n"
    )

    assert updates_linux.apt_history_day(text, NOW) == "2026-11-01"


@pytest.mark.parametrize(
    ("text", "unattended", "expected"),
    [
        ('APT::Periodic::Unattended-Upgrade "1";', True, "on"),
        ('APT::Periodic::Unattended-Upgrade "1";', False, "off"),
        ('APT {\n Periodic {\n  Unattended-Upgrade "7";\n };\n};', True, "on"),
        ('// APT::Periodic::Unattended-Upgrade "1";', True, "off"),
        ('APT::Periodic::Enable "0";\nAPT::Periodic::Unattended-Upgrade "1";', True, "off"),
        ('APT::Periodic::Download-Upgradeable-Packages "1";', True, "notify"),
    ],
)
def test_apt_periodic(text: str, unattended: bool, expected: str) -> None:
    assert updates_linux.judge_apt(updates_linux.apt_values(text), unattended) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"ClamAV-VDB:09 Nov 2026 04-26 -0500:27458:", "2026-11-09"),
        (b"ClamAV-VDB:31 Feb 2026 04-26 -0500:", ""),
        (b"ClamAV-VDB:09 Xyz 2026 04-26 -0500:", ""),
        (b"", ""),
    ],
)
def test_clamav_head(head: bytes, expected: str) -> None:
    assert linux.parse_clamav_head(head, NOW) == expected


def test_listening_ports() -> None:
    head = "  sl  local_address rem_address   st\n"
    rows = [
        "0: 00000000:0D3D 00000000:0000 0A",
        "1: 0100007F:0CEA 00000000:0000 0A",
        "2: 00000000:0050 0A00000A:0050 01",
    ]
    rows += ["3: " + "0" * 32 + ":0016 " + "0" * 32 + ":0000 0A", "4: " + "0" * 24 + "01000000:1538 x 0A", "cut", ""]

    assert linux.listening(head + "\n".join(rows)) == {3389, 22}
    assert linux.listening(None) == set()


def test_samba_settings() -> None:
    text = (
        "# c\n[Global]\n Server  Min Protocol = SMB3_00\n; client min protocol = NT1\n[x]\nserver min protocol = NT1\n"
    )

    assert linux.smb_globals(text) == {"serverminprotocol": "smb3_00"}
    assert [linux.speaks_smb1(word) for word in ("smb2_02", "nt1", "lanman1", "", "default")] == [
        False,
        True,
        True,
        None,
        None,
    ]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.binary(max_size=100))
def test_any_linux_file_is_survived(text: str, data: bytes) -> None:
    updates_linux.newest_line("2026-11-01 06:31:02 upgrade " + text, "upgrade ", NOW)
    updates_linux.newest_line(text, r"\S+ Upgraded?: ", NOW)
    updates_linux.apt_history_day("End-Date: " + text + "\nUpgrade: " + text, NOW)
    updates_linux.apt_values(text)
    linux.parse_clamav_head(b"ClamAV-VDB:" + data, NOW)
    linux.listening("head\n" + text)
    linux.smb_globals(text)
