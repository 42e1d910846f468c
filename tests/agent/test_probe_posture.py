"""State of protection on Windows. Whole machines stand in tests/machines (posture in expected.json); here are the
single facts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent import show
from agent.probes import PROBES
from agent.probes import posture_security_center as center
from agent.probes.posture_antimalware_windows import SERVICES, engine_state
from agent.probes.posture_products import WINDOWS, product_of_program, same_family, services_of
from agent.wire.sections import AntimalwareInfo, FirewallProfile, PostureInfo
from tests.agent import machines
from tests.agent.posture_pc import AV_NAMES, AV_STATES, CURRENT, NT, WINDOWS_10, Made, maker


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return maker(tmp_path)


# --- the whole probe


def test_it_is_heavy_and_runs_with_the_inventory() -> None:
    probe = PROBES["posture"]

    assert (probe.cycle, probe.child) == ("inventory", True)
    assert probe.deadline_s > 8 + 8 + 16  # a WMI that never answers costs its own fields, not the section


def test_a_pc_that_tells_nothing_is_unknown_not_bad(made: Made) -> None:
    assert made() == PostureInfo()


def test_no_name_of_a_person_a_file_or_the_pc_is_sent() -> None:
    for name in machines.names():
        text = json.dumps(machines.load(name).expected.get("posture", {}), ensure_ascii=False).lower()

        assert not [
            word
            for word in ("users", "clerk", ".tmp", ":\\", machines.load(name).facts["node"].lower())
            if word in text
        ]


def test_what_a_person_reads_tells_none_from_unknown() -> None:
    def lines(**data: object) -> str:
        return "\n".join(show._fields(PostureInfo, data, ""))

    unknown, none = lines(), lines(antimalware_asked=True, automatic_updates="notify", pending_reboot=False)

    assert "Phần mềm phòng chống mã độc: chưa có dữ liệu" in unknown
    assert "Tường lửa: chưa có dữ liệu" in unknown
    assert "Phần mềm phòng chống mã độc: không có phần mềm nào" in none
    assert "chỉ báo, không tự cài (notify)" in none


# --- anti-malware


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (397568, (True, True)), ("397568", (True, True)), (397584, (True, False)), (393472, (False, True)),
        (266240, (True, True)), (262160, (False, False)), (270336, (False, True)), (274432, (None, True)),
        (0, (None, None)), ("", (None, None)), ("x", (None, None)), (None, (None, None)), ("²", (None, None)),
        (-1, (None, None)), (2**40, (None, None)),
    ],
)  # fmt: skip
def test_product_state(state: object, expected: Any) -> None:
    assert center.decode_state(state) == expected


@given(st.integers() | st.text() | st.none() | st.binary())
def test_any_product_state_is_survived(state: object) -> None:
    assert set(center.decode_state(state)) <= {None, False, True}


def test_security_center_by_wmic(made: Made) -> None:
    commands = {
        AV_NAMES: {"out": "displayName\r\nESET Security\r\nWindows Defender\r\n"},
        AV_STATES: {"out": "productState\r\n266240\r\n393472\r\n"},
    }

    info = made(WINDOWS_10, commands)

    assert info.antimalware_asked is True
    assert [(item.name, item.enabled, item.up_to_date) for item in info.antimalware] == [
        ("ESET Security", True, True),
        ("Windows Defender", False, True),
    ]
    assert info.wmi_damaged is False  # it answered: no further question


def test_states_that_cannot_be_matched_to_names_are_left_out(made: Made) -> None:
    info = made(
        WINDOWS_10, {AV_NAMES: {"out": "displayName\r\nA\r\nB\r\n"}, AV_STATES: {"out": "productState\r\n266240\r\n"}}
    )

    assert [(item.name, item.enabled) for item in info.antimalware] == [("A", None), ("B", None)]


def test_an_empty_list_that_was_answered_means_none(made: Made) -> None:
    info = made(WINDOWS_10, {AV_NAMES: {"err": "No Instance(s) Available."}})

    assert (info.antimalware, info.antimalware_asked) == ((), True)


def test_servers_have_no_security_center(made: Made) -> None:
    server = {
        NT: {"InstallationType": "Server", "CurrentMajorVersionNumber": 10},
        SERVICES + r"\WinDefend": {"Start": 2},
    }

    info = made(server, {AV_NAMES: {"out": "displayName\r\nX\r\n"}}, {"WinDefend": True})

    assert info.antimalware == (AntimalwareInfo("Microsoft Defender Antivirus", True, source="registry"),)
    assert info.antimalware_asked is None


def test_defender_of_windows_7_is_no_antimalware(made: Made) -> None:
    registry = {NT: {"CurrentVersion": "6.1"}, SERVICES + r"\WinDefend": {"Start": 2}}

    assert made(registry, services={"WinDefend": True}).antimalware == ()
    essentials = {**registry, SERVICES + r"\MsMpSvc": {"Start": 2}}
    assert made(essentials, services={"MsMpSvc": True}).antimalware == (
        AntimalwareInfo("Microsoft Security Essentials", True, source="registry"),
    )


@pytest.mark.parametrize(
    ("start", "running", "values", "expected"),
    [
        (2, True, {}, True),
        (2, True, {"DisableAntiSpyware": 1}, True),
        (2, True, {"DisableRealtimeMonitoring": 1}, False),
        (2, True, {"PassiveMode": 1}, False),
        (2, False, {}, False),
        (4, None, {}, False),
        (2, None, {}, None),
        (2, None, {"DisableAntiSpyware": 1}, False),
    ],
)
def test_microsofts_engine(start: int, running: Optional[bool], values: Any, expected: Optional[bool]) -> None:
    assert engine_state(start, running, values) is expected


@pytest.mark.parametrize(
    ("title", "family"),
    [
        ("Bkav Pro 2026", "Bkav"), ("Kaspersky Endpoint Security for Windows", "Kaspersky"),
        ("ESET Endpoint Antivirus", "ESET"), ("FortiClient", "FortiClient"), ("Malwarebytes version 5.1", "Malwarebytes"),
        ("Trellix Endpoint Security Platform", "McAfee"), ("Norton 360", "Symantec Endpoint Protection"),
        ("CMC Antivirus Free", "CMC Antivirus"), ("Sophos Endpoint Agent", "Sophos"),
        ("Kaspersky Password Manager", None), ("FortiClient VPN", None), ("AVG TuneUp", None), ("Bkav CA Plugin", None),
        ("Avast Secure Browser", None), ("Microsoft Office", None), ("ESETU", None), ("CMC TelecomTool", None),
    ],
)  # fmt: skip
def test_programs_that_protect(title: str, family: Optional[str]) -> None:
    found = product_of_program(title)

    assert (found.name if found else None) == family


def test_products_are_found_by_service_and_not_told_twice(made: Made) -> None:
    registry = {
        **WINDOWS_10,
        SERVICES + r"\ekrn": {"Start": 2},
        SERVICES + r"\AVP21.3": {"Start": 2},
        SERVICES + r"\McShield": {"Start": 4},
        SERVICES + r"\AVPNsomething": {"Start": 4},
    }
    commands = {AV_NAMES: {"out": "displayName\r\nESET Security\r\n"}, AV_STATES: {"out": "productState\r\n266240\r\n"}}

    info = made(registry, commands, {"ekrn": True, "AVP21.3": False})

    assert [(item.name, item.enabled, item.source) for item in info.antimalware] == [
        ("ESET Security", True, "security_center"),
        ("Kaspersky", False, "registry"),
        ("McAfee", False, "registry"),
    ]


def test_every_family_knows_its_own_name() -> None:
    for product in WINDOWS:
        assert same_family(product, product.name), product.name
        assert product.programs or product.services
    assert services_of(WINDOWS[3], ["AVP", "avp.kes.21", "klnagent"]) == ["AVP", "avp.kes.21"]


# --- firewall


def test_policy_and_service_rule_over_the_profiles(made: Made) -> None:
    key = SERVICES + r"\SharedAccess\Parameters\FirewallPolicy"
    rule = r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall"
    registry = {**WINDOWS_10, key + r"\StandardProfile": {"EnableFirewall": 1}, key + r"\PublicProfile": {"EnableFirewall": 0},
                rule + r"\PrivateProfile": {"EnableFirewall": 0}, rule + r"\PublicProfile": {"EnableFirewall": 1}}  # fmt: skip

    assert made(registry).firewall == (FirewallProfile("private", False), FirewallProfile("public", True))
    assert made(registry, services={"MpsSvc": False}).firewall == (
        FirewallProfile("private", False),
        FirewallProfile("public", False),
    )


def test_a_firewall_of_another_maker_is_asked_for_when_windows_own_is_off(made: Made) -> None:
    key = r"HKLM\SOFTWARE\Microsoft\Security Center\Provider\Fw\{1}"
    off = {SERVICES + r"\SharedAccess\Parameters\FirewallPolicy\PublicProfile": {"EnableFirewall": 0}}
    registry = {**WINDOWS_10, **off, key: {"DISPLAYNAME": "ESET Firewall", "STATE": 0x41000}}

    assert made(registry).firewall == (FirewallProfile("public", False), FirewallProfile("ESET Firewall", True))


# --- SMB 1 and remote desktop

NEW_DRIVERS = {SERVICES + r"\srv2": {"Start": 3}, SERVICES + r"\mrxsmb20": {"Start": 3}}
OLD_DRIVERS = {**NEW_DRIVERS, SERVICES + r"\srv": {"Start": 3}, SERVICES + r"\mrxsmb10": {"Start": 2}}
FEATURES = CURRENT + r"\Component Based Servicing\Notifications\OptionalFeatures"


@pytest.mark.parametrize(
    ("registry", "server", "client"),
    [
        ({NT: {"CurrentVersion": "6.1"}, **OLD_DRIVERS}, True, True),
        (
            {NT: {"CurrentVersion": "6.1"}, **OLD_DRIVERS, SERVICES + r"\LanmanServer\Parameters": {"SMB1": 0}},
            False,
            True,
        ),
        ({NT: {"CurrentVersion": "6.1"}, **OLD_DRIVERS, SERVICES + r"\mrxsmb10": {"Start": 4}}, True, False),
        ({NT: {"CurrentVersion": "6.1"}}, None, None),
        ({**WINDOWS_10, **NEW_DRIVERS}, False, False),
        ({**WINDOWS_10, **OLD_DRIVERS}, True, True),
        ({**WINDOWS_10, **OLD_DRIVERS, FEATURES + r"\SMB1Protocol-Server": {"Selection": 0}}, None, True),
        ({**WINDOWS_10, FEATURES + r"\SMB1Protocol-Client": {"Selection": 0}}, None, False),
        ({**WINDOWS_10, **OLD_DRIVERS, SERVICES + r"\LanmanServer": {"Start": 4}}, False, True),
        (WINDOWS_10, None, None),
    ],
    ids=[
        "7",
        "7-off",
        "7-client-off",
        "7-unreadable",
        "11",
        "10-upgraded",
        "left-over",
        "feature",
        "no-server",
        "unread",
    ],
)
def test_smb1(made: Made, registry: Any, server: Optional[bool], client: Optional[bool]) -> None:
    info = made(registry)

    assert (info.smb1_server, info.smb1_client) == (server, client)


def test_remote_desktop(made: Made) -> None:
    key = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server"
    station = {key + r"\WinStations\RDP-Tcp": {"PortNumber": 13389, "UserAuthentication": 1}}

    for denied, start, expected in ((0, 3, True), (1, 3, False), (0, 4, False)):
        info = made({key: {"fDenyTSConnections": denied}, **station, SERVICES + r"\TermService": {"Start": start}})
        assert (info.rdp_enabled, info.rdp_nla, info.rdp_port) == (expected, True, 13389)
    assert made({key + r"\WinStations\RDP-Tcp": {"PortNumber": 99999}}).rdp_port is None
