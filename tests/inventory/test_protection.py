"""Weak protection is said only where the system itself said so; silence is unknown, never bad and never good."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.machine import MachineFacts
from inventory.domain.policy import DEFAULT_POLICY
from inventory.domain.protection import Protection, protection, reboot_reasons, wmi_damaged

TODAY = date(2026, 11, 21)
SAFE: dict[str, Any] = {
    "antimalware": [{"name": "Windows Defender", "enabled": True, "definitions_date": "2026-11-20"}],
    "antimalware_asked": True,
    "firewall": [{"name": name, "enabled": True} for name in ("domain", "private", "public")],
    "last_update": "2026-11-12",
    "automatic_updates": "on",
    "pending_reboot": False,
    "smb1_server": False,
    "rdp_enabled": False,
}


def judge(facts: MachineFacts = MachineFacts(), **changes: Any) -> Protection:
    return protection(facts, SAFE | changes, DEFAULT_POLICY, TODAY)


def test_a_protected_pc_has_nothing_to_show() -> None:
    found = judge()

    assert (found.reasons, found.unknown, found.advice) == ((), (), ())
    assert found.last_update == date(2026, 11, 12)


def test_a_pc_that_said_nothing_is_not_judged() -> None:
    assert protection(MachineFacts(), None, DEFAULT_POLICY, TODAY).reasons is None
    assert protection(MachineFacts(), {"rdp_port": 3389}, DEFAULT_POLICY, TODAY).reasons is None


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"antimalware": []}, ["no_antimalware"]),
        ({"antimalware": [], "antimalware_asked": None}, []),
        ({"antimalware": [{"name": "Bkav", "enabled": False}]}, ["antimalware_off"]),
        ({"antimalware": [{"name": "Bkav", "enabled": None}]}, []),
        ({"antimalware": [{"name": "Bkav", "enabled": True, "up_to_date": False}]}, ["antimalware_old"]),
        ({"antimalware": [{"name": "Bkav", "enabled": True}]}, []),
        ({"antimalware": [{"name": "D", "enabled": True, "definitions_date": "2026-11-01"}]}, ["antimalware_old"]),
        ({"antimalware": [{"name": "D", "enabled": True, "definitions_date": "2026-11-07"}]}, []),
        # one product that works is enough
        ({"antimalware": [{"name": "D", "enabled": False},
                          {"name": "K", "enabled": True, "up_to_date": True}]}, []),
        ({"firewall": [{"name": "public", "enabled": False}, {"name": "private", "enabled": True}]}, ["firewall_off"]),
        ({"firewall": [{"name": "public", "enabled": False}, {"name": "Kaspersky", "enabled": True}]}, []),
        ({"firewall": [{"name": "public", "enabled": None}]}, []),
        ({"firewall": []}, []),
        ({"firewall": [{"name": "all", "enabled": False}]}, ["firewall_off"]),
        ({"last_update": "2026-09-21"}, ["updates_old"]),
        ({"last_update": "2026-09-22"}, []),
        ({"last_update": ""}, []),
        ({"last_update": "2031-01-01"}, []),  # a clock that lied
        ({"smb1_server": True}, ["smb1"]),
        ({"smb1_server": None}, []),
        ({"rdp_enabled": True}, ["rdp"]),
    ],
)  # fmt: skip
def test_codes(changes: dict[str, Any], codes: list[str]) -> None:
    assert list(judge(**changes).codes) == codes


def test_an_old_release_is_told_apart_from_a_system_that_ended() -> None:
    eleven = MachineFacts(
        os_family="windows", os_name="Windows 11 Pro", os_version="10.0", os_release="22H2", os_build="22621.1",
        os_edition="Professional",
    )  # fmt: skip
    ten = MachineFacts(
        os_family="windows", os_name="Windows 10 Pro", os_version="10.0", os_build="19041.1", os_edition="Professional"
    )

    assert judge(eleven).codes == ("os_release",)
    assert judge(eleven).reasons[0]["limit"] == "2024-10-08"  # type: ignore[index]
    assert judge(ten).codes == ()  # all of Windows 10 has ended: that is the machine's fitness


def test_advice_is_no_reason() -> None:
    found = judge(pending_reboot=True, automatic_updates="off", pending_reboot_reasons=["servicing"])

    assert (found.reasons, found.advice) == ((), ("pending_reboot", "automatic_updates_off"))
    assert reboot_reasons({"pending_reboot_reasons": ["servicing"]}) == ("servicing",)


def test_what_nobody_told_is_named() -> None:
    assert judge(firewall=[], smb1_server=None).unknown == ("firewall", "smb1")
    assert wmi_damaged(None) is None and wmi_damaged({"wmi_damaged": True}) is True


@given(
    st.dictionaries(
        st.sampled_from([*SAFE, "rdp_nla"]),
        st.none() | st.booleans() | st.text(max_size=12) | st.lists(st.dictionaries(
            st.sampled_from(["name", "enabled", "definitions_date", "up_to_date"]), st.none() | st.booleans() | st.text()
        ) | st.integers()),
    )
)  # fmt: skip
def test_any_section_is_read_without_error(posture: dict[str, Any]) -> None:
    found = protection(MachineFacts(), posture, DEFAULT_POLICY, TODAY)

    assert found.reasons is None or all(
        set(reason) == {"code", "value", "limit", "evidence"} for reason in found.reasons
    )
