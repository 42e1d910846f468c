"""What may be read from the sysDescr of a device that nobody described, and above all what may not."""

from __future__ import annotations

from typing import Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.snmp import generic, shapes
from agent.snmp.family import TYPES


@pytest.mark.parametrize(
    ("descr", "version"),
    [
        ("Acme Box, Version 5.2.1, built by root", "5.2.1"),
        ("Acme Box Firmware Version: 1.02.003", "1.02.003"),
        ("Acme Box SW version 3.0(4)", "3.0(4)"),
        ("Acme Box Software Release 8.1.2b, Boot Version 1.0.1", "8.1.2b"),
        ("Acme Box HW: 1.1 FW: 2.10", "2.10"),
        ("Acme Box v4.11", "4.11"),
        ("Acme Box Ver.2.30", "2.30"),
        ("Hardware version 2.0, Firmware version 3.1", "3.1"),
        ("Firmware 1.2.3, Firmware 2.3.4", None),
        ("Hardware Version 2.0", None),
        ("Bootloader version 1.1.9", None),
        ("Linux box 4.9.0 Version 2.1", None),
        ("Hardware: x86 - Software: Windows Version 6.3", None),
        ("Acme SNMP agent version 2.1", None),
        ("Acme 10.0.0.1", None),
        ("Acme 2008-11-12", None),
        ("Acme Box 3000", None),
        ("", None),
    ],
)
def test_version(descr: str, version: Optional[str]) -> None:
    assert shapes.version(descr) == version


@pytest.mark.parametrize(
    ("text", "revision"),
    [
        ("1.2.3", "1.2.3"),
        ("WC.16.10.0003", "WC.16.10.0003"),
        ("Build 1.62.B010", "1.62.B010"),
        ("Version 7.1.045, Release 3116P01", "7.1.045"),
        ("final", None),
        ("about 1.2 or 1.3", None),
    ],
)
def test_revision(text: str, revision: Optional[str]) -> None:
    assert shapes.revision(text) == revision


@pytest.mark.parametrize(
    ("descr", "serial"),
    [
        ("Acme Box S/N: 12AB34CD", "12AB34CD"),
        ("Acme Box, Serial Number 0041-2231", "0041-2231"),
        ("Acme Box SN:ZA1711011022 FW:1.0", "ZA1711011022"),
        ("Acme Box S/N AAAAA", None),
        ("Card SN: 1A2B3C, Unit SN: 4D5E6F", None),
        ("Acme Box series 2000", None),
        ("SNMP 123456", None),
    ],
)
def test_serial(descr: str, serial: Optional[str]) -> None:
    assert shapes.serial(descr) == serial


@pytest.mark.parametrize(
    ("descr", "kind"),
    [
        ("24-port Gigabit Ethernet Switch", "switch"),
        ("Acme Layer 3 switch", "switch"),
        ("KVM over IP switch", "console"),
        ("Fibre Channel Switch", "switch"),
        ("Automatic Transfer Switch", "pdu"),
        ("Acme UPS Network Card", "ups"),
        ("Acme Laser Printer", "printer"),
        ("VoIP gateway", "phone"),
        ("Wireless Access Point", "wireless"),
        ("Network Camera", "camera"),
        ("GPON OLT", "optical"),
        ("Temperature sensor", "environment"),
        ("VPN router and firewall", None),
        ("Switching power supply", None),
        ("Switchboard", None),
        ("Linux host", None),
        ("groups of 24", None),
    ],
)
def test_kind(descr: str, kind: Optional[str]) -> None:
    assert shapes.kind(descr) == kind


@pytest.mark.parametrize(
    ("descr", "model"),
    [
        ("ES-2108-G", "ES-2108-G"),
        ("ZyXEL GS1910-24", "GS1910-24"),
        ("RS232", None),
        ("Linux", None),
        ("v2.0.1", None),
        ("001bfc010203", None),
        ("switch1.example.com", None),
        ("Nobody GS1910-24", None),
        ("SW-CORE-01", None),
        ("phong-hop-2", None),
        ("IBM OS/400 V7R3M0", None),
        ("LevelOne GSW-2494 24 GE + 2 GE SFP Combo Web Smart Switch", "GSW-2494"),
        ("Allied Telesis AT-9424T, version 2.1", "AT-9424T"),
        ("Moxa Ethernet Switch EDS", None),
        ("Moxa V3.8 firmware", None),
        ("Moxa", None),
        ("ES-2108-G with PoE", None),
        ("Printer", None),
    ],
)
def test_model(descr: str, model: Optional[str]) -> None:
    assert shapes.model(descr, tuple(generic.makers())) == model


def test_docsis() -> None:
    descr = "Acme cable modem <<HW_REV: 1A; VENDOR: Acme; BOOTR: 2.3.1; SW_REV: 7.0.5; MODEL: CM8200>>"

    assert shapes.docsis(descr) == {"vendor": "Acme", "version": "7.0.5", "hardware": "CM8200"}
    assert shapes.docsis("Acme <<HW_REV: 1A>>") == {}


@settings(deadline=None)
@given(st.text(max_size=2000))
def test_any_text_is_read_in_short(descr: str) -> None:
    assert shapes.kind(descr) in (None, *TYPES)
    for said in (
        shapes.version(descr),
        shapes.serial(descr),
        shapes.model(descr, ("a",)),
        *shapes.docsis(descr).values(),
    ):
        assert said is None or len(said) < 300


@pytest.mark.parametrize(
    "piece", ["version ", "v1.", "1.1", "S/N ", "a ", ". ", "<<HW_REV:", "switch ", "-v", "1-", "version 1.1-"]
)
def test_no_text_makes_the_patterns_slow(piece: str) -> None:
    import time

    start = time.perf_counter()
    for reader in (shapes.version, shapes.serial, shapes.kind, shapes.docsis):
        reader(piece * (1024 // len(piece)))

    assert time.perf_counter() - start < 20  # a pattern that runs wild takes minutes
